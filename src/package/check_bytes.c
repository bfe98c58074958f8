/* Taking the entries' bytes as they come, in order. */
#include <stdio.h>
#include <string.h>

#include "package/check.h"

/* Files that are small and read again at the end. */
static bool
place_kept(enum place p)
{
	return p != PLACE_DATA && p != PLACE_MANIFEST && p != PLACE_FILES &&
	    p != PLACE_PROVENANCE;
}

void
culprit_add(struct check *c, enum culprit_kind kind, const char *path)
{
	if (c->culprits_n < REPORT_FILES_MAX) {
		struct culprit *u = &c->culprits[c->culprits_n];

		u->kind = kind;
		(void)snprintf(u->path, sizeof u->path, "%s", path);
		u->name = shown_text(path);
	}
	c->culprits_n++;
}

void
culprit_line(void *arg, const struct line *l)
{
	struct check *c = arg;

	for (size_t i = 0; i < c->culprits_n && i < REPORT_FILES_MAX; i++)
		if (span_is(l->path, c->culprits[i].path))
			c->culprits[i].name = shown(l->name);
}

/* A file of the payload is complete: a line each for M and F (section 4). */
static void
data_done(struct check *c, const struct piece *p, const char *path)
{
	const struct digest *d = p->missing || p->wrong ? &p->listed : &p->digest;
	struct digest_hex hex = digest_hex(d);
	char line[64 + 32 + PIECE_PATH_ROOM];
	int n;

	if (p->missing)
		culprit_add(c, CULPRIT_MISSING, path);
	else if (p->wrong || (p->has_listed && !digest_eq(&p->digest, &p->listed)))
		culprit_add(c, CULPRIT_CHANGED, path);
	n = snprintf(line, sizeof line, "%s  %s\n", hex.s, path);
	hasher_add(c->m, span_of(line, (size_t)n));
	c->data_files++;
	c->data_bytes += p->size;
	if (strcmp(path, ORDER_SALT_PATH) == 0)
		return;
	n = snprintf(line, sizeof line, "%s %llu %s\n", hex.s,
	    (unsigned long long)p->size, path);
	hasher_add(c->f, span_of(line, (size_t)n));
}

static bool
place_done(struct check *c, enum place place, struct err *err)
{
	struct err why = ERR_INIT;

	if (place == PLACE_FILES)
		lines_end(&c->lines);
	if (place != PLACE_ACT)
		return true;
	if (act_decode(&c->r->act, buf_span(&c->bytes[place]), &why)) {
		c->r->has_act = true;
		return true;
	}
	if (why.kind == ERR_MEMORY) {
		*err = why;
		return false;
	}
	c->act_why = why;
	return true;
}

bool
check_piece(struct check *c, const struct piece *p, const char *path,
    struct span bytes, struct err *err)
{
	if (p->place == PLACE_DATA) {
		if (p->last)
			data_done(c, p, path);
		return true;
	}
	if (p->first && p->place == PLACE_MANIFEST) {
		c->manifest_at = p->tar_at;
		c->manifest_size = p->size;
	}
	if (p->place == PLACE_FILES && !lines_add(&c->lines, bytes, err))
		return false;
	if (place_kept(p->place) && !buf_add(&c->bytes[p->place], bytes, err))
		return false;
	if (!p->last)
		return true;
	c->there[p->place] = true;
	c->digest[p->place] = p->digest;
	c->size[p->place] = p->size;
	return place_done(c, p->place, err);
}

/* At most ten times a second, and at the end. */
static void
tell(struct check *c, bool end)
{
	struct progress *progress = c->in->progress;
	uint64_t now;

	if (progress == NULL)
		return;
	now = world_ticks(c->in->world);
	if (!end && now - c->told_at < 100000000u)
		return;
	c->told_at = now;
	progress->tell(progress, "checking", c->done, c->total);
}

bool
check_slab(struct check *c, struct slab *s, bool *stop, struct err *err)
{
	for (size_t i = 0; i < s->pieces_n; i++) {
		const struct piece *p = &s->pieces[i];
		const char *path = piece_path(s, p);
		struct span bytes = span_of(s->bytes + p->at, p->n);

		if (c->unpack != NULL &&
		    !unpack_piece(c->unpack, p, path, bytes, err))
			return false;
		if (!check_piece(c, p, path, bytes, err))
			return false;
	}
	*stop = false;
	c->done += s->n;
	tell(c, c->done >= c->total);
	return true;
}
