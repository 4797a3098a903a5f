/* run_networks: which networks are rare for whom, and who uses one. */
#include "run.h"

#include "output.h"
#include "session.h"

int run_networks(const struct arguments *arguments, struct err *err)
{
	struct session session;
	struct output output;
	if (session_start(&session, arguments, arguments->items, arguments->item_count, err) != 0)
		return -1;
	int result = session_finish_load(&session, err);
	if (result == 0) {
		session_tell(&session);
		result = output_open(&output, arguments->last[OPTION_OUTPUT], err);
	}
	if (result == 0) {
		struct rare_as *engine = rare_as_new(session.matched);
		struct networks networks = {0};
		struct report_input input = session_input(&session);
		rare_as_networks(engine, &session.config.params.rare_as, &networks);
		result = report_networks(output.file, session.format, &session.look, &input, &networks, err);
		result = output_end(&output, result, err);
		networks_free(&networks);
		rare_as_free(engine);
	}
	if (result == 0)
		result = (int)session_status(&session, false);
	session_close(&session);
	return result;
}
