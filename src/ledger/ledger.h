/*
 * ledger: what happened here, kept so that it cannot be denied: private records in a
 * journal, the tree over their leaves, signed checkpoints, other authorities' cosignatures
 * on ours and ours on theirs (design.md section 6).
 */
#ifndef COMITY_LEDGER_H
#define COMITY_LEDGER_H

#include "ledger/journal.h"
#include "ledger/log.h"
#include "ledger/proof.h"
#include "ledger/quorum.h"
#include "ledger/record.h"
#include "ledger/witness.h"

#endif
