/* harness_words: the lines of a screen test cut into words. */
#ifndef SCREEN_HARNESS_WORDS_H
#define SCREEN_HARNESS_WORDS_H

#include "raretrail/base.h"

#define WORDS_MAX 64
struct words {
	char *items[WORDS_MAX + 1]; /* NULL behind the last */
	size_t count;
};

/* Words separated by blanks; "…" with escapes, '…' as it is, $NAME from the environment, $DIR the folder given; #
 * starts a comment. */
int words_split(struct words *words, const char *line, const char *folder, struct err *err);
void words_free(struct words *words);

#endif
