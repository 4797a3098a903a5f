/* Drawing a sweep: limits along the line (logarithmic unless they are few or scores), alerts upwards. */
#include "sweep_plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alert_doc.h"

struct scale {
	double low, high;
	bool is_linear;
	int width;
};

static double limit_at(const struct scale *scale, int x)
{
	double part = scale->width > 1 ? (double)x / (scale->width - 1) : 0;

	if (scale->is_linear)
		return scale->low + (scale->high - scale->low) * part;
	return scale->low * pow(scale->high / scale->low, part);
}

static int x_of(const struct scale *scale, double limit)
{
	double part;

	if (limit <= scale->low)
		return 0;
	if (limit >= scale->high)
		return scale->width - 1;
	part = scale->is_linear ? (limit - scale->low) / (scale->high - scale->low)
				: log(limit / scale->low) / log(scale->high / scale->low);
	return (int)(part * (scale->width - 1) + 0.5);
}

static int size_compare(const void *a, const void *b)
{
	size_t left = *(const size_t *)a, right = *(const size_t *)b;

	return (left > right) - (left < right);
}

/* From below the first change to above the last one, the limits of interest included. */
static struct scale scale_of(const struct tune_sweep *sweep, double applied, double draft, int width)
{
	struct scale scale = {.low = INFINITY, .high = 0, .width = width};
	enum parameter_type type = parameters[sweep->parameter].type;

	for (size_t i = 0; i < sweep->steps.count; i++) {
		double limit = sweep->steps.items[i].limit;

		if (limit > 0 && limit < scale.low)
			scale.low = limit;
		if (limit > scale.high && limit < 1e14)
			scale.high = limit;
	}
	for (int i = 0; i < 2; i++) {
		double limit = i ? applied : draft;

		if (limit > 0 && limit < scale.low)
			scale.low = limit;
		if (limit > scale.high)
			scale.high = limit;
	}
	if (!isfinite(scale.low) || scale.high <= 0)
		return (struct scale){.low = 0, .high = 1, .is_linear = true, .width = width};
	scale.is_linear = type == PARAMETER_SCORE || scale.high <= 12 * scale.low;
	if (type == PARAMETER_SCORE)
		scale.high = 100;
	else if (scale.is_linear)
		scale.low = scale.low > 1 ? scale.low - 1 : 0;
	else
		scale.low /= 1.5;
	scale.high = type == PARAMETER_SCORE ? 100 : scale.high * 1.3;
	if (type == PARAMETER_RATIO && scale.high > 1)
		scale.high = 1;
	return scale;
}

/* The middle of the longest run of kinds that no row stands for; there is one. */
static size_t widest_gap(const bool *is_shown, size_t kinds)
{
	size_t longest = 0, middle = 0;

	for (size_t i = 0, run = 0; i < kinds; i++) {
		run = is_shown[i] ? 0 : run + 1;
		if (run > longest) {
			longest = run;
			middle = i - run / 2;
		}
	}
	return middle;
}

/* Which numbers of alerts the rows stand for, the smallest first: among those that occur the smallest, those at the
 * applied limit and at the draft's, the largest, and others between. A bar reaches the rows up to its own number, so no
 * row names more alerts than there are. counts is sorted; returns how many rows that takes. */
static int choose_levels(size_t *counts, size_t count, const size_t wanted[2], size_t *levels, int rows)
{
	size_t kinds = 0, shown = 0;
	bool *is_shown;

	qsort(counts, count, sizeof(*counts), size_compare);
	for (size_t i = 0; i < count; i++)
		if (counts[i] > 0 && (kinds == 0 || counts[i] != counts[kinds - 1]))
			counts[kinds++] = counts[i];
	if (kinds < (size_t)rows)
		rows = (int)kinds;
	is_shown = xcalloc(kinds + 1, sizeof(*is_shown));
	for (int order = 0; order < 4; order++)
		for (size_t i = 0; i < kinds && shown < (size_t)rows; i++) {
			bool is_next = order == 0   ? i == 0
				       : order == 3 ? i + 1 == kinds
						    : counts[i] == wanted[order - 1];

			shown += is_next && !is_shown[i];
			is_shown[i] |= is_next;
		}
	for (; shown < (size_t)rows; shown++)
		is_shown[widest_gap(is_shown, kinds)] = true;
	for (size_t i = 0, row = 0; i < kinds; i++)
		if (is_shown[i])
			levels[row++] = counts[i];
	free(is_shown);
	return rows;
}

static void draw_limits(struct pane pane, int y, int left, const struct tune_sweep *sweep, const struct scale *scale)
{
	bool is_bool = parameters[sweep->parameter].type == PARAMETER_BOOL;
	int last = is_bool ? 1 : 4;
	char text[48];

	for (int part = 0; part <= last; part++) {
		int x = is_bool ? x_of(scale, part) : part * (scale->width - 1) / 4, width;

		parameter_value(sweep->parameter, is_bool ? part : limit_at(scale, x), text, sizeof(text));
		width = (int)strlen(text);
		draw_printf(pane, y, left + x - (part == 4 ? width - 1 : part ? width / 2 : 0), ROLE_DIM, "%s", text);
	}
}

void sweep_plot(struct pane pane, const struct tune_sweep *sweep, double applied, double draft)
{
	int left = 7, rows = pane.height - 2;
	struct scale scale = scale_of(sweep, applied, draft, pane.width - left - 2);
	const size_t wanted[2] = {tune_sweep_at(sweep, applied), tune_sweep_at(sweep, draft)};
	size_t *alerts, *sorted, *levels;

	if (rows < 1 || scale.width < 10)
		return;
	alerts = xcalloc((size_t)scale.width, sizeof(*alerts));
	for (int x = 0; x < scale.width; x++)
		alerts[x] = tune_sweep_at(sweep, limit_at(&scale, x));
	/* The limits of interest may stand between two columns. */
	alerts[x_of(&scale, applied)] = wanted[0];
	alerts[x_of(&scale, draft)] = wanted[1];
	sorted = xcalloc((size_t)scale.width, sizeof(*sorted));
	memcpy(sorted, alerts, (size_t)scale.width * sizeof(*sorted));
	levels = xcalloc((size_t)rows, sizeof(*levels));
	rows = choose_levels(sorted, (size_t)scale.width, wanted, levels, rows);
	for (int y = 0; y < rows; y++) {
		size_t level = levels[rows - 1 - y];

		draw_printf(pane, y, 0, ROLE_DIM, "%5zu |", level);
		for (int x = 0; x < scale.width; x++)
			if (alerts[x] >= level)
				draw_text(pane, y, left + x, ROLE_CHART_1, slice_of("#"));
	}
	draw_text(pane, rows, left + x_of(&scale, applied), ROLE_STRONG, slice_of("v"));
	draw_text(pane, rows, left + x_of(&scale, draft), ROLE_VALUE_CHANGED, slice_of("^"));
	draw_limits(pane, rows + 1, left, sweep, &scale);
	free(levels);
	free(sorted);
	free(alerts);
}
