/* follow_decide: what is to be done with a path that was touched. A file that only grew goes on where it was left, if it
 * is read line by line; any other change means reading it anew, which is always right. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "fast.h"
#include "follow.h"
#include "scan.h"

#define LOOK_SIZE ((size_t)1 << 16)

/* ---- which file of the load it is ---- */

static bool has_mark(int file, const struct source *source, const struct stat *info)
{
	uint64_t mark;
	return source->has_mark && (uint64_t)info->st_size >= source->size && files_mark(file, source->size, &mark) &&
	       mark == source->mark;
}

static bool is_elsewhere(const char *path, const struct stat *info)
{
	struct stat now;
	return stat(path, &now) != 0 ? errno == ENOENT : now.st_dev != info->st_dev || now.st_ino != info->st_ino;
}

/* A file that was moved keeps its number: its events are in already. */
static void rename_source(struct follow *follow, uint32_t number, const char *path)
{
	struct load *load = follow->load;
	struct source *source = &load->files.sources[number];
	follow_keep(follow, source->name, KEPT_NAME);
	follow_keep(follow, source->path, KEPT_NAME);
	pthread_mutex_lock(&load->lock);
	source->name = xstrdup(path);
	source->path = xstrdup(path);
	pthread_mutex_unlock(&load->lock);
	known_place(&follow->known, number, path);
}

static uint32_t file_of(struct follow *follow, const char *path, int file, const struct stat *info)
{
	uint32_t by_path = known_path(&follow->known, path), by_inode = known_inode(&follow->known, info);
	if (by_inode == FILE_NONE || by_inode == by_path)
		return by_path;
	const struct source *source = &follow->load->files.sources[by_inode];
	if (source->path == NULL || !is_elsewhere(source->path, info) || !has_mark(file, source, info))
		return by_path;
	rename_source(follow, by_inode, path);
	return by_inode;
}

/* ---- lines ---- */

static bool is_lines(struct follow *follow, int file)
{
	if (follow->reader == NULL)
		follow->reader = reader_new(&follow->load->options);
	char *look = xmalloc(LOOK_SIZE + SCAN_PADDING);
	ssize_t got = pread(file, look, LOOK_SIZE, 0);
	memset(look + (got > 0 ? got : 0), 0, SCAN_PADDING);
	bool result = got > 0 && fast_is_lines(follow->reader, look, (size_t)got);
	free(look);
	return result;
}

static bool ends_line(int file, uint64_t size)
{
	char last;
	return size > 0 && pread(file, &last, 1, (off_t)(size - 1)) == 1 && last == '\n';
}

/* Where the last complete line ends, between `from` and `size`; `from` when none does. */
static uint64_t lines_end(int file, uint64_t from, uint64_t size)
{
	char bytes[4096];
	while (size > from) {
		size_t step = size - from < sizeof(bytes) ? (size_t)(size - from) : sizeof(bytes);
		if (pread(file, bytes, step, (off_t)(size - step)) != (ssize_t)step)
			return from;
		const char *newline = memrchr(bytes, '\n', step);
		if (newline != NULL)
			return size - step + (uint64_t)(newline + 1 - bytes);
		size -= step;
	}
	return from;
}

/* ---- the decision ---- */

struct look {
	struct follow *follow;
	struct job *job;
	int file;
	bool is_ready; /* nobody is writing */
};

/* Takes what is there: all of it when nobody writes, else complete lines if it consists of lines. */
static void take(const struct look *look, enum step step, uint64_t from, bool has_lines)
{
	struct job *job = look->job;
	uint64_t size = (uint64_t)job->info.st_size;
	job->end = look->is_ready ? size : has_lines ? lines_end(look->file, from, size) : 0;
	if (look->is_ready || job->end > from)
		job->step = step;
	else
		job->step = job->arrival->is_written ? STEP_WAIT : STEP_WAIT_QUIET;
}

