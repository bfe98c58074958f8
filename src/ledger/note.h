/*
 * ledger/note: signed notes (C2SP signed-note v1.0.0), the checkpoints that are their
 * text (tlog-checkpoint v1.0.0), cosignatures (tlog-cosignature v1, Ed25519), and
 * verifier keys.  Strict: what this room writes is what it reads, nothing is repaired.
 *
 * Keys have a type, so that another algorithm can join: ML-DSA-44 has its number, and a
 * line signed with it is carried along and not judged.
 */
#ifndef COMITY_LEDGER_NOTE_H
#define COMITY_LEDGER_NOTE_H

#include "crypto/key.h"
#include "crypto/merkle.h"

#define NOTE_MAX (128u * 1024)		/* bytes of a whole note: ML-DSA lines have 3.3 kB */
#define NOTE_NAME_MAX 200		/* bytes of a key name or origin */
#define NOTE_SIGNATURES_MAX 64		/* lines; C2SP asks for at least 16 */
#define NOTE_SIGNATURE_MAX 2500		/* decoded bytes of one line: key id, time, ML-DSA-44 */

enum note_key_type {
	NOTE_ED25519 = 0x01,		/* over the text */
	NOTE_COSIGNATURE = 0x04,	/* Ed25519 over time and checkpoint */
	NOTE_ML_DSA_44 = 0x06,		/* known by name only */
};

/* Not empty, valid UTF-8, no control character, no blank of any script, no "+". */
bool note_name_valid(const char *name);

/* A verifier key: "name+hex8(id)+base64(type || public key)". */
struct vkey {
	char name[NOTE_NAME_MAX + 1];
	uint8_t id[4];			/* SHA-256(name || LF || type || key), its beginning */
	enum note_key_type type;
	uint8_t point[32];		/* Ed25519; zeros for other types */
};
#define VKEY_TEXT_MAX (NOTE_NAME_MAX + 1 + 8 + 1 + 1760)
/*
 * ERR_INPUT "vkey.form", "vkey.id" (it does not belong to the key), "vkey.weak" (a point
 * of small order, under which anybody can sign).  A type that this
 * version does not judge: ERR_INPUT "vkey.type"; the callers that keep lists skip it.
 */
MUST bool vkey_parse(const char *text, struct vkey *out, struct err *err);
/* type NOTE_ED25519 or NOTE_COSIGNATURE.  ERR_USE "vkey.name", "vkey.type"; "vkey.weak". */
MUST bool vkey_make(const char *name, enum note_key_type type,
    const uint8_t point[32], struct vkey *out, struct err *err);
MUST bool vkey_print(const struct vkey *k, struct buf *out, struct err *err);

/* ---- notes ---- */

struct note_line {
	struct span name;		/* into the file */
	uint8_t id[4];
	struct span signature;		/* behind the id; into note.decoded */
};
struct note {
	struct span text;		/* with its last LF; into the file */
	struct note_line lines[NOTE_SIGNATURES_MAX];
	size_t lines_n;
	struct buf decoded;
};
/*
 * file must outlive it.  ERR_INPUT "note.form" with the byte offset, also when one key
 * (name and id) has two lines; ERR_LIMIT "note.size", "note.lines".  Cleared by
 * note_clear, also after a failure.
 */
MUST bool note_parse(struct span file, struct note *out, struct err *err);
void note_clear(struct note *n);

/*
 * Which of these keys signed it.  good[i] for keys[i]; at[i] the time of a cosignature
 * (0 for a plain signature; may be NULL).  Lines of keys that are not asked for are
 * passed over.  ERR_UNPROVEN "note.signature": a line names one of the keys and its
 * signature does not hold: then no line of the note counts.  That no key signed is no
 * error here: good is false for all.
 */
MUST bool note_verify(const struct note *n, const struct vkey *keys, size_t keys_n,
    bool *good, int64_t *at, struct err *err);

/* Adds line i as it stands in the file, to a note of the same text. */
MUST bool note_line_copy(const struct note *n, size_t i, struct buf *out,
    struct err *err);

/*
 * Adds the line of a signature over text by this key (NOTE_ED25519).  ERR_USE "note.key":
 * key and vkey are not one; "note.form": no note has such a text.
 */
MUST bool note_sign(const struct key *key, const struct vkey *k, struct span text,
    struct buf *line, struct err *err);
/*
 * Adds the line of a cosignature at that time, 1970 < at <= WHEN_MAX (NOTE_COSIGNATURE).
 * Only checkpoints are cosigned: ERR_INPUT "checkpoint.*" for another text.
 */
MUST bool note_cosign(const struct key *key, const struct vkey *k, struct span text,
    int64_t at, struct buf *line, struct err *err);
/*
 * The note `a` with the lines of `b` it does not have yet (same key name and id: the one
 * with the later time if both have the length of a cosignature, else the one of `a`).
 * No signature is looked at: who merges has verified both, or an invented later time takes
 * the place of a true cosignature.  Both must have the same text: ERR_CONFLICT "note.text".
 * ERR_LIMIT "note.lines", "note.size"; nothing is added on failure.
 */
MUST bool note_merge(struct span a, struct span b, struct buf *out, struct err *err);

/* ---- checkpoints ---- */

struct checkpoint {
	char origin[NOTE_NAME_MAX + 1];
	uint64_t size;
	struct digest root;
};
/*
 * Exactly three lines: extension lines are refused, as no witness judges them.
 * ERR_INPUT "checkpoint.form"; a size over MERKLE_SIZE_MAX is one; size 0 with another
 * root than that of no leaves is ERR_INPUT "checkpoint.empty".
 */
MUST bool checkpoint_parse(struct span text, struct checkpoint *out, struct err *err);
MUST bool checkpoint_text(const struct checkpoint *c, struct buf *out, struct err *err);
/*
 * A signed checkpoint by that key (its name must be the origin): ERR_UNPROVEN
 * "checkpoint.unsigned", "checkpoint.origin", "note.signature".
 */
MUST bool checkpoint_open(struct span note, const struct vkey *log,
    struct checkpoint *out, struct err *err);
/* The log's key is the one whose name is the origin, whoever's it is; for looking it up. */
MUST bool checkpoint_peek(struct span note, struct checkpoint *out, struct err *err);

/* Names of ours: log number n of an authority, and its one witness key. */
struct note_name { char s[NOTE_NAME_MAX + 1]; };
struct note_name log_origin(const char *authority, unsigned n);	/* "comity-ledger/XA-.../1" */
struct note_name witness_name(const char *authority);		/* "comity-witness/XA-..." */
/* "XA" for a name of that form, "" for any other. */
void note_state(const char *name, char out[3]);

#endif
