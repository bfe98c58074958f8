/* Custody: what a chain of hand-overs proves, and everything that it does not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ledger/custody_kit.h"

static struct err last;

#define OK(call) do { \
	if (!(call)) \
		fail_msg("%s: %s: %s", #call, last.reason, last.text); \
} while (0)

struct scene {
	struct kit kit;
	struct custody custody;
	struct quorum *two;		/* any two States */
	struct buf policy;
};

static struct quorum *
quorum_of(const struct kit *k, const char *of)
{
	struct quorum *q = NULL;
	struct buf b;

	buf_init(&b, QUORUM_FILE_MAX);
	kit_policy(k, of, &b);
	OK(quorum_read(buf_span(&b), &q, &last));
	buf_clear(&b);
	return q;
}

static int
scene_new(void **state)
{
	struct scene *s = calloc(1, sizeof *s);

	kit_init(&s->kit);
	kit_custody(&s->kit, &s->custody);
	s->two = quorum_of(&s->kit, "2");
	*state = s;
	return 0;
}

static int
scene_free(void **state)
{
	struct scene *s = *state;

	custody_clear(&s->custody);
	quorum_free(s->two);
	kit_clear(&s->kit);
	free(s);
	return 0;
}

static void
judge(struct custody *c, const struct quorum *q)
{
	OK(custody_judge(c, q, &last));
	assert_true(c->why[0] != '\0');
	for (size_t i = 0; i < c->n; i++) {
		const struct custody_link *l = &c->links[i];

		assert_true(l->why[0] != '\0');
		assert_true(l->standing >= CUSTODY_PROVEN && l->standing <= CUSTODY_BROKEN);
		if (l->standing != CUSTODY_PROVEN)
			assert_int_equal(l->proven_at, 0);
	}
}

static void
expect(const struct custody_link *l, enum custody_standing standing, const char *words)
{
	if (l->standing != standing || strstr(l->why, words) == NULL)
		fail_msg("%s: %s; expected %s: %s", custody_standing_name(l->standing),
		    l->why, custody_standing_name(standing), words);
}

static void
as_text(const struct custody *c, struct buf *out)
{
	buf_init(out, CUSTODY_FILE_MAX);
	OK(custody_write(c, out, &last));
}

/* A copy that shares nothing. */
static void
copy(const struct custody *c, struct custody *out)
{
	struct buf b;

	as_text(c, &b);
	OK(custody_read(buf_span(&b), out, &last));
	buf_clear(&b);
}

/* ---- what holds ---- */

static void
a_hand_over_cosigned_by_two_states_is_proven(void **state)
{
	struct scene *s = *state;
	struct custody *c = &s->custody;

	judge(c, s->two);
	for (size_t i = 0; i < 3; i++) {
		expect(&c->links[i], CUSTODY_PROVEN, "cosigned by");
		assert_int_equal(c->links[i].witnesses, 2);
	}
	assert_string_equal(c->links[0].states, "XA XC");
	assert_string_equal(c->links[2].states, "XB XC");
	/* The second witness came a second after the first. */
	assert_int_equal(c->links[0].proven_at, KIT_NOW + 87001);
	assert_int_equal(c->standing, CUSTODY_PROVEN);
	assert_non_null(strstr(c->why, "3 of 3"));
}

static void
what_is_written_is_read_again_to_the_byte(void **state)
{
	struct scene *s = *state;
	struct custody again;
	struct buf a, b;

	as_text(&s->custody, &a);
	OK(custody_read(buf_span(&a), &again, &last));
	as_text(&again, &b);
	assert_true(span_eq(buf_span(&a), buf_span(&b)));
	judge(&again, s->two);
	assert_int_equal(again.standing, CUSTODY_PROVEN);
	buf_clear(&a);
	buf_clear(&b);
	custody_clear(&again);
}

static void
without_a_policy_nobody_is_believed(void **state)
{
	struct scene *s = *state;

	judge(&s->custody, NULL);
	for (size_t i = 0; i < 3; i++)
		expect(&s->custody.links[i], CUSTODY_CLAIMED, "policy");
	assert_int_equal(s->custody.standing, CUSTODY_CLAIMED);
}

static void
a_link_without_a_proof_is_told_and_claimed(void **state)
{
	struct scene *s = *state;
	struct custody_link *l = &s->custody.links[1];

	buf_clear(&l->proofs[0]);
	l->proofs_n = 0;
	judge(&s->custody, s->two);
	expect(l, CUSTODY_CLAIMED, "no proof");
	assert_int_equal(s->custody.links[0].standing, CUSTODY_PROVEN);
	assert_int_equal(s->custody.standing, CUSTODY_CLAIMED);
}

