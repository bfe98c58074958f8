/* Fields: set as a person types them, found, removed, read and written, bounded. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "act/field_parts.h"
#include "act/testkit.h"

/* ---- JSON as text ---- */

static bool
read_text(struct fields *out, const char *text, bool partial, struct err *err)
{
	struct json_object top;
	struct json *j;
	bool ok;

	if (!json_read(&j, span_text(text), ACT_BYTES_MAX, err))
		return false;
	ok = json_top(j, &top, err) && fields_decode(out, &top, partial, err);
	json_free(j);
	return ok;
}

static void
write_text(const struct fields *fs, struct buf *out)
{
	struct err err = ERR_INIT;
	struct json_out j;

	buf_init(out, ACT_BYTES_MAX);
	json_out_begin(&j, out, false, false, &err);
	json_out_object(&j, NULL);
	fields_encode(fs, &j);
	json_out_close_object(&j);
	assert_true(json_out_end(&j));
}

static void
written_as(const struct fields *fs, const char *expected)
{
	struct err err = ERR_INIT;
	const char *text;
	struct buf b;

	write_text(fs, &b);
	assert_true(buf_text(&b, &text, &err));
	assert_string_equal(text, expected);
	buf_clear(&b);
}

static void
reads(const char *text)
{
	struct err err = ERR_INIT;
	struct fields fs;

	if (!read_text(&fs, text, false, &err))
		fail_msg("%s: %s", text, err.text);
	fields_clear(&fs);
}

static void
reads_not(const char *text, const char *reason)
{
	struct err err = ERR_INIT;
	struct fields fs;

	if (read_text(&fs, text, false, &err))
		fail_msg("taken: %s", text);
	if (strcmp(err.reason, reason) != 0)
		fail_msg("%s: %s: %s", text, err.reason, err.text);
}

/* Refused with that reason, and nothing is changed. */
static void
sets_not(struct fields *fs, const char *name, const char *value, const char *reason)
{
	struct err err = ERR_INIT;
	struct buf before, after;

	write_text(fs, &before);
	if (fields_set(fs, name, value, "en", &err))
		fail_msg("%s taken", name);
	if (strcmp(err.reason, reason) != 0)
		fail_msg("%s: %s: %s", name, err.reason, err.text);
	assert_true(err.text[0] != '\0');
	write_text(fs, &after);
	assert_true(span_eq(buf_span(&before), buf_span(&after)));
	buf_clear(&before);
	buf_clear(&after);
}

/* n times the letter, in a buffer of this test. */
static const char *
many(size_t n)
{
	static char s[9000];

	assert_true(n < sizeof s);
	memset(s, 'a', n);
	s[n] = '\0';
	return s;
}

/* ---- setting ---- */

static void
what_is_set_is_found_by_name_and_by_id(void **state)
{
	struct fields fs;

	(void)state;
	fields_init(&fs);
	kit_set(&fs, "offence.facts", "Forty invoices");
	kit_set(&fs, "F10.articles", "12, 13");
	kit_set(&fs, "identifiers[+].type", "email");
	kit_set(&fs, "identifiers[0].value", "nobody@example.org");
	assert_non_null(fields_find(&fs, "offence"));
	assert_ptr_equal(fields_find(&fs, "F10"), fields_find(&fs, "offence"));
	assert_null(fields_find(&fs, "F11"));
	assert_string_equal(fields_part(&fs, "F10", 0, "facts")->text,
	    "Forty invoices");
	assert_string_equal(fields_part(&fs, "offence", 0, "facts")->lang, "en");
	assert_string_equal(fields_part(&fs, "offence", 0, "articles")->text, "12;13");
	assert_null(fields_part(&fs, "offence", 0, "statute"));
	assert_null(fields_part(&fs, "offence", 0, "no such"));
	assert_null(fields_part(&fs, "offence", 1, "facts"));
	assert_null(fields_part(&fs, "necessity", 0, "text"));
	fields_clear(&fs);
}

