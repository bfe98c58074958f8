/* The ledger at work: its keys and cards, receipts that prove, what a home may not sign. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/part_kit.h"
#include "flow/journey.h"
#include "flow/ledger.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; assert_false(call); \
	assert_string_equal(err.reason, why); } while (0)

/* ---- keys and cards ---- */

static void
card_keys(struct site *s, struct digest *id, struct ledger_keys *out)
{
	struct act card;

	act_init(&card, ACT_CARD);
	OK(own_card(s->flow.home, id, &card, &err));
	OK(ledger_keys_of_card(&card, out, &err));
	act_clear(&card);
}

static void
a_new_home_has_a_ledger_and_its_card_names_it(void **state)
{
	const struct witness_key *witness;
	const struct log_signer *log;
	struct ledger_keys *keys = calloc(1, sizeof *keys);
	struct digest id, again;
	struct job j;

	(void)state;
	job_begin(&j, 950);
	run_up_to(&j, AFTER_INIT);
	OK(site_again(&j.a, &err));
	assert_int_equal(home_settings(j.a.flow.home)->ledger, 1);
	card_keys(&j.a, &id, keys);
	assert_int_equal(keys->logs_n, 1);
	assert_int_equal(keys->witnesses_n, 1);
	OK(ledger_signer(&j.a.flow, &log, &err));
	OK(ledger_witness_key(&j.a.flow, &witness, &err));
	assert_string_equal(keys->logs[0].name, log_origin(
	    home_settings(j.a.flow.home)->authority.s, 1).s);
	assert_string_equal(keys->witnesses[0].name, witness_name(
	    home_settings(j.a.flow.home)->authority.s).s);
	assert_memory_equal(keys->logs[0].point, log->vkey.point, 32);
	assert_memory_equal(keys->witnesses[0].point, witness->vkey.point, 32);
	/* One key a use: D12 counts signers. */
	assert_memory_not_equal(log->vkey.point, witness->vkey.point, 32);
	card_keys(&j.a, &again, keys);
	assert_true(digest_eq(&id, &again));
	free(keys);
	job_end(&j);
}

/* Its settings and its card as they were before there was a ledger. */
static void
made_older(struct site *s)
{
	struct settings *x = home_settings(s->flow.home);
	struct signer signer;

	OK(home_lock(s->flow.home, &err));	/* it reads the settings again */
	x->ledger = 0;
	OK(signer_open(&s->flow, &signer, &err));
	OK(card_make(&s->flow, &signer, &err));
	signer_close(&signer);
	OK(settings_save(s->flow.home, &err));
}

static void
an_older_home_gets_keys_and_a_card_that_follows_when_it_first_signs(void **state)
{
	struct ledger_keys *keys = calloc(1, sizeof *keys);
	const struct log_signer *log;
	struct digest before, after, again;
	struct act card;
	struct job j;

	(void)state;
	job_begin(&j, 951);
	run_up_to(&j, AFTER_INIT);
	OK(site_again(&j.a, &err));
	made_older(&j.a);
	OK(site_again(&j.a, &err));
	assert_int_equal(home_settings(j.a.flow.home)->ledger, 0);
	card_keys(&j.a, &before, keys);
	assert_int_equal(keys->logs_n + keys->witnesses_n, 0);
	OK(ledger_signer(&j.a.flow, &log, &err));
	OK(site_again(&j.a, &err));
	assert_int_equal(home_settings(j.a.flow.home)->ledger, 1);
	card_keys(&j.a, &after, keys);
	assert_int_equal(keys->logs_n, 1);
	assert_int_equal(keys->witnesses_n, 1);
	act_init(&card, ACT_CARD);
	OK(own_card(j.a.flow.home, &after, &card, &err));
	assert_true(card.body.card.has_previous);
	assert_true(digest_eq(&card.body.card.previous, &before));
	act_clear(&card);
	/* Once. */
	OK(ledger_signer(&j.a.flow, &log, &err));
	card_keys(&j.a, &again, keys);
	assert_true(digest_eq(&after, &again));
	free(keys);
	job_end(&j);
}

