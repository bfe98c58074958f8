/*
 * act: a typed, signed statement (design.md section 3).  A decoder turns the exact
 * bytes of act.json into a value or a named reason why not; an encoder writes the
 * bytes that are then signed as they are.  Values only: no clock, no disk.
 *
 * Each kind has a file of its own (card.c, preserve.c, refused.c) and one line in the
 * table of kinds (kinds.c); requests share their fields (fields.c), answers their
 * members (answer.c).
 */
#ifndef COMITY_ACT_H
#define COMITY_ACT_H

#include "base/base.h"
#include "form/json.h"
#include "law/law.h"

#define ACT_BYTES_MAX (256u * 1024)	/* formats/package.md section 1 */
#define ACT_SCHEMA "comity.act/1"
#define ACT_FOLLOWS_MAX 64
#define ACT_TEXT_MAX 8000		/* bytes of one free text: four pages */
#define ACT_NONCE 16			/* bytes */

/* State code, dash, base32 of 10 bytes: "XA-MZXW6YTBOIMZXW6Y". */
#define AUTHORITY_ID_MAX 20
struct authority_id {
	char s[AUTHORITY_ID_MAX];
};
MUST bool authority_id_parse(const char *s, struct authority_id *out);
/* From the SPKI digest of the authority's first signing key. */
MUST bool authority_id_make(const char state[3], const struct digest *spki,
    struct authority_id *out, struct err *err);

/* A BCP 47 tag as far as we use them: letters, digits and single dashes. */
bool lang_valid(const char *s);
/* Roles, carriers, recipients on a card: printable ASCII without blanks. */
bool code_valid(const char *s);

/* Free text is a marked member with its language (BCP 47): never a code. */
struct marked_text {
	char lang[12];			/* "" when absent */
	char *text;			/* owned; NULL when absent */
};

enum act_kind {
	ACT_CARD, ACT_DELIVERED, ACT_TIME_STAMP,
	/* requests: measures of data/law/measures.tsv, under the same ids */
	ACT_PRESERVE, ACT_PRESERVE_EXTEND, ACT_PROVIDER_LOCATE, ACT_TRAFFIC_PATH,
	ACT_SUBSCRIBER, ACT_STORED_DATA, ACT_REALTIME_TRAFFIC, ACT_INTERCEPT_CONTENT,
	ACT_EMERGENCY_DATA, ACT_TECH_LEGAL_ADVICE, ACT_LOCATE_SUSPECT, ACT_MLA_GENERAL,
	ACT_HEARING_VIDEO, ACT_SPONTANEOUS, ACT_POLICE_INFO, ACT_JOINT_TEAM, ACT_FREEZE,
	ACT_FREEZE_ALERT, ACT_CONFISCATE, ACT_RETURN_ASSETS, ACT_REMOVE_CONTENT,
	ACT_VICTIM_SUPPORT, ACT_STATUS_QUERY, ACT_USE_CONSENT, ACT_DOMESTIC_ORDER,
	/* answers and messages */
	ACT_RECEIPT, ACT_GRANTED, ACT_GRANTED_WITH_CONDITIONS, ACT_REFUSED, ACT_POSTPONED,
	ACT_QUESTION, ACT_REPLY, ACT_CONSULTATION, ACT_EXTENSION, ACT_WITHDRAWN,
	ACT_ACKNOWLEDGED, ACT_RELEASED, ACT_PROVIDER_ANSWER, ACT_REVOKED,
	/* notices about evidence */
	ACT_DESTROYED, ACT_LOSS_NOTICE,
	ACT_KINDS
};
/* A set of kinds has a bit a kind: uint64_t, 1 << kind. */
_Static_assert(ACT_KINDS <= 64, "a set of kinds fits 64 bits");

/* What a kind is, for those who treat all of a class alike. */
enum act_class {
	ACT_IS_CARD,		/* card, revoked: about keys and trust */
	ACT_IS_REQUEST,		/* body.request; starts a thread, or follows one */
	ACT_IS_ANSWER,		/* body.answer; follows a request */
	ACT_IS_EVIDENCE,	/* delivered */
	ACT_IS_NOTICE,		/* body.notice: destroyed, loss_notice */
	ACT_IS_RECEIPT,
	ACT_IS_TIME_STAMP,
};

/* ---- bodies ---- */

#define CARD_NAMES_MAX 8
#define CARD_CERTS_MAX 8
#define CARD_ROOTS_MAX 8
#define CARD_RECIPIENTS_MAX 4
#define CARD_CARRIERS_MAX 8
#define CARD_ROLES_MAX 8
#define CARD_VKEYS_MAX 8		/* of ledgers, and of witnesses */
/* Bytes of a verifier key's text: a name of 200 and ML-DSA-44 in base64. */
#define CARD_VKEY_MAX 2000
#define CARD_VALID_DAYS 730		/* what `init` and `key rotate` write */

