/* rare_as_world: random small worlds of events for the tests of rare-as, and the rule read once more in the plainest
 * way over them: no index, no window kept, every execution looks at every event. */
#ifndef RARE_AS_WORLD_H
#define RARE_AS_WORLD_H

#include "raretrail/detect.h"
#include "own_chunk.h"

#include <stdio.h>
#include <stdlib.h>

#define WORLD_MOST 600

static const char *const world_users[] = {"ci-deploy", "alice", "Zoë", "bob", "app:日本"};
static const char *const world_types[] = {NULL, "AssumedRole", "IAMUser"};
static const char *const world_orgs[] = {NULL, "Amazon.com, Inc.", "Amazon Data Services", "Google LLC",
	"MongoDB, Inc.", "Selectel Ltd.", "Amazonia Publicidade Ltda", "AMAZON-02", "Телеком", "amazon.com",
	"Microsoft Corporation", "Google LLC\xc2\xa0"};
static const char *const world_addresses[] = {
	"192.0.2.7", "192.0.2.8", "198.51.100.1", "2001:db8::1", "ec2.amazonaws.com", "203.0.113.9", "203.0.113.77"};
static const char *const world_agents[] = {NULL, "aws-cli/2.15", "Boto3/1.28", "curl"};
static const char *const world_actions[] = {NULL, "GetObject", "ListBuckets", "CreateAccessKey", "DescribeInstances",
	"GetCallerIdentity", "getobject", "Converse"};
static const char *const world_changes[] = {NULL, NULL, NULL, "new-name", "other"};

struct world_event {
	int64_t timestamp, ingested;
	unsigned user, type, org, address, agent, action, changes;
	bool success, has_user;
};

struct world {
	struct world_event events[WORLD_MOST];
	unsigned count;
	uint64_t seed;
	int64_t start, span;
	bool has_ingested;
};

static inline uint64_t world_random(struct world *world)
{
	uint64_t z = (world->seed += 0x9e3779b97f4a7c15U);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}
static inline unsigned world_pick(struct world *world, size_t count)
{
	return (unsigned)(world_random(world) % count);
}

/* Times love whole hours, and instants one window or one hour before them. */
static inline int64_t world_time(struct world *world)
{
	int64_t time = world->start + (int64_t)(world_random(world) % (uint64_t)world->span);
	switch (world_pick(world, 6)) {
	case 0: return time_floor(time, HOUR_MS);
	case 1: return time_floor(time, HOUR_MS) - 1;
	case 2: return time_floor(time, HOUR_MS) + 1;
	case 3: return time_floor(time, 30 * MINUTE_MS);
	default: return time;
	}
}

static inline void world_make(struct world *world, uint64_t seed)
{
	*world = (struct world){.seed = seed * 7919 + 13};
	world->start = INT64_C(1767225600000) + (int64_t)(world_random(world) % (uint64_t)DAY_MS);
	world->span = (1 + (int64_t)world_pick(world, 20)) * DAY_MS;
	world->has_ingested = world_pick(world, 3) == 0;
	world->count = world_pick(world, WORLD_MOST);
	unsigned users = 1 + world_pick(world, COUNT_OF(world_users)), rare = 1 + world_pick(world, 60);
	for (unsigned i = 0; i < world->count; i++) {
		struct world_event *event = &world->events[i];
		event->timestamp = world_time(world);
		event->ingested = TIME_NONE;
		if (world->has_ingested && world_pick(world, 4) > 0)
			event->ingested = world_pick(world, 3) == 0
						  ? world_time(world)
						  : event->timestamp + (int64_t)world_pick(world, 5) * 30 * MINUTE_MS;
		event->user = world_pick(world, users);
		event->type = event->user == 0 ? world_pick(world, 2) : event->user % 3;
		event->has_user = world_pick(world, 40) > 0;
		event->success = world_pick(world, 12) > 0;
		event->org = world_pick(world, rare) > 0 ? 1 + world_pick(world, 4)
							 : world_pick(world, COUNT_OF(world_orgs));
		event->address = world_pick(world, COUNT_OF(world_addresses));
		event->agent = world_pick(world, COUNT_OF(world_agents));
		event->action = world_pick(world, COUNT_OF(world_actions));
		event->changes = world_pick(world, COUNT_OF(world_changes));
	}
}

