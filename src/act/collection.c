/* collection.json: the first link of the chain, before our seal. */
#include <string.h>

#include "act/kinds.h"

#define COLLECTION_SCHEMA "comity.collection/1"
#define COLLECTION_TEXT_MAX 4000
#define CUSTODIAN_MAX 65536

void
collection_init(struct collection *c)
{
	memset(c, 0, sizeof *c);
	buf_init(&c->custodian_certificate, CUSTODIAN_MAX);
}

void
collection_clear(struct collection *c)
{
	mem_free(c->collected_by);
	mem_free(c->collected_from);
	mem_free(c->tool);
	mem_free(c->method);
	mem_free(c->source_digest);
	mem_free(c->order);
	mem_free(c->note);
	buf_clear(&c->custodian_certificate);
	collection_init(c);
}

static bool
owned(struct json_object *o, const char *name, char **out, struct err *err)
{
	const char *s;

	if (!json_text(o, name, 1, COLLECTION_TEXT_MAX, &s, err))
		return false;
	*out = mem_text_of(s, err);
	return *out != NULL;
}

static bool
source_digest_valid(const char *s)
{
	struct digest d;

	return strncmp(s, "sha256:", 7) == 0 && digest_parse(span_text(s + 7), &d);
}

static bool
custodian_decode(struct collection *c, struct json_object *o, struct err *err)
{
	const char *s;

	if (json_take_null(o, "custodian_certificate"))
		return true;
	return json_text(o, "custodian_certificate", 1, CUSTODIAN_MAX, &s, err) &&
	    buf_add_text(&c->custodian_certificate, s, err);
}

static bool
members_decode(struct collection *c, struct json_object *o, struct err *err)
{
	const char *schema, *lang;

	if (!json_text(o, "schema", 1, 40, &schema, err))
		return false;
	if (strcmp(schema, COLLECTION_SCHEMA) != 0)
		return err_set(err, ERR_INPUT, "collection.schema",
		    "the collection record is in a schema this version does not know");
	if (!json_text(o, "lang", 2, 11, &lang, err))
		return false;
	if (!lang_valid(lang))
		return err_set(err, ERR_INPUT, "collection.lang",
		    "member \"lang\" is no language tag");
	memcpy(c->lang, lang, strlen(lang) + 1);
	if (!owned(o, "collected_by", &c->collected_by, err) ||
	    !owned(o, "collected_from", &c->collected_from, err) ||
	    !owned(o, "tool", &c->tool, err) ||
	    !owned(o, "method", &c->method, err) ||
	    !json_int(o, "collected_at", 0, WHEN_MAX, &c->collected_at, err) ||
	    !text_or_null(o, "source_digest", 71, &c->source_digest, err) ||
	    !text_or_null(o, "order", COLLECTION_TEXT_MAX, &c->order, err) ||
	    !text_or_null(o, "note", COLLECTION_TEXT_MAX, &c->note, err) ||
	    !custodian_decode(c, o, err) || !json_end(o, err))
		return false;
	if (c->source_digest != NULL && !source_digest_valid(c->source_digest))
		return err_set(err, ERR_INPUT, "collection.source_digest",
		    "member \"source_digest\" is not \"sha256:\" and 64 hexadecimal digits");
	return true;
}

bool
collection_decode(struct collection *out, struct span json, struct err *err)
{
	struct json *j = NULL;
	struct json_object top;
	struct collection c;
	bool ok;

	collection_init(&c);
	ok = json_read(&j, json, COLLECTION_MAX, err) && json_top(j, &top, err) &&
	    members_decode(&c, &top, err);
	json_free(j);
	if (!ok) {
		collection_clear(&c);
		return err_wrap(err, "collection.json");
	}
	*out = c;
	return true;
}

static void
collection_out(const struct collection *c, struct json_out *j)
{
	json_out_object(j, NULL);
	json_out_str(j, "schema", COLLECTION_SCHEMA);
	json_out_str(j, "lang", c->lang);
	json_out_str(j, "collected_by", c->collected_by);
	json_out_str(j, "collected_from", c->collected_from);
	json_out_str(j, "tool", c->tool);
	json_out_str(j, "method", c->method);
	json_out_int(j, "collected_at", c->collected_at);
	json_out_str(j, "source_digest", c->source_digest);
	json_out_str(j, "order", c->order);
	json_out_str(j, "note", c->note);
	if (c->custodian_certificate.n > 0)
		json_out_text(j, "custodian_certificate",
		    buf_span(&c->custodian_certificate));
	else
		json_out_null(j, "custodian_certificate");
	json_out_close_object(j);
}

/* As with acts: nothing is written that a receiver would refuse to read. */
bool
collection_encode(const struct collection *c, struct buf *out, struct err *err)
{
	size_t before = out->n;
	struct collection again;
	struct json_out j;

	json_out_begin(&j, out, true, false, err);
	collection_out(c, &j);
	if (!json_out_end(&j) ||
	    !collection_decode(&again, span_from(buf_span(out), before), err))
		return false;
	collection_clear(&again);
	return true;
}
