/* What each kind asks of its own members, beyond their types; limits and one more. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "act/testkit.h"

/* Is the encoded act, with `from` replaced by `to` once, refused for that reason? */
static void
changed(enum act_kind kind, const char *from, const char *to, const char *reason)
{
	struct act a = kit_act(kind), back;
	struct err err = ERR_INIT;
	const char *text, *at;
	struct buf b, c;
	bool ok;

	kit_encode(&a, &b);
	buf_init(&c, 2 * ACT_BYTES_MAX);
	assert_true(buf_text(&b, &text, &err));
	at = strstr(text, from);
	if (at == NULL)
		fail_msg("no %s in %s", from, text);
	assert_true(buf_add(&c, span_of(text, (size_t)(at - text)), &err));
	assert_true(buf_add_text(&c, to, &err));
	assert_true(buf_add_text(&c, at + strlen(from), &err));
	ok = act_decode(&back, buf_span(&c), &err);
	if (ok != (reason == NULL))
		fail_msg("%s -> %s: %s", from, to, ok ? "taken" : err.text);
	if (ok)
		act_clear(&back);
	else
		assert_string_equal(err.reason, reason);
	act_clear(&a);
	buf_clear(&b);
	buf_clear(&c);
}

static void
written(struct act *a)
{
	struct buf b;

	kit_encode(a, &b);
	buf_clear(&b);
	act_clear(a);
}

static void
long_mark(struct marked_text *m, size_t n)
{
	static char text[ACT_TEXT_MAX + 2];

	memset(text, 'a', n);
	text[n] = '\0';
	kit_mark(m, text);
}

/* ---- the envelope ---- */

static void
no_act_follows_another_twice_or_more_than_64(void **state)
{
	struct act a = kit_act(ACT_PRESERVE);
	char more[ACT_FOLLOWS_MAX * 67 + 20];
	size_t at;

	(void)state;
	a.follows[1] = a.follows[0];
	a.follows_n = 2;
	kit_refused(&a, "act.follows");
	a = kit_act(ACT_PRESERVE);
	for (; a.follows_n < ACT_FOLLOWS_MAX; a.follows_n++)
		memset(a.follows[a.follows_n].b, (int)(100 + a.follows_n), 32);
	written(&a);
	at = (size_t)snprintf(more, sizeof more, "\"follows\": [");
	for (unsigned i = 0; i < ACT_FOLLOWS_MAX; i++)
		at += (size_t)snprintf(more + at, sizeof more - at, "\"%064x\",", i);
	changed(ACT_PRESERVE, "\"follows\": [", more, "json.list");
}

static void
a_first_card_is_from_no_card_and_to_nobody(void **state)
{
	struct act a = kit_act(ACT_CARD), back;
	struct err err = ERR_INIT;
	struct buf b;

	(void)state;
	a.has_from_card = a.has_to = false;
	kit_encode(&a, &b);
	assert_true(act_decode(&back, buf_span(&b), &err));
	assert_false(back.has_from_card || back.has_to);
	act_clear(&a);
	act_clear(&back);
	buf_clear(&b);
}

/* ---- requests ---- */

static void
a_request_may_be_without_reference_date_and_fields(void **state)
{
	struct act a = kit_act(ACT_PRESERVE);

	(void)state;
	a.body.request.reference[0] = '\0';
	a.body.request.answer_by = 0;
	mem_free(a.body.request.answer_by_reason.text);
	a.body.request.answer_by_reason.text = NULL;
	fields_clear(&a.body.request.fields);
	written(&a);
	a = kit_act(ACT_PRESERVE);
	a.body.request.number[0] = '\0';
	kit_refused(&a, "json.member");
}

static void
a_request_may_rest_on_no_basis(void **state)
{
	struct act a = kit_act(ACT_SUBSCRIBER), back;
	struct err err = ERR_INIT;
	struct buf b;

	(void)state;
	a.instrument[0] = a.article[0] = '\0';
	kit_encode(&a, &b);
	assert_true(act_decode(&back, buf_span(&b), &err));
	assert_string_equal(back.instrument, "");
	act_clear(&a);
	act_clear(&back);
	buf_clear(&b);
}

