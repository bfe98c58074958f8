/*
 * Replay, reflection, reorder and splice (threat-model D18) for every kind of request: one
 * whole thread of each is played and recorded, with every answer there is in one of them;
 * then each act of it is put before each home in each state that the thread went through.
 * What comes again, to somebody else, too early, or in another thread changes nothing, and
 * the sentence is the right one; the next lawful step alone is taken, as the table of
 * policy/thread.c has it (its own test compares that table with a list written by hand).
 *
 * The usual run puts each act before the last state, and before the first and one between
 * where a kind has a script of its own; all of them, and every copy signed anew, with
 * COMITY_LONG=1.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/part_kit.h"
#include "flow/destroy.h"
#include "flow/guards.h"
#include "flow/journey.h"
#include "flow/testkit.h"
#include "policy/fields_kit.h"
#include "store/sql.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)

/* ---- a thread of each kind ---- */

#define STAGES_MAX 8			/* of one thread, the request itself too */

struct stage {
	enum thread_side by;
	enum act_kind act;
};
/* What follows the request; ACT_CARD, which is no step, ends the list. */
static const struct script {
	enum act_kind request;		/* ACT_KINDS: any other */
	struct stage after[STAGES_MAX];
} scripts[] = {
	{ ACT_PRESERVE, { { SIDE_IS_ASKED, ACT_QUESTION }, { SIDE_ASKS, ACT_REPLY },
	    { SIDE_IS_ASKED, ACT_GRANTED }, { SIDE_IS_ASKED, ACT_TRAFFIC_PATH },
	    { SIDE_IS_ASKED, ACT_EXTENSION }, { SIDE_IS_ASKED, ACT_RELEASED },
	    { SIDE_ASKS, ACT_WITHDRAWN } } },
	{ ACT_STORED_DATA, { { SIDE_IS_ASKED, ACT_QUESTION }, { SIDE_ASKS, ACT_REPLY },
	    { SIDE_IS_ASKED, ACT_POSTPONED }, { SIDE_IS_ASKED, ACT_GRANTED },
	    { SIDE_IS_ASKED, ACT_DELIVERED }, { SIDE_ASKS, ACT_ACKNOWLEDGED } } },
	{ ACT_MLA_GENERAL, { { SIDE_IS_ASKED, ACT_CONSULTATION }, { SIDE_ASKS, ACT_REPLY },
	    { SIDE_IS_ASKED, ACT_GRANTED_WITH_CONDITIONS }, { SIDE_ASKS, ACT_REPLY },
	    { SIDE_IS_ASKED, ACT_DELIVERED }, { SIDE_ASKS, ACT_ACKNOWLEDGED } } },
	{ ACT_SUBSCRIBER, { { SIDE_IS_ASKED, ACT_GRANTED },
	    { SIDE_IS_ASKED, ACT_DELIVERED } } },
	{ ACT_CONFISCATE, { { SIDE_IS_ASKED, ACT_CONSULTATION }, { SIDE_ASKS, ACT_REPLY },
	    { SIDE_IS_ASKED, ACT_REFUSED } } },
	{ ACT_FREEZE, { { SIDE_IS_ASKED, ACT_GRANTED }, { SIDE_IS_ASKED, ACT_RELEASED },
	    { SIDE_ASKS, ACT_WITHDRAWN } } },
	{ ACT_USE_CONSENT, { { SIDE_IS_ASKED, ACT_GRANTED },
	    { SIDE_IS_ASKED, ACT_REVOKED } } },
	{ ACT_DOMESTIC_ORDER, { { SIDE_IS_ASKED, ACT_QUESTION }, { SIDE_ASKS, ACT_REPLY },
	    { SIDE_IS_ASKED, ACT_PROVIDER_ANSWER }, { SIDE_ASKS, ACT_WITHDRAWN } } },
	{ ACT_KINDS, { { SIDE_IS_ASKED, ACT_GRANTED }, { SIDE_ASKS, ACT_WITHDRAWN } } },
};

static const struct script *
script_of(enum act_kind request)
{
	size_t i = 0;

	while (scripts[i].request != request && scripts[i].request != ACT_KINDS)
		i++;
	return &scripts[i];
}

static size_t
stages_of(enum act_kind request)
{
	const struct script *s = script_of(request);
	size_t n = 0;

	if (act_kind_is_notice(request))
		return 1;			/* told, and that is all */
	while (n + 1 < STAGES_MAX && s->after[n].act != ACT_CARD)
		n++;
	return 1 + n;
}

