/* The client against a small server of our own that answers wrongly in each way. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/http.h"

struct server {
	pthread_t thread;
	int listening;
	char url[64];
	const char *answer;		/* all of it, head and body */
	size_t answer_n;
	unsigned pause;			/* seconds before the answer */
	char got[4096];			/* of the request */
	unsigned requests;
};

/* The head, and the body when its length is told. */
static void
request_read(struct server *s, int fd)
{
	size_t n = 0;
	ssize_t r;

	while (n < sizeof s->got - 1) {
		char *end, *length;

		r = read(fd, s->got + n, sizeof s->got - 1 - n);
		if (r <= 0)
			break;
		n += (size_t)r;
		s->got[n] = '\0';
		end = strstr(s->got, "\r\n\r\n");
		length = strstr(s->got, "Content-Length: ");
		if (end != NULL && (length == NULL || n >= (size_t)(end + 4 - s->got) +
		    (size_t)atoi(length + 16)))
			break;
	}
}

static void *
serve(void *arg)
{
	struct server *s = arg;
	int fd;

	while ((fd = accept(s->listening, NULL, NULL)) >= 0) {
		size_t at = 0;
		ssize_t r = 1;

		s->requests++;
		request_read(s, fd);
		if (s->pause > 0)
			(void)sleep(s->pause);
		while (at < s->answer_n && r > 0) {
			r = send(fd, s->answer + at, s->answer_n - at, MSG_NOSIGNAL);
			at += r > 0 ? (size_t)r : 0;
		}
		(void)close(fd);
	}
	return NULL;
}

