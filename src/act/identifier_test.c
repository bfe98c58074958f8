/* Identifiers: what their form proves, and what a person should look at twice. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "act/identifier.h"
#include "act/testkit.h"
#include "crypto/digest.h"

/* The verdict on a value, with `at` where it is needed. */
static struct identifier_result
checked(const char *type, const char *value, const char *service)
{
	struct identifier_result r;
	struct field_entry e = { 0 };
	char t[40], v[3000], s[500];

	(void)snprintf(t, sizeof t, "%s", type);
	(void)snprintf(v, sizeof v, "%s", value);
	(void)snprintf(s, sizeof s, "%s", service != NULL ? service : "");
	e.parts[0] = (struct field_part){ .text = t, .has = true };
	e.parts[1] = (struct field_part){ .text = v, .has = true };
	if (service != NULL)
		e.parts[2] = (struct field_part){ .text = s, .has = true };
	if (strcmp(type, "ip") == 0)
		e.parts[4] = (struct field_part){ .n = 1795337160, .has = true };
	identifier_check(&e, &r);
	if (strlen(value) > 8)
		assert_null(strstr(r.text, value));
	return r;
}

static void
good(const char *type, const char *value, const char *service)
{
	struct identifier_result r = checked(type, value, service);

	if (r.verdict != IDENTIFIER_GOOD)
		fail_msg("%s %s: %s", type, value, r.text);
	assert_string_equal(r.reason, "");
}

static void
bad(const char *type, const char *value, const char *service, const char *reason)
{
	struct identifier_result r = checked(type, value, service);

	if (r.verdict != IDENTIFIER_BAD || strcmp(r.reason, reason) != 0)
		fail_msg("%s %s: %d %s %s", type, value, (int)r.verdict, r.reason,
		    r.text);
	assert_true(r.text[0] != '\0');
}

static void
doubtful(const char *type, const char *value, const char *service,
    const char *reason)
{
	struct identifier_result r = checked(type, value, service);

	if (r.verdict != IDENTIFIER_DOUBTFUL || strcmp(r.reason, reason) != 0)
		fail_msg("%s %s: %d %s %s", type, value, (int)r.verdict, r.reason,
		    r.text);
}

/* n letters between two texts. */
static const char *
long_text(const char *before, size_t n, const char *rest)
{
	static char s[3000];
	size_t at = strlen(before);

	memcpy(s, before, at);
	memset(s + at, 'a', n);
	(void)snprintf(s + at + n, sizeof s - at - n, "%s", rest);
	return s;
}

static void
a_mail_address_is_a_dot_string_at_a_domain(void **state)
{
	(void)state;
	good("email", "nobody@example.org", NULL);
	good("email", "a.b+c_d!#$%&'*/=?^`{|}~-@mail.example.org", NULL);
	good("email", "nobody@xn--bcher-kva.example", NULL);
	good("email", "nobody@b\xC3\xBC" "cher.example", NULL);
	bad("email", "nobody", NULL, "identifier.email");
	bad("email", "@example.org", NULL, "identifier.email");
	bad("email", "nobody@", NULL, "identifier.email");
	bad("email", "nobody@localhost", NULL, "identifier.email");
	bad("email", "nobody@example.org.", NULL, "identifier.email");
	bad("email", "nobody@example..org", NULL, "identifier.email");
	bad("email", "nobody@-example.org", NULL, "identifier.email");
	bad("email", "nobody@example-.org", NULL, "identifier.email");
	bad("email", "nobody@exa_mple.org", NULL, "identifier.email");
	bad("email", "nobody@192.0.2.1", NULL, "identifier.email");
	bad("email", "nobody@[192.0.2.1]", NULL, "identifier.email");
	bad("email", ".nobody@example.org", NULL, "identifier.email");
	bad("email", "nobody.@example.org", NULL, "identifier.email");
	bad("email", "no..body@example.org", NULL, "identifier.email");
	bad("email", "\"no body\"@example.org", NULL, "identifier.email");
	bad("email", "no body@example.org", NULL, "identifier.email");
	bad("email", " nobody@example.org", NULL, "identifier.email");
	bad("email", "nobody@example.org ", NULL, "identifier.email");
	bad("email", "Nobody <nobody@example.org>", NULL, "identifier.email");
	bad("email", "n\xC3\xB6" "body@example.org", NULL, "identifier.email");
}

