/* flip_words: the limit that flips a result, as people read and type it: rounded, and always to the side on which it still
 * flips. */
#include "raretrail/detect.h"

#include <math.h>

/* The multiple of 1 / scale next to a value; what it is as a decimal number is what it is here. */
static double rounded(double value, double scale, bool upward)
{
	double steps = floor(value * scale + 0.5);
	if (upward && steps / scale < value)
		steps++;
	if (!upward && steps / scale > value)
		steps--;
	return steps / scale;
}

double why_flip_typed(const struct why *why)
{
	double flip = why->silence_at;
	bool upward = (parameters[why->parameter].side == SIDE_MIN) == why->holds;
	if (!(flip > 0))
		return flip;
	switch (parameters[why->parameter].type) {
	case PARAMETER_RATIO: return rounded(flip, flip < 0.01 ? 10000 : 1000, upward);
	case PARAMETER_SCORE: return rounded(flip, 10, upward);
	case PARAMETER_DURATION:
		return flip < SECOND_MS ? flip
					: (upward ? ceil(flip / SECOND_MS) : floor(flip / SECOND_MS)) * SECOND_MS;
	default: return flip;
	}
}
