#include "crypto/path_internal.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "crypto/cert_internal.h"
#include "crypto/library.h"
#include "crypto/revocation.h"

#define NAME_SHOWN 60	/* bytes of a name inside a sentence of path_answer */

struct short_name {
	char s[NAME_SHOWN + 4];
};

/* ---- names in sentences ---- */

static bool
short_name(const struct cert *c, struct short_name *out, struct err *err)
{
	struct buf text;
	size_t n;
	bool ok;

	/* Every character may come out as "\u{10FFFF}": eight times as long. */
	buf_init(&text, 8 * CERT_MAX);
	ok = cert_subject_text(c, &text, err);
	if (ok) {
		n = text.n < NAME_SHOWN ? text.n : NAME_SHOWN;
		while (n < text.n && n > 0 && (text.p[n] & 0xC0) == 0x80)
			n--;
		(void)snprintf(out->s, sizeof out->s, "%.*s%s", (int)n,
		    (const char *)text.p, n < text.n ? "..." : "");
	}
	buf_clear(&text);
	return ok;
}

/* ---- one anchor ---- */

static int
purpose_id(enum path_purpose purpose)
{
	return purpose == PATH_STAMPING ? X509_PURPOSE_TIMESTAMP_SIGN :
	    X509_PURPOSE_SMIME_SIGN;
}

X509_STORE *
path_store(const struct cert *const *anchors, size_t n, enum path_purpose purpose,
    int64_t at)
{
	X509_STORE *store = X509_STORE_new();
	X509_VERIFY_PARAM *param;
	bool ok;

	if (store == NULL)
		return NULL;
	param = X509_STORE_get0_param(store);
	X509_VERIFY_PARAM_set_time(param, (time_t)at);
	X509_VERIFY_PARAM_set_auth_level(param, 2);
	ok = X509_VERIFY_PARAM_set_purpose(param, purpose_id(purpose)) == 1 &&
	    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN |
	    X509_V_FLAG_X509_STRICT) == 1;
	for (size_t i = 0; ok && i < n; i++)
		ok = X509_STORE_add_cert(store, cert_x509(anchors[i])) == 1;
	if (!ok) {
		X509_STORE_free(store);
		return NULL;
	}
	return store;
}

/* The chain is all that lies inside, in that order, then at most the anchor. */
static bool
chain_is(STACK_OF(X509) *chain, const struct certs *inside)
{
	size_t n = (size_t)sk_X509_num(chain);

	if (n < inside->n || n > inside->n + 1)
		return false;
	for (size_t i = 0; i < inside->n; i++)
		if (X509_cmp(sk_X509_value(chain, (int)i),
		    cert_x509(inside->list[i])) != 0)
			return false;
	return true;
}

/* X509_V_OK, or what OpenSSL says is wrong with the path to this anchor. */
static int
anchor_try(const struct path_question *q, const struct cert *anchor)
{
	X509_STORE *store = path_store(&anchor, 1, q->purpose, q->at);
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	STACK_OF(X509) *inside = sk_X509_new_null();
	int why = X509_V_ERR_OUT_OF_MEM;
	bool ok = store != NULL && ctx != NULL && inside != NULL;

	for (size_t i = 0; ok && i < q->inside->n; i++)
		ok = sk_X509_push(inside, cert_x509(q->inside->list[i])) > 0;
	if (ok && X509_STORE_CTX_init(ctx, store, cert_x509(q->inside->list[0]),
	    inside) == 1) {
		if (X509_verify_cert(ctx) != 1)
			why = X509_STORE_CTX_get_error(ctx);
		else if (!chain_is(X509_STORE_CTX_get0_chain(ctx), q->inside))
			why = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT;
		else
			why = X509_V_OK;
	}
	X509_STORE_CTX_free(ctx);
	sk_X509_free(inside);
	X509_STORE_free(store);
	return why;
}

/*
 * That a path holds follows from its certificates, its purpose and the time, and from
 * the time only in that all of them are valid then: so it holds from the latest of
 * their beginnings until the earliest of their ends.
 */
struct path_fact {
	struct digest key;
	int64_t from, to;
};

/* False: no such name can be given to it, and OpenSSL is asked. */
static bool
path_fact_make(const struct path_question *q, const struct cert *anchor,
    struct path_fact *out)
{
	struct digest of[MEMO_OF_MAX];
	struct err ignored = ERR_INIT;
	const struct certs *in = q->inside;

	if (q->memo == NULL || in->n >= MEMO_OF_MAX)
		return false;
	out->from = cert_not_before(anchor);
	out->to = cert_not_after(anchor);
	for (size_t i = 0; i < in->n; i++) {
		const struct cert *c = in->list[i];

		if (!cert_digest(c, &of[i], &ignored))
			return false;
		if (cert_not_before(c) > out->from)
			out->from = cert_not_before(c);
		if (cert_not_after(c) < out->to)
			out->to = cert_not_after(c);
	}
	return cert_digest(anchor, &of[in->n], &ignored) &&
	    memo_key(q->purpose == PATH_STAMPING ? "path of a stamp" :
	    "path of a signature", of, in->n + 1, &out->key, &ignored);
}