struct card_body {
	char state[3];
	struct marked_text names[CARD_NAMES_MAX];	/* at least one */
	size_t names_n;
	char roles[CARD_ROLES_MAX][32];		/* contact_point, central_authority, court, provider, ... */
	size_t roles_n;
	char languages[CARD_NAMES_MAX][12];
	size_t languages_n;
	char *phone;				/* call-back number; NULL when absent */
	char *carriers[CARD_CARRIERS_MAX];	/* "https://...", "mailto:...", "stick" */
	size_t carriers_n;
	struct buf certificates[CARD_CERTS_MAX];	/* DER of signers' certificates */
	size_t certificates_n;
	struct buf roots[CARD_ROOTS_MAX];	/* DER of the anchors they lead to */
	size_t roots_n;
	char recipients[CARD_RECIPIENTS_MAX][80];	/* "age1..." */
	size_t recipients_n;
	int64_t valid_from, valid_to;
	bool has_previous;
	struct digest previous;			/* act id of the card this one replaces */
	char speaks[4][24];			/* act schemas understood */
	size_t speaks_n;
	char *ledgers[CARD_VKEYS_MAX];		/* verifier keys of its logs, newest first */
	size_t ledgers_n;
	char *witnesses[CARD_VKEYS_MAX];	/* with which it cosigns logs of others */
	size_t witnesses_n;
};

/*
 * Fields of a request (act/fields.c): values for rows of the law's field table, at
 * most one value a field, kept in the table's order.
 */
#define FIELDS_MAX 48
struct field_part {			/* absent: text NULL and has false */
	char *text;			/* owned; every kind but instant, number, yes */
	char lang[12];			/* of PART_MARKED */
	int64_t n;			/* instant, number, 0/1 */
	bool has;
};
struct field_entry {
	struct field_part parts[LAW_PARTS_MAX];	/* as in the shape */
};
struct field {
	const struct law_field *law;
	struct field_entry *entries;	/* owned */
	size_t n;			/* >= 1 */
};
struct fields {
	struct field list[FIELDS_MAX];
	size_t n;
};
void fields_init(struct fields *fs);
void fields_clear(struct fields *fs);
const struct field *fields_find(const struct fields *fs, const char *id_or_name);
/* The named part of entry i; NULL when absent. */
const struct field_part *fields_part(const struct fields *fs, const char *field,
    size_t i, const char *part);
/*
 * Set one part from text as a person types it: "offence.facts", "identifiers[1].value".
 * Without a part the shape's first required one of kind text, marked, codes or yes is
 * meant, else its first text; without an index entry 0, and "[+]" adds an entry, as the
 * index after the last one does.  lang is used for PART_MARKED.  Instants are as
 * when_parse_people takes them, yes/no for PART_YES, lists have ";" or "," between.
 * ERR_INPUT "fields.*" names field,
 * part and what would do; nothing is changed then.
 */
MUST bool fields_set(struct fields *fs, const char *name, const char *value,
    const char *lang, struct err *err);
/* "offence", "identifiers[1]" or "offence.facts"; false: it was not there. */
bool fields_remove(struct fields *fs, const char *name);
MUST bool fields_copy(struct fields *to, const struct fields *from, struct err *err);
/* Those of `more` take the place of what `to` has of the same rows: a reply, say. */
MUST bool fields_overlay(struct fields *to, const struct fields *more, struct err *err);
/*
 * Entries of `more` go behind what `to` has of the same rows, none that is there: conditions,
 * say.  ERR_LIMIT "fields.full"; rows before that one are added then.
 */
MUST bool fields_append(struct fields *to, const struct fields *more, struct err *err);
/*
 * o is the object "fields" itself, with one member a field; all of it is taken.
 * Decoding checks shape and form of every part (identifiers too), not what a measure
 * needs: that is policy's.  A draft may miss required parts; partial = true lets it.
 * ERR_INPUT "fields.*", "identifier.*", "json.*".
 */
MUST bool fields_decode(struct fields *out, struct json_object *o, bool partial,
    struct err *err);
/* Writes the members only: the caller opens and closes the object. */
void fields_encode(const struct fields *fs, struct json_out *j);

/*
 * Typed identifiers of a person, account or thing (act/identifier.c): what the form
 * of each type lets us prove is checked; nothing is trimmed, folded or repaired.
 *   email         local@domain as RFC 5321 4.1.2 without quoting or comments
 *   phone         E.164: "+" and 7 to 15 digits
 *   ip            IPv4 or IPv6 in its one canonical spelling (RFC 5952); `at` needed
 *   url           http(s) with a host, RFC 3986, no user part
 *   account       handle; `service` needed
 *   imei          15 digits with their Luhn digit
 *   wallet        `service` = network: bitcoin (Base58Check, Bech32, Bech32m),
 *                 ethereum (EIP-55 where OpenSSL has KECCAK-256), tron (Base58Check)
 *   sha256        64 lower hex: digest of a file
 *   other         1..400 bytes; `service` says of what kind
 */
