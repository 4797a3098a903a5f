/* session: see session.h. */
#include "session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "waiting.h"

#define THREADS_MAX 1024

void say(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = xvasprintf(format, args);
	va_end(args);
	struct buf shown = BUF_EMPTY;
	text_show(&shown, slice_of(text), isatty(STDERR_FILENO) && !locale_is_utf8() ? TEXT_ASCII : TEXT_TERMINAL);
	fprintf(stderr, "raretrail: %s\n", shown.length ? shown.data : "");
	buf_free(&shown);
	free(text);
}

/* ---- options ---- */

static const char *option(const struct session *session, enum option option)
{
	return config_option(&session->config, session->arguments, option);
}

static int name_option(enum option option, struct err *err)
{
	char *text = xstrdup(err->text);
	err_set(err, err->code, "--%s: %s", options[option].name, text);
	free(text);
	return -1;
}

static int read_time(const struct session *session, enum option which, int64_t *out, struct err *err)
{
	const char *text = option(session, which);
	*out = TIME_NONE;
	if (!text)
		return 0;
	if (which == OPTION_NOW && strcmp(text, "live") == 0) {
		*out = time_now();
		return 0;
	}
	return time_parse_user(text, time_now(), out, err) == 0 ? 0 : name_option(which, err);
}

static int read_threads(const struct session *session, unsigned *out, struct err *err)
{
	const char *text = option(session, OPTION_JOBS);
	*out = 0;
	if (!text)
		return 0;
	double value;
	if (text[strspn(text, "0123456789")] || !number_parse(text, &value) || value < 1 || value > THREADS_MAX)
		return err_set(err, ERR_USAGE, "--jobs: \"%s\" is not a number from 1 to %d", text, THREADS_MAX);
	*out = (unsigned)value;
	return 0;
}

static int read_load_options(const struct session *session, struct load_options *load, struct err *err)
{
	if (read_threads(session, &load->threads, err) != 0 ||
		read_time(session, OPTION_SINCE, &load->since, err) != 0 ||
		read_time(session, OPTION_UNTIL, &load->until, err) != 0)
		return -1;
	if (load->since != TIME_NONE && load->until != TIME_NONE && load->since > load->until)
		return err_set(err, ERR_USAGE, "--since is later than --until, nothing can be between");
	const char *text = option(session, OPTION_INPUT_FORMAT);
	size_t index = INPUT_AUTO;
	if (text && option_choice(OPTION_INPUT_FORMAT, text, NULL, &index, err) != 0)
		return -1;
	load->format = (enum input_format)index;
	text = option(session, OPTION_ECS_COMPAT);
	index = 0;
	if (text && option_choice(OPTION_ECS_COMPAT, text, NULL, &index, err) != 0)
		return -1;
	load->compat = index == 0 ? ECS_COMPAT_8_9 : ECS_COMPAT_5_2;
	text = option(session, OPTION_MAX_MEM);
	if (text && size_parse(text, &load->max_memory, err) != 0)
		return name_option(OPTION_MAX_MEM, err);
	load->can_follow = session->arguments->command == COMMAND_CONSOLE && isatty(STDOUT_FILENO);
	load->gives_way = load->can_follow;
	load->keep_duplicates = option(session, OPTION_NO_DEDUPE) != NULL;
	return 0;
}

int report_format_option(const struct arguments *arguments, enum report_format *out, struct err *err)
{
	const char *format;
	if (format_option(arguments, &format, err) != 0)
		return -1;
	for (size_t i = 0; i < REPORT_FORMAT_COUNT; i++)
		if (format_is(format, report_format_names[i]))
			*out = (enum report_format)i;
	return 0;
}

static int read_format(struct session *session, struct err *err)
{
	session->format = REPORT_TABLE;
	/* The console without a terminal prints a table. */
	if (!commands[session->arguments->command].formats)
		return 0;
	return report_format_option(session->arguments, &session->format, err);
}

static int read_options(struct session *session, struct load_options *load, struct err *err)
{
	const char *filter = option(session, OPTION_FILTER);
	session->is_quiet = option(session, OPTION_QUIET) != NULL;
	if (option(session, OPTION_NOW) && option(session, OPTION_REPLAY))
		return err_set(err, ERR_USAGE, "--now evaluates once, --replay at every interval: give one of them");
	if (read_format(session, err) != 0 || rules_option(session->arguments, &session->rules, err) != 0 ||
		read_time(session, OPTION_NOW, &session->now, err) != 0 || read_load_options(session, load, err) != 0 ||
		look_of(option(session, OPTION_COLOR), option(session, OPTION_OUTPUT) != NULL, &session->look, err) !=
			0)
		return -1;
	if (!filter)
		return 0;
	session->query = query_parse(filter, time_now(), err);
	if (session->query)
		return 0;
	char *text = xstrdup(err->text);
	struct buf shown = BUF_EMPTY;
	text_show(&shown, (struct slice){filter, err->offset}, TEXT_TERMINAL);
	size_t column = text_width((struct slice){shown.data, shown.length}) + 1;
	shown.length = 0;
	text_show(&shown, slice_of(filter), TEXT_TERMINAL);
	err_set(err, ERR_USAGE, "--filter, column %zu: %s: %s", column, text, shown.length ? shown.data : "");
	buf_free(&shown);
	free(text);
	return -1;
}

/* ---- paths ---- */

