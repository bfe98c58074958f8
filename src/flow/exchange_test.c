/*
 * What ledgers tell each other in a bundle: that it arrives, that no part of it that is
 * damaged, too large or a lie stops the rest or changes what is believed, and that it can
 * be cut at any place.  Many homes over weeks are in many_homes_test.
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

/* ---- known ---- */

static void
known_text(struct buf *out, size_t logs)
{
	struct digest d = { { 7 } };

	OK(buf_add_text(out, "comity-known/1\nself 12 good\n", &err));
	for (size_t i = 0; i < logs; i++) {
		d.b[1] = (uint8_t)(i >> 8);
		d.b[2] = (uint8_t)i;
		OK(buf_printf(out, &err, "log %s 3 4 5\n", digest_hex(&d).s));
	}
	OK(digest_of(buf_span(out), &d, &err));
	OK(buf_printf(out, &err, "sha256 %s\n", digest_hex(&d).s));
}

static void
what_a_peer_knows_is_read_whole_or_not_at_all(void **state)
{
	struct buf text;
	struct known k;

	(void)state;
	buf_init(&text, 1u << 20);
	known_text(&text, 2);
	OK(known_read(buf_span(&text), &k, &err));
	assert_int_equal(k.size, 12);
	assert_int_equal(k.n, 2);
	assert_int_equal(k.logs[1].largest, 5);
	known_clear(&k);
	for (size_t bit = 0; bit < 8 * text.n; bit++) {
		struct err err = ERR_INIT;

		text.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_false(known_read(buf_span(&text), &k, &err));
		assert_int_equal(err.kind, ERR_INPUT);
		text.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t n = 0; n < text.n; n++) {
		struct err err = ERR_INIT;

		assert_false(known_read(span_part(buf_span(&text), 0, n), &k, &err));
	}
	buf_clear(&text);
}

static void
what_a_peer_knows_is_of_a_thousand_logs_and_no_more(void **state)
{
	struct err why = ERR_INIT;
	struct buf text;
	struct known k;

	(void)state;
	buf_init(&text, 1u << 20);
	known_text(&text, WITNESS_LOGS_MAX);
	assert_true(text.n <= KNOWN_MAX);
	OK(known_read(buf_span(&text), &k, &err));
	assert_int_equal(k.n, WITNESS_LOGS_MAX);
	known_clear(&k);
	buf_reset(&text);
	known_text(&text, WITNESS_LOGS_MAX + 1);
	assert_false(known_read(buf_span(&text), &k, &why));
	assert_string_equal(why.reason, "known.form");
	buf_clear(&text);
}

/* ---- two homes ---- */

static void
tell(struct site *from, struct site *to, const char *state, const char *folder,
    struct bundle_result *r)
{
	OK(site_again(from, &err) &&
	    flow_bundle_write_ledger(&from->flow, folder, state, r, &err));
	OK(site_again(to, &err) && flow_bundle_read(&to->flow, folder, r, &err));
}

static size_t
witnesses(struct site *s)
{
	struct ledger_view v;
	size_t n;

	ledger_view_init(&v);
	OK(site_again(s, &err) && flow_ledger_show(&s->flow, &v, &err));
	n = v.witnesses_n;
	assert_int_equal(v.state.standing, LOG_GOOD);
	ledger_view_clear(&v);
	return n;
}

static void
two_bundles_bring_a_cosignature_home(void **state)
{
	struct bundle_result r;
	struct job j;

	(void)state;
	job_begin(&j, 1);
	run_up_to(&j, AFTER_PAIR);
	assert_int_equal(witnesses(&j.a), 0);
	tell(&j.a, &j.b, "XB", "one", &r);
	assert_int_equal(r.cosigned, 1);
	assert_true(r.ledger_entries > 0);
	assert_false(r.ledger_trouble);
	tell(&j.b, &j.a, "XA", "two", &r);
	assert_int_equal(r.cosignatures, 1);
	assert_int_equal(witnesses(&j.a), 1);
	/* Again: nothing is new. */
	OK(flow_bundle_read(&j.a.flow, "two", &r, &err));
	assert_int_equal(r.cosignatures, 0);
	job_end(&j);
}

