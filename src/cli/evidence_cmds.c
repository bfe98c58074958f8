/* evidence add, list, show: what there is, and how it was collected. */
#include <stdio.h>
#include <string.h>

#include "cli/request.h"

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

/* Zones and slow clocks aside: it is signed with the evidence, and read in court. */
static void
collected_look(struct cli *c, int64_t at)
{
	if (at > world_now(c->world) + 86400)
		warn(c, "It says that the evidence was collected on %s, which is still to come by this machine's clock. Look at the year; a new record is made by adding it again.\n",
		    when_people(at).s);
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
	if (ok)
		collected_look(c, r.collected_at);
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
		say(c, "  not read yet (--later): it is read when it is first to be handed over, and what was read is what a second person approves\n");
	else
		say(c, "  fingerprint  %s\n", digest_hex(&fingerprint).s);
	say(c, "  Next: comity evidence seal %04u --to PEER\n", e.number);
	return EXIT_DONE;
}

/* ---- showing ---- */

const char *
stamp_state_word(enum stamp_kept kept)
{
	static const char *const words[] = { "no stamp", "stamp pending", "stamped",
		"stamp claimed" };

	return words[kept];
}

const char *
stamp_word(const struct parcel *p)
{
	return stamp_state_word(p->stamp);
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
	json_out_str(j, "destroyed_at", p->destroyed_at != 0 ?
	    when_rfc3339(p->destroyed_at).s : NULL);
	json_out_close_object(j);
}

void
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
	else if (last->destroyed_at != 0)
		say(c, "destroyed here on %s\n", when_people(last->destroyed_at).s);
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
	    p->peer.s, when_people(p->at).s,
	    p->bytes == 0 ? "its parcel is missing" : size_people(p->bytes).s);
	say(c, "\n              %s", stamp_word(p));
	if (p->stamped_at != 0)
		say(c, " (before %s)", when_people(p->stamped_at).s);
	if (p->verdict[0] != '\0')
		say(c, "; on arrival: %s, %s, %s", p->verdict, p->who, p->when);
	if (p->destroyed_at != 0)
		say(c, "\n              destroyed here on %s; who decided it, and why: comity custody show %04u",
		    when_people(p->destroyed_at).s, e->number);
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
