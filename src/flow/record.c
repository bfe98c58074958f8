/* Records of what happened: into the journal, then into the docket's index. */
#include <stdio.h>
#include <string.h>

#include "flow/again.h"
#include "flow/inside.h"
#include "flow/ledger.h"
#include "flow/people.h"
#include "flow/record.h"

#define RULES_VERSION "1"	/* a change of a rule raises it */
#define ENTRY_EXTRA (4 + RECORD_SALT + 32)	/* length, salt, chain (ledger/journal.h) */

void
record_begin(struct flow *f, struct record *r, enum record_event event)
{
	const struct settings *s = home_settings(f->home);

	memset(r, 0, sizeof *r);
	r->event = event;
	r->at = world_now(f->world);
	r->authority = s->authority;
	(void)snprintf(r->role, sizeof r->role, "%s",
	    s->roles_n > 0 ? s->roles[0] : "office");
	(void)snprintf(r->person, sizeof r->person, "P1");
	flow_person_record(f, r->person, r->role);
}

void
record_decided(struct record *r, const char *rule, const char *outcome)
{
	(void)snprintf(r->rule, sizeof r->rule, "%s", rule);
	(void)snprintf(r->rule_version, sizeof r->rule_version, RULES_VERSION);
	(void)snprintf(r->outcome, sizeof r->outcome, "%s", outcome);
}

void
record_outside(struct record *r, const struct package_files *files)
{
	r->files_n = 0;
	for (size_t i = 0; i < files->n; i++) {
		struct record_file *to = &r->files[r->files_n++];

		(void)snprintf(to->path, sizeof to->path, "%s", files->list[i].path);
		to->bytes = files->list[i].bytes;
		to->sha256 = files->list[i].sha256;
	}
}

void
record_made(struct flow *f, struct record *r, const struct act *a,
    const struct package_written *w)
{
	record_begin(f, r, EVENT_MADE);
	r->has_act = r->has_package = r->has_payload = true;
	r->act = w->act_id;
	r->package = w->package_id;
	r->payload_files = a->payload_files;
	r->payload_bytes = a->payload_bytes;
	if (a->has_to)
		r->peer = a->to;
	record_outside(r, &w->files);
}

bool
record_files(struct flow *f, const struct package_reading *in, struct record *r,
    struct err *err)
{
	struct package_report report;
	bool ok;

	(void)f;
	package_report_init(&report);
	ok = package_check(in, &report, err) && (report.outside.n > 0 ||
	    err_set(err, ERR_INPUT, "record.files",
	    "the package could not be read: %s", report.unchanged_text));
	if (ok)
		record_outside(r, &report.outside);
	package_report_clear(&report);
	return ok;
}

/* The journal behind the log of this home, for reading. */
static bool
journal_get(struct flow *f, struct journal **out, struct err *err)
{
	struct log *l;

	if (!ledger_log(f, &l, err))
		return false;
	*out = log_journal(l);
	return true;
}

bool
record_bytes(struct flow *f, uint64_t at, struct buf *bytes, uint8_t salt[RECORD_SALT],
    struct err *err)
{
	struct journal *j;

	return journal_get(f, &j, err) && journal_read(j, at, bytes, salt, err);
}

bool
record_load(struct flow *f, uint64_t at, struct record *out, struct buf *bytes,
    uint8_t salt[RECORD_SALT], struct err *err)
{
	struct buf own;
	bool ok;

	buf_init(&own, RECORD_MAX);
	ok = record_bytes(f, at, &own, salt, err) &&
	    record_decode(out, buf_span(&own), err) &&
	    (bytes == NULL || buf_add(bytes, buf_span(&own), err));
	buf_clear(&own);
	return ok;
}

/* ---- catching up ---- */

struct catching {
	struct docket *docket;
	uint64_t meant;		/* of the next ones: the docket has what they mean */
};

