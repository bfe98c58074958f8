/*
 * act: a typed, signed statement (design.md section 3).  A decoder turns the exact
 * bytes of act.json into a value or a named reason why not; an encoder writes the
 * bytes that are then signed as they are.  Values only: no clock, no disk.
 *
 * Each kind has a file of its own (card.c, delivered.c, time_stamp.c) and one line
 * in the table of kinds (kinds.c).
 */
#ifndef COMITY_ACT_H
#define COMITY_ACT_H

#include "base/base.h"

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

enum act_kind { ACT_CARD, ACT_DELIVERED, ACT_TIME_STAMP, ACT_KINDS };

/* ---- bodies ---- */

#define CARD_NAMES_MAX 8
#define CARD_CERTS_MAX 8
#define CARD_ROOTS_MAX 8
#define CARD_RECIPIENTS_MAX 4
#define CARD_CARRIERS_MAX 8
#define CARD_ROLES_MAX 8
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
};

struct delivered_body {
	char number[40];			/* sender's own number, "XA-2026-000031" */
	char reference[80];			/* receiver's number of the request; "" */
	struct marked_text description;
	struct marked_text purpose;		/* what it may be used for; absent: not stated */
};

struct time_stamp_body {
	struct digest act;			/* act id of the package it stamps */
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
	union {
		struct card_body card;
		struct delivered_body delivered;
		struct time_stamp_body time_stamp;
	} body;
};

void act_init(struct act *a, enum act_kind kind);
void act_clear(struct act *a);

/* "card", "delivered", "time_stamp" */
const char *act_kind_name(enum act_kind kind);
/* May a package of this kind stay without a token for good? (card, time_stamp) */
bool act_kind_needs_stamp(enum act_kind kind);

/*
 * ERR_INPUT "act.*" or "json.*" names the member; ERR_LIMIT too long.
 * Exactly one spelling of each value: encode(decode(bytes)) need not equal bytes
 * (other writers may space differently), but every value is checked for form.
 * act_encode writes nothing that act_decode would refuse: it fails as that does.
 */
MUST bool act_decode(struct act *out, struct span json, struct err *err);
MUST bool act_encode(const struct act *a, struct buf *out, struct err *err);

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
