/* Who is bound since when, and what updates may say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "law/status.h"

#define HEAD "comity.treaty/1\nseries\tun-collection\nserial\t7\ndated\t2027-03-01\n" \
	"source\tUN Treaty Collection, read on 2027-03-01\n"
#define NOW "2027-03-05"

static int64_t
on(const char *day)
{
	uint32_t d;

	assert_true(law_day_parse(span_text(day), &d));
	return law_day_first(d);
}

static struct law_document *
document(const char *text)
{
	struct law_document *d = NULL;
	struct err err = ERR_INIT;

	if (!law_document_read(&d, span_text(text), on(NOW), &err))
		fail_msg("%s", err.text);
	return d;
}

static void
refused(const char *text, const char *reason)
{
	struct law_document *d = NULL;
	struct err err = ERR_INIT;

	assert_false(law_document_read(&d, span_text(text), on(NOW), &err));
	assert_string_equal(err.reason, reason);
	assert_null(d);
}

static struct law_status *
status_of(const char *text)
{
	struct law_status *s = NULL;
	struct err err = ERR_INIT;

	assert_true(law_status_new(&s, &err));
	if (text != NULL)
		assert_true(law_status_add(s, document(text), &err));
	return s;
}

/* Real States, in order of code, whose names do not matter here. */
static const char *const states[] = { "AD", "AE", "AF", "AG", "AL", "AM", "AO", "AR", "AT",
	"AU", "AZ", "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ", "BN", "BO", "BR",
	"BS", "BT", "BW", "BY", "BZ", "CA", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM",
	"CN", "CO", "CR", "CU", "CV" };

/* The first n States have deposited, the last of them on 2026-11-02. */
static struct law_status *
deposits(size_t n, const char *more)
{
	struct buf b;
	const char *text;
	struct law_status *s;

	buf_init(&b, TREATY_BYTES_MAX);
	assert_true(buf_add_text(&b, HEAD, NULL));
	for (size_t i = 0; i < n; i++)
		assert_true(buf_printf(&b, NULL,
		    "party\t%s\tUNCAC-CYBER\t2025-10-25\t%s\t\t\ttext\n", states[i],
		    i + 1 < n ? "2026-10-01" : "2026-11-02"));
	assert_true(buf_add_text(&b, more, NULL) && buf_text(&b, &text, NULL));
	s = status_of(text);
	buf_clear(&b);
	return s;
}

/* ---- entry into force ---- */

static void
with_39_instruments_nobody_is_bound(void **state)
{
	/* The European Union's own instrument is none of the forty. */
	struct law_status *s = deposits(39,
	    "party\tEU\tUNCAC-CYBER\t2025-10-25\t2026-09-01\t\t\ttext\n");
	struct law_force f = law_hanoi_force(s, 20270301);

	assert_int_equal(f.instruments, 39);
	assert_int_equal(f.needed, 40);
	assert_int_equal(f.general, LAW_DAY_NONE);
	assert_int_equal(law_state_bound(s, "AD", "UNCAC-CYBER", on("2030-01-01")),
	    LAW_BINDS_NOT);
	law_status_free(s);
	assert_int_equal(law_hanoi_force(NULL, 20261122).instruments, 0);
}

static void
what_is_only_remembered_is_none_of_the_forty(void **state)
{
	struct law_status *s = deposits(39,
	    "party\tZW\tUNCAC-CYBER\t2025-10-25\t2026-09-01\t\t\tmemory\n");

	assert_int_equal(law_hanoi_force(s, 20270301).general, LAW_DAY_NONE);
	law_status_free(s);
	s = deposits(40, "party\tZW\tUNCAC-CYBER\t2025-10-25\t2026-09-01\t\t\tmemory\n");
	assert_int_equal(law_hanoi_force(s, 20270301).instruments, 40);
	assert_int_equal(law_state_bound(s, "ZW", "UNCAC-CYBER", on("2027-02-01")),
	    LAW_BINDS_UNSURE);
	law_status_free(s);
}

