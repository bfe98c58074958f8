/* An act as a printable letter: the page around what it says. */
#include <stdio.h>
#include <string.h>

#include "text/letter_inside.h"
#include "text/words.h"

static const char style[] =
"@page{size:A4;margin:20mm 18mm}"
"body{font:11pt/1.45 serif;margin:0 auto;max-width:46rem;padding:1rem;color:#000;"
"background:#fff}"
"article+article{break-before:page;border-block-start:2px solid #000;"
"margin-block-start:2rem;padding-block-start:1rem}"
"h1{font-size:1.4em;margin:1em 0 .3em}h2{font-size:1.1em;margin:1.2em 0 .3em}"
".training{border:3px double #000;background:#fc0;padding:.4em .8em;"
"font-weight:bold;text-align:center;print-color-adjust:exact}"
"table{border-collapse:collapse;width:100%}"
"th,td{text-align:start;vertical-align:top;border-block-start:1px solid #999;"
"padding:.35em .6em .35em 0}th{width:32%;font-weight:bold}"
"tr{break-inside:avoid}p{margin:.2em 0}"
"small{font-weight:normal;font-size:.8em}code{font-size:.95em;"
"overflow-wrap:anywhere}dl{margin:0 0 .4em;display:grid;"
"grid-template-columns:11em 1fr}dt{font-style:italic}dd{margin:0}"
".address{white-space:normal;margin:.5em 0}"
".sign{margin-block-start:1.5em;break-inside:avoid}"
".line{border-block-start:1px solid #000;margin-block-start:3.5em;"
"padding-block-start:.2em}"
"@media print{body{padding:0;max-width:none}}";

static const struct phrases *
table_of(const char *lang)
{
	const struct phrases *t = phrases_of(lang);

	return t != NULL ? t : &phrases_list[0];
}

