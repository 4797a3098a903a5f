/* search: the folders where AS databases usually lie, and which file of a folder is the likeliest. */
#include "search.h"

#include <dirent.h>
#include <stdlib.h>

#include "raretrail/enrich.h"

static const char *const known_names[] = {
	"asn.mmdb", "GeoLite2-ASN.mmdb", "GeoIP2-ISP.mmdb", "dbip-asn-lite.mmdb", "ipinfo-asn.mmdb"};

static char *data_folder(void)
{
	const char *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	if (data && data[0] == '/') { /* the XDG specification: a relative path is to be ignored */
		return xasprintf("%s/raretrail", data);
	}
	return home && home[0] ? xasprintf("%s/.local/share/raretrail", home) : NULL;
}

void search_folders_init(struct search_folders *folders)
{
	*folders = (struct search_folders){0};
	char *data = data_folder();
	if (data) {
		folders->paths[folders->count++] = data;
	}
	folders->paths[folders->count++] = xstrdup("/usr/share/GeoIP");
	folders->paths[folders->count++] = xstrdup("/var/lib/GeoIP");
	folders->paths[folders->count++] = xstrdup("/usr/local/share/GeoIP");
}

void search_folders_free(struct search_folders *folders)
{
	for (size_t i = 0; i < folders->count; i++) {
		free(folders->paths[i]);
	}
	folders->count = 0;
}

static size_t name_rank(const char *name)
{
	size_t i = 0;
	while (i < COUNT_OF(known_names) && strcmp(name, known_names[i]) != 0) {
		i++;
	}
	return i;
}

static int name_compare(const void *a, const void *b)
{
	const char *x = strrchr(*(char *const *)a, '/') + 1, *y = strrchr(*(char *const *)b, '/') + 1;
	size_t rank_x = name_rank(x), rank_y = name_rank(y);
	if (rank_x != rank_y) {
		return rank_x < rank_y ? -1 : 1;
	}
	return strcmp(x, y);
}

char **search_folder_files(const char *folder, size_t *count)
{
	char **files = NULL;
	size_t capacity = 0;
	*count = 0;
	DIR *dir = opendir(folder);
	if (!dir) {
		return NULL;
	}
	for (struct dirent *entry; (entry = readdir(dir));) {
		size_t length = strlen(entry->d_name);
		if (length < 6 || strcmp(entry->d_name + length - 5, ".mmdb") != 0) {
			continue;
		}
		files = array_grow(files, &capacity, *count + 1, sizeof *files);
		files[(*count)++] = xasprintf("%s/%s", folder, entry->d_name);
	}
	(void)closedir(dir);
	if (*count) {
		qsort(files, *count, sizeof *files, name_compare);
	}
	return files;
}

void enrich_search_paths(struct buf *out)
{
	struct search_folders folders;
	const char *named = getenv("RARETRAIL_ASN_DB");
	if (named && named[0]) {
		buf_printf(out, "%s ($RARETRAIL_ASN_DB)\n", named);
	}
	search_folders_init(&folders);
	for (size_t i = 0; i < folders.count; i++) {
		buf_printf(out, "%s\n", folders.paths[i]);
	}
	search_folders_free(&folders);
}
