/* Here: the present screen, whatever it is: its list or pager, what is under the cursor, moving in it. And what most
 * screens answer alike, for their tables: a state that begins with its list, or its pager, is enough. */
#ifndef VIEW_HERE_H
#define VIEW_HERE_H

#include "app.h"

struct list *list_here(struct app *app); /* NULL: the screen shows none */
struct pager *pager_here(struct app *app);
unsigned move_here(struct app *app, enum ui_motion motion);
bool value_here(struct app *app, struct value *value);
bool identity_here(struct app *app, struct slice *user, struct slice *type); /* false also without a name */
size_t alerts_here(struct app *app, uint32_t *out, size_t max); /* chosen ones, else the one under the cursor */
size_t line_here(struct app *app); /* row of the list or line of the pager under the cursor */
bool line_text(struct app *app, size_t index, struct buf *out); /* row or line as text, cells parted by tabs */

struct list *first_list(struct app *app, void *state); /* the state begins with a struct list */
struct pager *first_pager(struct app *app, void *state); /* … with a struct pager */

#endif
