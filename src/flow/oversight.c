/*
 * What a body from outside reads beside the figures: each refusal and each waiver, by which
 * rules this office works, how it meets other States.  All of it from the records of the
 * journal, for rows of the docket have no key.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "flow/execute.h"
#include "flow/figures.h"
#include "flow/guards.h"
#include "flow/leaves.h"
#include "flow/people.h"
#include "flow/treaty.h"

/* ---- refusals and waivers ---- */

const char *
figures_waived(const struct record *r)
{
	if (r->event != EVENT_DECIDED)
		return NULL;
	if (strcmp(r->outcome, "waived") == 0)
		return r->reason;
	/* Work was begun although the offence is none here: the waiver is on file (S02). */
	for (size_t i = 0; strcmp(r->rule, EXECUTE_RULE) == 0 && i < r->files_n; i++)
		if (strcmp(r->files[i].path, EXECUTE_WAIVER) == 0)
			return "dual-criminality";
	return NULL;
}

bool
figures_refused(const struct record *r)
{
	return r->event == EVENT_DECIDED && strcmp(r->rule, "answer") == 0 &&
	    strcmp(r->outcome, act_kind_name(ACT_REFUSED)) == 0;
}

struct looking_cases {
	const struct figures_wish *w;
	struct figures_cases *out;
};

static bool
case_add(struct figures_cases *c, const struct figures_case *one, struct err *err)
{
	struct figures_case *more;

	if (c->n == FIGURES_CASES_MAX) {
		c->more = true;
		return true;
	}
	more = mem_resize(c->list, (c->n + 1) * sizeof *more, err);
	if (more == NULL)
		return false;
	c->list = more;
	more[c->n++] = *one;
	return true;
}

static bool
case_look(void *arg, const struct journal_entry *e, struct err *err)
{
	struct looking_cases *l = arg;
	struct figures_case one = { .leaf = e->number };
	struct record r;
	const char *why;

	if (journal_lost(e->record))
		return true;
	if (!record_decode(&r, e->record, err))
		return false;
	why = figures_waived(&r);
	one.waiver = why != NULL;
	if ((l->w->has_from && r.at < l->w->from) || (l->w->has_to && r.at >= l->w->to) ||
	    (why == NULL && !figures_refused(&r)))
		return true;
	one.at = r.at;
	(void)snprintf(one.state, sizeof one.state, "%.2s", r.peer.s);
	(void)snprintf(one.rule, sizeof one.rule, "%s", r.rule);
	(void)snprintf(one.why, sizeof one.why, "%s", why != NULL ? why : r.ground);
	(void)snprintf(one.version, sizeof one.version, "%s", r.rule_version);
	(void)snprintf(one.role, sizeof one.role, "%s", r.role);
	return case_add(l->out, &one, err);
}

void
figures_cases_clear(struct figures_cases *c)
{
	mem_free(c->list);
	memset(c, 0, sizeof *c);
}

bool
flow_figures_cases(struct flow *f, const struct figures_wish *w, struct figures_cases *out,
    struct err *err)
{
	struct looking_cases l = { w, out };
	struct log *log;

	memset(out, 0, sizeof *out);
	if (flow_may(f, PEOPLE_FIGURES, err) && home_lock(f->home, err) &&
	    ledger_log(f, &log, err) &&
	    journal_each(log_journal(log), 0, case_look, &l, err))
		return true;
	figures_cases_clear(out);
	return false;
}

/* ---- rules ---- */

void
figures_rules_clear(struct figures_rules *r)
{
	mem_free(r->levels);
	memset(r, 0, sizeof *r);
}

struct levels_reading {
	struct figures_rules *out;
	struct err why;			/* what stopped it */
};

/* "risk.xb.stored_data"; false: not of a level. */
static bool
level_read(const struct leaf *x, struct figures_level *out)
{
	const char *at = x->reason + strlen(RISK_RULE ".");

	if (strcmp(x->rule, RISK_RULE) != 0 || strcmp(x->outcome, "refused") == 0 ||
	    strncmp(x->reason, RISK_RULE ".", strlen(RISK_RULE ".")) != 0 ||
	    strlen(at) < 4 || at[2] != '.')
		return false;
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < 2; i++)
		out->state[i] = at[i] >= 'a' && at[i] <= 'z' ? (char)(at[i] - 'a' + 'A') :
		    at[i];
	(void)snprintf(out->measure, sizeof out->measure, "%.39s", at + 3);
	(void)snprintf(out->level, sizeof out->level, "%.15s", x->outcome);
	out->since = x->time;
	return true;
}

/* The newest of each counts. */
static void
level_take(void *arg, const struct leaf *x)
{
	struct levels_reading *l = arg;
	struct figures_rules *r = l->out;
	struct figures_level one, *more;

	if (l->why.kind != ERR_NONE || !level_read(x, &one))
		return;
	for (size_t i = 0; i < r->levels_n; i++)
		if (strcmp(r->levels[i].state, one.state) == 0 &&
		    strcmp(r->levels[i].measure, one.measure) == 0) {
			r->levels[i] = one;
			return;
		}
	if (r->levels_n == FIGURES_LEVELS_MAX) {
		(void)!err_set(&l->why, ERR_LIMIT, "figures.levels",
		    "more than %d levels of States", FIGURES_LEVELS_MAX);
		return;
	}
	more = mem_resize(r->levels, (r->levels_n + 1) * sizeof *more, &l->why);
	if (more == NULL)
		return;
	r->levels = more;
	more[r->levels_n++] = one;
}

static int
level_order(const void *a, const void *b)
{
	const struct figures_level *x = a, *y = b;
	int by = strcmp(x->state, y->state);

	return by != 0 ? by : strcmp(x->measure, y->measure);
}

static bool
levels_read(struct flow *f, struct figures_rules *out, struct err *err)
{
	struct levels_reading l = { out, ERR_INIT };

	if (!leaves_each(f, LEAF_GUARD, level_take, &l, err))
		return false;
	if (l.why.kind != ERR_NONE) {
		*err = l.why;
		return false;
	}
	if (out->levels_n > 0)
		qsort(out->levels, out->levels_n, sizeof *out->levels, level_order);
	return true;
}

bool
flow_figures_rules(struct flow *f, struct figures_rules *out, struct err *err)
{
	const struct law_status *s;
	struct buf table;
	bool ok;

	memset(out, 0, sizeof *out);
	if (!flow_law(f, &s, err))
		return false;
	out->law[out->law_n++] = law_version_people(law_version_built_in());
	for (size_t i = 0; i < law_status_documents(s) && out->law_n < FIGURES_RULES_MAX; i++)
		out->law[out->law_n++] = law_version_people(law_status_document(s, i));
	buf_init(&table, 1u << 20);
	ok = people_table_print(&table, err) &&
	    digest_of(buf_span(&table), &out->people, err) && levels_read(f, out, err);
	buf_clear(&table);
	if (!ok)
		figures_rules_clear(out);
	return ok;
}
