/* Inside flow: what of a piece of evidence is restricted (flow/disclose.h). */
#ifndef COMITY_FLOW_MARKS_H
#define COMITY_FLOW_MARKS_H

#include "flow/disclose.h"
#include "flow/shown.h"

#define MARKS_MAX 50000u	/* lines one by one: 70 bytes each, SMALL_FILE_MAX holds them */

struct marks {
	bool decided;			/* a person did */
	bool all;
	bool differ;			/* what lies there is not what the ledger says: then all */
	bool lost;			/* another list cannot be read, or differs */
	bool has_said;
	struct digest said;		/* of the list, by the newest record of it */
	struct digest *acts, *lines;	/* owned */
	size_t acts_n, lines_n;
	size_t sorted_n;		/* of lines, the first ones: what was loaded */
};
/*
 * By the file, which must be the one that the ledger's newest record of it names: one that was
 * changed, put back or taken away, or left behind by a power cut, restricts all.
 */
MUST bool marks_load(struct flow *f, unsigned evidence, struct marks *out,
    struct err *err);
/*
 * The same, and restriction follows the act: what lists of other numbers say of acts of these
 * parcels counts with it, for the docket alone says which number an act has.  While one of
 * them is lost, what nobody decided is restricted.
 */
MUST bool marks_load_of(struct flow *f, unsigned evidence, const struct parcel *parcels,
    size_t parcels_n, struct marks *out, struct err *err);
/* SHA-256 and size of the file that these would be. */
MUST bool marks_digest(const struct marks *m, struct digest *out, uint64_t *bytes,
    struct err *err);
MUST bool marks_save(struct flow *f, unsigned evidence, const struct marks *m,
    struct err *err);
void marks_clear(struct marks *m);
/* ERR_LIMIT "restrict.many". */
MUST bool marks_add(struct marks *m, const struct digest *leaf, struct err *err);
/* This act's parcel was looked through. */
MUST bool marks_looked(struct marks *m, const struct digest *act, struct err *err);
/* All of this parcel: nobody decided and its request names Article 14, or not looked at. */
MUST bool marks_whole(struct flow *f, const struct marks *m,
    const struct kept_reading *k, const struct digest *act, bool *whole,
    struct err *err);
bool marks_has(const struct marks *m, const struct digest *leaf);
/* The text of the file. */
MUST bool marks_text(const struct marks *m, struct buf *out, struct err *err);

/* ---- what each door asks (Article 14: offences.tsv, no_defence_copy) ---- */

/* Some or all of this parcel, which is open, is restricted. */
MUST bool restricted_look(struct flow *f, const struct kept_reading *k, size_t parcel,
    bool *any, struct err *err);
/* The same of all its parcels; one that cannot be read counts as restricted. */
MUST bool restricted_any(struct flow *f, const struct evidence *e, bool *any,
    struct err *err);
/* ERR_REFUSED "restrict.copied": it is never copied, and what to do instead. */
MUST bool restricted_copy_ask(struct flow *f, const struct kept_reading *k, size_t parcel,
    struct err *err);
/* Is less restricted after this decision than before? */
MUST bool restriction_lowers(struct flow *f, const struct evidence *e,
    const struct marks *before, enum restrict_how how, bool *lowers, struct err *err);

#endif
