#include "act/testkit.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

void
kit_set(struct fields *fs, const char *name, const char *value)
{
	struct err err = ERR_INIT;

	if (!fields_set(fs, name, value, "en", &err))
		fail_msg("%s: %s", name, err.text);
}

void
kit_mark(struct marked_text *m, const char *text)
{
	struct err err = ERR_INIT;

	mem_free(m->text);
	(void)snprintf(m->lang, sizeof m->lang, "en");
	m->text = mem_text_of(text, &err);
	assert_non_null(m->text);
}

static void
envelope(struct act *a, enum act_kind kind)
{
	act_init(a, kind);
	a->exercise = true;
	memset(a->nonce, 0xA5, sizeof a->nonce);
	assert_true(authority_id_parse("XA-MZXW6YTBOIMZXW6Y", &a->from));
	a->has_from_card = a->has_to = true;
	memset(a->from_card.b, 1, 32);
	assert_true(authority_id_parse("XB-MZXW6YTBOIMZXW6Y", &a->to));
	memset(a->to_card.b, 2, 32);
	memset(a->follows[0].b, 9, 32);
	a->follows_n = 1;
	a->made_at = 1795337160;
	a->expires_at = 1795400000;
	(void)snprintf(a->instrument, sizeof a->instrument, "UNCAC-CYBER");
	(void)snprintf(a->article, sizeof a->article, "42");
	(void)snprintf(a->software, sizeof a->software, "comity 0.1.0");
	(void)snprintf(a->build, sizeof a->build, "e91ae80");
}

static void
card(struct card_body *c)
{
	struct err err = ERR_INIT;

	(void)snprintf(c->state, sizeof c->state, "XA");
	kit_mark(&c->names[0], "Aldora");
	c->names_n = c->roles_n = c->languages_n = c->carriers_n = 1;
	(void)snprintf(c->roles[0], 32, "court");
	(void)snprintf(c->languages[0], 12, "en");
	c->carriers[0] = mem_text_of("stick", &err);
	buf_init(&c->certificates[0], 64);
	buf_init(&c->roots[0], 64);
	assert_true(buf_add_text(&c->certificates[0], "no certificate", &err));
	assert_true(buf_add_text(&c->roots[0], "no root", &err));
	c->certificates_n = c->roots_n = c->recipients_n = c->speaks_n = 1;
	(void)snprintf(c->recipients[0], 80, "age1xyz");
	(void)snprintf(c->speaks[0], 24, "%s", ACT_SCHEMA);
	c->valid_to = 1;
}

static void
conditions(struct fields *fs)
{
	kit_set(fs, "conditions[+].code", "purpose_only");
	kit_set(fs, "conditions[0].text", "Case XA 17/2026 only");
	kit_set(fs, "conditions[0].until", "2027-11-22");
	kit_set(fs, "conditions[+].code", "no_onward");
}

static void
delivered(struct delivered_body *d)
{
	(void)snprintf(d->number, sizeof d->number, "XA-2026-000031");
	(void)snprintf(d->reference, sizeof d->reference, "XB-2026-000002");
	kit_mark(&d->description, "Log of 17 May");
	kit_mark(&d->purpose, "Proceeding 12 only");
	conditions(&d->limits);
	for (; d->origins_n < 2; d->origins_n++) {
		struct origin *o = &d->origins[d->origins_n];

		assert_true(authority_id_parse("XC-MZXW6YTBOIMZXW6Y", &o->from));
		assert_true(authority_id_parse("XA-MZXW6YTBOIMZXW6Y", &o->to));
		memset(o->act.b, 7, 32);
		o->has_consent = d->origins_n == 1;
		if (o->has_consent) {
			memset(o->consent.b, 8, 32);
			kit_mark(&o->limits, "As told on 3 June");
		}
	}
}

