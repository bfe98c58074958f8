/* The simulated disk: nodes, the names in folders, and which changes are durable. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "world/sim.h"

/* ---- nodes ---- */

int
sim_node_new(struct sim *s, enum file_type type, struct sim_node **out)
{
	struct sim_node *node = mem_new(sizeof *node, NULL);

	if (node == NULL)
		return ENOMEM;
	node->refs = 1;
	node->type = type;
	node->inode = ++s->inodes;
	node->mode = type == FILE_DIR ? 0700 : 0600;
	node->unsynced_end = &node->unsynced;
	node->next = s->all;
	if (s->all != NULL)
		s->all->prev = node;
	s->all = node;
	sim_node_touch(s, node, true);
	*out = node;
	return 0;
}

struct sim_node *
sim_node_ref(struct sim_node *node)
{
	node->refs++;
	return node;
}

void
sim_node_drop(struct sim *s, struct sim_node *node)
{
	if (node == NULL || --node->refs > 0)
		return;
	/* A durable folder may outlive its name here; below are trees, not rings. */
	sim_names_clear(&node->names, s);
	sim_names_clear(&node->durable_names, s);
	sim_node_forget(node);
	sim_image_clear(s, &node->now, true);
	sim_image_clear(s, &node->durable, false);
	mem_free(node->link);
	if (node->next != NULL)
		node->next->prev = node->prev;
	if (node->prev != NULL)
		node->prev->next = node->next;
	else
		s->all = node->next;
	mem_free(node);
}

void
sim_node_touch(struct sim *s, struct sim_node *node, bool content)
{
	node->ctime = s->now;
	node->ctime_ns = (uint32_t)(++s->stamps % 1000000000u);
	if (content) {
		node->mtime = node->ctime;
		node->mtime_ns = node->ctime_ns;
	}
}

void
sim_node_info(const struct sim_node *node, struct file_info *out)
{
	*out = (struct file_info){
		.type = node->type,
		.size = node->link != NULL ? strlen(node->link) : node->now.size,
		.mtime = node->mtime,
		.mtime_ns = node->mtime_ns,
		.ctime = node->ctime,
		.ctime_ns = node->ctime_ns,
		.inode = node->inode,
		.device = 1,
		.mode = node->mode,
	};
}

/* ---- names ---- */

