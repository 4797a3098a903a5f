/* What both rules find: alerts with every figure of the rule, the conditions that decided, and the rows behind them. */
#ifndef RARETRAIL_DOOR_DETECT_ALERTS_H
#define RARETRAIL_DOOR_DETECT_ALERTS_H

#include "raretrail/detect/params.h"
#include "raretrail/store.h"

/* String ids, sorted by their bytes. NULL items with count 0 is the query's null. */
struct id_set {
	uint32_t *items;
	uint32_t count;
};

/* One group of one execution of rare-as: every column of the query. */
struct rare_as_figures {
	uint32_t user_name, identity_type; /* string ids; type 0 is null */
	uint32_t identity; /* number in the store */
	int64_t evaluated_at; /* the execution's `now` */
	uint64_t total_events_all_asns;
	uint32_t count_distinct_asns;
	struct id_set src_asn_values, user_agent_values, related_users, source_ip_values;
	bool has_trusted_cloud_asn;
	uint64_t trusted_cloud_event_count, untrusted_event_count, untrusted_suspicious_count;
	struct id_set untrusted_suspicious_actions;
	int64_t most_recent_low_asn_day; /* TIME_NONE: null */
	double rare_asn_ratio;
	bool has_unique_action; /* false: unique_action_from_untrusted_asn is null */
	uint32_t unique_action_from_untrusted_asn;
};

struct influencer {
	const char *field; /* "source.ip", static */
	struct id_set values;
	double score; /* influencer score of its strongest value, 0..100 */
};

/* One anomaly record of rare-method. */
struct rare_method_record {
	uint32_t partition; /* string id of user.name or user.id */
	uint32_t user_name; /* string id; of the partition's events in the bucket */
	uint32_t action;
	int64_t bucket_start, bucket_span; /* ms */
	double actual, typical, probability;
	double initial_record_score, record_score;
	double user_score, bucket_score; /* section 5: of the user's node and of the whole bucket */
	struct influencer influencers[4];
	unsigned influencer_count;
};

/* One condition of one alert or near miss, as shown in "why". */
struct why {
	enum parameter parameter;
	double value; /* NAN when the figure is null */
	double limit;
	bool holds;
	bool binds; /* under the present parameters and figures, this condition is one that decides */
	double margin; /* how far the value is from the limit, in the parameter's unit; negative when it fails */
	double silence_at; /* the limit from which on this condition alone would flip the result; NAN: none can */
	bool is_dominated; /* can never decide under the present parameters, whatever the data */
};
#define WHY_MAX 8
/* silence_at in hundredths of a percent, tenths of a score, seconds: rounded, but never to where it does not flip. */
double why_flip_typed(const struct why *why);

#define ALERT_ID_SIZE 33
struct alert {
	char id[ALERT_ID_SIZE]; /* first 32 hex digits of a sha256: rule, partition, first firing or bucket (and action) */
	enum rule rule;
	int64_t first_fired, last_fired;
	uint32_t times_fired;
	union {
		struct rare_as_figures rare_as; /* those of the last firing */
		struct rare_method_record rare_method;
	};
	struct why why[WHY_MAX];
	unsigned why_count;
};

struct alerts {
	struct alert *items;
	size_t count, capacity;
};
void alerts_free(struct alerts *alerts);
/* Puts all of `more` behind the others; `more` is empty then. */
void alerts_move(struct alerts *alerts, struct alerts *more);
/* Newest last firing first, then severity, rule, score (rare-method's, highest first), user, id: the order of batch
 * output. */
void alerts_sort(const struct store *store, struct alerts *alerts);

/* A list of rows, ascending. */
struct row_list {
	uint32_t *rows;
	size_t count;
};
void row_list_free(struct row_list *rows);

/* ---- rows in breakdown: the evidence of an alert, or any list of rows, value by value ---- */

struct breakdown_row {
	uint32_t value; /* string id; 0: absent */
	uint32_t count;
	int64_t first, last; /* @timestamp */
};
struct breakdown {
	struct breakdown_row *items; /* most events first, then by the value's bytes */
	size_t count;
};
struct breakdown rows_breakdown(
	const struct store *store, const struct row_list *rows, enum event_field field) MUST_USE;
void breakdown_free(struct breakdown *breakdown);

#endif