static void
numbers_and_references_end_at_39_and_79_bytes(void **state)
{
	char number[41], reference[81];

	(void)state;
	memset(number, '1', sizeof number);
	memset(reference, '1', sizeof reference);
	number[39] = reference[79] = '\0';
	changed(ACT_PRESERVE, "XA-2026-000031", number, NULL);
	changed(ACT_PRESERVE, "17 AR 3/26", reference, NULL);
	changed(ACT_REFUSED, "XB-2026-000002", number, NULL);
	number[39] = reference[79] = '1';
	number[40] = reference[80] = '\0';
	changed(ACT_PRESERVE, "XA-2026-000031", number, "json.text");
	changed(ACT_PRESERVE, "17 AR 3/26", reference, "json.text");
	changed(ACT_REFUSED, "XB-2026-000002", number, "json.text");
}

static void
an_answer_is_wished_by_an_instant_after_1970(void **state)
{
	(void)state;
	changed(ACT_PRESERVE, "1795390000", "1", NULL);
	changed(ACT_PRESERVE, "1795390000", "0", "json.member");
	changed(ACT_PRESERVE, "1795390000", "-1", "json.member");
	changed(ACT_PRESERVE, "1795390000", "253402300799", NULL);
	changed(ACT_PRESERVE, "1795390000", "253402300800", "json.member");
}

/* ---- answers ---- */

static void
free_texts_end_at_8000_bytes(void **state)
{
	struct act a;

	(void)state;
	for (size_t more = 0; more < 2; more++) {
		a = kit_act(ACT_REFUSED);
		long_mark(&a.body.answer.text, ACT_TEXT_MAX + more);
		more == 0 ? written(&a) : kit_refused(&a, "json.text");
		a = kit_act(ACT_REFUSED);
		long_mark(&a.body.answer.better, ACT_TEXT_MAX + more);
		more == 0 ? written(&a) : kit_refused(&a, "json.text");
		a = kit_act(ACT_PRESERVE);
		long_mark(&a.body.request.answer_by_reason, ACT_TEXT_MAX + more);
		more == 0 ? written(&a) : kit_refused(&a, "json.text");
		a = kit_act(ACT_REVOKED);
		long_mark(&a.body.revoked.reason, ACT_TEXT_MAX + more);
		more == 0 ? written(&a) : kit_refused(&a, "json.text");
		a = kit_act(ACT_DELIVERED);
		long_mark(&a.body.delivered.origins[1].limits, ACT_TEXT_MAX + more);
		more == 0 ? written(&a) : kit_refused(&a, "json.text");
	}
}

static void
a_refusal_and_a_question_say_something_the_others_may(void **state)
{
	static const enum act_kind must[] = { ACT_REFUSED, ACT_QUESTION, ACT_POSTPONED,
		ACT_CONSULTATION, ACT_RELEASED };

	(void)state;
	for (unsigned k = 0; k < ACT_KINDS; k++) {
		struct act a = kit_act((enum act_kind)k);
		bool needed = false;

		if (act_kind_class((enum act_kind)k) != ACT_IS_ANSWER) {
			act_clear(&a);
			continue;
		}
		for (size_t i = 0; i < sizeof must / sizeof must[0]; i++)
			needed = needed || must[i] == (enum act_kind)k;
		mem_free(a.body.answer.text.text);
		a.body.answer.text.text = NULL;
		if (needed)
			kit_refused(&a, "json.member");
		else
			written(&a);
	}
}

