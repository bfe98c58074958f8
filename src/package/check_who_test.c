/* Who sealed it, and when: keys, cards, revocation, time stamps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/stamp.h"
#include "package/testkit.h"

static const struct pack_file few[] = { { "a.txt", "the first file\n", 0 } };
static const struct pack few_pack = { .files = few, .files_n = 1 };

static struct package_kit kit;
static struct kit other;		/* another authority's PKI */
static struct buf good, pending;	/* few_pack, with and without a token */
static struct package_report report;

static int
open_kit(void **state)
{
	struct pack p = few_pack;

	(void)state;
	package_kit_open(&kit, NULL);
	kit_open(&other, KEY_P256);
	package_kit_pack(&kit, &p, "good.tar", NULL);
	package_kit_load(&kit, "good.tar", &good);
	p.pending = true;
	package_kit_pack(&kit, &p, "pending.tar", NULL);
	package_kit_load(&kit, "pending.tar", &pending);
	return 0;
}

static int
close_kit(void **state)
{
	(void)state;
	buf_clear(&good);
	buf_clear(&pending);
	kit_close(&other);
	package_kit_close(&kit);
	return 0;
}

/* ---- helpers: each check leaves its report in `report` ---- */

static void
check(const struct package_reading *in)
{
	package_report_clear(&report);
	package_kit_check(in, &report);
}

static int
setup(void **state)
{
	(void)state;
	package_report_init(&report);
	world_sim_set_now(kit.w, KIT_NOW + 100);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	package_report_clear(&report);
	return 0;
}

static void
expect(enum overall overall, enum who who, enum when when)
{
	if (report.overall == overall && report.who == who && report.when == when)
		return;
	print_message("%s\n%s\n%s\n", report.unchanged_text, report.who_text,
	    report.when_text);
	assert_int_equal(report.overall, overall);
	assert_int_equal(report.who, who);
	assert_int_equal(report.when, when);
}

static void
expect_reason(const char *reason)
{
	for (size_t i = 0; i < report.findings_n; i++)
		if (strcmp(report.findings[i].reason, reason) == 0)
			return;
	for (size_t i = 0; i < report.findings_n; i++)
		print_message("%s: %s\n", report.findings[i].reason,
		    report.findings[i].text);
	fail_msg("%s was not said", reason);
}

static void
says(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", text, part);
}

static struct package_reading
reading(const char *path)
{
	return package_kit_reading(&kit, path);
}

/* The good package with one entry exchanged. */
static void
check_replaced(const char *path, struct span content)
{
	struct package_reading in = reading("replaced.tar");
	struct buf b;

	package_kit_replace(buf_span(&good), path, content, &b);
	package_kit_save(&kit, "replaced.tar", buf_span(&b));
	buf_clear(&b);
	check(&in);
}

static void
repacked(const struct pack *p, const char *path)
{
	struct err err = ERR_INIT;

	if (path_exists(kit.w, NULL, path))
		assert_true(path_remove(kit.w, NULL, path, &err));
	package_kit_pack(&kit, p, path, NULL);
}

/* A token over these octets at that time. */
static void
token_over(struct span of, int64_t at, struct buf *out)
{
	struct kit_tsa_options opt = { .at = at };
	struct err err = ERR_INIT;
	struct buf query, answer;
	bool canonical;
	int64_t time;
	char text[300];

	buf_init(out, STAMP_FILE_MAX);
	buf_init(&query, 1000);
	buf_init(&answer, 1 << 20);
	assert_true(stamp_query_make(kit.w, of, &query, &err));
	kit_answer(&kit.pki, buf_span(&query), opt, &answer);
	assert_true(stamp_accept(buf_span(&answer), buf_span(&query), of,
	    &kit.pki.anchors, out, &canonical, &time, text, &err));
	buf_clear(&query);
	buf_clear(&answer);
}

/* ---- roots ---- */

