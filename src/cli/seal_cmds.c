/* evidence seal and send: signed, stamped, sealed, into the outbox. */
#include <stdio.h>
#include <string.h>

#include "cli/request.h"
#include "cli/verdict.h"

static bool
basis_split(struct cli *c, const char *text, char instrument[40], char article[40])
{
	const char *blank;

	instrument[0] = article[0] = '\0';
	if (text == NULL)
		return true;
	blank = strchr(text, ' ');
	if (strlen(text) >= 40 || text[0] == '\0' || text[0] == ' ')
		return err_set(&c->err, ERR_USE, "use.basis",
		    "--basis is an instrument, a blank and an article, as in \"Budapest 31\"");
	(void)snprintf(instrument, 40, "%.*s", blank == NULL ? (int)strlen(text) :
	    (int)(blank - text), text);
	if (blank != NULL)
		(void)snprintf(article, 40, "%s", blank + 1);
	return true;
}

static bool
bytes_copy(struct cli *c, struct file *in, struct file *out)
{
	uint8_t *part = mem_new(1u << 20, &c->err);
	uint64_t at = 0;
	size_t got = 1;
	bool ok = part != NULL;

	while (ok && got > 0) {
		ok = file_read_at(in, part, 1u << 20, at, &got, &c->err) &&
		    file_write_at(out, span_of(part, got), at, &c->err);
		at += got;
	}
	mem_free(part);
	return ok && file_sync(out, &c->err);
}

/* --out: a copy; the parcel itself stays in the home.  A cut one does not stay. */
static bool
parcel_copy_out(struct cli *c, const struct sealed *s, const char *out)
{
	const struct parcel *p = &s->evidence.parcels[s->parcel];
	struct file *in = NULL, *f = NULL;
	bool ok;

	ok = flow_parcel_open(&c->flow, p, &in, &c->err) &&
	    file_open(c->world, NULL, out, FILE_CREATE, &f, &c->err) &&
	    bytes_copy(c, in, f);
	if (!ok && f != NULL)
		(void)!path_remove(c->world, NULL, out, NULL);
	file_close(in);
	file_close(f);
	return ok || err_wrap(&c->err, "the parcel is sealed, but its copy is not made");
}

static bool
seal_now(struct cli *c, struct call *call, unsigned number, struct sealed *s)
{
	char instrument[40], article[40];
	struct seal_wish w = { .number = number, .to = call_value(call, "to"),
		.reference = call_value(call, "reference"),
		.description = call_value(call, "description"),
		.purpose = call_value(call, "purpose"),
		.lang = call_value(call, "lang"), .instrument = instrument,
		.article = article,
		.leave_out_unreadable = call_flag(call, "leave-out-unreadable") };
	const char *out = call_value(call, "out");

	return basis_split(c, call_value(call, "basis"), instrument, article) &&
	    (out == NULL || !path_exists(c->world, NULL, out) || err_set(&c->err,
	    ERR_CONFLICT, "disk.exists", "the file %s is there already", out)) &&
	    flow_evidence_seal(&c->flow, &w, s, &c->err) &&
	    (out == NULL || parcel_copy_out(c, s, out));
}

static void
sealed_told(struct cli *c, const struct sealed *s, bool in_outbox)
{
	const struct evidence *e = &s->evidence;
	const struct parcel *p = &e->parcels[s->parcel];
	struct json_out j;

	if (c->json) {
		json_start(c, &j, "comity.sealed/1");
		evidence_json(&j, e);
		json_out_digest(&j, "act", &p->act_id);
		json_out_digest(&j, "package", &p->package_id);
		json_shown(&j, "parcel", s->path);
		json_out_str(&j, "stamp", stamp_word(p));
		json_shown(&j, "stamp_text", s->stamp_text);
		json_shown(&j, "revocation_text", s->revocation_text);
		json_out_bool(&j, "in_outbox", in_outbox);
		json_done(c, &j);
		return;
	}
	say(c, "Evidence %04u sealed for %s: %s.\n", e->number, p->peer.s,
	    size_people(p->bytes).s);
	say(c, "  act         %s\n  package     %s\n  parcel      %s\n",
	    digest_hex(&p->act_id).s, digest_hex(&p->package_id).s, s->path);
	if (p->stamp == STAMP_KEPT)
		say(c, "  time stamp  before %s\n", when_people(p->stamped_at).s);
	else
		say(c, "  time stamp  %s%s%s\n", p->stamp == STAMP_PENDING ? "PENDING" :
		    "CLAIMED", s->stamp_text[0] != '\0' ? ": " : "", s->stamp_text);
	if (s->revocation_text[0] != '\0')
		say(c, "  look        %s\n", s->revocation_text);
}

int
run_evidence_seal(struct cli *c, struct call *call)
{
	struct sealed *s = mem_new(sizeof *s, &c->err);
	struct evidence e;
	int code = EXIT_DONE;

	if (s == NULL)
		return fail(c);
	if (call_flag(call, "to-passphrase") || call_value(call, "to-cert") != NULL) {
		mem_free(s);
		return run_evidence_seal_alone(c, call);
	}
	if (call_value(call, "to") == NULL) {
		mem_free(s);
		return fail_use(c, "comity evidence seal needs --to PEER, or --to-passphrase or --to-cert FILE for a receiver without Comity");
	}
	if (!evidence_find(c->flow.home, call->args[0], &e, &c->err) ||
	    !seal_now(c, call, e.number, s)) {
		code = fail(c);
	} else {
		sealed_told(c, s, false);
		say(c, "  Next: comity evidence send %04u --to %s\n", e.number,
		    call_value(call, "to"));
	}
	mem_free(s);
	return code;
}

int
run_evidence_send(struct cli *c, struct call *call)
{
	const char *to = call_value(call, "to");
	struct sealed *s = mem_new(sizeof *s, &c->err);
	size_t parcel = 0;
	bool found = false, ok;
	int code = EXIT_DONE;

	if (s == NULL)
		return fail(c);
	if (to == NULL) {
		mem_free(s);
		return fail_use(c, "comity evidence send needs --to PEER");
	}
	ok = evidence_find(c->flow.home, call->args[0], &s->evidence, &c->err) &&
	    flow_evidence_send(&c->flow, s->evidence.number, to, &s->evidence,
	    &parcel, &found, &c->err);
	if (ok && !found)
		ok = seal_now(c, call, s->evidence.number, s) &&
		    flow_evidence_send(&c->flow, s->evidence.number, to, &s->evidence,
		    &parcel, &found, &c->err);
	if (!ok) {
		code = fail(c);
	} else {
		s->parcel = parcel;
		if (s->path[0] == '\0')
			(void)snprintf(s->path, sizeof s->path, "%s/%s",
			    home_path(c->flow.home),
			    parcel_path(&s->evidence.parcels[parcel].act_id).s);
		sealed_told(c, s, true);
		say(c, "It is in the outbox.\n  Next: comity bundle write DIR --to %s\n",
		    to);
	}
	mem_free(s);
	return code;
}
