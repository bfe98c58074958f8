#include "ledger/proof.h"

#include <string.h>

#include "ledger/note_internal.h"

static const char first_line[] = "c2sp.org/tlog-proof@v1";
#define EXTRA_TEXT ((PROOF_EXTRA_MAX + 2) / 3 * 4)	/* in base64 */

/* A position and what to call the file when it has no form. */
struct lines {
	struct cursor in;
	unsigned n;			/* of the line that was taken last */
	const char *reason, *what;
};

static bool
form_wrong(const struct lines *l, struct err *err, const char *why)
{
	return err_set(err, ERR_INPUT, l->reason, "this is no %s: line %u %s", l->what,
	    l->n, why);
}

static bool
line_next(struct lines *l, struct span *out, struct err *err)
{
	l->n++;
	return cursor_line(&l->in, out) || form_wrong(l, err, "is missing");
}

/* "WORD N". */
static bool
number_read(const struct lines *l, struct span line, const char *word, uint64_t *out,
    struct err *err)
{
	return (span_starts(line, word) &&
	    size_read(span_from(line, strlen(word)), out)) ||
	    form_wrong(l, err, "is no number in its one spelling");
}

/* Hashes up to an empty line, and all that follows it is the note. */
static bool
path_and_note_read(struct lines *l, struct merkle_proof *path, struct span *note,
    struct err *err)
{
	struct span line;

	path->n = 0;
	for (;;) {
		if (!line_next(l, &line, err))
			return false;
		if (line.n == 0)
			break;
		if (path->n == MERKLE_PROOF_MAX)
			return form_wrong(l, err, "is one hash more than any proof has");
		if (!hash_read(line, &path->hash[path->n]))
			return form_wrong(l, err, "is no hash");
		path->n++;
	}
	l->n++;
	if (l->in.left.n == 0)
		return form_wrong(l, err, "is missing: the signed checkpoint");
	if (l->in.left.n > NOTE_MAX)
		return err_set(err, ERR_LIMIT, "note.size",
		    "a signed note of more than %u bytes is not read", NOTE_MAX);
	*note = l->in.left;
	return true;
}

static bool
path_and_note_write(const struct merkle_proof *path, struct span note, struct buf *out,
    struct err *err)
{
	if (path->n > MERKLE_PROOF_MAX || note.n == 0 || note.n > NOTE_MAX)
		return err_set(err, ERR_USE, "proof.form",
		    "a proof has up to %d hashes and a signed checkpoint",
		    MERKLE_PROOF_MAX);
	for (size_t i = 0; i < path->n; i++)
		if (!hash_write(&path->hash[i], out, err))
			return false;
	return buf_add_byte(out, '\n', err) && buf_add(out, note, err);
}

/* ---- proofs of an entry ---- */

/* Nobody signs it, so it proves nothing; it still has its form. */
static bool
extra_pass(const struct lines *l, struct span line, struct err *err)
{
	static const char word[] = "extra ";
	uint8_t bytes[BASE64_ROOM(EXTRA_TEXT)];
	size_t n;

	line = span_from(line, sizeof word - 1);
	return (line.n > 0 && line.n <= EXTRA_TEXT &&
	    base64_into(line, bytes, sizeof bytes, &n) && n <= PROOF_EXTRA_MAX) ||
	    form_wrong(l, err, "is not 1 to 2048 bytes in base64");
}

bool
tlog_proof_read(struct span file, struct tlog_proof *out, struct err *err)
{
	struct lines l = { cursor_of(file), 0, "proof.form", "proof of a log" };
	struct tlog_proof p;
	struct span line;

	if (file.n > PROOF_MAX)
		return err_set(err, ERR_LIMIT, "proof.size",
		    "a proof of more than %u bytes is not read", PROOF_MAX);
	if (!line_next(&l, &line, err))
		return false;
	if (!span_is(line, first_line))
		return form_wrong(&l, err, "does not say tlog-proof@v1");
	if (!line_next(&l, &line, err))
		return false;
	if (span_starts(line, "extra ") &&
	    (!extra_pass(&l, line, err) || !line_next(&l, &line, err)))
		return false;
	if (!number_read(&l, line, "index ", &p.index, err))
		return false;
	if (p.index == MERKLE_SIZE_MAX)
		return form_wrong(&l, err, "is a place that no log has");
	if (!path_and_note_read(&l, &p.path, &p.note, err))
		return false;
	*out = p;
	return true;
}

bool
tlog_proof_write(const struct tlog_proof *p, struct buf *out, struct err *err)
{
	size_t n = out->n;

	if (p->index >= MERKLE_SIZE_MAX)
		return err_set(err, ERR_USE, "proof.form", "no log has such a place");
	if (buf_printf(out, err, "%s\nindex %llu\n", first_line,
	    (unsigned long long)p->index) &&
	    path_and_note_write(&p->path, p->note, out, err))
		return true;
	out->n = n;
	return false;
}

bool
tlog_proof_check(struct span file, const uint8_t leaf[LEAF_BYTES], struct checkpoint *c,
    bool *holds, struct err *err)
{
	struct hasher *h = NULL;
	struct checkpoint found;
	struct tlog_proof p;
	struct digest d;
	bool ok;

	ok = tlog_proof_read(file, &p, err) && checkpoint_peek(p.note, &found, err) &&
	    hasher_new(&h, err) && merkle_leaf(h, span_of(leaf, LEAF_BYTES), &d, err) &&
	    merkle_inclusion_check(h, &d, p.index, found.size, &p.path, &found.root,
	    holds, err);
	hasher_free(h);
	if (ok)
		*c = found;
	return ok;
}

/* ---- what a witness is asked ---- */

bool
add_checkpoint_read(struct span body, struct add_checkpoint *out, struct err *err)
{
	struct lines l = { cursor_of(body), 0, "add-checkpoint.form",
		"request to cosign a checkpoint" };
	struct add_checkpoint a;
	struct span line;

	if (body.n > PROOF_MAX)
		return err_set(err, ERR_LIMIT, "add-checkpoint.size",
		    "a request of more than %u bytes is not read", PROOF_MAX);
	if (!line_next(&l, &line, err) || !number_read(&l, line, "old ", &a.old, err) ||
	    !path_and_note_read(&l, &a.path, &a.note, err))
		return false;
	*out = a;
	return true;
}

bool
add_checkpoint_write(const struct add_checkpoint *a, struct buf *out, struct err *err)
{
	size_t n = out->n;

	if (a->old > MERKLE_SIZE_MAX)
		return err_set(err, ERR_USE, "proof.form", "no log has such a size");
	if (buf_printf(out, err, "old %llu\n", (unsigned long long)a->old) &&
	    path_and_note_write(&a->path, a->note, out, err))
		return true;
	out->n = n;
	return false;
}
