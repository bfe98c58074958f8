/* Calls back, earlier refusals, and what this node sets about a State. */
#include <string.h>

#include "cli/cli.h"
#include "cli/request.h"
#include "flow/guards.h"

/* ---- a request of theirs ---- */

static const char *
stands_words(enum call_result r)
{
	switch (r) {
	case CALL_YES:
		return "They sent it: it can be answered.";
	case CALL_NO:
		return "SUSPECTED FORGERY: they know nothing of it. It is set aside: nobody says yes to it or executes it any more. Tell that authority that its key is misused (comity peer revoke), keep the parcel, and end it with: comity request refuse";
	case CALL_NOBODY:
		return "Nobody answered: it waits. Call again.";
	case CALL_NONE:
	case CALL_RESULTS:
		break;
	}
	return "";
}

int
run_request_called(struct cli *c, struct call *call)
{
	struct call_wish w = { .dialled = call_value(call, "dialled"),
		.answered_by = call_value(call, "answered-by"),
		.result = call_value(call, "result") };
	struct call_view v;
	struct json_out j;
	unsigned number;

	if (!request_arg(c, call, &number) ||
	    !flow_request_called(&c->flow, number, &w, &v, &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.call/1");
		json_out_str(&j, "number", request_number_text(
		    home_settings(c->flow.home)->state, &v.row).s);
		json_out_str(&j, "result", w.result);
		json_out_str(&j, "stands", call_result_name(v.stands));
		json_done(c, &j);
		return EXIT_DONE;
	}
	say(c, "Written down: ");
	say_text(c, v.phone);
	say(c, " was called about %s. %s\n", request_number_text(
	    home_settings(c->flow.home)->state, &v.row).s, stands_words(v.stands));
	return EXIT_DONE;
}

int
run_request_seen(struct cli *c, struct call *call)
{
	const char *typed = call_value(call, "earlier");
	struct json_out j;
	unsigned number, earlier;

	if (typed == NULL)
		return fail_use(c, "comity request seen needs --earlier NUMBER: the refused request that was read");
	if (!request_arg(c, call, &number) ||
	    !request_number_parse(typed, &earlier, &c->err) ||
	    !flow_request_seen(&c->flow, number, earlier, &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.seen/1");
		json_out_int(&j, "request", number);
		json_out_int(&j, "earlier", earlier);
		json_done(c, &j);
	}
	say(c, "Written down: why request %u was refused was read before request %u is answered.\n",
	    earlier, number);
	return EXIT_DONE;
}

/* ---- a State ---- */

static int
policy_done(struct cli *c, const char *state, const char *what, const char *value)
{
	struct json_out j;

	if (c->json) {
		json_start(c, &j, "comity.policy/1");
		json_out_str(&j, "state", state);
		json_out_str(&j, "what", what);
		json_out_str(&j, "value", value);
		json_done(c, &j);
	}
	say(c, "%s: %s is %s from now on; a leaf of the ledger says so. All that is set: comity policy list\n",
	    state, what, value);
	return EXIT_DONE;
}

int
run_policy_risk(struct cli *c, struct call *call)
{
	const char *level = call_value(call, "level");

	if (!flow_policy_risk(&c->flow, call->args[0], call_value(call, "measure"), level,
	    call_value(call, "reason"), &c->err))
		return fail(c);
	return policy_done(c, call->args[0], "risk", level);
}

int
run_policy_realtime(struct cli *c, struct call *call)
{
	bool on = call_flag(call, "on");

	if (on == call_flag(call, "off"))
		return fail_use(c, "comity policy realtime needs --on or --off");
	if (!flow_policy_realtime(&c->flow, call->args[0], call_value(call, "instrument"), on,
	    call_value(call, "reason"), &c->err))
		return fail(c);
	return policy_done(c, call->args[0], "realtime", on ? "on" : "off");
}

struct policy_listing {
	struct cli *c;
	struct json_out *j;
	size_t n;
};

static bool
policy_line(void *arg, const struct docket_stance *s, struct err *err)
{
	struct policy_listing *l = arg;
	struct cli *c = l->c;

	(void)err;
	l->n++;
	if (l->j != NULL) {
		json_out_object(l->j, NULL);
		json_out_str(l->j, "state", s->state);
		json_out_str(l->j, "what", s->what);
		json_out_str(l->j, "about", s->about);
		json_out_str(l->j, "value", s->value);
		instant_json(l->j, "since", s->since);
		json_out_str(l->j, "reason", s->reason);
		json_out_close_object(l->j);
		return true;
	}
	say(c, "%s  %-9s %-18s %-11s since %s\n", s->state, s->what, s->about, s->value,
	    when_people(s->since).s);
	if (s->reason != NULL) {
		say(c, "    ");
		say_text(c, s->reason);
		say(c, "\n");
	}
	return true;
}

int
run_policy_list(struct cli *c, struct call *call)
{
	struct policy_listing l = { .c = c };
	struct json_out j;
	bool ok;

	if (c->json) {
		json_start(c, &j, "comity.policies/1");
		json_out_array(&j, "policies");
		l.j = &j;
	}
	ok = flow_policies(&c->flow, call_flag(call, "reasons"), policy_line, &l, &c->err);
	if (c->json) {
		json_out_close_array(&j);
		if (ok)
			json_done(c, &j);
	}
	if (!ok)
		return fail(c);
	if (l.n == 0 && !c->json)
		say(c, "Nothing is set: each State by the tables of the law; collection in real time is off.\n");
	return EXIT_DONE;
}
