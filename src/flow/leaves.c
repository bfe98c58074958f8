/* The few records that decisions rest on, read from the journal itself (leaves.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/guards.h"
#include "flow/inside.h"
#include "flow/leaves_inside.h"
#include "store/people.h"

/* ---- reading ---- */

static bool
has_text(struct span record, const char *text)
{
	return memmem(record.p, record.n, text, strlen(text)) != NULL;
}

/* Every record begins so (formats/record), and then with its event's name. */
#define RECORD_BEGIN "{\"schema\":\"" RECORD_SCHEMA "\",\"event\":\""

static bool
event_is(struct span record, enum record_event e)
{
	const char *name = record_event_name(e);
	size_t at = sizeof RECORD_BEGIN - 1, n = strlen(name);

	return record.n > at + n && memcmp(record.p + at, name, n) == 0 &&
	    record.p[at + n] == '"';
}

static bool
decision_wanted(struct span record)
{
	static const char *const rules[] = { "\"rule\":\"" CALL_RULE "\"",
		"\"rule\":\"" SEEN_RULE "\"", "\"rule\":\"" RISK_RULE "\"",
		"\"rule\":\"" REALTIME_RULE "\"", ("\"reason\":\"" OWED_REASON) };

	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (has_text(record, rules[i]))
			return true;
	return false;
}

#define LIST_FILE "people/list-"	/* NUMBER.json: store/people.h */
/* What disclose.c gives as reasons: evidence.restricted, evidence.unrestricted. */
#define MARKS_REASON "restricted"

/* A note of before lacks whatever is wanted anew. */
_Static_assert(LEAF_KINDS == 7, "another kind needs another LEAVES_MAGIC");

static bool
leaf_wanted(struct span record)
{
	return journal_lost(record) || event_is(record, EVENT_CARD) || event_is(record, EVENT_REVOKED) ||
	    event_is(record, EVENT_RECOVERY) ||
	    (event_is(record, EVENT_DECIDED) && decision_wanted(record)) ||
	    (event_is(record, EVENT_ADMINISTRATION) &&
	    (has_text(record, "\"" LIST_FILE) || has_text(record, MARKS_REASON "\"") ||
	    has_text(record, "\"" LEAVES_PATH "\"")));
}

static bool
list_number(const char *path, unsigned *out)
{
	size_t n = strlen(path);
	uint64_t v;

	if (strncmp(path, LIST_FILE, sizeof LIST_FILE - 1) != 0 || !name_ends(path, ".json") ||
	    !decimal_parse(span_part(span_text(path), sizeof LIST_FILE - 1,
	    n - (sizeof LIST_FILE - 1) - 5), PEOPLE_LISTS_MAX, &v))
		return false;
	*out = (unsigned)v;
	return true;
}

/* Each change of the list of persons names the new one. */
static bool
people_fill(struct leaf *x, const struct record *r)
{
	unsigned number;

	if (r->files_n != 1 || strncmp(r->reason, "people.", 7) != 0 ||
	    !list_number(r->files[0].path, &number))
		return false;
	x->what = LEAF_PEOPLE;
	x->digest = r->files[0].sha256;
	x->number = number;
	return true;
}

#define MARKS_FOLDER "evidence/"

/* One of an earlier version names no file. */
static bool
marks_fill(struct leaf *x, const struct record *r)
{
	if (strcmp(r->reason, "evidence.restricted") != 0 &&
	    strcmp(r->reason, "evidence.unrestricted") != 0)
		return false;
	x->what = LEAF_MARKS;
	x->number = 0;
	if (r->has_act)
		x->about = r->act;
	else if (r->files_n > 1)
		x->about = r->files[1].sha256;
	if (r->files_n >= 1 &&
	    strncmp(r->files[0].path, MARKS_FOLDER, sizeof MARKS_FOLDER - 1) == 0) {
		x->number = (unsigned)strtoul(r->files[0].path + sizeof MARKS_FOLDER - 1,
		    NULL, 10);
		x->digest = r->files[0].sha256;
	}
	return true;
}

