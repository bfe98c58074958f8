/*
 * Group commit: whoever finds nobody leading takes what waits, appends it with one sync
 * and wakes the others; while it syncs the next group gathers.
 */
#include <string.h>

#include "ledger/log_internal.h"

/* Bytes of one group: as much as is written while a disk turns, and little memory. */
#define GROUP_BYTES_MAX ((size_t)4 << 20)

struct waiting {
	struct waiting *next;
	struct span record;
	uint64_t index;
	bool done, ok;
	struct err err;
};

struct log_queue {
	struct log *l;
	struct gate *gate;
	struct waiting *first, **end;	/* under the gate */
	bool leading;
	struct waiting *group[LOG_QUEUE_MAX];	/* the leader's */
	struct span records[LOG_QUEUE_MAX];
	struct buf put;			/* records of queue_put, one after the other */
	size_t put_lengths[LOG_QUEUE_MAX];
	size_t put_n;
};

bool
queue_new(struct log *l, struct log_queue **out, struct err *err)
{
	struct log_queue *q = mem_new(sizeof *q, err);

	if (q == NULL)
		return false;
	q->l = l;
	q->end = &q->first;
	buf_init(&q->put, (size_t)LOG_QUEUE_MAX * RECORD_MAX);
	if (!gate_new(&q->gate, err)) {
		mem_free(q);
		return false;
	}
	*out = q;
	return true;
}

void
queue_free(struct log_queue *q)
{
	if (q == NULL)
		return;
	buf_clear(&q->put);
	gate_free(q->gate);
	mem_free(q);
}

/* Those that wait longest; holding the gate. */
static size_t
group_take(struct log_queue *q)
{
	size_t n = 0, bytes = 0;

	while (q->first != NULL && n < LOG_QUEUE_MAX &&
	    (n == 0 || bytes + q->first->record.n <= GROUP_BYTES_MAX)) {
		struct waiting *w = q->first;

		q->first = w->next;
		bytes += w->record.n;
		q->group[n] = w;
		q->records[n++] = w->record;
	}
	if (q->first == NULL)
		q->end = &q->first;
	return n;
}

/* Holding the gate, which is open while the disk works. */
static void
lead(struct log_queue *q)
{
	struct err why = ERR_INIT;
	uint64_t index = 0;
	size_t n;
	bool ok;

	q->leading = true;
	n = group_take(q);
	gate_unlock(q->gate);
	ok = log_append(q->l, q->records, n, &index, &why);
	gate_lock(q->gate);
	for (size_t i = 0; i < n; i++) {
		q->group[i]->ok = ok;
		q->group[i]->index = index + i;
		q->group[i]->err = why;
		q->group[i]->done = true;	/* from here on it may be gone */
	}
	q->leading = false;
	gate_wake(q->gate);
}

bool
queue_append(struct log_queue *q, struct span record, uint64_t *index, struct err *err)
{
	struct waiting me = { .record = record };

	/* What is wrong with one record is no matter of the others. */
	if (!journal_record_check(record, err))
		return false;
	gate_lock(q->gate);
	*q->end = &me;
	q->end = &me.next;
	while (!me.done) {
		if (q->leading)
			gate_wait(q->gate);
		else
			lead(q);
	}
	gate_unlock(q->gate);
	if (!me.ok) {
		if (err != NULL)
			*err = me.err;
		return false;
	}
	*index = me.index;
	return true;
}

/* ---- the same in two steps ---- */

bool
queue_put(struct log_queue *q, struct span record, struct err *err)
{
	bool ok;

	if (!journal_record_check(record, err))
		return false;
	gate_lock(q->gate);
	ok = q->put_n < LOG_QUEUE_MAX || err_set(err, ERR_LIMIT, "log.queue",
	    "%d records wait already", LOG_QUEUE_MAX);
	ok = ok && buf_add(&q->put, record, err);
	if (ok)
		q->put_lengths[q->put_n++] = record.n;
	gate_unlock(q->gate);
	return ok;
}

bool
queue_flush(struct log_queue *q, uint64_t *index, struct err *err)
{
	size_t at = 0;
	bool ok;

	gate_lock(q->gate);
	while (q->leading)
		gate_wait(q->gate);
	for (size_t i = 0; i < q->put_n; i++) {
		q->records[i] = span_part(buf_span(&q->put), at, q->put_lengths[i]);
		at += q->put_lengths[i];
	}
	ok = q->put_n > 0 ? log_append(q->l, q->records, q->put_n, index, err) :
	    err_set(err, ERR_USE, "log.queue", "nothing was put into the queue");
	q->put_n = 0;
	buf_reset(&q->put);
	gate_unlock(q->gate);
	return ok;
}
