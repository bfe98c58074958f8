/*
 * Every kind of act by the same measure: what is written is read back; cut, changed,
 * with a member less or one more, it is refused.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "act/testkit.h"

static void
each_kind_is_written_and_read_back_as_the_same_bytes(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	for (unsigned k = 0; k < ACT_KINDS; k++) {
		struct act a = kit_act((enum act_kind)k), back;
		struct buf first, second;

		kit_encode(&a, &first);
		if (!act_decode(&back, buf_span(&first), &err))
			fail_msg("%s: %s", act_kind_name((enum act_kind)k), err.text);
		kit_encode(&back, &second);
		assert_int_equal(back.kind, k);
		assert_true(span_eq(buf_span(&first), buf_span(&second)));
		act_clear(&a);
		act_clear(&back);
		buf_clear(&first);
		buf_clear(&second);
	}
}

/* ---- one thing changed at a time, everywhere ---- */

/* What is tried on one member of an object, given its path ("body.fields.offence"). */
typedef void change_fn(json_t *top, json_t *object, const char *name,
    const char *path);

static bool
decoded(json_t *top, struct err *err)
{
	char *text = json_dumps(top, JSON_COMPACT);
	struct act a;
	bool ok;

	assert_non_null(text);
	ok = act_decode(&a, span_text(text), err);
	if (ok)
		act_clear(&a);
	free(text);
	return ok;
}

/* Call f on each member of each object below node.  f may put a member anew. */
static void
each_member(json_t *top, json_t *node, const char *path, change_fn *f)
{
	char below[300], names[JSON_MEMBERS_MAX][60];
	const char *key;
	json_t *value;
	size_t i, n = 0;

	if (json_is_array(node))
		json_array_foreach(node, i, value)
			each_member(top, value, path, f);
	if (!json_is_object(node))
		return;
	json_object_foreach(node, key, value)
		(void)snprintf(names[n++], sizeof names[0], "%s", key);
	for (i = 0; i < n; i++) {
		(void)snprintf(below, sizeof below, "%s%s%.59s", path,
		    path[0] != '\0' ? "." : "", names[i]);
		each_member(top, json_object_get(node, names[i]), below, f);
		f(top, node, names[i], below);
	}
}

static json_t *
tree_of(enum act_kind kind)
{
	struct act a = kit_act(kind);
	struct buf b;
	json_t *top;

	kit_encode(&a, &b);
	top = json_loadb((const char *)b.p, b.n, 0, NULL);
	assert_non_null(top);
	act_clear(&a);
	buf_clear(&b);
	return top;
}

/* Requests share their body to the last line: one of them stands for all. */
static bool
stands_for_itself(unsigned kind)
{
	return kind == ACT_PRESERVE ||
	    act_kind_class((enum act_kind)kind) != ACT_IS_REQUEST;
}

static void
in_every_kind(change_fn *f)
{
	for (unsigned k = 0; k < ACT_KINDS; k++) {
		struct err err = ERR_INIT;
		json_t *top;

		if (!stands_for_itself(k))
			continue;
		top = tree_of((enum act_kind)k);
		assert_true(decoded(top, &err));
		each_member(top, top, "", f);
		assert_true(decoded(top, &err));
		json_decref(top);
	}
}

/* The law's row of a path below "fields" or "limits", and what is behind it. */
static const struct law_field *
field_of_path(const char *path, const char **part)
{
	char name[60];
	const char *at = strncmp(path, "body.fields.", 12) == 0 ? path + 12 :
	    strncmp(path, "body.limits.", 12) == 0 ? path + 12 : NULL;
	size_t n;

	if (at == NULL)
		return NULL;
	n = strcspn(at, ".");
	(void)snprintf(name, sizeof name, "%.*s", (int)n, at);
	*part = at[n] == '.' ? at + n + 1 : "";
	return law_field(name);
}

/* Fields, and parts that are not required, may miss; limits and origins of evidence. */
static bool
may_miss(const char *path)
{
	const char *part;
	const struct law_field *f = field_of_path(path, &part);

	if (f == NULL)
		return strcmp(path, "body.limits") == 0 ||
		    strcmp(path, "body.origins") == 0;
	if (*part == '\0')
		return strcmp(f->name, "conditions") != 0;
	for (size_t i = 0; i < f->shape->parts_n; i++)
		if (strcmp(f->shape->parts[i].name, part) == 0)
			return !f->shape->parts[i].required &&
			    strcmp(part, "at") != 0 && strcmp(part, "service") != 0;
	return false;		/* lang and text of a marked part */
}

static void
left_out(json_t *top, json_t *object, const char *name, const char *path)
{
	struct err err = ERR_INIT;
	json_t *was = json_incref(json_object_get(object, name));

	json_object_del(object, name);
	if (decoded(top, &err) != may_miss(path))
		fail_msg("%s left out: %s", path, err.text);
	if (!may_miss(path))
		assert_int_equal(err.kind, ERR_INPUT);
	json_object_set_new(object, name, was);
}

static void
a_member_that_must_be_there_is_missed_everywhere(void **state)
{
	(void)state;
	in_every_kind(left_out);
}

