/* publish: the builder's rows become an immutable store: duplicates dropped, rows in order of time, columns gathered.
 * A snapshot while loading is a copy; the last one takes the columns over one at a time, so memory peaks little above
 * what the store keeps. */
#include "builder.h"

#include <stdlib.h>

struct publication {
	struct builder *builder;
	struct store_body *body;
	uint32_t *order; /* [row of the store] -> row of the builder */
	size_t count;
	bool in_place; /* order is the identity */
	bool is_last;
	bool keeps_rest; /* the store is to be gone on with */
	unsigned threads;
};

static void tell_conflict(void *context, uint32_t row)
{
	const struct builder *builder = context;
	const struct rows *rows = &builder->rows;
	char text[EVENT_ID_TEXT];
	struct slice id = {text, sizeof(text)};
	if (rows->id_high[row] == ODD_ID)
		id = dict_get(builder->odd_ids, (uint32_t)rows->id_low[row]);
	else
		event_id_unpack(rows->id_high[row], rows->id_low[row], text);
	builder->options.conflict(builder->options.conflict_context, id, rows->file[row], rows->offset[row]);
}

/* ---- the order ---- */

/* The column id_key where the ids stay in their order: in their place, unless they are kept. */
static uint64_t *make_keys(const struct publication *publication)
{
	struct builder *builder = publication->builder;
	struct rows *rows = &builder->rows;
	size_t capacity = rows->capacity * sizeof(uint64_t);
	uint64_t *keys = publication->keeps_rest ? pages_alloc(capacity) : rows->id_high;
	for (size_t i = 0; i < rows->count; i++)
		keys[i] = row_key(rows, builder->odd_ids, i);
	if (!publication->keeps_rest) {
		pages_free(rows->id_low, capacity);
		rows->id_low = rows->id_high = NULL;
	}
	return keys;
}

struct decision {
	struct publication *publication;
	uint64_t *keep;
	struct dedupe_result met;
};

/* Two jobs that do not need each other: which rows stay, and the order of all. */
static void decide(void *context, size_t job, unsigned worker)
{
	(void)worker;
	struct decision *decision = context;
	struct publication *publication = decision->publication;
	struct builder *builder = publication->builder;
	const struct rows *rows = &builder->rows;
	if (job == 0) {
		bool tells = publication->is_last && builder->options.conflict != NULL;
		decision->met = dedupe_rows(rows, decision->keep, tells ? tell_conflict : NULL, builder);
		return;
	}
	order_by_time(publication->order, rows, builder->odd_ids, publication->threads);
}

/* Of what was left out, the files are enough to count by. */
static void keep_dropped(struct publication *publication, const uint64_t *keep, uint64_t count)
{
	const struct builder *builder = publication->builder;
	struct store_body *body = publication->body;
	size_t total = builder->dropped_count + (size_t)count, at = builder->dropped_count;
	uint32_t *dropped = pages_alloc(total * sizeof(*dropped));
	if (at > 0)
		memcpy(dropped, builder->dropped, at * sizeof(*dropped));
	for (size_t i = 0; i < builder->rows.count && at < total; i++)
		if ((keep[i / 64] >> i % 64 & 1) == 0)
			dropped[at++] = builder->rows.file[i];
	body->rest.dropped = store_own(body, dropped, total * sizeof(*dropped));
	body->rest.dropped_count = total;
}

/* From here on memory counts for more than the time that two jobs at once would save. */
#define MANY_ROWS (UINT32_C(2) << 20)

/* What only tells duplicates is not needed any more; nor are the ends of ids that are all UUIDs. */
static void free_content(struct builder *builder)
{
	struct rows *rows = &builder->rows;
	pages_free(rows->content, rows->capacity * sizeof(*rows->content));
	rows->content = NULL;
	if (dict_count(builder->odd_ids) > 0)
		return;
	pages_free(rows->id_low, rows->capacity * sizeof(*rows->id_low));
	rows->id_low = NULL;
}

