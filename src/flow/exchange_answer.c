/*
 * What a home in recovery asks, and how a peer answers (flow/exchange.h).  A bundle is a
 * folder anybody can write, and an old one of a peer is as whole as its newest: so what a
 * peer knows of us counts only when the peer signed it together with a number that was drawn
 * when the recovery began.
 *
 * The witness key signs: it is the one the peer's card vouches for, and who witnesses nothing
 * is not waited for.  The text is signed as that of a plain note (key type 01).  What a
 * cosignature is over begins with another line, and no checkpoint has six: neither can be
 * taken for the other.
 */
#include <stdio.h>
#include <string.h>

#include "flow/exchange.h"

#define ASK_PATH LOG_PATH "/recovering"	/* below the home, and below a bundle */
#define ASK_NAME "recovering"		/* as a peer told it, below peers/ID */
#define ASK_MAX 256			/* bytes; it has 132 */
#define ANSWER_PATH LOG_PATH "/answer"	/* below a bundle */
#define ANSWER_TEXT_MAX 1024		/* bytes; it has some 300 */

/* ---- asked ---- */

static bool
ask_read(struct span text, struct recovery_nonce *out, struct err *err)
{
	struct cursor c;
	struct span line;
	bool whole;

	if (!told_whole(&text, &whole, err))
		return false;
	c = cursor_of(text);
	if (whole && cursor_line(&c, &line) && span_is(line, "comity-recovering/1") &&
	    cursor_line(&c, &line) && span_starts(line, "nonce ") &&
	    hex_decode(span_from(line, strlen("nonce ")), out->b, sizeof out->b) &&
	    cursor_done(&c))
		return true;
	return err_set(err, ERR_INPUT, "recovering.form",
	    "ledger/recovering is not as it was written");
}

/* One that rotted is as none: nobody has answered it. */
static bool
ask_load(struct flow *f, const char *path, struct buf *text, struct recovery_nonce *out,
    bool *found, struct err *err)
{
	struct err why = ERR_INIT;

	*found = home_has(f->home, path) && peer_file_load(f, path, text, &why) &&
	    ask_read(buf_span(text), out, &why);
	return *found || why.kind == ERR_NONE || ledger_damage_skip(&why, err);
}

bool
recovery_nonce_load(struct flow *f, struct recovery_nonce *out, bool *found,
    struct err *err)
{
	struct buf text;
	bool ok;

	buf_init(&text, ASK_MAX);
	ok = ask_load(f, ASK_PATH, &text, out, found, err);
	buf_clear(&text);
	return ok;
}

bool
recovery_nonce_draw(struct flow *f, struct err *err)
{
	struct recovery_nonce n;
	struct buf text;
	bool ok;

	buf_init(&text, ASK_MAX);
	ok = world_random(f->world, n.b, sizeof n.b, err) &&
	    buf_add_text(&text, "comity-recovering/1\nnonce ", err) &&
	    hex_encode(&text, span_of(n.b, sizeof n.b), err) &&
	    buf_add_byte(&text, '\n', err) && told_seal(&text, err) &&
	    dir_make_all(f->world, home_dir(f->home), LOG_PATH, err) &&
	    home_save(f->home, ASK_PATH, buf_span(&text), err);
	buf_clear(&text);
	return ok;
}

bool
recovery_nonce_forget(struct flow *f, struct err *err)
{
	return path_clear(f->world, home_dir(f->home), ASK_PATH, err);
}

bool
recovery_ask_tell(struct flow *f, struct dir *bundle, bool recovering, struct err *err)
{
	struct recovery_nonce n;
	struct buf text;
	bool found, ok;

	if (!recovering)
		return path_clear(f->world, bundle, ASK_PATH, err);
	buf_init(&text, ASK_MAX);
	ok = ask_load(f, ASK_PATH, &text, &n, &found, err);
	/* A home that began to recover before there was such a number, or lost it. */
	if (ok && !found) {
		buf_reset(&text);
		ok = recovery_nonce_draw(f, err) &&
		    home_load(f->home, ASK_PATH, &text, err);
	}
	ok = ok && file_save(f->world, bundle, ASK_PATH, buf_span(&text), true, err);
	buf_clear(&text);
	return ok;
}

bool
recovery_ask_hear(struct flow *f, const struct peer *from, struct span text,
    struct err *err)
{
	struct recovery_nonce n;

	return ask_read(text, &n, err) &&
	    peer_file_save(f, &from->id, ASK_NAME, text, err);
}

bool
recovery_ask_forget(struct flow *f, const struct peer *from, struct err *err)
{
	struct peer_path path = peer_file(&from->id, ASK_NAME);

	return path_clear(f->world, home_dir(f->home), path.s, err);
}

