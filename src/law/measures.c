/* What a kind of request asks of the fields, under the Convention and our policy. */
#include "law/measures.h"

#include <string.h>

const struct law_measure *
law_measure(const char *id)
{
	for (size_t i = 0; i < law_measure_count; i++)
		if (strcmp(law_measure_rows[i].id, id) == 0)
			return &law_measure_rows[i];
	return NULL;
}

const struct law_measure *
law_measures(size_t *n)
{
	*n = law_measure_count;
	return law_measure_rows;
}

char
law_need_letter(const struct law_measure *m, const struct law_field *f)
{
	return law_need_rows[f - law_field_rows][m - law_measure_rows];
}

enum law_need
law_need(const struct law_measure *m, const struct law_field *f)
{
	switch (law_need_letter(m, f)) {
	case NEED_REQUIRED:
	case NEED_OURS:
		return LAW_REQUIRED;
	case NEED_ONE_OF:
		return LAW_ONE_OF;
	case NEED_CONDITIONAL:
		return LAW_CONDITIONAL;
	case NEED_OPTIONAL:
		return LAW_OPTIONAL;
	default:
		return LAW_NOT_ASKED;
	}
}