/* "cards/HEX.revoked": what its owner revoked (revoked.c). */
static void
revoked_fill(struct leaf *x, const char *path)
{
	size_t n = sizeof REVOKED_FOLDER - 1;

	x->number = strncmp(path, REVOKED_FOLDER, n) == 0 && strlen(path) > n + 64 &&
	    digest_parse(span_of(path + n, 64), &x->digest);
}

/* "owed.until.INSTANT", and later "owed.signed". */
static bool
owed_fill(struct leaf *x, const struct record *r)
{
	const char *at = strrchr(r->reason, '.');
	uint64_t until = 0;

	if (strncmp(r->reason, OWED_REASON, sizeof OWED_REASON - 1) != 0 ||
	    strncmp(r->rule, "people.", 7) != 0)
		return false;
	for (size_t i = 0; i < r->files_n; i++)
		if (strcmp(r->files[i].path, OWED_CONTENT) == 0) {
			x->what = LEAF_OWED;
			x->digest = r->files[i].sha256;
		}
	if (decimal_parse(span_text(at + 1), WHEN_MAX, &until))
		x->size = until;
	return x->what == LEAF_OWED;
}

/* false: it is none of them after all. */
static bool
leaf_fill(struct leaf *x, const struct record *r, uint64_t at)
{
	*x = (struct leaf){ .at = at, .time = r->at, .has_act = r->has_act,
		.digest = r->act, .peer = r->peer };
	(void)snprintf(x->reason, sizeof x->reason, "%s", r->reason);
	if (r->event == EVENT_ADMINISTRATION)
		return people_fill(x, r) || marks_fill(x, r);
	if (r->event == EVENT_DECIDED) {
		x->what = LEAF_GUARD;
		(void)snprintf(x->rule, sizeof x->rule, "%.15s", r->rule);
		(void)snprintf(x->outcome, sizeof x->outcome, "%s", r->outcome);
		return owed_fill(x, r) || guard_record(r);
	}
	x->what = r->event == EVENT_CARD ? LEAF_CARD : r->event == EVENT_REVOKED ?
	    LEAF_REVOKED : LEAF_RECOVERY;
	if (x->what == LEAF_REVOKED && r->files_n == 1)
		revoked_fill(x, r->files[0].path);
	if (x->what == LEAF_RECOVERY && r->files_n == 1) {
		x->size = r->files[0].bytes;
		x->digest = r->files[0].sha256;
	}
	return true;
}

bool
leaf_keep(struct leaves *l, const struct leaf *x, struct err *err)
{
	struct leaf_list *of = &l->of[x->what];
	struct leaf *more = mem_grow(of->list, of->n, sizeof *more, err);

	if (more == NULL)
		return false;
	of->list = more;
	more[of->n++] = *x;
	return true;
}

/* A recovery that took leaves back from a peer says so behind them (recovery.c). */
static void
lost_explain(struct leaves *l, const struct leaf *x)
{
	static const char *const backs[] = { "restored", "ledger.shorter", "ledger.taken-back",
		"ledger.recovered", "ledger.resumed" };

	if (strcmp(x->reason, LOST_REASON) == 0) {
		l->lost = 0;
		l->gap = x->at;
		l->gap_time = x->time;
	}
	for (size_t i = 0; i < sizeof backs / sizeof *backs; i++)
		if (strcmp(x->reason, backs[i]) == 0)
			l->lost = 0;
}

static bool
leaf_add(void *arg, const struct journal_entry *e, struct err *err)
{
	struct leaves *l = arg;
	struct leaf x;
	struct record r;

	if (journal_lost(e->record)) {
		l->lost = e->at;
		return true;
	}
	if (!record_decode(&r, e->record, err))
		return false;
	l->named = l->named || leaves_note_named(l, &r);
	if (!leaf_fill(&x, &r, e->at))
		return true;
	if (x.what == LEAF_RECOVERY)
		lost_explain(l, &x);
	return leaf_keep(l, &x, err);
}

