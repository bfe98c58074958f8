/* init, key, status, doctor and the bare desk. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "flow/backup.h"
#include "flow/requests.h"

bool
number_option(struct cli *c, const char *text, const char *name, unsigned fallback,
    unsigned *out)
{
	unsigned v = 0;

	*out = fallback;
	if (text == NULL)
		return true;
	for (const char *p = text; *p != '\0'; p++) {
		if (*p < '0' || *p > '9' || v > 100000)
			return err_set(&c->err, ERR_USE, "use.number",
			    "--%s needs a number", name);
		v = v * 10 + (unsigned)(*p - '0');
	}
	if (text[0] == '\0')
		return err_set(&c->err, ERR_USE, "use.number", "--%s needs a number",
		    name);
	*out = v;
	return true;
}

static bool
key_option(struct cli *c, const char *text, enum key_kind *out)
{
	if (text == NULL || strcmp(text, "p256") == 0)
		*out = KEY_P256;
	else if (strcmp(text, "p384") == 0)
		*out = KEY_P384;
	else if (strcmp(text, "rsa3072") == 0)
		*out = KEY_RSA;
	else
		return err_set(&c->err, ERR_USE, "use.key",
		    "--key is p256, p384 or rsa3072 (EdDSA keys cannot sign this form)");
	return true;
}

/* The card's words for people, at the end of init, import and rotate. */
static bool
card_words(struct cli *c, struct six_words *out)
{
	struct digest id;
	struct act card;
	bool ok;

	act_init(&card, ACT_CARD);
	ok = own_card(c->flow.home, &id, &card, &c->err) &&
	    six_words_of(&id, out, &c->err);
	act_clear(&card);
	return ok;
}

static int
init_told(struct cli *c, bool self_ca)
{
	const struct settings *s = home_settings(c->flow.home);
	const char *home = home_path(c->flow.home);
	struct six_words words = { "" };
	struct json_out j;

	if (self_ca && !card_words(c, &words))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.init/1");
		json_out_str(&j, "authority", s->authority.s);
		json_shown(&j, "home", home);
		json_out_bool(&j, "training", s->training);
		json_out_bool(&j, "has_certificate", s->has_certificate);
		json_out_str(&j, "words", self_ca ? words.s : NULL);
		json_done(c, &j);
		return EXIT_DONE;
	}
	say(c, "%s is ready%s.\n", s->name,
	    s->training ? " (training: everything is marked as exercise)" : "");
	say(c, "  authority  %s\n  home       %s\n", s->authority.s, home);
	if (!self_ca) {
		say(c, "The signing key waits for its certificate.\n"
		    "  request    %s/request.csr\n"
		    "  Next: have your PKI sign the request, then comity --home %s key import CHAIN.pem --roots ROOTS.pem\n",
		    home, home);
		return EXIT_DONE;
	}
	say(c, "  card       %s/card.card\n  six words  %s\n", home, words.s);
	say(c, "Give the card to the other side; read the six words to them on the phone.\n"
	    "  Next: comity --home %s peer pair THEIR-CARD\n", home);
	return EXIT_DONE;
}

