/* The custody of a piece of evidence for the doors: each hand-over of it, judged. */
#include <stdio.h>
#include <string.h>

#include "flow/custody_inside.h"
#include "flow/destroy.h"
#include "flow/journey.h"

void
custody_story_init(struct custody_story *s)
{
	memset(s, 0, sizeof *s);
	buf_init(&s->policy, QUORUM_FILE_MAX);
}

void
custody_story_clear(struct custody_story *s)
{
	for (size_t i = 0; i < s->hops_n; i++)
		custody_clear(&s->hops[i].custody);
	mem_free(s->hops);
	mem_free(s->names);
	mem_free(s->told);
	buf_clear(&s->policy);
	custody_story_init(s);
}

/* ---- which parcel ---- */

/* The newest that is no second package of an act that is here. */
static bool
parcel_choose(const struct evidence *e, size_t *parcel, struct err *err)
{
	if (e->parcels_n == 0)
		return err_set(err, ERR_ABSENT, "custody.not-sealed",
		    "evidence %04u is not sealed yet: nobody else has had it; seal it with: comity evidence seal %04u --to STATE",
		    e->number, e->number);
	if (*parcel == SIZE_MAX) {
		*parcel = e->parcels_n - 1;
		while (*parcel > 0 && e->parcels[*parcel].other)
			(*parcel)--;
	}
	return *parcel < e->parcels_n || err_set(err, ERR_ABSENT, "custody.parcel",
	    "evidence %04u has %zu parcels", e->number, e->parcels_n);
}

/* ---- judging ---- */

static bool
policy_load(struct flow *f, struct span given, struct custody_story *s,
    struct quorum **q, struct err *err)
{
	s->own_policy = given.n == 0;
	if (s->own_policy ? !flow_ledger_policy(f, 1, &s->policy, err) :
	    !buf_add(&s->policy, given, err))
		return false;
	return quorum_read(buf_span(&s->policy), q, err) ||
	    err_wrap(err, "the policy file");
}

bool
flow_custody(struct flow *f, unsigned number, size_t parcel, struct span policy,
    struct custody *out, struct err *err)
{
	struct custody_story s;
	struct quorum *q = NULL;
	struct evidence *e = mem_new(sizeof *e, err);
	struct custody c;
	bool ok;

	if (e == NULL)
		return false;
	custody_story_init(&s);
	custody_init(&c);
	ok = evidence_load(f->home, number, e, err) && parcel_choose(e, &parcel, err) &&
	    policy_load(f, policy, &s, &q, err) &&
	    custody_gather(f, &e->parcels[parcel].act_id,
	    &e->parcels[parcel].package_id, false, &c, err) &&
	    custody_judge_kept(&c, q, err);
	if (ok)
		*out = c;
	else
		custody_clear(&c);
	quorum_free(q);
	custody_story_clear(&s);
	mem_free(e);
	return ok;
}

/* ---- the hops before ---- */

/* A hand-over that is not of our docket is told by its two sides, and by us. */
static void
others_drop(struct flow *f, struct custody_hop *h)
{
	const char *self = home_settings(f->home)->authority.s;

	for (size_t i = h->custody.n; i-- > 0;) {
		const char *who = h->custody.links[i].record.authority.s;

		if (strcmp(who, h->from.s) != 0 && strcmp(who, h->to.s) != 0 &&
		    strcmp(who, self) != 0)
			custody_drop(&h->custody, i);
	}
}

struct telling {
	struct flow *f;
	struct custody_story *s;
	const struct quorum *q;
};

static void
act_tell(struct custody_hop *h, const struct act *a)
{
	const struct delivered_body *b = &a->body.delivered;

	h->has_act = true;
	h->kind = a->kind;
	h->exercise = a->exercise;
	h->made_at = a->made_at;
	h->from = a->from;
	if (a->has_to)
		h->to = a->to;
	(void)snprintf(h->instrument, sizeof h->instrument, "%s", a->instrument);
	(void)snprintf(h->article, sizeof h->article, "%s", a->article);
	if (a->kind == ACT_DELIVERED)
		(void)snprintf(h->number, sizeof h->number, "%s", b->number);
}

static bool
hop_gather(struct telling *t, struct custody_hop *h, const struct digest *act,
    const struct digest *package, struct err *err)
{
	if (!custody_gather(t->f, act, package, false, &h->custody, err))
		return false;
	if (h->from.s[0] != '\0' && h->to.s[0] != '\0')
		others_drop(t->f, h);
	return custody_judge_kept(&h->custody, t->q, err);
}

static bool
origin_tell(struct telling *t, const struct origin *o, struct err *err)
{
	struct custody_hop *h = &t->s->hops[t->s->hops_n];
	struct digest package;
	bool known;

	if (!custody_package(t->f, &o->act, &package, &known, err))
		return false;
	custody_init(&h->custody);
	h->from = o->from;
	h->to = o->to;
	h->custody.act = o->act;
	t->s->hops_n++;
	if (known)
		return hop_gather(t, h, &o->act, &package, err);
	(void)snprintf(h->custody.why, sizeof h->custody.why,
	    "Nothing came about this hand-over but the word of who passed it on.");
	return true;
}

