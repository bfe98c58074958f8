/* May we say yes to what they ask?  The rules of sending, run again on what came in. */
#include <string.h>

#include "flow/execute.h"
#include "flow/guards.h"
#include "flow/journey.h"
#include "flow/people.h"

#define REPLIES_MAX 64		/* of one thread: a question is asked in each */

/*
 * What counts of a reply: nothing after a yes, and of fields only those that its question
 * names.  Who asks cannot change what was agreed to, nor we what they asked for.
 */
struct reply_to {
	struct digest reply, question;
	bool has_question;
};
struct replies {
	struct reply_to list[REPLIES_MAX];
	size_t n;
	struct digest question;		/* ours that is open */
	bool has_question, agreed;
};

static void
said_look(struct replies *r, const struct docket_act *a, enum act_kind kind)
{
	if (kind == ACT_GRANTED || kind == ACT_GRANTED_WITH_CONDITIONS ||
	    kind == ACT_DELIVERED)
		r->agreed = true;
	if (kind == ACT_POSTPONED)
		r->agreed = false;
	if (kind == ACT_QUESTION || kind == ACT_CONSULTATION) {
		r->has_question = kind == ACT_QUESTION;
		r->question = a->act;
	}
}

static bool
reply_look(void *arg, const struct docket_act *a, struct err *err)
{
	struct replies *r = arg;
	enum act_kind kind;

	if (a->other || !act_kind_parse(a->kind, &kind))
		return true;
	if (a->direction == ACT_OUT)
		said_look(r, a, kind);
	if (a->direction != ACT_IN || kind != ACT_REPLY || r->agreed)
		return true;
	if (r->n == REPLIES_MAX)
		return err_set(err, ERR_LIMIT, "request.replies",
		    "the thread has more than %d replies: ask for a new request",
		    REPLIES_MAX);
	r->list[r->n++] = (struct reply_to){ a->act, r->question, r->has_question };
	return true;
}

static bool
unasked_drop(struct flow *f, const struct reply_to *r, struct fields *fs, struct err *err)
{
	struct act question;

	if (!r->has_question || fs->n == 0)
		return true;
	if (!act_open(f, &r->question, &question, err))
		return false;
	for (size_t i = fs->n; i-- > 0;)
		if (!question_asks(&question, fs->list[i].law))
			(void)fields_remove(fs, fs->list[i].law->name);
	act_clear(&question);
	return true;
}

/*
 * The reply's fields take the place of the request's.  But a life that was said to be at
 * risk stays said: nobody takes the call to the card back by a reply (S15).
 */
static bool
reply_overlay(struct act *to, struct act *reply, struct err *err)
{
	struct fields *was = &to->body.request.fields, *now = &reply->body.answer.fields;

	if (life_is_at_risk(was) && !life_is_at_risk(now))
		(void)fields_remove(now, "urgency");
	return fields_overlay(was, now, err);
}

static bool
replies_overlay(struct flow *f, const struct replies *r, struct act *to,
    struct err *err)
{
	for (size_t i = 0; i < r->n; i++) {
		struct act reply;
		bool ok;

		if (!act_open(f, &r->list[i].reply, &reply, err))
			return false;
		ok = unasked_drop(f, &r->list[i], &reply.body.answer.fields, err) &&
		    reply_overlay(to, &reply, err);
		act_clear(&reply);
		if (!ok)
			return false;
	}
	return true;
}

/* Which rules it goes by is read from what they signed, not from our row of it. */
static bool
is_the_kind(const struct docket_request *row, const struct act *a, struct err *err)
{
	return strcmp(row->kind, act_kind_name(a->kind)) == 0 || err_set(err, ERR_UNPROVEN,
	    "docket.damaged",
	    "the docket calls request %u a %s, and it is signed as a %s: make the docket anew with: comity rebuild",
	    row->number, row->kind, act_kind_name(a->kind));
}

bool
request_stands(struct flow *f, const struct docket_request *row, struct act *out,
    struct request_findings *found, struct err *err)
{
	struct replies *r = mem_new(sizeof *r, err);
	struct docket *d = NULL;
	struct other_side side;
	struct act a;
	bool ok;

	if (r == NULL)
		return false;
	act_init(&a, ACT_PRESERVE);
	other_side_init(&side);
	ok = desk_open(f, true, &d, err) && other_side_of(f, d, row, &side, err) &&
	    docket_request_acts(d, row->number, reply_look, r, err);
	docket_close(d);
	ok = ok && act_open(f, &row->act, &a, err) && is_the_kind(row, &a, err) &&
	    replies_overlay(f, r, &a, err) &&
	    draft_check(f, &a, side.state, true, found, err);
	if (ok) {
		act_clear(out);
		*out = a;
	} else {
		act_clear(&a);
	}
	other_side_clear(&side);
	mem_free(r);
	return ok;
}

/* The finding's own sentence; what it lacks is asked for, and a reply mends it. */
static bool
yes_verdict(const struct request_findings *found, unsigned number, struct err *err)
{
	struct verdict v = request_yes_decide(found);

	return v.allow || err_set(err, ERR_REFUSED, v.reason,
	    "%s Nobody says yes to it so. Ask for what would mend it (comity request ask %u), or say no (comity request refuse %u).",
	    v.text, number, number);
}

bool
request_yes_ask(struct flow *f, const struct docket_request *row, enum people_act yes,
    bool assurance_asked, struct err *err)
{
	struct request_findings *found = mem_new(sizeof *found, err);
	struct act a;
	bool ok;

	if (found == NULL)
		return false;
	act_init(&a, ACT_PRESERVE);
	ok = request_stands(f, row, &a, found, err) &&
	    yes_verdict(found, row->number, err) &&
	    guard_ask(f, GUARD_YES, row, &a, yes, assurance_asked, err);
	act_clear(&a);
	mem_free(found);
	return ok;
}
