/* Evaluating both rules over a snapshot, and the figures that the lists show of each alert. It runs on the evaluator's
 * thread; what it makes is never changed afterwards. */
#include "results.h"

#include <stdlib.h>

struct engines *engines_ref(struct engines *engines)
{
	atomic_fetch_add(&engines->references, 1);
	return engines;
}

void engines_free(struct engines *engines)
{
	if (!engines || atomic_fetch_sub(&engines->references, 1) > 1)
		return;
	rare_as_free(engines->rare_as);
	rare_method_free(engines->rare_method);
	store_free(engines->store);
	free(engines);
}

static struct engines *engines_new(const struct store *store)
{
	struct engines *engines = xcalloc(1, sizeof(*engines));

	atomic_init(&engines->references, 1);
	engines->store = store_ref(store);
	engines->rare_as = rare_as_new(store);
	return engines;
}

static bool model_fits(const struct engines *engines, const struct rare_method_params *params)
{
	return !engines->rare_method ||
	       (engines->bucket_span == params->bucket_span && engines->partition_field == params->partition_field);
}

static void engines_model(
	struct engines *engines, const struct rare_method_params *params, const struct rare_model *baseline)
{
	struct err err;

	if (engines->rare_method)
		return;
	bool fits = baseline && rare_model_fits(baseline, params, &err) == 0;
	engines->rare_method = rare_method_new(engines->store, params, fits ? baseline : NULL, pool_default_threads());
	engines->bucket_span = params->bucket_span;
	engines->partition_field = params->partition_field;
}

struct results *results_ref(struct results *results)
{
	atomic_fetch_add(&results->references, 1);
	return results;
}

void results_free(struct results *results)
{
	if (!results || atomic_fetch_sub(&results->references, 1) > 1)
		return;
	for (size_t i = 0; i < results->alerts.count; i++)
		row_list_free(&results->views[i].evidence);
	free(results->views);
	free(results->order);
	alerts_free(&results->alerts);
	alerts_free(&results->near);
	notices_free(&results->notices);
	method_outlook_free(&results->outlook);
	buf_free(&results->outlook_words);
	free(results->trust);
	free(results->failed);
	free(results->users);
	params_free(&results->params);
	engines_free(results->engines);
	free(results);
}

/* ---- vocabularies of the snapshot ---- */

static uint8_t *compute_trust(struct rare_as *engine, const struct rare_as_params *params, const struct store *store)
{
	uint32_t entries = store->dimensions[DIMENSION_SOURCE].count;
	uint8_t *trust = xcalloc(entries ? entries : 1, 1);
	const uint32_t *source = store->entry[DIMENSION_SOURCE];

	for (uint32_t row = 0; row < store->count; row++) {
		uint32_t entry = source[row];

		if (!trust[entry])
			trust[entry] = store_entry_value(store, FIELD_AS_ORG, entry) == 0 ? 3
				       : rare_as_is_trusted(engine, params, row)          ? 1
											  : 2;
	}
	for (uint32_t entry = 0; entry < entries; entry++)
		if (trust[entry] == 3)
			trust[entry] = 0;
	return trust;
}

static uint8_t *compute_failed(const struct store *store)
{
	uint32_t entries = store->dimensions[DIMENSION_CALL].count;
	uint8_t *failed = xcalloc(entries ? entries : 1, 1);
	uint32_t failure = dict_find(store->strings, slice_of("failure"));

	for (uint32_t entry = 0; entry < entries; entry++)
		failed[entry] = store_entry_value(store, FIELD_ERROR_CODE, entry) != 0 ||
				(failure && store_entry_value(store, FIELD_OUTCOME, entry) == failure);
	return failed;
}

bool row_failed(const struct results *results, uint32_t row)
{
	return results->failed[results->store->entry[DIMENSION_CALL][row]];
}

struct slice row_network(const struct store *store, uint32_t row)
{
	struct slice name = store_text(store, FIELD_AS_ORG, row);

