#include "base/err.h"

#include <stdio.h>
#include <string.h>

/* Mark a cut text, without leaving half a UTF-8 character before the dots. */
static void
text_cut(char *text)
{
	size_t n = ERR_TEXT_MAX - 4;

	while (n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
		n--;
	memcpy(text + n, "...", 4);
}

bool
err_set(struct err *err, enum err_kind kind, const char *reason,
    const char *fmt, ...)
{
	va_list ap;
	int n;

	if (err == NULL)
		return false;
	err->kind = kind;
	err->reason = reason;
	va_start(ap, fmt);
	n = vsnprintf(err->text, sizeof err->text, fmt, ap);
	va_end(ap);
	if (n < 0)
		err->text[0] = '\0';
	else if ((size_t)n >= sizeof err->text)
		text_cut(err->text);
	return false;
}

bool
err_wrap(struct err *err, const char *fmt, ...)
{
	char inner[ERR_TEXT_MAX];
	va_list ap;
	int n, m;

	if (err == NULL)
		return false;
	memcpy(inner, err->text, sizeof inner);
	va_start(ap, fmt);
	n = vsnprintf(err->text, sizeof err->text, fmt, ap);
	va_end(ap);
	if (n < 0)
		n = 0;
	if ((size_t)n >= sizeof err->text) {
		text_cut(err->text);
		return false;
	}
	m = snprintf(err->text + n, sizeof err->text - (size_t)n, ": %s", inner);
	if (m < 0 || (size_t)m >= sizeof err->text - (size_t)n)
		text_cut(err->text);
	return false;
}

void
err_clear(struct err *err)
{
	err->kind = ERR_NONE;
	err->reason = "";
	err->text[0] = '\0';
}

bool
err_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "memory",
	    "there is not enough memory; close other programs and try again");
}