static void
a_mail_address_ends_where_rfc_5321_says(void **state)
{
	char s[300] = "nobodyatall1@";
	size_t n = strlen(s);

	(void)state;
	good("email", long_text("", 64, "@example.org"), NULL);
	bad("email", long_text("", 65, "@example.org"), NULL, "identifier.email");
	good("email", long_text("n@", 63, ".org"), NULL);
	bad("email", long_text("n@", 64, ".org"), NULL, "identifier.email");
	/* 254 bytes in all, in labels of 59 letters and a dot. */
	memset(s + n, 'a', 241);
	for (size_t at = n + 59; at < 253; at += 60)
		s[at] = '.';
	assert_int_equal(strlen(s), 254);
	good("email", s, NULL);
	s[254] = 'a';
	bad("email", s, NULL, "identifier.email");
}

static void
a_phone_number_is_plus_and_7_to_15_digits(void **state)
{
	(void)state;
	good("phone", "+1234567", NULL);
	good("phone", "+123456789012345", NULL);
	bad("phone", "+123456", NULL, "identifier.phone");
	bad("phone", "+1234567890123456", NULL, "identifier.phone");
	bad("phone", "1234567890", NULL, "identifier.phone");
	bad("phone", "+0123456789", NULL, "identifier.phone");
	bad("phone", "+12 34567890", NULL, "identifier.phone");
	bad("phone", "+", NULL, "identifier.phone");
}

static void
an_ip_address_has_one_spelling(void **state)
{
	(void)state;
	good("ip", "192.0.2.1", NULL);
	good("ip", "255.255.255.255", NULL);
	good("ip", "0.0.0.0", NULL);
	bad("ip", "256.0.2.1", NULL, "identifier.ip");
	bad("ip", "192.0.2", NULL, "identifier.ip");
	bad("ip", "192.0.2.1.1", NULL, "identifier.ip");
	bad("ip", "192.0.02.1", NULL, "identifier.ip");
	bad("ip", "192.0.2.1 ", NULL, "identifier.ip");
	bad("ip", "192.0.2.0/24", NULL, "identifier.ip");
	/* RFC 5952 section 4 */
	good("ip", "2001:db8::1", NULL);
	good("ip", "2001:db8:0:1:1:1:1:1", NULL);
	good("ip", "2001:db8::1:0:0:1", NULL);
	good("ip", "2001:0:0:1::1", NULL);
	good("ip", "::", NULL);
	good("ip", "::1", NULL);
	good("ip", "1::", NULL);
	good("ip", "1:2:3:4:5:6:7:8", NULL);
	good("ip", "0:1:2:3:4:5:6:0", NULL);
	good("ip", "::ffff:192.0.2.1", NULL);
	bad("ip", "2001:DB8::1", NULL, "identifier.ip");
	bad("ip", "2001:0db8::1", NULL, "identifier.ip-spelling");
	bad("ip", "2001:db8::0:1", NULL, "identifier.ip-spelling");
	bad("ip", "2001:db8::1:1:1:1:1", NULL, "identifier.ip-spelling");
	bad("ip", "2001:db8:0:0:1::1", NULL, "identifier.ip-spelling");
	bad("ip", "0:0:0:0:0:0:0:1", NULL, "identifier.ip-spelling");
	bad("ip", "::ffff:c000:201", NULL, "identifier.ip-spelling");
	bad("ip", "1:2:3:4:5:6:7::", NULL, "identifier.ip-spelling");
	bad("ip", "1:2:3:4:5:6:7:8:9", NULL, "identifier.ip");
	bad("ip", "1:2:3:4:5:6:7:8::", NULL, "identifier.ip");
	bad("ip", "1:2:3:4:5:6:7", NULL, "identifier.ip");
	bad("ip", "1:2:3:4:5:6:7:1.2.3.4", NULL, "identifier.ip");
	bad("ip", "1::2::3", NULL, "identifier.ip");
	bad("ip", ":::", NULL, "identifier.ip");
	bad("ip", ":1::", NULL, "identifier.ip");
	bad("ip", "1:", NULL, "identifier.ip");
	bad("ip", "12345::", NULL, "identifier.ip");
	bad("ip", "fe80::1%eth0", NULL, "identifier.ip");
	bad("ip", "[2001:db8::1]", NULL, "identifier.ip");
}

