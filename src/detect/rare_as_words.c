/* rare_as_words: the conditions in short sentences for the console and the command line: what decided, what never can,
 * and the least that would change the result. */
#include "rare_as.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* "other" is what is not trusted, as in the help of the parameters. */
static const char *const nouns[CONDITION_COUNT] = {
	[CONDITION_HAS_TRUSTED] = "trusted network",
	[CONDITION_MIN_UNTRUSTED] = "events from other networks",
	[CONDITION_MIN_TRUSTED] = "events from trusted networks",
	[CONDITION_MAX_RATIO] = "share of events from other networks",
	[CONDITION_MIN_ACTIONS] = "distinct sensitive actions from other networks",
	[CONDITION_MAX_ASNS] = "number of networks",
	[CONDITION_MAX_AGE] = "age of the newest event from another network",
};

static enum condition condition_of(const struct why *why)
{
	enum condition condition = 0;
	while (condition < CONDITION_COUNT && condition_parameters[condition] != why->parameter)
		condition++;
	return condition;
}

/* ---- figures ---- */

static void say_count(struct buf *out, double count)
{
	char digits[32];
	int length = snprintf(digits, sizeof digits, "%.0f", count);
	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-')
			buf_add_char(out, ',');
		buf_add_char(out, digits[i]);
	}
}

/* A number with `digits` significant digits, no trailing zeros, whatever the locale. */
static void say_number(struct buf *out, double number, int digits)
{
	char text[64], shown[NUMBER_TEXT_SIZE];
	snprintf(text, sizeof text, "%.*e", digits - 1, number);
	buf_add_text(out, number_format(strtod(text, NULL), shown));
}

static void say_share(struct buf *out, double share, int digits)
{
	say_number(out, share * 100, digits);
	buf_add_char(out, '%');
}

/* A time in the units that duration_parse reads, 1d2h3m4s; below a second in ms. `most` units are enough to read. */
static void say_duration(struct buf *out, double ms, unsigned most)
{
	static const struct {
		double ms;
		const char *unit;
	} units[] = {{DAY_MS, "d"}, {HOUR_MS, "h"}, {MINUTE_MS, "m"}, {SECOND_MS, "s"}};
	if (ms < 0)
		buf_add_char(out, '-');
	ms = fabs(ms);
	if (ms < SECOND_MS) {
		buf_printf(out, "%.0fms", ms);
		return;
	}
	unsigned said = 0;
	for (size_t i = 0; i < COUNT_OF(units) && said < most; i++) {
		double count = floor(ms / units[i].ms);
		ms -= count * units[i].ms;
		if (count > 0)
			buf_printf(out, "%.0f%s", count, units[i].unit);
		said += said > 0 || count > 0;
	}
}

static void say_figure(struct buf *out, enum condition condition, double figure, int digits)
{
	if (isnan(figure))
		buf_add_text(out, "none");
	else if (condition == CONDITION_MAX_RATIO)
		say_share(out, figure, digits);
	else if (condition == CONDITION_MAX_AGE)
		say_duration(out, figure, 2);
	else if (condition == CONDITION_HAS_TRUSTED)
		buf_add_text(out, figure > 0 ? "seen" : "not seen");
	else
		say_count(out, figure);
}

/* Digits with which two shares look different, 3 to 17. */
static int digits_apart(double a, double b)
{
	char left[64], right[64];
	for (int digits = 3; digits < 17; digits++) {
		snprintf(left, sizeof left, "%.*g", digits, a * 100);
		snprintf(right, sizeof right, "%.*g", digits, b * 100);
		if (strcmp(left, right) != 0)
			return digits;
	}
	return a < b || a > b ? 17 : 3;
}

static void say_limit(struct buf *out, const struct why *why)
{
	enum condition condition = condition_of(why);
	if (condition == CONDITION_HAS_TRUSTED) {
		buf_add_text(out, why->limit > 0 ? "must be seen" : "need not be seen");
		return;
	}
	buf_add_text(out, parameters[why->parameter].side == SIDE_MAX ? "at most " : "at least ");
	say_figure(out, condition, why->limit, digits_apart(why->value, why->limit));
}

