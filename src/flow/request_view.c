/* A request as it is shown: its row, its texts, what is missing in it. */
#include <stdio.h>
#include <string.h>

#include "flow/apart.h"
#include "flow/guards.h"
#include "flow/journey.h"
#include "flow/people.h"
#include "flow/treaty.h"

void
request_view_init(struct request_view *v)
{
	memset(v, 0, sizeof *v);
	draft_init(&v->draft);
}

void
request_view_clear(struct request_view *v)
{
	draft_clear(&v->draft);
	request_view_init(v);
}

size_t
request_files(const struct act *a)
{
	/* Of a paper the scans are the paper: nobody sent them along. */
	return a->has_from_card && !a->has_to ? 0 : (size_t)a->payload_files;
}

int64_t
hold_named(struct docket *d, const struct act *a)
{
	const struct fields *fs = &a->body.request.fields;
	const struct field_part *p = fields_find(fs, "related_request") == NULL ? NULL :
	    fields_part(fs, "related_request", 0, "act");
	struct docket_request r;
	struct digest act;
	struct err err = ERR_INIT;
	bool found = false;

	if (p == NULL || !digest_parse(span_text(p->text), &act) ||
	    !docket_request_by_act(d, &act, &r, &found, &err) || !found)
		return 0;
	return r.hold_until;
}

/* Not found, or not to be read now: then it is not known here. */
static int64_t
hold_look(struct flow *f, const struct act *a)
{
	struct err err = ERR_INIT;
	struct docket *d = NULL;
	int64_t until;

	if (a->kind != ACT_PRESERVE_EXTEND || !desk_open(f, false, &d, &err))
		return 0;
	until = hold_named(d, a);
	docket_close(d);
	return until;
}

bool
draft_check(struct flow *f, const struct act *a, const char other_state[3],
    bool incoming, struct request_findings *out, struct err *err)
{
	const char *ours = home_settings(f->home)->state;
	struct request_facts facts = { .now = world_now(f->world),
		.exercise = home_settings(f->home)->training, .incoming = incoming,
		.files = request_files(a), .hold_until = hold_look(f, a) };

	memcpy(facts.from_state, incoming ? other_state : ours,
	    sizeof facts.from_state);
	memcpy(facts.to_state, incoming ? ours : other_state, sizeof facts.to_state);
	if (!flow_law(f, &facts.law, err))
		return false;
	request_check(a, &facts, out);
	return true;
}

#define TAGS "tagmanifest-sha256.txt"
#define TAGS_MAX 65536			/* a line for each of a dozen files */

bool
act_id_of(const struct package_reading *in, struct span json, struct digest *out,
    struct err *err)
{
	struct digest of;
	struct buf tags;
	char line[80];
	bool ok;

	buf_init(&tags, TAGS_MAX);
	ok = package_extract(in, TAGS, &tags, err) &&
	    digest_of(buf_span(&tags), out, err) && digest_of(json, &of, err);
	(void)snprintf(line, sizeof line, "%s  act.json\n", digest_hex(&of).s);
	if (ok && memmem(tags.p, tags.n, line, strlen(line)) == NULL)
		ok = err_set(err, ERR_UNPROVEN, "act.another",
		    "the act in the file %s is not the one that it lists: it was changed by hand",
		    in->path);
	buf_clear(&tags);
	return ok;
}

/* A file put in the place of another is not read as it. */
static bool
is_that_act(const struct package_reading *in, const struct digest *id, struct span json,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct digest is;
	bool reads = act_id_of(in, json, &is, &why);

	if (reads && digest_eq(&is, id))
		return true;
	if (!reads && strcmp(why.reason, "act.another") != 0)
		return (*err = why, false);
	return err_set(err, ERR_UNPROVEN, "act.another",
	    "the file %s is not the act it is named after: it was put there by hand. Ask who had this disk; then get it back from your backup, or ask the other side for it again",
	    in->path);
}

/* id NULL: whatever lies there; evidence is proven as it is opened, all of it. */
static bool
act_read(struct flow *f, struct parcel_path path, const struct digest *id,
    struct act *out, struct err *err)
{
	struct package_reading in = { .world = f->world, .at = home_dir(f->home),
		.path = path.s };
	struct age_keys keys = { 0 };
	struct keyring *k = NULL;
	struct buf json, head;
	bool ok;

	buf_init(&json, ACT_BYTES_MAX);
	parcel_head_init(&head);
	in.keys = &keys;
	ok = flow_keyring(f, &k, err) &&
	    keyring_identities(k, &keys.identities, &keys.n, err) &&
	    parcel_join(f, &in, &head, err) &&
	    package_extract(&in, "act.json", &json, err) &&
	    act_decode(out, buf_span(&json), err);
	if (ok && id != NULL && act_kind_class(out->kind) != ACT_IS_EVIDENCE &&
	    !is_that_act(&in, id, buf_span(&json), err)) {
		act_clear(out);
		ok = false;
	}
	buf_clear(&json);
	buf_clear(&head);
	return ok;
}

bool
act_read_at(struct flow *f, struct parcel_path path, struct act *out, struct err *err)
{
	return act_read(f, path, NULL, out, err);
}

