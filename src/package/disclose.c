#include "package/disclose.h"

#include <stdio.h>
#include <string.h>

#include "package/check_lines.h"
#include "package/disclose_tree.h"
#include "package/extract.h"
#include "package/rows.h"
#include "package/texts.h"

#define COPY_BYTES ((size_t)256 << 10)

struct making {
	const struct disclosing *in;
	struct world *world;
	struct dir *into;
	struct plain plain;
	struct plain_reader reader;
	struct extract_at entry[PLACES];	/* of the tag and signature files */
	bool there[PLACES];
	struct disclose_tree tree;
	struct spool *chosen;		/* records: lines that are shown, with their LF */
	struct disclosure d;
	struct buf name;		/* of the line at hand */
	uint8_t *bytes;			/* COPY_BYTES */
};

/* ---- files of the folder ---- */

static bool
write_file(struct making *m, const char *name, struct span bytes, struct err *err)
{
	struct file *f = NULL;
	bool ok;

	ok = file_open(m->world, m->into, name, FILE_CREATE, &f, err) &&
	    (bytes.n == 0 || file_write_at(f, bytes, 0, err));
	file_close(f);
	return ok;
}

/* A text that grows: held, and written when it is large enough. */
struct growing {
	struct file *file;
	struct sink *to;
	struct buf held;
};

static bool
growing_open(struct making *m, const char *name, struct growing *g, struct err *err)
{
	memset(g, 0, sizeof *g);
	buf_init(&g->held, COPY_BYTES);
	return file_open(m->world, m->into, name, FILE_CREATE, &g->file, err) &&
	    file_sink(g->file, 0, &g->to, err);
}

static bool
growing_flush(struct growing *g, struct err *err)
{
	bool ok = g->held.n == 0 || sink_write(g->to, buf_span(&g->held), err);

	buf_reset(&g->held);
	return ok;
}

static bool
growing_add(struct growing *g, struct span s, struct err *err)
{
	if (g->held.n + s.n > g->held.max && !growing_flush(g, err))
		return false;
	return buf_add(&g->held, s, err);
}

static void
growing_close(struct growing *g)
{
	sink_free(g->to);
	file_close(g->file);
	buf_clear(&g->held);
}

/* ---- where everything lies ---- */

static bool
places_find(struct making *m, struct err *err)
{
	struct extract_at at = { 0 };
	bool more;

	for (;;) {
		enum place p;

		if (!extract_step(&m->plain, &m->reader, &at, &more, err))
			return false;
		if (!more)
			break;
		p = place_of(at.claim.path);
		if (p < PLACES && p != PLACE_DATA) {
			m->entry[p] = at;
			m->there[p] = true;
		}
	}
	for (unsigned p = 0; p < PLACES; p++)
		if (p != PLACE_DATA && !m->there[p] && !place_rule((enum place)p)->optional)
			return err_set(err, ERR_INPUT, "disclose.place",
			    "the package holds no %s", place_rule((enum place)p)->path);
	return true;
}

static bool
place_load(struct making *m, enum place p, struct buf *out, struct err *err)
{
	buf_init(out, (size_t)place_rule(p)->max);
	return extract_read(&m->plain, &m->reader, m->entry[p].content,
	    m->entry[p].claim.size, out, err);
}

static bool
place_copy(struct making *m, enum place p, struct err *err)
{
	struct buf b;
	bool ok;

	ok = place_load(m, p, &b, err) &&
	    write_file(m, place_rule(p)->path, buf_span(&b), err);
	buf_clear(&b);
	return ok;
}

/* ---- the lines: one pass ---- */

/* files.jsonl inside the package, as a source. */
struct lines_source {
	struct source source;		/* first */
	struct making *m;
	uint64_t at, end;
};

static bool
lines_read(struct source *src, void *p, size_t n, size_t *got, struct err *err)
{
	struct lines_source *s = (struct lines_source *)src;
	uint64_t left = s->end - s->at;

	if (n > left)
		n = (size_t)left;
	if (!plain_read_at(&s->m->plain, &s->m->reader, s->at, p, n, got, err))
		return false;
	s->at += *got;
	return true;
}

