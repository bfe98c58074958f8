/* What stands between a request and a yes to it (guard.h). */
#include <stdio.h>
#include <string.h>

#include "policy/check.h"
#include "policy/guard.h"

static struct verdict
refuse(const char *reason, const char *text)
{
	return (struct verdict){ false, reason, text };
}

/* ---- names ---- */

static const char *const risk_names[RISK_LEVELS] = { "normal", "heightened", "blocked" };
static const char *const call_names[CALL_RESULTS] = { "", "nobody", "yes", "no" };

const char *
risk_level_name(enum risk_level l)
{
	return risk_names[l];
}

bool
risk_level_parse(const char *name, enum risk_level *out)
{
	size_t i;

	if (!name_find(risk_names, RISK_LEVELS, name, &i))
		return false;
	*out = (enum risk_level)i;
	return true;
}

enum risk_level
risk_level_of(enum risk_level all, enum risk_level measure)
{
	return all > measure ? all : measure;
}

const char *
call_result_name(enum call_result r)
{
	return call_names[r];
}

bool
call_result_parse(const char *name, enum call_result *out)
{
	size_t i;

	if (name[0] == '\0' || !name_find(call_names, CALL_RESULTS, name, &i))
		return false;
	*out = (enum call_result)i;
	return true;
}

/* ---- calling back ---- */

enum call_result
call_result_next(enum call_result stands, enum call_result more)
{
	return more > stands ? more : stands;
}

bool
life_is_at_risk(const struct fields *fs)
{
	const struct field_part *p = fields_find(fs, "urgency") == NULL ? NULL :
	    fields_part(fs, "urgency", 0, "codes");

	return p != NULL && p->text != NULL && law_list_has(p->text, "threat_to_life");
}

bool
call_is_wanted(const struct act *request)
{
	return request->kind == ACT_EMERGENCY_DATA ||
	    (kind_rules(request->kind)->discloses &&
	    life_is_at_risk(&request->body.request.fields));
}

/* "00" before a country's code is its "+". */
static const char *
number_begin(const char *s, bool *plus)
{
	s += strspn(s, " \t(");
	*plus = *s == '+' || strncmp(s, "00", 2) == 0;
	return *s == '+' ? s + 1 : *plus ? s + 2 : s;
}

bool
call_number_same(const char *card, const char *dialled)
{
	bool plus, too;
	const char *a = number_begin(card, &plus), *b = number_begin(dialled, &too);
	size_t digits = 0;

	if (plus != too)
		return false;
	for (;; a++, b++) {
		a += strcspn(a, "0123456789");
		b += strcspn(b, "0123456789");
		if (*a != *b)
			return false;
		if (*a == '\0')
			return digits > 0;
		digits++;
	}
}

/* ---- one function a guard; allow: nothing to say ---- */

static const struct verdict passed = { true, "guard.passed", "" };

bool
kind_is_realtime(enum act_kind kind)
{
	return kind == ACT_REALTIME_TRAFFIC || kind == ACT_INTERCEPT_CONTENT;
}

static struct verdict
risk_allows(const struct guard_facts *f)
{
	if (f->ours || f->risk != RISK_BLOCKED)
		return passed;
	return refuse("guard.blocked",
	    "This node says no to this measure for that State: consult, then refuse with a ground and reasons. Why it was set: comity policy list");
}

static struct verdict
somebody_called_back(const struct guard_facts *f)
{
	if (f->ours || !f->call_wanted || f->call == CALL_YES)
		return passed;
	if (f->call == CALL_NO)
		return refuse("guard.forgery",
		    "Who answered the number on their card knows nothing of it: it is set aside as a suspected forgery, and nobody acts on it (S15). Tell that authority that its key is misused; end it with: comity request refuse");
	return refuse("guard.call-back",
	    "Nobody called back yet: dial the number on the sender's confirmed card, never one from the request (S15). Then: comity request called NUMBER --dialled PHONE --answered-by NAME --result yes");
}

bool
emergencies_are_many(enum act_kind kind, uint64_t emergencies)
{
	return kind == ACT_EMERGENCY_DATA && emergencies > EMERGENCIES_A_DAY;
}

/* Many a day: the one reading it is not alone, whatever the office's size. */
static struct verdict
not_too_many_at_once(const struct guard_facts *f)
{
	if (f->ours || !emergencies_are_many(f->kind, f->emergencies) || f->signed_by_two)
		return passed;
	return refuse("guard.rate",
	    "That authority sent more emergencies in a day than come by themselves: two persons of this office say yes to each further one (S15).");
}

static struct verdict
real_time_is_switched_on(const struct guard_facts *f)
{
	if (!kind_is_realtime(f->kind) || f->realtime_on)
		return passed;
	return refuse("guard.realtime",
	    "Collection in real time is off between the two States under this instrument (S13). A named person sets it, with reasons: comity policy realtime STATE --instrument NAME --on --reason TEXT");
}

