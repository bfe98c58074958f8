/*
 * The thread of a request: one table of lawful steps, and the order in which an act
 * that is none of them is told why (threat-model D18: replay, reflection, reorder and
 * splice change nothing).
 */
#include "policy/thread_inside.h"

static const char *const state_names[REQUEST_STATES] = {
	[STATE_DRAFT] = "draft",
	[STATE_SENT] = "sent",
	[STATE_RECEIVED] = "received",
	[STATE_NEEDS_INFO] = "needs_info",
	[STATE_CONSULTING] = "consulting",
	[STATE_ACCEPTED] = "accepted",
	[STATE_ACCEPTED_WITH_CONDITIONS] = "accepted_with_conditions",
	[STATE_POSTPONED] = "postponed",
	[STATE_EXECUTING] = "executing",
	[STATE_REFUSED] = "refused",
	[STATE_DELIVERED] = "delivered",
	[STATE_ACKNOWLEDGED] = "acknowledged",
	[STATE_WITHDRAWN] = "withdrawn",
	[STATE_CLOSED] = "closed",
};

const char *
request_state_name(enum request_state s)
{
	return state_names[s];
}

bool
request_state_parse(const char *name, enum request_state *out)
{
	size_t i;

	if (!name_find(state_names, REQUEST_STATES, name, &i))
		return false;
	*out = (enum request_state)i;
	return true;
}

bool
request_state_open(enum request_state s)
{
	return s != STATE_REFUSED && s != STATE_ACKNOWLEDGED && s != STATE_WITHDRAWN &&
	    s != STATE_CLOSED;
}

/* ---- the table ---- */

#define IN(s) (1u << STATE_##s)
#define NEW (IN(SENT) | IN(RECEIVED))
#define UNANSWERED (NEW | IN(NEEDS_INFO) | IN(CONSULTING) | IN(POSTPONED))
/* Executing is known to the side that does it alone: the other one sees its yes. */
#define AGREED (IN(ACCEPTED) | IN(ACCEPTED_WITH_CONDITIONS) | IN(EXECUTING))
#define ENDED (IN(REFUSED) | IN(ACKNOWLEDGED) | IN(WITHDRAWN) | IN(CLOSED))
#define STARTED ((1u << REQUEST_STATES) - 1 - IN(DRAFT))

#define OF(k) (UINT64_C(1) << ACT_##k)
/* Evidence may go over in the thread itself. */
#define DISCLOSURES (OF(SUBSCRIBER) | OF(STORED_DATA) | OF(REALTIME_TRAFFIC) | \
	OF(INTERCEPT_CONTENT) | OF(EMERGENCY_DATA) | OF(MLA_GENERAL) | \
	OF(HEARING_VIDEO) | OF(JOINT_TEAM))
/* Something is done, or said in words; nothing is handed over. */
#define HELP (OF(PROVIDER_LOCATE) | OF(TECH_LEGAL_ADVICE) | OF(LOCATE_SUSPECT) | \
	OF(FREEZE) | OF(CONFISCATE) | OF(RETURN_ASSETS) | OF(REMOVE_CONTENT) | \
	OF(VICTIM_SUPPORT) | OF(STATUS_QUERY))
#define HOLDS (OF(PRESERVE) | OF(PRESERVE_EXTEND))
/* A yes or a no is owed. */
#define DECIDED (HOLDS | DISCLOSURES | HELP | OF(USE_CONSENT))
#define ASKED (DECIDED | OF(DOMESTIC_ORDER))	/* an answer is owed */
#define NOTICES (OF(TRAFFIC_PATH) | OF(SPONTANEOUS) | OF(POLICE_INFO) | OF(FREEZE_ALERT))
#define REQUESTS (ASKED | NOTICES)
/* Help that is owed: a no to it is talked about before (Article 40(28), P02). */
#define ASSISTANCE ((DISCLOSURES | HELP) & ~OF(TECH_LEGAL_ADVICE) & ~OF(STATUS_QUERY))
#define EXECUTED (DISCLOSURES | HELP)
#define REOPENED (DISCLOSURES | HELP)	/* a yes to it may become a "not now" */