static void
an_ip_address_needs_the_time_of_its_use(void **state)
{
	char type[] = "ip", value[] = "192.0.2.1";
	struct field_entry e = { 0 };
	struct identifier_result r;
	struct err err;

	(void)state;
	e.parts[0] = (struct field_part){ .text = type, .has = true };
	e.parts[1] = (struct field_part){ .text = value, .has = true };
	identifier_check(&e, &r);
	assert_int_equal(r.verdict, IDENTIFIER_BAD);
	assert_string_equal(r.reason, "identifier.at");
	/* A draft may not have it yet. */
	assert_true(identifier_form(&e, true, &r, &err));
	assert_int_equal(r.verdict, IDENTIFIER_GOOD);
}

static void
a_port_is_1_to_65535(void **state)
{
	static const struct { int64_t port; bool fits; } ports[] = {
		{ 0, false }, { 1, true }, { 65535, true }, { 65536, false },
	};
	char type[] = "phone", value[] = "+1234567";
	struct field_entry e = { 0 };
	struct identifier_result r;

	(void)state;
	e.parts[0] = (struct field_part){ .text = type, .has = true };
	e.parts[1] = (struct field_part){ .text = value, .has = true };
	for (size_t i = 0; i < 4; i++) {
		e.parts[3] = (struct field_part){ .n = ports[i].port, .has = true };
		identifier_check(&e, &r);
		assert_int_equal(r.verdict,
		    ports[i].fits ? IDENTIFIER_GOOD : IDENTIFIER_BAD);
	}
}

static void
a_web_address_has_a_host_and_no_user_part(void **state)
{
	(void)state;
	good("url", "https://example.org", NULL);
	good("url", "http://example.org:8080/a/b;c?d=e&f=%C3%A9#part", NULL);
	good("url", "https://192.0.2.1/", NULL);
	good("url", "https://[2001:db8::1]:443/x", NULL);
	good("url", "https://[2001:db8::1]", NULL);
	good("url", "https://b\xC3\xBC" "cher.example/", NULL);
	good("url", "https://example.org:65535", NULL);
	bad("url", "https://example.org:65536", NULL, "identifier.url");
	bad("url", "https://example.org:0", NULL, "identifier.url");
	bad("url", "https://example.org:", NULL, "identifier.url");
	bad("url", "example.org", NULL, "identifier.url");
	bad("url", "ftp://example.org", NULL, "identifier.url");
	bad("url", "javascript:alert(1)", NULL, "identifier.url");
	bad("url", "https://", NULL, "identifier.url");
	bad("url", "https:///path", NULL, "identifier.url");
	bad("url", "https://exam ple.org", NULL, "identifier.url");
	bad("url", "https://[2001:db8::1", NULL, "identifier.url");
	bad("url", "https://[", NULL, "identifier.url");
	bad("url", "https://[::1]x", NULL, "identifier.url");
	bad("url", "https://256.0.0.1/", NULL, "identifier.url");
	bad("url", "https://bank.example@192.0.2.1/", NULL, "identifier.user-part");
	good("url", "https://example.org/@nobody", NULL);
	bad("url", "https://example.org/a b", NULL, "identifier.url");
	bad("url", "https://example.org/%4", NULL, "identifier.url");
	bad("url", "https://example.org/%zz", NULL, "identifier.url");
	bad("url", "https://example.org/#a#b", NULL, "identifier.url");
	bad("url", "https://example.org/\xC3\xA9", NULL, "identifier.url");
	bad("url", "https://example.org/<script>", NULL, "identifier.url");
}

static void
a_web_address_is_at_most_2000_bytes(void **state)
{
	(void)state;
	good("url", long_text("https://example.org/", 1980, ""), NULL);
	bad("url", long_text("https://example.org/", 1981, ""), NULL, "identifier.url");
}