static void
with_40_it_binds_on_the_ninetieth_day_after_the_fortieth(void **state)
{
	struct law_status *s = deposits(40, "");
	struct law_force f = law_hanoi_force(s, 20270301);

	assert_int_equal(f.instruments, 40);
	assert_int_equal(f.fortieth, 20261102);
	assert_int_equal(f.general, 20270131);	/* 28 + 31 + 31 = 90 */
	assert_int_equal(law_hanoi_force(s, 20261101).instruments, 39);
	/* All of the forty on the same day, whenever theirs was. */
	for (size_t i = 0; i < 40; i++) {
		assert_int_equal(law_state_bound(s, states[i], "UNCAC-CYBER",
		    on("2027-01-31") - 1), LAW_BINDS_NOT);
		assert_int_equal(law_state_bound(s, states[i], "UNCAC-CYBER",
		    on("2027-01-31")), LAW_BINDS);
	}
	assert_int_equal(law_instrument_binds(s, "UNCAC-CYBER", "AD", "CR",
	    on("2027-01-31")), LAW_BINDS);
	assert_int_equal(law_instrument_binds(s, "UNCAC-CYBER", "AD", "CU",
	    on("2027-01-31")), LAW_BINDS_NOT);
	assert_int_equal(law_instrument_binds(s, "UNCAC-CYBER", "AD", "CR",
	    on("2026-11-22")), LAW_BINDS_NOT);
	law_status_free(s);
}

static void
a_later_party_is_bound_on_the_thirtieth_day_after_its_own(void **state)
{
	struct law_status *s = deposits(40,
	    "party\tCU\tUNCAC-CYBER\t\t2027-02-10\t\t\ttext\n"
	    /* Before the general day, and thirty days would be too: that day it is. */
	    "party\tCV\tUNCAC-CYBER\t\t2026-12-01\t\t\ttext\n"
	    "party\tZW\tUNCAC-CYBER\t\t2027-01-02\t\t\ttext\n"
	    "party\tZM\tUNCAC-CYBER\t\t2027-01-01\t\t\ttext\n");
	static const struct { const char *state, *day; } since[] = {
		{ "CU", "2027-03-12" }, { "CV", "2027-01-31" }, { "ZW", "2027-02-01" },
		{ "ZM", "2027-01-31" },
	};

	for (size_t i = 0; i < sizeof since / sizeof *since; i++) {
		assert_int_equal(law_state_bound(s, since[i].state, "UNCAC-CYBER",
		    on(since[i].day) - 1), LAW_BINDS_NOT);
		assert_int_equal(law_state_bound(s, since[i].state, "UNCAC-CYBER",
		    on(since[i].day)), LAW_BINDS);
	}
	law_status_free(s);
}

static void
who_left_is_bound_until_the_day_before(void **state)
{
	struct law_status *s = deposits(40,
	    "party\tFI\tBudapest\t\t\t2007-09-01\t2026-05-01\ttext\n");

	assert_int_equal(law_instrument_binds(s, "Budapest", "FI", "DE",
	    on("2026-05-01") - 1), LAW_BINDS);
	assert_int_equal(law_instrument_binds(s, "Budapest", "FI", "DE",
	    on("2026-05-01")), LAW_BINDS_NOT);
	law_status_free(s);
}

/* ---- the choice ---- */

static void
an_update_makes_budapest_sure_and_then_it_is_suggested(void **state)
{
	struct law_status *s = status_of(HEAD
	    "party\tUS\tBudapest\t2001-11-23\t2006-09-29\t2007-01-01\t\ttext\n");
	const struct law_basis *b = law_basis_suggest(s, "preserve", "FI", "US",
	    on("2026-11-22"));

	assert_null(law_basis_suggest(NULL, "preserve", "FI", "US", on("2026-11-22")));
	assert_string_equal(b->instrument, "Budapest");
	assert_string_equal(b->articles, "16;29");
	assert_string_equal(b->grounds, "B01;B02;B04");
	assert_string_equal(law_basis_rows_of(s, "Budapest", "FI", "US").s,
	    "FI: built-in 2026-08-31; US: un-collection/7 2027-03-01");
	law_status_free(s);
}

