/* Words: every code that can be signed says what it means, in every language. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "flow/destroy.h"
#include "law/tables.h"
#include "ledger/custody.h"
#include "policy/hold.h"
#include "policy/request.h"
#include "text/needs.h"
#include "text/phrases.h"
#include "text/words.h"

#define FIRST_WITH_ENGLISH_OF_LAW 1	/* table 0 is English: data/law has its labels */
#define LANGS "ar;en;es;fr;pt;ru;vi;zh"

/* Each table from `first` on has "PREFIX.code". */
static void
said(size_t first, const char *prefix, const char *code)
{
	char key[120];

	(void)snprintf(key, sizeof key, "%s.%s", prefix, code);
	for (size_t l = first; l < phrases_list_n; l++)
		if (phrases_find(&phrases_list[l], key) == NULL)
			fail_msg("no words in %s for %s", phrases_list[l].lang, key);
}

static void
all_said(const char *codes)
{
	char code[80];

	while (codes != NULL && *codes != '\0') {
		size_t n = strcspn(codes, ";");

		assert_true(n < sizeof code);
		(void)snprintf(code, sizeof code, "%.*s", (int)n, codes);
		said(0, "code", code);
		codes += n + (codes[n] == ';');
	}
}

/* The offence's own codes are articles, said by their names. */
static bool
are_articles(const struct law_shape *s, const struct law_part *p)
{
	return strcmp(s->name, "offence") == 0 && strcmp(p->name, "articles") == 0;
}

static void
every_code_of_a_field_has_words_in_every_language(void **state)
{
	size_t n;
	const struct law_field *fields = law_fields(&n);

	(void)state;
	for (size_t s = 0; s < LAW_SHAPES; s++)
		for (size_t i = 0; i < law_shapes[s].parts_n; i++)
			if (!are_articles(&law_shapes[s], &law_shapes[s].parts[i]))
				all_said(law_shapes[s].parts[i].codes);
	for (size_t i = 0; i < n; i++) {
		said(FIRST_WITH_ENGLISH_OF_LAW, "field", fields[i].id);
		all_said(fields[i].codes);
	}
}

static void
every_kind_and_measure_has_words_in_every_language(void **state)
{
	(void)state;
	for (unsigned k = 0; k < ACT_KINDS; k++)
		said(0, "kind", act_kind_name(k));
	for (size_t i = 0; i < law_measure_count; i++)
		said(FIRST_WITH_ENGLISH_OF_LAW, "kind", law_measure_rows[i].id);
}

static void
every_ground_has_words_in_every_language(void **state)
{
	(void)state;
	for (size_t i = 0; i < law_ground_count; i++)
		said(FIRST_WITH_ENGLISH_OF_LAW, "ground", law_ground_rows[i].id);
}

static void
every_certainty_has_words_in_every_language(void **state)
{
	(void)state;
	for (unsigned c = 0; c <= LAW_UNKNOWN; c++)
		said(0, "certainty", law_certainty_name((enum law_certainty)c));
}

static void
every_offence_has_words_in_every_language(void **state)
{
	(void)state;
	for (size_t i = 0; i < law_offence_count; i++)
		said(0, "offence", law_offence_rows[i].name);
}

static void
every_deadline_has_words_in_every_language(void **state)
{
	(void)state;
	for (size_t i = 0; i < law_deadline_count; i++)
		said(FIRST_WITH_ENGLISH_OF_LAW, "deadline", law_deadline_rows[i].id);
}

static void
every_state_of_requests_and_holds_has_words_in_every_language(void **state)
{
	(void)state;
	for (unsigned s = 0; s < REQUEST_STATES; s++)
		said(0, "state", request_state_name(s));
	for (unsigned s = 0; s < HOLD_STATES; s++)
		said(0, "hold", hold_state_name(s));
}

/* ---- reasons: what the code that finds them says ---- */

/* A stable name is small letters, digits, "_", "-" and ".". */
static bool
is_reason(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789_.-", s[i]) == NULL)
			return false;
	return n > 0;
}

/* Borrowed until the next. */
static const char *
source_text(const char *file)
{
	static char text[200000];
	char path[600];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/src/%s", SOURCE_DIR, file);
	f = fopen(path, "r");
	assert_non_null(f);
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	assert_true(feof(f));
	(void)fclose(f);
	return text;
}

