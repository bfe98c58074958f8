/*
 * What rots below HOME/ledger/ stops no parcel: each file there with a changed byte, cut,
 * gone, or, of what is kept about others, on a bad spot of the disk; and then a bundle goes
 * out, one comes in, and the ledger is shown.  What is wrong is
 * told, and nobody abroad is handed anything that does not hold.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/exchange.h"
#include "flow/places_kit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)

static void
tell(struct site *from, struct site *to, const char *state, const char *folder)
{
	struct bundle_result r;

	OK(site_again(from, &err) &&
	    flow_bundle_write_ledger(&from->flow, folder, state, &r, &err));
	OK(site_again(to, &err) && flow_bundle_read(&to->flow, folder, &r, &err));
}

static void
note_of(struct site *s, const char *reason)
{
	OK(site_again(s, &err) && record_home(&s->flow, EVENT_SELF_TEST, reason, &err));
}

/* ---- the files ---- */

#define FILES_MAX 400
struct files {
	struct job j;
	struct { char path[240]; } list[FILES_MAX];
	size_t n;
};

static void
files_find(struct files *f, const char *folder)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true;

	OK(listing_open(f->j.world, NULL, folder, &l, &err));
	while (true) {
		char path[240];

		OK(listing_next(l, &e, &more, &err));
		if (!more)
			break;
		(void)snprintf(path, sizeof path, "%s/%s", folder, e.name);
		if (e.type == FILE_DIR) {
			files_find(f, path);
			continue;
		}
		assert_true(f->n < FILES_MAX);
		memcpy(f->list[f->n++].path, path, sizeof path);
	}
	listing_close(l);
}

static int
path_order(const void *a, const void *b)
{
	return strcmp(a, b);
}

enum { FLIPPED, LINE_FLIPPED, CUT, GONE, UNREADABLE, SPOIL_WAYS };

static void
spoil(struct world *w, const char *path, unsigned way)
{
	struct buf b;

	if (way == UNREADABLE) {
		OK(world_sim_unreadable(w, path, &err));
		return;
	}
	if (way == GONE) {
		OK(path_remove(w, NULL, path, &err));
		return;
	}
	buf_init(&b, 64u << 20);
	OK(file_load(w, NULL, path, &b, &err));
	if (b.n > 0 && way != CUT)
		/* The middle, or what is near the end: a cosignature, mostly. */
		b.p[way == FLIPPED ? b.n / 2 : b.n - 1 - b.n / 16] ^= 1;
	else
		b.n /= 2;
	OK(file_save(w, NULL, path, buf_span(&b), true, &err));
	buf_clear(&b);
}

/* ---- a home that has everything below ledger/ ---- */

/* In: a receipt and a request.  Out: one that has no receipt yet, and a new one. */
#define PARCELS_IN 2
#define PARCELS_OUT 2

static void
clone_tells(struct job *j)
{
	struct site clone;

	site_end(&j->c);
	OK(home_copy(j->world, "cascada", "cascada-2", &err));
	site_begin(&clone, j->world, "cascada-2");
	note_of(&j->c, "here");
	note_of(&clone, "there");
	tell(&j->c, &j->b, "XB", "split-1");
	tell(&clone, &j->b, "XB", "split-2");
	site_end(&clone);
}

/* Berun: a successor, cosigned, a third's note that waits, a proof of two histories. */
static void
files_begin(struct files *f)
{
	struct job *j = &f->j;
	struct sent sent;
	struct bundle_result r;

	memset(f, 0, sizeof *f);
	job_begin(j, 1);
	run_up_to(j, AFTER_PAIR);
	OK(third_begin(j, &err));
	tell(&j->b, &j->a, "XA", "first");
	tell(&j->a, &j->b, "XB", "first-back");
	OK(site_again(&j->b, &err) && recovery_begin(&j->b.flow, "ledger.restored", &err) &&
	    flow_ledger_resume(&j->b.flow, &err) &&
	    flow_ledger_succeed(&j->b.flow, "key", NULL, &err));
	for (unsigned i = 0; i < 2; i++) {
		char name[4][16];

		for (unsigned k = 0; k < 4; k++)
			(void)snprintf(name[k], sizeof name[k], "round-%u-%u", i, k);
		tell(&j->b, &j->a, "XA", name[0]);
		tell(&j->a, &j->b, "XB", name[1]);
		tell(&j->c, &j->b, "XB", name[2]);
		tell(&j->b, &j->c, "XC", name[3]);
		note_of(&j->b, "round");
	}
	clone_tells(j);
	note_of(&j->a, "newer");
	tell(&j->a, &j->c, "XC", "newer-1");
	tell(&j->c, &j->b, "XB", "newer-2");
	/* A request each way, and a receipt. */
	OK(site_again(&j->b, &err) && ask(&j->b, ACT_PRESERVE, "XA", &sent, &err) &&
	    bring(&j->b, &j->a, "XA", "asked", &err));
	OK(site_again(&j->a, &err) && ask(&j->a, ACT_PRESERVE, "XB", &sent, &err) &&
	    flow_bundle_write(&j->a.flow, "in", "XB", &r, &err));
	assert_int_equal(r.parcels, PARCELS_IN);
	OK(site_again(&j->b, &err) && ask(&j->b, ACT_PRESERVE, "XA", &sent, &err));
	site_end(&j->a);
	site_end(&j->b);
	site_end(&j->c);
	files_find(f, "berun/ledger");
	qsort(f->list, f->n, sizeof f->list[0], path_order);
}

