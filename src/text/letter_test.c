/* Letters: what stands on them, and what no value can do to them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "text/letter.h"
#include "text/phrases.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; assert_false(call); \
	assert_string_equal(err.reason, why); } while (0)
#define NOW 1795337160

/* Mark-up in a value, in every way a page could be left by it. */
#define HOSTILE "<script>&\"'></td>--><!-- \xe2\x80\xae x"

struct post {
	struct act act, card, request;
	struct letter letter;
	struct buf out;
};

static void
text_put(struct marked_text *t, const char *lang, const char *text)
{
	(void)snprintf(t->lang, sizeof t->lang, "%s", lang);
	t->text = mem_text_of(text, NULL);
}

static void
post_begin(struct post *p, enum act_kind kind)
{
	memset(p, 0, sizeof *p);
	buf_init(&p->out, LETTER_MAX);
	act_init(&p->act, kind);
	act_init(&p->request, ACT_PRESERVE);
	p->request.made_at = NOW - 1000;
	p->act.made_at = NOW;
	p->act.exercise = true;
	(void)snprintf(p->act.instrument, sizeof p->act.instrument, "UNCAC-CYBER");
	(void)snprintf(p->act.article, sizeof p->act.article, "25;42");
	act_init(&p->card, ACT_CARD);
	(void)snprintf(p->card.body.card.state, 3, "XA");
	text_put(&p->card.body.card.names[0], "en", "Central Authority");
	text_put(&p->card.body.card.names[1], "fr", "Autorit\xc3\xa9 centrale");
	p->card.body.card.names_n = 2;
	p->card.body.card.phone = mem_text_of("+000 555 0100", NULL);
	p->letter = (struct letter){ .act = &p->act, .card = &p->card,
		.our_number = "XA-2026-000031", .to_name = "Berun desk",
		.to_address = "1 Street\nTown", .to_state = "XB", .by = "letter",
		.lang = { "fr", "en" } };
	memset(p->letter.act_id.b, 0x5a, 32);
}

static void
post_end(struct post *p)
{
	act_clear(&p->act);
	act_clear(&p->card);
	act_clear(&p->request);
	buf_clear(&p->out);
}

static void
set(struct fields *fs, const char *name, const char *value)
{
	OK(fields_set(fs, name, value, "fr", &err));
}

static void
fields_fill(struct fields *fs, const char *text)
{
	set(fs, "offence.articles", "13");
	set(fs, "offence.facts", text);
	set(fs, "data_sought", text);
	set(fs, "provider.name", text);
	set(fs, "provider.state", "XC");
	set(fs, "system_or_account[0].type", "email");
	set(fs, "system_or_account[0].value", "a.b@mail.example");
	set(fs, "necessity", text);
	set(fs, "intent.measure", "stored_data");
	set(fs, "intent.planned_at", "2026-12-24T10:00:00Z");
	set(fs, "secrecy.wanted", "yes");
}

static const char *
make(struct post *p)
{
	const char *s = NULL;

	buf_reset(&p->out);
	OK(letter_html(&p->letter, &p->out, &err));
	OK(buf_text(&p->out, &s, &err));
	return s;
}

static void
has(const char *page, const char *what)
{
	if (strstr(page, what) == NULL)
		fail_msg("not on the page: %s", what);
}

/* Every element that is opened is closed, in order; the parser needs no repair. */
static void
well_formed(const char *p)
{
	char open[32][16];
	size_t depth = 0;

	p = strstr(p, "<html");
	assert_non_null(p);
	for (; (p = strchr(p, '<')) != NULL; p++) {
		bool end = p[1] == '/';
		char name[16];
		size_t n = strspn(p + 1 + end, "abcdefghijklmnopqrstuvwxyz0123456789");

		assert_true(n > 0 && n < sizeof name);
		memcpy(name, p + 1 + end, n);
		name[n] = '\0';
		if (strcmp(name, "br") == 0 || strcmp(name, "meta") == 0)
			continue;
		if (!end) {
			assert_true(depth < 32);
			memcpy(open[depth++], name, n + 1);
			continue;
		}
		assert_true(depth > 0);
		assert_string_equal(open[--depth], name);
	}
	assert_int_equal(depth, 0);
}

