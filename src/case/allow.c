/* allow: what people decided not to be told about, and why: entries, their compilation into the lists of the rules, what
 * they hit and silence. */
#include "parts.h"

#include <stdlib.h>

const char *const allow_kind_names[ALLOW_KIND_COUNT] = {
#define X(id, word, help) word,
	ALLOW_KINDS(X)
#undef X
};

/* Where an entry goes; PARAMETER_TOTAL: that rule knows no such list. */
static const enum parameter allow_lists[ALLOW_KIND_COUNT][RULE_COUNT] = {
	[ALLOW_ORGANIZATION] = {PARAMETER_TRUSTED, PARAMETER_TOTAL},
	[ALLOW_CIDR] = {PARAMETER_TRUSTED_CIDR, PARAMETER_RM_IGNORED_CIDR},
	[ALLOW_USER] = {PARAMETER_AS_IGNORED_USERS, PARAMETER_RM_IGNORED_USERS},
	[ALLOW_ACTION] = {PARAMETER_AS_IGNORED_ACTIONS, PARAMETER_RM_IGNORED_ACTIONS},
};

void allow_entry_free(struct allow_entry *entry)
{
	free(entry->match);
	free(entry->reason);
	free(entry->author);
	*entry = (struct allow_entry){0};
}

static bool is_blank(const char *text)
{
	return !text || text[strspn(text, " \t")] == 0;
}

/* A match that the list takes as it stands, so that the entry means what it says. */
static int match_check(const struct allow_entry *entry, struct err *err)
{
	if (is_blank(entry->match))
		return err_set(err, ERR_USAGE, "the entry needs something to match");
	if (strpbrk(entry->match, "\r\n") || strchr(" \t", entry->match[0]) ||
		strchr(" \t", entry->match[strlen(entry->match) - 1]))
		return err_set(err, ERR_USAGE, "the match may not begin or end with a blank, nor hold a line break");
	struct cidr block;
	if (entry->kind == ALLOW_CIDR)
		return cidr_parse(slice_of(entry->match), &block, err);
	struct params params;
	params_init(&params);
	(void)!params_set(&params, PARAMETER_TRUSTED, CHANGE_SET, "", NULL);
	int result = params_set(&params, PARAMETER_TRUSTED, CHANGE_ADD, entry->match, err);
	params_free(&params);
	return result;
}

int allow_check(const struct allow_entry *entry, struct err *err)
{
	if (entry->kind >= ALLOW_KIND_COUNT)
		return err_set(err, ERR_USAGE, "the entry has no kind that is known");
	if (match_check(entry, err))
		return -1;
	if (entry->rules == 0 || entry->rules >> RULE_COUNT)
		return err_set(err, ERR_USAGE, "the entry needs a rule to work on");
	if (entry->kind == ALLOW_ORGANIZATION && entry->rules != 1U << RULE_RARE_AS)
		return err_set(err, ERR_USAGE, "an organisation can only be trusted in %s", rules[RULE_RARE_AS].key);
	if (is_blank(entry->reason))
		return err_set(err, ERR_USAGE, "the entry needs a reason");
	return 0;
}

/* ---- in the journal ---- */

const struct allow_entry *case_allowlist(const struct casefile *casefile, size_t *count)
{
	*count = casefile->state.allow_count;
	return casefile->state.allow;
}

static struct allow_entry *entry_find(const struct state *state, uint64_t id)
{
	for (size_t i = 0; i < state->allow_count; i++)
		if (state->allow[i].id == id)
			return &state->allow[i];
	return NULL;
}

static unsigned rules_read(const json_t *list)
{
	unsigned bits = 0;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *word = json_string_value(json_array_get(list, i));
		enum rule rule = word ? rule_find(word) : RULE_COUNT;
		if (rule != RULE_COUNT)
			bits |= 1U << rule;
	}
	return bits;
}

int allow_apply(struct state *state, const json_t *entry, struct err *err)
{
	const char *kind = json_string_value(json_object_get(entry, "kind"));
	const char *match = json_string_value(json_object_get(entry, "match"));
	const char *reason = json_string_value(json_object_get(entry, "reason"));
	const char *author = json_string_value(json_object_get(entry, "author"));
	struct allow_entry made = {.id = (uint32_t)json_integer_value(json_object_get(entry, "id")),
		.kind = 0,
		.rules = rules_read(json_object_get(entry, "rules")),
		.expires = TIME_NONE,
		.created = TIME_NONE,
		.is_on = json_is_true(json_object_get(entry, "on"))};
	while (made.kind < ALLOW_KIND_COUNT && (!kind || strcmp(allow_kind_names[made.kind], kind) != 0))
		made.kind++;
	(void)json_time_read(json_object_get(entry, "created"), &made.created);
	(void)json_time_read(json_object_get(entry, "expires"), &made.expires);
	made.match = xstrdup(match ? match : "");
	made.reason = xstrdup(reason ? reason : "");
	made.author = xstrdup(author ? author : "");
	int result = made.id == 0 ? err_set(err, ERR_FORMAT, "it has no number") : allow_check(&made, err);
	if (result) {
		allow_entry_free(&made);
		return result;
	}
	struct allow_entry *old = entry_find(state, made.id);
	if (old) {
		allow_entry_free(old);
	} else {
		state->allow =
			array_grow(state->allow, &state->allow_capacity, state->allow_count + 1, sizeof *state->allow);
		old = &state->allow[state->allow_count++];
	}
	*old = made;
	return 0;
}

