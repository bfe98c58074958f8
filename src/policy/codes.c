/* Codes are those of the law's table: whoever reads them has the same list. */
#include "policy/request.h"

#include <stdio.h>
#include <string.h>

static bool
part_unknown(const struct field *f, const struct law_part *p, const struct field_part *v,
    struct code_unknown *out)
{
	const char *s = v->text;

	if ((p->kind != PART_CODE && p->kind != PART_CODES) || p->codes != NULL ||
	    s == NULL)
		return false;
	for (;;) {
		size_t n = strcspn(s, ";");

		out->field = f->law;
		(void)snprintf(out->code, sizeof out->code, "%.*s", (int)n, s);
		if (!law_list_has(f->law->codes, out->code))
			return true;
		if (s[n] == '\0')
			return false;
		s += n + 1;
	}
}

bool
codes_unknown(const struct fields *fs, struct code_unknown *out)
{
	for (size_t i = 0; i < fs->n; i++) {
		const struct field *f = &fs->list[i];

		if (f->law->codes == NULL || f->law->codes[0] == '\0')
			continue;
		for (size_t e = 0; e < f->n; e++)
			for (size_t p = 0; p < f->law->shape->parts_n; p++)
				if (part_unknown(f, &f->law->shape->parts[p],
				    &f->entries[e].parts[p], out))
					return true;
	}
	return false;
}
