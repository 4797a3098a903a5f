/* keymap: built from the command table, asked at each key. Motions come first and give way to whatever a screen
 * binds. */
#include "keymap.h"

#include <stdlib.h>

static const struct ui_command motions[] = {
#define MOTION_ROW(id, name_, keys_, hint_, help_) \
	{.name = name_, \
		.keys = keys_, \
		.screens = UI_ALL_SCREENS, \
		.group = "MOVE", \
		.hint = hint_, \
		.help = help_, \
		.motion = MOTION_##id},
	UI_MOTIONS(MOTION_ROW)
#undef MOTION_ROW
};

size_t keymap_command_count(const struct keymap *keymap)
{
	return COUNT_OF(motions) + keymap->command_count;
}

const struct ui_command *keymap_command(const struct keymap *keymap, size_t index)
{
	return index < COUNT_OF(motions) ? &motions[index] : &keymap->commands[index - COUNT_OF(motions)];
}

struct slice key_list_next(const char **rest)
{
	*rest += strspn(*rest, " \t");
	struct slice word = {*rest, strcspn(*rest, " \t")};
	*rest += word.length;
	return word;
}

struct bound_key *keymap_bound(const struct keymap *keymap, unsigned screen, ui_key key)
{
	const struct screen_keys *keys = &keymap->by_screen[screen];
	for (size_t i = 0; i < keys->count; i++)
		if (keys->keys[i].key == key)
			return &keys->keys[i];
	return NULL;
}

void keymap_remove(struct keymap *keymap, unsigned screen, struct bound_key *bound)
{
	struct screen_keys *keys = &keymap->by_screen[screen];
	size_t index = (size_t)(bound - keys->keys);
	free(bound->arguments);
	memmove(bound, bound + 1, (keys->count - index - 1) * sizeof *bound);
	keys->count--;
}

const struct bound_key *keymap_put(struct keymap *keymap, unsigned screen, ui_key key, size_t command,
	const char *arguments, enum bind_level level)
{
	struct bound_key *bound = keymap_bound(keymap, screen, key);
	if (bound != NULL) {
		bool is_same = bound->command == command && strcmp(bound->arguments, arguments) == 0;
		if (is_same && bound->level >= level)
			return NULL;
		if (!is_same && bound->level >= level)
			return bound;
		keymap_remove(keymap, screen, bound);
	}
	struct screen_keys *keys = &keymap->by_screen[screen];
	keys->keys = array_grow(keys->keys, &keys->capacity, keys->count + 1, sizeof *keys->keys);
	keys->keys[keys->count++] = (struct bound_key){key, command, xstrdup(arguments), level};
	return NULL;
}

void keymap_clear(struct keymap *keymap, unsigned screen, size_t command, const char *arguments, enum bind_level level)
{
	struct screen_keys *keys = &keymap->by_screen[screen];
	for (size_t i = keys->count; i-- > 0;) {
		struct bound_key *bound = &keys->keys[i];
		if (bound->command == command && bound->level <= level && strcmp(bound->arguments, arguments) == 0)
			keymap_remove(keymap, screen, bound);
	}
}

bool keymap_has_screen(const struct keymap *keymap, unsigned screen, size_t command)
{
	return (keymap_command(keymap, command)->screens >> screen & 1) != 0;
}

bool keymap_has_key(const struct keymap *keymap, unsigned screen, size_t command)
{
	const struct screen_keys *keys = &keymap->by_screen[screen];
	for (size_t i = 0; i < keys->count; i++)
		if (keys->keys[i].command == command)
			return true;
	return false;
}

unsigned keymap_screen(const struct keymap *keymap, const char *name)
{
	unsigned screen = 0;
	while (screen < keymap->screen_count && strcmp(keymap->screens[screen], name) != 0)
		screen++;
	return screen;
}

struct keymap *keymap_new(
	const struct ui_command *commands, size_t command_count, const char *const *screens, size_t screen_count)
{
	struct keymap *keymap = xcalloc(1, sizeof *keymap);
	keymap->commands = commands;
	keymap->command_count = command_count;
	keymap->screens = screens;
	keymap->screen_count = screen_count < UI_SCREENS_MAX ? screen_count : UI_SCREENS_MAX;
	for (size_t i = 0; i < keymap_command_count(keymap); i++) {
		const struct ui_command *command = keymap_command(keymap, i);
		enum bind_level level = command->motion != MOTION_NONE       ? BIND_MOTION
					: command->screens == UI_ALL_SCREENS ? BIND_EVERYWHERE
									     : BIND_SCREEN;
		for (unsigned screen = 0; screen < keymap->screen_count; screen++) {
			if (!keymap_has_screen(keymap, screen, i))
				continue;
			const char *rest = command->keys;
			for (struct slice word; (word = key_list_next(&rest)).length > 0;)
				keymap_put(keymap, screen, ui_key_parse(word), i, "", level);
		}
	}
	return keymap;
}

void keymap_free(struct keymap *keymap)
{
	if (keymap == NULL)
		return;
	for (unsigned screen = 0; screen < keymap->screen_count; screen++) {
		for (size_t i = 0; i < keymap->by_screen[screen].count; i++)
			free(keymap->by_screen[screen].keys[i].arguments);
		free(keymap->by_screen[screen].keys);
	}
	free(keymap);
}

bool keymap_find(const struct keymap *keymap, unsigned screen, ui_key key, struct binding *binding)
{
	if (screen >= keymap->screen_count)
		return false;
	const struct bound_key *bound = keymap_bound(keymap, screen, key);
	if (bound == NULL)
		return false;
	*binding = (struct binding){keymap_command(keymap, bound->command), bound->arguments};
	return true;
}

static const struct ui_command *find_command(const struct keymap *keymap, const char *name, size_t length)
{
	const struct ui_command *begins = NULL;
	size_t beginning = 0;
	for (size_t i = 0; i < keymap_command_count(keymap); i++) {
		const struct ui_command *command = keymap_command(keymap, i);
		if (strncmp(command->name, name, length) != 0)
			continue;
		if (command->name[length] == '\0')
			return command;
		begins = command;
		beginning++;
	}
	return beginning == 1 ? begins : NULL;
}

int keymap_parse(const struct keymap *keymap, const char *line, struct binding *binding, struct err *err)
{
	const char *rest = line;
	struct slice name = key_list_next(&rest);
	rest += strspn(rest, " \t");
	if (name.length == 0)
		return err_set(err, ERR_USAGE, "no command given");
	const struct ui_command *command = find_command(keymap, name.data, name.length);
	if (command == NULL) {
		size_t count = keymap_command_count(keymap);
		const char **names = xmalloc(count * sizeof *names);
		for (size_t i = 0; i < count; i++)
			names[i] = keymap_command(keymap, i)->name;
		char *word = xasprintf("%.*s", (int)name.length, name.data);
		const char *nearest = text_nearest(word, names, count);
		err_set(err, ERR_USAGE, "no command `%s`%s%s%s", word, nearest != NULL ? "; did you mean `" : "",
			nearest != NULL ? nearest : "", nearest != NULL ? "`?" : "");
		if (err != NULL)
			err->offset = (uint64_t)(name.data - line);
		free(word);
		free(names);
		return -1;
	}
	if (*rest != '\0' && command->arguments == NULL) {
		err_set(err, ERR_USAGE, "`%s` takes no arguments", command->name);
		if (err != NULL)
			err->offset = (uint64_t)(rest - line);
		return -1;
	}
	*binding = (struct binding){command, rest};
	return 0;
}

void keymap_keys(
	const struct keymap *keymap, unsigned screen, const char *command, const char *separator, struct buf *out)
{
	if (screen >= keymap->screen_count)
		return;
	struct binding wanted;
	if (keymap_parse(keymap, command, &wanted, NULL) != 0)
		return;
	const struct screen_keys *keys = &keymap->by_screen[screen];
	bool is_first = true;
	for (int level = BIND_USER_SCREEN; level >= BIND_MOTION; level--) {
		for (size_t i = 0; i < keys->count; i++) {
			const struct bound_key *bound = &keys->keys[i];
			if ((int)bound->level != level || keymap_command(keymap, bound->command) != wanted.command ||
				strcmp(bound->arguments, wanted.arguments) != 0)
				continue;
			char text[UI_KEY_TEXT_SIZE];
			buf_printf(out, "%s%s", is_first ? "" : separator, ui_key_format(bound->key, text));
			is_first = false;
		}
	}
}
