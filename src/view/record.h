/* A record as it stands in its file: read back on the scanner's thread, shown as coloured JSON with a value behind each
 * leaf that is also a field of the store. */
#ifndef VIEW_RECORD_H
#define VIEW_RECORD_H

#include "sheet.h"
#include "raretrail/ingest.h"

struct app;
struct task;
struct value;

struct record {
	struct sheet doc;
	struct pager pager;
	struct task *task;
	bool has_row, is_failed;
	uint32_t file, length;
	uint64_t offset;
	struct buf raw; /* the bytes, for copying */
	char *title; /* "file record at byte N" */
	int width;
	struct store *store;
	uint32_t row;
	char error[512];
};

/* Reads the row unless it is the one already shown. */
void record_show(struct app *app, struct record *record, const struct store *store, uint32_t row);
void record_draw(struct app *app, struct record *record, struct pane pane, bool is_focused);
bool record_value(struct record *record, struct value *out);
void record_free(struct record *record);

#endif
