/*
 * Police information is intelligence and no evidence (S07).  That a request for assistance
 * was granted in its place is read from what both sides signed: our rows only say where.
 */
#include <string.h>

#include "flow/journey.h"
#include "flow/use.h"

#define ASKED_MAX 1000		/* requests between the two authorities that are looked at */
#define SAID_MAX 1000		/* acts of one thread: far more than a request has */

struct asked {
	struct { unsigned number; struct digest act; } list[ASKED_MAX];
	size_t n;
};
struct said {
	struct digest acts[SAID_MAX];
	size_t n;
};

static bool
asked_look(void *arg, const struct docket_request *r, struct err *err)
{
	struct asked *a = arg;
	enum request_state s;

	(void)err;
	if (!r->has_act || a->n == ASKED_MAX || !request_state_parse(r->state, &s) ||
	    (s != STATE_ACCEPTED && s != STATE_ACCEPTED_WITH_CONDITIONS &&
	    s != STATE_EXECUTING && s != STATE_DELIVERED && s != STATE_ACKNOWLEDGED))
		return true;
	a->list[a->n].number = r->number;
	a->list[a->n++].act = r->act;
	return true;
}

static bool
said_look(void *arg, const struct docket_act *a, struct err *err)
{
	struct said *s = arg;

	(void)err;
	if (s->n < SAID_MAX)
		s->acts[s->n++] = a->act;
	return true;
}

/* Signed by who was asked; what was asked on paper has its answers noted by us. */
static bool
is_yes(struct flow *f, const struct act *request, const struct digest *id,
    const struct act *a)
{
	const char *asked = request->has_to ? request->to.s :
	    home_settings(f->home)->authority.s;
	bool follows = false;

	for (size_t i = 0; i < a->follows_n; i++)
		follows = follows || digest_eq(&a->follows[i], id);
	return follows && strcmp(a->from.s, asked) == 0 && (a->kind == ACT_GRANTED ||
	    a->kind == ACT_GRANTED_WITH_CONDITIONS || a->kind == ACT_DELIVERED);
}

static bool
yes_find(struct flow *f, unsigned number, const struct digest *id,
    const struct act *request, bool *yes, struct err *err)
{
	struct said *said = mem_new(sizeof *said, err);
	struct docket *d = NULL;
	bool ok = said != NULL && desk_open(f, false, &d, err) &&
	    docket_request_acts(d, number, said_look, said, err);

	docket_close(d);
	for (size_t i = 0; ok && !*yes && i < said->n; i++) {
		struct err why = ERR_INIT;
		struct act a;

		if (!act_open(f, &said->acts[i], &a, &why)) {
			ok = why.kind == ERR_ABSENT;	/* destroyed, or lost: no yes of ours */
			if (!ok)
				*err = why;
			continue;
		}
		*yes = is_yes(f, request, id, &a);
		act_clear(&a);
	}
	mem_free(said);
	return ok;
}

static bool
converted_look(struct flow *f, const char *peer, const struct digest *told,
    bool *converted, struct err *err)
{
	struct docket_filter filter = { .peer = peer, .order = ORDER_NUMBER };
	struct asked *asked = mem_new(sizeof *asked, err);
	struct docket *d = NULL;
	bool ok = asked != NULL && desk_open(f, false, &d, err) &&
	    docket_requests(d, &filter, asked_look, asked, err);

	docket_close(d);
	*converted = false;
	for (size_t i = 0; ok && !*converted && i < asked->n; i++) {
		const struct digest *id = &asked->list[i].act;
		struct act a;

		ok = act_open(f, id, &a, err);
		if (!ok)
			break;
		if (act_kind_class(a.kind) == ACT_IS_REQUEST && request_converts(&a, told))
			ok = yes_find(f, asked->list[i].number, id, &a, converted, err);
		act_clear(&a);
	}
	mem_free(asked);
	return ok;
}

bool
lane_ask(struct flow *f, const struct act *a, const struct docket_act *row, struct err *err)
{
	bool converted = false;

	return a->kind != ACT_POLICE_INFO ||
	    (converted_look(f, row->peer, &row->act, &converted, err) &&
	    verdict_ask(export_decide(a->kind, converted), err));
}
