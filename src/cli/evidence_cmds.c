/* evidence: in, sealed, sent, received, opened. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/request.h"
#include "cli/verdict.h"

/* ---- the collection record ---- */

static bool
put(struct cli *c, char **to, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return true;
	if (!utf8_valid(span_text(value)))
		return err_set(&c->err, ERR_USE, "use.utf8",
		    "a text of the collection record is not UTF-8");
	mem_free(*to);
	*to = mem_text_of(value, &c->err);
	return *to != NULL;
}

/* What is missing is asked for where somebody can answer. */
static bool
ask(struct cli *c, const char *question, char **to)
{
	struct buf answer;
	const char *text;
	bool ok;

	if (*to != NULL || c->no_input || c->json ||
	    !world_input_is_terminal(c->world))
		return true;
	buf_init(&answer, 4096);
	ok = world_ask(c->world, question, false, &answer, &c->err) &&
	    buf_text(&answer, &text, &c->err) && put(c, to, text);
	buf_clear(&answer);
	return ok;
}

static bool
ask_when(struct cli *c, struct collection *r)
{
	char *text = NULL;
	bool ok;

	if (r->collected_at != 0)
		return true;
	ok = ask(c, "When was it collected (2026-11-22T08:46:00Z)? ", &text) &&
	    (text == NULL || when_parse_people(span_text(text), &r->collected_at,
	    &c->err));
	mem_free(text);
	return ok;
}

static bool
custodian(struct cli *c, const char *path, struct collection *r)
{
	if (path == NULL)
		return true;
	if (!file_option(c, path, &r->custodian_certificate))
		return false;
	return utf8_valid(buf_span(&r->custodian_certificate)) ||
	    err_set(&c->err, ERR_USE, "use.utf8",
	    "the custodian's certificate is neither PEM nor UTF-8 text; a PDF goes into the evidence itself");
}

static bool
collection_take(struct cli *c, struct call *call, struct collection *r)
{
	const char *lang = call_value(call, "lang"), *file;
	bool has;

	file = call_value(call, "collection");
	if (file != NULL) {
		struct buf json;
		bool ok;

		buf_init(&json, COLLECTION_MAX);
		ok = file_option(c, file, &json) &&
		    collection_decode(r, buf_span(&json), &c->err);
		buf_clear(&json);
		return ok || err_wrap(&c->err, "%s", file);
	}
	if (lang == NULL)
		lang = home_settings(c->flow.home)->lang;
	(void)snprintf(r->lang, sizeof r->lang, "%s", lang);
	return put(c, &r->collected_by, call_value(call, "by")) &&
	    put(c, &r->collected_from, call_value(call, "from")) &&
	    put(c, &r->tool, call_value(call, "tool")) &&
	    put(c, &r->method, call_value(call, "method")) &&
	    put(c, &r->source_digest, call_value(call, "source-digest")) &&
	    put(c, &r->order, call_value(call, "order")) &&
	    put(c, &r->note, call_value(call, "note")) &&
	    time_option(c, call_value(call, "when"), &has, &r->collected_at) &&
	    custodian(c, call_value(call, "custodian"), r) &&
	    ask(c, "Who collected it? ", &r->collected_by) &&
	    ask(c, "From whom (custodian or place)? ", &r->collected_from) &&
	    ask(c, "With what tool and version? ", &r->tool) &&
	    ask(c, "How was it collected? ", &r->method) && ask_when(c, r);
}

static bool
source_digest_form(struct cli *c, const struct collection *r)
{
	struct digest d;

	if (r->source_digest == NULL)
		return true;
	return (strncmp(r->source_digest, "sha256:", 7) == 0 &&
	    digest_parse(span_text(r->source_digest + 7), &d)) ||
	    err_set(&c->err, ERR_USE, "use.digest",
	    "--source-digest is \"sha256:\" and 64 lower-case hexadecimal digits");
}

