/* remove_content: only what Articles 14 and 16 speak of, and never the picture (34(6)). */
#include <string.h>

#include "policy/check.h"

/* S18: one class, of these two; the table has no others. */
static void
one_legal_class_is_chosen(struct checking *c)
{
	const char *class = field_text(c, "F50", "codes");

	if (class != NULL && strcmp(class, "article_14") != 0 &&
	    strcmp(class, "article_16") != 0)
		finding_say(c, FINDING_STOPS, "request.removal-class", "F50", "codes",
		    "Content is removed under Article 14 or Article 16, one of the two, and for nothing else (Art 34(6), S18).");
}

static void
the_picture_stays(struct checking *c)
{
	if (c->facts->files > 0)
		finding_say(c, FINDING_STOPS, "request.removal-files", NULL, NULL,
		    "Files go with it. A request for removal carries none: the picture never travels, and documents are named by title and SHA-256 (Art 34(6), S18).");
}

static bool
address_is_exact(const char *url)
{
	char type[] = "url", value[LAW_VALUE_MAX + 1];
	struct field_entry e = { .parts = { { .text = type, .has = true },
		{ .text = value, .has = true } } };
	struct identifier_result r;
	size_t n = strlen(url);

	if (n >= sizeof value)
		return false;
	memcpy(value, url, n + 1);
	identifier_check(&e, &r);
	return r.verdict != IDENTIFIER_BAD;
}

static void
content_can_be_found(struct checking *c)
{
	const struct field *f = fields_find(c->fields, "F47");

	for (size_t i = 0; f != NULL && i < f->n; i++) {
		const struct field_part *url = fields_part(c->fields, "F47", i, "url");

		if (url == NULL && fields_part(c->fields, "F47", i, "pdq") == NULL &&
		    fields_part(c->fields, "F47", i, "sha256") == NULL)
			finding_say(c, FINDING_STOPS, "request.removal-what", "F47", "url",
			    "Entry %zu has neither an exact address nor a hash: nobody can find what is meant (Art 34(6), S18).",
			    i + 1);
		else if (url == NULL)
			finding_say(c, FINDING_WARNS, "request.removal-hash-only", "F47", "url",
			    "Entry %zu has a hash only: that serves between nodes; a platform needs the exact address.",
			    i + 1);
		else if (!address_is_exact(url->text))
			finding_say(c, FINDING_STOPS, "request.removal-address", "F47", "url",
			    "Entry %zu: the address is none that can be opened (https://...). A platform takes down one exact address (S18).",
			    i + 1);
	}
}

/* What is of Article 14 is restricted, whatever the charge (offences.tsv). */
static void
child_material_is_restricted(struct checking *c)
{
	const char *class = field_text(c, "F50", "codes");

	if (class != NULL && law_list_has(class, "article_14"))
		finding_say(c, FINDING_WARNS, "request.restricted", "F50", NULL,
		    "Article 14 material is restricted: nobody opens the address to look, no copy is made, and who must look leaves a record (S17, S18, D65).");
}

void
remove_content_check(struct checking *c)
{
	one_legal_class_is_chosen(c);
	the_picture_stays(c);
	content_can_be_found(c);
	child_material_is_restricted(c);
}
