#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "law/tables.h"

static int64_t
on(const char *day)
{
	struct err err = ERR_INIT;
	int64_t at;

	assert_true(when_parse_people(span_text(day), &at, &err));
	return at;
}

#define TODAY on("2026-11-22")

static enum law_need
need(const char *measure, const char *field)
{
	const struct law_measure *m = law_measure(measure);
	const struct law_field *f = law_field(field);

	assert_non_null(m);
	assert_non_null(f);
	return law_need(m, f);
}

static enum law_need
need_under(const char *instrument, const char *measure, const char *field)
{
	const struct law_basis *b = law_basis(measure, instrument);
	const struct law_field *f = law_field(field);

	assert_non_null(b);
	assert_non_null(f);
	return law_basis_need(b, f);
}

static bool
treaty_asks(const char *instrument, const char *measure, const char *field)
{
	return law_basis_treaty(law_basis(measure, instrument), law_field(field));
}

static int64_t
deadline(const char *id, const char *start)
{
	const struct law_deadline *d = law_deadline(id);

	assert_non_null(d);
	return law_deadline_at(d, on(start));
}

/* Shows each part of a list, "a;b;c". */
static void
each(const char *list, void (*look)(const char *part))
{
	while (*list != '\0') {
		size_t n = strcspn(list, ";");
		char part[64];

		assert_true(n > 0 && n < sizeof part);
		memcpy(part, list, n);
		part[n] = '\0';
		look(part);
		list += n + (list[n] == ';');
	}
}

/* ---- what is asked ---- */

static void
a_preservation_asks_what_article_42_3_lists(void **state)
{
	/* (a) authority ... (g) secrecy; of provider and place one at least (d) */
	assert_int_equal(need("preserve", "F01"), LAW_REQUIRED);
	assert_int_equal(need("preserve", "offence"), LAW_REQUIRED);
	assert_int_equal(need("preserve", "data_sought"), LAW_REQUIRED);
	assert_int_equal(need("preserve", "provider"), LAW_ONE_OF);
	assert_int_equal(need("preserve", "system_or_account"), LAW_ONE_OF);
	assert_int_equal(need("preserve", "necessity"), LAW_REQUIRED);
	assert_int_equal(need("preserve", "intent"), LAW_REQUIRED);
	assert_int_equal(need("preserve", "secrecy"), LAW_REQUIRED);
	assert_int_equal(need("preserve", "identifiers"), LAW_OPTIONAL);
	assert_int_equal(need("preserve", "assistance"), LAW_NOT_ASKED);
}

static void
a_stored_data_request_cannot_do_without_a_window_under_any_instrument(void **state)
{
	static const char *const instruments[] = { "UNCAC-CYBER", "Budapest", "UNTOC",
	    "reciprocity" };

	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(need_under(instruments[i], "stored_data", "period"),
		    LAW_REQUIRED);
		assert_int_equal(need_under(instruments[i], "stored_data", "identifiers"),
		    LAW_REQUIRED);
	}
	/* Our own rule (S12): its lack is asked for, it is no refusal for form. */
	assert_false(treaty_asks("UNCAC-CYBER", "stored_data", "period"));
	assert_true(treaty_asks("UNCAC-CYBER", "stored_data", "purpose"));
	assert_int_equal(need("subscriber", "period"), LAW_OPTIONAL);
}

static void
what_an_instrument_does_not_ask_may_still_be_given(void **state)
{
	/* UNTOC 18 knows no choice between provider and place of a system. */
	assert_int_equal(need_under("UNTOC", "stored_data", "provider"), LAW_OPTIONAL);
	assert_int_equal(need_under("UNTOC", "stored_data", "languages"), LAW_OPTIONAL);
	assert_int_equal(need_under("UNCAC-CYBER", "stored_data", "languages"),
	    LAW_REQUIRED);
	assert_int_equal(need_under("UNTOC", "stored_data", "hearing"), LAW_NOT_ASKED);
}

static void
secrecy_is_answered_even_where_budapest_does_not_list_it(void **state)
{
	assert_false(law_list_has(law_basis("preserve", "Budapest")->required, "F16"));
	assert_int_equal(need_under("Budapest", "preserve", "secrecy"), LAW_REQUIRED);
	assert_false(treaty_asks("Budapest", "preserve", "secrecy"));
	assert_true(treaty_asks("Budapest", "preserve", "necessity"));
	assert_true(treaty_asks("Budapest", "preserve", "provider"));
}

static bool
place_is(const char *instrument, const char *measure, const char *field,
    const char *place)
{
	return span_is(law_basis_place(law_basis(measure, instrument), law_field(field)),
	    place);
}

