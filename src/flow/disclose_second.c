/* Before some of a piece of evidence is shown to anybody: another person approves just that. */
#include "flow/disclose_inside.h"
#include "flow/people.h"

/* Bytes of names that the approver reads one by one; of a longer list, its digest. */
#define NAMES_READ_MAX ((size_t)256 << 10)

static bool
list_digest_print(const struct named *m, struct buf *out, struct err *err)
{
	struct hasher *h = NULL;
	struct digest d;
	bool ok = hasher_new(&h, err);

	for (size_t i = 0; ok && i < m->n; i++) {
		hasher_add(h, m->list[i]);
		hasher_add(h, span_text("\n"));
	}
	ok = ok && hasher_end(h, &d, err) &&
	    buf_printf(out, err, "names %zu sha256 %s\n", m->n, digest_hex(&d).s);
	hasher_free(h);
	return ok;
}

/* Sorted, each once: the same files are the same matter, in whatever order they were typed. */
static bool
names_print(const struct choosing *c, struct buf *out, struct err *err)
{
	const struct named *m = &c->named;
	size_t bytes = 0;

	if (c->all)
		return buf_add_text(out, "all that is not restricted\n", err);
	for (size_t i = 0; i < m->n; i++)
		bytes += m->list[i].n + 16;
	if (bytes > NAMES_READ_MAX)
		return list_digest_print(m, out, err);
	for (size_t i = 0; i < m->n; i++)
		if (!buf_add_text(out, m->packaged[i] ? "path " : "file ", err) ||
		    !text_visible(out, m->list[i], err) || !buf_add_text(out, "\n", err))
			return false;
	return true;
}

/* What is restricted now: who approved did so with these marks. */
static bool
marks_print(const struct choosing *c, struct buf *out, struct err *err)
{
	struct hasher *h = NULL;
	struct digest d;
	bool ok;

	if (c->whole)
		return buf_add_text(out, "restricted all\n", err);
	ok = hasher_new(&h, err);
	for (size_t i = 0; ok && i < c->marks.lines_n; i++)
		hasher_add(h, span_of(c->marks.lines[i].b, sizeof c->marks.lines[i].b));
	ok = ok && hasher_end(h, &d, err) && buf_printf(out, err,
	    "restricted %zu sha256 %s\n", c->marks.lines_n, digest_hex(&d).s);
	hasher_free(h);
	return ok;
}

bool
disclosing_matter(const struct disclosing_now *n, struct buf *content, struct matter *m,
    struct err *err)
{
	const struct disclose_wish *w = n->wish;

	*m = (struct matter){ .act = PEOPLE_DELIVER, .kind = ACT_DELIVERED,
		.evidence = w->evidence };
	if (!buf_printf(content, err, "disclose\nevidence %u\npackage %s\nwhy %s\n"
	    "withheld as %s\nwith act.json %s\n", w->evidence,
	    digest_hex(&n->k.evidence.parcels[n->parcel].package_id).s,
	    disclose_why_name(w->why), withheld_name(w->ground),
	    w->with_act ? "yes" : "no") ||
	    !marks_print(&n->choosing, content, err) ||
	    !names_print(&n->choosing, content, err))
		return false;
	m->content = buf_span(content);
	return true;
}

bool
disclosing_second(struct disclosing_now *n, bool (*make)(struct disclosing_now *n,
    void *arg, struct err *err), void *arg, struct err *err)
{
	struct act_people people;
	struct buf content;
	struct matter m;
	bool ok;

	buf_init_secret(&content, MATTER_MAX);
	ok = disclosing_matter(n, &content, &m, err) &&
	    flow_second(n->flow, &m, &people, err);
	/* Both approvals are used before a byte of it is in the clear. */
	if (ok)
		ok = flow_second_end(n->flow, &m, using_leaf(&n->use, err) &&
		    flow_second_use(n->flow, NULL, &m, err) && make(n, arg, err), err);
	buf_clear(&content);
	return ok;
}