static void
request(struct request_body *r)
{
	static const char *const set[][2] = {
		{ "matter.subject", "Fraud by false invoices" },
		{ "matter.authority", "Prosecutor of Aldora" },
		{ "assistance", "Names and addresses, by the end of the month" },
		{ "identifiers[+].type", "email" },
		{ "identifiers[0].value", "nobody@example.org" },
		{ "identifiers[+].type", "ip" },
		{ "identifiers[1].value", "2001:db8::1" },
		{ "identifiers[1].port", "443" },
		{ "identifiers[1].at", "2026-05-17T08:46:00Z" },
		{ "identifiers[1].zone", "UTC" },
		{ "identifiers[+].type", "wallet" },
		{ "identifiers[2].service", "bitcoin" },
		{ "identifiers[2].value", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa" },
		{ "period.from", "2026-05-01" }, { "period.to", "2026-06-01" },
		{ "offence.articles", "12;13" }, { "offence.statute", "Penal Code 263" },
		{ "offence.max_penalty_months", "60" },
		{ "offence.facts", "Forty invoices, none of them real" },
		{ "provider.name", "Provider of Cascada" }, { "provider.state", "XC" },
		{ "intent.measure", "stored_data" },
		{ "intent.planned_at", "2026-12-24" },
		{ "secrecy.wanted", "yes" },
		{ "secrecy.reasons", "The user would delete" },
		{ "secrecy.until", "2027-02-01" },
		{ "related_request.number", "XA-2026-000030" },
		{ "related_request.act",
		  "0909090909090909090909090909090909090909090909090909090909090909" },
		{ "authorisation.title", "Order of 2 May" },
		{ "authorisation.file", "order.pdf" },
		{ "new_use.purpose", "Passing on to Cascada" },
		{ "new_use.recipient", "XC-MZXW6YTBOIMZXW6Y" },
		{ "languages.request", "en" }, { "languages.accepts", "en;fr" },
	};

	(void)snprintf(r->number, sizeof r->number, "XA-2026-000031");
	(void)snprintf(r->reference, sizeof r->reference, "17 AR 3/26");
	r->answer_by = 1795390000;
	kit_mark(&r->answer_by_reason, "Retention ends on 1 December");
	for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
		kit_set(&r->fields, set[i][0], set[i][1]);
}

static void
answer(struct answer_body *r, enum act_kind kind)
{
	(void)snprintf(r->number, sizeof r->number, "XB-2026-000002");
	(void)snprintf(r->reference, sizeof r->reference, "XA-2026-000031");
	kit_mark(&r->text, "As follows");
	if (kind == ACT_GRANTED || kind == ACT_GRANTED_WITH_CONDITIONS ||
	    kind == ACT_EXTENSION) {
		r->hold_effected_at = 1795337000;
		r->hold_until = 1803113000;
	}
	if (kind == ACT_GRANTED_WITH_CONDITIONS)
		conditions(&r->fields);
	r->until = kind == ACT_POSTPONED ? 1803113000 : 0;
	r->released_at = kind == ACT_RELEASED ? 1795337000 : 0;
	if (kind == ACT_REPLY || kind == ACT_CONSULTATION || kind == ACT_PROVIDER_ANSWER)
		kit_set(&r->fields, "offence.facts", "Forty-one invoices");
	if (kind == ACT_REFUSED || kind == ACT_POSTPONED || kind == ACT_CONSULTATION) {
		r->grounds_n = 2;
		(void)snprintf(r->grounds[0], 12, "R02");
		(void)snprintf(r->grounds[1], 12, "R10");
	}
	if (kind == ACT_REFUSED) {
		kit_mark(&r->better, "Name the account");
	}
	if (kind == ACT_QUESTION) {
		r->asks_n = 1;
		(void)snprintf(r->asks[0], 40, "identifiers");
	}
}

static void
notice(struct notice_body *n)
{
	(void)snprintf(n->number, sizeof n->number, "XB-2026-000002");
	(void)snprintf(n->reference, sizeof n->reference, "XA-2026-000031");
	kit_mark(&n->text, "As the judgment of 2 May orders");
	n->at = 1795337000;
	n->pieces_n = 2;
	memset(n->pieces[0].act.b, 6, 32);
	memset(n->pieces[1].act.b, 7, 32);
	memset(n->pieces[1].package.b, 8, 32);
	n->pieces[1].has_package = true;
}

static void
receipt(struct act *a)
{
	struct receipt_body *r = &a->body.receipt;

	r->act = a->follows[0];
	memset(r->package.b, 3, 32);
	r->parcel_bytes = 4096;
	memset(r->parcel_sha256.b, 4, 32);
	r->received_at = 1795337160;
	(void)snprintf(r->carrier, sizeof r->carrier, "stick");
	(void)snprintf(r->unchanged, sizeof r->unchanged, "YES");
	(void)snprintf(r->who, sizeof r->who, "KNOWN");
	(void)snprintf(r->when, sizeof r->when, "NOT CHECKED");
	r->has_log = true;
	(void)snprintf(r->log_origin, sizeof r->log_origin, "example.org/comity/xb");
	r->log_index = 17;
}

struct act
kit_act(enum act_kind kind)
{
	struct act a;

	envelope(&a, kind);
	switch (act_kind_class(kind)) {
	case ACT_IS_CARD:
		if (kind == ACT_CARD) {
			card(&a.body.card);
			break;
		}
		a.body.revoked.what = REVOKED_CERTIFICATE;
		a.body.revoked.since = 1795337000;
		memset(a.body.revoked.id.b, 5, 32);
		kit_mark(&a.body.revoked.reason, "The token was lost");
		break;
	case ACT_IS_REQUEST:
		request(&a.body.request);
		break;
	case ACT_IS_ANSWER:
		answer(&a.body.answer, kind);
		break;
	case ACT_IS_EVIDENCE:
		delivered(&a.body.delivered);
		break;
	case ACT_IS_NOTICE:
		notice(&a.body.notice);
		break;
	case ACT_IS_RECEIPT:
		receipt(&a);
		break;
	case ACT_IS_TIME_STAMP:
		a.body.time_stamp.act = a.follows[0];
		break;
	}
	return a;
}

void
kit_encode(const struct act *a, struct buf *out)
{
	struct err err = ERR_INIT;

	buf_init(out, ACT_BYTES_MAX);
	if (!act_encode(a, out, &err))
		fail_msg("%s", err.text);
}

void
kit_refused(struct act *a, const char *reason)
{
	struct err err = ERR_INIT;
	struct buf b;

	buf_init(&b, ACT_BYTES_MAX);
	if (act_encode(a, &b, &err))
		fail_msg("written, though %s", reason);
	if (strcmp(err.reason, reason) != 0)
		fail_msg("%s instead of %s: %s", err.reason, reason, err.text);
	buf_clear(&b);
	act_clear(a);
}
