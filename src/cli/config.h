/* config: what decides the parameters and defaults of a run: built-in < /etc/raretrail/config.ini <
 * $XDG_CONFIG_HOME/raretrail/config.ini < --config < --preset < --set. */
#ifndef RARETRAIL_CLI_CONFIG_H
#define RARETRAIL_CLI_CONFIG_H

#include "options.h"
#include "raretrail/detect.h"

/* Settings outside the rules' sections: section, key (the option's long name with _), option it is the default of,
 * whether it is a file name (then a relative one starts at the configuration file's folder), help. */
#define SETTINGS(X) \
	X("input", "asn_db", ASN_DB, true, "database of AS organisations (MMDB)") \
	X("input", "city_db", CITY_DB, true, "database of cities and countries (MMDB)") \
	X("input", "jobs", JOBS, false, "threads") \
	X("input", "max_mem", MAX_MEM, false, "stop loading when the index is this large") \
	X("input", "ecs_compat", ECS_COMPAT, false, "8.9 or 5.2") \
	X("output", "color", COLOR, false, "auto, always or never") \
	X("console", "theme", THEME, false, "name of a theme, or a file") \
	X("console", "glyphs", GLYPHS, false, "ascii or unicode") \
	X("console", "tips", TIPS, false, "on or off")

struct setting_info {
	const char *section, *key;
	enum option option;
	bool is_path;
	const char *help;
};
extern const struct setting_info settings[];
extern const size_t setting_count;

struct config {
	struct params params;
	char *defaults[OPTION_COUNT]; /* from the [sections] above; NULL where no file says anything */
};

/* Reads every file that applies and the --set assignments. On an error *out needs no freeing. */
int config_load(const struct arguments *arguments, struct config *out, struct err *err) MUST_USE;
void config_free(struct config *config);
/* The value of an option: from the command line, else from a file, else NULL. */
const char *config_option(const struct config *config, const struct arguments *arguments, enum option option);

#endif
