/* Inside flow: what of a piece of evidence is restricted (flow/disclose.h). */
#ifndef COMITY_FLOW_MARKS_H
#define COMITY_FLOW_MARKS_H

#include "flow/shown.h"

#define MARKS_MAX 50000u	/* lines one by one: 70 bytes each, SMALL_FILE_MAX holds them */

struct marks {
	bool decided;			/* a person did */
	bool all;
	struct digest *acts, *lines;	/* owned */
	size_t acts_n, lines_n;
	size_t sorted_n;		/* of lines, the first ones: what was loaded */
};
MUST bool marks_load(struct flow *f, unsigned evidence, struct marks *out,
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

#endif
