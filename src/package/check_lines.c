#include "package/check_lines.h"

#include <stdio.h>
#include <string.h>

#include "form/tar.h"

/* ---- one line ---- */

static bool
line_wrong(const char *member, struct err *err)
{
	return err_set(err, ERR_INPUT, "files.line",
	    "\"%s\" is not as it must be", member);
}

static bool
take_text(struct span *s, const char *text)
{
	size_t n = strlen(text);

	if (s->n < n || memcmp(s->p, text, n) != 0)
		return false;
	*s = span_from(*s, n);
	return true;
}

/* Digits in their one spelling: no leading zero, at most max. */
static bool
take_number(struct span *s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	size_t i = 0;

	while (i < s->n && i < 19 && s->p[i] >= '0' && s->p[i] <= '9')
		v = v * 10 + (uint64_t)(s->p[i++] - '0');
	if (i == 0 || (i > 1 && s->p[0] == '0') || v > max)
		return false;
	*s = span_from(*s, i);
	*out = v;
	return true;
}

/* Bytes up to the closing quote, when none of them is escaped. */
static bool
take_plain(struct span *s, struct span *out)
{
	size_t i = 0;

	while (i < s->n && s->p[i] != '"' && s->p[i] != '\\' && s->p[i] >= 0x20 &&
	    s->p[i] < 0x7F)
		i++;
	if (i == s->n || s->p[i] != '"')
		return false;
	*out = span_part(*s, 0, i);
	*s = span_from(*s, i + 1);
	return true;
}

static bool
take_hex4(struct span *s, uint32_t *out)
{
	uint32_t v = 0;

	if (s->n < 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		uint8_t c = s->p[i];

		if (c >= '0' && c <= '9')
			v = v << 4 | (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (uint32_t)(c - 'a' + 10);
		else
			return false;
	}
	*s = span_from(*s, 4);
	*out = v;
	return true;
}

static size_t
utf8_put(uint8_t out[4], uint32_t c)
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (uint8_t)(0xC0 | c >> 6);
		out[1] = (uint8_t)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (uint8_t)(0xE0 | c >> 12);
		out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
		out[2] = (uint8_t)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (uint8_t)(0xF0 | c >> 18);
	out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3F));
	out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
	out[3] = (uint8_t)(0x80 | (c & 0x3F));
	return 4;
}

/* What follows a backslash: the few short forms, else \u in lower hex, pairs whole. */
static bool
take_escape(struct span *s, uint8_t out[4], size_t *n)
{
	uint32_t c, low;

	*n = 1;
	if (take_text(s, "\"") || take_text(s, "\\")) {
		out[0] = s->p[-1];
		return true;
	}
	if (take_text(s, "n")) {
		out[0] = '\n';
		return true;
	}
	if (!take_text(s, "u") || !take_hex4(s, &c))
		return false;
	if (c >= 0xD800 && c < 0xDC00) {
		if (!take_text(s, "\\u") || !take_hex4(s, &low) || low < 0xDC00 ||
		    low > 0xDFFF)
			return false;
		c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
	} else if (c >= 0xDC00 && c <= 0xDFFF) {
		return false;
	}
	/* One spelling: what can stand as itself is not escaped; no U+0000. */
	if (c == 0 || c == '\n' || (c >= 0x20 && c < 0x7F))
		return false;
	*n = utf8_put(out, c);
	return true;
}

static bool
take_string(struct span *s, struct buf *out, struct err *err)
{
	for (;;) {
		uint8_t c[4];
		size_t i = 0, n;

		while (i < s->n && s->p[i] >= 0x20 && s->p[i] < 0x7F &&
		    s->p[i] != '"' && s->p[i] != '\\')
			i++;
		if (out->n + i > LINE_NAME_MAX)
			return line_wrong("name", err);
		if (!buf_add(out, span_part(*s, 0, i), err))
			return false;
		*s = span_from(*s, i);
		if (take_text(s, "\""))
			return true;
		if (!take_text(s, "\\") || !take_escape(s, c, &n) ||
		    out->n + n > LINE_NAME_MAX)
			return line_wrong("name", err);
		if (!buf_add(out, span_of(c, n), err))
			return false;
	}
}

/* Base64 is for names that are no UTF-8 text, and for nothing else. */
static bool
take_name(struct span *s, struct buf *name, struct err *err)
{
	struct span b64;

	buf_reset(name);
	if (take_text(s, ",\"name\":\"")) {
		if (!take_string(s, name, err))
			return false;
		return name->n > 0 || line_wrong("name", err);
	}
	if (!take_text(s, ",\"name_b64\":\"") || !take_plain(s, &b64) ||
	    b64.n > 4 * (LINE_NAME_MAX / 3 + 1))
		return line_wrong("name", err);
	if (!base64_decode(name, b64, true, err)) {
		if (err != NULL && err->kind == ERR_MEMORY)
			return false;
		return line_wrong("name_b64", err);
	}
	if (name->n == 0 || name->n > LINE_NAME_MAX ||
	    (utf8_valid(buf_span(name)) && memchr(name->p, 0, name->n) == NULL))
		return line_wrong("name_b64", err);
	return true;
}

