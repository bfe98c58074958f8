/* Where the revocation list of a certificate's issuer lies (RFC 5280 4.2.1.13). */
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "crypto/cert_internal.h"

/* One http(s) URI of a general name, or nothing. */
static struct span
uri_of(const GENERAL_NAME *g)
{
	const ASN1_STRING *s;

	if (g == NULL || g->type != GEN_URI)
		return span_of(NULL, 0);
	s = g->d.uniformResourceIdentifier;
	return span_of(ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
}

static bool
uri_usable(struct span uri)
{
	return uri.n > 0 && uri.n < CERT_POINT_MAX &&
	    (span_starts(uri, "http://") || span_starts(uri, "https://")) &&
	    memchr(uri.p, '\0', uri.n) == NULL;
}

size_t
cert_revocation_points(const struct cert *c, struct cert_point *out, size_t max)
{
	size_t n = 0;
	STACK_OF(DIST_POINT) *list = X509_get_ext_d2i(cert_x509(c),
	    NID_crl_distribution_points, NULL, NULL);

	ERR_clear_error();
	for (int i = 0; i < sk_DIST_POINT_num(list); i++) {
		const DIST_POINT *p = sk_DIST_POINT_value(list, i);

		if (p->distpoint == NULL || p->distpoint->type != 0)
			continue;
		for (int k = 0; k < sk_GENERAL_NAME_num(p->distpoint->name.fullname);
		    k++) {
			struct span uri = uri_of(sk_GENERAL_NAME_value(
			    p->distpoint->name.fullname, k));

			if (n == max || !uri_usable(uri))
				continue;
			memcpy(out[n].url, uri.p, uri.n);
			out[n++].url[uri.n] = '\0';
		}
	}
	CRL_DIST_POINTS_free(list);
	return n;
}
