/* Signed notes (C2SP signed-note) and cosignatures (C2SP tlog-cosignature, Ed25519). */
#include "ledger/note_internal.h"

#include <stdio.h>
#include <string.h>

#define ED25519_SIGNATURE 64
#define COSIGNATURE (8 + ED25519_SIGNATURE)	/* time and signature */
#define COSIGNATURE_ML_DSA (8 + 2420)		/* tlog-cosignature, ML-DSA-44 */
#define COSIGNATURE_HEAD_MAX 48			/* "cosignature/v1" LF "time N" LF */

static const char line_start[] = "\xE2\x80\x94 ";	/* em dash, space */
#define LINE_START (sizeof line_start - 1)

/* ---- reading ---- */

static bool
form_wrong(struct err *err, size_t at, const char *what)
{
	return err_set(err, ERR_INPUT, "note.form",
	    "this is no signed note: %s (byte %zu)", what, at);
}

/* UTF-8, and no control character but LF. */
static bool
characters_good(struct span file, struct err *err)
{
	struct span left = file;
	uint32_t c;

	while (left.n > 0) {
		size_t n = utf8_next(left, &c);

		if (n == 0)
			return form_wrong(err, file.n - left.n, "not UTF-8");
		if ((c < 0x20 && c != '\n') || (c >= 0x7F && c < 0xA0))
			return form_wrong(err, file.n - left.n, "a control character");
		left = span_from(left, n);
	}
	return true;
}

/* The last empty line: the text may hold others. *at: offset of the first line after. */
static bool
split_find(struct span file, size_t *at)
{
	for (size_t i = file.n; i >= 2; i--)
		if (file.p[i - 1] == '\n' && file.p[i - 2] == '\n') {
			*at = i;
			return true;
		}
	return false;
}

/* One line without its LF; signature.p is set when all lines are there. */
static bool
line_read(struct note *n, struct span line, size_t at, struct err *err)
{
	struct note_line *l = &n->lines[n->lines_n];
	struct buf *d = &n->decoded;
	const uint8_t *space;
	size_t got;

	if (!span_starts(line, line_start))
		return form_wrong(err, at, "a line of a signature begins with a dash");
	line = span_from(line, LINE_START);
	space = line.n == 0 ? NULL : memchr(line.p, ' ', line.n);
	if (space == NULL)
		return form_wrong(err, at, "a line of a signature lacks a part");
	l->name = span_of(line.p, (size_t)(space - line.p));
	if (!name_valid(l->name))
		return form_wrong(err, at, "no name of a key");
	line = span_from(line, l->name.n + 1);
	if (!base64_into(line, d->p + d->n, d->cap - d->n, &got))
		return form_wrong(err, at, "a signature is not canonical base64");
	if (got <= sizeof l->id || got > NOTE_SIGNATURE_MAX)
		return form_wrong(err, at, "a signature has 5 to 2500 bytes");
	memcpy(l->id, d->p + d->n, sizeof l->id);
	l->signature.n = got - sizeof l->id;
	d->n += got;
	return true;
}

static bool
same_key(const struct note_line *a, const struct note_line *b)
{
	return memcmp(a->id, b->id, sizeof a->id) == 0 && span_eq(a->name, b->name);
}

static bool
lines_read(struct note *n, struct span file, size_t at, struct err *err)
{
	struct cursor in = { span_from(file, at), at };
	struct span line;

	do {
		at = in.at;
		if (!cursor_line(&in, &line))
			return form_wrong(err, at, "it has to end in a whole line of a "
			    "signature");
		if (n->lines_n == NOTE_SIGNATURES_MAX)
			return err_set(err, ERR_LIMIT, "note.lines",
			    "the note has more than %d signatures", NOTE_SIGNATURES_MAX);
		if (!line_read(n, line, at, err))
			return false;
		for (size_t i = 0; i < n->lines_n; i++)
			if (same_key(&n->lines[i], &n->lines[n->lines_n]))
				return form_wrong(err, at, "the same key signs twice");
		n->lines_n++;
	} while (!cursor_done(&in));
	return true;
}

bool
note_parse(struct span file, struct note *out, struct err *err)
{
	size_t at;

	memset(out, 0, sizeof *out);
	/* A line decodes to less than it has characters. */
	buf_init(&out->decoded, NOTE_MAX + BASE64_ROOM(0));
	if (file.n > NOTE_MAX)
		return err_set(err, ERR_LIMIT, "note.size",
		    "a signed note of more than %u bytes is not read", NOTE_MAX);
	if (!characters_good(file, err))
		return false;
	if (!split_find(file, &at))
		return form_wrong(err, file.n, "no empty line before the signatures");
	if (!buf_room(&out->decoded, file.n + BASE64_ROOM(0), err) ||
	    !lines_read(out, file, at, err))
		return false;
	out->text = span_part(file, 0, at - 1);
	for (size_t i = 0, d = 0; i < out->lines_n; i++) {
		out->lines[i].signature.p = out->decoded.p + d + 4;
		d += 4 + out->lines[i].signature.n;
	}
	return true;
}

