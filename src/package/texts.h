/*
 * texts: READ-ME-FIRST.txt and check.sh of this release (data/texts/) and check-path.sh
 * (doc/), compiled in,
 * and the digests of those of every release (formats/package.md section 8).
 */
#ifndef COMITY_PACKAGE_TEXTS_H
#define COMITY_PACKAGE_TEXTS_H

#include "base/base.h"

struct span text_read_me(void);
struct span text_check(void);
struct span text_check_path(void);	/* of a disclosure: doc/check-path.sh */

/* Is this the digest of the text of that name ("check.sh") in some release? */
bool text_known(const char *name, const struct digest *d);

/* ---- made at build time by texts.awk ---- */

struct text_release {
	const char *sha256;		/* lower hex */
	const char *name;
};
extern const char text_read_me_bytes[], text_check_bytes[], text_check_path_bytes[];
extern const struct text_release text_releases[];	/* ends with NULL */

#endif
