/* Our card, and the cards of others. */
#include <stdio.h>
#include <string.h>

#include "flow/inside.h"
#include "flow/ledger.h"
#include "flow/people.h"
#include "flow/record.h"

/* ---- making ours ---- */

static bool
set_marked(struct marked_text *t, const char *lang, const char *text,
    struct err *err)
{
	t->text = mem_text_of(text, err);
	(void)snprintf(t->lang, sizeof t->lang, "%s", lang);
	return t->text != NULL;
}

static bool
put_der(struct buf *rows, size_t *n, size_t max, const struct certs *cs,
    struct err *err)
{
	for (size_t i = 0; i < cs->n; i++) {
		if (*n == max)
			return err_set(err, ERR_LIMIT, "card.certificates",
			    "more than %zu certificates do not fit on a card", max);
		buf_init(&rows[*n], CERT_MAX);
		if (!buf_add(&rows[*n], cert_der(cs->list[i]), err))
			return false;
		(*n)++;
	}
	return true;
}

static bool
body_texts(struct card_body *c, const struct settings *s, struct err *err)
{
	(void)snprintf(c->state, sizeof c->state, "%s", s->state);
	c->names_n = 1;
	if (!set_marked(&c->names[0], s->lang, s->name, err))
		return false;
	for (; c->roles_n < s->roles_n; c->roles_n++)
		(void)snprintf(c->roles[c->roles_n], sizeof c->roles[0], "%s",
		    s->roles[c->roles_n]);
	c->languages_n = 1;
	(void)snprintf(c->languages[0], sizeof c->languages[0], "%s", s->lang);
	if (s->phone[0] != '\0') {
		c->phone = mem_text_of(s->phone, err);
		if (c->phone == NULL)
			return false;
	}
	for (; c->carriers_n < s->carriers_n; c->carriers_n++) {
		c->carriers[c->carriers_n] = mem_text_of(s->carriers[c->carriers_n],
		    err);
		if (c->carriers[c->carriers_n] == NULL)
			return false;
	}
	c->speaks_n = 1;
	(void)snprintf(c->speaks[0], sizeof c->speaks[0], "%s", ACT_SCHEMA);
	return true;
}

/*
 * After a change of keys the old certificate signs the new card, so it stands on it
 * too, with its roots: whoever meets only this card can then check it by itself.
 */
static bool
signer_also(struct flow *f, const struct signer *s, struct certs *signers,
    struct certs *roots, struct err *err)
{
	struct certs chain, old;
	bool ok;

	if (certs_find(signers, s->chain.list[0]) != NULL)
		return true;
	ok = certs_add(signers, s->chain.list[0], err);
	certs_init(&chain);
	certs_init(&old);
	for (unsigned n = home_settings(f->home)->signing; ok && n > 0; n--) {
		struct err why = ERR_INIT;

		certs_clear(&chain);
		certs_init(&chain);
		if (!home_chain(f->home, n, &chain, &why)) {
			ok = why.kind == ERR_ABSENT || err_memory(err);
			continue;
		}
		if (!cert_same(chain.list[0], s->chain.list[0]))
			continue;
		ok = home_roots(f->home, n, &old, err);
		break;
	}
	for (size_t i = 0; ok && i < old.n; i++)
		ok = certs_find(roots, old.list[i]) != NULL ||
		    certs_add(roots, old.list[i], err);
	certs_clear(&chain);
	certs_clear(&old);
	return ok;
}

static bool
body_keys(struct flow *f, const struct signer *s, struct card_body *c,
    struct err *err)
{
	unsigned number = home_settings(f->home)->signing;
	struct age_recipient r;
	struct certs chain, signers, roots;
	bool ok;

	certs_init(&chain);
	certs_init(&signers);
	certs_init(&roots);
	ok = home_chain(f->home, number, &chain, err) &&
	    certs_add(&signers, chain.list[0], err) &&
	    home_roots(f->home, number, &roots, err) &&
	    signer_also(f, s, &signers, &roots, err) &&
	    home_recipient(f->home, &r, err) &&
	    put_der(c->certificates, &c->certificates_n, CARD_CERTS_MAX, &signers,
	    err) && put_der(c->roots, &c->roots_n, CARD_ROOTS_MAX, &roots, err);
	if (ok) {
		c->recipients_n = 1;
		(void)snprintf(c->recipients[0], sizeof c->recipients[0], "%s",
		    age_recipient_print(&r).s);
	}
	certs_clear(&chain);
	certs_clear(&signers);
	certs_clear(&roots);
	return ok;
}

