/* What rare-as says about its results: that a limit it calls silencing silences and the one before it does not, that a
 * near miss is one and fires with the limit named, that a dominated condition never decides; and the sentences. */
#include "rare_as_world.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void set_limit(struct rare_as_params *params, enum parameter parameter, double limit)
{
	switch (parameter) {
	case PARAMETER_HAS_TRUSTED: params->has_trusted_cloud_asn = limit > 0; break;
	case PARAMETER_MIN_UNTRUSTED: params->min_untrusted_event_count = (int64_t)limit; break;
	case PARAMETER_MIN_TRUSTED: params->min_trusted_cloud_event_count = (int64_t)limit; break;
	case PARAMETER_MAX_RATIO: params->max_rare_asn_ratio = limit; break;
	case PARAMETER_MIN_ACTIONS: params->min_unique_action_from_untrusted_asn = (int64_t)limit; break;
	case PARAMETER_MAX_ASNS: params->max_count_distinct_asns = (int64_t)limit; break;
	case PARAMETER_MAX_AGE: params->max_age = (int64_t)limit; break;
	default: fail();
	}
}

/* How often an identity fires between two executions. */
static uint32_t firings(
	struct rare_as *engine, const struct rare_as_params *params, uint32_t identity, int64_t first, int64_t last)
{
	uint32_t times = 0;
	struct alerts alerts = {0};
	rare_as_replay(engine, params, &alerts);
	for (size_t i = 0; i < alerts.count; i++)
		if (alerts.items[i].rare_as.identity == identity && alerts.items[i].last_fired >= first &&
			alerts.items[i].first_fired <= last)
			times++;
	alerts_free(&alerts);
	return times;
}

static double one_step_back(enum parameter parameter, double limit)
{
	if (parameter == PARAMETER_MAX_RATIO)
		return nextafter(limit, 2);
	return parameters[parameter].side == SIDE_MAX ? limit + 1 : limit - 1;
}

static void easy_params(struct world *world, struct params *params)
{
	world_params(world, params);
	params->rare_as.max_rare_asn_ratio = fmax(params->rare_as.max_rare_asn_ratio, 0.25);
	params->rare_as.min_trusted_cloud_event_count %= 6;
	params->rare_as.max_count_distinct_asns += 4;
}

static void test_silence_at_is_the_turning_point(void **state)
{
	(void)state;
	size_t tried = 0;
	static struct world world;
	for (uint64_t seed = 500; seed < 640; seed++) {
		world_make(&world, seed);
		struct store *store = world_store(&world);
		struct rare_as *engine = rare_as_new(store);
		struct params params;
		easy_params(&world, &params);
		struct alerts alerts = {0};
		rare_as_replay(engine, &params.rare_as, &alerts);
		for (size_t i = 0; i < alerts.count && i < 4; i++) {
			const struct alert *alert = &alerts.items[i];
			assert_int_equal(alert->why_count, 7);
			for (unsigned at = 0; at < alert->why_count; at++) {
				const struct why *why = &alert->why[at];
				struct rare_as_params changed = params.rare_as;
				assert_true(why->holds);
				if (isnan(why->silence_at))
					continue;
				set_limit(&changed, why->parameter, why->silence_at);
				assert_int_equal(firings(engine, &changed, alert->rare_as.identity, alert->first_fired,
							 alert->last_fired),
					0);
				if (why->parameter == PARAMETER_HAS_TRUSTED)
					continue;
				set_limit(&changed, why->parameter, one_step_back(why->parameter, why->silence_at));
				assert_true(firings(engine, &changed, alert->rare_as.identity, alert->first_fired,
						    alert->last_fired) > 0);
				tried++;
			}
		}
		alerts_free(&alerts);
		params_free(&params);
		rare_as_free(engine);
		store_free(store);
	}
	assert_in_range(tried, 200, 1000000);
}

/* ---- near misses ---- */

static double plain_distance(double value, double limit)
{
	double larger = fmax(fabs(value), fabs(limit));
	return larger > 0 ? fmin(fabs(value - limit) / larger, 1) : 0;
}

