/* rules_toml: one rule in the TOML form of Elastic's detection-rules repository, with the current parameters. */
#include "rules.h"

struct technique {
	const char *tactic_id, *tactic, *technique_id, *technique, *sub_id, *sub;
};

static const struct technique rare_as_techniques[] = {
	{"TA0001", "Initial Access", "T1078", "Valid Accounts", "T1078.004", "Cloud Accounts"}};
static const struct technique rare_method_techniques[] = {
	{"TA0001", "Initial Access", "T1078", "Valid Accounts", NULL, NULL},
	{"TA0008", "Lateral Movement", "T1021", "Remote Services", NULL, NULL},
	{"TA0010", "Exfiltration", "T1041", "Exfiltration Over C2 Channel", NULL, NULL}};

/* A basic TOML string: controls escaped too. */
static void add_string(struct buf *out, const char *key, const char *text)
{
	buf_printf(out, "%s = \"", key);
	for (const char *c = text; *c; c++) {
		if (*c == '"' || *c == '\\')
			buf_printf(out, "\\%c", *c);
		else if ((unsigned char)*c < 0x20 || *c == 0x7f)
			buf_printf(out, "\\u%04X", (unsigned)(unsigned char)*c);
		else
			buf_add_char(out, *c);
	}
	buf_add_text(out, "\"\n");
}

static void add_threat(struct buf *out, const struct technique *technique)
{
	buf_add_text(out, "\n[[rule.threat]]\nframework = \"MITRE ATT&CK\"\n\n[[rule.threat.technique]]\n");
	buf_printf(out, "id = \"%s\"\nname = \"%s\"\nreference = \"https://attack.mitre.org/techniques/%s/\"\n",
		technique->technique_id, technique->technique, technique->technique_id);
	if (technique->sub_id)
		buf_printf(out,
			"\n[[rule.threat.technique.subtechnique]]\nid = \"%s\"\nname = \"%s\"\n"
			"reference = \"https://attack.mitre.org/techniques/%s/%s/\"\n",
			technique->sub_id, technique->sub, technique->technique_id,
			technique->sub_id + strlen("T0000."));
	buf_printf(out,
		"\n[rule.threat.tactic]\nid = \"%s\"\nname = \"%s\"\nreference = "
		"\"https://attack.mitre.org/tactics/%s/\"\n",
		technique->tactic_id, technique->tactic, technique->tactic_id);
}

static const char *const descriptions[RULE_COUNT] = {
	[RULE_RARE_AS] =
		"An AWS identity whose successful calls come from a few large cloud networks makes a very small share "
		"of them, sensitive ones among them, from another network, recently. Elastic's rule as raretrail "
		"computes it, with its parameters and lists.",
	[RULE_RARE_METHOD] =
		"A machine learning job found an AWS API call that is unusual for the user who made it. Elastic's "
		"rule, with raretrail's parameters.",
};

void rules_toml(struct buf *out, const struct params *params, enum rule rule)
{
	char number[NUMBER_TEXT_SIZE], from[TIME_TEXT_SIZE], interval[TIME_TEXT_SIZE];
	bool is_rare_as = rule == RULE_RARE_AS;
	const struct rule_info *info = &rules[rule];
	buf_add_text(out, "[metadata]\nintegration = [\"aws\"]\nmaturity = \"production\"\n\n[rule]\n"
			  "author = [\"raretrail\"]\n");
	add_string(out, "name", info->name);
	add_string(out, "description", descriptions[rule]);
	buf_printf(out, "rule_id = \"%s\"\nseverity = \"%s\"\nrisk_score = %d\n", info->rule_id, info->severity,
		info->risk_score);
	duration_format(is_rare_as ? params->rare_as.window : params->rare_method.lookback, from);
	duration_format(is_rare_as ? params->rare_as.interval : params->rare_method.interval, interval);
	buf_printf(out, "from = \"now-%s\"\ninterval = \"%s\"\n", from, interval);
	if (is_rare_as) {
		struct buf query = BUF_EMPTY;
		rules_esql(&query, &params->rare_as);
		/* The window is by event.ingested where a document has one. */
		buf_add_text(out, "timestamp_override = \"event.ingested\"\nlanguage = \"esql\"\ntype = \"esql\"\n");
		if (strstr(query.data, "'''"))
			add_string(out, "query", query.data);
		else
			buf_printf(out, "query = '''\n%s'''\n", query.data);
		buf_free(&query);
	} else {
		buf_printf(out, "type = \"machine_learning\"\nanomaly_threshold = %s\n",
			number_format(params->rare_method.anomaly_threshold, number));
		buf_add_text(out, "machine_learning_job_id = [\"rare_method_for_a_username\"]\n");
		if (params->rare_method.max_alerts > 0)
			buf_printf(out, "max_signals = %lld\n", (long long)params->rare_method.max_alerts);
	}
	const struct technique *techniques = is_rare_as ? rare_as_techniques : rare_method_techniques;
	size_t count = is_rare_as ? COUNT_OF(rare_as_techniques) : COUNT_OF(rare_method_techniques);
	for (size_t i = 0; i < count; i++)
		add_threat(out, &techniques[i]);
}
