/* Counting events, trust, failures, alerts or the values of a field per bucket of time, on the scanner's thread. */
#ifndef VIEW_TIMELINE_COUNT_H
#define VIEW_TIMELINE_COUNT_H

#include "raretrail/store.h"

struct app;
struct task;

#define CELLS_MAX 400
#define ROWS_MAX 7

enum split { SPLIT_BY_TRUST, SPLIT_BY_USER, SPLIT_BY_ORG, SPLIT_BY_REGION, SPLIT_BY_ERROR, SPLIT_COUNT };

struct counted {
	int64_t first, step; /* of cell 0 */
	int cells;
	unsigned rows;
	char *labels[ROWS_MAX]; /* owned */
	double values[ROWS_MAX][CELLS_MAX];
	double totals[ROWS_MAX];
};
void counted_free(struct counted *counted);

/* Counts the newest results for a first, step and number of cells. `ready` takes the labels; *task is to be forgotten
 * then, and canceled when the owner goes before. */
struct task *timeline_count(struct app *app, enum split split, int64_t first, int64_t step, int cells, void *owner,
	void (*ready)(void *owner, struct counted *counted));

#endif
