/*
 * content: all payload, read once: into its place in the tar, and hashed.  Small
 * files are opened, read, hashed and closed by whichever thread fills the slab they
 * lie in; a file that crosses from one slab into another is read by several and
 * hashed in order by one.  Inside the room only.
 */
#ifndef COMITY_PACKAGE_PAYLOAD_CONTENT_H
#define COMITY_PACKAGE_PAYLOAD_CONTENT_H

#include "package/digests.h"
#include "package/payload.h"
#include "package/slab.h"

struct content {
	const struct payload *p;
	struct span folder;		/* of the bag */
	int64_t mtime;			/* of every header */
	uint8_t salt[PAYLOAD_SALT_BYTES];	/* data/_salt */
	/* Gets one of each file, in entry order, `_salt` left out. */
	struct digests *digests;
	/* The same as they have to be (a pin); NULL: not known. */
	struct digests *pinned;
};

/*
 * Adds p->tar_bytes to the slabs.  ERR_CONFLICT "payload.changed" when a file is not
 * as it was walked, "payload.changed_since_added" when it is not as it was pinned.
 */
MUST bool content_run(const struct content *c, struct slabs *slabs,
    struct err *err);

/* Will the run wait for the disk often?  (slabs_options) */
bool content_waits(const struct payload *p);

/* The error of a pinned file, for whoever finds it first. */
bool content_not_pinned(struct span name, struct err *err);

#endif
