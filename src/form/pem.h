/*
 * pem: blocks of base64 between BEGIN and END lines (RFC 7468), as people hand
 * roots, revocation lists and requests around.  Strict where it can matter: labels
 * agree, base64 has one spelling and its padding, no headers inside a block.  Lax
 * where hands and editors differ: text between blocks is skipped, lines have any
 * length and end with LF or CR LF, the last one with nothing.
 */
#ifndef COMITY_FORM_PEM_H
#define COMITY_FORM_PEM_H

#include "base/base.h"

#define PEM_LABEL_MAX 40	/* the longest registered label has 24 characters */
#define PEM_LINE 64		/* base64 characters a line when writing (RFC 7468 2) */

struct pem_block {
	struct span label;	/* inside the text: "CERTIFICATE" */
	size_t at;		/* offset of its BEGIN line in the text */
};

/*
 * The next block: its bytes go to body, which is emptied first and whose max is
 * the limit (ERR_LIMIT).  *found false: no other block begins in what is left.
 * ERR_INPUT "pem.form" names the offset of a block that is cut, has another END
 * label, headers, or characters that are not base64.
 */
MUST bool pem_read(struct cursor *text, struct pem_block *out, struct buf *body,
    bool *found, struct err *err);

MUST bool pem_write(struct buf *out, const char *label, struct span body,
    struct err *err);

#endif