/* ---- one home or another ---- */

/* Aldora asks, Berun is asked: an office of Aldora too where an order stays in its State. */
struct homes {
	struct job j;
	enum act_kind kind;
	unsigned number;		/* of the request, at both */
	struct digest other;		/* request 1, of another thread */
	struct digest opening;
	char at[3][64];
	size_t stages;
};
static struct homes h;

static struct site *
site_of(size_t i)
{
	return i == 0 ? &h.j.a : i == 1 ? &h.j.b : &h.j.c;
}

/* A disk that owes nothing: what it owes is gone through at every sync. */
static void
copied(const char *from, const char *to)
{
	struct world *w = h.j.world;
	struct dir *d = NULL;

	if (path_exists(w, NULL, to))
		OK(dir_remove_all(w, NULL, to, &err));
	OK(home_copy(w, from, to, &err));
	OK(dir_open(w, NULL, ".", &d, &err));
	OK(dir_sync_all(d, &err));
	dir_close(d);
}

static void
moved(size_t i, const char *from, const char *to)
{
	struct site *s = site_of(i);

	site_end(s);
	copied(from, to);
	(void)snprintf(h.at[i], sizeof h.at[i], "%s", to);
	s->path = h.at[i];
	OK(site_again(s, &err));
}

static void
all_moved(const char *from, const char *to)
{
	static const char *const names[] = { "aldora", "berun", "cascada" };

	for (size_t i = 0; i < 3; i++) {
		char a[64], b[64];

		(void)snprintf(a, sizeof a, "%s%s", from, names[i]);
		(void)snprintf(b, sizeof b, "%s%s", to, names[i]);
		moved(i, a, b);
	}
}

/* As they are, in another folder; what they go on with stays. */
static void
kept_as(const char *folder)
{
	for (size_t i = 0; i < 3; i++)
		site_end(site_of(i));
	copied("now", folder);
	for (size_t i = 0; i < 3; i++)
		OK(site_again(site_of(i), &err));
}

/* Three homes that know each other, and a preservation (1) that nobody answered. */
static void
homes_begin(const char *country, uint64_t seed)
{
	struct sent sent;

	memset(&h, 0, sizeof h);
	job_begin(&h.j, seed);
	OK(site_init(&h.j.a, "XA", &err));
	OK(site_init(&h.j.b, country, &err));
	OK(step_pair_a(&h.j, &err));
	OK(step_pair_b(&h.j, &err));
	OK(third_begin(&h.j, &err));
	OK(site_again(&h.j.a, &err));
	OK(ask(&h.j.a, ACT_PRESERVE, home_settings(h.j.b.flow.home)->authority.s, &sent,
	    &err));
	h.other = sent.act.act;
	OK(bring(&h.j.a, &h.j.b, home_settings(h.j.b.flow.home)->authority.s, "base", &err));
	/* S13: collection in real time is off until a person of each side sets it. */
	OK(site_again(&h.j.a, &err));
	if (strcmp(country, "XB") == 0) {
		OK(flow_policy_realtime(&h.j.a.flow, "XB", "UNCAC-CYBER", true, "exercise",
		    &err));
		OK(flow_policy_realtime(&h.j.b.flow, "XA", "UNCAC-CYBER", true, "exercise",
		    &err));
	}
	for (size_t i = 0; i < 3; i++)
		site_end(site_of(i));
}

/* ---- the stages ---- */

static void
request_made(void)
{
	struct field_setting set[FIELDS_WHOLE_MAX + 4];
	struct field_value values[FIELDS_WHOLE_MAX];
	const char *to = home_settings(h.j.b.flow.home)->authority.s;
	struct sent sent;
	size_t mine, n;

	/* ask_with has some kinds' fields of its own. */
	(void)fields_of(h.kind, &mine);
	n = mine > 0 ? 0 : fields_whole(h.kind, values);
	for (size_t i = 0; i < n; i++)
		set[i] = (struct field_setting){ values[i].name, values[i].value };
	/* The kit's days are some days earlier than these homes. */
	if (h.kind == ACT_FREEZE_ALERT) {
		set[n++] = (struct field_setting){ "F94.by", "2026-11-24" };
		set[n++] = (struct field_setting){ "F90.at", "2026-11-22" };
	}
	OK(ask_with(&h.j.a, h.kind, to, 0, set, n, &sent, &err));
	h.opening = sent.act.act;
	h.number = sent.row.number;
}

