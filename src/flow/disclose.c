/* Some files of a piece of evidence, for somebody who may see them and no others. */
#include "flow/disclose.h"

#include <stdio.h>
#include <string.h>

#include "flow/disclose_inside.h"
#include "flow/journey.h"
#include "flow/people_inside.h"
#include "package/disclose.h"

/* ---- which lines ---- */

static struct span
line_path(const struct disclose_line *l)
{
	return l->is_file ? l->path : span_of(NULL, 0);
}

static bool
line_named(void *arg, const struct disclose_line *l, bool *show, enum withheld *ground,
    struct err *err)
{
	(void)err;
	(void)named_has(arg, l->name, span_of(NULL, 0));
	*show = false;
	*ground = WITHHELD_NOT_ASKED;
	return true;
}

/* What each name means in this parcel: once through all lines, where one begins with data/. */
static bool
names_look(struct flow *f, struct kept_reading *k, struct named *m, struct err *err)
{
	struct disclosing in = { .package = &k->in, .choose = line_named, .arg = m,
		.software = flow_software() };

	return home_tmp(f->home, &in.tmp, err) && disclosure_look(&in, err);
}

bool
disclosing_choose(void *arg, const struct disclose_line *l, bool *show,
    enum withheld *ground, struct err *err)
{
	struct choosing *c = arg;
	bool asked = c->all || named_has(&c->named, l->name, line_path(l));
	bool restricted = c->whole || marks_has(&c->marks, &l->leaf);

	(void)err;
	c->restricted += asked && restricted;
	*show = asked && !restricted;
	*ground = restricted ? WITHHELD_ARTICLE_14 : c->ground;
	return true;
}

/* ---- making it ---- */

static bool
disclosing_begin(struct disclosing_now *n, struct err *err)
{
	struct world *w = n->flow->world;

	(void)snprintf(n->making, sizeof n->making, EXPORT_PREFIX "%s", n->out.name);
	if (path_exists(w, n->out.into, n->making) &&
	    !dir_remove_all(w, n->out.into, n->making, err))
		return false;
	return dir_make(w, n->out.into, n->making, err) &&
	    dir_open(w, n->out.into, n->making, &n->at, err);
}

/* Why nothing is shown: it is not there, or it is there and restricted. */
static bool
nothing_said(struct disclosing_now *n, struct err *err)
{
	if (err->kind != ERR_ABSENT || strcmp(err->reason, "disclose.nothing") != 0)
		return false;
	if (!named_all_met(&n->choosing.named, err))
		return false;
	return err_set(err, ERR_REFUSED, "disclose.restricted",
	    "all that was named (%llu entries) is restricted material of Article 14: it is never copied; let it be inspected here under your control instead (offences.tsv: no_defence_copy, inspection_record)",
	    (unsigned long long)n->choosing.restricted);
}

bool
disclosing_fill(struct disclosing_now *n, struct err *err)
{
	struct disclosing in = { .package = &n->k.in, .with_act = n->wish->with_act,
		.choose = disclosing_choose, .arg = &n->choosing, .why = n->wish->why,
		.by = home_settings(n->flow->home)->authority,
		.at = world_now(n->flow->world), .software = flow_software() };

	if (!home_tmp(n->flow->home, &in.tmp, err) ||
	    !dir_make(n->flow->world, n->at, DISCLOSURE_NAME, err) ||
	    !dir_open(n->flow->world, n->at, DISCLOSURE_NAME, &n->into, err))
		return false;
	if (!disclosure_make(&in, n->into, &n->d, err))
		return nothing_said(n, err);
	return named_all_met(&n->choosing.named, err);
}

/* The receiver's own check, before anybody sees it. */
bool
disclosing_proven(struct disclosing_now *n, struct package_report *report,
    struct err *err)
{
	struct package_reading in = { .world = n->flow->world, .at = n->at,
		.path = DISCLOSURE_NAME, .trust = n->k.in.trust };

	in.trust.late_token = span_of(NULL, 0);	/* it lies there now */
	if (!node_check(&n->k.trust, &in, report, err))
		return false;
	return report->unchanged == UNCHANGED_YES || err_set(err, ERR_UNPROVEN,
	    "disclose.unproven", "the kept parcel does not prove what it holds: %s",
	    report->unchanged_text);
}

bool
disclosing_roots(struct disclosing_now *n, const struct authority_id *from,
    const struct digest *from_card, struct err *err)
{
	struct act a;
	bool ok;

	act_init(&a, ACT_DELIVERED);
	a.from = *from;
	a.has_from_card = true;
	a.from_card = *from_card;
	ok = shown_roots(n->flow, &a, n->at, err) &&
	    shown_stamp_roots(n->flow, n->at, err) && dir_sync(n->at, err);
	act_clear(&a);
	return ok;
}

