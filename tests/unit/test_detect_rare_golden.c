/* The rare-method model against published runs of Elastic's detector: the same records, probabilities, scores at bucket
 * close and at the end, influencer and bucket scores. Files in tests/data/rare-method, one folder a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../src/detect/rare_core.h"
#include "rare_method_runs.h"

struct run {
	const char *name;
	int64_t span;
	unsigned threads;
	struct dict *users, *actions, *ips;
	struct rare_core core;
};

static struct slice present(const char *text)
{
	return *text ? slice_of(text) : (struct slice){0};
}

static void load(struct run *run, const char *input_of)
{
	char *text = run_text(input_of, "input.csv.xz"), *rest = text, *fields[4];
	run->users = dict_new();
	run->actions = dict_new();
	run->ips = dict_new();
	size_t rows = 0, capacity = 0;
	struct row {
		int64_t time;
		uint32_t user, action, ip;
	} *table = NULL;
	run_line(&rest, fields, 4);
	while (run_line(&rest, fields, 4)) {
		table = array_grow(table, &capacity, rows + 1, sizeof *table);
		/* The empty user is a partition too: its name here cannot be any other's. */
		const char *user = *fields[1] ? fields[1] : "\n";
		table[rows++] = (struct row){strtoll(fields[0], NULL, 10) * 1000,
			dict_intern(run->users, slice_of(user)), dict_intern(run->actions, present(fields[2])),
			dict_intern(run->ips, present(fields[3]))};
	}
	free(text);
	uint32_t highest = dict_count(run->users);
	if (dict_count(run->actions) > highest)
		highest = dict_count(run->actions);
	if (dict_count(run->ips) > highest)
		highest = dict_count(run->ips);
	int64_t *times = xcalloc(rows + 1, sizeof *times);
	uint32_t *who = xcalloc(rows + 1, sizeof *who), *what = xcalloc(rows + 1, sizeof *what);
	uint32_t *ip = xcalloc(rows + 1, sizeof *ip), *same = xcalloc(highest + 1, sizeof *same);
	uint32_t *partition = xcalloc(highest + 1, sizeof *partition);
	for (size_t i = 0; i < rows; i++) {
		times[i] = table[i].time;
		who[i] = table[i].user;
		what[i] = table[i].action;
		ip[i] = table[i].ip;
	}
	for (uint32_t i = 0; i <= highest; i++) {
		same[i] = i;
		partition[i] = i - 1;
	}
	struct core_input input = {.rows = (uint32_t)rows,
		.times = times,
		.who = who,
		.what = what,
		.partition_of = partition,
		.action_of = same,
		.partitions = dict_count(run->users),
		.actions = dict_count(run->actions) + 1,
		.fields = 2,
		.field_entry = {who, ip},
		.field_entries = {highest + 1, highest + 1},
		.field_value = {same, same},
		.values = highest + 1,
		.partition_field = 0,
		.threads = run->threads};
	rare_core_init(&run->core, run->span);
	rare_core_run(&run->core, &input);
	free(table);
	free(times);
	free(who);
	free(what);
	free(ip);
	free(same);
	free(partition);
}

static void unload(struct run *run)
{
	rare_core_free(&run->core);
	dict_free(run->users);
	dict_free(run->actions);
	dict_free(run->ips);
}

static const struct core_record *find(const struct run *run, int64_t seconds, const char *user, const char *action)
{
	uint32_t partition = dict_find(run->users, slice_of(user)) - 1;
	uint32_t number = dict_find(run->actions, slice_of(action));
	for (size_t i = 0; i < run->core.found_count; i++) {
		const struct core_record *record = &run->core.found[i];
		if (record->partition == partition && record->action == number &&
			record->bucket * run->span == seconds * 1000)
			return record;
	}
	return NULL;
}

static void check_near(const char *run, const char *what, const char *time, double value, double expected, double limit)
{
	if (!(fabs(value - expected) <= limit))
		fail_msg("%s: %s at %s: %.9g, not %.9g", run, what, time, value, expected);
}

static void check_records(const struct run *run)
{
	char *text = run_text(run->name, "records.csv"), *rest = text, *fields[6];
	run_line(&rest, fields, 6);
	size_t expected = 0, alerts = 0, expected_alerts = 0;
	while (run_line(&rest, fields, 6)) {
		double probability = strtod(fields[3], NULL), initial = strtod(fields[4], NULL);
		if (probability >= SURPRISE_CUTOFF)
			continue;
		expected++;
		expected_alerts += initial >= 75;
		const struct core_record *record = find(run, strtoll(fields[0], NULL, 10), fields[1], fields[2]);
		if (!record)
			fail_msg("%s: no record at %s for %s %s", run->name, fields[0], fields[1], fields[2]);
		alerts += record->initial_score >= 75;
		check_near(run->name, "probability", fields[0], record->probability, probability, 1e-6 * probability);
		check_near(run->name, "initial score", fields[0], record->initial_score, initial, 0.01);
		check_near(run->name, "score", fields[0], record->final_score, strtod(fields[5], NULL), 0.05);
	}
	assert_int_equal(run->core.found_count, expected);
	assert_int_equal(alerts, expected_alerts);
	free(text);
}

