#include "ledger/record.h"

#include <string.h>

#include "crypto/digest.h"

#define DATA_FOLDER "data/"
#define LEAF_PREFIX "comity-leaf/1\n"
#define LEAF_HEAD (sizeof LEAF_PREFIX - 1 + RECORD_SALT)
/* Most records are shorter: the leaf's message is put together in one piece. */
#define SHORT_MAX 1024

/* As in doc/format/record.md, in the order of enum record_event. */
static const char *const events[RECORD_EVENTS] = {
	[EVENT_MADE] = "made",
	[EVENT_SENT] = "sent",
	[EVENT_RECEIVED] = "received",
	[EVENT_OPENED] = "opened",
	[EVENT_READ] = "read",
	[EVENT_EXPORTED] = "exported",
	[EVENT_DISCLOSED] = "disclosed",
	[EVENT_DESTROYED] = "destroyed",
	[EVENT_REFUSED] = "refused",
	[EVENT_DECIDED] = "decided",
	[EVENT_EVIDENCE_ADDED] = "evidence_added",
	[EVENT_KEY] = "key",
	[EVENT_CARD] = "card",
	[EVENT_REVOKED] = "revoked",
	[EVENT_ADMINISTRATION] = "administration",
	[EVENT_STARTED] = "started",
	[EVENT_SELF_TEST] = "self_test",
	[EVENT_CLOCK_JUMP] = "clock_jump",
	[EVENT_RECOVERY] = "recovery",
	[EVENT_LOSS] = "loss",
};
static const char *const carriers[] = { "https", "mail", "stick", "local" };

const char *
record_event_name(enum record_event e)
{
	return (unsigned)e < RECORD_EVENTS ? events[e] : NULL;
}

/* ---- forms ---- */

static bool
bad(struct err *err, const char *reason, const char *member, const char *why)
{
	return err_set(err, ERR_INPUT, reason, "member \"%s\" %s", member, why);
}

