/* The simulated disk loses power. */
#include <assert.h>
#include <errno.h>

#include "world/sim.h"

#define SIM_SECTOR 512		/* a disk writes so many bytes whole or not at all */

/*
 * A journal does not keep a change without those to the same names before it, so
 * the names must be as the change found them.
 */
static bool
fits(const struct sim_op *op)
{
	for (unsigned i = 0; i < op->n; i++) {
		const struct sim_change *c = &op->changes[i];

		if (sim_names_find(&c->dir->durable_names, c->name) !=
		    op->before[i])
			return false;
	}
	return true;
}

/* By itself, a coin for each change of names. */
static int
keep_names(struct sim *s, enum sim_crash how, uint64_t *random)
{
	struct sim_op *op;
	int e = 0;

	while ((op = s->ops) != NULL) {
		bool keep = how == SIM_CRASH_KEEP_ALL ||
		    (how == SIM_CRASH_KEEP_SOME &&
		    sim_random_next(random) % 2 == 0 && fits(op));

		if (keep && (e = sim_op_apply(s, op)) != 0)
			break;
		s->ops = op->next;
		sim_op_free(s, op);
	}
	if (s->ops == NULL)
		s->ops_end = &s->ops;
	return e;
}

/* By itself, a coin for each write; the last that is kept may be torn. */
static void
choose_writes(struct sim_node *node, uint64_t *random)
{
	struct sim_write **at = &node->unsynced, *w, *last = NULL;

	while ((w = *at) != NULL) {
		if (sim_random_next(random) % 2 == 0) {
			last = w;
			at = &w->next;
			continue;
		}
		*at = w->next;
		mem_free(w->bytes);
		mem_free(w);
	}
	node->unsynced_end = at;
	if (last != NULL && !last->resize && sim_random_next(random) % 2 == 0) {
		uint64_t sectors = last->n / SIM_SECTOR;

		last->n = (size_t)(sim_random_next(random) % (sectors + 1)) *
		    SIM_SECTOR;
	}
}

static int
keep_bytes(struct sim *s, struct sim_node *node, enum sim_crash how,
    uint64_t *random)
{
	if (how == SIM_CRASH_KEEP_NONE)
		sim_node_forget(node);
	else if (how == SIM_CRASH_KEEP_SOME)
		choose_writes(node, random);
	return sim_node_sync(s, node);
}

/* What is seen becomes what is durable. */
static int
wake_up(struct sim *s, struct sim_node *node)
{
	size_t done;
	int e = 0;

	sim_image_clear(s, &node->now, true);
	for (size_t i = 0; i < node->durable.n && e == 0; i++)
		e = sim_image_write(s, &node->now, node->durable.slots[i].page,
		    SIM_PAGE, node->durable.slots[i].index * SIM_PAGE, true,
		    &done);
	sim_image_resize(s, &node->now, node->durable.size, true);
	sim_names_clear(&node->names, s);
	for (size_t i = 0; i < node->durable_names.n && e == 0; i++)
		e = sim_names_set(&node->names,
		    node->durable_names.entries[i].name,
		    node->durable_names.entries[i].node, s);
	node->holder = NULL;
	node->parent = NULL;
	return e;
}

static void
find_parents(struct sim *s)
{
	for (struct sim_node *d = s->all; d != NULL; d = d->next)
		for (size_t i = 0; i < d->names.n; i++)
			if (d->names.entries[i].node->type == FILE_DIR)
				d->names.entries[i].node->parent = d;
	s->root->parent = s->root;
}

static int
crash(struct sim *s, enum sim_crash how, uint64_t *random)
{
	uint64_t room = s->pages_max;
	int e = keep_names(s, how, random);

	s->pages_max = UINT64_MAX;	/* what was removed may be there again */
	for (struct sim_node *n = s->all; n != NULL && e == 0; n = n->next)
		e = keep_bytes(s, n, how, random);
	for (struct sim_node *n = s->all; n != NULL && e == 0; n = n->next)
		e = wake_up(s, n);
	find_parents(s);
	s->pages_max = room;
	return e;
}

bool
world_sim_crash(struct world *w, enum sim_crash how, uint64_t seed,
    struct err *err)
{
	struct sim *s = (struct sim *)w;
	int e;

	assert(w->body->simulated);
	gate_lock(s->lock);
	s->epoch++;
	/* Nothing goes while it is looked at. */
	for (struct sim_node *n = s->all; n != NULL; n = n->next)
		n->refs++;
	e = crash(s, how, &seed);
	for (struct sim_node *n = s->all, *next; n != NULL; n = next) {
		next = n->next;
		sim_node_drop(s, n);
	}
	gate_unlock(s->lock);
	return e == 0 || disk_error(err, e, false, "lose power", NULL);
}
