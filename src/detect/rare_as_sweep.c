/* rare_as_sweep: the number of alerts for every limit of one parameter, without trying limits. Alerts are stretches of
 * consecutive firings; so their number is that of the firings less that of the neighbours that both fire. Each firing,
 * and each pair of neighbours, holds from one limit on (or up to one), which makes the number a sum of steps. */
#include "rare_as.h"

#include <math.h>
#include <stdlib.h>

struct change {
	double limit;
	int64_t by;
};
struct sweep {
	const struct rare_as_params *params;
	enum condition condition;
	bool is_max;
	double minimum, maximum;
	struct change *changes;
	size_t count, capacity;
	int64_t start; /* alerts at the minimum, before the changes */
};

static void change_add(struct sweep *sweep, double limit, int64_t by)
{
	if (limit <= sweep->minimum) {
		sweep->start += by;
		return;
	}
	if (limit > sweep->maximum)
		return;
	sweep->changes = array_grow(sweep->changes, &sweep->capacity, sweep->count + 1, sizeof *sweep->changes);
	sweep->changes[sweep->count++] = (struct change){limit, by};
}

/* `by` alerts more for every limit that a value satisfies. */
static void value_add(struct sweep *sweep, double value, int64_t by)
{
	if (sweep->is_max) {
		change_add(sweep, value, by);
		return;
	}
	sweep->start += value >= sweep->minimum ? by : 0;
	if (value >= sweep->minimum)
		change_add(sweep, value + 1, -by);
}

/* The last firing met: its value, and when the next one would have to be to belong to the same alert. */
struct previous {
	bool is_there;
	double value;
	int64_t next;
};

static void firing_add(
	struct sweep *sweep, struct previous *previous, double first, double last, int64_t at, int64_t next)
{
	value_add(sweep, first, 1);
	if (previous->is_there && previous->next == at)
		value_add(sweep, sweep->is_max ? fmax(previous->value, first) : fmin(previous->value, first), -1);
	*previous = (struct previous){true, last, next};
}

static void run_add(struct sweep *sweep, struct previous *previous, const struct run *run)
{
	const struct rare_as_params *params = sweep->params;
	bool is_age = sweep->condition == CONDITION_MAX_AGE;
	uint32_t times = is_age ? run->times : run_recent_times(run, params->max_age, params->interval);
	unsigned failing = conditions_failing(params, run, run->first) & ~(1U << sweep->condition);
	if (times == 0 || failing != 0 || run->actions == 0) {
		previous->is_there = false;
		return;
	}
	int64_t last = run->first + (times - 1) * params->interval;
	firing_add(sweep, previous, condition_value(sweep->condition, run, run->first),
		condition_value(sweep->condition, run, last), run->first, last + params->interval);
}

static int compare_changes(const void *left, const void *right)
{
	const struct change *a = left, *b = right;
	return (a->limit > b->limit) - (a->limit < b->limit);
}

static void steps_fill(struct sweep *sweep, struct limit_steps *out)
{
	int64_t alerts = sweep->start;
	*out = (struct limit_steps){0};
	if (sweep->count > 1)
		qsort(sweep->changes, sweep->count, sizeof *sweep->changes, compare_changes);
	for (size_t i = 0; i <= sweep->count; i++) {
		double limit = i == 0 ? sweep->minimum : sweep->changes[i - 1].limit;
		if (i > 0)
			alerts += sweep->changes[i - 1].by;
		bool is_last = i == sweep->count || sweep->changes[i].limit > limit;
		if (!is_last || (out->count > 0 && out->items[out->count - 1].alerts == (size_t)alerts))
			continue;
		out->items = array_grow(out->items, &out->capacity, out->count + 1, sizeof *out->items);
		out->items[out->count++] = (struct limit_step){limit, (size_t)alerts};
	}
}

void rare_as_sweep(struct rare_as *engine, const struct rare_as_params *params, enum parameter parameter, int64_t now,
	struct limit_steps *out)
{
	struct sweep sweep = {.params = params,
		.is_max = parameters[parameter].side == SIDE_MAX,
		.minimum = parameters[parameter].minimum,
		.maximum = parameters[parameter].maximum};
	while (condition_parameters[sweep.condition] != parameter)
		sweep.condition++;
	struct view *view = view_for(engine, params);
	struct grid grid = grid_of(engine, params->interval);
	bool is_kept = now == TIME_NONE && sweep.condition != CONDITION_MAX_AGE;
	if (is_kept)
		runs_prepare(engine, view, params);
	for (uint32_t identity = 0; identity < engine->store->identity_count; identity++) {
		struct previous previous = {0};
		size_t count = 0;
		struct run at;
		const struct run *runs = &at;
		if (view->is_ignored[identity])
			continue;
		if (now != TIME_NONE)
			count = run_at(engine, view, identity, now, params->window, &at) && at.newest != TIME_NONE;
		else if (is_kept)
			runs = runs_for(engine, view, identity, &count);
		else
			runs = runs_compute(engine, view, identity, &grid, params->window, INT64_MAX, &count);
		for (size_t i = 0; i < count; i++)
			run_add(&sweep, &previous, &runs[i]);
	}
	steps_fill(&sweep, out);
	free(sweep.changes);
}
