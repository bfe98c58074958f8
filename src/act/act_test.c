/* An act is read strictly, written once, and says what it is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "act/act.h"

static struct act
delivered(void)
{
	struct act a;
	struct err err = ERR_INIT;

	act_init(&a, ACT_DELIVERED);
	a.exercise = true;
	memset(a.nonce, 0xA5, sizeof a.nonce);
	assert_true(authority_id_parse("XA-MZXW6YTBOIMZXW6Y", &a.from));
	a.has_from_card = true;
	memset(a.from_card.b, 1, 32);
	a.has_to = true;
	assert_true(authority_id_parse("XB-MZXW6YTBOIMZXW6Y", &a.to));
	memset(a.to_card.b, 2, 32);
	a.made_at = 1795337160;
	a.payload_files = 3;
	a.payload_bytes = 4096;
	(void)snprintf(a.software, sizeof a.software, "comity 0.1.0");
	(void)snprintf(a.body.delivered.number, 40, "XA-2026-000031");
	(void)snprintf(a.body.delivered.purpose.lang, 12, "en");
	a.body.delivered.purpose.text = mem_text_of("Proceeding 12 only", &err);
	return a;
}

static void
encoded(struct buf *out)
{
	struct err err = ERR_INIT;
	struct act a = delivered();

	buf_init(out, ACT_BYTES_MAX);
	assert_true(act_encode(&a, out, &err));
	act_clear(&a);
}

static void
what_is_written_is_read_back(void **state)
{
	struct err err = ERR_INIT;
	struct buf b, again;
	struct act a;

	(void)state;
	encoded(&b);
	assert_true(act_decode(&a, buf_span(&b), &err));
	assert_int_equal(a.kind, ACT_DELIVERED);
	assert_string_equal(a.from.s, "XA-MZXW6YTBOIMZXW6Y");
	assert_string_equal(a.body.delivered.purpose.text, "Proceeding 12 only");
	assert_int_equal(a.payload_bytes, 4096);
	assert_string_equal(act_bag_name(&a).s,
	    "comity-a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5");
	buf_init(&again, ACT_BYTES_MAX);
	assert_true(act_encode(&a, &again, &err));
	assert_true(span_eq(buf_span(&b), buf_span(&again)));
	act_clear(&a);
	buf_clear(&b);
	buf_clear(&again);
}

/* The act with `from` replaced by `to`; must be refused with that reason. */
static void
refused(const char *from, const char *to, const char *reason)
{
	struct err err = ERR_INIT;
	struct buf b, changed;
	const char *text, *at;
	struct act a;

	encoded(&b);
	buf_init(&changed, ACT_BYTES_MAX);
	assert_true(buf_text(&b, &text, &err));
	at = strstr(text, from);
	assert_non_null(at);
	assert_true(buf_add(&changed, span_of(text, (size_t)(at - text)), &err));
	assert_true(buf_add_text(&changed, to, &err));
	assert_true(buf_add_text(&changed, at + strlen(from), &err));
	if (act_decode(&a, buf_span(&changed), &err))
		fail_msg("accepted with %s", to);
	assert_string_equal(err.reason, reason);
	buf_clear(&b);
	buf_clear(&changed);
}

static void
each_member_that_is_not_as_it_must_be_is_refused_by_name(void **state)
{
	(void)state;
	refused("comity.act/1", "comity.act/2", "act.schema");
	refused("\"delivered\"", "\"deliver\"", "act.kind");
	refused("\"exercise\": true", "\"exercise\": 1", "json.member");
	refused("\"a5a5", "\"A5a5", "json.member");
	refused("XA-MZ", "XA_MZ", "act.authority");
	refused("XA-MZ", "Xa-MZ", "act.authority");
	refused("\"follows\": []", "\"follows\": [\"00\"]", "json.member");
	refused("1795337160", "-1", "json.member");
	refused("1795337160", "1795337160.5", "json.number");
	refused("\"expires_at\": null", "\"expires_at\": 5", "act.expires");
	refused("\"files\": 3", "\"files\": 3, \"more\": 1", "json.unknown");
	refused("\"number\": ", "\"x\": 1, \"number\": ", "json.unknown");
	refused("\"lang\": \"en\"", "\"lang\": \"e\"", "json.member");
	refused("\"lang\": \"en\"", "\"lang\": \"en--x\"", "act.lang");
	refused("\"software\": \"comity 0.1.0\"", "\"software\": \"com\\nity\"",
	    "act.software");
}

