/* The sheet: two languages side by side, each value in its place. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "text/letter.h"
#include "text/words.h"

#define NOW 1795337160
#define HOSTILE "<script>&\"'></td>--><!-- \xe2\x80\xae x"

struct sheet_post {
	struct act act, card;
	struct letter l;
	struct buf out;
};

static void
set(struct sheet_post *p, const char *name, const char *value)
{
	struct err err = ERR_INIT;

	if (!fields_set(&p->act.body.request.fields, name, value, "fr", &err))
		fail_msg("%s: %s", name, err.text);
}

static void
sheet_begin(struct sheet_post *p, enum act_kind kind, const char *one, const char *two)
{
	memset(p, 0, sizeof *p);
	buf_init(&p->out, LETTER_MAX);
	act_init(&p->act, kind);
	p->act.made_at = NOW;
	p->act.exercise = true;
	(void)snprintf(p->act.instrument, sizeof p->act.instrument, "UNCAC-CYBER");
	(void)snprintf(p->act.article, sizeof p->act.article, "25;42");
	act_init(&p->card, ACT_CARD);
	(void)snprintf(p->card.body.card.state, 3, "XA");
	(void)snprintf(p->card.body.card.names[0].lang, 12, "en");
	p->card.body.card.names[0].text = mem_text_of("Central Authority", NULL);
	p->card.body.card.names_n = 1;
	p->card.body.card.phone = mem_text_of("+000 555 0100", NULL);
	p->l = (struct letter){ .act = &p->act, .card = &p->card,
		.our_number = "XA-2026-000031", .to_name = "Berun desk", .to_state = "XB",
		.by = "letter" };
	(void)snprintf(p->l.lang[0], sizeof p->l.lang[0], "%s", one);
	(void)snprintf(p->l.lang[1], sizeof p->l.lang[1], "%s", two);
	memset(p->l.act_id.b, 0x5a, 32);
}

static void
fill(struct sheet_post *p, const char *text)
{
	set(p, "secrecy.wanted", "yes");
	set(p, "secrecy.reasons", text);
	set(p, "secrecy.until", "2027-06-30T00:00:00Z");
	set(p, "necessity", text);
	set(p, "intent.measure", "stored_data");
	set(p, "intent.planned_at", "2026-12-24T10:00:00Z");
	set(p, "system_or_account[0].type", "email");
	set(p, "system_or_account[0].value", "a.b@mail.example");
	set(p, "provider.name", "Berun Mail");
	set(p, "provider.state", "XB");
	set(p, "data_sought", text);
	set(p, "offence.articles", "13;16");
	set(p, "offence.facts", text);
	set(p, "request_status.codes", "new");
	set(p, "office_hours.hours", "08:00-17:00");
	set(p, "urgency.codes", "volatile_data");
	set(p, "human_rights.statements", "not_political;dual_criminality");
	set(p, "human_rights.by", "Head of desk");
}

static void
sheet_end(struct sheet_post *p)
{
	act_clear(&p->act);
	act_clear(&p->card);
	buf_clear(&p->out);
}

static const char *
sheet(struct sheet_post *p)
{
	struct err err = ERR_INIT;
	const char *to = getenv("COMITY_PAGES"), *s = NULL;
	static int n;
	char path[600];
	FILE *f;

	buf_reset(&p->out);
	if (!sheet_html(&p->l, &p->out, &err) || !buf_text(&p->out, &s, &err))
		fail_msg("%s", err.text);
	if (to != NULL) {		/* to be looked at */
		(void)snprintf(path, sizeof path, "%s/sheet-%d-%s-%s.html", to, n++,
		    p->l.lang[0], p->l.lang[1]);
		f = fopen(path, "wb");
		assert_non_null(f);
		assert_int_equal(fwrite(p->out.p, 1, p->out.n, f), p->out.n);
		(void)fclose(f);
	}
	return s;
}

static void
refused(struct sheet_post *p, const char *reason)
{
	struct err err = ERR_INIT;

	assert_false(sheet_html(&p->l, &p->out, &err));
	assert_string_equal(err.reason, reason);
	assert_int_equal(p->out.n, 0);
}

static unsigned
times(const char *page, const char *what)
{
	unsigned n = 0;

	for (; (page = strstr(page, what)) != NULL; page += strlen(what))
		n++;
	return n;
}

