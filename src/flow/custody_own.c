/* The custody of a piece of evidence: what this home wrote down of it, with its proofs. */
#include <stdio.h>
#include <string.h>

#include "flow/custody_inside.h"
#include "flow/exchange.h"
#include "flow/journey.h"

/* ---- which records ---- */

bool
custody_hand_over(const char *event)
{
	static const enum record_event list[] = { EVENT_MADE, EVENT_SENT, EVENT_RECEIVED };

	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
		if (strcmp(event, record_event_name(list[i])) == 0)
			return true;
	return false;
}

/* What happens to evidence; not what was decided about it, or noted besides. */
static bool
handling(const char *event)
{
	static const enum record_event list[] = { EVENT_OPENED, EVENT_READ,
		EVENT_EXPORTED, EVENT_DISCLOSED, EVENT_DESTROYED, EVENT_REFUSED,
		EVENT_LOSS };

	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
		if (strcmp(event, record_event_name(list[i])) == 0)
			return true;
	return false;
}

struct rows {
	struct gathering *g;
	struct docket_record *list;
	size_t n;
	size_t shown;			/* of them no hand-over */
};

/* Hand-overs stay when there are too many: of what was only looked at, the newest. */
#define SHOWN_MAX (CUSTODY_LINKS_MAX / 2)

static void
shown_drop(struct rows *x)
{
	for (size_t i = 0; i < x->n; i++)
		if (!custody_hand_over(x->list[i].event)) {
			memmove(&x->list[i], &x->list[i + 1],
			    (x->n - i - 1) * sizeof *x->list);
			x->n--;
			x->shown--;
			return;
		}
}

static bool
row_take(void *arg, const struct docket_record *r, struct err *err)
{
	struct rows *x = arg;
	bool shown = !custody_hand_over(r->event);

	(void)err;
	if ((r->has_package && !digest_eq(&r->package, &x->g->out.package)) ||
	    (shown && (x->g->handed || !handling(r->event))))
		return true;
	if (shown && x->shown == SHOWN_MAX)
		shown_drop(x);
	if (x->n == CUSTODY_LINKS_MAX)
		return true;		/* 256 hand-overs of one package: the first are told */
	x->list[x->n++] = *r;
	x->shown += shown;
	return true;
}

static bool
rows_load(struct rows *x, struct docket_act *row, bool *has_row, struct err *err)
{
	struct flow *f = x->g->flow;
	struct docket *d = NULL;
	bool ok;

	if (!home_lock(f->home, err) || !home_docket(f->home, &d, err))
		return false;
	ok = record_catch_up(f, d, err) &&
	    docket_act_package(d, &x->g->out.package, row, has_row, err) &&
	    docket_records_each(d, &x->g->out.act, row_take, x, err);
	home_docket_done(f->home);
	return ok;
}

/* ---- our own proofs ---- */

static bool
note_add(struct own_notes *n, uint64_t size, struct buf *note, struct err *err)
{
	struct own_note *more;

	more = mem_resize(n->list, (n->n + 1) * sizeof *more, err);
	if (more == NULL)
		return false;
	n->list = more;
	n->list[n->n++] = (struct own_note){ size, *note };
	buf_init(note, NOTE_MAX);
	return true;
}

/* Done, or lost with a log that is closed: the other proofs are still made. */
static bool
or_lost(struct gathering *g, unsigned number, bool ok, const struct err *why,
    struct err *err)
{
	if (ok || ledger_lost(g->flow, number, why))
		return true;
	*err = *why;
	return false;
}

static bool
cosigned_load(struct gathering *g, const struct ledger_place *p, struct own_notes *n,
    struct err *err)
{
	struct err why = ERR_INIT;
	uint64_t *sizes = NULL;
	size_t count = 0;
	struct buf note;
	bool ok;

	buf_init(&note, NOTE_MAX);
	ok = or_lost(g, p->number, log_cosigned(p->log, &sizes, &count, &why), &why, err);
	/* One that rotted costs the proofs it would have made; ledger show names it. */
	for (size_t i = count > NOTES_MAX ? count - NOTES_MAX : 0; ok && i < count; i++) {
		struct err each = ERR_INIT;

		ok = (log_cosigned_note(p->log, sizes[i], &note, &each) &&
		    note_add(n, sizes[i], &note, &each)) ||
		    ledger_damage_skip(&each, err);
	}
	mem_free(sizes);
	buf_clear(&note);
	return ok;
}

/* What rotted in one costs its own line: the others prove what they proved. */
static bool
notes_whole(struct gathering *g, struct own_notes *n, struct err *err)
{
	struct cosigners *keys = mem_new(sizeof *keys, err);
	bool ok = keys != NULL && cosigners_known(g->flow, keys, err);

	for (size_t i = 0; ok && i < n->n; i++) {
		struct err why = ERR_INIT;
		struct buf whole;

		buf_init(&whole, NOTE_MAX);
		if (note_whole(buf_span(&n->list[i].note), keys->keys, keys->n, &whole,
		    &why)) {
			buf_clear(&n->list[i].note);
			n->list[i].note = whole;
			continue;
		}
		buf_clear(&whole);
		ok = ledger_damage_skip(&why, err);
	}
	mem_free(keys);
	return ok;
}

