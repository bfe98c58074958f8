/* Requests that break one safeguard each (violations_kit.h). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "flow/violations_kit.h"
#include "policy/fields_kit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define COUNT(a) (sizeof (a) / sizeof (a)[0])

const struct violation violations[] = {
	{ "S01", ACT_STORED_DATA, NULL, { { "F03.articles", NULL } },
	  "request.offence-statute", NULL },
	{ "S01", ACT_STORED_DATA, NULL, { { "F03.articles", NULL },
	  { "F03.statute", "Penal Code 9" }, { "F03.max_penalty_months", "12" } },
	  "request.offence-penalty", NULL },
	{ "S02", ACT_SUBSCRIBER, NULL, { { "F03.articles", NULL },
	  { "F03.statute", "Penal Code 9" }, { "F67", NULL } },
	  NULL, "execute.dual-criminality" },
	{ "S03", ACT_SUBSCRIBER, NULL, { { "F03.facts", "He insulted the head of State." } },
	  NULL, "people.nobody" },
	{ "S03", ACT_REALTIME_TRAFFIC, NULL, { { "F67.statements", "not_political" } },
	  "request.assurance", NULL },
	{ "S04", ACT_PRESERVE, NULL, { { "F16.wanted", "yes" },
	  { "F16.reasons", "The suspect is watched" } }, "request.secrecy-without-end", NULL },
	{ "S04", ACT_PRESERVE, NULL, { { "F16.wanted", "yes" },
	  { "F16.until", "2027-01-20" } }, "request.secrecy-without-reasons", NULL },
	{ "S06", ACT_STORED_DATA, NULL, { { NULL, NULL } }, NULL, "execute.authorisation" },
	{ "S06", ACT_INTERCEPT_CONTENT, NULL, { { "F25", NULL } }, "request.missing", NULL },
	{ "S06", ACT_INTERCEPT_CONTENT, NULL, { { "F25.issuer", NULL } },
	  "request.order-by-whom", NULL },
	{ "S07", ACT_POLICE_INFO, NULL, { { "F23.what", "A copy of the disk" } },
	  "thread.notice", NULL },
	{ "S11", ACT_STORED_DATA, NULL, { { "F08", NULL } }, "request.missing", NULL },
	{ "S12", ACT_STORED_DATA, NULL, { { "F06", NULL } }, "request.missing", NULL },
	{ "S12", ACT_STORED_DATA, NULL, { { "F07", NULL } }, "request.missing", NULL },
	{ "S12", ACT_STORED_DATA, NULL, { { "F07.to", "2027-10-01" } },
	  "request.window-in-future", NULL },
	{ "S12", ACT_EMERGENCY_DATA, NULL, { { "F06", NULL }, { "F13", NULL } },
	  "request.no-identifier", NULL },
	{ "S13", ACT_REALTIME_TRAFFIC, NULL, { { "F28.from", "2026-12-01" },
	  { "F28.to", "2027-03-01" } }, "request.collection-long", NULL },
	{ "S15", ACT_EMERGENCY_DATA, NULL, { { "F61", NULL } }, "request.missing", NULL },
	{ "S15", ACT_EMERGENCY_DATA, NULL, { { "F61.phone", NULL } },
	  "request.no-call-back", NULL },
	{ "S17", ACT_SUBSCRIBER, NULL, { { "F98.yes", "yes" } }, "request.minor-suspect",
	  NULL },
	{ "S18", ACT_REMOVE_CONTENT, NULL, { { "F50.codes", "article_13" } },
	  "request.removal-class", NULL },
	{ "S18", ACT_REMOVE_CONTENT, NULL, { { "F47.url", "example" } },
	  "request.removal-address", NULL },
	{ "S25", ACT_STORED_DATA, "Budapest", { { NULL, NULL } },
	  "request.basis-not-binding", NULL },
};
const size_t VIOLATIONS = sizeof violations / sizeof *violations;

static void
fields_fill(struct fields *fs, const struct violation *v)
{
	struct field_value whole[FIELDS_WHOLE_MAX];
	size_t n = fields_whole(v->kind, whole);

	for (size_t i = 0; i < n; i++)
		OK(fields_set(fs, whole[i].name, whole[i].value, "en", &err));
	for (size_t i = 0; i < COUNT(v->set) && v->set[i].name != NULL; i++) {
		if (v->set[i].value == NULL)
			(void)fields_remove(fs, v->set[i].name);
		else
			OK(fields_set(fs, v->set[i].name, v->set[i].value, "en", &err));
	}
}

void
violation_fill(struct act *a, const void *arg)
{
	const struct violation *v = arg;

	(void)snprintf(a->body.request.number, sizeof a->body.request.number,
	    "XA-2026-000009");
	if (!law_measure_is_domestic(act_kind_measure(v->kind)))
		(void)snprintf(a->instrument, sizeof a->instrument, "%s",
		    v->instrument != NULL ? v->instrument : "UNCAC-CYBER");
	fields_fill(&a->body.request.fields, v);
}

const struct violation *
violation_of(const char *row)
{
	for (size_t i = 0; i < VIOLATIONS; i++)
		if (strcmp(violations[i].row, row) == 0)
			return &violations[i];
	fail_msg("no violation of %s", row);
	return NULL;
}

unsigned
violation_comes(struct job *j, const struct violation *v)
{
	struct forgery what = { .kind = v->kind, .fill = violation_fill, .arg = v };
	struct digest act;
	struct taken t;
	char path[200];

	OK(site_again(&j->a, &err));
	OK(forge(&j->a, "XB", &what, path, &act, &err));
	site_end(&j->a);
	OK(site_again(&j->b, &err));
	OK(flow_take(&j->b.flow, path, &t, &err));
	if (t.as != TAKEN)
		fail_msg("%s: %s", v->row, t.text);
	return t.request;
}
