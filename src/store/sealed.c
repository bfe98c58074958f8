/* Texts of the docket: one value a row, that opens in its own place only. */
#include <stdio.h>

#include "store/sql.h"

struct place { char s[64]; };

static struct place
place_of(const char *table, unsigned row)
{
	struct place p;

	(void)snprintf(p.s, sizeof p.s, "%s/%u/sealed", table, row);
	return p;
}

bool
sealed_key(struct docket *d, struct err *err)
{
	return d->has_key || err_set(err, ERR_DENIED, "docket.key",
	    "names and texts of the docket need the passphrase");
}

bool
sealed_make(struct docket *d, const char *table, unsigned row, struct span plain,
    struct buf *out, struct err *err)
{
	struct place p = place_of(table, row);

	if (!sealed_key(d, err))
		return false;
	if (plain.n > DOCKET_TEXT_MAX)
		return err_set(err, ERR_LIMIT, "docket.text",
		    "this text has %zu bytes; at most %u are kept", plain.n,
		    DOCKET_TEXT_MAX);
	return aead_seal(d->home->world, &d->key, span_text(p.s), plain, out, err);
}

bool
sealed_open(struct docket *d, const char *table, unsigned row, struct span sealed,
    struct buf *out, struct err *err)
{
	struct place p = place_of(table, row);

	if (!sealed_key(d, err))
		return false;
	if (aead_open(&d->key, span_text(p.s), sealed, out, err))
		return true;
	if (err->kind == ERR_UNPROVEN)
		return docket_damaged(err,
		    "a sealed text is not the one that was written in its place");
	return false;
}
