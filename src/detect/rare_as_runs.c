/* rare_as_runs: the replay without walking the hours. An execution can fire only within max_age after an untrusted
 * event, and its figures change only where an event enters or leaves the window; so each identity has a short list of
 * runs (executions with the same figures), and a threshold only filters it. One pass over an identity's events with
 * two pointers computes them all. */
#include "rare_as.h"

#include <stdlib.h>

/* About 20 MB of kept runs; beyond, a replay computes them again each time, which is quicker than to page them in. */
enum { RUNS_KEPT = 500000 };

/* ---- one identity's walk ---- */

struct walk {
	struct rare_as *engine;
	const struct view *view;
	const struct identity_view *identity;
	const struct grid *grid;
	int64_t window, max_age;
	uint32_t end; /* of the identity's events */
	uint32_t entered, left; /* events [left, entered) are in the window */
	uint32_t next, gone; /* the same, as places among the untrusted */
	uint32_t orgs, actions; /* distinct ones in the window */
	int64_t reach; /* last execution at which an event that entered is in the window and recent */
	uint32_t queue_first, queue_count; /* untrusted events in the window, each newer than all that entered later */
};

static int64_t clock_of(const struct walk *walk, uint32_t event)
{
	return walk->engine->clock[walk->engine->rank[event]];
}

static int64_t grid_time(const struct walk *walk, int64_t execution)
{
	return walk->grid->first + execution * walk->grid->interval;
}

/* The first execution at or after a time; before the grid it is the first one. */
static int64_t execution_from(const struct walk *walk, int64_t time)
{
	if (time <= walk->grid->first)
		return 0;
	return (time - walk->grid->first + walk->grid->interval - 1) / walk->grid->interval;
}

/* The last execution at or before a time; -1 when there is none. */
static int64_t execution_until(const struct walk *walk, int64_t time)
{
	if (time < walk->grid->first)
		return -1;
	return (time - walk->grid->first) / walk->grid->interval;
}

/* The last execution that an untrusted event makes a candidate. */
static int64_t event_reach(const struct walk *walk, uint32_t event)
{
	int64_t in_window = clock_of(walk, event) + walk->window;
	int64_t timestamp = rare_as_timestamp(walk->engine, event);
	int64_t recent = timestamp > INT64_MAX - walk->max_age ? INT64_MAX : timestamp + walk->max_age;
	int64_t last = execution_until(walk, in_window < recent ? in_window : recent);
	return last < walk->grid->count ? last : walk->grid->count - 1;
}

static void count_sensitive(struct walk *walk, uint32_t event, bool enters)
{
	const struct rare_as *engine = walk->engine;
	uint32_t call = engine->call[event];
	if (!walk->view->is_sensitive[call])
		return;
	uint32_t *count = &engine->scratch.actions[engine->call_action[call]];
	if (enters)
		walk->actions += (*count)++ == 0;
	else
		walk->actions -= --*count == 0;
}

static void extend_reach(struct walk *walk, uint32_t event)
{
	int64_t reach = event_reach(walk, event);
	if (reach > walk->reach)
		walk->reach = reach;
}

/* Where the clock is @timestamp, the event that entered last is the newest and reaches furthest. Elsewhere each one
 * counts, and a queue keeps those that are newer than all that entered after them. */
static void untrusted_enter(struct walk *walk, uint32_t from, uint32_t until)
{
	const struct rare_as *engine = walk->engine;
	const uint32_t *untrusted = walk->identity->untrusted;
	for (uint32_t at = from; at < until; at++)
		count_sensitive(walk, untrusted[at], true);
	if (!engine->ranked_rows) {
		if (from < until)
			extend_reach(walk, untrusted[until - 1]);
		return;
	}
	uint32_t *queue = engine->scratch.newest;
	for (uint32_t at = from; at < until; at++) {
		extend_reach(walk, untrusted[at]);
		int64_t timestamp = rare_as_timestamp(engine, untrusted[at]);
		while (walk->queue_count > 0 &&
			rare_as_timestamp(engine, queue[walk->queue_first + walk->queue_count - 1]) <= timestamp)
			walk->queue_count--;
		queue[walk->queue_first + walk->queue_count++] = untrusted[at];
	}
}

/* Moves the window to one execution; executions only move forward. */
static void walk_to(struct walk *walk, int64_t execution)
{
	const struct rare_as *engine = walk->engine;
	const struct identity_view *identity = walk->identity;
	const uint32_t *rank = engine->rank, *source = engine->source, *source_org = engine->source_org;
	uint32_t *orgs = engine->scratch.orgs;
	uint32_t begin = window_begin(engine, execution), end = window_end(engine, execution);
	while (walk->entered < walk->end && rank[walk->entered] < end) {
		if (walk->entered + AHEAD < walk->end)
			__builtin_prefetch(&engine->clock[rank[walk->entered + AHEAD]]);
		walk->orgs += orgs[source_org[source[walk->entered++]]]++ == 0;
	}
	uint32_t from = walk->next;
	while (walk->next < identity->untrusted_count && identity->untrusted[walk->next] < walk->entered)
		walk->next++;
	untrusted_enter(walk, from, walk->next);
	while (walk->left < walk->entered && rank[walk->left] < begin)
		walk->orgs -= --orgs[source_org[source[walk->left++]]] == 0;
	while (walk->gone < walk->next && identity->untrusted[walk->gone] < walk->left)
		count_sensitive(walk, identity->untrusted[walk->gone++], false);
	while (walk->queue_count > 0 && engine->scratch.newest[walk->queue_first] < walk->left) {
		walk->queue_first++;
		walk->queue_count--;
	}
}