static void
path_told(void)
{
	static const struct field_setting path[] = {
		{ "further_provider.name", "Net Cascada" },
		{ "further_provider.state", "XC" },
		{ "traffic_data[0].what", "login from a relay of Net Cascada" },
	};
	struct sent sent;

	OK(ask_with(&h.j.b, ACT_TRAFFIC_PATH, home_settings(h.j.a.flow.home)->authority.s,
	    h.number, path, 3, &sent, &err));
}

static void
delivered(void)
{
	struct deliver_wish w = { .evidence = 1, .purpose = "case 12 only",
		.authorisation = KIT_ORDER };
	struct sealed sealed;
	struct evidence e;
	struct sent sent;

	OK(add(&h.j.b, &e, &err));
	OK(SECONDED(&h.j.b, &err, flow_request_deliver(&h.j.b.flow, h.number, &w, &sealed,
	    &sent, &err)));
}

static void
consent_taken_back(void)
{
	struct docket *d = NULL;
	struct digest grant;
	bool found;

	OK(home_docket(h.j.b.flow.home, &d, &err));
	OK(thread_last(d, h.number, ACT_GRANTED, ACT_OUT, &grant, &found, &err));
	home_docket_done(h.j.b.flow.home);
	assert_true(found);
	OK(flow_revoke(&h.j.b.flow, REVOKED_CONSENT, &grant, "new facts", &err));
}

static void
answered(struct site *s, enum act_kind kind)
{
	static const char *const refuses[] = { "R18" }, *const postpones[] = { "R09" };
	static const struct field_setting limits[] = { { "conditions.code", "case_only" } };
	static const struct field_setting outcome[] = { { "outcome", "not_held" },
		{ "why_not", "Logs are kept for seven days" }, { "provider.name", "Mail" } };
	const struct call_wish called = { .dialled = KIT_PHONE, .answered_by = "Duty desk",
		.result = "yes" };
	struct answer_wish w = { .kind = kind, .text = "as said by phone", .lang = "en" };
	struct call_view call;
	struct sent sent;

	if (h.kind == ACT_EMERGENCY_DATA && kind == ACT_GRANTED)	/* S15 */
		OK(flow_request_called(&s->flow, h.number, &called, &call, &err));
	if (kind == ACT_REFUSED || kind == ACT_POSTPONED) {
		w.waive_consultation = "urgent";
		w.grounds = kind == ACT_REFUSED ? refuses : postpones;
		w.grounds_n = 1;
	} else if (kind == ACT_GRANTED_WITH_CONDITIONS) {
		w.set = limits;
		w.set_n = 1;
	} else if (kind == ACT_PROVIDER_ANSWER) {
		w.set = outcome;
		w.set_n = 3;
	} else if (kind == ACT_EXTENSION) {
		w.has_hold_until = true;
		w.hold_until = NOW + 150 * (int64_t)86400;
	}
	OK(SECONDED(s, &err, flow_request_answer(&s->flow, h.number, &w, &sent, &err)));
}

static void
stage_made(const struct stage *s)
{
	struct site *by = s->by == SIDE_ASKS ? &h.j.a : &h.j.b;

	OK(site_again(by, &err));
	if (s->act == ACT_TRAFFIC_PATH)
		path_told();
	else if (s->act == ACT_DELIVERED)
		delivered();
	else if (s->act == ACT_REVOKED)
		consent_taken_back();
	else
		answered(by, s->act);
}

static void
carried(enum thread_side from, const char *folder)
{
	struct site *by = from == SIDE_ASKS ? &h.j.a : &h.j.b;
	struct site *to = from == SIDE_ASKS ? &h.j.b : &h.j.a;

	OK(bring(by, to, home_settings(to->flow.home)->authority.s, folder, &err));
}

/* Stage i is made and carried over; then each home as it is, below s/I/. */
static void
stage_played(size_t i, int64_t at)
{
	const struct stage first = { SIDE_ASKS, h.kind };
	const struct stage *s = i == 0 ? &first : &script_of(h.kind)->after[i - 1];
	char to[32];

	world_sim_set_now(h.j.world, at);
	if (i == 0)
		request_made();
	else
		stage_made(s);
	(void)snprintf(to, sizeof to, "go-%s-%zu", act_kind_name(h.kind), i);
	carried(s->by, to);
	if (i + 1 == h.stages) {
		(void)snprintf(to, sizeof to, "end-%s", act_kind_name(h.kind));
		carried(s->by == SIDE_ASKS ? SIDE_IS_ASKED : SIDE_ASKS, to);
	}
	(void)snprintf(to, sizeof to, "s/%zu", i + 1);
	kept_as(to);
}

