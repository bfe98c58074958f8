/* Who was the subject of a secret request is told of it when the secrecy is over (S05). */
#include <string.h>

#include "policy/check.h"
#include "policy/guard.h"

const char notice_reasons[] = "inquiry_harmed;danger;court_order;not_found;asked";
const char notice_ways[] =
    "letter;in_person;lawyer;court;provider;other_authority;nothing_done";

static struct verdict
refuse(const char *reason, const char *text)
{
	return (struct verdict){ false, reason, text };
}

const char *
notice_state_name(enum notice_state s)
{
	static const char *const names[NOTICE_STATES] = { "secret", "due", "doubt", "done" };

	return names[s];
}

enum notice_state
notice_state_of(const struct notice_facts *f)
{
	if (f->done_at != 0)
		return NOTICE_DONE;
	if (f->now < f->since - DAY)
		return NOTICE_DOUBT;
	return f->now > f->until ? NOTICE_DUE : NOTICE_SECRET;
}

int64_t
notice_end(int64_t wished, int64_t made_at, int64_t at)
{
	int64_t last = law_deadline_at(law_deadline("D62"), made_at > at ? made_at : at);

	return wished != 0 && wished < last ? wished : last;
}

unsigned
notice_persons(const struct fields *fs)
{
	static const char *const names[] = { "persons", "identifiers", "system_or_account" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct field *f = fields_find(fs, names[i]);

		if (f != NULL && f->n > 0)
			return (unsigned)f->n;
	}
	return 1;
}

static struct verdict
step(void)
{
	return (struct verdict){ true, "notice.step", "" };
}

struct verdict
notice_defer_decide(const struct notice_facts *f)
{
	if (f->done_at != 0)
		return refuse("notice.done",
		    "The person was told already: what is known cannot be secret again.");
	if (f->code == NULL || !law_list_has(notice_reasons, f->code))
		return refuse("notice.reason",
		    "A notice is put off for a reason only: inquiry_harmed, danger, court_order, not_found, or asked (by the other side) (S04).");
	if (f->wished <= f->now)
		return refuse("notice.past",
		    "The day it is put off to lies in the past. Name a later one, or tell the person now.");
	if (f->wished > law_deadline_at(law_deadline("D62"), f->now))
		return refuse("notice.long",
		    "A notice is put off for 90 days at most, and then again with reasons: no secrecy is without end (S04, D62).");
	return step();
}

struct verdict
notice_done_decide(const struct notice_facts *f)
{
	enum notice_state s = notice_state_of(f);
	bool nothing = f->code != NULL && strcmp(f->code, "nothing_done") == 0;

	if (s == NOTICE_DONE)
		return refuse("notice.done", "The person was told already; nothing was changed.");
	if (f->code == NULL || !law_list_has(notice_ways, f->code))
		return refuse("notice.way",
		    "Say how the person was told: letter, in_person, lawyer, court, provider, other_authority; or nothing_done, when the request was refused or withdrawn.");
	if (nothing)
		return f->nothing_done ? step() : refuse("notice.measure",
		    "Something was done on this request, or still may be: the person is told, or the notice is put off with a reason.");
	if (s == NOTICE_DOUBT)
		return refuse("notice.doubt",
		    "The clock of this machine stands before the day on which the notice was written: one of the two is wrong. Look at the clock first; nothing was changed.");
	if (s == NOTICE_SECRET)
		return refuse("notice.secret",
		    "The secrecy still runs. If it was lifted, say so with --lifted; nothing was changed.");
	return step();
}