void
leaves_empty(struct leaves *l)
{
	for (int i = 0; i < LEAF_KINDS; i++)
		mem_free(l->of[i].list);
	memset(l, 0, sizeof *l);
}

void
leaves_free(struct leaves *l)
{
	if (l != NULL)
		leaves_empty(l);
	mem_free(l);
}

void
leaves_forget(struct flow *f)
{
	leaves_free(f->leaves);
	f->leaves = NULL;
}

/* No journal: was there one?  A new home has none of these. */
static bool
journal_missed(struct flow *f, bool *yes, struct err *err)
{
	static const char *const tell[] = { "journal/offsets", LEAVES_PATH, "journal/damaged-1",
		LOG_PATH "/tree", LOG_PATH "/signed", LOG_PATH "/checkpoint", LOG_PATH "/standing",
		LOG_PATH "/before", "cards/own" };
	struct docket *d = NULL;
	uint64_t end = 0;
	bool ok;

	*yes = home_settings(f->home)->ledger > 0;
	for (size_t i = 0; !*yes && i < sizeof tell / sizeof *tell; i++)
		if (!path_look(f->world, home_dir(f->home), tell[i], yes, err))
			return false;
	if (*yes || !home_has(f->home, "docket.sqlite"))
		return true;
	if (!home_docket(f->home, &d, err))
		return false;
	ok = docket_records_end(d, &end, err);
	home_docket_done(f->home);
	*yes = end > 0;
	return ok;
}

static bool
journal_absent(struct flow *f, bool *whole, struct err *err)
{
	bool missed;

	*whole = true;
	return journal_missed(f, &missed, err) && (!missed || err_set(err, ERR_UNPROVEN,
	    "journal.damaged", "the journal is gone: there is no file " JOURNAL_PATH
	    ", and this home had one"));
}

/* One that was cut at the end of an entry holds, and is not all. */
static bool
reach_check(struct flow *f, struct err *err)
{
	uint64_t reach;

	return log_journal_reach(f->world, home_dir(f->home), &reach, err) &&
	    (reach <= f->leaves->read.at || err_set(err, ERR_UNPROVEN, "journal.shorter",
	    "the journal ends before byte %llu, where it ended once: it was cut, or is an older copy",
	    (unsigned long long)reach));
}

static bool
glance_on(struct flow *f, bool *whole, struct err *err)
{
	struct leaves *l = f->leaves;
	struct err why = ERR_INIT;
	bool first = !l->looked;

	if (journal_glance(f->world, home_dir(f->home), &l->read, whole, leaf_wanted,
	    leaf_add, l, &why)) {
		l->looked = true;
		return !first || !*whole || reach_check(f, err);
	}
	if (why.kind == ERR_ABSENT)
		return journal_absent(f, whole, err);
	*err = why;
	return err_wrap(err, "the journal");
}

/* A note that no record behind it names is as none. */
static bool
glance(struct flow *f, bool *whole, struct err *err)
{
	struct err why = ERR_INIT;

	if (glance_on(f, whole, &why) && (f->leaves->noted == 0 || f->leaves->named))
		return true;
	if (f->leaves->noted > 0 && !f->leaves->named && why.kind != ERR_MEMORY) {
		leaves_empty(f->leaves);
		return glance_on(f, whole, err);
	}
	*err = why;
	return false;
}

/*
 * What is not whole at the end is what a cut left, and the journal's opening drops it or says
 * what is wrong; or another command is writing it now.
 */
