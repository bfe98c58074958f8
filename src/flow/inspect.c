/* An inspection instead of a copy: who looked, when, where, under whose control. */
#include <stdio.h>
#include <string.h>

#include "flow/disclose.h"
#include "flow/exculpatory.h"
#include "flow/journey.h"
#include "flow/people.h"
#include "flow/shown.h"
#include "flow/use.h"
#include "form/json.h"

#define INSPECTIONS_MAX 9999		/* of one piece of evidence */

static bool
text_good(const char *name, const char *text, struct err *err)
{
	return (text != NULL && text[0] != '\0' && strlen(text) <= INSPECT_TEXT_MAX &&
	    utf8_valid(span_text(text))) || err_set(err, ERR_USE, "inspect.text",
	    "--%s is needed, at most %d bytes", name, INSPECT_TEXT_MAX);
}

static bool
document_make(const struct inspect_wish *w, const struct parcel *p,
    const struct authority_id *us, struct buf *out, struct err *err)
{
	struct json_out j;

	json_out_begin(&j, out, true, true, err);
	json_out_object(&j, NULL);
	json_out_str(&j, "schema", "comity.inspection/1");
	json_out_str(&j, "office", us->s);
	json_out_digest(&j, "act", &p->act_id);
	json_out_digest(&j, "package", &p->package_id);
	json_out_str(&j, "by", w->by);
	json_out_str(&j, "where", w->where);
	json_out_str(&j, "control", w->control);
	json_out_int(&j, "at", w->at);
	json_out_close_object(&j);
	return json_out_end(&j);
}

bool
evidence_note_save(struct flow *f, unsigned evidence, const char *what,
    struct span plain, unsigned *number, struct err *err)
{
	struct age_recipient self;
	struct evidence_file path;
	char name[40];
	struct buf b;
	bool ok;

	for (*number = 1; *number <= INSPECTIONS_MAX; (*number)++) {
		(void)snprintf(name, sizeof name, "%.20s-%u.age", what, *number);
		path = evidence_path(evidence, name);
		if (!home_has(f->home, path.s))
			break;
	}
	if (*number > INSPECTIONS_MAX)
		return err_set(err, ERR_LIMIT, "inspect.many",
		    "%d notes of one kind are on record for this evidence", INSPECTIONS_MAX);
	buf_init(&b, SMALL_FILE_MAX);
	ok = home_recipient(f->home, &self, err) &&
	    age_seal_small(f->world, &self, 1, plain, &b, err) &&
	    home_save(f->home, path.s, buf_span(&b), err);
	buf_clear(&b);
	return ok;
}

static bool
inspected_record(struct flow *f, const struct parcel *p, struct span plain,
    const struct digest *sha256, struct err *err)
{
	struct record *r = mem_new(2 * sizeof *r, err);
	bool ok;

	if (r == NULL)
		return false;
	record_begin(f, &r[0], EVENT_DECIDED);
	r[0].has_act = r[0].has_package = true;
	r[0].act = p->act_id;
	r[0].package = p->package_id;
	record_decided(r, "inspect", "allowed");
	(void)snprintf(r[0].reason, sizeof r[0].reason, "evidence.inspected");
	r[1] = r[0];
	/* Files of a link of custody are the package's own: this stands in the decision. */
	(void)snprintf(r[0].files[0].path, sizeof r[0].files[0].path, "inspection.json");
	r[0].files[0].bytes = plain.n;
	r[0].files[0].sha256 = *sha256;
	r[0].files_n = 1;
	r[1].event = EVENT_READ;
	r[1].rule[0] = r[1].rule_version[0] = r[1].outcome[0] = '\0';
	ok = record_alone(f, &r[0], 0, err) && record_alone(f, &r[1], 0, err);
	mem_free(r);
	return ok;
}

bool
flow_evidence_inspect(struct flow *f, const struct inspect_wish *wish, unsigned *number,
    struct digest *sha256, struct err *err)
{
	size_t parcel = wish->parcel;
	struct using use = { 0 };
	struct kept_reading k;
	struct buf plain;
	bool ok;

	if (!home_lock(f->home, err) || !flow_may(f, PEOPLE_READ, err) ||
	    !text_good("by", wish->by, err) || !text_good("where", wish->where, err) ||
	    !text_good("control", wish->control, err))
		return false;
	buf_init(&plain, 64u << 10);
	ok = shown_open(f, wish->evidence, &parcel, &k, err) && using_begin(&use, f,
	    &k.evidence, &k.evidence.parcels[parcel], USE_DEFENCE, err) &&
	    document_make(wish, &k.evidence.parcels[parcel],
	    &home_settings(f->home)->authority, &plain, err) &&
	    digest_of(buf_span(&plain), sha256, err) && using_leaf(&use, err) &&
	    evidence_note_save(f, wish->evidence, "inspection", buf_span(&plain), number, err) &&
	    inspected_record(f, &k.evidence.parcels[parcel], buf_span(&plain), sha256,
	    err);
	buf_clear(&plain);
	if (!ok)
		decided_refused(f, use.request, err);
	ok = using_end(&use, ok, err);
	shown_close(&k);
	return ok;
}
