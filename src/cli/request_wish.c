/*
 * What a person typed after `request new` and `request edit`, as settings of fields.
 * --set FIELD.PART=VALUE reaches every field of the law's table; the shorter options
 * are names for those that are needed most.
 */
#include <stdio.h>
#include <string.h>

#include "cli/request.h"

static bool
setting_room(struct cli *c, struct settings_typed *s)
{
	return s->n < SETTINGS_MAX || err_set(&c->err, ERR_LIMIT, "use.settings",
	    "more than %d values in one command; give the rest with: comity request edit",
	    SETTINGS_MAX);
}

/* name and value are copied; value NULL: the field is taken away. */
static bool PRINTF_LIKE(4, 5)
setting_add(struct cli *c, struct settings_typed *s, const char *value,
    const char *name, ...)
{
	char text[160];
	va_list ap;
	size_t i = s->n;

	if (!setting_room(c, s))
		return false;
	va_start(ap, name);
	(void)vsnprintf(text, sizeof text, name, ap);
	va_end(ap);
	s->names[i] = mem_text_of(text, &c->err);
	s->values[i] = value == NULL ? NULL : mem_text_of(value, &c->err);
	s->n++;
	s->list[i] = (struct field_setting){ s->names[i], s->values[i] };
	return s->names[i] != NULL && (value == NULL || s->values[i] != NULL);
}

void
settings_typed_init(struct settings_typed *s)
{
	memset(s, 0, sizeof *s);
}

void
settings_typed_clear(struct settings_typed *s)
{
	for (size_t i = 0; i < s->n; i++) {
		mem_free(s->names[i]);
		mem_free(s->values[i]);
	}
	settings_typed_init(s);
}

/* FIELD.PART=VALUE; FIELD.PART= takes it away. */
static bool
setting_parse(struct cli *c, struct settings_typed *s, const char *typed)
{
	const char *eq = strchr(typed, '=');

	if (eq == NULL || eq == typed || (size_t)(eq - typed) > 120)
		return err_set(&c->err, ERR_USE, "use.set",
		    "--set takes FIELD=VALUE or FIELD.PART=VALUE, as in --set offence.facts=\"...\"; the fields: comity request fields KIND");
	return setting_add(c, s, eq[1] != '\0' ? eq + 1 : NULL, "%.*s",
	    (int)(eq - typed), typed);
}

/* "email:someone@example.org", "ip:203.0.113.7 at=2026-11-20T09:00:00Z port=443" */
static bool
identifier_parse(struct cli *c, struct settings_typed *s, const char *field, size_t at,
    const char *typed)
{
	const char *colon = strchr(typed, ':'), *p;
	char value[LAW_VALUE_MAX + 1], type[24];
	size_t n;

	if (colon == NULL || colon == typed || colon - typed >= (long)sizeof type)
		return err_set(&c->err, ERR_USE, "use.identifier",
		    "--identifier takes TYPE:VALUE, as in email:NAME@example.org or \"ip:203.0.113.7 at=2026-11-20T09:00:00Z\"; types: email, phone, ip, url, account, imei, wallet, sha256, other");
	(void)snprintf(type, sizeof type, "%.*s", (int)(colon - typed), typed);
	n = strcspn(colon + 1, " ");
	if (n >= sizeof value)
		return err_set(&c->err, ERR_LIMIT, "use.identifier",
		    "an identifier of more than %d bytes", LAW_VALUE_MAX);
	memcpy(value, colon + 1, n);
	value[n] = '\0';
	if (!setting_add(c, s, type, "%s[%zu].type", field, at) ||
	    !setting_add(c, s, value, "%s[%zu].value", field, at))
		return false;
	for (p = colon + 1 + n; *p == ' ';) {
		const char *eq;

		p += strspn(p, " ");
		n = strcspn(p, " ");
		eq = memchr(p, '=', n);
		if (n == 0)
			break;
		if (eq == NULL || n >= sizeof value)
			return err_set(&c->err, ERR_USE, "use.identifier",
			    "behind the identifier stand service=..., at=..., port=... or zone=..., with a blank between");
		memcpy(value, eq + 1, n - (size_t)(eq + 1 - p));
		value[n - (size_t)(eq + 1 - p)] = '\0';
		if (!setting_add(c, s, value, "%s[%zu].%.*s", field, at, (int)(eq - p), p))
			return false;
		p += n;
	}
	return true;
}

