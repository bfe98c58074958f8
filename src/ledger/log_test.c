/*
 * The log of a node: records become leaves, checkpoints are signed once and for all, and
 * whatever the disk does, no two trees of one size are ever signed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ledger/log.h"
#include "ledger/log_internal.h"

static struct err last;

#define OK(call) do { \
	if (!(call)) \
		fail_msg("%s: %s: %s", #call, last.reason, last.text); \
} while (0)

#define FAILS(call, want_kind, want_reason) do { \
	last = (struct err)ERR_INIT; \
	assert_false(call); \
	if (strcmp(last.reason, want_reason) != 0 || last.kind != want_kind) \
		fail_msg("%s: wanted %s, got %s: %s", #call, want_reason, \
		    last.reason, last.text); \
} while (0)

struct node {
	struct world *w;
	struct dir *home;
	struct log *l;
	uint64_t first;
};

static struct node
node_new(uint64_t seed)
{
	struct world_sim_options opt = { .seed = seed, .now = 1795000000 };
	struct node n = { NULL, NULL, NULL, 0 };

	OK(world_sim(&n.w, opt, &last));
	return n;
}

static bool
node_open(struct node *n)
{
	return dir_open(n->w, NULL, "/", &n->home, &last) &&
	    log_open(n->w, n->home, n->first, &n->l, &last);
}

static void
node_close(struct node *n)
{
	log_close(n->l);
	dir_close(n->home);
	n->l = NULL;
	n->home = NULL;
}

static void
node_free(struct node *n)
{
	node_close(n);
	world_free(n->w);
}

static bool
append(struct node *n, size_t count, uint64_t *index)
{
	char texts[300][24];
	struct span spans[300];

	assert_true(count <= 300);
	for (size_t i = 0; i < count; i++) {
		(void)snprintf(texts[i], sizeof texts[i], "{\"n\":%llu}",
		    (unsigned long long)(journal_count(log_journal(n->l)) + i));
		spans[i] = span_text(texts[i]);
	}
	return log_append(n->l, spans, count, index, &last);
}

static void
add(struct node *n, uint64_t count)
{
	uint64_t index = 0, before = log_size(n->l);

	while (count > 0) {
		uint64_t now = count < 300 ? count : 300;

		OK(append(n, (size_t)now, &index));
		assert_int_equal(index, before);
		before += now;
		count -= now;
	}
	assert_int_equal(log_size(n->l), before);
}

struct straight {
	struct hasher *h;
	struct merkle_edge edge;
	uint64_t first;
};

static bool
straight_add(void *arg, const struct journal_entry *e, struct err *err)
{
	struct straight *s = arg;
	uint8_t leaf[LEAF_BYTES];
	struct digest d;

	return e->number < s->first || (journal_leaf(e, leaf, err) &&
	    merkle_leaf(s->h, span_of(leaf, sizeof leaf), &d, err) &&
	    merkle_edge_add(s->h, &s->edge, &d, err));
}

/* The root that the journal alone gives. */
static struct digest
root_of_journal(struct node *n)
{
	struct straight s = { .first = n->first };
	struct digest root;

	OK(hasher_new(&s.h, &last));
	OK(journal_each(log_journal(n->l), 0, straight_add, &s, &last));
	OK(merkle_edge_root(s.h, &s.edge, &root, &last));
	hasher_free(s.h);
	return root;
}

static void
root_holds(struct node *n)
{
	struct digest root, want = root_of_journal(n);

	OK(log_root(n->l, log_size(n->l), &root, &last));
	assert_true(digest_eq(&root, &want));
}

