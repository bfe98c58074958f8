/*
 * err: why something could not be done, in a fixed buffer, so that reporting a
 * failure cannot itself fail.  A value, owned by whoever declares it; not shared
 * between threads.  The kind says what the caller can do, the reason is a stable
 * name for programs and translations, the text is an English sentence for people,
 * outermost context first.  No secret, account or name of evidence goes into it
 * except where a door asked for that file by name.
 */
#ifndef COMITY_BASE_ERR_H
#define COMITY_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define MUST __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

enum err_kind {
	ERR_NONE,
	ERR_INPUT,	/* the bytes break the format; sending them again won't help */
	ERR_USE,	/* the command or call was put wrongly; say it otherwise */
	ERR_UNPROVEN,	/* well formed, but a signature, chain or time does not hold */
	ERR_REFUSED,	/* policy said no, and the reason may be shown to whoever asked */
	ERR_DENIED,	/* no identity or passphrase that opens it */
	ERR_CONFLICT,	/* something moved since we read it: read again, then retry */
	ERR_ABSENT,	/* no such act, package, peer or file */
	ERR_LIMIT,	/* one of our own bounds was reached */
	ERR_UNREACHED,	/* the other side could not be reached: later may work */
	ERR_STOPPED,	/* a person asked us to stop */
	ERR_IO,		/* disk or network: later may work */
	ERR_MEMORY,
};

#define ERR_TEXT_MAX 480	/* bytes with the final NUL: six lines of a terminal */

struct err {
	enum err_kind kind;
	const char *reason;	/* static storage, "room.what" */
	char text[ERR_TEXT_MAX];
};

/* An empty error, for declarations. */
#define ERR_INIT { ERR_NONE, "", "" }

/*
 * Set *err (which may be NULL) and return false, so that failing is one line.
 * Text that does not fit is cut at a character and ends in "...".
 */
bool err_set(struct err *err, enum err_kind kind, const char *reason,
    const char *fmt, ...) PRINTF_LIKE(4, 5);

/* Put "CONTEXT: " before the text that is there; returns false. */
bool err_wrap(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

void err_clear(struct err *err);

/* The error for running out of memory; returns false. */
bool err_memory(struct err *err);

#endif
