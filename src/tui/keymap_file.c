/* keymap_file: the user's keys. "[alerts]" or "[all]", then "mark true = T M-t": what a line names gets exactly these
 * keys there. */
#include "keymap.h"

#include <ini.h>
#include <stdlib.h>

struct loader {
	struct keymap *keymap;
	FILE *file;
	const char *path;
	int line;
	struct buf *report;
	int wrong;
	bool *is_freed; /* screen * commands + command: the user took its keys away on purpose */
};

static char *read_line(char *line, int size, void *context)
{
	struct loader *loader = context;
	loader->line++;
	return fgets(line, size, loader->file);
}

static void complain(struct loader *loader, const char *format, ...) PRINTF_LIKE(2, 3);
static void complain(struct loader *loader, const char *format, ...)
{
	char text[400];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	buf_printf(loader->report, "%s:%d: %s\n", loader->path, loader->line, text);
	loader->wrong++;
}

static size_t command_index(const struct keymap *keymap, const struct ui_command *command)
{
	size_t i = 0;
	while (keymap_command(keymap, i) != command)
		i++;
	return i;
}

static void bind_keys(struct loader *loader, unsigned screen, size_t command, const char *arguments, const char *keys,
	enum bind_level level)
{
	struct keymap *keymap = loader->keymap;
	enum bind_level below = level == BIND_USER_ALL ? BIND_SCREEN : BIND_USER_ALL;
	keymap_clear(keymap, screen, command, arguments, below);
	loader->is_freed[screen * keymap_command_count(keymap) + command] = true;
	for (struct slice word; (word = key_list_next(&keys)).length > 0;) {
		ui_key key = ui_key_parse(word);
		const struct bound_key *other =
			key == UI_NO_KEY ? NULL : keymap_put(keymap, screen, key, command, arguments, level);
		if (other != NULL && other->level == level)
			complain(loader, "`%.*s` is already bound to %s on %s", (int)word.length, word.data,
				keymap_command(keymap, other->command)->name, keymap->screens[screen]);
	}
}

static bool are_keys_known(struct loader *loader, const char *keys)
{
	for (struct slice word; (word = key_list_next(&keys)).length > 0;) {
		if (ui_key_parse(word) == UI_NO_KEY) {
			complain(loader, "`%.*s` is not a key; keys look like x, X, C-x, M-x, Enter, F1",
				(int)word.length, word.data);
			return false;
		}
	}
	return true;
}

static int on_entry(void *context, const char *section, const char *name, const char *value)
{
	struct loader *loader = context;
	struct keymap *keymap = loader->keymap;
	struct binding binding;
	struct err err = {0};
	bool is_all = strcmp(section, "all") == 0;
	unsigned screen = keymap_screen(keymap, section);
	if (!is_all && screen >= keymap->screen_count) {
		const char *nearest = text_nearest(section, keymap->screens, keymap->screen_count);
		complain(loader, "no screen `%s`%s%s", section, nearest != NULL ? "; did you mean " : "",
			nearest != NULL ? nearest : "");
		return 1;
	}
	if (keymap_parse(keymap, name, &binding, &err) != 0) {
		complain(loader, "%s", err.text);
		return 1;
	}
	if (!are_keys_known(loader, value))
		return 1;
	size_t command = command_index(keymap, binding.command);
	if (!is_all && !keymap_has_screen(keymap, screen, command)) {
		complain(loader, "%s does nothing on %s", binding.command->name, section);
		return 1;
	}
	for (unsigned i = is_all ? 0 : screen; i < (is_all ? keymap->screen_count : screen + 1); i++)
		if (keymap_has_screen(keymap, i, command))
			bind_keys(loader, i, command, binding.arguments, value,
				is_all ? BIND_USER_ALL : BIND_USER_SCREEN);
	return 1;
}

static bool had_key(const struct ui_command *command)
{
	const char *rest = command->keys;
	return key_list_next(&rest).length > 0;
}

