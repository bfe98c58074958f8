/*
 * folder: an unpacked package, read as if it flowed by (formats/package.md section
 * 11, last paragraph): tag files by their names, payload in the order of the
 * manifest, each opened beneath the folder; then the closed check: what else lies
 * there.  Constant memory.  Inside the room only.
 */
#ifndef COMITY_PACKAGE_FOLDER_H
#define COMITY_PACKAGE_FOLDER_H

#include "package/read_run.h"

struct folder;

/* *is_package false: none of the names a package has lies there. */
MUST bool folder_open(struct folder **out, const struct package_reading *in,
    bool *is_package, struct err *err);
void folder_close(struct folder *f);		/* NULL is quiet */

/* Steps of a run; see read_run.h.  opened as for tar_lay. */
MUST bool folder_lay(struct folder *f, struct slab *s, bool *last,
    bool (*opened)(void *arg, const char *path, struct err *err), void *arg,
    struct err *err);
MUST bool folder_fill(struct folder *f, struct slab *s, struct err *err);

/* The first thing that breaks the order or the limits; NULL: nothing did. */
const struct err *folder_why(const struct folder *f);

/*
 * Everything that lies there and is neither in section 1 nor in the manifest is
 * told to `added`.  After a run in which folder_why was NULL.
 */
MUST bool folder_closed(struct folder *f,
    void (*added)(void *arg, const char *path), void *arg, struct err *err);

#endif
