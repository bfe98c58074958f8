/* Strict reading of JSON over jansson. */
#include "form/json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

struct json {
	json_t *root;
};

/*
 * jansson (2.14) does not look whether the text it collects for a token could grow: a
 * character is missing then, and where that was a quotation mark it reads and writes
 * on behind the end (its issue 362).  So the first allocation that fails is made good
 * from a reserve that was put by before, and nothing more is given to it to read: the
 * input ends there, and a token that has not ended is an error.
 */
static _Thread_local struct reading {
	const uint8_t *next, *end;
	void *reserve;
	size_t reserve_n;
	bool out_of_memory;
} reading;

/* A token has at most the bytes of the input; its room is 16 bytes or twice what it was. */
#define RESERVE_FACTOR 2
#define RESERVE_MORE 64

static void *
counted_malloc(size_t n)
{
	void *p = mem_new(n, NULL);

	if (p != NULL || reading.out_of_memory)
		return p;
	reading.out_of_memory = true;
	return n <= reading.reserve_n ? reading.reserve : NULL;
}

static void
counted_free(void *p)
{
	if (p != reading.reserve)
		mem_free(p);
}

/*
 * One byte at a time: none is read ahead when memory is found to be short.  Called for each
 * of all bytes that are read, so it does no more than it must.
 */
static size_t
byte_give(void *to, size_t n, void *arg)
{
	struct reading *r = arg;

	if (n == 0 || r->next == r->end || r->out_of_memory)
		return 0;
	*(uint8_t *)to = *r->next++;
	return 1;
}

/* NULL: *why says what is wrong, or there was no memory and *err is set. */
static json_t *
tree_read(struct span text, json_error_t *why, struct err *err)
{
	json_t *root;

	reading = (struct reading){ .next = text.p,
		.end = text.n == 0 ? text.p : text.p + text.n };
	if (!size_mul(text.n, RESERVE_FACTOR, &reading.reserve_n) ||
	    !size_add(reading.reserve_n, RESERVE_MORE, &reading.reserve_n) ||
	    (reading.reserve = mem_new(reading.reserve_n, err)) == NULL) {
		reading.out_of_memory = true;
		return NULL;
	}
	json_set_alloc_funcs(counted_malloc, counted_free);
	root = json_load_callback(byte_give, &reading,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, why);
	if (reading.out_of_memory) {
		json_decref(root);
		root = NULL;
		(void)err_memory(err);
	}
	mem_free(reading.reserve);
	reading.reserve = NULL;
	return root;
}

static bool
bad(struct err *err, const char *where, const char *name, const char *what)
{
	return err_set(err, ERR_INPUT, "json.member", "member \"%s%s%s\" %s",
	    where, where[0] != '\0' && name[0] != '\0' ? "." : "", name, what);
}

static bool
name_plain(const char *name)
{
	for (const char *p = name; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7E)
			return false;
	return true;
}

/* Depth, integers and names; recursion is bounded by JSON_DEPTH_MAX. */
static bool
tree_check(json_t *node, unsigned depth, struct err *err)
{
	const char *name;
	json_t *value;
	size_t i;

	if (depth > JSON_DEPTH_MAX)
		return err_set(err, ERR_LIMIT, "json.depth",
		    "the JSON is nested deeper than %d levels", JSON_DEPTH_MAX);
	if (json_is_real(node))
		return err_set(err, ERR_INPUT, "json.number",
		    "the JSON holds a number that is no integer");
	if (json_is_integer(node) && (json_integer_value(node) > JSON_INT_MAX ||
	    json_integer_value(node) < -JSON_INT_MAX))
		return err_set(err, ERR_INPUT, "json.number",
		    "the JSON holds an integer beyond 2^53");
	if (json_is_array(node)) {
		json_array_foreach(node, i, value)
			if (!tree_check(value, depth + 1, err))
				return false;
		return true;
	}
	if (!json_is_object(node))
		return true;
	if (json_object_size(node) > JSON_MEMBERS_MAX)
		return err_set(err, ERR_LIMIT, "json.members",
		    "an object has more than %d members", JSON_MEMBERS_MAX);
	json_object_foreach(node, name, value) {
		if (!name_plain(name))
			return err_set(err, ERR_INPUT, "json.name",
			    "a member's name is not plain ASCII");
		if (!tree_check(value, depth + 1, err))
			return false;
	}
	return true;
}

