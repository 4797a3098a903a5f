/* run_detect: both detections over what was loaded, printed. */
#include "run.h"

#include "evaluate.h"
#include "output.h"

int run_detect(const struct arguments *arguments, struct err *err)
{
	struct session session;
	if (session_start(&session, arguments, arguments->items, arguments->item_count, err) != 0)
		return -1;
	struct evaluation evaluation = {0};
	struct output output;
	int result = session_finish_load(&session, err);
	if (result == 0) {
		evaluate(&session, &evaluation);
		session_tell(&session);
		result = output_open(&output, arguments->last[OPTION_OUTPUT], err);
	}
	if (result == 0) {
		struct report_detection report = {.version = RARETRAIL_VERSION,
			.input = session_input(&session),
			.params = &session.config.params,
			.alerts = &evaluation.alerts,
			.rules = session.rules,
			.now = session.now,
			.asn_label = enrich_asn_label(session.enrich),
			.notices = &session.notices,
			.rare_method = evaluation.rare_method,
			.verdict = session.casefile ? session_verdict : NULL,
			.verdict_context = &session,
			.is_explained = arguments->last[OPTION_EXPLAIN] != NULL};
		result = report_detection(output.file, session.format, &session.look, &report, err);
		result = output_end(&output, result, err);
	}
	if (result == 0)
		result = (int)session_status(&session, evaluation.alerts.count > 0);
	evaluation_free(&evaluation);
	session_close(&session);
	return result;
}
