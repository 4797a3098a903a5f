/* detect: both rules as functions of a store and parameters. Elastic's columns and figures, exactly, and the "why" that
 * Elastic does not show. No I/O, no clock: `now` is always an argument.
 *
 * An engine (`struct rare_as`, `struct rare_method`) is built once per store and holds a reference on it; evaluating
 * with other parameters never re-reads events that the parameters do not touch. Results are owned by the caller
 * (alerts_free) and keep no pointer into the engine; string ids in them belong to the store. */
#ifndef RARETRAIL_DETECT_H
#define RARETRAIL_DETECT_H

#include "raretrail/base.h"
#include "raretrail/store.h"

enum rule { RULE_RARE_AS, RULE_RARE_METHOD, RULE_COUNT };

struct rule_info {
	const char *key; /* "rare-as": section of the configuration, --rule */
	const char *rule_id; /* Elastic's */
	const char *name; /* Elastic's */
	const char *severity; /* "high", "low" */
	int risk_score;
};
extern const struct rule_info rules[RULE_COUNT];
enum rule rule_find(const char *key); /* RULE_COUNT when unknown */

/* ---- parameters: one table feeds config, --set, tuning, export and the manual ---- */

enum parameter_type {
	PARAMETER_BOOL,
	PARAMETER_COUNT, /* int64, shown plain */
	PARAMETER_RATIO, /* double 0..1 */
	PARAMETER_SCORE, /* double 0..100 */
	PARAMETER_DURATION, /* int64 ms */
	PARAMETER_CHOICE, /* one of `choices`, separated by | */
	PARAMETER_LIST /* strings, one a line; += and -= */
};
/* Which way silences alerts: a raised MIN silences, a lowered MAX silences. */
enum parameter_side { SIDE_NONE, SIDE_MIN, SIDE_MAX };

/* A list of patterns or names: owned copies, in the order given, no duplicates. */
struct string_list {
	char **items;
	size_t count, capacity;
};

struct rare_as_params {
	bool has_trusted_cloud_asn;
	int64_t min_untrusted_event_count;
	int64_t min_trusted_cloud_event_count;
	double max_rare_asn_ratio;
	int64_t min_unique_action_from_untrusted_asn;
	int64_t max_count_distinct_asns;
	int64_t max_age, window, interval; /* ms */
	struct string_list trusted; /* LIKE patterns over source.as.organization.name */
	struct string_list sensitive_actions; /* exact event.action */
	/* The allowlist; empty in Elastic's rule. */
	struct string_list trusted_cidr; /* source.ip in one of these counts as trusted */
	struct string_list ignored_users; /* LIKE patterns over user.name: the group is left out */
	struct string_list ignored_actions; /* LIKE patterns: such an action is not sensitive */
};

enum partition_field { PARTITION_USER_NAME, PARTITION_USER_ID };

struct rare_method_params {
	double anomaly_threshold;
	int64_t bucket_span, lookback, interval; /* ms */
	int64_t max_alerts; /* per execution; 0: no limit */
	enum partition_field partition_field;
	/* The allowlist; it silences alerts, the model stays Elastic's. */
	struct string_list ignored_users, ignored_actions; /* LIKE patterns */
	struct string_list ignored_cidr; /* every source.ip of the record in one of these */
};

struct params {
	struct rare_as_params rare_as;
	struct rare_method_params rare_method;
};