static struct verdict
earlier_refusals_were_seen(const struct guard_facts *f)
{
	if (f->ours || f->unseen == 0)
		return passed;
	return refuse("guard.refused-before",
	    "A request about the same person or account was refused here before. Read why, then: comity request seen NUMBER --earlier NUMBER");
}

static bool
discloses(const struct guard_facts *f)
{
	return kind_rules(f->kind)->discloses;
}

static struct verdict
heightened_is_dual(const struct guard_facts *f)
{
	if (f->ours || f->risk != RISK_HEIGHTENED || !discloses(f) || f->dual_said)
		return passed;
	return refuse("guard.dual-criminality",
	    "Requests of that State are read with more care here: which offence it would be in your law has to be in it (S02). Ask for it: comity request ask NUMBER --field human_rights");
}

static struct verdict
heightened_has_an_assurance(const struct guard_facts *f)
{
	if (f->ours || f->risk != RISK_HEIGHTENED || !discloses(f) || f->assurance_asked)
		return passed;
	return refuse("guard.assurance",
	    "Requests of that State are read with more care here: a yes that hands data over has the condition \"assurance\", and waits for their reply (S22): comity request confirm NUMBER --condition assurance");
}

typedef struct verdict guard(const struct guard_facts *f);

static guard *const guards[] = {
	risk_allows,
	somebody_called_back,
	not_too_many_at_once,
	real_time_is_switched_on,
	earlier_refusals_were_seen,
	heightened_is_dual,
	heightened_has_an_assurance,
};

struct verdict
guard_decide(enum guard_step step, const struct guard_facts *f)
{
	if (step == GUARD_SEND)
		return real_time_is_switched_on(f);
	for (size_t i = 0; i < sizeof guards / sizeof *guards; i++) {
		struct verdict v = guards[i](f);

		if (!v.allow)
			return v;
	}
	return passed;
}

struct verdict
guard_unasked_decide(enum risk_level level)
{
	if (level == RISK_BLOCKED)
		return refuse("guard.blocked",
		    "This node hands nothing to that State. Why it was set: comity policy list");
	if (level == RISK_HEIGHTENED)
		return refuse("guard.assurance",
		    "This node is careful with that State: no evidence goes to it unasked. Ask them for a request, and answer it under the condition \"assurance\" (S22): comity request answer NUMBER --evidence N");
	return passed;
}

/* ---- the same, among the findings ---- */

static void
say(struct request_findings *out, enum finding_weight weight, const char *reason,
    const char *text)
{
	struct request_finding *e;

	out->stops += weight == FINDING_STOPS;
	if (out->n == REQUEST_FINDINGS_MAX) {
		out->more++;
		return;
	}
	e = &out->list[out->n++];
	*e = (struct request_finding){ .weight = weight, .reason = reason };
	(void)snprintf(e->text, sizeof e->text, "%s", text);
}

static void
many_are_shown(const struct guard_facts *f, struct request_findings *out)
{
	char text[300];

	if (f->ours || !emergencies_are_many(f->kind, f->emergencies))
		return;
	(void)snprintf(text, sizeof text,
	    "It is emergency request %llu of that authority within 24 hours; more than %d do not come by themselves. Nothing is dropped: two persons say yes to each further one (S15).",
	    (unsigned long long)f->emergencies, EMERGENCIES_A_DAY);
	say(out, FINDING_WARNS, "guard.rate", text);
}

static void
earlier_are_shown(const struct guard_facts *f, struct request_findings *out)
{
	char text[300];

	if (f->ours || f->earlier == 0)
		return;
	(void)snprintf(text, sizeof text,
	    "%zu earlier %s about the same person or account, refused here: %.120s. %s", f->earlier,
	    f->earlier == 1 ? "request" : "requests",
	    f->earlier_text == NULL ? "" : f->earlier_text, f->unseen == 0 ?
	    "A person has read why." :
	    "Read why before you say yes: comity request seen NUMBER --earlier NUMBER");
	say(out, FINDING_WARNS, "guard.refused-before", text);
}

static void
risk_is_shown(const struct guard_facts *f, struct request_findings *out)
{
	if (!f->ours && f->risk == RISK_HEIGHTENED)
		say(out, FINDING_WARNS, "guard.heightened",
		    "This node reads requests of that State with more care: dual criminality has to be said (S02), two persons read it (S03), and data go only after an assurance (S22).");
}

void
guard_check(const struct guard_facts *f, struct request_findings *out)
{
	static guard *const shown[] = { risk_allows, somebody_called_back,
		heightened_is_dual };
	struct verdict v = real_time_is_switched_on(f);

	if (!v.allow)
		say(out, f->ours ? FINDING_STOPS : FINDING_WARNS, v.reason, v.text);
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		v = shown[i](f);
		if (!v.allow)
			say(out, FINDING_WARNS, v.reason, v.text);
	}
	risk_is_shown(f, out);
	many_are_shown(f, out);
	earlier_are_shown(f, out);
}