static void
server_begin(struct server *s, const char *answer, size_t n)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof a;

	memset(s, 0, sizeof *s);
	s->answer = answer;
	s->answer_n = n;
	s->listening = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(s->listening >= 0);
	assert_int_equal(bind(s->listening, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(s->listening, 4), 0);
	assert_int_equal(getsockname(s->listening, (struct sockaddr *)&a, &len), 0);
	(void)snprintf(s->url, sizeof s->url, "http://127.0.0.1:%u/tsa",
	    ntohs(a.sin_port));
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void
server_end(struct server *s)
{
	(void)shutdown(s->listening, SHUT_RDWR);
	(void)pthread_join(s->thread, NULL);
	(void)close(s->listening);
}

#define TYPE "application/timestamp-reply"
#define HEAD(type, length) "HTTP/1.1 200 OK\r\nContent-Type: " type \
	"\r\nContent-Length: " length "\r\n\r\n"

/* POST "query" to a server that answers so; the answer may have 100 bytes. */
static bool
ask(const char *answer, struct buf *got, struct server *s, struct err *err)
{
	bool ok;

	server_begin(s, answer, strlen(answer));
	buf_init(got, 100);
	ok = http_post(s->url, "application/timestamp-query", span_text("query"),
	    TYPE, got, NULL, err);
	server_end(s);
	return ok;
}

static void
taken(const char *answer, const char *body)
{
	struct err err = ERR_INIT;
	struct server s;
	struct buf got;

	if (!ask(answer, &got, &s, &err))
		fail_msg("%s", err.text);
	assert_true(span_is(buf_span(&got), body));
	buf_clear(&got);
}

static void
refused(const char *answer, enum err_kind kind, const char *reason)
{
	struct err err = ERR_INIT;
	struct server s;
	struct buf got;

	assert_false(ask(answer, &got, &s, &err));
	assert_string_equal(err.reason, reason);
	assert_int_equal(err.kind, kind);
	assert_true(err.text[0] != '\0');
	buf_clear(&got);
}

static void
a_question_is_posted_whole_and_the_answer_comes_back(void **state)
{
	struct err err = ERR_INIT;
	struct server s;
	struct buf got;

	(void)state;
	assert_true(ask(HEAD(TYPE, "5") "token", &got, &s, &err));
	assert_true(span_is(buf_span(&got), "token"));
	assert_non_null(strstr(s.got, "POST /tsa HTTP/1.1\r\n"));
	assert_non_null(strstr(s.got, "Content-Type: application/timestamp-query\r\n"));
	assert_non_null(strstr(s.got, "\r\n\r\nquery"));
	assert_null(strstr(s.got, "User-Agent"));
	buf_clear(&got);
	taken(HEAD(TYPE "; charset=x", "1") "a", "a");
	taken(HEAD("Application/Timestamp-Reply", "1") "a", "a");
	taken(HEAD(TYPE, "0"), "");
}

static void
another_status_is_told_and_its_page_is_not_taken_for_the_answer(void **state)
{
	(void)state;
	refused("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", ERR_UNREACHED,
	    "http.status");
	refused("HTTP/1.1 204 None\r\n\r\n", ERR_UNREACHED, "http.status");
	refused("HTTP/1.1 404 No\r\nContent-Type: " TYPE
	    "\r\nContent-Length: 1\r\n\r\na", ERR_UNREACHED, "http.status");
}

/* A redirect could lead into the office's own network. */
static void
a_redirect_is_not_followed(void **state)
{
	struct server target, from;
	struct err err = ERR_INIT;
	char answer[200];
	struct buf got;

	(void)state;
	server_begin(&target, HEAD(TYPE, "1") "a", strlen(HEAD(TYPE, "1") "a"));
	(void)snprintf(answer, sizeof answer, "HTTP/1.1 302 There\r\nLocation: %s\r\n"
	    "Content-Length: 0\r\n\r\n", target.url);
	assert_false(ask(answer, &got, &from, &err));
	assert_string_equal(err.reason, "http.status");
	server_end(&target);
	assert_int_equal(target.requests, 0);
	buf_clear(&got);
}

static void
an_answer_of_another_type_is_refused(void **state)
{
	(void)state;
	refused(HEAD("text/html", "1") "a", ERR_INPUT, "http.type");
	refused(HEAD(TYPE "x", "1") "a", ERR_INPUT, "http.type");
	refused(HEAD("application/timestamp-repl", "1") "a", ERR_INPUT, "http.type");
	refused("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", ERR_INPUT,
	    "http.type");
}

static void
an_answer_ends_at_its_limit(void **state)
{
	char at[400], over[400], unsaid[400], hundred[102];

	(void)state;
	memset(hundred, 'a', sizeof hundred);
	hundred[101] = '\0';
	(void)snprintf(at, sizeof at, HEAD(TYPE, "100") "%.100s", hundred);
	(void)snprintf(over, sizeof over, HEAD(TYPE, "101") "%s", hundred);
	(void)snprintf(unsaid, sizeof unsaid, "HTTP/1.1 200 OK\r\nContent-Type: "
	    TYPE "\r\nConnection: close\r\n\r\n%s", hundred);
	hundred[100] = '\0';
	taken(at, hundred);
	refused(over, ERR_LIMIT, "buf.limit");
	refused(unsaid, ERR_LIMIT, "buf.limit");
}

static void
an_answer_that_is_cut_or_no_http_is_no_answer(void **state)
{
	(void)state;
	refused(HEAD(TYPE, "10") "abc", ERR_UNREACHED, "http.cut");
	refused("", ERR_UNREACHED, "http.cut");
	refused("SSH-2.0-x\r\n", ERR_UNREACHED, "http.cut");
}

static void
nobody_listening_is_unreached(void **state)
{
	struct err err = ERR_INIT;
	struct server s;
	struct buf got;

	(void)state;
	server_begin(&s, "", 0);
	server_end(&s);
	buf_init(&got, 100);
	assert_false(http_get(s.url, &got, NULL, &err));
	assert_string_equal(err.reason, "http.connect");
	assert_int_equal(err.kind, ERR_UNREACHED);
	buf_clear(&got);
}

/* Who keeps the machine gets the library's text, the officer gets our words. */
static void
why_nobody_answers_is_said_in_our_words(void **state)
{
	struct http_detail detail = { NULL, "of before" };
	struct err err = ERR_INIT;
	struct buf got;

	(void)state;
	buf_init(&got, 100);
	assert_false(http_get("http://there-is-none.invalid/", &got, &detail, &err));
	assert_string_equal(err.reason, "http.name");
	assert_null(strstr(err.text, "there-is-none"));
	assert_true(detail.s[0] != '\0' && strcmp(detail.s, "of before") != 0);
	assert_string_equal(detail.reason, "http.name");
	assert_false(http_get("ftp://127.0.0.1/", &got, &detail, &err));
	assert_string_equal(detail.s, "");
	buf_clear(&got);
}

static void
a_slow_answer_is_waited_for_and_not_for_ever(void **state)
{
	static const char answer[] = HEAD("text/plain", "1") "a";
	bool whole = getenv("COMITY_LONG") != NULL;
	struct err err = ERR_INIT;
	struct server s;
	struct buf got;

	(void)state;
	buf_init(&got, 100);
	server_begin(&s, answer, sizeof answer - 1);
	s.pause = whole ? HTTP_TOTAL_SECONDS + 5 : 1;
	assert_int_equal(http_get(s.url, &got, NULL, &err), !whole);
	assert_int_equal(err.kind, whole ? ERR_UNREACHED : ERR_NONE);
	server_end(&s);
	buf_clear(&got);
}

static void
an_address_is_checked_before_anyone_is_asked(void **state)
{
	char url[HTTP_URL_MAX + 2];
	struct err err = ERR_INIT;
	struct buf got;

	(void)state;
	memset(url, 'a', sizeof url);
	memcpy(url, "http://", 7);
	url[HTTP_URL_MAX] = '\0';
	assert_true(http_url_check(url, &err));
	url[HTTP_URL_MAX] = 'a';
	url[HTTP_URL_MAX + 1] = '\0';
	assert_false(http_url_check(url, &err));
	assert_int_equal(err.kind, ERR_LIMIT);
	buf_init(&got, 10);
	assert_false(http_get("file:///etc/passwd", &got, NULL, &err));
	assert_string_equal(err.reason, "http.url");
	assert_false(http_get("ftp://127.0.0.1/", &got, NULL, &err));
	assert_false(http_get("http://name:word@127.0.0.1/", &got, NULL, &err));
	assert_false(http_get("http://127.0.0.1/a b", &got, NULL, &err));
	assert_false(http_get("http://127.0.0.1/\r\nX: y", &got, NULL, &err));
	assert_false(http_get("", &got, NULL, &err));
	assert_string_equal(err.reason, "http.url");
	buf_clear(&got);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_is_posted_whole_and_the_answer_comes_back),
		cmocka_unit_test(another_status_is_told_and_its_page_is_not_taken_for_the_answer),
		cmocka_unit_test(a_redirect_is_not_followed),
		cmocka_unit_test(an_answer_of_another_type_is_refused),
		cmocka_unit_test(an_answer_ends_at_its_limit),
		cmocka_unit_test(an_answer_that_is_cut_or_no_http_is_no_answer),
		cmocka_unit_test(nobody_listening_is_unreached),
		cmocka_unit_test(why_nobody_answers_is_said_in_our_words),
		cmocka_unit_test(a_slow_answer_is_waited_for_and_not_for_ever),
		cmocka_unit_test(an_address_is_checked_before_anyone_is_asked),
	};

	/* No proxy of this machine's stands between. */
	(void)setenv("no_proxy", "*", 1);
	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