static void
fields_stand_in_the_order_of_the_law(void **state)
{
	struct fields fs;

	(void)state;
	fields_init(&fs);
	kit_set(&fs, "necessity", "Logs are kept 30 days");
	kit_set(&fs, "provider", "Provider of Cascada");
	kit_set(&fs, "identifiers.type", "phone");
	kit_set(&fs, "identifiers.value", "+1234567890");
	kit_set(&fs, "secrecy.wanted", "no");
	written_as(&fs, "{\"identifiers\":[{\"type\":\"phone\",\"value\":\"+1234567890\"}],"
	    "\"provider\":{\"name\":\"Provider of Cascada\"},"
	    "\"necessity\":{\"text\":{\"lang\":\"en\",\"text\":\"Logs are kept 30 days\"}},"
	    "\"secrecy\":{\"wanted\":false}}");
	fields_clear(&fs);
}

static void
every_kind_of_part_is_taken_as_typed(void **state)
{
	struct fields fs;

	(void)state;
	fields_init(&fs);
	kit_set(&fs, "offence.max_penalty_months", "60");
	kit_set(&fs, "offence.articles", "7 ; 8");
	kit_set(&fs, "intent.measure", "stored_data");
	kit_set(&fs, "intent.planned_at", "2026-12-24T12:00:00+02:00");
	kit_set(&fs, "secrecy.wanted", "yes");
	kit_set(&fs, "languages.request", "fr");
	kit_set(&fs, "languages.accepts", "fr;en");
	kit_set(&fs, "provider.state", "XC");
	kit_set(&fs, "new_use.recipient", "XC-MZXW6YTBOIMZXW6Y");
	kit_set(&fs, "period.from", "@1795337160");
	kit_set(&fs, "related_request.act",
	    "0909090909090909090909090909090909090909090909090909090909090909");
	assert_int_equal(fields_part(&fs, "offence", 0, "max_penalty_months")->n, 60);
	assert_string_equal(fields_part(&fs, "offence", 0, "articles")->text, "7;8");
	assert_int_equal(fields_part(&fs, "intent", 0, "planned_at")->n, 1798106400);
	assert_int_equal(fields_part(&fs, "secrecy", 0, "wanted")->n, 1);
	assert_string_equal(fields_part(&fs, "languages", 0, "accepts")->text, "fr;en");
	assert_int_equal(fields_part(&fs, "period", 0, "from")->n, 1795337160);
	kit_set(&fs, "secrecy.wanted", "no");		/* set anew */
	assert_int_equal(fields_part(&fs, "secrecy", 0, "wanted")->n, 0);
	fields_clear(&fs);
}