static void
index_fill(struct docket_record *x, const struct record *r, uint64_t at,
    unsigned request)
{
	memset(x, 0, sizeof *x);
	x->at = at;
	(void)snprintf(x->event, sizeof x->event, "%s", record_event_name(r->event));
	x->has_act = r->has_act;
	x->act = r->act;
	x->has_package = r->has_package;
	x->package = r->package;
	x->request = request;
}

/* Row and meaning are of one transaction: where the row is, the rest is. */
static bool
entry_means(struct catching *c, const struct docket_record *x, const struct record *r,
    struct err *err)
{
	struct docket_record there;
	bool found;

	if (c->meant > 0) {
		c->meant--;
		return true;
	}
	if (!record_means(r))
		return true;
	return docket_record_at(c->docket, x->at, &there, &found, err) &&
	    ((found && digest_eq(&there.sha256, &x->sha256)) ||
	    record_again(c->docket, NULL, r, err));
}

static bool
entry_index(void *arg, const struct journal_entry *e, struct err *err)
{
	struct catching *c = arg;
	struct docket_request thread = { 0 };
	struct docket_record x;
	struct record r;
	bool found = false;

	if (journal_lost(e->record))
		return true;		/* only its leaf is known: there is nothing to find */
	if (!record_decode(&r, e->record, err) || (r.has_act &&
	    !docket_request_by_act(c->docket, &r.act, &thread, &found, err)))
		return false;
	index_fill(&x, &r, e->at, found ? thread.number : 0);
	return digest_of(e->record, &x.sha256, err) &&
	    entry_means(c, &x, &r, err) && docket_record_put(c->docket, &x, err);
}

/* One transaction: our own, unless one is open. */
static bool
index_begin(struct docket *d, bool *own, struct err *err)
{
	struct err why = ERR_INIT;

	*own = docket_begin(d, &why);
	if (*own || strcmp(why.reason, "docket.begun") == 0)
		return true;
	*err = why;
	return false;
}

static bool
entries_index(struct journal *j, struct docket *d, uint64_t end, struct err *err)
{
	struct catching c = { .docket = d };
	bool own = false, ok;

	if (!index_begin(d, &own, err))
		return false;
	ok = docket_records_meant(d, &c.meant, err) &&
	    journal_each(j, end, entry_index, &c, err) &&
	    docket_records_end_put(d, journal_end(j), err) &&
	    docket_records_meant_put(d, 0, err) && (!own || docket_commit(d, err));
	if (!ok && own)
		docket_rollback(d);
	return ok;
}

static bool
catch_up(struct journal *j, struct docket *d, struct err *err)
{
	uint64_t end = 0;

	if (!docket_records_end(d, &end, err))
		return false;
	if (end == journal_end(j) || (end == 0 && journal_count(j) == 0))
		return true;
	if (end > journal_end(j))
		return err_set(err, ERR_UNPROVEN, "journal.shorter",
		    "the journal of records ends before what the docket knows of it: a part of it was lost. Get the whole home back from one backup; or go on without it: comity ledger succeed --reason damaged");
	return entries_index(j, d, end, err);
}

bool
record_catch_up(struct flow *f, struct docket *d, struct err *err)
{
	struct journal *j;

	return journal_get(f, &j, err) && catch_up(j, d, err);
}

bool
records_caught_up(struct flow *f, struct err *err)
{
	struct docket *d = NULL;
	bool ok;

	if (!home_lock(f->home, err) || !home_docket(f->home, &d, err))
		return false;
	ok = record_catch_up(f, d, err);
	home_docket_done(f->home);
	return ok;
}

/* ---- writing ---- */

/* What happens once to a package: a second record would say that it happened twice. */
static bool
once(enum record_event e)
{
	return e == EVENT_MADE || e == EVENT_RECEIVED || e == EVENT_REFUSED ||
	    e == EVENT_REVOKED || e == EVENT_DESTROYED || e == EVENT_LOSS;
}

