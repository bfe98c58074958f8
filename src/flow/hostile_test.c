/*
 * Hostile peers, and lost power while something comes in: each bad thing ends in
 * words, with bounded work; nothing acknowledged is lost, nothing half-done is seen.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/places_kit.h"
#include "flow/take.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; assert_false(call); \
	assert_string_equal(err.reason, why); } while (0)

static void
three_begin(struct job *j, uint64_t seed)
{
	job_begin(j, seed);
	run_up_to(j, AFTER_PAIR);
	OK(third_begin(j, &err));
	OK(site_again(&j->a, &err));
	OK(site_again(&j->b, &err));
	OK(site_again(&j->c, &err));
}

/* ---- what a patched sender could send ---- */

static void
notice_fill(struct act *a, const void *arg)
{
	struct err err = ERR_INIT;

	(void)arg;
	(void)snprintf(a->body.request.number, sizeof a->body.request.number,
	    "XA-2026-000009");
	(void)snprintf(a->instrument, sizeof a->instrument, "UNCAC-CYBER");
	(void)snprintf(a->article, sizeof a->article, "42");
	assert_true(fields_set(&a->body.request.fields, "necessity", "x", "en", &err));
}

static void
not_taken(struct job *j, const struct forgery *what, const char *reason)
{
	struct digest before, after, act;
	struct taken t;
	char path[200];

	OK(docket_digest(&j->b, &before, &err));
	OK(forge(&j->a, "XB", what, path, &act, &err));
	OK(flow_take(&j->b.flow, path, &t, &err));
	assert_int_equal(t.as, TAKEN_NOT);
	assert_string_equal(t.reason, reason);
	assert_true(t.text[0] != '\0');
	OK(docket_digest(&j->b, &after, &err));
	assert_true(digest_eq(&before, &after));
}

static void
expired_early_and_misaddressed_requests_are_not_taken(void **state)
{
	struct forgery f = { .kind = ACT_PRESERVE, .fill = notice_fill };
	struct authority_id other;
	struct job j;

	(void)state;
	three_begin(&j, 700);
	f.made_at = NOW - 2000;
	f.expires_at = NOW - 1000;
	not_taken(&j, &f, "receive.expired");
	f.made_at = NOW + 2 * 86400;
	f.expires_at = 0;
	not_taken(&j, &f, "receive.made-in-the-future");
	f.made_at = 0;
	other = home_settings(j.c.flow.home)->authority;
	f.to = &other;
	not_taken(&j, &f, "receive.not-for-us");
	f.to = NULL;
	/* Signed by Aldora, and says that it is from Cascada: its card is not Aldora's. */
	f.from = &other;
	not_taken(&j, &f, "receive.sender-unknown");
	job_end(&j);
}

static void
an_unknown_and_a_revoked_sender_open_no_thread(void **state)
{
	struct forgery f = { .kind = ACT_PRESERVE, .fill = notice_fill };
	struct job j;
	char path[200];

	(void)state;
	three_begin(&j, 701);
	(void)snprintf(path, sizeof path, "berun/peers/%s.json",
	    home_settings(j.a.flow.home)->authority.s);
	rewrite(&j, path, "\"confirmed\": true", "\"confirmed\":false");
	not_taken(&j, &f, "receive.sender-unknown");
	rewrite(&j, path, "\"confirmed\":false", "\"confirmed\": true");
	OK(flow_peer_revoke(&j.b.flow, "XA", "key lost", &err));
	not_taken(&j, &f, "receive.sender-revoked");
	job_end(&j);
}

static void
false_receipt_fill(struct act *a, const void *arg)
{
	struct receipt_body *b = &a->body.receipt;
	const struct docket_act *of = arg;

	b->act = of->act;
	b->package = of->package;
	b->parcel_bytes = of->bytes;
	b->parcel_sha256 = of->sha256;
	b->received_at = a->made_at;
	(void)snprintf(b->carrier, sizeof b->carrier, "stick");
	(void)snprintf(b->unchanged, sizeof b->unchanged, "YES");
	(void)snprintf(b->who, sizeof b->who, "KNOWN");
	(void)snprintf(b->when, sizeof b->when, "CLAIMED");
}

