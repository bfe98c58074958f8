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
	struct digest act;

	n->parcel = n->wish->parcel;
	c->ground = n->wish->ground;
	return shown_open(f, n->wish->evidence, &n->parcel, &n->k, err) &&
	    using_begin(&n->use, f, &n->k.evidence, &n->k.evidence.parcels[n->parcel],
	    n->wish->why == WHY_DEFENCE ? USE_DEFENCE : USE_OWN, err) &&
	    (c->all || (named_make(&n->wish->names, &c->named, err) &&
	    names_settled(n, err))) &&
	    home_lock(f->home, err) && shown_out_open(f, n->wish->out, &n->out, err) &&
	    kept_act(&n->k, &act, NULL, err) &&
	    marks_load_of(f, n->wish->evidence, &act, 1, &c->marks, err) &&
	    marks_whole(f, &c->marks, &n->k, &c->whole, err) &&
	    shown_making_begin(f, &n->out, &n->at, err);
}

bool
disclosing_close(struct disclosing_now *n, bool ok, struct err *err)
{
	dir_close(n->into);
	if (n->at != NULL) {
		dir_close(n->at);
		ok = shown_making_end(n->flow, &n->out, ok, ok ? err : NULL) &&
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

struct trying {
	struct choosing *choosing;
	uint64_t shown;
};

static bool
line_tried(void *arg, const struct disclose_line *l, bool *show, enum withheld *ground,
    struct err *err)
{
	struct trying *t = arg;
	bool ok = disclosing_choose(t->choosing, l, show, ground, err);

	t->shown += ok && *show;
	*show = false;
	return ok;
}

/* A name that is not there, or nothing left to show, is told before an approval is used. */
static bool
names_tried(struct disclosing_now *n, struct err *err)
{
	struct trying t = { .choosing = &n->choosing };
	struct disclosing in = { .package = &n->k.in, .choose = line_tried, .arg = &t,
		.software = flow_software() };

	if (!home_tmp(n->flow->home, &in.tmp, err) || !disclosure_look(&in, err))
		return false;
	if (t.shown == 0) {
		(void)err_set(err, ERR_ABSENT, "disclose.nothing",
		    "none of the entries of the package may be shown of those you named");
		return nothing_said(n, err);
	}
	n->choosing.restricted = 0;		/* counted again as it is made */
	return named_all_met(&n->choosing.named, err);
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
	ok = disclosing_open(n, err) && names_tried(n, err) &&
	    disclosing_second(n, disclose_make, report, err);
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
	struct digest act;
	bool ok;

	ok = shown_open(f, evidence, &parcel, &k, err) &&
	    home_tmp(f->home, &in.tmp, err) && disclosure_look(&in, err) &&
	    kept_act(&k, &act, NULL, err) && marks_looked(r->marks, &act, err);
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

/* A decision about a piece of evidence. */
struct restriction {
	struct flow *f;
	struct evidence e;
	enum restrict_how how;
	const struct disclose_names *names;
	struct digest acts[PARCELS_MAX];	/* of its parcels, by what is in them */
	bool pinned;			/* evidence of ours, with this fingerprint */
	struct digest fingerprint;
	struct marks marks;		/* before, and then what is decided */
	struct digest before;
};

static bool
marks_decide(struct restriction *x, struct err *err)
{
	struct restricting r = { .marks = &x->marks };
	struct marks *m = &x->marks;
	bool ok = true;

	if (x->how != RESTRICT_FILES) {
		/* All: also of what was decided here under this number before. */
		m->acts_n = x->how == RESTRICT_ALL ? m->acts_n : 0;
		m->lines_n = m->sorted_n = 0;
		m->all = x->how == RESTRICT_ALL;
		for (size_t i = 0; ok && i < x->e.parcels_n; i++)
			ok = marks_looked(m, &x->acts[i], err);
		return ok;
	}
	m->all = false;
	ok = files_mark(x->f, &x->e, &r, x->names, err);
	named_clear(&r.named);
	return ok;
}

/* ---- less of it: by two ---- */

/* What is restricted afterwards, and what was before. */
static bool
lifting_print(const struct restriction *x, struct buf *out, struct err *err)
{
	const struct disclose_names *names = x->names;
	struct digest after, list;
	uint64_t bytes;
	bool ok;

	ok = marks_digest(&x->marks, &after, &bytes, err) &&
	    digest_of(names->from, &list, err) &&
	    buf_printf(out, err, "less of it is restricted (Article 14)\nevidence %u\n"
	    "restricted from now on %s\nmarks before %s\nmarks after %s\n", x->e.number,
	    x->how == RESTRICT_NONE ? "nothing" : "these files", digest_hex(&x->before).s,
	    digest_hex(&after).s);
	for (size_t i = 0; ok && i < x->e.parcels_n; i++)
		ok = buf_printf(out, err, "act %s\n", digest_hex(&x->acts[i]).s);
	for (size_t i = 0; ok && x->how == RESTRICT_FILES && i < names->n; i++)
		ok = matter_value_print(out, "file", names->list[i], err);
	return ok && (x->how != RESTRICT_FILES || names->from.n == 0 || buf_printf(out, err,
	    "and a list of names, sha256 %s\n", digest_hex(&list).s));
}

/* One for each act, one for what will be sealed later; else for the number alone. */
static bool
marks_records(const struct restriction *x, struct record *list, size_t *n, struct err *err)
{
	for (*n = 0; *n < x->e.parcels_n; ++*n)
		marks_record(x->f, x->e.number, &x->acts[*n], NULL, &list[*n]);
	if (x->pinned || *n == 0)
		marks_record(x->f, x->e.number, NULL, x->pinned ? &x->fingerprint : NULL,
		    &list[(*n)++]);
	for (size_t i = 0; i < *n; i++) {
		if (x->how == RESTRICT_NONE)
			(void)snprintf(list[i].reason, sizeof list[i].reason,
			    "evidence.unrestricted");
		if (!marks_digest(&x->marks, &list[i].files[0].sha256,
		    &list[i].files[0].bytes, err))
			return false;
	}
	return true;
}

/* Used comes first: who is cut in between asks anew. */
static bool
records_write(struct flow *f, struct record *list, size_t n, struct err *err)
{
	struct record_item items[PARCELS_MAX + 2];
	struct docket *d = NULL;
	bool ok;

	memset(items, 0, sizeof items);
	for (size_t i = 0; i < n; i++)
		items[i].record = &list[i];
	if (!home_lock(f->home, err) || !home_docket(f->home, &d, err))
		return false;
	ok = record_group(f, d, items, n, err);
	home_docket_done(f->home);
	return ok;
}

static bool
marks_keep(const struct restriction *x, const struct matter *under, struct err *err)
{
	struct record *list = mem_new((PARCELS_MAX + 2) * sizeof *list, err);
	size_t n;
	bool used, ok;

	if (list == NULL)
		return false;
	ok = matter_used(x->f, under, &list[0], &used, err) &&
	    marks_records(x, list + used, &n, err) &&
	    records_write(x->f, list, n + used, err) &&
	    marks_save(x->f, x->e.number, &x->marks, err);
	mem_free(list);
	return ok;
}

/* already: the ledger says so, and what was approved for it is over. */
static bool
lifting_keep(const struct restriction *x, bool already, struct err *err)
{
	struct matter matter = { .act = PEOPLE_UNRESTRICT, .kind = ACT_DELIVERED,
		.evidence = x->e.number };
	struct act_people people;
	struct buf content;
	bool ok;

	buf_init_secret(&content, MATTER_MAX);
	ok = lifting_print(x, &content, err);
	matter.content = buf_span(&content);
	ok = ok && (already || flow_second(x->f, &matter, &people, err));
	if (ok)
		ok = flow_second_end(x->f, &matter, marks_keep(x, &matter, err), err);
	buf_clear(&content);
	return ok;
}

/* The ledger says just this already: a power cut took the list, and nothing is lowered. */
static bool
said_already(const struct marks *m, const struct digest *said, bool has_said, bool *already,
    struct err *err)
{
	struct digest now;
	uint64_t bytes;

	*already = false;
	if (!has_said)
		return true;
	if (!marks_digest(m, &now, &bytes, err))
		return false;
	*already = digest_eq(&now, said);
	return true;
}

/* What is sealed later is known by its fingerprint; damage of that note hinders nobody. */
static bool
fingerprint_find(struct restriction *x, struct err *err)
{
	struct evidence_private prv;
	struct err why = ERR_INIT;
	struct keyring *k = NULL;
	bool ok;

	if (x->e.origin != EVIDENCE_OWN)
		return true;
	evidence_private_init(&prv);
	ok = flow_keyring(x->f, &k, err) && (evidence_private_load(x->f->home, k,
	    x->e.number, &prv, &why) || why.kind == ERR_INPUT || why.kind == ERR_ABSENT ||
	    (*err = why, false));
	x->pinned = ok && prv.pinned;
	if (x->pinned)
		x->fingerprint = prv.fingerprint;
	evidence_private_clear(&prv);
	return ok;
}

static bool
restriction_load(struct restriction *x, unsigned evidence, struct err *err)
{
	uint64_t bytes;

	return evidence_load(x->f->home, evidence, &x->e, err) && fingerprint_find(x, err) &&
	    marks_acts(x->f, &x->e, x->acts, err) &&
	    marks_load_of(x->f, evidence, x->acts, x->e.parcels_n, &x->marks, err) &&
	    marks_digest(&x->marks, &x->before, &bytes, err);
}

static bool
restriction_keep(struct restriction *x, struct err *err)
{
	struct digest said = x->marks.said;
	bool has_said = x->marks.has_said, lowers, already;

	return restriction_lowers(x->f, &x->e, &x->marks, x->how, &lowers, err) &&
	    marks_decide(x, err) &&
	    said_already(&x->marks, &said, has_said, &already, err) &&
	    (lowers ? lifting_keep(x, already, err) : marks_keep(x, NULL, err));
}

bool
flow_evidence_restrict(struct flow *f, unsigned evidence, enum restrict_how how,
    const struct disclose_names *names, uint64_t *lines, struct err *err)
{
	struct restriction *x;
	bool ok;

	if (!flow_may(f, PEOPLE_EXPORT, err) || !home_lock(f->home, err) ||
	    (x = mem_new(sizeof *x, err)) == NULL)
		return false;
	x->f = f;
	x->how = how;
	x->names = names;
	ok = restriction_load(x, evidence, err) && restriction_keep(x, err);
	if (ok)
		*lines = x->marks.lines_n;
	else
		decided_refused(f, 0, err);
	marks_clear(&x->marks);
	mem_free(x);
	return ok;
}
