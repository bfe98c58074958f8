/* The custody page: what it says in words, escaped, in each language. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ledger/custody_kit.h"
#include "text/custody_html.h"
#include "text/words.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)

struct scene {
	struct kit kit, kit2;
	struct custody_story story;
};

static void
name(struct custody_story *s, const char *id, const char *text)
{
	struct custody_name *n = &s->names[s->names_n++];

	assert_true(authority_id_parse(id, &n->id));
	(void)snprintf(n->name, sizeof n->name, "%s", text);
}

static void
act_say(struct custody_hop *h, const char *from, const char *to)
{
	h->has_act = true;
	h->kind = ACT_DELIVERED;
	h->exercise = true;
	h->made_at = KIT_NOW;
	assert_true(authority_id_parse(from, &h->from));
	assert_true(authority_id_parse(to, &h->to));
	(void)snprintf(h->instrument, sizeof h->instrument, "UNCAC-CYBER");
	(void)snprintf(h->article, sizeof h->article, "40");
	(void)snprintf(h->number, sizeof h->number, "XB-2026-000031");
}

static struct scene *
scene_new(void)
{
	struct scene *s = calloc(1, sizeof *s);
	struct custody_story *x = &s->story;
	struct quorum *q = NULL;

	custody_story_init(x);
	kit_init(&s->kit);
	x->evidence = 4;
	x->as_of = KIT_NOW + 90000;
	assert_true(authority_id_parse(KIT_XA, &x->by));
	OK((x->hops = mem_array(2, sizeof *x->hops, &err)) != NULL);
	OK((x->names = mem_array(3, sizeof *x->names, &err)) != NULL);
	x->hops_n = 1;
	kit_custody(&s->kit, &x->hops[0].custody);
	act_say(&x->hops[0], KIT_XB, KIT_XA);
	name(x, KIT_XA, "Aldora Central Authority");
	name(x, KIT_XB, "Berun Prosecutor <General>");
	kit_policy(&s->kit, "2", &x->policy);
	OK(quorum_read(buf_span(&x->policy), &q, &err));
	OK(custody_judge(&x->hops[0].custody, q, &err));
	x->standing = x->hops[0].custody.standing;
	quorum_free(q);
	return s;
}

static void
scene_free(struct scene *s)
{
	custody_story_clear(&s->story);
	kit_clear(&s->kit);
	free(s);
}

static const char *
page(const struct custody_story *s, const char *lang, struct buf *out)
{
	const char *to = getenv("COMITY_PAGES"), *text;
	static int n;
	char path[600];
	FILE *f;

	buf_init(out, CUSTODY_PAGE_MAX);
	OK(custody_html(s, lang, out, &err));
	OK(buf_text(out, &text, &err));
	if (to != NULL) {		/* to be looked at */
		(void)snprintf(path, sizeof path, "%s/custody-%d-%s.html", to, n++, lang);
		f = fopen(path, "wb");
		assert_non_null(f);
		assert_int_equal(fwrite(out->p, 1, out->n, f), out->n);
		(void)fclose(f);
	}
	return text;
}

static size_t
times(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, what)) != NULL; p++)
		n++;
	return n;
}

#define HAS(what) do { if (strstr(text, what) == NULL) \
	fail_msg("it does not say \"%s\"", what); } while (0)
#define HAS_NOT(what) do { if (strstr(text, what) != NULL) \
	fail_msg("it says \"%s\"", what); } while (0)

static void
a_proven_chain_is_said_in_a_sentence_first(void **state)
{
	struct scene *s = scene_new();
	const char *text;
	struct buf b;

	(void)state;
	text = page(&s->story, "en", &b);
	HAS("Every hand-over below is proven");
	assert_true(strstr(text, "Every hand-over") < strstr(text, "<h2>"));
	/* A word beside each sign: conclusion, hop, three lines. */
	assert_int_equal(times(text, "</span> proven"), 5);
	assert_int_equal(times(text, "aria-hidden=\"true\">\xe2\x9c\x94"), 5);
	HAS("XA XC");
	HAS("23 November 2026, 08:56:01 UTC");
	HAS("datetime=\"2026-11-23T08:56:01Z\"");
	HAS("Custody of evidence 0004");
	HAS("TRAINING");
	HAS("Handed to the carrier, for <bdi>Aldora Central Authority</bdi>, by stick");
	HAS("group states 2");
	HAS("Convention against Cybercrime");
	buf_clear(&b);
	scene_free(s);
}

static void
names_are_escaped_and_nothing_is_fetched_or_run(void **state)
{
	struct scene *s = scene_new();
	const char *text;
	struct buf b;

	(void)state;
	text = page(&s->story, "en", &b);
	HAS("Berun Prosecutor &lt;General&gt;");
	HAS_NOT("<General>");
	HAS("default-src 'none'");
	HAS_NOT("<script");
	HAS_NOT("http://");
	HAS_NOT("src=");
	HAS_NOT("href=");
	/* ux.md section 1: logical properties alone. */
	HAS_NOT("margin-left");
	HAS_NOT("text-align:left");
	buf_clear(&b);
	scene_free(s);
}

static void
what_is_broken_is_said_first_and_where(void **state)
{
	struct scene *s = scene_new();
	struct custody_link *l = &s->story.hops[0].custody.links[2];
	const char *text;
	struct buf b;

	(void)state;
	l->salt[0] ^= 1;
	OK(custody_judge(&s->story.hops[0].custody, NULL, &err));
	s->story.standing = s->story.hops[0].custody.standing;
	text = page(&s->story, "en", &b);
	HAS("Something below contradicts itself");
	HAS("<tr class=\"broken\">");
	HAS("this record is not at that place of the ledger");
	HAS("Its proof was not held against a policy");
	assert_int_equal(times(text, "<tr class=\"claimed\">"), 2);
	buf_clear(&b);
	scene_free(s);
}

