#include "package/slab.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

#define TELL_TICKS 100000000ull		/* ns: ten words a second are enough */
/* Writing out begins beside the work, this many slabs at a time. */
#define SYNC_SLABS 16
/* Slabs filled ahead of the one who follows, before sealing comes first. */
#define AHEAD 3
/* A run shorter than this is not worth starting threads for. */
#define ALONE_BYTES SLAB_BYTES

enum slab_state { SLAB_FREE, SLAB_FILLING, SLAB_FILLED, SLAB_SEALING, SLAB_SEALED };

/*
 * A slab of the ring.  Invariants while a run is on: slabs [done, next_fill) are
 * in the ring; [done, next_follow) are followed; a slab is free again when it is
 * followed and sealed, and `done` is the first that is not.
 */
struct slab {
	enum slab_state state;
	struct slab_part part;		/* of this run */
};

struct slabs {
	struct slabs_options o;
	struct gate *gate;
	unsigned cores, hands, ring;
	/* Made when first needed: most packages are one slab, put by one hand. */
	struct age_chunker *chunkers[SLAB_HANDS_MAX];
	uint8_t *sealed[SLAB_HANDS_MAX];	/* a slab's chunks with their tags */
	uint8_t *bytes[SLAB_RING_MAX];
	struct slab slabs[SLAB_RING_MAX];
	uint64_t at;			/* bytes before this run, then after it */
	uint64_t written;
	_Atomic uint64_t payload;	/* slabs_done */
	uint64_t told;			/* ticks */

	/* The run that is on; under the gate. */
	const struct slab_work *work;
	uint64_t run_from, run_to;
	uint64_t first, end;		/* slab numbers: [first, end) */
	uint64_t next_fill, next_follow, done;
	bool filling, following, failed;
	struct err err;
};

/* ---- making ---- */

/* Not zeroed (mem_resize): no byte is read here before it was written. */
static bool
hand_need(struct slabs *s, unsigned i, struct err *err)
{
	size_t n = SLAB_CHUNKS * (size_t)AGE_CHUNK_SEALED;

	if (s->o.stream == NULL || s->o.out == NULL)
		return true;
	if (s->sealed[i] == NULL)
		s->sealed[i] = mem_resize(NULL, n, err);
	return s->sealed[i] != NULL && (s->chunkers[i] != NULL ||
	    age_chunker_new(&s->chunkers[i], s->o.stream, err));
}

static bool
slab_need(struct slabs *s, uint64_t number, struct err *err)
{
	uint8_t **p = &s->bytes[number % s->ring];

	if (*p == NULL)
		*p = mem_resize(NULL, SLAB_BYTES, err);
	return *p != NULL;
}

/* What a run will use, before its threads begin. */
static bool
run_need(struct slabs *s, unsigned hands, struct err *err)
{
	for (unsigned i = 0; i < hands; i++)
		if (!hand_need(s, i, err))
			return false;
	for (uint64_t i = s->first; i < s->end && i - s->first < s->ring; i++)
		if (!slab_need(s, i, err))
			return false;
	return true;
}

static unsigned
hands_of(unsigned n)
{
	return n < 1 ? 1 : n > SLAB_HANDS_MAX ? SLAB_HANDS_MAX : n;
}

bool
slabs_new(const struct slabs_options *o, struct slabs **out, struct err *err)
{
	struct slabs *s = mem_new(sizeof *s, err);

	if (s == NULL)
		return false;
	s->o = *o;
	s->cores = hands_of(world_cores(o->w));
	/* A simulated world has one thread, and it never waits. */
	s->hands = !o->waits || world_is_sim(o->w) ? s->cores :
	    hands_of(s->cores + SLAB_HANDS_WAITING);
	s->ring = 2 * s->hands + 4;
	s->written = o->out_at;
	if (!gate_new(&s->gate, err)) {
		slabs_free(s);
		return false;
	}
	*out = s;
	return true;
}

void
slabs_free(struct slabs *s)
{
	unsigned i;

	if (s == NULL)
		return;
	gate_free(s->gate);
	for (i = 0; i < SLAB_HANDS_MAX; i++) {
		age_chunker_free(s->chunkers[i]);
		mem_free(s->sealed[i]);
	}
	for (i = 0; i < SLAB_RING_MAX; i++)
		mem_free(s->bytes[i]);
	mem_free(s);
}

unsigned
slabs_hands(const struct slabs *s)
{
	return s->hands;
}

uint64_t
slabs_at(const struct slabs *s)
{
	return s->at;
}

uint64_t
slabs_written(const struct slabs *s)
{
	return s->written;
}

void
slabs_done(struct slabs *s, uint64_t n)
{
	atomic_fetch_add_explicit(&s->payload, n, memory_order_relaxed);
}

/* ---- one slab to the disk ---- */

