/* rare_model: what the rare-method model knows at a point in time, without the events it learned from: weights,
 * memories, normalizers, and the little history that explanations quote. Strings live in its own dictionary. */
#ifndef RARETRAIL_DETECT_RARE_MODEL_H
#define RARETRAIL_DETECT_RARE_MODEL_H

#include "raretrail/detect.h"
#include "rare_core.h"

/* The first line of a model's bytes: this, the version, a line feed. */
#define MODEL_MAGIC "raretrail model "
#define MODEL_VERSION 1

#define MODEL_WEEK 168 /* hours */
#define MODEL_RECENT 12 /* newest occurrences kept for a cadence */

struct model_pair_history {
	uint32_t count;
	int64_t recent[MODEL_RECENT]; /* buckets, ascending */
};

/* An event of the bucket that was still open. */
struct model_event {
	int64_t time;
	uint32_t partition, user_name, action; /* string ids; 0: absent */
	uint32_t values[CORE_FIELDS]; /* string ids */
};

struct rare_model {
	int64_t span;
	enum partition_field partition_field;
	int64_t first_time, last_time; /* of the events it learned from */
	uint64_t events;
	struct dict *strings;
	struct rare_core core; /* state only; actions of pairs and values of repeats are string ids */
	uint32_t *partition_names; /* [partition] -> string id */
	uint32_t (*weeks)[MODEL_WEEK]; /* [partition] -> events by hour of the week, Monday 00h UTC first */
	struct model_pair_history *pair_history; /* [pair] */
	struct model_value {
		uint32_t field, value;
		struct repeat repeat;
	} * values;
	size_t value_count;
	struct model_event *open;
	size_t open_count;
};

#endif
