/* evidence disclose and restrict: some files for somebody, and what is never copied. */
#include <string.h>

#include "cli/verdict.h"
#include "flow/disclose.h"
#include "flow/exculpatory.h"

#define FILES_OPTIONS_MAX 256		/* --files on one command line; more: --files-from */

struct files_asked {
	const char *list[FILES_OPTIONS_MAX + 1];
	struct buf from;
	struct disclose_names names;
};

static bool
files_take(struct cli *c, struct call *call, struct files_asked *a)
{
	const char *path = call_value(call, "files-from");

	buf_init(&a->from, DISCLOSE_NAMES_MAX);
	a->names.list = a->list;
	a->names.n = call_values(call, "files", a->list, FILES_OPTIONS_MAX + 1);
	if (a->names.n > FILES_OPTIONS_MAX)
		return err_set(&c->err, ERR_USE, "use.files",
		    "more than %d times --files: put the names into a file, a line each, for --files-from",
		    FILES_OPTIONS_MAX);
	if (path != NULL && !file_option(c, path, &a->from))
		return false;
	a->names.from = buf_span(&a->from);
	return true;
}

static bool
codes_take(struct cli *c, struct call *call, struct disclose_wish *w)
{
	const char *why = call_value(call, "why"), *out = call_value(call, "out");
	const char *ground = call_value(call, "withheld-ground");

	if (out == NULL)
		return err_set(&c->err, ERR_USE, "use.out",
		    "--out FOLDER is needed: the folder that is made");
	if (why == NULL || !disclose_why_parse(why, &w->why))
		return err_set(&c->err, ERR_USE, "use.why",
		    "--why says for whom it is: defence, court, authority, victim, expert or oversight");
	if (ground != NULL && (!withheld_parse(ground, &w->ground) ||
	    w->ground == WITHHELD_ARTICLE_14))
		return err_set(&c->err, ERR_USE, "use.ground",
		    "--withheld-ground is not_asked, not_relevant, third_party, privileged, investigation, source or security; what is of Article 14 is marked with: comity evidence restrict");
	w->out = out;
	return true;
}

static int
disclosed_told(struct cli *c, const struct disclosure *d,
    const struct package_report *r, size_t packaged, const char *out)
{
	int code = verdict_answer(c, r, false);

	say(c, "%s of %llu shown; withheld, counted and not named:\n",
	    count_people(d->shown, "entry", "entries").s,
	    (unsigned long long)d->lines);
	for (unsigned i = 0; i < WITHHELDS; i++)
		if (d->withheld[i] > 0)
			say(c, "  %llu  %s\n", (unsigned long long)d->withheld[i],
			    withheld_words((enum withheld)i));
	if (packaged > 0)
		say(c, "%s read as a path in the package (data/...), since nothing at the source had that name.\n",
		    count_people(packaged, "name was", "names were").s);
	say(c, "The folder is ");
	say_text(c, out);
	say(c, ".\n  To check it: comity-check --roots roots.pem --tsa tsa.pem disclosure\n"
	    "  or, with OpenSSL alone, in disclosure: sh check-path.sh ROOTS TSA-ROOTS\n");
	return code;
}

int
run_evidence_disclose(struct cli *c, struct call *call)
{
	struct disclose_wish w = { .ground = WITHHELD_NOT_ASKED,
		.with_act = call_flag(call, "with-act") };
	struct package_report *r = mem_new(sizeof *r, &c->err);
	struct files_asked *a = mem_new(sizeof *a, &c->err);
	struct evidence *e = mem_new(sizeof *e, &c->err);
	struct disclosure d;
	size_t packaged = 0;
	int code = EXIT_OTHER;
	bool ok = r != NULL && a != NULL && e != NULL;

	if (r != NULL)
		package_report_init(r);
	ok = ok && reader_lang(c, call) && codes_take(c, call, &w) &&
	    files_take(c, call, a) &&
	    evidence_find(c->flow.home, call->args[0], e, &c->err) &&
	    parcel_option(c, call_value(call, "parcel"), &w.parcel);
	if (ok) {
		w.evidence = e->number;
		w.names = a->names;
		ok = flow_evidence_disclose(&c->flow, &w, &d, &packaged, r, &c->err);
	}
	code = ok ? disclosed_told(c, &d, r, packaged, w.out) : fail(c);
	if (r != NULL)
		package_report_clear(r);
	if (a != NULL)
		buf_clear(&a->from);
	mem_free(r);
	mem_free(a);
	mem_free(e);
	return code;
}

/* ---- restrict ---- */

static bool
class_take(struct cli *c, struct call *call, const struct files_asked *a,
    enum restrict_how *how)
{
	const char *class = call_value(call, "class");
	bool files = a->names.n > 0 || a->names.from.n > 0;

	if (class == NULL || strcmp(class, "article_14") == 0)
		*how = files ? RESTRICT_FILES : RESTRICT_ALL;
	else if (strcmp(class, "none") == 0 && !files)
		*how = RESTRICT_NONE;
	else
		return err_set(&c->err, ERR_USE, "use.class",
		    "--class is article_14, or none for all of it");
	return true;
}

