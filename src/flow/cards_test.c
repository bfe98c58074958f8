/* Keys and cards: who is believed, and through what. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/testkit.h"

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
	/* its program minds no card */
	home_bind_cards(e->flow.home, &(struct card_binding){ .look = NULL });
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
	if (!SECONDED(&evil, &err,
	    flow_evidence_seal(&evil.flow, &(struct seal_wish){ .number = 1,
	    .to = "XA" }, &j.sealed, &err)))
		fail_msg("%s", err.text);
	assert_true(site_again(&j.a, &err));
	assert_true(flow_evidence_receive(&j.a.flow, j.sealed.path, &j.received,
	    &err));
	assert_int_equal(j.received.report.who, WHO_UNKNOWN);
	site_end(&evil);
	job_end(&j);
}

/* The file of the peer says nothing of it: the record does, and it must be read. */
static void
a_damaged_record_gives_no_revoked_peer_its_trust_back(void **state)
{
	struct err err = ERR_INIT;
	struct peer p;
	struct job j;
	char file[128];
	struct buf was;

	(void)state;
	job_begin(&j, 23);
	run_up_to(&j, AFTER_PAIR);
	(void)snprintf(file, sizeof file, "peers/%s.json",
	    home_settings(j.b.flow.home)->authority.s);
	buf_init(&was, 65536);
	peer_init(&p);
	assert_true(site_again(&j.a, &err) && home_load(j.a.flow.home, file, &was, &err));
	assert_true(flow_peer_revoke(&j.a.flow, "XB", "test", &err));
	assert_true(home_save(j.a.flow.home, file, buf_span(&was), &err));
	assert_true(site_again(&j.a, &err) && peer_find(j.a.flow.home, "XB", &p, &err));
	assert_true(p.revoked);
	assert_true(record_spoil(&j.a, "\"event\":\"card\"", 1, &err));
	assert_true(site_again(&j.a, &err));
	assert_false(peer_find(j.a.flow.home, "XB", &p, &err));
	assert_string_equal(err.reason, "journal.damaged");
	assert_non_null(strstr(err.text, "comity ledger check"));
	peer_clear(&p);
	buf_clear(&was);
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
	run_up_to(&j, AFTER_READ);
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

/* ---- keys of a national PKI ---- */

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; assert_false(call); \
	assert_string_equal(err.reason, why); } while (0)

struct pki {
	struct key *key;
	struct cert *root;
	struct buf roots;		/* PEM */
};

static void
pki_open(struct pki *p)
{
	struct cert_name name = { "XC", "PKI", "Root" };
	struct certs roots;

	certs_init(&roots);
	buf_init(&p->roots, 65536);
	p->key = NULL;
	p->root = NULL;
	OK(key_new(&p->key, KEY_P256, &err));
	OK(cert_make_root(&p->root, p->key, name, NOW - 1000, NOW + 100000000, &err));
	OK(certs_add(&roots, p->root, &err));
	OK(certs_write_pem(&roots, &p->roots, &err));
	certs_clear(&roots);
}

static void
pki_close(struct pki *p)
{
	key_free(p->key);
	cert_free(p->root);
	buf_clear(&p->roots);
}

/* The request's answer, PEM. */
static void
pki_answer(const struct pki *p, struct span csr, int64_t to, struct buf *chain)
{
	struct cert *c = NULL;
	struct certs cs;

	certs_init(&cs);
	buf_init(chain, 65536);
	OK(cert_sign_request(&c, csr, p->root, p->key, NOW - 100, to, &err));
	OK(certs_add(&cs, c, &err));
	OK(certs_write_pem(&cs, chain, &err));
	cert_free(c);
	certs_clear(&cs);
}

/* A home that waits for its certificate. */
static void
office_make(struct site *s, struct world *w)
{
	static const char *const roles[] = { "court" };
	struct init_wish wish = { .path = "office", .country = "XC",
		.authority = "Office", .lang = "en", .key = KEY_P256,
		.roles = roles, .roles_n = 1, .training = true,
		.log_n = AGE_LOG_N_TEST };

	site_begin(s, w, "office");
	OK(flow_init(&s->flow, &wish, &err));
	OK(site_again(s, &err));
}

static void
office_certify(struct site *s, const struct pki *p, int64_t to)
{
	struct buf csr, chain;

	buf_init(&csr, 65536);
	OK(flow_key_csr(&s->flow, &csr, &err));
	pki_answer(p, buf_span(&csr), to, &chain);
	OK(flow_key_import(&s->flow, buf_span(&chain), buf_span(&p->roots),
	    span_of(NULL, 0), span_of(NULL, 0), &err));
	buf_clear(&csr);
	buf_clear(&chain);
	OK(site_again(s, &err));
}