static void
each_demand_names_its_place_in_the_text_that_makes_it(void **state)
{
	assert_true(place_is("UNCAC-CYBER", "preserve", "offence", "42(3)(b)"));
	assert_true(place_is("Budapest", "preserve", "offence", "Budapest 29(2)(b)"));
	assert_true(place_is("UNCAC-CYBER", "stored_data", "purpose", "40(15)(g)"));
	assert_true(place_is("UNCAC-CYBER", "use_consent", "new_use", "40(19)"));
	assert_true(place_is("UNCAC-CYBER", "traffic_path", "traffic_data", "43(1)"));
	assert_true(place_is("UNCAC-CYBER", "spontaneous", "traffic_data", "40(4)"));
	assert_true(place_is("Budapest", "spontaneous", "traffic_data",
	    "Budapest 26(1)"));
	assert_true(place_is("UNTOC", "stored_data", "matter", "UNTOC 18(15)(b)"));
	assert_true(place_is("UNCAC-CYBER", "subscriber", "urgency", "40(26)"));
	assert_true(place_is("UNCAC-CYBER", "emergency_data", "emergency", "2(o)"));
	assert_true(place_is("reciprocity", "preserve", "offence", ""));
}

static void
what_another_article_lists_is_no_ground_to_refuse_for_form(void **state)
{
	/* 42(3)(d) is about preservation; 40(15) does not list the provider. */
	assert_true(treaty_asks("UNCAC-CYBER", "preserve", "provider"));
	assert_false(treaty_asks("UNCAC-CYBER", "stored_data", "provider"));
	assert_true(place_is("UNCAC-CYBER", "stored_data", "provider", ""));
	/* Budapest 31 has no list of contents: the common form is practice. */
	assert_int_equal(need_under("Budapest", "subscriber", "purpose"), LAW_REQUIRED);
	assert_false(treaty_asks("Budapest", "subscriber", "purpose"));
	assert_true(place_is("Budapest", "subscriber", "provider", ""));
	/* 42(9) speaks of extensions, but our form of one is practice. */
	assert_false(treaty_asks("UNCAC-CYBER", "preserve_extend", "extension"));
	assert_true(treaty_asks("UNCAC-CYBER", "use_consent", "new_use"));
}

static void
every_demand_of_the_text_of_a_preservation_has_its_place(void **state)
{
	static const char *const fields[] = { "F01", "F10", "F11", "F12", "F13", "F14",
	    "F15" };

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		assert_true(treaty_asks("UNCAC-CYBER", "preserve", fields[i]));
		assert_true(treaty_asks("Budapest", "preserve", fields[i]));
	}
}

static void
reciprocity_wants_its_promise_and_owes_nothing(void **state)
{
	assert_int_equal(need_under("reciprocity", "stored_data", "reciprocity"),
	    LAW_REQUIRED);
	assert_int_equal(need_under("Budapest", "stored_data", "reciprocity"),
	    LAW_OPTIONAL);
	assert_int_equal(need_under("reciprocity", "preserve", "reciprocity"),
	    LAW_OPTIONAL);
	assert_false(treaty_asks("reciprocity", "preserve", "offence"));
	assert_string_equal(law_basis("preserve", "reciprocity")->articles, "");
}

static void
a_conditional_field_stays_conditional_under_an_instrument(void **state)
{
	assert_int_equal(need("confiscate", "order_copy"), LAW_CONDITIONAL);
	assert_int_equal(need_under("UNTOC", "confiscate", "order_copy"),
	    LAW_CONDITIONAL);
	assert_int_equal(need("provider_answer", "outcome"), LAW_REQUIRED);
	assert_int_equal(need("provider_answer", "why_not"), LAW_CONDITIONAL);
}

static void
a_row_of_the_convention_asks_what_its_measure_asks(void **state)
{
	for (size_t i = 0; i < law_basis_count; i++) {
		const struct law_basis *b = &law_basis_rows[i];

		if (strcmp(b->instrument, "UNCAC-CYBER") != 0)
			continue;
		assert_string_equal(b->articles, b->measure->articles);
		assert_string_equal(b->grounds, b->measure->grounds);
		for (size_t f = 0; f < law_field_count; f++) {
			const struct law_field *field = &law_field_rows[f];
			enum law_need n = law_need(b->measure, field);

			assert_int_equal(law_list_has(b->required, field->id),
			    n == LAW_REQUIRED);
			assert_int_equal(law_list_has(b->one_of, field->id),
			    n == LAW_ONE_OF);
			assert_int_equal(law_basis_need(b, field), n);
		}
	}
}