static bool
line_choose(struct making *m, struct span line, struct err *err)
{
	struct disclose_line l = { 0 };
	enum withheld ground = WITHHELD_NOT_ASKED;
	struct line parsed;
	bool show = false;

	if (!line_parse(span_part(line, 0, line.n - 1), &m->name, &parsed, err) ||
	    !disclose_tree_add(&m->tree, line, err) ||
	    !merkle_leaf(m->tree.hasher, line, &l.leaf, err))
		return false;
	if (parsed.n != ++m->d.lines)
		return err_set(err, ERR_INPUT, "disclose.lines",
		    "the lines of files.jsonl are not counted as they must be");
	l.n = parsed.n;
	l.name = parsed.name;
	l.is_file = span_is(parsed.type, "file");
	l.path = parsed.path;
	l.size = parsed.size;
	if (l.is_file && !digest_parse(parsed.sha256, &l.sha256))
		return err_set(err, ERR_INPUT, "disclose.lines", "a digest is none");
	if (!m->in->choose(m->in->arg, &l, &show, &ground, err))
		return false;
	if (!show) {
		m->d.withheld[ground]++;
		return true;
	}
	m->d.shown++;
	return spool_add_record(m->chosen, line, err);
}

static bool
lines_choose(struct making *m, struct err *err)
{
	const struct extract_at *e = &m->entry[PLACE_FILES];
	struct lines_source src = { .source = { .read = lines_read }, .m = m,
		.at = e->content, .end = e->content + e->claim.size };
	struct rows rows;
	struct span line;
	bool more = true, ok;

	rows_init(&rows, &src.source, LINE_MAX_BYTES);
	do {
		ok = rows_next(&rows, &line, &more, err);
		if (ok && more)
			ok = !world_stop_wanted(m->world) ? line_choose(m, line, err) :
			    err_set(err, ERR_STOPPED, "stopped", "stopped");
	} while (ok && more);
	rows_clear(&rows);
	return ok && (m->into == NULL || m->d.shown > 0 || err_set(err, ERR_ABSENT, "disclose.nothing",
	    "none of the %llu entries of the package may be shown of those you named",
	    (unsigned long long)m->d.lines));
}

/* The tree just built is the signed one, or every path would lead nowhere. */
static bool
head_agrees(struct making *m, struct err *err)
{
	struct digest root;
	struct buf head;
	char text[160];
	bool ok;
	int n;

	ok = place_load(m, PLACE_TREE, &head, err) &&
	    disclose_tree_root(&m->tree, &root, err);
	if (ok) {
		n = snprintf(text, sizeof text, "comity.tree-head/1\n%llu\n%s\n",
		    (unsigned long long)m->d.lines, digest_hex(&root).s);
		ok = span_eq(buf_span(&head), span_of(text, (size_t)n)) ||
		    err_set(err, ERR_INPUT, "disclose.tree",
		    "tree-head.txt of the package is not the head of its files.jsonl");
	}
	buf_clear(&head);
	return ok;
}

/* ---- what is shown ---- */

/* Each line that is shown, in order: told to `each` with what it says. */
static bool
chosen_each(struct making *m, bool (*each)(void *arg, struct span raw,
    const struct line *l, struct err *err), void *arg, struct err *err)
{
	struct spool_reader r;
	struct span raw;
	struct line l;
	bool more = true, ok;

	ok = spool_reader_init(&r, err);
	if (ok)
		spool_reader_set(&r, m->chosen, 0, spool_size(m->chosen));
	while (ok && more) {
		ok = spool_next(&r, &raw, &more, err);
		if (ok && more)
			ok = line_parse(span_part(raw, 0, raw.n - 1), &m->name, &l,
			    err) && each(arg, raw, &l, err);
	}
	spool_reader_clear(&r);
	return ok;
}

struct proving {
	struct making *m;
	struct growing lines, paths;
	struct buf text;
};

