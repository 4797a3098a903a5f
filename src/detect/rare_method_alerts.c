/* rare_method_alerts: which records alert: those over the threshold that no list silences, and of these as many as each
 * scheduled execution takes, the highest first. */
#include "rare_method_parts.h"

#include <math.h>
#include <stdlib.h>

/* ---- what is over the threshold ---- */

static bool is_silenced(const struct rare_method *engine, const struct rare_method_params *params,
	const struct rare_method_record *record, const struct cidr *blocks, size_t block_count)
{
	if (list_like(&params->ignored_users, rare_method_string(engine, record->user_name)))
		return true;
	if (list_like(&params->ignored_actions, rare_method_string(engine, record->action)))
		return true;
	if (block_count == 0)
		return false;
	for (unsigned i = 0; i < record->influencer_count; i++) {
		const struct influencer *influencer = &record->influencers[i];
		if (strcmp(influencer->field, event_fields[FIELD_SOURCE_IP].name) != 0)
			continue;
		for (uint32_t j = 0; j < influencer->values.count; j++) {
			struct ip ip;
			if (!ip_parse(rare_method_string(engine, influencer->values.items[j]), &ip) ||
				!blocks_contain(blocks, block_count, &ip))
				return false;
		}
		return true;
	}
	return false;
}

/* Numbers of the records over the threshold, in order of bucket, then score. */
static uint32_t *candidates(const struct rare_method *engine, const struct rare_method_params *params, size_t *count)
{
	uint32_t *found = xmalloc((engine->record_count + 1) * sizeof *found);
	bool has_lists = params->ignored_users.count + params->ignored_actions.count + params->ignored_cidr.count > 0;
	size_t block_count = 0;
	struct cidr *blocks = list_blocks(&params->ignored_cidr, &block_count);
	*count = 0;
	for (size_t i = 0; i < engine->record_count; i++) {
		const struct rare_method_record *record = &engine->records[i];
		if (record->initial_record_score < params->anomaly_threshold)
			continue;
		if (has_lists && is_silenced(engine, params, record, blocks, block_count))
			continue;
		found[(*count)++] = (uint32_t)i;
	}
	free(blocks);
	return found;
}

/* ---- which execution takes what ---- */

/* An execution sees the buckets that are closed and began within its lookback. With a bucket span over the lookback it
 * would never see any: then it looks back far enough to see each bucket once. */
struct schedule {
	int64_t span, lookback, interval;
};

static struct schedule schedule_of(const struct rare_method *engine, const struct rare_method_params *params)
{
	int64_t least = engine->span + params->interval;
	return (struct schedule){engine->span, params->lookback > least ? params->lookback : least, params->interval};
}

static int64_t first_execution(const struct schedule *schedule, int64_t bucket_start)
{
	return time_ceil(bucket_start + schedule->span, schedule->interval);
}

static int64_t last_execution(const struct schedule *schedule, int64_t bucket_start)
{
	return time_floor(bucket_start + schedule->lookback, schedule->interval);
}

struct selection {
	const struct rare_method_record *records;
	const uint32_t *candidates;
	int64_t *fired; /* [candidate] -> the execution that took it, or TIME_NONE */
	uint32_t *window;
};

static int compare_scores(const void *left, const void *right, void *context)
{
	const struct selection *selection = context;
	uint32_t i = *(const uint32_t *)left, j = *(const uint32_t *)right;
	double a = selection->records[selection->candidates[i]].initial_record_score;
	double b = selection->records[selection->candidates[j]].initial_record_score;
	if (a != b)
		return a > b ? -1 : 1;
	return (i > j) - (i < j);
}

/* One execution over candidates [first, last): the highest `most`, of which those not yet taken fire. */
static void execute(struct selection *selection, size_t first, size_t last, int64_t now, int64_t most)
{
	size_t count = last - first;
	for (size_t i = 0; i < count; i++)
		selection->window[i] = (uint32_t)(first + i);
	if (most > 0 && count > (size_t)most) {
		qsort_r(selection->window, count, sizeof *selection->window, compare_scores, selection);
		count = (size_t)most;
	}
	for (size_t i = 0; i < count; i++)
		if (selection->fired[selection->window[i]] == TIME_NONE)
			selection->fired[selection->window[i]] = now;
}

