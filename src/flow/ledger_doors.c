/* The ledger for the doors: how it stands, checkpoints, proofs, policy files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/exchange.h"
#include "flow/leaves.h"
#include "flow/people.h"

void
ledger_view_init(struct ledger_view *v)
{
	memset(v, 0, sizeof *v);
	buf_init(&v->vkey, VKEY_TEXT_MAX);
}

void
ledger_view_clear(struct ledger_view *v)
{
	buf_clear(&v->vkey);
	mem_free(v->others);
	ledger_view_init(v);
}

/* A file that does not hold is named, and hides nothing else. */
static bool
damage_add(struct ledger_view *v, const struct err *why, struct err *err)
{
	if (!ledger_damage(why)) {
		*err = *why;
		return false;
	}
	if (v->damage_n < LEDGER_DAMAGE_SHOWN)
		(void)snprintf(v->damage[v->damage_n], sizeof v->damage[0], "%s",
		    why->text);
	v->damage_n++;
	return true;
}

/* ---- who cosigned ours ---- */

static bool
cosigners_of_peer(void *arg, const struct peer *p, struct err *err)
{
	struct cosigners *c = arg;
	struct ledger_keys keys;

	if (!p->confirmed)
		return true;
	if (!ledger_keys_of_card(&p->card, &keys, err))
		return false;
	for (size_t i = 0; i < keys.witnesses_n && c->n < LEDGER_WITNESSES_SHOWN; i++)
		c->keys[c->n++] = keys.witnesses[i];
	return true;
}

bool
cosigners_known(struct flow *f, struct cosigners *out, struct err *err)
{
	out->n = 0;
	return peers_each(f->home, cosigners_of_peer, out, err);
}

/* Whose line this is does not hold it: *rotten. */
static bool
line_rotten(const struct note *n, size_t i, const struct vkey *keys, size_t keys_n,
    bool *rotten, struct err *err)
{
	*rotten = false;
	for (size_t k = 0; k < keys_n; k++) {
		struct err why = ERR_INIT;
		bool good = false;

		if (!span_is(n->lines[i].name, keys[k].name) ||
		    memcmp(n->lines[i].id, keys[k].id, sizeof keys[k].id) != 0)
			continue;
		if (note_verify(n, &keys[k], 1, &good, NULL, &why))
			return true;
		*rotten = true;
		return ledger_damage_skip(&why, err);
	}
	return true;
}

bool
note_whole(struct span note, const struct vkey *keys, size_t keys_n, struct buf *out,
    struct err *err)
{
	struct note n;
	bool ok, rotten;

	ok = note_parse(note, &n, err) && buf_add(out, n.text, err) &&
	    buf_add_byte(out, '\n', err);
	for (size_t i = 0; ok && i < n.lines_n; i++)
		ok = line_rotten(&n, i, keys, keys_n, &rotten, err) &&
		    (rotten || note_line_copy(&n, i, out, err));
	note_clear(&n);
	return ok;
}

bool
cosigned_note(struct log *l, uint64_t size, const struct vkey *keys, size_t n,
    bool *good, int64_t *at, struct err *err)
{
	struct err why = ERR_INIT;
	struct note note;
	struct buf bytes;
	bool ok;

	buf_init(&bytes, NOTE_MAX);
	ok = log_cosigned_note(l, size, &bytes, err);
	if (ok) {
		ok = note_parse(buf_span(&bytes), &note, &why) &&
		    note_verify(&note, keys, n, good, at, &why);
		note_clear(&note);
		if (!ok && ledger_damage(&why))
			(void)err_set(err, ERR_UNPROVEN, "ledger.damaged",
			    LOG_PATH "/cosigned/%llu is damaged (%s)",
			    (unsigned long long)size, why.text);
		else if (!ok)
			*err = why;
	}
	buf_clear(&bytes);
	return ok;
}

