#include "package/disclose_check.h"

#include <stdio.h>
#include <string.h>

#include "crypto/merkle.h"
#include "package/disclose.h"
#include "package/rows.h"
#include "package/texts.h"

#define COPY_BYTES ((size_t)256 << 10)
#define PATHS_LINE_MAX 64		/* "N K", and a hash: 45 with its LF */
#define FOLDERS_MAX (ORDER_PATH_MAX / 2)	/* below data/: a path has no more */

struct part {
	struct check *c;
	struct world *world;
	struct dir *at;
	struct disclosure d;
	struct digest listed[PLACES];	/* in the tag manifest */
	bool is_listed[PLACES];
	uint64_t size;			/* of the signed tree */
	struct digest root;
	struct hasher *hasher;
	struct rows lines, paths;
	struct buf name;
	uint8_t *bytes;
	char path[ORDER_PATH_MAX + 1];	/* of the last file */
	uint64_t n, shown, files, size_all;
};

/* A failure of the bytes is a finding; only our own trouble comes back as false. */
static bool
ours(const struct err *why)
{
	return why->kind == ERR_MEMORY || why->kind == ERR_IO || why->kind == ERR_STOPPED;
}

static bool
part_wrong(struct part *p, const char *what, const struct err *why, struct err *err)
{
	if (ours(why)) {
		*err = *why;
		return false;
	}
	check_broken(p->c, why->reason, "%s: %s.", what, why->text);
	p->c->stopped = true;
	return true;
}

/* ---- the files that carry the signature ---- */

static bool
place_load(struct part *p, enum place place, bool needed, struct err *err)
{
	const struct place_rule *rule = place_rule(place);
	struct check *c = p->c;
	struct err why = ERR_INIT;

	if (!file_load(p->world, p->at, rule->path, &c->bytes[place], &why)) {
		if (why.kind == ERR_ABSENT && !needed)
			return true;
		return part_wrong(p, rule->path, &why, err);
	}
	c->there[place] = true;
	c->size[place] = c->bytes[place].n;
	return digest_of(buf_span(&c->bytes[place]), &c->digest[place], err);
}

static bool
places_load(struct part *p, struct err *err)
{
	static const struct { enum place place; bool needed; } of[] = {
		{ PLACE_TREE, true }, { PLACE_TAG_MANIFEST, true }, { PLACE_P7S, true },
		{ PLACE_SIGNATURE, true }, { PLACE_TOKEN, false },
		{ PLACE_REVOCATION, false }, { PLACE_ACT, false },
	};

	for (size_t i = 0; i < sizeof of / sizeof of[0]; i++)
		if (!place_load(p, of[i].place, of[i].needed, err))
			return false;
	return true;
}

/* One line of the tag manifest: the next place that it can be. */
static bool
tag_line_take(struct part *p, struct span line, unsigned *next)
{
	struct digest d;

	if (line.n < 67 || line.p[64] != ' ' || line.p[65] != ' ' ||
	    !digest_parse(span_part(line, 0, 64), &d))
		return false;
	for (; *next < PLACES; (*next)++) {
		const struct place_rule *rule = place_rule((enum place)*next);

		if (rule->tagged && span_is(span_from(line, 66), rule->path)) {
			p->listed[*next] = d;
			p->is_listed[(*next)++] = true;
			return true;
		}
		if (rule->tagged && !rule->optional)
			return false;
	}
	return false;
}

static void
tag_manifest_read(struct part *p)
{
	struct cursor in = cursor_of(buf_span(&p->c->bytes[PLACE_TAG_MANIFEST]));
	struct span line;
	unsigned next = 0;
	bool good = true;

	while (good && cursor_line(&in, &line))
		good = tag_line_take(p, line, &next);
	if (!good || !cursor_done(&in) || !p->is_listed[PLACE_CHECK])
		check_broken(p->c, "tagmanifest.form", "The list of accompanying files "
		    "(tagmanifest-sha256.txt) is not built as it must be.");
}