/* A key of somebody's making with its certificate. */
static void
key_brought(const struct pki *p, struct buf *key_file, struct buf *chain)
{
	struct cert_name name = { "XC", "Office", "Office" };
	struct key *key = NULL;
	struct buf csr;

	buf_init(&csr, 65536);
	buf_init_secret(key_file, KEY_FILE_MAX);
	OK(key_new(&key, KEY_P256, &err));
	OK(key_encode(key, key_file, &err));
	OK(csr_make(key, name, &csr, &err));
	pki_answer(p, buf_span(&csr), NOW + 10000000, chain);
	key_free(key);
	buf_clear(&csr);
}

static void
a_request_that_is_with_the_pki_survives_a_wrong_import(void **state)
{
	struct buf csr, answer, key_file, chain;
	struct site s;
	struct pki p;
	struct job j;

	(void)state;
	job_begin(&j, 30);
	pki_open(&p);
	office_make(&s, j.world);
	buf_init(&csr, 65536);
	OK(flow_key_csr(&s.flow, &csr, &err));
	pki_answer(&p, buf_span(&csr), NOW + 10000000, &answer);
	key_brought(&p, &key_file, &chain);
	NO(flow_key_import(&s.flow, buf_span(&answer), buf_span(&p.roots),
	    buf_span(&key_file), span_of(NULL, 0), &err), "key.other_certificate");
	OK(site_again(&s, &err));
	OK(flow_key_import(&s.flow, buf_span(&answer), buf_span(&p.roots),
	    span_of(NULL, 0), span_of(NULL, 0), &err));
	buf_clear(&csr);
	buf_clear(&answer);
	buf_clear(&key_file);
	buf_clear(&chain);
	site_end(&s);
	pki_close(&p);
	job_end(&j);
}

/* Else nobody could check the first card: its id would be of another key. */
static void
an_authority_whose_first_key_was_brought_is_named_after_that_key(void **state)
{
	struct buf key_file, chain;
	struct authority_id before;
	struct paired paired;
	struct site s;
	struct pki p;
	struct job j;

	(void)state;
	job_begin(&j, 31);
	run_up_to(&j, AFTER_INIT);
	pki_open(&p);
	office_make(&s, j.world);
	before = home_settings(s.flow.home)->authority;
	key_brought(&p, &key_file, &chain);
	OK(flow_key_import(&s.flow, buf_span(&chain), buf_span(&p.roots),
	    buf_span(&key_file), span_of(NULL, 0), &err));
	assert_string_not_equal(before.s, home_settings(s.flow.home)->authority.s);
	OK(flow_peer_pair(&j.a.flow, "office/card.card", NULL, &paired, &err));
	peer_clear(&paired.peer);
	buf_clear(&key_file);
	buf_clear(&chain);
	site_end(&s);
	pki_close(&p);
	job_end(&j);
}

static void
a_renewed_certificate_is_followed_by_those_who_know_the_card(void **state)
{
	struct paired paired;
	struct site s;
	struct pki p;
	struct job j;

	(void)state;
	job_begin(&j, 32);
	run_up_to(&j, AFTER_INIT);
	pki_open(&p);
	office_make(&s, j.world);
	office_certify(&s, &p, NOW + 1000000);
	OK(pair(&j.a, "office/card.card", "office", &err));
	office_certify(&s, &p, NOW + 50000000);
	OK(site_again(&j.a, &err));
	OK(flow_peer_pair(&j.a.flow, "office/card.card", NULL, &paired, &err));
	assert_true(paired.followed && paired.peer.confirmed);
	peer_clear(&paired.peer);
	site_end(&s);
	pki_close(&p);
	job_end(&j);
}

