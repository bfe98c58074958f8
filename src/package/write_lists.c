#include "package/write_lists.h"

#include <assert.h>
#include <string.h>

#include "package/files_jsonl.h"
#include "package/payload_content.h"

#define SALTS_AT_ONCE 256

struct lister {
	const struct lists_in *in;
	/* The next line, or false in *more; its bytes into line, their number. */
	bool (*next)(struct lister *l, bool *more, struct err *err);
	struct payload_reader entries;
	struct spool_reader others;
	struct digests_reader digests;
	char line[FILES_LINE_MAX];
	size_t line_n, taken;
	uint64_t n;			/* lines so far */
	struct hasher *fingerprint;
	uint8_t salts[SALTS_AT_ONCE][FILES_SALT];
	size_t salts_left;
	/* Of follow. */
	struct hasher *all;
	struct files_root root;
	bool rooted;
};

/* ---- lines ---- */

static bool
next_manifest(struct lister *l, bool *more, struct err *err)
{
	struct digest d = l->in->salt;
	struct entry e;
	uint64_t index;

	if (!payload_next(&l->entries, &e, &index, more, err) || !*more)
		return !*more;
	if (e.kind != ENTRY_SALT) {
		if (!digests_get(&l->digests, index, &d, err))
			return false;
		hasher_add(l->fingerprint, span_of(l->line,
		    files_pin_line(l->line, &d, e.size, e.path)));
	}
	l->line_n = files_manifest_line(l->line, &d, e.path);
	return true;
}

/* In order, so that a simulated world makes the same salts again. */
static bool
next_salt(struct lister *l, const uint8_t **out, struct err *err)
{
	if (l->salts_left == 0) {
		if (!world_random(l->in->p->w, l->salts, sizeof l->salts, err))
			return false;
		l->salts_left = SALTS_AT_ONCE;
	}
	*out = l->salts[SALTS_AT_ONCE - l->salts_left--];
	return true;
}

static bool
next_file(struct lister *l, bool *more, struct err *err)
{
	const uint8_t *salt;
	struct digest d;
	struct entry e;
	uint64_t index;
	bool is_file = true;

	do
		if (!payload_next(&l->entries, &e, &index, more, err))
			return false;
	while (*more && e.kind == ENTRY_SALT);
	if (!*more) {
		is_file = false;
		if (!payload_next_other(&l->others, &e, more, err))
			return false;
		if (!*more)
			return true;
	} else if (!digests_get(&l->digests, index, &d, err)) {
		return false;
	}
	if (!next_salt(l, &salt, err))
		return false;
	l->line_n = files_line(l->line, ++l->n, &e, is_file ? &d : NULL, salt);
	return true;
}

/* ---- the run ---- */

static bool
lister_fill(void *arg, const struct slab_part *part, unsigned hand,
    struct err *err)
{
	struct lister *l = arg;
	size_t at = 0, n;
	bool more;

	while (at < part->n) {
		if (l->taken == l->line_n) {
			l->taken = 0;
			if (!l->next(l, &more, err))
				return false;
			assert(more);	/* the walk counted every byte */
		}
		n = l->line_n - l->taken;
		if (n > part->n - at)
			n = part->n - at;
		memcpy(part->p + at, l->line + l->taken, n);
		l->taken += n;
		at += n;
	}
	return true;
}

static bool
lister_follow(void *arg, const struct slab_part *part, struct err *err)
{
	struct lister *l = arg;
	struct span bytes = span_of(part->p, part->n);

	hasher_add(l->all, bytes);
	return !l->rooted || files_root_add(&l->root, bytes, err);
}

static void
lister_free(struct lister *l)
{
	if (l == NULL)
		return;
	payload_reader_clear(&l->entries);
	spool_reader_clear(&l->others);
	digests_reader_clear(&l->digests);
	hasher_free(l->fingerprint);
	hasher_free(l->all);
	files_root_clear(&l->root);
	mem_free(l);
}

static bool
lister_new(const struct lists_in *in, struct lister **out, struct err *err)
{
	struct lister *l = mem_new(sizeof *l, err);

	if (l == NULL)
		return false;
	l->in = in;
	if (!payload_reader_init(&l->entries, in->p, err) ||
	    !spool_reader_init(&l->others, err) ||
	    !digests_reader_init(&l->digests, in->digests, err) ||
	    !hasher_new(&l->fingerprint, err) || !hasher_new(&l->all, err) ||
	    !files_root_init(&l->root, err)) {
		lister_free(l);
		return false;
	}
	spool_reader_set(&l->others, in->p->others, 0, spool_size(in->p->others));
	*out = l;
	return true;
}

static bool
lister_run(struct lister *l, uint64_t n, struct digest *digest, struct err *err)
{
	struct slab_work work = { .arg = l, .fill_in_order = true,
		.fill = lister_fill, .follow = lister_follow };
	bool more;

	if (!slabs_run(l->in->slabs, n, &work, err) || !l->next(l, &more, err))
		return false;
	assert(!more && l->taken == l->line_n);
	return hasher_end(l->all, digest, err);
}

bool
lists_manifest(const struct lists_in *in, struct digest *digest,
    struct digest *fingerprint, struct err *err)
{
	struct lister *l;
	bool ok;

	if (!lister_new(in, &l, err))
		return false;
	l->next = next_manifest;
	ok = lister_run(l, in->p->manifest_bytes, digest, err) &&
	    hasher_end(l->fingerprint, fingerprint, err);
	lister_free(l);
	return ok;
}

bool
lists_files(const struct lists_in *in, struct digest *digest,
    struct digest *root, struct err *err)
{
	struct lister *l;
	bool ok;

	if (!lister_new(in, &l, err))
		return false;
	l->next = next_file;
	l->rooted = true;
	ok = lister_run(l, in->p->list_bytes, digest, err) &&
	    files_root_end(&l->root, root, err);
	lister_free(l);
	return ok;
}
