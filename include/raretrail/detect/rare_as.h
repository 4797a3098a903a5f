/* rare-as: a rare source network for an identity. An engine answers for any parameters and any instant: alerts, near
 * misses, sweeps, and in words why. */
#ifndef RARETRAIL_DOOR_DETECT_RARE_AS_H
#define RARETRAIL_DOOR_DETECT_RARE_AS_H

#include "raretrail/detect/alerts.h"

/* One thread at a time uses an engine: it keeps what it computed (for the lists of the last few parameter sets). */
struct rare_as;
struct rare_as *rare_as_new(const struct store *store) MUST_USE;
void rare_as_free(struct rare_as *engine);
/* Every execution of the replay: at each multiple of the interval (UTC) from the first one after the first loaded event
 * to the first one at or after the last, by event.ingested where there is one, else @timestamp, and at least one.
 * Consecutive firings of one identity are one alert, and `silence_at` silences all of them. Appends to *out, sorted. */
void rare_as_replay(struct rare_as *engine, const struct rare_as_params *params, struct alerts *out);
/* One execution at `now`. Appends to *out, sorted. */
void rare_as_at(struct rare_as *engine, const struct rare_as_params *params, int64_t now, struct alerts *out);
/* The figures of one identity in the window of `now`, whether it fires or not; false when it has no event there. */
bool rare_as_figures_at(struct rare_as *engine, const struct rare_as_params *params, uint32_t identity, int64_t now,
	struct rare_as_figures *out) MUST_USE;
void rare_as_figures_free(struct rare_as_figures *figures);
/* The conditions for such figures. */
unsigned rare_as_explain(
	const struct rare_as_params *params, const struct rare_as_figures *figures, struct why why[WHY_MAX]);
/* Rows of the window of `now`: untrusted ones, or only the sensitive among them. */
struct row_list rare_as_evidence(struct rare_as *engine, const struct rare_as_params *params, uint32_t identity,
	int64_t now, bool only_sensitive) MUST_USE;
bool rare_as_is_trusted(struct rare_as *engine, const struct rare_as_params *params, uint32_t row);
/* Identities that fail exactly one condition at `now`, or with now == TIME_NONE in some execution of the replay in which
 * they never fire. Each once, at its closest execution (the latest such): figures and why as in an alert, times_fired 0,
 * first_fired and last_fired that execution, `silence_at` of the failing condition the limit with which it would fire.
 * Appended, closest first by near_miss_distance; the order is final, alerts_sort would lose it. */
void rare_as_near_misses(struct rare_as *engine, const struct rare_as_params *params, int64_t now, struct alerts *out);
/* How far a near miss is from firing: |value - limit| / the larger of the two, 0 (a hair) to 1 (nothing there). */
double near_miss_distance(const struct alert *near_miss);
const struct why *near_miss_failure(const struct alert *near_miss); /* the one condition that fails */

/* The number of alerts as one limit moves over its whole range: `alerts` from `limit` on, up to the next step. */
struct limit_step {
	double limit;
	size_t alerts;
};
struct limit_steps {
	struct limit_step *items; /* ascending, the first one at the parameter's minimum; free() them */
	size_t count, capacity;
};
/* Exact for every limit of one condition's parameter (the first seven of rare-as), everything else as in params. */
void rare_as_sweep(struct rare_as *engine, const struct rare_as_params *params, enum parameter parameter, int64_t now,
	struct limit_steps *out);

/* ---- rare-as in words: whole sentences, one a line, no text from logs in them ---- */

/* The condition whose limit has to move least (relatively) for the result to flip; -1 when no single one can. */
int why_smallest_change(const struct why *why, unsigned count);
/* "trusted events: 1,482, at least 100" */
void rare_as_say_condition(struct buf *out, const struct why *why);
/* What decided, what never can and why, and the smallest single change. For alerts, near misses and anything between. */
void rare_as_say(struct buf *out, const struct rare_as_params *params, const struct why *why, unsigned count);
/* False when no data whatever can fire under these parameters; then the reason is appended, unless reason is NULL. */
bool rare_as_can_fire(const struct rare_as_params *params, struct buf *reason);
/* Untrusted and trusted events that any alert must have under these parameters (2 and 198 by default). */
int64_t rare_as_least_untrusted(const struct rare_as_params *params);
double rare_as_least_trusted(const struct rare_as_params *params); /* INFINITY when none suffices */

#endif
