/* Custody at work: what each side can tell of a hand-over, and to whom. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/custody_inside.h"
#include "flow/ledger.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; assert_false(call); \
	assert_string_equal(err.reason, why); } while (0)

/* Aldora sealed, Berun received and opened, and its receipt came back. */
static void
handed_over(struct job *j, uint64_t seed)
{
	job_begin(j, seed);
	run_up_to(j, AFTER_OPEN);
	OK(site_again(&j->a, &err));
	OK(site_again(&j->b, &err));
	OK(bring(&j->b, &j->a, "XA", "back", &err));
	OK(site_again(&j->a, &err));
	OK(site_again(&j->b, &err));
}

static size_t
keep(struct site *s, struct custody *told)
{
	struct custody_sieve *sieve = NULL;
	size_t strangers = CUSTODY_STRANGERS_MAX, fresh;

	OK(custody_sieve_new(&s->flow, &sieve, &err));
	OK(custody_keep(sieve, told, &strangers, &fresh, &err));
	custody_sieve_free(sieve);
	return fresh;
}

/* As if nothing had come with the parcel. */
static void
forget_told(struct site *s)
{
	if (home_has(s->flow.home, CUSTODY_PATH))
		OK(dir_remove_all(s->flow.world, home_dir(s->flow.home), CUSTODY_PATH, &err));
}

static void
published(struct site *s)
{
	struct checkpoint c;
	char text[300];
	bool done;

	OK(ledger_publish(&s->flow, &done, &c, text, &err));
	if (!done)
		fail_msg("%s", text);
}

static void
keys_lines(struct site *s, struct buf *out)
{
	struct ledger_keys *keys = calloc(1, sizeof *keys);
	struct digest id;
	struct act card;

	act_init(&card, ACT_CARD);
	OK(own_card(s->flow.home, &id, &card, &err));
	OK(ledger_keys_of_card(&card, keys, &err));
	for (size_t i = 0; i < keys->logs_n; i++) {
		OK(buf_add_text(out, "log ", &err));
		OK(vkey_print(&keys->logs[i], out, &err));
		OK(buf_add_text(out, "\n", &err));
	}
	act_clear(&card);
	free(keys);
}

/* Who believes all logs of both and asks for no witness. */
static void
policy_of(struct job *j, struct buf *out)
{
	buf_init(out, QUORUM_FILE_MAX);
	keys_lines(&j->a, out);
	keys_lines(&j->b, out);
	OK(buf_add_text(out, "quorum none\n", &err));
}

/* "XA made|XA sent|XB received" */
static void
told(const struct custody *c, const char *expected)
{
	char all[2000] = "";

	for (size_t i = 0; i < c->n; i++) {
		size_t n = strlen(all);

		(void)snprintf(all + n, sizeof all - n, "%s%.2s %s", i > 0 ? "|" : "",
		    c->links[i].record.authority.s,
		    record_event_name(c->links[i].record.event));
	}
	assert_string_equal(all, expected);
}

static void
the_sender_tells_sealing_sending_and_the_receipt(void **state)
{
	struct custody c;
	struct buf policy;
	struct job j;

	(void)state;
	handed_over(&j, 970);
	published(&j.a);
	policy_of(&j, &policy);
	OK(flow_custody(&j.a.flow, 1, SIZE_MAX, buf_span(&policy), &c, &err));
	told(&c, "XA made|XA sent|XB received");
	for (size_t i = 0; i < c.n; i++)
		if (c.links[i].standing != CUSTODY_PROVEN)
			fail_msg("link %zu: %s", i + 1, c.links[i].why);
	assert_int_equal(c.standing, CUSTODY_PROVEN);
	custody_clear(&c);
	buf_clear(&policy);
	job_end(&j);
}

/* What was kept of the receipt is gone: its parcel says the same. */
static void
a_receipt_is_opened_when_nothing_was_kept_of_it(void **state)
{
	struct custody c;
	struct buf policy;
	struct job j;

	(void)state;
	handed_over(&j, 976);
	forget_told(&j.a);
	policy_of(&j, &policy);
	OK(flow_custody(&j.a.flow, 1, SIZE_MAX, buf_span(&policy), &c, &err));
	told(&c, "XA made|XA sent|XB received");
	assert_int_equal(c.links[2].standing, CUSTODY_PROVEN);
	custody_clear(&c);
	buf_clear(&policy);
	job_end(&j);
}

