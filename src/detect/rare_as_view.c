/* rare_as_view: what follows from the lists: who is trusted, which calls are sensitive, which identities are left out,
 * and the untrusted events of each identity. A few views are kept (applied, draft, one more); the one used longest ago
 * becomes the next, and only identities that the difference of the lists touches are read again. */
#include "rare_as.h"

#include <stdlib.h>

/* ---- lists of a view ---- */

static void list_replace(struct string_list *list, const struct string_list *from)
{
	string_list_free(list);
	string_list_copy(list, from);
}

static bool view_has_lists(const struct view *view, const struct rare_as_params *params)
{
	return view->is_used && string_list_equal(&view->trusted, &params->trusted) &&
	       string_list_equal(&view->sensitive_actions, &params->sensitive_actions) &&
	       string_list_equal(&view->trusted_cidr, &params->trusted_cidr) &&
	       string_list_equal(&view->ignored_users, &params->ignored_users) &&
	       string_list_equal(&view->ignored_actions, &params->ignored_actions);
}

/* ---- marks by entry ---- */

/* Addresses are read once, when the first CIDR entry asks; those that are none stay in no block. */
static const struct ip *source_addresses(struct rare_as *engine)
{
	const struct store *store = engine->store;
	uint32_t count = store->dimensions[DIMENSION_SOURCE].count;
	if (engine->source_ip)
		return engine->source_ip;
	engine->source_ip = xcalloc(count + (size_t)1, sizeof *engine->source_ip);
	engine->source_has_ip = xcalloc(count + (size_t)1, 1);
	for (uint32_t entry = 0; entry < count; entry++)
		engine->source_has_ip[entry] =
			engine->source_org[entry] != 0 &&
			ip_parse(store_string(store, store_entry_value(store, FIELD_SOURCE_IP, entry)),
				&engine->source_ip[entry]);
	return engine->source_ip;
}

static uint8_t *mark_trusted(struct rare_as *engine, const struct rare_as_params *params)
{
	const struct store *store = engine->store;
	uint32_t count = store->dimensions[DIMENSION_SOURCE].count;
	uint8_t *org_trusted = xcalloc(engine->org_count + (size_t)1, 1);
	for (uint32_t org = 1; org <= engine->org_count; org++)
		org_trusted[org] = list_like(&params->trusted, store_string(store, engine->org_string[org]));
	uint8_t *is_trusted = xcalloc(count + (size_t)1, 1);
	for (uint32_t entry = 0; entry < count; entry++)
		is_trusted[entry] = org_trusted[engine->source_org[entry]];
	size_t block_count;
	struct cidr *blocks = list_blocks(&params->trusted_cidr, &block_count);
	const struct ip *addresses = block_count > 0 ? source_addresses(engine) : NULL;
	for (uint32_t entry = 0; addresses && entry < count; entry++)
		if (!is_trusted[entry] && engine->source_has_ip[entry])
			is_trusted[entry] = blocks_contain(blocks, block_count, &addresses[entry]);
	free(blocks);
	free(org_trusted);
	return is_trusted;
}

static uint8_t *mark_sensitive(const struct rare_as *engine, const struct rare_as_params *params)
{
	const struct store *store = engine->store;
	uint32_t count = store->dimensions[DIMENSION_CALL].count;
	uint8_t *action_sensitive = xcalloc(engine->action_count + (size_t)1, 1);
	for (uint32_t action = 1; action <= engine->action_count; action++) {
		struct slice text = store_string(store, engine->action_string[action]);
		for (size_t i = 0; i < params->sensitive_actions.count && !action_sensitive[action]; i++)
			action_sensitive[action] = slice_equals(text, slice_of(params->sensitive_actions.items[i]));
		if (action_sensitive[action] && list_like(&params->ignored_actions, text))
			action_sensitive[action] = 0;
	}
	uint8_t *is_sensitive = xcalloc(count + (size_t)1, 1);
	for (uint32_t entry = 0; entry < count; entry++)
		is_sensitive[entry] = action_sensitive[engine->call_action[entry]];
	free(action_sensitive);
	return is_sensitive;
}

static void mark_ignored(const struct rare_as *engine, struct view *view, const struct rare_as_params *params)
{
	const struct store *store = engine->store;
	for (uint32_t i = 0; i < store->identity_count; i++)
		view->is_ignored[i] =
			params->ignored_users.count > 0 &&
			list_like(&params->ignored_users, store_string(store, store->identities[i].user_name));
}

/* ---- what a difference of marks touches ---- */

