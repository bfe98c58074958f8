/* Fields as a person types them: "offence.facts", "identifiers[1].value". */
#include "act/field_parts.h"

#include <stdio.h>
#include <string.h>

#define FIELD_NAME_MAX 40

/* What a typed name means. */
struct place {
	const struct law_field *law;
	bool has_index, add;
	size_t index;
	bool has_part;
	size_t part;			/* index in the shape */
};

/* ---- names ---- */

/* "articles, statute, facts": for sentences. */
static void
names_of_parts(const struct law_shape *s, char *out, size_t room)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < s->parts_n && at < room; i++)
		at += (size_t)snprintf(out + at, room - at, "%s%s", i == 0 ? "" : ", ",
		    s->parts[i].name);
}

static bool
part_unknown(const struct law_field *law, struct err *err)
{
	char names[200];

	names_of_parts(law->shape, names, sizeof names);
	return err_set(err, ERR_INPUT, "fields.part",
	    "field \"%s\" (%s, %s) has no such part; it has: %s", law->name, law->id,
	    law->label, names);
}

static bool
name_unclear(const char *name, struct err *err)
{
	return err_set(err, ERR_INPUT, "fields.name",
	    "\"%.60s\" names no field; write NAME, NAME.PART, NAME[0].PART, "
	    "or NAME[+].PART to add an entry", name);
}

static bool
field_of_name(const char *name, size_t n, struct place *out, struct err *err)
{
	char s[FIELD_NAME_MAX + 1];

	if (n == 0 || n > FIELD_NAME_MAX)
		return name_unclear(name, err);
	memcpy(s, name, n);
	s[n] = '\0';
	out->law = law_field(s);
	if (out->law == NULL)
		return err_set(err, ERR_INPUT, "fields.unknown",
		    "there is no field \"%s\"", s);
	return field_carried(out->law, err);
}

/* "[+]" or "[12]" at s; what follows is in *rest. */
static bool
index_of_name(const char *s, struct place *out, const char **rest)
{
	size_t n = 0;

	if (*s != '[')
		return false;
	out->has_index = true;
	if (s[1] == '+') {
		out->add = true;
		n = 1;
	}
	while (!out->add && n < 3 && s[1 + n] >= '0' && s[1 + n] <= '9')
		out->index = out->index * 10 + (size_t)(s[1 + n++] - '0');
	if (n == 0 || s[1 + n] != ']')
		return false;
	*rest = s + n + 2;
	return true;
}

static bool
place_parse(const char *name, struct place *out, struct err *err)
{
	size_t n = strcspn(name, ".[");
	const char *rest = name + n;

	*out = (struct place){ 0 };
	if (!field_of_name(name, n, out, err))
		return false;
	if (*rest == '[' && !index_of_name(rest, out, &rest))
		return name_unclear(name, err);
	if (*rest == '\0')
		return true;
	if (*rest != '.')
		return name_unclear(name, err);
	out->has_part = true;
	out->part = shape_part(out->law->shape, rest + 1);
	return out->part < out->law->shape->parts_n || part_unknown(out->law, err);
}

/* Without a part: the first that holds words. */
/* "legal_class=article_16", "order_exists=no": a list of codes and a yes, too. */
static bool
part_stands_for_all(const struct law_part *p)
{
	return p->kind == PART_TEXT || p->kind == PART_MARKED ||
	    (p->required && (p->kind == PART_CODES || p->kind == PART_YES));
}

static bool
part_choose(struct place *at, struct err *err)
{
	const struct law_shape *s = at->law->shape;

	if (at->has_part)
		return true;
	for (int must = 1; must >= 0; must--)
		for (at->part = 0; at->part < s->parts_n; at->part++)
			if (s->parts[at->part].required == (must == 1) &&
			    part_stands_for_all(&s->parts[at->part]))
				return true;
	return part_unknown(at->law, err);
}

/* ---- values ---- */