static void
a_wrong_name_or_value_is_refused_and_changes_nothing(void **state)
{
	struct err err = ERR_INIT;
	struct fields fs;

	(void)state;
	fields_init(&fs);
	kit_set(&fs, "offence.facts", "Forty invoices");
	sets_not(&fs, "", "x", "fields.name");
	sets_not(&fs, many(41), "x", "fields.name");
	sets_not(&fs, many(40), "x", "fields.unknown");
	sets_not(&fs, "offense", "x", "fields.unknown");
	sets_not(&fs, "offence.fact", "x", "fields.part");
	sets_not(&fs, "offence.", "x", "fields.part");
	sets_not(&fs, "intent", "x", "fields.part");
	sets_not(&fs, "offence[", "x", "fields.name");
	sets_not(&fs, "offence[x]", "x", "fields.name");
	sets_not(&fs, "offence[0", "x", "fields.name");
	sets_not(&fs, "offence[0]facts", "x", "fields.name");
	sets_not(&fs, "offence[1].facts", "x", "fields.full");
	sets_not(&fs, "offence[+].facts", "x", "fields.full");
	sets_not(&fs, "identifiers[1].type", "email", "fields.index");
	sets_not(&fs, "identifiers[1000].type", "email", "fields.name");
	sets_not(&fs, "requesting_authority", "x", "fields.envelope");
	sets_not(&fs, "F70", "x", "fields.envelope");
	sets_not(&fs, "offence.facts", "", "fields.value");
	sets_not(&fs, "offence.facts", "\xC3", "fields.value");
	sets_not(&fs, "offence.articles", "12;99", "fields.value");
	sets_not(&fs, "offence.articles", "12;12", "fields.value");
	sets_not(&fs, "offence.articles", "12;;13", "fields.value");
	sets_not(&fs, "offence.articles", "", "fields.value");
	sets_not(&fs, "offence.max_penalty_months", "five", "fields.value");
	sets_not(&fs, "offence.max_penalty_months", "-1", "fields.value");
	sets_not(&fs, "secrecy.wanted", "maybe", "fields.value");
	sets_not(&fs, "period.from", "yesterday", "fields.value");
	sets_not(&fs, "provider.state", "xc", "fields.value");
	sets_not(&fs, "languages.request", "e", "fields.value");
	sets_not(&fs, "intent.measure", "preserve", "fields.value");
	sets_not(&fs, "new_use.recipient", "XC-1", "fields.value");
	sets_not(&fs, "related_request.act", "09", "fields.value");
	assert_false(fields_set(&fs, "necessity", "x", NULL, &err));
	assert_string_equal(err.reason, "fields.lang");
	assert_false(fields_set(&fs, "necessity", "x", "e", &err));
	assert_string_equal(err.reason, "fields.lang");
	assert_int_equal(fs.n, 1);
	fields_clear(&fs);
}

static void
an_identifier_is_checked_part_by_part(void **state)
{
	struct fields fs;

	(void)state;
	fields_init(&fs);
	kit_set(&fs, "identifiers.type", "ip");
	kit_set(&fs, "identifiers.value", "192.0.2.1");		/* `at` comes later */
	sets_not(&fs, "identifiers.value", "192.0.2.256", "identifier.ip");
	sets_not(&fs, "identifiers.type", "email", "identifier.email");
	sets_not(&fs, "identifiers.port", "65536", "identifier.port");
	sets_not(&fs, "identifiers.service", "a\xE2\x80\x8B" "b", "identifier.invisible");
	kit_set(&fs, "identifiers.at", "2026-05-17");
	kit_set(&fs, "identifiers[+].value", "nobody@example.org");
	sets_not(&fs, "identifiers[1].type", "imei", "identifier.imei");
	kit_set(&fs, "identifiers[1].type", "email");
	fields_clear(&fs);
}

/* ---- removing and copying ---- */

static void
parts_entries_and_fields_are_removed(void **state)
{
	struct fields fs;

	(void)state;
	fields_init(&fs);
	kit_set(&fs, "offence.facts", "Forty invoices");
	kit_set(&fs, "offence.statute", "Penal Code 263");
	kit_set(&fs, "identifiers[+].type", "email");
	kit_set(&fs, "identifiers[+].type", "phone");
	kit_set(&fs, "identifiers[+].type", "imei");
	assert_true(fields_remove(&fs, "offence.statute"));
	assert_false(fields_remove(&fs, "offence.statute"));
	assert_null(fields_part(&fs, "offence", 0, "statute"));
	assert_true(fields_remove(&fs, "offence.facts"));	/* its last part */
	assert_null(fields_find(&fs, "offence"));
	assert_true(fields_remove(&fs, "identifiers[1]"));
	assert_int_equal(fields_find(&fs, "identifiers")->n, 2);
	assert_string_equal(fields_part(&fs, "F06", 1, "type")->text, "imei");
	assert_false(fields_remove(&fs, "identifiers[2]"));
	assert_false(fields_remove(&fs, "identifiers[+]"));
	assert_false(fields_remove(&fs, "no such"));
	assert_true(fields_remove(&fs, "F06"));
	assert_false(fields_remove(&fs, "F06"));
	assert_int_equal(fs.n, 0);
	fields_clear(&fs);
}

