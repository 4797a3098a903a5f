/* alerts: lists of results of both rules: growing, freeing, the order of batch output, ids that survive a restart. */
#include "parts.h"

#include <stdlib.h>

struct alert *alerts_push(struct alerts *alerts, enum rule rule)
{
	alerts->items = array_grow(alerts->items, &alerts->capacity, alerts->count + 1, sizeof *alerts->items);
	struct alert *alert = &alerts->items[alerts->count++];
	memset(alert, 0, sizeof *alert);
	alert->rule = rule;
	return alert;
}

static void alert_free(struct alert *alert)
{
	if (alert->rule == RULE_RARE_AS)
		rare_as_figures_free(&alert->rare_as);
	else
		for (unsigned i = 0; i < alert->rare_method.influencer_count; i++)
			id_set_free(&alert->rare_method.influencers[i].values);
}

void alerts_free(struct alerts *alerts)
{
	for (size_t i = 0; i < alerts->count; i++)
		alert_free(&alerts->items[i]);
	free(alerts->items);
	*alerts = (struct alerts){0};
}

void alerts_move(struct alerts *alerts, struct alerts *more)
{
	alerts->items =
		array_grow(alerts->items, &alerts->capacity, alerts->count + more->count, sizeof *alerts->items);
	if (more->count > 0)
		memcpy(alerts->items + alerts->count, more->items, more->count * sizeof *more->items);
	alerts->count += more->count;
	free(more->items);
	*more = (struct alerts){0};
}

/* ---- ids ---- */

void alert_set_id(struct alert *alert, const struct slice *parts, size_t count, int64_t time)
{
	struct buf text = BUF_EMPTY;
	buf_add_text(&text, rules[alert->rule].key);
	for (size_t i = 0; i < count; i++) {
		if (!parts[i].data) {
			buf_add_text(&text, "|-");
			continue;
		}
		buf_printf(&text, "|%zu:", parts[i].length);
		buf_add(&text, parts[i].data, parts[i].length);
	}
	buf_printf(&text, "|%lld", (long long)time);
	char hex[SHA256_HEX_SIZE];
	sha256_hex(text.data, text.length, hex);
	memcpy(alert->id, hex, ALERT_ID_SIZE - 1);
	alert->id[ALERT_ID_SIZE - 1] = 0;
	buf_free(&text);
}

/* ---- order ---- */

static uint32_t alert_user(const struct alert *alert)
{
	return alert->rule == RULE_RARE_AS ? alert->rare_as.user_name : alert->rare_method.user_name;
}

/* Severity is compared by the risk score, of which it is the coarse form. */
static int compare_alerts(const void *left, const void *right, void *context)
{
	const struct alert *a = left, *b = right;
	const struct store *store = context;
	if (a->last_fired != b->last_fired)
		return a->last_fired > b->last_fired ? -1 : 1;
	if (rules[a->rule].risk_score != rules[b->rule].risk_score)
		return rules[a->rule].risk_score > rules[b->rule].risk_score ? -1 : 1;
	if (a->rule != b->rule)
		return a->rule < b->rule ? -1 : 1;
	if (a->rule == RULE_RARE_METHOD && a->rare_method.initial_record_score != b->rare_method.initial_record_score)
		return a->rare_method.initial_record_score > b->rare_method.initial_record_score ? -1 : 1;
	int order = slice_compare(store_string(store, alert_user(a)), store_string(store, alert_user(b)));
	return order != 0 ? order : strcmp(a->id, b->id);
}

void alerts_sort(const struct store *store, struct alerts *alerts)
{
	if (alerts->count > 1)
		qsort_r(alerts->items, alerts->count, sizeof *alerts->items, compare_alerts, (void *)(uintptr_t)store);
}

void row_list_free(struct row_list *rows)
{
	free(rows->rows);
	*rows = (struct row_list){0};
}
