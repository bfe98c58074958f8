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
	EVP_MD_CTX *ctx;		/* NULL: the quick one, in lanes */
	uint64_t lanes[4];
	size_t words;			/* which lane is next */
	bool ok;			/* OpenSSL took all so far */
	struct level *levels;
	size_t depth, cap;
};

/* Each word changes its lane whatever it was; what is no whole word is filled up. */
static void
mix(struct digesting *d, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i += 8) {
		uint64_t *lane = &d->lanes[d->words++ % 4], word = 0;

		memcpy(&word, p + i, n - i < 8 ? n - i : 8);
		*lane = (*lane ^ word) * 0x9E3779B97F4A7C15u;
		*lane ^= *lane >> 29;
	}
}

static void
add(struct digesting *d, const void *p, size_t n)
{
	if (d->ctx == NULL) {
		mix(d, p, n);
		return;
	}
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
	ok = !d.ok || add_tree(&d, s->root, err);
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

bool
world_sim_disk_mark(struct world *w, uint64_t out[4], struct err *err)
{
	struct sim *s = (struct sim *)w;
	struct digesting d = { .ctx = NULL, .lanes = { 1, 2, 3, 4 } };
	bool ok;

	assert(w->body->simulated);
	gate_lock(s->lock);
	ok = add_tree(&d, s->root, err);
	gate_unlock(s->lock);
	mem_free(d.levels);
	/* Each word of the mark is of all lanes. */
	for (size_t i = 0; ok && i < 4; i++) {
		uint64_t state = d.lanes[i];

		out[i] = 0;
		for (size_t k = 0; k < 4; k++)
			out[i] += sim_random_next(&state) ^ d.lanes[(i + k) % 4];
	}
	return ok;
}