static void
two_witnesses_of_one_state_count_once(void **state)
{
	struct scene *s = *state;
	const struct kit_signer *by[] = { &s->kit.wc, &s->kit.wc2 };
	struct custody_link *l = &s->custody.links[0];

	buf_clear(&l->proofs[0]);
	l->proofs_n = 0;
	kit_prove(l, &s->kit.b, 3, by, 2, KIT_NOW + 87000);
	judge(&s->custody, s->two);
	expect(l, CUSTODY_CLAIMED, "not enough");
	assert_int_equal(l->witnesses, 1);
	assert_string_equal(l->states, "XC");
}

static void
a_witness_of_the_state_whose_log_it_is_does_not_count(void **state)
{
	struct scene *s = *state;
	const struct kit_signer *by[] = { &s->kit.wb, &s->kit.wc };
	struct custody_link *l = &s->custody.links[0];

	buf_clear(&l->proofs[0]);
	l->proofs_n = 0;
	kit_prove(l, &s->kit.b, 3, by, 2, KIT_NOW + 87000);
	judge(&s->custody, s->two);
	expect(l, CUSTODY_CLAIMED, "not enough");
	assert_string_equal(l->states, "XC");
}

static void
proofs_of_several_checkpoints_fill_the_quorum_together(void **state)
{
	struct scene *s = *state;
	const struct kit_signer *a[] = { &s->kit.wa }, *c[] = { &s->kit.wc };
	struct custody_link *l = &s->custody.links[0];
	uint8_t more[LEAF_BYTES] = { 0, 1, 0x55 };

	buf_clear(&l->proofs[0]);
	l->proofs_n = 0;
	kit_prove(l, &s->kit.b, 3, a, 1, KIT_NOW + 87000);
	judge(&s->custody, s->two);
	expect(l, CUSTODY_CLAIMED, "not enough");
	for (uint8_t i = 0; i < 7; i++) {
		more[3] = i;
		kit_leaf_add(&s->kit.b, more);
	}
	kit_prove(l, &s->kit.b, 3, c, 1, KIT_NOW + 99000);
	judge(&s->custody, s->two);
	expect(l, CUSTODY_PROVEN, "XA XC");
	assert_int_equal(l->proven_at, KIT_NOW + 99000);
	assert_int_equal(s->custody.standing, CUSTODY_PROVEN);
}

static void
an_earlier_cosignature_of_the_same_witness_counts(void **state)
{
	struct scene *s = *state;
	const struct kit_signer *by[] = { &s->kit.wa, &s->kit.wc };
	struct custody_link *l = &s->custody.links[0];
	uint8_t more[LEAF_BYTES] = { 0, 1, 0x55 };

	kit_leaf_add(&s->kit.b, more);
	kit_prove(l, &s->kit.b, 3, by, 2, KIT_NOW + 187000);
	judge(&s->custody, s->two);
	expect(l, CUSTODY_PROVEN, "XA XC");
	assert_int_equal(l->proven_at, KIT_NOW + 87001);
}

static void
a_log_that_the_policy_does_not_name_proves_nothing(void **state)
{
	struct scene *s = *state;
	struct quorum *q = NULL;
	struct buf b, less;
	const char *text, *at;

	buf_init(&b, QUORUM_FILE_MAX);
	buf_init(&less, QUORUM_FILE_MAX);
	kit_policy(&s->kit, "2", &b);
	OK(buf_text(&b, &text, &last));
	at = strstr(text, "log comity-ledger/XB");
	assert_non_null(at);
	OK(buf_add(&less, span_of(text, (size_t)(at - text)), &last));
	OK(buf_add_text(&less, strchr(at, '\n') + 1, &last));
	OK(quorum_read(buf_span(&less), &q, &last));
	judge(&s->custody, q);
	expect(&s->custody.links[0], CUSTODY_CLAIMED, "does not name the log");
	expect(&s->custody.links[2], CUSTODY_PROVEN, "");
	quorum_free(q);
	buf_clear(&b);
	buf_clear(&less);
}

/* ---- what lacks ---- */

static void
receiving_that_was_dropped_is_missed(void **state)
{
	struct scene *s = *state;

	custody_drop(&s->custody, 2);
	judge(&s->custody, s->two);
	assert_int_equal(s->custody.standing, CUSTODY_CLAIMED);
	assert_non_null(strstr(s->custody.why, "that " KIT_XA " received"));
}