static void
an_imei_ends_in_its_luhn_digit(void **state)
{
	char s[16];

	(void)state;
	good("imei", "490154203237518", NULL);
	for (char c = '0'; c <= '9'; c++) {
		(void)snprintf(s, sizeof s, "49015420323751%c", c);
		if (c != '8')
			bad("imei", s, NULL, "identifier.checksum");
	}
	bad("imei", "49015420323751", NULL, "identifier.imei");
	bad("imei", "4901542032375180", NULL, "identifier.imei");
	bad("imei", "49015420323751X", NULL, "identifier.imei");
}

static void
accounts_and_others_have_a_service_and_1_to_400_bytes(void **state)
{
	(void)state;
	good("account", "some body", "Provider of Cascada");
	good("other", "17", "customer number");
	bad("account", "somebody", NULL, "identifier.service");
	bad("other", "17", NULL, "identifier.service");
	good("account", long_text("", 400, ""), "x");
	bad("account", long_text("", 401, ""), "x", "identifier.length");
	bad("account", " somebody", "x", "identifier.blank");
	bad("other", "17 ", "x", "identifier.blank");
	bad("pigeon", "17", NULL, "identifier.type");
}

static void
a_file_is_named_by_64_lower_hexadecimal_digits(void **state)
{
	static const char good_one[] =
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
	char s[70];

	(void)state;
	good("sha256", good_one, NULL);
	(void)snprintf(s, sizeof s, "%s", good_one);
	s[0] = 'E';
	bad("sha256", s, NULL, "identifier.sha256");
	(void)snprintf(s, sizeof s, "%s0", good_one);
	bad("sha256", s, NULL, "identifier.sha256");
	s[63] = '\0';
	bad("sha256", s, NULL, "identifier.sha256");
}

/* Every single wrong character must be seen. */
static void
every_slip(const char *address, const char *network)
{
	char s[100];

	for (size_t i = 0; address[i] != '\0'; i++) {
		struct identifier_result r;

		(void)snprintf(s, sizeof s, "%s", address);
		s[i] = s[i] == '2' ? '3' : '2';
		r = checked("wallet", s, network);
		if (r.verdict != IDENTIFIER_BAD)
			fail_msg("%s taken for an address", s);
	}
	(void)snprintf(s, sizeof s, "%s", address);
	s[strlen(s) - 1] = '\0';
	assert_int_equal(checked("wallet", s, network).verdict, IDENTIFIER_BAD);
	(void)snprintf(s, sizeof s, "%s2", address);
	assert_int_equal(checked("wallet", s, network).verdict, IDENTIFIER_BAD);
}

static void
bitcoin_addresses_have_their_checksums(void **state)
{
	/* The first block's; BIP-173 and BIP-350 test vectors. */
	static const char *const valid[] = {
		"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
		"3P14159f73E4gFr7JterCCQh9QjiTjiZrG",
		"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
		"bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
		"BC1SW50QGDZ25J",
		"bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
	};
	static const char *const invalid[] = {
		/* BIP-350: the other checksum than the version asks for */
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
		"BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
		/* a character outside, a version above 16, lengths, both cases */
		"bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
		"BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
		"bc1pw5dgrnzv",
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
		"BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kV8f3t4",
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
		"bc1gmk9yu",
		"tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
		"", "1", "1111111111111111111111111",
		"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfN0",
		"11A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
	};

	(void)state;
	for (size_t i = 0; i < sizeof valid / sizeof valid[0]; i++)
		good("wallet", valid[i], "bitcoin");
	for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; i++)
		if (checked("wallet", invalid[i], "bitcoin").verdict != IDENTIFIER_BAD)
			fail_msg("%s taken for an address", invalid[i]);
	every_slip(valid[0], "bitcoin");
	every_slip(valid[3], "bitcoin");
	every_slip(valid[4], "bitcoin");
	bad("wallet", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "bitcoin",
	    "identifier.checksum");
	bad("wallet", valid[0], "litecoin", "identifier.network");
	bad("wallet", valid[0], "tron", "identifier.network");
	bad("wallet", valid[0], NULL, "identifier.service");
}