/* Cut between its keys, its settings and its card: the next one ends it. */
static void
keys_of_an_older_home_are_ended_however_their_making_is_cut(void **state)
{
	struct ledger_keys *keys = calloc(1, sizeof *keys);
	const struct log_signer *log;

	(void)state;
	for (uint64_t cut = 1, k = 0;; cut += getenv("COMITY_LONG") != NULL ? 1 : 7) {
		struct err why = ERR_INIT;
		struct digest id;
		uint64_t before;
		struct job j;
		bool end;

		if (!part_has(k++))
			continue;
		job_begin(&j, 952);
		run_up_to(&j, AFTER_INIT);
		OK(site_again(&j.a, &err));
		made_older(&j.a);
		OK(site_again(&j.a, &err));
		before = world_sim_calls(j.world);
		world_sim_fail(j.world, SIM_FAULT_POWER, cut, true);
		(void)!ledger_signer(&j.a.flow, &log, &why);
		end = world_sim_calls(j.world) - before < cut;
		world_sim_fail(j.world, SIM_FAULT_NONE, 0, false);
		site_end(&j.a);
		OK(world_sim_crash(j.world, SIM_CRASH_KEEP_SOME, cut, &err));
		OK(site_again(&j.a, &err));
		OK(ledger_signer(&j.a.flow, &log, &err));
		card_keys(&j.a, &id, keys);
		assert_int_equal(keys->logs_n, 1);
		assert_memory_equal(keys->logs[0].point, log->vkey.point, 32);
		job_end(&j);
		if (end)
			break;
	}
	free(keys);
}

/* Each name of a log that is followed takes a place for good: a card makes up none. */
static void
a_card_names_ledgers_by_the_numbers_there_can_be(void **state)
{
	static const struct { const char *number; bool good; } list[] = { { "1", true },
		{ "8", true }, { "9", false }, { "0", false }, { "01", false },
		{ "", false }, { "one", false }, { "1/1", false } };
	struct ledger_keys *keys = calloc(1, sizeof *keys);
	struct digest id;
	struct vkey v, own;
	struct act card;
	struct buf text;
	struct job j;

	(void)state;
	job_begin(&j, 957);
	run_up_to(&j, AFTER_INIT);
	OK(site_again(&j.a, &err));
	act_init(&card, ACT_CARD);
	OK(own_card(j.a.flow.home, &id, &card, &err));
	OK(vkey_parse(card.body.card.ledgers[0], &own, &err));
	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
		char name[NOTE_NAME_MAX + 1];

		(void)snprintf(name, sizeof name, "comity-ledger/%s/%s", card.from.s,
		    list[i].number);
		OK(vkey_make(name, NOTE_ED25519, own.point, &v, &err));
		buf_init(&text, VKEY_TEXT_MAX + 1);
		OK(vkey_print(&v, &text, &err) && buf_add_byte(&text, '\0', &err));
		mem_free(card.body.card.ledgers[0]);
		card.body.card.ledgers[0] = mem_text_of((const char *)text.p, NULL);
		if (list[i].good)
			OK(ledger_keys_of_card(&card, keys, &err));
		else
			NO(ledger_keys_of_card(&card, keys, &err), "card.ledger");
		buf_clear(&text);
	}
	act_clear(&card);
	free(keys);
	job_end(&j);
}

/* A card that names a key for the log of another would be believed about it. */
static void
a_card_may_name_ledgers_of_its_own_authority_only(void **state)
{
	struct ledger_keys *keys = calloc(1, sizeof *keys);
	struct card_body *c;
	struct digest id;
	struct act card, other;
	struct job j;

	(void)state;
	job_begin(&j, 953);
	run_up_to(&j, AFTER_INIT);
	OK(site_again(&j.a, &err));
	OK(site_again(&j.b, &err));
	act_init(&card, ACT_CARD);
	act_init(&other, ACT_CARD);
	OK(own_card(j.a.flow.home, &id, &card, &err));
	OK(own_card(j.b.flow.home, &id, &other, &err));
	c = &card.body.card;
	c->ledgers[1] = mem_text_of(other.body.card.ledgers[0], NULL);
	c->ledgers_n = 2;
	NO(ledger_keys_of_card(&card, keys, &err), "card.ledger");
	c->ledgers_n = 1;
	c->witnesses[1] = mem_text_of(c->ledgers[0], NULL);
	c->witnesses_n = 2;
	NO(ledger_keys_of_card(&card, keys, &err), "card.ledger");
	c->witnesses_n = 1;
	OK(ledger_keys_of_card(&card, keys, &err));
	act_clear(&card);
	act_clear(&other);
	free(keys);
	job_end(&j);
}

/* ---- receipts ---- */

/* A request went from Aldora to Berun, whose receipt for it waits in its outbox. */
struct genuine {
	struct job j;
	struct sent sent;
	struct docket_act receipt;	/* Berun's row of it */
	struct act act;
	struct buf record, salt, proof;
};

static void
member_read(struct genuine *g, const char *name, struct buf *out)
{
	struct package_reading in = { .world = g->j.world,
		.at = home_dir(g->j.b.flow.home) };
	struct parcel_path path = parcel_path(&g->receipt.act);
	struct age_keys keys = { 0 };
	struct keyring *k = NULL;

	in.path = path.s;
	in.keys = &keys;
	OK(flow_keyring(&g->j.b.flow, &k, &err));
	OK(keyring_identities(k, &keys.identities, &keys.n, &err));
	OK(package_extract(&in, name, out, &err));
}

