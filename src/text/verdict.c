/* What a check found, in the reader's language. */
#include "text/verdict.h"

#include <stdio.h>
#include <string.h>

#include "text/words.h"

#define KEY_ROOM 120			/* reasons have at most some 30 */
#define VALUES_MAX 6			/* the longest sentence has five */

#define ISOLATE "\xe2\x81\xa8"		/* U+2068 FIRST STRONG ISOLATE */
#define ISOLATE_END "\xe2\x81\xa9"	/* U+2069 POP DIRECTIONAL ISOLATE */

struct saying {
	const char *lang;
	struct buf *out;
	struct err *err;
	bool ok;
};

static bool
is_english(const char *lang)
{
	return lang == NULL || lang[0] == '\0' || strcmp(lang, "en") == 0 ||
	    !words_are_there(lang);
}

static void
put(struct saying *s, const char *text)
{
	s->ok = s->ok && buf_add_text(s->out, text, s->err);
}

/* A value of machines, a name, or a sentence in another language. */
static void
put_value(struct saying *s, const char *text)
{
	bool apart = words_right_to_left(s->lang);

	if (apart)
		put(s, ISOLATE);
	s->ok = s->ok && text_visible(s->out, span_text(text), s->err);
	if (apart)
		put(s, ISOLATE_END);
}

static void
put_count(struct saying *s, uint64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%llu", (unsigned long long)n);
	put_value(s, text);
}

/* "{1}" is a value, "{}" the first, "{en}" the sentence in English. */
static void
put_filled(struct saying *s, const char *word, const char *const *values, size_t n,
    const char *english)
{
	const char *hole, *end;

	while (s->ok && (hole = strchr(word, '{')) != NULL &&
	    (end = strchr(hole, '}')) != NULL) {
		size_t i = hole[1] == '}' ? 0 : (size_t)(hole[1] - '1');

		s->ok = buf_add(s->out, span_of(word, (size_t)(hole - word)), s->err);
		if (strncmp(hole, "{en}", 4) == 0)
			put_value(s, english);
		else if (i < n)
			put_value(s, values[i]);
		word = end + 1;
	}
	put(s, word);
}

static void
put_say(struct saying *s, const char *key, const char *value)
{
	const char *word = words_say(s->lang, key);

	put_filled(s, word != NULL ? word : key, &value, value != NULL, "");
}

static void
put_say_code(struct saying *s, const char *prefix, const char *code)
{
	char key[KEY_ROOM];

	(void)snprintf(key, sizeof key, "%.60s.%.50s", prefix, code);
	put_say(s, key, NULL);
}

bool
phrase_put(const char *lang, const char *key, const char *value, struct buf *out,
    struct err *err)
{
	struct saying s = { .lang = lang, .out = out, .err = err, .ok = true };

	put_say(&s, key, value);
	return s.ok;
}

bool
value_put(const char *lang, const char *value, struct buf *out, struct err *err)
{
	struct saying s = { .lang = lang, .out = out, .err = err, .ok = true };

	put_value(&s, value);
	return s.ok;
}

/* ---- one sentence ---- */

/* Of a reason: itself, then what it is of; what is not known is told as English says it. */
static const char *
word_of(const char *lang, const char *reason, bool holds)
{
	char key[KEY_ROOM];
	const char *word = NULL;

	if (holds) {
		(void)snprintf(key, sizeof key, "finding.%s.holds", reason);
		word = words_say(lang, key);
	}
	if (word == NULL) {
		(void)snprintf(key, sizeof key, "finding.%s", reason);
		word = words_say(lang, key);
	}
	if (word == NULL) {
		(void)snprintf(key, sizeof key, "finding.%.*s",
		    (int)strcspn(reason, "."), reason);
		word = words_say(lang, key);
	}
	return word != NULL ? word : "{en}";
}

/* A time of this report is said as times are said in that language. */
static const char *
value_of(const struct package_report *r, const char *lang, const char *value,
    struct words_time *room)
{
	const int64_t times[] = { r->stamped_by, r->stamped_at, r->judged_at,
		r->has_act ? r->act.made_at : 0 };

	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
		if (times[i] != 0 && strcmp(value, when_people(times[i]).s) == 0) {
			*room = words_instant(lang, times[i]);
			return room->s;
		}
	return value;
}

