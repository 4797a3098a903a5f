/* made: see made.h. */
#include "made.h"
#include "../own_chunk.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CHUNK_EVENTS 100000

static uint64_t state;

void made_seed(uint64_t seed)
{
	state = seed;
}

uint64_t made_below(uint64_t limit)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15U);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return (z ^ (z >> 31)) % limit;
}

void making_begin(struct making *making)
{
	*making = (struct making){builder_new(&(struct builder_options){0}), own_chunk(), 0};
}

void making_add(struct making *making, struct event *event, unsigned owner)
{
	char id[24];
	snprintf(id, sizeof id, "%08x-%08x", making->count, owner);
	event->ingested = TIME_NONE;
	event->id = slice_of(id);
	event->offset = making->count;
	event->length = 1200;
	event->content = making->count++;
	chunk_add(making->chunk, event);
	if (making->count % CHUNK_EVENTS != 0)
		return;
	builder_merge(making->builder, making->chunk);
	making->chunk = own_chunk();
}

struct store *making_end(struct making *making)
{
	builder_merge(making->builder, making->chunk);
	struct store *store = builder_publish(making->builder);
	builder_free(making->builder);
	return store;
}

static int compare_doubles(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

double made_median(double *items, size_t count)
{
	qsort(items, count, sizeof *items, compare_doubles);
	return items[count / 2];
}

static double clock_ms(clockid_t clock)
{
	struct timespec now;
	clock_gettime(clock, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

double made_wall_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

double made_cpu_ms(void)
{
	return clock_ms(CLOCK_THREAD_CPUTIME_ID);
}
