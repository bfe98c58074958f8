#include "flow/marks.h"

#include <stdlib.h>
#include <string.h>

#include "flow/leaves.h"

#define MARKS_HEAD "comity.restricted/1"
#define MARKS_ACTS_MAX PARCELS_MAX

static int
by_digest(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct digest));
}

void
marks_clear(struct marks *m)
{
	mem_free(m->acts);
	mem_free(m->lines);
	memset(m, 0, sizeof *m);
}

static bool
list_add(struct digest **list, size_t *n, const struct digest *d, struct err *err)
{
	struct digest *more;

	/* Doubled at each power of two. */
	if ((*n & (*n - 1)) == 0) {
		more = mem_resize(*list, (*n == 0 ? 1 : 2 * *n) * sizeof *more, err);
		if (more == NULL)
			return false;
		*list = more;
	}
	(*list)[(*n)++] = *d;
	return true;
}

bool
marks_add(struct marks *m, const struct digest *leaf, struct err *err)
{
	if (m->lines_n == MARKS_MAX)
		return err_set(err, ERR_LIMIT, "restrict.many",
		    "more than %u files cannot be marked one by one; restrict all of it (--all)",
		    MARKS_MAX);
	return list_add(&m->lines, &m->lines_n, leaf, err);
}

static bool
marks_names(const struct marks *m, const struct digest *act)
{
	for (size_t i = 0; i < m->acts_n; i++)
		if (digest_eq(&m->acts[i], act))
			return true;
	return false;
}

bool
marks_looked(struct marks *m, const struct digest *act, struct err *err)
{
	return marks_names(m, act) || list_add(&m->acts, &m->acts_n, act, err);
}

/* ---- the file ---- */

static bool
mark_take(struct marks *m, struct span line, struct err *err)
{
	struct digest d;

	if (span_is(line, "all")) {
		m->all = true;
		return true;
	}
	if (span_starts(line, "act ") && digest_parse(span_from(line, 4), &d))
		return marks_looked(m, &d, err);
	if (span_starts(line, "line ") && digest_parse(span_from(line, 5), &d))
		return marks_add(m, &d, err);
	return err_set(err, ERR_INPUT, "restrict.file",
	    "the list of what is restricted is damaged");
}

bool
marks_text(const struct marks *m, struct buf *out, struct err *err)
{
	bool ok = buf_add_text(out, MARKS_HEAD "\n", err) &&
	    (!m->all || buf_add_text(out, "all\n", err));

	for (size_t i = 0; ok && i < m->acts_n; i++)
		ok = buf_printf(out, err, "act %s\n", digest_hex(&m->acts[i]).s);
	for (size_t i = 0; ok && i < m->lines_n; i++)
		ok = buf_printf(out, err, "line %s\n", digest_hex(&m->lines[i]).s);
	return ok;
}

bool
marks_digest(const struct marks *m, struct digest *out, uint64_t *bytes, struct err *err)
{
	struct buf b;
	bool ok;

	buf_init(&b, SMALL_FILE_MAX);
	ok = marks_text(m, &b, err) && digest_of(buf_span(&b), out, err);
	*bytes = b.n;
	buf_clear(&b);
	return ok;
}

struct marks_looking {
	unsigned evidence;
	struct marks *out;
	bool earlier;			/* a record of an earlier version, of some evidence */
};

static void
leaf_look(void *arg, const struct leaf *x)
{
	struct marks_looking *l = arg;

	l->earlier = l->earlier || x->number == 0;
	if (x->number != l->evidence)
		return;
	l->out->has_said = true;
	l->out->said = x->digest;
}

/*
 * file NULL: none that can be read.  What differs restricts: what it says was looked through
 * does not count.  So with one that only an earlier version can have recorded, which named no
 * list: what it leaves out is as if nobody had decided.
 */
static bool
marks_compare(struct flow *f, unsigned evidence, const struct digest *file,
    struct marks *out, struct err *err)
{
	struct marks_looking l = { .evidence = evidence, .out = out };