static void
cosigned_closed(struct site *s, const char *by, size_t want)
{
	struct vkey keys[1];
	struct ledger_keys of;
	struct log *open, *l = NULL;
	uint64_t *sizes = NULL;
	struct peer p;
	bool good[1];
	size_t n;

	peer_init(&p);
	OK(site_again(s, &err) && peer_load(s->flow.home, by, &p, &err) &&
	    ledger_keys_of_card(&p.card, &of, &err));
	keys[0] = of.witnesses[0];
	OK(ledger_log(&s->flow, &open, &err) && log_open_before(open, 1, &l, &err));
	OK(log_cosigned(l, &sizes, &n, &err));
	assert_int_equal(n, want);
	for (size_t i = 0; i < n; i++) {
		struct checkpoint c;
		struct buf note;
		bool found;

		OK(cosigned_note(l, sizes[i], keys, 1, good, NULL, &err));
		assert_true(good[0]);
		/* It is the last one of that log, which carries it too. */
		buf_init(&note, NOTE_MAX);
		OK(log_checkpoint(l, &note, &c, &found, &err));
		assert_true(found && c.size == sizes[i]);
		assert_non_null(memmem(note.p, note.n, keys[0].name, strlen(keys[0].name)));
		buf_clear(&note);
	}
	mem_free(sizes);
	log_close(l);
	peer_clear(&p);
}

static void
a_cosignature_on_its_way_reaches_a_ledger_that_was_closed_meanwhile(void **state)
{
	struct authority_id by;
	struct bundle_result r;
	struct job j;

	(void)state;
	job_begin(&j, 1);
	run_up_to(&j, AFTER_PAIR);
	tell(&j.a, &j.b, "XB", "one", &r);
	assert_int_equal(r.cosigned, 1);
	by = home_settings(j.b.flow.home)->authority;
	OK(site_again(&j.a, &err) && flow_ledger_succeed(&j.a.flow, "key", NULL, &err));
	cosigned_closed(&j.a, by.s, 0);
	tell(&j.b, &j.a, "XA", "two", &r);
	assert_int_equal(r.cosignatures, 1);
	assert_false(r.ledger_trouble);
	cosigned_closed(&j.a, by.s, 1);
	/* Again: nothing is new. */
	OK(flow_bundle_read(&j.a.flow, "two", &r, &err));
	assert_int_equal(r.cosignatures, 0);
	cosigned_closed(&j.a, by.s, 1);
	job_end(&j);
}

/* ---- parts that are wrong ---- */

static const char *const parts[] = { "checkpoint", "add-checkpoint", "entries", "known" };

static void
spoil(struct buf *b, unsigned how)
{
	switch (how) {
	case 0:
		b->n = 0;
		break;
	case 1:
		b->n /= 2;
		break;
	case 2:
		b->p[b->n / 2] ^= 1;
		break;
	case 3:
		b->p[b->n - 2] ^= 4;
		break;
	case 4:
		b->p[0] = 0xFF;
		break;
	default:
		OK(buf_add_text(b, "more\n", &err));
	}
}

/* Whatever lies there instead, the bundle is read; only what is whole is cosigned. */
static void
a_part_that_is_wrong_stops_nothing_and_convinces_nobody(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 6 * sizeof parts / sizeof parts[0]; i++) {
		struct bundle_result r;
		struct job j;
		char path[80];
		struct buf b;

		(void)snprintf(path, sizeof path, "good/ledger/%s", parts[i / 6]);
		job_begin(&j, 2);
		run_up_to(&j, AFTER_PAIR);
		OK(site_again(&j.a, &err) &&
		    flow_bundle_write_ledger(&j.a.flow, "good", "XB", &r, &err));
		buf_init(&b, 1u << 20);
		OK(file_load(j.world, NULL, path, &b, &err));
		spoil(&b, i % 6);
		OK(file_save(j.world, NULL, path, buf_span(&b), true, &err));
		buf_clear(&b);
		OK(site_again(&j.b, &err));
		OK(flow_bundle_read(&j.b.flow, "good", &r, &err));
		assert_false(r.ledger_trouble);
		assert_int_equal(r.cosigned, i / 6 == 3);
		job_end(&j);
	}
}

