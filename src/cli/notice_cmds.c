/* Notices: who is told that a secret measure was about them, and when. */
#include <string.h>

#include "cli/cli.h"
#include "cli/request.h"
#include "flow/notices.h"
#include "text/remedy.h"
#include "text/words.h"

static const char *
notice_words(enum notice_state s)
{
	switch (s) {
	case NOTICE_SECRET:
		return "the secrecy runs";
	case NOTICE_DUE:
		return "DUE: the secrecy is over, the person is told";
	case NOTICE_DOUBT:
		return "DOUBT: this machine's clock stands before the day it was written; look at the clock";
	case NOTICE_DONE:
		return "the person was told";
	case NOTICE_STATES:
		break;
	}
	return "";
}

static void
notice_say(struct cli *c, const struct notice_view *v)
{
	const struct docket_notice *n = &v->notice;

	say(c, "N-%u  person %u of %s (%s)  %s\n", n->number, n->person, v->number.s,
	    v->row.kind, notice_words(v->state));
	say(c, "  secret %s %s\n", v->state == NOTICE_SECRET ? "until" : "was until",
	    when_people(n->until).s);
	if (n->renewals > 0)
		say(c, "  put off %u %s, last for: %s\n", n->renewals,
		    n->renewals == 1 ? "time" : "times", n->reason);
	if (n->done_at != 0)
		say(c, "  told (%s) %s\n", n->how, when_people(n->done_at).s);
}

static void
notice_json(struct json_out *j, const struct notice_view *v)
{
	const struct docket_notice *n = &v->notice;

	json_out_object(j, NULL);
	json_out_int(j, "number", n->number);
	json_out_str(j, "request", v->number.s);
	json_out_str(j, "kind", v->row.kind);
	json_out_bool(j, "ours", v->row.ours);
	json_out_int(j, "person", n->person);
	json_out_str(j, "state", notice_state_name(v->state));
	instant_json(j, "since", n->since);
	instant_json(j, "secret_until", n->until);
	json_out_int(j, "put_off", n->renewals);
	json_out_str(j, "reason", n->reason);
	instant_json(j, "done_at", n->done_at);
	json_out_str(j, "how", n->how);
	json_out_close_object(j);
}

/* ---- list ---- */

struct notice_listing_out {
	struct cli *c;
	struct json_out *j;
	size_t n, untold, secret, doubt;
};

static bool
notice_out(void *arg, const struct notice_view *v, struct err *err)
{
	struct notice_listing_out *l = arg;

	(void)err;
	l->n++;
	l->untold += v->state != NOTICE_DONE;
	l->secret += v->state == NOTICE_SECRET;
	l->doubt += v->state == NOTICE_DOUBT;
	if (l->j != NULL)
		notice_json(l->j, v);
	else
		notice_say(l->c, v);
	return true;
}

int
run_notice_list(struct cli *c, struct call *call)
{
	struct notice_listing_out l = { .c = c };
	struct json_out j;
	bool ok;

	if (c->json) {
		json_start(c, &j, "comity.notices/1");
		json_out_array(&j, "notices");
		l.j = &j;
	}
	ok = flow_notices(&c->flow, call_flag(call, "all"), notice_out, &l, &c->err);
	if (c->json) {
		json_out_close_array(&j);
		json_out_int(&j, "not_told", (int64_t)l.untold);
		json_out_int(&j, "secret", (int64_t)l.secret);
		json_out_int(&j, "doubt", (int64_t)l.doubt);
		if (ok)
			json_done(c, &j);
	}
	if (!ok)
		return fail(c);
	if (c->json)
		return EXIT_DONE;
	if (l.n == 0)
		say(c, "No person waits to be told of a secret measure.\n");
	else
		say(c, "%zu not told: secrecy runs for %zu, due %zu%s.\n", l.untold,
		    l.secret, l.untold - l.secret - l.doubt,
		    l.doubt > 0 ? ", the others stand in doubt for the clock" : "");
	return EXIT_DONE;
}

/* ---- one ---- */

static bool
notice_arg(struct cli *c, struct call *call, unsigned *out)
{
	const char *typed = call->args[0];
	uint64_t n;

	typed += strncmp(typed, "N-", 2) == 0 ? 2 : 0;
	if (!decimal_parse(span_text(typed), INT32_MAX, &n) || n == 0)
		return err_set(&c->err, ERR_USE, "notice.number",
		    "\"%.40s\" is no number of a notice; see: comity notice list", call->args[0]);
	*out = (unsigned)n;
	return true;
}