static bool
take_file(struct span *s, struct line *l, struct err *err)
{
	char path[ORDER_PATH_MAX + 1];
	struct digest d;

	if (!take_text(s, ",\"path\":\"") || !take_plain(s, &l->path) ||
	    l->path.n > ORDER_PATH_MAX)
		return line_wrong("path", err);
	memcpy(path, l->path.p, l->path.n);
	path[l->path.n] = '\0';
	if (strlen(path) != l->path.n || !order_path_good(path) ||
	    strcmp(path, ORDER_SALT_PATH) == 0)
		return line_wrong("path", err);
	if (!take_text(s, ",\"size\":") || !take_number(s, TAR_SIZE_MAX, &l->size))
		return line_wrong("size", err);
	if (!take_text(s, ",\"sha256\":\"") || !take_plain(s, &l->sha256) ||
	    !digest_parse(l->sha256, &d))
		return line_wrong("sha256", err);
	return true;
}

static bool
take_link(struct span *s, struct err *err)
{
	struct span b64;
	struct buf target;
	bool ok;

	if (!take_text(s, ",\"target_b64\":\"") || !take_plain(s, &b64))
		return line_wrong("target_b64", err);
	buf_init(&target, LINE_MAX_BYTES);
	ok = base64_decode(&target, b64, true, err);
	buf_clear(&target);
	return ok || (err != NULL && err->kind == ERR_MEMORY) ? ok :
	    line_wrong("target_b64", err);
}

static bool
take_why(struct span *s, struct err *err)
{
	static const char *const whys[] = {
		"device", "socket", "fifo", "unreadable", "asked",
	};
	struct span why;

	if (!take_text(s, ",\"why\":\"") || !take_plain(s, &why))
		return line_wrong("why", err);
	for (size_t i = 0; i < sizeof whys / sizeof whys[0]; i++)
		if (span_is(why, whys[i]))
			return true;
	return line_wrong("why", err);
}

static bool
take_end(struct span *s, struct line *l, struct err *err)
{
	struct span text;
	uint64_t ns;
	uint8_t salt[16];

	if (!take_text(s, ",\"mtime\":\"") || !take_plain(s, &text) ||
	    !when_parse(text, &l->mtime))
		return line_wrong("mtime", err);
	if (take_text(s, ",\"mtime_ns\":") &&
	    (!take_number(s, 999999999, &ns) || ns == 0))
		return line_wrong("mtime_ns", err);
	if (!take_text(s, ",\"salt\":\"") || !take_plain(s, &text) ||
	    !hex_decode(text, salt, sizeof salt))
		return line_wrong("salt", err);
	if (!take_text(s, "}") || s->n != 0)
		return line_wrong("end of the line", err);
	return true;
}

bool
line_parse(struct span s, struct buf *name, struct line *out, struct err *err)
{
	struct line l = { 0 };

	if (!take_text(&s, "{\"n\":") || !take_number(&s, UINT32_MAX, &l.n))
		return line_wrong("n", err);
	if (!take_text(&s, ",\"t\":\"") || !take_plain(&s, &l.type))
		return line_wrong("t", err);
	if (span_is(l.type, "file") && !take_file(&s, &l, err))
		return false;
	if (!take_name(&s, name, err))
		return false;
	if (span_is(l.type, "link") && !take_link(&s, err))
		return false;
	if (span_is(l.type, "left_out") && !take_why(&s, err))
		return false;
	if (!span_is(l.type, "file") && !span_is(l.type, "link") &&
	    !span_is(l.type, "dir") && !span_is(l.type, "left_out"))
		return line_wrong("t", err);
	if (!take_end(&s, &l, err))
		return false;
	l.name = buf_span(name);
	*out = l;
	return true;
}

/* ---- the tree ---- */

/*
 * node[] holds the roots of the full subtrees of n leaves, one for each 1 in n,
 * the largest first; a new leaf merges as a binary counter carries.
 */
static bool
tree_add(struct lines *l, struct digest leaf, struct err *err)
{
	unsigned depth = 0;
	static const uint8_t one = 1;

	for (uint64_t n = l->n; n != 0; n &= n - 1)
		depth++;
	for (uint64_t n = l->n; (n & 1) != 0; n >>= 1) {
		hasher_add(l->leaf, span_of(&one, 1));
		hasher_add(l->leaf, digest_span(&l->node[--depth]));
		hasher_add(l->leaf, digest_span(&leaf));
		if (!hasher_end(l->leaf, &leaf, err))
			return false;
	}
	l->node[depth] = leaf;
	return true;
}

