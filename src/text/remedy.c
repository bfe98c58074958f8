/* What a person is told after a secret measure, in one language or two (remedy.h). */
#include <stdio.h>
#include <string.h>

#include "text/letter_inside.h"
#include "text/remedy.h"
#include "text/words.h"

static const char style[] =
"@page{size:A4;margin:15mm}"
"body{font:11pt/1.45 \"Noto Serif\",\"Noto Naskh Arabic\",serif;margin:0 auto;"
"max-width:60rem;padding:1rem;color:#000;background:#fff}"
"table{border-collapse:collapse;width:100%;table-layout:fixed}"
"td{text-align:start;vertical-align:top;border:1px solid #888;padding:.35em .6em;"
"overflow-wrap:anywhere}tr{break-inside:avoid}"
"b{display:block}p{margin:.2em 0}h1{font-size:1.2em;margin:.2em 0}"
"ul{margin:.1em 0;padding-inline-start:1.2em}td[lang=ar]{line-height:1.7}"
".training{border:3px double #000;background:#fc0;padding:.3em .5em;font-weight:bold;"
"print-color-adjust:exact}.draft{border:1px dashed #000;padding:.2em .5em}"
".line{border-block-end:1px solid #000;min-height:2.2em}"
"@media print{body{padding:0;max-width:none}}";

struct remedy_page {
	struct html *h;
	const struct remedy *r;
	size_t langs;
};

/* ---- cells ---- */

static void
say_title(struct html *h, const struct remedy *r)
{
	if (r->training) {
		html_raw(h, "<p class=\"training\">");
		html_say(h, "strip.training", NULL);
		html_raw(h, "</p>");
	}
	html_raw(h, "<h1>");
	html_say(h, "remedy.title", NULL);
	html_raw(h, "</h1><p>");
	html_say(h, "remedy.intro", NULL);
	html_raw(h, "</p>");
	say_draft(h);
}

static void
label(struct html *h, const char *key)
{
	html_raw(h, "<b>");
	html_say(h, key, NULL);
	html_raw(h, "</b>");
}

static void
say_measure(struct html *h, const struct remedy *r)
{
	label(h, "remedy.measure");
	html_value(h, words_kind(h->lang, act_kind_name(r->kind)));
}

static void
say_law(struct html *h, const struct remedy *r)
{
	struct act a;

	label(h, "head.basis");
	act_init(&a, r->kind);
	(void)snprintf(a.instrument, sizeof a.instrument, "%s", r->instrument);
	(void)snprintf(a.article, sizeof a.article, "%s", r->article);
	say_basis(h, &a);
	act_clear(&a);
}

static void
say_authority(struct html *h, const char *key, const char *name, const char *state)
{
	label(h, key);
	html_value(h, name);
	html_comma(h);
	say_state(h, state);
}

static void
say_asked_by(struct html *h, const struct remedy *r)
{
	say_authority(h, "remedy.asked_by", r->asked_by, r->asked_state);
}

static void
say_asked_of(struct html *h, const struct remedy *r)
{
	say_authority(h, "remedy.asked_of", r->asked_of, r->asked_of_state);
}

static void
say_when(struct html *h, const struct remedy *r)
{
	label(h, "remedy.made_at");
	html_instant(h, r->made_at);
	label(h, "remedy.secret_until");
	html_instant(h, r->secret_until);
}

static void
say_rights(struct html *h, const struct remedy *r)
{
	static const char *const keys[] = { "remedy.review", "remedy.know", "remedy.counsel",
		"remedy.time" };

	(void)r;
	label(h, "remedy.rights");
	html_raw(h, "<ul>");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		html_raw(h, "<li>");
		html_say(h, keys[i], NULL);
		html_raw(h, "</li>");
	}
	html_raw(h, "</ul>");
}

static void
say_court(struct html *h, const struct remedy *r)
{
	(void)r;
	label(h, "remedy.court");
	html_raw(h, "<p class=\"line\"></p>");
}

static void
say_contact(struct html *h, const struct remedy *r)
{
	char number[16];

	label(h, "remedy.contact");
	html_value(h, r->contact);
	if (r->contact_phone[0] != '\0') {
		html_comma(h);
		html_value(h, r->contact_phone);
	}
	(void)snprintf(number, sizeof number, "N-%u", r->number);
	html_raw(h, "<p>");
	html_say(h, "remedy.number", number);
	html_raw(h, "</p><p>");
	html_say(h, "remedy.others", NULL);
	html_raw(h, "</p>");
}

/* ---- the page ---- */

static void
row(struct remedy_page *p, void (*cell)(struct html *h, const struct remedy *r))
{
	struct html *h = p->h;

	html_raw(h, "<tr>");
	for (size_t i = 0; i < p->langs; i++) {
		h->lang = p->r->lang[i];
		h->table = phrases_of(h->lang);
		h->beside = p->langs > 1 ? phrases_of(p->r->lang[1 - i]) : NULL;
		h->first = i == 0;
		html_raw(h, "<td");
		html_attribute(h, "lang", h->table->lang);
		html_attribute(h, "dir", phrases_find(h->table, "dir"));
		html_raw(h, ">");
		cell(h, p->r);
		html_raw(h, "</td>");
	}
	html_raw(h, "</tr>\n");
}

static bool
langs_may_be(const struct remedy *r, size_t langs, struct err *err)
{
	for (size_t i = 0; i < langs; i++)
		if (phrases_of(r->lang[i]) == NULL)
			return err_set(err, ERR_USE, "sheet.language",
			    "there are no words in the language \"%.11s\"; there are ar, en, es, fr, pt, ru, vi and zh",
			    r->lang[i]);
	return true;
}

bool
remedy_html(const struct remedy *r, struct buf *out, struct err *err)
{
	static void (*const cells[])(struct html *h, const struct remedy *r) = { say_title,
		say_measure, say_law, say_asked_by, say_asked_of, say_when, say_rights,
		say_court, say_contact };
	struct html h = { .to = out, .err = err, .ok = true };
	struct remedy_page p = { &h, r, r->lang[1][0] == '\0' ? 1 : 2 };
	size_t before = out->n;
	char title[16];

	if (!langs_may_be(r, p.langs, err))
		return false;
	if (p.langs == 2 && phrases_of(r->lang[0]) == phrases_of(r->lang[1]))
		p.langs = 1;
	h.lang = r->lang[0];
	h.table = phrases_of(h.lang);
	(void)snprintf(title, sizeof title, "N-%u", r->number);
	page_begin(&h, title, style);
	html_raw(&h, "<table>\n<tbody>\n");
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		row(&p, cells[i]);
	html_raw(&h, "</tbody>\n</table>\n</body>\n</html>\n");
	if (!h.ok)
		out->n = before;
	return h.ok;
}
