/*
 * All that waits in the inbox: in the order in which it was made, and again as long
 * as something moves, so that an answer finds its request however a bundle was packed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/apart.h"
#include "flow/kept.h"
#include "flow/people.h"
#include "flow/take_ahead.h"

struct waiting {
	struct inbox_name name;
	int64_t made_at;		/* as it says: an order, no proof */
	unsigned rank;			/* of what was made in the same second */
	bool joins;			/* of a kind that may be kept in a group */
	bool done;
	struct taken *told;		/* owned; why it waits, NULL: not looked at yet */
	size_t moves;			/* what had moved by then */
	bool for_now;			/* ... and it may end at the last look */
};

/* Parcels of one sender that wait. */
struct sender {
	char id[AUTHORITY_ID_MAX];
	size_t n;
};

struct inbox_run {
	struct flow *flow;
	struct waiting *list;
	size_t n;
	uint64_t seen;			/* of them n are looked at this time */
	struct take_bounds bounds;
	size_t moves;			/* what was taken in */
	size_t refusals;		/* of nobody known, with a leaf each */
	struct sender *senders;
	size_t senders_n;
	bool (*each)(void *arg, const char *name, const struct taken *t,
	    struct err *err);
	void *arg;
	size_t taken;
	struct taking *t;
	struct taken out;
	struct take_group group;
	struct take_ahead ahead;
};

/*
 * The place of one more in a list that is full, or SIZE_MAX: each of all that were seen stays
 * in it with the same chance (Vitter, algorithm R), in whatever order a folder tells them.
 */
static bool
place_draw(struct inbox_run *r, size_t *out, struct err *err)
{
	uint64_t at;

	if (!world_random(r->flow->world, &at, sizeof at, err))
		return false;
	at %= r->seen;
	*out = at < r->n ? (size_t)at : SIZE_MAX;
	return true;
}

static bool
waiting_add(struct inbox_run *r, const char *name, struct err *err)
{
	struct waiting *list;
	size_t at = r->n;

	r->seen++;
	if (r->n == r->bounds.list && !place_draw(r, &at, err))
		return false;
	if (at == SIZE_MAX)
		return true;
	if (at == r->n) {
		list = mem_grow(r->list, r->n, sizeof *list, err);
		if (list == NULL)
			return false;
		r->list = list;
		r->n++;
	}
	memset(&r->list[at], 0, sizeof *r->list);
	(void)snprintf(r->list[at].name.s, sizeof r->list->name.s, "inbox/%s", name);
	return true;
}

static bool
list_all(struct inbox_run *r, struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, ok;

	ok = listing_open(r->flow->world, home_dir(r->flow->home), "inbox", &l, err);
	while (ok && more) {
		ok = listing_next(l, &e, &more, err);
		if (ok && more && strlen(e.name) < 80 && (name_ends(e.name,
		    ".comity") || name_ends(e.name, ".taking")))
			ok = waiting_add(r, e.name, err);
	}
	listing_close(l);
	return ok;
}

/* What can follow what, roughly: the thread's own rules decide. */
static unsigned
rank_of(enum act_kind kind)
{
	switch (act_kind_class(kind)) {
	case ACT_IS_RECEIPT:
		return 0;
	case ACT_IS_REQUEST:
		return 1;
	case ACT_IS_ANSWER:
		return kind == ACT_QUESTION ? 2 : kind == ACT_REPLY ? 3 :
		    kind == ACT_WITHDRAWN ? 6 : 4;
	case ACT_IS_EVIDENCE:
		return 5;
	case ACT_IS_NOTICE:
	case ACT_IS_TIME_STAMP:
	case ACT_IS_CARD:
	default:
		return 7;
	}
}

/* When was it made?  Only the first entries of the parcel are read for it. */
static bool
peek(struct inbox_run *r, struct node_trust *trust, struct waiting *w,
    struct err *err)
{
	struct package_reading in = { .world = r->flow->world,
		.at = home_dir(r->flow->home), .path = w->name.s, .keys = &trust->keys };
	struct err why = ERR_INIT;
	struct file_info info;
	struct buf json;
	struct act a;
	bool ok;

