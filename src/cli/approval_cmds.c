/* approval: what waits for a second person, here and on a machine elsewhere. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "flow/people.h"

#define KEY_MAX (64u << 10)
#define QUESTION_MAX (2u << 20)

#define ID_MIN 16			/* hex digits: 64 bits, which nobody finds a second text for */

/* ---- shown ---- */

/* What it is about, in a word. */
static const char *
matter_word(const struct matter_view *m)
{
	if (span_starts(buf_span(&m->text), MATTER_EXECUTE))
		return "execution";
	return m->request == 0 && m->evidence == 0 ? people_act_name(m->act) :
	    act_kind_name(m->kind);
}

static void
matter_json(struct json_out *j, const struct matter_view *m, bool text)
{
	json_out_digest(j, "id", &m->content);
	json_out_str(j, "act", people_act_name(m->act));
	json_out_str(j, "kind", act_kind_name(m->kind));
	json_out_int(j, "request", m->request);
	json_out_int(j, "evidence", m->evidence);
	json_out_str(j, "prepared_at", when_rfc3339(m->at).s);
	json_out_array(j, "makers");
	for (size_t i = 0; i < m->makers_n; i++)
		json_out_int(j, NULL, m->makers[i]);
	json_out_close_array(j);
	json_out_str(j, "owed_until", m->due_at != 0 ? when_rfc3339(m->due_at).s : NULL);
	json_out_int(j, "needed", m->needed);
	json_out_array(j, "approvals");
	for (size_t i = 0; i < m->n; i++) {
		json_out_object(j, NULL);
		json_out_int(j, "person", m->list[i].person);
		json_shown(j, "role", m->list[i].role);
		json_out_str(j, "at", when_rfc3339(m->list[i].at).s);
		json_out_bool(j, "from_afar", m->list[i].from_afar);
		json_out_bool(j, "counts", m->list[i].counts);
		json_out_str(j, "why_not", m->list[i].counts ? NULL :
		    m->list[i].why.reason);
		json_out_close_object(j);
	}
	json_out_close_array(j);
	if (text)
		json_out_text(j, "content", buf_span(&m->text));
}

static void
matter_line(struct cli *c, const struct matter_view *m)
{
	say(c, "%.*s  %s", ID_MIN, digest_hex(&m->content).s,
	    matter_word(m));
	if (m->request != 0)
		say(c, ", request %u", m->request);
	if (m->evidence != 0)
		say(c, ", evidence %04u", m->evidence);
	say(c, ", prepared by P%u on %s", m->makers[0], when_people(m->at).s);
	if (m->due_at != 0)
		say(c, "; it went, the second signature is owed by %s",
		    when_people(m->due_at).s);
	say(c, "\n");
}

static void
approvals_say(struct cli *c, const struct matter_view *m)
{
	for (size_t i = 0; i < m->n; i++) {
		const struct approval_view *a = &m->list[i];

		say(c, "  P%u (", a->person);
		say_text(c, a->role);
		say(c, ") on %s%s: %s\n", when_people(a->at).s,
		    a->from_afar ? ", from afar" : "", a->counts ? "counts" :
		    a->why.text);
	}
	if (m->n == 0)
		say(c, "  Nobody has approved it; it needs %s.\n",
		    count_people(m->needed, "other person", "other persons").s);
}

/* Up to where a line of JSON is told on a line of its own: behind a comma or a bracket. */
static size_t
json_piece(struct span text)
{
	bool quoted = false;

	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\\' && quoted)
			i++;
		else if (text.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && memchr(",{[", text.p[i], 3) != NULL)
			return i + 1;
	}
	return text.n;
}

static void
piece_say(struct cli *c, struct span piece)
{
	struct buf line;
	const char *s;

	buf_init(&line, piece.n + 1);
	if (buf_add(&line, piece, &c->err) && buf_text(&line, &s, &c->err)) {
		say(c, "    ");
		say_text(c, s);
		say(c, "\n");
	}
	buf_clear(&line);
}

/*
 * The content, which may hold what a stranger wrote: each value on a line of its own.  In
 * the text it is a JSON string, and what cannot be seen is spelt out (say_text).
 */
static void
content_say(struct cli *c, struct span text)
{
	while (text.n > 0) {
		const uint8_t *end = memchr(text.p, '\n', text.n);
		size_t n = end != NULL ? (size_t)(end - text.p) : text.n;
		struct span line = span_part(text, 0, n);
		bool json = n > 1 && line.p[0] == '{';	/* a draft, which has no lines */

		while (json && line.n > 0) {
			size_t piece = json_piece(line);

			piece_say(c, span_part(line, 0, piece));
			line = span_from(line, piece);
		}
		if (!json)
			piece_say(c, line);
		text = span_from(text, end != NULL ? n + 1 : n);
	}
}

static int
matter_shown(struct cli *c, const struct matter_view *m, const char *schema)
{
	struct json_out j;

	if (c->json) {
		json_start(c, &j, schema);
		matter_json(&j, m, true);
		json_done(c, &j);
	}
	matter_line(c, m);
	content_say(c, buf_span(&m->text));
	approvals_say(c, m);
	return EXIT_DONE;
}