static void
genuine_begin(struct genuine *g, uint64_t seed)
{
	struct docket *d = NULL;
	struct docket_act row;
	struct bundle_result r;
	struct buf json;
	bool found;
	size_t n;

	memset(g, 0, sizeof *g);
	buf_init(&g->record, RECORD_MAX);
	buf_init(&g->salt, 200);
	buf_init(&g->proof, PROOF_MAX);
	buf_init(&json, ACT_BYTES_MAX);
	job_begin(&g->j, seed);
	run_up_to(&g->j, AFTER_PAIR);
	OK(site_again(&g->j.a, &err));
	OK(site_again(&g->j.b, &err));
	OK(ask(&g->j.a, ACT_PRESERVE, "XB", &g->sent, &err));
	OK(flow_bundle_write(&g->j.a.flow, "s1", "XB", &r, &err));
	OK(flow_bundle_read(&g->j.b.flow, "s1", &r, &err));
	OK(take_all_in(&g->j.b, NULL, &n, &err));
	OK(site_again(&g->j.a, &err));
	OK(site_again(&g->j.b, &err));
	OK(home_docket(g->j.b.flow.home, &d, &err));
	OK(docket_act_get(d, &g->sent.act.act, &row, &found, &err));
	assert_true(found && row.has_receipt);
	OK(docket_act_get(d, &row.receipt, &g->receipt, &found, &err));
	home_docket_done(g->j.b.flow.home);
	member_read(g, "act.json", &json);
	OK(act_decode(&g->act, buf_span(&json), &err));
	member_read(g, "data/record.json", &g->record);
	member_read(g, "data/record.salt", &g->salt);
	if (g->act.body.receipt.has_log)
		member_read(g, "data/receipt.tlog-proof", &g->proof);
	buf_clear(&json);
}

static void
genuine_end(struct genuine *g)
{
	act_clear(&g->act);
	buf_clear(&g->record);
	buf_clear(&g->salt);
	buf_clear(&g->proof);
	job_end(&g->j);
}

static void
leaf_of_receipt(struct genuine *g, uint8_t leaf[LEAF_BYTES])
{
	struct digest salt;

	assert_true(digest_parse(span_part(buf_span(&g->salt), 0, 64), &salt));
	OK(leaf_of(salt.b, buf_span(&g->record), leaf, &err));
}

/* A log that is followed: its checkpoint was compared, or waits for that. */
static bool
known_count(void *arg, const struct witness_log *l, struct err *err)
{
	size_t *known = arg;

	(void)err;
	*known += l->has_checkpoint || l->mirrored > 0 || l->seen > 0;
	return true;
}

/* Kept so that it can be shown without a key, and its checkpoint is remembered. */
static void
receipt_is_kept(struct genuine *g)
{
	struct witness *w = NULL;
	struct custody c;
	struct buf file;
	size_t known = 0;
	char path[200];

	(void)snprintf(path, sizeof path, "aldora/custody/receipts/%s.json",
	    digest_hex(&g->sent.act.act).s);
	custody_init(&c);
	buf_init(&file, CUSTODY_FILE_MAX);
	OK(file_load(g->j.world, NULL, path, &file, &err));
	OK(custody_read(buf_span(&file), &c, &err));
	assert_true(digest_eq(&c.act, &g->sent.act.act));
	assert_true(digest_eq(&c.package, &g->sent.act.package));
	assert_int_equal(c.n, 1);
	assert_true(span_eq(buf_span(&c.links[0].bytes), buf_span(&g->record)));
	assert_int_equal(c.links[0].proofs_n, 1);
	assert_true(span_eq(buf_span(&c.links[0].proofs[0]), buf_span(&g->proof)));
	assert_true(c.links[0].has_place);
	assert_int_equal(c.links[0].index, g->act.body.receipt.log_index);
	custody_clear(&c);
	buf_clear(&file);
	OK(witness_open(g->j.world, home_dir(g->j.a.flow.home), &w, &err));
	OK(witness_each(w, known_count, &known, &err));
	assert_int_equal(known, 1);
	witness_close(w);
}

static void
a_receipt_proves_its_place_in_the_ledger_of_who_received(void **state)
{
	struct genuine *g = calloc(1, sizeof *g);
	struct ledger_keys *keys = calloc(1, sizeof *keys);
	const struct receipt_body *b = &g->act.body.receipt;
	struct docket_request r;
	uint8_t leaf[LEAF_BYTES];
	struct tlog_proof p;
	struct checkpoint c;
	struct digest id;
	bool holds;

	(void)state;
	genuine_begin(g, 960);
	assert_true(b->has_log);
	card_keys(&g->j.b, &id, keys);
	assert_string_equal(b->log_origin, keys->logs[0].name);
	leaf_of_receipt(g, leaf);
	OK(tlog_proof_check(buf_span(&g->proof), leaf, &c, &holds, &err));
	assert_true(holds);
	OK(tlog_proof_read(buf_span(&g->proof), &p, &err));
	assert_int_equal(p.index, b->log_index);
	OK(checkpoint_open(p.note, &keys->logs[0], &c, &err));
	assert_string_equal(c.origin, b->log_origin);
	assert_true(c.size > b->log_index);
	/* And its sender believes it, with nothing to add. */
	OK(bring(&g->j.b, &g->j.a, "XA", "s2", &err));
	OK(row_of(&g->j.a, 1, &r, &err));
	assert_true(r.receipted_at != 0);
	assert_string_equal(r.state, "received");
	receipt_is_kept(g);
	free(keys);
	genuine_end(g);
	free(g);
}

