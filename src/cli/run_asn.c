/* run_asn: an AS database built from CSV ranges, so that none has to be bought or downloaded. */
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "raretrail/enrich.h"
#include "session.h"

#define MOST_PROBLEMS_TOLD 10

struct telling {
	bool is_quiet;
	unsigned told;
};

static void tell_problem(void *context, const char *name, uint64_t line, const char *reason)
{
	struct telling *telling = context;
	if (!telling->is_quiet && ++telling->told <= MOST_PROBLEMS_TOLD)
		say("%s:%llu: %s", name, (unsigned long long)line, reason);
}

/* When the data are from, so that the same files give the same bytes: $SOURCE_DATE_EPOCH, else the newest change of a
 * file. What comes through a pipe is from now. */
static int date_of(FILE *const *files, size_t count, int64_t *out, struct err *err)
{
	const char *given = getenv("SOURCE_DATE_EPOCH");
	*out = TIME_NONE;
	if (given && *given) {
		size_t digits = strspn(given, "0123456789");
		if (given[digits] || digits > 10)
			return err_set(err, ERR_USAGE, "SOURCE_DATE_EPOCH is not a number of seconds since 1970");
		*out = strtoll(given, NULL, 10) * SECOND_MS;
		return 0;
	}
	for (size_t i = 0; i < count; i++) {
		struct stat info;
		bool has_date = fstat(fileno(files[i]), &info) == 0 && S_ISREG(info.st_mode);
		int64_t date = has_date ? (int64_t)info.st_mtim.tv_sec * SECOND_MS : time_now();
		if (date > *out)
			*out = date;
	}
	return 0;
}

int run_asn_import(const struct arguments *arguments, struct err *err)
{
	const char *output = arguments->last[OPTION_OUTPUT];
	if (!output)
		return err_set(err, ERR_USAGE, "name the database to write: raretrail asn import CSV... --output DB");
	if (strcmp(output, "-") == 0)
		return err_set(err, ERR_USAGE, "--output: a database cannot go to standard output, name a file");
	FILE **files = xcalloc(arguments->item_count, sizeof *files);
	const char **names = xcalloc(arguments->item_count, sizeof *names);
	int result = 0;
	for (size_t i = 0; i < arguments->item_count && result == 0; i++) {
		bool is_stdin = strcmp(arguments->items[i], "-") == 0;
		names[i] = is_stdin ? "<stdin>" : arguments->items[i];
		files[i] = is_stdin ? stdin : fopen(arguments->items[i], "re");
		if (!files[i])
			result = err_set_errno(err, "%s", names[i]);
	}
	struct telling telling = {.is_quiet = arguments->last[OPTION_QUIET] != NULL};
	struct mmdb_write_report report = {0};
	int64_t date = TIME_NONE;
	if (result == 0)
		result = date_of(files, arguments->item_count, &date, err);
	if (result == 0)
		result = mmdb_write_asn(
			files, names, arguments->item_count, output, date, tell_problem, &telling, &report, err);
	if (result == 0 && !telling.is_quiet)
		say("%s: %llu networks from %llu rows, %llu rows skipped", output, (unsigned long long)report.networks,
			(unsigned long long)report.rows, (unsigned long long)report.skipped);
	for (size_t i = 0; i < arguments->item_count; i++)
		if (files[i] && files[i] != stdin)
			fclose(files[i]);
	free(files);
	free(names);
	return result != 0 ? -1 : report.skipped > 0 ? EXIT_INCOMPLETE : EXIT_NOTHING;
}
