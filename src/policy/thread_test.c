/*
 * Every (request, state, side, act, made or come in) there is: what the list below
 * allows is allowed and leads where it says; all else is refused with a reason and
 * changes nothing.  The list is written by hand, state by state, not from the table.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "policy/hold.h"
#include "policy/people.h"
#include "policy/request.h"

/*
 * Requests: p preserve, e preserve_extend, d those that evidence may answer, h help in
 * deeds or words, f freeze, c use_consent, o domestic_order, t notices.
 * "made": as we make it; "came": as it comes in; "late": comes in and changes nothing.
 */
struct line {
	const char *requests, *state, *side, *way, *steps;
};
static const struct line lines[] = {
	{ "pedhfcot", "draft", "asks", "made", "REQUEST>sent" },
	{ "pedhfcot", "draft", "asks", "came", "REQUEST>received" },

	{ "pedhfco", "sent", "asked", "made came",
	    "receipt>received question>needs_info" },
	{ "pedhfc", "sent", "asked", "made came", "granted>accepted "
	    "granted_with_conditions>accepted_with_conditions refused>refused "
	    "postponed>postponed consultation>consulting" },
	{ "o", "sent", "asked", "made came", "provider_answer>accepted" },
	{ "d", "sent", "asked", "made came", "delivered>delivered" },
	{ "d", "sent", "asks", "late", "acknowledged" },
	{ "p", "sent", "asked", "made came", "traffic_path>sent" },
	{ "p", "sent", "asked", "late", "extension released" },
	{ "f", "sent", "asked", "late", "released" },
	{ "c", "sent", "asked", "came", "revoked>refused" },
	{ "pedhfco", "sent", "asks", "made came", "receipt>sent withdrawn>withdrawn" },

	{ "pedhfco", "received", "asked", "made came",
	    "receipt>received question>needs_info" },
	{ "pedhfc", "received", "asked", "made came", "granted>accepted "
	    "granted_with_conditions>accepted_with_conditions refused>refused "
	    "postponed>postponed consultation>consulting" },
	{ "o", "received", "asked", "made came", "provider_answer>accepted" },
	{ "d", "received", "asked", "made came", "delivered>delivered" },
	{ "d", "received", "asks", "late", "acknowledged" },
	{ "p", "received", "asked", "made came", "traffic_path>received" },
	{ "p", "received", "asked", "late", "extension released" },
	{ "f", "received", "asked", "late", "released" },
	{ "c", "received", "asked", "came", "revoked>refused" },
	{ "pedhfco", "received", "asks", "made came",
	    "receipt>received withdrawn>withdrawn" },

	{ "pedhfco", "needs_info", "asked", "made came", "receipt>needs_info" },
	{ "pedhfc", "needs_info", "asked", "made came", "granted>accepted "
	    "granted_with_conditions>accepted_with_conditions refused>refused "
	    "postponed>postponed" },
	{ "pedhfc", "needs_info", "asked", "late", "consultation" },
	{ "o", "needs_info", "asked", "made came", "provider_answer>accepted" },
	{ "d", "needs_info", "asked", "made came", "delivered>delivered" },
	{ "d", "needs_info", "asks", "late", "acknowledged" },
	{ "p", "needs_info", "asked", "made came", "traffic_path>needs_info" },
	{ "p", "needs_info", "asked", "late", "extension released" },
	{ "f", "needs_info", "asked", "late", "released" },
	{ "c", "needs_info", "asked", "came", "revoked>refused" },
	{ "pedhfco", "needs_info", "asks", "made came",
	    "receipt>needs_info reply>received withdrawn>withdrawn" },

	/* before a no: one reply ends it, as it ends a question */
	{ "pedhfco", "consulting", "asked", "made came", "receipt>consulting" },
	{ "pedhfc", "consulting", "asked", "made came", "granted>accepted "
	    "granted_with_conditions>accepted_with_conditions refused>refused "
	    "postponed>postponed" },
	{ "o", "consulting", "asked", "made came", "provider_answer>accepted" },
	{ "d", "consulting", "asked", "made came", "delivered>delivered" },
	{ "d", "consulting", "asks", "late", "acknowledged" },
	{ "p", "consulting", "asked", "made came", "traffic_path>consulting" },
	{ "p", "consulting", "asked", "late", "extension released" },
	{ "f", "consulting", "asked", "late", "released" },
	{ "c", "consulting", "asked", "came", "revoked>refused" },
	{ "pedhfco", "consulting", "asked", "late", "question" },
	{ "pedhfc", "consulting", "asked", "late", "consultation" },
	{ "pedhfc", "consulting", "asks", "made came", "reply>received" },
	{ "pedhfco", "consulting", "asks", "made came",
	    "receipt>consulting withdrawn>withdrawn" },

	/* not now: the answer is owed all the same */
	{ "pedhfco", "postponed", "asked", "made came", "receipt>postponed" },
	{ "pedhfc", "postponed", "asked", "made came", "granted>accepted "
	    "granted_with_conditions>accepted_with_conditions refused>refused "
	    "postponed>postponed consultation>postponed" },
	{ "o", "postponed", "asked", "made came", "provider_answer>accepted" },
	{ "d", "postponed", "asked", "made came", "delivered>delivered" },
	{ "d", "postponed", "asks", "late", "acknowledged" },
	{ "p", "postponed", "asked", "made came", "traffic_path>postponed" },
	{ "p", "postponed", "asked", "late", "extension released" },
	{ "f", "postponed", "asked", "late", "released" },
	{ "c", "postponed", "asked", "came", "revoked>refused" },
	{ "pedhfco", "postponed", "asked", "late", "question" },
	{ "pedhfc", "postponed", "asks", "made came", "reply>postponed" },
	{ "pedhfco", "postponed", "asks", "made came",
	    "receipt>postponed withdrawn>withdrawn" },

	/* a yes that is worked on; only the side that does so is in this state */
	{ "pedhfco", "executing", "asked", "made came", "receipt>executing" },
	{ "dhf", "executing", "asked", "made came", "postponed>postponed" },
	{ "dhf", "executing", "asked", "came", "granted>accepted "
	    "granted_with_conditions>accepted_with_conditions" },
	{ "dhfc", "executing", "asked", "made came", "refused>refused" },
	{ "pedhfc", "executing", "asked", "made came", "consultation>executing" },
	{ "d", "executing", "asked", "made came", "delivered>delivered" },
	{ "d", "executing", "asks", "late", "acknowledged" },
	{ "p", "executing", "asked", "made came",
	    "traffic_path>executing extension>executing released>executing" },
	{ "f", "executing", "asked", "made came", "released>executing" },
	{ "o", "executing", "asked", "made came", "provider_answer>executing" },
	{ "c", "executing", "asked", "made came", "revoked>refused" },
	{ "pedhfc", "executing", "asks", "made came", "reply>executing" },
	{ "pedhfco", "executing", "asks", "made came",
	    "receipt>executing withdrawn>withdrawn" },
	{ "pedhfco", "executing", "asked", "late", "question" },
	{ "pec", "executing", "asked", "late", "postponed" },
	{ "o", "executing", "asks", "late", "reply" },

	/* a granted preservation holds until it is released */
	{ "pedhfco", "accepted", "asked", "made came", "receipt>accepted" },
	{ "dhfc", "accepted", "asked", "made came", "refused>refused" },
	{ "d", "accepted", "asked", "made came", "delivered>delivered" },
	{ "d", "accepted", "asks", "late", "acknowledged" },
	{ "p", "accepted", "asked", "made came",
	    "traffic_path>accepted extension>accepted released>accepted" },
	{ "f", "accepted", "asked", "made came", "released>accepted" },
	{ "o", "accepted", "asked", "made came", "provider_answer>accepted" },
	{ "c", "accepted", "asked", "made came", "revoked>refused" },
	{ "pedhfco", "accepted", "asks", "made came",
	    "receipt>accepted withdrawn>withdrawn" },
	{ "dhf", "accepted", "asked", "made came", "postponed>postponed" },
	{ "dhf", "accepted", "asked", "came", "granted>accepted "
	    "granted_with_conditions>accepted_with_conditions" },
	{ "pedhfc", "accepted", "asked", "made came", "consultation>accepted" },
	{ "pedhfc", "accepted", "asks", "made came", "reply>accepted" },
	{ "pedhfco", "accepted", "asked", "late", "question" },
	{ "pec", "accepted", "asked", "late", "postponed" },
	{ "o", "accepted", "asks", "late", "reply" },

	{ "pedhfco", "accepted_with_conditions", "asked", "made came",
	    "receipt>accepted_with_conditions" },
	{ "dhfc", "accepted_with_conditions", "asked", "made came", "refused>refused" },
	{ "d", "accepted_with_conditions", "asked", "made came", "delivered>delivered" },
	{ "d", "accepted_with_conditions", "asks", "late", "acknowledged" },
	{ "p", "accepted_with_conditions", "asked", "made came",
	    "traffic_path>accepted_with_conditions extension>accepted_with_conditions "
	    "released>accepted_with_conditions" },
	{ "f", "accepted_with_conditions", "asked", "made came",
	    "released>accepted_with_conditions" },
	{ "o", "accepted_with_conditions", "asked", "made came",
	    "provider_answer>accepted_with_conditions" },
	{ "c", "accepted_with_conditions", "asked", "made came", "revoked>refused" },
	{ "pedhfco", "accepted_with_conditions", "asks", "made came",
	    "receipt>accepted_with_conditions withdrawn>withdrawn" },
	{ "dhf", "accepted_with_conditions", "asked", "made came", "postponed>postponed" },
	{ "dhf", "accepted_with_conditions", "asked", "came", "granted>accepted "
	    "granted_with_conditions>accepted_with_conditions" },
	{ "pedhfc", "accepted_with_conditions", "asked", "made came",
	    "consultation>accepted_with_conditions" },
	{ "pedhfc", "accepted_with_conditions", "asks", "made came",
	    "reply>accepted_with_conditions" },
	{ "pedhfco", "accepted_with_conditions", "asked", "late", "question" },
	{ "pec", "accepted_with_conditions", "asked", "late", "postponed" },
	{ "o", "accepted_with_conditions", "asks", "late", "reply" },

	/* only evidence brings a thread here */
	{ "d", "delivered", "asked", "made came", "delivered>delivered" },
	{ "d", "delivered", "asks", "made came", "acknowledged>acknowledged" },
	{ "pedhfco", "delivered", "asked", "made came", "receipt>delivered" },
	{ "pedhfco", "delivered", "asks", "made came",
	    "receipt>delivered withdrawn>withdrawn" },
	{ "pedhfco", "delivered", "asked", "late", "question" },
	{ "pedhfc", "delivered", "asked", "late",
	    "granted granted_with_conditions postponed consultation" },
	{ "pedhfco", "delivered", "asks", "late", "reply" },

	{ "pedhfco", "refused", "asked asks", "made came", "receipt>refused" },
	{ "pedhfco", "refused", "asked", "late", "question" },
	{ "pedhfc", "refused", "asked", "late",
	    "granted granted_with_conditions postponed consultation" },
	{ "d", "refused", "asks", "late", "acknowledged" },
	{ "p", "refused", "asked", "late", "traffic_path extension released" },
	{ "f", "refused", "asked", "late", "released" },
	{ "o", "refused", "asked", "late", "provider_answer" },
	{ "c", "refused", "asked", "late", "revoked refused" },
	{ "pedhfco", "refused", "asks", "late", "reply withdrawn" },

	/* it was examined, and that is the end on both sides */
	{ "pedhfco", "acknowledged", "asked asks", "made came", "receipt>acknowledged" },
	{ "pedhfco", "acknowledged", "asked", "late", "question" },
	{ "pedhfc", "acknowledged", "asked", "late",
	    "granted granted_with_conditions postponed consultation" },
	{ "d", "acknowledged", "asked", "late", "delivered" },
	{ "d", "acknowledged", "asks", "late", "acknowledged" },
	{ "p", "acknowledged", "asked", "late", "traffic_path extension released" },
	{ "f", "acknowledged", "asked", "late", "released" },
	{ "o", "acknowledged", "asked", "late", "provider_answer" },
	{ "pedhfco", "acknowledged", "asks", "late", "reply" },

	{ "pedhfco", "withdrawn", "asked asks", "made came", "receipt>withdrawn" },
	{ "pedhfco", "withdrawn", "asked", "late", "question" },
	{ "pedhfc", "withdrawn", "asked", "late",
	    "granted granted_with_conditions refused postponed consultation" },
	{ "d", "withdrawn", "asked", "late", "delivered" },
	{ "d", "withdrawn", "asks", "late", "acknowledged" },
	{ "pedhfco", "withdrawn", "asks", "late", "reply" },
	{ "p", "withdrawn", "asked", "late", "traffic_path extension" },
	{ "pf", "withdrawn", "asked", "made came", "released>withdrawn" },
	{ "o", "withdrawn", "asked", "late", "provider_answer" },
	{ "c", "withdrawn", "asked", "made came", "revoked>withdrawn" },

	{ "pedhfco", "closed", "asked asks", "made came", "receipt>closed" },
	{ "pedhfco", "closed", "asked", "late", "question" },
	{ "pedhfc", "closed", "asked", "late",
	    "granted granted_with_conditions refused postponed consultation" },
	{ "d", "closed", "asked", "late", "delivered" },
	{ "d", "closed", "asks", "late", "acknowledged" },
	{ "p", "closed", "asked", "late", "traffic_path extension" },
	{ "pf", "closed", "asked", "made came", "released>closed" },
	{ "o", "closed", "asked", "late", "provider_answer" },
	{ "c", "closed", "asked", "made came", "revoked>closed" },
	{ "pedhfco", "closed", "asks", "late", "reply withdrawn" },

	/* a notice: received, and done */
	{ "t", "sent received", "asked", "made came", "receipt>closed" },
	{ "t", "sent", "asks", "made came", "receipt>sent" },
	{ "t", "received", "asks", "made came", "receipt>received" },
	{ "t", "consulting", "asked asks", "made came", "receipt>consulting" },
	{ "t", "postponed", "asked asks", "made came", "receipt>postponed" },
	{ "t", "executing", "asked asks", "made came", "receipt>executing" },
	{ "t", "acknowledged", "asked asks", "made came", "receipt>acknowledged" },
	{ "t", "needs_info", "asked asks", "made came", "receipt>needs_info" },
	{ "t", "accepted", "asked asks", "made came", "receipt>accepted" },
	{ "t", "accepted_with_conditions", "asked asks", "made came",
	    "receipt>accepted_with_conditions" },
	{ "t", "refused", "asked asks", "made came", "receipt>refused" },
	{ "t", "delivered", "asked asks", "made came", "receipt>delivered" },
	{ "t", "withdrawn", "asked asks", "made came", "receipt>withdrawn" },
	{ "t", "closed", "asked asks", "made came", "receipt>closed" },
};

