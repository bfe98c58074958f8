/*
 * policy: may this act pass, for this actor, today?  Pure: facts in, verdict out; no
 * bytes, no clock, no disk.  Each function reads like the rule it enforces.  The law
 * tables and the safeguards of the Convention come in later; what is here are our
 * own rules for handing evidence over (threat-model D15, D17; S20, S23).
 */
#ifndef COMITY_POLICY_H
#define COMITY_POLICY_H

#include "act/act.h"

struct verdict {
	bool allow;
	const char *reason;		/* "seal.peer-not-confirmed" */
	const char *text;		/* what it means and what to do */
};

/* Evidence is to be sealed for a peer. */
struct seal_facts {
	int64_t now;
	bool training;			/* our own home is a training home */
	bool peer_training;		/* its card says exercise */
	bool peer_confirmed;		/* people compared the six words */
	bool peer_revoked;
	int64_t peer_valid_from, peer_valid_to;	/* of its card */
	bool has_collection;		/* a collection record is there */
	int64_t own_valid_from, own_valid_to;	/* of our card */
	int64_t certificate_from, certificate_to;
};
struct verdict seal_decide(const struct seal_facts *f);

/* A card came in. */
struct card_facts {
	int64_t now;
	int64_t valid_from, valid_to;
	bool training;			/* ours */
	bool card_training;
	bool own;			/* it is our own card */
	bool older;			/* made before the confirmed one we have */
	bool unchanged;			/* every byte as sealed */
	bool signer_known;		/* leads to its roots, and stands on the right card */
	bool revoked;			/* this node has revoked the authority */
};
struct verdict card_decide(const struct card_facts *f);

/* A package came in, unchanged and with a signature that holds. */
struct receive_facts {
	bool sealed;			/* as a parcel; nothing lies here in the clear */
	bool for_us;			/* `to` names this authority */
	bool from_us;			/* `from` does: our own words come back */
	bool training;			/* our own home is a training home */
	bool exercise;			/* the act says so */
	bool evidence;			/* its kind delivers evidence */
	bool time_stamp;		/* or brings a stamp that came late */
	bool has_collection;		/* the record of collection is there and reads */
};
struct verdict receive_decide(const struct receive_facts *f);

/* A late time stamp came in for a package that is here. */
struct stamp_facts {
	bool received;			/* the package came from another authority */
	bool same_sender;		/* and so did the stamp */
};
struct verdict stamp_decide(const struct stamp_facts *f);

#endif
