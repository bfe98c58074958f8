/* Fields of a request as values: found, copied, kept in the order of the law's table. */
#include "act/field_parts.h"

#include <string.h>

#include "act/kinds.h"

/* ---- parts ---- */

bool
part_is_list(const struct law_part *p)
{
	return p->kind == PART_CODES || p->kind == PART_LANGS;
}

bool
part_is_text(const struct law_part *p)
{
	return p->kind != PART_INSTANT && p->kind != PART_NUMBER &&
	    p->kind != PART_YES;
}

/* A code is one item of a list joined by ";", and never holds one. */
static bool
code_fits(const struct law_part *p, const char *s)
{
	return code_valid(s) && strchr(s, ';') == NULL &&
	    (p->codes == NULL || law_list_has(p->codes, s));
}

const char *
part_problem(const struct law_part *p, struct span item)
{
	char s[FIELD_CODE_MAX + 1];
	struct authority_id id;
	struct digest d;

	if (item.n == 0)
		return "is empty";
	if (p->kind == PART_DIGEST)
		return digest_parse(item, &d) ? NULL :
		    "is not 64 lower hexadecimal digits";
	if (item.n > (part_is_list(p) ? FIELD_CODE_MAX : p->max))
		return "is too long";
	if (p->kind == PART_TEXT || p->kind == PART_MARKED)
		return utf8_valid(item) ? NULL : "is not UTF-8";
	if (item.n > FIELD_CODE_MAX)
		return "is too long";
	memcpy(s, item.p, item.n);
	s[item.n] = '\0';
	if (p->kind == PART_CODE || p->kind == PART_CODES)
		return code_fits(p, s) ? NULL : p->codes != NULL ?
		    "is none of its codes" : "is not plain ASCII without blanks";
	if (p->kind == PART_LANG || p->kind == PART_LANGS)
		return lang_valid(s) ? NULL : "is no language tag";
	if (p->kind == PART_STATE)
		return state_valid(s) ? NULL : "is not a State's two capital letters";
	return authority_id_parse(s, &id) ? NULL : "is no authority id";
}

bool
part_list_next(const char **at, struct span *item)
{
	const char *end;

	if (*at == NULL || **at == '\0')
		return false;
	end = strchr(*at, ';');
	*item = span_of(*at, end != NULL ? (size_t)(end - *at) : strlen(*at));
	*at = end != NULL ? end + 1 : NULL;
	return true;
}

bool
part_list_add(const struct law_part *p, struct buf *joined, struct span item,
    const char **problem, struct err *err)
{
	struct span one;
	const char *at;
	size_t n = 0;

	*problem = part_problem(p, item);
	if (*problem != NULL || !buf_text(joined, &at, err))
		return false;
	while (part_list_next(&at, &one)) {
		n++;
		if (span_eq(one, item))
			*problem = "names the same twice";
	}
	if (n >= FIELD_CODES_MAX)
		*problem = "has too many entries";
	if (joined->n + (n > 0) + item.n > p->max)
		*problem = "is too long";
	return *problem == NULL &&
	    (n == 0 || buf_add_byte(joined, ';', err)) && buf_add(joined, item, err);
}

size_t
shape_part(const struct law_shape *s, const char *name)
{
	size_t i = 0;

	while (i < s->parts_n && strcmp(s->parts[i].name, name) != 0)
		i++;
	return i;
}

void
field_part_clear(struct field_part *p)
{
	mem_free(p->text);
	*p = (struct field_part){ 0 };
}

void
field_entry_clear(struct field_entry *e)
{
	for (size_t i = 0; i < LAW_PARTS_MAX; i++)
		field_part_clear(&e->parts[i]);
}

bool
field_entry_empty(const struct field_entry *e)
{
	for (size_t i = 0; i < LAW_PARTS_MAX; i++)
		if (e->parts[i].has)
			return false;
	return true;
}

/* ---- the list ---- */

void
fields_init(struct fields *fs)
{
	memset(fs, 0, sizeof *fs);
}

static void
entries_free(struct field_entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++)
		field_entry_clear(&entries[i]);
	mem_free(entries);
}

void
fields_clear(struct fields *fs)
{
	for (size_t i = 0; i < fs->n; i++)
		entries_free(fs->list[i].entries, fs->list[i].n);
	fields_init(fs);
}

/* Ids are a letter and two digits: their order as texts is that of the table. */
size_t
fields_place(const struct fields *fs, const struct law_field *law, bool *there)
{
	size_t i = 0;

	while (i < fs->n && strcmp(fs->list[i].law->id, law->id) < 0)
		i++;
	*there = i < fs->n && strcmp(fs->list[i].law->id, law->id) == 0;
	return i;
}

bool
fields_put(struct fields *fs, size_t place, const struct law_field *law,
    struct field_entry *entries, size_t n, struct err *err)
{
	if (fs->n == FIELDS_MAX)
		return err_set(err, ERR_LIMIT, "fields.many",
		    "more than %d fields are filled in", FIELDS_MAX);
	memmove(&fs->list[place + 1], &fs->list[place],
	    (fs->n - place) * sizeof fs->list[0]);
	fs->list[place] = (struct field){ .law = law, .entries = entries, .n = n };
	fs->n++;
	return true;
}