#define ITSELF ACT_KINDS		/* as act: the request that opens the thread */
#define SAME REQUEST_STATES		/* as next: the state stays */

/*
 * IN_ORDER, NEWER: not after an answer of theirs that was made later; NEWER and CAME_LATE
 * came in.
 */
enum thread_how { ANY_WAY, WE_MAKE, CAME_IN, IN_ORDER, NEWER, CAME_LATE };

struct thread_row {
	uint64_t requests;
	unsigned states;
	enum thread_side by;
	int act;
	enum thread_how how;
	int next;
	const char *says;
};

/* The first row that fits counts; what no row allows is refused. */
static const struct thread_row table[] = {
	{ REQUESTS, IN(DRAFT), SIDE_ASKS, ITSELF, WE_MAKE, STATE_SENT,
	    "the request goes out" },
	{ REQUESTS, IN(DRAFT), SIDE_ASKS, ITSELF, CAME_IN, STATE_RECEIVED,
	    "the request comes in" },

	/* receipts: they say that an act has come, of either side, at any time */
	{ ASKED, IN(SENT), SIDE_IS_ASKED, ACT_RECEIPT, ANY_WAY, STATE_RECEIVED,
	    "the request has come to the other side" },
	{ NOTICES, IN(SENT) | IN(RECEIVED), SIDE_IS_ASKED, ACT_RECEIPT, ANY_WAY,
	    STATE_CLOSED, "a notice asks for no answer: with its receipt it is done" },
	{ REQUESTS, STARTED, SIDE_IS_ASKED, ACT_RECEIPT, ANY_WAY, SAME,
	    "an act has come to the side that is asked" },
	{ REQUESTS, STARTED, SIDE_ASKS, ACT_RECEIPT, ANY_WAY, SAME,
	    "an act has come to the side that asks" },

	/* one question at a time: a reply then belongs to one question only */
	{ ASKED, NEW, SIDE_IS_ASKED, ACT_QUESTION, ANY_WAY,
	    STATE_NEEDS_INFO, "something is asked for before the answer" },
	{ ASKED, IN(NEEDS_INFO), SIDE_ASKS, ACT_REPLY, ANY_WAY, STATE_RECEIVED,
	    "the question is replied to" },
	/* Article 40(28): before a no or a postponement, what would do */
	{ DECIDED, NEW, SIDE_IS_ASKED, ACT_CONSULTATION, ANY_WAY, STATE_CONSULTING,
	    "before a no: what stands in the way, and what would do" },
	{ DECIDED, IN(CONSULTING), SIDE_ASKS, ACT_REPLY, ANY_WAY, STATE_RECEIVED,
	    "the consultation is answered" },
	{ DECIDED, IN(POSTPONED) | AGREED, SIDE_IS_ASKED, ACT_CONSULTATION, IN_ORDER, SAME,
	    "before a no after all: what stands in the way" },
	{ DECIDED, IN(POSTPONED) | AGREED, SIDE_ASKS, ACT_REPLY, ANY_WAY, SAME,
	    "conditions are accepted, or a consultation is answered" },

	{ DECIDED, UNANSWERED & ~IN(POSTPONED), SIDE_IS_ASKED, ACT_GRANTED, ANY_WAY,
	    STATE_ACCEPTED, "yes" },
	{ DECIDED, UNANSWERED & ~IN(POSTPONED), SIDE_IS_ASKED, ACT_GRANTED_WITH_CONDITIONS,
	    ANY_WAY, STATE_ACCEPTED_WITH_CONDITIONS, "yes, with conditions" },
	{ DECIDED, IN(POSTPONED), SIDE_IS_ASKED, ACT_GRANTED, IN_ORDER, STATE_ACCEPTED,
	    "taken up again: yes" },
	{ DECIDED, IN(POSTPONED), SIDE_IS_ASKED, ACT_GRANTED_WITH_CONDITIONS, IN_ORDER,
	    STATE_ACCEPTED_WITH_CONDITIONS, "taken up again: yes, with conditions" },
	{ DECIDED, UNANSWERED, SIDE_IS_ASKED, ACT_REFUSED, ANY_WAY, STATE_REFUSED, "no" },
	/* Article 40(27): an inquiry of one's own would suffer */
	{ DECIDED, UNANSWERED, SIDE_IS_ASKED, ACT_POSTPONED, ANY_WAY, STATE_POSTPONED,
	    "not now, with reasons; the answer is still owed" },
	{ REOPENED, AGREED, SIDE_IS_ASKED, ACT_POSTPONED, IN_ORDER, STATE_POSTPONED,
	    "not now after all, with reasons" },
	{ REOPENED, AGREED, SIDE_IS_ASKED, ACT_GRANTED, NEWER, STATE_ACCEPTED,
	    "yes again: that it was postponed meanwhile has not come" },
	{ REOPENED, AGREED, SIDE_IS_ASKED, ACT_GRANTED_WITH_CONDITIONS, NEWER,
	    STATE_ACCEPTED_WITH_CONDITIONS,
	    "yes again, with conditions: that it was postponed meanwhile has not come" },
	{ OF(DOMESTIC_ORDER), UNANSWERED, SIDE_IS_ASKED, ACT_PROVIDER_ANSWER, ANY_WAY,
	    STATE_ACCEPTED, "the provider says what it did" },
	{ OF(DOMESTIC_ORDER), AGREED, SIDE_IS_ASKED, ACT_PROVIDER_ANSWER, ANY_WAY, SAME,
	    "the provider says more" },
	/* what was granted to be held is held until it is released: Article 42(8) */
	{ OF(PRESERVE), AGREED, SIDE_IS_ASKED, ACT_EXTENSION, ANY_WAY, SAME,
	    "the data are held longer" },
	{ OF(PRESERVE) | OF(FREEZE), AGREED, SIDE_IS_ASKED, ACT_RELEASED, ANY_WAY, SAME,
	    "what was held is held no longer" },
	{ OF(PRESERVE) | OF(FREEZE), IN(WITHDRAWN) | IN(CLOSED), SIDE_IS_ASKED, ACT_RELEASED,
	    ANY_WAY, SAME, "nobody works on it any more, and what was held is let go" },
	{ DECIDED & ~HOLDS, AGREED, SIDE_IS_ASKED, ACT_REFUSED, ANY_WAY, STATE_REFUSED,
	    "no after all, with reasons, as long as no evidence went over" },
	{ OF(USE_CONSENT), AGREED, SIDE_IS_ASKED, ACT_REVOKED, ANY_WAY, STATE_REFUSED,
	    "the consent is taken back; what was done under it stays lawful" },
	{ OF(USE_CONSENT), UNANSWERED, SIDE_IS_ASKED, ACT_REVOKED, CAME_IN, STATE_REFUSED,
	    "the consent is taken back, and that came before the consent itself" },
	{ OF(USE_CONSENT), IN(WITHDRAWN) | IN(CLOSED), SIDE_IS_ASKED, ACT_REVOKED, ANY_WAY,
	    SAME, "the consent is taken back, though nobody works on the request" },

	/* a preservation holds data and hands none over: that is asked for by itself */
	{ DISCLOSURES, UNANSWERED | AGREED | IN(DELIVERED), SIDE_IS_ASKED, ACT_DELIVERED,
	    ANY_WAY, STATE_DELIVERED, "evidence goes over; more may follow" },
	{ DISCLOSURES, IN(DELIVERED), SIDE_ASKS, ACT_ACKNOWLEDGED, ANY_WAY,
	    STATE_ACKNOWLEDGED, "what went over was looked at and does: the end" },

	/* Article 43(1): found while preserving, told unasked */
	{ OF(PRESERVE), UNANSWERED | AGREED, SIDE_IS_ASKED, ACT_TRAFFIC_PATH, ANY_WAY, SAME,
	    "a further provider is named while the data are being preserved" },

	{ ASKED, UNANSWERED | AGREED | IN(DELIVERED), SIDE_ASKS, ACT_WITHDRAWN, ANY_WAY,
	    STATE_WITHDRAWN, "help is no longer needed" },

	/*
	 * Acts that crossed on the way, or were overtaken.  Whoever made them could not
	 * know; they are kept and change nothing.
	 */
	{ ASKED, IN(CONSULTING) | IN(POSTPONED) | AGREED | IN(DELIVERED) | ENDED,
	    SIDE_IS_ASKED, ACT_QUESTION, CAME_LATE, SAME,
	    "a question was overtaken by the answer or the end" },
	{ ASKED, AGREED | IN(DELIVERED) | ENDED, SIDE_ASKS, ACT_REPLY, CAME_LATE, SAME,
	    "a reply crossed with the answer or the end" },
	{ DECIDED, AGREED | IN(DELIVERED) | ENDED, SIDE_IS_ASKED, ACT_POSTPONED, CAME_LATE,
	    SAME, "a postponement was overtaken by the answer or the end" },
	{ DECIDED, IN(NEEDS_INFO) | IN(CONSULTING) | IN(POSTPONED) | AGREED |
	    IN(DELIVERED) | ENDED, SIDE_IS_ASKED, ACT_CONSULTATION, CAME_LATE, SAME,
	    "a consultation was overtaken by what followed it" },
	{ OF(DOMESTIC_ORDER), ENDED, SIDE_IS_ASKED, ACT_PROVIDER_ANSWER, CAME_LATE, SAME,
	    "an answer of the provider crossed with the end" },
	{ OF(PRESERVE), UNANSWERED | ENDED, SIDE_IS_ASKED, ACT_EXTENSION, CAME_LATE, SAME,
	    "an extension came before the yes, or crossed with the end" },
	{ OF(PRESERVE) | OF(FREEZE), UNANSWERED | ENDED, SIDE_IS_ASKED, ACT_RELEASED,
	    CAME_LATE, SAME, "a release came before the yes, or crossed with the end" },
	{ DISCLOSURES, UNANSWERED | AGREED | ENDED, SIDE_ASKS, ACT_ACKNOWLEDGED, CAME_LATE,
	    SAME, "an acknowledgement crossed with what followed" },
	{ REOPENED, AGREED, SIDE_IS_ASKED, ACT_GRANTED, CAME_LATE, SAME,
	    "a yes was overtaken by a later one" },
	{ REOPENED, AGREED, SIDE_IS_ASKED, ACT_GRANTED_WITH_CONDITIONS, CAME_LATE, SAME,
	    "a yes with conditions was overtaken by a later one" },
	{ DECIDED, IN(POSTPONED) | IN(DELIVERED) | ENDED, SIDE_IS_ASKED, ACT_GRANTED,
	    CAME_LATE, SAME,
	    "a yes was overtaken by what followed it" },
	{ DECIDED, IN(POSTPONED) | IN(DELIVERED) | ENDED, SIDE_IS_ASKED,
	    ACT_GRANTED_WITH_CONDITIONS, CAME_LATE, SAME, "a yes with conditions was overtaken by what followed it" },
	{ DECIDED, IN(WITHDRAWN) | IN(CLOSED), SIDE_IS_ASKED, ACT_REFUSED, CAME_LATE, SAME,
	    "a no crossed with the withdrawal" },
	{ DISCLOSURES, IN(WITHDRAWN) | IN(CLOSED) | IN(ACKNOWLEDGED), SIDE_IS_ASKED,
	    ACT_DELIVERED, CAME_LATE, SAME, "evidence crossed with the end" },
	{ OF(PRESERVE), ENDED, SIDE_IS_ASKED, ACT_TRAFFIC_PATH, CAME_LATE, SAME,
	    "a notice crossed with the end" },
	{ OF(USE_CONSENT), IN(REFUSED), SIDE_IS_ASKED, ACT_REVOKED, CAME_LATE, SAME,
	    "a consent is taken back that is none any more" },
	{ OF(USE_CONSENT), IN(REFUSED), SIDE_IS_ASKED, ACT_REFUSED, CAME_LATE, SAME,
	    "a no was overtaken by the taking back" },
	{ ASKED, IN(REFUSED) | IN(CLOSED), SIDE_ASKS, ACT_WITHDRAWN, CAME_LATE, SAME,
	    "a withdrawal crossed with the no" },
};
#define ROWS (sizeof table / sizeof table[0])

