/* Signed notes: one spelling, signatures that count, and what is never believed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "ledger/note_kit.h"

static struct err last;
static struct key *log_key, *witness_key;
static struct vkey keys[2];	/* log, witness */

#define OK(call) do { \
	if (!(call)) \
		fail_msg("%s: %s: %s", #call, last.reason, last.text); \
} while (0)

#define REFUSED(call, kind_, reason_) do { \
	err_clear(&last); \
	assert_false(call); \
	assert_string_equal(last.reason, reason_); \
	assert_int_equal(last.kind, kind_); \
} while (0)

static int
start(void **state)
{
	log_key = key_of_seed(0x00);
	witness_key = key_of_seed(0x20);
	if (log_key == NULL || witness_key == NULL)
		return -1;
	keys[0] = vkey_of(log_key, "node.example/ledger", NOTE_ED25519);
	keys[1] = vkey_of(witness_key, "witness.example/w1", NOTE_COSIGNATURE);
	return 0;
}

static int
end(void **state)
{
	key_free(log_key);
	key_free(witness_key);
	return 0;
}

static bool
parses(struct span file)
{
	struct note n;
	bool ok = note_parse(file, &n, &last);

	note_clear(&n);
	return ok;
}

static bool
verified(struct span file, bool good[2], int64_t at[2])
{
	struct note n;
	bool ok = note_parse(file, &n, &last) &&
	    note_verify(&n, keys, 2, good, at, &last);

	note_clear(&n);
	return ok;
}

/* ---- the known note ---- */

static void
the_known_note_is_made_byte_for_byte(void **state)
{
	struct span text = span_text(NOTE_TEXT);
	struct buf b;

	buf_init(&b, NOTE_MAX);
	OK(vkey_print(&keys[0], &b, &last));
	assert_true(span_is(buf_span(&b), LOG_VKEY));
	buf_reset(&b);
	OK(vkey_print(&keys[1], &b, &last));
	assert_true(span_is(buf_span(&b), WITNESS_VKEY));
	buf_reset(&b);
	OK(buf_add(&b, text, &last));
	OK(buf_add_byte(&b, '\n', &last));
	OK(note_sign(log_key, &keys[0], text, &b, &last));
	OK(note_cosign(witness_key, &keys[1], text, NOTE_TIME, &b, &last));
	assert_true(span_is(buf_span(&b), NOTE_WHOLE));
	buf_clear(&b);
}

