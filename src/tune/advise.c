/* advise: what the verdicts given so far say about the limits: how strict each one alone may become before it costs an
 * alert that somebody called true or suspicious. */
#include "parts.h"

#include <math.h>
#include <stdlib.h>

/* The limit from which on a parameter alone silences an alert; NAN when it cannot. */
static double silence_limit(const struct alert *alert, enum parameter parameter)
{
	for (unsigned i = 0; i < alert->why_count; i++)
		if (alert->why[i].parameter == parameter)
			return alert->why[i].silence_at;
	return NAN;
}

static bool is_precious(enum verdict verdict)
{
	return verdict == VERDICT_TRUE_POSITIVE || verdict == VERDICT_SUSPICIOUS;
}

/* Limits are compared as strictness: a raised MIN and a lowered MAX are stricter. */
static bool advise_on(
	const struct alerts *alerts, const enum verdict *given, enum parameter parameter, struct tune_advice *advice)
{
	double sign = parameters[parameter].side == SIDE_MAX ? -1 : 1;
	double bound = INFINITY, limit = -INFINITY;
	for (size_t i = 0; i < alerts->count; i++) {
		double strict = sign * silence_limit(&alerts->items[i], parameter);
		if (is_precious(given[i]) && strict < bound)
			bound = strict;
	}
	for (size_t i = 0; i < alerts->count; i++) {
		double strict = sign * silence_limit(&alerts->items[i], parameter);
		if (given[i] == VERDICT_BENIGN && strict < bound && strict > limit)
			limit = strict;
	}
	if (!isfinite(limit) || sign * limit < parameters[parameter].minimum ||
		sign * limit > parameters[parameter].maximum)
		return false;
	*advice = (struct tune_advice){.parameter = parameter, .limit = sign * limit};
	for (size_t i = 0; i < alerts->count; i++)
		advice->silenced[given[i]] += sign * silence_limit(&alerts->items[i], parameter) <= limit;
	return true;
}

static int compare_advice(const void *left, const void *right)
{
	const struct tune_advice *a = left, *b = right;
	if (a->silenced[VERDICT_BENIGN] != b->silenced[VERDICT_BENIGN])
		return a->silenced[VERDICT_BENIGN] > b->silenced[VERDICT_BENIGN] ? -1 : 1;
	if (a->silenced[VERDICT_OPEN] != b->silenced[VERDICT_OPEN])
		return a->silenced[VERDICT_OPEN] < b->silenced[VERDICT_OPEN] ? -1 : 1;
	return (a->parameter > b->parameter) - (a->parameter < b->parameter);
}

size_t tune_advise(struct tune *tune, verdict_of *verdict, void *context, struct tune_advice *out, size_t max)
{
	const struct alerts *alerts = &tune->set->alerts;
	enum verdict *given = xcalloc(alerts->count + 1, sizeof *given);
	struct tune_advice all[PARAMETER_TOTAL];
	size_t count = 0;
	for (size_t i = 0; i < alerts->count; i++)
		given[i] = verdict(context, &alerts->items[i]);
	for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL; parameter++) {
		if (parameters[parameter].side == SIDE_NONE || !advise_on(alerts, given, parameter, &all[count]))
			continue;
		all[count++].applied = params_number(&tune->applied, parameter);
	}
	free(given);
	if (count > 1)
		qsort(all, count, sizeof *all, compare_advice);
	count = count < max ? count : max;
	if (count)
		memcpy(out, all, count * sizeof *out);
	return count;
}
