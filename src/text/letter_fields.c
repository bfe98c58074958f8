/* The fields of a request or answer on a letter: label, article, value. */
#include <stdio.h>
#include <string.h>

#include "text/letter_inside.h"
#include "text/words.h"

#define KEY_MAX 100
#define CODE_MAX 80	/* bytes of one code: those of the law have 22 at most */

/* "part.SHAPE.PART" where a language needs it, else "part.PART", else the law's label. */
static void
say_part(struct html *h, const struct law_shape *shape, const struct law_part *part)
{
	char own[KEY_MAX], shared[KEY_MAX];

	(void)snprintf(own, sizeof own, "part.%s.%s", shape->name, part->name);
	(void)snprintf(shared, sizeof shared, "part.%s", part->name);
	html_say_or(h, phrases_find(h->table, own) != NULL ? own : shared,
	    part->label);
}

/* A code with what it means, when there is a phrase or a measure of that name. */
static void
say_code(struct html *h, const char *code)
{
	char key[KEY_MAX];

	(void)snprintf(key, sizeof key, "code.%s", code);
	if (phrases_find(&phrases_list[0], key) == NULL)
		(void)snprintf(key, sizeof key, "kind.%s", code);
	if (phrases_find(&phrases_list[0], key) == NULL) {
		html_value(h, code);
		return;
	}
	html_say(h, key, NULL);
}

/* "7;13": each with what it means. */
static void
say_list(struct html *h, const char *list)
{
	char code[CODE_MAX];

	while (h->ok && *list != '\0') {
		size_t n = strcspn(list, ";");

		(void)snprintf(code, sizeof code, "%.*s",
		    (int)(n < sizeof code ? n : sizeof code - 1), list);
		say_code(h, code);
		list += n;
		if (*list == ';') {
			html_comma(h);
			list++;
		}
	}
}

void
say_state(struct html *h, const char *code)
{
	const struct law_state *s = law_state(code);

	if (s != NULL) {
		html_raw(h, "<span lang=\"en\">");
		html_value(h, s->name);
		html_raw(h, "</span> (");
	}
	html_value(h, code);
	if (s != NULL)
		html_raw(h, ")");
}

/* Where a translation can be written by hand. */
static void
say_blank(struct html *h)
{
	html_raw(h, "<div class=\"blank\">");
	html_say(h, "sheet.translation", NULL);
	html_raw(h, "</div>");
}

/* In two columns a text stands where its language is; false: not in this one. */
static bool
stands_here(struct html *h, const struct marked_text *t)
{
	const struct phrases *of = phrases_of(t->lang);

	if (h->beside == NULL || of == h->table)
		return true;
	html_raw(h, "<p><small>");
	if (of == h->beside) {
		html_say(h, "sheet.written", words_lang_name(t->lang));
	} else {
		html_say(h, "sheet.other", t->lang[0] != '\0' ?
		    words_lang_name(t->lang) : "?");
	}
	html_raw(h, "</small></p>");
	if (of != h->beside && h->first)
		return true;
	say_blank(h);
	return false;
}

void
say_marked(struct html *h, const struct marked_text *t)
{
	if (!stands_here(h, t))
		return;
	html_raw(h, "<p dir=\"auto\"");
	if (t->lang[0] != '\0')
		html_attribute(h, "lang", t->lang);
	html_raw(h, ">");
	html_prose(h, t->text);
	html_raw(h, "</p>");
}

static void
say_digest(struct html *h, const char *hex)
{
	struct digest d;

	if (digest_parse(span_text(hex), &d))
		html_fingerprint(h, &d);
	else
		html_value(h, hex);
}

static void
say_text(struct html *h, enum law_part_kind kind, const struct field_part *p)
{
	struct marked_text marked;

	switch (kind) {
	case PART_MARKED:
		memcpy(marked.lang, p->lang, sizeof marked.lang);
		marked.text = p->text;
		say_marked(h, &marked);
		break;
	case PART_CODE:
	case PART_CODES:
		say_list(h, p->text);
		break;
	case PART_STATE:
		say_state(h, p->text);
		break;
	case PART_DIGEST:
		say_digest(h, p->text);
		break;
	case PART_TEXT:
	case PART_LANG:
	case PART_LANGS:
	case PART_AUTHORITY:
	case PART_INSTANT:
	case PART_NUMBER:
	case PART_YES:
		html_value(h, p->text);
		break;
	}
}

static void
say_value(struct html *h, enum law_part_kind kind, const struct field_part *p)
{
	if (p->text != NULL)
		say_text(h, kind, p);
	else if (kind == PART_INSTANT)
		html_instant(h, p->n);
	else if (kind == PART_YES)
		html_say(h, p->n != 0 ? "yes" : "no", NULL);
	else
		html_number(h, p->n);
}