int
run_init(struct cli *c, struct call *call)
{
	static const char *const default_roles[] = { "central_authority" };
	static const char *const default_carriers[] = { "stick" };
	const char *roles[HOME_ROLES_MAX + 1], *carriers[HOME_CARRIERS_MAX + 1];
	const char *country = call_value(call, "country");
	const char *lang = call_value(call, "language"), *path;
	const char *roots = call_value(call, "tsa-roots");
	struct init_wish w = { .authority = call_value(call, "authority"),
		.country = country, .lang = lang != NULL ? lang : "en",
		.tsa_url = call_value(call, "tsa"), .phone = call_value(call, "phone"),
		.self_ca = call_flag(call, "self-ca"),
		.training = call_flag(call, "training") };
	struct buf pem;
	bool ok;

	if (country == NULL || w.authority == NULL)
		return fail_use(c, "comity init needs --country XX and --authority \"NAME\"");
	/* XA to XZ, but for XK, are nobody's codes: what is made under them is training. */
	w.training = w.training || law_training(country);
	if (w.self_ca == call_flag(call, "csr"))
		return fail_use(c, "choose one: --csr (a national PKI gives the certificate) or --self-ca (a small certificate authority of our own)");
	w.roles_n = call_values(call, "role", roles, HOME_ROLES_MAX + 1);
	w.roles = w.roles_n > 0 ? roles : default_roles;
	w.roles_n = w.roles_n > 0 ? w.roles_n : 1;
	w.carriers_n = call_values(call, "carrier", carriers, HOME_CARRIERS_MAX + 1);
	w.carriers = w.carriers_n > 0 ? carriers : default_carriers;
	w.carriers_n = w.carriers_n > 0 ? w.carriers_n : 1;
	buf_init(&pem, SMALL_FILE_MAX);
	ok = key_option(c, call_value(call, "key"), &w.key) &&
	    number_option(c, call_value(call, "scrypt-log-n"), "scrypt-log-n",
	    AGE_LOG_N_DEFAULT, &w.log_n) &&
	    (roots == NULL || file_option(c, roots, &pem)) &&
	    buf_text(&c->home_path, &path, &c->err);
	w.path = ok ? path : "";
	w.tsa_roots = buf_span(&pem);
	ok = ok && flow_init(&c->flow, &w, &c->err);
	if (ok && !w.self_ca) {
		buf_reset(&pem);
		ok = flow_key_csr(&c->flow, &pem, &c->err) &&
		    home_save(c->flow.home, "request.csr", buf_span(&pem), &c->err);
	}
	buf_clear(&pem);
	return ok ? init_told(c, w.self_ca) : fail(c);
}

/* ---- keys ---- */

static void
cert_told(struct cli *c, struct json_out *j, const struct cert *cert, unsigned number,
    bool in_use)
{
	struct buf subject, issuer;
	const char *s = "", *i = "";

	buf_init(&subject, 4096);
	buf_init(&issuer, 4096);
	if (cert_subject_text(cert, &subject, &c->err) &&
	    cert_issuer_text(cert, &issuer, &c->err) &&
	    buf_text(&subject, &s, &c->err) && buf_text(&issuer, &i, &c->err)) {
		json_out_object(j, NULL);
		json_out_int(j, "number", number);
		json_out_bool(j, "in_use", in_use);
		json_out_str(j, "kind", key_kind_name(cert_key_kind(cert)));
		json_out_str(j, "subject", s);
		json_out_str(j, "issuer", i);
		json_out_str(j, "not_before", when_rfc3339(cert_not_before(cert)).s);
		json_out_str(j, "not_after", when_rfc3339(cert_not_after(cert)).s);
		json_out_close_object(j);
		say(c, "  %u%s  %s  %s\n       by %s\n       valid %s to %s\n", number,
		    in_use ? " (in use)" : "", key_kind_name(cert_key_kind(cert)), s,
		    i, when_people(cert_not_before(cert)).s,
		    when_people(cert_not_after(cert)).s);
	}
	buf_clear(&subject);
	buf_clear(&issuer);
}

/* Made by `key rotate`, its request with the PKI. */
static bool
key_waits(struct cli *c)
{
	char path[48];

	(void)snprintf(path, sizeof path, "keys/signing-%u.key.age",
	    home_settings(c->flow.home)->signing + 1);
	return home_has(c->flow.home, path);
}