static void
without_roots_nobody_is_known_and_nothing_is_called_changed(void **state)
{
	struct package_reading in = reading("good.tar");

	(void)state;
	in.trust.roots = in.trust.stamp_roots = NULL;
	check(&in);
	expect(OVERALL_INCOMPLETE, WHO_UNKNOWN, WHEN_CLAIMED);
	assert_int_equal(report.unchanged, UNCHANGED_YES);
	assert_int_equal(package_exit_code(&report), 10);
}

static void
other_roots_know_nobody(void **state)
{
	struct package_reading in = reading("good.tar");

	(void)state;
	in.trust.roots = &other.anchors;
	check(&in);
	expect(OVERALL_INCOMPLETE, WHO_UNKNOWN, WHEN_PROVEN);
	in.trust.roots = &kit.pki.anchors;
	in.trust.stamp_roots = &other.anchors;
	check(&in);
	expect(OVERALL_INCOMPLETE, WHO_KNOWN, WHEN_CLAIMED);
	says(report.when_text, "not proven");
}

static void
a_sender_in_another_state_than_its_certificate_is_not_known(void **state)
{
	struct package_reading in = reading("country.tar");
	struct pack p = few_pack;

	(void)state;
	p.from = "XB-MZXW6YTBOIMZXW6Y";
	repacked(&p, "country.tar");
	check(&in);
	expect(OVERALL_INCOMPLETE, WHO_UNKNOWN, WHEN_PROVEN);
	says(report.who_text, "the act is from XB, but the certificate is of XA");
}

/* ---- time ---- */

static void
long_after_the_certificates_end_the_stamp_still_proves(void **state)
{
	struct package_reading in = reading("good.tar");

	(void)state;
	world_sim_set_now(kit.w, KIT_NOW + 40 * 365 * KIT_DAY);
	check(&in);
	expect(OVERALL_INTACT, WHO_KNOWN, WHEN_PROVEN);
	assert_int_equal(report.judged_at, KIT_NOW + 10);
	/* Without the stamp today counts, and the certificate has ended. */
	in.path = "pending.tar";
	check(&in);
	expect(OVERALL_INCOMPLETE, WHO_UNKNOWN, WHEN_CLAIMED);
	expect_reason("expired");
	/* ... or the day one asks for. */
	in.trust.has_at = true;
	in.trust.at = KIT_NOW + 5;
	check(&in);
	expect(OVERALL_INCOMPLETE, WHO_KNOWN, WHEN_CLAIMED);
	assert_int_equal(report.judged_at, KIT_NOW + 5);
	in.trust.at = KIT_NOW - 20 * 365 * KIT_DAY;
	check(&in);
	expect(OVERALL_INCOMPLETE, WHO_UNKNOWN, WHEN_CLAIMED);
	expect_reason("not_yet_valid");
}

static void
a_clock_that_was_ahead_is_said(void **state)
{
	struct package_reading in = reading("ahead.tar");
	struct pack p = few_pack;

	(void)state;
	p.made_at = KIT_NOW + 1000;
	repacked(&p, "ahead.tar");
	check(&in);
	expect(OVERALL_INTACT, WHO_KNOWN, WHEN_PROVEN);
	expect_reason("clock.ahead");
}

/* ---- revocation ---- */

static void
revoked_before_the_stamp_is_revoked_and_after_it_is_not(void **state)
{
	struct package_reading in = reading("good.tar");
	struct revocations *r;

	(void)state;
	r = kit_revoked(kit.pki.ca, kit.pki.ca_key, kit.pki.signer, KIT_NOW - 10, -1);
	in.trust.revoked = r;
	check(&in);
	expect(OVERALL_INCOMPLETE, WHO_REVOKED, WHEN_PROVEN);
	assert_int_equal(report.unchanged, UNCHANGED_YES);
	revocations_free(r);
	r = kit_revoked(kit.pki.ca, kit.pki.ca_key, kit.pki.signer, KIT_NOW + 50, -1);
	in.trust.revoked = r;
	check(&in);
	expect(OVERALL_INTACT, WHO_KNOWN, WHEN_PROVEN);
	/* Nothing proves that the pending one is older. */
	in.path = "pending.tar";
	check(&in);
	expect(OVERALL_INCOMPLETE, WHO_REVOKED, WHEN_CLAIMED);
	revocations_free(r);
}

