#include "law/tables.h"

#include <string.h>

const char *
law_certainty_name(enum law_certainty c)
{
	switch (c) {
	case LAW_TEXT:
		return "text";
	case LAW_SISTER:
		return "sister";
	case LAW_SECONDARY:
		return "secondary";
	case LAW_MEMORY:
		return "memory";
	case LAW_UNKNOWN:
		break;
	}
	return "unknown";
}

bool
law_list_has(const char *list, const char *id)
{
	size_t n = strlen(id);

	while (n != 0 && *list != '\0') {
		/* What has a semicolon itself is no part of any list. */
		if (strncmp(list, id, n) == 0 && (list[n] == ';' || list[n] == '\0'))
			return memchr(id, ';', n) == NULL;
		list = strchr(list, ';');
		if (list == NULL)
			return false;
		list++;
	}
	return false;
}

const struct law_field *
law_field(const char *id_or_name)
{
	for (size_t i = 0; i < law_field_count; i++)
		if (strcmp(law_field_rows[i].id, id_or_name) == 0 ||
		    strcmp(law_field_rows[i].name, id_or_name) == 0)
			return &law_field_rows[i];
	return NULL;
}

const struct law_field *
law_fields(size_t *n)
{
	*n = law_field_count;
	return law_field_rows;
}

bool
law_field_is_envelope(const struct law_field *f)
{
	return f->shape == &law_shapes[SHAPE_ENVELOPE];
}

const struct law_ground *
law_ground(const char *id)
{
	for (size_t i = 0; i < law_ground_count; i++)
		if (strcmp(law_ground_rows[i].id, id) == 0)
			return &law_ground_rows[i];
	return NULL;
}

const struct law_safeguard *
law_safeguards(size_t *n)
{
	*n = law_safeguard_count;
	return law_safeguard_rows;
}

const struct law_offence *
law_offence(const char *article)
{
	for (size_t i = 0; i < law_offence_count; i++)
		if (strcmp(law_offence_rows[i].article, article) == 0)
			return &law_offence_rows[i];
	return NULL;
}

const struct law_article *
law_article(const char *article)
{
	size_t n = strcspn(article, "(");

	for (size_t i = 0; i < law_article_count; i++)
		if (strlen(law_article_rows[i].number) == n &&
		    memcmp(law_article_rows[i].number, article, n) == 0)
			return &law_article_rows[i];
	return NULL;
}
