/* A record is read strictly, has one spelling, and gives its leaf. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/digest.h"
#include "ledger/record.h"

#define H1 "11111111111111111111111111111111"
#define H2 "22222222222222222222222222222222"
#define H3 "33333333333333333333333333333333"
#define H4 "44444444444444444444444444444444"
#define H5 "55555555555555555555555555555555"

/* As doc/format/record.md prints it, on one line. */
static const char golden[] =
    "{\"schema\":\"comity.record/1\",\"event\":\"received\",\"at\":1795337160,"
    "\"clock_doubt\":2,\"act\":\"" H1 H1 "\",\"package\":\"" H2 H2 "\","
    "\"files\":[{\"path\":\"bagit.txt\",\"bytes\":55,\"sha256\":\"" H3 H3 "\"},"
    "{\"path\":\"signature.tst\",\"bytes\":1500,\"sha256\":\"" H4 H4 "\"}],"
    "\"payload\":{\"files\":3,\"bytes\":4096},"
    "\"actor\":{\"authority\":\"XA-MZXW6YTBOIMZXW6Y\",\"role\":\"contact_point\","
    "\"person\":\"P1\"},\"peer\":\"XB-MZXW6YTBOIMZXW6Y\",\"carrier\":\"mail\","
    "\"before\":\"" H5 H5 "\"}";

/* Its leaf for a salt of 32 bytes A5, as a shell works it out:
 *   { printf 'comity-leaf/1\n'; i=0; while [ $i -lt 32 ]; do printf '\245';
 *   i=$((i+1)); done; cat record.json; } | sha256sum
 */
static const char golden_leaf[] =
    "306eb0421dc9a0ca31114796ad3aebb456262ce7e64f8fb2ecd200bd225c89b2";

/* Only what must be there. */
static const char least[] =
    "{\"schema\":\"comity.record/1\",\"event\":\"started\",\"at\":0,"
    "\"clock_doubt\":0,\"actor\":{\"authority\":\"XA-MZXW6YTBOIMZXW6Y\","
    "\"role\":\"court\",\"person\":\"P1\"}}";

static const char decided[] =
    "{\"schema\":\"comity.record/1\",\"event\":\"decided\",\"at\":1,"
    "\"clock_doubt\":0,\"actor\":{\"authority\":\"XA-MZXW6YTBOIMZXW6Y\","
    "\"role\":\"court\",\"person\":\"P1\"},"
    "\"decision\":{\"rule\":\"answer.grounds\",\"version\":\"2026-11\","
    "\"outcome\":\"refuse\",\"ground\":\"R02\"},\"reason\":\"answer.no-text\"}";

static struct err last;

#define OK(call) do { \
	if (!(call)) \
		fail_msg("%s: %s: %s", #call, last.reason, last.text); \
} while (0)

static struct record
full(void)
{
	struct record r = { .event = EVENT_RECEIVED, .at = 1795337160,
		.clock_doubt = 2, .has_act = true, .has_package = true,
		.files_n = 2, .has_payload = true, .payload_files = 3,
		.payload_bytes = 4096, .has_before = true, .role = "contact_point",
		.person = "P1", .carrier = "mail" };

	memset(r.act.b, 0x11, 32);
	memset(r.package.b, 0x22, 32);
	memset(r.before.b, 0x55, 32);
	(void)snprintf(r.files[0].path, sizeof r.files[0].path, "bagit.txt");
	r.files[0].bytes = 55;
	memset(r.files[0].sha256.b, 0x33, 32);
	(void)snprintf(r.files[1].path, sizeof r.files[1].path, "signature.tst");
	r.files[1].bytes = 1500;
	memset(r.files[1].sha256.b, 0x44, 32);
	assert_true(authority_id_parse("XA-MZXW6YTBOIMZXW6Y", &r.authority));
	assert_true(authority_id_parse("XB-MZXW6YTBOIMZXW6Y", &r.peer));
	return r;
}

static struct record
small(enum record_event event)
{
	struct record r = { .event = event, .role = "court", .person = "P1" };

	assert_true(authority_id_parse("XA-MZXW6YTBOIMZXW6Y", &r.authority));
	return r;
}

