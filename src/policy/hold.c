/*
 * A hold: one table of what moves it.  It never moves in silence: each row says in words
 * what it means, and a lapse is one of the rows.
 */
#include "policy/hold.h"
#include "policy/request.h"

static const char *const state_names[HOLD_STATES] = {
	[HOLD_ASKED] = "asked",
	[HOLD_EFFECTIVE] = "effective",
	[HOLD_EXTENDED] = "extended",
	[HOLD_BOUND] = "bound_to_request",
	[HOLD_RELEASED] = "released",
	[HOLD_LAPSED] = "lapsed",
};

static const char *const event_names[HOLD_EVENTS] = {
	[HOLD_GRANT] = "grant",
	[HOLD_DENY] = "deny",
	[HOLD_LONGER] = "longer",
	[HOLD_NAME] = "name",
	[HOLD_DECIDE] = "decide",
	[HOLD_RELEASE] = "release",
	[HOLD_RENEW] = "renew",
	[HOLD_FOREIGN_ENDS] = "foreign_ends",
	[HOLD_DOMESTIC_ENDS] = "domestic_ends",
	[HOLD_RESUME] = "resume",
};

const char *
hold_state_name(enum hold_state s)
{
	return state_names[s];
}

const char *
hold_event_name(enum hold_event e)
{
	return event_names[e];
}

bool
hold_state_parse(const char *name, enum hold_state *out)
{
	size_t i;

	if (!name_find(state_names, HOLD_STATES, name, &i))
		return false;
	*out = (enum hold_state)i;
	return true;
}

bool
hold_state_open(enum hold_state s)
{
	return s != HOLD_RELEASED && s != HOLD_LAPSED;
}

bool
hold_state_holds(enum hold_state s)
{
	return hold_state_open(s) && s != HOLD_ASKED;
}

/* ---- the table ---- */

#define IN(s) (1u << HOLD_##s)
#define HELD (IN(EFFECTIVE) | IN(EXTENDED) | IN(BOUND))
#define FREE (IN(EFFECTIVE) | IN(EXTENDED))
#define SAME HOLD_STATES

enum hold_how { STEP, LATE };

struct hold_row {
	unsigned states;
	enum hold_event event;
	enum hold_how how;
	int next;
	const char *says;
};

/* The first row that fits counts; what no row allows is refused. */
static const struct hold_row table[] = {
	{ IN(ASKED), HOLD_GRANT, STEP, HOLD_EFFECTIVE, "the data are held" },
	{ HELD | IN(RELEASED) | IN(LAPSED), HOLD_GRANT, LATE, SAME,
	    "a yes was overtaken by what followed it" },

	{ IN(ASKED), HOLD_DENY, STEP, HOLD_RELEASED,
	    "a no, or no longer asked for: nothing was ever held" },
	/* nothing is destroyed by the word of one person: two let go, or time passes */
	{ HELD, HOLD_DENY, STEP, SAME,
	    "withdrawn by who asked: held until its end, or until it is released" },
	{ IN(RELEASED) | IN(LAPSED), HOLD_DENY, LATE, SAME, "it had ended" },

	{ FREE, HOLD_LONGER, STEP, HOLD_EXTENDED, "held until a later day" },
	{ IN(BOUND), HOLD_LONGER, STEP, SAME, "its own end is a later day" },
	{ IN(LAPSED), HOLD_LONGER, STEP, HOLD_EXTENDED,
	    "the data were still there, and are held on" },
	{ IN(ASKED) | IN(RELEASED), HOLD_LONGER, LATE, SAME,
	    "an extension came before the yes, or crossed with the release" },

	/* Article 42(9): preserved until the request is decided */
	{ HELD, HOLD_NAME, STEP, HOLD_BOUND, "kept until the later request is decided" },
	{ IN(ASKED) | IN(RELEASED) | IN(LAPSED), HOLD_NAME, LATE, SAME,
	    "a later request names it, and nothing is held now" },
	{ IN(BOUND), HOLD_DECIDE, STEP, HOLD_EFFECTIVE,
	    "the later request is decided: held until its own end" },
	{ IN(ASKED) | FREE | IN(RELEASED) | IN(LAPSED), HOLD_DECIDE, LATE, SAME,
	    "the later request is decided, and did not bind it" },

	{ HELD, HOLD_RELEASE, STEP, HOLD_RELEASED, "held no longer: two people let it go" },
	{ IN(ASKED) | IN(LAPSED), HOLD_RELEASE, LATE, HOLD_RELEASED,
	    "a release came before the yes, or after its end" },
	{ IN(RELEASED), HOLD_RELEASE, LATE, SAME, "it was released already" },

	{ HELD, HOLD_RENEW, STEP, SAME, "the domestic order runs until a later day" },
	{ IN(LAPSED), HOLD_RENEW, STEP, HOLD_EFFECTIVE,
	    "the data were still there: the order was renewed" },

	{ FREE, HOLD_FOREIGN_ENDS, STEP, HOLD_LAPSED, "the time it was granted for is over" },
	{ HELD, HOLD_DOMESTIC_ENDS, STEP, HOLD_LAPSED,
	    "the order the provider obeys is over: nobody has to hold the data" },
	{ IN(LAPSED), HOLD_RESUME, STEP, HOLD_EFFECTIVE,
	    "a clock that ran ahead noted its end, and that is still to come: held as before" },
};
#define ROWS (sizeof table / sizeof table[0])