static void
thread_played(enum act_kind kind)
{
	int64_t from = NOW + 3600 * (int64_t)(1 + kind);

	h.kind = kind;
	h.stages = stages_of(kind);
	world_sim_set_now(h.j.world, from);
	all_moved("", "now/");
	kept_as("s/0");
	for (size_t i = 0; i < h.stages; i++)
		stage_played(i, from + 60 * (int64_t)(i + 1));
}

/* ---- what was recorded ---- */

#define RECORDED_MAX 40

struct recorded {
	struct buf bytes;
	size_t from;			/* 0 Aldora, 1 Berun */
	enum act_kind kind;
	struct digest act;
	struct digest follows[ACT_FOLLOWS_MAX];
	size_t follows_n;
};
struct recording {
	struct recorded list[RECORDED_MAX];
	size_t n;
};

static void
one_recorded(struct recording *r, size_t from, const struct docket_act *row)
{
	struct recorded *x = &r->list[r->n];
	struct site *s = site_of(from);
	struct act a;

	assert_true(r->n < RECORDED_MAX);
	r->n++;
	buf_init(&x->bytes, 1u << 20);
	OK(parcel_load(s, &row->act, &x->bytes, &err));
	x->from = from;
	x->act = row->act;
	assert_true(act_kind_parse(row->kind, &x->kind));
	act_init(&a, x->kind);
	OK(flow_act_read(&s->flow, &row->act, &a, &err));
	x->follows_n = a.follows_n;
	memcpy(x->follows, a.follows, sizeof x->follows);
	act_clear(&a);
}

static void
home_recorded(struct recording *r, size_t from)
{
	struct site *s = site_of(from);
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true;
	char folder[80];

	(void)snprintf(folder, sizeof folder, "%s/parcels", s->path);
	OK(listing_open(h.j.world, NULL, folder, &l, &err));
	for (;;) {
		struct docket *d = NULL;
		struct docket_act row;
		struct digest act;
		bool found;

		OK(listing_next(l, &e, &more, &err));
		if (!more)
			break;
		assert_true(digest_parse(span_of(e.name, 64), &act));
		OK(home_docket(s->flow.home, &d, &err));
		OK(docket_act_get(d, &act, &row, &found, &err));
		home_docket_done(s->flow.home);
		assert_true(found);
		/* Of the other thread: not part of this one. */
		if (row.direction == ACT_OUT && !digest_eq(&row.act, &h.other))
			one_recorded(r, from, &row);
	}
	listing_close(l);
}

static void
recording_clear(struct recording *r)
{
	for (size_t i = 0; i < r->n; i++)
		buf_clear(&r->list[i].bytes);
	r->n = 0;
}

/* ---- what is to be expected ---- */

struct expected {
	enum taken_as as;
	const char *reason;		/* NULL: not looked at */
	const char *state;		/* after it; NULL: not looked at */
};

static bool
here(struct docket *d, const struct digest *act, struct docket_act *row)
{
	bool found;

	OK(docket_act_get(d, act, row, &found, &err));
	return found;
}

/* By the table, in the thread that it names, as that stands at this home. */
static struct expected
by_the_table(struct docket *d, const struct recorded *x, const struct digest *thread)
{
	struct thread_facts f = { .by = x->from == 0 ? SIDE_ASKS : SIDE_IS_ASKED,
		.act = x->kind, .incoming = true, .same_parties = true,
		.follows_request = true, .follows_known = true, .now = NOW };
	struct docket_request row;
	struct thread_step step;
	bool found;

	OK(docket_request_by_act(d, thread, &row, &found, &err));
	if (!found && x->kind == h.kind && digest_eq(thread, &h.opening))
		return (struct expected){ TAKEN, "", "received" };
	if (!found)
		return (struct expected){ TAKEN_WAITS, "take.waits", NULL };
	assert_true(act_kind_parse(row.kind, &f.request));
	assert_true(request_state_parse(row.state, &f.state));
	step = thread_decide(&f);
	if (!step.verdict.allow)
		return (struct expected){ TAKEN_NOT, step.verdict.reason, NULL };
	return (struct expected){ TAKEN, "", request_state_name(step.next) };
}

