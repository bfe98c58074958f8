/* Inside of the room: the keyring as keyring.c and people.c share it. */
#ifndef COMITY_STORE_KEYRING_H
#define COMITY_STORE_KEYRING_H

#include "store/docket.h"
#include "store/home.h"
#include "store/people.h"

#define KEYFILE_MAX (64u << 10)
#define UNLOCK_KEY "keys/unlock.age"
#define PEOPLE_FIRST "people/list-1.json"	/* there is none: the home is one person's */

struct keyring {
	struct home *home;
	struct age_identity *unlock;	/* of the home, or of the person */
	struct age_recipient recipient;
	unsigned person;		/* 0: a home of one */
	struct key *sign;		/* the person's */
	struct age_identity *groups[PEOPLE_GROUPS];	/* opened on first use */
	struct age_identity *sealing[HOME_SEALING_MAX];
	size_t sealing_n;
	bool sealing_loaded;
	struct aead_key docket;		/* one a home, for good */
	bool has_docket;
};

struct group_path { char s[64]; };
struct group_path person_path(unsigned number, const char *name);	/* "people/2/key.age" */

/* The group that the key file at this path is sealed to. */
enum people_group key_group(const char *path);
MUST bool group_recipient(struct home *h, enum people_group g,
    struct age_recipient *out, struct err *err);
/* ERR_DENIED "key.group" when the person at work was not given it. */
MUST bool keyring_group(struct keyring *k, enum people_group g,
    const struct age_identity **out, struct err *err);
MUST bool keyring_secret_load(struct keyring *k, const char *path,
    struct buf *secret_out, struct err *err);
/* Calls each(arg, path) for every key file there is. */
MUST bool key_files_each(struct home *h,
    bool (*each)(void *arg, const char *path, struct err *err), void *arg,
    struct err *err);

struct person_key {
	struct age_identity *identity;
	struct key *sign;
};

#endif
