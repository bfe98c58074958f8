/*
 * Acts a second, in two ways; each prints one line of JSON.
 *
 *   acts bare FOLDER N	without signatures: decode, policy, thread, docket, in groups
 *   acts make FOLDER N	an office FOLDER/XB in whose inbox N acts of another wait
 *   acts take HOME N	takes those N in, from a copy of that home: parcels opened, checked
 *			(age, CMS, path), ruled on, recorded, receipted (signed and sealed
 *			again) and kept, on the real disk
 *
 * Making and taking are two commands so that each run takes in the same acts, and what
 * sending them left to the disk is not a part of it.  FOLDER must not exist.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "flow/requests.h"

#define GROUP 1000	/* acts of one transaction, without signatures */

static bool
passphrase(void *arg, bool fresh, struct buf *secret, struct err *err)
{
	(void)arg;
	(void)fresh;
	return buf_add_text(secret, "six words make a good phrase", err);
}

static const struct field_setting whole[] = {
	{ "system_or_account[0].type", "email" },
	{ "system_or_account[0].value", "someone@example.org" },
	{ "provider.name", "Berun Mail" }, { "offence.articles", "13" },
	{ "offence.facts", "A forged invoice was paid; the mails came from there." },
	{ "data_sought.text", "Subscriber and traffic data of November" },
	{ "necessity.text", "Kept for thirty days only" },
	{ "intent.measure", "stored_data" }, { "intent.planned_at", "2027-01-01" },
	{ "secrecy.wanted", "no" },
};

/* ---- without signatures ---- */

static void
act_make(struct world *w, struct buf *json)
{
	struct err err = ERR_INIT;
	struct digest spki = { { 1 } };
	struct act a;

	act_init(&a, ACT_PRESERVE);
	a.exercise = true;
	must(world_random(w, a.nonce, sizeof a.nonce, &err), &err);
	must(authority_id_make("XA", &spki, &a.from, &err), &err);
	spki.b[0] = 2;
	must(authority_id_make("XB", &spki, &a.to, &err), &err);
	a.has_from_card = a.has_to = true;
	a.made_at = world_now(w);
	(void)snprintf(a.instrument, sizeof a.instrument, "UNCAC-CYBER");
	(void)snprintf(a.article, sizeof a.article, "25;42");
	(void)snprintf(a.software, sizeof a.software, "%s", flow_software());
	(void)snprintf(a.build, sizeof a.build, "bench");
	(void)snprintf(a.body.request.number, sizeof a.body.request.number,
	    "XA-2026-000031");
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
		must(fields_set(&a.body.request.fields, whole[i].name, whole[i].value,
		    "en", &err), &err);
	must(act_encode(&a, json, &err), &err);
	act_clear(&a);
}

static void
act_in(struct docket *d, struct span json, uint64_t n, int64_t now, struct act *a)
{
	struct request_facts facts = { .now = now, .from_state = "XA", .to_state = "XB",
		.exercise = true, .incoming = true };
	struct thread_facts thread = { .request = ACT_PRESERVE, .state = STATE_DRAFT,
		.by = SIDE_ASKS, .act = ACT_PRESERVE, .incoming = true, .now = now,
		.same_parties = true, .follows_request = true, .follows_known = true };
	static struct request_findings findings;
	struct docket_request row = { .kind = "preserve", .state = "received",
		.by = "comity", .has_act = true, .due_rule = "D61" };
	struct docket_act kept = { .kind = "preserve", .direction = ACT_IN, .bytes = 31000,
		.verdict = "Intact", .who = "KNOWN", .when = "PROVEN" };
	struct err err = ERR_INIT;

	act_init(a, ACT_PRESERVE);
	must(act_decode(a, json, &err), &err);
	request_check(a, &facts, &findings);
	if (findings.stops != 0 || !thread_decide(&thread).verdict.allow) {
		(void)fprintf(stderr, "acts: the act was to pass: %s\n", findings.stops != 0 ?
		    findings.list[0].text : thread_decide(&thread).verdict.text);
		exit(1);
	}
	memcpy(row.act.b, &n, sizeof n);
	memcpy(kept.package.b, &n, sizeof n);
	kept.package.b[31] = 1;
	kept.act = row.act;
	(void)snprintf(row.peer, sizeof row.peer, "%s", a->from.s);
	(void)snprintf(kept.peer, sizeof kept.peer, "%s", a->from.s);
	row.opened_at = kept.at = kept.made_at = now;
	row.due_at = now + 86400;
	must(docket_request_new(d, &row, json, &err), &err);
	kept.request = row.number;
	must(docket_act_put(d, &kept, &err), &err);
	must(docket_follows_put(d, &kept.act, a->follows, a->follows_n, &err), &err);
	act_clear(a);
}