/* ---- on record before anybody sees it ---- */

static bool
file_note(struct disclosing_now *n, struct record *r, const char *name,
    struct err *err)
{
	struct record_file *to = &r->files[r->files_n++];
	struct source *src = NULL;
	struct hasher *h = NULL;
	struct file *f = NULL;
	uint8_t part[4096];
	size_t got = 1;
	bool ok;

	(void)snprintf(to->path, sizeof to->path, "%s", name);
	ok = hasher_new(&h, err) &&
	    file_open(n->flow->world, n->into, name, FILE_READ, &f, err) &&
	    file_source(f, 0, &src, err);
	while (ok && got > 0) {
		ok = source_read(src, part, sizeof part, &got, err);
		if (ok)
			hasher_add(h, span_of(part, got));
		to->bytes += ok ? got : 0;
	}
	ok = ok && hasher_end(h, &to->sha256, err);
	source_free(src);
	file_close(f);
	hasher_free(h);
	return ok;
}

static void
record_of(struct disclosing_now *n, enum record_event event, struct record *r)
{
	const struct parcel *p = &n->k.evidence.parcels[n->parcel];

	record_begin(n->flow, r, event);
	r->has_act = r->has_package = true;
	r->act = p->act_id;
	r->package = p->package_id;
	(void)snprintf(r->reason, sizeof r->reason, "disclose.%s",
	    disclose_why_name(n->wish->why));
}

bool
disclosing_record(struct disclosing_now *n, struct err *err)
{
	struct record *r = mem_new(2 * sizeof *r, err);
	bool ok;

	if (r == NULL)
		return false;
	record_of(n, EVENT_DECIDED, &r[0]);
	record_decided(r, "disclose", "allowed");
	record_of(n, EVENT_DISCLOSED, &r[1]);
	/* Files of a link of custody are the package's own: these stand in the decision. */
	ok = (n->into == NULL || (file_note(n, &r[0], DISCLOSURE_JSON, err) &&
	    file_note(n, &r[0], DISCLOSE_LINES, err) &&
	    file_note(n, &r[0], DISCLOSE_PATHS, err))) &&
	    record_alone(n->flow, &r[0], 0, err) && record_alone(n->flow, &r[1], 0, err);
	mem_free(r);
	return ok;
}

static bool
names_settled(struct disclosing_now *n, struct err *err)
{
	if (!named_may_be_packaged(&n->choosing.named))
		return true;
	if (!names_look(n->flow, &n->k, &n->choosing.named, err))
		return false;
	named_settle(&n->choosing.named);
	return true;
}

bool
disclosing_open(struct disclosing_now *n, struct err *err)
{
	struct choosing *c = &n->choosing;
	struct flow *f = n->flow;

	n->parcel = n->wish->parcel;
	c->ground = n->wish->ground;
	return shown_open(f, n->wish->evidence, &n->parcel, &n->k, err) &&
	    using_begin(&n->use, f, &n->k.evidence, &n->k.evidence.parcels[n->parcel],
	    n->wish->why == WHY_DEFENCE ? USE_DEFENCE : USE_OWN, err) &&
	    (c->all || (named_make(&n->wish->names, &c->named, err) &&
	    names_settled(n, err))) &&
	    home_lock(f->home, err) && shown_out_open(f, n->wish->out, &n->out, err) &&
	    marks_load_of(f, n->wish->evidence, &n->k.evidence.parcels[n->parcel], 1,
	    &c->marks, err) &&
	    marks_whole(f, &c->marks, &n->k, &n->k.evidence.parcels[n->parcel].act_id,
	    &c->whole, err) && disclosing_begin(n, err);
}

bool
disclosing_close(struct disclosing_now *n, bool ok, struct err *err)
{
	dir_close(n->into);
	if (n->at != NULL) {
		dir_close(n->at);
		ok = shown_making_end(n->flow, &n->out, n->making, ok, ok ? err : NULL) &&
		    ok;
	}
	if (!ok)
		decided_refused(n->flow, 0, err);
	ok = using_end(&n->use, ok, err);
	dir_close(n->out.into);
	shown_close(&n->k);
	named_clear(&n->choosing.named);
	marks_clear(&n->choosing.marks);
	return ok;
}

static bool
disclose_make(struct disclosing_now *n, void *arg, struct err *err)
{
	return disclosing_fill(n, err) && disclosing_proven(n, arg, err) &&
	    disclosing_roots(n, &n->d.from, &n->d.from_card, err) &&
	    disclosing_record(n, err);
}

