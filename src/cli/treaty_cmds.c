/* treaty show, list, import, sign, confirm: what binds whom, and how we know. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "flow/requests.h"
#include "flow/treaty.h"

#define DAY ((int64_t)86400)
#define DECLARATIONS_MAX 256	/* of one State: the longest lists have some 30 each */
#define CONTACTS_MAX 64
#define OLD_DAYS 180		/* data of half a year ago: people are told to look again */

static const char *const instruments[] = { "UNCAC-CYBER", "Budapest", "Budapest-2AP",
	"UNTOC" };
#define INSTRUMENTS (sizeof instruments / sizeof *instruments)

static const char *
binds_name(enum law_binds b)
{
	return b == LAW_BINDS ? "yes" : b == LAW_BINDS_NOT ? "no" : "unsure";
}

static int64_t
age_days(struct cli *c, const struct law_version *v)
{
	return (world_now(c->world) - law_day_first(v->dated)) / DAY;
}

/* "83 days old": of what a decision rests on. */
static void
version_say(struct cli *c, const struct law_version *v)
{
	int64_t days = age_days(c, v);

	say(c, "%s, %lld days old%s", law_version_people(v).s,
	    (long long)(days < 0 ? 0 : days), days > OLD_DAYS ? ": look for an update" : "");
}

static void
version_json(struct cli *c, struct json_out *j, const struct law_version *v)
{
	json_out_str(j, "series", v->series);
	json_out_int(j, "serial", (int64_t)v->serial);
	json_out_str(j, "dated", law_day_text(v->dated).s);
	json_out_int(j, "age_days", age_days(c, v));
	json_shown(j, "source", v->source);
}

/* ---- show: the Convention as a whole ---- */

static void
force_say(struct cli *c, const struct law_status *s, int64_t at)
{
	struct law_force f;
	uint32_t day = LAW_DAY_NONE;

	if (!law_day_of(at, &day))
		return;
	f = law_hanoi_force(s, day);
	say(c, "UN Convention against Cybercrime (UNCAC-CYBER) on %s: ", when_day(at).s);
	if (f.general != LAW_DAY_NONE && f.general <= day)
		say(c, "in force since %s.\n", law_day_text(f.general).s);
	else
		say(c, "not in force.\n");
	say(c, "  %u of %u instruments deposited by then, as far as known here (Article 65(1); regional organisations are not counted)\n",
	    f.instruments, f.needed);
	if (f.fortieth != LAW_DAY_NONE)
		say(c, "  fortieth instrument: %s; in force on the ninetieth day after it: %s\n",
		    law_day_text(f.fortieth).s, law_day_text(f.general).s);
}

static void
force_json(struct json_out *j, const struct law_status *s, int64_t at)
{
	struct law_force f;
	uint32_t day = LAW_DAY_NONE;

	if (!law_day_of(at, &day))
		return;
	f = law_hanoi_force(s, day);
	json_out_object(j, "convention");
	json_out_bool(j, "in_force", f.general != LAW_DAY_NONE && f.general <= day);
	json_out_int(j, "instruments", f.instruments);
	json_out_int(j, "needed", f.needed);
	json_out_str(j, "fortieth", law_day_text(f.fortieth).s);
	json_out_str(j, "since", law_day_text(f.general).s);
	json_out_close_object(j);
}

static void
sources_say(struct cli *c, const struct law_status *s)
{
	say(c, "Data: ");
	version_say(c, law_version_built_in());
	say(c, "\n");
	for (size_t i = 0; i < law_status_documents(s); i++) {
		say(c, "      ");
		version_say(c, law_status_document(s, i));
		say(c, "\n");
	}
	say(c, "What a date rests on (text, sister, secondary, memory, unknown) stands behind it;\n"
	    "memory and unknown bind nobody until an officer confirms: comity treaty confirm\n");
}

static int
show_all(struct cli *c, const struct law_status *s, int64_t at)
{
	struct json_out j;

	force_say(c, s, at);
	sources_say(c, s);
	say(c, "One State: comity treaty show FR. What is imported: comity treaty list.\n");
	if (!c->json)
		return EXIT_DONE;
	json_start(c, &j, "comity.treaty-show/1");
	json_out_str(&j, "at", when_day(at).s);
	force_json(&j, s, at);
	json_out_object(&j, "built_in");
	version_json(c, &j, law_version_built_in());
	json_out_close_object(&j);
	json_done(c, &j);
	return EXIT_DONE;
}

/* ---- show: one State ---- */

