/*
 * An approval counts once.  What left under one is a leaf: `decided`, rule people.ACT,
 * outcome `used`, with the SHA-256 of the content and of each statement that counted.  A
 * statement says how long the ledger was when it was signed, so that the leaves since then
 * tell whether it was used; neither the file that lies in approvals/ nor a table of the
 * docket is asked.
 */
#include <stdio.h>
#include <string.h>

#include "flow/ledger.h"
#include "flow/people_inside.h"

#define USED "used"			/* the outcome of such a leaf */

struct used_one {
	struct digest sha256;		/* of a content or a statement */
	uint64_t number;		/* of the leaf's entry in the journal */
	int64_t at;
};
/* Of the entries from..to of the journal, which are read once in a command. */
struct used_known {
	uint64_t from, to;
	uint64_t lost_to;		/* behind the last one whose record is lost; 0 none */
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
used_add(struct used_known *k, const struct digest *sha256, uint64_t number, int64_t at,
    struct err *err)
{
	/* Doubled at each power of two. */
	if ((k->n & (k->n - 1)) == 0) {
		struct used_one *more = mem_resize(k->list,
		    (k->n == 0 ? 1 : 2 * k->n) * sizeof *more, err);

		if (more == NULL)
			return false;
		k->list = more;
	}
	k->list[k->n++] = (struct used_one){ *sha256, number, at };
	return true;
}

static bool
is_used(const struct record *r)
{
	return r->event == EVENT_DECIDED && strncmp(r->rule, "people.", 7) == 0 &&
	    strcmp(r->outcome, USED) == 0;
}

static bool
leaf_look(void *arg, const struct journal_entry *e, struct err *err)
{
	struct used_known *k = arg;
	struct record r;

	/* A wrong file of offsets would have skipped some. */
	if (e->number > k->to)
		return err_set(err, ERR_UNPROVEN, "journal.damaged",
		    "the journal of records does not begin where its offsets say; see: comity ledger check");
	if (e->number < k->to)
		return true;
	k->to++;
	if (journal_lost(e->record)) {
		k->lost_to = k->to;
		return true;
	}
	/* A record has one spelling: most are told apart without being read. */
	if (memmem(e->record.p, e->record.n, "\"" USED "\"", sizeof USED + 1) == NULL)
		return true;
	if (!record_decode(&r, e->record, err))
		return false;
	for (size_t i = 0; is_used(&r) && i < r.files_n; i++)
		if (!used_add(k, &r.files[i].sha256, e->number, r.at, err))
			return false;
	return true;
}

/* All from this entry on are known. */
static bool
leaves_read(struct flow *f, struct log *l, uint64_t from, struct err *err)
{
	uint64_t end = journal_count(log_journal(l)), first = end - log_size(l), at;
	struct used_known *k = f->used;

	if (k == NULL && (k = f->used = mem_new(sizeof *k, err)) == NULL)
		return false;
	if (from < k->from || k->to == 0) {
		k->from = k->to = from;
		k->lost_to = 0;
		k->n = 0;
		mem_free(k->list);
		k->list = NULL;
	}
	return k->to >= end || (log_offset(l, k->to - first, &at, err) &&
	    journal_each(log_journal(l), at, leaf_look, k, err));
}

/* ---- one statement ---- */

bool
ledger_length(struct flow *f, uint64_t *out, struct err *err)
{
	struct log *l;

	if (!ledger_log(f, &l, err))
		return false;
	*out = journal_count(log_journal(l));
	return true;
}

enum approval_past
approval_past_of(uint64_t signed_at, uint64_t first, uint64_t end)
{
	if (signed_at < first || signed_at > end)
		return PAST_OTHER;
	return end - signed_at > APPROVAL_LEAVES_MAX ? PAST_LONG : PAST_CLEAN;
}

bool
approval_past(struct flow *f, const struct signed_file *a, enum approval_past *out,
    int64_t *used_at, struct err *err)
{
	struct digest statement;
	struct log *l;
	uint64_t end;

	*out = PAST_UNSAID;
	*used_at = 0;
	if (!a->is.has_log)
		return true;
	if (!ledger_log(f, &l, err) || !digest_of(buf_span(&a->statement), &statement, err))
		return false;
	end = journal_count(log_journal(l));
	*out = approval_past_of(a->is.log, end - log_size(l), end);
	if (*out != PAST_CLEAN)
		return true;
	if (!leaves_read(f, l, a->is.log, err))
		return false;
	for (size_t i = 0; i < f->used->n; i++) {
		const struct used_one *u = &f->used->list[i];

		if (u->number < a->is.log || (!digest_eq(&u->sha256, &statement) &&
		    !digest_eq(&u->sha256, &a->is.content)))
			continue;
		*out = PAST_USED;
		*used_at = u->at;
		return true;
	}
	if (f->used->lost_to > a->is.log)
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
	(void)snprintf(r->files[0].path, sizeof r->files[0].path, "content.txt");
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
