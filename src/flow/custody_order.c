/* Links of several authorities in the order things happened. */
#include <string.h>

#include "flow/custody_inside.h"

/* One queue an authority: link numbers in its own order. */
struct queues {
	size_t who[CUSTODY_LINKS_MAX];		/* queue of a link: its first link's number */
	size_t next[CUSTODY_LINKS_MAX];		/* in a queue; SIZE_MAX the end */
	size_t head[CUSTODY_LINKS_MAX];		/* of a queue; SIZE_MAX empty */
	size_t own_n;
};

/* Of one authority: by its log where that is known, else by its clock. */
static bool
earlier(const struct queues *q, const struct custody *c, size_t a, size_t b)
{
	const struct custody_link *x = &c->links[a], *y = &c->links[b];

	if (a < q->own_n && b < q->own_n)
		return a < b;
	if (x->has_place && y->has_place && strcmp(x->origin, y->origin) == 0)
		return x->index < y->index;
	return x->record.at < y->record.at;
}

static void
queue_in(struct queues *q, const struct custody *c, size_t i)
{
	size_t *at;
	size_t k = 0;

	while (strcmp(c->links[k].record.authority.s, c->links[i].record.authority.s) != 0)
		k++;
	q->who[i] = k;
	at = &q->head[k];
	while (*at != SIZE_MAX && !earlier(q, c, i, *at))
		at = &q->next[*at];
	q->next[i] = *at;
	*at = i;
}

/*
 * Does the other side's making of what was received still wait, or a sending that was not
 * later?  One that was later is another sending of the same.
 */
static bool
sender_waits(const struct queues *q, const struct custody *c, size_t i)
{
	const struct record *r = &c->links[i].record;

	if (r->event != EVENT_RECEIVED)
		return false;
	for (size_t k = 0; k < c->n; k++) {
		if (k == i || strcmp(c->links[k].record.authority.s, r->peer.s) != 0)
			continue;
		for (size_t m = q->head[q->who[k]]; m != SIZE_MAX; m = q->next[m])
			if (c->links[m].record.event == EVENT_MADE ||
			    (c->links[m].record.event == EVENT_SENT &&
			    c->links[m].record.at <= r->at))
				return true;
		return false;
	}
	return false;
}

/* The head that comes next; one that has to wait only when all have to. */
static size_t
head_next(const struct queues *q, const struct custody *c)
{
	size_t best = SIZE_MAX;
	bool best_waits = false;

	for (size_t k = 0; k < c->n; k++) {
		size_t i = q->head[k];
		bool waits;

		if (i == SIZE_MAX)
			continue;
		waits = sender_waits(q, c, i);
		if (best == SIZE_MAX || (best_waits && !waits) || (best_waits == waits &&
		    c->links[i].record.at < c->links[best].record.at)) {
			best = i;
			best_waits = waits;
		}
	}
	return best;
}

bool
custody_order(struct custody *c, size_t own_n, struct err *err)
{
	struct custody_link *list;
	struct queues *q;

	if (c->n == 0)
		return true;
	q = mem_new(sizeof *q, err);
	list = mem_array(c->n, sizeof *list, err);
	if (q == NULL || list == NULL) {
		mem_free(q);
		mem_free(list);
		return false;
	}
	q->own_n = own_n;
	for (size_t i = 0; i < CUSTODY_LINKS_MAX; i++)
		q->head[i] = SIZE_MAX;
	for (size_t i = 0; i < c->n; i++)
		queue_in(q, c, i);
	for (size_t n = 0; n < c->n; n++) {
		size_t i = head_next(q, c);

		list[n] = c->links[i];
		q->head[q->who[i]] = q->next[i];
	}
	memcpy(c->links, list, c->n * sizeof *list);
	mem_free(list);
	mem_free(q);
	return true;
}
