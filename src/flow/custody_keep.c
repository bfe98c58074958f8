/*
 * What others told of an act is kept: never more than what its log's key proves, and a few
 * words of those who are not known here.  What was kept before goes through the same sieve,
 * whenever it is read.
 */
#include <stdio.h>
#include <string.h>

#include "flow/custody_inside.h"
#include "flow/exchange.h"

/* ---- whose keys ---- */

/* Authorities of one custody file: two of a hand-over, and who else puts itself into it. */
#define SIEVE_MAX 4

struct sieve_keys {
	struct authority_id id;
	bool known;			/* confirmed, not revoked, and its card names a log */
	struct ledger_keys keys;
};

struct custody_sieve {
	struct flow *flow;
	struct sieve_keys list[SIEVE_MAX];
	size_t n, next;			/* next: the one that makes room */
	bool has_cosigners;
	struct vkey keys[1 + LEDGER_WITNESSES_SHOWN + LEDGER_KEYS_MAX];	/* 0: the log's */
	size_t keys_n;
};

bool
custody_sieve_new(struct flow *f, struct custody_sieve **out, struct err *err)
{
	*out = mem_new(sizeof **out, err);
	if (*out == NULL)
		return false;
	(*out)->flow = f;
	return true;
}

void
custody_sieve_free(struct custody_sieve *s)
{
	mem_free(s);
}

static bool
keys_load(struct flow *f, const char *id, struct sieve_keys *out, struct err *err)
{
	struct err why = ERR_INIT;
	struct peer p;
	bool ok;

	out->known = false;
	peer_init(&p);
	ok = peer_load(f->home, id, &p, &why);
	if (ok && p.confirmed && !p.revoked) {
		ok = ledger_keys_of_card(&p.card, &out->keys, &why);
		out->known = ok && out->keys.logs_n > 0;
	}
	peer_clear(&p);
	if (ok || why.kind == ERR_ABSENT || why.kind == ERR_USE || why.kind == ERR_INPUT)
		return true;
	*err = why;
	return false;
}

/* *keys NULL: nobody whose ledger is known here. */
static bool
keys_of(struct custody_sieve *s, const struct authority_id *id,
    const struct ledger_keys **keys, struct err *err)
{
	struct sieve_keys *k = NULL;

	for (size_t i = 0; k == NULL && i < s->n; i++)
		if (strcmp(s->list[i].id.s, id->s) == 0)
			k = &s->list[i];
	if (k == NULL) {
		k = &s->list[s->next];
		if (!keys_load(s->flow, id->s, k, err))
			return false;
		k->id = *id;
		s->next = (s->next + 1) % SIEVE_MAX;
		if (s->n < SIEVE_MAX)
			s->n++;
	}
	*keys = k->known ? &k->keys : NULL;
	return true;
}

/* Witness keys of the confirmed cards and our own, behind the place of the log's. */
static bool
cosigners_get(struct custody_sieve *s, struct err *err)
{
	struct cosigners *c;
	struct ledger_keys own;
	struct digest id;
	struct act card;
	bool ok;

	if (s->has_cosigners)
		return true;
	c = mem_new(sizeof *c, err);
	act_init(&card, ACT_CARD);
	ok = c != NULL && cosigners_known(s->flow, c, err) &&
	    own_card(s->flow->home, &id, &card, err) &&
	    ledger_keys_of_card(&card, &own, err);
	s->keys_n = 1;
	for (size_t i = 0; ok && i < c->n; i++)
		s->keys[s->keys_n++] = c->keys[i];
	for (size_t i = 0; ok && i < own.witnesses_n; i++)
		s->keys[s->keys_n++] = own.witnesses[i];
	s->has_cosigners = ok;
	act_clear(&card);
	mem_free(c);
	return ok;
}

/* ---- one proof ---- */

/* What is wrong with bytes that came is no trouble of ours. */
static bool
theirs(const struct err *why, struct err *err)
{
	if (why->kind == ERR_INPUT || why->kind == ERR_LIMIT ||
	    why->kind == ERR_UNPROVEN || why->kind == ERR_USE)
		return true;
	*err = *why;
	return false;
}

/*
 * The note with the log's line and those of witnesses known here that hold: a line that
 * nobody here can check would make it false for who can.
 */
static bool
note_known(struct custody_sieve *s, const struct vkey *log, struct span file,
    struct buf *out, bool *signed_here, struct err *err)
{
	bool good[sizeof s->keys / sizeof s->keys[0]] = { false };
	struct note n;
	bool ok;

