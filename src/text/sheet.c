/* An act in two languages side by side. */
#include <stdio.h>
#include <string.h>

#include "text/letter_inside.h"
#include "text/words.h"

#define KEY_MAX 100

static const char style[] =
"@page{size:A4;margin:12mm 13mm 15mm;"
"@bottom-center{content:counter(page) \" / \" counter(pages);font:8pt serif;"
"direction:ltr}}"
"body{font:9.5pt/1.4 \"Noto Serif\",\"Noto Naskh Arabic\",serif;margin:0 auto;"
"max-width:60rem;padding:1rem;color:#000;background:#fff}"
"table.pair{border-collapse:collapse;width:100%;table-layout:fixed}"
"col.side{width:44%}table.pair>tbody>tr>td{text-align:start;vertical-align:top;"
"border:1px solid #888;padding:.3em .5em;overflow-wrap:anywhere}"
"table.pair>tbody>tr>td.box{text-align:center;font-size:.75em;color:#333}"
"thead td{padding:.2em .5em;font-size:.8em}tr{break-inside:avoid}tr.head{break-after:avoid}"
"tr.head td{background:#eee;print-color-adjust:exact}"
"td table{width:100%;border-collapse:collapse}td table th,td table td{text-align:start;"
"vertical-align:top;padding:.15em .4em .15em 0}"
"b{display:block}p{margin:.15em 0}ul{margin:.1em 0;padding-inline-start:1.2em}"
"h1{font-size:1.25em;margin:.2em 0}"
"td[lang=ar]{font-size:10pt;line-height:1.6}"
"em:lang(ar),em:lang(zh){font-style:normal}"
"code{font-size:.9em;overflow-wrap:anywhere}"
"dl{margin:0 0 .3em}dt{font-style:italic;font-size:.9em}dd{margin:0 0 .1em}"
"dt:lang(ar),dt:lang(zh){font-style:normal;color:#333}"
".training{border:3px double #000;background:#fc0;padding:.3em .5em;font-weight:bold;"
"print-color-adjust:exact}"
".draft{border:1px dashed #000;padding:.2em .5em}"
".blank{min-height:4.5em;border:1px dotted #888;padding:.2em .4em;color:#333}"
".order{font-size:.8em}"
".line{border-block-start:1px solid #000;margin-block-start:4em;padding-block-start:.2em}"
"@media print{body{padding:0;max-width:none}}";

struct sheet {
	struct html *h;
	const struct letter *l;
	const char *lang[LETTER_LANGS];
};

/* ---- the order of the boxes ---- */

/*
 * T-CY templates for Articles 29 and 30 (preservation) and 31 (subscriber information) of
 * the Budapest Convention.  Numbers of boxes stand beside the fields where
 * data/law/request_fields.tsv has them as source; a part begins with a key of a phrase,
 * and what no part names comes last.
 */
static const char *const order_preserve[] = {
	"sheet.request", "F60", "F20", "F21", "F01", "F64", "F61", "F62", "F63", "F65",
	"sheet.facts", "F02", "F10", "F03", "F29", "F30",
	"sheet.data", "F11", "F13", "F06", "F12", "F05", "F07",
	"sheet.why", "F14", "F15", "F24", "F25",
	"sheet.conditions", "F16", "F66", "F67", "F68", "F69", NULL
};
static const char *const order_subscriber[] = {
	"sheet.request", "F60", "F01", "F64", "F61", "F62", "F63", "F20", "F65",
	"sheet.why", "F24", "F25",
	"sheet.facts", "F02", "F03", "F10",
	"sheet.data", "F06", "F13", "F12", "F05", "F07", "F11",
	"sheet.request", "F04", "F08", "F18",
	"sheet.conditions", "F16", "F66", "F67", "F68", "F69", NULL
};

static const char *const *
order_of(enum act_kind kind)
{
	return kind == ACT_PRESERVE || kind == ACT_PRESERVE_EXTEND ? order_preserve :
	    order_subscriber;
}

/* ---- rows ---- */

static void
side(struct sheet *s, unsigned i)
{
	s->h->lang = s->lang[i];
	s->h->table = phrases_of(s->lang[i]);
	s->h->beside = phrases_of(s->lang[1 - i]);
	s->h->first = i == 0;
}

static void
cell_open(struct sheet *s, unsigned i)
{
	side(s, i);
	html_raw(s->h, "<td");
	html_attribute(s->h, "lang", s->h->table->lang);
	html_attribute(s->h, "dir", phrases_find(s->h->table, "dir"));
	html_raw(s->h, ">");
}