/* When nothing of what was named exists, that is a slip of the fingers, not an incomplete input. */
static int check_paths(const char *const *paths, size_t count, bool can_be_command, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		struct stat status;
		if (strcmp(paths[i], "-") == 0 || stat(paths[i], &status) == 0 || errno != ENOENT)
			return 0;
	}
	const char *words[COMMAND_COUNT];
	for (enum command command = 0; command < COMMAND_COUNT; command++)
		words[command] = commands[command].words;
	const char *nearest = can_be_command ? text_nearest(paths[0], words + 1, COMMAND_COUNT - 1) : NULL;
	struct buf shown = BUF_EMPTY;
	text_show(&shown, slice_of(paths[0]), TEXT_TERMINAL);
	if (nearest)
		err_set(err, ERR_IO, "%s: no such file or folder; did you mean `raretrail %s`?", shown.data, nearest);
	else
		err_set(err, ERR_IO, "%s: no such file or folder; nothing to load", shown.length ? shown.data : "\"\"");
	buf_free(&shown);
	return -1;
}

static void open_databases(struct session *session)
{
	struct enrich_options databases = {
		.asn_db = option(session, OPTION_ASN_DB), .city_db = option(session, OPTION_CITY_DB)};
	struct err err = {0};
	if (enrich_open(&databases, &session->enrich, &err) == 0)
		return;
	report_notice(&session->notices, "%s", err.text);
	/* What was asked for and cannot be used makes silence meaningless. */
	if (databases.asn_db || databases.city_db || getenv("RARETRAIL_ASN_DB"))
		session->is_incomplete = true;
}

int session_start(struct session *session, const struct arguments *arguments, const char *const *paths,
	size_t path_count, struct err *err)
{
	*session = (struct session){.arguments = arguments, .now = TIME_NONE};
	if (config_load(arguments, &session->config, err) != 0)
		return -1;
	struct load_options *load = &session->load_options;
	*load = (struct load_options){.paths = paths, .path_count = path_count, .since = TIME_NONE, .until = TIME_NONE};
	int result = read_options(session, load, err);
	/* The console opens its case itself: there it is written to. */
	if (result == 0 && arguments->command != COMMAND_CONSOLE)
		result = session_open_case(session, err);
	if (result == 0)
		result = check_paths(paths, path_count, arguments->command == COMMAND_CONSOLE, err);
	if (result == 0) {
		open_databases(session);
		load->enrich = session->enrich;
		result = load_start(load, &session->load, err);
	}
	if (result != 0)
		session_close(session);
	return result;
}

int session_finish_load(struct session *session, struct err *err)
{
	bool was_interrupted = wait_for_load(session->load, !session->is_quiet && isatty(STDERR_FILENO));
	struct load_progress progress;
	load_progress(session->load, &progress);
	session->store = load_snapshot(session->load);
	session->skips = load_ledger(session->load, &session->skip_count);
	session->conflicts = load_conflicts(session->load, &session->conflict_count);
	session->is_partial = progress.is_partial;
	bool is_pruned = false;
	for (size_t i = 0; i < session->skip_count; i++) {
		enum skip_reason reason = session->skips[i].reason;
		session->is_incomplete |= skip_reason_is_incomplete(reason);
		is_pruned |= reason == SKIP_PRUNED_KEY || reason == SKIP_PRUNED_TIME;
	}
	session->is_incomplete |= session->is_partial;
	if (session->store->count == 0 && !is_pruned) {
		session->is_incomplete = true;
		report_notice(&session->notices, "no CloudTrail event was found; expected JSON logs (plain, .gz, .zst, "
						 "in folders, zip or tar archives)");
	}
	if (was_interrupted)
		report_notice(&session->notices, "interrupted: what follows covers only what was loaded until then");
	if (session->store->conflicts)
		report_notice(&session->notices,
			"events with the id of another one but other content: %llu; all are kept (first: %s in %s)",
			(unsigned long long)session->store->conflicts,
			session->conflict_count ? session->conflicts[0].id : "?",
			session->conflict_count ? load_file_name(session->load, session->conflicts[0].file) : "?");
	if (!session->query) {
		session->matched = store_ref(session->store);
		return session_read_baseline(session, err);
	}
	uint64_t *keep = query_run(session->query, session->store, NULL);
	session->matched = store_subset(session->store, keep);
	free(keep);
	return session_read_baseline(session, err);
}

void session_close(struct session *session)
{
	if (session->matched)
		store_free(session->matched);
	if (session->store)
		store_free(session->store);
	conflicts_free(session->conflicts, session->conflict_count);
	if (session->skips)
		ledger_free(session->skips, session->skip_count);
	if (session->load)
		load_free(session->load);
	if (session->enrich)
		enrich_free(session->enrich);
	if (session->casefile)
		case_close(session->casefile);
	if (session->baseline)
		rare_model_free(session->baseline);
	query_free(session->query);
	report_notices_free(&session->notices);
	config_free(&session->config);
}

struct report_input session_input(const struct session *session)
{
	return (struct report_input){.load = session->load,
		.store = session->store,
		.matched = session->matched,
		.filter = option(session, OPTION_FILTER),
		.skips = session->skips,
		.skip_count = session->skip_count,
		.conflicts = session->conflicts,
		.conflict_count = session->conflict_count,
		.is_partial = session->is_partial,
		.threads = session->load_options.threads};
}

enum exit_status session_status(const struct session *session, bool has_alerts)
{
	if (session->arguments->last[OPTION_EXIT_ZERO])
		return EXIT_NOTHING;
	return has_alerts ? EXIT_ALERTS : session->is_incomplete ? EXIT_INCOMPLETE : EXIT_NOTHING;
}
