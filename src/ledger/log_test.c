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
#include "ledger/proof.h"

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

static void
what_may_not_be_signed_is_refused(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct log_state put = { .standing = LOG_RECOVERING, .reason = "ledger.restored" };
	struct log_state is;
	struct checkpoint c;
	struct node n = node_new(4);

	(void)state;
	OK(node_open(&n));
	add(&n, 3);
	log_state(n.l, &is);
	assert_int_equal(is.standing, LOG_GOOD);
	OK(log_state_put(n.l, &put, &last));
	FAILS(log_publish(n.l, &s, &c, &last), ERR_REFUSED, "ledger.recovering");
	OK(world_sim_crash(n.w, SIM_CRASH_KEEP_NONE, 0, &last));
	node_close(&n);
	OK(node_open(&n));
	log_state(n.l, &is);
	assert_int_equal(is.standing, LOG_RECOVERING);
	assert_string_equal(is.reason, "ledger.restored");
	FAILS(log_publish(n.l, &s, &c, &last), ERR_REFUSED, "ledger.recovering");
	put.standing = LOG_GOOD;
	OK(log_state_put(n.l, &put, &last));
	OK(log_publish(n.l, &s, &c, &last));
	put = (struct log_state){ .standing = LOG_FROZEN, .reason = "ledger.split",
		.known_size = 77 };
	OK(log_state_put(n.l, &put, &last));
	put.standing = LOG_GOOD;
	FAILS(log_state_put(n.l, &put, &last), ERR_REFUSED, "ledger.frozen");
	put.standing = LOG_RECOVERING;
	FAILS(log_state_put(n.l, &put, &last), ERR_REFUSED, "ledger.frozen");
	FAILS(log_publish(n.l, &s, &c, &last), ERR_REFUSED, "ledger.frozen");
	node_close(&n);
	OK(node_open(&n));
	log_state(n.l, &is);
	assert_int_equal(is.standing, LOG_FROZEN);
	assert_int_equal(is.known_size, 77);
	FAILS(log_publish(n.l, &s, &c, &last), ERR_REFUSED, "ledger.frozen");
	add(&n, 1);				/* the work goes on */
	node_free(&n);
}

static void
another_key_than_the_one_named_signs_nothing(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct checkpoint c;
	struct node n = node_new(5);
	struct key *other = NULL;

	(void)state;
	OK(key_new(&other, KEY_ED25519, &last));
	OK(node_open(&n));
	add(&n, 1);
	s.key = other;
	FAILS(log_publish(n.l, &s, &c, &last), ERR_USE, "note.key");
	assert_false(path_exists(n.w, n.home, "ledger/checkpoint"));
	key_free(other);
	node_free(&n);
}

/* D8: of three ways to the root one goes wrong each time; what is signed is right. */
static void
a_root_that_memory_or_disk_spoilt_is_not_signed(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(55);
	struct checkpoint c;
	struct digest want;
	struct file *f = NULL;

	(void)state;
	OK(node_open(&n));
	for (int how = 0; how < 5; how++) {
		add(&n, how == 0 ? 300 : 7);
		if (how == 1)			/* the tiles in memory, signed part */
			tile_tree_hashes(&n.l->t->edge[0])[3].b[9] ^= 1;
		if (how == 2)			/* what was added since */
			tile_tree_hashes(&n.l->t->edge[0])[60].b[9] ^= 1;
		if (how == 3)			/* the journal's edge */
			n.l->edge.hash[8].b[0] ^= 1;
		if (how == 4) {			/* a tile on the disk */
			OK(file_open(n.w, n.home, "ledger/tile/0/000", FILE_UPDATE, &f,
			    &last));
			OK(file_write_at(f, span_text("x"), 77, &last));
			file_close(f);
			n.l->t->cache[0].valid = false;
			FAILS(log_root(n.l, 5, &want, &last), ERR_UNPROVEN,
			    "tiles.damaged");
			assert_non_null(strstr(last.text, "ledger/tile/0/000 "));
		}
		OK(log_publish(n.l, &s, &c, &last));
		want = root_of_journal(&n);
		assert_true(digest_eq(&c.root, &want));
		assert_int_equal(c.size, log_size(n.l));
	}
	node_free(&n);
}

/* ---- cosignatures ---- */

/* The latest checkpoint with a witness's line. */
static void
cosign(struct node *n, const char *witness, struct buf *out)
{
	struct vkey k;
	struct key *key = NULL;
	struct checkpoint c;
	struct note note;
	uint8_t point[32];
	bool found;

	OK(key_new(&key, KEY_ED25519, &last));
	OK(key_point_ed25519(key, point, &last));
	OK(vkey_make(witness, NOTE_COSIGNATURE, point, &k, &last));
	OK(log_checkpoint(n->l, out, &c, &found, &last) && found);
	OK(note_parse(buf_span(out), &note, &last));
	struct buf line;

	buf_init(&line, NOTE_MAX);
	OK(note_cosign(key, &k, note.text, 1795000000, &line, &last));
	note_clear(&note);
	OK(buf_add(out, buf_span(&line), &last));
	buf_clear(&line);
	key_free(key);
}

static bool
note_names(struct span note, const char *name)
{
	return memmem(note.p, note.n, name, strlen(name)) != NULL;
}

static void
cosignatures_are_kept_for_good_and_stand_in_the_checkpoint(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(6);
	struct buf one, two, got;
	uint64_t *sizes = NULL;
	struct checkpoint c;
	size_t count = 0;
	bool found;

	(void)state;
	buf_init(&one, NOTE_MAX);
	buf_init(&two, NOTE_MAX);
	buf_init(&got, NOTE_MAX);
	OK(node_open(&n));
	OK(log_cosigned(n.l, &sizes, &count, &last));
	assert_int_equal(count, 0);
	mem_free(sizes);
	add(&n, 9);
	OK(log_publish(n.l, &s, &c, &last));
	cosign(&n, "w.example/one", &one);
	cosign(&n, "w.example/two", &two);
	OK(log_cosigned_put(n.l, &s.vkey, buf_span(&one), &last));
	OK(log_cosigned_put(n.l, &s.vkey, buf_span(&two), &last));
	OK(log_checkpoint(n.l, &got, &c, &found, &last));
	assert_true(note_names(buf_span(&got), "w.example/one"));
	assert_true(note_names(buf_span(&got), "w.example/two"));
	add(&n, 3);
	OK(log_publish(n.l, &s, &c, &last));
	buf_reset(&got);
	OK(log_checkpoint(n.l, &got, &c, &found, &last));
	assert_false(note_names(buf_span(&got), "w.example/one"));
	buf_reset(&got);
	OK(log_cosigned_note(n.l, 9, &got, &last));
	assert_true(note_names(buf_span(&got), "w.example/two"));
	buf_reset(&two);
	cosign(&n, "w.example/two", &two);
	OK(log_cosigned_put(n.l, &s.vkey, buf_span(&two), &last));
	OK(log_cosigned(n.l, &sizes, &count, &last));
	assert_int_equal(count, 2);
	assert_int_equal(sizes[0], 9);
	assert_int_equal(sizes[1], 12);
	mem_free(sizes);
	FAILS(log_cosigned_note(n.l, 10, &got, &last), ERR_ABSENT, "ledger.absent");
	/* A proof from the smaller one still holds. */
	struct buf proof;
	uint8_t leaf[LEAF_BYTES];

	buf_init(&proof, PROOF_MAX);
	OK(log_leaf(n.l, 4, leaf, &last));
	OK(log_proof(n.l, 4, buf_span(&one), &proof, &last));
	OK(tlog_proof_check(buf_span(&proof), leaf, &c, &found, &last));
	assert_true(found && c.size == 9);
	FAILS(log_proof(n.l, 9, buf_span(&one), &proof, &last), ERR_USE, "merkle.range");
	buf_clear(&proof);
	buf_clear(&one);
	buf_clear(&two);
	buf_clear(&got);
	node_free(&n);
}

