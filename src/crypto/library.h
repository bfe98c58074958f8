/*
 * library: what OpenSSL said when a call of it failed, as our own error.  Inside
 * the room only.
 */
#ifndef COMITY_CRYPTO_LIBRARY_H
#define COMITY_CRYPTO_LIBRARY_H

#include "base/base.h"

/*
 * Set *err from OpenSSL's queue of this thread, empty the queue, and return false.
 * ERR_MEMORY when that was the cause; else ERR_IO "crypto.library": the call was
 * right, so the installed library cannot do it today (a missing or switched-off
 * algorithm).  what: a phrase for people, "the SHA-256 digest".
 */
bool library_failed(struct err *err, const char *what);

/*
 * OpenSSL said no where that is an answer about the bytes it was given.  It says the
 * same when it had no memory to find out: then true and *err is ERR_MEMORY, and the no
 * counts for nothing.  Empties the queue.
 *
 * OpenSSL has places that leave no trace of it.  So what says no is asked once more
 * before: with memory again it says what is true, and without any the trial here fails.
 * What was missing while OpenSSL began is missing for good: it says no then to what is
 * known to be good as well, which is asked here too (known_good.h).
 */
bool library_lacked(struct err *err);

#endif
