/* What tune says of a draft equals two full runs of both rules, for random worlds and random drafts. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "raretrail/tune.h"

#include "rare_as_world.h"

static struct alerts detect(const struct store *store, const struct params *params, int64_t now)
{
	struct alerts alerts = {0};
	struct rare_as *rare_as = rare_as_new(store);
	struct rare_method *rare_method = rare_method_new(store, &params->rare_method, NULL, 1);
	if (now == TIME_NONE) {
		rare_as_replay(rare_as, &params->rare_as, &alerts);
		rare_method_alerts(rare_method, &params->rare_method, &alerts);
	} else {
		rare_as_at(rare_as, &params->rare_as, now, &alerts);
		rare_method_at(rare_method, &params->rare_method, now, &alerts);
	}
	alerts_sort(store, &alerts);
	rare_as_free(rare_as);
	rare_method_free(rare_method);
	return alerts;
}

/* The definition, once more and plainly. */
static bool is_same(const struct alert *a, const struct alert *b)
{
	if (a->rule != b->rule)
		return false;
	if (a->rule == RULE_RARE_AS)
		return a->rare_as.user_name == b->rare_as.user_name &&
		       a->rare_as.identity_type == b->rare_as.identity_type && a->first_fired <= b->last_fired &&
		       b->first_fired <= a->last_fired;
	return a->rare_method.user_name == b->rare_method.user_name && a->rare_method.action == b->rare_method.action &&
	       a->rare_method.bucket_start < b->rare_method.bucket_start + b->rare_method.bucket_span &&
	       b->rare_method.bucket_start < a->rare_method.bucket_start + a->rare_method.bucket_span;
}

static bool is_in(const struct alert *alert, const struct alerts *alerts)
{
	bool found = false;
	for (size_t i = 0; i < alerts->count; i++)
		found = found || is_same(alert, &alerts->items[i]);
	return found;
}

static size_t lost, gained, kept, explained;

static void check_diff(const struct tune_diff *diff, const struct alerts *before, const struct alerts *after)
{
	assert_int_equal(diff->before_count, before->count);
	assert_int_equal(diff->after.count, after->count);
	for (size_t i = 0; i < after->count; i++)
		assert_string_equal(diff->after.items[i].id, after->items[i].id);
	size_t expected_lost = 0, expected_gained = 0;
	for (size_t i = 0; i < before->count; i++)
		expected_lost += !is_in(&before->items[i], after);
	for (size_t i = 0; i < after->count; i++)
		expected_gained += !is_in(&after->items[i], before);
	assert_int_equal(diff->total.lost, expected_lost);
	assert_int_equal(diff->total.gained, expected_gained);
	assert_int_equal(diff->total.kept, before->count - expected_lost);
	assert_int_equal(diff->count, before->count + expected_gained);
	for (size_t i = 0; i < diff->count; i++) {
		const struct tune_change *change = &diff->changes[i];
		struct buf text = BUF_EMPTY;
		tune_say(&text, change);
		switch (change->fate) {
		case TUNE_LOST: assert_false(is_in(change->before, after)); break;
		case TUNE_GAINED: assert_false(is_in(change->after, before)); break;
		case TUNE_KEPT: assert_true(is_same(change->before, change->after)); break;
		}
		if (change->fate != TUNE_KEPT) {
			assert_true(change->reason != PARAMETER_TOTAL);
			assert_true(text.length > 0);
			explained += change->failing > 0;
		}
		buf_free(&text);
	}
	lost += diff->total.lost;
	gained += diff->total.gained;
	kept += diff->total.kept;
}

static void make_lenient(struct world *world, struct params *params)
{
	params->rare_as.min_trusted_cloud_event_count %= 4;
	params->rare_as.max_rare_asn_ratio = world_pick(world, 3) ? 1 : 0.3;
	params->rare_as.min_unique_action_from_untrusted_asn %= 2;
	params->rare_as.max_count_distinct_asns += 4;
	params->rare_as.max_age += 6 * HOUR_MS;
	params->rare_method.anomaly_threshold = world_pick(world, 12);
	params->rare_method.max_alerts = world_pick(world, 3) ? 100 : 1 + world_pick(world, 3);
	params->rare_method.bucket_span = world_pick(world, 4) ? HOUR_MS : 2 * HOUR_MS;
}

