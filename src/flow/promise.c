/* What we promised to hand over under (execute.h): conditions of our last yes. */
#include <string.h>

#include "flow/execute.h"
#include "flow/journey.h"
#include "flow/ledger.h"

#define SAID_MAX 512		/* acts of one thread, and those that follow its request */

struct said {
	struct {
		struct digest act;
		bool promise;		/* as the docket has it: it has to be readable */
	} list[SAID_MAX];
	size_t n;
};

static bool
said_add(struct said *s, const struct digest *act, bool promise, struct err *err)
{
	for (size_t i = 0; i < s->n; i++)
		if (digest_eq(&s->list[i].act, act)) {
			s->list[i].promise = s->list[i].promise || promise;
			return true;
		}
	if (s->n == SAID_MAX)
		return err_set(err, ERR_LIMIT, "request.acts",
		    "the thread has more than %d acts: ask for a new request", SAID_MAX);
	s->list[s->n].act = *act;
	s->list[s->n++].promise = promise;
	return true;
}

static bool
said_look(void *arg, const struct docket_act *a, struct err *err)
{
	return a->other || said_add(arg, &a->act, a->direction == ACT_OUT &&
	    strcmp(a->kind, act_kind_name(ACT_GRANTED_WITH_CONDITIONS)) == 0, err);
}

/* Two ways to each: a row that was changed by hand hides it from one of them. */
static bool
said_load(struct said *s, struct flow *f, const struct docket_request *row,
    struct err *err)
{
	struct digest *followers = mem_array(SAID_MAX, sizeof *followers, err);
	struct docket *d = NULL;
	size_t n = 0;
	bool ok;

	ok = followers != NULL && desk_open(f, true, &d, err) &&
	    docket_followers(d, &row->act, followers, SAID_MAX, &n, err) &&
	    docket_request_acts(d, row->number, said_look, s, err);
	for (size_t i = 0; ok && i < n; i++)
		ok = said_add(s, &followers[i], false, err);
	docket_close(d);
	mem_free(followers);
	return ok;
}

static bool
is_ours(struct flow *f, const struct act *a)
{
	return a->kind == ACT_GRANTED_WITH_CONDITIONS &&
	    strcmp(a->from.s, home_settings(f->home)->authority.s) == 0;
}

void
promise_init(struct promise *p)
{
	p->made = false;
	fields_init(&p->conditions);
}

void
promise_clear(struct promise *p)
{
	fields_clear(&p->conditions);
	promise_init(p);
}

bool
promise_find(struct flow *f, const struct docket_request *row, struct promise *out,
    struct err *err)
{
	struct said *s = mem_new(sizeof *s, err);
	int64_t newest = INT64_MIN;
	bool ok = s != NULL && (!row->has_act || said_load(s, f, row, err));

	for (size_t i = 0; ok && i < s->n; i++) {
		struct err why = ERR_INIT;
		struct act a;

		if (!act_open(f, &s->list[i].act, &a, &why)) {
			/* Evidence that was destroyed, a parcel that is missing: no yes. */
			ok = !s->list[i].promise && ledger_damage(&why);
			if (!ok)
				*err = why;
			continue;
		}
		if (is_ours(f, &a) && a.made_at >= newest) {
			newest = a.made_at;
			promise_clear(out);
			out->made = true;
			out->act = s->list[i].act;
			ok = fields_copy(&out->conditions, &a.body.answer.fields, err);
		}
		act_clear(&a);
	}
	mem_free(s);
	return ok;
}