/* Is `word` one of the words of `list`?  A word ends at a blank or '>'. */
static const char *
word_in(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = list; *p != '\0'; p += strcspn(p, " ")) {
		p += strspn(p, " ");
		if (strncmp(p, word, n) == 0 &&
		    (p[n] == '\0' || p[n] == ' ' || p[n] == '>'))
			return p + n;
	}
	return NULL;
}

static char
letter(enum act_kind request)
{
	static const struct { char letter; const char *kinds; } words[] = {
		{ 'p', "preserve" }, { 'e', "preserve_extend" },
		{ 'd', "subscriber stored_data realtime_traffic intercept_content "
		    "emergency_data mla_general hearing_video joint_team" },
		{ 'h', "provider_locate tech_legal_advice locate_suspect confiscate "
		    "return_assets remove_content victim_support status_query" },
		{ 'f', "freeze" }, { 'c', "use_consent" }, { 'o', "domestic_order" },
		{ 't', "traffic_path spontaneous police_info freeze_alert" },
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (word_in(words[i].kinds, act_kind_name(request)) != NULL)
			return words[i].letter;
	return '-';
}

/* What the list says: the state after, "late", or NULL for no. */
static const char *
expected(const struct thread_facts *f, char *next, size_t size)
{
	const char *act = f->state == STATE_DRAFT && f->act == f->request ? "REQUEST" :
	    act_kind_name(f->act);

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		const struct line *l = &lines[i];
		bool late = strcmp(l->way, "late") == 0;
		const char *end;

		if (strchr(l->requests, letter(f->request)) == NULL ||
		    word_in(l->state, request_state_name(f->state)) == NULL ||
		    word_in(l->side, f->by == SIDE_ASKS ? "asks" : "asked") == NULL ||
		    (late ? !f->incoming :
		    word_in(l->way, f->incoming ? "came" : "made") == NULL))
			continue;
		end = word_in(l->steps, act);
		if (end == NULL)
			continue;
		if (late)
			return "late";
		(void)snprintf(next, size, "%.*s", (int)strcspn(end + 1, " "), end + 1);
		return next;
	}
	return NULL;
}