	return name.data ? name : store_text(store, FIELD_SOURCE_ADDRESS, row);
}

/* ---- evidence ---- */

/* The organisation that most rows came from; few rows and fewer organisations, so counting by scan will do. */
static uint32_t main_network(const struct store *store, const struct row_list *rows)
{
	struct {
		uint32_t name, count;
	} seen[16] = {0};
	size_t count = 0, best = 0;

	for (size_t i = 0; i < rows->count; i++) {
		uint32_t name = store_value(store, FIELD_AS_ORG, rows->rows[i]);
		size_t at = 0;

		while (at < count && seen[at].name != name)
			at++;
		if (at == count && count < COUNT_OF(seen))
			seen[count++].name = name;
		if (at < count && ++seen[at].count > seen[best].count)
			best = at;
	}
	return count ? seen[best].name : 0;
}

static char severity_letter(enum rule rule)
{
	const char *severity = rules[rule].severity;

	return strcmp(severity, "high") == 0 || strcmp(severity, "critical") == 0 ? 'H'
	       : strcmp(severity, "medium") == 0                                  ? 'M'
										  : 'L';
}

static void view_alert(struct results *results, const struct alert *alert, struct alert_view *view)
{
	const struct store *store = results->store;
	struct engines *engines = results->engines;

	if (alert->rule == RULE_RARE_AS) {
		view->evidence = rare_as_evidence(engines->rare_as, &results->params.rare_as, alert->rare_as.identity,
			alert->rare_as.evaluated_at, true);
		view->user = alert->rare_as.user_name;
		view->type = alert->rare_as.identity_type;
		view->identity = alert->rare_as.identity;
		view->score = rules[RULE_RARE_AS].risk_score;
	} else {
		view->evidence = rare_method_evidence(engines->rare_method, &alert->rare_method);
		view->user = alert->rare_method.user_name;
		view->identity = UINT32_MAX;
		view->score = alert->rare_method.record_score;
		if (view->evidence.count > 0) {
			uint32_t row = view->evidence.rows[0];

			view->identity = store->actor_identity[store->entry[DIMENSION_ACTOR][row]];
			view->type = store_value(store, FIELD_IDENTITY_TYPE, row);
			if (!view->user)
				view->user = store_value(store, FIELD_USER_NAME, row);
		}
	}
	view->network = main_network(store, &view->evidence);
	view->severity = severity_letter(alert->rule);
	view->seen = view->evidence.count ? store->timestamp[view->evidence.rows[view->evidence.count - 1]]
					  : alert->last_fired;
}

/* ---- order ---- */

struct order_key {
	uint32_t index;
	int severity;
	double score;
	int64_t seen;
	uint32_t user;
	bool is_placed;
};

static int order_compare(const void *left, const void *right)
{
	const struct order_key *a = left, *b = right;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->score < b->score || a->score > b->score)
		return a->score > b->score ? -1 : 1;
	if (a->seen != b->seen)
		return a->seen > b->seen ? -1 : 1;
	return a->index < b->index ? -1 : 1;
}

static int severity_rank(char severity)
{
	return severity == 'H' ? 3 : severity == 'M' ? 2 : 1;
}

/* Worst first; an alert of the same user within the hour follows the one it belongs to. */
static void order_alerts(struct results *results)
{
	size_t count = results->alerts.count, out = 0;
	struct order_key *keys = xcalloc(count ? count : 1, sizeof(*keys));

	results->order = xcalloc(count ? count : 1, sizeof(*results->order));
	for (size_t i = 0; i < count; i++)
		keys[i] = (struct order_key){(uint32_t)i, severity_rank(results->views[i].severity),
			results->views[i].score, results->views[i].seen, results->views[i].user, false};
	qsort(keys, count, sizeof(*keys), order_compare);
	for (size_t i = 0; i < count; i++) {
		if (keys[i].is_placed)
			continue;
		results->order[out++] = keys[i].index;
		/* Bounded look-ahead keeps many thousands of alerts cheap. */
		for (size_t j = i + 1; j < count && j < i + 2000; j++) {
			int64_t apart = keys[j].seen - keys[i].seen;

			if (keys[j].is_placed || keys[j].user != keys[i].user || apart > HOUR_MS || apart < -HOUR_MS)
				continue;
			keys[j].is_placed = true;
			results->order[out++] = keys[j].index;
		}
	}
	free(keys);
}

