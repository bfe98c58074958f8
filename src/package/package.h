/*
 * package: the bag that carries an act and its evidence, byte by byte as in
 * formats/package.md: written in one pass, sealed for its receivers, and checked
 * by one function for every door.  For given act, payload and signature there is
 * one possible file; the reader rebuilds what it expects and compares.
 *
 * Memory is constant: evidence of any size and number flows.  Work runs on
 * world_cores() threads; with one core (and in a simulated world) in this thread.
 * Both directions write only into places they were handed; what fails leaves
 * nothing under a final name.
 */
#ifndef COMITY_PACKAGE_H
#define COMITY_PACKAGE_H

#include "act/act.h"
#include "crypto/age.h"
#include "crypto/path.h"
#include "package/disclosure.h"
#include "world/world.h"

/* A parcel whose header is kept apart begins so, in its place, then zeros. */
#define PARCEL_APART "comity-apart/1\n"

/* ---- the payload that will be packed ---- */

struct payload;

struct payload_options {
	bool leave_out_unreadable;	/* --leave-out: a line in files.jsonl instead of an error */
	const char *const *leave_out;	/* original paths below the root to leave out ("asked") */
	size_t leave_out_n;
};

/*
 * Walk a file or folder: names, sizes, times, spooled into `tmp` and sorted; no
 * content is read.  The root itself may be reached through a link; inside it no
 * link is followed.  A block device is one file.
 */
MUST bool payload_walk(struct world *w, struct dir *tmp, const char *path,
    const struct payload_options *options, struct payload **out,
    struct progress *progress, struct err *err);

/* Small files made by us: name must be a safe component (package.md section 3). */
struct payload_item {
	const char *name;
	struct span bytes;		/* borrowed until payload_free */
	int64_t mtime;
};
#define PAYLOAD_ITEMS_MAX 16
MUST bool payload_of_items(struct world *w, struct dir *tmp,
    const struct payload_item *items, size_t n, struct payload **out,
    struct err *err);
void payload_free(struct payload *p);

uint64_t payload_files(const struct payload *p);	/* as in act.json */
uint64_t payload_bytes(const struct payload *p);
uint64_t payload_others(const struct payload *p);	/* links, empty folders, left out */

/*
 * Read all content once and note each file's digest: `pin` gets one line a file,
 * "HEX  SIZE  data/PATH\n", and *fingerprint is the SHA-256 of those lines.
 * (evidence add: what was there when it came in.)  pin may be NULL.
 */
MUST bool payload_pin(struct payload *p, struct sink *pin, struct digest *fingerprint,
    struct progress *progress, struct err *err);

/*
 * The files of a package outside data/, signature and token files too, in bag order:
 * what a record of custody names (formats/record).  Payload is pinned through
 * manifest-sha256.txt among them.
 */
#define PACKAGE_FILES_MAX 20		/* package.md section 2 has 16 at most */
struct package_file {
	char path[40];			/* "act.json" */
	uint64_t bytes;
	struct digest sha256;
};
struct package_files {
	struct package_file list[PACKAGE_FILES_MAX];
	size_t n;
};

/* ---- writing ---- */

struct package_writing {
	struct world *world;
	struct dir *tmp;		/* for spools; nothing is left there */
	const struct act *act;		/* payload counts must equal the payload's */
	struct payload *payload;	/* never NULL; may be empty */
	struct span collection;		/* collection.json, n = 0: none */
	struct span revocation;		/* revocation.pem, n = 0: none */
	/* Signs the tag manifest: bytes of the .p7s. */
	bool (*sign)(void *arg, struct span tag_manifest, struct buf *p7s,
	    struct err *err);
	/*
	 * Gets a token over signature.bin; NULL, or leaving the buf empty: pending.
	 * A failure here does not lose the work: return true with an empty buf.
	 */
	bool (*stamp)(void *arg, struct span signature, struct buf *tst,
	    struct err *err);
	void *arg;
	const struct age_recipient *recipients;	/* n = 0: not sealed (cards) */
	size_t recipients_n;
	/*
	 * The lines of payload_pin, when the evidence was pinned: a file that is no
	 * longer what it was stops the sealing and is named (ERR_CONFLICT
	 * "payload.changed_since_added").  NULL: not pinned.
	 */
	struct source *pin;
	struct progress *progress;	/* may be NULL */
	bool no_sync;			/* the caller makes the file durable, with others */
};

struct package_written {
	struct digest act_id;
	struct digest package_id;
	struct digest fingerprint;	/* as payload_pin */
	uint64_t bytes;			/* of the file written; its digest would cost a second
					   hashing: whoever copies it takes it then */
	bool stamped;
	struct package_files files;
};

/*
 * Write the parcel (or plain tar) into `out`, an empty file, and sync it; naming
 * it is the caller's.  A file whose size, inode or times differ at the end of its
 * reading from the walk stops it: ERR_CONFLICT "payload.changed", named.
 */
MUST bool package_write(const struct package_writing *in, struct file *out,
    struct package_written *result, struct err *err);

/* ---- reading ---- */

/* The last is some files of a package, proven alone (package/disclose.h). */
enum package_form { PACKAGE_PARCEL, PACKAGE_TAR, PACKAGE_FOLDER, PACKAGE_DISCLOSURE };

struct package_trust {
	const struct certs *roots;		/* who; may be NULL or empty */
	const struct certs *stamp_roots;	/* when; may be NULL or empty */
	const struct revocations *revoked;	/* besides revocation.pem inside; may be NULL */
	/* A card the reader trusts: the signer's certificate must stand on it. */
	const struct act *card;
	struct digest card_id;
	/*
	 * Or ask for one by the authority and card the act names in `from` (a node's
	 * registry): false when unknown.  Used when card is NULL; may be NULL.
	 */
	bool (*find_card)(void *arg, const struct authority_id *from,
	    const struct digest *card_id, const struct act **card,
	    const struct certs **roots);
	void *arg;
	bool has_at;
	int64_t at;				/* --at: judge as of this time */
	/* A token that came later, over this package's signature; n = 0: none. */
	struct span late_token;
	struct memo *memo;		/* for one of many (crypto/memo.h); may be NULL */
};

