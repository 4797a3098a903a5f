/* The numbers under rare-method: finite and ordered for any positive weight, equal to plain formulas where these exist,
 * and every shortcut a true bound of what it stands for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "../../src/detect/habit.h"
#include "../../src/detect/normalizer.h"
#include "../../src/detect/rare_core_screen.h"
#include "../../src/detect/surprise.h"
#include "random_unit.h"

static void habit_fill(struct habit *habit, uint32_t count, double (*weight)(uint32_t slot))
{
	habit_init(habit);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t slot = habit_new_slot(habit);
		habit->weights[slot] = weight(slot);
		habit->total += habit->weights[slot];
	}
	habit_climb(habit);
}

static double weight_wild(uint32_t slot)
{
	(void)slot;
	return pow(10, -300 + 307 * random_unit());
}
static double weight_equal(uint32_t slot)
{
	(void)slot;
	return 0.9995;
}
static double weight_lone(uint32_t slot)
{
	return slot == 0 ? 5000 : 1e-9;
}
static double weight_usual(uint32_t slot)
{
	(void)slot;
	return 0.9995 + pow(10, 3.5 * random_unit()) - 1;
}

static void check_probabilities(const struct habit *habit)
{
	for (uint32_t slot = 0; slot < habit->count; slot += 1 + habit->count / 50) {
		double p = habit_probability(habit, slot);
		if (!(p > 0 && p <= 1))
			fail_msg("probability %g of weight %g", p, habit->weights[slot]);
		double ceiling = surprise_ceiling(p), raw = surprise_of(p);
		assert_true(isfinite(ceiling) && raw >= 0 && raw <= SURPRISE_MAX);
	}
}

static void test_probabilities_are_sound(void **state)
{
	(void)state;
	struct habit habit;
	for (int round = 0; round < 200; round++) {
		habit_fill(&habit, 1 + (uint32_t)(random_unit() * 60), weight_wild);
		check_probabilities(&habit);
		habit_free(&habit);
	}
	habit_fill(&habit, 5000, weight_equal);
	check_probabilities(&habit);
	assert_true(habit_probability(&habit, 0) > 0.5);
	habit_free(&habit);
	habit_fill(&habit, 1, weight_equal);
	assert_true(habit_probability(&habit, 0) == 1);
	habit_free(&habit);
	habit_fill(&habit, 2, weight_lone);
	check_probabilities(&habit);
	habit_free(&habit);
}

static void check_ladder(const struct habit *habit)
{
	double sum = 0;
	assert_int_equal(habit->ordered, habit->count);
	for (uint32_t rung = 1; rung <= habit->count; rung++) {
		uint32_t slot = habit->order[rung];
		assert_int_equal(habit->rung_of[slot], rung);
		assert_true(habit->rungs[rung] == habit->weights[slot] && habit->rungs[rung] >= habit->rungs[rung - 1]);
		sum += habit->rungs[rung];
		if (rung < habit->count && habit->rungs[rung + 1] == habit->rungs[rung])
			continue;
		for (uint32_t same = rung; same > 0 && habit->rungs[same] == habit->rungs[rung]; same--)
			assert_true(habit->sums[same] == sum);
	}
	assert_true(fabs(sum / habit->total - 1) < 1e-9);
	assert_true(isinf(habit->rungs[habit->count + 1]));
}

/* Bucket after bucket the ladder is what sorting all weights would give; also when the unit starts over. */
static void test_ladder_is_kept(void **state)
{
	(void)state;
	for (int round = 0; round < 100; round++) {
		struct habit habit;
		habit_init(&habit);
		uint32_t slots[64];
		double growth = round % 2 ? exp(0.0005) : exp(2.5);
		for (int bucket = 0; bucket < 300; bucket++) {
			uint32_t count = 0, old = habit.count;
			double chance = random_unit();
			for (uint32_t slot = 0; slot < old; slot++)
				if (random_unit() < chance)
					slots[count++] = slot;
			for (uint32_t i = count; i > 1; i--) {
				uint32_t other = (uint32_t)(random_unit() * i), slot = slots[i - 1];
				slots[i - 1] = slots[other];
				slots[other] = slot;
			}
			for (double new = random_unit() * 4; new > 3 && habit.count < 60; new -= 0.3)
				slots[count++] = habit_new_slot(&habit);
			if (count == 0)
				continue;
			habit_close(&habit, slots, count, growth);
			habit_sum(&habit);
			check_ladder(&habit);
			uint32_t slot = slots[count - 1];
			double tail = habit_tail(&habit, slot);
			assert_false(habit_tail_reaches(&habit, slot, tail * (1 + 1e-9)));
			if (habit.order[1] == slot && habit.rungs[2] > habit.rungs[1])
				assert_true(habit_tail_reaches(&habit, slot, tail * (1 - 1e-9)));
		}
		habit_free(&habit);
	}
}

