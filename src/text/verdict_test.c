/* The verdict in the reader's language: the same answer, and nothing is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "package/check.h"
#include "text/verdict.h"
#include "text/words.h"

#define AT 1795337160			/* 22 Nov 2026 08:46:00 UTC */

static struct buf out;

static const char *
verdict(const struct package_report *r, const char *lang, bool details)
{
	struct err err = ERR_INIT;
	const char *text;

	buf_reset(&out);
	assert_true(verdict_words(r, lang, details, &out, &err));
	assert_true(buf_text(&out, &text, &err));
	return text;
}

#define HAS(text, part) do { \
	if (strstr(text, part) == NULL) \
		fail_msg("no \"%s\" in:\n%s", part, text); \
} while (0)

/* One file of three was changed; signed by somebody known, and stamped. */
static void
changed(struct package_report *r)
{
	package_report_init(r);
	r->overall = OVERALL_CHANGED;
	r->unchanged = UNCHANGED_NO;
	report_say(r->unchanged_text, &r->unchanged_said, "files.changed",
	    "%llu of %llu files is not what was sealed; the first is %s.", 1ull, 3ull, "a.txt");
	finding_add(r, FINDING_BROKEN, "files.named", "%s was changed after sealing (%s).",
	    "a.txt", "data/a.txt");
	finding_add(r, FINDING_WARNING, "clock.ahead", "The %s clock was ahead by %lld minutes "
	    "of the time stamp.", "sender's", 7ll);
	r->who = WHO_UNKNOWN;
	report_say(r->who_text, &r->who_said, "expired", "%s: %s.", "Aldora, XA",
	    "the certificate of Aldora or one above it had expired by then");
	r->when = WHEN_PROVEN;
	r->stamped_by = AT;
	report_say(r->when_text, &r->when_said, "when.proven", "Before %s, time stamp by %s.",
	    when_people(AT).s, "Training time stamp");
}

static void
what_was_changed_is_said_in_the_reader_s_language(void **state)
{
	struct package_report r;
	const char *text;

	(void)state;
	changed(&r);
	text = verdict(&r, "fr", false);
	HAS(text, "Modifi\xc3\xa9\n");
	HAS(text, "Inchang\xc3\xa9 ? NON. 1 fichiers sur 3 ne sont pas ce qui a \xc3\xa9t\xc3\xa9 "
	    "scell\xc3\xa9 ; le premier est a.txt.\n");
	HAS(text, "INCONNU. Aldora, XA: Le certificat");
	HAS(text, "PROUV\xc3\x89. Avant le 22 novembre 2026, 08:46:00 UTC, horodatage de "
	    "Training time stamp.\n");
	HAS(text, "ROMPU: a.txt a \xc3\xa9t\xc3\xa9 modifi\xc3\xa9");
	HAS(text, "note: Une horloge avan\xc3\xa7" "ait de 7 minutes");
	HAS(text, words_say("fr", "lang.draft"));
	package_report_clear(&r);
}

static void
english_and_unknown_languages_are_told_as_before(void **state)
{
	static const char *const langs[] = { NULL, "", "en", "tlh" };
	struct err err = ERR_INIT;
	struct package_report r;
	struct buf plain;

	(void)state;
	changed(&r);
	buf_init(&plain, 1u << 20);
	assert_true(package_report_text(&r, true, &plain, &err));
	for (size_t i = 0; i < sizeof langs / sizeof langs[0]; i++) {
		(void)verdict(&r, langs[i], true);
		assert_true(span_eq(buf_span(&out), buf_span(&plain)));
	}
	buf_clear(&plain);
	package_report_clear(&r);
}

static void
values_keep_their_order_in_arabic(void **state)
{
	struct package_report r;
	const char *text;

	(void)state;
	changed(&r);
	text = verdict(&r, "ar", false);
	HAS(text, "\xe2\x81\xa8" "a.txt" "\xe2\x81\xa9");
	HAS(text, "\xe2\x81\xa8" "data/a.txt" "\xe2\x81\xa9");
	assert_null(strstr(verdict(&r, "zh", false), "\xe2\x81\xa8"));
	package_report_clear(&r);
}

static void
what_has_no_word_is_told_in_english(void **state)
{
	struct package_report r;

	(void)state;
	changed(&r);
	finding_add(&r, FINDING_UNDECIDED, "martian", "%s came down.", "A saucer");
	finding_add(&r, FINDING_BROKEN, "tar.martian", "It was {1} %s.", "green");
	HAS(verdict(&r, "es", false), "sin decidir: A saucer came down.\n");
	HAS(verdict(&r, "es", false), "ROTO: El paquete no est\xc3\xa1 como se sell\xc3\xb3: "
	    "It was {1} green.\n");
	package_report_clear(&r);
}

/* The verdict of each language has three lines whatever was found. */
static void
a_report_that_says_nothing_is_told_in_every_language(void **state)
{
	struct package_report r;
	const char *lang;

	(void)state;
	package_report_init(&r);
	for (size_t i = 0; (lang = words_lang(i)) != NULL; i++) {
		const char *text = verdict(&r, lang, true);

		assert_null(strstr(text, "verdict."));
		assert_null(strstr(text, "cust."));
		assert_null(strstr(text, "{"));
	}
	package_report_clear(&r);
}

static void
a_value_that_finds_no_room_is_left_out_whole(void **state)
{
	struct package_report r;
	char name[SAID_BYTES + 10];

	(void)state;
	package_report_init(&r);
	memset(name, 'n', sizeof name - 1);
	name[SAID_BYTES - 1] = '\0';
	finding_add(&r, FINDING_BROKEN, "files.named", "%s (%s)", name, "x");
	assert_int_equal(r.findings[0].said.values_n, 1);
	assert_int_equal(r.findings[0].said.used, SAID_BYTES);
	name[SAID_BYTES - 1] = 'n';
	name[SAID_BYTES] = '\0';
	finding_add(&r, FINDING_BROKEN, "files.named", "%s (%s)", name, "x");
	assert_int_equal(r.findings[1].said.values_n, 1);
	assert_string_equal(r.findings[1].said.values, "x");
	package_report_clear(&r);
}

static int
begin(void **state)
{
	(void)state;
	buf_init(&out, 1u << 20);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	buf_clear(&out);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_changed_is_said_in_the_reader_s_language),
		cmocka_unit_test(english_and_unknown_languages_are_told_as_before),
		cmocka_unit_test(values_keep_their_order_in_arabic),
		cmocka_unit_test(what_has_no_word_is_told_in_english),
		cmocka_unit_test(a_report_that_says_nothing_is_told_in_every_language),
		cmocka_unit_test(a_value_that_finds_no_room_is_left_out_whole),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
