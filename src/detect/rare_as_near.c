/* rare_as_near: who almost fired: identities that fail exactly one condition, each at its closest execution. */
#include "rare_as.h"

#include <math.h>
#include <stdlib.h>

/* |value - limit| relative to the larger: one scale for counts, shares and times. A null is as far as can be. */
static double distance(double value, double limit)
{
	if (isnan(value))
		return 1;
	double larger = fmax(fabs(value), fabs(limit));
	return larger > 0 ? fmin(fabs(value - limit) / larger, 1) : 0;
}

const struct why *near_miss_failure(const struct alert *near_miss)
{
	unsigned i = 0;
	while (i + 1 < near_miss->why_count && near_miss->why[i].holds)
		i++;
	return &near_miss->why[i];
}

double near_miss_distance(const struct alert *near_miss)
{
	const struct why *why = near_miss_failure(near_miss);
	return distance(why->value, why->limit);
}

/* The closest miss met so far; at is TIME_NONE before the first. */
struct closest {
	int64_t at;
	double distance;
};

static void meet(struct closest *closest, const struct rare_as_params *params, const struct run *run, int64_t at,
	unsigned failing)
{
	enum condition condition = (enum condition)__builtin_ctz(failing);
	double away = distance(condition_value(condition, run, at), condition_limit(condition, params));
	if (closest->at == TIME_NONE || away < closest->distance || (!(away > closest->distance) && at > closest->at))
		*closest = (struct closest){at, away};
}

static bool is_single(unsigned failing)
{
	return failing != 0 && (failing & (failing - 1)) == 0;
}

/* A run is recent for its first executions, then it is not: the last recent one and the first stale one are the two
 * that can be closest. Returns false when one of them fires. */
static bool meet_run(struct closest *closest, const struct rare_as_params *params, const struct run *run)
{
	int64_t last = run->first + (run->times - 1) * params->interval, recent_until = run->newest + params->max_age;
	if (recent_until >= run->first) {
		int64_t at = run->first + (recent_until - run->first) / params->interval * params->interval;
		unsigned failing = conditions_failing(params, run, run->first);
		if (failing == 0)
			return false;
		if (is_single(failing))
			meet(closest, params, run, at < last ? at : last, failing);
	}
	if (recent_until < last) {
		int64_t at = params->max_age > 0 ? run->first : last; /* from 0 every age is as far */
		if (params->max_age > 0 && recent_until >= at)
			at += ((recent_until - at) / params->interval + 1) * params->interval;
		unsigned failing = conditions_failing(params, run, at);
		if (is_single(failing))
			meet(closest, params, run, at, failing);
	}
	return true;
}

static void push(struct rare_as *engine, struct view *view, const struct rare_as_params *params, uint32_t identity,
	int64_t at, struct alerts *out)
{
	struct alert *miss = rare_as_push_alert(engine, out, identity, at);
	miss->times_fired = 0;
	figures_fill(engine, view, identity, at, params->window, &miss->rare_as);
	miss->why_count = rare_as_explain(params, &miss->rare_as, miss->why);
}

static int compare_misses(const void *left, const void *right, void *context)
{
	const struct alert *a = left, *b = right;
	(void)context;
	double near_a = near_miss_distance(a), near_b = near_miss_distance(b);
	if (near_a < near_b || near_a > near_b)
		return near_a < near_b ? -1 : 1;
	if (a->last_fired != b->last_fired)
		return a->last_fired > b->last_fired ? -1 : 1;
	return (a->rare_as.identity > b->rare_as.identity) - (a->rare_as.identity < b->rare_as.identity);
}

void rare_as_near_misses(struct rare_as *engine, const struct rare_as_params *params, int64_t now, struct alerts *out)
{
	struct view *view = view_for(engine, params);
	struct grid grid = grid_of(engine, params->interval);
	size_t before = out->count;
	for (uint32_t identity = 0; identity < engine->store->identity_count; identity++) {
		struct closest closest = {TIME_NONE, INFINITY};
		if (view->is_ignored[identity])
			continue;
		if (now != TIME_NONE) {
			struct run run;
			unsigned failing = 0;
			if (run_at(engine, view, identity, now, params->window, &run))
				failing = conditions_failing(params, &run, now);
			if (is_single(failing))
				meet(&closest, params, &run, now, failing);
		} else {
			size_t count;
			const struct run *runs =
				runs_compute(engine, view, identity, &grid, params->window, INT64_MAX, &count);
			bool never_fires = true;
			for (size_t i = 0; i < count && never_fires; i++)
				never_fires = meet_run(&closest, params, &runs[i]);
			if (!never_fires)
				continue;
		}
		if (closest.at != TIME_NONE)
			push(engine, view, params, identity, closest.at, out);
	}
	if (out->count - before > 1)
		qsort_r(out->items + before, out->count - before, sizeof *out->items, compare_misses, NULL);
}
