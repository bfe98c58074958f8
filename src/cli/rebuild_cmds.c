/* rebuild: the docket anew from packages and ledger. */
#include <string.h>

#include "cli/cli.h"
#include "flow/ledger.h"

int
run_rebuild(struct cli *c, struct call *call)
{
	struct rebuilt r;
	struct json_out j;

	(void)call;
	memset(&r, 0, sizeof r);
	if (!flow_rebuild(&c->flow, &r, &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.rebuilt/1");
		json_out_int(&j, "records", (int64_t)r.records);
		json_out_int(&j, "acts", (int64_t)r.acts);
		json_out_int(&j, "requests", (int64_t)r.requests);
		json_out_int(&j, "evidence", (int64_t)r.evidence);
		json_out_int(&j, "without_parcel", (int64_t)r.without_parcel);
		json_shown(&j, "text", r.text);
		json_done(c, &j);
	}
	say(c, "The docket was made anew from packages and ledger: %s, %s, %s, %s.\n",
	    count_people(r.records, "record", "records").s,
	    count_people(r.acts, "act", "acts").s,
	    count_people(r.requests, "request", "requests").s,
	    count_people(r.evidence, "piece of evidence", "pieces of evidence").s);
	if (r.without_parcel > 0)
		say(c, "%s is not here: see comity ledger check --parcels\n",
		    count_people(r.without_parcel, "parcel that the records name",
		    "parcels that the records name").s);
	if (r.text[0] != '\0') {
		say_text(c, r.text);
		say(c, "\n");
	}
	return r.without_parcel > 0 ? EXIT_PARTLY : EXIT_DONE;
}
