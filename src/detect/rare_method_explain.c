/* rare_method_explain: what stands behind a record: the user's habit as it was when the bucket closed, when the action
 * came before, who else used it, what else was new in the same bucket. Read back from the partition's own rows. */
#include "rare_method_parts.h"

#include <math.h>
#include <stdlib.h>

/* The partition's history replayed to the end of the record's bucket. */
struct replay {
	const struct rare_method *engine;
	uint32_t partition, action; /* numbers */
	int64_t bucket;
	struct habit habit;
	struct method_action *actions; /* [slot] */
	uint32_t *slot_of; /* [action] -> slot + 1 */
	uint32_t *in_bucket, in_bucket_count;
	size_t action_capacity, in_bucket_capacity;
	int64_t *occurrences; /* buckets of the record's action, ascending */
	size_t occurrence_count, occurrence_capacity;
	uint32_t active;
};

static int64_t bucket_start(const struct rare_method *engine, int64_t bucket)
{
	return bucket * engine->span;
}

static uint32_t replay_slot(struct replay *replay, uint32_t action)
{
	if (replay->slot_of[action] > 0)
		return replay->slot_of[action] - 1;
	uint32_t slot = habit_new_slot(&replay->habit);
	replay->actions =
		array_grow(replay->actions, &replay->action_capacity, (size_t)slot + 1, sizeof *replay->actions);
	replay->in_bucket =
		array_grow(replay->in_bucket, &replay->in_bucket_capacity, (size_t)slot + 1, sizeof *replay->in_bucket);
	replay->actions[slot] = (struct method_action){.action = replay->engine->action_names[action],
		.first = TIME_NONE,
		.last = TIME_NONE,
		.probability = NAN,
		.score = NAN};
	replay->slot_of[action] = slot + 1;
	return slot;
}

static void replay_occurrence(struct replay *replay, int64_t bucket)
{
	if (replay->occurrence_count > 0 && replay->occurrences[replay->occurrence_count - 1] >= bucket)
		return;
	replay->occurrences = array_grow(replay->occurrences, &replay->occurrence_capacity,
		replay->occurrence_count + 1, sizeof *replay->occurrences);
	replay->occurrences[replay->occurrence_count++] = bucket;
}

static void replay_baseline(struct replay *replay)
{
	const struct rare_method *engine = replay->engine;
	const struct rare_model *model = engine->baseline;
	if (!model || replay->partition >= model->core.partition_count)
		return;
	const struct core_partition *before = &model->core.partitions[replay->partition];
	const struct core_partition *own = &engine->core.partitions[replay->partition];
	replay->habit.unit = before->unit;
	replay->habit.total = before->total;
	replay->active = before->active;
	for (size_t i = 0; i < before->pairs; i++) {
		const struct core_pair *pair = &model->core.pairs[before->pair + i];
		uint32_t action = engine->core.pairs[own->pair + i].action, slot = replay_slot(replay, action);
		replay->habit.weights[slot] = pair->weight;
		replay->actions[slot].buckets = pair->buckets;
		replay->actions[slot].events = pair->events;
		replay->actions[slot].first = bucket_start(engine, pair->first);
		replay->actions[slot].last = bucket_start(engine, pair->repeat.last);
		if (action != replay->action)
			continue;
		const struct model_pair_history *history = &model->pair_history[before->pair + i];
		for (uint32_t j = 0; j < history->count; j++)
			replay_occurrence(replay, history->recent[j]);
	}
}

/* Rows [first, end) of the partition are one bucket. One that is incomplete, before the model begins, counts as
 * history but not as habit. */
