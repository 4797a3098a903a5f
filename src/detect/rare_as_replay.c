/* rare_as_replay: every execution of the schedule over the loaded events; consecutive firings of an identity become one
 * alert with the figures of its last firing. */
#include "rare_as.h"

struct alert *rare_as_push_alert(struct rare_as *engine, struct alerts *out, uint32_t identity, int64_t first_fired)
{
	const struct store *store = engine->store;
	const struct slice parts[] = {store_string(store, store->identities[identity].user_name),
		store_string(store, store->identities[identity].type)};
	struct alert *alert = alerts_push(out, RULE_RARE_AS);
	alert_set_id(alert, parts, COUNT_OF(parts), first_fired);
	alert->first_fired = alert->last_fired = first_fired;
	alert->times_fired = 1;
	return alert;
}

/* An alert in the making: for each condition, the value that is furthest on the safe side over all firings, since a
 * limit silences the alert only when it silences every one of them. */
struct series {
	int64_t first, last;
	uint32_t times;
	double furthest[CONDITION_COUNT];
};

static void series_add(struct series *series, const struct run *run, uint32_t times, int64_t interval)
{
	bool is_first = series->times == 0;
	if (is_first)
		series->first = run->first;
	series->last = run->first + (times - 1) * interval;
	series->times += times;
	for (enum condition condition = 0; condition < CONDITION_COUNT; condition++) {
		double value = condition_value(condition, run, run->first);
		bool is_min = parameters[condition_parameters[condition]].side != SIDE_MAX;
		if (is_first || (is_min ? value > series->furthest[condition] : value < series->furthest[condition]))
			series->furthest[condition] = value;
	}
}

static void series_close(struct rare_as *engine, struct view *view, const struct rare_as_params *params,
	uint32_t identity, struct series *series, struct alerts *out)
{
	if (series->times == 0)
		return;
	struct alert *alert = rare_as_push_alert(engine, out, identity, series->first);
	alert->last_fired = series->last;
	alert->times_fired = series->times;
	figures_fill(engine, view, identity, series->last, params->window, &alert->rare_as);
	alert->why_count = rare_as_explain(params, &alert->rare_as, alert->why);
	for (enum condition condition = 0; condition < CONDITION_COUNT; condition++)
		alert->why[condition].silence_at = condition_flip(condition, series->furthest[condition], true);
	*series = (struct series){0};
}

uint32_t run_recent_times(const struct run *run, int64_t max_age, int64_t interval)
{
	if (run->newest < run->first - max_age)
		return 0;
	int64_t times = (run->newest + max_age - run->first) / interval + 1;
	return times < run->times ? (uint32_t)times : run->times;
}

/* No window holds more than all of an identity's events: too few of them spare the walk. */
static bool could_fire(
	struct rare_as *engine, struct view *view, uint32_t identity, const struct rare_as_params *params)
{
	uint32_t events = engine->begin[identity + 1] - engine->begin[identity];
	uint32_t untrusted = view_identity(engine, view, identity)->untrusted_count;
	return untrusted >= rare_as_least_untrusted(params) &&
	       (double)(events - untrusted) >= rare_as_least_trusted(params);
}

void rare_as_replay(struct rare_as *engine, const struct rare_as_params *params, struct alerts *out)
{
	struct view *view = view_for(engine, params);
	runs_prepare(engine, view, params);
	for (uint32_t identity = 0; identity < engine->store->identity_count; identity++) {
		if (view->is_ignored[identity] || !could_fire(engine, view, identity, params))
			continue;
		size_t count;
		const struct run *runs = runs_for(engine, view, identity, &count);
		struct series series = {0};
		for (size_t i = 0; i < count; i++) {
			if (conditions_failing(params, &runs[i], runs[i].first) != 0)
				continue;
			if (series.times > 0 && runs[i].first != series.last + params->interval)
				series_close(engine, view, params, identity, &series, out);
			series_add(&series, &runs[i], run_recent_times(&runs[i], params->max_age, params->interval),
				params->interval);
		}
		series_close(engine, view, params, identity, &series, out);
	}
	alerts_sort(engine->store, out);
}