static void
a_request_is_a_letter_in_two_languages(void **state)
{
	const char *page;
	struct post p;

	(void)state;
	post_begin(&p, ACT_PRESERVE);
	fields_fill(&p.act.body.request.fields, "Les faits\nsont connus.");
	page = make(&p);
	well_formed(page);
	has(page, "<html lang=\"fr\" dir=\"ltr\">");
	has(page, "<article lang=\"fr\"");
	has(page, "<article lang=\"en\"");
	assert_true(strstr(page, "<article lang=\"fr\"") <
	    strstr(page, "<article lang=\"en\""));
	has(page, "<h1>Demande de conservation de donn\xc3\xa9"
	    "es</h1>");
	has(page, "<h1>Request to preserve data</h1>");
	has(page, "Infraction vis\xc3\xa9"
	    "e et bref expos\xc3\xa9 des faits");
	has(page, "Offence under inquiry and short facts");
	has(page, "Les faits<br>\nsont connus.");
	has(page, "<strong lang=\"fr\"><bdi>Autorit\xc3\xa9 centrale</bdi>");
	has(page, "<strong lang=\"en\"><bdi>Central Authority</bdi>");
	has(page, "<bdi>XA-2026-000031</bdi>");
	has(page, "<bdi>a.b@mail.example</bdi>");
	has(page, "22 novembre 2026, 08:46:00 UTC");
	has(page, "22 November 2026, 08:46:00 UTC");
	has(page, "5a5a5a5a 5a5a5a5a");
	has(page, "Article <bdi>25,\xc2\xa0" "42</bdi>");
	has(page, "+000 555 0100");
	has(page, "TRAINING. This is an exercise.");
	has(page, "EXERCICE.");
	has(page, "Answer by letter or by mail");
	assert_null(strstr(page, "<script"));
	assert_null(strstr(page, "http:"));
	assert_null(strstr(page, "https:"));
	post_end(&p);
}

static void
a_letter_under_budapest_names_no_article_of_the_convention(void **state)
{
	const char *page;
	struct post p;

	(void)state;
	post_begin(&p, ACT_PRESERVE);
	fields_fill(&p.act.body.request.fields, "Les faits");
	page = make(&p);
	has(page, "Art 42(3)(b)");
	assert_null(strstr(page, "Budapest 29"));
	(void)snprintf(p.act.instrument, sizeof p.act.instrument, "Budapest");
	(void)snprintf(p.act.article, sizeof p.act.article, "16;29");
	page = make(&p);
	has(page, "Budapest 29(2)(b)");
	has(page, "theft or fraud");
	has(page, "Convention on Cybercrime (Budapest, 2001)");
	assert_null(strstr(page, "Art 4"));
	assert_null(strstr(page, "Article 4"));
	assert_null(strstr(page, "against Cybercrime"));
	assert_null(strstr(page, "of the Convention"));
	(void)snprintf(p.act.instrument, sizeof p.act.instrument, "reciprocity");
	p.act.article[0] = '\0';
	page = make(&p);
	assert_null(strstr(page, "Art 4"));
	assert_null(strstr(page, "Budapest"));
	post_end(&p);
}

static void
the_strip_is_only_on_exercises(void **state)
{
	struct post p;

	(void)state;
	post_begin(&p, ACT_GRANTED);
	p.act.exercise = false;
	assert_null(strstr(make(&p), "TRAINING"));
	post_end(&p);
}

