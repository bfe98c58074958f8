/* The sheet for the person: what it says, and what it does not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "text/letter.h"
#include "text/remedy.h"
#include "text/words.h"

static struct remedy
measure(const char *one, const char *two)
{
	struct remedy r = { .number = 7, .kind = ACT_SUBSCRIBER, .instrument = "Budapest",
		.article = "31", .made_at = 1795337160, .secret_until = 1798000000,
		.asked_by = "Office <of> Aldora", .asked_state = "XA", .asked_of = "Berun desk",
		.asked_of_state = "XB", .contact = "Berun desk", .contact_phone = "+1 555 0100" };

	(void)snprintf(r.lang[0], sizeof r.lang[0], "%s", one);
	(void)snprintf(r.lang[1], sizeof r.lang[1], "%s", two);
	return r;
}

static const char *
page(const struct remedy *r, struct buf *b)
{
	struct err err = ERR_INIT;
	const char *text = NULL;

	buf_init(b, REMEDY_MAX);
	if (!remedy_html(r, b, &err) || !buf_text(b, &text, &err))
		fail_msg("%s", err.text);
	return text;
}

static void
it_says_what_under_which_article_by_whom_and_whom_to_ask(void **state)
{
	struct remedy r = measure("en", "");
	struct buf b;
	const char *s = page(&r, &b);

	(void)state;
	assert_non_null(strstr(s, "Convention on Cybercrime (Budapest, 2001)"));
	assert_non_null(strstr(s, "31"));
	assert_non_null(strstr(s, "Office &lt;of&gt; Aldora"));
	assert_non_null(strstr(s, "+1 555 0100"));
	assert_non_null(strstr(s, "N-7"));
	assert_non_null(strstr(s, letter_phrase("en", "remedy.review", NULL)));
	assert_null(strstr(s, "<script"));
	assert_null(strstr(s, "TRAINING"));
	buf_clear(&b);
	r.training = true;
	s = page(&r, &b);
	assert_non_null(strstr(s, "TRAINING"));
	buf_clear(&b);
}

static void
two_languages_stand_side_by_side_and_a_draft_says_so(void **state)
{
	struct remedy r = measure("ar", "en");
	struct buf b;
	const char *s = page(&r, &b);

	(void)state;
	assert_non_null(strstr(s, "lang=\"ar\" dir=\"rtl\""));
	assert_non_null(strstr(s, "lang=\"en\" dir=\"ltr\""));
	assert_non_null(strstr(s, letter_phrase("ar", "remedy.know", NULL)));
	assert_non_null(strstr(s, letter_phrase("en", "remedy.know", NULL)));
	assert_int_equal(strstr(s, "class=\"draft\"") != NULL, words_are_draft("ar"));
	buf_clear(&b);
}

static void
each_language_has_every_phrase(void **state)
{
	static const char *const keys[] = { "title", "intro", "measure", "asked_by",
		"asked_of", "made_at", "secret_until", "rights", "review", "know", "counsel",
		"time", "court", "contact", "number", "others" };
	const char *lang;

	(void)state;
	for (size_t i = 0; (lang = words_lang(i)) != NULL; i++)
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
			char key[40];
			bool fell = true;

			(void)snprintf(key, sizeof key, "remedy.%s", keys[k]);
			assert_non_null(letter_phrase(lang, key, &fell));
			assert_false(fell);
		}
}

static void
a_language_without_words_is_told(void **state)
{
	struct remedy r = measure("xx", "");
	struct err err = ERR_INIT;
	struct buf b;

	(void)state;
	buf_init(&b, REMEDY_MAX);
	assert_false(remedy_html(&r, &b, &err));
	assert_string_equal(err.reason, "sheet.language");
	assert_int_equal(b.n, 0);
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_what_under_which_article_by_whom_and_whom_to_ask),
		cmocka_unit_test(two_languages_stand_side_by_side_and_a_draft_says_so),
		cmocka_unit_test(each_language_has_every_phrase),
		cmocka_unit_test(a_language_without_words_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