static void
what_an_officer_confirmed_once_binds_from_then_on(void **state)
{
	struct law_status *s = status_of(NULL);
	struct law_confirmation c;
	struct err err = ERR_INIT;

	assert_true(law_confirmation_of(s, "US", "Budapest", on("2026-11-22"),
	    "Treaty Office, 22 Nov 2026", &c, &err));
	assert_int_equal(c.since, 20070101);
	assert_true(law_status_confirm(s, &c, &err));
	assert_int_equal(law_instrument_binds(s, "Budapest", "FI", "US", on("2026-11-22")),
	    LAW_BINDS);
	assert_int_equal(law_instrument_binds(s, "Budapest", "FI", "US", on("2007-09-01") - 1),
	    LAW_BINDS_NOT);
	/* A party since a day that nobody knows: from when it was looked up. */
	assert_true(law_confirmation_of(s, "CM", "Budapest", on("2026-11-22"), "x", &c, &err));
	assert_int_equal(c.since, LAW_DAY_SOME);
	assert_true(law_status_confirm(s, &c, &err));
	assert_int_equal(law_state_bound(s, "CM", "Budapest", on("2026-11-22") - 1),
	    LAW_BINDS_UNSURE);
	assert_int_equal(law_state_bound(s, "CM", "Budapest", on("2026-11-22")), LAW_BINDS);
	/* The cell says something else now: that was not confirmed. */
	assert_true(law_status_add(s, document(HEAD
	    "party\tUS\tBudapest\t\t\t2008-01-01\t\tmemory\n"), &err));
	assert_int_equal(law_instrument_binds(s, "Budapest", "FI", "US", on("2026-11-22")),
	    LAW_BINDS_UNSURE);
	law_status_free(s);
}

static void
what_is_not_in_doubt_or_not_so_is_not_confirmed(void **state)
{
	static const struct { const char *state, *instrument, *reason; } no[] = {
		{ "FI", "Budapest", "treaty.confirm-sure" },
		{ "IE", "Budapest", "treaty.confirm-nothing" },		/* signed only */
		{ "VN", "UNCAC-CYBER", "treaty.confirm-nothing" },
		{ "XA", "UNCAC-CYBER", "treaty.confirm-nothing" },
		{ "QQ", "Budapest", "treaty.confirm-nothing" },
		{ "US", "Budapes", "treaty.confirm-nothing" },
	};
	struct law_confirmation c;
	struct err err = ERR_INIT;
	char long_source[LAW_SOURCE_MAX + 1];

	for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
		assert_false(law_confirmation_of(NULL, no[i].state, no[i].instrument,
		    on("2026-11-22"), "source", &c, &err));
		assert_string_equal(err.reason, no[i].reason);
	}
	memset(long_source, 'x', sizeof long_source);
	long_source[LAW_SOURCE_MAX] = '\0';
	assert_false(law_confirmation_of(NULL, "US", "Budapest", 0, long_source, &c, &err));
	assert_string_equal(err.reason, "treaty.source");
	long_source[LAW_SOURCE_MAX - 1] = '\0';
	assert_true(law_confirmation_of(NULL, "US", "Budapest", 0, long_source, &c, &err));
	assert_false(law_confirmation_of(NULL, "US", "Budapest", 0, "", &c, &err));
	assert_false(law_confirmation_of(NULL, "US", "Budapest", 0, "a\tb", &c, &err));
}

#define TREATY "treaty\tFI-DE-1998\tAgreement on legal assistance\t1999-01-01\t\tDE;FI\n" \
	"measure\tFI-DE-1998\tmla_general\t5\tF01;F02\t\tG01\toptional_ground\ttext\n"

static const char *
order_of(const struct law_status *s, const char *measure, const char *a, const char *b,
    const char *day)
{
	static char text[200];
	struct law_candidate list[16];
	size_t n = law_basis_candidates(s, measure, a, b, on(day), list, 16);

	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		(void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s%s%s",
		    i > 0 ? " " : "", list[i].basis->instrument,
		    list[i].binds == LAW_BINDS_UNSURE ? "?" : "",
		    list[i].by_hand ? "*" : "");
	return text;
}