/* One to three changes of the parameters that people turn. */
static void draft_make(struct world *world, const struct params *from, struct params *draft)
{
	static const char *const assignments[] = {"rare-as.max_rare_asn_ratio=0.2", "rare-as.max_rare_asn_ratio=0.05",
		"rare-as.min_trusted_cloud_event_count=6", "rare-as.min_untrusted_event_count=2",
		"rare-as.min_unique_action_from_untrusted_asn=2", "rare-as.max_count_distinct_asns=4",
		"rare-as.max_age=1h", "rare-as.max_age=3d", "rare-as.window=2d", "rare-as.interval=3h",
		"rare-as.trusted+=Selectel*", "rare-as.trusted-=Amazon*",
		"rare-as.sensitive_actions+=DescribeInstances", "rare-as.ignored_users+=a*",
		"rare-as.trusted_cidr+=203.0.113.0/24", "rare-as.ignored_actions+=Get*",
		"rare-method.anomaly_threshold=3", "rare-method.anomaly_threshold=8", "rare-method.ignored_users+=ci-*",
		"rare-method.ignored_actions+=*Object", "rare-method.max_alerts=1", "rare-method.bucket_span=3h",
		"rare-method.ignored_cidr+=198.51.100.0/24"};
	params_copy(draft, from);
	for (unsigned i = 0; i < 1 + world_pick(world, 3); i++) {
		struct err err; /* an entry that is there already, or is not: then this one changes nothing */
		(void)!params_assign(draft, assignments[world_pick(world, COUNT_OF(assignments))], &err);
	}
}

static void drafts_equal_two_runs(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 120; seed++) {
		struct world world;
		struct params applied, draft;
		world_make(&world, seed);
		world_params(&world, &applied);
		make_lenient(&world, &applied);
		struct store *store = world_store(&world);
		int64_t now = seed % 4 ? TIME_NONE : world.start + world.span / 2;
		struct tune *tune = tune_new(&(struct tune_setup){.store = store, .rules = 3, .now = now}, &applied);
		struct alerts before = detect(store, &applied, now);
		for (unsigned round = 0; round < 6; round++) {
			struct tune_diff diff;
			draft_make(&world, &applied, &draft);
			tune_compare(tune, &draft, &diff);
			struct alerts after = detect(store, &draft, now);
			check_diff(&diff, &before, &after);
			if (round == 3) { /* apply: the draft is what the next ones are compared with */
				tune_apply(tune, &draft);
				params_free(&applied);
				params_copy(&applied, &draft);
				alerts_free(&before);
				before = detect(store, &applied, now);
			}
			alerts_free(&after);
			params_free(&draft);
			tune_diff_free(&diff); /* also after tune_apply */
		}
		alerts_free(&before);
		params_free(&applied);
		tune_free(tune);
		store_free(store);
	}
	print_message("%zu lost, %zu gained, %zu kept, %zu explained by a condition\n", lost, gained, kept, explained);
	assert_true(lost > 500 && gained > 500 && kept > 500);
}

/* ---- the sweep of the threshold ---- */

static size_t count_at(struct tune *tune, const struct params *params, double threshold)
{
	struct params other;
	struct tune_diff diff;
	params_copy(&other, params);
	other.rare_method.anomaly_threshold = threshold;
	tune_compare(tune, &other, &diff);
	size_t count = diff.after.count;
	tune_diff_free(&diff);
	params_free(&other);
	return count;
}

