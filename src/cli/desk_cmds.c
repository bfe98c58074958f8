/* The duty desk: what waits, what is due, what to do next. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/request.h"
#include "policy/due.h"

struct standing {			/* what the desk adds from the evidence and the peers */
	size_t own, received, unsealed, pending, peers, unconfirmed;
	char carry_to[AUTHORITY_ID_MAX];	/* of the oldest act no carrier has taken */
};

static bool
peer_count(void *arg, const struct peer *p, struct err *err)
{
	struct standing *w = arg;

	(void)err;
	w->peers++;
	w->unconfirmed += !p->confirmed && !p->revoked;
	return true;
}

static bool
carry_look(void *arg, const struct docket_act *a, struct err *err)
{
	struct standing *w = arg;

	(void)err;
	if (a->carried_at == 0 && w->carry_to[0] == '\0')
		memcpy(w->carry_to, a->peer, sizeof w->carry_to);
	return true;
}

static bool
carry_first(struct cli *c, struct standing *w)
{
	struct docket *d = NULL;
	bool ok;

	if (!home_docket(c->flow.home, &d, &c->err))
		return false;
	ok = docket_outbox(d, NULL, carry_look, w, &c->err);
	home_docket_done(c->flow.home);
	return ok;
}

static bool
standing_count(struct cli *c, struct standing *w)
{
	struct home *h = c->flow.home;
	struct evidence *e = mem_new(sizeof *e, &c->err);
	unsigned *list = NULL;
	size_t n = 0;
	bool ok;

	memset(w, 0, sizeof *w);
	ok = e != NULL && evidence_numbers(h, &list, &n, &c->err) &&
	    peers_each(h, peer_count, w, &c->err);
	for (size_t i = 0; ok && i < n; i++) {
		ok = evidence_load(h, list[i], e, &c->err);
		if (!ok)
			break;
		w->own += e->origin == EVIDENCE_OWN;
		w->received += e->origin == EVIDENCE_RECEIVED;
		w->unsealed += e->origin == EVIDENCE_OWN && e->parcels_n == 0;
		for (size_t k = 0; k < e->parcels_n; k++)
			w->pending += e->origin == EVIDENCE_OWN &&
			    e->parcels[k].stamp == STAMP_PENDING;
	}
	mem_free(list);
	mem_free(e);
	return ok && carry_first(c, w);
}

/* What a person should look at now: overdue, or due within this time. */
#define LOOK_WITHIN (7 * 86400)

static const struct docket_request *
pressing(const struct desk *d)
{
	for (size_t i = 0; i < d->due_n; i++) {
		const struct docket_request *r = &d->due[i];

		if (r->due_at < d->now || (r->due_ours &&
		    r->due_at <= d->now + LOOK_WITHIN))
			return r;
	}
	return NULL;
}

struct step { char s[160]; };

static struct step step_of(const char *fmt, ...) PRINTF_LIKE(1, 2);

static struct step
step_of(const char *fmt, ...)
{
	struct step t;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(t.s, sizeof t.s, fmt, ap);
	va_end(ap);
	return t;
}

static struct step
next_step(const struct settings *s, const struct desk *d, const struct standing *w)
{
	const struct docket_request *look = pressing(d);

	if (!s->has_certificate)
		return step_of("comity key csr, then comity key import CHAIN.pem --roots ROOTS.pem");
	if (d->emergencies_n > 0)
		return step_of("comity request show %u", d->emergencies[0].number);
	if (d->inbox > 0)
		return step_of("comity evidence receive");
	if (look != NULL && look->due_ours)
		return step_of("comity request show %u", look->number);
	if (w->carry_to[0] != '\0')
		return step_of("comity bundle write DIR --to %.2s", w->carry_to);
	if (look != NULL)
		return step_of("comity request show %u", look->number);
	if (d->counts.stamps_owed > 0 && s->tsa_url[0] != '\0')
		return step_of("comity stamp fetch");
	if (w->pending > 0)
		return step_of("comity stamp query ID --out q.tsq");
	if (w->peers == 0)
		return step_of("comity peer pair THEIR-CARD");
	if (w->unconfirmed > 0)
		return step_of("comity peer pair THEIR-CARD --words \"...\"");
	if (d->counts.drafts > 0)
		return step_of("comity request list --state draft");
	if (w->unsealed > 0)
		return step_of("comity evidence seal ID --to PEER");
	if (d->counts.unreceipted > 0)
		return step_of("comity bundle read DIR   (what the other side sends back)");
	return step_of("comity request new preserve --to PEER ...  or  comity evidence add PATH ...");
}

