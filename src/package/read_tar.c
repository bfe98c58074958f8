#include "package/read_tar.h"

#include <assert.h>
#include <string.h>

void
tar_reader_init(struct tar_reader *t, uint64_t size)
{
	memset(t, 0, sizeof *t);
	t->size = size;
	order_init(&t->order);
}

static bool
tar_break(struct tar_reader *t, uint64_t at)
{
	t->broken = true;
	t->broken_at = at;
	return false;
}

/* "comity-" and 32 lower hex (section 1). */
static bool
folder_good(const char *s)
{
	return strlen(s) == 39 && memcmp(s, "comity-", 7) == 0 &&
	    strspn(s + 7, "0123456789abcdef") == 32;
}

static bool
folder_check(struct tar_reader *t, const struct tar_claim *c)
{
	if (t->folder[0] == '\0') {
		if (!folder_good(c->folder))
			return err_set(&t->why, ERR_INPUT, "tar.folder",
			    "the folder inside is called %s and not comity- with 32 "
			    "hex digits", shown_text(c->folder).s);
		memcpy(t->folder, c->folder, sizeof t->folder);
		t->mtime = c->mtime;
		return true;
	}
	if (strcmp(t->folder, c->folder) != 0)
		return err_set(&t->why, ERR_INPUT, "tar.folder",
		    "%s lies in another folder than the entries before it",
		    shown_text(c->path).s);
	if (t->mtime != c->mtime)
		return err_set(&t->why, ERR_INPUT, "tar.mtime",
		    "%s bears another time than the entries before it",
		    shown_text(c->path).s);
	return true;
}

/* A claimed size that the file cannot hold is a lie or a cut; nothing is read. */
static bool
size_check(struct tar_reader *t, const struct tar_claim *c)
{
	uint64_t left = t->size - t->at;

	if (c->size <= left)
		return true;
	t->cut = true;
	return err_set(&t->why, ERR_INPUT, "tar.cut",
	    "%s should have %llu bytes, but the file ends after %llu of them",
	    shown_text(c->path).s, (unsigned long long)c->size,
	    (unsigned long long)left);
}

static bool
end_begin(struct tar_reader *t, uint64_t header_at)
{
	uint64_t zeros = tar_end_padding(header_at);

	if (!order_end(&t->order, &t->why))
		return false;
	if (t->size - header_at < zeros) {
		t->cut = true;
		return err_set(&t->why, ERR_INPUT, "tar.cut",
		    "%llu bytes are missing at the end",
		    (unsigned long long)(zeros - (t->size - header_at)));
	}
	if (t->size - header_at > zeros)
		return err_set(&t->why, ERR_INPUT, "tar.trailing",
		    "%llu bytes follow the end",
		    (unsigned long long)(t->size - header_at - zeros));
	t->step = TAR_END;
	t->zeros = zeros - TAR_BLOCK;
	return true;
}

/* One whole header; t->at stands behind it already. */
static bool
header_take(struct tar_reader *t, struct span header)
{
	uint64_t header_at = t->at - header.n;
	struct tar_claim c;

	if (!tar_claim_read(header, &c, &t->why))
		return tar_break(t, header_at);
	if (c.end)
		return end_begin(t, header_at) || tar_break(t, header_at);
	if (c.header_n != header.n) {
		(void)err_set(&t->why, ERR_INPUT, "tar.header",
		    "the header of %s is of a kind that has no place here",
		    shown_text(c.path).s);
		return tar_break(t, header_at);
	}
	if (!folder_check(t, &c) ||
	    !order_next(&t->order, c.path, c.size, &t->place, &t->why) ||
	    !size_check(t, &c))
		return tar_break(t, header_at);
	memcpy(t->path, c.path, sizeof t->path);
	t->entry_size = c.size;
	t->entry_at = t->at;
	t->done = 0;
	t->step = TAR_CONTENT;
	return true;
}

/* Bytes the header at p needs, as far as its first bytes tell: an x has three blocks. */
static size_t
header_needs(const uint8_t *p, size_t n)
{
	return n >= TAR_BLOCK && p[156] == 'x' ? TAR_HEADER_MAX : TAR_BLOCK;
}