static void count_user_alerts(struct results *results)
{
	uint32_t *position = xcalloc(results->store->identity_count + 1, sizeof(*position));

	for (uint32_t i = 0; i < results->user_count; i++)
		position[results->users[i].identity] = i + 1;
	for (size_t i = 0; i < results->alerts.count; i++) {
		const struct alert_view *view = &results->views[i];
		struct user_view *user;

		if (view->identity == UINT32_MAX || !position[view->identity])
			continue;
		user = &results->users[position[view->identity] - 1];
		user->alerts++;
		if (user->severity == ' ' || severity_rank(view->severity) > severity_rank(user->severity))
			user->severity = view->severity;
	}
	free(position);
}

static void evaluate(
	struct engines *engines, const struct params *params, uint32_t wanted, int64_t now, struct alerts *out)
{
	if (wanted >> RULE_RARE_AS & 1) {
		if (now == TIME_NONE)
			rare_as_replay(engines->rare_as, &params->rare_as, out);
		else
			rare_as_at(engines->rare_as, &params->rare_as, now, out);
	}
	if (wanted >> RULE_RARE_METHOD & 1) {
		if (now == TIME_NONE)
			rare_method_alerts(engines->rare_method, &params->rare_method, out);
		else
			rare_method_at(engines->rare_method, &params->rare_method, now, out);
	}
}

struct results *results_compute(const struct store *store, struct engines *engines, const struct params *params,
	const struct params *without, uint32_t rules_wanted, const struct rare_model *baseline, int64_t now,
	bool is_partial)
{
	struct results *results = xcalloc(1, sizeof(*results));
	int64_t started = time_monotonic_us();

	atomic_init(&results->references, 1);
	/* Engines never change once given out, as others borrow from them: another model means new ones. */
	if (engines && !model_fits(engines, &params->rare_method))
		results->engines = engines_new(engines->store);
	else
		results->engines = engines ? engines_ref(engines) : engines_new(store);
	results->store = results->engines->store;
	params_copy(&results->params, params);
	results->now = now;
	results->is_partial = is_partial;
	if (!rules_wanted)
		rules_wanted = 1U << RULE_RARE_AS | 1U << RULE_RARE_METHOD;
	if (rules_wanted >> RULE_RARE_METHOD & 1)
		engines_model(results->engines, &params->rare_method, baseline);
	evaluate(results->engines, params, rules_wanted, now, &results->alerts);
	if (without) {
		struct alerts all = {0};

		evaluate(results->engines, without, rules_wanted, now, &all);
		results->silenced = all.count > results->alerts.count ? all.count - results->alerts.count : 0;
		alerts_free(&all);
	}
	if (rules_wanted >> RULE_RARE_AS & 1) {
		rare_as_near_misses(results->engines->rare_as, &params->rare_as, now, &results->near);
		rare_as_notices(results->engines->rare_as, &params->rare_as, &results->notices);
	}
	if (rules_wanted >> RULE_RARE_METHOD & 1) {
		rare_method_outlook(results->engines->rare_method, &params->rare_method, &results->outlook);
		rare_method_say_outlook(results->engines->rare_method, &params->rare_method, &results->outlook,
			&results->outlook_words);
	}
	results->trust = compute_trust(results->engines->rare_as, &params->rare_as, results->store);
	results->failed = compute_failed(results->store);
	results->views = xcalloc(results->alerts.count ? results->alerts.count : 1, sizeof(*results->views));
	for (size_t i = 0; i < results->alerts.count; i++)
		view_alert(results, &results->alerts.items[i], &results->views[i]);
	order_alerts(results);
	results->users = users_compute(results->store, results->trust, results->failed, NULL, &results->user_count);
	count_user_alerts(results);
	results->elapsed_us = time_monotonic_us() - started;
	return results;
}