static enum due_stage
desk_stage(const struct docket_request *r, int64_t now)
{
	return due_stage_of(r->sent_at != 0 ? r->sent_at : r->opened_at, r->due_at, now);
}

/* What lasts a day has no stage for its last one, and is near all the same. */
static const char *
stage_heading(const struct docket_request *r, int64_t now)
{
	enum due_stage s = desk_stage(r, now);

	if (s == STAGE_OVERDUE)
		return "OVERDUE";
	if (s == STAGE_TWO_HOURS)
		return "within 2 hours";
	return r->due_at - now <= 86400 ? "within 24 hours" : "later";
}

/* Before all else, and until something went over, or the request is at its end. */
static void
emergencies_say(struct cli *c, const struct desk *d)
{
	const char *state = home_settings(c->flow.home)->state;

	if (d->emergencies_n > 0)
		say(c, "  EMERGENCY: a life may be in danger\n");
	for (size_t i = 0; i < d->emergencies_n && i < DESK_EMERGENCIES_MAX; i++) {
		const struct docket_request *r = &d->emergencies[i];

		say(c, "    %s from %.2s  ", request_number_text(state, r).s, r->peer);
		if (r->answered_at == 0)
			say(c, "the first word of a person is owed %s\n", due_people(
			    law_deadline_at(law_deadline("D60"), r->opened_at), d->now).s);
		else
			say(c, "%s; nothing has gone over yet\n", r->state);
	}
	if (d->emergencies_n > DESK_EMERGENCIES_MAX)
		say(c, "    and %zu more: comity request list\n",
		    d->emergencies_n - DESK_EMERGENCIES_MAX);
}

/* Soonest first, so that each stage stands together. */
static void
due_say(struct cli *c, const struct desk *d)
{
	const char *heading = "";

	for (size_t i = 0; i < d->due_n && i < 5; i++) {
		const char *h = stage_heading(&d->due[i], d->now);

		if (strcmp(h, heading) != 0)
			say(c, "  %s:\n", h);
		heading = h;
		say(c, "    ");
		request_line(c, &d->due[i], d->now);
	}
	if (d->due_n > 0)
		say(c, "  All that is due, with rules and warnings: comity deadline list\n");
}

