/*
 * Every (role, act, office, what is tried) there is: what the lists below allow is allowed,
 * all else is refused with its reason.  The lists are written by hand, not from the tables.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "policy/people.h"

/* What a role may make. */
struct may_line { const char *role, *acts; };
static const struct may_line may[] = {
	{ "investigator", " draft add read read_protected view figures audit " },
	{ "prosecutor", " draft ask_hold ask ask_emergency message view figures audit " },
	{ "officer", " draft ask_hold ask ask_emergency message view figures audit " },
	{ "contact_point", " draft add ask_hold ask ask_emergency hold message deliver "
	    "receive view figures audit " },
	{ "lawyer", " draft add ask_hold ask ask_emergency hold grant grant_emergency refuse "
	    "message deliver release destroy receive read read_protected export unrestrict view keys "
	    "export_key figures audit " },
	{ "auditor", " figures audit " },
	{ "administrator", " administer figures audit " },
	{ "oversight", " figures " },
};

/*
 * What needs a second person, and how that one may sign.  An act that is not named here
 * needs nobody.  a: at once, f: from afar, l: later.
 */
struct two_line { const char *act, *office, *roles, *ways; unsigned hours; };
static const struct two_line two[] = {
	{ "ask_hold", "small", " prosecutor officer ", "afl", 72 },
	{ "ask_hold", "full", " prosecutor officer ", "afl", 24 },
	{ "ask", "one", " prosecutor officer ", "f", 0 },
	{ "ask", "small", " prosecutor officer ", "af", 0 },
	{ "ask", "full", " prosecutor officer ", "af", 0 },
	{ "ask_emergency", "one", " prosecutor officer ", "f", 0 },
	{ "ask_emergency", "small", " prosecutor officer ", "af", 0 },
	{ "ask_emergency", "full", " prosecutor officer ", "af", 0 },
	{ "hold", "small", " prosecutor officer lawyer ", "afl", 72 },
	{ "hold", "full", " prosecutor officer lawyer ", "afl", 24 },
	{ "grant", "full", " prosecutor officer lawyer ", "afl", 72 },
	{ "grant_emergency", "one", " prosecutor officer lawyer ", "f", 0 },
	{ "grant_emergency", "small", " prosecutor officer lawyer ", "af", 0 },
	{ "grant_emergency", "full", " prosecutor officer lawyer ", "af", 0 },
	{ "deliver", "one", " prosecutor officer lawyer ", "f", 0 },
	{ "deliver", "small", " prosecutor officer lawyer ", "af", 0 },
	{ "deliver", "full", " prosecutor officer lawyer ", "af", 0 },
	{ "release", "one", " prosecutor officer lawyer ", "f", 0 },
	{ "release", "small", " prosecutor officer lawyer ", "af", 0 },
	{ "release", "full", " prosecutor officer lawyer ", "af", 0 },
	{ "destroy", "one", " prosecutor officer lawyer ", "f", 0 },
	{ "destroy", "small", " prosecutor officer lawyer ", "af", 0 },
	{ "destroy", "full", " prosecutor officer lawyer ", "af", 0 },
	{ "unrestrict", "one", " prosecutor officer lawyer ", "f", 0 },
	{ "unrestrict", "small", " prosecutor officer lawyer ", "af", 0 },
	{ "unrestrict", "full", " prosecutor officer lawyer ", "af", 0 },
	{ "export_key", "one", " prosecutor officer lawyer ", "f", 0 },
	{ "export_key", "small", " prosecutor officer lawyer ", "af", 0 },
	{ "export_key", "full", " prosecutor officer lawyer ", "af", 0 },
	{ "read_protected", "one", " prosecutor officer ", "f", 0 },
	{ "read_protected", "small", " prosecutor officer ", "af", 0 },
	{ "read_protected", "full", " prosecutor officer ", "af", 0 },
};

static bool
listed(const char *list, const char *word)
{
	char spaced[48];

	(void)snprintf(spaced, sizeof spaced, " %s ", word);
	return strstr(list, spaced) != NULL;
}

