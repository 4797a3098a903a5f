/* follow: what the parts of following share. One thread per load that is followed: the watcher tells which paths were
 * touched, each becomes an arrival that waits until it can be read, and a round reads all that can. */
#ifndef RARETRAIL_INGEST_FOLLOW_H
#define RARETRAIL_INGEST_FOLLOW_H

#include <sys/stat.h>

#include "load.h"

/* ---- arrivals: paths that were touched and may have to be read ---- */

enum touch {
	TOUCH_FOUND, /* seen while looking through a folder, or created without being opened: a link */
	TOUCH_WRITTEN, /* being written to */
	TOUCH_CLOSED /* closed by its writer, or moved here whole */
};
struct arrival {
	char *path;
	bool is_done;
	bool is_written, is_closed;
	uint64_t size; /* when it was last looked at */
	int64_t modified;
	int64_t since_us; /* unchanged since */
};
struct arrivals {
	struct dict *paths; /* id -> items[id - 1] */
	struct arrival *items;
	size_t count, capacity, open;
};
void arrivals_touch(struct arrivals *arrivals, const char *path, enum touch touch);
void arrivals_done(struct arrivals *arrivals, struct arrival *arrival);
void arrivals_free(struct arrivals *arrivals);

/* ---- known: the files of the load, by path and by what they are on the disk ---- */

struct trace {
	dev_t device;
	ino_t inode; /* 0: not looked at yet */
	enum { LINES_UNKNOWN, LINES_YES, LINES_NO } lines; /* is it read line by line when it grows? */
	bool is_unsound; /* what it grew by cannot be read by itself */
};
struct known {
	struct dict *paths, *inodes;
	uint32_t *file_of_path, *file_of_inode; /* [id] -> the newest such file */
	size_t path_capacity, inode_capacity;
	struct trace *traces; /* [file] */
	size_t count, capacity;
};
#define FILE_NONE UINT32_MAX
void known_init(struct known *known);
void known_free(struct known *known);
void known_sync(struct known *known, const struct files *files); /* takes in files that were added */
uint32_t known_path(const struct known *known, const char *path);
uint32_t known_inode(const struct known *known, const struct stat *info);
void known_place(struct known *known, uint32_t file, const char *path);
void known_identify(struct known *known, uint32_t file, const struct stat *info);

/* ---- the thread ---- */

struct follow {
	struct load *load;
	pthread_t thread;
	bool has_thread;
	int wake; /* an eventfd: something below changed */
	atomic_bool is_wanted, is_ending;
	atomic_bool wants_rescan; /* the way that was asked for */

	/* The load's lock guards these. */
	struct follow_status status;
	char **notes;
	size_t note_count, note_capacity;

	/* The thread's own. */
	struct watcher *watcher; /* NULL while not following */
	struct arrivals arrivals;
	struct known known;
	struct reader *reader; /* looks at the beginnings of files */
	int64_t round_us, round_cost_us; /* when the last round ended, and what it took */
	int64_t wait_until_us; /* when an arrival that waits for nothing but quiet can be read; INT64_MAX: none */
	struct kept_back {
		enum kept_kind { KEPT_NAME, KEPT_CHECKPOINTS } kind;
		void *item;
	} * kept_back; /* replaced, but readers may still hold them */
	size_t kept_count, kept_capacity;
};
void follow_note(struct follow *follow, const char *format, ...) PRINTF_LIKE(2, 3);
void follow_keep(struct follow *follow, void *item, enum kept_kind kind); /* until the load is freed */
bool follow_is_given(
	const struct follow *follow, const char *path); /* a path of the command line, as it stands there */

/* ---- the watcher: which paths are touched ---- */

struct watcher;
struct watcher *watcher_new(struct follow *follow, bool is_rescan) MUST_USE;
void watcher_free(struct watcher *watcher);
int watcher_file(const struct watcher *watcher); /* readable when there is something to collect; -1: rescans only */
bool watcher_is_rescan(const struct watcher *watcher);
void watcher_collect(struct watcher *watcher);
int64_t watcher_due_us(const struct watcher *watcher); /* of the next rescan; INT64_MAX: none */
void watcher_rescan(struct watcher *watcher);

/* ---- rounds ---- */

/* What is to be done with an arrival. */
enum step {
	STEP_NOTHING,
	STEP_WAIT, /* for its writer */
	STEP_WAIT_QUIET, /* until it stays the same for a while */
	STEP_NEW, /* its first `end` bytes are a file of their own */
	STEP_APPEND, /* `file` goes on up to `end` */
	STEP_ANEW /* `file` is read from its beginning, up to `end` */
};
struct job {
	enum step step;
	struct arrival *arrival;
	struct stat info;
	uint32_t file;
	uint64_t end;
	uint64_t mark; /* of the bytes up to `end`, before they are read */
	bool has_mark;
	bool is_replaced; /* another file stood at this path */
};
void follow_decide(struct follow *follow, struct arrival *arrival, struct job *job);
void follow_read(struct follow *follow, struct job *jobs, size_t count);

#define FOLLOW_QUIET_US INT64_C(1000000)

#endif
