/* What was granted is worked on: by whom, on which authority, after which assurance. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/execute.h"
#include "flow/guards.h"
#include "flow/journey.h"
#include "flow/people.h"
#include "flow/treaty.h"

/* What is put on file for a request: sealed to ourselves, a folder each. */
enum filed { FILED_AUTHORISATION, FILED_WAIVER, FILED };
static const struct {
	const char *folder, *name, *words;
} filings[FILED] = {
	{ "authorisations", "authorisation", "the authorisation" },
	{ "waivers", EXECUTE_WAIVER, "the waiver" },
};

#define FILED_MAX 64		/* of one request: orders that followed each other, waivers */

struct executing {
	struct flow *f;
	struct docket_request row;
	struct act request;
	struct execute_facts facts;
	struct request_findings *found;	/* NULL: not looked for */
	const struct execute_wish *wish;
	bool sealed;			/* something was put on file now: */
	struct record_file files[FILED];	/* what the record says of it */
	size_t files_n;
	/* By the ledger: that work was begun, and what was put on file, the oldest first. */
	bool begun;
	struct digest filed[FILED][FILED_MAX];
	size_t filed_n[FILED];
};

/* ---- on file: the authorisation, a waiver ---- */

struct folder_path { char s[sizeof "authorisations" + 1 + 64]; };

static struct folder_path
folder_of(enum filed what, const struct docket_request *r)
{
	struct folder_path p;

	(void)snprintf(p.s, sizeof p.s, "%s/%s", filings[what].folder,
	    digest_hex(&r->act).s);
	return p;
}

/*
 * What the ledger says about it.  The folders and the state in the docket have no key: a
 * file that somebody laid there is no order, and a state that was typed there no beginning.
 */
static bool
leaf_look(void *arg, const struct docket_record *row, struct err *err)
{
	struct executing *x = arg;
	uint8_t salt[RECORD_SALT];
	struct record r;

	if (strcmp(row->event, record_event_name(EVENT_DECIDED)) != 0)
		return true;
	if (!record_load(x->f, row->at, &r, NULL, salt, err))
		return err_wrap(err, "the docket names a record that cannot be read; make it anew with: comity rebuild");
	if (strcmp(r.rule, EXECUTE_RULE) != 0 || strcmp(r.outcome, "refused") == 0)
		return true;
	if (strcmp(r.outcome, request_state_name(STATE_EXECUTING)) == 0)
		x->begun = true;
	for (size_t i = 0; i < r.files_n; i++)
		for (size_t w = 0; w < FILED; w++)
			if (strcmp(r.files[i].path, filings[w].name) == 0 &&
			    x->filed_n[w] < FILED_MAX)
				x->filed[w][x->filed_n[w]++] = r.files[i].sha256;
	return true;
}

static bool
leaves_load(struct executing *x, struct err *err)
{
	struct docket *d = NULL;
	bool ok;

	ok = desk_open(x->f, false, &d, err) &&
	    docket_records_each(d, &x->row.act, leaf_look, x, err);
	docket_close(d);
	return ok;
}

struct filed_path { char s[sizeof(struct folder_path) + 80]; };

static struct filed_path
filed_path(const struct executing *x, enum filed what, const struct digest *sum)
{
	struct filed_path p;

	(void)snprintf(p.s, sizeof p.s, "%s/%s.age", folder_of(what, &x->row).s,
	    digest_hex(sum).s);
	return p;
}

/* One that a leaf names, and that is there. */
static bool
on_file(const struct executing *x, enum filed what)
{
	for (size_t i = 0; i < x->filed_n[what]; i++)
		if (home_has(x->f->home, filed_path(x, what, &x->filed[what][i]).s))
			return true;
	return false;
}

static bool
filed_already(const struct executing *x, enum filed what, const struct digest *sum)
{
	for (size_t i = 0; i < x->filed_n[what]; i++)
		if (digest_eq(&x->filed[what][i], sum))
			return home_has(x->f->home, filed_path(x, what, sum).s);
	return false;
}

