/* rare-method: a rare call for a user. An engine is one run of the model over a store; it gives records, alerts, each
 * record explained, and how high a call could score at all. */
#ifndef RARETRAIL_DOOR_DETECT_RARE_METHOD_H
#define RARETRAIL_DOOR_DETECT_RARE_METHOD_H

#include "raretrail/detect/alerts.h"

/* An engine is one run of the model over a store: it depends on bucket_span and partition_field only, so another
 * threshold, cap or list asks the same engine again (under a millisecond). Read-only once built: any thread may ask. */
struct rare_method;
struct rare_model;
/* Tables that all engines read are made by the first of them, or sooner, beside something else, by this. */
void rare_method_make_tables(void);
/* Judged against what a model learned from older logs (borrowed, must outlive the engine; NULL: nothing): then only
 * records that the store has events in are listed. The model must have the params' bucket_span and partition_field
 * (rare_model_fits). Computed on up to `threads` threads; the outcome does not depend on them. */
struct rare_method *rare_method_new(const struct store *store, const struct rare_method_params *params,
	const struct rare_model *baseline, unsigned threads) MUST_USE;
void rare_method_free(struct rare_method *engine);
/* Every anomaly record (p < 0.035), in order of bucket, then score (highest first); borrowed from the engine. */
const struct rare_method_record *rare_method_records(const struct rare_method *engine, size_t *count);
/* Events that were not judged because the baseline had already closed their bucket; say so when there are any. */
uint64_t rare_method_late_events(const struct rare_method *engine);
/* The replay: records whose initial_record_score reaches the threshold, highest first and at most max_alerts in each
 * execution (at every multiple of `interval`, over the buckets that are closed and began within `lookback`). fired is
 * the execution, so the first at or after the bucket's end. Appends to *out, sorted. */
void rare_method_alerts(const struct rare_method *engine, const struct rare_method_params *params, struct alerts *out);
/* One execution at `now`. Appends to *out, sorted. */
void rare_method_at(
	const struct rare_method *engine, const struct rare_method_params *params, int64_t now, struct alerts *out);
/* How many records reach the threshold and are not silenced: the replay's alerts, were there no cap. */
size_t rare_method_count(const struct rare_method *engine, const struct rare_method_params *params);
/* The one condition, for a record over or under the threshold. */
unsigned rare_method_conditions(
	const struct rare_method_params *params, const struct rare_method_record *record, struct why why[WHY_MAX]);
/* Rows of a record: its partition, action and bucket. */
struct row_list rare_method_evidence(
	const struct rare_method *engine, const struct rare_method_record *record) MUST_USE;
/* Rows of a partition (string id) in [first, end); action 0: any. */
struct row_list rare_method_rows(
	const struct rare_method *engine, uint32_t partition, uint32_t action, int64_t first, int64_t end) MUST_USE;
/* Text of a string id that this engine gave: the store's, or of a baseline name that the store does not know. */
struct slice rare_method_string(const struct rare_method *engine, uint32_t id);

/* ---- rare-method explained ---- */

/* How an action comes back, from the distances between the buckets it occurred in up to the record's. */
enum cadence {
	CADENCE_FIRST, /* first time ever */
	CADENCE_FEW, /* two or three times: too few to tell */
	CADENCE_IRREGULAR,
	CADENCE_HOURLY, /* most buckets in which the user is active, or about every hour */
	CADENCE_DAILY,
	CADENCE_WEEKLY,
	CADENCE_MONTHLY,
	CADENCE_EVERY /* steady, another period: `period` says which */
};

/* An action of a user's habit as of the record's bucket, that bucket included. */
struct method_action {
	uint32_t action; /* string id */
	uint32_t buckets;
	uint64_t events;
	int64_t first, last; /* bucket starts */
	double share; /* of the decayed weight: what the model compares */
	bool is_in_bucket; /* occurred in the record's bucket */
	bool is_new; /* and never before */
	double probability; /* of those in the bucket; NAN for others */
	double score; /* initial_record_score of those that are records; NAN for others */
};

/* A partition that used the action, over all data and the baseline. */
struct method_user {
	uint32_t partition; /* string id */
	uint32_t buckets;
	uint64_t events;
	int64_t first, last; /* bucket starts */
};

