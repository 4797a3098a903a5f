/* help_generate: the tables of options, commands, parameters, settings and fields as roff for the manual page, and as
 * a completion script. What is generated cannot drift. */
#include "help.h"

#include <stdlib.h>

#include "config.h"
#include "raretrail/view.h"
#include "raretrail/store.h"

/* A text as roff: hyphens that must stay hyphens, no request by accident. */
static void put_roff(FILE *out, const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", out);
	for (; *text; text++) {
		if (*text == '-')
			fputs("\\-", out);
		else if (*text == '\\')
			fputs("\\e", out);
		else if (*text == '\'')
			fputs("\\(aq", out);
		else if (*text == '`')
			fputs("\\(ga", out);
		else
			fputc(*text, out);
	}
}

/* "a|b" as bold words with commas. */
static void put_choices(FILE *out, const char *choices)
{
	fputs("\\fB", out);
	for (const char *c = choices; *c; c++) {
		if (*c == '|')
			fputs("\\fR, \\fB", out);
		else if (*c == '-')
			fputs("\\-", out);
		else
			fputc(*c, out);
	}
	fputs("\\fR", out);
}

static void man_commands(FILE *out)
{
	for (enum command command = 0; command < COMMAND_COUNT; command++) {
		const struct command_info *info = &commands[command];
		fputs(".TP\n.B raretrail", out);
		if (info->words[0])
			fprintf(out, " %s", info->words);
		fputs(" \\fR[\\fIOPTIONS\\fR] \\fI", out);
		put_roff(out, info->arguments);
		fputs("\\fR\n", out);
		put_roff(out, info->help);
		fputs(".\n", out);
		if (info->formats) {
			fputs("Formats: ", out);
			put_choices(out, info->formats);
			fputs(".\n", out);
		}
	}
}

static void man_options(FILE *out)
{
	for (enum option option = 0; option < OPTION_COUNT; option++) {
		const struct option_info *info = &options[option];
		fputs(".TP\n", out);
		if (info->letter)
			fprintf(out, "\\fB\\-%c\\fR, ", info->letter);
		fputs("\\fB\\-\\-", out);
		put_roff(out, info->name);
		fputs("\\fR", out);
		if (info->argument)
			fprintf(out, " \\fI%s\\fR", info->argument);
		fputc('\n', out);
		put_roff(out, info->help);
		if (info->choices) {
			fputs(" (", out);
			put_choices(out, info->choices);
			fputc(')', out);
		}
		fputs(".\n", out);
		if (info->commands == ON_ALL)
			continue;
		fputs("(", out);
		const char *separator = "";
		for (enum command command = 0; command < COMMAND_COUNT; command++)
			if (info->commands & 1U << command) {
				fprintf(out, "%s%s", separator,
					commands[command].words[0] ? commands[command].words : "console");
				separator = ", ";
			}
		fputs(")\n", out);
	}
}

static void man_parameters(FILE *out)
{
	struct params params;
	params_init(&params);
	for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL; parameter++) {
		const struct parameter_info *info = &parameters[parameter];
		struct buf value = BUF_EMPTY;
		params_format(&value, &params, parameter);
		fprintf(out, ".TP\n\\fB%s.%s\\fR ", rules[info->rule].key, info->key);
		if (info->type == PARAMETER_LIST)
			fprintf(out, "(list, %s)\n", value.length ? "see below" : "empty");
		else
			fprintf(out, "(%s)\n", value.data);
		put_roff(out, info->help);
		fputs(".\n", out);
		if (info->choices) {
			fputs("One of ", out);
			put_roff(out, info->choices);
			fputs(".\n", out);
		}
		if (info->type == PARAMETER_LIST && value.length) {
			fputs("Default: ", out);
			for (const char *c = value.data; *c; c++)
				*c == '\n' ? fputs("; ", out) : fputc(*c, out);
			fputc('\n', out);
		}
		buf_free(&value);
	}
	params_free(&params);
}

static void man_settings(FILE *out)
{
	for (size_t i = 0; i < setting_count; i++) {
		fprintf(out, ".TP\n[%s] \\fB%s\\fR\n", settings[i].section, settings[i].key);
		put_roff(out, settings[i].help);
		fprintf(out, ".\nSame as \\-\\-");
		put_roff(out, options[settings[i].option].name);
		fputs(".\n", out);
	}
}

static void man_fields(FILE *out)
{
	fputs(".TP\n\\fB@timestamp\\fR\n", out);
	for (enum event_field field = 0; field < FIELD_COUNT; field++) {
		fprintf(out, ".TQ\n\\fB%s\\fR", event_fields[field].alias);
		fputs("  ", out);
		put_roff(out, event_fields[field].name);
		fputc('\n', out);
	}
}

static void man_keys(FILE *out)
{
	struct buf text = BUF_EMPTY;
	view_manual(&text, VIEW_MANUAL_ROFF);
	fwrite(text.data, 1, text.length, out);
	buf_free(&text);
}

