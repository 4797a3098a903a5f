/* files: walks the paths given and lists what can be read. */
#include "files.h"

#include "inflate.h"

#include "decompress.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

const char files_pruned_wrapping[] = "left out by its date";

struct source *files_add(struct files *files, const char *name, const char *path)
{
	files->sources = array_grow(files->sources, &files->capacity, files->count + 1, sizeof *files->sources);
	struct source *source = &files->sources[files->count++];
	*source = (struct source){0};
	source->name = xstrdup(name);
	source->path = path ? xstrdup(path) : NULL;
	return source;
}

void files_free(struct files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		free(files->sources[i].name);
		free(files->sources[i].path);
		checkpoints_free(files->sources[i].checkpoints);
	}
	free(files->sources);
	if (files->spool >= 0)
		close(files->spool);
	*files = (struct files){.spool = -1};
}

/* ---- the spool ---- */

int files_spool_open(struct files *files, struct err *err)
{
	if (files->spool >= 0)
		return 0;
	const char *folder = getenv("TMPDIR");
	if (!folder || !*folder)
		folder = "/tmp";
	files->spool = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (files->spool < 0) {
		/* File systems without nameless files: a name that is gone at once. */
		char *path = xasprintf("%s/raretrail-XXXXXX", folder);
		files->spool = mkostemp(path, O_CLOEXEC);
		if (files->spool >= 0)
			unlink(path);
		free(path);
	}
	return files->spool < 0 ? err_set_errno(err, "cannot make a temporary file in %s (set TMPDIR)", folder) : 0;
}

int files_spool(struct files *files, const void *data, size_t length, struct err *err)
{
	const char *at = data;
	while (length) {
		ssize_t written = pwrite(files->spool, at, length, (off_t)files->spool_size);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return err_set_errno(err, "cannot write the temporary file (set TMPDIR)");
		at += written;
		length -= (size_t)written;
		files->spool_size += (uint64_t)written;
	}
	return 0;
}

struct listing {
	struct files *files;
	const struct load_options *options;
	struct ledger *ledger;
	bool has_left; /* canceled */
};

static void add_skip(struct listing *listing, enum skip_reason reason, uint64_t length, const char *detail)
{
	struct skip skip = {(uint32_t)listing->files->count - 1, 0, length, reason, 1, (char *)detail};
	ledger_add(listing->ledger, &skip);
}

/* Canceled in the middle of a source. */
static void cut(struct listing *listing, const char *detail)
{
	listing->files->is_cut = true;
	add_skip(listing, SKIP_CANCELED, 0, detail);
}

/* How often a silent stream is left to see whether it is still wanted. */
#define LISTEN_MS 100

