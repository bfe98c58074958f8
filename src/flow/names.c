#include "flow/names.h"

#include <stdlib.h>
#include <string.h>

static int
by_bytes(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

static bool
named_add(struct named *m, struct span name, struct err *err)
{
	while (name.n > 1 && name.p[name.n - 1] == '/')
		name.n--;
	if (name.n == 0 || name.p[0] == '/')
		return err_set(err, ERR_USE, "disclose.names",
		    "files are named as they were below the folder that was added, without a / in front");
	m->list[m->n++] = name;
	return true;
}

/* What was named twice counts once. */
static void
once(struct named *m)
{
	size_t kept = 1;

	for (size_t i = 1; i < m->n; i++)
		if (!span_eq(m->list[i], m->list[kept - 1]))
			m->list[kept++] = m->list[i];
	m->n = kept;
}

bool
named_make(const struct disclose_names *names, struct named *out, struct err *err)
{
	struct cursor lines = cursor_of(names->from);
	struct span line;
	size_t n = names->n + 1;
	bool ok = true;

	for (size_t i = 0; i < names->from.n; i++)
		n += names->from.p[i] == '\n';
	memset(out, 0, sizeof *out);
	out->list = mem_array(n, sizeof *out->list, err);
	if (out->list == NULL || (out->met = mem_array(n, sizeof *out->met, err)) == NULL ||
	    (out->packaged = mem_array(n, sizeof *out->packaged, err)) == NULL)
		return false;
	memset(out->met, 0, n * sizeof *out->met);
	memset(out->packaged, 0, n * sizeof *out->packaged);
	for (size_t i = 0; ok && i < names->n; i++)
		ok = named_add(out, span_text(names->list[i]), err);
	while (ok && cursor_line(&lines, &line))
		ok = named_add(out, line, err);
	if (ok && !cursor_done(&lines))
		ok = named_add(out, lines.left, err);
	if (ok && out->n == 0)
		ok = err_set(err, ERR_USE, "disclose.names",
		    "name the files: --files PATH, or a list with --files-from FILE");
	if (ok) {
		qsort(out->list, out->n, sizeof *out->list, by_bytes);
		once(out);
	}
	return ok;
}

void
named_clear(struct named *m)
{
	mem_free(m->list);
	mem_free(m->met);
	mem_free(m->packaged);
	memset(m, 0, sizeof *m);
}

/* ---- at the source, or in the package ---- */

#define PACKAGED "data"			/* the folder of files in a package */

static bool
looks_packaged(struct span name)
{
	size_t n = strlen(PACKAGED);

	return name.n >= n && memcmp(name.p, PACKAGED, n) == 0 &&
	    (name.n == n || name.p[n] == '/');
}

bool
named_may_be_packaged(const struct named *m)
{
	for (size_t i = 0; i < m->n; i++)
		if (looks_packaged(m->list[i]))
			return true;
	return false;
}

void
named_settle(struct named *m)
{
	for (size_t i = 0; i < m->n; i++) {
		m->packaged[i] = !m->met[i] && looks_packaged(m->list[i]);
		m->met[i] = false;
	}
}

size_t
named_packaged(const struct named *m)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++)
		n += m->packaged[i];
	return n;
}

static bool
named_is(struct named *m, struct span name, bool packaged)
{
	struct span *at = bsearch(&name, m->list, m->n, sizeof *m->list, by_bytes);

	if (at == NULL || m->packaged[at - m->list] != packaged)
		return false;
	m->met[at - m->list] = true;
	return true;
}

/* Every folder is asked about: each name is met that the line is below. */
static bool
below(struct named *m, struct span name, bool packaged)
{
	bool has = named_is(m, name, packaged);

	for (size_t n = name.n; n > 0; n--)
		if (name.p[n - 1] == '/')
			has |= named_is(m, span_part(name, 0, n - 1), packaged);
	return has;
}

bool
named_has(struct named *m, struct span name, struct span path)
{
	bool has = below(m, name, false);

	return (path.n > 0 && below(m, path, true)) || has;
}

bool
named_all_met(const struct named *m, struct err *err)
{
	struct buf b;
	const char *text;

	for (size_t i = 0; i < m->n; i++) {
		bool shown;

		if (m->met[i])
			continue;
		buf_init(&b, 1 << 16);
		shown = text_visible(&b, m->list[i], NULL) && buf_text(&b, &text, NULL);
		(void)err_set(err, ERR_ABSENT, "disclose.absent",
		    "there is no file or folder %.300s in this evidence",
		    shown ? text : "of that name");
		buf_clear(&b);
		return false;
	}
	return true;
}
