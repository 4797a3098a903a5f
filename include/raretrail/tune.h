/* tune: what a draft of the parameters would change before anybody applies it: alerts kept, gained and lost, and why;
 * the number of alerts across the whole range of one parameter; advice from the verdicts already given. What it claims
 * equals two full runs of detect.
 *
 * One thread at a time uses a `struct tune`; a result belongs to the caller and may be read by any thread. */
#ifndef RARETRAIL_TUNE_H
#define RARETRAIL_TUNE_H

#include "raretrail/base.h"
#include "raretrail/detect.h"
#include "raretrail/store.h"

/* What an analyst said of an alert. id, word, letter. */
#define VERDICTS(X) \
	X(OPEN, "open", '.') \
	X(TRUE_POSITIVE, "true positive", 'T') \
	X(SUSPICIOUS, "suspicious", 'S') \
	X(BENIGN, "benign", 'B')
enum verdict {
#define X(id, word, letter) VERDICT_##id,
	VERDICTS(X)
#undef X
		VERDICT_COUNT
};
struct verdict_info {
	const char *word;
	char letter;
};
extern const struct verdict_info verdicts[VERDICT_COUNT];
typedef enum verdict verdict_of(void *context, const struct alert *alert);

/* ---- presets: parameters under a name ---- */

/* Those shipped with the program, and the user's own in $XDG_CONFIG_HOME/raretrail/profiles/NAME.ini, which hide shipped
 * ones of the same name. A preset sets what it names and leaves the rest. */
struct preset {
	char *name;
	char *path; /* NULL: shipped */
	char *about; /* the first comment in it; never NULL */
};
size_t preset_list(struct preset **out); /* by name */
void preset_list_free(struct preset *presets, size_t count);
/* Lays a preset over params, which stay as they are on error; err names the file and the line, or the nearest name. */
int preset_read(const char *name, struct params *params, struct err *err) MUST_USE;
/* Writes every parameter as one of the user's own; *path (free it) is where, *before (free it) what stood there or NULL.
 * Refuses a name that is no plain word, and one that the user has already unless may_replace; then err->code is
 * ERR_LIMIT. */
int preset_write(const char *name, const struct params *params, bool may_replace, char **path, char **before,
	struct err *err) MUST_USE;
/* Deletes one of the user's own; *text (free it) is what it held. */
int preset_delete(const char *name, char **text, struct err *err) MUST_USE;
int preset_restore(const char *name, const char *text, struct err *err) MUST_USE; /* takes that back */

struct tune_setup {
	const struct store *store;
	struct rare_as *rare_as; /* borrowed; NULL: built when needed */
	struct rare_method *rare_method; /* borrowed, built for the applied parameters; NULL: built when needed */
	const struct rare_model *baseline; /* borrowed; NULL: none. Drafts of another model go without it, see below */
	unsigned rules; /* 1 << RULE_..., both: 3 */
	int64_t now; /* one evaluation at this instant; TIME_NONE: replay */
};

struct tune;
struct tune *tune_new(const struct tune_setup *setup, const struct params *applied) MUST_USE;
void tune_free(struct tune *tune);
/* From now on drafts are compared with these. Results given out before stay valid. */
void tune_apply(struct tune *tune, const struct params *applied);
const struct params *tune_applied(const struct tune *tune);

/* ---- the difference ---- */

enum tune_fate { TUNE_LOST, TUNE_GAINED, TUNE_KEPT };

/* One alert. An alert is the same one when rule and partition agree and the firings overlap (a looser limit may make it
 * begin earlier, and so have another id; both are given). */
struct tune_change {
	enum tune_fate fate;
	const struct alert *before; /* as applied: LOST, KEPT */
	const struct alert *after; /* under the draft: GAINED, KEPT (the first one when it fell apart) */
	/* LOST: the conditions under the draft at its last firing; GAINED: those as applied at its. Count 0: the user is
	 * left out, or nothing of theirs is in the window. */
	struct why why[WHY_MAX];
	unsigned why_count;
	unsigned failing; /* how many of them fail */
	enum parameter reason; /* the parameter that decides: the (first) failing one, a list, the window, the cap */
	enum verdict verdict; /* OPEN until tune_judge */
};

struct tune_tally {
	size_t lost, gained, kept;
};

struct tune_diff {
	struct tune_set *set; /* shared: the applied alerts */
	struct alerts after; /* of the draft, in the order of batch output */
	size_t before_count;
	struct tune_change *changes; /* lost, gained, kept; each in the order of batch output */
	size_t count;
	struct tune_tally total;
	struct tune_tally by_verdict[VERDICT_COUNT]; /* filled by tune_judge */
	int64_t elapsed_us;
};
/* A draft of rare-method's bucket span or partition runs the whole model again; the baseline does not fit it. */
void tune_compare(struct tune *tune, const struct params *draft, struct tune_diff *out);
void tune_diff_free(struct tune_diff *diff);
/* Asks the verdict of every change (by the applied alert where there is one) and sums up. */
void tune_judge(struct tune_diff *diff, verdict_of *verdict, void *context);
/* "now fails: share of other networks: 0.0091, at most 0.005": why this alert was lost or gained, one line, no text from
 * logs in it. */
void tune_say(struct buf *out, const struct tune_change *change);

/* ---- the sweep ---- */

struct tune_sweep {
	enum parameter parameter;
	bool is_exact; /* every breakpoint is there; else only the limits of the steps were evaluated */
	struct limit_steps steps;
};
/* The number of the rule's alerts for every limit of one scalar parameter, everything else as in `draft`. Exact for the
 * conditions of rare-as and for the threshold; window, schedule and the like are evaluated at a few usual values. Lists
 * and choices are an error. */
int tune_sweep(struct tune *tune, const struct params *draft, enum parameter parameter, struct tune_sweep *out,
	struct err *err) MUST_USE;
void tune_sweep_free(struct tune_sweep *sweep);
size_t tune_sweep_at(const struct tune_sweep *sweep, double limit);

/* ---- advice ---- */

/* The strictest limit of one parameter that still keeps every alert marked true positive or suspicious. */
struct tune_advice {
	enum parameter parameter;
	double applied, limit;
	size_t silenced
		[VERDICT_COUNT]; /* alerts that the limit alone would silence; never true positive or suspicious */
};
/* Only parameters for which it silences a benign alert, most benign ones first, fewest open ones next; at most `max`.
 * Nothing is ever applied by itself. */
size_t tune_advise(struct tune *tune, verdict_of *verdict, void *context, struct tune_advice *out, size_t max);

#endif