static bool
witness_note(struct ledger_view *v, struct log *l, const struct cosigners *c,
    uint64_t size, struct err *err)
{
	bool good[LEDGER_WITNESSES_SHOWN] = { false };
	int64_t at[LEDGER_WITNESSES_SHOWN] = { 0 };
	bool ok = cosigned_note(l, size, c->keys, c->n, good, at, err);

	for (size_t i = 0; ok && i < c->n; i++) {
		struct ledger_witness *w = v->witnesses;
		size_t k = 0;

		while (k < v->witnesses_n && strcmp(w[k].name, c->keys[i].name) != 0)
			k++;
		if (!good[i] || (k < v->witnesses_n && w[k].size >= size))
			continue;
		if (k == v->witnesses_n)
			v->witnesses_n++;
		(void)snprintf(w[k].name, sizeof w[k].name, "%s", c->keys[i].name);
		note_state(c->keys[i].name, w[k].state);
		w[k].size = size;
		w[k].at = at[i];
	}
	return ok;
}

/* The newest notes; a witness that has not cosigned any of so many is not shown. */
#define NOTES_LOOKED_AT 256

static bool
witnesses_fill(struct flow *f, struct log *l, struct ledger_view *v, struct err *err)
{
	struct cosigners *c = mem_new(sizeof *c, err);
	uint64_t *sizes = NULL;
	size_t n = 0;
	bool ok;

	ok = c != NULL && cosigners_known(f, c, err) &&
	    log_cosigned(l, &sizes, &n, err);
	for (size_t i = n; ok && i-- > 0 && n - i <= NOTES_LOOKED_AT;) {
		struct err why = ERR_INIT;

		ok = witness_note(v, l, c, sizes[i], &why) || damage_add(v, &why, err);
	}
	mem_free(sizes);
	mem_free(c);
	return ok;
}

/* ---- logs of others ---- */

static bool
other_add(void *arg, const struct witness_log *l, struct err *err)
{
	struct ledger_view *v = arg;
	struct witness_log *more = mem_resize(v->others,
	    (v->others_n + 1) * sizeof *more, err);

	if (more == NULL)
		return false;
	v->others = more;
	v->others[v->others_n++] = *l;
	return true;
}

static void
other_bad(void *arg, const char *hash, const struct err *why)
{
	struct err ignored = ERR_INIT;

	(void)hash;
	(void)!damage_add(arg, why, &ignored);
}

static bool
others_fill(struct flow *f, struct ledger_view *v, struct err *err)
{
	struct err why = ERR_INIT;
	struct witness *w = NULL;
	bool ok;

	ok = witness_open(f->world, home_dir(f->home), &w, &why) ?
	    witness_each_known(w, other_add, other_bad, v, err) :
	    damage_add(v, &why, err);
	witness_close(w);
	return ok;
}

static bool
checkpoint_fill(struct log *l, struct ledger_view *v, struct err *err)
{
	struct err why = ERR_INIT;
	struct buf note;
	bool ok;

	buf_init(&note, NOTE_MAX);
	ok = log_checkpoint(l, &note, &v->checkpoint, &v->has_checkpoint, &why);
	buf_clear(&note);
	if (ok)
		return true;
	v->has_checkpoint = false;
	return damage_add(v, &why, err);
}

/* What of the log there is to show; without one that opens, its damage. */
static bool
log_fill(struct flow *f, struct ledger_view *out, struct err *err)
{
	struct err why = ERR_INIT;
	struct leaf_gap gap;
	struct log *l;
	bool ok;

	if (!ledger_log(f, &l, &why))
		return damage_add(out, &why, err);
	ok = leaves_gap(f, &gap, &why) || damage_add(out, &why, err);
	if (ok) {
		out->size = out->unsigned_n = log_size(l);
		log_state(l, &out->state);
		ok = recovery_text(f, &out->state, out->state_text, err) &&
		    checkpoint_fill(l, out, err) && witnesses_fill(f, l, out, err);
	}
	if (ok && out->has_checkpoint && out->checkpoint.size <= out->size)
		out->unsigned_n = out->size - out->checkpoint.size;
	return ok;
}

bool
flow_ledger_show(struct flow *f, struct ledger_view *out, struct err *err)
{
	const struct settings *s = home_settings(f->home);
	struct vkey key;
	bool found;

	f->despite_damage = true;
	if (!home_lock(f->home, err) || !own_log_key(f, &key, &found, err) ||
	    (found && !vkey_print(&key, &out->vkey, err)))
		return false;
	(void)snprintf(out->origin, sizeof out->origin, "%s",
	    log_origin(s->authority.s, s->ledger > 0 ? s->ledger : 1).s);
	return log_fill(f, out, err) && others_fill(f, out, err);
}