void rare_as_say_condition(struct buf *out, const struct why *why)
{
	enum condition condition = condition_of(why);
	buf_printf(out, "%s: ", nouns[condition]);
	say_figure(out, condition, why->value, digits_apart(why->value, why->limit));
	buf_add_text(out, ", ");
	say_limit(out, why);
}

/* ---- lists of conditions ---- */

static unsigned count_failing(const struct why *why, unsigned count)
{
	unsigned failing = 0;
	for (unsigned i = 0; i < count; i++)
		failing += !why[i].holds;
	return failing;
}

static void say_joint(struct buf *out, unsigned said, unsigned total)
{
	if (said > 0)
		buf_add_text(out, said + 1 == total ? " and " : ", ");
}

static void say_result(struct buf *out, const struct why *why, unsigned count)
{
	unsigned failing = count_failing(why, count), said = 0, binding = 0;
	if (failing > 0) {
		buf_printf(out, failing == 1 ? "One condition fails: " : "%u conditions fail: ", failing);
		for (unsigned i = 0; i < count; i++)
			if (!why[i].holds) {
				buf_add_text(out, said++ > 0 ? "; " : "");
				rare_as_say_condition(out, &why[i]);
			}
		buf_add_text(out, ".\n");
		return;
	}
	for (unsigned i = 0; i < count; i++)
		binding += why[i].binds;
	buf_printf(out, "All %u conditions hold. ", count);
	buf_add_text(out, binding == 1 ? "The one that decides here is " : "Those that decide here are ");
	for (unsigned i = 0; i < count; i++)
		if (why[i].binds) {
			say_joint(out, said++, binding);
			buf_add_text(out, "the ");
			buf_add_text(out, nouns[condition_of(&why[i])]);
		}
	buf_add_text(out, ".\n");
}

/* ---- what can never decide ---- */

static void say_plural(struct buf *out, double count, const char *noun)
{
	say_count(out, count);
	buf_printf(out, " %s%s", noun, count > 1 || count < 1 ? "s" : "");
}

/* The reason that the trusted counts are implied: by the ratio, given the fewest untrusted events. */
static void say_trusted_reason(struct buf *out, const struct rare_as_params *params)
{
	int64_t actions = params->min_unique_action_from_untrusted_asn, least = rare_as_least_untrusted(params);
	if (least == actions) {
		say_plural(out, (double)actions, "distinct sensitive action");
	} else {
		say_plural(out, (double)least, "event");
		buf_add_text(out, " from other networks");
	}
	buf_add_text(out, " under a share of ");
	say_share(out, params->max_rare_asn_ratio, 3);
	buf_add_text(out, least > 1 ? " already need " : " already needs ");
	struct rare_as_params bare = *params;
	bare.min_trusted_cloud_event_count = 0;
	bare.has_trusted_cloud_asn = false;
	say_count(out, rare_as_least_trusted(&bare));
	buf_add_text(out, " from trusted networks");
}

/* A condition that can be dominated, as one says it: "At least 100 events from trusted networks". */
static void say_asked(struct buf *out, const struct why *why)
{
	switch (condition_of(why)) {
	case CONDITION_HAS_TRUSTED: buf_add_text(out, "A trusted network"); return;
	case CONDITION_MAX_RATIO:
		buf_add_text(out, "A share of at most ");
		say_share(out, why->limit, 3);
		return;
	default:
		buf_add_text(out, "At least ");
		say_plural(out, why->limit, "event");
		buf_add_text(out, strchr(nouns[condition_of(why)], ' '));
	}
}

static void say_dominated(struct buf *out, const struct rare_as_params *params, const struct why *why)
{
	enum condition condition = condition_of(why);
	if (condition == CONDITION_HAS_TRUSTED && !params->has_trusted_cloud_asn) {
		buf_add_text(out, "A trusted network is not asked for.\n");
		return;
	}
	buf_add_char(out, '"');
	say_asked(out, why);
	buf_add_text(out, "\" never decides: ");
	if (condition == CONDITION_MAX_RATIO)
		buf_add_text(out, "no share is larger");
	else if (why->limit <= 0)
		buf_add_text(out, "every count is that");
	else if (condition == CONDITION_MIN_UNTRUSTED)
		buf_add_text(out, "each distinct sensitive action is one already");
	else if (condition == CONDITION_HAS_TRUSTED && params->min_trusted_cloud_event_count >= 1)
		buf_add_text(out, "events from trusted networks are asked for anyway");
	else
		say_trusted_reason(out, params);
	buf_add_text(out, ".\n");
}