static void
an_act_says_how_it_was_done_and_by_whom(void **state)
{
	const char *made = "\"made_by\"";
	struct err err = ERR_INIT;
	struct buf b;
	struct act a = delivered(), again;

	(void)state;
	(void)snprintf(a.people.how, sizeof a.people.how, "two");
	a.people.n = ACT_PEOPLE_MAX;
	for (size_t i = 0; i < a.people.n; i++)
		a.people.list[i] = (struct act_person){ "lawyer", "P2", 1795337160 };
	buf_init(&b, ACT_BYTES_MAX);
	assert_true(act_encode(&a, &b, &err));
	assert_true(act_decode(&again, buf_span(&b), &err));
	assert_int_equal(again.people.n, ACT_PEOPLE_MAX);
	assert_string_equal(again.people.how, "two");
	assert_string_equal(again.people.list[5].person, "P2");
	act_clear(&again);
	(void)snprintf(a.people.list[0].person, 24, "P 2");
	assert_false(act_encode(&a, &b, &err));
	assert_string_equal(err.reason, "act.people");
	act_clear(&a);
	buf_clear(&b);
	refused(made, "\"people\": {\"how\": \"three\", \"persons\": [{\"role\": \"r\", "
	    "\"person\": \"P1\", \"at\": 1}]}, \"made_by\"", "act.people");
	refused(made, "\"people\": {\"how\": \"two\", \"persons\": []}, \"made_by\"",
	    "json.member");
	refused(made, "\"people\": {\"how\": \"two\", \"persons\": [{\"role\": \"r\", "
	    "\"person\": \"P1\", \"at\": 1, \"name\": \"x\"}]}, \"made_by\"",
	    "json.unknown");
}