static struct expected
expected_of(struct site *s, size_t home, const struct recorded *x)
{
	struct expected e = { TAKEN_NOT, NULL, NULL };
	struct docket *d = NULL;
	struct docket_act row;

	if (home != 1 - x->from) {		/* shown to somebody else, or to who made it */
		e.reason = home == x->from ? "receive.not-for-us" : "take.not-sound";
		return e;
	}
	OK(home_docket(s->flow.home, &d, &err));
	if (here(d, &x->act, &row)) {
		e = (struct expected){ TAKEN_AGAIN, "", NULL };
	} else if (x->kind == ACT_RECEIPT) {
		e.reason = "receipt.unknown";
		if (here(d, &x->follows[0], &row))
			e = (struct expected){ TAKEN, "", NULL };
	} else {
		e = by_the_table(d, x, &h.opening);
		for (size_t i = 0; i < x->follows_n; i++)
			if (!here(d, &x->follows[i], &row))
				e = (struct expected){ TAKEN_WAITS, "take.waits", NULL };
		/* A consent that was never given here cannot be told apart from none. */
		if (x->kind == ACT_REVOKED && e.as != TAKEN)
			e.reason = NULL;
	}
	home_docket_done(s->flow.home);
	return e;
}

static size_t tries, changes;

static bool
put_before(size_t home, const struct recorded *x, size_t state)
{
	struct site *s = site_of(home);
	struct expected e = expected_of(s, home, x);
	struct digest before, after;
	struct docket_request row;
	struct taken t;
	bool same;

	OK(docket_digest(s, &before, &err));
	OK(file_save(h.j.world, NULL, "again", buf_span(&x->bytes), true, &err));
	OK(flow_take(&s->flow, "again", &t, &err));
	OK(docket_digest(s, &after, &err));
	same = digest_eq(&before, &after);
	tries++;
	changes += !same;
	if (t.as != e.as || (e.reason != NULL && strcmp(t.reason, e.reason) != 0))
		fail_msg("%s, state %zu: %s before home %zu is %d \"%s\" (%s), not %d \"%s\"",
		    act_kind_name(h.kind), state, act_kind_name(x->kind), home, t.as,
		    t.reason, t.text, e.as, e.reason != NULL ? e.reason : "");
	assert_true(t.as == TAKEN || same);
	assert_true(t.as == TAKEN || strlen(t.text) > 20);
	if (e.state != NULL) {
		OK(row_of(s, h.number, &row, &err));
		assert_string_equal(row.state, e.state);
	}
	return same;
}

/* ---- again, to somebody else, out of order ---- */

static bool
is_long(void)
{
	return getenv("COMITY_LONG") != NULL;
}

static void
state_tried(const struct recording *r, size_t state, size_t home)
{
	char from[64];
	bool fresh = false;

	(void)snprintf(from, sizeof from, "s/%zu/%s", state,
	    home == 0 ? "aldora" : home == 1 ? "berun" : "cascada");
	/* The latest first: in an order that nobody meant. */
	for (size_t i = r->n; i-- > 0;) {
		if (!fresh)
			moved(home, from, "try");
		fresh = put_before(home, &r->list[i], state);
	}
}

static bool
has_own_script(void)
{
	return script_of(h.kind)->request == h.kind;
}

static void
every_state_tried(const struct recording *r)
{
	for (size_t state = 0; state <= h.stages; state++)
		for (size_t home = 0; home < 3; home++) {
			bool edge = state == h.stages || (has_own_script() &&
			    (state == 0 || state == h.stages / 2));

			/* Nothing of it ever came to the third: its states are one. */
			if ((edge || is_long()) && (home < 2 || state == h.stages) &&
			    part_has(h.kind + 3 * state + home))
				state_tried(r, state, home);
		}
}

/* ---- in another thread ---- */

static void
body_moved(struct act *a, const void *arg)
{
	struct act *from = *(struct act *const *)arg;

	a->body = from->body;		/* what it owns, too */
	memset(&from->body, 0, sizeof from->body);
	memcpy(a->instrument, from->instrument, sizeof a->instrument);
	memcpy(a->article, from->article, sizeof a->article);
}