static void
what_is_in_no_checkpoint_yet_is_claimed(void **state)
{
	struct custody c;
	struct buf policy;
	struct job j;

	(void)state;
	job_begin(&j, 971);
	run_up_to(&j, AFTER_SEAL);
	OK(site_again(&j.a, &err));
	OK(site_again(&j.b, &err));
	policy_of(&j, &policy);
	OK(flow_custody(&j.a.flow, 1, SIZE_MAX, buf_span(&policy), &c, &err));
	told(&c, "XA made");
	assert_int_equal(c.links[0].standing, CUSTODY_CLAIMED);
	assert_string_equal(c.reason, "lacks-received");
	custody_clear(&c);
	buf_clear(&policy);
	job_end(&j);
}

static void
evidence_that_is_not_sealed_has_no_custody(void **state)
{
	struct custody c;
	struct job j;

	(void)state;
	job_begin(&j, 972);
	run_up_to(&j, AFTER_ADD);
	OK(site_again(&j.a, &err));
	NO(flow_custody(&j.a.flow, 1, SIZE_MAX, span_of(NULL, 0), &c, &err),
	    "custody.not-sealed");
	job_end(&j);
}

static void
the_receiver_tells_also_what_came_with_the_parcel(void **state)
{
	struct custody c, handed;
	struct evidence e;
	struct buf policy;
	struct job j;
	size_t fresh;

	(void)state;
	handed_over(&j, 973);
	forget_told(&j.b);
	published(&j.a);
	policy_of(&j, &policy);
	OK(evidence_load(j.b.flow.home, 1, &e, &err));
	OK(flow_custody(&j.b.flow, 1, SIZE_MAX, buf_span(&policy), &c, &err));
	told(&c, "XB received|XB opened");
	assert_string_equal(c.reason, "lacks-made");
	custody_clear(&c);

	OK(custody_handed(&j.a.flow, &e.parcels[0].act_id, &handed, &err));
	told(&handed, "XA made|XA sent|XB received");
	fresh = keep(&j.b, &handed);
	/* What it says of Berun itself is in Berun's own journal. */
	assert_int_equal(fresh, 2);
	custody_clear(&handed);
	OK(site_again(&j.b, &err));
	published(&j.b);
	OK(flow_custody(&j.b.flow, 1, SIZE_MAX, buf_span(&policy), &c, &err));
	told(&c, "XA made|XA sent|XB received|XB opened");
	assert_int_equal(c.standing, CUSTODY_PROVEN);
	custody_clear(&c);
	buf_clear(&policy);
	job_end(&j);
}

static void
succeeded(struct site *s)
{
	published(s);
	OK(flow_ledger_succeed(&s->flow, "key", NULL, &err));
	OK(site_again(s, &err));
	published(s);
}

/* Berun received it, its ledger was closed, and then it was opened. */
static void
received_under_one_opened_under_two(struct job *j, uint64_t seed)
{
	job_begin(j, seed);
	run_up_to(j, AFTER_RECEIVE);
	OK(site_again(&j->a, &err));
	OK(site_again(&j->b, &err));
	published(&j->a);
	succeeded(&j->b);
	OK(step_open(j, &err));
	OK(site_again(&j->b, &err));
	published(&j->b);
}

static void
origin_is(const struct custody_link *l, const char *ending)
{
	assert_true(l->has_place);
	assert_string_equal(l->origin + strlen(l->origin) - strlen(ending), ending);
}

static void
what_stands_in_a_closed_ledger_is_proven_by_that_one(void **state)
{
	struct custody c;
	struct buf policy;
	struct job j;

	(void)state;
	received_under_one_opened_under_two(&j, 977);
	policy_of(&j, &policy);
	OK(flow_custody(&j.b.flow, 1, SIZE_MAX, buf_span(&policy), &c, &err));
	told(&c, "XA made|XB received|XB opened");
	origin_is(&c.links[0], "/1");
	origin_is(&c.links[1], "/1");
	origin_is(&c.links[2], "/2");
	for (size_t i = 0; i < c.n; i++)
		if (c.links[i].standing != CUSTODY_PROVEN)
			fail_msg("link %zu: %s", i + 1, c.links[i].why);
	assert_non_null(strstr(c.links[1].why, "/1"));
	assert_non_null(strstr(c.links[2].why, "/2"));
	custody_clear(&c);
	buf_clear(&policy);
	job_end(&j);
}

