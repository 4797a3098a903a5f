/* vocabulary: the two rules and their parameters as tables, expanded from detect.h. */
#include "raretrail/detect.h"

const struct rule_info rules[RULE_COUNT] = {
	[RULE_RARE_AS] = {"rare-as", "d1b37c0b-4f8b-4cfb-9a1d-639bf8c028b7", "AWS Rare Source AS Organization Activity",
		"high", 73},
	[RULE_RARE_METHOD] = {"rare-method", "ac706eae-d5ec-4b14-b4fd-e8ba8086f0e1", "Unusual AWS Command for a User",
		"low", 21},
};

enum rule rule_find(const char *key)
{
	for (enum rule rule = 0; rule < RULE_COUNT; rule++)
		if (strcmp(rules[rule].key, key) == 0)
			return rule;
	return RULE_COUNT;
}

const struct parameter_info parameters[PARAMETER_TOTAL] = {
#define X(id, rule, key, type, side, text, minimum, maximum, unit, help) \
	[PARAMETER_##id] = {RULE_##rule, #key, PARAMETER_##type, SIDE_##side, text, minimum, maximum, \
		PARAMETER_##type == PARAMETER_CHOICE ? unit : NULL, PARAMETER_##type == PARAMETER_CHOICE ? "" : unit, \
		help},
	PARAMETERS(X)
#undef X
};
