/* The sweep of one limit against the engine itself, asked at the breakpoints and around them, over random worlds. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "rare_as_world.h"

static size_t count_at(struct rare_as *engine, const struct rare_as_params *params, int64_t now)
{
	struct alerts alerts = {0};
	if (now == TIME_NONE)
		rare_as_replay(engine, params, &alerts);
	else
		rare_as_at(engine, params, now, &alerts);
	size_t count = alerts.count;
	alerts_free(&alerts);
	return count;
}

static void limit_set(struct params *params, enum parameter parameter, double limit)
{
	char text[NUMBER_TEXT_SIZE];
	struct err err = {0};
	switch (parameters[parameter].type) {
	case PARAMETER_BOOL: (void)snprintf(text, sizeof text, "%s", limit > 0 ? "true" : "false"); break;
	case PARAMETER_DURATION: (void)snprintf(text, sizeof text, "%.0fms", limit); break;
	case PARAMETER_COUNT: (void)snprintf(text, sizeof text, "%.0f", limit); break;
	default: number_format(limit, text);
	}
	if (params_set(params, parameter, CHANGE_SET, text, &err))
		fail_msg("%s %s: %s", parameters[parameter].key, text, err.text);
}

static size_t steps_at(const struct limit_steps *steps, double limit)
{
	size_t i = steps->count;
	while (i > 0 && steps->items[i - 1].limit > limit)
		i--;
	assert_true(i > 0);
	return steps->items[i - 1].alerts;
}

static size_t compared, changing;

static void compare_at(struct rare_as *engine, struct params *params, enum parameter parameter, int64_t now,
	const struct limit_steps *steps, double limit)
{
	const struct parameter_info *info = &parameters[parameter];
	if (limit < info->minimum || limit > info->maximum)
		return;
	limit_set(params, parameter, limit);
	size_t expected = count_at(engine, &params->rare_as, now), claimed = steps_at(steps, limit);
	if (claimed != expected)
		fail_msg("%s = %.17g: %zu claimed, %zu found", info->key, limit, claimed, expected);
	compared++;
}

static void check_parameter(
	struct rare_as *engine, const struct params *from, enum parameter parameter, int64_t now, struct world *world)
{
	struct limit_steps steps;
	struct params params;
	params_copy(&params, from);
	rare_as_sweep(engine, &params.rare_as, parameter, now, &steps);
	assert_true(steps.items[0].limit == parameters[parameter].minimum);
	changing += steps.count > 1;
	bool is_ratio = parameters[parameter].type == PARAMETER_RATIO;
	for (size_t probe = 0; probe < 6; probe++) {
		size_t i = world_pick(world, steps.count);
		double limit = steps.items[i].limit;
		compare_at(engine, &params, parameter, now, &steps, limit);
		compare_at(engine, &params, parameter, now, &steps, is_ratio ? nextafter(limit, 0) : limit - 1);
		compare_at(engine, &params, parameter, now, &steps, is_ratio ? nextafter(limit, 1) : limit + 1);
	}
	compare_at(engine, &params, parameter, now, &steps, parameters[parameter].minimum);
	compare_at(engine, &params, parameter, now, &steps, params_number(from, parameter));
	free(steps.items);
	params_free(&params);
}

static void sweeps_equal_the_engine(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 150; seed++) {
		struct world world;
		struct params params;
		world_make(&world, seed);
		world_params(&world, &params);
		if (seed % 3 != 0) { /* lenient ones, so that there is something to count */
			params.rare_as.min_trusted_cloud_event_count %= 4;
			params.rare_as.max_rare_asn_ratio = 1;
			params.rare_as.min_unique_action_from_untrusted_asn %= 2;
			params.rare_as.max_count_distinct_asns += 6;
			params.rare_as.max_age += DAY_MS;
		}
		struct store *store = world_store(&world);
		struct rare_as *engine = rare_as_new(store);
		int64_t now = world.start + (int64_t)world_pick(&world, 20) * DAY_MS;
		for (enum parameter parameter = PARAMETER_HAS_TRUSTED; parameter <= PARAMETER_MAX_AGE; parameter++) {
			check_parameter(engine, &params, parameter, TIME_NONE, &world);
			check_parameter(engine, &params, parameter, now, &world);
		}
		rare_as_free(engine);
		store_free(store);
		params_free(&params);
	}
	print_message("%zu limits compared, %zu sweeps with steps\n", compared, changing);
	assert_true(changing > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(sweeps_equal_the_engine)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
