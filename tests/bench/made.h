/* made: what the benchmarks of the detections share: chance that is the same in every run, a store made of events thought
 * up one by one, medians, the time of this thread. */
#ifndef RARETRAIL_BENCH_MADE_H
#define RARETRAIL_BENCH_MADE_H

#include "raretrail/store.h"

void made_seed(uint64_t seed);
uint64_t made_below(uint64_t limit);

/* A store on its way. */
struct making {
	struct builder *builder;
	struct chunk *chunk;
	uint32_t count; /* events so far; the number of the next one */
};
void making_begin(struct making *making);
/* Fills in what no detection looks at, and adds the event. `owner` makes its id. */
void making_add(struct making *making, struct event *event, unsigned owner);
struct store *making_end(struct making *making) MUST_USE;

double made_median(double *items, size_t count); /* reorders them */
double made_wall_ms(void);
/* Of this thread only, so that what else the machine does does not count. */
double made_cpu_ms(void);

#endif
