/* What a command that takes in many parcels opens once (kept.h). */
#include <string.h>

#include "flow/kept.h"

bool
kept_begin(struct flow *f, struct err *err)
{
	struct kept *k;

	if (f->kept != NULL)
		return err_set(err, ERR_USE, "kept.begun",
		    "the inbox is being taken in already");
	k = mem_new(sizeof *k, err);
	if (k == NULL)
		return false;
	if (!memo_new(&k->memo, err) || !age_unwrapped_new(&k->unwrapped, err)) {
		memo_free(k->memo);
		mem_free(k);
		return false;
	}
	buf_init(&k->note, NOTE_MAX);
	buf_init(&k->revocation, REVOCATION_MAX);
	certs_init(&k->signer.chain);
	certs_init(&k->stamp_roots);
	f->kept = k;
	return true;
}

void
kept_drop(struct flow *f)
{
	struct kept *k = f->kept;

	if (k == NULL)
		return;
	for (size_t i = 0; i < k->cards_n; i++) {
		act_clear(&k->cards[i]->card);
		certs_clear(&k->cards[i]->roots);
		mem_free(k->cards[i]);
	}
	for (size_t i = 0; i < k->peers_n; i++) {
		peer_clear(k->peers[i]);
		mem_free(k->peers[i]);
	}
	k->cards_n = k->peers_n = 0;
	k->drops++;
}

unsigned
kept_drops(const struct flow *f)
{
	return f->kept == NULL ? 0 : f->kept->drops;
}

void
kept_end(struct flow *f)
{
	struct kept *k = f->kept;

	if (k == NULL)
		return;
	kept_docket_let(f);
	kept_drop(f);
	f->kept = NULL;
	signer_close(&k->signer);
	certs_clear(&k->stamp_roots);
	buf_clear(&k->revocation);
	buf_clear(&k->note);
	memo_free(k->memo);
	age_unwrapped_free(k->unwrapped);
	mem_free(k);
}

struct memo *
kept_memo(const struct flow *f)
{
	return f->kept == NULL ? NULL : f->kept->memo;
}

void
kept_keys(const struct flow *f, struct age_keys *keys)
{
	keys->unwrapped = f->kept == NULL ? NULL : f->kept->unwrapped;
}

/* ---- our own ---- */

bool
kept_own_card(struct flow *f, struct digest *id, struct err *err)
{
	struct kept *k = f->kept;
	struct act card;
	bool ok;

	if (k != NULL && k->has_own) {
		*id = k->own;
		return true;
	}
	act_init(&card, ACT_CARD);
	ok = own_card(f->home, id, &card, err);
	act_clear(&card);
	if (ok && k != NULL) {
		k->own = *id;
		k->has_own = true;
	}
	return ok;
}

bool
kept_recipient(struct flow *f, struct age_recipient *out, struct err *err)
{
	struct kept *k = f->kept;

	if (k != NULL && k->has_recipient) {
		*out = k->recipient;
		return true;
	}
	if (!home_recipient(f->home, out, err))
		return false;
	if (k != NULL) {
		k->recipient = *out;
		k->has_recipient = true;
	}
	return true;
}

/* ---- our ledger ---- */

bool
kept_checkpoint(struct flow *f, struct log *l, uint64_t index, struct buf *note,
    struct checkpoint *out, bool *found, struct err *err)
{
	struct kept *k = f->kept;

	if (k == NULL)
		return log_checkpoint(l, note, out, found, err);
	*found = k->note_log == l && k->note_size == log_size(l) && index < k->note_says.size;
	if (!*found) {
		kept_log_changed(f);
		if (!log_checkpoint(l, &k->note, &k->note_says, found, err))
			return false;
		if (!*found)
			return true;
		k->note_log = l;
		k->note_size = log_size(l);
	}
	*out = k->note_says;
	return buf_add(note, buf_span(&k->note), err);
}

void
kept_log_changed(struct flow *f)
{
	if (f->kept == NULL)
		return;
	f->kept->note_log = NULL;
	buf_reset(&f->kept->note);
}

/* ---- of others ---- */

const struct kept_card *
kept_card_find(struct flow *f, const struct authority_id *from,
    const struct digest *id)
{
	const struct kept *k = f->kept;

	for (size_t i = 0; k != NULL && i < k->cards_n; i++)
		if (digest_eq(&k->cards[i]->id, id) &&
		    strcmp(k->cards[i]->from.s, from->s) == 0)
			return k->cards[i];
	return NULL;
}

bool
kept_card_add(struct flow *f, const struct digest *id, struct act *card,
    struct certs *roots, const struct kept_card **kept, struct err *err)
{
	struct kept *k = f->kept;
	struct kept_card *c;

	*kept = NULL;
	if (k == NULL || k->cards_n == KEPT_MAX)
		return true;
	c = mem_new(sizeof *c, err);
	if (c == NULL)
		return false;
	c->from = card->from;
	c->id = *id;
	c->card = *card;
	c->roots = *roots;
	act_init(card, ACT_CARD);
	certs_init(roots);
	k->cards[k->cards_n++] = c;
	*kept = c;
	return true;
}

static const struct peer *
peer_kept(const struct kept *k, const char *id)
{
	for (size_t i = 0; i < k->peers_n; i++)
		if (strcmp(k->peers[i]->id.s, id) == 0)
			return k->peers[i];
	return NULL;
}

bool
kept_peer(struct flow *f, const char *id, struct peer *out, bool *borrowed,
    struct err *err)
{
	struct kept *k = f->kept;
	const struct peer *have = k == NULL ? NULL : peer_kept(k, id);
	struct peer *p;

	*borrowed = have != NULL;
	if (have != NULL) {
		*out = *have;
		return true;
	}
	if (!peer_load(f->home, id, out, err))
		return false;
	if (k == NULL || k->peers_n == KEPT_MAX)
		return true;
	p = mem_new(sizeof *p, err);
	if (p == NULL)
		return false;
	*p = *out;
	k->peers[k->peers_n++] = p;
	*borrowed = true;
	return true;
}

/* ---- the docket ---- */

bool
kept_docket_hold(struct flow *f, struct err *err)
{
	struct kept *k = f->kept;

	return k == NULL || k->docket != NULL || home_docket(f->home, &k->docket, err);
}

void
kept_docket_let(struct flow *f)
{
	struct kept *k = f->kept;

	if (k == NULL || k->docket == NULL)
		return;
	k->docket = NULL;
	home_docket_done(f->home);
}
