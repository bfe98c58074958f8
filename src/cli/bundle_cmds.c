/* bundle: the folder that travels; and the inbox it fills. */
#include <stdio.h>
#include <string.h>

#include "cli/request.h"
#include "cli/verdict.h"
#include "text/verdict.h"

static void
bundle_members(struct json_out *j, const struct bundle_result *r)
{
	json_out_int(j, "parcels", (int64_t)r->parcels);
	json_out_int(j, "already", (int64_t)r->already);
	json_out_int(j, "held_back", (int64_t)r->held_back);
	json_out_int(j, "bytes", (int64_t)r->bytes);
	json_out_object(j, "ledgers");
	json_out_int(j, "cosigned", (int64_t)r->cosigned);
	json_out_int(j, "cosignatures", (int64_t)r->cosignatures);
	json_out_int(j, "mirrored", (int64_t)r->ledger_entries);
	json_out_bool(j, "trouble", r->ledger_trouble);
	json_out_bool(j, "damaged", r->ledger_damaged);
	json_shown(j, "text", r->ledger_text);
	json_out_close_object(j);
}

static void
ledgers_say(struct cli *c, const struct bundle_result *r)
{
	if (r->cosigned > 0)
		say(c, "  %s of the sender cosigned here; the cosignature goes back with the next bundle.\n",
		    count_people(r->cosigned, "ledger", "ledgers").s);
	if (r->cosignatures > 0)
		say(c, "  %s on our ledger.\n", count_people(r->cosignatures,
		    "new cosignature", "new cosignatures").s);
	if (r->ledger_text[0] == '\0')
		return;
	say(c, "  %s", r->ledger_trouble || r->ledger_damaged ? "LEDGER: " : "");
	say_text(c, r->ledger_text);
	say(c, "\n");
	if (r->ledger_damaged)
		say(c, "  Only what needs these files was left out of what ledgers tell each other; every parcel is whole.\n"
		    "  Next: comity ledger check\n");
}

