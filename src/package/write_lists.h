/*
 * lists: manifest-sha256.txt and files.jsonl, made line by line from the walk's
 * lists and the digests, straight into their place, and hashed as they flow by.
 * Inside the room only.
 */
#ifndef COMITY_PACKAGE_WRITE_LISTS_H
#define COMITY_PACKAGE_WRITE_LISTS_H

#include "package/digests.h"
#include "package/payload.h"
#include "package/slab.h"

struct lists_in {
	const struct payload *p;
	struct slabs *slabs;
	const struct digests *digests;	/* as content_run left them */
	struct digest salt;		/* of data/_salt's content */
};

/* Adds p->manifest_bytes; fingerprint is that of payload_pin. */
MUST bool lists_manifest(const struct lists_in *in, struct digest *digest,
    struct digest *fingerprint, struct err *err);
/* Adds p->list_bytes; root as in tree-head.txt. */
MUST bool lists_files(const struct lists_in *in, struct digest *digest,
    struct digest *root, struct err *err);

#endif
