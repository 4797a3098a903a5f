/* follow_watch: which paths are touched. The system tells through inotify; where it cannot (a network file system, no
 * more watches, more changes than its queue holds) every folder is looked through again. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "follow.h"

#define RESCAN_EVERY_US INT64_C(2000000)
#define RESCAN_SHARE 10 /* looking takes at most one part in so many of the time */
#define WATCHED \
	(IN_CREATE | IN_MODIFY | IN_ATTRIB | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE_SELF | \
		IN_EXCL_UNLINK | IN_ONLYDIR)

struct watch {
	char *prefix; /* put before the name of an event gives its path; NULL: gone */
	bool is_folder; /* everything in it counts; else only paths that were given */
	size_t next; /* another one of the same folder; SIZE_MAX: none */
};

struct watcher {
	struct follow *follow;
	int file; /* of inotify; -1: none */
	bool is_rescan;
	struct watch *watches;
	size_t count, capacity;
	size_t *first; /* [number the system gave] -> its first watch, SIZE_MAX: none */
	size_t first_capacity;
	int64_t due_us;
};

static void rescan_instead(struct watcher *watcher, const char *why)
{
	if (watcher->is_rescan)
		return;
	watcher->is_rescan = true;
	follow_note(watcher->follow, "%s; the folders are looked through every 2 s instead", why);
}

/* ---- watches ---- */

static void add_watch(struct watcher *watcher, const char *path, const char *prefix, bool is_folder)
{
	if (watcher->file < 0)
		return;
	int number = inotify_add_watch(watcher->file, path, WATCHED);
	if (number < 0) {
		if (errno == ENOSPC)
			rescan_instead(watcher, "no more folders can be watched (fs.inotify.max_user_watches)");
		else if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
			rescan_instead(watcher, "a folder cannot be watched");
		return;
	}
	size_t known = watcher->first_capacity;
	watcher->first =
		array_grow(watcher->first, &watcher->first_capacity, (size_t)number + 1, sizeof(*watcher->first));
	for (size_t i = known; i < watcher->first_capacity; i++)
		watcher->first[i] = SIZE_MAX;
	for (size_t i = watcher->first[number]; i != SIZE_MAX; i = watcher->watches[i].next)
		if (strcmp(watcher->watches[i].prefix, prefix) == 0) {
			watcher->watches[i].is_folder |= is_folder;
			return;
		}
	watcher->watches =
		array_grow(watcher->watches, &watcher->capacity, watcher->count + 1, sizeof(*watcher->watches));
	watcher->watches[watcher->count] = (struct watch){xstrdup(prefix), is_folder, watcher->first[number]};
	watcher->first[number] = watcher->count++;
}

static void forget_watches(struct watcher *watcher, size_t number)
{
	if (number >= watcher->first_capacity)
		return;
	for (size_t i = watcher->first[number]; i != SIZE_MAX; i = watcher->watches[i].next) {
		free(watcher->watches[i].prefix);
		watcher->watches[i].prefix = NULL;
	}
	watcher->first[number] = SIZE_MAX;
}

/* A folder went elsewhere: where it arrives it is watched under its new name. */
static void forget_below(struct watcher *watcher, const char *path)
{
	size_t length = strlen(path);
	for (size_t number = 0; number < watcher->first_capacity; number++)
		for (size_t i = watcher->first[number]; i != SIZE_MAX; i = watcher->watches[i].next) {
			const char *prefix = watcher->watches[i].prefix;
			if (strncmp(prefix, path, length) != 0 || prefix[length] != '/')
				continue;
			(void)inotify_rm_watch(watcher->file, (int)number);
			forget_watches(watcher, number);
			break;
		}
}

/* ---- looking through folders ---- */

struct chain {
	const struct chain *up;
	dev_t device;
	ino_t inode;
};

static int not_dots(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static char *prefix_of(const char *folder)
{
	size_t length = strlen(folder);
	return xasprintf("%s%s", folder, length > 0 && folder[length - 1] == '/' ? "" : "/");
}

/* Files that are as they were when they were read need no second thought. */
static bool is_unchanged(const struct follow *follow, const char *path, const struct stat *info)
{
	uint32_t file = known_path(&follow->known, path);
	if (file == FILE_NONE)
		return false;
	const struct source *source = &follow->load->files.sources[file];
	return source->has_mark && source->size == (uint64_t)info->st_size &&
	       source->modified == files_modified(info) && follow->known.traces[file].inode == info->st_ino;
}

static void look_through(struct watcher *watcher, const char *path, const struct chain *up)
{
	struct follow *follow = watcher->follow;
	struct stat info;
	if (atomic_load(&follow->is_ending) || stat(path, &info) != 0)
		return;
	if (S_ISREG(info.st_mode) && !is_unchanged(follow, path, &info))
		arrivals_touch(&follow->arrivals, path, TOUCH_FOUND);
	if (!S_ISDIR(info.st_mode))
		return;
	for (const struct chain *link = up; link != NULL; link = link->up)
		if (link->device == info.st_dev && link->inode == info.st_ino)
			return; /* a symbolic link to a folder above */
	struct chain chain = {up, info.st_dev, info.st_ino};
	char *prefix = prefix_of(path);
	struct dirent **entries;
	add_watch(watcher, path, prefix, true); /* before looking: what comes in between is told */
	int count = scandir(path, &entries, not_dots, NULL);
	for (int i = 0; i < count; i++) {
		char *inner = xasprintf("%s%s", prefix, entries[i]->d_name);
		look_through(watcher, inner, &chain);
		free(inner);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	free(prefix);
}

/* A file that was given is watched through its folder, so that a new one in its place is noticed, too. */
static void look_at_given(struct watcher *watcher, const char *path)
{
	struct stat info;
	if (strcmp(path, "-") == 0)
		return;
	if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode)) {
		const char *slash = strrchr(path, '/');
		char *prefix = xasprintf("%.*s", slash != NULL ? (int)(slash + 1 - path) : 0, path);
		add_watch(watcher, slash != NULL ? prefix : ".", prefix, false);
		free(prefix);
	}
	look_through(watcher, path, NULL);
}

