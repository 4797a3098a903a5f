/* form: labelled values under each other; an empty value shows as a line to write on. */
#include "internal.h"

#define VALUE_MIN 12

unsigned form_move(struct form *form, enum ui_motion motion)
{
	return motion_move(motion, form->count, form->page, &form->cursor);
}

static int label_width(const struct form *form, struct pane pane)
{
	int widest = 0;
	for (size_t i = 0; i < form->count; i++) {
		int cells = draw_width(pane.ui, slice_of(form->fields[i].label));
		widest = cells > widest ? cells : widest;
	}
	int most = pane.width / 2;
	return widest < most ? widest : most;
}

static void draw_field(const struct form *form, struct pane pane, int y, size_t index, int label, bool is_focused)
{
	const struct form_field *field = &form->fields[index];
	bool is_here = index == form->cursor;
	int x = 2 + label + 2;
	int note = field->note != NULL ? draw_width(pane.ui, slice_of(field->note)) + 2 : 0;
	int room = pane.width - x;
	int value = room - note > VALUE_MIN ? room - note : room;
	draw_fit(pane, y, 2, label, ALIGN_LEFT, ROLE_TEXT, slice_of(field->label));
	enum ui_role role = field->is_changed ? ROLE_VALUE_CHANGED : ROLE_VALUE;
	if (field->value.length == 0) {
		for (int i = 0; i < value; i++)
			put_cell(pane, y, x + i, ROLE_DIM, '_');
	} else {
		int cells = draw_width(pane.ui, field->value);
		draw_fit(pane, y, x, cells < value ? cells : value, ALIGN_LEFT, role, field->value);
	}
	if (note > 0 && value + note <= room)
		draw_text(pane, y, x + value + 2, field->is_wrong ? ROLE_ERROR : ROLE_DIM, slice_of(field->note));
	if (!is_here)
		return;
	put_cell(pane, y, 0, ROLE_TEXT, '>');
	draw_overlay(pane_rows(pane, y, 1), is_focused ? ROLE_CURSOR : ROLE_CURSOR_OFF);
	if (is_focused && !pane.ui->is_cursor_shown) {
		pane.ui->cursor_y = pane.y + y;
		pane.ui->cursor_x = pane.x + x;
	}
}

void form_draw(struct form *form, struct pane pane, bool is_focused)
{
	if (pane.height < 1 || pane.width < 8)
		return;
	form->page = pane.height;
	motion_keep_visible(form->count, form->page, form->cursor, &form->top);
	int label = label_width(form, pane);
	for (size_t i = form->top; i < form->count && i < form->top + (size_t)pane.height; i++)
		draw_field(form, pane, (int)(i - form->top), i, label, is_focused);
}