static void
receipt_of_is(struct job *j, struct site *from, const struct docket_act *of,
    const char *reason)
{
	struct forgery f = { .kind = ACT_RECEIPT, .fill = false_receipt_fill,
		.arg = of, .follows = &of->act, .follows_n = 1 };
	struct docket_request r;
	struct taken t;
	struct digest act;
	char path[200];

	OK(forge(from, "XA", &f, path, &act, &err));
	OK(flow_take(&j->a.flow, path, &t, &err));
	assert_int_equal(t.as, TAKEN_NOT);
	assert_string_equal(t.reason, reason);
	OK(row_of(&j->a, 1, &r, &err));
	assert_string_equal(r.state, "sent");
	assert_int_equal(r.receipted_at, 0);
}

static void
a_receipt_that_does_not_prove_what_it_says_ends_nothing(void **state)
{
	struct docket_act unknown;
	struct sent sent;
	struct job j;

	(void)state;
	three_begin(&j, 702);
	OK(ask(&j.a, ACT_PRESERVE, "XB", &sent, &err));
	/* No record in it; of another authority; of something never sent. */
	receipt_of_is(&j, &j.b, &sent.act, "receipt.differs");
	receipt_of_is(&j, &j.c, &sent.act, "receipt.other-parties");
	unknown = sent.act;
	unknown.package.b[0] ^= 1;
	receipt_of_is(&j, &j.b, &unknown, "receipt.unknown");
	job_end(&j);
}

static void
revoked_fill(struct act *a, const void *arg)
{
	a->body.revoked.what = REVOKED_CARD;
	a->body.revoked.id = *(const struct digest *)arg;
	a->body.revoked.since = a->made_at;
}

static void
nobody_revokes_the_card_of_another(void **state)
{
	struct forgery f = { .kind = ACT_REVOKED, .fill = revoked_fill,
		.follows_n = 1 };
	struct digest card;
	struct peer p;
	struct act a;
	struct job j;

	(void)state;
	three_begin(&j, 703);
	act_init(&a, ACT_CARD);
	OK(own_card(j.c.flow.home, &card, &a, &err));
	act_clear(&a);
	f.arg = f.follows = &card;
	not_taken(&j, &f, "revoked.not-theirs");
	peer_init(&p);
	OK(peer_find(j.b.flow.home, "XC", &p, &err));
	assert_false(p.revoked);
	peer_clear(&p);
	job_end(&j);
}

/*
 * Somebody signs evidence with a key of his own, says it is Berun's and names a request
 * of ours: it is kept with its verdict, as policy has it, and the request waits on.
 */
static void
evidence_that_nobody_vouches_for_moves_no_thread(void **state)
{
	struct docket_request r;
	struct sent asked, sent;
	struct deliver_wish w = { .evidence = 1, .authorisation = KIT_ORDER };
	struct sealed sealed;
	struct evidence e;
	struct taken t;
	struct job j;

	(void)state;
	three_begin(&j, 706);
	OK(ask(&j.a, ACT_STORED_DATA, "XB", &asked, &err));
	OK(bring(&j.a, &j.b, "XB", "s1", &err));
	OK(add(&j.b, &e, &err));
	OK(SECONDED(&j.b, &err, flow_request_deliver(&j.b.flow, 1, &w, &sealed, &sent,
	    &err)));
	OK(resign(&j.b, sealed.path, &j.c, "XA", "false", &err));
	OK(flow_take(&j.a.flow, "false", &t, &err));
	assert_int_equal(t.as, TAKEN);
	assert_true(t.evidence != 0);
	assert_non_null(strstr(t.text, "call the authority"));
	OK(row_of(&j.a, 1, &r, &err));
	assert_string_equal(r.state, "sent");
	/* No receipt was made for it: who would it be for? */
	OK(evidence_load(j.a.flow.home, t.evidence, &e, &err));
	assert_string_equal(e.parcels[0].who, "UNKNOWN");
	/* And it does not keep out what Berun sent itself. */
	OK(flow_take(&j.a.flow, sealed.path, &t, &err));
	assert_int_equal(t.as, TAKEN);
	OK(row_of(&j.a, 1, &r, &err));
	assert_string_equal(r.state, "delivered");
	OK(evidence_load(j.a.flow.home, t.evidence, &e, &err));
	assert_string_equal(e.parcels[0].who, "KNOWN");
	OK(flow_evidence_open(&j.a.flow, t.evidence, SIZE_MAX, "bag", false, 0, &j.opened,
	    &err));
	assert_true(j.opened.unpacked);
	job_end(&j);
}