/* Who has not learned of a log believes what the other one proves. */
static void
a_policy_that_names_one_ledger_proves_what_stands_in_it(void **state)
{
	struct custody c;
	struct buf before, after;
	struct job j;

	(void)state;
	job_begin(&j, 978);
	run_up_to(&j, AFTER_RECEIVE);
	OK(site_again(&j.a, &err));
	OK(site_again(&j.b, &err));
	published(&j.a);
	policy_of(&j, &before);
	succeeded(&j.b);
	OK(step_open(&j, &err));
	OK(site_again(&j.b, &err));
	published(&j.b);
	OK(flow_custody(&j.b.flow, 1, SIZE_MAX, buf_span(&before), &c, &err));
	told(&c, "XA made|XB received|XB opened");
	assert_int_equal(c.links[1].standing, CUSTODY_PROVEN);
	assert_int_equal(c.links[2].standing, CUSTODY_CLAIMED);
	assert_string_equal(c.links[2].reason, "log-unknown");
	assert_non_null(strstr(c.links[2].why, "/2"));
	custody_clear(&c);

	/* The first line of Berun's is its newest log. */
	buf_init(&after, QUORUM_FILE_MAX);
	keys_lines(&j.b, &after);
	after.n = (size_t)((uint8_t *)memchr(after.p, '\n', after.n) - after.p) + 1;
	OK(buf_add_text(&after, "quorum none\n", &err));
	OK(flow_custody(&j.b.flow, 1, SIZE_MAX, buf_span(&after), &c, &err));
	assert_string_equal(c.links[1].reason, "log-unknown");
	assert_int_equal(c.links[2].standing, CUSTODY_PROVEN);
	custody_clear(&c);
	buf_clear(&before);
	buf_clear(&after);
	job_end(&j);
}

static void
a_closed_ledger_that_is_damaged_proves_less_and_stops_nothing(void **state)
{
	struct custody c;
	struct buf policy, bad;
	struct job j;

	(void)state;
	received_under_one_opened_under_two(&j, 979);
	policy_of(&j, &policy);
	buf_init(&bad, 100);
	OK(buf_add_text(&bad, "no checkpoint\n", &err));
	OK(home_save(j.b.flow.home, "ledger/before/1/checkpoint", buf_span(&bad), &err));
	OK(site_again(&j.b, &err));
	OK(flow_custody(&j.b.flow, 1, SIZE_MAX, buf_span(&policy), &c, &err));
	told(&c, "XA made|XB received|XB opened");
	assert_int_equal(c.links[0].standing, CUSTODY_PROVEN);
	assert_string_equal(c.links[1].reason, "no-proof");
	origin_is(&c.links[1], "/1");
	assert_int_equal(c.links[2].standing, CUSTODY_PROVEN);
	assert_int_equal(c.standing, CUSTODY_CLAIMED);
	custody_clear(&c);
	/* Its tiles come out of the journal again. */
	OK(dir_remove_all(j.world, NULL, "berun/ledger/before/1/tile", &err));
	OK(site_again(&j.b, &err));
	OK(flow_custody(&j.b.flow, 1, SIZE_MAX, buf_span(&policy), &c, &err));
	origin_is(&c.links[1], "/1");
	custody_clear(&c);
	buf_clear(&bad);
	buf_clear(&policy);
	job_end(&j);
}

static void
proof_files_are_made_in_a_closed_ledger_too(void **state)
{
	struct evidence e;
	struct job j;
	size_t n, open;

	(void)state;
	received_under_one_opened_under_two(&j, 980);
	OK(evidence_load(j.b.flow.home, 1, &e, &err));
	OK(flow_ledger_prove(&j.b.flow, digest_hex(&e.parcels[0].act_id).s, "proofs", &n,
	    &open, &err));
	assert_int_equal(n, 2);
	assert_int_equal(open, 0);
	job_end(&j);
}

