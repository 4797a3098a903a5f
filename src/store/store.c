/* store: a published snapshot: references, look-ups, and subsets that borrow the tables of their parent. */
#include "store_parts.h"

#include <stdlib.h>

struct store_body *store_body_new(void)
{
	struct store_body *body = xcalloc(1, sizeof(*body));
	atomic_init(&body->references, 1);
	body->store.bytes = sizeof(*body);
	return body;
}

void *store_own(struct store_body *body, void *block, size_t bytes)
{
	if (body->owned_count == COUNT_OF(body->owned))
		base_abort("a store owns more than %zu blocks", COUNT_OF(body->owned));
	body->owned[body->owned_count++] = (struct block){block, bytes};
	body->store.bytes += bytes;
	return block;
}

struct store *store_ref(const struct store *store)
{
	struct store_body *body = (struct store_body *)(uintptr_t)store;
	atomic_fetch_add_explicit(&body->references, 1, memory_order_relaxed);
	return &body->store;
}

void store_free(const struct store *store)
{
	if (store == NULL)
		return;
	struct store_body *body = (struct store_body *)(uintptr_t)store;
	if (atomic_fetch_sub_explicit(&body->references, 1, memory_order_acq_rel) != 1)
		return;
	for (unsigned i = 0; i < body->owned_count; i++)
		pages_free(body->owned[i].memory, body->owned[i].bytes);
	dict_free(body->strings);
	dict_free(body->rest.odd_ids);
	store_free(body->parent);
	free(body);
}

uint32_t store_lower_bound(const struct store *store, int64_t timestamp)
{
	uint32_t first = 0, end = store->count;
	while (first < end) {
		uint32_t middle = first + (end - first) / 2;
		if (store->timestamp[middle] < timestamp)
			first = middle + 1;
		else
			end = middle;
	}
	return first;
}

static int compare_to(const struct store *store, const struct identity *identity, struct slice user, struct slice type)
{
	int order = slice_compare(store_string(store, identity->user_name), user);
	if (order != 0)
		return order;
	if (identity->type == 0 || type.data == NULL)
		return (identity->type != 0) - (type.data != NULL);
	return slice_compare(store_string(store, identity->type), type);
}

uint32_t store_identity_find(const struct store *store, struct slice user_name, struct slice type)
{
	uint32_t first = 0, end = store->identity_count;
	while (first < end) {
		uint32_t middle = first + (end - first) / 2;
		int order = compare_to(store, &store->identities[middle], user_name, type);
		if (order == 0)
			return middle;
		if (order < 0)
			first = middle + 1;
		else
			end = middle;
	}
	return UINT32_MAX;
}

/* ---- subsets ---- */

static bool is_kept(const uint64_t *keep, uint32_t row)
{
	return keep[row / 64] >> row % 64 & 1;
}

static void *pick(struct store_body *body, const void *column, size_t item_size, const uint32_t *rows)
{
	char *picked = pages_alloc(body->store.count * item_size);
	for (uint32_t i = 0; i < body->store.count; i++)
		memcpy(picked + i * item_size, (const char *)column + rows[i] * item_size, item_size);
	return store_own(body, picked, body->store.count * item_size);
}

struct store *store_subset(const struct store *store, const uint64_t *keep)
{
	struct store_body *body = store_body_new();
	body->parent = store_ref(store);
	struct store *subset = &body->store;
	memcpy(subset->dimensions, store->dimensions, sizeof(subset->dimensions));
	subset->strings = store->strings;
	subset->duplicates = store->duplicates;
	subset->conflicts = store->conflicts;
	for (uint32_t row = 0; row < store->count; row++)
		subset->count += is_kept(keep, row);
	uint32_t *rows = xreallocarray(NULL, subset->count, sizeof(*rows));
	for (uint32_t row = 0, at = 0; row < store->count; row++)
		if (is_kept(keep, row))
			rows[at++] = row;
	subset->timestamp = pick(body, store->timestamp, sizeof(*store->timestamp), rows);
	if (store->ingested != NULL)
		subset->ingested = pick(body, store->ingested, sizeof(*store->ingested), rows);
	for (unsigned d = 0; d < DIMENSION_COUNT; d++)
		subset->entry[d] = pick(body, store->entry[d], sizeof(uint32_t), rows);
	subset->file = pick(body, store->file, sizeof(*store->file), rows);
	subset->offset = pick(body, store->offset, sizeof(*store->offset), rows);
	subset->length = pick(body, store->length, sizeof(*store->length), rows);
	subset->id_key = pick(body, store->id_key, sizeof(*store->id_key), rows);
	free(rows);
	identities_build(body, &(struct block){0});
	return subset;
}
