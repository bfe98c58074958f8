/* Identifiers of the net: mail addresses, IP addresses, web addresses. */
#include "act/identifier.h"

#include <stdio.h>
#include <string.h>

#define LOCAL_MAX 64		/* RFC 5321 4.5.3.1.1 */
#define DOMAIN_MAX 253		/* RFC 1035 2.3.4: 255 with length bytes */
#define LABEL_MAX 63
#define MAIL_MAX 254		/* RFC 5321 4.5.3.1.3 less the angle brackets */
#define URL_MAX 2000

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
in(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static void
bad(struct identifier_result *out, const char *reason, const char *text)
{
	(void)identifier_say(out, IDENTIFIER_BAD, reason, text);
}

/* ---- domains ---- */

/*
 * Letters, digits, inner hyphens; bytes above ASCII make a U-label (RFC 5890
 * 2.3.2.1).  Its A-label has 63 characters at most, the U-label can take more bytes.
 */
static bool
label_valid(struct span s)
{
	bool ascii = true;

	if (s.n == 0 || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < 0x80 && !ascii_alnum(s.p[i]) && s.p[i] != '-')
			return false;
		ascii = ascii && s.p[i] < 0x80;
	}
	return !ascii || s.n <= LABEL_MAX;
}

static bool
label_number(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!digit((char)s.p[i]))
			return false;
	return true;
}

/* Labels with dots between; the last is no number, or it would be an address. */
static bool
domain_valid(struct span s, size_t labels_min)
{
	size_t labels = 0;

	if (s.n == 0 || s.n > DOMAIN_MAX)
		return false;
	for (;;) {
		const uint8_t *dot = memchr(s.p, '.', s.n);
		struct span label = span_of(s.p, dot != NULL ? (size_t)(dot - s.p) : s.n);

		if (!label_valid(label))
			return false;
		labels++;
		if (dot == NULL)
			return labels >= labels_min && !label_number(label);
		s = span_from(s, label.n + 1);
		if (s.n == 0)
			return false;
	}
}

/* ---- mail ---- */

/* RFC 5321 4.1.2 Dot-string. */
static bool
local_valid(struct span s)
{
	if (s.n == 0 || s.n > LOCAL_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = (char)s.p[i];

		if (c == '.' ? i == 0 || i + 1 == s.n || s.p[i + 1] == '.' :
		    !ascii_alnum(c) && !in(c, "!#$%&'*+-/=?^_`{|}~"))
			return false;
	}
	return true;
}

void
identifier_email(const char *s, struct identifier_result *out)
{
	const char *at = strrchr(s, '@');

	if (at == NULL || strlen(s) > MAIL_MAX ||
	    !local_valid(span_of(s, (size_t)(at - s))) ||
	    !domain_valid(span_text(at + 1), 2))
		bad(out, "identifier.email",
		    "is no e-mail address: write name@domain, without display name, "
		    "quotes or blanks");
}

/* ---- IP addresses ---- */

#define IP6_WORDS 8

/* Four numbers to 255, without leading zeros. */
static bool
ip4_parse(const char *s, uint8_t out[4])
{
	for (unsigned i = 0; i < 4; i++) {
		unsigned v = 0, n = 0;

		while (digit(s[n]) && n < 4)
			v = v * 10 + (unsigned)(s[n++] - '0');
		if (n == 0 || n > 3 || v > 255 || (n > 1 && s[0] == '0'))
			return false;
		out[i] = (uint8_t)v;
		s += n;
		if (*s++ != (i < 3 ? '.' : '\0'))
			return false;
	}
	return true;
}

/* One to four hexadecimal digits. */
static size_t
word_parse(const char *s, uint16_t *out)
{
	unsigned v = 0;
	size_t n = 0;

	for (; n < 4; n++) {
		if (digit(s[n]))
			v = v << 4 | (unsigned)(s[n] - '0');
		else if (s[n] >= 'a' && s[n] <= 'f')
			v = v << 4 | (unsigned)(s[n] - 'a' + 10);
		else
			break;
	}
	*out = (uint16_t)v;
	return n;
}

/* RFC 4291 2.2 in lower case; an IPv4 address may stand for the last two words. */
static bool
ip6_parse(const char *s, uint16_t w[IP6_WORDS])
{
	size_t n = 0, gap = IP6_WORDS + 1, len;
	uint8_t ip4[4];

	if (s[0] == ':' && s[1] != ':')
		return false;
	while (*s != '\0' && n <= IP6_WORDS) {
		if (s[0] == ':' && s[1] == ':') {
			if (gap <= IP6_WORDS)
				return false;
			gap = n;
			s += 2;
			continue;
		}
		if (n > 0 && gap != n && *s++ != ':')
			return false;
		if (n == IP6_WORDS)
			return false;
		if (n + 2 <= IP6_WORDS && ip4_parse(s, ip4)) {
			w[n++] = (uint16_t)(ip4[0] << 8 | ip4[1]);
			w[n++] = (uint16_t)(ip4[2] << 8 | ip4[3]);
			break;
		}
		len = word_parse(s, &w[n]);
		if (len == 0)
			return false;
		s += len;
		n++;
	}
	if (gap > IP6_WORDS)
		return n == IP6_WORDS;
	if (n >= IP6_WORDS)
		return false;
	memmove(&w[gap + IP6_WORDS - n], &w[gap], (n - gap) * sizeof w[0]);
	memset(&w[gap], 0, (IP6_WORDS - n) * sizeof w[0]);
	return true;
}