static bool
seal_bytes(struct executing *x, enum filed what, struct span plain, struct err *err)
{
	struct folder_path folder = folder_of(what, &x->row);
	struct record_file *file = &x->files[x->files_n];
	struct age_recipient self;
	struct digest sum;
	struct buf sealed;
	bool ok;

	if (!digest_of(plain, &sum, err))
		return false;
	if (filed_already(x, what, &sum))
		return true;
	buf_init(&sealed, AUTHORISATION_BYTES + 65536);
	ok = home_recipient(x->f->home, &self, err) &&
	    age_seal_small(x->f->world, &self, 1, plain, &sealed, err) &&
	    dir_make_all(x->f->world, home_dir(x->f->home), folder.s, err);
	if (ok) {
		ok = home_save(x->f->home, filed_path(x, what, &sum).s, buf_span(&sealed),
		    err) && folder_sync(x->f, filings[what].folder, err);
		(void)snprintf(file->path, sizeof file->path, "%s", filings[what].name);
		file->bytes = plain.n;
		file->sha256 = sum;
		x->files_n += ok;
		x->sealed = x->sealed || ok;
	}
	buf_clear(&sealed);
	return ok;
}

static bool
file_put(struct executing *x, enum filed what, const char *path, bool *there,
    struct err *err)
{
	struct buf plain;
	bool ok;

	if (path == NULL)
		return true;
	buf_init_secret(&plain, AUTHORISATION_BYTES);
	ok = file_load(x->f->world, NULL, path, &plain, err) ?
	    plain.n > 0 || err_set(err, ERR_USE, "execute.authorisation-empty",
	    "the file %s is empty: it says nothing", path) :
	    err_wrap(err, "%s", filings[what].words);
	ok = ok && seal_bytes(x, what, buf_span(&plain), err);
	*there = *there || ok;
	buf_clear(&plain);
	return ok;
}

static bool
files_put(struct executing *x, struct err *err)
{
	return file_put(x, FILED_AUTHORISATION, x->wish->authorisation,
	    &x->facts.authorised, err) &&
	    file_put(x, FILED_WAIVER, x->wish->waiver, &x->facts.waived, err);
}

/* ---- the facts ---- */

/* What the rules of a request find in it, as it stands now: S03, and what bars a yes. */
static bool
findings_look(struct executing *x, struct err *err)
{
	bool ok;

	x->found = mem_new(sizeof *x->found, err);
	if (x->found == NULL)
		return false;
	x->facts.found = x->found;
	ok = request_stands(x->f, &x->row, &x->request, x->found, err);
	for (size_t i = 0; ok && i < x->found->n; i++)
		if (strcmp(x->found->list[i].reason, "request.persecution") == 0)
			x->facts.flagged = true;
	x->facts.unmapped = ok && request_unmapped(&x->request,
	    law_basis(act_kind_name(x->request.kind), x->request.instrument));
	return ok;
}

bool
conditions_ask_assurance(const struct fields *fs)
{
	const struct field *c = fields_find(fs, "conditions");

	for (size_t i = 0; c != NULL && i < c->n; i++) {
		const struct field_part *code = fields_part(fs, "conditions", i, "code");

		if (code != NULL && (strcmp(code->text, "assurance") == 0 ||
		    strcmp(code->text, "no_death_penalty") == 0))
			return true;
	}
	return false;
}

struct replied {
	const char *peer;		/* of the thread; "" who has no Comity */
	bool promised, yes;		/* our yes with conditions; a reply after it */
	struct digest reply;
};

static bool
replied_look(void *arg, const struct docket_act *a, struct err *err)
{
	struct replied *r = arg;

	(void)err;
	if (a->direction == ACT_OUT &&
	    strcmp(a->kind, act_kind_name(ACT_GRANTED_WITH_CONDITIONS)) == 0)
		*r = (struct replied){ .peer = r->peer, .promised = true };
	/* What we noted of theirs on paper has no peer. */
	if (r->promised && a->direction == ACT_IN && !a->other &&
	    strcmp(a->peer, r->peer) == 0 &&
	    strcmp(a->kind, act_kind_name(ACT_REPLY)) == 0) {
		r->yes = true;
		r->reply = a->act;
	}
	return true;
}