static void
day_say(struct cli *c, const char *what, uint32_t day)
{
	if (day == LAW_DAY_SOME)
		say(c, "; %s, day not known", what);
	else if (day != LAW_DAY_NONE)
		say(c, "; %s %s", what, law_day_text(day).s);
}

static void
member_say(struct cli *c, const struct law_status *s, const char *state,
    const char *instrument, int64_t at)
{
	const struct law_confirmation *k = law_confirmed(s, state, instrument);
	struct law_party p;

	say(c, "  %-13s", instrument);
	if (!law_party_find(s, state, instrument, &p)) {
		say(c, "%s\n", law_training(state) && strcmp(instrument, "UNCAC-CYBER") == 0 ?
		    "as an exercise, with other training States" : "no");
		return;
	}
	say(c, "%s", binds_name(law_state_bound(s, state, instrument, at)));
	day_say(c, "in force", law_party_since(s, &p));
	day_say(c, "signed", p.signed_on);
	day_say(c, "deposited", p.deposited_on);
	day_say(c, "until", p.until);
	say(c, " (%s; %s)\n", law_certainty_name(p.certainty),
	    law_version_people(p.version).s);
	if (p.note[0] != '\0') {
		say(c, "               ");
		say_text(c, p.note);
		say(c, "\n");
	}
	if (k != NULL) {
		say(c, "               confirmed on %s: ", law_day_text(k->on).s);
		say_text(c, k->source);
		say(c, "\n");
	}
}

static void
declarations_say(struct cli *c, const struct law_status *s, const char *state)
{
	struct law_declaration list[DECLARATIONS_MAX];
	size_t n = law_declarations(s, state, NULL, list, DECLARATIONS_MAX);

	for (size_t i = 0; i < n; i++) {
		say(c, "  %s to %s %s: ", list[i].reservation ? "reservation" : "declaration",
		    list[i].instrument, list[i].article);
		say_text(c, list[i].text);
		say(c, "\n");
	}
}

static void
contacts_say(struct cli *c, const struct law_status *s, const char *state)
{
	struct law_contact list[CONTACTS_MAX];
	size_t n = law_contacts(s, state, list, CONTACTS_MAX);

	for (size_t i = 0; i < n; i++) {
		say(c, "  contact       %s: ", list[i].role);
		say_text(c, list[i].name);
		say(c, "  ");
		say_text(c, list[i].phone);
		say(c, "  ");
		say_text(c, list[i].email);
		say(c, "  ");
		say_text(c, list[i].hours);
		say(c, "\n");
	}
	if (law_networks(state)[0] != '\0')
		say(c, "  networks      %s (memory)\n", law_networks(state));
}

static void
calendar_say(struct cli *c, const struct law_status *s, const char *state)
{
	static const char *const names[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
		"Sun" };
	struct calendar k;

	law_calendar(s, state, NULL, &k);
	if (!k.known) {
		say(c, "  calendar      nobody said: UTC, Mon to Fri\n");
		return;
	}
	say(c, "  calendar      %s;", k.zone.name);
	for (size_t i = 0; i < 7; i++)
		if ((k.working >> i & 1u) != 0)
			say(c, " %s", names[i]);
	say(c, "; %s (%s)\n", k.holidays_n == 0 ? "no holidays known here" :
	    count_people(k.holidays_n, "holiday", "holidays").s,
	    law_certainty_name(k.certainty));
}

/* What stands between this authority's State and that one, for a kind or for all. */
static void
candidates_say(struct cli *c, const struct law_status *s, const char *measure,
    const char *ours, const char *state, int64_t at)
{
	struct law_candidate list[8];
	size_t n = law_basis_candidates(s, measure, ours, state, at, list, 8);
	const struct law_basis *b = law_basis_suggest(s, measure, ours, state, at);

	say(c, "  %s from %s to %s on %s:\n", measure, ours, state, when_day(at).s);
	for (size_t i = 0; i < n; i++)
		say(c, "   %c %-14s %s; %s (%s)\n", list[i].basis == b ? '*' : ' ',
		    list[i].basis->instrument, list[i].basis->articles[0] != '\0' ?
		    list[i].basis->articles : "-", list[i].why,
		    law_certainty_name(list[i].basis->certainty));
	if (law_training(ours) != law_training(state))
		say(c, "     none: an exercise never reaches a real authority\n");
	else if (law_basis(measure, "UNCAC-CYBER") == NULL &&
	    law_basis(measure, "reciprocity") == NULL)
		say(c, "     none: it runs on the law of its own State\n");
	else if (n == 0)
		say(c, "     none: the police channel, a freeze alert or a letter remain\n");
	else if (b == NULL)
		say(c, "     none is suggested before an officer confirms, or names one\n");
}

