/* prompt_history: one history for each kind of prompt, so that Up in the filter prompt never offers a search. Kept in
 * $XDG_STATE_HOME/<program>/history/<kind>, readable by the owner alone. */
#include "prompt.h"

#include <fcntl.h>
#include <readline/history.h>
#include <readline/readline.h>
#include <stdlib.h>
#include <unistd.h>

#define KINDS_MAX 16
#define LINES_MAX 500

static struct kind {
	char *name;
	HISTORY_STATE state;
} kinds[KINDS_MAX];
static size_t kind_count;
static size_t current = SIZE_MAX; /* whose lines readline holds now */

static char *file_of(const struct ui *ui, const char *kind)
{
	char *rest = xasprintf("history/%s", kind);
	char *path = path_user(PATH_STATE, ui->program, rest);
	free(rest);
	return path;
}

static void put_away(void)
{
	if (current == SIZE_MAX)
		return;
	HISTORY_STATE *state = history_get_history_state();
	kinds[current].state = *state;
	free(state);
	current = SIZE_MAX;
}

static void take_out(size_t index)
{
	history_set_history_state(&kinds[index].state);
	current = index;
	using_history();
}

void history_select(const struct ui *ui, const char *kind)
{
	put_away();
	const char *name = kind != NULL ? kind : "";
	for (size_t i = 0; i < kind_count; i++) {
		if (strcmp(kinds[i].name, name) == 0) {
			take_out(i);
			return;
		}
	}
	if (kind_count == KINDS_MAX)
		base_abort("more than %d kinds of prompt history", KINDS_MAX);
	kinds[kind_count] = (struct kind){.name = xstrdup(name)};
	take_out(kind_count++);
	stifle_history(LINES_MAX);
	char *path = kind != NULL ? file_of(ui, kind) : NULL;
	if (path != NULL)
		read_history(path); /* none yet is no error */
	free(path);
	using_history();
}

void history_keep(const struct ui *ui, const char *kind, const char *line)
{
	if (kind == NULL || line[0] == '\0')
		return;
	HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;
	if (last != NULL && strcmp(last->line, line) == 0)
		return;
	add_history(line);
	char *path = file_of(ui, kind);
	if (path == NULL)
		return;
	path_make_parents(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0) {
		close(fd);
		append_history(1, path);
		history_truncate_file(path, LINES_MAX);
	}
	free(path);
}

void history_release(void)
{
	put_away();
	for (size_t i = 0; i < kind_count; i++) {
		take_out(i);
		rl_clear_history();
		put_away();
		free(kinds[i].state.entries);
		free(kinds[i].name);
	}
	kind_count = 0;
	HISTORY_STATE none = {0};
	history_set_history_state(&none);
}
