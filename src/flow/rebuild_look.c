/* The journal as a list, and what our own packages say of numbers and receipts. */
#include <stdio.h>
#include <string.h>

#include "flow/again.h"
#include "flow/rebuild.h"
#include "flow/take.h"

#define FIRST_ROOM 64

/* ---- places by digest ---- */

static size_t
slot_of(const struct digest_map *m, const struct digest *key)
{
	uint64_t h = 0;

	for (size_t i = 0; i < 8; i++)
		h = h << 8 | key->b[i];
	for (size_t i = (size_t)h & (m->room - 1);; i = (i + 1) & (m->room - 1))
		if (!m->list[i].used || digest_eq(&m->list[i].key, key))
			return i;
}

static bool
map_grow(struct digest_map *m, struct err *err)
{
	struct digest_map more = { .room = m->room == 0 ? FIRST_ROOM : 2 * m->room };

	more.list = mem_array(more.room, sizeof *more.list, err);
	if (more.list == NULL)
		return false;
	memset(more.list, 0, more.room * sizeof *more.list);
	for (size_t i = 0; i < m->room; i++)
		if (m->list[i].used)
			more.list[slot_of(&more, &m->list[i].key)] = m->list[i];
	more.n = m->n;
	mem_free(m->list);
	*m = more;
	return true;
}

bool
digest_map_put(struct digest_map *m, const struct digest *key, size_t value,
    struct err *err)
{
	struct digest_place *p;

	if (2 * (m->n + 1) > m->room && !map_grow(m, err))
		return false;
	p = &m->list[slot_of(m, key)];
	if (!p->used) {
		*p = (struct digest_place){ *key, value, true };
		m->n++;
	}
	return true;
}

bool
digest_map_find(const struct digest_map *m, const struct digest *key, size_t *value)
{
	const struct digest_place *p;

	if (m->n == 0)
		return false;
	p = &m->list[slot_of(m, key)];
	if (p->used)
		*value = p->value;
	return p->used;
}

void
digest_map_clear(struct digest_map *m)
{
	mem_free(m->list);
	memset(m, 0, sizeof *m);
}

bool
rebuild_stops(const struct err *why)
{
	return why->kind == ERR_MEMORY || why->kind == ERR_STOPPED || why->kind == ERR_IO;
}

/* ---- the list ---- */

static void
note_read(struct entry *e, const struct record *r)
{
	const char *dot = strchr(r->reason, '.');

	if (strcmp(r->reason, "stamp.added") == 0)
		e->note = NOTE_STAMPED;
	if (record_means(r))
		e->note = NOTE_CODED;
	if (r->event == EVENT_DECIDED && strncmp(r->reason, "by.", 3) == 0)
		(void)!send_by_parse(dot + 1, &e->by);
	if (r->event == EVENT_DECIDED && strcmp(r->rule, "seal") == 0)
		e->kind = ACT_DELIVERED;
	if (r->event == EVENT_DECIDED && strcmp(r->rule, "answer") == 0 &&
	    !act_kind_parse(r->outcome, &e->kind))
		e->kind = ACT_KINDS;
	e->paper = r->event == EVENT_RECEIVED &&
	    strncmp(r->reason, "recorded.", 9) == 0 && send_by_parse(dot + 1, &e->by);
	e->gone = r->event == EVENT_DESTROYED && strcmp(r->reason, "making.cut") == 0;
}

static void
entry_fill(struct entry *e, const struct record *r)
{
	e->kind = ACT_KINDS;
	e->when = r->at;
	e->event = r->event;
	e->has_act = r->has_act;
	e->has_package = r->has_package;
	e->has_before = r->has_before;
	e->act = r->act;
	e->package = r->package;
	e->before = r->before;
	e->peer = r->peer;
	e->files = r->payload_files;
	e->bytes = r->payload_bytes;
	e->pinned = r->event == EVENT_EVIDENCE_ADDED && r->files_n == 1;
	if (e->pinned)
		e->fingerprint = r->files[0].sha256;
	note_read(e, r);
}

/* What two entries together say: the one before is told by the one behind. */
static void
entry_joins(struct rebuilding *r, const struct entry *e)
{
	size_t i;

	if (!e->has_act || !digest_map_find(&r->made, &e->act, &i))
		return;
	if (e->event == EVENT_DESTROYED && e->gone)
		r->list[i].gone = true;
	if (e->event == EVENT_RECEIVED && e->paper) {
		r->list[i].paper = true;
		r->list[i].by = e->by;
		r->list[i].peer = e->peer;
	}
}

static bool
entry_add(void *arg, const struct journal_entry *x, struct err *err)
{
	struct rebuilding *r = arg;
	struct entry *more, *e;
	struct record rec;

	if (journal_lost(x->record))
		return true;		/* only its leaf is known */
	more = mem_grow(r->list, r->n, sizeof *more, err);
	if (more == NULL)
		return false;
	r->list = more;
	e = &r->list[r->n];
	memset(e, 0, sizeof *e);
	if (!record_decode(&rec, x->record, err) ||
	    !digest_of(x->record, &e->sha256, err))
		return false;
	entry_fill(e, &rec);
	e->at = x->at;
	/* Its kind and the way it went stand in what was decided about it, right before. */
	if (e->event == EVENT_MADE && r->n > 0 && e[-1].event == EVENT_DECIDED &&
	    e[-1].has_act && digest_eq(&e[-1].act, &e->act)) {
		e->by = e[-1].by;
		e->kind = e[-1].kind;
	}
	if (!digest_map_put(&r->sha256, &e->sha256, r->n, err) ||
	    (e->event == EVENT_MADE && e->has_act &&
	    !digest_map_put(&r->made, &e->act, r->n, err)))
		return false;
	r->n++;
	entry_joins(r, e);
	return true;
}