static inline struct store *world_store(const struct world *world)
{
	struct builder *builder = builder_new(&(struct builder_options){0});
	struct chunk *chunk = own_chunk();
	for (unsigned i = 0; i < world->count; i++) {
		const struct world_event *from = &world->events[i];
		char id[16];
		snprintf(id, sizeof id, "e%u", i);
		struct event event = {.timestamp = from->timestamp,
			.ingested = from->ingested,
			.id = slice_of(id),
			.offset = i,
			.length = 1,
			.content = i};
		if (from->has_user)
			event.fields[FIELD_USER_NAME] = slice_of(world_users[from->user]);
		event.fields[FIELD_IDENTITY_TYPE] = slice_of(world_types[from->type]);
		event.fields[FIELD_AS_ORG] = slice_of(world_orgs[from->org]);
		event.fields[FIELD_SOURCE_ADDRESS] = slice_of(world_addresses[from->address]);
		if (from->address != 4)
			event.fields[FIELD_SOURCE_IP] = slice_of(world_addresses[from->address]);
		event.fields[FIELD_USER_AGENT] = slice_of(world_agents[from->agent]);
		event.fields[FIELD_ACTION] = slice_of(world_actions[from->action]);
		event.fields[FIELD_OUTCOME] = slice_of(from->success ? "success" : "failure");
		event.fields[FIELD_CHANGES_NAME] = slice_of(world_changes[from->changes]);
		chunk_add(chunk, &event);
	}
	builder_merge(builder, chunk);
	struct store *store = builder_publish(builder);
	builder_free(builder);
	return store;
}

static inline void world_params(struct world *world, struct params *params)
{
	static const double ratios[] = {0.01, 0.05, 0.1, 0.25, 0.5, 1};
	params_init(params);
	struct rare_as_params *rare_as = &params->rare_as;
	rare_as->has_trusted_cloud_asn = world_pick(world, 4) > 0;
	rare_as->min_untrusted_event_count = world_pick(world, 4);
	rare_as->min_trusted_cloud_event_count = world_pick(world, 2) ? world_pick(world, 8) : world_pick(world, 60);
	rare_as->max_rare_asn_ratio = ratios[world_pick(world, COUNT_OF(ratios))];
	rare_as->min_unique_action_from_untrusted_asn = world_pick(world, 4);
	rare_as->max_count_distinct_asns = world_pick(world, 9);
	rare_as->max_age = (int64_t)world_pick(world, 10) * 20 * MINUTE_MS;
	rare_as->window = world_pick(world, 3) == 0 ? 7 * DAY_MS : (int64_t)(1 + world_pick(world, 100)) * HOUR_MS;
	rare_as->interval = world_pick(world, 2) ? HOUR_MS : (int64_t)(1 + world_pick(world, 12)) * 25 * MINUTE_MS;
	static const char *const changes[] = {"rare-as.trusted-=Google LLC", "rare-as.trusted+=*a*",
		"rare-as.trusted=", "rare-as.trusted+=Selectel ?td.", "rare-as.trusted_cidr+=192.0.2.0/29",
		"rare-as.trusted_cidr+=2001:db8::/32", "rare-as.ignored_users+=*b*", "rare-as.ignored_actions+=List*",
		"rare-as.sensitive_actions+=DescribeInstances", "rare-as.sensitive_actions-=GetObject"};
	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		struct err err;
		if (world_pick(world, 8) == 0 && params_assign(params, changes[i], &err) != 0)
			base_abort("%s: %s", changes[i], err.text);
	}
}

/* ---- the plain reading ---- */

struct plain {
	uint64_t total, trusted, untrusted, suspicious;
	bool orgs[16], agents[8], changes[8], addresses[8], actions[8];
	int64_t newest;
};

static inline unsigned plain_count(const bool *set, unsigned size)
{
	unsigned count = 0;
	for (unsigned i = 0; i < size; i++)
		count += set[i];
	return count;
}

