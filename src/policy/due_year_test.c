/*
 * A year of three States whose clocks fail: for days on end one is ten years fast, ten
 * years slow, or hours off, and offices do not look for days.  Two looks a day.  Shown:
 * nobody's hold ends unless both sides were warned before; what is owed is listed at each
 * look whatever the clock says, at the same instant, and as late once it is; and the same
 * seed makes the same year.  COMITY_LONG=1: a hundred seeds more.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "law/status.h"
#include "policy/due.h"

#define BEGIN 1796083200LL	/* 1 Dec 2026 */
#define DAY_S 86400LL
#define STEP (DAY_S / 2)
#define LOOKS 730
#define STATES 3
#define HOLDS 12
#define REQUESTS 16
#define TEN_YEARS (3652 * DAY_S)
#define BAD_LOOKS_MAX 10	/* five days until somebody mends the clock */
#define AWAY_LOOKS_MAX 6	/* three days: a long weekend */

struct office {
	struct calendar calendar;
	int64_t error;			/* of its clock now */
	unsigned bad, away;		/* looks that are left of it */
};

struct side {
	struct hold_facts facts;
	bool warned, late;
};

struct held {
	unsigned who[2];		/* asks, holds */
	int64_t effected_at;
	struct side side[2];
	unsigned life;			/* 0 nothing comes, 1 an extension, 2 it is bound */
	bool over;
};

struct asked {
	unsigned who[2];
	int64_t at, due_at, done_at;
	bool late[2];
};

struct year {
	uint64_t seed, hash;
	struct office offices[STATES];
	struct held holds[HOLDS];
	struct asked asked[REQUESTS];
	unsigned lapses, lates;
};

static uint64_t
roll(struct year *y, uint64_t n)
{
	y->seed ^= y->seed << 13;
	y->seed ^= y->seed >> 7;
	y->seed ^= y->seed << 17;
	return y->seed % n;
}

static void
note(struct year *y, uint64_t v)
{
	y->hash = (y->hash ^ v) * 1099511628211u;
}

static void
pair_choose(struct year *y, unsigned who[2])
{
	who[0] = (unsigned)roll(y, STATES);
	who[1] = (who[0] + 1 + (unsigned)roll(y, STATES - 1)) % STATES;
}

static void
year_make(struct year *y, uint64_t seed)
{
	static const char *const states[STATES] = { "XA", "XB", "XC" };

	*y = (struct year){ .seed = seed * 0x9e3779b97f4a7c15u + 1,
		.hash = 14695981039346656037u };
	for (unsigned i = 0; i < STATES; i++)
		law_calendar(NULL, states[i], NULL, &y->offices[i].calendar);
	for (unsigned i = 0; i < HOLDS; i++) {
		struct held *h = &y->holds[i];

		pair_choose(y, h->who);
		h->effected_at = BEGIN + (int64_t)roll(y, 290 * DAY_S);
		h->life = (unsigned)roll(y, 3);
		for (int s = 0; s < 2; s++)
			h->side[s].facts = (struct hold_facts){ .ours = s == 0,
				.state = HOLD_EFFECTIVE, .until =
				law_deadline_end(law_deadline("D02"), h->effected_at,
				&y->offices[h->who[1]].calendar) };
		h->side[1].facts.domestic_until = law_deadline_end(law_deadline("D01"),
		    h->effected_at, &y->offices[h->who[1]].calendar);
	}
	for (unsigned i = 0; i < REQUESTS; i++) {
		struct asked *a = &y->asked[i];

		pair_choose(y, a->who);
		a->at = BEGIN + (int64_t)roll(y, 340 * DAY_S);
		a->due_at = law_deadline_at(law_deadline("D61"), a->at);
		a->done_at = a->at + (int64_t)roll(y, 5 * DAY_S);
	}
}

static void
clocks_turn(struct year *y)
{
	static const int64_t errors[] = { TEN_YEARS, -TEN_YEARS, 5 * 3600, -5 * 3600 };

	for (unsigned i = 0; i < STATES; i++) {
		struct office *o = &y->offices[i];

		if (o->bad > 0 && --o->bad == 0)
			o->error = 0;
		if (o->away > 0)
			o->away--;
		if (o->bad == 0 && roll(y, 40) == 0) {
			o->bad = 1 + (unsigned)roll(y, BAD_LOOKS_MAX);
			o->error = errors[roll(y, 4)];
		}
		if (o->away == 0 && roll(y, 30) == 0)
			o->away = 1 + (unsigned)roll(y, AWAY_LOOKS_MAX);
	}
}

