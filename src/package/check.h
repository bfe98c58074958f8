/*
 * check: what one run of the verifier knows (formats/package.md section 11).
 * Inside the room only; package_check in check.c drives it.
 */
#ifndef COMITY_PACKAGE_CHECK_H
#define COMITY_PACKAGE_CHECK_H

#include "package/check_lines.h"
#include "package/folder.h"
#include "package/read_tar.h"
#include "package/unpack.h"

/* A payload file that is not what was sealed. */
enum culprit_kind { CULPRIT_CHANGED, CULPRIT_MISSING, CULPRIT_ADDED };
struct culprit {
	enum culprit_kind kind;
	char path[PIECE_PATH_ROOM];
	struct shown name;		/* original name, once known */
};

struct check {
	const struct package_reading *in;
	struct package_report *r;
	struct plain plain;
	struct tar_reader tar;
	struct folder *folder;
	struct unpack *unpack;		/* NULL: check only */
	uint64_t base;			/* plain offset of slab 0 (resume) */
	size_t skip;			/* bytes of slab 0 taken earlier */
	uint64_t slabs;
	struct plain_break brk;

	/* What flowed by. */
	bool there[PLACES];
	struct digest digest[PLACES];	/* of tag and signature files */
	uint64_t size[PLACES];
	struct buf bytes[PLACES];	/* of those that are read again */
	struct hasher *m;		/* running hash M (section 4) */
	struct hasher *f;		/* running hash F over the entries */
	struct lines lines;
	uint64_t data_files, data_bytes;	/* _salt counted */
	uint64_t manifest_at, manifest_size;
	struct digest m_digest;
	struct err act_why;		/* why act.json did not decode */

	/* What was found. */
	bool changed;			/* some part is not as sealed */
	bool stopped;			/* by checks 1 to 4: the rest was not looked at */
	bool undecided;			/* read in full, but not understood */
	bool signature_holds;
	bool part;			/* a disclosure (disclose_check.h) */
	bool of_act;			/* no act there: r->act has its sender, as claimed */
	bool late_token_holds;
	struct culprit culprits[REPORT_FILES_MAX];
	uint64_t culprits_n;		/* all, the named ones first */

	uint64_t told_at;		/* ticks when progress was told last */
	uint64_t done, total;
};

/* ---- findings (report.c); fmt knows %s, %llu and %lld ---- */

void finding_add(struct package_report *r, enum finding_state state,
    const char *reason, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* A part is not as sealed: a BROKEN finding; the first one says so in line one. */
void check_broken(struct check *c, const char *reason, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* ---- steps ---- */

/* check.c: nothing has flowed by yet; forget what has. */
MUST bool check_ready(struct check *c, struct err *err);
void check_forget(struct check *c);

/*
 * check_resume.c: take what an earlier run left in quarantine, and set the reading to
 * where it stopped; chain gets the digest of a file that was half written.
 */
MUST bool check_go_on(struct check *c, struct hasher *chain, struct err *err);

/* check_bytes.c: take a slab's pieces as they come. */
MUST bool check_slab(struct check *c, struct slab *s, bool *stop, struct err *err);
/* One piece of an entry; bytes: what of it is here. */
MUST bool check_piece(struct check *c, const struct piece *p, const char *path,
    struct span bytes, struct err *err);
void culprit_add(struct check *c, enum culprit_kind kind, const char *path);
/* The original name of a culprit, when this line is about one. */
void culprit_line(void *arg, const struct line *l);

/* check_agree.c: does everything agree with everything (steps 5, 6, 10)? */
MUST bool check_agree(struct check *c, struct err *err);
/* The ids, and what lies outside data/, when r->has_ids says that they are known. */
MUST bool check_ids(struct check *c, struct err *err);

/* check_culprits.c: which files differ from the manifest (a second reading). */
MUST bool check_culprits(struct check *c, struct err *err);

/* check_who.c: signature, path, card, time stamp (steps 7, 8, 9). */
MUST bool check_who(struct check *c, struct err *err);

#endif
