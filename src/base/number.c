/* number: doubles as text and back, exact and whatever the locale: the same bytes on every machine. */
#include "raretrail/base.h"

#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* In glibc the whole "C" locale is a constant, so asking for it costs nothing. */
static double parse_c(const char *text, char **end)
{
	locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	double value = strtod_l(text, end, c);
	freelocale(c);
	return value;
}

bool number_parse(const char *text, double *out)
{
	/* Plain decimal only: no hexadecimal, infinity, NaN or spaces, which strtod would take. */
	if (!isdigit((unsigned char)text[0]) && text[0] != '-' && text[0] != '.')
		return false;
	for (const char *c = text; *c; c++)
		if (!isdigit((unsigned char)*c) && !strchr("+-.eE", *c))
			return false;
	char *end;
	double value = parse_c(text, &end);
	if (end == text || *end || !isfinite(value))
		return false;
	*out = value;
	return true;
}

const char *number_format(double value, char out[NUMBER_TEXT_SIZE])
{
	locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	locale_t before = uselocale(c);
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(out, NUMBER_TEXT_SIZE, "%.*g", digits, value);
		if (strtod(out, NULL) == value)
			break;
	}
	uselocale(before);
	freelocale(c);
	return out;
}