bool
lines_root(struct lines *l, struct digest *out, struct err *err)
{
	static const uint8_t one = 1;
	struct digest root;
	unsigned depth = 0;

	for (uint64_t n = l->n; n != 0; n &= n - 1)
		depth++;
	if (depth == 0)
		return hasher_end(l->leaf, out, err);
	root = l->node[--depth];
	while (depth > 0) {
		hasher_add(l->leaf, span_of(&one, 1));
		hasher_add(l->leaf, digest_span(&l->node[--depth]));
		hasher_add(l->leaf, digest_span(&root));
		if (!hasher_end(l->leaf, &root, err))
			return false;
	}
	*out = root;
	return true;
}

/* ---- all lines ---- */

bool
lines_init(struct lines *l, struct err *err)
{
	memset(l, 0, sizeof *l);
	buf_init(&l->part, LINE_MAX_BYTES);
	buf_init(&l->name, 3 * (LINE_NAME_MAX / 3 + 2));
	buf_init(&l->last, LINE_NAME_MAX);
	if (hasher_new(&l->leaf, err) && hasher_new(&l->f, err))
		return true;
	lines_clear(l);
	return false;
}

void
lines_clear(struct lines *l)
{
	buf_clear(&l->part);
	buf_clear(&l->name);
	buf_clear(&l->last);
	hasher_free(l->leaf);
	hasher_free(l->f);
	l->leaf = l->f = NULL;
}

/* n counts; files first; the others in order of their names. */
static bool
line_place(struct lines *l, const struct line *line, struct err *err)
{
	if (line->n != l->n + 1)
		return line_wrong("n", err);
	if (span_is(line->type, "file"))
		return !l->others || line_wrong("t", err);
	if (l->others && span_cmp(buf_span(&l->last), line->name) >= 0)
		return err_set(err, ERR_INPUT, "files.sorted",
		    "it does not stand in its place");
	l->others = true;
	buf_reset(&l->last);
	return buf_add(&l->last, line->name, err);
}

static bool
line_file(struct lines *l, const struct line *line)
{
	char size[32];
	int n = snprintf(size, sizeof size, " %llu ",
	    (unsigned long long)line->size);

	hasher_add(l->f, line->sha256);
	hasher_add(l->f, span_of(size, (size_t)n));
	hasher_add(l->f, line->path);
	hasher_add(l->f, span_of("\n", 1));
	l->files++;
	if (!u64_add(l->bytes, line->size, &l->bytes))
		return false;
	if (l->file != NULL)
		l->file(l->arg, line);
	return true;
}

/* A whole line with its LF. */
static bool
line_take(struct lines *l, struct span s, struct err *err)
{
	static const uint8_t zero = 0;
	struct digest leaf;
	struct line line;
	struct err why = ERR_INIT;

	hasher_add(l->leaf, span_of(&zero, 1));
	hasher_add(l->leaf, s);
	if (!hasher_end(l->leaf, &leaf, err) || !tree_add(l, leaf, err))
		return false;
	if (!l->broken) {
		bool good = line_parse(span_part(s, 0, s.n - 1), &l->name, &line,
		    &why) && line_place(l, &line, &why);

		if (!good && why.kind == ERR_MEMORY) {
			*err = why;
			return false;
		}
		if (good && span_is(line.type, "file"))
			good = line_file(l, &line) || line_wrong("size", &why);
		if (!good) {
			l->broken = true;
			l->why = why;
			(void)err_wrap(&l->why, "line %llu of files.jsonl",
			    (unsigned long long)(l->n + 1));
		}
	}
	l->n++;
	return true;
}

static void
lines_too_long(struct lines *l)
{
	l->lost = true;
	if (l->broken)
		return;
	l->broken = true;
	(void)err_set(&l->why, ERR_LIMIT, "files.long",
	    "line %llu of files.jsonl is longer than %u bytes",
	    (unsigned long long)(l->n + 1), LINE_MAX_BYTES);
}

bool
lines_add(struct lines *l, struct span s, struct err *err)
{
	while (s.n > 0 && !l->lost) {
		const uint8_t *lf = memchr(s.p, '\n', s.n);
		size_t n = lf == NULL ? s.n : (size_t)(lf - s.p) + 1;
		struct span whole = span_part(s, 0, n);

		if (l->part.n + n > LINE_MAX_BYTES) {
			lines_too_long(l);
			break;
		}
		s = span_from(s, n);
		if (lf == NULL || l->part.n > 0) {
			if (!buf_add(&l->part, whole, err))
				return false;
			whole = buf_span(&l->part);
		}
		if (lf == NULL)
			break;
		if (!line_take(l, whole, err))
			return false;
		buf_reset(&l->part);
	}
	return true;
}

void
lines_end(struct lines *l)
{
	if (l->part.n == 0 || l->broken)
		return;
	l->broken = true;
	(void)err_set(&l->why, ERR_INPUT, "files.cut",
	    "the last line of files.jsonl has no end");
}