static void
both_languages_stand_side_by_side_each_in_its_direction(void **state)
{
	struct sheet_post p;
	const char *page;

	(void)state;
	sheet_begin(&p, ACT_PRESERVE, "ar", "fr");
	fill(&p, "Les faits");
	page = sheet(&p);
	assert_non_null(strstr(page, "<html lang=\"ar\" dir=\"rtl\">"));
	assert_int_equal(times(page, "<td lang=\"ar\" dir=\"rtl\">"),
	    times(page, "<td lang=\"fr\" dir=\"ltr\">"));
	assert_true(times(page, "<td lang=\"ar\" dir=\"rtl\">") > 20);
	assert_non_null(strstr(page, "Demande de conservation de donn"));
	assert_int_equal(times(page, words_kind("ar", "preserve")), 1);
	/* Identifiers and numbers keep their own direction, in both columns. */
	assert_int_equal(times(page, "<bdi>a.b@mail.example</bdi>"), 2);
	assert_int_equal(times(page, "<bdi>XA-2026-000031</bdi>"), 4);
	assert_int_equal(times(page, "<bdi dir=\"ltr\">08:46:00 UTC</bdi>"), 1);
	assert_int_equal(times(page, "<bdi dir=\"ltr\"><code>5a5a5a5a"), 2);
	sheet_end(&p);
}

static void
fields_stand_in_the_order_of_the_templates(void **state)
{
	static const char *const order[] = { "F60", "F64", "F65", "F10", "F11", "F13",
		"F12", "F14", "F15", "F16", "F67" };
	struct sheet_post p;
	const char *page;

	(void)state;
	sheet_begin(&p, ACT_PRESERVE, "fr", "en");
	fill(&p, "Les faits");
	page = sheet(&p);
	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		const char *label = words_field("fr", law_field(order[i]));
		char text[300];

		(void)snprintf(text, sizeof text, "<b>%.*s", (int)strcspn(label, "'"),
		    label);
		page = strstr(page, text);
		if (page == NULL)
			fail_msg("%s is not where the templates have it", order[i]);
	}
	assert_non_null(strstr(sheet(&p), "T-CY box 5"));
	sheet_end(&p);
}

static void
a_text_stands_in_the_column_of_its_language_and_the_other_has_room(void **state)
{
	struct sheet_post p;
	const char *page;

	(void)state;
	sheet_begin(&p, ACT_PRESERVE, "en", "fr");
	fill(&p, "Les faits sont connus.");
	page = sheet(&p);
	assert_int_equal(times(page, "Les faits sont connus."), 4);
	assert_int_equal(times(page, "Translation:"), 4);
	assert_int_equal(times(page, "Traduction :"), 0);
	assert_non_null(strstr(page, "Written in <bdi>fran\xc3\xa7" "ais</bdi>"));
	sheet_end(&p);
	/* In neither of the two: shown once, and named. */
	sheet_begin(&p, ACT_PRESERVE, "en", "es");
	fill(&p, "Les faits sont connus.");
	page = sheet(&p);
	assert_int_equal(times(page, "Les faits sont connus."), 4);
	assert_int_equal(times(page, "which is neither language of this sheet"), 4);
	assert_int_equal(times(page, "<p dir=\"auto\" lang=\"fr\">"), 4);
	sheet_end(&p);
}

static void
codes_are_said_in_both_languages(void **state)
{
	struct sheet_post p;
	const char *page;

	(void)state;
	sheet_begin(&p, ACT_PRESERVE, "en", "fr");
	fill(&p, "x");
	page = sheet(&p);
	assert_non_null(strstr(page, "data may soon be lost"));
	assert_non_null(strstr(page, "les donn\xc3\xa9" "es risquent"));
	assert_non_null(strstr(page, "<bdi>13</bdi> theft or fraud"));
	assert_non_null(strstr(page, "<bdi>16</bdi> diffusion non consentie"));
	assert_non_null(strstr(page, "double incrimination"));
	assert_non_null(strstr(page, "22 novembre 2026, 08:46:00 UTC"));
	sheet_end(&p);
}

static void
a_draft_says_so_in_its_own_column(void **state)
{
	struct sheet_post p;
	const char *page;

	(void)state;
	sheet_begin(&p, ACT_PRESERVE, "fr", "en");
	fill(&p, "x");
	page = sheet(&p);
	assert_int_equal(times(page, "<p class=\"draft\">"), 1);
	assert_non_null(strstr(page, words_say("fr", "lang.draft")));
	assert_null(strstr(page, words_say("en", "lang.draft")));
	sheet_end(&p);
}

