/* Policy files: how they are read, and when enough have cosigned. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ledger/note_kit.h"
#include "ledger/quorum.h"

static struct err last;

#define OK(call) do { \
	if (!(call)) \
		fail_msg("%s: %s: %s", #call, last.reason, last.text); \
} while (0)

/* ---- files are built from lines; @NAME is a key made of that name ---- */

static void
vkey_add(struct buf *b, const char *name, enum note_key_type type, unsigned number)
{
	uint8_t point[32] = { (uint8_t)type, (uint8_t)number, (uint8_t)(number >> 8), 9 };
	struct vkey k;

	OK(vkey_make(name, type, point, &k, &last));
	OK(vkey_print(&k, b, &last));
}

/* The witnesses of the tests: w1 and w2 of nobody, the others of training States. */
static const struct {
	const char *name, *vkey;
} cast[] = {
	{ "w1", "witness.example/w1" }, { "w2", "witness.example/w2" },
	{ "xa1", "comity-witness/XA-MZXW6YTBOIMZXW6Y" },
	{ "xb1", "comity-witness/XB-AAAAAAAAAAAAAAAA" },
	{ "xb2", "comity-witness/XB-BBBBBBBBBBBBBBBB" },
	{ "xb3", "comity-witness/XB-CCCCCCCCCCCCCCCC" },
	{ "xc1", "comity-witness/XC-AAAAAAAAAAAAAAAA" },
};
#define CAST (sizeof cast / sizeof *cast)

/* All witnesses of the cast, then these lines. */
static struct quorum *
with_cast(const char *lines)
{
	struct quorum *q = NULL;
	struct buf b;

	buf_init(&b, QUORUM_FILE_MAX);
	for (unsigned i = 0; i < CAST; i++) {
		OK(buf_printf(&b, &last, "witness %s ", cast[i].name));
		vkey_add(&b, cast[i].vkey, NOTE_COSIGNATURE, i);
		OK(buf_add_byte(&b, '\n', &last));
	}
	OK(buf_add_text(&b, lines, &last));
	err_clear(&last);
	if (!quorum_read(buf_span(&b), &q, &last))
		assert_null(q);
	buf_clear(&b);
	return q;
}

static void
refused(const char *lines, const char *reason)
{
	struct quorum *q = with_cast(lines);

	if (q != NULL)
		fail_msg("read: %s", lines);
	if (strcmp(last.reason, reason) != 0)
		fail_msg("%s: %s, wanted %s (%s)", lines, last.reason, reason, last.text);
	assert_true(last.kind == ERR_INPUT || last.kind == ERR_LIMIT);
}

static void
seen_of(const char *names, bool seen[CAST])
{
	char copy[256], *rest = copy, *word;

	memset(seen, 0, CAST * sizeof *seen);
	(void)snprintf(copy, sizeof copy, "%s", names);
	while ((word = strsep(&rest, " ")) != NULL) {
		size_t i = 0;

		while (i < CAST && strcmp(cast[i].name, word) != 0)
			i++;
		assert_true(i < CAST || *word == '\0');
		if (i < CAST)
			seen[i] = true;
	}
}

/* With these cosigners the quorum is reached, or it is not. */
static void
reached(const char *lines, const char *names, bool wanted)
{
	struct quorum *q = with_cast(lines);
	bool seen[CAST], is;
	char words[256];

	if (q == NULL)
		fail_msg("%s: %s", lines, last.text);
	seen_of(names, seen);
	is = quorum_reached(q, seen, NULL, words, sizeof words);
	if (is != wanted || (words[0] == '\0') != is)
		fail_msg("%s%s: %d \"%s\"", lines, names, is, words);
	assert_int_equal(quorum_reached(q, seen, NULL, NULL, 0), wanted);
	quorum_free(q);
}

/* ---- counting ---- */

static void
any_all_and_a_number_say_how_many(void **state)
{
	reached("group g any w1 w2\nquorum g\n", "", false);
	reached("group g any w1 w2\nquorum g\n", "w2", true);
	reached("group g all w1 w2\nquorum g\n", "w2", false);
	reached("group g all w1 w2\nquorum g\n", "w1 w2", true);
	reached("group g 2 w1 w2 xa1\nquorum g\n", "w1", false);
	reached("group g 2 w1 w2 xa1\nquorum g\n", "w1 xa1", true);
	reached("group g 2 w1 w2 xa1\nquorum g\n", "xb1 xc1", false);
	reached("quorum w1\n", "w2", false);
	reached("quorum w1\n", "w1", true);
	reached("quorum none\n", "", true);
}

