/*
 * Inside flow: the header of a kept package of evidence rests apart from its body.
 *
 *	parcels/NAME.comity	the body; PARCEL_APART and zeros where its header was
 *	headers/NAME		the header, sealed (crypto/aead) under the package key
 *	headers/NAME.waits	the same, while the body still has it: it may leave until its
 *				receipt came, and who carries a bundle needs no key
 *	keys/packages/NAME.age	the package key, 32 random bytes, sealed to our recipient
 *
 * NAME is the parcel's own.  An age header is what opens a parcel; so whoever has not the
 * package key has a body that nobody opens.  A backup leaves keys/packages out, and of a
 * body that waits the header (backup.c): destroying one key destroys the package in every
 * backup there is.
 *
 * Order: key, header, its name without ".waits", then the beginning of the body is written
 * over.  Under that name the header counts, whatever the body begins with: cut anywhere
 * the parcel opens, and the next parcels_part ends it.
 */
#ifndef COMITY_FLOW_APART_H
#define COMITY_FLOW_APART_H

#include "flow/inside.h"
#include "store/docket.h"

#define HEADERS_PATH "headers"			/* below the home */
#define HEADERS_WAITS ".waits"
#define PACKAGE_KEYS_PATH "keys/packages"

/*
 * The header that belongs before the body at this path ("parcels/NAME.comity"), into
 * head; nothing when it is where it was, or the path is of no parcel.  Asks the
 * passphrase when it rests apart.  ERR_ABSENT "evidence.key-away": its key came not back
 * with the backup.  ERR_DENIED "key.group".
 */
MUST bool parcel_head(struct flow *f, const char *path, struct buf *head,
    struct err *err);
/* The same into a reading of in->path, below the home; head is the caller's, empty. */
MUST bool parcel_join(struct flow *f, struct package_reading *in, struct buf *head,
    struct err *err);
void parcel_head_init(struct buf *head);
/* Header and body as one file, read as it came or left. */
MUST bool parcel_open_whole(struct flow *f, const char *path, struct file **out,
    struct err *err);

/*
 * Is the kept parcel still the bytes of this digest, behind the header that another copy of
 * it begins with?  So no key is needed.  *sound false too when the disk does not give it back.
 */
MUST bool parcel_sound(struct flow *f, const char *path, struct file *copy,
    const struct digest *sha256, bool *sound, struct err *err);

/*
 * Whatever is not apart yet is put apart, what was destroyed is ended, and what went with
 * its receipt is put away.  No passphrase; with the home's lock.
 */
MUST bool parcels_part(struct flow *f, struct err *err);
/* The same after something was done, which no trouble here undoes: the next command does it. */
void parcels_part_later(struct flow *f);
/* It leaves once more: its header goes back into it. */
MUST bool parcel_out_again(struct flow *f, struct docket *d, const struct docket_act *row,
    struct err *err);
/*
 * Another copy takes the place of a body that was lost: what lay apart fits it no more.
 */
MUST bool parcel_apart_forget(struct flow *f, const char *path, struct err *err);
/* Key overwritten and gone, header and body gone, durably; again is fine. */
MUST bool parcel_wipe(struct flow *f, const char *path, struct err *err);
/* Is its key away?  False too when its header was never put apart. */
MUST bool parcel_key_away(struct flow *f, const char *path, bool *away, struct err *err);
/*
 * The parcel as a backup has it: *out is `file` itself, or another that owns it, whose
 * header is gone because headers/NAME.waits has it.
 */
MUST bool parcel_without_header(struct flow *f, const char *path, struct file *file,
    struct file **out, struct err *err);

#endif