bool
request_state_agreed(enum request_state s)
{
	return ((1u << s) & AGREED) != 0;
}

/* ---- why not ---- */

static struct verdict
refuse(const char *reason, const char *text)
{
	return (struct verdict){ false, reason, text };
}

static bool
act_fits(const struct thread_row *r, const struct thread_facts *f)
{
	return r->act == (int)f->act || (r->act == ITSELF && f->act == f->request);
}

static bool
how_fits(const struct thread_row *r, const struct thread_facts *f)
{
	if ((r->how == IN_ORDER || r->how == NEWER) && f->incoming && f->overtaken)
		return false;
	if (r->how == IN_ORDER)
		return true;
	return r->how == ANY_WAY || f->incoming == (r->how != WE_MAKE);
}

/* Is there a row of this act, by this side, in these states, for this request? */
static const struct thread_row *
row_find(const struct thread_facts *f, unsigned states, enum thread_side by)
{
	for (size_t i = 0; i < ROWS; i++) {
		const struct thread_row *r = &table[i];

		if ((r->requests & kind_bit(f->request)) != 0 && (r->states & states) != 0 &&
		    r->by == by && act_fits(r, f) && how_fits(r, f))
			return r;
	}
	return NULL;
}

bool
thread_step_is_made(enum act_kind request, enum act_kind act)
{
	const struct thread_facts f = { .request = request, .act = act };

	for (size_t i = 0; i < ROWS; i++)
		if ((table[i].requests & kind_bit(request)) != 0 && act_fits(&table[i], &f) &&
		    table[i].how != CAME_IN && table[i].how != NEWER &&
		    table[i].how != CAME_LATE)
			return true;
	return false;
}

