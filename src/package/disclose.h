/*
 * disclose: some files of a package, proven alone, and nothing of the others
 * (doc/format/disclosure.md; formats/package.md sections 2, 5 and 6).  The folder made
 * holds the chosen files, their lines of files.jsonl byte by byte, for each the path
 * (RFC 6962) to the signed tree head, and what carries the signature.
 *
 * What it tells of the rest: how many lines there are, how many of them are withheld and
 * on which ground, and, by the numbers of the lines shown, how many stand before each.
 * No name, size, time or digest of a withheld file: each hash of a path covers at least
 * one line with a salt of 16 bytes that is not given, so no guess can be tried on it;
 * the digest of manifest-sha256.txt in the tag manifest is kept from guesses by
 * data/_salt.  act.json and bag-info.txt are not given unless asked for: they name the
 * bytes of all files together, and with one file withheld its size would be told.
 *
 * One pass over files.jsonl, two from header to header over the package; constant memory.
 * The package is not checked as a whole: package_check of the folder made is the check,
 * and the caller's duty before anybody sees it.
 */
#ifndef COMITY_PACKAGE_DISCLOSE_H
#define COMITY_PACKAGE_DISCLOSE_H

#include "package/package.h"

/* A line that may be shown; borrowed for the call. */
struct disclose_line {
	uint64_t n;
	struct span name;		/* original bytes */
	bool is_file;			/* else path, size and sha256 say nothing */
	struct span path;		/* "data/..." */
	uint64_t size;
	struct digest sha256;
	struct digest leaf;		/* RFC 6962, of the line with its salt */
};

struct disclosing {
	struct dir *tmp;		/* for spools; nothing is left there */
	/* A parcel or plain tar and its keys; its trust.late_token goes along if it fits. */
	const struct package_reading *package;
	bool with_act;			/* act.json too */
	/* Asked once for each line, in their order; *ground matters when it is not shown. */
	bool (*choose)(void *arg, const struct disclose_line *l, bool *show,
	    enum withheld *ground, struct err *err);
	void *arg;
	enum disclose_why why;
	struct authority_id by;
	int64_t at;
	const char *software;
};

/*
 * Fill `into`, an empty folder, and sync all of it; naming it is the caller's.
 * ERR_ABSENT "disclose.nothing": no line was chosen.  ERR_USE "disclose.kind": a package
 * that carries no evidence.  ERR_INPUT: the package breaks its format.
 */
MUST bool disclosure_make(const struct disclosing *in, struct dir *into,
    struct disclosure *out, struct err *err);

/* Nothing is made: each line is only asked about. */
MUST bool disclosure_look(const struct disclosing *in, struct err *err);

/* The script that travels along (doc/check-path.sh). */
#define DISCLOSE_SCRIPT "check-path.sh"
#define DISCLOSE_LINES "lines.jsonl"
#define DISCLOSE_PATHS "paths.txt"
#define DISCLOSE_PATHS_HEAD "comity.paths/1\n"

#endif
