/* rules: the rules with the current parameters, as a table, as JSON, as configuration, and for other engines. */
#include "rules.h"

#include <stdlib.h>

const char *const rule_format_names[RULE_FORMAT_COUNT] = {
#define X(id, name) name,
	RULE_FORMATS(X)
#undef X
};

static const struct doc_column parameter_columns[] = {
	{"PARAMETER", false, false}, {"VALUE", false, false}, {"DEFAULT", false, false}, {"MEANING", false, true}};

/* Entries of a list parameter: lines of its text. */
static size_t entry_count(const struct buf *text)
{
	size_t count = text->length > 0;
	for (size_t i = 0; i < text->length; i++)
		count += text->data[i] == '\n';
	return count;
}

static void put_parameter(
	struct doc *doc, const struct params *params, const struct params *defaults, enum parameter parameter)
{
	const struct parameter_info *info = &parameters[parameter];
	struct buf value = BUF_EMPTY, usual = BUF_EMPTY;
	params_format(&value, params, parameter);
	params_format(&usual, defaults, parameter);
	bool is_changed =
		!slice_equals((struct slice){value.data, value.length}, (struct slice){usual.data, usual.length});
	doc_cell(doc, DOC_PLAIN, slice_of(info->key));
	if (info->type == PARAMETER_LIST) {
		doc_cellf(doc, is_changed ? DOC_HIGH : DOC_PLAIN, "%zu listed", entry_count(&value));
		doc_cellf(doc, DOC_DIM, "%zu listed", entry_count(&usual));
	} else {
		doc_cell(doc, is_changed ? DOC_HIGH : DOC_PLAIN, slice_of(value.data));
		doc_cell(doc, DOC_DIM, slice_of(usual.data));
	}
	doc_cell(doc, DOC_PLAIN, slice_of(info->help));
	buf_free(&value);
	buf_free(&usual);
}

static void put_list(struct doc *doc, const struct params *params, enum parameter parameter)
{
	struct buf text = BUF_EMPTY;
	params_format(&text, params, parameter);
	if (text.length > 0)
		doc_heading(doc, 3, slice_of(parameters[parameter].key));
	for (const char *line = text.data; line && *line;) {
		size_t length = strcspn(line, "\n");
		doc_item(doc, (struct slice){line, length});
		line += length + (line[length] != 0);
	}
	buf_free(&text);
}

static void put_rule(struct doc *doc, const struct params *params, const struct params *defaults, enum rule rule)
{
	char *title = xasprintf("%s: %s", rules[rule].key, rules[rule].name);
	doc_heading(doc, 2, slice_of(title));
	free(title);
	doc_linef(doc, DOC_DIM, "%s, severity %s, risk score %d", rules[rule].rule_id, rules[rule].severity,
		rules[rule].risk_score);
	doc_table(doc, parameter_columns, COUNT_OF(parameter_columns));
	for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL; parameter++)
		if (parameters[parameter].rule == rule)
			put_parameter(doc, params, defaults, parameter);
	doc_table_end(doc);
	for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL; parameter++)
		if (parameters[parameter].rule == rule && parameters[parameter].type == PARAMETER_LIST)
			put_list(doc, params, parameter);
}

static void put_table(FILE *out, const struct report_look *look, const struct params *params, uint32_t rule_bits)
{
	struct doc doc;
	struct params defaults;
	params_init(&defaults);
	doc_begin(&doc, out, REPORT_TABLE, look, "");
	for (enum rule rule = 0; rule < RULE_COUNT; rule++)
		if (rule_bits & 1U << rule)
			put_rule(&doc, params, &defaults, rule);
	doc_end(&doc);
	params_free(&defaults);
}

static void put_json(FILE *out, const struct params *params, uint32_t rule_bits)
{
	struct json json;
	json_init(&json, out, true);
	json_open(&json, NULL, '{');
	params_json(&json, "parameters", params, rule_bits);
	json_close(&json, '}');
	json_end_line(&json);
}

int report_rules(FILE *out, enum rule_format format, const struct report_look *look, const struct params *params,
	uint32_t rule_bits, struct err *err)
{
	struct buf text = BUF_EMPTY;
	bool has_rare_as = rule_bits & 1U << RULE_RARE_AS, has_rare_method = rule_bits & 1U << RULE_RARE_METHOD;
	if ((format == RULE_FORMAT_ESQL || format == RULE_FORMAT_CLICKHOUSE) && !has_rare_as)
		return err_set(
			err, ERR_USAGE, "rare-method is a statistical model, not a query: only toml describes it");
	if (format == RULE_FORMAT_TOML && has_rare_as && has_rare_method)
		return err_set(err, ERR_USAGE,
			"a TOML file holds one rule: choose it with --rule rare-as or --rule rare-method");
	switch (format) {
	case RULE_FORMAT_JSON: put_json(out, params, rule_bits); break;
	case RULE_FORMAT_INI:
		for (enum rule rule = 0; rule < RULE_COUNT; rule++)
			if (rule_bits & 1U << rule)
				params_write_rule(&text, params, rule, false);
		break;
	case RULE_FORMAT_ESQL: rules_esql(&text, &params->rare_as); break;
	case RULE_FORMAT_CLICKHOUSE: rules_clickhouse(&text, &params->rare_as); break;
	case RULE_FORMAT_TOML: rules_toml(&text, params, has_rare_as ? RULE_RARE_AS : RULE_RARE_METHOD); break;
	default: put_table(out, look, params, rule_bits);
	}
	if (text.length)
		fwrite(text.data, 1, text.length, out);
	buf_free(&text);
	return report_finish(out, err);
}
