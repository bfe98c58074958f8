/*
 * known_good: signatures that are known to hold, so that a no of OpenSSL about another
 * can be believed.  OpenSSL puts itself together while it is used; what found no room
 * then is missing for good, leaves no trace, and all it is asked afterwards it answers
 * with no.  Inside the room only.
 */
#ifndef COMITY_CRYPTO_KNOWN_GOOD_H
#define COMITY_CRYPTO_KNOWN_GOOD_H

#include "base/base.h"

/*
 * Does all that is known to be good hold here: a signature file of each kind of key with
 * the path to its root, a time stamp, a ledger's signature?  They are asked by the same
 * code as any other.  Once it has been yes it stays so: nothing that is there goes away
 * again.  While they are asked (they end up here themselves when they fail) it is yes.
 */
bool known_good_holds(void);

/* What is asked, as PEM blocks; see known_good_data.c. */
struct known_good_signature {
	const char *kind;		/* "P-256" */
	const char *file, *root, *stamp;	/* stamp "": none */
};
#define KNOWN_GOOD_SIGNATURES 3
extern const struct known_good_signature known_good_signatures[KNOWN_GOOD_SIGNATURES];
#define KNOWN_GOOD_CONTENT "comity: this is known to hold\n"
#define KNOWN_GOOD_AT 1795348800LL	/* 2026-11-22; their certificates are valid then */

#endif
