/* What a custody file proves to whom: each link, then how they follow each other. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ledger/custody_internal.h"

#define OWN_LOG "comity-ledger/"	/* then the authority, "/", the number */

/* What is known of a link besides the file's own words. */
struct link_facts {
	struct digest sha256;		/* of the record's text */
	uint8_t leaf[LEAF_BYTES];
	bool placed;			/* by a proof, else by its `place` */
	char origin[NOTE_NAME_MAX + 1];
	uint64_t index;
	bool log_known;			/* a checkpoint that the policy's log signed */
	char log_text[160];		/* why not */
	bool doubted;			/* it is a claim that does not fit another link */
	bool seen[QUORUM_WITNESSES_MAX];
	bool never[QUORUM_WITNESSES_MAX];	/* of the State whose log it is */
	int64_t at[QUORUM_WITNESSES_MAX];
};

struct judging {
	struct custody *c;
	const struct quorum *q;		/* NULL: nobody is believed */
	struct link_facts *facts;	/* of each link */
	struct histories histories;
};

/* The first contradiction is told; a later one changes nothing. */
static void broken(struct custody_link *l, const char *reason, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

static void
broken(struct custody_link *l, const char *reason, const char *fmt, ...)
{
	va_list ap;

	if (l->standing == CUSTODY_BROKEN)
		return;
	l->standing = CUSTODY_BROKEN;
	l->reason = reason;
	l->witnesses = 0;
	l->states[0] = '\0';
	l->proven_at = 0;
	va_start(ap, fmt);
	(void)vsnprintf(l->why, sizeof l->why, fmt, ap);
	va_end(ap);
}

/* Somebody's trouble with the bytes is a finding; ours is not. */
static bool
is_finding(const struct err *why)
{
	return why->kind == ERR_INPUT || why->kind == ERR_LIMIT ||
	    why->kind == ERR_UNPROVEN || why->kind == ERR_USE;
}

static bool
ours(const struct err *why, struct err *err)
{
	*err = *why;
	return false;
}

/* ---- one proof ---- */

/* A log named comity-ledger/AUTHORITY/N holds what that authority did, nobody else. */
static bool
log_fits(const char *origin, const struct authority_id *who)
{
	const char *name = origin + sizeof OWN_LOG - 1;
	size_t n = strlen(who->s);

	return strncmp(origin, OWN_LOG, sizeof OWN_LOG - 1) != 0 ||
	    (strncmp(name, who->s, n) == 0 && name[n] == '/');
}

static void
place_look(struct judging *j, size_t i, const struct tlog_proof *p,
    const struct checkpoint *cp)
{
	struct custody_link *l = &j->c->links[i];
	struct link_facts *f = &j->facts[i];

	if (l->has_place && strcmp(l->origin, cp->origin) != 0)
		broken(l, "log", "The file names another log than its proof.");
	else if (l->has_place && l->index != p->index)
		broken(l, "place", "The file names another place in the log than its proof.");
	else if (f->placed && strcmp(f->origin, cp->origin) != 0)
		broken(l, "two-logs", "Two of its proofs are of different logs.");
	else if (f->placed && f->index != p->index)
		broken(l, "two-places", "Two of its proofs name different places in the log.");
	if (f->placed)
		return;
	f->placed = true;
	memcpy(f->origin, cp->origin, sizeof f->origin);
	f->index = p->index;
}

/* Nobody vouches for himself: witnesses of the State whose log it is do not count. */
static void
home_drop(const struct judging *j, struct link_facts *f, const char *origin)
{
	char home[3], state[3];

	note_state(origin, home);
	for (size_t i = 0; home[0] != '\0' && i < quorum_witnesses(j->q); i++) {
		note_state(quorum_witness(j->q, i)->name, state);
		f->never[i] = strcmp(state, home) == 0;
		if (f->never[i])
			f->seen[i] = false;
	}
}

/*
 * The signatures of its checkpoint; raises who was seen.  Only what the log itself signed
 * tells its history: anybody can make up a tree.
 */
static bool
note_look(struct judging *j, size_t i, const struct tlog_proof *p, struct err *err)
{
	struct custody_link *l = &j->c->links[i];
	struct link_facts *f = &j->facts[i];
	struct err why = ERR_INIT;
	struct checkpoint cp;

	if (j->q == NULL)
		return true;
	if (quorum_note(j->q, p->note, f->seen, f->at, &cp, &why)) {
		f->log_known = true;
		home_drop(j, f, cp.origin);
		return histories_add(&j->histories, i, f->leaf, p, &cp, err);
	}
	if (!is_finding(&why))
		return ours(&why, err);
	if (strcmp(why.reason, "quorum.log") == 0) {
		(void)snprintf(f->log_text, sizeof f->log_text,
		    "The policy does not name the log %.100s.", f->origin);
	} else {
		broken(l, "signature", "A signature of its checkpoint does not hold: %.200s.",
		    why.text);
	}
	return true;
}

static bool
proof_look(struct judging *j, size_t i, struct span file, struct err *err)
{
	struct custody_link *l = &j->c->links[i];
	struct link_facts *f = &j->facts[i];
	struct err why = ERR_INIT;
	struct checkpoint cp;
	struct tlog_proof p;
	bool holds;

	if (!tlog_proof_read(file, &p, &why) ||
	    !tlog_proof_check(file, f->leaf, &cp, &holds, &why)) {
		if (!is_finding(&why))
			return ours(&why, err);
		broken(l, "proof-form", "A proof of it cannot be read: %.200s.", why.text);
		return true;
	}
	if (!holds) {
		broken(l, "proof", "A proof of it does not hold: this record is not at that place of the log.");
		return true;
	}
	place_look(j, i, &p, &cp);
	if (!log_fits(cp.origin, &l->record.authority))
		broken(l, "other-log",
		    "It lies in the log of another authority than the one it names.");
	return note_look(j, i, &p, err);
}

/* ---- one link ---- */

static void
about_look(const struct custody *c, struct custody_link *l)
{
	const struct record *r = &l->record;

	if (!r->has_act || !digest_eq(&r->act, &c->act))
		broken(l, "act", "Its record is of another act.");
	else if (r->has_package && !digest_eq(&r->package, &c->package))
		broken(l, "package", "Its record is of another package.");
}

/* The moment from which the quorum was full. */
static int64_t
quorum_since(const struct judging *j, const struct link_facts *f)
{
	size_t n = quorum_witnesses(j->q);
	bool seen[QUORUM_WITNESSES_MAX];
	int64_t best = 0;

	for (size_t i = 0; i < n; i++) {
		if (!f->seen[i] || (best != 0 && f->at[i] >= best))
			continue;
		for (size_t k = 0; k < n; k++)
			seen[k] = f->seen[k] && f->at[k] <= f->at[i];
		if (quorum_reached(j->q, seen, NULL, NULL, 0))
			best = f->at[i];
	}
	return best;
}

/* Witnesses of one State count once; one of no State for itself. */
static void
witnesses_count(const struct judging *j, struct custody_link *l,
    const struct link_facts *f)
{
	size_t at = 0;

	for (size_t i = 0; i < quorum_witnesses(j->q); i++) {
		char state[3];

		if (!f->seen[i])
			continue;
		note_state(quorum_witness(j->q, i)->name, state);
		if (state[0] != '\0' && strstr(l->states, state) != NULL)
			continue;
		l->witnesses++;
		if (state[0] != '\0' && at + 4 < sizeof l->states)
			at += (size_t)snprintf(l->states + at, sizeof l->states - at,
			    "%s%s", at > 0 ? " " : "", state);
	}
}

static void
proven(struct custody_link *l, const struct link_facts *f)
{
	bool states = l->states[0] != '\0', dated = l->proven_at != 0;

	l->standing = CUSTODY_PROVEN;
	l->reason = "proven";
	(void)snprintf(l->why, sizeof l->why, "Entry %llu of the log %.90s%s%s%.60s%s%.30s.",
	    (unsigned long long)f->index, f->origin,
	    l->witnesses > 0 ? ", cosigned" : "", states ? " by " : "", l->states,
	    dated ? ", since " : "", dated ? when_people(l->proven_at).s : "");
}

static void
link_decide(struct judging *j, size_t i)
{
	struct custody_link *l = &j->c->links[i];
	struct link_facts *f = &j->facts[i];
	char lacks[160] = "";

	if (l->standing == CUSTODY_BROKEN || f->doubted)
		return;
	if (l->proofs_n == 0) {
		l->reason = "no-proof";
		(void)snprintf(l->why, sizeof l->why,
		    "It is only said: no proof came with it.");
	} else if (j->q == NULL) {
		l->reason = "no-policy";
		(void)snprintf(l->why, sizeof l->why,
		    "Its proof was not held against a policy: nobody is believed.");
	} else if (!f->log_known) {
		l->reason = "log-unknown";
		(void)snprintf(l->why, sizeof l->why, "%s", f->log_text);
	} else {
		witnesses_count(j, l, f);
		if (quorum_reached(j->q, f->seen, f->never, lacks, sizeof lacks)) {
			l->proven_at = quorum_since(j, f);
			proven(l, f);
		} else {
			l->reason = "quorum";
			(void)snprintf(l->why, sizeof l->why,
			    "It is in the log %.100s, and not enough witnesses cosigned: %s",
			    f->origin, lacks);
		}
	}
}

static bool
link_judge(struct judging *j, size_t i, struct err *err)
{
	struct custody_link *l = &j->c->links[i];
	struct link_facts *f = &j->facts[i];

	l->standing = CUSTODY_CLAIMED;
	l->why[0] = l->states[0] = '\0';
	l->reason = "";
	l->witnesses = 0;
	l->proven_at = 0;
	if (!leaf_of(l->salt, buf_span(&l->bytes), f->leaf, err) ||
	    !digest_of(buf_span(&l->bytes), &f->sha256, err))
		return false;
	if (!j->c->loose)
		about_look(j->c, l);
	for (size_t k = 0; k < l->proofs_n; k++)
		if (!proof_look(j, i, buf_span(&l->proofs[k]), err))
			return false;
	if (j->c->loose && f->placed && !l->has_place) {
		l->has_place = true;	/* there is no file that could say another */
		memcpy(l->origin, f->origin, sizeof l->origin);
		l->index = f->index;
	}
	if (!f->placed && l->has_place) {
		f->placed = true;
		memcpy(f->origin, l->origin, sizeof f->origin);
		f->index = l->index;
		if (!log_fits(l->origin, &l->record.authority))
			broken(l, "other-log",
			    "It lies in the log of another authority than the one it names.");
	}
	return true;
}

/* ---- how they follow each other ---- */

static bool
files_differ(const struct record *a, const struct record *b)
{
	if (a->files_n == 0 || b->files_n == 0)
		return false;
	if (a->files_n != b->files_n)
		return true;
	for (size_t i = 0; i < a->files_n; i++)
		if (strcmp(a->files[i].path, b->files[i].path) != 0 ||
		    a->files[i].bytes != b->files[i].bytes ||
		    !digest_eq(&a->files[i].sha256, &b->files[i].sha256))
			return true;
	return false;
}

/*
 * Two links that do not fit.  Both signed by a log that the policy names: the one of the
 * words is broken.  Else the one that is only said is doubted and stays a claim: nobody
 * breaks with mere words what is proven.
 */
static void
unfit(struct judging *j, size_t of, size_t other, const char *reason, const char *begin,
    const char *end)
{
	bool signed_of = j->facts[of].log_known, signed_other = j->facts[other].log_known;
	size_t doubtful = signed_of ? other : of;
	struct custody_link *l = &j->c->links[doubtful];

	if (signed_of && signed_other) {
		broken(&j->c->links[of], reason, "%s link %zu%s", begin, other + 1, end);
	} else if (l->standing != CUSTODY_BROKEN && !j->facts[doubtful].doubted) {
		j->facts[doubtful].doubted = true;
		l->reason = "contradicts";
		(void)snprintf(l->why, sizeof l->why,
		    "It is only said, and does not fit link %zu.",
		    (signed_of ? of : other) + 1);
	}
}

/* a stands before b in the file. */
static void
pair_look(struct judging *j, size_t a, size_t b)
{
	const struct custody_link *x = &j->c->links[a], *y = &j->c->links[b];
	const struct link_facts *fx = &j->facts[a], *fy = &j->facts[b];

	/* What is false itself contradicts nothing. */
	if (x->standing == CUSTODY_BROKEN || y->standing == CUSTODY_BROKEN)
		return;
	if (digest_eq(&fx->sha256, &fy->sha256) &&
	    memcmp(x->salt, y->salt, RECORD_SALT) == 0)
		unfit(j, b, a, "twice", "It is told twice, as", " too.");
	else if (x->record.has_before && digest_eq(&x->record.before, &fy->sha256))
		unfit(j, a, b, "before", "It says that",
		    " was before it, which the file tells later.");
	else if (fx->placed && fy->placed && strcmp(fx->origin, fy->origin) == 0 &&
	    fx->index >= fy->index)
		unfit(j, b, a, "order", "The log has it before",
		    ", which the file tells earlier.");
	if (files_differ(&x->record, &y->record))
		unfit(j, b, a, "files",
		    "It names a file with another length or fingerprint than", ".");
}

static void
two_histories(void *arg, size_t a, size_t b, const char *origin)
{
	struct judging *j = arg;
	const size_t both[] = { a, b };

	for (size_t i = 0; i < 2; i++)
		broken(&j->c->links[both[i]], "histories",
		    "The log %.100s shows two histories (links %zu and %zu).", origin,
		    a + 1, b + 1);
}

static bool
told(const struct custody *c, enum record_event event, const char *who,
    const char *peer)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->links[i].record.event == event &&
		    strcmp(c->links[i].record.authority.s, who) == 0 &&
		    strcmp(c->links[i].record.peer.s, peer) == 0)
			return true;
	return false;
}