/* ---- answered ---- */

static bool
answer_text(const char *from, const char *to, const struct recovery_nonce *n,
    const struct recovery_answer *a, struct buf *out, struct err *err)
{
	return buf_printf(out, err, "comity-recovery-answer/1\nfrom %s\nto %s\nnonce ", from,
	    to) && hex_encode(out, span_of(n->b, sizeof n->b), err) &&
	    buf_printf(out, err, "\nknown %s\n", digest_hex(&a->known).s) &&
	    buf_printf(out, err, "destroyed %s\n", digest_hex(&a->destroyed).s);
}

/* The witness key as one that signs plain notes. */
static bool
plain_vkey(const struct vkey *witness, struct vkey *out, struct err *err)
{
	return vkey_make(witness->name, NOTE_ED25519, witness->point, out, err);
}

static bool
answer_sign(const struct witness_key *key, struct span text, struct buf *note,
    struct err *err)
{
	struct vkey plain;

	return plain_vkey(&key->vkey, &plain, err) && buf_add(note, text, err) &&
	    buf_add_byte(note, '\n', err) && note_sign(key->key, &plain, text, note, err);
}

static bool
answer_put(struct flow *f, struct dir *bundle, const struct peer *to,
    const struct recovery_nonce *n, const struct recovery_answer *a,
    struct exchanged *out, struct err *err)
{
	const struct witness_key *key;
	struct err why = ERR_INIT;
	struct buf text, note;
	bool ok;

	if (!ledger_witness_key(f, &key, &why)) {
		if (strcmp(why.reason, "passphrase.none") != 0) {
			*err = why;
			return false;
		}
		exchanged_tell(out, "%s came out of a backup and waits for an answer that is signed: write this bundle again with the passphrase.",
		    to->id.s);
		return path_clear(f->world, bundle, ANSWER_PATH, err);
	}
	buf_init(&text, ANSWER_TEXT_MAX);
	buf_init(&note, NOTE_MAX);
	ok = answer_text(home_settings(f->home)->authority.s, to->id.s, n, a, &text, err) &&
	    answer_sign(key, buf_span(&text), &note, err) &&
	    file_save(f->world, bundle, ANSWER_PATH, buf_span(&note), true, err);
	buf_clear(&note);
	buf_clear(&text);
	return ok;
}

bool
recovery_answer_tell(struct flow *f, struct dir *bundle, const struct peer *to,
    const struct recovery_answer *a, struct exchanged *out, struct err *err)
{
	struct recovery_nonce n;
	struct buf ask;
	bool found, ok;

	if (a == NULL)
		return path_clear(f->world, bundle, ANSWER_PATH, err);
	buf_init(&ask, ASK_MAX);
	ok = ask_load(f, peer_file(&to->id, ASK_NAME).s, &ask, &n, &found, err);
	buf_clear(&ask);
	return ok && (found ? answer_put(f, bundle, to, &n, a, out, err) :
	    path_clear(f->world, bundle, ANSWER_PATH, err));
}

/* Over this very text, by one of the witness keys on the card. */
static bool
answer_signed(struct span file, struct span text, const struct ledger_keys *keys,
    bool *holds, struct err *err)
{
	bool good[LEDGER_KEYS_MAX] = { false };
	struct vkey plain[LEDGER_KEYS_MAX];
	struct note note;
	bool ok = true;

	*holds = false;
	for (size_t i = 0; ok && i < keys->witnesses_n; i++)
		ok = plain_vkey(&keys->witnesses[i], &plain[i], err);
	if (!ok)
		return false;
	ok = note_parse(file, &note, err) &&
	    note_verify(&note, plain, keys->witnesses_n, good, NULL, err);
	for (size_t i = 0; ok && i < keys->witnesses_n; i++)
		*holds = *holds || (good[i] && span_eq(note.text, text));
	note_clear(&note);
	return ok;
}

bool
recovery_answer_holds(struct flow *f, const struct peer *from,
    const struct ledger_keys *keys, struct span file, const struct recovery_answer *a,
    bool *holds, struct err *err)
{
	struct recovery_nonce n;
	struct buf text;
	bool found, ok;

	*holds = false;
	if (!recovery_nonce_load(f, &n, &found, err))
		return false;
	if (!found)
		return true;
	buf_init(&text, ANSWER_TEXT_MAX);
	ok = answer_text(from->id.s, home_settings(f->home)->authority.s, &n, a, &text,
	    err) && answer_signed(file, buf_span(&text), keys, holds, err);
	buf_clear(&text);
	return ok;
}
