/* sample: the list of incidents and the writing of one into a folder. */
#include "raretrail/sample.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "raretrail/enrich.h"
#include "scene.h"

const struct sample_info samples[SAMPLE_COUNT] = {
	[SAMPLE_CI_KEY] = {"ci-key", "the key of a build pipeline, used from a network nobody knows (rare-as)",
		ci_key_story, "AWSLogs", NULL},
	[SAMPLE_FIRST_KEY] = {"first-key", "a service makes an access key for the first time in months (rare-method)",
		first_key_story, "incident", "baseline"},
};

enum sample sample_find(const char *name)
{
	enum sample sample = 0;
	while (sample < SAMPLE_COUNT && strcmp(samples[sample].name, name) != 0)
		sample++;
	return sample;
}

/* Empty, or written by us earlier: its README has the first line of the same story. */
static bool folder_is_ours(const char *folder, const char *story)
{
	DIR *dir = opendir(folder);
	bool is_empty = true;
	if (!dir)
		return false;
	for (struct dirent *entry; (entry = readdir(dir));)
		is_empty = is_empty && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
	(void)closedir(dir);
	if (is_empty)
		return true;
	char *path = xasprintf("%s/README.txt", folder);
	char first[128] = "";
	FILE *file = fopen(path, "re");
	if (file) {
		(void)!fgets(first, sizeof first, file);
		(void)fclose(file);
	}
	free(path);
	size_t length = strcspn(story, "\n");
	return strncmp(first, story, length) == 0 && first[length] == '\n';
}

static int asn_write(const char *path, struct err *err)
{
	struct buf csv = BUF_EMPTY;
	const char *const name = "asn.csv";
	sample_asn_csv(&csv);
	FILE *file = fmemopen(csv.data, csv.length, "r");
	if (!file)
		base_abort("out of memory");
	int result =
		mmdb_write_asn(&file, &name, 1, path, INT64_C(1777593600000) /* 2026-05-01 */, NULL, NULL, NULL, err);
	(void)fclose(file);
	buf_free(&csv);
	return result;
}

int sample_write(enum sample sample, const char *folder, struct sample_report *report, struct err *err)
{
	struct sample_report written = {0};
	if (mkdir(folder, 0777) && errno != EEXIST)
		return err_set_errno(err, "%s: cannot be made", folder);
	if (!folder_is_ours(folder, samples[sample].story))
		return err_set(err, ERR_USAGE, "%s: holds something else; name a new or empty folder", folder);
	char *readme = xasprintf("%s/README.txt", folder), *database = xasprintf("%s/" SAMPLE_ASN_DB, folder);
	int result = file_write(readme, samples[sample].story, strlen(samples[sample].story), err);
	if (result == 0)
		result = asn_write(database, err);
	if (result == 0)
		result = (sample == SAMPLE_CI_KEY ? ci_key_write : first_key_write)(
			folder, &written.files, &written.events, err);
	if (report)
		*report = written;
	free(readme);
	free(database);
	return result;
}
