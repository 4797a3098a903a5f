/* run_console: hands the load over to the console while it still runs; without a terminal prints what `detect` prints. */
#include "run.h"

#include <string.h>
#include <unistd.h>

#include "raretrail/view.h"
#include "resume.h"
#include "session.h"

static int choose_look(const struct session *session, struct view_options *view, struct err *err)
{
	size_t glyphs = 0;
	const char *text = config_option(&session->config, session->arguments, OPTION_GLYPHS);
	if (text && option_choice(OPTION_GLYPHS, text, NULL, &glyphs, err) != 0)
		return -1;
	view->has_unicode_glyphs = glyphs == 1;
	size_t tips = 0;
	text = config_option(&session->config, session->arguments, OPTION_TIPS);
	if (text && option_choice(OPTION_TIPS, text, NULL, &tips, err) != 0)
		return -1;
	view->has_no_tips = tips == 1;
	view->theme = config_option(&session->config, session->arguments, OPTION_THEME);
	view->has_mouse = session->arguments->last[OPTION_MOUSE] != NULL;
	view->is_follow = session->arguments->last[OPTION_FOLLOW] != NULL;
	view->is_tutorial = session->arguments->last[OPTION_TUTORIAL] != NULL;
	return 0;
}

/* A terminal cannot bring both the logs and the keys: each would take what is meant for the other. */
static int check_input(const struct arguments *arguments, struct err *err)
{
	for (size_t i = 0; i < arguments->item_count; i++)
		if (strcmp(arguments->items[i], "-") == 0 && isatty(STDIN_FILENO))
			return err_set(err, ERR_USAGE,
				"-: standard input is the terminal, which the keys come from; "
				"pipe logs into it or name files");
	return 0;
}

static int open_console(
	const struct arguments *arguments, const struct view_session *resume, const char *told, struct err *err)
{
	struct session session;
	struct view_options view;
	if (check_input(arguments, err) != 0)
		return -1;
	if (session_start(&session, arguments, arguments->items, arguments->item_count, err) != 0)
		return -1;
	view_options_init(&view);
	view.resume = resume;
	view.paths = arguments->items;
	view.path_count = arguments->item_count;
	struct view_given *given = resume_given(arguments, &view.given_count);
	view.given = given;
	view.share_dir = RARETRAIL_DATADIR;
	view.case_path = arguments->last[OPTION_CASE];
	view.filter = arguments->last[OPTION_FILTER];
	view.input_label = arguments->item_count == 1 ? arguments->items[0] : NULL;
	view.now = session.now;
	view.rules = session.rules;
	view.notices = &session.notices;
	if (told)
		report_notice(&session.notices, "%s", told);
	int result = choose_look(&session, &view, err);
	/* A baseline takes its time before the first screen: what is judged against it would be wrong without it. */
	if (result == 0)
		result = session_read_baseline(&session, err);
	view.baseline = session.baseline;
	if (result == 0)
		result = view_run(session.load, session.enrich, &session.config.params, &view, err);
	if (result > 0)
		_exit(EXIT_NOTHING);
	resume_given_free(given, view.given_count);
	session_close(&session);
	return result;
}

int run_console(const struct arguments *arguments, struct err *err)
{
	if (!isatty(STDOUT_FILENO) && arguments->last[OPTION_FOLLOW])
		return err_set(err, ERR_USAGE, "--follow needs a terminal: it is for the console, which stays open");
	if (!isatty(STDOUT_FILENO) && arguments->last[OPTION_RESUME])
		return err_set(err, ERR_USAGE, "--resume needs a terminal: it goes on in the console");
	if (!isatty(STDOUT_FILENO))
		return run_detect(arguments, err);
	struct arguments resumed;
	struct view_session *behind;
	struct err told = {0};
	if (resume_arguments(arguments, &resumed, &behind, &told, err) != 0)
		return -1;
	int result = open_console(&resumed, behind, told.code ? told.text : NULL, err);
	arguments_free(&resumed);
	view_session_free(behind);
	return result;
}
