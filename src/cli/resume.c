/* resume: see resume.h. */
#include "resume.h"

#include <stdlib.h>

static void give(struct arguments *out, enum option option, const char *value)
{
	out->given[out->given_count++] = (struct given){option, value};
	out->last[option] = value;
}

static void give_again(struct arguments *out, const struct view_session *session)
{
	const struct view_given *given;
	size_t count = view_session_options(session, &given);
	for (size_t i = 0; i < count; i++)
		for (enum option option = 0; option < OPTION_COUNT; option++)
			if (strcmp(options[option].name, given[i].option) == 0 &&
				options[option].commands & 1U << COMMAND_CONSOLE)
				give(out, option, given[i].value);
}

int resume_arguments(const struct arguments *arguments, struct arguments *out, struct view_session **session,
	struct err *told, struct err *err)
{
	const char *const *paths = arguments->items;
	size_t count = arguments->item_count;
	*session = NULL;
	if (arguments->last[OPTION_RESUME] && view_session_read(paths, count, session, count ? told : err) != 0 &&
		count == 0)
		return -1;
	const struct view_given *given;
	size_t given_count = *session ? view_session_options(*session, &given) : 0;
	*out = (struct arguments){.command = arguments->command};
	out->given = xcalloc(arguments->given_count + given_count + 1, sizeof *out->given);
	if (count == 0) {
		count = view_session_paths(*session, &paths);
		give_again(out, *session);
	}
	for (size_t i = 0; i < arguments->given_count; i++)
		give(out, arguments->given[i].option, arguments->given[i].value);
	out->items = xcalloc(count + 1, sizeof *out->items);
	for (size_t i = 0; i < count; i++)
		out->items[out->item_count++] = paths[i];
	return 0;
}

/* Those that the view itself brings back, or that are about one run. */
static bool is_of_the_view(enum option option)
{
	return option == OPTION_RESUME || option == OPTION_FILTER || option == OPTION_NOW || option == OPTION_THEME ||
	       option == OPTION_TIPS || option == OPTION_TUTORIAL;
}

struct view_given *resume_given(const struct arguments *arguments, size_t *count)
{
	struct view_given *given = xcalloc(arguments->given_count + 1, sizeof *given);
	*count = 0;
	for (size_t i = 0; i < arguments->given_count; i++) {
		const struct option_info *info = &options[arguments->given[i].option];
		if (is_of_the_view(arguments->given[i].option))
			continue;
		bool is_path =
			info->argument && (strcmp(info->argument, "FILE") == 0 || strcmp(info->argument, "PATH") == 0);
		char *real = is_path ? realpath(arguments->given[i].value, NULL) : NULL;
		given[(*count)++] = (struct view_given){info->name, real ? real : xstrdup(arguments->given[i].value)};
	}
	return given;
}

void resume_given_free(struct view_given *given, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free((char *)(uintptr_t)given[i].value);
	free(given);
}