static void
the_other_side_does_not_learn_who_opened_it(void **state)
{
	struct custody handed;
	struct evidence e;
	struct job j;

	(void)state;
	handed_over(&j, 974);
	forget_told(&j.b);
	OK(evidence_load(j.b.flow.home, 1, &e, &err));
	OK(custody_handed(&j.b.flow, &e.parcels[0].act_id, &handed, &err));
	told(&handed, "XB received");
	custody_clear(&handed);
	job_end(&j);
}

/* A peer makes up a link of ours, and one whose proof does not hold. */
static void
lies_that_came_with_a_parcel_are_not_kept(void **state)
{
	struct custody_link *l, *mine;
	struct custody handed, kept;
	struct evidence e;
	struct record r;
	struct buf text, json;
	struct job j;
	size_t fresh;
	bool found;

	(void)state;
	handed_over(&j, 975);
	forget_told(&j.b);
	published(&j.a);
	OK(evidence_load(j.b.flow.home, 1, &e, &err));
	OK(custody_handed(&j.a.flow, &e.parcels[0].act_id, &handed, &err));
	l = &handed.links[0];
	r = l->record;
	r.at -= 60;
	buf_reset(&l->bytes);
	OK(record_encode(&r, &l->bytes, &err));
	l->record = r;
	r.event = EVENT_EXPORTED;
	r.authority = home_settings(j.b.flow.home)->authority;
	r.files_n = 0;
	r.has_payload = r.has_before = false;
	buf_init(&text, RECORD_MAX);
	OK(record_encode(&r, &text, &err));
	OK((mine = custody_add(&handed, buf_span(&text), handed.links[1].salt, &err)) !=
	    NULL);
	fresh = keep(&j.b, &handed);
	assert_int_equal(fresh, 1);
	custody_init(&kept);
	OK(custody_kept(&j.b.flow, &handed.act, &kept, &found, &err));
	assert_true(found);
	told(&kept, "XA sent");
	custody_clear(&kept);
	/* The same again changes nothing; the true one comes to it. */
	fresh = keep(&j.b, &handed);
	assert_int_equal(fresh, 0);
	custody_clear(&handed);
	OK(custody_handed(&j.a.flow, &e.parcels[0].act_id, &handed, &err));
	fresh = keep(&j.b, &handed);
	assert_int_equal(fresh, 1);
	/* Damaged: told anew. */
	buf_init(&json, 10);
	OK(buf_add_text(&json, "{", &err));
	OK(home_save(j.b.flow.home, "custody/x", buf_span(&json), &err));
	{
		char path[100];

		(void)snprintf(path, sizeof path, CUSTODY_PATH "/%s.json",
		    digest_hex(&handed.act).s);
		OK(home_save(j.b.flow.home, path, buf_span(&json), &err));
	}
	NO(custody_kept(&j.b.flow, &handed.act, &kept, &found, &err), "json.syntax");
	fresh = keep(&j.b, &handed);
	assert_int_equal(fresh, 2);
	custody_clear(&handed);
	buf_clear(&json);
	buf_clear(&text);
	job_end(&j);
}

/* ---- what a stranger puts on a stick ---- */

/* What Aldora tells Berun of the hand-over, and a file of the same act without a link. */
static void
told_by_aldora(struct job *j, struct custody *handed, struct custody *forged)
{
	struct evidence e;

	published(&j->a);
	OK(evidence_load(j->b.flow.home, 1, &e, &err));
	OK(custody_handed(&j->a.flow, &e.parcels[0].act_id, handed, &err));
	custody_init(forged);
	forged->act = handed->act;
	forged->package = handed->package;
}

/* A copy of a link with another digest, salt and authority, at the end; no proof. */
static struct custody_link *
forged_link(struct custody *to, const struct custody_link *of, const char *who, unsigned salt)
{
	struct record *r = malloc(sizeof *r);
	uint8_t bytes[RECORD_SALT];
	struct custody_link *l;
	struct buf text;

	*r = of->record;
	if (r->files_n > 0)
		r->files[0].sha256.b[0] ^= 1;
	r->has_before = false;
	r->at += salt;
	if (who != NULL)
		assert_true(authority_id_parse(who, &r->authority));
	memset(bytes, 0x61, sizeof bytes);
	bytes[0] = (uint8_t)salt;
	bytes[1] = (uint8_t)(salt >> 8);
	buf_init(&text, RECORD_MAX);
	OK(record_encode(r, &text, &err));
	OK((l = custody_add(to, buf_span(&text), bytes, &err)) != NULL);
	buf_clear(&text);
	free(r);
	return l;
}