static void
writes(const struct record *r, const char *want)
{
	struct buf b;

	buf_init(&b, RECORD_MAX);
	OK(record_encode(r, &b, &last));
	assert_int_equal(b.n, strlen(want));
	assert_memory_equal(b.p, want, b.n);
	buf_clear(&b);
}

static void
refuses_to_write(const struct record *r, const char *reason)
{
	struct buf b;

	buf_init(&b, RECORD_MAX);
	OK(buf_add_text(&b, "kept", &last));
	assert_false(record_encode(r, &b, &last));
	if (strcmp(last.reason, reason) != 0)
		fail_msg("wanted %s, got %s: %s", reason, last.reason, last.text);
	assert_true(span_is(buf_span(&b), "kept"));
	buf_clear(&b);
}

static void
the_golden_record_is_written_and_read(void **state)
{
	struct record r = full(), got;

	(void)state;
	writes(&r, golden);
	OK(record_decode(&got, span_text(golden), &last));
	assert_int_equal(got.event, EVENT_RECEIVED);
	assert_int_equal(got.at, 1795337160);
	assert_int_equal(got.clock_doubt, 2);
	assert_true(got.has_act && got.has_package && got.has_before);
	assert_true(digest_eq(&got.act, &r.act) && digest_eq(&got.before, &r.before));
	assert_true(digest_eq(&got.package, &r.package));
	assert_int_equal(got.files_n, 2);
	assert_string_equal(got.files[1].path, "signature.tst");
	assert_int_equal(got.files[1].bytes, 1500);
	assert_true(digest_eq(&got.files[1].sha256, &r.files[1].sha256));
	assert_true(got.has_payload);
	assert_int_equal(got.payload_files, 3);
	assert_int_equal(got.payload_bytes, 4096);
	assert_string_equal(got.authority.s, "XA-MZXW6YTBOIMZXW6Y");
	assert_string_equal(got.role, "contact_point");
	assert_string_equal(got.person, "P1");
	assert_string_equal(got.peer.s, "XB-MZXW6YTBOIMZXW6Y");
	assert_string_equal(got.carrier, "mail");
	assert_string_equal(got.rule, "");
	assert_string_equal(got.reason, "");
}

static void
the_golden_leaf_is_what_a_shell_works_out(void **state)
{
	uint8_t salt[RECORD_SALT], leaf[LEAF_BYTES];
	struct digest want;

	(void)state;
	memset(salt, 0xA5, sizeof salt);
	OK(leaf_of(salt, span_text(golden), leaf, &last));
	assert_int_equal(leaf[0], 0);
	assert_int_equal(leaf[1], 1);
	assert_true(digest_parse(span_text(golden_leaf), &want));
	assert_memory_equal(leaf + 2, want.b, 32);
	salt[31] ^= 1;
	OK(leaf_of(salt, span_text(golden), leaf, &last));
	assert_memory_not_equal(leaf + 2, want.b, 32);
}

/* Around 1,024 bytes, which records are put together up to. */
static void
a_leaf_of_any_length_is_the_digest_of_prefix_salt_and_record(void **state)
{
	static const size_t sizes[] = { 0, 1, 1023, 1024, 1025, RECORD_MAX };
	static uint8_t all[14 + RECORD_SALT + RECORD_MAX];
	uint8_t leaf[LEAF_BYTES];
	struct digest want;

	(void)state;
	memset(all, 'r', sizeof all);
	memcpy(all, "comity-leaf/1\n", 14);
	memset(all + 14, 0xA5, RECORD_SALT);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		OK(digest_of(span_of(all, 14 + RECORD_SALT + sizes[i]), &want, &last));
		OK(leaf_of(all + 14, span_of(all + 14 + RECORD_SALT, sizes[i]), leaf,
		    &last));
		assert_memory_equal(leaf + 2, want.b, 32);
	}
}

static void
absent_members_are_absent(void **state)
{
	struct record r = small(EVENT_STARTED), got;

	(void)state;
	writes(&r, least);
	memset(&got, 0xFF, sizeof got);
	OK(record_decode(&got, span_text(least), &last));
	assert_false(got.has_act || got.has_package || got.has_payload ||
	    got.has_before);
	assert_int_equal(got.files_n, 0);
	assert_string_equal(got.peer.s, "");
	assert_string_equal(got.carrier, "");
	assert_string_equal(got.rule, "");
	assert_string_equal(got.outcome, "");
	assert_string_equal(got.reason, "");
}

