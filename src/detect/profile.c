/* profile: parameters as INI text: configuration files and tuning profiles. Sections are the rules' keys; a list has one
 * entry a line, and `key += entry` or `key -= entry` change it. The reader hands inih one line at a time, so that every
 * refusal can name its line and no line is cut in silence. */
#include "raretrail/detect.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include <ini.h>

struct reading {
	const char *name;
	const char *at, *end;
	unsigned line;
	bool is_indented; /* the present line starts with a blank */
	char section[64], key[64]; /* of the last assignment */
	enum params_change change;
	unsigned seen[PARAMETER_TOTAL]; /* line that set it, 0: none yet */
	struct params *params;
	params_other_section *other;
	void *context;
	struct err *err;
	bool has_failed;
};

static int fail(struct reading *reading, unsigned line, const char *text)
{
	if (!reading->has_failed)
		err_set(reading->err, ERR_USAGE, "%s:%u: %s", reading->name, line, text);
	reading->has_failed = true;
	return 0;
}

/* What follows a blank and ; is a comment behind an entry, too: inih sees to that only behind a key. */
static void cut_comment(char *line)
{
	for (char *at = line; *at; at++)
		if (isspace((unsigned char)at[0]) && at[1] == ';') {
			*at = 0;
			return;
		}
}

/* fgets for inih. After a failure the text ends, so the first one is the one reported. */
static char *next_line(char *line, int size, void *stream)
{
	struct reading *reading = stream;
	if (reading->has_failed || reading->at == reading->end)
		return NULL;
	reading->line++;
	const char *newline = memchr(reading->at, '\n', (size_t)(reading->end - reading->at));
	const char *end = newline ? newline + 1 : reading->end;
	size_t length = (size_t)(end - reading->at);
	if (length >= (size_t)size) {
		fail(reading, reading->line, "line too long");
		return NULL;
	}
	if (memchr(reading->at, 0, length)) {
		fail(reading, reading->line, "not a text file");
		return NULL;
	}
	memcpy(line, reading->at, length);
	line[length] = 0;
	reading->at = end;
	reading->is_indented = isspace((unsigned char)line[0]) != 0;
	if (reading->is_indented)
		cut_comment(line);
	return line;
}

static int set_parameter(
	struct reading *reading, const char *section, const char *key, bool continues, const char *value)
{
	struct err err = {0};
	char *full = xasprintf("%s.%s", section, key);
	enum parameter parameter = PARAMETER_TOTAL;
	int result = parameter_find(full, &parameter, &err);
	free(full);
	if (result != 0)
		return fail(reading, reading->line, err.text);
	enum params_change change = reading->change;
	if (continues && parameters[parameter].type != PARAMETER_LIST)
		return fail(reading, reading->line, "an indented line continues a list, and the key above is not one");
	if (continues && change == CHANGE_SET)
		change = CHANGE_ADD;
	if (!continues && change == CHANGE_SET) {
		if (reading->seen[parameter]) {
			char *text = xasprintf("%s is already set on line %u", key, reading->seen[parameter]);
			fail(reading, reading->line, text);
			free(text);
			return 0;
		}
		reading->seen[parameter] = reading->line;
	}
	if (params_set(reading->params, parameter, change, value, &err) != 0)
		return fail(reading, reading->line, err.text);
	return 1;
}

static int assign(void *user, const char *section, const char *name, const char *value)
{
	struct reading *reading = user;
	if (reading->has_failed)
		return 0;
	bool continues = reading->is_indented && reading->key[0] && strcmp(reading->section, section) == 0;
	if (!continues) {
		size_t length = strlen(name);
		char last = length ? name[length - 1] : 0;
		reading->change = last == '+' ? CHANGE_ADD : last == '-' ? CHANGE_REMOVE : CHANGE_SET;
		if (reading->change != CHANGE_SET)
			length--;
		while (length > 0 && isspace((unsigned char)name[length - 1]))
			length--;
		snprintf(reading->section, sizeof reading->section, "%s", section);
		snprintf(reading->key, sizeof reading->key, "%.*s", (int)length, name);
	}
	if (rule_find(section) != RULE_COUNT)
		return set_parameter(reading, section, reading->key, continues, value);
	struct err err = {0};
	if (continues || reading->change != CHANGE_SET)
		return fail(reading, reading->line, "only lists of a rule take several values");
	if (reading->other && reading->other(reading->context, section, reading->key, value, &err) == 0)
		return 1;
	if (reading->other)
		return fail(reading, reading->line, err.text);
	return fail(reading, reading->line, "only the sections [rare-as] and [rare-method] belong here");
}

int params_read(struct params *params, const char *name, struct slice text, params_other_section *other, void *context,
	struct err *err)
{
	struct params draft;
	params_copy(&draft, params);
	struct reading reading = {.name = name,
		.at = text.data,
		.end = text.data + text.length,
		.params = &draft,
		.other = other,
		.context = context,
		.err = err};
	int bad_line = text.length ? ini_parse_stream(next_line, &reading, assign, &reading) : 0;
	if (!reading.has_failed && bad_line != 0)
		fail(&reading, bad_line > 0 ? (unsigned)bad_line : reading.line,
			"neither a [section], nor key = value, nor a comment");
	if (reading.has_failed) {
		params_free(&draft);
		return -1;
	}
	params_free(params);
	*params = draft;
	return 0;
}

void params_write_rule(struct buf *out, const struct params *params, enum rule rule, bool only_changed)
{
	struct params defaults;
	params_init(&defaults);
	bool has_section = false;
	for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL; parameter++) {
		if (parameters[parameter].rule != rule)
			continue;
		struct buf value = BUF_EMPTY, usual = BUF_EMPTY;
		params_format(&value, params, parameter);
		params_format(&usual, &defaults, parameter);
		bool is_changed = !slice_equals(
			(struct slice){value.data, value.length}, (struct slice){usual.data, usual.length});
		if (is_changed || !only_changed) {
			if (!has_section)
				buf_printf(out, "%s[%s]\n", out->length ? "\n" : "", rules[rule].key);
			has_section = true;
			buf_printf(out, "%s =", parameters[parameter].key);
			if (parameters[parameter].type != PARAMETER_LIST)
				buf_add_char(out, ' ');
			for (size_t i = 0; i < value.length; i++) {
				bool starts_entry = i == 0 || value.data[i - 1] == '\n';
				if (parameters[parameter].type == PARAMETER_LIST && starts_entry)
					buf_add_text(out, i == 0 ? "\n  " : "  ");
				buf_add_char(out, value.data[i]);
			}
			buf_add_char(out, '\n');
		}
		buf_free(&value);
		buf_free(&usual);
	}
	params_free(&defaults);
}

void params_write(struct buf *out, const struct params *params, bool only_changed)
{
	for (enum rule rule = 0; rule < RULE_COUNT; rule++)
		params_write_rule(out, params, rule, only_changed);
}