static void
lists_inside_the_package_count_beside_the_readers(void **state)
{
	struct package_reading in = reading("lists.tar");
	struct pack p = few_pack;
	struct revocations *r;

	(void)state;
	p.revocation = true;
	repacked(&p, "lists.tar");
	r = kit_revoked(kit.pki.ca, kit.pki.ca_key, kit.pki.signer, KIT_NOW - 10, -1);
	check(&in);
	expect(OVERALL_INTACT, WHO_KNOWN, WHEN_PROVEN);
	in.trust.revoked = r;
	check(&in);
	expect(OVERALL_INCOMPLETE, WHO_REVOKED, WHEN_PROVEN);
	revocations_free(r);
}

/* ---- signature, token and signature.bin taken away or exchanged ---- */

static void
a_token_taken_away_leaves_the_time_claimed(void **state)
{
	(void)state;
	check_replaced("signature.tst", span_of(NULL, 0));
	expect(OVERALL_INCOMPLETE, WHO_KNOWN, WHEN_CLAIMED);
	assert_int_equal(report.unchanged, UNCHANGED_YES);
	says(report.when_text, "no time stamp is there yet");
}

static void
parts_of_another_package_are_found(void **state)
{
	static const char *const parts[] = { "tagmanifest-sha256.txt",
		"tagmanifest-sha256.txt.p7s", "signature.bin", "signature.tst",
		"act.json", "data/a.txt", "data/_salt", "manifest-sha256.txt",
		"files.jsonl", "tree-head.txt", "bag-info.txt" };
	static const struct pack_file others[] = { { "a.txt", "another one!!\n", 0 } };
	struct pack p = { .files = others, .files_n = 1, .nonce = 9 };
	struct buf b;

	(void)state;
	repacked(&p, "other.tar");
	package_kit_load(&kit, "other.tar", &b);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		check_replaced(parts[i], package_kit_entry(buf_span(&b), parts[i]));
		assert_int_equal(report.overall, OVERALL_CHANGED);
		assert_int_equal(report.unchanged, UNCHANGED_NO);
	}
	check_replaced("signature.tst", package_kit_entry(buf_span(&b),
	    "signature.tst"));
	expect_reason("imprint");
	check_replaced("signature.bin", package_kit_entry(buf_span(&b),
	    "signature.bin"));
	expect_reason("signature_bin");
	check_replaced("tagmanifest-sha256.txt.p7s", package_kit_entry(buf_span(&b),
	    "tagmanifest-sha256.txt.p7s"));
	expect_reason("digest");
	says(report.unchanged_text, "list of files was changed after signing");
	buf_clear(&b);
}

static void
a_stamp_with_the_signature_it_is_of_proves_nothing_about_another(void **state)
{
	static const struct pack_file others[] = { { "a.txt", "another one!!\n", 0 } };
	struct pack p = { .files = others, .files_n = 1, .nonce = 9 };
	struct package_reading in;
	struct buf from, one, two;

	(void)state;
	repacked(&p, "other.tar");
	package_kit_load(&kit, "other.tar", &from);
	package_kit_replace(buf_span(&good), "signature.bin",
	    package_kit_entry(buf_span(&from), "signature.bin"), &one);
	package_kit_replace(buf_span(&one), "signature.tst",
	    package_kit_entry(buf_span(&from), "signature.tst"), &two);
	package_kit_save(&kit, "replaced.tar", buf_span(&two));
	in = reading("replaced.tar");
	check(&in);
	expect(OVERALL_CHANGED, WHO_KNOWN, WHEN_CLAIMED);
	expect_reason("signature_bin");
	buf_clear(&two);
	buf_clear(&one);
	buf_clear(&from);
}