static void
a_refusal_names_1_to_16_grounds_none_twice(void **state)
{
	struct act a = kit_act(ACT_REFUSED);

	(void)state;
	a.body.answer.grounds_n = 0;
	kit_refused(&a, "json.member");
	a = kit_act(ACT_REFUSED);
	for (; a.body.answer.grounds_n < ANSWER_CODES_MAX; a.body.answer.grounds_n++)
		(void)snprintf(a.body.answer.grounds[a.body.answer.grounds_n], 12, "U%u",
		    (unsigned)a.body.answer.grounds_n);
	written(&a);
	changed(ACT_REFUSED, "\"R02\",", "\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\","
	    "\"8\",\"9\",\"10\",\"11\",\"12\",\"13\",\"14\",\"15\",", NULL);
	changed(ACT_REFUSED, "\"R02\",", "\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\","
	    "\"8\",\"9\",\"10\",\"11\",\"12\",\"13\",\"14\",\"15\",\"16\",", "json.list");
	changed(ACT_REFUSED, "\"R02\"", "\"R10\"", "answer.code");
	changed(ACT_REFUSED, "\"R02\"", "\"R 2\"", "answer.code");
	changed(ACT_REFUSED, "\"R02\"", "\"R\\u001b\"", "answer.code");
	changed(ACT_REFUSED, "\"R02\"", "\"\"", "json.member");
	changed(ACT_REFUSED, "\"R02\"", "\"R0200000000\"", NULL);
	changed(ACT_REFUSED, "\"R02\"", "\"R02000000000\"", "json.text");
}

static void
a_question_asks_for_0_to_16_fields_by_name(void **state)
{
	struct act a = kit_act(ACT_QUESTION);

	(void)state;
	a.body.answer.asks_n = 0;
	written(&a);
	a = kit_act(ACT_QUESTION);
	for (; a.body.answer.asks_n < ANSWER_CODES_MAX; a.body.answer.asks_n++)
		(void)snprintf(a.body.answer.asks[a.body.answer.asks_n], 40, "f%u",
		    (unsigned)a.body.answer.asks_n);
	written(&a);
	changed(ACT_QUESTION, "\"identifiers\"", "\"offence\", \"offence\"",
	    "answer.code");
	changed(ACT_QUESTION, "\"identifiers\"", "\"two words\"", "answer.code");
}

static void
a_hold_has_both_instants_in_order_or_none(void **state)
{
	struct act a = kit_act(ACT_GRANTED);

	(void)state;
	a.body.answer.hold_effected_at = a.body.answer.hold_until = 0;
	written(&a);
	a = kit_act(ACT_GRANTED);
	a.body.answer.hold_until = 0;
	kit_refused(&a, "answer.hold");
	a = kit_act(ACT_GRANTED_WITH_CONDITIONS);
	a.body.answer.hold_effected_at = 0;
	kit_refused(&a, "answer.hold");
	a = kit_act(ACT_GRANTED);
	a.body.answer.hold_until = a.body.answer.hold_effected_at;
	kit_refused(&a, "answer.hold");
	a = kit_act(ACT_GRANTED);
	a.body.answer.hold_until = a.body.answer.hold_effected_at + 1;
	written(&a);
}

static void
an_extension_says_how_long_and_a_release_since_when(void **state)
{
	struct act a = kit_act(ACT_EXTENSION);

	(void)state;
	a.body.answer.hold_effected_at = a.body.answer.hold_until = 0;
	kit_refused(&a, "answer.hold");
	a = kit_act(ACT_RELEASED);
	a.body.answer.released_at = 0;
	kit_refused(&a, "json.member");
	a = kit_act(ACT_POSTPONED);
	a.body.answer.until = 0;
	written(&a);
	a = kit_act(ACT_POSTPONED);
	a.body.answer.grounds_n = 0;
	kit_refused(&a, "json.member");
	a = kit_act(ACT_CONSULTATION);
	a.body.answer.grounds_n = 0;
	fields_clear(&a.body.answer.fields);
	written(&a);
}

static void
a_notice_about_evidence_names_1_to_64_pieces(void **state)
{
	struct act a = kit_act(ACT_DESTROYED);

	(void)state;
	a.body.notice.pieces_n = 0;
	kit_refused(&a, "json.member");
	a = kit_act(ACT_LOSS_NOTICE);
	for (; a.body.notice.pieces_n < NOTICE_PIECES_MAX; a.body.notice.pieces_n++)
		a.body.notice.pieces[a.body.notice.pieces_n] = a.body.notice.pieces[0];
	written(&a);
	changed(ACT_DESTROYED, "\"pieces\": [", "\"pieces\": [], \"x\": [", "json.member");
}

