/*
 * text/words: what a code means, in the reader's language.  Codes are what is signed;
 * words are what is shown, so a request written in one language is read in another.
 * Everything returned is constant and lives as long as the program.
 *
 * `lang` is a language tag ("fr", "fr-CH"), NULL or "" for English.  A language without a
 * table, or without that word, gives the English one.  JSON never goes through here.
 */
#ifndef COMITY_TEXT_WORDS_H
#define COMITY_TEXT_WORDS_H

#include "act/act.h"

/* "ar", "en", "es" ...: the i-th language there are words in; NULL: no more. */
const char *words_lang(size_t i);
bool words_are_there(const char *lang);
/* Nobody who practises law in that language has confirmed its table yet. */
bool words_are_draft(const char *lang);
/* Written from right to left? */
bool words_right_to_left(const char *lang);
/* A language's own name; the tag itself when we do not know it. */
const char *words_lang_name(const char *tag);

/* A phrase of ours by its key; NULL when no table has it. */
const char *words_say(const char *lang, const char *key);

/* A kind of act, or a measure of the law; the code itself when neither has it. */
const char *words_kind(const char *lang, const char *kind);
const char *words_instrument(const char *lang, const char *instrument);
/* "sent", "needs_info"; of a hold "effective"; the code itself when it is unknown. */
const char *words_state(const char *lang, const char *state);
const char *words_hold(const char *lang, const char *state);
const char *words_ground(const char *lang, const struct law_ground *g);
/* How sure we are of a row of the law: what our text of it was taken from. */
const char *words_certainty(const char *lang, enum law_certainty c);
const char *words_deadline(const char *lang, const struct law_deadline *d);
const char *words_offence(const char *lang, const struct law_offence *o);
const char *words_field(const char *lang, const struct law_field *f);
const char *words_part(const char *lang, const struct law_shape *shape,
    const struct law_part *part);
/* A code as a value of a field; NULL: it has no word, and stands for itself. */
const char *words_code(const char *lang, const char *code);

/* "22 novembre 2026, 08:46:00 UTC": Western digits in every language. */
struct words_time { char s[96]; };
struct words_time words_instant(const char *lang, int64_t at);

#endif