	*signed_here = false;
	s->keys[0] = *log;
	ok = note_parse(file, &n, err) &&
	    note_verify(&n, s->keys, s->keys_n, good, NULL, err) &&
	    buf_add(out, n.text, err) && buf_add_byte(out, '\n', err);
	for (size_t i = 0; ok && good[0] && i < n.lines_n; i++)
		for (size_t k = 0; k < s->keys_n; k++)
			if (good[k] && span_is(n.lines[i].name, s->keys[k].name) &&
			    memcmp(n.lines[i].id, s->keys[k].id,
			    sizeof s->keys[k].id) == 0) {
				ok = note_line_copy(&n, i, out, err);
				break;
			}
	*signed_here = ok && good[0];
	note_clear(&n);
	return ok;
}

/* A proof of this leaf, signed by one of these logs, into *out; else out stays empty. */
static bool
proof_known(struct custody_sieve *s, const struct ledger_keys *keys,
    const uint8_t leaf[LEAF_BYTES], struct span file, struct custody_link *to,
    struct buf *out, struct err *err)
{
	struct err why = ERR_INIT;
	const struct vkey *log = NULL;
	struct checkpoint c;
	struct tlog_proof p;
	struct buf note;
	bool holds = false, ok;

	buf_init(&note, NOTE_MAX);
	ok = tlog_proof_read(file, &p, &why) &&
	    tlog_proof_check(file, leaf, &c, &holds, &why);
	for (size_t i = 0; ok && holds && i < keys->logs_n; i++)
		if (strcmp(keys->logs[i].name, c.origin) == 0)
			log = &keys->logs[i];
	if (log != NULL && !cosigners_get(s, err)) {
		buf_clear(&note);
		return false;
	}
	if (log != NULL && note_known(s, log, p.note, &note, &holds, &why) && holds) {
		p.note = buf_span(&note);
		ok = tlog_proof_write(&p, out, &why);
		to->has_place = ok;
		to->index = p.index;
		memcpy(to->origin, c.origin, sizeof to->origin);
	}
	buf_clear(&note);
	return why.kind == ERR_NONE || theirs(&why, err);
}

/* ---- one link ---- */

/* Only proofs that hold stay; its place is theirs. */
static bool
proofs_sift(struct custody_sieve *s, const struct ledger_keys *keys,
    struct custody_link *l, struct err *err)
{
	uint8_t leaf[LEAF_BYTES];
	size_t left = 0;
	bool ok = leaf_of(l->salt, buf_span(&l->bytes), leaf, err);

	for (size_t i = 0; i < l->proofs_n; i++) {
		struct buf again;

		buf_init(&again, PROOF_MAX);
		ok = ok && proof_known(s, keys, leaf, buf_span(&l->proofs[i]), l, &again,
		    err);
		buf_clear(&l->proofs[i]);
		if (ok && again.n > 0)
			l->proofs[left++] = again;
		else
			buf_clear(&again);
	}
	l->proofs_n = left;
	return ok;
}

static size_t
link_bytes(const struct custody_link *l)
{
	size_t n = l->bytes.n;

	for (size_t i = 0; i < l->proofs_n; i++)
		n += l->proofs[i].n;
	return n;
}

/*
 * A hand-over told before its log could sign it, as one in recovery: its entry may come
 * into our mirror, which then proves it, or shows that it is not true.
 */
static bool
may_wait(const struct custody_link *l, const struct ledger_keys *keys)
{
	if (!l->has_place || l->proofs_n > 0 || (l->record.event != EVENT_MADE &&
	    l->record.event != EVENT_RECEIVED))
		return false;
	for (size_t i = 0; i < keys->logs_n; i++)
		if (strcmp(keys->logs[i].name, l->origin) == 0)
			return true;
	return false;
}

static bool
link_sift(struct custody_sieve *s, const struct custody *c, const char *party,
    struct custody_link *l, bool *stays, struct err *err)
{
	const char *self = home_settings(s->flow->home)->authority.s;
	const char *who = l->record.authority.s;
	bool had_proofs = l->proofs_n > 0, broken = l->standing == CUSTODY_BROKEN;
	const struct ledger_keys *keys;

	*stays = false;
	/* A home's own doings are in its own journal. */
	if (!l->record.has_act || !digest_eq(&l->record.act, &c->act) ||
	    strcmp(who, self) == 0 || (party[0] != '\0' && strcmp(who, party) != 0))
		return true;
	if (!keys_of(s, &l->record.authority, &keys, err))
		return false;
	if (keys == NULL) {
		l->said = true;
		*stays = !broken && link_bytes(l) <= CUSTODY_SAID_BYTES;
		return true;
	}
	if (!proofs_sift(s, keys, l, err))
		return false;
	l->said = l->proofs_n == 0;
	*stays = !l->said || (!had_proofs && !broken && may_wait(l, keys));
	return true;
}