static struct verdict
ended(enum request_state state)
{
	if (state == STATE_WITHDRAWN)
		return refuse("thread.withdrawn",
		    "The request was withdrawn: nothing more is done on it. Ask for it again with a new request, if it is needed after all.");
	if (state == STATE_REFUSED)
		return refuse("thread.refused",
		    "The request was refused, and that ends it. What would make it acceptable goes into a new request.");
	if (state == STATE_ACKNOWLEDGED)
		return refuse("thread.acknowledged",
		    "The evidence was examined and acknowledged, and that ended the request. What is still needed goes into a new request.");
	return refuse("thread.closed",
	    "The request is closed here. What is still to be said goes into a new request.");
}

/* The act exists for this request and this side, but not in this state. */
static struct verdict
not_now(const struct thread_facts *f)
{
	if (f->state == STATE_DRAFT)
		return refuse("thread.before-its-request",
		    "It belongs to a request that has not gone out or has not come in. Wait for the request; nothing was changed.");
	if (!request_state_open(f->state))
		return ended(f->state);
	if (f->act == ACT_REPLY)
		return refuse("thread.no-question",
		    "No question is open in this request, so there is nothing to reply to. What was forgotten goes into a new request.");
	if ((f->act == ACT_QUESTION || f->act == ACT_CONSULTATION) &&
	    (f->state == STATE_NEEDS_INFO || f->state == STATE_CONSULTING))
		return refuse("thread.question-open",
		    "A question is open already. Wait for its reply, or answer the request as it stands.");
	if (f->act == ACT_REVOKED)
		return refuse("thread.no-consent",
		    "No consent was given in this request, so none can be taken back.");
	if ((f->act == ACT_EXTENSION || f->act == ACT_RELEASED) &&
	    (UNANSWERED & (1u << f->state)) != 0)
		return refuse("thread.nothing-held",
		    "Nothing is held on it yet, so there is nothing to prolong or to let go. Answer it first: comity request confirm, or refuse.");
	if (f->request == ACT_PRESERVE && f->act == ACT_REFUSED)
		return refuse("thread.hold-granted",
		    "This preservation was granted: the data are held until its hold ends, so it cannot be refused any more. Who is asked and who asks should phone each other at once when they are not held.");
	if (f->act == f->request)
		return refuse("thread.opened-already",
		    "This request has its thread already. Another request starts its own.");
	if (f->state == STATE_DELIVERED)
		return refuse("thread.delivered-already",
		    "Evidence went over on this request: it cannot be answered otherwise any more.");
	return refuse("thread.answered-already",
	    "The request has its answer. One answer counts; nothing was changed.");
}

