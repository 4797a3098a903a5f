/* session: one run of a command that loads logs: what was asked for, what was loaded, what must be said about it. */
#ifndef RARETRAIL_CLI_SESSION_H
#define RARETRAIL_CLI_SESSION_H

#include "config.h"
#include "options.h"
#include "raretrail/case.h"
#include "raretrail/detect.h"
#include "raretrail/enrich.h"
#include "raretrail/ingest.h"
#include "raretrail/query.h"
#include "raretrail/report.h"

enum exit_status { EXIT_NOTHING = 0, EXIT_ALERTS = 1, EXIT_FATAL = 2, EXIT_INCOMPLETE = 3 };

struct session {
	const struct arguments *arguments; /* borrowed */
	struct config config;
	bool is_quiet;
	uint32_t rules; /* bit n: rule n */
	int64_t now; /* TIME_NONE: replay */
	enum report_format format;
	struct report_look look;
	struct query *query; /* NULL without --filter */
	struct enrich *enrich;
	struct load_options load_options;
	struct load *load;
	struct casefile *casefile; /* --case; NULL: none */
	struct rare_model *baseline; /* of --baseline and --model; NULL: none */
	struct store *store, *matched; /* matched: what --filter left */
	struct skip *skips;
	size_t skip_count;
	struct load_conflict *conflicts;
	size_t conflict_count;
	bool is_partial, is_incomplete;
	struct report_notices notices;
};

/* Checks every option and starts loading `paths`. On an error *session needs no closing. */
int session_start(struct session *session, const struct arguments *arguments, const char *const *paths,
	size_t path_count, struct err *err) MUST_USE;
/* Waits for the load, applies the filter, collects what was skipped, reads the baseline. */
int session_finish_load(struct session *session, struct err *err) MUST_USE;
/* --format, of a command whose formats all are a report's. */
int report_format_option(const struct arguments *arguments, enum report_format *out, struct err *err) MUST_USE;
/* --baseline and --model; part of session_finish_load. */
int session_read_baseline(struct session *session, struct err *err) MUST_USE;
/* --case; part of session_start. */
int session_open_case(struct session *session, struct err *err) MUST_USE;
/* A verdict_of; context is the session. */
enum verdict session_verdict(void *session, const struct alert *alert);
void session_close(struct session *session);

/* One line a notice and one a reason of skipping, on standard error, unless --quiet. */
void session_tell(const struct session *session);
struct report_input session_input(const struct session *session);
enum exit_status session_status(const struct session *session, bool has_alerts);
/* "raretrail: …" on standard error, made safe to show. */
void say(const char *format, ...) PRINTF_LIKE(1, 2);
bool locale_is_utf8(void);
/* Look of a table on standard output, from --color, NO_COLOR, TERM and the terminal's width. */
int look_of(const char *color, bool is_to_file, struct report_look *out, struct err *err) MUST_USE;

#endif
