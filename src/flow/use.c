/* What evidence was handed over for, who has agreed to more, and who may look. */
#include <stdio.h>
#include <string.h>

#include "flow/people_inside.h"
#include "flow/use.h"

struct looking {
	struct flow *f;
	const struct parcel *p;
	struct act handed, request;
	bool asked;			/* there is a request it belongs to */
	bool missing;			/* it follows acts, of which none is a request here */
	struct use_facts facts;
};

/* ---- the thread it came in, or went out in ---- */

static bool
thread_find(struct looking *l, unsigned *number, bool *there, struct digest *act,
    struct err *err)
{
	struct docket_request r;
	struct docket *d = NULL;
	struct docket_act row;
	bool found = false, ok;

	ok = desk_open(l->f, true, &d, err) &&
	    docket_act_package(d, &l->p->package_id, &row, &found, err) &&
	    (!found || row.request == 0 || docket_request_get(d, row.request, &r, err));
	docket_close(d);
	*there = ok && found && row.request != 0 && r.has_act;
	*number = *there ? r.number : 0;
	if (*there)
		*act = r.act;
	return ok;
}

/*
 * The request it answers is one that it follows, as it was signed; our row of it only
 * finds what is asked when nothing it follows is a request that lies here.
 */
static bool
followed_load(struct looking *l, struct err *err)
{
	for (size_t i = 0; !l->asked && i < l->handed.follows_n; i++) {
		struct err why = ERR_INIT;
		struct act a;

		if (!act_open(l->f, &l->handed.follows[i], &a, &why)) {
			if (why.kind == ERR_ABSENT)
				continue;
			*err = why;
			return false;
		}
		l->asked = act_kind_class(a.kind) == ACT_IS_REQUEST;
		if (l->asked) {
			act_clear(&l->request);
			l->request = a;
		} else {
			act_clear(&a);
		}
	}
	return true;
}

static bool
looking_load(struct looking *l, unsigned *number, struct err *err)
{
	struct digest act;
	struct act a;
	bool thread;

	if (!act_read_at(l->f, parcel_file(l->p), &a, err))
		return false;
	act_clear(&l->handed);
	l->handed = a;
	if (!thread_find(l, number, &thread, &act, err) || !followed_load(l, err))
		return false;
	l->missing = !l->asked && l->handed.follows_n > 0;
	if (l->asked || !thread)
		return true;
	if (!act_open(l->f, &act, &a, err))
		return false;
	act_clear(&l->request);
	l->request = a;
	l->asked = true;
	return true;
}

/* ---- for what, and how long ---- */

static const char *
asked_for(const struct looking *l)
{
	const struct field_part *p = !l->asked ? NULL :
	    fields_part(&l->request.body.request.fields, "F08", 0, "text");

	return p != NULL ? p->text : NULL;
}

/* What was said when it was handed over, or asked for; what is bound to nothing is free. */
static bool
is_other(const struct looking *l)
{
	const struct delivered_body *d = &l->handed.body.delivered;
	const char *wish = l->f->purpose, *asked = asked_for(l);

	if (wish == NULL || (d->purpose.text != NULL &&
	    use_purpose_same(wish, d->purpose.text)) ||
	    (asked != NULL && use_purpose_same(wish, asked)))
		return false;
	return d->purpose.text != NULL || asked != NULL || d->limits.n > 0;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a == 0 || (b != 0 && b < a) ? b : a;
}

static void
facts_fill(struct looking *l, bool received)
{
	struct use_facts *x = &l->facts;

	x->received = received;
	x->now = world_now(l->f->world);
	x->persons = 1;
	x->other_purpose = is_other(l);
	x->keep_until = use_keep_until(&l->handed.body.delivered.limits, "conditions");
	/* A row of ours that names another thread does not say whom it is about. */
	x->protected = l->missing || (l->asked && use_protected(&l->request));
	if (!l->asked)
		return;
	if (l->request.kind != ACT_USE_CONSENT)
		x->keep_until = earlier(x->keep_until, use_keep_until(
		    &l->request.body.request.fields, "F69"));
}