/* ---- grounds ---- */

static void
grounds_of_a_preservation_are_a_closed_list(void **state)
{
	const struct law_basis *b = law_basis("preserve", "UNCAC-CYBER");

	/* 42(6): essential interests, domestic law, persecution, reservation. */
	assert_string_equal(b->grounds, "R02;R03;R08;R10");
	for (size_t i = 0; i < law_ground_count; i++)
		assert_int_equal(law_basis_ground(b, law_ground_rows[i].id),
		    law_list_has("R02;R03;R08;R10", law_ground_rows[i].id));
	/* 42(4): lack of dual criminality is none. */
	assert_false(law_basis_ground(b, "R05"));
	assert_false(law_basis_ground(b, "N03"));
	assert_true(law_basis_ground(law_basis("stored_data", "UNCAC-CYBER"), "R05"));
}

static void
the_political_offence_is_a_ground_of_budapest_only(void **state)
{
	assert_true(law_basis_ground(law_basis("preserve", "Budapest"), "B01"));
	assert_false(law_basis_ground(law_basis("preserve", "UNCAC-CYBER"), "B01"));
	assert_false(law_basis_ground(law_basis("preserve", "Budapest"), "R02"));
}

static void
duties_and_forbidden_grounds_stand_in_no_menu(void **state)
{
	struct law_basis b = *law_basis("stored_data", "UNCAC-CYBER");

	b.grounds = "P01;N02;R02";	/* even where a menu was written wrongly */
	assert_false(law_basis_ground(&b, "P01"));
	assert_false(law_basis_ground(&b, "N02"));
	assert_true(law_basis_ground(&b, "R02"));
	assert_false(law_basis_ground(&b, ""));
	assert_non_null(law_ground("P01"));
	assert_string_equal(law_ground("R09")->nature, "postponement");
}

/* ---- who stands under what ---- */

static void
the_hanoi_convention_binds_no_real_pair_today(void **state)
{
	int64_t today = TODAY;

	for (size_t a = 0; a < law_state_count; a++)
		for (size_t b = 0; b < law_state_count; b++) {
			const struct law_state *sa = &law_state_rows[a].state;
			const struct law_state *sb = &law_state_rows[b].state;
			bool play = sa->training && sb->training;

			assert_int_equal(law_instrument_binds(NULL, "UNCAC-CYBER", sa->code,
			    sb->code, today), play ? LAW_BINDS : LAW_BINDS_NOT);
		}
}

static void
budapest_binds_a_pair_whose_dates_are_both_past(void **state)
{
	/* Finland 2007-09-01, Germany 2009-07-01: both seen in a published source. */
	assert_int_equal(law_instrument_binds(NULL, "Budapest", "FI", "DE", TODAY), LAW_BINDS);
	assert_int_equal(law_instrument_binds(NULL, "Budapest", "DE", "FI", TODAY), LAW_BINDS);
	assert_int_equal(law_instrument_binds(NULL, "Budapest", "FI", "DE", on("2009-07-01")),
	    LAW_BINDS);
	assert_int_equal(law_instrument_binds(NULL, "Budapest", "FI", "DE",
	    on("2009-07-01") - 1), LAW_BINDS_NOT);
}

static void
a_signature_and_an_empty_cell_bind_nobody(void **state)
{
	assert_int_equal(law_instrument_binds(NULL, "Budapest", "FI", "IE", TODAY),
	    LAW_BINDS_NOT);
	assert_int_equal(law_instrument_binds(NULL, "Budapest", "FI", "SG", TODAY),
	    LAW_BINDS_NOT);
	assert_int_equal(law_instrument_binds(NULL, "UNTOC", "FI", "IR", TODAY), LAW_BINDS_NOT);
	assert_int_equal(law_instrument_binds(NULL, "Budapest", "FI", "QQ", TODAY),
	    LAW_BINDS_NOT);
	assert_int_equal(law_instrument_binds(NULL, "reciprocity", "FI", "QQ", TODAY),
	    LAW_BINDS_NOT);
	assert_int_equal(law_instrument_binds(NULL, "Budapest-2AP", "HU", "JP", TODAY),
	    LAW_BINDS_NOT);
	assert_int_equal(law_instrument_binds(NULL, "no such thing", "FI", "DE", TODAY),
	    LAW_BINDS_NOT);
}

