/* FOLDER/tree: how far the tiles are durable. */
#include <string.h>

#include "crypto/digest.h"
#include "ledger/tiles_internal.h"

#define SLOT_BYTES (16 + 8 + 8 + 32 + 2 + TILES_ASIDE_MAX)	/* without the digest */

static bool
slot_encode(const struct tree_state *s, uint8_t slot[TREE_SLOT], struct err *err)
{
	struct digest d;

	memset(slot, 0, TREE_SLOT);
	memcpy(slot, TREE_MAGIC, 16);
	u64_put(slot + 16, s->number);
	u64_put(slot + 24, s->size);
	memcpy(slot + 32, s->root.b, sizeof s->root.b);
	slot[64] = (uint8_t)(s->aside_n >> 8);
	slot[65] = (uint8_t)s->aside_n;
	memcpy(slot + 66, s->aside, s->aside_n);
	if (!digest_of(span_of(slot, SLOT_BYTES), &d, err))
		return false;
	memcpy(slot + SLOT_BYTES, d.b, sizeof d.b);
	return true;
}

/* *holds false: it is none.  No encoding but ours is one. */
static bool
slot_decode(const uint8_t slot[TREE_SLOT], struct tree_state *out, bool *holds,
    struct err *err)
{
	struct cursor c = cursor_of(span_of(slot, TREE_SLOT));
	struct tree_state s = { .number = 0 };
	uint8_t again[TREE_SLOT];
	struct span magic, root, aside;
	uint16_t n = 0;

	*holds = cursor_take(&c, 16, &magic) && cursor_u64(&c, &s.number) &&
	    cursor_u64(&c, &s.size) && cursor_take(&c, sizeof s.root.b, &root) &&
	    cursor_u16(&c, &n) && n <= TILES_ASIDE_MAX && cursor_take(&c, n, &aside) &&
	    s.number > 0 && s.size <= MERKLE_SIZE_MAX;
	if (!*holds)
		return true;
	memcpy(s.root.b, root.p, root.n);
	memcpy(s.aside, aside.p, n);
	s.aside_n = n;
	if (!slot_encode(&s, again, err))
		return false;
	*holds = memcmp(slot, again, sizeof again) == 0;
	if (*holds)
		*out = s;
	return true;
}

static bool
is_zeros(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

static bool
slots_read(struct file *f, const char *name, struct tree_state *out, struct err *err)
{
	bool bad = false;

	for (unsigned i = 0; i < 2; i++) {
		struct tree_state s = { .number = 0 };
		uint8_t slot[TREE_SLOT] = { 0 };
		bool holds = false;
		size_t got = 0;

		if (!file_read_at(f, slot, sizeof slot, i * TREE_STRIDE, &got, err) ||
		    !slot_decode(slot, &s, &holds, err))
			return false;
		bad = bad || (!holds && !is_zeros(slot, sizeof slot));
		if (holds && s.number > out->number)
			*out = s;
	}
	if (out->number == 0 && bad)
		return err_set(err, ERR_UNPROVEN, "tiles.damaged",
		    "%s/" TREE_PATH " is damaged", name);
	return true;
}

bool
tree_load(struct world *w, struct dir *folder, const char *name,
    struct tree_state *out, struct err *err)
{
	struct err why = ERR_INIT;
	struct file *f = NULL;
	bool ok;

	*out = (struct tree_state){ .number = 0 };
	if (!file_open(w, folder, TREE_PATH, FILE_READ, &f, &why)) {
		if (why.kind == ERR_ABSENT)
			return true;
		if (err != NULL)
			*err = why;
		return false;
	}
	ok = slots_read(f, name, out, &why);
	file_close(f);
	if (!ok && disk_unreadable(&why))
		return err_set(err, ERR_UNPROVEN, "tiles.damaged",
		    "%s/" TREE_PATH " cannot be read", name);
	if (!ok && err != NULL)
		*err = why;
	return ok;
}

bool
tree_peek(struct world *w, struct dir *at, const char *folder,
    struct tree_state *out, struct err *err)
{
	struct err why = ERR_INIT;
	struct dir *d = NULL;
	bool ok;

	*out = (struct tree_state){ .number = 0 };
	if (!dir_open(w, at, folder, &d, &why)) {
		if (why.kind == ERR_ABSENT)
			return true;
		if (err != NULL)
			*err = why;
		return false;
	}
	ok = tree_load(w, d, folder, out, err);
	dir_close(d);
	return ok;
}

/*
 * The name of the file is durable before the second writing, whoever died after the
 * first; from then on nobody has to ask.
 */
bool
tree_save(struct world *w, struct dir *folder, const struct tree_state *s,
    struct err *err)
{
	enum file_mode mode = s->number == 1 ? FILE_CREATE : FILE_UPDATE;
	uint8_t slot[TREE_SLOT];
	struct file *f = NULL;
	bool ok;

	/* One of no writing yet, or made and never written. */
	if (s->number == 1 && !path_clear(w, folder, TREE_PATH, err))
		return false;
	ok = slot_encode(s, slot, err) &&
	    (s->number != 2 || dir_sync(folder, err)) &&
	    file_open(w, folder, TREE_PATH, mode, &f, err) &&
	    file_write_at(f, span_of(slot, sizeof slot), s->number % 2 * TREE_STRIDE,
	    err) && file_sync(f, err) && (s->number != 1 || dir_sync(folder, err));
	file_close(f);
	return ok;
}
