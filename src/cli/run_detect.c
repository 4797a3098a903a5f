/* run_detect: both detections over what was loaded, printed. */
#include "run.h"

#include "output.h"
#include "session.h"

static void add_notices(struct session *session, struct rare_as *engine)
{
	struct notices notices = {0};
	rare_as_notices(engine, &session->config.params.rare_as, &notices);
	for (size_t i = 0; i < notices.count; i++)
		report_notice(&session->notices, "%s: %s", rules[RULE_RARE_AS].key, notices.items[i].text);
	notices_free(&notices);
}

static void detect(struct session *session, struct alerts *alerts)
{
	const struct params *params = &session->config.params;
	if (session->rules & 1U << RULE_RARE_AS) {
		struct rare_as *engine = rare_as_new(session->matched);
		if (session->now == TIME_NONE)
			rare_as_replay(engine, &params->rare_as, alerts);
		else
			rare_as_at(engine, &params->rare_as, session->now, alerts);
		add_notices(session, engine);
		rare_as_free(engine);
	}
	if (session->rules & 1U << RULE_RARE_METHOD) {
		struct rare_method *engine = rare_method_new(session->matched, &params->rare_method);
		rare_method_alerts(engine, &params->rare_method, alerts);
		rare_method_free(engine);
	}
	alerts_sort(session->matched, alerts);
}

int run_detect(const struct arguments *arguments, struct err *err)
{
	struct session session;
	if (session_start(&session, arguments, arguments->items, arguments->item_count, err) != 0)
		return -1;
	enum report_format format;
	struct alerts alerts = {0};
	struct output output;
	int result = session_format(&session, REPORT_TABLE, &format, err);
	if (result == 0)
		result = session_finish_load(&session, err);
	if (result == 0) {
		detect(&session, &alerts);
		session_tell(&session);
		result = output_open(&output, arguments->last[OPTION_OUTPUT], err);
	}
	if (result == 0) {
		struct report_detection report = {.version = RARETRAIL_VERSION,
			.input = session_input(&session),
			.params = &session.config.params,
			.alerts = &alerts,
			.rules = session.rules,
			.now = session.now,
			.asn_label = enrich_asn_label(session.enrich),
			.notices = &session.notices};
		result = report_detection(output.file, format, &session.look, &report, err);
		struct err close_err;
		if (output_close(&output, result == 0, &close_err) != 0) {
			*err = close_err;
			result = -1;
		}
	}
	if (result == 0)
		result = (int)session_status(&session, alerts.count > 0);
	alerts_free(&alerts);
	session_close(&session);
	return result;
}