/* X509_V_OK, or why there is no path to this anchor. */
static int
anchor_verify(const struct path_question *q, const struct cert *anchor)
{
	struct path_fact fact;
	bool named = path_fact_make(q, anchor, &fact);
	int why;

	if (named && memo_has(q->memo, &fact.key, q->at))
		return X509_V_OK;
	why = anchor_try(q, anchor);
	if (why != X509_V_OK)
		why = anchor_try(q, anchor);
	/* Whatever it gave as its reason. */
	if (why != X509_V_OK && library_lacked(NULL))
		why = X509_V_ERR_OUT_OF_MEM;
	ERR_clear_error();
	if (why == X509_V_OK && named)
		memo_keep(q->memo, &fact.key, fact.from, fact.to);
	return why;
}

/* Could end the path: the last certificate itself, or one with its issuer's name. */
static bool
anchor_meets(const struct cert *anchor, const struct cert *last)
{
	return cert_same(anchor, last) ||
	    X509_NAME_cmp(X509_get_subject_name(cert_x509(anchor)),
	    X509_get_issuer_name(cert_x509(last))) == 0;
}

/* ---- findings ---- */

static const struct {
	const char *reason, *sentence;	/* behind "the certificate of NAME " */
} words[] = {
	[PATH_HOLDS] = { "", "leads to a root that was given" },
	[PATH_UNKNOWN] = { "path", "leads to none of the roots that were given" },
	[PATH_EXPIRED] = { "expired", "or one above it had expired by then" },
	[PATH_NOT_YET] = { "not_yet_valid", "or one above it was not yet valid then" },
	[PATH_PURPOSE] = { "purpose", "is made for another purpose" },
	[PATH_REVOKED] = { "revoked", "was revoked" },
	[PATH_UNDECIDED] = { "second_clock", "was revoked" },
};

static enum path_state
state_of(int why)
{
	switch (why) {
	case X509_V_OK:
		return PATH_HOLDS;
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return PATH_EXPIRED;
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return PATH_NOT_YET;
	case X509_V_ERR_INVALID_PURPOSE:
		return PATH_PURPOSE;
	default:
		return PATH_UNKNOWN;
	}
}

static bool
found(struct path_answer *out, enum path_state state, const struct cert *c,
    struct err *err)
{
	struct short_name name;

	out->state = PATH_UNKNOWN;
	if (!short_name(c, &name, err))
		return false;
	out->state = state;
	out->reason = words[state].reason;
	(void)snprintf(out->text, sizeof out->text, "the certificate of %s %s", name.s,
	    words[state].sentence);
	return true;
}

static bool
why_append(struct path_answer *out, int why)
{
	size_t n = strlen(out->text);

	(void)snprintf(out->text + n, sizeof out->text - n,
	    " (one has the right name, but: %s)", X509_verify_cert_error_string(why));
	return true;
}

/*
 * Try each anchor alone, so that one root more in the reader's file never breaks a
 * path that held without it.
 */
static bool
anchor_find(const struct path_question *q, const struct cert **anchor, int *why,
    struct err *err)
{
	const struct cert *last = q->inside->list[q->inside->n - 1];
	int one;

	*why = X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT;
	for (size_t i = 0; i < q->anchors->n; i++) {
		if (!anchor_meets(q->anchors->list[i], last))
			continue;
		one = anchor_verify(q, q->anchors->list[i]);
		if (one == X509_V_ERR_OUT_OF_MEM)
			return err_memory(err);
		if (one == X509_V_OK || state_of(*why) == PATH_UNKNOWN)
			*why = one;
		if (one == X509_V_OK) {
			*anchor = q->anchors->list[i];
			return true;
		}
	}
	*anchor = NULL;
	return true;
}

/* ---- revocation: the table of cms-strict.md section 3, point 5 ---- */

static enum path_state
revocation_judge(const struct path_question *q, bool signer,
    const struct revocation_facts *f)
{
	if (!f->revoked)
		return PATH_HOLDS;
	if (!q->has_bound || q->bound >= f->at)
		return PATH_REVOKED;
	/* A stolen stamping key can write any time it likes. */
	if (q->purpose == PATH_STAMPING)
		return f->harmless ? PATH_HOLDS : PATH_UNDECIDED;
	/* A stolen CA key can make a signer and its past. */
	return f->compromised && !signer ? PATH_UNDECIDED : PATH_HOLDS;
}

static bool
revocation_found(const struct path_question *q, struct path_answer *out,
    enum path_state state, const struct cert *c, int64_t at, struct err *err)
{
	struct short_name name;
	const char *why;

	if (!short_name(c, &name, err))
		return false;
	if (state == PATH_UNDECIDED)
		why = "and its key may have been in wrong hands before: the time stamp "
		    "alone does not prove the time";
	else if (!q->has_bound)
		why = "and no time stamp proves an earlier signature";
	else
		why = "which is not after the proven time";
	out->state = state;
	out->reason = words[state].reason;
	out->revoked_at = at;
	(void)snprintf(out->text, sizeof out->text,
	    "the certificate of %s was revoked on %s, %s", name.s,
	    when_people(at).s, why);
	return true;
}