static void
of_another_type(json_t *top, json_t *object, const char *name, const char *path)
{
	json_t *was = json_incref(json_object_get(object, name));
	json_t *others[5] = { json_true(), json_integer(7), json_string("no \x1F such"),
	    json_array(), json_object() };

	for (size_t i = 0; i < 5; i++) {
		struct err err = ERR_INIT;
		bool same = json_typeof(others[i]) == json_typeof(was) ||
		    (json_is_boolean(others[i]) && json_is_boolean(was));
		/* A nullable member of our kit may be null: any of them is another. */
		bool was_null = json_is_null(was);

		if (!same && !was_null) {
			json_object_set(object, name, others[i]);
			if (decoded(top, &err))
				fail_msg("%s taken with another type", path);
			assert_true(err.kind == ERR_INPUT);
		}
		json_decref(others[i]);
	}
	json_object_set_new(object, name, was);
}

static void
a_member_of_another_type_is_refused_everywhere(void **state)
{
	(void)state;
	in_every_kind(of_another_type);
}

/* Codes, digests, ids, languages: text that is no such thing. */
static void
of_another_form(json_t *top, json_t *object, const char *name, const char *path)
{
	static const char *const forms[] = { "schema", "kind", "nonce", "authority",
		"card", "lang", "for", "carrier", "unchanged", "who", "when", "what",
		"sha256", "act", "package", "consent", "from", "to", "type", "state",
		"measure", "recipient", "code", "id", "request" };
	json_t *was = json_incref(json_object_get(object, name));
	struct err err = ERR_INIT;
	bool has_form = false;

	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
		has_form = has_form || strcmp(forms[i], name) == 0;
	/* An authority in words, where the law's table asks for no id. */
	if (strcmp(path, "body.fields.matter.authority") == 0)
		has_form = false;
	if (has_form && json_is_string(was)) {
		json_object_set_new(object, name, json_string("no such"));
		if (decoded(top, &err))
			fail_msg("%s taken as \"no such\"", path);
	}
	json_object_set_new(object, name, was);
}

static void
text_of_another_form_is_refused_everywhere(void **state)
{
	(void)state;
	in_every_kind(of_another_form);
}

static void
with_one_more(json_t *top, json_t *object, const char *name, const char *path)
{
	struct err err = ERR_INIT;

	(void)name;
	json_object_set_new(object, "unheard_of", json_string("x"));
	if (decoded(top, &err))
		fail_msg("a member more beside %s", path);
	assert_string_equal(err.reason, "json.unknown");
	json_object_del(object, "unheard_of");
}

static void
a_member_nobody_knows_is_refused_everywhere(void **state)
{
	(void)state;
	in_every_kind(with_one_more);
}

static void
an_act_that_is_cut_anywhere_is_refused(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	for (unsigned k = 0; k < ACT_KINDS; k++) {
		struct act a, cut;
		struct buf b;

		if (!stands_for_itself(k))
			continue;
		a = kit_act((enum act_kind)k);
		kit_encode(&a, &b);
		for (size_t n = 0; n + 1 < b.n; n++)	/* the last byte is a line end */
			if (act_decode(&cut, span_of(b.p, n), &err) && n + 1 < b.n - 1)
				fail_msg("%s taken at %zu of %zu bytes",
				    act_kind_name((enum act_kind)k), n, b.n);
		act_clear(&a);
		buf_clear(&b);
	}
}

static void
every_failed_allocation_is_told_and_leaves_nothing(void **state)
{
	(void)state;
	for (unsigned k = 0; k < ACT_KINDS; k++) {
		struct err err = ERR_INIT;
		struct act a, back;
		struct buf b, again;
		bool ok = false;

		if (!stands_for_itself(k))
			continue;
		a = kit_act((enum act_kind)k);
		kit_encode(&a, &b);
		for (uint64_t n = 1; !ok; n++) {
			mem_fail(n, false);
			ok = act_decode(&back, buf_span(&b), &err);
			mem_fail(0, false);
			if (!ok && err.kind != ERR_MEMORY)
				fail_msg("%s", err.text);
			assert_true(n < 10000);
		}
		act_clear(&back);
		for (uint64_t n = 1;; n++) {
			buf_init(&again, ACT_BYTES_MAX);
			mem_fail(n, true);
			ok = act_encode(&a, &again, &err);
			mem_fail(0, false);
			buf_clear(&again);
			if (ok)
				break;
			assert_int_equal(err.kind, ERR_MEMORY);
			assert_true(n < 10000);
		}
		act_clear(&a);
		buf_clear(&b);
	}
}

/* ---- the document ---- */

