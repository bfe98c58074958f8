/* What a home keeps: found again after a crash, refused when it is not ours. */
#include "crypto/digest.h"
#include "store/testkit.h"


static struct world *w;

static int
setup(void **state)
{
	struct world_sim_options opt = { .seed = 1, .now = NOW };

	(void)state;
	OK(world_sim(&w, opt, &err));
	OK(crypto_random_from(w, &err));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	world_free(w);
	return 0;
}

/* A home with keys. */
static void
home_make(struct home **h, struct keyring **k)
{
	struct age_identity *id = NULL;

	OK(home_begin(w, "office", h, &err));
	settings_good(home_settings(*h));
	OK(keyring_make(*h, span_text("one two three"), k, &err));
	OK(age_identity_new(w, &id, &err));
	OK(keyring_put_sealing(*k, 1, id, &err));
	age_identity_free(id);
	OK(settings_save(*h, &err));
}

static void
home_end(struct home *h, struct keyring *k)
{
	keyring_close(k);
	home_close(h);
}

/* ---- the home ---- */

static void
a_home_left_half_made_is_begun_anew_and_nothing_of_it_stays(void **state)
{
	struct home *h = NULL;

	(void)state;
	OK(home_begin(w, "office", &h, &err));
	OK(home_save(h, "tsa-roots.pem", span_text("of the first try"), &err));
	OK(home_save(h, "keys/unlock.age", span_text("of the first try"), &err));
	home_close(h);
	NO(home_open(w, "office", &h, &err), "home.absent");
	OK(home_begin(w, "office", &h, &err));
	assert_false(home_has(h, "tsa-roots.pem"));
	assert_false(home_has(h, "keys/unlock.age"));
	home_close(h);
}

static void
a_home_is_not_made_where_something_is(void **state)
{
	struct keyring *k = NULL;
	struct home *h = NULL;

	(void)state;
	OK(dir_make(w, NULL, "office", &err));
	OK(file_save(w, NULL, "office/letter", span_text("x"), true, &err));
	NO(home_begin(w, "office", &h, &err), "home.exists");
	OK(path_remove(w, NULL, "office/letter", &err));
	home_make(&h, &k);
	home_end(h, k);
	NO(home_begin(w, "office", &h, &err), "home.exists");
}

static void
a_new_home_is_there_after_a_crash(void **state)
{
	struct keyring *k = NULL;
	struct home *h = NULL;

	(void)state;
	home_make(&h, &k);
	home_end(h, k);
	OK(world_sim_crash(w, SIM_CRASH_KEEP_NONE, 0, &err));
	OK(home_open(w, "office", &h, &err));
	OK(keyring_open(h, span_text("one two three"), &k, &err));
	assert_true(home_has(h, "inbox"));
	home_end(h, k);
}

static void
one_command_at_a_time_changes_a_home(void **state)
{
	struct home *h = NULL, *other = NULL;
	struct keyring *k = NULL;

	(void)state;
	home_make(&h, &k);
	OK(home_lock(h, &err));
	OK(home_open(w, "office", &other, &err));
	NO(home_lock(other, &err), "home.busy");
	home_end(h, k);
	OK(home_lock(other, &err));
	home_close(other);
}

/* Else the slower of two commands would undo what the faster one changed. */
static void
the_lock_brings_the_settings_up_to_date(void **state)
{
	struct home *h = NULL, *other = NULL;
	struct keyring *k = NULL;

	(void)state;
	home_make(&h, &k);
	OK(home_open(w, "office", &other, &err));
	home_settings(h)->sealing = 2;
	OK(settings_save(h, &err));
	home_end(h, k);
	assert_int_equal(home_settings(other)->sealing, 1);
	OK(home_lock(other, &err));
	assert_int_equal(home_settings(other)->sealing, 2);
	home_close(other);
}

/* A crash can leave a parcel of terabytes without its name. */
static void
what_a_crash_left_is_swept_with_the_lock(void **state)
{
	static const char *const left[] = { DISK_TEMPORARY_PREFIX "1",
		"parcels/" DISK_TEMPORARY_PREFIX "2", "inbox/" DISK_TEMPORARY_PREFIX "3" };
	struct keyring *k = NULL;
	struct home *h = NULL;

	(void)state;
	home_make(&h, &k);
	home_end(h, k);
	OK(home_open(w, "office", &h, &err));
	for (size_t i = 0; i < 3; i++)
		OK(home_save(h, left[i], span_text("part"), &err));
	OK(home_save(h, "inbox/x.comity", span_text("parcel"), &err));
	OK(home_lock(h, &err));
	for (size_t i = 0; i < 3; i++)
		assert_false(home_has(h, left[i]));
	assert_true(home_has(h, "inbox/x.comity"));
	home_close(h);
}