enum identifier_verdict { IDENTIFIER_GOOD, IDENTIFIER_DOUBTFUL, IDENTIFIER_BAD };
struct identifier_result {
	enum identifier_verdict verdict;
	const char *reason;		/* "identifier.checksum", "identifier.mixed-script" */
	char text[200];			/* a sentence; the value itself is never in it */
};
/* DOUBTFUL: mixed scripts, letters that look like others, a checksum we cannot check. */
void identifier_check(const struct field_entry *e, struct identifier_result *out);

struct request_body {
	char number[40];		/* sender's own number, "XA-2026-000031" */
	char reference[80];		/* the receiver's number, when there is one; "" */
	int64_t answer_by;		/* 0: no date wished (Article 40(26) asks for reasons) */
	struct marked_text answer_by_reason;
	struct fields fields;
};

/* Every kind of class ACT_IS_ANSWER; which of the members it has, its own file says. */
#define ANSWER_CODES_MAX 16
struct answer_body {
	char number[40];		/* of who writes */
	char reference[80];		/* of who is written to; "" */
	struct marked_text text;	/* reasons, question, answer; by kind required */
	struct marked_text better;	/* refused: what would make it acceptable; absent else */
	char grounds[ANSWER_CODES_MAX][12];	/* refused, postponed: >= 1, "R02" */
	size_t grounds_n;
	char asks[ANSWER_CODES_MAX][40];	/* question: names of fields that are asked for */
	size_t asks_n;
	int64_t hold_effected_at;	/* granted preserve, extension: both, else 0 */
	int64_t hold_until;
	int64_t until;			/* postponed: when it is taken up again; 0 not known */
	int64_t released_at;		/* released */
	/* reply: added values; conditions: field "conditions"; provider_answer: what was done */
	struct fields fields;
};

/* One condition or limit of use travels as the field "conditions" (F56's shape). */

/* delivered: a hand-over before this one, when evidence goes on (Article 36(3)). */
#define ORIGINS_MAX 8
struct origin {
	struct authority_id from, to;
	struct digest act;			/* of that hand-over */
	bool has_consent;
	struct digest consent;			/* act id of granted(_with_conditions) */
	struct marked_text limits;		/* purpose and conditions then, as they came */
};

struct delivered_body {
	char number[40];			/* sender's own number, "XA-2026-000031" */
	char reference[80];			/* receiver's number of the request; "" */
	struct marked_text description;
	struct marked_text purpose;		/* what it may be used for; absent: not stated */
	struct marked_text exculpatory;		/* what in it may clear the accused, and what was
						   answered to that (S21, 40(19)); absent: nothing is said */
	struct fields limits;			/* field "conditions" only; n = 0: none */
	struct origin origins[ORIGINS_MAX];	/* oldest first */
	size_t origins_n;
};

/* destroyed, loss_notice: follows = the acts with which the evidence went over */
#define NOTICE_PIECES_MAX 64
struct notice_piece {
	struct digest act;
	bool has_package;
	struct digest package;
};
struct notice_body {
	char number[40];
	char reference[80];
	struct marked_text text;	/* why, how; required */
	int64_t at;			/* when it happened, or was seen */
	struct notice_piece pieces[NOTICE_PIECES_MAX];	/* at least one */
	size_t pieces_n;
};

/* receipt (formats/record): follows = [act received] */
struct receipt_body {
	struct digest act, package;		/* received */
	uint64_t parcel_bytes;
	struct digest parcel_sha256;
	int64_t received_at;
	char carrier[12];			/* "https", "mail", "stick", "local" */
	char unchanged[16], who[16], when[16];	/* "YES", "KNOWN", "PROVEN", ... */
	bool has_log;				/* false until the ledger: members null */
	char log_origin[200];
	uint64_t log_index;
};

/* revoked: trust ends, at once, everywhere it is read */
enum revoked_what { REVOKED_CARD, REVOKED_CERTIFICATE, REVOKED_CONSENT };
struct revoked_body {
	enum revoked_what what;
	struct digest id;			/* act id of card or consent; SHA-256 of the DER */
	int64_t since;				/* what was stamped before stays good */
	struct marked_text reason;
};

struct time_stamp_body {
	struct digest act;			/* act id of the package it stamps */
};