static double weight_near(uint32_t slot)
{
	return (slot % 3 + 1) * 0.9995 * (1 + 1e-15 * (double)(int)(slot % 7));
}

static void check_bounds(const struct habit *habit, uint32_t slot)
{
	const struct slices *slices = slices_shared();
	double p = habit_probability(habit, slot), near = habit_probability_near(habit, slices, slot);
	double least = habit_tail_share(habit) * habit_tail(habit, slot);
	double best = habit_probability_floor(habit, slices, slot);
	const struct slices_share *share = slices_share(slices, habit->slice_count);
	double by_weight = habit_share_of(habit, share, habit->weights[slot]) * habit_tail(habit, slot);
	if (by_weight < least || by_weight > p * (1 + 1e-9))
		fail_msg("tail bound by weight %g below %g or over %g", by_weight, least, p);
	if (least > p * (1 + 1e-9))
		fail_msg("tail bound %g over %g", least, p);
	if (best > p * (1 + 1e-9))
		fail_msg("bound from the slices %g over %g", best, p);
	if (near > p * (1 + 1e-9))
		fail_msg("near bound %g over %g", near, p);
	if (near >= 0 && near < p * 0.99)
		fail_msg("near bound %g far below %g", near, p);
}

/* What is common is told from what is rare by bounds: each must be one, for any weights. */
static void test_shortcuts_are_bounds(void **state)
{
	(void)state;
	static double (*const weights[])(uint32_t slot) = {
		weight_usual, weight_usual, weight_wild, weight_near, weight_lone};
	for (int round = 0; round < 5000; round++) {
		struct habit habit;
		uint32_t count = 2 + (uint32_t)(random_unit() * (round % 50 == 0 ? 3000 : 50));
		habit_fill(&habit, count, weights[round % 5]);
		for (uint32_t slot = 0; slot < habit.count && slot < 5; slot++)
			check_bounds(&habit, slot);
		habit_free(&habit);
	}
}

/* A bucket called dull must give nothing: no result, no group of results, no node above them. */
static void test_dull_is_dull(void **state)
{
	(void)state;
	struct core_screen screen;
	core_screen_init(&screen);
	unsigned dull = 0;
	for (int round = 0; round < 20000; round++) {
		double p[12], sorted[12];
		size_t count = 1 + (size_t)(random_unit() * 12);
		double scale = random_unit();
		for (size_t i = 0; i < count; i++)
			sorted[i] = p[i] = fmin(1, 0.03 + scale * random_unit());
		sort_probabilities(sorted, count);
		if (!core_screen_is_dull(&screen, sorted, count))
			continue;
		dull++;
		/* The rarest group of each size is that of its smallest. */
		for (size_t size = 1; size <= count; size++) {
			double group[12];
			for (size_t i = 0; i < size; i++)
				group[i] = sorted[i];
			struct node_score node = combine(group, size, &combine_activity);
			if (node.probability <= SURPRISE_CUTOFF)
				fail_msg("a dull bucket of %zu has a group of %zu worth %g", count, size, node.raw);
		}
	}
	assert_true(dull > 1000);
}

/* A group called dull must not be rare, though some of its results may be. */
static void test_dull_group_is_dull(void **state)
{
	(void)state;
	struct core_screen screen;
	core_screen_init(&screen);
	unsigned dull = 0;
	for (int round = 0; round < 20000; round++) {
		double p[40];
		size_t count = 2 + (size_t)(random_unit() * 38);
		double scale = random_unit();
		for (size_t i = 0; i < count; i++)
			p[i] = fmin(1, 0.005 + scale * random_unit());
		sort_probabilities(p, count);
		if (!core_screen_is_group_dull(&screen, p, count))
			continue;
		dull++;
		struct node_score node = combine(p, count, &combine_activity);
		if (node.probability <= SURPRISE_CUTOFF)
			fail_msg("a dull group of %zu is worth %g", count, node.raw);
	}
	assert_true(dull > 1000);
}

static void test_surprise_and_back(void **state)
{
	(void)state;
	for (double depth = 3.1; depth < 708; depth += 0.7) {
		double p = exp(-depth), s = surprise_of(p);
		assert_true(fabs(surprise_inverse(s) / p - 1) < 1e-9);
	}
	assert_true(surprise_of(0) == SURPRISE_MAX);
	assert_true(surprise_of(0.05) == 0 && surprise_inverse(0) == 0.525);
	assert_true(fabs(surprise_ceiling(0.05 * exp(-70.0 / 95 * log(500))) - 75) < 1e-9);
}

