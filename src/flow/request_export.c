/* A thread as bags: every act of it, opened, for the file or for a court. */
#include <stdio.h>
#include <string.h>

#include "flow/apart.h"
#include "flow/journey.h"
#include "flow/marks.h"
#include "flow/people.h"
#include "flow/shown.h"
#include "flow/use.h"

#define EXPORT_ACTS_MAX 10000	/* of one thread: names of four digits at most */
#define ACT_NAME_MAX 80		/* of a bag: 0001-KIND-out */

struct exporting {
	struct flow *f;
	unsigned number;
	struct out_place out;
	struct dir *at;			/* the folder, under its name for the time being */
	struct docket_act *acts;
	size_t n, destroyed, restricted;
	struct docket *d;		/* while acts are found */
	bool evidence;			/* among them */
	struct using **uses;		/* of what two persons open, used before it is opened */
	size_t uses_n;
	struct node_trust trust;
};

/* ---- which acts ---- */

static bool
act_take(void *arg, const struct docket_act *a, struct err *err)
{
	struct exporting *x = arg;
	struct docket_act *more;
	int64_t gone;

	if (!docket_destroyed_at(x->d, &a->package, &gone, err))
		return false;
	if (gone != 0) {
		x->destroyed++;
		return true;
	}
	x->evidence = x->evidence || a->evidence != 0;
	if (x->n == EXPORT_ACTS_MAX)
		return err_set(err, ERR_LIMIT, "export.many",
		    "the thread has more than %d acts", EXPORT_ACTS_MAX);
	more = mem_grow(x->acts, x->n, sizeof *more, err);
	if (more == NULL)
		return false;
	x->acts = more;
	x->acts[x->n++] = *a;
	return true;
}

/* Nothing is shown before it is written down that it is shown (formats/record, 4). */
static bool
acts_record(struct exporting *x, struct docket *d, struct err *err)
{
	for (size_t i = 0; i < x->n; i++) {
		struct record r;

		record_begin(x->f, &r, EVENT_EXPORTED);
		r.has_act = r.has_package = true;
		r.act = x->acts[i].act;
		r.package = x->acts[i].package;
		if (!record_event(x->f, d, &r, x->number, NULL, err))
			return false;
	}
	return true;
}

/* ---- what it may be used for ---- */

/* Evidence in the thread is bound to its purpose here as anywhere (use.h). */
static bool
use_begin(struct exporting *x, const struct evidence *e, const struct parcel *p,
    struct err *err)
{
	struct using *u = mem_new(sizeof *u, err);
	bool ok = u != NULL && using_begin(u, x->f, e, p, USE_OWN, err);

	if (u != NULL)
		x->uses[x->uses_n++] = u;
	return ok;
}

static bool
uses_leaf(struct exporting *x, struct err *err)
{
	for (size_t i = 0; i < x->uses_n; i++)
		if (!using_leaf(x->uses[i], err))
			return false;
	return true;
}

static bool
uses_end(struct exporting *x, bool ok, struct err *err)
{
	for (size_t i = 0; i < x->uses_n; i++) {
		ok = using_end(x->uses[i], ok, err);
		mem_free(x->uses[i]);
	}
	mem_free(x->uses);
	return ok;
}

static bool
use_ask(struct exporting *x, const struct docket_act *a, struct err *err)
{
	struct parcel p = { .act_id = a->act, .package_id = a->package, .other = a->other };
	struct evidence *e = mem_new(sizeof *e, err);
	bool ok;

	ok = e != NULL && evidence_load(x->f->home, a->evidence, e, err) &&
	    use_begin(x, e, &p, err);
	mem_free(e);
	return ok;
}

/* Our row of it is not where it is looked up what of it is never copied. */
static bool
row_wrong(const struct exporting *x, struct err *err)
{
	return err_set(err, ERR_UNPROVEN, "docket.damaged",
	    "the docket does not say of which evidence request %u has a package: make the docket anew with: comity rebuild",
	    x->number);
}

static bool
uses_ask(struct exporting *x, struct err *err)
{
	const char *we = home_settings(x->f->home)->authority.s;
	bool ok;

	x->uses = mem_new(x->n * sizeof(struct using *), err);
	ok = x->uses != NULL;
	for (size_t i = 0; ok && i < x->n; i++) {
		const struct docket_act *row = &x->acts[i];
		struct parcel p = { .act_id = row->act, .package_id = row->package,
			.other = row->other };
		struct act a;

		ok = act_read_at(x->f, parcel_file(&p), &a, err);
		if (!ok)
			break;
		ok = lane_ask(x->f, &a, row, err) && (a.kind != ACT_DELIVERED ||
		    ((row->evidence != 0 || row_wrong(x, err)) &&
		    (strcmp(a.from.s, we) == 0 || use_ask(x, row, err))));
		act_clear(&a);
	}
	return ok;
}

/* ---- opened ---- */

/* The bag of an act, in the folder that is made; not into: it is only checked. */
static bool
act_check(struct exporting *x, const struct docket_act *a, const char *name, bool into,
    struct err *err)
{
	struct parcel p = { .act_id = a->act, .package_id = a->package,
		.other = a->other };
	struct parcel_path path = parcel_file(&p);
	struct package_reading in = { .world = x->f->world, .at = home_dir(x->f->home),
		.path = path.s, .keys = &x->trust.keys, .trust = x->trust.trust,
		.unpack_into = into ? x->at : NULL, .unpack_name = name,
		.progress = x->f->progress };
	struct package_report report;
	struct buf token, head;
	bool found, ok;