/* The same words under a signature that holds, and these acts as what it follows. */
static void
spliced(const struct recorded *x, const struct digest *follows, size_t n,
    const struct expected *e)
{
	struct site *to = site_of(1 - x->from), *by = site_of(x->from);
	struct digest before, after, act;
	struct act words, *arg = &words;
	struct forgery f = { .kind = x->kind, .follows = follows, .follows_n = n,
		.fill = body_moved, .arg = &arg };
	struct taken t;
	char path[200];

	act_init(&words, x->kind);
	OK(flow_act_read(&by->flow, &x->act, &words, &err));
	OK(docket_digest(to, &before, &err));
	OK(forge(by, home_settings(to->flow.home)->authority.s, &f, path, &act, &err));
	OK(flow_take(&to->flow, path, &t, &err));
	OK(docket_digest(to, &after, &err));
	tries++;
	if (t.as != e->as || strcmp(t.reason, e->reason) != 0)
		fail_msg("%s: %s spliced is %d \"%s\" (%s), not \"%s\"",
		    act_kind_name(h.kind), act_kind_name(x->kind), t.as, t.reason, t.text,
		    e->reason);
	assert_true(t.as == TAKEN || digest_eq(&before, &after));
	act_clear(&words);
}

static void
each_spliced(const struct recording *r)
{
	const struct expected splice = { TAKEN_NOT, "thread.splice", NULL };

	for (size_t i = 0; i < r->n; i++) {
		const struct recorded *x = &r->list[i];
		const struct digest both[2] = { h.opening, h.other };
		struct expected e;
		struct docket *d = NULL;

		/* Evidence is no order to do anything: it has its own rules (take_test.c). */
		if (act_kind_class(x->kind) != ACT_IS_ANSWER)
			continue;
		all_moved("now/", "try/");
		spliced(x, both, 2, &splice);
		OK(home_docket(site_of(1 - x->from)->flow.home, &d, &err));
		e = by_the_table(d, x, &h.other);
		home_docket_done(site_of(1 - x->from)->flow.home);
		spliced(x, &h.other, 1, &e);
	}
}

/* ---- signed anew ---- */

static void
each_signed_anew(const struct recording *r)
{
	size_t step = is_long() ? 1 : r->n;	/* the usual run: one of each kind */

	all_moved("now/", "try/");
	for (size_t i = h.kind % (step > 1 ? step : 1); i < r->n; i += step) {
		const struct recorded *x = &r->list[i];
		struct site *to = site_of(1 - x->from), *by = site_of(x->from);
		struct docket_act row, was;
		struct docket *d = NULL;
		struct taken t;

		OK(file_save(h.j.world, NULL, "whole", buf_span(&x->bytes), true, &err));
		OK(home_docket(to->flow.home, &d, &err));
		assert_true(here(d, &x->act, &was));
		home_docket_done(to->flow.home);
		/* By its own signer, a moment later; then by a stranger to it. */
		for (size_t k = 0; k < 2; k++) {
			OK(resign(by, "whole", k == 0 ? by : &h.j.c,
			    home_settings(to->flow.home)->authority.s, "again", &err));
			OK(flow_take(&to->flow, "again", &t, &err));
			assert_int_equal(t.as, TAKEN_OTHER_PACKAGE);
			tries++;
		}
		OK(home_docket(to->flow.home, &d, &err));
		assert_true(here(d, &x->act, &row));
		home_docket_done(to->flow.home);
		assert_true(!row.other && digest_eq(&row.package, &was.package));
	}
}

/* ---- tests ---- */

static bool seen[ACT_KINDS];

static void
kind_tried(enum act_kind kind)
{
	struct recording *r = calloc(1, sizeof *r);

	assert_non_null(r);
	thread_played(kind);
	home_recorded(r, 0);
	home_recorded(r, 1);
	if (r->n < 2 * h.stages)	/* each with its receipt */
		fail_msg("%s: %zu acts in %zu stages", act_kind_name(kind), r->n, h.stages);
	for (size_t i = 0; i < r->n; i++)
		seen[r->list[i].kind] = true;
	every_state_tried(r);
	each_spliced(r);
	if (has_own_script() || is_long())
		each_signed_anew(r);
	recording_clear(r);
	free(r);
}

static void
homes_end(void)
{
	job_end(&h.j);
}

static void
no_act_of_any_kind_changes_a_state_again_elsewhere_or_out_of_order(void **state)
{
	(void)state;
	homes_begin("XB", 610);
	for (int k = 0; k < ACT_KINDS; k++)
		if (act_kind_class((enum act_kind)k) == ACT_IS_REQUEST &&
		    k != ACT_DOMESTIC_ORDER)
			kind_tried((enum act_kind)k);
	homes_end();
	print_message("%zu tries, %zu were the next step\n", tries, changes);
}

