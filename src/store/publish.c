/* publish: the builder's rows become an immutable store: duplicates dropped, rows in order of time, columns gathered.
 * A snapshot while loading is a copy; the last one takes everything over. */
#include "publish.h"

#include <stdlib.h>

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
		decision->met =
			dedupe_rows(rows, &builder->sieve, decision->keep, tells ? tell_conflict : NULL, builder);
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

/* What only tells duplicates is not needed any more, nor are the ends of ids that are all UUIDs: from now on they are
 * room for columns. */
static void drop_content(struct publication *publication)
{
	struct builder *builder = publication->builder;
	struct rows *rows = &builder->rows;
	size_t words = rows->capacity * sizeof(uint64_t), halves = rows->capacity * sizeof(uint32_t);
	sieve_free(&builder->sieve);
	if (publication->keeps_rest)
		return;
	publication->room[LANE_REST] = (struct block){rows->content, words};
	rows->content = NULL;
	if (dict_count(builder->odd_ids) > 0)
		return;
	publication->room[LANE_ACTORS] = (struct block){pages_resize(rows->id_low, words, halves), halves};
	rows->id_low = NULL;
}

static void decide_order(struct publication *publication)
{
	const struct rows *rows = &publication->builder->rows;
	size_t words = rows->count / 64 + 1;
	struct decision decision = {.publication = publication, .keep = xmalloc(words * sizeof(uint64_t))};
	memset(decision.keep, 0xFF, words * sizeof(uint64_t));
	publication->order = pages_alloc(rows->count * sizeof(*publication->order));
	if (publication->is_last && rows->count > MANY_ROWS) {
		decide(&decision, 0, 0);
		drop_content(publication);
		decide(&decision, 1, 0);
	} else {
		pool_run(publication->threads, 2, decide, &decision);
		if (publication->is_last)
			drop_content(publication);
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
}

/* The columns are there: they needed these ids. */
static void take_odd_ids(struct publication *publication)
{
	struct store_body *body = publication->body;
	if (!publication->keeps_rest)
		return;
	body->rest.odd_ids = publication->builder->odd_ids;
	publication->builder->odd_ids = NULL;
	body->store.bytes += dict_bytes(body->rest.odd_ids);
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
	take_tables(&publication);
	columns_take(&publication);
	pages_free(publication.order, order_bytes);
	take_odd_ids(&publication);
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
