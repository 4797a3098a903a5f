/* compare: applied alerts against those of a draft: which are the same, which went, which came, and the parameter that
 * decided. */
#include "parts.h"

#include <stdlib.h>

/* What makes two alerts the same one: the rule, whose they are, and a common moment. */
struct key {
	enum rule rule;
	uint32_t who, what;
	int64_t first, last;
	size_t index;
};

static struct key key_of(const struct alert *alert, size_t index)
{
	if (alert->rule == RULE_RARE_AS)
		return (struct key){
			alert->rule, alert->rare_as.identity, 0, alert->first_fired, alert->last_fired, index};
	const struct rare_method_record *record = &alert->rare_method;
	return (struct key){alert->rule, record->user_name, record->action, record->bucket_start,
		record->bucket_start + record->bucket_span - 1, index};
}

static int compare_owners(const struct key *a, const struct key *b)
{
	if (a->rule != b->rule)
		return a->rule < b->rule ? -1 : 1;
	if (a->who != b->who)
		return a->who < b->who ? -1 : 1;
	return (a->what > b->what) - (a->what < b->what);
}

static int compare_keys(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	int order = compare_owners(a, b);
	if (order)
		return order;
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

static struct key *keys_make(const struct alerts *alerts)
{
	struct key *keys = xcalloc(alerts->count + 1, sizeof *keys);
	for (size_t i = 0; i < alerts->count; i++)
		keys[i] = key_of(&alerts->items[i], i);
	if (alerts->count > 1)
		qsort(keys, alerts->count, sizeof *keys, compare_keys);
	return keys;
}

/* For each alert of `from` the index of the earliest one of `to` that is the same, or SIZE_MAX. The alerts of one owner
 * do not overlap each other, except those of a role's sessions, which are few. */
static size_t *partners_find(
	const struct alerts *from, const struct key *from_keys, const struct key *to_keys, size_t to)
{
	size_t *partners = xcalloc(from->count + 1, sizeof *partners);
	size_t owner = 0;
	for (size_t i = 0; i < from->count; i++) {
		const struct key *key = &from_keys[i];
		partners[key->index] = SIZE_MAX;
		while (owner < to && compare_owners(&to_keys[owner], key) < 0)
			owner++;
		for (size_t at = owner; at < to && compare_owners(&to_keys[at], key) == 0; at++) {
			if (to_keys[at].first <= key->last && key->first <= to_keys[at].last) {
				partners[key->index] = to_keys[at].index;
				break;
			}
		}
	}
	return partners;
}

/* ---- why ---- */

static bool list_matches(const struct string_list *list, struct slice text)
{
	for (size_t i = 0; text.data && i < list->count; i++)
		if (slice_like(text, slice_of(list->items[i]), false))
			return true;
	return false;
}

/* The one parameter of a rule that differs; PARAMETER_TOTAL when there are several or none. */
static enum parameter only_difference(const struct params *a, const struct params *b, enum rule rule)
{
	enum parameter found = PARAMETER_TOTAL;
	for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL; parameter++) {
		if (parameters[parameter].rule != rule || !parameter_differs(a, b, parameter))
			continue;
		if (found != PARAMETER_TOTAL)
			return PARAMETER_TOTAL;
		found = parameter;
	}
	return found;
}

/* The first parameter of [from, to] that differs; PARAMETER_TOTAL when none does. */
static enum parameter difference_among(
	const struct params *a, const struct params *b, enum parameter from, enum parameter to)
{
	for (enum parameter parameter = from; parameter <= to; parameter++)
		if (parameter_differs(a, b, parameter))
			return parameter;
	return PARAMETER_TOTAL;
}

/* `present` is the alert where it exists, `against` the parameters under which it does not. */
static enum parameter rare_as_reason(struct tune *tune, const struct alert *present, const struct params *with,
	const struct params *against, struct tune_change *change)
{
	struct rare_as_figures figures;
	struct slice user = store_string(tune->store, present->rare_as.user_name);
	if (list_matches(&against->rare_as.ignored_users, user))
		return PARAMETER_AS_IGNORED_USERS;
	if (!rare_as_figures_at(
		    tune_rare_as(tune), &against->rare_as, present->rare_as.identity, present->last_fired, &figures))
		return PARAMETER_WINDOW;
	change->why_count = rare_as_explain(&against->rare_as, &figures, change->why);
	rare_as_figures_free(&figures);
	enum parameter first = PARAMETER_TOTAL, changed = PARAMETER_TOTAL;
	for (unsigned i = change->why_count; i-- > 0;) {
		if (change->why[i].holds)
			continue;
		change->failing++;
		first = change->why[i].parameter;
		if (parameter_differs(with, against, first))
			changed = first;
	}
	if (change->failing == 0) /* it would fire at that moment, which is no execution any more */
		return PARAMETER_INTERVAL;
	enum parameter only = only_difference(with, against, RULE_RARE_AS);
	if (only != PARAMETER_TOTAL)
		return only;
	if (changed != PARAMETER_TOTAL)
		return changed;
	enum parameter other = difference_among(with, against, PARAMETER_WINDOW, PARAMETER_AS_IGNORED_ACTIONS);
	return other != PARAMETER_TOTAL ? other : first;
}

