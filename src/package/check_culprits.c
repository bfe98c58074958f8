/*
 * Which files differ from the manifest.  In constant memory the first reading only
 * tells that some do (running hash M); a second one goes beside the manifest, both
 * in the same order, and names them.
 */
#include <stdio.h>
#include <string.h>

#include "package/check.h"

#define LINE_MAX_HERE (64 + 2 + ORDER_PATH_MAX + 1)

struct second {
	struct check *c;
	struct tar_reader tar;
	struct plain_reader reader;	/* for the manifest */
	uint64_t at, end;		/* of the manifest, in the tar */
	uint8_t part[4096];
	size_t part_at, part_n;
	/* The line in hand. */
	bool have;
	char path[PIECE_PATH_ROOM];
	struct digest digest;
	bool unreadable;		/* the manifest has another form */
	struct lines names;
};

static bool
part_fill(struct second *s, struct err *err)
{
	size_t keep = s->part_n - s->part_at, want, got = 0;

	memmove(s->part, s->part + s->part_at, keep);
	s->part_at = 0;
	s->part_n = keep;
	want = sizeof s->part - keep;
	if (want > s->end - s->at)
		want = (size_t)(s->end - s->at);
	if (want > 0 && !plain_read_at(&s->c->plain, &s->reader, s->at,
	    s->part + keep, want, &got, err))
		return false;
	s->at += got;
	s->part_n += got;
	return true;
}

/* The manifest's next line; s->have false at its end. */
static bool
line_next(struct second *s, struct err *err)
{
	const uint8_t *p, *lf;
	size_t n;

	s->have = false;
	if (s->unreadable)
		return true;
	if (s->part_n - s->part_at < LINE_MAX_HERE && s->at < s->end &&
	    !part_fill(s, err))
		return false;
	if (s->part_at == s->part_n)
		return true;
	p = s->part + s->part_at;
	lf = memchr(p, '\n', s->part_n - s->part_at);
	n = lf == NULL ? 0 : (size_t)(lf - p);
	if (n < 67 || n - 66 > ORDER_PATH_MAX || p[64] != ' ' || p[65] != ' ' ||
	    !digest_parse(span_of(p, 64), &s->digest)) {
		s->unreadable = true;
		return true;
	}
	memcpy(s->path, p + 66, n - 66);
	s->path[n - 66] = '\0';
	s->part_at += n + 1;
	s->have = true;
	return true;
}

/* Lines before this path are of files that are not there. */
static bool
missing_until(struct second *s, const char *path, struct err *err)
{
	while (s->have && (path == NULL || order_compare(s->path, path) < 0)) {
		culprit_add(s->c, CULPRIT_MISSING, s->path);
		if (!line_next(s, err))
			return false;
	}
	return true;
}

static bool
file_compare(struct second *s, const struct piece *p, const char *path,
    struct err *err)
{
	if (!missing_until(s, path, err))
		return false;
	if (s->unreadable)
		return true;
	if (!s->have || strcmp(s->path, path) != 0) {
		culprit_add(s->c, CULPRIT_ADDED, path);
		return true;
	}
	if (!digest_eq(&s->digest, &p->digest))
		culprit_add(s->c, CULPRIT_CHANGED, path);
	return line_next(s, err);
}

/* ---- the run ---- */

static bool
second_fetch(void *arg, struct worker *w, struct slab *s, struct err *err)
{
	struct second *n = arg;

	return plain_fetch(&n->c->plain, &w->reader, s->index * SLAB_BYTES, s->bytes,
	    SLAB_BYTES, &s->n, &s->brk, err);
}

static bool
second_lay(void *arg, struct slab *s, bool *last, struct err *err)
{
	struct second *n = arg;
	bool final = (s->index + 1) * SLAB_BYTES >= n->c->plain.size;

	if (!tar_lay(&n->tar, s, 0, final, NULL, NULL, err))
		return false;
	*last = final || n->tar.broken || n->tar.over || s->brk.met;
	return true;
}

static bool
second_finish(void *arg, struct slab *s, bool *stop, struct err *err)
{
	struct second *n = arg;

	for (size_t i = 0; i < s->pieces_n; i++) {
		const struct piece *p = &s->pieces[i];
		bool ok = true;

		if (p->place == PLACE_DATA && p->last)
			ok = file_compare(n, p, piece_path(s, p), err);
		else if (p->place == PLACE_MANIFEST && p->first)
			ok = missing_until(n, NULL, err);
		else if (p->place == PLACE_FILES)
			ok = lines_add(&n->names, span_of(s->bytes + p->at, p->n),
			    err);
		if (!ok)
			return false;
		*stop = p->place > PLACE_FILES;
	}
	return true;
}

static const struct run_ops second_ops = { second_fetch, second_lay, NULL, NULL,
	second_finish };

static bool
second_reading(struct check *c, struct err *err)
{
	struct second *s = mem_new(sizeof *s, err);
	struct run_options opt = { .world = c->in->world, .plain = &c->plain,
		.ops = &second_ops, .arg = s };
	bool ok;

	if (s == NULL)
		return false;
	s->c = c;
	s->at = c->manifest_at;
	s->end = c->manifest_at + c->manifest_size;
	tar_reader_init(&s->tar, c->plain.size);
	ok = plain_reader_init(&s->reader, &c->plain, err) &&
	    lines_init(&s->names, err);
	if (ok) {
		s->names.file = culprit_line;
		s->names.arg = c;
		ok = line_next(s, err) && run_slabs(&opt, err);
	}
	lines_clear(&s->names);
	plain_reader_clear(&s->reader);
	mem_free(s);
	return ok;
}

/* Is the manifest the one the tag manifest lists? */
static bool
manifest_listed(const struct check *c)
{
	char line[128];
	size_t n = (size_t)snprintf(line, sizeof line, "%s  %s\n",
	    digest_hex(&c->digest[PLACE_MANIFEST]).s,
	    place_rule(PLACE_MANIFEST)->path);
	struct span s = buf_span(&c->bytes[PLACE_TAG_MANIFEST]);

	return memmem(s.p, s.n, line, n) != NULL;
}

bool
check_culprits(struct check *c, struct err *err)
{
	/* A manifest that is not the sealed one cannot accuse a file. */
	if (!manifest_listed(c)) {
		c->culprits_n = 0;
		return true;
	}
	if (c->folder != NULL || digest_eq(&c->m_digest, &c->digest[PLACE_MANIFEST]))
		return true;
	return second_reading(c, err);
}