static void
a_copy_is_equal_and_its_own(void **state)
{
	struct act a = kit_act(ACT_STORED_DATA);
	struct fields *fs = &a.body.request.fields, copy;
	struct err err = ERR_INIT;
	struct buf x, y;
	bool ok = false;

	(void)state;
	for (uint64_t n = 1; !ok; n++) {
		mem_fail(n, true);
		ok = fields_copy(&copy, fs, &err);
		mem_fail(0, false);
		assert_true(ok || err.kind == ERR_MEMORY);
		assert_true(n < 1000);
	}
	write_text(fs, &x);
	act_clear(&a);
	write_text(&copy, &y);
	assert_true(span_eq(buf_span(&x), buf_span(&y)));
	fields_clear(&copy);
	buf_clear(&x);
	buf_clear(&y);
}

/* Conditions `from` and those after it, n of them, each with its own words. */
static void
conditions_fill(struct fields *fs, size_t from, size_t n)
{
	struct err err = ERR_INIT;
	char name[40], text[20];

	fields_init(fs);
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(name, sizeof name, "conditions[%zu].code", i);
		assert_true(fields_set(fs, name, "use_limit", "en", &err));
		(void)snprintf(name, sizeof name, "conditions[%zu].text", i);
		(void)snprintf(text, sizeof text, "Limit %zu", from + i);
		assert_true(fields_set(fs, name, text, "en", &err));
	}
}

static void
entries_are_added_behind_those_there_and_none_twice(void **state)
{
	struct err err = ERR_INIT;
	struct fields fs, more;
	bool ok = false;

	(void)state;
	conditions_fill(&fs, 0, 15);
	conditions_fill(&more, 14, 2);		/* one of them is there */
	for (uint64_t n = 1; !ok; n++) {
		mem_fail(n, true);
		ok = fields_append(&fs, &more, &err);
		mem_fail(0, false);
		assert_true(ok || err.kind == ERR_MEMORY);
		assert_int_equal(fields_find(&fs, "conditions")->n, ok ? 16 : 15);
	}
	assert_string_equal(fields_part(&fs, "conditions", 0, "text")->text, "Limit 0");
	assert_string_equal(fields_part(&fs, "conditions", 15, "text")->text, "Limit 15");
	assert_true(fields_append(&fs, &more, &err));
	fields_clear(&more);
	conditions_fill(&more, 16, 1);		/* 17 is one too many */
	assert_false(fields_append(&fs, &more, &err));
	assert_string_equal(err.reason, "fields.full");
	assert_int_equal(fields_find(&fs, "conditions")->n, 16);
	fields_clear(&fs);
	assert_true(fields_append(&fs, &more, &err));
	assert_int_equal(fields_find(&fs, "conditions")->n, 1);
	fields_clear(&fs);
	fields_clear(&more);
}

static void
setting_without_memory_changes_nothing(void **state)
{
	static const char *const names[][2] = {
		{ "necessity", "x" }, { "identifiers[+].type", "phone" },
		{ "offence.articles", "12;13" }, { "identifiers[0].value", "+1234567" },
	};
	struct err err = ERR_INIT;
	struct fields fs;

	(void)state;
	fields_init(&fs);
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		bool ok = false;

		for (uint64_t n = 1; !ok; n++) {
			struct buf before, after;

			write_text(&fs, &before);
			mem_fail(n, true);
			ok = fields_set(&fs, names[i][0], names[i][1], "en", &err);
			mem_fail(0, false);
			assert_true(ok || err.kind == ERR_MEMORY);
			write_text(&fs, &after);
			if (!ok)
				assert_true(span_eq(buf_span(&before), buf_span(&after)));
			buf_clear(&before);
			buf_clear(&after);
			assert_true(n < 1000);
		}
	}
	fields_clear(&fs);
}

/* ---- JSON ---- */

static void
an_empty_object_is_no_fields(void **state)
{
	struct fields fs;

	(void)state;
	reads("{}");
	fields_init(&fs);
	written_as(&fs, "{}");
}