static void
making_that_was_dropped_is_missed(void **state)
{
	struct scene *s = *state;

	custody_drop(&s->custody, 0);
	judge(&s->custody, s->two);
	assert_int_equal(s->custody.standing, CUSTODY_CLAIMED);
	assert_non_null(strstr(s->custody.why, "lacks the sender's own record"));
}

static void
a_file_without_links_is_not_proven(void **state)
{
	struct scene *s = *state;

	while (s->custody.n > 0)
		custody_drop(&s->custody, 0);
	judge(&s->custody, s->two);
	assert_int_equal(s->custody.standing, CUSTODY_CLAIMED);
}

/* ---- what contradicts ---- */

static void
swapped(struct custody *c, size_t a, size_t b)
{
	struct custody_link x = c->links[a];

	c->links[a] = c->links[b];
	c->links[b] = x;
}

static void
swapped_links_are_broken(void **state)
{
	struct scene *s = *state;

	swapped(&s->custody, 0, 1);
	judge(&s->custody, s->two);
	expect(&s->custody.links[0], CUSTODY_BROKEN, "tells later");
	assert_int_equal(s->custody.standing, CUSTODY_BROKEN);
}

static void
swapped_links_are_broken_also_without_before(void **state)
{
	struct scene *s = *state;
	const struct kit_signer *by[] = { &s->kit.wb, &s->kit.wc };
	struct custody c;
	struct record r;
	size_t i[2];

	custody_init(&c);
	c.act = s->kit.act;
	c.package = s->kit.package;
	r = kit_record(&s->kit, EVENT_OPENED, KIT_XA, NULL, KIT_NOW + 90000);
	(void)kit_link(&c, &s->kit.a, &r, 1, &i[0]);
	r = kit_record(&s->kit, EVENT_EXPORTED, KIT_XA, NULL, KIT_NOW + 90000);
	(void)kit_link(&c, &s->kit.a, &r, 2, &i[1]);
	judge(&c, s->two);
	assert_int_equal(c.standing, CUSTODY_CLAIMED);
	swapped(&c, 0, 1);
	judge(&c, s->two);
	expect(&c.links[1], CUSTODY_CLAIMED, "does not fit link 1");
	assert_string_equal(c.links[1].reason, "contradicts");
	for (size_t k = 0; k < 2; k++)
		kit_prove(&c.links[1 - k], &s->kit.a, i[k], by, 2, KIT_NOW + 99000);
	judge(&c, s->two);
	expect(&c.links[1], CUSTODY_BROKEN, "has it before link 1");
	custody_clear(&c);
}

/* Another text for a link, with its salt, proofs and place as they were. */
static void
forge(struct custody *c, size_t at, const struct record *r)
{
	struct custody_link *l = &c->links[at];

	buf_reset(&l->bytes);
	OK(record_encode(r, &l->bytes, &last));
	l->record = *r;
}

static void
a_forged_record_is_broken(void **state)
{
	struct scene *s = *state;
	struct record r = s->custody.links[2].record;

	r.at -= 3600;
	forge(&s->custody, 2, &r);
	judge(&s->custody, s->two);
	expect(&s->custody.links[2], CUSTODY_BROKEN, "not at that place");
	assert_int_equal(s->custody.standing, CUSTODY_BROKEN);
	assert_non_null(strstr(s->custody.why, "1 of 3 links are broken; link 3"));
}

static void
a_record_of_another_act_or_package_is_broken(void **state)
{
	struct scene *s = *state;
	struct custody c;

	copy(&s->custody, &c);
	c.act.b[0] ^= 1;
	judge(&c, s->two);
	expect(&c.links[0], CUSTODY_BROKEN, "another act");
	c.act.b[0] ^= 1;
	c.package.b[31] ^= 1;
	judge(&c, s->two);
	expect(&c.links[0], CUSTODY_BROKEN, "another package");
	c.package.b[31] ^= 1;
	judge(&c, s->two);
	assert_int_equal(c.standing, CUSTODY_PROVEN);
	custody_clear(&c);
}

static void
a_proof_of_another_place_is_broken(void **state)
{
	struct scene *s = *state;
	struct custody_link *l = s->custody.links;
	struct buf x = l[0].proofs[0];

	l[0].proofs[0] = l[1].proofs[0];
	l[1].proofs[0] = x;
	judge(&s->custody, s->two);
	expect(&l[0], CUSTODY_BROKEN, "not at that place");
	expect(&l[1], CUSTODY_BROKEN, "not at that place");
}