static void threshold_sweeps(void **state)
{
	(void)state;
	size_t steps = 0, capped = 0;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct world world;
		struct params params;
		struct err err;
		struct tune_sweep sweep;
		world_make(&world, seed);
		world_params(&world, &params);
		make_lenient(&world, &params);
		struct store *store = world_store(&world);
		struct tune *tune =
			tune_new(&(struct tune_setup){.store = store, .rules = 1 << RULE_RARE_METHOD, .now = TIME_NONE},
				&params);
		assert_int_equal(tune_sweep(tune, &params, PARAMETER_THRESHOLD, &sweep, &err), 0);
		assert_true(sweep.is_exact);
		steps += sweep.steps.count;
		capped += params.rare_method.max_alerts < 100;
		for (size_t i = 0; i < sweep.steps.count; i++) {
			double limit = sweep.steps.items[i].limit;
			assert_int_equal(count_at(tune, &params, limit), sweep.steps.items[i].alerts);
			if (i > 0)
				assert_int_equal(
					count_at(tune, &params, nextafter(limit, 0)), sweep.steps.items[i - 1].alerts);
		}
		assert_int_equal(tune_sweep_at(&sweep, 2.5), count_at(tune, &params, 2.5));
		tune_sweep_free(&sweep);
		/* not exact, and honest about it: its own limits hold */
		assert_int_equal(tune_sweep(tune, &params, PARAMETER_MAX_ALERTS, &sweep, &err), 0);
		assert_false(sweep.is_exact);
		assert_int_equal(tune_sweep_at(&sweep, (double)params.rare_method.max_alerts),
			count_at(tune, &params, params.rare_method.anomaly_threshold));
		tune_sweep_free(&sweep);
		assert_int_equal(tune_sweep(tune, &params, PARAMETER_RM_IGNORED_USERS, &sweep, &err), -1);
		tune_free(tune);
		params_free(&params);
		store_free(store);
	}
	print_message("%zu steps, %zu with a cap\n", steps, capped);
	assert_true(steps > 50 && capped > 5);
}

/* ---- advice ---- */

static enum verdict by_user(void *context, const struct alert *alert)
{
	const struct store *store = context;
	struct slice user = store_string(store, alert->rare_as.user_name);
	if (slice_equals(user, slice_of("ci-deploy")))
		return VERDICT_TRUE_POSITIVE;
	return slice_equals(user, slice_of("alice")) ? VERDICT_BENIGN : VERDICT_OPEN;
}

static void advice_holds(void **state)
{
	(void)state;
	size_t given = 0;
	for (uint64_t seed = 1; seed <= 80; seed++) {
		struct world world;
		struct params params, draft;
		struct tune_advice advice[8];
		world_make(&world, seed);
		world_params(&world, &params);
		make_lenient(&world, &params);
		params.rare_as.interval = HOUR_MS;
		struct store *store = world_store(&world);
		struct tune *tune = tune_new(
			&(struct tune_setup){.store = store, .rules = 1 << RULE_RARE_AS, .now = TIME_NONE}, &params);
		size_t count = tune_advise(tune, by_user, (void *)(uintptr_t)store, advice, COUNT_OF(advice));
		for (size_t i = 0; i < count; i++) {
			char text[NUMBER_TEXT_SIZE];
			struct err err;
			struct tune_diff diff;
			const struct parameter_info *info = &parameters[advice[i].parameter];
			params_copy(&draft, &params);
			number_format(advice[i].limit, text);
			if (info->type == PARAMETER_DURATION)
				(void)snprintf(text, sizeof text, "%.0fms", advice[i].limit);
			if (params_set(&draft, advice[i].parameter, CHANGE_SET, text, &err))
				fail_msg("%s", err.text);
			tune_compare(tune, &draft, &diff);
			tune_judge(&diff, by_user, (void *)(uintptr_t)store);
			assert_int_equal(diff.by_verdict[VERDICT_TRUE_POSITIVE].lost, 0);
			assert_true(advice[i].silenced[VERDICT_BENIGN] > 0);
			assert_int_equal(diff.by_verdict[VERDICT_BENIGN].lost, advice[i].silenced[VERDICT_BENIGN]);
			assert_int_equal(diff.by_verdict[VERDICT_OPEN].lost, advice[i].silenced[VERDICT_OPEN]);
			tune_diff_free(&diff);
			params_free(&draft);
			given++;
		}
		tune_free(tune);
		params_free(&params);
		store_free(store);
	}
	print_message("%zu pieces of advice\n", given);
	assert_true(given > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drafts_equal_two_runs),
		cmocka_unit_test(threshold_sweeps),
		cmocka_unit_test(advice_holds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
