/* rare_as_windows: the executions of a replay and, for each, its window as a range of ranks, so that walking an
 * identity's events compares small neighbouring numbers and never fetches a time. */
#include "rare_as.h"

#include <stdlib.h>

/* 32 MB of ranks; a longer schedule (centuries by the hour, a stray date) is searched instead. */
static const int64_t MOST_KEPT = INT64_C(1) << 22;

struct grid grid_of(const struct rare_as *engine, int64_t interval)
{
	uint32_t count = engine->store->count;
	if (count == 0)
		return (struct grid){0, interval, 0};
	int64_t first = time_floor(engine->clock[0], interval) + interval;
	int64_t last = time_ceil(engine->clock[count - 1], interval);
	return (struct grid){first, interval, last > first ? (last - first) / interval + 1 : 1};
}

bool grid_equal(const struct grid *a, const struct grid *b)
{
	return a->first == b->first && a->interval == b->interval && a->count == b->count;
}

/* The first rank at or after a time, searched forward from one that is not behind it. */
static uint32_t bound_from(const struct rare_as *engine, uint32_t from, int64_t time)
{
	uint32_t count = engine->store->count, step = 1, low = from;
	while (low < count && engine->clock[low] < time) {
		from = low + 1;
		low = count - low > step ? low + step : count;
		step *= 2;
	}
	while (from < low) {
		uint32_t middle = from + (low - from) / 2;
		if (engine->clock[middle] < time)
			from = middle + 1;
		else
			low = middle;
	}
	return from;
}

void windows_prepare(struct rare_as *engine, const struct grid *grid, int64_t window)
{
	struct windows *windows = &engine->windows;
	if (grid_equal(&windows->grid, grid) && windows->window == window)
		return;
	windows_free(windows);
	windows->grid = *grid;
	windows->window = window;
	if (grid->count > MOST_KEPT)
		return;
	windows->begins = xcalloc((size_t)grid->count + 1, sizeof *windows->begins);
	windows->ends = xcalloc((size_t)grid->count + 1, sizeof *windows->ends);
	uint32_t begin = 0, end = 0;
	for (int64_t execution = 0; execution < grid->count; execution++) {
		int64_t now = grid->first + execution * grid->interval;
		windows->begins[execution] = begin = bound_from(engine, begin, now - window);
		windows->ends[execution] = end = bound_from(engine, end, now + 1);
	}
}

void windows_free(struct windows *windows)
{
	free(windows->begins);
	free(windows->ends);
	*windows = (struct windows){0};
}

uint32_t window_begin(const struct rare_as *engine, int64_t execution)
{
	const struct windows *windows = &engine->windows;
	if (windows->begins)
		return windows->begins[execution];
	return rare_as_rank_bound(engine, windows->grid.first + execution * windows->grid.interval - windows->window);
}

uint32_t window_end(const struct rare_as *engine, int64_t execution)
{
	const struct windows *windows = &engine->windows;
	if (windows->ends)
		return windows->ends[execution];
	return rare_as_rank_bound(engine, windows->grid.first + execution * windows->grid.interval + 1);
}

int64_t window_with(const struct rare_as *engine, int64_t from, uint32_t rank)
{
	int64_t low = from, high = engine->windows.grid.count, step = 1;
	while (low + step < high && window_end(engine, low + step - 1) <= rank) {
		low += step;
		step *= 2;
	}
	if (low + step < high)
		high = low + step;
	while (low < high) {
		int64_t middle = low + (high - low) / 2;
		if (window_end(engine, middle) <= rank)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