static void
what_is_missing_is_named(void **state)
{
	struct scene *s = scene_new();
	struct custody *c = &s->story.hops[0].custody;
	const char *text;
	struct buf b;

	(void)state;
	buf_clear(&c->links[2].bytes);
	for (size_t i = 0; i < c->links[2].proofs_n; i++)
		buf_clear(&c->links[2].proofs[i]);
	c->n = 2;
	OK(custody_judge(c, NULL, &err));
	s->story.standing = c->standing;
	text = page(&s->story, "en", &b);
	HAS("That the receiver has it is not told yet.");
	HAS("not everything is proven");
	buf_clear(&b);
	scene_free(s);
}

static void
a_witness_whose_clock_is_ahead_is_remarked_in_each_language(void **state)
{
	static const struct { const char *lang, *said; } list[] = {
		{ "en", "the clock of who cosigned is wrong" },
		{ "fr", "l&#39;horloge d&#39;un contresignataire" },
		{ "es", "el reloj de quien refrend" }, { "pt", "quem contra-assinou, ou" },
		{ "ar", "\xd8\xb3\xd8\xa7\xd8\xb9\xd8\xa9 \xd9\x85\xd9\x86 \xd8\xb5" },
		{ "ru", "\xd1\x87\xd0\xb0\xd1\x81\xd1\x8b \xd1\x83" },
		{ "vi", "\xc4\x91\xe1\xbb\x93ng h\xe1\xbb\x93 c\xe1\xbb\xa7""a b" },
		{ "zh", "\xe4\xbc\x9a\xe7\xad\xbe\xe6\x96\xb9" },
	};
	struct scene *s = scene_new();
	struct custody *c = &s->story.hops[0].custody;
	int64_t at = 0;
	const char *text;
	struct buf b;

	(void)state;
	for (size_t i = 0; i < c->n; i++)
		at = c->links[i].proven_at > at ? c->links[i].proven_at : at;
	assert_true(at > CUSTODY_CLOCKS_APART);
	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
		c->as_of = at - CUSTODY_CLOCKS_APART;
		text = page(&s->story, list[i].lang, &b);
		HAS_NOT(list[i].said);
		buf_clear(&b);
		c->as_of--;
		text = page(&s->story, list[i].lang, &b);
		HAS(list[i].said);
		buf_clear(&b);
	}
	scene_free(s);
}

static void
a_hand_over_of_which_nothing_came_is_told_as_such(void **state)
{
	struct scene *s = scene_new();
	const char *text;
	struct buf b;

	(void)state;
	s->story.hops[1] = s->story.hops[0];
	custody_init(&s->story.hops[0].custody);
	s->story.hops[0].has_act = false;
	s->story.hops_n = 2;
	s->story.standing = CUSTODY_CLAIMED;
	text = page(&s->story, "en", &b);
	HAS("<bdi>1 / 2</bdi>");
	HAS("but the word of who passed it on");
	buf_clear(&b);
	scene_free(s);
}

static void
it_speaks_every_language_there_is_and_says_when_it_does_not(void **state)
{
	static const struct { const char *lang, *said; } list[] = {
		{ "fr", "Chaque remise ci-dessous est prouv" },
		{ "fr-CH", "Chaque remise ci-dessous est prouv" },
		{ "es", "Cada entrega de abajo est" },
		{ "ar", "<html lang=\"ar\" dir=\"rtl\">" }, { "pt", "registo da autoridade" },
		{ "ru", "<html lang=\"ru\" dir=\"ltr\">" }, { "vi", "<html lang=\"vi\"" },
		{ "zh", "<html lang=\"zh\"" },
		{ "tlh", "no text in the language" },
		{ "", "Every hand-over below is proven" },
	};
	struct scene *s = scene_new();

	(void)state;
	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
		const char *text;
		struct buf b;

		text = page(&s->story, list[i].lang, &b);
		HAS(list[i].said);
		if (words_are_draft(list[i].lang))
			HAS(words_say(list[i].lang, "lang.draft"));
		/* Nothing fell back to English but where there is no table at all. */
		if (words_are_there(list[i].lang))
			HAS_NOT("<span lang=\"en\"");
		buf_clear(&b);
	}
	scene_free(s);
}

static void
it_fails_for_want_of_memory_in_words(void **state)
{
	struct scene *s = scene_new();
	struct err err = ERR_INIT;
	struct buf b;
	uint64_t n;
	bool ok = false;

	(void)state;
	for (n = 1; !ok && n < 5000; n++) {
		buf_init(&b, CUSTODY_PAGE_MAX);
		mem_fail(n, true);
		ok = custody_html(&s->story, "en", &b, &err);
		mem_fail(0, false);
		assert_true(ok || (err.kind == ERR_MEMORY && b.n == 0));
		buf_clear(&b);
	}
	assert_true(ok);
	scene_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proven_chain_is_said_in_a_sentence_first),
		cmocka_unit_test(names_are_escaped_and_nothing_is_fetched_or_run),
		cmocka_unit_test(what_is_broken_is_said_first_and_where),
		cmocka_unit_test(what_is_missing_is_named),
		cmocka_unit_test(a_witness_whose_clock_is_ahead_is_remarked_in_each_language),
		cmocka_unit_test(a_hand_over_of_which_nothing_came_is_told_as_such),
		cmocka_unit_test(it_speaks_every_language_there_is_and_says_when_it_does_not),
		cmocka_unit_test(it_fails_for_want_of_memory_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
