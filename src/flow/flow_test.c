/*
 * The main job, wholly inside a simulated world: two authorities, one evidence, one
 * folder that travels.  The same seed makes the same bytes; whatever fails in
 * between is told, and nothing half-made passes for whole.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/flow.h"

#define NOW 1795337160

struct site {
	struct flow flow;
	const char *path;
};

static bool
passphrase(void *arg, bool fresh, struct buf *secret, struct err *err)
{
	(void)arg;
	(void)fresh;
	return buf_add_text(secret, "six words make a good phrase", err);
}

static void
site_begin(struct site *s, struct world *w, const char *path)
{
	memset(s, 0, sizeof *s);
	s->flow.world = w;
	s->flow.passphrase = passphrase;
	s->path = path;
}

static void
site_end(struct site *s)
{
	flow_clear(&s->flow);
	home_close(s->flow.home);
	s->flow.home = NULL;
}

/* A command ends and the next one begins: nothing is remembered but the disk. */
static bool
site_again(struct site *s, struct err *err)
{
	site_end(s);
	return home_open(s->flow.world, s->path, &s->flow.home, err);
}

static bool
site_init(struct site *s, const char *country, struct err *err)
{
	static const char *const roles[] = { "central_authority" };
	static const char *const carriers[] = { "stick" };
	struct init_wish w = { .path = s->path, .country = country,
		.authority = s->path, .lang = "en", .self_ca = true,
		.key = KEY_P256, .roles = roles, .roles_n = 1,
		.carriers = carriers, .carriers_n = 1, .training = true,
		.log_n = AGE_LOG_N_TEST };

	return flow_init(&s->flow, &w, err);
}

static bool
pair(struct site *s, const char *card, const char *other_home, struct err *err)
{
	struct home *h = NULL;
	struct six_words words;
	struct digest id;
	struct act a;
	struct paired p;
	bool ok;

	act_init(&a, ACT_CARD);
	ok = home_open(s->flow.world, other_home, &h, err) &&
	    own_card(h, &id, &a, err) && six_words_of(&id, &words, err) &&
	    flow_peer_pair(&s->flow, card, words.s, &p, err);
	if (ok)
		peer_clear(&p.peer);
	act_clear(&a);
	home_close(h);
	return ok;
}

static bool
evidence_make(struct world *w, struct err *err)
{
	return dir_make(w, NULL, "disk", err) && dir_make(w, NULL, "disk/sub", err) &&
	    file_save(w, NULL, "disk/a b.txt", span_text("first\n"), true, err) &&
	    file_save(w, NULL, "disk/sub/CON", span_text("second\n"), true, err) &&
	    file_save(w, NULL, "disk/zero", span_of(NULL, 0), true, err);
}

static bool
add(struct site *s, struct evidence *e, struct err *err)
{
	struct collection c;
	struct digest fingerprint;
	struct add_wish w = { .path = "disk", .collection = &c };
	char by[] = "Unit 4", from[] = "Provider", tool[] = "t 1", how[] = "copy";
	bool ok;

	collection_init(&c);
	(void)snprintf(c.lang, sizeof c.lang, "en");
	c.collected_by = by;
	c.collected_from = from;
	c.tool = tool;
	c.method = how;
	c.collected_at = NOW - 1000;
	ok = flow_evidence_add(&s->flow, &w, e, &fingerprint, err);
	buf_clear(&c.custodian_certificate);
	return ok;
}

static bool
seal(struct site *s, struct sealed *out, struct err *err)
{
	struct seal_wish w = { .number = 1, .to = "XB", .purpose = "case 12 only" };

	return flow_evidence_seal(&s->flow, &w, out, err);
}

/* What the steps hand on to each other. */
struct job {
	struct world *world;
	struct site a, b;
	struct sealed sealed;
	struct received received;
	struct package_report opened;
};

static bool
step_init_a(struct job *j, struct err *err)
{
	return site_init(&j->a, "XA", err);
}

static bool
step_init_b(struct job *j, struct err *err)
{
	return site_init(&j->b, "XB", err);
}

static bool
step_pair_a(struct job *j, struct err *err)
{
	return site_again(&j->a, err) && pair(&j->a, "berun/card.card", "berun", err);
}

static bool
step_pair_b(struct job *j, struct err *err)
{
	return site_again(&j->b, err) && pair(&j->b, "aldora/card.card", "aldora", err);
}

static bool
step_add(struct job *j, struct err *err)
{
	struct evidence e;

	return site_again(&j->a, err) && add(&j->a, &e, err);
}

