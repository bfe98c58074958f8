/*
 * text/ics: deadlines as a calendar file (RFC 5545): one event a deadline, at the instant
 * it ends, in UTC, with a reminder for each stage that is still to come.  Calendars travel
 * to telephones and servers of others: so an event carries the number and kind of the
 * request, what is due and by which rule, and nothing else; no name, no case, no text.
 */
#ifndef COMITY_TEXT_ICS_H
#define COMITY_TEXT_ICS_H

#include "flow/deadlines.h"

#define ICS_LINE_MAX 75		/* octets of a line without its end (RFC 5545, 3.1) */
#define ICS_EVENT_MAX 4096	/* bytes of one event: eight reminders of 200, and itself */

/* out has room for n * ICS_EVENT_MAX + 512 bytes, or ERR_LIMIT comes of it. */
MUST bool ics_print(const struct deadline *list, size_t n, int64_t now, struct buf *out,
    struct err *err);
/* A content line, escaped nowhere, folded at ICS_LINE_MAX, never inside a character. */
MUST bool ics_line(struct buf *out, const char *text, struct err *err);

#endif
