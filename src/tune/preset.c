/* preset: parameters under a name: a few shipped ones, and the user's own files, which are configuration files with only
 * the rules' sections. */
#include "raretrail/tune.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#define PRESET_MAX_SIZE (1 << 20)
#define NAME_MAX_LENGTH 40

/* NULL text: every parameter as the rules were published. */
static const struct {
	const char *name, *about, *text;
} shipped[] = {
	{"published", "every parameter as the rules were published", NULL},
	{"aftermath", "an incident of days ago: what happened a week back still counts", "[rare-as]\nmax_age = 7d\n"},
	{"small-account", "little history: few trusted events, fewer actions for a higher share",
		"[rare-as]\nmin_trusted_cloud_event_count = 20\nmax_rare_asn_ratio = 0.05\n"},
	{"strict", "few alerts: a smaller share, more distinct actions, higher scores",
		"[rare-as]\nmax_rare_asn_ratio = 0.005\nmin_unique_action_from_untrusted_asn = 3\n"
		"[rare-method]\nanomaly_threshold = 90\n"},
	{"wide-net", "a hunt: a larger share, one action, more networks, lower scores",
		"[rare-as]\nmax_rare_asn_ratio = 0.05\nmin_unique_action_from_untrusted_asn = 1\n"
		"max_count_distinct_asns = 10\nmax_age = 1d\n[rare-method]\nanomaly_threshold = 50\n"},
};

static bool is_name(const char *name, size_t length)
{
	if (length == 0 || length > NAME_MAX_LENGTH || name[0] == '.' || name[0] == '-')
		return false;
	for (size_t i = 0; i < length; i++) {
		char c = name[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
			    c == '_' || c == '.'))
			return false;
	}
	return true;
}

static char *own_path(const char *name)
{
	char *rest = xasprintf("profiles/%s%s", name, *name ? ".ini" : "");
	char *path = path_user(PATH_CONFIG, "raretrail", rest);
	free(rest);
	return path;
}

/* What stands behind the first ; or #, when the file begins with a comment. */
static char *first_comment(const char *path)
{
	struct buf text = BUF_EMPTY;
	char *about = NULL;
	if (file_load(path, PRESET_MAX_SIZE, &text, NULL) == 0 && text.length &&
		(*text.data == ';' || *text.data == '#')) {
		const char *at = text.data + 1 + strspn(text.data + 1, " \t");
		about = xasprintf("%.*s", (int)strcspn(at, "\r\n"), at);
	}
	buf_free(&text);
	return about ? about : xstrdup("");
}

static int by_name(const void *left, const void *right)
{
	return strcmp(((const struct preset *)left)->name, ((const struct preset *)right)->name);
}

size_t preset_list(struct preset **out)
{
	size_t count = 0, capacity = 0, own;
	char *folder = own_path("");
	DIR *directory = folder ? opendir(folder) : NULL;
	*out = NULL;
	for (struct dirent *entry; directory && (entry = readdir(directory));) {
		size_t length = strlen(entry->d_name);
		if (length <= 4 || strcmp(entry->d_name + length - 4, ".ini") != 0 ||
			!is_name(entry->d_name, length - 4))
			continue;
		*out = array_grow(*out, &capacity, count + 1, sizeof **out);
		char *path = xasprintf("%s%s", folder, entry->d_name);
		(*out)[count++] =
			(struct preset){xasprintf("%.*s", (int)(length - 4), entry->d_name), path, first_comment(path)};
	}
	if (directory)
		closedir(directory);
	free(folder);
	own = count;
	for (size_t i = 0; i < COUNT_OF(shipped); i++) {
		bool is_hidden = false;
		for (size_t j = 0; j < own; j++)
			is_hidden = is_hidden || strcmp((*out)[j].name, shipped[i].name) == 0;
		if (is_hidden)
			continue;
		*out = array_grow(*out, &capacity, count + 1, sizeof **out);
		(*out)[count++] = (struct preset){xstrdup(shipped[i].name), NULL, xstrdup(shipped[i].about)};
	}
	qsort(*out, count, sizeof **out, by_name);
	return count;
}