/* ---- what it costs to look at what nobody vouches for, and at what waits ---- */

/* n parcels that begin as one and are none, as if they had been brought. */
static void
junk_put(struct job *j, unsigned n)
{
	struct digest d;
	char text[64], path[120];

	for (unsigned i = 0; i < n; i++) {
		(void)snprintf(text, sizeof text, "age-encryption.org/v1\n%u", i);
		OK(digest_of(span_text(text), &d, &err));
		(void)snprintf(path, sizeof path, "berun/%s", inbox_name_of(&d).s);
		OK(file_save(j->world, NULL, path, span_text(text), true, &err));
	}
}

static size_t
leaves_of_refusals(struct job *j)
{
	size_t n[RECORD_EVENTS] = { 0 };

	OK(site_again(&j->b, &err));
	records_count(&j->b, n);
	OK(site_again(&j->b, &err));
	return n[EVENT_REFUSED];
}

static void
junk_has_its_leaf_once_and_only_so_many_in_one_reading(void **state)
{
	struct taken last;
	struct job j;
	size_t n;

	(void)state;
	job_begin(&j, 731);
	run_up_to(&j, AFTER_PAIR);
	OK(site_again(&j.b, &err));
	junk_put(&j, TAKE_REFUSALS_MAX);
	OK(take_all_in(&j.b, &last, &n, &err));
	assert_int_equal(n, TAKE_REFUSALS_MAX);
	assert_int_equal(leaves_of_refusals(&j), TAKE_REFUSALS_MAX);
	/* The same folder again is told again, and that is all. */
	for (unsigned i = 0; i < 2; i++) {
		junk_put(&j, TAKE_REFUSALS_MAX);
		OK(take_all_in(&j.b, &last, &n, &err));
		assert_int_equal(n, TAKE_REFUSALS_MAX);
		assert_int_equal(last.as, TAKEN_NOT);
		assert_null(strstr(last.text, "not in the ledger"));
		assert_int_equal(leaves_of_refusals(&j), TAKE_REFUSALS_MAX);
	}
	job_end(&j);

	job_begin(&j, 732);
	run_up_to(&j, AFTER_PAIR);
	OK(site_again(&j.b, &err));
	junk_put(&j, TAKE_REFUSALS_MAX + 1);
	OK(take_all_in(&j.b, &last, &n, &err));
	assert_int_equal(n, TAKE_REFUSALS_MAX + 1);
	assert_int_equal(leaves_of_refusals(&j), TAKE_REFUSALS_MAX);
	assert_non_null(strstr(last.text, "not in the ledger"));
	job_end(&j);
}

/* `n` withdrawals of requests that are not here, in the inbox of Berun. */
static void
widows_put(struct job *j, struct sent *asked, struct sent *withdrawn, unsigned n)
{
	struct inbox_name name;
	bool copied;
	char path[200];

	job_begin(j, 733);
	run_up_to(j, AFTER_PAIR);
	OK(site_again(&j->a, &err));
	for (unsigned i = 0; i < n; i++) {
		OK(ask(&j->a, ACT_STORED_DATA, "XB", &asked[i], &err));
		OK(reply_with(&j->a, i + 1, ACT_WITHDRAWN, &withdrawn[i], &err));
		(void)snprintf(path, sizeof path, "aldora/%s",
		    parcel_path(&withdrawn[i].act.act).s);
		OK(home_lock(j->b.flow.home, &err));
		OK(inbox_find(&j->b.flow, path, &name, &copied, &err));
	}
	OK(site_again(&j->b, &err));
}

static struct taken
brought(struct job *j, const struct digest *act)
{
	struct taken t;
	char path[200];

	(void)snprintf(path, sizeof path, "aldora/%s", parcel_path(act).s);
	OK(flow_take(&j->b.flow, path, &t, &err));
	return t;
}