static void
candidates_come_in_their_order(void **state)
{
	struct law_status *s = status_of(HEAD
	    "treaty\tRegion-2010\tRegional assistance\t2010-01-01\t\tDE;FI;SE\n"
	    "measure\tRegion-2010\tmla_general\t3\tF01\t\tG01\tdomestic_law\ttext\n" TREATY
	    "party\tFI\tBudapest-2AP\t\t\t2027-01-01\t\ttext\n"
	    "party\tDE\tBudapest-2AP\t\t\t2027-02-01\t\ttext\n");

	assert_string_equal(order_of(s, "mla_general", "FI", "DE", "2027-02-01"),
	    "FI-DE-1998 Region-2010 Budapest-2AP Budapest UNTOC?* reciprocity");
	assert_string_equal(order_of(s, "mla_general", "DE", "FI", "2027-01-31"),
	    "FI-DE-1998 Region-2010 Budapest UNTOC?* reciprocity");
	assert_string_equal(order_of(s, "mla_general", "FI", "SE", "2027-02-01"),
	    "Region-2010 Budapest? UNTOC?* reciprocity");
	assert_string_equal(order_of(s, "preserve", "FI", "DE", "2027-02-01"),
	    "Budapest reciprocity");
	assert_string_equal(order_of(s, "mla_general", "FI", "DE", "1998-12-31"),
	    "UNTOC?* reciprocity");
	assert_string_equal(order_of(s, "mla_general", "XA", "FI", "2027-02-01"), "");
	assert_string_equal(order_of(s, "preserve", "XA", "XB", "2027-02-01"),
	    "UNCAC-CYBER reciprocity");
	assert_string_equal(law_basis_suggest(s, "mla_general", "FI", "DE",
	    on("2027-02-01"))->instrument, "FI-DE-1998");
	law_status_free(s);
}

static void
hanoi_stands_behind_budapest_and_before_untoc(void **state)
{
	struct law_status *s = deposits(40, "party\tAL\tBudapest\t\t\t2004-07-01\t\ttext\n"
	    "party\tAM\tBudapest\t\t\t2007-02-01\t\ttext\n");

	assert_string_equal(order_of(s, "stored_data", "AL", "AM", "2027-01-31"),
	    "Budapest UNCAC-CYBER UNTOC?* reciprocity");
	assert_string_equal(order_of(s, "stored_data", "AL", "AM", "2027-01-30"),
	    "Budapest UNTOC?* reciprocity");
	assert_string_equal(law_basis_suggest(s, "freeze", "AL", "AM",
	    on("2027-01-31"))->instrument, "UNCAC-CYBER");
	assert_string_equal(law_basis_suggest(s, "freeze", "AL", "AM",
	    on("2027-01-30"))->instrument, "reciprocity");
	law_status_free(s);
}

static void
a_reserved_article_of_the_protocol_is_no_candidate(void **state)
{
	struct law_status *s = status_of(HEAD
	    "party\tFI\tBudapest-2AP\t\t\t2027-01-01\t\ttext\n"
	    "party\tJP\tBudapest-2AP\t\t\t2027-01-01\t\ttext\n"
	    "reservation\tJP\tBudapest-2AP\t9\tdoes not apply Article 9\n");

	assert_null(strstr(order_of(s, "emergency_data", "FI", "JP", "2027-02-01"), "2AP"));
	assert_non_null(strstr(order_of(s, "mla_general", "FI", "JP", "2027-02-01"), "2AP"));
	law_status_free(s);
}

/* ---- what a document says besides ---- */

static void
a_document_speaks_of_reservations_languages_contacts_and_calendars(void **state)
{
	struct law_status *s = status_of(HEAD
	    "# a remark of who made it\n\n"
	    "reservation\tFR\tUNCAC-CYBER\t42(5)\tdual criminality for preservation\n"
	    "declaration\tFR\tUNCAC-CYBER\t40(13)\tin French, or translated\n"
	    "languages\tFR\tfr;en\n"
	    "contact\tFR\t24/7\tPoint de contact\t+33 1 00 00 00 00\tpc@example.org\t24/7\n"
	    "calendar\tFR\tEurope/Paris\tmon;tue;wed;thu;fri\ttext\n"
	    "calendar\tFR-martinique\tAmerica/Martinique\tmon;tue;wed;thu;fri;sat\ttext\n"
	    "holiday\tFR\t07-14\tFête nationale\n"
	    "holiday\tFR\t2027-03-29\tLundi de Pâques\n"
	    "zone\tEurope/Paris\tCET-1\n");
	struct law_declaration list[4];
	struct law_contact contacts[4];
	struct calendar c;

	assert_int_equal(law_declarations(s, "FR", NULL, list, 4), 2);
	assert_true(list[0].reservation);
	assert_string_equal(list[0].article, "42(5)");
	assert_false(list[1].reservation);
	assert_int_equal(law_declarations(s, "FR", NULL, list, 1), 1);
	assert_true(law_reserved(s, "FR", "UNCAC-CYBER", "42(5)"));
	assert_false(law_reserved(s, "FR", "UNCAC-CYBER", "40(13)"));
	assert_false(law_reserved(s, "FR", "Budapest", "42(5)"));
	assert_false(law_reserved(NULL, "FR", "UNCAC-CYBER", "42(5)"));
	assert_string_equal(law_languages(s, "FR"), "fr;en");
	assert_string_equal(law_languages(s, "SN"), "");
	assert_int_equal(law_contacts(s, "FR", contacts, 4), 1);
	assert_string_equal(contacts[0].email, "pc@example.org");
	law_calendar(s, "FR", NULL, &c);
	assert_false(calendar_works(&c, on("2031-07-14") + 43200));
	assert_false(calendar_works(&c, on("2027-03-29") + 43200));
	assert_true(calendar_works(&c, on("2028-03-29") + 43200));
	/* The newer rule: no summer time any more. */
	assert_int_equal(zone_offset(&c.zone, on("2027-07-01")), 3600);
	law_calendar(s, "FR", "FR-martinique", &c);
	assert_string_equal(c.zone.name, "America/Martinique");
	assert_true(calendar_works(&c, on("2027-03-06") + 61200));	/* a Saturday */
	assert_false(calendar_works(&c, on("2031-07-14") + 61200));
	law_status_free(s);
}

