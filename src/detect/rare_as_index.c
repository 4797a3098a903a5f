/* rare_as_index: the engine of rare-as: the events the rule can see, identity by identity in the order of its clock.
 * Built once per store; parameters never change it. */
#include "rare_as.h"

#include <stdlib.h>

/* ---- dense numbers for the values of one field, by entry of its dimension ---- */

static uint32_t *dense_numbers(
	const struct store *store, enum event_field field, uint32_t **string_of_number, uint32_t *count)
{
	const struct dimension *dimension = &store->dimensions[event_fields[field].dimension];
	uint32_t *number_of_string = xcalloc(dict_count(store->strings) + (size_t)1, sizeof *number_of_string);
	uint32_t *numbers = xcalloc(dimension->count + (size_t)1, sizeof *numbers);
	size_t capacity = 0;
	*string_of_number = array_grow(NULL, &capacity, 1, sizeof **string_of_number);
	(*string_of_number)[0] = 0;
	*count = 0;
	for (uint32_t entry = 0; entry < dimension->count; entry++) {
		uint32_t string = store_entry_value(store, field, entry);
		if (string == 0)
			continue;
		if (number_of_string[string] == 0) {
			number_of_string[string] = ++*count;
			*string_of_number =
				array_grow(*string_of_number, &capacity, *count + (size_t)1, sizeof **string_of_number);
			(*string_of_number)[*count] = string;
		}
		numbers[entry] = number_of_string[string];
	}
	free(number_of_string);
	return numbers;
}

/* ---- the rule's clock ---- */

struct clock_row {
	int64_t clock;
	uint32_t row;
};

static int compare_clock(const void *left, const void *right)
{
	const struct clock_row *a = left, *b = right;
	if (a->clock != b->clock)
		return a->clock < b->clock ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row);
}

/* Returns row -> rank for the caller to free, or NULL where the two are the same. */
static uint32_t *rank_rows(struct rare_as *engine)
{
	const struct store *store = engine->store;
	engine->clock = store->timestamp;
	if (!store->ingested || store->count == 0)
		return NULL;
	struct clock_row *order = xreallocarray(NULL, store->count, sizeof *order);
	for (uint32_t row = 0; row < store->count; row++) {
		int64_t ingested = store->ingested[row];
		order[row] = (struct clock_row){ingested == TIME_NONE ? store->timestamp[row] : ingested, row};
	}
	qsort(order, store->count, sizeof *order, compare_clock);
	engine->ranked_clock = xreallocarray(NULL, store->count, sizeof *engine->ranked_clock);
	engine->ranked_rows = xreallocarray(NULL, store->count, sizeof *engine->ranked_rows);
	uint32_t *ranks = xreallocarray(NULL, store->count, sizeof *ranks);
	for (uint32_t rank = 0; rank < store->count; rank++) {
		engine->ranked_clock[rank] = order[rank].clock;
		engine->ranked_rows[rank] = order[rank].row;
		ranks[order[rank].row] = rank;
	}
	engine->clock = engine->ranked_clock;
	free(order);
	return ranks;
}

/* ---- events ---- */

static int compare_ranks(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
	return (a > b) - (a < b);
}

/* Calls that succeeded; a byte each, because every row asks. */
static uint8_t *successful_calls(const struct store *store)
{
	uint32_t count = store->dimensions[DIMENSION_CALL].count;
	uint32_t success = dict_find(store->strings, slice_of("success"));
	uint8_t *is_success = xcalloc(count + (size_t)1, 1);
	for (uint32_t entry = 0; entry < count && success != 0; entry++)
		is_success[entry] = store_entry_value(store, FIELD_OUTCOME, entry) == success;
	return is_success;
}