/*
 * Levels of nesting, lists and objects, and commas outside strings, before any memory is
 * spent on the tree (jansson bounds only the levels, and far higher).
 */
static bool
shape_bounded(struct span text, struct err *err)
{
	size_t nests = 0, commas = 0;
	unsigned depth = 0;
	bool inside = false;

	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		if (inside) {
			if (c == '\\')
				i++;
			else if (c == '"')
				inside = false;
		} else if (c == '"') {
			inside = true;
		} else if (c == '{' || c == '[') {
			nests++;
			if (++depth > JSON_DEPTH_MAX + 1)
				return err_set(err, ERR_LIMIT, "json.depth",
				    "the JSON is nested deeper than %d levels", JSON_DEPTH_MAX);
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		} else if (c == ',') {
			commas++;
		}
		if (nests > JSON_NESTS_MAX || commas > JSON_COMMAS_MAX)
			return err_set(err, ERR_LIMIT, "json.values",
			    "the JSON has more values than are allowed (%d lists and objects, %d commas), at byte %zu",
			    JSON_NESTS_MAX, JSON_COMMAS_MAX, i);
	}
	return true;
}

bool
json_read(struct json **out, struct span text, size_t max, struct err *err)
{
	struct json *j;
	json_error_t why;

	if (text.n > max)
		return err_set(err, ERR_LIMIT, "json.size",
		    "the JSON is %zu bytes; %zu are allowed", text.n, max);
	if (!shape_bounded(text, err))
		return false;
	j = mem_new(sizeof *j, err);
	if (j == NULL)
		return false;
	j->root = tree_read(text, &why, err);
	if (j->root == NULL) {
		mem_free(j);
		return !reading.out_of_memory && err_set(err, ERR_INPUT, "json.syntax",
		    "the JSON breaks off at byte %d: %s", why.position, why.text);
	}
	if (!tree_check(j->root, 1, err)) {
		json_free(j);
		return false;
	}
	*out = j;
	return true;
}

void
json_free(struct json *j)
{
	if (j == NULL)
		return;
	json_decref(j->root);
	mem_free(j);
}

static bool
object_of(const json_t *node, const char *where, struct json_object *out,
    struct err *err)
{
	if (!json_is_object(node))
		return bad(err, where, "", "is not an object");
	*out = (struct json_object){ .node = node };
	(void)snprintf(out->where, sizeof out->where, "%.79s", where);
	return true;
}

bool
json_top(const struct json *j, struct json_object *out, struct err *err)
{
	if (!json_is_object(j->root))
		return err_set(err, ERR_INPUT, "json.object",
		    "the JSON is not an object");
	return object_of(j->root, "", out, err);
}

bool
json_has(const struct json_object *o, const char *name)
{
	return json_object_get(o->node, name) != NULL;
}

bool
json_take_null(struct json_object *o, const char *name)
{
	const json_t *v = json_object_get(o->node, name);

	if (!json_is_null(v))
		return false;
	o->taken++;
	return true;
}

static const json_t *
take(struct json_object *o, const char *name, struct err *err)
{
	const json_t *v = json_object_get(o->node, name);

	if (v == NULL) {
		(void)bad(err, o->where, name, "is missing");
		return NULL;
	}
	o->taken++;
	return v;
}

static bool
text_of(const json_t *v, const char *where, const char *name, size_t min,
    size_t max, const char **out, struct err *err)
{
	size_t n;

	if (!json_is_string(v))
		return bad(err, where, name, "is not text");
	n = json_string_length(v);
	if (n != strlen(json_string_value(v)))
		return bad(err, where, name, "holds a NUL character");
	if (n < min)
		return bad(err, where, name, n == 0 ? "is empty" : "is too short");
	if (n > max)
		return err_set(err, ERR_LIMIT, "json.text",
		    "member \"%s%s%s\" is %zu bytes; %zu are allowed", where,
		    where[0] != '\0' && name[0] != '\0' ? "." : "", name, n, max);
	*out = json_string_value(v);
	return true;
}

