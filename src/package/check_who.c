/* Signature, path, card and time stamp: who, and when (checks 7 to 9). */
#include <stdio.h>
#include <string.h>

#include "crypto/stamp.h"
#include "package/check.h"

#define CLOCK_AHEAD 300			/* seconds; cms-strict.md section 3, 6 */

struct who_check {
	struct check *c;
	struct cms_answer cms;
	struct stamp_answer stamp;
	bool stamped;			/* stamp holds: its time counts */
	struct revocations *revoked;	/* the reader's and those inside */
	const struct act *card;		/* what the certificate must stand on; NULL */
	struct digest card_id;
	const struct certs *anchors;
	struct certs card_roots;	/* of a card, when no other roots were given */
	struct certs none;
	char name[200], issuer[200];	/* of the signer's certificate */
};

/* Visible text cut to fit, at a character. */
static void
name_keep(char out[200], struct span s)
{
	size_t n = s.n < 200 ? s.n : 196;

	while (n < s.n && n > 0 && (s.p[n] & 0xC0) == 0x80)
		n--;
	if (n > 0)
		memcpy(out, s.p, n);
	memcpy(out + n, n < s.n ? "..." : "", n < s.n ? 4 : 1);
}

/* ---- what the reader and the package bring ---- */

static bool
revoked_collect(struct who_check *w, struct err *err)
{
	const struct package_trust *t = &w->c->in->trust;
	struct span pem = buf_span(&w->c->bytes[PLACE_REVOCATION]);
	struct err why = ERR_INIT;

	/* The reader's own first: what lies inside must not crowd them out. */
	if (!revocations_new(&w->revoked, err) || (t->revoked != NULL &&
	    !revocations_add_all(w->revoked, t->revoked, err)))
		return false;
	if (pem.n == 0 || revocations_add_pem(w->revoked, pem, &why))
		return true;
	if (why.kind == ERR_MEMORY) {
		*err = why;
		return false;
	}
	finding_add(w->c->r, FINDING_WARNING, "revocation.unread",
	    "revocation.pem inside cannot be read: %s.", why.text);
	return true;
}

/* ---- the signature file ---- */

static bool
signature_check(struct who_check *w, struct err *err)
{
	struct check *c = w->c;
	struct package_report *r = c->r;
	struct span bin = buf_span(&c->bytes[PLACE_SIGNATURE]);
	struct buf name;
	bool ok;

	if (!cms_check_memo(c->in->trust.memo, buf_span(&c->bytes[PLACE_P7S]),
	    buf_span(&c->bytes[PLACE_TAG_MANIFEST]), &w->cms, err))
		return false;
	if (w->cms.state != CMS_HOLDS)
		check_broken(c, w->cms.reason, "%s.", w->cms.text);
	else
		finding_add(r, FINDING_HOLDS, "signature", "The signature belongs "
		    "to this list of files.");
	if (w->cms.signature.n > 0 && !span_eq(w->cms.signature, bin))
		check_broken(c, "signature_bin", "signature.bin is not the value "
		    "inside the signature.");
	c->signature_holds = w->cms.state == CMS_HOLDS;
	if (!buf_add(&r->signature, bin, err))
		return false;
	if (w->cms.inside.n == 0)
		return true;
	buf_init(&name, 2048);
	ok = buf_add(&r->signer_cert, cert_der(w->cms.inside.list[0]), err) &&
	    cert_subject_text(w->cms.inside.list[0], &r->signer, err) &&
	    cert_issuer_text(w->cms.inside.list[0], &name, err);
	if (ok) {
		name_keep(w->name, buf_span(&r->signer));
		name_keep(w->issuer, buf_span(&name));
	}
	buf_clear(&name);
	return ok;
}

/* ---- the time stamp ---- */

static void
stamp_proven(struct who_check *w)
{
	struct package_report *r = w->c->r;
	struct buf name;
	char tsa[200] = "an authority";

	buf_init(&name, 2048);
	if (w->stamp.inside.n > 0 &&
	    cert_subject_text(w->stamp.inside.list[0], &name, NULL))
		name_keep(tsa, buf_span(&name));
	buf_clear(&name);
	w->stamped = true;
	r->when = WHEN_PROVEN;
	r->has_stamp = true;
	r->stamped_at = w->stamp.time;
	r->stamped_by = w->stamp.bound;
	report_say(r->when_text, &r->when_said, "when.proven",
	    "Before %s, time stamp by %s.",
	    when_people(w->stamp.bound).s, tsa);
	finding_add(r, FINDING_HOLDS, "stamp", "The time stamp of %s belongs to "
	    "this signature (policy %s).", when_people(w->stamp.time).s,
	    w->stamp.policy);
	if (w->stamp.path.revocation_text[0] != '\0')
		finding_add(r, w->stamp.path.revocation_checked ? FINDING_HOLDS :
		    FINDING_WARNING, "stamp.revocation", "Time stamp authority: %s.",
		    w->stamp.path.revocation_text);
}

