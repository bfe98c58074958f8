#include "package/read_run.h"

#include <string.h>

struct run {
	struct run_options opt;
	struct gate *gate;
	struct slab *slabs;
	unsigned slabs_n;
	struct worker *workers;
	unsigned workers_n;
	struct hasher *chain;
	/* The slab each ordered step takes next; fetch_next is the next to begin. */
	uint64_t fetch_next, lay_next, chain_next, finish_next;
	uint64_t end;			/* how many slabs there are; UINT64_MAX unknown */
	bool laying, chaining, finishing;
	bool stopped;			/* the checker wants no more */
	bool failed;
	struct err err;
};

enum job { JOB_NONE, JOB_OVER, JOB_FETCH, JOB_LAY, JOB_WORK, JOB_CHAIN, JOB_FINISH };

const char *
piece_path(const struct slab *s, const struct piece *p)
{
	return s->paths + p->path_at;
}

struct piece *
slab_piece(struct slab *s, const char *path)
{
	size_t n = strlen(path) + 1;
	struct piece *p;

	if (s->pieces_n == s->pieces_room ||
	    s->paths_n + n > s->pieces_room * PIECE_PATH_ROOM)
		return NULL;
	p = &s->pieces[s->pieces_n++];
	memset(p, 0, sizeof *p);
	p->path_at = (uint32_t)s->paths_n;
	memcpy(s->paths + s->paths_n, path, n);
	s->paths_n += n;
	return p;
}

static struct slab *
slab_of(struct run *r, uint64_t index)
{
	return &r->slabs[index % r->slabs_n];
}

/* ---- the steps ---- */

static bool
piece_whole(const struct piece *p)
{
	return p->first && p->last && !p->missing && !p->wrong && !p->known;
}

static bool
step_work(struct run *r, struct worker *w, struct slab *s, struct err *err)
{
	const struct run_ops *ops = r->opt.ops;

	if (ops->before != NULL && !ops->before(r->opt.arg, w, s, err))
		return false;
	for (size_t i = 0; i < s->pieces_n; i++) {
		struct piece *p = &s->pieces[i];

		if (!piece_whole(p))
			continue;
		hasher_add(w->hasher, span_of(s->bytes + p->at, p->n));
		if (!hasher_end(w->hasher, &p->digest, err))
			return false;
	}
	return ops->after == NULL || ops->after(r->opt.arg, w, s, err);
}

static bool
step_chain(struct run *r, struct slab *s, struct err *err)
{
	for (size_t i = 0; i < s->pieces_n; i++) {
		struct piece *p = &s->pieces[i];

		if ((p->first && p->last) || p->missing || p->wrong)
			continue;
		if (p->first)
			hasher_restart(r->chain);
		hasher_add(r->chain, span_of(s->bytes + p->at, p->n));
		if (p->last && !hasher_end(r->chain, &p->digest, err))
			return false;
	}
	return true;
}

/*
 * A slab's room, when it is first fetched: most packages are one slab, and that one
 * is not full.  Not zeroed (mem_resize): s->n, s->pieces_n and s->paths_n say how much
 * of it was written.
 */
static bool
slab_need(const struct run *r, struct slab *s, struct err *err)
{
	const struct plain *p = r->opt.plain;
	size_t room = SLAB_BYTES;

	/* What opens of a parcel are whole chunks. */
	if (p != NULL && p->size <= SLAB_BYTES - AGE_CHUNK)
		room = ((size_t)p->size / AGE_CHUNK + 1) * AGE_CHUNK;
	s->pieces_room = room / 512 + 2;	/* PIECES_MAX of a full one */
	if (s->bytes == NULL)
		s->bytes = mem_resize(NULL, room, err);
	if (s->pieces == NULL)
		s->pieces = mem_resize(NULL, s->pieces_room * sizeof *s->pieces, err);
	if (s->paths == NULL)
		s->paths = mem_resize(NULL, s->pieces_room * PIECE_PATH_ROOM, err);
	return s->bytes != NULL && s->pieces != NULL && s->paths != NULL;
}

/* flag: what lay and finish say besides. */
static bool
step_do(struct run *r, struct worker *w, enum job job, struct slab *s, bool *flag,
    struct err *err)
{
	const struct run_ops *ops = r->opt.ops;
	void *arg = r->opt.arg;

	switch (job) {
	case JOB_FETCH:
		return slab_need(r, s, err) && ops->fetch(arg, w, s, err);
	case JOB_LAY:
		return ops->lay(arg, s, flag, err);
	case JOB_WORK:
		return step_work(r, w, s, err);
	case JOB_CHAIN:
		return step_chain(r, s, err);
	case JOB_FINISH:
		return ops->finish(arg, s, flag, err);
	case JOB_NONE:
	case JOB_OVER:
		break;
	}
	return true;
}

/* ---- who does what ----
 *
 * The step nearest the end of the line goes first, so that slabs come free.
 * Everything two threads look at is changed under the gate only; a slab's bytes
 * and pieces belong to whoever has a job on it.
 */