static bool
seal_chunks(struct slabs *s, unsigned hand, uint64_t number, struct span plain,
    bool last, size_t *sealed_n, struct err *err)
{
	uint64_t index = number * SLAB_CHUNKS;
	uint8_t *to = s->sealed[hand];

	do {
		size_t n = plain.n < AGE_CHUNK ? plain.n : AGE_CHUNK;

		if (!age_chunk_seal(s->chunkers[hand], index++,
		    last && n == plain.n, span_part(plain, 0, n), to, err))
			return false;
		to += n + (AGE_CHUNK_SEALED - AGE_CHUNK);
		plain = span_from(plain, n);
	} while (plain.n > 0);
	*sealed_n = (size_t)(to - s->sealed[hand]);
	return true;
}

/* Seal and write the first n bytes of a slab; no lock is held. */
static bool
put_slab(struct slabs *s, unsigned hand, uint64_t number, size_t n, bool last,
    uint64_t *end, struct err *err)
{
	struct span bytes = span_of(s->bytes[number % s->ring], n);
	uint64_t at = s->o.out_at + number * SLAB_BYTES;

	if (s->o.out == NULL)
		return true;
	if (s->o.stream != NULL) {
		if (!hand_need(s, hand, err) ||
		    !seal_chunks(s, hand, number, bytes, last, &bytes.n, err))
			return false;
		bytes.p = s->sealed[hand];
		at = s->o.out_at +
		    number * SLAB_CHUNKS * (uint64_t)AGE_CHUNK_SEALED;
	}
	if (!file_write_at(s->o.out, bytes, at, err))
		return false;
	*end = at + bytes.n;
	/* All before the ring's length were written: those may go to the disk now. */
	if (number >= 2 * SYNC_SLABS && number % SYNC_SLABS == 0)
		file_sync_begin(s->o.out, at - 2 * SYNC_SLABS * SLAB_BYTES,
		    (SYNC_SLABS + 1) * SLAB_BYTES);
	return true;
}

/* ---- between runs ---- */

bool
slabs_add(struct slabs *s, struct span bytes, struct err *err)
{
	while (bytes.n > 0) {
		size_t in = (size_t)(s->at % SLAB_BYTES), n = SLAB_BYTES - in;
		uint64_t number = s->at / SLAB_BYTES;

		/* A full slab is put only when more comes: it may be the last. */
		if (in == 0 && s->at > 0 &&
		    !put_slab(s, 0, number - 1, SLAB_BYTES, false, &s->written,
		    err))
			return false;
		if (n > bytes.n)
			n = bytes.n;
		if (!slab_need(s, number, err))
			return false;
		memcpy(s->bytes[number % s->ring] + in, bytes.p, n);
		s->at += n;
		bytes = span_from(bytes, n);
	}
	return true;
}

bool
slabs_zeros(struct slabs *s, uint64_t n, struct err *err)
{
	static const uint8_t zeros[4096];

	while (n > 0) {
		size_t now = n < sizeof zeros ? (size_t)n : sizeof zeros;

		if (!slabs_add(s, span_of(zeros, now), err))
			return false;
		n -= now;
	}
	return true;
}

bool
slabs_finish(struct slabs *s, struct err *err)
{
	uint64_t number = s->at == 0 ? 0 : (s->at - 1) / SLAB_BYTES;

	return put_slab(s, 0, number, (size_t)(s->at - number * SLAB_BYTES), true,
	    &s->written, err);
}

/* ---- a run ---- */

static struct slab *
slab_at(struct slabs *s, uint64_t number)
{
	return &s->slabs[number % s->ring];
}

/* A run's last slab stays open when it is not full, and when nothing may follow. */
static bool
stays_open(const struct slabs *s, uint64_t number)
{
	return (number + 1) * SLAB_BYTES >= s->run_to;
}

static void
part_set(struct slabs *s, uint64_t number)
{
	struct slab *b = slab_at(s, number);
	uint64_t from = number * SLAB_BYTES, to = from + SLAB_BYTES;

	if (from < s->run_from)
		from = s->run_from;
	if (to > s->run_to)
		to = s->run_to;
	b->part = (struct slab_part){
		.p = s->bytes[number % s->ring] + from % SLAB_BYTES,
		.at = from - s->run_from,
		.n = (size_t)(to - from),
		.slot = (unsigned)(number % s->ring),
	};
}

static bool
can_follow(struct slabs *s)
{
	enum slab_state state;

	if (s->following || s->next_follow == s->next_fill)
		return false;
	state = slab_at(s, s->next_follow)->state;
	return state != SLAB_FILLING;
}

static bool
can_fill(struct slabs *s)
{
	return s->next_fill < s->end && s->next_fill - s->done < s->ring &&
	    !(s->work->fill_in_order && s->filling);
}

/* The first slab that waits to be sealed; s->next_fill when none does. */
static uint64_t
find_filled(struct slabs *s)
{
	uint64_t i;

	for (i = s->done; i < s->next_fill; i++)
		if (slab_at(s, i)->state == SLAB_FILLED)
			break;
	return i;
}