/* Who has Comity signs its assurance; on paper two of us noted it. */
static bool
assurance_holds(struct executing *x, const struct replied *r, bool *holds, struct err *err)
{
	struct act a;

	*holds = false;
	if (!r->yes)
		return true;
	if (!act_open(x->f, &r->reply, &a, err))
		return false;
	*holds = a.kind == ACT_REPLY && (r->peer[0] != '\0' ?
	    strcmp(a.from.s, r->peer) == 0 : a.people.n > 1);
	act_clear(&a);
	return true;
}

/* S22: our last yes with conditions, and whether they replied to it. */
static bool
assurance_look(struct executing *x, bool read, struct err *err)
{
	struct replied replied = { .peer = x->row.peer };
	struct execute_facts *f = &x->facts;
	struct docket *d = NULL;
	struct promise p;
	bool ok;

	promise_init(&p);
	ok = promise_find(x->f, &x->row, &p, err) && (!p.made ||
	    (desk_open(x->f, true, &d, err) &&
	    docket_request_acts(d, x->row.number, replied_look, &replied, err)));
	docket_close(d);
	if (ok && p.made) {
		f->assurance_wanted = conditions_ask_assurance(&p.conditions);
		ok = assurance_holds(x, &replied, &f->assurance_given, err);
		f->assurance_given = f->assurance_given && read;
	}
	promise_clear(&p);
	return ok;
}

static bool
executing_load(struct executing *x, bool read, struct err *err)
{
	struct execute_facts *f = &x->facts;

	if (!x->row.has_act)
		return err_set(err, ERR_USE, "request.draft",
		    "request %u is a draft: there is nothing to execute", x->row.number);
	if (!act_kind_parse(x->row.kind, &f->request) ||
	    !request_state_parse(x->row.state, &f->state))
		return err_set(err, ERR_UNPROVEN, "docket.damaged",
		    "the state of request %u cannot be read", x->row.number);
	f->ours = x->row.ours;
	f->now = world_now(x->f->world);
	f->request_expires_at = x->row.expires_at;
	f->persons = 1;
	if (!leaves_load(x, err))
		return false;
	if (f->state == STATE_EXECUTING && !x->begun)
		f->state = STATE_ACCEPTED;
	f->authorised = on_file(x, FILED_AUTHORISATION);
	f->waived = on_file(x, FILED_WAIVER);
	return (x->row.ours || findings_look(x, err)) &&
	    guard_heightened(x->f, &x->row, &x->request, &f->heightened, err) &&
	    assurance_look(x, read, err);
}

/* ---- two persons, where one is not enough ---- */

static int
digest_order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct digest));
}

/* In one order, whenever they were put there: a line for each. */
static bool
filed_print(const struct executing *x, enum filed what, struct buf *out, struct err *err)
{
	struct folder_path folder = folder_of(what, &x->row);
	struct digest list[FILED_MAX];
	struct listing *l = NULL;
	struct listing_entry e;
	size_t n = 0;
	bool more = true, ok;

	if (!home_has(x->f->home, folder.s))
		return buf_printf(out, err, "%s -\n", filings[what].name);
	ok = listing_open(x->f->world, home_dir(x->f->home), folder.s, &l, err);
	while (ok && more && n < FILED_MAX) {
		ok = listing_next(l, &e, &more, err);
		n += ok && more && strlen(e.name) == 68 &&
		    digest_parse(span_part(span_text(e.name), 0, 64), &list[n]);
	}
	listing_close(l);
	if (ok && n == FILED_MAX)
		return err_set(err, ERR_LIMIT, "execute.files",
		    "there are %d files or more of %s of this request: nobody reads them all; ask for a new request",
		    FILED_MAX, filings[what].words);
	qsort(list, n, sizeof *list, digest_order);
	for (size_t i = 0; ok && i < n; i++)
		ok = buf_printf(out, err, "%s %s\n", filings[what].name, digest_hex(&list[i]).s);
	return ok;
}

