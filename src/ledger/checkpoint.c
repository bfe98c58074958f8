/* Checkpoints (C2SP tlog-checkpoint), and the names that logs and witnesses of ours have. */
#include "ledger/note_internal.h"

#include <stdio.h>
#include <string.h>

#include "act/act.h"

static const char log_prefix[] = "comity-ledger/";
static const char witness_prefix[] = "comity-witness/";

bool
size_read(struct span text, uint64_t *out)
{
	return decimal_parse(text, MERKLE_SIZE_MAX, out);
}

bool
base64_into(struct span text, uint8_t *p, size_t room, size_t *n)
{
	/* A buf over memory that it does not own: full from the start, so it never grows. */
	struct buf b = { .p = p, .cap = room, .max = room };
	struct err err = ERR_INIT;

	if (!base64_decode(&b, text, true, &err))
		return false;
	*n = b.n;
	return true;
}

bool
hash_read(struct span text, struct digest *out)
{
	uint8_t bytes[BASE64_ROOM(HASH_TEXT)];
	size_t n;

	if (text.n != HASH_TEXT || !base64_into(text, bytes, sizeof bytes, &n) ||
	    n != sizeof out->b)
		return false;
	memcpy(out->b, bytes, sizeof out->b);
	return true;
}

bool
hash_write(const struct digest *d, struct buf *out, struct err *err)
{
	return base64_encode(out, digest_span(d), true, err) &&
	    buf_add_byte(out, '\n', err);
}

static bool
form_wrong(struct err *err, const char *what)
{
	return err_set(err, ERR_INPUT, "checkpoint.form",
	    "this is no checkpoint of a log: %s", what);
}

/* The root of no leaves: SHA-256 of nothing (RFC 6962 2.1). */
static bool
empty_root(const struct digest *root, struct err *err)
{
	struct digest none;

	return digest_of(span_of("", 0), &none, err) && (digest_eq(&none, root) ||
	    err_set(err, ERR_INPUT, "checkpoint.empty",
	    "the checkpoint says that the log is empty, and gives the root of another tree"));
}

bool
checkpoint_parse(struct span text, struct checkpoint *out, struct err *err)
{
	struct cursor in = cursor_of(text);
	struct span origin, size, root;
	struct checkpoint c;

	memset(&c, 0, sizeof c);
	if (!cursor_line(&in, &origin) || !cursor_line(&in, &size) ||
	    !cursor_line(&in, &root))
		return form_wrong(err, "it has less than three lines");
	if (!cursor_done(&in))
		return form_wrong(err, "lines follow the root, and nobody judges them");
	if (!name_valid(origin))
		return form_wrong(err, "its first line names no log");
	if (!size_read(size, &c.size))
		return form_wrong(err, "its second line is no size");
	if (!hash_read(root, &c.root))
		return form_wrong(err, "its third line is no SHA-256 root");
	if (c.size == 0 && !empty_root(&c.root, err))
		return false;
	memcpy(c.origin, origin.p, origin.n);
	*out = c;
	return true;
}

bool
checkpoint_text(const struct checkpoint *c, struct buf *out, struct err *err)
{
	size_t n = out->n;

	if (!note_name_valid(c->origin) || c->size > MERKLE_SIZE_MAX)
		return err_set(err, ERR_USE, "checkpoint.form",
		    "a checkpoint names its log, and a size up to 2^62");
	if (c->size == 0 && !empty_root(&c->root, err))
		return false;
	if (buf_printf(out, err, "%s\n%llu\n", c->origin, (unsigned long long)c->size) &&
	    hash_write(&c->root, out, err))
		return true;
	out->n = n;
	return false;
}

/* Signed by this key, or by whoever (NULL). */
static bool
open_signed(struct span file, const struct vkey *log, struct checkpoint *out,
    struct err *err)
{
	struct checkpoint c;
	bool signed_by = false, ok;
	struct note n;

	ok = note_parse(file, &n, err) && checkpoint_parse(n.text, &c, err);
	if (ok && log != NULL && strcmp(log->name, c.origin) != 0)
		ok = err_set(err, ERR_UNPROVEN, "checkpoint.origin",
		    "the checkpoint is of the log %s, not of %s", c.origin, log->name);
	if (ok && log != NULL)
		ok = note_verify(&n, log, 1, &signed_by, NULL, err) &&
		    ((signed_by && log->type == NOTE_ED25519) ||
		    err_set(err, ERR_UNPROVEN, "checkpoint.unsigned",
		    "the checkpoint is not signed by the log %s", log->name));
	note_clear(&n);
	if (ok)
		*out = c;
	return ok;
}

bool
checkpoint_open(struct span note, const struct vkey *log, struct checkpoint *out,
    struct err *err)
{
	return open_signed(note, log, out, err);
}

bool
checkpoint_peek(struct span note, struct checkpoint *out, struct err *err)
{
	return open_signed(note, NULL, out, err);
}

/* ---- our names ---- */

struct note_name
log_origin(const char *authority, unsigned n)
{
	struct note_name name;

	(void)snprintf(name.s, sizeof name.s, "%s%.100s/%u", log_prefix, authority, n);
	return name;
}

struct note_name
witness_name(const char *authority)
{
	struct note_name name;

	(void)snprintf(name.s, sizeof name.s, "%s%.100s", witness_prefix, authority);
	return name;
}

/* "/1" to "/4294967295", as log_origin writes it. */
static bool
log_number(const char *s)
{
	uint64_t n;

	return s[0] == '/' && size_read(span_text(s + 1), &n) && n > 0 && n <= UINT32_MAX;
}

void
note_state(const char *name, char out[3])
{
	bool log = strncmp(name, log_prefix, sizeof log_prefix - 1) == 0;
	bool witness = strncmp(name, witness_prefix, sizeof witness_prefix - 1) == 0;
	struct authority_id id;
	char text[sizeof id.s];

	out[0] = '\0';
	if (!log && !witness)
		return;
	name += log ? sizeof log_prefix - 1 : sizeof witness_prefix - 1;
	(void)snprintf(text, sizeof text, "%s", name);
	if (!authority_id_parse(text, &id))
		return;
	name += strlen(text);
	if (log ? !log_number(name) : *name != '\0')
		return;
	(void)snprintf(out, 3, "%.2s", text);
}