static bool
may_make(const char *role, const char *act)
{
	for (size_t i = 0; i < sizeof may / sizeof *may; i++)
		if (strcmp(may[i].role, role) == 0)
			return listed(may[i].acts, act);
	fail_msg("the role %s is not in the list", role);
	return false;
}

static const struct two_line *
two_of(const char *act, const char *office)
{
	for (size_t i = 0; i < sizeof two / sizeof *two; i++)
		if (strcmp(two[i].act, act) == 0 && strcmp(two[i].office, office) == 0)
			return &two[i];
	return NULL;
}

static const char *
role_name(int r)
{
	return people_role_name((enum people_role)r);
}

static void
a_role_makes_what_its_line_says_and_nothing_else(void **state)
{
	size_t allowed = 0, all = 0;

	(void)state;
	for (int r = 0; r < PEOPLE_ROLES; r++)
		for (int a = 0; a < PEOPLE_ACTS; a++)
			for (int o = 0; o < OFFICE_SIZES; o++) {
				struct person_facts p = { .roles = 1u << r,
					.office = (enum office_size)o };
				const char *act = people_act_name((enum people_act)a);
				struct people_verdict v =
				    person_decide(&p, (enum people_act)a);

				all++;
				allowed += v.allow;
				if (v.allow != may_make(role_name(r), act))
					fail_msg("%s, %s: %s", role_name(r), act, v.reason);
				if (!v.allow && (strcmp(v.reason, "people.role") != 0 ||
				    strlen(v.text) < 40))
					fail_msg("%s, %s: why not?", role_name(r), act);
				p.disabled = true;
				assert_string_equal(person_decide(&p,
				    (enum people_act)a).reason, "people.disabled");
				p.disabled = false;
				p.afar = true;
				assert_string_equal(person_decide(&p,
				    (enum people_act)a).reason, "people.afar");
			}
	print_message("%zu of %zu (role, act, office) may be made\n", allowed, all);
}

/* What somebody tries: how it differs from an approval that is good. */
enum attempt {
	TRY_GOOD, TRY_OWN, TRY_COPIED, TRY_CHANGED, TRY_FORGED, TRY_OTHER_AUTHORITY,
	TRY_DISABLED, TRY_WAITS, TRY_AFAR,
	ATTEMPTS
};

static const char *
expected(enum attempt t, const char *role, const struct two_line *line)
{
	static const char *const reasons[ATTEMPTS] = { [TRY_OWN] = "people.own",
		[TRY_COPIED] = "people.copied", [TRY_CHANGED] = "people.changed",
		[TRY_FORGED] = "people.forged", [TRY_OTHER_AUTHORITY] = "people.copied",
		[TRY_DISABLED] = "people.disabled", [TRY_WAITS] = "people.waits" };

	if (reasons[t] != NULL)
		return reasons[t];
	if (line == NULL || !listed(line->roles, role))
		return "people.not-approver";
	if (t == TRY_AFAR && strchr(line->ways, 'f') == NULL)
		return "people.not-from-afar";
	return "people.approved";
}

static struct approval_facts
attempt_facts(enum attempt t, unsigned roles, enum office_size o)
{
	return (struct approval_facts){
		.by = { .roles = roles, .office = o, .disabled = t == TRY_DISABLED },
		.waits = t == TRY_WAITS, .maker = t == TRY_OWN,
		.ours = t != TRY_OTHER_AUTHORITY, .same_matter = t != TRY_COPIED,
		.same_content = t != TRY_CHANGED, .signature = t != TRY_FORGED,
		.from_afar = t == TRY_AFAR };
}