/* An example: a whole act, or members that take the place of those of the whole one. */
static void
example_read(const char *text, size_t n, json_t **whole, bool seen[ACT_KINDS])
{
	struct err err = ERR_INIT;
	char *wrapped;
	enum act_kind kind;
	json_t *top;

	assert_true(n < 20000);
	wrapped = malloc(n + 3);
	assert_non_null(wrapped);
	(void)snprintf(wrapped, n + 3, text[0] == '{' ? "%.*s" : "{%.*s}", (int)n, text);
	top = json_loads(wrapped, 0, NULL);
	assert_non_null(top);
	free(wrapped);
	if (text[0] == '{') {
		assert_null(*whole);
		*whole = json_incref(top);
	} else {
		json_t *all = json_copy(*whole);

		json_object_set_new(all, "follows", json_loads("[\"2c26b46b68ffc68ff99b"
		    "453c1d30413413422d706483bfa0f98a5e886266e7ae\"]", 0, NULL));
		json_object_update(all, top);
		json_decref(top);
		top = all;
	}
	if (!decoded(top, &err))
		fail_msg("%.*s: %s", (int)n, text, err.text);
	assert_true(act_kind_parse(json_string_value(json_object_get(top, "kind")),
	    &kind));
	seen[kind] = true;
	json_decref(top);
}

static void
every_example_of_the_document_is_read(void **state)
{
	static char text[100000];
	static const char open[] = "```json\n";
	bool seen[ACT_KINDS] = { false };
	json_t *whole = NULL;
	const char *at = text, *end;
	FILE *f = fopen(DOC_DIR "/format/act.md", "r");
	size_t n;

	(void)state;
	assert_non_null(f);
	n = fread(text, 1, sizeof text - 1, f);
	assert_true(n > 0 && n < sizeof text - 1);
	text[n] = '\0';
	(void)fclose(f);
	while ((at = strstr(at, open)) != NULL) {
		at += strlen(open);
		end = strstr(at, "```");
		assert_non_null(end);
		example_read(at, (size_t)(end - at), &whole, seen);
		at = end;
	}
	json_decref(whole);
	for (unsigned k = 0; k < ACT_KINDS; k++)
		if (!seen[k] && stands_for_itself(k) && k != ACT_CARD &&
		    k != ACT_TIME_STAMP)
			fail_msg("no example of %s", act_kind_name((enum act_kind)k));
}

/* ---- the table ---- */

static void
each_kind_has_its_name_class_and_measure(void **state)
{
	enum act_kind kind;

	(void)state;
	for (unsigned k = 0; k < ACT_KINDS; k++) {
		const char *name = act_kind_name((enum act_kind)k);
		const struct law_measure *m = act_kind_measure((enum act_kind)k);

		assert_true(act_kind_parse(name, &kind));
		assert_int_equal(kind, k);
		if (act_kind_class((enum act_kind)k) == ACT_IS_REQUEST)
			assert_string_equal(m->id, name);
		else
			assert_null(m);
	}
	assert_false(act_kind_parse("", &kind));
	assert_false(act_kind_parse("Preserve", &kind));
	assert_false(act_kind_needs_stamp(ACT_CARD));
	assert_memory_equal(request_kinds_people().s, "preserve, preserve_extend, ", 27);
	assert_non_null(strstr(request_kinds_people().s,
	    ", status_query, use_consent and domestic_order"));
	assert_false(act_kind_needs_stamp(ACT_RECEIPT));
	assert_false(act_kind_needs_stamp(ACT_TIME_STAMP));
	assert_true(act_kind_needs_stamp(ACT_PRESERVE));
	assert_true(act_kind_needs_stamp(ACT_REFUSED));
	assert_true(act_kind_needs_stamp(ACT_REVOKED));
}

static void
an_answer_follows_something_and_a_receipt_one_act(void **state)
{
	(void)state;
	for (unsigned k = 0; k < ACT_KINDS; k++) {
		enum act_class class = act_kind_class((enum act_kind)k);
		struct act a = kit_act((enum act_kind)k);
		struct buf b;

		a.follows_n = 0;
		if (class == ACT_IS_ANSWER || class == ACT_IS_RECEIPT ||
		    class == ACT_IS_NOTICE) {
			kit_refused(&a, "act.follows");
		} else if (class == ACT_IS_TIME_STAMP) {
			kit_refused(&a, "time_stamp.follows");
		} else {
			kit_encode(&a, &b);
			buf_clear(&b);
			act_clear(&a);
		}
		a = kit_act((enum act_kind)k);
		for (; a.follows_n < ACT_FOLLOWS_MAX; a.follows_n++)
			memset(a.follows[a.follows_n].b, (int)(100 + a.follows_n), 32);
		if (class == ACT_IS_RECEIPT) {
			kit_refused(&a, "act.follows");
			continue;
		}
		kit_encode(&a, &b);
		buf_clear(&b);
		act_clear(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_written_and_read_back_as_the_same_bytes),
		cmocka_unit_test(a_member_that_must_be_there_is_missed_everywhere),
		cmocka_unit_test(a_member_of_another_type_is_refused_everywhere),
		cmocka_unit_test(text_of_another_form_is_refused_everywhere),
		cmocka_unit_test(a_member_nobody_knows_is_refused_everywhere),
		cmocka_unit_test(an_act_that_is_cut_anywhere_is_refused),
		cmocka_unit_test(every_failed_allocation_is_told_and_leaves_nothing),
		cmocka_unit_test(every_example_of_the_document_is_read),
		cmocka_unit_test(each_kind_has_its_name_class_and_measure),
		cmocka_unit_test(an_answer_follows_something_and_a_receipt_one_act),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