static void
still_proven(struct job *j, const char *links)
{
	struct custody c;
	struct buf policy;

	policy_of(j, &policy);
	OK(site_again(&j->b, &err));
	OK(flow_custody(&j->b.flow, 1, SIZE_MAX, buf_span(&policy), &c, &err));
	told(&c, links);
	assert_int_equal(c.standing, CUSTODY_PROVEN);
	custody_clear(&c);
	buf_clear(&policy);
}

#define ALL_FOUR "XA made|XA sent|XB received|XB opened"

static void
a_copied_link_with_another_digest_is_not_kept(void **state)
{
	struct custody handed, forged;
	struct custody_link *l;
	struct job j;

	(void)state;
	handed_over(&j, 981);
	forget_told(&j.b);
	told_by_aldora(&j, &handed, &forged);
	(void)forged_link(&forged, &handed.links[0], NULL, 1);
	/* The proof of the true one does not make it better. */
	l = forged_link(&forged, &handed.links[0], NULL, 2);
	OK(custody_proof_add(l, buf_span(&handed.links[0].proofs[0]), &err));
	/* Of somebody who is no party of it, known or not. */
	(void)forged_link(&forged, &handed.links[0], "XQ-MZXW6YTBOIMZXW6Y", 3);
	assert_int_equal(keep(&j.b, &forged), 0);
	custody_clear(&forged);
	assert_int_equal(keep(&j.b, &handed), 2);
	custody_clear(&handed);
	published(&j.b);
	still_proven(&j, ALL_FOUR);
	job_end(&j);
}

/* What an older version kept of anybody: shown to nobody, and gone with the next word. */
static void
what_was_kept_before_goes_through_the_same_sieve(void **state)
{
	struct custody handed, forged, kept;
	struct buf json;
	bool found;
	struct job j;

	(void)state;
	handed_over(&j, 982);
	forget_told(&j.b);
	told_by_aldora(&j, &handed, &forged);
	assert_int_equal(keep(&j.b, &handed), 2);
	published(&j.b);
	OK(custody_kept(&j.b.flow, &handed.act, &kept, &found, &err));
	while (kept.n < CUSTODY_LINKS_MAX)
		(void)forged_link(&kept, &handed.links[0], NULL, (unsigned)kept.n);
	buf_init(&json, CUSTODY_FILE_MAX);
	OK(custody_write(&kept, &json, &err));
	OK(home_save(j.b.flow.home, custody_path(&handed.act).s, buf_span(&json), &err));
	custody_clear(&kept);
	still_proven(&j, ALL_FOUR);
	assert_int_equal(keep(&j.b, &handed), 0);
	OK(custody_kept(&j.b.flow, &handed.act, &kept, &found, &err));
	told(&kept, "XA made|XA sent");
	custody_clear(&kept);
	custody_clear(&handed);
	custody_clear(&forged);
	buf_clear(&json);
	job_end(&j);
}

/* Lines of a witness whose key nobody here has would make it false for who has it. */
static void
a_line_that_nobody_here_can_check_is_left_out_of_a_proof(void **state)
{
	static const char line[] = "\xe2\x80\x94 comity-witness/XQ-MZXW6YTBOIMZXW6Y "
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\n";
	struct custody handed, forged, kept;
	struct custody_link *l;
	struct buf proof;
	size_t bytes;
	bool found;
	struct job j;

	(void)state;
	handed_over(&j, 983);
	forget_told(&j.b);
	told_by_aldora(&j, &handed, &forged);
	bytes = handed.links[0].proofs[0].n;
	for (int again = 0; again < 2; again++) {
		OK((l = custody_add(&forged, buf_span(&handed.links[0].bytes),
		    handed.links[0].salt, &err)) != NULL);
		buf_init(&proof, PROOF_MAX);
		OK(buf_add(&proof, buf_span(&handed.links[0].proofs[0]), &err));
		if (again == 0)
			OK(buf_add_text(&proof, line, &err));
		OK(custody_proof_add(l, buf_span(&proof), &err));
		buf_clear(&proof);
		assert_int_equal(keep(&j.b, &forged), again == 0);
		custody_drop(&forged, 0);
		OK(custody_kept(&j.b.flow, &handed.act, &kept, &found, &err));
		assert_int_equal(kept.links[0].proofs_n, 1);
		assert_int_equal(kept.links[0].proofs[0].n, bytes);
		custody_clear(&kept);
	}
	custody_clear(&handed);
	custody_clear(&forged);
	job_end(&j);
}