/* The first text after each `call` in that source, where it is a stable name. */
static unsigned
each_reason(const char *file, const char *call, void (*found)(const char *reason))
{
	const char *p = source_text(file), *q, *end;
	char reason[100];
	unsigned n = 0;

	for (; (p = strstr(p, call)) != NULL; p += strlen(call)) {
		q = strchr(p, '"');
		end = q == NULL ? NULL : strchr(q + 1, '"');
		if (end == NULL || memchr(p, ';', (size_t)(q - p)) != NULL ||
		    !is_reason(q + 1, (size_t)(end - q - 1)))
			continue;
		(void)snprintf(reason, sizeof reason, "%.*s", (int)(end - q - 1), q + 1);
		found(reason);
		n++;
	}
	return n;
}

/* "finding.REASON", or what is said of its family. */
static void
finding_said(const char *reason)
{
	char key[120];

	if (strcmp(reason, "stopped") == 0)
		return;			/* a person's Ctrl-C: no finding */
	for (size_t l = 0; l < phrases_list_n; l++) {
		(void)snprintf(key, sizeof key, "finding.%s", reason);
		if (phrases_find(&phrases_list[l], key) != NULL)
			continue;
		(void)snprintf(key, sizeof key, "finding.%.*s",
		    (int)strcspn(reason, "."), reason);
		if (phrases_find(&phrases_list[l], key) == NULL)
			fail_msg("no words in %s for the finding %s",
			    phrases_list[l].lang, reason);
	}
}

static void
link_said(const char *reason)
{
	if (strcmp(reason, "proven") == 0 || strcmp(reason, "links") == 0)
		return;			/* said by the standing */
	said(0, strncmp(reason, "lacks-", 6) == 0 || strcmp(reason, "empty") == 0 ?
	    "cust.lacks" : "cust.why", reason);
}

static void
disclosed_said(const char *reason)
{
	said(0, "cust.event", reason);
}

static void
every_finding_of_a_check_has_words_in_every_language(void **state)
{
	static const struct { const char *file, *call; } list[] = {
		{ "package/check.c", "check_broken(" }, { "package/check.c", "finding_add(" },
		{ "package/check.c", "answer_only(" }, { "package/check.c", "report_say(" },
		{ "package/check_agree.c", "check_broken(" },
		{ "package/check_agree.c", "finding_add(" },
		{ "package/check_resume.c", "finding_add(" },
		{ "package/check_who.c", "check_broken(" },
		{ "package/check_who.c", "finding_add(" },
		{ "package/check_who.c", "report_say(" },
		{ "package/check_who.c", "who_unknown(" },
		{ "package/disclose_check.c", "check_broken(" },
		{ "package/disclose_check.c", "finding_add(" },
		{ "package/disclose_check.c", "err_set(" },
		{ "package/disclosure.c", "err_set(" },
		{ "package/check_lines.c", "err_set(" }, { "package/read_tar.c", "err_set(" },
		{ "package/read_order.c", "err_set(" }, { "flow/trust.c", "report_say(" },
		{ "crypto/cms_check.c", "] = {" }, { "crypto/stamp_check.c", "] = {" },
		{ "crypto/path.c", "] = {" },
	};
	unsigned n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
		n += each_reason(list[i].file, list[i].call, finding_said);
	assert_true(n > 100);
}

/* English alone has them in policy. */
static void
lack_said(const char *reason)
{
	assert_int_equal(strncmp(reason, "request.", strlen("request.")), 0);
	said(1, "need", reason + strlen("request."));
}

static void
what_a_request_lacks_has_words_in_every_language(void **state)
{
	(void)state;
	assert_true(each_reason("policy/request.c", "finding_say(c, ", lack_said) > 15);
	assert_true(each_reason("policy/safeguards.c", "finding_say(c, ", lack_said) > 20);
}