static void
put_said(struct saying *s, const struct package_report *r, const struct sentence *said,
    bool holds, const char *english)
{
	struct words_time times[VALUES_MAX];
	const char *values[VALUES_MAX], *p = said->values;
	size_t n = 0;

	if (said->reason == NULL) {
		put_value(s, english);
		return;
	}
	for (; n < said->values_n && n < VALUES_MAX; p += strlen(p) + 1, n++)
		values[n] = value_of(r, s->lang, p, &times[n]);
	put_filled(s, word_of(s->lang, said->reason, holds), values, n, english);
}

/* ---- the three lines ---- */

static const char *const unchangeds[] = { "yes", "no", "not_checked" };
static const char *const whos[] = { "known", "unknown", "revoked", "not_checked" };
static const char *const whens[] = { "proven", "claimed", "not_checked" };
static const char *const overalls[] = { "intact", "changed", "incomplete",
	"not_a_package", "no_identity", "wrong_identity" };
static const char *const findings[] = { "holds", "broken", "undecided", "warning" };

static void
put_line(struct saying *s, const char *line, const char *state)
{
	char key[KEY_ROOM];

	(void)snprintf(key, sizeof key, "verdict.%s", line);
	put_say(s, key, NULL);
	put(s, " ");
	put_say_code(s, key, state);
	put(s, ". ");
}

static void
put_lines(struct saying *s, const struct package_report *r)
{
	const struct sentence *who = &r->who_said;

	put_line(s, "unchanged", unchangeds[r->unchanged]);
	put_said(s, r, &r->unchanged_said, false, r->unchanged_text);
	put(s, "\n");
	put_line(s, "who", whos[r->who]);
	/* Why a signer is not known is said of somebody: the first value. */
	if (who->reason != NULL && strncmp(who->reason, "who.", 4) != 0 &&
	    who->values_n > 0) {
		put_value(s, who->values);
		put(s, ": ");
	}
	put_said(s, r, who, false, r->who_text);
	put(s, "\n");
	put_line(s, "when", whens[r->when]);
	put_said(s, r, &r->when_said, false, r->when_text);
	put(s, "\n");
}

static void
put_findings(struct saying *s, const struct package_report *r, bool details)
{
	bool any = false;

	for (size_t i = 0; i < r->findings_n; i++) {
		const struct finding *f = &r->findings[i];

		if (!finding_matters(r, f, details))
			continue;
		put(s, any ? "  " : "\n  ");
		any = true;
		put_say_code(s, "verdict.finding", findings[f->state]);
		put(s, ": ");
		put_said(s, r, &f->said, f->state == FINDING_HOLDS, f->text);
		put(s, "\n");
	}
	if (r->findings_more == 0)
		return;
	put(s, "  ");
	put_say(s, "verdict.more", NULL);
	put(s, " ");
	put_count(s, r->findings_more);
	put(s, "\n");
}

static void
put_id(struct saying *s, const char *key, const struct digest *d)
{
	put(s, "  ");
	put_say(s, key, NULL);
	put(s, ": ");
	put_value(s, digest_hex(d).s);
	put(s, "\n");
}

static void
put_ids(struct saying *s, const struct package_report *r)
{
	put(s, "\n");
	if (r->has_act) {
		put(s, "  ");
		put_say(s, "cust.act", NULL);
		put(s, ": ");
		put(s, words_kind(s->lang, act_kind_name(r->act.kind)));
		put(s, ", ");
		put_say(s, "cust.from", r->act.from.s);
		put(s, ", ");
		put_value(s, words_instant(s->lang, r->act.made_at).s);
		put(s, "\n");
	}
	if (r->has_ids) {
		put_id(s, "cust.act_id", &r->act_id);
		put_id(s, "cust.package_id", &r->package_id);
	}
	if (r->judged_at != 0) {
		put(s, "  ");
		put_say(s, "verdict.judged_at", NULL);
		put(s, ": ");
		put_value(s, words_instant(s->lang, r->judged_at).s);
		put(s, "\n");
	}
}

static void
put_draft(struct saying *s)
{
	if (!words_are_draft(s->lang))
		return;
	put_say(s, "lang.draft", NULL);
	put(s, "\n");
}

bool
verdict_words(const struct package_report *r, const char *lang, bool details,
    struct buf *out, struct err *err)
{
	struct saying s = { .lang = lang, .out = out, .err = err, .ok = true };
	bool checked = r->overall == OVERALL_INTACT ||
	    r->overall == OVERALL_CHANGED || r->overall == OVERALL_INCOMPLETE;

