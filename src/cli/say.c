/* What is said: text for people, JSON, errors as sentences, exit codes. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static bool add_formatted(struct buf *b, const char *fmt, va_list ap,
    struct err *err) PRINTF_LIKE(2, 0);

static bool PRINTF_LIKE(2, 0)
add_formatted(struct buf *b, const char *fmt, va_list ap, struct err *err)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n <= 0)
		return true;
	if (!buf_room(b, (size_t)n + 1, err))
		return false;
	(void)vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, ap);
	b->n += (size_t)n;
	return true;
}

void
say(struct cli *c, const char *fmt, ...)
{
	va_list ap;

	if (c->json)
		return;
	va_start(ap, fmt);
	if (!add_formatted(&c->out, fmt, ap, &c->err))
		c->code = EXIT_OTHER;
	va_end(ap);
}

void
say_text(struct cli *c, const char *text)
{
	if (!c->json && !text_visible(&c->out, span_text(text), &c->err))
		c->code = EXIT_OTHER;
}

void
warn(struct cli *c, const char *fmt, ...)
{
	struct err ignored = ERR_INIT;
	struct buf b;
	va_list ap;

	if (c->quiet)
		return;
	cli_progress_end(&c->progress);
	buf_init(&b, 4096);
	va_start(ap, fmt);
	if (add_formatted(&b, fmt, ap, &ignored) &&
	    !world_write(c->world, WORLD_ERR, buf_span(&b), &ignored))
		c->quiet = true;	/* nobody reads it */
	va_end(ap);
	buf_clear(&b);
}

void
json_start(struct cli *c, struct json_out *j, const char *schema)
{
	buf_reset(&c->out);
	json_out_begin(j, &c->out, true, false, &c->err);
	json_out_object(j, NULL);
	json_out_str(j, "schema", schema);
}

void
json_done(struct cli *c, struct json_out *j)
{
	if (c->flow.trouble.reason != NULL) {
		json_out_str(j, "network_reason", c->flow.trouble.reason);
		json_shown(j, "network_detail", c->flow.trouble.s[0] != '\0' ?
		    c->flow.trouble.s : NULL);
	}
	json_out_close_object(j);
	if (!json_out_end(j))
		c->code = EXIT_OTHER;
}

void
json_shown(struct json_out *j, const char *name, const char *text)
{
	struct buf b;

	if (text == NULL || utf8_valid(span_text(text))) {
		json_out_str(j, name, text);
		return;
	}
	buf_init(&b, 65536);
	if (text_visible(&b, span_text(text), NULL))
		json_out_text(j, name, buf_span(&b));
	else
		json_out_null(j, name);
	buf_clear(&b);
}

void
text_begin(struct cli *c)
{
	c->text = c->json;
	c->json = false;
}

int
text_end(struct cli *c, const char *schema)
{
	struct json_out j;
	struct buf text;

	if (!c->text)
		return EXIT_DONE;
	c->json = true;
	text = c->out;
	buf_init(&c->out, CLI_OUT_MAX);
	json_start(c, &j, schema);
	json_out_text(&j, "text", buf_span(&text));
	json_done(c, &j);
	buf_clear(&text);
	return EXIT_DONE;
}

int
exit_code_of(const struct err *err)
{
	static const struct { const char *reason; enum exit_code code; } own[] = {
		{ "card.changed", EXIT_CHANGED }, { "treaty.signature", EXIT_CHANGED },
		{ "bundle.damaged", EXIT_CHANGED },
		{ "bundle.parcel-damaged", EXIT_CHANGED },
		{ "bundle.missing", EXIT_PARTLY }, { "bundle.unlisted", EXIT_PARTLY },
		{ "backup.damaged", EXIT_CHANGED },
		{ "evidence.source_digest", EXIT_CHANGED },
		{ "payload.changed_since_added", EXIT_CHANGED },
	};

	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if (strcmp(err->reason, own[i].reason) == 0)
			return own[i].code;
	switch (err->kind) {
	case ERR_INPUT:
	case ERR_USE:
		return EXIT_USE;
	case ERR_UNPROVEN:
		return EXIT_INCOMPLETE;
	case ERR_REFUSED:
		return EXIT_REFUSED;
	case ERR_DENIED:
		return EXIT_DENIED;
	case ERR_CONFLICT:
		return EXIT_CONFLICT;
	case ERR_ABSENT:
		return EXIT_ABSENT;
	case ERR_UNREACHED:
		return EXIT_UNREACHED;
	case ERR_STOPPED:
		return EXIT_STOPPED;
	case ERR_NONE:
	case ERR_LIMIT:
	case ERR_IO:
	case ERR_MEMORY:
		break;
	}
	return EXIT_OTHER;
}