/* A sentence for a reason that nothing finds any more would never be read. */
static void
found_in_policy(const char *key)
{
	static const char *const files[] = { "policy/request.c", "policy/safeguards.c",
		"policy/preserve.c", "policy/emergency_data.c", "policy/intercept_content.c",
		"policy/realtime_traffic.c", "policy/police_info.c" };
	static const char *const ours[] = { "need.look", "need.none", "need.stops", "need.lacks",
		"need.set",
		"need.ask", "need.our-rules", "need.other" };
	char want[120];

	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
		if (strcmp(key, ours[i]) == 0)
			return;
	(void)snprintf(want, sizeof want, "\"request.%s\"", key + strlen("need."));
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
		if (strstr(source_text(files[i]), want) != NULL)
			return;
	fail_msg("nothing in policy finds %s", key);
}

static void
each_sentence_about_a_lack_has_its_reason(void **state)
{
	const struct phrases *fr = &phrases_list[1];

	(void)state;
	for (size_t i = 0; i < fr->n; i++)
		if (strncmp(fr->list[i].key, "need.", strlen("need.")) == 0)
			found_in_policy(fr->list[i].key);
}

static void
what_is_missing_is_said_with_its_field_and_article(void **state)
{
	const struct request_finding f = { .weight = FINDING_STOPS, .reason = "request.missing",
		.field = law_field("F03"), .where = "Art 42(3)(b)", .set = "offence",
		.text = "Missing: Offence (Art 42(3)(b)). Set offence." };
	const struct request_finding other = { .reason = "request.order-not-final",
		.text = "The order is not final." };
	struct err err = ERR_INIT;
	struct buf b;
	const char *s;

	(void)state;
	for (size_t l = 0; l < phrases_list_n; l++) {
		const char *lang = phrases_list[l].lang;

		buf_init(&b, 4096);
		assert_true(need_words(&f, lang, true, &b, &err) && buf_text(&b, &s, &err));
		assert_non_null(strstr(s, "Art 42(3)(b)"));
		assert_non_null(strstr(s, "offence"));
		assert_true((strstr(s, "Missing") != NULL) == (l == 0));
		assert_true(l == 0 || strstr(s, words_field(lang, f.field)) != NULL);
		buf_clear(&b);
		/* What a language has no sentence for is quoted, and never left out. */
		buf_init(&b, 4096);
		assert_true(need_words(&other, lang, true, &b, &err) && buf_text(&b, &s, &err));
		assert_non_null(strstr(s, "The order is not final."));
		buf_clear(&b);
	}
}

static void
every_reason_of_custody_has_words_in_every_language(void **state)
{
	unsigned n;

	(void)state;
	n = each_reason("ledger/custody_judge.c", "broken(", link_said) +
	    each_reason("ledger/custody_judge.c", "unfit(", link_said) +
	    each_reason("ledger/custody_judge.c", "reason = ", link_said) +
	    each_reason("ledger/custody_judge.c", "return \"lacks", link_said);
	assert_true(n > 20);
	for (unsigned s = 0; s <= CUSTODY_BROKEN; s++) {
		said(0, "cust", custody_standing_name((enum custody_standing)s));
		said(0, "cust.conclusion", custody_standing_name((enum custody_standing)s));
	}
	(void)each_reason("ledger/custody_say.c", "{ \"disclose", disclosed_said);
	assert_true(each_reason("ledger/custody_say.c", "{ \"destroyed", disclosed_said) ==
	    DESTROY_REASONS + 1);	/* and again after a restore */
}

static unsigned
holes(const char *text, const char *hole)
{
	unsigned n = 0;

	for (; (text = strstr(text, hole)) != NULL; text += strlen(hole))
		n++;
	return n;
}

static void
what_is_put_into_a_phrase_is_put_in_in_every_language(void **state)
{
	static const char *const hole[] = { "{}", "{d}", "{m}", "{y}", "{1}", "{2}",
		"{3}", "{4}", "{en}", "{" };

	(void)state;
	for (size_t l = 1; l < phrases_list_n; l++)
		for (size_t i = 0; i < phrases_list[l].n; i++) {
			const struct phrase *p = &phrases_list[l].list[i];
			const char *en = phrases_find(&phrases_list[0], p->key);

			for (size_t k = 0; k < sizeof hole / sizeof *hole; k++)
				if (holes(p->text, hole[k]) !=
				    (en == NULL ? 0 : holes(en, hole[k])))
					fail_msg("%s: %s has not the {} of English",
					    phrases_list[l].lang, p->key);
		}
}