/* ---- forged ones ---- */

struct change {
	struct span proof;		/* n = 0: none in it */
	const char *origin;		/* NULL: the genuine one */
	uint64_t index_off;		/* added to the genuine index */
	bool no_log;
};

struct change_of {
	const struct genuine *g;
	const struct change *c;
};

static void
receipt_fill(struct act *a, const void *arg)
{
	const struct change_of *x = arg;
	struct receipt_body *b = &a->body.receipt;

	*b = x->g->act.body.receipt;
	b->log_index += x->c->index_off;
	if (x->c->origin != NULL)
		(void)snprintf(b->log_origin, sizeof b->log_origin, "%s", x->c->origin);
	if (x->c->no_log)
		b->has_log = false;
}

/* Berun makes it, with its own keys, over the record it really wrote. */
static void
forged_take(struct genuine *g, const struct change *c, struct taken *t)
{
	struct payload_item items[] = {
		{ "record.json", buf_span(&g->record), NOW },
		{ "record.salt", buf_span(&g->salt), NOW },
		{ "receipt.tlog-proof", c->proof, NOW },
	};
	struct change_of arg = { g, c };
	struct forgery f = { .kind = ACT_RECEIPT, .fill = receipt_fill, .arg = &arg,
		.follows = &g->sent.act.act, .follows_n = 1, .items = items,
		.items_n = c->proof.n > 0 ? 3 : 2 };
	struct digest act;
	char path[200];

	OK(forge(&g->j.b, "XA", &f, path, &act, &err));
	OK(flow_take(&g->j.a.flow, path, t, &err));
}

static void
forged_is(struct genuine *g, const struct change *c, const char *reason)
{
	struct docket_request r;
	struct taken t;

	forged_take(g, c, &t);
	assert_int_equal(t.as, TAKEN_NOT);
	assert_string_equal(t.reason, reason);
	assert_non_null(strstr(t.text, "ask the other side"));
	OK(row_of(&g->j.a, 1, &r, &err));
	assert_string_equal(r.state, "sent");
	assert_int_equal(r.receipted_at, 0);
}

/* The same checkpoint and path, signed by another key under the same name. */
static void
other_key_sign(const struct tlog_proof *genuine, const char *origin, struct buf *out)
{
	struct tlog_proof p = *genuine;
	struct key *key = NULL;
	struct note note;
	struct buf file;
	uint8_t point[32];
	struct vkey v;

	buf_init(&file, NOTE_MAX);
	OK(key_new(&key, KEY_ED25519, &err));
	OK(key_point_ed25519(key, point, &err));
	OK(vkey_make(origin, NOTE_ED25519, point, &v, &err));
	OK(note_parse(genuine->note, &note, &err));
	OK(buf_add(&file, note.text, &err));
	OK(buf_add_text(&file, "\n", &err));
	OK(note_sign(key, &v, note.text, &file, &err));
	p.note = buf_span(&file);
	OK(tlog_proof_write(&p, out, &err));
	note_clear(&note);
	key_free(key);
	buf_clear(&file);
}

static void
a_receipt_whose_proof_does_not_hold_ends_nothing(void **state)
{
	struct genuine *g = calloc(1, sizeof *g);
	struct tlog_proof *p = calloc(1, sizeof *p);
	struct buf wrong, other_key;
	struct change c = { .index_off = 0 };
	char other_origin[200];

	(void)state;
	genuine_begin(g, 961);
	buf_init(&wrong, PROOF_MAX);
	buf_init(&other_key, PROOF_MAX);
	forged_is(g, &c, "receipt.proof");		/* none in it */
	c.proof = span_text("c2sp.org/tlog-proof@v1\nindex x\n");
	forged_is(g, &c, "receipt.proof");		/* none that reads */
	OK(tlog_proof_read(buf_span(&g->proof), p, &err));
	other_key_sign(p, g->act.body.receipt.log_origin, &other_key);
	c.proof = buf_span(&other_key);
	forged_is(g, &c, "receipt.log-key");
	assert_true(p->path.n > 0);
	p->path.hash[0].b[7] ^= 1;
	OK(tlog_proof_write(p, &wrong, &err));
	c.proof = buf_span(&wrong);
	forged_is(g, &c, "receipt.proof");
	c.proof = buf_span(&g->proof);
	c.index_off = 1;
	forged_is(g, &c, "receipt.log");
	c.index_off = 0;
	(void)snprintf(other_origin, sizeof other_origin, "%.180sx",
	    g->act.body.receipt.log_origin);
	c.origin = other_origin;
	forged_is(g, &c, "receipt.log");
	buf_clear(&wrong);
	buf_clear(&other_key);
	free(p);
	genuine_end(g);
	free(g);
}