/* Reads the stream to its end into the spool. */
static int read_stream(struct listing *listing, int stream, struct err *err)
{
	struct files *files = listing->files;
	static const size_t size = 1 << 20;
	char *block = xmalloc(size);
	int result = 0;
	for (;;) {
		struct pollfd source_of_more = {.fd = stream, .events = POLLIN};
		if (poll(&source_of_more, 1, LISTEN_MS) == 0 && !files_is_canceled(files))
			continue;
		if (files_is_canceled(files)) {
			cut(listing, "it was not read to its end");
			break;
		}
		ssize_t got = read(stream, block, size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			result = err_set(err, ERR_IO, "%s", strerror(errno));
		if (got <= 0 || (result = files_spool(files, block, (size_t)got, err)) != 0)
			break;
	}
	free(block);
	return result;
}

/* A stream (standard input, a pipe with a name) becomes a source of its own. Where it breaks, what came before is kept. */
static void spool_stream(struct listing *listing, int stream, const char *name)
{
	struct files *files = listing->files;
	struct err err;
	uint32_t file = (uint32_t)files->count;
	files_add(files, name, NULL)->is_expected = true;
	files->sources[file].base = files->spool_size;
	bool is_read = files_spool_open(files, &err) == 0 && read_stream(listing, stream, &err) == 0;
	uint64_t size = files->spool_size - files->sources[file].base;
	files->sources[file].size = size;
	if (!is_read) {
		struct skip skip = {file, size, 0, SKIP_UNREADABLE, 1, err.text};
		ledger_add(listing->ledger, &skip);
	}
	if (size == 0 && !is_read)
		files->sources[file].wrapping = "cannot be read";
	else
		archive_expand(files, file, listing->options, listing->ledger);
}

/* ---- folders ---- */

struct folder_chain {
	const struct folder_chain *up;
	dev_t device;
	ino_t inode;
};

static void add_unreadable(struct listing *listing, const char *path, const char *why)
{
	files_add(listing->files, path, path)->wrapping = "cannot be read";
	add_skip(listing, SKIP_UNREADABLE, 0, why);
}

bool files_is_log_name(const char *name)
{
	const char *slash = strrchr(name, '/');
	if (strncmp(slash ? slash + 1 : name, "._", 2) == 0) /* macOS puts these beside files in archives */
		return false;
	static const char *const endings[] = {".json", ".jsonl", ".ndjson", ".log", ".csv", ".tsv", ".gz", ".zst",
		".zip", ".tar", ".tgz", ".bz2", ".xz", ".cloudtrail", ".txt"};
	size_t length = strlen(name);
	for (size_t i = 0; i < COUNT_OF(endings); i++) {
		size_t size = strlen(endings[i]);
		if (length > size && strcasecmp(name + length - size, endings[i]) == 0)
			return strcmp(endings[i], ".txt") != 0;
	}
	return false;
}

/* Objects that CloudTrail itself wrote are never archives: their first bytes need no look. */
static bool is_s3_object(const char *name)
{
	return strstr(name, "_CloudTrail_") && strstr(name, ".json.gz");
}

/* A zst block may need this much before its first bytes come out; of others a page tells. */
#define HEAD_SIZE 4096
#define ZSTD_HEAD_SIZE (192 << 10)

static bool looks_like_archive(const char *path)
{
	char head[HEAD_SIZE];
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (file < 0)
		return false;
	ssize_t got = pread(file, head, sizeof head, 0);
	bool is_archive = got > 0 && archive_recognise(head, (size_t)got);
	if (got == sizeof head && !is_archive && compression_recognise(head, (size_t)got) == COMPRESSION_ZSTD) {
		char *more = xmalloc(ZSTD_HEAD_SIZE);
		got = pread(file, more, ZSTD_HEAD_SIZE, 0);
		is_archive = got > 0 && archive_recognise(more, (size_t)got);
		free(more);
	}
	close(file);
	return is_archive;
}

bool files_holds_others(const char *path)
{
	return !is_s3_object(path) && looks_like_archive(path);
}

int64_t files_modified(const struct stat *info)
{
	return (int64_t)info->st_mtim.tv_sec * 1000000000 + info->st_mtim.tv_nsec;
}

/* What a path is: found out for many of a folder at a time, on all threads; then listed in order on one. */
struct probe {
	char *path;
	struct stat info;
	int error; /* errno of stat, or 0 */
	bool is_pruned, is_archive;
};

bool files_is_pruned(const struct load_options *options, const char *path)
{
	int64_t first, last;
	if ((options->since == TIME_NONE && options->until == TIME_NONE) || !key_time_span(path, &first, &last))
		return false;
	return (options->since != TIME_NONE && last < options->since) ||
	       (options->until != TIME_NONE && first > options->until);
}

static void probe_path(const struct load_options *options, struct probe *probe)
{
	if (stat(probe->path, &probe->info) != 0) {
		probe->error = errno;
		return;
	}
	if (!S_ISREG(probe->info.st_mode))
		return;
	probe->is_pruned = files_is_pruned(options, probe->path);
	probe->is_archive = !probe->is_pruned && files_holds_others(probe->path);
}

struct probes {
	const struct files *files;
	const struct load_options *options;
	struct probe *items;
};

static void probe_job(void *context, size_t index, unsigned worker)
{
	(void)worker;
	struct probes *probes = context;
	if (!files_is_canceled(probes->files))
		probe_path(probes->options, &probes->items[index]);
}

static void list_file(struct listing *listing, const struct probe *probe, bool is_given)
{
	struct files *files = listing->files;
	struct source *source = files_add(files, probe->path, probe->path);
	source->size = (uint64_t)probe->info.st_size;
	source->modified = files_modified(&probe->info);
	source->is_expected = is_given || files_is_log_name(probe->path);
	if (probe->is_pruned) {
		source->wrapping = files_pruned_wrapping;
		add_skip(listing, SKIP_PRUNED_KEY, source->size, NULL);
	} else if (probe->is_archive) {
		archive_expand(files, (uint32_t)files->count - 1, listing->options, listing->ledger);
	}
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int not_dots(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static void list_path(
	struct listing *listing, const struct probe *probe, bool is_given, const struct folder_chain *chain);

/* Canceled: of what is not listed, the folder at hand is named. */
static void leave(struct listing *listing, const char *path)
{
	if (listing->has_left)
		return;
	listing->has_left = true;
	files_add(listing->files, path, path)->wrapping = "not listed to its end";
	cut(listing, "files from here on were not listed");
}

/* Folders with fewer entries are not worth starting threads for. */
#define PARALLEL_FROM 64

static void list_folder(
	struct listing *listing, const char *path, const struct stat *info, const struct folder_chain *up)
{
	for (const struct folder_chain *link = up; link; link = link->up) {
		if (link->device == info->st_dev && link->inode == info->st_ino)
			return; /* a symbolic link to a folder above */
	}
	struct folder_chain chain = {up, info->st_dev, info->st_ino};
	struct dirent **entries;
	int count = scandir(path, &entries, not_dots, by_name);
	if (count < 0) {
		add_unreadable(listing, path, strerror(errno));
		return;
	}
	size_t length = strlen(path);
	const char *slash = length && path[length - 1] == '/' ? "" : "/";
	struct probes probes = {listing->files, listing->options, xcalloc((size_t)count, sizeof *probes.items)};
	for (int i = 0; i < count; i++) {
		probes.items[i].path = xasprintf("%s%s%s", path, slash, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	unsigned threads = listing->options->threads ? listing->options->threads : pool_default_threads();
	pool_run(count < PARALLEL_FROM ? 1 : threads, (size_t)count, probe_job, &probes);
	for (int i = 0; i < count; i++) {
		if (files_is_canceled(listing->files))
			leave(listing, path);
		else
			list_path(listing, &probes.items[i], false, &chain);
		free(probes.items[i].path);
	}
	free(probes.items);
}

/* <(zcat x.gz) and its like. */
static void list_pipe(struct listing *listing, const char *path)
{
	int stream = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (stream < 0) {
		add_unreadable(listing, path, strerror(errno));
		return;
	}
	spool_stream(listing, stream, path);
	close(stream);
}

static void list_path(
	struct listing *listing, const struct probe *probe, bool is_given, const struct folder_chain *chain)
{
	mode_t mode = probe->info.st_mode;
	if (probe->error)
		add_unreadable(listing, probe->path, strerror(probe->error));
	else if (S_ISDIR(mode))
		list_folder(listing, probe->path, &probe->info, chain);
	else if (S_ISREG(mode))
		list_file(listing, probe, is_given);
	else if (is_given && (S_ISFIFO(mode) || S_ISCHR(mode)))
		list_pipe(listing, probe->path);
	else if (is_given)
		add_unreadable(listing, probe->path, "not a file, a folder or a pipe");
}

void files_expand(
	struct files *files, const struct load_options *options, struct ledger *ledger, const atomic_bool *is_canceled)
{
	*files = (struct files){.spool = -1, .is_canceled = is_canceled};
	struct listing listing = {.files = files, .options = options, .ledger = ledger};
	for (size_t i = 0; i < options->path_count; i++) {
		const char *path = options->paths[i];
		if (files_is_canceled(files)) {
			leave(&listing, path);
			break;
		}
		if (strcmp(path, "-") == 0) {
			spool_stream(&listing, STDIN_FILENO, "<stdin>");
			continue;
		}
		struct probe probe = {.path = xstrdup(path)};
		probe_path(options, &probe);
		list_path(&listing, &probe, true, NULL);
		free(probe.path);
	}
}

void files_list(struct files *files, const struct load_options *options, struct ledger *ledger, const char *path,
	const struct stat *info, bool is_given)
{
	struct listing listing = {.files = files, .options = options, .ledger = ledger};
	struct probe probe = {.path = (char *)(uintptr_t)path, .info = *info};
	probe.is_pruned = files_is_pruned(options, path);
	probe.is_archive = !probe.is_pruned && files_holds_others(path);
	list_file(&listing, &probe, is_given);
}

/* ---- growth ---- */

#define MARK_SIZE ((size_t)4096)

bool files_mark(int file, uint64_t size, uint64_t *mark)
{
	char bytes[2 * MARK_SIZE];
	size_t part = size < MARK_SIZE ? (size_t)size : MARK_SIZE;
	if (pread(file, bytes, part, 0) != (ssize_t)part ||
		pread(file, bytes + part, part, (off_t)(size - part)) != (ssize_t)part)
		return false;
	*mark = hash_bytes(bytes, 2 * part) ^ size;
	return true;
}

static bool is_as_read(const struct source *source, int file, const struct stat *info)
{
	uint64_t mark, size = (uint64_t)info->st_size;
	if (size == source->size && files_modified(info) == source->modified)
		return true;
	return source->has_mark && size >= source->size && files_mark(file, source->size, &mark) &&
	       mark == source->mark;
}

/* ---- reading ---- */

int files_open(const struct files *files, const struct source *source, int *file, struct err *err)
{
	*file = source->path ? open(source->path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : files->spool;
	struct stat info;
	if (*file < 0 || fstat(*file, &info) != 0)
		err_set_errno(err, "%s", source->name);
	else if (source->path && !is_as_read(source, *file, &info))
		err_set(err, ERR_IO, "%s has changed since it was read; load it again", source->name);
	else
		return 0;
	if (*file >= 0)
		files_close(source, *file);
	return -1;
}

void files_close(const struct source *source, int file)
{
	if (source->path)
		close(file);
}

int files_read(int file, const struct source *source, uint64_t from, size_t length, struct buf *out, struct err *err)
{
	buf_reserve(out, length);
	while (length > 0) {
		ssize_t got = pread(file, out->data + out->length, length, (off_t)(source->base + from));
		if (got < 0)
			return err_set_errno(err, "%s", source->name);
		if (got == 0)
			return err_set(err, ERR_IO, "%s: " SOURCE_SHORTER, source->name);
		out->length += (size_t)got;
		from += (uint64_t)got;
		length -= (size_t)got;
	}
	return 0;
}

int files_map(int file, const struct source *source, struct file_view *view, struct err *err)
{
	*view = (struct file_view){.data = ""};
	if (source->size == 0)
		return 0;
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), start = source->base / page * page;
	view->mapping_length = (size_t)(source->base - start + source->size);
	void *mapping = mmap(NULL, view->mapping_length, PROT_READ, MAP_PRIVATE, file, (off_t)start);
	if (mapping == MAP_FAILED)
		return err_set_errno(err, "%s", source->name);
	view->mapping = mapping;
	view->data = (const char *)mapping + (source->base - start);
	view->length = (size_t)source->size;
	map_guard_begin(&view->guard, mapping, view->mapping_length);
	return 0;
}

const char *files_map_problem(int file, const struct source *source, const struct file_view *view, uint64_t *at)
{
	struct stat info;
	if (!view->mapping || !source->path)
		return NULL;
	bool is_shorter = fstat(file, &info) == 0 && (uint64_t)info.st_size < source->size;
	*at = map_guard_sound(&view->guard);
	if (is_shorter && (uint64_t)info.st_size < *at)
		*at = (uint64_t)info.st_size;
	return is_shorter ? SOURCE_SHORTER : *at < source->size ? "cannot be read any further" : NULL;
}

void files_unmap(struct file_view *view)
{
	if (view->mapping) {
		map_guard_end(&view->guard);
		munmap(view->mapping, view->mapping_length);
	}
	*view = (struct file_view){0};
}