static void
what_waits_too_long_is_set_aside_and_is_taken_when_all_of_it_comes(void **state)
{
	struct sent asked, withdrawn;
	struct docket_request r;
	struct taken last;
	struct job j;
	size_t n;

	(void)state;
	widows_put(&j, &asked, &withdrawn, 1);
	world_sim_set_now(j.world, NOW + TAKE_WAIT_SECONDS);
	OK(take_all_in(&j.b, &last, &n, &err));
	assert_int_equal(n, 0);
	assert_int_equal(last.as, TAKEN_WAITS);
	world_sim_set_now(j.world, NOW + TAKE_WAIT_SECONDS + 100);
	OK(take_all_in(&j.b, &last, &n, &err));
	assert_int_equal(n, 1);
	assert_int_equal(last.as, TAKEN_NOT);
	assert_string_equal(last.reason, "take.waited");
	assert_non_null(strstr(last.text, "60 days"));
	assert_int_equal(leaves_of_refusals(&j), 1);
	last = brought(&j, &asked.act.act);
	assert_int_equal(last.as, TAKEN);
	last = brought(&j, &withdrawn.act.act);
	assert_int_equal(last.as, TAKEN);
	OK(row_of(&j.b, 1, &r, &err));
	assert_string_equal(r.state, "withdrawn");
	job_end(&j);
}

static bool
told_count(void *arg, const char *name, const struct taken *t, struct err *err)
{
	size_t *n = arg;

	(void)name;
	(void)err;
	n[t->as]++;
	assert_true(t->as != TAKEN_NOT || strcmp(t->reason, "take.waits-many") == 0);
	return true;
}

static void
of_one_sender_only_so_many_go_on_waiting(void **state)
{
	static const struct take_bounds bounds = { .list = TAKE_MAX, .refusals = 1,
		.waits = 2 };
	struct sent asked[3], withdrawn[3];
	struct job j;
	size_t n;

	(void)state;
	for (unsigned put = 2; put <= 3; put++) {
		size_t told[5] = { 0 };

		widows_put(&j, asked, withdrawn, put);
		OK(take_inbox_within(&j.b.flow, &bounds, told_count, told, &n, &err));
		assert_int_equal(told[TAKEN_WAITS], 2);
		assert_int_equal(told[TAKEN_NOT], put - 2);
		assert_int_equal(n, put - 2);
		job_end(&j);
	}
}

/* However a folder tells its names, nothing is kept out for ever by what waits. */
static void
what_came_last_is_looked_at_though_many_wait(void **state)
{
	static const struct take_bounds bounds = { .list = 2, .refusals = 1,
		.waits = TAKE_WAITS_MAX };
	struct sent asked[4], withdrawn[4], fresh;
	struct inbox_name name;
	struct job j;
	size_t n, tries = 0;
	char path[200];
	bool copied;

	(void)state;
	widows_put(&j, asked, withdrawn, 4);
	OK(ask(&j.a, ACT_PRESERVE, "XB", &fresh, &err));
	(void)snprintf(path, sizeof path, "aldora/%s", parcel_path(&fresh.act.act).s);
	OK(home_lock(j.b.flow.home, &err));
	OK(inbox_find(&j.b.flow, path, &name, &copied, &err));
	do {
		size_t told[5] = { 0 };

		OK(take_inbox_within(&j.b.flow, &bounds, told_count, told, &n, &err));
		/* Two, and the sentence that there are more. */
		assert_int_equal(told[TAKEN_WAITS] + told[TAKEN], 3);
	} while (n == 0 && ++tries < 100);
	assert_int_equal(n, 1);
	job_end(&j);
}

/* ---- bundles ---- */

static void
bundle_of(struct job *j, const char *from_to, uint64_t claimed, size_t entries)
{
	struct buf b;
	char line[300];

	if (!path_exists(j->world, NULL, "bad"))
		OK(dir_make(j->world, NULL, "bad", &err));
	if (!path_exists(j->world, NULL, "bad/parcels"))
		OK(dir_make(j->world, NULL, "bad/parcels", &err));
	buf_init(&b, 64u << 20);
	OK(buf_add_text(&b, from_to, &err));
	for (size_t i = 0; i < entries; i++) {
		(void)snprintf(line, sizeof line,
		    "%s{\"act\":\"%064zx\",\"bytes\":%llu,\"sha256\":\"%064zx\"}",
		    i == 0 ? "" : ",", i, (unsigned long long)claimed, i);
		OK(buf_add_text(&b, line, &err));
	}
	OK(buf_add_text(&b, "]}", &err));
	OK(file_save(j->world, NULL, "bad/bundle.json", buf_span(&b), true, &err));
	buf_clear(&b);
}