/* The first longest run of two or more zero words, which "::" stands for. */
static size_t
zeros_longest(const uint16_t w[IP6_WORDS], size_t *run)
{
	size_t at = IP6_WORDS, best = 1;

	for (size_t i = 0, n = 0; i < IP6_WORDS; i++) {
		n = w[i] == 0 ? n + 1 : 0;
		if (n > best) {
			best = n;
			at = i + 1 - n;
		}
	}
	*run = best;
	return at;
}

/* RFC 5952 section 4, and 5 for IPv4-mapped addresses. */
static void
ip6_print(const uint16_t w[IP6_WORDS], char out[48])
{
	size_t run, gap = zeros_longest(w, &run), at = 0;

	if (gap == 0 && run == 5 && w[5] == 0xFFFF) {
		(void)snprintf(out, 48, "::ffff:%u.%u.%u.%u", w[6] >> 8, w[6] & 255u,
		    w[7] >> 8, w[7] & 255u);
		return;
	}
	for (size_t i = 0; i < IP6_WORDS; i++) {
		if (i == gap) {
			at += (size_t)snprintf(out + at, 48 - at, "::");
			i += run - 1;
			continue;
		}
		at += (size_t)snprintf(out + at, 48 - at, "%s%x",
		    i == 0 || i == gap + run ? "" : ":", w[i]);
	}
}

void
identifier_ip(const char *s, struct identifier_result *out)
{
	uint16_t words[IP6_WORDS];
	char again[48];
	uint8_t ip4[4];

	if (ip4_parse(s, ip4))
		return;
	if (strchr(s, ':') == NULL)
		bad(out, "identifier.ip",
		    "is no IP address: write IPv4 as 192.0.2.1, without leading zeros");
	else if (!ip6_parse(s, words))
		bad(out, "identifier.ip",
		    "is no IP address: write IPv6 as 2001:db8::1, in lower case, "
		    "without a zone or port");
	else {
		ip6_print(words, again);
		if (strcmp(again, s) != 0)
			bad(out, "identifier.ip-spelling",
			    "is an IPv6 address, but not in its one canonical spelling "
			    "(RFC 5952): shortest form, longest run of zeros as ::");
	}
}

/* ---- web addresses ---- */

static bool
host_valid(struct span s)
{
	char text[DOMAIN_MAX + 1];
	uint16_t words[IP6_WORDS];
	uint8_t ip4[4];

	if (s.n == 0 || s.n > DOMAIN_MAX)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (text[0] == '[') {
		if (text[s.n - 1] != ']')
			return false;
		text[s.n - 1] = '\0';
		return ip6_parse(text + 1, words);
	}
	return domain_valid(s, 1) || ip4_parse(text, ip4);
}

/* Host, and a port of 1 to 65535 when there is one (RFC 3986 3.2). */
static bool
authority_valid(struct span s)
{
	size_t n = s.n;
	unsigned long port = 0;

	while (n > 0 && digit((char)s.p[n - 1]))
		n--;
	if (n == 0 || s.p[n - 1] != ':' || (s.p[0] == '[' && s.p[s.n - 1] == ']'))
		return host_valid(s);
	if (s.n - n < 1 || s.n - n > 5)
		return false;
	for (size_t i = n; i < s.n; i++)
		port = port * 10 + (unsigned long)(s.p[i] - '0');
	return port >= 1 && port <= 65535 && host_valid(span_of(s.p, n - 1));
}

/* RFC 3986 3.3 to 3.5: path, query, fragment. */
static bool
tail_valid(const char *s)
{
	static const char hex[] = "0123456789abcdefABCDEF";
	bool fragment = false;

	for (; *s != '\0'; s++) {
		if (*s == '%') {
			if (!in(s[1], hex) || !in(s[2], hex))
				return false;
			s += 2;
		} else if (*s == '#') {
			if (fragment)
				return false;
			fragment = true;
		} else if (!ascii_alnum(*s) && !in(*s, "-._~!$&'()*+,;=:@/?")) {
			return false;
		}
	}
	return true;
}

static const char *
scheme_skip(const char *s)
{
	if (strncmp(s, "http://", 7) == 0)
		return s + 7;
	return strncmp(s, "https://", 8) == 0 ? s + 8 : NULL;
}

void
identifier_url(const char *s, struct identifier_result *out)
{
	const char *host = scheme_skip(s);
	size_t n;

	if (host == NULL || strlen(s) > URL_MAX) {
		bad(out, "identifier.url",
		    "is no web address: write it whole, from http:// or https:// on, "
		    "at most 2000 bytes");
		return;
	}
	n = strcspn(host, "/?#");
	if (memchr(host, '@', n) != NULL)
		bad(out, "identifier.user-part",
		    "has a user part before its host, which hides where it leads: "
		    "leave it out");
	else if (!authority_valid(span_of(host, n)))
		bad(out, "identifier.url",
		    "is no web address: its host has no right form");
	else if (!tail_valid(host + n))
		bad(out, "identifier.url",
		    "is no web address: after the host only ASCII of RFC 3986 may stand; "
		    "write other characters as %XX");
}
