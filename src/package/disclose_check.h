/*
 * disclose_check: is a partial disclosure what its package's signature covers?  A step of
 * package_check (check.c), for a folder that holds disclosure.json and no bagit.txt.
 * Inside the room only.
 *
 * The chain, each link checked: file = its line (path, size, digest); line, by its path,
 * = the tree head; tree head = its line of the tag manifest; tag manifest = signature,
 * certificate, card, time stamp (check_who).  The folder is closed: nothing lies there
 * that is not of the format.  Every line stands once, in rising order.
 */
#ifndef COMITY_PACKAGE_DISCLOSE_CHECK_H
#define COMITY_PACKAGE_DISCLOSE_CHECK_H

#include "package/check.h"

bool disclosure_is(const struct package_reading *in);
MUST bool disclosure_check(struct check *c, struct err *err);

#endif