/* ---- all links of a file ---- */

/* The other side of the act, when it is one of the docket; "" nobody knows. */
static bool
party_of(struct flow *f, const struct digest *act, struct docket_act *row, bool *found,
    struct err *err)
{
	struct docket *d = NULL;
	bool ok;

	row->peer[0] = '\0';
	if (!home_docket(f->home, &d, err))
		return false;
	ok = docket_act_get(d, act, row, found, err);
	home_docket_done(f->home);
	return ok;
}

bool
custody_sift(struct custody_sieve *s, struct custody *c, bool *in_docket,
    struct err *err)
{
	struct docket_act row;
	bool stays, ok;

	ok = party_of(s->flow, &c->act, &row, in_docket, err) &&
	    custody_judge(c, NULL, err);
	for (size_t i = 0; ok && i < c->n;) {
		ok = link_sift(s, c, *in_docket ? row.peer : "", &c->links[i], &stays,
		    err);
		if (stays)
			i++;
		else
			custody_drop(c, i);
	}
	return ok;
}

/* ---- together ---- */

static size_t
said_count(const struct custody *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++)
		n += c->links[i].said;
	return n;
}

/* Lines of its note: who signed it; 0 for what is no proof. */
static size_t
signers(struct span proof)
{
	struct err why = ERR_INIT;
	struct tlog_proof p;
	size_t lines = 0;
	struct note n;

	if (!tlog_proof_read(proof, &p, &why))
		return 0;
	if (note_parse(p.note, &n, &why))
		lines = n.lines_n;
	note_clear(&n);
	return lines;
}

/* Of one checkpoint?  Then the lines of both, which all hold, in one proof. */
static bool
proof_merge(struct buf *to, struct span from, bool *same, struct err *err)
{
	struct tlog_proof a, b;
	struct checkpoint x, y;
	struct buf note, proof;
	bool ok;

	*same = false;
	if (!tlog_proof_read(buf_span(to), &a, err) || !tlog_proof_read(from, &b, err) ||
	    !checkpoint_peek(a.note, &x, err) || !checkpoint_peek(b.note, &y, err))
		return false;
	if (strcmp(x.origin, y.origin) != 0 || x.size != y.size ||
	    !digest_eq(&x.root, &y.root) || a.index != b.index)
		return true;
	*same = true;
	buf_init(&note, NOTE_MAX);
	buf_init(&proof, PROOF_MAX);
	ok = note_merge(a.note, b.note, &note, err);
	a.note = buf_span(&note);
	ok = ok && tlog_proof_write(&a, &proof, err);
	if (ok) {
		buf_clear(to);
		*to = proof;
	} else {
		buf_clear(&proof);
	}
	buf_clear(&note);
	return ok;
}

/* One more of what holds; full, the one that fewest signed makes room. */
static bool
proof_join(struct custody_link *to, struct span proof, struct err *err)
{
	size_t fewest = 0;
	bool same = false;

	for (size_t i = 0; i < to->proofs_n; i++) {
		if (!proof_merge(&to->proofs[i], proof, &same, err))
			return false;
		if (same)
			return true;
		if (signers(buf_span(&to->proofs[i])) <
		    signers(buf_span(&to->proofs[fewest])))
			fewest = i;
	}
	if (to->proofs_n == CUSTODY_PROOFS_MAX) {
		if (signers(proof) <= signers(buf_span(&to->proofs[fewest])))
			return true;
		buf_clear(&to->proofs[fewest]);
		to->proofs[fewest] = to->proofs[--to->proofs_n];
	}
	return custody_proof_add(to, proof, err);
}

/* A link with a proof of its log takes the room of one that is only said. */
static void
room_make(struct custody *to)
{
	for (size_t i = to->n; to->n == CUSTODY_LINKS_MAX && i-- > 0;)
		if (to->links[i].said)
			custody_drop(to, i);
}

static bool
place_fits(const struct custody_link *a, const struct custody_link *b)
{
	return !a->has_place || !b->has_place || (a->index == b->index &&
	    strcmp(a->origin, b->origin) == 0);
}