	if (name_ends(w->name.s, ".taking")) {
		w->made_at = INT64_MIN;		/* begun: it is ended first */
		return true;
	}
	act_init(&a, ACT_CARD);
	buf_init(&json, ACT_BYTES_MAX);
	ok = package_extract(&in, "act.json", &json, &why) &&
	    act_decode(&a, buf_span(&json), &why);
	w->made_at = ok ? a.made_at : INT64_MAX;
	w->rank = ok ? rank_of(a.kind) : 0;
	w->joins = ok && take_group_kind(a.kind) && path_info(r->flow->world,
	    home_dir(r->flow->home), w->name.s, &info, &why) &&
	    info.size <= TAKE_GROUP_BYTES;
	act_clear(&a);
	buf_clear(&json);
	if (ok || (why.kind != ERR_MEMORY && why.kind != ERR_STOPPED &&
	    why.kind != ERR_IO))
		return true;
	*err = why;
	return false;
}

static int
made_order(const void *a, const void *b)
{
	const struct waiting *x = a, *y = b;

	if (x->made_at != y->made_at)
		return x->made_at < y->made_at ? -1 : 1;
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return strcmp(x->name.s, y->name.s);
}

/* All of them, on all cores: what each says follows from its own bytes. */
struct peeking {
	struct inbox_run *r;
	struct node_trust trust;	/* keys alone, and only read */
	struct gate *gate;		/* over the rest */
	size_t next, failed_at;
	struct err err;			/* of the first that failed; ERR_NONE: none */
};

static bool
peek_claim(struct peeking *p, size_t *out)
{
	bool any;

	gate_lock(p->gate);
	any = p->next < p->r->n && p->err.kind == ERR_NONE;
	if (any)
		*out = p->next++;
	gate_unlock(p->gate);
	return any;
}

static void
peek_failed(struct peeking *p, size_t at, const struct err *err)
{
	gate_lock(p->gate);
	if (p->err.kind == ERR_NONE || at < p->failed_at) {
		p->err = *err;
		p->failed_at = at;
	}
	gate_unlock(p->gate);
}

static void
peek_hand(void *arg, unsigned number)
{
	struct peeking *p = arg;
	struct err err = ERR_INIT;
	size_t i;

	(void)number;
	while (peek_claim(p, &i))
		if (!peek(p->r, &p->trust, &p->r->list[i], &err))
			peek_failed(p, i, &err);
}

static bool
order_all(struct inbox_run *r, struct err *err)
{
	struct peeking p = { .r = r, .gate = r->ahead.gate, .err = ERR_INIT };
	unsigned hands = world_cores(r->flow->world), started;
	bool ok = r->n == 0;

	if (ok)
		return true;
	ok = node_trust_open(&p.trust, r->flow, true, err);
	if (ok) {
		world_run(r->flow->world, hands > TAKE_AHEAD_HANDS ? TAKE_AHEAD_HANDS :
		    hands, peek_hand, &p, &started);
		ok = p.err.kind == ERR_NONE;
		if (!ok)
			*err = p.err;
	}
	node_trust_close(&p.trust);
	if (ok)
		qsort(r->list, r->n, sizeof *r->list, made_order);
	return ok;
}

/* SURE: nothing else waits that could come before it.  TELL: what still waits, why. */
enum pass_kind { PASS_TRY, PASS_SURE, PASS_TELL };

/* Those that were kept are told. */
static bool
group_told(struct inbox_run *r, bool *moved, struct err *err)
{
	struct take_group *g = &r->group;
	bool ok = true;

	for (size_t i = 0; ok && i < g->n; i++) {
		struct waiting *w = &r->list[g->list[i]->waiting];

		w->done = *moved = true;
		r->moves++;
		r->taken++;
		ok = r->each == NULL || r->each(r->arg, w->name.s, &g->list[i]->out, err);
	}
	take_group_clear(g);
	return ok;
}

/* Those that joined are kept now. */
static bool
group_take(struct inbox_run *r, bool *moved, struct err *err)
{
	return take_ahead_keep(&r->ahead, &r->group, err) && group_told(r, moved, err);
}

/*
 * Those that joined are kept now, while this one and those that follow it are read:
 * up to the first that goes alone for sure, as it may change who is believed.
 */
static bool
read_ahead(struct inbox_run *r, const struct waiting *w, bool *moved, struct err *err)
{
	size_t from = (size_t)(w - r->list);
	bool full = false;

	if (take_ahead_has(&r->ahead, from))
		return true;
	take_ahead_begin(&r->ahead);
	for (size_t i = from; i < r->n && !full && r->list[i].joins; i++)
		if (!r->list[i].done && !take_ahead_add(&r->ahead, r->list[i].name.s,
		    "stick", i, &full, err))
			return false;
	return take_ahead_run(&r->ahead, r->group.n > 0 ? &r->group : NULL, err) &&
	    group_told(r, moved, err);
}

