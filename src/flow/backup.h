/*
 * Inside flow: what making a backup and getting it back share (doc/format/backup.md),
 * and a new file that a person named.
 */
#ifndef COMITY_FLOW_BACKUP_H
#define COMITY_FLOW_BACKUP_H

#include "crypto/digest.h"
#include "flow/inside.h"
#include "flow/record.h"
#include "form/tar.h"

#define BACKUP_FOLDER "comity-backup"	/* of every entry */
#define BACKUP_KEYS_FOLDER "comity-package-keys"	/* the same, of a file of package keys */
#define BACKUP_KEYS_ENDING ".package-keys"	/* AUTHORITY.package-keys, beside the backup */
#define BACKUP_HOME "home/"		/* before each path below the home */
#define BACKUP_FOLDERS "folders.txt"	/* first entry: a folder a line, parents first */
#define BACKUP_LIST "sha256.txt"	/* last entry: lines of sha256sum over all before */
#define BACKUP_DEPTH_MAX 8		/* folders in folders: a home has three */
#define BACKUP_PART 65536		/* bytes held at a time */

/*
 * May a backup have this name?  Components that are neither empty nor "." nor "..",
 * without control characters (the list has a name a line), that fit a tar header.
 */
bool backup_path_valid(const char *path);

/* "a/b/c" -> the folder "a/b", opened, and the name "c".  The name must be free. */
struct new_place {
	struct dir *into;
	char name[201];
};
/* ERR_CONFLICT "out.exists"; ERR_USE "out.name" */
MUST bool new_place_open(struct flow *f, const char *path, struct new_place *out,
    struct err *err);
/* The same, whatever stands there. */
MUST bool place_open(struct world *w, const char *path, struct new_place *out,
    struct err *err);
/* "DIR/AUTHORITY.package-keys", in the folder of the backup at this path. */
MUST bool backup_keys_beside(const char *backup, const struct authority_id *of,
    struct buf *out, struct err *err);
/* Packages whose header rests apart here and whose key is away. */
MUST bool backup_keys_away(struct flow *f, uint64_t *out, struct err *err);
/*
 * Keys in the file at this path, under this passphrase, that the home neither has nor knows
 * as destroyed.  Nothing is taken in.  ERR_DENIED "backup.passphrase": it is under another;
 * ERR_INPUT "backup.foreign", "backup.damaged".
 */
MUST bool backup_keys_strange(struct flow *f, const char *path, struct span secret,
    uint64_t *out, struct err *err);
void new_place_close(struct new_place *p);

/* What passes is counted and hashed on its way to a file. */
struct counted {
	struct sink sink;
	struct sink *under;
	struct hasher *hash;
	uint64_t n;
};
MUST bool counted_open(struct counted *c, struct sink *under, struct err *err);
void counted_close(struct counted *c);

#endif