	package_report_init(&report);
	buf_init(&token, STAMP_FILE_MAX);
	/* A stamp that came later lies beside it, and goes into the bag. */
	ok = stamp_file_load(x->f, a->evidence, &p, "tst", &token, &found, err);
	in.trust.late_token = buf_span(&token);
	parcel_head_init(&head);
	ok = ok && parcel_join(x->f, &in, &head, err) &&
	    node_check(&x->trust, &in, &report, err) &&
	    (report.unchanged == UNCHANGED_YES ||
	    err_set(err, ERR_UNPROVEN, "export.changed",
	    "%s (%s) does not open: %s Nothing was written.", name, path.s,
	    report.unchanged_text));
	package_report_clear(&report);
	buf_clear(&token);
	buf_clear(&head);
	return ok;
}

static void
act_name(const struct docket_act *a, size_t i, char name[static ACT_NAME_MAX])
{
	(void)snprintf(name, ACT_NAME_MAX, "%02zu-%s-%s", i + 1, a->kind,
	    a->direction == ACT_IN ? "in" : "out");
}

static bool
act_export(struct exporting *x, size_t i, struct err *err)
{
	char name[ACT_NAME_MAX];

	act_name(&x->acts[i], i, name);
	return act_check(x, &x->acts[i], name, true, err);
}

/* ---- what is never copied ---- */

/* What cannot be looked through is not unpacked, not even for the time of the check. */
static bool
act_unread(struct exporting *x, size_t i, struct err *err)
{
	char name[ACT_NAME_MAX];
	struct err why = *err;

	act_name(&x->acts[i], i, name);
	return act_check(x, &x->acts[i], name, false, err) && err_set(err, ERR_UNPROVEN,
	    "use.unread", "%s: the limits of its use cannot be read; nothing is handed out (%s)",
	    name, why.text);
}

/* The parcel of this act; *is: some of it is restricted. */
static bool
act_restricted(struct exporting *x, size_t i, bool *is, struct err *err)
{
	const struct docket_act *a = &x->acts[i];
	struct evidence *e = mem_new(sizeof *e, err);
	struct kept_reading k;
	size_t parcel = 0;
	bool ok;

	*is = false;
	ok = e != NULL && evidence_load(x->f->home, a->evidence, e, err);
	while (ok && parcel < e->parcels_n &&
	    !digest_eq(&e->parcels[parcel].package_id, &a->package))
		parcel++;
	ok = ok && (parcel < e->parcels_n || row_wrong(x, err));
	if (ok) {
		ok = shown_open(x->f, a->evidence, &parcel, &k, err) &&
		    restricted_look(x->f, &k, parcel, is, err);
		shown_close(&k);
		if (!ok && (err->kind == ERR_INPUT || err->kind == ERR_UNPROVEN))
			ok = act_unread(x, i, err);
	}
	mem_free(e);
	return ok;
}

/* Never copied (Article 14): the rest of the thread goes without. */
static bool
restricted_leave(struct exporting *x, struct err *err)
{
	size_t n = 0;
	bool is;

	for (size_t i = 0; i < x->n; i++) {
		is = false;
		if (x->acts[i].evidence != 0 &&
		    !act_restricted(x, i, &is, err))
			return false;
		x->restricted += is;
		if (!is)
			x->acts[n++] = x->acts[i];
	}
	x->n = n;
	return true;
}

static bool
acts_find(struct exporting *x, struct err *err)
{
	bool ok;

	ok = desk_open(x->f, false, &x->d, err) &&
	    docket_request_acts(x->d, x->number, act_take, x, err) &&
	    (x->n > 0 || err_set(err, ERR_ABSENT, "export.nothing",
	    "request %u is a draft: there is no act to open yet", x->number));
	docket_close(x->d);
	x->d = NULL;
	return ok && (!x->evidence || (evidence_recovered(x->f, err) &&
	    restricted_leave(x, err)));
}

static bool
acts_load(struct exporting *x, struct err *err)
{
	struct docket *d = NULL;
	bool ok;

	ok = desk_open(x->f, false, &d, err) && docket_begin(d, err) &&
	    acts_record(x, d, err) && docket_commit(d, err);
	docket_close(d);
	return ok;
}

/* ---- all of it ---- */

static bool
acts_export(struct exporting *x, struct err *err)
{
	for (size_t i = 0; i < x->n; i++)
		if (!act_export(x, i, err))
			return false;
	return dir_sync(x->at, err) && shown_making_end(x->f, &x->out, true, err);
}

bool
flow_request_export(struct flow *f, unsigned number, const char *out_path,
    struct request_exported *out, struct err *err)
{
	struct exporting x = { .f = f, .number = number };
	bool ok;

	if (!home_lock(f->home, err) || !flow_may(f, PEOPLE_VIEW, err))
		return false;
	ok = node_trust_open(&x.trust, f, true, err) &&
	    shown_out_open(f, out_path, &x.out, err) &&
	    acts_find(&x, err) && uses_ask(&x, err) && acts_load(&x, err) &&
	    uses_leaf(&x, err) && shown_making_begin(f, &x.out, &x.at, err) &&
	    acts_export(&x, err);
	if (!ok)
		decided_refused(f, number, err);
	if (!ok && x.at != NULL)
		(void)!shown_making_end(f, &x.out, false, NULL);
	ok = uses_end(&x, ok, err);
	if (ok)
		*out = (struct request_exported){ x.n, x.destroyed, x.restricted };
	dir_close(x.at);
	dir_close(x.out.into);
	node_trust_close(&x.trust);
	mem_free(x.acts);
	return ok;
}