static bool
measure_of(const char *name, const char **out)
{
	*out = name != NULL ? name : "preserve";
	return law_measure(*out) != NULL;
}

/* "" without a home: then nothing is said of what stands between two States. */
static const char *
our_state(struct cli *c)
{
	return c->flow.home != NULL ? home_settings(c->flow.home)->state : "";
}

static void
candidates_json(struct json_out *j, const struct law_status *s, const char *measure,
    const char *ours, const char *state, int64_t at)
{
	const struct law_basis *b = law_basis_suggest(s, measure, ours, state, at);
	struct law_candidate list[8];
	size_t n = law_basis_candidates(s, measure, ours, state, at, list, 8);

	for (size_t i = 0; i < n; i++) {
		json_out_object(j, NULL);
		json_out_str(j, "instrument", list[i].basis->instrument);
		json_out_str(j, "articles", list[i].basis->articles);
		json_out_str(j, "grounds", list[i].basis->grounds);
		json_out_str(j, "binds", binds_name(list[i].binds));
		json_out_bool(j, "suggested", list[i].basis == b);
		json_out_str(j, "certainty", law_certainty_name(list[i].basis->certainty));
		json_out_str(j, "why", list[i].why);
		json_out_close_object(j);
	}
}

static void
state_json(struct cli *c, const struct law_status *s, const struct law_state *state,
    const char *measure, int64_t at)
{
	const char *ours = our_state(c);
	struct json_out j;

	json_start(c, &j, "comity.treaty-state/1");
	json_out_str(&j, "state", state->code);
	json_out_str(&j, "name", state->name);
	json_out_str(&j, "at", when_day(at).s);
	json_out_array(&j, "instruments");
	for (size_t i = 0; i < INSTRUMENTS; i++) {
		struct law_party p;

		if (!law_party_find(s, state->code, instruments[i], &p))
			continue;
		json_out_object(&j, NULL);
		json_out_str(&j, "instrument", instruments[i]);
		json_out_str(&j, "binds", binds_name(law_state_bound(s, state->code,
		    instruments[i], at)));
		json_out_str(&j, "since", law_day_text(law_party_since(s, &p)).s);
		json_out_str(&j, "signed", law_day_text(p.signed_on).s);
		json_out_str(&j, "deposited", law_day_text(p.deposited_on).s);
		json_out_str(&j, "until", law_day_text(p.until).s);
		json_out_str(&j, "certainty", law_certainty_name(p.certainty));
		json_out_bool(&j, "confirmed", law_confirmed(s, state->code,
		    instruments[i]) != NULL);
		version_json(c, &j, p.version);
		json_out_close_object(&j);
	}
	json_out_close_array(&j);
	json_out_str(&j, "languages", law_languages(s, state->code));
	json_out_str(&j, "measure", measure);
	json_out_array(&j, "candidates");
	if (ours[0] != '\0')
		candidates_json(&j, s, measure, ours, state->code, at);
	json_out_close_array(&j);
	json_done(c, &j);
}

static int
show_state(struct cli *c, const struct law_status *s, const struct law_state *state,
    const char *measure, int64_t at)
{
	const char *ours = our_state(c);

	say(c, "%s  %s%s\n", state->code, state->name, state->training ? "  TRAINING" : "");
	say(c, "  Bound on %s (how sure; which data):\n", when_day(at).s);
	for (size_t i = 0; i < INSTRUMENTS; i++)
		member_say(c, s, state->code, instruments[i], at);
	declarations_say(c, s, state->code);
	if (law_languages(s, state->code)[0] != '\0')
		say(c, "  languages     %s\n", law_languages(s, state->code));
	contacts_say(c, s, state->code);
	calendar_say(c, s, state->code);
	if (ours[0] != '\0' && strcmp(ours, state->code) != 0)
		candidates_say(c, s, measure, ours, state->code, at);
	if (c->json)
		state_json(c, s, state, measure, at);
	return EXIT_DONE;
}

/* The home's own, or without any home what is built in; a home that was named must be. */
static bool
law_here(struct cli *c, const struct law_status **out)
{
	const char *path;

	if (c->home_path.n > 0 && (!buf_text(&c->home_path, &path, &c->err) ||
	    !flow_open(&c->flow, path, &c->err))) {
		if (c->home_named || strcmp(c->err.reason, "home.absent") != 0)
			return false;
		err_clear(&c->err);
	}
	if (!flow_law(&c->flow, out, &c->err))
		return false;
	if (c->flow.home == NULL)
		say(c, "There is no home here: this is what was built in, without updates.\n");
	return true;
}

