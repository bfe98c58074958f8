/* Cases: local folders of threads and evidence; their names never leave this home. */
#include <stdio.h>
#include <string.h>

#include "flow/journey.h"
#include "flow/people.h"

#define CASE_NAME_MAX 400	/* bytes: a line or two on the desk */

/* One line of UTF-8: it is shown in lists. */
static bool
name_check(const char *name, struct err *err)
{
	bool plain = name[0] != '\0' && strlen(name) <= CASE_NAME_MAX &&
	    utf8_valid(span_text(name));

	for (const char *p = name; plain && *p != '\0'; p++)
		plain = (unsigned char)*p >= 0x20 && *p != 0x7F;
	return plain || err_set(err, ERR_USE, "case.name",
	    "the name of a case is 1 to %d bytes of UTF-8 on one line", CASE_NAME_MAX);
}

bool
flow_case_new(struct flow *f, const char *name, unsigned *number, struct err *err)
{
	struct docket *d = NULL;
	unsigned n = 0;
	bool ok;

	ok = home_lock(f->home, err) && flow_may(f, PEOPLE_DRAFT, err) && name_check(name, err) &&
	    desk_open(f, true, &d, err) && docket_begin(d, err) &&
	    docket_case_new(d, name, world_now(f->world), &n, err) &&
	    docket_commit(d, err);
	docket_close(d);
	if (ok)
		*number = n;
	return ok;
}

static bool
request_join(struct docket *d, unsigned number, unsigned request, struct err *err)
{
	struct docket_request r;

	if (!docket_request_get(d, request, &r, err))
		return false;
	r.case_number = number;
	return docket_request_put(d, &r, err);
}

bool
flow_case_add(struct flow *f, unsigned number, const char *evidence,
    const char *request, struct err *err)
{
	struct docket *d = NULL;
	struct docket_case c;
	struct evidence e = { .number = 0 };
	unsigned r = 0;
	bool ok;

	if (!home_lock(f->home, err) || !flow_may(f, PEOPLE_DRAFT, err) ||
	    (request != NULL && !request_number_parse(request, &r, err)) ||
	    (evidence != NULL && !evidence_find(f->home, evidence, &e, err)))
		return false;
	ok = desk_open(f, false, &d, err) &&
	    docket_case_get(d, number, false, &c, err);
	if (ok)
		docket_case_clear(&c);
	ok = ok && docket_begin(d, err) && (evidence == NULL ||
	    docket_case_evidence(d, number, e.number, err)) && (request == NULL ||
	    request_join(d, number, r, err)) && docket_commit(d, err);
	docket_close(d);
	return ok;
}
