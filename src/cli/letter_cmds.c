/*
 * A counterpart without Comity: letters, signed mail, paper that comes in, evidence
 * under a passphrase or for a certificate.
 */
#include <stdio.h>
#include <string.h>

#include "cli/request.h"
#include "text/letter.h"
#include "text/mail.h"

static const char *
lang_first(const char *list, char room[12])
{
	size_t n = strcspn(list, ";");

	(void)snprintf(room, 12, "%.*s", (int)(n < 11 ? n : 11), list);
	return room;
}

/* "fr,ar": false when it is no pair of tags; which languages there are says the sheet. */
static bool
langs_take(struct cli *c, const char *typed, struct letter *l)
{
	size_t n = strcspn(typed, ",");

	if (typed[n] == '\0' || n >= sizeof l->lang[0] ||
	    strlen(typed + n + 1) >= sizeof l->lang[1])
		return err_set(&c->err, ERR_USE, "sheet.language",
		    "--langs takes two languages: --langs fr,ar");
	(void)snprintf(l->lang[0], sizeof l->lang[0], "%.*s", (int)n, typed);
	(void)snprintf(l->lang[1], sizeof l->lang[1], "%s", typed + n + 1);
	return true;
}

/* langs NULL: a letter, one language after the other. */
static bool
letter_of(struct cli *c, const struct letter_facts *f, enum send_by by,
    const char *lang, const char *langs, struct buf *html)
{
	struct letter_attached attached[LETTER_FILES_MAX];
	struct letter l = { .act = &f->act, .act_id = f->act_id, .card = &f->card,
		.card_id = f->card_id, .request = f->has_request ? &f->request : NULL,
		.our_number = f->number.s, .their_reference = f->row.reference,
		.to_name = f->to_name[0] != '\0' ? f->to_name : NULL,
		.to_address = f->to_address[0] != '\0' ? f->to_address : NULL,
		.to_state = f->to_state, .by = send_by_name(by),
		.reply_email = f->from_email[0] != '\0' ? f->from_email : NULL,
		.attached = attached, .attached_n = f->files_n };

	if (lang != NULL)
		(void)snprintf(l.lang[0], sizeof l.lang[0], "%s", lang);
	else
		(void)lang_first(f->to_languages, l.lang[0]);
	(void)snprintf(l.lang[1], sizeof l.lang[1], "%s", f->lang);
	for (size_t i = 0; i < f->files_n; i++)
		attached[i] = (struct letter_attached){ f->files[i].name,
			f->files[i].bytes.n, f->files[i].sha256 };
	if (langs != NULL)
		return langs_take(c, langs, &l) && sheet_html(&l, html, &c->err);
	return letter_html(&l, html, &c->err);
}

static bool
sign(void *arg, struct span bytes, struct buf *p7s, struct err *err)
{
	return flow_sign_detached(arg, bytes, p7s, err);
}

static bool
mail_of(struct cli *c, const struct letter_facts *f, struct span html, struct buf *eml)
{
	struct mail_file files[LETTER_FILES_MAX + 1];
	const struct law_measure *m = law_measure(act_kind_name(f->act.kind));
	struct mail l = { .from_name = home_settings(c->flow.home)->name,
		.from_address = f->from_email, .to_name = f->to_name,
		.to_address = f->to_email, .number = f->number.s,
		.kind = m != NULL ? m->title : act_kind_name(f->act.kind),
		.lang = f->lang, .exercise = f->act.exercise, .date = f->act.made_at,
		.act_id = f->act_id, .has_answers = f->act.follows_n > 0,
		.html = html, .files = files, .files_n = f->files_n + 1, .sign = sign,
		.arg = &c->flow, .micalg = f->micalg };

	if (f->to_email[0] == '\0')
		return err_set(&c->err, ERR_USE, "mail.address",
		    "no mail address is known for the other side; name it with: comity correspondent new --email");
	if (f->from_email[0] == '\0')
		return err_set(&c->err, ERR_USE, "mail.address",
		    "this home's card has no mail address: comity init --carrier mailto:...; send it by letter meanwhile");
	if (l.has_answers)
		l.answers = f->act.follows[0];
	files[0] = (struct mail_file){ "act.json", "application/json",
		buf_span(&f->act_json) };
	for (size_t i = 0; i < f->files_n; i++)
		files[i + 1] = (struct mail_file){ f->files[i].name, NULL,
			buf_span(&f->files[i].bytes) };
	return mail_make(&l, eml, &c->err);
}

