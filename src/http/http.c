#include "http/http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct answer {
	struct buf *to;
	struct err *err;
	bool failed;
};

static size_t
take(char *p, size_t size, size_t n, void *arg)
{
	struct answer *a = arg;

	if (buf_add(a->to, span_of(p, size * n), a->err))
		return size * n;
	a->failed = true;
	return 0;
}

bool
http_url_check(const char *url, struct err *err)
{
	if (strlen(url) > HTTP_URL_MAX)
		return err_set(err, ERR_LIMIT, "http.url",
		    "the address is longer than %d characters", HTTP_URL_MAX);
	if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
		return err_set(err, ERR_USE, "http.url",
		    "the address does not begin with http:// or https://");
	for (const char *p = url; *p != '\0'; p++)
		if (*p < 0x21 || *p > 0x7E)
			return err_set(err, ERR_USE, "http.url",
			    "the address holds a blank or a character that is not ASCII");
	if (strchr(url, '@') != NULL)
		return err_set(err, ERR_USE, "http.url",
		    "the address holds an @; a name or password does not belong there");
	return true;
}

static bool
options_set(CURL *c, const char *url, struct answer *a, char *why)
{
	return curl_easy_setopt(c, CURLOPT_URL, url) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT,
	    (long)HTTP_CONNECT_SECONDS) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)HTTP_TOTAL_SECONDS) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_WRITEDATA, a) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, why) == CURLE_OK;
}

static bool
body_set(CURL *c, struct curl_slist *headers, struct span body)
{
	return curl_easy_setopt(c, CURLOPT_POST, 1L) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
	    (curl_off_t)body.n) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.p) == CURLE_OK &&
	    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) == CURLE_OK;
}

/* The type alone: parameters may stand behind it. */
static bool
type_is(const char *got, const char *want)
{
	size_t n = strlen(want);

	return strncasecmp(got, want, n) == 0 &&
	    (got[n] == '\0' || got[n] == ';' || got[n] == ' ');
}

static bool
answer_check(CURL *c, const char *answer_type, struct err *err)
{
	const char *type = NULL;
	long status = 0;

	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(c, CURLINFO_CONTENT_TYPE, &type);
	if (status != 200)
		return err_set(err, ERR_UNREACHED, "http.status",
		    "the server answered with status %ld", status);
	if (answer_type != NULL && (type == NULL || !type_is(type, answer_type)))
		return err_set(err, ERR_INPUT, "http.type",
		    "the server's answer is not %s", answer_type);
	return true;
}

/* In our words, whatever the library calls it. */
static bool
unreached(CURLcode code, struct err *err)
{
	switch ((int)code) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return err_set(err, ERR_UNREACHED, "http.name",
		    "the name of the server cannot be found: this machine is off line, or the address is mistyped");
	case CURLE_COULDNT_CONNECT:
		return err_set(err, ERR_UNREACHED, "http.connect",
		    "there is no connection to the server: it is away, or a firewall is between");
	case CURLE_OPERATION_TIMEDOUT:
		return err_set(err, ERR_UNREACHED, "http.timeout",
		    "the server did not answer in time");
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_ISSUER_ERROR:
		return err_set(err, ERR_UNREACHED, "http.tls",
		    "the server's certificate or its TLS is not accepted here");
	default:
		return err_set(err, ERR_UNREACHED, "http.cut",
		    "the server's answer ended early or cannot be read");
	}
}

static void
detail_take(struct http_detail *detail, CURLcode code, const char *why)
{
	if (detail != NULL)
		(void)snprintf(detail->s, sizeof detail->s, "%.255s",
		    why[0] != '\0' ? why : curl_easy_strerror(code));
}

static void
detail_clear(struct http_detail *detail)
{
	if (detail == NULL)
		return;
	detail->reason = NULL;
	detail->s[0] = '\0';
}

/* headers NULL: a GET. */
static bool
exchange(const char *url, struct curl_slist *headers, struct span body,
    const char *answer_type, struct buf *answer, struct http_detail *detail,
    struct err *err)
{
	struct answer a = { answer, err, false };
	char why[CURL_ERROR_SIZE] = "";
	CURL *c = NULL;
	CURLcode code;
	bool ok = false;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
	    (c = curl_easy_init()) == NULL || !options_set(c, url, &a, why) ||
	    (headers != NULL && !body_set(c, headers, body))) {
		curl_easy_cleanup(c);
		return err_memory(err);
	}
	code = curl_easy_perform(c);
	if (code != CURLE_OK)
		detail_take(detail, code, why);
	if (code == CURLE_OUT_OF_MEMORY)
		(void)err_memory(err);
	else if (code != CURLE_OK && !a.failed)
		(void)unreached(code, err);
	else if (code == CURLE_OK)
		ok = answer_check(c, answer_type, err);
	if (!ok && detail != NULL)
		detail->reason = err->reason;
	curl_easy_cleanup(c);
	return ok;
}

bool
http_post(const char *url, const char *content_type, struct span body,
    const char *answer_type, struct buf *answer, struct http_detail *detail,
    struct err *err)
{
	struct curl_slist *headers;
	char line[120];
	bool ok;

	detail_clear(detail);
	if (!http_url_check(url, err))
		return false;
	(void)snprintf(line, sizeof line, "Content-Type: %s", content_type);
	headers = curl_slist_append(NULL, line);
	if (headers == NULL)
		return err_memory(err);
	ok = exchange(url, headers, body, answer_type, answer, detail, err);
	curl_slist_free_all(headers);
	return ok;
}

bool
http_get(const char *url, struct buf *answer, struct http_detail *detail,
    struct err *err)
{
	detail_clear(detail);
	return http_url_check(url, err) &&
	    exchange(url, NULL, span_of(NULL, 0), NULL, answer, detail, err);
}