static void decide_order(struct publication *publication)
{
	const struct rows *rows = &publication->builder->rows;
	size_t words = rows->count / 64 + 1;
	struct decision decision = {.publication = publication, .keep = xmalloc(words * sizeof(uint64_t))};
	memset(decision.keep, 0xFF, words * sizeof(uint64_t));
	publication->order = pages_alloc(rows->count * sizeof(*publication->order));
	if (publication->is_last && !publication->keeps_rest && rows->count > MANY_ROWS) {
		decide(&decision, 0, 0);
		free_content(publication->builder);
		decide(&decision, 1, 0);
	} else {
		pool_run(publication->threads, 2, decide, &decision);
	}
	publication->body->store.conflicts = decision.met.conflicts;
	publication->count = rows->count;
	uint64_t duplicates = publication->builder->options.keep_duplicates ? 0 : decision.met.duplicates;
	publication->body->store.duplicates = publication->builder->dropped_count + duplicates;
	if (publication->keeps_rest)
		keep_dropped(publication, decision.keep, duplicates);
	if (duplicates > 0) {
		publication->count = 0;
		for (size_t i = 0; i < rows->count; i++) {
			uint32_t row = publication->order[i];
			if (decision.keep[row / 64] >> row % 64 & 1)
				publication->order[publication->count++] = row;
		}
	}
	publication->in_place = publication->count == rows->count;
	for (uint32_t i = 0; i < publication->count && publication->in_place; i++)
		publication->in_place = publication->order[i] == i;
	free(decision.keep);
}

/* ---- the columns ---- */

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

enum { KEY_COLUMN = 3, DIMENSION_COLUMN = 6, REST_COLUMN = DIMENSION_COLUMN + DIMENSION_COUNT };
#define COLUMNS (REST_COLUMN + 3)
struct columns {
	const struct publication *publication;
	bool stay; /* the builder's columns become the store's */
	void *from[COLUMNS];
	size_t item_size[COLUMNS];
	void *taken[COLUMNS];
};

static size_t column_bytes(const struct columns *columns, size_t index)
{
	return (columns->publication->count * columns->item_size[index] + 7) / 8 * 8;
}

/* All that is gathered stands in one block, for which the system has large pages. */
static void make_room(struct columns *columns)
{
	size_t bytes = 0;
	for (unsigned i = 0; i < COLUMNS; i++)
		bytes += columns->from[i] != NULL ? column_bytes(columns, i) : 0;
	char *block = store_own(columns->publication->body, pages_alloc(bytes), bytes);
	for (unsigned i = 0; i < COLUMNS; i++) {
		if (columns->from[i] == NULL)
			continue;
		columns->taken[i] = block;
		block += column_bytes(columns, i);
	}
}

static void take_column(void *context, size_t index, unsigned worker)
{
	(void)worker;
	struct columns *columns = context;
	const struct publication *publication = columns->publication;
	const struct rows *rows = &publication->builder->rows;
	size_t item_size = columns->item_size[index], capacity = rows->capacity * item_size;
	void *from = columns->from[index];
	if (from == NULL)
		return;
	if (columns->stay) {
		columns->taken[index] = pages_resize(from, capacity, publication->count * item_size);
		return;
	}
	if (index == KEY_COLUMN)
		gather_keys(publication, columns->taken[index]);
	else if (item_size == sizeof(uint32_t))
		gather_4(publication, from, columns->taken[index]);
	else
		gather_8(publication, from, columns->taken[index]);
	/* The ids are read for the keys too. */
	if (publication->is_last && from != rows->id_high && from != rows->id_low)
		pages_free(from, capacity);
}

static void take_columns(struct columns *columns)
{
	const struct publication *publication = columns->publication;
	struct rows *rows = &publication->builder->rows;
	size_t words = rows->capacity * sizeof(uint64_t);
	if (publication->is_last && !publication->keeps_rest) {
		pages_free(rows->content, words);
		rows->content = NULL;
	}
	columns->from[KEY_COLUMN] = columns->stay ? make_keys(publication) : rows->id_high;
	if (!columns->stay)
		make_room(columns);
	pool_run(publication->threads, COLUMNS, take_column, columns);
	if (columns->stay)
		for (unsigned i = 0; i < COLUMNS; i++)
			if (columns->taken[i] != NULL)
				store_own(publication->body, columns->taken[i],
					publication->count * columns->item_size[i]);
	if (!columns->stay && publication->is_last) {
		pages_free(rows->id_high, words);
		pages_free(rows->id_low, words);
	}
	if (publication->is_last)
		*rows = (struct rows){0};
}

