/* What happened in a bucket of the timeline, line by line: its alerts with its rare and failed events, or all of them.
 * Made again only when the bucket, the width or what is known has changed. */
#ifndef VIEW_BUCKET_LIST_H
#define VIEW_BUCKET_LIST_H

#include "results.h"
#include "sheet.h"

struct app;

struct bucket_list { /* zeroed: empty */
	bool is_all; /* the user's choice; set is_stale with it */
	bool is_stale; /* to be made again though the bucket is the same */
	struct sheet doc; /* lines link to their row (LINK_ROW) or alert (LINK_ALERT) */
	struct pager pager;
	int64_t from, to;
	const struct results *of; /* only compared */
};

/* Brings the lines up to date with a bucket: from <= @timestamp < to. */
void bucket_list_show(struct app *app, struct bucket_list *list, int64_t from, int64_t to, int width);
void bucket_list_free(struct bucket_list *list);

#endif