static struct verdict
not_for_this_kind(const struct thread_facts *f)
{
	if ((kind_bit(f->request) & NOTICES) != 0)
		return refuse("thread.notice",
		    "It was told unasked (a traffic path, Art 43(1), or another notice): it is received, and nothing is answered. Ask for more with a request of your own.");
	if (f->act == ACT_DELIVERED && (kind_bit(f->request) & HOLDS) != 0)
		return refuse("thread.preservation-hands-nothing-over",
		    "A preservation only holds the data. They are handed over on a request for them (stored_data, subscriber): send the evidence in that thread.");
	if (f->act == ACT_DELIVERED && f->request == ACT_USE_CONSENT)
		return refuse("thread.consent-hands-nothing-over",
		    "A request for consent is answered with yes or no; it hands no evidence over.");
	if (f->act == ACT_DELIVERED)
		return refuse("thread.hands-nothing-over",
		    "A request of this kind is answered in words; it hands no evidence over. Evidence goes over on a request for it.");
	if (act_kind_class(f->act) == ACT_IS_REQUEST)
		return refuse("thread.other-request",
		    "A request of this kind is no step of this thread: it starts a thread of its own.");
	return refuse("thread.no-step",
	    "An act of this kind is no step of a request; it changes nothing here.");
}

/* No row fits.  The nearest reason first. */
static struct verdict
why_not(const struct thread_facts *f)
{
	const unsigned all = (1u << REQUEST_STATES) - 1;
	const enum thread_side other =
	    f->by == SIDE_ASKS ? SIDE_IS_ASKED : SIDE_ASKS;

	if (row_find(f, all, f->by) != NULL)
		return not_now(f);
	if (row_find(f, all, other) == NULL)
		return not_for_this_kind(f);
	if (other == SIDE_ASKS)
		return refuse("thread.not-by-this-side",
		    "Only the side that asks can do this. It came from the side that is asked, so nothing was changed.");
	return refuse("thread.not-by-this-side",
	    "Only the side that is asked can do this. It came from the side that asks, so nothing was changed.");
}