static void
a_checkpoint_of_another_history_with_our_key_is_told(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(7), other = node_new(8);
	struct checkpoint c;
	struct buf note, proof;
	bool found;

	(void)state;
	buf_init(&note, NOTE_MAX);
	buf_init(&proof, PROOF_MAX);
	OK(node_open(&n) && node_open(&other));
	add(&n, 9);
	add(&other, 7);
	OK(log_publish(other.l, &s, &c, &last));
	OK(log_checkpoint(other.l, &note, &c, &found, &last));
	FAILS(log_cosigned_put(n.l, &s.vkey, buf_span(&note), &last), ERR_UNPROVEN,
	    "ledger.split");
	FAILS(log_proof(n.l, 2, buf_span(&note), &proof, &last), ERR_UNPROVEN,
	    "ledger.split");
	add(&other, 5);
	OK(log_publish(other.l, &s, &c, &last));
	buf_reset(&note);
	OK(log_checkpoint(other.l, &note, &c, &found, &last));
	FAILS(log_cosigned_put(n.l, &s.vkey, buf_span(&note), &last), ERR_REFUSED,
	    "ledger.shorter");
	assert_false(path_exists(n.w, n.home, "ledger/cosigned"));
	buf_clear(&note);
	buf_clear(&proof);
	node_free(&n);
	node_free(&other);
}

/* ---- copies of a home ---- */

static void
folder_copy(struct world *from, struct world *to, const char *path, const char *except)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more;
	struct buf b;

	buf_init(&b, 1 << 24);
	OK(listing_open(from, NULL, path, &l, &last));
	for (;;) {
		char sub[300];

		OK(listing_next(l, &e, &more, &last));
		if (!more)
			break;
		(void)snprintf(sub, sizeof sub, "%s%s%s", path,
		    strcmp(path, "/") == 0 ? "" : "/", e.name);
		if (except != NULL && strcmp(sub, except) == 0)
			continue;
		if (e.type == FILE_DIR) {
			OK(dir_make_all(to, NULL, sub, &last));
			folder_copy(from, to, sub, except);
			continue;
		}
		buf_reset(&b);
		OK(file_load(from, NULL, sub, &b, &last));
		OK(file_save(to, NULL, sub, buf_span(&b), true, &last));
	}
	listing_close(l);
	buf_clear(&b);
}

static struct node
node_copy(struct node *of, uint64_t seed, const char *except)
{
	struct node n = node_new(seed);

	n.first = of->first;
	folder_copy(of->w, n.w, "/", except);
	return n;
}

static void
one_file(struct node *from, struct node *to, const char *path)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	OK(file_load(from->w, NULL, path, &b, &last));
	OK(file_save(to->w, NULL, path, buf_span(&b), true, &last));
	buf_clear(&b);
}

/*
 * An older copy of all but what was signed last: in recovery from the first look, and
 * when a person says it is well although it is not, frozen rather than signed.
 */
static void
an_old_copy_with_a_new_signed_never_signs_another_tree(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct log_state is, good = { .standing = LOG_GOOD };
	struct node n = node_new(9), old;
	struct checkpoint c;

	(void)state;
	OK(node_open(&n));
	add(&n, 5);
	OK(log_publish(n.l, &s, &c, &last));
	old = node_copy(&n, 99, NULL);
	add(&n, 4);
	OK(log_publish(n.l, &s, &c, &last));
	one_file(&n, &old, "/ledger/signed");
	OK(node_open(&old));
	log_state(old.l, &is);
	assert_int_equal(is.standing, LOG_RECOVERING);
	assert_string_equal(is.reason, "ledger.shorter");
	assert_int_equal(is.known_size, 9);
	assert_true(digest_eq(&is.known_root, &c.root));
	FAILS(log_publish(old.l, &s, &c, &last), ERR_REFUSED, "ledger.recovering");
	OK(log_state_put(old.l, &good, &last));
	FAILS(log_publish(old.l, &s, &c, &last), ERR_REFUSED, "ledger.shorter");
	add(&old, 10);
	FAILS(log_publish(old.l, &s, &c, &last), ERR_UNPROVEN, "ledger.damaged");
	log_state(old.l, &is);
	assert_int_equal(is.standing, LOG_FROZEN);
	assert_int_equal(is.known_size, 9);
	FAILS(log_publish(old.l, &s, &c, &last), ERR_REFUSED, "ledger.frozen");
	node_free(&old);
	node_free(&n);
}

static void
an_old_signed_beside_a_new_ledger_signs_only_the_same_tree(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(10), old, older;
	struct checkpoint c, first;

	(void)state;
	OK(node_open(&n));
	add(&n, 5);
	OK(log_publish(n.l, &s, &first, &last));
	old = node_copy(&n, 98, NULL);
	add(&n, 4);
	OK(log_publish(n.l, &s, &c, &last));
	/* The checkpoint alone is new: it tells as much as `signed`. */
	older = node_copy(&old, 97, NULL);
	one_file(&n, &older, "/ledger/checkpoint");
	OK(node_open(&older));
	FAILS(log_publish(older.l, &s, &first, &last), ERR_REFUSED, "ledger.shorter");
	add(&older, 9);
	FAILS(log_publish(older.l, &s, &first, &last), ERR_UNPROVEN, "ledger.damaged");
	node_free(&older);
	one_file(&old, &n, "/ledger/signed");
	node_close(&n);
	OK(node_open(&n));
	assert_int_equal(log_signed(n.l), 5);
	OK(log_publish(n.l, &s, &first, &last));
	assert_int_equal(first.size, 9);
	assert_true(digest_eq(&first.root, &c.root));
	add(&n, 1);
	OK(log_publish(n.l, &s, &c, &last));
	root_holds(&n);
	node_free(&old);
	node_free(&n);
}

/* ---- altered bits ---- */

struct found {
	unsigned n;
	char path[80];
};

static void
find(void *arg, const char *path, const char *why)
{
	struct found *f = arg;

	assert_true(why[0] != '\0');
	if (f->n++ == 0)
		(void)snprintf(f->path, sizeof f->path, "%s", path);
}

static void
must_not(void *arg, const char *path, const char *why)
{
	(void)arg;
	fail_msg("%s: %s", path, why);
}

static uint64_t
stride(uint64_t few)
{
	return getenv("COMITY_LONG") != NULL ? 1 : few;
}

static const char *const all_files[] = { "journal/records", "journal/offsets",
	"ledger/tree", "ledger/tile/0/000.p/10", "ledger/tile/0/000.p/7",
	"ledger/tile/entries/000.p/10", "ledger/tile/entries/000.p/7",
	"ledger/checkpoint", "ledger/signed", "ledger/standing", "ledger/vkey",
	"ledger/cosigned/7" };

static void
flip(struct node *n, const char *path, uint64_t bit)
{
	struct file *f = NULL;
	uint8_t b = 0;
	size_t got = 0;

	OK(file_open(n->w, NULL, path, FILE_UPDATE, &f, &last));
	OK(file_read_at(f, &b, 1, bit / 8, &got, &last));
	assert_int_equal(got, 1);
	b ^= (uint8_t)(1u << bit % 8);
	OK(file_write_at(f, span_of(&b, 1), bit / 8, &last));
	file_close(f);
}

