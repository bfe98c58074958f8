#include "flow/marks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/journey.h"
#include "flow/leaves.h"

#define MARKS_HEAD "comity.restricted/1"

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
	struct digest *more = mem_grow(*list, *n, sizeof *more, err);

	if (more == NULL)
		return false;
	*list = more;
	more[(*n)++] = *d;
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

/* ---- what the records say ---- */

/* The newest list of a number. */
struct said {
	unsigned number;
	uint64_t at;			/* of its record */
	struct digest list;
};
/* Of all numbers, looked for once: each one time, ascending. */
struct saids {
	struct said *list;		/* owned */
	size_t n;
	bool earlier;			/* a record of an earlier version, of some evidence */
	bool short_of;			/* of memory */
	struct leaf_gap gap;
};

static void
said_look(void *arg, const struct leaf *x)
{
	struct saids *s = arg;
	struct said *more;

	s->earlier = s->earlier || x->number == 0;
	if (x->number == 0)
		return;
	more = mem_grow(s->list, s->n, sizeof *more, NULL);
	s->short_of = s->short_of || more == NULL;
	if (more == NULL)
		return;
	s->list = more;
	more[s->n++] = (struct said){ x->number, x->at, x->digest };
}

static int
said_order(const void *a, const void *b)
{
	const struct said *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static void
saids_clear(struct saids *s)
{
	mem_free(s->list);
	memset(s, 0, sizeof *s);
}

static bool
saids_load(struct flow *f, struct saids *s, struct err *err)
{
	size_t n = 0;

	memset(s, 0, sizeof *s);
	if (!leaves_gap(f, &s->gap, err) || !leaves_each(f, LEAF_MARKS, said_look, s, err) ||
	    (s->short_of && !err_memory(err))) {
		saids_clear(s);
		return false;
	}
	if (s->n > 0)
		qsort(s->list, s->n, sizeof *s->list, said_order);
	for (size_t i = 0; i < s->n; i++)
		if (i + 1 == s->n || s->list[i + 1].number != s->list[i].number)
			s->list[n++] = s->list[i];
	s->n = n;
	return true;
}

static int
number_order(const void *key, const void *item)
{
	unsigned number = *(const unsigned *)key;
	const struct said *x = item;

	return number < x->number ? -1 : number > x->number;
}

/* NULL: no record names a list of it. */
static const struct said *
said_of(const struct saids *s, unsigned evidence)
{
	return s->n == 0 ? NULL : bsearch(&evidence, s->list, s->n, sizeof *s->list,
	    number_order);
}

/* Records were lost since it was decided: evidence of before may have had more. */
static bool
said_lost(struct flow *f, const struct saids *all, unsigned evidence, bool *lost,
    struct err *err)
{
	const struct said *x = said_of(all, evidence);
	struct err why = ERR_INIT;
	struct evidence *e;
	bool ok;

	*lost = false;
	if (all->gap.at <= (x != NULL ? x->at : 0))
		return true;
	e = mem_new(sizeof *e, err);
	if (e == NULL)
		return false;
	ok = evidence_load(f->home, evidence, e, &why);
	*lost = !ok || e->added_at <= all->gap.time;
	mem_free(e);
	return ok || ledger_damage_skip(&why, err);
}

/*
 * file NULL: none that can be read.  What differs restricts: what it says was looked through
 * does not count.  So with one that only an earlier version can have recorded, which named no
 * list: what it leaves out is as if nobody had decided.
 */
static void
marks_compare(const struct saids *all, unsigned evidence, const struct digest *file,
    struct marks *out)
{
	const struct said *said = said_of(all, evidence);

	out->has_said = said != NULL;
	if (said != NULL)
		out->said = said->list;
	out->differ = out->differ || (said != NULL ? file == NULL ||
	    !digest_eq(file, &said->list) : file != NULL && !all->earlier);
	out->all = out->all || out->differ;
	if (out->differ || !out->has_said)
		out->acts_n = 0;
	out->decided = out->all || out->has_said;
}

/* ---- read and held against them ---- */

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

static bool
marks_load_said(struct flow *f, const struct saids *all, unsigned evidence,
    struct marks *out, struct err *err)
{
	struct evidence_file path = evidence_path(evidence, "restricted");
	bool there = false, is = false, lost;
	struct digest file;

	memset(out, 0, sizeof *out);
	if (!said_lost(f, all, evidence, &lost, err) ||
	    !path_look(f->world, home_dir(f->home), path.s, &there, err) ||
	    (there && !marks_file(f, path.s, out, &file, &is, err)))
		return false;
	out->differ = lost || (there && !is);
	out->has_file = is;
	if (is)
		out->file = file;
	marks_compare(all, evidence, is ? &file : NULL, out);
	marks_sort(out);
	return true;
}

bool
marks_load(struct flow *f, unsigned evidence, struct marks *out, struct err *err)
{
	struct saids all;
	bool ok;

	memset(out, 0, sizeof *out);
	ok = saids_load(f, &all, err) && marks_load_said(f, &all, evidence, out, err);
	saids_clear(&all);
	return ok;
}

/* ---- lists of other numbers ---- */

static bool
marks_join(struct marks *to, const struct marks *other, const struct digest *act,
    struct err *err)
{
	bool ok = marks_looked(to, act, err);

	to->all = to->all || other->all;
	to->decided = true;
	for (size_t i = 0; ok && i < other->lines_n; i++)
		ok = marks_has(to, &other->lines[i]) || marks_add(to, &other->lines[i], err);
	marks_sort(to);
	return ok;
}

static bool
marks_other(struct flow *f, const struct saids *all, unsigned number,
    const struct digest *acts, size_t n, struct marks *to, struct err *err)
{
	struct marks other;
	bool ok = marks_load_said(f, all, number, &other, err);

	to->lost = to->lost || (ok && other.differ);
	for (size_t i = 0; ok && i < n; i++)
		if (marks_names(&other, &acts[i]))
			ok = marks_join(to, &other, &acts[i], err);
	marks_clear(&other);
	return ok;
}

/* ---- what was said of an act, whatever its number ---- */

struct about_looking {
	const struct digest *about;
	struct leaf newest;
	bool found;
};

static void
about_look(void *arg, const struct leaf *x)
{
	struct about_looking *l = arg;

	if (x->number == 0 || !digest_eq(&x->about, l->about))
		return;
	l->newest = *x;
	l->found = true;
}

/*
 * The newest record that names this act names the list that holds of it.  A list that is not
 * there any more, or leaves the act out, restricts all: so it does not help to give the act
 * another number, and to decide about the old one.
 */
static bool
marks_said(struct flow *f, const struct saids *all, const struct digest *act,
    struct marks *to, struct err *err)
{
	struct about_looking l = { .about = act };
	struct marks m;
	bool ok;

	if (!leaves_each(f, LEAF_MARKS, about_look, &l, err))
		return false;
	if (!l.found)
		return true;
	ok = marks_load_said(f, all, l.newest.number, &m, err);
	if (ok && (m.all || m.differ || !m.has_file || !digest_eq(&m.file, &l.newest.digest) ||
	    !marks_names(&m, act)))
		to->all = to->decided = true;
	marks_clear(&m);
	return ok;
}

bool
marks_load_of(struct flow *f, unsigned evidence, const struct digest *acts, size_t n,
    struct marks *out, struct err *err)
{
	struct saids all;
	bool ok;

	memset(out, 0, sizeof *out);
	ok = saids_load(f, &all, err) && marks_load_said(f, &all, evidence, out, err);
	for (size_t i = 0; ok && i < all.n; i++)
		if (all.list[i].number != evidence)
			ok = marks_other(f, &all, all.list[i].number, acts, n, out, err);
	for (size_t i = 0; ok && i < n; i++)
		ok = marks_said(f, &all, &acts[i], out, err);
	saids_clear(&all);
	return ok;
}

/* ---- on record ---- */

void
marks_record(struct flow *f, unsigned evidence, const struct digest *act,
    const struct digest *fingerprint, struct record *r)
{
	record_begin(f, r, EVENT_ADMINISTRATION);
	(void)snprintf(r->reason, sizeof r->reason, "evidence.restricted");
	(void)snprintf(r->files[0].path, sizeof r->files[0].path, "%.79s",
	    evidence_path(evidence, "restricted").s);
	r->files_n = 1;
	r->has_act = act != NULL;
	if (act != NULL)
		r->act = *act;
	if (act != NULL || fingerprint == NULL)
		return;
	(void)snprintf(r->files[1].path, sizeof r->files[1].path, "fingerprint");
	r->files[1].sha256 = *fingerprint;
	r->files_n = 2;
}

/* The newest list about one of these, or else of that number. */
static bool
list_before(struct flow *f, unsigned evidence, const struct digest *const *from, size_t n,
    struct leaf *out, bool *found, struct err *err)
{
	struct marks m;

	*found = false;
	for (size_t i = 0; i < n && !*found; i++) {
		struct about_looking l = { .about = from[i] };

		if (!leaves_each(f, LEAF_MARKS, about_look, &l, err))
			return false;
		*out = l.newest;
		*found = l.found;
	}
	if (*found)
		return true;
	if (!marks_load(f, evidence, &m, err))
		return false;
	*found = m.has_said;
	out->number = evidence;
	out->digest = m.said;
	marks_clear(&m);
	return true;
}

bool
marks_carry(struct flow *f, unsigned evidence, const struct digest *const *from, size_t n,
    const struct digest *act, struct err *err)
{
	struct leaf before = { 0 };
	struct record *r;
	bool found, ok;

	if (!list_before(f, evidence, from, n, &before, &found, err))
		return false;
	if (!found)
		return true;
	r = mem_new(sizeof *r, err);
	if (r == NULL)
		return false;
	marks_record(f, before.number, act, NULL, r);
	r->files[0].sha256 = before.digest;
	ok = record_alone(f, r, 0, err);
	mem_free(r);
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

/*
 * An act that it follows, by its own digest: a parcel of another act in its place is none.
 * *known false: it does not lie here.  One that is damaged is an error.
 */
static bool
request_look(struct flow *f, const struct digest *act, bool *known, bool *is,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct act asked;

	if (!act_open(f, act, &asked, &why)) {
		*known = *known && why.kind != ERR_ABSENT;
		if (why.kind == ERR_ABSENT)
			return true;
		*err = why;
		return false;
	}
	/* Only of evidence is not proven, as it is opened, that it is the act of that name. */
	*known = *known && act_kind_class(asked.kind) != ACT_IS_EVIDENCE;
	*is = *is || (act_kind_class(asked.kind) == ACT_IS_REQUEST &&
	    request_restricts(&asked));
	act_clear(&asked);
	return true;
}

static bool
requests_look(struct flow *f, const struct act *a, bool *known, bool *is, struct err *err)
{
	for (size_t i = 0; i < a->follows_n; i++)
		if (!request_look(f, &a->follows[i], known, is, err))
			return false;
	return true;
}

/* What we passed on answers what the evidence answered that came here. */
static bool
origin_look(struct flow *f, const struct origin *o, bool *known, bool *is, struct err *err)
{
	struct err why = ERR_INIT;
	struct act came;
	bool ok;

	if (strcmp(o->to.s, home_settings(f->home)->authority.s) != 0)
		return true;
	if (!act_open(f, &o->act, &came, &why)) {
		*known = *known && why.kind != ERR_ABSENT;
		return why.kind == ERR_ABSENT || (*err = why, false);
	}
	ok = requests_look(f, &came, known, is, err);
	act_clear(&came);
	return ok;
}

/*
 * By the requests that the act follows, which it names itself.  When one of what evidence
 * answers does not lie here nobody knows what was asked: restricted until a person decides.
 */
static bool
asked_restricts(struct flow *f, const struct act *a, bool *is, bool *untold,
    struct err *err)
{
	bool known = true, ok = true;

	if (!requests_look(f, a, &known, is, err))
		return false;
	if (a->kind != ACT_DELIVERED)
		return true;
	for (size_t i = 0; ok && i < a->body.delivered.origins_n; i++)
		ok = origin_look(f, &a->body.delivered.origins[i], &known, is, err);
	*untold = !*is && !known;
	*is = *is || !known;
	return ok;
}

bool
kept_act(const struct kept_reading *k, struct digest *id, struct act *a, struct err *err)
{
	struct buf json;
	bool ok;

	buf_init(&json, ACT_BYTES_MAX);
	ok = package_extract(&k->in, "act.json", &json, err) &&
	    act_id_of(&k->in, buf_span(&json), id, err) && (a == NULL ||
	    act_decode(a, buf_span(&json), err));
	buf_clear(&json);
	return ok;
}

/* *untold: only because a request does not lie here. */
static bool
whole_look(struct flow *f, const struct marks *m, const struct kept_reading *k,
    bool *whole, bool *untold, struct err *err)
{
	struct digest id;
	struct act a;
	bool ok = true;

	*whole = m->all;
	if (*whole)
		return true;
	if (!kept_act(k, &id, &a, err))
		return false;
	*whole = m->decided ? !marks_names(m, &id) : m->lost;
	if (!m->decided && !*whole)
		ok = asked_restricts(f, &a, whole, untold, err);
	act_clear(&a);
	return ok;
}

bool
marks_whole(struct flow *f, const struct marks *m, const struct kept_reading *k,
    bool *whole, struct err *err)
{
	bool untold;

	return whole_look(f, m, k, whole, &untold, err);
}

/* ---- what the doors ask ---- */

static bool
parcel_look(struct flow *f, const struct kept_reading *k, size_t parcel, bool *any,
    bool *untold, struct err *err)
{
	/* One that does not open has the name that the docket gives it, and nothing else. */
	struct digest id = k->evidence.parcels[parcel].act_id;
	struct err why = ERR_INIT;
	struct marks m;
	bool reads, ok;

	*untold = false;
	reads = kept_act(k, &id, NULL, &why);
	ok = marks_load_of(f, k->evidence.number, &id, 1, &m, err);
	*any = ok && (m.all || m.lines_n > 0);
	if (ok && !*any && !reads)
		ok = (*err = why, false);
	ok = ok && (*any || whole_look(f, &m, k, any, untold, err));
	marks_clear(&m);
	return ok;
}

bool
restricted_look(struct flow *f, const struct kept_reading *k, size_t parcel, bool *any,
    struct err *err)
{
	bool untold;

	return parcel_look(f, k, parcel, any, &untold, err);
}

/* Is it about what rests there, and not about us or the disk? */
static bool
is_damage(const struct err *why)
{
	return why->kind == ERR_INPUT || why->kind == ERR_UNPROVEN || why->kind == ERR_ABSENT;
}

/* One that cannot be read is not looked at: damage frees nothing. */
static bool
parcel_is_whole(struct flow *f, const struct evidence *e, const struct marks *m,
    size_t parcel, bool *whole, struct err *err)
{
	struct err why = ERR_INIT;
	struct kept_reading k;
	bool ok;

	/* That it is destroyed is the docket's word. */
	*whole = true;
	if (e->parcels[parcel].destroyed_at != 0)
		return true;
	ok = shown_open(f, e->number, &parcel, &k, &why) &&
	    marks_whole(f, m, &k, whole, &why);
	shown_close(&k);
	if (ok)
		return true;
	*whole = true;
	if (is_damage(&why))
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

/* The act of one parcel: of one that does not open, as the docket has it. */
static bool
parcel_act(struct flow *f, const struct evidence *e, size_t parcel, struct digest *out,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct kept_reading k;
	bool ok;

	*out = e->parcels[parcel].act_id;
	if (e->parcels[parcel].destroyed_at != 0)
		return true;
	ok = shown_open(f, e->number, &parcel, &k, &why) && kept_act(&k, out, NULL, &why);
	shown_close(&k);
	if (ok || is_damage(&why))
		return true;
	*err = why;
	return false;
}

bool
marks_acts(struct flow *f, const struct evidence *e, struct digest out[PARCELS_MAX],
    struct err *err)
{
	for (size_t i = 0; i < e->parcels_n; i++)
		if (!parcel_act(f, e, i, &out[i], err))
			return false;
	return true;
}

bool
restricted_any(struct flow *f, const struct evidence *e, bool *any, struct err *err)
{
	struct digest acts[PARCELS_MAX];
	struct marks m = { 0 };
	bool ok;

	ok = marks_acts(f, e, acts, err) &&
	    marks_load_of(f, e->number, acts, e->parcels_n, &m, err);
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
	bool any, untold;

	return parcel_look(f, k, parcel, &any, &untold, err) && (!any || err_set(err,
	    ERR_REFUSED, "restrict.copied",
	    "evidence %04u %s restricted material (Article 14), which is never copied. Let it be looked at here, under your control, and note who did: comity evidence inspect %u. The rest of it goes without: comity evidence disclose %u. That it is not restricted is for two persons to say: comity evidence restrict %u --class none",
	    n, untold ? "answers a request that does not lie here, so that it counts as" : "has",
	    n, n, n));
}

bool
restriction_lowers(struct flow *f, const struct evidence *e, const struct marks *before,
    enum restrict_how how, bool *lowers, struct err *err)
{
	*lowers = how != RESTRICT_ALL && (before->all || (how == RESTRICT_NONE &&
	    before->lines_n > 0));
	return how == RESTRICT_ALL || parcels_are_whole(f, e, before, lowers, err);
}