static void
two_witnesses_of_one_state_do_not_make_two(void **state)
{
	static const char two_of_three[] = "group g 2 xb1 xb2 xc1\nquorum g\n";

	reached(two_of_three, "xb1 xb2", false);
	reached(two_of_three, "xb1 xc1", true);
	reached(two_of_three, "xb1 xb2 xc1", true);
	/* Who names no State counts alone. */
	reached("group g 2 w1 w2 xb1 xb2\nquorum g\n", "w1 w2", true);
	reached("group g 2 w1 w2 xb1 xb2\nquorum g\n", "xb1 xb2", false);
	reached("group g 3 w1 xb1 xb2 xb3 xc1\nquorum g\n", "w1 xb1 xb2 xb3", false);
	reached("group g 3 w1 xb1 xb2 xb3 xc1\nquorum g\n", "w1 xb1 xc1", true);
}

static void
all_asks_for_each_member_whatever_its_state(void **state)
{
	reached("group g all xb1 xb2\nquorum g\n", "xb1", false);
	reached("group g all xb1 xb2\nquorum g\n", "xb1 xb2", true);
}

static void
groups_are_members_of_groups(void **state)
{
	static const char nested[] = "group here any w1 w2\ngroup there 2 xa1 xb1 xc1\n"
	    "group both all here there\nquorum both\n";

	reached(nested, "w1 w2", false);
	reached(nested, "xa1 xb1 xc1", false);
	reached(nested, "w2 xa1", false);
	reached(nested, "w2 xa1 xc1", true);
}

static void
groups_of_one_state_count_once_too(void **state)
{
	static const char courts[] = "group one any xb1 xc1\ngroup two any xb2 xb3\n"
	    "group top 2 one two xa1\nquorum top\n";

	reached(courts, "xb1 xb2", false);
	reached(courts, "xb1 xb2 xb3", false);
	reached(courts, "xc1 xb2", true);
	reached(courts, "xb1 xa1", true);
	/* More cosigners never make less. */
	reached(courts, "xb1 xc1 xb2", true);
}

static void
what_is_missing_is_said(void **state)
{
	struct quorum *q = with_cast("group g 2 xb1 xb2 xc1\nquorum g\n");
	char words[256], tight[12];
	bool seen[CAST];

	assert_non_null(q);
	seen_of("xb1 xb2", seen);
	assert_false(quorum_reached(q, seen, NULL, words, sizeof words));
	assert_string_equal(words, "1 of 2 cosignatures are there; missing from g: xc1; "
	    "cosigners of one State count once");
	assert_false(quorum_reached(q, seen, NULL, tight, sizeof tight));
	assert_string_equal(tight, "1 of 2 cosi");
	quorum_free(q);
	q = with_cast("quorum w2\n");
	assert_non_null(q);
	assert_false(quorum_reached(q, seen, NULL, words, sizeof words));
	assert_string_equal(words, "w2 has not cosigned");
	quorum_free(q);
}

static void
who_could_never_count_is_not_asked_for(void **state)
{
	struct quorum *q = with_cast("group B all xb1 xb2\ngroup C all xc1\n"
	    "group g 2 B C xa1\nquorum g\n");
	bool seen[CAST], never[CAST];
	char words[256];

	assert_non_null(q);
	seen_of("", seen);
	seen_of("xa1", never);
	assert_false(quorum_reached(q, seen, never, words, sizeof words));
	assert_string_equal(words, "0 of 2 cosignatures are there; missing from g: B, C; "
	    "the log's own State does not count");
	/* A group is left out when none of it could count, and not before. */
	seen_of("xb1 xa1", never);
	assert_false(quorum_reached(q, seen, never, words, sizeof words));
	assert_non_null(strstr(words, "g: B, C; "));
	seen_of("xb1 xb2 xa1", never);
	assert_false(quorum_reached(q, seen, never, words, sizeof words));
	assert_non_null(strstr(words, "g: C; "));
	quorum_free(q);
}