/* Collect a header, whole from the slab or through the carry; false: wait or broken. */
static bool
header_collect(struct tar_reader *t, const struct slab *s, size_t *pos)
{
	size_t left = s->n - *pos, need;

	if (t->carry_n == 0) {
		need = header_needs(s->bytes + *pos, left);
		if (left >= need) {
			*pos += need;
			t->at += need;
			return header_take(t, span_of(s->bytes + *pos - need, need));
		}
	}
	for (;;) {
		size_t take;

		need = header_needs(t->carry, t->carry_n);
		if (t->carry_n == need)
			break;
		left = s->n - *pos;
		if (left == 0)
			return false;
		take = need - t->carry_n < left ? need - t->carry_n : left;
		memcpy(t->carry + t->carry_n, s->bytes + *pos, take);
		t->carry_n += take;
		*pos += take;
		t->at += take;
	}
	t->carry_n = 0;
	return header_take(t, span_of(t->carry, need));
}

static void
content_take(struct tar_reader *t, struct slab *s, size_t *pos)
{
	uint64_t left = t->entry_size - t->done;
	size_t have = s->n - *pos;
	struct piece *p;

	if (left > 0 && have == 0)
		return;
	p = slab_piece(s, t->path);
	assert(p != NULL);	/* an entry takes 512 bytes: PIECES_MAX is enough */
	p->at = (uint32_t)*pos;
	p->n = (uint32_t)(left < have ? left : have);
	p->place = t->place;
	p->first = t->done == 0;
	p->size = t->entry_size;
	p->begin = t->done;
	p->tar_at = t->entry_at;
	p->last = p->n == left;
	t->done += p->n;
	t->at += p->n;
	*pos += p->n;
	if (p->last) {
		t->step = TAR_ZEROS;
		t->zeros = tar_padding(t->entry_size);
	}
}

/* How many zeros p begins with, of n bytes: by blocks, then one by one. */
static size_t
zeros_count(const uint8_t *p, size_t n)
{
	static const uint8_t zeros[64];
	size_t i = 0;

	while (n - i >= sizeof zeros && memcmp(p + i, zeros, sizeof zeros) == 0)
		i += sizeof zeros;
	while (i < n && p[i] == 0)
		i++;
	return i;
}

static bool
zeros_take(struct tar_reader *t, const struct slab *s, size_t *pos)
{
	size_t left = s->n - *pos, n;

	n = zeros_count(s->bytes + *pos, t->zeros < left ? (size_t)t->zeros : left);
	*pos += n;
	t->at += n;
	t->zeros -= n;
	if (t->zeros > 0 && *pos < s->n) {
		(void)err_set(&t->why, ERR_INPUT, "tar.padding",
		    "there is a byte where only zeros belong, after %s",
		    shown_text(t->path).s);
		return tar_break(t, t->at);
	}
	if (t->zeros > 0)
		return true;
	if (t->step == TAR_ZEROS)
		t->step = TAR_HEADER;
	else
		t->over = true;
	return true;
}

/* The bytes are at their end and the tar is not. */
static void
cut_say(struct tar_reader *t)
{
	t->cut = true;
	if (t->path[0] == '\0')
		(void)err_set(&t->why, ERR_INPUT, "tar.cut",
		    "it ends inside its first header");
	else
		(void)err_set(&t->why, ERR_INPUT, "tar.cut",
		    "it ends %s %s", t->step == TAR_CONTENT ? "inside" : "after",
		    shown_text(t->path).s);
	(void)tar_break(t, t->at);
}

bool
tar_lay(struct tar_reader *t, struct slab *s, size_t from, bool final,
    bool (*opened)(void *arg, const char *path, struct err *err), void *arg,
    struct err *err)
{
	size_t pos = from < s->n ? from : s->n;

	while (!t->broken && !t->over &&
	    (pos < s->n || (t->step == TAR_CONTENT && t->done == t->entry_size) ||
	    (t->step != TAR_HEADER && t->step != TAR_CONTENT && t->zeros == 0))) {
		switch (t->step) {
		case TAR_HEADER:
			if (header_collect(t, s, &pos) && t->step == TAR_CONTENT &&
			    opened != NULL && !opened(arg, t->path, err))
				return false;
			break;
		case TAR_CONTENT:
			content_take(t, s, &pos);
			break;
		case TAR_ZEROS:
		case TAR_END:
			(void)zeros_take(t, s, &pos);
			break;
		}
	}
	if (final && !t->broken && !t->over && !s->brk.met)
		cut_say(t);
	return true;
}