static void
the_place_told_must_be_that_of_the_proof(void **state)
{
	struct scene *s = *state;
	struct custody_link *l = s->custody.links;

	l[1].index++;
	judge(&s->custody, s->two);
	expect(&l[1], CUSTODY_BROKEN, "another place");
	l[1].index--;
	(void)snprintf(l[1].origin, sizeof l[1].origin, "comity-ledger/" KIT_XB "/2");
	judge(&s->custody, s->two);
	expect(&l[1], CUSTODY_BROKEN, "another log");
}

static void
one_leaf_in_two_logs_is_broken(void **state)
{
	struct scene *s = *state;
	struct custody_link *l = &s->custody.links[0];
	const struct kit_signer *by[] = { &s->kit.wa, &s->kit.wc };
	struct kit_log other = { .n = 0 };
	uint8_t leaf[LEAF_BYTES];

	kit_signer_init(&other.signer, log_origin(KIT_XB, 2).s, NOTE_ED25519, 0xC0);
	OK(leaf_of(l->salt, buf_span(&l->bytes), leaf, &last));
	kit_leaf_add(&other, leaf);
	l->has_place = false;
	kit_prove(l, &other, 0, by, 2, KIT_NOW);
	judge(&s->custody, s->two);
	expect(l, CUSTODY_BROKEN, "different logs");
	kit_signer_clear(&other.signer);
}

static void
one_leaf_at_two_places_is_broken(void **state)
{
	struct scene *s = *state;
	struct custody_link *l = &s->custody.links[0];
	const struct kit_signer *by[] = { &s->kit.wa, &s->kit.wc };
	uint8_t leaf[LEAF_BYTES];

	OK(leaf_of(l->salt, buf_span(&l->bytes), leaf, &last));
	kit_leaf_add(&s->kit.b, leaf);
	l->has_place = false;
	kit_prove(l, &s->kit.b, s->kit.b.n - 1, by, 2, KIT_NOW + 99000);
	judge(&s->custody, s->two);
	expect(l, CUSTODY_BROKEN, "different places");
}

static void
a_hand_over_in_the_log_of_another_authority_is_broken(void **state)
{
	struct scene *s = *state;
	const struct kit_signer *by[] = { &s->kit.wa, &s->kit.wc };
	struct custody_link *l;
	struct record r;
	struct custody c;
	size_t i;

	custody_init(&c);
	c.act = s->kit.act;
	c.package = s->kit.package;
	r = kit_record(&s->kit, EVENT_RECEIVED, KIT_XA, KIT_XB, KIT_NOW + 86400);
	l = kit_link(&c, &s->kit.b, &r, 7, &i);
	judge(&c, s->two);
	expect(l, CUSTODY_BROKEN, "log of another authority");
	kit_prove(l, &s->kit.b, i, by, 2, KIT_NOW + 99000);
	judge(&c, s->two);
	expect(l, CUSTODY_BROKEN, "log of another authority");
	custody_clear(&c);
}

static void
files_that_differ_are_broken(void **state)
{
	struct scene *s = *state;
	const struct kit_signer *by[] = { &s->kit.wb, &s->kit.wc };
	struct custody_link *l;
	struct record r;
	size_t i;

	/* XA says, in its own log and cosigned, that it got other bytes. */
	custody_drop(&s->custody, 2);
	r = kit_record(&s->kit, EVENT_RECEIVED, KIT_XA, KIT_XB, KIT_NOW + 86400);
	r.files[0].sha256.b[0] ^= 1;
	l = kit_link(&s->custody, &s->kit.a, &r, 9, &i);
	kit_prove(l, &s->kit.a, i, by, 2, KIT_NOW + 99000);
	judge(&s->custody, s->two);
	expect(l, CUSTODY_BROKEN, "another length or fingerprint than link 1");
}

static void
a_link_told_twice_is_broken(void **state)
{
	struct scene *s = *state;
	struct custody_link *l = &s->custody.links[0], *again;

	again = custody_add(&s->custody, buf_span(&l->bytes), l->salt, &last);
	assert_non_null(again);
	judge(&s->custody, s->two);
	expect(again, CUSTODY_CLAIMED, "does not fit link 1");
	l = &s->custody.links[0];
	expect(l, CUSTODY_PROVEN, "");
	OK(custody_proof_add(again, buf_span(&l->proofs[0]), &last));
	judge(&s->custody, s->two);
	expect(again, CUSTODY_BROKEN, "told twice");
}

/* ---- what is only said ---- */

