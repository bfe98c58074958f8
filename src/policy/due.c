/* What is due: a function a rule, and one table that names every row of the law's. */
#include <string.h>

#include "policy/due.h"

#define HOUR 3600
#define DAY_SECONDS 86400

/* ---- names ---- */

static const struct { const char *name, *words; } whats[DUE_WHATS] = {
	[DUE_ACKNOWLEDGE] = { "acknowledge", "a first answer" },
	[DUE_EMERGENCY] = { "emergency", "a person's first word" },
	[DUE_ANSWER] = { "answer", "the answer, on the day that was asked for" },
	[DUE_WRITTEN] = { "written", "the oral request in writing" },
	[DUE_HOLD_FOREIGN] = { "hold_foreign", "the hold ends" },
	[DUE_HOLD_DOMESTIC] = { "hold_domestic", "the provider's order ends" },
	[DUE_SECRECY] = { "secrecy", "the secrecy ends" },
	[DUE_REVIEW] = { "review", "the disclosure is reviewed" },
	[DUE_FREEZE_REQUEST] = { "freeze_request", "the request after the alert" },
	[DUE_REMOVE_CHECK] = { "remove_check", "the notice is checked" },
	[DUE_REMOVE_SEND] = { "remove_send", "the notice is sent" },
	[DUE_REMOVE_RECEIPT] = { "remove_receipt", "the receipt of the notice" },
	[DUE_REMOVE_ANSWER] = { "remove_answer", "the answer to the notice" },
	[DUE_SIGNATURE] = { "signature", "a second signature" },
	[DUE_CARD] = { "card", "the card ends" },
	[DUE_NOTICE] = { "notice", "the person is told of the measure" },
	[DUE_EMERGENCY_REQUEST] = { "emergency_request", "the formal request after the emergency" },
};

const char *
due_what_name(enum due_what w)
{
	return whats[w].name;
}

const char *
due_what_words(enum due_what w)
{
	return whats[w].words;
}

const char *
due_stage_name(enum due_stage s)
{
	static const char *const names[DUE_STAGES] = { "arrival", "half", "day",
		"two_hours", "overdue" };

	return names[s];
}

/* ---- stages and reminders ---- */

enum due_stage
due_stage_of(int64_t from, int64_t at, int64_t now)
{
	if (now > at)
		return STAGE_OVERDUE;
	if (now < from)
		return STAGE_ARRIVAL;
	if (at - now <= 2 * HOUR)
		return STAGE_TWO_HOURS;
	if (at - now <= DAY_SECONDS && at - from > DAY_SECONDS)
		return STAGE_DAY;
	return now - from >= at - now ? STAGE_HALF : STAGE_ARRIVAL;
}

/* In order, none twice, none outside of what runs. */
static void
alarm_add(struct due *d, int64_t at)
{
	size_t i = d->alarms_n;

	if (at < d->from || at > d->at || i == DUE_ALARMS_MAX)
		return;
	for (size_t k = 0; k < i; k++)
		if (d->alarms[k] == at)
			return;
	for (; i > 0 && d->alarms[i - 1] > at; i--)
		d->alarms[i] = d->alarms[i - 1];
	d->alarms[i] = at;
	d->alarms_n++;
}

struct due
due_one(enum due_what what, int64_t from, int64_t at, bool ours, int64_t now)
{
	struct due d = { .what = what, .from = from < at ? from : at, .at = at,
		.ours = ours };

	d.stage = due_stage_of(d.from, at, now);
	alarm_add(&d, at);
	alarm_add(&d, at - 2 * HOUR);
	alarm_add(&d, at - DAY_SECONDS);
	alarm_add(&d, d.from + (at - d.from) / 2);
	return d;
}

static struct due *
due_add(struct dues *out, const struct due_facts *f, enum due_what what,
    const char *rule, int64_t from, int64_t at, bool ours)
{
	struct due *d;

	if (at == 0 || out->n == DUES_MAX)
		return NULL;
	d = &out->list[out->n++];
	*d = due_one(what, from, at, ours, f->now);
	d->rule = rule == NULL ? NULL : law_deadline(rule);
	d->request = f->number;
	return d;
}

