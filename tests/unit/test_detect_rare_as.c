/* rare-as against its plainest reading: every column, as of random instants and over the replay, on random worlds. */
#include "rare_as_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static void same_set(const struct store *store, const struct id_set *set, const bool *expected,
	const char *const *names, unsigned size)
{
	assert_int_equal(set->count, plain_count(expected, size));
	for (unsigned i = 0; i < set->count; i++) {
		struct slice text = store_string(store, set->items[i]);
		bool found = false;
		for (unsigned name = 0; name < size; name++)
			found = found || (expected[name] && slice_equals(text, slice_of(names[name])));
		assert_true(found);
		if (i > 0)
			assert_true(slice_compare(store_string(store, set->items[i - 1]), text) < 0);
	}
}

static void same_figures(
	const struct store *store, const struct rare_as_figures *figures, const struct plain *plain, int64_t now)
{
	assert_int_equal(figures->evaluated_at, now);
	assert_int_equal(figures->total_events_all_asns, plain->total);
	assert_int_equal(figures->count_distinct_asns, plain_count(plain->orgs, 16));
	same_set(store, &figures->src_asn_values, plain->orgs, world_orgs, COUNT_OF(world_orgs));
	same_set(store, &figures->user_agent_values, plain->agents, world_agents, COUNT_OF(world_agents));
	same_set(store, &figures->related_users, plain->changes, world_changes, COUNT_OF(world_changes));
	same_set(store, &figures->source_ip_values, plain->addresses, world_addresses, COUNT_OF(world_addresses));
	assert_int_equal(figures->has_trusted_cloud_asn, plain->trusted > 0);
	assert_int_equal(figures->trusted_cloud_event_count, plain->trusted);
	assert_int_equal(figures->untrusted_event_count, plain->untrusted);
	assert_int_equal(figures->untrusted_suspicious_count, plain->suspicious);
	same_set(store, &figures->untrusted_suspicious_actions, plain->actions, world_actions, COUNT_OF(world_actions));
	assert_int_equal(figures->most_recent_low_asn_day, plain->newest);
	assert_true(figures->rare_asn_ratio >= (double)plain->untrusted / (double)plain->total &&
		    figures->rare_asn_ratio <= (double)plain->untrusted / (double)plain->total);
	assert_int_equal(figures->has_unique_action, plain_count(plain->actions, 8) > 0);
	assert_int_equal(figures->unique_action_from_untrusted_asn, plain_count(plain->actions, 8));
}

/* The alert of an identity whose times are given; NULL when there is none. */
static const struct alert *alert_of(
	const struct store *store, const struct alerts *alerts, unsigned user, unsigned type, int64_t first)
{
	for (size_t i = 0; i < alerts->count; i++) {
		const struct rare_as_figures *figures = &alerts->items[i].rare_as;
		struct slice of_type = store_string(store, figures->identity_type);
		if (alerts->items[i].first_fired == first &&
			slice_equals(store_string(store, figures->user_name), slice_of(world_users[user])) &&
			(world_types[type] ? slice_equals(of_type, slice_of(world_types[type])) : of_type.data == NULL))
			return &alerts->items[i];
	}
	return NULL;
}

static void check_at(const struct world *world, const struct store *store, struct rare_as *engine,
	const struct rare_as_params *params, int64_t now, size_t *fired)
{
	struct alerts alerts = {0};
	rare_as_at(engine, params, now, &alerts);
	size_t expected = 0;
	for (unsigned user = 0; user < COUNT_OF(world_users); user++)
		for (unsigned type = 0; type < COUNT_OF(world_types); type++) {
			struct plain plain = plain_at(world, params, user, type, now);
			const struct alert *alert = alert_of(store, &alerts, user, type, now);
			assert_int_equal(alert != NULL, plain_failing(params, &plain, user, now) == 0);
			if (!alert)
				continue;
			expected++;
			same_figures(store, &alert->rare_as, &plain, now);
			assert_int_equal(alert->last_fired, now);
			assert_int_equal(alert->times_fired, 1);
		}
	assert_int_equal(alerts.count, expected);
	*fired += expected;
	alerts_free(&alerts);
}

static void check_replay(const struct world *world, const struct store *store, struct rare_as *engine,
	const struct rare_as_params *params, size_t *fired)
{
	struct alerts alerts = {0};
	rare_as_replay(engine, params, &alerts);
	int64_t count, start = plain_grid(world, params->interval, &count);
	size_t expected = 0;
	for (unsigned user = 0; user < COUNT_OF(world_users); user++)
		for (unsigned type = 0; type < COUNT_OF(world_types); type++) {
			int64_t first = TIME_NONE;
			uint32_t times = 0;
			struct plain at_last = {0};
			for (int64_t i = 0; i <= count; i++) {
				int64_t now = start + i * params->interval;
				struct plain plain = plain_at(world, params, user, type, now);
				if (i < count && plain_failing(params, &plain, user, now) == 0) {
					first = times++ == 0 ? now : first;
					at_last = plain;
				} else if (times > 0) {
					const struct alert *alert = alert_of(store, &alerts, user, type, first);
					assert_non_null(alert);
					assert_int_equal(alert->times_fired, times);
					assert_int_equal(alert->last_fired, now - params->interval);
					same_figures(store, &alert->rare_as, &at_last, now - params->interval);
					times = 0;
					expected++;
				}
			}
		}
	assert_int_equal(alerts.count, expected);
	for (size_t i = 1; i < alerts.count; i++)
		assert_true(alerts.items[i - 1].last_fired >= alerts.items[i].last_fired);
	*fired += expected;
	alerts_free(&alerts);
}

/* One engine is asked with one parameter set after the other, so that what it keeps between them is tried too. */
static void test_equals_plain_reading(void **state)
{
	(void)state;
	size_t fired_at = 0, fired_replay = 0;
	static struct world world;
	for (uint64_t seed = 1; seed <= 220; seed++) {
		world_make(&world, seed);
		struct store *store = world_store(&world);
		struct rare_as *engine = rare_as_new(store);
		for (unsigned round = 0; round < 6; round++) {
			struct params params;
			world_params(&world, &params);
			if (world_pick(&world, 3) > 0) { /* let most of them fire */
				params.rare_as.max_rare_asn_ratio = 1;
				params.rare_as.min_trusted_cloud_event_count = 0;
				params.rare_as.max_count_distinct_asns = 20;
			}
			for (unsigned i = 0; i < 4; i++)
				check_at(&world, store, engine, &params.rare_as, world_time(&world), &fired_at);
			check_replay(&world, store, engine, &params.rare_as, &fired_replay);
			params_free(&params);
		}
		rare_as_free(engine);
		store_free(store);
	}
	assert_in_range(fired_at, 500, 1000000);
	assert_in_range(fired_replay, 500, 1000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equals_plain_reading),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