bool
flow_ledger_checkpoint(struct flow *f, struct buf *note, struct err *err)
{
	struct checkpoint c;
	char text[300];
	bool is_signed, found;
	struct log *l;

	if (!home_lock(f->home, err) || !ledger_publish(f, &is_signed, &c, text, err))
		return false;
	if (!is_signed)
		return err_set(err, ERR_REFUSED, "ledger.not-signed", "%s", text);
	return ledger_log(f, &l, err) && log_checkpoint(l, note, &c, &found, err) &&
	    (found || err_set(err, ERR_ABSENT, "ledger.empty",
	    "nothing has happened here yet: there is no checkpoint"));
}

/* ---- proofs as files ---- */

struct proving {
	struct flow *f;
	struct dir *dir;
	size_t n, open;
};

static bool
proof_save(struct proving *p, const char *name, const char *ending, struct span bytes,
    struct err *err)
{
	char path[120];

	(void)snprintf(path, sizeof path, "%s%s", name, ending);
	return file_save(p->f->world, p->dir, path, bytes, false, err);
}

/* "0007-received": its place among the records of the act, and what happened. */
static bool
record_prove(void *arg, const struct docket_record *row, struct err *err)
{
	struct proving *p = arg;
	uint8_t salt[RECORD_SALT];
	struct buf bytes, hex, proof;
	struct ledger_place place;
	struct record r;
	char name[80];
	bool found, ok;

	buf_init(&bytes, RECORD_MAX);
	buf_init(&hex, 2 * RECORD_SALT + 1);
	buf_init(&proof, PROOF_MAX);
	(void)snprintf(name, sizeof name, "%04zu-%s", p->n + 1, row->event);
	ok = record_load(p->f, row->at, &r, &bytes, salt, err) &&
	    hex_encode(&hex, span_of(salt, sizeof salt), err) &&
	    buf_add_byte(&hex, '\n', err) &&
	    ledger_proof_of(p->f, row->at, &proof, &place, &found, err) &&
	    proof_save(p, name, ".json", buf_span(&bytes), err) &&
	    proof_save(p, name, ".salt", buf_span(&hex), err) &&
	    (!found || proof_save(p, name, ".tlog-proof", buf_span(&proof), err));
	p->n += ok;
	p->open += ok && !found;
	buf_clear(&proof);
	buf_clear(&hex);
	buf_clear(&bytes);
	return ok;
}

/* 64 hex digits name an act; all else a piece of evidence, its newest parcel. */
static bool
act_named(struct flow *f, const char *what, struct digest *act, struct err *err)
{
	struct evidence *e;
	bool ok;

	if (digest_parse(span_text(what), act))
		return true;
	e = mem_new(sizeof *e, err);
	ok = e != NULL && evidence_find(f->home, what, e, err) && (e->parcels_n > 0 ||
	    err_set(err, ERR_ABSENT, "evidence.parcel",
	    "this evidence is not sealed yet; there is no act about it"));
	if (ok)
		*act = e->parcels[e->parcels_n - 1].act_id;
	mem_free(e);
	return ok;
}

bool
flow_ledger_prove(struct flow *f, const char *what, const char *dir, size_t *n,
    size_t *open, struct err *err)
{
	struct proving p = { .f = f };
	struct docket *d = NULL;
	struct digest act;
	bool made, ok;

	*n = *open = 0;
	made = home_lock(f->home, err) && flow_may(f, PEOPLE_AUDIT, err) &&
	    act_named(f, what, &act, err) &&
	    dir_make(f->world, NULL, dir, err);
	ok = made && dir_open(f->world, NULL, dir, &p.dir, err) &&
	    home_docket(f->home, &d, err);
	if (ok) {
		ok = record_catch_up(f, d, err) &&
		    docket_records_each(d, &act, record_prove, &p, err) &&
		    (p.n > 0 || err_set(err, ERR_ABSENT, "ledger.no-record",
		    "no record here is about this act"));
		home_docket_done(f->home);
	}
	ok = ok && dir_sync(p.dir, err);
	dir_close(p.dir);
	if (made && p.n == 0)
		(void)!dir_remove(f->world, NULL, dir, NULL);	/* so that trying again may */
	*n = p.n;
	*open = p.open;
	return ok;
}

