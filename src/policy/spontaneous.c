/* spontaneous: told unasked, and the teller may set limits (Article 40(4), (5)). */
#include <string.h>

#include "policy/check.h"

static void
what_is_told_has_its_digest(struct checking *c)
{
	const struct field *f = fields_find(c->fields, "F23");

	for (size_t i = 0; f != NULL && i < f->n; i++)
		if (fields_part(c->fields, "F23", i, "sha256") == NULL)
			finding_say(c, FINDING_WARNS, "request.item-without-digest", "F23", NULL,
			    "Item %zu has no SHA-256: nobody can show later that it is what was sent (Art 40(4), S20).",
			    i + 1);
}

/* A limit that says nothing binds nobody. */
static void
limits_say_what_they_mean(struct checking *c)
{
	const struct field *f = fields_find(c->fields, "F35");

	for (size_t i = 0; f != NULL && i < f->n; i++) {
		const struct field_part *code = fields_part(c->fields, "F35", i, "code");

		if (code != NULL && code->text != NULL && strcmp(code->text, "other") == 0 &&
		    fields_part(c->fields, "F35", i, "text") == NULL)
			finding_say(c, FINDING_STOPS, "request.limit-empty", "F35", "text",
			    "Limit %zu is \"other\" and has no text: the receiver could not keep it (Art 40(5)).",
			    i + 1);
	}
	if (f != NULL && c->facts->incoming)
		finding_say(c, FINDING_WARNS, "request.limits-bind", "F35", NULL,
		    "%s set limits on its use: they are kept, save for what may clear an accused, of which it is told first (Art 40(5), S21).",
		    c->from);
}

void
spontaneous_check(struct checking *c)
{
	what_is_told_has_its_digest(c);
	limits_say_what_they_mean(c);
}
