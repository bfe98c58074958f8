/* Inside the room: what the parts of a letter share. */
#ifndef COMITY_TEXT_LETTER_INSIDE_H
#define COMITY_TEXT_LETTER_INSIDE_H

#include "text/html.h"
#include "text/letter.h"

/*
 * Rows of a table: label with its article, value.  Places of the Convention are named
 * under the Convention only: no document cites it before it binds both.
 */
void say_fields(struct html *h, const struct fields *fs, const char *instrument);
/* A paragraph marked with the language it was written in. */
void say_marked(struct html *h, const struct marked_text *t);
/* "Berun (XB)" */
void say_state(struct html *h, const char *code);

/* What the act says: rows of a table, by kind (letter_body.c). */
void say_body(struct html *h, const struct act *a);
/* What the receiver can do about it, as items of a list. */
void say_what_to_do(struct html *h, const struct letter *l);

#endif