	if (!leaves_each(f, LEAF_MARKS, leaf_look, &l, err))
		return false;
	out->differ = out->differ || (out->has_said ? file == NULL ||
	    !digest_eq(file, &out->said) : file != NULL && !l.earlier);
	out->all = out->all || out->differ;
	if (out->differ || !out->has_said)
		out->acts_n = 0;
	out->decided = out->all || out->has_said;
	return true;
}

static bool
marks_read(struct span text, struct marks *out, struct err *err)
{
	struct cursor in = cursor_of(text);
	struct span line;
	bool ok = true;

	if (!cursor_line(&in, &line) || !span_is(line, MARKS_HEAD))
		return err_set(err, ERR_INPUT, "restrict.file",
		    "the list of what is restricted is damaged");
	while (ok && cursor_line(&in, &line))
		ok = mark_take(out, line, err);
	return ok;
}

/* A disk that does not read a file has not said that it is no list; of a folder it has. */
static bool
says_no_list(struct flow *f, const char *path, const struct err *why)
{
	struct file_info info;

	if (why->kind == ERR_MEMORY || why->kind == ERR_STOPPED)
		return false;
	return why->kind != ERR_IO || (path_info(f->world, home_dir(f->home), path, &info,
	    NULL) && info.type != FILE_REGULAR);
}

/* *is false: what lies there is no list, and whoever put it there decided nothing. */
static bool
marks_file(struct flow *f, const char *path, struct marks *out, struct digest *sha256,
    bool *is, struct err *err)
{
	struct err why = ERR_INIT;
	struct buf b;

	buf_init(&b, SMALL_FILE_MAX);
	*is = home_load(f->home, path, &b, &why) && marks_read(buf_span(&b), out, &why) &&
	    digest_of(buf_span(&b), sha256, &why);
	buf_clear(&b);
	if (*is)
		return true;
	marks_clear(out);
	if (says_no_list(f, path, &why))
		return true;
	*err = why;
	return false;
}

static void
marks_sort(struct marks *m)
{
	m->sorted_n = m->lines_n;
	if (m->lines_n > 0)
		qsort(m->lines, m->lines_n, sizeof *m->lines, by_digest);
}

bool
marks_load(struct flow *f, unsigned evidence, struct marks *out, struct err *err)
{
	struct evidence_file path = evidence_path(evidence, "restricted");
	bool there = false, is = false;
	struct digest file;

	memset(out, 0, sizeof *out);
	if (!path_look(f->world, home_dir(f->home), path.s, &there, err) ||
	    (there && !marks_file(f, path.s, out, &file, &is, err)))
		return false;
	out->differ = there && !is;
	if (!marks_compare(f, evidence, is ? &file : NULL, out, err))
		return false;
	marks_sort(out);
	return true;
}

/* ---- lists of other numbers ---- */

struct numbers {
	unsigned *list;			/* owned */
	size_t n;
	unsigned but;
	bool short_of;			/* of memory */
};

static void
number_look(void *arg, const struct leaf *x)
{
	struct numbers *l = arg;
	struct err why = ERR_INIT;
	unsigned *more;

	for (size_t i = 0; i < l->n; i++)
		if (l->list[i] == x->number)
			return;
	if (x->number == 0 || x->number == l->but)
		return;
	if ((l->n & (l->n - 1)) == 0) {
		more = mem_resize(l->list, (l->n == 0 ? 1 : 2 * l->n) * sizeof *more, &why);
		l->short_of = l->short_of || more == NULL;
		if (more == NULL)
			return;
		l->list = more;
	}
	l->list[l->n++] = x->number;
}

static bool
marks_join(struct marks *to, const struct marks *other, const struct parcel *p,
    struct err *err)
{
	bool ok = marks_looked(to, &p->act_id, err);

	to->all = to->all || other->all;
	to->decided = true;
	for (size_t i = 0; ok && i < other->lines_n; i++)
		ok = marks_has(to, &other->lines[i]) || marks_add(to, &other->lines[i], err);
	marks_sort(to);
	return ok;
}