/*
 * What a token has to be of: the value in the signature, however signature.bin, which is
 * to be that value, was exchanged together with the token.
 */
static struct span
stamped_value(const struct who_check *w)
{
	return w->cms.signature.n > 0 ? w->cms.signature :
	    buf_span(&w->c->bytes[PLACE_SIGNATURE]);
}

/* One token.  late: it came by another way. */
static bool
stamp_try(struct who_check *w, struct span token, bool late, struct err *err)
{
	struct check *c = w->c;
	const struct certs *roots = c->in->trust.stamp_roots;

	stamp_answer_clear(&w->stamp);
	stamp_answer_init(&w->stamp);
	if (!stamp_check_memo(c->in->trust.memo, token, stamped_value(w),
	    roots != NULL ? roots : &w->none, w->revoked, &w->stamp, err))
		return false;
	if (w->stamp.state == STAMP_HOLDS) {
		stamp_proven(w);
		c->late_token_holds = late;
	} else if (w->stamp.state == STAMP_PATH) {
		c->r->stamped_by = w->stamp.time;
		report_say(c->r->when_text, &c->r->when_said, "when.unproven",
		    "The time stamp says %s, but its authority is not proven: %s.",
		    when_people(w->stamp.time).s, w->stamp.path.text);
		finding_add(c->r, FINDING_UNDECIDED, w->stamp.path.reason,
		    "Time stamp: %s.", w->stamp.path.text);
		/* Whole and fitting: an export may carry it all the same. */
		c->late_token_holds = late;
	} else if (late) {
		finding_add(c->r, FINDING_WARNING, "late_stamp",
		    "The time stamp that came later does not hold: %s.",
		    w->stamp.text);
	} else {
		check_broken(c, w->stamp.reason, "The time stamp does not hold: %s.",
		    w->stamp.text);
	}
	return true;
}

/* Without a token that holds: what is said instead, unless that was said already. */
static void
say_claimed(struct check *c)
{
	struct package_report *r = c->r;
	struct when_text at = when_people(r->has_act ? r->act.made_at : 0);
	bool token = c->there[PLACE_TOKEN];

	if (r->when_text[0] != '\0')
		return;
	if (c->of_act && token)
		report_say(r->when_text, &r->when_said, "when.stamp_broken",
		    "The time stamp does not hold.");
	else if (c->of_act)
		report_say(r->when_text, &r->when_said, "when.unseen",
		    "No time stamp is there, and the act is not shown.");
	else if (!r->has_act)
		return;
	else if (token)
		report_say(r->when_text, &r->when_said, "when.said_stamp_broken",
		    "%s, says the sender; the time stamp does not hold.", at.s);
	else if (act_kind_needs_stamp(r->act.kind))
		report_say(r->when_text, &r->when_said, "when.pending",
		    "%s, says the sender; no time stamp is there yet (pending).", at.s);
	else
		report_say(r->when_text, &r->when_said, "when.not_needed",
		    "%s, says the sender; an act of this kind needs no time stamp.",
		    at.s);
}

static bool
stamps_check(struct who_check *w, struct err *err)
{
	struct check *c = w->c;
	struct package_report *r = c->r;

	r->when = WHEN_CLAIMED;
	if (c->there[PLACE_TOKEN] &&
	    !stamp_try(w, buf_span(&c->bytes[PLACE_TOKEN]), false, err))
		return false;
	if (!w->stamped && c->in->trust.late_token.n > 0 &&
	    !stamp_try(w, c->in->trust.late_token, true, err))
		return false;
	/* Beside a token that is there, a later one counts but has no place. */
	c->late_token_holds &= !c->there[PLACE_TOKEN];
	say_claimed(c);
	return true;
}

