#include "package/texts.h"

#include <string.h>

struct span
text_read_me(void)
{
	return span_text(text_read_me_bytes);
}

struct span
text_check(void)
{
	return span_text(text_check_bytes);
}

struct span
text_check_path(void)
{
	return span_text(text_check_path_bytes);
}

bool
text_known(const char *name, const struct digest *d)
{
	const struct text_release *r;

	for (r = text_releases; r->name != NULL; r++)
		if (strcmp(r->name, name) == 0 &&
		    strcmp(r->sha256, digest_hex(d).s) == 0)
			return true;
	return false;
}