static void
each_approval_is_good_or_has_its_reason(void **state)
{
	size_t good = 0, all = 0;

	(void)state;
	for (int r = 0; r < PEOPLE_ROLES; r++)
		for (int a = 0; a < PEOPLE_ACTS; a++)
			for (int o = 0; o < OFFICE_SIZES; o++)
				for (int t = 0; t < ATTEMPTS; t++) {
					const struct people_rule *rule = people_rule(
					    (enum people_act)a, (enum office_size)o);
					struct approval_facts f = attempt_facts(
					    (enum attempt)t, 1u << r, rule->office);
					struct people_verdict v =
					    approval_decide(&f, rule);
					const char *want = expected((enum attempt)t,
					    role_name(r), two_of(people_act_name(rule->act),
					    office_size_name(rule->office)));

					all++;
					good += v.allow;
					if (strcmp(v.reason, want) != 0)
						fail_msg("%s approves %s (%d): %s, %s wanted",
						    role_name(r), people_act_name(rule->act),
						    t, v.reason, want);
					assert_true(v.allow || strlen(v.text) > 40);
				}
	print_message("%zu of %zu approvals are good\n", good, all);
}

/* No role, and not all of them together, makes the second of the first. */
static void
all_roles_of_one_person_are_still_one_person(void **state)
{
	struct approval_facts f = attempt_facts(TRY_OWN, (1u << PEOPLE_ROLES) - 1,
	    OFFICE_FULL);

	(void)state;
	for (int a = 0; a < PEOPLE_ACTS; a++)
		for (int o = 0; o < OFFICE_SIZES; o++)
			assert_string_equal(approval_decide(&f, people_rule(
			    (enum people_act)a, (enum office_size)o)).reason, "people.own");
}

static void
an_act_leaves_alone_with_two_or_owes_the_second_as_the_list_says(void **state)
{
	(void)state;
	for (int a = 0; a < PEOPLE_ACTS; a++)
		for (int o = 0; o < OFFICE_SIZES; o++) {
			struct ready_facts f = { .act = (enum people_act)a,
				.office = (enum office_size)o, .anyone_here = true };
			const struct two_line *line = two_of(people_act_name(f.act),
			    office_size_name(f.office));
			struct people_ready x = people_ready(&f);

			if (line == NULL) {
				assert_true(x.verdict.allow);
				assert_int_equal(x.how, HOW_ALONE);
				continue;
			}
			if (strchr(line->ways, 'l') != NULL) {
				assert_true(x.verdict.allow);
				assert_int_equal(x.how, HOW_OWED);
				assert_int_equal(x.hours, line->hours);
			} else {
				assert_string_equal(x.verdict.reason, "people.second");
				f.stale = 1;
				assert_string_equal(people_ready(&f).verdict.reason,
				    "people.changed");
				f.stale = 0;
				f.anyone_here = false;
				assert_string_equal(people_ready(&f).verdict.reason,
				    "people.nobody");
				f.anyone_afar = true;
				assert_string_equal(people_ready(&f).verdict.reason,
				    "people.second");
			}
			f.given = 1;
			assert_int_equal(people_ready(&f).how, HOW_TWO);
			f.from_afar = 1;
			x = people_ready(&f);
			assert_true(x.verdict.allow);
			assert_int_equal(x.how, HOW_FROM_AFAR);
		}
}

static void
a_disclosure_always_needs_two_and_an_office_of_one_has_a_way(void **state)
{
	static const enum people_act never_alone[] = { PEOPLE_ASK, PEOPLE_ASK_EMERGENCY,
		PEOPLE_GRANT_EMERGENCY, PEOPLE_DELIVER, PEOPLE_RELEASE, PEOPLE_DESTROY,
		PEOPLE_UNRESTRICT };

	(void)state;
	for (size_t i = 0; i < sizeof never_alone / sizeof *never_alone; i++)
		for (int o = 0; o < OFFICE_SIZES; o++) {
			struct ready_facts f = { .act = never_alone[i],
				.office = (enum office_size)o, .anyone_afar = true };

			assert_false(people_ready(&f).verdict.allow);
			f.given = f.from_afar = 1;
			assert_true(people_ready(&f).verdict.allow);
		}
	/* The night: one person confirms a preservation, in every office. */
	for (int o = 0; o < OFFICE_SIZES; o++) {
		struct ready_facts f = { .act = PEOPLE_HOLD,
			.office = (enum office_size)o };

		assert_true(people_ready(&f).verdict.allow);
	}
}

