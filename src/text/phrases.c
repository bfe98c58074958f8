/* Looking up phrases. */
#include <string.h>

#include "text/letter.h"
#include "text/phrases.h"

/* "fr", "fr-CH" and "FR-ch" all begin with the language "fr". */
static bool
begins(const char *lang, const char *with)
{
	size_t n = strlen(with);

	for (size_t i = 0; i < n; i++)
		if (ascii_lower(lang[i]) != with[i])
			return false;
	return lang[n] == '\0' || lang[n] == '-';
}

const struct phrases *
phrases_of(const char *lang)
{
	for (size_t i = 0; i < phrases_list_n; i++)
		if (begins(lang, phrases_list[i].lang))
			return &phrases_list[i];
	return NULL;
}

const char *
phrases_find(const struct phrases *t, const char *key)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->list[i].key, key) == 0)
			return t->list[i].text;
	return NULL;
}

bool
letter_speaks(const char *lang)
{
	return phrases_of(lang) != NULL;
}

const char *
letter_phrase(const char *lang, const char *key, bool *fell_back)
{
	const struct phrases *t = phrases_of(lang);
	const char *found = t == NULL ? NULL : phrases_find(t, key);

	if (fell_back != NULL)
		*fell_back = found == NULL;
	return found != NULL ? found : phrases_find(&phrases_list[0], key);
}
