/*
 * unpack: a quarantine beside the destination, filled while the package is checked
 * and renamed only when it proved unchanged.  A journal beside it remembers what is
 * safely on the disk, so that an interrupted unpacking goes on where it was:
 *
 *     .comity-quarantine-NAME            the folder
 *     .comity-quarantine-NAME.journal    lines of text, see unpack_journal.c
 *
 * unpack_whole may be called by any thread, the others by one at a time.
 * Inside the room only.
 */
#ifndef COMITY_PACKAGE_UNPACK_H
#define COMITY_PACKAGE_UNPACK_H

#include "package/read_run.h"

#define UNPACK_PREFIX ".comity-quarantine-"
#define UNPACK_NAME_MAX 200		/* bytes of unpack_name: room for the prefix */
/* What a crash may cost at most: this much work, or this long. */
#define UNPACK_BATCH_BYTES ((uint64_t)2 << 30)
#define UNPACK_BATCH_TICKS 15000000000ull	/* 15 s */
#define UNPACK_LINES_MAX (4u << 20)	/* bytes of journal lines kept back */

struct unpack;

/*
 * ERR_CONFLICT "unpack.exists": the final name is taken.  ERR_USE: the name is no
 * name.  A quarantine that is there goes on if `resume` and its journal is about
 * this file (mark, size); else it is removed and begun anew.
 */
MUST bool unpack_begin(struct unpack **out, const struct package_reading *in,
    const struct plain *plain, struct err *err);
void unpack_free(struct unpack *u);		/* leaves the disk as it is */

/* ---- what an earlier run finished ---- */

struct unpack_done {
	const char *path;
	uint64_t size;
	struct digest digest;
	bool part;			/* only the first `written` bytes are there */
	uint64_t written;
};
/* The next entry, in order; *more false: no further.  Only before the run. */
MUST bool unpack_replay(struct unpack *u, struct unpack_done *out, bool *more,
    struct err *err);
/* A small file of the quarantine. */
MUST bool unpack_load(struct unpack *u, const char *path, struct buf *out,
    struct err *err);
/* Go on with the part; its bytes so far come from *out. */
MUST bool unpack_part(struct unpack *u, const struct unpack_done *part,
    struct source **out, struct err *err);
/* Forget all of it: the earlier run does not fit this package. */
MUST bool unpack_anew(struct unpack *u, struct err *err);

/* ---- filling ---- */

/* An entry begins: its folders are made.  (arg: the struct unpack.) */
MUST bool unpack_opened(void *arg, const char *path, struct err *err);
/* Write the files that lie whole in the slab. */
MUST bool unpack_whole(struct unpack *u, struct slab *s, struct err *err);
/* In order: write a part of a file that spans slabs; note what is finished. */
MUST bool unpack_piece(struct unpack *u, const struct piece *p, const char *path,
    struct span bytes, struct err *err);
/* A file besides (signature.tst from a later stamp). */
MUST bool unpack_add(struct unpack *u, const char *name, struct span bytes,
    struct err *err);

/* ---- the end ---- */

/* All on the disk, then the final name. */
MUST bool unpack_commit(struct unpack *u, struct err *err);
/* Remove it, or keep what is safe for a later run. */
void unpack_abandon(struct unpack *u, bool keep);

#endif