static double
bare_rate(struct world *w, struct home *h, const struct aead_key *key, uint64_t acts)
{
	struct act *a = malloc(sizeof *a);
	struct err err = ERR_INIT;
	struct docket *d = NULL;
	struct buf json;
	double begin;

	buf_init(&json, ACT_BYTES_MAX);
	act_make(w, &json);
	must(home_docket(h, &d, &err), &err);
	docket_key(d, key);
	begin = now_s();
	for (uint64_t i = 0; i < acts; i++) {
		if (i % GROUP == 0)
			must(docket_begin(d, &err), &err);
		act_in(d, buf_span(&json), i + 1, world_now(w), a);
		if (i % GROUP == GROUP - 1 || i == acts - 1)
			must(docket_commit(d, &err), &err);
	}
	begin = now_s() - begin;
	home_docket_done(h);
	buf_clear(&json);
	free(a);
	return (double)acts / begin;
}

/* ---- real ones ---- */

struct office {
	struct flow flow;
	char path[1024];
};

static void
office_make(struct office *o, struct world *w, const char *folder, const char *country)
{
	static const char *const roles[] = { "central_authority" };
	static const char *const carriers[] = { "stick" };
	struct err err = ERR_INIT;
	struct init_wish wish = { .path = o->path, .country = country,
		.authority = country, .lang = "en", .self_ca = true, .key = KEY_P256,
		.roles = roles, .roles_n = 1, .carriers = carriers, .carriers_n = 1,
		.training = true, .log_n = 15 };

	memset(o, 0, sizeof *o);
	o->flow.world = w;
	o->flow.passphrase = passphrase;
	(void)snprintf(o->path, sizeof o->path, "%s/%s", folder, country);
	must(flow_init(&o->flow, &wish, &err), &err);
}

static void
office_end(struct office *o)
{
	flow_clear(&o->flow);
	home_close(o->flow.home);
}

static void
office_pair(struct office *o, const struct office *with)
{
	struct err err = ERR_INIT;
	struct six_words words;
	struct paired p;
	char card[1100];

	(void)snprintf(card, sizeof card, "%s/card.card", with->path);
	must(flow_card_words(&o->flow, card, &words, &err), &err);
	must(flow_peer_pair(&o->flow, card, words.s, &p, &err), &err);
	peer_clear(&p.peer);
}

struct real_figures {
	double rate, user_ms, system_ms, syncs, faults;	/* all but the rate: an act */
};