static void
look(const struct thread_facts *f, size_t *allowed)
{
	char text[40];
	const char *want = expected(f, text, sizeof text);
	struct thread_step got = thread_decide(f);

	if (got.verdict.allow != (want != NULL))
		print_message("%s in %s: %s by %s, %s\n", act_kind_name(f->request),
		    request_state_name(f->state), act_kind_name(f->act),
		    f->by == SIDE_ASKS ? "asks" : "asked", f->incoming ? "came" : "made");
	assert_true(got.verdict.allow == (want != NULL));
	assert_non_null(got.verdict.reason);
	assert_true(strncmp(got.verdict.reason, "thread.", 7) == 0);
	if (want == NULL) {
		assert_int_equal(got.next, f->state);
		assert_true(strlen(got.verdict.text) > 20);
		return;
	}
	(*allowed)++;
	if (strcmp(want, "late") == 0) {
		assert_string_equal(got.verdict.reason, "thread.came-late");
		assert_int_equal(got.next, f->state);
		assert_true(strlen(got.verdict.text) > 20);
		return;
	}
	assert_string_equal(got.verdict.reason, "thread.step");
	assert_string_equal(request_state_name(got.next), want);
	assert_string_equal(got.verdict.text, "");
}

/* Calls each for every tuple. */
static void
every_tuple(void (*each)(struct thread_facts *f, void *arg), void *arg)
{
	for (int k = 0; k < ACT_KINDS; k++)
		for (int s = 0; s < REQUEST_STATES; s++)
			for (int a = 0; a < ACT_KINDS; a++)
				for (int i = 0; i < 4; i++) {
					struct thread_facts f = { .request = (enum act_kind)k,
						.state = (enum request_state)s,
						.act = (enum act_kind)a,
						.by = (i & 1) != 0 ? SIDE_ASKS : SIDE_IS_ASKED,
						.incoming = (i & 2) != 0, .now = 100,
						.same_parties = true, .follows_request = true,
						.follows_known = true };

					each(&f, arg);
				}
}