struct recording {
	struct record_item *items;
	size_t n;
	struct buf bytes[RECORD_GROUP_MAX];
	struct digest sha256[RECORD_GROUP_MAX];
	bool there[RECORD_GROUP_MAX];	/* done before a crash, or before in the group */
};

static bool
there_already(struct docket *d, struct record_item *item, bool *there,
    struct err *err)
{
	const struct record *r = item->record;
	struct docket_record x;

	*there = false;
	if (!once(r->event) || !r->has_act)
		return true;
	if (!docket_record_find(d, record_event_name(r->event), &r->act,
	    r->has_package ? &r->package : NULL, &x, there, err))
		return false;
	if (*there)
		item->at = x.at;
	return true;
}

/* `before`: the last of the thread in this group, else in the docket. */
static bool
before_set(struct recording *g, size_t i, struct docket *d, struct err *err)
{
	struct record *r = g->items[i].record;
	struct docket_record last;

	r->has_before = false;
	if (g->items[i].request == 0)
		return true;
	for (size_t k = i; k-- > 0;)
		if (!g->there[k] && g->items[k].request == g->items[i].request) {
			r->has_before = true;
			r->before = g->sha256[k];
			return true;
		}
	if (!docket_record_last(d, g->items[i].request, &last, &r->has_before, err))
		return false;
	if (r->has_before)
		r->before = last.sha256;
	return true;
}

static bool
encode_all(struct recording *g, struct docket *d, struct err *err)
{
	for (size_t i = 0; i < g->n; i++)
		if (!there_already(d, &g->items[i], &g->there[i], err) ||
		    (!g->there[i] && (!before_set(g, i, d, err) ||
		    !record_encode(g->items[i].record, &g->bytes[i], err) ||
		    !digest_of(buf_span(&g->bytes[i]), &g->sha256[i], err))))
			return false;
	return true;
}

static bool
append_all(struct flow *f, struct recording *g, struct journal *j, struct err *err)
{
	struct span list[RECORD_GROUP_MAX];
	uint64_t at = journal_end(j), first;
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++) {
		if (g->there[i])
			continue;
		list[n++] = buf_span(&g->bytes[i]);
		g->items[i].at = at;
		g->items[i].sha256 = g->sha256[i];
		at += g->bytes[i].n + ENTRY_EXTRA;
	}
	if (n == 0 || log_append(f->log, list, n, &first, err)) {
		for (size_t i = 0; i < g->n; i++)
			g->items[i].fresh = !g->there[i];
		return true;
	}
	ledger_drop(f);
	return false;
}

static bool
index_all(struct recording *g, struct journal *j, struct docket *d, struct err *err)
{
	bool any = false;

	for (size_t i = 0; i < g->n; i++) {
		struct docket_record x;

		if (g->there[i])
			continue;
		any = true;
		index_fill(&x, g->items[i].record, g->items[i].at,
		    g->items[i].request);
		x.sha256 = g->sha256[i];
		if (!docket_record_put(d, &x, err))
			return false;
	}
	return !any || docket_records_end_put(d, journal_end(j), err);
}

/*
 * A clock that stands before the last record went back: what is dated from now on has
 * to be read with that.  Less than a minute is a clock being set right.
 */
#define CLOCK_BACK_SECONDS 60

static bool
clock_look(struct flow *f, struct docket *d, struct journal *j, struct err *err)
{
	struct docket_record newest;
	uint8_t salt[RECORD_SALT];
	struct record_item item;
	struct recording *g;
	struct record last, r;
	bool found, ok;

	if (f->clock_looked)
		return true;
	if (!docket_record_newest(d, &newest, &found, err) ||
	    (found && !record_load(f, newest.at, &last, NULL, salt, err)))
		return false;
	f->clock_looked = true;
	record_begin(f, &r, EVENT_CLOCK_JUMP);
	if (!found || last.at <= r.at + CLOCK_BACK_SECONDS)
		return true;
	r.clock_doubt = last.at - r.at;
	(void)snprintf(r.reason, sizeof r.reason, "clock.went-back");
	item = (struct record_item){ .record = &r };
	g = mem_new(sizeof *g, err);
	if (g == NULL)
		return false;
	g->items = &item;
	g->n = 1;
	buf_init(&g->bytes[0], RECORD_MAX);
	ok = encode_all(g, d, err) && append_all(f, g, j, err) &&
	    index_all(g, j, d, err);
	buf_clear(&g->bytes[0]);
	mem_free(g);
	return ok;
}