static enum job
job_claim(struct run *r, struct slab **out)
{
	struct slab *s;

	if (r->failed || r->stopped || r->finish_next >= r->end)
		return JOB_OVER;
	s = slab_of(r, r->finish_next);
	if (!r->finishing && r->finish_next < r->chain_next) {
		r->finishing = true;
		*out = s;
		return JOB_FINISH;
	}
	s = slab_of(r, r->chain_next);
	if (!r->chaining && r->chain_next < r->lay_next && s->worked) {
		r->chaining = true;
		*out = s;
		return JOB_CHAIN;
	}
	for (uint64_t i = r->chain_next; i < r->lay_next; i++) {
		s = slab_of(r, i);
		if (!s->working) {
			s->working = true;
			*out = s;
			return JOB_WORK;
		}
	}
	s = slab_of(r, r->lay_next);
	if (!r->laying && r->lay_next < r->end && r->lay_next < r->fetch_next &&
	    s->fetched) {
		r->laying = true;
		*out = s;
		return JOB_LAY;
	}
	if (r->fetch_next < r->end && r->fetch_next - r->finish_next < r->slabs_n) {
		s = slab_of(r, r->fetch_next);
		s->index = r->fetch_next++;
		s->n = s->pieces_n = s->paths_n = 0;
		s->brk = (struct plain_break){ 0 };
		s->fetched = s->working = s->worked = false;
		*out = s;
		return JOB_FETCH;
	}
	return JOB_NONE;
}

static void
job_done(struct run *r, enum job job, struct slab *s, bool flag)
{
	switch (job) {
	case JOB_FETCH:
		s->fetched = true;
		break;
	case JOB_LAY:
		r->laying = false;
		r->lay_next++;
		if (flag)
			r->end = s->index + 1;
		break;
	case JOB_WORK:
		s->worked = true;
		break;
	case JOB_CHAIN:
		r->chaining = false;
		r->chain_next++;
		break;
	case JOB_FINISH:
		r->finishing = false;
		r->finish_next++;
		r->stopped |= flag;
		break;
	case JOB_NONE:
	case JOB_OVER:
		break;
	}
}

static void
run_worker(void *arg, unsigned i)
{
	struct run *r = arg;
	struct worker *w = &r->workers[i];
	struct slab *s = NULL;
	enum job job;

	gate_lock(r->gate);
	while ((job = job_claim(r, &s)) != JOB_OVER) {
		struct err err = ERR_INIT;
		bool flag = false, ok;

		if (job == JOB_NONE) {
			gate_wait(r->gate);
			continue;
		}
		gate_unlock(r->gate);
		if (world_stop_wanted(r->opt.world))
			ok = err_set(&err, ERR_STOPPED, "package.stopped",
			    "stopped as asked");
		else
			ok = step_do(r, w, job, s, &flag, &err);
		gate_lock(r->gate);
		if (ok) {
			job_done(r, job, s, flag);
		} else if (!r->failed) {
			r->failed = true;
			r->err = err;
		}
		gate_wake(r->gate);
	}
	gate_unlock(r->gate);
}

/* ---- making and freeing ---- */

static void
run_clear(struct run *r)
{
	for (unsigned i = 0; r->slabs != NULL && i < r->slabs_n; i++) {
		mem_free(r->slabs[i].bytes);
		mem_free(r->slabs[i].pieces);
		mem_free(r->slabs[i].paths);
	}
	for (unsigned i = 0; r->workers != NULL && i < r->workers_n; i++) {
		hasher_free(r->workers[i].hasher);
		plain_reader_clear(&r->workers[i].reader);
	}
	mem_free(r->slabs);
	mem_free(r->workers);
	if (r->chain != r->opt.chain)
		hasher_free(r->chain);
	gate_free(r->gate);
}

static bool
run_init(struct run *r, struct err *err)
{
	unsigned cores = world_cores(r->opt.world);

	r->end = UINT64_MAX;
	/* One slab is not worth starting a thread for. */
	r->workers_n = r->opt.plain != NULL && r->opt.plain->size <= SLAB_BYTES ? 1 :
	    cores > WORKERS_MAX ? WORKERS_MAX : cores;
	r->slabs_n = r->workers_n == 1 ? 1 : r->workers_n == 2 ? SLABS_FEW : SLABS_MAX;
	r->workers = mem_array(r->workers_n, sizeof *r->workers, err);
	r->slabs = mem_array(r->slabs_n, sizeof *r->slabs, err);
	if (r->workers == NULL || r->slabs == NULL || !gate_new(&r->gate, err))
		return false;
	r->chain = r->opt.chain;
	if (r->chain == NULL && !hasher_new(&r->chain, err))
		return false;
	for (unsigned i = 0; i < r->workers_n; i++)
		if (!hasher_new(&r->workers[i].hasher, err) ||
		    (r->opt.plain != NULL && !plain_reader_init(
		    &r->workers[i].reader, r->opt.plain, err)))
			return false;
	return true;
}

bool
run_slabs(const struct run_options *opt, struct err *err)
{
	struct run r = { .opt = *opt };
	unsigned started = 0;
	bool ok = run_init(&r, err);

	if (ok) {
		world_run(opt->world, r.workers_n, run_worker, &r, &started);
		ok = !r.failed;
		if (!ok)
			*err = r.err;
	}
	run_clear(&r);
	return ok;
}