/* id, rule, key, type, side, default, minimum, maximum, unit, help. Lists have their defaults in params.c. */
#define PARAMETERS(X) \
	X(HAS_TRUSTED, RARE_AS, has_trusted_cloud_asn, BOOL, NONE, "true", 0, 1, "", \
		"the identity must also be seen from a trusted network") \
	X(MIN_UNTRUSTED, RARE_AS, min_untrusted_event_count, COUNT, MIN, "1", 0, 1e15, "events", \
		"fewest events from other networks") \
	X(MIN_TRUSTED, RARE_AS, min_trusted_cloud_event_count, COUNT, MIN, "100", 0, 1e15, "events", \
		"fewest events from trusted networks") \
	X(MAX_RATIO, RARE_AS, max_rare_asn_ratio, RATIO, MAX, "0.01", 0, 1, "", \
		"largest share of events from other networks") \
	X(MIN_ACTIONS, RARE_AS, min_unique_action_from_untrusted_asn, COUNT, MIN, "2", 0, 1e9, "actions", \
		"fewest distinct sensitive actions from other networks") \
	X(MAX_ASNS, RARE_AS, max_count_distinct_asns, COUNT, MAX, "5", 0, 1e9, "networks", \
		"most distinct networks, trusted ones counted too") \
	X(MAX_AGE, RARE_AS, max_age, DURATION, MAX, "1h", 0, 3153600000000.0, "", \
		"how recent the newest event from another network must be") \
	X(WINDOW, RARE_AS, window, DURATION, NONE, "7d", 1000, 3153600000000.0, "", "time each execution looks back") \
	X(INTERVAL, RARE_AS, interval, DURATION, NONE, "1h", 60000, 2592000000.0, "", \
		"time between executions in a replay") \
	X(TRUSTED, RARE_AS, trusted, LIST, NONE, "", 0, 0, "", "networks that count as trusted (LIKE patterns)") \
	X(SENSITIVE, RARE_AS, sensitive_actions, LIST, NONE, "", 0, 0, "", "actions that count as sensitive") \
	X(TRUSTED_CIDR, RARE_AS, trusted_cidr, LIST, NONE, "", 0, 0, "", "addresses that count as trusted (CIDR)") \
	X(AS_IGNORED_USERS, RARE_AS, ignored_users, LIST, NONE, "", 0, 0, "", "users left out (LIKE patterns)") \
	X(AS_IGNORED_ACTIONS, RARE_AS, ignored_actions, LIST, NONE, "", 0, 0, "", \
		"actions that never count as sensitive") \
	X(THRESHOLD, RARE_METHOD, anomaly_threshold, SCORE, MIN, "75", 0, 100, "", "lowest record score that alerts") \
	X(BUCKET_SPAN, RARE_METHOD, bucket_span, DURATION, NONE, "60m", 300000, 86400000.0, "", "length of a bucket") \
	X(PARTITION, RARE_METHOD, partition_field, CHOICE, NONE, "user.name", 0, 0, "user.name|user.id", \
		"field that tells one history from another") \
	X(LOOKBACK, RARE_METHOD, lookback, DURATION, NONE, "2h", 60000, 2592000000.0, "", \
		"time each execution looks back") \
	X(RM_INTERVAL, RARE_METHOD, interval, DURATION, NONE, "15m", 60000, 2592000000.0, "", \
		"time between executions") \
	X(MAX_ALERTS, RARE_METHOD, max_alerts, COUNT, NONE, "100", 0, 1e9, "alerts", \
		"most alerts per execution, 0 for no limit") \
	X(RM_IGNORED_USERS, RARE_METHOD, ignored_users, LIST, NONE, "", 0, 0, "", "users whose alerts are silenced") \
	X(RM_IGNORED_ACTIONS, RARE_METHOD, ignored_actions, LIST, NONE, "", 0, 0, "", \
		"actions whose alerts are silenced") \
	X(RM_IGNORED_CIDR, RARE_METHOD, ignored_cidr, LIST, NONE, "", 0, 0, "", "addresses whose alerts are silenced")

enum parameter {
#define X(id, rule, key, type, side, text, minimum, maximum, unit, help) PARAMETER_##id,
	PARAMETERS(X)
#undef X
		PARAMETER_TOTAL
};

struct parameter_info {
	enum rule rule;
	const char *key; /* "max_rare_asn_ratio"; with the rule's: "rare-as.max_rare_asn_ratio" */
	enum parameter_type type;
	enum parameter_side side;
	const char *default_text;
	double minimum, maximum;
	const char *choices; /* CHOICE: "a|b"; else NULL */
	const char *unit, *help;
};
extern const struct parameter_info parameters[PARAMETER_TOTAL];

void params_init(struct params *params); /* the defaults above */
void params_copy(struct params *to, const struct params *from); /* to is uninitialised or freed */
void params_free(struct params *params);
bool params_equal(const struct params *a, const struct params *b);
/* "rare-as.max_rare_asn_ratio" -> parameter; an unknown key is an error that names the nearest known one. */
int parameter_find(const char *key, enum parameter *out, struct err *err) MUST_USE;
enum params_change { CHANGE_SET, CHANGE_ADD, CHANGE_REMOVE }; /* =, +=, -= ; the last two for lists only */
int params_set(struct params *params, enum parameter parameter, enum params_change change, const char *text,
	struct err *err) MUST_USE;
/* "rare-as.trusted+=Comcast*", as --set takes it. */
int params_assign(struct params *params, const char *assignment, struct err *err) MUST_USE;
void params_format(struct buf *out, const struct params *params, enum parameter parameter); /* lists: one a line */
/* INI text: [rare-as], [rare-method]; one value a key, one entry a line for lists, also `key += entry`. All or nothing;
 * errors begin "name:line: ". Another section goes to `other`, or is an error when that is NULL. */
typedef int params_other_section(
	void *context, const char *section, const char *key, const char *value, struct err *err);
int params_read(struct params *params, const char *name, struct slice text, params_other_section *other, void *context,
	struct err *err) MUST_USE;
void params_write(struct buf *out, const struct params *params, bool only_changed); /* what params_read reads */
double params_number(const struct params *params, enum parameter parameter); /* scalar types as a double */
struct string_list *params_list(struct params *params, enum parameter parameter); /* LIST types only */

/* ---- alerts ---- */

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
/* Newest last firing first, then severity, rule, user, id: the order of batch output. */
void alerts_sort(const struct store *store, struct alerts *alerts);

/* A list of rows, ascending. */
struct row_list {
	uint32_t *rows;
	size_t count;
};
void row_list_free(struct row_list *rows);