static void
a_receipt_without_a_place_from_who_has_a_ledger_is_taken_as_a_claim(void **state)
{
	struct genuine *g = calloc(1, sizeof *g);
	struct change c = { .no_log = true };
	struct docket_request r;
	struct taken t;

	(void)state;
	genuine_begin(g, 962);
	forged_take(g, &c, &t);
	assert_int_equal(t.as, TAKEN);
	assert_non_null(strstr(t.text, "claimed, not proven"));
	OK(row_of(&g->j.a, 1, &r, &err));
	assert_string_equal(r.state, "received");
	genuine_end(g);
	free(g);
}

/* ---- what may not sign ---- */

static void
standing_put(struct site *s, enum log_standing standing, const char *reason)
{
	struct log_state state = { .standing = standing };
	struct log *l;

	(void)snprintf(state.reason, sizeof state.reason, "%s", reason);
	OK(ledger_log(&s->flow, &l, &err));
	OK(log_state_put(l, &state, &err));
}

static void
a_home_that_may_not_sign_gives_receipts_without_a_place_and_says_so(void **state)
{
	struct doctor_report report;
	struct docket *d = NULL;
	struct docket_act row;
	struct checkpoint c;
	struct desk desk;
	struct sent sent;
	struct taken t;
	struct act a;
	struct job j;
	bool found, published, told = false;
	char text[300];
	size_t n;

	(void)state;
	job_begin(&j, 963);
	run_up_to(&j, AFTER_PAIR);
	OK(site_again(&j.a, &err));
	OK(site_again(&j.b, &err));
	OK(site_again(&j.a, &err));
	standing_put(&j.b, LOG_RECOVERING, "ledger.restored");
	OK(ledger_publish(&j.b.flow, &published, &c, text, &err));
	assert_false(published);
	assert_non_null(strstr(text, "backup"));
	OK(flow_desk(&j.b.flow, &desk, &err));
	assert_string_equal(desk.ledger_text, text);
	OK(flow_desk(&j.a.flow, &desk, &err));
	assert_string_equal(desk.ledger_text, "");
	/* Who was never told so does not even open its ledger for that. */
	assert_null(j.a.flow.log);
	/* For good: of a backup the next bundle would say that nothing is missing. */
	standing_put(&j.b, LOG_FROZEN, "ledger.split");
	OK(ledger_publish(&j.b.flow, &published, &c, text, &err));
	assert_false(published);
	assert_non_null(strstr(text, "signs nothing more"));
	OK(ask(&j.a, ACT_PRESERVE, "XB", &sent, &err));
	OK(bring(&j.a, &j.b, "XB", "s1", &err));
	OK(home_docket(j.b.flow.home, &d, &err));
	OK(docket_act_get(d, &sent.act.act, &row, &found, &err));
	assert_true(found && row.has_receipt);
	home_docket_done(j.b.flow.home);
	act_init(&a, ACT_RECEIPT);
	OK(act_open(&j.b.flow, &row.receipt, &a, &err));
	assert_false(a.body.receipt.has_log);
	act_clear(&a);
	OK(flow_doctor(&j.b.flow, &report, &err));
	for (size_t i = 0; i < report.n; i++)
		told = told || (strcmp(report.lines[i].what, "ledger") == 0 &&
		    report.lines[i].state == DOCTOR_BAD);
	assert_true(told);
	/* Its sender takes it, as a claim; and the bundle went all the same. */
	OK(flow_bundle_write(&j.b.flow, "s2", "XA", &(struct bundle_result){ 0 }, &err));
	OK(flow_bundle_read(&j.a.flow, "s2", &(struct bundle_result){ 0 }, &err));
	OK(take_all_in(&j.a, &t, &n, &err));
	assert_int_equal(t.as, TAKEN);
	assert_non_null(strstr(t.text, "claimed, not proven"));
	job_end(&j);
}

/* ---- one checkpoint for many ---- */