/* The rule's own length from there, by the calendar of whoever owes. */
static void
rule_add(struct dues *out, const struct due_facts *f, enum due_what what,
    const char *rule, int64_t from, bool ours)
{
	const struct law_deadline *d = law_deadline(rule);

	if (from != 0 && d != NULL)
		(void)due_add(out, f, what, rule, from,
		    law_deadline_end(d, from, ours ? f->us : f->them), ours);
}

/* ---- one function a rule ---- */

/* When it reached whoever is asked: here it came in, or it went out. */
static int64_t
started(const struct due_facts *f)
{
	return f->ours ? f->sent_at : f->opened_at;
}

static void
answer_owed(const struct due_facts *f, struct dues *out)
{
	if (f->owed_by_day)
		(void)due_add(out, f, DUE_ANSWER, "D05", started(f), f->owed_at,
		    f->owed_ours);
	else
		(void)due_add(out, f, DUE_ACKNOWLEDGE, "D61",
		    f->owed_at - law_deadline_at(law_deadline("D61"), 0), f->owed_at,
		    f->owed_ours);
}

static void
emergency_owed(const struct due_facts *f, struct dues *out)
{
	if (f->kind != ACT_EMERGENCY_DATA)
		return;
	if (f->answered_at == 0)
		rule_add(out, f, DUE_EMERGENCY, "D60", started(f), !f->ours);
	else if (f->state == STATE_DELIVERED)	/* from the first answer on: never too late */
		rule_add(out, f, DUE_REVIEW, "D64", f->answered_at, !f->ours);
}

/* "At once": it is late from the first second on, until it is done. */
static void
written_owed(const struct due_facts *f, struct dues *out)
{
	if (f->written_owed)
		(void)due_add(out, f, DUE_WRITTEN, "D06", f->spoken_at, f->spoken_at,
		    f->written_ours);
}

/* Never longer than 90 days, whatever end was asked for (S04). */
static void
secrecy_ends(const struct due_facts *f, struct dues *out)
{
	const struct law_deadline *d = law_deadline("D62");
	int64_t last;

	if (f->secrecy_from == 0)
		return;
	last = law_deadline_end(d, f->secrecy_from, f->ours ? f->us : f->them);
	if (f->secrecy_until != 0 && f->secrecy_until < last)
		last = f->secrecy_until;
	(void)due_add(out, f, DUE_SECRECY, "D62", f->secrecy_from, last, f->ours);
}

static void
removal_owed(const struct due_facts *f, struct dues *out)
{
	const char *check = f->urgent ? "D65" : "D66";
	int64_t checked;

	if (f->kind != ACT_REMOVE_CONTENT || f->answered_at != 0)
		return;
	if (f->state == STATE_DRAFT) {
		checked = law_deadline_at(law_deadline(check), f->opened_at);
		rule_add(out, f, DUE_REMOVE_CHECK, check, f->opened_at, true);
		if (!f->urgent)
			rule_add(out, f, DUE_REMOVE_SEND, "D67", checked, true);
	} else if (f->ours && f->receipted_at == 0) {
		rule_add(out, f, DUE_REMOVE_RECEIPT, "D68", f->sent_at, false);
	} else {
		rule_add(out, f, DUE_REMOVE_ANSWER, "D69",
		    f->ours ? f->receipted_at : f->opened_at, !f->ours);
	}
}

/* The alert itself is closed with its receipt; what it announced is owed all the same. */
static void
freeze_owed(const struct due_facts *f, struct dues *out)
{
	const struct law_deadline *d = law_deadline("D75");

	if (f->kind == ACT_FREEZE_ALERT && !f->followed && started(f) != 0 &&
	    f->state != STATE_WITHDRAWN && f->state != STATE_REFUSED &&
	    f->now <= law_deadline_at(d, started(f)) + DUE_LAPSED_SHOWN)
		rule_add(out, f, DUE_FREEZE_REQUEST, "D75", started(f), f->ours);
}

