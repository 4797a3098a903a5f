/* The present screen, whatever it is: see here.h. */
#include "here.h"

struct list *list_here(struct app *app)
{
	struct place *place = app_place(app);

	return place->screen->list ? place->screen->list(app, place->state) : NULL;
}

struct pager *pager_here(struct app *app)
{
	struct place *place = app_place(app);

	return place->screen->pager ? place->screen->pager(app, place->state) : NULL;
}

unsigned move_here(struct app *app, enum ui_motion motion)
{
	struct place *place = app_place(app);
	struct list *list = list_here(app);
	struct pager *pager = pager_here(app);

	if (place->screen->move)
		return place->screen->move(app, place->state, motion);
	return list ? list_move(list, motion) : pager ? pager_move(pager, motion) : UI_NONE;
}

bool value_here(struct app *app, struct value *value)
{
	struct place *place = app_place(app);

	return place->screen->value && place->screen->value(app, place->state, value);
}

bool identity_here(struct app *app, struct slice *user, struct slice *type)
{
	struct place *place = app_place(app);

	return place->screen->identity && place->screen->identity(app, place->state, user, type) && user->data;
}

size_t alerts_here(struct app *app, uint32_t *out, size_t max)
{
	struct place *place = app_place(app);

	return place->screen->alerts ? place->screen->alerts(app, place->state, out, max) : 0;
}

bool line_text(struct app *app, size_t index, struct buf *out)
{
	struct list *list = list_here(app);
	struct pager *pager = pager_here(app);

	if (list) {
		struct list_row row = {0};

		if (index >= list->count)
			return false;
		list->row(list->context, index, &row);
		for (size_t i = 0; i < list->column_count; i++) {
			if (list->columns[i].is_hidden)
				continue;
			if (out->length)
				buf_add_char(out, '\t');
			if (row.cells[i].text.data)
				buf_add(out, row.cells[i].text.data, row.cells[i].text.length);
		}
		return true;
	}
	if (pager) {
		struct pager_line line = {0};

		if (index >= pager->count)
			return false;
		pager->line(pager->context, index, &line);
		buf_reserve(out, 1);
		for (size_t i = 0; i < line.count; i++)
			buf_add(out, line.spans[i].text.data, line.spans[i].text.length);
		while (out->length && out->data[out->length - 1] == ' ')
			out->data[--out->length] = '\0';
		return true;
	}
	return false;
}

size_t line_here(struct app *app)
{
	struct list *list = list_here(app);
	struct pager *pager = pager_here(app);

	return list ? list->cursor : pager ? pager->cursor : 0;
}

struct list *first_list(struct app *app, void *state)
{
	(void)app;
	return state;
}

struct pager *first_pager(struct app *app, void *state)
{
	(void)app;
	return state;
}