/* ---- two persons ---- */

/* Why two are asked for, to whom the request is not to be seen. */
static bool
missing_tell(const struct looking *l, struct err *err)
{
	return l->missing && err->kind == ERR_REFUSED ? err_wrap(err,
	    "the request that this evidence answers does not lie here, so that nobody can tell whether a protected person is concerned (S10), and two persons open it") :
	    false;
}

static bool
two_ask(struct using *u, struct looking *l, unsigned evidence, enum use_for why,
    struct err *err)
{
	struct act_people people;

	if (!l->facts.protected)
		return true;
	if (!flow_person(u->f, err))
		return false;
	u->matter = (struct matter){ .act = PEOPLE_READ_PROTECTED, .kind = ACT_DELIVERED,
		.request = u->request, .evidence = evidence };
	/* Without one it is for what it was handed over for. */
	if (!buf_printf(&u->content, err, "opened\nact %s\npackage %s\n",
	    digest_hex(&l->p->act_id).s, digest_hex(&l->p->package_id).s) ||
	    !matter_value_print(&u->content, "for another purpose", u->f->purpose, err) ||
	    (why == USE_RESTRICTED && !buf_add_text(&u->content,
	    "restricted material (Article 14)\n", err)) ||
	    (l->missing && !buf_add_text(&u->content,
	    "the request that it answers does not lie here\n", err)))
		return false;
	u->matter.content = buf_span(&u->content);
	if (!flow_second(u->f, &u->matter, &people, err))
		return missing_tell(l, err);
	u->two = people.n > 0;
	l->facts.persons = (unsigned)people.n;
	return true;
}

static bool
use_ask(struct using *u, struct looking *l, const struct evidence *e, enum use_for why,
    struct err *err)
{
	struct use_facts plain;

	if (!looking_load(l, &u->request, err))
		return false;
	if (l->handed.kind != ACT_DELIVERED)
		return true;		/* a stamp that came late has nothing to open */
	/* Who signed it handed it over, whatever a row of ours says. */
	facts_fill(l, e->origin == EVIDENCE_RECEIVED || strcmp(l->handed.from.s,
	    home_settings(u->f->home)->authority.s) != 0);
	if (why == USE_DEFENCE)
		l->facts.keep_until = 0;
	if (why == USE_RESTRICTED)
		l->facts.protected = true;
	if (l->facts.received && l->facts.other_purpose && !consent_to_use(u->f, l->p,
	    u->f->purpose, &l->facts, err))
		return false;
	/* What nobody may is told before a second person is asked for. */
	plain = l->facts;
	plain.persons = 2;
	return verdict_ask(use_decide(&plain), err) && two_ask(u, l, e->number, why, err) &&
	    verdict_ask(use_decide(&l->facts), err);
}

bool
using_begin(struct using *u, struct flow *f, const struct evidence *e,
    const struct parcel *p, enum use_for why, struct err *err)
{
	struct looking l = { .f = f, .p = p };
	bool ok;

	memset(u, 0, sizeof *u);
	u->f = f;
	buf_init(&u->content, MATTER_MAX);
	act_init(&l.handed, ACT_DELIVERED);
	act_init(&l.request, ACT_PRESERVE);
	ok = home_lock(f->home, err) && use_ask(u, &l, e, why, err);
	act_clear(&l.handed);
	act_clear(&l.request);
	return ok;
}

bool
using_leaf(struct using *u, struct err *err)
{
	return !u->two || flow_second_use(u->f, NULL, &u->matter, err);
}

bool
using_end(struct using *u, bool used, struct err *err)
{
	if (u->two)
		used = flow_second_end(u->f, &u->matter, used, err);
	buf_clear(&u->content);
	return used;
}
