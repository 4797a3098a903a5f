/* parts: the inside of tune. */
#ifndef RARETRAIL_TUNE_PARTS_H
#define RARETRAIL_TUNE_PARTS_H

#include <stdatomic.h>

#include "raretrail/tune.h"

/* The alerts of one set of parameters, shared by the differences that were computed against them. */
struct tune_set {
	atomic_int references;
	struct alerts alerts;
};

/* An engine of rare-method for one model (bucket span and partition); drafts of those need one of their own. */
struct model {
	struct rare_method *engine;
	bool is_borrowed;
	int64_t bucket_span;
	enum partition_field partition_field;
};

struct tune {
	struct tune_setup setup;
	const struct store *store; /* referenced */
	bool owns_rare_as;
	struct model models[2]; /* of the applied parameters; of the last draft that had another */
	struct params applied;
	struct tune_set *set;
};

/* Both rules' alerts, in the order of batch output. Appends. */
void tune_alerts(struct tune *tune, const struct params *params, unsigned rules, struct alerts *out);
void tune_set_free(struct tune_set *set);
struct rare_as *tune_rare_as(struct tune *tune);
const struct rare_method *tune_rare_method(struct tune *tune, const struct rare_method_params *params);
bool parameter_differs(const struct params *a, const struct params *b, enum parameter parameter);

#endif
