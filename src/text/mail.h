/*
 * text/mail: one signed mail as a file (.eml), to be sent by whatever sends the office's
 * mail: multipart/signed (RFC 1847, RFC 8551) over the letter and its attachments.  The
 * receiver's mail program shows and checks it; so does
 *     openssl cms -verify -in F.eml -CAfile roots.pem
 *
 * The subject says number and kind and nothing of the matter.  The same values and the
 * same signature make the same file.  CRLF line ends, ASCII, every line at most 76
 * characters (a longer address or domain excepted: RFC 5322 allows 998).
 */
#ifndef COMITY_TEXT_MAIL_H
#define COMITY_TEXT_MAIL_H

#include "base/base.h"

#define MAIL_PART_MAX (16u << 20)	/* of what is signed: most gateways end at 25 MB */
#define MAIL_FILE_MAX (17u << 20)
#define MAIL_FILES_MAX 32
#define MAIL_NAME_MAX 400		/* bytes of a display name or a file's name */
#define MAIL_ADDRESS_MAX 254		/* RFC 5321 4.5.3.1.3 */
#define MAIL_LINE_MAX 76
#define MAIL_ID_HEX 40			/* 160 bits of the act id: a line holds them */

struct mail_file {
	const char *name;		/* as the receiver sees it; UTF-8 */
	const char *type;		/* NULL: application/octet-stream */
	struct span bytes;
};

struct mail {
	const char *from_name, *from_address;
	const char *to_name, *to_address;
	const char *number;		/* "XA-2026-000031" */
	const char *kind;		/* words for people: "preservation request" */
	const char *lang;		/* of subject and letter */
	bool exercise;			/* the subject begins with TRAINING */
	int64_t date;
	struct digest act_id;		/* Message-ID <its first MAIL_ID_HEX digits@domain> */
	bool has_answers;
	struct digest answers;		/* act that it answers: References */
	struct span html;		/* the letter */
	const struct mail_file *files;
	size_t files_n;
	/* A detached CMS signature (DER) over these bytes (flow_sign_detached). */
	bool (*sign)(void *arg, struct span bytes, struct buf *p7s, struct err *err);
	void *arg;
	const char *micalg;		/* "sha-256" (NULL) or "sha-384", as the key signs */
};

/*
 * Added to out.  ERR_USE "mail.address": no address, or one that RFC 5321 does not
 * know; ERR_LIMIT "mail.files", "mail.size": send the rest another way.
 */
MUST bool mail_make(const struct mail *m, struct buf *out, struct err *err);

#endif
