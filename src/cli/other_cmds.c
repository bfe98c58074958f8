/* stamp, verify. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/verdict.h"
#include "text/verdict.h"

/* ---- the verdict ---- */

void
verdict_say(struct cli *c, const struct package_report *r, bool details)
{
	if (!c->json && !verdict_words(r, c->lang, details, &c->out, &c->err))
		c->code = EXIT_OTHER;
}

int
verdict_answer(struct cli *c, const struct package_report *r, bool details)
{
	if (c->json) {
		buf_reset(&c->out);
		if (!package_report_json(r, &c->out, &c->err))
			return fail(c);
	} else {
		verdict_say(c, r, details);
	}
	return package_exit_code(r);
}

struct wish_files {
	struct buf roots, stamp_roots, crl, identity;
};

static bool
optional_file(struct cli *c, const char *path, struct buf *b, struct span *out)
{
	if (path != NULL && !file_option(c, path, b))
		return false;
	*out = buf_span(b);
	/* Nothing in it must not mean that it was not given. */
	return path == NULL || b->n > 0 || err_set(&c->err, ERR_INPUT, "file.empty",
	    "there is nothing in the file %s", path);
}

int
run_verify(struct cli *c, struct call *call)
{
	struct verify_wish w = { .path = call->args[0],
		.card_path = call_value(call, "card") };
	struct package_report *r = mem_new(sizeof *r, &c->err);
	struct wish_files b;
	const char *home;
	int code;
	bool ok;

	if (r == NULL)
		return fail(c);
	package_report_init(r);
	buf_init(&b.roots, SMALL_FILE_MAX);
	buf_init(&b.stamp_roots, SMALL_FILE_MAX);
	buf_init(&b.crl, REVOCATION_MAX);
	buf_init_secret(&b.identity, 65536);
	ok = buf_text(&c->home_path, &home, &c->err);
	/* A home helps but is not needed. */
	if (ok && home[0] != '\0' && !flow_open(&c->flow, home, &c->err)) {
		ok = c->err.kind == ERR_ABSENT;
		c->flow.home = NULL;
		if (ok)
			err_clear(&c->err);
	}
	ok = ok && reader_lang(c, call) &&
	    optional_file(c, call_value(call, "roots"), &b.roots, &w.roots) &&
	    optional_file(c, call_value(call, "tsa"), &b.stamp_roots,
	    &w.stamp_roots) &&
	    optional_file(c, call_value(call, "crl"), &b.crl, &w.crl) &&
	    optional_file(c, call_value(call, "identity"), &b.identity,
	    &w.identity) &&
	    time_option(c, call_value(call, "at"), &w.has_at, &w.at) &&
	    flow_verify(&c->flow, &w, r, &c->err);
	code = ok ? verdict_answer(c, r, call_flag(call, "details")) : fail(c);
	buf_clear(&b.roots);
	buf_clear(&b.stamp_roots);
	buf_clear(&b.crl);
	buf_clear(&b.identity);
	package_report_clear(r);
	mem_free(r);
	return code;
}

/* ---- time stamps ---- */

/* Of what, in answers that programs read. */
static void
stamp_for_json(struct json_out *j, const struct stamp_for *w)
{
	if (w->evidence != 0)
		json_out_int(j, "number", w->evidence);
	if (w->is_act)
		json_out_digest(j, "act", &w->act);
}

static void
stamped_say(struct cli *c, unsigned evidence, const struct stamped *s)
{
	if (s->kind[0] == '\0')
		say(c, "Evidence %04u: ", evidence);
	else if (s->request != 0)
		say(c, "Request %u, %s: ", s->request, s->kind);
	else
		say(c, "An act (%s): ", s->kind);
	if (s->kept)
		say(c, "time-stamped, signed before %s.\n", when_people(s->at).s);
	else
		say(c, "the authority's answer is kept, but its time counts as CLAIMED: %s\n",
		    s->text);
}

