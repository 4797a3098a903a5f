/* publish: the builder's rows become an immutable store: duplicates dropped, rows in order of time, columns gathered.
 * A snapshot while loading is a copy; the last one takes the columns over one at a time, so memory peaks one column
 * above what the store keeps. */
#include "builder.h"

#include <stdlib.h>

struct publication {
	struct builder *builder;
	struct store_body *body;
	uint32_t *order; /* [row of the store] -> row of the builder */
	size_t count;
	bool in_place; /* order is the identity */
	bool is_last;
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

static uint64_t *make_keys(const struct builder *builder)
{
	const struct rows *rows = &builder->rows;
	uint64_t *keys = xreallocarray(NULL, rows->count, sizeof(*keys));
	for (size_t i = 0; i < rows->count; i++) {
		if (rows->id_high[i] != ODD_ID) {
			char text[EVENT_ID_TEXT];
			event_id_unpack(rows->id_high[i], rows->id_low[i], text);
			keys[i] = event_id_key((struct slice){text, sizeof(text)});
		} else {
			keys[i] = event_id_key(dict_get(builder->odd_ids, (uint32_t)rows->id_low[i]));
		}
	}
	return keys;
}

static void decide_order(struct publication *publication, const uint64_t *keys)
{
	struct builder *builder = publication->builder;
	const struct rows *rows = &builder->rows;
	size_t words = rows->count / 64 + 1;
	uint64_t *keep = xmalloc(words * sizeof(*keep));
	memset(keep, 0xFF, words * sizeof(*keep));
	bool tells = publication->is_last && builder->options.conflict != NULL;
	struct dedupe_result met = dedupe_rows(rows, keep, tells ? tell_conflict : NULL, builder);
	publication->body->store.conflicts = met.conflicts;
	bool drops = !builder->options.keep_duplicates && met.duplicates > 0;
	publication->body->store.duplicates = drops ? met.duplicates : 0;
	publication->order = xreallocarray(NULL, rows->count, sizeof(*publication->order));
	size_t count = 0;
	for (uint32_t i = 0; i < rows->count; i++)
		if (!drops || keep[i / 64] >> i % 64 & 1)
			publication->order[count++] = i;
	free(keep);
	publication->count = count;
	order_by_time(publication->order, count, rows->timestamp, keys, publication->threads);
	publication->in_place = count == rows->count;
	for (uint32_t i = 0; i < count && publication->in_place; i++)
		publication->in_place = publication->order[i] == i;
}

/* ---- the columns ---- */

static uint32_t *gather_4(const struct publication *publication, const uint32_t *from)
{
	const uint32_t *order = publication->order;
	uint32_t *to = xreallocarray(NULL, publication->count, sizeof(*to));
	for (size_t i = 0; i < publication->count; i++)
		to[i] = from[order[i]];
	return to;
}

static uint64_t *gather_8(const struct publication *publication, const uint64_t *from)
{
	const uint32_t *order = publication->order;
	uint64_t *to = xreallocarray(NULL, publication->count, sizeof(*to));
	for (size_t i = 0; i < publication->count; i++)
		to[i] = from[order[i]];
	return to;
}

/* The column in the order of the store; the last publication consumes `column`. */
static void *take_column(const struct publication *publication, void *column, size_t item_size)
{
	size_t bytes = publication->count * item_size;
	if (publication->in_place && publication->is_last)
		return store_own(publication->body, xrealloc(column, bytes), bytes);
	void *taken = item_size == sizeof(uint32_t) ? (void *)gather_4(publication, column)
						    : (void *)gather_8(publication, column);
	if (publication->is_last)
		free(column);
	return store_own(publication->body, taken, bytes);
}

static void take_rows(struct publication *publication, uint64_t *keys)
{
	struct rows *rows = &publication->builder->rows;
	struct store *store = &publication->body->store;
	store->count = (uint32_t)publication->count;
	store->timestamp = take_column(publication, rows->timestamp, sizeof(int64_t));
	if (rows->ingested != NULL)
		store->ingested = take_column(publication, rows->ingested, sizeof(int64_t));
	for (unsigned d = 0; d < DIMENSION_COUNT; d++)
		store->entry[d] = take_column(publication, rows->entry[d], sizeof(uint32_t));
	store->file = take_column(publication, rows->file, sizeof(uint32_t));
	store->offset = take_column(publication, rows->offset, sizeof(uint64_t));
	store->length = take_column(publication, rows->length, sizeof(uint32_t));
	store->id_key = take_column(publication, keys, sizeof(uint64_t));
	if (publication->is_last)
		*rows = (struct rows){0};
	else
		free(keys);
}

/* ---- the tables ---- */

static struct dict *copy_strings(const struct dict *strings)
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
			uint32_t *column = publication->is_last ? xrealloc(tuples->column[c], bytes) : xmalloc(bytes);
			if (publication->is_last)
				tuples->column[c] = NULL;
			else
				memcpy(column, tuples->column[c], bytes);
			body->store.dimensions[d].columns[c] = store_own(body, column, bytes);
		}
	}
	body->strings = publication->is_last ? builder->strings : copy_strings(builder->strings);
	if (publication->is_last)
		builder->strings = NULL;
	body->store.strings = body->strings;
	body->store.bytes += dict_bytes(body->strings);
}

static struct store *publish(struct builder *builder, bool is_last, unsigned threads)
{
	struct publication publication = {
		.builder = builder,
		.body = store_body_new(),
		.is_last = is_last,
		.threads = threads,
	};
	uint64_t *keys = make_keys(builder);
	decide_order(&publication, keys);
	if (is_last) {
		free(builder->rows.content);
		free(builder->rows.id_high);
		free(builder->rows.id_low);
		builder->rows.content = builder->rows.id_high = builder->rows.id_low = NULL;
	}
	take_rows(&publication, keys);
	free(publication.order);
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
