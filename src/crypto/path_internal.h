/* path_internal: for the check of time stamps, which judges a path of its own. */
#ifndef COMITY_CRYPTO_PATH_INTERNAL_H
#define COMITY_CRYPTO_PATH_INTERNAL_H

#include <openssl/x509.h>

#include "crypto/path.h"

/*
 * path_check, and the root the path ended at (NULL when it found none; borrowed
 * from the question's anchors).
 */
MUST bool path_check_to(const struct path_question *q, struct path_answer *out,
    const struct cert **anchor, struct err *err);

/*
 * A store that trusts these anchors, judging as cms-strict.md section 3 says: any of
 * them may end a path, strict, security level 2, at a time.  NULL: no memory.
 */
X509_STORE *path_store(const struct cert *const *anchors, size_t n,
    enum path_purpose purpose, int64_t at);

#endif