static void
tron_addresses_have_their_checksums(void **state)
{
	(void)state;
	good("wallet", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "tron");
	every_slip("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "tron");
	bad("wallet", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "bitcoin",
	    "identifier.network");
}

static void
ethereum_capitals_are_checked_where_openssl_can(void **state)
{
	/* EIP-55's examples. */
	static const char *const mixed[] = {
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
		"0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
		"0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
		"0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
	};
	static const char wrong[] = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD";
	struct digest d;

	(void)state;
	good("wallet", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "ethereum");
	good("wallet", "0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED", "ethereum");
	bad("wallet", "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "ethereum",
	    "identifier.wallet");
	bad("wallet", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beae", "ethereum",
	    "identifier.wallet");
	bad("wallet", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaeg", "ethereum",
	    "identifier.wallet");
	if (digest_keccak256(span_text(""), &d)) {
		assert_string_equal(digest_hex(&d).s, "c5d2460186f7233c927e7db2dcc703c0"
		    "e500b653ca82273b7bfad8045d85a470");
		for (size_t i = 0; i < 4; i++)
			good("wallet", mixed[i], "ethereum");
		bad("wallet", wrong, "ethereum", "identifier.checksum");
	} else {
		for (size_t i = 0; i < 4; i++)
			doubtful("wallet", mixed[i], "ethereum",
			    "identifier.checksum-not-checked");
	}
}

/* Without Keccak too: two digests of EIP-55's examples, computed elsewhere. */
static void
ethereum_capitals_follow_the_digest(void **state)
{
	static const char *const rows[][2] = {
		{ "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
		  "d385650ce8fdc6db7ee3a091d34814dbc4ce18219ffae52182efff4034d707e5" },
		{ "fB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
		  "5cfac663f45837b409c4d3dc1cef5f4759734f4989dd53a31b1265734c0b28f4" },
	};
	char turned[ETHER_HEX + 1];
	struct digest d;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		assert_true(digest_parse(span_text(rows[i][1]), &d));
		assert_true(identifier_capitals_fit(rows[i][0], &d));
		for (size_t k = 0; k < ETHER_HEX; k++) {
			(void)snprintf(turned, sizeof turned, "%s", rows[i][0]);
			if (turned[k] < 'A')
				continue;
			turned[k] ^= 0x20;
			assert_false(identifier_capitals_fit(turned, &d));
		}
	}
}

static void
characters_nobody_sees_are_refused(void **state)
{
	static const char *const hidden[] = {
		"\xE2\x80\x8B",		/* zero width space */
		"\xE2\x80\xAE",		/* right-to-left override */
		"\xE2\x81\xA6",		/* isolate */
		"\xC2\xAD",		/* soft hyphen */
		"\xEF\xBB\xBF",		/* byte order mark */
		"\xC2\x85", "\t", "\n", "\x7F",
	};
	char s[40];

	(void)state;
	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++) {
		(void)snprintf(s, sizeof s, "some%sbody", hidden[i]);
		bad("account", s, "x", "identifier.invisible");
		bad("account", "somebody", s, "identifier.invisible");
		bad("email", s, NULL, "identifier.invisible");
	}
}

static void
scripts_mixed_in_one_word_are_doubtful(void **state)
{
	(void)state;
	/* Latin with Cyrillic a; with Greek omicron */
	doubtful("email", "nobody@p\xD0\xB0ypal.example", NULL,
	    "identifier.mixed-script");
	doubtful("url", "https://g\xCE\xBFogle.example/", NULL,
	    "identifier.mixed-script");
	doubtful("account", "p\xD0\xB0ypal", "x", "identifier.mixed-script");
	doubtful("account", "somebody", "p\xD0\xB0ypal", "identifier.mixed-script");
	/* Cyrillic with Greek, with Armenian */
	doubtful("account", "\xD0\xB6\xCE\xBB", "x", "identifier.mixed-script");
	doubtful("account", "\xD0\xB6\xD5\xA1", "x", "identifier.mixed-script");
	/* Hiragana with Hangul */
	doubtful("account", "\xE3\x81\x82\xED\x95\x9C", "x", "identifier.mixed-script");
}

