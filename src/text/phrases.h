/* Inside the room: the phrases of data/letters as tables; English is the first. */
#ifndef COMITY_TEXT_PHRASES_H
#define COMITY_TEXT_PHRASES_H

#include <stdbool.h>
#include <stddef.h>

struct phrase {
	const char *key, *text;
};
struct phrases {
	const char *lang;
	const struct phrase *list;
	size_t n;
};
extern const struct phrases phrases_list[];
extern const size_t phrases_list_n;

/* The table of a language or of its first part ("fr-CH", "fr"); NULL: none. */
const struct phrases *phrases_of(const char *lang);
/* In this table alone; NULL: it has none. */
const char *phrases_find(const struct phrases *t, const char *key);

#endif