/* How it was done, and by whom of the office that made it; n = 0: nothing is said. */
#define ACT_PEOPLE_MAX 6
struct act_person {
	char role[32];
	char person[24];			/* a pseudonym only the node that made it can resolve */
	int64_t at;
};
struct act_people {
	char how[16];				/* "alone", "two", "from_afar", "owed" */
	struct act_person list[ACT_PEOPLE_MAX];	/* who made it first */
	size_t n;
};

struct act {
	enum act_kind kind;
	bool exercise;				/* training: can never count as real */
	uint8_t nonce[ACT_NONCE];
	bool has_from_card;
	struct authority_id from;
	struct digest from_card;
	bool has_to;
	struct authority_id to;
	struct digest to_card;
	struct digest follows[ACT_FOLLOWS_MAX];
	size_t follows_n;
	int64_t made_at;
	int64_t expires_at;			/* 0: does not expire */
	char instrument[40];			/* "" when no basis is stated */
	char article[40];
	uint64_t payload_files, payload_bytes;	/* `_salt` not counted */
	char software[64];
	char build[80];
	int64_t self_test;			/* when the last self-test passed; 0 never */
	struct act_people people;
	union {
		struct card_body card;
		struct delivered_body delivered;
		struct time_stamp_body time_stamp;
		struct request_body request;
		struct answer_body answer;
		struct notice_body notice;
		struct receipt_body receipt;
		struct revoked_body revoked;
	} body;
};

void act_init(struct act *a, enum act_kind kind);
void act_clear(struct act *a);

/* "card", "preserve", "granted", ... */
const char *act_kind_name(enum act_kind kind);
bool act_kind_parse(const char *name, enum act_kind *out);
/* What one wants to say with it: "who has this account or address?" */
const char *act_kind_says(enum act_kind kind);
/* "preserve, traffic_path, ... and domestic_order": what requests there are, for people. */
#define REQUEST_KINDS_TEXT 480
struct request_kinds { char s[REQUEST_KINDS_TEXT]; };
struct request_kinds request_kinds_people(void);
enum act_class act_kind_class(enum act_kind kind);
/* A request that only tells: nothing is owed, and its receipt ends it. */
bool act_kind_is_notice(enum act_kind kind);
/* Yes, yes with conditions, no, or what a provider did: the answer that was owed. */
bool act_kind_decides(enum act_kind kind);
/* The law's row of a request kind; NULL for others. */
const struct law_measure *act_kind_measure(enum act_kind kind);
/* False: a package of this kind may stay without a token (card, receipt, time_stamp). */
bool act_kind_needs_stamp(enum act_kind kind);

/*
 * ERR_INPUT "act.*" or "json.*" names the member; ERR_LIMIT too long.
 * Exactly one spelling of each value: encode(decode(bytes)) need not equal bytes
 * (other writers may space differently), but every value is checked for form.
 * act_encode writes nothing that act_decode would refuse: it fails as that does.
 */
MUST bool act_decode(struct act *out, struct span json, struct err *err);
MUST bool act_encode(const struct act *a, struct buf *out, struct err *err);
/*
 * The same bytes without reading them back: for who compares them with the digest of bytes
 * that were read.
 */
MUST bool act_encode_again(const struct act *a, struct buf *out, struct err *err);

/* "comity-" and the nonce in hex: the name of the bag's folder. */
struct bag_name { char s[40]; };
struct bag_name act_bag_name(const struct act *a);

/*
 * The collection record, collection.json: who acquired the data, from whom, with
 * what, how, when; first link of the chain, before our seal.
 */
#define COLLECTION_MAX (256u * 1024)
struct collection {
	char *collected_by;		/* person or unit; required */
	char *collected_from;		/* custodian or place; required */
	char *tool;			/* tool and version, "none" allowed; required */
	char *method;			/* how, in words; required */
	int64_t collected_at;		/* required */
	char *source_digest;		/* "sha256:HEX" as noted at the source; NULL */
	char *order;			/* under which order or act; NULL */
	char *note;			/* NULL */
	char lang[12];			/* language of the texts */
	struct buf custodian_certificate;	/* PEM or text of the certificate; empty */
};
void collection_init(struct collection *c);
void collection_clear(struct collection *c);
MUST bool collection_decode(struct collection *out, struct span json, struct err *err);
/* As act_encode: nothing is written that collection_decode would refuse. */
MUST bool collection_encode(const struct collection *c, struct buf *out,
    struct err *err);

/* ---- six words (design.md section 2) ---- */

struct six_words {
	char s[80];			/* words with one space between */
};
/* The words of the card with this act id. */
MUST bool six_words_of(const struct digest *card_act_id, struct six_words *out,
    struct err *err);
/* What a person typed: case and spaces do not matter. */
bool six_words_same(const struct six_words *a, const char *typed);

#endif
