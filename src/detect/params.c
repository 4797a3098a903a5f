/* params: the parameters of both rules as values: defaults, strict reading with ranges, lists that grow and shrink,
 * and the exact text back. Every road to a parameter (config file, --set, tuning screen) ends here. */
#include "parts.h"

#include <stdlib.h>

static const char *const default_trusted[] = {"Amazon*", "Google LLC", "Microsoft Corporation", "MongoDB, Inc."};

static const char *const default_sensitive[] = {"GetCallerIdentity", "GetAccountSummary", "ListAccountAliases",
	"GetSecretValue", "ListSecrets", "DescribeSecret", "GetParameter", "GetParameters", "GetParametersByPath",
	"AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML", "AttachUserPolicy", "AttachRolePolicy",
	"PutUserPolicy", "PutRolePolicy", "CreateAccessKey", "UpdateAccessKey", "CreateUser", "CreateLoginProfile",
	"UpdateLoginProfile", "AddUserToGroup", "GetObject", "ListBuckets", "ListObjects", "ListObjectsV2",
	"InvokeModel", "InvokeModelWithResponseStream", "Converse"};

/* Where each parameter lives in struct params. */
#define MEMBER_RARE_AS rare_as
#define MEMBER_RARE_METHOD rare_method
static const size_t offsets[PARAMETER_TOTAL] = {
#define X(id, rule, key, type, side, text, minimum, maximum, unit, help) offsetof(struct params, MEMBER_##rule.key),
	PARAMETERS(X)
#undef X
};

static void *field(struct params *params, enum parameter parameter)
{
	return (char *)params + offsets[parameter];
}

static const void *field_const(const struct params *params, enum parameter parameter)
{
	return (const char *)params + offsets[parameter];
}

/* ---- the whole set ---- */

void params_init(struct params *params)
{
	memset(params, 0, sizeof *params);
	for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL; parameter++) {
		struct err err;
		if (parameters[parameter].type != PARAMETER_LIST &&
			params_set(params, parameter, CHANGE_SET, parameters[parameter].default_text, &err) != 0)
			base_abort("default of %s: %s", parameters[parameter].key, err.text);
	}
	for (size_t i = 0; i < COUNT_OF(default_trusted); i++)
		string_list_add(&params->rare_as.trusted, default_trusted[i]);
	for (size_t i = 0; i < COUNT_OF(default_sensitive); i++)
		string_list_add(&params->rare_as.sensitive_actions, default_sensitive[i]);
}

void params_copy(struct params *to, const struct params *from)
{
	*to = *from;
	for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL; parameter++)
		if (parameters[parameter].type == PARAMETER_LIST)
			string_list_copy(field(to, parameter), field_const(from, parameter));
}

void params_free(struct params *params)
{
	for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL; parameter++)
		if (parameters[parameter].type == PARAMETER_LIST)
			string_list_free(field(params, parameter));
}

bool params_equal(const struct params *a, const struct params *b)
{
	for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL; parameter++) {
		bool same = parameters[parameter].type == PARAMETER_LIST
				    ? string_list_equal(field_const(a, parameter), field_const(b, parameter))
				    : !(params_number(a, parameter) < params_number(b, parameter)) &&
					      !(params_number(a, parameter) > params_number(b, parameter));
		if (!same)
			return false;
	}
	return true;
}

/* ---- keys ---- */

static void full_key(enum parameter parameter, struct buf *out)
{
	buf_printf(out, "%s.%s", rules[parameters[parameter].rule].key, parameters[parameter].key);
}

/* Of the full keys in `known`; a key without its rule counts as one that has it. */
static const char *nearest_key(const char *key, char *const *known)
{
	const char *bare[PARAMETER_TOTAL];
	const char *nearest = text_nearest(key, (const char *const *)known, PARAMETER_TOTAL);
	for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL; parameter++)
		bare[parameter] = parameters[parameter].key;
	const char *found = nearest ? NULL : text_nearest(key, bare, PARAMETER_TOTAL);
	for (enum parameter parameter = 0; found && !nearest; parameter++)
		if (bare[parameter] == found)
			nearest = known[parameter];
	return nearest;
}

