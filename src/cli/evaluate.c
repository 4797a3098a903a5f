/* evaluate: see evaluate.h. */
#include "evaluate.h"

static void evaluate_rare_as(struct session *session, struct evaluation *out)
{
	const struct rare_as_params *params = &session->config.params.rare_as;
	out->rare_as = rare_as_new(session->matched);
	if (session->now == TIME_NONE)
		rare_as_replay(out->rare_as, params, &out->alerts);
	else
		rare_as_at(out->rare_as, params, session->now, &out->alerts);
	struct notices notices = {0};
	rare_as_notices(out->rare_as, params, &notices);
	for (size_t i = 0; i < notices.count; i++)
		report_notice(&session->notices, "%s: %s", rules[RULE_RARE_AS].key, notices.items[i].text);
	notices_free(&notices);
}

/* An empty list of this rule reads like a clean bill where the history is simply too short to say anything. */
static void tell_outlook(struct session *session, const struct rare_method *engine)
{
	const struct rare_method_params *params = &session->config.params.rare_method;
	struct method_outlook outlook;
	struct buf line = BUF_EMPTY;
	rare_method_outlook(engine, params, &outlook);
	if (outlook.alert_count == 0)
		rare_method_say_outlook(engine, params, &outlook, &line);
	if (line.length > 0)
		report_notice(&session->notices, "%s: %s", rules[RULE_RARE_METHOD].key, line.data);
	buf_free(&line);
	method_outlook_free(&outlook);
	uint64_t late = rare_method_late_events(engine);
	if (late > 0)
		report_notice(&session->notices, "%s: %llu events lie in the time of the baseline and were not judged",
			rules[RULE_RARE_METHOD].key, (unsigned long long)late);
}

static void evaluate_rare_method(struct session *session, struct evaluation *out)
{
	const struct rare_method_params *params = &session->config.params.rare_method;
	out->rare_method = rare_method_new_after(session->matched, params, session->baseline);
	if (session->now == TIME_NONE)
		rare_method_alerts(out->rare_method, params, &out->alerts);
	else
		rare_method_at(out->rare_method, params, session->now, &out->alerts);
	tell_outlook(session, out->rare_method);
}

void evaluate(struct session *session, struct evaluation *out)
{
	*out = (struct evaluation){0};
	if (session->rules & 1U << RULE_RARE_AS)
		evaluate_rare_as(session, out);
	if (session->rules & 1U << RULE_RARE_METHOD)
		evaluate_rare_method(session, out);
	alerts_sort(session->matched, &out->alerts);
}

void evaluation_free(struct evaluation *evaluation)
{
	alerts_free(&evaluation->alerts);
	rare_as_free(evaluation->rare_as);
	rare_method_free(evaluation->rare_method);
}
