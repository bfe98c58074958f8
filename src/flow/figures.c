/* Figures: records counted into tables, then whatever is small is hidden. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "flow/figures.h"
#include "flow/execute.h"
#include "flow/inside.h"
#include "flow/journey.h"
#include "flow/ledger.h"
#include "flow/notices.h"
#include "flow/people.h"
#include "flow/record.h"

/* One thread as the records tell it; instants 0: not (in the period). */
struct thread {
	bool known, asked;
	char kind[32], phase[12];
	char state[3], peer[AUTHORITY_ID_MAX];
	int64_t start, times[FIGURES_TIMES];
};
struct counting {
	struct docket *d;
	struct figures *out;
	struct thread *threads;		/* by number; owned */
	size_t threads_n;
};

/* ---- tables ---- */

static struct figures_row *
row_of(struct figures_table *t, const char *key, const char *part, struct err *err)
{
	struct figures_row *rows;

	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->rows[i].key, key) == 0 && strcmp(t->rows[i].part, part) == 0)
			return &t->rows[i];
	if (t->n == FIGURES_ROWS_MAX) {
		(void)!err_set(err, ERR_LIMIT, "figures.rows",
		    "more than %d rows in one table of figures", FIGURES_ROWS_MAX);
		return NULL;
	}
	rows = mem_resize(t->rows, (t->n + 1) * sizeof *rows, err);
	if (rows == NULL)
		return NULL;
	t->rows = rows;
	rows = &t->rows[t->n++];
	memset(rows, 0, sizeof *rows);
	(void)snprintf(rows->key, sizeof rows->key, "%s", key);
	(void)snprintf(rows->part, sizeof rows->part, "%s", part);
	return rows;
}

static bool
row_add(struct figures_row *r, const int64_t *seconds, struct err *err)
{
	int64_t *more;

	if (r == NULL)
		return false;
	if (seconds != NULL) {
		more = mem_resize(r->seconds, (r->n + 1) * sizeof *more, err);
		if (more == NULL)
			return false;
		r->seconds = more;
		more[r->n] = *seconds;
	}
	r->n++;
	return true;
}

/* One more of key, of its part (NULL: it has none), and of all. */
static bool
table_add(struct figures_table *t, const char *key, const char *part,
    const int64_t *seconds, struct err *err)
{
	return row_add(row_of(t, key[0] != '\0' ? key : "none", "", err), seconds, err) &&
	    (part == NULL || row_add(row_of(t, key[0] != '\0' ? key : "none",
	    part[0] != '\0' ? part : "none", err), seconds, err)) &&
	    row_add(&t->total, seconds, err);
}

static bool
count(struct counting *c, enum figures_name name, const char *key, const char *part,
    struct err *err)
{
	return table_add(&c->out->tables[name], key, part, NULL, err);
}

/* ---- threads ---- */

/* In three words: which answer it was is counted elsewhere, and must not be told twice. */
static const char *
phase_of(const char *state)
{
	enum request_state s;

	if (!request_state_parse(state, &s))
		return "unknown";
	if (!request_state_open(s))
		return "ended";
	return s < STATE_ACCEPTED ? "waiting" : "at_work";
}

static bool
thread_fill(struct counting *c, struct thread *t, const struct docket_request *r,
    struct err *err)
{
	t->known = true;
	t->asked = r->ours;
	(void)snprintf(t->kind, sizeof t->kind, "%s", r->kind);
	(void)snprintf(t->phase, sizeof t->phase, "%s", phase_of(r->state));
	(void)snprintf(t->peer, sizeof t->peer, "%s", r->correspondent != 0 ?
	    "without_node" : r->peer);
	(void)snprintf(t->state, sizeof t->state, "%.2s", r->peer);
	return r->correspondent == 0 ||
	    docket_correspondent_state(c->d, r->correspondent, t->state, err);
}