struct verdict
close_decide(const struct close_facts *f)
{
	bool owed = ((1u << f->state) & UNANSWERED) != 0 && f->state != STATE_SENT;

	if (!f->ours && owed)
		return refuse("request.owed",
		    "An answer is still owed: grant it, refuse it with a ground and reasons, or wait until it is withdrawn.");
	/* They count on it and would wait for ever: that is not ended without a word. */
	if (!f->ours && !f->reason && ((1u << f->state) & AGREED) != 0 &&
	    (kind_bit(f->request) & DISCLOSURES) != 0)
		return refuse("request.undelivered",
		    "It was granted, and nothing has gone over: they wait for it. Hand it over (comity request answer), or say no with reasons (comity request refuse); or close it here with --reason nothing_found, handed_over_otherwise or not_needed.");
	return (struct verdict){ true, "request.close", "" };
}

/* ---- execution: the same three guards before the work and before the hand-over ---- */

bool
act_kind_overtakes(enum act_kind kind)
{
	return kind == ACT_GRANTED || kind == ACT_GRANTED_WITH_CONDITIONS ||
	    kind == ACT_REFUSED || kind == ACT_POSTPONED || kind == ACT_DELIVERED;
}

bool
act_kind_is_content(enum act_kind kind)
{
	return kind == ACT_INTERCEPT_CONTENT || kind == ACT_STORED_DATA;
}