static void
what_we_only_remember_is_for_an_officer(void **state)
{
	/* Dates from memory; a party whose date is not known; UNTOC has no dates. */
	assert_int_equal(law_instrument_binds(NULL, "Budapest", "FI", "US", TODAY),
	    LAW_BINDS_UNSURE);
	assert_int_equal(law_instrument_binds(NULL, "Budapest", "FI", "CM", TODAY),
	    LAW_BINDS_UNSURE);
	assert_int_equal(law_instrument_binds(NULL, "UNTOC", "FI", "DE", TODAY),
	    LAW_BINDS_UNSURE);
	/* A date that we remember, and that has not come: no. */
	assert_int_equal(law_instrument_binds(NULL, "Budapest", "FI", "US", on("2006-12-31")),
	    LAW_BINDS_NOT);
}

static void
training_states_play_under_the_convention(void **state)
{
	const struct law_basis *b = law_basis_suggest(NULL, "preserve", "XA", "XB", TODAY);

	assert_non_null(b);
	assert_string_equal(b->instrument, "UNCAC-CYBER");
	assert_ptr_equal(law_basis_suggest(NULL, "traffic_path", "XB", "XC", 0),
	    law_basis("traffic_path", "UNCAC-CYBER"));
	assert_int_equal(law_instrument_binds(NULL, "Budapest", "XA", "XB", TODAY),
	    LAW_BINDS_NOT);
	assert_int_equal(law_instrument_binds(NULL, "UNTOC", "XA", "XB", TODAY),
	    LAW_BINDS_NOT);
}

static void
a_training_state_and_a_real_one_have_no_suggestion(void **state)
{
	assert_int_equal(law_instrument_binds(NULL, "UNCAC-CYBER", "XA", "FI", TODAY),
	    LAW_BINDS_NOT);
	assert_int_equal(law_instrument_binds(NULL, "Budapest", "FI", "XA", TODAY),
	    LAW_BINDS_NOT);
	assert_null(law_basis_suggest(NULL, "preserve", "XA", "FI", TODAY));
	assert_null(law_basis_suggest(NULL, "preserve", "FI", "XA", TODAY));
	assert_null(law_basis_suggest(NULL, "preserve", "FI", "QQ", TODAY));
}

static void
the_suggestion_is_budapest_before_reciprocity(void **state)
{
	assert_string_equal(law_basis_suggest(NULL, "preserve", "FI", "DE", TODAY)->instrument,
	    "Budapest");
	assert_string_equal(law_basis_suggest(NULL, "preserve", "FI", "SG", TODAY)->instrument,
	    "reciprocity");
	/* Budapest has no freezing. */
	assert_string_equal(law_basis_suggest(NULL, "freeze", "FI", "DE", TODAY)->instrument,
	    "reciprocity");
	/* It may bind: nobody but an officer says so, and reciprocity is no way round. */
	assert_null(law_basis_suggest(NULL, "preserve", "FI", "US", TODAY));
	/* It runs on domestic law. */
	assert_null(law_basis_suggest(NULL, "domestic_order", "FI", "DE", TODAY));
	assert_null(law_basis_suggest(NULL, "no_such_measure", "FI", "DE", TODAY));
}

static void
kosovo_is_no_training_state(void **state)
{
	assert_false(law_state("XK")->training);
	assert_false(law_training("XK"));
	assert_true(law_training("XA"));
	assert_false(law_training("XAB"));
	assert_false(law_training(""));
	assert_string_equal(law_state("XA")->name, "Aldora");
	assert_string_equal(law_state("XB")->name, "Berun");
	assert_string_equal(law_state("XC")->name, "Cascada");
	for (char c = 'A'; c <= 'Z'; c++) {
		char code[3] = { 'X', c, '\0' };

		assert_non_null(law_state(code));
		assert_int_equal(law_state(code)->training, c != 'K');
	}
	assert_null(law_state("xa"));
	assert_null(law_state("EU"));
}

/* ---- time limits ---- */

static void
a_deadline_of_60_days_ends_60_days_later(void **state)
{
	assert_int_equal(deadline("D02", "2026-11-22"), on("2027-01-21"));
	assert_int_equal(deadline("D01", "2026-11-22"), on("2027-02-20"));
	assert_int_equal(deadline("D50", "2026-11-22"), on("2026-11-24"));
	assert_int_equal(deadline("D60", "2026-11-22"), on("2026-11-22") + 30 * 60);
}

