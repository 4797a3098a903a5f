/* rare_as: what the files of the rule rare-as share.
 *
 * The engine numbers the events that the rule can see ("events" below) identity by identity, in the order of the rule's
 * clock (event.ingested, else @timestamp), then row. A *rank* is a row's place in that order over the whole store, so a
 * window is two ranks whatever the identity. A *view* is what depends on the lists: who is trusted, which calls are
 * sensitive, and per identity its untrusted events and the runs of executions in which the rule could fire.
 *
 * Replay grid: executions at multiples of the interval (UTC), from the first one after the first event to the first one
 * at or after the last event; by the rule's clock, because that is when a scheduled execution could see them, and over
 * all loaded events. Read literally, events that all fall on one whole hour give no execution; we give them the one
 * after it, so that no data set is passed over in silence. */
#ifndef RARETRAIL_DETECT_RARE_AS_H
#define RARETRAIL_DETECT_RARE_AS_H

#include "parts.h"

/* Executions of one identity over which no event enters or leaves the window: the figures that decide. */
struct run {
	int64_t first, newest; /* first execution; newest @timestamp of an untrusted event */
	uint32_t times; /* executions, one interval apart */
	uint32_t total, untrusted, orgs, actions;
};

struct grid {
	int64_t first, interval;
	int64_t count; /* 0 for an empty store */
};

/* Per identity, under a view's lists. */
struct identity_view {
	uint32_t *untrusted; /* event numbers, ascending */
	uint32_t untrusted_count;
	bool is_stale; /* untrusted must be read again */
	bool has_runs;
	struct run *runs;
	uint32_t run_count;
};

struct view {
	bool is_used;
	uint64_t last_use;
	struct string_list trusted, sensitive_actions, trusted_cidr, ignored_users, ignored_actions;
	uint8_t *is_trusted; /* [source entry] */
	uint8_t *is_sensitive; /* [call entry] */
	uint8_t *is_ignored; /* [identity] */
	struct identity_view *identities;
	/* What the runs were computed for; runs_limit is the largest max_age they answer. */
	struct grid grid;
	int64_t window, runs_limit;
	size_t run_total;
	bool has_too_many_runs; /* then they are computed anew each time */
};

enum { VIEW_COUNT = 3 };

/* An identity's rows lie scattered over the store; asking for them this many events ahead hides the wait. */
enum { AHEAD = 16 };

/* The distinct entries of one dimension in a window that moves: how often each occurs, and those that do. */
struct tally {
	uint32_t *counts, *places; /* [entry]; its place in present where its count is not 0 */
	uint32_t *present, present_count;
};
/* The window over which the tallies stand. Alerts of one identity come in order of time, so the next one mostly needs
 * the events that entered and left since the last, however busy the identity is. */
struct values {
	uint32_t begin, end; /* events */
	struct tally sources, agents, targets;
};

/* Room to work in, reused from identity to identity. */
struct scratch {
	uint32_t *orgs; /* [org number], all zero between uses */
	uint32_t *actions; /* [action number], all zero between uses */
	uint32_t *calls; /* room for one call entry per action */
	uint32_t *newest; /* queue of event numbers */
	uint32_t newest_capacity;
	struct run *runs;
	size_t run_count, run_capacity;
	struct values values;
	uint32_t *ids;
	size_t id_capacity;
};

/* For each execution of a grid the ranks of its window: [begins[k], ends[k]). */
struct windows {
	struct grid grid;
	int64_t window;
	uint32_t *begins, *ends; /* NULL for a grid too long to keep: then they are searched */
};

/* What notices about labels count, whatever the parameters; source_events is NULL until one asks. */
struct label_facts {
	uint32_t *source_events; /* [source entry] events that the rule can see */
	uint64_t candidates, numbered; /* successes with a user; those with an AS number and no name */
};

struct rare_as {
	struct store *store;
	/* order of the rule's clock over all rows */
	const int64_t *clock; /* [rank] */
	uint32_t *ranked_rows; /* [rank] -> row; NULL: rank and row are the same */
	int64_t *ranked_clock; /* owned memory behind clock, or NULL */
	/* the events, identity by identity */
	uint32_t *begin; /* [identity], one more at the end */
	uint32_t *rank; /* [event] */
	uint32_t *source; /* [event] -> source entry */
	uint32_t *call; /* [event] -> call entry */
	uint32_t count;
	/* dense numbers from 1; 0 is null */
	uint32_t *source_org, *org_string, org_count;
	uint32_t *call_action, *action_string, action_count;
	/* the networks of each identity: identity_orgs[identity_org_begin[i] ..) */
	uint32_t *identity_org_begin, *identity_orgs;
	/* [source entry], read when a CIDR list asks for them, else NULL */
	struct ip *source_ip;
	uint8_t *source_has_ip;
	struct label_facts label_facts;
	struct view views[VIEW_COUNT];
	uint64_t uses;
	struct windows windows; /* those of the last replay */
	struct scratch scratch;
};

