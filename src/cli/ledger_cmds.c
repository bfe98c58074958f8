/* ledger: how it stands, checkpoints, proofs, cosigning by file, policy, recovery. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "flow/ledger.h"

static const char *const standings[] = { "good", "recovering", "frozen" };

/* ---- show ---- */

static void
checkpoint_json(struct json_out *j, const char *name, bool has,
    const struct checkpoint *c)
{
	if (!has) {
		json_out_null(j, name);
		return;
	}
	json_out_object(j, name);
	json_out_int(j, "size", (int64_t)c->size);
	json_out_digest(j, "root", &c->root);
	json_out_close_object(j);
}

static void
witnesses_json(struct json_out *j, const struct ledger_view *v)
{
	json_out_array(j, "witnesses");
	for (size_t i = 0; i < v->witnesses_n; i++) {
		const struct ledger_witness *w = &v->witnesses[i];

		json_out_object(j, NULL);
		json_shown(j, "name", w->name);
		json_out_str(j, "state", w->state);
		json_out_int(j, "size", (int64_t)w->size);
		json_out_str(j, "at", when_rfc3339(w->at).s);
		json_out_close_object(j);
	}
	json_out_close_array(j);
}

static void
others_json(struct json_out *j, const struct ledger_view *v)
{
	json_out_array(j, "others");
	for (size_t i = 0; i < v->others_n; i++) {
		const struct witness_log *l = &v->others[i];

		json_out_object(j, NULL);
		json_shown(j, "origin", l->key.name);
		checkpoint_json(j, "checkpoint", l->has_checkpoint, &l->checkpoint);
		json_out_str(j, "cosigned_at", l->cosigned_at != 0 ?
		    when_rfc3339(l->cosigned_at).s : NULL);
		json_out_int(j, "mirrored", (int64_t)l->mirrored);
		json_out_int(j, "misbehaviour", l->misbehaviour);
		json_out_close_object(j);
	}
	json_out_close_array(j);
}

static void
damage_json(struct json_out *j, const struct ledger_view *v)
{
	json_out_int(j, "damaged", (int64_t)v->damage_n);
	json_out_array(j, "damage");
	for (size_t i = 0; i < v->damage_n && i < LEDGER_DAMAGE_SHOWN; i++)
		json_shown(j, NULL, v->damage[i]);
	json_out_close_array(j);
}

static void
view_json(struct cli *c, struct ledger_view *v)
{
	struct json_out j;

	json_start(c, &j, "comity.ledger/1");
	json_shown(&j, "origin", v->origin);
	json_out_text(&j, "vkey", buf_span(&v->vkey));
	json_out_int(&j, "entries", (int64_t)v->size);
	json_out_int(&j, "not_in_checkpoint", (int64_t)v->unsigned_n);
	json_out_str(&j, "standing", standings[v->state.standing]);
	json_out_str(&j, "reason", v->state.reason);
	json_shown(&j, "text", v->state_text);
	checkpoint_json(&j, "checkpoint", v->has_checkpoint, &v->checkpoint);
	witnesses_json(&j, v);
	others_json(&j, v);
	damage_json(&j, v);
	json_done(c, &j);
}

static void
damage_say(struct cli *c, const struct ledger_view *v)
{
	for (size_t i = 0; i < v->damage_n && i < LEDGER_DAMAGE_SHOWN; i++) {
		say(c, "  DAMAGED ");
		say_text(c, v->damage[i]);
		say(c, "\n");
	}
	if (v->damage_n > LEDGER_DAMAGE_SHOWN)
		say(c, "  and %zu more\n", v->damage_n - LEDGER_DAMAGE_SHOWN);
	if (v->damage_n > 0)
		say(c, "  Next: comity ledger check\n");
}

static void
witnesses_say(struct cli *c, const struct ledger_view *v)
{
	if (v->witnesses_n == 0) {
		say(c, "  nobody has cosigned it yet\n"
		    "  Next: comity bundle write DIR --to PEER, and read what comes back\n");
		return;
	}
	for (size_t i = 0; i < v->witnesses_n; i++) {
		const struct ledger_witness *w = &v->witnesses[i];

		say(c, "  cosigned by %s: ", w->state[0] != '\0' ? w->state : "?");
		say_text(c, w->name);
		say(c, ", %s, %s\n", count_people(w->size, "entry", "entries").s,
		    when_people(w->at).s);
	}
}

