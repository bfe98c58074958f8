/*
 * policy/use: may evidence become plain files for this use?  Limits of use travel inside
 * the signed package (Articles 36(3), 40(19)); here they are asked when it is opened,
 * exported, disclosed or inspected.  Pure: facts in, a verdict out.
 */
#ifndef COMITY_POLICY_USE_H
#define COMITY_POLICY_USE_H

#include "policy/request.h"

struct use_facts {
	bool received;			/* it came from another authority */
	bool other_purpose;		/* another one than it was handed over for is named */
	bool consent;			/* a grant of use_consent by who sent it, for that purpose */
	bool consent_revoked;
	int64_t consent_until;		/* 0 no end */
	int64_t keep_until;		/* first end of keeping among its limits (S11); 0 none */
	bool protected;			/* a protected person is concerned (S10) */
	unsigned persons;		/* who signed that it is opened, in roles of their own */
	int64_t now;
};
/*
 * "use.as-handed-over", "use.consented"; "use.other-purpose", "use.consent-revoked",
 * "use.consent-over", "use.kept-too-long", "use.protected".
 */
struct verdict use_decide(const struct use_facts *f);

/*
 * S07: police information (Article 47) is no evidence: its acts are not exported for a
 * court.  converted: a request for assistance names it, and was said yes to.
 */
struct verdict export_decide(enum act_kind request, bool converted);
/* A request for assistance that names this act, in what it follows or relates to. */
bool request_converts(const struct act *request, const struct digest *police_info);

/*
 * The same purpose in other letters or blanks is the same; other words are another one,
 * and who sent the evidence decides whether they mean the same.
 */
bool use_purpose_same(const char *a, const char *b);
/* The first end of keeping that these conditions set: retention, destroy, return. */
int64_t use_keep_until(const struct fields *limits, const char *field);
/* A person with a protected role is concerned in what was asked (F68). */
bool use_protected(const struct act *request);

#endif
