#include "package/read_order.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Limits of formats/package.md section 1. */
#define KIB(n) ((uint64_t)(n) << 10)
static const struct place_rule rules[PLACES] = {
	[PLACE_BAGIT] = { "bagit.txt", 54, false, true },
	[PLACE_ACT] = { "act.json", KIB(256), false, true },
	[PLACE_DATA] = { NULL, UINT64_MAX, false, false },
	[PLACE_MANIFEST] = { "manifest-sha256.txt", UINT64_MAX, false, true },
	[PLACE_FILES] = { "files.jsonl", UINT64_MAX, false, true },
	[PLACE_TREE] = { "tree-head.txt", 128, false, true },
	[PLACE_PROVENANCE] = { "provenance.jsonld", KIB(16 << 10), true, true },
	[PLACE_COLLECTION] = { "collection.json", KIB(256), true, true },
	[PLACE_REVOCATION] = { "revocation.pem", KIB(1024), true, true },
	[PLACE_BAG_INFO] = { "bag-info.txt", KIB(1), false, true },
	[PLACE_READ_ME] = { "READ-ME-FIRST.txt", KIB(16), false, true },
	[PLACE_CHECK] = { "check.sh", KIB(8), false, true },
	[PLACE_TAG_MANIFEST] = { "tagmanifest-sha256.txt", KIB(1), false, false },
	[PLACE_P7S] = { "tagmanifest-sha256.txt.p7s", KIB(64), false, false },
	[PLACE_SIGNATURE] = { "signature.bin", KIB(1), false, false },
	[PLACE_TOKEN] = { "signature.tst", KIB(64), true, false },
};

const struct place_rule *
place_rule(enum place place)
{
	return &rules[place];
}

void
files_add(struct package_files *to, const char *path, uint64_t bytes,
    const struct digest *sha256)
{
	struct package_file *f = &to->list[to->n++];

	_Static_assert(PLACES - 1 <= PACKAGE_FILES_MAX, "one of each place but data/");
	assert(to->n <= PACKAGE_FILES_MAX);
	(void)snprintf(f->path, sizeof f->path, "%s", path);
	f->bytes = bytes;
	f->sha256 = *sha256;
}

enum place
place_of(const char *path)
{
	if (strncmp(path, "data/", 5) == 0)
		return PLACE_DATA;
	for (unsigned p = 0; p < PLACES; p++)
		if (rules[p].path != NULL && strcmp(rules[p].path, path) == 0)
			return (enum place)p;
	return PLACES;
}

/* ---- names for people ---- */

struct shown
shown(struct span name)
{
	struct shown out = { "" };
	struct buf b;
	size_t n;

	buf_init(&b, 8 * 4096);
	if (name.n > 4096)
		name.n = 4096;
	if (!text_visible(&b, name, NULL)) {
		buf_clear(&b);
		return out;
	}
	n = b.n < sizeof out.s ? b.n : sizeof out.s - 4;
	while (n < b.n && n > 0 && (b.p[n] & 0xC0) == 0x80)
		n--;
	if (n > 0)
		memcpy(out.s, b.p, n);
	memcpy(out.s + n, n < b.n ? "..." : "", n < b.n ? 4 : 1);
	buf_clear(&b);
	return out;
}

struct shown
shown_text(const char *name)
{
	return shown(span_text(name));
}

/* ---- payload paths ---- */

static bool
folded_eq(struct span a, const char *b)
{
	if (a.n != strlen(b))
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (ascii_lower(a.p[i]) != b[i])
			return false;
	return true;
}

/* Names that are devices on Windows, alone or before a dot. */
static bool
component_reserved(struct span c)
{
	static const char *const names[] = { "con", "prn", "aux", "nul" };
	struct span stem = c;

	for (size_t i = 0; i < c.n; i++)
		if (c.p[i] == '.') {
			stem = span_part(c, 0, i);
			break;
		}
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (folded_eq(stem, names[i]))
			return true;
	return stem.n == 4 && stem.p[3] >= '0' && stem.p[3] <= '9' &&
	    (folded_eq(span_part(stem, 0, 3), "com") ||
	    folded_eq(span_part(stem, 0, 3), "lpt"));
}

/* 8 digits, then nothing or a dot and 1 to 8 letters or digits. */
static bool
component_numbered(struct span c)
{
	if (c.n < 8)
		return false;
	for (size_t i = 0; i < 8; i++)
		if (c.p[i] < '0' || c.p[i] > '9')
			return false;
	if (c.n == 8)
		return true;
	if (c.p[8] != '.' || c.n < 10 || c.n > 17)
		return false;
	for (size_t i = 9; i < c.n; i++)
		if (!ascii_alnum(c.p[i]))
			return false;
	return true;
}

static bool
component_safe(struct span c)
{
	if (c.n < 1 || c.n > ORDER_COMPONENT_MAX || !ascii_alnum(c.p[0]) ||
	    c.p[c.n - 1] == '.')
		return false;
	for (size_t i = 1; i < c.n; i++)
		if (!ascii_alnum(c.p[i]) && c.p[i] != '.' && c.p[i] != '_' &&
		    c.p[i] != '-')
			return false;
	return !component_reserved(c);
}

/* Takes one component off the front; false when none is left. */
static bool
component_next(struct span *rest, struct span *out, bool *last)
{
	size_t n = 0;

	if (rest->p == NULL)
		return false;
	while (n < rest->n && rest->p[n] != '/')
		n++;
	*out = span_part(*rest, 0, n);
	*last = n == rest->n;
	if (*last)
		*rest = (struct span){ NULL, 0 };
	else
		*rest = span_from(*rest, n + 1);
	return true;
}

