/*
 * tar: finding the entries in a package's tar as it flows by (formats/package.md
 * section 9): every header equal to the one it must be, every entry in its place,
 * limits before anything else, zeros where zeros belong, and the exact end.
 * Inside the room only.
 */
#ifndef COMITY_PACKAGE_READ_TAR_H
#define COMITY_PACKAGE_READ_TAR_H

#include "form/tar.h"
#include "package/read_run.h"

enum tar_step { TAR_HEADER, TAR_CONTENT, TAR_ZEROS, TAR_END };

struct tar_reader {
	uint64_t size;			/* of the whole tar */
	uint64_t at;			/* bytes taken */
	enum tar_step step;
	uint8_t carry[TAR_HEADER_MAX];	/* a header that spans slabs */
	size_t carry_n;
	struct order order;
	char folder[64];		/* of the first entry; all others' too */
	int64_t mtime;
	char path[PIECE_PATH_ROOM];	/* the entry we are in or were in last */
	enum place place;
	uint64_t entry_size, entry_at;	/* entry_at: of its content, in the tar */
	uint64_t done;			/* content bytes taken */
	uint64_t zeros;			/* still to come */
	bool over;			/* the end was reached, exactly */
	/* The first thing that is wrong; nothing is laid after it. */
	bool broken;
	struct err why;			/* ERR_INPUT or ERR_LIMIT, a sentence */
	uint64_t broken_at;
	bool cut;
};

void tar_reader_init(struct tar_reader *t, uint64_t size);

/*
 * Take the slab's bytes from `from` on and add its pieces.  opened: called for each entry that
 * may be there, before its content (folders for unpacking); may be NULL.  False
 * only when opened failed.  final: no bytes follow.
 */
MUST bool tar_lay(struct tar_reader *t, struct slab *s, size_t from, bool final,
    bool (*opened)(void *arg, const char *path, struct err *err), void *arg,
    struct err *err);

#endif
