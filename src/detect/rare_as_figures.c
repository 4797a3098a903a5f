/* rare_as_figures: every column of the query for one identity and one execution. */
#include "rare_as.h"

/* The distinct values of a field in some entries of its dimension. */
static struct id_set values_of(struct rare_as *engine, enum event_field field, const uint32_t *entries, uint32_t count)
{
	struct scratch *scratch = &engine->scratch;
	if (count == 0)
		return (struct id_set){0};
	scratch->ids = array_grow(scratch->ids, &scratch->id_capacity, count, sizeof *scratch->ids);
	for (uint32_t i = 0; i < count; i++)
		scratch->ids[i] = store_entry_value(engine->store, field, entries[i]);
	return id_set_make(engine->store->strings, scratch->ids, count);
}

static struct id_set tally_values(struct rare_as *engine, enum event_field field, const struct tally *tally)
{
	return values_of(engine, field, tally->present, tally->present_count);
}

static void fill_untrusted(
	struct rare_as *engine, const struct view *view, const struct span *span, struct rare_as_figures *out)
{
	uint32_t *actions = engine->scratch.actions, *calls = engine->scratch.calls, distinct = 0;
	out->untrusted_event_count = span->untrusted_count;
	out->most_recent_low_asn_day = span_newest(engine, span);
	for (uint32_t at = 0; at < span->untrusted_count; at++) {
		uint32_t call = engine->call[span->untrusted[at]];
		if (!view->is_sensitive[call])
			continue;
		out->untrusted_suspicious_count++;
		if (actions[engine->call_action[call]]++ == 0)
			calls[distinct++] = call;
	}
	for (uint32_t i = 0; i < distinct; i++)
		actions[engine->call_action[calls[i]]] = 0;
	out->untrusted_suspicious_actions = values_of(engine, FIELD_ACTION, calls, distinct);
}

void figures_fill(struct rare_as *engine, struct view *view, uint32_t identity, int64_t now, int64_t window,
	struct rare_as_figures *out)
{
	const struct store *store = engine->store;
	struct span span = span_between(
		engine, view, identity, rare_as_rank_bound(engine, now - window), rare_as_rank_bound(engine, now + 1));
	*out = (struct rare_as_figures){.user_name = store->identities[identity].user_name,
		.identity_type = store->identities[identity].type,
		.identity = identity,
		.evaluated_at = now,
		.total_events_all_asns = span.end - span.begin};
	fill_untrusted(engine, view, &span, out);
	out->trusted_cloud_event_count = out->total_events_all_asns - out->untrusted_event_count;
	out->has_trusted_cloud_asn = out->trusted_cloud_event_count > 0;
	out->rare_asn_ratio = (double)out->untrusted_event_count / (double)out->total_events_all_asns;
	out->unique_action_from_untrusted_asn = out->untrusted_suspicious_actions.count;
	out->has_unique_action = out->unique_action_from_untrusted_asn > 0;

	values_move(engine, span.begin, span.end);
	const struct values *values = &engine->scratch.values;
	out->src_asn_values = tally_values(engine, FIELD_AS_ORG, &values->sources);
	out->count_distinct_asns = out->src_asn_values.count;
	out->source_ip_values = tally_values(engine, FIELD_SOURCE_ADDRESS, &values->sources);
	out->user_agent_values = tally_values(engine, FIELD_USER_AGENT, &values->agents);
	out->related_users = tally_values(engine, FIELD_CHANGES_NAME, &values->targets);
}

void rare_as_figures_free(struct rare_as_figures *figures)
{
	id_set_free(&figures->src_asn_values);
	id_set_free(&figures->user_agent_values);
	id_set_free(&figures->related_users);
	id_set_free(&figures->source_ip_values);
	id_set_free(&figures->untrusted_suspicious_actions);
}
