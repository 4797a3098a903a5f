/* rare_as_figures: every column of the query for one identity and one execution, and the rows behind them. */
#include "rare_as.h"

/* A fresh round in which no entry has been met. */
static void round_start(struct rare_as *engine)
{
	struct scratch *scratch = &engine->scratch;
	if (++scratch->round != 0)
		return;
	for (unsigned dimension = 0; dimension < DIMENSION_COUNT; dimension++)
		memset(scratch->seen[dimension], 0,
			engine->store->dimensions[dimension].count * sizeof *scratch->seen[dimension]);
	scratch->round = 1;
}

/* Distinct entries of a dimension over events [begin, end), appended to scratch.ids; their number. */
static size_t distinct_entries(struct rare_as *engine, enum event_dimension dimension, uint32_t begin, uint32_t end)
{
	struct scratch *scratch = &engine->scratch;
	const uint32_t *entries = engine->store->entry[dimension];
	uint32_t *seen = scratch->seen[dimension];
	size_t count = 0;
	for (uint32_t event = begin; event < end; event++) {
		uint32_t entry =
			dimension == DIMENSION_SOURCE ? engine->source[event] : entries[rare_as_row(engine, event)];
		if (seen[entry] == scratch->round)
			continue;
		seen[entry] = scratch->round;
		scratch->ids = array_grow(scratch->ids, &scratch->id_capacity, 2 * (count + 1), sizeof *scratch->ids);
		scratch->ids[count++] = entry;
	}
	return count;
}

/* The values of a field in the `count` entries that scratch.ids begins with; they stay. */
static struct id_set values_of(struct rare_as *engine, enum event_field field, size_t count)
{
	struct scratch *scratch = &engine->scratch;
	if (count == 0)
		return (struct id_set){0};
	scratch->ids = array_grow(scratch->ids, &scratch->id_capacity, 2 * count, sizeof *scratch->ids);
	uint32_t *values = scratch->ids + count;
	for (size_t i = 0; i < count; i++)
		values[i] = store_entry_value(engine->store, field, scratch->ids[i]);
	return id_set_make(engine->store->strings, values, count);
}

static void fill_untrusted(
	struct rare_as *engine, const struct view *view, uint32_t begin, uint32_t end, struct rare_as_figures *out)
{
	struct scratch *scratch = &engine->scratch;
	uint32_t *seen = scratch->seen[DIMENSION_CALL];
	size_t sensitive = 0;
	out->most_recent_low_asn_day = TIME_NONE;
	for (uint32_t event = begin; event < end; event++) {
		if (view->is_trusted[engine->source[event]])
			continue;
		out->untrusted_event_count++;
		int64_t timestamp = rare_as_timestamp(engine, event);
		if (timestamp > out->most_recent_low_asn_day)
			out->most_recent_low_asn_day = timestamp;
		uint32_t call = engine->call[event];
		if (!view->is_sensitive[call])
			continue;
		out->untrusted_suspicious_count++;
		if (seen[call] == scratch->round)
			continue;
		seen[call] = scratch->round;
		scratch->ids =
			array_grow(scratch->ids, &scratch->id_capacity, 2 * (sensitive + 1), sizeof *scratch->ids);
		scratch->ids[sensitive++] = call;
	}
	out->untrusted_suspicious_actions = values_of(engine, FIELD_ACTION, sensitive);
}

void figures_fill(struct rare_as *engine, const struct view *view, uint32_t identity, int64_t now, int64_t window,
	struct rare_as_figures *out)
{
	const struct store *store = engine->store;
	uint32_t begin = rare_as_event_bound(engine, identity, rare_as_rank_bound(engine, now - window));
	uint32_t end = rare_as_event_bound(engine, identity, rare_as_rank_bound(engine, now + 1));
	*out = (struct rare_as_figures){.user_name = store->identities[identity].user_name,
		.identity_type = store->identities[identity].type,
		.identity = identity,
		.evaluated_at = now,
		.total_events_all_asns = end - begin};
	round_start(engine);
	fill_untrusted(engine, view, begin, end, out);
	out->trusted_cloud_event_count = out->total_events_all_asns - out->untrusted_event_count;
	out->has_trusted_cloud_asn = out->trusted_cloud_event_count > 0;
	out->rare_asn_ratio = (double)out->untrusted_event_count / (double)out->total_events_all_asns;
	out->unique_action_from_untrusted_asn = out->untrusted_suspicious_actions.count;
	out->has_unique_action = out->unique_action_from_untrusted_asn > 0;

	size_t sources = distinct_entries(engine, DIMENSION_SOURCE, begin, end);
	out->src_asn_values = values_of(engine, FIELD_AS_ORG, sources);
	out->count_distinct_asns = out->src_asn_values.count;
	out->source_ip_values = values_of(engine, FIELD_SOURCE_ADDRESS, sources);
	size_t agents = distinct_entries(engine, DIMENSION_AGENT, begin, end);
	out->user_agent_values = values_of(engine, FIELD_USER_AGENT, agents);
	size_t targets = distinct_entries(engine, DIMENSION_TARGET, begin, end);
	out->related_users = values_of(engine, FIELD_CHANGES_NAME, targets);
}

void rare_as_figures_free(struct rare_as_figures *figures)
{
	id_set_free(&figures->src_asn_values);
	id_set_free(&figures->user_agent_values);
	id_set_free(&figures->related_users);
	id_set_free(&figures->source_ip_values);
	id_set_free(&figures->untrusted_suspicious_actions);
}
