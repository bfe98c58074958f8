/* Which rule keeps each safeguard, and which test proves it. */
#include "policy/safeguard_table.h"

#include <string.h>

#include "law/law.h"

static const struct safeguard_row rows[] = {
	{ "S01", "policy/safeguards.c: offence_is_in_scope, before sending and again on what came in",
	    "s01_a_serious_crime_without_its_statute_is_rejected" },
	{ "S02", "policy/thread.c: execute_decide; a waiver with reasons is kept sealed, its digest in the ledger (flow/execute.c)",
	    "s02_an_unmapped_offence_stops_a_disclosure_until_an_officer_waives_it" },
	{ "S03", "policy/safeguards.c: persecution_is_looked_for; policy/thread.c: execute_decide asks for two persons",
	    "s03_a_flagged_request_is_not_executed_with_one_signature" },
	{ "S04", "policy/safeguards.c: secrecy_has_reasons_and_an_end",
	    "s04_no_secrecy_without_an_end_is_accepted" },
	{ "S05", "policy/notice.c: a notice is due when a secrecy ends; flow/notices.c: only a person calls it done",
	    "s05_all_who_were_not_told_are_listed_and_why" },
	{ "S06", "policy/thread.c: execute_decide, also before a hand-over in any form",
	    "s06_content_is_not_executed_without_an_order_of_the_requested_state" },
	{ "S07", "policy/police_info.c; policy/use.c: export_decide; what was granted in its place is read from what both signed (flow/lane.c)",
	    "s07_police_information_is_not_exported_as_evidence" },
	{ "S08", "law/shapes.c has no such part; policy/safeguards.c: nobody_asks_for_keys_or_passwords",
	    "s08_no_field_takes_a_credential_and_text_that_asks_for_one_is_marked" },
	{ "S09", "policy/safeguards.c: research_is_looked_for",
	    "s09_a_flagged_case_shows_the_research_checklist" },
	{ "S10", "policy/use.c: use_decide; data/people/approvals.tsv: read_protected",
	    "s10_a_sealed_part_opens_only_with_two_roles" },
	{ "S11", "policy/use.c: use_decide, asked when evidence is opened, exported, disclosed, inspected",
	    "s11_opening_for_another_purpose_stops_and_asks; s11_an_item_past_retention_is_flagged" },
	{ "S12", "policy/safeguards.c: someone_in_particular_is_meant, time_window_is_bounded",
	    "s12_a_request_without_identifier_or_period_is_rejected" },
	{ "S13", "policy/values.c: collection_is_for_a_time; policy/guard.c: off until it is set for a State; no code here captures anything",
	    "s13_collection_in_real_time_has_an_end_and_is_only_a_form" },
	{ "S14", "policy/provider_answer.c; flow/take_thread.c",
	    "s14_an_objection_stops_the_deadline_and_tells_both_sides" },
	{ "S15", "policy/incoming.c: from_someone_known; policy/emergency_data.c; policy/guard.c: a call-back before a yes",
	    "s15_an_emergency_of_an_unknown_key_is_set_aside; s15_an_unsigned_emergency_is_set_aside" },
	{ "S16", "flow/figures.c: counted from the records of the ledger",
	    "s16_figures_are_the_same_when_the_docket_is_made_anew_from_the_ledger" },
	{ "S17", "policy/safeguards.c: a_minor_is_a_victim",
	    "s17_a_minor_who_made_it_is_no_suspect" },
	{ "S18", "policy/remove_content.c: one_legal_class_is_chosen",
	    "s18_other_legal_classes_cannot_be_chosen" },
	{ "S19", "law/shapes.c: part of the offence; policy/safeguards.c: jurisdiction_is_shown",
	    "s19_a_reviewer_sees_the_ground_of_jurisdiction" },
	{ "S20", "package: manifest, signature, time stamp; policy/seal.c, receive.c",
	    "s20_a_delivery_without_its_collection_record_is_refused; tests/strangers" },
	{ "S21", "flow/exculpatory.c: notes that nothing takes back; member exculpatory of each hand-over",
	    "s21_the_flag_survives_re_export_and_can_only_be_answered" },
	{ "S22", "policy/thread.c: execute_decide",
	    "s22_release_waits_for_the_accepted_assurance" },
	{ "S23", "act/collection.c: method and tool are required; policy/provider_answer.c",
	    "s23_a_package_names_how_it_was_collected" },
	{ "S24", "flow/open.c, request_view.c: a record before anything is shown",
	    "s24_reading_leaves_a_leaf" },
	{ "S25", "policy/request.c: declarations_are_shown; the basis binds both",
	    "s25_the_form_changes_with_the_profile_of_the_party" },
};

const struct safeguard_row *
safeguard_row(const char *id)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].id, id) == 0)
			return &rows[i];
	return NULL;
}

static bool
tests_print(const char *tests, struct buf *out, struct err *err)
{
	while (*tests != '\0') {
		size_t n = strcspn(tests, ";");

		if (!buf_printf(out, err, "\nProved by `%.*s`", (int)n, tests))
			return false;
		tests += n;
		tests += strspn(tests, "; ");
	}
	return buf_add_text(out, "\n", err);
}

static bool
row_print(const struct law_safeguard *s, struct buf *out, struct err *err)
{
	const struct safeguard_row *r = safeguard_row(s->id);

	if (!buf_printf(out, err, "\n## %s. %s\n\n%s. (Certainty that critics say so: %s.)\n",
	    s->id, s->danger, s->control, law_certainty_name(s->certainty)))
		return false;
	if (r == NULL)
		return buf_printf(out, err, "\nTo be shown: %s.\nNot built yet.\n", s->test);
	return buf_printf(out, err, "\nTo be shown: %s.\nBuilt in %s.", s->test, r->built) &&
	    tests_print(r->tests, out, err);
}

bool
safeguards_print(struct buf *out, struct err *err)
{
	size_t n;
	const struct law_safeguard *all = law_safeguards(&n);

	if (!buf_add_text(out,
	    "# Safeguards\n\n"
	    "What critics fear of the Convention, and what this program does about it: printed\n"
	    "from `data/law/safeguards.tsv` and `src/policy/safeguard_table.c`; the test in\n"
	    "`src/flow/safeguards_test.c` keeps this page equal to them (`safeguards_test --print`\n"
	    "writes it anew), and has the functions that are named here.\n", err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!row_print(&all[i], out, err))
			return false;
	return true;
}