void preset_list_free(struct preset *presets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(presets[i].name);
		free(presets[i].path);
		free(presets[i].about);
	}
	free(presets);
}

static int unknown(const char *name, struct err *err)
{
	struct preset *presets;
	size_t count = preset_list(&presets);
	const char **known = xcalloc(count, sizeof *known);
	for (size_t i = 0; i < count; i++)
		known[i] = presets[i].name;
	const char *nearest = text_nearest(name, known, count);
	struct buf shown = BUF_EMPTY, all = BUF_EMPTY;
	text_show(&shown, slice_of(name), TEXT_TERMINAL);
	for (size_t i = 0; i < count; i++)
		buf_printf(&all, "%s%s", i ? ", " : "", known[i]);
	err_set(err, ERR_USAGE, "there is no preset \"%s\"%s%s", shown.length ? shown.data : "",
		nearest ? ", the nearest one is " : "; there are ", nearest ? nearest : all.data);
	buf_free(&all);
	buf_free(&shown);
	free(known);
	preset_list_free(presets, count);
	return -1;
}

static int read_shipped(const char *name, struct params *params, struct err *err)
{
	for (size_t i = 0; i < COUNT_OF(shipped); i++) {
		if (strcmp(shipped[i].name, name) != 0)
			continue;
		if (shipped[i].text)
			return params_read(params, name, slice_of(shipped[i].text), NULL, NULL, err);
		params_free(params);
		params_init(params);
		return 0;
	}
	return unknown(name, err);
}

int preset_read(const char *name, struct params *params, struct err *err)
{
	char *path = is_name(name, strlen(name)) ? own_path(name) : NULL;
	struct buf text = BUF_EMPTY;
	int result;
	if (path && access(path, F_OK) == 0) {
		result = file_load(path, PRESET_MAX_SIZE, &text, err);
		if (result == 0)
			result = params_read(params, path, (struct slice){text.data, text.length}, NULL, NULL, err);
	} else {
		result = read_shipped(name, params, err);
	}
	buf_free(&text);
	free(path);
	return result;
}

static int check_name(const char *name, char **path, struct err *err)
{
	*path = NULL;
	if (!is_name(name, strlen(name)))
		return err_set(err, ERR_USAGE,
			"a preset's name is made of letters, digits, - _ . and at most %d of them", NAME_MAX_LENGTH);
	*path = own_path(name);
	if (!*path)
		return err_set(err, ERR_IO, "there is no home folder to keep presets in");
	return 0;
}

int preset_write(
	const char *name, const struct params *params, bool may_replace, char **path, char **before, struct err *err)
{
	struct buf text = BUF_EMPTY, held = BUF_EMPTY;
	*before = NULL;
	if (check_name(name, path, err) != 0)
		return -1;
	int result = 0;
	if (access(*path, F_OK) == 0) {
		if (may_replace)
			result = file_load(*path, PRESET_MAX_SIZE, &held, err);
		else
			result = err_set(err, ERR_LIMIT, "there is a preset %s already", name);
		if (result == 0)
			*before = held.data ? held.data : xstrdup("");
	}
	params_write(&text, params, false);
	if (result == 0)
		result = file_save(*path, (struct slice){text.data, text.length}, err);
	buf_free(&text);
	if (result != 0) {
		free(*path);
		buf_free(&held);
		*path = *before = NULL;
	}
	return result;
}

int preset_delete(const char *name, char **text, struct err *err)
{
	struct buf held = BUF_EMPTY;
	char *path;
	if (check_name(name, &path, err) != 0)
		return -1;
	int result = file_load(path, PRESET_MAX_SIZE, &held, err);
	if (result == 0 && unlink(path) != 0)
		result = err_set_errno(err, "%s", path);
	free(path);
	if (result == 0)
		*text = held.data ? held.data : xstrdup("");
	else
		buf_free(&held);
	return result;
}

int preset_restore(const char *name, const char *text, struct err *err)
{
	char *path;
	if (check_name(name, &path, err) != 0)
		return -1;
	int result = file_save(path, slice_of(text), err);
	free(path);
	return result;
}
