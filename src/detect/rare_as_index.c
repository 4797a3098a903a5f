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
	uint64_t clock; /* since the earliest */
	uint32_t row;
};

/* By clock, rows with the same one as they stand: a radix sort, because times are numbers of few digits. */
static struct clock_row *sort_by_clock(struct clock_row *order, struct clock_row *spare, uint32_t count, uint64_t most)
{
	enum { BITS = 11, BUCKETS = 1 << BITS };
	for (unsigned shift = 0; shift < 64 && most >> shift > 0; shift += BITS) {
		uint32_t starts[BUCKETS + 1] = {0};
		for (uint32_t i = 0; i < count; i++)
			starts[(order[i].clock >> shift & (BUCKETS - 1)) + 1]++;
		for (unsigned bucket = 0; bucket < BUCKETS; bucket++)
			starts[bucket + 1] += starts[bucket];
		for (uint32_t i = 0; i < count; i++)
			spare[starts[order[i].clock >> shift & (BUCKETS - 1)]++] = order[i];
		struct clock_row *sorted = spare;
		spare = order;
		order = sorted;
	}
	return order;
}

static int64_t clock_of_row(const struct store *store, uint32_t row)
{
	return store->ingested[row] == TIME_NONE ? store->timestamp[row] : store->ingested[row];
}

static void rank_rows(struct rare_as *engine)
{
	const struct store *store = engine->store;
	engine->clock = store->timestamp;
	if (!store->ingested || store->count == 0)
		return;
	int64_t first = INT64_MAX, last = INT64_MIN;
	for (uint32_t row = 0; row < store->count; row++) {
		int64_t clock = clock_of_row(store, row);
		first = clock < first ? clock : first;
		last = clock > last ? clock : last;
	}
	struct clock_row *memory = xreallocarray(NULL, store->count, 2 * sizeof *memory);
	for (uint32_t row = 0; row < store->count; row++)
		memory[row] = (struct clock_row){(uint64_t)clock_of_row(store, row) - (uint64_t)first, row};
	const struct clock_row *order =
		sort_by_clock(memory, memory + store->count, store->count, (uint64_t)last - (uint64_t)first);
	engine->ranked_clock = xreallocarray(NULL, store->count, sizeof *engine->ranked_clock);
	engine->ranked_rows = xreallocarray(NULL, store->count, sizeof *engine->ranked_rows);
	for (uint32_t rank = 0; rank < store->count; rank++) {
		engine->ranked_clock[rank] = (int64_t)(order[rank].clock + (uint64_t)first);
		engine->ranked_rows[rank] = order[rank].row;
	}
	engine->clock = engine->ranked_clock;
	free(memory);
}

/* ---- events ---- */

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

/* The identity of a row that the rule can see, or UINT32_MAX. */
static uint32_t visible_identity(const struct rare_as *engine, const uint8_t *is_success, uint32_t row)
{
	const struct store *store = engine->store;
	if (!is_success[store->entry[DIMENSION_CALL][row]] ||
		engine->source_org[store->entry[DIMENSION_SOURCE][row]] == 0)
		return UINT32_MAX;
	return store->actor_identity[store->entry[DIMENSION_ACTOR][row]];
}

/* Counts, then deals the ranks out in order, so that each identity's come out in order. */
static void collect_events(struct rare_as *engine)
{
	const struct store *store = engine->store;
	uint8_t *is_success = successful_calls(store);
	uint32_t *begin = xcalloc(store->identity_count + (size_t)2, sizeof *begin);
	/* Without an AS database there is no organisation at all. */
	uint32_t rows = engine->org_count > 0 ? store->count : 0;
	for (uint32_t row = 0; row < rows; row++) {
		uint32_t identity = visible_identity(engine, is_success, row);
		if (identity != UINT32_MAX)
			begin[identity + 2]++;
	}
	for (uint32_t i = 0; i < store->identity_count; i++)
		begin[i + 2] += begin[i + 1];
	uint32_t count = begin[store->identity_count + 1];
	engine->rank = xreallocarray(NULL, count + (size_t)1, sizeof *engine->rank);
	engine->source = xreallocarray(NULL, count + (size_t)1, sizeof *engine->source);
	engine->call = xreallocarray(NULL, count + (size_t)1, sizeof *engine->call);
	for (uint32_t rank = 0; rank < rows; rank++) {
		uint32_t row = engine->ranked_rows ? engine->ranked_rows[rank] : rank;
		uint32_t identity = visible_identity(engine, is_success, row);
		if (identity == UINT32_MAX)
			continue;
		uint32_t event = begin[identity + 1]++;
		engine->rank[event] = rank;
		engine->source[event] = store->entry[DIMENSION_SOURCE][row];
		engine->call[event] = store->entry[DIMENSION_CALL][row];
	}
	engine->begin = begin; /* dealt out, each place has moved to where the next identity begins */
	engine->count = count;
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
	rank_rows(engine);
	collect_events(engine);
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
	free(engine->label_facts.source_events);
	free(engine->source_ip);
	free(engine->source_has_ip);
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