static void
a_decision_says_rule_version_outcome_and_ground(void **state)
{
	struct record r = small(EVENT_DECIDED), got;

	(void)state;
	r.at = 1;
	(void)snprintf(r.rule, sizeof r.rule, "answer.grounds");
	(void)snprintf(r.rule_version, sizeof r.rule_version, "2026-11");
	(void)snprintf(r.outcome, sizeof r.outcome, "refuse");
	(void)snprintf(r.ground, sizeof r.ground, "R02");
	(void)snprintf(r.reason, sizeof r.reason, "answer.no-text");
	writes(&r, decided);
	OK(record_decode(&got, span_text(decided), &last));
	assert_string_equal(got.rule, "answer.grounds");
	assert_string_equal(got.rule_version, "2026-11");
	assert_string_equal(got.outcome, "refuse");
	assert_string_equal(got.ground, "R02");
	assert_string_equal(got.reason, "answer.no-text");
	/* What is allowed has no ground; the rest goes together. */
	r.ground[0] = '\0';
	r.event = EVENT_REFUSED;
	{
		struct buf b;

		buf_init(&b, RECORD_MAX);
		OK(record_encode(&r, &b, &last));
		OK(record_decode(&got, buf_span(&b), &last));
		assert_string_equal(got.ground, "");
		buf_clear(&b);
	}
	r.outcome[0] = '\0';
	refuses_to_write(&r, "json.member");
}

static void
every_event_has_its_name_and_no_other_number_one(void **state)
{
	static const char *const names[] = { "made", "sent", "received", "opened",
		"read", "exported", "disclosed", "destroyed", "refused", "decided",
		"evidence_added", "key", "card", "revoked", "administration",
		"started", "self_test", "clock_jump", "recovery", "loss" };
	struct record r, got;
	struct buf b;

	(void)state;
	assert_int_equal(RECORD_EVENTS, sizeof names / sizeof names[0]);
	for (unsigned e = 0; e < RECORD_EVENTS; e++) {
		assert_string_equal(record_event_name((enum record_event)e),
		    names[e]);
		r = small((enum record_event)e);
		buf_init(&b, RECORD_MAX);
		OK(record_encode(&r, &b, &last));
		OK(record_decode(&got, buf_span(&b), &last));
		assert_int_equal(got.event, e);
		buf_clear(&b);
	}
	assert_null(record_event_name(RECORD_EVENTS));
	r = small(RECORD_EVENTS);
	refuses_to_write(&r, "json.member");
}

/* ---- strictness ---- */

/* from, somewhere in the record, becomes to: refused for that reason. */
static void
refused_in(const char *record, const char *from, const char *to, const char *reason)
{
	const char *at = strstr(record, from);
	struct record r, before;
	char s[4096];

	if (at == NULL)
		fail_msg("no %s in the record", from);
	else
		(void)snprintf(s, sizeof s, "%.*s%s%s", (int)(at - record), record, to,
		    at + strlen(from));
	memset(&r, 0x5A, sizeof r);
	before = r;
	last = (struct err)ERR_INIT;
	if (record_decode(&r, span_text(s), &last))
		fail_msg("taken: %s", s);
	if (strcmp(last.reason, reason) != 0)
		fail_msg("%s -> %s: wanted %s, got %s: %s", from, to, reason,
		    last.reason, last.text);
	assert_memory_equal(&r, &before, sizeof r);
}

static void
refused(const char *from, const char *to, const char *reason)
{
	refused_in(golden, from, to, reason);
}