static void
an_act_is_at_most_256_kib(void **state)
{
	struct err err = ERR_INIT;
	struct buf b;
	struct act a;

	(void)state;
	encoded(&b);
	b.max = ACT_BYTES_MAX + 1;
	while (b.n < ACT_BYTES_MAX)
		assert_true(buf_add_byte(&b, ' ', &err));
	assert_true(act_decode(&a, buf_span(&b), &err));
	act_clear(&a);
	assert_true(buf_add_byte(&b, ' ', &err));
	assert_false(act_decode(&a, buf_span(&b), &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_clear(&b);
}

static void
every_failed_allocation_is_told_and_leaves_nothing(void **state)
{
	struct err err = ERR_INIT;
	struct buf b;

	(void)state;
	encoded(&b);
	for (uint64_t n = 1;; n++) {
		struct act a;
		bool ok;

		mem_fail(n, false);
		ok = act_decode(&a, buf_span(&b), &err);
		mem_fail(0, false);
		if (ok) {
			act_clear(&a);
			break;
		}
		if (err.kind != ERR_MEMORY)
			fail_msg("%s", err.text);
		assert_true(n < 10000);
	}
	buf_clear(&b);
}

static void
an_authority_names_itself_from_its_first_key(void **state)
{
	struct err err = ERR_INIT;
	struct authority_id id;
	struct digest spki;

	(void)state;
	memset(&spki, 0, sizeof spki);
	memcpy(spki.b, "foobarfoob", 10);
	assert_true(authority_id_make("XA", &spki, &id, &err));
	assert_string_equal(id.s, "XA-MZXW6YTBOJTG633C");
	assert_false(authority_id_make("xa", &spki, &id, &err));
}

static void
six_words_are_the_first_66_bits_and_forgive_how_they_are_typed(void **state)
{
	struct err err = ERR_INIT;
	struct six_words w, other;
	char typed[200];
	struct digest id;
	size_t n = 0;

	(void)state;
	memset(&id, 7, sizeof id);
	assert_true(six_words_of(&id, &w, &err));
	for (const char *p = w.s; *p != '\0'; p++) {
		typed[n++] = *p == ' ' ? ',' : (char)(*p - 'a' + 'A');
		if (*p == ' ')
			typed[n++] = ' ';
	}
	typed[n] = '\0';
	assert_true(six_words_same(&w, typed));
	typed[n - 1] = typed[n - 1] == 'A' ? 'B' : 'A';
	assert_false(six_words_same(&w, typed));
	assert_false(six_words_same(&w, ""));
	id.b[0] ^= 1;
	assert_true(six_words_of(&id, &other, &err));
	assert_false(six_words_same(&w, other.s));
}

/* Nothing is signed that the receiver's own Comity would refuse. */
static void
what_a_reader_would_refuse_is_never_written(void **state)
{
	struct err err = ERR_INIT;
	struct buf b;
	struct act a = delivered();

	(void)state;
	buf_init(&b, ACT_BYTES_MAX);
	(void)snprintf(a.body.delivered.purpose.lang, 12, "e");
	assert_false(act_encode(&a, &b, &err));
	assert_string_equal(err.reason, "json.member");
	buf_reset(&b);
	(void)snprintf(a.body.delivered.purpose.lang, 12, "en_US");
	assert_false(act_encode(&a, &b, &err));
	assert_string_equal(err.reason, "act.lang");
	act_clear(&a);
	buf_clear(&b);
}

static struct act
time_stamp(void)
{
	struct act a = delivered();

	mem_free(a.body.delivered.purpose.text);
	a.kind = ACT_TIME_STAMP;
	memset(&a.body, 0, sizeof a.body);
	memset(a.body.time_stamp.act.b, 9, 32);
	return a;
}

static void
a_time_stamp_follows_the_act_it_stamps(void **state)
{
	struct err err = ERR_INIT;
	struct act a = time_stamp(), back;
	struct buf b;

	(void)state;
	buf_init(&b, ACT_BYTES_MAX);
	assert_false(act_encode(&a, &b, &err));
	assert_string_equal(err.reason, "time_stamp.follows");
	buf_reset(&b);
	a.follows[0] = a.body.time_stamp.act;
	a.follows_n = 1;
	assert_true(act_encode(&a, &b, &err));
	assert_true(act_decode(&back, buf_span(&b), &err));
	assert_true(digest_eq(&back.body.time_stamp.act, &a.body.time_stamp.act));
	act_clear(&back);
	buf_clear(&b);
}

static void
put_row(struct buf *row, const char *bytes)
{
	struct err err = ERR_INIT;

	buf_init(row, 64);
	assert_true(buf_add_text(row, bytes, &err));
}

static struct act
card(void)
{
	struct err err = ERR_INIT;
	struct act a = time_stamp();
	struct card_body *c = &a.body.card;

	a.kind = ACT_CARD;
	memset(&a.body, 0, sizeof a.body);
	(void)snprintf(c->state, sizeof c->state, "XA");
	(void)snprintf(c->names[0].lang, 12, "en");
	c->names[0].text = mem_text_of("Aldora", &err);
	c->names_n = c->roles_n = c->languages_n = c->carriers_n = 1;
	(void)snprintf(c->roles[0], 32, "court");
	(void)snprintf(c->languages[0], 12, "en");
	c->carriers[0] = mem_text_of("stick", &err);
	put_row(&c->certificates[0], "no certificate");
	put_row(&c->roots[0], "no root");
	c->certificates_n = c->roots_n = c->recipients_n = c->speaks_n = 1;
	(void)snprintf(c->recipients[0], 80, "age1xyz");
	(void)snprintf(c->speaks[0], 24, "%s", ACT_SCHEMA);
	c->valid_to = 1;
	return a;
}

static void
card_refused(struct act *a, const char *reason)
{
	struct err err = ERR_INIT;
	struct buf b;

	buf_init(&b, ACT_BYTES_MAX);
	assert_false(act_encode(a, &b, &err));
	assert_string_equal(err.reason, reason);
	buf_clear(&b);
	act_clear(a);
}

/* They are shown on terminals and written into records as they are. */
static void
the_codes_of_a_card_are_plain_ascii(void **state)
{
	struct err err = ERR_INIT;
	struct act a = card();
	struct buf b;

	(void)state;
	buf_init(&b, ACT_BYTES_MAX);
	assert_true(act_encode(&a, &b, &err));
	buf_clear(&b);
	(void)snprintf(a.body.card.roles[0], 32, "court\033[2J");
	card_refused(&a, "card.code");
	a = card();
	(void)snprintf(a.body.card.recipients[0], 80, "age1 xyz");
	card_refused(&a, "card.code");
	a = card();
	a.body.card.carriers[0][0] = '\n';
	card_refused(&a, "card.code");
	a = card();
	(void)snprintf(a.body.card.languages[0], 12, "e");
	card_refused(&a, "card.languages");
	a = card();
	(void)snprintf(a.body.card.state, 3, "XB");
	card_refused(&a, "card.state");
	a = card();
	a.body.card.valid_from = 1;
	card_refused(&a, "card.validity");
}

/* Text of n bytes. */
static char *
long_text(size_t n)
{
	struct err err = ERR_INIT;
	char *s = mem_new(n + 1, &err);

	assert_non_null(s);
	memset(s, 'k', n);
	return s;
}

static void
vkey_put(struct act *a, const char *text)
{
	struct err err = ERR_INIT;
	struct card_body *c = &a->body.card;

	c->ledgers[c->ledgers_n++] = mem_text_of(text, &err);
	c->witnesses[c->witnesses_n++] = mem_text_of(text, &err);
}

static void
a_card_names_up_to_8_ledgers_and_8_witnesses(void **state)
{
	struct err err = ERR_INIT;
	struct act a = card(), back;
	struct buf b;
	char *most = long_text(CARD_VKEY_MAX), *more = long_text(CARD_VKEY_MAX + 1);

	(void)state;
	buf_init(&b, ACT_BYTES_MAX);
	vkey_put(&a, "comity-ledger/XA-MZXW6YTBOIMZXW6Y/1+08c87108+AQOh");
	for (size_t i = 1; i < CARD_VKEYS_MAX; i++)
		vkey_put(&a, most);
	if (!act_encode(&a, &b, &err) || !act_decode(&back, buf_span(&b), &err))
		fail_msg("%s", err.text);
	assert_int_equal(back.body.card.ledgers_n, CARD_VKEYS_MAX);
	assert_int_equal(back.body.card.witnesses_n, CARD_VKEYS_MAX);
	for (size_t i = 0; i < CARD_VKEYS_MAX; i++) {
		assert_string_equal(back.body.card.ledgers[i], a.body.card.ledgers[i]);
		assert_string_equal(back.body.card.witnesses[i],
		    a.body.card.witnesses[i]);
	}
	act_clear(&back);
	act_clear(&a);
	a = card();
	vkey_put(&a, more);
	card_refused(&a, "json.text");
	a = card();
	vkey_put(&a, "two words");
	card_refused(&a, "card.code");
	mem_free(most);
	mem_free(more);
	buf_clear(&b);
}

/* As cards were written before there were ledgers. */
static void
a_card_without_ledgers_names_none(void **state)
{
	struct err err = ERR_INIT;
	struct act a = card(), back;
	const char *text;
	struct buf b;

	(void)state;
	buf_init(&b, ACT_BYTES_MAX);
	assert_true(act_encode(&a, &b, &err) && buf_text(&b, &text, &err));
	assert_null(strstr(text, "ledgers"));
	assert_null(strstr(text, "witnesses"));
	assert_true(act_decode(&back, buf_span(&b), &err));
	assert_int_equal(back.body.card.ledgers_n, 0);
	assert_int_equal(back.body.card.witnesses_n, 0);
	act_clear(&back);
	act_clear(&a);
	buf_clear(&b);
}

static void
a_collection_record_is_complete_or_refused(void **state)
{
	static const char good[] = "{\"schema\":\"comity.collection/1\",\"lang\":\"en\","
	    "\"collected_by\":\"Unit 4\",\"collected_from\":\"Provider\",\"tool\":\"t 1\","
	    "\"method\":\"image\",\"collected_at\":1795337160,\"source_digest\":null,"
	    "\"order\":null,\"note\":null,\"custodian_certificate\":null}";
	struct err err = ERR_INIT;
	struct collection c;
	struct buf b;

	(void)state;
	assert_true(collection_decode(&c, span_text(good), &err));
	buf_init(&b, COLLECTION_MAX);
	assert_true(collection_encode(&c, &b, &err));
	collection_clear(&c);
	assert_true(collection_decode(&c, buf_span(&b), &err));
	assert_string_equal(c.collected_from, "Provider");
	collection_clear(&c);
	assert_false(collection_decode(&c, span_text("{}"), &err));
	buf_clear(&b);
}

static void
texts_of_a_collection_record_end_at_4000_bytes(void **state)
{
	char text[4002], by[] = "Unit 4", tool[] = "t 1", how[] = "image";
	struct err err = ERR_INIT;
	struct collection c;
	struct buf b;

	(void)state;
	collection_init(&c);
	buf_init(&b, COLLECTION_MAX);
	memset(text, 'a', sizeof text);
	text[4000] = '\0';
	(void)snprintf(c.lang, sizeof c.lang, "en");
	c.collected_by = by;
	c.collected_from = text;
	c.tool = tool;
	c.method = how;
	c.collected_at = 1;
	assert_true(collection_encode(&c, &b, &err));
	text[4000] = 'a';
	text[4001] = '\0';
	buf_reset(&b);
	assert_false(collection_encode(&c, &b, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(each_member_that_is_not_as_it_must_be_is_refused_by_name),
		cmocka_unit_test(an_act_says_how_it_was_done_and_by_whom),
		cmocka_unit_test(an_act_is_at_most_256_kib),
		cmocka_unit_test(every_failed_allocation_is_told_and_leaves_nothing),
		cmocka_unit_test(an_authority_names_itself_from_its_first_key),
		cmocka_unit_test(six_words_are_the_first_66_bits_and_forgive_how_they_are_typed),
		cmocka_unit_test(what_a_reader_would_refuse_is_never_written),
		cmocka_unit_test(a_time_stamp_follows_the_act_it_stamps),
		cmocka_unit_test(the_codes_of_a_card_are_plain_ascii),
		cmocka_unit_test(a_card_names_up_to_8_ledgers_and_8_witnesses),
		cmocka_unit_test(a_card_without_ledgers_names_none),
		cmocka_unit_test(a_collection_record_is_complete_or_refused),
		cmocka_unit_test(texts_of_a_collection_record_end_at_4000_bytes),
	};

	return cmocka_run_group_tests_name("act", tests, NULL, NULL);
}
