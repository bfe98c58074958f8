/*
 * policy/due: what is due in a request and in a hold, by which rule, by whom, and how
 * near it is.  Pure: facts and an instant in, rows out; nothing is kept, so that a clock
 * that went wrong and was put right leaves no trace in them (D30: the jump itself is
 * recorded by flow).  Instants are seconds since 1970-01-01 UTC; 0 is none.
 *
 * Days and warnings go by the calendar of the authority that owes: "owing" below.
 */
#ifndef COMITY_POLICY_DUE_H
#define COMITY_POLICY_DUE_H

#include "law/calendar.h"
#include "policy/hold.h"
#include "policy/request.h"

enum due_what {
	DUE_ACKNOWLEDGE,		/* a first word on a request (D61) */
	DUE_EMERGENCY,			/* a person's first word on an emergency (D60) */
	DUE_ANSWER,			/* the day the asking side gave, with reasons (40(26)) */
	DUE_WRITTEN,			/* an oral request in writing (D06) */
	DUE_HOLD_FOREIGN,		/* the hold ends: the longer one is asked before (D03) */
	DUE_HOLD_DOMESTIC,		/* the order of the provider ends (D01, D30) */
	DUE_SECRECY,			/* secrecy lapses unless it is renewed with reasons (D62) */
	DUE_REVIEW,			/* an emergency disclosure is looked at again (D64) */
	DUE_FREEZE_REQUEST,		/* the request that follows a freeze alert (D75) */
	DUE_REMOVE_CHECK,		/* a notice is checked (D66; D65 when it cannot wait) */
	DUE_REMOVE_SEND,		/* and sent to the provider (D67) */
	DUE_REMOVE_RECEIPT,		/* who says that it is there (D68) */
	DUE_REMOVE_ANSWER,		/* and what was done (D69) */
	DUE_SIGNATURE,			/* a second signature for what left without it */
	DUE_CARD,			/* a card ends: ours, or a peer's */
	DUE_NOTICE,			/* a secrecy is over: the person is told (S05) */
	DUE_EMERGENCY_REQUEST,		/* the formal request after an emergency (D79) */
	DUE_WHATS
};
const char *due_what_name(enum due_what w);	/* "hold_foreign": JSON, calendar files */
const char *due_what_words(enum due_what w);	/* "the hold ends" */

/* How near it is; each is a reminder of its own (ux: arrival, half, 24 h, 2 h, overdue). */
enum due_stage {
	STAGE_ARRIVAL, STAGE_HALF, STAGE_DAY, STAGE_TWO_HOURS, STAGE_OVERDUE, DUE_STAGES
};
const char *due_stage_name(enum due_stage s);	/* "two_hours" */
/* Later than `at` is overdue; at it is not.  A clock before `from` is an arrival. */
enum due_stage due_stage_of(int64_t from, int64_t at, int64_t now);

#define DUE_ALARMS_MAX 8		/* four stages, three warnings, one spare */
struct due {
	enum due_what what;
	const struct law_deadline *rule;	/* NULL: people said the day, or a card does */
	const struct law_deadline *warning;	/* the last one given (D63, D76, D77); NULL */
	int64_t from, at;
	bool ours;			/* we owe it; else they */
	unsigned request;		/* 0: of none */
	enum due_stage stage;
	int64_t alarms[DUE_ALARMS_MAX];	/* instants of reminders, ascending; the last is `at` */
	size_t alarms_n;
};
#define DUES_MAX 8			/* of one request or hold: six can meet, two spare */
struct dues {
	struct due list[DUES_MAX];
	size_t n;
};

struct due_facts {
	enum act_kind kind;
	bool ours;			/* we ask */
	enum request_state state;
	unsigned number;
	int64_t now;
	int64_t opened_at, sent_at, receipted_at, answered_at;
	int64_t owed_at;		/* what the thread waits for (docket), not of holds */
	bool owed_ours;
	bool owed_by_day;		/* the day the asking side gave; else D61 */
	bool written_owed, written_ours;
	int64_t spoken_at;		/* when what is to be written was said */
	int64_t secrecy_from, secrecy_until;	/* 0 not asked for, or not known here */
	bool urgent;			/* remove_content of a child, or imminent harm (D65) */
	bool followed;			/* freeze_alert, emergency_data: the request is there */
	const struct calendar *us, *them;
};
/* Past this an alert that nothing followed is history, and no longer listed. */
#define DUE_LAPSED_SHOWN (30 * 86400)	/* seconds: a month, one review of the desk */
void due_request(const struct due_facts *f, struct dues *out);

struct due_hold_facts {
	struct hold_facts hold;		/* ours, state, clocks, now; the event is not looked at */
	unsigned number;		/* of the preservation */
	const struct law_deadline *rule;	/* D02 or D31: what it was granted under; NULL */
	int64_t effected_at;
	const struct calendar *us, *them;
};
/*
 * Each clock that runs, on both sides.  One that a later request binds has no foreign
 * end (42(9)); its domestic order still ends.  One that was noted as lapsed before its
 * ends (by a clock that ran ahead) is listed as if it had not been.
 */
void due_hold(const struct due_hold_facts *f, struct dues *out);

/* One row by itself: a card, a signature owed. */
struct due due_one(enum due_what what, int64_t from, int64_t at, bool ours, int64_t now);

/* How this program treats each row of data/law/deadlines.tsv; none is forgotten. */
enum due_use {
	USE_CLOCK,			/* a row of this list */
	USE_WARNING,			/* before the end of a hold */
	USE_RULE,			/* asked when an act is made or comes in, not timed after */
	USE_FORCE,			/* of the treaty itself: comity treaty show */
	USE_STANDARD,			/* no number: shown by comity help act */
	USE_ELSEWHERE,			/* an instrument for which there is no kind of act here */
	USE_UNKNOWN
};
enum due_use due_use_of(const char *rule);

#endif