/* The settings with `from` replaced by `to`. */
static void
settings_refused(const char *from, const char *to, const char *reason)
{
	struct home *h = NULL;
	struct buf b, changed;
	const char *text, *at;

	buf_init(&b, 65536);
	buf_init(&changed, 65536);
	OK(file_load(w, NULL, "office/comity.json", &b, &err));
	OK(buf_text(&b, &text, &err));
	at = strstr(text, from);
	assert_non_null(at);
	OK(buf_add(&changed, span_of(text, (size_t)(at - text)), &err));
	OK(buf_add_text(&changed, to, &err));
	OK(buf_add_text(&changed, at + strlen(from), &err));
	OK(file_save(w, NULL, "office/comity.json", buf_span(&changed), true, &err));
	NO(home_open(w, "office", &h, &err), reason);
	OK(file_save(w, NULL, "office/comity.json", buf_span(&b), true, &err));
	buf_clear(&b);
	buf_clear(&changed);
}

static void
settings_that_we_never_wrote_are_refused(void **state)
{
	struct keyring *k = NULL;
	struct home *h = NULL;

	(void)state;
	home_make(&h, &k);
	home_end(h, k);
	settings_refused("\"sealing\": 1", "\"sealing\": 65", "json.member");
	settings_refused("\"sealing\": 1", "\"sealing\": 0", "home.damaged");
	settings_refused("XA-MZXW6YTBOIMZXW6Y", "XB-MZXW6YTBOIMZXW6Y", "home.damaged");
	settings_refused("XA-MZXW6YTBOIMZXW6Y", "../peers", "home.damaged");
	settings_refused("\"ledger\": 0", "\"ledger\": 9", "json.member");
	settings_refused("\"ledger_first\": 0", "\"ledger_first\": -1", "json.member");
	settings_refused("comity.home/1", "comity.home/2", "home.schema");
	settings_refused("\"state\"", "\"more\": 1, \"state\"", "json.unknown");
	OK(home_open(w, "office", &h, &err));
	home_close(h);
}

/* As comity.json was written before there was a ledger. */
static void
a_home_from_before_the_ledger_opens_and_has_none(void **state)
{
	static const char behind[] = ",\n  \"ledger\": 3,\n  \"ledger_first\": 17";
	struct keyring *k = NULL;
	struct home *h = NULL;
	struct buf b, older;
	const char *text, *at;

	(void)state;
	home_make(&h, &k);
	home_settings(h)->ledger = 3;
	home_settings(h)->ledger_first = 17;
	OK(settings_save(h, &err));
	home_end(h, k);
	OK(home_open(w, "office", &h, &err));
	assert_int_equal(home_settings(h)->ledger, 3);
	assert_int_equal(home_settings(h)->ledger_first, 17);
	home_close(h);
	buf_init(&b, 65536);
	buf_init(&older, 65536);
	OK(file_load(w, NULL, "office/comity.json", &b, &err));
	OK(buf_text(&b, &text, &err));
	at = strstr(text, behind);
	assert_non_null(at);
	OK(buf_add(&older, span_of(text, (size_t)(at - text)), &err));
	OK(buf_add_text(&older, at + strlen(behind), &err));
	OK(file_save(w, NULL, "office/comity.json", buf_span(&older), true, &err));
	OK(home_open(w, "office", &h, &err));
	assert_int_equal(home_settings(h)->ledger, 0);
	assert_int_equal(home_settings(h)->ledger_first, 0);
	home_close(h);
	buf_clear(&b);
	buf_clear(&older);
}

/* ---- keys ---- */