static bool
card_fill(struct flow *f, const struct signer *s, struct act *a, struct err *err)
{
	struct card_body *c = &a->body.card;

	c->valid_from = a->made_at - DAY / 24;
	if (c->valid_from < 0)
		c->valid_from = 0;
	c->valid_to = a->made_at + CARD_VALID_DAYS * (int64_t)DAY;
	c->has_previous = a->has_from_card;
	c->previous = a->from_card;
	return body_texts(c, home_settings(f->home), err) &&
	    body_keys(f, s, c, err) && ledger_card_fill(f, c, err);
}

/* Write the unsealed package, read it back into memory. */
static bool
card_write(struct flow *f, struct outgoing *o, const struct act *a,
    struct package_written *done, struct buf *file_out, struct err *err)
{
	struct package_writing in = { .world = f->world, .act = a,
		.sign = outgoing_sign, .stamp = NULL, .arg = o };
	struct source *src = NULL;
	struct file *file = NULL;
	bool ok;

	ok = home_tmp(f->home, &in.tmp, err) &&
	    payload_of_items(f->world, in.tmp, NULL, 0, &in.payload, err) &&
	    file_open(f->world, in.tmp, ".", FILE_TEMPORARY, &file, err) &&
	    package_write(&in, file, done, err) &&
	    file_source(file, 0, &src, err) && source_all(src, file_out, err);
	source_free(src);
	file_close(file);
	payload_free(in.payload);
	return ok;
}

/* A card was made, or another authority's was taken. */
static bool
card_record(struct flow *f, const struct digest *id, const struct package_written *w,
    const struct authority_id *peer, const char *reason, struct err *err)
{
	struct record r;

	record_begin(f, &r, EVENT_CARD);
	r.has_act = true;
	r.act = *id;
	if (w != NULL) {
		r.has_package = true;
		r.package = w->package_id;
		record_outside(&r, &w->files);
	}
	if (peer != NULL)
		r.peer = *peer;
	(void)snprintf(r.reason, sizeof r.reason, "%s", reason);
	return record_alone(f, &r, 0, err);
}

bool
card_make(struct flow *f, struct signer *s, struct err *err)
{
	struct outgoing o;
	struct buf file, json;
	struct package_written done;
	struct act a;
	bool ok;

	outgoing_init(&o, f);
	o.signer = *s;			/* borrowed: given back below */
	buf_init(&file, SMALL_FILE_MAX);
	buf_init(&json, ACT_BYTES_MAX);
	ok = act_begin(f, &a, ACT_CARD, NULL, err) && card_fill(f, s, &a, err) &&
	    act_encode(&a, &json, err) &&
	    card_write(f, &o, &a, &done, &file, err) &&
	    card_record(f, &done.act_id, &done, NULL, "card.made", err) &&
	    own_card_save(f->home, &done.act_id, buf_span(&file), buf_span(&json),
	    err);
	memset(&o.signer, 0, sizeof o.signer);
	outgoing_clear(&o);
	act_clear(&a);
	buf_clear(&file);
	buf_clear(&json);
	return ok;
}

/* ---- taking others' ---- */

bool
certs_of_card(const struct act *card, struct certs *roots, struct err *err)
{
	const struct card_body *c = &card->body.card;

	for (size_t i = 0; i < c->roots_n; i++) {
		struct cert *x = NULL;
		bool ok;

		ok = cert_decode(&x, buf_span(&c->roots[i]), err) &&
		    certs_add(roots, x, err);
		cert_free(x);
		if (!ok)
			return err_wrap(err, "a root on the card");
	}
	return true;
}

/*
 * The file lies on somebody's stick, which may answer twice with different bytes:
 * it is read once, and everything below is about our copy in HOME/tmp.
 */
struct incoming_card {
	struct buf file, json;
	struct dir *tmp;		/* borrowed; NULL while there is no copy */
	char copy[48];
	struct act act;
	struct digest id;
	bool unchanged, signer_known;
	bool followed;			/* signed by a certificate of the card we know */
};

