/* rare_as_networks: every network with the identities that use it: for whom it is rare, and, read the other way, who
 * else came from there. Over all events that the rule can see. */
#include "rare_as.h"

#include <stdlib.h>

/* One use together with its network, until the table is put in order. */
struct pair {
	uint32_t org;
	struct network_use use;
};

static void add_event(struct network_use *use, bool is_trusted, int64_t timestamp)
{
	if (use->events++ == 0)
		use->first = use->last = timestamp;
	use->trusted += is_trusted;
	if (timestamp < use->first)
		use->first = timestamp;
	if (timestamp > use->last)
		use->last = timestamp;
}

/* All pairs, identity by identity; pairs of one identity stand where its networks stand in identity_orgs. */
static struct pair *collect_pairs(
	struct rare_as *engine, const struct view *view, const struct rare_as_params *params, uint32_t *place_of_org)
{
	uint32_t identities = engine->store->identity_count;
	struct pair *pairs = xcalloc(engine->identity_org_begin[identities] + (size_t)1, sizeof *pairs);
	for (uint32_t identity = 0; identity < identities; identity++) {
		uint32_t begin = engine->identity_org_begin[identity], end = engine->identity_org_begin[identity + 1];
		for (uint32_t at = begin; at < end; at++) {
			pairs[at].org = engine->identity_orgs[at];
			pairs[at].use.identity = identity;
			place_of_org[pairs[at].org] = at;
		}
		for (uint32_t event = engine->begin[identity]; event < engine->begin[identity + 1]; event++) {
			uint32_t source = engine->source[event];
			add_event(&pairs[place_of_org[engine->source_org[source]]].use, view->is_trusted[source],
				rare_as_timestamp(engine, event));
		}
		for (uint32_t at = begin; at < end; at++) {
			struct network_use *use = &pairs[at].use;
			use->identity_events = engine->begin[identity + 1] - engine->begin[identity];
			use->share = (double)use->events / (double)use->identity_events;
			double untrusted = (double)(use->events - use->trusted) / (double)use->identity_events;
			use->is_rare = use->trusted < use->events && untrusted <= params->max_rare_asn_ratio;
		}
	}
	return pairs;
}

static int compare_pairs(const void *left, const void *right)
{
	const struct pair *a = left, *b = right;
	if (a->org != b->org)
		return a->org < b->org ? -1 : 1;
	if (a->use.is_rare != b->use.is_rare)
		return a->use.is_rare ? -1 : 1;
	if (a->use.events != b->use.events)
		return a->use.events > b->use.events ? -1 : 1;
	return (a->use.identity > b->use.identity) - (a->use.identity < b->use.identity);
}

static int compare_networks(const void *left, const void *right, void *context)
{
	const struct network *a = left, *b = right;
	const struct store *store = context;
	if (a->rare_for != b->rare_for)
		return a->rare_for > b->rare_for ? -1 : 1;
	if (a->events != b->events)
		return a->events < b->events ? -1 : 1;
	return slice_compare(store_string(store, a->organisation), store_string(store, b->organisation));
}

static void add_use(struct network *network, const struct network_use *use)
{
	network->events += use->events;
	network->trusted += use->trusted;
	network->rare_for += use->is_rare;
	if (network->identities++ == 0 || use->first < network->first)
		network->first = use->first;
	if (network->identities == 1 || use->last > network->last)
		network->last = use->last;
}

void rare_as_networks(struct rare_as *engine, const struct rare_as_params *params, struct networks *out)
{
	const struct view *view = view_for(engine, params);
	uint32_t *place_of_org = xcalloc(engine->org_count + (size_t)1, sizeof *place_of_org);
	struct pair *pairs = collect_pairs(engine, view, params, place_of_org);
	size_t count = engine->identity_org_begin[engine->store->identity_count];
	if (count > 1)
		qsort(pairs, count, sizeof *pairs, compare_pairs);
	*out = (struct networks){.items = xcalloc(engine->org_count + (size_t)1, sizeof *out->items),
		.uses = xcalloc(count + 1, sizeof *out->uses),
		.use_count = count};
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || pairs[i].org != pairs[i - 1].org)
			out->items[out->count++] =
				(struct network){.organisation = engine->org_string[pairs[i].org], .first_use = i};
		out->uses[i] = pairs[i].use;
		add_use(&out->items[out->count - 1], &pairs[i].use);
	}
	if (out->count > 1)
		qsort_r(out->items, out->count, sizeof *out->items, compare_networks, engine->store);
	free(pairs);
	free(place_of_org);
}

void networks_free(struct networks *networks)
{
	free(networks->items);
	free(networks->uses);
	*networks = (struct networks){0};
}
