/*
 * pin: what evidence was when it was added, as lines (package.h, payload_pin), and
 * those lines read back beside a new walk.  Inside the room only.
 */
#ifndef COMITY_PACKAGE_PAYLOAD_PIN_H
#define COMITY_PACKAGE_PAYLOAD_PIN_H

#include "package/digests.h"
#include "package/payload.h"

/*
 * Are the pinned lines about the files of this walk, with the same sizes, in the
 * same order?  Their digests go into `digests`.  ERR_CONFLICT
 * "payload.changed_since_added" names the first that differs.
 */
MUST bool pin_match(const struct payload *p, struct source *pin,
    struct digests *digests, struct err *err);

#endif