static bool
group_run(struct flow *f, struct docket *d, struct recording *g, struct err *err)
{
	struct journal *j = NULL;
	bool own = false, ok;

	ok = journal_get(f, &j, err) && index_begin(d, &own, err) &&
	    catch_up(j, d, err) && clock_look(f, d, j, err) && encode_all(g, d, err) &&
	    append_all(f, g, j, err) && index_all(g, j, d, err) &&
	    (!own || docket_commit(d, err));
	if (!ok && own)
		docket_rollback(d);
	return ok;
}

bool
record_group(struct flow *f, struct docket *d, struct record_item *items, size_t n,
    struct err *err)
{
	struct recording *g;
	bool ok;

	/* What a record says of who was at work is proven before it is written. */
	if (!flow_person(f, err))
		return false;
	for (size_t i = 0; i < n; i++)
		flow_person_record(f, items[i].record->person, items[i].record->role);
	g = mem_new(sizeof *g, err);
	ok = g != NULL;
	if (ok && n > RECORD_GROUP_MAX)
		ok = err_set(err, ERR_LIMIT, "record.group",
		    "more than %d records at once", RECORD_GROUP_MAX);
	if (ok) {
		g->items = items;
		g->n = n;
		for (size_t i = 0; i < n; i++)
			buf_init(&g->bytes[i], RECORD_MAX);
		ok = group_run(f, d, g, err);
		for (size_t i = 0; i < n; i++)
			buf_clear(&g->bytes[i]);
	}
	mem_free(g);
	return ok || err_wrap(err, "the record of it");
}

bool
record_event(struct flow *f, struct docket *d, struct record *r, unsigned request,
    uint64_t *at, struct err *err)
{
	struct record_item item = { .record = r, .request = request };

	if (!record_group(f, d, &item, 1, err))
		return false;
	if (at != NULL)
		*at = item.at;
	return true;
}

bool
record_alone(struct flow *f, struct record *r, unsigned request, struct err *err)
{
	struct docket *d = NULL;
	bool ok;

	if (!home_lock(f->home, err) || !home_docket(f->home, &d, err))
		return false;
	ok = record_event(f, d, r, request, NULL, err);
	home_docket_done(f->home);
	return ok;
}

bool
record_journal(struct flow *f, const struct record *r, struct err *err)
{
	struct buf bytes;
	struct span list;
	uint64_t index;
	bool ok;

	buf_init(&bytes, RECORD_MAX);
	ok = record_encode(r, &bytes, err);
	list = buf_span(&bytes);
	ok = ok && log_append(f->log, &list, 1, &index, err);
	buf_clear(&bytes);
	if (!ok)
		ledger_drop(f);
	return ok;
}

bool
record_home(struct flow *f, enum record_event event, const char *reason,
    struct err *err)
{
	struct record r;

	record_begin(f, &r, event);
	(void)snprintf(r.reason, sizeof r.reason, "%s", reason);
	return record_alone(f, &r, 0, err);
}

bool
loss_record(struct flow *f, const struct digest *act, const struct digest *package,
    struct err *err)
{
	struct record r;

	record_begin(f, &r, EVENT_LOSS);
	r.has_act = r.has_package = true;
	r.act = *act;
	r.package = *package;
	(void)snprintf(r.reason, sizeof r.reason, "parcel.lost");
	return record_alone(f, &r, 0, err);
}
