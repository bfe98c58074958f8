/* The leaf of an entry, also of one whose record was lost. */
#include <string.h>

#include "ledger/journal_internal.h"

bool
journal_lost(struct span record)
{
	uint8_t leaf[LEAF_BYTES];

	return record.n == 1 + 2 * LEAF_BYTES && record.p[0] == '=' &&
	    hex_decode(span_from(record, 1), leaf, sizeof leaf);
}

bool
journal_leaf_with(struct hasher *h, const struct journal_entry *e,
    uint8_t out[LEAF_BYTES], struct err *err)
{
	static const uint8_t zeros[RECORD_SALT];
	uint8_t leaf[LEAF_BYTES];

	if (!journal_lost(e->record))
		return leaf_with(h, e->salt, e->record, out, err);
	if (memcmp(e->salt, zeros, sizeof zeros) != 0 ||
	    !hex_decode(span_from(e->record, 1), leaf, sizeof leaf))
		return journal_damaged(e->at, err);
	memcpy(out, leaf, sizeof leaf);
	return true;
}

bool
journal_leaf(const struct journal_entry *e, uint8_t out[LEAF_BYTES], struct err *err)
{
	struct hasher *h = NULL;
	bool ok = hasher_new(&h, err) && journal_leaf_with(h, e, out, err);

	hasher_free(h);
	return ok;
}