static void
months_and_years_go_by_the_calendar(void **state)
{
	assert_int_equal(deadline("D19", "2026-08-31"), on("2027-02-28"));
	assert_int_equal(deadline("D19", "2027-08-31"), on("2028-02-29"));
	assert_int_equal(deadline("D19", "2099-08-31"), on("2100-02-28"));
	assert_int_equal(deadline("D19", "2026-06-30"), on("2026-12-30"));
	assert_int_equal(deadline("D16", "2028-02-29"), on("2029-02-28"));
	assert_int_equal(deadline("D16", "2026-12-31"), on("2027-12-31"));
	assert_int_equal(law_deadline_at(law_deadline("D16"), on("2026-11-22") + 3661),
	    on("2027-11-22") + 3661);
}

static void
a_warning_comes_before_its_event(void **state)
{
	assert_int_equal(deadline("D63", "2027-01-21"), on("2026-12-31"));
	assert_int_equal(deadline("D76", "2027-01-21"), on("2027-01-14"));
	assert_int_equal(deadline("D77", "2027-01-21"), on("2027-01-19"));
	assert_int_equal(deadline("D03", "2027-01-21"), on("2027-01-21"));
}

static void
a_standard_and_a_threshold_have_no_instant(void **state)
{
	for (size_t i = 0; i < law_deadline_count; i++) {
		const struct law_deadline *d = &law_deadline_rows[i];
		bool none = d->unit[0] == '\0' || strcmp(d->kind, "threshold") == 0;

		assert_int_equal(law_deadline_at(d, TODAY) == 0, none);
		if (d->unit[0] == '\0')
			assert_int_equal(d->value, 0);
	}
	assert_string_equal(law_deadline("D04")->kind, "promptly");
	assert_string_equal(law_deadline("D11")->kind, "threshold");
}

static void
a_fixed_date_does_not_depend_on_a_start(void **state)
{
	assert_int_equal(deadline("D13", "2001-01-01"), on("2026-12-31"));
	assert_int_equal(deadline("D47", "2030-01-01"), on("2026-08-18"));
}

static void
a_deadline_stays_within_the_years_we_can_write(void **state)
{
	const struct law_deadline *day = law_deadline("D02");
	const struct law_deadline *month = law_deadline("D19");
	const struct law_deadline *year = law_deadline("D16");
	struct law_deadline before = *year;

	assert_int_equal(law_deadline_at(day, WHEN_MAX), WHEN_MAX);
	assert_int_equal(law_deadline_at(day, INT64_MAX), WHEN_MAX);
	assert_int_equal(law_deadline_at(day, INT64_MIN), WHEN_MIN + 60 * 86400);
	assert_int_equal(law_deadline_at(month, WHEN_MAX), WHEN_MAX);
	assert_int_equal(law_deadline_at(month, on("9999-06-30")), on("9999-12-30"));
	assert_int_equal(law_deadline_at(month, on("9999-07-01")), WHEN_MAX);
	assert_int_equal(law_deadline_at(year, WHEN_MAX - 1), WHEN_MAX);
	assert_int_equal(law_deadline_at(year, on("9998-12-31")), on("9999-12-31"));
	before.kind = "before";
	assert_int_equal(law_deadline_at(&before, on("0002-03-01")), on("0001-03-01"));
	assert_int_equal(law_deadline_at(&before, on("0001-03-01")), WHEN_MIN);
}

/* ---- the tables themselves ---- */

static void
a_field_that_exists(const char *id)
{
	/* E-EPOC and its like are whole forms of other instruments. */
	if (strncmp(id, "E-", 2) != 0)
		assert_non_null(law_field(id));
}

static void
a_ground_that_exists(const char *id)
{
	assert_non_null(law_ground(id));
}

static void
an_article_that_exists(const char *number)
{
	assert_non_null(law_article(number));
}

static void
an_offence_that_exists(const char *article)
{
	assert_non_null(law_offence(article));
	assert_non_null(law_article(article));
}

static void
a_measure_that_exists(const char *id)
{
	assert_non_null(law_measure(id));
}

static void
every_cross_reference_exists(void **state)
{
	for (size_t i = 0; i < law_measure_count; i++) {
		const struct law_measure *m = &law_measure_rows[i];

		each(m->grounds, a_ground_that_exists);
		if (strncmp(m->id, "x_", 2) != 0)
			each(m->articles, an_article_that_exists);
		assert_ptr_equal(law_measure(m->id), m);
	}
	for (size_t i = 0; i < law_basis_count; i++) {
		const struct law_basis *b = &law_basis_rows[i];

		each(b->required, a_field_that_exists);
		each(b->one_of, a_field_that_exists);
		each(b->grounds, a_ground_that_exists);
		assert_ptr_equal(law_basis(b->measure->id, b->instrument), b);
	}
	each(law_shapes[SHAPE_OFFENCE].parts[0].codes, an_offence_that_exists);
	each(law_shapes[SHAPE_INTENT].parts[0].codes, a_measure_that_exists);
	for (size_t i = 0; i < law_ground_count; i++)
		assert_ptr_equal(law_ground(law_ground_rows[i].id), &law_ground_rows[i]);
	for (size_t i = 0; i < law_deadline_count; i++)
		assert_ptr_equal(law_deadline(law_deadline_rows[i].id),
		    &law_deadline_rows[i]);
	for (size_t i = 0; i < law_state_count; i++)
		assert_ptr_equal(law_state(law_state_rows[i].state.code),
		    &law_state_rows[i].state);
}

