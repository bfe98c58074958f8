/* Deadlines: what is due, and the same as a calendar file. */
#include <string.h>

#include "cli/cli.h"
#include "cli/request.h"
#include "text/ics.h"

#define WITHIN_MAX 36500	/* days: a hundred years, as calendars go here */

static bool
within_option(struct cli *c, struct call *call, int64_t *until)
{
	const char *text = call_value(call, "within");
	uint64_t days;

	*until = WHEN_MAX;
	if (text == NULL)
		return true;
	if (!decimal_parse(span_text(text), WITHIN_MAX, &days))
		return err_set(&c->err, ERR_USE, "deadline.within",
		    "--within takes a number of days, 0 to %d", WITHIN_MAX);
	*until = world_now(c->world) + (int64_t)days * 86400;
	return true;
}

static const char *
stage_words(const struct due *d)
{
	switch (d->stage) {
	case STAGE_OVERDUE:
		return "OVERDUE";
	case STAGE_TWO_HOURS:
		return "within 2 hours";
	case STAGE_DAY:
		return "within 24 hours";
	case STAGE_HALF:
		return "half the time is gone";
	case STAGE_ARRIVAL:
	case DUE_STAGES:
		break;
	}
	return "";
}

static void
deadline_say(struct cli *c, const struct deadline *d, int64_t now)
{
	const struct law_deadline *r = d->due.rule;
	const char *stage = stage_words(&d->due);

	say(c, "%-14s %-16s %s owe it: %s\n", d->number.s, d->kind,
	    d->due.ours ? "we" : "they", due_what_words(d->due.what));
	say(c, "  %s, %s%s%s\n", due_people(d->due.at, now).s,
	    calendar_people(&d->calendar, d->due.at).s, stage[0] != '\0' ? "; " : "", stage);
	if (r != NULL)
		say(c, "  %s: %s %s (%s)\n", r->id, r->instrument, r->article,
		    law_certainty_name(r->certainty));
	if (d->due.warning != NULL)
		say(c, "  warned %lld days before (%s)\n",
		    (long long)d->due.warning->value, d->due.warning->id);
}

static void
deadline_json(struct json_out *j, const struct deadline *d)
{
	const struct law_deadline *r = d->due.rule;

	json_out_object(j, NULL);
	json_out_str(j, "number", d->number.s[0] != '\0' ? d->number.s : NULL);
	json_out_str(j, "kind", d->kind[0] != '\0' ? d->kind : NULL);
	json_out_str(j, "what", due_what_name(d->due.what));
	json_out_str(j, "words", due_what_words(d->due.what));
	json_out_bool(j, "ours", d->due.ours);
	json_out_str(j, "owes", d->owes[0] != '\0' ? d->owes : NULL);
	instant_json(j, "from", d->due.from);
	instant_json(j, "at", d->due.at);
	json_out_str(j, "local", calendar_people(&d->calendar, d->due.at).s);
	json_out_str(j, "zone", d->calendar.zone.name);
	json_out_str(j, "stage", due_stage_name(d->due.stage));
	json_out_str(j, "rule", r != NULL ? r->id : NULL);
	json_out_str(j, "instrument", r != NULL ? r->instrument : NULL);
	json_out_str(j, "article", r != NULL ? r->article : NULL);
	json_out_str(j, "certainty", r != NULL ? law_certainty_name(r->certainty) : NULL);
	json_out_str(j, "warning", d->due.warning != NULL ? d->due.warning->id : NULL);
	json_out_array(j, "reminders");
	for (size_t i = 0; i < d->due.alarms_n; i++)
		json_out_str(j, NULL, when_rfc3339(d->due.alarms[i]).s);
	json_out_close_array(j);
	json_out_close_object(j);
}

int
run_deadline_list(struct cli *c, struct call *call)
{
	int64_t now = world_now(c->world), until;
	struct deadline *list = NULL;
	struct json_out j;
	size_t n = 0;

	if (!within_option(c, call, &until) ||
	    !flow_deadlines(&c->flow, until, call_flag(call, "secrecy"), &list, &n, &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.deadlines/1");
		json_out_str(&j, "now", when_rfc3339(now).s);
		json_out_array(&j, "deadlines");
		for (size_t i = 0; i < n; i++)
			deadline_json(&j, &list[i]);
		json_out_close_array(&j);
		json_done(c, &j);
	}
	for (size_t i = 0; !c->json && i < n; i++)
		deadline_say(c, &list[i], now);
	if (n == 0 && !c->json)
		say(c, "Nothing is due%s.\n", until == WHEN_MAX ? "" : " until then");
	mem_free(list);
	return EXIT_DONE;
}

static int
calendar_give(struct cli *c, const char *out, struct buf *file)
{
	const char *text;

	if (out != NULL && strcmp(out, "-") != 0)
		return give_file(c, out, buf_span(file), "Calendar file", false);
	if (!buf_text(file, &text, &c->err))
		return fail(c);
	text_begin(c);
	say(c, "%s", text);
	return text_end(c, "comity.calendar/1");
}

int
run_deadline_export(struct cli *c, struct call *call)
{
	struct deadline *list = NULL;
	struct buf file;
	size_t n = 0;
	int code;

	if (!call_flag(call, "ics"))
		return fail_use(c, "comity deadline export needs --ics: the one form there is");
	buf_init(&file, 0);
	if (!flow_deadlines(&c->flow, WHEN_MAX, call_flag(call, "secrecy"), &list, &n, &c->err)) {
		code = fail(c);
	} else {
		buf_init(&file, n * ICS_EVENT_MAX + 512);
		code = ics_print(list, n, world_now(c->world), &file, &c->err) ?
		    calendar_give(c, call_value(call, "out"), &file) : fail(c);
	}
	buf_clear(&file);
	mem_free(list);
	return code;
}
