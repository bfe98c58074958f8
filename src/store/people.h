/*
 * store/people: the persons of a home, their keys, and which of the home's keys each of
 * them opens.  A home without a list of persons is one person's: keys/unlock.age opens all.
 *
 *	people/list-K.json	who there is and with which roles, version K (comity.people/1);
 *	people/list-K.sig	its Ed25519 signature, 64 bytes: version 1 by the first person,
 *				each later one by a person of the version before it
 *	people/N/key.age	under the passphrase of person N: age identity and signing key
 *	people/N/name.age	name (and note) sealed to the group log
 *	people/N/GROUP.age	the identity of that group sealed to person N
 *	people/GROUP.pub	its recipient: whoever makes a key seals it to the group
 *
 * Roles hold by cryptography: a key file is sealed to its group, and the group's identity
 * to those persons whose roles open it and who were let in.  Who was never given a group
 * cannot open it, whatever the list says; who loses one loses the file here, and keeps
 * what was copied before: then rotate the keys.
 */
#ifndef COMITY_STORE_PEOPLE_H
#define COMITY_STORE_PEOPLE_H

#include "crypto/digest.h"
#include "policy/people.h"
#include "store/store.h"

#define PEOPLE_MAX 500			/* persons a home has had, in all its years */
#define PEOPLE_LISTS_MAX 5000		/* versions: each is read and checked when it is opened */
#define PERSON_NAME_MAX 200		/* bytes */
#define PERSON_SIGNATURE 64		/* Ed25519: as the ledger signs; never in CMS */

struct person {
	unsigned number;		/* from 1; never given twice */
	unsigned roles;
	bool afar;			/* only a public key is here: signs on another machine */
	bool disabled;
	unsigned let_in_by;		/* person who let it in; 0: waits, and approves nothing */
	int64_t since, until;		/* until: when it was disabled; 0 */
	uint8_t point[32];		/* Ed25519 */
	struct age_recipient recipient;
};
struct people {
	unsigned version;
	unsigned by;			/* person who signed this version */
	int64_t at;
	struct digest id;		/* SHA-256 of list-K.json */
	struct person *list;		/* ascending numbers; owned */
	size_t n;
};
struct pseudonym { char s[24]; };
struct pseudonym person_pseudonym(unsigned number);	/* "P2" */

bool home_has_people(struct home *h);
/* The same for who must not take a disk that does not answer for a home of one. */
MUST bool home_people_look(struct home *h, bool *has, struct err *err);
/*
 * The newest list; every version from the first is checked: signature, and that its signer
 * might make that change (an administrator names and disables; person_may_let_in).  ERR_UNPROVEN "people.forged", naming the version.
 */
MUST bool people_load(struct home *h, struct people **out, struct err *err);
/* SHA-256 of one version as it lies there; *there false: it does not. */
MUST bool people_list_digest(struct home *h, unsigned version, struct digest *out,
    bool *there, struct err *err);
void people_free(struct people *p);
struct person *person_find(struct people *p, unsigned number);	/* NULL: nobody */
/* Active, here and at its work: what the size of the office is counted by. */
size_t people_here(const struct people *p);
enum office_size people_office(const struct people *p);
/*
 * Who was let in and reads drafts; not an administrator, but in an office of one: who names
 * people would make itself a second person.
 */
bool person_may_let_in(const struct people *p, const struct person *by);

/*
 * The home of one becomes one of persons: k (its only passphrase) is person 1, with these
 * roles and under the same passphrase.  Cut at any point it is one or the other, and
 * people_settle ends it.
 */
MUST bool people_begin(struct home *h, struct keyring *k, struct span passphrase,
    unsigned roles, struct people **out, struct err *err);
MUST bool people_settle(struct home *h, struct keyring *k, struct err *err);
/* Signed by the person of k and kept as the next version; p is it then. */
MUST bool people_save(struct home *h, struct keyring *k, struct people *p, int64_t at,
    struct err *err);

/* A new person's keys under its passphrase; fills point and recipient. */
MUST bool person_keys_make(struct home *h, struct person *p, struct span passphrase,
    struct err *err);
/* What its roles open; only the ledger's until it was let in. */
unsigned person_opens(const struct person *p);
/* Those of its groups that k opens; *given: which (mask).  Idempotent. */
MUST bool person_groups_give(struct home *h, struct keyring *k, const struct person *p,
    unsigned *given, struct err *err);
unsigned person_groups(struct home *h, unsigned number);	/* there are files of (mask) */
/* All that are not in keep (mask). */
MUST bool person_groups_take(struct home *h, unsigned number, unsigned keep,
    struct err *err);
MUST bool person_name_save(struct home *h, unsigned number, const char *name,
    const char *note, struct err *err);
/* note may be NULL.  Needs the group log. */
MUST bool person_name_load(struct home *h, struct keyring *k, unsigned number,
    struct buf *name, struct buf *note, struct err *err);

/*
 * As keyring_open, of one person.  ERR_DENIED "key.passphrase"; "people.unknown" no such
 * person; "people.disabled".  What its groups do not open: ERR_DENIED "key.group".
 */
MUST bool keyring_open_person(struct home *h, unsigned number, struct span passphrase,
    struct keyring **out, struct err *err);
unsigned keyring_person(const struct keyring *k);	/* 0: of a home of one */
MUST bool keyring_person_rewrap(struct keyring *k, struct span passphrase,
    unsigned log_n, struct err *err);
MUST bool keyring_person_sign(struct keyring *k, struct span message,
    uint8_t out[PERSON_SIGNATURE], struct err *err);
/* Sealed to a group, and opened by who has it: small private texts. */
MUST bool group_seal(struct home *h, enum people_group g, struct span plain,
    struct buf *out, struct err *err);
MUST bool keyring_group_open(struct keyring *k, enum people_group g, struct span sealed,
    struct buf *out, struct err *err);

/*
 * Keys of a person who signs from afar, in a file of its own (comity.person-key/1 under a
 * passphrase), and its public half, one line of JSON (comity.person/1).
 */
struct person_key;
void person_key_free(struct person_key *k);
MUST bool person_key_new(struct world *w, struct person_key **out, struct err *err);
MUST bool person_key_seal(struct world *w, const struct person_key *k,
    struct span passphrase, unsigned log_n, struct buf *out, struct err *err);
MUST bool person_key_open(struct span file, struct span passphrase,
    struct person_key **out, struct err *err);
MUST bool person_key_sign(const struct person_key *k, struct span message,
    uint8_t out[PERSON_SIGNATURE], struct err *err);
const struct age_identity *person_key_identity(const struct person_key *k);
MUST bool person_public_print(const struct person_key *k, struct buf *out,
    struct err *err);
MUST bool person_public_parse(struct span file, struct person *out, struct err *err);

#endif