static void
incoming_clear(struct flow *f, struct incoming_card *c)
{
	/* What stays is swept with the rest of tmp. */
	if (c->tmp != NULL)
		(void)!path_remove(f->world, c->tmp, c->copy, NULL);
	buf_clear(&c->file);
	buf_clear(&c->json);
	act_clear(&c->act);
}

/* Check it against `card` (itself, or the one we know) and the roots on that. */
static bool
card_check(struct flow *f, const char *path, const struct act *card,
    const struct digest *card_id, struct incoming_card *c, bool *holds,
    struct err *err)
{
	struct package_reading in = { .world = f->world, .at = c->tmp,
		.path = c->copy };
	struct package_report report;
	struct certs roots;
	bool ok;

	package_report_init(&report);
	certs_init(&roots);
	in.trust.card = card;
	/* By itself: the card that `from` names stands in for the one before. */
	in.trust.card_id = card_id != NULL ? *card_id : c->act.from_card;
	in.trust.roots = &roots;
	ok = certs_of_card(card, &roots, err) && package_check(&in, &report, err);
	if (ok) {
		c->unchanged = report.unchanged == UNCHANGED_YES;
		c->id = report.act_id;
		*holds = report.who == WHO_KNOWN;
		if (!report.has_act)
			ok = err_set(err, ERR_INPUT, "card.form",
			    "the file %s is no card: %s", path, report.unchanged_text);
	}
	package_report_clear(&report);
	certs_clear(&roots);
	return ok;
}

static bool
incoming_copy(struct flow *f, const char *path, struct incoming_card *c,
    struct err *err)
{
	struct dir *tmp = NULL;
	uint8_t r[16];
	size_t at;

	if (!file_load(f->world, NULL, path, &c->file, err) ||
	    !world_random(f->world, r, sizeof r, err) ||
	    !home_tmp(f->home, &tmp, err))
		return false;
	at = (size_t)snprintf(c->copy, sizeof c->copy, "card-");
	for (size_t i = 0; i < sizeof r; i++)
		at += (size_t)snprintf(c->copy + at, sizeof c->copy - at, "%02x", r[i]);
	c->tmp = tmp;
	return file_save(f->world, tmp, c->copy, buf_span(&c->file), false, err);
}

/* What we would seal to, and check by, can be used at all. */
static bool
body_usable(const struct act *a, struct err *err)
{
	const struct card_body *b = &a->body.card;
	struct ledger_keys *keys = mem_new(sizeof *keys, err);
	struct age_recipient r;
	bool ok = keys != NULL && ledger_keys_of_card(a, keys, err);

	mem_free(keys);
	if (!ok)
		return false;
	for (size_t i = 0; i < b->recipients_n; i++)
		if (!age_recipient_parse(span_text(b->recipients[i]), &r, err))
			return err_wrap(err, "a recipient on the card");
	for (size_t i = 0; i < b->certificates_n; i++) {
		struct cert *x = NULL;

		if (!cert_decode(&x, buf_span(&b->certificates[i]), err))
			return err_wrap(err, "a certificate on the card");
		cert_free(x);
	}
	return true;
}

static bool
incoming_load(struct flow *f, const char *path, struct incoming_card *c,
    struct err *err)
{
	struct package_reading in = { .world = f->world };

	buf_init(&c->file, SMALL_FILE_MAX);
	buf_init(&c->json, ACT_BYTES_MAX);
	act_init(&c->act, ACT_CARD);
	if (!incoming_copy(f, path, c, err))
		return err_wrap(err, "the card %s", path);
	in.at = c->tmp;
	in.path = c->copy;
	if (!package_extract(&in, "act.json", &c->json, err) ||
	    !act_decode(&c->act, buf_span(&c->json), err))
		return err_wrap(err, "the card %s", path);
	if (c->act.kind != ACT_CARD)
		return err_set(err, ERR_INPUT, "card.kind",
		    "the file %s is a package of the kind \"%s\", not a card", path,
		    act_kind_name(c->act.kind));
	return body_usable(&c->act, err) || err_wrap(err, "the card %s", path);
}

/*
 * A first card proves itself only together with the six words; a later one is
 * signed by a certificate on the card before it.
 */
static bool
incoming_check(struct flow *f, const char *path, const struct peer *known,
    struct incoming_card *c, struct err *err)
{
	const struct card_body *b = &c->act.body.card;
	bool follows = known != NULL && b->has_previous &&
	    digest_eq(&b->previous, &known->card_id);