static bool
there(const struct field_part *p)
{
	return p->text != NULL || p->has;
}

static bool
under_hanoi(const char *instrument)
{
	return strcmp(instrument, "UNCAC-CYBER") == 0;
}

/* "13": an article of the Convention, under it; else what is done there, by its name. */
static void
say_offences(struct html *h, const char *list, bool numbered)
{
	char code[CODE_MAX];

	while (h->ok && *list != '\0') {
		size_t n = strcspn(list, ";");
		const struct law_offence *o;

		(void)snprintf(code, sizeof code, "%.*s",
		    (int)(n < sizeof code ? n : sizeof code - 1), list);
		o = law_offence(code);
		if (numbered)
			html_value(h, code);
		if (o != NULL) {
			(void)snprintf(code, sizeof code, "offence.%s", o->name);
			html_raw(h, numbered ? " " : "");
			html_say(h, code, NULL);
		}
		list += n;
		if (*list == ';') {
			html_comma(h);
			list++;
		}
	}
}

/* The offence's own articles are those of the Convention. */
static bool
part_is_offences(const struct law_shape *shape, const struct law_part *part)
{
	return strcmp(shape->name, "offence") == 0 && strcmp(part->name, "articles") == 0;
}

/* A shape of one part needs no second label. */
static void
say_entry(struct html *h, const struct law_shape *shape, const struct field_entry *e,
    const char *instrument)
{
	if (shape->parts_n == 1) {
		say_value(h, shape->parts[0].kind, &e->parts[0]);
		return;
	}
	html_raw(h, "<dl>");
	for (size_t i = 0; i < shape->parts_n; i++) {
		if (!there(&e->parts[i]))
			continue;
		html_raw(h, "<dt>");
		if (part_is_offences(shape, &shape->parts[i]) && !under_hanoi(instrument)) {
			html_say(h, "offence.kind", NULL);
			html_raw(h, "</dt><dd>");
			say_offences(h, e->parts[i].text, false);
		} else if (part_is_offences(shape, &shape->parts[i])) {
			say_part(h, shape, &shape->parts[i]);
			html_raw(h, "</dt><dd>");
			say_offences(h, e->parts[i].text, true);
		} else {
			/* Codes say themselves what they are. */
			if (strcmp(shape->parts[i].name, "codes") != 0)
				say_part(h, shape, &shape->parts[i]);
			html_raw(h, "</dt><dd>");
			say_value(h, shape->parts[i].kind, &e->parts[i]);
		}
		html_raw(h, "</dd>\n");
	}
	html_raw(h, "</dl>\n");
}

/*
 * Of "Art 42(3)(b); Budapest 29(2)(b); T-CY box 3": places of the Convention are bare or
 * behind "Art", those of others behind their name.
 */
static bool
place_may_be_named(struct span place, const char *instrument)
{
	if (span_starts(place, "Art ") ||
	    (place.n > 0 && place.p[0] >= '0' && place.p[0] <= '9'))
		return under_hanoi(instrument);
	return !span_starts(place, "Budapest ") || strcmp(instrument, "Budapest") == 0;
}

void
say_source(struct html *h, const char *source, const char *instrument)
{
	bool first = true;

	while (*source != '\0') {
		struct span place = span_of(source, strcspn(source, ";"));
		char text[LAW_NAME_MAX];

		source += place.n;
		source += strspn(source, "; ");
		if (!place_may_be_named(place, instrument))
			continue;
		(void)snprintf(text, sizeof text, "%s%.*s", first ? "" : "; ",
		    (int)place.n, (const char *)place.p);
		html_value(h, text);
		first = false;
	}
}

void
say_field_label(struct html *h, const struct law_field *f)
{
	char key[KEY_MAX];

	(void)snprintf(key, sizeof key, "field.%s", f->id);
	html_say_or(h, key, f->label);
}

void
say_field_value(struct html *h, const struct field *f, const char *instrument)
{
	for (size_t i = 0; i < f->n; i++)
		say_entry(h, f->law->shape, &f->entries[i], instrument);
}

static void
say_field(struct html *h, const struct field *f, const char *instrument)
{
	html_raw(h, "<tr><th scope=\"row\">");
	say_field_label(h, f->law);
	html_raw(h, "<br><small lang=\"en\">");
	say_source(h, f->law->source, instrument);
	html_raw(h, "</small></th><td>");
	say_field_value(h, f, instrument);
	html_raw(h, "</td></tr>\n");
}

void
say_fields(struct html *h, const struct fields *fs, const char *instrument)
{
	for (size_t i = 0; i < fs->n; i++)
		say_field(h, &fs->list[i], instrument);
}
