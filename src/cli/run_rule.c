/* run_rule: the rules with the parameters of the configuration and --set. */
#include "run.h"

#include "output.h"
#include "session.h"

int run_rule(const struct arguments *arguments, struct err *err)
{
	struct config config;
	struct output output;
	struct report_look look;
	uint32_t rule_bits = 0;
	if (config_load(arguments, &config, err) != 0)
		return -1;
	const char *format = "";
	enum rule_format form = RULE_FORMAT_TABLE;
	int result = format_option(arguments, &format, err);
	for (size_t i = 0; i < RULE_FORMAT_COUNT; i++)
		if (format_is(format, rule_format_names[i]))
			form = (enum rule_format)i;
	if (result == 0)
		result = rules_option(arguments, &rule_bits, err);
	if (result == 0)
		result = look_of(config_option(&config, arguments, OPTION_COLOR),
			arguments->last[OPTION_OUTPUT] != NULL, &look, err);
	if (result == 0)
		result = output_open(&output, arguments->last[OPTION_OUTPUT], err);
	if (result == 0) {
		/* Only rare-as is a query; without a choice that is what is meant. */
		if ((form == RULE_FORMAT_ESQL || form == RULE_FORMAT_CLICKHOUSE) && !arguments->last[OPTION_RULE])
			rule_bits = 1U << RULE_RARE_AS;
		result = report_rules(output.file, form, &look, &config.params, rule_bits, err);
		result = output_end(&output, result, err);
	}
	config_free(&config);
	return result;
}
