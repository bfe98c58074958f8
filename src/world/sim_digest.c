/*
 * The run hash of a simulated world.  SHA-256 by OpenSSL: the room `crypto` stands
 * above this one, and nothing here needs more of it.
 */
#include <assert.h>
#include <string.h>

#include <openssl/evp.h>

#include "world/sim.h"

#define WALK_DEPTH_MAX 65536	/* deeper than a path of 4095 bytes reaches at once */

/* A folder on the way down, and which of its names comes next. */
struct level {
	const struct sim_node *dir;
	size_t next;
};
struct digesting {
	EVP_MD_CTX *ctx;
	bool ok;			/* OpenSSL took all so far */
	struct level *levels;
	size_t depth, cap;
};

static void
add(struct digesting *d, const void *p, size_t n)
{
	d->ok = d->ok && EVP_DigestUpdate(d->ctx, p, n) == 1;
}

static void
add_number(struct digesting *d, uint64_t n)
{
	uint8_t b[8];

	u64_put(b, n);
	add(d, b, sizeof b);
}

/* With its length before it, so that no two trees read the same. */
static void
add_text(struct digesting *d, const char *s)
{
	add_number(d, strlen(s));
	add(d, s, strlen(s));
}

/* A page of zeros says no more than one that was never written. */
static void
add_image(struct digesting *d, const struct sim_image *img)
{
	static const uint8_t zeros[SIM_PAGE];

	add_number(d, img->size);
	for (size_t i = 0; i < img->n; i++) {
		if (memcmp(img->slots[i].page, zeros, SIM_PAGE) == 0)
			continue;
		add_number(d, img->slots[i].index);
		add(d, img->slots[i].page, SIM_PAGE);
	}
	add_number(d, UINT64_MAX);		/* no page has this index */
}

static void
add_node(struct digesting *d, const struct sim_node *node)
{
	add_number(d, (uint64_t)node->type);
	add_text(d, node->link != NULL ? node->link : "");
	add_image(d, &node->now);
	add_number(d, node->names.n);
}

static bool
descend(struct digesting *d, const struct sim_node *dir, struct err *err)
{
	size_t cap = d->cap == 0 ? 16 : d->cap * 2;
	struct level *levels;

	if (d->depth == d->cap) {
		if (cap > WALK_DEPTH_MAX)
			return err_set(err, ERR_LIMIT, "disk.depth",
			    "folders more than %d deep", WALK_DEPTH_MAX);
		levels = mem_resize(d->levels, cap * sizeof *levels, err);
		if (levels == NULL)
			return false;
		d->levels = levels;
		d->cap = cap;
	}
	d->levels[d->depth++] = (struct level){ dir, 0 };
	return true;
}

static bool
add_tree(struct digesting *d, const struct sim_node *root, struct err *err)
{
	add_node(d, root);
	if (!descend(d, root, err))
		return false;
	while (d->depth > 0) {
		struct level *l = &d->levels[d->depth - 1];
		const struct sim_entry *e;

		if (l->next == l->dir->names.n) {
			d->depth--;
			continue;
		}
		e = &l->dir->names.entries[l->next++];
		add_text(d, e->name);
		add_node(d, e->node);
		if (e->node->type == FILE_DIR && !descend(d, e->node, err))
			return false;
	}
	return true;
}

bool
world_sim_digest(struct world *w, struct digest *out, struct err *err)
{
	struct sim *s = (struct sim *)w;
	struct digesting d = { .ctx = EVP_MD_CTX_new() };
	struct digest made;
	bool ok;

	assert(w->body->simulated);
	d.ok = d.ctx != NULL &&
	    EVP_DigestInit_ex(d.ctx, EVP_sha256(), NULL) == 1;
	gate_lock(s->lock);
	ok = add_tree(&d, s->root, err);
	add_number(&d, (uint64_t)s->now);
	add_number(&d, s->ticks);
	add_number(&d, s->calls);
	gate_unlock(s->lock);
	if (ok && (!d.ok || EVP_DigestFinal_ex(d.ctx, made.b, NULL) != 1))
		ok = err_set(err, ERR_IO, "world.digest",
		    "OpenSSL could not do the SHA-256 digest");
	if (ok)
		*out = made;
	EVP_MD_CTX_free(d.ctx);
	mem_free(d.levels);
	return ok;
}