/* Where this kind wants its identifiers, and its facts. */
static const char *
identifiers_field(const struct law_measure *m)
{
	enum law_need need = m == NULL ? LAW_NOT_ASKED :
	    law_need(m, law_field("F06"));

	return need == LAW_REQUIRED || need == LAW_ONE_OF ? "identifiers" :
	    "system_or_account";
}

static const char *
offence_field(const struct law_measure *m)
{
	return m != NULL && law_need(m, law_field("F10")) != LAW_NOT_ASKED ?
	    "offence" : "facts_and_offence";
}

/* "fraud, art. 13", "art. 13;17", "13": the numbers in it are the articles. */
static void
articles_of(const char *typed, char out[64])
{
	size_t n = 0;

	for (const char *p = typed; *p != '\0' && n < 58;) {
		if (*p < '0' || *p > '9') {
			p++;
			continue;
		}
		if (n > 0)
			out[n++] = ';';
		while (*p >= '0' && *p <= '9' && n < 60)
			out[n++] = *p++;
	}
	out[n] = '\0';
}

/* Options that are a name for one part of one field. */
static const struct { const char *option, *part; } plain[] = {
	{ "provider", "provider.name" }, { "provider-state", "provider.state" },
	{ "data", "data_sought.text" }, { "necessity", "necessity.text" },
	{ "purpose", "purpose.text" }, { "assistance", "assistance.text" },
	{ "matter", "matter.subject" }, { "matter-by", "matter.authority" },
	{ "since", "period.from" }, { "until", "period.to" },
	{ "intend", "intent.measure" }, { "intend-by", "intent.planned_at" },
	{ "secret-until", "secrecy.until" }, { "secret-reason", "secrecy.reasons" },
	{ "request-language", "languages.request" },
	{ "accepts", "languages.accepts" },
};

static bool
offence_take(struct cli *c, struct call *call, const struct law_measure *m,
    struct settings_typed *s)
{
	const char *offence = call_value(call, "offence"),
	    *facts = call_value(call, "facts"), *statute = call_value(call, "statute"),
	    *months = call_value(call, "max-penalty"), *field = offence_field(m);
	char articles[64];

	if (offence != NULL) {
		articles_of(offence, articles);
		if (articles[0] == '\0')
			return err_set(&c->err, ERR_USE, "use.offence",
			    "--offence names the Convention's article, as in \"fraud, art. 13\"; for another serious crime give --statute and --max-penalty MONTHS");
		if (!setting_add(c, s, articles, "%s.articles", field))
			return false;
	}
	return (facts == NULL || setting_add(c, s, facts, "%s.facts", field)) &&
	    (statute == NULL || setting_add(c, s, statute, "%s.statute", field)) &&
	    (months == NULL || setting_add(c, s, months, "%s.max_penalty_months",
	    field));
}

static bool
secrecy_take(struct cli *c, struct call *call, struct settings_typed *s)
{
	bool secret = call_value(call, "secret-until") != NULL ||
	    call_value(call, "secret-reason") != NULL;

	if (secret && call_flag(call, "not-secret"))
		return err_set(&c->err, ERR_USE, "use.secret",
		    "--not-secret and --secret-until say two things; give one of them");
	if (!secret && !call_flag(call, "not-secret"))
		return true;
	/* An end and reasons of an earlier wish would be signed beside the no. */
	return setting_add(c, s, secret ? "yes" : "no", "secrecy.wanted") &&
	    (secret || (setting_add(c, s, NULL, "secrecy.until") &&
	    setting_add(c, s, NULL, "secrecy.reasons")));
}

/* Consent is asked for evidence that we received: the hand-over, and the new receiver. */
static bool
consent_take(struct cli *c, struct call *call, struct settings_typed *s)
{
	const char *typed = call_value(call, "evidence"),
	    *to = call_value(call, "recipient"),
	    *state = call_value(call, "recipient-state");
	struct evidence e;

	if (typed != NULL && !evidence_find(c->flow.home, typed, &e, &c->err))
		return false;
	if (typed != NULL && (e.origin != EVIDENCE_RECEIVED || e.parcels_n == 0))
		return err_set(&c->err, ERR_USE, "use.evidence",
		    "evidence %04u is our own: nobody's consent is needed to send it",
		    e.number);
	return (typed == NULL || setting_add(c, s, digest_hex(&e.parcels[0].act_id).s,
	    "related_request.act")) &&
	    (to == NULL || setting_add(c, s, to, "new_use.recipient")) &&
	    (state == NULL || setting_add(c, s, state, "new_use.recipient_state"));
}

