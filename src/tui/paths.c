/* paths: the user's folders by the XDG rules: an absolute XDG_*_HOME, else the usual place below the home folder. */
#include "internal.h"

#include <stdlib.h>
#include <sys/stat.h>

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
