/* columns: the columns of a store, in its order, from the builder's. The last time, each one is gathered into the memory
 * that the one before it has left: memory that is warm costs far less than a fresh page, and no more is held than the
 * store keeps. */
#include "publish.h"

enum { TIMESTAMP, INGESTED, OFFSET, KEY, ID_HIGH, ID_LOW, CONTENT, FILE_NUMBER, LENGTH, ENTRIES };
#define COLUMNS (ENTRIES + DIMENSION_COUNT)

struct columns {
	struct publication *publication;
	bool stay; /* the builder's columns become the store's */
	struct column {
		void *from; /* NULL: there is none */
		size_t item_size;
		void *taken;
	} each[COLUMNS];
};

static void gather_4(const struct publication *publication, const uint32_t *from, uint32_t *to)
{
	const uint32_t *order = publication->order;
	for (size_t i = 0; i < publication->count; i++)
		to[i] = from[order[i]];
}

static void gather_8(const struct publication *publication, const uint64_t *from, uint64_t *to)
{
	const uint32_t *order = publication->order;
	for (size_t i = 0; i < publication->count; i++)
		to[i] = from[order[i]];
}

/* The column id_key, of the ids. */
static void gather_keys(const struct publication *publication, uint64_t *to)
{
	const struct builder *builder = publication->builder;
	for (size_t i = 0; i < publication->count; i++)
		to[i] = row_key(&builder->rows, builder->odd_ids, publication->order[i]);
}

static void *resize(const struct publication *publication, struct block block, size_t item_size)
{
	return pages_resize(block.memory, block.bytes, publication->count * item_size);
}

static void take_column(struct columns *columns, unsigned index, struct block *room)
{
	const struct publication *publication = columns->publication;
	struct column *column = &columns->each[index];
	if (column->from == NULL)
		return;
	struct block left = {column->from, publication->builder->rows.capacity * column->item_size};
	bool is_left = publication->is_last && (index != KEY || !publication->keeps_rest);
	if (columns->stay && is_left) {
		if (index == KEY)
			gather_keys(publication, column->from); /* each in its place */
		column->taken = resize(publication, left, column->item_size);
		return;
	}
	column->taken = resize(publication, *room, column->item_size);
	*room = is_left ? left : (struct block){0};
	if (index == KEY)
		gather_keys(publication, column->taken);
	else if (column->item_size == sizeof(uint32_t))
		gather_4(publication, column->from, column->taken);
	else
		gather_8(publication, column->from, column->taken);
}

/* The actors first, for the identities; meanwhile all the others. */
static void take_lane(void *context, size_t lane, unsigned worker)
{
	(void)worker;
	struct columns *columns = context;
	struct publication *publication = columns->publication;
	struct store_body *body = publication->body;
	struct block *room = &publication->room[lane];
	const unsigned actors = ENTRIES + DIMENSION_ACTOR;
	if (lane == LANE_ACTORS) {
		take_column(columns, actors, room);
		body->store.entry[DIMENSION_ACTOR] = columns->each[actors].taken;
		identities_build(body, room);
	}
	for (unsigned i = 0; lane == LANE_REST && i < COLUMNS; i++)
		if (i != actors)
			take_column(columns, i, room);
	pages_free(room->memory, room->bytes);
}

static void give_columns(const struct columns *columns)
{
	struct store_body *body = columns->publication->body;
	void *taken[COLUMNS];
	for (unsigned i = 0; i < COLUMNS; i++) {
		const struct column *column = &columns->each[i];
		taken[i] = column->taken;
		if (taken[i] != NULL)
			store_own(body, taken[i], columns->publication->count * column->item_size);
	}
	struct store *store = &body->store;
	store->timestamp = taken[TIMESTAMP];
	store->ingested = taken[INGESTED];
	store->offset = taken[OFFSET];
	store->id_key = taken[KEY];
	store->file = taken[FILE_NUMBER];
	store->length = taken[LENGTH];
	for (unsigned d = 0; d < DIMENSION_COUNT; d++)
		store->entry[d] = taken[ENTRIES + d];
	body->rest.id_high = taken[ID_HIGH];
	body->rest.id_low = taken[ID_LOW];
	body->rest.content = taken[CONTENT];
}

void columns_take(struct publication *publication)
{
	struct rows *rows = &publication->builder->rows;
	const size_t word = sizeof(uint64_t), half = sizeof(uint32_t);
	bool keeps_rest = publication->keeps_rest;
	struct columns columns = {
		.publication = publication,
		.stay = publication->in_place && publication->is_last,
		.each = {[TIMESTAMP] = {.from = rows->timestamp, .item_size = word},
			[INGESTED] = {.from = rows->ingested, .item_size = word},
			[OFFSET] = {.from = rows->offset, .item_size = word},
			[KEY] = {.from = rows->id_high, .item_size = word},
			[ID_HIGH] = {.from = keeps_rest ? rows->id_high : NULL, .item_size = word},
			[ID_LOW] = {.from = keeps_rest ? rows->id_low : NULL, .item_size = word},
			[CONTENT] = {.from = keeps_rest ? rows->content : NULL, .item_size = word},
			[FILE_NUMBER] = {.from = rows->file, .item_size = half},
			[LENGTH] = {.from = rows->length, .item_size = half}},
	};
	for (unsigned d = 0; d < DIMENSION_COUNT; d++)
		columns.each[ENTRIES + d] = (struct column){.from = rows->entry[d], .item_size = half};
	for (unsigned lane = 0; columns.stay && lane < LANES; lane++) {
		pages_free(publication->room[lane].memory, publication->room[lane].bytes);
		publication->room[lane] = (struct block){0};
	}
	publication->body->store.count = (uint32_t)publication->count;
	pool_run(publication->threads, LANES, take_lane, &columns);
	give_columns(&columns);
	if (!publication->is_last)
		return;
	if (!keeps_rest)
		pages_free(rows->id_low, rows->capacity * word); /* of ids that are no UUIDs */
	*rows = (struct rows){0};
}
