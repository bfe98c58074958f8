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
		json_out_int(&j, "marked", (int64_t)r.marked);
		json_shown(&j, "text", r.text);
		json_done(c, &j);
	}
	say(c, "The docket was made anew from packages and ledger: %s, %s, %s, %s.\n",
	    count_people(r.records, "record", "records").s,
	    count_people(r.acts, "act", "acts").s,
	    count_people(r.requests, "request", "requests").s,
	    count_people(r.evidence, "piece of evidence", "pieces of evidence").s);
	if (r.without_parcel > 0)
		say(c, "%s not here. %s marked where it belongs; of the others the records alone tell.\n  Put the parcels back from a backup, then: comity rebuild\n",
		    count_people(r.without_parcel, "parcel that the records name is",
		    "parcels that the records name are").s,
		    count_people(r.marked, "of these acts is",
		    "of these acts are").s);
	if (r.text[0] != '\0') {
		say_text(c, r.text);
		say(c, "\n");
	}
	return r.without_parcel > 0 ? EXIT_PARTLY : EXIT_DONE;
}
