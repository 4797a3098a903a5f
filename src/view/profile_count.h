/* Counting what is usual for one identity, on the scanner's thread: a tally of each pane of its profile, its hours and its
 * activity over time. */
#ifndef VIEW_PROFILE_COUNT_H
#define VIEW_PROFILE_COUNT_H

#include "results.h"
#include "tally.h"

struct app;
struct task;

#define PROFILE_PANES 8
#define PROFILE_SLICES 200 /* equal parts of the time from the first event to the last */
extern const enum event_field profile_fields[PROFILE_PANES];

struct profile_counts {
	struct results *results; /* that were counted */
	struct tally tallies[PROFILE_PANES]; /* each of the rows that pass the picks of the other panes */
	uint64_t events, matched, errors; /* of the identity; those that pass every pick; failed ones of these */
	int64_t first, last; /* @timestamp; TIME_NONE without events */
	uint32_t weeks[7][24]; /* matched events, Monday first, UTC */
	double activity[PROFILE_SLICES]; /* matched events */
	uint32_t account; /* string id, of the newest event */
};
void profile_counts_free(struct profile_counts *counts);

/* Counts the newest results for an identity (type NULL: every type of that name). picked[pane]: the value that the other
 * panes are confined to, "" for the absent one, NULL: none. `ready` takes what the counts hold; *task is to be forgotten
 * then, and canceled when the owner goes before. */
struct task *profile_count(struct app *app, const char *user, const char *type, char *const picked[PROFILE_PANES],
	void *owner, void (*ready)(void *owner, struct profile_counts *counts));

#endif