/*
 * One flipped bit: whatever was told, the tree is the one of before, and so is all that
 * is signed.  *told counts.
 */
static void
flipped(struct node *whole, const char *path, uint64_t bit, const struct checkpoint *was,
    unsigned *told)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_copy(whole, 50, NULL);
	struct found f = { .n = 0 };
	struct checkpoint c;
	struct digest root;
	uint64_t at;

	flip(&n, path, bit);
	last = (struct err)ERR_INIT;
	if (!node_open(&n)) {
		if (last.kind != ERR_UNPROVEN || (strstr(last.text, path) == NULL &&
		    strstr(last.text, "journal is damaged") == NULL))
			fail_msg("%s bit %d: %s", path, (int)bit, last.text);
		++*told;
		node_free(&n);
		return;
	}
	assert_int_equal(log_size(n.l), 10);
	OK(log_root(n.l, 10, &root, &last));
	assert_true(digest_eq(&root, &was->root));
	OK(log_scrub(n.l, find, &f, NULL, &last));
	*told += f.n > 0 && strcmp(f.path, path) == 0;
	if (f.n > 0 && strcmp(f.path, path) != 0)
		fail_msg("%s bit %d: %s was blamed", path, (int)bit, f.path);
	last = (struct err)ERR_INIT;
	if (log_publish(n.l, &s, &c, &last)) {
		assert_int_equal(c.size, 10);
		assert_true(digest_eq(&c.root, &was->root));
	} else if (last.kind != ERR_UNPROVEN || strstr(last.text, path) == NULL) {
		fail_msg("%s bit %d: %s", path, (int)bit, last.text);
	} else {
		++*told;
	}
	for (uint64_t i = 0; i < 10; i++) {
		last = (struct err)ERR_INIT;
		if (log_offset(n.l, i, &at, &last))
			OK(log_index(n.l, at, &(uint64_t){ 0 }, &last));
		else if (strcmp(last.reason, "journal.damaged") != 0 || f.n == 0)
			fail_msg("%s bit %d: %s", path, (int)bit, last.text);
	}
	node_free(&n);
}

static void
any_altered_bit_is_told_or_mended_and_no_other_tree_signed(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct log_state put = { .standing = LOG_GOOD };
	struct node n = node_new(11);
	struct checkpoint c;
	struct buf note;

	(void)state;
	buf_init(&note, NOTE_MAX);
	OK(node_open(&n));
	add(&n, 7);
	OK(log_publish(n.l, &s, &c, &last));
	cosign(&n, "w.example/one", &note);
	OK(log_cosigned_put(n.l, &s.vkey, buf_span(&note), &last));
	OK(log_state_put(n.l, &put, &last));
	add(&n, 3);
	OK(log_publish(n.l, &s, &c, &last));
	OK(log_scrub(n.l, must_not, NULL, NULL, &last));
	for (size_t i = 0; i < sizeof all_files / sizeof all_files[0]; i++) {
		unsigned told = 0, flips = 0;
		struct file_info info;

		OK(path_info(n.w, NULL, all_files[i], &info, &last));
		assert_true(info.size > 0);
		for (uint64_t bit = 0; bit < 8 * info.size;
		    bit += stride(info.size / 5 + 3)) {
			if (strcmp(all_files[i], "ledger/tree") == 0 &&
			    bit / 8 % 4096 >= 512)
				continue;
			flipped(&n, all_files[i], bit, &c, &told);
			flips++;
		}
		/* What is made again from the journal when it is opened tells nobody. */
		if (strcmp(all_files[i], "ledger/tree") != 0 && told * 2 < flips &&
		    strcmp(all_files[i], "ledger/cosigned/7") != 0 &&
		    strcmp(all_files[i], "journal/offsets") != 0 &&
		    strstr(all_files[i], "p/10") == NULL)
			fail_msg("%s: %u of %u told", all_files[i], told, flips);
	}
	buf_clear(&note);
	node_free(&n);
}

static void
whatever_is_missing_is_made_again_or_told(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(12);
	struct checkpoint c, again;
	struct found f;

	(void)state;
	OK(node_open(&n));
	add(&n, 10);
	OK(log_publish(n.l, &s, &c, &last));
	for (size_t i = 1; i < 9; i++) {
		struct node copy = node_copy(&n, 60, NULL);

		if (!path_exists(copy.w, NULL, all_files[i])) {
			node_free(&copy);
			continue;
		}
		OK(path_remove(copy.w, NULL, all_files[i], &last));
		OK(node_open(&copy));
		root_holds(&copy);
		OK(log_publish(copy.l, &s, &again, &last));
		assert_true(digest_eq(&c.root, &again.root));
		f.n = 0;
		OK(log_scrub(copy.l, find, &f, NULL, &last));
		/* Told once, by whoever found and mended it; then all is well. */
		assert_true(f.n == 0 || strcmp(f.path, all_files[i]) == 0);
		node_close(&copy);
		OK(node_open(&copy));
		OK(log_scrub(copy.l, must_not, NULL, NULL, &last));
		node_free(&copy);
	}
	node_free(&n);
}

static void
a_damaged_signed_or_standing_stops_signing_until_a_person_says_so(void **state)
{
	static const char *const files[] = { "ledger/signed", "ledger/standing" };
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct log_state is, good = { .standing = LOG_GOOD };
	struct node n = node_new(13);
	struct checkpoint c, was;

	(void)state;
	OK(node_open(&n));
	add(&n, 10);
	OK(log_publish(n.l, &s, &was, &last));
	OK(log_state_put(n.l, &good, &last));
	for (size_t i = 0; i < 2; i++) {
		flip(&n, files[i], 8 * 20);
		node_close(&n);
		OK(node_open(&n));
		log_state(n.l, &is);
		assert_int_equal(is.standing, LOG_RECOVERING);
		assert_string_equal(is.reason, "ledger.damaged");
		FAILS(log_publish(n.l, &s, &c, &last), ERR_UNPROVEN, "ledger.damaged");
		assert_non_null(strstr(last.text, files[i]));
		add(&n, 1);
		OK(log_state_put(n.l, &good, &last));
		OK(log_publish(n.l, &s, &c, &last));
		root_holds(&n);
		node_close(&n);
		OK(node_open(&n));
		OK(log_publish(n.l, &s, &c, &last));
	}
	node_free(&n);
}

/* ---- lost power, faults, memory ---- */

struct story {
	struct node n;
	uint64_t promised, tried;	/* records */
	struct checkpoint seen[16];	/* that left the log */
	size_t seen_n;
	bool cosigned, ended;
	uint64_t cosigned_size;
};

static bool
story_append(struct story *s, size_t count)
{
	uint64_t index;

	s->tried = s->promised + count;
	if (!append(&s->n, count, &index))
		return false;
	assert_int_equal(index, s->promised);
	s->promised = s->tried;
	return true;
}

static bool
story_publish(struct story *s)
{
	struct log_signer key = signer_of("comity-ledger/XA-TEST/1");

	if (!log_publish(s->n.l, &key, &s->seen[s->seen_n], &last))
		return false;
	assert_int_equal(s->seen[s->seen_n].size, s->promised);
	s->seen_n++;
	return true;
}

/* Cosigned beforehand, so that the story has the same allocations each time. */
static bool
story_cosigned(struct story *s, const struct buf *line)
{
	struct log_signer key = signer_of("comity-ledger/XA-TEST/1");
	struct checkpoint c;
	struct buf note;
	bool found = false, ok;

	buf_init(&note, NOTE_MAX);
	ok = log_checkpoint(s->n.l, &note, &c, &found, &last);
	if (ok && found)
		ok = buf_add(&note, buf_span(line), &last) &&
		    log_cosigned_put(s->n.l, &key.vkey, buf_span(&note), &last);
	buf_clear(&note);
	s->cosigned = s->cosigned || (ok && found);
	if (s->cosigned)
		s->cosigned_size = s->promised;
	return ok;
}