/* One row: what `say` says, in one language and in the other. */
static void
pair(struct sheet *s, const char *class, const char *box,
    void (*say)(struct sheet *s, const void *arg), const void *arg)
{
	html_raw(s->h, class != NULL ? "<tr class=\"head\">" : "<tr>");
	cell_open(s, 0);
	say(s, arg);
	html_raw(s->h, "</td><td class=\"box\" lang=\"en\" dir=\"ltr\">");
	if (box != NULL)
		say_source(s->h, box, s->l->act->instrument);
	html_raw(s->h, "</td>");
	cell_open(s, 1);
	say(s, arg);
	html_raw(s->h, "</td></tr>\n");
}

static void
label(struct sheet *s, const char *key)
{
	html_raw(s->h, "<b>");
	html_say(s->h, key, NULL);
	html_raw(s->h, "</b>");
}

static void
write_part(struct sheet *s, const void *key)
{
	label(s, key);
}

static void
part_open(struct sheet *s, const char *key)
{
	pair(s, "head", NULL, write_part, key);
}

struct labelled {
	const char *key, *value;
};

static void
write_labelled(struct sheet *s, const void *arg)
{
	const struct labelled *v = arg;

	label(s, v->key);
	html_value(s->h, v->value);
}

static void
row(struct sheet *s, const char *key, const char *value)
{
	struct labelled v = { key, value };

	if (value != NULL && value[0] != '\0')
		pair(s, NULL, NULL, write_labelled, &v);
}

struct dated {
	const char *key;
	int64_t at;
};

static void
write_dated(struct sheet *s, const void *arg)
{
	const struct dated *v = arg;

	label(s, v->key);
	html_instant(s->h, v->at);
}

static void
row_dated(struct sheet *s, const char *key, int64_t at)
{
	struct dated v = { key, at };

	if (at != 0)
		pair(s, NULL, NULL, write_dated, &v);
}

/* ---- the head ---- */

/* On every page that is printed: which act it is of, and that it is an exercise. */
static void
every_page(struct sheet *s)
{
	html_raw(s->h, "<thead><tr>");
	for (unsigned i = 0; i < LETTER_LANGS; i++) {
		html_raw(s->h, i == 0 ? "" : "<td></td>");
		cell_open(s, i);
		html_value(s->h, s->l->our_number);
		if (s->l->act->exercise) {
			html_raw(s->h, " <strong>");
			html_say(s->h, "show.training", NULL);
			html_raw(s->h, "</strong>");
		}
		html_raw(s->h, "</td>");
	}
	html_raw(s->h, "</tr></thead>\n");
}

static void
write_title(struct sheet *s, const void *arg)
{
	const struct act *a = s->l->act;
	char key[KEY_MAX];

	(void)arg;
	if (a->exercise) {
		html_raw(s->h, "<p class=\"training\">");
		html_say(s->h, "strip.training", NULL);
		html_raw(s->h, "</p>");
	}
	html_raw(s->h, "<h1>");
	(void)snprintf(key, sizeof key, "kind.%s", act_kind_name(a->kind));
	html_say(s->h, key, NULL);
	html_raw(s->h, "</h1><p>");
	(void)snprintf(key, sizeof key, "intro.%s", act_kind_name(a->kind));
	html_say(s->h, key, NULL);
	html_raw(s->h, "</p><p class=\"order\">");
	html_say(s->h, "sheet.order", NULL);
	html_raw(s->h, "</p>");
	say_draft(s->h);
}

static void
write_from(struct sheet *s, const void *arg)
{
	(void)arg;
	label(s, "head.from");
	say_us(s->h, &s->l->card->body.card);
}

static void
write_to(struct sheet *s, const void *arg)
{
	(void)arg;
	label(s, "head.to");
	say_them(s->h, s->l);
}

static void
write_basis(struct sheet *s, const void *arg)
{
	(void)arg;
	label(s, "head.basis");
	say_basis(s->h, s->l->act);
}

static void
write_way(struct sheet *s, const void *arg)
{
	char key[40];

	(void)arg;
	label(s, "head.carrier");
	(void)snprintf(key, sizeof key, "by.%.20s", s->l->by);
	html_say(s->h, key, NULL);
}

static void
head(struct sheet *s)
{
	const struct letter *l = s->l;

	pair(s, NULL, NULL, write_title, NULL);
	row_dated(s, "head.date", l->act->made_at);
	row(s, "head.number", l->our_number);
	row(s, "head.reference", l->their_reference);
	pair(s, NULL, NULL, write_to, NULL);
	pair(s, NULL, NULL, write_from, NULL);
	row(s, "head.phone", l->card->body.card.phone);
	if (l->by != NULL)
		pair(s, NULL, NULL, write_way, NULL);
	if (act_kind_class(l->act->kind) == ACT_IS_REQUEST)
		pair(s, NULL, NULL, write_basis, NULL);
	row_dated(s, "head.expires", l->act->expires_at);
}

/* ---- what it says ---- */

static void
write_field(struct sheet *s, const void *arg)
{
	const struct field *f = arg;

	html_raw(s->h, "<b>");
	say_field_label(s->h, f->law);
	html_raw(s->h, "</b>");
	say_field_value(s->h, f, s->l->act->instrument);
}

