/*
 * run: a package's bytes flow through a ring of slabs.  Five steps a slab; those
 * marked * run for any slab on any thread, the others for one slab after another:
 *
 *     fetch*   bytes into the slab (read, open the sealed chunks)
 *     lay      find the entries: pieces with their names, in order
 *     work*    digest (and write) the files that lie whole in the slab
 *     chain    digest the parts of files that span slabs
 *     finish   hand the pieces to the checker
 *
 * With one thread the steps follow one another for each slab.  Memory is the ring.
 * Inside the room only.
 */
#ifndef COMITY_PACKAGE_READ_RUN_H
#define COMITY_PACKAGE_READ_RUN_H

#include "package/read_order.h"
#include "package/read_plain.h"

#define SLAB_BYTES (16 * AGE_CHUNK)	/* 1 MiB: a job of about half a millisecond */
#define SLABS_MAX 12			/* the ring: 12 MiB whatever is read */
#define SLABS_FEW 6			/* for up to 2 threads */
#define WORKERS_MAX 16			/* more threads than this wait for the digest chain */
#define PIECES_MAX (SLAB_BYTES / 512 + 2)	/* a tar entry takes 512 bytes or more */
#define PIECE_PATH_ROOM 256		/* a path with its NUL (TAR_PATH_MAX) */

/* Content of one entry inside one slab. */
struct piece {
	uint32_t at, n;			/* in slab->bytes */
	uint32_t path_at;		/* in slab->paths, with a NUL */
	enum place place;
	bool first, last;		/* of the entry's bytes */
	bool missing;			/* folder: listed and not there; no bytes */
	bool wrong;			/* folder: there, and other than a plain file */
	bool known;			/* digest came from before (resume) */
	bool has_listed;
	uint64_t size;			/* of the whole entry */
	uint64_t begin;			/* of these bytes in the entry */
	uint64_t tar_at;		/* of the entry's content in the tar */
	struct digest digest;		/* once last: of the whole entry */
	struct digest listed;		/* folder: what the manifest says */
};

struct slab {
	uint64_t index;
	uint8_t *bytes;
	size_t n;
	struct piece *pieces;
	size_t pieces_n, pieces_room;
	char *paths;
	size_t paths_n;
	struct plain_break brk;
	bool fetched, working, worked;	/* under the run's gate */
};
const char *piece_path(const struct slab *s, const struct piece *p);
/* Room for one more piece with this path; NULL when the slab is full. */
struct piece *slab_piece(struct slab *s, const char *path);

/* What one thread owns. */
struct worker {
	struct hasher *hasher;
	struct plain_reader reader;
};

struct run_ops {
	bool (*fetch)(void *arg, struct worker *w, struct slab *s, struct err *err);
	bool (*lay)(void *arg, struct slab *s, bool *last, struct err *err);
	/* Before the digests of whole pieces (read them), and after (write them). */
	bool (*before)(void *arg, struct worker *w, struct slab *s, struct err *err);
	bool (*after)(void *arg, struct worker *w, struct slab *s, struct err *err);
	/* *stop: no later slab is wanted. */
	bool (*finish)(void *arg, struct slab *s, bool *stop, struct err *err);
};

struct run_options {
	struct world *world;
	const struct plain *plain;	/* for the threads' readers; NULL: folder */
	const struct run_ops *ops;
	void *arg;
	/* A digest begun earlier: the first piece goes on with it (resume); or NULL. */
	struct hasher *chain;
};

/*
 * Slabs 0, 1, 2 ... until lay says last, finish says stop, or something of our own
 * fails.  ERR_STOPPED when a person asked for it.
 */
MUST bool run_slabs(const struct run_options *opt, struct err *err);

#endif
