/*
 * ledger: what happened here, kept so that it cannot be denied: private records and
 * the journal that holds them in order.  The Merkle tree over it comes in a later
 * version; the entries and salts it will use are written from now on.
 */
#ifndef COMITY_LEDGER_H
#define COMITY_LEDGER_H

#include "ledger/journal.h"
#include "ledger/record.h"

#endif