static void
look_each(struct thread_facts *f, void *arg)
{
	look(f, arg);
}

static void
what_the_list_allows_is_allowed_and_all_else_is_refused(void **state)
{
	size_t allowed = 0;

	(void)state;
	every_tuple(look_each, &allowed);
	print_message("%zu of %d tuples are steps\n", allowed,
	    ACT_KINDS * REQUEST_STATES * ACT_KINDS * 4);
	assert_true(allowed > 100);
}

/* ---- with the person who makes it ---- */

/* Who of an office makes which act in a thread of which request; written by hand. */
static const struct who_line {
	const char *roles, *requests, *acts;
} whos[] = {
	{ "prosecutor officer contact_point lawyer", "pedhfcot",
	    "REQUEST traffic_path question reply consultation withdrawn acknowledged" },
	{ "contact_point lawyer", "pedhfcot", "receipt delivered provider_answer extension" },
	{ "contact_point lawyer", "pe", "granted granted_with_conditions" },
	{ "lawyer", "dhfcot", "granted granted_with_conditions" },
	{ "lawyer", "pedhfcot", "refused postponed released revoked" },
};

static bool
may_make(const char *role, const struct thread_facts *f)
{
	const char *act = f->act == f->request ? "REQUEST" : act_kind_name(f->act);

	for (size_t i = 0; i < sizeof whos / sizeof *whos; i++)
		if (word_in(whos[i].roles, role) != NULL &&
		    strchr(whos[i].requests, letter(f->request)) != NULL &&
		    word_in(whos[i].acts, act) != NULL)
			return true;
	return false;
}

/* What the tables of people say, once for all: making sentences takes its time. */
static struct people_verdict people[PEOPLE_ROLES][PEOPLE_ACTS][OFFICE_SIZES];

static void
people_fill(void)
{
	for (int r = 0; r < PEOPLE_ROLES; r++)
		for (int a = 0; a < PEOPLE_ACTS; a++)
			for (int o = 0; o < OFFICE_SIZES; o++) {
				struct person_facts p = { .roles = 1u << r,
					.office = (enum office_size)o };

				people[r][a][o] = person_decide(&p, (enum people_act)a);
			}
}

struct triples {
	size_t all, made;
};

static void
triple_each(struct thread_facts *f, void *arg)
{
	struct triples *t = arg;
	char text[40];
	bool lawful;
	struct thread_step step;

	if (f->incoming || act_kind_class(f->request) != ACT_IS_REQUEST)
		return;
	lawful = expected(f, text, sizeof text) != NULL;
	step = thread_decide(f);
	for (int r = 0; r < PEOPLE_ROLES; r++) {
		const char *role = people_role_name((enum people_role)r);
		bool may = lawful && may_make(role, f);

		for (int o = 0; o < OFFICE_SIZES; o++) {
			const struct people_verdict *v =
			    &people[r][people_act_of(f->act, f->request)][o];
			bool made = step.verdict.allow && v->allow;

			t->all++;
			t->made += made;
			if (made != may)
				fail_msg("%s makes %s of %s in %s: %s, %s", role,
				    act_kind_name(f->act), act_kind_name(f->request),
				    request_state_name(f->state), v->reason,
				    step.verdict.reason);
			if (!made && strlen(step.verdict.allow ? v->text :
			    step.verdict.text) < 21)
				fail_msg("%s, %s: nobody says why not", role,
				    act_kind_name(f->act));
		}
	}
}

static void
a_step_is_made_by_the_roles_of_the_list_in_its_states_and_by_nobody_else(void **state)
{
	struct triples t = { 0, 0 };

	(void)state;
	people_fill();
	every_tuple(triple_each, &t);
	print_message("%zu of %zu (role, act, state) are made\n", t.made, t.all);
	assert_true(t.made > 1000);
}

