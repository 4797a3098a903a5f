/* tune: the engines behind a tuning session and the alerts of the applied parameters. */
#include "parts.h"

#include <stdlib.h>

const struct verdict_info verdicts[VERDICT_COUNT] = {
#define X(id, word, letter) {word, letter},
	VERDICTS(X)
#undef X
};

void tune_set_free(struct tune_set *set)
{
	if (!set || atomic_fetch_sub(&set->references, 1) > 1)
		return;
	alerts_free(&set->alerts);
	free(set);
}

struct rare_as *tune_rare_as(struct tune *tune)
{
	if (!tune->setup.rare_as) {
		tune->setup.rare_as = rare_as_new(tune->store);
		tune->owns_rare_as = true;
	}
	return tune->setup.rare_as;
}

static void model_free(struct model *model)
{
	if (!model->is_borrowed)
		rare_method_free(model->engine);
	*model = (struct model){0};
}

static bool model_fits(const struct model *model, const struct rare_method_params *params)
{
	return model->engine && model->bucket_span == params->bucket_span &&
	       model->partition_field == params->partition_field;
}

const struct rare_method *tune_rare_method(struct tune *tune, const struct rare_method_params *params)
{
	for (size_t i = 0; i < COUNT_OF(tune->models); i++)
		if (model_fits(&tune->models[i], params))
			return tune->models[i].engine;
	struct model *model = &tune->models[tune->models[0].engine != NULL];
	model_free(model);
	*model = (struct model){rare_method_new(tune->store, params, NULL, pool_default_threads()), false,
		params->bucket_span, params->partition_field};
	return model->engine;
}

void tune_alerts(struct tune *tune, const struct params *params, unsigned rule_bits, struct alerts *out)
{
	if (rule_bits & tune->setup.rules & 1U << RULE_RARE_AS) {
		if (tune->setup.now == TIME_NONE)
			rare_as_replay(tune_rare_as(tune), &params->rare_as, out);
		else
			rare_as_at(tune_rare_as(tune), &params->rare_as, tune->setup.now, out);
	}
	if (rule_bits & tune->setup.rules & 1U << RULE_RARE_METHOD) {
		const struct rare_method *engine = tune_rare_method(tune, &params->rare_method);
		if (tune->setup.now == TIME_NONE)
			rare_method_alerts(engine, &params->rare_method, out);
		else
			rare_method_at(engine, &params->rare_method, tune->setup.now, out);
	}
	alerts_sort(tune->store, out);
}

bool parameter_differs(const struct params *a, const struct params *b, enum parameter parameter)
{
	struct buf left = BUF_EMPTY, right = BUF_EMPTY;
	params_format(&left, a, parameter);
	params_format(&right, b, parameter);
	bool differs = !slice_equals((struct slice){left.data, left.length}, (struct slice){right.data, right.length});
	buf_free(&left);
	buf_free(&right);
	return differs;
}

static void set_compute(struct tune *tune)
{
	struct tune_set *set = xcalloc(1, sizeof *set);
	atomic_init(&set->references, 1);
	tune_alerts(tune, &tune->applied, tune->setup.rules, &set->alerts);
	tune->set = set;
}

struct tune *tune_new(const struct tune_setup *setup, const struct params *applied)
{
	struct tune *tune = xcalloc(1, sizeof *tune);
	tune->setup = *setup;
	tune->store = store_ref(setup->store);
	params_copy(&tune->applied, applied);
	if (setup->rare_method)
		tune->models[0] = (struct model){setup->rare_method, true, applied->rare_method.bucket_span,
			applied->rare_method.partition_field};
	set_compute(tune);
	return tune;
}

void tune_free(struct tune *tune)
{
	if (!tune)
		return;
	for (size_t i = 0; i < COUNT_OF(tune->models); i++)
		model_free(&tune->models[i]);
	if (tune->owns_rare_as)
		rare_as_free(tune->setup.rare_as);
	tune_set_free(tune->set);
	params_free(&tune->applied);
	store_free(tune->store);
	free(tune);
}

void tune_apply(struct tune *tune, const struct params *applied)
{
	params_free(&tune->applied);
	params_copy(&tune->applied, applied);
	tune_set_free(tune->set);
	set_compute(tune);
}

const struct params *tune_applied(const struct tune *tune)
{
	return &tune->applied;
}