int
run_evidence_add(struct cli *c, struct call *call)
{
	const char *leave[LEAVE_OUT_MAX + 1];
	struct collection r;
	struct add_wish w = { .path = call->args[0],
		.label = call_value(call, "label"), .collection = &r,
		.later = call_flag(call, "later"), .leave_out = leave,
		.leave_out_unreadable = call_flag(call, "leave-out-unreadable") };
	struct digest fingerprint;
	struct evidence e;
	struct json_out j;
	bool ok;

	w.leave_out_n = call_values(call, "leave-out", leave, LEAVE_OUT_MAX + 1);
	collection_init(&r);
	ok = collection_take(c, call, &r) && source_digest_form(c, &r) &&
	    flow_evidence_add(&c->flow, &w, &e, &fingerprint, &c->err);
	collection_clear(&r);
	if (!ok)
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.evidence-added/1");
		json_out_int(&j, "number", e.number);
		json_out_int(&j, "files", (int64_t)e.files);
		json_out_int(&j, "bytes", (int64_t)e.bytes);
		json_out_int(&j, "others", (int64_t)e.others);
		if (w.later)
			json_out_null(&j, "fingerprint");
		else
			json_out_digest(&j, "fingerprint", &fingerprint);
		json_done(c, &j);
		return EXIT_DONE;
	}
	say(c, "Evidence %04u added: %s, %s", e.number,
	    count_people(e.files, "file", "files").s, size_people(e.bytes).s);
	if (e.others > 0)
		say(c, ", and %s", count_people(e.others,
		    "entry that is no file (listed in the package)",
		    "entries that are no files (listed in the package)").s);
	say(c, ".\n");
	if (w.later)
		say(c, "  not read yet (--later): no fingerprint to hold it to\n");
	else
		say(c, "  fingerprint  %s\n", digest_hex(&fingerprint).s);
	say(c, "  Next: comity evidence seal %04u --to PEER\n", e.number);
	return EXIT_DONE;
}

/* ---- showing ---- */

static const char *
stamp_word(const struct parcel *p)
{
	static const char *const words[] = { "no stamp", "stamp pending", "stamped",
		"stamp claimed" };

	return words[p->stamp];
}

static void
parcel_json(struct json_out *j, const struct parcel *p)
{
	json_out_object(j, NULL);
	json_out_digest(j, "act", &p->act_id);
	json_out_digest(j, "package", &p->package_id);
	json_out_str(j, "peer", p->peer.s);
	json_out_str(j, "at", when_rfc3339(p->at).s);
	json_out_int(j, "bytes", (int64_t)p->bytes);
	json_out_str(j, "stamp", stamp_word(p));
	json_out_str(j, "stamped_at", p->stamped_at != 0 ?
	    when_rfc3339(p->stamped_at).s : NULL);
	json_out_bool(j, "in_outbox", p->in_outbox);
	json_out_str(j, "carried_at", p->carried_at != 0 ?
	    when_rfc3339(p->carried_at).s : NULL);
	json_out_str(j, "verdict", p->verdict[0] != '\0' ? p->verdict : NULL);
	json_out_str(j, "who", p->who[0] != '\0' ? p->who : NULL);
	json_out_str(j, "when", p->when[0] != '\0' ? p->when : NULL);
	json_out_close_object(j);
}

static void
evidence_json(struct json_out *j, const struct evidence *e)
{
	char number[12];

	(void)snprintf(number, sizeof number, "%04u", e->number);
	json_out_str(j, "id", number);
	json_out_str(j, "origin", e->origin == EVIDENCE_OWN ? "own" : "received");
	json_out_str(j, "added_at", when_rfc3339(e->added_at).s);
	json_out_int(j, "files", (int64_t)e->files);
	json_out_int(j, "bytes", (int64_t)e->bytes);
	json_out_array(j, "parcels");
	for (size_t i = 0; i < e->parcels_n; i++)
		parcel_json(j, &e->parcels[i]);
	json_out_close_array(j);
}

