/* D10: leaves that this copy lost come back from a peer, before anything new is signed. */
#include <inttypes.h>
#include <string.h>

#include "ledger/log_internal.h"

/* The tree as it will be, while the journal is written. */
struct recovery {
	struct log *l;
	uint64_t from, n;
	const struct log_leaves *source;
	const struct digest *root;
	struct merkle_edge edge;
	bool look;			/* a tree that was signed lies in what comes */
};

/* At the sizes that are known from outside the root must be theirs. */
static bool
recovery_check(struct recovery *r, struct err *err)
{
	const struct log_signed *s = &r->l->signed_;
	struct digest root;

	if (r->edge.size != r->from + r->n && !(r->look && r->edge.size == s->size))
		return true;
	if (!merkle_edge_root(r->l->hasher, &r->edge, &root, err))
		return false;
	if ((r->edge.size == r->from + r->n && !digest_eq(&root, r->root)) ||
	    (r->look && r->edge.size == s->size && !digest_eq(&root, &s->root)))
		return err_set(err, ERR_UNPROVEN, "ledger.split", "the leaves that came "
		    "back do not make the tree that was signed at %" PRIu64 " leaves",
		    r->edge.size);
	return true;
}

static bool
leaf_next(void *arg, uint64_t i, uint8_t out[LEAF_BYTES], struct err *err)
{
	struct recovery *r = arg;
	struct digest d;

	return r->source->leaf(r->source->arg, r->from + i, out, err) &&
	    merkle_leaf(r->l->hasher, span_of(out, LEAF_BYTES), &d, err) &&
	    merkle_edge_add(r->l->hasher, &r->edge, &d, err) && recovery_check(r, err);
}

/* What this copy signed itself must stay where it is. */
static bool
signed_check(struct recovery *r, struct err *err)
{
	struct log *l = r->l;
	struct digest root;

	r->look = false;
	if (l->signed_.size <= r->from)
		return true;
	if (l->signed_.size <= log_size(l)) {
		if (!log_root(l, l->signed_.size, &root, err))
			return false;
		if (digest_eq(&root, &l->signed_.root))
			return err_set(err, ERR_REFUSED, "ledger.signed", "a tree of %"
			    PRIu64 " leaves of this copy was signed: leaf %" PRIu64
			    " cannot become another", l->signed_.size, r->from);
	}
	/* `signed` outlived the rest: it is what comes that was signed. */
	if (l->signed_.size > r->from + r->n)
		return err_set(err, ERR_REFUSED, "ledger.signed", "%" PRIu64
		    " leaves were signed, and only %" PRIu64 " are known again",
		    l->signed_.size, r->from + r->n);
	r->look = true;
	return true;
}

static bool
may_recover(struct recovery *r, struct err *err)
{
	struct log *l = r->l;

	if (l->closed)
		return err_set(err, ERR_REFUSED, "ledger.closed", "this ledger is closed");
	if (l->state.standing == LOG_FROZEN)
		return err_set(err, ERR_REFUSED, "ledger.frozen", "this ledger is frozen");
	if (r->from > log_size(l) || r->n > MERKLE_SIZE_MAX - log_size(l))
		return err_set(err, ERR_USE, "merkle.range",
		    "no leaves can come back there");
	return log_alive(l, err) && signed_check(r, err);
}

static bool
recover(struct recovery *r, struct err *err)
{
	struct journal_new *j = NULL;
	struct log *l = r->l;
	uint64_t at = journal_end(l->j);

	if (!log_edge_at(l, r->from, &r->edge, err) ||
	    (r->n == 0 && !recovery_check(r, err)))
		return false;
	if (r->n == 0)
		return true;
	if ((r->from < log_size(l) && !log_offset(l, r->from, &at, err)) ||
	    !journal_new_make(l->j, l->home, at, l->first + r->from, r->n, leaf_next, r,
	    &j, err))
		return false;
	if (!journal_new_take(j, err)) {
		journal_new_drop(j);
		l->dead = true;
		return false;
	}
	return log_remake(l, err);
}

bool
log_recover(struct log *l, uint64_t from, uint64_t n, const struct log_leaves *source,
    const struct digest *root, struct err *err)
{
	struct recovery r = { .l = l, .from = from, .n = n, .source = source,
		.root = root };

	return (may_recover(&r, err) && recover(&r, err)) ||
	    err_wrap(err, "the recovery of the ledger");
}