/* Reasons that come first, whatever the state is. */
static void
refused_each(struct thread_facts *f, void *arg)
{
	struct thread_facts reflected = *f, spliced = *f, unrelated = *f;
	bool opens = f->state == STATE_DRAFT && f->act == f->request;

	(void)arg;
	reflected.same_parties = false;
	spliced.follows_known = false;
	unrelated.follows_request = false;
	assert_string_equal(thread_decide(&reflected).verdict.reason,
	    "thread.other-parties");
	assert_int_equal(thread_decide(&reflected).next, f->state);
	if (opens)
		return;
	assert_string_equal(thread_decide(&spliced).verdict.reason, "thread.splice");
	assert_int_equal(thread_decide(&spliced).next, f->state);
	assert_string_equal(thread_decide(&unrelated).verdict.reason, "thread.splice");
	assert_int_equal(thread_decide(&unrelated).next, f->state);
}

static void
an_act_shown_to_a_third_authority_changes_nothing_anywhere(void **state)
{
	(void)state;
	every_tuple(refused_each, NULL);
}

/* After a step the same act again leaves the thread where it is. */
static void
again_each(struct thread_facts *f, void *arg)
{
	struct thread_step first = thread_decide(f), second;

	(void)arg;
	if (!first.verdict.allow)
		return;
	f->state = first.next;
	second = thread_decide(f);
	assert_int_equal(second.next, first.next);
}

static void
the_same_act_a_second_time_changes_nothing(void **state)
{
	(void)state;
	every_tuple(again_each, NULL);
}

static void
nothing_moves_an_ended_request(void **state)
{
	static const enum request_state ends[] = { STATE_REFUSED, STATE_WITHDRAWN,
		STATE_CLOSED, STATE_ACKNOWLEDGED };

	(void)state;
	for (size_t e = 0; e < sizeof ends / sizeof *ends; e++)
		for (int k = 0; k < ACT_KINDS; k++)
			for (int a = 0; a < ACT_KINDS; a++)
				for (int i = 0; i < 4; i++) {
					struct thread_facts f = { .request = (enum act_kind)k,
						.state = ends[e], .act = (enum act_kind)a,
						.by = (i & 1) != 0 ? SIDE_ASKS : SIDE_IS_ASKED,
						.incoming = (i & 2) != 0, .same_parties = true,
						.follows_request = true, .follows_known = true };

					assert_int_equal(thread_decide(&f).next, ends[e]);
				}
}

static struct thread_facts
facts(enum act_kind request, enum request_state at, enum thread_side by,
    enum act_kind act)
{
	return (struct thread_facts){ .request = request, .state = at, .by = by,
		.act = act, .now = 100, .same_parties = true, .follows_request = true,
		.follows_known = true };
}

/*
 * Two homes and the way between them.  Whatever each may make by the table, in every
 * order in which it can arrive, the other takes in: no honest act is ever set aside.
 */
#define EVENTS_MAX 8
#define EVENTS_USUAL 6
struct pair {
	enum act_kind request;
	enum request_state at[2];		/* by enum thread_side */
	enum act_kind way[2][EVENTS_MAX];	/* made by that side, not yet there */
	int made_at[2][EVENTS_MAX];		/* as that side's clock has it */
	size_t way_n[2];
	int clock, newest[2];			/* of what has arrived from that side */
};

static void explore(struct pair p, int left, size_t *seen);

static void
make(struct pair p, enum thread_side by, enum act_kind act, int left, size_t *seen)
{
	struct thread_facts f = facts(p.request, p.at[by], by, act);
	struct thread_step step = thread_decide(&f);

	if (!step.verdict.allow)
		return;
	p.at[by] = step.next;
	p.made_at[by][p.way_n[by]] = ++p.clock;
	p.way[by][p.way_n[by]++] = act;
	explore(p, left - 1, seen);
}

/* What each side's state means to the other, once nothing is on its way. */
static void
agree(const struct pair *p)
{
	enum request_state asks = p->at[SIDE_ASKS], asked = p->at[SIDE_IS_ASKED];

	if (p->way_n[0] + p->way_n[1] > 0 || asks == STATE_CLOSED ||
	    asked == STATE_CLOSED)
		return;
	if (asked == STATE_EXECUTING || (asks == STATE_SENT && asked == STATE_RECEIVED))
		return;
	if (!request_state_open(asks) && !request_state_open(asked))
		return;			/* a withdrawal crossed with the no */
	if (asks != asked)
		print_message("%s: asks is %s, is asked %s\n", act_kind_name(p->request),
		    request_state_name(asks), request_state_name(asked));
	assert_int_equal(asks, asked);
}

static void
arrive(struct pair p, enum thread_side by, size_t i, int left, size_t *seen)
{
	enum thread_side there = by == SIDE_ASKS ? SIDE_IS_ASKED : SIDE_ASKS;
	struct thread_facts f = facts(p.request, p.at[there], by, p.way[by][i]);
	struct thread_step step;

	f.incoming = true;
	f.overtaken = p.made_at[by][i] < p.newest[by];
	if (!f.overtaken && act_kind_overtakes(f.act))
		p.newest[by] = p.made_at[by][i];
	step = thread_decide(&f);
	if (!step.verdict.allow)
		print_message("%s: %s comes in at %s: %s\n", act_kind_name(p.request),
		    act_kind_name(f.act), request_state_name(f.state), step.verdict.reason);
	assert_true(step.verdict.allow);
	p.at[there] = step.next;
	memmove(&p.way[by][i], &p.way[by][i + 1],
	    (p.way_n[by] - i - 1) * sizeof p.way[by][0]);
	memmove(&p.made_at[by][i], &p.made_at[by][i + 1],
	    (p.way_n[by] - i - 1) * sizeof p.made_at[by][0]);
	p.way_n[by]--;
	agree(&p);
	explore(p, left - 1, seen);
}