static bool
snake_case(const char *s)
{
	return s[0] >= 'a' && s[0] <= 'z' &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(s);
}

static void
every_field_has_a_name_of_its_own_and_a_known_shape(void **state)
{
	size_t n;
	const struct law_field *f = law_fields(&n);

	assert_int_equal(n, law_field_count);
	for (size_t i = 0; i < n; i++) {
		assert_ptr_equal(law_field(f[i].id), &f[i]);
		assert_ptr_equal(law_field(f[i].name), &f[i]);
		assert_true(snake_case(f[i].name));
		assert_true(f[i].shape >= law_shapes &&
		    f[i].shape < law_shapes + LAW_SHAPES);
		assert_true(f[i].label[0] != '\0' && strlen(f[i].label) < 80);
		assert_true(i == 0 || strcmp(f[i - 1].id, f[i].id) < 0);
		assert_int_equal(law_field_is_envelope(&f[i]),
		    strcmp(f[i].id, "F01") == 0 || strcmp(f[i].id, "F70") == 0);
		assert_int_equal(strlen(law_need_rows[i]), law_measure_count);
	}
	assert_string_equal(law_field("F10")->name, "offence");
	assert_null(law_field(""));
	assert_null(law_field("F99"));
}

/* Each condition of a measure of ours is one that its form can meet. */
static void
every_condition_is_a_value_that_its_field_can_have(void **state)
{
	size_t seen = 0;

	for (size_t m = 0; m < law_measure_count; m++)
		for (size_t f = 0; f < law_field_count; f++) {
			const struct law_measure *measure = &law_measure_rows[m];
			const struct law_field *field = &law_field_rows[f];
			struct law_condition c;
			size_t i = 0;

			for (; law_condition(measure, field, i, &c); i++, seen++) {
				const struct law_part *p = &c.field->shape->parts[c.part];
				const char *codes = p->codes != NULL ? p->codes :
				    c.field->codes;

				assert_int_equal(law_need(measure, c.field), LAW_REQUIRED);
				if (p->kind == PART_YES)
					assert_true(strcmp(c.value, "yes") == 0 ||
					    strcmp(c.value, "no") == 0);
				else
					assert_true(law_list_has(codes, c.value));
			}
			/* Forms of other instruments (x_) are not carried. */
			if (law_need(measure, field) == LAW_CONDITIONAL &&
			    strncmp(measure->id, "x_", 2) != 0)
				assert_true(i > 0);
		}
	assert_true(seen >= 15);
}

static void
what_has_no_row_under_any_instrument_is_domestic(void **state)
{
	assert_true(law_measure_is_domestic(law_measure("remove_content")));
	assert_true(law_measure_is_domestic(law_measure("domestic_order")));
	assert_false(law_measure_is_domestic(law_measure("preserve")));
	assert_false(law_measure_is_domestic(law_measure("freeze_alert")));
}

static void
every_part_of_a_shape_can_be_written(void **state)
{
	for (size_t i = 0; i < LAW_SHAPES; i++) {
		const struct law_shape *s = &law_shapes[i];

		assert_true(snake_case(s->name));
		assert_true(s->entries_max >= 1 && s->parts_n <= LAW_PARTS_MAX);
		assert_int_equal(s->parts_n == 0, i == SHAPE_ENVELOPE);
		for (size_t p = 0; p < s->parts_n; p++) {
			enum law_part_kind k = s->parts[p].kind;
			bool number = k == PART_INSTANT || k == PART_NUMBER || k == PART_YES;

			assert_true(snake_case(s->parts[p].name));
			assert_true(s->parts[p].label[0] != '\0');
			assert_int_equal(s->parts[p].max == 0, number);
			assert_true(s->parts[p].codes == NULL || k == PART_CODE ||
			    k == PART_CODES);
			for (size_t q = 0; q < p; q++)
				assert_string_not_equal(s->parts[p].name, s->parts[q].name);
		}
		for (size_t p = s->parts_n; p < LAW_PARTS_MAX; p++)
			assert_null(s->parts[p].name);
	}
}

