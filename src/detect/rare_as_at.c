/* rare_as_at: one execution, as of any instant. Counts come from binary searches; only identities that pass the cheap
 * conditions have the events of their window read. */
#include "rare_as.h"

/* An identity's part of a window: its events [begin, end), the untrusted among them [untrusted, untrusted_end). */
struct span {
	uint32_t begin, end, untrusted, untrusted_end;
};

static int64_t newest_untrusted(const struct rare_as *engine, const struct identity_view *identity, struct span span)
{
	if (span.untrusted == span.untrusted_end)
		return TIME_NONE;
	if (!engine->ranked_rows)
		return rare_as_timestamp(engine, identity->untrusted[span.untrusted_end - 1]);
	int64_t newest = TIME_NONE;
	for (uint32_t at = span.untrusted; at < span.untrusted_end; at++) {
		int64_t timestamp = rare_as_timestamp(engine, identity->untrusted[at]);
		if (timestamp > newest)
			newest = timestamp;
	}
	return newest;
}

static uint32_t distinct_orgs(struct rare_as *engine, struct span span)
{
	uint32_t distinct = 0, *orgs = engine->scratch.orgs;
	for (uint32_t event = span.begin; event < span.end; event++)
		distinct += orgs[engine->source_org[engine->source[event]]]++ == 0;
	for (uint32_t event = span.begin; event < span.end; event++)
		orgs[engine->source_org[engine->source[event]]] = 0;
	return distinct;
}

static uint32_t distinct_actions(
	struct rare_as *engine, const struct view *view, const struct identity_view *identity, struct span span)
{
	uint32_t distinct = 0, *actions = engine->scratch.actions;
	for (uint32_t at = span.untrusted; at < span.untrusted_end; at++) {
		uint32_t call = engine->call[identity->untrusted[at]];
		if (view->is_sensitive[call])
			distinct += actions[engine->call_action[call]]++ == 0;
	}
	for (uint32_t at = span.untrusted; at < span.untrusted_end; at++)
		actions[engine->call_action[engine->call[identity->untrusted[at]]]] = 0;
	return distinct;
}

static struct span span_between(
	struct rare_as *engine, struct view *view, uint32_t identity, uint32_t low, uint32_t high)
{
	const struct identity_view *of_identity = view_identity(engine, view, identity);
	struct span span;
	span.begin = rare_as_event_bound(engine, identity, low);
	span.end = rare_as_event_bound(engine, identity, high);
	span.untrusted = untrusted_bound(of_identity, span.begin);
	span.untrusted_end = untrusted_bound(of_identity, span.end);
	return span;
}

bool run_at(struct rare_as *engine, struct view *view, uint32_t identity, int64_t now, int64_t window, struct run *out)
{
	const struct identity_view *of_identity = view_identity(engine, view, identity);
	struct span span = span_between(
		engine, view, identity, rare_as_rank_bound(engine, now - window), rare_as_rank_bound(engine, now + 1));
	if (span.begin == span.end)
		return false;
	*out = (struct run){.first = now,
		.newest = newest_untrusted(engine, of_identity, span),
		.times = 1,
		.total = span.end - span.begin,
		.untrusted = span.untrusted_end - span.untrusted,
		.orgs = distinct_orgs(engine, span),
		.actions = distinct_actions(engine, view, of_identity, span)};
	return true;
}

/* Does the identity fire in the window of these ranks? Asks the cheapest conditions first. */
static bool fires_at(struct rare_as *engine, struct view *view, uint32_t identity, uint32_t low, uint32_t high,
	const struct rare_as_params *params, int64_t now)
{
	const struct identity_view *of_identity = view_identity(engine, view, identity);
	if (view->is_ignored[identity] || of_identity->untrusted_count == 0 ||
		engine->rank[of_identity->untrusted[of_identity->untrusted_count - 1]] < low ||
		engine->rank[of_identity->untrusted[0]] >= high)
		return false;
	struct span span = span_between(engine, view, identity, low, high);
	if (span.untrusted == span.untrusted_end)
		return false;
	/* What is not counted yet is given a value that holds. */
	struct run run = {.newest = newest_untrusted(engine, of_identity, span),
		.total = span.end - span.begin,
		.untrusted = span.untrusted_end - span.untrusted,
		.orgs = 0,
		.actions = UINT32_MAX};
	if (conditions_failing(params, &run, now) != 0)
		return false;
	run.actions = distinct_actions(engine, view, of_identity, span);
	if (conditions_failing(params, &run, now) != 0)
		return false;
	run.orgs = distinct_orgs(engine, span);
	return conditions_failing(params, &run, now) == 0;
}

void rare_as_at(struct rare_as *engine, const struct rare_as_params *params, int64_t now, struct alerts *out)
{
	struct view *view = view_for(engine, params);
	uint32_t low = rare_as_rank_bound(engine, now - params->window), high = rare_as_rank_bound(engine, now + 1);
	for (uint32_t identity = 0; identity < engine->store->identity_count; identity++) {
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
