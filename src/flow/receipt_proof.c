/*
 * What a receipt proves (formats/record): the place of the leaf `received` in the log of
 * who received, under a checkpoint signed with a key on its card.
 */
#include <stdio.h>
#include <string.h>

#include "flow/ledger.h"
#include "flow/take.h"

/* ---- in one of ours ---- */

/* Why there is none is told with what came of the act; the receipt goes out all the same. */
static void
without_proof(struct taking *t, const char *why)
{
	size_t n = strlen(t->out->text);

	(void)snprintf(t->out->text + n, sizeof t->out->text - n,
	    "%sThe receipt proves no place in our ledger. %s", n > 0 ? " " : "", why);
}

bool
receipt_prove(struct taking *t, struct receipt_body *b, struct buf *proof,
    struct err *err)
{
	struct flow *f = t->flow;
	struct ledger_place place;
	struct checkpoint c;
	char text[300];
	bool found, published;

	if (!ledger_proof_of(f, t->record_at, proof, &place, &found, err))
		return false;
	if (!found) {
		if (!ledger_publish(f, &published, &c, text, err))
			return false;
		if (!published) {
			without_proof(t, text);
			return true;
		}
		if (!ledger_proof_of(f, t->record_at, proof, &place, &found, err))
			return false;
	}
	b->has_log = found;
	if (!found)
		return true;
	b->log_index = place.index;
	(void)snprintf(b->log_origin, sizeof b->log_origin, "%.199s",
	    log_origin(home_settings(f->home)->authority.s, place.number).s);
	return true;
}

/* ---- in one that comes in ---- */

static bool
key_on(const struct act *card, const char *origin, struct vkey *out, bool *found,
    struct err *err)
{
	struct ledger_keys *keys = mem_new(sizeof *keys, err);
	bool ok = keys != NULL && ledger_keys_of_card(card, keys, err);

	*found = false;
	for (size_t i = 0; ok && i < keys->logs_n && !*found; i++) {
		*found = strcmp(keys->logs[i].name, origin) == 0;
		if (*found)
			*out = keys->logs[i];
	}
	mem_free(keys);
	return ok;
}

/* The key of this log on any card of the sender that is believed, newest first. */
static bool
key_find(struct taking *t, const char *origin, struct vkey *out, bool *found,
    struct err *err)
{
	const struct peer *p = &t->from;

	if (!key_on(&p->card, origin, out, found, err))
		return false;
	for (size_t i = p->earlier_n; i-- > 0 && !*found;) {
		bool there, trusted, ok;
		struct act card;

		act_init(&card, ACT_CARD);
		ok = card_find(t->flow->home, &p->id, &p->earlier[i], &card, &there,
		    &trusted, err) && (!there || !trusted ||
		    key_on(&card, origin, out, found, err));
		act_clear(&card);
		if (!ok)
			return false;
	}
	return true;
}

/* The sender keeps a ledger, and this receipt does not say where in it. */
static bool
claimed_note(struct taking *t, struct err *err)
{
	struct ledger_keys *keys = mem_new(sizeof *keys, err);
	bool ok = keys != NULL && ledger_keys_of_card(&t->from.card, keys, err);

	t->receipt.claimed = ok && keys->logs_n > 0;
	mem_free(keys);
	return ok;
}

enum proven { PROVEN_YES, PROVEN_NO_FILE, PROVEN_NO_FORM, PROVEN_OTHER_PLACE, PROVEN_NOT_THERE,
	PROVEN_NO_KEY, PROVEN_NOT_SIGNED };

static const struct { const char *reason, *why; } unproven[] = {
	[PROVEN_NO_FILE] = { "receipt.proof",
	    "it names a place in a ledger, and there is no proof of it" },
	[PROVEN_NO_FORM] = { "receipt.proof",
	    "it is no proof file that this version reads" },
	[PROVEN_OTHER_PLACE] = { "receipt.log",
	    "it is for another place or another ledger than the receipt names" },
	[PROVEN_NOT_THERE] = { "receipt.proof",
	    "the record in it is not at that place of the ledger" },
	[PROVEN_NO_KEY] = { "receipt.log-key",
	    "no card of the sender that is believed here names that ledger" },
	[PROVEN_NOT_SIGNED] = { "receipt.log-key",
	    "the checkpoint in it is not signed with the key on the sender's card" },
};

/* Our own trouble is told as that; all else is about the proof. */
static bool
ours(const struct err *why, struct err *err)
{
	if (why->kind != ERR_MEMORY && why->kind != ERR_IO && why->kind != ERR_STOPPED)
		return false;
	*err = *why;
	return true;
}

static bool
proof_judge(struct taking *t, struct span file, const uint8_t leaf[LEAF_BYTES],
    struct tlog_proof *p, enum proven *out, struct err *err)
{
	const struct receipt_body *b = &t->report.act.body.receipt;
	struct err why = ERR_INIT;
	struct vkey *key = &t->receipt.check->key;
	struct checkpoint c;
	bool there, found;

	*out = PROVEN_NO_FORM;
	if (!tlog_proof_read(file, p, &why) || !checkpoint_peek(p->note, &c, &why))
		return !ours(&why, err);
	*out = PROVEN_OTHER_PLACE;
	if (p->index != b->log_index || strcmp(c.origin, b->log_origin) != 0)
		return true;
	*out = PROVEN_NOT_THERE;
	if (!tlog_proof_check(file, leaf, &c, &there, &why))
		return !ours(&why, err);
	if (!there)
		return true;
	*out = PROVEN_NO_KEY;
	if (!key_find(t, b->log_origin, key, &found, err))
		return false;
	if (!found)
		return true;
	*out = PROVEN_NOT_SIGNED;
	if (!checkpoint_open(p->note, key, &c, &why))
		return !ours(&why, err);
	*out = PROVEN_YES;
	return true;
}

static bool
proof_look(struct taking *t, enum proven *out, struct err *err)
{
	const struct receipt_check *c = t->receipt.check;
	struct tlog_proof *p;
	uint8_t leaf[LEAF_BYTES];
	struct digest salt;
	bool ok;

	*out = PROVEN_NO_FILE;
	if (c->proof.n == 0)
		return true;
	p = mem_new(sizeof *p, err);
	if (p == NULL)
		return false;
	/* The form of the salt was checked when it was read. */
	ok = digest_parse(span_part(buf_span(&c->salt), 0, 2 * RECORD_SALT), &salt) &&
	    leaf_of(salt.b, buf_span(&c->record), leaf, err) &&
	    proof_judge(t, buf_span(&c->proof), leaf, p, out, err);
	mem_free(p);
	return ok;
}

bool
receipt_proof_ask(struct taking *t, bool *holds, struct err *err)
{
	enum proven proven;

	t->receipt.claimed = false;
	*holds = !t->report.act.body.receipt.has_log;
	if (*holds)
		return claimed_note(t, err);
	if (!proof_look(t, &proven, err))
		return false;
	*holds = proven == PROVEN_YES;
	return *holds || take_not(t, unproven[proven].reason,
	    "It is a receipt whose proof does not hold: %s. Nothing was changed; ask the other side.",
	    unproven[proven].why);
}
