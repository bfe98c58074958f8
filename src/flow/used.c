/*
 * An approval counts once.  What left under one is a leaf: `decided`, rule people.ACT,
 * outcome `used`, with the SHA-256 of the content and of each statement that counted.  A
 * statement says where the journal ended when it was asked for, and the chain there: so it
 * belongs to that history and to no other, and the leaves since then tell whether it was
 * used; neither the file that lies in approvals/ nor a table of the docket is asked.
 */
#include <stdio.h>
#include <string.h>

#include "flow/leaves.h"
#include "flow/people_inside.h"

#define USED "used"			/* the outcome of such a leaf */
#define RESTORED "restored"		/* the reason of the record that a backup was restored */

struct used_one {
	struct digest sha256;		/* of a content or a statement */
	uint64_t place;			/* of the leaf's entry in the journal */
	int64_t at;
};
/* Of the journal between from and to, which is read once in a command. */
struct used_known {
	uint64_t from, to;
	struct digest chain;		/* at to */
	uint64_t lost;			/* the last entry whose use nobody can tell; 0 none */
	struct used_one *list;
	size_t n;
};

void
used_known_free(struct used_known *k)
{
	if (k != NULL)
		mem_free(k->list);
	mem_free(k);
}

/* ---- the leaves ---- */

static bool
used_add(struct used_known *k, const struct digest *sha256, uint64_t place, int64_t at,
    struct err *err)
{
	struct used_one *more = mem_grow(k->list, k->n, sizeof *more, err);

	if (more == NULL)
		return false;
	k->list = more;
	more[k->n++] = (struct used_one){ *sha256, place, at };
	return true;
}

static bool
is_used(const struct record *r)
{
	return r->event == EVENT_DECIDED && strncmp(r->rule, "people.", 7) == 0 &&
	    strcmp(r->outcome, USED) == 0;
}

static bool
has_word(struct span record, const char *word)
{
	return memmem(record.p, record.n, word, strlen(word)) != NULL;
}

static bool
leaf_look(void *arg, const struct journal_entry *e, struct err *err)
{
	struct used_known *k = arg;
	struct record r;

	if (journal_lost(e->record)) {
		k->lost = e->at;
		return true;
	}
	/* A record has one spelling: most are told apart without being read. */
	if (!has_word(e->record, "\"" USED "\"") && !has_word(e->record, "\"" RESTORED "\""))
		return true;
	if (!record_decode(&r, e->record, err))
		return false;
	/* What came after the backup is not here: whatever left under it is forgotten. */
	if (r.event == EVENT_RECOVERY && strcmp(r.reason, RESTORED) == 0)
		k->lost = e->at;
	for (size_t i = 0; is_used(&r) && i < r.files_n; i++)
		if (!used_add(k, &r.files[i].sha256, e->at, r.at, err))
			return false;
	return true;
}

void
used_forget(struct flow *f)
{
	used_known_free(f->used);
	f->used = NULL;
}

/* What is read begins here, or before. */
static bool
used_from(struct flow *f, uint64_t from, const struct digest *chain, struct err *err)
{
	if (f->used != NULL && f->used->from <= from)
		return true;
	used_forget(f);
	f->used = mem_new(sizeof *f->used, err);
	if (f->used == NULL)
		return false;
	f->used->from = f->used->to = from;
	f->used->chain = *chain;
	return true;
}

static bool
used_on(struct flow *f, bool *whole, struct err *err)
{
	struct used_known *k = f->used;

	return journal_follow(f->world, home_dir(f->home), &k->to, &k->chain, whole,
	    leaf_look, k, err) || err_wrap(err, "the journal");
}

/*
 * All from there on is known.  What is not whole at the end is what a cut left, and the
 * journal's opening drops it or says what is wrong; or another command is writing it now,
 * which then has the lock that whoever decides has.
 */