int
run_bundle_write(struct cli *c, struct call *call)
{
	const char *to = call_value(call, "to");
	struct bundle_result r;
	struct json_out j;

	if (to == NULL)
		return fail_use(c, "comity bundle write needs --to PEER");
	if (!(call_flag(call, "ledger") ? flow_bundle_write_ledger : flow_bundle_write)(
	    &c->flow, call->args[0], to, &r, &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.bundle-written/1");
		bundle_members(&j, &r);
		json_done(c, &j);
	}
	if (r.parcels > 0)
		say(c, "%s, %s, in ", count_people(r.parcels, "parcel", "parcels").s,
		    size_people(r.bytes).s);
	else
		say(c, "No parcel waits; what ledgers tell each other is in ");
	say_text(c, call->args[0]);
	say(c, ": everything is on the medium and checked.\n");
	ledgers_say(c, &r);
	if (r.held_back > 0)
		say(c, "Not in it: %s. This home came out of a backup, and evidence leaves once its peers have shown what they were told was destroyed.\n  Next: comity bundle write DIR --to PEER --ledger, both ways\n",
		    count_people(r.held_back, "package of evidence",
		    "packages of evidence").s);
	say(c, "The other side types: comity bundle read DIR\n");
	return r.ledger_damaged ? EXIT_PARTLY : EXIT_DONE;
}

/* ---- what has arrived ---- */

struct inbox_telling {
	struct cli *c;
	struct json_out *j;
	int code;
	bool verdicts;			/* evidence whose time is only claimed counts, too */
	bool details;			/* every check of evidence that was kept */
	unsigned request, evidence;	/* the last that wants somebody; 0 none */
};

/* What was not taken decides the exit code: the gravest of all. */
static int
code_of(const struct taken *t)
{
	switch (t->as) {
	case TAKEN:
	case TAKEN_AGAIN:
	case TAKEN_OTHER_PACKAGE:
		return EXIT_DONE;
	case TAKEN_WAITS:
		return EXIT_PARTLY;
	case TAKEN_NOT:
		break;
	}
	switch (t->overall) {
	case OVERALL_CHANGED:
		return EXIT_CHANGED;
	case OVERALL_WRONG_IDENTITY:
		return EXIT_DENIED;
	case OVERALL_NOT_A_PACKAGE:
	case OVERALL_NO_IDENTITY:
		return EXIT_USE;
	case OVERALL_INTACT:
	case OVERALL_INCOMPLETE:
		break;
	}
	return EXIT_REFUSED;
}

/* "NOT CHECKED" of the docket is the phrase "PREFIX.not_checked". */
static bool
state_put(const char *lang, const char *prefix, const char *state, struct buf *out,
    struct err *err)
{
	char key[80];
	size_t n = (size_t)snprintf(key, sizeof key, "%s.%s", prefix, state);

	for (size_t i = strlen(prefix) + 1; i < n && i < sizeof key; i++)
		key[i] = key[i] == ' ' ? '_' : ascii_lower(key[i]);
	return phrase_put(lang, prefix, NULL, out, err) && buf_add_text(out, " ", err) &&
	    phrase_put(lang, key, NULL, out, err) && buf_add_text(out, "   ", err);
}

static bool
line_put(const struct docket_act *a, const char *lang, struct buf *out, struct err *err)
{
	const char *overall = strcmp(a->verdict, "Intact") == 0 ? "verdict.overall.intact" :
	    strcmp(a->verdict, "Changed") == 0 ? "verdict.overall.changed" :
	    "verdict.overall.incomplete";

	return state_put(lang, "verdict.unchanged", "yes", out, err) &&
	    state_put(lang, "verdict.who", a->who, out, err) &&
	    state_put(lang, "verdict.when", a->when, out, err) &&
	    phrase_put(lang, overall, NULL, out, err);
}

/* The three answers about evidence that was kept, in one line. */
static void
verdict_line(struct cli *c, const struct digest *act)
{
	struct err ignored = ERR_INIT;
	struct docket *d = NULL;
	struct docket_act a;
	struct buf line;
	bool found = false;

	if (!home_docket(c->flow.home, &d, &ignored))
		return;
	buf_init(&line, 1000);
	if (docket_act_get(d, act, &a, &found, &ignored) && found &&
	    line_put(&a, c->lang, &line, &ignored))
		say(c, "              %.*s\n", (int)line.n, (const char *)line.p);
	buf_clear(&line);
	home_docket_done(c->flow.home);
}

/* The whole report, checked again from the parcel that is kept. */
static bool
details_say(struct cli *c, const struct digest *act, struct err *err)
{
	struct package_report *r = mem_new(sizeof *r, err);
	struct verify_wish w = { 0 };
	struct buf path;
	bool ok;

	if (r == NULL)
		return false;
	package_report_init(r);
	buf_init(&path, SEALED_PATH_MAX);
	ok = buf_printf(&path, err, "%s/%s", home_path(c->flow.home),
	    parcel_path(act).s) && buf_text(&path, &w.path, err) &&
	    flow_verify(&c->flow, &w, r, err);
	if (ok)
		verdict_say(c, r, true);
	buf_clear(&path);
	package_report_clear(r);
	mem_free(r);
	return ok;
}

static bool
taken_told(void *arg, const char *name, const struct taken *t, struct err *err)
{
	static const char *const as[] = { "taken", "again", "other_package", "waits",
		"not_taken" };
	struct inbox_telling *l = arg;
	int code = code_of(t);

	(void)err;
	if (l->verdicts && t->as == TAKEN && t->evidence != 0 &&
	    t->kind == ACT_DELIVERED && t->overall == OVERALL_INCOMPLETE)
		code = EXIT_INCOMPLETE;
	l->code = graver(l->code, code);
	if (t->as == TAKEN && t->request != 0)
		l->request = t->request;
	if (t->as == TAKEN && t->evidence != 0)
		l->evidence = t->evidence;
	if (l->j != NULL) {
		json_out_object(l->j, NULL);
		json_shown(l->j, "parcel", name);
		json_out_str(l->j, "as", as[t->as]);
		json_out_str(l->j, "kind", t->has_act ? act_kind_name(t->kind) : NULL);
		if (t->has_act)
			json_out_digest(l->j, "act", &t->act);
		json_out_str(l->j, "from", t->from[0] != '\0' ? t->from : NULL);
		json_out_int(l->j, "request", t->request);
		json_out_int(l->j, "evidence", t->evidence);
		json_out_str(l->j, "reason", t->reason);
		json_shown(l->j, "text", t->text);
		json_out_int(l->j, "exit", code);
		json_out_close_object(l->j);
		return true;
	}
	say(l->c, "  %-11s %s", t->has_act ? act_kind_name(t->kind) : "?",
	    t->from[0] != '\0' ? t->from : "");
	say(l->c, t->from[0] != '\0' ? ": " : "");
	say_text(l->c, t->text);
	say(l->c, "\n");
	if (t->as != TAKEN || t->evidence == 0)
		return true;
	verdict_line(l->c, &t->act);
	return !l->details || details_say(l->c, &t->act, err);
}

/* Is there anybody or anything that gives the passphrase? */
static bool
passphrase_there(struct cli *c)
{
	return c->passphrase_file != NULL ||
	    (!c->no_input && world_input_is_terminal(c->world));
}

static void
inbox_next(struct cli *c, const struct inbox_telling *l)
{
	if (l->evidence != 0)
		say(c, "  Next: comity evidence open %04u --out FOLDER\n", l->evidence);
	else if (l->request != 0)
		say(c, "  Next: comity request show %u\n", l->request);
}

int
run_bundle_read(struct cli *c, struct call *call)
{
	struct inbox_telling l = { .c = c };
	struct bundle_result r;
	struct json_out j;
	size_t n = 0;
	bool later = call_flag(call, "later") || !passphrase_there(c);

	if (!flow_bundle_read(&c->flow, call->args[0], &r, &c->err)) {
		if (r.parcels > 0)
			warn(c, "%s taken in (%s), and then:\n", count_people(r.parcels,
			    "parcel", "parcels").s, size_people(r.bytes).s);
		return fail(c);
	}
	if (c->json) {
		json_start(c, &j, "comity.bundle-read/1");
		bundle_members(&j, &r);
		json_out_array(&j, "acts");
		l.j = &j;
	}
	say(c, "%s copied (%s)", count_people(r.parcels, "parcel", "parcels").s,
	    size_people(r.bytes).s);
	if (r.already > 0)
		say(c, "; %s here already", count_people(r.already, "was", "were").s);
	say(c, ".\n");
	ledgers_say(c, &r);
	if (r.ledger_trouble)
		l.code = graver(l.code, EXIT_CHANGED);
	if (r.ledger_damaged)
		l.code = graver(l.code, EXIT_PARTLY);
	if (!later && !flow_take_inbox(&c->flow, taken_told, &l, &n, &c->err))
		return fail(c);
	if (c->json) {
		json_out_close_array(&j);
		json_done(c, &j);
	}
	if (later)
		say(c, "They wait in the inbox.\n  Next: comity evidence receive\n");
	else
		inbox_next(c, &l);
	return l.code;
}

int
inbox_receive(struct cli *c, bool details)
{
	struct inbox_telling l = { .c = c, .verdicts = true, .details = details };
	struct keyring *k = NULL;
	struct json_out j;
	size_t n = 0;

	if (!home_lock(c->flow.home, &c->err) || !flow_keyring(&c->flow, &k, &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.received/1");
		json_out_array(&j, "parcels");
		l.j = &j;
	}
	if (!flow_take_inbox(&c->flow, taken_told, &l, &n, &c->err))
		return fail(c);
	if (c->json) {
		json_out_close_array(&j);
		json_done(c, &j);
	}
	if (n == 0 && l.code == EXIT_DONE)
		say(c, "Nothing has arrived that is not here already.\n  Next: comity bundle read DIR, or comity evidence receive FILE\n");
	inbox_next(c, &l);
	return l.code;
}