int allow_remove_apply(struct state *state, const json_t *entry, struct err *err)
{
	struct allow_entry *old = entry_find(state, (uint64_t)json_integer_value(json_object_get(entry, "id")));
	if (!old)
		return err_set(err, ERR_FORMAT, "it removes an entry that is not there");
	allow_entry_free(old);
	size_t at = (size_t)(old - state->allow);
	memmove(old, old + 1, (--state->allow_count - at) * sizeof *old);
	return 0;
}

int case_allow(struct casefile *casefile, const struct allow_entry *entry, uint32_t *id, struct err *err)
{
	const struct allow_entry *old = entry->id ? entry_find(&casefile->state, entry->id) : NULL;
	if (entry->id && !old)
		return err_set(err, ERR_USAGE, "there is no allowlist entry %u", entry->id);
	if (allow_check(entry, err))
		return -1;
	uint32_t number = old ? old->id : casefile->last_allow_id + 1;
	json_t *json = case_entry_new(casefile, CASE_OP_ALLOW), *rule_list = json_array();
	char *match = text_keep(slice_of(entry->match)), *reason = text_keep(slice_of(entry->reason));
	for (enum rule rule = 0; rule < RULE_COUNT; rule++)
		if (entry->rules & 1U << rule)
			(void)json_array_append_new(rule_list, json_text(rules[rule].key));
	(void)json_object_set_new(json, "id", json_integer(number));
	(void)json_object_set_new(json, "kind", json_text(allow_kind_names[entry->kind]));
	(void)json_object_set_new(json, "match", json_text(match));
	(void)json_object_set_new(json, "rules", rule_list);
	(void)json_object_set_new(json, "reason", json_text(reason));
	(void)json_object_set_new(json, "author", json_text(old ? old->author : casefile->author));
	(void)json_object_set_new(json, "created", json_time(old ? old->created : casefile->clock()));
	(void)json_object_set_new(json, "expires", json_time(entry->expires));
	(void)json_object_set_new(json, "on", json_boolean(entry->is_on));
	free(match);
	free(reason);
	if (case_commit(casefile, json, err))
		return -1;
	if (id)
		*id = number;
	return 0;
}

int case_allow_remove(struct casefile *casefile, uint32_t id, struct err *err)
{
	if (!entry_find(&casefile->state, id))
		return err_set(err, ERR_USAGE, "there is no allowlist entry %u", id);
	json_t *json = case_entry_new(casefile, CASE_OP_ALLOW_REMOVE);
	(void)json_object_set_new(json, "id", json_integer(id));
	return case_commit(casefile, json, err);
}

/* ---- at work ---- */

static void entry_compile(const struct allow_entry *entry, struct params *params)
{
	for (enum rule rule = 0; rule < RULE_COUNT; rule++) {
		enum parameter list = allow_lists[entry->kind][rule];
		if (entry->rules & 1U << rule && list != PARAMETER_TOTAL)
			(void)!params_set(
				params, list, CHANGE_ADD, entry->match, NULL); /* checked; there already is well */
	}
}

void allow_compile(
	const struct params *base, const struct allow_entry *entries, size_t count, int64_t now, struct params *out)
{
	params_copy(out, base);
	for (size_t i = 0; i < count; i++)
		if (entries[i].is_on && !allow_is_expired(&entries[i], now))
			entry_compile(&entries[i], out);
}

uint64_t allow_hits(const struct store *store, const struct allow_entry *entry)
{
	static const enum event_field fields[ALLOW_KIND_COUNT] = {[ALLOW_ORGANIZATION] = FIELD_AS_ORG,
		[ALLOW_CIDR] = FIELD_SOURCE_IP,
		[ALLOW_USER] = FIELD_USER_NAME,
		[ALLOW_ACTION] = FIELD_ACTION};
	enum event_field field = fields[entry->kind];
	enum event_dimension dimension = event_fields[field].dimension;
	uint32_t entries = store->dimensions[dimension].count;
	struct cidr block;
	if (entry->kind == ALLOW_CIDR && cidr_parse(slice_of(entry->match), &block, NULL))
		return 0;
	uint8_t *matches = xcalloc((size_t)entries + 1, 1);
	for (uint32_t i = 0; i < entries; i++) {
		struct slice text = store_string(store, store_entry_value(store, field, i));
		struct ip ip;
		if (entry->kind == ALLOW_CIDR)
			matches[i] = ip_parse(text, &ip) && cidr_contains(&block, &ip);
		else
			matches[i] = text.data && slice_like(text, slice_of(entry->match), false);
	}
	uint64_t hits = 0;
	const uint32_t *rows = store->entry[dimension];
	for (uint32_t row = 0; row < store->count; row++)
		hits += matches[rows[row]];
	free(matches);
	return hits;
}

void allow_effect(struct tune *tune, const struct params *base, const struct allow_entry *entries, size_t count,
	const struct allow_entry *entry, int64_t now, struct tune_diff *out)
{
	struct params applied, without, with;
	params_copy(&applied, tune_applied(tune));
	params_copy(&without, base);
	for (size_t i = 0; i < count; i++)
		if (entries[i].is_on && !allow_is_expired(&entries[i], now) &&
			(entry->id == 0 || entries[i].id != entry->id))
			entry_compile(&entries[i], &without);
	params_copy(&with, &without);
	entry_compile(entry, &with);
	tune_apply(tune, &without);
	tune_compare(tune, &with, out);
	tune_apply(tune, &applied);
	params_free(&applied);
	params_free(&without);
	params_free(&with);
}
