/* rules: the rules in other engines' languages; one file a language. */
#ifndef RARETRAIL_REPORT_RULES_H
#define RARETRAIL_REPORT_RULES_H

#include "detection.h"

void rules_esql(struct buf *out, const struct rare_as_params *params);
void rules_clickhouse(struct buf *out, const struct rare_as_params *params);
void rules_toml(struct buf *out, const struct params *params, enum rule rule);
/* A text in double or single quotes, with backslashes before quote and backslash. */
void add_quoted(struct buf *out, char quote, struct slice text);
/* The items of a list, quoted, with commas, in lines of some length. */
void add_list(struct buf *out, const struct string_list *list, char quote);
bool is_pattern(const char *text); /* holds `*`, `?` or a backslash */

#endif