static void
a_second_new_key_does_not_push_out_the_one_that_waits(void **state)
{
	struct paired paired;
	struct site s;
	struct pki p;
	struct job j;
	bool needs;

	(void)state;
	job_begin(&j, 33);
	run_up_to(&j, AFTER_INIT);
	pki_open(&p);
	office_make(&s, j.world);
	office_certify(&s, &p, NOW + 1000000);
	OK(pair(&j.a, "office/card.card", "office", &err));
	OK(flow_key_rotate(&s.flow, ROTATE_SIGNING, &needs, &err));
	assert_true(needs);
	OK(site_again(&s, &err));
	NO(flow_key_rotate(&s.flow, ROTATE_SIGNING, &needs, &err), "key.waiting");
	office_certify(&s, &p, NOW + 50000000);
	assert_int_equal(home_settings(s.flow.home)->signing, 2);
	OK(site_again(&j.a, &err));
	OK(flow_peer_pair(&j.a.flow, "office/card.card", NULL, &paired, &err));
	assert_true(paired.followed);
	peer_clear(&paired.peer);
	site_end(&s);
	pki_close(&p);
	job_end(&j);
}

/* ---- a sealing key that others have seen ---- */

/* Whoever has this card seals to it: can this home open that? */
static void
assert_opens_what_the_card_says(struct site *s, const char *recipient)
{
	const struct age_identity *const *ids;
	struct keyring *k = NULL;
	struct age_recipient r;
	bool found = false;
	size_t n;

	OK(flow_keyring(&s->flow, &k, &err));
	OK(keyring_identities(k, &ids, &n, &err));
	for (size_t i = 0; i < n; i++) {
		OK(age_identity_recipient(ids[i], &r, &err));
		found = found || strcmp(age_recipient_print(&r).s, recipient) == 0;
	}
	assert_true(found);
}

static void
recipient_of(struct site *s, char out[80])
{
	struct digest id;
	struct act card;

	act_init(&card, ACT_CARD);
	OK(own_card(s->flow.home, &id, &card, &err));
	(void)snprintf(out, 80, "%s", card.body.card.recipients[0]);
	act_clear(&card);
}

static void
a_sealing_key_on_a_card_is_never_lost_however_its_change_is_cut(void **state)
{
	(void)state;
	for (uint64_t n = 1;; n += 2) {
		struct err why = ERR_INIT;
		char cut[80], after[80];
		uint64_t before;
		struct job j;
		bool needs, end;

		job_begin(&j, 34);
		run_up_to(&j, 1);
		OK(site_again(&j.a, &err));
		before = world_sim_calls(j.world);
		world_sim_fail(j.world, SIM_FAULT_IO, n, true);
		(void)!flow_key_rotate(&j.a.flow, ROTATE_SEALING, &needs, &why);
		end = world_sim_calls(j.world) - before < n;
		world_sim_fail(j.world, SIM_FAULT_NONE, 0, false);
		site_end(&j.a);
		OK(world_sim_crash(j.world, SIM_CRASH_KEEP_SOME, n, &err));
		OK(site_again(&j.a, &err));
		recipient_of(&j.a, cut);
		assert_opens_what_the_card_says(&j.a, cut);
		OK(flow_key_rotate(&j.a.flow, ROTATE_SEALING, &needs, &err));
		OK(site_again(&j.a, &err));
		recipient_of(&j.a, after);
		assert_string_not_equal(cut, after);
		assert_opens_what_the_card_says(&j.a, cut);
		assert_opens_what_the_card_says(&j.a, after);
		job_end(&j);
		if (end)
			break;
	}
}

static void
a_passphrase_is_never_wrapped_weaker_than_the_page_says(void **state)
{
	static const unsigned bad[] = { 1, 9, 11, 14, 21, 22, 63 };
	struct err err = ERR_INIT;
	struct job j;

	(void)state;
	job_begin(&j, 14);
	run_up_to(&j, 1);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(flow_key_rewrap(&j.a.flow, bad[i], &err));
		assert_string_equal(err.reason, "init.log_n");
		assert_int_equal(home_settings(j.a.flow.home)->log_n, AGE_LOG_N_TEST);
	}
	assert_true(flow_key_rewrap(&j.a.flow, 15, &err));
	assert_int_equal(home_settings(j.a.flow.home)->log_n, 15);
	assert_true(flow_key_rewrap(&j.a.flow, 0, &err));
	assert_int_equal(home_settings(j.a.flow.home)->log_n, 15);
	job_end(&j);
}

/* Who can write in the home puts other words into one of its files, of the same length. */
static void
file_swap(struct job *j, const char *path, const char *old, const char *new)
{
	struct err err = ERR_INIT;
	struct buf b;
	uint8_t *at;

	buf_init(&b, SMALL_FILE_MAX);
	assert_true(home_load(j->a.flow.home, path, &b, &err));
	at = memmem(b.p, b.n, old, strlen(old));
	assert_non_null(at);
	assert_int_equal(strlen(old), strlen(new));
	memcpy(at, new, strlen(new));
	assert_true(home_save(j->a.flow.home, path, buf_span(&b), &err));
	buf_clear(&b);
}