/* Where a name is, or belongs; *found says which. */
static size_t
entry_at(const struct sim_names *names, const char *name, bool *found)
{
	size_t low = 0, high = names->n;

	*found = false;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = strcmp(names->entries[mid].name, name);

		if (c == 0) {
			*found = true;
			return mid;
		}
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct sim_node *
sim_names_find(const struct sim_names *names, const char *name)
{
	bool found;
	size_t i = entry_at(names, name, &found);

	return found ? names->entries[i].node : NULL;
}

static bool
names_grow(struct sim_names *names)
{
	size_t cap = names->cap == 0 ? 4 : names->cap * 2, bytes;
	struct sim_entry *entries;

	if (names->n < names->cap)
		return true;
	if (!size_mul(cap, sizeof *entries, &bytes))
		return false;
	entries = mem_resize(names->entries, bytes, NULL);
	if (entries == NULL)
		return false;
	names->entries = entries;
	names->cap = cap;
	return true;
}

int
sim_names_set(struct sim_names *names, const char *name, struct sim_node *node,
    struct sim *s)
{
	bool found;
	size_t i = entry_at(names, name, &found);
	struct sim_node *before;
	char *copy;

	if (found) {
		before = names->entries[i].node;
		names->entries[i].node = sim_node_ref(node);
		sim_node_drop(s, before);
		return 0;
	}
	if (!names_grow(names) || (copy = mem_text_of(name, NULL)) == NULL)
		return ENOMEM;
	memmove(names->entries + i + 1, names->entries + i,
	    (names->n - i) * sizeof *names->entries);
	names->entries[i] = (struct sim_entry){ copy, sim_node_ref(node) };
	names->n++;
	return 0;
}

void
sim_names_unset(struct sim_names *names, const char *name, struct sim *s)
{
	bool found;
	size_t i = entry_at(names, name, &found);
	struct sim_entry gone;

	if (!found)
		return;
	gone = names->entries[i];
	names->n--;
	memmove(names->entries + i, names->entries + i + 1,
	    (names->n - i) * sizeof *names->entries);
	mem_free(gone.name);
	sim_node_drop(s, gone.node);
}

void
sim_names_clear(struct sim_names *names, struct sim *s)
{
	while (names->n > 0) {
		struct sim_entry gone = names->entries[--names->n];

		mem_free(gone.name);
		sim_node_drop(s, gone.node);
	}
	mem_free(names->entries);
	*names = (struct sim_names){ NULL, 0, 0 };
}

/* ---- changes ---- */

void
sim_op_free(struct sim *s, struct sim_op *op)
{
	for (unsigned i = 0; i < op->n; i++) {
		mem_free(op->names[i]);
		sim_node_drop(s, op->before[i]);
		sim_node_drop(s, op->changes[i].node);
		sim_node_drop(s, op->changes[i].dir);
	}
	mem_free(op);
}

static struct sim_op *
op_new(struct sim *s, const struct sim_change *changes, unsigned n)
{
	struct sim_op *op = mem_new(sizeof *op, NULL);

	if (op == NULL)
		return NULL;
	assert(n <= 2);
	for (unsigned i = 0; i < n; i++) {
		const struct sim_change *c = &changes[i];

		op->before[i] = sim_names_find(&c->dir->names, c->name);
		if (op->before[i] != NULL)
			(void)sim_node_ref(op->before[i]);
		if (c->node != NULL)
			(void)sim_node_ref(c->node);
		(void)sim_node_ref(c->dir);
		op->names[i] = mem_text_of(c->name, NULL);
		op->changes[i] = *c;
		op->changes[i].name = op->names[i];
		op->n++;
		if (op->names[i] == NULL) {
			sim_op_free(s, op);
			return NULL;
		}
	}
	return op;
}

/* New names first: they can fail, and then nothing has changed. */
static int
apply(struct sim *s, const struct sim_op *op, bool durable)
{
	int e = 0;

	for (unsigned i = 0; i < op->n && e == 0; i++) {
		const struct sim_change *c = &op->changes[i];

		if (c->node != NULL)
			e = sim_names_set(durable ? &c->dir->durable_names :
			    &c->dir->names, c->name, c->node, s);
	}
	for (unsigned i = 0; i < op->n && e == 0; i++) {
		const struct sim_change *c = &op->changes[i];

		if (c->node == NULL)
			sim_names_unset(durable ? &c->dir->durable_names :
			    &c->dir->names, c->name, s);
	}
	return e;
}

int
sim_op_apply(struct sim *s, const struct sim_op *op)
{
	return apply(s, op, true);
}

/* A folder that lost its place has no parent; one that found one has it. */
static void
set_parents(struct sim *s, const struct sim_op *op)
{
	for (unsigned i = 0; i < op->n; i++) {
		const struct sim_change *c = &op->changes[i];

		sim_node_touch(s, c->dir, true);
		if (c->node == NULL)
			continue;
		sim_node_touch(s, c->node, false);
		if (c->node->type == FILE_DIR)
			c->node->parent = c->dir;
	}
}

int
sim_change(struct sim *s, const struct sim_change *changes, unsigned n)
{
	struct sim_op *op = op_new(s, changes, n);
	int e;

	if (op == NULL)
		return ENOMEM;
	e = apply(s, op, false);
	if (e != 0) {
		sim_op_free(s, op);
		return e;
	}
	set_parents(s, op);
	op->order = ++s->operations;
	*s->ops_end = op;
	s->ops_end = &op->next;
	return 0;
}

static bool
touches(const struct sim_op *op, const struct sim_node *dir)
{
	for (unsigned i = 0; i < op->n; i++)
		if (op->changes[i].dir == dir)
			return true;
	return false;
}

static bool
shares_dir(const struct sim_op *a, const struct sim_op *b)
{
	for (unsigned i = 0; i < b->n; i++)
		if (touches(a, b->changes[i].dir))
			return true;
	return false;
}

/*
 * A rename is durable whole, so its other folder's earlier changes must be too:
 * choose until nothing is added.  (Pairs of changes: tests sync often.)
 */
static void
choose(struct sim *s, const struct sim_node *dir)
{
	bool added = true;

	for (struct sim_op *op = s->ops; op != NULL; op = op->next)
		op->chosen = dir == NULL || touches(op, dir);
	while (added) {
		added = false;
		for (struct sim_op *op = s->ops; op != NULL; op = op->next) {
			bool late = false;

			for (struct sim_op *l = op->next;
			    l != NULL && !op->chosen && !late; l = l->next)
				late = l->chosen && l->n > 1 && shares_dir(op, l);
			if (late)
				op->chosen = added = true;
		}
	}
}

int
sim_names_sync(struct sim *s, struct sim_node *dir)
{
	struct sim_op **at = &s->ops, *op;
	int e;

	choose(s, dir);
	while ((op = *at) != NULL) {
		if (!op->chosen) {
			at = &op->next;
			continue;
		}
		if ((e = sim_op_apply(s, op)) != 0)
			return e;
		*at = op->next;
		sim_op_free(s, op);
	}
	s->ops_end = at;
	return 0;
}
