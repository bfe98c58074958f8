/*
 * The answer of a check for programs, one JSON object.  Keys are only ever added:
 *
 *   schema     "comity.verdict/1"
 *   overall    intact | changed | incomplete | not_a_package | no_identity |
 *              wrong_identity
 *   exit_code  what comity-check exits with
 *   form       parcel | tar | folder | disclosure, or null for what is no package
 *   unchanged  {state: yes | no | not_checked, text}
 *   who        {state: known | unknown | revoked | not_checked, text, name, sha256}
 *              name: of the certificate; sha256: of its bytes; null when none
 *   when       {state: proven | claimed | not_checked, text, stamped_at}
 *   judged_at  the time certificates were judged at, RFC 3339, or null
 *   act        null, or {kind, exercise, from, from_card, to, made_at, expires_at,
 *              instrument, article, software}
 *   act_id, package_id      64 hex, or null
 *   files, bytes            payload as read, without _salt
 *   files_changed           how many are not what was sealed
 *   collection              true when a collection record is inside and can be read
 *   disclosure              null, or of some files of a package: {lines, shown,
 *              withheld: [{ground, lines}], why, by, at, exercise}; lines and shown are
 *              proven, the rest is the word of who disclosed it
 *   unpacked                true when the folder stands under its final name
 *   findings   [{state: holds | broken | undecided | warning, reason, text}]
 *   findings_more           how many more there were
 *   does_not_prove          what none of this proves
 *
 * Texts are English and for people; programs rely on states and reasons.
 */
#include "form/json.h"
#include "package/package.h"

static const char *const overalls[] = { "intact", "changed", "incomplete",
	"not_a_package", "no_identity", "wrong_identity" };
static const char *const forms[] = { "parcel", "tar", "folder", "disclosure" };
static const char *const unchangeds[] = { "yes", "no", "not_checked" };
static const char *const whos[] = { "known", "unknown", "revoked", "not_checked" };
static const char *const whens[] = { "proven", "claimed", "not_checked" };
static const char *const states[] = { "holds", "broken", "undecided", "warning" };

static void
out_time(struct json_out *j, const char *name, bool has, int64_t at)
{
	if (has)
		json_out_str(j, name, when_rfc3339(at).s);
	else
		json_out_null(j, name);
}

static void
out_digest(struct json_out *j, const char *name, bool has, const struct digest *d)
{
	if (has)
		json_out_digest(j, name, d);
	else
		json_out_null(j, name);
}

/* A text that was cut inside a character must not spoil the whole answer. */
static void
out_text(struct json_out *j, const char *name, const char *text)
{
	struct buf visible;

	if (utf8_valid(span_text(text))) {
		json_out_str(j, name, text);
		return;
	}
	buf_init(&visible, 4096);
	if (text_visible(&visible, span_text(text), NULL))
		json_out_text(j, name, buf_span(&visible));
	else
		json_out_str(j, name, "");
	buf_clear(&visible);
}

static bool
out_verdicts(struct json_out *j, const struct package_report *r, struct err *err)
{
	struct digest cert;

	json_out_object(j, "unchanged");
	json_out_str(j, "state", unchangeds[r->unchanged]);
	out_text(j, "text", r->unchanged_text);
	json_out_close_object(j);
	json_out_object(j, "who");
	json_out_str(j, "state", whos[r->who]);
	out_text(j, "text", r->who_text);
	if (r->signer_cert.n > 0) {
		if (!digest_of(buf_span(&r->signer_cert), &cert, err))
			return false;
		json_out_text(j, "name", buf_span(&r->signer));
		json_out_digest(j, "sha256", &cert);
	} else {
		json_out_null(j, "name");
		json_out_null(j, "sha256");
	}
	json_out_close_object(j);
	json_out_object(j, "when");
	json_out_str(j, "state", whens[r->when]);
	out_text(j, "text", r->when_text);
	out_time(j, "stamped_at", r->has_stamp, r->stamped_at);
	json_out_close_object(j);
	out_time(j, "judged_at", r->judged_at != 0, r->judged_at);
	return true;
}