static struct buf the_line;

static void
story_run(struct story *s)
{
	if (!node_open(&s->n) || !story_append(s, 3) || !story_publish(s) ||
	    !story_cosigned(s, &the_line) || !story_append(s, 1) || !story_publish(s))
		return;
	node_close(&s->n);
	if (!node_open(&s->n) || !story_append(s, 251) || !story_append(s, 2) ||
	    !story_publish(s) || !story_append(s, 1))
		return;
	s->ended = true;
}

static void
story_check(struct story *s, const char *how, uint64_t nth, uint64_t seed)
{
	struct log_signer key = signer_of("comity-ledger/XA-TEST/1");
	struct checkpoint c;
	struct digest root;
	struct buf b;
	bool found;

	buf_init(&b, NOTE_MAX);
	node_close(&s->n);
	last = (struct err)ERR_INIT;
	if (!node_open(&s->n))
		fail_msg("%s at call %d, seed %d: %s: %s", how, (int)nth, (int)seed,
		    last.reason, last.text);
	if (log_size(s->n.l) < s->promised || log_size(s->n.l) > s->tried)
		fail_msg("%s at call %d, seed %d: %d leaves of %d", how, (int)nth,
		    (int)seed, (int)log_size(s->n.l), (int)s->promised);
	root_holds(&s->n);
	OK(log_checkpoint(s->n.l, &b, &c, &found, &last));
	if (found)
		s->seen[s->seen_n++] = c;
	if (log_size(s->n.l) > 0)
		OK(log_publish(s->n.l, &key, &s->seen[s->seen_n++], &last));
	for (size_t i = 0; i < s->seen_n; i++) {
		assert_true(s->seen[i].size <= log_size(s->n.l));
		OK(log_root(s->n.l, s->seen[i].size, &root, &last));
		if (!digest_eq(&root, &s->seen[i].root))
			fail_msg("%s at call %d, seed %d: another tree of %d", how,
			    (int)nth, (int)seed, (int)s->seen[i].size);
	}
	if (s->cosigned) {
		buf_reset(&b);
		OK(log_cosigned_note(s->n.l, 3, &b, &last));
		assert_true(note_names(buf_span(&b), "w.example/one"));
	}
	OK(log_scrub(s->n.l, must_not, NULL, NULL, &last));
	add(&s->n, 2);
	OK(log_publish(s->n.l, &key, &c, &last));
	OK(world_sim_crash(s->n.w, SIM_CRASH_KEEP_NONE, 0, &last));
	node_close(&s->n);
	OK(node_open(&s->n));
	assert_int_equal(log_signed(s->n.l), c.size);
	assert_int_equal(log_size(s->n.l), c.size);
	root_holds(&s->n);
	buf_clear(&b);
}

static bool
story_of_power(enum sim_crash how, uint64_t nth, uint64_t seed, uint64_t *unsynced)
{
	struct story s = { .n = node_new(77) };
	bool reached;

	world_sim_fail(s.n.w, SIM_FAULT_POWER, nth, true);
	story_run(&s);
	reached = world_sim_calls(s.n.w) >= nth;
	world_sim_fail(s.n.w, SIM_FAULT_NONE, 0, false);
	*unsynced = world_sim_unsynced(s.n.w);
	OK(world_sim_crash(s.n.w, how, seed, &last));
	story_check(&s, "power", nth, seed);
	node_free(&s.n);
	return reached;
}

/* A line that fits the story's checkpoint of three leaves, which is always the same. */
static void
line_make(void)
{
	struct log_signer key = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(77);
	struct checkpoint c;
	struct note note;
	struct buf b;

	buf_init(&b, NOTE_MAX);
	buf_init(&the_line, NOTE_MAX);
	OK(node_open(&n));
	add(&n, 3);
	OK(log_publish(n.l, &key, &c, &last));
	cosign(&n, "w.example/one", &b);
	OK(note_parse(buf_span(&b), &note, &last));
	OK(note_line_copy(&note, note.lines_n - 1, &the_line, &last));
	note_clear(&note);
	buf_clear(&b);
	node_free(&n);
}

static void
power_lost_at_any_call_loses_nothing_promised_and_signs_no_two_trees(void **state)
{
	uint64_t unsynced = 0, nth, stories = 0;

	(void)state;
	line_make();
	for (nth = 1; story_of_power(SIM_CRASH_KEEP_NONE, nth, 0, &unsynced);
	    nth += stride(2)) {
		if (nth / 2 % stride(5) != 0)
			continue;
		(void)story_of_power(SIM_CRASH_KEEP_ALL, nth, 0, &unsynced);
		for (uint64_t one = 1; one <= unsynced; one += stride(7), stories++)
			(void)story_of_power(SIM_CRASH_LOSE_ONE, nth, one, &unsynced);
		for (uint64_t seed = 1; seed <= 8; seed += stride(7), stories++)
			(void)story_of_power(SIM_CRASH_KEEP_SOME, nth, seed, &unsynced);
	}
	assert_true(nth > 150 && stories > 60);
	buf_clear(&the_line);
}

static bool
story_of_fault(enum sim_fault fault, uint64_t nth, bool on)
{
	struct story s = { .n = node_new(77) };
	bool reached;

	world_sim_fail(s.n.w, fault, nth, on);
	story_run(&s);
	reached = world_sim_calls(s.n.w) >= nth;
	world_sim_fail(s.n.w, SIM_FAULT_NONE, 0, false);
	if (fault == SIM_FAULT_SHORT)
		assert_true(s.ended);
	story_check(&s, "fault", nth, fault);
	node_free(&s.n);
	return reached;
}

static void
a_fault_at_any_call_loses_nothing_promised_and_signs_no_two_trees(void **state)
{
	static const enum sim_fault faults[] = { SIM_FAULT_IO, SIM_FAULT_FULL,
		SIM_FAULT_INTR, SIM_FAULT_SHORT };

	(void)state;
	line_make();
	for (size_t i = 0; i < 8; i++) {
		uint64_t nth;

		for (nth = 1 + i % stride(4); story_of_fault(faults[i % 4], nth, i / 4 == 1);
		    nth += stride(17))
			;
		assert_true(nth > 100);
	}
	buf_clear(&the_line);
}

static void
every_failed_allocation_is_an_error_and_signs_no_two_trees(void **state)
{
	uint64_t nth = 0, before, used;

	(void)state;
	line_make();
	do {
		struct story s = { .n = node_new(77) };

		nth += nth == 0 ? 1 : stride(23);
		before = mem_count();
		mem_fail(nth, false);
		last = (struct err)ERR_INIT;
		story_run(&s);
		mem_fail(0, false);
		used = mem_count() - before;
		story_check(&s, "memory", nth, 0);
		node_free(&s.n);
	} while (used >= nth);
	assert_true(nth > 200);
	buf_clear(&the_line);
}

/* ---- recovery ---- */

struct leaves {
	uint8_t leaf[400][LEAF_BYTES];
	uint64_t wrong;			/* this one is altered; 0 none */
};

static bool
leaf_give(void *arg, uint64_t i, uint8_t out[LEAF_BYTES], struct err *err)
{
	struct leaves *k = arg;

	(void)err;
	memcpy(out, k->leaf[i], LEAF_BYTES);
	out[5] ^= k->wrong != 0 && k->wrong == i;
	return true;
}