static void
conditions_are_there_when_promised_and_nothing_else_is(void **state)
{
	struct act a = kit_act(ACT_GRANTED_WITH_CONDITIONS);

	(void)state;
	fields_clear(&a.body.answer.fields);
	kit_refused(&a, "act.conditions");
	a = kit_act(ACT_GRANTED_WITH_CONDITIONS);
	kit_set(&a.body.answer.fields, "necessity", "x");
	kit_refused(&a, "act.conditions");
	a = kit_act(ACT_GRANTED_WITH_CONDITIONS);
	for (unsigned i = 2; i < 16; i++)
		kit_set(&a.body.answer.fields, "conditions[+].code", "no_onward");
	written(&a);
	changed(ACT_GRANTED_WITH_CONDITIONS, "\"conditions\": [", "\"limits\": [",
	    "act.conditions");
}

static void
a_reply_has_any_fields_or_none(void **state)
{
	struct act a = kit_act(ACT_REPLY);

	(void)state;
	fields_clear(&a.body.answer.fields);
	written(&a);
	a = kit_act(ACT_REPLY);
	kit_set(&a.body.answer.fields, "conditions[+].code", "no_onward");
	written(&a);
}

/* ---- evidence ---- */

/* As they were written before there were limits and origins: not a byte differs. */
static void
evidence_without_limits_and_origins_is_written_as_ever(void **state)
{
	static const char before[] =
	    "  \"body\": {\n"
	    "    \"number\": \"XA-2026-000031\",\n"
	    "    \"reference\": null,\n"
	    "    \"description\": null,\n"
	    "    \"purpose\": null\n"
	    "  },\n";
	struct act a = kit_act(ACT_DELIVERED);
	struct delivered_body *d = &a.body.delivered;
	struct err err = ERR_INIT;
	const char *text;
	struct buf b;

	(void)state;
	act_clear(&a);
	a = kit_act(ACT_TIME_STAMP);
	a.kind = ACT_DELIVERED;
	memset(&a.body, 0, sizeof a.body);
	(void)snprintf(d->number, sizeof d->number, "XA-2026-000031");
	kit_encode(&a, &b);
	assert_true(buf_text(&b, &text, &err));
	assert_non_null(strstr(text, before));
	act_clear(&a);
	buf_clear(&b);
}

static void
limits_are_conditions_and_origins_1_to_8(void **state)
{
	struct act a = kit_act(ACT_DELIVERED);
	struct delivered_body *d = &a.body.delivered;

	(void)state;
	kit_set(&d->limits, "necessity", "x");
	kit_refused(&a, "act.conditions");
	a = kit_act(ACT_DELIVERED);
	for (; d->origins_n < ORIGINS_MAX; d->origins_n++)
		d->origins[d->origins_n] = d->origins[0];
	written(&a);
	changed(ACT_DELIVERED, "\"origins\": [", "\"origins\": [], \"x\": [",
	    "json.member");
	changed(ACT_DELIVERED, "XC-MZXW6YTBOIMZXW6Y", "XC", "json.member");
	changed(ACT_DELIVERED, "XC-MZXW6YTBOIMZXW6Y", "xc-MZXW6YTBOIMZXW6Y",
	    "act.authority");
}

static void
a_ninth_origin_is_refused(void **state)
{
	static const char one[] = "{\"from\":\"XC-MZXW6YTBOIMZXW6Y\","
	    "\"to\":\"XA-MZXW6YTBOIMZXW6Y\",\"act\":\"0707070707070707070707070707070707"
	    "070707070707070707070707070707\",\"consent\":null,\"limits\":null},";
	char more[sizeof one * 7 + 20] = "\"origins\": [";

	(void)state;
	for (unsigned i = 0; i < 6; i++)
		(void)strcat(more, one);
	changed(ACT_DELIVERED, "\"origins\": [", more, NULL);
	(void)strcat(more, one);
	changed(ACT_DELIVERED, "\"origins\": [", more, "json.list");
}

/* ---- receipts and revocations ---- */

static void
a_receipt_is_for_the_act_it_follows(void **state)
{
	struct act a = kit_act(ACT_RECEIPT);

	(void)state;
	a.body.receipt.act.b[0] ^= 1;
	kit_refused(&a, "receipt.follows");
}