/* Of an act and of authorities that nobody here knows: a few words, and no more. */
static void
words_of_authorities_unknown_here_are_bounded(void **state)
{
	struct custody handed, forged, kept;
	struct custody_sieve *sieve = NULL;
	size_t strangers = CUSTODY_STRANGERS_MAX, fresh;
	struct custody_link *l;
	bool found;
	struct job j;

	(void)state;
	handed_over(&j, 984);
	forget_told(&j.b);
	told_by_aldora(&j, &handed, &forged);
	forged.act.b[0] ^= 1;
	for (unsigned i = 0; i < CUSTODY_SAID_MAX + 1; i++) {
		l = forged_link(&forged, &handed.links[0], "XQ-MZXW6YTBOIMZXW6Y", i);
		l->record.act = forged.act;
		buf_reset(&l->bytes);
		OK(record_encode(&l->record, &l->bytes, &err));
	}
	OK(custody_sieve_new(&j.b.flow, &sieve, &err));
	for (unsigned i = 0; i < CUSTODY_STRANGERS_MAX + 1; i++) {
		struct custody one;

		custody_init(&one);
		one.act = forged.act;
		one.package = forged.package;
		one.act.b[1] = (uint8_t)i;
		one.act.b[2] ^= 1;		/* never the one above */
		l = forged_link(&one, &handed.links[0], "XQ-MZXW6YTBOIMZXW6Y", 1);
		l->record.act = one.act;
		buf_reset(&l->bytes);
		OK(record_encode(&l->record, &l->bytes, &err));
		if (i < CUSTODY_STRANGERS_MAX) {
			OK(custody_keep(sieve, &one, &strangers, &fresh, &err));
			assert_int_equal(fresh, 1);
		} else {
			NO(custody_keep(sieve, &one, &strangers, &fresh, &err),
			    "custody.strangers");
		}
		custody_clear(&one);
	}
	custody_sieve_free(sieve);
	assert_int_equal(strangers, 0);
	assert_int_equal(keep(&j.b, &forged), CUSTODY_SAID_MAX);
	OK(custody_kept(&j.b.flow, &forged.act, &kept, &found, &err));
	assert_int_equal(kept.n, CUSTODY_SAID_MAX);
	custody_clear(&kept);
	custody_clear(&handed);
	custody_clear(&forged);
	job_end(&j);
}

/* Sealed while its log could not sign: it waits, and the proven one takes its place. */
static void
a_making_without_a_proof_waits_for_it(void **state)
{
	struct custody handed, forged, kept;
	struct custody_link *l;
	bool found;
	struct job j;

	(void)state;
	handed_over(&j, 985);
	forget_told(&j.b);
	told_by_aldora(&j, &handed, &forged);
	/* One that says it lies where nothing lies yet. */
	l = forged_link(&forged, &handed.links[0], NULL, 1);
	l->has_place = true;
	l->index = 1000000;
	memcpy(l->origin, handed.links[0].origin, sizeof l->origin);
	assert_int_equal(keep(&j.b, &forged), 1);
	OK(custody_kept(&j.b.flow, &forged.act, &kept, &found, &err));
	told(&kept, "XA made");
	custody_clear(&kept);
	(void)keep(&j.b, &handed);
	OK(custody_kept(&j.b.flow, &forged.act, &kept, &found, &err));
	told(&kept, "XA made|XA sent");
	assert_true(kept.links[0].proofs_n > 0);
	custody_clear(&kept);
	/* And is not taken beside it. */
	assert_int_equal(keep(&j.b, &forged), 0);
	/* One that says it lies where our mirror has something else is no claim at all. */
	forget_told(&j.b);
	OK(site_again(&j.b, &err));
	forged.links[0].index = 0;
	assert_int_equal(keep(&j.b, &forged), 1);
	custody_clear(&handed);
	OK(custody_handed(&j.b.flow, &forged.act, &handed, &err));
	told(&handed, "XB received");
	custody_clear(&handed);
	custody_clear(&forged);
	job_end(&j);
}

/* ---- order ---- */

