/* order: rows into the order of time. Logs are nearly in order already: one pass deals the rows into narrow spans of
 * time (which moves each row a short way), then each span is sorted in the cache. */
#include "store_parts.h"

#include <stdlib.h>

#define ROWS_PER_SPAN 8
#define MAX_SPANS ((size_t)1 << 20)
#define SPANS_PER_JOB 512

struct spans {
	uint32_t *order;
	size_t *ends; /* [span] */
	size_t count;
	const struct rows *rows;
	const struct dict *odd_ids;
};

static bool is_sorted(const struct rows *rows, const struct dict *odd_ids)
{
	for (size_t i = 1; i < rows->count; i++) {
		int64_t before = rows->timestamp[i - 1], at = rows->timestamp[i];
		if (before > at || (before == at && row_key(rows, odd_ids, i - 1) > row_key(rows, odd_ids, i)))
			return false;
	}
	return true;
}

/* Sorts the spans of one job into the result, each in one buffer that fits the largest of them. */
static void sort_spans(void *context, size_t job, unsigned worker)
{
	(void)worker;
	struct spans *spans = context;
	struct keyed *items = NULL;
	size_t capacity = 0;
	size_t last = (job + 1) * SPANS_PER_JOB < spans->count ? (job + 1) * SPANS_PER_JOB : spans->count;
	for (size_t span = job * SPANS_PER_JOB; span < last; span++) {
		size_t first = span > 0 ? spans->ends[span - 1] : 0;
		size_t count = spans->ends[span] - first;
		items = array_grow(items, &capacity, count, sizeof(*items));
		for (size_t i = 0; i < count; i++) {
			uint32_t row = spans->order[first + i];
			items[i] = (struct keyed){(uint64_t)spans->rows->timestamp[row] ^ (UINT64_C(1) << 63),
				row_key(spans->rows, spans->odd_ids, row), row};
		}
		keyed_sort(items, count);
		for (size_t i = 0; i < count; i++)
			spans->order[first + i] = items[i].row;
	}
	free(items);
}

static size_t span_of(int64_t timestamp, int64_t minimum, unsigned shift)
{
	return (size_t)(((uint64_t)timestamp - (uint64_t)minimum) >> shift);
}

/* After this `order` holds the rows span by span, in their old order within a span, and ends[] where each span ends. */
static void deal(struct spans *spans, int64_t minimum, unsigned shift)
{
	const struct rows *rows = spans->rows;
	for (size_t i = 0; i < rows->count; i++)
		spans->ends[span_of(rows->timestamp[i], minimum, shift)]++;
	size_t total = 0;
	for (size_t span = 0; span < spans->count; span++) { /* for now: where each span begins */
		size_t count = spans->ends[span];
		spans->ends[span] = total;
		total += count;
	}
	for (uint32_t i = 0; i < rows->count; i++)
		spans->order[spans->ends[span_of(rows->timestamp[i], minimum, shift)]++] = i;
}

void order_by_time(uint32_t *order, const struct rows *rows, const struct dict *odd_ids, unsigned threads)
{
	if (rows->count < 2 || is_sorted(rows, odd_ids)) {
		for (uint32_t i = 0; i < rows->count; i++)
			order[i] = i;
		return;
	}
	int64_t minimum = INT64_MAX, maximum = INT64_MIN;
	for (size_t i = 0; i < rows->count; i++) {
		int64_t at = rows->timestamp[i];
		minimum = at < minimum ? at : minimum;
		maximum = at > maximum ? at : maximum;
	}
	uint64_t range = (uint64_t)maximum - (uint64_t)minimum;
	size_t wanted = rows->count / ROWS_PER_SPAN + 1;
	if (wanted > MAX_SPANS)
		wanted = MAX_SPANS;
	unsigned shift = 0;
	while (range >> shift >= wanted)
		shift++;
	struct spans spans = {
		.order = order,
		.count = (size_t)(range >> shift) + 1,
		.rows = rows,
		.odd_ids = odd_ids,
	};
	spans.ends = xcalloc(spans.count, sizeof(*spans.ends));
	deal(&spans, minimum, shift);
	pool_run(threads, (spans.count + SPANS_PER_JOB - 1) / SPANS_PER_JOB, sort_spans, &spans);
	free(spans.ends);
}