/* ---- reading ---- */

static void
blanks_tabs_comments_and_empty_lines_are_passed_over(void **state)
{
	reached("# a comment\n\n \t\n\t# one behind a tab\n"
	    "\tgroup  g\t2   w1\tw2 # why\n  quorum\tg #\n# end", "w1 w2", true);
	reached("quorum none", "", true);
}

static void
a_file_that_says_something_else_is_refused(void **state)
{
	static const struct {
		const char *reason, *lines;
	} wrong[] = {
		{ "quorum.missing", "" },
		{ "quorum.missing", "# quorum none\n" },
		{ "quorum.twice", "quorum none\nquorum none\n" },
		{ "quorum.form", "quorum\n" },
		{ "quorum.form", "quorum none none\n" },
		{ "quorum.form", "quorum #none\n" },
		{ "quorum.form", "Quorum none\n" },
		{ "quorum.form", "quorums none\n" },
		{ "quorum.undefined", "quorum g\n" },
		{ "quorum.undefined", "quorum g\ngroup g any w1\n" },
		{ "quorum.undefined", "quorum W1\n" },
		{ "quorum.form", "group\n" },
		{ "quorum.threshold", "group g\n" },
		{ "quorum.form", "group g any\nquorum none\n" },
		{ "quorum.form", "group g all # w1\nquorum none\n" },
		{ "quorum.threshold", "group g 0 w1\nquorum none\n" },
		{ "quorum.threshold", "group g 01 w1\nquorum none\n" },
		{ "quorum.threshold", "group g -1 w1\nquorum none\n" },
		{ "quorum.threshold", "group g 3 w1 w2\nquorum none\n" },
		{ "quorum.threshold", "group g 18446744073709551617 w1\nquorum none\n" },
		{ "quorum.threshold", "group g ALL w1\nquorum none\n" },
		{ "quorum.undefined", "group g any w1 nobody\nquorum none\n" },
		{ "quorum.undefined", "group g any g\nquorum none\n" },
		{ "quorum.undefined", "group g any h\ngroup h any w1\nquorum none\n" },
		{ "quorum.undefined", "group g any none\nquorum none\n" },
		{ "quorum.member", "group g any w1 w1\nquorum none\n" },
		{ "quorum.member", "group g any w1\ngroup h any w1\nquorum none\n" },
		{ "quorum.member", "group g any w1\ngroup h any g\ngroup i any g\n"
		    "quorum none\n" },
		{ "quorum.unreachable", "group g 2 xb1 xb2\nquorum none\n" },
		{ "quorum.unreachable", "group g any xb1\ngroup h any xb2\n"
		    "group top 2 g h\nquorum none\n" },
		{ "quorum.twice", "group w1 any w2\nquorum none\n" },
		{ "quorum.twice", "group g any w1\ngroup g any w2\nquorum none\n" },
		{ "quorum.form", "group none any w1\nquorum none\n" },
		{ "quorum.form", "witness\n" },
		{ "quorum.form", "witness a\n" },
		{ "quorum.form", "log\n" },
		{ "quorum.key", "log node.example/ledger\nquorum none\n" },
		{ "quorum.key", "log " WITNESS_VKEY "\nquorum none\n" },
		{ "quorum.key", "witness a " LOG_VKEY "\nquorum none\n" },
		{ "quorum.twice", "log " LOG_VKEY "\nlog " LOG_VKEY "\nquorum none\n" },
		{ "quorum.twice", "witness a " WITNESS_VKEY "\nwitness b " WITNESS_VKEY
		    "\nquorum none\n" },
		{ "quorum.twice", "witness w1 " WITNESS_VKEY "\nquorum none\n" },
		{ "quorum.url", "log " LOG_VKEY " node.example\nquorum none\n" },
		{ "quorum.form", "log " LOG_VKEY " https://node.example x\nquorum none\n" },
		{ "quorum.url", "witness a " WITNESS_VKEY " ftp://x\nquorum none\n" },
		{ "quorum.characters", "quorum none\r\n" },
		{ "quorum.characters", "quorum\vnone\n" },
		{ "quorum.characters", "# \xFF\nquorum none\n" },
		{ "quorum.characters", "# \x1b[2J\nquorum none\n" },
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		refused(wrong[i].lines, wrong[i].reason);
	/* The line is named; the cast takes the first seven. */
	refused("quorum none\n\nquorum none\n", "quorum.twice");
	assert_non_null(strstr(last.text, "line 10 "));
}

static void
one_key_has_one_role_and_one_name(void **state)
{
	uint8_t point[32] = { NOTE_COSIGNATURE, 2, 0, 9 };	/* that of xa1 */
	char line[512];
	struct vkey k;
	struct buf b;

	buf_init(&b, 512);
	OK(vkey_make("other.example", NOTE_COSIGNATURE, point, &k, &last));
	OK(vkey_print(&k, &b, &last));
	(void)snprintf(line, sizeof line, "witness a %.*s\nquorum none\n", (int)b.n, b.p);
	refused(line, "quorum.twice");
	buf_reset(&b);
	OK(vkey_make("other.example", NOTE_ED25519, point, &k, &last));
	OK(vkey_print(&k, &b, &last));
	(void)snprintf(line, sizeof line, "log %.*s\nquorum none\n", (int)b.n, b.p);
	refused(line, "quorum.twice");
	/* One origin, two keys: which one would a checkpoint have to have? */
	buf_reset(&b);
	point[5] = 1;
	OK(vkey_make("node.example/ledger", NOTE_ED25519, point, &k, &last));
	OK(vkey_print(&k, &b, &last));
	(void)snprintf(line, sizeof line, "log %s\nlog %.*s\nquorum none\n", LOG_VKEY,
	    (int)b.n, b.p);
	refused(line, "quorum.twice");
	buf_clear(&b);
}

static void
keys_of_other_types_keep_their_place_and_never_count(void **state)
{
	/* ML-DSA-44, cut: nobody here judges it. */
	static const char ml[] = "witness q witness.example/q+01020304+BgAA\n";
	char lines[512];
	struct quorum *q;
	bool seen[CAST + 1] = { false };

	(void)snprintf(lines, sizeof lines, "%slog %s\nlog %s\ngroup g any q w1\nquorum g\n",
	    ml, "node.example/ledger+01020304+BgAA", LOG_VKEY);
	q = with_cast(lines);
	if (q == NULL)
		fail_msg("%s", last.text);
	assert_int_equal(quorum_witnesses(q), CAST + 1);
	assert_string_equal(quorum_witness(q, CAST)->name, "witness.example/q");
	assert_non_null(quorum_log(q, "node.example/ledger"));
	seen[0] = true;
	assert_true(quorum_reached(q, seen, NULL, NULL, 0));
	quorum_free(q);
	(void)snprintf(lines, sizeof lines, "%sgroup g all q w1\nquorum g\n", ml);
	refused(lines, "quorum.unreachable");
	(void)snprintf(lines, sizeof lines, "%s%s", ml, "witness r witness.example/q"
	    "+01020304+BgAA\nquorum none\n");
	refused(lines, "quorum.twice");
}

/* ---- limits ---- */

static struct quorum *
many(unsigned logs, unsigned witnesses, unsigned groups)
{
	struct quorum *q = NULL;
	struct buf b;
	char name[64];

	buf_init(&b, QUORUM_FILE_MAX);
	for (unsigned i = 0; i < logs; i++) {
		(void)snprintf(name, sizeof name, "l%u.example", i);
		OK(buf_add_text(&b, "log ", &last));
		vkey_add(&b, name, NOTE_ED25519, i);
		OK(buf_add_byte(&b, '\n', &last));
	}
	for (unsigned i = 0; i < witnesses; i++) {
		(void)snprintf(name, sizeof name, "w%u.example", i);
		OK(buf_printf(&b, &last, "witness w%u ", i));
		vkey_add(&b, name, NOTE_COSIGNATURE, i);
		OK(buf_add_byte(&b, '\n', &last));
	}
	/* Each a member of the next. */
	for (unsigned i = 0; i < groups; i++)
		OK(i == 0 ? buf_add_text(&b, "group g0 any w0\n", &last) :
		    buf_printf(&b, &last, "group g%u any g%u\n", i, i - 1));
	OK(groups == 0 ? buf_add_text(&b, "quorum none\n", &last) :
	    buf_printf(&b, &last, "quorum g%u\n", groups - 1));
	err_clear(&last);
	if (!quorum_read(buf_span(&b), &q, &last)) {
		assert_string_equal(last.reason, "quorum.limit");
		assert_int_equal(last.kind, ERR_LIMIT);
	}
	buf_clear(&b);
	return q;
}

static void
the_256th_of_each_is_read_and_the_next_is_not(void **state)
{
	struct quorum *q = many(QUORUM_LOGS_MAX, QUORUM_WITNESSES_MAX, QUORUM_GROUPS_MAX);
	bool seen[QUORUM_WITNESSES_MAX] = { false };

	assert_non_null(q);
	assert_int_equal(quorum_witnesses(q), QUORUM_WITNESSES_MAX);
	assert_non_null(quorum_log(q, "l255.example"));
	assert_null(quorum_log(q, "l256.example"));
	assert_false(quorum_reached(q, seen, NULL, NULL, 0));
	seen[0] = true;
	assert_true(quorum_reached(q, seen, NULL, NULL, 0));
	quorum_free(q);
	assert_null(many(QUORUM_LOGS_MAX + 1, 0, 0));
	assert_null(many(0, QUORUM_WITNESSES_MAX + 1, 0));
	assert_null(many(0, 1, QUORUM_GROUPS_MAX + 1));
}

static void
a_name_of_63_bytes_is_read_and_of_64_is_not(void **state)
{
	char lines[256], name[QUORUM_WORD_MAX + 2];

	memset(name, 'n', sizeof name);
	name[QUORUM_WORD_MAX] = '\0';
	(void)snprintf(lines, sizeof lines, "group %s any w1\nquorum %s\n", name, name);
	reached(lines, "w1", true);
	name[QUORUM_WORD_MAX] = 'n';
	name[QUORUM_WORD_MAX + 1] = '\0';
	(void)snprintf(lines, sizeof lines, "group %s any w1\nquorum none\n", name);
	refused(lines, "quorum.form");
	(void)snprintf(lines, sizeof lines, "group g any %s\nquorum none\n", name);
	refused(lines, "quorum.undefined");
}

static void
a_file_of_256_kib_is_read_and_one_byte_more_is_not(void **state)
{
	static char file[QUORUM_FILE_MAX + 1];
	struct quorum *q = NULL;

	memset(file, '#', sizeof file);
	memcpy(file, "quorum none\n", 12);
	OK(quorum_read(span_of(file, QUORUM_FILE_MAX), &q, &last));
	quorum_free(q);
	q = NULL;
	assert_false(quorum_read(span_of(file, QUORUM_FILE_MAX + 1), &q, &last));
	assert_string_equal(last.reason, "quorum.size");
	assert_null(q);
}

/* ---- notes ---- */

static struct quorum *
known(const char *lines)
{
	struct quorum *q = NULL;

	OK(quorum_read(span_text(lines), &q, &last));
	return q;
}

static void
cosignatures_of_several_notes_add_up(void **state)
{
	static const char file[] = "log " LOG_VKEY " https://node.example/ledger\n"
	    "witness other witness.example/w2+00000000+AAAA\n"
	    "witness w " WITNESS_VKEY "\nquorum w\n";
	static const char plain[] = NOTE_TEXT "\n" NOTE_LOG_LINE;
	struct key *witness = key_of_seed(0x20);
	struct vkey k = vkey_of(witness, "witness.example/w1", NOTE_COSIGNATURE);
	bool seen[2] = { false };
	int64_t at[2] = { 0 };
	struct checkpoint c;
	struct quorum *q;
	struct buf b;

	/* Type 0x00 is nobody's: it keeps its place. */
	q = known(file);
	OK(quorum_note(q, span_text(plain), seen, at, &c, &last));
	assert_false(seen[0] || seen[1]);
	assert_int_equal(c.size, 8);
	OK(quorum_note(q, span_text(NOTE_WHOLE), seen, at, &c, &last));
	assert_true(!seen[0] && seen[1]);
	assert_int_equal(at[1], NOTE_TIME);
	/* The earliest time counts, whichever comes first. */
	buf_init(&b, NOTE_MAX);
	for (int64_t when = NOTE_TIME + 5; when >= NOTE_TIME - 5; when -= 10) {
		buf_reset(&b);
		OK(buf_add_text(&b, plain, &last));
		OK(note_cosign(witness, &k, span_text(NOTE_TEXT), when, &b, &last));
		OK(quorum_note(q, buf_span(&b), seen, at, &c, &last));
		assert_int_equal(at[1], when < NOTE_TIME ? when : NOTE_TIME);
	}
	assert_true(quorum_reached(q, seen, NULL, NULL, 0));
	buf_clear(&b);
	key_free(witness);
	quorum_free(q);
}

static void
a_note_that_is_not_proven_raises_nobody(void **state)
{
	static const char unknown_log[] = "witness w " WITNESS_VKEY "\nquorum w\n";
	static const char both[] = "log " LOG_VKEY "\nwitness w " WITNESS_VKEY
	    "\nquorum w\n";
	static const char unsigned_[] = NOTE_TEXT "\n" NOTE_WITNESS_LINE;
	char spoilt[] = NOTE_WHOLE;
	bool seen[1] = { false };
	int64_t at[1] = { 0 };
	struct checkpoint c;
	struct quorum *q = known(unknown_log);

	assert_false(quorum_note(q, span_text(NOTE_WHOLE), seen, at, &c, &last));
	assert_int_equal(last.kind, ERR_UNPROVEN);
	assert_string_equal(last.reason, "quorum.log");
	quorum_free(q);
	q = known(both);
	assert_false(quorum_note(q, span_text(unsigned_), seen, at, &c, &last));
	assert_string_equal(last.reason, "checkpoint.unsigned");
	spoilt[sizeof spoilt - 10] ^= 1;
	assert_false(quorum_note(q, span_text(spoilt), seen, at, &c, &last));
	assert_string_equal(last.reason, "note.signature");
	assert_false(quorum_note(q, span_text("x"), seen, at, &c, &last));
	assert_string_equal(last.reason, "note.form");
	assert_false(seen[0]);
	assert_int_equal(at[0], 0);
	quorum_free(q);
}

static void
no_memory_is_an_error_and_leaves_nothing(void **state)
{
	static const char file[] = "log " LOG_VKEY "\nwitness w " WITNESS_VKEY
	    "\nquorum w\n";
	struct quorum *q = NULL;
	bool ok = false;
	uint64_t n;

	for (n = 1; !ok && n < 50; n++) {
		mem_fail(n, false);
		ok = quorum_read(span_text(file), &q, &last);
		mem_fail(0, false);
		if (!ok) {
			assert_int_equal(last.kind, ERR_MEMORY);
			assert_null(q);
		}
	}
	assert_true(ok && n > 1);
	quorum_free(q);
	quorum_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_all_and_a_number_say_how_many),
		cmocka_unit_test(two_witnesses_of_one_state_do_not_make_two),
		cmocka_unit_test(all_asks_for_each_member_whatever_its_state),
		cmocka_unit_test(groups_are_members_of_groups),
		cmocka_unit_test(groups_of_one_state_count_once_too),
		cmocka_unit_test(what_is_missing_is_said),
		cmocka_unit_test(who_could_never_count_is_not_asked_for),
		cmocka_unit_test(blanks_tabs_comments_and_empty_lines_are_passed_over),
		cmocka_unit_test(a_file_that_says_something_else_is_refused),
		cmocka_unit_test(one_key_has_one_role_and_one_name),
		cmocka_unit_test(keys_of_other_types_keep_their_place_and_never_count),
		cmocka_unit_test(the_256th_of_each_is_read_and_the_next_is_not),
		cmocka_unit_test(a_name_of_63_bytes_is_read_and_of_64_is_not),
		cmocka_unit_test(a_file_of_256_kib_is_read_and_one_byte_more_is_not),
		cmocka_unit_test(cosignatures_of_several_notes_add_up),
		cmocka_unit_test(a_note_that_is_not_proven_raises_nobody),
		cmocka_unit_test(no_memory_is_an_error_and_leaves_nothing),
	};

	return cmocka_run_group_tests_name("quorum", tests, NULL, NULL);
}