int
run_key_list(struct cli *c, struct call *call)
{
	const struct settings *s = home_settings(c->flow.home);
	struct age_recipient r;
	struct json_out j = { 0 };
	struct buf scratch;

	(void)call;
	buf_init(&scratch, 1u << 20);
	if (c->json)
		json_start(c, &j, "comity.keys/1");
	else
		json_out_begin(&j, &scratch, false, false, &c->err);
	say(c, "Signing keys:\n");
	json_out_array(&j, "signing");
	for (unsigned n = 1; n <= s->signing; n++) {
		struct certs chain;
		struct err why = ERR_INIT;

		certs_init(&chain);
		if (home_chain(c->flow.home, n, &chain, &why))
			cert_told(c, &j, chain.list[0], n, n == s->signing);
		else
			say(c, "  %u  %s\n", n, why.text);
		certs_clear(&chain);
	}
	json_out_close_array(&j);
	json_out_bool(&j, "new_key_waits", key_waits(c));
	if (key_waits(c))
		say(c, "  %u  waits for its certificate: comity key csr\n",
		    s->signing + 1);
	if (!home_recipient(c->flow.home, &r, &c->err)) {
		buf_clear(&scratch);
		return fail(c);
	}
	json_out_str(&j, "recipient", age_recipient_print(&r).s);
	say(c, "Sealing key %u: others seal to\n  %s\n", s->sealing,
	    age_recipient_print(&r).s);
	if (c->json)
		json_done(c, &j);
	buf_clear(&scratch);
	return EXIT_DONE;
}

/* A new file, whole or not at all; others may read it when it is public. */
static bool
file_out(struct cli *c, const char *out, struct span bytes, bool public)
{
	struct file *f = NULL;
	bool ok;

	ok = file_save(c->world, NULL, out, bytes, false, &c->err);
	if (!ok && c->err.kind == ERR_CONFLICT)
		return err_set(&c->err, ERR_CONFLICT, "out.exists",
		    "%s is there already and was not touched; choose another name", out);
	if (!ok || !public)
		return ok;
	ok = file_open(c->world, NULL, out, FILE_UPDATE, &f, &c->err) &&
	    file_mode_set(f, 0644, &c->err);
	file_close(f);
	return ok;
}

static void
file_told(struct cli *c, const char *out, struct span bytes, const char *what)
{
	struct json_out j;

	if (c->json) {
		json_start(c, &j, "comity.written/1");
		json_out_str(&j, "what", what);
		json_shown(&j, "file", out);
		json_out_int(&j, "bytes", (int64_t)bytes.n);
		json_done(c, &j);
	}
	say(c, "%s written to ", what);
	say_text(c, out);
	say(c, " (%zu bytes).\n", bytes.n);
}

int
give_file(struct cli *c, const char *out, struct span bytes, const char *what,
    bool public)
{
	if (!file_out(c, out, bytes, public))
		return fail(c);
	file_told(c, out, bytes, what);
	return EXIT_DONE;
}

int
give_pem(struct cli *c, const char *out, struct span pem, const char *what,
    const char *schema)
{
	struct json_out j;

	if (out != NULL && strcmp(out, "-") != 0)
		return give_file(c, out, pem, what, true);
	if (!c->json)
		return buf_add(&c->out, pem, &c->err) ? EXIT_DONE : fail(c);
	json_start(c, &j, schema);
	json_out_text(&j, "pem", pem);
	json_done(c, &j);
	return EXIT_DONE;
}

int
run_key_csr(struct cli *c, struct call *call)
{
	struct buf pem;
	int code;

	buf_init(&pem, SMALL_FILE_MAX);
	if (!flow_key_csr(&c->flow, &pem, &c->err))
		code = fail(c);
	else
		code = give_pem(c, call_value(call, "out"), buf_span(&pem),
		    "Certificate request", "comity.csr/1");
	if (code == EXIT_DONE && call_value(call, "out") != NULL)
		say(c, "  Next: have your PKI sign it, then comity key import CHAIN.pem --roots ROOTS.pem\n");
	buf_clear(&pem);
	return code;
}

static int
card_told(struct cli *c, const char *schema, const char *first)
{
	struct six_words words;
	struct json_out j;

	if (!card_words(c, &words))
		return fail(c);
	if (c->json) {
		json_start(c, &j, schema);
		json_out_str(&j, "card", "card.card");
		json_out_str(&j, "words", words.s);
		json_done(c, &j);
	}
	say(c, "%s\n  card       %s/card.card\n  six words  %s\n"
	    "Give the new card to your peers.\n", first, home_path(c->flow.home),
	    words.s);
	return EXIT_DONE;
}

