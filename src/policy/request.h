/*
 * policy/request: may this request be sent, this answer be given, this act change this
 * thread?  Pure: facts in, findings or a verdict out.  The same functions run before
 * sending and again on what comes in (design.md section 7), so that a patched sender
 * gains nothing.  Each finding names the field, its article and what to do.
 */
#ifndef COMITY_POLICY_REQUEST_H
#define COMITY_POLICY_REQUEST_H

#include "policy/policy.h"

/* ---- is a request complete and lawful in form? ---- */

enum finding_weight {
	FINDING_STOPS,		/* cannot be sent so; of what came in: ask for it */
	FINDING_WARNS,		/* a person looks at it: doubtful identifier, unsure basis */
};
#define FIELD_WHERE_OURS "our own rules"	/* in `where`: no treaty asks for it */
struct request_finding {
	enum finding_weight weight;
	const char *reason;		/* "request.missing", "request.window", ... */
	const struct law_field *field;	/* NULL: about the whole */
	bool treaty;			/* asked by treaty: its lack may carry a refusal for form */
	bool bars;			/* it came in so: nobody says yes to it (request_yes_decide) */
	char text[300];			/* "Missing: ... (Art 42(3)(b)). Set offence." */
	char set[64];			/* what is to be given: "offence.facts"; "" not said */
	char where[48];			/* of what is missing: "Art 42(3)(b)"; else "" */
};
#define REQUEST_FINDINGS_MAX 64
struct request_findings {
	struct request_finding list[REQUEST_FINDINGS_MAX];
	size_t n;
	size_t stops;			/* of them */
	size_t more;			/* not listed */
};

struct request_facts {
	int64_t now;
	char from_state[3], to_state[3];
	bool exercise;
	bool incoming;			/* it came in: missing policy fields are asked for */
	size_t files;			/* that go along, or came along */
	int64_t hold_until;		/* of the preservation it names; 0: none known here */
	const struct law_status *law;	/* who is party to what; NULL: as the release has it */
};
/*
 * a is of class ACT_IS_REQUEST; a draft too.  Looks at basis (binds both States on the
 * day, has a row for the measure), needed fields under that row, conditional ones,
 * offence scope (dual criminality is not asked for preservation, Article 42(4)),
 * identifiers, time window (S12), secrecy with reasons and end (S04), bulk limits
 * (S12), intent of a preservation (42(3)(f)), expiry.  Per-kind rules are in
 * policy/KIND.c behind a table with one line a kind.
 *
 * Without a basis the fields asked are those of the one we suggest, and none of them
 * is a treaty's yet.  Days are measured on the day the request was made when it came
 * in, else now.  What the act itself follows stands for the field related_request.
 */
void request_check(const struct act *a, const struct request_facts *f,
    struct request_findings *out);

/*
 * May a request that came in be said yes to, executed, handed over on?  The reason and
 * the sentence are those of the first finding that bars it, and live in *found.  What of
 * form alone is missing bars nothing: it may be asked for, or done without.  What a
 * safeguard asks for bars, as does a basis that binds not; fields that a safeguard works
 * with bar when they are missing, unless data are only held (Article 42(4)) or it is a paper.
 */
struct verdict request_yes_decide(const struct request_findings *found);

struct send_facts {
	int64_t now;
	bool nobody;				/* a State, and no authority of it is known */
	bool training, peer_training;
	bool peer_confirmed, peer_revoked;	/* paper correspondents: confirmed, by a person */
	bool peer_key_revoked;			/* each certificate on its card */
	int64_t peer_valid_from, peer_valid_to;
	int64_t own_valid_from, own_valid_to;	/* of our card */
	int64_t certificate_from, certificate_to;
	int64_t expires_at;			/* of the act; 0 none */
	size_t stops;				/* of request_check; 0 for other classes */
};
/* May this act of ours leave for that peer?  Every kind goes through here. */
struct verdict send_decide(const struct send_facts *f);
/* A draft to whom nothing may go is told so while it is written. */
void receiver_check(const struct send_facts *f, struct request_findings *out);

/* ---- the thread: what may follow what ---- */