int
run_treaty_show(struct cli *c, struct call *call)
{
	const struct law_status *s;
	const struct law_state *state = NULL;
	const char *measure;
	int64_t at = 0;
	bool has = false;

	if (!time_option(c, call_value(call, "at"), &has, &at))
		return fail(c);
	if (!measure_of(call_value(call, "measure"), &measure))
		return fail_use(c, "there is no measure \"%.40s\"; see them with: comity request fields",
		    measure);
	if (call->args_n > 0 && (strlen(call->args[0]) != 2 ||
	    (state = law_state(call->args[0])) == NULL))
		return fail_use(c, "\"%.20s\" is the code of no State; write two capital letters, as in FR",
		    call->args[0]);
	if (!law_here(c, &s))
		return fail(c);
	if (!has)
		at = world_now(c->world);
	return state == NULL ? show_all(c, s, at) : show_state(c, s, state, measure, at);
}

/* ---- list ---- */

static bool
document_list(struct cli *c, struct json_out *j, const struct law_version *v)
{
	struct treaty_signed sig;

	if (!flow_treaty_signed(&c->flow, v->series, &sig, &c->err))
		return false;
	version_say(c, v);
	say(c, "\n  source     ");
	say_text(c, v->source);
	say(c, "\n  signature  ");
	say_text(c, sig.holds ? sig.signer : "IS NOT THERE OR DOES NOT HOLD: import it again");
	say(c, "\n");
	if (c->json) {
		json_out_object(j, NULL);
		version_json(c, j, v);
		json_out_bool(j, "signature_holds", sig.holds);
		json_shown(j, "signer", sig.signer);
		json_out_close_object(j);
	}
	return true;
}

static void
confirmed_list(struct cli *c, struct json_out *j, const struct law_status *s)
{
	const struct law_confirmation *list;
	size_t n = law_confirmations(s, &list);

	for (size_t i = 0; i < n; i++) {
		bool holds = law_confirmed(s, list[i].state, list[i].instrument) != NULL;

		say(c, "confirmed %s %s on %s: ", list[i].state, list[i].instrument,
		    law_day_text(list[i].on).s);
		say_text(c, list[i].source);
		say(c, "%s\n", holds ? "" : " (an update says otherwise since: it counts no more)");
		if (!c->json)
			continue;
		json_out_object(j, NULL);
		json_out_str(j, "state", list[i].state);
		json_out_str(j, "instrument", list[i].instrument);
		json_out_str(j, "since", law_day_text(list[i].since).s);
		json_out_str(j, "on", law_day_text(list[i].on).s);
		json_shown(j, "source", list[i].source);
		json_out_bool(j, "counts", holds);
		json_out_close_object(j);
	}
}

static void
treaties_list(struct cli *c, const struct law_status *s)
{
	static struct law_treaty list[LAW_TREATIES_MAX];
	size_t n = law_treaties(s, list, LAW_TREATIES_MAX);

	for (size_t i = 0; i < n; i++) {
		say(c, "treaty %s of %s, in force %s: ", list[i].id, list[i].parties,
		    law_day_text(list[i].since).s);
		say_text(c, list[i].title);
		say(c, "\n");
	}
}