/* A person closes what nothing more is expected of; while we owe an answer, not. */
static void
close_here(struct pair p, enum thread_side by, int left, size_t *seen)
{
	bool owed = by == SIDE_IS_ASKED && (p.at[by] == STATE_RECEIVED ||
	    p.at[by] == STATE_NEEDS_INFO || p.at[by] == STATE_CONSULTING ||
	    p.at[by] == STATE_POSTPONED);

	if (owed || p.at[by] == STATE_CLOSED)
		return;
	p.at[by] = STATE_CLOSED;
	explore(p, left - 1, seen);
}

/* Begun here; nothing goes over. */
static void
execute_here(struct pair p, int left, size_t *seen)
{
	struct execute_facts f = { .request = p.request, .state = p.at[SIDE_IS_ASKED],
		.authorised = true, .persons = 2 };

	if (!execute_decide(&f).allow)
		return;
	p.at[SIDE_IS_ASKED] = STATE_EXECUTING;
	explore(p, left - 1, seen);
}

static void
explore(struct pair p, int left, size_t *seen)
{
	static const enum act_kind acts[] = { ACT_QUESTION, ACT_REPLY, ACT_GRANTED,
		ACT_GRANTED_WITH_CONDITIONS, ACT_REFUSED, ACT_DELIVERED, ACT_WITHDRAWN,
		ACT_TRAFFIC_PATH, ACT_REVOKED, ACT_RECEIPT, ACT_POSTPONED,
		ACT_CONSULTATION, ACT_EXTENSION, ACT_RELEASED, ACT_ACKNOWLEDGED,
		ACT_PROVIDER_ANSWER };

	(*seen)++;
	if (left == 0)
		return;
	for (int by = 0; by < 2; by++) {
		for (size_t i = 0; i < p.way_n[by]; i++)
			arrive(p, (enum thread_side)by, i, left, seen);
		/* a receipt ends a notice; else it moves nothing, as the list has shown */
		for (size_t a = 0; a < sizeof acts / sizeof *acts; a++)
			if (acts[a] != ACT_RECEIPT || p.request == ACT_TRAFFIC_PATH)
				make(p, (enum thread_side)by, acts[a], left, seen);
		close_here(p, (enum thread_side)by, left, seen);
	}
	execute_here(p, left, seen);
}

static void
what_one_home_may_send_the_other_takes_in_in_any_order(void **state)
{
	static const enum act_kind requests[] = { ACT_PRESERVE, ACT_STORED_DATA,
		ACT_USE_CONSENT, ACT_TRAFFIC_PATH, ACT_FREEZE, ACT_DOMESTIC_ORDER };
	int events = getenv("COMITY_LONG") != NULL ? EVENTS_MAX : EVENTS_USUAL;
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
		struct pair p = { .request = requests[i],
			.at = { [SIDE_ASKS] = STATE_SENT, [SIDE_IS_ASKED] = STATE_RECEIVED } };

		explore(p, events, &seen);
	}
	print_message("%zu histories of up to %d events\n", seen, events);
}

#define REASON(f, why) assert_string_equal(thread_decide(f).verdict.reason, why)

static void
nobody_says_yes_to_an_expired_request_but_late_answers_count(void **state)
{
	struct thread_facts f = facts(ACT_STORED_DATA, STATE_RECEIVED, SIDE_IS_ASKED,
	    ACT_GRANTED);

	(void)state;
	f.request_expires_at = 100;
	assert_true(thread_decide(&f).verdict.allow);	/* on its last second */
	f.request_expires_at = 99;
	REASON(&f, "thread.expired");
	assert_int_equal(thread_decide(&f).next, STATE_RECEIVED);
	f.incoming = true;
	assert_int_equal(thread_decide(&f).next, STATE_ACCEPTED);
	f.incoming = false;
	f.act = ACT_GRANTED_WITH_CONDITIONS;
	REASON(&f, "thread.expired");
	f.act = ACT_REFUSED;
	assert_true(thread_decide(&f).verdict.allow);
	f.act = ACT_DELIVERED;
	assert_true(thread_decide(&f).verdict.allow);
	f = facts(ACT_PRESERVE, STATE_DRAFT, SIDE_ASKS, ACT_PRESERVE);
	f.request_expires_at = 99;
	REASON(&f, "thread.expired");
}

