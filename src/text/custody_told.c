/* What others told became of evidence: a line of the report each (custody_html.h). */
#include "flow/destroy.h"
#include "text/custody_html.h"
#include "text/verdict.h"
#include "text/words.h"

/* Like a link of the custody itself (text/verdict.c), and never more than claimed. */
static bool
told_put(const struct notice_told *x, size_t n, const char *lang, struct buf *out,
    struct err *err)
{
	const char *const lines[] = { x->by.s, x->text, digest_hex(&x->act).s };
	bool ok;

	ok = buf_printf(out, err, "%zu. ", n) &&
	    phrase_put(lang, "cust.claimed", NULL, out, err) && buf_add_text(out, ". ", err) &&
	    value_put(lang, words_instant(lang, x->at).s, out, err) &&
	    buf_add_text(out, ". ", err) && phrase_put(lang,
	    x->lost ? "cust.event.loss" : "cust.event.destroyed", NULL, out, err) &&
	    buf_add_text(out, "\n", err);
	for (size_t i = 0; ok && i < sizeof lines / sizeof *lines; i++)
		ok = buf_add_text(out, "   ", err) && value_put(lang, lines[i], out, err) &&
		    buf_add_text(out, "\n", err);
	return ok;
}

bool
custody_told_words(const struct custody_story *s, const char *lang, struct buf *out,
    struct err *err)
{
	size_t last = s->hops_n > 0 ? s->hops[s->hops_n - 1].custody.n : 0;

	for (size_t i = 0; i < s->told_n; i++)
		if (!told_put(&s->told[i], last + i + 1, lang, out, err))
			return false;
	return true;
}