int
run_treaty_list(struct cli *c, struct call *call)
{
	const struct law_status *s;
	struct json_out j;

	(void)call;
	if (!flow_law(&c->flow, &s, &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.treaties/1");
		json_out_array(&j, "documents");
	}
	say(c, "built in: ");
	version_say(c, law_version_built_in());
	say(c, "\n");
	for (size_t i = 0; i < law_status_documents(s); i++)
		if (!document_list(c, &j, law_status_document(s, i)))
			return fail(c);
	if (c->json) {
		json_out_close_array(&j);
		json_out_array(&j, "confirmed");
	}
	confirmed_list(c, &j, s);
	treaties_list(c, s);
	if (c->json) {
		json_out_close_array(&j);
		json_done(c, &j);
	}
	return EXIT_DONE;
}

/* ---- import, sign ---- */

/* FILE.p7s beside it, unless told otherwise. */
static bool
signature_path(struct cli *c, struct call *call, struct buf *out, const char **path)
{
	const char *given = call_value(call, "signature");

	return buf_add_text(out, given != NULL ? given : call->args[0], &c->err) &&
	    (given != NULL || buf_add_text(out, ".p7s", &c->err)) &&
	    buf_text(out, path, &c->err);
}

/* A name is "self" or a peer; what lies there as a file is a certificate. */
static bool
signer_take(struct cli *c, const char *typed, struct treaty_wish *w, struct buf *cert)
{
	if (typed == NULL || !path_exists(c->world, NULL, typed)) {
		w->signer = typed;
		return true;
	}
	if (!file_option(c, typed, cert))
		return false;
	w->certificate = buf_span(cert);
	return true;
}

static void
imported_say(struct cli *c, const struct treaty_imported *t)
{
	struct json_out j;

	if (t->again)
		say(c, "This is here already: %s. Nothing changed.\n", t->version.s);
	else
		say(c, "Taken over: %s, %s.\n", t->version.s,
		    count_people(t->rows, "row", "rows").s);
	say(c, "Signed by: ");
	say_text(c, t->signer);
	say(c, "\n");
	if (t->force.general != LAW_DAY_NONE)
		say(c, "By it the UN Convention against Cybercrime is in force from %s on.\n",
		    law_day_text(t->force.general).s);
	if (!c->json)
		return;
	json_start(c, &j, "comity.treaty-import/1");
	json_out_str(&j, "series", t->series);
	json_out_str(&j, "version", t->version.s);
	json_out_int(&j, "rows", (int64_t)t->rows);
	json_shown(&j, "signer", t->signer);
	json_out_bool(&j, "again", t->again);
	json_out_str(&j, "convention_in_force", law_day_text(t->force.general).s);
	json_done(c, &j);
}

int
run_treaty_import(struct cli *c, struct call *call)
{
	struct treaty_wish w = { .signer = NULL };
	struct treaty_imported t;
	struct buf document, signature, cert, path;
	const char *p7s;
	bool ok;

	buf_init(&document, TREATY_BYTES_MAX);
	buf_init(&signature, SMALL_FILE_MAX);
	buf_init(&cert, SMALL_FILE_MAX);
	buf_init(&path, 8192);
	ok = signature_path(c, call, &path, &p7s) &&
	    file_option(c, call->args[0], &document) && file_option(c, p7s, &signature) &&
	    signer_take(c, call_value(call, "signer"), &w, &cert);
	w.document = buf_span(&document);
	w.signature = buf_span(&signature);
	ok = ok && flow_treaty_import(&c->flow, &w, &t, &c->err);
	if (ok)
		imported_say(c, &t);
	buf_clear(&path);
	buf_clear(&cert);
	buf_clear(&signature);
	buf_clear(&document);
	return ok ? EXIT_DONE : fail(c);
}

int
run_treaty_sign(struct cli *c, struct call *call)
{
	const char *out = call_value(call, "out");
	struct buf document, p7s, path;
	const char *beside;
	int code;

	buf_init(&document, TREATY_BYTES_MAX);
	buf_init(&p7s, SMALL_FILE_MAX);
	buf_init(&path, 8192);
	code = file_option(c, call->args[0], &document) &&
	    signature_path(c, call, &path, &beside) &&
	    flow_treaty_sign(&c->flow, buf_span(&document), &p7s, &c->err) ?
	    give_file(c, out != NULL ? out : beside, buf_span(&p7s),
	    "the signature", true) : fail(c);
	buf_clear(&path);
	buf_clear(&p7s);
	buf_clear(&document);
	return code;
}

/* ---- confirm ---- */

int
run_treaty_confirm(struct cli *c, struct call *call)
{
	const char *source = call_value(call, "source");
	struct law_confirmation k;
	struct json_out j;

	if (source == NULL)
		return fail_use(c, "say where you looked it up, and when: --source \"UN Treaty Collection, 22 Nov 2026\"");
	if (!flow_treaty_confirm(&c->flow, call->args[0], call->args[1], source, &k,
	    &c->err))
		return fail(c);
	say(c, "Confirmed: %s stands under %s%s%s. Kept with its source; nobody is asked again.\n",
	    k.state, k.instrument, k.since > LAW_DAY_SOME ? " since " : "",
	    k.since > LAW_DAY_SOME ? law_day_text(k.since).s : "");
	if (c->json) {
		json_start(c, &j, "comity.treaty-confirm/1");
		json_out_str(&j, "state", k.state);
		json_out_str(&j, "instrument", k.instrument);
		json_out_str(&j, "since", law_day_text(k.since).s);
		json_out_str(&j, "on", law_day_text(k.on).s);
		json_shown(&j, "source", k.source);
		json_done(c, &j);
	}
	return EXIT_DONE;
}
