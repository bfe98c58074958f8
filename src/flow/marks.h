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
	bool has_said, has_file;
	struct digest said;		/* of the list, by the newest record of this number */
	struct digest file;		/* of what lies there */
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
 * The same, and restriction follows the act, for the docket alone says which number an act has:
 * what the newest record that names one of these acts says of it holds, and all is restricted
 * when that list is gone; and what lists of other numbers say of them counts with it.  While
 * one of them is lost, what nobody decided is restricted.
 */
MUST bool marks_load_of(struct flow *f, unsigned evidence, const struct digest *acts,
    size_t n, struct marks *out, struct err *err);
/*
 * The act of a kept parcel by its own bytes: neither the docket nor the file's name is asked.
 * a, if it is not NULL: what it says, act_clear.
 */
MUST bool kept_act(const struct kept_reading *k, struct digest *id, struct act *a,
    struct err *err);
/* The acts of all its parcels; of one that does not open, as the docket has it. */
MUST bool marks_acts(struct flow *f, const struct evidence *e,
    struct digest out[PARCELS_MAX], struct err *err);
/* SHA-256 and size of the file that these would be. */
MUST bool marks_digest(const struct marks *m, struct digest *out, uint64_t *bytes,
    struct err *err);
/*
 * The record of a list, whose digest is the caller's to fill in: about this act; or about
 * evidence of this fingerprint, which is not sealed yet; or (both NULL) about its number alone.
 */
void marks_record(struct flow *f, unsigned evidence, const struct digest *act,
    const struct digest *fingerprint, struct record *r);
/*
 * An act is about to be made of this evidence: what was said of one of these (an act that it
 * passes on, a fingerprint), or else of its number, is said of the act too, on record.
 */
MUST bool marks_carry(struct flow *f, unsigned evidence, const struct digest *const *from,
    size_t n, const struct digest *act, struct err *err);
MUST bool marks_save(struct flow *f, unsigned evidence, const struct marks *m,
    struct err *err);
void marks_clear(struct marks *m);
/* ERR_LIMIT "restrict.many". */
MUST bool marks_add(struct marks *m, const struct digest *leaf, struct err *err);
/* This act's parcel was looked through. */
MUST bool marks_looked(struct marks *m, const struct digest *act, struct err *err);
/*
 * All of this parcel: it was not looked at; or nobody decided, and its request names Article 14
 * or does not lie here.
 */
MUST bool marks_whole(struct flow *f, const struct marks *m,
    const struct kept_reading *k, bool *whole, struct err *err);
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