static void
clock_say(struct who_check *w, const char *whose, int64_t says)
{
	if (w->stamped && says > w->stamp.time + CLOCK_AHEAD)
		finding_add(w->c->r, FINDING_WARNING, "clock.ahead",
		    "The %s clock was ahead by %lld minutes of the time stamp.",
		    whose, (long long)((says - w->stamp.time + 59) / 60));
}

/* ---- the card ---- */

static bool
roots_of_card(struct who_check *w, const struct card_body *b, struct err *err)
{
	for (size_t i = 0; i < b->roots_n; i++) {
		struct cert *root = NULL;
		bool ok;

		if (!cert_decode(&root, buf_span(&b->roots[i]), err))
			return false;
		ok = certs_add(&w->card_roots, root, err);
		cert_free(root);
		if (!ok)
			return false;
	}
	return true;
}

static bool
first_card(const struct act *a)
{
	return a->kind == ACT_CARD && !a->has_from_card;
}

/* Which card, and which roots.  why: a sentence when the card cannot be had. */
static bool
card_find(struct who_check *w, char why[300], struct err *err)
{
	const struct package_trust *t = &w->c->in->trust;
	const struct act *a = &w->c->r->act;
	const struct certs *found = NULL;

	w->anchors = t->roots != NULL ? t->roots : &w->none;
	/* A first card speaks for itself: its own certificates are the card. */
	if (first_card(a)) {
		w->card = a;
		return true;
	}
	if (t->card != NULL) {
		w->card = t->card;
		w->card_id = t->card_id;
	} else if (t->find_card != NULL) {
		if (!t->find_card(t->arg, &a->from, &a->from_card, &w->card, &found)) {
			w->card = NULL;
			(void)snprintf(why, 300, "the card of %s is not known here",
			    a->from.s);
			return true;
		}
		w->card_id = a->from_card;
		if (found != NULL)
			w->anchors = found;
	}
	if (w->card == NULL || w->anchors->n > 0)
		return true;
	w->anchors = &w->card_roots;
	return roots_of_card(w, &w->card->body.card, err);
}

/* The id of an authority is made from its first key: a first card proves its own. */
static bool
own_id(const struct who_check *w, struct err *err)
{
	const struct card_body *b = &w->card->body.card;
	struct authority_id made;
	struct digest spki;
	struct cert *c = NULL;
	bool same = false;

	for (size_t i = 0; i < b->certificates_n && !same; i++) {
		if (!cert_decode(&c, buf_span(&b->certificates[i]), err))
			return false;
		same = cert_spki_digest(c, &spki, err) &&
		    authority_id_make(b->state, &spki, &made, err) &&
		    strcmp(made.s, w->c->r->act.from.s) == 0;
		cert_free(c);
		c = NULL;
	}
	return same;
}

static bool
on_card(const struct who_check *w)
{
	const struct card_body *b = &w->card->body.card;
	struct span der = cert_der(w->cms.inside.list[0]);

	for (size_t i = 0; i < b->certificates_n; i++)
		if (span_eq(buf_span(&b->certificates[i]), der))
			return true;
	return false;
}

/* Everything that the card says against KNOWN; "" when nothing does. */
static bool
card_check(const struct who_check *w, char why[300], struct err *err)
{
	const struct act *a = &w->c->r->act;
	struct err quiet = ERR_INIT;

	if (w->card == NULL)
		return true;
	if (w->card->kind != ACT_CARD ||
	    strcmp(w->card->from.s, a->from.s) != 0)
		(void)snprintf(why, 300, "the card given is of %s, but the act is "
		    "from %s", w->card->from.s, a->from.s);
	else if (!first_card(a) && (!a->has_from_card ||
	    !digest_eq(&w->card_id, &a->from_card)))
		(void)snprintf(why, 300, "the act names another card of %s than "
		    "the one at hand", a->from.s);
	else if (!on_card(w))
		(void)snprintf(why, 300, "the certificate does not stand on the "
		    "card of %s", a->from.s);
	else if (first_card(a) && !own_id(w, &quiet)) {
		if (quiet.kind == ERR_MEMORY) {
			*err = quiet;
			return false;
		}
		(void)snprintf(why, 300, "the name %s does not belong to the keys "
		    "on this card", a->from.s);
	}
	return true;
}

/* ---- who ---- */

static void
who_unknown(struct who_check *w, const char *reason, const char *why)
{
	struct package_report *r = w->c->r;

	r->who = WHO_UNKNOWN;
	report_say(r->who_text, &r->who_said, reason, "%s: %s.", w->name, why);
	finding_add(r, FINDING_UNDECIDED, reason, "Signer: %s.", why);
}

