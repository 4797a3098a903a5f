/* options: from argv to struct arguments. What does not exist is an error that names the nearest thing that does;
 * nothing is ignored. */
#include "options.h"

#include <stdlib.h>

const struct command_info commands[COMMAND_COUNT] = {
#define X(id, words, arguments, formats, fewest, most, help) {words, arguments, formats, fewest, most, help},
	COMMANDS(X)
#undef X
};

const struct option_info options[OPTION_COUNT] = {
#define X(id, name, letter, argument, choices, on, help) {name, letter, argument, choices, on, help},
	OPTIONS(X)
#undef X
};

enum command command_find(const char *words)
{
	for (enum command command = COMMAND_CONSOLE + 1; command < COMMAND_COUNT; command++)
		if (strcmp(commands[command].words, words) == 0)
			return command;
	return COMMAND_COUNT;
}

static const char *shown(struct buf *buf, const char *text)
{
	text_show(buf, slice_of(text), TEXT_TERMINAL);
	return buf->length ? buf->data : "";
}

static int unknown_option(const char *given, struct err *err)
{
	const char *names[OPTION_COUNT];
	for (size_t i = 0; i < OPTION_COUNT; i++)
		names[i] = options[i].name;
	char *name = xasprintf("%.*s", (int)strcspn(given + 2, "="), given + 2);
	const char *nearest = text_nearest(name, names, OPTION_COUNT);
	struct buf buf = BUF_EMPTY;
	const char *text = shown(&buf, name);
	if (nearest)
		err_set(err, ERR_USAGE, "unknown option --%s, did you mean --%s?", text, nearest);
	else
		err_set(err, ERR_USAGE, "unknown option --%s; `raretrail --help` lists them", text);
	buf_free(&buf);
	free(name);
	return -1;
}

static int add_given(struct arguments *out, size_t *capacity, enum option option, const char *value)
{
	out->given = array_grow(out->given, capacity, out->given_count + 1, sizeof *out->given);
	out->given[out->given_count++] = (struct given){option, value};
	out->last[option] = value;
	return 0;
}

/* One argument that starts with --; *index moves on when the value is the next argument. */
static int parse_long(int argc, char **argv, int *index, struct arguments *out, size_t *capacity, struct err *err)
{
	const char *text = argv[*index];
	size_t length = strcspn(text + 2, "=");
	const char *value = text[2 + length] == '=' ? text + 3 + length : NULL;
	for (enum option option = 0; option < OPTION_COUNT; option++) {
		const struct option_info *info = &options[option];
		if (strlen(info->name) != length || memcmp(info->name, text + 2, length) != 0)
			continue;
		if (!info->argument && value)
			return err_set(err, ERR_USAGE, "--%s takes no value", info->name);
		if (info->argument && !value) {
			if (*index + 1 >= argc)
				return err_set(err, ERR_USAGE, "--%s needs a value: --%s %s", info->name, info->name,
					info->argument);
			value = argv[++*index];
		}
		return add_given(out, capacity, option, value ? value : "");
	}
	return unknown_option(text, err);
}

/* One argument of short options: -q, -j4, -j 4, -qj4. */
static int parse_short(int argc, char **argv, int *index, struct arguments *out, size_t *capacity, struct err *err)
{
	for (const char *c = argv[*index] + 1; *c; c++) {
		enum option option = 0;
		while (option < OPTION_COUNT && options[option].letter != *c)
			option++;
		if (option == OPTION_COUNT) {
			struct buf buf = BUF_EMPTY;
			err_set(err, ERR_USAGE, "unknown option -%s; `raretrail --help` lists them", shown(&buf, c));
			buf_free(&buf);
			return -1;
		}
		if (!options[option].argument) {
			add_given(out, capacity, option, "");
			continue;
		}
		if (!c[1] && *index + 1 >= argc)
			return err_set(err, ERR_USAGE, "-%c needs a value: -%c %s", *c, *c, options[option].argument);
		return add_given(out, capacity, option, c[1] ? c + 1 : argv[++*index]);
	}
	return 0;
}

/* The command is the first item, or the first two: "rule export". */
static int find_command(struct arguments *out, struct err *err)
{
	out->command = COMMAND_CONSOLE;
	if (out->items_before_end == 0)
		return 0;
	size_t words = 1;
	out->command = command_find(out->items[0]);
	if (out->command == COMMAND_COUNT && out->items_before_end > 1) {
		char *two = xasprintf("%s %s", out->items[0], out->items[1]);
		out->command = command_find(two);
		words = 2;
		free(two);
	}
	if (out->command != COMMAND_COUNT) {
		out->item_count -= words;
		memmove(out->items, out->items + words, out->item_count * sizeof *out->items);
		return 0;
	}
	size_t length = strlen(out->items[0]);
	struct buf known = BUF_EMPTY;
	for (enum command command = COMMAND_CONSOLE + 1; command < COMMAND_COUNT; command++) {
		const char *full = commands[command].words;
		if (strncmp(full, out->items[0], length) == 0 && full[length] == ' ')
			buf_printf(&known, "%s`raretrail %s`", known.length ? " or " : "", full);
	}
	int result = 0;
	if (known.length)
		result = err_set(
			err, ERR_USAGE, "`raretrail %s` needs to know what to do: %s", out->items[0], known.data);
	buf_free(&known);
	out->command = COMMAND_CONSOLE;
	return result;
}