/* ---- rare-as ---- */

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
/* The same for every row at once: [source entry] and [call entry] -> 0 or 1. Borrowed until the next call to the engine. */
const uint8_t *rare_as_trusted_sources(struct rare_as *engine, const struct rare_as_params *params);
const uint8_t *rare_as_sensitive_calls(struct rare_as *engine, const struct rare_as_params *params);
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
/* The rows of a list with a value of a field (0: absent), same order. */
struct row_list rows_with(
	const struct store *store, const struct row_list *rows, enum event_field field, uint32_t value) MUST_USE;

/* ---- networks across identities: which are rare for whom, and who uses one ---- */

/* One identity on one network, over all events that the rule can see. */
struct network_use {
	uint32_t identity; /* number in the store */
	uint64_t events, trusted; /* trusted of them */
	uint64_t identity_events; /* of the identity on all networks */
	double share; /* events / identity_events */
	bool is_rare; /* has untrusted events, and their share is at most max_rare_asn_ratio */
	int64_t first, last; /* @timestamp */
};
struct network {
	uint32_t organisation; /* string id */
	uint64_t events, trusted;
	uint32_t identities, rare_for; /* how many use it; for how many of them it is rare */
	int64_t first, last;
	size_t first_use; /* its uses are uses[first_use .. first_use + identities), rare ones first, then most events */
};
struct networks {
	struct network *items; /* rare for most identities first, then fewest events, then by the name's bytes */
	size_t count;
	struct network_use *uses;
	size_t use_count;
};
void rare_as_networks(struct rare_as *engine, const struct rare_as_params *params, struct networks *out);
void networks_free(struct networks *networks);

/* ---- notices: the labels of the data against the trusted list; nothing is ever changed by itself ---- */

enum notice_kind {
	NOTICE_NO_EVENTS, /* nothing that the rule can see */
	NOTICE_NO_NAME, /* events with an AS number but no name, which drop out of the rule */
	NOTICE_FEW_TRUSTED, /* the list meets few events, or misses labels that look like what it means */
	NOTICE_ODD_MATCH, /* an entry matches a label that goes on where a word should end: Amazonia */
	NOTICE_NEVER_FIRES /* rare_as_can_fire says no */
};
struct notice_label {
	uint32_t organisation; /* string id */
	uint64_t events;
	double share; /* of the events that the rule can see */
};
struct notice {
	enum notice_kind kind;
	char *text; /* one or two sentences, safe to show; owned */
	uint64_t events;
	double share; /* of trusted events, or of the events spoken of */
	struct notice_label *labels; /* the labels spoken of, most events first */
	size_t label_count;
	struct string_list entries; /* FEW_TRUSTED: entries that would match; ODD_MATCH: the entry that matched */
};
struct notices {
	struct notice *items;
	size_t count, capacity;
};
void rare_as_notices(struct rare_as *engine, const struct rare_as_params *params, struct notices *out);
void notices_free(struct notices *notices);

/* ---- rare-method ---- */

/* An engine is one run of the model over a store: it depends on bucket_span and partition_field only, so another
 * threshold, cap or list asks the same engine again (under a millisecond). Read-only once built: any thread may ask. */
struct rare_method;
struct rare_model;
struct rare_method *rare_method_new(const struct store *store, const struct rare_method_params *params) MUST_USE;
/* The same, judged against what a model learned from older logs (borrowed, must outlive the engine; NULL: nothing). Only
 * records that the store has events in are listed. The model must have the params' bucket_span and partition_field
 * (rare_model_fits). Computed on up to `threads` threads; the outcome does not depend on them. */
struct rare_method *rare_method_new_after(const struct store *store, const struct rare_method_params *params,
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

/* ---- models: what the detector learned, without the events ---- */

/* The state after all rows before `until` (TIME_NONE: all) of the store and the baseline, the last bucket kept open so
 * that later events of it still count. Training on a store and going on with another gives what both at once would. */
struct rare_model *rare_model_train(const struct store *store, const struct rare_method_params *params,
	const struct rare_model *baseline, int64_t until) MUST_USE;
void rare_model_free(struct rare_model *model);
/* An error says which parameter differs. */
int rare_model_fits(const struct rare_model *model, const struct rare_method_params *params, struct err *err) MUST_USE;
struct rare_model_info {
	int64_t first, last; /* @timestamp of the events learned from; TIME_NONE when there were none */
	uint64_t events;
	uint32_t users, actions;
	int64_t bucket_span;
	enum partition_field partition_field;
};
void rare_model_info(const struct rare_model *model, struct rare_model_info *out);
/* The same model gives the same bytes on any machine. */
void rare_model_write(const struct rare_model *model, struct buf *out);
int rare_model_read(struct slice bytes, struct rare_model **out, struct err *err) MUST_USE;
/* To a file by way of a new one beside it, so that an old model is never half overwritten. */
int rare_model_save(const struct rare_model *model, const char *path, struct err *err) MUST_USE;
int rare_model_load(const char *path, struct rare_model **out, struct err *err) MUST_USE;

#endif
