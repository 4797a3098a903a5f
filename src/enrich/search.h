/* search: where an AS database is looked for when none was named. */
#ifndef RARETRAIL_ENRICH_SEARCH_H
#define RARETRAIL_ENRICH_SEARCH_H

#include "raretrail/base.h"

struct search_folders {
	char *paths[4];
	size_t count;
};
void search_folders_init(struct search_folders *folders);
void search_folders_free(struct search_folders *folders);
/* MMDB files of a folder, best known AS names first, then any other in byte order; free each and the array. */
char **search_folder_files(const char *folder, size_t *count) MUST_USE;

#endif