static bool
doctor_minds(struct job *j, const char *part)
{
	struct doctor_report *r;
	struct err err = ERR_INIT;
	bool minds = false;

	r = mem_new(sizeof *r, &err);
	assert_non_null(r);
	assert_true(flow_doctor(&j->a.flow, r, &err));
	for (size_t i = 0; i < r->n; i++)
		minds = minds || (strcmp(r->lines[i].what, "cards") == 0 &&
		    r->lines[i].state == DOCTOR_BAD && strstr(r->lines[i].text, part) != NULL);
	mem_free(r);
	return minds;
}

static void
nothing_is_sealed_to_a_card_that_was_changed_in_the_home(void **state)
{
	struct err err = ERR_INIT;
	char path[96];
	struct peer p;
	struct job j;

	(void)state;
	job_begin(&j, 31);
	run_up_to(&j, 3);
	assert_true(step_pair_a(&j, &err) && step_add(&j, &err));
	peer_init(&p);
	assert_true(peer_find(j.a.flow.home, "XB", &p, &err));
	assert_true(p.confirmed && p.bound == CARD_AS_TAKEN);
	(void)snprintf(path, sizeof path, "cards/%s.json", digest_hex(&p.card_id).s);
	assert_false(doctor_minds(&j, "was taken"));
	file_swap(&j, path, KIT_PHONE, "+999 66 6666");
	/* in the same command, and in the next one */
	for (int i = 0; i < 2; i++) {
		assert_true(peer_find(j.a.flow.home, "XB", &p, &err));
		assert_true(!p.confirmed && p.bound == CARD_CHANGED);
		assert_false(step_seal(&j, &err));
		assert_string_equal(err.reason, "seal.peer-not-confirmed");
		assert_true(site_again(&j.a, &err));
	}
	assert_true(doctor_minds(&j, "is not the one that was taken"));
	assert_true(step_pair_a(&j, &err));
	assert_true(peer_find(j.a.flow.home, "XB", &p, &err));
	assert_true(p.confirmed && p.bound == CARD_AS_TAKEN);
	assert_false(doctor_minds(&j, "is not the one that was taken"));
	peer_clear(&p);
	job_end(&j);
}

static void
a_card_is_not_confirmed_by_writing_so_into_a_file_of_the_home(void **state)
{
	struct err err = ERR_INIT;
	bool found, trusted;
	struct paired q;
	struct act card;
	struct job j;

	(void)state;
	job_begin(&j, 32);
	run_up_to(&j, 2);
	assert_true(step_add(&j, &err));
	assert_true(flow_peer_pair(&j.a.flow, "berun/card.card", NULL, &q, &err));
	assert_false(q.peer.confirmed);
	{
		char path[64];

		(void)snprintf(path, sizeof path, "peers/%s.json", q.peer.id.s);
		file_swap(&j, path, "\"confirmed\": false", "\"confirmed\": true ");
	}
	assert_false(step_seal(&j, &err));
	assert_string_equal(err.reason, "seal.peer-not-confirmed");
	act_init(&card, ACT_CARD);
	assert_true(card_find(j.a.flow.home, &q.peer.id, &q.peer.card_id, &card, &found,
	    &trusted, &err));
	assert_true(found && !trusted);
	assert_true(doctor_minds(&j, "no record here says"));
	assert_true(step_pair_a(&j, &err));
	assert_true(card_find(j.a.flow.home, &q.peer.id, &q.peer.card_id, &card, &found,
	    &trusted, &err));
	assert_true(found && trusted);
	assert_false(doctor_minds(&j, "no record here says"));
	act_clear(&card);
	peer_clear(&q.peer);
	job_end(&j);
}

static void
trust_that_was_ended_is_not_given_back_by_a_file_of_the_home(void **state)
{
	struct err err = ERR_INIT;
	char path[64];
	struct peer p;
	struct job j;

	(void)state;
	job_begin(&j, 34);
	run_up_to(&j, 3);
	assert_true(step_pair_a(&j, &err) && step_add(&j, &err));
	assert_true(flow_peer_revoke(&j.a.flow, "XB", "key lost", &err));
	peer_init(&p);
	assert_true(peer_find(j.a.flow.home, "XB", &p, &err));
	(void)snprintf(path, sizeof path, "peers/%s.json", p.id.s);
	file_swap(&j, path, "\"revoked\": true", "\"revoked\":false");
	assert_true(docket_by_hand(&j.a, "DELETE FROM records WHERE event = 'revoked'", &err));
	assert_false(step_seal(&j, &err));
	assert_string_equal(err.reason, "seal.peer-revoked");
	assert_false(step_pair_a(&j, &err));
	assert_string_equal(err.reason, "card.revoked");
	assert_true(peer_find(j.a.flow.home, "XB", &p, &err));
	assert_true(p.revoked && strstr(p.reason, "ledger") != NULL);
	peer_clear(&p);
	job_end(&j);
}

