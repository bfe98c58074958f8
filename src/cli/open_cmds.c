/* evidence open and export: a folder again. */
#include <stdio.h>
#include <string.h>

#include "cli/request.h"
#include "cli/verdict.h"

bool
parcel_option(struct cli *c, const char *text, size_t *out)
{
	*out = SIZE_MAX;
	if (text == NULL)
		return true;
	if (text[0] < '1' || text[0] > '9' || strlen(text) > 2 ||
	    (text[1] != '\0' && (text[1] < '0' || text[1] > '9')))
		return err_set(&c->err, ERR_USE, "use.parcel",
		    "--parcel is a number, 1 for the first");
	*out = (size_t)(text[0] - '1');
	if (text[1] != '\0')
		*out = (size_t)((text[0] - '0') * 10 + text[1] - '1');
	return true;
}

static int
opened_told(struct cli *c, const struct package_report *r, const char *out,
    bool details)
{
	int code = verdict_answer(c, r, details);

	say(c, r->unpacked ? "The folder is " : "Nothing was written to ");
	say_text(c, out);
	say(c, ".\n");
	return code;
}

static int
open_or_export(struct cli *c, struct call *call, bool court)
{
	const char *out = call_value(call, "out");
	struct package_report *r = mem_new(sizeof *r, &c->err);
	struct evidence e;
	size_t parcel;
	int64_t at = 0;
	bool has_at = false, ok;
	int code;

	if (r == NULL)
		return fail(c);
	c->flow.purpose = call_value(call, "purpose");
	package_report_init(r);
	if (out == NULL) {
		mem_free(r);
		return fail_use(c, "--out FOLDER is needed: the folder that is made");
	}
	ok = reader_lang(c, call) &&
	    evidence_find(c->flow.home, call->args[0], &e, &c->err) &&
	    parcel_option(c, call_value(call, "parcel"), &parcel);
	if (ok && court)
		ok = flow_evidence_export(&c->flow, e.number, parcel, out,
		    call_flag(call, "tar"), r, &c->err);
	else if (ok)
		ok = time_option(c, call_value(call, "at"), &has_at, &at) &&
		    flow_evidence_open(&c->flow, e.number, parcel, out, has_at, at, r,
		    &c->err);
	code = ok ? opened_told(c, r, out, call_flag(call, "details")) : fail(c);
	package_report_clear(r);
	mem_free(r);
	return code;
}

int
run_evidence_open(struct cli *c, struct call *call)
{
	return open_or_export(c, call, false);
}

int
run_evidence_export(struct cli *c, struct call *call)
{
	return open_or_export(c, call, true);
}
