/* A docket made anew from packages, journal and ledger. */
#include <stdio.h>
#include <string.h>

#include "flow/apart.h"
#include "flow/people.h"
#include "flow/rebuild.h"

static void
rebuilding_clear(struct rebuilding *r)
{
	docket_rebuild_old(r->old);
	docket_close(r->d);
	aead_key_wipe(&r->key);
	mem_free(r->list);
	mem_free(r->seen);
	mem_free(r->taken);
	mem_free(r->marked);
	digest_map_clear(&r->made);
	digest_map_clear(&r->sha256);
	digest_map_clear(&r->numbers);
	digest_map_clear(&r->receipts);
	digest_map_clear(&r->receipt_acts);
}

/* The passphrase first: nobody waits for a person with the docket half made. */
static bool
begin(struct rebuilding *r, struct err *err)
{
	struct keyring *k = NULL;

	if (!home_lock(r->f->home, err) || !flow_keyring(r->f, &k, err) ||
	    !keyring_docket_key(k, &r->key, err) ||
	    !docket_rebuild_begin(r->f->home, &r->d, &r->old, err))
		return false;
	docket_key(r->d, &r->key);
	if (r->old != NULL)
		docket_key(r->old, &r->key);
	return true;
}

static bool
finish(struct rebuilding *r, struct err *err)
{
	struct docket *d = r->d;

	docket_rebuild_old(r->old);
	r->old = NULL;
	r->d = NULL;			/* closed, however it ends */
	return docket_rebuild_end(d, err);
}

bool
flow_rebuild(struct flow *f, struct rebuilt *out, struct err *err)
{
	struct rebuilding r = { .f = f, .out = out };
	bool ok;

	memset(out, 0, sizeof *out);
	f->despite_damage = true;
	ok = flow_may(f, PEOPLE_KEYS, err) && begin(&r, err) &&
	    rebuild_load(&r, err) && rebuild_old_begin(&r, err) &&
	    rebuild_look(&r, err) && rebuild_replay(&r, err) &&
	    rebuild_old_end(&r, err) && finish(&r, err);
	rebuilding_clear(&r);
	if (ok)
		parcels_part_later(f);
	return ok && record_home(f, EVENT_ADMINISTRATION, "docket.rebuilt", err);
}