/* Executions matter only where a bucket comes into view or the one after it leaves. */
static void execute_all(struct selection *selection, size_t count, const struct schedule *schedule,
	const struct rare_method_params *params)
{
	size_t first = 0, last = 0;
	int64_t now = INT64_MIN;
	while (last < count || first < last) {
		int64_t enters = INT64_MAX, leaves = INT64_MAX;
		if (last < count)
			enters =
				first_execution(schedule, selection->records[selection->candidates[last]].bucket_start);
		if (first < last)
			leaves = last_execution(
					 schedule, selection->records[selection->candidates[first]].bucket_start) +
				 schedule->interval;
		now = enters < leaves ? enters : leaves;
		while (last < count &&
			first_execution(schedule, selection->records[selection->candidates[last]].bucket_start) <= now)
			last++;
		while (first < last &&
			last_execution(schedule, selection->records[selection->candidates[first]].bucket_start) < now)
			first++;
		execute(selection, first, last, now, params->max_alerts);
	}
}

/* ---- alerts ---- */

static void make_alert(const struct rare_method *engine, const struct rare_method_params *params,
	const struct rare_method_record *record, int64_t fired, struct alerts *out)
{
	struct alert *alert = alerts_push(out, RULE_RARE_METHOD);
	alert->first_fired = alert->last_fired = fired;
	alert->times_fired = 1;
	alert->rare_method = *record;
	for (unsigned i = 0; i < record->influencer_count; i++)
		alert->rare_method.influencers[i].values = id_set_copy(&record->influencers[i].values);
	const struct slice parts[] = {
		rare_method_string(engine, record->partition), rare_method_string(engine, record->action)};
	alert_set_id(alert, parts, COUNT_OF(parts), record->bucket_start);
	alert->why_count = rare_method_conditions(params, record, alert->why);
}

unsigned rare_method_conditions(
	const struct rare_method_params *params, const struct rare_method_record *record, struct why why[WHY_MAX])
{
	double score = record->initial_record_score, limit = params->anomaly_threshold;
	bool holds = score >= limit;
	why[0] = (struct why){.parameter = PARAMETER_THRESHOLD,
		.value = score,
		.limit = limit,
		.holds = holds,
		.binds = true,
		.margin = score - limit,
		.silence_at = holds ? nextafter(score, INFINITY) : score};
	return 1;
}

static void select_alerts(
	const struct rare_method *engine, const struct rare_method_params *params, int64_t now, struct alerts *out)
{
	size_t count;
	uint32_t *found = candidates(engine, params, &count);
	struct schedule schedule = schedule_of(engine, params);
	struct selection selection = {engine->records, found, xmalloc((count + 1) * sizeof *selection.fired),
		xmalloc((count + 1) * sizeof *selection.window)};
	for (size_t i = 0; i < count; i++)
		selection.fired[i] = TIME_NONE;
	if (now == TIME_NONE) {
		execute_all(&selection, count, &schedule, params);
	} else {
		size_t first = 0, last = 0;
		while (first < count && engine->records[found[first]].bucket_start < now - schedule.lookback)
			first++;
		last = first;
		while (last < count && engine->records[found[last]].bucket_start + schedule.span <= now)
			last++;
		execute(&selection, first, last, now, params->max_alerts);
	}
	for (size_t i = 0; i < count; i++)
		if (selection.fired[i] != TIME_NONE)
			make_alert(engine, params, &engine->records[found[i]], selection.fired[i], out);
	free(selection.fired);
	free(selection.window);
	free(found);
}

void rare_method_alerts(const struct rare_method *engine, const struct rare_method_params *params, struct alerts *out)
{
	select_alerts(engine, params, TIME_NONE, out);
	alerts_sort(engine->store, out);
}

void rare_method_at(
	const struct rare_method *engine, const struct rare_method_params *params, int64_t now, struct alerts *out)
{
	select_alerts(engine, params, now, out);
	alerts_sort(engine->store, out);
}

size_t rare_method_count(const struct rare_method *engine, const struct rare_method_params *params)
{
	size_t count;
	free(candidates(engine, params, &count));
	return count;
}