static void
evidence_line(struct cli *c, const struct evidence *e)
{
	const struct parcel *last = e->parcels_n > 0 ?
	    &e->parcels[e->parcels_n - 1] : NULL;

	say(c, "%04u  %-8s  %9s  %8s  ", e->number,
	    e->origin == EVIDENCE_OWN ? "own" : "received",
	    count_people(e->files, "file", "files").s, size_people(e->bytes).s);
	if (last == NULL)
		say(c, "not sealed\n");
	else if (e->origin == EVIDENCE_RECEIVED)
		say(c, "from %s, %s\n", last->peer.s, last->verdict);
	else
		say(c, "%s to %s, %s\n", last->carried_at != 0 ? "carried" :
		    last->in_outbox ? "in the outbox" : "sealed", last->peer.s,
		    stamp_word(&e->parcels[0]));
}

int
run_evidence_list(struct cli *c, struct call *call)
{
	unsigned *list = NULL;
	struct evidence e;
	struct json_out j;
	size_t n;
	bool ok;

	(void)call;
	if (!evidence_numbers(c->flow.home, &list, &n, &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.evidence-list/1");
		json_out_array(&j, "evidence");
	}
	ok = true;
	for (size_t i = 0; ok && i < n; i++) {
		ok = evidence_load(c->flow.home, list[i], &e, &c->err);
		if (ok && c->json) {
			json_out_object(&j, NULL);
			evidence_json(&j, &e);
			json_out_close_object(&j);
		}
		if (ok)
			evidence_line(c, &e);
	}
	mem_free(list);
	if (!ok)
		return fail(c);
	if (c->json) {
		json_out_close_array(&j);
		json_done(c, &j);
	}
	if (n == 0)
		say(c, "Nothing collected yet.\n  Next: comity evidence add PATH ...\n");
	return EXIT_DONE;
}

static void
parcel_show(struct cli *c, const struct evidence *e, size_t i)
{
	const struct parcel *p = &e->parcels[i];

	say(c, "  parcel %zu    act %s\n              package %s\n", i + 1,
	    digest_hex(&p->act_id).s, digest_hex(&p->package_id).s);
	say(c, "              %s %s, %s, %s", e->origin == EVIDENCE_OWN ? "to" : "from",
	    p->peer.s, when_people(p->at).s, size_people(p->bytes).s);
	say(c, "\n              %s", stamp_word(p));
	if (p->stamped_at != 0)
		say(c, " (before %s)", when_people(p->stamped_at).s);
	if (p->verdict[0] != '\0')
		say(c, "; on arrival: %s, %s, %s", p->verdict, p->who, p->when);
	if (p->in_outbox)
		say(c, "; in the outbox%s%s", p->carried_at != 0 ? ", carried " : "",
		    p->carried_at != 0 ? when_people(p->carried_at).s : "");
	say(c, "\n");
}

static void
private_line(struct cli *c, const char *left, const char *text)
{
	say(c, "  %-11s ", left);
	say_text(c, text);
	say(c, "\n");
}

/* The sealed part is shown where the passphrase is at hand; not asked for. */
static void
private_show(struct cli *c, const struct evidence *e)
{
	struct evidence_private prv;
	struct keyring *k = NULL;
	struct err why = ERR_INIT;

	if (e->origin != EVIDENCE_OWN || c->passphrase_file == NULL)
		return;
	evidence_private_init(&prv);
	if (flow_keyring(&c->flow, &k, &why) &&
	    evidence_private_load(c->flow.home, k, e->number, &prv, &why)) {
		if (prv.label != NULL)
			private_line(c, "label", prv.label);
		private_line(c, "lies at", prv.path);
		if (prv.pinned)
			say(c, "  fingerprint %s\n", digest_hex(&prv.fingerprint).s);
		say(c, "  collection  ");
		if (!buf_add(&c->out, buf_span(&prv.collection), &c->err))
			c->code = EXIT_OTHER;
	} else {
		warn(c, "%s\n", why.text);
	}
	evidence_private_clear(&prv);
}

int
run_evidence_show(struct cli *c, struct call *call)
{
	struct evidence e;
	struct json_out j;

	if (!evidence_find(c->flow.home, call->args[0], &e, &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.evidence/1");
		evidence_json(&j, &e);
		json_done(c, &j);
		return EXIT_DONE;
	}
	say(c, "Evidence %04u, %s since %s\n  %s, %s\n", e.number,
	    e.origin == EVIDENCE_OWN ? "ours" : "received",
	    when_people(e.added_at).s, count_people(e.files, "file", "files").s,
	    size_people(e.bytes).s);
	private_show(c, &e);
	for (size_t i = 0; i < e.parcels_n; i++)
		parcel_show(c, &e, i);
	if (e.parcels_n == 0)
		say(c, "  not sealed\n  Next: comity evidence seal %04u --to PEER\n",
		    e.number);
	return EXIT_DONE;
}

/* ---- sealing and sending ---- */

static bool
basis_split(struct cli *c, const char *text, char instrument[40], char article[40])
{
	const char *blank;

	instrument[0] = article[0] = '\0';
	if (text == NULL)
		return true;
	blank = strchr(text, ' ');
	if (strlen(text) >= 40 || text[0] == '\0' || text[0] == ' ')
		return err_set(&c->err, ERR_USE, "use.basis",
		    "--basis is an instrument, a blank and an article, as in \"Budapest 31\"");
	(void)snprintf(instrument, 40, "%.*s", blank == NULL ? (int)strlen(text) :
	    (int)(blank - text), text);
	if (blank != NULL)
		(void)snprintf(article, 40, "%s", blank + 1);
	return true;
}

static bool
bytes_copy(struct cli *c, struct file *in, struct file *out)
{
	uint8_t *part = mem_new(1u << 20, &c->err);
	uint64_t at = 0;
	size_t got = 1;
	bool ok = part != NULL;

	while (ok && got > 0) {
		ok = file_read_at(in, part, 1u << 20, at, &got, &c->err) &&
		    file_write_at(out, span_of(part, got), at, &c->err);
		at += got;
	}
	mem_free(part);
	return ok && file_sync(out, &c->err);
}

/* --out: a copy; the parcel itself stays in the home.  A cut one does not stay. */
static bool
parcel_copy_out(struct cli *c, const struct sealed *s, const char *out)
{
	const struct parcel *p = &s->evidence.parcels[s->parcel];
	struct file *in = NULL, *f = NULL;
	bool ok;

	ok = file_open(c->world, home_dir(c->flow.home), parcel_path(&p->act_id).s,
	    FILE_READ, &in, &c->err) &&
	    file_open(c->world, NULL, out, FILE_CREATE, &f, &c->err) &&
	    bytes_copy(c, in, f);
	if (!ok && f != NULL)
		(void)!path_remove(c->world, NULL, out, NULL);
	file_close(in);
	file_close(f);
	return ok || err_wrap(&c->err, "the parcel is sealed, but its copy is not made");
}

static bool
seal_now(struct cli *c, struct call *call, unsigned number, struct sealed *s)
{
	char instrument[40], article[40];
	struct seal_wish w = { .number = number, .to = call_value(call, "to"),
		.reference = call_value(call, "reference"),
		.description = call_value(call, "description"),
		.purpose = call_value(call, "purpose"),
		.lang = call_value(call, "lang"), .instrument = instrument,
		.article = article,
		.leave_out_unreadable = call_flag(call, "leave-out-unreadable") };
	const char *out = call_value(call, "out");

	return basis_split(c, call_value(call, "basis"), instrument, article) &&
	    (out == NULL || !path_exists(c->world, NULL, out) || err_set(&c->err,
	    ERR_CONFLICT, "disk.exists", "the file %s is there already", out)) &&
	    flow_evidence_seal(&c->flow, &w, s, &c->err) &&
	    (out == NULL || parcel_copy_out(c, s, out));
}

static void
sealed_told(struct cli *c, const struct sealed *s, bool in_outbox)
{
	const struct evidence *e = &s->evidence;
	const struct parcel *p = &e->parcels[s->parcel];
	struct json_out j;

	if (c->json) {
		json_start(c, &j, "comity.sealed/1");
		evidence_json(&j, e);
		json_out_digest(&j, "act", &p->act_id);
		json_out_digest(&j, "package", &p->package_id);
		json_shown(&j, "parcel", s->path);
		json_out_str(&j, "stamp", stamp_word(p));
		json_shown(&j, "stamp_text", s->stamp_text);
		json_shown(&j, "revocation_text", s->revocation_text);
		json_out_bool(&j, "in_outbox", in_outbox);
		json_done(c, &j);
		return;
	}
	say(c, "Evidence %04u sealed for %s: %s.\n", e->number, p->peer.s,
	    size_people(p->bytes).s);
	say(c, "  act         %s\n  package     %s\n  parcel      %s\n",
	    digest_hex(&p->act_id).s, digest_hex(&p->package_id).s, s->path);
	if (p->stamp == STAMP_KEPT)
		say(c, "  time stamp  before %s\n", when_people(p->stamped_at).s);
	else
		say(c, "  time stamp  %s%s%s\n", p->stamp == STAMP_PENDING ? "PENDING" :
		    "CLAIMED", s->stamp_text[0] != '\0' ? ": " : "", s->stamp_text);
	if (s->revocation_text[0] != '\0')
		say(c, "  look        %s\n", s->revocation_text);
}

int
run_evidence_seal(struct cli *c, struct call *call)
{
	struct sealed *s = mem_new(sizeof *s, &c->err);
	struct evidence e;
	int code = EXIT_DONE;

	if (s == NULL)
		return fail(c);
	if (call_flag(call, "to-passphrase") || call_value(call, "to-cert") != NULL) {
		mem_free(s);
		return run_evidence_seal_alone(c, call);
	}
	if (call_value(call, "to") == NULL) {
		mem_free(s);
		return fail_use(c, "comity evidence seal needs --to PEER, or --to-passphrase or --to-cert FILE for a receiver without Comity");
	}
	if (!evidence_find(c->flow.home, call->args[0], &e, &c->err) ||
	    !seal_now(c, call, e.number, s)) {
		code = fail(c);
	} else {
		sealed_told(c, s, false);
		say(c, "  Next: comity evidence send %04u --to %s\n", e.number,
		    call_value(call, "to"));
	}
	mem_free(s);
	return code;
}

int
run_evidence_send(struct cli *c, struct call *call)
{
	const char *to = call_value(call, "to");
	struct sealed *s = mem_new(sizeof *s, &c->err);
	size_t parcel = 0;
	bool found = false, ok;
	int code = EXIT_DONE;

	if (s == NULL)
		return fail(c);
	if (to == NULL) {
		mem_free(s);
		return fail_use(c, "comity evidence send needs --to PEER");
	}
	ok = evidence_find(c->flow.home, call->args[0], &s->evidence, &c->err) &&
	    flow_evidence_send(&c->flow, s->evidence.number, to, &s->evidence,
	    &parcel, &found, &c->err);
	if (ok && !found)
		ok = seal_now(c, call, s->evidence.number, s) &&
		    flow_evidence_send(&c->flow, s->evidence.number, to, &s->evidence,
		    &parcel, &found, &c->err);
	if (!ok) {
		code = fail(c);
	} else {
		s->parcel = parcel;
		if (s->path[0] == '\0')
			(void)snprintf(s->path, sizeof s->path, "%s/%s",
			    home_path(c->flow.home),
			    parcel_path(&s->evidence.parcels[parcel].act_id).s);
		sealed_told(c, s, true);
		say(c, "It is in the outbox.\n  Next: comity bundle write DIR --to %s\n",
		    to);
	}
	mem_free(s);
	return code;
}

/* ---- receiving ---- */

static void
received_json(struct json_out *j, const struct received *r, const char *what,
    int code)
{
	static const char *const as[] = { "evidence", "again", "other_package",
		"time_stamp", "not_taken", "act" };

	json_out_object(j, NULL);
	json_shown(j, "parcel", what);
	json_out_str(j, "as", as[r->as]);
	if (r->as != RECEIVED_NOT_TAKEN)
		json_out_int(j, "number", r->evidence.number);
	if (r->report.has_ids)
		json_out_digest(j, "act", &r->report.act_id);
	json_shown(j, "note", r->note);
	json_out_int(j, "exit", code);
	json_out_close_object(j);
}

/* What became of it, behind the verdict. */
static void
received_say(struct cli *c, const struct received *r)
{
	unsigned number = r->evidence.number;

	switch (r->as) {
	case RECEIVED_TIME_STAMP:
	case RECEIVED_ACT:
		say(c, "%s\n", r->note);
		return;
	case RECEIVED_NOT_TAKEN:
		say(c, "NOT taken%s%s. It lies in the inbox of this home as it came.\n",
		    r->note[0] != '\0' ? ": " : "", r->note);
		return;
	case RECEIVED_AGAIN:
		say(c, "This parcel was here already, as evidence %04u. %s\n", number,
		    r->note[0] != '\0' ? r->note : "Nothing changed.");
		return;
	case RECEIVED_EVIDENCE:
		say(c, "Kept as evidence %04u.\n", number);
		break;
	case RECEIVED_OTHER_PACKAGE:
		say(c, "Another package of an act that was here: kept beside it, as evidence %04u. Ask the sender why there are two.\n",
		    number);
		break;
	}
	say(c, "  Next: comity evidence open %04u --out FOLDER\n", number);
}

static int
received_told(struct cli *c, const struct received *r, const char *what,
    bool details, struct json_out *j)
{
	int code = package_exit_code(&r->report);

	if (r->as == RECEIVED_TIME_STAMP || r->as == RECEIVED_ACT)
		code = EXIT_DONE;
	if (r->as == RECEIVED_NOT_TAKEN && (code == EXIT_DONE ||
	    code == EXIT_INCOMPLETE) && r->note[0] != '\0')
		code = EXIT_REFUSED;
	if (c->json) {
		received_json(j, r, what, code);
		return code;
	}
	if (r->as != RECEIVED_TIME_STAMP && r->as != RECEIVED_ACT)
		verdict_say(c, &r->report, details);
	received_say(c, r);
	return code;
}

/* One that could not be looked at does not hide the others. */
static int
received_not(struct cli *c, const char *what, struct json_out *j)
{
	int code = exit_code_of(&c->err);

	if (c->json) {
		json_out_object(j, NULL);
		json_shown(j, "parcel", what);
		json_out_str(j, "as", "not_read");
		json_out_str(j, "reason", c->err.reason);
		json_shown(j, "note", c->err.text);
		json_out_int(j, "exit", code);
		json_out_close_object(j);
	}
	error_say(c, what);
	err_clear(&c->err);
	return code;
}

/* The one code for several parcels: the gravest. */
static int
graver(int a, int b)
{
	static const int order[] = { EXIT_CHANGED, EXIT_OTHER, EXIT_DENIED, EXIT_USE,
		EXIT_REFUSED, EXIT_ABSENT, EXIT_CONFLICT, EXIT_INCOMPLETE };

	for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return a != EXIT_DONE ? a : b;
}

/* *early: a time stamp came before the package it is for; asked for again later. */
static int
receive_one(struct cli *c, const char *path, bool details, struct json_out *j,
    bool *early)
{
	struct received *r = mem_new(sizeof *r, &c->err);
	int code;

	if (r == NULL || !flow_evidence_receive(&c->flow, path, r, &c->err)) {
		mem_free(r);
		if (early != NULL && strcmp(c->err.reason, "receive.no-first") == 0) {
			*early = true;
			err_clear(&c->err);
			return EXIT_DONE;
		}
		if (c->err.kind == ERR_STOPPED)
			return fail(c);
		return received_not(c, path, j);
	}
	code = received_told(c, r, path, details, j);
	package_report_clear(&r->report);
	mem_free(r);
	return code;
}

/* Packages first, then the stamps for them. */
static int
receive_each(struct cli *c, const char *const *paths, size_t n, bool details,
    struct json_out *j)
{
	bool *early = mem_array(n + 1, sizeof *early, &c->err);
	int code = EXIT_DONE, one;

	if (early == NULL)
		return fail(c);
	for (size_t k = 0; k < 2 * n; k++) {
		size_t i = k % n;

		if (k >= n && !early[i])
			continue;
		one = receive_one(c, paths[i], details, j, k < n ? &early[i] : NULL);
		code = graver(code, one);
		if (c->err.kind != ERR_NONE) {
			code = one;
			break;
		}
	}
	mem_free(early);
	return code;
}

static int
receive_all(struct cli *c, const char *const *paths, size_t n, bool details)
{
	struct json_out j = { 0 };
	struct keyring *k = NULL;
	int code;

	/* What would stop every one of them is asked once. */
	if (n > 0 && (!home_lock(c->flow.home, &c->err) ||
	    !flow_keyring(&c->flow, &k, &c->err)))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.received/1");
		json_out_array(&j, "parcels");
	}
	code = receive_each(c, paths, n, details, &j);
	if (c->err.kind != ERR_NONE)
		return code;		/* told already */
	if (c->json) {
		json_out_close_array(&j);
		json_done(c, &j);
	}
	if (n == 0)
		say(c, "Nothing has arrived.\n  Next: comity bundle read DIR, or comity evidence receive FILE\n");
	return code;
}

int
run_evidence_receive(struct cli *c, struct call *call)
{
	if (call->args_n > 0)
		return receive_all(c, call->args, call->args_n,
		    call_flag(call, "details"));
	return inbox_receive(c, call_flag(call, "details"));
}

/* ---- opening ---- */

static bool
parcel_option(struct cli *c, const char *text, size_t *out)
{
	*out = SIZE_MAX;
	if (text == NULL)
		return true;
	if (text[0] < '1' || text[0] > '9' || strlen(text) > 2 ||
	    (text[1] != '\0' && (text[1] < '0' || text[1] > '9')))
		return err_set(&c->err, ERR_USE, "use.parcel",
		    "--parcel is a number, 1 for the first");
	*out = (size_t)(text[0] - '1');
	if (text[1] != '\0')
		*out = (size_t)((text[0] - '0') * 10 + text[1] - '1');
	return true;
}

static int
opened_told(struct cli *c, const struct package_report *r, const char *out,
    bool details)
{
	int code = verdict_answer(c, r, details);

	say(c, r->unpacked ? "The folder is " : "Nothing was written to ");
	say_text(c, out);
	say(c, ".\n");
	return code;
}

static int
open_or_export(struct cli *c, struct call *call, bool court)
{
	const char *out = call_value(call, "out");
	struct package_report *r = mem_new(sizeof *r, &c->err);
	struct evidence e;
	size_t parcel;
	int64_t at = 0;
	bool has_at = false, ok;
	int code;

	if (r == NULL)
		return fail(c);
	package_report_init(r);
	if (out == NULL) {
		mem_free(r);
		return fail_use(c, "--out FOLDER is needed: the folder that is made");
	}
	ok = evidence_find(c->flow.home, call->args[0], &e, &c->err) &&
	    parcel_option(c, call_value(call, "parcel"), &parcel);
	if (ok && court)
		ok = flow_evidence_export(&c->flow, e.number, parcel, out,
		    call_flag(call, "tar"), r, &c->err);
	else if (ok)
		ok = time_option(c, call_value(call, "at"), &has_at, &at) &&
		    flow_evidence_open(&c->flow, e.number, parcel, out, has_at, at, r,
		    &c->err);
	code = ok ? opened_told(c, r, out, call_flag(call, "details")) : fail(c);
	package_report_clear(r);
	mem_free(r);
	return code;
}

int
run_evidence_open(struct cli *c, struct call *call)
{
	return open_or_export(c, call, false);
}

int
run_evidence_export(struct cli *c, struct call *call)
{
	return open_or_export(c, call, true);
}
