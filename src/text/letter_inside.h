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

/* Each part of a field by itself: its label, its places, its value. */
void say_field_label(struct html *h, const struct law_field *f);
void say_source(struct html *h, const char *source, const char *instrument);
void say_field_value(struct html *h, const struct field *f, const char *instrument);

/* Parts of the page (letter.c) that the sheet (sheet.c) has too. */
MUST bool letter_may_be(const struct letter *l, struct err *err);
void page_begin(struct html *h, const char *title, const char *style);
void say_us(struct html *h, const struct card_body *c);
void say_them(struct html *h, const struct letter *l);
/* "Convention on Cybercrime, Article 29" */
void say_basis(struct html *h, const struct act *a);
/* Where nobody has confirmed the table of this language yet: a paragraph that says so. */
void say_draft(struct html *h);

/* What the act says: rows of a table, by kind (letter_body.c). */
void say_body(struct html *h, const struct act *a);
/* What the receiver can do about it, as items of a list. */
void say_what_to_do(struct html *h, const struct letter *l);

#endif