static void
out_act(struct json_out *j, const struct package_report *r)
{
	const struct act *a = &r->act;

	if (!r->has_act) {
		json_out_null(j, "act");
		return;
	}
	json_out_object(j, "act");
	json_out_str(j, "kind", act_kind_name(a->kind));
	json_out_bool(j, "exercise", a->exercise);
	json_out_str(j, "from", a->from.s);
	out_digest(j, "from_card", a->has_from_card, &a->from_card);
	json_out_str(j, "to", a->has_to ? a->to.s : NULL);
	json_out_str(j, "made_at", when_rfc3339(a->made_at).s);
	out_time(j, "expires_at", a->expires_at != 0, a->expires_at);
	json_out_str(j, "instrument", a->instrument[0] != '\0' ? a->instrument : NULL);
	json_out_str(j, "article", a->article[0] != '\0' ? a->article : NULL);
	json_out_str(j, "software", a->software);
	json_out_close_object(j);
}

static void
out_part(struct json_out *j, const struct package_report *r)
{
	const struct disclosure *d = &r->part;

	if (!r->is_part) {
		json_out_null(j, "disclosure");
		return;
	}
	json_out_object(j, "disclosure");
	json_out_int(j, "lines", (int64_t)d->lines);
	json_out_int(j, "shown", (int64_t)d->shown);
	json_out_array(j, "withheld");
	for (unsigned i = 0; i < WITHHELDS; i++) {
		if (d->withheld[i] == 0)
			continue;
		json_out_object(j, NULL);
		json_out_str(j, "ground", withheld_name((enum withheld)i));
		json_out_int(j, "lines", (int64_t)d->withheld[i]);
		json_out_close_object(j);
	}
	json_out_close_array(j);
	json_out_str(j, "why", disclose_why_name(d->why));
	json_out_str(j, "by", d->by.s);
	json_out_str(j, "at", when_rfc3339(d->at).s);
	json_out_bool(j, "exercise", d->exercise);
	json_out_close_object(j);
}

static void
out_findings(struct json_out *j, const struct package_report *r)
{
	json_out_array(j, "findings");
	for (size_t i = 0; i < r->findings_n; i++) {
		const struct finding *f = &r->findings[i];

		json_out_object(j, NULL);
		json_out_str(j, "state", states[f->state]);
		json_out_str(j, "reason", f->reason);
		out_text(j, "text", f->text);
		json_out_close_object(j);
	}
	json_out_close_array(j);
	json_out_int(j, "findings_more", (int64_t)r->findings_more);
}

bool
package_report_json(const struct package_report *r, struct buf *out,
    struct err *err)
{
	struct json_out j;

	json_out_begin(&j, out, true, false, err);
	json_out_object(&j, NULL);
	json_out_str(&j, "schema", "comity.verdict/1");
	json_out_str(&j, "overall", overalls[r->overall]);
	json_out_int(&j, "exit_code", package_exit_code(r));
	json_out_str(&j, "form", r->overall == OVERALL_NOT_A_PACKAGE ? NULL :
	    forms[r->form]);
	if (!out_verdicts(&j, r, err))
		return false;
	out_act(&j, r);
	out_digest(&j, "act_id", r->has_ids, &r->act_id);
	out_digest(&j, "package_id", r->has_ids, &r->package_id);
	json_out_int(&j, "files", (int64_t)r->files);
	json_out_int(&j, "bytes", (int64_t)r->bytes);
	json_out_int(&j, "files_changed", (int64_t)r->files_changed);
	json_out_bool(&j, "collection", r->has_collection);
	out_part(&j, r);
	json_out_bool(&j, "unpacked", r->unpacked);
	out_findings(&j, r);
	json_out_str(&j, "does_not_prove",
	    "that the content is true, or that the seizure was lawful");
	json_out_close_object(&j);
	return json_out_end(&j);
}
