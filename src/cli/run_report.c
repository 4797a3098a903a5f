/* run_report: a case rendered: findings with verdicts, notes and evidence. */
#include "run.h"

#include <stdio.h>
#include <unistd.h>

#include "output.h"
#include "raretrail/case.h"
#include "session.h"

int run_report(const struct arguments *arguments, struct err *err)
{
	const char *path = arguments->items[0];
	enum report_format format = REPORT_MARKDOWN;
	if (report_format_option(arguments, &format, err) != 0)
		return -1;
	struct case_options options_of_case = {.path = path, .is_read_only = true};
	struct casefile *casefile;
	struct output output;
	if (access(path, F_OK) != 0)
		return err_set_errno(err, "case %s", path);
	if (case_open(&options_of_case, &casefile, err) != 0)
		return -1;
	if (case_notice(casefile)[0])
		say("%s", case_notice(casefile));
	int result = output_open(&output, arguments->last[OPTION_OUTPUT], err);
	if (result == 0) {
		result = report_case(output.file, format, casefile, err);
		result = output_end(&output, result, err);
	}
	case_close(casefile);
	return result;
}