int
run_approval_list(struct cli *c, struct call *call)
{
	struct matter_view *list;
	struct json_out j;
	size_t n;

	(void)call;
	if (!flow_matters(&c->flow, &list, &n, &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.approval-list/1");
		json_out_array(&j, "waits");
		for (size_t i = 0; i < n; i++) {
			json_out_object(&j, NULL);
			matter_json(&j, &list[i], false);
			json_out_close_object(&j);
		}
		json_out_close_array(&j);
		json_done(c, &j);
	}
	for (size_t i = 0; i < n; i++) {
		matter_line(c, &list[i]);
		matter_view_clear(&list[i]);
	}
	if (n == 0)
		say(c, "Nothing waits for a second person.\n");
	mem_free(list);
	return EXIT_DONE;
}

/* By the number of a request, the beginning of an id, or both. */
static bool
matter_find(struct cli *c, const char *number, const char *id, struct matter_view *out)
{
	unsigned request = 0;

	matter_view_init(out);
	if (number != NULL && !request_number_parse(number, &request, &c->err))
		return false;
	if (id != NULL && strlen(id) < ID_MIN)
		return err_set(&c->err, ERR_USE, "approval.id",
		    "give at least %d digits of the id; see: comity approval list", ID_MIN);
	return flow_matter(&c->flow, request, id, out, &c->err);
}

static int
show(struct cli *c, const char *number, const char *id, const char *schema)
{
	struct matter_view m;
	int code;

	code = matter_find(c, number, id, &m) ? matter_shown(c, &m, schema) : fail(c);
	matter_view_clear(&m);
	return code;
}

int
run_approval_show(struct cli *c, struct call *call)
{
	return show(c, NULL, call->args[0], "comity.approval/1");
}

int
run_request_approvals(struct cli *c, struct call *call)
{
	return show(c, call->args[0], NULL, "comity.request-approvals/1");
}

/* ---- given ---- */

/* content: as it was signed here; of none NULL. */
static int
given(struct cli *c, unsigned person, const struct digest *id, const struct buf *content,
    const char *next)
{
	struct json_out j;

	if (c->json) {
		json_start(c, &j, "comity.approval-give/1");
		json_out_int(&j, "person", person);
		json_out_digest(&j, "id", id);
		if (content != NULL)
			json_out_text(&j, "content", buf_span(content));
		json_done(c, &j);
	}
	say(c, "Approved by P%u, exactly as it is now; a change voids it.\n%s", person, next);
	return EXIT_DONE;
}

/* What was said so far is the question, on the terminal wherever the rest goes. */
static bool
yes_typed(struct cli *c)
{
	struct buf answer;
	const char *prompt, *typed;
	bool ok;

	buf_init(&answer, 400);
	ok = buf_add_text(&c->out, "You sign exactly that. Type yes to approve it: ",
	    &c->err) && buf_text(&c->out, &prompt, &c->err) &&
	    world_ask(c->world, prompt, false, &answer, &c->err) &&
	    buf_text(&answer, &typed, &c->err) && (strcmp(typed, "yes") == 0 ||
	    err_set(&c->err, ERR_STOPPED, "use.not-confirmed",
	    "yes was not typed: nothing was approved"));
	buf_reset(&c->out);
	buf_clear(&answer);
	return ok;
}

/*
 * What is signed is what was shown, to the byte, whatever is put there meanwhile: it is
 * printed (as JSON once it is signed), and at a terminal asked about.  Where nobody is
 * asked, its id is named, or --yes says that whatever is there now is meant.
 */
static bool
seen(struct cli *c, const struct matter_view *m, bool named)
{
	bool asks = !c->yes && !c->json && !c->no_input &&
	    world_input_is_terminal(c->world);

	if (!named && !c->yes && !asks)
		return err_set(&c->err, ERR_USE, "approval.unseen",
		    "nobody was shown what this approves. Read it (comity approval show %.*s) and add --id with these digits; or --yes",
		    ID_MIN, digest_hex(&m->content).s);
	if (!c->json)
		(void)matter_shown(c, m, NULL);
	return !asks || yes_typed(c);
}

static int
answer_take(struct cli *c, const char *path)
{
	struct digest none = { { 0 } };
	struct approval_view a;
	struct buf file;
	bool ok;

	buf_init(&file, KEY_MAX);
	ok = file_option(c, path, &file) && digest_of(buf_span(&file), &none, &c->err) &&
	    flow_approval_take(&c->flow, buf_span(&file), &a, &c->err);
	buf_clear(&file);
	return ok ? given(c, a.person, &none, NULL, "  Next: give the command again that it is about.\n") :
	    fail(c);
}

static int
question_write(struct cli *c, const struct matter_view *m, const char *by,
    const char *out)
{
	struct buf file;
	uint64_t n;
	int code;

	if (by == NULL || !decimal_parse(span_text(by), PEOPLE_MAX, &n))
		return fail_use(c, "--out needs --by NUMBER: the person who signs from afar");
	buf_init(&file, QUESTION_MAX);
	code = flow_approval_ask(&c->flow, m, (unsigned)n, &file, &c->err) ?
	    give_file(c, out, buf_span(&file), "The question", false) : fail(c);
	buf_clear(&file);
	return code;
}

static int
approve(struct cli *c, struct call *call, const char *number, const char *id)
{
	const char *file = call_value(call, "file"), *out = call_value(call, "out");
	struct matter_view m;
	int code;

	if (file != NULL)
		return answer_take(c, file);
	if (!matter_find(c, number, id, &m))
		code = fail(c);
	else if (out != NULL)
		code = question_write(c, &m, call_value(call, "by"), out);
	else if (call_value(call, "by") != NULL)
		code = fail_use(c, "--by needs --out FILE: the question for that person");
	else if (seen(c, &m, id != NULL) && flow_approve(&c->flow, &m, &c->err))
		code = given(c, c->flow.as, &m.content, &m.text, m.due_at != 0 ? "" :
		    "  Next: give the command again that it is about.\n");
	else
		code = fail(c);
	matter_view_clear(&m);
	return code;
}

int
run_approval_give(struct cli *c, struct call *call)
{
	return approve(c, call, NULL, call->args[0]);
}

int
run_request_approve(struct cli *c, struct call *call)
{
	return approve(c, call, call->args[0], call_value(call, "id"));
}

/* ---- on another machine ---- */

int
run_approval_key(struct cli *c, struct call *call)
{
	const char *out = call_value(call, "out");
	struct person_key *k = NULL;
	struct buf secret, file, public;
	int code = EXIT_OTHER;
	unsigned log_n;

	if (out == NULL)
		return fail_use(c, "comity approval key needs --out FILE");
	if (!number_option(c, call_value(call, "scrypt-log-n"), "scrypt-log-n",
	    AGE_LOG_N_DEFAULT, &log_n) || log_n < 15 || log_n > 20)
		return fail_use(c, "--scrypt-log-n is 15 to 20");
	buf_init_secret(&secret, AGE_PASSPHRASE_MAX);
	buf_init(&file, KEY_MAX);
	buf_init(&public, 4096);
	if (!cli_passphrase(c, true, &secret, &c->err) ||
	    !person_key_new(c->world, &k, &c->err) || !person_key_seal(c->world, k,
	    buf_span(&secret), log_n, &file, &c->err) ||
	    !person_public_print(k, &public, &c->err) ||
	    !file_save(c->world, NULL, out, buf_span(&file), false, &c->err))
		code = fail(c);
	else
		code = give_pem(c, call_value(call, "public"), buf_span(&public),
		    "The public half", "comity.approval-key/1");
	person_key_free(k);
	buf_clear(&secret);
	buf_clear(&file);
	buf_clear(&public);
	return code;
}

static bool
key_open(struct cli *c, const char *path, struct person_key **out)
{
	struct buf file, secret;
	bool ok;

	buf_init(&file, KEY_MAX);
	buf_init_secret(&secret, AGE_PASSPHRASE_MAX);
	ok = file_option(c, path, &file) &&
	    cli_passphrase(c, false, &secret, &c->err) &&
	    person_key_open(buf_span(&file), buf_span(&secret), out, &c->err);
	buf_clear(&file);
	buf_clear(&secret);
	return ok;
}

static int
answer_write(struct cli *c, const struct approval_asked *a, const struct person_key *k,
    const char *out)
{
	struct buf file;
	int code;

	buf_init(&file, KEY_MAX);
	code = approval_make(a, k, world_now(c->world), &file, &c->err) ?
	    give_file(c, out, buf_span(&file), "The approval", false) : fail(c);
	buf_clear(&file);
	return code;
}

int
run_approval_make(struct cli *c, struct call *call)
{
	const char *key = call_value(call, "key"), *out = call_value(call, "out");
	struct person_key *k = NULL;
	struct approval_asked a;
	struct json_out j;
	struct buf file;
	int code;

	if (key == NULL)
		return fail_use(c, "comity approval make needs --key FILE");
	approval_asked_init(&a);
	buf_init(&file, QUESTION_MAX);
	if (!key_open(c, key, &k) || !file_option(c, call->args[0], &file) ||
	    !approval_asked_open(buf_span(&file), k, &a, &c->err)) {
		code = fail(c);
	} else {
		content_say(c, buf_span(&a.statement));
		content_say(c, buf_span(&a.content));
		code = EXIT_DONE;
		if (out != NULL)
			code = answer_write(c, &a, k, out);
		else if (c->json) {
			json_start(c, &j, "comity.approval-question/1");
			json_out_text(&j, "statement", buf_span(&a.statement));
			json_out_text(&j, "content", buf_span(&a.content));
			json_done(c, &j);
		}
	}
	person_key_free(k);
	approval_asked_clear(&a);
	buf_clear(&file);
	return code;
}
