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

/* ---- which one is lost ---- */

/* The oldest operation younger than one; 0 when there is none. */
static uint64_t
next_operation(const struct sim *s, uint64_t after)
{
	uint64_t found = 0;

	for (const struct sim_op *op = s->ops; op != NULL; op = op->next)
		if (op->order > after && (found == 0 || op->order < found))
			found = op->order;
	for (const struct sim_node *n = s->all; n != NULL; n = n->next)
		for (const struct sim_write *w = n->unsynced; w != NULL;
		    w = w->next)
			if (w->order > after && (found == 0 || w->order < found))
				found = w->order;
	return found;
}

/* The order of the nth, from 1; 0, which none has, when there is none. */
static uint64_t
nth_operation(const struct sim *s, uint64_t nth)
{
	uint64_t found = 0;

	while (nth-- > 0 && (found = next_operation(s, found)) != 0)
		;
	return found;
}

uint64_t
world_sim_unsynced(struct world *w)
{
	struct sim *s = (struct sim *)w;
	uint64_t n = 0;

	assert(w->body->simulated);
	gate_lock(s->lock);
	for (const struct sim_op *op = s->ops; op != NULL; op = op->next)
		n++;
	for (const struct sim_node *node = s->all; node != NULL; node = node->next)
		for (const struct sim_write *u = node->unsynced; u != NULL;
		    u = u->next)
			n++;
	gate_unlock(s->lock);
	return n;
}

/* ---- what is kept ---- */

/* How the power fails, and what that makes of it. */
struct loss {
	enum sim_crash how;
	uint64_t random;
	uint64_t one;		/* LOSE_ONE: the order of what is lost */
};

static bool
keeps(struct loss *l, const struct sim_op *op)
{
	switch (l->how) {
	case SIM_CRASH_KEEP_ALL:
		return true;
	case SIM_CRASH_KEEP_SOME:
		/* By itself, a coin for each change of names. */
		return sim_random_next(&l->random) % 2 == 0 && fits(op);
	case SIM_CRASH_LOSE_ONE:
		return op->order != l->one && fits(op);
	case SIM_CRASH_KEEP_NONE:
	default:
		return false;
	}
}

static int
keep_names(struct sim *s, struct loss *l)
{
	struct sim_op *op;
	int e = 0;

	while ((op = s->ops) != NULL) {
		if (keeps(l, op) && (e = sim_op_apply(s, op)) != 0)
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

static void
lose_write(struct sim_node *node, uint64_t order)
{
	struct sim_write **at = &node->unsynced, *w;

	while ((w = *at) != NULL && w->order != order)
		at = &w->next;
	if (w == NULL)
		return;
	*at = w->next;
	if (*at == NULL)
		node->unsynced_end = at;
	mem_free(w->bytes);
	mem_free(w);
}

static int
keep_bytes(struct sim *s, struct sim_node *node, struct loss *l)
{
	if (l->how == SIM_CRASH_KEEP_NONE)
		sim_node_forget(node);
	else if (l->how == SIM_CRASH_KEEP_SOME)
		choose_writes(node, &l->random);
	else if (l->how == SIM_CRASH_LOSE_ONE)
		lose_write(node, l->one);
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
crash(struct sim *s, struct loss *l)
{
	uint64_t room = s->pages_max;
	int e = keep_names(s, l);

	s->pages_max = UINT64_MAX;	/* what was removed may be there again */
	for (struct sim_node *n = s->all; n != NULL && e == 0; n = n->next)
		e = keep_bytes(s, n, l);
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
	struct loss loss = { .how = how, .random = seed };
	int e;

	assert(w->body->simulated);
	gate_lock(s->lock);
	s->epoch++;
	loss.one = how == SIM_CRASH_LOSE_ONE ? nth_operation(s, seed) : 0;
	/* Nothing goes while it is looked at. */
	for (struct sim_node *n = s->all; n != NULL; n = n->next)
		n->refs++;
	e = crash(s, &loss);
	for (struct sim_node *n = s->all, *next; n != NULL; n = next) {
		next = n->next;
		sim_node_drop(s, n);
	}
	gate_unlock(s->lock);
	return e == 0 || disk_error(err, e, false, "lose power", NULL);
}