void
note_clear(struct note *n)
{
	buf_clear(&n->decoded);
}

/* ---- what is signed ---- */

/* "cosignature/v1" LF "time N" LF, then the whole text. */
static bool
cosigned_message(struct span text, int64_t at, struct buf *out, struct err *err)
{
	buf_init(out, NOTE_MAX + COSIGNATURE_HEAD_MAX);
	return buf_printf(out, err, "cosignature/v1\ntime %lld\n", (long long)at) &&
	    buf_add(out, text, err);
}

/* A moment that people can mean: after 1970, before the year 10000. */
static bool
time_read(struct span signature, int64_t *at)
{
	struct cursor in = cursor_of(signature);
	uint64_t v;

	if (!cursor_u64(&in, &v) || v == 0 || v > (uint64_t)WHEN_MAX)
		return false;
	*at = (int64_t)v;
	return true;
}

static bool
cosignature_holds(const struct vkey *k, struct span text, struct span signature,
    int64_t *at, bool *holds, struct err *err)
{
	struct buf message;
	bool ok;

	*holds = false;
	if (signature.n != COSIGNATURE || !time_read(signature, at))
		return true;
	ok = cosigned_message(text, *at, &message, err) &&
	    key_verify_ed25519(k->point, buf_span(&message), span_from(signature, 8),
	    holds, err);
	buf_clear(&message);
	return ok;
}

static bool
line_holds(const struct vkey *k, struct span text, struct span signature, int64_t *at,
    bool *holds, struct err *err)
{
	*at = 0;
	if (k->type == NOTE_COSIGNATURE)
		return cosignature_holds(k, text, signature, at, holds, err);
	return key_verify_ed25519(k->point, text, signature, holds, err);
}

bool
note_verify(const struct note *n, const struct vkey *keys, size_t keys_n, bool *good,
    int64_t *at, struct err *err)
{
	int64_t when;
	bool holds;

	for (size_t i = 0; i < keys_n; i++) {
		good[i] = false;
		if (at != NULL)
			at[i] = 0;
	}
	for (size_t l = 0; l < n->lines_n; l++)
		for (size_t i = 0; i < keys_n; i++) {
			const struct note_line *line = &n->lines[l];

			if (memcmp(line->id, keys[i].id, sizeof line->id) != 0 ||
			    !span_is(line->name, keys[i].name) ||
			    keys[i].type == NOTE_ML_DSA_44)
				continue;
			if (!line_holds(&keys[i], n->text, line->signature, &when,
			    &holds, err))
				return false;
			if (!holds) {
				memset(good, 0, keys_n * sizeof *good);
				return err_set(err, ERR_UNPROVEN, "note.signature",
				    "the signature of %s does not hold", keys[i].name);
			}
			good[i] = true;
			if (at != NULL)
				at[i] = when;
		}
	return true;
}

/* ---- signing ---- */

bool
line_write(struct span name, const uint8_t id[4], struct span signature,
    struct buf *out, struct err *err)
{
	uint8_t all[4 + NOTE_SIGNATURE_MAX];
	size_t n = out->n;

	if (signature.n == 0 || signature.n > NOTE_SIGNATURE_MAX - 4)
		return err_set(err, ERR_USE, "note.form",
		    "a signature has 1 to %d bytes", NOTE_SIGNATURE_MAX - 4);
	memcpy(all, id, 4);
	memcpy(all + 4, signature.p, signature.n);
	if (buf_add_text(out, line_start, err) && buf_add(out, name, err) &&
	    buf_add_byte(out, ' ', err) &&
	    base64_encode(out, span_of(all, 4 + signature.n), true, err) &&
	    buf_add_byte(out, '\n', err))
		return true;
	out->n = n;
	return false;
}

/* The private and the public half have to be one key, or nobody could check it. */
static bool
signer_fits(const struct key *key, const struct vkey *k, enum note_key_type type,
    struct err *err)
{
	uint8_t point[32];

	if (k->type != type)
		return err_set(err, ERR_USE, "note.key",
		    "the key %s is not for this kind of signature", k->name);
	return key_point_ed25519(key, point, err) &&
	    (memcmp(point, k->point, sizeof point) == 0 || err_set(err, ERR_USE,
	    "note.key", "the private key is not that of %s", k->name));
}