static void collect_events(struct rare_as *engine, const uint32_t *ranks)
{
	const struct store *store = engine->store;
	const uint32_t *sources = store->entry[DIMENSION_SOURCE], *calls = store->entry[DIMENSION_CALL];
	uint8_t *is_success = successful_calls(store);
	uint32_t most = 0;
	for (uint32_t i = 0; i < store->identity_count; i++)
		most += store->identities[i].count;
	engine->begin = xcalloc(store->identity_count + (size_t)1, sizeof *engine->begin);
	engine->rank = xreallocarray(NULL, most + (size_t)1, sizeof *engine->rank);
	uint32_t count = 0;
	for (uint32_t i = 0; i < store->identity_count; i++) {
		const struct identity *identity = &store->identities[i];
		const uint32_t *rows = store->identity_rows + identity->first;
		engine->begin[i] = count;
		for (uint32_t at = 0; at < identity->count; at++) {
			uint32_t row = rows[at];
			if (is_success[calls[row]] && engine->source_org[sources[row]] != 0)
				engine->rank[count++] = ranks ? ranks[row] : row;
		}
		if (ranks && count - engine->begin[i] > 1)
			qsort(engine->rank + engine->begin[i], count - engine->begin[i], sizeof *engine->rank,
				compare_ranks);
	}
	engine->begin[store->identity_count] = count;
	engine->count = count;
	engine->rank = xreallocarray(engine->rank, count + (size_t)1, sizeof *engine->rank);
	engine->source = xreallocarray(NULL, count + (size_t)1, sizeof *engine->source);
	engine->call = xreallocarray(NULL, count + (size_t)1, sizeof *engine->call);
	for (uint32_t event = 0; event < count; event++) {
		uint32_t row = rare_as_row(engine, event);
		engine->source[event] = sources[row];
		engine->call[event] = calls[row];
	}
	free(is_success);
}

/* The networks of each identity, so that a change of the trusted list is led to those it touches. */
static void collect_identity_orgs(struct rare_as *engine)
{
	uint32_t *seen_by = xcalloc(engine->org_count + (size_t)1, sizeof *seen_by); /* identity + 1 */
	uint32_t identities = engine->store->identity_count;
	engine->identity_org_begin = xcalloc(identities + (size_t)1, sizeof *engine->identity_org_begin);
	size_t capacity = 0;
	uint32_t count = 0;
	for (uint32_t i = 0; i < identities; i++) {
		engine->identity_org_begin[i] = count;
		for (uint32_t event = engine->begin[i]; event < engine->begin[i + 1]; event++) {
			uint32_t org = engine->source_org[engine->source[event]];
			if (seen_by[org] == i + 1)
				continue;
			seen_by[org] = i + 1;
			engine->identity_orgs = array_grow(
				engine->identity_orgs, &capacity, count + (size_t)1, sizeof *engine->identity_orgs);
			engine->identity_orgs[count++] = org;
		}
	}
	engine->identity_org_begin[identities] = count;
	free(seen_by);
}

struct rare_as *rare_as_new(const struct store *store)
{
	struct rare_as *engine = xcalloc(1, sizeof *engine);
	engine->store = store_ref(store);
	engine->source_org = dense_numbers(store, FIELD_AS_ORG, &engine->org_string, &engine->org_count);
	engine->call_action = dense_numbers(store, FIELD_ACTION, &engine->action_string, &engine->action_count);
	uint32_t *ranks = rank_rows(engine);
	collect_events(engine, ranks);
	free(ranks);
	collect_identity_orgs(engine);
	engine->scratch.orgs = xcalloc(engine->org_count + (size_t)1, sizeof *engine->scratch.orgs);
	engine->scratch.actions = xcalloc(engine->action_count + (size_t)1, sizeof *engine->scratch.actions);
	engine->scratch.calls = xcalloc(engine->action_count + (size_t)1, sizeof *engine->scratch.calls);
	values_init(engine);
	return engine;
}

void rare_as_free(struct rare_as *engine)
{
	if (!engine)
		return;
	for (unsigned i = 0; i < VIEW_COUNT; i++)
		view_free(&engine->views[i], engine->store->identity_count);
	windows_free(&engine->windows);
	free(engine->ranked_rows);
	free(engine->ranked_clock);
	free(engine->begin);
	free(engine->rank);
	free(engine->source);
	free(engine->call);
	free(engine->source_org);
	free(engine->org_string);
	free(engine->call_action);
	free(engine->action_string);
	free(engine->identity_org_begin);
	free(engine->identity_orgs);
	free(engine->scratch.orgs);
	free(engine->scratch.actions);
	free(engine->scratch.calls);
	free(engine->scratch.newest);
	free(engine->scratch.runs);
	values_free(&engine->scratch.values);
	free(engine->scratch.ids);
	store_free(engine->store);
	free(engine);
}

uint32_t rare_as_rank_bound(const struct rare_as *engine, int64_t time)
{
	uint32_t low = 0, high = engine->store->count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (engine->clock[middle] < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t rare_as_event_bound(const struct rare_as *engine, uint32_t identity, uint32_t rank)
{
	uint32_t low = engine->begin[identity], high = engine->begin[identity + 1];
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (engine->rank[middle] < rank)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
