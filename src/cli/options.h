/* options: the vocabulary of the command line, once. Parsing, --help, completion and the manual page are expanded from
 * these two tables, so none of them can drift from what the program accepts. */
#ifndef RARETRAIL_CLI_OPTIONS_H
#define RARETRAIL_CLI_OPTIONS_H

#include "raretrail/base.h"
#include "raretrail/ingest.h"

/* id, words on the command line, arguments, formats of --format (the first one is the usual one; NULL: none), fewest and
 * most arguments, help. The first command is what runs without a word. */
#define COMMANDS(X) \
	X(CONSOLE, "", "PATH...", NULL, 1, SIZE_MAX, "open the console on files, folders, - (standard input)") \
	X(DETECT, "detect", "PATH...", "table|json|ndjson|csv|markdown|html", 1, SIZE_MAX, \
		"run both detections, print alerts") \
	X(EVENTS, "events", "PATH...", "ndjson|json|table|csv|markdown|html", 1, SIZE_MAX, \
		"print events, one ECS document a line") \
	X(PROFILE, "profile", "USER PATH...", "table|json|ndjson|csv|markdown|html", 2, SIZE_MAX, \
		"one identity: networks, agents, addresses, actions, errors, keys, regions, first and last seen") \
	X(NETWORKS, "networks", "PATH...", "table|json|ndjson|csv|markdown|html", 1, SIZE_MAX, \
		"which networks are rare for whom, and who uses each") \
	X(TUNE, "tune", "PATH...", "table|json|ndjson|csv|markdown|html", 1, SIZE_MAX, \
		"what other parameters would change: --draft, --sweep, --near-misses, --horizon, --advise") \
	X(REPORT, "report", "CASE", "markdown|html|json|ndjson|csv", 1, 1, \
		"render a case file: Markdown or HTML to read, JSON, or a row a finding") \
	X(RULE_SHOW, "rule show", "", "table|json|ini|esql|toml|clickhouse", 0, 0, \
		"the rules with the current parameters") \
	X(RULE_EXPORT, "rule export", "", "esql|toml|clickhouse|ini|json", 0, 0, \
		"the rules for other engines: ES|QL (esql), Elastic rule TOML (toml), ClickHouse SQL (clickhouse)") \
	X(ASN_IMPORT, "asn import", "CSV...", NULL, 1, SIZE_MAX, \
		"build an AS database (MMDB) from start,end,number,organisation ranges; needs --output") \
	X(MODEL_SAVE, "model save", "[FILE] PATH...", NULL, 1, SIZE_MAX, \
		"keep what rare-method learns from logs, in --output or else in FILE") \
	X(MODEL_LOAD, "model load", "FILE", NULL, 1, 1, "check a kept model and say what it learned from") \
	X(SAMPLE, "sample", "[NAME]", NULL, 0, 1, "list the sample incidents, or write one to a folder") \
	X(HELP, "help", "[COMMAND]", NULL, 0, 2, \
		"explain a command, console for the options of the console, or keys for its keys")

enum command {
#define X(id, words, arguments, formats, fewest, most, help) COMMAND_##id,
	COMMANDS(X)
#undef X
		COMMAND_COUNT
};

#define ON(id) (1U << COMMAND_##id)
#define ON_DETECTION (ON(CONSOLE) | ON(DETECT) | ON(TUNE))
#define ON_LOADING (ON_DETECTION | ON(EVENTS) | ON(PROFILE) | ON(NETWORKS) | ON(MODEL_SAVE))
#define ON_RULE (ON(RULE_SHOW) | ON(RULE_EXPORT))
#define ON_BATCH (ON(DETECT) | ON(EVENTS) | ON(PROFILE) | ON(NETWORKS) | ON(TUNE))
#define ON_ALL (~0U)

/* "auto|records|…": every wrapping of ingest's table. */
#define INPUT_FORMAT_WORD(id, name) "|" name
#define INPUT_FORMAT_WORDS (&(INPUT_FORMATS(INPUT_FORMAT_WORD))[1])

