/* Figures as the console writes them. Each returns `out`. */
#ifndef VIEW_SAY_H
#define VIEW_SAY_H

#include "raretrail/base.h"

#define COUNT_TEXT_SIZE 32
const char *count_text(uint64_t count, char out[COUNT_TEXT_SIZE]); /* 1,972,588 */
const char *count_short(uint64_t count, char out[COUNT_TEXT_SIZE]); /* 1.9M where 1,972,588 would not fit */
const char *percent_text(double ratio, char out[COUNT_TEXT_SIZE]); /* 0.60%, 92.6% */
const char *span_text(int64_t ms, char out[TIME_TEXT_SIZE]); /* 00m12s, 3h05m, 4d02h */
void buf_wrap(struct buf *out, const char *text, int width); /* words broken over lines of that many bytes */
const char *plural(uint64_t count, const char *one, const char *many);

#endif
