/* run_console: hands the load over to the console while it still runs; without a terminal prints what `detect` prints. */
#include "run.h"

#include <unistd.h>

#include "raretrail/view.h"
#include "session.h"

int run_console(const struct arguments *arguments, struct err *err)
{
	struct session session;
	struct view_options view;
	int result;

	if (!isatty(STDOUT_FILENO))
		return run_detect(arguments, err);
	if (session_start(&session, arguments, arguments->items, arguments->item_count, err) != 0)
		return -1;
	view_options_init(&view);
	view.share_dir = RARETRAIL_DATADIR;
	view.filter = arguments->last[OPTION_FILTER];
	view.input_label = arguments->item_count == 1 ? arguments->items[0] : NULL;
	view.now = session.now;
	view.rules = session.rules;
	result = view_run(session.load, session.enrich, &session.config.params, &view, err);
	session_close(&session);
	return result;
}
