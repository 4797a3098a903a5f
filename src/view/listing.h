/* What is listed on a screen, written to a file line by line. Lists may be of millions of rows: it is done in slices
 * between frames, and what could not be finished is taken away again. */
#ifndef VIEW_LISTING_H
#define VIEW_LISTING_H

#include "raretrail/base.h"

struct app;
struct place;

struct listing {
	bool is_on, is_csv;
	bool is_asking; /* rows are asked for the file, not for the screen: times are whole */
	int file;
	char *path;
	const struct place *place; /* of which screen, and what it showed; only compared */
	const void *of;
	size_t rows;
	size_t at; /* written so far */
	uint64_t bytes;
};

/* Fails when the file cannot be made new, never writes over one. CSV for a name ending in .csv, else as on the screen. */
int listing_start(struct app *app, const char *path, struct err *err) MUST_USE;
/* Writes on for a few milliseconds; says when the end was reached. */
void listing_step(struct app *app);
void listing_stop(struct app *app, const char *why); /* takes the file away */

#endif
