/* peer: the cards of others, and the phone call that makes them believable. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static const char *
state_of(const struct peer *p)
{
	return p->revoked ? "revoked" : p->confirmed ? "confirmed" : "not confirmed";
}

/* Of a card: somebody else's words, shown with say_text. */
static const char *
name_of(const struct peer *p)
{
	return p->card.body.card.names_n > 0 ? p->card.body.card.names[0].text : "";
}

/* At a terminal: show whom to phone, then take the words down. */
static bool
words_ask(struct cli *c, const char *path, struct buf *typed)
{
	struct six_words ignored;

	/* The card must hold before anybody is asked to phone about it. */
	if (!flow_card_words(&c->flow, path, &ignored, &c->err))
		return false;
	warn(c, "Phone this authority on a number you already have, not on one from this card.\n"
	    "Ask for the six words of their card (they type: comity peer words).\n");
	return world_ask(c->world, "The six words, or nothing to leave it unconfirmed: ",
	    false, typed, &c->err);
}

static const char *
pair_words(const struct paired *p)
{
	if (!p->peer.confirmed)
		return "kept, but NOT confirmed: nothing can be sealed to it";
	if (p->compared)
		return "the six words fit; the card is confirmed";
	return p->followed ? "the new card is signed by the one before it and taken" :
	    "this card was here already, and confirmed";
}

static int
pair_told(struct cli *c, const struct paired *p)
{
	struct json_out j;

	if (c->json) {
		json_start(c, &j, "comity.pair/1");
		json_out_str(&j, "authority", p->peer.id.s);
		json_out_str(&j, "name", name_of(&p->peer));
		json_out_str(&j, "state", state_of(&p->peer));
		json_out_digest(&j, "card", &p->peer.card_id);
		json_out_bool(&j, "was_known", p->was_known);
		json_done(c, &j);
		return EXIT_DONE;
	}
	say_text(c, name_of(&p->peer));
	say(c, " (%s): %s.\n", p->peer.id.s, pair_words(p));
	if (!p->peer.confirmed)
		say(c, "  Next: phone them, then comity peer pair CARD --words \"...\"\n");
	return EXIT_DONE;
}

int
run_peer_pair(struct cli *c, struct call *call)
{
	const char *words = call_value(call, "words");
	struct paired p;
	struct buf typed;
	int code;

	buf_init(&typed, 1024);
	if (words == NULL && !c->no_input && world_input_is_terminal(c->world)) {
		if (!words_ask(c, call->args[0], &typed) ||
		    !buf_text(&typed, &words, &c->err)) {
			buf_clear(&typed);
			return fail(c);
		}
		if (words[0] == '\0')
			words = NULL;
	}
	if (!flow_peer_pair(&c->flow, call->args[0], words, &p, &c->err)) {
		code = fail(c);
	} else {
		code = pair_told(c, &p);
		peer_clear(&p.peer);
	}
	buf_clear(&typed);
	return code;
}

int
run_peer_words(struct cli *c, struct call *call)
{
	struct six_words words;
	struct json_out j;
	struct digest id;
	struct act card;
	bool ok;

	act_init(&card, ACT_CARD);
	if (call->args_n > 0)
		ok = flow_card_words(&c->flow, call->args[0], &words, &c->err);
	else
		ok = own_card(c->flow.home, &id, &card, &c->err) &&
		    six_words_of(&id, &words, &c->err);
	act_clear(&card);
	if (!ok)
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.words/1");
		json_out_str(&j, "words", words.s);
		json_done(c, &j);
	}
	say(c, "%s\n", words.s);
	return EXIT_DONE;
}

static void
peer_json(struct json_out *j, const struct peer *p)
{
	json_out_object(j, NULL);
	json_out_str(j, "authority", p->id.s);
	json_out_str(j, "name", name_of(p));
	json_out_str(j, "state", state_of(p));
	json_out_bool(j, "training", p->card.exercise);
	json_out_digest(j, "card", &p->card_id);
	json_out_str(j, "valid_to", when_rfc3339(p->card.body.card.valid_to).s);
	json_out_close_object(j);
}

struct listing_peers {
	struct cli *c;
	struct json_out j;
	size_t n;
};