/* What is here is what the list names; lists of revoked certificates must be here. */
static void
places_agree(struct part *p)
{
	static const enum place tagged[] = { PLACE_TREE, PLACE_REVOCATION, PLACE_ACT };
	struct check *c = p->c;

	for (size_t i = 0; i < sizeof tagged / sizeof tagged[0]; i++) {
		enum place at = tagged[i];
		const char *name = place_rule(at)->path;

		if (c->there[at] && (!p->is_listed[at] ||
		    !digest_eq(&p->listed[at], &c->digest[at])))
			check_broken(c, "tagmanifest.file",
			    "%s was changed after sealing.", name);
	}
	if (!c->there[PLACE_REVOCATION] && p->is_listed[PLACE_REVOCATION])
		check_broken(c, "tagmanifest.file", "%s is missing.",
		    place_rule(PLACE_REVOCATION)->path);
	if (!digest_eq(&c->digest[PLACE_TAG_MANIFEST], &p->d.act))
		check_broken(c, "disclosure.act", "It says to be of another package than "
		    "the one that is signed here.");
}

static void
tree_head_read(struct part *p)
{
	struct cursor in = cursor_of(buf_span(&p->c->bytes[PLACE_TREE]));
	struct span line;

	if (!cursor_line(&in, &line) || !span_is(line, "comity.tree-head/1") ||
	    !cursor_line_decimal(&in, UINT32_MAX, &p->size) ||
	    !cursor_line(&in, &line) || !digest_parse(line, &p->root) ||
	    !cursor_done(&in))
		check_broken(p->c, "tree.form", "tree-head.txt is not built as it must be.");
	else if (p->size != p->d.lines)
		check_broken(p->c, "disclosure.lines", "It says that the package has %llu "
		    "entries, but %llu are signed.", (unsigned long long)p->d.lines,
		    (unsigned long long)p->size);
}

/* ---- a line and its path ---- */

static bool
path_take(struct part *p, uint64_t n, struct merkle_proof *out, bool *good,
    struct err *err)
{
	struct span row, hash;
	struct buf b;
	char head[PATHS_LINE_MAX];
	bool more, ok = true;
	unsigned k = 0;

	*good = false;
	if (!rows_next(&p->paths, &row, &more, err))
		return false;
	if (!more || row.n >= sizeof head)
		return true;
	memcpy(head, row.p, row.n);
	head[row.n] = '\0';
	/* The one spelling of "N K": read, written again, the same. */
	for (k = 0; k <= MERKLE_PROOF_MAX; k++) {
		char again[PATHS_LINE_MAX];

		(void)snprintf(again, sizeof again, "%llu %u\n", (unsigned long long)n, k);
		if (strcmp(again, head) == 0)
			break;
	}
	if (k > MERKLE_PROOF_MAX)
		return true;
	buf_init(&b, sizeof out->hash[0].b + 3);
	*good = true;
	for (out->n = 0; ok && *good && out->n < k; out->n++) {
		struct err why = ERR_INIT;

		buf_reset(&b);
		ok = rows_next(&p->paths, &row, &more, err);
		if (!ok)
			break;
		hash = more ? span_part(row, 0, row.n - 1) : row;
		*good = more && base64_decode(&b, hash, true, &why) &&
		    b.n == sizeof out->hash[0].b;
		if (*good)
			memcpy(out->hash[out->n].b, b.p, b.n);
		else if (why.kind == ERR_MEMORY)
			ok = err_set(err, ERR_MEMORY, why.reason, "%s", why.text);
	}
	buf_clear(&b);
	return ok;
}

/* Rising numbers, and rising paths of files: nothing stands twice. */
static bool
line_place(struct part *p, const struct line *l)
{
	char path[ORDER_PATH_MAX + 1];

	if (l->n <= p->n || l->n > p->size)
		return false;
	p->n = l->n;
	if (!span_is(l->type, "file"))
		return true;
	memcpy(path, l->path.p, l->path.n);
	path[l->path.n] = '\0';
	if (p->path[0] != '\0' && order_compare(p->path, path) >= 0)
		return false;
	memcpy(p->path, path, sizeof path);
	return true;
}

