/* Going on with an unpacking that an earlier run began. */
#include <stdio.h>
#include <string.h>

#include "package/check.h"

/* One finished entry: as if it had just flowed by.  *fits: it may be so. */
static bool
replay_done(struct check *c, const struct unpack_done *d, bool *fits,
    struct err *err)
{
	struct piece p = { .first = true, .last = true, .known = true,
		.size = d->size, .digest = d->digest };
	struct digest now;
	struct buf b;
	bool ok = true;

	*fits = order_next(&c->tar.order, d->path, d->size, &p.place, NULL) &&
	    p.place <= PLACE_DATA;
	if (!*fits)
		return true;
	buf_init(&b, ACT_BYTES_MAX);
	if (p.place != PLACE_DATA) {
		ok = unpack_load(c->unpack, d->path, &b, err) &&
		    digest_of(buf_span(&b), &now, err);
		*fits = ok && b.n == d->size && digest_eq(&now, &d->digest);
	}
	if (ok && *fits)
		ok = check_piece(c, &p, d->path, buf_span(&b), err);
	buf_clear(&b);
	c->tar.at += (d->size > TAR_USTAR_SIZE_MAX ? TAR_HEADER_MAX : TAR_BLOCK) +
	    d->size + tar_padding(d->size);
	return ok;
}

/* A file that was being written: what is there is read again and hashed. */
static bool
replay_part(struct check *c, const struct unpack_done *d, struct hasher *chain,
    bool *fits, struct err *err)
{
	struct tar_reader *t = &c->tar;
	struct source *src = NULL;
	uint64_t left = d->written;
	uint8_t *part;
	bool ok;

	*fits = d->written > 0 && d->written < d->size &&
	    order_next(&t->order, d->path, d->size, &t->place, NULL) &&
	    t->place == PLACE_DATA;
	if (!*fits)
		return true;
	part = mem_new(AGE_CHUNK, err);
	ok = part != NULL && unpack_part(c->unpack, d, &src, err);
	while (ok && left > 0) {
		size_t n = left < AGE_CHUNK ? (size_t)left : AGE_CHUNK;

		ok = source_exactly(src, part, n, err);
		if (ok)
			hasher_add(chain, span_of(part, n));
		left -= n;
	}
	source_free(src);
	mem_free(part);
	if (!ok)
		return false;
	(void)snprintf(t->path, sizeof t->path, "%s", d->path);
	t->entry_size = d->size;
	t->entry_at = t->at +
	    (d->size > TAR_USTAR_SIZE_MAX ? TAR_HEADER_MAX : TAR_BLOCK);
	t->at = t->entry_at + d->written;
	t->done = d->written;
	t->step = TAR_CONTENT;
	return true;
}

static bool
replay(struct check *c, struct hasher *chain, bool *fits, struct err *err)
{
	struct unpack_done d;
	bool more = false;

	*fits = true;
	while (*fits) {
		if (!unpack_replay(c->unpack, &d, &more, err))
			return false;
		if (!more)
			break;
		if (!(d.part ? replay_part(c, &d, chain, fits, err) :
		    replay_done(c, &d, fits, err)))
			return false;
	}
	*fits = *fits && (c->tar.at == 0 || c->r->has_act) &&
	    c->tar.at <= c->plain.size;
	return true;
}

/*
 * Take what an earlier run left, and set the reading to where it stopped.  Notes
 * that do not fit, for whatever reason, are thrown away: then all is read again.
 */
bool
check_go_on(struct check *c, struct hasher *chain, struct err *err)
{
	struct err why = ERR_INIT;
	bool fits = false;

	if (!replay(c, chain, &fits, &why)) {
		if (why.kind == ERR_MEMORY || why.kind == ERR_STOPPED) {
			*err = why;
			return false;
		}
		fits = false;
	}
	if (!fits) {
		hasher_restart(chain);
		check_forget(c);
		return check_ready(c, err) && unpack_anew(c->unpack, err);
	}
	if (c->tar.at == 0)
		return true;
	(void)snprintf(c->tar.folder, sizeof c->tar.folder, "%s",
	    act_bag_name(&c->r->act).s);
	c->tar.mtime = c->r->act.made_at;
	c->base = c->tar.at / AGE_CHUNK * AGE_CHUNK;
	c->skip = (size_t)(c->tar.at - c->base);
	finding_add(c->r, FINDING_HOLDS, "unpack.resumed",
	    "Went on at byte %llu, where an earlier unpacking had stopped.",
	    (unsigned long long)c->tar.at);
	return true;
}