static enum parameter rare_method_reason(struct tune *tune, const struct alert *present, const struct params *with,
	const struct params *against, struct tune_change *change)
{
	const struct rare_method_params *params = &against->rare_method;
	const struct rare_method_record *record = &present->rare_method;
	const struct rare_method *engine = tune_rare_method(tune, &with->rare_method);
	bool is_same_model = engine == tune_rare_method(tune, params);
	if (is_same_model) {
		change->why_count = rare_method_conditions(params, record, change->why);
		change->failing = change->why_count > 0 && !change->why[0].holds;
	}
	enum parameter only = only_difference(with, against, RULE_RARE_METHOD);
	if (only != PARAMETER_TOTAL)
		return only;
	if (change->failing > 0)
		return PARAMETER_THRESHOLD;
	if (!is_same_model)
		return difference_among(with, against, PARAMETER_BUCKET_SPAN, PARAMETER_PARTITION);
	if (list_matches(&params->ignored_users, rare_method_string(engine, record->user_name)))
		return PARAMETER_RM_IGNORED_USERS;
	if (list_matches(&params->ignored_actions, rare_method_string(engine, record->action)))
		return PARAMETER_RM_IGNORED_ACTIONS;
	enum parameter schedule = difference_among(with, against, PARAMETER_LOOKBACK, PARAMETER_MAX_ALERTS);
	return schedule != PARAMETER_TOTAL
		       ? schedule
		       : difference_among(with, against, PARAMETER_THRESHOLD, PARAMETER_RM_IGNORED_CIDR);
}

static void reason_find(struct tune *tune, const struct params *draft, struct tune_change *change)
{
	bool is_lost = change->fate == TUNE_LOST;
	const struct alert *present = is_lost ? change->before : change->after;
	const struct params *with = is_lost ? &tune->applied : draft, *against = is_lost ? draft : &tune->applied;
	change->reason = present->rule == RULE_RARE_AS ? rare_as_reason(tune, present, with, against, change)
						       : rare_method_reason(tune, present, with, against, change);
}

/* ---- the difference ---- */

static void change_add(struct tune *tune, const struct params *draft, struct tune_diff *diff, enum tune_fate fate,
	const struct alert *before, const struct alert *after)
{
	struct tune_change *change = &diff->changes[diff->count++];
	*change = (struct tune_change){.fate = fate, .before = before, .after = after, .reason = PARAMETER_TOTAL};
	if (fate != TUNE_KEPT)
		reason_find(tune, draft, change);
}

void tune_compare(struct tune *tune, const struct params *draft, struct tune_diff *out)
{
	int64_t start = time_monotonic_us();
	*out = (struct tune_diff){.set = tune->set};
	atomic_fetch_add(&tune->set->references, 1);
	tune_alerts(tune, draft, tune->setup.rules, &out->after);
	const struct alerts *before = &tune->set->alerts, *after = &out->after;
	struct key *before_keys = keys_make(before), *after_keys = keys_make(after);
	size_t *kept = partners_find(before, before_keys, after_keys, after->count);
	size_t *known = partners_find(after, after_keys, before_keys, before->count);
	out->before_count = before->count;
	out->changes = xcalloc(before->count + after->count + 1, sizeof *out->changes);
	for (size_t i = 0; i < before->count; i++)
		if (kept[i] == SIZE_MAX)
			change_add(tune, draft, out, TUNE_LOST, &before->items[i], NULL);
	out->total.lost = out->count;
	for (size_t i = 0; i < after->count; i++)
		if (known[i] == SIZE_MAX)
			change_add(tune, draft, out, TUNE_GAINED, NULL, &after->items[i]);
	out->total.gained = out->count - out->total.lost;
	for (size_t i = 0; i < before->count; i++)
		if (kept[i] != SIZE_MAX)
			change_add(tune, draft, out, TUNE_KEPT, &before->items[i], &after->items[kept[i]]);
	out->total.kept = out->count - out->total.lost - out->total.gained;
	free(before_keys);
	free(after_keys);
	free(kept);
	free(known);
	out->elapsed_us = time_monotonic_us() - start;
}

void tune_diff_free(struct tune_diff *diff)
{
	tune_set_free(diff->set);
	alerts_free(&diff->after);
	free(diff->changes);
	*diff = (struct tune_diff){0};
}

void tune_judge(struct tune_diff *diff, verdict_of *verdict, void *context)
{
	memset(diff->by_verdict, 0, sizeof diff->by_verdict);
	for (size_t i = 0; i < diff->count; i++) {
		struct tune_change *change = &diff->changes[i];
		change->verdict = verdict(context, change->before ? change->before : change->after);
		struct tune_tally *tally = &diff->by_verdict[change->verdict];
		tally->lost += change->fate == TUNE_LOST;
		tally->gained += change->fate == TUNE_GAINED;
		tally->kept += change->fate == TUNE_KEPT;
	}
}

static void why_say(struct buf *out, const struct why *why)
{
	if (why->parameter == PARAMETER_THRESHOLD)
		buf_printf(out, "score: %.1f, at least %.1f", why->value, why->limit);
	else
		rare_as_say_condition(out, why);
}

void tune_say(struct buf *out, const struct tune_change *change)
{
	bool is_lost = change->fate == TUNE_LOST;
	if (change->fate == TUNE_KEPT)
		return;
	if (change->failing > 0) {
		buf_add_text(out, is_lost ? "now fails: " : "failed before: ");
		bool is_first = true;
		for (unsigned i = 0; i < change->why_count; i++) {
			if (change->why[i].holds)
				continue;
			if (!is_first)
				buf_add_text(out, "; ");
			why_say(out, &change->why[i]);
			is_first = false;
		}
		return;
	}
	buf_add_text(out, is_lost ? "silenced by " : "was silenced by ");
	buf_add_text(out, change->reason == PARAMETER_TOTAL ? "several parameters" : parameters[change->reason].key);
}