uint32_t results_find(const struct results *results, const char *alert_id)
{
	for (size_t i = 0; i < results->alerts.count; i++)
		if (strcmp(results->alerts.items[i].id, alert_id) == 0)
			return (uint32_t)i;
	return UINT32_MAX;
}

/* ---- identities ---- */

static int compare_ids(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return a < b ? -1 : a > b;
}

static uint32_t count_distinct(uint32_t *ids, uint32_t count)
{
	uint32_t distinct = 0;

	qsort(ids, count, sizeof(*ids), compare_ids);
	for (uint32_t i = 0; i < count; i++)
		distinct += ids[i] != 0 && (i == 0 || ids[i] != ids[i - 1]);
	return distinct;
}

/* Distinct values of a field over rows, by way of the distinct entries of its dimension. `mark` holds a stamp an entry. */
static uint32_t distinct_values(const struct store *store, enum event_field field, const uint32_t *rows, uint32_t count,
	uint32_t *mark, uint32_t stamp, struct buf *ids)
{
	const uint32_t *entries = store->entry[event_fields[field].dimension];
	uint32_t found = 0;

	ids->length = 0;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t entry = entries[rows[i]], value;

		if (mark[entry] == stamp)
			continue;
		mark[entry] = stamp;
		value = store_entry_value(store, field, entry);
		buf_add(ids, (const char *)&value, sizeof(value));
		found++;
	}
	return found ? count_distinct((uint32_t *)(void *)ids->data, found) : 0;
}

struct user_view *users_compute(
	const struct store *store, const uint8_t *trust, const uint8_t *failed, const uint64_t *keep, uint32_t *count)
{
	struct user_view *users = xcalloc(store->identity_count + 1, sizeof(*users));
	uint32_t sources = store->dimensions[DIMENSION_SOURCE].count, calls = store->dimensions[DIMENSION_CALL].count;
	uint32_t *source_mark = xcalloc(sources + 1, sizeof(*source_mark));
	uint32_t *call_mark = xcalloc(calls + 1, sizeof(*call_mark));
	uint32_t *rows = xcalloc(store->count + 1, sizeof(*rows));
	struct buf ids = BUF_EMPTY;
	uint32_t out = 0;

	for (uint32_t i = 0; i < store->identity_count; i++) {
		const struct identity *identity = &store->identities[i];
		struct user_view *user = &users[out];
		uint32_t kept = 0;

		for (uint32_t k = 0; k < identity->count; k++) {
			uint32_t row = store->identity_rows[identity->first + k];

			if (keep && !(keep[row / 64] >> row % 64 & 1))
				continue;
			rows[kept++] = row;
			user->errors += failed[store->entry[DIMENSION_CALL][row]];
			user->untrusted += trust[store->entry[DIMENSION_SOURCE][row]] == 2;
		}
		if (kept == 0)
			continue;
		user->identity = i;
		user->user = identity->user_name;
		user->type = identity->type;
		user->events = kept;
		user->severity = ' ';
		user->first = store->timestamp[rows[0]];
		user->last = store->timestamp[rows[kept - 1]];
		user->networks = distinct_values(store, FIELD_AS_ORG, rows, kept, source_mark, i + 1, &ids);
		user->actions = distinct_values(store, FIELD_ACTION, rows, kept, call_mark, i + 1, &ids);
		out++;
	}
	buf_free(&ids);
	free(rows);
	free(source_mark);
	free(call_mark);
	*count = out;
	return users;
}
