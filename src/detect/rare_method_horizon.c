/* rare_method_horizon: how high a brand-new action could score for a user on the history there is, and how much more
 * of the same habit the threshold needs. Without it an empty list reads like a clean bill. */
#include "rare_method_parts.h"

#include <math.h>
#include <stdlib.h>

#define OUTLOOK_DETAILED 100 /* users, the highest first, for whom the outlook also says how much is missing */

/* The habit of a partition with a slot for something new. */
struct future {
	struct habit habit;
	const double *weights; /* stored */
	double total, unit, growth, forgetting;
	uint32_t count, active;
};

static void future_init(struct future *future, const struct rare_method *engine, uint32_t partition)
{
	const struct core_partition *own = &engine->core.partitions[partition];
	*future = (struct future){.total = own->total,
		.unit = own->unit,
		.growth = engine->core.pace.growth,
		.forgetting = engine->core.pace.forgetting,
		.count = (uint32_t)own->pairs,
		.active = own->active};
	habit_init(&future->habit);
	double *weights = xmalloc((own->pairs + 1) * sizeof *weights);
	for (size_t i = 0; i < own->pairs; i++) {
		weights[i] = engine->core.pairs[own->pair + i].weight;
		(void)habit_new_slot(&future->habit);
	}
	(void)habit_new_slot(&future->habit);
	future->weights = weights;
}

static void future_free(struct future *future)
{
	habit_free(&future->habit);
	free((void *)(uintptr_t)future->weights);
}

/* After so many more active buckets of the same habit every weight has grown alike, toward its limit. */
static double future_probability(struct future *future, double more)
{
	double grown = expm1(-future->forgetting * (future->active + more)) /
		       expm1(-future->forgetting * (double)future->active);
	for (uint32_t i = 0; i < future->count; i++)
		future->habit.weights[i] = future->weights[i] * grown;
	future->habit.weights[future->count] = 0;
	future->habit.total = future->total * grown;
	future->habit.unit = future->unit;
	habit_close(&future->habit, &future->count, 1, future->growth);
	habit_climb(&future->habit);
	return habit_probability(&future->habit, future->count);
}

static double ceiling_of(double probability)
{
	return probability > SURPRISE_CUTOFF ? 0 : fmin(100, surprise_ceiling(probability));
}

static bool reaches(struct future *future, double more, double threshold)
{
	return ceiling_of(future_probability(future, more)) >= threshold;
}

/* The first number of buckets that suffices, to a bucket where it is small and a hundredth where it is not. */
static double more_buckets(struct future *future, double threshold)
{
	double limit = 20 / future->forgetting, low = 0, high = 1;
	if (reaches(future, 0, threshold))
		return 0;
	while (!reaches(future, high, threshold)) {
		if (high >= limit)
			return INFINITY;
		low = high;
		high = fmin(limit, high * 1.25 + 1);
	}
	while (high - low > fmax(1, high / 200)) {
		double middle = (low + high) / 2;
		if (reaches(future, middle, threshold))
			high = middle;
		else
			low = middle;
	}
	return ceil(high);
}

static bool horizon_of(const struct rare_method *engine, const struct rare_method_params *params, uint32_t partition,
	bool is_detailed, struct method_horizon *out)
{
	const struct core_partition *own = &engine->core.partitions[partition];
	if (own->active == 0)
		return false;
	struct future future;
	future_init(&future, engine, partition);
	double probability = future_probability(&future, 0);
	*out = (struct method_horizon){.partition = engine->partition_names[partition],
		.active_buckets = own->active,
		.actions_per_bucket = (double)own->results / own->active,
		.weight = own->total / own->unit,
		.probability = probability,
		.ceiling = ceiling_of(probability),
		.more_buckets = NAN,
		.more_time = INT64_MAX};
	if (is_detailed) {
		out->more_buckets = more_buckets(&future, params->anomaly_threshold);
		double buckets = (double)(engine->core.next_bucket - own->start);
		double time = out->more_buckets * fmax(1, buckets / own->active) * (double)engine->span;
		if (time < 1e17)
			out->more_time = (int64_t)time;
	}
	future_free(&future);
	return true;
}

bool rare_method_horizon(const struct rare_method *engine, const struct rare_method_params *params, uint32_t partition,
	struct method_horizon *out)
{
	uint32_t number = partition < engine->string_limit ? engine->partition_by_name[partition] : 0;
	return number > 0 && horizon_of(engine, params, number - 1, true, out);
}

static int compare_ceilings(const void *left, const void *right, void *context)
{
	const struct method_horizon *a = left, *b = right;
	if (a->ceiling != b->ceiling)
		return a->ceiling > b->ceiling ? -1 : 1;
	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return slice_compare(rare_method_string(context, a->partition), rare_method_string(context, b->partition));
}

static void take_span(const struct rare_method *engine, struct method_outlook *out)
{
	const struct core_input *input = &engine->input.core;
	out->first = engine->baseline ? engine->baseline->first_time : TIME_NONE;
	out->last = engine->baseline ? engine->baseline->last_time : TIME_NONE;
	for (uint32_t row = 0; row < input->rows && out->first == TIME_NONE; row++)
		if (input->partition_of[input->who[row]] != CORE_NONE)
			out->first = input->times[row];
	for (uint32_t row = input->rows; row > 0; row--)
		if (input->partition_of[input->who[row - 1]] != CORE_NONE) {
			if (out->last == TIME_NONE || input->times[row - 1] > out->last)
				out->last = input->times[row - 1];
			break;
		}
}

void rare_method_outlook(
	const struct rare_method *engine, const struct rare_method_params *params, struct method_outlook *out)
{
	*out = (struct method_outlook){.first = TIME_NONE, .last = TIME_NONE, .record_count = engine->record_count};
	out->users = xcalloc((size_t)engine->partitions + 1, sizeof *out->users);
	for (uint32_t p = 0; p < engine->partitions; p++)
		if (horizon_of(engine, params, p, false, &out->users[out->user_count]))
			out->user_count++;
	if (out->user_count > 1)
		qsort_r(out->users, out->user_count, sizeof *out->users, compare_ceilings, (void *)(uintptr_t)engine);
	for (size_t i = 0; i < out->user_count; i++) {
		struct method_horizon *user = &out->users[i];
		out->reaching += user->ceiling >= params->anomaly_threshold;
		if (i < OUTLOOK_DETAILED && !rare_method_horizon(engine, params, user->partition, user))
			user->more_buckets = INFINITY;
	}
	if (out->user_count > 0)
		out->highest = out->users[0].ceiling;
	for (size_t i = 0; i < engine->record_count; i++)
		out->highest_score = fmax(out->highest_score, engine->records[i].initial_record_score);
	out->alert_count = rare_method_count(engine, params);
	take_span(engine, out);
}

void method_outlook_free(struct method_outlook *outlook)
{
	free(outlook->users);
	*outlook = (struct method_outlook){0};
}