/* id, long name, short name or 0, argument or NULL, the words it can be (NULL: anything), commands that take it, help. */
#define OPTIONS(X) \
	X(FORMAT, "format", 'f', "FORMAT", NULL, ON_BATCH | ON_RULE | ON(REPORT), "how to print") \
	X(OUTPUT, "output", 'o', "FILE", NULL, \
		ON_BATCH | ON_RULE | ON(REPORT) | ON(ASN_IMPORT) | ON(SAMPLE) | ON(MODEL_SAVE) | ON(MODEL_LOAD), \
		"write there instead of standard output, whole or not at all") \
	X(RULE, "rule", 0, "RULE", "rare-as|rare-method", ON_DETECTION | ON_RULE, \
		"only this rule; repeatable; default both") \
	X(FILTER, "filter", 0, "KQL", NULL, ON_LOADING, \
		"only events that match, such as 'user: ci-* and not ip: 10.0.0.0/8'") \
	X(BASELINE, "baseline", 0, "PATH", NULL, ON_DETECTION | ON(MODEL_SAVE), \
		"older logs that rare-method learns from without alerting; repeatable") \
	X(MODEL, "model", 0, "FILE", NULL, ON_DETECTION | ON(MODEL_SAVE), \
		"what `model save` kept, instead of or before --baseline") \
	X(EXPLAIN, "explain", 0, NULL, NULL, ON(DETECT), \
		"add to JSON and NDJSON what is behind every alert, in words") \
	X(SINCE, "since", 0, "TIME", NULL, ON_LOADING, \
		"nothing before that instant: 2026-05-07, 2026-05-07T22:00, -2h; UTC unless an offset is given") \
	X(UNTIL, "until", 0, "TIME", NULL, ON_LOADING, \
		"nothing after that instant; a date is its first one, 2026-05-07T23:59:59.999 the last of a day") \
	X(NOW, "now", 0, "TIME", NULL, ON_DETECTION, "evaluate both rules once, as of a time; live is the wall clock") \
	X(REPLAY, "replay", 0, NULL, NULL, ON_DETECTION, \
		"evaluate at every interval of the history, which is the default") \
	X(SET, "set", 0, "KEY=VALUE", NULL, ON_DETECTION | ON(PROFILE) | ON(NETWORKS) | ON_RULE | ON(MODEL_SAVE), \
		"change a parameter; lists also += and -=; repeatable") \
	X(CASE, "case", 0, "FILE", NULL, ON_DETECTION, \
		"verdicts, allowlist and parameters of a case; only the console adds to it") \
	X(DRAFT, "draft", 0, "KEY=VALUE", NULL, ON(TUNE), "as --set, but compared with what is applied; repeatable") \
	X(SWEEP, "sweep", 0, "KEY", NULL, ON(TUNE), "number of alerts for every limit of a parameter; repeatable") \
	X(NEAR_MISSES, "near-misses", 0, NULL, NULL, ON(TUNE), \
		"identities that fail exactly one condition of rare-as, closest first") \
	X(HORIZON, "horizon", 0, NULL, NULL, ON(TUNE), \
		"how high a brand-new action of each user could score on this history") \
	X(ADVISE, "advise", 0, NULL, NULL, ON(TUNE), "limits that keep every true positive and silence benign alerts") \
	X(CONFIG, "config", 0, "FILE", NULL, ON_LOADING | ON_RULE, \
		"read this configuration after the system's and yours; repeatable") \
	X(PRESET, "preset", 0, "NAME", NULL, ON_DETECTION | ON(MODEL_SAVE) | ON_RULE, \
		"parameters of a preset, over the configuration; --set comes after; repeatable") \
	X(ASN_DB, "asn-db", 0, "FILE", NULL, ON_LOADING, "database of AS organisations (MMDB)") \
	X(CITY_DB, "city-db", 0, "FILE", NULL, ON_LOADING, "database of cities and countries (MMDB)") \
	X(INPUT_FORMAT, "input-format", 0, "NAME", INPUT_FORMAT_WORDS, ON_LOADING, \
		"the shape of the logs, instead of recognising it") \
	X(ECS_COMPAT, "ecs-compat", 0, "VERSION", "8.9|5.2", ON_LOADING, \
		"5.2 for the older meaning of user.changes.name") \
	X(NO_DEDUPE, "no-dedupe", 0, NULL, NULL, ON_LOADING, \
		"count a record that occurs twice twice, as Elastic does") \
	X(JOBS, "jobs", 'j', "N", NULL, ON_LOADING, "threads; default all cores; the output never depends on it") \
	X(MAX_MEM, "max-mem", 0, "SIZE", NULL, ON_LOADING, \
		"stop loading when the index is this large: 512M, 2G; buffers for reading come on top, up to 64M a " \
		"thread as a rule") \
	X(COLOR, "color", 0, "WHEN", "auto|always|never", ON_BATCH | ON(RULE_SHOW), \
		"colours in tables; NO_COLOR is heeded") \
	X(THEME, "theme", 0, "NAME", NULL, ON(CONSOLE), \
		"default, dark, light, mono, deutan, high-contrast, or a file") \
	X(GLYPHS, "glyphs", 0, "WHICH", "ascii|unicode", ON(CONSOLE), "characters of bars and sparklines") \
	X(MOUSE, "mouse", 0, NULL, NULL, ON(CONSOLE), "let the console take mouse clicks") \
	X(TIPS, "tips", 0, "WHEN", "on|off", ON(CONSOLE), \
		"whether the console names keys that are useful where you are") \
	X(RESUME, "resume", 0, NULL, NULL, ON(CONSOLE), \
		"go on where the console was left: the same view; without PATH also the same files and options") \
	X(FOLLOW, "follow", 0, NULL, NULL, ON(CONSOLE), "go on with what arrives in the folders, and judge again") \
	X(TUTORIAL, "tutorial", 0, NULL, NULL, ON(CONSOLE), "show every key and its command; for a first look") \
	X(EXIT_ZERO, "exit-zero", 0, NULL, NULL, ON_BATCH | ON(MODEL_SAVE), \
		"exit with 0 also when alerts were found or input was incomplete") \
	X(QUIET, "quiet", 'q', NULL, NULL, ON_LOADING | ON(ASN_IMPORT) | ON(SAMPLE), \
		"no progress, no notices, no summary of what was skipped") \
	X(MAN, "man", 0, "TABLE", "commands|options|parameters|settings|fields|keys", ON(HELP), \
		"print a table of the manual page as roff") \
	X(COMPLETION, "completion", 0, "SHELL", "bash", ON(HELP), "print the completion script of a shell") \
	X(HELP, "help", 'h', NULL, NULL, ON_ALL, "explain the command") \
	X(VERSION, "version", 'V', NULL, NULL, ON_ALL, "print the version")