/* A command that lost its last key to another one is a clash too. */
static void report_lost(struct loader *loader)
{
	const struct keymap *keymap = loader->keymap;
	size_t count = keymap_command_count(keymap);
	for (unsigned screen = 0; screen < keymap->screen_count; screen++) {
		for (size_t i = 0; i < count; i++) {
			const struct ui_command *command = keymap_command(keymap, i);
			if (!keymap_has_screen(keymap, screen, i) || loader->is_freed[screen * count + i] ||
				!had_key(command) || keymap_has_key(keymap, screen, i))
				continue;
			const char *rest = command->keys;
			struct slice word = key_list_next(&rest);
			const struct bound_key *taker = keymap_bound(keymap, screen, ui_key_parse(word));
			if (taker == NULL || taker->level < BIND_USER_ALL)
				continue;
			buf_printf(loader->report, "%s: on %s %s has lost its key `%.*s` to %s\n", loader->path,
				keymap->screens[screen], command->name, (int)word.length, word.data,
				keymap_command(keymap, taker->command)->name);
			loader->wrong++;
		}
	}
}

int keymap_load(struct keymap *keymap, const char *path, struct buf *report, struct err *err)
{
	struct loader loader = {.keymap = keymap, .path = path, .report = report};
	loader.file = fopen(path, "re");
	if (loader.file == NULL)
		return err_set_errno(err, "keymap %s", path);
	loader.is_freed = xcalloc(keymap->screen_count * keymap_command_count(keymap), sizeof *loader.is_freed);
	int bad_line = ini_parse_stream(read_line, &loader, on_entry, &loader);
	if (bad_line > 0) {
		loader.line = bad_line;
		complain(&loader, "not `command = keys`");
	}
	report_lost(&loader);
	free(loader.is_freed);
	fclose(loader.file);
	return loader.wrong;
}

int keymap_load_user(struct keymap *keymap, const char *program, struct buf *report, struct err *err)
{
	char *path = path_user(PATH_CONFIG, program, "keymap.ini");
	int result = 0;
	FILE *file = path != NULL ? fopen(path, "re") : NULL;
	if (file != NULL) {
		fclose(file);
		result = keymap_load(keymap, path, report, err);
	}
	free(path);
	return result;
}

int keymap_bind(struct keymap *keymap, const char *screen, const char *key, const char *command_line, struct err *err)
{
	struct binding binding;
	bool is_all = strcmp(screen, "all") == 0, is_bound = false;
	unsigned index = keymap_screen(keymap, screen);
	ui_key code = ui_key_parse(slice_of(key));
	if (!is_all && index >= keymap->screen_count) {
		const char *nearest = text_nearest(screen, keymap->screens, keymap->screen_count);
		return err_set(err, ERR_USAGE, "no screen `%s`%s%s", screen, nearest != NULL ? "; did you mean " : "",
			nearest != NULL ? nearest : "");
	}
	if (code == UI_NO_KEY)
		return err_set(err, ERR_USAGE, "`%s` is not a key; keys look like x, X, C-x, M-x, Enter, F1", key);
	if (keymap_parse(keymap, command_line, &binding, err) != 0)
		return -1;
	size_t command = command_index(keymap, binding.command);
	enum bind_level level = is_all ? BIND_USER_ALL : BIND_USER_SCREEN;
	for (unsigned i = is_all ? 0 : index; i < (is_all ? keymap->screen_count : index + 1); i++) {
		if (!keymap_has_screen(keymap, i, command))
			continue;
		struct bound_key *before = keymap_bound(keymap, i, code);
		if (before != NULL && before->level <= level)
			keymap_remove(keymap, i, before);
		keymap_put(keymap, i, code, command, binding.arguments, level);
		is_bound = true;
	}
	if (!is_bound)
		return err_set(err, ERR_USAGE, "%s does nothing on %s", binding.command->name, screen);
	return 0;
}