/* A whole log of 300 leaves, what its leaves and roots were, and an old copy of 200. */
struct restored {
	struct leaves leaves;
	struct digest root300;
	struct node old;		/* with 5 records more of its own */
};

static void
restored_make(struct restored *r)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(21);
	struct checkpoint c;

	memset(&r->leaves, 0, sizeof r->leaves);
	OK(node_open(&n));
	add(&n, 190);
	OK(log_publish(n.l, &s, &c, &last));
	add(&n, 10);
	r->old = node_copy(&n, 22, NULL);
	add(&n, 100);
	OK(log_publish(n.l, &s, &c, &last));
	r->root300 = c.root;
	for (uint64_t i = 0; i < 300; i++)
		OK(log_leaf(n.l, i, r->leaves.leaf[i], &last));
	node_free(&n);
	OK(node_open(&r->old));
	add(&r->old, 5);
	for (uint64_t i = 0; i < 5; i++)
		OK(log_leaf(r->old.l, 200 + i, r->leaves.leaf[300 + i], &last));
	node_close(&r->old);
}

static bool
recover(struct restored *r, struct node *n)
{
	struct log_leaves source = { leaf_give, &r->leaves };

	return log_recover(n->l, 200, 100, &source, &r->root300, &last);
}

/* 305 leaves: the old ones, those that came back, and those of this copy behind them. */
static void
is_recovered(struct restored *r, struct node *n)
{
	uint8_t leaf[LEAF_BYTES], salt[RECORD_SALT];
	struct digest root;
	uint64_t at, index;
	struct buf b;

	buf_init(&b, RECORD_MAX);
	assert_int_equal(log_size(n->l), 305);
	OK(log_root(n->l, 300, &root, &last));
	assert_true(digest_eq(&root, &r->root300));
	for (uint64_t i = 0; i < 305; i += i < 195 ? 13 : 1) {
		OK(log_leaf(n->l, i, leaf, &last));
		assert_memory_equal(leaf, r->leaves.leaf[i], LEAF_BYTES);
		OK(log_offset(n->l, i, &at, &last));
		OK(log_index(n->l, at, &index, &last));
		assert_int_equal(index, i);
		buf_reset(&b);
		OK(journal_read(log_journal(n->l), at, &b, salt, &last));
		assert_int_equal(journal_lost(buf_span(&b)), i >= 200 && i < 300);
	}
	root_holds(n);
	buf_clear(&b);
}

static void
leaves_that_a_peer_kept_come_back_and_what_is_new_stands_behind_them(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	static struct restored r;
	struct checkpoint c;
	struct node n;

	(void)state;
	restored_make(&r);
	n = node_copy(&r.old, 23, NULL);
	OK(node_open(&n));
	assert_int_equal(log_size(n.l), 205);
	OK(recover(&r, &n));
	is_recovered(&r, &n);
	OK(log_publish(n.l, &s, &c, &last));
	assert_int_equal(c.size, 305);
	OK(log_scrub(n.l, must_not, NULL, NULL, &last));
	add(&n, 3);
	OK(world_sim_crash(n.w, SIM_CRASH_KEEP_NONE, 0, &last));
	node_close(&n);
	OK(node_open(&n));
	assert_int_equal(log_size(n.l), 308);
	FAILS(recover(&r, &n), ERR_REFUSED, "ledger.signed");
	node_free(&n);
	node_free(&r.old);
}

static void
leaves_that_do_not_make_the_signed_tree_change_nothing(void **state)
{
	static struct restored r;
	struct digest before, after;
	struct node n;

	(void)state;
	restored_make(&r);
	n = node_copy(&r.old, 24, NULL);
	OK(node_open(&n));
	OK(log_root(n.l, 205, &before, &last));
	for (r.leaves.wrong = 200; r.leaves.wrong < 300; r.leaves.wrong += 33)
		FAILS(recover(&r, &n), ERR_UNPROVEN, "ledger.split");
	OK(log_root(n.l, 205, &after, &last));
	assert_true(digest_eq(&before, &after));
	assert_int_equal(log_size(n.l), 205);
	add(&n, 1);
	node_close(&n);
	OK(node_open(&n));
	assert_int_equal(log_size(n.l), 206);
	root_holds(&n);
	node_free(&n);
	node_free(&r.old);
}

/* `signed` was not restored, only the rest: what comes back must be what it says. */
static void
a_signed_that_outlived_the_rest_is_held_against_what_comes_back(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct log_state good = { .standing = LOG_GOOD };
	static struct restored r;
	struct digest other = { { 1 } };
	struct checkpoint c;
	struct node n;

	(void)state;
	restored_make(&r);
	for (int i = 0; i < 3; i++) {
		n = node_copy(&r.old, 25, NULL);
		OK(node_open(&n));
		OK(log_signed_save(n.l, i == 2 ? 301 : 300, i == 1 ? &other : &r.root300,
		    &last));
		node_close(&n);
		OK(node_open(&n));
		if (i == 1)
			FAILS(recover(&r, &n), ERR_UNPROVEN, "ledger.split");
		if (i == 2)
			FAILS(recover(&r, &n), ERR_REFUSED, "ledger.signed");
		if (i == 0) {
			OK(recover(&r, &n));
			is_recovered(&r, &n);
			OK(log_state_put(n.l, &good, &last));
			OK(log_publish(n.l, &s, &c, &last));
		}
		node_free(&n);
	}
	node_free(&r.old);
}

/* How a recovery ended: the old ledger or the new one, whole; and it goes on. */
static void
recovery_check(struct restored *r, struct node *n, bool was, uint64_t nth, uint64_t how)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct checkpoint c;

	node_close(n);
	last = (struct err)ERR_INIT;
	if (!node_open(n))
		fail_msg("recovery, call %d, %d: %s", (int)nth, (int)how, last.text);
	assert_true(log_size(n->l) == 305 || (log_size(n->l) == 205 && !was));
	if (log_size(n->l) == 205) {
		root_holds(n);
		OK(recover(r, n));
	}
	is_recovered(r, n);
	OK(log_publish(n->l, &s, &c, &last));
	OK(log_scrub(n->l, must_not, NULL, NULL, &last));
	assert_false(path_exists(n->w, NULL, "journal/.comity-temporary-records"));
}

static bool
recovery_of_power(struct restored *r, enum sim_crash how, uint64_t nth, uint64_t seed)
{
	struct node n = node_copy(&r->old, 26, NULL);
	struct dir *root = NULL;
	bool was = false, reached;

	OK(dir_open(n.w, NULL, "/", &root, &last));
	OK(dir_sync_all(root, &last));
	dir_close(root);
	uint64_t before = world_sim_calls(n.w);

	world_sim_fail(n.w, SIM_FAULT_POWER, nth, true);
	if (node_open(&n))
		was = recover(r, &n);
	reached = world_sim_calls(n.w) - before >= nth;
	world_sim_fail(n.w, SIM_FAULT_NONE, 0, false);
	OK(world_sim_crash(n.w, how, seed, &last));
	/* And again, at some call of the way back. */
	if (nth % 4 == 0) {
		node_close(&n);
		world_sim_fail(n.w, SIM_FAULT_POWER, 3 + nth % 23, true);
		if (node_open(&n) && log_size(n.l) == 205)
			was = recover(r, &n) || was;
		world_sim_fail(n.w, SIM_FAULT_NONE, 0, false);
		OK(world_sim_crash(n.w, how, seed, &last));
	}
	recovery_check(r, &n, was, nth, (uint64_t)how);
	node_free(&n);
	return reached;
}