/* ---- witnessing by file ---- */

/* A bare checkpoint is a body with old 0 and no proof. */
static bool
body_of(struct span file, struct buf *body, struct err *err)
{
	struct add_checkpoint a = { .old = 0, .note = file };

	return span_starts(file, "old ") ? buf_add(body, file, err) :
	    add_checkpoint_write(&a, body, err);
}

static bool
logs_follow(void *arg, const struct peer *p, struct err *err)
{
	struct witness *w = arg;
	struct ledger_keys keys;
	struct err why = ERR_INIT;

	if (!p->confirmed || p->revoked)
		return true;
	if (!ledger_keys_of_card(&p->card, &keys, err))
		return false;
	for (size_t i = 0; i < keys.logs_n; i++)
		if (!witness_follow(w, &keys.logs[i], &why) &&
		    why.kind != ERR_CONFLICT) {
			*err = why;
			return false;
		}
	return true;
}

/* What does not read is not refused here: its answer says what is wrong with it. */
static bool
entries_ask(struct witness *w, struct span body, struct err *err)
{
	struct err why = ERR_INIT;
	struct add_checkpoint a;
	struct checkpoint c;
	uint64_t mirrored;
	bool follows;

	if (!add_checkpoint_read(body, &a, &why) || !checkpoint_peek(a.note, &c, &why))
		return true;
	if (!witness_follows(w, c.origin, &follows, err) ||
	    !witness_mirrored(w, c.origin, &mirrored, err))
		return false;
	return !follows || c.size <= mirrored ||
	    c.size - mirrored > EXCHANGE_ENTRIES_MAX || err_set(err, ERR_REFUSED,
	    "witness.entries",
	    "%s has %llu entries in this checkpoint, and %llu of them are here: it is cosigned when a bundle of its authority has brought the rest (bundle read)",
	    c.origin, (unsigned long long)c.size, (unsigned long long)mirrored);
}

static bool
cosign_ask(struct flow *f, struct witness *w, struct span body, struct err *err)
{
	struct recovery_open r;

	if (!recovery_open(f, &r, err))
		return false;
	if (r.goes_on || r.frozen)
		return err_set(err, ERR_REFUSED, "witness.recovering",
		    "this home is in recovery: what it cosigned before may be forgotten here, and it cosigns nothing until that is over. What to do says: comity ledger show");
	return entries_ask(w, body, err);
}

bool
checkpoint_cosign(struct flow *f, struct witness *w, const struct witness_key *key,
    struct span body, struct witness_answer *out, struct err *err)
{
	struct add_checkpoint a;
	struct cosigners *c;
	size_t joined;
	bool ok;

	if (!cosign_ask(f, w, body, err) ||
	    !witness_add_checkpoint(w, body, key, world_now(f->world), out, err))
		return false;
	if (out->status != 200)
		return true;
	c = mem_new(sizeof *c, err);
	ok = c != NULL && add_checkpoint_read(body, &a, err) && cosigners_known(f, c, err) &&
	    witness_join(w, a.note, c->keys, c->n, &joined, err);
	mem_free(c);
	return ok;
}

bool
flow_ledger_witness(struct flow *f, struct span body, struct witness_answer *out,
    struct err *err)
{
	const struct witness_key *key;
	struct witness *w = NULL;
	struct buf whole;
	bool ok;

	buf_init(&whole, PROOF_MAX);
	ok = home_lock(f->home, err) && flow_may(f, PEOPLE_KEYS, err) &&
	    body_of(body, &whole, err) &&
	    witness_open(f->world, home_dir(f->home), &w, err) &&
	    peers_each(f->home, logs_follow, w, err) &&
	    ledger_witness_key(f, &key, err) &&
	    checkpoint_cosign(f, w, key, buf_span(&whole), out, err);
	witness_close(w);
	buf_clear(&whole);
	return ok;
}

/* ---- a policy file ---- */

