/* Drafting parameters: see draft.h. */
#include "draft.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "alert_doc.h"
#include "say.h"

static const int64_t durations[] = {MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS, 10 * MINUTE_MS, 15 * MINUTE_MS,
	30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 3 * HOUR_MS, 4 * HOUR_MS, 6 * HOUR_MS, 12 * HOUR_MS, DAY_MS, 2 * DAY_MS,
	3 * DAY_MS, 5 * DAY_MS, 7 * DAY_MS, 10 * DAY_MS, 14 * DAY_MS, 21 * DAY_MS, 30 * DAY_MS, 60 * DAY_MS,
	90 * DAY_MS};

static int64_t step_duration(int64_t value, int steps)
{
	size_t at = 0;

	while (at + 1 < COUNT_OF(durations) && durations[at] < value)
		at++;
	if (steps < 0 && durations[at] > value)
		steps++, at = at ? at - 1 : 0;
	else if (steps > 0 && durations[at] > value)
		steps--;
	if (steps < 0)
		at = at >= (size_t)-steps ? at - (size_t)-steps : 0;
	else
		at = at + (size_t)steps < COUNT_OF(durations) ? at + (size_t)steps : COUNT_OF(durations) - 1;
	return durations[at];
}

/* Ratios move by a tenth of their magnitude: 1% by 0.1%, 0.2% by 0.01%. */
static double step_ratio(double value, int steps)
{
	double unit = value > 0 ? pow(10, floor(log10(value * (steps < 0 ? 0.999999 : 1.000001))) - 1) : 1e-5;

	unit = unit < 1e-6 ? 1e-6 : unit;
	return round((value + steps * unit) / unit) * unit;
}

static int set_number(struct params *draft, enum parameter parameter, double value)
{
	const struct parameter_info *info = &parameters[parameter];
	char text[64], number[NUMBER_TEXT_SIZE], duration[TIME_TEXT_SIZE];

	value = value < info->minimum ? info->minimum : value > info->maximum ? info->maximum : value;
	if (info->type == PARAMETER_DURATION)
		snprintf(text, sizeof(text), "%s", duration_format((int64_t)value, duration));
	else if (info->type == PARAMETER_COUNT)
		snprintf(text, sizeof(text), "%lld", (long long)value);
	else
		snprintf(text, sizeof(text), "%s", number_format(value, number));
	return params_set(draft, parameter, CHANGE_SET, text, NULL);
}

static bool step_choice(struct params *draft, enum parameter parameter, int steps)
{
	const char *choices = parameters[parameter].choices;
	struct buf now = BUF_EMPTY;
	const char *at, *next;
	char text[64];

	params_format(&now, draft, parameter);
	at = strstr(choices, now.data);
	next = at ? strchr(at, '|') : NULL;
	(void)steps; /* two choices: either way is the other one */
	snprintf(text, sizeof(text), "%s", next ? next + 1 : choices);
	text[strcspn(text, "|")] = '\0';
	buf_free(&now);
	return params_set(draft, parameter, CHANGE_SET, text, NULL) == 0;
}

bool draft_step(struct params *draft, enum parameter parameter, int steps)
{
	double value = params_number(draft, parameter);

	switch (parameters[parameter].type) {
	case PARAMETER_LIST: return false;
	case PARAMETER_CHOICE: return step_choice(draft, parameter, steps);
	case PARAMETER_BOOL: return params_set(draft, parameter, CHANGE_SET, value > 0 ? "false" : "true", NULL) == 0;
	case PARAMETER_RATIO:
		for (int i = 0; i < abs(steps); i++)
			value = step_ratio(value, steps < 0 ? -1 : 1);
		return set_number(draft, parameter, value) == 0;
	case PARAMETER_DURATION: return set_number(draft, parameter, (double)step_duration((int64_t)value, steps)) == 0;
	case PARAMETER_COUNT:
	case PARAMETER_SCORE: return set_number(draft, parameter, value + steps) == 0;
	}
	return false;
}

int draft_type(struct params *draft, enum parameter parameter, const char *text, struct err *err)
{
	size_t length = strlen(text);
	char number[NUMBER_TEXT_SIZE], plain[32];
	double value;

	if (parameters[parameter].type == PARAMETER_RATIO && length > 1 && length < sizeof(plain) &&
		text[length - 1] == '%') {
		memcpy(plain, text, length - 1);
		plain[length - 1] = '\0';
		if (number_parse(plain, &value))
			return params_set(draft, parameter, CHANGE_SET, number_format(value / 100, number), err);
	}
	return params_set(draft, parameter, CHANGE_SET, text, err);
}

bool draft_differs(const struct params *a, const struct params *b, enum parameter parameter)
{
	struct buf left = BUF_EMPTY, right = BUF_EMPTY;
	bool differs;

	params_format(&left, a, parameter);
	params_format(&right, b, parameter);
	differs = strcmp(left.data ? left.data : "", right.data ? right.data : "") != 0;
	buf_free(&left);
	buf_free(&right);
	return differs;
}

void draft_show(const struct params *params, enum parameter parameter, char *out, size_t size)
{
	char text[TIME_TEXT_SIZE];
	size_t count;

	switch (parameters[parameter].type) {
	case PARAMETER_LIST:
		count = params_list((struct params *)(uintptr_t)params, parameter)->count;
		snprintf(out, size, "%zu %s", count, plural(count, "entry", "entries"));
		return;
	case PARAMETER_CHOICE: {
		struct buf value = BUF_EMPTY;

		params_format(&value, params, parameter);
		snprintf(out, size, "%s", value.data ? value.data : "");
		buf_free(&value);
		return;
	}
	case PARAMETER_DURATION:
		snprintf(out, size, "%s", duration_format((int64_t)params_number(params, parameter), text));
		return;
	default: parameter_value(parameter, params_number(params, parameter), out, size); return;
	}
}

static bool list_has(const struct string_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], text) == 0)
			return true;
	return false;
}

static void describe_list(struct buf *out, const struct string_list *from, const struct string_list *to)
{
	for (size_t i = 0; i < to->count; i++)
		if (!list_has(from, to->items[i]))
			buf_printf(out, "%s+%s", out->length ? " " : "", to->items[i]);
	for (size_t i = 0; i < from->count; i++)
		if (!list_has(to, from->items[i]))
			buf_printf(out, "%s-%s", out->length ? " " : "", from->items[i]);
	if (out->length == 0)
		buf_add_text(out, "the same in another order");
}

void draft_describe(struct buf *out, const struct params *from, const struct params *to, enum parameter parameter)
{
	char before[64], after[64];

	out->length = 0;
	if (parameters[parameter].type == PARAMETER_LIST) {
		describe_list(out, params_list((struct params *)(uintptr_t)from, parameter),
			params_list((struct params *)(uintptr_t)to, parameter));
		return;
	}
	draft_show(from, parameter, before, sizeof(before));
	draft_show(to, parameter, after, sizeof(after));
	buf_printf(out, "%s -> %s", before, after);
}

unsigned draft_differences(const struct params *a, const struct params *b)
{
	unsigned count = 0;

	for (int i = 0; i < PARAMETER_TOTAL; i++)
		count += draft_differs(a, b, (enum parameter)i);
	return count;
}