static void
the_later_document_counts_whatever_came_in_first(void **state)
{
	static const char *const heads[] = {
		"comity.treaty/1\nseries\tb\nserial\t1\ndated\t2027-01-01\nsource\tb\n"
		"languages\tFR\tfr\nparty\tIE\tBudapest\t\t\t2026-01-01\t\ttext\n",
		"comity.treaty/1\nseries\ta\nserial\t9\ndated\t2027-02-01\nsource\ta\n"
		"languages\tFR\ten\n",
		"comity.treaty/1\nseries\tc\nserial\t1\ndated\t2027-01-01\nsource\tc\n"
		"languages\tFR\tes\nparty\tIE\tBudapest\t\t\t2026-06-01\t\ttext\n" };

	for (size_t first = 0; first < 3; first++) {
		struct law_status *s = status_of(NULL);
		struct err err = ERR_INIT;
		struct law_party p;

		for (size_t i = 0; i < 3; i++)
			assert_true(law_status_add(s, document(heads[(first + i) % 3]), &err));
		assert_int_equal(law_status_documents(s), 3);
		assert_string_equal(law_status_document(s, 0)->series, "a");
		assert_string_equal(law_languages(s, "FR"), "en");
		assert_true(law_party_find(s, "IE", "Budapest", &p));
		assert_string_equal(p.version->series, "c");
		law_status_free(s);
	}
}

static struct law_document *
numbered(const char *series, unsigned serial, const char *dated)
{
	char text[200];

	(void)snprintf(text, sizeof text, "comity.treaty/1\nseries\t%s\nserial\t%u\n"
	    "dated\t%s\nsource\tx\n", series, serial, dated);
	return document(text);
}

static void
the_newest_number_of_a_series_wins(void **state)
{
	struct law_status *s = status_of(HEAD);
	struct err err = ERR_INIT;
	struct law_document *d = numbered("un-collection", 6, "2027-03-02");

	assert_false(law_status_add(s, d, &err));
	assert_string_equal(err.reason, "treaty.older");
	law_document_free(d);
	d = numbered("un-collection", 7, "2027-03-02");
	assert_false(law_status_add(s, d, &err));
	assert_string_equal(err.reason, "treaty.serial");
	law_document_free(d);
	d = numbered("un-collection", 8, "2027-02-28");
	assert_false(law_status_add(s, d, &err));
	assert_string_equal(err.reason, "treaty.older");
	law_document_free(d);
	assert_true(law_status_add(s, numbered("un-collection", 8, "2027-03-01"), &err));
	assert_int_equal(law_status_documents(s), 1);
	assert_int_equal(law_status_document(s, 0)->serial, 8);
	for (unsigned i = 1; i < TREATY_SERIES_MAX; i++) {
		char name[8];

		(void)snprintf(name, sizeof name, "s%u", i);
		assert_true(law_status_add(s, numbered(name, 1, "2027-01-01"), &err));
	}
	d = numbered("one-more", 1, "2027-01-01");
	assert_false(law_status_add(s, d, &err));
	assert_string_equal(err.reason, "treaty.series");
	law_document_free(d);
	law_status_free(s);
}

