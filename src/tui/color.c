/* color: names and #rrggbb to what a terminal can show. Nearness is measured in CIE L*a*b*, where equal distances look
 * equal; distance is the Euclidean one (CIE76), sRGB with the D65 white point. */
#include "color.h"

#include <math.h>

static const char *const names[16] = {"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
	"bright-black", "bright-red", "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan",
	"bright-white"};

static const uint32_t basic[16] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
	0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};

static uint32_t palette_rgb(uint32_t index)
{
	static const uint32_t steps[6] = {0x00, 0x5f, 0x87, 0xaf, 0xd7, 0xff};
	if (index < 16)
		return basic[index];
	if (index < 232) {
		uint32_t cube = index - 16;
		return steps[cube / 36] << 16 | steps[cube / 6 % 6] << 8 | steps[cube % 6];
	}
	return (8 + (index - 232) * 10) * 0x010101;
}

bool color_parse(const char *text, struct color *color)
{
	if (strcasecmp(text, "default") == 0) {
		*color = (struct color){COLOR_DEFAULT, 0};
		return true;
	}
	const char *name = strcasecmp(text, "gray") == 0 || strcasecmp(text, "grey") == 0 ? "bright-black" : text;
	for (uint32_t i = 0; i < COUNT_OF(names); i++) {
		if (strcasecmp(name, names[i]) == 0) {
			*color = (struct color){COLOR_INDEX, i};
			return true;
		}
	}
	uint32_t value = 0;
	if (text[0] == '#' && strlen(text) == 7 && strspn(text + 1, "0123456789abcdefABCDEF") == 6) {
		for (const char *c = text + 1; *c != '\0'; c++)
			value = value << 4 | (uint32_t)(*c <= '9' ? *c - '0' : (*c | 0x20) - 'a' + 10);
		*color = (struct color){COLOR_RGB, value};
		return true;
	}
	size_t digits = strncasecmp(text, "color", 5) == 0 ? strlen(text + 5) : 0;
	if (digits == 0 || digits > 3 || strspn(text + 5, "0123456789") != digits)
		return false;
	for (const char *c = text + 5; *c != '\0'; c++)
		value = value * 10 + (uint32_t)(*c - '0');
	*color = (struct color){COLOR_INDEX, value};
	return value < 256;
}

bool color_rgb(struct color color, uint32_t *rgb)
{
	if (color.kind == COLOR_RGB)
		*rgb = color.value;
	else if (color.kind == COLOR_INDEX)
		*rgb = palette_rgb(color.value);
	return color.kind == COLOR_RGB || color.kind == COLOR_INDEX;
}

static double linear(uint32_t channel)
{
	double c = channel / 255.0;
	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double lab_step(double t)
{
	return t > 216.0 / 24389.0 ? cbrt(t) : (24389.0 / 27.0 * t + 16) / 116;
}

static void to_lab(uint32_t rgb, double lab[3])
{
	double r = linear(rgb >> 16 & 0xFF), g = linear(rgb >> 8 & 0xFF), b = linear(rgb & 0xFF);
	double x = lab_step((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
	double y = lab_step(0.2126 * r + 0.7152 * g + 0.0722 * b);
	double z = lab_step((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
	lab[0] = 116 * y - 16;
	lab[1] = 500 * (x - y);
	lab[2] = 200 * (y - z);
}

static uint32_t nearest(uint32_t rgb, uint32_t first, uint32_t last)
{
	double wanted[3], lab[3], best_distance = INFINITY;
	uint32_t best = first;
	to_lab(rgb, wanted);
	for (uint32_t i = first; i <= last; i++) {
		to_lab(palette_rgb(i), lab);
		double distance = 0;
		for (int k = 0; k < 3; k++)
			distance += (lab[k] - wanted[k]) * (lab[k] - wanted[k]);
		if (distance < best_distance) {
			best_distance = distance;
			best = i;
		}
	}
	return best;
}

int color_for_terminal(struct color color, int colors, bool *is_bright)
{
	*is_bright = false;
	if (color.kind == COLOR_UNSET || color.kind == COLOR_DEFAULT)
		return -1;
	uint32_t rgb = 0, index = color.value;
	color_rgb(color, &rgb);
	if (colors > 256) /* direct colour: curses reads numbers below 8 as the palette's */
		return (int)(color.kind == COLOR_INDEX && index < 8 ? index : rgb < 8 ? 0 : rgb);
	if (colors >= 256)
		return (int)(color.kind == COLOR_INDEX ? index : nearest(rgb, 16, 255));
	if (color.kind == COLOR_RGB || index >= 16)
		index = nearest(rgb, 0, 15);
	if (index >= 8 && colors < 16) {
		*is_bright = true;
		index = index == 8 ? 7 : index - 8; /* bold black is unreadable on many terminals */
	}
	return (int)index;
}

double color_contrast(uint32_t a, uint32_t b)
{
	double light[2];
	uint32_t both[2] = {a, b};
	for (int i = 0; i < 2; i++)
		light[i] = 0.2126 * linear(both[i] >> 16 & 0xFF) + 0.7152 * linear(both[i] >> 8 & 0xFF) +
			   0.0722 * linear(both[i] & 0xFF);
	double high = light[0] > light[1] ? light[0] : light[1];
	double low = light[0] > light[1] ? light[1] : light[0];
	return (high + 0.05) / (low + 0.05);
}