static int
letter_write(struct cli *c, unsigned number, const struct digest *act,
    enum send_by by, const char *lang, const char *langs, const char *out)
{
	struct letter_facts *f = mem_new(sizeof *f, &c->err);
	struct buf html, eml;
	bool ok;
	int code;

	if (f == NULL)
		return fail(c);
	letter_facts_init(f);
	buf_init(&html, LETTER_MAX);
	buf_init(&eml, MAIL_FILE_MAX);
	ok = flow_request_letter(&c->flow, number, act, f, &c->err) &&
	    letter_of(c, f, by, lang, langs, &html) &&
	    (by != BY_MAIL || mail_of(c, f, buf_span(&html), &eml));
	code = ok ? give_file(c, out, buf_span(by == BY_MAIL ? &eml : &html),
	    by == BY_MAIL ? "Signed mail" : "Letter", false) : fail(c);
	buf_clear(&html);
	buf_clear(&eml);
	letter_facts_clear(f);
	mem_free(f);
	return code;
}

int
letter_give(struct cli *c, unsigned number, const struct digest *act, enum send_by by,
    const char *out)
{
	return letter_write(c, number, act, by, NULL, NULL, out);
}

int
run_request_letter(struct cli *c, struct call *call)
{
	const char *out = call_value(call, "out"), *by = call_value(call, "by");
	enum send_by how = BY_LETTER;
	unsigned number;

	if (out == NULL)
		return fail_use(c, "comity request letter needs --out FILE, the name of a new file");
	if (by != NULL && !send_by_parse(by, &how))
		return fail_use(c, "--by is letter, mail, oral or diplomatic");
	if (!request_arg(c, call, &number))
		return fail(c);
	return letter_write(c, number, NULL, how, call_value(call, "lang"),
	    call_value(call, "langs"), out);
}

/* ---- what came on paper ---- */

int
run_request_record(struct cli *c, struct call *call)
{
	const char *files[DRAFT_ATTACH_MAX + 1], *grounds[ANSWER_CODES_MAX + 1],
	    *by = call_value(call, "by");
	struct settings_typed *set = mem_new(sizeof *set, &c->err);
	struct record_wish *w = mem_new(sizeof *w, &c->err);
	struct docket_request r;
	struct json_out j;
	bool ok = set != NULL && w != NULL;
	int code = EXIT_DONE;

	if (ok) {
		memset(w, 0, sizeof *w);
		settings_typed_init(set);
		w->kind = call_value(call, "kind");
		w->from = call_value(call, "from");
		w->reference = call_value(call, "reference");
		w->files = files;
		w->files_n = call_values(call, "scan", files, DRAFT_ATTACH_MAX + 1);
		w->answer.text = call_value(call, "text");
		w->answer.lang = call_value(call, "lang");
		w->answer.grounds = grounds;
		w->answer.grounds_n = call_values(call, "ground", grounds,
		    ANSWER_CODES_MAX + 1);
	}
	if (ok && (w->kind == NULL || by == NULL || !send_by_parse(by, &w->by) ||
	    w->by == BY_COMITY))
		ok = err_set(&c->err, ERR_USE, "use.record",
		    "comity request record needs --kind (preserve, granted, refused, ...) and --by letter, mail, oral or diplomatic");
	if (ok && strcmp(w->kind, "refused") == 0 && w->answer.grounds_n == 0)
		ok = err_set(&c->err, ERR_USE, "use.ground",
		    "a refusal is recorded with the ground they name, as in --ground R02; see the grounds with: comity request fields KIND");
	ok = ok && (call->args_n == 0 || request_arg(c, call, &w->number)) &&
	    time_option(c, call_value(call, "dated"), &w->has_dated, &w->dated) &&
	    time_option(c, call_value(call, "held-until"), &w->answer.has_hold_until,
	    &w->answer.hold_until) &&
	    settings_take(c, call, law_measure(w->kind), 0, set) &&
	    conditions_take(c, call, "condition", set);
	if (ok) {
		w->set = w->answer.set = set->list;
		w->set_n = w->answer.set_n = set->n;
		ok = flow_request_record(&c->flow, w, &r, &c->err);
	}
	if (!ok)
		code = fail(c);
	else if (c->json) {
		json_start(c, &j, "comity.request/1");
		request_json(c, &j, &r);
		json_done(c, &j);
	} else {
		say(c, "%s: recorded as it came (%s), sealed in this home; state %s.\n",
		    request_number_text(home_settings(c->flow.home)->state, &r).s,
		    w->kind, r.state);
		say(c, "  Next: comity request show %u\n", r.number);
	}
	if (set != NULL)
		settings_typed_clear(set);
	mem_free(set);
	mem_free(w);
	return code;
}

