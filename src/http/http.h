/*
 * http: HTTP as a client (libcurl with OpenSSL).  One call, one answer in memory;
 * no redirects, http and https only, everything bounded.  Used for
 * time stamps and revocation lists.
 */
#ifndef COMITY_HTTP_H
#define COMITY_HTTP_H

#include "base/base.h"

#define HTTP_URL_MAX 499
#define HTTP_CONNECT_SECONDS 10		/* a dead authority is known after this */
#define HTTP_TOTAL_SECONDS 60		/* 70 bytes up and 6 KiB down at 1 kbit/s */

/* What http_post and http_get would say about this address: ERR_USE, ERR_LIMIT. */
MUST bool http_url_check(const char *url, struct err *err);

/*
 * POST body to url; the answer's body goes into answer (bounded by answer->max).
 * ERR_UNREACHED "http.name": no such server, or no line; "http.connect": nobody
 * answers there; "http.timeout"; "http.tls": its certificate or protocol is not
 * accepted; "http.cut": the answer ended early or was no HTTP; "http.status": an
 * answer other than 200.  ERR_INPUT "http.type" another content type than wanted;
 * ERR_LIMIT answer too long; ERR_USE "http.url" no http(s) URL, or one with a
 * user name in it.  detail (NULL: not wanted) is the library's own text, for who
 * keeps the machine; "" when there is none.
 */
#define HTTP_DETAIL_MAX 256
struct http_detail {
	const char *reason;		/* of err; NULL: all went well */
	char s[HTTP_DETAIL_MAX];
};
MUST bool http_post(const char *url, const char *content_type, struct span body,
    const char *answer_type, struct buf *answer, struct http_detail *detail,
    struct err *err);

/* GET url, whatever the answer's type; else as http_post. */
MUST bool http_get(const char *url, struct buf *answer, struct http_detail *detail,
    struct err *err);

#endif