enum option {
#define X(id, name, letter, argument, choices, commands, help) OPTION_##id,
	OPTIONS(X)
#undef X
		OPTION_COUNT
};

struct command_info {
	const char *words, *arguments, *formats;
	size_t fewest, most;
	const char *help;
};
extern const struct command_info commands[COMMAND_COUNT];

struct option_info {
	const char *name;
	char letter;
	const char *argument, *choices;
	unsigned commands; /* bits 1 << COMMAND_… */
	const char *help;
};
extern const struct option_info options[OPTION_COUNT];

/* A command line as it was given; everything borrows from argv. */
struct arguments {
	enum command command;
	const char *last[OPTION_COUNT]; /* last value of an option; "" for a flag; NULL when not given */
	struct given {
		enum option option;
		const char *value;
	} * given; /* every option in the order given, for the repeatable ones */
	size_t given_count;
	const char **items; /* what is not an option, the command's words left out */
	size_t item_count;
	size_t items_before_end; /* those before --: only they can be a command's words */
};

/* On an error (-1) *out needs no freeing. */
int arguments_parse(int argc, char **argv, struct arguments *out, struct err *err) MUST_USE;
void arguments_free(struct arguments *arguments);
/* "detect", "rule export"; COMMAND_COUNT when unknown. */
enum command command_find(const char *words);
/* --format, or the usual one: points into the command's formats, to be compared by format_is. */
int format_option(const struct arguments *arguments, const char **format, struct err *err) MUST_USE;
bool format_is(const char *format, const char *name);
/* The rules chosen by --rule, all without it. */
int rules_option(const struct arguments *arguments, uint32_t *bits, struct err *err) MUST_USE;
/* Parses `text` as one of `choices` ("a|b|c"; NULL: those of the table); the error names the option and the choices. */
int option_choice(enum option option, const char *text, const char *choices, size_t *index, struct err *err) MUST_USE;

#endif