/* ---- evidence for who has no Comity ---- */

struct receiver_passphrase {
	struct cli *c;
	const char *file;
};

static bool
receiver_ask(void *arg, struct buf *secret, struct err *err)
{
	struct receiver_passphrase *p = arg;
	struct cli *c = p->c;

	if (p->file != NULL) {
		if (!file_option(c, p->file, secret)) {
			*err = c->err;
			return false;
		}
		while (secret->n > 0 && (secret->p[secret->n - 1] == '\n' ||
		    secret->p[secret->n - 1] == '\r'))
			secret->n--;
		return true;
	}
	if (c->no_input || !world_input_is_terminal(c->world))
		return err_set(err, ERR_USE, "passphrase.none",
		    "the receiver's passphrase is needed; name its file with --receiver-passphrase-file");
	cli_progress_end(&c->progress);
	return world_ask(c->world, "Passphrase for the receiver (tell it by phone, never with the file): ",
	    true, secret, err);
}

int
run_evidence_seal_alone(struct cli *c, struct call *call)
{
	struct receiver_passphrase p = { c, call_value(call,
		"receiver-passphrase-file") };
	const char *cert = call_value(call, "to-cert"),
	    *request = call_value(call, "request");
	struct seal_alone_wish w = { .how = cert != NULL ? SEAL_CERTIFICATE :
		SEAL_PASSPHRASE, .passphrase = receiver_ask, .arg = &p,
		.description = call_value(call, "description"),
		.purpose = call_value(call, "purpose"), .lang = call_value(call, "lang"),
		.receiver = call_value(call, "receiver"),
		.out_path = call_value(call, "out") };
	struct sealed *s = mem_new(sizeof *s, &c->err);
	struct evidence *e = mem_new(sizeof *e, &c->err);
	struct json_out j;
	struct buf pem;
	bool ok = s != NULL && e != NULL;

	buf_init(&pem, SMALL_FILE_MAX);
	if (ok && w.out_path == NULL)
		ok = err_set(&c->err, ERR_USE, "use.out",
		    "--out FILE is needed: the file for the receiver; it must not exist yet");
	ok = ok && evidence_find(c->flow.home, call->args[0], e, &c->err) &&
	    (cert == NULL || file_option(c, cert, &pem)) &&
	    (request == NULL || request_number_parse(request, &w.request, &c->err));
	if (ok) {
		w.number = e->number;
		w.certificate = buf_span(&pem);
		ok = flow_evidence_seal_alone(&c->flow, &w, s, &c->err);
	}
	if (ok && c->json) {
		const struct parcel *made = &s->evidence.parcels[s->parcel];

		json_start(c, &j, "comity.sealed/1");
		json_out_int(&j, "number", s->evidence.number);
		json_out_digest(&j, "act", &made->act_id);
		json_out_digest(&j, "package", &made->package_id);
		json_shown(&j, "path", w.out_path);
		json_done(c, &j);
	} else if (ok) {
		say(c, "Sealed: ");
		say_text(c, w.out_path);
		say(c, "\n  The receiver opens it with:  %s\n", cert != NULL ?
		    "openssl cms -decrypt -inform DER -in FILE -inkey KEY.pem -out package.tar" :
		    "age -d FILE | tar x");
		say(c, "  and checks it with the roots you hand over: comity peer roots --out roots.pem; steps in READ-ME-FIRST.txt inside\n");
	}
	buf_clear(&pem);
	mem_free(s);
	mem_free(e);
	return ok ? EXIT_DONE : fail(c);
}
