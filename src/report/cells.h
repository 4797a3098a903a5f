/* cells: an alert as named values, in the names of the ES|QL query and of the ML records. JSON, CSV and documents all
 * print these, so they cannot disagree. */
#ifndef RARETRAIL_REPORT_CELLS_H
#define RARETRAIL_REPORT_CELLS_H

#include "raretrail/report.h"

#define CELLS_MAX 40

enum cell_kind {
	CELL_NONE, /* null */
	CELL_TEXT,
	CELL_SET, /* distinct strings; without any: null */
	CELL_TIME, /* TIME_NONE: null */
	CELL_WHOLE,
	CELL_NUMBER,
	CELL_NUMBERS, /* an array of one number, as the ML records have it */
	CELL_BOOL
};

struct cell {
	const char *name;
	enum cell_kind kind;
	struct slice text;
	const struct id_set *set;
	int64_t time;
	uint64_t whole;
	double number;
	bool truth;
};

/* Borrows from the alert and the store. A zeroed alert gives the names. */
size_t alert_cells(
	const struct store *store, const struct params *params, const struct alert *alert, struct cell out[CELLS_MAX]);
uint32_t alert_user(const struct alert *alert); /* string id of user.name */
/* One cell as text: sets joined by " | ", numbers exact, null empty. */
void cell_format(struct buf *out, const struct store *store, const struct cell *cell);

/* "9 of 1,491 events (0.60%) from Selectel Ltd., 4 sensitive actions: …": raw text for people. */
void alert_evidence(struct buf *out, const struct store *store, const struct params *params, const struct alert *alert);
/* "rare AS ratio": a condition in words, and its value and limit as people read them. */
const char *condition_words(enum parameter parameter);
const char *condition_sign(enum parameter parameter);
void condition_format(struct buf *out, enum parameter parameter, double value);
/* Does the list of trusted networks name it? (Trust by address is not looked at.) */
bool network_is_trusted(const struct params *params, struct slice network);
void percent_format(struct buf *out, double ratio);

#endif