static void
signed_again_by_a_stranger_is_not_known(void **state)
{
	struct span tags = package_kit_entry(buf_span(&good),
	    "tagmanifest-sha256.txt");
	struct package_reading in = reading("again.tar");
	struct err err = ERR_INIT;
	struct buf p7s, one, two, three;
	struct span value;

	(void)state;
	buf_init(&p7s, CMS_FILE_MAX);
	assert_true(cms_sign(other.signer_key, &other.path, KIT_NOW, tags, &p7s,
	    &err));
	assert_true(cms_signature_of(buf_span(&p7s), &value, &err));
	package_kit_replace(buf_span(&good), "tagmanifest-sha256.txt.p7s",
	    buf_span(&p7s), &one);
	package_kit_replace(buf_span(&one), "signature.bin", value, &two);
	package_kit_replace(buf_span(&two), "signature.tst", span_of(NULL, 0),
	    &three);
	package_kit_save(&kit, "again.tar", buf_span(&three));
	check(&in);
	expect(OVERALL_INCOMPLETE, WHO_UNKNOWN, WHEN_CLAIMED);
	/* With the old token it is a splice. */
	package_kit_save(&kit, "again.tar", buf_span(&two));
	check(&in);
	assert_int_equal(report.overall, OVERALL_CHANGED);
	expect_reason("imprint");
	buf_clear(&p7s);
	buf_clear(&one);
	buf_clear(&two);
	buf_clear(&three);
}

/* ---- a signer who signs what does not agree ---- */

static const char *const tagged[] = { "bagit.txt", "act.json",
	"manifest-sha256.txt", "files.jsonl", "tree-head.txt", "collection.json",
	"revocation.pem", "bag-info.txt", "READ-ME-FIRST.txt", "check.sh" };

static void
step(struct buf *tar, const char *path, struct span content)
{
	struct buf next;

	package_kit_replace(buf_span(tar), path, content, &next);
	buf_clear(tar);
	*tar = next;
}

/* Exchange one file, then list and sign everything anew, without a time stamp. */
static void
check_resigned(const char *base, const char *path, struct span content)
{
	struct package_reading in = reading("resigned.tar");
	struct err err = ERR_INIT;
	struct buf tar, tags, p7s;
	struct span value;

	package_kit_load(&kit, base, &tar);
	step(&tar, path, content);
	buf_init(&tags, 4096);
	for (size_t i = 0; i < sizeof tagged / sizeof tagged[0]; i++) {
		char line[50];
		struct digest d;

		(void)snprintf(line, sizeof line, "/%s", tagged[i]);
		if (memmem(tar.p, tar.n, line, strlen(line) + 1) == NULL)
			continue;
		assert_true(digest_of(package_kit_entry(buf_span(&tar), tagged[i]),
		    &d, &err));
		assert_true(buf_printf(&tags, &err, "%s  %s\n", digest_hex(&d).s,
		    tagged[i]));
	}
	buf_init(&p7s, CMS_FILE_MAX);
	assert_true(cms_sign(kit.pki.signer_key, &kit.pki.path, KIT_NOW,
	    buf_span(&tags), &p7s, &err));
	assert_true(cms_signature_of(buf_span(&p7s), &value, &err));
	step(&tar, "tagmanifest-sha256.txt", buf_span(&tags));
	step(&tar, "tagmanifest-sha256.txt.p7s", buf_span(&p7s));
	step(&tar, "signature.bin", value);
	step(&tar, "signature.tst", span_of(NULL, 0));
	package_kit_save(&kit, "resigned.tar", buf_span(&tar));
	check(&in);
	buf_clear(&tar);
	buf_clear(&tags);
	buf_clear(&p7s);
}