/* A file a byte over its limit is not loaded, and told. */
static void
a_part_that_is_too_large_is_passed_over(void **state)
{
	struct bundle_result r;
	struct file *f = NULL;
	struct job j;

	(void)state;
	job_begin(&j, 3);
	run_up_to(&j, AFTER_PAIR);
	OK(site_again(&j.a, &err) &&
	    flow_bundle_write_ledger(&j.a.flow, "good", "XB", &r, &err));
	OK(file_open(j.world, NULL, "good/ledger/known", FILE_UPDATE, &f, &err));
	OK(file_truncate(f, KNOWN_MAX + 1, &err));
	file_close(f);
	OK(site_again(&j.b, &err) && flow_bundle_read(&j.b.flow, "good", &r, &err));
	assert_non_null(strstr(r.ledger_text, "ledger/known"));
	assert_int_equal(r.cosigned, 1);	/* the rest was whole */
	job_end(&j);
}

/* Aldora's bundle, in which its key says that its log has so many entries, and none come. */
static void
claims_size(struct job *j, uint64_t size)
{
	struct add_checkpoint a = { .old = 0 };
	const struct log_signer *signer = NULL;
	struct checkpoint c = { .size = size, .root = { { 5 } } };
	struct buf text, note, body;
	struct bundle_result r;

	buf_init(&text, NOTE_MAX);
	buf_init(&note, NOTE_MAX);
	buf_init(&body, PROOF_MAX);
	OK(site_again(&j->a, &err) &&
	    flow_bundle_write_ledger(&j->a.flow, "claims", "XB", &r, &err) &&
	    ledger_signer(&j->a.flow, &signer, &err));
	(void)snprintf(c.origin, sizeof c.origin, "%s", signer->vkey.name);
	OK(checkpoint_text(&c, &text, &err) && buf_add(&note, buf_span(&text), &err) &&
	    buf_add_byte(&note, '\n', &err) &&
	    note_sign(signer->key, &signer->vkey, buf_span(&text), &note, &err));
	a.note = buf_span(&note);
	OK(add_checkpoint_write(&a, &body, &err) && file_save(j->world, NULL,
	    "claims/ledger/add-checkpoint", buf_span(&body), true, &err) &&
	    path_remove(j->world, NULL, "claims/ledger/entries", &err));
	buf_clear(&text);
	buf_clear(&note);
	buf_clear(&body);
}

static void
entries_that_no_bundle_could_bring_are_not_waited_for_and_that_is_told(void **state)
{
	struct bundle_result r;
	struct job j;

	(void)state;
	job_begin(&j, 12);
	run_up_to(&j, AFTER_PAIR);
	claims_size(&j, EXCHANGE_ENTRIES_MAX);
	OK(site_again(&j.b, &err) && flow_bundle_read(&j.b.flow, "claims", &r, &err));
	assert_int_equal(r.cosigned, 0);
	assert_non_null(strstr(r.ledger_text, "when the rest of its entries is here"));
	claims_size(&j, EXCHANGE_ENTRIES_MAX + 1);
	OK(site_again(&j.b, &err) && flow_bundle_read(&j.b.flow, "claims", &r, &err));
	assert_int_equal(r.cosigned, 1);
	assert_non_null(strstr(r.ledger_text, "without its last 524289 entries"));
	job_end(&j);
}

static void
a_card_that_nobody_confirmed_has_no_say_about_ledgers(void **state)
{
	struct bundle_result r;
	struct paired p;
	struct job j;

	(void)state;
	job_begin(&j, 4);
	run_up_to(&j, AFTER_INIT);
	OK(step_pair_a(&j, &err));
	OK(site_again(&j.b, &err) &&
	    flow_peer_pair(&j.b.flow, "aldora/card.card", NULL, &p, &err));
	peer_clear(&p.peer);
	tell(&j.a, &j.b, "XB", "one", &r);
	assert_int_equal(r.cosigned, 0);
	assert_int_equal(r.ledger_entries, 0);
	assert_non_null(strstr(r.ledger_text, "not confirmed"));
	job_end(&j);
}

/* ---- a third's cosignature ---- */