static int
stamped_told(struct cli *c, const struct stamp_for *w, const struct stamped *s)
{
	struct json_out j;

	if (c->json) {
		json_start(c, &j, "comity.stamped/1");
		stamp_for_json(&j, w);
		json_out_bool(&j, "kept", s->kept);
		json_out_str(&j, "before", when_rfc3339(s->at).s);
		json_out_bool(&j, "travels", s->travels);
		json_shown(&j, "text", s->text);
		json_done(c, &j);
		return EXIT_DONE;
	}
	stamped_say(c, w->evidence, s);
	if (s->travels)
		say(c, "The time stamp waits in the outbox for the receiver.\n"
		    "  Next: comity bundle write DIR --to PEER\n");
	return EXIT_DONE;
}

/* What to type for it again: "0001", or the id as it is shown. */
static struct id_text
stamp_typed(const struct stamp_for *w)
{
	struct id_text t;

	if (w->is_act)
		return id_short(&w->act);
	(void)snprintf(t.s, sizeof t.s, "%04u", w->evidence);
	return t;
}

static int
query_told(struct cli *c, const struct stamp_for *w, const char *out, struct span query)
{
	struct json_out j;
	struct buf text;
	int code;

	if (out != NULL) {
		code = give_file(c, out, query, "Query", true);
		if (code == EXIT_DONE)
			say(c, "Take it to a machine on line:\n"
			    "  curl -H 'Content-Type: application/timestamp-query' --data-binary @%s TSA-URL > answer.tsr\n"
			    "and bring the answer back: comity stamp add %s answer.tsr\n",
			    out, stamp_typed(w).s);
		return code;
	}
	if (!c->json)
		return buf_add(&c->out, query, &c->err) ? EXIT_DONE : fail(c);
	buf_init(&text, 8192);
	if (base64_encode(&text, query, true, &c->err)) {
		json_start(c, &j, "comity.stamp-query/1");
		stamp_for_json(&j, w);
		json_out_text(&j, "query_base64", buf_span(&text));
		json_done(c, &j);
		code = EXIT_DONE;
	} else {
		code = fail(c);
	}
	buf_clear(&text);
	return code;
}

int
run_stamp_query(struct cli *c, struct call *call)
{
	const char *out = call_value(call, "out");
	struct stamp_for w;
	struct buf query;
	int code;

	if (out != NULL && strcmp(out, "-") == 0)
		out = NULL;
	if (out == NULL && !c->json && world_is_terminal(c->world, WORLD_OUT))
		return fail_use(c, "a query is binary; name a file with --out");
	buf_init(&query, 4096);
	if (!flow_stamp_find(&c->flow, call->args[0], &w, &c->err) || !(w.is_act ?
	    flow_stamp_query_act(&c->flow, &w.package, &query, &c->err) :
	    flow_stamp_query(&c->flow, w.evidence, &query, &c->err)))
		code = fail(c);
	else
		code = query_told(c, &w, out, buf_span(&query));
	buf_clear(&query);
	return code;
}

int
run_stamp_add(struct cli *c, struct call *call)
{
	struct stamp_for w;
	struct stamped s;
	struct buf answer;
	bool ok;

	buf_init(&answer, STAMP_FILE_MAX);
	ok = flow_stamp_find(&c->flow, call->args[0], &w, &c->err) &&
	    file_option(c, call->args[1], &answer) && (w.evidence != 0 ?
	    flow_stamp_add(&c->flow, w.evidence, buf_span(&answer), &s, &c->err) :
	    flow_stamp_add_act(&c->flow, &w.package, buf_span(&answer), &s, &c->err));
	buf_clear(&answer);
	return ok ? stamped_told(c, &w, &s) : fail(c);
}

static size_t
pending_count(const struct evidence *e)
{
	size_t n = 0;

	for (size_t k = 0; k < e->parcels_n; k++)
		n += e->origin == EVIDENCE_OWN && e->parcels[k].stamp == STAMP_PENDING;
	return n;
}

