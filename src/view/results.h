/* Results: what both rules say about one snapshot under one set of parameters, with the figures lists show. Computed
 * on the evaluator's thread, then immutable and reference-counted; the engines inside belong to that thread alone. */
#ifndef VIEW_RESULTS_H
#define VIEW_RESULTS_H

#include <stdatomic.h>

#include "raretrail/detect.h"
#include "raretrail/store.h"

/* Engines of one snapshot, shared by all results over it. */
struct engines {
	atomic_int references;
	struct store *store;
	struct rare_as *rare_as;
	struct rare_method *rare_method; /* for the parameters below; read-only, any thread may ask it */
	int64_t bucket_span;
	enum partition_field partition_field;
};
struct engines *engines_ref(struct engines *engines);
void engines_free(struct engines *engines);

/* What the lists show of an alert, beside the alert. */
struct alert_view {
	struct row_list
		evidence; /* rare-as: sensitive events from other networks; rare-method: the calls of the bucket */
	uint32_t user, type; /* string ids */
	uint32_t identity; /* UINT32_MAX: none */
	uint32_t network; /* string id of the organisation most of the evidence came from; 0 none */
	int64_t seen; /* newest evidence, else the last firing */
	double score;
	char severity; /* H M L */
};

struct user_view {
	uint32_t identity;
	uint32_t user, type; /* string ids */
	uint32_t events, errors, untrusted;
	uint32_t networks, actions; /* distinct */
	uint32_t alerts;
	char severity; /* worst of its alerts, ' ' none */
	int64_t first, last;
};

struct results {
	atomic_int references;
	struct engines *engines;
	const struct store *store; /* engines' */
	struct params params;
	int64_t now; /* TIME_NONE: replay */
	bool is_partial; /* the load had not ended */
	struct alerts alerts;
	struct alert_view *views;
	uint32_t *order; /* alerts by severity and score, correlated ones adjacent */
	struct alerts near; /* near misses of rare-as */
	struct notices notices; /* of the labels against the trusted list */
	struct method_outlook outlook; /* how high the rare method could score at all */
	struct buf outlook_words;
	uint8_t *trust; /* [source entry]: 1 trusted, 2 another network, 0 no network */
	uint8_t *failed; /* [call entry]: the call failed */
	struct user_view *users;
	uint32_t user_count;
	uint64_t silenced; /* alerts that the allowlist keeps away */
	int64_t elapsed_us;
};
struct results *results_ref(struct results *results);
void results_free(struct results *results);

/* Evaluates. `without`: the parameters without the allowlist, to say how much it silences; NULL: there is none. `engines` of the same snapshot are taken over when given (not NULL). Evaluator's thread only. */
struct results *results_compute(const struct store *store, struct engines *engines, const struct params *params,
	const struct params *without, uint32_t rules, const struct rare_model *baseline, int64_t now,
	bool is_partial) MUST_USE;
/* UINT32_MAX when there is none with that id. */
uint32_t results_find(const struct results *results, const char *alert_id);
struct user_view *users_compute(const struct store *store, const uint8_t *trust, const uint8_t *failed,
	const uint64_t *keep, uint32_t *count) MUST_USE;
bool row_failed(const struct results *results, uint32_t row);
/* The organisation, the address where there is none. */
struct slice row_network(const struct store *store, uint32_t row);

#endif
