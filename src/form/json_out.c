/* Writing JSON: members in the order of the calls. */
#include "form/json.h"

#include <inttypes.h>
#include <stdio.h>

void
json_out_begin(struct json_out *j, struct buf *to, bool pretty, bool ascii,
    struct err *err)
{
	*j = (struct json_out){ to, err, true, pretty, ascii, 0, true };
}

static void
put(struct json_out *j, struct span s)
{
	if (j->ok)
		j->ok = buf_add(j->to, s, j->err);
}

static void
put_str(struct json_out *j, const char *s)
{
	put(j, span_text(s));
}

static void
line(struct json_out *j)
{
	if (!j->pretty)
		return;
	put_str(j, "\n");
	for (unsigned i = 0; i < j->depth; i++)
		put_str(j, "  ");
}

static void
escape(struct json_out *j, uint32_t code)
{
	char s[16];

	if (code >= 0x10000) {
		code -= 0x10000;
		(void)snprintf(s, sizeof s, "\\u%04x\\u%04x",
		    (unsigned)(0xD800 + (code >> 10)),
		    (unsigned)(0xDC00 + (code & 0x3FF)));
	} else {
		(void)snprintf(s, sizeof s, "\\u%04x", (unsigned)code);
	}
	put_str(j, s);
}

/* How many bytes from the first on are written as they are: printable ASCII, nearly all. */
static size_t
plain_run(struct span s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x7F && s.p[n] != '"' &&
	    s.p[n] != '\\')
		n++;
	return n;
}

static void
quoted(struct json_out *j, struct span s)
{
	put_str(j, "\"");
	while (s.n > 0 && j->ok) {
		uint32_t code = 0;
		size_t n = plain_run(s);

		if (n > 0) {
			put(j, span_of(s.p, n));
			s = span_from(s, n);
			continue;
		}
		n = utf8_next(s, &code);
		if (n == 0) {
			j->ok = err_set(j->err, ERR_INPUT, "json.utf8",
			    "a text is not UTF-8");
			return;
		}
		if (code == '"')
			put_str(j, "\\\"");
		else if (code == '\\')
			put_str(j, "\\\\");
		else if (code == '\n')
			put_str(j, "\\n");
		else if (code < 0x20 || code == 0x7F || (j->ascii && code > 0x7E))
			escape(j, code);
		else
			put(j, span_of(s.p, n));
		s = span_from(s, n);
	}
	put_str(j, "\"");
}

static void
before(struct json_out *j, const char *name)
{
	if (j->depth > 0) {
		if (!j->first)
			put_str(j, ",");
		line(j);
	}
	j->first = false;
	if (name != NULL) {
		quoted(j, span_text(name));
		put_str(j, j->pretty ? ": " : ":");
	}
}

static void
open_with(struct json_out *j, const char *name, const char *bracket)
{
	before(j, name);
	put_str(j, bracket);
	j->depth++;
	j->first = true;
}

static void
close_with(struct json_out *j, const char *bracket)
{
	bool empty = j->first;

	j->depth--;
	if (!empty)
		line(j);
	put_str(j, bracket);
	j->first = false;
}

void
json_out_object(struct json_out *j, const char *name)
{
	open_with(j, name, "{");
}

void
json_out_array(struct json_out *j, const char *name)
{
	open_with(j, name, "[");
}

void
json_out_close_object(struct json_out *j)
{
	close_with(j, "}");
}

void
json_out_close_array(struct json_out *j)
{
	close_with(j, "]");
}

void
json_out_text(struct json_out *j, const char *name, struct span value)
{
	before(j, name);
	quoted(j, value);
}

void
json_out_str(struct json_out *j, const char *name, const char *value)
{
	if (value == NULL)
		json_out_null(j, name);
	else
		json_out_text(j, name, span_text(value));
}

void
json_out_int(struct json_out *j, const char *name, int64_t value)
{
	char s[24];

	before(j, name);
	(void)snprintf(s, sizeof s, "%" PRId64, value);
	put_str(j, s);
}

void
json_out_bool(struct json_out *j, const char *name, bool value)
{
	before(j, name);
	put_str(j, value ? "true" : "false");
}

void
json_out_null(struct json_out *j, const char *name)
{
	before(j, name);
	put_str(j, "null");
}

void
json_out_digest(struct json_out *j, const char *name, const struct digest *d)
{
	json_out_str(j, name, digest_hex(d).s);
}

bool
json_out_end(struct json_out *j)
{
	if (j->pretty)
		put_str(j, "\n");
	return j->ok;
}
