/* Whom a request is about, in one spelling: e-mail, telephone, account and such. */
#include <string.h>

#include "policy/check.h"
#include "policy/guard.h"

/* Types that hide the same thing from each other when somebody wishes it. */
static const char *
class_of(const char *type, const char *value)
{
	if (strcmp(type, "email") == 0 || strchr(value + (value[0] == '@'), '@') != NULL)
		return "address";
	if (strcmp(type, "phone") == 0 || strcmp(type, "imei") == 0)
		return "number";
	return strcmp(type, "url") == 0 ? "url" : "name";
}

static bool
digits_add(struct buf *out, const char *s, struct err *err)
{
	s += strncmp(s, "00", 2) == 0 ? 2 : 0;	/* "00" before a country's code is "+" */
	for (; *s != '\0'; s++)
		if (*s >= '0' && *s <= '9' && !buf_add(out, span_of(s, 1), err))
			return false;
	return true;
}

/* Lower case, no blanks; of other scripts the bytes as they are. */
static bool
letters_add(struct buf *out, const char *s, struct err *err)
{
	for (; *s != '\0'; s++) {
		uint8_t c = ascii_lower(*s);

		if (c != ' ' && c != '\t' && !buf_add(out, span_of(&c, 1), err))
			return false;
	}
	return true;
}

static const char *
url_begin(const char *s)
{
	const char *host = strstr(s, "://");

	s = host == NULL ? s : host + 3;
	return strncasecmp(s, "www.", 4) == 0 ? s + 4 : s;
}

bool
subject_print(const char *type, const char *value, struct buf *out, struct err *err)
{
	const char *class = class_of(type, value);
	size_t begin;

	if (!buf_printf(out, err, "%s ", class))
		return false;
	begin = out->n;
	if (strcmp(class, "number") == 0)
		return digits_add(out, value, err);
	if (strcmp(class, "url") == 0)
		value = url_begin(value);
	/* "@lena" is lena; "lena@example.org" stays */
	if (!letters_add(out, value + (value[0] == '@'), err))
		return false;
	while (out->n > begin + 1 && strcmp(class, "url") == 0 && out->p[out->n - 1] == '/')
		out->n--;
	return true;
}

bool
subjects_each(const struct fields *fs, bool (*each)(void *arg, struct span subject,
    struct err *err), void *arg, struct err *err)
{
	struct buf one;
	bool ok = true;

	buf_init(&one, SUBJECT_MAX);
	for (size_t k = 0; ok && k < fs->n; k++) {
		const struct field *f = &fs->list[k];

		if (strcmp(f->law->shape->name, "identifier") != 0)
			continue;
		for (size_t i = 0; ok && i < f->n; i++) {
			const struct field_part *t = fields_part(fs, f->law->id, i, "type");
			const struct field_part *v = fields_part(fs, f->law->id, i, "value");

			if (t == NULL || v == NULL || v->text == NULL || t->text == NULL)
				continue;
			buf_reset(&one);
			ok = subject_print(t->text, v->text, &one, err) &&
			    each(arg, buf_span(&one), err);
		}
	}
	buf_clear(&one);
	return ok;
}