static void decide_new(const struct look *look)
{
	take(look, STEP_NEW, 0, !look->is_ready && is_lines(look->follow, look->file));
}

static void decide_changed(const struct look *look, const struct source *source)
{
	struct trace *trace = &look->follow->known.traces[look->job->file];
	struct ledger *ledger = look->follow->load->ledger;
	if (trace->lines == LINES_UNKNOWN)
		trace->lines = is_lines(look->follow, look->file) ? LINES_YES : LINES_NO;
	bool has_lines = trace->lines == LINES_YES;
	bool goes_on = has_lines && source->has_mark && !trace->is_unsound && ends_line(look->file, source->size) &&
		       (uint64_t)look->job->info.st_size > source->size &&
		       !ledger_has(ledger, look->job->file, SKIP_TRUNCATED_JSON) &&
		       !ledger_has(ledger, look->job->file, SKIP_UNREADABLE);
	/* Reading anew what is still being written must get further than the last time. */
	take(look, goes_on ? STEP_APPEND : STEP_ANEW, source->size, has_lines);
}

/* The file is as it was read, or as it was listed before. */
static void decide_same(const struct look *look, struct source *source)
{
	struct follow *follow = look->follow;
	uint32_t number = look->job->file;
	uint64_t mark;
	if (!source->has_mark && files_mark(look->file, source->size, &mark)) {
		pthread_mutex_lock(&follow->load->lock);
		source->mark = mark;
		source->has_mark = true;
		pthread_mutex_unlock(&follow->load->lock);
	}
	known_identify(&follow->known, number, &look->job->info);
	if (ledger_has(follow->load->ledger, number, SKIP_UNREADABLE))
		take(look, STEP_ANEW, 0, false); /* it can be opened now */
}

static void decide_open(const struct look *look)
{
	struct follow *follow = look->follow;
	struct job *job = look->job;
	job->file = file_of(follow, job->arrival->path, look->file, &job->info);
	if (job->file == FILE_NONE) {
		decide_new(look);
		return;
	}
	struct source *source = &follow->load->files.sources[job->file];
	if (source->wrapping == files_pruned_wrapping)
		return;
	bool is_same_size = source->size == (uint64_t)job->info.st_size;
	if (is_same_size && source->modified == files_modified(&job->info))
		decide_same(look, source);
	else if (!source->has_mark)
		decide_changed(look, source);
	else if (has_mark(look->file, source, &job->info))
		decide_changed(look, source);
	else {
		job->is_replaced = true;
		decide_new(look);
	}
}

void follow_decide(struct follow *follow, struct arrival *arrival, struct job *job)
{
	*job = (struct job){.step = STEP_NOTHING, .arrival = arrival, .file = FILE_NONE};
	if (stat(arrival->path, &job->info) != 0 || !S_ISREG(job->info.st_mode))
		return;
	struct look look = {.follow = follow, .job = job};
	look.file = open(arrival->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (look.file < 0 ? errno == ENOENT : fstat(look.file, &job->info) != 0)
		return; /* it went away just now */
	int64_t now = time_monotonic_us(), modified = files_modified(&job->info);
	if (arrival->size != (uint64_t)job->info.st_size || arrival->modified != modified) {
		arrival->size = (uint64_t)job->info.st_size;
		arrival->modified = modified;
		arrival->since_us = now;
	}
	look.is_ready = arrival->is_closed || (!arrival->is_written && now - arrival->since_us >= FOLLOW_QUIET_US);
	if (look.file >= 0) {
		decide_open(&look);
		bool is_read = job->step == STEP_NEW || job->step == STEP_APPEND || job->step == STEP_ANEW;
		job->has_mark = is_read && files_mark(look.file, job->end, &job->mark);
		close(look.file);
	} else if (known_path(&follow->known, arrival->path) == FILE_NONE) {
		take(&look, STEP_NEW, 0, false); /* reading it says why it cannot be read */
	}
}