static const struct field *
field_of(const struct fields *fs, const char *id)
{
	for (size_t i = 0; i < fs->n; i++)
		if (strcmp(fs->list[i].law->id, id) == 0)
			return &fs->list[i];
	return NULL;
}

static bool
in_order(const char *const *order, const char *id)
{
	for (; *order != NULL; order++)
		if (strcmp(*order, id) == 0)
			return true;
	return false;
}

static void
say_one(struct sheet *s, const char **part, const struct field *f)
{
	if (*part != NULL)
		part_open(s, *part);
	*part = NULL;
	pair(s, NULL, f->law->source, write_field, f);
}

static void
request(struct sheet *s, const struct request_body *r)
{
	const char *const *order = order_of(s->l->act->kind), *part = NULL;

	row_dated(s, "head.answer_by", r->answer_by);
	for (const char *const *o = order; *o != NULL; o++) {
		const struct field *f = field_of(&r->fields, *o);

		if (strncmp(*o, "sheet.", 6) == 0)
			part = *o;
		else if (f != NULL)
			say_one(s, &part, f);
	}
	part = "sheet.further";
	for (size_t i = 0; i < r->fields.n; i++)
		if (!in_order(order, r->fields.list[i].law->id))
			say_one(s, &part, &r->fields.list[i]);
}

static void
write_body(struct sheet *s, const void *arg)
{
	(void)arg;
	html_raw(s->h, "<table>\n");
	say_body(s->h, s->l->act);
	html_raw(s->h, "</table>");
}

static void
write_attached(struct sheet *s, const void *arg)
{
	const struct letter_attached *a = arg;

	html_value(s->h, a->name);
	html_raw(s->h, "<br>");
	html_number(s->h, (int64_t)a->bytes);
	html_raw(s->h, " ");
	html_say(s->h, "attached.bytes", NULL);
	html_raw(s->h, "<br>");
	html_fingerprint(s->h, &a->sha256);
}

static void
write_fingerprint(struct sheet *s, const void *arg)
{
	label(s, "check.fingerprint");
	html_fingerprint(s->h, arg);
}

static void
write_sign(struct sheet *s, const void *arg)
{
	(void)arg;
	html_raw(s->h, "<p>");
	html_say(s->h, "sign.electronic", NULL);
	html_raw(s->h, "</p><p class=\"line\">");
	html_say(s->h, "sign.place", NULL);
	html_raw(s->h, "</p>");
}

static void
tail(struct sheet *s)
{
	struct six_words words;

	if (s->l->attached_n > 0)
		part_open(s, "section.attached");
	for (size_t i = 0; i < s->l->attached_n; i++)
		pair(s, NULL, NULL, write_attached, &s->l->attached[i]);
	part_open(s, "section.check");
	pair(s, NULL, NULL, write_fingerprint, &s->l->act_id);
	if (s->h->ok && !six_words_of(&s->l->card_id, &words, s->h->err))
		s->h->ok = false;
	if (s->h->ok)
		row(s, "check.words", words.s);
	part_open(s, "section.sign");
	pair(s, NULL, NULL, write_sign, NULL);
}

/* ---- the page ---- */

static bool
languages_may_be(const struct letter *l, struct err *err)
{
	for (size_t i = 0; i < LETTER_LANGS; i++)
		if (phrases_of(l->lang[i]) == NULL)
			return err_set(err, ERR_USE, "sheet.language",
			    "there are no words in the language \"%.11s\"; there are ar, en, es, fr, pt, ru, vi and zh",
			    l->lang[i]);
	if (phrases_of(l->lang[0]) == phrases_of(l->lang[1]))
		return err_set(err, ERR_USE, "sheet.language",
		    "a sheet of two languages needs two: --langs fr,ar");
	return true;
}

bool
sheet_html(const struct letter *l, struct buf *out, struct err *err)
{
	struct html h = { .to = out, .err = err, .ok = true };
	struct sheet s = { &h, l, { l->lang[0], l->lang[1] } };
	size_t before = out->n;

	if (!letter_may_be(l, err) || !languages_may_be(l, err))
		return false;
	side(&s, 0);
	page_begin(&h, l->our_number, style);
	html_raw(&h, "<table class=\"pair\">\n<colgroup><col class=\"side\"><col>"
	    "<col class=\"side\"></colgroup>\n");
	every_page(&s);
	html_raw(&h, "<tbody>\n");
	head(&s);
	if (act_kind_class(l->act->kind) == ACT_IS_REQUEST)
		request(&s, &l->act->body.request);
	else
		pair(&s, NULL, NULL, write_body, NULL);
	tail(&s);
	html_raw(&h, "</tbody>\n</table>\n</body>\n</html>\n");
	if (!h.ok)
		out->n = before;
	return h.ok;
}
