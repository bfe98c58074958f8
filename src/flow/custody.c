/*
 * The custody of a piece of evidence: what this home wrote down of an act, what came in
 * receipts, and what came with the parcel (HOME/custody), in the order it happened.
 */
#include <stdio.h>
#include <string.h>

#include "flow/custody_inside.h"
#include "flow/journey.h"
#include "flow/take.h"

#define SALT_TEXT (2 * RECORD_SALT + 1)		/* record.salt: hex and LF */

/* ---- which records ---- */

/* What the other side of a hand-over may see (formats/record). */
static bool
hand_over(const char *event)
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
		if (!hand_over(x->list[i].event)) {
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
	bool shown = !hand_over(r->event);

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

static void
notes_clear(struct own_notes *n)
{
	for (size_t i = 0; i < n->n; i++)
		buf_clear(&n->list[i].note);
	mem_free(n->list);
}

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

/* Every checkpoint somebody cosigned, ascending; and the latest. */
static bool
notes_load(struct own_notes *n, struct log *l, struct err *err)
{
	struct checkpoint c;
	uint64_t *sizes = NULL;
	size_t count = 0;
	struct buf note;
	bool found = false, ok;

	buf_init(&note, NOTE_MAX);
	ok = log_cosigned(l, &sizes, &count, err);
	for (size_t i = count > NOTES_MAX ? count - NOTES_MAX : 0; ok && i < count; i++)
		ok = log_cosigned_note(l, sizes[i], &note, err) &&
		    note_add(n, sizes[i], &note, err);
	ok = ok && log_checkpoint(l, &note, &c, &found, err);
	if (ok && found && (n->n == 0 || n->list[n->n - 1].size < c.size))
		ok = note_add(n, c.size, &note, err);
	else if (ok && found && n->list[n->n - 1].size == c.size) {
		/* The file that others mirror may have more cosignatures. */
		buf_clear(&n->list[n->n - 1].note);
		n->list[n->n - 1].note = note;
		buf_init(&note, NOTE_MAX);
	}
	mem_free(sizes);
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
proofs_make(struct gathering *g, struct custody_link *to, struct err *err)
{
	struct names_seen *seen = mem_new(sizeof *seen, err);
	bool ok = seen != NULL, any;

	for (size_t i = 0; ok && i < g->notes.n &&
	    to->proofs_n < CUSTODY_PROOFS_MAX; i++) {
		struct span note = buf_span(&g->notes.list[i].note);

		if (g->notes.list[i].size <= to->index)
			continue;
		ok = names_new(seen, note, &any, err) &&
		    (!any || proof_make(g->log, to->index, note, to, err));
	}
	mem_free(seen);
	return ok;
}

static bool
place_find(struct gathering *g, uint64_t at, struct custody_link *to, struct err *err)
{
	const struct settings *s = home_settings(g->flow->home);
	struct err why = ERR_INIT;

	to->has_place = log_index(g->log, at, &to->index, &why);
	if (!to->has_place) {
		/* Of a log before this one: its place is not told here. */
		if (why.kind == ERR_ABSENT && s->ledger_first > 0)
			return true;
		*err = why;
		return false;
	}
	(void)snprintf(to->origin, sizeof to->origin, "%s",
	    log_origin(s->authority.s, s->ledger > 0 ? s->ledger : 1).s);
	return true;
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
	ok = l != NULL && place_find(g, at, l, err) &&
	    (!l->has_place || proofs_make(g, l, err));
	buf_clear(&bytes);
	mem_free(r);
	return ok;
}

static bool
own_links(struct gathering *g, struct docket_act *row, bool *has_row, struct err *err)
{
	struct rows x = { .g = g };
	bool ok;

	x.list = mem_array(CUSTODY_LINKS_MAX, sizeof *x.list, err);
	ok = x.list != NULL && rows_load(&x, row, has_row, err) &&
	    ledger_log(g->flow, &g->log, err) && notes_load(&g->notes, g->log, err);
	for (size_t i = 0; ok && i < x.n; i++)
		ok = own_link(g, x.list[i].at, err);
	mem_free(x.list);
	g->own_n = g->out.n;
	return ok;
}

/* ---- what others told ---- */

static bool
same_link(const struct custody_link *a, const struct custody_link *b)
{
	return memcmp(a->salt, b->salt, RECORD_SALT) == 0 &&
	    span_eq(buf_span(&a->bytes), buf_span(&b->bytes));
}

/* A link that came with a proof alone (a receipt): its place is in the proof. */
static bool
place_of_proof(struct custody_link *l, struct err *err)
{
	struct err why = ERR_INIT;
	struct checkpoint c;
	struct tlog_proof p;

	if (l->proofs_n == 0)
		return true;
	if (!tlog_proof_read(buf_span(&l->proofs[0]), &p, &why) ||
	    !checkpoint_peek(p.note, &c, &why)) {
		*err = why;
		return why.kind == ERR_INPUT || why.kind == ERR_LIMIT;
	}
	l->has_place = true;
	l->index = p.index;
	memcpy(l->origin, c.origin, sizeof l->origin);
	return true;
}

static bool
proofs_join(struct custody_link *to, const struct custody_link *from, struct err *err)
{
	for (size_t i = 0; i < from->proofs_n; i++) {
		size_t k = 0;

		while (k < to->proofs_n && !span_eq(buf_span(&to->proofs[k]),
		    buf_span(&from->proofs[i])))
			k++;
		if (k == to->proofs_n && k < CUSTODY_PROOFS_MAX &&
		    !custody_proof_add(to, buf_span(&from->proofs[i]), err))
			return false;
	}
	if (!to->has_place && from->has_place) {
		to->has_place = true;
		to->index = from->index;
		memcpy(to->origin, from->origin, sizeof to->origin);
	}
	return to->has_place || place_of_proof(to, err);
}

bool
custody_join(struct custody *to, const struct custody_link *from, struct err *err)
{
	struct custody_link *l;

	for (size_t i = 0; i < to->n; i++)
		if (same_link(&to->links[i], from))
			return proofs_join(&to->links[i], from, err);
	if (to->n == CUSTODY_LINKS_MAX)
		return true;
	l = custody_add(to, buf_span(&from->bytes), from->salt, err);
	return l != NULL && proofs_join(l, from, err);
}

static struct inbox_name
custody_path(const struct digest *act)
{
	struct inbox_name n;

	(void)snprintf(n.s, sizeof n.s, CUSTODY_PATH "/%s.json", digest_hex(act).s);
	return n;
}

bool
custody_kept(struct flow *f, const struct digest *act, struct custody *out,
    bool *found, struct err *err)
{
	struct inbox_name path = custody_path(act);
	struct buf json;
	bool ok;

	*found = home_has(f->home, path.s);
	if (!*found)
		return true;
	buf_init(&json, CUSTODY_FILE_MAX);
	ok = home_load(f->home, path.s, &json, err) &&
	    custody_read(buf_span(&json), out, err);
	buf_clear(&json);
	if (!ok)
		return err_wrap(err, "%s", path.s);
	if (digest_eq(&out->act, act))
		return true;
	custody_clear(out);
	return err_set(err, ERR_UNPROVEN, "custody.other", "%s is of another act", path.s);
}

/* A home's own doings are in its own journal; and what contradicts itself is no help. */
static bool
worth_keeping(const struct custody_link *l, const struct authority_id *self)
{
	return l->standing != CUSTODY_BROKEN && strcmp(l->record.authority.s, self->s) != 0;
}

bool
custody_keep(struct flow *f, struct custody *told, size_t *fresh, struct err *err)
{
	const struct authority_id *self = &home_settings(f->home)->authority;
	struct err why = ERR_INIT;
	struct custody kept;
	struct buf json;
	bool found, ok;
	size_t before;

	*fresh = 0;
	custody_init(&kept);
	buf_init(&json, CUSTODY_FILE_MAX);
	if (!custody_kept(f, &told->act, &kept, &found, &why)) {
		if (why.kind != ERR_INPUT && why.kind != ERR_UNPROVEN) {
			*err = why;
			return false;
		}
		found = false;		/* unreadable: told anew */
	}
	if (!found) {
		kept.act = told->act;
		kept.package = told->package;
	}
	before = kept.n;
	ok = custody_judge(told, NULL, err);
	for (size_t i = 0; ok && i < told->n; i++)
		if (worth_keeping(&told->links[i], self))
			ok = custody_join(&kept, &told->links[i], err);
	kept.as_of = told->as_of > kept.as_of ? told->as_of : kept.as_of;
	if (ok && kept.n > 0)
		ok = custody_write(&kept, &json, err) && dir_make_all(f->world,
		    home_dir(f->home), CUSTODY_PATH, err) &&
		    home_save(f->home, custody_path(&told->act).s, buf_span(&json), err);
	if (ok)
		*fresh = kept.n - before;
	buf_clear(&json);
	custody_clear(&kept);
	return ok;
}

static bool
kept_links(struct gathering *g, struct err *err)
{
	const struct authority_id *self = &home_settings(g->flow->home)->authority;
	struct err why = ERR_INIT;
	struct custody kept;
	bool found, ok;

	custody_init(&kept);
	if (!custody_kept(g->flow, &g->out.act, &kept, &found, &why)) {
		if (why.kind != ERR_INPUT && why.kind != ERR_UNPROVEN) {
			*err = why;
			return false;
		}
		return true;		/* damaged: others tell it again */
	}
	if (!found)
		return true;
	ok = true;
	for (size_t i = 0; ok && i < kept.n; i++) {
		const struct record *r = &kept.links[i].record;

		if (strcmp(r->authority.s, self->s) == 0 || (r->has_package &&
		    !digest_eq(&r->package, &g->out.package)) ||
		    (g->handed && !hand_over(record_event_name(r->event))))
			continue;
		ok = custody_join(&g->out, &kept.links[i], err);
	}
	custody_clear(&kept);
	return ok;
}

/* ---- a receipt ---- */

static bool
extract(const struct package_reading *in, const char *name, struct buf *out,
    bool *there, struct err *err)
{
	struct err why = ERR_INIT;

	*there = package_extract(in, name, out, &why);
	if (*there || why.kind == ERR_ABSENT || why.kind == ERR_INPUT ||
	    why.kind == ERR_LIMIT || why.kind == ERR_UNPROVEN)
		return true;
	*err = why;
	return false;
}

static bool
receipt_link(struct gathering *g, struct span record, struct span salt,
    struct span proof, struct err *err)
{
	struct custody told;
	struct custody_link *l;
	struct err why = ERR_INIT;
	struct digest d;
	bool ok;

	if (salt.n != SALT_TEXT || salt.p[SALT_TEXT - 1] != '\n' ||
	    !digest_parse(span_part(salt, 0, SALT_TEXT - 1), &d))
		return true;
	custody_init(&told);
	l = custody_add(&told, record, d.b, &why);
	if (l == NULL) {
		custody_clear(&told);
		if (why.kind == ERR_INPUT || why.kind == ERR_LIMIT)
			return true;	/* taken in before it was read strictly */
		*err = why;
		return false;
	}
	ok = (proof.n == 0 || custody_proof_add(l, proof, err)) &&
	    custody_join(&g->out, l, err);
	custody_clear(&told);
	return ok;
}

static bool
receipt_open(struct gathering *g, const struct docket_act *receipt, struct err *err)
{
	struct parcel_path path = act_file(receipt);
	struct age_keys keys = { 0 };
	struct package_reading in = { .world = g->flow->world,
		.at = home_dir(g->flow->home), .path = path.s, .keys = &keys };
	struct keyring *k = NULL;
	struct buf record, salt, proof;
	bool has[3] = { false }, ok;

	if (!home_has(g->flow->home, path.s))
		return true;
	buf_init(&record, RECORD_MAX);
	buf_init(&salt, 200);
	buf_init(&proof, PROOF_MAX);
	ok = flow_keyring(g->flow, &k, err) &&
	    keyring_identities(k, &keys.identities, &keys.n, err) &&
	    extract(&in, "data/record.json", &record, &has[0], err) &&
	    extract(&in, "data/record.salt", &salt, &has[1], err) &&
	    extract(&in, "data/receipt.tlog-proof", &proof, &has[2], err);
	if (ok && has[0] && has[1])
		ok = receipt_link(g, buf_span(&record), buf_span(&salt),
		    has[2] ? buf_span(&proof) : span_of(NULL, 0), err);
	buf_clear(&record);
	buf_clear(&salt);
	buf_clear(&proof);
	return ok;
}

/*
 * What receipt_remember kept of it.  *found false: none, or one that was cut short in a
 * power cut: then the parcel itself is opened.
 */
static bool
receipt_kept(struct gathering *g, const struct docket_act *sent, bool *found,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct custody kept;
	char path[128];
	struct buf json;
	bool ok = true;

	(void)snprintf(path, sizeof path, CUSTODY_PATH "/receipts/%s%s%.16s.json",
	    digest_hex(&sent->act).s, sent->other ? "-" : "",
	    sent->other ? digest_hex(&sent->package).s : "");
	custody_init(&kept);
	buf_init(&json, CUSTODY_FILE_MAX);
	*found = home_has(g->flow->home, path) &&
	    home_load(g->flow->home, path, &json, &why) &&
	    custody_read(buf_span(&json), &kept, &why) && kept.n > 0 &&
	    digest_eq(&kept.act, &g->out.act) &&
	    digest_eq(&kept.package, &g->out.package);
	if (*found)
		ok = custody_join(&g->out, &kept.links[0], err);
	else if (why.kind == ERR_MEMORY)
		ok = err_memory(err);
	custody_clear(&kept);
	buf_clear(&json);
	return ok;
}

/* The receipt that came for what we sent; the one we made says what our journal says. */
static bool
receipt_links(struct gathering *g, const struct docket_act *row, struct err *err)
{
	struct docket_act receipt;
	struct docket *d = NULL;
	bool found = false, kept, ok;

	if (row->direction != ACT_OUT || !row->has_receipt)
		return true;
	if (!receipt_kept(g, row, &kept, err))
		return false;
	if (kept)
		return true;
	if (!home_docket(g->flow->home, &d, err))
		return false;
	ok = docket_act_get(d, &row->receipt, &receipt, &found, err);
	home_docket_done(g->flow->home);
	return ok && (!found || receipt_open(g, &receipt, err));
}

/* ---- what our mirrors of other logs add ---- */

static bool
mirrored_proof(struct custody_link *l, const struct merkle_proof *path,
    struct span note, struct err *err)
{
	struct tlog_proof p = { .index = l->index, .path = *path, .note = note };
	struct buf proof;
	bool ok;

	buf_init(&proof, PROOF_MAX);
	ok = tlog_proof_write(&p, &proof, err);
	for (size_t i = 0; ok && i < l->proofs_n; i++)
		if (span_eq(buf_span(&l->proofs[i]), buf_span(&proof)))
			goto out;
	ok = ok && custody_proof_add(l, buf_span(&proof), err);
out:
	buf_clear(&proof);
	return ok;
}

/*
 * A receipt is written before anybody abroad can have cosigned it.  The largest
 * checkpoint of the other log that we know has those cosignatures, and its leaves are
 * here: the proof is made anew in that one.  A mirror that fails costs the proof only.
 */
static bool
mirror_link(struct witness *w, struct custody_link *l, struct err *err)
{
	struct err why = ERR_INIT;
	struct merkle_proof path;
	struct checkpoint c;
	uint64_t mirrored;
	struct buf note;
	bool found = false, ok;

	if (!l->has_place || l->proofs_n == CUSTODY_PROOFS_MAX)
		return true;
	buf_init(&note, NOTE_MAX);
	ok = witness_checkpoint(w, l->origin, &note, &c, &found, &why) && (!found ||
	    (witness_mirrored(w, l->origin, &mirrored, &why) && (l->index >= c.size ||
	    mirrored < c.size || (witness_inclusion(w, l->origin, l->index, c.size, &path,
	    &why) && mirrored_proof(l, &path, buf_span(&note), &why)))));
	buf_clear(&note);
	if (ok || why.kind == ERR_UNPROVEN || why.kind == ERR_ABSENT)
		return true;
	*err = why;
	return false;
}

static bool
mirror_links(struct gathering *g, struct err *err)
{
	struct witness *w = NULL;
	bool ok = true;

	if (g->own_n == g->out.n)
		return true;
	ok = witness_open(g->flow->world, home_dir(g->flow->home), &w, err);
	for (size_t i = g->own_n; ok && i < g->out.n; i++)
		ok = mirror_link(w, &g->out.links[i], err);
	witness_close(w);
	return ok;
}

/* ---- the whole ---- */

bool
custody_gather(struct flow *f, const struct digest *act, const struct digest *package,
    bool handed, struct custody *out, struct err *err)
{
	struct gathering g = { .flow = f, .handed = handed };
	struct docket_act row;
	bool has_row = false, ok;

	custody_init(&g.out);
	g.out.act = *act;
	g.out.package = *package;
	g.out.as_of = world_now(f->world);
	ok = own_links(&g, &row, &has_row, err) && kept_links(&g, err) &&
	    (!has_row || receipt_links(&g, &row, err)) && mirror_links(&g, err) &&
	    custody_order(&g.out, g.own_n, err);
	notes_clear(&g.notes);
	if (!ok) {
		custody_clear(&g.out);
		return err_wrap(err, "custody");
	}
	*out = g.out;
	return true;
}

/* The package of an act: as the docket has it, else of what came about it. */
bool
custody_package(struct flow *f, const struct digest *act, struct digest *package,
    bool *known, struct err *err)
{
	struct docket_act row;
	struct docket *d = NULL;
	struct custody kept;
	struct err why = ERR_INIT;
	bool ok;

	if (!home_docket(f->home, &d, err))
		return false;
	ok = docket_act_get(d, act, &row, known, err);
	home_docket_done(f->home);
	if (!ok || *known) {
		if (ok)
			*package = row.package;
		return ok;
	}
	custody_init(&kept);
	if (!custody_kept(f, act, &kept, known, &why)) {
		*err = why;
		*known = false;
		return why.kind == ERR_INPUT || why.kind == ERR_UNPROVEN;
	}
	if (*known)
		*package = kept.package;
	custody_clear(&kept);
	return true;
}

bool
custody_handed(struct flow *f, const struct digest *act, struct custody *out,
    struct err *err)
{
	struct digest package;
	bool known;

	if (!custody_package(f, act, &package, &known, err))
		return false;
	if (!known)
		return err_set(err, ERR_ABSENT, "custody.absent",
		    "this home has no act %.12s...", digest_hex(act).s);
	return custody_gather(f, act, &package, true, out, err);
}

bool
custody_before(struct flow *f, const struct digest *act,
    struct digest out[ORIGINS_MAX], size_t *n, struct err *err)
{
	struct act *a = NULL;
	struct err why = ERR_INIT;
	struct docket_act row;
	struct docket *d = NULL;
	bool found, ok;

	*n = 0;
	if (!home_docket(f->home, &d, err))
		return false;
	ok = docket_act_get(d, act, &row, &found, err);
	home_docket_done(f->home);
	if (!ok || !found || strcmp(row.kind, act_kind_name(ACT_DELIVERED)) != 0)
		return ok;
	a = mem_new(sizeof *a, err);
	if (a == NULL)
		return false;
	act_init(a, ACT_DELIVERED);
	ok = act_open(f, act, a, &why);
	if (ok && a->kind == ACT_DELIVERED)
		for (; *n < a->body.delivered.origins_n; (*n)++)
			out[*n] = a->body.delivered.origins[*n].act;
	act_clear(a);
	mem_free(a);
	if (ok || (why.kind != ERR_MEMORY && why.kind != ERR_STOPPED))
		return true;
	*err = why;
	return false;
}
