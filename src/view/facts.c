/* Gathering facts about an alert: see facts.h. */
#include "facts.h"

#include <stdlib.h>

#include "app.h"

struct facts_task {
	struct task task;
	struct results *results;
	uint32_t alert;
	void *owner;
	void (*ready)(struct app *app, void *owner, struct facts *facts);
	struct facts *facts;
};

void facts_free(struct facts *facts)
{
	if (!facts)
		return;
	tally_free(&facts->networks);
	tally_free(&facts->agents);
	tally_free(&facts->addresses);
	tally_free(&facts->keys);
	free(facts->habit);
	results_free(facts->results);
	free(facts);
}

/* The window the alert speaks of: the rule's look-back for rare-as, all of history for the rare method. */
static void gather_window(struct facts *facts, const struct alert *alert, const uint32_t *rows, size_t count)
{
	const struct store *store = facts->results->store;
	const uint8_t *failed = facts->results->failed;
	size_t first = 0, last = count;

	if (alert->rule == RULE_RARE_AS) {
		int64_t until = alert->rare_as.evaluated_at, since = until - facts->results->params.rare_as.window;

		while (first < last && store->timestamp[rows[first]] < since)
			first++;
		while (last > first && store->timestamp[rows[last - 1]] > until)
			last--;
	}
	facts->window_events = last - first;
	facts->networks = tally_make(store, failed, FIELD_AS_ORG, rows + first, last - first);
	facts->agents = tally_make(store, failed, FIELD_USER_AGENT, rows + first, last - first);
	facts->addresses = tally_make(store, failed, FIELD_SOURCE_ADDRESS, rows + first, last - first);
	facts->keys = tally_make(store, failed, FIELD_ACCESS_KEY, rows + first, last - first);
}

static int by_buckets(const void *left, const void *right)
{
	const struct habit_row *a = left, *b = right;

	if (a->buckets != b->buckets)
		return a->buckets > b->buckets ? -1 : 1;
	return a->events != b->events ? (a->events > b->events ? -1 : 1) : (a->action < b->action ? -1 : 1);
}

/* Actions of the user by buckets: rows are in time order, so one pass with the last bucket of each action will do. */
static void gather_habit(struct facts *facts, uint32_t action, int64_t span, const uint32_t *rows, size_t count)
{
	const struct store *store = facts->results->store;
	uint32_t entries = store->dimensions[DIMENSION_CALL].count, distinct = 0;
	uint32_t *slot_of = xcalloc(entries + 1, sizeof(*slot_of));
	struct habit_row *habit = NULL;
	int64_t *bucket_of = NULL, bucket_seen = TIME_NONE;
	size_t capacity = 0, bucket_capacity = 0;

	for (size_t i = 0; i < count; i++) {
		uint32_t entry = store->entry[DIMENSION_CALL][rows[i]], slot = slot_of[entry];
		int64_t bucket = time_floor(store->timestamp[rows[i]], span);

		if (slot == 0) {
			uint32_t value = store_entry_value(store, FIELD_ACTION, entry);

			for (slot = 0; slot < distinct && habit[slot].action != value; slot++)
				;
			if (slot == distinct) {
				habit = array_grow(habit, &capacity, distinct + 1, sizeof(*habit));
				bucket_of = array_grow(bucket_of, &bucket_capacity, distinct + 1, sizeof(*bucket_of));
				habit[slot] = (struct habit_row){.action = value, .first = store->timestamp[rows[i]]};
				bucket_of[slot] = TIME_NONE;
				distinct++;
			}
			slot_of[entry] = ++slot;
		}
		slot--;
		habit[slot].events++;
		habit[slot].last = store->timestamp[rows[i]];
		if (bucket_of[slot] != bucket) {
			bucket_of[slot] = bucket;
			habit[slot].buckets++;
			if (habit[slot].action == action) {
				if (facts->cadence_count == CADENCE_MAX)
					memmove(&facts->cadence[0], &facts->cadence[1],
					        (CADENCE_MAX - 1) * sizeof(facts->cadence[0]));
				else
					facts->cadence_count++;
				facts->cadence[facts->cadence_count - 1] = bucket;
				facts->cadence_total++;
			}
		}
		if (bucket_seen != bucket) {
			bucket_seen = bucket;
			facts->active_buckets++;
		}
	}
	if (count)
		facts->span_buckets = (uint32_t)((time_floor(store->timestamp[rows[count - 1]], span) -
		                                         time_floor(store->timestamp[rows[0]], span)) /
		                span +
		        1);
	if (distinct)
		qsort(habit, distinct, sizeof(*habit), by_buckets);
	facts->habit = habit;
	facts->habit_count = distinct;
	free(bucket_of);
	free(slot_of);
}

/* Day of week (Monday 0) and hour of an instant, UTC: 1970-01-01 was a Thursday. */
static void week_slot(int64_t ms, unsigned *day, unsigned *hour)
{
	int64_t hours = time_floor(ms, HOUR_MS) / HOUR_MS, days = time_floor(ms, DAY_MS) / DAY_MS;

	*hour = (unsigned)(hours - days * 24);
	*day = (unsigned)(((days + 3) % 7 + 7) % 7);
}