static void
no_value_leaves_its_place(void **state)
{
	struct letter_attached file = { HOSTILE, 7, { { 1 } } };
	struct answer_body *b;
	const char *page;
	struct post p;

	(void)state;
	post_begin(&p, ACT_PRESERVE);
	fields_fill(&p.act.body.request.fields, HOSTILE);
	text_put(&p.act.body.request.answer_by_reason, "fr", HOSTILE);
	p.letter.to_name = p.letter.to_address = p.letter.our_number = HOSTILE;
	p.letter.their_reference = p.letter.to_state = p.letter.reply_email = HOSTILE;
	p.letter.attached = &file;
	p.letter.attached_n = 1;
	(void)snprintf(p.letter.lang[0], sizeof p.letter.lang[0], "%s", "\"><script>");
	(void)snprintf(p.act.instrument, sizeof p.act.instrument, "%s", HOSTILE);
	page = make(&p);
	well_formed(page);
	assert_null(strstr(page, "<script"));
	assert_null(strstr(page, "-->"));
	post_end(&p);

	post_begin(&p, ACT_REFUSED);
	b = &p.act.body.answer;
	text_put(&b->text, "x\"y", HOSTILE);
	text_put(&b->better, "fr", HOSTILE);
	(void)snprintf(b->grounds[0], sizeof b->grounds[0], "%s", "<b>&\"");
	(void)snprintf(b->asks[0], sizeof b->asks[0], "%s", "<i>x");
	b->grounds_n = b->asks_n = 1;
	page = make(&p);
	well_formed(page);
	assert_null(strstr(page, "<script"));
	assert_null(strstr(page, "<b>"));
	assert_null(strstr(page, "<i>"));
	post_end(&p);
}

static void
an_answer_says_grounds_reasons_and_until_when(void **state)
{
	struct answer_body *b;
	const char *page;
	struct post p;

	(void)state;
	post_begin(&p, ACT_REFUSED);
	b = &p.act.body.answer;
	text_put(&b->text, "en", "Our court said no.");
	(void)snprintf(b->grounds[0], sizeof b->grounds[0], "R02");
	b->grounds_n = 1;
	p.letter.request = &p.request;
	page = make(&p);
	well_formed(page);
	has(page, "<bdi>R02</bdi>");
	has(page, "40(21)(b)");
	has(page, "souverainet");
	has(page, "sovereignty");
	has(page, "Our court said no.");
	has(page, "Demande de conservation");
	post_end(&p);

	post_begin(&p, ACT_GRANTED);
	p.act.body.answer.hold_effected_at = NOW;
	p.act.body.answer.hold_until = NOW + 60 * 86400;
	page = make(&p);
	has(page, "Preserved until at least");
	has(page, "21 January 2027");
	post_end(&p);
}

static void
every_kind_that_goes_out_is_a_letter_and_a_card_is_none(void **state)
{
	(void)state;
	for (unsigned k = 0; k < ACT_KINDS; k++) {
		struct post p;

		post_begin(&p, (enum act_kind)k);
		if (k == ACT_CARD || k == ACT_TIME_STAMP)
			NO(letter_html(&p.letter, &p.out, &err), "letter.kind");
		else {
			const char *page = make(&p);

			well_formed(page);
			assert_null(strstr(page, "kind."));
			assert_null(strstr(page, "intro."));
		}
		post_end(&p);
	}
}

static void
a_language_without_a_table_falls_back_and_says_so(void **state)
{
	const char *page;
	struct post p;

	(void)state;
	post_begin(&p, ACT_PRESERVE);
	(void)snprintf(p.letter.lang[0], sizeof p.letter.lang[0], "eo");
	page = make(&p);
	has(page, "no text in the language &quot;<bdi>eo</bdi>&quot; yet");
	/* The same table once is enough. */
	assert_null(strstr(strstr(page, "<article") + 1, "<article"));
	(void)snprintf(p.letter.lang[0], sizeof p.letter.lang[0], "es-XC");
	page = make(&p);
	assert_null(strstr(page, "no text in the language"));
	has(page, "Solicitud de conservaci");
	post_end(&p);
}

/* English takes labels from the law; all else must be said in each language. */
static void
every_language_says_everything(void **state)
{
	(void)state;
	for (size_t l = 1; l < phrases_list_n; l++)
		for (size_t i = 0; i < phrases_list[0].n; i++) {
			const char *key = phrases_list[0].list[i].key;

			/* A custody report without a table is in English, and says so. */
			if (strncmp(key, "cust.", 5) == 0 &&
			    phrases_find(&phrases_list[l], "cust.title") == NULL)
				continue;
			if (phrases_find(&phrases_list[l], key) == NULL)
				fail_msg("%s has no %s", phrases_list[l].lang, key);
		}
}