int parameter_find(const char *key, enum parameter *out, struct err *err)
{
	char *known[PARAMETER_TOTAL];
	for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL; parameter++) {
		struct buf name = BUF_EMPTY;
		full_key(parameter, &name);
		known[parameter] = name.data;
	}
	int result = -1;
	for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL && result != 0; parameter++)
		if (strcmp(known[parameter], key) == 0) {
			*out = parameter;
			result = 0;
		}
	if (result != 0) {
		const char *nearest = nearest_key(key, known);
		struct buf shown = BUF_EMPTY;
		text_show(&shown, slice_of(key), TEXT_TERMINAL);
		err_set(err, ERR_USAGE, "unknown parameter \"%s\"%s%s", shown.length ? shown.data : "",
			nearest ? ", the nearest known one is "
				: ", keys are RULE.NAME as `raretrail rule show` lists them",
			nearest ? nearest : "");
		buf_free(&shown);
	}
	for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL; parameter++)
		free(known[parameter]);
	return result;
}

/* ---- values ---- */

static void format_limit(const struct parameter_info *info, double value, struct buf *out)
{
	char text[NUMBER_TEXT_SIZE];
	if (info->type == PARAMETER_DURATION)
		buf_add_text(out, duration_format((int64_t)value, text));
	else if (info->type == PARAMETER_COUNT)
		buf_printf(out, "%lld", (long long)value);
	else
		buf_add_text(out, number_format(value, text));
}

/* "rare-as.max_age: "2x" …": every refusal of a value names the key, what was given and what is possible. */
static int refuse(enum parameter parameter, const char *text, const char *why, struct err *err)
{
	const struct parameter_info *info = &parameters[parameter];
	struct buf shown = BUF_EMPTY;
	text_show(&shown, slice_of(text), TEXT_TERMINAL);
	struct buf range = BUF_EMPTY;
	if (info->type == PARAMETER_BOOL)
		buf_add_text(&range, "true or false");
	else if (info->type == PARAMETER_CHOICE)
		buf_add_text(&range, info->choices);
	else if (info->type != PARAMETER_LIST) {
		buf_add_text(&range, "from ");
		format_limit(info, info->minimum, &range);
		buf_add_text(&range, " to ");
		format_limit(info, info->maximum, &range);
	}
	err_set(err, ERR_USAGE, "%s.%s: \"%s\" %s%s%s", rules[info->rule].key, info->key,
		shown.length ? shown.data : "", why, range.length ? "; possible: " : "",
		range.length ? range.data : "");
	buf_free(&range);
	buf_free(&shown);
	return -1;
}

static bool parse_count(const char *text, double *out)
{
	return text[strspn(text, "0123456789")] == 0 && number_parse(text, out);
}

/* A ratio also as a percentage. The exponent does the division, so that 1.1% is the double nearest to 0.011. */
static bool parse_ratio(const char *text, double *out)
{
	size_t length = strlen(text);
	if (length < 2 || text[length - 1] != '%')
		return number_parse(text, out);
	char *plain = xasprintf("%.*se-2", (int)(length - 1), text);
	bool is_number = !strpbrk(text, "eE") && number_parse(plain, out);
	free(plain);
	return is_number;
}