	if (follows && !card_check(f, path, &known->card, &known->card_id, c,
	    &c->followed, err))
		return false;
	if (c->followed) {
		c->signer_known = true;
		return true;
	}
	return card_check(f, path, &c->act, NULL, c, &c->signer_known, err);
}

/*
 * What people have revoked stays so; of what may have been, as records were lost, people
 * who compare the words decide.  An authority that gave up its own card comes back
 * with another one, when people have compared its words.
 */
static bool
revoked_still(struct flow *f, const struct incoming_card *c, const struct peer *known,
    bool words, bool *still, struct err *err)
{
	int64_t since;
	bool itself;

	*still = known != NULL && known->revoked && !(known->lost && words);
	if (!*still || !words || digest_eq(&known->card_id, &c->id))
		return true;
	if (!revoked_since(f, &known->card_id, &since, &itself, err))
		return false;
	*still = !itself;
	return true;
}

static bool
card_rule(struct flow *f, const struct incoming_card *c, const struct peer *known,
    bool words, struct err *err)
{
	bool still;
	const struct settings *s = home_settings(f->home);
	struct card_facts facts = {
		.now = world_now(f->world),
		.valid_from = c->act.body.card.valid_from,
		.valid_to = c->act.body.card.valid_to,
		.training = s->training,
		/* What comes under a code of nobody's can only be training. */
		.card_training = c->act.exercise ||
		    law_training(c->act.body.card.state),
		.own = strcmp(c->act.from.s, s->authority.s) == 0,
		.older = known != NULL && known->confirmed &&
		    !digest_eq(&known->card_id, &c->id) &&
		    c->act.made_at < known->card.made_at,
		.unchanged = c->unchanged,
		.signer_known = c->signer_known,
	};

	if (!revoked_still(f, c, known, words, &still, err))
		return false;
	facts.revoked = still;
	return verdict_ask(card_decide(&facts), err);
}

/* The same authority with this card already, or an earlier one. */
static bool
known_load(struct flow *f, const struct act *a, struct peer *p, bool *known,
    struct err *err)
{
	*known = peer_load(f->home, a->from.s, p, err);
	/* A peer whose card is lost is not a new one: it may be revoked. */
	if (*known || strcmp(err->reason, "peer.absent") != 0)
		return *known;
	err_clear(err);
	return true;
}

bool
flow_card_words(struct flow *f, const char *card_path, struct six_words *out,
    struct err *err)
{
	struct incoming_card c = { 0 };
	struct peer known;
	bool is_known = false, ok;

	peer_init(&known);
	ok = incoming_load(f, card_path, &c, err) &&
	    known_load(f, &c.act, &known, &is_known, err) &&
	    incoming_check(f, card_path, is_known ? &known : NULL, &c, err) &&
	    six_words_of(&c.id, out, err);
	incoming_clear(f, &c);
	peer_clear(&known);
	return ok;
}

static bool
words_ask(const struct six_words *right, const char *typed, struct err *err)
{
	return six_words_same(right, typed) || err_set(err, ERR_UNPROVEN,
	    "peer.words",
	    "the words do not fit this card: it is not the card of the person on the phone, or a word was misheard; ask for the words again, slowly, and take nothing until they fit");
}

/* The cards of this authority that old packages may name, and be believed by. */
static bool
earlier_keep(struct peer *p, const struct peer *known, struct err *err)
{
	memcpy(p->earlier, known->earlier, sizeof p->earlier);
	p->earlier_n = known->earlier_n;
	if (!known->confirmed || digest_eq(&known->card_id, &p->card_id))
		return true;
	if (p->earlier_n == PEER_EARLIER_MAX)
		return err_set(err, ERR_LIMIT, "peer.cards",
		    "this authority has changed its card %d times, and that is the limit",
		    PEER_EARLIER_MAX);
	p->earlier[p->earlier_n++] = known->card_id;
	return true;
}

