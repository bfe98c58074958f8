/* custody show and report: who held a piece of evidence, when, and what proves it. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "flow/destroy.h"
#include "flow/ledger.h"
#include "text/custody_html.h"
#include "text/verdict.h"

/* What both commands begin with; ended by custody_story_clear. */
static bool
story_load(struct cli *c, struct call *call, struct custody_story *s)
{
	const char *path = call_value(call, "policy");
	struct evidence *e = mem_new(sizeof *e, &c->err);
	struct buf policy;
	size_t parcel;
	bool ok;

	if (e == NULL)
		return false;
	buf_init(&policy, QUORUM_FILE_MAX);
	ok = evidence_find(c->flow.home, call->args[0], e, &c->err) &&
	    parcel_option(c, call_value(call, "parcel"), &parcel) &&
	    (path == NULL || file_option(c, path, &policy)) &&
	    flow_custody_story(&c->flow, e->number, parcel, buf_span(&policy), s,
	    &c->err);
	buf_clear(&policy);
	mem_free(e);
	return ok;
}

static int
code_of(const struct custody_story *s)
{
	struct custody worst = { .standing = s->standing };

	return custody_exit_code(&worst);
}

/* ---- show ---- */

static bool
hop_text(const struct custody_story *s, size_t i, const char *lang, struct buf *out,
    struct err *err)
{
	const struct custody_hop *h = &s->hops[i];

	char n[48];

	(void)snprintf(n, sizeof n, "%zu / %zu", i + 1, s->hops_n);
	return (s->hops_n == 1 || ((i == 0 || buf_add_text(out, "\n", err)) &&
	    phrase_put(lang, "cust.hop", n, out, err) &&
	    buf_printf(out, err, ": %s \xe2\x80\x93 %s\n", h->from.s, h->to.s))) &&
	    custody_words(&h->custody, lang, out, err);
}

static bool
story_text(const struct custody_story *s, const char *lang, struct buf *out,
    struct err *err)
{
	bool ok = true;

	for (size_t i = 0; ok && i < s->hops_n; i++)
		ok = hop_text(s, i, lang, out, err);
	return ok && custody_told_words(s, lang, out, err) && (!s->own_policy || (phrase_put(lang, "cust.policy.own", NULL, out, err) &&
	    buf_add_text(out, "\n", err)));
}

static bool
say_story(struct cli *c, const struct custody_story *s)
{
	const char *text;
	struct buf b;
	bool ok;

	buf_init(&b, CUSTODY_PAGE_MAX);
	ok = story_text(s, c->lang, &b, &c->err) && buf_text(&b, &text, &c->err);
	if (ok)
		say(c, "%s", text);
	buf_clear(&b);
	return ok;
}

/* What others say became of it there: their word, as on the page. */
static void
told_json(struct json_out *j, const struct custody_story *s)
{
	json_out_array(j, "told");
	for (size_t i = 0; i < s->told_n; i++) {
		const struct notice_told *x = &s->told[i];

		json_out_object(j, NULL);
		json_out_str(j, "event", x->lost ? "loss" : "destroyed");
		json_out_str(j, "at", when_rfc3339(x->at).s);
		json_shown(j, "authority", x->by.s);
		json_out_str(j, "standing", custody_standing_name(CUSTODY_CLAIMED));
		json_shown(j, "text", x->text);
		json_out_digest(j, "act", &x->act);
		json_out_close_object(j);
	}
	json_out_close_array(j);
}

static void
json_story(struct cli *c, const struct custody_story *s)
{
	struct json_out j;

	json_start(c, &j, "comity.custody-verdict/1");
	custody_json(&s->hops[s->hops_n - 1].custody, &j);
	json_out_int(&j, "evidence", s->evidence);
	json_out_str(&j, "as_of", when_rfc3339(s->as_of).s);
	json_out_str(&j, "overall", custody_standing_name(s->standing));
	json_out_bool(&j, "own_policy", s->own_policy);
	json_out_array(&j, "before");
	for (size_t i = 0; i + 1 < s->hops_n; i++) {
		json_out_object(&j, NULL);
		custody_json(&s->hops[i].custody, &j);
		json_out_close_object(&j);
	}
	json_out_close_array(&j);
	told_json(&j, s);
	json_done(c, &j);
}

int
run_custody_show(struct cli *c, struct call *call)
{
	struct custody_story s;
	int code;

	custody_story_init(&s);
	if (!reader_lang(c, call) || !story_load(c, call, &s)) {
		code = fail(c);
	} else if (c->json) {
		json_story(c, &s);
		code = code_of(&s);
	} else {
		code = say_story(c, &s) ? code_of(&s) : fail(c);
	}
	custody_story_clear(&s);
	return code;
}