static void replay_bucket(struct replay *replay, int64_t bucket, uint32_t first, uint32_t end)
{
	const struct rare_method *engine = replay->engine;
	const struct core_input *input = &engine->input.core;
	bool is_counted = bucket >= engine->core.partitions[replay->partition].start;
	int64_t start = bucket_start(engine, bucket);
	replay->in_bucket_count = 0;
	for (uint32_t i = first; i < end; i++) {
		uint32_t action = input->action_of[input->what[engine->core.partition_rows[i]]];
		if (action == 0)
			continue;
		if (action == replay->action)
			replay_occurrence(replay, bucket);
		uint32_t slot = replay_slot(replay, action);
		struct method_action *entry = &replay->actions[slot];
		entry->events++;
		if (entry->last == start)
			continue;
		entry->buckets++;
		entry->last = start;
		if (entry->first == TIME_NONE)
			entry->first = start;
		if (is_counted)
			replay->in_bucket[replay->in_bucket_count++] = slot;
	}
	if (replay->in_bucket_count == 0)
		return;
	habit_close(&replay->habit, replay->in_bucket, replay->in_bucket_count, engine->core.pace.growth);
	replay->active++;
}

static void replay_run(struct replay *replay)
{
	const struct rare_method *engine = replay->engine;
	const uint32_t *rows = engine->core.partition_rows;
	uint32_t end = engine->core.partition_row[replay->partition + 1];
	replay_baseline(replay);
	for (uint32_t i = engine->core.partition_row[replay->partition], next; i < end; i = next) {
		int64_t bucket = method_bucket(engine, engine->input.core.times[rows[i]]);
		if (bucket > replay->bucket)
			break;
		int64_t until = (bucket + 1) * engine->span;
		for (next = i + 1; next < end && engine->input.core.times[rows[next]] < until; next++) {
		}
		replay_bucket(replay, bucket, i, next);
	}
}

static void replay_free(struct replay *replay)
{
	habit_free(&replay->habit);
	free(replay->actions);
	free(replay->slot_of);
	free(replay->in_bucket);
	free(replay->occurrences);
}

/* ---- cadence ---- */

static int compare_i64(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
	return (a > b) - (a < b);
}

/* A gap that is one to three periods, to an eighth or a bucket: a daily job may rest on a weekend. */
static bool is_steady(int64_t gap, int64_t period, int64_t span)
{
	int64_t slack = period / 8 > span ? period / 8 : span, times = (gap + period / 2) / period;
	return times >= 1 && times <= 3 && llabs(gap - times * period) <= slack;
}

static bool is_about(int64_t period, int64_t what, int64_t slack)
{
	return llabs(period - what) <= slack;
}

static enum cadence find_cadence(const struct replay *replay, const struct method_action *own, int64_t *period)
{
	int64_t gaps[MODEL_RECENT], span = replay->engine->span;
	size_t count = replay->occurrence_count, used = 0, steady = 0;
	*period = 0;
	for (size_t i = count; i > 1 && used < COUNT_OF(gaps); i--)
		gaps[used++] = (replay->occurrences[i - 1] - replay->occurrences[i - 2]) * span;
	if (used > 0) {
		qsort(gaps, used, sizeof *gaps, compare_i64);
		*period = gaps[used / 2];
	}
	if (own->buckets <= 1)
		return CADENCE_FIRST;
	if (own->buckets <= 3 || used < 2)
		return CADENCE_FEW;
	if (2 * own->buckets > replay->active)
		return CADENCE_HOURLY;
	for (size_t i = 0; i < used; i++)
		steady += is_steady(gaps[i], *period, span);
	if (10 * steady < 7 * used)
		return CADENCE_IRREGULAR;
	if (*period <= 2 * HOUR_MS)
		return CADENCE_HOURLY;
	if (is_about(*period, DAY_MS, 3 * HOUR_MS + span / 2))
		return CADENCE_DAILY;
	if (is_about(*period, 7 * DAY_MS, 12 * HOUR_MS + span / 2))
		return CADENCE_WEEKLY;
	if (*period >= 27 * DAY_MS && *period <= 32 * DAY_MS)
		return CADENCE_MONTHLY;
	return CADENCE_EVERY;
}

/* ---- parts of the explanation ---- */

static int compare_habit(const void *left, const void *right, void *context)
{
	const struct method_action *a = left, *b = right;
	if (a->buckets != b->buckets)
		return a->buckets > b->buckets ? -1 : 1;
	return slice_compare(rare_method_string(context, a->action), rare_method_string(context, b->action));
}