static void gather_week(struct facts *facts, const struct row_list *evidence, const uint32_t *rows, size_t count)
{
	const struct store *store = facts->results->store;
	unsigned day, hour;

	for (size_t i = 0; i < count; i++) {
		week_slot(store->timestamp[rows[i]], &day, &hour);
		facts->week[day][hour]++;
	}
	for (size_t i = 0; i < evidence->count; i++) {
		week_slot(store->timestamp[evidence->rows[i]], &day, &hour);
		facts->is_week[day][hour] = true;
	}
}

/* One pass over all rows: who else used the action, who else came from the addresses of the evidence. */
static void gather_others(struct facts *facts, const struct alert *alert, const struct alert_view *view,
        const atomic_bool *is_canceled)
{
	const struct store *store = facts->results->store;
	uint32_t calls = store->dimensions[DIMENSION_CALL].count, sources = store->dimensions[DIMENSION_SOURCE].count;
	uint8_t *is_action = xcalloc(calls + 1, 1), *is_address = xcalloc(sources + 1, 1);
	uint8_t *is_key = xcalloc(store->dimensions[DIMENSION_ACTOR].count + 1, 1);
	uint8_t *seen = xcalloc(store->identity_count + 1, 1);
	uint32_t action = alert->rule == RULE_RARE_METHOD ? alert->rare_method.action : 0;

	for (uint32_t e = 0; e < calls; e++)
		is_action[e] = action && store_entry_value(store, FIELD_ACTION, e) == action;
	for (size_t i = 0; i < view->evidence.count; i++) {
		uint32_t row = view->evidence.rows[i];
		uint32_t address = store_value(store, FIELD_SOURCE_ADDRESS, row), key = store_value(store, FIELD_ACCESS_KEY, row);

		if (is_address[store->entry[DIMENSION_SOURCE][row]] == 0)
			for (uint32_t e = 0; e < sources; e++)
				is_address[e] |= address && store_entry_value(store, FIELD_SOURCE_ADDRESS, e) == address;
		if (key && is_key[store->entry[DIMENSION_ACTOR][row]] == 0)
			for (uint32_t e = 0; e < store->dimensions[DIMENSION_ACTOR].count; e++)
				is_key[e] |= store_entry_value(store, FIELD_ACCESS_KEY, e) == key;
	}
	for (uint32_t row = 0; row < store->count; row++) {
		uint32_t actor = store->entry[DIMENSION_ACTOR][row], identity = store->actor_identity[actor];

		if (row % 65536 == 0 && atomic_load(is_canceled))
			break;
		if (is_key[actor] && llabs(store->timestamp[row] - view->seen) <= HOUR_MS)
			facts->key_events++;
		if (identity == UINT32_MAX)
			continue;
		if (is_action[store->entry[DIMENSION_CALL][row]])
			seen[identity] |= 1;
		if (is_address[store->entry[DIMENSION_SOURCE][row]])
			seen[identity] |= 2;
	}
	for (uint32_t i = 0; i < store->identity_count; i++) {
		uint32_t name = store->identities[i].user_name;

		facts->users++;
		if (seen[i] & 1) {
			if (facts->peer_count < PEERS_SHOWN && name != view->user)
				facts->peer_names[facts->peer_count++] = name;
			facts->peers++;
		}
		if (seen[i] & 2 && name != view->user) {
			if (facts->other_count < PEERS_SHOWN)
				facts->other_names[facts->other_count++] = name;
			facts->others_on_address++;
		}
	}
	free(is_action);
	free(is_address);
	free(is_key);
	free(seen);
}

static void facts_run(struct task *task)
{
	struct facts_task *job = (struct facts_task *)task;
	const struct results *results = job->results;
	const struct store *store = results->store;
	const struct alert *alert = &results->alerts.items[job->alert];
	const struct alert_view *view = &results->views[job->alert];
	struct facts *facts = xcalloc(1, sizeof(*facts));
	struct slice type = {0};
	uint32_t *rows;
	size_t count;

	facts->results = results_ref(job->results);
	memcpy(facts->alert, alert->id, sizeof(facts->alert));
	if (alert->rule == RULE_RARE_AS) {
		type = store_string(store, view->type);
		if (!type.data)
			type = slice_of("");
	}
	rows = user_rows(store, store_string(store, view->user), type, NULL, &count);
	gather_window(facts, alert, rows, count);
	gather_habit(facts, alert->rule == RULE_RARE_METHOD ? alert->rare_method.action : 0,
	        results->params.rare_method.bucket_span, rows, count);
	gather_week(facts, &view->evidence, rows, count);
	gather_others(facts, alert, view, &task->is_canceled);
	free(rows);
	job->facts = facts;
}

static void facts_done(struct app *app, struct task *task)
{
	struct facts_task *job = (struct facts_task *)task;

	job->ready(app, job->owner, job->facts);
	job->facts = NULL;
}

static void facts_discard(struct task *task)
{
	struct facts_task *job = (struct facts_task *)task;

	facts_free(job->facts);
	results_free(job->results);
	free(job);
}

struct task *facts_start(struct app *app, uint32_t alert, void *owner,
        void (*ready)(struct app *app, void *owner, struct facts *facts))
{
	struct facts_task *job = xcalloc(1, sizeof(*job));

	job->task = (struct task){.run = facts_run, .done = facts_done, .discard = facts_discard};
	job->results = results_ref(app->results);
	job->alert = alert;
	job->owner = owner;
	job->ready = ready;
	worker_post(app->scanner, &job->task);
	return &job->task;
}