static void
a_new_passphrase_opens_the_same_keys_and_the_old_one_none(void **state)
{
	const struct age_identity *const *ids;
	struct key *key = NULL, *again = NULL;
	struct keyring *k = NULL;
	struct home *h = NULL;
	struct buf a, b;
	size_t n;

	(void)state;
	home_make(&h, &k);
	OK(key_new(&key, KEY_P256, &err));
	OK(keyring_put_signing(k, 1, key, &err));
	OK(keyring_rewrap(k, span_text("four five six"), AGE_LOG_N_TEST, &err));
	NO(keyring_rewrap(k, span_of("", 0), AGE_LOG_N_TEST, &err),
	    "key.passphrase_empty");
	keyring_close(k);
	NO(keyring_open(h, span_text("one two three"), &k, &err), "key.passphrase");
	OK(keyring_open(h, span_text("four five six"), &k, &err));
	OK(keyring_signing(k, 1, &again, &err));
	OK(keyring_identities(k, &ids, &n, &err));
	assert_int_equal(n, 1);
	buf_init_secret(&a, KEY_FILE_MAX);
	buf_init_secret(&b, KEY_FILE_MAX);
	OK(key_encode(key, &a, &err));
	OK(key_encode(again, &b, &err));
	assert_true(span_eq(buf_span(&a), buf_span(&b)));
	buf_clear(&a);
	buf_clear(&b);
	key_free(key);
	key_free(again);
	home_end(h, k);
}

static void
same_point(const struct key *a, const struct key *b)
{
	uint8_t p[32], q[32];

	OK(key_point_ed25519(a, p, &err));
	OK(key_point_ed25519(b, q, &err));
	assert_memory_equal(p, q, sizeof p);
}

static void
keys_of_logs_and_of_the_witness_rest_sealed_and_come_back(void **state)
{
	struct key *log = NULL, *witness = NULL, *again = NULL;
	struct keyring *k = NULL;
	struct home *h = NULL;

	(void)state;
	home_make(&h, &k);
	OK(key_new(&log, KEY_ED25519, &err));
	OK(key_new(&witness, KEY_ED25519, &err));
	OK(keyring_put_log(k, HOME_LEDGERS_MAX, log, &err));
	OK(keyring_put_witness(k, witness, &err));
	NO(keyring_put_log(k, HOME_LEDGERS_MAX + 1, log, &err), "key.ledger");
	NO(keyring_put_log(k, 0, log, &err), "key.ledger");
	home_end(h, k);
	OK(home_open(w, "office", &h, &err));
	OK(keyring_open(h, span_text("one two three"), &k, &err));
	OK(keyring_log(k, HOME_LEDGERS_MAX, &again, &err));
	same_point(log, again);
	key_free(again);
	OK(keyring_witness(k, &again, &err));
	same_point(witness, again);
	key_free(again);
	key_free(log);
	key_free(witness);
	home_end(h, k);
}

static void
an_authority_has_at_most_64_sealing_keys(void **state)
{
	struct age_identity *id = NULL;
	struct keyring *k = NULL;
	struct home *h = NULL;

	(void)state;
	home_make(&h, &k);
	OK(age_identity_new(w, &id, &err));
	OK(keyring_put_sealing(k, HOME_SEALING_MAX, id, &err));
	NO(keyring_put_sealing(k, HOME_SEALING_MAX + 1, id, &err), "key.sealing");
	age_identity_free(id);
	home_end(h, k);
}

/* ---- peers ---- */

static void
card_fill(struct act *a, const char *id)
{
	struct card_body *c = &a->body.card;

	act_init(a, ACT_CARD);
	assert_true(authority_id_parse(id, &a->from));
	a->made_at = NOW;
	(void)snprintf(a->software, sizeof a->software, "comity");
	memcpy(c->state, id, 2);
	(void)snprintf(c->names[0].lang, 12, "en");
	c->names[0].text = NULL;
	c->names_n = c->roles_n = c->languages_n = 1;
	OK((c->names[0].text = mem_text_of("Berun", &err)) != NULL);
	(void)snprintf(c->roles[0], 32, "court");
	(void)snprintf(c->languages[0], 12, "en");
	buf_init(&c->certificates[0], 10);
	buf_init(&c->roots[0], 10);
	OK(buf_add_text(&c->certificates[0], "cert", &err));
	OK(buf_add_text(&c->roots[0], "root", &err));
	c->certificates_n = c->roots_n = c->recipients_n = c->speaks_n = 1;
	(void)snprintf(c->recipients[0], 80, "age1x");
	(void)snprintf(c->speaks[0], 24, "%s", ACT_SCHEMA);
	c->valid_to = NOW + 1;
}