int
run_key_import(struct cli *c, struct call *call)
{
	const char *roots = call_value(call, "roots"), *key = call_value(call, "key");
	const char *crl = call_value(call, "crl");
	struct buf chain_pem, roots_pem, key_file, crl_pem;
	bool ok;

	if (roots == NULL)
		return fail_use(c, "comity key import needs --roots FILE, the root certificates of your PKI");
	buf_init(&chain_pem, SMALL_FILE_MAX);
	buf_init(&roots_pem, SMALL_FILE_MAX);
	buf_init_secret(&key_file, KEY_FILE_MAX);
	buf_init(&crl_pem, REVOCATION_MAX);
	ok = file_option(c, call->args[0], &chain_pem) &&
	    file_option(c, roots, &roots_pem) &&
	    (key == NULL || file_option(c, key, &key_file)) &&
	    (crl == NULL || file_option(c, crl, &crl_pem)) &&
	    flow_key_import(&c->flow, buf_span(&chain_pem), buf_span(&roots_pem),
	    buf_span(&key_file), buf_span(&crl_pem), &c->err);
	buf_clear(&chain_pem);
	buf_clear(&roots_pem);
	buf_clear(&key_file);
	buf_clear(&crl_pem);
	return ok ? card_told(c, "comity.key-import/1",
	    "The certificate is in use, and the card is made.") : fail(c);
}

int
run_key_rotate(struct cli *c, struct call *call)
{
	const char *what = call_value(call, "what");
	bool sealing = what != NULL && strcmp(what, "sealing") == 0, needs = false;

	if (what != NULL && !sealing && strcmp(what, "signing") != 0)
		return fail_use(c, "--what is signing or sealing");
	if (!flow_key_rotate(&c->flow,
	    sealing ? ROTATE_SEALING : ROTATE_SIGNING, &needs, &c->err))
		return fail(c);
	if (!needs)
		return card_told(c, "comity.key-rotate/1",
		    "A new key is in use, and a new card is made.");
	if (c->json) {
		struct json_out j;

		json_start(c, &j, "comity.key-rotate/1");
		json_out_bool(&j, "needs_certificate", true);
		json_done(c, &j);
	}
	say(c, "A new signing key is made and waits for its certificate; the old one stays in use.\n"
	    "  Next: comity key csr --out request.csr\n");
	return EXIT_DONE;
}

int
run_key_rewrap(struct cli *c, struct call *call)
{
	unsigned log_n;

	c->new_passphrase_file = call_value(call, "new-passphrase-file");
	if (c->new_passphrase_file == NULL && c->passphrase_file != NULL)
		return fail_use(c, "comity key rewrap with --passphrase-file needs --new-passphrase-file too");
	if (!number_option(c, call_value(call, "scrypt-log-n"), "scrypt-log-n", 0,
	    &log_n) || (log_n != 0 && (log_n < 15 || log_n > 20)))
		return fail_use(c, "--scrypt-log-n is 15 to 20");
	if (!flow_key_rewrap(&c->flow, log_n, &c->err))
		return fail(c);
	if (c->json) {
		struct json_out j;

		json_start(c, &j, "comity.key-rewrap/1");
		json_done(c, &j);
	}
	say(c, "The new passphrase is in force. Copies of this home made before still open with the old one.\n");
	return EXIT_DONE;
}

bool
confirm_state(struct cli *c, const char *question)
{
	const char *state = home_settings(c->flow.home)->state, *typed;
	struct buf answer;
	bool ok;

	if (c->yes)
		return true;
	if (c->no_input || !world_input_is_terminal(c->world))
		return err_set(&c->err, ERR_USE, "use.confirm",
		    "this has to be confirmed: add --yes");
	buf_init(&answer, 256);
	ok = world_ask(c->world, question, false, &answer, &c->err) &&
	    buf_text(&answer, &typed, &c->err);
	if (ok && strcmp(typed, state) != 0)
		ok = err_set(&c->err, ERR_USE, "use.confirm",
		    "that is not %s; nothing was done", state);
	buf_clear(&answer);
	return ok;
}

