/* paths: the user's folders by the XDG rules: an absolute XDG_*_HOME, else the usual place below the home folder; small
 * files there, read and written whole. */
#include "raretrail/base.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

char *path_user(enum path_kind kind, const char *program, const char *rest)
{
	const char *base = getenv(kind == PATH_CONFIG ? "XDG_CONFIG_HOME" : "XDG_STATE_HOME");
	if (base != NULL && base[0] == '/')
		return xasprintf("%s/%s/%s", base, program, rest);
	const char *home = getenv("HOME");
	if (home == NULL || home[0] != '/')
		return NULL;
	return xasprintf("%s/%s/%s/%s", home, kind == PATH_CONFIG ? ".config" : ".local/state", program, rest);
}

void path_make_parents(const char *path)
{
	char *copy = xstrdup(path);
	for (char *slash = strchr(copy + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(copy, 0700);
		*slash = '/';
	}
	free(copy);
}

int file_load(const char *path, size_t most, struct buf *out, struct err *err)
{
	FILE *file = fopen(path, "re");
	if (!file)
		return err_set_errno(err, "%s", path);
	size_t before = out->length, length;
	char piece[8192];
	while ((length = fread(piece, 1, sizeof piece, file)) > 0 && out->length - before <= most)
		buf_add(out, piece, length);
	int result = 0;
	if (ferror(file))
		result = err_set_errno(err, "%s", path);
	else if (out->length - before > most)
		result = err_set(err, ERR_LIMIT, "%s: more than %zu bytes", path, most);
	fclose(file);
	return result;
}

int file_save(const char *path, struct slice text, struct err *err)
{
	path_make_parents(path);
	char *fresh = xasprintf("%s.%ld.new", path, (long)getpid());
	int file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool is_written = file >= 0 && write_whole(file, text.data, text.length) == 0 && fsync(file) == 0;
	if (file >= 0 && close(file) != 0)
		is_written = false;
	int result = 0;
	if (!is_written || rename(fresh, path) != 0) {
		result = err_set_errno(err, "%s", path);
		if (file >= 0)
			(void)unlink(fresh);
	}
	free(fresh);
	return result;
}
