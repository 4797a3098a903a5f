/* report: what was found, written for scripts (JSON, NDJSON, CSV) and for people (table, Markdown, HTML). Column names are
 * those of the ES|QL query and of the ML records, so that output can be compared with Elastic's field by field.
 *
 * Everything is written to a stdio stream of the caller, in one order whatever the thread count, locale or time zone.
 * Functions return -1 when the stream has refused; they neither flush nor close it. */
#ifndef RARETRAIL_REPORT_H
#define RARETRAIL_REPORT_H

#include <stdio.h>

#include "raretrail/base.h"
#include "raretrail/case.h"
#include "raretrail/detect.h"
#include "raretrail/ingest.h"
#include "raretrail/store.h"
#include "raretrail/tune.h"

#define REPORT_FORMATS(X) \
	X(TABLE, "table") \
	X(JSON, "json") \
	X(NDJSON, "ndjson") \
	X(CSV, "csv") \
	X(MARKDOWN, "markdown") \
	X(HTML, "html")
enum report_format {
#define X(id, name) REPORT_##id,
	REPORT_FORMATS(X)
#undef X
		REPORT_FORMAT_COUNT
};
extern const char *const report_format_names[REPORT_FORMAT_COUNT];

/* How a table may look. */
struct report_look {
	unsigned width; /* cells of a line; 0: as wide as the content */
	bool is_colored;
	bool is_ascii; /* characters outside ASCII are written out */
};

/* Lines worth reading before the figures are believed. */
struct report_notices {
	char **items; /* one line each, already safe to show */
	size_t count, capacity;
};
void report_notice(struct report_notices *notices, const char *format, ...) PRINTF_LIKE(2, 3);
void report_notices_free(struct report_notices *notices);

/* What was loaded; all of it borrowed. */
struct report_input {
	struct load *load; /* for file names; NULL: none */
	const struct store *store; /* what was loaded */
	const struct store *matched; /* what the filter left; the same without one */
	const char *filter; /* NULL: none */
	const struct skip *skips;
	size_t skip_count;
	const struct load_conflict *conflicts; /* those listed; the store counts all */
	size_t conflict_count;
	bool is_partial;
	unsigned threads; /* for reading records back; 0: all cores */
};

struct report_detection {
	const char *version;
	struct report_input input;
	const struct params *params;
	const struct alerts *alerts;
	uint32_t rules; /* bit n: rule n was evaluated */
	int64_t now; /* TIME_NONE: replay */
	const char *asn_label; /* database of networks, "" without one */
	const struct report_notices *notices;
	const struct rare_method *rare_method; /* for explanations; NULL: none */
	verdict_of *verdict; /* what a case says of an alert; NULL: no case */
	void *verdict_context;
	bool is_explained; /* --explain: every alert with what is behind it */
};
int report_detection(FILE *out, enum report_format format, const struct report_look *look,
	const struct report_detection *report, struct err *err) MUST_USE;

/* Rows of input.matched in their order. JSON: one array of ECS documents, NDJSON: one document a line; read back from
 * the files. Table, CSV, Markdown and HTML: the main columns. A document that cannot be read back any more is told to
 * `problem` and counted in *missing. */
int report_events(FILE *out, enum report_format format, const struct report_look *look,
	const struct report_input *input, void (*problem)(void *context, const char *text), void *context,
	uint64_t *missing, struct err *err) MUST_USE;

/* Everything about one user.name: what it used, how often, first and last. */
int report_profile(FILE *out, enum report_format format, const struct report_look *look,
	const struct report_input *input, const struct params *params, struct slice user_name,
	struct err *err) MUST_USE;

/* What a draft would change, the sweep of a parameter, who almost fired, what the verdicts suggest: each part only when
 * it was asked for (not NULL). Every format; CSV and NDJSON are rows, so ask for one part at a time. */
struct report_tuning {
	const char *version;
	struct report_input input;
	const struct params *applied, *draft; /* draft: NULL without one */
	const struct tune_diff *diff;
	const struct tune_sweep *sweeps;
	size_t sweep_count;
	const struct alerts *near_misses;
	const struct tune_advice *advice;
	size_t advice_count;
	bool has_advice; /* it was asked for */
	const struct rare_method *rare_method; /* for the words of the outlook */
	const struct method_outlook *outlook; /* how high a new action could score, user by user; NULL: not asked for */
	uint32_t rules;
	const struct report_notices *notices;
};
int report_tuning(FILE *out, enum report_format format, const struct report_look *look,
	const struct report_tuning *report, struct err *err) MUST_USE;

/* The networks of rare-as: for whom each is rare, and who uses it. Every format. */
int report_networks(FILE *out, enum report_format format, const struct report_look *look,
	const struct report_input *input, const struct networks *networks, struct err *err) MUST_USE;

/* A case: its findings with verdicts, notes and figures, the allowlist, the parameters. Markdown and HTML to read, JSON
 * whole; NDJSON and CSV hold the findings alone. No table: it would cut what people wrote. */
int report_case(FILE *out, enum report_format format, const struct casefile *casefile, struct err *err) MUST_USE;

/* The rules with the given parameters. */
#define RULE_FORMATS(X) \
	X(TABLE, "table") \
	X(JSON, "json") \
	X(INI, "ini") \
	X(ESQL, "esql") \
	X(TOML, "toml") \
	X(CLICKHOUSE, "clickhouse")
enum rule_format {
#define X(id, name) RULE_FORMAT_##id,
	RULE_FORMATS(X)
#undef X
		RULE_FORMAT_COUNT
};
extern const char *const rule_format_names[RULE_FORMAT_COUNT];
int report_rules(FILE *out, enum rule_format format, const struct report_look *look, const struct params *params,
	uint32_t rules, struct err *err) MUST_USE;

#endif