static void take_rows(struct publication *publication)
{
	const struct rows *rows = &publication->builder->rows;
	struct columns columns = {
		.publication = publication,
		.stay = publication->in_place && publication->is_last,
		.from = {rows->timestamp, rows->ingested, rows->offset, NULL, rows->file, rows->length},
		.item_size = {sizeof(int64_t), sizeof(int64_t), sizeof(uint64_t), sizeof(uint64_t), sizeof(uint32_t),
			sizeof(uint32_t)},
	};
	for (unsigned d = 0; d < DIMENSION_COUNT; d++) {
		columns.from[DIMENSION_COLUMN + d] = rows->entry[d];
		columns.item_size[DIMENSION_COLUMN + d] = sizeof(uint32_t);
	}
	void *rest[] = {rows->id_high, rows->id_low, rows->content};
	for (unsigned i = 0; i < COUNT_OF(rest) && publication->keeps_rest; i++) {
		columns.from[REST_COLUMN + i] = rest[i];
		columns.item_size[REST_COLUMN + i] = sizeof(uint64_t);
	}
	take_columns(&columns);
	struct store *store = &publication->body->store;
	store->count = (uint32_t)publication->count;
	store->timestamp = columns.taken[0];
	store->ingested = columns.taken[1];
	store->offset = columns.taken[2];
	store->id_key = columns.taken[KEY_COLUMN];
	store->file = columns.taken[4];
	store->length = columns.taken[5];
	for (unsigned d = 0; d < DIMENSION_COUNT; d++)
		store->entry[d] = columns.taken[DIMENSION_COLUMN + d];
	publication->body->rest.id_high = columns.taken[REST_COLUMN];
	publication->body->rest.id_low = columns.taken[REST_COLUMN + 1];
	publication->body->rest.content = columns.taken[REST_COLUMN + 2];
}

/* ---- the tables ---- */

struct dict *builder_copy_strings(const struct dict *strings)
{
	struct dict *copy = dict_new();
	for (uint32_t id = 1; id <= dict_count(strings); id++)
		(void)dict_intern(copy, dict_get(strings, id));
	return copy;
}

static void take_tables(struct publication *publication)
{
	struct builder *builder = publication->builder;
	struct store_body *body = publication->body;
	for (unsigned d = 0; d < DIMENSION_COUNT; d++) {
		struct tuples *tuples = &builder->tuples[d];
		size_t bytes = tuples->count * sizeof(uint32_t);
		body->store.dimensions[d].count = tuples->count;
		for (unsigned c = 0; c < tuples->columns; c++) {
			uint32_t *column = pages_alloc(bytes);
			memcpy(column, tuples->column[c], bytes);
			if (publication->is_last) {
				free(tuples->column[c]);
				tuples->column[c] = NULL;
			}
			body->store.dimensions[d].columns[c] = store_own(body, column, bytes);
		}
	}
	body->strings = publication->is_last ? builder->strings : builder_copy_strings(builder->strings);
	if (publication->is_last)
		builder->strings = NULL;
	body->store.strings = body->strings;
	body->store.bytes += dict_bytes(body->strings);
	if (publication->keeps_rest) {
		body->rest.odd_ids = builder->odd_ids;
		builder->odd_ids = NULL;
		body->store.bytes += dict_bytes(body->rest.odd_ids);
	}
}

static struct store *publish(struct builder *builder, bool is_last, unsigned threads)
{
	struct publication publication = {
		.builder = builder,
		.body = store_body_new(),
		.is_last = is_last,
		.keeps_rest = is_last && builder->options.can_resume,
		.threads = threads,
	};
	size_t order_bytes = builder->rows.count * sizeof(*publication.order);
	decide_order(&publication);
	take_rows(&publication);
	pages_free(publication.order, order_bytes);
	take_tables(&publication);
	identities_build(publication.body);
	if (is_last) {
		builder_clear(builder);
		builder_reset(builder);
	}
	return &publication.body->store;
}

struct store *builder_publish(struct builder *builder)
{
	return publish(builder, false, 1);
}

struct store *builder_finish(struct builder *builder, unsigned threads)
{
	return publish(builder, true, threads);
}
