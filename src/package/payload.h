/*
 * payload: what a walk found, as lists in spools: entries in the order of the
 * package, then the others (links, empty folders, what was left out) in the order
 * of their original names.  Inside the room only.
 *
 * Invariants: (1) paths rise under the key of package.md section 3 from entry to
 * entry; (2) `main` up to `split` lies before data/_long/, `longs` is data/_long/,
 * then comes data/_salt, then the rest of `main`; (3) the counts are those of the
 * spools; (4) nothing changes once payload_walk or payload_of_items returned.
 */
#ifndef COMITY_PACKAGE_PAYLOAD_H
#define COMITY_PACKAGE_PAYLOAD_H

#include "form/tar.h"
#include "package/package.h"
#include "package/spool.h"

#define PAYLOAD_NAME_MAX 4095		/* bytes of an original path: what a system opens */
#define PAYLOAD_SALT_BYTES 32
#define PAYLOAD_LINES_MAX UINT32_MAX	/* of files.jsonl; what the reader counts to */

enum entry_kind {
	ENTRY_FILE,
	ENTRY_FOLDER,		/* while walking; then: an empty one */
	ENTRY_LINK,
	ENTRY_LEFT_OUT,
	ENTRY_SALT,		/* data/_salt: ours, in no files.jsonl */
};
enum left_out {
	LEFT_OUT_NOT, LEFT_OUT_DEVICE, LEFT_OUT_SOCKET, LEFT_OUT_FIFO,
	LEFT_OUT_UNREADABLE, LEFT_OUT_ASKED,
};
const char *left_out_word(enum left_out why);	/* as in files.jsonl */

struct entry {
	enum entry_kind kind;
	enum left_out why;
	unsigned item;			/* 1..: bytes of payload_of_items; 0: on disk */
	bool device;			/* a block device: its times say nothing */
	uint64_t size;
	int64_t mtime, ctime;
	uint32_t mtime_ns, ctime_ns;
	uint64_t inode, on;		/* on: the device that holds it */
	struct span name;		/* original path below the root */
	struct span path;		/* from data/ on; empty for others */
	struct span target;		/* of a link */
};

#define ENTRY_BYTES_MAX (64 + PAYLOAD_NAME_MAX + 256 + PAYLOAD_NAME_MAX + 1)

/* Into out; the number of bytes. */
size_t entry_encode(const struct entry *e, uint8_t out[ENTRY_BYTES_MAX]);
/* The spans lie inside the record.  Our own bytes: they are well formed. */
void entry_decode(struct span record, struct entry *out);

struct payload {
	struct world *w;
	struct dir *tmp;
	struct dir *root;		/* NULL: one file, or items */
	char *file;			/* the one file, as a person typed it */
	struct payload_item items[PAYLOAD_ITEMS_MAX];
	struct spool *main, *longs, *others;
	struct spool *folders;		/* name and times of each, to look again */
	uint64_t split;
	uint64_t files, bytes, others_n;
	uint64_t manifest_bytes;	/* of manifest-sha256.txt, with _salt */
	uint64_t list_bytes;		/* of files.jsonl */
	uint64_t tar_bytes;		/* of all entries with headers and padding */
};

/* What an entry takes in the tar: header, content, padding. */
uint64_t entry_header_size(const struct entry *e);
uint64_t entry_tar_size(const struct entry *e);

/* payload_walk, holding no more than this many bytes of names for one sorting. */
MUST bool payload_walk_within(struct world *w, struct dir *tmp, const char *path,
    const struct payload_options *options, size_t memory, struct payload **out,
    struct progress *progress, struct err *err);

MUST bool payload_new(struct world *w, struct dir *tmp, struct payload **out,
    struct err *err);
/* The next entry, or (kind not ENTRY_FILE) other; sums are kept. */
MUST bool payload_put(struct payload *p, struct spool *to, const struct entry *e,
    struct err *err);
/* After the last: what depends on the numbers of lines. */
MUST bool payload_close(struct payload *p, struct err *err);

/* ---- reading the lists; any number of readers at once ---- */

struct payload_place {
	unsigned part;			/* 0 main, 1 longs, 2 _salt, 3 main, 4 the end */
	uint64_t at;			/* in that part's spool */
	uint64_t index;			/* files before it, `_salt` not counted */
};
struct payload_reader {
	const struct payload *p;
	struct payload_place place;
	struct spool_reader records;
	bool set;			/* records stands at place */
};
MUST bool payload_reader_init(struct payload_reader *r, const struct payload *p,
    struct err *err);
void payload_reader_clear(struct payload_reader *r);
void payload_reader_go(struct payload_reader *r, struct payload_place place);
/*
 * The next entry and which file it is (index; of no meaning for `_salt`); its spans
 * live until the next call.
 */
MUST bool payload_next(struct payload_reader *r, struct entry *out,
    uint64_t *index, bool *more, struct err *err);

/* The others, by a reader of p->others. */
MUST bool payload_next_other(struct spool_reader *r, struct entry *out, bool *more,
    struct err *err);

/* ---- content (payload_open.c) ---- */

/*
 * Open what an entry names and see that it is what the walk saw.  ERR_CONFLICT
 * "payload.changed", ERR_IO "payload.unreadable": named by its original path.
 */
MUST bool payload_open(const struct payload *p, const struct entry *e,
    struct file **out, struct err *err);
/* At the end of its reading: nothing was added, nothing touched. */
MUST bool payload_unchanged(const struct entry *e, struct file *f,
    struct err *err);
bool payload_changed(const struct entry *e, const char *how, struct err *err);
/* Is each folder as it was walked?  (Nothing came, nothing went.) */
MUST bool payload_folders_unchanged(const struct payload *p, struct err *err);

#endif
