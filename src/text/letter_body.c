/* What an act says, and what its receiver can do: by kind. */
#include <stdio.h>

#include "text/letter_inside.h"

static void
row_marked(struct html *h, const char *key, const struct marked_text *t)
{
	if (t->text == NULL)
		return;
	html_row_open(h, key);
	say_marked(h, t);
	html_row_close(h);
}

static void
row_instant(struct html *h, const char *key, int64_t at)
{
	if (at == 0)
		return;
	html_row_open(h, key);
	html_instant(h, at);
	html_row_close(h);
}

/* ---- by kind ---- */

static void
say_request(struct html *h, const struct request_body *r, const char *instrument)
{
	row_instant(h, "head.answer_by", r->answer_by);
	row_marked(h, "answer.reasons", &r->answer_by_reason);
	say_fields(h, &r->fields, instrument);
}

static void
say_ground(struct html *h, const char *id)
{
	const struct law_ground *g = law_ground(id);
	char key[40];

	(void)snprintf(key, sizeof key, "ground.%s", id);
	html_raw(h, "<li>");
	html_value(h, id);
	if (g != NULL) {
		html_raw(h, " <small lang=\"en\">");
		html_value(h, g->article);
		html_raw(h, "</small> ");
		html_say_or(h, key, g->summary);
	}
	html_raw(h, "</li>\n");
}

static void
say_asks(struct html *h, const struct answer_body *a)
{
	char key[40];

	html_row_open(h, "answer.asks");
	html_raw(h, "<ul>");
	for (size_t i = 0; i < a->asks_n; i++) {
		const struct law_field *f = law_field(a->asks[i]);

		html_raw(h, "<li>");
		(void)snprintf(key, sizeof key, "field.%s", f == NULL ? "" : f->id);
		html_say_or(h, key, f == NULL ? a->asks[i] : f->label);
		html_raw(h, "</li>\n");
	}
	html_raw(h, "</ul>");
	html_row_close(h);
}

static void
say_answer(struct html *h, const struct answer_body *a, enum act_kind kind,
    const char *instrument)
{
	if (a->grounds_n > 0) {
		html_row_open(h, "answer.grounds");
		html_raw(h, "<ul>");
		for (size_t i = 0; i < a->grounds_n; i++)
			say_ground(h, a->grounds[i]);
		html_raw(h, "</ul>");
		html_row_close(h);
	}
	row_marked(h, kind == ACT_REFUSED || kind == ACT_POSTPONED ? "answer.reasons" :
	    "answer.text", &a->text);
	row_marked(h, "answer.better", &a->better);
	if (a->asks_n > 0)
		say_asks(h, a);
	row_instant(h, "answer.hold_from", a->hold_effected_at);
	row_instant(h, "answer.hold_until", a->hold_until);
	row_instant(h, "answer.until", a->until);
	row_instant(h, "answer.released_at", a->released_at);
	say_fields(h, &a->fields, instrument);
}

static void
say_delivered(struct html *h, const struct delivered_body *d, const struct act *a)
{
	row_marked(h, "delivered.description", &d->description);
	row_marked(h, "delivered.purpose", &d->purpose);
	say_fields(h, &d->limits, a->instrument);
	html_row_open(h, "delivered.payload");
	html_number(h, (int64_t)a->payload_files);
	html_raw(h, " / ");
	html_number(h, (int64_t)a->payload_bytes);
	html_row_close(h);
}

static void
say_receipt(struct html *h, const struct receipt_body *r)
{
	row_instant(h, "receipt.at", r->received_at);
	html_row_open(h, "receipt.act");
	html_fingerprint(h, &r->act);
	html_row_close(h);
}

static void
say_revoked(struct html *h, const struct revoked_body *r)
{
	static const char *const what[] = { "code.card", "code.certificate",
		"code.consent" };

	html_row_open(h, "revoked.what");
	html_say(h, what[r->what], NULL);
	html_raw(h, " ");
	html_fingerprint(h, &r->id);
	html_row_close(h);
	row_instant(h, "revoked.since", r->since);
	row_marked(h, "revoked.reason", &r->reason);
}

static void
say_notice(struct html *h, const struct notice_body *n)
{
	row_marked(h, "answer.text", &n->text);
	row_instant(h, "notice.at", n->at);
	html_row_open(h, "notice.pieces");
	for (size_t i = 0; i < n->pieces_n; i++)
		html_fingerprint(h, &n->pieces[i].act);
	html_row_close(h);
}

void
say_body(struct html *h, const struct act *a)
{
	switch (act_kind_class(a->kind)) {
	case ACT_IS_REQUEST:
		say_request(h, &a->body.request, a->instrument);
		break;
	case ACT_IS_ANSWER:
		say_answer(h, &a->body.answer, a->kind, a->instrument);
		break;
	case ACT_IS_EVIDENCE:
		say_delivered(h, &a->body.delivered, a);
		break;
	case ACT_IS_NOTICE:
		say_notice(h, &a->body.notice);
		break;
	case ACT_IS_RECEIPT:
		say_receipt(h, &a->body.receipt);
		break;
	case ACT_IS_CARD:
		say_revoked(h, &a->body.revoked);
		break;
	case ACT_IS_TIME_STAMP:
		break;
	}
}

/* ---- what to do ---- */

static void
item(struct html *h, const char *key)
{
	html_raw(h, "<li>");
	html_say(h, key, NULL);
	html_raw(h, "</li>\n");
}

static void
what_for_kind(struct html *h, const struct act *a)
{
	switch (act_kind_class(a->kind)) {
	case ACT_IS_REQUEST:
		item(h, "do.request.urgent");
		item(h, "do.request.confirm");
		item(h, "do.request.refuse");
		item(h, "do.request.ask");
		break;
	case ACT_IS_ANSWER:
		item(h, a->kind == ACT_QUESTION ? "do.question" :
		    a->kind == ACT_REFUSED ? "do.refused" : "do.answer");
		break;
	case ACT_IS_EVIDENCE:
		item(h, "do.delivered.open");
		item(h, "do.delivered.check");
		item(h, "do.delivered.receipt");
		break;
	case ACT_IS_NOTICE:
	case ACT_IS_RECEIPT:
	case ACT_IS_CARD:
	case ACT_IS_TIME_STAMP:
		item(h, "do.answer");
		break;
	}
}

void
say_what_to_do(struct html *h, const struct letter *l)
{
	what_for_kind(h, l->act);
	item(h, "do.number");
	item(h, "do.plain");
	if (l->reply_email != NULL && l->reply_email[0] != '\0') {
		html_raw(h, "<li>");
		html_say(h, "do.mail", NULL);
		html_raw(h, " ");
		html_value(h, l->reply_email);
		html_raw(h, "</li>\n");
	}
}