static bool
link_keep(struct custody *to, const struct custody_link *from, struct err *err)
{
	struct custody_link *l;

	for (size_t i = 0; i < to->n; i++) {
		l = &to->links[i];
		if (!custody_same_link(l, from))
			continue;
		/* Words add nothing to what is proven, and little to themselves. */
		if (from->said)
			return !l->said || l->proofs_n > 0 || !place_fits(l, from) ||
			    custody_join(to, from, err);
		if (l->said) {
			custody_drop(to, i);
			break;
		}
		for (size_t k = 0; k < from->proofs_n; k++)
			if (!proof_join(l, buf_span(&from->proofs[k]), err))
				return false;
		return true;
	}
	if (!from->said)
		room_make(to);
	if (to->n == CUSTODY_LINKS_MAX || (from->said && said_count(to) >= CUSTODY_SAID_MAX))
		return true;
	if (!custody_join(to, from, err))
		return false;
	to->links[to->n - 1].said = from->said;
	return true;
}

/* What waited for its proof is nothing beside the proven one of the same hand-over. */
static void
waiting_drop(struct custody *c)
{
	for (size_t i = 0; i < c->n;) {
		const struct record *a = &c->links[i].record;
		size_t k = 0;

		while (k < c->n && (c->links[k].said || a->event != c->links[k].record.event ||
		    strcmp(a->authority.s, c->links[k].record.authority.s) != 0 ||
		    strcmp(a->peer.s, c->links[k].record.peer.s) != 0))
			k++;
		if (c->links[i].said && k < c->n)
			custody_drop(c, i);
		else
			i++;
	}
}

/*
 * Against a policy that names more logs than the cards here do, what is only said may turn
 * out to be false: then nobody needs to see it, and it breaks nothing.
 */
bool
custody_judge_kept(struct custody *c, const struct quorum *q, struct err *err)
{
	size_t before = c->n;

	if (!custody_judge(c, q, err))
		return false;
	for (size_t i = c->n; i-- > 0;)
		if (c->links[i].said && c->links[i].standing == CUSTODY_BROKEN)
			custody_drop(c, i);
	return c->n == before || custody_judge(c, q, err);
}

/* ---- the file ---- */

/* What is kept and stands the sieve; nothing for a file that is damaged: it is told anew. */
static bool
kept_load(struct custody_sieve *s, const struct custody *told, struct custody *out,
    bool *file, bool *in_docket, struct err *err)
{
	struct err why = ERR_INIT;
	bool found;

	custody_init(out);
	if (!custody_kept(s->flow, &told->act, out, &found, &why)) {
		if (why.kind != ERR_INPUT && why.kind != ERR_UNPROVEN) {
			*err = why;
			return false;
		}
		found = false;
	}
	*file = home_has(s->flow->home, custody_path(&told->act).s);
	if (found && !custody_sift(s, out, in_docket, err))
		return false;
	/* Of mere words the first do not say which package it is. */
	if (!found || (said_count(out) == out->n && said_count(told) < told->n &&
	    !digest_eq(&out->package, &told->package))) {
		custody_clear(out);
		out->act = told->act;
		out->package = told->package;
	}
	return true;
}

static bool
kept_save(struct flow *f, const struct custody *kept, bool file, struct err *err)
{
	struct inbox_name path = custody_path(&kept->act);
	struct buf json;
	bool ok;

	if (kept->n == 0)
		return !file || path_remove(f->world, home_dir(f->home), path.s, err);
	buf_init(&json, CUSTODY_FILE_MAX);
	ok = custody_write(kept, &json, err) &&
	    dir_make_all(f->world, home_dir(f->home), CUSTODY_PATH, err) &&
	    home_save(f->home, path.s, buf_span(&json), err);
	buf_clear(&json);
	return ok;
}

bool
custody_keep(struct custody_sieve *s, struct custody *told, size_t *strangers,
    size_t *fresh, struct err *err)
{
	struct custody kept;
	bool file, in_docket, ok;
	size_t before = 0;

	*fresh = 0;
	custody_init(&kept);
	ok = custody_sift(s, told, &in_docket, err) &&
	    kept_load(s, told, &kept, &file, &in_docket, err);
	if (ok && !file && !in_docket && told->n > 0 && said_count(told) == told->n) {
		ok = *strangers > 0 || err_set(err, ERR_LIMIT, "custody.strangers",
		    "it is about acts that are not here, of authorities that are not known here, and more of them than are taken from one bundle (%u)",
		    CUSTODY_STRANGERS_MAX);
		*strangers -= ok;
	}
	before = kept.n;
	for (size_t i = 0; ok && i < told->n; i++)
		ok = link_keep(&kept, &told->links[i], err);
	if (ok) {
		waiting_drop(&kept);
		*fresh = kept.n > before ? kept.n - before : 0;
		kept.as_of = told->as_of > kept.as_of ? told->as_of : kept.as_of;
		ok = kept_save(s->flow, &kept, file, err);
	}
	custody_clear(&kept);
	return ok;
}