/* What happens to it besides: the same act on both sides. */
static void
hold_lives(struct held *h, int64_t now)
{
	enum hold_event event = h->life == 1 ? HOLD_LONGER : HOLD_NAME;

	if (h->life == 0 || now < h->effected_at + 30 * DAY_S)
		return;
	for (int s = 0; s < 2; s++) {
		struct hold_facts *f = &h->side[s].facts;
		struct hold_step step;

		f->event = event;
		f->incoming = s == 0;
		f->now = now;
		step = hold_decide(f);
		assert_true(step.verdict.allow);
		f->state = step.next;
		if (event == HOLD_LONGER)
			f->until += 20 * DAY_S;
	}
	h->life = 0;
}

static void
hold_look_at(struct year *y, struct held *h, int s, int64_t now)
{
	const struct office *o = &y->offices[h->who[s]];
	struct due_hold_facts f = { .hold = h->side[s].facts, .number = 1,
		.rule = law_deadline("D02"), .effected_at = h->effected_at,
		.us = &o->calendar, .them = &y->offices[h->who[!s]].calendar };
	struct dues dues;

	if (o->away > 0)
		return;
	f.hold.now = now + o->error;
	due_hold(&f, &dues);
	for (size_t i = 0; i < dues.n; i++) {
		h->side[s].warned = h->side[s].warned || dues.list[i].warning != NULL;
		h->side[s].late = h->side[s].late || dues.list[i].stage == STAGE_OVERDUE;
		note(y, (uint64_t)dues.list[i].at);
		note(y, (uint64_t)dues.list[i].stage);
	}
}

/* By true time, whatever the clocks say: this is what must not come unannounced. */
static void
hold_ends(struct year *y, struct held *h, int64_t now)
{
	struct hold_facts f = h->side[1].facts;
	enum hold_event which;

	f.now = now;
	if (!hold_over(&f, &which))
		return;
	h->over = true;
	y->lapses++;
	if (!h->side[1].warned)
		fail_msg("a hold ended, and who holds it was not warned");
	/* of the domestic clock who asked knows nothing: theirs is the foreign one */
	if (which == HOLD_FOREIGN_ENDS && !h->side[0].warned)
		fail_msg("a hold ended, and who asked for it was not warned");
}

static void
asked_look_at(struct year *y, struct asked *a, int s, int64_t now)
{
	const struct office *o = &y->offices[a->who[s]];
	struct due_facts f = { .kind = ACT_SUBSCRIBER, .ours = s == 0,
		.state = s == 0 ? STATE_SENT : STATE_RECEIVED, .number = 1,
		.now = now + o->error, .opened_at = a->at, .sent_at = a->at,
		.owed_at = a->due_at, .owed_ours = s == 1, .us = &o->calendar,
		.them = &y->offices[a->who[!s]].calendar };
	struct dues dues;

	if (o->away > 0)
		return;
	due_request(&f, &dues);
	assert_int_equal(dues.n, 1);
	assert_int_equal(dues.list[0].at, a->due_at);
	assert_int_equal(dues.list[0].ours, s == 1);
	if (o->error == 0)
		assert_int_equal(dues.list[0].stage == STAGE_OVERDUE, now > a->due_at);
	if (dues.list[0].stage == STAGE_OVERDUE && !a->late[s]) {
		a->late[s] = true;
		y->lates++;
	}
	note(y, (uint64_t)dues.list[0].stage);
}

static void
year_run(struct year *y, uint64_t seed)
{
	year_make(y, seed);
	for (int64_t look = 0; look < LOOKS; look++) {
		int64_t now = BEGIN + look * STEP;

		clocks_turn(y);
		for (unsigned i = 0; i < HOLDS; i++) {
			struct held *h = &y->holds[i];

			if (h->over || now < h->effected_at)
				continue;
			hold_lives(h, now);
			hold_ends(y, h, now);
			for (int s = 0; s < 2 && !h->over; s++)
				hold_look_at(y, h, s, now);
		}
		for (unsigned i = 0; i < REQUESTS; i++)
			for (int s = 0; s < 2; s++)
				if (now >= y->asked[i].at && now < y->asked[i].done_at)
					asked_look_at(y, &y->asked[i], s, now);
	}
}

static void
no_hold_ends_unannounced_and_nothing_owed_is_missed(void **state)
{
	uint64_t seeds = getenv("COMITY_LONG") != NULL ? 200 : 100;
	unsigned lapses = 0, lates = 0;
	struct year y;

	(void)state;
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		year_run(&y, seed);
		lapses += y.lapses;
		lates += y.lates;
	}
	/* the years were not empty */
	assert_true(lapses > 500);
	assert_true(lates > 500);
}

static void
the_same_seed_makes_the_same_year(void **state)
{
	struct year a, b;

	(void)state;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		year_run(&a, seed);
		year_run(&b, seed);
		assert_true(a.hash == b.hash);
	}
	year_run(&b, 4);
	assert_true(a.hash != b.hash);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_hold_ends_unannounced_and_nothing_owed_is_missed),
		cmocka_unit_test(the_same_seed_makes_the_same_year),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
