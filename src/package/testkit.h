/*
 * testkit: whole packages made at test time with a throw-away PKI, for the tests
 * of reading.  Everything comes from one seed; nobody's data.
 */
#ifndef COMITY_PACKAGE_TESTKIT_H
#define COMITY_PACKAGE_TESTKIT_H

#include "crypto/testkit.h"
#include "package/package.h"

struct pack_file {
	const char *path;
	const char *text;		/* NULL: `zeros` bytes that are not zero */
	size_t zeros;
};

/* What to pack; zero is: delivered, no files, stamped, not sealed. */
struct pack {
	const struct pack_file *files;
	size_t files_n;
	bool card;			/* a first card that names the signer instead */
	bool pending;			/* no token */
	bool sealed;			/* to pk->recipient */
	bool exercise;
	bool collection;
	bool revocation;		/* a list of the CA that names nobody */
	const char *from;		/* authority id; NULL: one of XA */
	const struct digest *from_card;	/* NULL: some digest */
	const struct kit_tsa_options *tsa;
	uint8_t nonce;
	int64_t made_at;		/* 0: KIT_NOW */
};

struct package_kit {
	struct world *w;
	struct kit pki;
	struct dir *tmp;		/* at tmp_path */
	char tmp_path[200];
	struct age_identity *identity, *stranger;
	struct age_recipient recipient;
	const struct age_identity *list[1];
	struct age_keys keys;
};

/* A simulated world, or the real machine below `folder`. */
void package_kit_open(struct package_kit *k, const char *folder);
void package_kit_close(struct package_kit *k);

/* Write it to a new file of the world; what was written comes back. */
void package_kit_pack(struct package_kit *k, const struct pack *p, const char *path,
    struct package_written *out);
/* The bytes of a file; buf's max is set. */
void package_kit_load(struct package_kit *k, const char *path, struct buf *out);
/* A file with these bytes, replaced. */
void package_kit_save(struct package_kit *k, const char *path, struct span bytes);
/* Lay a plain tar out as a folder, as tar -x would. */
void package_kit_untar(struct package_kit *k, struct span tar, const char *folder);

/*
 * The tar with one entry's content exchanged (p NULL: the entry left out), headers
 * and end as they then must be.
 */
void package_kit_replace(struct span tar, const char *path, struct span content,
    struct buf *out);
/* The content of one entry. */
struct span package_kit_entry(struct span tar, const char *path);

/* A reading of this path with the kit's roots and keys. */
struct package_reading package_kit_reading(struct package_kit *k, const char *path);
/* Check; the report is init'ed here.  A failure of ours fails the test. */
void package_kit_check(const struct package_reading *in, struct package_report *r);

#endif