static int compare_rarity(const void *left, const void *right, void *context)
{
	const struct method_action *a = left, *b = right;
	if (a->probability != b->probability)
		return a->probability < b->probability ? -1 : 1;
	return slice_compare(rare_method_string(context, a->action), rare_method_string(context, b->action));
}

/* The score of a partition's record for an action in a bucket; NAN when it is none. */
static double record_score(const struct rare_method *engine, uint32_t partition, uint32_t action, int64_t start)
{
	size_t first = 0, last = engine->record_count;
	while (first < last) {
		size_t middle = first + (last - first) / 2;
		if (engine->records[middle].bucket_start < start)
			first = middle + 1;
		else
			last = middle;
	}
	for (; first < engine->record_count && engine->records[first].bucket_start == start; first++)
		if (engine->records[first].partition == partition && engine->records[first].action == action)
			return engine->records[first].initial_record_score;
	return NAN;
}

static void take_habit(struct replay *replay, const struct rare_method_record *record, struct method_explanation *out)
{
	const struct rare_method *engine = replay->engine;
	struct habit *habit = &replay->habit;
	uint32_t own = replay->slot_of[replay->action] - 1;
	habit_climb(habit);
	for (uint32_t slot = 0; slot < habit->count; slot++)
		replay->actions[slot].share = habit->total > 0 ? habit->weights[slot] / habit->total : 0;
	for (uint32_t i = 0; i < replay->in_bucket_count; i++) {
		struct method_action *entry = &replay->actions[replay->in_bucket[i]];
		entry->is_in_bucket = true;
		entry->is_new = entry->buckets == 1;
		entry->probability = habit_probability(habit, replay->in_bucket[i]);
		entry->score = record_score(engine, record->partition, entry->action, record->bucket_start);
	}
	out->own = replay->actions[own];
	for (uint32_t slot = 0; slot < habit->count; slot++)
		if (habit->weights[slot] > habit->weights[own] &&
			(out->next_rarest.action == 0 || replay->actions[slot].share < out->next_rarest.share))
			out->next_rarest = replay->actions[slot];
	out->same_bucket = xcalloc((size_t)replay->in_bucket_count + 1, sizeof *out->same_bucket);
	for (uint32_t i = 0; i < replay->in_bucket_count; i++) {
		const struct method_action *entry = &replay->actions[replay->in_bucket[i]];
		if (replay->in_bucket[i] != own && (entry->is_new || !isnan(entry->score)))
			out->same_bucket[out->same_bucket_count++] = *entry;
	}
	out->habit = replay->actions;
	out->habit_count = habit->count;
	replay->actions = NULL;
	void *context = (void *)(uintptr_t)engine;
	qsort_r(out->habit, out->habit_count, sizeof *out->habit, compare_habit, context);
	qsort_r(out->same_bucket, out->same_bucket_count, sizeof *out->same_bucket, compare_rarity, context);
}

static int compare_users(const void *left, const void *right, void *context)
{
	const struct method_user *a = left, *b = right;
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return slice_compare(rare_method_string(context, a->partition), rare_method_string(context, b->partition));
}

/* What a partition did with the action before its model begins, in its incomplete first bucket. */
static void add_incomplete(
	const struct rare_method *engine, uint32_t partition, uint32_t action, struct method_user *user)
{
	const struct rare_core *core = &engine->core;
	const struct core_input *input = &engine->input.core;
	bool is_first = true;
	for (uint32_t i = core->partition_row[partition]; i < core->partition_row[partition + 1]; i++) {
		uint32_t row = core->partition_rows[i];
		int64_t bucket = method_bucket(engine, input->times[row]);
		if (bucket >= core->partitions[partition].start)
			return;
		if (input->action_of[input->what[row]] != action)
			continue;
		user->events++;
		user->buckets += is_first;
		is_first = false;
		user->first = bucket_start(engine, bucket);
		if (user->last == TIME_NONE)
			user->last = user->first;
	}
}