static void
another_spelling_of_the_same_is_refused(void **state)
{
	static const char *const cases[][2] = {
		{ ",\"at\"", ", \"at\"" },
		{ ":1795337160", ": 1795337160" },
		{ "{\"schema\"", "{ \"schema\"" },
		{ "\"mail\"", "\"\\u006dail\"" },
		{ "\"mail\"", "\"\\u006Dail\"" },
		{ "bagit.txt", "bagit\\u002etxt" },
		{ "\"bytes\":55", "\"bytes\": 55" },
		{ "\"at\":1795337160,\"clock_doubt\":2",
		    "\"clock_doubt\":2,\"at\":1795337160" },
		{ "\"files\":3,\"bytes\":4096", "\"bytes\":4096,\"files\":3" },
		{ "\"path\":\"bagit.txt\",\"bytes\":55",
		    "\"bytes\":55,\"path\":\"bagit.txt\"" },
	};
	char s[1024];
	struct record r;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		refused(cases[i][0], cases[i][1], "record.spelling");
	refused_in(least, "\"clock_doubt\":0", "\"clock_doubt\":-0",
	    "record.spelling");
	(void)snprintf(s, sizeof s, "%s\n", golden);
	assert_false(record_decode(&r, span_text(s), &last));
	assert_string_equal(last.reason, "record.spelling");
	(void)snprintf(s, sizeof s, " %s", golden);
	assert_false(record_decode(&r, span_text(s), &last));
	assert_string_equal(last.reason, "record.spelling");
}

static void
unknown_missing_and_double_members_are_refused(void **state)
{
	static const char *const must[] = { "\"schema\":\"comity.record/1\",",
		"\"event\":\"received\",", "\"at\":1795337160,", "\"clock_doubt\":2,",
		"\"path\":\"bagit.txt\",", "\"bytes\":55,", "\"files\":3,",
		",\"bytes\":4096", "\"authority\":\"XA-MZXW6YTBOIMZXW6Y\",",
		"\"role\":\"contact_point\",", ",\"person\":\"P1\"" };

	(void)state;
	for (size_t i = 0; i < sizeof must / sizeof must[0]; i++)
		refused(must[i], "", "json.member");
	refused_in(decided, "\"rule\":\"answer.grounds\",", "", "json.member");
	refused_in(decided, "\"version\":\"2026-11\",", "", "json.member");
	refused_in(decided, "\"outcome\":\"refuse\",", "", "json.member");
	refused("\"at\"", "\"note\":\"x\",\"at\"", "json.unknown");
	refused("\"person\"", "\"name\":\"x\",\"person\"", "json.unknown");
	refused("\"path\"", "\"mode\":1,\"path\"", "json.unknown");
	refused("\"files\":3", "\"dirs\":1,\"files\":3", "json.unknown");
	refused_in(decided, "\"rule\"", "\"why\":\"x\",\"rule\"", "json.unknown");
	refused("\"at\"", "\"at\":1,\"at\"", "json.syntax");
}

static void
no_member_is_null_or_empty(void **state)
{
	(void)state;
	refused("\"act\":\"" H1 H1 "\"", "\"act\":null", "json.member");
	refused("\"package\":\"" H2 H2 "\"", "\"package\":\"\"", "json.member");
	refused("\"peer\":\"XB-MZXW6YTBOIMZXW6Y\"", "\"peer\":null", "json.member");
	refused("\"peer\":\"XB-MZXW6YTBOIMZXW6Y\"", "\"peer\":\"\"", "json.member");
	refused("\"carrier\":\"mail\"", "\"carrier\":\"\"", "json.member");
	refused("\"payload\":{\"files\":3,\"bytes\":4096}", "\"payload\":null",
	    "json.member");
	refused_in(least, ",\"actor\"", ",\"files\":[],\"actor\"", "json.member");
	refused_in(decided, "\"ground\":\"R02\"", "\"ground\":\"\"", "json.member");
	refused_in(decided, "\"answer.no-text\"", "\"\"", "json.member");
}

static void
values_have_their_form(void **state)
{
	(void)state;
	refused("comity.record/1", "comity.record/2", "record.schema");
	refused("\"received\"", "\"Received\"", "record.event");
	refused("\"received\"", "\"lost\"", "record.event");
	refused("1795337160", "-1", "json.member");
	refused("1795337160", "253402300800", "json.member");
	refused("1795337160", "1.5", "json.number");
	refused("\"clock_doubt\":2", "\"clock_doubt\":-1", "json.member");
	refused("\"clock_doubt\":2", "\"clock_doubt\":true", "json.member");
	refused(H1 H1, H1 "1111111111111111111111111111111", "json.member");
	refused(H1 H1, H1 H1 "11", "json.text");
	refused(H2 H2, H2 "2222222222222222222222222222222A", "json.member");
	refused("\"bytes\":55", "\"bytes\":-1", "json.member");
	refused("\"files\":3", "\"files\":9007199254740993", "json.number");
	refused("\"authority\":\"XA-", "\"authority\":\"xa-", "record.authority");
	refused("\"peer\":\"XB-MZXW6YTBOIMZXW6Y", "\"peer\":\"XB-MZXW6YTBOIMZXW6",
	    "record.authority");
	refused("contact_point", "contact point", "record.code");
	refused("\"P1\"", "\"P\\u00e9\"", "record.code");
	refused("\"mail\"", "\"fax\"", "record.carrier");
	refused_in(decided, "answer.no-text", "the person said no", "record.name");
	refused_in(decided, "answer.no-text", "Answer", "record.name");
	refused_in(decided, "refuse\"", "re fuse\"", "record.name");
	refused_in(decided, "R02", "R 2", "record.code");
	refused_in(decided, "\"event\":\"decided\"", "\"event\":\"opened\"",
	    "record.decision");
}