/* ---- what a cut command was taking in ---- */

static bool
mark_add(struct rebuilding *r, const char *name, struct err *err)
{
	struct parcel_path *more;
	char path[160];
	const char *to;
	struct buf b;
	bool ok;

	more = mem_grow(r->marked, r->marked_n, sizeof *more, err);
	if (more == NULL)
		return false;
	r->marked = more;
	(void)snprintf(path, sizeof path, "inbox/%.80s", name);
	buf_init(&b, sizeof r->marked->s - 1);
	ok = home_load(r->f->home, path, &b, err) && buf_text(&b, &to, err);
	if (ok)
		(void)snprintf(r->marked[r->marked_n++].s, sizeof r->marked->s, "%s", to);
	buf_clear(&b);
	return ok || (!rebuild_stops(err) && (err_clear(err), true));
}

static bool
inbox_marks_load(struct rebuilding *r, struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, ok;

	ok = listing_open(r->f->world, home_dir(r->f->home), "inbox", &l, err);
	while (ok && more) {
		ok = listing_next(l, &e, &more, err);
		if (ok && more && name_ends(e.name, ".taking"))
			ok = mark_add(r, e.name, err);
	}
	listing_close(l);
	return ok;
}

bool
rebuild_load(struct rebuilding *r, struct err *err)
{
	struct log *l;

	return ledger_log(r->f, &l, err) &&
	    journal_each(log_journal(l), 0, entry_add, r, err) &&
	    taking_restore(r->f, err) && inbox_marks_load(r, err);
}

/* ---- numbers ---- */

bool
rebuild_number_take(struct rebuilding *r, unsigned number, struct err *err)
{
	if (number >= r->taken_n) {
		size_t want = (size_t)number + FIRST_ROOM;
		bool *more = mem_resize(r->taken, want * sizeof *more, err);

		if (more == NULL)
			return false;
		memset(more + r->taken_n, 0, want - r->taken_n);
		r->taken = more;
		r->taken_n = want;
	}
	r->taken[number] = true;
	return true;
}

/*
 * Threads get their numbers in order: one that nobody named has the first free number
 * behind those that were there when it opened.
 */
unsigned
rebuild_number(struct rebuilding *r, const struct digest *act)
{
	size_t known;

	if (digest_map_find(&r->numbers, act, &known)) {
		if (known > r->last)
			r->last = (unsigned)known;
		return (unsigned)known;
	}
	do
		r->last++;
	while (r->last < r->taken_n && r->taken[r->last]);
	return r->last;
}

static bool
number_note(struct rebuilding *r, const struct digest *act, const char *text,
    struct err *err)
{
	struct err why = ERR_INIT;
	unsigned number;

	return !request_number_parse(text, &number, &why) ||
	    (digest_map_put(&r->numbers, act, number, err) &&
	    rebuild_number_take(r, number, err));
}

/* ---- receipts ---- */

static bool
receipt_note(struct rebuilding *r, const struct entry *e, const struct act *a,
    struct err *err)
{
	const struct receipt_body *b = &a->body.receipt;
	struct file_info info;
	struct receipt_seen *s = mem_grow(r->seen, r->seen_n, sizeof *s, err);

	if (s == NULL)
		return false;
	r->seen = s;
	if (!path_info(r->f->world, home_dir(r->f->home), parcel_path(&e->act).s, &info,
	    err))
		return false;
	s = &r->seen[r->seen_n];
	memset(s, 0, sizeof *s);
	s->of = b->act;
	s->package = b->package;
	memcpy(s->unchanged, b->unchanged, sizeof s->unchanged);
	memcpy(s->who, b->who, sizeof s->who);
	memcpy(s->when, b->when, sizeof s->when);
	s->bytes = b->parcel_bytes;
	s->sha256 = b->parcel_sha256;
	s->row.act = e->act;
	s->row.package = e->package;
	(void)snprintf(s->row.kind, sizeof s->row.kind, "%s", act_kind_name(a->kind));
	s->row.direction = ACT_OUT;
	(void)snprintf(s->row.peer, sizeof s->row.peer, "%s", a->to.s);
	s->row.at = s->row.made_at = a->made_at;
	s->row.bytes = info.size;
	s->row.outbox = OUTBOX_ONCE;
	return digest_map_put(&r->receipts, &s->package, r->seen_n, err) &&
	    digest_map_put(&r->receipt_acts, &e->act, r->seen_n++, err);
}

/* ---- our packages, looked at ---- */

static bool
made_look(struct rebuilding *r, const struct entry *e, struct err *err)
{
	struct err why = ERR_INIT;
	struct act a;
	bool ok = true;

	act_init(&a, ACT_CARD);
	if (!act_open(r->f, &e->act, &a, &why)) {
		ok = !rebuild_stops(&why);
		if (!ok)
			*err = why;
	} else if (act_kind_class(a.kind) == ACT_IS_REQUEST) {
		ok = number_note(r, &e->act, a.body.request.number, err);
	} else if (act_kind_class(a.kind) == ACT_IS_ANSWER && a.follows_n > 0) {
		ok = number_note(r, &a.follows[0], a.body.answer.number, err);
	} else if (act_kind_class(a.kind) == ACT_IS_RECEIPT) {
		ok = receipt_note(r, e, &a, err);
	}
	act_clear(&a);
	return ok;
}

bool
rebuild_look(struct rebuilding *r, struct err *err)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct entry *e = &r->list[i];

		if (e->event == EVENT_MADE && e->has_act && e->has_package && !e->gone &&
		    !e->paper && !made_look(r, e, err))
			return false;
	}
	return true;
}
