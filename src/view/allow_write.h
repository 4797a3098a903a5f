/* Writing an allowlist entry: kind, rule, match, expiry, reason, one prompt after the other. The entry stands in the
 * screen's `candidate` meanwhile, so that the preview above the prompt says what it would do before it is written. */
#ifndef VIEW_ALLOW_WRITE_H
#define VIEW_ALLOW_WRITE_H

#include "raretrail/tui.h"

#include "allow_figures.h"

/* The state of the allowlist screen. */
struct allowlist {
	struct list list; /* first */
	struct app *app;
	struct allow_figures figures;
	struct allow_entry candidate; /* being written; match NULL: none */
};
struct allowlist *allowlist_here(struct app *app); /* NULL when another screen is shown */
void allowlist_count(struct allowlist *list); /* takes and counts the entries again, the candidate with them */

unsigned allow_write_new(struct app *app);
unsigned allow_write_edit(struct app *app, const struct allow_entry *entry); /* on the allowlist screen only */

#endif
