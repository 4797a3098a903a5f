/* rare_as_explain: the conditions with value, limit and margin, and which of them decide.
 *
 * An untrusted event is one event, so `untrusted` is at least the number of distinct sensitive actions; and
 * ratio = untrusted / (untrusted + trusted) <= limit asks for a number of trusted events. From these two follow all
 * conditions that can never decide (is_dominated: whatever the data) or that do not decide here (binds is false: with
 * this identity's untrusted events, the others holding already make this one hold). */
#include "rare_as.h"

#include <math.h>

/* The fewest trusted events with which `untrusted` events pass the ratio, compared as the query compares. */
static double fewest_trusted(int64_t untrusted, double max_ratio)
{
	if (max_ratio >= 1)
		return 0;
	if (!(max_ratio > 0))
		return INFINITY;
	double of = (double)untrusted, trusted = floor(of / max_ratio - of);
	if (trusted < 0)
		trusted = 0;
	if (!(trusted < 9e15)) /* beyond whole numbers; no data has as many */
		return trusted;
	while (trusted > 0 && of / (of + trusted - 1) <= max_ratio)
		trusted--;
	while (!(of / (of + trusted) <= max_ratio))
		trusted++;
	return trusted;
}

int64_t rare_as_least_untrusted(const struct rare_as_params *params)
{
	int64_t least = params->min_unique_action_from_untrusted_asn;
	if (params->min_untrusted_event_count > least)
		least = params->min_untrusted_event_count;
	return least > 1 ? least : 1;
}

double rare_as_least_trusted(const struct rare_as_params *params)
{
	double least = fewest_trusted(rare_as_least_untrusted(params), params->max_rare_asn_ratio);
	if (least < (double)params->min_trusted_cloud_event_count)
		least = (double)params->min_trusted_cloud_event_count;
	return least < 1 && params->has_trusted_cloud_asn ? 1 : least;
}

/* Is a condition implied by the others, given at least this many untrusted events? The ratio is a neighbour only where
 * it holds (max_ratio 1 says nothing). When two conditions imply each other, only the first in the table is implied. */
static bool is_implied(
	enum condition condition, const struct rare_as_params *params, int64_t untrusted, double max_ratio)
{
	int64_t actions = params->min_unique_action_from_untrusted_asn;
	double trusted = fewest_trusted(untrusted, max_ratio);
	switch (condition) {
	case CONDITION_HAS_TRUSTED:
		return !params->has_trusted_cloud_asn || params->min_trusted_cloud_event_count >= 1 || trusted >= 1;
	case CONDITION_MIN_UNTRUSTED: return params->min_untrusted_event_count <= (actions > 1 ? actions : 1);
	case CONDITION_MIN_TRUSTED: return (double)params->min_trusted_cloud_event_count <= trusted;
	case CONDITION_MAX_RATIO: return params->max_rare_asn_ratio >= 1;
	case CONDITION_MIN_ACTIONS:
	case CONDITION_MAX_ASNS:
	case CONDITION_MAX_AGE:
	case CONDITION_COUNT: break;
	}
	return false;
}

static struct run run_of(const struct rare_as_figures *figures)
{
	return (struct run){.first = figures->evaluated_at,
		.newest = figures->most_recent_low_asn_day,
		.times = 1,
		.total = (uint32_t)figures->total_events_all_asns,
		.untrusted = (uint32_t)figures->untrusted_event_count,
		.orgs = figures->count_distinct_asns,
		.actions = figures->has_unique_action ? figures->unique_action_from_untrusted_asn : 0};
}

unsigned rare_as_explain(
	const struct rare_as_params *params, const struct rare_as_figures *figures, struct why why[WHY_MAX])
{
	struct run run = run_of(figures);
	unsigned failing = conditions_failing(params, &run, figures->evaluated_at);
	int64_t least = rare_as_least_untrusted(params);
	int64_t untrusted = run.untrusted > least ? run.untrusted : least;
	for (enum condition condition = 0; condition < CONDITION_COUNT; condition++) {
		enum parameter parameter = condition_parameters[condition];
		double value = condition_value(condition, &run, figures->evaluated_at);
		double limit = condition_limit(condition, params);
		bool holds = (failing >> condition & 1) == 0;
		/* A single change flips the result when it silences the alert, or removes the only failure. */
		bool can_flip = failing == 0 || failing == 1U << condition;
		bool is_off = condition == CONDITION_HAS_TRUSTED && !params->has_trusted_cloud_asn;
		why[condition] = (struct why){.parameter = parameter,
			.value = value,
			.limit = limit,
			.holds = holds,
			.binds = failing != 0 ? !holds
					      : !is_implied(condition, params, untrusted, params->max_rare_asn_ratio),
			.margin = parameters[parameter].side == SIDE_MAX ? limit - value : value - limit,
			.silence_at = can_flip ? condition_flip(condition, value, holds) : NAN,
			.is_dominated = is_off || is_implied(condition, params, least, params->max_rare_asn_ratio)};
	}
	return CONDITION_COUNT;
}
