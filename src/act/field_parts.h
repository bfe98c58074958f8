/* What the three files of fields share (fields.c, fields_json.c, fields_set.c). */
#ifndef COMITY_ACT_FIELD_PARTS_H
#define COMITY_ACT_FIELD_PARTS_H

#include "act/act.h"

/* A code of a list; the longest of the tables has 36 characters. */
#define FIELD_CODE_MAX 64
/* Codes or languages in one part: more than any list of ours has. */
#define FIELD_CODES_MAX 32

/*
 * One item of a part: a text, code, language, State, digest or authority.  NULL when
 * its form is right, else what it should be: "is not ...".
 */
const char *part_problem(const struct law_part *p, struct span item);
/*
 * Add one item to those that are kept joined by ";" in a buf of the part's max + 1.
 * False and *problem: its form, named twice, too many, too long together.
 */
MUST bool part_list_add(const struct law_part *p, struct buf *joined, struct span item,
    const char **problem, struct err *err);
bool part_is_list(const struct law_part *p);
bool part_is_text(const struct law_part *p);	/* kept in text */
/* The next item of a joined list; false at its end. */
bool part_list_next(const char **at, struct span *item);

/* Index of a part in its shape, or parts_n. */
size_t shape_part(const struct law_shape *s, const char *name);

void field_part_clear(struct field_part *p);
void field_entry_clear(struct field_entry *e);
bool field_entry_empty(const struct field_entry *e);

/* Where a field of this row is, or would stand. */
size_t fields_place(const struct fields *fs, const struct law_field *law, bool *there);
/* Make room at that place; the entries become the list's.  ERR_LIMIT: FIELDS_MAX. */
MUST bool fields_put(struct fields *fs, size_t place, const struct law_field *law,
    struct field_entry *entries, size_t n, struct err *err);
/* ERR_INPUT "fields.envelope" when a field of this row is never a member. */
MUST bool field_carried(const struct law_field *law, struct err *err);

/*
 * What every decoder asks of an identifier: its form, and its checksum where that
 * needs SHA-256 only.  partial: companions (`at`, `service`) may miss.  False: memory.
 */
MUST bool identifier_form(const struct field_entry *e, bool partial,
    struct identifier_result *out, struct err *err);

#endif