/* Keep a card of `id` under the card id of 32 times `n`. */
static void
peer_put(struct home *h, struct peer *p, const char *id, uint8_t n, bool confirmed)
{
	struct buf json;
	struct act a;

	buf_init(&json, ACT_BYTES_MAX);
	card_fill(&a, id);
	OK(act_encode(&a, &json, &err));
	p->id = a.from;
	memset(p->card_id.b, n, 32);
	p->confirmed = confirmed;
	OK(peer_save(h, p, span_text("the file"), buf_span(&json), &err));
	act_clear(&a);
	buf_clear(&json);
}

static bool
trusted(struct home *h, const char *id, uint8_t n)
{
	struct authority_id who;
	struct digest card;
	bool found, yes;
	struct act a;

	act_init(&a, ACT_CARD);
	memset(card.b, n, 32);
	assert_true(authority_id_parse(id, &who));
	OK(card_find(h, &who, &card, &a, &found, &yes, &err));
	act_clear(&a);
	return found && yes;
}

#define B1 "XB-MZXW6YTBOIMZXW6Y"
#define B2 "XB-MZXW6YTBOIMZXW7Y"
#define C1 "XC-MZXW6YTBOIMZXW6Y"

static void
a_peer_is_found_by_what_names_it_alone(void **state)
{
	struct keyring *k = NULL;
	struct home *h = NULL;
	struct peer p;

	(void)state;
	home_make(&h, &k);
	peer_init(&p);
	peer_put(h, &p, B1, 1, true);
	peer_put(h, &p, B2, 2, true);
	peer_put(h, &p, C1, 3, false);
	OK(peer_find(h, "XC", &p, &err));
	assert_string_equal(p.id.s, C1);
	assert_false(p.confirmed);
	NO(peer_find(h, "XB", &p, &err), "peer.several");
	OK(peer_find(h, "XB-MZXW6YTBOIMZXW7", &p, &err));
	assert_string_equal(p.id.s, B2);
	NO(peer_find(h, "X", &p, &err), "peer.absent");
	NO(peer_find(h, "", &p, &err), "peer.absent");
	NO(peer_find(h, "XD", &p, &err), "peer.absent");
	NO(peer_load(h, "../comity", &p, &err), "peer.absent");
	peer_clear(&p);
	home_end(h, k);
}

static void
each_card_is_trusted_by_its_own_confirmation(void **state)
{
	struct keyring *k = NULL;
	struct home *h = NULL;
	struct peer p;

	(void)state;
	home_make(&h, &k);
	peer_init(&p);
	peer_put(h, &p, B1, 1, false);
	assert_false(trusted(h, B1, 1));
	peer_put(h, &p, B1, 2, true);
	assert_true(trusted(h, B1, 2));
	assert_false(trusted(h, B1, 1));
	p.earlier[p.earlier_n++] = p.card_id;
	peer_put(h, &p, B1, 3, true);
	assert_true(trusted(h, B1, 2));
	assert_true(trusted(h, B1, 3));
	assert_false(trusted(h, B1, 1));
	assert_false(trusted(h, C1, 3));
	p.revoked = true;
	peer_put(h, &p, B1, 3, true);
	assert_false(trusted(h, B1, 2));
	assert_false(trusted(h, B1, 3));
	home_end(h, k);
}

static void
a_peer_has_at_most_128_earlier_cards(void **state)
{
	struct keyring *k = NULL;
	struct home *h = NULL;
	struct peer p, back;
	struct buf b;
	uint8_t *at;

	(void)state;
	home_make(&h, &k);
	peer_init(&p);
	peer_init(&back);
	p.earlier_n = PEER_EARLIER_MAX;
	peer_put(h, &p, B1, 1, true);
	OK(peer_load(h, B1, &back, &err));
	assert_int_equal(back.earlier_n, PEER_EARLIER_MAX);
	buf_init(&b, 65536);
	OK(home_load(h, "peers/" B1 ".json", &b, &err));
	at = memmem(b.p, b.n, "\"earlier\": [", 12);
	assert_non_null(at);
	b.n = (size_t)(at - b.p) + 12;
	for (unsigned i = 0; i < PEER_EARLIER_MAX + 1; i++)
		OK(buf_printf(&b, &err, "%s\"%s\"", i == 0 ? "" : ",",
		    digest_hex(&p.card_id).s));
	OK(buf_add_text(&b, "]}", &err));
	OK(home_save(h, "peers/" B1 ".json", buf_span(&b), &err));
	NO(peer_load(h, B1, &back, &err), "json.list");
	buf_clear(&b);
	peer_clear(&back);
	home_end(h, k);
}