static bool
leaves_go_on(struct flow *f, struct err *err)
{
	struct err why = ERR_INIT;
	struct log *log;
	bool whole, ok;

	ok = glance(f, &whole, err);
	if (ok && !whole) {
		if (ledger_log(f, &log, &why))
			/* Its opening looks at them too, and forgets what did not hold. */
			ok = f->leaves == NULL ? leaves_read(f, err) :
			    glance(f, &whole, err) && (whole || err_set(err, ERR_UNPROVEN,
			    "journal.damaged", "the journal is damaged at byte %llu",
			    (unsigned long long)f->leaves->read.at));
		else if (strcmp(why.reason, "home.busy") != 0)
			ok = (*err = why, false);
	}
	if (!ok)
		leaves_forget(f);
	return ok;
}

bool
leaves_whole(struct flow *f, struct err *err)
{
	f->leaves = mem_new(sizeof *f->leaves, err);
	return f->leaves != NULL && leaves_go_on(f, err);
}

bool
leaves_read(struct flow *f, struct err *err)
{
	if (f->leaves == NULL) {
		f->leaves = mem_new(sizeof *f->leaves, err);
		if (f->leaves == NULL)
			return false;
		if (!leaves_note_load(f, f->leaves, err)) {
			leaves_forget(f);
			return false;
		}
	}
	return leaves_go_on(f, err);
}

bool
leaves_each(struct flow *f, enum leaf_what what,
    void (*each)(void *arg, const struct leaf *x), void *arg, struct err *err)
{
	const struct leaf_list *of;

	if (!leaves_read(f, err))
		return false;
	of = &f->leaves->of[what];
	for (size_t i = 0; i < of->n; i++)
		each(arg, &of->list[i]);
	return true;
}

bool
leaves_end(struct flow *f, uint64_t *out, struct err *err)
{
	if (!leaves_read(f, err))
		return false;
	*out = f->leaves->read.at;
	return true;
}

bool
leaves_pass(const struct flow *f, const struct err *why, struct err *err)
{
	bool damage = docket_rebuild_despite(why) && why->kind != ERR_CONFLICT;

	if (damage && f->despite_damage)
		return true;
	*err = *why;
	return damage ? err_wrap(err,
	    "what the records say of persons, cards and ended trust cannot be read, and nothing is done without it. See what is wrong with: comity ledger check; then go on with a successor, which loses nothing that can still be read: comity ledger succeed --reason damaged. Or make a home of the newest backup: comity restore") :
	    false;
}

bool
leaves_gap(struct flow *f, struct leaf_gap *out, struct err *err)
{
	const struct leaves *l;

	if (!leaves_read(f, err))
		return false;
	l = f->leaves;
	*out = l->lost > l->gap ? (struct leaf_gap){ l->lost, INT64_MAX } :
	    (struct leaf_gap){ l->gap, l->gap_time };
	return true;
}

/* ---- what is asked of them ---- */

static void
people_look(void *arg, const struct leaf *x)
{
	struct leaf *newest = arg;

	if (x->number >= newest->number)
		*newest = *x;
}

bool
leaves_people(struct flow *f, struct leaf *newest, struct err *err)
{
	memset(newest, 0, sizeof *newest);
	return leaves_each(f, LEAF_PEOPLE, people_look, newest, err);
}

struct stance_looking {
	char reason[64];
	struct leaf_value *out;
	const char *rule;
};

static struct leaf_value
leaf_value_of(const struct leaf *x)
{
	struct leaf_value v = { .at = x->at };

	(void)snprintf(v.s, sizeof v.s, "%s", x->outcome);
	return v;
}

static void
stance_look(void *arg, const struct leaf *x)
{
	struct stance_looking *l = arg;

	if (!x->has_act && strcmp(x->rule, l->rule) == 0 &&
	    strcmp(x->reason, l->reason) == 0 && strcmp(x->outcome, "refused") != 0)
		*l->out = leaf_value_of(x);
}

bool
leaves_stance_said(struct flow *f, const char *rule, const char *state, const char *about,
    struct leaf_value *out, struct err *err)
{
	struct stance_looking l = { .out = out, .rule = rule };

