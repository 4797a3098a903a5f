/* rare_as_evidence: the rows behind an alert: the untrusted events of its window, or the sensitive among them. */
#include "rare_as.h"

#include <stdlib.h>

static int compare_rows(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	return (a > b) - (a < b);
}

struct row_list rare_as_evidence(struct rare_as *engine, const struct rare_as_params *params, uint32_t identity,
	int64_t now, bool only_sensitive)
{
	struct view *view = view_for(engine, params);
	const struct identity_view *of_identity = view_identity(engine, view, identity);
	uint32_t begin = rare_as_event_bound(engine, identity, rare_as_rank_bound(engine, now - params->window));
	uint32_t end = rare_as_event_bound(engine, identity, rare_as_rank_bound(engine, now + 1));
	uint32_t first = untrusted_bound(of_identity, begin), last = untrusted_bound(of_identity, end);
	struct row_list out = {xreallocarray(NULL, last - first + (size_t)1, sizeof *out.rows), 0};
	for (uint32_t at = first; at < last; at++) {
		uint32_t event = of_identity->untrusted[at];
		if (!only_sensitive || view->is_sensitive[engine->call[event]])
			out.rows[out.count++] = rare_as_row(engine, event);
	}
	if (engine->ranked_rows && out.count > 1)
		qsort(out.rows, out.count, sizeof *out.rows, compare_rows);
	return out;
}

bool rare_as_is_trusted(struct rare_as *engine, const struct rare_as_params *params, uint32_t row)
{
	return view_for(engine, params)->is_trusted[engine->store->entry[DIMENSION_SOURCE][row]] != 0;
}
