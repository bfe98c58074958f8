/*
 * ledger/record: the private record of something that happened (formats/record): its
 * exact bytes are hashed and kept, never written again.  Strict like an act.
 */
#ifndef COMITY_LEDGER_RECORD_H
#define COMITY_LEDGER_RECORD_H

#include "act/act.h"

#define RECORD_MAX (64u * 1024)
#define RECORD_SCHEMA "comity.record/1"
#define RECORD_FILES_MAX 64		/* outside data/: package.md has 17 at most */
#define RECORD_SALT 32			/* bytes, kept beside the record */
#define LEAF_BYTES 34

enum record_event {
	EVENT_MADE, EVENT_SENT, EVENT_RECEIVED, EVENT_OPENED, EVENT_READ, EVENT_EXPORTED,
	EVENT_DISCLOSED, EVENT_DESTROYED, EVENT_REFUSED, EVENT_DECIDED,
	EVENT_EVIDENCE_ADDED, EVENT_KEY, EVENT_CARD, EVENT_REVOKED,
	EVENT_ADMINISTRATION, EVENT_STARTED, EVENT_SELF_TEST, EVENT_CLOCK_JUMP,
	EVENT_RECOVERY, EVENT_LOSS,
	RECORD_EVENTS
};
const char *record_event_name(enum record_event e);	/* "made"; NULL for none */

struct record_file {
	char path[80];
	uint64_t bytes;
	struct digest sha256;
};

/* Absent members: has_* false, texts "". */
struct record {
	enum record_event event;
	int64_t at;
	int64_t clock_doubt;
	bool has_act, has_package;
	struct digest act, package;
	struct record_file files[RECORD_FILES_MAX];
	size_t files_n;
	bool has_payload;
	uint64_t payload_files, payload_bytes;
	struct authority_id authority;	/* actor */
	char role[32];
	char person[24];		/* pseudonym that only this node resolves */
	struct authority_id peer;
	char carrier[12];
	char rule[64], rule_version[24], outcome[24], ground[12];	/* decision */
	char reason[64];		/* stable name, never free text */
	bool has_before;
	struct digest before;		/* of the previous record of the thread here */
};

/*
 * Exactly one spelling: compact ASCII JSON, members in the order of doc/format/record.md,
 * absent ones left out.  ERR_INPUT "record.*" or "json.*" names the member, ERR_LIMIT one
 * that is too long; encode writes nothing decode would refuse, and nothing on failure.
 */
MUST bool record_decode(struct record *out, struct span json, struct err *err);
MUST bool record_encode(const struct record *r, struct buf *out, struct err *err);

/* u16 1, then SHA-256("comity-leaf/1" LF || salt || record): the entry of the log. */
MUST bool leaf_of(const uint8_t salt[RECORD_SALT], struct span record,
    uint8_t out[LEAF_BYTES], struct err *err);
/* The same for who makes many. */
struct hasher;
MUST bool leaf_with(struct hasher *h, const uint8_t salt[RECORD_SALT],
    struct span record, uint8_t out[LEAF_BYTES], struct err *err);

#endif