bool
act_open(struct flow *f, const struct digest *id, struct act *out, struct err *err)
{
	return act_read(f, parcel_path(id), id, out, err);
}

/* ---- the thread ---- */

struct last_wish {
	enum act_kind kind;		/* ACT_KINDS: any statement of a person */
	enum act_direction direction;
	struct digest *out;
	bool found;
};

static bool
last_look(void *arg, const struct docket_act *a, struct err *err)
{
	struct last_wish *w = arg;
	enum act_kind kind;

	(void)err;
	if (a->direction != w->direction || a->other ||
	    !act_kind_parse(a->kind, &kind))
		return true;
	if (w->kind != ACT_KINDS ? kind != w->kind :
	    kind == ACT_RECEIPT || kind == ACT_TIME_STAMP)
		return true;
	*w->out = a->act;
	w->found = true;
	return true;
}

bool
thread_last(struct docket *d, unsigned request, enum act_kind kind,
    enum act_direction direction, struct digest *out, bool *found, struct err *err)
{
	struct last_wish w = { kind, direction, out, false };

	if (!docket_request_acts(d, request, last_look, &w, err))
		return false;
	*found = w.found;
	return true;
}

/* ---- shown ---- */

/* What came from others is not shown before it is written down that it was read. */
static bool
read_record(struct flow *f, const struct digest *act, struct err *err)
{
	struct docket *d = NULL;
	struct docket_act row;
	struct record r;
	bool found, ok;

	if (!home_docket(f->home, &d, err))
		return false;
	ok = docket_act_get(d, act, &row, &found, err);
	if (ok && found && row.direction == ACT_IN) {
		record_begin(f, &r, EVENT_READ);
		r.has_act = r.has_package = true;
		r.act = row.act;
		r.package = row.package;
		(void)snprintf(r.peer.s, sizeof r.peer.s, "%.19s", row.peer);
		ok = record_event(f, d, &r, row.request, NULL, err);
	}
	home_docket_done(f->home);
	return ok;
}

/* As it went or came: the package itself is asked. */
static bool
act_shown(struct flow *f, struct request_view *v, struct err *err)
{
	struct act a;

	if (!act_open(f, &v->row.act, &a, err))
		return err_wrap(err, "the package of request %u", v->row.number);
	if (act_kind_class(a.kind) != ACT_IS_REQUEST) {
		act_clear(&a);
		return err_set(err, ERR_UNPROVEN, "docket.damaged",
		    "the package of request %u is no request", v->row.number);
	}
	act_clear(&v->draft.act);
	v->draft.act = a;
	return true;
}

static bool
view_load(struct flow *f, unsigned number, struct request_view *v,
    struct other_side *side, struct err *err)
{
	struct docket *d = NULL;
	struct draft draft;
	bool ok;

	/* Without its row there is no key to ask for. */
	ok = request_load(f, number, &v->row, err) && desk_open(f, true, &d, err) &&
	    docket_request_get(d, number, &v->row, err) &&
	    other_side_of(f, d, &v->row, side, err);
	if (ok && v->row.ours) {
		ok = draft_load(d, number, &draft, err);
		if (ok)
			v->draft = draft;
	}
	docket_close(d);
	v->has_draft = ok && !v->row.has_act;
	if (v->has_draft)
		v->draft.act.payload_files = v->draft.attach_n;
	(void)snprintf(v->peer_name, sizeof v->peer_name, "%s", side->name);
	memcpy(v->peer_state, side->state, sizeof v->peer_state);
	return ok;
}

bool
flow_request_view(struct flow *f, unsigned number, struct request_view *out,
    struct err *err)
{
	struct request_body *r;
	struct other_side side;
	bool ok;

	request_view_init(out);
	other_side_init(&side);
	ok = flow_may(f, PEOPLE_VIEW, err) && view_load(f, number, out, &side, err) &&
	    (!out->row.has_act || (act_shown(f, out, err) &&
	    read_record(f, &out->row.act, err)));
	if (!ok) {
		other_side_clear(&side);
		request_view_clear(out);
		return false;
	}
	r = &out->draft.act.body.request;
	if (out->has_draft)
		(void)snprintf(r->number, sizeof r->number, "%s",
		    request_number_text(home_settings(f->home)->state, &out->row).s);
	ok = (!out->has_draft && out->row.ours) || draft_check(f, &out->draft.act,
	    out->peer_state, !out->has_draft, &out->findings, err);
	ok = ok && ((!out->has_draft && out->row.ours) || guard_look(f, &out->row,
	    &out->draft.act, &out->findings, err));
	ok = ok && (!out->has_draft || receiver_look(f, &side, &out->findings, err));
	other_side_clear(&side);
	if (!ok)
		request_view_clear(out);
	return ok;
}

bool
flow_act_read(struct flow *f, const struct digest *act, struct act *out, struct err *err)
{
	/* Before it is opened: out is the caller's, whatever happens. */
	return flow_may(f, PEOPLE_VIEW, err) && read_record(f, act, err) && act_open(f, act, out, err);
}