enum request_state {
	STATE_DRAFT,
	STATE_SENT,			/* ours: out, no receipt yet; */
	STATE_RECEIVED,			/* theirs: here; ours: their receipt is here */
	STATE_NEEDS_INFO,		/* a question is open */
	STATE_CONSULTING,		/* before a no: what stands in the way (Article 40(28)) */
	STATE_ACCEPTED,
	STATE_ACCEPTED_WITH_CONDITIONS,
	STATE_POSTPONED,		/* not now, with reasons (Article 40(27)) */
	STATE_EXECUTING,		/* theirs only: worked on; the other side sees a yes */
	STATE_REFUSED,
	STATE_DELIVERED,		/* evidence went over; more may follow */
	STATE_ACKNOWLEDGED,		/* it was looked at and does: the end, on both sides */
	STATE_WITHDRAWN,
	STATE_CLOSED,
	REQUEST_STATES
};
const char *request_state_name(enum request_state s);	/* "needs_info" */
bool request_state_parse(const char *name, enum request_state *out);

/* Nothing more is expected here: local, the other side is told nothing. */
struct close_facts {
	bool ours;
	enum act_kind request;
	enum request_state state;
	bool reason;			/* one was stated, by its code */
};
struct verdict close_decide(const struct close_facts *f);
bool request_state_open(enum request_state s);		/* something may still come */
bool request_state_agreed(enum request_state s);	/* a yes, and no evidence went over yet */

enum thread_side { SIDE_ASKS, SIDE_IS_ASKED };

struct thread_facts {
	enum act_kind request;		/* kind of the thread's request */
	enum request_state state;
	enum thread_side by;		/* who makes the act: the asking side or the asked one */
	enum act_kind act;
	int64_t now;
	int64_t request_expires_at;	/* 0 none; ends acting on a request, not delivering */
	bool incoming;			/* it came in; false: we are about to make it */
	bool overtaken;			/* made before one of theirs that is here already and
					   of which act_kind_overtakes is true */
	bool same_parties;		/* from and to are the two of the thread */
	bool follows_request;		/* `follows` names the thread's request ... */
	bool follows_known;		/* ... and nothing outside this thread */
};
struct thread_step {
	struct verdict verdict;
	enum request_state next;	/* == state when refused */
};
/*
 * May the requested side begin to work on it?  Local: the other side is told nothing, and
 * learns it from the answer to a status_query.  A hand-over asks the same guards, so that
 * none is left out by not saying "execute".  Expired requests are not executed.
 */
struct execute_facts {
	enum act_kind request;
	enum request_state state;
	bool ours;
	int64_t now, request_expires_at;	/* 0 none */
	bool hands_over;		/* asked for a hand-over: the state is thread_decide's */
	const struct request_findings *found;	/* in it as it stands; NULL: not looked for */
	bool authorised;		/* a domestic order, or another, is on file (S06) */
	bool unmapped;			/* nobody says which offence it is on both sides (S02) */
	bool waived;			/* a named officer waived that, with reasons on file */
	bool flagged;			/* persecution was looked for and found (S03) */
	bool heightened;		/* that State is read with more care (policy/guard.h) */
	unsigned persons;		/* who signed that it goes on, the one at work too */
	bool assurance_wanted;		/* our yes has a condition that asks for one (S22) */
	bool assurance_given;		/* and they replied to it */
};
/*
 * "execute.granted"; "execute.theirs", "execute.state", "thread.expired", those of
 * request_yes_decide (found outlives the verdict), "execute.authorisation",
 * "execute.dual-criminality", "execute.persecution", "execute.heightened",
 * "execute.assurance".
 */
struct verdict execute_decide(const struct execute_facts *f);
/*
 * S02: data go over on it, and neither an article of the Convention nor an offence in the
 * law of the State that is asked is named, nor is it stated that it is one in both.  Never
 * of a preservation (Article 42(4)), nor under a basis that does not ask for it.
 */
bool request_unmapped(const struct act *a, const struct law_basis *b);
/* Yes, no, not now, or the evidence: what was said before it counts no more. */
bool act_kind_overtakes(enum act_kind kind);
/* Data of this kind may be the content of communications (S06). */
bool act_kind_is_content(enum act_kind kind);
/* Article 40(28), P02: a no to it, or a postponement, comes after a consultation. */
bool act_kind_consults(enum act_kind kind);