static void
records_become_leaves_in_order(void **state)
{
	struct node n = node_new(1);
	uint8_t leaf[LEAF_BYTES], want[LEAF_BYTES], salt[RECORD_SALT];
	uint64_t at = 0, index = 0;
	struct buf b;

	(void)state;
	buf_init(&b, RECORD_MAX);
	OK(node_open(&n));
	assert_int_equal(log_size(n.l), 0);
	add(&n, 700);
	root_holds(&n);
	for (uint64_t i = 0; i < 700; i += 13) {
		OK(log_offset(n.l, i, &at, &last));
		OK(log_index(n.l, at, &index, &last));
		assert_int_equal(index, i);
		buf_reset(&b);
		OK(journal_read(log_journal(n.l), at, &b, salt, &last));
		OK(leaf_of(salt, buf_span(&b), want, &last));
		OK(log_leaf(n.l, i, leaf, &last));
		assert_memory_equal(leaf, want, LEAF_BYTES);
		FAILS(log_index(n.l, at + 1, &index, &last), ERR_ABSENT,
		    "journal.absent");
	}
	FAILS(log_offset(n.l, 700, &at, &last), ERR_USE, "merkle.range");
	FAILS(log_leaf(n.l, 700, leaf, &last), ERR_USE, "merkle.range");
	FAILS(log_index(n.l, 0, &index, &last), ERR_ABSENT, "journal.absent");
	FAILS(log_index(n.l, UINT64_MAX, &index, &last), ERR_ABSENT, "journal.absent");
	buf_clear(&b);
	node_free(&n);
}

static void
it_opens_again_with_the_same_tree(void **state)
{
	struct node n = node_new(2);

	(void)state;
	for (uint64_t size = 0; size < 5000; size += 831) {
		OK(node_open(&n));
		assert_int_equal(log_size(n.l), size);
		root_holds(&n);
		add(&n, 831);
		root_holds(&n);
		OK(world_sim_crash(n.w, SIM_CRASH_KEEP_NONE, 0, &last));
		node_close(&n);
	}
	node_free(&n);
}

/* ---- checkpoints ---- */

static struct log_signer
signer_of(const char *name)
{
	static struct key *key;
	struct log_signer s;
	uint8_t point[32];

	if (key == NULL)
		OK(key_new(&key, KEY_ED25519, &last));
	s.key = key;
	OK(key_point_ed25519(key, point, &last));
	OK(vkey_make(name, NOTE_ED25519, point, &s.vkey, &last));
	return s;
}

static void
a_checkpoint_is_signed_over_all_leaves_and_only_once(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct checkpoint c, again;
	struct node n = node_new(3);
	struct buf note, note2;
	bool found;

	(void)state;
	buf_init(&note, NOTE_MAX);
	buf_init(&note2, NOTE_MAX);
	OK(node_open(&n));
	FAILS(log_publish(n.l, &s, &c, &last), ERR_REFUSED, "ledger.empty");
	OK(log_checkpoint(n.l, &note, &c, &found, &last));
	assert_false(found);
	add(&n, 5);
	OK(log_publish(n.l, &s, &c, &last));
	assert_int_equal(c.size, 5);
	assert_int_equal(log_signed(n.l), 5);
	OK(log_checkpoint(n.l, &note, &again, &found, &last));
	assert_true(found);
	assert_int_equal(again.size, 5);
	assert_true(digest_eq(&c.root, &again.root));
	assert_string_equal(again.origin, "comity-ledger/XA-TEST/1");
	uint64_t before = world_syncs(n.w);

	OK(log_publish(n.l, &s, &again, &last));
	assert_int_equal(world_syncs(n.w), before);
	OK(log_checkpoint(n.l, &note2, &again, &found, &last));
	assert_true(span_eq(buf_span(&note), buf_span(&note2)));
	add(&n, 1);
	OK(log_publish(n.l, &s, &again, &last));
	add(&n, 1);
	before = world_syncs(n.w);
	OK(log_publish(n.l, &s, &again, &last));
	assert_int_equal(world_syncs(n.w) - before, 8);
	buf_clear(&note);
	buf_clear(&note2);
	node_free(&n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_become_leaves_in_order),
		cmocka_unit_test(it_opens_again_with_the_same_tree),
		cmocka_unit_test(a_checkpoint_is_signed_over_all_leaves_and_only_once),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