static void
a_bundle_that_claims_much_costs_little(void **state)
{
	bool whole = getenv("COMITY_LONG") != NULL;
	size_t many = whole ? 100000 : 2000;
	struct bundle_result r;
	uint64_t before;
	struct job j;
	char head[300];

	(void)state;
	three_begin(&j, 704);
	(void)snprintf(head, sizeof head, "{\"schema\":\"comity.bundle/1\","
	    "\"from\":\"%s\",\"to\":\"%s\",\"written_at\":1,\"parcels\":[",
	    home_settings(j.a.flow.home)->authority.s,
	    home_settings(j.b.flow.home)->authority.s);
	bundle_of(&j, head, 1ull << 40, 1);
	before = world_sim_calls(j.world);
	NO(flow_bundle_read(&j.b.flow, "bad", &r, &err), "bundle.missing");
	assert_in_range(world_sim_calls(j.world) - before, 1, 400);
	/* A parcel of a few bytes under that name: what is there is looked at, no more. */
	OK(file_save(j.world, NULL, "bad/parcels/0000000000000000000000000000000000000000000000000000000000000000.comity",
	    span_text("not much"), true, &err));
	NO(flow_bundle_read(&j.b.flow, "bad", &r, &err), "bundle.damaged");
	bundle_of(&j, head, 1ull << 40, many);
	NO(flow_bundle_read(&j.b.flow, "bad", &r, &err), "bundle.damaged");
	if (whole) {
		bundle_of(&j, head, 1, 100001);
		NO(flow_bundle_read(&j.b.flow, "bad", &r, &err), "json.list");
	}
	job_end(&j);
}

static void
awkward_names_and_junk_in_a_bundle_are_passed_by(void **state)
{
	static const char *const names[] = { "x", "..comity", "a\nb.comity", ".part",
		"\xff\xfe.comity",
		"000000000000000000000000000000000000000000000000000000000000000G.comity" };
	struct bundle_result r;
	struct sent sent;
	struct taken t;
	struct job j;
	size_t n;

	(void)state;
	three_begin(&j, 705);
	OK(ask(&j.a, ACT_PRESERVE, "XB", &sent, &err));
	OK(flow_bundle_write(&j.a.flow, "s1", "XB", &r, &err));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[200];

		(void)snprintf(path, sizeof path, "s1/parcels/%s", names[i]);
		OK(file_save(j.world, NULL, path, span_text("junk"), true, &err));
	}
	/* A good name, and junk in it, that nobody listed: told; brought singly, set aside. */
	OK(file_save(j.world, NULL, "s1/parcels/1111111111111111111111111111111111111111111111111111111111111111.comity",
	    span_text("age-encryption.org/v1\njunk"), true, &err));
	NO(flow_bundle_read(&j.b.flow, "s1", &r, &err), "bundle.unlisted");
	assert_int_equal(r.parcels, 1);
	OK(take_all_in(&j.b, &t, &n, &err));
	assert_int_equal(n, 1);
	OK(flow_take(&j.b.flow, "s1/parcels/1111111111111111111111111111111111111111111111111111111111111111.comity",
	    &t, &err));
	assert_int_equal(t.as, TAKEN_NOT);
	assert_true(t.text[0] != '\0');
	OK(take_all_in(&j.b, NULL, &n, &err));
	assert_int_equal(n, 0);
	job_end(&j);
}

/* ---- lost power, errors, no memory ---- */

/* One command, as a person gives it: read the folder, and take in what it brought. */
static bool
step_bring(struct job *j, struct err *err)
{
	struct bundle_result r;
	size_t n;

	return site_again(&j->b, err) && flow_bundle_read(&j->b.flow, "s1", &r, err) &&
	    take_all_in(&j->b, NULL, &n, err);
}

static bool
step_bring_home(struct job *j, struct err *err)
{
	struct bundle_result r;
	size_t n;

	return site_again(&j->b, err) &&
	    (path_exists(j->world, NULL, "s2/bundle.json") ||
	    flow_bundle_write(&j->b.flow, "s2", "XA", &r, err)) &&
	    site_again(&j->a, err) && flow_bundle_read(&j->a.flow, "s2", &r, err) &&
	    take_all_in(&j->a, NULL, &n, err);
}