static void
the_known_note_is_read_and_its_signatures_hold(void **state)
{
	struct span file = span_text(NOTE_WHOLE);
	struct checkpoint c;
	struct note n;
	int64_t at[2];
	bool good[2];

	OK(note_parse(file, &n, &last));
	assert_true(span_is(n.text, NOTE_TEXT));
	assert_int_equal(n.lines_n, 2);
	assert_true(span_is(n.lines[0].name, "node.example/ledger"));
	assert_memory_equal(n.lines[0].id, "\x08\xc8\x71\x08", 4);
	assert_int_equal(n.lines[0].signature.n, 64);
	assert_int_equal(n.lines[1].signature.n, 72);
	OK(note_verify(&n, keys, 2, good, at, &last));
	assert_true(good[0] && good[1]);
	assert_int_equal(at[0], 0);
	assert_int_equal(at[1], NOTE_TIME);
	OK(note_verify(&n, keys, 2, good, NULL, &last));
	OK(note_verify(&n, NULL, 0, NULL, NULL, &last));
	note_clear(&n);
	OK(checkpoint_open(file, &keys[0], &c, &last));
	assert_string_equal(c.origin, "node.example/ledger");
	assert_int_equal(c.size, 8);
	assert_string_equal(digest_hex(&c.root).s,
	    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

/*
 * A bit anywhere: the checkpoint is refused, or the flip was in the witness's line and the
 * checkpoint is the same one without that cosignature.
 */
static void
no_flipped_bit_of_a_note_gives_another_statement(void **state)
{
	const char whole[] = NOTE_WHOLE;
	const size_t n = sizeof whole - 1;
	const size_t witness_at = sizeof NOTE_TEXT "\n" NOTE_LOG_LINE - 1;
	struct checkpoint was, c;
	size_t still = 0;
	char file[sizeof whole];
	bool good[2];

	OK(checkpoint_open(span_text(whole), &keys[0], &was, &last));
	for (size_t bit = 0; bit < 8 * n; bit++) {
		memcpy(file, whole, sizeof whole);
		file[bit / 8] = (char)(file[bit / 8] ^ 1 << bit % 8);
		assert_false(verified(span_of(file, n), good, NULL) && good[0] &&
		    good[1]);
		if (!checkpoint_open(span_of(file, n), &keys[0], &c, &last)) {
			assert_true(last.kind == ERR_INPUT || last.kind == ERR_UNPROVEN);
			continue;
		}
		still++;
		assert_true(bit / 8 >= witness_at);
		assert_memory_equal(&c, &was, sizeof c);
	}
	assert_true(still > 0);
}

static void
a_note_cut_anywhere_is_no_note_or_lacks_a_signature(void **state)
{
	const char whole[] = NOTE_WHOLE;
	bool good[2];

	for (size_t n = 0; n < sizeof whole - 1; n++)
		assert_false(verified(span_of(whole, n), good, NULL) && good[1]);
}

/* ---- spellings ---- */

static void
a_note_has_one_spelling(void **state)
{
	static const struct {
		const char *what, *file;
	} wrong[] = {
		{ "nothing", "" },
		{ "no signature", NOTE_TEXT "\n" },
		{ "no empty line", NOTE_TEXT NOTE_LOG_LINE },
		{ "lines end in CR LF", "x\r\n\r\n" NOTE_LOG_LINE },
		{ "an empty line behind", NOTE_WHOLE "\n" },
		{ "something behind", NOTE_WHOLE "x" },
		{ "an empty line between", NOTE_TEXT "\n" NOTE_LOG_LINE "\n"
		    NOTE_WITNESS_LINE "\n" },
		{ "the same line twice", NOTE_WHOLE NOTE_LOG_LINE },
		{ "the same key with two signatures", NOTE_WHOLE
		    "\xE2\x80\x94 witness.example/w1 IDJKvgA=\n" },
		{ "two blanks", "x\n\n\xE2\x80\x94  a AAAAAAA=\n" },
		{ "a blank behind", "x\n\n\xE2\x80\x94 a AAAAAAA= \n" },
		{ "no blank", "x\n\n\xE2\x80\x94 aAAAAAAA=\n" },
		{ "no name", "x\n\n\xE2\x80\x94 AAAAAAA=\n" },
		{ "a plus in the name", "x\n\n\xE2\x80\x94 a+b AAAAAAA=\n" },
		{ "a minus for the dash", "x\n\n- a AAAAAAA=\n" },
		{ "stray bits in base64", "x\n\n\xE2\x80\x94 a AAAAAAB=\n" },
		{ "no padding", "x\n\n\xE2\x80\x94 a AAAAAAA\n" },
		{ "padding inside", "x\n\n\xE2\x80\x94 a AAA=AAA=\n" },
		{ "only an id", "x\n\n\xE2\x80\x94 a AAAAAA==\n" },
		{ "a tab", "x\ty\n\n\xE2\x80\x94 a AAAAAAA=\n" },
		{ "an escape", "\x1b[2J\n\n\xE2\x80\x94 a AAAAAAA=\n" },
		{ "a delete", "\x7f\n\n\xE2\x80\x94 a AAAAAAA=\n" },
		{ "a control character of Latin-1", "\xC2\x9B\n\n\xE2\x80\x94 a AAAAAAA=\n" },
		{ "no UTF-8", "\xFF\n\n\xE2\x80\x94 a AAAAAAA=\n" },
		{ "UTF-8 too long", "\xC0\x8A\n\n\xE2\x80\x94 a AAAAAAA=\n" },
		{ "half a surrogate", "\xED\xA0\x80\n\n\xE2\x80\x94 a AAAAAAA=\n" },
		{ "a space of another script in the name",
		    "x\n\n\xE2\x80\x94 a\xE3\x80\x80" "b AAAAAAA=\n" },
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		err_clear(&last);
		if (parses(span_text(wrong[i].file)))
			fail_msg("read as a note: %s", wrong[i].what);
		assert_int_equal(last.kind, ERR_INPUT);
		assert_string_equal(last.reason, "note.form");
		assert_non_null(strstr(last.text, "byte "));
	}
	assert_true(parses(span_text("x\n\n\xE2\x80\x94 a AAAAAAA=\n")));
	assert_false(parses(span_of("x\0\n\n\xE2\x80\x94 a AAAAAAA=\n", 20)));
}

static void
the_last_empty_line_splits(void **state)
{
	static const char text[] = "one\n\n\xE2\x80\x94 a AAAAAAA=\n\ntwo\n";
	struct span signed_text = span_of(text, sizeof text - 1);
	bool good[2];
	struct note n;
	struct buf b;

	buf_init(&b, NOTE_MAX);
	OK(buf_add(&b, signed_text, &last));
	OK(buf_add_byte(&b, '\n', &last));
	OK(note_sign(log_key, &keys[0], signed_text, &b, &last));
	OK(note_parse(buf_span(&b), &n, &last));
	assert_true(span_eq(n.text, signed_text));
	assert_int_equal(n.lines_n, 1);
	OK(note_verify(&n, keys, 2, good, NULL, &last));
	assert_true(good[0] && !good[1]);
	note_clear(&n);
	buf_clear(&b);
}

/* ---- limits ---- */

static void
sixty_four_signatures_are_read_and_one_more_is_not(void **state)
{
	struct buf b;

	buf_init(&b, NOTE_MAX);
	OK(buf_add_text(&b, NOTE_WHOLE, &last));
	for (unsigned i = 2; i < NOTE_SIGNATURES_MAX; i++)
		OK(buf_printf(&b, &last, "\xE2\x80\x94 other%u AAAAAAA=\n", i));
	OK(parses(buf_span(&b)));
	OK(buf_add_text(&b, "\xE2\x80\x94 more AAAAAAA=\n", &last));
	REFUSED(parses(buf_span(&b)), ERR_LIMIT, "note.lines");
	buf_clear(&b);
}

static void
a_note_of_128_kib_is_read_and_one_byte_more_is_not(void **state)
{
	struct buf b;

	buf_init(&b, NOTE_MAX + 1);
	while (b.n < NOTE_MAX - strlen("\n" NOTE_WHOLE))
		OK(buf_add_byte(&b, 'x', &last));
	OK(buf_add_text(&b, "\n" NOTE_WHOLE, &last));
	assert_int_equal(b.n, NOTE_MAX);
	OK(parses(buf_span(&b)));
	b.n = 0;
	OK(buf_add_text(&b, "xx", &last));
	b.n = NOTE_MAX - strlen("\n" NOTE_WHOLE) + 1;
	b.p[b.n - 1] = 'x';
	OK(buf_add_text(&b, "\n" NOTE_WHOLE, &last));
	REFUSED(parses(buf_span(&b)), ERR_LIMIT, "note.size");
	buf_clear(&b);
}

static void
a_signature_of_2500_bytes_is_carried_and_one_more_is_not(void **state)
{
	static uint8_t signature[NOTE_SIGNATURE_MAX + 1];
	struct buf b;

	buf_init(&b, NOTE_MAX);
	for (size_t n = NOTE_SIGNATURE_MAX; n <= NOTE_SIGNATURE_MAX + 1; n++) {
		buf_reset(&b);
		OK(buf_add_text(&b, NOTE_WHOLE "\xE2\x80\x94 big ", &last));
		OK(base64_encode(&b, span_of(signature, n), true, &last));
		OK(buf_add_byte(&b, '\n', &last));
		assert_int_equal(parses(buf_span(&b)), n == NOTE_SIGNATURE_MAX);
	}
	buf_clear(&b);
}

static void
a_name_of_200_bytes_is_one_and_of_201_is_none(void **state)
{
	static const char *const wrong[] = { "", "a b", "a\tb", "a\nb", "a+b", "\x01",
		"a\x7f", "\xC2\x85", ("a\xC2\xA0" "b"), "\xE1\x9A\x80", "\xE2\x80\x80",
		"\xE2\x80\xA8", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80", "\xFF" };
	char name[NOTE_NAME_MAX + 2];
	struct vkey k;

	memset(name, 'n', sizeof name);
	name[NOTE_NAME_MAX + 1] = '\0';
	assert_false(note_name_valid(name));
	REFUSED(vkey_make(name, NOTE_ED25519, keys[0].point, &k, &last), ERR_USE,
	    "vkey.name");
	name[NOTE_NAME_MAX] = '\0';
	assert_true(note_name_valid(name));
	OK(vkey_make(name, NOTE_ED25519, keys[0].point, &k, &last));
	assert_true(note_name_valid("\xD8\xB3\xD8\xAC\xD9\x84"));
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(note_name_valid(wrong[i]));
}

/* ---- keys ---- */

static void
a_verifier_key_has_one_spelling(void **state)
{
	static const struct {
		const char *reason, *text;
	} wrong[] = {
		{ "vkey.form", "" },
		{ "vkey.form", "node.example/ledger" },
		{ "vkey.form", "node.example/ledger+08c87108" },
		{ "vkey.form", "node.example/ledger+08c87108+" },
		{ "vkey.form", "+08c87108+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4" },
		{ "vkey.form", LOG_VKEY " " },
		{ "vkey.form", LOG_VKEY "\n" },
		{ "vkey.form", " " LOG_VKEY },
		{ "vkey.form", LOG_VKEY "AAAA" },
		{ "vkey.form", "node.example/ledger+08C87108+"
		    "AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4" },
		{ "vkey.form", "node.example/ledger+8c87108+"
		    "AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4" },
		{ "vkey.form", "node.example/ledger+08c87108+"
		    "AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVT==" },
		{ "vkey.id", "node.example/ledger+08c87109+"
		    "AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4" },
		{ "vkey.id", "node.example/ledges+08c87108+"
		    "AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4" },
		{ "vkey.id", "node.example/ledger+08c87108+"
		    "BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4" },
		/* The neutral point: anybody signs anything with it. */
		{ "vkey.weak", "node.example/ledger+5937534e+"
		    "AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" },
		/* ECDSA, ML-DSA-44, one's own. */
		{ "vkey.type", "node.example/ledger+08c87108+"
		    "AgOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4" },
		{ "vkey.type", "node.example/ledger+08c87108+BgAA" },
		{ "vkey.type", "node.example/ledger+08c87108+/wAA" },
	};
	struct vkey k;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		err_clear(&last);
		assert_false(vkey_parse(wrong[i].text, &k, &last));
		assert_int_equal(last.kind, ERR_INPUT);
		if (strcmp(last.reason, wrong[i].reason) != 0)
			fail_msg("%s: %s", wrong[i].text, last.reason);
	}
	OK(vkey_parse(LOG_VKEY, &k, &last));
	assert_memory_equal(&k, &keys[0], sizeof k);
	OK(vkey_parse(WITNESS_VKEY, &k, &last));
	assert_memory_equal(&k, &keys[1], sizeof k);
	REFUSED(vkey_make("a", NOTE_ML_DSA_44, k.point, &k, &last), ERR_USE, "vkey.type");
}

static void
no_flipped_bit_of_a_verifier_key_gives_another_key(void **state)
{
	const char whole[] = WITNESS_VKEY;
	char text[sizeof whole];
	struct vkey k;

	for (size_t bit = 0; bit < 8 * (sizeof whole - 1); bit++) {
		memcpy(text, whole, sizeof whole);
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
		assert_false(vkey_parse(text, &k, &last));
	}
}

/* ---- whose signature counts ---- */

static void
lines_of_other_keys_are_passed_over(void **state)
{
	/* Also of the witness's name with another id: that is another key. */
	static const char file[] = NOTE_TEXT "\n"
	    "\xE2\x80\x94 stranger AAAAAAA=\n"
	    NOTE_LOG_LINE
	    "\xE2\x80\x94 witness.example/w1 AAAAAAA=\n"
	    "\xE2\x80\x94 Node.example/ledger CMhxCAA=\n";
	bool good[2];
	int64_t at[2];

	OK(verified(span_text(file), good, at));
	assert_true(good[0]);
	assert_false(good[1]);
	assert_int_equal(at[1], 0);
}

static void
a_bad_signature_of_a_known_key_refuses_the_whole_note(void **state)
{
	static const char *const lines[] = {
		/* of the right length, too short, a plain one where a time belongs */
		"\xE2\x80\x94 witness.example/w1 IDJKvgAAAABlU/EBiXmdaX3eWxpz+2KocjasXDP2UcE"
		    "nKVrc9/4bLfnZtep2yRjAjWIofumXrCcH6DLYscpGMnAIesv4/lBPg0mjCA==\n",
		"\xE2\x80\x94 witness.example/w1 IDJKvgA=\n",
		"\xE2\x80\x94 witness.example/w1 IDJKvl5ni+o2VRwz6N/PYEF/+y9vAZ7cAshpn+cU/MAt"
		    "nNnwF2GbHH/ylGwBqOGiylLm3sPFDXcvgi2aHudpQ+skVQU=\n",
	};
	char file[1024];
	bool good[2] = { true, true };

	for (size_t i = 0; i < 3; i++) {
		(void)snprintf(file, sizeof file, "%s\n%s%s", NOTE_TEXT, NOTE_LOG_LINE,
		    lines[i]);
		good[0] = good[1] = true;
		REFUSED(verified(span_text(file), good, NULL), ERR_UNPROVEN,
		    "note.signature");
		assert_false(good[0] || good[1]);
	}
}

static void
a_cosignature_is_no_signature_of_a_log_nor_the_other_way_round(void **state)
{
	struct vkey other = vkey_of(witness_key, "witness.example/w1", NOTE_ED25519);
	struct span text = span_text(NOTE_TEXT);
	struct buf b;

	buf_init(&b, NOTE_MAX);
	assert_memory_not_equal(other.id, keys[1].id, 4);
	REFUSED(note_cosign(witness_key, &other, text, NOTE_TIME, &b, &last), ERR_USE,
	    "note.key");
	REFUSED(note_sign(witness_key, &keys[1], text, &b, &last), ERR_USE, "note.key");
	REFUSED(note_sign(log_key, &other, text, &b, &last), ERR_USE, "note.key");
	assert_int_equal(b.n, 0);
	buf_clear(&b);
}

static void
a_witness_signs_only_checkpoints_at_a_time(void **state)
{
	struct span text = span_text(NOTE_TEXT);
	struct buf b;

	buf_init(&b, NOTE_MAX);
	REFUSED(note_cosign(witness_key, &keys[1], text, 0, &b, &last), ERR_USE,
	    "note.time");
	REFUSED(note_cosign(witness_key, &keys[1], text, -1, &b, &last), ERR_USE,
	    "note.time");
	REFUSED(note_cosign(witness_key, &keys[1], text, WHEN_MAX + 1, &b, &last),
	    ERR_USE, "note.time");
	OK(note_cosign(witness_key, &keys[1], text, WHEN_MAX, &b, &last));
	buf_reset(&b);
	REFUSED(note_cosign(witness_key, &keys[1], span_text("hello\n"), 1, &b, &last),
	    ERR_INPUT, "checkpoint.form");
	REFUSED(note_sign(log_key, &keys[0], span_text("no line feed"), &b, &last),
	    ERR_USE, "note.form");
	REFUSED(note_sign(log_key, &keys[0], span_text("a\rb\n"), &b, &last), ERR_USE,
	    "note.form");
	REFUSED(note_sign(log_key, &keys[0], span_text(""), &b, &last), ERR_USE,
	    "note.form");
	assert_int_equal(b.n, 0);
	buf_clear(&b);
}

/* A line with this time and whatever behind. */
static void
a_time_that_nobody_can_mean_proves_nothing(void **state)
{
	static const uint8_t times[][8] = { { 0 }, { 0xFF }, { 0x80 },
		{ 0, 0, 0, 0x3A, 0xFF, 0xF4, 0x41, 0x80 } };	/* WHEN_MAX + 1 */
	uint8_t signature[4 + 72];
	struct buf b;
	bool good[2];

	buf_init(&b, NOTE_MAX);
	for (size_t i = 0; i < 4; i++) {
		struct buf m;

		/* With a true signature over that time: only the time is wrong. */
		buf_init(&m, 1024);
		OK(buf_printf(&m, &last, "cosignature/v1\ntime %llu\n%s",
		    i == 0 ? 0ULL : i == 1 ? 0xFFULL << 56 : i == 2 ? 0x80ULL << 56 :
		    (unsigned long long)WHEN_MAX + 1, NOTE_TEXT));
		memcpy(signature, keys[1].id, 4);
		memcpy(signature + 4, times[i], 8);
		OK(key_sign_ed25519(witness_key, buf_span(&m), signature + 12, &last));
		buf_reset(&b);
		OK(buf_add_text(&b, NOTE_TEXT "\n" NOTE_LOG_LINE
		    "\xE2\x80\x94 witness.example/w1 ", &last));
		OK(base64_encode(&b, span_of(signature, sizeof signature), true, &last));
		OK(buf_add_byte(&b, '\n', &last));
		REFUSED(verified(buf_span(&b), good, NULL), ERR_UNPROVEN,
		    "note.signature");
		buf_clear(&m);
	}
	buf_clear(&b);
}

/* ---- merging ---- */

static void
two_notes_of_one_text_become_one_with_all_signatures(void **state)
{
	static const char ml[] = "\xE2\x80\x94 quantum AAAAAAA=\n";
	static const char cosigned[] = NOTE_TEXT "\n" NOTE_WITNESS_LINE;
	static const char plain[] = NOTE_TEXT "\n" NOTE_LOG_LINE;
	char more[2048];
	struct buf b;

	buf_init(&b, NOTE_MAX);
	OK(note_merge(span_text(plain), span_text(cosigned), &b, &last));
	assert_true(span_is(buf_span(&b), NOTE_WHOLE));
	buf_reset(&b);
	OK(note_merge(span_text(NOTE_WHOLE), span_text(NOTE_WHOLE), &b, &last));
	assert_true(span_is(buf_span(&b), NOTE_WHOLE));
	/* A line of a key that nobody here can judge is carried along. */
	(void)snprintf(more, sizeof more, "%s\n%s%s", NOTE_TEXT, ml, NOTE_LOG_LINE);
	buf_reset(&b);
	OK(note_merge(span_text(NOTE_WHOLE), span_text(more), &b, &last));
	(void)snprintf(more, sizeof more, "%s%s", NOTE_WHOLE, ml);
	assert_true(span_is(buf_span(&b), more));
	buf_clear(&b);
}

static void
of_two_cosignatures_of_one_key_the_later_is_kept(void **state)
{
	struct span text = span_text(NOTE_TEXT);
	struct buf later, merged;

	buf_init(&later, NOTE_MAX);
	buf_init(&merged, NOTE_MAX);
	OK(buf_add_text(&later, NOTE_TEXT "\n" NOTE_LOG_LINE, &last));
	OK(note_cosign(witness_key, &keys[1], text, NOTE_TIME + 1, &later, &last));
	OK(note_merge(span_text(NOTE_WHOLE), buf_span(&later), &merged, &last));
	assert_true(span_eq(buf_span(&merged), buf_span(&later)));
	buf_reset(&merged);
	OK(note_merge(buf_span(&later), span_text(NOTE_WHOLE), &merged, &last));
	assert_true(span_eq(buf_span(&merged), buf_span(&later)));
	buf_clear(&later);
	buf_clear(&merged);
}

static void
what_cannot_be_merged_leaves_the_buffer_as_it_was(void **state)
{
	static const char other[] = "x\n\n\xE2\x80\x94 a AAAAAAA=\n";
	struct buf many, out;

	buf_init(&many, NOTE_MAX);
	buf_init(&out, NOTE_MAX);
	OK(buf_add_text(&out, "kept", &last));
	REFUSED(note_merge(span_text(NOTE_WHOLE), span_text(other), &out, &last),
	    ERR_CONFLICT, "note.text");
	REFUSED(note_merge(span_text("x"), span_text(other), &out, &last), ERR_INPUT,
	    "note.form");
	REFUSED(note_merge(span_text(other), span_text("x"), &out, &last), ERR_INPUT,
	    "note.form");
	OK(buf_add_text(&many, NOTE_TEXT "\n", &last));
	for (unsigned i = 0; i < NOTE_SIGNATURES_MAX - 1; i++)
		OK(buf_printf(&many, &last, "\xE2\x80\x94 other%u AAAAAAA=\n", i));
	REFUSED(note_merge(span_text(NOTE_WHOLE), buf_span(&many), &out, &last),
	    ERR_LIMIT, "note.lines");
	assert_true(span_is(buf_span(&out), "kept"));
	buf_clear(&many);
	buf_clear(&out);
}

/* ---- checkpoints ---- */

#define ROOT8 "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="
#define ROOT0 "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static void
a_checkpoint_has_three_lines_of_one_spelling(void **state)
{
	static const struct {
		const char *reason, *text;
	} wrong[] = {
		{ "checkpoint.form", "" },
		{ "checkpoint.form", "o\n8\n" },
		{ "checkpoint.form", "o\n8\n" ROOT8 },
		{ "checkpoint.form", "o\n8\n" ROOT8 "\nextension\n" },
		{ "checkpoint.form", "o\n8\n" ROOT8 "\n\n" },
		{ "checkpoint.form", "\n8\n" ROOT8 "\n" },
		{ "checkpoint.form", "o p\n8\n" ROOT8 "\n" },
		{ "checkpoint.form", "o+p\n8\n" ROOT8 "\n" },
		{ "checkpoint.form", "o\n\n" ROOT8 "\n" },
		{ "checkpoint.form", "o\n08\n" ROOT8 "\n" },
		{ "checkpoint.form", "o\n+8\n" ROOT8 "\n" },
		{ "checkpoint.form", "o\n-8\n" ROOT8 "\n" },
		{ "checkpoint.form", "o\n8 \n" ROOT8 "\n" },
		{ "checkpoint.form", "o\n0x8\n" ROOT8 "\n" },
		{ "checkpoint.form", "o\n4611686018427387905\n" ROOT8 "\n" },
		{ "checkpoint.form", "o\n18446744073709551624\n" ROOT8 "\n" },
		{ "checkpoint.form", "o\n8\n" ROOT8 "=\n" },
		{ "checkpoint.form", "o\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyh=\n" },
		{ "checkpoint.form", "o\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg\n" },
		{ "checkpoint.form", "o\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQ===\n" },
		{ "checkpoint.empty", "o\n0\n" ROOT8 "\n" },
	};
	struct checkpoint c;
	struct buf b;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		err_clear(&last);
		if (checkpoint_parse(span_text(wrong[i].text), &c, &last))
			fail_msg("read as a checkpoint: %s", wrong[i].text);
		assert_int_equal(last.kind, ERR_INPUT);
		assert_string_equal(last.reason, wrong[i].reason);
	}
	buf_init(&b, 1024);
	OK(checkpoint_parse(span_text("o\n4611686018427387904\n" ROOT8 "\n"), &c, &last));
	assert_true(c.size == MERKLE_SIZE_MAX);
	OK(checkpoint_text(&c, &b, &last));
	assert_true(span_is(buf_span(&b), "o\n4611686018427387904\n" ROOT8 "\n"));
	buf_reset(&b);
	OK(checkpoint_parse(span_text("o\n0\n" ROOT0 "\n"), &c, &last));
	OK(checkpoint_text(&c, &b, &last));
	assert_true(span_is(buf_span(&b), "o\n0\n" ROOT0 "\n"));
	buf_clear(&b);
}

static void
no_checkpoint_is_written_that_would_not_be_read(void **state)
{
	struct checkpoint c = { .origin = "o", .size = 0 };
	struct buf b;

	buf_init(&b, 1024);
	REFUSED(checkpoint_text(&c, &b, &last), ERR_INPUT, "checkpoint.empty");
	c.size = MERKLE_SIZE_MAX + 1;
	REFUSED(checkpoint_text(&c, &b, &last), ERR_USE, "checkpoint.form");
	c.size = 1;
	c.origin[0] = ' ';
	REFUSED(checkpoint_text(&c, &b, &last), ERR_USE, "checkpoint.form");
	assert_int_equal(b.n, 0);
	buf_clear(&b);
}

static void
a_checkpoint_is_opened_with_the_key_of_its_log_only(void **state)
{
	struct vkey another = vkey_of(witness_key, "node.example/ledger", NOTE_ED25519);
	struct vkey cosigner = vkey_of(log_key, "node.example/ledger", NOTE_COSIGNATURE);
	static const char by_witness[] = NOTE_TEXT "\n" NOTE_WITNESS_LINE;
	struct checkpoint c;
	struct buf b;

	REFUSED(checkpoint_open(span_text(NOTE_WHOLE), &keys[1], &c, &last), ERR_UNPROVEN,
	    "checkpoint.origin");
	REFUSED(checkpoint_open(span_text(NOTE_WHOLE), &another, &c, &last), ERR_UNPROVEN,
	    "checkpoint.unsigned");
	REFUSED(checkpoint_open(span_text(NOTE_WHOLE), &cosigner, &c, &last),
	    ERR_UNPROVEN, "checkpoint.unsigned");
	REFUSED(checkpoint_open(span_text(by_witness), &keys[0], &c, &last), ERR_UNPROVEN,
	    "checkpoint.unsigned");
	OK(checkpoint_peek(span_text(by_witness), &c, &last));
	assert_string_equal(c.origin, "node.example/ledger");
	/* A cosignature that holds, under the name of the log, is no signature of it. */
	buf_init(&b, NOTE_MAX);
	OK(buf_add_text(&b, NOTE_TEXT "\n", &last));
	OK(note_cosign(log_key, &cosigner, span_text(NOTE_TEXT), NOTE_TIME, &b, &last));
	REFUSED(checkpoint_open(buf_span(&b), &cosigner, &c, &last), ERR_UNPROVEN,
	    "checkpoint.unsigned");
	buf_clear(&b);
}

static void
only_names_of_ours_say_a_state(void **state)
{
	static const struct {
		const char *name, *state;
	} names[] = {
		{ "comity-ledger/XA-MZXW6YTBOIMZXW6Y/1", "XA" },
		{ "comity-ledger/XB-MZXW6YTBOIMZXW6Y/4294967295", "XB" },
		{ "comity-witness/XC-MZXW6YTBOIMZXW6Y", "XC" },
		{ "comity-ledger/XA-MZXW6YTBOIMZXW6Y", "" },
		{ "comity-ledger/XA-MZXW6YTBOIMZXW6Y/", "" },
		{ "comity-ledger/XA-MZXW6YTBOIMZXW6Y/0", "" },
		{ "comity-ledger/XA-MZXW6YTBOIMZXW6Y/01", "" },
		{ "comity-ledger/XA-MZXW6YTBOIMZXW6Y/4294967296", "" },
		{ "comity-ledger/XA-MZXW6YTBOIMZXW6Y/1/2", "" },
		{ "comity-witness/XA-MZXW6YTBOIMZXW6Y/1", "" },
		{ "comity-witness/XA-MZXW6YTBOIMZXW6", "" },
		{ "comity-witness/XA-MZXW6YTBOIMZXW6YY", "" },
		{ "comity-witness/xa-MZXW6YTBOIMZXW6Y", "" },
		{ "comity-witness/", "" },
		{ "x/comity-witness/XA-MZXW6YTBOIMZXW6Y", "" },
		{ "witness.example/w1", "" },
		{ "", "" },
	};
	char state_of[3];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		note_state(names[i].name, state_of);
		if (strcmp(state_of, names[i].state) != 0)
			fail_msg("%s: %s", names[i].name, state_of);
	}
	assert_string_equal(log_origin("XA-MZXW6YTBOIMZXW6Y", 1).s, names[0].name);
	assert_string_equal(log_origin("XB-MZXW6YTBOIMZXW6Y", UINT32_MAX).s,
	    names[1].name);
	assert_string_equal(witness_name("XC-MZXW6YTBOIMZXW6Y").s, names[2].name);
}