static void
files_are_outside_data_and_named_once(void **state)
{
	(void)state;
	refused("bagit.txt", "data/a", "record.path");
	refused("bagit.txt", "/etc/x", "record.path");
	refused("bagit.txt", "a/../b", "record.path");
	refused("bagit.txt", "a b", "record.path");
	refused("bagit.txt", "signature.tst", "record.files");
	refused("bagit.txt", "", "json.member");
}

/* A text member of `room` bytes with its NUL takes room - 1 and not one more. */
static void
text_limit(char *member, size_t room, struct record *r)
{
	struct record got;
	struct buf b;

	memset(member, 'a', room - 1);
	member[room - 1] = '\0';
	buf_init(&b, RECORD_MAX);
	OK(record_encode(r, &b, &last));
	OK(record_decode(&got, buf_span(&b), &last));
	{
		char *at = strstr((char *)b.p, member);
		struct buf longer;

		assert_non_null(at);
		buf_init(&longer, RECORD_MAX);
		OK(buf_add(&longer, span_of(b.p, (size_t)(at - (char *)b.p)), &last));
		OK(buf_add_text(&longer, "a", &last));
		OK(buf_add(&longer, span_from(buf_span(&b),
		    (size_t)(at - (char *)b.p)), &last));
		assert_false(record_decode(&got, buf_span(&longer), &last));
		assert_int_equal(last.kind, ERR_LIMIT);
		buf_clear(&longer);
	}
	buf_clear(&b);
}

static void
texts_are_taken_at_their_limit_and_refused_above(void **state)
{
	struct record r;

	(void)state;
#define LIMIT(member) do { \
	r = small(EVENT_DECIDED); \
	(void)snprintf(r.rule, sizeof r.rule, "r"); \
	(void)snprintf(r.rule_version, sizeof r.rule_version, "1"); \
	(void)snprintf(r.outcome, sizeof r.outcome, "o"); \
	(void)snprintf(r.files[0].path, sizeof r.files[0].path, "p"); \
	r.files_n = 1; \
	text_limit(r.member, sizeof r.member, &r); \
} while (0)
	LIMIT(role);
	LIMIT(person);
	LIMIT(rule);
	LIMIT(rule_version);
	LIMIT(outcome);
	LIMIT(ground);
	LIMIT(reason);
	LIMIT(files[0].path);
}

static void
numbers_are_taken_at_their_limit_and_refused_above(void **state)
{
	struct record r = full();
	struct buf b;

	(void)state;
	buf_init(&b, RECORD_MAX);
	r.at = r.clock_doubt = WHEN_MAX;
	r.payload_files = r.payload_bytes = r.files[0].bytes = JSON_INT_MAX;
	OK(record_encode(&r, &b, &last));
	buf_clear(&b);
	r.at = WHEN_MAX + 1;
	refuses_to_write(&r, "json.member");
	r = full();
	r.at = -1;
	refuses_to_write(&r, "json.member");
	r = full();
	r.payload_bytes = JSON_INT_MAX + 1ull;
	refuses_to_write(&r, "json.number");
	r = full();
	r.files[0].bytes = UINT64_MAX;
	refuses_to_write(&r, "json.member");
}