/*
 * One row of the table in policy/thread.c a lawful step; all else is refused with its
 * reason ("thread.not-in-this-state", "thread.not-by-this-side", "thread.splice", ...).
 */
struct thread_step thread_decide(const struct thread_facts *f);
/*
 * A request that opens a thread is a step too: from DRAFT, by the asking side, to SENT
 * when we make it and to RECEIVED when it came in (its own `follows` are not looked
 * at).  An act that was made before one that is here already ("thread.came-late") is
 * allowed when it came in: kept, and the state stays.
 * The table as Markdown: doc/states.md is this, the holds (policy/hold.h), and who of an
 * office makes each step, which is printed from this table and from policy/people.h.
 */
MUST bool thread_table_print(struct buf *out, struct err *err);
/* Is this act, in some state, a step of such a request that is made (not only taken in)? */
bool thread_step_is_made(enum act_kind request, enum act_kind act);
MUST bool thread_people_print(struct buf *out, struct err *err);

/* ---- codes ---- */

/*
 * The first code in these fields that is none of those the law's table means for the
 * field (codes are read aloud in another language: a word of somebody's own is not).
 * What came in may have others: a newer table there.
 */
struct code_unknown {
	const struct law_field *field;
	char code[72];
};
bool codes_unknown(const struct fields *fs, struct code_unknown *out);

/* ---- answers ---- */

struct answer_facts {
	const struct act *request;
	const struct act *answer;	/* granted, ..., refused, question, reply, withdrawn */
	int64_t now;
	char from_state[3], to_state[3];
	bool incoming;			/* an answer that came in is never lost for a rule: warns */
	bool consulted;			/* a consultation of who answers is in the thread */
	const char *waived;		/* why there was none: a code; NULL: not waived */
	bool agreed;			/* a reply: the request has its yes */
	const struct act *question;	/* a reply: to this one, open now; NULL none */
	const struct law_status *law;	/* as in request_facts */
};
/*
 * May this reply set the fields that it sets?  None after a yes, which was given to the
 * request as it stood; and those that the question names, when it names any.  Reads answer,
 * agreed, question and incoming.  "answer.reply-after-yes", "answer.reply-not-asked".
 */
struct verdict reply_fields_decide(const struct answer_facts *f);
/* Does this question name it?  One that names none leaves it open. */
bool question_asks(const struct act *question, const struct law_field *field);
/*
 * Grounds are in the menu of the basis the request names; reasons are given (P01,
 * 40(25)); a granted preservation says from when and to when it holds, at least as
 * long as the treaty asks (D02, D31: 60 days); conditions are there when promised.
 */
struct verdict answer_decide(const struct answer_facts *f);
/* Why nobody was consulted: "urgent;law_forbids;consulted_otherwise;no_reply". */
extern const char consultation_waivers[];

/* ---- use and passing on (Articles 36(3), 40(19)) ---- */

struct onward_facts {
	bool received;			/* the evidence came from another authority */
	bool to_origin;			/* it goes back to who sent it */
	bool consent;			/* a grant of use_consent by who sent it, over this act */
	bool consent_on_paper;		/* none is signed by them: one was noted by us */
	bool consent_revoked;
	bool consent_names_receiver;	/* for that recipient or its State */
	int64_t consent_until;		/* 0 no end */
	int64_t now;
};
struct verdict onward_decide(const struct onward_facts *f);

/* ---- incoming acts of every class, before the thread is looked at ---- */

struct incoming_facts {
	bool sealed;			/* came as a parcel */
	bool for_us, from_us;
	bool training, exercise;
	bool sender_known;		/* who: KNOWN through a confirmed, unrevoked card */
	bool sender_revoked;
	bool state_agrees;		/* certificate's country is the State of `from` */
	bool expired;			/* expires_at has passed (evidence, answers: still good) */
	enum act_kind kind;
	int64_t made_at, now;		/* made in the future by more than a day: not taken */
};
struct verdict incoming_decide(const struct incoming_facts *f);

#endif