/* The last execution with the same window contents, not beyond reach. */
static int64_t same_until(const struct walk *walk, int64_t execution)
{
	int64_t last = walk->reach;
	if (last > execution && walk->entered < walk->end) {
		int64_t enters = execution_from(walk, clock_of(walk, walk->entered));
		if (enters - 1 < last)
			last = enters - 1;
	}
	if (last > execution && walk->left < walk->entered) {
		int64_t stays = execution_until(walk, clock_of(walk, walk->left) + walk->window);
		if (stays < last)
			last = stays;
	}
	return last;
}

static void emit_run(struct walk *walk, int64_t execution, int64_t last)
{
	struct scratch *scratch = &walk->engine->scratch;
	scratch->runs =
		array_grow(scratch->runs, &scratch->run_capacity, scratch->run_count + 1, sizeof *scratch->runs);
	uint32_t newest = walk->engine->ranked_rows ? scratch->newest[walk->queue_first]
						    : walk->identity->untrusted[walk->next - 1];
	scratch->runs[scratch->run_count++] = (struct run){
		.first = grid_time(walk, execution),
		.newest = rare_as_timestamp(walk->engine, newest),
		.times = (uint32_t)(last - execution + 1),
		.total = walk->entered - walk->left,
		.untrusted = walk->next - walk->gone,
		.orgs = walk->orgs,
		.actions = walk->actions,
	};
}

/* Counters go back to zero by what is still in the window. */
static void walk_end(struct walk *walk)
{
	const struct rare_as *engine = walk->engine;
	for (uint32_t event = walk->left; event < walk->entered; event++)
		engine->scratch.orgs[engine->source_org[engine->source[event]]] = 0;
	for (uint32_t at = walk->gone; at < walk->next; at++)
		engine->scratch.actions[engine->call_action[engine->call[walk->identity->untrusted[at]]]] = 0;
}

const struct run *runs_compute(struct rare_as *engine, struct view *view, uint32_t identity, const struct grid *grid,
	int64_t window, int64_t max_age, size_t *count)
{
	const struct identity_view *of_identity = view_identity(engine, view, identity);
	struct scratch *scratch = &engine->scratch;
	scratch->run_count = 0;
	windows_prepare(engine, grid, window);
	if (of_identity->untrusted_count > scratch->newest_capacity) {
		scratch->newest_capacity = of_identity->untrusted_count;
		scratch->newest = xreallocarray(scratch->newest, scratch->newest_capacity, sizeof *scratch->newest);
	}
	struct walk walk = {.engine = engine,
		.view = view,
		.identity = of_identity,
		.grid = grid,
		.window = window,
		.max_age = max_age,
		.end = engine->begin[identity + 1],
		.entered = engine->begin[identity],
		.left = engine->begin[identity],
		.reach = -1};
	int64_t execution = 0;
	while (walk.next < of_identity->untrusted_count || walk.reach >= execution) {
		if (walk.reach < execution) {
			execution = window_with(engine, execution, engine->rank[of_identity->untrusted[walk.next]]);
			if (execution >= grid->count)
				break;
		}
		walk_to(&walk, execution);
		if (walk.reach < execution)
			continue;
		int64_t last = same_until(&walk, execution);
		emit_run(&walk, execution, last);
		execution = last + 1;
	}
	walk_end(&walk);
	*count = scratch->run_count;
	return scratch->runs;
}

/* ---- kept runs ---- */

static void runs_forget(struct view *view, uint32_t identities)
{
	for (uint32_t i = 0; i < identities; i++) {
		struct identity_view *identity = &view->identities[i];
		free(identity->runs);
		identity->runs = NULL;
		identity->run_count = 0;
		identity->has_runs = false;
	}
	view->run_total = 0;
	view->has_too_many_runs = false;
}

void runs_prepare(struct rare_as *engine, struct view *view, const struct rare_as_params *params)
{
	struct grid grid = grid_of(engine, params->interval);
	bool fits =
		grid_equal(&view->grid, &grid) && view->window == params->window && view->runs_limit >= params->max_age;
	if (fits && !view->has_too_many_runs)
		return;
	runs_forget(view, engine->store->identity_count);
	view->grid = grid;
	view->window = params->window;
	view->runs_limit = params->max_age;
}

const struct run *runs_for(struct rare_as *engine, struct view *view, uint32_t identity, size_t *count)
{
	struct identity_view *kept = &view->identities[identity];
	if (kept->has_runs) {
		*count = kept->run_count;
		return kept->runs;
	}
	const struct run *runs =
		runs_compute(engine, view, identity, &view->grid, view->window, view->runs_limit, count);
	view->run_total = view->run_total - kept->run_count + *count;
	if (!view->has_too_many_runs && view->run_total > RUNS_KEPT) {
		runs_forget(view, engine->store->identity_count);
		view->has_too_many_runs = true;
	}
	if (view->has_too_many_runs)
		return runs;
	if (*count != kept->run_count) {
		free(kept->runs);
		kept->runs = *count > 0 ? xreallocarray(NULL, *count, sizeof *kept->runs) : NULL;
		kept->run_count = (uint32_t)*count;
	}
	if (*count > 0)
		memcpy(kept->runs, runs, *count * sizeof *runs);
	kept->has_runs = true;
	return kept->runs;
}