static const struct hold_row *
row_find(enum hold_state state, enum hold_event event)
{
	for (size_t i = 0; i < ROWS; i++)
		if ((table[i].states & (1u << state)) != 0 && table[i].event == event)
			return &table[i];
	return NULL;
}

/* ---- why not ---- */

static struct verdict
refuse(const char *reason, const char *text)
{
	return (struct verdict){ false, reason, text };
}

static struct verdict
why_not(const struct hold_facts *f)
{
	if (f->event == HOLD_FOREIGN_ENDS && f->state == HOLD_BOUND)
		return refuse("hold.bound",
		    "A later request names this hold: the data are kept until that is decided (Art 42(9)).");
	if (f->event == HOLD_RENEW && f->state == HOLD_ASKED)
		return refuse("hold.no-step",
		    "Nothing is held yet. Answer the preservation first: comity request confirm");
	if (f->event == HOLD_RENEW)
		return refuse("hold.no-step",
		    "The data were released: there is nothing to renew. A new preservation holds them anew, if they are still there.");
	if (f->event == HOLD_RESUME)
		return refuse("hold.no-step", "It did not lapse: there is no end to take back.");
	return refuse("hold.no-step", "Nothing is held: no clock can run out.");
}

static bool
clock_runs(const struct hold_facts *f)
{
	int64_t at = f->event == HOLD_FOREIGN_ENDS ? f->until : f->domestic_until;

	return at == 0 || f->now <= at;
}

bool
hold_lapsed_too_soon(const struct hold_facts *f)
{
	return f->state == HOLD_LAPSED && f->until != 0 && f->now <= f->until &&
	    (f->domestic_until == 0 || f->now <= f->domestic_until);
}

/* What only whoever holds may do, and when. */
static struct verdict
may(const struct hold_facts *f)
{
	bool clock = f->event == HOLD_FOREIGN_ENDS || f->event == HOLD_DOMESTIC_ENDS;

	if (clock && clock_runs(f))
		return refuse("hold.runs", "That clock has not run out.");
	if (f->event == HOLD_RESUME && f->state == HOLD_LAPSED && !hold_lapsed_too_soon(f))
		return refuse("hold.ended",
		    "Its end is over by this clock too: that it lapsed stands.");
	if (f->event == HOLD_RENEW && f->ours)
		return refuse("hold.theirs",
		    "The other side holds these data: its order is its own. Ask for more time with a request of kind preserve_extend.");
	if (f->event == HOLD_RENEW && f->wished <= f->now)
		return refuse("hold.renewed-past",
		    "The order's new end lies in the past. Give the day until which the provider has to hold the data.");
	if (f->event == HOLD_RENEW && f->state == HOLD_LAPSED && f->pending == 0 &&
	    f->until != 0 && f->now > f->until)
		return refuse("hold.over",
		    "The time for which the other side asked is over too, so there is nothing to renew the order for. It is held on when they are told so: comity request extend");
	if (f->event == HOLD_RELEASE && !f->incoming && f->ours)
		return refuse("hold.theirs",
		    "The other side holds these data. Tell it that they are no longer needed: comity request withdraw");
	if (f->event == HOLD_RELEASE && !f->incoming && f->pending > 0)
		return refuse("hold.bound",
		    "A later request names this hold: the data are kept until that is decided (Art 42(9)). Decide it first.");
	return (struct verdict){ true, "hold.step", "" };
}