static bool
hops_tell(struct telling *t, const struct parcel *p, struct err *err)
{
	struct act *a = mem_new(sizeof *a, err);
	struct custody_hop *last;
	struct err why = ERR_INIT;
	bool opened, ok = a != NULL;

	t->s->hops = ok ? mem_array(ORIGINS_MAX + 1, sizeof *t->s->hops, err) : NULL;
	if (t->s->hops == NULL) {
		mem_free(a);
		return false;
	}
	act_init(a, ACT_DELIVERED);
	opened = act_open(t->f, &p->act_id, a, &why);
	/* A parcel that is gone has still its records. */
	if (!opened && why.kind != ERR_ABSENT && why.kind != ERR_INPUT) {
		*err = why;
		ok = false;
	}
	if (opened && a->kind == ACT_DELIVERED)
		for (size_t i = 0; ok && i < a->body.delivered.origins_n; i++)
			ok = origin_tell(t, &a->body.delivered.origins[i], err);
	if (ok) {
		last = &t->s->hops[t->s->hops_n++];
		custody_init(&last->custody);
		if (opened)
			act_tell(last, a);
		ok = hop_gather(t, last, &p->act_id, &p->package_id, err);
	}
	act_clear(a);
	mem_free(a);
	return ok;
}

/* ---- names ---- */

static bool
name_add(struct telling *t, const struct authority_id *id, struct err *err)
{
	const struct settings *set = home_settings(t->f->home);
	struct custody_story *s = t->s;
	struct custody_name *more;
	struct peer p;
	struct err why = ERR_INIT;

	for (size_t i = 0; i < s->names_n; i++)
		if (strcmp(s->names[i].id.s, id->s) == 0)
			return true;
	more = mem_resize(s->names, (s->names_n + 1) * sizeof *more, err);
	if (more == NULL)
		return false;
	s->names = more;
	more = &s->names[s->names_n];
	memset(more, 0, sizeof *more);
	more->id = *id;
	if (strcmp(set->authority.s, id->s) == 0) {
		(void)snprintf(more->name, sizeof more->name, "%s", set->name);
	} else {
		peer_init(&p);
		if (peer_load(t->f->home, id->s, &p, &why) && p.card.kind == ACT_CARD &&
		    p.card.body.card.names_n > 0)
			(void)snprintf(more->name, sizeof more->name, "%s",
			    p.card.body.card.names[0].text);
		peer_clear(&p);
	}
	s->names_n++;
	return true;
}

static bool
names_tell(struct telling *t, struct err *err)
{
	for (size_t i = 0; i < t->s->hops_n; i++) {
		const struct custody_hop *h = &t->s->hops[i];

		for (size_t k = 0; k < h->custody.n; k++) {
			const struct record *r = &h->custody.links[k].record;

			if (!name_add(t, &r->authority, err) || (r->peer.s[0] != '\0' &&
			    !name_add(t, &r->peer, err)))
				return false;
		}
		if ((h->from.s[0] != '\0' && !name_add(t, &h->from, err)) ||
		    (h->to.s[0] != '\0' && !name_add(t, &h->to, err)))
			return false;
	}
	return true;
}

/* Ours are links of their own, of our ledger. */
static bool
told_tell(struct telling *t, unsigned number, struct err *err)
{
	struct notice_told *list = mem_array(NOTICES_TOLD_MAX, sizeof *list, err);
	size_t n = 0, kept = 0;

	t->s->told = list;
	if (list == NULL || !flow_evidence_notices(t->f, number, list, NOTICES_TOLD_MAX, &n,
	    err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!list[i].ours)
			list[kept++] = list[i];
	t->s->told_n = kept;
	return true;
}

bool
flow_custody_story(struct flow *f, unsigned number, size_t parcel, struct span policy,
    struct custody_story *out, struct err *err)
{
	struct evidence *e = mem_new(sizeof *e, err);
	struct telling t = { .f = f, .s = out };
	struct quorum *q = NULL;
	bool ok;

	if (e == NULL)
		return false;
	out->evidence = number;
	out->as_of = world_now(f->world);
	out->by = home_settings(f->home)->authority;
	ok = evidence_load(f->home, number, e, err) && parcel_choose(e, &parcel, err) &&
	    policy_load(f, policy, out, &q, err);
	t.q = q;
	ok = ok && hops_tell(&t, &e->parcels[parcel], err) && name_add(&t, &out->by, err) &&
	    names_tell(&t, err) && told_tell(&t, number, err);
	for (size_t i = 0; ok && i < out->hops_n; i++)
		if (out->hops[i].custody.standing > out->standing)
			out->standing = out->hops[i].custody.standing;
	quorum_free(q);
	mem_free(e);
	return ok;
}
