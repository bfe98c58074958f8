/* Figures as JSON and CSV: the same bytes for the same figures. */
#include <stdio.h>
#include <string.h>

#include "flow/figures.h"
#include "form/json.h"

static const char *const names[FIGURES_TABLES] = {
	"requests_asked_by_kind", "requests_asked_by_state",
	"requests_received_by_kind", "requests_received_by_state",
	"answers_given", "answers_received",
	"refusals_given_by_ground", "refusals_given_by_state",
	"refusals_received_by_ground", "refusals_received_by_state",
	"holds_lapsed_by_clock", "holds_lapsed_by_state",
	"decisions", "waivers", "turned_away",
	"notices", "notices_put_off", "evidence_destroyed", "evidence_lost",
	"asked_time_to_first_answer", "asked_time_to_hold", "asked_time_to_decision",
	"asked_time_to_delivery",
	"received_time_to_first_answer", "received_time_to_hold",
	"received_time_to_decision", "received_time_to_delivery",
};

const char *
figures_table_name(enum figures_name t)
{
	return names[t];
}

const char *
figures_table_source(enum figures_name t)
{
	return t == FIGURES_DECISIONS || t == FIGURES_WAIVERS || t == FIGURES_TURNED_AWAY ||
	    t == FIGURES_REFUSED_GROUND || (t >= FIGURES_NOTICES_PUT_OFF &&
	    t <= FIGURES_LOST) ? "records" : "records+docket";
}

struct figure_text
figure_text(const struct figures_row *r)
{
	struct figure_text t;

	if (r->show == FIGURE_SHOWN)
		(void)snprintf(t.s, sizeof t.s, "%llu", (unsigned long long)r->n);
	else if (r->show == FIGURE_SMALL)
		(void)snprintf(t.s, sizeof t.s, "<%d", FIGURES_SMALL);
	else
		(void)snprintf(t.s, sizeof t.s, "withheld");
	return t;
}

/* ---- JSON ---- */

static void
number_json(struct json_out *j, const struct figures_row *r, bool times)
{
	if (r->show == FIGURE_SHOWN)
		json_out_int(j, "n", (int64_t)r->n);
	else
		json_out_str(j, "n", figure_text(r).s);
	if (!times || r->show != FIGURE_SHOWN || r->n == 0)
		return;
	json_out_int(j, "q1", r->times.first);
	json_out_int(j, "median", r->times.median);
	json_out_int(j, "q3", r->times.third);
}

static void
rows_json(struct json_out *j, const struct figures_table *t, bool times)
{
	json_out_array(j, "rows");
	for (size_t i = 0; i < t->n; i++) {
		const struct figures_row *r = &t->rows[i];

		json_out_object(j, NULL);
		json_out_str(j, "key", r->key);
		if (r->part[0] != '\0')
			json_out_str(j, "part", r->part);
		number_json(j, r, times);
		if (r->parts_out)
			json_out_bool(j, "parts_withheld", true);
		json_out_close_object(j);
	}
	json_out_close_array(j);
}

static void
bound_json(struct json_out *j, const char *name, bool has, int64_t at)
{
	json_out_str(j, name, has ? when_rfc3339(at).s : NULL);
}

void
figures_json(const struct figures *f, struct json_out *j)
{
	bound_json(j, "from", f->has_from, f->from);
	bound_json(j, "to", f->has_to, f->to);
	bound_json(j, "through", f->through != 0, f->through);
	json_out_int(j, "small", FIGURES_SMALL);
	json_out_array(j, "tables");
	for (unsigned i = 0; i < FIGURES_TABLES; i++) {
		const struct figures_table *t = &f->tables[i];

		json_out_object(j, NULL);
		json_out_str(j, "name", figures_table_name(i));
		json_out_str(j, "source", figures_table_source(i));
		if (i >= FIGURES_COUNTS)
			json_out_str(j, "unit", "seconds");
		if (t->has_total) {
			json_out_object(j, "total");
			number_json(j, &t->total, i >= FIGURES_COUNTS);
			json_out_close_object(j);
		}
		json_out_bool(j, "withheld", t->out);
		rows_json(j, t, i >= FIGURES_COUNTS);
		json_out_close_object(j);
	}
	json_out_close_array(j);
}