static bool
peer_line(void *arg, const struct peer *p, struct err *err)
{
	struct listing_peers *l = arg;

	(void)err;
	l->n++;
	if (l->c->json)
		peer_json(&l->j, p);
	say(l->c, "%s  %-14s ", p->id.s, state_of(p));
	say_text(l->c, name_of(p));
	say(l->c, "\n");
	return true;
}

int
run_peer_list(struct cli *c, struct call *call)
{
	struct listing_peers l = { .c = c };

	(void)call;
	if (c->json) {
		json_start(c, &l.j, "comity.peers/1");
		json_out_array(&l.j, "peers");
	}
	if (!peers_each(c->flow.home, peer_line, &l, &c->err))
		return fail(c);
	if (c->json) {
		json_out_close_array(&l.j);
		json_done(c, &l.j);
	}
	if (l.n == 0)
		say(c, "No peer yet.\n  Next: comity peer pair THEIR-CARD\n");
	return EXIT_DONE;
}

/* A stranger's words stand on it. */
static void
card_line(struct cli *c, const char *left, const char *text, const char *right)
{
	say(c, "  %-11s ", left);
	say_text(c, text);
	say(c, "%s\n", right);
}

static void
card_show(struct cli *c, const struct peer *p)
{
	const struct card_body *b = &p->card.body.card;

	say_text(c, name_of(p));
	say(c, "\n  authority   %s\n  state       %s%s", p->id.s, state_of(p),
	    p->reason[0] != '\0' ? ": " : "");
	say_text(c, p->reason);
	say(c, "\n");
	if (p->card.exercise)
		say(c, "  TRAINING: can never count as real\n");
	for (size_t i = 0; i < b->roles_n; i++)
		card_line(c, "role", b->roles[i], "");
	if (b->phone != NULL)
		card_line(c, "phone", b->phone,
		    " (as the card says: for call-back use a number you already have)");
	for (size_t i = 0; i < b->carriers_n; i++)
		card_line(c, "carrier", b->carriers[i], "");
	for (size_t i = 0; i < b->recipients_n; i++)
		card_line(c, "seal to", b->recipients[i], "");
	say(c, "  card        %s\n  valid       %s to %s\n", digest_hex(&p->card_id).s,
	    when_people(b->valid_from).s, when_people(b->valid_to).s);
}

int
run_peer_show(struct cli *c, struct call *call)
{
	struct json_out j;
	struct peer p;
	int code = EXIT_DONE;

	peer_init(&p);
	if (!peer_find(c->flow.home, call->args[0], &p, &c->err)) {
		code = fail(c);
	} else if (c->json) {
		json_start(c, &j, "comity.peer/1");
		json_out_array(&j, "peers");
		peer_json(&j, &p);
		json_out_close_array(&j);
		json_done(c, &j);
	} else {
		card_show(c, &p);
	}
	peer_clear(&p);
	return code;
}

int
run_peer_roots(struct cli *c, struct call *call)
{
	const char *who = call->args_n > 0 ? call->args[0] : NULL;
	struct certs roots;
	struct buf pem;
	bool ok;
	int code;

	buf_init(&pem, SMALL_FILE_MAX);
	certs_init(&roots);
	if (call_flag(call, "tsa"))
		ok = home_stamp_roots(c->flow.home, &roots, &c->err) &&
		    (roots.n > 0 || err_set(&c->err, ERR_ABSENT, "stamp.no-roots",
		    "no roots of a time-stamping authority are set; set them with: comity stamp authority --tsa-roots FILE")) &&
		    certs_write_pem(&roots, &pem, &c->err);
	else
		ok = flow_roots(&c->flow, who, &pem, &c->err);
	code = ok ? give_pem(c, call_value(call, "out"), buf_span(&pem),
	    "Root certificates", "comity.roots/1") : fail(c);
	certs_clear(&roots);
	buf_clear(&pem);
	return code;
}

int
run_peer_revoke(struct cli *c, struct call *call)
{
	const char *reason = call_value(call, "reason");
	struct json_out j;

	if (reason == NULL)
		return fail_use(c, "comity peer revoke needs --reason \"...\"");
	if (!flow_peer_revoke(&c->flow, call->args[0], reason, &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.revoke/1");
		json_shown(&j, "peer", call->args[0]);
		json_done(c, &j);
	}
	say(c, "Revoked here: nothing is sealed to it, and what it signs is shown as unknown.\n"
	    "Tell the other authorities by phone: each node decides for itself.\n");
	return EXIT_DONE;
}