bool
order_path_good(const char *path)
{
	struct span rest = span_text(path), c;
	bool last = false;

	if (rest.n > ORDER_PATH_MAX || !span_starts(rest, "data/"))
		return false;
	if (strcmp(path, ORDER_SALT_PATH) == 0)
		return true;
	rest = span_from(rest, 5);
	if (span_starts(rest, "_long/"))	/* section 3: data/_long/ and a number */
		return component_numbered(span_from(rest, 6));
	while (component_next(&rest, &c, &last)) {
		if (c.n > 0 && c.p[0] == '_' ?
		    !component_numbered(span_from(c, 1)) : !component_safe(c))
			return false;
	}
	return last;
}

static int
key_byte(char c)
{
	return c == '/' ? 1 : ascii_lower(c);
}

int
order_compare(const char *a, const char *b)
{
	while (*a != '\0' && key_byte(*a) == key_byte(*b))
		a++, b++;
	return key_byte(*a) - key_byte(*b);
}

/*
 * The three rules of section 3 between neighbours.  Under the key two names that
 * differ only in case, and a file and what would be inside it, are neighbours, so
 * looking at one earlier path is enough.
 */
static bool
neighbours_good(const char *before, const char *path, struct err *err)
{
	struct span a = span_text(before), b = span_text(path), ca, cb;
	bool last_a, last_b;

	while (component_next(&a, &ca, &last_a) && component_next(&b, &cb, &last_b)) {
		bool folded = ca.n == cb.n;

		for (size_t i = 0; folded && i < ca.n; i++)
			folded = ascii_lower(ca.p[i]) == ascii_lower(cb.p[i]);
		if (!folded)
			break;
		if (!span_eq(ca, cb))
			return err_set(err, ERR_INPUT, "order.twin",
			    "%s and %s differ only in capital letters",
			    shown_text(before).s, shown_text(path).s);
		if (last_a && last_b)
			return err_set(err, ERR_INPUT, "order.twin",
			    "%s is there twice", shown_text(path).s);
		if (last_a)
			return err_set(err, ERR_INPUT, "order.folder",
			    "%s is a file and a folder at once",
			    shown_text(before).s);
	}
	if (order_compare(path, before) <= 0)
		return err_set(err, ERR_INPUT, "order.sorted",
		    "%s does not stand in its place after %s",
		    shown_text(path).s, shown_text(before).s);
	return true;
}

static bool
payload_next(struct order *o, const char *path, uint64_t size, struct err *err)
{
	if (!order_path_good(path))
		return err_set(err, ERR_INPUT, "order.name",
		    "%s is no name a package may have inside",
		    shown_text(path).s);
	if (o->path[0] != '\0' && !neighbours_good(o->path, path, err))
		return false;
	if (strcmp(path, ORDER_SALT_PATH) == 0) {
		if (size != ORDER_SALT_BYTES)
			return err_set(err, ERR_LIMIT, "order.size",
			    "%s is %llu bytes long and not %d", path,
			    (unsigned long long)size, ORDER_SALT_BYTES);
		o->salt = true;
	}
	memcpy(o->path, path, strlen(path) + 1);
	return true;
}

/* ---- the sequence ---- */

void
order_init(struct order *o)
{
	memset(o, 0, sizeof *o);
}

/* The first place from `from` on that must be there; PLACES when none must. */
static unsigned
required_from(const struct order *o, unsigned from)
{
	while (from < PLACES && (rules[from].optional ||
	    (from == PLACE_DATA && o->salt)))
		from++;
	return from;
}

static const char *
place_shown(unsigned place)
{
	return place == PLACE_DATA ? ORDER_SALT_PATH : rules[place].path;
}

bool
order_next(struct order *o, const char *path, uint64_t size, enum place *place,
    struct err *err)
{
	enum place p = place_of(path);
	unsigned must = required_from(o, o->next);

	if (p == PLACES)
		return err_set(err, ERR_INPUT, "order.unknown",
		    "%s does not belong into a package", shown_text(path).s);
	if (p < o->next)
		return err_set(err, ERR_INPUT, "order.late",
		    "%s comes too late or a second time", shown_text(path).s);
	if (p > must)
		return err_set(err, ERR_INPUT, "order.missing",
		    "%s is missing: %s stands in its place",
		    place_shown(must), shown_text(path).s);
	if (p == PLACE_BAGIT && size != rules[p].max)
		return err_set(err, ERR_LIMIT, "order.size",
		    "%s is %llu bytes long and not %llu", path,
		    (unsigned long long)size, (unsigned long long)rules[p].max);
	if (size > rules[p].max)
		return err_set(err, ERR_LIMIT, "order.size",
		    "%s claims %llu bytes; at most %llu are allowed", path,
		    (unsigned long long)size, (unsigned long long)rules[p].max);
	if (p == PLACE_DATA) {
		if (!payload_next(o, path, size, err))
			return false;
		o->next = PLACE_DATA;
	} else {
		o->next = (unsigned)p + 1;
	}
	*place = p;
	return true;
}

bool
order_end(const struct order *o, struct err *err)
{
	unsigned must = required_from(o, o->next);

	if (must < PLACES)
		return err_set(err, ERR_INPUT, "order.missing",
		    "%s is missing", place_shown(must));
	return true;
}
