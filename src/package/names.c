#include "package/names.h"

#include <stdio.h>
#include <string.h>

static bool
stem_is(struct span stem, const char *word)
{
	size_t i;

	for (i = 0; i < stem.n; i++)
		if (word[i] == '\0' || ascii_lower(stem.p[i]) != (uint8_t)word[i])
			return false;
	return word[i] == '\0';
}

/* Device names of Windows, alone or before the first dot, in any case. */
static bool
reserved(struct span name)
{
	static const char *const words[] = { "con", "prn", "aux", "nul" };
	const uint8_t *dot = memchr(name.p, '.', name.n);
	struct span stem = dot == NULL ? name :
	    span_of(name.p, (size_t)(dot - name.p));
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (stem_is(stem, words[i]))
			return true;
	if (stem.n != 4 || stem.p[3] < '0' || stem.p[3] > '9')
		return false;
	stem.n = 3;
	return stem_is(stem, "com") || stem_is(stem, "lpt");
}

bool
name_safe(struct span name)
{
	size_t i;

	if (name.n < 1 || name.n > NAME_SAFE_MAX || !ascii_alnum(name.p[0]) ||
	    name.p[name.n - 1] == '.')
		return false;
	for (i = 1; i < name.n; i++)
		if (!ascii_alnum(name.p[i]) && name.p[i] != '.' &&
		    name.p[i] != '_' && name.p[i] != '-')
			return false;
	return !reserved(name);
}

/* The last dot and what follows it; empty when that is no extension. */
static struct span
extension(struct span name)
{
	size_t at = name.n, i;

	while (at > 0 && name.p[at - 1] != '.')
		at--;
	/* at is one past the dot: something must stand before it, and 1..8 after. */
	if (at < 2 || at == name.n || name.n - at > NAME_EXTENSION_MAX)
		return span_of(name.p, 0);
	for (i = at; i < name.n; i++)
		if (!ascii_alnum(name.p[i]))
			return span_of(name.p, 0);
	return span_from(name, at - 1);
}

static struct name_made
numbered(const char *before, uint32_t number, struct span ext)
{
	struct name_made made;

	(void)snprintf(made.s, sizeof made.s, "%s%08u%.*s", before,
	    (unsigned)number, (int)ext.n, ext.n > 0 ? (const char *)ext.p : "");
	return made;
}

struct name_made
name_numbered(uint32_t number, struct span original, bool is_file)
{
	return numbered("_", number,
	    is_file ? extension(original) : span_of(NULL, 0));
}

struct name_made
name_long(uint32_t number, struct span original)
{
	return numbered("", number, extension(original));
}
