/* rare_as_conditions: the seven comparisons that decide, and where each one turns. */
#include "rare_as.h"

#include <math.h>

const enum parameter condition_parameters[CONDITION_COUNT] = {
	[CONDITION_HAS_TRUSTED] = PARAMETER_HAS_TRUSTED,
	[CONDITION_MIN_UNTRUSTED] = PARAMETER_MIN_UNTRUSTED,
	[CONDITION_MIN_TRUSTED] = PARAMETER_MIN_TRUSTED,
	[CONDITION_MAX_RATIO] = PARAMETER_MAX_RATIO,
	[CONDITION_MIN_ACTIONS] = PARAMETER_MIN_ACTIONS,
	[CONDITION_MAX_ASNS] = PARAMETER_MAX_ASNS,
	[CONDITION_MAX_AGE] = PARAMETER_MAX_AGE,
};

unsigned conditions_failing(const struct rare_as_params *params, const struct run *run, int64_t at)
{
	int64_t trusted = (int64_t)run->total - run->untrusted;
	double ratio = (double)run->untrusted / (double)run->total;
	unsigned failing = 0;
	failing |= (unsigned)(params->has_trusted_cloud_asn && trusted == 0) << CONDITION_HAS_TRUSTED;
	failing |= (unsigned)(run->untrusted < params->min_untrusted_event_count) << CONDITION_MIN_UNTRUSTED;
	failing |= (unsigned)(trusted < params->min_trusted_cloud_event_count) << CONDITION_MIN_TRUSTED;
	failing |= (unsigned)!(ratio <= params->max_rare_asn_ratio) << CONDITION_MAX_RATIO;
	failing |= (unsigned)(run->actions == 0 || run->actions < params->min_unique_action_from_untrusted_asn)
		   << CONDITION_MIN_ACTIONS;
	failing |= (unsigned)(run->orgs > params->max_count_distinct_asns) << CONDITION_MAX_ASNS;
	failing |= (unsigned)(run->newest == TIME_NONE || run->newest < at - params->max_age) << CONDITION_MAX_AGE;
	return failing;
}

double condition_value(enum condition condition, const struct run *run, int64_t at)
{
	switch (condition) {
	case CONDITION_HAS_TRUSTED: return run->total > run->untrusted;
	case CONDITION_MIN_UNTRUSTED: return run->untrusted;
	case CONDITION_MIN_TRUSTED: return run->total - run->untrusted;
	case CONDITION_MAX_RATIO: return (double)run->untrusted / (double)run->total;
	case CONDITION_MIN_ACTIONS: return run->actions > 0 ? (double)run->actions : NAN;
	case CONDITION_MAX_ASNS: return run->orgs;
	case CONDITION_MAX_AGE: return run->newest == TIME_NONE ? NAN : (double)(at - run->newest);
	case CONDITION_COUNT: break;
	}
	return NAN;
}

double condition_limit(enum condition condition, const struct rare_as_params *params)
{
	switch (condition) {
	case CONDITION_HAS_TRUSTED: return params->has_trusted_cloud_asn;
	case CONDITION_MIN_UNTRUSTED: return (double)params->min_untrusted_event_count;
	case CONDITION_MIN_TRUSTED: return (double)params->min_trusted_cloud_event_count;
	case CONDITION_MAX_RATIO: return params->max_rare_asn_ratio;
	case CONDITION_MIN_ACTIONS: return (double)params->min_unique_action_from_untrusted_asn;
	case CONDITION_MAX_ASNS: return (double)params->max_count_distinct_asns;
	case CONDITION_MAX_AGE: return (double)params->max_age;
	case CONDITION_COUNT: break;
	}
	return NAN;
}

double condition_flip(enum condition condition, double value, bool holds)
{
	const struct parameter_info *info = &parameters[condition_parameters[condition]];
	double flip = NAN;
	if (isnan(value))
		return NAN;
	if (!holds)
		flip = value;
	else if (condition == CONDITION_HAS_TRUSTED)
		flip = value < 1 ? 1 : NAN;
	else if (condition == CONDITION_MAX_RATIO)
		flip = nextafter(value, -1);
	else
		flip = info->side == SIDE_MIN ? value + 1 : value - 1;
	/* NAN fails both comparisons */
	return flip >= info->minimum && flip <= info->maximum ? flip : NAN;
}