/* The other half of a hand-over that is not told; "" none. */
static const char *
lacks_look(const struct custody *c, char *out, size_t room)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct record *r = &c->links[i].record;

		if (r->peer.s[0] == '\0')
			continue;
		if (r->event == EVENT_RECEIVED &&
		    !told(c, EVENT_MADE, r->peer.s, r->authority.s)) {
			(void)snprintf(out, room,
			    "what %s received from %s lacks the sender's own record",
			    r->authority.s, r->peer.s);
			return "lacks-made";
		}
		if (r->event == EVENT_MADE &&
		    !told(c, EVENT_RECEIVED, r->peer.s, r->authority.s)) {
			(void)snprintf(out, room,
			    "that %s received what %s made is not told",
			    r->peer.s, r->authority.s);
			return "lacks-received";
		}
	}
	return NULL;
}

/* The whole: its worst link, and what lacks between them. */
static void
whole_decide(struct custody *c)
{
	size_t count[3] = { 0 }, first[3] = { 0 };
	const char *lacks_reason;
	char lacks[200];

	for (size_t i = c->n; i-- > 0;) {
		count[c->links[i].standing]++;
		first[c->links[i].standing] = i;
	}
	lacks[0] = '\0';
	lacks_reason = c->loose ? NULL : lacks_look(c, lacks, sizeof lacks);
	c->reason = "links";
	if (count[CUSTODY_BROKEN] > 0) {
		size_t at = first[CUSTODY_BROKEN];

		c->standing = CUSTODY_BROKEN;
		(void)snprintf(c->why, sizeof c->why, "%zu of %zu links are broken; link %zu: %.200s",
		    count[CUSTODY_BROKEN], c->n, at + 1, c->links[at].why);
	} else if (c->n == 0) {
		c->standing = CUSTODY_CLAIMED;
		c->reason = "empty";
		(void)snprintf(c->why, sizeof c->why, "The file tells no link.");
	} else {
		c->standing = count[CUSTODY_CLAIMED] > 0 || lacks_reason != NULL ?
		    CUSTODY_CLAIMED : CUSTODY_PROVEN;
		if (lacks_reason != NULL)
			c->reason = lacks_reason;
		else if (c->standing == CUSTODY_PROVEN)
			c->reason = "proven";
		(void)snprintf(c->why, sizeof c->why, "%zu of %zu links are proven%s%s.",
		    count[CUSTODY_PROVEN], c->n, lacks[0] != '\0' ? "; " : "", lacks);
	}
}

static bool
links_judge(struct judging *j, struct err *err)
{
	struct custody *c = j->c;

	for (size_t i = 0; i < c->n; i++)
		if (!link_judge(j, i, err))
			return false;
	for (size_t a = 0; !c->loose && a < c->n; a++)
		for (size_t b = a + 1; b < c->n; b++)
			pair_look(j, a, b);
	histories_conflicts(&j->histories, two_histories, j);
	for (size_t i = 0; i < c->n; i++)
		link_decide(j, i);
	whole_decide(c);
	return true;
}

bool
custody_judge(struct custody *c, const struct quorum *q, struct err *err)
{
	struct judging j = { .c = c, .q = q };
	bool ok;

	j.facts = mem_array(c->n + 1, sizeof *j.facts, err);
	ok = histories_init(&j.histories, err) && j.facts != NULL &&
	    links_judge(&j, err);
	histories_clear(&j.histories);
	mem_free(j.facts);
	return ok;
}