static void
each_refusal_has_the_sentence_that_fits(void **state)
{
	struct thread_facts f = facts(ACT_PRESERVE, STATE_DRAFT, SIDE_IS_ASKED,
	    ACT_GRANTED);

	(void)state;
	REASON(&f, "thread.before-its-request");
	f = facts(ACT_PRESERVE, STATE_ACCEPTED, SIDE_IS_ASKED, ACT_GRANTED);
	REASON(&f, "thread.answered-already");
	f = facts(ACT_PRESERVE, STATE_RECEIVED, SIDE_ASKS, ACT_GRANTED);
	REASON(&f, "thread.not-by-this-side");
	assert_non_null(strstr(thread_decide(&f).verdict.text,
	    "It came from the side that asks"));
	f = facts(ACT_PRESERVE, STATE_RECEIVED, SIDE_IS_ASKED, ACT_WITHDRAWN);
	REASON(&f, "thread.not-by-this-side");
	assert_non_null(strstr(thread_decide(&f).verdict.text,
	    "It came from the side that is asked"));
	f = facts(ACT_PRESERVE, STATE_RECEIVED, SIDE_IS_ASKED, ACT_DELIVERED);
	REASON(&f, "thread.preservation-hands-nothing-over");
	f = facts(ACT_USE_CONSENT, STATE_RECEIVED, SIDE_IS_ASKED, ACT_DELIVERED);
	REASON(&f, "thread.consent-hands-nothing-over");
	f = facts(ACT_TRAFFIC_PATH, STATE_RECEIVED, SIDE_IS_ASKED, ACT_REFUSED);
	REASON(&f, "thread.notice");
	f = facts(ACT_PRESERVE, STATE_RECEIVED, SIDE_ASKS, ACT_REPLY);
	REASON(&f, "thread.no-question");
	f = facts(ACT_PRESERVE, STATE_NEEDS_INFO, SIDE_IS_ASKED, ACT_QUESTION);
	REASON(&f, "thread.question-open");
	f = facts(ACT_PRESERVE, STATE_NEEDS_INFO, SIDE_ASKS, ACT_PRESERVE);
	REASON(&f, "thread.opened-already");
	f = facts(ACT_PRESERVE, STATE_RECEIVED, SIDE_IS_ASKED, ACT_EXTENSION);
	REASON(&f, "thread.nothing-held");
	f = facts(ACT_PRESERVE, STATE_NEEDS_INFO, SIDE_IS_ASKED, ACT_RELEASED);
	REASON(&f, "thread.nothing-held");
	f = facts(ACT_PRESERVE, STATE_ACCEPTED, SIDE_IS_ASKED, ACT_REFUSED);
	REASON(&f, "thread.hold-granted");
	f = facts(ACT_PRESERVE, STATE_ACCEPTED_WITH_CONDITIONS, SIDE_IS_ASKED, ACT_REFUSED);
	REASON(&f, "thread.hold-granted");
	f = facts(ACT_SUBSCRIBER, STATE_DELIVERED, SIDE_IS_ASKED, ACT_REFUSED);
	REASON(&f, "thread.delivered-already");
	f = facts(ACT_SUBSCRIBER, STATE_WITHDRAWN, SIDE_IS_ASKED, ACT_GRANTED);
	REASON(&f, "thread.withdrawn");
	f = facts(ACT_SUBSCRIBER, STATE_REFUSED, SIDE_IS_ASKED, ACT_GRANTED);
	REASON(&f, "thread.refused");
	f = facts(ACT_SUBSCRIBER, STATE_CLOSED, SIDE_IS_ASKED, ACT_GRANTED);
	REASON(&f, "thread.closed");
	f = facts(ACT_SUBSCRIBER, STATE_ACKNOWLEDGED, SIDE_IS_ASKED, ACT_DELIVERED);
	REASON(&f, "thread.acknowledged");
	f = facts(ACT_SUBSCRIBER, STATE_NEEDS_INFO, SIDE_IS_ASKED, ACT_CONSULTATION);
	REASON(&f, "thread.question-open");
	f = facts(ACT_USE_CONSENT, STATE_RECEIVED, SIDE_IS_ASKED, ACT_REVOKED);
	REASON(&f, "thread.no-consent");
	f = facts(ACT_PRESERVE, STATE_RECEIVED, SIDE_ASKS, ACT_PRESERVE);
	REASON(&f, "thread.opened-already");
	f = facts(ACT_PRESERVE, STATE_RECEIVED, SIDE_ASKS, ACT_STORED_DATA);
	REASON(&f, "thread.other-request");
	f = facts(ACT_PRESERVE, STATE_RECEIVED, SIDE_ASKS, ACT_CARD);
	REASON(&f, "thread.no-step");
}

static void
names_of_states_are_read_back(void **state)
{
	enum request_state s = STATE_CLOSED;

	(void)state;
	for (int i = 0; i < REQUEST_STATES; i++) {
		assert_true(request_state_parse(
		    request_state_name((enum request_state)i), &s));
		assert_int_equal(s, i);
	}
	assert_false(request_state_parse("lost", &s));
	assert_false(request_state_open(STATE_CLOSED));
	assert_true(request_state_open(STATE_DELIVERED));
}

/* doc/states.md: threads, holds, and who makes each step. */
static bool
page_print(struct buf *out, struct err *err)
{
	return thread_table_print(out, err) && hold_table_print(out, err) &&
	    thread_people_print(out, err);
}

static void
the_page_of_states_is_the_table(void **state)
{
	FILE *page = fopen(STATES_PAGE, "rb");
	struct err err = ERR_INIT;
	struct buf table;
	char *bytes;
	size_t n;

	(void)state;
	assert_non_null(page);
	buf_init(&table, 65536);
	assert_true(page_print(&table, &err));
	bytes = malloc(65536);
	assert_non_null(bytes);
	n = fread(bytes, 1, 65536, page);
	assert_int_equal(fclose(page), 0);
	assert_true(span_eq(buf_span(&table), span_of(bytes, n)));
	free(bytes);
	buf_clear(&table);
}

static void
a_page_without_room_is_not_half_written_in_silence(void **state)
{
	struct err err = ERR_INIT;
	struct buf table;
	size_t size;

	(void)state;
	buf_init(&table, 65536);
	assert_true(page_print(&table, &err));
	size = table.n;
	buf_clear(&table);
	for (size_t max = 0; max < size; max += 7) {
		buf_init(&table, max);
		assert_false(page_print(&table, &err));
		assert_int_equal(err.kind, ERR_LIMIT);
		buf_clear(&table);
	}
}

/* Writes doc/states.md anew. */
static int
print_page(void)
{
	struct err err = ERR_INIT;
	struct buf table;
	bool ok;

	buf_init(&table, 65536);
	ok = page_print(&table, &err) &&
	    fwrite(table.p, 1, table.n, stdout) == table.n;
	buf_clear(&table);
	return ok ? 0 : 1;
}

static struct execute_facts
execution(enum act_kind request)
{
	return (struct execute_facts){ .request = request, .state = STATE_ACCEPTED,
		.now = 100, .persons = 1 };
}

#define WHY(f, why) assert_string_equal(execute_decide(f).reason, why)