int help_man(FILE *out, const char *table, struct err *err)
{
	static const struct {
		const char *name;
		void (*print)(FILE *out);
	} tables[] = {{"commands", man_commands}, {"options", man_options}, {"parameters", man_parameters},
		{"settings", man_settings}, {"fields", man_fields}, {"keys", man_keys}};
	size_t index;
	if (option_choice(OPTION_MAN, table, NULL, &index, err) != 0)
		return -1;
	tables[index].print(out);
	return 0;
}

/* ---- completion ---- */

/* The words are apart by blanks or bars. */
static void put_words(FILE *out, const char *condition, const char *words)
{
	fprintf(out, "\t%s) COMPREPLY=($(compgen -W '", condition);
	for (const char *c = words; *c; c++)
		fputc(*c == '|' ? ' ' : *c, out);
	fputs("' -- \"$word\")) && return ;;\n", out);
}

/* "rule" -> "show export": the second words of commands that have two. */
static void second_words(FILE *out)
{
	for (enum command command = COMMAND_CONSOLE + 1; command < COMMAND_COUNT; command++) {
		const char *words = commands[command].words, *space = strchr(words, ' ');
		if (!space || strncmp(words, commands[command - 1].words, (size_t)(space - words) + 1) == 0)
			continue;
		struct buf first = BUF_EMPTY, second = BUF_EMPTY;
		buf_add(&first, words, (size_t)(space - words));
		for (enum command other = command; other < COMMAND_COUNT; other++)
			if (strncmp(commands[other].words, words, first.length + 1) == 0)
				buf_printf(&second, "%s%s", second.length ? " " : "",
					commands[other].words + first.length + 1);
		put_words(out, first.data, second.data);
		buf_free(&first);
		buf_free(&second);
	}
}

static void option_words(struct buf *out, enum command command)
{
	for (enum option option = 0; option < OPTION_COUNT; option++)
		if (options[option].commands & 1U << command)
			buf_printf(out, "%s--%s", out->length ? " " : "", options[option].name);
}

static void parameter_words(struct buf *out)
{
	for (enum parameter parameter = 0; parameter < PARAMETER_TOTAL; parameter++)
		buf_printf(out, "%s%s.%s", parameter ? " " : "", rules[parameters[parameter].rule].key,
			parameters[parameter].key);
}

int help_completion(FILE *out, const char *shell, struct err *err)
{
	size_t index;
	if (option_choice(OPTION_COMPLETION, shell, NULL, &index, err) != 0)
		return -1;
	struct buf keys = BUF_EMPTY, formats = BUF_EMPTY;
	parameter_words(&keys);
	for (enum command command = 0; command < COMMAND_COUNT; command++)
		if (commands[command].formats)
			buf_printf(&formats, "%s%s", formats.length ? "|" : "", commands[command].formats);
	fputs("# bash completion for raretrail; printed by `raretrail help --completion bash`\n"
	      "_raretrail() {\n"
	      "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command= i\n"
	      "\tCOMPREPLY=()\n"
	      "\t[[ $word == = ]] && word=\n"
	      "\t[[ $before == = ]] && before=${COMP_WORDS[COMP_CWORD - 2]}\n"
	      "\tcase $before in\n",
		out);
	for (enum option option = 0; option < OPTION_COUNT; option++) {
		char *name = xasprintf("--%s", options[option].name);
		if (option == OPTION_FORMAT)
			put_words(out, name, formats.data);
		else if (options[option].choices)
			put_words(out, name, options[option].choices);
		else if (option == OPTION_SET || option == OPTION_DRAFT || option == OPTION_SWEEP)
			put_words(out, name, keys.data);
		free(name);
	}
	buf_free(&keys);
	buf_free(&formats);
	second_words(out);
	fputs("\tesac\n\tif [[ $word != -* ]]; then\n\t\tCOMPREPLY=($(compgen -f -- \"$word\"))\n"
	      "\t\t((COMP_CWORD == 1)) && COMPREPLY+=($(compgen -W '",
		out);
	for (enum command command = COMMAND_CONSOLE + 1; command < COMMAND_COUNT; command++) {
		size_t length = strcspn(commands[command].words, " ");
		if (strncmp(commands[command].words, commands[command - 1].words, length) != 0)
			fprintf(out, "%s%.*s", command > COMMAND_CONSOLE + 1 ? " " : "", (int)length,
				commands[command].words);
	}
	fputs("' -- \"$word\"))\n\t\treturn\n\tfi\n\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	      "\t\tcase \"${COMP_WORDS[i]} ${COMP_WORDS[i + 1]}\" in\n",
		out);
	for (enum command command = COMMAND_CONSOLE + 1; command < COMMAND_COUNT; command++) {
		const char *words = commands[command].words;
		fprintf(out, "\t\t'%s'%s) command='%s'; break ;;\n", words, strchr(words, ' ') ? "" : "\\ *", words);
	}
	fputs("\t\tesac\n\tdone\n\tcase $command in\n", out);
	for (enum command command = 0; command < COMMAND_COUNT; command++) {
		struct buf condition = BUF_EMPTY, words = BUF_EMPTY;
		buf_printf(&condition, "'%s'", commands[command].words);
		option_words(&words, command);
		put_words(out, condition.data, words.data);
		buf_free(&condition);
		buf_free(&words);
	}
	fputs("\tesac\n}\ncomplete -o filenames -F _raretrail raretrail\n", out);
	return 0;
}