static void
sixty_four_files_are_named_and_no_more(void **state)
{
	struct record r = full(), got;
	struct buf b;
	char *at;

	(void)state;
	r.files_n = RECORD_FILES_MAX;
	for (size_t i = 0; i < r.files_n; i++) {
		memset(r.files[i].path, 'a', 79);
		r.files[i].path[0] = (char)('A' + i / 8);
		r.files[i].path[1] = (char)('A' + i % 8);
	}
	buf_init(&b, RECORD_MAX);
	OK(record_encode(&r, &b, &last));
	assert_true(b.n < RECORD_MAX / 2);
	OK(record_decode(&got, buf_span(&b), &last));
	assert_int_equal(got.files_n, RECORD_FILES_MAX);
	{
		struct buf more;

		at = strstr((char *)b.p, "{\"path\"");
		buf_init(&more, RECORD_MAX);
		OK(buf_add(&more, span_of(b.p, (size_t)(at - (char *)b.p)), &last));
		OK(buf_add_text(&more, "{\"path\":\"x\",\"bytes\":0,\"sha256\":\"" H1 H1
		    "\"},", &last));
		OK(buf_add(&more, span_from(buf_span(&b),
		    (size_t)(at - (char *)b.p)), &last));
		assert_false(record_decode(&got, buf_span(&more), &last));
		assert_string_equal(last.reason, "json.list");
		buf_clear(&more);
	}
	buf_clear(&b);
	r.files_n = RECORD_FILES_MAX + 1;
	refuses_to_write(&r, "record.files");
}

static void
bytes_past_the_limit_are_not_even_read(void **state)
{
	struct record r;
	char *s = malloc(RECORD_MAX + 1);

	(void)state;
	assert_non_null(s);
	memset(s, ' ', RECORD_MAX + 1);
	memcpy(s, golden, sizeof golden - 1);
	assert_false(record_decode(&r, span_of(s, RECORD_MAX), &last));
	assert_string_equal(last.reason, "record.spelling");
	assert_false(record_decode(&r, span_of(s, RECORD_MAX + 1), &last));
	assert_string_equal(last.reason, "json.size");
	assert_int_equal(last.kind, ERR_LIMIT);
	free(s);
}

static void
no_cut_record_is_taken(void **state)
{
	struct record r;

	(void)state;
	for (size_t n = 0; n < sizeof golden - 1; n++)
		assert_false(record_decode(&r, span_of(golden, n), &last));
}

static void
every_failed_allocation_is_an_error(void **state)
{
	struct record r = full(), got;
	uint8_t salt[RECORD_SALT] = { 1 }, leaf[LEAF_BYTES];
	bool done = false;

	(void)state;
	for (uint64_t nth = 1; !done; nth++) {
		struct buf b;
		bool ok;

		buf_init(&b, RECORD_MAX);
		mem_fail(nth, false);
		last = (struct err)ERR_INIT;
		ok = record_encode(&r, &b, &last) &&
		    record_decode(&got, span_text(golden), &last) &&
		    leaf_of(salt, span_text(golden), leaf, &last);
		mem_fail(0, false);
		assert_true(ok || last.kind == ERR_MEMORY);
		done = ok;
		assert_true(nth < 1000);
		buf_clear(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_golden_record_is_written_and_read),
		cmocka_unit_test(the_golden_leaf_is_what_a_shell_works_out),
		cmocka_unit_test(
		    a_leaf_of_any_length_is_the_digest_of_prefix_salt_and_record),
		cmocka_unit_test(absent_members_are_absent),
		cmocka_unit_test(a_decision_says_rule_version_outcome_and_ground),
		cmocka_unit_test(every_event_has_its_name_and_no_other_number_one),
		cmocka_unit_test(another_spelling_of_the_same_is_refused),
		cmocka_unit_test(unknown_missing_and_double_members_are_refused),
		cmocka_unit_test(no_member_is_null_or_empty),
		cmocka_unit_test(values_have_their_form),
		cmocka_unit_test(files_are_outside_data_and_named_once),
		cmocka_unit_test(texts_are_taken_at_their_limit_and_refused_above),
		cmocka_unit_test(numbers_are_taken_at_their_limit_and_refused_above),
		cmocka_unit_test(sixty_four_files_are_named_and_no_more),
		cmocka_unit_test(bytes_past_the_limit_are_not_even_read),
		cmocka_unit_test(no_cut_record_is_taken),
		cmocka_unit_test(every_failed_allocation_is_an_error),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