static bool
marks_other(struct flow *f, unsigned number, const struct parcel *parcels, size_t n,
    struct marks *to, struct err *err)
{
	struct marks other;
	bool ok = marks_load(f, number, &other, err);

	to->lost = to->lost || (ok && other.differ);
	for (size_t i = 0; ok && i < n; i++)
		if (marks_names(&other, &parcels[i].act_id))
			ok = marks_join(to, &other, &parcels[i], err);
	marks_clear(&other);
	return ok;
}

bool
marks_load_of(struct flow *f, unsigned evidence, const struct parcel *parcels,
    size_t parcels_n, struct marks *out, struct err *err)
{
	struct numbers l = { .but = evidence };
	bool ok;

	ok = marks_load(f, evidence, out, err) &&
	    leaves_each(f, LEAF_MARKS, number_look, &l, err) &&
	    (!l.short_of || err_memory(err));
	for (size_t i = 0; ok && i < l.n; i++)
		ok = marks_other(f, l.list[i], parcels, parcels_n, out, err);
	mem_free(l.list);
	return ok;
}

/* A folder in its place is no list, and would not be replaced by one. */
static bool
folder_leave(struct flow *f, const char *path, struct err *err)
{
	struct dir *home = home_dir(f->home);
	struct file_info info;

	if (!home_has(f->home, path))
		return true;
	return path_info(f->world, home, path, &info, err) && (info.type != FILE_DIR ||
	    dir_remove_all(f->world, home, path, err));
}

bool
marks_save(struct flow *f, unsigned evidence, const struct marks *m, struct err *err)
{
	struct evidence_file path = evidence_path(evidence, "restricted");
	struct buf b;
	bool ok;

	buf_init(&b, SMALL_FILE_MAX);
	ok = marks_text(m, &b, err) && folder_leave(f, path.s, err) &&
	    home_save(f->home, path.s, buf_span(&b), err);
	buf_clear(&b);
	return ok;
}

/* ---- what is restricted ---- */

bool
marks_has(const struct marks *m, const struct digest *leaf)
{
	return m->sorted_n > 0 && bsearch(leaf, m->lines, m->sorted_n, sizeof *m->lines,
	    by_digest) != NULL;
}

/* The offence, or what is to be removed, is of a class that the law restricts. */
static bool
request_restricts(const struct act *a)
{
	static const char *const offences[] = { "F10", "F03" };
	const struct fields *fs = &a->body.request.fields;
	const struct field *f = fields_find(fs, "F50");
	const struct field_part *p;

	for (size_t i = 0; i < sizeof offences / sizeof offences[0]; i++) {
		char one[12];
		size_t n;

		if (fields_find(fs, offences[i]) == NULL)
			continue;
		p = fields_part(fs, offences[i], 0, "articles");
		for (const char *s = p != NULL && p->text != NULL ? p->text : "";
		    *s != '\0'; s += n + (s[n] != '\0')) {
			const struct law_offence *o;

			n = strcspn(s, ";");
			if (n == 0 || n >= sizeof one)
				continue;
			memcpy(one, s, n);
			one[n] = '\0';
			o = law_offence(one);
			if (o != NULL && o->restricted)
				return true;
		}
	}
	p = f != NULL ? fields_part(fs, "F50", 0, "codes") : NULL;
	return p != NULL && p->text != NULL && law_list_has(p->text, "article_14");
}

/* A request that the act follows, as far as it lies here. */
static bool
request_look(struct flow *f, const struct digest *act, bool *is, struct err *err)
{
	struct parcel_path path = parcel_path(act);
	struct act asked;

	if (!home_has(f->home, path.s))
		return true;
	if (!act_read_at(f, path, &asked, err))
		return false;
	*is = *is || (act_kind_class(asked.kind) == ACT_IS_REQUEST &&
	    request_restricts(&asked));
	act_clear(&asked);
	return true;
}