static void
a_draft_may_miss_what_an_act_must_have(void **state)
{
	static const char *const drafts[] = {
		"{\"offence\":{\"statute\":\"Penal Code 263\"}}",
		"{\"identifiers\":[{\"type\":\"ip\",\"value\":\"192.0.2.1\"}]}",
		"{\"identifiers\":[{\"value\":\"192.0.2.1\"},{\"type\":\"wallet\"}]}",
		"{\"identifiers\":[{\"type\":\"account\",\"value\":\"x\"}]}",
	};
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof drafts / sizeof drafts[0]; i++) {
		struct fields fs;

		if (!read_text(&fs, drafts[i], true, &err))
			fail_msg("%s: %s", drafts[i], err.text);
		written_as(&fs, drafts[i]);
		fields_clear(&fs);
		assert_false(read_text(&fs, drafts[i], false, &err));
	}
	{
		struct fields fs;

		assert_false(read_text(&fs,
		    "{\"identifiers\":[{\"type\":\"ip\",\"value\":\"x\"}]}", true, &err));
		assert_false(read_text(&fs, "{\"offence\":{}}", true, &err));
		assert_string_equal(err.reason, "fields.empty");
	}
}

static void
each_field_of_the_law_is_read_or_refused_by_its_shape(void **state)
{
	char text[200];
	size_t n;
	const struct law_field *all = law_fields(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		bool many_entries = all[i].shape->entries_max > 1;

		(void)snprintf(text, sizeof text, "{\"%s\":%s}", all[i].name,
		    many_entries ? "[]" : "[{}]");
		if (law_field_is_envelope(&all[i])) {
			reads_not(text, "fields.envelope");
			continue;
		}
		reads_not(text, "json.member");
		(void)snprintf(text, sizeof text, "{\"%s\":%s}", all[i].name,
		    many_entries ? "{}" : "7");
		reads_not(text, "json.member");
		(void)snprintf(text, sizeof text, "{\"%s\":%s}", all[i].id,
		    many_entries ? "[{}]" : "{}");
		reads_not(text, "json.unknown");	/* the name, never the id */
	}
}

static void
the_form_of_each_part_is_checked(void **state)
{
	(void)state;
	reads_not("{\"offence\":{\"articles\":[\"12\"]}}", "fields.value");	/* facts */
	reads_not("{\"form_of_evidence\":{\"codes\":[]}}", "json.member");
	reads_not("{\"form_of_evidence\":{\"codes\":[\"a;b\"]}}", "fields.value");
	reads_not("{\"form_of_evidence\":{\"codes\":[\"a b\"]}}", "fields.value");
	reads_not("{\"form_of_evidence\":{\"codes\":[\"a\",\"a\"]}}", "fields.value");
	reads("{\"form_of_evidence\":{\"codes\":[\"a\",\"b\"]}}");
	reads_not("{\"offence\":{\"facts\":\"x\"}}", "json.member");
	reads_not("{\"offence\":{\"facts\":{\"text\":\"x\"}}}", "json.member");
	reads_not("{\"offence\":{\"facts\":{\"lang\":\"e\",\"text\":\"x\"}}}",
	    "json.member");
	reads_not("{\"offence\":{\"facts\":{\"lang\":\"en\",\"text\":\"\"}}}",
	    "json.member");
	reads_not("{\"offence\":{\"facts\":{\"lang\":\"en\",\"text\":\"x\",\"y\":1}}}",
	    "json.unknown");
	reads_not("{\"intent\":{\"measure\":\"x\",\"planned_at\":1}}", "fields.value");
	reads_not("{\"languages\":{\"request\":\"en\",\"accepts\":[\"en\",\"x\"]}}",
	    "fields.value");
	reads_not("{\"identifiers\":[{\"type\":\"ip\",\"value\":\"192.0.2.1\"}]}",
	    "identifier.at");
	reads_not("{\"identifiers\":[{\"type\":\"email\",\"value\":\"x\"}]}",
	    "identifier.email");
	reads_not("{\"identifiers\":[null]}", "json.member");
	reads_not("{\"provider\":{\"name\":null}}", "json.member");
	reads_not("{\"provider\":null}", "json.member");
}

