/*
 * A docket of many acts on the real disk: how fast the desk, the list of what is due,
 * opening, looking up and putting are.  Prints one line of JSON; times are medians.
 *
 *   docket FOLDER [ACTS]     FOLDER must not exist; ACTS/5 requests, of which one in
 *                            twenty is open and one in forty due
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "store/docket.h"

#define GROUP 1000	/* rows of one transaction while it is filled */
#define GROUP_SMALL 100	/* and of one where putting is measured */
#define RUNS 9

static int
order(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static struct digest
id_of(uint64_t n, unsigned what)
{
	struct digest d;
	uint64_t x = n * 2 + what + 1;

	/* splitmix64: as scattered over an index as real ids */
	for (size_t i = 0; i < sizeof d.b; i += 8) {
		uint64_t z = x += 0x9e3779b97f4a7c15u;

		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
		z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
		z ^= z >> 31;
		memcpy(d.b + i, &z, 8);
	}
	return d;
}

static bool
request_put(struct docket *d, uint64_t i, int64_t now, struct err *err)
{
	bool open = i % 20 == 0;
	struct docket_request r = { .kind = "preserve", .ours = i % 2 == 0,
		.peer = "XB-MZXW6YTBOIMZXW6Y", .by = "comity", .has_act = true,
		.act = id_of(i * 5, 0), .instrument = "hanoi", .article = "42",
		.opened_at = now - (int64_t)i, .sent_at = now - (int64_t)i };

	(void)snprintf(r.state, sizeof r.state, "%s", open ? "received" : "closed");
	if (i % 40 == 0) {
		r.due_at = now - 86400 + (int64_t)(i * 7919 % (30 * 86400));
		r.due_ours = i % 80 == 0;
		r.hold_until = r.due_at + 60 * 86400;
	}
	return docket_request_new(d, &r, span_of("", 0), err);
}

static bool
act_put(struct docket *d, uint64_t i, uint64_t acts, int64_t now, struct err *err)
{
	struct docket_act a = { .act = id_of(i, 0), .package = id_of(i, 1),
		.kind = "preserve",
		.direction = i % 2 == 0 ? ACT_OUT : ACT_IN,
		.request = i < acts ? (unsigned)(i / 5) + 1 : 0,
		.peer = "XB-MZXW6YTBOIMZXW6Y", .at = now - (int64_t)(acts - i % acts),
		.made_at = now - (int64_t)i, .bytes = 4096, .has_sha256 = true,
		.sha256 = id_of(i, 2), .stamp = STAMP_KEPT, .verdict = "Intact",
		.who = "KNOWN", .when = "PROVEN",
		.outbox = i % 1000 == 0 ? OUTBOX_WAITS : OUTBOX_DONE };

	return docket_act_put(d, &a, err);
}

static bool
fill(struct docket *d, uint64_t acts, int64_t now, struct err *err)
{
	for (uint64_t i = 0; i < acts; i++) {
		if ((i % GROUP == 0 && !docket_begin(d, err)) ||
		    (i % 5 == 0 && !request_put(d, i / 5, now, err)) ||
		    !act_put(d, i, acts, now, err) ||
		    ((i % GROUP == GROUP - 1 || i == acts - 1) &&
		    !docket_commit(d, err)))
			return false;
	}
	return true;
}

/* ---- what is measured ---- */

struct bench {
	struct home *h;
	struct docket *d;
	uint64_t acts, at;
	int64_t now;
};

static bool
row_seen(void *arg, const struct docket_request *r, struct err *err)
{
	(void)r, (void)err;
	++*(unsigned *)arg;
	return true;
}

static bool
desk(struct bench *b, struct err *err)
{
	struct docket_counts c;

	return docket_counts(b->d, b->now, &c, err);
}

static bool
due(struct bench *b, struct err *err)
{
	struct docket_filter f = { .due_only = true, .open_only = true,
		.order = ORDER_DUE, .limit = 10 };
	unsigned n = 0;

	return docket_requests(b->d, &f, row_seen, &n, err);
}

static bool
due_all(struct bench *b, struct err *err)
{
	struct docket_filter f = { .due_only = true, .order = ORDER_DUE };
	unsigned n = 0;

	return docket_requests(b->d, &f, row_seen, &n, err);
}

static bool
look_up(struct bench *b, struct err *err)
{
	struct digest act = id_of(b->at = (b->at * 7919 + 17) % b->acts, 0);
	struct docket_request r;
	bool found;

	return docket_request_by_act(b->d, &act, &r, &found, err);
}

static bool
reopen(struct bench *b, struct err *err)
{
	docket_close(b->d);
	b->d = NULL;
	return docket_open(b->h, &b->d, err);
}

static bool
group(struct bench *b, struct err *err)
{
	if (!docket_begin(b->d, err))
		return false;
	for (unsigned i = 0; i < GROUP_SMALL; i++)
		if (!act_put(b->d, b->at++, b->acts, b->now, err))
			return false;
	return docket_commit(b->d, err);
}

static bool
measure(const char *name, bool (*what)(struct bench *b, struct err *err),
    struct bench *b, struct err *err)
{
	double ms[RUNS];

	for (unsigned i = 0; i < RUNS; i++) {
		double began = now_s();

		if (!what(b, err))
			return false;
		ms[i] = (now_s() - began) * 1e3;
	}
	qsort(ms, RUNS, sizeof ms[0], order);
	printf("\"%s\": %.3f, ", name, ms[RUNS / 2]);
	return true;
}

static bool
run(struct world *w, const char *path, uint64_t acts, struct err *err)
{
	struct bench b = { .acts = acts, .now = world_now(w) };
	double began;
	bool ok;

	ok = home_begin(w, path, &b.h, err) && docket_open(b.h, &b.d, err);
	began = now_s();
	ok = ok && fill(b.d, acts, b.now, err);
	if (ok)
		printf("{\"acts\": %llu, \"fill_acts_a_second\": %.0f, ",
		    (unsigned long long)acts, (double)acts / (now_s() - began));
	/* Opening first: then the pages of our own cache are gone for what follows. */
	ok = ok && measure("open_ms", reopen, &b, err) &&
	    reopen(&b, err) && measure("desk_ms", desk, &b, err) &&
	    reopen(&b, err) && measure("due_ms", due, &b, err) &&
	    measure("due_all_ms", due_all, &b, err) &&
	    measure("look_up_ms", look_up, &b, err);
	b.at = acts;
	ok = ok && measure("group_of_100_ms", group, &b, err);
	if (ok)
		printf("\"peak_kib\": %llu}\n",
		    (unsigned long long)(world_peak_memory(w) / 1024));
	docket_close(b.d);
	home_close(b.h);
	return ok;
}

int
main(int argc, char **argv)
{
	struct world *w = NULL;
	struct err err = ERR_INIT;
	bool ok;

	if (argc != 2 && argc != 3) {
		fprintf(stderr, "usage: docket FOLDER [ACTS]\n");
		return 2;
	}
	ok = world_real(&w, &err) &&
	    run(w, argv[1], argc == 3 ? strtoull(argv[2], NULL, 10) : 1000000, &err);
	if (!ok)
		fprintf(stderr, "docket: %s\n", err.text);
	world_free(w);
	return ok ? 0 : 1;
}
