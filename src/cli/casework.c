/* casework: a case beside the batch commands: its allowlist and parameters are in force, its verdicts are shown. The
 * case is only read: nothing here adds a line to it. */
#include "session.h"

#include <unistd.h>

/* As in the console: the parameters applied last in the case, else those of the configuration; --set speaks last; then
 * the allowlist. */
static int use_case(struct session *session, struct err *err)
{
	const struct arguments *arguments = session->arguments;
	const struct params *applied = case_params(session->casefile);
	struct params base, compiled;
	params_copy(&base, applied ? applied : &session->config.params);
	int result = 0;
	for (size_t i = 0; i < arguments->given_count && result == 0; i++)
		if (arguments->given[i].option == OPTION_SET && applied)
			result = params_assign(&base, arguments->given[i].value, err);
	if (result == 0) {
		size_t count;
		const struct allow_entry *entries = case_allowlist(session->casefile, &count);
		allow_compile(&base, entries, count, time_now(), &compiled);
		params_free(&session->config.params);
		session->config.params = compiled;
	}
	params_free(&base);
	return result;
}

int session_open_case(struct session *session, struct err *err)
{
	const char *path = session->arguments->last[OPTION_CASE];
	if (!path)
		return 0;
	struct case_options options_of_case = {.path = path, .is_read_only = true};
	if (access(path, F_OK) != 0)
		return err_set_errno(err, "case %s", path);
	if (case_open(&options_of_case, &session->casefile, err) != 0)
		return -1;
	if (case_notice(session->casefile)[0])
		report_notice(&session->notices, "%s", case_notice(session->casefile));
	return use_case(session, err);
}

enum verdict session_verdict(void *context, const struct alert *alert)
{
	const struct session *session = context;
	if (!session->casefile)
		return VERDICT_OPEN;
	struct case_lookup lookup = {session->casefile, session->matched};
	return case_verdict(&lookup, alert);
}
