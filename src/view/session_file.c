/* The file of a session that was left: one line that names the version and a digest of the rest, then JSON. Anything that
 * does not fit is told and left alone. */
#include "resume.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#define SESSION_MAX_SIZE (4 << 20)
#define SESSIONS_KEPT 20
#define HEAD "raretrail session 1 "

struct view_session {
	json_t *root;
	const char **paths;
	size_t path_count;
	struct view_given *given;
	size_t given_count;
};

char *session_path(const char *const *paths, size_t count)
{
	struct buf all = BUF_EMPTY;
	char digest[SHA256_HEX_SIZE], *rest, *path;

	for (size_t i = 0; i < count; i++) {
		char real[PATH_MAX];

		if (strcmp(paths[i], "-") == 0) {
			buf_free(&all);
			return NULL;
		}
		buf_add_text(&all, realpath(paths[i], real) ? real : paths[i]);
		buf_add_char(&all, '\0');
	}
	if (!all.length)
		return NULL;
	sha256_hex(all.data, all.length, digest);
	buf_free(&all);
	rest = xasprintf("sessions/%.12s.json", digest);
	path = path_user(PATH_STATE, "raretrail", rest);
	free(rest);
	return path;
}

/* The newest file of the folder; with `oldest_of` > 0 the oldest one, when there are more than that. */
static char *pick(const char *folder, size_t oldest_of)
{
	DIR *directory = opendir(folder);
	char *best = NULL;
	struct timespec when = {0};
	size_t count = 0;

	for (struct dirent *entry; directory && (entry = readdir(directory));) {
		size_t length = strlen(entry->d_name);
		struct stat status;
		char *path;
		bool is_newer;

		if (length < 6 || strcmp(entry->d_name + length - 5, ".json") != 0)
			continue;
		path = xasprintf("%s%s", folder, entry->d_name);
		if (stat(path, &status) != 0) {
			free(path);
			continue;
		}
		count++;
		is_newer = status.st_mtim.tv_sec != when.tv_sec ? status.st_mtim.tv_sec > when.tv_sec
								: status.st_mtim.tv_nsec > when.tv_nsec;
		if (!best || is_newer == (oldest_of == 0)) {
			free(best);
			best = path;
			when = status.st_mtim;
		} else {
			free(path);
		}
	}
	if (directory)
		closedir(directory);
	if (oldest_of && count <= oldest_of) {
		free(best);
		best = NULL;
	}
	return best;
}

void session_write(const char *path, struct slice body)
{
	char digest[SHA256_HEX_SIZE], *folder, *oldest;
	struct buf text = BUF_EMPTY;

	sha256_hex(body.data, body.length, digest);
	buf_printf(&text, HEAD "%s\n", digest);
	buf_add(&text, body.data, body.length);
	if (file_save(path, (struct slice){text.data, text.length}, NULL) == 0) {
		folder = xasprintf("%.*s", (int)(strrchr(path, '/') + 1 - path), path);
		oldest = pick(folder, SESSIONS_KEPT);
		if (oldest)
			(void)unlink(oldest);
		free(oldest);
		free(folder);
	}
	buf_free(&text);
}

static int damaged(const char *path, const char *what, struct err *err)
{
	return err_set(err, ERR_FORMAT, "the session left behind cannot be resumed: %s %s", path, what);
}

static int parse(const char *path, const struct buf *text, json_t **out, struct err *err)
{
	char digest[SHA256_HEX_SIZE];
	const char *body = text->length ? memchr(text->data, '\n', text->length) : NULL;
	size_t head = sizeof(HEAD) - 1;

	if (!body || text->length < sizeof("raretrail session ") ||
		memcmp(text->data, HEAD, strlen("raretrail session ")) != 0)
		return damaged(path, "is no session file", err);
	if (memcmp(text->data, HEAD, head) != 0)
		return damaged(path, "was written by another version", err);
	body++;
	sha256_hex(body, text->length - (size_t)(body - text->data), digest);
	if ((size_t)(body - text->data) != head + SHA256_HEX_SIZE ||
		memcmp(text->data + head, digest, SHA256_HEX_SIZE - 1) != 0)
		return damaged(path, "is damaged", err);
	*out = json_loadb(body, text->length - (size_t)(body - text->data), 0, NULL);
	if (!json_is_object(*out)) {
		json_decref(*out);
		return damaged(path, "is damaged", err);
	}
	return 0;
}

static void read_command(struct view_session *session)
{
	const json_t *paths = json_object_get(session->root, "paths"),
		     *given = json_object_get(session->root, "options");
	size_t index;
	json_t *item;

	session->paths = xcalloc(json_array_size(paths) + 1, sizeof(*session->paths));
	session->given = xcalloc(json_array_size(given) + 1, sizeof(*session->given));
	json_array_foreach(paths, index, item) if (json_string_value(item)) session->paths[session->path_count++] =
		json_string_value(item);
	json_array_foreach(given, index, item)
	{
		const char *name = json_string_value(json_array_get(item, 0)),
			   *value = json_string_value(json_array_get(item, 1));

		if (name && value)
			session->given[session->given_count++] = (struct view_given){name, value};
	}
}

int view_session_read(const char *const *paths, size_t path_count, struct view_session **out, struct err *err)
{
	char *folder = path_user(PATH_STATE, "raretrail", "sessions/");
	char *path = path_count ? session_path(paths, path_count) : folder ? pick(folder, 0) : NULL;
	struct buf text = BUF_EMPTY;
	json_t *root = NULL;
	int result;

	free(folder);
	if (!path || access(path, F_OK) != 0) {
		free(path);
		return err_set(err, ERR_USAGE, "%s",
			path_count ? "no session on these files was left behind; this one begins anew"
				   : "no session was left behind: name the files to open");
	}
	result = file_load(path, SESSION_MAX_SIZE, &text, err);
	if (result == 0)
		result = parse(path, &text, &root, err);
	buf_free(&text);
	free(path);
	if (result != 0 && path_count == 0 && err) {
		char *why = xstrdup(err->text);

		err_set(err, err->code, "%s; name the files to open", why);
		free(why);
	}
	if (result != 0)
		return -1;
	*out = xcalloc(1, sizeof(**out));
	(*out)->root = root;
	read_command(*out);
	return 0;
}

void view_session_free(struct view_session *session)
{
	if (!session)
		return;
	json_decref(session->root);
	free(session->paths);
	free(session->given);
	free(session);
}

size_t view_session_paths(const struct view_session *session, const char *const **paths)
{
	*paths = session->paths;
	return session->path_count;
}

size_t view_session_options(const struct view_session *session, const struct view_given **options)
{
	*options = session->given;
	return session->given_count;
}

const void *session_view(const struct view_session *session)
{
	return json_object_get(session->root, "view");
}

int64_t session_saved(const struct view_session *session)
{
	int64_t when;
	const char *text = json_string_value(json_object_get(session->root, "saved"));

	return text && time_parse_iso(slice_of(text), &when) ? when : TIME_NONE;
}
