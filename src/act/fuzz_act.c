/*
 * Fuzz target: acts and collection records of strangers, and fields as a person types
 * them (a line with the name, then the value).  What is accepted is written, read
 * again and written again: both writings are the same bytes.  Seeds: tests/fuzz/act.
 */
#include <stdlib.h>
#include <string.h>

#include "act/act.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* Our spelling is longer than a tight one: only that may stop it. */
static bool
written(const struct act *a, struct buf *out)
{
	struct err err = ERR_INIT;

	buf_init(out, 4 * ACT_BYTES_MAX);
	if (act_encode(a, out, &err))
		return true;
	must(err.kind == ERR_LIMIT);
	return false;
}

static void
act_again(struct act *a)
{
	struct err err = ERR_INIT;
	struct buf first, second;
	struct act back;

	if (written(a, &first)) {
		must(act_decode(&back, buf_span(&first), &err));
		must(written(&back, &second));
		must(span_eq(buf_span(&first), buf_span(&second)));
		act_clear(&back);
		buf_clear(&second);
	}
	buf_clear(&first);
}

static void
collection_again(const struct collection *c)
{
	struct err err = ERR_INIT;
	struct collection back;
	struct buf first, second;

	buf_init(&first, 4 * COLLECTION_MAX);
	buf_init(&second, 4 * COLLECTION_MAX);
	if (collection_encode(c, &first, &err)) {
		must(collection_decode(&back, buf_span(&first), &err));
		must(collection_encode(&back, &second, &err));
		must(span_eq(buf_span(&first), buf_span(&second)));
		collection_clear(&back);
	} else {
		must(err.kind == ERR_LIMIT);
	}
	buf_clear(&first);
	buf_clear(&second);
}

/* Whatever has the right form gets a verdict, and a sentence where it is not good. */
static void
identifiers_of(const struct fields *fs)
{
	for (size_t i = 0; i < fs->n; i++)
		for (size_t k = 0; k < fs->list[i].n; k++) {
			struct identifier_result r;

			if (strcmp(fs->list[i].law->shape->name, "identifier") != 0)
				continue;
			identifier_check(&fs->list[i].entries[k], &r);
			must(r.verdict == IDENTIFIER_GOOD || r.text[0] != '\0');
		}
}

static void
fields_write(const struct fields *fs, struct buf *out)
{
	struct err err = ERR_INIT;
	struct json_out j;

	buf_init(out, 4 * ACT_BYTES_MAX);
	json_out_begin(&j, out, false, false, &err);
	json_out_object(&j, NULL);
	fields_encode(fs, &j);
	json_out_close_object(&j);
	must(json_out_end(&j));
}

/* What was taken as typed is read back from its JSON, as a draft. */
static void
fields_again(const struct fields *fs)
{
	struct err err = ERR_INIT;
	struct buf first, second;
	struct json_object top;
	struct fields back;
	struct json *j;

	fields_write(fs, &first);
	must(json_read(&j, buf_span(&first), first.max, &err) &&
	    json_top(j, &top, &err) && fields_decode(&back, &top, true, &err));
	fields_write(&back, &second);
	must(span_eq(buf_span(&first), buf_span(&second)));
	json_free(j);
	fields_clear(&back);
	buf_clear(&first);
	buf_clear(&second);
}

static void
fields_typed(struct span in)
{
	struct cursor c = cursor_of(in);
	struct err err = ERR_INIT;
	struct fields fs, copy;
	char *name, *value;
	struct span line;

	if (!cursor_line(&c, &line))
		return;
	name = mem_text(line.p, line.n, &err);
	value = mem_text(c.left.p, c.left.n, &err);
	must(name != NULL && value != NULL);
	fields_init(&fs);
	if (fields_set(&fs, name, value, "en", &err)) {
		must(fs.n == 1);
		identifiers_of(&fs);
		fields_again(&fs);
		must(fields_copy(&copy, &fs, &err));
		fields_clear(&copy);
		must(fields_remove(&fs, fs.list[0].law->id) && fs.n == 0);
	} else {
		must(err.text[0] != '\0' && fs.n == 0);
	}
	fields_clear(&fs);
	mem_free(name);
	mem_free(value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct err err = ERR_INIT;
	struct collection c;
	struct act a;

	fields_typed(span_of(p, n));
	if (act_decode(&a, span_of(p, n), &err)) {
		if (act_kind_class(a.kind) == ACT_IS_REQUEST)
			identifiers_of(&a.body.request.fields);
		act_again(&a);
		act_clear(&a);
	} else {
		must(err.kind != ERR_NONE && err.text[0] != '\0');
	}
	if (collection_decode(&c, span_of(p, n), &err)) {
		collection_again(&c);
		collection_clear(&c);
	}
	return 0;
}