static bool
used_read(struct flow *f, uint64_t from, const struct digest *chain, struct err *err)
{
	struct err why = ERR_INIT;
	struct log *log;
	bool whole, ok;

	ok = used_from(f, from, chain, err) && used_on(f, &whole, err);
	if (ok && !whole) {
		if (ledger_log(f, &log, &why))
			ok = used_on(f, &whole, err) && (whole || err_set(err, ERR_UNPROVEN,
			    "journal.damaged", "the journal is damaged at byte %llu; see: comity ledger check",
			    (unsigned long long)f->used->to));
		else if (strcmp(why.reason, "home.busy") != 0)
			ok = (*err = why, false);
	}
	if (!ok)
		used_forget(f);
	return ok;
}

/* ---- one statement ---- */

bool
approval_place(struct flow *f, struct statement *s, struct err *err)
{
	s->has_place = leaves_end(f, &s->place, err) && journal_chain_of(f->world,
	    home_dir(f->home), s->place, &s->chain, err);
	return s->has_place;
}

enum approval_past
approval_past_of(uint64_t place, uint64_t end)
{
	if (place > end)
		return PAST_OTHER;
	return end - place > APPROVAL_PAST_MAX ? PAST_LONG : PAST_CLEAN;
}

/* By the place it names alone; PAST_CLEAN: what is behind it has to be read. */
static bool
place_look(struct flow *f, const struct statement *s, enum approval_past *out,
    struct err *err)
{
	struct file_info info;
	bool holds;

	*out = PAST_UNSAID;
	if (!s->has_place)
		return true;
	if (!path_info(f->world, home_dir(f->home), JOURNAL_PATH, &info, err))
		return err_wrap(err, "the journal");
	*out = approval_past_of(s->place, info.size);
	if (*out != PAST_CLEAN)
		return true;
	if (!journal_chain_is(f->world, home_dir(f->home), s->place, &s->chain, &holds, err))
		return err_wrap(err, "the journal");
	if (!holds)
		*out = PAST_OTHER;
	return true;
}

bool
approval_past(struct flow *f, const struct signed_file *a, enum approval_past *out,
    int64_t *used_at, struct err *err)
{
	struct digest statement;

	*used_at = 0;
	if (!place_look(f, &a->is, out, err))
		return false;
	if (*out != PAST_CLEAN)
		return true;
	if (!digest_of(buf_span(&a->statement), &statement, err) ||
	    !used_read(f, a->is.place, &a->is.chain, err))
		return false;
	for (size_t i = 0; i < f->used->n; i++) {
		const struct used_one *u = &f->used->list[i];

		if (u->place < a->is.place || (!digest_eq(&u->sha256, &statement) &&
		    !digest_eq(&u->sha256, &a->is.content)))
			continue;
		*out = PAST_USED;
		*used_at = u->at;
		return true;
	}
	if (f->used->lost >= a->is.place)
		*out = PAST_OTHER;
	return true;
}

/* ---- the leaf ---- */

bool
matter_used(struct flow *f, const struct matter *m, struct record *r, bool *any,
    struct err *err)
{
	char rule[sizeof r->rule];

	*any = m != NULL && m->under_n > 0;
	if (!*any)
		return true;
	record_begin(f, r, EVENT_DECIDED);
	(void)snprintf(rule, sizeof rule, "people.%s", people_act_name(m->act));
	record_decided(r, rule, USED);
	if (m->owed)
		(void)snprintf(r->reason, sizeof r->reason, OWED_REASON "signed");
	(void)snprintf(r->files[0].path, sizeof r->files[0].path, OWED_CONTENT);
	r->files[0].bytes = m->content.n;
	if (!digest_of(m->content, &r->files[0].sha256, err))
		return false;
	r->files_n = 1;
	for (size_t i = 0; i < m->under_n; i++) {
		struct record_file *to = &r->files[r->files_n++];

		(void)snprintf(to->path, sizeof to->path, "approval-%zu.txt", i + 1);
		to->bytes = m->under[i].bytes;
		to->sha256 = m->under[i].sha256;
	}
	return true;
}

bool
flow_second_use(struct flow *f, struct docket *d, const struct matter *m, struct err *err)
{
	struct record r;
	bool any;

	if (!matter_used(f, m, &r, &any, err))
		return false;
	return !any || (d == NULL ? record_alone(f, &r, m->request, err) :
	    record_event(f, d, &r, m->request, NULL, err));
}