bool
json_text(struct json_object *o, const char *name, size_t min, size_t max,
    const char **out, struct err *err)
{
	const json_t *v = take(o, name, err);

	return v != NULL && text_of(v, o->where, name, min, max, out, err);
}

bool
json_int(struct json_object *o, const char *name, int64_t min, int64_t max,
    int64_t *out, struct err *err)
{
	const json_t *v = take(o, name, err);
	int64_t i;

	if (v == NULL)
		return false;
	if (!json_is_integer(v))
		return bad(err, o->where, name, "is not an integer");
	i = json_integer_value(v);
	if (i < min || i > max)
		return bad(err, o->where, name, "is out of range");
	*out = i;
	return true;
}

bool
json_bool(struct json_object *o, const char *name, bool *out, struct err *err)
{
	const json_t *v = take(o, name, err);

	if (v == NULL)
		return false;
	if (!json_is_boolean(v))
		return bad(err, o->where, name, "is neither true nor false");
	*out = json_is_true(v);
	return true;
}

bool
json_hex(struct json_object *o, const char *name, uint8_t *out, size_t n,
    struct err *err)
{
	const char *s;

	if (!json_text(o, name, 2 * n, 2 * n, &s, err))
		return false;
	if (!hex_decode(span_text(s), out, n))
		return bad(err, o->where, name, "is not lower hexadecimal");
	return true;
}

static void
where_in(char out[80], const char *where, const char *name)
{
	(void)snprintf(out, 80, "%.40s%s%.36s", where, where[0] != '\0' ? "." : "",
	    name);
}

bool
json_member(struct json_object *o, const char *name, struct json_object *out,
    struct err *err)
{
	const json_t *v = take(o, name, err);
	char where[80];

	if (v == NULL)
		return false;
	where_in(where, o->where, name);
	return object_of(v, where, out, err);
}

bool
json_list(struct json_object *o, const char *name, size_t min, size_t max,
    struct json_array *out, struct err *err)
{
	const json_t *v = take(o, name, err);
	size_t n;

	if (v == NULL)
		return false;
	if (!json_is_array(v))
		return bad(err, o->where, name, "is not a list");
	n = json_array_size(v);
	if (n < min)
		return bad(err, o->where, name, "has too few entries");
	if (n > max)
		return err_set(err, ERR_LIMIT, "json.list",
		    "member \"%s\" has %zu entries; %zu are allowed", name, n, max);
	*out = (struct json_array){ .node = v, .n = n };
	where_in(out->where, o->where, name);
	return true;
}

static const json_t *
element(const struct json_array *a, size_t i, char where[100])
{
	(void)snprintf(where, 100, "%.70s[%zu]", a->where, i);
	return json_array_get(a->node, i);
}

bool
json_at_text(const struct json_array *a, size_t i, size_t min, size_t max,
    const char **out, struct err *err)
{
	char where[100];
	const json_t *v = element(a, i, where);

	return text_of(v, where, "", min, max, out, err);
}

bool
json_at_hex(const struct json_array *a, size_t i, uint8_t *out, size_t n,
    struct err *err)
{
	char where[100];
	const json_t *v = element(a, i, where);
	const char *s;

	if (!text_of(v, where, "", 2 * n, 2 * n, &s, err))
		return false;
	if (!hex_decode(span_text(s), out, n))
		return bad(err, where, "", "is not lower hexadecimal");
	return true;
}

bool
json_at_object(const struct json_array *a, size_t i, struct json_object *out,
    struct err *err)
{
	char where[100];
	const json_t *v = element(a, i, where);

	return object_of(v, where, out, err);
}

bool
json_end(const struct json_object *o, struct err *err)
{
	if (json_object_size(o->node) == o->taken)
		return true;
	return err_set(err, ERR_INPUT, "json.unknown",
	    "%s%sa member is there that this version does not know",
	    o->where, o->where[0] != '\0' ? ": " : "");
}
