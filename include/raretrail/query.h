/* query: a KQL subset over the fields of the store. `user.name: ci-* and not source.ip: 10.0.0.0/8`.
 *
 * Grammar: or, and, not, parentheses; field: value, field: (a or b), field: *, field >= value; a bare value looks in
 * every keyword field. Field names are ECS names or their aliases. Values: words or "quoted"; `*` and `?` are
 * wildcards in unquoted words, where a backslash escapes what is no letter or digit; in quotes \" \\ \n \t \r \uXXXX \xNN
 * are escapes and any other backslash is one; CIDR for address fields; ISO times (or -2h) for @timestamp.
 * Comparison is exact and case-sensitive, as keyword fields are in Elasticsearch. */
#ifndef RARETRAIL_QUERY_H
#define RARETRAIL_QUERY_H

#include "raretrail/base.h"
#include "raretrail/store.h"

struct query; /* immutable once parsed; borrows nothing */

/* On error err->offset is the byte of `text` the message speaks of. An empty text matches everything. */
struct query *query_parse(const char *text, int64_t now, struct err *err) MUST_USE;
void query_free(struct query *query);

/* A bitmap of ceil(count / 64) words with the matching rows set; the caller frees it with free(). `matched` may be NULL. */
uint64_t *query_run(const struct query *query, const struct store *store, uint32_t *matched) MUST_USE;
/* The same for rows [first, last) only, into an existing bitmap: for work done in slices beside a frame. The plan
 * holds what was decided per dimension entry. */
struct query_plan;
struct query_plan *query_plan_new(const struct query *query, const struct store *store) MUST_USE;
void query_plan_free(struct query_plan *plan);
bool query_plan_match(const struct query_plan *plan, uint32_t row);

/* `field: "value"` with the quoting it needs; an id of 0 gives `not field: *`. For + and - on a value. */
void query_format_term(struct buf *out, enum event_field field, struct slice value);

#endif