static bool
file_read(struct part *p, uint64_t size, struct digest *d, bool *same, struct err *err)
{
	struct file_info info;
	struct file *f = NULL;
	uint64_t at = 0;
	size_t got = 0;
	bool ok;

	*same = false;
	if (!file_open_info(p->world, p->at, p->path, &f, &info, err))
		return false;
	ok = true;
	if (info.size == size) {
		do {
			ok = file_read_at(f, p->bytes, COPY_BYTES, at, &got, err);
			if (ok)
				hasher_add(p->hasher, span_of(p->bytes, got));
			at += got;
		} while (ok && got > 0 && at <= size && !world_stop_wanted(p->world));
		if (ok && world_stop_wanted(p->world))
			ok = err_set(err, ERR_STOPPED, "stopped", "stopped");
		ok = ok && hasher_end(p->hasher, d, err);
		*same = at == size;
	}
	file_close(f);
	return ok;
}

static bool
file_agrees(struct part *p, const struct line *l, struct err *err)
{
	struct digest is, must;
	struct err why = ERR_INIT;
	bool same;

	if (!span_is(l->type, "file"))
		return true;
	if (!digest_parse(l->sha256, &must))
		return err_set(err, ERR_INPUT, "files.line", "a digest is none");
	if (!file_read(p, l->size, &is, &same, &why)) {
		if (ours(&why)) {
			*err = why;
			return false;
		}
		check_broken(p->c, "files.missing", "%s (%s) is missing, or no file.",
		    shown(l->name).s, p->path);
		p->c->r->files_changed++;
		return true;
	}
	p->files++;
	p->size_all += l->size;
	if (same && digest_eq(&is, &must))
		return true;
	check_broken(p->c, "files.named", "The file changed after sealing: %s (%s).",
	    shown(l->name).s, p->path);
	p->c->r->files_changed++;
	return true;
}

static bool
line_check(struct part *p, struct span raw, struct err *err)
{
	struct merkle_proof proof;
	struct digest leaf;
	struct line l;
	bool good, holds = false;

	if (!line_parse(span_part(raw, 0, raw.n - 1), &p->name, &l, err))
		return false;
	if (!line_place(p, &l))
		return err_set(err, ERR_INPUT, "disclosure.order",
		    "line %llu stands twice, or not in its place",
		    (unsigned long long)l.n);
	if (!path_take(p, l.n, &proof, &good, err))
		return false;
	if (good && (!merkle_leaf(p->hasher, raw, &leaf, err) ||
	    !merkle_inclusion_check(p->hasher, &leaf, l.n - 1, p->size, &proof,
	    &p->root, &holds, err)))
		return false;
	if (!good || !holds)
		return err_set(err, ERR_INPUT, "disclosure.path",
		    "the path of line %llu does not lead to the signed tree head",
		    (unsigned long long)l.n);
	p->shown++;
	return file_agrees(p, &l, err);
}

static bool
rows_check(struct part *p, struct err *err)
{
	struct span row;
	bool more;

	if (!rows_next(&p->paths, &row, &more, err))
		return false;
	if (!more || !span_is(row, DISCLOSE_PATHS_HEAD))
		return err_set(err, ERR_INPUT, "disclosure.paths",
		    DISCLOSE_PATHS " does not begin as it must");
	for (;;) {
		if (!rows_next(&p->lines, &row, &more, err))
			return false;
		if (!more)
			break;
		if (!line_check(p, row, err))
			return false;
	}
	if (!rows_next(&p->paths, &row, &more, err))
		return false;
	return !more || err_set(err, ERR_INPUT, "disclosure.paths",
	    DISCLOSE_PATHS " goes on after the last line that is shown");
}

static bool
lines_check(struct part *p, struct err *err)
{
	struct file *lines = NULL, *paths = NULL;
	struct source *from_lines = NULL, *from_paths = NULL;
	struct err why = ERR_INIT;
	bool ok;

	ok = file_open(p->world, p->at, DISCLOSE_LINES, FILE_READ, &lines, &why) &&
	    file_open(p->world, p->at, DISCLOSE_PATHS, FILE_READ, &paths, &why) &&
	    file_source(lines, 0, &from_lines, &why) &&
	    file_source(paths, 0, &from_paths, &why);
	rows_init(&p->lines, from_lines, LINE_MAX_BYTES);
	rows_init(&p->paths, from_paths, PATHS_LINE_MAX);
	ok = ok && rows_check(p, &why);
	rows_clear(&p->lines);
	rows_clear(&p->paths);
	source_free(from_lines);
	source_free(from_paths);
	file_close(lines);
	file_close(paths);
	return ok || part_wrong(p, "The lines that are shown do not hold", &why, err);
}