/* ---- the smallest change ---- */

int why_smallest_change(const struct why *why, unsigned count)
{
	int smallest = -1;
	double least = INFINITY;
	for (unsigned i = 0; i < count; i++) {
		if (isnan(why[i].silence_at))
			continue;
		double larger = fmax(fabs(why[i].silence_at), fabs(why[i].limit));
		double change = larger > 0 ? fabs(why[i].silence_at - why[i].limit) / larger : 0;
		if (change < least) {
			least = change;
			smallest = (int)i;
		}
	}
	return smallest;
}

/* A limit to type in that is on the right side of `flip`: with three digits, or whole seconds, rounded away from it. */
static void say_new_limit(struct buf *out, enum condition condition, double flip, bool upward)
{
	if (condition == CONDITION_MAX_AGE) {
		double seconds = upward ? ceil(flip / SECOND_MS) : floor(flip / SECOND_MS);
		say_duration(out, seconds > 0 ? seconds * SECOND_MS : flip, 4);
	} else if (condition != CONDITION_MAX_RATIO) {
		say_count(out, flip);
	} else if (!(flip > 0)) {
		buf_add_text(out, "0");
	} else {
		double unit = pow(10, floor(log10(flip)) - 2);
		double steps = upward ? ceil(flip / unit) : floor(flip / unit);
		say_number(out, steps * unit, 3);
	}
}

static void say_change(struct buf *out, const struct why *why, bool fires)
{
	enum condition condition = condition_of(why);
	const struct parameter_info *info = &parameters[why->parameter];
	buf_add_text(out, fires ? "Smallest single change that silences it: " : "It would fire with ");
	if (condition == CONDITION_HAS_TRUSTED) {
		buf_printf(out, "%s %s.\n", info->key, fires ? "true" : "false");
		return;
	}
	bool upward = (info->side == SIDE_MIN) == fires;
	buf_printf(out, "%s %s ", info->key, upward ? "up to" : "down to");
	say_new_limit(out, condition, why->silence_at, upward);
	buf_add_text(out, " (now ");
	if (condition == CONDITION_MAX_RATIO)
		say_number(out, why->limit, 3);
	else
		say_figure(out, condition, why->limit, 3);
	buf_add_text(out, ").\n");
}

void rare_as_say(struct buf *out, const struct rare_as_params *params, const struct why *why, unsigned count)
{
	say_result(out, why, count);
	for (unsigned i = 0; i < count; i++)
		if (why[i].is_dominated && why[i].holds)
			say_dominated(out, params, &why[i]);
	int smallest = why_smallest_change(why, count);
	if (smallest >= 0)
		say_change(out, &why[smallest], count_failing(why, count) == 0);
	else
		buf_add_text(out, count_failing(why, count) == 0 ? "No single limit can silence it.\n"
								 : "No single limit would let it fire.\n");
}

/* ---- parameters under which nothing can fire ---- */

bool rare_as_can_fire(const struct rare_as_params *params, struct buf *reason)
{
	bool needs_trusted = rare_as_least_trusted(params) >= 1;
	bool trusts_something = params->trusted.count > 0 || params->trusted_cidr.count > 0;
	const char *text = NULL;
	if (!(params->max_rare_asn_ratio > 0))
		text = "an alert needs an event from another network, and max_rare_asn_ratio allows none";
	else if (needs_trusted && !trusts_something)
		text = "events from trusted networks are needed, and the trusted list is empty";
	else if (params->sensitive_actions.count < (size_t)(params->min_unique_action_from_untrusted_asn > 1
								    ? params->min_unique_action_from_untrusted_asn
								    : 1))
		text = "the list of sensitive actions is shorter than the number of distinct ones asked for";
	else if (params->max_count_distinct_asns < 1)
		text = "max_count_distinct_asns allows no network at all";
	else if (needs_trusted && params->trusted_cidr.count == 0 && params->max_count_distinct_asns < 2)
		text = "an alert needs a trusted network and another, and max_count_distinct_asns allows one";
	if (text && reason)
		buf_printf(reason, "Nothing can fire: %s.\n", text);
	return text == NULL;
}
