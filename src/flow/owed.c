/*
 * Signatures that are owed for what went already: by the records of the ledger, so that a file
 * of approvals/ that was taken away, put back or changed neither ends one nor puts it off.  A
 * file without such a record is of an earlier version, or of a cut between the two.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/leaves.h"
#include "flow/people_inside.h"

#define NAME_HEX 64			/* digits of a content in the names there */

/* One word about a content: the last one of it counts. */
struct owed_word {
	struct digest content;
	uint64_t place;			/* of the record; 0: a file says so */
	int64_t due_at;
	bool signed_;			/* nothing is owed any more */
};
struct owed {
	struct flow *f;
	struct owed_word *list;		/* owned */
	size_t n;
	struct digest *kept;		/* contents of which there is a text; owned */
	size_t kept_n;
	bool short_of;			/* of memory */
};

static bool
word_add(struct owed *o, const struct owed_word *w, struct err *err)
{
	struct owed_word *list = mem_grow(o->list, o->n, sizeof *list, err);

	if (list == NULL)
		return false;
	o->list = list;
	o->list[o->n++] = *w;
	return true;
}

static void
leaf_look(void *arg, const struct leaf *x)
{
	struct owed *o = arg;
	struct owed_word w = { .content = x->digest, .place = x->at,
		.due_at = (int64_t)x->size, .signed_ = strcmp(x->outcome, "owed") != 0 };
	struct err why = ERR_INIT;

	o->short_of = o->short_of || !word_add(o, &w, &why);
}

static bool
due_look(struct owed *o, const char *name, const struct digest *content, struct err *err)
{
	struct owed_word w = { .content = *content };
	char path[300];
	struct buf b;
	uint64_t at;
	bool ok;

	(void)snprintf(path, sizeof path, APPROVALS_FOLDER "/%.255s", name);
	buf_init(&b, 64);
	ok = home_load(o->f->home, path, &b, err);
	if (ok && decimal_parse(buf_span(&b), WHEN_MAX, &at)) {
		w.due_at = (int64_t)at;
		ok = word_add(o, &w, err);
	}
	buf_clear(&b);
	return ok;
}

static bool
file_look(void *arg, const char *name, struct err *err)
{
	struct owed *o = arg;
	struct digest content, *kept;

	if (matter_name(name, &content)) {
		kept = mem_grow(o->kept, o->kept_n, sizeof *kept, err);
		if (kept == NULL)
			return false;
		o->kept = kept;
		o->kept[o->kept_n++] = content;
		return true;
	}
	return strlen(name) != NAME_HEX + 4 || strcmp(name + NAME_HEX, ".due") != 0 ||
	    !digest_parse(span_of(name, NAME_HEX), &content) ||
	    due_look(o, name, &content, err);
}

static int
by_content(const void *a, const void *b)
{
	const struct owed_word *x = a, *y = b;
	int c = memcmp(&x->content, &y->content, sizeof x->content);

	return c != 0 ? c : (x->place > y->place) - (x->place < y->place);
}

static int
by_digest(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct digest));
}

static void
owed_clear(struct owed *o)
{
	mem_free(o->list);
	mem_free(o->kept);
}

/* Sorted, and the last word of each content alone.  Damage of the journal leaves the files. */
static bool
owed_load(struct flow *f, struct owed *o, struct err *err)
{
	struct err why = ERR_INIT;
	size_t n = 0;

	*o = (struct owed){ .f = f };
	if (!leaves_each(f, LEAF_OWED, leaf_look, o, &why) && !ledger_damage_skip(&why, err))
		return false;
	if (o->short_of)
		return err_memory(err);
	if (!approvals_each(f, file_look, o, err))
		return false;
	if (o->n > 0)
		qsort(o->list, o->n, sizeof *o->list, by_content);
	if (o->kept_n > 0)
		qsort(o->kept, o->kept_n, sizeof *o->kept, by_digest);
	for (size_t i = 0; i < o->n; i++) {
		if (n > 0 && digest_eq(&o->list[n - 1].content, &o->list[i].content))
			n--;
		o->list[n++] = o->list[i];
	}
	o->n = n;
	return true;
}

static void
owed_count(const struct owed *o, struct matter_counts *out)
{
	int64_t now = world_now(o->f->world);
	size_t found = 0;

	for (size_t i = 0; i < o->n; i++) {
		const struct owed_word *w = &o->list[i];
		bool there;

		if (w->signed_)
			continue;
		there = o->kept_n > 0 && bsearch(&w->content, o->kept, o->kept_n,
		    sizeof *o->kept, by_digest) != NULL;
		found += there;
		out->owed++;
		out->lost += !there;
		out->overdue += w->due_at < now;
		if (out->due_at == 0 || w->due_at < out->due_at)
			out->due_at = w->due_at;
	}
	out->waiting = o->kept_n - found;
}

bool
flow_matter_counts(struct flow *f, struct matter_counts *out, struct err *err)
{
	struct owed o;
	bool ok;

	memset(out, 0, sizeof *out);
	ok = owed_load(f, &o, err);
	if (ok)
		owed_count(&o, out);
	owed_clear(&o);
	return ok;
}

bool
signature_owed(struct flow *f, const struct digest *content, bool *is, struct err *err)
{
	struct owed o;
	bool ok;

	*is = false;
	ok = owed_load(f, &o, err);
	for (size_t i = 0; ok && i < o.n; i++)
		*is = *is || (!o.list[i].signed_ && digest_eq(&o.list[i].content, content));
	owed_clear(&o);
	return ok;
}