/* The content of one file with one text in it exchanged for another. */
static void
check_edited(const char *base, const char *path, const char *old, const char *new)
{
	struct buf tar, changed;
	struct err err = ERR_INIT;
	struct span s;
	size_t at;

	package_kit_load(&kit, base, &tar);
	s = package_kit_entry(buf_span(&tar), path);
	assert_non_null(memmem(s.p, s.n, old, strlen(old)));
	at = (size_t)((const uint8_t *)memmem(s.p, s.n, old, strlen(old)) - s.p);
	buf_init(&changed, 1 << 20);
	assert_true(buf_add(&changed, span_part(s, 0, at), &err) &&
	    buf_add_text(&changed, new, &err) &&
	    buf_add(&changed, span_from(s, at + strlen(old)), &err));
	check_resigned(base, path, buf_span(&changed));
	buf_clear(&tar);
	buf_clear(&changed);
}

static void
signed_again_as_it_was_is_unchanged(void **state)
{
	(void)state;
	check_resigned("good.tar", "bagit.txt", package_kit_entry(buf_span(&good),
	    "bagit.txt"));
	expect(OVERALL_INCOMPLETE, WHO_KNOWN, WHEN_CLAIMED);
	assert_int_equal(report.unchanged, UNCHANGED_YES);
}