/* A copy of link `at` with other words and salt, at the end. */
static struct custody_link *
said(struct custody *c, size_t at, uint8_t salt, void (*change)(struct record *r))
{
	struct record *r = malloc(sizeof *r);
	uint8_t bytes[RECORD_SALT];
	struct custody_link *l;
	struct buf text;

	*r = c->links[at].record;
	change(r);
	memset(bytes, salt, sizeof bytes);
	buf_init(&text, RECORD_MAX);
	OK(record_encode(r, &text, &last));
	OK((l = custody_add(c, buf_span(&text), bytes, &last)) != NULL);
	buf_clear(&text);
	free(r);
	return l;
}

static void
other_files(struct record *r)
{
	r->files[0].sha256.b[0] ^= 1;
}

static void
to_front(struct custody *c)
{
	struct custody_link x = c->links[c->n - 1];

	memmove(&c->links[1], &c->links[0], (c->n - 1) * sizeof x);
	c->links[0] = x;
}

/* Anybody can copy a record and change a digest in it: before or behind what is proven. */
static void
words_without_a_proof_break_nothing_that_is_proven(void **state)
{
	struct scene *s = *state;
	struct custody *c = &s->custody;

	(void)said(c, 0, 0x51, other_files);
	for (int front = 0; front < 2; front++) {
		size_t at = front ? 0 : 3;

		judge(c, s->two);
		for (size_t i = 0; i < 4; i++)
			if (i != at)
				expect(&c->links[i], CUSTODY_PROVEN, "");
		expect(&c->links[at], CUSTODY_CLAIMED, "It is only said, and does not fit link");
		assert_string_equal(c->links[at].reason, "contradicts");
		assert_int_equal(c->standing, CUSTODY_CLAIMED);
		to_front(c);
	}
}

/* A tree of his own making, in the name of a log, with no signature of it or a stranger's. */
static void
a_made_up_tree_breaks_nothing_that_is_proven(void **state)
{
	struct scene *s = *state;
	const struct kit_signer *by[] = { &s->kit.wa, &s->kit.wc };
	struct custody *c = &s->custody;
	struct custody_link *l = said(c, 0, 0x52, other_files);
	struct kit_log made_up = { .n = 0 };
	uint8_t leaf[LEAF_BYTES], other[LEAF_BYTES] = { 0, 1, 0x66 };

	kit_signer_init(&made_up.signer, log_origin(KIT_XB, 1).s, NOTE_ED25519, 0xC9);
	for (size_t i = 0; i < s->kit.b.n; i++)
		kit_leaf_add(&made_up, other);
	OK(leaf_of(l->salt, buf_span(&l->bytes), leaf, &last));
	memcpy(made_up.leaf[1], leaf, LEAF_BYTES);
	kit_prove(l, &made_up, 1, by, 2, KIT_NOW + 87000);
	judge(c, s->two);
	for (size_t i = 0; i < 3; i++)
		expect(&c->links[i], CUSTODY_PROVEN, "");
	/* A proof that is false is a finding all the same, of that link alone. */
	expect(&c->links[3], CUSTODY_BROKEN, "signature");
	kit_signer_clear(&made_up.signer);
}

/* XB shows XC one log and XA another: each proof alone would hold. */
static void
two_histories_of_one_log_are_broken(void **state)
{
	struct scene *s = *state;
	const struct kit_signer *by[] = { &s->kit.wa, &s->kit.wc };
	uint8_t other[LEAF_BYTES] = { 0, 1, 0x99 }, saved[LEAF_BYTES];
	struct custody_link *l = s->custody.links;

	/* Another tree of the same size. */
	memcpy(saved, s->kit.b.leaf[0], LEAF_BYTES);
	memcpy(s->kit.b.leaf[0], other, LEAF_BYTES);
	buf_clear(&l[1].proofs[0]);
	l[1].proofs_n = 0;
	kit_prove(&l[1], &s->kit.b, l[1].index, by, 2, KIT_NOW + 87000);
	judge(&s->custody, s->two);
	expect(&l[0], CUSTODY_BROKEN, "two histories");
	expect(&l[1], CUSTODY_BROKEN, "two histories");
	expect(&l[2], CUSTODY_PROVEN, "");
	/* And of another size: the subtree they share gives it away. */
	kit_leaf_add(&s->kit.b, other);
	buf_clear(&l[1].proofs[0]);
	l[1].proofs_n = 0;
	kit_prove(&l[1], &s->kit.b, l[1].index, by, 2, KIT_NOW + 87000);
	judge(&s->custody, s->two);
	expect(&l[0], CUSTODY_BROKEN, "two histories");
	/* The same sizes of one history are fine. */
	memcpy(s->kit.b.leaf[0], saved, LEAF_BYTES);
	buf_clear(&l[1].proofs[0]);
	l[1].proofs_n = 0;
	kit_prove(&l[1], &s->kit.b, l[1].index, by, 2, KIT_NOW + 87000);
	judge(&s->custody, s->two);
	assert_int_equal(s->custody.standing, CUSTODY_PROVEN);
}

