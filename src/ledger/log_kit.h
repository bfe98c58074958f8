/*
 * For tests of the log: a node with a log of many small records, a copy of its home, and
 * what looks at both.
 */
#ifndef COMITY_LEDGER_LOG_KIT_H
#define COMITY_LEDGER_LOG_KIT_H

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

static inline struct node
node_new(uint64_t seed)
{
	struct world_sim_options opt = { .seed = seed, .now = 1795000000 };
	struct node n = { NULL, NULL, NULL, 0 };

	OK(world_sim(&n.w, opt, &last));
	return n;
}

static inline bool
node_open(struct node *n)
{
	return dir_open(n->w, NULL, "/", &n->home, &last) &&
	    log_open(n->w, n->home, n->first, &n->l, &last);
}

static inline void
node_close(struct node *n)
{
	log_close(n->l);
	dir_close(n->home);
	n->l = NULL;
	n->home = NULL;
}

static inline void
node_free(struct node *n)
{
	node_close(n);
	world_free(n->w);
}

static inline bool
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

static inline void
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

static inline bool
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
static inline struct digest
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

static inline void
root_holds(struct node *n)
{
	struct digest root, want = root_of_journal(n);

	OK(log_root(n->l, log_size(n->l), &root, &last));
	assert_true(digest_eq(&root, &want));
}

static inline struct log_signer
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

/* The latest checkpoint with a witness's line. */
static inline void
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

static inline bool
note_names(struct span note, const char *name)
{
	return memmem(note.p, note.n, name, strlen(name)) != NULL;
}

static inline void
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

static inline struct node
node_copy(struct node *of, uint64_t seed, const char *except)
{
	struct node n = node_new(seed);

	n.first = of->first;
	folder_copy(of->w, n.w, "/", except);
	return n;
}

static inline void
one_file(struct node *from, struct node *to, const char *path)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	OK(file_load(from->w, NULL, path, &b, &last));
	OK(file_save(to->w, NULL, path, buf_span(&b), true, &last));
	buf_clear(&b);
}

/* The first file that a scrub told of, and how many there were. */
struct found {
	unsigned n;
	char path[80];
};

static inline void
find(void *arg, const char *path, const char *why)
{
	struct found *f = arg;

	assert_true(why[0] != '\0');
	if (f->n++ == 0)
		(void)snprintf(f->path, sizeof f->path, "%s", path);
}

static inline void
must_not(void *arg, const char *path, const char *why)
{
	(void)arg;
	fail_msg("%s: %s", path, why);
}

static inline uint64_t
stride(uint64_t few)
{
	return getenv("COMITY_LONG") != NULL ? 1 : few;
}

static inline void
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

#endif
