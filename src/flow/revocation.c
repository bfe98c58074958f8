/*
 * Revocation data, gathered at sealing so that the signature can be judged in ten
 * years, when nobody publishes these lists any more.
 */
#include <stdio.h>
#include <string.h>

#include "flow/inside.h"
#include "flow/kept.h"
#include "form/pem.h"
#include "http/http.h"

#define POINTS_MAX 4		/* addresses tried for one certificate */
#define CRL_LABEL "X509 CRL"

static void
missing(char text[300], const struct cert *c, const char *why)
{
	struct buf name;
	const char *s = "a certificate";

	buf_init(&name, 2048);
	if (!cert_issuer_text(c, &name, NULL) || !buf_text(&name, &s, NULL))
		s = "a certificate authority";
	(void)snprintf(text, 300,
	    "no revocation list of %.80s could be had (%.120s); the package says so", s,
	    why);
	buf_clear(&name);
}

static bool
crl_of_own_ca(struct flow *f, struct buf *pem, struct err *err)
{
	struct keyring *k = NULL;
	struct key *ca = NULL;
	struct certs roots;
	struct buf file;
	int64_t now = world_now(f->world);
	bool ok;

	certs_init(&roots);
	buf_init(&file, SMALL_FILE_MAX);
	ok = flow_keyring(f, &k, err) && keyring_ca(k, &ca, err) &&
	    home_load(f->home, "ca/root.pem", &file, err) &&
	    certs_read_pem(&roots, buf_span(&file), err) &&
	    crl_make(roots.list[0], ca, now, now + 30 * DAY, NULL, 0, pem, err);
	key_free(ca);
	certs_clear(&roots);
	buf_clear(&file);
	return ok;
}

/* It must read as what it claims to be before it goes into a package. */
static bool
readable(struct span pem, struct err *err)
{
	struct revocations *r = NULL;
	bool ok;

	ok = revocations_new(&r, err) && revocations_add_pem(r, pem, err);
	revocations_free(r);
	return ok;
}

/* A published list is DER, sometimes PEM. */
static bool
list_add(struct span answer, struct buf *pem, struct err *err)
{
	struct buf one;
	bool ok;

	buf_init(&one, 2 * REVOCATION_MAX);
	if (span_starts(answer, "-----BEGIN"))
		ok = buf_add(&one, answer, err);
	else
		ok = pem_write(&one, CRL_LABEL, answer, err);
	ok = ok && readable(buf_span(&one), err) && buf_add(pem, buf_span(&one), err);
	buf_clear(&one);
	return ok;
}

/* From the addresses in one certificate; the first that answers is enough. */
static bool
fetch(struct flow *f, const struct cert *c, struct buf *pem, char text[300], struct err *err)
{
	struct cert_point *points = mem_array(POINTS_MAX, sizeof *points, err);
	struct err why = ERR_INIT;
	bool got = false;
	size_t n;

	if (points == NULL)
		return false;
	n = cert_revocation_points(c, points, POINTS_MAX);
	for (size_t i = 0; i < n && !got; i++) {
		struct buf answer;
		size_t before = pem->n;

		buf_init(&answer, REVOCATION_MAX);
		got = http_get(points[i].url, &answer, &f->trouble, &why) &&
		    list_add(buf_span(&answer), pem, &why);
		if (!got)
			pem->n = before;
		buf_clear(&answer);
	}
	mem_free(points);
	if (why.kind == ERR_MEMORY)
		return err_memory(err);
	if (n > 0 && !got)
		missing(text, c, why.text);
	return true;
}

static bool
gather(struct flow *f, const struct certs *chain, struct buf *pem, char text[300],
    struct err *err)
{
	text[0] = '\0';
	if (home_settings(f->home)->has_ca)
		return crl_of_own_ca(f, pem, err);
	if (home_has(f->home, "keys/revocation.pem") &&
	    !home_load(f->home, "keys/revocation.pem", pem, err))
		return false;
	/* A simulated world has no network. */
	for (size_t i = 0; i < chain->n && !world_is_sim(f->world); i++)
		if (!fetch(f, chain->list[i], pem, text, err))
			return false;
	return true;
}

bool
revocation_gather(struct flow *f, const struct certs *chain, struct buf *pem,
    char text[300], struct err *err)
{
	struct kept *k = f->kept;

	if (k == NULL)
		return gather(f, chain, pem, text, err);
	if (!k->has_revocation) {
		buf_reset(&k->revocation);
		if (!gather(f, chain, &k->revocation, k->revocation_text, err))
			return false;
		k->has_revocation = true;
	}
	memcpy(text, k->revocation_text, sizeof k->revocation_text);
	return buf_add(pem, buf_span(&k->revocation), err);
}
