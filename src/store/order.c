/* order: rows into the order of time. Logs are nearly in order already: one pass deals the rows into narrow spans of
 * time (which moves each row a short way), then each span is sorted in the cache. */
#include "store_parts.h"

#include <stdlib.h>

#define ROWS_PER_SPAN 8
#define MAX_SPANS ((size_t)1 << 20)
#define SPANS_PER_JOB 512

struct spans {
	uint32_t *order; /* dealt */
	uint32_t *result;
	size_t *ends; /* [span] */
	size_t count;
	const int64_t *timestamp;
	const uint64_t *key;
};

static bool is_sorted(const uint32_t *order, size_t count, const int64_t *timestamp, const uint64_t *key)
{
	for (size_t i = 1; i < count; i++) {
		uint32_t a = order[i - 1], b = order[i];
		if (timestamp[a] > timestamp[b] || (timestamp[a] == timestamp[b] && key[a] > key[b]))
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
			items[i] = (struct keyed){
				(uint64_t)spans->timestamp[row] ^ (UINT64_C(1) << 63), spans->key[row], row};
		}
		keyed_sort(items, count);
		for (size_t i = 0; i < count; i++)
			spans->result[first + i] = items[i].row;
	}
	free(items);
}

/* After this order holds the rows span by span, in their old order within a span, and ends[] where each span ends. */
static void deal(struct spans *spans, int64_t minimum, unsigned shift, const uint32_t *from)
{
	size_t *next = xcalloc(spans->count + 1, sizeof(*next));
	size_t total = 0;
	for (size_t span = 0; span < spans->count; span++) {
		size_t count = spans->ends[span];
		next[span] = total;
		total += count;
		spans->ends[span] = total;
	}
	for (size_t i = 0; i < total; i++) {
		uint32_t row = from[i];
		uint64_t distance = (uint64_t)spans->timestamp[row] - (uint64_t)minimum;
		spans->order[next[distance >> shift]++] = row;
	}
	free(next);
}

void order_by_time(uint32_t *order, size_t count, const int64_t *timestamp, const uint64_t *key, unsigned threads)
{
	if (count < 2 || is_sorted(order, count, timestamp, key))
		return;
	int64_t minimum = INT64_MAX, maximum = INT64_MIN;
	for (size_t i = 0; i < count; i++) {
		int64_t at = timestamp[order[i]];
		minimum = at < minimum ? at : minimum;
		maximum = at > maximum ? at : maximum;
	}
	uint64_t range = (uint64_t)maximum - (uint64_t)minimum;
	size_t wanted = count / ROWS_PER_SPAN + 1;
	if (wanted > MAX_SPANS)
		wanted = MAX_SPANS;
	unsigned shift = 0;
	while (range >> shift >= wanted)
		shift++;
	struct spans spans = {
		.order = xreallocarray(NULL, count, sizeof(uint32_t)),
		.result = order,
		.count = (size_t)(range >> shift) + 1,
		.timestamp = timestamp,
		.key = key,
	};
	spans.ends = xcalloc(spans.count, sizeof(*spans.ends));
	for (size_t i = 0; i < count; i++)
		spans.ends[((uint64_t)timestamp[order[i]] - (uint64_t)minimum) >> shift]++;
	deal(&spans, minimum, shift, order);
	pool_run(threads, (spans.count + SPANS_PER_JOB - 1) / SPANS_PER_JOB, sort_spans, &spans);
	free(spans.ends);
	free(spans.order);
}
