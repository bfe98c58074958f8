/*
 * Private to leaves*.c: the leaves in memory, and a note of them on the disk, so that a
 * command reads of the journal what was written since, however long it is.
 *
 * HOME/journal/leaves (doc/format/record.md) has the leaves before the offset `at` of the
 * journal, and the chain there.  A record behind it (`administration`, LEAVES_REASON) names
 * the note by its SHA-256.  So it needs no key, nor one to be believed: who writes it into a
 * home has to write into the journal as well, which is in the next checkpoint for good.  One
 * that no record names, or of another journal, or that this program does not read, is passed
 * over: all of the journal is read then, and the next checkpoint brings a new one.  An older
 * one put back is as true as it was, and what came after it is in the journal.
 *
 * It is beside the journal and not in HOME/ledger/, which others copy: it names acts and peers.
 */
#ifndef COMITY_FLOW_LEAVES_INSIDE_H
#define COMITY_FLOW_LEAVES_INSIDE_H

#include "flow/leaves.h"

#define LEAVES_PATH "journal/leaves"	/* below the home */
#define LEAVES_REASON "ledger.leaves"
/*
 * Begins the file.  A program that wants other records of the journal, or other things of
 * them, writes another number: a note of before lacks them.
 */
#define LEAVES_MAGIC "comity-leaves/3\n"
/*
 * So much of the journal is read by a command at most before a checkpoint brings a new note:
 * a fifth of a second from a slow card.  It has some 8,000 records.
 */
#define LEAVES_STEP ((uint64_t)4 << 20)
/*
 * Bytes of a note, some 120,000 leaves: they are all in memory, two or three times as large,
 * while a command runs.  With more of them none is written, and the last one stays.
 */
#define LEAVES_NOTE_MAX ((size_t)16 << 20)

struct leaf_list {
	struct leaf *list;
	size_t n;
};
struct leaves {
	struct leaf_list of[LEAF_KINDS];
	struct journal_place read;	/* all before it was looked at */
	/*
	 * The last record that is its leaf alone and that no record behind it explains; and the
	 * last one that says that records were lost to damage, and when.
	 */
	uint64_t lost, gap;
	int64_t gap_time;
	uint64_t noted;			/* so far by the note; 0: there was none */
	uint64_t tried;			/* when one was written last, or could not be */
	struct digest note;
	bool named;			/* by a record */
	bool looked;			/* the file was read to its end once */
};

/* All that the journal says up to now; f->leaves is set. */
MUST bool leaves_read(struct flow *f, struct err *err);
/* The same from the first entry on, by the journal alone; f->leaves is NULL before. */
MUST bool leaves_whole(struct flow *f, struct err *err);
void leaves_empty(struct leaves *l);
void leaves_free(struct leaves *l);		/* NULL is quiet */
MUST bool leaf_keep(struct leaves *l, const struct leaf *x, struct err *err);

/* ---- leaves_note.c ---- */

/* Into l, which is empty and stays so when there is none that is of this journal. */
MUST bool leaves_note_load(struct flow *f, struct leaves *l, struct err *err);
/* Does this record name the note that l has? */
bool leaves_note_named(const struct leaves *l, const struct record *r);
/* Its bytes.  ERR_LIMIT "buf.limit": more than LEAVES_NOTE_MAX. */
MUST bool leaves_note_bytes(const struct leaves *l, struct buf *out, struct err *err);

#endif