/* The distance of the one condition that fails. */
static double plain_miss(const struct rare_as_params *params, const struct plain *plain, int64_t now)
{
	unsigned actions = plain_count(plain->actions, 8), orgs = plain_count(plain->orgs, 16);
	double ratio = (double)plain->untrusted / (double)plain->total;
	if (params->has_trusted_cloud_asn && plain->trusted == 0)
		return 1;
	if (plain->untrusted < (uint64_t)params->min_untrusted_event_count)
		return plain_distance((double)plain->untrusted, (double)params->min_untrusted_event_count);
	if (plain->trusted < (uint64_t)params->min_trusted_cloud_event_count)
		return plain_distance((double)plain->trusted, (double)params->min_trusted_cloud_event_count);
	if (ratio > params->max_rare_asn_ratio)
		return plain_distance(ratio, params->max_rare_asn_ratio);
	if (actions == 0)
		return 1;
	if (actions < params->min_unique_action_from_untrusted_asn)
		return plain_distance(actions, (double)params->min_unique_action_from_untrusted_asn);
	if (orgs > params->max_count_distinct_asns)
		return plain_distance(orgs, (double)params->max_count_distinct_asns);
	return plain->newest == TIME_NONE ? 1 : plain_distance((double)(now - plain->newest), (double)params->max_age);
}

static const struct alert *miss_of(const struct store *store, const struct alerts *misses, unsigned user, unsigned type)
{
	for (size_t i = 0; i < misses->count; i++) {
		struct slice of_type = store_string(store, misses->items[i].rare_as.identity_type);
		if (slice_equals(
			    store_string(store, misses->items[i].rare_as.user_name), slice_of(world_users[user])) &&
			(world_types[type] ? slice_equals(of_type, slice_of(world_types[type])) : of_type.data == NULL))
			return &misses->items[i];
	}
	return NULL;
}

static void check_misses(const struct world *world, const struct store *store, struct rare_as *engine,
	const struct rare_as_params *params, int64_t start, int64_t count, bool is_replay, size_t *tried)
{
	struct alerts misses = {0};
	rare_as_near_misses(engine, params, is_replay ? TIME_NONE : start, &misses);
	size_t expected = 0;
	for (unsigned user = 0; user < COUNT_OF(world_users); user++)
		for (unsigned type = 0; type < COUNT_OF(world_types); type++) {
			double closest = INFINITY;
			int64_t latest = TIME_NONE;
			bool fires = false;
			for (int64_t i = 0; i < count; i++) {
				int64_t now = start + i * params->interval;
				struct plain plain = plain_at(world, params, user, type, now);
				int failing = plain_failing(params, &plain, user, now);
				fires = fires || failing == 0;
				if (failing != 1 || plain_miss(params, &plain, now) > closest)
					continue;
				closest = plain_miss(params, &plain, now);
				latest = now;
			}
			const struct alert *miss = miss_of(store, &misses, user, type);
			assert_int_equal(miss != NULL, !fires && !isinf(closest));
			if (!miss)
				continue;
			expected++;
			assert_true(near_miss_distance(miss) >= closest && near_miss_distance(miss) <= closest);
			assert_int_equal(miss->last_fired, latest);
			assert_int_equal(miss->times_fired, 0);
			const struct why *why = near_miss_failure(miss);
			assert_false(why->holds);
			assert_true(why->binds);
			if (isnan(why->silence_at))
				continue;
			struct rare_as_params changed = *params;
			set_limit(&changed, why->parameter, why->silence_at);
			struct alerts alerts = {0};
			rare_as_at(engine, &changed, miss->last_fired, &alerts);
			assert_non_null(miss_of(store, &alerts, user, type));
			alerts_free(&alerts);
			++*tried;
		}
	assert_int_equal(misses.count, expected);
	for (size_t i = 1; i < misses.count; i++)
		assert_true(near_miss_distance(&misses.items[i - 1]) <= near_miss_distance(&misses.items[i]));
	alerts_free(&misses);
}

