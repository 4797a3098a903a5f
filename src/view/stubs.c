/* temporary */
#include "app.h"
#include "reach.h"
#include "commands.h"
static void draw(struct app *app, void *context, struct pane body) { (void)app; (void)context; draw_text(body, 1, 1, ROLE_DIM, slice_of("to come")); }
static const char *const hints[] = {"back", "help"};
#define S(n, N) const struct screen screen_##n = {.id = SCREEN_##N, .draw = draw, .hints = hints, .hint_count = 2};
 S(timeline, TIMELINE) S(allowlist, ALLOWLIST)
bool timeline_goto_time(struct app *app, int64_t when) { (void)app; (void)when; return false; }
bool timeline_time_here(struct app *app, int64_t *when) { (void)app; (void)when; return false; }
unsigned do_allow(void *context, const char *arguments) { (void)context; (void)arguments; return 0; }
void view_manual(struct buf *out, enum view_manual_form form) { (void)out; (void)form; }