static void
acts_that_come_together_are_covered_by_one_checkpoint(void **state)
{
	struct checkpoint c;
	struct sent sent[5];
	struct log *l;
	struct buf note;
	struct job j;
	uint64_t lowest = UINT64_MAX;
	bool found;

	(void)state;
	job_begin(&j, 964);
	run_up_to(&j, AFTER_PAIR);
	OK(site_again(&j.a, &err));
	OK(site_again(&j.b, &err));
	buf_init(&note, NOTE_MAX);
	for (size_t i = 0; i < 5; i++)
		OK(ask(&j.a, ACT_PRESERVE, "XB", &sent[i], &err));
	OK(bring(&j.a, &j.b, "XB", "s1", &err));
	OK(ledger_log(&j.b.flow, &l, &err));
	OK(log_checkpoint(l, &note, &c, &found, &err));
	assert_true(found);
	for (size_t i = 0; i < 5; i++) {
		struct docket *d = NULL;
		struct docket_act row;
		struct act a;

		OK(home_docket(j.b.flow.home, &d, &err));
		OK(docket_act_get(d, &sent[i].act.act, &row, &found, &err));
		home_docket_done(j.b.flow.home);
		assert_true(found && row.has_receipt);
		act_init(&a, ACT_RECEIPT);
		OK(act_open(&j.b.flow, &row.receipt, &a, &err));
		assert_true(a.body.receipt.has_log);
		if (a.body.receipt.log_index < lowest)
			lowest = a.body.receipt.log_index;
		act_clear(&a);
	}
	/* Received one behind the other, under one checkpoint that ends with them. */
	assert_int_equal(c.size, lowest + 5);
	buf_clear(&note);
	job_end(&j);
}

/* ---- what is written down ---- */

static bool
event_line(void *arg, const struct journal_entry *e, struct err *err)
{
	struct buf *out = arg;
	struct record r;

	if (!record_decode(&r, e->record, err) || !buf_printf(out, err, "%s",
	    record_event_name(r.event)))
		return false;
	if (r.rule[0] != '\0')
		return buf_printf(out, err, " %s %s%s%s\n", r.rule, r.outcome,
		    r.ground[0] != '\0' ? " " : "", r.ground);
	return buf_printf(out, err, "%s%s%s%.2s\n", r.reason[0] != '\0' ? " " : "",
	    r.reason, r.peer.s[0] != '\0' ? " " : "", r.peer.s);
}

static void
events_are(struct site *s, const char *expected)
{
	struct log *l;
	struct buf b;
	const char *text;

	buf_init(&b, 65536);
	OK(ledger_log(&s->flow, &l, &err));
	OK(journal_each(log_journal(l), 0, event_line, &b, &err));
	OK(buf_text(&b, &text, &err));
	if (strcmp(text, expected) != 0)
		fail_msg("%s wrote down:\n%s", s->path, text);
	buf_clear(&b);
}

static const char aldora_events[] =
"card card.made\n"
"key key.made\n"
"administration home.made\n"
"card card.words XB\n"
"card card.words XC\n"
"decided send allowed\n"
"made XB\n"
"sent XB\n"
"received XB\n"
"received XB\n"
"made XB\n"
"received XB\n"
"made XB\n"
"decided send allowed\n"
"made XC\n"
"sent XC\n"
"received XC\n"
"received XC\n"
"made XC\n"
"decided people.nobody refused\n"
"administration people.begun.1\n"
"administration people.added.2\n"
"decided people.second refused\n"
"decided people.ask approved\n"
"decided people.ask used\n"
"decided send allowed\n"
"made XB\n"
"sent XB\n"
"sent XB\n"
"sent XB\n"
"received XB\n"
"received XB\n"
"made XB\n"
"decided people.second refused\n"
"decided people.ask approved\n"
"decided people.ask used\n"
"decided send allowed\n"
"made XB\n"
"sent XB\n"
"sent XB\n"
"received XB\n"
"received XB\n"
"made XB\n"
"decided people.second refused\n"
"decided people.deliver approved\n"
"disclosed XC\n"
"decided people.deliver used\n"
"decided seal allowed\n"
"made XC\n"
"administration outbox.put\n"
"sent XC\n"
"sent XC\n"
"received XC\n";
static const char aldora_later[] =
"opened XB\n"
"exported XB\n"
"key key.rewrapped\n"
"administration stamp.authority\n"
"administration backup\n"
"revoked peer.revoked XB\n"
"decided send.peer-revoked refused\n"
"clock_jump clock.went-back\n"
"self_test self-test.passed\n";
static const char berun_events[] =
"card card.made\n"
"key key.made\n"
"administration home.made\n"
"card card.words XA\n"
"card card.words XC\n"
"received XA\n"
"made XA\n"
"decided answer granted\n"
"made XA\n"
"decided send allowed\n"
"made XA\n"
"sent XA\n"
"sent XA\n"
"sent XA\n"
"received XA\n"
"received XA\n"
"received XA\n"
"made XA\n"
"evidence_added\n"
"decided execute filed\n"
"decided people.nobody refused\n"
"administration people.begun.1\n"
"administration people.added.2\n"
"decided people.second refused\n"
"decided people.deliver approved\n"
"decided people.deliver used\n"
"decided seal allowed\n"
"made XA\n"
"sent XA\n"
"sent XA\n"
"received XA\n"
"received XA\n"
"made XA\n"
"decided answer granted_with_conditions\n"
"made XA\n"
"sent XA\n"
"sent XA\n";
static const char cascada_events[] =
"card card.made\n"
"key key.made\n"
"administration home.made\n"
"card card.words XA\n"
"card card.words XB\n"
"received XA\n"
"made XA\n"
"decided answer granted\n"
"made XA\n"
"sent XA\n"
"sent XA\n"
"received XA\n"
"received XA\n"
"made XA\n"
"sent XA\n";