static bool
step_seal(struct job *j, struct err *err)
{
	return site_again(&j->a, err) && seal(&j->a, &j->sealed, err);
}

static bool
step_send(struct job *j, struct err *err)
{
	struct evidence e;
	size_t parcel;
	bool found;

	return site_again(&j->a, err) &&
	    flow_evidence_send(&j->a.flow, 1, "XB", &e, &parcel, &found, err);
}

static bool
step_write(struct job *j, struct err *err)
{
	struct bundle_result r;

	return site_again(&j->a, err) &&
	    flow_bundle_write(&j->a.flow, "stick", "XB", &r, err);
}

static bool
step_read(struct job *j, struct err *err)
{
	struct bundle_result r;

	return site_again(&j->b, err) &&
	    flow_bundle_read(&j->b.flow, "stick", &r, err);
}

/* Parcels that wait, or what was taken in by a try before this one. */
static bool
step_receive(struct job *j, struct err *err)
{
	struct inbox_name names[4];
	size_t n;

	package_report_clear(&j->received.report);
	if (!site_again(&j->b, err) || !flow_inbox(&j->b.flow, names, 4, &n, err))
		return false;
	return n == 0 || flow_evidence_receive(&j->b.flow, names[0].s, &j->received,
	    err);
}

static bool
step_open(struct job *j, struct err *err)
{
	package_report_clear(&j->opened);
	package_report_init(&j->opened);
	if (!site_again(&j->b, err))
		return false;
	return path_exists(j->world, NULL, "bag") || flow_evidence_open(&j->b.flow, 1,
	    SIZE_MAX, "bag", false, 0, &j->opened, err);
}

static const struct {
	const char *name;
	bool (*run)(struct job *j, struct err *err);
} steps[] = {
	{ "init a", step_init_a }, { "init b", step_init_b },
	{ "pair a", step_pair_a }, { "pair b", step_pair_b }, { "add", step_add },
	{ "seal", step_seal }, { "send", step_send }, { "bundle write", step_write },
	{ "bundle read", step_read }, { "receive", step_receive },
	{ "open", step_open },
};
#define STEPS (sizeof steps / sizeof steps[0])

static void
job_begin(struct job *j, uint64_t seed)
{
	struct world_sim_options opt = { .seed = seed, .now = NOW };
	struct err err = ERR_INIT;

	memset(j, 0, sizeof *j);
	assert_true(world_sim(&j->world, opt, &err));
	assert_true(crypto_random_from(j->world, &err));
	site_begin(&j->a, j->world, "aldora");
	site_begin(&j->b, j->world, "berun");
	package_report_init(&j->opened);
	package_report_init(&j->received.report);
	assert_true(evidence_make(j->world, &err));
}

static void
job_end(struct job *j)
{
	package_report_clear(&j->received.report);
	package_report_clear(&j->opened);
	site_end(&j->a);
	site_end(&j->b);
	world_free(j->world);
}

static void
run_up_to(struct job *j, size_t end)
{
	struct err err = ERR_INIT;

	for (size_t i = 0; i < end; i++)
		if (!steps[i].run(j, &err))
			fail_msg("%s: %s", steps[i].name, err.text);
}

static void
parcel_digest(struct job *j, struct digest *out)
{
	struct err err = ERR_INIT;
	struct buf b;

	buf_init(&b, 16u << 20);
	assert_true(file_load(j->world, NULL, j->sealed.path, &b, &err));
	assert_true(digest_of(buf_span(&b), out, &err));
	buf_clear(&b);
}

static void
assert_bag_is_the_evidence(struct job *j)
{
	struct err err = ERR_INIT;
	struct buf b;

	buf_init(&b, 1000);
	assert_true(file_load(j->world, NULL, "bag/data/_00000001.txt", &b, &err));
	assert_true(span_is(buf_span(&b), "first\n"));
	buf_reset(&b);
	assert_true(file_load(j->world, NULL, "bag/data/sub/_00000001", &b, &err));
	assert_true(span_is(buf_span(&b), "second\n"));
	buf_clear(&b);
}

static void
evidence_goes_from_one_home_to_the_other(void **state)
{
	struct job j;

	(void)state;
	job_begin(&j, 1);
	run_up_to(&j, STEPS);
	assert_int_equal(j.received.as, RECEIVED_EVIDENCE);
	assert_int_equal(j.opened.unchanged, UNCHANGED_YES);
	assert_int_equal(j.opened.who, WHO_KNOWN);
	assert_int_equal(j.opened.when, WHEN_CLAIMED);
	assert_true(j.opened.unpacked);
	assert_bag_is_the_evidence(&j);
	job_end(&j);
}

