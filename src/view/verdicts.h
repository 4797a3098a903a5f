/* The case as the screens need it: verdicts, notes, tags and allowlist looked up fast, changed with one undo. */
#ifndef VIEW_VERDICTS_H
#define VIEW_VERDICTS_H

#include "raretrail/case.h"

struct app;

struct verdicts {
	struct casefile *casefile; /* never NULL while the console runs */
	char *letters; /* [alert of the newest results] */
	size_t letter_count;
	bool is_saved; /* there is a file behind it */
	bool is_refused; /* there was to be one, and it could not be opened */
	struct buf tags; /* line of the row being drawn */
};

void verdicts_open(struct app *app);
void verdicts_close(struct app *app);
void verdicts_refresh(struct app *app); /* after the results or the case changed */
/* 'T' true positive, 'S' suspicious, 'B' benign, '.' open. */
char verdict_letter(const struct app *app, const struct alert *alert);
/* Notes and tags, one a line; nothing when there are none. */
void verdict_notes(const struct app *app, const struct alert *alert, struct buf *out);
/* The same as lines under a row, tags in one at the end; their number. The texts live until the next call. */
size_t verdict_note_lines(struct app *app, const struct alert *alert, struct slice *out, size_t max);

/* Changes of the case. Each is one step of undo and says what was saved, or why not. */
unsigned verdict_give(struct app *app, const uint32_t *alerts, size_t count, enum verdict verdict);
unsigned verdict_note(struct app *app, const uint32_t *alerts, size_t count, const char *text);
unsigned verdict_tag(struct app *app, const uint32_t *alerts, size_t count, const char *tag);
int verdicts_undo(struct app *app, bool is_redo, struct err *err);
/* After any other change of the case: remembers it for undo, evaluates again when parameters may differ. */
void case_changed(struct app *app, const char *what, bool is_about_params);
const struct params *case_base(const struct app *app); /* parameters without the allowlist */

#endif