	memset(out, 0, sizeof *out);
	if (strlen(state) != 2)
		return true;
	guard_stance_reason(rule, state, about, l.reason);
	return leaves_each(f, LEAF_GUARD, stance_look, &l, err);
}

bool
leaves_stance(struct flow *f, const char *rule, const char *state, const char *about,
    struct leaf_value *out, struct err *err)
{
	struct leaf_gap gap;

	if (!leaves_stance_said(f, rule, state, about, out, err) || !leaves_gap(f, &gap, err))
		return false;
	if (gap.at <= out->at || strlen(state) != 2)
		return true;
	if (strcmp(rule, REALTIME_RULE) == 0)
		out->s[0] = '\0';
	else if (strcmp(about, RISK_ALL) == 0)
		(void)snprintf(out->s, sizeof out->s, "%s", risk_level_name(RISK_BLOCKED));
	return true;
}

struct peer_looking {
	const struct authority_id *peer;
	bool found;
	struct digest card;
	uint64_t words_at, revoked_at;	/* of the newest; 0: none */
};

static void
card_look(void *arg, const struct leaf *x)
{
	struct peer_looking *l = arg;
	bool words = strcmp(x->reason, "card.words") == 0;

	if (strcmp(x->peer.s, l->peer->s) != 0 || !x->has_act)
		return;
	if (!l->found || words)
		l->card = x->digest;
	l->found = true;
	if (words)
		l->words_at = x->at;
}

static void
ended_look(void *arg, const struct leaf *x)
{
	struct peer_looking *l = arg;

	if (strcmp(x->peer.s, l->peer->s) == 0 && (strcmp(x->reason, "peer.revoked") == 0 ||
	    strncmp(x->reason, REVOKED_CARD_REASON, sizeof REVOKED_CARD_REASON - 1) == 0))
		l->revoked_at = x->at;
}

/* No card is taken while trust is ended, but one whose words were compared. */
bool
leaves_revoked(struct flow *f, const struct authority_id *peer, enum peer_trust *out,
    struct err *err)
{
	struct peer_looking l = { .peer = peer };
	struct leaf_gap gap;

	if (!leaves_each(f, LEAF_REVOKED, ended_look, &l, err) ||
	    !leaves_each(f, LEAF_CARD, card_look, &l, err) || !leaves_gap(f, &gap, err))
		return false;
	*out = l.revoked_at > l.words_at ? TRUST_ENDED :
	    gap.at > l.words_at ? TRUST_LOST : TRUST_STANDS;
	return true;
}

bool
leaves_card_of_words(struct flow *f, const struct authority_id *peer, struct digest *out,
    bool *found, struct err *err)
{
	struct peer_looking l = { .peer = peer };

	if (!leaves_each(f, LEAF_CARD, card_look, &l, err))
		return false;
	*found = l.found;
	*out = l.card;
	return true;
}

static bool
confirms(const struct leaf *x)
{
	return x->has_act && (strcmp(x->reason, "card.words") == 0 ||
	    strcmp(x->reason, "card.confirmed") == 0);
}

/* The first confirmed card of this one? */
static bool
peer_is_new(const struct leaf_list *of, size_t i)
{
	if (!confirms(&of->list[i]))
		return false;
	for (size_t k = 0; k < i; k++)
		if (confirms(&of->list[k]) &&
		    strcmp(of->list[k].peer.s, of->list[i].peer.s) == 0)
			return false;
	return true;
}

