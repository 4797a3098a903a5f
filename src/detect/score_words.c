/* score_words: a score as people read it: whole, unless that would say something about the threshold or the end of the
 * scale that is not so. */
#include "raretrail/detect.h"

#include <math.h>
#include <stdio.h>

const char *score_format(double score, double threshold, char out[NUMBER_TEXT_SIZE])
{
	double whole = floor(score + 0.5), tenths = floor(score * 10 + 0.5);
	bool is_true = (whole >= threshold) == (score >= threshold) && (whole < 100) == (score < 100);
	if (is_true) {
		snprintf(out, NUMBER_TEXT_SIZE, "%lld", (long long)whole);
		return out;
	}
	if ((tenths / 10 >= threshold && score < threshold) || (tenths >= 1000 && score < 100))
		tenths--;
	snprintf(out, NUMBER_TEXT_SIZE, "%lld.%lld", (long long)tenths / 10, (long long)tenths % 10);
	return out;
}
