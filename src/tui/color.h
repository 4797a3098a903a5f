/* color: what a theme file may call a colour, and the nearest thing a terminal can show. */
#ifndef TUI_COLOR_H
#define TUI_COLOR_H

#include "raretrail/base.h"

enum color_kind {
	COLOR_UNSET, /* not given: the text role's */
	COLOR_DEFAULT, /* the terminal's own */
	COLOR_INDEX, /* 0-255 of the terminal's palette */
	COLOR_RGB
};
struct color {
	enum color_kind kind;
	uint32_t value; /* index, or 0xRRGGBB */
};

bool color_parse(const char *text, struct color *color);
/* The colour as curses wants it for a terminal of so many colours (8, 16, 256, 1 << 24): -1 the terminal's default.
 * *is_bright tells that 8 colours could not show it and bold should help out. */
int color_for_terminal(struct color color, int colors, bool *is_bright);
/* Red, green and blue of a colour, where known: the terminal's palette below 16 is taken as xterm's. */
bool color_rgb(struct color color, uint32_t *rgb);
double color_contrast(uint32_t a, uint32_t b); /* 1 to 21, WCAG 2 */

#endif