static void
words_of_one_script_and_usual_mixtures_are_good(void **state)
{
	(void)state;
	good("account", "\xD0\xB8\xD0\xB2\xD0\xB0\xD0\xBD", "x");	/* Cyrillic */
	good("account", "\xD8\xB3\xD9\x84\xD8\xA7\xD9\x85", "x");	/* Arabic */
	good("account", "\xCE\xBB\xCF\x8C\xCE\xB3\xCE\xBF\xCF\x82 17", "x");	/* Greek */
	/* Han and Katakana; Han with Latin; Han with Hangul */
	good("account", "\xE6\x9D\xB1\xE4\xBA\xAC\xE3\x82\xBF", "x");
	good("account", "JR\xE6\x9D\xB1", "x");
	good("account", "\xED\x95\x9C\xE9\x9F\x93", "x");
	/* Two words, each of one script */
	good("account", "anna_\xD0\xB8\xD0\xB2\xD0\xB0\xD0\xBD", "x");
	good("url", "https://\xD0\xBF\xD0\xBE\xD1\x87\xD1\x82\xD0\xB0.example/", NULL);
	/* A combining accent belongs to every script. */
	good("account", "e\xCC\x81t\xC3\xA9", "x");
}

static void
a_word_of_letters_that_look_latin_is_doubtful(void **state)
{
	(void)state;
	/* Cyrillic a r r palochka ie; Greek capitals A B E */
	doubtful("url", "https://\xD0\xB0\xD1\x80\xD1\x80\xD3\x8F\xD0\xB5.example/", NULL,
	    "identifier.look-alike");
	doubtful("account", "\xCE\x91\xCE\x92\xCE\x95", "x", "identifier.look-alike");
	doubtful("account", "\xD1\x80\xD0\xB0\xD1\x83-7", "x", "identifier.look-alike");
	/* Fraction slash and ideographic full stop in a host */
	doubtful("url", "https://bank.example\xE2\x81\x84x.example/", NULL,
	    "identifier.look-alike");
	doubtful("email", "nobody@bank\xE3\x80\x82" "example.org", NULL,
	    "identifier.look-alike");
}

static void
out_of_memory_is_told_and_never_a_verdict(void **state)
{
	char type[] = "wallet", net[] = "bitcoin";
	char value[] = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
	struct field_entry e = { 0 };
	struct identifier_result r;
	struct err err = ERR_INIT;

	(void)state;
	e.parts[0] = (struct field_part){ .text = type, .has = true };
	e.parts[1] = (struct field_part){ .text = value, .has = true };
	e.parts[2] = (struct field_part){ .text = net, .has = true };
	for (uint64_t n = 1; n < 100; n++) {
		bool ok;

		mem_fail(n, true);
		ok = identifier_form(&e, false, &r, &err);
		mem_fail(0, false);
		if (ok) {
			assert_int_equal(r.verdict, IDENTIFIER_GOOD);
			return;
		}
		assert_int_equal(err.kind, ERR_MEMORY);
	}
	fail();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mail_address_is_a_dot_string_at_a_domain),
		cmocka_unit_test(a_mail_address_ends_where_rfc_5321_says),
		cmocka_unit_test(a_phone_number_is_plus_and_7_to_15_digits),
		cmocka_unit_test(an_ip_address_has_one_spelling),
		cmocka_unit_test(an_ip_address_needs_the_time_of_its_use),
		cmocka_unit_test(a_port_is_1_to_65535),
		cmocka_unit_test(a_web_address_has_a_host_and_no_user_part),
		cmocka_unit_test(a_web_address_is_at_most_2000_bytes),
		cmocka_unit_test(an_imei_ends_in_its_luhn_digit),
		cmocka_unit_test(accounts_and_others_have_a_service_and_1_to_400_bytes),
		cmocka_unit_test(a_file_is_named_by_64_lower_hexadecimal_digits),
		cmocka_unit_test(bitcoin_addresses_have_their_checksums),
		cmocka_unit_test(tron_addresses_have_their_checksums),
		cmocka_unit_test(ethereum_capitals_are_checked_where_openssl_can),
		cmocka_unit_test(ethereum_capitals_follow_the_digest),
		cmocka_unit_test(characters_nobody_sees_are_refused),
		cmocka_unit_test(scripts_mixed_in_one_word_are_doubtful),
		cmocka_unit_test(words_of_one_script_and_usual_mixtures_are_good),
		cmocka_unit_test(a_word_of_letters_that_look_latin_is_doubtful),
		cmocka_unit_test(out_of_memory_is_told_and_never_a_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