bool
flow_evidence_disclose(struct flow *f, const struct disclose_wish *wish,
    struct disclosure *out, size_t *packaged, struct package_report *report,
    struct err *err)
{
	struct disclosing_now *n;
	bool ok;

	if (!flow_may(f, PEOPLE_EXPORT, err) || (n = mem_new(sizeof *n, err)) == NULL)
		return false;
	n->flow = f;
	n->wish = wish;
	ok = disclosing_open(n, err) && disclosing_second(n, disclose_make, report, err);
	if (ok && packaged != NULL)
		*packaged = named_packaged(&n->choosing.named);
	ok = disclosing_close(n, ok, err);
	if (ok)
		*out = n->d;
	mem_free(n);
	return ok;
}

/* ---- what is restricted ---- */

struct restricting {
	struct named named;
	struct marks *marks;
};

static bool
line_marked(void *arg, const struct disclose_line *l, bool *show, enum withheld *ground,
    struct err *err)
{
	struct restricting *r = arg;

	*show = false;
	*ground = WITHHELD_NOT_ASKED;
	return !named_has(&r->named, l->name, line_path(l)) || marks_has(r->marks, &l->leaf) ||
	    marks_add(r->marks, &l->leaf, err);
}

static bool
parcel_names(struct flow *f, unsigned evidence, size_t parcel, struct named *m,
    struct err *err)
{
	struct kept_reading k;
	bool ok = shown_open(f, evidence, &parcel, &k, err) && names_look(f, &k, m, err);

	shown_close(&k);
	return ok;
}

/* Each parcel of it: lines have salts of their own there. */
static bool
parcel_look(struct flow *f, unsigned evidence, size_t parcel, struct restricting *r,
    struct err *err)
{
	struct kept_reading k;
	struct disclosing in = { .package = &k.in, .choose = line_marked, .arg = r,
		.software = flow_software() };
	bool ok;

	ok = shown_open(f, evidence, &parcel, &k, err) &&
	    home_tmp(f->home, &in.tmp, err) && disclosure_look(&in, err) &&
	    marks_looked(r->marks, &k.evidence.parcels[parcel].act_id, err);
	shown_close(&k);
	return ok;
}

static bool
files_mark(struct flow *f, const struct evidence *e, struct restricting *r,
    const struct disclose_names *names, struct err *err)
{
	bool ok = named_make(names, &r->named, err);

	if (ok && e->parcels_n == 0)
		ok = err_set(err, ERR_ABSENT, "restrict.not-sealed",
		    "evidence %04u is not sealed yet: restrict all of it, or mark files once it is sealed",
		    e->number);
	if (ok && named_may_be_packaged(&r->named)) {
		for (size_t i = 0; ok && i < e->parcels_n; i++)
			ok = parcel_names(f, e->number, i, &r->named, err);
		named_settle(&r->named);
	}
	for (size_t i = 0; ok && i < e->parcels_n; i++)
		ok = parcel_look(f, e->number, i, r, err);
	return ok && named_all_met(&r->named, err);
}

static bool
marks_decide(struct flow *f, const struct evidence *e, enum restrict_how how,
    const struct disclose_names *names, struct marks *m, struct err *err)
{
	struct restricting r = { .marks = m };
	bool ok = true;

	if (how != RESTRICT_FILES) {
		/* All: also of what was decided here under this number before. */
		m->acts_n = how == RESTRICT_ALL ? m->acts_n : 0;
		m->lines_n = m->sorted_n = 0;
		m->all = how == RESTRICT_ALL;
		for (size_t i = 0; ok && i < e->parcels_n; i++)
			ok = marks_looked(m, &e->parcels[i].act_id, err);
		return ok;
	}
	m->all = false;
	ok = files_mark(f, e, &r, names, err);
	named_clear(&r.named);
	return ok;
}

/* ---- less of it: by two ---- */

/* What is restricted afterwards, and what was before. */
static bool
lifting_print(unsigned evidence, enum restrict_how how, const struct disclose_names *names,
    const struct digest *before, const struct marks *m, struct buf *out, struct err *err)
{
	struct digest after, list;
	uint64_t bytes;
	bool ok;

	ok = marks_digest(m, &after, &bytes, err) && digest_of(names->from, &list, err) &&
	    buf_printf(out, err, "less of it is restricted (Article 14)\nevidence %u\n"
	    "restricted from now on %s\nmarks before %s\nmarks after %s\n", evidence,
	    how == RESTRICT_NONE ? "nothing" : "these files", digest_hex(before).s,
	    digest_hex(&after).s);
	for (size_t i = 0; ok && how == RESTRICT_FILES && i < names->n; i++)
		ok = matter_value_print(out, "file", names->list[i], err);
	return ok && (how != RESTRICT_FILES || names->from.n == 0 || buf_printf(out, err,
	    "and a list of names, sha256 %s\n", digest_hex(&list).s));
}