/* Slabs that are followed and sealed make room. */
static void
free_done(struct slabs *s)
{
	while (s->done < s->next_follow &&
	    slab_at(s, s->done)->state == SLAB_SEALED) {
		slab_at(s, s->done)->state = SLAB_FREE;
		s->done++;
	}
	gate_wake(s->gate);
}

static void
run_fail(struct slabs *s, const struct err *err)
{
	if (!s->failed)
		s->err = *err;
	s->failed = true;
	gate_wake(s->gate);
}

/*
 * The steps.  Each is entered and left with the gate held, and lets go of it for
 * the work itself.
 */
static bool
step_follow(struct slabs *s, struct err *err)
{
	uint64_t i = s->next_follow;
	bool ok = true;

	if (s->work->follow != NULL) {
		s->following = true;
		gate_unlock(s->gate);
		ok = s->work->follow(s->work->arg, &slab_at(s, i)->part, err);
		gate_lock(s->gate);
		s->following = false;
	}
	s->next_follow++;
	free_done(s);
	return ok;
}

static bool
step_fill(struct slabs *s, unsigned hand, struct err *err)
{
	uint64_t i = s->next_fill++;
	struct slab *b = slab_at(s, i);
	bool ok;

	part_set(s, i);
	b->state = SLAB_FILLING;
	s->filling = true;
	if (s->work->plan != NULL && !s->work->plan(s->work->arg, &b->part, err))
		return false;
	gate_unlock(s->gate);
	ok = s->work->fill(s->work->arg, &b->part, hand, err);
	gate_lock(s->gate);
	s->filling = false;
	/* Nothing is sealed in a slab that stays open, or that is only hashed. */
	b->state = stays_open(s, i) || s->o.out == NULL ? SLAB_SEALED : SLAB_FILLED;
	free_done(s);
	return ok;
}

static bool
step_seal(struct slabs *s, uint64_t i, unsigned hand, struct err *err)
{
	uint64_t end = 0;
	bool ok;

	slab_at(s, i)->state = SLAB_SEALING;
	gate_unlock(s->gate);
	ok = put_slab(s, hand, i, SLAB_BYTES, false, &end, err);
	gate_lock(s->gate);
	slab_at(s, i)->state = SLAB_SEALED;
	if (end > s->written)
		s->written = end;
	free_done(s);
	return ok;
}

static bool
run_tell(struct slabs *s, struct err *err)
{
	uint64_t now, done;

	if (world_stop_wanted(s->o.w))
		return err_set(err, ERR_STOPPED, "stopped", "stopped as asked");
	if (s->o.progress == NULL)
		return true;
	now = world_ticks(s->o.w);
	if (now - s->told < TELL_TICKS)
		return true;
	s->told = now;
	done = atomic_load_explicit(&s->payload, memory_order_relaxed);
	s->o.progress->tell(s->o.progress, s->o.step,
	    done < s->o.total ? done : s->o.total, s->o.total);
	return true;
}

/*
 * What is most useful?  Hashing one long file cannot be shared out, so it never
 * waits while there is something to hash; while it goes on, enough is kept ready
 * for it; then slabs are sealed while they are still near the processor.
 */
static bool
step(struct slabs *s, unsigned hand, struct err *err)
{
	uint64_t filled;

	if (can_follow(s))
		return step_follow(s, err);
	if (s->following && s->next_fill - s->next_follow < AHEAD && can_fill(s))
		return step_fill(s, hand, err);
	filled = find_filled(s);
	if (filled < s->next_fill)
		return step_seal(s, filled, hand, err);
	if (can_fill(s))
		return step_fill(s, hand, err);
	gate_wait(s->gate);
	return true;
}

static void
run_hand(void *arg, unsigned hand)
{
	struct slabs *s = arg;
	struct err err = ERR_INIT;

	gate_lock(s->gate);
	while (!s->failed && s->done < s->end)
		if (!run_tell(s, &err) || !step(s, hand, &err))
			run_fail(s, &err);
	gate_unlock(s->gate);
}

bool
slabs_run(struct slabs *s, uint64_t n, const struct slab_work *work,
    struct err *err)
{
	unsigned started, hands = work->waits ? s->hands : s->cores;

	if (n == 0)
		return true;
	if (n < ALONE_BYTES)
		hands = 1;
	/* A slab that was just full, and held back in case it was the last. */
	if (s->at > 0 && s->at % SLAB_BYTES == 0 && !put_slab(s, 0,
	    s->at / SLAB_BYTES - 1, SLAB_BYTES, false, &s->written, err))
		return false;
	s->work = work;
	s->run_from = s->at;
	s->run_to = s->at + n;
	s->first = s->at / SLAB_BYTES;
	s->end = (s->run_to - 1) / SLAB_BYTES + 1;
	s->next_fill = s->next_follow = s->done = s->first;
	s->filling = s->following = s->failed = false;
	if (!run_need(s, hands, err))
		return false;
	world_run(s->o.w, hands, run_hand, s, &started);
	s->at = s->run_to;
	if (s->failed) {
		*err = s->err;
		return false;
	}
	return true;
}