static void test_near_misses_fail_exactly_one(void **state)
{
	(void)state;
	size_t tried = 0;
	static struct world world;
	for (uint64_t seed = 700; seed < 800; seed++) {
		world_make(&world, seed);
		struct store *store = world_store(&world);
		struct rare_as *engine = rare_as_new(store);
		struct params params;
		easy_params(&world, &params);
		if (seed % 5 == 0)
			params.rare_as.max_age = 0;
		int64_t count, start = plain_grid(&world, params.rare_as.interval, &count);
		check_misses(&world, store, engine, &params.rare_as, start, count, true, &tried);
		for (unsigned i = 0; i < 4; i++)
			check_misses(&world, store, engine, &params.rare_as, world_time(&world), 1, false, &tried);
		params_free(&params);
		rare_as_free(engine);
		store_free(store);
	}
	assert_in_range(tried, 100, 1000000);
}

/* ---- dominated conditions ---- */

static struct rare_as_figures figures_with(uint64_t untrusted, uint64_t trusted, uint32_t actions)
{
	return (struct rare_as_figures){.evaluated_at = HOUR_MS,
		.total_events_all_asns = untrusted + trusted,
		.count_distinct_asns = 2,
		.has_trusted_cloud_asn = trusted > 0,
		.trusted_cloud_event_count = trusted,
		.untrusted_event_count = untrusted,
		.most_recent_low_asn_day = untrusted > 0 ? HOUR_MS : TIME_NONE,
		.has_unique_action = actions > 0,
		.unique_action_from_untrusted_asn = actions};
}

/* Over all small figures: a dominated condition never fails alone, and one that is not does for some figures. */
static void test_dominated_never_decides(void **state)
{
	(void)state;
	static struct world world;
	world_make(&world, 1);
	for (unsigned round = 0; round < 150; round++) {
		struct params params;
		params_init(&params);
		params.rare_as.has_trusted_cloud_asn = world_pick(&world, 2) == 0;
		params.rare_as.min_untrusted_event_count = world_pick(&world, 5);
		params.rare_as.min_trusted_cloud_event_count =
			world_pick(&world, 2) ? world_pick(&world, 4) : world_pick(&world, 40);
		params.rare_as.min_unique_action_from_untrusted_asn = world_pick(&world, 4);
		params.rare_as.max_rare_asn_ratio =
			world_pick(&world, 5) == 0 ? 1 : (double)(1 + world_pick(&world, 10)) / 20;
		bool decides[7] = {false}, dominated[7];
		for (uint64_t untrusted = 0; untrusted < 45; untrusted++)
			for (uint64_t trusted = untrusted == 0; trusted < 180; trusted++)
				for (uint32_t actions = 0; actions <= untrusted && actions < 5; actions++) {
					struct rare_as_figures figures = figures_with(untrusted, trusted, actions);
					struct why why[WHY_MAX];
					assert_int_equal(rare_as_explain(&params.rare_as, &figures, why), 7);
					unsigned failing = 0, which = 0;
					for (unsigned i = 0; i < 7; i++) {
						dominated[i] = why[i].is_dominated;
						which = why[i].holds ? which : i;
						failing += !why[i].holds;
						assert_true(!why[i].binds || !why[i].is_dominated || !why[i].holds);
					}
					if (failing == 1)
						decides[which] = true;
				}
		for (unsigned i = 0; i < 4; i++) {
			if (dominated[i])
				assert_false(decides[i]);
			else if (i != 2 || params.rare_as.min_trusted_cloud_event_count != 1 ||
				 !params.rare_as.has_trusted_cloud_asn)
				assert_true(decides[i]);
		}
		params_free(&params);
	}
}

