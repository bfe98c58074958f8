/*
 * flow/treaty: who is party to what, as this node knows it (part of flow; doors include
 * flow/flow.h and this).  HOME/law/SERIES.tsv holds the newest document of each series
 * (doc/format/treaty.md), DIGEST.p7s its signature, confirmed.tsv what officers looked
 * up.  Each import and confirmation is in the ledger (event administration) with the
 * digest of the file.
 */
#ifndef COMITY_FLOW_TREATY_H
#define COMITY_FLOW_TREATY_H

#include "flow/flow.h"
#include "law/status.h"

/*
 * The node's own status: built in, updates over it, confirmations.  Read once a command
 * and owned by f; an import or confirmation makes a new one.  A file of it that cannot be
 * read is an error: nobody is asked under a law that may be another.  An f without a home
 * (all zeros) has what is built in.
 */
MUST bool flow_law(struct flow *f, const struct law_status **out, struct err *err);

struct treaty_wish {
	struct span document, signature;	/* a detached CMS signature over it, DER */
	/*
	 * Whom the operator trusts to say so, by name: "self", a peer whose card people
	 * confirmed, or NULL and a certificate that was handed in.
	 */
	const char *signer;
	struct span certificate;		/* PEM or DER */
};
struct treaty_imported {
	char series[TREATY_SERIES_NAME];
	struct law_version_text version;
	char signer[300];			/* as its certificate names it */
	size_t rows;
	bool again;				/* these very bytes were here: nothing changed */
	struct law_force force;			/* of the Hanoi Convention, after it */
};
/*
 * All or nothing; for who decides on what was asked (PEOPLE_GRANT), as the confirmation below
 * is.  ERR_UNPROVEN "treaty.signature" it does not hold, "treaty.signer"
 * another signed it than was named; ERR_REFUSED "treaty.older"; ERR_CONFLICT
 * "treaty.serial"; ERR_INPUT "treaty.*" the document.
 */
MUST bool flow_treaty_import(struct flow *f, const struct treaty_wish *wish,
    struct treaty_imported *out, struct err *err);
/* Signs a document of ours, when it can be read: detached CMS, DER. */
MUST bool flow_treaty_sign(struct flow *f, struct span document, struct buf *p7s,
    struct err *err);
/* An officer looked that cell up; law_confirmation_of has the errors. */
MUST bool flow_treaty_confirm(struct flow *f, const char *state, const char *instrument,
    const char *source, struct law_confirmation *out, struct err *err);

/* Whether the signature beside a document still holds, and whose it is. */
struct treaty_signed {
	bool holds;
	char signer[300];
};
MUST bool flow_treaty_signed(struct flow *f, const char *series,
    struct treaty_signed *out, struct err *err);

#endif