static void
an_administrator_opens_no_evidence_and_an_auditor_no_draft(void **state)
{
	const unsigned admin = 1u << ROLE_ADMINISTRATOR, lawyer = 1u << ROLE_LAWYER;
	struct person_facts both = { .roles = admin | lawyer, .office = OFFICE_SMALL };

	(void)state;
	assert_int_equal(people_roles_open(admin), 1u << GROUP_LOG);
	assert_int_equal(people_roles_open(1u << ROLE_AUDITOR), 1u << GROUP_LOG);
	assert_int_equal(people_roles_open(1u << ROLE_INVESTIGATOR) & (1u << GROUP_SIGN), 0);
	/* Who comes from outside opens nothing at all, and is nobody of the office. */
	assert_int_equal(people_roles_open(1u << ROLE_OVERSIGHT), 0);
	assert_int_equal(people_roles_may(1u << ROLE_OVERSIGHT), 1u << PEOPLE_FIGURES);
	assert_false(people_roles_work(1u << ROLE_OVERSIGHT | 1u << ROLE_AUDITOR));
	assert_true(people_roles_work(admin));
	/* Who was alone is both, until the role is given to another. */
	assert_string_equal(person_decide(&both, PEOPLE_READ).reason,
	    "people.administrator-reads");
	assert_string_equal(person_decide(&both, PEOPLE_DELIVER).reason,
	    "people.administrator-reads");
	assert_true(person_decide(&both, PEOPLE_REFUSE).allow);
	both.office = OFFICE_ONE;
	assert_true(person_decide(&both, PEOPLE_READ).allow);
	assert_string_equal(roles_decide(admin | lawyer, OFFICE_SMALL).reason,
	    "people.apart");
	assert_string_equal(roles_decide(1u << ROLE_AUDITOR | lawyer, OFFICE_FULL).reason,
	    "people.apart");
	assert_true(roles_decide(admin | lawyer, OFFICE_ONE).allow);
	assert_true(roles_decide(admin | 1u << ROLE_OFFICER, OFFICE_SMALL).allow);
	assert_string_equal(roles_decide(0, OFFICE_ONE).reason, "people.no-role");
}

static void
every_kind_is_an_act_and_an_unknown_one_is_treated_strictly(void **state)
{
	(void)state;
	assert_int_equal(people_act_of(ACT_PRESERVE, ACT_PRESERVE), PEOPLE_ASK_HOLD);
	assert_int_equal(people_act_of(ACT_STORED_DATA, ACT_STORED_DATA), PEOPLE_ASK);
	assert_int_equal(people_act_of(ACT_SUBSCRIBER, ACT_SUBSCRIBER), PEOPLE_ASK);
	assert_int_equal(people_act_of(ACT_USE_CONSENT, ACT_USE_CONSENT), PEOPLE_ASK);
	assert_int_equal(people_act_of(ACT_GRANTED, ACT_PRESERVE), PEOPLE_HOLD);
	assert_int_equal(people_act_of(ACT_GRANTED, ACT_STORED_DATA), PEOPLE_GRANT);
	assert_int_equal(people_act_of(ACT_REFUSED, ACT_PRESERVE), PEOPLE_REFUSE);
	assert_int_equal(people_act_of(ACT_QUESTION, ACT_PRESERVE), PEOPLE_MESSAGE);
	assert_int_equal(people_act_of(ACT_DELIVERED, ACT_STORED_DATA), PEOPLE_DELIVER);
	assert_int_equal(people_act_of(ACT_RECEIPT, ACT_STORED_DATA), PEOPLE_RECEIVE);
}

