/* The project's list of 2,048 words (data/words.txt), for cards read over a phone. */
#ifndef COMITY_ACT_WORDS_H
#define COMITY_ACT_WORDS_H

#define WORDS_COUNT 2048
extern const char *const words_table[WORDS_COUNT];

#endif