/* ---- nothing else lies there ---- */

static bool
name_belongs(const char *name)
{
	static const char *const own[] = { DISCLOSURE_JSON, DISCLOSE_LINES, DISCLOSE_PATHS,
		DISCLOSE_SCRIPT };
	static const enum place places[] = { PLACE_TREE, PLACE_TAG_MANIFEST, PLACE_P7S,
		PLACE_SIGNATURE, PLACE_TOKEN, PLACE_REVOCATION, PLACE_ACT };

	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if (strcmp(name, own[i]) == 0)
			return true;
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
		if (strcmp(name, place_rule(places[i])->path) == 0)
			return true;
	return false;
}

/* Every file shown was opened by its own path: as many there are, no others are. */
static bool
count_files(struct part *p, const char *folder, unsigned depth, uint64_t *n,
    struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	uint64_t inside = 0;
	bool ok, more = true;

	if (depth > FOLDERS_MAX)
		return err_set(err, ERR_INPUT, "disclosure.deep",
		    "folders lie deeper there than any path of a package");
	ok = listing_open(p->world, p->at, folder, &l, err);
	while (ok && more && (ok = listing_next(l, &e, &more, err)) && more) {
		char path[ORDER_PATH_MAX + 300];
		struct file_info info;

		(void)snprintf(path, sizeof path, "%s/%s", folder, e.name);
		inside++;
		ok = strlen(path) <= ORDER_PATH_MAX ?
		    path_info(p->world, p->at, path, &info, err) :
		    err_set(err, ERR_INPUT, "disclosure.deep", "a path there is too long");
		if (ok && info.type == FILE_DIR)
			ok = count_files(p, path, depth + 1, n, err);
		else
			(*n)++;
	}
	listing_close(l);
	return ok && (inside > 0 || err_set(err, ERR_INPUT, "disclosure.added",
	    "an empty folder lies there"));
}

static bool
names_check(struct part *p, bool *data, struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool ok, more = true;

	*data = false;
	ok = listing_open(p->world, p->at, ".", &l, err);
	while (ok && more && (ok = listing_next(l, &e, &more, err)) && more) {
		if (strcmp(e.name, "data") == 0)
			*data = true;
		else if (!name_belongs(e.name))
			check_broken(p->c, "disclosure.added", "%s was added: it does not "
			    "belong into a disclosure.", shown_text(e.name).s);
	}
	listing_close(l);
	return ok;
}

static bool
closed_check(struct part *p, struct err *err)
{
	struct err why = ERR_INIT;
	uint64_t n = 0;
	bool data;

	if (!names_check(p, &data, err))
		return false;
	if (data && !count_files(p, "data", 0, &n, &why))
		return part_wrong(p, "data", &why, err);
	if (n != p->files)
		check_broken(p->c, "disclosure.added", "%llu files lie in data, but %llu are "
		    "shown.", (unsigned long long)n, (unsigned long long)p->files);
	return true;
}

static bool
script_say(struct part *p, struct err *err)
{
	struct err why = ERR_INIT;
	struct digest d;
	struct buf b;
	bool ok;

	buf_init(&b, 64u << 10);
	ok = file_load(p->world, p->at, DISCLOSE_SCRIPT, &b, &why) &&
	    digest_of(buf_span(&b), &d, &why);
	buf_clear(&b);
	if (!ok && ours(&why)) {
		*err = why;
		return false;
	}
	if (!ok || !text_known(DISCLOSE_SCRIPT, &d))
		finding_add(p->c->r, FINDING_WARNING, "check.unknown",
		    "The check script inside is not one of ours: do not run it. Use a "
		    "published copy.");
	return true;
}

/* ---- all of it ---- */

static bool
say_read(struct part *p, struct err *err)
{
	struct err why = ERR_INIT;
	struct buf json;
	bool ok;

	buf_init(&json, DISCLOSURE_JSON_MAX);
	ok = file_load(p->world, p->at, DISCLOSURE_JSON, &json, &why) &&
	    disclosure_decode(&p->d, buf_span(&json), &why);
	buf_clear(&json);
	return ok || part_wrong(p, DISCLOSURE_JSON, &why, err);
}