static void
the_same_seed_makes_the_same_parcel_and_another_seed_another(void **state)
{
	struct digest d[3];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		struct job j;

		job_begin(&j, i == 2 ? 8 : 7);
		run_up_to(&j, 6);
		parcel_digest(&j, &d[i]);
		job_end(&j);
	}
	assert_true(digest_eq(&d[0], &d[1]));
	assert_false(digest_eq(&d[0], &d[2]));
}

static void
a_second_delivery_changes_nothing(void **state)
{
	struct err err = ERR_INIT;
	struct job j;
	unsigned *list;
	size_t n;

	(void)state;
	job_begin(&j, 2);
	run_up_to(&j, 10);
	assert_true(step_read(&j, &err));
	package_report_clear(&j.received.report);
	assert_true(flow_evidence_receive(&j.b.flow, j.sealed.path, &j.received, &err));
	assert_int_equal(j.received.as, RECEIVED_AGAIN);
	assert_true(evidence_numbers(j.b.flow.home, &list, &n, &err));
	assert_int_equal(n, 1);
	mem_free(list);
	job_end(&j);
}

static void
evidence_that_changed_since_it_was_added_is_named_and_not_sealed(void **state)
{
	struct err err = ERR_INIT;
	struct job j;

	(void)state;
	job_begin(&j, 3);
	run_up_to(&j, 5);
	assert_true(file_save(j.world, NULL, "disk/sub/CON", span_text("Second\n"),
	    true, &err));
	assert_false(step_seal(&j, &err));
	assert_string_equal(err.reason, "payload.changed_since_added");
	assert_non_null(strstr(err.text, "CON"));
	job_end(&j);
}

static void
an_unconfirmed_or_revoked_peer_gets_nothing(void **state)
{
	struct err err = ERR_INIT;
	struct paired p;
	struct job j;

	(void)state;
	job_begin(&j, 4);
	run_up_to(&j, 2);
	assert_true(step_add(&j, &err));
	assert_false(flow_peer_pair(&j.a.flow, "berun/card.card",
	    "one two three four five six", &p, &err));
	assert_string_equal(err.reason, "peer.words");
	assert_true(flow_peer_pair(&j.a.flow, "berun/card.card", NULL, &p, &err));
	peer_clear(&p.peer);
	assert_false(step_seal(&j, &err));
	assert_string_equal(err.reason, "seal.peer-not-confirmed");
	assert_true(step_pair_a(&j, &err));
	assert_true(flow_peer_revoke(&j.a.flow, "XB", "key lost", &err));
	assert_false(step_seal(&j, &err));
	assert_string_equal(err.reason, "seal.peer-revoked");
	job_end(&j);
}

static void
a_new_key_is_taken_by_a_peer_who_knows_the_old_card(void **state)
{
	struct err err = ERR_INIT;
	struct paired p;
	struct job j;
	bool needs;

	(void)state;
	job_begin(&j, 5);
	run_up_to(&j, 5);
	assert_true(home_lock(j.b.flow.home, &err));
	assert_true(flow_key_rotate(&j.b.flow, ROTATE_SIGNING, &needs, &err));
	assert_true(flow_key_rotate(&j.b.flow, ROTATE_SEALING, &needs, &err));
	site_end(&j.b);
	/* Two cards on from the one we know: the chain between is missing. */
	assert_false(flow_peer_pair(&j.a.flow, "berun/card.card", NULL, &p, &err));
	assert_string_equal(err.reason, "peer.not-following");
	job_end(&j);

	job_begin(&j, 6);
	run_up_to(&j, 5);
	assert_true(home_lock(j.b.flow.home, &err));
	assert_true(flow_key_rotate(&j.b.flow, ROTATE_SIGNING, &needs, &err));
	assert_true(flow_peer_pair(&j.a.flow, "berun/card.card", NULL, &p, &err));
	assert_true(p.followed && p.peer.confirmed);
	peer_clear(&p.peer);
	assert_true(step_seal(&j, &err));
	job_end(&j);
}

