#include "package/payload_pin.h"

#include <string.h>

#include "package/files_jsonl.h"
#include "package/names.h"
#include "package/payload_content.h"
#include "package/read_order.h"

#define PIN_LINE_MAX (64 + 2 + 20 + 2 + NAME_PATH_MAX + 1)
#define PIN_BYTES ((size_t)64 << 10)

/* ---- making ---- */

/* Lines into the sink, and the digest of them all. */
static bool
pin_lines(struct payload *p, const struct digests *digests, struct sink *pin,
    struct digest *fingerprint, struct err *err)
{
	struct digests_reader reader = { 0 };
	struct payload_reader entries;
	struct hasher *all = NULL;
	char line[PIN_LINE_MAX];
	struct digest d;
	struct entry e;
	uint64_t index;
	bool more = false, ok;

	ok = payload_reader_init(&entries, p, err) && hasher_new(&all, err) &&
	    digests_reader_init(&reader, digests, err);
	while (ok) {
		struct span s;

		ok = payload_next(&entries, &e, &index, &more, err);
		if (!ok || !more)
			break;
		if (e.kind == ENTRY_SALT)
			continue;
		ok = digests_get(&reader, index, &d, err);
		if (!ok)
			break;
		s = span_of(line, files_pin_line(line, &d, e.size, e.path));
		hasher_add(all, s);
		ok = pin == NULL || sink_write(pin, s, err);
	}
	ok = ok && hasher_end(all, fingerprint, err);
	payload_reader_clear(&entries);
	digests_reader_clear(&reader);
	hasher_free(all);
	return ok;
}

bool
payload_pin(struct payload *p, struct sink *pin, struct digest *fingerprint,
    struct progress *progress, struct err *err)
{
	struct slabs_options options = { .w = p->w, .progress = progress,
		.step = "pin", .total = p->bytes, .waits = content_waits(p) };
	/* Laid out as a package would be; nothing of it is written. */
	struct content content = { .p = p,
		.folder = span_text("comity-00000000000000000000000000000000") };
	struct slabs *slabs = NULL;
	bool ok;

	ok = digests_new(p->w, p->tmp, p->files, &content.digests, err) &&
	    slabs_new(&options, &slabs, err) &&
	    content_run(&content, slabs, err) &&
	    pin_lines(p, content.digests, pin, fingerprint, err);
	if (ok && progress != NULL)
		progress->tell(progress, "pin", p->bytes, p->bytes);
	slabs_free(slabs);
	digests_free(content.digests);
	return ok;
}

/* ---- comparing ---- */

struct pin_reader {
	struct source *from;
	uint8_t *bytes;
	size_t at, n;
};

/* A line without its LF; *more false at the end. */
static bool
pin_next(struct pin_reader *r, struct span *line, bool *more, struct err *err)
{
	const uint8_t *lf;
	size_t got = 1;

	for (;;) {
		lf = memchr(r->bytes + r->at, '\n', r->n - r->at);
		if (lf != NULL || got == 0)
			break;
		memmove(r->bytes, r->bytes + r->at, r->n - r->at);
		r->n -= r->at;
		r->at = 0;
		if (r->n == PIN_BYTES)
			return err_set(err, ERR_INPUT, "payload.pin",
			    "the note of what was added is damaged");
		if (!source_read(r->from, r->bytes + r->n, PIN_BYTES - r->n, &got,
		    err))
			return false;
		r->n += got;
	}
	*more = lf != NULL;
	if (!*more)
		return r->n == r->at || err_set(err, ERR_INPUT, "payload.pin",
		    "the note of what was added is cut");
	*line = span_of(r->bytes + r->at, (size_t)(lf - r->bytes) - r->at);
	r->at = (size_t)(lf - r->bytes) + 1;
	return true;
}

static bool
pin_compare(const struct payload *p, struct pin_reader *r,
    struct payload_reader *entries, struct digests *digests, struct err *err)
{
	char want[PIN_LINE_MAX];
	struct digest d;
	struct entry e;
	struct span line;
	uint64_t index;
	bool more, pinned;
	size_t n;

	for (;;) {
		do
			if (!payload_next(entries, &e, &index, &more, err))
				return false;
		while (more && e.kind == ENTRY_SALT);
		if (!pin_next(r, &line, &pinned, err))
			return false;
		if (!more && !pinned)
			return true;
		if (!more)
			return err_set(err, ERR_CONFLICT,
			    "payload.changed_since_added", "a file that was there "
			    "when the evidence was added is gone; nothing was "
			    "sealed");
		if (!pinned || line.n < 64 ||
		    !digest_parse(span_part(line, 0, 64), &d))
			return content_not_pinned(e.name, err);
		n = files_pin_line(want, &d, e.size, e.path);
		if (!span_eq(line, span_of(want, n - 1)))
			return content_not_pinned(e.name, err);
		if (!digests_put(digests, index, &d, 1, err))
			return false;
	}
}

bool
pin_match(const struct payload *p, struct source *pin,
    struct digests *digests, struct err *err)
{
	struct pin_reader r = { .from = pin };
	struct payload_reader entries;
	bool ok;

	r.bytes = mem_new(PIN_BYTES, err);
	if (r.bytes == NULL)
		return false;
	ok = payload_reader_init(&entries, p, err) &&
	    pin_compare(p, &r, &entries, digests, err);
	payload_reader_clear(&entries);
	mem_free(r.bytes);
	return ok;
}
