/*
 * What the names of one folder become (formats/package.md section 3): two passes over
 * them in key order, so that a folder of any size needs no more memory.
 */
#include <string.h>

#include "package/read_order.h"
#include "package/walk.h"

static bool
stack_add(struct walk *w, struct span value, struct span path, struct err *err)
{
	uint8_t record[ENTRY_BYTES_MAX];
	struct entry e;

	entry_decode(value, &e);
	e.path = path;
	return spool_add_record(w->stack,
	    span_of(record, entry_encode(&e, record)), err);
}

/* lower(name), NUL, name */
static struct span
key_name(struct span key)
{
	return span_from(key, (key.n + 1) / 2);
}

/*
 * First pass: which names cannot stay?  Under the key, names that are the same but
 * for case stand side by side, the bytewise first of them first: only that one stays.
 */
static bool
find_renamed(struct walk *w, bool *any, struct err *err)
{
	uint8_t before[PAYLOAD_NAME_MAX];
	size_t before_n = 0;
	struct span key, value, name;
	bool more, twin;

	*any = false;
	sorter_restart(w->renamed);
	if (!sorter_rewind(w->names, err))
		return false;
	for (;;) {
		if (!sorter_next(w->names, &key, &value, &more, err))
			return false;
		if (!more)
			return !*any || sorter_rewind(w->renamed, err);
		name = key_name(key);
		twin = name.n == before_n && memcmp(key.p, before, name.n) == 0;
		memcpy(before, key.p, name.n);
		before_n = name.n;
		if (name_safe(name) && !twin)
			continue;
		*any = true;
		if (!sorter_add(w->renamed, name, value, err))
			return false;
	}
}

static bool
add_renamed(struct walk *w, struct err *err)
{
	struct span name, value;
	struct name_made made;
	uint32_t number = 0;
	struct entry e;
	bool more;

	for (;;) {
		if (!sorter_next(w->renamed, &name, &value, &more, err))
			return false;
		if (!more)
			return true;
		if (number++ == NAME_NUMBER_MAX)
			return err_set(err, ERR_LIMIT, "payload.names",
			    "%s holds more names than a package can",
			    shown(span_of(w->name, w->name_n)).s);
		entry_decode(value, &e);
		made = name_numbered(number, e.name, e.kind == ENTRY_FILE);
		if (!stack_add(w, value, span_text(made.s), err))
			return false;
	}
}

/*
 * Second pass, into the stack in key order: digits, then all that begins with '_'
 * (ours), then letters.
 */
static bool
stack_names(struct walk *w, bool any, struct err *err)
{
	uint8_t before[PAYLOAD_NAME_MAX];
	size_t before_n = 0;
	struct span key, value, name;
	bool more, twin, numbered = !any;

	if (!sorter_rewind(w->names, err))
		return false;
	for (;;) {
		if (!sorter_next(w->names, &key, &value, &more, err))
			return false;
		name = more ? key_name(key) : span_of(NULL, 0);
		if (!numbered && (!more || (name_safe(name) && key.p[0] > '9'))) {
			numbered = true;
			if (!add_renamed(w, err))
				return false;
		}
		if (!more)
			return true;
		twin = name.n == before_n && memcmp(key.p, before, name.n) == 0;
		memcpy(before, key.p, name.n);
		before_n = name.n;
		if (name_safe(name) && !twin && !stack_add(w, value, name, err))
			return false;
	}
}

bool
walk_order(struct walk *w, struct err *err)
{
	bool any;

	return find_renamed(w, &any, err) && stack_names(w, any, err);
}
