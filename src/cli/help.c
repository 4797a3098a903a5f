/* help: what the tables say, for people. */
#include "help.h"

#include <stdlib.h>

#include "raretrail/view.h"

#define HELP_WIDTH 80
#define HELP_INDENT 28

/* Prints `text` from column `column` on, wrapped at words, following lines indented. */
static void put_wrapped(FILE *out, const char *text, size_t column, size_t indent)
{
	size_t at = column;
	while (*text) {
		size_t word = strcspn(text, " ");
		if (at > indent && at + 1 + word > HELP_WIDTH) {
			fprintf(out, "\n%*s", (int)indent, "");
			at = indent;
		} else if (at > indent) {
			fputc(' ', out);
			at++;
		}
		fwrite(text, 1, word, out);
		at += word;
		text += word;
		text += *text == ' ';
	}
	fputc('\n', out);
}

static void put_entry(FILE *out, const char *left, const char *help)
{
	int width = fprintf(out, "  %s", left);
	if (width + 2 > HELP_INDENT) {
		fputc('\n', out);
		width = 0;
	}
	fprintf(out, "%*s", HELP_INDENT - width, "");
	put_wrapped(out, help, HELP_INDENT, HELP_INDENT);
}

/* "a, b or c" from words apart by blanks or bars. */
static void add_choices(struct buf *out, const char *words)
{
	for (const char *word = words; *word;) {
		size_t length = strcspn(word, " |");
		const char *next = word + length + (word[length] != 0);
		if (word != words)
			buf_add_text(out, *next ? ", " : " or ");
		buf_add(out, word, length);
		word = next;
	}
}

static void put_option(FILE *out, enum option option, enum command command)
{
	const struct option_info *info = &options[option];
	const char *choices = option == OPTION_FORMAT ? commands[command].formats : info->choices;
	struct buf left = BUF_EMPTY, help = BUF_EMPTY;
	buf_add_text(&help, info->help);
	if (choices) {
		buf_add_text(&help, " (");
		add_choices(&help, choices);
		buf_add_text(&help, ")");
	}
	if (info->letter)
		buf_printf(&left, "-%c, ", info->letter);
	else
		buf_add_text(&left, "    ");
	buf_printf(&left, "--%s%s%s", info->name, info->argument ? " " : "", info->argument ? info->argument : "");
	put_entry(out, left.data, help.data);
	buf_free(&left);
	buf_free(&help);
}

void help_overview(FILE *out)
{
	fputs("raretrail: triage AWS CloudTrail logs for rare networks and rare calls\n\n", out);
	for (enum command command = 0; command < COMMAND_COUNT; command++) {
		const struct command_info *info = &commands[command];
		struct buf left = BUF_EMPTY;
		buf_printf(&left, "raretrail %s%s%s", info->words, info->words[0] && info->arguments[0] ? " " : "",
			info->arguments);
		put_entry(out, left.data, info->help);
		buf_free(&left);
	}
	fputs("\nOptions (`raretrail help COMMAND` shows those of one command):\n", out);
	for (enum option option = 0; option < OPTION_COUNT; option++)
		put_option(out, option, COMMAND_CONSOLE);
	fputs("\nLong options take = or a space; -- ends options.\n"
	      "Exit status: 0 nothing found, 1 alerts, 2 usage or fatal error, 3 nothing found\n"
	      "but the input was incomplete. The manual: man raretrail\n",
		out);
}

void help_command(FILE *out, enum command command)
{
	const struct command_info *info = &commands[command];
	fprintf(out, "raretrail %s%s[OPTIONS]%s%s\n\n", info->words, info->words[0] ? " " : "",
		info->arguments[0] ? " " : "", info->arguments);
	put_wrapped(out, info->help, 0, 0);
	fputs("\nOptions:\n", out);
	for (enum option option = 0; option < OPTION_COUNT; option++)
		if (options[option].commands & 1U << command)
			put_option(out, option, command);
}

static void help_keys(FILE *out)
{
	struct buf text = BUF_EMPTY;
	view_manual(&text, VIEW_MANUAL_TEXT);
	fwrite(text.data, 1, text.length, out);
	buf_free(&text);
}

/* "help rule" explains both commands of that word. */
static bool help_group(FILE *out, const char *word)
{
	size_t length = strlen(word), shown = 0;
	for (enum command command = COMMAND_CONSOLE + 1; command < COMMAND_COUNT; command++) {
		const char *words = commands[command].words;
		if (strncmp(words, word, length) != 0 || words[length] != ' ')
			continue;
		if (shown++)
			fputc('\n', out);
		help_command(out, command);
	}
	return shown > 0;
}

int help_run(const struct arguments *arguments, FILE *out, struct err *err)
{
	if (arguments->last[OPTION_MAN])
		return help_man(out, arguments->last[OPTION_MAN], err);
	if (arguments->last[OPTION_COMPLETION])
		return help_completion(out, arguments->last[OPTION_COMPLETION], err);
	if (arguments->item_count == 0) {
		help_overview(out);
		return 0;
	}
	char *words = arguments->item_count == 1 ? xstrdup(arguments->items[0])
						 : xasprintf("%s %s", arguments->items[0], arguments->items[1]);
	enum command command = command_find(words);
	int result = 0;
	if (command != COMMAND_COUNT)
		help_command(out, command);
	else if (strcmp(words, "console") == 0)
		help_command(out, COMMAND_CONSOLE);
	else if (strcmp(words, "keys") == 0)
		help_keys(out);
	else if (!help_group(out, words)) {
		const char *known[COMMAND_COUNT + 1];
		for (enum command i = 0; i < COMMAND_COUNT; i++)
			known[i] = commands[i].words;
		known[COMMAND_CONSOLE] = "console";
		known[COMMAND_COUNT] = "keys";
		const char *nearest = text_nearest(words, known, COUNT_OF(known));
		struct buf shown = BUF_EMPTY;
		text_show(&shown, slice_of(words), TEXT_TERMINAL);
		result = err_set(err, ERR_USAGE, "no command \"%s\"%s%s", shown.length ? shown.data : "",
			nearest ? ", the nearest one is " : "", nearest ? nearest : "");
		buf_free(&shown);
	}
	free(words);
	return result;
}
