/* config: see config.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "raretrail/tune.h"

#define CONFIG_MAX_SIZE (16 << 20)

const struct setting_info settings[] = {
#define X(section, key, option, is_path, help) {section, key, OPTION_##option, is_path, help},
	SETTINGS(X)
#undef X
};
const size_t setting_count = COUNT_OF(settings);

struct file_reading {
	struct config *config;
	const char *path;
};

static char *beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');
	if (name[0] == '/' || !slash)
		return xstrdup(name);
	return xasprintf("%.*s%s", (int)(slash + 1 - path), path, name);
}

static int other_section(void *context, const char *section, const char *key, const char *value, struct err *err)
{
	struct file_reading *reading = context;
	const char *known_keys[COUNT_OF(settings) + RULE_COUNT];
	size_t known = 0;
	bool has_section = false;
	for (size_t i = 0; i < COUNT_OF(settings); i++) {
		const struct setting_info *info = &settings[i];
		if (strcmp(info->section, section) != 0)
			continue;
		has_section = true;
		known_keys[known++] = info->key;
		if (strcmp(info->key, key) != 0)
			continue;
		free(reading->config->defaults[info->option]);
		reading->config->defaults[info->option] = info->is_path ? beside(reading->path, value) : xstrdup(value);
		return 0;
	}
	if (!has_section) {
		for (size_t i = 0; i < COUNT_OF(settings); i++)
			known_keys[known++] = settings[i].section;
		for (enum rule rule = 0; rule < RULE_COUNT; rule++)
			known_keys[known++] = rules[rule].key;
	}
	const char *wrong = has_section ? key : section;
	const char *nearest = text_nearest(wrong, known_keys, known);
	struct buf shown = BUF_EMPTY;
	text_show(&shown, slice_of(wrong), TEXT_TERMINAL);
	err_set(err, ERR_USAGE, "unknown %s \"%s\"%s%s", has_section ? "key" : "section",
		shown.length ? shown.data : "", nearest ? ", the nearest known one is " : "", nearest ? nearest : "");
	buf_free(&shown);
	return -1;
}

/* A file that must exist, or one that may be absent. */
static int read_file(struct config *config, const char *path, bool is_required, struct err *err)
{
	FILE *file = fopen(path, "re");
	if (!file) {
		if (!is_required && (errno == ENOENT || errno == ENOTDIR))
			return 0;
		return err_set_errno(err, "configuration %s", path);
	}
	struct buf text = BUF_EMPTY;
	char piece[8192];
	size_t length;
	while ((length = fread(piece, 1, sizeof piece, file)) > 0 && text.length < CONFIG_MAX_SIZE)
		buf_add(&text, piece, length);
	int result = 0;
	if (ferror(file))
		result = err_set_errno(err, "configuration %s", path);
	else if (text.length >= CONFIG_MAX_SIZE)
		result = err_set(err, ERR_LIMIT, "configuration %s: more than %d MB", path, CONFIG_MAX_SIZE >> 20);
	fclose(file);
	struct file_reading reading = {config, path};
	if (result == 0)
		result = params_read(
			&config->params, path, (struct slice){text.data, text.length}, other_section, &reading, err);
	buf_free(&text);
	return result;
}

static int read_user_file(struct config *config, struct err *err)
{
	char *path = path_user(PATH_CONFIG, "raretrail", "config.ini");
	int result = path ? read_file(config, path, false, err) : 0;
	free(path);
	return result;
}

int config_load(const struct arguments *arguments, struct config *out, struct err *err)
{
	memset(out, 0, sizeof *out);
	params_init(&out->params);
	int result = read_file(out, "/etc/raretrail/config.ini", false, err);
	if (result == 0)
		result = read_user_file(out, err);
	for (size_t i = 0; i < arguments->given_count && result == 0; i++)
		if (arguments->given[i].option == OPTION_CONFIG)
			result = read_file(out, arguments->given[i].value, true, err);
	for (size_t i = 0; i < arguments->given_count && result == 0; i++)
		if (arguments->given[i].option == OPTION_PRESET)
			result = preset_read(arguments->given[i].value, &out->params, err);
	for (size_t i = 0; i < arguments->given_count && result == 0; i++)
		if (arguments->given[i].option == OPTION_SET)
			result = params_assign(&out->params, arguments->given[i].value, err);
	if (result != 0)
		config_free(out);
	return result;
}

void config_free(struct config *config)
{
	params_free(&config->params);
	for (size_t i = 0; i < OPTION_COUNT; i++)
		free(config->defaults[i]);
}

const char *config_option(const struct config *config, const struct arguments *arguments, enum option option)
{
	return arguments->last[option] ? arguments->last[option] : config->defaults[option];
}