static int check(const struct arguments *arguments, struct err *err)
{
	const struct command_info *info = &commands[arguments->command];
	const char *space = info->words[0] ? " " : "";
	for (size_t i = 0; i < arguments->given_count; i++) {
		const struct option_info *option = &options[arguments->given[i].option];
		if (!(option->commands & 1U << arguments->command))
			return err_set(err, ERR_USAGE,
				"%s%s%s does not take --%s; `raretrail help%s%s` lists what it takes",
				info->words[0] ? "raretrail" : "the console", space, info->words, option->name, space,
				info->words);
	}
	if (arguments->last[OPTION_HELP] || arguments->last[OPTION_VERSION])
		return 0;
	if (arguments->last[OPTION_RESUME] && arguments->item_count == 0)
		return 0;
	if (arguments->item_count < info->fewest)
		return err_set(
			err, ERR_USAGE, "nothing to work on: raretrail%s%s %s", space, info->words, info->arguments);
	if (arguments->item_count > info->most) {
		struct buf buf = BUF_EMPTY;
		err_set(err, ERR_USAGE, "raretrail%s%s does not know what to do with \"%s\"", space, info->words,
			shown(&buf, arguments->items[info->most]));
		buf_free(&buf);
		return -1;
	}
	return 0;
}

int arguments_parse(int argc, char **argv, struct arguments *out, struct err *err)
{
	*out = (struct arguments){0};
	out->items = xreallocarray(NULL, (size_t)argc + 1, sizeof *out->items);
	size_t capacity = 0;
	bool only_items = false;
	int result = 0;
	for (int i = 1; i < argc && result == 0; i++) {
		const char *text = argv[i];
		if (only_items || text[0] != '-' || !text[1])
			out->items[out->item_count++] = text;
		else if (strcmp(text, "--") == 0) {
			only_items = true;
			out->items_before_end = out->item_count;
		} else if (text[1] == '-')
			result = parse_long(argc, argv, &i, out, &capacity, err);
		else
			result = parse_short(argc, argv, &i, out, &capacity, err);
	}
	if (!only_items)
		out->items_before_end = out->item_count;
	if (result == 0)
		result = find_command(out, err);
	if (result == 0)
		result = check(out, err);
	if (result != 0)
		arguments_free(out);
	return result;
}

void arguments_free(struct arguments *arguments)
{
	free(arguments->given);
	free(arguments->items);
	*arguments = (struct arguments){0};
}

int option_choice(enum option option, const char *text, const char *choices, size_t *index, struct err *err)
{
	size_t length = strlen(text), position = 0;
	choices = choices ? choices : options[option].choices;
	for (const char *choice = choices; *choice;) {
		size_t end = strcspn(choice, "|");
		if (end == length && memcmp(choice, text, length) == 0) {
			*index = position;
			return 0;
		}
		position++;
		choice += end + (choice[end] == '|');
	}
	struct buf buf = BUF_EMPTY;
	err_set(err, ERR_USAGE, "--%s: \"%s\" is not one of %s", options[option].name, shown(&buf, text), choices);
	buf_free(&buf);
	return -1;
}

int format_option(const struct arguments *arguments, const char **format, struct err *err)
{
	const char *formats = commands[arguments->command].formats, *text = arguments->last[OPTION_FORMAT];
	size_t index = 0;
	if (text && option_choice(OPTION_FORMAT, text, formats, &index, err) != 0)
		return -1;
	for (; index > 0; index--)
		formats += strcspn(formats, "|") + 1;
	*format = formats;
	return 0;
}

bool format_is(const char *format, const char *name)
{
	size_t length = strcspn(format, "|");
	return strlen(name) == length && memcmp(format, name, length) == 0;
}

int rules_option(const struct arguments *arguments, uint32_t *bits, struct err *err)
{
	*bits = 0;
	for (size_t i = 0; i < arguments->given_count; i++) {
		size_t rule;
		if (arguments->given[i].option != OPTION_RULE)
			continue;
		if (option_choice(OPTION_RULE, arguments->given[i].value, NULL, &rule, err) != 0)
			return -1;
		*bits |= 1U << rule;
	}
	if (*bits == 0)
		*bits = 3; /* both */
	return 0;
}