static void
other_say(struct cli *c, const struct witness_log *l)
{
	say(c, "  follows ");
	say_text(c, l->key.name);
	if (l->has_checkpoint)
		say(c, ": %s", count_people(l->checkpoint.size, "entry", "entries").s);
	if (l->cosigned_at != 0)
		say(c, ", cosigned here %s", when_people(l->cosigned_at).s);
	say(c, ", %llu mirrored\n", (unsigned long long)l->mirrored);
	if (l->misbehaviour > 0)
		say(c, "    IT SHOWED TWO HISTORIES (%s kept). Stop relying on it; call its authority at the number on its card.\n",
		    count_people(l->misbehaviour, "proof", "proofs").s);
}

static void
view_say(struct cli *c, struct ledger_view *v)
{
	say_text(c, v->origin);
	say(c, "  %s\n", standings[v->state.standing]);
	say(c, "  %s", count_people(v->size, "entry", "entries").s);
	if (v->has_checkpoint)
		say(c, "; the last checkpoint covers %llu",
		    (unsigned long long)v->checkpoint.size);
	else if (v->damage_n == 0)
		say(c, "; no checkpoint yet");
	say(c, "\n");
	if (v->state_text[0] != '\0')
		say(c, "  %s\n", v->state_text);
	witnesses_say(c, v);
	for (size_t i = 0; i < v->others_n; i++)
		other_say(c, &v->others[i]);
	damage_say(c, v);
}

int
run_ledger_show(struct cli *c, struct call *call)
{
	struct ledger_view *v = mem_new(sizeof *v, &c->err);
	bool ok, damaged = false;

	(void)call;
	if (v == NULL)
		return fail(c);
	ledger_view_init(v);
	ok = flow_ledger_show(&c->flow, v, &c->err);
	if (ok && c->json)
		view_json(c, v);
	else if (ok)
		view_say(c, v);
	damaged = v->damage_n > 0;
	ledger_view_clear(v);
	mem_free(v);
	return !ok ? fail(c) : damaged ? EXIT_CHANGED : EXIT_DONE;
}

/* ---- checkpoint, witness, policy: texts that are files ---- */

/* To a file that must not exist, or to standard output as it is. */
static int
give_text(struct cli *c, const char *out, struct span text, const char *what,
    const char *schema)
{
	if (out != NULL && strcmp(out, "-") != 0)
		return give_file(c, out, text, what, true);
	text_begin(c);
	say(c, "%.*s", (int)text.n, (const char *)text.p);
	return text_end(c, schema);
}

int
run_ledger_checkpoint(struct cli *c, struct call *call)
{
	struct buf note;
	int code;

	buf_init(&note, NOTE_MAX);
	code = flow_ledger_checkpoint(&c->flow, &note, &c->err) ?
	    give_text(c, call_value(call, "out"), buf_span(&note),
	    "the signed checkpoint", "comity.checkpoint/1") : fail(c);
	buf_clear(&note);
	return code;
}

int
run_ledger_policy(struct cli *c, struct call *call)
{
	const char *k = call_value(call, "states");
	struct buf out;
	int code;

	if (k != NULL && (strlen(k) > 2 || strspn(k, "0123456789") != strlen(k) ||
	    *k == '\0'))
		return fail_use(c, "--states takes a number: how many States must have cosigned");
	buf_init(&out, QUORUM_FILE_MAX);
	code = flow_ledger_policy(&c->flow, k == NULL ? 1 :
	    (unsigned)(k[0] - '0') * (k[1] != '\0' ? 10 : 1) +
	    (k[1] != '\0' ? (unsigned)(k[1] - '0') : 0), &out, &c->err) ?
	    give_text(c, call_value(call, "out"), buf_span(&out), "the policy file",
	    "comity.ledger-policy/1") : fail(c);
	buf_clear(&out);
	return code;
}