/* "N K", then K hashes in base64, from the leaf up. */
static bool
line_prove(void *arg, struct span raw, const struct line *l, struct err *err)
{
	struct proving *p = arg;
	struct merkle_proof proof;

	if (!disclose_tree_path(&p->m->tree, l->n, &proof, err) ||
	    !growing_add(&p->lines, raw, err))
		return false;
	buf_reset(&p->text);
	if (!buf_printf(&p->text, err, "%llu %zu\n", (unsigned long long)l->n, proof.n))
		return false;
	for (size_t i = 0; i < proof.n; i++)
		if (!base64_encode(&p->text, digest_span(&proof.hash[i]), true, err) ||
		    !buf_add_text(&p->text, "\n", err))
			return false;
	return growing_add(&p->paths, buf_span(&p->text), err);
}

static bool
lines_prove(struct making *m, struct err *err)
{
	struct proving p = { .m = m };
	bool ok;

	buf_init(&p.text, 64 + MERKLE_PROOF_MAX * 45);
	ok = growing_open(m, DISCLOSE_LINES, &p.lines, err);
	if (ok)
		ok = growing_open(m, DISCLOSE_PATHS, &p.paths, err) &&
		    growing_add(&p.paths, span_text(DISCLOSE_PATHS_HEAD), err) &&
		    chosen_each(m, line_prove, &p, err) &&
		    growing_flush(&p.lines, err) && growing_flush(&p.paths, err);
	if (p.paths.held.max > 0)
		growing_close(&p.paths);
	growing_close(&p.lines);
	buf_clear(&p.text);
	return ok;
}

static bool
folders_make(struct making *m, const char *path, struct err *err)
{
	char folder[ORDER_PATH_MAX + 1];
	const char *slash = strrchr(path, '/');
	size_t n = (size_t)(slash - path);

	memcpy(folder, path, n);
	folder[n] = '\0';
	return dir_make_all(m->world, m->into, folder, err);
}

static bool
content_copy(struct making *m, const struct extract_at *e, struct err *err)
{
	uint64_t at = 0, size = e->claim.size;
	struct file *f = NULL;
	size_t got;
	bool ok;

	ok = folders_make(m, e->claim.path, err) &&
	    file_open(m->world, m->into, e->claim.path, FILE_CREATE, &f, err);
	while (ok && at < size) {
		size_t n = size - at < COPY_BYTES ? (size_t)(size - at) : COPY_BYTES;

		ok = plain_read_at(&m->plain, &m->reader, e->content + at, m->bytes, n,
		    &got, err) && (got == n || err_set(err, ERR_INPUT, "tar.cut",
		    "the package is cut")) &&
		    file_write_at(f, span_of(m->bytes, n), at, err);
		if (ok && world_stop_wanted(m->world))
			ok = err_set(err, ERR_STOPPED, "stopped", "stopped");
		at += n;
	}
	file_close(f);
	return ok;
}

struct copying {
	struct making *m;
	struct extract_at at;
};

/* Lines of files stand in the order of the entries: on until it comes. */
static bool
file_copy(void *arg, struct span raw, const struct line *l, struct err *err)
{
	struct copying *c = arg;
	bool more;

	(void)raw;
	if (!span_is(l->type, "file"))
		return true;
	do {
		if (!extract_step(&c->m->plain, &c->m->reader, &c->at, &more, err))
			return false;
		if (!more)
			return err_set(err, ERR_INPUT, "disclose.file",
			    "the package does not hold %s", shown(l->path).s);
	} while (!span_is(l->path, c->at.claim.path));
	return content_copy(c->m, &c->at, err);
}

/* ---- what carries the signature, and what it says of itself ---- */

static bool
act_take(struct making *m, struct err *err)
{
	struct buf json;
	struct act a;
	bool ok;

	ok = place_load(m, PLACE_ACT, &json, err);
	if (ok && act_decode(&a, buf_span(&json), err)) {
		m->d.from = a.from;
		m->d.from_card = a.from_card;
		m->d.exercise = a.exercise;
		if (!a.has_from_card)
			ok = err_set(err, ERR_USE, "disclose.kind",
			    "a card carries no evidence that could be disclosed");
		act_clear(&a);
	} else {
		ok = false;
	}
	buf_clear(&json);
	return ok;
}