struct identity_file { struct cli *c; const char *out; };

static bool
identity_give(void *arg, struct span identities, struct err *err)
{
	const struct identity_file *to = arg;

	if (!file_out(to->c, to->out, identities, false)) {
		*err = to->c->err;
		return false;
	}
	file_told(to->c, to->out, identities, "Identity");
	return true;
}

/* A name that is taken, or no place, is told before an approval is used. */
static bool
out_free(struct cli *c, const char *out)
{
	struct new_place place = { .into = NULL };
	bool ok = new_place_open(&c->flow, out, &place, &c->err);

	new_place_close(&place);
	return ok;
}

int
run_key_export(struct cli *c, struct call *call)
{
	struct identity_file to = { c, call_value(call, "out") };

	if (to.out == NULL || strcmp(to.out, "-") == 0)
		return fail_use(c, "comity key export-identity needs --out FILE, the name of a new file");
	if (!confirm_state(c, "Whoever has this file opens every parcel sealed to this authority.\nType the two letters of your State to go on: ") ||
	    !out_free(c, to.out) || !flow_key_export(&c->flow, identity_give, &to, &c->err))
		return fail(c);
	say(c, "Keep it as you keep evidence: it opens parcels with age alone.\n");
	return EXIT_DONE;
}

/* Our card is good no more: every confirmed peer hears of it at its next bundle. */
int
run_key_revoke(struct cli *c, struct call *call)
{
	const char *reason = call_value(call, "reason");
	struct digest id;
	struct act card;
	struct json_out j;
	bool ok;

	if (reason == NULL)
		return fail_use(c, "comity key revoke needs --reason TEXT: the peers read it");
	act_init(&card, ACT_CARD);
	ok = confirm_state(c, "Nobody will take anything signed under this card any more, except what was stamped before now.\nType the two letters of your State to go on: ") &&
	    own_card(c->flow.home, &id, &card, &c->err) &&
	    flow_revoke(&c->flow, REVOKED_CARD, &id, reason, &c->err);
	act_clear(&card);
	if (!ok)
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.revoked/1");
		json_out_str(&j, "what", "card");
		json_out_digest(&j, "id", &id);
		json_done(c, &j);
	}
	say(c, "Our card is revoked from now on; what was stamped before stays provable. The word waits in the outbox, for each peer.\n  Next: comity bundle write DIR --to PEER, for each; then a new home: comity init\n");
	return EXIT_DONE;
}

/* ---- health ---- */

int
run_doctor(struct cli *c, struct call *call)
{
	static const char *const words[] = { "ok", "LOOK", "BAD" };
	static const char *const names[] = { "good", "warning", "bad" };
	struct doctor_report *r = mem_new(sizeof *r, &c->err);
	struct json_out j;
	bool bad = false;

	(void)call;
	if (r == NULL || !flow_doctor(&c->flow, r, &c->err)) {
		mem_free(r);
		return fail(c);
	}
	for (size_t i = 0; i < r->n; i++) {
		bad = bad || r->lines[i].state == DOCTOR_BAD;
		say(c, "%-5s %-12s %s\n", words[r->lines[i].state], r->lines[i].what,
		    r->lines[i].text);
	}
	if (c->json) {
		json_start(c, &j, "comity.doctor/1");
		json_out_array(&j, "lines");
		for (size_t i = 0; i < r->n; i++) {
			json_out_object(&j, NULL);
			json_out_str(&j, "state", names[r->lines[i].state]);
			json_out_str(&j, "what", r->lines[i].what);
			json_shown(&j, "text", r->lines[i].text);
			json_out_close_object(&j);
		}
		json_out_close_array(&j);
		json_done(c, &j);
	}
	mem_free(r);
	return bad ? EXIT_OTHER : EXIT_DONE;
}