static void test_defaults_need_198_trusted(void **state)
{
	(void)state;
	struct params params;
	params_init(&params);
	assert_int_equal(rare_as_least_untrusted(&params.rare_as), 2);
	assert_int_equal((int)rare_as_least_trusted(&params.rare_as), 198);
	struct rare_as_figures figures = figures_with(2, 198, 2);
	struct why why[WHY_MAX];
	assert_int_equal(rare_as_explain(&params.rare_as, &figures, why), 7);
	static const bool dominated[7] = {true, true, true, false, false, false, false};
	for (unsigned i = 0; i < 7; i++) {
		assert_true(why[i].holds);
		assert_int_equal(why[i].is_dominated, dominated[i]);
		assert_int_equal(why[i].binds, !dominated[i]);
	}
	figures = figures_with(2, 197, 2);
	assert_int_equal(rare_as_explain(&params.rare_as, &figures, why), 7);
	assert_false(why[3].holds);
	assert_true(why[3].margin < 0);
	params.rare_as.max_rare_asn_ratio = 1e-300;
	assert_true(rare_as_least_trusted(&params.rare_as) > 1e15);
	params_free(&params);
}

/* ---- words ---- */

static void says(const struct params *params, uint64_t untrusted, uint64_t trusted, uint32_t actions, const char *text)
{
	struct rare_as_figures figures = figures_with(untrusted, trusted, actions);
	struct why why[WHY_MAX];
	unsigned count = rare_as_explain(&params->rare_as, &figures, why);
	struct buf out = BUF_EMPTY;
	rare_as_say(&out, &params->rare_as, why, count);
	assert_string_equal(out.data, text);
	buf_free(&out);
}

static void test_words(void **state)
{
	(void)state;
	struct params params;
	params_init(&params);
	says(&params, 9, 1482, 4,
		"All 7 conditions hold. Those that decide here are the share of events from other networks, the "
		"distinct "
		"sensitive actions from other networks, the number of networks and the age of the newest event from "
		"another "
		"network.\n"
		"\"A trusted network\" never decides: events from trusted networks are asked for anyway.\n"
		"\"At least 1 event from other networks\" never decides: each distinct sensitive action is one "
		"already.\n"
		"\"At least 100 events from trusted networks\" never decides: 2 distinct sensitive actions under a "
		"share of 1% "
		"already need 198 from trusted networks.\n"
		"Smallest single change that silences it: max_rare_asn_ratio down to 0.00603 (now 0.01).\n");
	says(&params, 3, 198, 2,
		"One condition fails: share of events from other networks: 1.49%, at most 1%.\n"
		"\"A trusted network\" never decides: events from trusted networks are asked for anyway.\n"
		"\"At least 1 event from other networks\" never decides: each distinct sensitive action is one "
		"already.\n"
		"\"At least 100 events from trusted networks\" never decides: 2 distinct sensitive actions under a "
		"share of 1% "
		"already need 198 from trusted networks.\n"
		"It would fire with max_rare_asn_ratio up to 0.015 (now 0.01).\n");
	params_free(&params);
}

static void test_can_fire(void **state)
{
	(void)state;
	static const char *const never[] = {"rare-as.max_rare_asn_ratio=0",
		"rare-as.trusted=", "rare-as.sensitive_actions=", "rare-as.max_count_distinct_asns=0",
		"rare-as.max_count_distinct_asns=1", "rare-as.min_unique_action_from_untrusted_asn=30"};
	struct params params;
	params_init(&params);
	assert_true(rare_as_can_fire(&params.rare_as, NULL));
	params_free(&params);
	for (size_t i = 0; i < COUNT_OF(never); i++) {
		struct err err;
		struct buf reason = BUF_EMPTY;
		params_init(&params);
		assert_int_equal(params_assign(&params, never[i], &err), 0);
		assert_false(rare_as_can_fire(&params.rare_as, &reason));
		assert_true(reason.length > 0);
		buf_free(&reason);
		params_free(&params);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_silence_at_is_the_turning_point),
		cmocka_unit_test(test_near_misses_fail_exactly_one),
		cmocka_unit_test(test_dominated_never_decides),
		cmocka_unit_test(test_defaults_need_198_trusted),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_can_fire),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
