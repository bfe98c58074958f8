/* The custody of a piece of evidence as a page. */
#include "text/custody_html.h"

#include <stdio.h>
#include <string.h>

#include "flow/destroy.h"
#include "text/letter_inside.h"
#include "text/verdict.h"
#include "text/words.h"

static const char style[] =
"@page{size:A4;margin:16mm 14mm}"
"body{font:10.5pt/1.4 sans-serif;margin:0 auto;max-width:56rem;padding:1rem;color:#000;"
"background:#fff}"
"h1{font-size:1.5em;margin:.6em 0 .2em}h2{font-size:1.15em;margin:1.3em 0 .3em;"
"break-after:avoid}h3{font-size:1em;margin:1em 0 .2em;break-after:avoid}"
"p{margin:.3em 0}ul,ol{margin:.3em 0;padding-inline-start:1.5em}"
".training{border:3px double #000;background:#fc0;padding:.4em .8em;font-weight:bold;"
"text-align:center;print-color-adjust:exact}"
".end{border:2px solid #000;border-inline-start-width:.7em;padding:.5em .8em;"
"margin:.8em 0;break-inside:avoid}.end strong{font-size:1.15em}"
".end.proven{border-color:#1a6b2e}.end.claimed{border-color:#666;"
"border-style:dashed}.end.broken{border-color:#b00020;border-style:double}"
"table{border-collapse:collapse;width:100%;margin:.3em 0}"
"th,td{text-align:start;vertical-align:top;border-block-start:1px solid #999;"
"padding:.3em .6em .3em 0}thead th{border-block-start:0;"
"border-block-end:2px solid #000}thead{display:table-header-group}"
"tr{break-inside:avoid}.facts th{width:26%}"
".state,.id{white-space:nowrap}.state{font-weight:bold}.sign.proven{color:#1a6b2e}"
".sign.broken,tr.broken .state{color:#b00020}tr.broken{background:#fdecee;"
"print-color-adjust:exact}tr.claimed .state{color:#444}"
"small{font-size:.86em;color:#333}code{font:.9em monospace;overflow-wrap:anywhere}"
"pre{font:.78em/1.35 monospace;white-space:pre-wrap;overflow-wrap:anywhere;"
"border:1px solid #999;padding:.5em;margin:.3em 0}"
"footer{border-block-start:1px solid #999;margin-block-start:1.2em;padding-block-start:.3em}"
/* Narrow: each line of the table is a card. */
"@media screen and (max-width:40rem){thead{position:absolute;clip-path:inset(50%)}"
"table,tbody,tr,td,.facts th{display:block;width:auto}td,.facts th{border:0;"
"padding:.1em 0}tr{border-block-start:1px solid #999;padding:.4em 0}}"
"@media print{body{padding:0;max-width:none}}";

/* Beside the word, never alone: U+2714, U+25CB, U+2716. */
static const char *
sign_of(enum custody_standing s)
{
	static const char *const signs[] = { [CUSTODY_PROVEN] = "\xe2\x9c\x94",
		[CUSTODY_CLAIMED] = "\xe2\x97\x8b", [CUSTODY_BROKEN] = "\xe2\x9c\x96" };

	return signs[s];
}

static void
say_standing(struct html *h, enum custody_standing s)
{
	char key[24];

	html_raw(h, "<span class=\"sign ");
	html_raw(h, custody_standing_name(s));
	html_raw(h, "\" aria-hidden=\"true\">");
	html_raw(h, sign_of(s));
	html_raw(h, "</span> ");
	(void)snprintf(key, sizeof key, "cust.%s", custody_standing_name(s));
	html_say(h, key, NULL);
}

/* As its card says; "" when no card of it is here. */
static const char *
name_of(const struct custody_story *s, const struct authority_id *id)
{
	for (size_t i = 0; i < s->names_n; i++)
		if (strcmp(s->names[i].id.s, id->s) == 0)
			return s->names[i].name;
	return "";
}