static void
a_recovery_cut_short_leaves_the_old_ledger_or_the_new(void **state)
{
	static struct restored r;
	uint64_t nth;

	(void)state;
	restored_make(&r);
	for (nth = 1; recovery_of_power(&r, SIM_CRASH_KEEP_NONE, nth, 0);
	    nth += stride(2)) {
		if (nth % stride(3) != 0)
			continue;
		(void)recovery_of_power(&r, SIM_CRASH_KEEP_ALL, nth, 0);
		for (uint64_t seed = 1; seed < 8; seed += stride(4)) {
			(void)recovery_of_power(&r, SIM_CRASH_KEEP_SOME, nth, seed);
			(void)recovery_of_power(&r, SIM_CRASH_LOSE_ONE, nth, seed);
		}
	}
	assert_true(nth > 40);
	node_free(&r.old);
}

static void
a_fault_in_a_recovery_leaves_the_old_ledger_or_the_new(void **state)
{
	static const enum sim_fault faults[] = { SIM_FAULT_IO, SIM_FAULT_FULL };
	static struct restored r;

	(void)state;
	restored_make(&r);
	for (size_t i = 0; i < 2; i++) {
		bool reached = true;

		for (uint64_t nth = 1; reached; nth += stride(2)) {
			struct node n = node_copy(&r.old, 27, NULL);
			uint64_t before = world_sim_calls(n.w);
			bool was = false;

			world_sim_fail(n.w, faults[i], nth, false);
			if (node_open(&n))
				was = recover(&r, &n);
			reached = world_sim_calls(n.w) - before >= nth;
			world_sim_fail(n.w, SIM_FAULT_NONE, 0, false);
			recovery_check(&r, &n, was, nth, i);
			node_free(&n);
		}
	}
	for (uint64_t nth = 1, used = 1; used >= nth; nth += stride(17)) {
		struct node n = node_copy(&r.old, 28, NULL);
		uint64_t before = mem_count();
		bool was = false;

		mem_fail(nth, false);
		if (node_open(&n))
			was = recover(&r, &n);
		mem_fail(0, false);
		used = mem_count() - before;
		recovery_check(&r, &n, was, nth, 9);
		node_free(&n);
	}
	node_free(&r.old);
}

/* ---- a successor ---- */

static void
a_successor_begins_behind_the_last_record_and_the_closed_one_still_proves(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct log_signer s2 = signer_of("comity-ledger/XA-TEST/2");
	struct log *before = NULL;
	struct node n = node_new(31);
	struct checkpoint c, c2;
	struct file *f = NULL;
	struct buf note, proof;
	uint64_t at, index;
	unsigned count = 9;
	bool found;

	(void)state;
	buf_init(&note, NOTE_MAX);
	buf_init(&proof, PROOF_MAX);
	OK(node_open(&n));
	add(&n, 300);
	OK(log_publish(n.l, &s, &c, &last));
	add(&n, 2);
	OK(log_succeed(n.l, 1, &n.first, &last));
	assert_int_equal(n.first, 302);
	FAILS(append(&n, 1, &index), ERR_IO, "ledger.dead");
	node_close(&n);
	n.first = 0;
	FAILS(node_open(&n), ERR_CONFLICT, "ledger.first");
	OK(log_first(n.w, n.home, &n.first, &count, &last));
	assert_int_equal(n.first, 302);
	assert_int_equal(count, 1);
	OK(log_open(n.w, n.home, n.first, &n.l, &last));
	assert_int_equal(log_size(n.l), 0);
	assert_int_equal(log_signed(n.l), 0);
	add(&n, 20);
	OK(log_publish(n.l, &s2, &c2, &last));
	assert_int_equal(c2.size, 20);
	root_holds(&n);
	OK(log_offset(n.l, 0, &at, &last));
	OK(log_index(n.l, at, &index, &last));
	assert_int_equal(index, 0);
	FAILS(log_index(n.l, 16, &index, &last), ERR_ABSENT, "ledger.absent");
	FAILS(log_open_before(n.l, 2, &before, &last),
	    ERR_ABSENT, "ledger.absent");
	OK(log_open_before(n.l, 1, &before, &last));
	assert_int_equal(log_size(before), 302);
	OK(log_checkpoint(before, &note, &c2, &found, &last));
	assert_true(found && digest_eq(&c.root, &c2.root));
	OK(log_proof(before, 7, buf_span(&note), &proof, &last));
	OK(log_offset(before, 301, &at, &last));
	OK(log_index(before, at, &index, &last));
	assert_int_equal(index, 301);
	/* The offsets it reads are the open one's, and may be wrong. */
	OK(file_open(n.w, NULL, "journal/offsets", FILE_UPDATE, &f, &last));
	OK(file_write_at(f, span_of("wrong...", 8), 8 * 301, &last));
	file_close(f);
	OK(log_index(before, at, &index, &last));
	assert_int_equal(index, 301);
	FAILS(log_index(n.l, at, &index, &last), ERR_ABSENT, "ledger.absent");
	OK(log_offset(n.l, 3, &at, &last));
	FAILS(log_index(before, at, &index, &last), ERR_ABSENT, "ledger.absent");
	FAILS(log_publish(before, &s, &c2, &last), ERR_REFUSED, "ledger.closed");
	FAILS(log_append(before, &(struct span){ note.p, 3 }, 1, &index, &last),
	    ERR_REFUSED, "ledger.closed");
	OK(log_scrub(before, must_not, NULL, NULL, &last));
	log_close(before);
	/* Its tiles can be lost: the journal has them. */
	OK(dir_remove_all(n.w, NULL, "ledger/before/1/tile", &last));
	OK(log_open_before(n.l, 1, &before, &last));
	assert_int_equal(log_size(before), 302);
	buf_reset(&proof);
	OK(log_proof(before, 7, buf_span(&note), &proof, &last));
	log_close(before);
	node_close(&n);
	OK(node_open(&n));
	assert_int_equal(log_size(n.l), 20);
	root_holds(&n);
	buf_clear(&note);
	buf_clear(&proof);
	node_free(&n);
}

/* A succession cut short is ended by whoever comes next, or had not begun. */
static bool
succession_of_power(struct node *whole, enum sim_crash how, uint64_t nth, uint64_t seed)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_copy(whole, 32, NULL);
	struct log *before = NULL;
	struct dir *root = NULL;
	struct log_state is;
	struct checkpoint c;
	uint64_t first = 0, index;
	bool reached, was = false;

	OK(dir_open(n.w, NULL, "/", &root, &last));
	OK(dir_sync_all(root, &last));
	dir_close(root);
	uint64_t calls = world_sim_calls(n.w);

	world_sim_fail(n.w, SIM_FAULT_POWER, nth, true);
	if (node_open(&n))
		was = log_succeed(n.l, 1, &first, &last);
	reached = world_sim_calls(n.w) - calls >= nth;
	world_sim_fail(n.w, SIM_FAULT_NONE, 0, false);
	OK(world_sim_crash(n.w, how, seed, &last));
	node_close(&n);
	OK(dir_open(n.w, NULL, "/", &n.home, &last));
	OK(log_first(n.w, n.home, &n.first, NULL, &last));
	assert_true(n.first == 260 || (n.first == 0 && !was));
	OK(log_open(n.w, n.home, n.first, &n.l, &last));
	log_state(n.l, &is);
	if (n.first == 0) {
		assert_int_equal(is.standing, LOG_FROZEN);
		FAILS(log_publish(n.l, &s, &c, &last), ERR_REFUSED, "ledger.frozen");
	} else {
		assert_int_equal(log_size(n.l), 0);
		assert_int_equal(is.standing, LOG_GOOD);
		OK(append(&n, 1, &index));
		OK(log_open_before(n.l, 1, &before, &last));
		assert_int_equal(log_size(before), 260);
		log_state(before, &is);
		assert_int_equal(is.standing, LOG_FROZEN);
		OK(log_scrub(before, must_not, NULL, NULL, &last));
		log_close(before);
	}
	node_free(&n);
	return reached;
}