/* known: NULL when the authority is new here. */
static bool
peer_take(struct flow *f, struct incoming_card *c, const struct peer *known,
    bool words, struct peer *p, struct err *err)
{
	bool same = known != NULL && digest_eq(&known->card_id, &c->id);

	p->id = c->act.from;
	p->card_id = c->id;
	p->paired_at = world_now(f->world);
	p->confirmed = words || (known != NULL && known->confirmed &&
	    (c->followed || same));
	/* Nobody's unproven card pushes out one that people confirmed. */
	if (known != NULL && known->confirmed && !p->confirmed)
		return err_set(err, ERR_REFUSED, "peer.not-following",
		    "a confirmed card of this authority is here and does not lead to this one; compare the six words: comity peer pair CARD --words \"...\"");
	if ((known != NULL && !earlier_keep(p, known, err)) ||
	    !card_record(f, &p->card_id, NULL, &p->id, words ? "card.words" :
	    p->confirmed ? "card.confirmed" : "card.taken", err) ||
	    !peer_save(f->home, p, buf_span(&c->file), buf_span(&c->json), err))
		return false;
	p->card = c->act;
	act_init(&c->act, ACT_CARD);
	return true;
}

bool
flow_peer_pair(struct flow *f, const char *card_path, const char *words,
    struct paired *out, struct err *err)
{
	struct incoming_card c = { 0 };
	struct peer known;
	struct paired p = { 0 };
	bool ok;

	peer_init(&known);
	peer_init(&p.peer);
	ok = home_lock(f->home, err) && flow_may(f, PEOPLE_KEYS, err) &&
	    incoming_load(f, card_path, &c, err) &&
	    known_load(f, &c.act, &known, &p.was_known, err) &&
	    incoming_check(f, card_path, p.was_known ? &known : NULL, &c, err) &&
	    card_rule(f, &c, p.was_known ? &known : NULL, words != NULL, err) &&
	    six_words_of(&c.id, &p.words, err) &&
	    (words == NULL || words_ask(&p.words, words, err)) &&
	    peer_take(f, &c, p.was_known ? &known : NULL, words != NULL, &p.peer,
	    err);
	p.followed = c.followed;
	p.compared = words != NULL;
	incoming_clear(f, &c);
	peer_clear(&known);
	if (!ok) {
		peer_clear(&p.peer);
		return false;
	}
	*out = p;
	return true;
}

static bool
revoke_record(struct flow *f, const struct peer *p, struct err *err)
{
	struct record r;

	record_begin(f, &r, EVENT_REVOKED);
	r.peer = p->id;
	(void)snprintf(r.reason, sizeof r.reason, "peer.revoked");
	return record_alone(f, &r, 0, err);
}

bool
flow_peer_revoke(struct flow *f, const char *typed, const char *reason,
    struct err *err)
{
	struct peer p;
	bool ok;

	if (strlen(reason) >= sizeof p.reason || reason[0] == '\0')
		return err_set(err, ERR_USE, "peer.reason",
		    "give the reason in 1 to %zu bytes: --reason \"...\"",
		    sizeof p.reason - 1);
	peer_init(&p);
	ok = home_lock(f->home, err) && flow_may(f, PEOPLE_KEYS, err) &&
	    peer_find(f->home, typed, &p, err);
	if (ok) {
		p.revoked = true;
		(void)snprintf(p.reason, sizeof p.reason, "%s", reason);
		ok = revoke_record(f, &p, err) && peer_save(f->home, &p, span_of(NULL, 0), span_of(NULL, 0), err);
	}
	peer_clear(&p);
	return ok;
}

/* ---- what a court gets ---- */

static bool
roots_add(void *arg, const struct peer *p, struct err *err)
{
	return !p->confirmed || p->revoked || certs_of_card(&p->card, arg, err);
}

bool
flow_roots(struct flow *f, const char *typed, struct buf *pem, struct err *err)
{
	struct settings *s = home_settings(f->home);
	struct certs roots;
	struct peer p;
	bool ok;

	certs_init(&roots);
	peer_init(&p);
	if (typed != NULL && strcmp(typed, s->authority.s) != 0)
		ok = peer_find(f->home, typed, &p, err) &&
		    certs_of_card(&p.card, &roots, err);
	else
		ok = (!s->has_certificate ||
		    home_roots(f->home, s->signing, &roots, err)) &&
		    (typed != NULL || peers_each(f->home, roots_add, &roots, err));
	ok = ok && (roots.n > 0 || err_set(err, ERR_ABSENT, "roots.none",
	    "there are no roots yet: this home has no certificate and no confirmed peer")) &&
	    certs_write_pem(&roots, pem, err);
	certs_clear(&roots);
	peer_clear(&p);
	return ok;
}
