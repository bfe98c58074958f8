/* Signed mail, checked by other people's programs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/cms.h"
#include "crypto/testkit.h"
#include "text/mail.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; assert_false(call); \
	assert_string_equal(err.reason, why); } while (0)

static bool
kit_sign(void *arg, struct span bytes, struct buf *p7s, struct err *err)
{
	const struct kit *kit = arg;

	return cms_sign(kit->signer_key, &kit->path, KIT_NOW, bytes, p7s, err);
}

static struct mail
mail_of(struct kit *kit, const struct mail_file *files, size_t n)
{
	struct mail m = { .from_name = "Autorité centrale d'Aldora",
		.from_address = "desk@aldora.example", .to_name = "Berun, 24/7 desk",
		.to_address = "desk@berun.example", .number = "XA-2026-000031",
		.kind = "Request to preserve data", .lang = "fr", .exercise = true,
		.date = KIT_NOW, .html = span_text("<!DOCTYPE html>\n<p>caf\xc3\xa9\n"),
		.files = files, .files_n = n, .sign = kit_sign, .arg = kit };

	memset(m.act_id.b, 0xa5, sizeof m.act_id.b);
	return m;
}

static void
make(const struct mail *m, struct buf *out)
{
	buf_init(out, MAIL_FILE_MAX);
	OK(mail_make(m, out, &err));
}

static bool
has(const struct buf *b, const char *text)
{
	return memmem(b->p, b->n, text, strlen(text)) != NULL;
}

static int
openssl_says(const struct buf *mail, const struct kit *kit, const char *verb)
{
	struct buf pem;
	char dir[64];
	int status;

	kit_folder(dir);
	buf_init(&pem, 65536);
	OK(certs_write_pem(&kit->anchors, &pem, &err));
	kit_save(dir, "roots.pem", buf_span(&pem));
	kit_save(dir, "m.eml", buf_span(mail));
	status = kit_run("cd %s && openssl %s -verify -attime %lld -in m.eml -CAfile roots.pem -out got && test -s got",
	    dir, verb, (long long)KIT_NOW);
	buf_clear(&pem);
	kit_folder_remove(dir);
	return status;
}

static void
openssl_checks_a_mail_with_every_kind_of_key(void **state)
{
	static const enum key_kind kinds[] = { KEY_P256, KEY_P384 };
	static const char *const micalgs[] = { "sha-256", "sha-384" };
	struct mail_file f = { "Beschluß «1».pdf", "application/pdf",
		span_text("%PDF") };

	(void)state;
	if (!kit_has_program("openssl")) {
		print_message("no openssl program\n");
		skip();
	}
	for (size_t i = 0; i < 2; i++) {
		struct kit kit;
		struct mail m;
		struct buf b;

		kit_open(&kit, kinds[i]);
		m = mail_of(&kit, &f, 1);
		m.micalg = micalgs[i];
		make(&m, &b);
		assert_int_equal(openssl_says(&b, &kit, "cms"), 0);
		assert_int_equal(openssl_says(&b, &kit, "smime"), 0);
		buf_clear(&b);
		kit_close(&kit);
	}
}

static void
a_changed_letter_no_longer_holds(void **state)
{
	struct kit kit;
	struct mail m;
	struct buf b;
	uint8_t *at;

	(void)state;
	if (!kit_has_program("openssl")) {
		print_message("no openssl program\n");
		skip();
	}
	kit_open(&kit, KEY_P256);
	m = mail_of(&kit, NULL, 0);
	make(&m, &b);
	at = memmem(b.p, b.n, "PCFET0NUWVBF", 12);
	assert_non_null(at);
	at[3] = 'F';
	assert_int_not_equal(openssl_says(&b, &kit, "cms"), 0);
	buf_clear(&b);
	kit_close(&kit);
}

static void
every_line_is_ascii_short_and_ends_in_crlf(void **state)
{
	char name[MAIL_NAME_MAX + 1];
	struct mail_file f = { name, NULL, span_text("") };
	struct kit kit;
	struct mail m;
	struct buf b;
	size_t line = 0;

	(void)state;
	kit_open(&kit, KEY_P256);
	for (size_t i = 0; i + 1 < sizeof name; i += 2)
		memcpy(name + i, "\xc3\xa9", 3);
	m = mail_of(&kit, &f, 1);
	m.from_name = m.to_name = name;
	make(&m, &b);
	for (size_t i = 0; i < b.n; i++) {
		if (b.p[i] == '\n') {
			assert_true(i > 0 && b.p[i - 1] == '\r');
			assert_true(line - 1 <= MAIL_LINE_MAX);
			line = 0;
			continue;
		}
		assert_true(b.p[i] < 0x80 && (b.p[i] >= 0x20 || b.p[i] == '\r'));
		assert_true(b.p[i] != '\r' || (i + 1 < b.n && b.p[i + 1] == '\n'));
		line++;
	}
	assert_int_equal(line, 0);
	buf_clear(&b);
	kit_close(&kit);
}

static void
the_subject_says_number_and_kind_only(void **state)
{
	struct kit kit;
	struct mail m;
	struct buf b;

	(void)state;
	kit_open(&kit, KEY_P256);
	m = mail_of(&kit, NULL, 0);
	make(&m, &b);
	assert_true(has(&b,
	    "Subject: TRAINING: XA-2026-000031: Request to preserve data\r\n"));
	assert_true(has(&b, "Date: Sun, 22 Nov 2026 12:00:00 +0000\r\n"));
	assert_true(has(&b, "a5a5a5@aldora.example>\r\n"));
	assert_false(has(&b, "References:"));
	buf_clear(&b);
	m.exercise = false;
	m.has_answers = true;
	make(&m, &b);
	assert_true(has(&b, "Subject: XA-2026-000031: Request"));
	assert_true(has(&b, "References:\r\n <0000"));
	buf_clear(&b);
	kit_close(&kit);
}

static void
the_same_mail_is_the_same_up_to_its_signature(void **state)
{
	struct kit kit;
	struct buf a, b;
	struct mail m;
	size_t upto;

	(void)state;
	kit_open(&kit, KEY_P256);
	m = mail_of(&kit, NULL, 0);
	make(&m, &a);
	make(&m, &b);
	upto = (size_t)((uint8_t *)memmem(a.p, a.n, "smime.p7s", 9) - a.p);
	assert_true(span_eq(span_part(buf_span(&a), 0, upto),
	    span_part(buf_span(&b), 0, upto)));
	buf_clear(&a);
	buf_clear(&b);
	kit_close(&kit);
}

static void
an_address_cannot_end_a_header(void **state)
{
	static const char *const bad[] = { NULL, "", "nobody", "@b", "a@", "a@b@c",
		"a@b\r\nBcc: x@y", "a b@c", "a@b>", "\xc3\xa9@b" };
	char longest[MAIL_ADDRESS_MAX + 2];
	struct kit kit;
	struct mail m;
	struct buf b;

	(void)state;
	kit_open(&kit, KEY_P256);
	buf_init(&b, MAIL_FILE_MAX);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		m = mail_of(&kit, NULL, 0);
		m.to_address = bad[i];
		NO(mail_make(&m, &b, &err), "mail.address");
		m = mail_of(&kit, NULL, 0);
		m.from_address = bad[i];
		NO(mail_make(&m, &b, &err), "mail.address");
	}
	memset(longest, 'a', sizeof longest);
	longest[1] = '@';
	longest[MAIL_ADDRESS_MAX + 1] = '\0';
	m = mail_of(&kit, NULL, 0);
	m.to_address = longest;
	NO(mail_make(&m, &b, &err), "mail.address");
	longest[MAIL_ADDRESS_MAX] = '\0';
	OK(mail_make(&m, &b, &err));
	buf_clear(&b);
	kit_close(&kit);
}

static void
a_mail_has_an_end(void **state)
{
	struct mail_file files[MAIL_FILES_MAX + 1];
	struct kit kit;
	struct mail m;
	struct buf b, big;

	(void)state;
	kit_open(&kit, KEY_P256);
	for (size_t i = 0; i <= MAIL_FILES_MAX; i++)
		files[i] = (struct mail_file){ "a", NULL, span_text("x") };
	m = mail_of(&kit, files, MAIL_FILES_MAX);
	make(&m, &b);
	m.files_n++;
	NO(mail_make(&m, &b, &err), "mail.files");
	buf_init(&big, MAIL_PART_MAX);
	OK(buf_room(&big, MAIL_PART_MAX / 4 * 3, &err));
	memset(big.p, 0, MAIL_PART_MAX / 4 * 3);
	big.n = 11u << 20;		/* what flow reads back (LETTER_FILES_BYTES_MAX) */
	files[0].bytes = buf_span(&big);
	m.files_n = 1;
	buf_clear(&b);
	make(&m, &b);
	big.n = MAIL_PART_MAX / 4 * 3;
	files[0].bytes = buf_span(&big);
	buf_reset(&b);
	NO(mail_make(&m, &b, &err), "mail.size");
	assert_int_equal(b.n, 0);
	buf_clear(&big);
	buf_clear(&b);
	kit_close(&kit);
}

static void
no_allocation_that_fails_leaves_half_a_mail(void **state)
{
	struct kit kit;
	struct mail m;
	struct buf b;
	bool made = false;

	(void)state;
	kit_open(&kit, KEY_P256);
	m = mail_of(&kit, NULL, 0);
	for (uint64_t n = 1; !made; n++) {
		struct err err = ERR_INIT;

		buf_init(&b, MAIL_FILE_MAX);
		mem_fail(n, false);
		made = mail_make(&m, &b, &err);
		mem_fail(0, false);
		assert_true(made || (err.kind == ERR_MEMORY && b.n == 0));
		buf_clear(&b);
	}
	kit_close(&kit);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssl_checks_a_mail_with_every_kind_of_key),
		cmocka_unit_test(a_changed_letter_no_longer_holds),
		cmocka_unit_test(every_line_is_ascii_short_and_ends_in_crlf),
		cmocka_unit_test(the_subject_says_number_and_kind_only),
		cmocka_unit_test(the_same_mail_is_the_same_up_to_its_signature),
		cmocka_unit_test(an_address_cannot_end_a_header),
		cmocka_unit_test(a_mail_has_an_end),
		cmocka_unit_test(no_allocation_that_fails_leaves_half_a_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