/* By the checkpoint of `of` that `at` holds: did the witness of `by` cosign it? */
static bool
cosigned_by(struct site *at, struct site *of, struct site *by)
{
	struct settings *s;
	struct ledger_keys keys;
	struct witness *w = NULL;
	struct checkpoint c;
	struct digest id;
	struct act card;
	struct note n;
	struct buf note;
	bool found = false, good[LEDGER_KEYS_MAX] = { false };

	buf_init(&note, NOTE_MAX);
	act_init(&card, ACT_CARD);
	OK(site_again(of, &err) && site_again(by, &err) && site_again(at, &err));
	s = home_settings(of->flow.home);
	OK(own_card(by->flow.home, &id, &card, &err) &&
	    ledger_keys_of_card(&card, &keys, &err));
	OK(witness_open(at->flow.world, home_dir(at->flow.home), &w, &err) &&
	    witness_checkpoint(w, log_origin(s->authority.s, 1).s, &note, &c, &found,
	    &err));
	assert_true(found);
	OK(note_parse(buf_span(&note), &n, &err) &&
	    note_verify(&n, keys.witnesses, keys.witnesses_n, good, NULL, &err));
	note_clear(&n);
	act_clear(&card);
	buf_clear(&note);
	witness_close(w);
	return good[0];
}

static void
a_third_ones_cosignature_joins_ours_on_the_same_checkpoint(void **state)
{
	struct bundle_result r;
	struct job j;

	(void)state;
	job_begin(&j, 8);
	run_up_to(&j, AFTER_PAIR);
	OK(third_begin(&j, &err));
	tell(&j.a, &j.b, "XB", "one", &r);
	tell(&j.a, &j.c, "XC", "two", &r);
	assert_int_equal(r.cosigned, 1);
	assert_false(cosigned_by(&j.b, &j.a, &j.c));
	tell(&j.c, &j.b, "XB", "three", &r);
	assert_true(cosigned_by(&j.b, &j.a, &j.c));
	assert_true(cosigned_by(&j.b, &j.a, &j.b));
	job_end(&j);
}

/* ---- custody ---- */

/* Evidence there, with its custody; back a receipt, which hands nothing over. */
static void
custody_goes_with_evidence_and_with_nothing_else(void **state)
{
	struct bundle_result r;
	struct job j;

	(void)state;
	job_begin(&j, 7);
	run_up_to(&j, AFTER_RECEIVE);
	assert_int_equal(names_in(&j, "stick/ledger/handed"), 1);
	OK(site_again(&j.b, &err) &&
	    flow_bundle_write(&j.b.flow, "back", "XA", &r, &err));
	assert_int_equal(r.parcels, 1);
	assert_int_equal(names_in(&j, "back/ledger/handed"), 0);
	job_end(&j);
}

/* ---- a second copy ---- */

static void
a_second_copy_is_found_frozen_and_succeeded(void **state)
{
	struct bundle_result r;
	struct ledger_view v;
	struct site clone;
	struct err why = ERR_INIT;
	struct buf note;
	struct job j;

	(void)state;
	job_begin(&j, 5);
	run_up_to(&j, AFTER_PAIR);
	tell(&j.a, &j.b, "XB", "one", &r);
	site_end(&j.a);
	OK(home_copy(j.world, "aldora", "aldora-2", &err));
	site_begin(&clone, j.world, "aldora-2");
	OK(site_again(&j.a, &err) &&
	    record_home(&j.a.flow, EVENT_SELF_TEST, "here", &err));
	OK(site_again(&clone, &err) &&
	    record_home(&clone.flow, EVENT_SELF_TEST, "there", &err));
	tell(&j.a, &j.b, "XB", "two", &r);
	assert_int_equal(r.cosigned, 1);
	tell(&clone, &j.b, "XB", "three", &r);
	assert_true(r.ledger_trouble);
	assert_int_equal(r.cosigned, 0);
	tell(&j.b, &clone, "XA", "four", &r);
	assert_true(r.ledger_trouble);
	assert_non_null(strstr(r.ledger_text, "copy"));
	buf_init(&note, NOTE_MAX);
	assert_false(flow_ledger_checkpoint(&clone.flow, &note, &why));
	assert_int_equal(why.kind, ERR_REFUSED);
	OK(flow_ledger_succeed(&clone.flow, "split", NULL, &err));
	OK(flow_ledger_checkpoint(&clone.flow, &note, &err));
	ledger_view_init(&v);
	OK(flow_ledger_show(&clone.flow, &v, &err));
	assert_int_equal(v.state.standing, LOG_GOOD);
	assert_non_null(strstr(v.origin, "/2"));
	ledger_view_clear(&v);
	buf_clear(&note);
	site_end(&clone);
	job_end(&j);
}