static int
answer_code(const struct witness_answer *a)
{
	switch (a->status) {
	case 200:
		return EXIT_DONE;
	case 409:
		return EXIT_CONFLICT;
	case 422:
		return EXIT_CHANGED;
	case 404:
		return EXIT_ABSENT;
	case 403:
		return EXIT_REFUSED;
	default:
		return EXIT_USE;
	}
}

/* The answer as the protocol has it, for a file or a program; sentences on stderr. */
static int
answer_give(struct cli *c, const struct witness_answer *a, const char *out)
{
	struct json_out j;
	int code = answer_code(a);

	if (c->json) {
		json_start(c, &j, "comity.witness-answer/1");
		json_out_int(&j, "status", a->status);
		json_out_str(&j, "type", a->type);
		json_out_text(&j, "body", buf_span(&a->body));
		json_out_bool(&j, "misbehaviour", a->misbehaviour);
		json_shown(&j, "text", a->text);
		json_done(c, &j);
		return code;
	}
	if (a->text[0] != '\0')
		warn(c, "%d: %s\n", a->status, a->text);
	if (a->body.n == 0)
		return code;
	if (out != NULL)
		return give_file(c, out, buf_span(&a->body), "the answer", true) ==
		    EXIT_DONE ? code : EXIT_OTHER;
	say(c, "%.*s", (int)a->body.n, (const char *)a->body.p);
	return code;
}

int
run_ledger_witness(struct cli *c, struct call *call)
{
	struct witness_answer a;
	struct buf body;
	int code;

	witness_answer_init(&a);
	buf_init(&body, PROOF_MAX);
	code = file_option(c, call->args[0], &body) &&
	    flow_ledger_witness(&c->flow, buf_span(&body), &a, &c->err) ?
	    answer_give(c, &a, call_value(call, "out")) : fail(c);
	buf_clear(&body);
	witness_answer_clear(&a);
	return code;
}

/* ---- prove ---- */