/* Why it waits, as long as nothing more moves: it is not gone through again for that. */
static bool
waits_note(struct inbox_run *r, struct waiting *w, const struct taken *t, bool for_now,
    struct err *err)
{
	if (w->told == NULL)
		w->told = mem_new(sizeof *w->told, err);
	if (w->told == NULL)
		return false;
	*w->told = *t;
	w->moves = r->moves;
	w->for_now = for_now;
	return true;
}

static bool
waits_still(const struct inbox_run *r, const struct waiting *w, enum pass_kind kind)
{
	return w->told != NULL && w->moves == r->moves &&
	    (kind == PASS_TRY || !w->for_now);
}

/* Into the group, if it fits there. */
static bool
join(struct inbox_run *r, struct waiting *w, bool *moved, bool *joined, struct err *err)
{
	size_t at = (size_t)(w - r->list);
	struct take_member *m;

	if (!read_ahead(r, w, moved, err) ||
	    (r->group.n == TAKE_GROUP_MAX && !group_take(r, moved, err)))
		return false;
	m = take_ahead_take(&r->ahead, at);
	if (!(m != NULL ? take_group_join_read(&r->group, m, joined, err) :
	    take_group_join(&r->group, w->name.s, "stick", at, joined, err)))
		return false;
	if (!*joined && r->group.last_waits) {
		*joined = true;		/* as far as it goes now */
		return waits_note(r, w, &r->group.last, false, err);
	}
	return true;
}

/* over: what is said of one that waits too long; NULL else. */
static bool
take_alone(struct inbox_run *r, struct waiting *w, enum pass_kind kind,
    const struct taken *over, struct err *err)
{
	bool ok;

	taking_init(r->t, r->flow);
	r->t->over = over;
	r->t->no_leaf = r->refusals >= r->bounds.refusals;
	ok = take_one(r->flow, w->name.s, "stick", kind != PASS_TRY, r->t, &r->out,
	    err);
	w->done = r->out.as != TAKEN_WAITS;
	r->refusals += r->t->leaf && !r->t->known;
	ok = ok && (w->done || waits_note(r, w, &r->out, r->t->for_now, err));
	taking_clear(r->t);
	if (!ok)
		return err_wrap(err, "%s", w->name.s);
	r->moves += r->out.as == TAKEN;
	r->taken += w->done;
	return !w->done || r->each == NULL || r->each(r->arg, w->name.s, &r->out, err);
}

/* ---- what still waits at the end ---- */

static bool
sender_count(struct inbox_run *r, const char *id, size_t *n, struct err *err)
{
	struct sender *more;
	size_t i = 0;

	while (i < r->senders_n && strcmp(r->senders[i].id, id) != 0)
		i++;
	if (i == r->senders_n) {
		more = mem_grow(r->senders, i, sizeof *more, err);
		if (more == NULL)
			return false;
		r->senders = more;
		memset(&r->senders[i], 0, sizeof r->senders[i]);
		(void)snprintf(r->senders[r->senders_n++].id, sizeof r->senders->id, "%s",
		    id);
	}
	*n = ++r->senders[i].n;
	return true;
}

/* Did it wait long enough, or do too many of its sender?  over->reason "": it may. */
static bool
waits_over(struct inbox_run *r, const struct waiting *w, struct taken *over,
    struct err *err)
{
	struct world *world = r->flow->world;
	struct file_info info;
	size_t n;

	over->reason = "";
	if (!path_info(world, home_dir(r->flow->home), w->name.s, &info, err))
		return false;
	/* Its copy was made when it was brought. */
	if (world_now(world) - info.mtime > TAKE_WAIT_SECONDS) {
		over->reason = "take.waited";
		(void)snprintf(over->text, sizeof over->text,
		    "What it follows has not come in %d days, and it is set aside. Ask %s for what came before it: its bundle brings both again.",
		    (int)(TAKE_WAIT_SECONDS / 86400), w->told->from);
		return true;
	}
	if (!sender_count(r, w->told->from, &n, err))
		return false;
	if (n <= r->bounds.waits)
		return true;
	over->reason = "take.waits-many";
	(void)snprintf(over->text, sizeof over->text,
	    "%zu other parcels of %s wait for acts that have not come: this one is set aside. Ask %s for what came before: its bundle brings all again.",
	    r->bounds.waits, w->told->from, w->told->from);
	return true;
}

