/*
 * order: which entry may come next (formats/package.md sections 1 and 3), with one
 * remembered path, so that a closed list of any length is checked in constant
 * memory (D4).  Pure.  Inside the room only.
 */
#ifndef COMITY_PACKAGE_READ_ORDER_H
#define COMITY_PACKAGE_READ_ORDER_H

#include "package/package.h"

/* The rows of section 1, in their order. */
enum place {
	PLACE_BAGIT, PLACE_ACT, PLACE_DATA, PLACE_MANIFEST, PLACE_FILES, PLACE_TREE,
	PLACE_PROVENANCE, PLACE_COLLECTION, PLACE_REVOCATION, PLACE_BAG_INFO,
	PLACE_READ_ME, PLACE_CHECK, PLACE_TAG_MANIFEST, PLACE_P7S, PLACE_SIGNATURE,
	PLACE_TOKEN, PLACES
};

#define ORDER_PATH_MAX 200	/* of a payload path, from data/ on (section 3) */
#define ORDER_COMPONENT_MAX 100
#define ORDER_SALT_PATH "data/_salt"
#define ORDER_SALT_BYTES 32
#define LINE_MAX_BYTES (16u * 1024)	/* one line of files.jsonl (section 1) */

struct place_rule {
	const char *path;		/* NULL for payload */
	uint64_t max;			/* bytes; UINT64_MAX: streamed, no limit */
	bool optional;
	bool tagged;			/* listed in the tag manifest */
};
const struct place_rule *place_rule(enum place place);
/* One more file outside data/; path is that of a place. */
void files_add(struct package_files *to, const char *path, uint64_t bytes,
    const struct digest *sha256);
/* The place of a path, by name alone; PLACES when it has none. */
enum place place_of(const char *path);

struct order {
	unsigned next;			/* the first place that may still come */
	char path[ORDER_PATH_MAX + 1];	/* last payload path; "" before the first */
	bool salt;			/* data/_salt was there */
};

void order_init(struct order *o);
/*
 * Takes the next entry.  ERR_INPUT "order.*" (unknown, early, late, missing, name,
 * sorted, twin, folder) or ERR_LIMIT "order.size" with a sentence; names visible.
 */
MUST bool order_next(struct order *o, const char *path, uint64_t size,
    enum place *place, struct err *err);
/* No more entries: are all that must be there there? */
MUST bool order_end(const struct order *o, struct err *err);

/* A payload path a writer of ours could have made. */
bool order_path_good(const char *path);
/* Order of two payload paths under the key of section 3: <0, 0, >0. */
int order_compare(const char *a, const char *b);

/* A name of unknown origin inside a sentence: visible, cut to fit. */
struct shown {
	char s[240];
};
struct shown shown(struct span name);
struct shown shown_text(const char *name);

#endif
