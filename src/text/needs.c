/* What a request lacks, in the reader's language. */
#include "text/needs.h"

#include <stdio.h>
#include <string.h>

#include "text/verdict.h"
#include "text/words.h"

#define KEY_ROOM 120

/* "request.missing" is need.missing, "guard.call-back" need.guard.call-back; NULL: no word. */
static const char *
sentence_key(const struct request_finding *f, const char *lang, char key[static KEY_ROOM])
{
	const char *reason = f->reason;

	if (strncmp(reason, "request.", strlen("request.")) == 0)
		reason += strlen("request.");
	(void)snprintf(key, KEY_ROOM, "need.%.100s", reason);
	return words_say(lang, key) != NULL ? key : NULL;
}

/* Which field it is, and the article that asks for it. */
static bool
field_put(const struct request_finding *f, const char *lang, struct buf *out,
    struct err *err)
{
	if (f->where[0] == '\0')
		return true;
	return buf_add_text(out, ": ", err) &&
	    value_put(lang, words_field(lang, f->field), out, err) &&
	    buf_add_text(out, " (", err) && (strcmp(f->where, FIELD_WHERE_OURS) == 0 ?
	    phrase_put(lang, "need.our-rules", NULL, out, err) :
	    value_put(lang, f->where, out, err)) && buf_add_text(out, ").", err);
}

bool
need_words(const struct request_finding *f, const char *lang, bool ours, struct buf *out,
    struct err *err)
{
	char room[KEY_ROOM];
	const char *key = sentence_key(f, lang, room);

	/* The whole sentence of policy, and in English alone that is all. */
	if (key == NULL)
		return phrase_put(lang, "need.other", f->text, out, err);
	if (!phrase_put(lang, key, f->text, out, err) || !field_put(f, lang, out, err))
		return false;
	return f->set[0] == '\0' || (buf_add_text(out, " ", err) &&
	    phrase_put(lang, ours ? "need.set" : "need.ask", f->set, out, err));
}