bool
act_kind_consults(enum act_kind kind)
{
	return (kind_bit(kind) & ASSISTANCE) != 0;
}

static struct verdict
execute_state(const struct execute_facts *f)
{
	if (f->ours)
		return refuse("execute.theirs",
		    "The other side executes it. Ask how it stands with a request of kind status_query.");
	if ((kind_bit(f->request) & EXECUTED) == 0)
		return refuse("execute.kind",
		    "A request of this kind is answered, not executed: comity request confirm, or refuse.");
	if (f->state == STATE_EXECUTING)
		return refuse("execute.already", "It is being executed already; nothing was changed.");
	if (((1u << f->state) & AGREED) == 0)
		return refuse("execute.state",
		    "Only what was said yes to is executed. Answer it first: comity request confirm");
	if (f->request_expires_at != 0 && f->now > f->request_expires_at)
		return refuse("thread.expired",
		    "The request has expired: nobody may act on it any more. The side that asks sends a new one, if it still needs help.");
	return (struct verdict){ true, "execute.granted", "" };
}

struct verdict
execute_decide(const struct execute_facts *f)
{
	struct verdict v = execute_state(f);

	if (!f->hands_over && !v.allow)
		return v;
	/* What was said yes to in spite of it, by an older rule or a patched program. */
	if (f->found != NULL) {
		v = request_yes_decide(f->found);
		if (!v.allow)
			return v;
	}
	/* S06 */
	if (act_kind_is_content(f->request) && !f->authorised)
		return refuse("execute.authorisation",
		    "It asks for content, and no order of a court or other authorisation of your own State is on file (S06, Art 24(2)). Put it there: comity request execute NUMBER --authorisation FILE");
	if (f->unmapped && !f->waived)
		return refuse("execute.dual-criminality",
		    "It says of no offence that it is one in both States: no article of the Convention, and none of your own law (S02, Art 40(8)). Ask for it; or an officer waives it with reasons: comity request execute NUMBER --waive-dual-criminality FILE");
	/* S03: a named person reads it, and a second one */
	if (f->flagged && f->persons < 2)
		return refuse("execute.persecution",
		    "Its offence or facts touch on speech, assembly, belief or private life: two persons sign before it is executed (S03, Art 40(22)).");
	if (f->heightened && f->persons < 2)
		return refuse("execute.heightened",
		    "This node reads requests of that State with more care: two persons sign before it is executed (S03). Why it was set: comity policy list");
	/* S22 */
	if (f->assurance_wanted && !f->assurance_given)
		return refuse("execute.assurance",
		    "Your yes asks for an assurance, and they have not given it: nothing is done or released before their reply (S22).");
	return (struct verdict){ true, "execute.granted", "" };
}

/* D18: sender, receiver and what it follows are signed; here they are compared. */
static struct verdict
belongs(const struct thread_facts *f)
{
	if (!f->same_parties)
		return refuse("thread.other-parties",
		    "It is not between the two authorities of this request: one of them passed it on, or someone copied it. Nothing was changed; tell the other side.");
	if (f->state == STATE_DRAFT && f->act == f->request)
		return (struct verdict){ true, "thread.opens", "" };
	if (!f->follows_known)
		return refuse("thread.splice",
		    "It also names acts of another request, so it cannot be a step of this one. Nothing was changed; ask the other side which request it means.");
	if (!f->follows_request)
		return refuse("thread.splice",
		    "It does not name this request as the one it belongs to. Nothing was changed; ask the other side which request it means.");
	return (struct verdict){ true, "thread.belongs", "" };
}