static void
no_act_of_an_order_within_its_state_does_either(void **state)
{
	(void)state;
	homes_begin("XA", 611);
	kind_tried(ACT_DOMESTIC_ORDER);
	homes_end();
}

/* ---- notices about evidence, and evidence ---- */

struct thing {
	struct buf bytes;
	size_t from;
};

/* The newest act of this kind that left that home. */
static void
thing_recorded(struct thing *x, size_t from, enum act_kind kind)
{
	struct digest act = { { 0 } };
	struct docket *d = NULL;
	struct query q;
	bool more = false;

	OK(site_again(site_of(from), &err));
	OK(home_docket(site_of(from)->flow.home, &d, &err));
	OK(query_begin(&q, d, "SELECT act FROM acts WHERE kind = ? AND direction = 0"
	    " ORDER BY id DESC LIMIT 1", &err));
	bind_text(&q, act_kind_name(kind));
	OK(query_row(&q, &more, &err));
	assert_true(more && take_digest(&q, &act));
	query_end(&q);
	home_docket_done(site_of(from)->flow.home);
	buf_init(&x->bytes, 1u << 20);
	OK(parcel_load(site_of(from), &act, &x->bytes, &err));
	x->from = from;
}

static void
thing_is(const struct thing *x, size_t home, enum taken_as as, const char *reason)
{
	struct site *s = site_of(home);
	struct digest before, after;
	struct taken t;

	OK(docket_digest(s, &before, &err));
	OK(file_save(h.j.world, NULL, "again", buf_span(&x->bytes), true, &err));
	OK(flow_take(&s->flow, "again", &t, &err));
	OK(docket_digest(s, &after, &err));
	tries++;
	if (t.as != as || strcmp(t.reason, reason) != 0)
		fail_msg("before home %zu it is %d \"%s\" (%s), not \"%s\"", home, t.as, t.reason,
		    t.text, reason);
	assert_true(digest_eq(&before, &after));
}

static void
thing_tried(const struct thing *x)
{
	all_moved("now/", "try/");
	thing_is(x, 1 - x->from, TAKEN_AGAIN, "");
	thing_is(x, x->from, TAKEN_NOT, "receive.not-for-us");
	thing_is(x, 2, TAKEN_NOT, "take.not-sound");
	all_moved("s/0/", "try/");
	/* Before what it is about came: nobody can say that it is about anything of ours. */
	thing_is(x, 1 - x->from, TAKEN_NOT, "notice.unknown");
}

/* Its own words about something else, under a signature that holds. */
static void
about_act(struct act *a, const void *arg)
{
	struct notice_body *b = &a->body.notice;

	(void)snprintf(b->number, sizeof b->number, "XA-0001");
	b->at = a->made_at;
	b->pieces_n = 1;
	b->pieces[0] = (struct notice_piece){ .act = *(const struct digest *)arg };
	OK(marked_set(&b->text, "text", "en", "gone", &err));
}

static void
notice_spliced(enum act_kind kind, size_t from, size_t to, const struct digest *about)
{
	struct forgery f = { .kind = kind, .follows = about, .follows_n = 1, .fill = about_act,
		.arg = about };
	struct digest before, after, act;
	struct taken t;
	char path[200];

	all_moved("now/", "try/");
	OK(docket_digest(site_of(to), &before, &err));
	OK(forge(site_of(from), home_settings(site_of(to)->flow.home)->authority.s, &f, path,
	    &act, &err));
	OK(flow_take(&site_of(to)->flow, path, &t, &err));
	OK(docket_digest(site_of(to), &after, &err));
	tries++;
	if (t.as != TAKEN_NOT || strcmp(t.reason, "notice.unknown") != 0)
		fail_msg("%s spliced: %d %s (%s)", act_kind_name(kind), t.as, t.reason, t.text);
	assert_true(digest_eq(&before, &after));
}

/* The homes that the stages were played in, and nothing else of them. */
static void
all_back(void)
{
	static const char *const now[] = { "now/aldora", "now/berun", "now/cascada" };

	for (size_t i = 0; i < 3; i++) {
		site_end(site_of(i));
		(void)snprintf(h.at[i], sizeof h.at[i], "%s", now[i]);
		site_of(i)->path = h.at[i];
		OK(site_again(site_of(i), &err));
	}
}