/* ---- no memory ---- */

static bool
everything(struct buf *out, struct err *err)
{
	struct span text = span_text(NOTE_TEXT), whole = span_text(NOTE_WHOLE);
	struct checkpoint c;
	bool good[2];
	struct note n;
	bool ok;

	ok = note_parse(whole, &n, err) && note_verify(&n, keys, 2, good, NULL, err);
	note_clear(&n);
	return ok && checkpoint_open(whole, &keys[0], &c, err) &&
	    checkpoint_text(&c, out, err) && buf_add_byte(out, '\n', err) &&
	    note_sign(log_key, &keys[0], text, out, err) &&
	    note_cosign(witness_key, &keys[1], text, NOTE_TIME, out, err) &&
	    note_merge(whole, whole, out, err);
}

static void
no_memory_is_an_error_and_no_verdict(void **state)
{
	struct buf out;
	uint64_t n = 1;
	bool ok = false;

	for (; !ok && n < 200; n++) {
		buf_init(&out, NOTE_MAX);
		mem_fail(n, false);
		err_clear(&last);
		ok = everything(&out, &last);
		mem_fail(0, false);
		if (ok)
			assert_true(span_is(buf_span(&out), NOTE_WHOLE NOTE_WHOLE));
		else
			assert_int_equal(last.kind, ERR_MEMORY);
		buf_clear(&out);
	}
	assert_true(ok && n > 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_known_note_is_made_byte_for_byte),
		cmocka_unit_test(the_known_note_is_read_and_its_signatures_hold),
		cmocka_unit_test(no_flipped_bit_of_a_note_gives_another_statement),
		cmocka_unit_test(a_note_cut_anywhere_is_no_note_or_lacks_a_signature),
		cmocka_unit_test(a_note_has_one_spelling),
		cmocka_unit_test(the_last_empty_line_splits),
		cmocka_unit_test(sixty_four_signatures_are_read_and_one_more_is_not),
		cmocka_unit_test(a_note_of_128_kib_is_read_and_one_byte_more_is_not),
		cmocka_unit_test(a_signature_of_2500_bytes_is_carried_and_one_more_is_not),
		cmocka_unit_test(a_name_of_200_bytes_is_one_and_of_201_is_none),
		cmocka_unit_test(a_verifier_key_has_one_spelling),
		cmocka_unit_test(no_flipped_bit_of_a_verifier_key_gives_another_key),
		cmocka_unit_test(lines_of_other_keys_are_passed_over),
		cmocka_unit_test(a_bad_signature_of_a_known_key_refuses_the_whole_note),
		cmocka_unit_test(
		    a_cosignature_is_no_signature_of_a_log_nor_the_other_way_round),
		cmocka_unit_test(a_witness_signs_only_checkpoints_at_a_time),
		cmocka_unit_test(a_time_that_nobody_can_mean_proves_nothing),
		cmocka_unit_test(two_notes_of_one_text_become_one_with_all_signatures),
		cmocka_unit_test(of_two_cosignatures_of_one_key_the_later_is_kept),
		cmocka_unit_test(what_cannot_be_merged_leaves_the_buffer_as_it_was),
		cmocka_unit_test(a_checkpoint_has_three_lines_of_one_spelling),
		cmocka_unit_test(no_checkpoint_is_written_that_would_not_be_read),
		cmocka_unit_test(a_checkpoint_is_opened_with_the_key_of_its_log_only),
		cmocka_unit_test(only_names_of_ours_say_a_state),
		cmocka_unit_test(no_memory_is_an_error_and_no_verdict),
	};

	return cmocka_run_group_tests_name("note", tests, start, end);
}