static bool
waits_tell(struct inbox_run *r, struct waiting *w, struct err *err)
{
	struct taken over;

	if (!waits_still(r, w, PASS_TELL) && !take_alone(r, w, PASS_TELL, NULL, err))
		return false;
	if (w->done)
		return true;
	if (!waits_over(r, w, &over, err))
		return false;
	if (over.reason[0] != '\0')
		return take_alone(r, w, PASS_TELL, &over, err);
	return r->each == NULL || r->each(r->arg, w->name.s, w->told, err);
}

/* With others in a group where it can be, else alone after those before it. */
static bool
take_next(struct inbox_run *r, struct waiting *w, enum pass_kind kind, bool *moved,
    struct err *err)
{
	bool joined = false, there;
	size_t before;

	if (world_stop_wanted(r->flow->world))
		return err_set(err, ERR_STOPPED, "stopped",
		    "stopped; what is taken in is kept, the same command goes on");
	/* Ended by its mark, or by a copy of the same bytes under another name. */
	if (!take_there(r->flow, w->name.s, &there, err))
		return false;
	w->done = !there;
	if (w->done || (kind != PASS_TELL && waits_still(r, w, kind)))
		return true;
	if (kind == PASS_TRY && w->joins && !join(r, w, moved, &joined, err))
		return false;
	if (joined)
		return true;
	if (!group_take(r, moved, err))
		return false;
	before = r->moves;
	if (!(kind == PASS_TELL ? waits_tell(r, w, err) : take_alone(r, w, kind, NULL, err)))
		return false;
	*moved = *moved || r->moves > before;
	return true;
}

/* One pass over what is not done; *moved: something new was taken in. */
static bool
pass(struct inbox_run *r, enum pass_kind kind, bool *moved, struct err *err)
{
	*moved = false;
	for (size_t i = 0; i < r->n; i++)
		if (!r->list[i].done && !take_next(r, &r->list[i], kind, moved, err))
			return false;
	return group_take(r, moved, err);
}

/*
 * In the order in which they were made one pass is enough.  More are for clocks that
 * differ; that many, and not more, so that nobody can make this home go round for
 * ever: what is left is looked at again the next time.
 */
#define PASSES_MAX 8

static bool
take_all(struct inbox_run *r, struct err *err)
{
	bool moved = true;

	for (unsigned i = 0; i < PASSES_MAX && moved; i++)
		if (!pass(r, PASS_TRY, &moved, err) ||
		    (!moved && !pass(r, PASS_SURE, &moved, err)))
			return false;
	return pass(r, PASS_TELL, &moved, err);
}

static void
run_clear(struct inbox_run *r)
{
	take_ahead_clear(&r->ahead);
	take_group_clear(&r->group);
	for (size_t i = 0; i < r->n; i++)
		mem_free(r->list[i].told);
	mem_free(r->list);
	mem_free(r->senders);
	mem_free(r->t);
}

bool
take_inbox_within(struct flow *f, const struct take_bounds *bounds,
    bool (*each)(void *arg, const char *name, const struct taken *t, struct err *err),
    void *arg, size_t *n, struct err *err)
{
	struct inbox_run r = { .flow = f, .bounds = *bounds, .each = each, .arg = arg,
		.group.flow = f };
	bool ok;

	*n = 0;
	r.t = mem_new(sizeof *r.t, err);
	ok = r.t != NULL && home_lock(f->home, err) && flow_may(f, PEOPLE_RECEIVE, err) &&
	    taking_restore(f, err) && kept_begin(f, err) &&
	    take_ahead_new(&r.ahead, f, err) && list_all(&r, err) &&
	    order_all(&r, err);
	r.group.sealing.gate = r.ahead.gate;
	ok = ok && take_all(&r, err);
	if (ok && r.seen > r.n && each != NULL) {
		memset(&r.out, 0, sizeof r.out);
		r.out.as = TAKEN_WAITS;
		r.out.reason = "take.more";
		(void)snprintf(r.out.text, sizeof r.out.text,
		    "%llu more wait in the inbox; take in again.",
		    (unsigned long long)(r.seen - r.n));
		ok = each(arg, "inbox", &r.out, err);
	}
	*n = r.taken;
	run_clear(&r);
	kept_end(f);
	if (r.taken > 0)
		parcels_part_later(f);
	return ok;
}

bool
flow_take_inbox(struct flow *f,
    bool (*each)(void *arg, const char *name, const struct taken *t, struct err *err),
    void *arg, size_t *n, struct err *err)
{
	static const struct take_bounds bounds = { .list = TAKE_MAX,
		.refusals = TAKE_REFUSALS_MAX, .waits = TAKE_WAITS_MAX };

	return take_inbox_within(f, &bounds, each, arg, n, err);
}