/* Of the evidence that went over: destroyed where it came, lost where it was from. */
static void
notices_made(struct digest *delivery)
{
	struct destroy_wish w = { .number = 1, .reason = "retention_ended" };
	struct doctor_report doctor;
	struct docket_request row;
	struct evidence e;
	struct destroyed out;

	OK(evidence_load(h.j.b.flow.home, 1, &e, &err));
	*delivery = e.parcels[0].act_id;
	OK(path_remove(h.j.world, home_dir(h.j.b.flow.home), parcel_path(delivery).s, &err));
	OK(site_again(&h.j.b, &err));
	OK(flow_doctor(&h.j.b.flow, &doctor, &err));
	carried(SIDE_IS_ASKED, "go-lost");
	OK(site_again(&h.j.a, &err));
	OK(flow_request_close(&h.j.a.flow, h.number, NULL, &row, &err));
	OK(SECONDED(&h.j.a, &err, flow_evidence_destroy(&h.j.a.flow, &w, &out, &err)));
	carried(SIDE_ASKS, "go-destroyed");
}

/* Honest evidence that says it answers two threads, and another one than it does. */
static void
delivery_spliced(const struct digest *follows, size_t n, const char *reason)
{
	struct seal_wish w = { .number = 1, .to = "XA",
		.purpose = "case 12 only", .follows = follows, .follows_n = n };
	struct digest before, after;
	struct sealed out;
	struct buf b;
	struct taken t;

	all_moved("now/", "try/");
	OK(docket_digest(&h.j.a, &before, &err));
	OK(SECONDED(&h.j.b, &err, flow_evidence_seal(&h.j.b.flow, &w, &out, &err)));
	buf_init(&b, 1u << 20);
	OK(parcel_load(&h.j.b, &out.evidence.parcels[out.parcel].act_id, &b, &err));
	OK(file_save(h.j.world, NULL, "again", buf_span(&b), true, &err));
	OK(flow_take(&h.j.a.flow, "again", &t, &err));
	OK(docket_digest(&h.j.a, &after, &err));
	buf_clear(&b);
	tries++;
	if (t.as != TAKEN_NOT || strcmp(t.reason, reason) != 0)
		fail_msg("evidence spliced: %d %s (%s), not %s", t.as, t.reason, t.text, reason);
	assert_true(digest_eq(&before, &after));
}

static void
no_notice_and_no_evidence_changes_anything_elsewhere_or_out_of_order(void **state)
{
	struct thing lost, gone;
	struct digest both[2], delivery;

	(void)state;
	homes_begin("XB", 612);
	thread_played(ACT_SUBSCRIBER);
	both[0] = h.opening;
	both[1] = h.other;
	delivery_spliced(both, 2, "thread.splice");
	delivery_spliced(&h.other, 1, "thread.preservation-hands-nothing-over");
	all_back();
	notices_made(&delivery);
	thing_recorded(&lost, 1, ACT_LOSS_NOTICE);
	thing_recorded(&gone, 0, ACT_DESTROYED);
	thing_tried(&lost);
	thing_tried(&gone);
	for (enum act_kind k = ACT_DESTROYED; k != ACT_KINDS; k = k == ACT_DESTROYED ?
	    ACT_LOSS_NOTICE : ACT_KINDS) {
		/* What is no evidence; and evidence, by who never had it. */
		notice_spliced(k, 0, 1, &h.opening);
		notice_spliced(k, 2, 1, &delivery);
	}
	buf_clear(&lost.bytes);
	buf_clear(&gone.bytes);
	homes_end();
}

/* The scripts above leave nothing out. */
static void
every_request_and_every_answer_was_played(void **state)
{
	(void)state;
	for (int k = 0; k < ACT_KINDS; k++) {
		enum act_class class = act_kind_class((enum act_kind)k);

		if (class != ACT_IS_REQUEST && class != ACT_IS_ANSWER &&
		    class != ACT_IS_RECEIPT && k != ACT_DELIVERED && k != ACT_REVOKED)
			continue;
		if (!seen[k])
			fail_msg("%s was not played", act_kind_name((enum act_kind)k));
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    no_act_of_any_kind_changes_a_state_again_elsewhere_or_out_of_order),
		cmocka_unit_test(no_act_of_an_order_within_its_state_does_either),
		cmocka_unit_test(
		    no_notice_and_no_evidence_changes_anything_elsewhere_or_out_of_order),
		cmocka_unit_test(every_request_and_every_answer_was_played),
	};

	if (argc == 2)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("replay of kinds", tests, NULL, NULL);
}