struct package_reading {
	struct world *world;
	struct dir *at;			/* path below it; NULL: as a person typed it */
	const char *path;		/* parcel, tar, bag folder or disclosure */
	const struct age_keys *keys;	/* for a parcel; NULL: none */
	/* What stands in place of a parcel's first bytes: its header, kept apart; n = 0 none. */
	struct span head;
	struct package_trust trust;
	/*
	 * Unpack: the bag appears as `unpack_name` in `unpack_into` only after every
	 * check that bears on *unchanged* held and the signature value is right; until
	 * then it lies in a quarantine folder beside it, named
	 * ".comity-quarantine-" + unpack_name.  NULL: check only.
	 */
	struct dir *unpack_into;
	const char *unpack_name;
	bool resume;			/* a quarantine that is there is gone on with */
	struct progress *progress;
};

enum unchanged { UNCHANGED_YES, UNCHANGED_NO, UNCHANGED_NOT_CHECKED };
enum who { WHO_KNOWN, WHO_UNKNOWN, WHO_REVOKED, WHO_NOT_CHECKED };
enum when { WHEN_PROVEN, WHEN_CLAIMED, WHEN_NOT_CHECKED };
enum overall { OVERALL_INTACT, OVERALL_CHANGED, OVERALL_INCOMPLETE,
	OVERALL_NOT_A_PACKAGE, OVERALL_NO_IDENTITY, OVERALL_WRONG_IDENTITY };

/*
 * What a sentence was made of, for saying it in another language: a stable name, and the
 * values in the order of the English sentence, each ended by NUL; those that find no room
 * are left out whole.
 */
#define SAID_BYTES 400
struct sentence {
	const char *reason;		/* static; NULL: nothing was said */
	unsigned values_n;
	unsigned used;			/* of values */
	char values[SAID_BYTES];
};

enum finding_state { FINDING_HOLDS, FINDING_BROKEN, FINDING_UNDECIDED,
	FINDING_WARNING };
struct finding {
	enum finding_state state;
	const char *reason;		/* stable name, "manifest.digest" */
	char text[400];			/* a sentence; names made visible */
	struct sentence said;
};
#define FINDINGS_MAX 64			/* then one that says how many more */
#define REPORT_FILES_MAX 20		/* changed files that are named one by one */

struct package_report {
	enum package_form form;
	enum unchanged unchanged;
	enum who who;
	enum when when;
	enum overall overall;
	char unchanged_text[400];
	char who_text[400];
	char when_text[400];
	struct sentence unchanged_said, who_said, when_said;
	struct finding findings[FINDINGS_MAX];
	size_t findings_n;
	uint64_t findings_more;

	bool has_act;			/* act.json decoded */
	struct act act;
	bool has_ids;			/* both ids are known and the tag manifest agrees */
	struct digest act_id, package_id;
	struct package_files outside;		/* data/: complete when unchanged is YES */
	bool has_stamp;
	int64_t stamped_at;		/* genTime of a token that holds */
	int64_t stamped_by;		/* the time that line three names, of a whole token; else 0 */
	int64_t judged_at;		/* the time T the certificates were judged at */
	uint64_t files, bytes;		/* as read, `_salt` not counted */
	uint64_t files_changed;
	bool has_collection;
	struct buf signer;		/* certificate's name */
	struct buf signature;		/* signature.bin as read (for a late stamp) */
	struct buf signer_cert;		/* DER */
	bool unpacked;			/* stands under its final name */
	bool is_part;			/* of a disclosure: what it says, its counts proven */
	struct disclosure part;
};

/* One of the three lines; what does not fit ends in dots.  fmt knows %s, %llu, %lld. */
void report_say(char out[400], struct sentence *said, const char *reason, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
void package_report_init(struct package_report *r);
void package_report_clear(struct package_report *r);

/*
 * The one verifier (D1).  True when it could be checked at all, whatever the
 * answer; false only for our own trouble (memory, disk, a path that is not there,
 * a person's Ctrl-C: ERR_STOPPED).
 */
MUST bool package_check(const struct package_reading *in, struct package_report *out,
    struct err *err);

/* 0 intact, 3 changed, 10 incomplete, 2 not a package or no identity, 4 wrong identity. */
int package_exit_code(const struct package_report *r);

/* Is it told?  Without details: what is wrong or needs a person, but what line one says. */
bool finding_matters(const struct package_report *r, const struct finding *f, bool details);
/* The three lines, the findings that matter, and what this does not prove. */
MUST bool package_report_text(const struct package_report *r, bool details,
    struct buf *out, struct err *err);
/* One object, schema "comity.verdict/1", pretty, with LF. */
MUST bool package_report_json(const struct package_report *r, struct buf *out,
    struct err *err);

/* ---- reading back what the checker already proved (flow: receive, open) ---- */

/*
 * The bytes of one tag file or signature file of a package ("act.json",
 * "collection.json", ...), or of a small payload file (time stamps).
 * ERR_ABSENT when there is none; out->max bounds it.
 */
MUST bool package_extract(const struct package_reading *in, const char *name,
    struct buf *out, struct err *err);

/* The plain tar of a parcel, into an empty file (export); same bytes as sealed. */
MUST bool package_plain_tar(const struct package_reading *in, struct file *out,
    struct err *err);

#endif