	if (is_english(lang))
		return package_report_text(r, details, out, err);
	if (r->has_act && r->act.exercise) {
		put(&s, "*** ");
		put_say(&s, "strip.training", NULL);
		put(&s, " ***\n");
	}
	put_say_code(&s, "verdict.overall", overalls[r->overall]);
	put(&s, "\n\n");
	if (!checked) {
		put_said(&s, r, &r->unchanged_said, false, r->unchanged_text);
		put(&s, "\n");
		return s.ok;
	}
	put_lines(&s, r);
	put_findings(&s, r, details);
	if (details)
		put_ids(&s, r);
	put(&s, "\n");
	put_say(&s, "cust.not", NULL);
	put(&s, ": ");
	put_say(&s, "verdict.not_proven", NULL);
	put(&s, "\n");
	put_draft(&s);
	return s.ok;
}

/* ---- custody ---- */

struct custody_key
custody_event_key(const struct record *r)
{
	struct custody_key key;

	(void)snprintf(key.s, sizeof key.s, "cust.event.%.68s", custody_what(r).s);
	if (words_say(NULL, key.s) == NULL)
		(void)snprintf(key.s, sizeof key.s, "cust.event.%s", record_event_name(r->event));
	return key;
}

static void
put_why(struct saying *s, const struct custody_link *l)
{
	if (l->standing != CUSTODY_PROVEN)
		put_say_code(s, "cust.why", l->reason);
	if (l->standing != CUSTODY_PROVEN && l->has_place)
		put(s, " ");
	if (l->has_place) {
		char index[24];

		(void)snprintf(index, sizeof index, "%llu", (unsigned long long)l->index);
		put_say(s, "cust.log", index);
		put(s, " ");
		put_say(s, "cust.in_log", l->origin);
	}
	if (l->states[0] != '\0') {
		put(s, "; ");
		put_say(s, "cust.cosigned", l->states);
	}
	if (l->proven_at != 0) {
		put(s, "; ");
		put_say(s, "cust.since", NULL);
		put(s, " ");
		put_value(s, words_instant(s->lang, l->proven_at).s);
	}
}

static void
put_link(struct saying *s, const struct custody_link *l, size_t n)
{
	const struct record *r = &l->record;

	put_count(s, n);
	put(s, ". ");
	put_say_code(s, "cust", custody_standing_name(l->standing));
	put(s, ". ");
	put_value(s, words_instant(s->lang, r->at).s);
	put(s, ". ");
	put_say(s, custody_event_key(r).s, r->event == EVENT_ADMINISTRATION ? r->reason : NULL);
	if (r->peer.s[0] != '\0' && custody_hands_over(r->event)) {
		put(s, ", ");
		put_say(s, r->event == EVENT_RECEIVED ? "cust.from" : "cust.for",
		    r->peer.s);
	}
	if (r->carrier[0] != '\0') {
		put(s, ", ");
		put_say_code(s, "cust.carrier", r->carrier);
	}
	put(s, "\n   ");
	put_value(s, r->authority.s);
	put(s, "\n   ");
	put_why(s, l);
	put(s, "\n");
}

bool
custody_words(const struct custody *c, const char *lang, struct buf *out, struct err *err)
{
	struct saying s = { .lang = lang, .out = out, .err = err, .ok = true };
	const char *name = custody_standing_name(c->standing);

	if (is_english(lang))
		return custody_text(c, out, err);
	put_say_code(&s, "cust", name);
	put(&s, ". ");
	put_say_code(&s, "cust.conclusion", name);
	put(&s, "\n");
	if (strncmp(c->reason, "lacks-", 6) == 0 || c->n == 0) {
		put_say(&s, "cust.missing", NULL);
		put(&s, ": ");
		put_say_code(&s, "cust.lacks", c->n == 0 ? "empty" : c->reason);
		put(&s, "\n");
	}
	if (!c->loose) {
		put_id(&s, "cust.act_id", &c->act);
		put_id(&s, "cust.package_id", &c->package);
	}
	for (size_t i = 0; s.ok && i < c->n; i++)
		put_link(&s, &c->links[i], i + 1);
	put_say(&s, "cust.not", NULL);
	put(&s, ": ");
	put_say(&s, "cust.not.1", NULL);
	put(&s, " ");
	put_say(&s, "cust.not.2", NULL);
	put(&s, "\n");
	put_draft(&s);
	return s.ok;
}
