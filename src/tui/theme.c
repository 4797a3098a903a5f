/* theme: a parsed theme put onto the terminal: colour pairs and attributes for each role, and its check. */
#include "theme.h"
#include "internal.h"

#include <curses.h>
#include <stdlib.h>

#define CONTRAST_MIN 3.0

static attr_t curses_attributes(unsigned attributes)
{
	return (attributes & STYLE_BOLD ? A_BOLD : 0) | (attributes & STYLE_DIM ? A_DIM : 0) |
	       (attributes & STYLE_ITALIC ? A_ITALIC : 0) | (attributes & STYLE_UNDERLINE ? A_UNDERLINE : 0) |
	       (attributes & STYLE_REVERSE ? A_REVERSE : 0);
}

/* Terminals have few pairs (64 with 8 colours), so equal ones are shared; pair 0 is the terminal's own colours. */
struct pairs {
	int foreground[ROLE_COUNT], background[ROLE_COUNT];
	int count;
};

static short shared_pair(struct pairs *pairs, int foreground, int background)
{
	for (int i = 0; i < pairs->count; i++)
		if (pairs->foreground[i] == foreground && pairs->background[i] == background)
			return (short)(i + 1);
	if (init_extended_pair(pairs->count + 1, foreground, background) != OK)
		return 0;
	pairs->foreground[pairs->count] = foreground;
	pairs->background[pairs->count] = background;
	return (short)++pairs->count;
}

static void put_role(struct ui *ui, struct pairs *pairs, size_t role, const struct style *style)
{
	bool is_bright = false, is_bright_back = false;
	ui->role_attributes[role] = curses_attributes(style->attributes);
	ui->role_pairs[role] = 0;
	if (ui->colors == 0)
		return;
	int foreground = color_for_terminal(style->foreground, ui->colors, &is_bright);
	int background = color_for_terminal(style->background, ui->colors, &is_bright_back);
	if (is_bright)
		ui->role_attributes[role] |= A_BOLD;
	if (foreground != -1 || background != -1)
		ui->role_pairs[role] = shared_pair(pairs, foreground, background);
}

int theme_use(struct ui *ui, const char *name, struct err *err)
{
	struct theme_places places = {ui->program, ui->share_dir};
	struct theme theme;
	if (theme_read(&theme, &places, name, NULL, err) != 0)
		return -1;
	/* Without colours only a theme that speaks in bold and reverse can be read. */
	struct theme mono;
	if (ui->colors == 0 && theme_read(&mono, &places, "mono", NULL, NULL) == 0)
		theme = mono;
	struct pairs pairs = {.count = 0};
	for (size_t role = 0; role < ROLE_COUNT; role++)
		put_role(ui, &pairs, role, &theme.roles[role]);
	char *kept = xstrdup(name);
	free(ui->theme_name);
	ui->theme_name = kept;
	return 0;
}

const char *theme_name(const struct ui *ui)
{
	return ui->theme_name;
}

void theme_release(struct ui *ui)
{
	free(ui->theme_name);
	ui->theme_name = NULL;
}

int theme_check(const struct ui *ui, const char *name, struct buf *report, struct err *err)
{
	struct theme_places places = {ui != NULL ? ui->program : NULL, ui != NULL ? ui->share_dir : NULL};
	struct theme theme;
	size_t before = report->length;
	if (theme_read(&theme, &places, name, report, err) != 0)
		return -1;
	for (size_t role = 0; role < ROLE_COUNT; role++) {
		uint32_t foreground, background;
		const struct style *style = &theme.roles[role];
		if (!color_rgb(style->foreground, &foreground) || !color_rgb(style->background, &background))
			continue;
		double contrast = color_contrast(foreground, background);
		if (contrast < CONTRAST_MIN)
			buf_printf(report, "%s: role `%s` has contrast %.1f:1, below %.0f:1\n", name,
				theme_role_names[role], contrast, CONTRAST_MIN);
	}
	int lines = 0;
	for (size_t i = before; i < report->length; i++)
		lines += report->data[i] == '\n';
	return lines;
}
