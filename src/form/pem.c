#include "form/pem.h"

#include <string.h>

/* A line without its end; the last one may have none.  False at the end. */
static bool
line_take(struct cursor *c, struct span *out)
{
	struct span line;

	if (cursor_done(c))
		return false;
	if (!cursor_line(c, &line) && !cursor_take(c, c->left.n, &line))
		return false;
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	*out = line;
	return true;
}

/* "-----BEGIN LABEL-----" with `mark` "-----BEGIN ": the label, or none. */
static bool
label_of(struct span line, const char *mark, struct span *label)
{
	static const char dashes[] = "-----";
	size_t head = strlen(mark), tail = sizeof dashes - 1;

	if (!span_starts(line, mark) || line.n < head + tail ||
	    !span_is(span_from(line, line.n - tail), dashes))
		return false;
	*label = span_part(line, head, line.n - head - tail);
	return true;
}

static bool
malformed(struct err *err, size_t at, const char *why)
{
	return err_set(err, ERR_INPUT, "pem.form",
	    "the PEM block at byte %zu %s", at, why);
}

/* Lines up to the END line, joined. */
static bool
lines_join(struct cursor *text, const struct pem_block *block, struct buf *joined,
    struct err *err)
{
	struct span line, label;

	while (line_take(text, &line)) {
		if (label_of(line, "-----END ", &label))
			return span_eq(label, block->label) ||
			    malformed(err, block->at, "ends under another name");
		if (!buf_add(joined, line, err))
			return false;
	}
	return malformed(err, block->at, "has no END line");
}

/* Decoded apart: base64_decode wants up to three bytes more room than it fills. */
static bool
body_decode(struct span base64, const struct pem_block *block, struct buf *body,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct buf plain;
	bool ok;

	buf_init(&plain, body->max + 3);
	ok = base64_decode(&plain, base64, true, &why) &&
	    buf_add(body, buf_span(&plain), &why);
	buf_clear(&plain);
	if (ok)
		return true;
	if (why.kind == ERR_INPUT)
		return malformed(err, block->at, "is not base64");
	return err_set(err, why.kind, why.reason, "%s", why.text);
}

bool
pem_read(struct cursor *text, struct pem_block *out, struct buf *body, bool *found,
    struct err *err)
{
	struct pem_block block;
	struct span line;
	struct buf joined;
	bool ok;

	do {
		block.at = text->at;
		if (!line_take(text, &line)) {
			*found = false;
			return true;
		}
	} while (!label_of(line, "-----BEGIN ", &block.label));
	if (block.label.n == 0 || block.label.n > PEM_LABEL_MAX)
		return malformed(err, block.at, "has no usable name");
	/* Base64 takes four characters for three bytes. */
	buf_init(&joined, body->max / 3 * 4 + 4);
	buf_reset(body);
	ok = lines_join(text, &block, &joined, err) &&
	    body_decode(buf_span(&joined), &block, body, err);
	buf_clear(&joined);
	if (!ok)
		return false;
	*out = block;
	*found = true;
	return true;
}

bool
pem_write(struct buf *out, const char *label, struct span body, struct err *err)
{
	struct buf text;
	bool ok;

	buf_init(&text, body.n / 3 * 4 + 4);
	ok = base64_encode(&text, body, true, err) &&
	    buf_printf(out, err, "-----BEGIN %s-----\n", label);
	for (size_t at = 0; ok && at < text.n; at += PEM_LINE)
		ok = buf_add(out, span_part(buf_span(&text), at, PEM_LINE), err) &&
		    buf_add_byte(out, '\n', err);
	ok = ok && buf_printf(out, err, "-----END %s-----\n", label);
	buf_clear(&text);
	return ok;
}
