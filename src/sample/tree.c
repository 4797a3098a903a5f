/* tree: records into the folders and compressed files that CloudTrail delivers to S3. Same scene, same bytes. */
#include "scene.h"

#include <errno.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static int folders_make(const char *path, struct err *err)
{
	char *copy = xstrdup(path);
	int result = 0;
	for (char *slash = strchr(copy + 1, '/'); slash && result == 0; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(copy, 0777) && errno != EEXIST)
			result = err_set_errno(err, "%s: cannot be made", copy);
		*slash = '/';
	}
	free(copy);
	return result;
}

int file_write(const char *path, const char *data, size_t length, struct err *err)
{
	if (folders_make(path, err))
		return -1;
	FILE *file = fopen(path, "we");
	if (!file)
		return err_set_errno(err, "%s: cannot be written", path);
	bool is_good = fwrite(data, 1, length, file) == length;
	is_good = fclose(file) == 0 && is_good;
	return is_good ? 0 : err_set_errno(err, "%s: cannot be written", path);
}

int file_write_gzip(const char *path, const char *data, size_t length, struct err *err)
{
	struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);
	if (!compressor)
		base_abort("out of memory");
	size_t bound = libdeflate_gzip_compress_bound(compressor, length);
	char *packed = xmalloc(bound);
	size_t size = libdeflate_gzip_compress(compressor, data, length, packed, bound); /* its header has no time */
	int result = file_write(path, packed, size, err);
	free(packed);
	libdeflate_free_compressor(compressor);
	return result;
}

/* Files in the order of account, region, time: each is one run of the sorted records. */
static int record_compare(const void *a, const void *b)
{
	const struct record *x = a, *y = b;
	int account = strcmp(x->account, y->account), region = strcmp(x->region, y->region);
	if (account || region)
		return account ? account : region;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->sequence < y->sequence ? -1 : x->sequence > y->sequence;
}

static char *file_path(
	struct scene *scene, const struct tree_options *options, const struct record *first, int64_t slot)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	char time[TIME_TEXT_SIZE], suffix[17];
	for (unsigned i = 0; i < 16; i++)
		suffix[i] = alphabet[scene_random(scene, sizeof alphabet - 1)];
	suffix[16] = 0;
	time_format_iso(slot + options->slot, time); /* named after its delivery */
	char day[TIME_TEXT_SIZE];
	time_format_iso(slot, day);
	return xasprintf(
		"%s/AWSLogs/%s/CloudTrail/%s/%.4s/%.2s/%.2s/%s_CloudTrail_%s_%.4s%.2s%.2sT%.2s%.2sZ_%s.json.gz",
		options->folder, first->account, first->region, day, day + 5, day + 8, first->account, first->region,
		time, time + 5, time + 8, time + 11, time + 14, suffix);
}

int tree_write(struct scene *scene, const struct tree_options *options, struct tree_report *report, struct err *err)
{
	struct buf file = BUF_EMPTY;
	int result = 0;
	*report = (struct tree_report){0};
	if (scene->count)
		qsort(scene->records, scene->count, sizeof *scene->records, record_compare);
	for (size_t first = 0, last; first < scene->count && result == 0; first = last) {
		const struct record *head = &scene->records[first];
		int64_t slot = time_floor(head->time, options->slot);
		last = first + 1;
		if (head->time < options->from || head->time >= options->until)
			continue;
		file.length = 0;
		buf_add_text(&file, "{\"Records\":[");
		buf_add(&file, scene->text.data + head->offset, head->length);
		for (; last < scene->count; last++) {
			const struct record *record = &scene->records[last];
			if (strcmp(record->account, head->account) != 0 || strcmp(record->region, head->region) != 0 ||
				record->time >= slot + options->slot || record->time >= options->until)
				break;
			buf_add_char(&file, ',');
			buf_add(&file, scene->text.data + record->offset, record->length);
		}
		buf_add_text(&file, "]}");
		char *path = file_path(scene, options, head, slot);
		result = file_write_gzip(path, file.data, file.length, err);
		report->files++;
		report->events += last - first;
		free(report->last_path);
		report->last_path = path;
		if (!report->first_path)
			report->first_path = xstrdup(path);
	}
	buf_free(&file);
	return result;
}
