/*
 * policy/guard: what stands between a request and a yes to it that the request does not
 * show by itself: what this node set about the State, whether somebody called back, what
 * was refused before.  And what is owed to the person whom a secret request was about.
 * Pure: facts in, a verdict or findings out.  Instants are seconds since 1970-01-01 UTC.
 *
 * A guard only adds to what the tables of the law ask.  None of it can be looser.
 */
#ifndef COMITY_POLICY_GUARD_H
#define COMITY_POLICY_GUARD_H

#include "policy/request.h"

/* ---- how careful this node is with a State (a risk profile) ---- */

enum risk_level {
	RISK_NORMAL,			/* what the tables ask */
	/* S02, S03, S22: dual criminality said, two persons read it, an assurance first */
	RISK_HEIGHTENED,
	RISK_BLOCKED,			/* no yes to it: the procedure of a refusal */
	RISK_LEVELS
};
const char *risk_level_name(enum risk_level l);		/* "heightened" */
bool risk_level_parse(const char *name, enum risk_level *out);
/* Of what was set for all measures and for this one: the stricter of the two. */
enum risk_level risk_level_of(enum risk_level all, enum risk_level measure);

/* ---- the call to the number on the sender's card (S15) ---- */

enum call_result { CALL_NONE, CALL_NOBODY, CALL_YES, CALL_NO, CALL_RESULTS };
const char *call_result_name(enum call_result r);	/* "nobody", "yes", "no"; "" none */
bool call_result_parse(const char *name, enum call_result *out);
/* After one more call: a no stands for good, a yes until a no. */
enum call_result call_result_next(enum call_result stands, enum call_result more);
/* Do these fields say that a life is at risk? */
bool life_is_at_risk(const struct fields *fs);
/* Nobody says yes to it before somebody called: an emergency, or a life said to be at risk. */
bool call_is_wanted(const struct act *request);
/* Digits, and a leading plus: what was dialled is the number of the card. */
bool call_number_same(const char *card, const char *dialled);
/*
 * Emergencies of one authority in a day before each needs a second look: real ones come
 * singly, and a stolen key is used as fast as it goes.
 */
#define EMERGENCIES_A_DAY 5
#define EMERGENCY_WINDOW (24 * 3600)	/* seconds */
/* A yes to one more than that: PEOPLE_GRANT_EMERGENCY, and not PEOPLE_GRANT. */
bool emergencies_are_many(enum act_kind kind, uint64_t emergencies);

/* ---- the guards of one request ---- */

struct guard_facts {
	enum act_kind kind;
	bool ours;			/* we ask */
	enum risk_level risk;		/* of the State that asks, in this measure */
	bool call_wanted;
	enum call_result call;
	uint64_t emergencies;		/* of that authority in EMERGENCY_WINDOW, this one too */
	bool realtime_on;		/* set for that State and this instrument (S13) */
	size_t earlier, unseen;		/* refusals about the same; not yet seen by a person */
	const char *earlier_text;	/* "XA-2026-000031 of XB (R08)"; NULL none */
	bool dual_said;			/* the offence in our law is in it (S02) */
	bool signed_by_two;		/* two persons sign this step */
	bool assurance_asked;		/* the yes has a condition that asks for one (S22) */
};
/* Added to the findings: what a person has to do before a yes, and what stands in its way. */
void guard_check(const struct guard_facts *f, struct request_findings *out);

enum guard_step {
	GUARD_SEND,			/* a request of ours leaves */
	GUARD_YES,			/* granted, with conditions or not */
	GUARD_WORK,			/* it is executed, or handed over */
};
/*
 * "guard.passed"; "guard.blocked", "guard.forgery", "guard.call-back", "guard.rate",
 * "guard.realtime", "guard.refused-before", "guard.dual-criminality", "guard.assurance".
 */
struct verdict guard_decide(enum guard_step step, const struct guard_facts *f);
/*
 * Evidence that no request asked for, to that State: "guard.blocked"; "guard.assurance":
 * read with more care, nothing goes but in the answer to a request, after an assurance.
 */
struct verdict guard_unasked_decide(enum risk_level level);
bool kind_is_realtime(enum act_kind kind);		/* S13: off unless it is set */

/* ---- the same again in other words ---- */

#define SUBJECT_MAX 4096	/* bytes of one: the longest value of a field, and its class */
/*
 * An identifier in one spelling, with its class: case, blanks, the signs in a telephone
 * number, "https://www." and the type that was chosen for it do not count.  Added to out.
 * Two subjects that are one here may be two people: a person looks.
 */
MUST bool subject_print(const char *type, const char *value, struct buf *out,
    struct err *err);
/* Every identifier in these fields, so. */
MUST bool subjects_each(const struct fields *fs, bool (*each)(void *arg,
    struct span subject, struct err *err), void *arg, struct err *err);

/* ---- notices to the person affected (S04, S05) ---- */

enum notice_state {
	NOTICE_SECRET,			/* the secrecy runs */
	NOTICE_DUE,			/* it is over: the person is told */
	/* The clock stands before the day it was written: one of the two is wrong. */
	NOTICE_DOUBT,
	NOTICE_DONE,
	NOTICE_STATES
};
const char *notice_state_name(enum notice_state s);	/* "secret" */
struct notice_facts {
	int64_t since, until;		/* written down; the secrecy ends */
	int64_t done_at;		/* 0: not told */
	int64_t now;
	bool nothing_done;		/* the request was refused or withdrawn */
	int64_t wished;			/* putting off: the new end */
	const char *code;		/* why it is put off, or how it was done; NULL none */
};
enum notice_state notice_state_of(const struct notice_facts *f);
/* When a secrecy of that wish ends: by the day asked for, or D62, whichever is first. */
int64_t notice_end(int64_t wished, int64_t made_at, int64_t at);
/* How many persons it is about: one notice each; 1 when nobody is named. */
unsigned notice_persons(const struct fields *fs);
/* Why a notice is put off; how it was given. */
extern const char notice_reasons[];	/* "inquiry_harmed;danger;court_order;not_found;asked" */
extern const char notice_ways[];	/* "letter;in_person;lawyer;court;provider;..." */
/* "notice.step"; "notice.done", "notice.past", "notice.long", "notice.reason" */
struct verdict notice_defer_decide(const struct notice_facts *f);
/*
 * "notice.step"; "notice.done", "notice.way", "notice.doubt", "notice.secret": it is not
 * over, and was not lifted; "notice.measure": nothing_done, of what was not refused.
 */
struct verdict notice_done_decide(const struct notice_facts *f);

#endif