static void take_users(const struct rare_method *engine, uint32_t own, uint32_t action, struct method_explanation *out)
{
	size_t capacity = 0;
	uint32_t next = action > 0 ? engine->action_pair[action] : 0, end = engine->action_pair[action + 1];
	for (uint32_t partition = 0; partition < engine->partitions; partition++) {
		struct method_user user = {engine->partition_names[partition], 0, 0, TIME_NONE, TIME_NONE};
		/* The action's pairs stand in order of their partitions. */
		if (next < end && engine->pair_partition[engine->pairs_by_action[next]] == partition) {
			const struct core_pair *pair = &engine->core.pairs[engine->pairs_by_action[next++]];
			user.buckets = pair->buckets;
			user.events = pair->events;
			user.first = bucket_start(engine, pair->first);
			user.last = bucket_start(engine, pair->repeat.last);
		}
		if (partition == own)
			continue;
		add_incomplete(engine, partition, action, &user);
		if (user.events == 0)
			continue;
		out->users = array_grow(out->users, &capacity, out->user_count + 1, sizeof *out->users);
		out->users[out->user_count++] = user;
	}
	if (out->user_count > 1)
		qsort_r(out->users, out->user_count, sizeof *out->users, compare_users, (void *)(uintptr_t)engine);
	out->all_users = engine->partitions;
}

static void take_week(const struct rare_method *engine, uint32_t partition, struct method_explanation *out)
{
	const struct rare_model *model = engine->baseline;
	uint32_t *hours = &out->week[0][0];
	if (model && partition < model->core.partition_count)
		memcpy(hours, model->weeks[partition], sizeof out->week);
	for (uint32_t i = engine->core.partition_row[partition]; i < engine->core.partition_row[partition + 1]; i++)
		hours[method_hour_of_week(engine->input.core.times[engine->core.partition_rows[i]])]++;
	for (unsigned hour = 0; hour < MODEL_WEEK; hour++)
		if (hours[hour] > out->week_maximum)
			out->week_maximum = hours[hour];
}

void rare_method_explain(
	const struct rare_method *engine, const struct rare_method_record *record, struct method_explanation *out)
{
	*out = (struct method_explanation){.previous = TIME_NONE};
	struct replay replay = {.engine = engine,
		.partition = engine->partition_by_name[record->partition] - 1,
		.action = engine->action_by_name[record->action],
		.bucket = record->bucket_start / engine->span};
	const struct core_partition *partition = &engine->core.partitions[replay.partition];
	habit_init(&replay.habit);
	replay.slot_of = xcalloc((size_t)engine->actions + 1, sizeof *replay.slot_of);
	replay_run(&replay);
	out->first_event = partition->first_time;
	out->buckets = (uint32_t)(replay.bucket - partition->start + 1);
	out->active_buckets = replay.active;
	out->distinct_actions = replay.habit.count;
	out->weight = habit_weight(&replay.habit);
	out->one_in = 1 / record->probability;
	take_habit(&replay, record, out);
	if (replay.occurrence_count > 1)
		out->previous = bucket_start(engine, replay.occurrences[replay.occurrence_count - 2]);
	out->cadence = find_cadence(&replay, &out->own, &out->period);
	const struct core_pair *pair = method_pair(engine, replay.partition, replay.action);
	/* The pair counts complete buckets only, the replay also the incomplete one. */
	uint32_t incomplete = 0;
	if (replay.occurrence_count > 0 && replay.occurrences[0] < partition->start)
		incomplete = 1;
	if (pair && pair->buckets + incomplete > out->own.buckets)
		out->later_buckets = pair->buckets + incomplete - out->own.buckets;
	take_users(engine, replay.partition, replay.action, out);
	take_week(engine, replay.partition, out);
	struct row_list rows = rare_method_evidence(engine, record);
	int64_t time = rows.count > 0 ? engine->store->timestamp[rows.rows[0]] : record->bucket_start;
	row_list_free(&rows);
	unsigned hour = method_hour_of_week(time);
	out->day = hour / 24;
	out->hour = hour % 24;
	replay_free(&replay);
}

void rare_method_explanation_free(struct method_explanation *explanation)
{
	free(explanation->habit);
	free(explanation->same_bucket);
	free(explanation->users);
	*explanation = (struct method_explanation){0};
}
