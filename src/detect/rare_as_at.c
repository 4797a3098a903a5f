/* rare_as_at: one execution, as of any instant. Counts come from binary searches; only identities that pass the cheap
 * conditions have the events of their window read. */
#include "rare_as.h"

int64_t span_newest(const struct rare_as *engine, const struct span *span)
{
	if (span->untrusted_count == 0)
		return TIME_NONE;
	if (!engine->ranked_rows)
		return rare_as_timestamp(engine, span->untrusted[span->untrusted_count - 1]);
	int64_t newest = TIME_NONE;
	for (uint32_t at = 0; at < span->untrusted_count; at++) {
		int64_t timestamp = rare_as_timestamp(engine, span->untrusted[at]);
		if (timestamp > newest)
			newest = timestamp;
	}
	return newest;
}

static uint32_t distinct_orgs(struct rare_as *engine, const struct span *span)
{
	uint32_t distinct = 0, *orgs = engine->scratch.orgs;
	for (uint32_t event = span->begin; event < span->end; event++)
		distinct += orgs[engine->source_org[engine->source[event]]]++ == 0;
	for (uint32_t event = span->begin; event < span->end; event++)
		orgs[engine->source_org[engine->source[event]]] = 0;
	return distinct;
}

static uint32_t distinct_actions(struct rare_as *engine, const struct view *view, const struct span *span)
{
	uint32_t distinct = 0, *actions = engine->scratch.actions;
	for (uint32_t at = 0; at < span->untrusted_count; at++) {
		uint32_t call = engine->call[span->untrusted[at]];
		if (view->is_sensitive[call])
			distinct += actions[engine->call_action[call]]++ == 0;
	}
	for (uint32_t at = 0; at < span->untrusted_count; at++)
		actions[engine->call_action[engine->call[span->untrusted[at]]]] = 0;
	return distinct;
}

/* After a change of the lists the untrusted events of an identity have to be told anew: over the window alone where
 * that is a small part of its events. */
struct span span_between(struct rare_as *engine, struct view *view, uint32_t identity, uint32_t low, uint32_t high)
{
	struct span span = {.begin = rare_as_event_bound(engine, identity, low),
		.end = rare_as_event_bound(engine, identity, high)};
	uint32_t events = engine->begin[identity + 1] - engine->begin[identity], count = span.end - span.begin;
	if (!view->identities[identity].is_stale || count > events / 4) {
		const struct identity_view *of_identity = view_identity(engine, view, identity);
		uint32_t first = untrusted_bound(of_identity, span.begin),
			 last = untrusted_bound(of_identity, span.end);
		span.untrusted = last > first ? of_identity->untrusted + first : NULL;
		span.untrusted_count = last - first;
		return span;
	}
	struct scratch *scratch = &engine->scratch;
	scratch->ids = array_grow(scratch->ids, &scratch->id_capacity, count, sizeof *scratch->ids);
	for (uint32_t event = span.begin; event < span.end; event++)
		if (!view->is_trusted[engine->source[event]])
			scratch->ids[span.untrusted_count++] = event;
	span.untrusted = scratch->ids;
	return span;
}

bool run_at(struct rare_as *engine, struct view *view, uint32_t identity, int64_t now, int64_t window, struct run *out)
{
	struct span span = span_between(
		engine, view, identity, rare_as_rank_bound(engine, now - window), rare_as_rank_bound(engine, now + 1));
	if (span.begin == span.end)
		return false;
	*out = (struct run){.first = now,
		.newest = span_newest(engine, &span),
		.times = 1,
		.total = span.end - span.begin,
		.untrusted = span.untrusted_count,
		.orgs = distinct_orgs(engine, &span),
		.actions = distinct_actions(engine, view, &span)};
	return true;
}

/* Can the identity have an untrusted event between these ranks? A first look without a search. */
static bool may_be_untrusted(
	const struct rare_as *engine, const struct identity_view *identity, uint32_t low, uint32_t high)
{
	if (identity->is_stale)
		return true;
	return identity->untrusted_count > 0 &&
	       engine->rank[identity->untrusted[identity->untrusted_count - 1]] >= low &&
	       engine->rank[identity->untrusted[0]] < high;
}

/* Does the identity fire in the window of these ranks? Asks the cheapest conditions first. */
static bool fires_at(struct rare_as *engine, struct view *view, uint32_t identity, uint32_t low, uint32_t high,
	const struct rare_as_params *params, int64_t now)
{
	if (view->is_ignored[identity] || !may_be_untrusted(engine, &view->identities[identity], low, high))
		return false;
	struct span span = span_between(engine, view, identity, low, high);
	if (span.untrusted_count == 0)
		return false;
	/* What is not counted yet is given a value that holds. */
	struct run run = {.newest = span_newest(engine, &span),
		.total = span.end - span.begin,
		.untrusted = span.untrusted_count,
		.orgs = 0,
		.actions = UINT32_MAX};
	if (conditions_failing(params, &run, now) != 0)
		return false;
	run.actions = distinct_actions(engine, view, &span);
	if (conditions_failing(params, &run, now) != 0)
		return false;
	uint32_t most_orgs = engine->identity_org_begin[identity + 1] - engine->identity_org_begin[identity];
	if (most_orgs <= params->max_count_distinct_asns)
		return true;
	run.orgs = distinct_orgs(engine, &span);
	return conditions_failing(params, &run, now) == 0;
}

void rare_as_at(struct rare_as *engine, const struct rare_as_params *params, int64_t now, struct alerts *out)
{
	struct view *view = view_for(engine, params);
	uint32_t low = rare_as_rank_bound(engine, now - params->window), high = rare_as_rank_bound(engine, now + 1);
	double least_events = (double)rare_as_least_untrusted(params) + rare_as_least_trusted(params);
	for (uint32_t identity = 0; identity < engine->store->identity_count; identity++) {
		if (engine->begin[identity + 1] - engine->begin[identity] < least_events)
			continue;
		if (!fires_at(engine, view, identity, low, high, params, now))
			continue;
		struct alert *alert = rare_as_push_alert(engine, out, identity, now);
		figures_fill(engine, view, identity, now, params->window, &alert->rare_as);
		alert->why_count = rare_as_explain(params, &alert->rare_as, alert->why);
	}
	alerts_sort(engine->store, out);
}

bool rare_as_figures_at(struct rare_as *engine, const struct rare_as_params *params, uint32_t identity, int64_t now,
	struct rare_as_figures *out)
{
	struct view *view = view_for(engine, params);
	uint32_t low = rare_as_rank_bound(engine, now - params->window), high = rare_as_rank_bound(engine, now + 1);
	if (rare_as_event_bound(engine, identity, low) == rare_as_event_bound(engine, identity, high))
		return false;
	figures_fill(engine, view, identity, now, params->window, out);
	return true;
}