bool
leaves_peers(struct flow *f,
    bool (*each)(void *arg, const struct authority_id *peer, struct err *err), void *arg,
    struct err *err)
{
	if (!leaves_read(f, err))
		return false;
	/* What each asks may add to the list: it is looked up anew. */
	for (size_t i = 0; i < f->leaves->of[LEAF_CARD].n; i++) {
		const struct leaf_list *of = &f->leaves->of[LEAF_CARD];
		struct authority_id peer = of->list[i].peer;
		enum peer_trust trust;

		if (!peer_is_new(of, i))
			continue;
		if (!leaves_revoked(f, &peer, &trust, err) ||
		    (trust != TRUST_ENDED && !each(arg, &peer, err)))
			return false;
	}
	return true;
}

struct since_looking {
	const struct digest *id;
	int64_t *since;
	bool found;
};

static void
since_look(void *arg, const struct leaf *x)
{
	struct since_looking *l = arg;
	const char *at = strrchr(x->reason, '.');
	uint64_t v;

	if (x->number == 0 || !digest_eq(&x->digest, l->id) || at == NULL ||
	    !decimal_parse(span_text(at + 1), WHEN_MAX, &v))
		return;
	/* The earlier date is the safe one. */
	if (!l->found || (int64_t)v < *l->since)
		*l->since = (int64_t)v;
	l->found = true;
}

bool
leaves_revoked_since(struct flow *f, const struct digest *id, int64_t *since, bool *found,
    struct err *err)
{
	struct since_looking l = { .id = id, .since = since };

	if (!leaves_each(f, LEAF_REVOKED, since_look, &l, err))
		return false;
	*found = l.found;
	return true;
}

static bool
text_is(const char *text, const char *const list[])
{
	for (; *list != NULL; list++)
		if (strcmp(text, *list) == 0)
			return true;
	return false;
}

static bool
standing_ends(const char *reason)
{
	static const char *const ends[] = { "ledger.recovered", "ledger.resumed",
		"ledger.successor", NULL };

	return text_is(reason, ends) || strncmp(reason, "ledger.closed-", 14) == 0;
}

/* What is frozen stays so, whatever was restored into it. */
static void
standing_begins(struct leaf_standing *s, const struct leaf *x)
{
	bool split = strcmp(x->reason, "ledger.split") == 0;

	s->restored = s->restored || strcmp(x->reason, "restored") == 0;
	s->since = x->at;
	if (s->standing == LOG_FROZEN)
		return;
	s->standing = split ? LOG_FROZEN : LOG_RECOVERING;
	(void)snprintf(s->reason, sizeof s->reason, "%s", split ? "ledger.split" :
	    s->restored ? "ledger.restored" : "ledger.shorter");
}

static void
standing_look(void *arg, const struct leaf *x)
{
	static const char *const begins[] = { "restored", "ledger.shorter", "ledger.split", NULL };
	struct leaf_standing *s = arg;

	if (standing_ends(x->reason))
		*s = (struct leaf_standing){ .since = x->at };
	else if (text_is(x->reason, begins))
		standing_begins(s, x);
	else if (strcmp(x->reason, ANSWERED_REASON) == 0 && x->size > s->known_size) {
		s->known_size = x->size;
		s->known_root = x->digest;
	}
}

bool
leaves_standing(struct flow *f, struct leaf_standing *out, struct err *err)
{
	memset(out, 0, sizeof *out);
	return leaves_each(f, LEAF_RECOVERY, standing_look, out, err);
}

struct answer_looking {
	const struct authority_id *peer;
	uint64_t since;
	bool found;
};

static void
answer_look(void *arg, const struct leaf *x)
{
	struct answer_looking *l = arg;

	l->found = l->found || (x->at > l->since && strcmp(x->reason, ANSWERED_REASON) == 0 &&
	    strcmp(x->peer.s, l->peer->s) == 0);
}

bool
leaves_answered(struct flow *f, const struct authority_id *peer,
    const struct leaf_standing *since, bool *yes, struct err *err)
{
	struct answer_looking l = { .peer = peer, .since = since->since };

	if (!leaves_each(f, LEAF_RECOVERY, answer_look, &l, err))
		return false;
	*yes = l.found;
	return true;
}
