/* What a kind of request asks of the fields, under the Convention and our policy. */
#include "law/measures.h"

#include <stdio.h>
#include <string.h>

const struct law_measure *
law_measure(const char *id)
{
	for (size_t i = 0; i < law_measure_count; i++)
		if (strcmp(law_measure_rows[i].id, id) == 0)
			return &law_measure_rows[i];
	return NULL;
}

const struct law_measure *
law_measures(size_t *n)
{
	*n = law_measure_count;
	return law_measure_rows;
}

char
law_need_letter(const struct law_measure *m, const struct law_field *f)
{
	return law_need_rows[f - law_field_rows][m - law_measure_rows];
}

enum law_need
law_need(const struct law_measure *m, const struct law_field *f)
{
	switch (law_need_letter(m, f)) {
	case NEED_REQUIRED:
	case NEED_OURS:
		return LAW_REQUIRED;
	case NEED_ONE_OF:
		return LAW_ONE_OF;
	case NEED_CONDITIONAL:
		return LAW_CONDITIONAL;
	case NEED_OPTIONAL:
		return LAW_OPTIONAL;
	default:
		return LAW_NOT_ASKED;
	}
}

bool
law_measure_is_domestic(const struct law_measure *m)
{
	for (size_t i = 0; i < law_basis_count; i++)
		if (law_basis_rows[i].measure == m)
			return false;
	return true;
}

/* ---- conditions: "confiscate:limb=enforce_foreign_order;..." ---- */

/* What a condition looks at: the field of that name, or the part of that name. */
static bool
key_find(const struct law_measure *m, struct span key, struct law_condition *out)
{
	for (size_t i = 0; i < law_field_count; i++) {
		const struct law_field *f = &law_field_rows[i];

		if (law_need(m, f) == LAW_NOT_ASKED)
			continue;
		for (size_t p = 0; p < f->shape->parts_n; p++)
			if (span_is(key, p == 0 ? f->name : f->shape->parts[p].name)) {
				out->field = f;
				out->part = p;
				return true;
			}
	}
	return false;
}

/* The i-th piece of the list that begins with "MEASURE:"; its rest. */
static struct span
condition_text(const struct law_measure *m, const struct law_field *f, size_t i)
{
	size_t n = strlen(m->id);

	for (const char *s = f->required_if; *s != '\0';) {
		size_t len = strcspn(s, ";");

		if (len > n && strncmp(s, m->id, n) == 0 && s[n] == ':' && i-- == 0)
			return span_of(s + n + 1, len - n - 1);
		s += len + (s[len] == ';');
	}
	return span_of(NULL, 0);
}

bool
law_condition(const struct law_measure *m, const struct law_field *f, size_t i,
    struct law_condition *out)
{
	struct span text = condition_text(m, f, i);
	size_t eq = 0;

	while (eq < text.n && text.p[eq] != '=')
		eq++;
	if (eq == text.n || !key_find(m, span_of(text.p, eq), out))
		return false;
	(void)snprintf(out->value, sizeof out->value, "%.*s", (int)(text.n - eq - 1),
	    (const char *)text.p + eq + 1);
	return true;
}