/* What they wrote after their request, and what we promised: each changes what is worked on. */
static bool
said_print(void *arg, const struct docket_act *a, struct err *err)
{
	struct buf *out = arg;
	bool reply = a->direction == ACT_IN &&
	    strcmp(a->kind, act_kind_name(ACT_REPLY)) == 0;
	bool promise = a->direction == ACT_OUT &&
	    strcmp(a->kind, act_kind_name(ACT_GRANTED_WITH_CONDITIONS)) == 0;

	return (!reply && !promise) || buf_printf(out, err, "%s %s\n", a->kind,
	    digest_hex(&a->act).s);
}

/* All that the execution rests on, and the request as it stands: it is what the two read. */
static bool
matter_print(const struct executing *x, struct buf *out, struct err *err)
{
	const struct execute_facts *f = &x->facts;
	struct docket *d = NULL;
	bool ok;

	ok = buf_printf(out, err, MATTER_EXECUTE "request %u: work on it begins\nrequest %s\n"
	    "kind %s\nflagged %s\nheightened %s\ndual criminality %s\nassurance %s\n",
	    x->row.number, digest_hex(&x->row.act).s, x->row.kind,
	    f->flagged ? "request.persecution" : "-", f->heightened ? "yes" : "no",
	    !f->unmapped ? "mapped" : f->waived ? "waived" : "open",
	    !f->assurance_wanted ? "not asked for" : f->assurance_given ? "given" : "not given") &&
	    filed_print(x, FILED_AUTHORISATION, out, err) &&
	    filed_print(x, FILED_WAIVER, out, err) && desk_open(x->f, true, &d, err) &&
	    docket_request_acts(d, x->row.number, said_print, out, err);
	docket_close(d);
	return ok && buf_add_text(out, "as it stands:\n", err) &&
	    matter_act_print(&x->request, out, err);
}

static bool
second_ask(struct executing *x, struct matter *m, struct buf *content, struct err *err)
{
	struct act_people people;

	if (!x->facts.flagged && !x->facts.heightened)
		return true;
	*m = (struct matter){ .act = PEOPLE_DELIVER, .kind = ACT_DELIVERED,
		.request = x->row.number };
	if (!matter_print(x, content, err))
		return false;
	m->content = buf_span(content);
	if (!flow_second(x->f, m, &people, err))
		return false;
	x->facts.persons = (unsigned)people.n;
	return true;
}

/* ---- kept ---- */

static void
file_record_begin(const struct executing *x, const char *outcome, struct record *out)
{
	record_begin(x->f, out, EVENT_DECIDED);
	out->has_act = true;
	out->act = x->row.act;
	(void)snprintf(out->peer.s, sizeof out->peer.s, "%.19s", x->row.peer);
	record_decided(out, EXECUTE_RULE, outcome);
	for (size_t i = 0; i < x->files_n; i++)
		out->files[out->files_n++] = x->files[i];
}

/* An order that came with the hand-over is on file from now on. */
static bool
filed_record(struct executing *x, struct err *err)
{
	struct record r;

	if (!x->sealed)
		return true;
	file_record_begin(x, EXECUTE_FILED, &r);
	(void)snprintf(r.reason, sizeof r.reason, "execute.filed");
	return record_alone(x->f, &r, x->row.number, err);
}

static bool
executing_record(struct executing *x, struct docket *d, struct err *err)
{
	struct record r;

	file_record_begin(x, request_state_name(STATE_EXECUTING), &r);
	(void)snprintf(r.reason, sizeof r.reason, "execute.%s", x->facts.persons > 1 ?
	    "two-persons" : x->facts.unmapped ? "dual-waived" : x->facts.assurance_wanted ? "assured" :
	    x->facts.authorised ? "authorised" : "granted");
	return record_event(x->f, d, &r, x->row.number, NULL, err);
}

