/* Drawing a sweep: limits along the line (logarithmic unless they are few or scores), alerts upwards. */
#include "sweep_plot.h"

#include <math.h>

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

void sweep_plot(struct pane pane, const struct tune_sweep *sweep, double applied, double draft)
{
	int left = 7, rows = pane.height - 2;
	struct scale scale = scale_of(sweep, applied, draft, pane.width - left - 2);
	size_t most = 1;
	char text[48];

	if (rows < 1 || scale.width < 10)
		return;
	for (int x = 0; x < scale.width; x++) {
		size_t alerts = tune_sweep_at(sweep, limit_at(&scale, x));

		most = alerts > most ? alerts : most;
	}
	rows = (int)most < rows ? (int)most : rows;
	for (int y = 0; y < rows; y++) {
		double floor_of_row = (double)most * (rows - 1 - y) / rows;

		draw_printf(pane, y, 0, ROLE_DIM, "%5.0f |", ceil((double)most * (rows - y) / rows));
		for (int x = 0; x < scale.width; x++)
			if ((double)tune_sweep_at(sweep, limit_at(&scale, x)) > floor_of_row)
				draw_text(pane, y, left + x, ROLE_CHART_1, slice_of("#"));
	}
	draw_text(pane, rows, left + x_of(&scale, applied), ROLE_STRONG, slice_of("v"));
	draw_text(pane, rows, left + x_of(&scale, draft), ROLE_VALUE_CHANGED, slice_of("^"));
	for (int part = 0; part <= 4; part++) {
		int x = part * (scale.width - 1) / 4, width;

		parameter_value(sweep->parameter, limit_at(&scale, x), text, sizeof(text));
		width = (int)strlen(text);
		draw_printf(pane, rows + 1,
			left + x -
				(part == 4     ? width - 1
					: part ? width / 2
					       : 0),
			ROLE_DIM, "%s", text);
	}
}
