/* theme_find: theme files by name: the user's folder, then the installed ones, then those built in. */
#include "internal.h"
#include "theme.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#define THEME_SIZE_MAX (256 * 1024)

static int read_file(const char *path, struct buf *text, struct err *err)
{
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return err_set_errno(err, "theme %s", path);
	char block[8192];
	size_t length;
	while ((length = fread(block, 1, sizeof block, file)) > 0 && text->length <= THEME_SIZE_MAX)
		buf_add(text, block, length);
	bool is_bad = ferror(file) != 0;
	fclose(file);
	if (is_bad)
		return err_set(err, ERR_IO, "theme %s cannot be read", path);
	if (text->length > THEME_SIZE_MAX)
		return err_set(err, ERR_LIMIT, "theme %s is longer than 256 KiB; is it a theme?", path);
	buf_add(text, "", 0);
	return 0;
}

static char *user_folder(const struct theme_places *places)
{
	return places->program != NULL ? path_user(PATH_CONFIG, places->program, "themes") : NULL;
}

static bool is_name(const char *name)
{
	return name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL;
}

int theme_find(const struct theme_places *places, const char *name, struct buf *text, struct err *err)
{
	if (strchr(name, '/') != NULL)
		return read_file(name, text, err);
	if (!is_name(name))
		return err_set(err, ERR_USAGE, "`%s` is not a theme's name", name);
	char *folders[2] = {user_folder(places), NULL};
	if (places->share_dir != NULL)
		folders[1] = xasprintf("%s/themes", places->share_dir);
	int result = 1;
	for (size_t i = 0; i < COUNT_OF(folders) && result == 1; i++) {
		if (folders[i] == NULL)
			continue;
		char *path = xasprintf("%s/%s.ini", folders[i], name);
		errno = 0;
		result = read_file(path, text, err);
		if (result != 0 && errno == ENOENT)
			result = 1;
		free(path);
	}
	free(folders[0]);
	free(folders[1]);
	if (result != 1)
		return result;
	size_t length;
	const char *builtin = theme_builtin(name, &length);
	if (builtin == NULL)
		return err_set(err, ERR_USAGE,
			"no theme `%s`; known are default, dark, light, mono, deutan, high-contrast and "
			"the files of the themes folders",
			name);
	buf_add(text, builtin, length);
	return 0;
}

static void add_name(char ***names, size_t *count, size_t *capacity, const char *name, size_t length)
{
	for (size_t i = 0; i < *count; i++)
		if (strlen((*names)[i]) == length && memcmp((*names)[i], name, length) == 0)
			return;
	*names = array_grow(*names, capacity, *count + 1, sizeof **names);
	(*names)[(*count)++] = xasprintf("%.*s", (int)length, name);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

size_t theme_list(const struct ui *ui, char ***names)
{
	struct theme_places places = {ui->program, ui->share_dir};
	size_t count = 0, capacity = 0;
	*names = NULL;
	for (size_t i = 0; theme_builtin_name(i) != NULL; i++)
		add_name(names, &count, &capacity, theme_builtin_name(i), strlen(theme_builtin_name(i)));
	char *folders[2] = {user_folder(&places), NULL};
	if (places.share_dir != NULL)
		folders[1] = xasprintf("%s/themes", places.share_dir);
	for (size_t i = 0; i < COUNT_OF(folders); i++) {
		DIR *folder = folders[i] != NULL ? opendir(folders[i]) : NULL;
		for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
			size_t length = strlen(entry->d_name);
			if (length > 4 && is_name(entry->d_name) && strcmp(entry->d_name + length - 4, ".ini") == 0)
				add_name(names, &count, &capacity, entry->d_name, length - 4);
		}
		if (folder != NULL)
			closedir(folder);
		free(folders[i]);
	}
	qsort(*names, count, sizeof **names, compare_names);
	return count;
}