static bool
executing_keep(struct executing *x, const struct matter *under, struct err *err)
{
	struct docket *d = NULL;
	bool ok;

	(void)snprintf(x->row.state, sizeof x->row.state, "%s",
	    request_state_name(STATE_EXECUTING));
	ok = desk_open(x->f, false, &d, err) && docket_begin(d, err) &&
	    flow_second_use(x->f, d, under, err) && executing_record(x, d, err) &&
	    docket_request_put(d, &x->row, err) && docket_commit(d, err);
	docket_close(d);
	return ok;
}

static bool
execute_run(struct executing *x, struct err *err)
{
	struct buf content;
	struct matter m = { .request = 0 };
	bool already = x->facts.state == STATE_EXECUTING, kept, ok;

	/* What the state forbids is told before anything is put on file. */
	if (!already) {
		struct execute_facts plain = x->facts;

		plain.authorised = plain.assurance_given = plain.waived = true;
		plain.heightened = false;
		plain.persons = 2;
		if (!verdict_ask(execute_decide(&plain), err))
			return false;
	}
	buf_init(&content, MATTER_MAX);
	ok = guard_ask(x->f, GUARD_WORK, &x->row, &x->request, PEOPLE_DELIVER,
	    x->facts.assurance_wanted, err) &&
	    files_put(x, err) && second_ask(x, &m, &content, err) &&
	    (already || verdict_ask(execute_decide(&x->facts), err));
	kept = ok && (!already || x->sealed);
	if (kept)
		ok = kept = executing_keep(x, &m, err);
	/* Nothing new was put there: what was approved is good for what comes. */
	if (m.request != 0)
		ok = flow_second_end(x->f, &m, kept, err) || (ok && !kept);
	buf_clear(&content);
	return ok;
}

bool
flow_request_execute(struct flow *f, unsigned number, const struct execute_wish *wish,
    struct docket_request *out, struct err *err)
{
	struct executing x;
	bool ok;

	memset(&x, 0, sizeof x);
	x.f = f;
	x.wish = wish;
	act_init(&x.request, ACT_PRESERVE);
	ok = home_lock(f->home, err) && flow_may(f, PEOPLE_GRANT, err) &&
	    records_caught_up(f, err) && request_load(f, number, &x.row, err) &&
	    executing_load(&x, wish->assured, err) && execute_run(&x, err);
	if (ok)
		*out = x.row;
	else
		decided_refused(f, number, err);
	mem_free(x.found);
	act_clear(&x.request);
	return ok;
}

/*
 * Evidence goes: nothing that "execute" asks for is left out, said or not.  What changed
 * since it was said (the State is blocked by now, the call found a forgery) stops here;
 * only the assurance, which was read then, is taken from it.  Two persons sign each
 * hand-over, whatever it is of (PEOPLE_DELIVER).
 */
bool
execute_handover_ask(struct flow *f, const struct docket_request *row,
    const char *authorisation, struct err *err)
{
	const struct execute_wish wish = { .authorisation = authorisation };
	struct executing x;
	bool ok;

	memset(&x, 0, sizeof x);
	x.f = f;
	x.wish = &wish;
	x.row = *row;
	act_init(&x.request, ACT_PRESERVE);
	ok = executing_load(&x, false, err);
	if (ok && !row->ours) {
		x.facts.hands_over = true;
		x.facts.assurance_given = x.facts.assurance_given ||
		    x.facts.state == STATE_EXECUTING;
		x.facts.persons = 2;
		ok = guard_ask(f, GUARD_WORK, row, &x.request, PEOPLE_DELIVER,
		    x.facts.assurance_wanted, err) && files_put(&x, err) &&
		    verdict_ask(execute_decide(&x.facts), err) && filed_record(&x, err);
	}
	mem_free(x.found);
	act_clear(&x.request);
	return ok;
}