/* What note_parse will take as a text. */
static bool
text_fits(struct span text, struct err *err)
{
	struct err why = ERR_INIT;

	return (text.n > 0 && text.n < NOTE_MAX && text.p[text.n - 1] == '\n' &&
	    characters_good(text, &why)) || err_set(err, ERR_USE, "note.form",
	    "what is signed is text that ends in a line feed");
}

bool
note_sign(const struct key *key, const struct vkey *k, struct span text,
    struct buf *line, struct err *err)
{
	uint8_t signature[ED25519_SIGNATURE];

	return signer_fits(key, k, NOTE_ED25519, err) && text_fits(text, err) &&
	    key_sign_ed25519(key, text, signature, err) &&
	    line_write(span_text(k->name), k->id, span_of(signature, sizeof signature),
	    line, err);
}

bool
note_cosign(const struct key *key, const struct vkey *k, struct span text, int64_t at,
    struct buf *line, struct err *err)
{
	uint8_t signature[COSIGNATURE];
	struct checkpoint c;
	struct buf message;
	bool ok;

	if (at <= 0 || at > WHEN_MAX)
		return err_set(err, ERR_USE, "note.time",
		    "a cosignature says when, and this clock has no time to say");
	/* A witness says something about trees; nothing else gets its signature. */
	if (!signer_fits(key, k, NOTE_COSIGNATURE, err) ||
	    !checkpoint_parse(text, &c, err))
		return false;
	u64_put(signature, (uint64_t)at);
	ok = cosigned_message(text, at, &message, err) &&
	    key_sign_ed25519(key, buf_span(&message), signature + 8, err) &&
	    line_write(span_text(k->name), k->id, span_of(signature, sizeof signature),
	    line, err);
	buf_clear(&message);
	return ok;
}

/* ---- merging ---- */

static const struct note_line *
line_of_key(const struct note *n, const struct note_line *like)
{
	for (size_t i = 0; i < n->lines_n; i++)
		if (same_key(&n->lines[i], like))
			return &n->lines[i];
	return NULL;
}

/* One key has one kind of signature, so their lengths say what two lines of it are. */
static bool
later(const struct note_line *b, const struct note_line *a)
{
	int64_t at_a, at_b;

	return a->signature.n == b->signature.n &&
	    (a->signature.n == COSIGNATURE || a->signature.n == COSIGNATURE_ML_DSA) &&
	    time_read(b->signature, &at_b) &&
	    (!time_read(a->signature, &at_a) || at_b > at_a);
}

static bool
lines_merge(const struct note *a, const struct note *b, struct buf *out, struct err *err)
{
	size_t lines = a->lines_n;

	for (size_t i = 0; i < a->lines_n; i++) {
		const struct note_line *own = &a->lines[i], *other;

		other = line_of_key(b, own);
		if (other != NULL && later(other, own))
			own = other;
		if (!line_write(own->name, own->id, own->signature, out, err))
			return false;
	}
	for (size_t i = 0; i < b->lines_n; i++) {
		const struct note_line *l = &b->lines[i];

		if (line_of_key(a, l) != NULL)
			continue;
		if (++lines > NOTE_SIGNATURES_MAX)
			return err_set(err, ERR_LIMIT, "note.lines",
			    "the two notes have more than %d signatures together",
			    NOTE_SIGNATURES_MAX);
		if (!line_write(l->name, l->id, l->signature, out, err))
			return false;
	}
	return true;
}

bool
note_line_copy(const struct note *n, size_t i, struct buf *out, struct err *err)
{
	const struct note_line *l = &n->lines[i];

	return line_write(l->name, l->id, l->signature, out, err);
}

bool
note_merge(struct span a, struct span b, struct buf *out, struct err *err)
{
	size_t before = out->n;
	struct note one, two;
	bool ok;

	memset(&two, 0, sizeof two);
	ok = note_parse(a, &one, err) && note_parse(b, &two, err);
	if (ok && !span_eq(one.text, two.text))
		ok = err_set(err, ERR_CONFLICT, "note.text",
		    "the two notes say different things");
	ok = ok && buf_add(out, one.text, err) && buf_add_byte(out, '\n', err) &&
	    lines_merge(&one, &two, out, err);
	if (ok && out->n - before > NOTE_MAX)
		ok = err_set(err, ERR_LIMIT, "note.size",
		    "the two notes have more than %u bytes together", NOTE_MAX);
	if (!ok)
		out->n = before;
	note_clear(&one);
	note_clear(&two);
	return ok;
}