/* ---- cut anywhere ---- */

static void
exchange_once(void *arg)
{
	struct bundle_result r;
	struct job *j = arg;

	tell(&j->a, &j->b, "XB", "cut", &r);
	tell(&j->b, &j->a, "XA", "cut-back", &r);
}

static void
exchange_tried(struct job *j)
{
	struct bundle_result r;
	struct err err = ERR_INIT;

	if (site_again(&j->a, &err) &&
	    flow_bundle_write_ledger(&j->a.flow, "cut", "XB", &r, &err) &&
	    site_again(&j->b, &err) && flow_bundle_read(&j->b.flow, "cut", &r, &err) &&
	    flow_bundle_write_ledger(&j->b.flow, "cut-back", "XA", &r, &err) &&
	    site_again(&j->a, &err))
		(void)!flow_bundle_read(&j->a.flow, "cut-back", &r, &err);
}

/* Done again it ends the same; what was signed before is what is signed. */
static void
exchange_ends(struct job *j)
{
	place_known(j->world, 0);
	exchange_once(j);
	exchange_once(j);
	assert_int_equal(witnesses(&j->a), 1);
}

static void
cut(void *arg)
{
	struct job *j = arg;

	power_fails(j->world);
	exchange_tried(j);
	site_end(&j->a);
	site_end(&j->b);
	power_back(j->world);
	exchange_ends(j);
}

static void
disk(void *arg)
{
	struct job *j = arg;

	disk_fails(j->world);
	exchange_tried(j);
	site_end(&j->a);
	site_end(&j->b);
	nothing_fails(j->world);
	exchange_ends(j);
}

static void
memory(void *arg)
{
	struct job *j = arg;

	memory_fails();
	exchange_tried(j);
	nothing_fails(j->world);
	site_end(&j->a);
	site_end(&j->b);
	exchange_ends(j);
}

static void
an_exchange_can_be_cut_at_any_place(void **state)
{
	struct places_size size;
	struct job j;

	(void)state;
	job_begin(&j, 6);
	run_up_to(&j, AFTER_PAIR);
	/* Of another world, for its size only. */
	{
		struct job other;

		job_begin(&other, 6);
		run_up_to(&other, AFTER_PAIR);
		size = places_size(other.world, exchange_once, &other);
		job_end(&other);
	}
	assert_true(crypto_random_from(j.world, &(struct err)ERR_INIT));
	places_try(&(struct places){ "an exchange, a cut", size.calls + 1, POWER_WAYS, 40,
	    cut, &j });
	places_try(&(struct places){ "an exchange, a disk error", size.calls, DISK_WAYS, 40,
	    disk, &j });
	places_try(&(struct places){ "an exchange, no memory", size.allocations,
	    MEMORY_WAYS, 40, memory, &j });
	job_end(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_peer_knows_is_read_whole_or_not_at_all),
		cmocka_unit_test(what_a_peer_knows_is_of_a_thousand_logs_and_no_more),
		cmocka_unit_test(two_bundles_bring_a_cosignature_home),
		cmocka_unit_test(
		    a_cosignature_on_its_way_reaches_a_ledger_that_was_closed_meanwhile),
		cmocka_unit_test(a_part_that_is_wrong_stops_nothing_and_convinces_nobody),
		cmocka_unit_test(a_part_that_is_too_large_is_passed_over),
		cmocka_unit_test(entries_that_no_bundle_could_bring_are_not_waited_for_and_that_is_told),
		cmocka_unit_test(a_card_that_nobody_confirmed_has_no_say_about_ledgers),
		cmocka_unit_test(a_third_ones_cosignature_joins_ours_on_the_same_checkpoint),
		cmocka_unit_test(custody_goes_with_evidence_and_with_nothing_else),
		cmocka_unit_test(a_second_copy_is_found_frozen_and_succeeded),
		cmocka_unit_test(an_exchange_can_be_cut_at_any_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