/* In a file of a home, the first `from` becomes `to` (of the same length). */
static void
rewrite(struct job *j, const char *path, const char *from, const char *to)
{
	struct err err = ERR_INIT;
	struct buf b;
	uint8_t *at;

	buf_init(&b, 1u << 20);
	assert_true(file_load(j->world, NULL, path, &b, &err));
	at = memmem(b.p, b.n, from, strlen(from));
	assert_non_null(at);
	memcpy(at, to, strlen(to));
	assert_true(file_save(j->world, NULL, path, buf_span(&b), true, &err));
	buf_clear(&b);
}

/* A stranger's home that calls itself by B's id, on a card that is not its first. */
static void
impostor_make(struct job *j, struct site *e)
{
	struct err err = ERR_INIT;
	struct authority_id real, own;
	bool needs;

	site_begin(e, j->world, "evil");
	assert_true(site_init(e, "XB", &err));
	own = home_settings(e->flow.home)->authority;
	real = home_settings(j->b.flow.home)->authority;
	site_end(e);
	rewrite(j, "evil/comity.json", own.s, real.s);
	assert_true(site_again(e, &err));
	assert_true(flow_key_rotate(&e->flow, ROTATE_SIGNING, &needs, &err));
}

/* That B is confirmed says nothing about a card somebody else made in its name. */
static void
a_card_kept_unconfirmed_is_never_believed_through_the_confirmed_one(void **state)
{
	struct err err = ERR_INIT;
	struct site evil;
	struct evidence e;
	struct paired p;
	struct job j;

	(void)state;
	job_begin(&j, 21);
	run_up_to(&j, 2);
	impostor_make(&j, &evil);
	if (!flow_peer_pair(&j.a.flow, "evil/card.card", NULL, &p, &err))
		fail_msg("%s", err.text);
	assert_false(p.peer.confirmed);
	peer_clear(&p.peer);
	assert_true(step_pair_a(&j, &err));
	assert_true(pair(&evil, "aldora/card.card", "aldora", &err));
	assert_true(add(&evil, &e, &err));
	if (!flow_evidence_seal(&evil.flow, &(struct seal_wish){ .number = 1,
	    .to = "XA" }, &j.sealed, &err))
		fail_msg("%s", err.text);
	assert_true(site_again(&j.a, &err));
	assert_true(flow_evidence_receive(&j.a.flow, j.sealed.path, &j.received,
	    &err));
	assert_int_equal(j.received.report.who, WHO_UNKNOWN);
	site_end(&evil);
	job_end(&j);
}

static void
packages_under_a_card_that_was_confirmed_stay_known_after_it_changed(void **state)
{
	struct err err = ERR_INIT;
	struct paired p;
	struct job j;
	bool needs;

	(void)state;
	job_begin(&j, 22);
	run_up_to(&j, 9);
	assert_true(site_again(&j.a, &err));
	assert_true(flow_key_rotate(&j.a.flow, ROTATE_SIGNING, &needs, &err));
	assert_true(flow_peer_pair(&j.b.flow, "aldora/card.card", NULL, &p, &err));
	assert_true(p.followed);
	assert_int_equal(p.peer.earlier_n, 1);
	peer_clear(&p.peer);
	assert_true(step_receive(&j, &err));
	assert_int_equal(j.received.report.who, WHO_KNOWN);
	job_end(&j);
}

static void
an_older_card_is_not_taken_again_even_with_its_words(void **state)
{
	struct err err = ERR_INIT;
	struct six_words words;
	struct paired p;
	struct buf old;
	struct job j;
	bool needs;

	(void)state;
	job_begin(&j, 23);
	run_up_to(&j, 4);
	buf_init(&old, 1u << 20);
	assert_true(file_load(j.world, NULL, "berun/card.card", &old, &err));
	assert_true(file_save(j.world, NULL, "old.card", buf_span(&old), true, &err));
	buf_clear(&old);
	assert_true(flow_card_words(&j.a.flow, "old.card", &words, &err));
	world_sim_set_now(j.world, NOW + 100);
	assert_true(site_again(&j.b, &err));
	assert_true(flow_key_rotate(&j.b.flow, ROTATE_SIGNING, &needs, &err));
	assert_true(flow_peer_pair(&j.a.flow, "berun/card.card", NULL, &p, &err));
	peer_clear(&p.peer);
	assert_false(flow_peer_pair(&j.a.flow, "old.card", NULL, &p, &err));
	assert_string_equal(err.reason, "card.older");
	assert_false(flow_peer_pair(&j.a.flow, "old.card", words.s, &p, &err));
	assert_string_equal(err.reason, "card.older");
	job_end(&j);
}

