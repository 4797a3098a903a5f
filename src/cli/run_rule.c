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
	size_t format = 0;
	if (config_load(arguments, &config, err) != 0)
		return -1;
	const char *text = arguments->last[OPTION_FORMAT];
	bool is_export = arguments->command == COMMAND_RULE_EXPORT;
	int result = 0;
	if (is_export) {
		result = option_choice(OPTION_FORMAT, text ? text : "esql", "esql|toml|clickhouse", &format, err);
		format += RULE_FORMAT_ESQL;
	} else {
		result = option_choice(OPTION_FORMAT, text ? text : "table", "table|json|ini", &format, err);
	}
	if (result == 0)
		result = rules_option(arguments, &rule_bits, err);
	if (result == 0)
		result = look_of(config_option(&config, arguments, OPTION_COLOR),
			arguments->last[OPTION_OUTPUT] != NULL, &look, err);
	if (result == 0)
		result = output_open(&output, arguments->last[OPTION_OUTPUT], err);
	if (result == 0) {
		/* Only rare-as is a query; without a choice that is what is meant. */
		if (is_export && format != RULE_FORMAT_TOML && !arguments->last[OPTION_RULE])
			rule_bits = 1U << RULE_RARE_AS;
		result = report_rules(output.file, (enum rule_format)format, &look, &config.params, rule_bits, err);
		result = output_end(&output, result, err);
	}
	config_free(&config);
	return result;
}
