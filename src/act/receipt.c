/* receipt: what came, how, when, and what our check of it said (formats/record). */
#include "act/kinds.h"

#include <string.h>

/* Lists in one text, as the words of a verdict have blanks: "|YES|NO|". */
#define CARRIERS "|https|mail|stick|local|"
#define UNCHANGED "|YES|NO|NOT CHECKED|"
#define WHO "|KNOWN|UNKNOWN|REVOKED|NOT CHECKED|"
#define WHEN "|PROVEN|CLAIMED|NOT CHECKED|"

static bool
one_of(const char *list, const char *word)
{
	size_t n = strlen(word);

	if (strchr(word, '|') != NULL)
		return false;
	for (const char *at = list; (at = strchr(at, '|')) != NULL; at++)
		if (strncmp(at + 1, word, n) == 0 && at[1 + n] == '|')
			return true;
	return false;
}

static bool
word_decode(struct json_object *o, const char *name, const char *list, char *out,
    size_t room, struct err *err)
{
	if (!short_decode(o, name, out, room, err))
		return false;
	return one_of(list, out) || err_set(err, ERR_INPUT, "receipt.word",
	    "member \"%s%s%s\" is none of %s", o->where,
	    o->where[0] != '\0' ? "." : "", name, list);
}

static bool
for_decode(struct act *a, struct json_object *b, struct err *err)
{
	struct receipt_body *r = &a->body.receipt;
	struct json_object o;

	if (!json_member(b, "for", &o, err) ||
	    !json_hex(&o, "act", r->act.b, sizeof r->act.b, err) ||
	    !json_hex(&o, "package", r->package.b, sizeof r->package.b, err) ||
	    !json_end(&o, err))
		return false;
	return digest_eq(&a->follows[0], &r->act) || err_set(err, ERR_INPUT,
	    "receipt.follows",
	    "member \"follows\" does not name the act that was received");
}

static bool
parcel_decode(struct receipt_body *r, struct json_object *b, struct err *err)
{
	struct json_object o;
	int64_t bytes;

	if (!json_member(b, "parcel", &o, err) ||
	    !json_int(&o, "bytes", 0, JSON_INT_MAX, &bytes, err) ||
	    !json_hex(&o, "sha256", r->parcel_sha256.b, 32, err) ||
	    !json_end(&o, err))
		return false;
	r->parcel_bytes = (uint64_t)bytes;
	return true;
}

static bool
verdict_decode(struct receipt_body *r, struct json_object *b, struct err *err)
{
	struct json_object o;

	return json_member(b, "verdict", &o, err) &&
	    word_decode(&o, "unchanged", UNCHANGED, r->unchanged,
	    sizeof r->unchanged, err) &&
	    word_decode(&o, "who", WHO, r->who, sizeof r->who, err) &&
	    word_decode(&o, "when", WHEN, r->when, sizeof r->when, err) &&
	    json_end(&o, err);
}

/* Both null when the node that wrote it had no ledger yet. */
static bool
log_decode(struct receipt_body *r, struct json_object *b, struct err *err)
{
	struct json_object o;
	int64_t index;

	if (!json_member(b, "log", &o, err))
		return false;
	r->has_log = !json_take_null(&o, "origin");
	if (!r->has_log)
		return json_take_null(&o, "index") ? json_end(&o, err) :
		    err_set(err, ERR_INPUT, "receipt.log",
		    "member \"body.log.index\" is not null as \"origin\" is");
	if (!short_decode(&o, "origin", r->log_origin, sizeof r->log_origin, err) ||
	    !json_int(&o, "index", 0, JSON_INT_MAX, &index, err))
		return false;
	r->log_index = (uint64_t)index;
	return json_end(&o, err);
}

static bool
receipt_decode(struct act *a, struct json_object *b, struct err *err)
{
	struct receipt_body *r = &a->body.receipt;

	return for_decode(a, b, err) && parcel_decode(r, b, err) &&
	    json_int(b, "received_at", 0, WHEN_MAX, &r->received_at, err) &&
	    word_decode(b, "carrier", CARRIERS, r->carrier, sizeof r->carrier, err) &&
	    verdict_decode(r, b, err) && log_decode(r, b, err);
}

static void
log_encode(const struct receipt_body *r, struct json_out *j)
{
	json_out_object(j, "log");
	if (r->has_log) {
		short_encode("origin", r->log_origin, j);
		json_out_int(j, "index", (int64_t)r->log_index);
	} else {
		json_out_null(j, "origin");
		json_out_null(j, "index");
	}
	json_out_close_object(j);
}

static void
receipt_encode(const struct act *a, struct json_out *j)
{
	const struct receipt_body *r = &a->body.receipt;

	json_out_object(j, "for");
	json_out_digest(j, "act", &r->act);
	json_out_digest(j, "package", &r->package);
	json_out_close_object(j);
	json_out_object(j, "parcel");
	json_out_int(j, "bytes", (int64_t)r->parcel_bytes);
	json_out_digest(j, "sha256", &r->parcel_sha256);
	json_out_close_object(j);
	json_out_int(j, "received_at", r->received_at);
	json_out_str(j, "carrier", r->carrier);
	json_out_object(j, "verdict");
	json_out_str(j, "unchanged", r->unchanged);
	json_out_str(j, "who", r->who);
	json_out_str(j, "when", r->when);
	json_out_close_object(j);
	log_encode(r, j);
}

static void
receipt_clear(struct act *a)
{
	(void)a;
}

const struct kind kind_receipt = {
	.name = "receipt", .class = ACT_IS_RECEIPT, .needs_stamp = false,
	.says = "what you sent has come",
	.follows_min = 1, .follows_max = 1,
	.decode = receipt_decode, .encode = receipt_encode, .clear = receipt_clear,
};