static void
desk_json(struct cli *c, const struct desk *d, const struct standing *w)
{
	const struct settings *s = home_settings(c->flow.home);
	struct json_out j;

	json_start(c, &j, "comity.status/1");
	json_out_str(&j, "authority", s->authority.s);
	json_out_str(&j, "name", s->name);
	json_out_bool(&j, "training", s->training);
	json_out_bool(&j, "has_certificate", s->has_certificate);
	json_out_int(&j, "evidence_own", (int64_t)w->own);
	json_out_int(&j, "evidence_received", (int64_t)w->received);
	json_out_int(&j, "unsealed", (int64_t)w->unsealed);
	json_out_int(&j, "stamps_pending", (int64_t)d->counts.stamps_owed);
	json_out_int(&j, "outbox", (int64_t)d->counts.outbox);
	json_out_int(&j, "without_receipt", (int64_t)d->counts.unreceipted);
	json_out_int(&j, "inbox", (int64_t)d->inbox);
	json_out_int(&j, "peers", (int64_t)w->peers);
	json_out_int(&j, "peers_not_confirmed", (int64_t)w->unconfirmed);
	json_out_int(&j, "overdue", (int64_t)d->counts.overdue);
	json_out_int(&j, "due_in_24_h", (int64_t)d->counts.due_day);
	json_out_int(&j, "open_ours", (int64_t)d->counts.open_ours);
	json_out_int(&j, "open_theirs", (int64_t)d->counts.open_theirs);
	json_out_int(&j, "drafts", (int64_t)d->counts.drafts);
	json_out_int(&j, "waiting_for_them", (int64_t)d->counts.waiting_for_them);
	json_out_int(&j, "holds_ending", (int64_t)d->counts.holds_ending);
	json_out_int(&j, "holds_over", (int64_t)d->counts.holds_over);
	json_out_array(&j, "due");
	for (size_t i = 0; i < d->due_n; i++) {
		json_out_object(&j, NULL);
		request_json(c, &j, &d->due[i]);
		json_out_str(&j, "stage", due_stage_name(desk_stage(&d->due[i], d->now)));
		json_out_close_object(&j);
	}
	json_out_close_array(&j);
	json_out_bool(&j, "restored", home_has(c->flow.home, FLOW_RESTORED_PATH));
	json_out_object(&j, "second_person");
	json_out_int(&j, "waits", (int64_t)d->second_waits);
	json_out_int(&j, "owed", (int64_t)d->second_owed);
	json_out_int(&j, "overdue", (int64_t)d->second_overdue);
	json_out_str(&j, "due_at", d->second_due_at != 0 ?
	    when_rfc3339(d->second_due_at).s : NULL);
	json_out_close_object(&j);
	json_out_object(&j, "notices");
	json_out_int(&j, "due", (int64_t)d->notices_due);
	json_out_int(&j, "doubt", (int64_t)d->notices_doubt);
	json_out_close_object(&j);
	json_out_int(&j, "emergencies", (int64_t)d->emergencies_n);
	json_out_object(&j, "after_emergencies");
	json_out_int(&j, "owed_by_us", (int64_t)d->formal_ours);
	json_out_int(&j, "owed_by_them", (int64_t)d->formal_theirs);
	json_out_int(&j, "overdue", (int64_t)d->formal_overdue);
	json_out_close_object(&j);
	json_out_str(&j, "ledger", d->ledger_text[0] != '\0' ? d->ledger_text : NULL);
	json_out_str(&j, "next", next_step(s, d, w).s);
	json_done(c, &j);
}

/* "  a 1, b 2": of many counts only those that are not 0, on one line. */
struct counting { struct cli *c; bool any; };

static void
count_say(struct counting *l, const char *what, uint64_t n)
{
	if (n == 0)
		return;
	say(l->c, "%s%s %llu", l->any ? ", " : "  ", what, (unsigned long long)n);
	l->any = true;
}

static void
counts_say(struct cli *c, const struct desk *d, const struct standing *w)
{
	const struct docket_counts *n = &d->counts;
	struct counting l = { .c = c };

	say(c, "  overdue %llu, due in 24 h %llu; open: asked of us %llu, by us %llu",
	    (unsigned long long)n->overdue, (unsigned long long)n->due_day,
	    (unsigned long long)n->open_theirs, (unsigned long long)n->open_ours);
	if (n->waiting_for_them > 0)
		say(c, " (%s for them)", count_people(n->waiting_for_them, "waits",
		    "wait").s);
	if (n->drafts > 0)
		say(c, "; drafts %llu", (unsigned long long)n->drafts);
	say(c, "\n");
	count_say(&l, "arrived", d->inbox);
	count_say(&l, "to be carried", n->outbox);
	count_say(&l, "carried, no receipt yet", n->unreceipted);
	say(c, l.any ? "\n" : "");
	l.any = false;
	count_say(&l, "evidence of our own", w->own);
	count_say(&l, "received", w->received);
	count_say(&l, "not sealed yet", w->unsealed);
	count_say(&l, "time stamps owed", d->counts.stamps_owed);
	say(c, l.any ? "\n" : "");
}