void
figures_rules_json(const struct figures_rules *r, struct json_out *j)
{
	json_out_object(j, "rules");
	json_out_array(j, "law");
	for (size_t i = 0; i < r->law_n; i++)
		json_out_str(j, NULL, r->law[i].s);
	json_out_close_array(j);
	json_out_str(j, "law_sha256", law_digest);
	json_out_digest(j, "people_sha256", &r->people);
	json_out_array(j, "levels");
	for (size_t i = 0; i < r->levels_n; i++) {
		json_out_object(j, NULL);
		json_out_str(j, "state", r->levels[i].state);
		json_out_str(j, "measure", r->levels[i].measure);
		json_out_str(j, "level", r->levels[i].level);
		json_out_str(j, "since", when_rfc3339(r->levels[i].since).s);
		json_out_close_object(j);
	}
	json_out_close_array(j);
	json_out_close_object(j);
}

static void
cases_json(const struct figures_cases *c, bool waivers, struct json_out *j)
{
	json_out_array(j, waivers ? "waivers" : "refusals");
	for (size_t i = 0; i < c->n; i++) {
		const struct figures_case *x = &c->list[i];

		if (x->waiver != waivers)
			continue;
		json_out_object(j, NULL);
		json_out_int(j, "leaf", (int64_t)x->leaf);
		json_out_str(j, "at", when_rfc3339(x->at).s);
		json_out_str(j, "state", x->state[0] != '\0' ? x->state : NULL);
		json_out_str(j, "rule", x->rule);
		json_out_str(j, "why", x->why[0] != '\0' ? x->why : NULL);
		json_out_str(j, "version", x->version);
		json_out_str(j, "role", x->role);
		json_out_close_object(j);
	}
	json_out_close_array(j);
}

void
figures_cases_json(const struct figures_cases *c, struct json_out *j)
{
	cases_json(c, false, j);
	cases_json(c, true, j);
	json_out_bool(j, "more", c->more);
}

/* ---- CSV ---- */

/* Keys are names of ours and ids of authorities; a comma would move a column. */
static const char *
cell(const char *s)
{
	return strpbrk(s, ",\"\r\n") == NULL ? s : "unreadable";
}

static bool
line_csv(struct buf *out, unsigned table, const char *key, const struct figures_row *r,
    struct err *err)
{
	const char *name = figures_table_name(table), *source = figures_table_source(table);

	if (table < FIGURES_COUNTS || r->show != FIGURE_SHOWN || r->n == 0)
		return buf_printf(out, err, "%s,%s,%s,%s,%s,,,\r\n", name, source, cell(key),
		    cell(r->part), figure_text(r).s);
	return buf_printf(out, err, "%s,%s,%s,%s,%s,%lld,%lld,%lld\r\n", name, source,
	    cell(key), cell(r->part), figure_text(r).s, (long long)r->times.first,
	    (long long)r->times.median, (long long)r->times.third);
}

bool
figures_csv(const struct figures *f, struct buf *out, struct err *err)
{
	bool ok = buf_add_text(out,
	    "table,source,key,part,n,q1_seconds,median_seconds,q3_seconds\r\n", err);

	for (unsigned i = 0; ok && i < FIGURES_TABLES; i++) {
		const struct figures_table *t = &f->tables[i];

		ok = !t->has_total || line_csv(out, i, "total", &t->total, err);
		for (size_t k = 0; ok && k < t->n; k++)
			ok = line_csv(out, i, t->rows[k].key, &t->rows[k], err);
	}
	return ok;
}