static void
a_receipt_speaks_in_its_own_words_only(void **state)
{
	static const char *const carriers[] = { "https", "mail", "local" };
	static const char *const words[] = { "NO", "NOT CHECKED" };
	char quoted[40];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(quoted, sizeof quoted, "\"%s\"", carriers[i]);
		changed(ACT_RECEIPT, "\"stick\"", quoted, NULL);
	}
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(quoted, sizeof quoted, "\"%s\"", words[i]);
		changed(ACT_RECEIPT, "\"YES\"", quoted, NULL);
	}
	changed(ACT_RECEIPT, "\"stick\"", "\"pigeon\"", "receipt.word");
	changed(ACT_RECEIPT, "\"stick\"", "\"stick|local\"", "receipt.word");
	changed(ACT_RECEIPT, "\"stick\"", "\"|\"", "receipt.word");
	changed(ACT_RECEIPT, "\"YES\"", "\"KNOWN\"", "receipt.word");
	changed(ACT_RECEIPT, "\"KNOWN\"", "\"PROVEN\"", "receipt.word");
	changed(ACT_RECEIPT, "\"NOT CHECKED\"", "\"YES\"", "receipt.word");
}

static void
a_receipt_names_its_log_wholly_or_not_at_all(void **state)
{
	struct act a = kit_act(ACT_RECEIPT);

	(void)state;
	a.body.receipt.has_log = false;
	written(&a);
	changed(ACT_RECEIPT, "\"index\": 17", "\"index\": null", "json.member");
	changed(ACT_RECEIPT, "\"example.org/comity/xb\"", "null", "receipt.log");
	changed(ACT_RECEIPT, "\"index\": 17", "\"index\": 9007199254740992", NULL);
	changed(ACT_RECEIPT, "\"index\": 17", "\"index\": -1", "json.member");
}

static void
a_revocation_says_of_what_and_needs_no_reason(void **state)
{
	struct act a = kit_act(ACT_REVOKED);

	(void)state;
	mem_free(a.body.revoked.reason.text);
	a.body.revoked.reason.text = NULL;
	written(&a);
	changed(ACT_REVOKED, "\"certificate\"", "\"card\"", NULL);
	changed(ACT_REVOKED, "\"certificate\"", "\"consent\"", NULL);
	changed(ACT_REVOKED, "\"certificate\"", "\"trust\"", "revoked.what");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_act_follows_another_twice_or_more_than_64),
		cmocka_unit_test(a_first_card_is_from_no_card_and_to_nobody),
		cmocka_unit_test(a_request_may_be_without_reference_date_and_fields),
		cmocka_unit_test(a_request_may_rest_on_no_basis),
		cmocka_unit_test(numbers_and_references_end_at_39_and_79_bytes),
		cmocka_unit_test(an_answer_is_wished_by_an_instant_after_1970),
		cmocka_unit_test(free_texts_end_at_8000_bytes),
		cmocka_unit_test(a_refusal_and_a_question_say_something_the_others_may),
		cmocka_unit_test(a_refusal_names_1_to_16_grounds_none_twice),
		cmocka_unit_test(a_question_asks_for_0_to_16_fields_by_name),
		cmocka_unit_test(a_hold_has_both_instants_in_order_or_none),
		cmocka_unit_test(an_extension_says_how_long_and_a_release_since_when),
		cmocka_unit_test(a_notice_about_evidence_names_1_to_64_pieces),
		cmocka_unit_test(conditions_are_there_when_promised_and_nothing_else_is),
		cmocka_unit_test(a_reply_has_any_fields_or_none),
		cmocka_unit_test(evidence_without_limits_and_origins_is_written_as_ever),
		cmocka_unit_test(limits_are_conditions_and_origins_1_to_8),
		cmocka_unit_test(a_ninth_origin_is_refused),
		cmocka_unit_test(a_receipt_is_for_the_act_it_follows),
		cmocka_unit_test(a_receipt_speaks_in_its_own_words_only),
		cmocka_unit_test(a_receipt_names_its_log_wholly_or_not_at_all),
		cmocka_unit_test(a_revocation_says_of_what_and_needs_no_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
