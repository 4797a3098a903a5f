/* order: rows into the order of time. Logs are nearly in order already: one pass deals the rows into narrow spans of
 * time (which moves each row a short way), then each span is sorted in the cache. */
#include "store_parts.h"

#include <stdlib.h>

#define MAX_SPANS ((size_t)1 << 20)
#define SPANS_PER_JOB 16384
/* A span of more rows is large. */
#define HANDFUL 16

struct spans {
	uint32_t *order;
	uint32_t *ends; /* [span] */
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

static bool is_before(const struct spans *spans, uint32_t row, uint32_t other)
{
	const struct rows *rows = spans->rows;
	if (rows->timestamp[row] != rows->timestamp[other])
		return rows->timestamp[row] < rows->timestamp[other];
	uint64_t key = rows->id_high[row] >> 32, other_key = rows->id_high[other] >> 32;
	if (rows->id_high[row] == ODD_ID || rows->id_high[other] == ODD_ID) {
		key = row_key(rows, spans->odd_ids, row);
		other_key = row_key(rows, spans->odd_ids, other);
	}
	return key != other_key ? key < other_key : row < other;
}

/* For rows that have a short way to go. */
static void sort_near(const struct spans *spans, uint32_t *order, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		uint32_t row = order[i];
		size_t at = i;
		for (; at > 0 && is_before(spans, row, order[at - 1]); at--)
			order[at] = order[at - 1];
		order[at] = row;
	}
}

static size_t begin_of(const struct spans *spans, size_t span)
{
	return span > 0 ? spans->ends[span - 1] : 0;
}

static size_t largest_of(const struct spans *spans, size_t span, size_t last)
{
	size_t largest = 0;
	for (size_t begin = begin_of(spans, span); span < last; begin = spans->ends[span++])
		largest = spans->ends[span] - begin > largest ? spans->ends[span] - begin : largest;
	return largest;
}

/* Sorts the spans of one job: all at once where none is large, else one by one, in a buffer that fits the largest. */
static void sort_spans(void *context, size_t job, unsigned worker)
{
	(void)worker;
	struct spans *spans = context;
	size_t span = job * SPANS_PER_JOB, last = span + SPANS_PER_JOB;
	if (last > spans->count)
		last = spans->count;
	size_t largest = largest_of(spans, span, last);
	if (largest <= HANDFUL) {
		size_t begin = begin_of(spans, span);
		sort_near(spans, spans->order + begin, spans->ends[last - 1] - begin);
		return;
	}
	struct keyed *items = xreallocarray(NULL, largest, sizeof(*items));
	for (; span < last; span++) {
		uint32_t *order = spans->order + begin_of(spans, span);
		size_t count = spans->ends[span] - begin_of(spans, span);
		for (size_t i = 0; i < count; i++)
			items[i] = (struct keyed){(uint64_t)spans->rows->timestamp[order[i]] ^ (UINT64_C(1) << 63),
				row_key(spans->rows, spans->odd_ids, order[i]), order[i]};
		keyed_sort(items, count);
		for (size_t i = 0; i < count; i++)
			order[i] = items[i].row;
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
	uint32_t total = 0;
	for (size_t span = 0; span < spans->count; span++) { /* for now: where each span begins */
		uint32_t count = spans->ends[span];
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
	size_t wanted = rows->count < MAX_SPANS ? rows->count : MAX_SPANS;
	unsigned shift = 0;
	while (range >> shift >= wanted)
		shift++;
	struct spans spans = {
		.order = order,
		.count = (size_t)(range >> shift) + 1,
		.rows = rows,
		.odd_ids = odd_ids,
	};
	spans.ends = xcalloc_large(spans.count, sizeof(*spans.ends));
	deal(&spans, minimum, shift);
	pool_run(threads, (spans.count + SPANS_PER_JOB - 1) / SPANS_PER_JOB, sort_spans, &spans);
	free(spans.ends);
}