static bool
thread_get(struct counting *c, unsigned number, struct thread **out, struct err *err)
{
	struct docket_request r;

	*out = NULL;
	if (number == 0)
		return true;
	if (number >= c->threads_n) {
		size_t n = number + number / 2 + 16;
		struct thread *more = mem_resize(c->threads, n * sizeof *more, err);

		if (more == NULL)
			return false;
		memset(more + c->threads_n, 0, (n - c->threads_n) * sizeof *more);
		c->threads = more;
		c->threads_n = n;
	}
	*out = &c->threads[number];
	return (*out)->known || (docket_request_get(c->d, number, &r, err) &&
	    thread_fill(c, *out, &r, err));
}

static void
first(int64_t *at, int64_t now)
{
	if (*at == 0 || now < *at)
		*at = now;
}

static bool
decides(enum act_kind k)
{
	return k == ACT_GRANTED || k == ACT_GRANTED_WITH_CONDITIONS || k == ACT_REFUSED;
}

/* "ground.r02", or nothing where it came on paper or before this was noted. */
static bool
refused_us(struct counting *c, const char *reason, struct err *err)
{
	char ground[12] = "";		/* as in the act */

	if (strncmp(reason, RECORD_GROUND, strlen(RECORD_GROUND)) == 0)
		(void)snprintf(ground, sizeof ground, "%.11s",
		    reason + strlen(RECORD_GROUND));
	for (char *p = ground; *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');	/* as the law's table has it */
	return count(c, FIGURES_REFUSED_US_GROUND, ground[0] != '\0' ? ground : "not_noted",
	    NULL, err);
}

/* An answer of the side that was asked; reason: of its record. */
static bool
answered(struct counting *c, struct thread *t, enum act_kind kind, int64_t at,
    const char *reason, struct err *err)
{
	first(&t->times[TIME_ANSWER], at);
	if (decides(kind))
		first(&t->times[TIME_DECISION], at);
	if (decides(kind) && kind != ACT_REFUSED &&
	    strcmp(t->kind, act_kind_name(ACT_PRESERVE)) == 0)
		first(&t->times[TIME_HOLD], at);
	if (kind != ACT_REFUSED)
		return count(c, t->asked ? FIGURES_ANSWERS_RECEIVED :
		    FIGURES_ANSWERS_GIVEN, act_kind_name(kind), NULL, err);
	return (!t->asked || refused_us(c, reason, err)) &&
	    count(c, t->asked ? FIGURES_REFUSED_US_STATE : FIGURES_REFUSED_STATE,
	    t->state, t->peer, err);
}

/* A package was made or came in. */
static bool
moved(struct counting *c, const struct record *r, struct err *err)
{
	struct docket_act a;
	struct thread *t = NULL;
	enum act_kind kind;
	enum act_class class;
	bool found;

	if (!r->has_act)
		return true;
	if (!docket_act_get(c->d, &r->act, &a, &found, err))
		return false;
	if (!found || a.other || !act_kind_parse(a.kind, &kind))
		return true;
	if (!thread_get(c, a.request, &t, err))
		return false;
	class = act_kind_class(kind);
	if (t == NULL)
		return true;
	if (class == ACT_IS_REQUEST)
		first(&t->start, r->at);
	/* What the asking side says itself (a reply, a withdrawal) answers nothing. */
	if (t->asked != (a.direction == ACT_IN))
		return true;
	if (class == ACT_IS_EVIDENCE && kind == ACT_DELIVERED)
		first(&t->times[TIME_DELIVERY], r->at);
	return class != ACT_IS_ANSWER || answered(c, t, kind, r->at, r->reason, err);
}

/* ---- decisions, lapses ---- */

#define LAPSED "hold.lapsed."		/* and the clock: doc/format/record.md */
#define RESUMED "hold.resumed.clock"	/* one of them is taken back */

/* "person.1.1795337160.danger": why. */
static const char *
last_word(const char *reason)
{
	const char *dot = strrchr(reason, '.');

	return dot != NULL ? dot + 1 : reason;
}

/* Refusals by their ground: what is `send`, `seal`, `answer` is counted as that. */
static bool
decided(struct counting *c, const struct record *r, struct err *err)
{
	bool answer = strcmp(r->rule, "answer") == 0;
	const char *waived = figures_waived(r);

	if (notice_record(r))
		return strcmp(r->outcome, "deferred") != 0 || count(c,
		    FIGURES_NOTICES_PUT_OFF, last_word(r->reason), NULL, err);
	if (waived != NULL && !count(c, FIGURES_WAIVERS, r->rule, waived, err))
		return false;
	/* Told by what was done then: told twice it could be subtracted. */
	if (strcmp(r->rule, "destroy") == 0 || strcmp(r->outcome, "used") == 0 ||
	    strcmp(r->outcome, "waived") == 0)
		return true;
	if (figures_refused(r))
		return count(c, FIGURES_REFUSED_GROUND, r->ground, NULL, err);
	/* What came on file with a hand-over: that is counted. */
	if (strcmp(r->outcome, EXECUTE_FILED) == 0)
		return true;
	if (answer || r->rule[0] == '\0' || strcmp(r->rule, "send") == 0 ||
	    strcmp(r->rule, "seal") == 0)
		return true;
	return count(c, FIGURES_DECISIONS, r->rule, r->outcome, err);
}

/* A hold that lapsed, by that clock; or one whose lapse was taken back. */
static bool
lapsed(struct counting *c, const struct record *r, const char *clock, bool state,
    struct err *err)
{
	struct docket_request row;
	struct thread *t = NULL;
	bool found = false;

	if (!r->has_act)
		return true;
	if (!docket_request_by_act(c->d, &r->act, &row, &found, err) ||
	    (found && !thread_get(c, row.number, &t, err)))
		return false;
	return t == NULL || (count(c, FIGURES_LAPSED_CLOCK, t->asked ? "held_for_us" :
	    "held_by_us", clock, err) && (!state ||
	    count(c, FIGURES_LAPSED_STATE, t->state, t->peer, err)));
}

static bool
record_count(struct counting *c, const struct record *r, struct err *err)
{
	bool ok = true;

	switch ((int)r->event) {
	case EVENT_MADE:
	case EVENT_RECEIVED:
		ok = moved(c, r, err);
		break;
	case EVENT_DECIDED:
		ok = decided(c, r, err);
		break;
	case EVENT_DESTROYED:
		/* What was never named was no evidence of anybody. */
		ok = strcmp(r->reason, "making.cut") == 0 ||
		    count(c, FIGURES_DESTROYED, r->reason, NULL, err);
		break;
	case EVENT_LOSS:
		ok = count(c, FIGURES_LOST, r->reason, NULL, err);
		break;
	case EVENT_REFUSED:
		ok = count(c, FIGURES_TURNED_AWAY, r->reason, NULL, err);
		break;
	case EVENT_ADMINISTRATION:
		if (strcmp(r->reason, RESUMED) == 0)
			ok = lapsed(c, r, "taken_back", false, err);
		else if (strncmp(r->reason, LAPSED, strlen(LAPSED)) == 0)
			ok = lapsed(c, r, r->reason + strlen(LAPSED), true, err);
		else
			return true;
		break;
	default:
		return true;
	}
	if (r->at > c->out->through)
		c->out->through = r->at;
	return ok;
}

static bool
entry_count(void *arg, const struct journal_entry *e, struct err *err)
{
	struct counting *c = arg;
	struct record r;

	if (journal_lost(e->record))
		return true;
	if (!record_decode(&r, e->record, err))
		return false;
	if (r.at > c->out->last)
		c->out->last = r.at;
	if ((c->out->has_from && r.at < c->out->from) ||
	    (c->out->has_to && r.at >= c->out->to))
		return true;
	return record_count(c, &r, err);
}

/* Requests that were made or came in within the period. */
static bool
threads_count(struct counting *c, struct err *err)
{
	for (size_t i = 0; i < c->threads_n; i++) {
		const struct thread *t = &c->threads[i];

		if (!t->known || t->start == 0)
			continue;
		if (!count(c, t->asked ? FIGURES_ASKED_KIND : FIGURES_RECEIVED_KIND,
		    t->kind, t->phase, err) ||
		    !count(c, t->asked ? FIGURES_ASKED_STATE : FIGURES_RECEIVED_STATE,
		    t->state, t->peer, err))
			return false;
		for (unsigned k = 0; k < FIGURES_TIMES; k++) {
			int64_t seconds = t->times[k] - t->start;

			if (t->times[k] != 0 && seconds >= 0 && !table_add(
			    &c->out->tables[(t->asked ? FIGURES_TIME_ASKED :
			    FIGURES_TIME_RECEIVED) + k], t->state, t->peer, &seconds, err))
				return false;
		}
	}
	return true;
}

/* ---- notices ---- */

/* From the end of the secrecy to the telling, or until now. */
static const char *
delay_of(int64_t seconds)
{
	return seconds <= 7 * 86400 ? "within_a_week" :
	    seconds <= 30 * 86400 ? "within_a_month" : "longer";
}

/*
 * Of requests of the period, so that two periods tell of different persons; as it stood at
 * the end of the period, or at the last record: not by the clock here.
 */
static bool
notice_stands(void *arg, const struct docket_notice *n, struct err *err)
{
	struct counting *c = arg;
	int64_t now = c->out->has_to ? c->out->to : c->out->last;
	struct notice_facts f = { .since = n->since, .until = n->until, .now = now,
		.done_at = n->done_at < now ? n->done_at : 0 };
	enum notice_state s = notice_state_of(&f);
	const char *part = s == NOTICE_DONE ? delay_of(n->done_at - n->until) :
	    s == NOTICE_DUE ? delay_of(now - n->until) : NULL;

	return n->request >= c->threads_n || c->threads[n->request].start == 0 ||
	    count(c, FIGURES_NOTICES, notice_state_name(s), part, err);
}

/* ---- what may be shown ---- */

static int
row_order(const void *a, const void *b)
{
	const struct figures_row *x = a, *y = b;
	int by = strcmp(x->key, y->key);

	return by != 0 ? by : strcmp(x->part, y->part);
}

/* What is not shown is not there any more. */
static void
row_hide(struct figures_row *r)
{
	if (r->show == FIGURE_SHOWN && r->n > 0 && r->seconds != NULL)
		r->times = quartiles_of(r->seconds, r->n);
	if (r->show != FIGURE_SHOWN)
		r->n = 0;
	mem_free(r->seconds);
	r->seconds = NULL;
}

/* Rows from..to that are of one level; with the total known, all of them or none. */
static bool
level_show(struct figures_table *t, const size_t *at, size_t n, bool total,
    struct err *err)
{
	uint64_t *counts = mem_array(n + 1, sizeof *counts, err);
	enum figure_show *show = mem_array(n + 1, sizeof *show, err);
	bool fine = counts != NULL && show != NULL;

	for (size_t i = 0; fine && i < n; i++) {
		counts[i] = t->rows[at[i]].n;
		show[i] = figure_show_one(counts[i]);
	}
	if (fine && total)
		(void)figures_show(counts, n, show);
	for (size_t i = 0; fine && i < n; i++)
		t->rows[at[i]].show = show[i];
	mem_free(counts);
	mem_free(show);
	return fine;
}

/* Could nothing of these be shown, not even that they are small? */
static bool
level_out(const struct figures_table *t, const size_t *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (t->rows[at[i]].show != FIGURE_WITHHELD)
			return false;
	return n > 0;
}

/* Parts stand beside their row as their total: without it they would be it. */
static bool
parts_show(struct figures_table *t, size_t row, size_t *at, struct err *err)
{
	struct figures_row *r = &t->rows[row];
	size_t n = 0;

	while (row + n + 1 < t->n && t->rows[row + n + 1].part[0] != '\0') {
		at[n] = row + n + 1;
		n++;
	}
	if (!level_show(t, at, n, true, err))
		return false;
	r->parts_out = n > 0 && (r->show != FIGURE_SHOWN || level_out(t, at, n));
	return true;
}

static void
rows_drop(struct figures_table *t)
{
	bool out = t->out;
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		struct figures_row *r = &t->rows[i];

		if (r->part[0] == '\0')
			out = t->out || r->parts_out;
		if (t->out || (r->part[0] != '\0' && out)) {
			mem_free(r->seconds);
			continue;
		}
		row_hide(r);
		t->rows[n++] = *r;
	}
	t->n = n;
}