/* The name of a reason or outcome: a word for programs, never a sentence. */
static bool
name_valid(const char *s)
{
	for (; *s != '\0'; s++)
		if (!((*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9') ||
		    *s == '.' || *s == '-' || *s == '_'))
			return false;
	return true;
}

/* Printable ASCII without blanks, 1 to room - 1 bytes. */
static bool
take_code(struct json_object *o, const char *name, char *out, size_t room,
    struct err *err)
{
	const char *s;

	if (!json_text(o, name, 1, room - 1, &s, err))
		return false;
	if (!code_valid(s))
		return bad(err, "record.code", name,
		    "holds other than printable ASCII without blanks");
	memcpy(out, s, strlen(s) + 1);
	return true;
}

static bool
take_name(struct json_object *o, const char *name, char *out, size_t room,
    struct err *err)
{
	const char *s;

	if (!json_text(o, name, 1, room - 1, &s, err))
		return false;
	if (!name_valid(s))
		return bad(err, "record.name", name,
		    "is no stable name (small letters, digits, dots, dashes)");
	memcpy(out, s, strlen(s) + 1);
	return true;
}

static bool
take_authority(struct json_object *o, const char *name, struct authority_id *out,
    struct err *err)
{
	const char *s;

	if (!json_text(o, name, 1, AUTHORITY_ID_MAX - 1, &s, err))
		return false;
	return authority_id_parse(s, out) ||
	    bad(err, "record.authority", name, "is no authority id");
}

/* A member that may be absent: true when it is, or when it is a digest. */
static bool
take_digest(struct json_object *o, const char *name, bool *has,
    struct digest *out, struct err *err)
{
	*has = json_has(o, name);
	return !*has || json_hex(o, name, out->b, sizeof out->b, err);
}

static bool
take_count(struct json_object *o, const char *name, uint64_t *out,
    struct err *err)
{
	int64_t n;

	if (!json_int(o, name, 0, JSON_INT_MAX, &n, err))
		return false;
	*out = (uint64_t)n;
	return true;
}

/* ---- decoding ---- */

static bool
head_decode(struct record *r, struct json_object *o, struct err *err)
{
	const char *s;

	if (!json_text(o, "schema", 1, 64, &s, err))
		return false;
	if (strcmp(s, RECORD_SCHEMA) != 0)
		return err_set(err, ERR_INPUT, "record.schema",
		    "the record is written in a schema this version does not know");
	if (!json_text(o, "event", 1, 40, &s, err))
		return false;
	for (r->event = 0; r->event < RECORD_EVENTS; r->event++)
		if (strcmp(s, events[r->event]) == 0)
			break;
	if (r->event == RECORD_EVENTS)
		return bad(err, "record.event", "event",
		    "is no event that this version knows");
	return json_int(o, "at", 0, WHEN_MAX, &r->at, err) &&
	    json_int(o, "clock_doubt", 0, WHEN_MAX, &r->clock_doubt, err) &&
	    take_digest(o, "act", &r->has_act, &r->act, err) &&
	    take_digest(o, "package", &r->has_package, &r->package, err);
}

/* The name of a file of the bag, outside data/. */
static bool
path_valid(const char *s)
{
	return code_valid(s) && s[0] != '/' &&
	    strncmp(s, DATA_FOLDER, strlen(DATA_FOLDER)) != 0 &&
	    strstr(s, "..") == NULL;
}

static bool
file_decode(struct record *r, size_t i, struct json_object *o, struct err *err)
{
	struct record_file *f = &r->files[i];
	const char *s;

	if (!json_text(o, "path", 1, sizeof f->path - 1, &s, err))
		return false;
	if (!path_valid(s))
		return bad(err, "record.path", "files.path",
		    "is no file of a package outside data/");
	for (size_t k = 0; k < i; k++)
		if (strcmp(s, r->files[k].path) == 0)
			return bad(err, "record.files", "files",
			    "names the same file twice");
	memcpy(f->path, s, strlen(s) + 1);
	return take_count(o, "bytes", &f->bytes, err) &&
	    json_hex(o, "sha256", f->sha256.b, sizeof f->sha256.b, err) &&
	    json_end(o, err);
}

static bool
files_decode(struct record *r, struct json_object *o, struct err *err)
{
	struct json_array list;
	struct json_object file;

	if (!json_has(o, "files"))
		return true;
	if (!json_list(o, "files", 1, RECORD_FILES_MAX, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++)
		if (!json_at_object(&list, i, &file, err) ||
		    !file_decode(r, i, &file, err))
			return false;
	r->files_n = list.n;
	return true;
}

static bool
payload_decode(struct record *r, struct json_object *o, struct err *err)
{
	struct json_object payload;

	r->has_payload = json_has(o, "payload");
	return !r->has_payload || (json_member(o, "payload", &payload, err) &&
	    take_count(&payload, "files", &r->payload_files, err) &&
	    take_count(&payload, "bytes", &r->payload_bytes, err) &&
	    json_end(&payload, err));
}

static bool
people_decode(struct record *r, struct json_object *o, struct err *err)
{
	struct json_object actor;

	return json_member(o, "actor", &actor, err) &&
	    take_authority(&actor, "authority", &r->authority, err) &&
	    take_code(&actor, "role", r->role, sizeof r->role, err) &&
	    take_code(&actor, "person", r->person, sizeof r->person, err) &&
	    json_end(&actor, err) &&
	    (!json_has(o, "peer") || take_authority(o, "peer", &r->peer, err));
}

static bool
carrier_decode(struct record *r, struct json_object *o, struct err *err)
{
	if (!json_has(o, "carrier"))
		return true;
	if (!take_code(o, "carrier", r->carrier, sizeof r->carrier, err))
		return false;
	for (size_t i = 0; i < sizeof carriers / sizeof carriers[0]; i++)
		if (strcmp(r->carrier, carriers[i]) == 0)
			return true;
	return bad(err, "record.carrier", "carrier",
	    "is none of https, mail, stick, local");
}

static bool
decision_decode(struct record *r, struct json_object *o, struct err *err)
{
	struct json_object d;

	if (!json_has(o, "decision"))
		return true;
	if (r->event != EVENT_DECIDED && r->event != EVENT_REFUSED)
		return bad(err, "record.decision", "decision",
		    "belongs to the events decided and refused");
	return json_member(o, "decision", &d, err) &&
	    take_code(&d, "rule", r->rule, sizeof r->rule, err) &&
	    take_code(&d, "version", r->rule_version, sizeof r->rule_version,
	    err) &&
	    take_name(&d, "outcome", r->outcome, sizeof r->outcome, err) &&
	    (!json_has(&d, "ground") ||
	    take_code(&d, "ground", r->ground, sizeof r->ground, err)) &&
	    json_end(&d, err);
}

static bool
decode_into(struct record *r, struct json_object *o, struct err *err)
{
	return head_decode(r, o, err) && files_decode(r, o, err) &&
	    payload_decode(r, o, err) && people_decode(r, o, err) &&
	    carrier_decode(r, o, err) && decision_decode(r, o, err) &&
	    (!json_has(o, "reason") ||
	    take_name(o, "reason", r->reason, sizeof r->reason, err)) &&
	    take_digest(o, "before", &r->has_before, &r->before, err) &&
	    json_end(o, err);
}

/* ---- encoding ---- */

static void
text_out(struct json_out *j, const char *name, const char *s)
{
	if (s[0] != '\0')
		json_out_str(j, name, s);
}

static void
digest_out(struct json_out *j, const char *name, bool has, const struct digest *d)
{
	if (has)
		json_out_digest(j, name, d);
}

static void
files_out(struct json_out *j, const struct record *r)
{
	if (r->files_n == 0)
		return;
	json_out_array(j, "files");
	for (size_t i = 0; i < r->files_n; i++) {
		json_out_object(j, NULL);
		json_out_str(j, "path", r->files[i].path);
		json_out_int(j, "bytes", (int64_t)r->files[i].bytes);
		json_out_digest(j, "sha256", &r->files[i].sha256);
		json_out_close_object(j);
	}
	json_out_close_array(j);
}

static void
payload_out(struct json_out *j, const struct record *r)
{
	if (!r->has_payload)
		return;
	json_out_object(j, "payload");
	json_out_int(j, "files", (int64_t)r->payload_files);
	json_out_int(j, "bytes", (int64_t)r->payload_bytes);
	json_out_close_object(j);
}

static void
decision_out(struct json_out *j, const struct record *r)
{
	if (r->rule[0] == '\0' && r->rule_version[0] == '\0' &&
	    r->outcome[0] == '\0' && r->ground[0] == '\0')
		return;
	json_out_object(j, "decision");
	text_out(j, "rule", r->rule);
	text_out(j, "version", r->rule_version);
	text_out(j, "outcome", r->outcome);
	text_out(j, "ground", r->ground);
	json_out_close_object(j);
}

static void
record_out(struct json_out *j, const struct record *r)
{
	json_out_object(j, NULL);
	json_out_str(j, "schema", RECORD_SCHEMA);
	json_out_str(j, "event", record_event_name(r->event));
	json_out_int(j, "at", r->at);
	json_out_int(j, "clock_doubt", r->clock_doubt);
	digest_out(j, "act", r->has_act, &r->act);
	digest_out(j, "package", r->has_package, &r->package);
	files_out(j, r);
	payload_out(j, r);
	json_out_object(j, "actor");
	text_out(j, "authority", r->authority.s);
	text_out(j, "role", r->role);
	text_out(j, "person", r->person);
	json_out_close_object(j);
	text_out(j, "peer", r->peer.s);
	text_out(j, "carrier", r->carrier);
	decision_out(j, r);
	text_out(j, "reason", r->reason);
	digest_out(j, "before", r->has_before, &r->before);
	json_out_close_object(j);
}

/* One spelling of each value: what we would write is what it must be. */
static bool
spelling_check(const struct record *r, struct span json, struct err *err)
{
	struct json_out j;
	struct buf b;
	bool ok;

	buf_init(&b, RECORD_MAX);
	json_out_begin(&j, &b, false, true, err);
	record_out(&j, r);
	ok = json_out_end(&j) && (span_eq(buf_span(&b), json) ||
	    err_set(err, ERR_INPUT, "record.spelling",
	    "its members are not in their order, or not in their one spelling"));
	buf_clear(&b);
	return ok;
}

bool
record_decode(struct record *out, struct span json, struct err *err)
{
	struct json *j = NULL;
	struct json_object top;
	struct record r = { .event = EVENT_MADE };
	bool ok;

	ok = json_read(&j, json, RECORD_MAX, err) && json_top(j, &top, err) &&
	    decode_into(&r, &top, err) && spelling_check(&r, json, err);
	json_free(j);
	if (!ok)
		return err_wrap(err, "record");
	*out = r;
	return true;
}

/* What is hashed cannot be mended: read it as everyone will, before it is kept. */
bool
record_encode(const struct record *r, struct buf *out, struct err *err)
{
	size_t before = out->n;
	struct json_out j;
	struct record again;

	if (r->files_n > RECORD_FILES_MAX)
		return err_set(err, ERR_LIMIT, "record.files",
		    "a record names at most %d files", RECORD_FILES_MAX);
	json_out_begin(&j, out, false, true, err);
	record_out(&j, r);
	if (json_out_end(&j) &&
	    record_decode(&again, span_from(buf_span(out), before), err))
		return true;
	out->n = before;
	return false;
}

static bool
leaf_hash(struct hasher *h, const uint8_t salt[RECORD_SALT], struct span record,
    struct digest *out, struct err *err)
{
	uint8_t all[LEAF_HEAD + SHORT_MAX];

	if (record.n > 0 && record.n <= SHORT_MAX) {
		memcpy(all, LEAF_PREFIX, sizeof LEAF_PREFIX - 1);
		memcpy(all + LEAF_HEAD - RECORD_SALT, salt, RECORD_SALT);
		memcpy(all + LEAF_HEAD, record.p, record.n);
		return hasher_digest(h, span_of(all, LEAF_HEAD + record.n), out, err);
	}
	hasher_restart(h);
	hasher_add(h, span_text(LEAF_PREFIX));
	hasher_add(h, span_of(salt, RECORD_SALT));
	hasher_add(h, record);
	return hasher_end(h, out, err);
}

bool
leaf_with(struct hasher *h, const uint8_t salt[RECORD_SALT], struct span record,
    uint8_t out[LEAF_BYTES], struct err *err)
{
	struct digest d;

	if (!leaf_hash(h, salt, record, &d, err))
		return false;
	out[0] = 0;
	out[1] = 1;		/* version, big-endian */
	memcpy(out + 2, d.b, sizeof d.b);
	return true;
}

bool
leaf_of(const uint8_t salt[RECORD_SALT], struct span record,
    uint8_t out[LEAF_BYTES], struct err *err)
{
	struct hasher *h = NULL;
	bool ok = hasher_new(&h, err) && leaf_with(h, salt, record, out, err);

	hasher_free(h);
	return ok;
}