/* Data went over in haste: what came first is put into a request that can be read in court. */
static void
emergency_follows(const struct due_facts *f, struct dues *out)
{
	const struct law_deadline *d = law_deadline("D79");

	if (f->kind == ACT_EMERGENCY_DATA && !f->followed && f->answered_at != 0 &&
	    (f->state == STATE_DELIVERED || f->state == STATE_ACKNOWLEDGED ||
	    f->state == STATE_CLOSED) &&
	    f->now <= law_deadline_at(d, f->answered_at) + DUE_LAPSED_SHOWN)
		rule_add(out, f, DUE_EMERGENCY_REQUEST, "D79", f->answered_at, f->ours);
}

void
due_request(const struct due_facts *f, struct dues *out)
{
	out->n = 0;
	freeze_owed(f, out);
	emergency_follows(f, out);
	if (!request_state_open(f->state))
		return;
	removal_owed(f, out);
	if (f->state == STATE_DRAFT)
		return;
	answer_owed(f, out);
	emergency_owed(f, out);
	written_owed(f, out);
	secrecy_ends(f, out);
}

/* ---- holds ---- */

/* 21, 7 and 2 days before, on a day on which somebody is there to read it. */
static void
warnings_add(struct due *d, const struct calendar *c, int64_t now)
{
	static const char *const rules[] = { "D63", "D76", "D77" };

	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
		const struct law_deadline *r = law_deadline(rules[i]);
		int64_t at = calendar_working_before(c, law_deadline_end(r, d->at, c));

		/* a hold shorter than its warning is warned of when it begins */
		at = at < d->from ? d->from : at;
		alarm_add(d, at);
		if (now >= at)
			d->warning = r;
	}
}

static void
hold_add(const struct due_hold_facts *f, enum due_what what,
    const struct law_deadline *rule, int64_t at, bool ours, struct dues *out)
{
	struct due *d;

	if (at == 0)
		return;
	d = &out->list[out->n++];
	*d = due_one(what, f->effected_at != 0 ? f->effected_at : at, at, ours,
	    f->hold.now);
	d->rule = rule;
	d->request = f->number;
	/* Each side is warned on its own working days. */
	warnings_add(d, f->us, f->hold.now);
}

void
due_hold(const struct due_hold_facts *f, struct dues *out)
{
	out->n = 0;
	if (!hold_state_holds(f->hold.state) && !hold_lapsed_too_soon(&f->hold))
		return;
	if (f->hold.state != HOLD_BOUND)
		hold_add(f, DUE_HOLD_FOREIGN, f->rule, f->hold.until, f->hold.ours, out);
	if (!f->hold.ours)
		hold_add(f, DUE_HOLD_DOMESTIC, law_deadline("D01"), f->hold.domestic_until,
		    true, out);
}

/* ---- every row of the law's table ---- */

enum due_use
due_use_of(const char *rule)
{
	static const struct { enum due_use use; const char *rules; } uses[] = {
		{ USE_CLOCK, "D01;D02;D03;D05;D06;D30;D31;D60;D61;D62;D64;D65;D66;D67;D68;"
		    "D69;D75;D79" },
		{ USE_WARNING, "D63;D76;D77" },
		{ USE_RULE, "D08;D09;D11;D78" },
		{ USE_FORCE, "D13;D14;D15;D16;D17;D18;D19;D20" },
		{ USE_STANDARD, "D04;D10;D36" },
		/* extradition and transfers are pages; other instruments have no kind */
		{ USE_ELSEWHERE, "D07;D12;D32;D33;D34;D35;D40;D41;D42;D43;D44;D45;D46;D47;"
		    "D50;D51;D52;D53;D55" },
	};

	for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++)
		if (law_list_has(uses[i].rules, rule))
			return uses[i].use;
	return USE_UNKNOWN;
}