bool
field_carried(const struct law_field *law, struct err *err)
{
	return !law_field_is_envelope(law) || err_set(err, ERR_INPUT, "fields.envelope",
	    "field \"%s\" (%s) is never written: card and signature say it",
	    law->name, law->id);
}

const struct field *
fields_find(const struct fields *fs, const char *id_or_name)
{
	for (size_t i = 0; i < fs->n; i++)
		if (strcmp(fs->list[i].law->id, id_or_name) == 0 ||
		    strcmp(fs->list[i].law->name, id_or_name) == 0)
			return &fs->list[i];
	return NULL;
}

const struct field_part *
fields_part(const struct fields *fs, const char *field, size_t i, const char *part)
{
	const struct field *f = fields_find(fs, field);
	size_t at;

	if (f == NULL || i >= f->n)
		return NULL;
	at = shape_part(f->law->shape, part);
	if (at == f->law->shape->parts_n || !f->entries[i].parts[at].has)
		return NULL;
	return &f->entries[i].parts[at];
}

static bool
entry_copy(struct field_entry *to, const struct field_entry *from, struct err *err)
{
	for (size_t i = 0; i < LAW_PARTS_MAX; i++) {
		to->parts[i] = from->parts[i];
		to->parts[i].text = NULL;
		if (from->parts[i].text == NULL)
			continue;
		to->parts[i].text = mem_text_of(from->parts[i].text, err);
		if (to->parts[i].text == NULL)
			return false;
	}
	return true;
}

bool
fields_copy(struct fields *to, const struct fields *from, struct err *err)
{
	struct fields all;

	fields_init(&all);
	for (size_t i = 0; i < from->n; i++) {
		const struct field *f = &from->list[i];
		struct field_entry *entries = mem_array(f->n, sizeof *entries, err);

		if (entries == NULL)
			goto failed;
		all.list[all.n++] = (struct field){ f->law, entries, f->n };
		for (size_t k = 0; k < f->n; k++)
			if (!entry_copy(&entries[k], &f->entries[k], err))
				goto failed;
	}
	*to = all;
	return true;
failed:
	fields_clear(&all);
	return false;
}

static bool
entry_same(const struct field_entry *a, const struct field_entry *b)
{
	for (size_t i = 0; i < LAW_PARTS_MAX; i++) {
		const struct field_part *x = &a->parts[i], *y = &b->parts[i];

		if (x->has != y->has || x->n != y->n || strcmp(x->lang, y->lang) != 0 ||
		    (x->text == NULL) != (y->text == NULL) ||
		    (x->text != NULL && strcmp(x->text, y->text) != 0))
			return false;
	}
	return true;
}

static bool
field_has(const struct field *f, const struct field_entry *e)
{
	for (size_t i = 0; i < f->n; i++)
		if (entry_same(&f->entries[i], e))
			return true;
	return false;
}

/* What is taken from `more` is empty there. */
static bool
entries_append(struct field *to, struct field *more, struct err *err)
{
	size_t was = to->n, fresh = 0, max = to->law->shape->entries_max;
	struct field_entry *all;

	for (size_t i = 0; i < more->n; i++)
		fresh += !field_has(to, &more->entries[i]);
	if (fresh == 0)
		return true;
	if (fresh > max || was > max - fresh)
		return err_set(err, ERR_LIMIT, "fields.full",
		    "field \"%s\" (%s) has no room for more than %zu", to->law->name,
		    to->law->id, max);
	all = mem_array(was + fresh, sizeof *all, err);
	if (all == NULL)
		return false;
	memcpy(all, to->entries, was * sizeof *all);
	mem_free(to->entries);
	to->entries = all;
	for (size_t i = 0; i < more->n; i++)
		if (!field_has(to, &more->entries[i])) {
			to->entries[to->n++] = more->entries[i];
			memset(&more->entries[i], 0, sizeof more->entries[i]);
		}
	return true;
}

/* What is taken from `more` leaves there what can be freed. */
static bool
entries_replace(struct field *to, struct field *more, struct err *err)
{
	struct field was = *to;

	(void)err;
	*to = *more;
	*more = was;
	return true;
}

/* Rows of `more` that `to` lacks are put there; `both` says what becomes of the others. */
static bool
fields_join(struct fields *to, const struct fields *more,
    bool (*both)(struct field *to, struct field *more, struct err *err), struct err *err)
{
	struct fields copy;
	bool ok = fields_copy(&copy, more, err);

	if (!ok)
		return false;
	for (size_t i = 0; ok && i < copy.n; i++) {
		struct field *f = &copy.list[i];
		bool there;
		size_t place = fields_place(to, f->law, &there);

		if (there) {
			ok = both(&to->list[place], f, err);
		} else {
			ok = fields_put(to, place, f->law, f->entries, f->n, err);
			if (ok)
				*f = (struct field){ .law = f->law };
		}
	}
	fields_clear(&copy);
	return ok;
}

bool
fields_overlay(struct fields *to, const struct fields *more, struct err *err)
{
	return fields_join(to, more, entries_replace, err);
}

bool
fields_append(struct fields *to, const struct fields *more, struct err *err)
{
	return fields_join(to, more, entries_append, err);
}
