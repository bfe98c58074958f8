/* Fields as JSON: one codec for every shape of the law's table. */
#include "act/field_parts.h"

#include <stdio.h>
#include <string.h>

#include "act/kinds.h"

/* ---- decoding ---- */

static bool
member_bad(const struct json_object *o, const char *name, const char *problem,
    struct err *err)
{
	return err_set(err, ERR_INPUT, "fields.value", "member \"%s.%s\" %s", o->where,
	    name, problem);
}

static bool
text_decode(const struct law_part *p, struct json_object *o, struct field_part *out,
    struct err *err)
{
	const char *s, *problem;

	if (!json_text(o, p->name, 1, p->max, &s, err))
		return false;
	problem = part_problem(p, span_text(s));
	if (problem != NULL)
		return member_bad(o, p->name, problem, err);
	out->text = mem_text_of(s, err);
	return out->text != NULL;
}

static bool
marked_part_decode(const struct law_part *p, struct json_object *o,
    struct field_part *out, struct err *err)
{
	struct marked_text m = { 0 };

	if (!marked_decode(o, p->name, p->max, false, &m, err))
		return false;
	out->text = m.text;
	memcpy(out->lang, m.lang, sizeof out->lang);
	return true;
}

static bool
list_decode(const struct law_part *p, struct json_object *o, struct field_part *out,
    struct err *err)
{
	const char *s, *problem = NULL;
	struct json_array list;
	struct buf joined;
	bool ok = false;

	buf_init(&joined, p->max + 1);
	if (!json_list(o, p->name, 1, FIELD_CODES_MAX, &list, err))
		goto out;
	for (size_t i = 0; i < list.n; i++) {
		if (!json_at_text(&list, i, 1, FIELD_CODE_MAX, &s, err))
			goto out;
		if (!part_list_add(p, &joined, span_text(s), &problem, err)) {
			if (problem != NULL)
				(void)member_bad(o, p->name, problem, err);
			goto out;
		}
	}
	out->text = mem_text(joined.p, joined.n, err);
	ok = out->text != NULL;
out:
	buf_clear(&joined);
	return ok;
}

static bool
part_decode(const struct law_part *p, struct json_object *o, struct field_part *out,
    struct err *err)
{
	bool yes = false, ok;

	if (p->kind == PART_INSTANT)
		ok = json_int(o, p->name, WHEN_MIN, WHEN_MAX, &out->n, err);
	else if (p->kind == PART_NUMBER)
		ok = json_int(o, p->name, 0, JSON_INT_MAX, &out->n, err);
	else if (p->kind == PART_YES)
		ok = json_bool(o, p->name, &yes, err);
	else if (p->kind == PART_MARKED)
		ok = marked_part_decode(p, o, out, err);
	else if (part_is_list(p))
		ok = list_decode(p, o, out, err);
	else
		ok = text_decode(p, o, out, err);
	if (p->kind == PART_YES)
		out->n = yes;
	out->has = ok;
	return ok;
}

static bool
identifier_decoded(const struct json_object *o, const struct field_entry *e,
    bool partial, struct err *err)
{
	struct identifier_result r;

	if (!identifier_form(e, partial, &r, err))
		return false;
	return r.verdict != IDENTIFIER_BAD || err_set(err, ERR_INPUT, r.reason,
	    "member \"%s\": %s", o->where, r.text);
}

static bool
entry_decode(const struct law_shape *s, struct json_object *o, bool partial,
    struct field_entry *e, struct err *err)
{
	for (size_t i = 0; i < s->parts_n; i++) {
		const struct law_part *p = &s->parts[i];

		if (json_has(o, p->name)) {
			if (!part_decode(p, o, &e->parts[i], err))
				return false;
		} else if (p->required && !partial) {
			return member_bad(o, p->name, "is missing", err);
		}
	}
	if (!json_end(o, err))
		return false;
	if (field_entry_empty(e))
		return err_set(err, ERR_INPUT, "fields.empty",
		    "member \"%s\" says nothing", o->where);
	return strcmp(s->name, "identifier") != 0 ||
	    identifier_decoded(o, e, partial, err);
}

/* An object, or a list of them: by the shape. */
static bool
entries_decode(const struct law_field *law, struct json_object *o, bool partial,
    struct field *f, struct err *err)
{
	struct json_object one;
	struct json_array list = { .n = 1 };
	bool many = law->shape->entries_max > 1;

	if (many ? !json_list(o, law->name, 1, law->shape->entries_max, &list, err) :
	    !json_member(o, law->name, &one, err))
		return false;
	f->entries = mem_array(list.n, sizeof f->entries[0], err);
	if (f->entries == NULL)
		return false;
	f->n = list.n;
	for (size_t i = 0; i < list.n; i++)
		if ((many && !json_at_object(&list, i, &one, err)) ||
		    !entry_decode(law->shape, &one, partial, &f->entries[i], err))
			return false;
	return true;
}

bool
fields_decode(struct fields *out, struct json_object *o, bool partial,
    struct err *err)
{
	size_t n;
	const struct law_field *all = law_fields(&n);
	struct fields fs;

	fields_init(&fs);
	for (size_t i = 0; i < n; i++) {
		if (!json_has(o, all[i].name))
			continue;
		if (!field_carried(&all[i], err) ||
		    !fields_put(&fs, fs.n, &all[i], NULL, 0, err) ||
		    !entries_decode(&all[i], o, partial, &fs.list[fs.n - 1], err))
			goto failed;
	}
	if (!json_end(o, err))
		goto failed;
	*out = fs;
	return true;
failed:
	fields_clear(&fs);
	return false;
}

/* ---- encoding ---- */

static void
list_encode(const char *name, const char *joined, struct json_out *j)
{
	struct span item;

	json_out_array(j, name);
	while (part_list_next(&joined, &item))
		json_out_text(j, NULL, item);
	json_out_close_array(j);
}

static void
part_encode(const struct law_part *p, const struct field_part *v, struct json_out *j)
{
	if (p->kind == PART_YES) {
		json_out_bool(j, p->name, v->n != 0);
	} else if (!part_is_text(p)) {
		json_out_int(j, p->name, v->n);
	} else if (p->kind == PART_MARKED) {
		json_out_object(j, p->name);
		json_out_str(j, "lang", v->lang);
		json_out_str(j, "text", v->text);
		json_out_close_object(j);
	} else if (part_is_list(p)) {
		list_encode(p->name, v->text, j);
	} else {
		json_out_str(j, p->name, v->text);
	}
}

static void
entry_encode(const struct law_shape *s, const struct field_entry *e,
    const char *name, struct json_out *j)
{
	json_out_object(j, name);
	for (size_t i = 0; i < s->parts_n; i++)
		if (e->parts[i].has)
			part_encode(&s->parts[i], &e->parts[i], j);
	json_out_close_object(j);
}

void
fields_encode(const struct fields *fs, struct json_out *j)
{
	for (size_t i = 0; i < fs->n; i++) {
		const struct field *f = &fs->list[i];

		if (f->law->shape->entries_max <= 1) {
			entry_encode(f->law->shape, &f->entries[0], f->law->name, j);
			continue;
		}
		json_out_array(j, f->law->name);
		for (size_t k = 0; k < f->n; k++)
			entry_encode(f->law->shape, &f->entries[k], NULL, j);
		json_out_close_array(j);
	}
}
