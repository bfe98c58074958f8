/* Parcels read ahead, on all cores (take_ahead.h). */
#include <string.h>

#include "flow/kept.h"
#include "flow/take_ahead.h"

bool
take_ahead_new(struct take_ahead *a, struct flow *f, struct err *err)
{
	memset(a, 0, sizeof *a);
	a->flow = f;
	return gate_new(&a->gate, err);
}

void
take_ahead_begin(struct take_ahead *a)
{
	for (size_t i = 0; i < a->n; i++)
		take_member_free(a->list[i]);
	a->n = a->begun = 0;
}

void
take_ahead_clear(struct take_ahead *a)
{
	take_ahead_begin(a);
	gate_free(a->gate);
	a->gate = NULL;
}

/* ---- before and after ---- */

static size_t
place_of(const struct take_ahead *a, size_t waiting)
{
	size_t i = 0;

	while (i < a->n && (a->list[i] == NULL || a->list[i]->waiting != waiting))
		i++;
	return i;
}

bool
take_ahead_has(const struct take_ahead *a, size_t waiting)
{
	return a->drops == kept_drops(a->flow) && place_of(a, waiting) < a->n;
}

struct take_member *
take_ahead_take(struct take_ahead *a, size_t waiting)
{
	struct take_member *m;
	size_t i;

	if (!take_ahead_has(a, waiting))
		return NULL;
	i = place_of(a, waiting);
	m = a->list[i];
	a->list[i] = NULL;
	/* From here on it is alone with this thread. */
	m->t.trust.gate = NULL;
	m->t.trust.kept_only = false;
	m->t.in.progress = a->flow->progress;
	return m;
}

bool
take_ahead_add(struct take_ahead *a, const char *name, const char *carrier,
    size_t waiting, bool *full, struct err *err)
{
	struct take_member *m;
	struct err ignored = ERR_INIT;	/* met again when it is its turn */
	bool here, there;

	*full = a->n == TAKE_AHEAD_MAX;
	if (*full || !take_there(a->flow, name, &there, &ignored) || !there)
		return true;
	if (!take_member_new(&m, a->flow, name, waiting, err))
		return false;
	if (!take_begin(&m->t, name, carrier, false, &m->out, &here, &ignored) || !here) {
		take_member_free(m);
		return true;
	}
	a->list[a->n++] = m;
	return true;
}

/* ---- on threads ---- */

/* What the others do until there is nothing left: receipts first, as one waits for them. */
static bool
next_claim(struct take_ahead *a, bool helps, size_t *out)
{
	bool any = false;

	gate_lock(a->gate);
	for (;;) {
		if (helps && take_group_help(a->first))
			continue;
		any = a->begun < a->n;
		if (any || !helps || a->first_done)
			break;
		gate_wait(a->gate);
	}
	if (any)
		*out = a->begun++;
	gate_unlock(a->gate);
	return any;
}

static void
first_keep(struct take_ahead *a)
{
	bool ok = take_group_flush(a->first, &a->err);

	gate_lock(a->gate);
	a->first_ok = ok;
	a->first_done = true;
	gate_wake(a->gate);
	gate_unlock(a->gate);
}

/* A place of the list belongs to whoever claimed it. */
static void
one_read(struct take_ahead *a, size_t i)
{
	struct taking *t = &a->list[i]->t;
	struct err ignored = ERR_INIT;	/* met again when it is its turn */

	t->trust.gate = a->gate;
	t->trust.kept_only = a->first != NULL;
	t->in.progress = NULL;		/* it is told from one thread only */
	if (package_check(&t->in, &t->report, &ignored) && !t->trust.missed)
		return;
	take_member_free(a->list[i]);
	a->list[i] = NULL;
}

static void
hand(void *arg, unsigned number)
{
	struct take_ahead *a = arg;
	size_t i;

	if (number == 0 && a->first != NULL)
		first_keep(a);
	while (next_claim(a, number != 0 && a->first != NULL, &i))
		one_read(a, i);
}

/* On all cores: `first` on this one, and what is not begun yet. */
static bool
run(struct take_ahead *a, struct take_group *first, struct err *err)
{
	unsigned hands = world_cores(a->flow->world), started;

	a->first = first;
	a->first_done = first == NULL;
	a->first_ok = true;
	err_clear(&a->err);
	world_run(a->flow->world, hands > TAKE_AHEAD_HANDS ? TAKE_AHEAD_HANDS : hands,
	    hand, a, &started);
	if (!a->first_ok)
		*err = a->err;
	return a->first_ok;
}

bool
take_ahead_run(struct take_ahead *a, struct take_group *first, struct err *err)
{
	a->begun = 0;
	a->drops = kept_drops(a->flow);
	return run(a, first, err);
}

bool
take_ahead_keep(struct take_ahead *a, struct take_group *first, struct err *err)
{
	a->begun = a->n;
	return first->n < 2 ? take_group_flush(first, err) : run(a, first, err);
}
