/*
 * walk: between the three files of the walk: going through the folders (walk.c),
 * looking at what is in one (walk_look.c), and what its names become
 * (walk_order.c).  Inside the room only.
 */
#ifndef COMITY_PACKAGE_WALK_H
#define COMITY_PACKAGE_WALK_H

#include "package/names.h"
#include "package/payload.h"
#include "package/sort.h"

struct walk_frame {
	uint64_t at, end;		/* records in the stack, not yet taken */
	uint64_t start;
	size_t name_n, path_n;		/* of this folder, in the walk's two buffers */
};

struct walk_batch;			/* names that are looked at together */

struct walk {
	struct payload *p;
	const struct payload_options *options;
	bool *found;			/* one for each path to be left out */
	struct progress *progress;
	uint64_t told;			/* ticks, of the last word */
	size_t memory;			/* of one sorter */
	struct spool *stack;
	struct spool_reader reader;	/* of the top frame's records */
	struct sorter *names, *renamed, *others;
	struct walk_batch *batch;
	struct walk_frame *frames;
	size_t frames_n, frames_cap;
	char name[PAYLOAD_NAME_MAX + 1];	/* the folder we are in, no '/' at the end */
	size_t name_n;
	char path[2 * NAME_PATH_MAX + 2];	/* its path in the package, with '/' */
	size_t path_n;				/* > NAME_PATH_MAX: all below is long */
	char before[NAME_PATH_MAX + 1];		/* last path of the main list */
	bool split;				/* past the place of _long and _salt */
	uint32_t longs;
};

/* folder/name in out; ERR_LIMIT when no system call could take it. */
MUST bool walk_name(const struct walk *w, const char *name, size_t n,
    char out[PAYLOAD_NAME_MAX + 1], size_t *out_n, struct err *err);
/* A line that is no payload; name is the whole original path. */
MUST bool walk_other(struct walk *w, struct entry *e, enum entry_kind kind,
    enum left_out why, struct span name, struct err *err);
void walk_take_info(struct entry *e, const struct file_info *info);

/* What the disk would not give us, as against what is wrong with the disk. */
bool walk_unreadable(const struct err *err);
/* The error of one original path, for the person; always false. */
bool walk_error(struct span name, struct err *err);

/* ---- walk_look.c ---- */

MUST bool walk_batch_new(struct walk_batch **out, struct err *err);
void walk_batch_free(struct walk_batch *b);
/*
 * Everything in the folder: files and folders into w->names, the rest into
 * w->others.
 */
MUST bool walk_list(struct walk *w, struct dir *d, bool *empty, struct err *err);

/* ---- walk_order.c ---- */

/* w->names, with their safe names and in key order, onto the stack. */
MUST bool walk_order(struct walk *w, struct err *err);

#endif
