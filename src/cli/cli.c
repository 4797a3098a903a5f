/* cli: from argv to a command and its exit status. */
#include "raretrail/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "help.h"
#include "output.h"
#include "run.h"
#include "session.h"

static int (*const runs[COMMAND_COUNT])(const struct arguments *arguments, struct err *err) = {
	[COMMAND_CONSOLE] = run_console,
	[COMMAND_DETECT] = run_detect,
	[COMMAND_EVENTS] = run_events,
	[COMMAND_PROFILE] = run_profile,
	[COMMAND_NETWORKS] = run_networks,
	[COMMAND_TUNE] = run_tune,
	[COMMAND_REPORT] = run_report,
	[COMMAND_RULE_SHOW] = run_rule,
	[COMMAND_RULE_EXPORT] = run_rule,
	[COMMAND_ASN_IMPORT] = run_asn_import,
	[COMMAND_MODEL_SAVE] = run_model_save,
	[COMMAND_MODEL_LOAD] = run_model_load,
	[COMMAND_SAMPLE] = run_sample,
	[COMMAND_HELP] = run_help,
};

int run_help(const struct arguments *arguments, struct err *err)
{
	struct output output;
	if (output_open(&output, NULL, err) != 0)
		return -1;
	bool is_version = arguments->last[OPTION_VERSION] != NULL;
	bool is_command_help = arguments->last[OPTION_HELP] && arguments->command != COMMAND_HELP;
	int result = 0;
	if (is_version)
		fprintf(output.file, "raretrail %s\n", RARETRAIL_VERSION);
	else if (is_command_help && arguments->command != COMMAND_CONSOLE)
		help_command(output.file, arguments->command);
	else if (is_command_help)
		help_overview(output.file);
	else
		result = help_run(arguments, output.file, err);
	return output_end(&output, result, err);
}

/* A standard stream that was closed: its number must not go to the next file that is opened, which would then be read as
 * input or written to as messages. What takes it fails like a closed one: it cannot be read, or not be written to. */
static void hold_standard_streams(void)
{
	static const int modes[] = {O_WRONLY, O_RDONLY, O_RDWR};
	for (int fd = 0; fd < (int)COUNT_OF(modes); fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/dev/null", modes[fd]);
}

static bool is_same_file(const char *path, const struct stat *file)
{
	struct stat status;
	return stat(path, &status) == 0 && status.st_dev == file->st_dev && status.st_ino == file->st_ino;
}

/* A log, a case or a database that is read must not be replaced by what is printed of it. */
static int check_output(const struct arguments *arguments, struct err *err)
{
	static const enum option kept[] = {OPTION_CASE, OPTION_BASELINE, OPTION_ASN_DB, OPTION_CITY_DB};
	const char *path = arguments->last[OPTION_OUTPUT];
	struct stat output;
	if (!path || stat(path, &output) != 0 || !S_ISREG(output.st_mode))
		return 0;
	bool is_read = false;
	for (size_t i = arguments->command == COMMAND_PROFILE; i < arguments->item_count; i++)
		is_read |= is_same_file(arguments->items[i], &output);
	for (size_t i = 0; i < arguments->given_count; i++)
		for (size_t j = 0; j < COUNT_OF(kept); j++)
			if (arguments->given[i].option == kept[j])
				is_read |= is_same_file(arguments->given[i].value, &output);
	return is_read ? err_set(err, ERR_USAGE, "--output: %s is read here and would be lost: name another file", path)
		       : 0;
}

int cli_main(int argc, char **argv)
{
	hold_standard_streams();
	struct arguments arguments;
	struct err err = {0};
	if (argc < 2) {
		help_overview(stderr);
		return EXIT_FATAL;
	}
	if (arguments_parse(argc, argv, &arguments, &err) != 0) {
		say("%s", err.text);
		return EXIT_FATAL;
	}
	bool is_help = arguments.last[OPTION_HELP] || arguments.last[OPTION_VERSION];
	int status = is_help ? run_help(&arguments, &err) : check_output(&arguments, &err);
	if (!is_help && status == 0)
		status = runs[arguments.command](&arguments, &err);
	if (status < 0 && !output_reader_left())
		say("%s", err.text);
	arguments_free(&arguments);
	return status < 0 ? EXIT_FATAL : status;
}
