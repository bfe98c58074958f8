/*
 * Inside flow: evidence that becomes plain files for somebody: what opening, exporting
 * and disclosing share (open.c).
 */
#ifndef COMITY_FLOW_SHOWN_H
#define COMITY_FLOW_SHOWN_H

#include "flow/inside.h"
#include "flow/record.h"

#define OUT_NAME_MAX 200	/* bytes: the names beside it are longer, and 255 is the end */
/* It is made under another name and appears whole. */
#define EXPORT_PREFIX ".comity-export-"

struct out_place {
	struct dir *into;
	char name[OUT_NAME_MAX + 1], making[sizeof EXPORT_PREFIX + OUT_NAME_MAX];
};
/* ERR_CONFLICT "open.exists", ERR_USE "open.out".  dir_close(out->into) is the caller's. */
MUST bool shown_out_open(struct flow *f, const char *path, struct out_place *out,
    struct err *err);

/*
 * What each door asks before evidence leaves or becomes plain files, and where.
 *
 *			destroyed,	restricted	guards of State	limits and	signed by
 *			recovering	(Article 14)	and request	consent		two as
 *	seal --to	seal.c		to authorities	guard_unasked	-		deliver
 *	deliver		seal.c		to authorities	execute.c	promise_find	deliver
 *	seal-alone	size_ask	in no thread:	execute.c, or	promise_find	deliver
 *					refused		guard_unasked
 *	pass-on		evidence_living	to authorities	guard_unasked	consent_find	deliver
 *	disclose,	shown_open	left out	-		using_begin	deliver
 *	defence-bundle
 *	export		shown_open	refused		-		using_begin	-
 *	request export	acts_find	left out	-		using_begin	-
 *	open		shown_open	by two		-		using_begin	-
 *	inspect		shown_open	is for that	-		using_begin	-
 *
 * using_begin asks for two (read_protected) wherever a protected person is concerned (S10).
 * Police information is asked about by request export alone (S07: policy/use.h).
 *
 * Whatever opens a kept package of evidence, or lets it leave, asks first: what is destroyed
 * stays so; and in a home that came out of a backup nobody knows what was destroyed since,
 * until all peers have shown what they were told (exchange_read.c).  ERR_REFUSED
 * "evidence.destroyed", "evidence.recovering".
 */
MUST bool evidence_living(struct flow *f, unsigned number, const struct parcel *p,
    struct err *err);
MUST bool evidence_recovered(struct flow *f, struct err *err);	/* the second alone */
/* May it be sealed from where it lies?  Not when it ended here.  "evidence.destroyed" */
MUST bool evidence_not_ended(const struct evidence *e, struct err *err);

/* Everything a reading of one kept parcel needs. */
struct kept_reading {
	struct package_reading in;
	struct node_trust trust;
	struct parcel_path path;
	struct buf token, head;
	struct evidence evidence;
};
/* *parcel SIZE_MAX: the newest; closed by the caller whatever came of it. */
MUST bool shown_open(struct flow *f, unsigned number, size_t *parcel,
    struct kept_reading *k, struct err *err);
void shown_close(struct kept_reading *k);

/* Durable before the bytes are shown (formats/record, order 4). */
MUST bool shown_record(struct flow *f, const struct kept_reading *k, size_t parcel,
    enum record_event event, struct err *err);

/* A public file of the folder that is made, synced. */
MUST bool shown_write(struct flow *f, struct dir *at, const char *name,
    struct span bytes, struct err *err);
/* roots.pem of the card that the act names, and tsa.pem. */
MUST bool shown_roots(struct flow *f, const struct act *a, struct dir *at,
    struct err *err);
MUST bool shown_stamp_roots(struct flow *f, struct dir *at, struct err *err);

/* Begun anew, whatever a cut one left: nobody was told that any of it is whole. */
MUST bool shown_making_begin(struct flow *f, const struct out_place *out, struct dir **at,
    struct err *err);
/* Under its name when all is there; what came to nothing is taken away. */
MUST bool shown_making_end(struct flow *f, const struct out_place *out, bool whole,
    struct err *err);

#endif