static inline uint32_t rare_as_row(const struct rare_as *engine, uint32_t event)
{
	uint32_t rank = engine->rank[event];
	return engine->ranked_rows ? engine->ranked_rows[rank] : rank;
}
static inline int64_t rare_as_timestamp(const struct rare_as *engine, uint32_t event)
{
	return engine->store->timestamp[rare_as_row(engine, event)];
}

/* rare_as_index.c: ranks at or after a time; and events of an identity with a rank at or after one. */
uint32_t rare_as_rank_bound(const struct rare_as *engine, int64_t time);
uint32_t rare_as_event_bound(const struct rare_as *engine, uint32_t identity, uint32_t rank);
/* Place in `untrusted` of the first event number at or after `event`. */
uint32_t untrusted_bound(const struct identity_view *identity, uint32_t event);

/* rare_as_view.c: the view of these lists, borrowed until the next call. */
struct view *view_for(struct rare_as *engine, const struct rare_as_params *params);
const struct identity_view *view_identity(struct rare_as *engine, struct view *view, uint32_t identity);
void view_free(struct view *view, uint32_t identity_count);

/* rare_as_windows.c */
struct grid grid_of(const struct rare_as *engine, int64_t interval);
bool grid_equal(const struct grid *a, const struct grid *b);
void windows_prepare(struct rare_as *engine, const struct grid *grid, int64_t window);
void windows_free(struct windows *windows);
uint32_t window_begin(const struct rare_as *engine, int64_t execution);
uint32_t window_end(const struct rare_as *engine, int64_t execution);
/* The first execution at or after `from` that sees this rank or a later one; the grid's count when none does. */
int64_t window_with(const struct rare_as *engine, int64_t from, uint32_t rank);

/* rare_as_runs.c: every run of an identity with an untrusted event no older than max_age at its first execution;
 * borrowed from the engine's scratch until the next call. runs_for keeps them in the view where it can. */
const struct run *runs_compute(struct rare_as *engine, struct view *view, uint32_t identity, const struct grid *grid,
	int64_t window, int64_t max_age, size_t *count);
void runs_prepare(struct rare_as *engine, struct view *view, const struct rare_as_params *params);
const struct run *runs_for(struct rare_as *engine, struct view *view, uint32_t identity, size_t *count);

/* rare_as_at.c: an identity's part of a window: its events [begin, end) and the untrusted among them, borrowed until
 * the next call; low and high are ranks. */
struct span {
	uint32_t begin, end;
	const uint32_t *untrusted;
	uint32_t untrusted_count;
};
struct span span_between(struct rare_as *engine, struct view *view, uint32_t identity, uint32_t low, uint32_t high);
/* Newest @timestamp of the untrusted events; TIME_NONE without any. */
int64_t span_newest(const struct rare_as *engine, const struct span *span);
/* The figures that decide, as a run of one execution; false when the window holds no event of the
 * identity. newest is TIME_NONE without an untrusted event. */
bool run_at(struct rare_as *engine, struct view *view, uint32_t identity, int64_t now, int64_t window,
	struct run *out) MUST_USE;

/* rare_as_values.c: moves the tallies to events [begin, end) of one identity. */
void values_init(struct rare_as *engine);
void values_free(struct values *values);
void values_move(struct rare_as *engine, uint32_t begin, uint32_t end);

/* rare_as_figures.c: every column, for a window that holds events of the identity. */
void figures_fill(struct rare_as *engine, struct view *view, uint32_t identity, int64_t now, int64_t window,
	struct rare_as_figures *out);

/* rare_as_conditions.c: the conditions, in the order of `why`. */
enum condition {
	CONDITION_HAS_TRUSTED,
	CONDITION_MIN_UNTRUSTED,
	CONDITION_MIN_TRUSTED,
	CONDITION_MAX_RATIO,
	CONDITION_MIN_ACTIONS,
	CONDITION_MAX_ASNS,
	CONDITION_MAX_AGE,
	CONDITION_COUNT
};
extern const enum parameter condition_parameters[CONDITION_COUNT];
/* A bit for each condition that fails at execution `at` of a run. */
unsigned conditions_failing(const struct rare_as_params *params, const struct run *run, int64_t at);
/* Value and limit as doubles; NAN for a null value. */
double condition_value(enum condition condition, const struct run *run, int64_t at);
double condition_limit(enum condition condition, const struct rare_as_params *params);
/* The limit from which on a value fails a condition that it met, or meets one that it failed; NAN when there is none. */
double condition_flip(enum condition condition, double value, bool holds);

/* rare_as_replay.c: how many executions of a run are recent enough: always the first ones. */
uint32_t run_recent_times(const struct run *run, int64_t max_age, int64_t interval);
/* An alert without figures, its id and times set. */
struct alert *rare_as_push_alert(struct rare_as *engine, struct alerts *out, uint32_t identity, int64_t first_fired);

#endif
