/* rare_method_parts: the engine of rule rare-method, as its files share it: the model's core over the columns of a
 * store, with an earlier model's state before it when there is a baseline. */
#ifndef RARETRAIL_DETECT_RARE_METHOD_PARTS_H
#define RARETRAIL_DETECT_RARE_METHOD_PARTS_H

#include "parts.h"
#include "rare_core.h"
#include "rare_model.h"

/* The influencers, in the order in which they are reported. */
#define METHOD_FIELDS 4
extern const enum event_field method_fields[METHOD_FIELDS];

/* What the core reads: the store's columns as they are, or copies with the baseline's open bucket before them. */
struct method_input {
	struct core_input core;
	int64_t *times;
	uint32_t *entries[DIMENSION_COUNT];
	uint32_t *values[METHOD_FIELDS];
	uint32_t *partition_of, *action_of;
};

struct rare_method {
	const struct store *store;
	int64_t span;
	enum partition_field partition_field;
	const struct rare_model *baseline; /* may be NULL; borrowed until the engine is freed */
	struct dict *extra; /* strings of the baseline that the store lacks: ids beyond the store's */
	struct rare_core core;
	struct method_input input;
	uint32_t lead; /* rows of the input that stand before the store's */
	uint32_t skip; /* rows of the store that come too late, and are left out */
	uint64_t late; /* of these, those that would have been judged */

	uint32_t partitions;
	uint32_t *partition_names; /* [partition] -> string id */
	size_t partition_capacity;
	uint32_t *partition_by_name; /* [string id] -> partition + 1; 0: none */
	uint32_t actions;
	uint32_t *action_names; /* [action] -> string id */
	size_t action_capacity;
	uint32_t *action_by_name; /* [string id] -> action; 0: none */
	uint32_t string_limit; /* ids lie below */

	struct rare_method_record *records; /* by bucket, then score */
	size_t record_count;
	uint32_t *influencer_values; /* what the records' sets hold */
	/* Pairs by action, for "who else": pair numbers action_pair[a] .. action_pair[a + 1) of pairs_by_action. */
	uint32_t *pairs_by_action, *action_pair;
	uint32_t *pair_partition; /* [pair] -> partition */
};

/* The id of a text: the store's, or one beyond. */
uint32_t method_string_id(struct rare_method *engine, struct slice text);
/* The number of a partition or an action, a new one when it is new. */
uint32_t method_partition(struct rare_method *engine, uint32_t name);
uint32_t method_action(struct rare_method *engine, uint32_t name);

/* Fills engine->input from rows [skip, rows) of the store, after the baseline's open bucket. */
void method_input_init(struct rare_method *engine, uint32_t rows);
void method_input_free(struct method_input *input);
/* An engine with its input and its seeded core, nothing run yet. */
struct rare_method *method_prepare(const struct store *store, const struct rare_method_params *params,
	const struct rare_model *baseline, uint32_t rows);
/* Puts the baseline's names into a fresh engine (its partitions keep their numbers), then, with the input there, its
 * state into the core. */
void method_seed_names(struct rare_method *engine);
void method_seed_state(struct rare_method *engine);
/* The store's row behind a row of the input; CORE_NONE for those of the baseline. */
static inline uint32_t method_row(const struct rare_method *engine, uint32_t row)
{
	return row < engine->lead ? CORE_NONE : row - engine->lead + engine->skip;
}

/* The partition's pair of an action; NULL when it has none. */
const struct core_pair *method_pair(const struct rare_method *engine, uint32_t partition, uint32_t action);
static inline int64_t method_bucket(const struct rare_method *engine, int64_t time)
{
	return time_floor(time, engine->span) / engine->span;
}
/* 0: Monday 00h UTC. The first of 1970 was a Thursday. */
static inline unsigned method_hour_of_week(int64_t time)
{
	int64_t hours = time_floor(time, HOUR_MS) / HOUR_MS + 3 * 24;
	return (unsigned)((hours % MODEL_WEEK + MODEL_WEEK) % MODEL_WEEK);
}

#endif