static int set_scalar(struct params *params, enum parameter parameter, const char *text, struct err *err)
{
	const struct parameter_info *info = &parameters[parameter];
	double value = 0;
	int64_t ms;
	bool is_valid = false;
	const char *expected = "is not a number";
	switch (info->type) {
	case PARAMETER_BOOL:
		is_valid = strcmp(text, "true") == 0 || strcmp(text, "false") == 0;
		value = text[0] == 't';
		expected = "is neither true nor false";
		break;
	case PARAMETER_COUNT:
		is_valid = parse_count(text, &value);
		expected = "is not a whole number";
		break;
	case PARAMETER_RATIO: is_valid = parse_ratio(text, &value); break;
	case PARAMETER_SCORE: is_valid = number_parse(text, &value); break;
	case PARAMETER_DURATION:
		is_valid = duration_parse(text, &ms, NULL) == 0;
		value = is_valid ? (double)ms : 0;
		expected = "is not a duration such as 90s, 15m, 1h, 7d";
		break;
	case PARAMETER_CHOICE: {
		const char *choice = info->choices;
		for (size_t index = 0; choice && !is_valid; index++) {
			size_t length = strcspn(choice, "|");
			is_valid = strlen(text) == length && memcmp(text, choice, length) == 0;
			value = (double)index;
			choice = choice[length] ? choice + length + 1 : NULL;
		}
		expected = "is not one of the choices";
		break;
	}
	case PARAMETER_LIST: base_abort("set_scalar on a list");
	}
	if (!is_valid)
		return refuse(parameter, text, expected, err);
	if (info->type != PARAMETER_BOOL && info->type != PARAMETER_CHOICE &&
		(value < info->minimum || value > info->maximum))
		return refuse(parameter, text, "is out of range", err);
	switch (info->type) {
	case PARAMETER_BOOL: *(bool *)field(params, parameter) = value > 0; break;
	case PARAMETER_COUNT:
	case PARAMETER_DURATION: *(int64_t *)field(params, parameter) = (int64_t)value; break;
	case PARAMETER_RATIO:
	case PARAMETER_SCORE: *(double *)field(params, parameter) = value + 0.0; break; /* -0 becomes 0 */
	default: *(enum partition_field *)field(params, parameter) = (enum partition_field)value; break;
	}
	return 0;
}

static bool is_cidr_list(enum parameter parameter)
{
	return parameter == PARAMETER_TRUSTED_CIDR || parameter == PARAMETER_RM_IGNORED_CIDR;
}

#define LONGEST_ENTRY 160

/* What a configuration file could not hold and give back: NULL when it can. */
static const char *cannot_be_kept(const char *entry)
{
	if (entry[0] == ';' || entry[0] == '#')
		return "starts like a comment; write ? for that character";
	for (const char *c = entry; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return "holds a control character; write ? for it";
		if (c[0] == ' ' && c[1] == ';')
			return "holds what a configuration file takes for a comment; write ?; for it";
	}
	return strlen(entry) > LONGEST_ENTRY ? "is too long; a pattern with * can be shorter" : NULL;
}

static int change_entry(struct string_list *list, enum parameter parameter, enum params_change change,
	const char *entry, struct err *err)
{
	if (change == CHANGE_REMOVE) {
		size_t index = string_list_index(list, entry);
		if (index < list->count) {
			string_list_remove(list, index);
			return 0;
		}
		const char *nearest = text_nearest(entry, (const char *const *)list->items, list->count);
		struct buf why = BUF_EMPTY;
		buf_add_text(&why, "is not in the list");
		if (nearest) {
			buf_add_text(&why, ", the nearest entry is ");
			text_show(&why, slice_of(nearest), TEXT_TERMINAL);
		}
		refuse(parameter, entry, why.data, err);
		buf_free(&why);
		return -1;
	}
	struct cidr cidr;
	struct err bad;
	if (is_cidr_list(parameter) && cidr_parse(slice_of(entry), &cidr, &bad) != 0)
		return err_set(err, ERR_USAGE, "%s.%s: %s", rules[parameters[parameter].rule].key,
			parameters[parameter].key, bad.text);
	if (cannot_be_kept(entry))
		return refuse(parameter, entry, cannot_be_kept(entry), err);
	size_t length = strlen(entry), valid = 0;
	while (valid < length) {
		uint32_t code_point;
		size_t bytes = utf8_decode(entry + valid, length - valid, &code_point);
		if (bytes == 0)
			return refuse(parameter, entry, "is not valid UTF-8", err);
		valid += bytes;
	}
	string_list_add(list, entry);
	return 0;
}

/* One entry a line; blanks around an entry and empty lines do not count. */
static int change_entries(struct string_list *list, enum parameter parameter, enum params_change change,
	const char *text, struct err *err)
{
	int result = 0;
	for (const char *line = text; result == 0 && *line;) {
		size_t length = strcspn(line, "\n");
		const char *next = line + length + (line[length] != 0);
		while (length > 0 && strchr(" \t\r", *line)) {
			line++;
			length--;
		}
		while (length > 0 && strchr(" \t\r", line[length - 1]))
			length--;
		if (length > 0) {
			char *entry = xasprintf("%.*s", (int)length, line);
			result = change_entry(list, parameter, change, entry, err);
			free(entry);
		}
		line = next;
	}
	return result;
}

