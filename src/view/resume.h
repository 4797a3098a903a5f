/* Going on where a session was left: places with what they show, cursors on their items, filters, widths, the draft, how
 * times and colours are shown. Written when the console is left, however that happens, and now and then before. */
#ifndef VIEW_RESUME_H
#define VIEW_RESUME_H

#include "raretrail/base.h"
#include "raretrail/view.h"

struct app;

/* A row to stand on when there are rows: by its text, else by its number. */
struct resume_point {
	size_t index;
	char *line; /* NULL: only the number is known */
};
void resume_point_free(struct resume_point *point);

struct resume {
	bool is_waiting; /* the places are opened when the load has ended */
	bool is_busy; /* a file is being written */
	int64_t written_us;
};

void resume_begin(struct app *app); /* before the first frame: filters, looks */
void resume_tick(struct app *app); /* opens the places and moves cursors when it is time */
void resume_key(struct app *app); /* the user goes his own way: no cursor is moved any more */
void resume_save(struct app *app); /* now, waiting for the disk */
void resume_save_beside(struct app *app); /* when the last time is a while ago, on a worker */

/* The file: see session_file.c. */
char *session_path(const char *const *paths, size_t count); /* NULL: no home, or nothing that can be opened again */
void session_write(const char *path, struct slice body);
const void *session_view(const struct view_session *session); /* a json_t: what session_write got under "view" */
int64_t session_saved(const struct view_session *session);

#endif