/* With COMITY_PAGES=DIR a page a language is left there for people to look at. */
static void
every_language_has_a_sheet_with_every_other(void **state)
{
	const char *lang;

	(void)state;
	for (size_t i = 0; (lang = words_lang(i)) != NULL; i++) {
		struct sheet_post p;
		const char *page;

		sheet_begin(&p, ACT_PRESERVE, strcmp(lang, "fr") == 0 ? "en" : "fr", lang);
		fill(&p, "Les faits sont connus depuis le 3 novembre 2026.");
		page = sheet(&p);
		assert_non_null(strstr(page, words_kind(lang, "preserve")));
		/* Nothing of it is said in English for want of a phrase. */
		if (strcmp(lang, "fr") != 0)
			assert_null(strstr(page, "<span lang=\"en\" dir=\"ltr\">"));
		sheet_end(&p);
	}
}

static void
no_value_leaves_its_cell(void **state)
{
	struct letter_attached file = { HOSTILE, 7, { { 1 } } };
	struct sheet_post p;
	const char *page;

	(void)state;
	sheet_begin(&p, ACT_PRESERVE, "zh", "ar");
	fill(&p, HOSTILE);
	p.l.to_name = p.l.to_address = p.l.our_number = p.l.their_reference = HOSTILE;
	p.l.attached = &file;
	p.l.attached_n = 1;
	(void)snprintf(p.act.instrument, sizeof p.act.instrument, "%s", HOSTILE);
	page = sheet(&p);
	assert_null(strstr(page, "<script"));
	assert_null(strstr(page, "-->"));
	assert_null(strstr(page, "\xe2\x80\xae x</bdi>"));
	assert_int_equal(times(page, "<td"), times(page, "</td>"));
	assert_int_equal(times(page, "<tr"), times(page, "</tr>"));
	sheet_end(&p);
}

static void
an_answer_has_a_sheet_too_and_a_card_none(void **state)
{
	struct sheet_post p;

	(void)state;
	sheet_begin(&p, ACT_REFUSED, "vi", "en");
	(void)snprintf(p.act.body.answer.grounds[0], 8, "R02");
	p.act.body.answer.grounds_n = 1;
	assert_non_null(strstr(sheet(&p), words_ground("vi", law_ground("R02"))));
	sheet_end(&p);
	sheet_begin(&p, ACT_CARD, "vi", "en");
	refused(&p, "letter.kind");
	sheet_end(&p);
}

static void
two_languages_of_ours_are_needed(void **state)
{
	struct sheet_post p;

	(void)state;
	sheet_begin(&p, ACT_PRESERVE, "fr", "tlh");
	refused(&p, "sheet.language");
	sheet_end(&p);
	sheet_begin(&p, ACT_PRESERVE, "fr", "fr-CH");
	refused(&p, "sheet.language");
	sheet_end(&p);
	sheet_begin(&p, ACT_PRESERVE, "", "fr");
	refused(&p, "sheet.language");
	sheet_end(&p);
}

static void
no_allocation_that_fails_leaves_half_a_sheet(void **state)
{
	struct sheet_post p;
	bool made = false;

	(void)state;
	sheet_begin(&p, ACT_PRESERVE, "fr", "ar");
	fill(&p, "x");
	for (uint64_t n = 1; !made; n++) {
		struct err err = ERR_INIT;

		buf_clear(&p.out);
		buf_init(&p.out, LETTER_MAX);
		mem_fail(n, false);
		made = sheet_html(&p.l, &p.out, &err);
		mem_fail(0, false);
		assert_true(made || (err.kind == ERR_MEMORY && p.out.n == 0));
	}
	sheet_end(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_languages_stand_side_by_side_each_in_its_direction),
		cmocka_unit_test(fields_stand_in_the_order_of_the_templates),
		cmocka_unit_test(a_text_stands_in_the_column_of_its_language_and_the_other_has_room),
		cmocka_unit_test(codes_are_said_in_both_languages),
		cmocka_unit_test(a_draft_says_so_in_its_own_column),
		cmocka_unit_test(every_language_has_a_sheet_with_every_other),
		cmocka_unit_test(no_value_leaves_its_cell),
		cmocka_unit_test(an_answer_has_a_sheet_too_and_a_card_none),
		cmocka_unit_test(two_languages_of_ours_are_needed),
		cmocka_unit_test(no_allocation_that_fails_leaves_half_a_sheet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