static void
an_office_is_small_from_two_and_full_from_five(void **state)
{
	(void)state;
	assert_int_equal(office_size_of(0), OFFICE_ONE);
	assert_int_equal(office_size_of(1), OFFICE_ONE);
	assert_int_equal(office_size_of(2), OFFICE_SMALL);
	assert_int_equal(office_size_of(OFFICE_SMALL_MAX), OFFICE_SMALL);
	assert_int_equal(office_size_of(OFFICE_SMALL_MAX + 1), OFFICE_FULL);
}

static void
names_are_read_back(void **state)
{
	enum people_role r;
	enum people_act a;
	enum people_how h;

	(void)state;
	for (int i = 0; i < PEOPLE_ROLES; i++) {
		assert_true(people_role_parse(role_name(i), &r));
		assert_int_equal(r, i);
	}
	for (int i = 0; i < PEOPLE_ACTS; i++) {
		assert_true(people_act_parse(people_act_name((enum people_act)i), &a));
		assert_int_equal(a, i);
	}
	for (int i = HOW_ALONE; i <= HOW_OWED; i++) {
		assert_true(people_how_parse(people_how_name((enum people_how)i), &h));
		assert_int_equal(h, i);
	}
	assert_false(people_role_parse("root", &r));
	assert_false(people_act_parse("", &a));
	assert_false(people_how_parse("three", &h));
	assert_string_equal(people_roles_people(1u << ROLE_PROSECUTOR | 1u << ROLE_OFFICER,
	    "or").s, "prosecutor or officer");
	assert_string_equal(people_roles_people(7, "and").s,
	    "investigator, prosecutor and officer");
	assert_true(strlen(people_roles_people((1u << PEOPLE_ROLES) - 1, "or").s) <
	    PEOPLE_ROLES_TEXT - 1);
}

#define PAGE_MAX 65536

static void
the_page_of_people_is_the_tables(void **state)
{
	struct err err = ERR_INIT;
	FILE *page = fopen(PEOPLE_PAGE, "rb");
	struct buf table;
	uint8_t *bytes = malloc(PAGE_MAX);
	size_t n;

	(void)state;
	assert_non_null(page);
	assert_non_null(bytes);
	buf_init(&table, PAGE_MAX);
	assert_true(people_table_print(&table, &err));
	n = fread(bytes, 1, PAGE_MAX, page);
	assert_int_equal(fclose(page), 0);
	assert_true(span_eq(buf_span(&table), span_of(bytes, n)));
	for (size_t max = 0; max < n; max += 61) {
		struct buf small;

		buf_init(&small, max);
		assert_false(people_table_print(&small, &err));
		assert_int_equal(err.kind, ERR_LIMIT);
		buf_clear(&small);
	}
	free(bytes);
	buf_clear(&table);
}

/* Writes doc/people.md anew. */
static int
print_page(void)
{
	struct err err = ERR_INIT;
	struct buf table;
	bool ok;

	buf_init(&table, PAGE_MAX);
	ok = people_table_print(&table, &err) &&
	    fwrite(table.p, 1, table.n, stdout) == table.n;
	buf_clear(&table);
	return ok ? 0 : 1;
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_role_makes_what_its_line_says_and_nothing_else),
		cmocka_unit_test(each_approval_is_good_or_has_its_reason),
		cmocka_unit_test(all_roles_of_one_person_are_still_one_person),
		cmocka_unit_test(an_act_leaves_alone_with_two_or_owes_the_second_as_the_list_says),
		cmocka_unit_test(a_disclosure_always_needs_two_and_an_office_of_one_has_a_way),
		cmocka_unit_test(an_administrator_opens_no_evidence_and_an_auditor_no_draft),
		cmocka_unit_test(every_kind_is_an_act_and_an_unknown_one_is_treated_strictly),
		cmocka_unit_test(an_office_is_small_from_two_and_full_from_five),
		cmocka_unit_test(names_are_read_back),
		cmocka_unit_test(the_page_of_people_is_the_tables),
	};

	if (argc == 2 && strcmp(argv[1], "--print") == 0)
		return print_page();
	return cmocka_run_group_tests_name("people", tests, NULL, NULL);
}