static void
every_row_says_how_sure_it_is(void **state)
{
	for (size_t i = 0; i < law_field_count; i++)
		assert_string_not_equal(law_certainty_name(law_field_rows[i].certainty),
		    "unknown");
	for (size_t i = 0; i < law_basis_count; i++)
		assert_string_not_equal(law_certainty_name(law_basis_rows[i].certainty),
		    "unknown");
	assert_string_equal(law_certainty_name(law_deadline("D13")->certainty), "text");
	assert_string_equal(law_certainty_name(law_field("F10")->certainty), "sister");
	assert_string_equal(law_certainty_name(law_deadline("D50")->certainty),
	    "secondary");
	assert_string_equal(law_certainty_name(law_field("F95")->certainty), "memory");
	assert_string_equal(law_certainty_name(LAW_UNKNOWN), "unknown");
}

static void
material_of_article_14_alone_is_restricted(void **state)
{
	for (size_t i = 0; i < law_offence_count; i++)
		assert_int_equal(law_offence_rows[i].restricted,
		    strcmp(law_offence_rows[i].article, "14") == 0);
	assert_string_equal(law_offence("13")->name, "ict_theft_or_fraud");
	assert_null(law_offence("20"));
}

static void
an_article_is_found_by_its_paragraph(void **state)
{
	assert_string_equal(law_article("42(3)(b)")->number, "42");
	assert_string_equal(law_article("7")->number, "7");
	assert_null(law_article("69"));
	assert_null(law_article(""));
	assert_null(law_article("(3)"));
}

static void
a_list_is_searched_by_whole_ids(void **state)
{
	assert_true(law_list_has("F01;F10", "F01"));
	assert_true(law_list_has("F01;F10", "F10"));
	assert_false(law_list_has("F01;F10", "F1"));
	assert_false(law_list_has("F01;F10", "F010"));
	assert_false(law_list_has("F01;F10", "F01;F10"));
	assert_false(law_list_has("F01;F10", ""));
	assert_false(law_list_has("", "F01"));
}

/* ---- the build's own check ---- */

/*
 * The tables after this change: does the generator end well (or not), and do the
 * words stand in what it wrote?
 */
static bool
generated(const char *want, const char *file, const char *change, bool well,
    const char *words)
{
	char command[1024];
	int n = snprintf(command, sizeof command,
	    "d=$(mktemp -d) && cp '%s'/data/law/*.tsv \"$d\" && "
	    "sed -i '%s' \"$d/%s.tsv\" && "
	    "awk -F '\t' -v want=%s -f '%s/src/law/check.awk' "
	    "-f '%s/src/law/tables.awk' \"$d\"/*.tsv >\"$d/said\" 2>&1; rc=$?; "
	    "grep -q '%s' \"$d/said\"; found=$?; rm -r \"$d\"; "
	    "test $rc -%s 0 -a $found -eq 0",
	    SOURCE_DIR, change, file, want, SOURCE_DIR, SOURCE_DIR, words,
	    well ? "eq" : "ne");

	assert_true(n > 0 && (size_t)n < sizeof command);
	return system(command) == 0;
}

static bool
refused(const char *file, const char *change, const char *words)
{
	return generated("needs", file, change, false, words);
}

static void
a_date_is_kept_as_its_first_second(void **state)
{
	assert_true(generated("deadlines", "deadlines", "s/2026-12-31/2028-02-29/", true,
	    ", 1835395200, \"date\""));
	assert_true(generated("deadlines", "deadlines", "s/2026-12-31/1970-01-01/", true,
	    ", 0, \"date\""));
	assert_true(generated("parties", "states", "s/2007-09-01/2030-01-02/", true,
	    "20300102, LAW_SECONDARY"));
}