static double
milliseconds(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static void
inbox_take(struct office *b, size_t acts, struct real_figures *out)
{
	struct rusage before, after;
	struct err err = ERR_INIT;
	uint64_t syncs = world_syncs(b->flow.world);
	double begin = now_s();
	size_t n = 0;

	(void)getrusage(RUSAGE_SELF, &before);
	must(flow_take_inbox(&b->flow, NULL, NULL, &n, &err), &err);
	(void)getrusage(RUSAGE_SELF, &after);
	if (n != acts) {
		(void)fprintf(stderr, "acts: %zu of %zu were taken\n", n, acts);
		exit(1);
	}
	out->rate = (double)acts / (now_s() - begin);
	out->user_ms = (milliseconds(after.ru_utime) - milliseconds(before.ru_utime)) /
	    (double)acts;
	out->syncs = (double)(world_syncs(b->flow.world) - syncs) / (double)acts;
	out->faults = (double)(after.ru_minflt - before.ru_minflt) / (double)acts;
	out->system_ms = (milliseconds(after.ru_stime) - milliseconds(before.ru_stime)) /
	    (double)acts;
}

/* Each act a request of its own, sent, carried by a stick and copied into the inbox. */
static void
acts_send(struct office *a, struct office *b, const char *folder, size_t acts)
{
	struct request_wish wish = { .kind = "preserve", .to = "XB", .set = whole,
		.set_n = sizeof whole / sizeof *whole };
	struct request_view *view = malloc(sizeof *view);
	struct bundle_result carried;
	struct err err = ERR_INIT;
	struct sent *sent = malloc(sizeof *sent);
	char stick[1100];

	for (size_t i = 0; i < acts; i++) {
		request_view_init(view);
		must(flow_request_new(&a->flow, &wish, view, &err), &err);
		must(flow_request_send(&a->flow, view->row.number, BY_COMITY, sent, &err),
		    &err);
		request_view_clear(view);
	}
	(void)snprintf(stick, sizeof stick, "%s/stick", folder);
	must(flow_bundle_write(&a->flow, stick, "XB", &carried, &err), &err);
	must(flow_bundle_read(&b->flow, stick, &carried, &err), &err);
	free(view);
	free(sent);
}

/* ---- the three ---- */

static void
bare(struct world *w, const char *folder, size_t acts)
{
	struct err err = ERR_INIT;
	struct keyring *k = NULL;
	struct aead_key key;
	struct office c;

	must(dir_make(w, NULL, folder, &err), &err);
	office_make(&c, w, folder, "XC");
	must(flow_keyring(&c.flow, &k, &err), &err);
	must(keyring_docket_key(k, &key, &err), &err);
	(void)printf("{\"rate\": %.1f}\n", bare_rate(w, c.flow.home, &key, acts));
	aead_key_wipe(&key);
	office_end(&c);
}

static void
make(struct world *w, const char *folder, size_t acts)
{
	struct err err = ERR_INIT;
	struct office a, b;

	must(dir_make(w, NULL, folder, &err), &err);
	office_make(&a, w, folder, "XA");
	office_make(&b, w, folder, "XB");
	office_pair(&a, &b);
	office_pair(&b, &a);
	acts_send(&a, &b, folder, acts);
	office_end(&a);
	office_end(&b);
}

/* The keys are open before the clock runs: that is a passphrase, once a command. */
static void
take(struct world *w, const char *home, size_t acts)
{
	struct err err = ERR_INIT;
	struct real_figures got;
	struct keyring *k = NULL;
	struct office b = { .flow = { .world = w, .passphrase = passphrase } };

	must(home_open(w, home, &b.flow.home, &err), &err);
	must(flow_keyring(&b.flow, &k, &err), &err);
	inbox_take(&b, acts, &got);
	(void)printf("{\"rate\": %.1f, \"user_ms\": %.2f, \"system_ms\": %.2f, "
	    "\"syncs\": %.2f, \"faults\": %.1f, \"peak_kib\": %ld}\n", got.rate, got.user_ms,
	    got.system_ms, got.syncs, got.faults, peak_kib());
	office_end(&b);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(struct world *w, const char *folder, size_t acts);
	} parts[] = { { "bare", bare }, { "make", make }, { "take", take } };
	struct err err = ERR_INIT;
	struct world *w = NULL;

	must(world_real(&w, &err), &err);
	for (size_t i = 0; argc == 4 && i < sizeof parts / sizeof *parts; i++)
		if (strcmp(argv[1], parts[i].name) == 0) {
			parts[i].run(w, argv[2], strtoul(argv[3], NULL, 10));
			world_free(w);
			return 0;
		}
	world_free(w);
	(void)fprintf(stderr, "acts bare|make|take FOLDER N\n");
	return 2;
}