static int
notice_answer(struct cli *c, const struct notice_view *v)
{
	struct json_out j;

	if (c->json) {
		json_start(c, &j, "comity.notice/1");
		json_out_array(&j, "notices");
		notice_json(&j, v);
		json_out_close_array(&j);
		json_done(c, &j);
		return EXIT_DONE;
	}
	notice_say(c, v);
	if (v->state == NOTICE_DUE)
		say(c, "  Next: comity notice sheet %u --langs TAG,TAG --out FILE, hand it over, then comity notice done %u --how letter\n",
		    v->notice.number, v->notice.number);
	return EXIT_DONE;
}

int
run_notice_show(struct cli *c, struct call *call)
{
	struct notice_view v;
	unsigned number;

	if (!notice_arg(c, call, &number) ||
	    !flow_notice_show(&c->flow, number, &v, &c->err))
		return fail(c);
	return notice_answer(c, &v);
}

int
run_notice_defer(struct cli *c, struct call *call)
{
	struct notice_view v;
	bool has_until;
	int64_t until = 0;
	unsigned number;

	if (call_value(call, "until") == NULL || call_value(call, "reason") == NULL)
		return fail_use(c, "comity notice defer needs --until DAY, at most 90 days from now, and --reason CODE");
	if (!notice_arg(c, call, &number) ||
	    !time_option(c, call_value(call, "until"), &has_until, &until) ||
	    !flow_notice_defer(&c->flow, number, until, call_value(call, "reason"), &v,
	    &c->err))
		return fail(c);
	return notice_answer(c, &v);
}

int
run_notice_done(struct cli *c, struct call *call)
{
	struct notice_view v;
	unsigned number;

	if (!notice_arg(c, call, &number) || !flow_notice_done(&c->flow, number,
	    call_value(call, "how"), call_flag(call, "lifted"), &v, &c->err))
		return fail(c);
	return notice_answer(c, &v);
}

/* ---- the sheet ---- */

/* "fr,ar", or one tag. */
static bool
sheet_langs(struct cli *c, const char *typed, struct remedy *r)
{
	size_t n = strcspn(typed, ","), rest = strlen(typed + n);

	if (n == 0 || n >= sizeof r->lang[0] || rest > sizeof r->lang[0] || rest == 1)
		return err_set(&c->err, ERR_USE, "sheet.language",
		    "--langs takes one language or two: --langs fr,ar");
	memcpy(r->lang[0], typed, n);
	if (rest > 0)
		memcpy(r->lang[1], typed + n + 1, rest - 1);
	return true;
}

int
run_notice_sheet(struct cli *c, struct call *call)
{
	const char *out = call_value(call, "out"), *langs = call_value(call, "langs");
	struct notice_sheet_facts f;
	struct buf html;
	unsigned number;
	bool ok;
	int code;

	if (out == NULL)
		return fail_use(c, "comity notice sheet needs --out FILE, the name of a new file");
	if (!notice_arg(c, call, &number))
		return fail(c);
	buf_init(&html, REMEDY_MAX);
	ok = flow_notice_sheet(&c->flow, number, &f, &c->err);
	if (ok) {
		struct remedy r = { .number = number, .kind = f.kind,
			.instrument = f.instrument, .article = f.article,
			.made_at = f.made_at, .secret_until = f.view.notice.until,
			.asked_by = f.asked_by_us ? f.authority : f.other,
			.asked_state = f.asked_by_us ? f.state : f.other_state,
			.asked_of = f.asked_by_us ? f.other : f.authority,
			.asked_of_state = f.asked_by_us ? f.other_state : f.state,
			.contact = f.authority, .contact_phone = f.phone,
			.training = home_settings(c->flow.home)->training };

		ok = sheet_langs(c, langs == NULL ? home_settings(c->flow.home)->lang : langs,
		    &r) && remedy_html(&r, &html, &c->err);
	}
	if (ok && f.view.state == NOTICE_SECRET)
		warn(c, "The secrecy runs until %s: the sheet says that it is over, so it is not handed over before.\n",
		    when_people(f.view.notice.until).s);
	code = ok ? give_file(c, out, buf_span(&html), "Sheet for the person", false) :
	    fail(c);
	buf_clear(&html);
	return code;
}