static void
a_succession_cut_short_is_ended_or_had_not_begun(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct log_state frozen = { .standing = LOG_FROZEN, .reason = "ledger.split" };
	struct node n = node_new(33);
	struct checkpoint c;
	uint64_t nth;

	(void)state;
	OK(node_open(&n));
	add(&n, 260);
	OK(log_publish(n.l, &s, &c, &last));
	OK(log_state_put(n.l, &frozen, &last));
	for (nth = 1; succession_of_power(&n, SIM_CRASH_KEEP_NONE, nth, 0); nth++) {
		(void)succession_of_power(&n, SIM_CRASH_KEEP_ALL, nth, 0);
		for (uint64_t seed = 1; seed < 8; seed += stride(3)) {
			(void)succession_of_power(&n, SIM_CRASH_KEEP_SOME, nth, seed);
			(void)succession_of_power(&n, SIM_CRASH_LOSE_ONE, nth, seed);
		}
	}
	assert_true(nth > 40);
	node_free(&n);
}

/* ---- the queue ---- */

static void
a_queue_appends_in_order_and_in_two_steps(void **state)
{
	struct node n = node_new(41);
	struct log_queue *q = NULL;
	uint64_t index = 0, before;
	static char big[RECORD_MAX];

	(void)state;
	OK(node_open(&n));
	OK(queue_new(n.l, &q, &last));
	OK(queue_append(q, span_text("{}"), &index, &last));
	assert_int_equal(index, 0);
	FAILS(queue_append(q, span_text("\n"), &index, &last), ERR_INPUT,
	    "journal.ascii");
	FAILS(queue_flush(q, &index, &last), ERR_USE, "log.queue");
	FAILS(queue_put(q, span_text(""), &last), ERR_LIMIT, "journal.size");
	for (int i = 0; i < LOG_QUEUE_MAX; i++)
		OK(queue_put(q, span_text("{\"x\":1}"), &last));
	FAILS(queue_put(q, span_text("{}"), &last), ERR_LIMIT, "log.queue");
	before = world_syncs(n.w);
	OK(queue_flush(q, &index, &last));
	assert_int_equal(index, 1);
	assert_int_equal(world_syncs(n.w) - before, 1);
	assert_int_equal(log_size(n.l), 1 + LOG_QUEUE_MAX);
	memset(big, 'x', sizeof big);
	for (int i = 0; i < 100; i++)
		OK(queue_put(q, span_of(big, sizeof big), &last));
	OK(queue_flush(q, &index, &last));
	assert_int_equal(index, 1 + LOG_QUEUE_MAX);
	root_holds(&n);
	world_sim_fail(n.w, SIM_FAULT_IO, 2, false);
	FAILS(queue_append(q, span_text("{}"), &index, &last), ERR_IO, "disk.io");
	FAILS(queue_append(q, span_text("{}"), &index, &last), ERR_IO, "ledger.dead");
	queue_free(q);
	queue_free(NULL);
	node_free(&n);
}

#define CALLERS 64
#define EACH 10

struct callers {
	struct log_queue *q;
	uint64_t index[CALLERS][EACH];
	bool failed[CALLERS];
};

static void
call(void *arg, unsigned i)
{
	struct callers *c = arg;
	struct err err = ERR_INIT;

	for (int k = 0; k < EACH; k++) {
		char text[40];

		(void)snprintf(text, sizeof text, "{\"by\":%u,\"n\":%d}", i, k);
		if (!queue_append(c->q, span_text(text), &c->index[i][k], &err))
			c->failed[i] = true;
	}
}

static void
many_callers_share_syncs_and_each_gets_its_own_place(void **state)
{
	char folder[] = "/tmp/comity-log-XXXXXX";
	struct node n = { NULL, NULL, NULL, 0 };
	static struct callers c;
	uint64_t before, at;
	uint8_t salt[RECORD_SALT];
	unsigned started = 0;
	struct buf b;

	(void)state;
	assert_non_null(mkdtemp(folder));
	buf_init(&b, RECORD_MAX);
	OK(world_real(&n.w, &last));
	OK(dir_open(n.w, NULL, folder, &n.home, &last));
	OK(log_open(n.w, n.home, 0, &n.l, &last));
	OK(queue_new(n.l, &c.q, &last));
	world_sync_floor(n.w, 2000);
	before = world_syncs(n.w);
	world_run(n.w, CALLERS, call, &c, &started);
	assert_int_equal(started, CALLERS);
	assert_int_equal(log_size(n.l), CALLERS * EACH);
	assert_true((world_syncs(n.w) - before) * 16 <= CALLERS * EACH);
	for (unsigned i = 0; i < CALLERS; i++) {
		assert_false(c.failed[i]);
		for (int k = 0; k < EACH; k++) {
			char text[40];

			(void)snprintf(text, sizeof text, "{\"by\":%u,\"n\":%d}", i, k);
			OK(log_offset(n.l, c.index[i][k], &at, &last));
			buf_reset(&b);
			OK(journal_read(log_journal(n.l), at, &b, salt, &last));
			assert_true(span_is(buf_span(&b), text));
		}
	}
	root_holds(&n);
	queue_free(c.q);
	buf_clear(&b);
	log_close(n.l);
	dir_close(n.home);
	OK(dir_remove_all(n.w, NULL, folder, &last));
	world_free(n.w);
}

/* ---- offsets ---- */

static void
offsets_that_are_wrong_in_the_middle_are_made_again(void **state)
{
	struct node n = node_new(51);
	uint64_t at[40], got, index;
	struct file *f = NULL;

	(void)state;
	OK(node_open(&n));
	add(&n, 40);
	for (uint64_t i = 0; i < 40; i++)
		OK(log_offset(n.l, i, &at[i], &last));
	node_close(&n);
	for (int how = 0; how < 3; how++) {
		uint8_t wrong[8] = { 0 };

		if (how > 0)
			u64_put(wrong, at[how == 1 ? 3 : 12]);
		OK(file_open(n.w, NULL, "journal/offsets", FILE_UPDATE, &f, &last));
		OK(file_write_at(f, span_of(wrong, 8), 8 * 11, &last));
		file_close(f);
		OK(node_open(&n));
		for (uint64_t i = 40; i-- > 0; ) {
			OK(log_index(n.l, at[i], &index, &last));
			assert_int_equal(index, i);
			OK(log_offset(n.l, i, &got, &last));
			assert_int_equal(got, at[i]);
		}
		node_close(&n);
	}
	node_free(&n);
}

static void
opening_costs_what_was_written_since(void **state)
{
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node n = node_new(52);
	uint64_t few, many, memory;
	struct checkpoint c;

	(void)state;
	OK(node_open(&n));
	add(&n, 2);
	OK(log_publish(n.l, &s, &c, &last));
	add(&n, 2);
	OK(log_publish(n.l, &s, &c, &last));
	node_close(&n);
	few = world_sim_calls(n.w);
	OK(node_open(&n));
	few = world_sim_calls(n.w) - few;
	add(&n, 20000);
	OK(log_publish(n.l, &s, &c, &last));
	node_close(&n);
	many = world_sim_calls(n.w);
	memory = mem_count();
	OK(node_open(&n));
	many = world_sim_calls(n.w) - many;
	assert_true(many < few + 10);
	assert_true(mem_count() - memory < 200);
	root_holds(&n);
	node_free(&n);
}