static inline bool plain_like(const char *text, const char *pattern)
{
	if (*pattern == '*')
		return plain_like(text, pattern + 1) || (*text && plain_like(text + 1, pattern));
	if (!*text || !*pattern)
		return *text == *pattern;
	return (*pattern == '?' || *pattern == *text) && plain_like(text + 1, pattern + 1);
}

static inline bool plain_list(const struct string_list *list, const char *text)
{
	bool any = false;
	for (size_t i = 0; text && i < list->count; i++)
		any = any || plain_like(text, list->items[i]);
	return any;
}

static inline bool plain_is_trusted(const struct rare_as_params *params, const struct world_event *event)
{
	if (plain_list(&params->trusted, world_orgs[event->org]))
		return true;
	for (size_t i = 0; i < params->trusted_cidr.count; i++) {
		if (params->trusted_cidr.items[i][0] == '1' && event->address == 0)
			return true; /* 192.0.2.0/29 holds 192.0.2.7 and not 192.0.2.8 */
		if (params->trusted_cidr.items[i][0] == '2' && event->address == 3)
			return true;
	}
	return false;
}

static inline int64_t plain_clock(const struct world_event *event)
{
	return event->ingested != TIME_NONE ? event->ingested : event->timestamp;
}

static inline struct plain plain_at(
	const struct world *world, const struct rare_as_params *params, unsigned user, unsigned type, int64_t now)
{
	struct plain out = {.newest = TIME_NONE};
	for (unsigned i = 0; i < world->count; i++) {
		const struct world_event *event = &world->events[i];
		if (!event->has_user || event->user != user || event->type != type || !event->success ||
			event->org == 0 || plain_clock(event) < now - params->window || plain_clock(event) > now)
			continue;
		out.total++;
		out.orgs[event->org] = true;
		out.addresses[event->address] = true;
		if (world_changes[event->changes])
			out.changes[event->changes] = true;
		if (world_agents[event->agent])
			out.agents[event->agent] = true;
		if (plain_is_trusted(params, event)) {
			out.trusted++;
			continue;
		}
		out.untrusted++;
		if (event->timestamp > out.newest)
			out.newest = event->timestamp;
		const char *action = world_actions[event->action];
		bool is_sensitive = false;
		for (size_t at = 0; action && at < params->sensitive_actions.count; at++)
			is_sensitive = is_sensitive || strcmp(action, params->sensitive_actions.items[at]) == 0;
		if (is_sensitive && !plain_list(&params->ignored_actions, action)) {
			out.suspicious++;
			out.actions[event->action] = true;
		}
	}
	return out;
}

/* The number of conditions that fail; -1 without events or for a user left out. */
static inline int plain_failing(
	const struct rare_as_params *params, const struct plain *plain, unsigned user, int64_t now)
{
	if (plain->total == 0 || plain_list(&params->ignored_users, world_users[user]))
		return -1;
	int failing = 0;
	unsigned actions = plain_count(plain->actions, 8);
	failing += params->has_trusted_cloud_asn && plain->trusted == 0;
	failing += plain->untrusted < (uint64_t)params->min_untrusted_event_count;
	failing += plain->trusted < (uint64_t)params->min_trusted_cloud_event_count;
	failing += (double)plain->untrusted / (double)plain->total > params->max_rare_asn_ratio;
	failing += actions == 0 || actions < params->min_unique_action_from_untrusted_asn;
	failing += plain_count(plain->orgs, 16) > params->max_count_distinct_asns;
	failing += plain->newest == TIME_NONE || plain->newest < now - params->max_age;
	return failing;
}

/* First execution of the replay and their number. */
static inline int64_t plain_grid(const struct world *world, int64_t interval, int64_t *count)
{
	int64_t first = INT64_MAX, last = INT64_MIN;
	for (unsigned i = 0; i < world->count; i++) {
		int64_t clock = plain_clock(&world->events[i]);
		first = clock < first ? clock : first;
		last = clock > last ? clock : last;
	}
	*count = 0;
	if (world->count == 0)
		return 0;
	int64_t start = 0;
	while (start > first)
		start -= interval;
	start = first / interval * interval + interval;
	for (int64_t at = start; at - interval < last || at == start; at += interval)
		++*count;
	return start;
}

#endif
