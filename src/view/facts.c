/* Gathering facts about an alert: see facts.h. */
#include "facts.h"

#include <stdlib.h>

#include "app.h"

struct facts_task {
	struct task task;
	struct results *results;
	uint32_t alert;
	struct facts_wanted *wanted;
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
	if (facts->has_explanation) {
		rare_method_explanation_free(&facts->explanation);
		method_facts_free(&facts->words);
	}
	results_free(facts->results);
	free(facts);
}

/* What the alert speaks of: for rare-as the calls of its window that succeeded, as the rule counts no others; for the
 * rare method all of history. */
static void gather_window(struct facts *facts, const struct alert *alert, const uint32_t *rows, size_t count)
{
	const struct store *store = facts->results->store;
	const uint8_t *failed = facts->results->failed;
	uint32_t *seen = xcalloc(count + 1, sizeof(*seen));
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (alert->rule == RULE_RARE_AS) {
			int64_t until = alert->rare_as.evaluated_at,
				since = until - facts->results->params.rare_as.window;

			if (store->timestamp[rows[i]] < since || store->timestamp[rows[i]] > until ||
				row_failed(facts->results, rows[i]))
				continue;
		}
		seen[kept++] = rows[i];
	}
	facts->networks = tally_make(store, failed, FIELD_AS_ORG, seen, kept);
	facts->agents = tally_make(store, failed, FIELD_USER_AGENT, seen, kept);
	facts->addresses = tally_make(store, failed, FIELD_SOURCE_ADDRESS, seen, kept);
	facts->keys = tally_make(store, failed, FIELD_ACCESS_KEY, seen, kept);
	free(seen);
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

/* One pass over all rows: who else came from the addresses of the evidence, what else its keys did. */
static void gather_others(struct facts *facts, const struct alert_view *view, const atomic_bool *is_canceled)
{
	const struct store *store = facts->results->store;
	uint32_t sources = store->dimensions[DIMENSION_SOURCE].count;
	uint8_t *is_address = xcalloc(sources + 1, 1);
	uint8_t *is_key = xcalloc(store->dimensions[DIMENSION_ACTOR].count + 1, 1);
	uint8_t *seen = xcalloc(store->identity_count + 1, 1);

	for (size_t i = 0; i < view->evidence.count; i++) {
		uint32_t row = view->evidence.rows[i];
		uint32_t address = store_value(store, FIELD_SOURCE_ADDRESS, row),
			 key = store_value(store, FIELD_ACCESS_KEY, row);

		if (is_address[store->entry[DIMENSION_SOURCE][row]] == 0)
			for (uint32_t e = 0; e < sources; e++)
				is_address[e] |=
					address && store_entry_value(store, FIELD_SOURCE_ADDRESS, e) == address;
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
		if (identity != UINT32_MAX && is_address[store->entry[DIMENSION_SOURCE][row]])
			seen[identity] = 1;
	}
	for (uint32_t i = 0; i < store->identity_count; i++) {
		uint32_t name = store->identities[i].user_name;

		if (seen[i] && name != view->user) {
			if (facts->other_count < PEERS_SHOWN)
				facts->other_names[facts->other_count++] = name;
			facts->others_on_address++;
		}
	}
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
	gather_week(facts, &view->evidence, rows, count);
	gather_others(facts, view, &task->is_canceled);
	if (alert->rule == RULE_RARE_METHOD && results->engines->rare_method) {
		const struct rare_method *engine = results->engines->rare_method;

		rare_method_explain(engine, &alert->rare_method, &facts->explanation);
		facts->words =
			rare_method_say(engine, &results->params.rare_method, &alert->rare_method, &facts->explanation);
		facts->has_explanation = true;
	}
	free(rows);
	job->facts = facts;
}

static void facts_done(struct app *app, struct task *task)
{
	struct facts_task *job = (struct facts_task *)task;
	struct facts_wanted *wanted = job->wanted;

	(void)app;
	facts_free(wanted->newest);
	wanted->newest = job->facts;
	wanted->is_new = true;
	wanted->task = NULL;
	job->facts = NULL;
}

static void facts_discard(struct task *task)
{
	struct facts_task *job = (struct facts_task *)task;

	facts_free(job->facts);
	results_free(job->results);
	free(job);
}

static void give_up(struct facts_wanted *wanted)
{
	if (wanted->task)
		atomic_store(&wanted->task->is_canceled, true);
	wanted->task = NULL;
}

void facts_want(struct app *app, struct facts_wanted *wanted, uint32_t alert)
{
	struct facts_task *job;

	give_up(wanted);
	if (alert == UINT32_MAX)
		return;
	job = xcalloc(1, sizeof(*job));
	job->task = (struct task){.run = facts_run, .done = facts_done, .discard = facts_discard};
	job->results = results_ref(app->results);
	job->alert = alert;
	job->wanted = wanted;
	wanted->task = &job->task;
	worker_post(app->scanner, &job->task);
}

void facts_wanted_free(struct facts_wanted *wanted)
{
	give_up(wanted);
	facts_free(wanted->newest);
}