/* A request and a hand-over on their way, on a stick. */
static void
loaded(struct job *j, uint64_t seed)
{
	struct bundle_result r;
	struct sent sent;
	struct seal_wish w = { .number = 1, .to = "XB" };
	struct evidence e;
	struct sealed s;
	size_t parcel;
	bool found;

	job_begin(j, seed);
	run_up_to(j, AFTER_ADD);
	OK(ask(&j->a, ACT_PRESERVE, "XB", &sent, &err));
	OK(SECONDED(&j->a, &err, flow_evidence_seal(&j->a.flow, &w, &s, &err)));
	OK(flow_evidence_send(&j->a.flow, 1, "XB", &e, &parcel, &found, &err));
	OK(flow_bundle_write(&j->a.flow, "s1", "XB", &r, &err));
}

static bool
events_add(void *arg, const struct journal_entry *e, struct err *err)
{
	size_t *n = arg;
	struct record r;

	if (!record_decode(&r, e->record, err))
		return false;
	n[r.event]++;
	return true;
}

/* All of it is there, once: thread, evidence, one record and one receipt for each. */
static void
whole_at_b(struct job *j)
{
	size_t n[RECORD_EVENTS] = { 0 };
	struct journal *journal = NULL;
	struct docket_request r;
	struct evidence e;
	unsigned *list;
	size_t count;

	OK(row_of(&j->b, 1, &r, &err));
	assert_string_equal(r.state, "received");
	NO(row_of(&j->b, 2, &r, &err), "request.absent");
	OK(evidence_numbers(j->b.flow.home, &list, &count, &err));
	mem_free(list);
	assert_int_equal(count, 1);
	OK(evidence_load(j->b.flow.home, 1, &e, &err));
	assert_int_equal(e.parcels_n, 1);
	site_end(&j->b);
	OK(site_again(&j->b, &err));
	OK(journal_open(j->world, home_dir(j->b.flow.home), &journal, &err));
	OK(journal_each(journal, 0, events_add, n, &err));
	journal_close(journal);
	assert_int_equal(n[EVENT_RECEIVED], 2);
	assert_int_equal(n[EVENT_MADE] - n[EVENT_DESTROYED], 2);
	OK(step_bring_home(j, &err));
	OK(row_of(&j->a, 1, &r, &err));
	assert_string_equal(r.state, "received");
	assert_true(r.receipted_at != 0);
}

/* No parcel that neither docket nor evidence knows is left lying there. */
static void
no_strays(struct job *j, uint64_t n)
{
	struct doctor_report doctor;

	OK(site_again(&j->b, &err));
	OK(flow_doctor(&j->b.flow, &doctor, &err));
	for (size_t i = 0; i < doctor.n; i++)
		if (strcmp(doctor.lines[i].what, "parcels") == 0 &&
		    doctor.lines[i].state != DOCTOR_GOOD)
			fail_msg("at %llu: %s", (unsigned long long)n,
			    doctor.lines[i].text);
}

static void
bring_whole(void *arg)
{
	OK(step_bring(arg, &err));
}

/* What failed was told; the second try ends with all of it, once. */
static void
bring_again(struct job *j, bool ok, const struct err *why)
{
	assert_true(ok || why->text[0] != '\0');
	nothing_fails(j->world);
	site_end(&j->a);
	site_end(&j->b);
	place_known(j->world, ok);
	OK(step_bring(j, &err));
	whole_at_b(j);
	no_strays(j, place_n());
	job_end(j);
}

static void
bring_cut(void *arg)
{
	struct err why = ERR_INIT;
	struct job *j = arg;
	bool ok;

	power_fails(j->world);
	ok = step_bring(j, &why);
	site_end(&j->a);
	site_end(&j->b);
	power_back(j->world);
	bring_again(j, ok, &why);
}

static void
bring_disk(void *arg)
{
	struct err why = ERR_INIT;
	struct job *j = arg;

	disk_fails(j->world);
	bring_again(j, step_bring(j, &why), &why);
}

static void
bring_memory(void *arg)
{
	struct err why = ERR_INIT;
	struct job *j = arg;

	memory_fails();
	bring_again(j, step_bring(j, &why), &why);
}