/* ---- report ---- */

enum report_form { REPORT_HTML, REPORT_JSON, REPORT_TEXT };

static bool
form_of(const char *path, enum report_form *out)
{
	static const char *const endings[] = { ".html", ".json", ".txt" };
	size_t n = strlen(path);

	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		size_t e = strlen(endings[i]);

		if (n > e && strcmp(path + n - e, endings[i]) == 0) {
			*out = (enum report_form)i;
			return true;
		}
	}
	return false;
}

/* "custody-WHAT.json" beside "custody.json". */
static bool
beside_path(struct cli *c, const char *out, const char *what, char *path, size_t room)
{
	size_t stem = strlen(out) - strlen(".json");

	return snprintf(path, room, "%.*s-%s.json", (int)stem, out, what) < (int)room ||
	    err_set(&c->err, ERR_LIMIT, "use.out", "--out is too long a name");
}

/* "custody-before-1.json" for a hand-over before this one. */
static bool
before_path(struct cli *c, const char *out, size_t i, char *path, size_t room)
{
	char what[40];

	(void)snprintf(what, sizeof what, "before-%zu", i + 1);
	return beside_path(c, out, what, path, room);
}

/* Their word proves nothing to comity-check: a file of its own, "custody-told.json". */
static int
report_told(struct cli *c, const struct custody_story *s, const char *out)
{
	char path[4200];
	struct json_out j;
	struct buf b;
	int code;

	if (s->told_n == 0)
		return EXIT_DONE;
	buf_init(&b, CUSTODY_FILE_MAX);
	json_out_begin(&j, &b, true, false, &c->err);
	json_out_object(&j, NULL);
	json_out_str(&j, "schema", "comity.custody-told/1");
	told_json(&j, s);
	json_out_close_object(&j);
	code = json_out_end(&j) && beside_path(c, out, "told", path, sizeof path) ?
	    give_file(c, path, buf_span(&b), "What others tell", false) : fail(c);
	buf_clear(&b);
	return code;
}

/* The custody files themselves: one a hand-over, as comity-check reads them. */
static int
report_files(struct cli *c, const struct custody_story *s, const char *out)
{
	char path[4200];
	struct buf b;
	int code = EXIT_DONE;

	for (size_t i = s->hops_n; code == EXIT_DONE && i-- > 0;) {
		const struct custody *k = &s->hops[i].custody;
		bool last = i + 1 == s->hops_n;

		if (!last && k->n == 0)
			continue;	/* nothing came about that one */
		buf_init(&b, CUSTODY_FILE_MAX);
		if ((!last && !before_path(c, out, i, path, sizeof path)) ||
		    !custody_write(k, &b, &c->err))
			code = fail(c);
		else
			code = give_file(c, last ? out : path, buf_span(&b),
			    "Custody file", false);
		buf_clear(&b);
	}
	return code == EXIT_DONE ? report_told(c, s, out) : code;
}

static int
report_page(struct cli *c, const struct custody_story *s, enum report_form form,
    const char *lang, const char *out)
{
	struct buf b;
	bool ok;
	int code;

	buf_init(&b, CUSTODY_PAGE_MAX);
	ok = form == REPORT_HTML ? custody_html(s, lang, &b, &c->err) :
	    story_text(s, lang, &b, &c->err);
	code = ok ? give_file(c, out, buf_span(&b), "Custody report", false) : fail(c);
	buf_clear(&b);
	return code;
}

int
run_custody_report(struct cli *c, struct call *call)
{
	const char *out = call_value(call, "out"), *lang = call_value(call, "lang");
	struct custody_story s;
	enum report_form form;
	int code;

	if (out == NULL || !form_of(out, &form))
		return fail_use(c, "comity custody report needs --out FILE, a new file that ends in .html (for people), .json (to be checked) or .txt");
	if (lang == NULL)
		lang = home_settings(c->flow.home)->lang;
	custody_story_init(&s);
	if (!story_load(c, call, &s))
		code = fail(c);
	else
		code = form == REPORT_JSON ? report_files(c, &s, out) :
		    report_page(c, &s, form, lang, out);
	if (code == EXIT_DONE && !c->json)
		say(c, "%s: %s\n", s.standing == CUSTODY_PROVEN ? "PROVEN" :
		    s.standing == CUSTODY_CLAIMED ? "CLAIMED" : "BROKEN",
		    s.hops[s.hops_n - 1].custody.why);
	if (code == EXIT_DONE)
		code = code_of(&s);
	custody_story_clear(&s);
	return code;
}
