/* harness_cells: what stands on the screen, and how it looks. */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>

static VTermScreenCell cell_at(const struct screen *screen, int row, int column)
{
	VTermScreenCell cell;
	memset(&cell, 0, sizeof cell);
	vterm_screen_get_cell(screen->cells, (VTermPos){.row = row, .col = column}, &cell);
	return cell;
}

/* The text of a row; columns[i] is the column of byte i, when wanted. */
static void read_row(const struct screen *screen, int row, struct buf *out, int *columns, size_t columns_size)
{
	size_t end = out->length;
	for (int x = 0; x < screen->columns; x++) {
		VTermScreenCell cell = cell_at(screen, row, x);
		if (cell.chars[0] == UINT32_MAX) /* right half of a wide character */
			continue;
		size_t before = out->length;
		if (cell.chars[0] == 0)
			buf_add_char(out, ' ');
		for (size_t i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i] != 0; i++) {
			char bytes[4];
			buf_add(out, bytes, utf8_encode(cell.chars[i], bytes));
		}
		for (size_t i = before; columns != NULL && i < out->length && i < columns_size; i++)
			columns[i] = x;
		if (cell.chars[0] != 0 && cell.chars[0] != ' ')
			end = out->length;
	}
	out->length = end;
	buf_add(out, "", 0);
}

void screen_line(const struct screen *screen, int row, struct buf *out)
{
	read_row(screen, row - 1, out, NULL, 0);
}

void screen_dump(const struct screen *screen, struct buf *out)
{
	for (int row = 1; row <= screen->rows; row++) {
		screen_line(screen, row, out);
		buf_add_char(out, '\n');
	}
}

bool screen_find(const struct screen *screen, const char *text, int *row, int *column)
{
	static int columns[65536];
	bool is_found = false;
	struct buf line = BUF_EMPTY;
	for (int y = 0; y < screen->rows && !is_found; y++) {
		line.length = 0;
		read_row(screen, y, &line, columns, COUNT_OF(columns));
		const char *hit = strstr(line.data, text);
		if (hit != NULL && (size_t)(hit - line.data) < COUNT_OF(columns)) {
			is_found = true;
			*row = y + 1;
			*column = columns[hit - line.data] + 1;
		}
	}
	buf_free(&line);
	return is_found;
}

static bool is_color(const struct screen *screen, VTermColor color, bool is_default, const char *wanted)
{
	if (strcmp(wanted, "default") == 0)
		return is_default;
	if (is_default)
		return false;
	if (wanted[0] != '#')
		return VTERM_COLOR_IS_INDEXED(&color) && color.indexed.idx == atoi(wanted);
	char text[8];
	vterm_screen_convert_color_to_rgb(screen->cells, &color);
	snprintf(text, sizeof text, "#%02x%02x%02x", color.rgb.red, color.rgb.green, color.rgb.blue);
	return strcmp(text, wanted) == 0;
}

static bool has_attribute(const struct screen *screen, const VTermScreenCell *cell, const char *wanted)
{
	bool has_own_ground = !VTERM_COLOR_IS_DEFAULT_BG(&cell->bg);
	if (strcmp(wanted, "bold") == 0)
		return cell->attrs.bold;
	if (strcmp(wanted, "underline") == 0)
		return cell->attrs.underline != 0;
	if (strcmp(wanted, "italic") == 0)
		return cell->attrs.italic;
	if (strcmp(wanted, "reverse") == 0)
		return cell->attrs.reverse;
	if (strcmp(wanted, "plain") == 0)
		return !cell->attrs.bold && !cell->attrs.underline && !cell->attrs.italic && !cell->attrs.reverse;
	if (strcmp(wanted, "highlighted") == 0)
		return cell->attrs.reverse || has_own_ground;
	if (strncmp(wanted, "fg=", 3) == 0)
		return is_color(screen, cell->fg, VTERM_COLOR_IS_DEFAULT_FG(&cell->fg), wanted + 3);
	if (strncmp(wanted, "bg=", 3) == 0)
		return is_color(screen, cell->bg, !has_own_ground, wanted + 3);
	return false;
}

bool screen_has_attributes(const struct screen *screen, int row, int column, const char *text, const char *wanted)
{
	int cells = (int)text_width(slice_of(text));
	char *copy = xstrdup(wanted), *rest = copy, *word;
	bool is_ok = true;
	while (is_ok && (word = strsep(&rest, " ")) != NULL) {
		bool is_negated = word[0] == '!';
		for (int x = column - 1; is_ok && word[0] != '\0' && x < column - 1 + cells; x++) {
			VTermScreenCell cell = cell_at(screen, row - 1, x);
			if (cell.chars[0] != UINT32_MAX)
				is_ok = has_attribute(screen, &cell, word + is_negated) != is_negated;
		}
	}
	free(copy);
	return is_ok;
}

void screen_cursor(const struct screen *screen, int *row, int *column)
{
	VTermPos position;
	vterm_state_get_cursorpos(vterm_obtain_state(screen->vterm), &position);
	*row = position.row + 1;
	*column = position.col + 1;
}

bool screen_is_restored(const struct screen *screen, struct buf *why)
{
	struct termios now;
	size_t before = why->length;
	tcgetattr(screen->slave, &now);
	if (now.c_lflag != screen->before.c_lflag || now.c_iflag != screen->before.c_iflag ||
		now.c_oflag != screen->before.c_oflag || now.c_cflag != screen->before.c_cflag ||
		memcmp(now.c_cc, screen->before.c_cc, sizeof now.c_cc) != 0)
		buf_add_text(why, "the terminal's settings are not what they were; ");
	if (screen->is_alternate)
		buf_add_text(why, "the alternate screen is still on; ");
	if (!screen->is_cursor_visible)
		buf_add_text(why, "the cursor is hidden; ");
	if (screen->has_mouse)
		buf_add_text(why, "the mouse is still reported; ");
	return why->length == before;
}
