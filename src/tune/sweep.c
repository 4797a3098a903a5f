/* sweep: the number of alerts across the range of one parameter, so that people pick a plateau and not a cliff. */
#include "parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void step_add(struct limit_steps *steps, double limit, size_t alerts)
{
	if (steps->count > 0 && steps->items[steps->count - 1].alerts == alerts)
		return;
	steps->items = array_grow(steps->items, &steps->capacity, steps->count + 1, sizeof *steps->items);
	steps->items[steps->count++] = (struct limit_step){limit, alerts};
}

static size_t rule_count(struct tune *tune, const struct params *params, enum rule rule)
{
	struct alerts alerts = {0};
	tune_alerts(tune, params, 1U << rule, &alerts);
	size_t count = alerts.count;
	alerts_free(&alerts);
	return count;
}

/* ---- the threshold of rare-method ---- */

static int compare_scores(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

/* Without the cap the scores are the breakpoints. Where the cap bites, each distinct score is tried, up to this many. */
enum { TRIES = 256 };

static bool threshold_sweep(struct tune *tune, struct params *params, struct limit_steps *steps)
{
	int64_t cap = params->rare_method.max_alerts;
	struct alerts alerts = {0};
	params->rare_method.anomaly_threshold = 0;
	size_t capped = rule_count(tune, params, RULE_RARE_METHOD);
	params->rare_method.max_alerts = 0;
	tune_alerts(tune, params, 1U << RULE_RARE_METHOD, &alerts);
	params->rare_method.max_alerts = cap;
	double *scores = xcalloc(alerts.count + 1, sizeof *scores);
	for (size_t i = 0; i < alerts.count; i++)
		scores[i] = alerts.items[i].rare_method.initial_record_score;
	if (alerts.count > 1)
		qsort(scores, alerts.count, sizeof *scores, compare_scores);
	bool is_capped = capped != alerts.count;
	size_t stride = is_capped ? alerts.count / TRIES + 1 : 1;
	step_add(steps, 0, capped);
	for (size_t i = 0; i < alerts.count; i += stride) {
		if (i + 1 < alerts.count && scores[i + 1] <= scores[i] && stride == 1)
			continue;
		double limit = nextafter(scores[i], INFINITY);
		if (limit > 100)
			break;
		params->rare_method.anomaly_threshold = limit;
		step_add(steps, limit, is_capped ? rule_count(tune, params, RULE_RARE_METHOD) : alerts.count - i - 1);
	}
	free(scores);
	alerts_free(&alerts);
	return stride == 1;
}

/* ---- windows, schedules, caps: usual values ---- */

static const int64_t minutes[] = {
	1, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 4320, 7200, 10080, 20160, 43200, 129600};
static const int64_t counts[] = {0, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000};

static int usual_sweep(
	struct tune *tune, struct params *params, enum parameter parameter, struct limit_steps *steps, struct err *err)
{
	const struct parameter_info *info = &parameters[parameter];
	bool is_duration = info->type == PARAMETER_DURATION;
	const int64_t *values = is_duration ? minutes : counts;
	size_t count = is_duration ? COUNT_OF(minutes) : COUNT_OF(counts);
	for (size_t i = 0; i < count; i++) {
		double value = (double)values[i] * (is_duration ? (double)MINUTE_MS : 1);
		char text[NUMBER_TEXT_SIZE + 2];
		if (value < info->minimum || value > info->maximum)
			continue;
		(void)snprintf(text, sizeof text, "%.0f%s", value, is_duration ? "ms" : "");
		if (params_set(params, parameter, CHANGE_SET, text, err))
			return -1;
		/* every value is kept, also where the number is the same: nothing is known between them */
		steps->items = array_grow(steps->items, &steps->capacity, steps->count + 1, sizeof *steps->items);
		steps->items[steps->count++] = (struct limit_step){value, rule_count(tune, params, info->rule)};
	}
	return 0;
}

int tune_sweep(struct tune *tune, const struct params *draft, enum parameter parameter, struct tune_sweep *out,
	struct err *err)
{
	const struct parameter_info *info = &parameters[parameter];
	*out = (struct tune_sweep){.parameter = parameter, .is_exact = true};
	if (info->type == PARAMETER_LIST || info->type == PARAMETER_CHOICE)
		return err_set(err, ERR_USAGE, "%s.%s is not a number, so it cannot be swept", rules[info->rule].key,
			info->key);
	if (!(tune->setup.rules & 1U << info->rule)) {
		step_add(&out->steps, info->minimum, 0);
		return 0;
	}
	if (parameter <= PARAMETER_MAX_AGE) {
		rare_as_sweep(tune_rare_as(tune), &draft->rare_as, parameter, tune->setup.now, &out->steps);
		return 0;
	}
	struct params params;
	int result = 0;
	params_copy(&params, draft);
	if (parameter == PARAMETER_THRESHOLD) {
		out->is_exact = threshold_sweep(tune, &params, &out->steps);
	} else {
		out->is_exact = false;
		result = usual_sweep(tune, &params, parameter, &out->steps, err);
	}
	params_free(&params);
	return result;
}

void tune_sweep_free(struct tune_sweep *sweep)
{
	free(sweep->steps.items);
	sweep->steps = (struct limit_steps){0};
}

size_t tune_sweep_at(const struct tune_sweep *sweep, double limit)
{
	size_t low = 0, high = sweep->steps.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (sweep->steps.items[middle].limit <= limit)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 ? sweep->steps.items[low - 1].alerts : 0;
}