/* What people do with it afterwards; in Aldora the clock goes back at last. */
static void
looked_at(struct job *j)
{
	struct request_view *view = calloc(1, sizeof *view);
	struct flow *f = &j->a.flow;
	struct package_report report;
	struct doctor_report doctor;
	struct backup_result backup;
	struct sent sent;

	/* Our own words are shown without a record, those of others are not. */
	OK(flow_request_view(f, 1, view, &err));
	request_view_clear(view);
	OK(flow_request_view(&j->b.flow, 1, view, &err));
	request_view_clear(view);
	free(view);
	package_report_init(&report);
	OK(flow_evidence_open(f, 1, SIZE_MAX, "opened", false, 0, &report, &err));
	package_report_clear(&report);
	package_report_init(&report);
	OK(flow_evidence_export(f, 1, SIZE_MAX, "court", false, &report, &err));
	package_report_clear(&report);
	OK(flow_key_rewrap(f, 0, &err));
	OK(flow_stamp_authority(f, "", span_of(NULL, 0), &err));
	OK(flow_backup(f, &(struct backup_wish){ .path = "backup" }, &backup, &err));
	OK(flow_peer_revoke(f, "XB", "its key is lost", &err));
	NO(ask(&j->a, ACT_PRESERVE, "XB", &sent, &err), "send.peer-revoked");
	OK(site_again(&j->a, &err));
	world_sim_set_now(j->world, world_now(j->world) - 120);
	OK(flow_doctor(&j->a.flow, &doctor, &err));
}

static void
each_step_of_three_countries_is_written_down_in_order(void **state)
{
	struct job j;
	char all[4096];

	(void)state;
	job_begin(&j, 970);
	OK(three_countries(&j, &err));
	OK(site_again(&j.a, &err));
	OK(site_again(&j.b, &err));
	OK(site_again(&j.c, &err));
	events_are(&j.a, aldora_events);
	events_are(&j.b, berun_events);
	events_are(&j.c, cascada_events);
	looked_at(&j);
	(void)snprintf(all, sizeof all, "%s%s", aldora_events, aldora_later);
	events_are(&j.a, all);
	(void)snprintf(all, sizeof all, "%sread XA\n", berun_events);
	events_are(&j.b, all);
	job_end(&j);
}

/* ---- no byte of it is shown before the leaf is durable ---- */

static bool
door_open(struct flow *f, struct err *err)
{
	struct package_report report;
	bool ok;

	package_report_init(&report);
	ok = flow_evidence_open(f, 1, SIZE_MAX, "shown", false, 0, &report, err);
	package_report_clear(&report);
	return ok;
}

static bool
door_export(struct flow *f, struct err *err)
{
	struct package_report report;
	bool ok;

	package_report_init(&report);
	ok = flow_evidence_export(f, 1, SIZE_MAX, "shown", true, &report, err);
	package_report_clear(&report);
	return ok;
}

/* Anything outside the homes that was not there before. */
static bool
shown(struct world *w)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, any = false;

	OK(listing_open(w, NULL, ".", &l, &err));
	while (more) {
		OK(listing_next(l, &e, &more, &err));
		any = any || (more && strstr(e.name, "shown") != NULL);
	}
	listing_close(l);
	return any;
}

static void
door_is_behind_its_leaf(bool (*door)(struct flow *f, struct err *err),
    const char *event)
{
	uint64_t step = getenv("COMITY_LONG") != NULL ? 1 : SANITIZED ? 37 : 11;
	bool end = false, before = false, after = false;

	for (uint64_t n = 1; !end; n += step) {
		struct err why = ERR_INIT;
		struct docket *d = NULL;
		struct docket_record newest;
		uint64_t calls;
		struct job j;
		bool found;

		job_begin(&j, 980);
		run_up_to(&j, AFTER_RECEIVE);
		OK(site_again(&j.b, &err));
		calls = world_sim_calls(j.world);
		world_sim_fail(j.world, SIM_FAULT_POWER, n, true);
		(void)!door(&j.b.flow, &why);
		end = world_sim_calls(j.world) - calls < n;
		world_sim_fail(j.world, SIM_FAULT_NONE, 0, false);
		site_end(&j.b);
		/* What somebody sees now, a power cut that keeps it may leave behind. */
		before = before || !shown(j.world);
		found = shown(j.world);
		OK(world_sim_crash(j.world, SIM_CRASH_KEEP_NONE, n, &err));
		OK(site_again(&j.b, &err));
		if (found) {
			after = true;
			OK(home_docket(j.b.flow.home, &d, &err));
			OK(record_catch_up(&j.b.flow, d, &err));
			OK(docket_record_newest(d, &newest, &found, &err));
			home_docket_done(j.b.flow.home);
			assert_true(found);
			assert_string_equal(newest.event, event);
		}
		job_end(&j);
	}
	assert_true(before && after);
}