/* ---- limits ---- */

static void
texts_end_at_their_limits(void **state)
{
	struct fields fs;
	char text[9100];

	(void)state;
	fields_init(&fs);
	kit_set(&fs, "necessity", many(LAW_TEXT_MAX));
	sets_not(&fs, "necessity", many(LAW_TEXT_MAX + 1), "fields.long");
	kit_set(&fs, "provider", many(LAW_NAME_MAX));
	sets_not(&fs, "provider", many(LAW_NAME_MAX + 1), "fields.long");
	kit_set(&fs, "form_of_evidence.codes", many(FIELD_CODE_MAX));
	sets_not(&fs, "form_of_evidence.codes", many(FIELD_CODE_MAX + 1), "fields.long");
	fields_clear(&fs);
	for (size_t more = 0; more < 2; more++) {
		(void)snprintf(text, sizeof text,
		    "{\"necessity\":{\"text\":{\"lang\":\"en\",\"text\":\"%s\"}}}",
		    many(LAW_TEXT_MAX + more));
		more == 0 ? reads(text) : reads_not(text, "json.text");
		(void)snprintf(text, sizeof text, "{\"provider\":{\"name\":\"%s\"}}",
		    many(LAW_NAME_MAX + more));
		more == 0 ? reads(text) : reads_not(text, "json.text");
		(void)snprintf(text, sizeof text,
		    "{\"form_of_evidence\":{\"codes\":[\"%s\"]}}",
		    many(FIELD_CODE_MAX + more));
		more == 0 ? reads(text) : reads_not(text, "json.text");
	}
}

/* n codes of `width` bytes, all different. */
static void
codes_json(char *out, size_t room, size_t n, int width)
{
	size_t at = (size_t)snprintf(out, room, "{\"form_of_evidence\":{\"codes\":[");

	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(out + at, room - at, "%s\"%0*zu\"",
		    i == 0 ? "" : ",", width, i);
	(void)snprintf(out + at, room - at, "]}}");
}

static void
lists_end_at_their_limits(void **state)
{
	char text[4000] = "x0";
	struct fields fs;

	(void)state;
	fields_init(&fs);
	for (unsigned i = 1; i < FIELD_CODES_MAX; i++)
		(void)snprintf(text + strlen(text), 8, ";x%u", i);
	kit_set(&fs, "form_of_evidence.codes", text);
	(void)snprintf(text + strlen(text), 8, ",y");
	sets_not(&fs, "form_of_evidence.codes", text, "fields.value");
	fields_clear(&fs);
	codes_json(text, sizeof text, FIELD_CODES_MAX, 2);
	reads(text);
	codes_json(text, sizeof text, FIELD_CODES_MAX + 1, 2);
	reads_not(text, "json.list");
	/* 400 bytes joined: 8 codes of 49 and 7 between are 399, of 50 are 407 */
	codes_json(text, sizeof text, 8, 49);
	reads(text);
	codes_json(text, sizeof text, 8, 50);
	reads_not(text, "fields.value");
}

static void
numbers_and_instants_end_at_their_limits(void **state)
{
	struct fields fs;

	(void)state;
	fields_init(&fs);
	kit_set(&fs, "offence.max_penalty_months", "9007199254740992");
	sets_not(&fs, "offence.max_penalty_months", "9007199254740993", "fields.value");
	sets_not(&fs, "offence.max_penalty_months", "99999999999999999",
	    "fields.value");
	kit_set(&fs, "period.to", "9999-12-31T23:59:59Z");
	sets_not(&fs, "period.to", "@253402300800", "fields.value");
	fields_clear(&fs);
	reads("{\"period\":{\"from\":-62135596800,\"to\":253402300799}}");
	reads_not("{\"period\":{\"from\":-62135596801,\"to\":0}}", "json.member");
	reads_not("{\"period\":{\"from\":0,\"to\":253402300800}}", "json.member");
	reads_not("{\"offence\":{\"max_penalty_months\":-1,"
	    "\"facts\":{\"lang\":\"en\",\"text\":\"x\"}}}", "json.member");
}