/* Every checkpoint of that log that somebody cosigned, ascending; and the latest. */
static bool
notes_load(struct gathering *g, const struct ledger_place *p, struct own_notes *n,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct checkpoint c;
	struct buf note;
	bool found = false, ok;

	buf_init(&note, NOTE_MAX);
	ok = cosigned_load(g, p, n, err) &&
	    (log_checkpoint(p->log, &note, &c, &found, &why) ||
	    ledger_damage_skip(&why, err));
	found = found && why.kind == ERR_NONE;
	if (ok && found && (n->n == 0 || n->list[n->n - 1].size < c.size))
		ok = note_add(n, c.size, &note, err);
	else if (ok && found && n->list[n->n - 1].size == c.size) {
		/* The file that others mirror may have more cosignatures. */
		buf_clear(&n->list[n->n - 1].note);
		n->list[n->n - 1].note = note;
		buf_init(&note, NOTE_MAX);
	}
	ok = ok && notes_whole(g, n, err);
	n->loaded = ok;
	buf_clear(&note);
	return ok;
}

/* Names that signed so far: a checkpoint is worth a proof when it brings another. */
struct names_seen {
	char name[NOTE_SIGNATURES_MAX][NOTE_NAME_MAX + 1];
	size_t n;
};

static bool
names_new(struct names_seen *s, struct span note, bool *any, struct err *err)
{
	struct err why = ERR_INIT;
	struct note parsed;
	bool ok;

	*any = false;
	ok = note_parse(note, &parsed, &why);
	for (size_t i = 0; ok && i < parsed.lines_n; i++) {
		struct span name = parsed.lines[i].name;
		size_t k = 0;

		while (k < s->n && !span_is(name, s->name[k]))
			k++;
		if (k < s->n || s->n == NOTE_SIGNATURES_MAX || name.n > NOTE_NAME_MAX)
			continue;
		memcpy(s->name[s->n], name.p, name.n);
		s->name[s->n++][name.n] = '\0';
		*any = true;
	}
	note_clear(&parsed);
	if (ok || why.kind == ERR_INPUT)
		return true;
	*err = why;
	return false;
}

static bool
proof_make(struct log *l, uint64_t index, struct span note, struct custody_link *to,
    struct err *err)
{
	struct buf proof;
	bool ok;

	buf_init(&proof, PROOF_MAX);
	ok = log_proof(l, index, note, &proof, err) &&
	    custody_proof_add(to, buf_span(&proof), err);
	buf_clear(&proof);
	return ok;
}

/* The earliest checkpoint of each cosigner, and one at all events. */
static bool
proofs_make(struct gathering *g, const struct ledger_place *p, struct custody_link *to,
    struct err *err)
{
	struct own_notes *notes = &g->notes[p->number - 1];
	struct names_seen *seen = mem_new(sizeof *seen, err);
	bool ok = seen != NULL && (notes->loaded || notes_load(g, p, notes, err)), any;

	for (size_t i = 0; ok && i < notes->n && to->proofs_n < CUSTODY_PROOFS_MAX; i++) {
		struct span note = buf_span(&notes->list[i].note);
		struct err why = ERR_INIT;

		if (notes->list[i].size <= to->index ||
		    notes->list[i].size > log_size(p->log))
			continue;
		ok = names_new(seen, note, &any, err) && (!any || or_lost(g, p->number,
		    proof_make(p->log, to->index, note, to, &why), &why, err));
	}
	mem_free(seen);
	return ok;
}

/* Its place in the log it was written to, and the checkpoints of that one. */
static bool
place_prove(struct gathering *g, uint64_t at, struct custody_link *to, struct err *err)
{
	struct ledger_place p;

	if (!ledger_place_of(g->flow, at, &p, &to->has_place, err))
		return false;
	if (!to->has_place)
		return true;
	to->index = p.index;
	(void)snprintf(to->origin, sizeof to->origin, "%s",
	    log_origin(home_settings(g->flow->home)->authority.s, p.number).s);
	return proofs_make(g, &p, to, err);
}

static bool
own_link(struct gathering *g, uint64_t at, struct err *err)
{
	uint8_t salt[RECORD_SALT];
	struct custody_link *l;
	struct record *r = mem_new(sizeof *r, err);
	struct buf bytes;
	bool ok;

	buf_init(&bytes, RECORD_MAX);
	ok = r != NULL && record_load(g->flow, at, r, &bytes, salt, err);
	l = ok ? custody_add(&g->out, buf_span(&bytes), salt, err) : NULL;
	ok = l != NULL && place_prove(g, at, l, err);
	buf_clear(&bytes);
	mem_free(r);
	return ok;
}

bool
custody_own(struct gathering *g, struct docket_act *row, bool *has_row, struct err *err)
{
	struct rows x = { .g = g };
	bool ok;

	x.list = mem_array(CUSTODY_LINKS_MAX, sizeof *x.list, err);
	ok = x.list != NULL && rows_load(&x, row, has_row, err);
	for (size_t i = 0; ok && i < x.n; i++)
		ok = own_link(g, x.list[i].at, err);
	mem_free(x.list);
	g->own_n = g->out.n;
	return ok;
}

void
custody_own_clear(struct gathering *g)
{
	for (size_t k = 0; k < HOME_LEDGERS_MAX; k++) {
		for (size_t i = 0; i < g->notes[k].n; i++)
			buf_clear(&g->notes[k].list[i].note);
		mem_free(g->notes[k].list);
	}
}