static void
nothing_is_shown_before_its_leaf_is_durable(void **state)
{
	(void)state;
	door_is_behind_its_leaf(door_open, "opened");
	door_is_behind_its_leaf(door_export, "exported");
}

/* A key of another type on a card (ML-DSA-44 one day) is passed over, and the rest counts. */
static void
a_key_of_a_type_not_judged_here_is_passed_over_on_a_card(void **state)
{
	static const uint8_t point[32] = { 5, 1 };
	static const char id[] = "XB-MZXW6YTBOIMZXW6Y";
	uint8_t typed[1 + 1312] = { NOTE_ML_DSA_44 };
	struct ledger_keys keys;
	struct buf texts[4];
	struct vkey own, as_witness;
	struct act card;
	struct card_body *body = &card.body.card;

	(void)state;
	act_init(&card, ACT_CARD);
	memcpy(card.from.s, id, sizeof id);
	OK(vkey_make(log_origin(id, 1).s, NOTE_ED25519, point, &own, &err) &&
	    vkey_make(witness_name(id).s, NOTE_COSIGNATURE, point, &as_witness, &err));
	for (size_t i = 0; i < 4; i++)
		buf_init(&texts[i], VKEY_TEXT_MAX + 1);
	OK(buf_printf(&texts[0], &err, "%s+01020304+", own.name) &&
	    base64_encode(&texts[0], span_of(typed, sizeof typed), true, &err) &&
	    vkey_print(&own, &texts[1], &err));
	OK(buf_printf(&texts[2], &err, "%s+01020304+", as_witness.name) &&
	    base64_encode(&texts[2], span_of(typed, sizeof typed), true, &err) &&
	    vkey_print(&as_witness, &texts[3], &err));
	for (size_t i = 0; i < 4; i++)
		OK(buf_add_byte(&texts[i], '\0', &err));
	for (size_t i = 0; i < 2; i++) {
		body->ledgers[i] = (char *)texts[i].p;
		body->witnesses[i] = (char *)texts[2 + i].p;
	}
	body->ledgers_n = body->witnesses_n = 2;
	OK(ledger_keys_of_card(&card, &keys, &err));
	assert_int_equal(keys.logs_n, 1);
	assert_string_equal(keys.logs[0].name, own.name);
	assert_memory_equal(keys.logs[0].point, own.point, sizeof own.point);
	assert_int_equal(keys.witnesses_n, 1);
	assert_string_equal(keys.witnesses[0].name, as_witness.name);
	assert_memory_equal(keys.witnesses[0].id, as_witness.id, sizeof as_witness.id);
	/* One of a type that is judged, in the wrong place, is not passed over. */
	body->ledgers[body->ledgers_n++] = body->witnesses[1];
	NO(ledger_keys_of_card(&card, &keys, &err), "card.ledger");
	body->ledgers_n = body->witnesses_n = 0;
	memset(body->ledgers, 0, sizeof body->ledgers);
	memset(body->witnesses, 0, sizeof body->witnesses);
	act_clear(&card);
	for (size_t i = 0; i < 4; i++)
		buf_clear(&texts[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_home_has_a_ledger_and_its_card_names_it),
		cmocka_unit_test(an_older_home_gets_keys_and_a_card_that_follows_when_it_first_signs),
		cmocka_unit_test(keys_of_an_older_home_are_ended_however_their_making_is_cut),
		cmocka_unit_test(a_card_may_name_ledgers_of_its_own_authority_only),
		cmocka_unit_test(a_card_names_ledgers_by_the_numbers_there_can_be),
		cmocka_unit_test(a_key_of_a_type_not_judged_here_is_passed_over_on_a_card),
		cmocka_unit_test(a_receipt_proves_its_place_in_the_ledger_of_who_received),
		cmocka_unit_test(a_receipt_whose_proof_does_not_hold_ends_nothing),
		cmocka_unit_test(a_receipt_without_a_place_from_who_has_a_ledger_is_taken_as_a_claim),
		cmocka_unit_test(a_home_that_may_not_sign_gives_receipts_without_a_place_and_says_so),
		cmocka_unit_test(acts_that_come_together_are_covered_by_one_checkpoint),
		cmocka_unit_test(each_step_of_three_countries_is_written_down_in_order),
		cmocka_unit_test(nothing_is_shown_before_its_leaf_is_durable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