int
run_ledger_prove(struct cli *c, struct call *call)
{
	const char *out = call_value(call, "out");
	struct json_out j;
	size_t n, open;

	if (out == NULL)
		return fail_use(c, "comity ledger prove needs --out DIR");
	if (!flow_ledger_prove(&c->flow, call->args[0], out, &n, &open, &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.proofs/1");
		json_out_int(&j, "records", (int64_t)n);
		json_out_int(&j, "without_checkpoint", (int64_t)open);
		json_done(c, &j);
	}
	say(c, "%s in ", count_people(n, "record", "records").s);
	say_text(c, out);
	say(c, ", each with its salt and the proof of its place in the ledger.\n");
	if (open > 0)
		say(c, "%s: no checkpoint covers it yet; comity ledger checkpoint, then again.\n",
		    count_people(open, "has no proof", "have no proof").s);
	say(c, "Anyone checks them with: comity-check --policy POLICY ");
	say_text(c, out);
	say(c, "\n");
	return open > 0 ? EXIT_INCOMPLETE : EXIT_DONE;
}

/* ---- check ---- */

static void
findings_json(struct cli *c, const struct ledger_check *r)
{
	struct json_out j;

	json_start(c, &j, "comity.ledger-check/1");
	json_out_int(&j, "entries", (int64_t)r->leaves);
	json_out_int(&j, "files", (int64_t)r->files);
	json_out_int(&j, "bytes", (int64_t)r->bytes);
	json_out_int(&j, "more", (int64_t)r->more);
	json_out_array(&j, "findings");
	for (size_t i = 0; i < r->n; i++) {
		json_out_object(&j, NULL);
		json_out_bool(&j, "bad", r->list[i].bad);
		json_shown(&j, "what", r->list[i].what);
		json_shown(&j, "text", r->list[i].text);
		json_out_close_object(&j);
	}
	json_out_close_array(&j);
	json_done(c, &j);
}

int
run_ledger_check(struct cli *c, struct call *call)
{
	struct ledger_check *r = mem_new(sizeof *r, &c->err);
	bool bad = false, ok;

	if (r == NULL)
		return fail(c);
	ok = flow_ledger_check(&c->flow, call_flag(call, "parcels"), r, &c->err);
	for (size_t i = 0; ok && i < r->n; i++) {
		bad = bad || r->list[i].bad;
		say(c, "  %s  ", r->list[i].bad ? "BAD " : "note");
		say_text(c, r->list[i].what);
		say(c, ": ");
		say_text(c, r->list[i].text);
		say(c, "\n");
	}
	if (ok && r->more > 0)
		say(c, "  and %zu more\n", r->more);
	if (ok)
		say(c, "%s looked at", count_people(r->leaves, "entry", "entries").s);
	if (ok && call_flag(call, "parcels"))
		say(c, ", and %s (%s)", count_people(r->files, "file", "files").s,
		    size_people(r->bytes).s);
	if (ok)
		say(c, "%s\n", bad ? "." : ": all is as it was written.");
	if (ok && c->json)
		findings_json(c, r);
	mem_free(r);
	return !ok ? fail(c) : bad ? EXIT_CHANGED : EXIT_DONE;
}

/* ---- recovery and successor ---- */

static int
done_json(struct cli *c, const char *schema, const char *text)
{
	struct json_out j;

	if (c->json) {
		json_start(c, &j, schema);
		json_out_str(&j, "text", text);
		json_done(c, &j);
	}
	say(c, "%s\n", text);
	return EXIT_DONE;
}

int
run_ledger_resume(struct cli *c, struct call *call)
{
	(void)call;
	if (!confirm_state(c, "This says for the record that no authority ever got anything of this home that this copy does not have.\nIf one did, two histories will be signed, and everybody will see it.\nType the two letters of your State to go on: ") || !flow_ledger_resume(&c->flow, &c->err))
		return fail(c);
	return done_json(c, "comity.ledger-resumed/1",
	    "The ledger signs again; a record says who said so, and when.");
}

#define SUCCEED_TEXT 1200

/* What became of a journal that was damaged; "" it was not. */
static void
salvaged_text(const struct salvaged *s, char out[SUCCEED_TEXT])
{
	char old[80] = "";

	out[0] = '\0';
	if (s->sound)
		return;
	if (s->has_old)
		(void)snprintf(old, sizeof old, " The damaged file is kept as it is: %s.", s->old);
	if (s->lost == 0) {
		(void)snprintf(out, SUCCEED_TEXT,
		    "The journal was damaged, and nothing of it is lost: %s, %llu of them mended.%s\n",
		    count_people(s->kept, "record", "records").s,
		    (unsigned long long)s->mended, old);
		return;
	}
	(void)snprintf(out, SUCCEED_TEXT,
	    "The journal was damaged: %s could be read and go on, %llu could not.%s\n"
	    "What these said nobody knows: it may be that somebody left, that trust ended, that a State has a level. So, until somebody says it again:\n"
	    "  in a home of persons nobody does anything before two of them have confirmed the list: comity person confirm\n"
	    "  nothing is sent to a peer or believed of it until the words of its card are compared again: comity peer pair CARD --words \"...\"\n"
	    "  a State is refused until its level is set again: comity policy risk XX --level normal --reason \"...\"\n"
	    "  a call before a yes is made again, and kept evidence counts as restricted\n",
	    count_people(s->kept, "record", "records").s, (unsigned long long)s->lost, old);
}

int
run_ledger_succeed(struct cli *c, struct call *call)
{
	const char *reason = call_value(call, "reason");
	struct salvaged said = { .sound = true };
	char text[SUCCEED_TEXT + 300];
	size_t n;

	if (reason == NULL)
		return fail_use(c, "comity ledger succeed needs --reason: damaged, split or key");
	if (!confirm_state(c, "This closes the ledger for good and begins a successor with a new key.\nEverything it proved stays proven; peers learn of the new one by the new card.\nType the two letters of your State to go on: ") || !flow_ledger_succeed(&c->flow, reason, &said, &c->err))
		return fail(c);
	salvaged_text(&said, text);
	n = strlen(text);
	(void)snprintf(text + n, sizeof text - n, "%s",
	    "The ledger is closed and kept; a successor has begun, and its first entry cites the last good checkpoint. Give the new card to your peers: it goes with the next bundle.");
	return done_json(c, "comity.ledger-succeeded/1", text);
}