int
graver(int a, int b)
{
	static const int order[] = { EXIT_CHANGED, EXIT_OTHER, EXIT_DENIED, EXIT_USE,
		EXIT_REFUSED, EXIT_ABSENT, EXIT_CONFLICT, EXIT_PARTLY, EXIT_INCOMPLETE };

	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return a != EXIT_DONE ? a : b;
}

/*
 * First letter large, full stop at the end: errors are sentences.  Not where the
 * sentence begins with a name of a command, a file or a piece of evidence: that is
 * spelled as it is.
 */
static bool
begins_large(const struct err *err)
{
	size_t n = strcspn(err->text, " :");

	return err->text[0] >= 'a' && err->text[0] <= 'z' &&
	    memchr(err->text, '.', n) == NULL && memchr(err->text, '/', n) == NULL &&
	    memchr(err->text, '_', n) == NULL && memchr(err->text, '[', n) == NULL &&
	    !(n == 6 && strncmp(err->text, "comity", 6) == 0) &&
	    strncmp(err->reason, "payload.", 8) != 0;
}

/*
 * Parts of it can come from a stranger's file.  What the disk says is spelt out
 * already: its backslashes stay single.
 */
static bool
sentence_add(struct buf *out, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\\");

		if (!text_visible(out, span_of(text, n), NULL) ||
		    (text[n] != '\0' && !buf_add_byte(out, '\\', NULL)))
			return false;
		text += n + (text[n] != '\0');
	}
	return true;
}

void
error_say(struct cli *c, const char *what)
{
	const char *text = c->err.text, *shown;
	size_t n = strlen(text);
	bool quiet = c->quiet;
	struct buf b;

	buf_init(&b, 65536);
	if ((what != NULL && (!text_visible(&b, span_text(what), NULL) ||
	    !buf_add_text(&b, ": ", NULL))) || !sentence_add(&b, text) ||
	    (n > 0 && text[n - 1] != '.' && !buf_add_byte(&b, '.', NULL)) ||
	    !buf_text(&b, &shown, NULL))
		shown = "Memory is short.";
	else if (what == NULL && begins_large(&c->err))
		b.p[0] = (uint8_t)(b.p[0] - 'a' + 'A');
	c->quiet = false;
	warn(c, "%s\n", shown);
	c->quiet = quiet;
	buf_clear(&b);
}

int
fail(struct cli *c)
{
	int code = exit_code_of(&c->err);

	if (c->json) {
		struct err err = c->err;
		struct json_out j;

		json_start(c, &j, "comity.error/1");
		json_out_str(&j, "reason", err.reason);
		json_shown(&j, "text", err.text);
		json_out_int(&j, "exit", code);
		json_done(c, &j);
	} else {
		buf_reset(&c->out);
	}
	error_say(c, NULL);
	return code;
}

int
fail_use(struct cli *c, const char *fmt, ...)
{
	va_list ap;

	c->err.kind = ERR_USE;
	c->err.reason = "use";
	va_start(ap, fmt);
	(void)vsnprintf(c->err.text, sizeof c->err.text, fmt, ap);
	va_end(ap);
	return fail(c);
}

struct size_text
size_people(uint64_t bytes)
{
	static const char *const units[] = { "bytes", "KB", "MB", "GB", "TB", "PB" };
	struct size_text t;
	double v = (double)bytes;
	unsigned u = 0;

	for (; v >= 1000 && u < 5; u++)
		v /= 1000;
	if (u == 0)
		(void)snprintf(t.s, sizeof t.s, "%llu bytes", (unsigned long long)bytes);
	else
		(void)snprintf(t.s, sizeof t.s, v < 10 ? "%.1f %s" : "%.0f %s", v,
		    units[u]);
	return t;
}

struct count_text
count_people(uint64_t n, const char *one, const char *many)
{
	struct count_text t;

	(void)snprintf(t.s, sizeof t.s, "%llu %s", (unsigned long long)n,
	    n == 1 ? one : many);
	return t;
}

struct id_text
id_short(const struct digest *d)
{
	struct id_text t;

	(void)snprintf(t.s, sizeof t.s, "%.12s", digest_hex(d).s);
	return t;
}
