/* cells: what is printed as named values: an alert in the names of the ES|QL query and of the ML records, an item of
 * tuning. JSON, CSV and documents all print these, so they cannot disagree. */
#ifndef RARETRAIL_REPORT_CELLS_H
#define RARETRAIL_REPORT_CELLS_H

#include "raretrail/report.h"

#define CELLS_MAX 48

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

/* The values of one row, in their order. */
struct cells {
	const struct store *store; /* of sets and ids; NULL when there are none */
	struct arena texts; /* those that were made for it */
	size_t count;
	struct cell items[CELLS_MAX];
};
/* For a new *cells; cells_free. */
void cells_init(struct cells *cells, const struct store *store);
void cells_clear(struct cells *cells); /* for the next row */
void cells_free(struct cells *cells);
/* Names are literals; texts are borrowed, but for the copy's. An absent text, id 0 and TIME_NONE are null. */
void cells_add_none(struct cells *cells, const char *name);
void cells_add_text(struct cells *cells, const char *name, struct slice text);
void cells_add_copy(struct cells *cells, const char *name, const struct buf *text);
void cells_add_id(struct cells *cells, const char *name, uint32_t id);
void cells_add_set(struct cells *cells, const char *name, const struct id_set *set);
void cells_add_time(struct cells *cells, const char *name, int64_t time);
void cells_add_whole(struct cells *cells, const char *name, uint64_t whole);
void cells_add_number(struct cells *cells, const char *name, double number); /* not finite: null */
void cells_add_bool(struct cells *cells, const char *name, bool truth);
/* In the parameter's own unit: durations in seconds, switches true or false. */
void cells_add_figure(struct cells *cells, const char *name, enum parameter parameter, double value);
double figure_in_unit(enum parameter parameter, double value);
struct slice figure_unit(enum parameter parameter); /* absent without one */
/* A zeroed alert gives the names. */
void cells_add_alert(struct cells *cells, const struct params *params, const struct alert *alert);

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