static void
one_process_has_it_open(void **state)
{
	struct node n = node_new(53);
	struct log *other = NULL;

	(void)state;
	OK(node_open(&n));
	FAILS(log_open(n.w, n.home, 0, &other, &last), ERR_CONFLICT, "disk.locked");
	add(&n, 1);
	node_free(&n);
}

/* ---- a scrub of a journal of several runs ---- */

#define RUNS_RECORDS 9000		/* more than two runs of 4,096 */

struct said {
	unsigned n;
	char path[80], why[200];
};

static void
say(void *arg, const char *path, const char *why)
{
	struct said *k = arg;

	k->n++;
	(void)snprintf(k->path, sizeof k->path, "%s", path);
	(void)snprintf(k->why, sizeof k->why, "%s", why);
}

/* The bytes of a file of the home from `at` on become others, whoever has it open. */
static void
put_bytes(struct node *n, const char *path, uint64_t at, struct span bytes)
{
	struct file *f = NULL;

	OK(file_open(n->w, n->home, path, FILE_UPDATE, &f, &last));
	OK(file_write_at(f, bytes, at, &last));
	file_close(f);
}

static void
scrub_says(struct node *n, const char *path, const char *why)
{
	struct said k = { .n = 0 };

	OK(log_scrub(n->l, say, &k, NULL, &last));
	if (k.n != 1 || strcmp(k.path, path) != 0 || strstr(k.why, why) == NULL)
		fail_msg("%u told: %s %s; wanted %s", k.n, k.path, k.why, why);
}

/* One altered byte in each run, told as the reader from the first byte tells it. */
static void
each_run_is_read(struct node *n, struct span journal)
{
	for (uint64_t number = 100; number < RUNS_RECORDS; number += 3333) {
		char where[40];
		uint64_t at;
		uint8_t b;

		OK(log_offset(n->l, number, &at, &last));
		b = (uint8_t)(journal.p[at + 8] ^ 1);
		put_bytes(n, "journal/records", at + 8, span_of(&b, 1));
		(void)snprintf(where, sizeof where, "damaged at byte %llu:",
		    (unsigned long long)at);
		scrub_says(n, "journal/records", where);
		put_bytes(n, "journal/records", at + 8,
		    span_part(journal, (size_t)at + 8, 1));
	}
	OK(log_scrub(n->l, must_not, NULL, NULL, &last));
}

static void
runs_story(struct node *n)
{
	static const uint8_t junk[8] = { 0, 0, 0, 0, 0, 1, 2, 3 };
	struct log_signer s = signer_of("comity-ledger/XA-TEST/1");
	struct node other = node_new(1999);
	struct buf ours, theirs;
	struct checkpoint c;

	add(n, RUNS_RECORDS);
	OK(log_publish(n->l, &s, &c, &last));
	OK(node_open(&other));
	add(&other, RUNS_RECORDS);
	buf_init(&ours, 4 << 20);
	buf_init(&theirs, 4 << 20);
	OK(file_load(n->w, n->home, "journal/records", &ours, &last));
	OK(file_load(other.w, other.home, "journal/records", &theirs, &last));
	assert_int_equal(ours.n, theirs.n);
	OK(log_scrub(n->l, must_not, NULL, NULL, &last));
	each_run_is_read(n, buf_span(&ours));
	/* Another's journal holds by itself, and is as long. */
	put_bytes(n, "journal/records", 0, buf_span(&theirs));
	scrub_says(n, "journal/records", "its records are not the leaves of the tree");
	put_bytes(n, "journal/records", 0, buf_span(&ours));
	/* Offsets are a hint: a wrong one costs time, nothing else. */
	put_bytes(n, "journal/offsets", 8 * 4096, span_of(junk, sizeof junk));
	OK(log_scrub(n->l, must_not, NULL, NULL, &last));
	buf_clear(&ours);
	buf_clear(&theirs);
	node_free(&other);
}

static void
a_journal_of_several_runs_is_scrubbed_to_its_last_byte(void **state)
{
	struct node n = node_new(2000);

	(void)state;
	OK(node_open(&n));
	runs_story(&n);
	node_free(&n);
}

static void
threads_scrub_a_journal_as_one_does(void **state)
{
	char at[] = "/tmp/comity-log-XXXXXX";
	struct node n = { .w = NULL };

	(void)state;
	assert_non_null(mkdtemp(at));
	OK(world_real(&n.w, &last) && dir_open(n.w, NULL, at, &n.home, &last) &&
	    log_open(n.w, n.home, 0, &n.l, &last));
	runs_story(&n);
	node_close(&n);
	OK(dir_remove_all(n.w, NULL, at, &last));
	world_free(n.w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_become_leaves_in_order),
		cmocka_unit_test(it_opens_again_with_the_same_tree),
		cmocka_unit_test(a_checkpoint_is_signed_over_all_leaves_and_only_once),
		cmocka_unit_test(what_may_not_be_signed_is_refused),
		cmocka_unit_test(another_key_than_the_one_named_signs_nothing),
		cmocka_unit_test(a_root_that_memory_or_disk_spoilt_is_not_signed),
		cmocka_unit_test(
		    cosignatures_are_kept_for_good_and_stand_in_the_checkpoint),
		cmocka_unit_test(a_checkpoint_of_another_history_with_our_key_is_told),
		cmocka_unit_test(
		    an_old_copy_with_a_new_signed_never_signs_another_tree),
		cmocka_unit_test(
		    an_old_signed_beside_a_new_ledger_signs_only_the_same_tree),
		cmocka_unit_test(
		    any_altered_bit_is_told_or_mended_and_no_other_tree_signed),
		cmocka_unit_test(whatever_is_missing_is_made_again_or_told),
		cmocka_unit_test(
		    a_damaged_signed_or_standing_stops_signing_until_a_person_says_so),
		cmocka_unit_test(
		    power_lost_at_any_call_loses_nothing_promised_and_signs_no_two_trees),
		cmocka_unit_test(
		    a_fault_at_any_call_loses_nothing_promised_and_signs_no_two_trees),
		cmocka_unit_test(
		    every_failed_allocation_is_an_error_and_signs_no_two_trees),
		cmocka_unit_test(
		    leaves_that_a_peer_kept_come_back_and_what_is_new_stands_behind_them),
		cmocka_unit_test(
		    leaves_that_do_not_make_the_signed_tree_change_nothing),
		cmocka_unit_test(
		    a_signed_that_outlived_the_rest_is_held_against_what_comes_back),
		cmocka_unit_test(a_recovery_cut_short_leaves_the_old_ledger_or_the_new),
		cmocka_unit_test(
		    a_fault_in_a_recovery_leaves_the_old_ledger_or_the_new),
		cmocka_unit_test(
		    a_successor_begins_behind_the_last_record_and_the_closed_one_still_proves),
		cmocka_unit_test(a_succession_cut_short_is_ended_or_had_not_begun),
		cmocka_unit_test(a_queue_appends_in_order_and_in_two_steps),
		cmocka_unit_test(many_callers_share_syncs_and_each_gets_its_own_place),
		cmocka_unit_test(offsets_that_are_wrong_in_the_middle_are_made_again),
		cmocka_unit_test(opening_costs_what_was_written_since),
		cmocka_unit_test(a_journal_of_several_runs_is_scrubbed_to_its_last_byte),
		cmocka_unit_test(threads_scrub_a_journal_as_one_does),
		cmocka_unit_test(one_process_has_it_open),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