/* Whom the sentence about revocation names: the first of each. */
struct mentions {
	struct short_name unknown;	/* nobody at hand speaks about it */
	struct short_name later;	/* revoked, but after the proven time */
	int64_t later_at;
	bool has_later;
};

/* One certificate below the anchor. */
static bool
revocation_one(const struct path_question *q, struct path_answer *out, size_t i,
    const struct cert *issuer, struct mentions *m, struct err *err)
{
	const struct cert *c = q->inside->list[i];
	struct revocation_facts f;
	enum path_state state;

	if (!revocations_find(q->revoked, q->memo, c, issuer, &f, err))
		return false;
	state = revocation_judge(q, i == 0, &f);
	/* A refusal outweighs a doubt, and the first of each is told. */
	if (((state == PATH_REVOKED && out->state != PATH_REVOKED) ||
	    (state == PATH_UNDECIDED && out->state == PATH_HOLDS)) &&
	    !revocation_found(q, out, state, c, f.at, err))
		return false;
	if (!f.known && out->revocation_checked) {
		out->revocation_checked = false;
		if (!short_name(c, &m->unknown, err))
			return false;
	}
	if (f.revoked && !m->has_later) {
		m->has_later = true;
		m->later_at = f.at;
		if (!short_name(c, &m->later, err))
			return false;
	}
	if (f.known && (out->revocation_as_of == 0 || f.as_of < out->revocation_as_of))
		out->revocation_as_of = f.as_of;
	return true;
}

/* What the lists at hand said; "" when there was none. */
static void
lists_say(const struct path_answer *out, const struct mentions *m, size_t below,
    char *text, size_t room)
{
	struct when_text as_of = when_people(out->revocation_as_of);

	if (out->revocation_as_of == 0)
		(void)snprintf(text, room, "%s", "");
	else if (m->has_later)
		(void)snprintf(text, room, "%s was revoked on %s, after the proven "
		    "time (list of %s)", m->later.s, when_people(m->later_at).s,
		    as_of.s);
	else
		(void)snprintf(text, room, "not revoked by the list%s of %s",
		    below == 1 ? "" : "s, the oldest", as_of.s);
}

/* For people: which lists were used, and which were missing. */
static void
revocation_say(struct path_answer *out, const struct mentions *m, size_t below)
{
	char *text = out->revocation_text, lists[240];
	size_t room = sizeof out->revocation_text;

	lists_say(out, m, below, lists, sizeof lists);
	if (out->state != PATH_HOLDS)
		(void)snprintf(text, room, "revoked, by a list of %s",
		    when_people(out->revocation_as_of).s);
	else if (below == 0)
		(void)snprintf(text, room,
		    "trusted by itself: no list can revoke it");
	else if (!out->revocation_checked)
		(void)snprintf(text, room, "%s%sno revocation list for %s: judged "
		    "without", lists, lists[0] != '\0' ? "; " : "", m->unknown.s);
	else
		(void)snprintf(text, room, "%s", lists);
}

static bool
revocation_check(const struct path_question *q, struct path_answer *out,
    const struct cert *anchor, struct err *err)
{
	const struct certs *in = q->inside;
	size_t below = in->n - (cert_same(in->list[in->n - 1], anchor) ? 1 : 0);
	struct mentions m = { .has_later = false };

	out->revocation_checked = true;
	for (size_t i = 0; i < below; i++) {
		const struct cert *issuer = i + 1 < in->n ? in->list[i + 1] : anchor;

		if (!revocation_one(q, out, i, issuer, &m, err)) {
			out->state = PATH_UNKNOWN;	/* nothing was proven */
			return false;
		}
	}
	revocation_say(out, &m, below);
	return true;
}

/* ---- the whole question ---- */

bool
path_check_to(const struct path_question *q, struct path_answer *out,
    const struct cert **anchor, struct err *err)
{
	const struct cert *signer;
	int why;

	memset(out, 0, sizeof *out);
	out->state = PATH_UNKNOWN;
	out->reason = words[PATH_UNKNOWN].reason;
	*anchor = NULL;
	if (q->inside->n == 0) {
		(void)snprintf(out->text, sizeof out->text,
		    "there is no certificate to judge");
		return true;
	}
	signer = q->inside->list[0];
	if (!anchor_find(q, anchor, &why, err) ||
	    !found(out, state_of(why), signer, err))
		return false;
	if (out->state == PATH_HOLDS && q->purpose == PATH_SIGNING &&
	    !cert_is_for_signing(signer))
		return found(out, PATH_PURPOSE, signer, err);
	/* A root has the right name, and yet: say what OpenSSL dislikes. */
	if (out->state == PATH_UNKNOWN && why != X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT)
		return why_append(out, why);
	if (out->state != PATH_HOLDS)
		return true;
	return revocation_check(q, out, *anchor, err);
}

bool
path_check(const struct path_question *q, struct path_answer *out, struct err *err)
{
	const struct cert *anchor;

	return path_check_to(q, out, &anchor, err);
}
