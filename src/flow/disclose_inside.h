/* Inside flow: a folder with evidence for somebody, while it is made (disclose.c). */
#ifndef COMITY_FLOW_DISCLOSE_INSIDE_H
#define COMITY_FLOW_DISCLOSE_INSIDE_H

#include "flow/marks.h"
#include "flow/names.h"
#include "flow/people.h"
#include "flow/use.h"
#include "package/disclose.h"

#define DISCLOSURE_NAME "disclosure"	/* of the folder in what is made */

struct choosing {
	bool all;			/* everything was asked for: no names */
	struct named named;
	struct marks marks;
	bool whole;			/* all of this parcel is restricted */
	enum withheld ground;
	uint64_t restricted;		/* named, and not shown */
};
struct disclosing_now {
	struct flow *flow;
	const struct disclose_wish *wish;
	struct kept_reading k;
	size_t parcel;
	struct choosing choosing;
	struct out_place out;
	struct dir *at, *into;		/* the folder that is made; the disclosure in it */
	struct disclosure d;
	struct using use;
};
/* arg: struct choosing (package/disclose.h, choose). */
MUST bool disclosing_choose(void *arg, const struct disclose_line *l, bool *show,
    enum withheld *ground, struct err *err);
/* flow, wish and choosing.all are set; disclosing_close whatever comes of it. */
MUST bool disclosing_open(struct disclosing_now *n, struct err *err);
/*
 * Then: evidence leaves by two persons only (PEOPLE_DELIVER).  Refused with "people.second"
 * until another has approved just these names, for this purpose, with these marks; else
 * make is called.
 */
MUST bool disclosing_second(struct disclosing_now *n,
    bool (*make)(struct disclosing_now *n, void *arg, struct err *err), void *arg,
    struct err *err);
MUST bool disclosing_matter(const struct disclosing_now *n, struct buf *content,
    struct matter *m, struct err *err);
MUST bool disclosing_fill(struct disclosing_now *n, struct err *err);
/* The receiver's own check, before anybody sees it. */
MUST bool disclosing_proven(struct disclosing_now *n, struct package_report *report,
    struct err *err);
MUST bool disclosing_roots(struct disclosing_now *n, const struct authority_id *from,
    const struct digest *from_card, struct err *err);
/* Durable before it has its name. */
MUST bool disclosing_record(struct disclosing_now *n, struct err *err);
/* Under its name, or away; false when it was not ok. */
MUST bool disclosing_close(struct disclosing_now *n, bool ok, struct err *err);

#endif