/* Whole by its own digests, and signed by somebody: but it was not made here. */
static void
our_own_card_is_one_that_was_made_here(void **state)
{
	struct err err = ERR_INIT;
	struct digest id;
	struct act card;
	struct buf own;
	struct peer p;
	struct job j;

	(void)state;
	job_begin(&j, 35);
	run_up_to(&j, 3);
	assert_true(step_pair_a(&j, &err) && step_add(&j, &err));
	peer_init(&p);
	act_init(&card, ACT_CARD);
	assert_true(peer_find(j.a.flow.home, "XB", &p, &err));
	assert_true(own_card(j.a.flow.home, &id, &card, &err));
	buf_init(&own, 100);
	assert_true(buf_printf(&own, &err, "%s\n", digest_hex(&p.card_id).s) &&
	    home_save(j.a.flow.home, "cards/own", buf_span(&own), &err) &&
	    site_again(&j.a, &err));
	assert_false(own_card(j.a.flow.home, &id, &card, &err));
	assert_string_equal(err.reason, "card.changed");
	buf_clear(&own);
	act_clear(&card);
	peer_clear(&p);
	job_end(&j);
}

/* What the docket has not indexed is found in the journal: a power cut unconfirms nobody. */
static void
a_card_whose_record_the_docket_does_not_know_yet_stays_confirmed(void **state)
{
	struct err err = ERR_INIT;
	struct docket *d = NULL;
	struct peer p;
	struct job j;

	(void)state;
	job_begin(&j, 33);
	run_up_to(&j, 3);
	assert_true(step_pair_a(&j, &err));
	assert_true(site_again(&j.a, &err) && home_lock(j.a.flow.home, &err));
	assert_true(home_docket(j.a.flow.home, &d, &err));
	assert_true(docket_records_forget(d, JOURNAL_FIRST, &err));
	home_docket_done(j.a.flow.home);
	peer_init(&p);
	assert_true(peer_find(j.a.flow.home, "XB", &p, &err));
	assert_true(p.confirmed && p.bound == CARD_AS_TAKEN);
	peer_clear(&p);
	job_end(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_unconfirmed_or_revoked_peer_gets_nothing),
		cmocka_unit_test(nothing_is_sealed_to_a_card_that_was_changed_in_the_home),
		cmocka_unit_test(a_card_is_not_confirmed_by_writing_so_into_a_file_of_the_home),
		cmocka_unit_test(trust_that_was_ended_is_not_given_back_by_a_file_of_the_home),
		cmocka_unit_test(our_own_card_is_one_that_was_made_here),
		cmocka_unit_test(a_card_whose_record_the_docket_does_not_know_yet_stays_confirmed),
		cmocka_unit_test(a_new_key_is_taken_by_a_peer_who_knows_the_old_card),
		cmocka_unit_test(a_card_kept_unconfirmed_is_never_believed_through_the_confirmed_one),
		cmocka_unit_test(a_damaged_record_gives_no_revoked_peer_its_trust_back),
		cmocka_unit_test(packages_under_a_card_that_was_confirmed_stay_known_after_it_changed),
		cmocka_unit_test(an_older_card_is_not_taken_again_even_with_its_words),
		cmocka_unit_test(a_request_that_is_with_the_pki_survives_a_wrong_import),
		cmocka_unit_test(an_authority_whose_first_key_was_brought_is_named_after_that_key),
		cmocka_unit_test(a_renewed_certificate_is_followed_by_those_who_know_the_card),
		cmocka_unit_test(a_second_new_key_does_not_push_out_the_one_that_waits),
		cmocka_unit_test(a_sealing_key_on_a_card_is_never_lost_however_its_change_is_cut),
		cmocka_unit_test(a_passphrase_is_never_wrapped_weaker_than_the_page_says),
	};

	return cmocka_run_group_tests_name("cards", tests, NULL, NULL);
}