static bool
signed_copy(struct making *m, struct err *err)
{
	static const enum place always[] = { PLACE_TREE, PLACE_TAG_MANIFEST, PLACE_P7S,
		PLACE_SIGNATURE };
	struct span late = m->in->package->trust.late_token;
	struct buf tags;
	bool ok = true;

	for (size_t i = 0; ok && i < sizeof always / sizeof always[0]; i++)
		ok = place_copy(m, always[i], err);
	ok = ok && (!m->there[PLACE_REVOCATION] || place_copy(m, PLACE_REVOCATION, err)) &&
	    (!m->in->with_act || place_copy(m, PLACE_ACT, err));
	if (ok && m->there[PLACE_TOKEN])
		ok = place_copy(m, PLACE_TOKEN, err);
	else if (ok && late.n > 0)
		ok = write_file(m, place_rule(PLACE_TOKEN)->path, late, err);
	if (!ok)
		return false;
	ok = place_load(m, PLACE_TAG_MANIFEST, &tags, err) &&
	    digest_of(buf_span(&tags), &m->d.act, err);
	buf_clear(&tags);
	return ok;
}

static bool
say_write(struct making *m, struct err *err)
{
	const struct disclosing *in = m->in;
	struct disclosure *d = &m->d;
	struct buf json;
	bool ok;

	d->why = in->why;
	d->by = in->by;
	d->at = in->at;
	(void)snprintf(d->software, sizeof d->software, "%s", in->software);
	buf_init(&json, DISCLOSURE_JSON_MAX);
	ok = disclosure_encode(d, &json, err) &&
	    write_file(m, DISCLOSURE_JSON, buf_span(&json), err) &&
	    write_file(m, DISCLOSE_SCRIPT, text_check_path(), err);
	buf_clear(&json);
	return ok;
}

/* The lines, and each asked for. */
static bool
look_all(struct making *m, struct err *err)
{
	return plain_reader_init(&m->reader, &m->plain, err) &&
	    disclose_tree_init(&m->tree, m->world, m->in->tmp, err) &&
	    spool_new(m->world, m->in->tmp, SPOOL_KEEP, &m->chosen, err) &&
	    (m->bytes = mem_new(COPY_BYTES, err)) != NULL &&
	    places_find(m, err) && act_take(m, err) && lines_choose(m, err);
}

static bool
make_all(struct making *m, struct err *err)
{
	struct copying c = { .m = m };

	return look_all(m, err) && head_agrees(m, err) && lines_prove(m, err) &&
	    chosen_each(m, file_copy, &c, err) && signed_copy(m, err) &&
	    say_write(m, err) && dir_sync_all(m->into, err);
}

/* into NULL: only looked at. */
static bool
disclose_from(const struct disclosing *in, struct dir *into, struct disclosure *out,
    struct err *err)
{
	struct making *m = mem_new(sizeof *m, err);
	enum plain_kind kind;
	bool ok;

	if (m == NULL)
		return false;
	m->in = in;
	m->world = in->package->world;
	m->into = into;
	buf_init(&m->name, 3 * (LINE_NAME_MAX / 3 + 2));
	ok = extract_open(&m->plain, &kind, in->package, err);
	if (ok)
		ok = kind == PLAIN_FOLDER ? err_set(err, ERR_USE, "disclose.folder",
		    "a folder is no parcel: disclose from the parcel it came out of") :
		    into == NULL ? look_all(m, err) : make_all(m, err);
	if (ok && out != NULL)
		*out = m->d;
	plain_reader_clear(&m->reader);
	plain_close(&m->plain);
	disclose_tree_clear(&m->tree);
	spool_free(m->chosen);
	buf_clear(&m->name);
	mem_free(m->bytes);
	mem_free(m);
	return ok;
}

bool
disclosure_make(const struct disclosing *in, struct dir *into, struct disclosure *out,
    struct err *err)
{
	return disclose_from(in, into, out, err);
}

bool
disclosure_look(const struct disclosing *in, struct err *err)
{
	return disclose_from(in, NULL, NULL, err);
}