struct hold_step
hold_decide(const struct hold_facts *f)
{
	struct hold_step step = { may(f), f->state };
	const struct hold_row *r;

	if (!step.verdict.allow)
		return step;
	r = row_find(f->state, f->event);
	if (r == NULL) {
		step.verdict = why_not(f);
		return step;
	}
	if (r->how == LATE)
		step.verdict = (struct verdict){ true, "hold.came-late", r->says };
	if (r->next != SAME)
		step.next = (enum hold_state)r->next;
	/* A request may have named it before the yes was here. */
	if (hold_state_holds(step.next) && f->pending > 0)
		step.next = HOLD_BOUND;
	return step;
}

/* ---- the clocks ---- */

bool
hold_over(const struct hold_facts *f, enum hold_event *which)
{
	struct hold_facts clock = *f;

	clock.incoming = false;
	for (int e = HOLD_FOREIGN_ENDS; e <= HOLD_DOMESTIC_ENDS; e++) {
		clock.event = (enum hold_event)e;
		if (hold_decide(&clock).verdict.allow) {
			*which = clock.event;
			return true;
		}
	}
	return false;
}

int64_t
hold_ends_at(const struct hold_facts *f)
{
	int64_t at = f->state == HOLD_BOUND ? 0 : f->until;

	if (!hold_state_holds(f->state))
		return 0;
	if (f->domestic_until != 0 && (at == 0 || f->domestic_until < at))
		at = f->domestic_until;
	return at;
}

/* A yes alone decides nothing here: the data are still to be handed over. */
bool
hold_request_decided(const char *request_state)
{
	enum request_state s;

	return request_state_parse(request_state, &s) &&
	    (s == STATE_DELIVERED || !request_state_open(s));
}

/* ---- the table for people ---- */

static bool
print_states(unsigned set, struct buf *out, struct err *err)
{
	const char *sep = "";

	for (int s = 0; s < HOLD_STATES; s++) {
		if ((set & (1u << s)) == 0)
			continue;
		if (!buf_printf(out, err, "%s%s", sep, state_names[s]))
			return false;
		sep = ", ";
	}
	return true;
}

bool
hold_table_print(struct buf *out, struct err *err)
{
	if (!buf_add_text(out,
	    "\n# What moves a hold\n\n"
	    "Data held on a preservation request, printed from the table in `src/policy/hold.c`.\n"
	    "Both sides keep the hold and move it by the same acts; who holds also knows the\n"
	    "end of its domestic order.  A hold that a later request names is kept until that\n"
	    "request is delivered, refused, withdrawn or closed (Article 42(9)).  \"Late\": kept\n"
	    "and told.  A lapse is found when somebody looks, and recorded once; when a clock that\n"
	    "ran ahead noted it, a later record takes it back, and both stay.\n\n"
	    "| state | what happens | how | then | which means |\n"
	    "| --- | --- | --- | --- | --- |\n", err))
		return false;
	for (size_t i = 0; i < ROWS; i++) {
		const struct hold_row *r = &table[i];

		if (!buf_add_text(out, "| ", err) || !print_states(r->states, out, err) ||
		    !buf_printf(out, err, " | %s | %s | %s | %s |\n", event_names[r->event],
		    r->how == LATE ? "late" : "step",
		    r->next == SAME ? "the same" : state_names[r->next], r->says))
			return false;
	}
	return true;
}