static int set_list(
	struct params *params, enum parameter parameter, enum params_change change, const char *text, struct err *err)
{
	struct string_list *list = field(params, parameter);
	/* A file changes a list entry by entry. One that is refused leaves the list as it was, so there is no need for a
	 * copy, which would make long lists take for ever. */
	if (change != CHANGE_SET && !strchr(text, '\n'))
		return change_entries(list, parameter, change, text, err);
	struct string_list draft = {0};
	if (change != CHANGE_SET)
		string_list_copy(&draft, list);
	if (change_entries(&draft, parameter, change, text, err) != 0) {
		string_list_free(&draft);
		return -1;
	}
	string_list_free(list);
	*list = draft;
	return 0;
}

int params_set(
	struct params *params, enum parameter parameter, enum params_change change, const char *text, struct err *err)
{
	const struct parameter_info *info = &parameters[parameter];
	if (info->type == PARAMETER_LIST)
		return set_list(params, parameter, change, text, err);
	if (change != CHANGE_SET)
		return err_set(err, ERR_USAGE, "%s.%s is one value, not a list: use = instead of %s",
			rules[info->rule].key, info->key, change == CHANGE_ADD ? "+=" : "-=");
	return set_scalar(params, parameter, text, err);
}

int params_assign(struct params *params, const char *assignment, struct err *err)
{
	const char *equals = strchr(assignment, '=');
	if (!equals || equals == assignment)
		return err_set(err, ERR_USAGE, "expected RULE.KEY=VALUE, such as rare-as.max_rare_asn_ratio=0.02");
	enum params_change change = equals[-1] == '+' ? CHANGE_ADD : equals[-1] == '-' ? CHANGE_REMOVE : CHANGE_SET;
	size_t length = (size_t)(equals - assignment) - (change != CHANGE_SET);
	char *key = xasprintf("%.*s", (int)length, assignment);
	enum parameter parameter = PARAMETER_TOTAL;
	int result = parameter_find(key, &parameter, err);
	free(key);
	return result == 0 ? params_set(params, parameter, change, equals + 1, err) : -1;
}

void params_format(struct buf *out, const struct params *params, enum parameter parameter)
{
	const struct parameter_info *info = &parameters[parameter];
	switch (info->type) {
	case PARAMETER_BOOL: buf_add_text(out, params_number(params, parameter) > 0 ? "true" : "false"); break;
	case PARAMETER_CHOICE: {
		const char *choice = info->choices;
		for (int skip = (int)params_number(params, parameter); skip > 0; skip--)
			choice += strcspn(choice, "|") + 1;
		buf_add(out, choice, strcspn(choice, "|"));
		break;
	}
	case PARAMETER_LIST: {
		const struct string_list *list = field_const(params, parameter);
		for (size_t i = 0; i < list->count; i++)
			buf_printf(out, "%s%s", i ? "\n" : "", list->items[i]);
		break;
	}
	default: format_limit(info, params_number(params, parameter), out);
	}
}

double params_number(const struct params *params, enum parameter parameter)
{
	const void *value = field_const(params, parameter);
	switch (parameters[parameter].type) {
	case PARAMETER_BOOL: return *(const bool *)value ? 1 : 0;
	case PARAMETER_COUNT:
	case PARAMETER_DURATION: return (double)*(const int64_t *)value;
	case PARAMETER_RATIO:
	case PARAMETER_SCORE: return *(const double *)value;
	case PARAMETER_CHOICE: return (double)*(const enum partition_field *)value;
	case PARAMETER_LIST: break;
	}
	base_abort("params_number of the list %s", parameters[parameter].key);
}

struct string_list *params_list(struct params *params, enum parameter parameter)
{
	if (parameters[parameter].type != PARAMETER_LIST)
		base_abort("params_list of the scalar %s", parameters[parameter].key);
	return field(params, parameter);
}