struct method_explanation {
	int64_t first_event; /* @timestamp of the user's first event, baseline included */
	uint32_t buckets; /* closed since its history began, the record's included */
	uint32_t active_buckets; /* of these, with an action of the user */
	uint32_t distinct_actions;
	double weight; /* total decayed weight A; a brand-new action weighs about 1 of it */
	struct method_action own; /* the record's action */
	int64_t previous; /* bucket start of the occurrence before; TIME_NONE when there is none */
	uint32_t later_buckets; /* it occurred in after the record's, to the end of the data */
	enum cadence cadence;
	int64_t period; /* ms; median distance of occurrences, 0 when there are fewer than two */
	double one_in; /* 1 / probability */
	struct method_action next_rarest; /* least weight above the record's action; action 0 when there is none */
	struct method_action *habit; /* every action, most buckets first, then by bytes */
	size_t habit_count;
	struct method_action
		*same_bucket; /* other actions of the bucket that are records or new, least probable first */
	size_t same_bucket_count;
	struct method_user *users; /* other users of the action, first use first */
	size_t user_count;
	uint32_t all_users; /* partitions known, this one included */
	/* The user's events by hour of the week in UTC, Monday first, to the end of the data, baseline included. */
	uint32_t week[7][24];
	uint32_t week_maximum;
	unsigned day, hour; /* where the record's first event falls */
};
void rare_method_explain(
	const struct rare_method *engine, const struct rare_method_record *record, struct method_explanation *out);
void rare_method_explanation_free(struct method_explanation *explanation);

/* One line of an explanation: what, how much, and what that means. Text from logs is shown text (text_show). */
struct method_fact {
	char *label, *value, *meaning; /* owned; "" where there is nothing to say */
};
struct method_facts {
	struct method_fact *items;
	size_t count;
};
struct method_facts rare_method_say(const struct rare_method *engine, const struct rare_method_params *params,
	const struct rare_method_record *record, const struct method_explanation *explanation) MUST_USE;
void method_facts_free(struct method_facts *facts);

/* ---- the horizon: how high a brand-new action could score on the history there is ---- */

struct method_horizon {
	uint32_t partition; /* string id */
	uint32_t active_buckets;
	double actions_per_bucket; /* distinct, in active buckets */
	double weight; /* A */
	double probability, ceiling; /* of a brand-new action in the user's next active bucket */
	/* More active buckets of the same habit until the ceiling reaches the threshold: 0 already does, INFINITY never.
	 * Of an outlook, only the hundred highest users have it (NAN, INT64_MAX: ask rare_method_horizon). */
	double more_buckets;
	int64_t more_time; /* ms at the user's present pace; INT64_MAX: never */
};
bool rare_method_horizon(const struct rare_method *engine, const struct rare_method_params *params, uint32_t partition,
	struct method_horizon *out) MUST_USE; /* false for an unknown partition, or one without an active bucket */

/* Every partition, highest ceiling first, then by bytes; and what the list of alerts must say when it is empty. */
struct method_outlook {
	struct method_horizon *users;
	size_t user_count;
	size_t reaching; /* users whose ceiling is at or over the threshold */
	double highest; /* ceiling; 0 without users */
	double highest_score; /* of the records there are */
	size_t record_count, alert_count; /* records; at or over the threshold and not silenced */
	int64_t first, last; /* of the history, baseline included; TIME_NONE when empty */
};
void rare_method_outlook(
	const struct rare_method *engine, const struct rare_method_params *params, struct method_outlook *out);
void method_outlook_free(struct method_outlook *outlook);
/* "Nothing can reach 75 on this history: a brand-new action would score at most 48 (alice). …" One line, shown text. */
void rare_method_say_outlook(const struct rare_method *engine, const struct rare_method_params *params,
	const struct method_outlook *outlook, struct buf *out);
/* The same for one user. */
void rare_method_say_horizon(const struct rare_method *engine, const struct rare_method_params *params,
	const struct method_horizon *horizon, struct buf *out);

/* A score for people: whole, with one digit behind the point where a whole number would be on the other side of the
 * threshold or 100 without being it. Returns out. */
const char *score_format(double score, double threshold, char out[NUMBER_TEXT_SIZE]);

#endif