/*
 * expires_at ends acting on a request (design.md section 3): nobody says yes to it, or
 * sends it, after that day.  What was said in time and came late still counts.
 */
static bool
acts_too_late(const struct thread_facts *f)
{
	bool acting = f->act == ACT_GRANTED || f->act == ACT_GRANTED_WITH_CONDITIONS ||
	    (f->act == f->request && f->state == STATE_DRAFT);

	return acting && !f->incoming && f->request_expires_at != 0 &&
	    f->now > f->request_expires_at;
}

struct thread_step
thread_decide(const struct thread_facts *f)
{
	struct thread_step step = { belongs(f), f->state };
	const struct thread_row *r;

	if (!step.verdict.allow)
		return step;
	r = row_find(f, 1u << f->state, f->by);
	if (r == NULL) {
		step.verdict = why_not(f);
		return step;
	}
	if (acts_too_late(f)) {
		step.verdict = refuse("thread.expired",
		    "The request has expired: nobody may act on it any more. The side that asks sends a new one, if it still needs help.");
		return step;
	}
	step.verdict = (struct verdict){ true, "thread.step", "" };
	if (r->how == CAME_LATE)
		step.verdict = (struct verdict){ true, "thread.came-late",
		    "It was made before its sender could know what is here already. It is kept with the request and changes nothing." };
	if (r->next != SAME)
		step.next = (enum request_state)r->next;
	return step;
}

/* ---- the table for people ---- */

bool
thread_kinds_print(uint64_t set, struct buf *out, struct err *err)
{
	const char *sep = "";

	for (int k = 0; k < ACT_KINDS; k++) {
		if ((set & kind_bit((enum act_kind)k)) == 0)
			continue;
		if (!buf_printf(out, err, "%s%s", sep, act_kind_name((enum act_kind)k)))
			return false;
		sep = ", ";
	}
	return true;
}

static bool
print_states(unsigned set, struct buf *out, struct err *err)
{
	const char *sep = "";

	if (set == STARTED)
		return buf_add_text(out, "any but draft", err);
	for (int s = 0; s < REQUEST_STATES; s++) {
		if ((set & (1u << s)) == 0)
			continue;
		if (!buf_printf(out, err, "%s%s", sep, state_names[s]))
			return false;
		sep = ", ";
	}
	return true;
}

static bool
print_row(const struct thread_row *r, struct buf *out, struct err *err)
{
	static const char *const hows[] = { "either", "we make it", "it came in",
		"either, in order", "it came in, in order", "it came in late" };

	return buf_add_text(out, "| ", err) && thread_kinds_print(r->requests, out, err) &&
	    buf_add_text(out, " | ", err) && print_states(r->states, out, err) &&
	    buf_printf(out, err, " | %s | %s | %s | %s | %s |\n",
	    r->by == SIDE_ASKS ? "asks" : "is asked",
	    r->act == ITSELF ? "the request" : act_kind_name((enum act_kind)r->act),
	    hows[r->how], r->next == SAME ? "the same" : state_names[r->next], r->says);
}

bool
thread_table_print(struct buf *out, struct err *err)
{
	if (!buf_add_text(out,
	    "# What may follow what\n\n"
	    "The steps of a request, printed from the table in `src/policy/thread.c`; its test\n"
	    "keeps this page equal to it (`policy_thread_test --print` writes it anew).\n"
	    "The first row that fits counts.  What no row allows is refused, with its reason,\n"
	    "and changes nothing.  Both sides go by the same table: what may be made here may\n"
	    "come in there.  \"It came in late\" means that the act is kept and the state stays.\n\n"
	    "After a request's `expires_at` nobody here says yes to it; an answer that comes in\n"
	    "late still counts, and evidence may still go over.\n\n"
	    "| request | state | who | act | how | then | which means |\n"
	    "| --- | --- | --- | --- | --- | --- | --- |\n", err))
		return false;
	for (size_t i = 0; i < ROWS; i++)
		if (!print_row(&table[i], out, err))
			return false;
	return true;
}
