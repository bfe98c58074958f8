/* Counting cosignatures: those of one State count once (threat model D12). */
#include "ledger/quorum_internal.h"

#include <stdio.h>
#include <string.h>

#define STATES (26 * 26)	/* codes of two capital letters */
#define NOBODY (-2)		/* no cosigner yet */
#define SEVERAL (-1)		/* of several States, or of none that its name says */

static int
state_of(const struct vkey *k)
{
	char s[3];

	note_state(k->name, s);
	return s[0] == '\0' ? SEVERAL : (s[0] - 'A') * 26 + (s[1] - 'A');
}

/* One reached member whose cosigners are of this State. */
static void
member_counts(struct quorum_tally *t, bool counted[STATES], int state)
{
	t->members++;
	if (state < 0) {
		t->counted++;
	} else if (!counted[state]) {
		counted[state] = true;
		t->counted++;
	}
	t->state = t->state == NOBODY || t->state == state ? state : SEVERAL;
}

struct quorum_tally
quorum_tally(const struct quorum *q, const struct quorum_tally *before, const bool *seen,
    size_t g)
{
	const struct quorum_group *group = &q->groups[g];
	struct quorum_tally t = { .state = NOBODY };
	bool counted[STATES] = { false };

	for (size_t i = 0; i < q->witnesses_n; i++)
		if (q->witness_nodes[i].parent == (int)g && seen[i])
			member_counts(&t, counted, state_of(&q->witnesses[i]));
	for (size_t i = 0; i < g; i++)
		if (q->groups[i].node.parent == (int)g && before[i].reached)
			member_counts(&t, counted, before[i].state);
	/* "all" leaves nobody out, so that there is nothing to count twice. */
	t.reached = group->all ? t.members == group->members : t.counted >= group->need;
	return t;
}

static void
tally_all(const struct quorum *q, const bool *seen, struct quorum_tally *t)
{
	for (size_t g = 0; g < q->groups_n; g++)
		t[g] = quorum_tally(q, t, seen, g);
}

/* ---- in words ---- */

struct words {
	char *out;
	size_t room, n;
};

static void
say(struct words *w, const char *a, const char *b)
{
	int n;

	if (w->out == NULL || w->n + 1 >= w->room)
		return;
	n = snprintf(w->out + w->n, w->room - w->n, "%s%s", a, b);
	w->n += n < 0 ? 0 : (size_t)n;
}

struct reaching {
	const struct quorum *q;
	const bool *seen, *never;	/* never: NULL nobody */
	struct quorum_tally t[QUORUM_GROUPS_MAX];
};

/* Whose members, and members of members, could none of them count. */
static bool
group_never(const struct reaching *r, int g)
{
	for (size_t i = 0; i < r->q->witnesses_n; i++)
		if (r->q->witness_nodes[i].parent == g && !r->never[i])
			return false;
	for (int i = 0; i < g; i++)
		if (r->q->groups[i].node.parent == g && !group_never(r, i))
			return false;
	return true;
}

static void
say_missing(struct words *w, const struct reaching *r, int g)
{
	const struct quorum *q = r->q;
	const char *between = ": ";
	bool left_out = false;

	for (size_t i = 0; i < q->witnesses_n; i++) {
		if (q->witness_nodes[i].parent != g || r->seen[i])
			continue;
		if (r->never != NULL && r->never[i]) {
			left_out = true;
			continue;
		}
		say(w, between, q->witness_nodes[i].name);
		between = ", ";
	}
	for (int i = 0; i < g; i++) {
		if (q->groups[i].node.parent != g || r->t[i].reached)
			continue;
		if (r->never != NULL && group_never(r, i)) {
			left_out = true;
			continue;
		}
		say(w, between, q->groups[i].node.name);
		between = ", ";
	}
	if (left_out)
		say(w, "; the log's own State does not count", "");
}

static void
say_group(struct words *w, const struct reaching *r, int g)
{
	const struct quorum *q = r->q;
	const struct quorum_tally *t = r->t;
	const struct quorum_group *group = &q->groups[g];
	char counts[96];

	(void)snprintf(counts, sizeof counts, "%u of %u cosignatures are there; missing "
	    "from ", group->all ? t[g].members : t[g].counted, group->need);
	say(w, counts, group->node.name);
	say_missing(w, r, g);
	if (!group->all && t[g].counted < t[g].members)
		say(w, "; cosigners of one State count once", "");
}

bool
quorum_reached(const struct quorum *q, const bool *seen, const bool *never, char *out,
    size_t room)
{
	struct words w = { out, room, 0 };
	struct reaching r = { .q = q, .seen = seen, .never = never };
	bool reached;

	if (out != NULL && room > 0)
		out[0] = '\0';
	if (q->top == NULL)
		return true;
	for (size_t i = 0; i < q->witnesses_n; i++)
		if (q->top == &q->witness_nodes[i]) {
			if (!seen[i])
				say(&w, q->top->name, " has not cosigned");
			return seen[i];
		}
	tally_all(q, seen, r.t);
	reached = false;
	for (size_t g = 0; g < q->groups_n; g++)
		if (q->top == &q->groups[g].node) {
			reached = r.t[g].reached;
			if (!reached)
				say_group(&w, &r, (int)g);
		}
	return reached;
}

/* ---- a note against it ---- */

bool
quorum_note(const struct quorum *q, struct span file, bool *seen, int64_t *at,
    struct checkpoint *out, struct err *err)
{
	int64_t when[QUORUM_WITNESSES_MAX];
	bool good[QUORUM_WITNESSES_MAX], ok;
	const struct vkey *log;
	struct checkpoint c;
	struct note n;

	if (!checkpoint_peek(file, &c, err))
		return false;
	log = quorum_log(q, c.origin);
	if (log == NULL)
		return err_set(err, ERR_UNPROVEN, "quorum.log",
		    "the policy file knows no log %s", c.origin);
	if (!checkpoint_open(file, log, &c, err))
		return false;
	ok = note_parse(file, &n, err) &&
	    note_verify(&n, q->witnesses, q->witnesses_n, good, when, err);
	note_clear(&n);
	if (!ok)
		return false;
	for (size_t i = 0; i < q->witnesses_n; i++) {
		if (!good[i])
			continue;
		if (!seen[i] || at[i] == 0 || when[i] < at[i])
			at[i] = when[i];
		seen[i] = true;
	}
	*out = c;
	return true;
}