/* Every size and place: proofs of one history never contradict each other. */
static void
one_history_is_never_taken_for_two(void **state)
{
	const struct kit_signer *by[1];
	struct scene *s = *state;
	struct custody_link *l;
	struct custody c;
	struct record r;
	size_t index;

	by[0] = &s->kit.wc;
	custody_init(&c);
	c.act = s->kit.act;
	c.package = s->kit.package;
	s->kit.a.n = 0;
	for (uint8_t i = 0; i < 21; i++) {
		r = kit_record(&s->kit, EVENT_OPENED, KIT_XA, NULL, KIT_NOW + i);
		l = kit_link(&c, &s->kit.a, &r, i, &index);
		kit_prove(l, &s->kit.a, index, by, 1, KIT_NOW);
		/* All before it once more, while there is room. */
		for (size_t k = 0; k < index; k++)
			if (c.links[k].proofs_n < CUSTODY_PROOFS_MAX)
				kit_prove(&c.links[k], &s->kit.a, k, by, 1, KIT_NOW);
	}
	judge(&c, s->two);
	assert_int_equal(c.standing, CUSTODY_CLAIMED);
	custody_clear(&c);
}

static void
a_cosignature_that_does_not_hold_is_broken(void **state)
{
	struct scene *s = *state;
	struct custody_link *l = &s->custody.links[0];
	const char *text, *at;

	OK(buf_text(&l->proofs[0], &text, &last));
	at = strstr(text, "comity-witness/XC");
	assert_non_null(at);
	/* A digit of the time in it: 8 base64 digits are key id and its beginning. */
	at = strchr(at, ' ') + 1 + 14;
	l->proofs[0].p[at - text] = l->proofs[0].p[at - text] == 'A' ? 'B' : 'A';
	judge(&s->custody, s->two);
	expect(l, CUSTODY_BROKEN, "signature");
}

/*
 * Every bit of the file (one of each byte; all with COMITY_LONG=1): refused, or not one
 * link is proven that was not, and none whose own words changed.
 */