void
page_begin(struct html *h, const char *title, const char *css)
{
	html_raw(h, "<!DOCTYPE html>\n<html");
	html_attribute(h, "lang", h->table->lang);
	html_attribute(h, "dir", phrases_find(h->table, "dir"));
	/* Nothing is fetched and nothing runs, whatever a value may say. */
	html_raw(h, ">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
	html_prose(h, title);
	html_raw(h, "</title>\n<style>");
	html_raw(h, css);
	html_raw(h, "</style>\n</head>\n<body>\n");
}

static void
row(struct html *h, const char *key, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	html_row_open(h, key);
	html_value(h, value);
	html_row_close(h);
}

/* Our name in that language if the card has it, else the first. */
static const struct marked_text *
our_name(const struct html *h, const struct card_body *c)
{
	for (size_t i = 0; i < c->names_n; i++)
		if (phrases_of(c->names[i].lang) == h->table)
			return &c->names[i];
	return &c->names[0];
}

void
say_us(struct html *h, const struct card_body *c)
{
	const struct marked_text *name = our_name(h, c);

	html_raw(h, "<strong");
	html_attribute(h, "lang", name->lang);
	html_raw(h, ">");
	html_value(h, name->text);
	html_raw(h, "</strong>, ");
	say_state(h, c->state);
}

void
say_them(struct html *h, const struct letter *l)
{
	if (l->to_name != NULL && l->to_name[0] != '\0')
		html_value(h, l->to_name);
	else
		html_say(h, "head.concern", NULL);
	html_comma(h);
	say_state(h, l->to_state);
	if (l->to_address != NULL && l->to_address[0] != '\0') {
		html_raw(h, "<p class=\"address\" dir=\"auto\">");
		html_prose(h, l->to_address);
		html_raw(h, "</p>");
	}
}

/* "25;42" in the act is "25, 42" on paper, on one line: else Arabic sets it apart. */
static void
say_articles(struct html *h, const char *list)
{
	char text[3 * sizeof ((struct act *)NULL)->article];
	size_t n = 0;

	for (; *list != '\0' && n + 3 < sizeof text; list++) {
		text[n++] = *list == ';' ? ',' : *list;
		if (*list == ';') {
			memcpy(text + n, "\xc2\xa0", 2);
			n += 2;
		}
	}
	text[n] = '\0';
	html_value(h, text);
}

void
say_basis(struct html *h, const struct act *a)
{
	char key[60];

	(void)snprintf(key, sizeof key, "basis.%s",
	    a->instrument[0] == '\0' ? "none" : a->instrument);
	html_say_or(h, key, a->instrument);
	if (a->article[0] != '\0') {
		html_comma(h);
		html_say(h, "basis.article", NULL);
		html_raw(h, " ");
		say_articles(h, a->article);
	}
}

static void
say_way(struct html *h, const char *by)
{
	char key[40];

	if (by == NULL)
		return;
	html_row_open(h, "head.carrier");
	(void)snprintf(key, sizeof key, "by.%.20s", by);
	html_say(h, key, NULL);
	html_row_close(h);
}

static void
say_head(struct html *h, const struct letter *l)
{
	const struct act *a = l->act;

	html_raw(h, "<table>\n");
	html_row_open(h, "head.from");
	say_us(h, &l->card->body.card);
	html_row_close(h);
	html_row_open(h, "head.to");
	say_them(h, l);
	html_row_close(h);
	html_row_open(h, "head.date");
	html_instant(h, a->made_at);
	html_row_close(h);
	row(h, "head.number", l->our_number);
	row(h, "head.reference", l->their_reference);
	row(h, "head.phone", l->card->body.card.phone);
	say_way(h, l->by);
	if (act_kind_class(a->kind) == ACT_IS_REQUEST) {
		html_row_open(h, "head.basis");
		say_basis(h, a);
		html_row_close(h);
	}
	if (a->expires_at != 0) {
		html_row_open(h, "head.expires");
		html_instant(h, a->expires_at);
		html_row_close(h);
	}
	html_raw(h, "</table>\n");
}

static void
heading(struct html *h, const char *key)
{
	html_raw(h, "<h2>");
	html_say(h, key, NULL);
	html_raw(h, "</h2>\n");
}

static void
say_attached(struct html *h, const struct letter *l)
{
	if (l->attached_n == 0)
		return;
	heading(h, "section.attached");
	html_raw(h, "<table>\n<tr><th>");
	html_say(h, "attached.name", NULL);
	html_raw(h, "</th><th>");
	html_say(h, "attached.bytes", NULL);
	html_raw(h, "</th><th>");
	html_say(h, "attached.fingerprint", NULL);
	html_raw(h, "</th></tr>\n");
	for (size_t i = 0; i < l->attached_n; i++) {
		html_raw(h, "<tr><td>");
		html_value(h, l->attached[i].name);
		html_raw(h, "</td><td>");
		html_number(h, (int64_t)l->attached[i].bytes);
		html_raw(h, "</td><td>");
		html_fingerprint(h, &l->attached[i].sha256);
		html_raw(h, "</td></tr>\n");
	}
	html_raw(h, "</table>\n");
}

static void
say_check(struct html *h, const struct letter *l)
{
	struct six_words words;

	heading(h, "section.check");
	html_raw(h, "<ul>\n<li>");
	html_say(h, "check.call", NULL);
	html_raw(h, "</li>\n<li>");
	html_say(h, "check.mail", NULL);
	html_raw(h, "</li>\n</ul>\n<table>\n");
	html_row_open(h, "check.fingerprint");
	html_fingerprint(h, &l->act_id);
	html_row_close(h);
	if (h->ok && !six_words_of(&l->card_id, &words, h->err))
		h->ok = false;
	if (h->ok)
		row(h, "check.words", words.s);
	html_raw(h, "</table>\n");
}

static void
say_signature(struct html *h, const struct letter *l)
{
	html_raw(h, "<div class=\"sign\">");
	heading(h, "section.sign");
	html_raw(h, "<p>");
	say_us(h, &l->card->body.card);
	html_raw(h, "</p>\n<p>");
	html_say(h, "sign.electronic", NULL);
	html_raw(h, "</p>\n<p class=\"line\">");
	html_say(h, "sign.place", NULL);
	html_raw(h, "</p></div>\n");
}

/* The request that an answer is about: what kind it was, and its date. */
static void
say_answered(struct html *h, const struct letter *l)
{
	char key[60];

	if (l->request == NULL)
		return;
	heading(h, "section.request");
	html_raw(h, "<p>");
	(void)snprintf(key, sizeof key, "kind.%s", act_kind_name(l->request->kind));
	html_say(h, key, NULL);
	html_comma(h);
	html_instant(h, l->request->made_at);
	html_raw(h, "</p>\n");
}

void
say_draft(struct html *h)
{
	if (!words_are_draft(h->table->lang))
		return;
	html_raw(h, "<p class=\"draft\"><em>");
	html_say(h, "lang.draft", NULL);
	html_raw(h, "</em></p>\n");
}

static void
article(struct html *h, const struct letter *l, const char *lang)
{
	char key[60];

	h->lang = lang;
	h->table = table_of(lang);
	html_raw(h, "<article");
	html_attribute(h, "lang", h->table->lang);
	html_attribute(h, "dir", phrases_find(h->table, "dir"));
	html_raw(h, ">\n");
	if (l->act->exercise) {
		html_raw(h, "<p class=\"training\">");
		html_say(h, "strip.training", NULL);
		html_raw(h, "</p>\n");
	}
	if (!letter_speaks(lang)) {
		html_raw(h, "<p><em>");
		html_say(h, "fallback", lang);
		html_raw(h, "</em></p>\n");
	}
	say_draft(h);
	say_head(h, l);
	html_raw(h, "<h1>");
	(void)snprintf(key, sizeof key, "kind.%s", act_kind_name(l->act->kind));
	html_say(h, key, NULL);
	html_raw(h, "</h1>\n<p>");
	(void)snprintf(key, sizeof key, "intro.%s", act_kind_name(l->act->kind));
	html_say(h, key, NULL);
	html_raw(h, "</p>\n");
	say_answered(h, l);
	heading(h, "section.fields");
	html_raw(h, "<table>\n");
	say_body(h, l->act);
	html_raw(h, "</table>\n");
	say_attached(h, l);
	heading(h, "section.do");
	html_raw(h, "<ul>\n");
	say_what_to_do(h, l);
	html_raw(h, "</ul>\n");
	say_check(h, l);
	say_signature(h, l);
	html_raw(h, "</article>\n");
}

bool
letter_may_be(const struct letter *l, struct err *err)
{
	if (l->act->kind == ACT_CARD || l->act->kind == ACT_TIME_STAMP)
		return err_set(err, ERR_USE, "letter.kind",
		    "a %s is no letter: hand it over as a file",
		    act_kind_name(l->act->kind));
	if (l->attached_n > LETTER_ATTACHED_MAX)
		return err_set(err, ERR_LIMIT, "letter.attached",
		    "a letter names at most %d attached files, not %zu",
		    LETTER_ATTACHED_MAX, l->attached_n);
	return true;
}

bool
letter_html(const struct letter *l, struct buf *out, struct err *err)
{
	const char *first = l->lang[0][0] != '\0' ? l->lang[0] : "en";
	struct html h = { .to = out, .err = err, .ok = true, .lang = first,
		.table = table_of(first) };
	size_t before = out->n;

	if (!letter_may_be(l, err))
		return false;
	page_begin(&h, l->our_number, style);
	article(&h, l, first);
	/* One part is enough when both languages come from the same table. */
	if (l->lang[1][0] != '\0' && table_of(l->lang[1]) != table_of(first))
		article(&h, l, l->lang[1]);
	html_raw(&h, "</body>\n</html>\n");
	if (!h.ok)
		out->n = before;
	return h.ok;
}
