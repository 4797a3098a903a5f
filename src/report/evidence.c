/* evidence: alerts and conditions in words, for people. */
#include "cells.h"

#include <math.h>

#include "doc.h"

void percent_format(struct buf *out, double ratio)
{
	char text[64], c[NUMBER_TEXT_SIZE];
	/* Two digits behind the point, more where that would show nothing. */
	double percent = ratio * 100;
	if (percent != 0 && percent < 0.01)
		snprintf(text, sizeof text, "%s%%", number_format(percent, c));
	else
		snprintf(text, sizeof text, "%d.%02d%%", (int)(percent + 0.005), (int)((percent + 0.005) * 100) % 100);
	buf_add_text(out, text);
}

static void add_set(struct buf *out, const struct store *store, const struct id_set *set)
{
	for (uint32_t i = 0; i < set->count; i++) {
		struct slice text = store_string(store, set->items[i]);
		buf_add_text(out, i ? ", " : "");
		buf_add(out, text.data, text.length);
	}
}

bool network_is_trusted(const struct params *params, struct slice network)
{
	for (size_t i = 0; i < params->rare_as.trusted.count; i++)
		if (slice_like(network, slice_of(params->rare_as.trusted.items[i]), false))
			return true;
	return false;
}

static void add_rare_as(
	struct buf *out, const struct store *store, const struct params *params, const struct rare_as_figures *figures)
{
	char untrusted[GROUPED_SIZE], total[GROUPED_SIZE];
	buf_printf(out, "%s of %s events (", number_grouped(figures->untrusted_event_count, untrusted),
		number_grouped(figures->total_events_all_asns, total));
	percent_format(out, figures->rare_asn_ratio);
	buf_add_text(out, ") from ");
	uint32_t named = 0;
	for (uint32_t i = 0; i < figures->src_asn_values.count; i++) {
		struct slice network = store_string(store, figures->src_asn_values.items[i]);
		if (network_is_trusted(params, network))
			continue;
		buf_add_text(out, named++ ? ", " : "");
		buf_add(out, network.data, network.length);
	}
	if (named == 0)
		buf_add_text(out, "other networks");
	uint32_t actions = figures->untrusted_suspicious_actions.count;
	buf_printf(out, "; %u sensitive action%s%s", actions, actions == 1 ? "" : "s", actions ? ": " : "");
	add_set(out, store, &figures->untrusted_suspicious_actions);
}

static void add_rare_method(struct buf *out, const struct store *store, const struct params *params,
	const struct rare_method_record *record)
{
	struct slice action = store_string(store, record->action);
	char number[GROUPED_SIZE], score[NUMBER_TEXT_SIZE];
	buf_add(out, action.data, action.length);
	buf_printf(out, ", score %s",
		score_format(record->initial_record_score, params->rare_method.anomaly_threshold, score));
	if (record->probability > 0 && record->probability <= 1)
		buf_printf(
			out, ", 1 in %s", number_grouped((uint64_t)fmin(1 / record->probability + 0.5, 1e18), number));
	for (unsigned i = 0; i < record->influencer_count; i++)
		if (strcmp(record->influencers[i].field, "source.ip") == 0 && record->influencers[i].values.count) {
			buf_add_text(out, ", from ");
			add_set(out, store, &record->influencers[i].values);
		}
}

void alert_evidence(struct buf *out, const struct store *store, const struct params *params, const struct alert *alert)
{
	if (alert->rule == RULE_RARE_AS)
		add_rare_as(out, store, params, &alert->rare_as);
	else
		add_rare_method(out, store, params, &alert->rare_method);
}

const char *condition_words(enum parameter parameter)
{
	switch (parameter) {
	case PARAMETER_HAS_TRUSTED: return "seen from a trusted network";
	case PARAMETER_MIN_TRUSTED: return "events from trusted networks";
	case PARAMETER_MIN_UNTRUSTED: return "events from other networks";
	case PARAMETER_MAX_RATIO: return "share of events from other networks";
	case PARAMETER_MIN_ACTIONS: return "distinct sensitive actions from other networks";
	case PARAMETER_MAX_ASNS: return "distinct networks";
	case PARAMETER_MAX_AGE: return "age of the newest event from another network";
	case PARAMETER_THRESHOLD: return "record score";
	default: return parameters[parameter].key;
	}
}

const char *condition_sign(enum parameter parameter)
{
	switch (parameters[parameter].side) {
	case SIDE_MIN: return ">=";
	case SIDE_MAX: return "<=";
	default: return "=";
	}
}

/* 46m27s: people read hours, minutes and seconds better than one large number of one unit. */
static void format_duration(struct buf *out, double ms)
{
	static const struct {
		int64_t ms;
		const char *unit;
	} units[] = {{DAY_MS, "d"}, {HOUR_MS, "h"}, {MINUTE_MS, "m"}};
	int64_t left = (int64_t)ms;
	size_t start = out->length;
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		if (left >= units[i].ms)
			buf_printf(out, "%lld%s", (long long)(left / units[i].ms), units[i].unit);
		left %= units[i].ms;
	}
	if (left % SECOND_MS)
		buf_printf(out, "%lld.%03llds", (long long)(left / SECOND_MS), (long long)(left % SECOND_MS));
	else if (left || out->length == start)
		buf_printf(out, "%llds", (long long)(left / SECOND_MS));
}

void condition_format(struct buf *out, enum parameter parameter, double value)
{
	char text[GROUPED_SIZE];
	if (!isfinite(value)) {
		buf_add_text(out, "none");
		return;
	}
	switch (parameters[parameter].type) {
	case PARAMETER_BOOL: buf_add_text(out, value > 0 ? "yes" : "no"); break;
	case PARAMETER_RATIO: percent_format(out, value); break;
	case PARAMETER_DURATION: format_duration(out, fmax(value, 0)); break;
	case PARAMETER_COUNT: buf_add_text(out, number_grouped((uint64_t)fmax(value, 0), text)); break;
	default: buf_add_text(out, number_format(floor(value * 100 + 0.5) / 100, text));
	}
}
