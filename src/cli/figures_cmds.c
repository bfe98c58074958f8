/* Figures of this office, and the page of an oversight body from outside. */
#include <stdio.h>

#include "cli/cli.h"
#include "flow/figures.h"

/* ---- as text ---- */

struct span_text { char s[32]; };

static struct span_text
span_people(int64_t seconds)
{
	struct span_text t;
	const int64_t hours = seconds / 3600;

	if (hours >= 48)
		(void)snprintf(t.s, sizeof t.s, "%lld d %lld h", (long long)(hours / 24),
		    (long long)(hours % 24));
	else
		(void)snprintf(t.s, sizeof t.s, "%lld h %lld min", (long long)hours,
		    (long long)(seconds % 3600 / 60));
	return t;
}

static void
row_say(struct cli *c, const char *name, const struct figures_row *r, bool times)
{
	bool part = r->part[0] != '\0';

	say(c, part ? "    " : "  ");
	say_text(c, part ? r->part : name);
	say(c, "  %s", figure_text(r).s);
	if (times && r->show == FIGURE_SHOWN && r->n > 0)
		say(c, "  median %s (quartiles %s, %s)", span_people(r->times.median).s,
		    span_people(r->times.first).s, span_people(r->times.third).s);
	say(c, r->parts_out ? "  (not shown apart: too few)\n" : "\n");
}

static void
figures_say(struct cli *c, const struct figures *f)
{
	bool any = false;

	for (unsigned i = 0; i < FIGURES_TABLES; i++) {
		const struct figures_table *t = &f->tables[i];

		if (t->n == 0 && !t->out)
			continue;
		any = true;
		say(c, "%s\n", figures_table_name(i));
		for (size_t k = 0; k < t->n; k++)
			row_say(c, t->rows[k].key, &t->rows[k], i >= FIGURES_COUNTS);
		if (t->has_total)
			row_say(c, "total", &t->total, i >= FIGURES_COUNTS);
		if (t->out)
			say(c, "  not shown apart: too few\n");
	}
	if (!any)
		say(c, "There is nothing to count.\n");
	say(c, "Counts below %d are not shown, nor what would give them away.\n",
	    FIGURES_SMALL);
}

/* What an oversight body reads beside the figures. */
struct oversight {
	struct figures_rules rules;
	struct figures_cases cases;
};

static void
cases_say(struct cli *c, const struct figures_cases *l, bool waivers)
{
	size_t n = 0;

	say(c, waivers ? "each waiver\n" : "each refusal\n");
	for (size_t i = 0; i < l->n; i++) {
		const struct figures_case *x = &l->list[i];

		if (x->waiver != waivers)
			continue;
		n++;
		say(c, "  leaf %llu  %s  ", (unsigned long long)x->leaf, when_people(x->at).s);
		if (x->state[0] != '\0')
			say(c, "%s  ", x->state);
		if (waivers)
			say(c, "%s: ", x->rule);
		say(c, "%s  by rules %s, as %s\n", x->why[0] != '\0' ? x->why : "-",
		    x->version, x->role);
	}
	if (n == 0)
		say(c, "  none\n");
}

static void
rules_say(struct cli *c, const struct figures_rules *r)
{
	say(c, "rules\n");
	for (size_t i = 0; i < r->law_n; i++)
		say(c, "  law     %s\n", r->law[i].s);
	say(c, "  tables  sha256 %s\n", law_digest);
	say(c, "  people  sha256 %s\n", digest_hex(&r->people).s);
	for (size_t i = 0; i < r->levels_n; i++)
		say(c, "  level   %s %s: %s, since %s\n", r->levels[i].state,
		    r->levels[i].measure, r->levels[i].level,
		    when_people(r->levels[i].since).s);
}

/* ---- commands ---- */

static bool
wish_read(struct cli *c, struct call *call, struct figures_wish *w)
{
	return time_option(c, call_value(call, "from"), &w->has_from, &w->from) &&
	    time_option(c, call_value(call, "to"), &w->has_to, &w->to);
}

/* o NULL: figures alone. */
static const char *
figures_schema(const struct oversight *o)
{
	return o != NULL ? "comity.oversight/1" : "comity.statistics/1";
}

static void
members_json(const struct figures *f, const struct oversight *o, struct json_out *j)
{
	figures_json(f, j);
	if (o == NULL)
		return;
	figures_cases_json(&o->cases, j);
	figures_rules_json(&o->rules, j);
}

static bool
json_file(struct cli *c, const struct figures *f, const struct oversight *o,
    struct buf *out)
{
	struct json_out j;

	json_out_begin(&j, out, true, false, &c->err);
	json_out_object(&j, NULL);
	json_out_str(&j, "schema", figures_schema(o));
	members_json(f, o, &j);
	json_out_close_object(&j);
	return json_out_end(&j);
}

static int
figures_file(struct cli *c, struct call *call, const struct figures *f,
    const struct oversight *o)
{
	struct buf b;
	int code;

	buf_init(&b, CLI_OUT_MAX);
	code = (call_flag(call, "csv") ? figures_csv(f, &b, &c->err) :
	    json_file(c, f, o, &b)) ? give_file(c, call_value(call, "out"),
	    buf_span(&b), "Statistics", false) : fail(c);
	buf_clear(&b);
	return code;
}

static void
oversight_say(struct cli *c, const struct oversight *o)
{
	cases_say(c, &o->cases, false);
	cases_say(c, &o->cases, true);
	if (o->cases.more)
		say(c, "  There are more than %d; give a shorter period with --from and --to.\n",
		    FIGURES_CASES_MAX);
	say(c, "One by one they are for who oversees this office; what may be published: comity statistics\n");
	rules_say(c, &o->rules);
}

static int
figures_answer(struct cli *c, struct call *call, const struct figures *f,
    const struct oversight *o)
{
	struct json_out j;

	if (call_flag(call, "csv") && c->json)
		return fail_use(c, "--csv and --json are two forms of the same: give one of them");
	if (call_value(call, "out") != NULL)
		return figures_file(c, call, f, o);
	if (call_flag(call, "csv"))
		return figures_csv(f, &c->out, &c->err) ? EXIT_DONE : fail(c);
	if (c->json) {
		json_start(c, &j, figures_schema(o));
		members_json(f, o, &j);
		json_done(c, &j);
		return EXIT_DONE;
	}
	figures_say(c, f);
	if (o != NULL)
		oversight_say(c, o);
	return EXIT_DONE;
}

int
run_statistics(struct cli *c, struct call *call)
{
	struct figures_wish w = { 0 };
	struct figures f;
	int code;

	figures_init(&f);
	code = wish_read(c, call, &w) && flow_figures(&c->flow, &w, &f, &c->err) ?
	    figures_answer(c, call, &f, NULL) : fail(c);
	figures_clear(&f);
	return code;
}

int
run_oversight_report(struct cli *c, struct call *call)
{
	struct figures_wish w = { 0 };
	struct oversight o = { .rules = { .law_n = 0 } };
	struct figures f;
	int code;

	figures_init(&f);
	code = wish_read(c, call, &w) && flow_figures(&c->flow, &w, &f, &c->err) &&
	    flow_figures_cases(&c->flow, &w, &o.cases, &c->err) &&
	    flow_figures_rules(&c->flow, &o.rules, &c->err) ?
	    figures_answer(c, call, &f, &o) : fail(c);
	figures_rules_clear(&o.rules);
	figures_cases_clear(&o.cases);
	figures_clear(&f);
	return code;
}