static void
no_flipped_bit_proves_anything_new(void **state)
{
	struct scene *s = *state;
	const char *longer = getenv("COMITY_LONG");
	size_t refused = 0, standing[3] = { 0 }, n = 0;
	/* 9: each byte, each time another bit. */
	size_t step = longer != NULL && longer[0] == '1' ? 1 : 9;
	struct custody c;
	struct buf b;

	custody_drop(&s->custody, 1);
	as_text(&s->custody, &b);
	for (size_t bit = 0; bit < 8 * b.n; bit += step) {
		n++;
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (!custody_read(buf_span(&b), &c, &last)) {
			assert_true(last.kind == ERR_INPUT || last.kind == ERR_LIMIT);
			refused++;
		} else {
			judge(&c, s->two);
			standing[c.standing]++;
			assert_int_equal(c.n, 2);
			for (size_t i = 0; i < c.n; i++)
				if (c.links[i].standing == CUSTODY_PROVEN)
					assert_true(span_eq(buf_span(&c.links[i].bytes),
					    buf_span(&s->custody.links[i].bytes)));
			custody_clear(&c);
		}
		b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	/* as_of is a word of the file that nothing rests on: the rest is not proven. */
	(void)printf("%zu flips: %zu refused, %zu broken, %zu claimed, %zu proven\n",
	    n, refused, standing[CUSTODY_BROKEN], standing[CUSTODY_CLAIMED],
	    standing[CUSTODY_PROVEN]);
	assert_true(standing[CUSTODY_PROVEN] <= 8 * 10);
	assert_true(standing[CUSTODY_BROKEN] > 0);
	buf_clear(&b);
}

/* ---- reading ---- */

static void
refuse(const char *json, const char *reason)
{
	struct custody c;

	err_clear(&last);
	assert_false(custody_read(span_text(json), &c, &last));
	if (strcmp(last.reason, reason) != 0)
		fail_msg("%s: %s (%s)", json, last.reason, last.text);
}

#define H64 "1111111111111111111111111111111111111111111111111111111111111111"
#define HEAD "{\"schema\":\"comity.custody/1\",\"act\":\"" H64 "\",\"package\":\"" \
	H64 "\",\"as_of\":5,"

static void
what_is_no_custody_file_is_refused(void **state)
{
	struct custody c;

	(void)state;
	refuse("", "json.syntax");
	refuse("{}", "json.member");
	refuse("{\"schema\":\"comity.custody/2\"}", "custody.schema");
	refuse(HEAD "\"links\":[],\"more\":1}", "json.unknown");
	refuse(HEAD "\"links\":[] }", "custody.spelling");
	refuse(HEAD "\"links\":[]}\n", "custody.spelling");
	refuse(HEAD "\"links\":[{\"record\":\"{}\",\"salt\":\"" H64
	    "\",\"proofs\":[],\"place\":null}]}", "json.member");
	OK(custody_read(span_text(HEAD "\"links\":[]}"), &c, &last));
	assert_int_equal(c.as_of, 5);
	custody_clear(&c);
}

static void
limits_hold_at_the_limit_and_one_more(void **state)
{
	struct scene *s = *state;
	struct custody c;
	struct buf b, proof;
	size_t i;

	custody_init(&c);
	c.act = s->kit.act;
	c.package = s->kit.package;
	for (unsigned n = 0; n < CUSTODY_LINKS_MAX; n++) {
		struct record r = kit_record(&s->kit, EVENT_OPENED, KIT_XA, NULL,
		    KIT_NOW + n);

		s->kit.a.n = 0;
		(void)kit_link(&c, &s->kit.a, &r, 1, &i);
		c.links[n].has_place = false;
	}
	assert_null(custody_add(&c, buf_span(&c.links[0].bytes), c.links[0].salt, &last));
	assert_string_equal(last.reason, "custody.links");
	buf_init(&proof, PROOF_MAX);
	OK(buf_add_text(&proof, "x", &last));
	for (i = 0; i < CUSTODY_PROOFS_MAX; i++)
		OK(custody_proof_add(&c.links[0], buf_span(&proof), &last));
	assert_false(custody_proof_add(&c.links[0], buf_span(&proof), &last));
	assert_string_equal(last.reason, "custody.proofs");
	as_text(&c, &b);
	custody_clear(&c);
	OK(custody_read(buf_span(&b), &c, &last));
	assert_int_equal(c.n, CUSTODY_LINKS_MAX);
	assert_int_equal(c.links[0].proofs_n, CUSTODY_PROOFS_MAX);
	judge(&c, s->two);
	expect(&c.links[0], CUSTODY_BROKEN, "cannot be read");
	buf_clear(&b);
	buf_clear(&proof);
	custody_clear(&c);
}

static void
a_file_over_its_size_is_not_written(void **state)
{
	struct scene *s = *state;
	char *big = malloc(PROOF_MAX);
	struct custody *c = &s->custody;
	struct buf b;
	bool ok = true;

	memset(big, 'x', PROOF_MAX);
	for (unsigned n = 0; n < 9; n++) {
		struct record r = kit_record(&s->kit, EVENT_OPENED, KIT_XA, NULL,
		    KIT_NOW + 90000 + n);
		size_t i;

		(void)kit_link(c, &s->kit.a, &r, 1, &i);
		for (i = 0; ok && i < CUSTODY_PROOFS_MAX; i++)
			ok = custody_proof_add(&c->links[c->n - 1],
			    span_of(big, PROOF_MAX), &last);
	}
	OK(ok);
	buf_init(&b, 2u * CUSTODY_FILE_MAX);
	OK(buf_add_text(&b, "kept", &last));
	assert_false(custody_write(c, &b, &last));
	assert_string_equal(last.reason, "custody.size");
	assert_int_equal(b.n, 4);
	assert_false(custody_proof_add(&c->links[0], span_of(big, PROOF_MAX + 1u), &last));
	buf_clear(&b);
	free(big);
}

static void
running_out_of_memory_is_no_verdict(void **state)
{
	struct scene *s = *state;
	struct custody c;
	uint64_t n;
	struct buf b;

	as_text(&s->custody, &b);
	for (n = 1; n < 2000; n++) {
		bool read, judged = false;

		err_clear(&last);
		mem_fail(n, true);
		read = custody_read(buf_span(&b), &c, &last);
		if (read)
			judged = custody_judge(&c, s->two, &last);
		mem_fail(0, false);
		if (read)
			custody_clear(&c);
		if (judged)
			break;
		assert_int_equal(last.kind, ERR_MEMORY);
	}
	assert_true(n > 10 && n < 2000);
	buf_clear(&b);
}

/* ---- for others ---- */

/*
 * What tests/vectors/custody holds is what is made here.  COMITY_VECTORS_WRITE=DIR
 * writes them anew.
 */
static void
vector(const char *name, struct span bytes)
{
	const char *to = getenv("COMITY_VECTORS_WRITE");
	char path[600], *got;
	size_t n;
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", to != NULL ? to : VECTORS_DIR, name);
	f = fopen(path, to != NULL ? "wb" : "rb");
	if (f == NULL)
		fail_msg("%s cannot be opened", path);
	if (to != NULL) {
		assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
	} else {
		got = malloc(bytes.n + 2);
		n = fread(got, 1, bytes.n + 1, f);
		if (!span_eq(span_of(got, n), bytes))
			fail_msg("%s is not what is made now", path);
		free(got);
	}
	(void)fclose(f);
}

static void
vector_custody(const char *name, const struct custody *c)
{
	struct buf b;

	as_text(c, &b);
	vector(name, buf_span(&b));
	buf_clear(&b);
}

static void
vectors_are_what_is_made_here(void **state)
{
	struct scene *s = *state;
	struct custody *c = &s->custody;
	struct custody_link *l = &c->links[2];
	char salt[2 * RECORD_SALT + 2];
	struct record r;
	struct buf b;

	buf_init(&b, QUORUM_FILE_MAX);
	kit_policy(&s->kit, "2", &b);
	vector("policy", buf_span(&b));
	buf_reset(&b);
	kit_policy(&s->kit, "3", &b);
	vector("policy-three", buf_span(&b));
	buf_clear(&b);
	vector_custody("proven.json", c);
	vector("received.json", buf_span(&l->bytes));
	vector("received.tlog-proof", buf_span(&l->proofs[0]));
	for (size_t i = 0; i < RECORD_SALT; i++)
		(void)snprintf(salt + 2 * i, 3, "%02x", l->salt[i]);
	(void)snprintf(salt + sizeof salt - 2, 2, "\n");
	vector("received.salt", span_of(salt, sizeof salt - 1));
	r = l->record;
	r.at -= 3600;
	forge(c, 2, &r);
	vector_custody("forged.json", c);
	r.at += 3600;
	forge(c, 2, &r);
	swapped(c, 0, 1);
	vector_custody("swapped.json", c);
	swapped(c, 0, 1);
	custody_drop(c, 2);
	vector_custody("not-received.json", c);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, scene_new, scene_free)
	const struct CMUnitTest tests[] = {
		TEST(a_hand_over_cosigned_by_two_states_is_proven),
		TEST(what_is_written_is_read_again_to_the_byte),
		TEST(without_a_policy_nobody_is_believed),
		TEST(a_link_without_a_proof_is_told_and_claimed),
		TEST(two_witnesses_of_one_state_count_once),
		TEST(a_witness_of_the_state_whose_log_it_is_does_not_count),
		TEST(proofs_of_several_checkpoints_fill_the_quorum_together),
		TEST(an_earlier_cosignature_of_the_same_witness_counts),
		TEST(a_log_that_the_policy_does_not_name_proves_nothing),
		TEST(receiving_that_was_dropped_is_missed),
		TEST(making_that_was_dropped_is_missed),
		TEST(a_file_without_links_is_not_proven),
		TEST(swapped_links_are_broken),
		TEST(swapped_links_are_broken_also_without_before),
		TEST(a_forged_record_is_broken),
		TEST(a_record_of_another_act_or_package_is_broken),
		TEST(a_proof_of_another_place_is_broken),
		TEST(the_place_told_must_be_that_of_the_proof),
		TEST(one_leaf_in_two_logs_is_broken),
		TEST(one_leaf_at_two_places_is_broken),
		TEST(a_hand_over_in_the_log_of_another_authority_is_broken),
		TEST(files_that_differ_are_broken),
		TEST(a_link_told_twice_is_broken),
		TEST(words_without_a_proof_break_nothing_that_is_proven),
		TEST(a_made_up_tree_breaks_nothing_that_is_proven),
		TEST(two_histories_of_one_log_are_broken),
		TEST(one_history_is_never_taken_for_two),
		TEST(a_cosignature_that_does_not_hold_is_broken),
		TEST(no_flipped_bit_proves_anything_new),
		TEST(what_is_no_custody_file_is_refused),
		TEST(limits_hold_at_the_limit_and_one_more),
		TEST(a_file_over_its_size_is_not_written),
		TEST(running_out_of_memory_is_no_verdict),
		TEST(vectors_are_what_is_made_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