static void
only_what_was_said_yes_to_is_executed_and_by_who_was_asked(void **state)
{
	(void)state;
	for (int s = 0; s < REQUEST_STATES; s++) {
		struct execute_facts f = execution(ACT_SUBSCRIBER);
		bool may = s == STATE_ACCEPTED || s == STATE_ACCEPTED_WITH_CONDITIONS;

		f.state = (enum request_state)s;
		WHY(&f, may ? "execute.granted" : s == STATE_EXECUTING ? "execute.already" :
		    "execute.state");
		f.ours = true;
		WHY(&f, "execute.theirs");
	}
	for (int k = 0; k < ACT_KINDS; k++) {
		struct execute_facts f = execution((enum act_kind)k);
		char is = letter((enum act_kind)k);

		f.authorised = true;
		WHY(&f, is == 'd' || is == 'h' || is == 'f' ? "execute.granted" :
		    "execute.kind");
	}
}

static void
nobody_executes_an_expired_request(void **state)
{
	struct execute_facts f = execution(ACT_SUBSCRIBER);

	(void)state;
	f.request_expires_at = 100;
	WHY(&f, "execute.granted");
	f.request_expires_at = 99;
	WHY(&f, "thread.expired");
}

static void
content_needs_an_authorisation_of_ones_own_also_to_go_over(void **state)
{
	static const enum act_kind kinds[] = { ACT_INTERCEPT_CONTENT, ACT_STORED_DATA };

	(void)state;
	for (size_t i = 0; i < 2; i++)
		for (int over = 0; over < 2; over++) {
			struct execute_facts f = execution(kinds[i]);

			f.hands_over = over != 0;
			WHY(&f, "execute.authorisation");
			f.authorised = true;
			WHY(&f, "execute.granted");
		}
}

static void
a_flagged_request_is_executed_by_two_persons_only(void **state)
{
	struct execute_facts f = execution(ACT_SUBSCRIBER);

	(void)state;
	f.flagged = true;
	WHY(&f, "execute.persecution");
	f.hands_over = true;
	WHY(&f, "execute.persecution");
	f.persons = 2;
	WHY(&f, "execute.granted");
}

static void
nothing_is_released_before_the_assurance_that_was_asked_for(void **state)
{
	struct execute_facts f = execution(ACT_SUBSCRIBER);

	(void)state;
	f.assurance_wanted = true;
	WHY(&f, "execute.assurance");
	f.hands_over = true;
	WHY(&f, "execute.assurance");
	f.assurance_given = true;
	WHY(&f, "execute.granted");
}

/* Made before a postponement that is here already: the other way round nothing moves. */
static void
an_answer_that_was_overtaken_moves_nothing(void **state)
{
	struct thread_facts f = facts(ACT_SUBSCRIBER, STATE_ACCEPTED, SIDE_IS_ASKED,
	    ACT_POSTPONED);

	(void)state;
	f.incoming = true;
	assert_int_equal(thread_decide(&f).next, STATE_POSTPONED);
	f.overtaken = true;
	assert_int_equal(thread_decide(&f).next, STATE_ACCEPTED);
	REASON(&f, "thread.came-late");
	f.state = STATE_POSTPONED;
	f.act = ACT_GRANTED;
	assert_int_equal(thread_decide(&f).next, STATE_POSTPONED);
	f.overtaken = false;
	assert_int_equal(thread_decide(&f).next, STATE_ACCEPTED);
}

static void
what_was_granted_is_not_closed_without_a_word(void **state)
{
	struct close_facts f = { .request = ACT_STORED_DATA, .state = STATE_ACCEPTED };

	(void)state;
	assert_string_equal(close_decide(&f).reason, "request.undelivered");
	f.state = STATE_ACCEPTED_WITH_CONDITIONS;
	assert_string_equal(close_decide(&f).reason, "request.undelivered");
	f.reason = true;
	assert_true(close_decide(&f).allow);
	f.reason = false;
	f.state = STATE_DELIVERED;
	assert_true(close_decide(&f).allow);
	f.state = STATE_ACCEPTED;
	f.request = ACT_PRESERVE;	/* nothing is handed over in it */
	assert_true(close_decide(&f).allow);
	f.request = ACT_SUBSCRIBER;
	f.ours = true;
	assert_true(close_decide(&f).allow);
	f.ours = false;
	f.state = STATE_RECEIVED;
	f.reason = true;
	assert_string_equal(close_decide(&f).reason, "request.owed");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_granted_is_not_closed_without_a_word),
		cmocka_unit_test(what_the_list_allows_is_allowed_and_all_else_is_refused),
		cmocka_unit_test(
		    a_step_is_made_by_the_roles_of_the_list_in_its_states_and_by_nobody_else),
		cmocka_unit_test(an_act_shown_to_a_third_authority_changes_nothing_anywhere),
		cmocka_unit_test(the_same_act_a_second_time_changes_nothing),
		cmocka_unit_test(nothing_moves_an_ended_request),
		cmocka_unit_test(nobody_says_yes_to_an_expired_request_but_late_answers_count),
		cmocka_unit_test(each_refusal_has_the_sentence_that_fits),
		cmocka_unit_test(what_one_home_may_send_the_other_takes_in_in_any_order),
		cmocka_unit_test(names_of_states_are_read_back),
		cmocka_unit_test(the_page_of_states_is_the_table),
		cmocka_unit_test(only_what_was_said_yes_to_is_executed_and_by_who_was_asked),
		cmocka_unit_test(nobody_executes_an_expired_request),
		cmocka_unit_test(content_needs_an_authorisation_of_ones_own_also_to_go_over),
		cmocka_unit_test(a_flagged_request_is_executed_by_two_persons_only),
		cmocka_unit_test(nothing_is_released_before_the_assurance_that_was_asked_for),
		cmocka_unit_test(an_answer_that_was_overtaken_moves_nothing),
		cmocka_unit_test(a_page_without_room_is_not_half_written_in_silence),
	};

	if (argc == 2 && strcmp(argv[1], "--print") == 0)
		return print_page();
	return cmocka_run_group_tests_name("thread", tests, NULL, NULL);
}