static bool
taken_each(void *arg, const char *name, const struct taken *t, struct err *err)
{
	bool *told = arg;

	(void)name;
	(void)err;
	assert_int_equal(t->as, TAKEN);
	*told = *told || strstr(t->text, "ledger/") != NULL;
	return true;
}

static void
all_taken(struct site *s, size_t want, bool *told)
{
	size_t n;

	OK(flow_take_inbox(&s->flow, taken_each, told, &n, &err));
	assert_int_equal(n, want);
}

/* What is told names a file, and is on the desk until a check finds nothing. */
static void
desk_tells(struct site *s, bool damaged)
{
	struct desk desk;

	OK(site_again(s, &err) && flow_desk(&s->flow, &desk, &err));
	assert_true(home_has(s->flow.home, FLOW_DAMAGED_PATH) == damaged);
	if (damaged)
		assert_non_null(strstr(desk.ledger_text, "comity ledger"));
}

static bool
shown_damaged(struct site *s)
{
	struct ledger_view v;
	bool damaged;

	ledger_view_init(&v);
	OK(site_again(s, &err) && flow_ledger_show(&s->flow, &v, &err));
	damaged = v.damage_n > 0;
	if (damaged)
		assert_non_null(strstr(v.damage[0], "ledger/"));
	ledger_view_clear(&v);
	return damaged;
}

/* Kept about the logs of others. */
static bool
of_others(const char *path)
{
	return strstr(path, "/" WITNESS_PATH "/") != NULL ||
	    strstr(path, "/" PEERS_PATH "/") != NULL;
}

static void
rotten(void *arg)
{
	struct files *f = arg;
	struct job *j = &f->j;
	struct bundle_result r;
	unsigned way = place_way();
	uint64_t n = place_n();
	bool damaged, told = false;

	/* A disk that fails under our own journal or standing is a failure of ours (D26). */
	if (way == UNREADABLE && !of_others(f->list[n - 1].path))
		way = GONE;
	spoil(j->world, f->list[n - 1].path, way);
	OK(site_again(&j->b, &err) &&
	    flow_bundle_write(&j->b.flow, "out", "XA", &r, &err));
	assert_int_equal(r.parcels, PARCELS_OUT);
	assert_true(r.ledger_damaged == (strstr(r.ledger_text, "ledger/") != NULL));
	damaged = r.ledger_damaged;
	OK(site_again(&j->b, &err) && flow_bundle_read(&j->b.flow, "in", &r, &err));
	assert_int_equal(r.parcels, PARCELS_IN);
	assert_false(r.ledger_trouble);
	damaged = damaged || r.ledger_damaged;
	all_taken(&j->b, PARCELS_IN, &told);
	desk_tells(&j->b, damaged || told);
	(void)shown_damaged(&j->b);
	/* What leaves holds, for who checks all of it. */
	OK(site_again(&j->a, &err) && flow_bundle_read(&j->a.flow, "out", &r, &err));
	assert_int_equal(r.parcels + r.already, PARCELS_OUT);
	assert_false(r.ledger_trouble || r.ledger_damaged);
	assert_null(strstr(r.ledger_text, "not taken"));
	all_taken(&j->a, 1, &told);
	tell(&j->b, &j->a, "XA", "later");
	job_end(j);
}

static void
what_rots_below_the_ledger_stops_no_parcel(void **state)
{
	static struct files f;

	(void)state;
	files_begin(&f);
	places_each(&(struct places){ "a rotten file", f.n, SPOIL_WAYS, 40, rotten, &f });
	job_end(&f.j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_rots_below_the_ledger_stops_no_parcel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