static bool
table_show(struct figures_table *t, struct err *err)
{
	size_t *at = mem_array(t->n + 1, sizeof *at, err);
	size_t n = 0;
	bool ok = at != NULL;

	if (t->n > 0)
		qsort(t->rows, t->n, sizeof *t->rows, row_order);
	for (size_t i = 0; ok && i < t->n; i++)
		if (t->rows[i].part[0] == '\0')
			at[n++] = i;
	ok = ok && level_show(t, at, n, t->has_total, err);
	t->out = ok && t->has_total && level_out(t, at, n);
	for (size_t i = 0; ok && i < t->n; i++)
		if (t->rows[i].part[0] == '\0')
			ok = parts_show(t, i, at, err);
	mem_free(at);
	if (!ok)
		return false;
	rows_drop(t);
	t->total.show = figure_show_one(t->total.n);
	row_hide(&t->total);
	return true;
}

/* ---- for doors ---- */

void
figures_init(struct figures *f)
{
	memset(f, 0, sizeof *f);
	for (size_t i = 0; i < FIGURES_TABLES; i++)
		/* The others add up with each other: no sum of theirs is told. */
		f->tables[i].has_total = i <= FIGURES_RECEIVED_STATE ||
		    (i >= FIGURES_REFUSED_GROUND && i <= FIGURES_LAPSED_STATE) ||
		    i >= FIGURES_NOTICES ||
		    i >= FIGURES_COUNTS;
}