static void
country_check(const struct who_check *w, char why[300])
{
	struct country country = cert_country(w->cms.inside.list[0]);
	const char *from = w->c->r->act.from.s;

	/* "XA-...": the State, then a dash. */
	if (strlen(country.s) == 2 && strncmp(country.s, from, 2) == 0 &&
	    from[2] == '-')
		return;
	(void)snprintf(why, 300, country.s[0] == '\0' ?
	    "the certificate names no one country, but the act is from %.2s%s" :
	    "the act is from %.2s, but the certificate is of %s", from, country.s);
}

static void
path_say(struct who_check *w, const struct path_answer *p)
{
	struct package_report *r = w->c->r;

	if (p->revocation_text[0] != '\0')
		finding_add(r, p->revocation_checked ? FINDING_HOLDS :
		    FINDING_WARNING, "revocation", "Signer: %s.",
		    p->revocation_text);
	if (p->state == PATH_REVOKED) {
		r->who = WHO_REVOKED;
		report_say(r->who_text, &r->who_said, p->reason, "%s: %s.", w->name,
		    p->text);
		finding_add(r, FINDING_UNDECIDED, p->reason, "Signer: %s.", p->text);
	} else if (p->state != PATH_HOLDS) {
		who_unknown(w, p->reason, p->text);
	}
}

static bool
who_decide(struct who_check *w, struct err *err)
{
	struct check *c = w->c;
	struct package_report *r = c->r;
	const struct package_trust *t = &c->in->trust;
	struct path_question q = { .purpose = PATH_SIGNING };
	struct path_answer p;
	char why[300] = "";

	if (!card_find(w, why, err))
		return false;
	r->judged_at = w->stamped ? w->stamp.time : t->has_at ? t->at :
	    world_now(c->in->world);
	q.inside = &w->cms.inside;
	q.anchors = w->anchors;
	q.revoked = w->revoked;
	q.memo = t->memo;
	q.at = r->judged_at;
	q.has_bound = w->stamped;
	q.bound = w->stamp.bound;
	if (!path_check(&q, &p, err))
		return false;
	path_say(w, &p);
	if (p.state != PATH_HOLDS)
		return true;
	if (why[0] == '\0' && !card_check(w, why, err))
		return false;
	if (why[0] == '\0')
		country_check(w, why);
	if (why[0] != '\0') {
		who_unknown(w, "card", why);
		return true;
	}
	r->who = WHO_KNOWN;
	report_say(r->who_text, &r->who_said, "who.known",
	    "%s (certificate by %s, valid on %s).",
	    w->name, w->issuer, when_people(r->judged_at).s);
	finding_add(r, FINDING_HOLDS, "path", "The certificate leads to a root you "
	    "gave%s.", w->card != NULL ? " and stands on the card" : "");
	return true;
}

static bool
who_and_when(struct who_check *w, struct err *err)
{
	struct package_report *r = w->c->r;

	if (!revoked_collect(w, err) || !signature_check(w, err) ||
	    !stamps_check(w, err))
		return false;
	if (w->cms.state != CMS_HOLDS || !(r->has_act || w->c->of_act)) {
		r->who = WHO_UNKNOWN;
		if (w->cms.state != CMS_HOLDS)
			report_say(r->who_text, &r->who_said, "who.signature",
			    "The signature does not hold.");
		else
			report_say(r->who_text, &r->who_said, "who.unread",
			    "The act cannot be read, so its sender is not known.");
		return true;
	}
	clock_say(w, "signer's", w->cms.signing_time);
	if (r->has_act)
		clock_say(w, "sender's", r->act.made_at);
	return who_decide(w, err);
}

bool
check_who(struct check *c, struct err *err)
{
	struct who_check *w = mem_new(sizeof *w, err);
	bool ok;

	if (w == NULL)
		return false;
	w->c = c;
	cms_answer_init(&w->cms);
	stamp_answer_init(&w->stamp);
	certs_init(&w->card_roots);
	certs_init(&w->none);
	ok = who_and_when(w, err);
	cms_answer_clear(&w->cms);
	stamp_answer_clear(&w->stamp);
	certs_clear(&w->card_roots);
	revocations_free(w->revoked);
	mem_free(w);
	return ok;
}