static void
what_is_kept_of_a_peer_must_be_of_that_peer(void **state)
{
	struct keyring *k = NULL;
	struct home *h = NULL;
	struct peer p;
	struct buf b;

	(void)state;
	home_make(&h, &k);
	peer_init(&p);
	peer_put(h, &p, B1, 1, true);
	buf_init(&b, 65536);
	OK(home_load(h, "peers/" B1 ".json", &b, &err));
	OK(home_save(h, "peers/" C1 ".json", buf_span(&b), &err));
	NO(peer_load(h, C1, &p, &err), "peer.other");
	buf_clear(&b);
	peer_clear(&p);
	home_end(h, k);
}

/* ---- evidence ---- */

static void
private_fill(struct evidence_private *p, const char *label)
{
	evidence_private_init(p);
	OK((p->path = mem_text_of("/srv/\xff\xfe no UTF-8\n", &err)) != NULL);
	if (label != NULL)
		OK((p->label = mem_text_of(label, &err)) != NULL);
	for (; p->leave_out_n < LEAVE_OUT_MAX; p->leave_out_n++)
		OK((p->leave_out[p->leave_out_n] = mem_text_of("a\x80", &err)) != NULL);
	p->pinned = true;
	memset(p->fingerprint.b, 5, 32);
	OK(buf_add_text(&p->collection, "{\"x\": 1}\n", &err));
}

static void
the_sealed_part_comes_back_byte_by_byte(void **state)
{
	struct evidence_private p, back;
	struct evidence e = { .added_at = NOW };
	struct keyring *k = NULL;
	struct home *h = NULL;

	(void)state;
	home_make(&h, &k);
	for (unsigned i = 0; i < 2; i++) {
		private_fill(&p, i == 0 ? NULL : "Case 114");
		evidence_private_init(&back);
		OK(evidence_new(h, &e, &p, &err));
		OK(evidence_save(h, &e, &err));
		assert_int_equal(e.number, i + 1);
		OK(evidence_private_load(h, k, e.number, &back, &err));
		assert_string_equal(back.path, p.path);
		assert_int_equal(back.leave_out_n, LEAVE_OUT_MAX);
		assert_string_equal(back.leave_out[63], "a\x80");
		assert_true(back.pinned && digest_eq(&back.fingerprint,
		    &p.fingerprint));
		assert_true(span_eq(buf_span(&back.collection),
		    buf_span(&p.collection)));
		if (i == 0)
			assert_null(back.label);
		else
			assert_string_equal(back.label, "Case 114");
		evidence_private_clear(&p);
		evidence_private_clear(&back);
	}
	home_end(h, k);
}

/* A stolen disk shows none of this (threat model D23). */
static void
no_readable_file_says_what_the_evidence_is(void **state)
{
	struct evidence e = { .added_at = NOW };
	struct evidence_private p;
	struct keyring *k = NULL;
	struct home *h = NULL;
	struct buf b;

	(void)state;
	home_make(&h, &k);
	private_fill(&p, "Case 114");
	OK(evidence_new(h, &e, &p, &err));
	OK(evidence_save(h, &e, &err));
	evidence_private_clear(&p);
	buf_init(&b, 1u << 20);
	OK(home_load(h, "docket.sqlite", &b, &err));
	OK(home_load(h, "docket.sqlite-wal", &b, &err));
	OK(home_load(h, "evidence/0001/private.age", &b, &err));
	assert_null(memmem(b.p, b.n, "Case", 4));
	assert_null(memmem(b.p, b.n, "srv", 3));
	assert_null(memmem(b.p, b.n, "050505", 6));
	buf_clear(&b);
	home_end(h, k);
}

static void
evidence_that_was_kept_is_there_after_a_crash(void **state)
{
	struct evidence e = { .added_at = NOW }, back;
	struct keyring *k = NULL;
	struct home *h = NULL;

	(void)state;
	home_make(&h, &k);
	OK(evidence_new(h, &e, NULL, &err));
	OK(evidence_save(h, &e, &err));
	home_end(h, k);
	OK(world_sim_crash(w, SIM_CRASH_KEEP_NONE, 0, &err));
	OK(home_open(w, "office", &h, &err));
	OK(evidence_load(h, 1, &back, &err));
	home_close(h);
}