void
figures_clear(struct figures *f)
{
	for (size_t i = 0; i < FIGURES_TABLES; i++) {
		struct figures_table *t = &f->tables[i];

		for (size_t k = 0; k < t->n; k++)
			mem_free(t->rows[k].seconds);
		mem_free(t->rows);
		mem_free(t->total.seconds);
	}
	figures_init(f);
}

static bool
all_count(struct flow *f, struct counting *c, struct err *err)
{
	struct log *l;

	if (!home_docket(f->home, &c->d, err))
		return false;
	if (!record_catch_up(f, c->d, err) || !ledger_log(f, &l, err) ||
	    !journal_each(log_journal(l), 0, entry_count, c, err) ||
	    !threads_count(c, err) ||
	    !docket_notices(c->d, false, notice_stands, c, err)) {
		home_docket_done(f->home);
		return false;
	}
	home_docket_done(f->home);
	for (size_t i = 0; i < FIGURES_TABLES; i++)
		if (!table_show(&c->out->tables[i], err))
			return false;
	return true;
}

bool
flow_figures(struct flow *f, const struct figures_wish *w, struct figures *out,
    struct err *err)
{
	struct figures made;
	struct counting c = { .out = &made };
	bool ok;

	if (w->has_from && w->has_to && w->from >= w->to)
		return err_set(err, ERR_USE, "figures.period",
		    "the period ends before it begins");
	figures_init(&made);
	made.has_from = w->has_from;
	made.has_to = w->has_to;
	made.from = w->from;
	made.to = w->to;
	ok = flow_may(f, PEOPLE_FIGURES, err) && home_lock(f->home, err) &&
	    all_count(f, &c, err) && record_home(f, EVENT_READ, "statistics", err);
	mem_free(c.threads);
	if (!ok) {
		figures_clear(&made);
		return err_wrap(err, "the figures");
	}
	*out = made;
	return true;
}
