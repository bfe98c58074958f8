/* Holds, and the execution of what was granted. */
#include <string.h>

#include "cli/cli.h"
#include "cli/request.h"
#include "flow/execute.h"
#include "flow/hold.h"

/* ---- how a hold stands, in words ---- */

static const char *
state_words(const struct docket_hold *h)
{
	enum hold_state s;

	if (!hold_state_parse(h->state, &s))
		return h->state;
	switch (s) {
	case HOLD_ASKED:
		return "asked for; nothing is held yet";
	case HOLD_EFFECTIVE:
		return "the data are held";
	case HOLD_EXTENDED:
		return "the data are held, longer than at first";
	case HOLD_BOUND:
		return "kept until the later request is decided (Article 42(9))";
	case HOLD_RELEASED:
		if (strcmp(h->ended_by, hold_event_name(HOLD_DENY)) != 0)
			return "released: nothing is held any more";
		return h->until == 0 ? "nothing was ever held" :
		    "withdrawn before the yes was here: the other side may hold the data until they are let go";
	case HOLD_LAPSED:
		return strcmp(h->ended_by, hold_event_name(HOLD_DOMESTIC_ENDS)) == 0 ?
		    "LAPSED: the domestic order ended" :
		    "LAPSED: the time it was granted for is over";
	case HOLD_STATES:
		break;
	}
	return h->state;
}

static void
hold_say(struct cli *c, const struct hold_view *v)
{
	const struct docket_hold *h = &v->hold;

	say(c, "%s  %s\n", request_number_text(home_settings(c->flow.home)->state,
	    &v->row).s, h->ours ? "they hold for us" : "we hold for them");
	say(c, "  %s\n", state_words(h));
	if (h->effected_at != 0)
		say(c, "  held since        %s\n", when_people(h->effected_at).s);
	if (h->until != 0)
		say(c, "  granted until     %s\n", when_people(h->until).s);
	if (h->order_until != 0) {
		say(c, "  domestic order    ");
		say_text(c, h->order);
		say(c, ", until %s\n", when_people(h->order_until).s);
	} else if (!h->ours && h->effected_at != 0 && h->ended_at == 0) {
		say(c, "  domestic order    none is noted: comity hold renew %u --order NUMBER --until DAY\n",
		    h->request);
	}
	for (size_t i = 0; i < v->names_n; i++)
		say(c, "  named by          request %u\n", v->names[i]);
	if (h->resumed_at != 0)
		say(c, "  noted as lapsed   %s, by a clock that ran ahead; taken back %s\n",
		    when_people(h->misnoted_at).s, when_people(h->resumed_at).s);
	if (h->ended_at != 0)
		say(c, "  ended             %s\n", when_people(h->ended_at).s);
	else if (v->ends_at != 0)
		say(c, "  ends              %s, if nobody does anything\n",
		    when_people(v->ends_at).s);
}

static void
hold_json(struct cli *c, struct json_out *j, const struct hold_view *v)
{
	const struct docket_hold *h = &v->hold;

	json_out_object(j, NULL);
	json_out_str(j, "number", request_number_text(
	    home_settings(c->flow.home)->state, &v->row).s);
	json_out_bool(j, "ours", h->ours);
	json_out_str(j, "state", h->state);
	json_out_str(j, "words", state_words(h));
	instant_json(j, "effected_at", h->effected_at);
	instant_json(j, "until", h->until);
	json_out_str(j, "order", h->order);
	instant_json(j, "order_until", h->order_until);
	instant_json(j, "ends_at", v->ends_at);
	instant_json(j, "ended_at", h->ended_at);
	json_out_str(j, "ended_by", h->ended_by);
	instant_json(j, "misnoted_at", h->misnoted_at);
	instant_json(j, "resumed_at", h->resumed_at);
	json_out_int(j, "named_by", (int64_t)v->names_n);
	json_out_int(j, "bound_by", (int64_t)v->pending);
	json_out_close_object(j);
}

/* ---- commands ---- */

struct hold_listing {
	struct cli *c;
	struct json_out *j;
	size_t n;
};

static bool
hold_line(void *arg, const struct hold_view *v, struct err *err)
{
	struct hold_listing *l = arg;

	(void)err;
	l->n++;
	if (l->j != NULL)
		hold_json(l->c, l->j, v);
	else
		hold_say(l->c, v);
	return true;
}

int
run_hold_list(struct cli *c, struct call *call)
{
	struct hold_listing l = { .c = c };
	struct json_out j;
	bool all = call_flag(call, "all"), ok;

	if (c->json) {
		json_start(c, &j, "comity.holds/1");
		json_out_array(&j, "holds");
		l.j = &j;
	}
	ok = flow_holds(&c->flow, !all, hold_line, &l, &c->err);
	if (c->json) {
		json_out_close_array(&j);
		if (ok)
			json_done(c, &j);
	}
	if (!ok)
		return fail(c);
	if (l.n == 0 && !c->json)
		say(c, all ? "There is no hold.\n" :
		    "Nothing is held. Those released and lapsed too: comity hold list --all\n");
	return EXIT_DONE;
}

static int
hold_answer(struct cli *c, const struct hold_view *v)
{
	struct json_out j;

	if (c->json) {
		json_start(c, &j, "comity.hold/1");
		json_out_array(&j, "holds");
		hold_json(c, &j, v);
		json_out_close_array(&j);
		json_done(c, &j);
	} else {
		hold_say(c, v);
	}
	return EXIT_DONE;
}

int
run_hold_show(struct cli *c, struct call *call)
{
	struct hold_view v;
	unsigned number;

	if (!request_arg(c, call, &number) ||
	    !flow_hold_show(&c->flow, number, &v, &c->err))
		return fail(c);
	return hold_answer(c, &v);
}

int
run_hold_renew(struct cli *c, struct call *call)
{
	const char *order = call_value(call, "order");
	struct hold_view v;
	bool has_until;
	int64_t until = 0;
	unsigned number;

	if (order == NULL || call_value(call, "until") == NULL)
		return fail_use(c, "comity hold renew needs --order NUMBER and --until DAY: the order that a provider obeys, and until when");
	if (!request_arg(c, call, &number) ||
	    !time_option(c, call_value(call, "until"), &has_until, &until) ||
	    !flow_hold_renew(&c->flow, number, order, until, &v, &c->err))
		return fail(c);
	return hold_answer(c, &v);
}

int
run_request_execute(struct cli *c, struct call *call)
{
	struct execute_wish w = { .authorisation = call_value(call, "authorisation"),
		.waiver = call_value(call, "waive-dual-criminality"),
		.assured = call_flag(call, "assured") };
	struct docket_request r;
	struct json_out j;
	unsigned number;

	if (!request_arg(c, call, &number) ||
	    !flow_request_execute(&c->flow, number, &w, &r, &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.request/1");
		request_json(c, &j, &r);
		json_done(c, &j);
	}
	say(c, "%s is being executed. The other side is told nothing; it may ask with a status_query.\n",
	    request_number_text(home_settings(c->flow.home)->state, &r).s);
	say(c, "  Next: comity request answer %u --evidence ID   (or refuse, postpone, or close --reason nothing_found)\n",
	    r.number);
	return EXIT_DONE;
}
