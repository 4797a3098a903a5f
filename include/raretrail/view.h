/* view: the console, where the product meets the terminal. It shows what a load brings in, evaluates both rules beside
 * the frame, and turns keys into commands. Everything it computes comes from the rooms below; it only asks, places and
 * explains. Nothing is printed: the terminal is taken at the start and given back at the end, whatever happens. */
#ifndef RARETRAIL_VIEW_H
#define RARETRAIL_VIEW_H

#include "raretrail/base.h"
#include "raretrail/detect.h"
#include "raretrail/enrich.h"
#include "raretrail/ingest.h"
#include "raretrail/report.h"

/* ---- the session left behind: what was opened and how, and the view it was left in; $XDG_STATE_HOME/raretrail/sessions ---- */

struct view_session;
/* The newest one, or that of these paths when there are any. Fails when there is none, and when it is damaged or of another
 * version: err says so. */
int view_session_read(const char *const *paths, size_t path_count, struct view_session **out, struct err *err) MUST_USE;
void view_session_free(struct view_session *session);
/* The command line it was opened with, paths absolute; texts live as long as the session. */
size_t view_session_paths(const struct view_session *session, const char *const **paths);
struct view_given {
	const char *option, *value; /* long name; value "" for a flag */
};
size_t view_session_options(const struct view_session *session, const struct view_given **options);

struct view_options {
	const struct view_session *resume; /* go on there; must outlive the console; NULL: begin anew */
	const char *const *paths; /* what a session left behind is found again by; borrowed */
	size_t path_count;
	const struct view_given *given; /* what it is opened with again; borrowed */
	size_t given_count;
	const char *share_dir; /* where themes were installed; NULL: none */
	const char *theme; /* name or path; NULL: the default */
	const char *case_path; /* --case; NULL: one in $XDG_STATE_HOME/raretrail, made when the first entry is */
	const char *filter; /* --filter, KQL; NULL: none. An error in it is shown at the prompt, not fatal */
	const char *input_label; /* what was named on the command line, for the first message; NULL: none */
	int64_t now; /* --now T: one execution as of T; TIME_NONE: replay */
	const struct rare_model *baseline; /* of --baseline and --model, must outlive the console; NULL: none */
	const struct report_notices
		*notices; /* what must be said first, such as a missing AS database; NULL: nothing */
	uint32_t rules; /* bit n: rule n; 0: both */
	bool has_unicode_glyphs; /* U+2581 and friends for sparklines; ASCII otherwise */
	bool has_mouse;
	bool has_no_tips; /* the status line names no keys */
	bool is_follow; /* --follow */
	bool is_tutorial; /* shows the last key and its command, and begins with a hint for newcomers */
};

/* Zeroed options with now = TIME_NONE are the defaults. */
void view_options_init(struct view_options *options);

/* Runs the console until the user leaves. `load` may still be running and stays the caller's, as do enrich (NULL is
 * allowed) and params (where the session starts; copied). Fails, with nothing drawn, when there is no terminal:
 * err says what to run instead. Returns 0 after the user left, or 1 when something is still being loaded or computed that
 * nobody will look at: then a thread uses load, enrich and baseline, and the process is to end without freeing them, so
 * that leaving takes no time. */
int view_run(struct load *load, const struct enrich *enrich, const struct params *params,
	const struct view_options *options, struct err *err) MUST_USE;

/* The command table as text: for `raretrail help keys` (plain) and for the manual (roff source). */
enum view_manual_form { VIEW_MANUAL_TEXT, VIEW_MANUAL_ROFF };
void view_manual(struct buf *out, enum view_manual_form form);

#endif
