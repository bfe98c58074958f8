#include "policy/policy.h"

static struct verdict
refuse(const char *reason, const char *text)
{
	return (struct verdict){ false, reason, text };
}

/* The receiver asks every safeguard again: a patched sender gains nothing. */
struct verdict
receive_decide(const struct receive_facts *f)
{
	if (!f->sealed)
		return refuse("receive.not-sealed",
		    "it came unsealed, for anyone to read; ask the sender for the parcel");
	if (!f->for_us)
		return refuse("receive.not-for-us",
		    "it is not addressed to this authority; tell the sender");
	if (f->from_us)
		return refuse("receive.from-us", "it says that this authority sent it");
	if (f->exercise && !f->training)
		return refuse("receive.exercise",
		    "it is an exercise, and this is a real home; an exercise never counts as real");
	if (!f->exercise && f->training)
		return refuse("receive.real",
		    "it is real, and this is a training home; give it to the office it is for");
	if (!f->evidence && !f->time_stamp)
		return refuse("receive.kind",
		    "it is an act of a kind that this version does not take in");
	if (f->evidence && !f->has_collection)
		return refuse("receive.no-collection-record",
		    "it has no collection record (who collected it, from whom, with what tool, how and when); ask the sender for it");
	return (struct verdict){ true, "receive.taken", "" };
}

/* A stamp from anyone else could put a worse time in the place of a good one. */
struct verdict
stamp_decide(const struct stamp_facts *f)
{
	if (!f->received || !f->same_sender)
		return refuse("stamp.sender",
		    "it brings a time stamp for a package of another authority");
	return (struct verdict){ true, "stamp.taken", "" };
}