/* "Berun Central Authority (XB-...)" */
static void
say_name(struct html *h, const struct custody_story *s, const struct authority_id *id)
{
	const char *name = name_of(s, id);

	html_raw(h, "<strong>");
	if (name[0] != '\0')
		html_value(h, name);
	else
		html_say(h, "cust.unknown", NULL);
	html_raw(h, "</strong> <span class=\"id\">(");
	html_value(h, id->s);
	html_raw(h, ")</span>");
}

/* ---- the beginning ---- */

static void
begin(struct html *h, const char *number)
{
	html_raw(h, "<!DOCTYPE html>\n<html");
	html_attribute(h, "lang", h->table->lang);
	html_attribute(h, "dir", phrases_find(h->table, "dir"));
	/* Nothing is fetched and nothing runs, whatever a value may say. */
	html_raw(h, ">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
	/* A title holds no mark-up: the sentence around the number is ours. */
	html_prose(h, number);
	html_raw(h, "</title>\n<style>");
	html_raw(h, style);
	html_raw(h, "</style>\n</head>\n<body>\n");
}

static void
title_text(const struct html *h, unsigned evidence, char *out, size_t room)
{
	const char *form = phrases_find(h->table, "cust.title"), *hole;

	if (form == NULL)
		form = phrases_find(&phrases_list[0], "cust.title");
	hole = strstr(form, "{}");
	(void)snprintf(out, room, "%.*s%04u%s", (int)(hole - form), form, evidence,
	    hole + 2);
}

static void
conclusion(struct html *h, const struct custody_story *s)
{
	const char *name = custody_standing_name(s->standing);
	char key[40];

	html_raw(h, "<p class=\"end ");
	html_raw(h, name);
	html_raw(h, "\"><strong>");
	say_standing(h, s->standing);
	html_raw(h, ".</strong> ");
	(void)snprintf(key, sizeof key, "cust.conclusion.%s", name);
	html_say(h, key, NULL);
	html_raw(h, "</p>\n");
}

static void
head(struct html *h, const struct custody_story *s, const char *title)
{
	bool exercise = false;

	for (size_t i = 0; i < s->hops_n; i++)
		exercise = exercise || s->hops[i].exercise;
	if (exercise) {
		html_raw(h, "<p class=\"training\">");
		html_say(h, "strip.training", NULL);
		html_raw(h, "</p>\n");
	}
	html_raw(h, "<main>\n<h1>");
	html_prose(h, title);
	html_raw(h, "</h1>\n");
	if (h->lang[0] != '\0' && (phrases_of(h->lang) == NULL ||
	    phrases_find(h->table, "cust.title") == NULL)) {
		html_raw(h, "<p>");
		html_say(h, "cust.fallback", h->lang);
		html_raw(h, "</p>\n");
	}
	conclusion(h, s);
	html_raw(h, "<table class=\"facts\"><tbody>\n");
	html_row_open(h, "cust.by");
	say_name(h, s, &s->by);
	html_row_close(h);
	html_row_open(h, "cust.as_of");
	html_instant(h, s->as_of);
	html_row_close(h);
	html_raw(h, "</tbody></table>\n");
}

/* ---- one link ---- */

static void
say_event(struct html *h, const struct custody_story *s, const struct record *r)
{
	const char *peer = name_of(s, &r->peer);
	struct custody_key what = custody_event_key(r);
	char key[40];

	if (r->event == EVENT_ADMINISTRATION)
		html_say(h, what.s, r->reason);
	else
		html_say_or(h, what.s, record_event_name(r->event));
	/* A reason of a later version has no words here. */
	if (r->event == EVENT_DESTROYED && r->reason[0] != '\0' &&
	    strcmp(what.s, "cust.event.destroyed") == 0) {
		html_raw(h, " (");
		html_prose(h, r->reason);
		html_raw(h, ")");
	}
	if (r->peer.s[0] != '\0' && custody_hands_over(r->event)) {
		html_raw(h, ", ");
		html_say(h, r->event == EVENT_RECEIVED ? "cust.from" : "cust.for",
		    peer[0] != '\0' ? peer : r->peer.s);
	}
	if (r->carrier[0] != '\0') {
		html_raw(h, ", ");
		(void)snprintf(key, sizeof key, "cust.carrier.%s", r->carrier);
		html_say_or(h, key, r->carrier);
	}
}

static void
say_payload(struct html *h, const struct record *r)
{
	char n[24];

	if (!r->has_payload)
		return;
	html_raw(h, "<br><small>");
	(void)snprintf(n, sizeof n, "%llu", (unsigned long long)r->payload_files);
	html_say(h, "cust.files", n);
	html_raw(h, ", ");
	(void)snprintf(n, sizeof n, "%llu", (unsigned long long)r->payload_bytes);
	html_say(h, "cust.bytes", n);
	html_raw(h, "</small>");
}

static void
say_why(struct html *h, const struct custody *c, const struct custody_link *l)
{
	char key[48], index[24];

	if (l->standing != CUSTODY_PROVEN) {
		(void)snprintf(key, sizeof key, "cust.why.%s", l->reason);
		html_say_or(h, key, l->why);
		html_raw(h, "<br>");
	}
	if (l->has_place) {
		(void)snprintf(index, sizeof index, "%llu", (unsigned long long)l->index);
		html_say(h, "cust.log", index);
		html_raw(h, " ");
		html_say(h, "cust.in_log", l->origin);
	}
	if (l->states[0] != '\0') {
		html_raw(h, "; ");
		html_say(h, "cust.cosigned", l->states);
	}
	if (l->proven_at != 0) {
		html_raw(h, "; ");
		html_say(h, "cust.since", NULL);
		html_raw(h, " ");
		html_instant(h, l->proven_at);
		if (custody_witness_ahead(c, l)) {
			html_raw(h, "<br><strong>");
			html_say(h, "cust.witness_ahead", NULL);
			html_raw(h, "</strong>");
		}
	} else if (l->standing == CUSTODY_PROVEN) {
		html_raw(h, "; ");
		html_say(h, "cust.no_witness", NULL);
	}
}

static void
say_when(struct html *h, const struct record *r)
{
	char n[24];

	html_instant(h, r->at);
	if (r->clock_doubt == 0)
		return;
	(void)snprintf(n, sizeof n, "%lld", (long long)r->clock_doubt);
	html_raw(h, "<br><small>");
	html_say(h, "cust.clock", n);
	html_raw(h, "</small>");
}

static void
link_row(struct html *h, const struct custody_story *s, const struct custody *c, size_t n)
{
	const struct custody_link *l = &c->links[n];
	struct digest d;

	html_raw(h, "<tr class=\"");
	html_raw(h, custody_standing_name(l->standing));
	html_raw(h, "\"><td>");
	html_number(h, (int64_t)n + 1);
	html_raw(h, "</td><td class=\"state\">");
	say_standing(h, l->standing);
	html_raw(h, "</td><td>");
	say_when(h, &l->record);
	html_raw(h, "</td><td>");
	say_name(h, s, &l->record.authority);
	html_raw(h, "</td><td>");
	say_event(h, s, &l->record);
	say_payload(h, &l->record);
	html_raw(h, "</td><td><small>");
	say_why(h, c, l);
	if (h->ok)
		h->ok = digest_of(buf_span(&l->bytes), &d, h->err);
	if (h->ok && l->standing == CUSTODY_BROKEN) {
		html_raw(h, "<br>");
		html_say(h, "cust.record", NULL);
		html_raw(h, " ");
		html_fingerprint(h, &d);
	}
	html_raw(h, "</small></td></tr>\n");
}

/* ---- one hand-over ---- */

/* What another authority says became of it there: its word, signed. */
static void
told_row(struct html *h, const struct custody_story *s, const struct notice_told *x,
    size_t n)
{
	html_raw(h, "<tr class=\"claimed\"><td>");
	html_number(h, (int64_t)n);
	html_raw(h, "</td><td class=\"state\">");
	say_standing(h, CUSTODY_CLAIMED);
	html_raw(h, "</td><td>");
	html_instant(h, x->at);
	html_raw(h, "</td><td>");
	say_name(h, s, &x->by);
	html_raw(h, "</td><td>");
	html_say(h, x->lost ? "cust.event.loss" : "cust.event.destroyed", NULL);
	html_raw(h, "</td><td><small>");
	html_prose(h, x->text);
	html_raw(h, "<br>");
	html_fingerprint(h, &x->act);
	html_raw(h, "</small></td></tr>\n");
}

/* last: of the hand-over that this piece of evidence is, which others may tell of. */
static void
links_table(struct html *h, const struct custody_story *s, const struct custody *c,
    bool last)
{
	static const char *const cols[] = { "cust.col.n", "cust.col.state",
		"cust.col.when", "cust.col.who", "cust.col.what", "cust.col.proof" };

	html_raw(h, "<table><caption hidden>");
	html_say(h, "cust.links", NULL);
	html_raw(h, "</caption><thead><tr>");
	for (size_t i = 0; i < sizeof cols / sizeof cols[0]; i++) {
		html_raw(h, "<th scope=\"col\">");
		html_say(h, cols[i], NULL);
		html_raw(h, "</th>");
	}
	html_raw(h, "</tr></thead><tbody>\n");
	for (size_t i = 0; i < c->n; i++)
		link_row(h, s, c, i);
	for (size_t i = 0; last && i < s->told_n; i++)
		told_row(h, s, &s->told[i], c->n + i + 1);
	html_raw(h, "</tbody></table>\n");
}

static void
act_rows(struct html *h, const struct custody_hop *hop)
{
	char key[60];

	html_row_open(h, "cust.act");
	(void)snprintf(key, sizeof key, "kind.%s", act_kind_name(hop->kind));
	html_say_or(h, key, act_kind_name(hop->kind));
	html_row_close(h);
	if (hop->number[0] != '\0') {
		html_row_open(h, "cust.number");
		html_value(h, hop->number);
		html_row_close(h);
	}
	html_row_open(h, "cust.made");
	html_instant(h, hop->made_at);
	html_row_close(h);
	html_row_open(h, "head.basis");
	(void)snprintf(key, sizeof key, "basis.%s",
	    hop->instrument[0] == '\0' ? "none" : hop->instrument);
	html_say_or(h, key, hop->instrument);
	if (hop->article[0] != '\0') {
		html_raw(h, ", ");
		html_say(h, "basis.article", NULL);
		html_raw(h, " ");
		html_value(h, hop->article);
	}
	html_row_close(h);
}

static void
hop_facts(struct html *h, const struct custody_story *s, const struct custody_hop *hop)
{
	static const char *const ends[] = { "head.from", "head.to" };
	const struct custody *c = &hop->custody;

	html_raw(h, "<table class=\"facts\"><tbody>\n");
	for (size_t i = 0; i < 2; i++) {
		const struct authority_id *id = i == 0 ? &hop->from : &hop->to;

		if (id->s[0] == '\0')
			continue;
		html_row_open(h, ends[i]);
		say_name(h, s, id);
		html_row_close(h);
	}
	if (hop->has_act)
		act_rows(h, hop);
	html_row_open(h, "cust.act_id");
	html_fingerprint(h, &c->act);
	html_row_close(h);
	if (c->n > 0) {
		html_row_open(h, "cust.package_id");
		html_fingerprint(h, &c->package);
		html_row_close(h);
	}
	if (strncmp(c->reason, "lacks-", 6) == 0 || c->n == 0) {
		char key[48];

		(void)snprintf(key, sizeof key, "cust.lacks.%s",
		    c->n == 0 ? "empty" : c->reason);
		html_row_open(h, "cust.missing");
		html_say_or(h, key, c->why);
		html_row_close(h);
	}
	html_raw(h, "</tbody></table>\n");
}

static void
hop_say(struct html *h, const struct custody_story *s, size_t i)
{
	const struct custody_hop *hop = &s->hops[i];
	char n[48];

	html_raw(h, "<section class=\"");
	html_raw(h, custody_standing_name(hop->custody.standing));
	html_raw(h, "\"><h2>");
	(void)snprintf(n, sizeof n, "%zu / %zu", i + 1, s->hops_n);
	html_say(h, "cust.hop", n);
	html_raw(h, ": ");
	say_standing(h, hop->custody.standing);
	html_raw(h, "</h2>\n");
	hop_facts(h, s, hop);
	if (hop->custody.n > 0)
		links_table(h, s, &hop->custody, hop + 1 == s->hops + s->hops_n);
	html_raw(h, "</section>\n");
}

/* ---- the end ---- */

static void
list_say(struct html *h, const char *title, const char *stem, unsigned n,
    const char *tag)
{
	html_raw(h, "<h2>");
	html_say(h, title, NULL);
	html_raw(h, "</h2>\n<");
	html_raw(h, tag);
	html_raw(h, ">\n");
	for (unsigned i = 1; i <= n; i++) {
		char key[40];

		(void)snprintf(key, sizeof key, "%s%u", stem, i);
		html_raw(h, "<li>");
		html_say(h, key, NULL);
		html_raw(h, "</li>\n");
	}
	html_raw(h, "</");
	html_raw(h, tag);
	html_raw(h, ">\n");
}

static void
policy_say(struct html *h, const struct custody_story *s)
{
	struct digest d;
	struct buf text;
	struct span left = buf_span(&s->policy), line;
	struct cursor c = cursor_of(left);

	html_raw(h, "<h2>");
	html_say(h, "cust.policy", NULL);
	html_raw(h, "</h2>\n<p>");
	html_say(h, s->own_policy ? "cust.policy.own" : "cust.policy.given", NULL);
	html_raw(h, "</p>\n<p><small>");
	html_say(h, "cust.policy.sha256", NULL);
	html_raw(h, ": ");
	h->ok = h->ok && digest_of(left, &d, h->err);
	if (h->ok)
		html_fingerprint(h, &d);
	html_raw(h, "</small></p>\n<pre dir=\"ltr\">");
	buf_init(&text, QUORUM_FILE_MAX + 1);
	while (h->ok && cursor_line(&c, &line)) {
		const char *s0;

		buf_reset(&text);
		h->ok = buf_add(&text, line, h->err) && buf_text(&text, &s0, h->err);
		if (h->ok) {
			html_value(h, s0);
			html_raw(h, "\n");
		}
	}
	buf_clear(&text);
	html_raw(h, "</pre>\n");
}

bool
custody_html(const struct custody_story *s, const char *lang, struct buf *out,
    struct err *err)
{
	const struct phrases *t = phrases_of(lang);
	struct html h = { .to = out, .err = err, .ok = true, .lang = lang,
		.table = t != NULL ? t : &phrases_list[0] };
	size_t before = out->n;
	char title[200];

	title_text(&h, s->evidence, title, sizeof title);
	begin(&h, title);
	head(&h, s, title);
	for (size_t i = 0; i < s->hops_n; i++)
		hop_say(&h, s, i);
	list_say(&h, "cust.not", "cust.not.", 3, "ul");
	list_say(&h, "cust.check", "cust.check.", 4, "ol");
	policy_say(&h, s);
	html_raw(&h, "<footer><small>");
	html_say(&h, "cust.utc", NULL);
	if (words_are_draft(h.table->lang)) {
		html_raw(&h, "<br>");
		html_say(&h, "lang.draft", NULL);
	}
	html_raw(&h, "</small></footer>\n</main>\n</body>\n</html>\n");
	if (!h.ok)
		out->n = before;
	return h.ok;
}