static void touch_by_trust(struct rare_as *engine, struct view *view, const uint8_t *now)
{
	uint32_t entries = engine->store->dimensions[DIMENSION_SOURCE].count;
	uint8_t *org_changed = xcalloc(engine->org_count + (size_t)1, 1);
	bool any = false;
	for (uint32_t entry = 0; entry < entries; entry++)
		if (view->is_trusted[entry] != now[entry]) {
			org_changed[engine->source_org[entry]] = 1;
			any = true;
		}
	for (uint32_t i = 0; any && i < engine->store->identity_count; i++)
		for (uint32_t at = engine->identity_org_begin[i]; at < engine->identity_org_begin[i + 1]; at++)
			if (org_changed[engine->identity_orgs[at]]) {
				view->identities[i].is_stale = true;
				view->identities[i].has_runs = false;
				break;
			}
	free(org_changed);
}

static void touch_by_sensitivity(struct rare_as *engine, struct view *view, const uint8_t *now)
{
	if (memcmp(view->is_sensitive, now, engine->store->dimensions[DIMENSION_CALL].count) == 0)
		return;
	for (uint32_t i = 0; i < engine->store->identity_count; i++) {
		struct identity_view *identity = &view->identities[i];
		for (uint32_t at = 0; identity->has_runs && at < identity->untrusted_count; at++) {
			uint32_t call = engine->call[identity->untrusted[at]];
			if (view->is_sensitive[call] != now[call])
				identity->has_runs = false;
		}
	}
}

/* ---- views ---- */

static void view_start(const struct rare_as *engine, struct view *view)
{
	const struct store *store = engine->store;
	view->is_used = true;
	view->is_trusted = xcalloc(store->dimensions[DIMENSION_SOURCE].count + (size_t)1, 1);
	view->is_sensitive = xcalloc(store->dimensions[DIMENSION_CALL].count + (size_t)1, 1);
	view->is_ignored = xcalloc(store->identity_count + (size_t)1, 1);
	view->identities = xcalloc(store->identity_count + (size_t)1, sizeof *view->identities);
	for (uint32_t i = 0; i < store->identity_count; i++)
		view->identities[i].is_stale = true;
}

void view_free(struct view *view, uint32_t identity_count)
{
	for (uint32_t i = 0; view->is_used && i < identity_count; i++) {
		free(view->identities[i].untrusted);
		free(view->identities[i].runs);
	}
	free(view->identities);
	free(view->is_trusted);
	free(view->is_sensitive);
	free(view->is_ignored);
	string_list_free(&view->trusted);
	string_list_free(&view->sensitive_actions);
	string_list_free(&view->trusted_cidr);
	string_list_free(&view->ignored_users);
	string_list_free(&view->ignored_actions);
	*view = (struct view){0};
}

static void view_adopt(struct rare_as *engine, struct view *view, const struct rare_as_params *params)
{
	uint8_t *trusted = mark_trusted(engine, params), *sensitive = mark_sensitive(engine, params);
	touch_by_trust(engine, view, trusted);
	touch_by_sensitivity(engine, view, sensitive);
	free(view->is_trusted);
	free(view->is_sensitive);
	view->is_trusted = trusted;
	view->is_sensitive = sensitive;
	mark_ignored(engine, view, params);
	list_replace(&view->trusted, &params->trusted);
	list_replace(&view->sensitive_actions, &params->sensitive_actions);
	list_replace(&view->trusted_cidr, &params->trusted_cidr);
	list_replace(&view->ignored_users, &params->ignored_users);
	list_replace(&view->ignored_actions, &params->ignored_actions);
}

struct view *view_for(struct rare_as *engine, const struct rare_as_params *params)
{
	struct view *oldest = &engine->views[0], *found = NULL;
	for (unsigned i = 0; i < VIEW_COUNT && !found; i++) {
		struct view *view = &engine->views[i];
		if (view_has_lists(view, params))
			found = view;
		else if (view->last_use < oldest->last_use)
			oldest = view;
	}
	if (!found) {
		found = oldest;
		if (!found->is_used)
			view_start(engine, found);
		view_adopt(engine, found, params);
	}
	found->last_use = ++engine->uses;
	return found;
}

static void read_untrusted(struct rare_as *engine, const struct view *view, uint32_t identity)
{
	struct identity_view *out = &view->identities[identity];
	uint32_t begin = engine->begin[identity], end = engine->begin[identity + 1], count = 0;
	for (uint32_t event = begin; event < end; event++)
		count += !view->is_trusted[engine->source[event]];
	if (count > out->untrusted_count || count == 0) {
		free(out->untrusted);
		out->untrusted = count > 0 ? xreallocarray(NULL, count, sizeof *out->untrusted) : NULL;
	}
	uint32_t at = 0;
	for (uint32_t event = begin; at < count; event++)
		if (!view->is_trusted[engine->source[event]])
			out->untrusted[at++] = event;
	out->untrusted_count = count;
	out->is_stale = false;
}

const struct identity_view *view_identity(struct rare_as *engine, struct view *view, uint32_t identity)
{
	if (view->identities[identity].is_stale)
		read_untrusted(engine, view, identity);
	return &view->identities[identity];
}

uint32_t untrusted_bound(const struct identity_view *identity, uint32_t event)
{
	uint32_t low = 0, high = identity->untrusted_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (identity->untrusted[middle] < event)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