static void
phrases_are_text_and_no_mark_up(void **state)
{
	(void)state;
	for (size_t l = 0; l < phrases_list_n; l++)
		for (size_t i = 0; i < phrases_list[l].n; i++) {
			const struct phrase *p = &phrases_list[l].list[i];
			struct span s = span_text(p->text);

			assert_true(s.n > 0 && s.p[0] != ' ' && s.p[s.n - 1] != ' ');
			if (!utf8_valid(s) || strpbrk(p->text, "<&") != NULL)
				fail_msg("%s: %s", phrases_list[l].lang, p->key);
		}
}

static void
eight_languages_are_there_and_all_but_english_are_drafts(void **state)
{
	size_t n = 0;

	(void)state;
	for (const char *lang; (lang = words_lang(n)) != NULL; n++) {
		assert_true(law_list_has(LANGS, lang));
		assert_true(words_are_draft(lang) == (strcmp(lang, "en") != 0));
		assert_true(words_right_to_left(lang) == (strcmp(lang, "ar") == 0));
	}
	assert_int_equal(n, 8);
	assert_false(words_are_there("tlh"));
	assert_false(words_are_there(""));
}

static void
an_instant_has_western_digits_and_the_month_as_a_word_in_every_language(void **state)
{
	const char *lang, *s;

	(void)state;
	assert_string_equal(words_instant("fr", 1795337160).s,
	    "22 novembre 2026, 08:46:00 UTC");
	assert_string_equal(words_instant("pt", 1795337160).s,
	    "22 de novembro de 2026, 08:46:00 UTC");
	assert_string_equal(words_instant(NULL, 1795337160).s,
	    "22 November 2026, 08:46:00 UTC");
	for (size_t i = 0; (lang = words_lang(i)) != NULL; i++) {
		s = words_instant(lang, 1795337160).s;
		assert_non_null(strstr(s, "22"));
		assert_non_null(strstr(s, "2026"));
		assert_non_null(strstr(s, "08:46:00 UTC"));
	}
	assert_string_equal(words_instant("fr", INT64_MAX).s, "");
}

static void
a_word_that_a_language_lacks_is_said_in_english(void **state)
{
	const struct law_ground *g = law_ground("R02");

	(void)state;
	assert_string_equal(words_ground("tlh", g), g->summary);
	assert_string_equal(words_ground("en", g), g->summary);
	assert_string_not_equal(words_ground("fr-CH", g), g->summary);
	assert_string_equal(words_state("tlh", "sent"), "sent");
	assert_string_equal(words_state("fr", "no_such_state"), "no_such_state");
	assert_string_equal(words_kind("", "no_such_kind"), "no_such_kind");
	assert_null(words_code("fr", "no_such_code"));
	assert_string_equal(words_lang_name("tlh"), "tlh");
	assert_string_equal(words_lang_name("fr-CH"), "fran\xc3\xa7" "ais");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_of_a_field_has_words_in_every_language),
		cmocka_unit_test(every_kind_and_measure_has_words_in_every_language),
		cmocka_unit_test(every_ground_has_words_in_every_language),
		cmocka_unit_test(every_certainty_has_words_in_every_language),
		cmocka_unit_test(every_offence_has_words_in_every_language),
		cmocka_unit_test(every_deadline_has_words_in_every_language),
		cmocka_unit_test(every_state_of_requests_and_holds_has_words_in_every_language),
		cmocka_unit_test(every_finding_of_a_check_has_words_in_every_language),
		cmocka_unit_test(what_a_request_lacks_has_words_in_every_language),
		cmocka_unit_test(each_sentence_about_a_lack_has_its_reason),
		cmocka_unit_test(what_is_missing_is_said_with_its_field_and_article),
		cmocka_unit_test(every_reason_of_custody_has_words_in_every_language),
		cmocka_unit_test(what_is_put_into_a_phrase_is_put_in_in_every_language),
		cmocka_unit_test(phrases_are_text_and_no_mark_up),
		cmocka_unit_test(eight_languages_are_there_and_all_but_english_are_drafts),
		cmocka_unit_test(an_instant_has_western_digits_and_the_month_as_a_word_in_every_language),
		cmocka_unit_test(a_word_that_a_language_lacks_is_said_in_english),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