static bool
value_bad(const struct place *at, const char *problem, struct err *err)
{
	const struct law_part *p = &at->law->shape->parts[at->part];

	if (p->codes != NULL)
		return err_set(err, ERR_INPUT, "fields.value",
		    "%s.%s (%s) %s; they are: %s", at->law->name, p->name, p->label,
		    problem, p->codes);
	if (strcmp(problem, "is too long") == 0)
		return err_set(err, ERR_INPUT, "fields.long",
		    "%s.%s (%s) is too long: at most %zu bytes", at->law->name, p->name,
		    p->label, p->max);
	return err_set(err, ERR_INPUT, "fields.value", "%s.%s (%s) %s", at->law->name,
	    p->name, p->label, problem);
}

/* Items apart by ";" or ",", blanks around them do not count. */
static bool
list_from(const struct place *at, const char *value, struct field_part *out,
    struct err *err)
{
	const struct law_part *p = &at->law->shape->parts[at->part];
	const char *problem = NULL;
	struct buf joined;
	bool ok = true;

	buf_init(&joined, p->max + 1);
	for (const char *s = value; ok; s++) {
		size_t n;

		s += strspn(s, " ");
		n = strcspn(s, ";,");
		value = s + n;
		while (n > 0 && s[n - 1] == ' ')
			n--;
		ok = part_list_add(p, &joined, span_of(s, n), &problem, err);
		s = value;
		if (*s == '\0')
			break;
	}
	if (problem != NULL)
		(void)value_bad(at, problem, err);
	if (ok)
		out->text = mem_text(joined.p, joined.n, err);
	buf_clear(&joined);
	return ok && out->text != NULL;
}

static bool
number_from(const struct place *at, const char *value, struct field_part *out,
    struct err *err)
{
	size_t n = strspn(value, "0123456789");
	int64_t v = 0;

	if (n == 0 || n > 16 || value[n] != '\0')
		return value_bad(at, "is not a number of digits only", err);
	for (size_t i = 0; i < n; i++)
		v = v * 10 + (value[i] - '0');
	if (v > JSON_INT_MAX)
		return value_bad(at, "is larger than 2^53", err);
	out->n = v;
	return true;
}

static bool
yes_from(const struct place *at, const char *value, struct field_part *out,
    struct err *err)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return value_bad(at, "is yes or no", err);
	out->n = value[0] == 'y';
	return true;
}

static bool
instant_from(const struct place *at, const char *value, struct field_part *out,
    struct err *err)
{
	if (when_parse_people(span_text(value), &out->n, NULL) &&
	    out->n >= WHEN_MIN && out->n <= WHEN_MAX)
		return true;
	return value_bad(at,
	    "is no time; write 2026-11-22T08:46:00Z, 2026-11-22 or @SECONDS", err);
}

static bool
words_from(const struct place *at, const char *value, const char *lang,
    struct field_part *out, struct err *err)
{
	const struct law_part *p = &at->law->shape->parts[at->part];
	const char *problem = part_problem(p, span_text(value));

	if (problem != NULL)
		return value_bad(at, problem, err);
	if (p->kind == PART_MARKED) {
		if (lang == NULL || !lang_valid(lang))
			return err_set(err, ERR_INPUT, "fields.lang",
			    "%s.%s is free text: say its language, as \"en\" or \"fr\"",
			    at->law->name, p->name);
		memcpy(out->lang, lang, strlen(lang) + 1);
	}
	out->text = mem_text_of(value, err);
	return out->text != NULL;
}

static bool
part_from(const struct place *at, const char *value, const char *lang,
    struct field_part *out, struct err *err)
{
	const struct law_part *p = &at->law->shape->parts[at->part];
	bool ok;

	*out = (struct field_part){ 0 };
	if (p->kind == PART_INSTANT)
		ok = instant_from(at, value, out, err);
	else if (p->kind == PART_NUMBER)
		ok = number_from(at, value, out, err);
	else if (p->kind == PART_YES)
		ok = yes_from(at, value, out, err);
	else if (part_is_list(p))
		ok = list_from(at, value, out, err);
	else
		ok = words_from(at, value, lang, out, err);
	out->has = ok;
	return ok;
}

/* ---- setting ---- */