static void
labels_of_our_measures_are_translated(void **state)
{
	size_t n;
	const struct law_field *fields = law_fields(&n);

	(void)state;
	for (unsigned k = 0; k < ACT_KINDS; k++)
		for (size_t i = 0; i < n; i++) {
			const struct law_measure *m = law_measure(act_kind_name(k));
			char key[40];

			if (m == NULL || law_need(m, &fields[i]) == LAW_NOT_ASKED ||
			    law_field_is_envelope(&fields[i]))
				continue;
			(void)snprintf(key, sizeof key, "field.%s", fields[i].id);
			for (size_t l = 1; l < phrases_list_n; l++)
				if (phrases_find(&phrases_list[l], key) == NULL)
					fail_msg("%s has no %s (%s)",
					    phrases_list[l].lang, key, m->id);
		}
}

static void
parts_of_all_shapes_are_translated(void **state)
{
	(void)state;
	for (size_t s = 0; s < LAW_SHAPES; s++)
		for (size_t i = 0; i < law_shapes[s].parts_n; i++)
			for (size_t l = 1; l < phrases_list_n; l++) {
				const char *part = law_shapes[s].parts[i].name;
				char own[100], shared[100];

				(void)snprintf(own, sizeof own, "part.%s.%s",
				    law_shapes[s].name, part);
				(void)snprintf(shared, sizeof shared, "part.%s", part);
				if (phrases_find(&phrases_list[l], own) == NULL &&
				    phrases_find(&phrases_list[l], shared) == NULL)
					fail_msg("%s has no %s", phrases_list[l].lang, own);
			}
}

static void
the_same_act_is_the_same_letter(void **state)
{
	struct post a, b;

	(void)state;
	post_begin(&a, ACT_PRESERVE);
	post_begin(&b, ACT_PRESERVE);
	fields_fill(&a.act.body.request.fields, "x");
	fields_fill(&b.act.body.request.fields, "x");
	assert_string_equal(make(&a), make(&b));
	post_end(&a);
	post_end(&b);
}

static void
a_letter_names_so_many_files_and_no_more(void **state)
{
	struct letter_attached files[LETTER_ATTACHED_MAX + 1];
	struct post p;

	(void)state;
	for (size_t i = 0; i <= LETTER_ATTACHED_MAX; i++)
		files[i] = (struct letter_attached){ "scan.pdf", 1, { { 0 } } };
	post_begin(&p, ACT_GRANTED);
	p.letter.attached = files;
	p.letter.attached_n = LETTER_ATTACHED_MAX;
	has(make(&p), "scan.pdf");
	p.letter.attached_n++;
	NO(letter_html(&p.letter, &p.out, &err), "letter.attached");
	post_end(&p);
}

static void
no_allocation_that_fails_leaves_half_a_letter(void **state)
{
	bool made = false;
	struct post p;

	(void)state;
	post_begin(&p, ACT_PRESERVE);
	fields_fill(&p.act.body.request.fields, "x");
	for (uint64_t n = 1; !made; n++) {
		struct err err = ERR_INIT;

		buf_clear(&p.out);
		buf_init(&p.out, LETTER_MAX);
		mem_fail(n, false);
		made = letter_html(&p.letter, &p.out, &err);
		mem_fail(0, false);
		assert_true(made || (err.kind == ERR_MEMORY && p.out.n == 0));
	}
	post_end(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_a_letter_in_two_languages),
		cmocka_unit_test(a_letter_under_budapest_names_no_article_of_the_convention),
		cmocka_unit_test(the_strip_is_only_on_exercises),
		cmocka_unit_test(no_value_leaves_its_place),
		cmocka_unit_test(an_answer_says_grounds_reasons_and_until_when),
		cmocka_unit_test(every_kind_that_goes_out_is_a_letter_and_a_card_is_none),
		cmocka_unit_test(a_language_without_a_table_falls_back_and_says_so),
		cmocka_unit_test(every_language_says_everything),
		cmocka_unit_test(labels_of_our_measures_are_translated),
		cmocka_unit_test(parts_of_all_shapes_are_translated),
		cmocka_unit_test(the_same_act_is_the_same_letter),
		cmocka_unit_test(a_letter_names_so_many_files_and_no_more),
		cmocka_unit_test(no_allocation_that_fails_leaves_half_a_letter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