static void
lost_power_while_it_comes_in_loses_nothing_and_doubles_nothing(void **state)
{
	struct places p = { .what = "coming in, a cut", .ways = POWER_WAYS, .few = 12,
		.try = bring_cut };
	struct job j;

	(void)state;
	loaded(&j, 710);
	OK(site_again(&j.b, &err));
	p.arg = &j;
	p.n = places_size(j.world, bring_whole, &j).calls + 1;
	places_try(&p);
	job_end(&j);
}

static void
each_disk_error_while_it_comes_in_is_told_and_the_second_try_ends_the_same(
    void **state)
{
	struct places p = { .what = "coming in, a disk error", .ways = DISK_WAYS,
		.few = 12, .try = bring_disk };
	struct job j;

	(void)state;
	loaded(&j, 711);
	OK(site_again(&j.b, &err));
	p.arg = &j;
	p.n = places_size(j.world, bring_whole, &j).calls;
	places_try(&p);
	job_end(&j);
}

static void
each_allocation_that_fails_while_it_comes_in_is_survived(void **state)
{
	struct places p = { .what = "coming in, no memory", .ways = MEMORY_WAYS,
		.few = 16, .try = bring_memory };
	struct job j;

	(void)state;
	loaded(&j, 712);
	OK(site_again(&j.b, &err));
	p.arg = &j;
	p.n = places_size(j.world, bring_whole, &j).allocations;
	places_try(&p);
	job_end(&j);
}

static void
take_whole(void *arg)
{
	struct job *j = arg;
	size_t n;

	OK(take_all_in(&j->b, NULL, &n, &err));
}

static void
take_cut(void *arg)
{
	struct err why = ERR_INIT;
	struct docket_request row;
	struct job *j = arg;
	struct evidence e;
	size_t taken;

	power_fails(j->world);
	(void)!take_all_in(&j->b, NULL, &taken, &why);
	site_end(&j->a);
	site_end(&j->b);
	power_back(j->world);
	place_known(j->world, 0);
	OK(site_again(&j->b, &err));
	take_whole(j);
	OK(row_of(&j->b, 1, &row, &err));
	OK(evidence_load(j->b.flow.home, 1, &e, &err));
	no_strays(j, place_n());
	job_end(j);
}

/* The stick was wiped as soon as `bundle read` had said that all is in. */
static void
what_was_read_in_needs_no_stick_any_more(void **state)
{
	struct places p = { .what = "without the stick, a cut", .ways = POWER_WAYS,
		.few = 12, .try = take_cut };
	struct bundle_result r;
	struct job j;

	(void)state;
	loaded(&j, 713);
	OK(site_again(&j.b, &err));
	OK(flow_bundle_read(&j.b.flow, "s1", &r, &err));
	OK(dir_remove_all(j.world, NULL, "s1", &err));
	p.arg = &j;
	p.n = places_size(j.world, take_whole, &j).calls + 1;
	places_try(&p);
	job_end(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expired_early_and_misaddressed_requests_are_not_taken),
		cmocka_unit_test(an_unknown_and_a_revoked_sender_open_no_thread),
		cmocka_unit_test(a_receipt_that_does_not_prove_what_it_says_ends_nothing),
		cmocka_unit_test(nobody_revokes_the_card_of_another),
		cmocka_unit_test(evidence_that_nobody_vouches_for_moves_no_thread),
		cmocka_unit_test(junk_has_its_leaf_once_and_only_so_many_in_one_reading),
		cmocka_unit_test(what_waits_too_long_is_set_aside_and_is_taken_when_all_of_it_comes),
		cmocka_unit_test(of_one_sender_only_so_many_go_on_waiting),
		cmocka_unit_test(what_came_last_is_looked_at_though_many_wait),
		cmocka_unit_test(a_bundle_that_claims_much_costs_little),
		cmocka_unit_test(awkward_names_and_junk_in_a_bundle_are_passed_by),
		cmocka_unit_test(lost_power_while_it_comes_in_loses_nothing_and_doubles_nothing),
		cmocka_unit_test(each_disk_error_while_it_comes_in_is_told_and_the_second_try_ends_the_same),
		cmocka_unit_test(each_allocation_that_fails_while_it_comes_in_is_survived),
		cmocka_unit_test(what_was_read_in_needs_no_stick_any_more),
	};

	return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