static void
a_wrong_and_an_empty_passphrase_are_told_apart(void **state)
{
	struct err err = ERR_INIT;
	struct keyring *k = NULL;
	struct job j;

	(void)state;
	job_begin(&j, 9);
	run_up_to(&j, 1);
	assert_false(keyring_open(j.a.flow.home, span_text("wrong"), &k, &err));
	assert_string_equal(err.reason, "key.passphrase");
	assert_false(keyring_open(j.a.flow.home, span_of("", 0), &k, &err));
	assert_string_equal(err.reason, "key.passphrase_empty");
	job_end(&j);
}

/*
 * Each step once with its nth disk call failing, then again without: the second try
 * ends as if nothing had been.
 */
static void
each_failing_disk_call_is_told_and_the_second_try_succeeds(void **state)
{
	bool whole = getenv("COMITY_LONG") != NULL;

	(void)state;
	for (size_t s = 0; s < STEPS; s++) {
		uint64_t stride = whole ? 1 : 9 + 4 * s;

		for (uint64_t n = 1;; n += stride) {
			struct err err = ERR_INIT;
			struct job j;
			bool ok;

			job_begin(&j, 100 + s);
			run_up_to(&j, s);
			world_sim_fail(j.world, n % 2 == 0 ? SIM_FAULT_FULL :
			    SIM_FAULT_IO, n, false);
			ok = steps[s].run(&j, &err);
			world_sim_fail(j.world, SIM_FAULT_NONE, 0, false);
			if (!ok) {
				assert_true(err.text[0] != '\0');
				site_end(&j.a);
				site_end(&j.b);
				err_clear(&err);
				if (!steps[s].run(&j, &err) &&
				    strcmp(err.reason, "home.exists") != 0)
					fail_msg("%s after call %llu: %s",
					    steps[s].name, (unsigned long long)n,
					    err.text);
			}
			if (j.opened.has_act)
				assert_int_not_equal(j.opened.overall, OVERALL_INTACT);
			job_end(&j);
			if (ok && n > 400)
				break;
			if (ok && n > 2000)
				break;
		}
	}
}

/* Memory: never a crash, never a wrong verdict, and the next try succeeds. */
static void
each_failing_allocation_is_told_and_the_second_try_succeeds(void **state)
{
	bool whole = getenv("COMITY_LONG") != NULL;

	(void)state;
	for (size_t s = 0; s < STEPS; s++)
		for (uint64_t n = 1, missed = 0; missed < 1;
		    n += whole ? 1 : 41 + 8 * s) {
			struct err err = ERR_INIT;
			struct job j;
			bool ok;

			job_begin(&j, 200 + s);
			run_up_to(&j, s);
			mem_fail(n, n % 3 == 0);
			ok = steps[s].run(&j, &err);
			mem_fail(0, false);
			if (ok && mem_count() > 0 && j.opened.has_act)
				assert_int_equal(j.opened.when, WHEN_CLAIMED);
			if (!ok) {
				site_end(&j.a);
				site_end(&j.b);
				err_clear(&err);
				if (!steps[s].run(&j, &err) &&
				    strcmp(err.reason, "home.exists") != 0)
					fail_msg("%s after allocation %llu: %s",
					    steps[s].name, (unsigned long long)n,
					    err.text);
			} else {
				missed++;
			}
			job_end(&j);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evidence_goes_from_one_home_to_the_other),
		cmocka_unit_test(the_same_seed_makes_the_same_parcel_and_another_seed_another),
		cmocka_unit_test(a_second_delivery_changes_nothing),
		cmocka_unit_test(evidence_that_changed_since_it_was_added_is_named_and_not_sealed),
		cmocka_unit_test(an_unconfirmed_or_revoked_peer_gets_nothing),
		cmocka_unit_test(a_new_key_is_taken_by_a_peer_who_knows_the_old_card),
		cmocka_unit_test(a_card_kept_unconfirmed_is_never_believed_through_the_confirmed_one),
		cmocka_unit_test(packages_under_a_card_that_was_confirmed_stay_known_after_it_changed),
		cmocka_unit_test(an_older_card_is_not_taken_again_even_with_its_words),
		cmocka_unit_test(a_wrong_and_an_empty_passphrase_are_told_apart),
		cmocka_unit_test(each_failing_disk_call_is_told_and_the_second_try_succeeds),
		cmocka_unit_test(each_failing_allocation_is_told_and_the_second_try_succeeds),
	};

	return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