/* ---- strict ---- */

static void
a_document_that_breaks_the_form_is_refused_with_its_line(void **state)
{
	static const struct { const char *text, *reason; } bad[] = {
		{ "", "treaty.end" },
		{ "comity.treaty/1", "treaty.end" },
		{ "comity.treaty/2\n", "treaty.schema" },
		{ "comity.treaty/1\n", "treaty.head" },
		{ "comity.treaty/1\nserial\t1\n", "treaty.head" },
		{ "comity.treaty/1\nseries\tUN\n", "treaty.series-name" },
		{ "comity.treaty/1\nseries\tbuilt-in\n", "treaty.series-name" },
		{ "comity.treaty/1\nseries\t../a\n", "treaty.series-name" },
		{ "comity.treaty/1\nseries\ta\nserial\t0\n", "treaty.serial-number" },
		{ "comity.treaty/1\nseries\ta\nserial\t1234567890\n", "treaty.serial-number" },
		{ "comity.treaty/1\nseries\ta\nserial\t1\ndated\t2027-3-1\n", "treaty.day" },
		{ "comity.treaty/1\nseries\ta\nserial\t1\ndated\t2027-03-07\n", "treaty.future" },
		{ HEAD "party\tFI\tBudapest\t\t\t2007-09-01\t\ttext", "treaty.end" },
		{ HEAD "partie\tFI\n", "treaty.row" },
		{ HEAD "party\tFI\tBudapest\t\t\t2007-09-01\t\n", "treaty.cells" },
		{ HEAD "party\tFI\tBudapest\t\t\t2007-09-01\t\ttext\tx\n", "treaty.cells" },
		{ HEAD "party\tQQ\tBudapest\t\t\t2007-09-01\t\ttext\n", "treaty.state" },
		{ HEAD "party\tEU\tUNTOC\t\t\t2007-09-01\t\tsure\n", "treaty.certainty" },
		{ HEAD "party\tXA\tBudapest\t\t\t2007-09-01\t\ttext\n", "treaty.training" },
		{ HEAD "party\tFI\tLisbon\t\t\t2007-09-01\t\ttext\n", "treaty.instrument" },
		{ HEAD "party\tFI\tBudapest\t\t\t2007-02-30\t\ttext\n", "treaty.day" },
		{ HEAD "party\tFI\tBudapest\t\t\t2007-09-01\t\tunknown\n", "treaty.certainty" },
		{ HEAD "party\tFI\tUNCAC-CYBER\t\t2027-03-02\t\t\ttext\n", "treaty.future" },
		{ HEAD "party\tFI\tUNCAC-CYBER\t\t2026-03-02\t2026-06-01\t\ttext\n",
		    "treaty.computed" },
		{ HEAD "party\tFI\tUNTOC\t\t\t\t\ttext\nparty\tFI\tUNTOC\t\t\t\t\ttext\n",
		    "treaty.twice" },
		{ HEAD "reservation\tFI\tGeneva\t5\ttext\n", "treaty.instrument" },
		{ HEAD "reservation\tFI\tBudapest\t\ttext\n", "treaty.empty" },
		{ HEAD "languages\tFI\tfi;\n", "treaty.list" },
		{ HEAD "languages\tFI\t\n", "treaty.empty" },
		{ HEAD "languages\tFI\tfi\nlanguages\tFI\tsv\n", "treaty.twice" },
		{ HEAD "contact\tFI\tfriend\tA\t\t\t\n", "treaty.role" },
		{ HEAD "contact\tFI\tpolice\t\t\t\t\n", "treaty.empty" },
		{ HEAD "calendar\tFI\tEurope/Atlantis\tmon\ttext\n", "treaty.zone" },
		{ HEAD "calendar\tFI\tEurope/Helsinki\tmon;mon\ttext\n", "treaty.working" },
		{ HEAD "calendar\tFI\tEurope/Helsinki\t\ttext\n", "treaty.working" },
		{ HEAD "calendar\tF\tEurope/Helsinki\tmon\ttext\n", "treaty.who" },
		{ HEAD "holiday\tFI\t12-32\tx\n", "treaty.day" },
		{ HEAD "holiday\tFI\t12-06\tx\nholiday\tFI\t12-06\ty\n", "treaty.twice" },
		{ HEAD "holiday\tQQ\t12-06\tx\n", "treaty.who" },
		{ HEAD "zone\tEurope/Paris\tnever\n", "treaty.zone" },
		{ HEAD "treaty\tBudapest\tx\t2000-01-01\t\tFI;DE\n", "treaty.id" },
		{ HEAD "treaty\treciprocity\tx\t2000-01-01\t\tFI;DE\n", "treaty.id" },
		{ HEAD "treaty\ta b\tx\t2000-01-01\t\tFI;DE\n", "treaty.id" },
		{ HEAD "treaty\tabc\t\t2000-01-01\t\tFI;DE\n", "treaty.empty" },
		{ HEAD "treaty\tabc\tx\t2000-01-01\t\tFI\n", "treaty.parties" },
		{ HEAD "treaty\tabc\tx\t2000-01-01\t\tFI;XA\n", "treaty.parties" },
		{ HEAD "measure\tabc\tpreserve\t1\t\t\t\trequired\ttext\n", "treaty.measure" },
		{ HEAD TREATY "measure\tFI-DE-1998\tdance\t1\t\t\t\trequired\ttext\n",
		    "treaty.measure" },
		{ HEAD TREATY "measure\tFI-DE-1998\tpreserve\t1\tF00\t\t\trequired\ttext\n",
		    "treaty.list" },
		{ HEAD TREATY "measure\tFI-DE-1998\tpreserve\t1\toffence\t\t\trequired\ttext\n",
		    "treaty.list" },
		{ HEAD TREATY "measure\tFI-DE-1998\tpreserve\t1\t\t\tN03\trequired\ttext\n",
		    "treaty.list" },
		{ HEAD TREATY "measure\tFI-DE-1998\tpreserve\t\t\t\t\trequired\ttext\n",
		    "treaty.articles" },
		{ HEAD TREATY "measure\tFI-DE-1998\tpreserve\t1\t\t\t\tperhaps\ttext\n",
		    "treaty.dual" },
		{ HEAD TREATY "measure\tFI-DE-1998\tmla_general\t1\t\t\t\trequired\ttext\n",
		    "treaty.twice" },
		{ HEAD "languages\tFI\tfi \n", "treaty.blank" },
		{ HEAD "# \xff\n", "treaty.utf8" },
		{ HEAD "# \xe2\x80\xae\n", "treaty.invisible" },
		{ HEAD "languages\tFI\tfi\r\n", "treaty.invisible" },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		refused(bad[i].text, bad[i].reason);
}

static void
a_nul_ends_no_document_early(void **state)
{
	static const char text[] = HEAD "languages\tFI\tfi\0\n";
	struct law_document *d = NULL;
	struct err err = ERR_INIT;

	assert_false(law_document_read(&d, span_of(text, sizeof text - 1), on(NOW), &err));
	assert_string_equal(err.reason, "treaty.invisible");
}

/* A document with n rows of that text, numbered where "%" stands. */
static bool
reads_with(const char *row, size_t n, const char *reason)
{
	struct law_document *d = NULL;
	struct err err = ERR_INIT;
	struct buf b;
	bool ok;

	buf_init(&b, 4 * TREATY_BYTES_MAX);
	assert_true(buf_add_text(&b, HEAD, NULL));
	for (size_t i = 0; i < n; i++)
		assert_true(buf_printf(&b, NULL, "%.*s%zu%s\n", (int)strcspn(row, "%"), row,
		    i, row + strcspn(row, "%") + 1));
	ok = law_document_read(&d, buf_span(&b), on(NOW), &err);
	assert_true(ok || strcmp(err.reason, reason) == 0);
	law_document_free(d);
	buf_clear(&b);
	return ok;
}

/* A document with so many bytes behind its head, in remarks. */
static bool
room_is_kept(size_t bytes)
{
	struct law_document *d = NULL;
	struct err err = ERR_INIT;
	struct buf b;
	bool ok;

	buf_init(&b, 2 * TREATY_BYTES_MAX);
	assert_true(buf_add_text(&b, HEAD, NULL));
	assert_true(buf_add_byte(&b, '#', NULL));
	for (size_t i = 2; i < bytes; i++)
		assert_true(buf_add_byte(&b, 'x', NULL));
	assert_true(buf_add_byte(&b, '\n', NULL));
	ok = law_document_read(&d, buf_span(&b), on(NOW), &err);
	assert_true(ok || strcmp(err.reason, "treaty.size") == 0);
	law_document_free(d);
	buf_clear(&b);
	return ok;
}

static void
every_bound_of_a_document_holds(void **state)
{
	char row[700];
	size_t room = TREATY_BYTES_MAX - strlen(HEAD);

	assert_true(reads_with("declaration\tFI\tUNTOC\t1\t%", TREATY_ROWS_MAX,
	    "treaty.size"));
	assert_false(reads_with("declaration\tFI\tUNTOC\t1\t%", TREATY_ROWS_MAX + 1,
	    "treaty.size"));
	assert_true(reads_with("treaty\tt-%\tx\t\t\tFI;DE", TREATY_ENTERED_MAX,
	    "treaty.size"));
	assert_false(reads_with("treaty\tt-%\tx\t\t\tFI;DE", TREATY_ENTERED_MAX + 1,
	    "treaty.size"));
	(void)snprintf(row, sizeof row, "declaration\tFI\tUNTOC\t1\t%0499d%%", 0);
	assert_true(reads_with(row, 1, ""));
	(void)snprintf(row, sizeof row, "declaration\tFI\tUNTOC\t1\t%0500d%%", 0);
	assert_false(reads_with(row, 1, "treaty.cell-long"));
	assert_true(room_is_kept(room));
	assert_false(room_is_kept(room + 1));
}

static void
each_allocation_may_fail(void **state)
{
	static const char text[] = HEAD TREATY
	    "holiday\tFR\t07-14\tx\nparty\tIE\tBudapest\t\t\t2026-06-01\t\ttext\n";

	for (uint64_t nth = 1;; nth++) {
		struct law_document *d = NULL;
		struct err err = ERR_INIT;
		bool ok;

		mem_fail(nth, false);
		ok = law_document_read(&d, span_text(text), on(NOW), &err);
		mem_fail(0, false);
		law_document_free(d);
		if (ok)
			break;
		assert_int_equal(err.kind, ERR_MEMORY);
	}
}

static void
days_are_counted_over_months_and_leap_years(void **state)
{
	assert_int_equal(law_day_add(20280228, 1), 20280229);
	assert_int_equal(law_day_add(20270228, 1), 20270301);
	assert_int_equal(law_day_add(20261231, 30), 20270130);
	assert_int_equal(law_day_add(20260101, -1), 20251231);
	assert_string_equal(law_day_text(20260102).s, "2026-01-02");
	assert_string_equal(law_day_text(LAW_DAY_NONE).s, "");
	assert_string_equal(law_day_text(LAW_DAY_SOME).s, "yes");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_39_instruments_nobody_is_bound),
		cmocka_unit_test(what_is_only_remembered_is_none_of_the_forty),
		cmocka_unit_test(with_40_it_binds_on_the_ninetieth_day_after_the_fortieth),
		cmocka_unit_test(a_later_party_is_bound_on_the_thirtieth_day_after_its_own),
		cmocka_unit_test(who_left_is_bound_until_the_day_before),
		cmocka_unit_test(an_update_makes_budapest_sure_and_then_it_is_suggested),
		cmocka_unit_test(what_an_officer_confirmed_once_binds_from_then_on),
		cmocka_unit_test(what_is_not_in_doubt_or_not_so_is_not_confirmed),
		cmocka_unit_test(candidates_come_in_their_order),
		cmocka_unit_test(hanoi_stands_behind_budapest_and_before_untoc),
		cmocka_unit_test(a_reserved_article_of_the_protocol_is_no_candidate),
		cmocka_unit_test(
		    a_document_speaks_of_reservations_languages_contacts_and_calendars),
		cmocka_unit_test(the_later_document_counts_whatever_came_in_first),
		cmocka_unit_test(the_newest_number_of_a_series_wins),
		cmocka_unit_test(a_document_that_breaks_the_form_is_refused_with_its_line),
		cmocka_unit_test(a_nul_ends_no_document_early),
		cmocka_unit_test(every_bound_of_a_document_holds),
		cmocka_unit_test(each_allocation_may_fail),
		cmocka_unit_test(days_are_counted_over_months_and_leap_years),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