struct policy_line {
	char state[3];
	struct vkey key;
};
struct policy_making {
	struct policy_line list[QUORUM_WITNESSES_MAX];
	size_t n;
	struct buf *out;
};

static bool
keys_policy(struct policy_making *m, const struct act *card, struct err *err)
{
	struct ledger_keys keys;
	struct buf text;
	bool ok = ledger_keys_of_card(card, &keys, err);

	buf_init(&text, VKEY_TEXT_MAX);
	for (size_t i = 0; ok && i < keys.logs_n; i++) {
		buf_reset(&text);
		ok = vkey_print(&keys.logs[i], &text, err) &&
		    buf_printf(m->out, err, "log %.*s\n", (int)text.n,
		    (const char *)text.p);
	}
	for (size_t i = 0; ok && i < keys.witnesses_n &&
	    m->n < QUORUM_WITNESSES_MAX; i++) {
		struct policy_line *p = &m->list[m->n++];

		p->key = keys.witnesses[i];
		(void)snprintf(p->state, sizeof p->state, "%s", card->body.card.state);
	}
	buf_clear(&text);
	return ok;
}

static bool
peer_policy(void *arg, const struct peer *p, struct err *err)
{
	return !p->confirmed || p->revoked || keys_policy(arg, &p->card, err);
}

static int
line_order(const void *a, const void *b)
{
	const struct policy_line *x = a, *y = b;
	int c = strcmp(x->state, y->state);

	return c != 0 ? c : strcmp(x->key.name, y->key.name);
}

/* witness XB-1 ..., group XB any XB-1 ..., and how many States are needed. */
static bool
groups_write(struct policy_making *m, unsigned k, struct err *err)
{
	struct buf text, states;
	unsigned states_n = 0;
	bool ok = true;

	if (m->n > 1)
		qsort(m->list, m->n, sizeof m->list[0], line_order);
	buf_init(&text, VKEY_TEXT_MAX);
	buf_init(&states, QUORUM_FILE_MAX);
	for (size_t i = 0, no = 1; ok && i < m->n; i++, no++) {
		if (i > 0 && strcmp(m->list[i].state, m->list[i - 1].state) != 0)
			no = 1;
		buf_reset(&text);
		ok = vkey_print(&m->list[i].key, &text, err) && buf_printf(m->out, err,
		    "witness %s-%zu %.*s\n", m->list[i].state, no, (int)text.n,
		    (const char *)text.p);
	}
	for (size_t i = 0; ok && i < m->n;) {
		const char *state = m->list[i].state;
		size_t no = 1;

		ok = buf_printf(m->out, err, "group %s any", state) &&
		    buf_printf(&states, err, " %s", state);
		for (; ok && i < m->n && strcmp(m->list[i].state, state) == 0; i++, no++)
			ok = buf_printf(m->out, err, " %s-%zu", state, no);
		ok = ok && buf_add_byte(m->out, '\n', err);
		states_n++;
	}
	if (ok && states_n < k)
		ok = err_set(err, ERR_USE, "ledger.policy",
		    "cosignatures of %u States are asked for, and the cards here name witnesses of %u",
		    k, states_n);
	ok = ok && (k == 0 ? buf_add_text(m->out, "quorum none\n", err) :
	    buf_printf(m->out, err, "group States %u%.*s\nquorum States\n", k,
	    (int)states.n, (const char *)states.p));
	buf_clear(&states);
	buf_clear(&text);
	return ok;
}

bool
flow_ledger_policy(struct flow *f, unsigned k, struct buf *out, struct err *err)
{
	struct policy_making *m = mem_new(sizeof *m, err);
	struct digest id;
	struct act card;
	bool ok;

	if (m == NULL)
		return false;
	m->out = out;
	act_init(&card, ACT_CARD);
	ok = own_card(f->home, &id, &card, err) && buf_printf(out, err,
	    "# Whom %s believes about ledgers, by the cards it confirmed.\n"
	    "# Cosigners of one State count once; %u of these States must have cosigned.\n",
	    home_settings(f->home)->authority.s, k) && keys_policy(m, &card, err) &&
	    peers_each(f->home, peer_policy, m, err) && groups_write(m, k, err);
	act_clear(&card);
	mem_free(m);
	return ok;
}