static void
owed_say(struct cli *c, const struct desk *d)
{
	if (d->notices_due > 0)
		say(c, "  %s to be told of a secret measure: comity notice list\n",
		    count_people(d->notices_due, "person is", "persons are").s);
	if (d->notices_doubt > 0)
		say(c, "  %s in doubt: this machine's clock stands before the day they were written: comity notice list\n",
		    count_people(d->notices_doubt, "notice is", "notices are").s);
	if (d->formal_ours + d->formal_theirs > 0)
		say(c, "  formal requests after emergencies: we owe %zu, they owe %zu, overdue %zu: comity deadline list\n",
		    d->formal_ours, d->formal_theirs, d->formal_overdue);
}

static void
desk_say(struct cli *c, const struct desk *d, const struct standing *w)
{
	const struct settings *s = home_settings(c->flow.home);
	const struct docket_counts *n = &d->counts;

	say(c, "%s (%s)%s\n", s->name, s->authority.s, s->training ? "  TRAINING" : "");
	emergencies_say(c, d);
	counts_say(c, d, w);
	if (n->holds_ending > 0)
		say(c, "  %s within 21 days: ask for the longer hold, or send the request\n",
		    count_people(n->holds_ending, "hold ends", "holds end").s);
	if (n->holds_over > 0)
		say(c, "  %s over: nobody has to hold the data any more; see comity hold list --all, then renew the order, ask anew, or close the request\n",
		    count_people(n->holds_over, "hold is", "holds are").s);
	if (w->peers == 0)
		say(c, "  no peer yet\n");
	else if (w->unconfirmed > 0)
		say(c, "  %s not confirmed: their six words are needed\n",
		    count_people(w->unconfirmed, "peer is", "peers are").s);
	if (home_has(c->flow.home, FLOW_RESTORED_PATH))
		say(c, "  restored from a backup: what was done after it is not known here, and its numbers are given again\n");
	if (d->ledger_text[0] != '\0')
		say(c, "  %s\n", d->ledger_text);
	if (d->second_waits > 0)
		say(c, "  %s for a second person: comity approval list\n",
		    count_people(d->second_waits, "act waits", "acts wait").s);
	if (d->second_owed > 0)
		say(c, "  %s still owed for what went, %s by %s: comity approval list\n",
		    count_people(d->second_owed, "second signature is",
		    "second signatures are").s, d->second_overdue > 0 ? "overdue" : "due",
		    when_people(d->second_due_at).s);
	owed_say(c, d);
	due_say(c, d);
	if (d->due_n == 0 && n->open_ours + n->open_theirs == 0)
		say(c, n->last_received_at != 0 ?
		    "  Nothing waits for you. Last came in: %s.\n" :
		    "  Nothing waits for you.\n", when_people(n->last_received_at).s);
	say(c, "  Next: %s\n", next_step(s, d, w).s);
}

int
run_status(struct cli *c, struct call *call)
{
	struct desk *d = mem_new(sizeof *d, &c->err);
	struct standing w;
	bool ok;

	(void)call;
	ok = d != NULL && flow_desk(&c->flow, d, &c->err) && standing_count(c, &w);
	if (ok && c->json)
		desk_json(c, d, &w);
	else if (ok)
		desk_say(c, d, &w);
	mem_free(d);
	return ok ? EXIT_DONE : fail(c);
}

int
run_desk(struct cli *c, struct call *call)
{
	const char *path;

	if (!buf_text(&c->home_path, &path, &c->err))
		return fail(c);
	if (flow_open(&c->flow, path, &c->err))
		return run_status(c, call);
	if (c->err.kind != ERR_ABSENT)
		return fail(c);
	err_clear(&c->err);
	say(c, "There is no home in ");
	say_text(c, path);
	say(c, " yet.\n"
	    "  Next: comity init --country XA --authority \"Aldora\" --training --self-ca\n"
	    "        (a training home; comity help real-office for a real one)\n"
	    "  Or:   comity verify PACKAGE --roots ROOTS.pem --tsa TSA.pem\n");
	if (c->json) {
		struct json_out j;

		json_start(c, &j, "comity.status/1");
		json_out_null(&j, "authority");
		json_out_str(&j, "next", "comity init");
		json_done(c, &j);
	}
	return EXIT_DONE;
}
