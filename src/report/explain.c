/* explain: what is behind an alert, line by line; the words come from the rules themselves. */
#include "detection.h"

static void add_line(void (*line)(void *context, struct slice text), void *context, struct slice text)
{
	if (text.length > 0)
		line(context, text);
}

static void explain_rare_method(const struct report_detection *report, const struct alert *alert,
	void (*line)(void *context, struct slice text), void *context)
{
	if (!report->rare_method)
		return;
	const struct rare_method_params *params = &report->params->rare_method;
	struct method_explanation explanation;
	rare_method_explain(report->rare_method, &alert->rare_method, &explanation);
	struct method_facts facts = rare_method_say(report->rare_method, params, &alert->rare_method, &explanation);
	for (size_t i = 0; i < facts.count; i++) {
		struct buf text = BUF_EMPTY;
		buf_printf(&text, "%s: %s", facts.items[i].label, facts.items[i].value);
		if (facts.items[i].meaning[0])
			buf_printf(&text, " (%s)", facts.items[i].meaning);
		add_line(line, context, (struct slice){text.data, text.length});
		buf_free(&text);
	}
	method_facts_free(&facts);
	rare_method_explanation_free(&explanation);
}

void alert_explain(const struct report_detection *report, const struct alert *alert,
	void (*line)(void *context, struct slice text), void *context)
{
	if (alert->rule == RULE_RARE_METHOD) {
		explain_rare_method(report, alert, line, context);
		return;
	}
	struct buf text = BUF_EMPTY;
	rare_as_say(&text, &report->params->rare_as, alert->why, alert->why_count);
	for (const char *at = text.data; at && *at;) {
		size_t length = strcspn(at, "\n");
		add_line(line, context, (struct slice){at, length});
		at += length + (at[length] != 0);
	}
	buf_free(&text);
}