/* Which entry is meant: one that is there, or the next one. */
static bool
index_resolve(struct place *at, const struct field *f, struct err *err)
{
	size_t n = f != NULL ? f->n : 0, max = at->law->shape->entries_max;

	if (at->add)
		at->index = n;
	if (at->index > n)
		return err_set(err, ERR_INPUT, "fields.index",
		    "field \"%s\" has %zu entries; write %s[+] to add one", at->law->name,
		    n, at->law->name);
	return at->index < max || err_set(err, ERR_INPUT, "fields.full",
	    "field \"%s\" (%s) has no room for more than %zu", at->law->name,
	    at->law->id, max);
}

/* An identifier's parts come one by one: what is there must fit together. */
static bool
identifier_fits(const struct place *at, const struct field *f,
    const struct field_part *part, struct err *err)
{
	struct field_entry e = { 0 };
	struct identifier_result r;

	if (strcmp(at->law->shape->name, "identifier") != 0)
		return true;
	if (f != NULL && at->index < f->n)
		e = f->entries[at->index];
	e.parts[at->part] = *part;
	if (!identifier_form(&e, true, &r, err))
		return false;
	return r.verdict != IDENTIFIER_BAD || err_set(err, ERR_INPUT, r.reason,
	    "%s[%zu]: what stands there %s", at->law->name, at->index, r.text);
}

/* Room for one entry more, at the end; the field may be new. */
static bool
entry_add(struct fields *fs, const struct place *at, struct err *err)
{
	struct field_entry *entries;
	bool there;
	size_t i = fields_place(fs, at->law, &there), n = there ? fs->list[i].n : 0;

	entries = mem_array(n + 1, sizeof *entries, err);
	if (entries == NULL)
		return false;
	if (!there) {
		if (fields_put(fs, i, at->law, entries, 1, err))
			return true;
		mem_free(entries);
		return false;
	}
	memcpy(entries, fs->list[i].entries, n * sizeof *entries);
	mem_free(fs->list[i].entries);
	fs->list[i].entries = entries;
	fs->list[i].n = n + 1;
	return true;
}

bool
fields_set(struct fields *fs, const char *name, const char *value,
    const char *lang, struct err *err)
{
	const struct field *f;
	struct field_part part;
	struct place at;
	bool there;
	size_t i;

	if (!place_parse(name, &at, err) || !part_choose(&at, err))
		return false;
	f = fields_find(fs, at.law->id);
	if (!index_resolve(&at, f, err) || !part_from(&at, value, lang, &part, err))
		return false;
	if (!identifier_fits(&at, f, &part, err) ||
	    ((f == NULL || at.index == f->n) && !entry_add(fs, &at, err))) {
		field_part_clear(&part);
		return false;
	}
	i = fields_place(fs, at.law, &there);
	field_part_clear(&fs->list[i].entries[at.index].parts[at.part]);
	fs->list[i].entries[at.index].parts[at.part] = part;
	return true;
}

/* ---- removing ---- */

static void
field_remove(struct fields *fs, size_t i)
{
	struct field *f = &fs->list[i];

	for (size_t k = 0; k < f->n; k++)
		field_entry_clear(&f->entries[k]);
	mem_free(f->entries);
	fs->n--;
	memmove(f, f + 1, (fs->n - i) * sizeof *f);
}

static void
entry_remove(struct fields *fs, size_t i, size_t index)
{
	struct field *f = &fs->list[i];

	if (f->n == 1) {
		field_remove(fs, i);
		return;
	}
	field_entry_clear(&f->entries[index]);
	f->n--;
	memmove(&f->entries[index], &f->entries[index + 1],
	    (f->n - index) * sizeof f->entries[0]);
}

bool
fields_remove(struct fields *fs, const char *name)
{
	struct field_entry *e;
	struct place at;
	bool there;
	size_t i;

	if (!place_parse(name, &at, NULL))
		return false;
	i = fields_place(fs, at.law, &there);
	if (!there || at.add || at.index >= fs->list[i].n)
		return false;
	if (!at.has_part) {
		if (at.has_index)
			entry_remove(fs, i, at.index);
		else
			field_remove(fs, i);
		return true;
	}
	e = &fs->list[i].entries[at.index];
	if (!e->parts[at.part].has)
		return false;
	field_part_clear(&e->parts[at.part]);
	if (field_entry_empty(e))
		entry_remove(fs, i, at.index);
	return true;
}