/*
 * The act, when it is given.  Else only what the disclosure says of its sender, which is
 * looked up and then held against the certificate like an act's own word.
 */
static bool
act_read(struct part *p, struct err *err)
{
	struct check *c = p->c;
	struct act *a = &c->r->act;
	struct err why = ERR_INIT;

	if (c->there[PLACE_ACT]) {
		c->r->has_act = act_decode(a, buf_span(&c->bytes[PLACE_ACT]), &why);
		if (!c->r->has_act)
			return part_wrong(p, "act.json", &why, err);
		if (strcmp(a->from.s, p->d.from.s) != 0 || !a->has_from_card ||
		    !digest_eq(&a->from_card, &p->d.from_card) ||
		    a->exercise != p->d.exercise)
			check_broken(c, "disclosure.act", "It says of the act what the act "
			    "does not say.");
		return true;
	}
	act_init(a, ACT_DELIVERED);
	a->from = p->d.from;
	a->has_from_card = true;
	a->from_card = p->d.from_card;
	c->of_act = true;
	return true;
}

static void
exercise_say(struct part *p)
{
	if (p->d.exercise)
		finding_add(p->c->r, FINDING_WARNING, "act.exercise",
		    "TRAINING: this was made for an exercise and counts for nothing.");
}

static void
counts_say(struct part *p)
{
	struct package_report *r = p->c->r;

	if (p->shown != p->d.shown)
		check_broken(p->c, "disclosure.counts", "It says that %llu entries are shown, "
		    "but %llu are.", (unsigned long long)p->d.shown,
		    (unsigned long long)p->shown);
	finding_add(r, FINDING_HOLDS, "disclosure", "%llu of the %llu entries of the package "
	    "are shown; each leads to the signed tree head.", (unsigned long long)p->shown,
	    (unsigned long long)p->size);
	for (unsigned i = 0; i < WITHHELDS; i++)
		if (p->d.withheld[i] > 0)
			finding_add(r, FINDING_WARNING, "disclosure.withheld",
			    "%llu withheld: %s (so says %s).",
			    (unsigned long long)p->d.withheld[i],
			    withheld_words((enum withheld)i), p->d.by.s);
}

static bool
steps(struct part *p, struct err *err)
{
	struct check *c = p->c;

	if (!say_read(p, err))
		return false;
	if (c->stopped)
		return true;
	exercise_say(p);
	if (!places_load(p, err) || !act_read(p, err))
		return false;
	tag_manifest_read(p);
	places_agree(p);
	tree_head_read(p);
	/* Below a head that is not the signed one nothing is worth looking at. */
	if (c->changed)
		return true;
	if (!lines_check(p, err) || (!c->stopped && !closed_check(p, err)) ||
	    !script_say(p, err))
		return false;
	c->r->files = p->files;
	c->r->bytes = p->size_all;
	if (!c->stopped)
		counts_say(p);
	c->r->has_ids = true;
	c->r->is_part = true;
	c->r->part = p->d;
	return check_ids(c, err) && check_who(c, err);
}

bool
disclosure_is(const struct package_reading *in)
{
	struct err ignored = ERR_INIT;
	struct dir *d = NULL;
	bool is;

	is = dir_open(in->world, in->at, in->path, &d, &ignored) &&
	    path_exists(in->world, d, DISCLOSURE_JSON) &&
	    !path_exists(in->world, d, place_rule(PLACE_BAGIT)->path);
	dir_close(d);
	return is;
}

bool
disclosure_check(struct check *c, struct err *err)
{
	struct part *p = mem_new(sizeof *p, err);
	bool ok;

	if (p == NULL)
		return false;
	p->c = c;
	p->world = c->in->world;
	buf_init(&p->name, 3 * (LINE_NAME_MAX / 3 + 2));
	ok = hasher_new(&p->hasher, err) &&
	    (p->bytes = mem_new(COPY_BYTES, err)) != NULL &&
	    dir_open(p->world, c->in->at, c->in->path, &p->at, err) && steps(p, err);
	dir_close(p->at);
	hasher_free(p->hasher);
	buf_clear(&p->name);
	mem_free(p->bytes);
	mem_free(p);
	return ok;
}
