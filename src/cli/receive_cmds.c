/* evidence receive: parcels a person names, or those in the inbox. */
#include <stdio.h>
#include <string.h>

#include "cli/request.h"
#include "cli/verdict.h"

static void
received_json(struct json_out *j, const struct received *r, const char *what,
    int code)
{
	static const char *const as[] = { "evidence", "again", "other_package",
		"time_stamp", "not_taken", "act" };

	json_out_object(j, NULL);
	json_shown(j, "parcel", what);
	json_out_str(j, "as", as[r->as]);
	if (r->as != RECEIVED_NOT_TAKEN)
		json_out_int(j, "number", r->evidence.number);
	if (r->report.has_ids)
		json_out_digest(j, "act", &r->report.act_id);
	json_shown(j, "note", r->note);
	json_out_int(j, "exit", code);
	json_out_close_object(j);
}

/* What became of it, behind the verdict. */
static void
received_say(struct cli *c, const struct received *r)
{
	unsigned number = r->evidence.number;

	switch (r->as) {
	case RECEIVED_TIME_STAMP:
	case RECEIVED_ACT:
		say(c, "%s\n", r->note);
		return;
	case RECEIVED_NOT_TAKEN:
		say(c, "NOT taken%s%s. It lies in the inbox of this home as it came.\n",
		    r->note[0] != '\0' ? ": " : "", r->note);
		return;
	case RECEIVED_AGAIN:
		say(c, "This parcel was here already, as evidence %04u. %s\n", number,
		    r->note[0] != '\0' ? r->note : "Nothing changed.");
		return;
	case RECEIVED_EVIDENCE:
		say(c, "Kept as evidence %04u.%s%s\n", number,
		    r->note[0] != '\0' ? " " : "", r->note);
		break;
	case RECEIVED_OTHER_PACKAGE:
		say(c, "Another package of an act that was here: kept beside it, as evidence %04u. Ask the sender why there are two.\n",
		    number);
		break;
	}
	say(c, "  Next: comity evidence open %04u --out FOLDER\n", number);
}

static int
received_told(struct cli *c, const struct received *r, const char *what,
    bool details, struct json_out *j)
{
	int code = package_exit_code(&r->report);

	if (r->as == RECEIVED_TIME_STAMP || r->as == RECEIVED_ACT)
		code = EXIT_DONE;
	if (r->as == RECEIVED_NOT_TAKEN && (code == EXIT_DONE ||
	    code == EXIT_INCOMPLETE) && r->note[0] != '\0')
		code = EXIT_REFUSED;
	if (c->json) {
		received_json(j, r, what, code);
		return code;
	}
	if (r->as != RECEIVED_TIME_STAMP && r->as != RECEIVED_ACT)
		verdict_say(c, &r->report, details);
	received_say(c, r);
	return code;
}

/* One that could not be looked at does not hide the others. */
static int
received_not(struct cli *c, const char *what, struct json_out *j)
{
	int code = exit_code_of(&c->err);

	if (c->json) {
		json_out_object(j, NULL);
		json_shown(j, "parcel", what);
		json_out_str(j, "as", "not_read");
		json_out_str(j, "reason", c->err.reason);
		json_shown(j, "note", c->err.text);
		json_out_int(j, "exit", code);
		json_out_close_object(j);
	}
	error_say(c, what);
	err_clear(&c->err);
	return code;
}

/* *early: a time stamp came before the package it is for; asked for again later. */
static int
receive_one(struct cli *c, const char *path, bool details, struct json_out *j,
    bool *early)
{
	struct received *r = mem_new(sizeof *r, &c->err);
	int code;

	if (r == NULL || !flow_evidence_receive(&c->flow, path, r, &c->err)) {
		mem_free(r);
		if (early != NULL && strcmp(c->err.reason, "receive.no-first") == 0) {
			*early = true;
			err_clear(&c->err);
			return EXIT_DONE;
		}
		if (c->err.kind == ERR_STOPPED)
			return fail(c);
		return received_not(c, path, j);
	}
	code = received_told(c, r, path, details, j);
	package_report_clear(&r->report);
	mem_free(r);
	return code;
}

/* Packages first, then the stamps for them. */
static int
receive_each(struct cli *c, const char *const *paths, size_t n, bool details,
    struct json_out *j)
{
	bool *early = mem_array(n + 1, sizeof *early, &c->err);
	int code = EXIT_DONE, one;

	if (early == NULL)
		return fail(c);
	for (size_t k = 0; k < 2 * n; k++) {
		size_t i = k % n;

		if (k >= n && !early[i])
			continue;
		one = receive_one(c, paths[i], details, j, k < n ? &early[i] : NULL);
		code = graver(code, one);
		if (c->err.kind != ERR_NONE) {
			code = one;
			break;
		}
	}
	mem_free(early);
	return code;
}

static int
receive_all(struct cli *c, const char *const *paths, size_t n, bool details)
{
	struct json_out j = { 0 };
	struct keyring *k = NULL;
	int code;

	/* What would stop every one of them is asked once. */
	if (n > 0 && (!home_lock(c->flow.home, &c->err) ||
	    !flow_keyring(&c->flow, &k, &c->err)))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.received/1");
		json_out_array(&j, "parcels");
	}
	code = receive_each(c, paths, n, details, &j);
	if (c->err.kind != ERR_NONE)
		return code;		/* told already */
	if (c->json) {
		json_out_close_array(&j);
		json_done(c, &j);
	}
	if (n == 0)
		say(c, "Nothing has arrived.\n  Next: comity bundle read DIR, or comity evidence receive FILE\n");
	return code;
}

int
run_evidence_receive(struct cli *c, struct call *call)
{
	if (!reader_lang(c, call))
		return fail(c);
	if (call->args_n > 0)
		return receive_all(c, call->args, call->args_n,
		    call_flag(call, "details"));
	return inbox_receive(c, call_flag(call, "details"));
}