static void
marks_record(struct flow *f, unsigned evidence, enum restrict_how how, struct record *r)
{
	record_begin(f, r, EVENT_ADMINISTRATION);
	(void)snprintf(r->reason, sizeof r->reason, how == RESTRICT_NONE ?
	    "evidence.unrestricted" : "evidence.restricted");
	(void)snprintf(r->files[0].path, sizeof r->files[0].path, "%.79s",
	    evidence_path(evidence, "restricted").s);
	r->files_n = 1;
}

/* Used comes first: who is cut in between asks anew. */
static bool
marks_records(struct flow *f, struct record *list, bool used, struct err *err)
{
	struct record_item items[] = { { .record = &list[1] }, { .record = &list[0] } };
	struct docket *d = NULL;
	bool ok;

	if (!home_lock(f->home, err) || !home_docket(f->home, &d, err))
		return false;
	ok = record_group(f, d, items + !used, (size_t)1 + used, err);
	home_docket_done(f->home);
	return ok;
}

static bool
marks_keep(struct flow *f, unsigned evidence, enum restrict_how how, const struct marks *m,
    const struct matter *under, struct err *err)
{
	struct record *list = mem_new(2 * sizeof *list, err);
	bool used, ok;

	if (list == NULL)
		return false;
	marks_record(f, evidence, how, &list[0]);
	ok = marks_digest(m, &list[0].files[0].sha256, &list[0].files[0].bytes, err) &&
	    matter_used(f, under, &list[1], &used, err) &&
	    marks_records(f, list, used, err) && marks_save(f, evidence, m, err);
	mem_free(list);
	return ok;
}

/* already: the ledger says so, and what was approved for it is over. */
static bool
lifting_keep(struct flow *f, unsigned evidence, enum restrict_how how,
    const struct disclose_names *names, const struct digest *before,
    const struct marks *m, bool already, struct err *err)
{
	struct matter matter = { .act = PEOPLE_UNRESTRICT, .kind = ACT_DELIVERED,
		.evidence = evidence };
	struct act_people people;
	struct buf content;
	bool ok;

	buf_init_secret(&content, MATTER_MAX);
	ok = lifting_print(evidence, how, names, before, m, &content, err);
	matter.content = buf_span(&content);
	ok = ok && (already || flow_second(f, &matter, &people, err));
	if (ok)
		ok = flow_second_end(f, &matter,
		    marks_keep(f, evidence, how, m, &matter, err), err);
	buf_clear(&content);
	return ok;
}

/* The ledger says just this already: a power cut took the list, and nothing is lowered. */
static bool
said_already(const struct marks *was, const struct marks *m, bool *already, struct err *err)
{
	struct digest now;
	uint64_t bytes;

	*already = false;
	if (!was->has_said)
		return true;
	if (!marks_digest(m, &now, &bytes, err))
		return false;
	*already = digest_eq(&now, &was->said);
	return true;
}

bool
flow_evidence_restrict(struct flow *f, unsigned evidence, enum restrict_how how,
    const struct disclose_names *names, uint64_t *lines, struct err *err)
{
	struct evidence *e = mem_new(sizeof *e, err);
	struct marks m = { 0 }, was = { 0 };
	struct digest before;
	uint64_t bytes;
	bool lowers, already = false, ok;

	if (e == NULL)
		return false;
	ok = flow_may(f, PEOPLE_EXPORT, err) && home_lock(f->home, err) &&
	    evidence_load(f->home, evidence, e, err) &&
	    marks_load_of(f, evidence, e->parcels, e->parcels_n, &m, err) &&
	    marks_digest(&m, &before, &bytes, err) &&
	    restriction_lowers(f, e, &m, how, &lowers, err);
	was.has_said = m.has_said;
	was.said = m.said;
	ok = ok && marks_decide(f, e, how, names, &m, err) &&
	    said_already(&was, &m, &already, err) && (lowers ?
	    lifting_keep(f, evidence, how, names, &before, &m, already, err) :
	    marks_keep(f, evidence, how, &m, NULL, err));
	if (ok)
		*lines = m.lines_n;
	else
		decided_refused(f, 0, err);
	marks_clear(&m);
	mem_free(e);
	return ok;
}