static void
a_signature_over_parts_that_do_not_agree_helps_nobody(void **state)
{
	static const struct {
		const char *path, *old, *new, *reason;
	} cases[] = {
		{ "bagit.txt", "1.0", "0.9", "bagit.differs" },
		{ "tree-head.txt", "\n1\n", "\n2\n", "tree.differs" },
		{ "files.jsonl", "\"size\":15", "\"size\":16", "files.differ" },
		{ "files.jsonl", "\"n\":1", "\"n\":2", "files.line" },
		{ "manifest-sha256.txt", "data/a.txt", "data/b.txt", "files.changed" },
		{ "bag-info.txt", "2026-11-22", "2026-11-23", "bag_info.differs" },
		{ "bag-info.txt", "Oxum: 4", "Oxum: 5", "bag_info.differs" },
		{ "act.json", "\"files\": 1", "\"files\": 2", "act.payload" },
		{ "act.json", "\"bytes\": 15", "\"bytes\": 16", "act.payload" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		check_edited("good.tar", cases[i].path, cases[i].old, cases[i].new);
		if (report.overall != OVERALL_CHANGED)
			print_message("%s: %s\n", cases[i].path, cases[i].new);
		assert_int_equal(report.overall, OVERALL_CHANGED);
		assert_int_equal(report.unchanged, UNCHANGED_NO);
		expect_reason(cases[i].reason);
	}
}

static void
what_a_later_version_signed_is_not_called_changed(void **state)
{
	struct pack p = few_pack;

	(void)state;
	check_edited("good.tar", "act.json", "comity.act/1", "comity.act/2");
	expect(OVERALL_INCOMPLETE, WHO_UNKNOWN, WHEN_CLAIMED);
	assert_int_equal(report.unchanged, UNCHANGED_NOT_CHECKED);
	expect_reason("act.unread");
	p.collection = true;
	repacked(&p, "collection.tar");
	check_edited("collection.tar", "collection.json", "{", "{\"later\": 1,");
	expect(OVERALL_INCOMPLETE, WHO_KNOWN, WHEN_CLAIMED);
	assert_int_equal(report.unchanged, UNCHANGED_NOT_CHECKED);
	expect_reason("collection.unread");
}

static void
a_script_that_is_not_ours_is_warned_of(void **state)
{
	(void)state;
	check_resigned("good.tar", "check.sh", span_text("#!/bin/sh\nexit 0\n"));
	expect(OVERALL_INCOMPLETE, WHO_KNOWN, WHEN_CLAIMED);
	assert_int_equal(report.unchanged, UNCHANGED_YES);
	expect_reason("check.unknown");
	check_resigned("good.tar", "READ-ME-FIRST.txt", span_text("Trust me.\n"));
	expect_reason("read_me.unknown");
}

static void
revocation_data_that_cannot_be_read_is_said(void **state)
{
	struct pack p = few_pack;

	(void)state;
	p.revocation = true;
	repacked(&p, "revocation.tar");
	check_resigned("revocation.tar", "revocation.pem", span_text(
	    "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"));
	expect(OVERALL_INCOMPLETE, WHO_KNOWN, WHEN_CLAIMED);
	expect_reason("revocation.unread");
}

/* ---- a stamp that came later ---- */

static void
a_later_stamp_proves_a_pending_package(void **state)
{
	struct span value = package_kit_entry(buf_span(&pending), "signature.bin");
	struct package_reading in = reading("pending.tar");
	struct buf token;

	(void)state;
	token_over(value, KIT_NOW + 500, &token);
	in.trust.late_token = buf_span(&token);
	check(&in);
	expect(OVERALL_INTACT, WHO_KNOWN, WHEN_PROVEN);
	assert_int_equal(report.stamped_at, KIT_NOW + 500);
	buf_clear(&token);
}

static void
a_later_stamp_of_something_else_proves_nothing(void **state)
{
	struct package_reading in = reading("pending.tar");
	struct buf token;

	(void)state;
	token_over(span_text("something else"), KIT_NOW + 500, &token);
	in.trust.late_token = buf_span(&token);
	check(&in);
	expect(OVERALL_INCOMPLETE, WHO_KNOWN, WHEN_CLAIMED);
	assert_int_equal(report.unchanged, UNCHANGED_YES);
	expect_reason("late_stamp");
	in.trust.late_token = span_text("no token at all");
	check(&in);
	expect(OVERALL_INCOMPLETE, WHO_KNOWN, WHEN_CLAIMED);
	buf_clear(&token);
}

/* ---- cards ---- */

/* A card act of the kit's signer, as it was checked. */
static void
card_make(struct act *card, struct digest *id)
{
	struct package_reading in = reading("kit.card");
	struct pack p = { .card = true };
	struct err err = ERR_INIT;
	struct buf json;

	repacked(&p, "kit.card");
	check(&in);
	*id = report.act_id;
	buf_init(&json, ACT_BYTES_MAX);
	assert_true(package_extract(&in, "act.json", &json, &err));
	assert_true(act_decode(card, buf_span(&json), &err));
	buf_clear(&json);
}

static void
a_first_card_speaks_for_itself(void **state)
{
	struct package_reading in = reading("kit.card");
	struct digest id;
	struct act card;

	(void)state;
	card_make(&card, &id);
	expect(OVERALL_INTACT, WHO_KNOWN, WHEN_PROVEN);
	assert_int_equal(report.act.kind, ACT_CARD);
	/* Who hands out his own root proves nothing to one who has another. */
	in.trust.roots = &other.anchors;
	check(&in);
	expect(OVERALL_INCOMPLETE, WHO_UNKNOWN, WHEN_PROVEN);
	act_clear(&card);
}

static void
the_certificate_must_stand_on_the_card_the_act_names(void **state)
{
	struct package_reading in = reading("named.tar");
	struct pack p = few_pack;
	struct digest id;
	struct act card;

	(void)state;
	card_make(&card, &id);
	p.from = card.from.s;
	p.from_card = &id;
	repacked(&p, "named.tar");
	in.trust.card = &card;
	in.trust.card_id = id;
	check(&in);
	expect(OVERALL_INTACT, WHO_KNOWN, WHEN_PROVEN);
	/* The card's own roots do when no others were given. */
	in.trust.roots = NULL;
	check(&in);
	expect(OVERALL_INTACT, WHO_KNOWN, WHEN_PROVEN);
	in.trust.roots = &kit.pki.anchors;

	in.trust.card_id.b[0] ^= 1;
	check(&in);
	expect(OVERALL_INCOMPLETE, WHO_UNKNOWN, WHEN_PROVEN);
	says(report.who_text, "names another card");
	in.trust.card_id = id;

	in.path = "good.tar";
	check(&in);
	expect(OVERALL_INCOMPLETE, WHO_UNKNOWN, WHEN_PROVEN);
	says(report.who_text, "but the act is from");
	in.path = "named.tar";

	card.body.card.certificates[0].p[20] ^= 1;
	check(&in);
	expect(OVERALL_INCOMPLETE, WHO_UNKNOWN, WHEN_PROVEN);
	says(report.who_text, "does not stand on the card");
	card.body.card.certificates[0].p[20] ^= 1;
	act_clear(&card);
}

struct registry {
	const struct act *card;
	struct digest id;
	bool known;
};

static bool
find_card(void *arg, const struct authority_id *from, const struct digest *card_id,
    const struct act **card, const struct certs **roots)
{
	const struct registry *r = arg;

	if (!r->known || strcmp(from->s, r->card->from.s) != 0 ||
	    !digest_eq(card_id, &r->id))
		return false;
	*card = r->card;
	*roots = &kit.pki.anchors;
	return true;
}

static void
a_registry_is_asked_for_the_card(void **state)
{
	struct package_reading in = reading("registry.tar");
	struct registry reg = { .known = true };
	struct pack p = few_pack;
	struct act card;

	(void)state;
	card_make(&card, &reg.id);
	reg.card = &card;
	p.from = card.from.s;
	p.from_card = &reg.id;
	repacked(&p, "registry.tar");
	in.trust.roots = NULL;
	in.trust.find_card = find_card;
	in.trust.arg = &reg;
	check(&in);
	expect(OVERALL_INTACT, WHO_KNOWN, WHEN_PROVEN);
	reg.known = false;
	check(&in);
	expect(OVERALL_INCOMPLETE, WHO_UNKNOWN, WHEN_PROVEN);
	act_clear(&card);
}

static void
training_is_written_across_the_answer(void **state)
{
	struct package_reading in = reading("training.tar");
	struct pack p = few_pack;
	struct err err = ERR_INIT;
	struct buf b;

	(void)state;
	p.exercise = true;
	repacked(&p, "training.tar");
	check(&in);
	buf_init(&b, 1 << 20);
	assert_true(package_report_text(&report, false, &b, &err));
	assert_true(buf_add_byte(&b, 0, &err));
	says((const char *)b.p, "*** TRAINING");
	buf_clear(&b);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(without_roots_nobody_is_known_and_nothing_is_called_changed),
		TEST(other_roots_know_nobody),
		TEST(a_sender_in_another_state_than_its_certificate_is_not_known),
		TEST(long_after_the_certificates_end_the_stamp_still_proves),
		TEST(a_clock_that_was_ahead_is_said),
		TEST(revoked_before_the_stamp_is_revoked_and_after_it_is_not),
		TEST(lists_inside_the_package_count_beside_the_readers),
		TEST(a_token_taken_away_leaves_the_time_claimed),
		TEST(parts_of_another_package_are_found),
		TEST(a_stamp_with_the_signature_it_is_of_proves_nothing_about_another),
		TEST(signed_again_by_a_stranger_is_not_known),
		TEST(signed_again_as_it_was_is_unchanged),
		TEST(a_signature_over_parts_that_do_not_agree_helps_nobody),
		TEST(what_a_later_version_signed_is_not_called_changed),
		TEST(a_script_that_is_not_ours_is_warned_of),
		TEST(revocation_data_that_cannot_be_read_is_said),
		TEST(a_later_stamp_proves_a_pending_package),
		TEST(a_later_stamp_of_something_else_proves_nothing),
		TEST(a_first_card_speaks_for_itself),
		TEST(the_certificate_must_stand_on_the_card_the_act_names),
		TEST(a_registry_is_asked_for_the_card),
		TEST(training_is_written_across_the_answer),
	};

	return cmocka_run_group_tests(tests, open_kit, close_kit);
}
