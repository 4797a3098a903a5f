/* The two rules and their parameters: one table feeds the configuration, --set, tuning, export and the manual. */
#ifndef RARETRAIL_DOOR_DETECT_PARAMS_H
#define RARETRAIL_DOOR_DETECT_PARAMS_H

#include "raretrail/base.h"

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

/* ---- parameters ---- */

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
void params_write_rule(struct buf *out, const struct params *params, enum rule rule, bool only_changed);
double params_number(const struct params *params, enum parameter parameter); /* scalar types as a double */
struct string_list *params_list(struct params *params, enum parameter parameter); /* LIST types only */

#endif
