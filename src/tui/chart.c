/* chart: bars and sparklines, as text and drawn. The ASCII alphabet is `_.oO#`: it rises in weight in every font, and
 * survives copying into a ticket. */
#include "internal.h"

static const char *const ascii_levels[] = {"_", ".", "o", "O", "#"};
static const char *const unicode_levels[] = {
	"_", "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
static const char *const unicode_parts[] = {"", "\u258f", "\u258e", "\u258d", "\u258c", "\u258b", "\u258a", "\u2589"};

static double clamp_fraction(double fraction)
{
	if (!(fraction > 0)) /* also not a number */
		return 0;
	return fraction > 1 ? 1 : fraction;
}

void bar_text(struct buf *out, int width, double fraction, enum ui_glyphs glyphs)
{
	fraction = clamp_fraction(fraction);
	int inner = width - 2;
	if (inner < 1)
		return;
	buf_add_char(out, '[');
	int used = 0;
	if (glyphs == UI_GLYPHS_UNICODE) {
		int eighths = (int)(fraction * inner * 8 + 0.5);
		if (eighths == 0 && fraction > 0)
			eighths = 1;
		for (; used < eighths / 8; used++)
			buf_add_text(out, "\u2588");
		if (eighths % 8 != 0) {
			buf_add_text(out, unicode_parts[eighths % 8]);
			used++;
		}
	} else {
		int whole = (int)(fraction * inner + 0.5);
		for (; used < whole; used++)
			buf_add_char(out, '#');
		if (whole == 0 && fraction > 0) {
			buf_add_char(out, '.');
			used++;
		}
	}
	for (; used < inner; used++)
		buf_add_char(out, ' ');
	buf_add_char(out, ']');
}

void spark_text(struct buf *out, const double *values, size_t count, double max, enum ui_glyphs glyphs)
{
	const char *const *levels = glyphs == UI_GLYPHS_UNICODE ? unicode_levels : ascii_levels;
	size_t steps = glyphs == UI_GLYPHS_UNICODE ? COUNT_OF(unicode_levels) - 1 : COUNT_OF(ascii_levels) - 1;
	if (!(max > 0))
		for (size_t i = 0; i < count; i++)
			max = values[i] > max || !(max > 0) ? values[i] : max;
	for (size_t i = 0; i < count; i++) {
		double share = max > 0 ? clamp_fraction(values[i] / max) : 0;
		size_t level = 0;
		if (share > 0) {
			level = (size_t)(share * (double)steps + 0.999999);
			level = level < 1 ? 1 : level > steps ? steps : level;
		}
		buf_add_text(out, levels[level]);
	}
}

/* Both alphabets are this room's own: they need no making safe, and must not be turned into codes. */
static void draw_glyphs(struct pane pane, int y, int x, enum ui_role role, const struct buf *text)
{
	struct run run = {.shown = {text->data, text->length}, .role = role};
	put_run(pane, y, x, pane.width - x, 0, &run);
}

void draw_bar(struct pane pane, int y, int x, int width, double fraction, enum ui_role role)
{
	struct buf text = BUF_EMPTY;
	bar_text(&text, width, fraction, ui_glyphs(pane.ui));
	draw_glyphs(pane, y, x, role, &text);
	buf_free(&text);
}

void draw_spark(struct pane pane, int y, int x, const double *values, size_t count, double max, enum ui_role role)
{
	struct buf text = BUF_EMPTY;
	spark_text(&text, values, count, max, ui_glyphs(pane.ui));
	draw_glyphs(pane, y, x, role, &text);
	buf_free(&text);
}