static void
link_at(struct custody *c, const char *who, const char *peer, enum record_event event,
    int64_t at, uint8_t salt)
{
	uint8_t bytes[RECORD_SALT];
	struct record r = { .event = event, .at = at, .has_act = true,
		.role = "court", .person = "P1" };
	struct buf b;

	memset(bytes, salt, sizeof bytes);
	assert_true(authority_id_parse(who, &r.authority));
	if (peer != NULL)
		assert_true(authority_id_parse(peer, &r.peer));
	buf_init(&b, RECORD_MAX);
	OK(record_encode(&r, &b, &err));
	OK(custody_add(c, buf_span(&b), bytes, &err) != NULL);
	buf_clear(&b);
}

#define XA "XA-MZXW6YTBOIMZXW6Y"
#define XB "XB-MZXW6YTBOIMZXW6Y"

/* A clock that went back, and one that stands an hour behind: the logs decide. */
static void
links_stand_in_the_order_of_the_logs_and_of_the_hand_over(void **state)
{
	struct custody c;

	(void)state;
	custody_init(&c);
	link_at(&c, XB, XA, EVENT_RECEIVED, 1000, 1);
	link_at(&c, XB, NULL, EVENT_OPENED, 900, 2);
	link_at(&c, XA, XB, EVENT_SENT, 5100, 3);
	link_at(&c, XA, XB, EVENT_MADE, 5000, 4);
	c.links[2].has_place = c.links[3].has_place = true;
	memcpy(c.links[2].origin, "log", 4);
	memcpy(c.links[3].origin, "log", 4);
	c.links[2].index = 8;
	c.links[3].index = 7;
	OK(custody_order(&c, 2, &err));
	told(&c, "XA made|XB received|XB opened|XA sent");
	custody_clear(&c);

	custody_init(&c);
	link_at(&c, XA, XB, EVENT_MADE, 1000, 1);
	link_at(&c, XA, XB, EVENT_SENT, 2000, 2);
	link_at(&c, XA, XB, EVENT_SENT, 4000, 3);
	link_at(&c, XB, XA, EVENT_RECEIVED, 3000, 4);
	OK(custody_order(&c, 3, &err));
	told(&c, "XA made|XA sent|XB received|XA sent");
	custody_clear(&c);

	/* Two that wait for each other are told all the same. */
	custody_init(&c);
	link_at(&c, XA, XB, EVENT_RECEIVED, 1000, 1);
	link_at(&c, XA, XB, EVENT_MADE, 1001, 2);
	link_at(&c, XB, XA, EVENT_RECEIVED, 1002, 3);
	link_at(&c, XB, XA, EVENT_MADE, 1003, 4);
	OK(custody_order(&c, 2, &err));
	told(&c, "XA received|XA made|XB received|XB made");
	custody_clear(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sender_tells_sealing_sending_and_the_receipt),
		cmocka_unit_test(a_receipt_is_opened_when_nothing_was_kept_of_it),
		cmocka_unit_test(what_is_in_no_checkpoint_yet_is_claimed),
		cmocka_unit_test(evidence_that_is_not_sealed_has_no_custody),
		cmocka_unit_test(the_receiver_tells_also_what_came_with_the_parcel),
		cmocka_unit_test(what_stands_in_a_closed_ledger_is_proven_by_that_one),
		cmocka_unit_test(a_policy_that_names_one_ledger_proves_what_stands_in_it),
		cmocka_unit_test(a_closed_ledger_that_is_damaged_proves_less_and_stops_nothing),
		cmocka_unit_test(proof_files_are_made_in_a_closed_ledger_too),
		cmocka_unit_test(the_other_side_does_not_learn_who_opened_it),
		cmocka_unit_test(lies_that_came_with_a_parcel_are_not_kept),
		cmocka_unit_test(a_copied_link_with_another_digest_is_not_kept),
		cmocka_unit_test(what_was_kept_before_goes_through_the_same_sieve),
		cmocka_unit_test(a_line_that_nobody_here_can_check_is_left_out_of_a_proof),
		cmocka_unit_test(words_of_authorities_unknown_here_are_bounded),
		cmocka_unit_test(a_making_without_a_proof_waits_for_it),
		cmocka_unit_test(links_stand_in_the_order_of_the_logs_and_of_the_hand_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
