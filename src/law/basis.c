/* One measure under one instrument: what its row asks, and what stands in its menu. */
#include "law/measures.h"

#include <string.h>

const struct law_basis *
law_basis(const char *measure, const char *instrument)
{
	for (size_t i = 0; i < law_basis_count; i++) {
		const struct law_basis *b = &law_basis_rows[i];

		if (strcmp(b->measure->id, measure) == 0 &&
		    strcmp(b->instrument, instrument) == 0)
			return b;
	}
	return NULL;
}

/*
 * What the row does not ask but the Convention would may still be given: it makes the
 * request clearer, and no instrument forbids it.
 */
enum law_need
law_basis_need(const struct law_basis *b, const struct law_field *f)
{
	char letter = law_need_letter(b->measure, f);

	if (letter == NEED_OURS || law_list_has(b->required, f->id))
		return LAW_REQUIRED;
	if (law_list_has(b->one_of, f->id))
		return LAW_ONE_OF;
	if (letter == NEED_CONDITIONAL)
		return LAW_CONDITIONAL;
	return law_need(b->measure, f) == LAW_NOT_ASKED ? LAW_NOT_ASKED : LAW_OPTIONAL;
}

/* The digits that an article begins with: of "40(9)-(11)" it is "40". */
static struct span
article_number(const char *s)
{
	return span_of(s, strspn(s, "0123456789"));
}

static bool
row_has_article(const struct law_basis *b, struct span number)
{
	for (const char *s = b->articles; number.n != 0 && *s != '\0';) {
		if (span_eq(article_number(s), number))
			return true;
		s += strcspn(s, ";");
		s += *s == ';';
	}
	return false;
}

/*
 * Sources are written "Art 40(15)(a); 42(3)(a); Budapest 29(2)(a)": places in the
 * Convention bare or behind "Art", those of others behind their name.
 */
struct span
law_basis_place(const struct law_basis *b, const struct law_field *f)
{
	bool hanoi = strcmp(b->instrument, "UNCAC-CYBER") == 0;
	size_t skip = hanoi ? 0 : strlen(b->instrument) + 1;
	const char *s = f->source;

	while (*s != '\0') {
		size_t n;

		s += strncmp(s, "Art ", 4) == 0 ? 4 : 0;
		n = strcspn(s, ";");
		if (n > skip && (hanoi || (s[skip - 1] == ' ' &&
		    memcmp(s, b->instrument, skip - 1) == 0)) &&
		    row_has_article(b, article_number(s + skip)))
			return span_of(s, n);
		s += n;
		s += strspn(s, "; ");
	}
	return span_of(NULL, 0);
}

bool
law_basis_treaty(const struct law_basis *b, const struct law_field *f)
{
	return law_need_letter(b->measure, f) != NEED_OURS &&
	    law_list_has(f->required_by, "treaty") &&
	    (law_list_has(b->required, f->id) || law_list_has(b->one_of, f->id) ||
	    law_need_letter(b->measure, f) == NEED_CONDITIONAL) &&
	    law_basis_place(b, f).n != 0;
}

bool
law_basis_ground(const struct law_basis *b, const char *ground_id)
{
	/* P is a duty around refusal and N what is forbidden as a ground. */
	return ground_id[0] != 'P' && ground_id[0] != 'N' &&
	    law_list_has(b->grounds, ground_id);
}