static void
a_field_has_as_many_entries_as_its_shape_allows(void **state)
{
	const struct law_field *law = law_field("identifiers");
	struct err err = ERR_INIT;
	struct fields fs, back;
	const char *text;
	struct buf b;

	(void)state;
	fields_init(&fs);
	for (size_t i = 0; i < law->shape->entries_max; i++) {
		kit_set(&fs, "identifiers[+].type", "phone");
		kit_set(&fs, "identifiers[0].value", "+1234567");
	}
	sets_not(&fs, "identifiers[+].type", "phone", "fields.full");
	sets_not(&fs, "identifiers[64].type", "phone", "fields.full");
	write_text(&fs, &b);
	assert_true(buf_text(&b, &text, &err));
	assert_true(read_text(&back, text, true, &err));
	fields_clear(&back);
	fields_clear(&fs);
	/* One more, by hand. */
	b.n -= 2;
	assert_true(buf_add_text(&b, ",{\"type\":\"phone\"}]}", &err));
	assert_true(buf_text(&b, &text, &err));
	assert_false(read_text(&back, text, true, &err));
	assert_string_equal(err.reason, "json.list");
	buf_clear(&b);
}

/* All that the law carries, until no more fit. */
static void
an_act_has_at_most_48_fields(void **state)
{
	struct err err = ERR_INIT;
	struct fields fs;
	size_t n, set = 0;
	const struct law_field *all = law_fields(&n);

	(void)state;
	fields_init(&fs);
	for (size_t i = n; i-- > 0;) {		/* from the last: each goes to the front */
		static const char *const values[] = { "x", "yes", "1", "en", "XA",
			"subscriber", "2026-05-17", "email", "7", "life", "preserve" };
		char name[100];
		bool ok = false;

		if (all[i].shape->parts_n == 0)
			continue;
		(void)snprintf(name, sizeof name, "%s.%s", all[i].name,
		    all[i].shape->parts[0].name);
		for (size_t k = 0; k < sizeof values / sizeof values[0] && !ok; k++)
			ok = fields_set(&fs, name, values[k], "en", &err) ||
			    fs.n == FIELDS_MAX;
		if (all[i].shape->parts[0].kind == PART_DIGEST)
			continue;
		assert_true(ok);
		set++;
	}
	if (set > FIELDS_MAX) {
		assert_int_equal(fs.n, FIELDS_MAX);
		assert_int_equal(err.kind, ERR_LIMIT);
		assert_string_equal(err.reason, "fields.many");
	} else {
		assert_int_equal(fs.n, set);
	}
	fields_clear(&fs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_set_is_found_by_name_and_by_id),
		cmocka_unit_test(fields_stand_in_the_order_of_the_law),
		cmocka_unit_test(every_kind_of_part_is_taken_as_typed),
		cmocka_unit_test(a_wrong_name_or_value_is_refused_and_changes_nothing),
		cmocka_unit_test(an_identifier_is_checked_part_by_part),
		cmocka_unit_test(parts_entries_and_fields_are_removed),
		cmocka_unit_test(a_copy_is_equal_and_its_own),
		cmocka_unit_test(entries_are_added_behind_those_there_and_none_twice),
		cmocka_unit_test(setting_without_memory_changes_nothing),
		cmocka_unit_test(an_empty_object_is_no_fields),
		cmocka_unit_test(a_draft_may_miss_what_an_act_must_have),
		cmocka_unit_test(each_field_of_the_law_is_read_or_refused_by_its_shape),
		cmocka_unit_test(the_form_of_each_part_is_checked),
		cmocka_unit_test(texts_end_at_their_limits),
		cmocka_unit_test(lists_end_at_their_limits),
		cmocka_unit_test(numbers_and_instants_end_at_their_limits),
		cmocka_unit_test(a_field_has_as_many_entries_as_its_shape_allows),
		cmocka_unit_test(an_act_has_at_most_48_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