static void
a_broken_row_stops_the_build(void **state)
{
	assert_true(generated("needs", "measures", "", true, "law_need_rows"));
	assert_true(refused("measures", "s/R02;R03/R02;R77/", "R77 is not in"));
	assert_true(refused("measures", "s/\tmemory$/\tsure/", "certainty: what is"));
	assert_true(refused("measures", "5s/^[a-z_]*/preserve/", "there twice"));
	assert_true(refused("measures", "5s/$/\tx/", "12 columns, 11 wanted"));
	assert_true(refused("request_fields", "s/subscriber/subscribe/", "is not in"));
	assert_true(refused("request_fields", "s/\tpurpose\t/\toffence\t/", "name there"));
	assert_true(refused("request_fields", "/^F07/s/\tsubscriber;/\tstored_data;/",
	    "stands in"));
	assert_true(refused("request_fields", "/^F14/s/\ttreaty\t/\t\t/", "its author"));
	assert_true(refused("basis", "s/\tB01;B02;B04/\tB01;R02;B04/",
	    "another instrument"));
	assert_true(refused("basis", "2s/F01;F10/F01;F09/", "F09 is not in"));
	assert_true(refused("deadlines", "s/\t60\tday/\t60;2\tday/", "one number"));
	assert_true(refused("deadlines", "s/\t60\tday/\t60\t/", "go together"));
	assert_true(refused("calendars", "s#Europe/Andorra#Europe/Ander#", "not in zones"));
	assert_true(refused("calendars", "2s/mon;/mo;/", "working: what is"));
	assert_true(refused("holidays", "s/04-04/4-4/", "that is none"));
	assert_true(refused("holidays", "s/^XC/ZC/", "has no calendar"));
	assert_true(refused("zone_changes", "2s#^Africa/[a-zA-Z]*#Africa/Casa#",
	    "not in zones"));
	assert_true(refused("version", "2s/2026-08-31/August/", "is no date"));
	assert_true(refused("states", "s/\t2007-09-01\t/\t1.9.2007\t/", "is no date"));
	assert_true(refused("states", "/^FI/s/\tnone\t\t/\tnone\t2026-01-01\t/",
	    "is computed"));
	assert_true(refused("training", "s/^XL/XK/", "training State too"));
	assert_true(refused("safeguards", "s/F06;F07/F06;F99/", "F99 is not in"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_preservation_asks_what_article_42_3_lists),
		cmocka_unit_test(
		    a_stored_data_request_cannot_do_without_a_window_under_any_instrument),
		cmocka_unit_test(what_an_instrument_does_not_ask_may_still_be_given),
		cmocka_unit_test(secrecy_is_answered_even_where_budapest_does_not_list_it),
		cmocka_unit_test(each_demand_names_its_place_in_the_text_that_makes_it),
		cmocka_unit_test(what_another_article_lists_is_no_ground_to_refuse_for_form),
		cmocka_unit_test(every_demand_of_the_text_of_a_preservation_has_its_place),
		cmocka_unit_test(reciprocity_wants_its_promise_and_owes_nothing),
		cmocka_unit_test(a_conditional_field_stays_conditional_under_an_instrument),
		cmocka_unit_test(a_row_of_the_convention_asks_what_its_measure_asks),
		cmocka_unit_test(grounds_of_a_preservation_are_a_closed_list),
		cmocka_unit_test(the_political_offence_is_a_ground_of_budapest_only),
		cmocka_unit_test(duties_and_forbidden_grounds_stand_in_no_menu),
		cmocka_unit_test(the_hanoi_convention_binds_no_real_pair_today),
		cmocka_unit_test(budapest_binds_a_pair_whose_dates_are_both_past),
		cmocka_unit_test(a_signature_and_an_empty_cell_bind_nobody),
		cmocka_unit_test(what_we_only_remember_is_for_an_officer),
		cmocka_unit_test(training_states_play_under_the_convention),
		cmocka_unit_test(a_training_state_and_a_real_one_have_no_suggestion),
		cmocka_unit_test(the_suggestion_is_budapest_before_reciprocity),
		cmocka_unit_test(kosovo_is_no_training_state),
		cmocka_unit_test(a_deadline_of_60_days_ends_60_days_later),
		cmocka_unit_test(months_and_years_go_by_the_calendar),
		cmocka_unit_test(a_warning_comes_before_its_event),
		cmocka_unit_test(a_standard_and_a_threshold_have_no_instant),
		cmocka_unit_test(a_fixed_date_does_not_depend_on_a_start),
		cmocka_unit_test(a_deadline_stays_within_the_years_we_can_write),
		cmocka_unit_test(every_cross_reference_exists),
		cmocka_unit_test(every_field_has_a_name_of_its_own_and_a_known_shape),
		cmocka_unit_test(every_condition_is_a_value_that_its_field_can_have),
		cmocka_unit_test(what_has_no_row_under_any_instrument_is_domestic),
		cmocka_unit_test(every_part_of_a_shape_can_be_written),
		cmocka_unit_test(every_row_says_how_sure_it_is),
		cmocka_unit_test(material_of_article_14_alone_is_restricted),
		cmocka_unit_test(an_article_is_found_by_its_paragraph),
		cmocka_unit_test(a_list_is_searched_by_whole_ids),
		cmocka_unit_test(a_date_is_kept_as_its_first_second),
		cmocka_unit_test(a_broken_row_stops_the_build),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