/* FIELD=, with nothing behind it. */
static bool
takes_away(const char *typed)
{
	const char *eq = strchr(typed, '=');

	return eq != NULL && eq[1] == '\0';
}

/* What --set takes away, before all else: --set FIELD= --account NAME begins the list anew. */
static bool
taken_away(struct cli *c, struct call *call, const char *field, size_t *there,
    struct settings_typed *s)
{
	const char *typed[SETTINGS_MAX];
	size_t n = call_values(call, "set", typed, SETTINGS_MAX);
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++) {
		if (!takes_away(typed[i]))
			continue;
		ok = setting_parse(c, s, typed[i]);
		if (strncmp(typed[i], field, strlen(field)) == 0 &&
		    strcmp(typed[i] + strlen(field), "=") == 0)
			*there = 0;
	}
	return ok;
}

bool
settings_take(struct cli *c, struct call *call, const struct law_measure *m,
    size_t identifiers_there, struct settings_typed *s)
{
	const char *typed[SETTINGS_MAX], *accounts[SETTINGS_MAX];
	const char *field = identifiers_field(m), *provider = call_value(call, "provider");
	size_t n = call_values(call, "identifier", typed, SETTINGS_MAX),
	    accounts_n = call_values(call, "account", accounts, SETTINGS_MAX);
	bool ok;

	ok = taken_away(c, call, field, &identifiers_there, s) &&
	    offence_take(c, call, m, s) && secrecy_take(c, call, s) &&
	    consent_take(c, call, s);
	for (size_t i = 0; ok && i < sizeof plain / sizeof plain[0]; i++) {
		const char *value = call_value(call, plain[i].option);

		ok = value == NULL || setting_add(c, s, value, "%s", plain[i].part);
	}
	for (size_t i = 0; ok && i < accounts_n; i++, identifiers_there++) {
		bool mail = strchr(accounts[i], '@') != NULL;

		ok = setting_add(c, s, mail ? "email" : "account", "%s[%zu].type",
		    field, identifiers_there) && setting_add(c, s, accounts[i],
		    "%s[%zu].value", field, identifiers_there);
		/* A handle means something only with the service it is used at. */
		if (ok && !mail && provider != NULL && provider[0] != '\0')
			ok = setting_add(c, s, provider, "%s[%zu].service", field,
			    identifiers_there);
	}
	for (size_t i = 0; ok && i < n; i++, identifiers_there++)
		ok = identifier_parse(c, s, field, identifiers_there, typed[i]);
	n = call_values(call, "set", typed, SETTINGS_MAX);
	for (size_t i = 0; ok && i < n; i++)
		ok = takes_away(typed[i]) || setting_parse(c, s, typed[i]);
	return ok;
}

/* --limit CODE=TEXT or CODE: entries of the field "conditions". */
bool
conditions_take(struct cli *c, struct call *call, const char *option,
    struct settings_typed *s)
{
	const char *typed[SETTINGS_MAX];
	size_t n = call_values(call, option, typed, SETTINGS_MAX);
	bool ok = true;

	for (size_t i = 0; ok && i < n; i++) {
		const char *eq = strchr(typed[i], '=');
		char code[64];

		(void)snprintf(code, sizeof code, "%.*s", (int)(eq != NULL ?
		    eq - typed[i] : (long)strlen(typed[i])), typed[i]);
		ok = setting_add(c, s, code, "conditions[%zu].code", i) &&
		    (eq == NULL || eq[1] == '\0' || setting_add(c, s, eq + 1,
		    "conditions[%zu].text", i));
	}
	return ok;
}

size_t
identifiers_count(const struct law_measure *m, const struct fields *fs)
{
	const struct field *f = fields_find(fs, identifiers_field(m));

	return f == NULL ? 0 : f->n;
}