void watcher_rescan(struct watcher *watcher)
{
	const struct load_options *options = &watcher->follow->load->options;
	int64_t began = time_monotonic_us();
	for (size_t i = 0; i < options->path_count; i++)
		look_at_given(watcher, options->paths[i]);
	int64_t now = time_monotonic_us(), wait = (now - began) * RESCAN_SHARE;
	watcher->due_us = watcher->is_rescan ? now + (wait > RESCAN_EVERY_US ? wait : RESCAN_EVERY_US) : INT64_MAX;
}

/* ---- events ---- */

static void take_folder(struct watcher *watcher, const char *path, uint32_t mask)
{
	if (mask & IN_MOVED_FROM)
		forget_below(watcher, path);
	else if (mask & (IN_CREATE | IN_MOVED_TO))
		look_through(watcher, path, NULL);
}

static void take_path(struct watcher *watcher, const char *path, uint32_t mask)
{
	struct arrivals *arrivals = &watcher->follow->arrivals;
	if (mask & (IN_CLOSE_WRITE | IN_MOVED_TO))
		arrivals_touch(arrivals, path, TOUCH_CLOSED);
	else if (mask & IN_MODIFY)
		arrivals_touch(arrivals, path, TOUCH_WRITTEN);
	else if (mask & (IN_CREATE | IN_ATTRIB))
		arrivals_touch(arrivals, path, TOUCH_FOUND);
}

static void overflow(struct watcher *watcher)
{
	struct arrivals *arrivals = &watcher->follow->arrivals;
	follow_note(watcher->follow,
		"more changed at once than the system could tell; every folder is looked through again");
	/* That a writer has closed its file may be among what was not told. */
	for (size_t i = 0; i < arrivals->count; i++)
		arrivals->items[i].is_written = false;
	watcher->due_us = 0;
}

static void take_event(struct watcher *watcher, const struct inotify_event *event)
{
	if (event->mask & IN_Q_OVERFLOW) {
		overflow(watcher);
		return;
	}
	if (event->mask & (IN_IGNORED | IN_DELETE_SELF)) {
		forget_watches(watcher, (size_t)event->wd);
		return;
	}
	if (event->len == 0 || (size_t)event->wd >= watcher->first_capacity)
		return;
	for (size_t i = watcher->first[event->wd], next; i != SIZE_MAX; i = next) {
		next = watcher->watches[i].next;
		if (watcher->watches[i].prefix == NULL)
			continue;
		char *path = xasprintf("%s%s", watcher->watches[i].prefix, event->name);
		if (!watcher->watches[i].is_folder && !follow_is_given(watcher->follow, path))
			;
		else if (event->mask & IN_ISDIR)
			take_folder(watcher, path, event->mask);
		else
			take_path(watcher, path, event->mask);
		free(path);
	}
}

void watcher_collect(struct watcher *watcher)
{
	_Alignas(struct inotify_event) char bytes[1 << 16];
	ssize_t got;
	while (watcher->file >= 0 && (got = read(watcher->file, bytes, sizeof(bytes))) > 0)
		for (ssize_t at = 0; at < got;) {
			const struct inotify_event *event = (const struct inotify_event *)(const void *)(bytes + at);
			take_event(watcher, event);
			at += (ssize_t)(sizeof(*event) + event->len);
		}
}

/* ---- beginning and end ---- */

/* Other machines write to these, of which this one hears nothing. */
static bool is_remote(const char *path)
{
	static const long kinds[] = {0x6969 /* NFS */, 0x517B /* SMB */, 0xFF534D42 /* CIFS */, 0xFE534D42 /* SMB2 */,
		0x65735546 /* FUSE */, 0x01021997 /* 9P */, 0x00C36400 /* Ceph */, 0x5346414F /* AFS */};
	struct statfs info;
	if (statfs(path, &info) != 0)
		return false;
	for (size_t i = 0; i < COUNT_OF(kinds); i++)
		if ((uint32_t)info.f_type == (uint32_t)kinds[i])
			return true;
	return false;
}

struct watcher *watcher_new(struct follow *follow, bool is_rescan)
{
	const struct load_options *options = &follow->load->options;
	struct watcher *watcher = xcalloc(1, sizeof(*watcher));
	watcher->follow = follow;
	watcher->is_rescan = is_rescan;
	watcher->file = is_rescan ? -1 : inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watcher->file < 0 && !is_rescan)
		rescan_instead(watcher, "inotify cannot be had (fs.inotify.max_user_instances)");
	for (size_t i = 0; i < options->path_count; i++)
		if (is_remote(options->paths[i]))
			rescan_instead(watcher, "other machines can write to this file system unheard");
	return watcher; /* due_us is 0: what came until now has to be looked for */
}

void watcher_free(struct watcher *watcher)
{
	if (watcher == NULL)
		return;
	if (watcher->file >= 0)
		close(watcher->file);
	for (size_t i = 0; i < watcher->count; i++)
		free(watcher->watches[i].prefix);
	free(watcher->watches);
	free(watcher->first);
	free(watcher);
}

int watcher_file(const struct watcher *watcher)
{
	return watcher->file;
}

bool watcher_is_rescan(const struct watcher *watcher)
{
	return watcher->is_rescan;
}

int64_t watcher_due_us(const struct watcher *watcher)
{
	return watcher->due_us;
}