static void
a_folder_without_its_record_is_not_evidence_and_its_number_is_free(void **state)
{
	struct evidence e = { .added_at = NOW };
	struct keyring *k = NULL;
	struct home *h = NULL;
	unsigned *list = NULL;
	size_t n;

	(void)state;
	home_make(&h, &k);
	OK(evidence_new(h, &e, NULL, &err));
	OK(home_save(h, "evidence/0001/left", span_text("x"), &err));
	OK(evidence_numbers(h, &list, &n, &err));
	assert_int_equal(n, 0);
	mem_free(list);
	OK(evidence_new(h, &e, NULL, &err));
	assert_int_equal(e.number, 1);
	assert_false(home_has(h, "evidence/0001/left"));
	NO(evidence_find(h, "1", &e, &err), "evidence.absent");
	home_end(h, k);
}

static void
evidence_is_named_by_its_number(void **state)
{
	struct evidence e = { .added_at = NOW }, back;
	struct keyring *k = NULL;
	struct home *h = NULL;

	(void)state;
	home_make(&h, &k);
	OK(evidence_new(h, &e, NULL, &err));
	OK(evidence_save(h, &e, &err));
	OK(evidence_find(h, "0001", &back, &err));
	OK(evidence_find(h, "1", &back, &err));
	NO(evidence_find(h, "0", &back, &err), "evidence.number");
	NO(evidence_find(h, "", &back, &err), "evidence.number");
	NO(evidence_find(h, "1x", &back, &err), "evidence.number");
	NO(evidence_find(h, "00000001", &back, &err), "evidence.number");
	NO(evidence_find(h, "2", &back, &err), "evidence.absent");
	home_end(h, k);
}

static void
evidence_has_at_most_32_parcels(void **state)
{
	struct docket_act more = { .kind = "delivered", .evidence = 1 };
	struct evidence e = { .added_at = NOW }, back;
	struct docket *d = NULL;
	struct keyring *k = NULL;
	struct home *h = NULL;
	struct digest act;
	bool found;
	size_t i;

	(void)state;
	home_make(&h, &k);
	OK(evidence_new(h, &e, NULL, &err));
	for (; e.parcels_n < PARCELS_MAX; e.parcels_n++) {
		memset(e.parcels[e.parcels_n].act_id.b, (int)e.parcels_n, 32);
		memset(e.parcels[e.parcels_n].package_id.b, (int)e.parcels_n, 32);
		e.parcels[e.parcels_n].stamp = STAMP_CLAIMED;
	}
	OK(evidence_save(h, &e, &err));
	memset(act.b, 31, 32);
	OK(evidence_by_act(h, &act, &back, &i, &found, &err));
	assert_true(found);
	assert_int_equal(i, 31);
	memset(act.b, 32, 32);
	OK(evidence_by_act(h, &act, &back, &i, &found, &err));
	assert_false(found);
	memset(more.package.b, 32, 32);
	OK(home_docket(h, &d, &err));
	NO(docket_act_put(d, &more, &err), "evidence.parcels");
	home_docket_done(h);
	home_end(h, k);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_home_left_half_made_is_begun_anew_and_nothing_of_it_stays),
		TEST(a_home_is_not_made_where_something_is),
		TEST(a_new_home_is_there_after_a_crash),
		TEST(one_command_at_a_time_changes_a_home),
		TEST(the_lock_brings_the_settings_up_to_date),
		TEST(what_a_crash_left_is_swept_with_the_lock),
		TEST(settings_that_we_never_wrote_are_refused),
		TEST(a_new_passphrase_opens_the_same_keys_and_the_old_one_none),
		TEST(keys_of_logs_and_of_the_witness_rest_sealed_and_come_back),
		TEST(a_home_from_before_the_ledger_opens_and_has_none),
		TEST(an_authority_has_at_most_64_sealing_keys),
		TEST(a_peer_is_found_by_what_names_it_alone),
		TEST(each_card_is_trusted_by_its_own_confirmation),
		TEST(a_peer_has_at_most_128_earlier_cards),
		TEST(what_is_kept_of_a_peer_must_be_of_that_peer),
		TEST(the_sealed_part_comes_back_byte_by_byte),
		TEST(no_readable_file_says_what_the_evidence_is),
		TEST(evidence_that_was_kept_is_there_after_a_crash),
		TEST(a_folder_without_its_record_is_not_evidence_and_its_number_is_free),
		TEST(evidence_is_named_by_its_number),
		TEST(evidence_has_at_most_32_parcels),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
