/* identities: the groups of rule rare-as, each with its rows. Sorted by bytes, so every list over them has one order. */
#include "store_parts.h"

#include <stdlib.h>

#define NO_IDENTITY UINT32_MAX

static int compare_identities(const void *left, const void *right, void *context)
{
	const struct identity *a = left, *b = right;
	const struct dict *strings = context;
	int order = a->user_name == b->user_name
			    ? 0
			    : slice_compare(dict_get(strings, a->user_name), dict_get(strings, b->user_name));
	if (order != 0 || a->type == b->type)
		return order;
	if (a->type == 0 || b->type == 0)
		return a->type == 0 ? -1 : 1;
	return slice_compare(dict_get(strings, a->type), dict_get(strings, b->type));
}

/* The distinct (user.name, type) of the actors that have rows; pair_of tells each actor entry its pair. */
static struct tuples collect_pairs(const struct store *store, const uint32_t *rows_of, uint32_t *pair_of)
{
	struct tuples pairs;
	tuples_init(&pairs, 2);
	for (uint32_t i = 0; i < store->dimensions[DIMENSION_ACTOR].count; i++) {
		uint32_t values[2] = {
			store_entry_value(store, FIELD_USER_NAME, i), store_entry_value(store, FIELD_IDENTITY_TYPE, i)};
		pair_of[i] = NO_IDENTITY;
		if (rows_of[i] > 0 && values[0] != 0)
			pair_of[i] = tuples_intern(&pairs, values) - 1; /* entry 0 is "no name" */
	}
	return pairs;
}

/* The identities in order; identity_of tells each actor entry its own. */
static struct identity *sort_pairs(const struct store *store, const struct tuples *pairs, uint32_t *identity_of)
{
	uint32_t count = pairs->count - 1;
	struct identity *identities = pages_alloc(count * sizeof(*identities));
	for (uint32_t i = 0; i < count; i++) /* `first` carries the pair's number through the sort */
		identities[i] = (struct identity){pairs->column[0][i + 1], pairs->column[1][i + 1], i, 0};
	qsort_r(identities, count, sizeof(*identities), compare_identities, (void *)store->strings);
	uint32_t *rank = xreallocarray(NULL, count, sizeof(*rank));
	for (uint32_t i = 0; i < count; i++)
		rank[identities[i].first] = i;
	for (uint32_t i = 0; i < store->dimensions[DIMENSION_ACTOR].count; i++)
		if (identity_of[i] != NO_IDENTITY)
			identity_of[i] = rank[identity_of[i]];
	free(rank);
	return identities;
}

void identities_build(struct store_body *body, struct block *room)
{
	struct store *store = &body->store;
	const uint32_t *actor = store->entry[DIMENSION_ACTOR];
	uint32_t actors = store->dimensions[DIMENSION_ACTOR].count;
	uint32_t *identity_of = pages_alloc(actors * sizeof(*identity_of));
	uint32_t *rows_of = xcalloc(actors, sizeof(*rows_of));
	for (uint32_t row = 0; row < store->count; row++)
		rows_of[actor[row]]++;
	struct tuples pairs = collect_pairs(store, rows_of, identity_of);
	struct identity *identities = sort_pairs(store, &pairs, identity_of);
	uint32_t count = pairs.count - 1, total = 0;
	tuples_free(&pairs);
	for (uint32_t i = 0; i < actors; i++)
		if (identity_of[i] != NO_IDENTITY)
			identities[identity_of[i]].count += rows_of[i];
	free(rows_of);
	uint32_t *next = xreallocarray(NULL, count, sizeof(*next));
	for (uint32_t i = 0; i < count; i++) {
		next[i] = identities[i].first = total;
		total += identities[i].count;
	}
	uint32_t *rows = pages_resize(room->memory, room->bytes, total * sizeof(*rows));
	*room = (struct block){0};
	for (uint32_t row = 0; row < store->count; row++)
		if (identity_of[actor[row]] != NO_IDENTITY)
			rows[next[identity_of[actor[row]]]++] = row;
	free(next);
	store->identity_count = count;
	store->identities = store_own(body, identities, count * sizeof(*identities));
	store->identity_rows = store_own(body, rows, total * sizeof(*rows));
	store->actor_identity = store_own(body, identity_of, actors * sizeof(*identity_of));
}