/* Order statistics by counting on a fine grid: P(smallest <= p1, second <= p2) of two draws is 2 p1 p2 - p1^2. */
static void test_extreme_of_two(void **state)
{
	(void)state;
	double p[] = {0.004, 0.02};
	double joint = exp(
		ln_gamma_upper(1, (pow(normal_upper_quantile(0.002), 2) + pow(normal_upper_quantile(0.01), 2)) / 2));
	double first = 1 - (1 - 0.004) * (1 - 0.004), both = 2 * 0.004 * 0.02 - 0.004 * 0.004;
	double extreme = fmin(first, exp(log(both) / (1 + log(2) / 2.1)));
	struct node_score node = combine(p, 2, &combine_activity);
	double surprise = 0.5 * surprise_of(joint) + 0.5 * surprise_of(extreme);
	assert_true(fabs(node.raw / (0.8 * surprise) - 1) < 1e-9);
}

/* 9 lies in a node within 8..15: below it 2 ends, above it the outer node; what begins between does not count. */
static void test_digest_density_between_ends(void **state)
{
	(void)state;
	struct digest_node nodes[] = {{2, 2, 5}, {9, 9, 3}, {10, 11, 1}, {8, 15, 4}, {20, 20, 6}, {0, 31, 2}};
	struct digest digest = {.nodes = nodes, .count = COUNT_OF(nodes), .total = 21, .span = 32};
	struct bounds cdf, density = digest_density(&digest, 9, &cdf);
	assert_true(fabs(cdf.low - 8.0 / 21) < 1e-15 && fabs(cdf.high - 14.0 / 21) < 1e-15);
	assert_true(fabs(density.low - (13.0 - 7) / 21 / 13) < 1e-15);
	assert_true(fabs(density.high - (15.0 - 5) / 21 / 13) < 1e-15);
	/* Above the highest there is the root, and 2^32 - 1 where that holds nothing itself. */
	density = digest_density(&digest, 20, &cdf);
	assert_true(fabs(density.high - (21.0 - 13) / 21 / 16) < 1e-15);
	digest.count--;
	digest.total = 19;
	density = digest_density(&digest, 20, &cdf);
	assert_true(density.high < 1e-9);
}

static void test_digest_counts_all(void **state)
{
	(void)state;
	struct digest digest = {0};
	uint64_t below = 0, total = 0;
	for (int i = 0; i < 30000; i++) {
		uint32_t value = random_unit() < 0.8 ? 0 : (uint32_t)(1000 * random_unit() * random_unit());
		digest_add(&digest, value, 1);
		below += value <= 300;
		total++;
	}
	assert_int_equal(digest.total, total);
	assert_true(digest.count < 5 * DIGEST_SIZE);
	struct bounds cdf = digest_cdf(&digest, 300);
	double exact = (double)below / (double)total;
	assert_true(cdf.low <= exact + 1e-12 && cdf.high >= exact - 1e-12 && cdf.high - cdf.low < 0.1);
	assert_int_equal(digest_quantile(&digest, 0.5), 0);
	digest_free(&digest);
}

/* Zeros added in one step leave what they leave one by one. */
static void test_zeros_in_bulk(void **state)
{
	(void)state;
	struct normalizer bulk, single;
	normalizer_init(&bulk);
	normalizer_init(&single);
	struct pace pace = pace_of(HOUR_MS);
	for (int round = 0; round < 400; round++) {
		uint64_t zeros = (uint64_t)(random_unit() * 300);
		normalizer_update_zeros(&bulk, zeros);
		for (uint64_t i = 0; i < zeros; i++)
			normalizer_update(&single, 0);
		for (int i = 0; i < 3; i++) {
			double raw = random_unit() * random_unit();
			normalizer_update(&bulk, raw);
			normalizer_update(&single, raw);
		}
		normalizer_tick(&bulk, &pace, 7);
		for (int i = 0; i < 7; i++)
			normalizer_tick(&single, &pace, 1);
	}
	assert_int_equal(bulk.border, single.border);
	assert_int_equal(bulk.below, single.below);
	assert_int_equal(bulk.all.count, single.all.count);
	assert_memory_equal(bulk.all.nodes, single.all.nodes, bulk.all.count * sizeof *bulk.all.nodes);
	assert_memory_equal(bulk.high.nodes, single.high.nodes, bulk.high.count * sizeof *bulk.high.nodes);
	for (double raw = 0.01; raw < 1.5; raw *= 1.3) {
		double a = normalizer_score(&bulk, &pace, raw, 100);
		assert_true(a >= 0 && a <= 100);
	}
	normalizer_free(&bulk);
	normalizer_free(&single);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_probabilities_are_sound),
		cmocka_unit_test(test_ladder_is_kept),
		cmocka_unit_test(test_shortcuts_are_bounds),
		cmocka_unit_test(test_dull_is_dull),
		cmocka_unit_test(test_dull_group_is_dull),
		cmocka_unit_test(test_surprise_and_back),
		cmocka_unit_test(test_extreme_of_two),
		cmocka_unit_test(test_digest_counts_all),
		cmocka_unit_test(test_digest_density_between_ends),
		cmocka_unit_test(test_zeros_in_bulk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