/* By the requests that the act follows. */
static bool
asked_restricts(struct flow *f, const struct kept_reading *k, bool *is, struct err *err)
{
	struct buf json;
	struct act a;
	bool ok;

	buf_init(&json, ACT_BYTES_MAX);
	ok = package_extract(&k->in, "act.json", &json, err) &&
	    act_decode(&a, buf_span(&json), err);
	buf_clear(&json);
	if (!ok)
		return false;
	for (size_t i = 0; ok && i < a.follows_n; i++)
		ok = request_look(f, &a.follows[i], is, err);
	act_clear(&a);
	return ok;
}

bool
marks_whole(struct flow *f, const struct marks *m, const struct kept_reading *k,
    const struct digest *act, bool *whole, struct err *err)
{
	*whole = m->all || (m->decided ? !marks_names(m, act) : m->lost);
	return m->decided || *whole || asked_restricts(f, k, whole, err);
}

/* ---- what the doors ask ---- */

bool
restricted_look(struct flow *f, const struct kept_reading *k, size_t parcel, bool *any,
    struct err *err)
{
	struct marks m;
	bool ok;

	ok = marks_load_of(f, k->evidence.number, &k->evidence.parcels[parcel], 1, &m, err);
	*any = ok && (m.all || m.lines_n > 0);
	ok = ok && (*any || marks_whole(f, &m, k, &k->evidence.parcels[parcel].act_id, any,
	    err));
	marks_clear(&m);
	return ok;
}

/* One that cannot be read is not looked at: damage frees nothing. */
static bool
parcel_is_whole(struct flow *f, const struct evidence *e, const struct marks *m,
    size_t parcel, bool *whole, struct err *err)
{
	const struct parcel *p = &e->parcels[parcel];
	struct err why = ERR_INIT;
	struct kept_reading k;
	bool ok;

	/* That it is destroyed is the docket's word. */
	*whole = true;
	if (p->destroyed_at != 0)
		return true;
	ok = shown_open(f, e->number, &parcel, &k, &why) &&
	    marks_whole(f, m, &k, &p->act_id, whole, &why);
	shown_close(&k);
	if (ok)
		return true;
	*whole = true;
	if (why.kind == ERR_INPUT || why.kind == ERR_UNPROVEN || why.kind == ERR_ABSENT)
		return true;
	*err = why;
	return false;
}

static bool
parcels_are_whole(struct flow *f, const struct evidence *e, const struct marks *m, bool *any,
    struct err *err)
{
	for (size_t i = 0; i < e->parcels_n && !*any; i++)
		if (!parcel_is_whole(f, e, m, i, any, err))
			return false;
	return true;
}

bool
restricted_any(struct flow *f, const struct evidence *e, bool *any, struct err *err)
{
	struct marks m;
	bool ok;

	ok = marks_load_of(f, e->number, e->parcels, e->parcels_n, &m, err);
	*any = ok && (m.all || m.lines_n > 0);
	ok = ok && parcels_are_whole(f, e, &m, any, err);
	marks_clear(&m);
	return ok;
}

bool
restricted_copy_ask(struct flow *f, const struct kept_reading *k, size_t parcel,
    struct err *err)
{
	unsigned n = k->evidence.number;
	bool any;

	return restricted_look(f, k, parcel, &any, err) && (!any || err_set(err,
	    ERR_REFUSED, "restrict.copied",
	    "evidence %04u has restricted material (Article 14), which is never copied. Let it be looked at here, under your control, and note who did: comity evidence inspect %u. The rest of it goes without: comity evidence disclose %u. That it is not restricted is for two persons to say: comity evidence restrict %u --class none",
	    n, n, n, n));
}

bool
restriction_lowers(struct flow *f, const struct evidence *e, const struct marks *before,
    enum restrict_how how, bool *lowers, struct err *err)
{
	*lowers = how != RESTRICT_ALL && (before->all || (how == RESTRICT_NONE &&
	    before->lines_n > 0));
	return how == RESTRICT_ALL || parcels_are_whole(f, e, before, lowers, err);
}