int
run_evidence_restrict(struct cli *c, struct call *call)
{
	struct files_asked *a = mem_new(sizeof *a, &c->err);
	struct evidence *e = mem_new(sizeof *e, &c->err);
	enum restrict_how how = RESTRICT_ALL;
	struct json_out j;
	uint64_t lines = 0;
	bool ok;

	ok = a != NULL && e != NULL && files_take(c, call, a) &&
	    class_take(c, call, a, &how) &&
	    evidence_find(c->flow.home, call->args[0], e, &c->err) &&
	    flow_evidence_restrict(&c->flow, e->number, how, &a->names, &lines, &c->err);
	if (ok && c->json) {
		json_start(c, &j, "comity.restricted/1");
		json_out_int(&j, "evidence", e->number);
		json_out_bool(&j, "all", how == RESTRICT_ALL);
		json_out_int(&j, "lines", (int64_t)lines);
		json_done(c, &j);
	}
	if (ok && how == RESTRICT_FILES)
		say(c, "Evidence %04u: %s marked as restricted (Article 14): never copied, inspected instead.\n",
		    e->number, count_people(lines, "entry is", "entries are").s);
	else if (ok)
		say(c, how == RESTRICT_ALL ?
		    "All of evidence %04u is restricted (Article 14): never copied, inspected instead.\n" :
		    "Nothing of evidence %04u is restricted.\n", e->number);
	if (a != NULL)
		buf_clear(&a->from);
	mem_free(a);
	mem_free(e);
	return ok ? EXIT_DONE : fail(c);
}

/* ---- for the defence ---- */

int
run_evidence_defence(struct cli *c, struct call *call)
{
	const char *out = call_value(call, "out");
	struct evidence *e = mem_new(sizeof *e, &c->err);
	struct defence_result r = { 0 };
	struct json_out j;
	size_t parcel;
	bool ok;

	ok = e != NULL && (out != NULL || err_set(&c->err, ERR_USE, "use.out",
	    "--out FOLDER is needed: the folder that is made")) &&
	    evidence_find(c->flow.home, call->args[0], e, &c->err) &&
	    parcel_option(c, call_value(call, "parcel"), &parcel) &&
	    flow_evidence_defence(&c->flow, e->number, parcel, out, &r, &c->err);
	mem_free(e);
	if (!ok)
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.defence-bundle/1");
		json_out_bool(&j, "whole", r.whole);
		json_out_int(&j, "lines", (int64_t)r.lines);
		json_out_int(&j, "shown", (int64_t)r.shown);
		json_out_int(&j, "restricted", (int64_t)r.restricted);
		json_done(c, &j);
		return EXIT_DONE;
	}
	say(c, "The folder for the defence is ");
	say_text(c, out);
	say(c, ".\n  %llu of %llu entries are in it", (unsigned long long)r.shown,
	    (unsigned long long)r.lines);
	if (r.whole)
		say(c, ", as they came: received/parcel.comity and received/package.tar.\n");
	else
		say(c, "; %llu are %s. Offer it, and note it with: comity evidence inspect\n",
		    (unsigned long long)r.restricted,
		    withheld_words(WITHHELD_ARTICLE_14));
	return EXIT_DONE;
}

int
run_evidence_inspect(struct cli *c, struct call *call)
{
	struct inspect_wish w = { .by = call_value(call, "by"),
		.where = call_value(call, "where"), .control = call_value(call, "control"),
		.at = world_now(c->world) };
	struct evidence *e = mem_new(sizeof *e, &c->err);
	struct digest sha256;
	unsigned number = 0;
	struct json_out j;
	bool ok, has;

	ok = e != NULL && evidence_find(c->flow.home, call->args[0], e, &c->err) &&
	    parcel_option(c, call_value(call, "parcel"), &w.parcel) &&
	    (call_value(call, "when") == NULL ||
	    time_option(c, call_value(call, "when"), &has, &w.at));
	if (ok) {
		w.evidence = e->number;
		ok = flow_evidence_inspect(&c->flow, &w, &number, &sha256, &c->err);
	}
	mem_free(e);
	if (!ok)
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.inspected/1");
		json_out_int(&j, "number", number);
		json_out_digest(&j, "sha256", &sha256);
		json_done(c, &j);
		return EXIT_DONE;
	}
	say(c, "Inspection %u of this evidence is on record: %s.\n", number,
	    digest_hex(&sha256).s);
	return EXIT_DONE;
}

int
run_evidence_flag(struct cli *c, struct call *call)
{
	const char *note = call_value(call, "exculpatory");
	const char *answer = call_value(call, "answer");
	struct evidence *e = mem_new(sizeof *e, &c->err);
	unsigned number = 0, evidence = 0;
	struct json_out j;
	bool ok;

	ok = e != NULL && ((note != NULL) != (answer != NULL) || err_set(&c->err, ERR_USE,
	    "use.flag", "say one of the two: --exculpatory TEXT, or --answer TEXT")) &&
	    evidence_find(c->flow.home, call->args[0], e, &c->err);
	if (ok) {
		evidence = e->number;
		ok = flow_evidence_clears(&c->flow, evidence, answer != NULL,
		    answer != NULL ? answer : note, &number, &c->err);
	}
	mem_free(e);
	if (!ok)
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.flagged/1");
		json_out_int(&j, "evidence", evidence);
		json_out_int(&j, "number", number);
		json_done(c, &j);
		return EXIT_DONE;
	}
	say(c, "Noted (%u) with evidence %04u. Nothing takes it back; it goes along wherever the evidence goes.\n",
	    number, evidence);
	return EXIT_DONE;
}