/* Each parcel of this evidence that waits, until the authority has no answer. */
static bool
fetch_of(struct cli *c, unsigned number, size_t *done)
{
	const struct stamp_for w = { .evidence = number };
	struct stamped s;
	struct evidence e;

	if (!evidence_load(c->flow.home, number, &e, &c->err))
		return false;
	for (size_t left = pending_count(&e); left > 0; left--) {
		if (!flow_stamp_fetch(&c->flow, number, &s, &c->err))
			return false;
		(*done)++;
		if (!c->json)
			(void)stamped_told(c, &w, &s);
	}
	return true;
}

static bool
fetch_evidence(struct cli *c, size_t *done)
{
	unsigned *list = NULL;
	size_t n;
	bool ok;

	ok = evidence_numbers(c->flow.home, &list, &n, &c->err);
	for (size_t i = 0; ok && i < n; i++)
		ok = fetch_of(c, list[i], done);
	mem_free(list);
	return ok;
}

/* Requests, answers, revocations. */
static bool
fetch_acts(struct cli *c, size_t *done)
{
	struct digest *list = NULL;
	bool travels = false, ok;
	struct stamped s;
	size_t n = 0;

	ok = flow_stamp_owed(&c->flow, &list, &n, &c->err);
	for (size_t i = 0; ok && i < n; i++) {
		ok = flow_stamp_fetch_act(&c->flow, &list[i], &s, &c->err);
		*done += ok;
		travels = travels || (ok && s.travels);
		if (ok && !c->json)
			stamped_say(c, 0, &s);
	}
	mem_free(list);
	if (travels)
		say(c, "The time stamps wait in the outbox for who has the acts.\n"
		    "  Next: comity bundle write DIR --to PEER\n");
	return ok;
}

/* Without an ID: everything that waits. */
static int
fetch_all(struct cli *c)
{
	size_t done = 0;
	struct json_out j;

	if (!fetch_evidence(c, &done) || !fetch_acts(c, &done)) {
		if (done > 0)
			warn(c, "%s came, and then:\n", count_people(done,
			    "time stamp", "time stamps").s);
		return fail(c);
	}
	if (c->json) {
		json_start(c, &j, "comity.stamps/1");
		json_out_int(&j, "fetched", (int64_t)done);
		json_done(c, &j);
	}
	if (done == 0)
		say(c, "No time stamp is owed.\n");
	return EXIT_DONE;
}

int
run_stamp_fetch(struct cli *c, struct call *call)
{
	struct stamp_for w;
	struct stamped s;
	bool ok;

	if (call->args_n == 0)
		return fetch_all(c);
	ok = flow_stamp_find(&c->flow, call->args[0], &w, &c->err) && (w.evidence != 0 ?
	    flow_stamp_fetch(&c->flow, w.evidence, &s, &c->err) :
	    flow_stamp_fetch_act(&c->flow, &w.package, &s, &c->err));
	return ok ? stamped_told(c, &w, &s) : fail(c);
}

int
run_stamp_authority(struct cli *c, struct call *call)
{
	const char *url = call_value(call, "tsa"), *roots = call_value(call, "tsa-roots");
	const struct settings *s = home_settings(c->flow.home);
	struct json_out j;
	struct buf pem;
	bool ok;

	buf_init(&pem, SMALL_FILE_MAX);
	ok = (roots == NULL || file_option(c, roots, &pem)) &&
	    (url == NULL && roots == NULL ? true : flow_stamp_authority(&c->flow, url,
	    buf_span(&pem), &c->err));
	buf_clear(&pem);
	if (!ok)
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.stamp-authority/1");
		json_out_str(&j, "tsa", s->tsa_url[0] != '\0' ? s->tsa_url : NULL);
		json_out_bool(&j, "has_roots", home_has(c->flow.home, "tsa-roots.pem"));
		json_done(c, &j);
	}
	say(c, "Time-stamping authority: %s\nIts roots: %s\n",
	    s->tsa_url[0] != '\0' ? s->tsa_url : "none (stamps by file)",
	    home_has(c->flow.home, "tsa-roots.pem") ? "set" : "not set");
	return EXIT_DONE;
}