/* Scores of users and addresses: those of records' influencers. */
static void check_influencers(const struct run *run)
{
	char *text = run_text(run->name, "influencers.csv.xz"), *rest = text, *fields[5];
	run_line(&rest, fields, 5);
	while (run_line(&rest, fields, 5)) {
		int64_t time = strtoll(fields[0], NULL, 10) * 1000;
		unsigned field = strcmp(fields[1], "ip") == 0;
		uint32_t value = dict_find(field ? run->ips : run->users, slice_of(fields[2]));
		bool is_found = false;
		for (size_t i = 0; i < run->core.found_count; i++) {
			const struct core_record *record = &run->core.found[i];
			if (record->bucket * run->span != time)
				continue;
			for (size_t j = record->value; j < record->value + record->values; j++) {
				const struct core_value *here = &run->core.values[j];
				if (here->field != field || here->value != value)
					continue;
				is_found = true;
				check_near(run->name, fields[2], fields[0], here->score, strtod(fields[4], NULL), 0.01);
			}
		}
		if (!is_found && strtod(fields[4], NULL) > 0)
			fail_msg("%s: no influencer %s at %s", run->name, fields[2], fields[0]);
	}
	free(text);
}

static void check_buckets(const struct run *run)
{
	char *text = run_text(run->name, "buckets.csv.xz"), *rest = text, *fields[2];
	run_line(&rest, fields, 2);
	while (run_line(&rest, fields, 2)) {
		int64_t time = strtoll(fields[0], NULL, 10) * 1000;
		for (size_t i = 0; i < run->core.found_count; i++)
			if (run->core.found[i].bucket * run->span == time)
				check_near(run->name, "bucket score", fields[0], run->core.found[i].bucket_score,
					strtod(fields[1], NULL), 0.01);
	}
	free(text);
}

static void check_run(void **state)
{
	const char *name = *state;
	bool is_quarter = strcmp(name, "c_weekly_900s") == 0;
	struct run run = {.name = name, .span = is_quarter ? 900000 : 3600000};
	load(&run, is_quarter ? "c_weekly" : name);
	check_records(&run);
	check_influencers(&run);
	check_buckets(&run);
	unload(&run);
}

static bool is_same_record(const struct core_record *a, const struct core_record *b)
{
	return a->partition == b->partition && a->action == b->action && a->bucket == b->bucket &&
	       a->probability == b->probability && a->initial_score == b->initial_score &&
	       a->final_score == b->final_score && a->partition_score == b->partition_score &&
	       a->bucket_score == b->bucket_score && a->value == b->value && a->values == b->values && a->row == b->row;
}

static bool is_same_pair(const struct core_pair *a, const struct core_pair *b)
{
	return a->action == b->action && a->buckets == b->buckets && a->events == b->events && a->first == b->first &&
	       a->weight == b->weight && a->repeat.maximum == b->repeat.maximum && a->repeat.last == b->repeat.last;
}

/* Each number the same to the last bit, whatever the number of threads. */
static void check_threads(void **state)
{
	const char *name = *state;
	struct run one = {.name = name, .span = 3600000, .threads = 1};
	load(&one, name);
	assert_true(one.core.found_count > 10 && one.core.partition_count > 5);
	for (unsigned threads = 2; threads < 9; threads += 3) {
		struct run many = {.name = name, .span = one.span, .threads = threads};
		load(&many, name);
		assert_int_equal(many.core.found_count, one.core.found_count);
		for (size_t i = 0; i < one.core.found_count; i++)
			assert_true(is_same_record(&many.core.found[i], &one.core.found[i]));
		assert_int_equal(many.core.value_count, one.core.value_count);
		for (size_t i = 0; i < one.core.value_count; i++)
			assert_true(many.core.values[i].value == one.core.values[i].value &&
				    many.core.values[i].score == one.core.values[i].score);
		assert_int_equal(many.core.pair_count, one.core.pair_count);
		for (size_t i = 0; i < one.core.pair_count; i++)
			assert_true(is_same_pair(&many.core.pairs[i], &one.core.pairs[i]));
		for (size_t p = 0; p < one.core.partition_count; p++)
			assert_int_equal(many.core.partitions[p].pair, one.core.partitions[p].pair);
		unload(&many);
	}
	unload(&one);
}

#define THREADS(name) \
	{ \
		"threads " name, check_threads, NULL, NULL, (void *)(uintptr_t)name \
	}
#define RUN(name) \
	{ \
		name, check_run, NULL, NULL, (void *)(uintptr_t)name \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {RUN("a_one_user"), RUN("a2_one_user_busy"), RUN("b_20_users"),
		RUN("c_weekly"), RUN("c_weekly_900s"), RUN("d_burst"), RUN("e_history_1d"), RUN("e_history_21d"),
		RUN("e_history_2h"), RUN("e_history_3d"), RUN("e_history_6h"), RUN("e_history_7d"), RUN("g_repeats"),
		RUN("l_messy"), THREADS("b_20_users"), THREADS("l_messy")};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
