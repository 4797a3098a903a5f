/* journal: see journal.h. */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUM_DIGITS (JOURNAL_SUM_SIZE - 1)
#define SUM_KEY ",\"sum\":\""
#define SUM_LENGTH (sizeof SUM_KEY - 1 + SUM_DIGITS + 2) /* ,"sum":"…"} */

static void sum_of(const char *text, size_t length, char out[JOURNAL_SUM_SIZE])
{
	char hex[SHA256_HEX_SIZE];
	sha256_hex(text, length, hex);
	memcpy(out, hex, SUM_DIGITS);
	out[SUM_DIGITS] = 0;
}

/* ---- reading ---- */

/* A line (without its line break) whose checksum is right, as an object; NULL otherwise. sum gets its checksum. */
static json_t *line_parse(const char *text, size_t length, char sum[JOURNAL_SUM_SIZE])
{
	if (length <= SUM_LENGTH || memcmp(text + length - SUM_LENGTH, SUM_KEY, sizeof SUM_KEY - 1) != 0)
		return NULL;
	struct buf body = BUF_EMPTY;
	buf_add(&body, text, length - SUM_LENGTH);
	buf_add_char(&body, '}');
	sum_of(body.data, body.length, sum);
	buf_free(&body);
	if (memcmp(text + length - 2 - SUM_DIGITS, sum, SUM_DIGITS) != 0)
		return NULL;
	json_t *entry = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(entry)) {
		json_decref(entry);
		return NULL;
	}
	return entry;
}

static size_t line_length(const char *text, size_t length)
{
	const char *end = length ? memchr(text, '\n', length) : NULL;
	return end ? (size_t)(end - text) : length;
}

/* Is there a sound line anywhere behind the first one? Then what stands before it is damage, not an unfinished end. */
static bool has_sound_line(const char *text, size_t length)
{
	for (size_t at = line_length(text, length) + 1; at < length;) {
		char sum[JOURNAL_SUM_SIZE];
		size_t next = line_length(text + at, length - at);
		json_t *entry = line_parse(text + at, next, sum);
		json_decref(entry);
		if (entry)
			return true;
		at += next + 1;
	}
	return false;
}

/* The beginning of a first line that was never finished looks like this, and holds no line break. */
static bool is_unfinished_start(const char *text, size_t length)
{
	static const char start[] = "{\"at\":\"";
	size_t compared = length < sizeof start - 1 ? length : sizeof start - 1;
	return memcmp(text, start, compared) == 0 && !memchr(text, '\n', length);
}

static int tail_cut(struct journal *journal, const char *text, size_t length, struct err *err)
{
	if (journal->lines == 0 && !is_unfinished_start(text, length))
		return err_set(err, ERR_FORMAT, "%s: is not a case file", journal->path);
	if (has_sound_line(text, length))
		return err_set(err, ERR_FORMAT,
			"%s:%llu: this entry is damaged, and sound ones follow; nothing was changed, restore the file "
			"from a copy",
			journal->path, (unsigned long long)journal->lines + 1);
	journal->notice =
		xasprintf("%s: the last entry was never finished; %zu bytes behind entry %llu were %s", journal->path,
			length, (unsigned long long)journal->lines, journal->is_read_only ? "passed over" : "cut off");
	if (journal->is_read_only)
		return 0;
	if (ftruncate(journal->file, (off_t)journal->length) || fsync(journal->file))
		return err_set_errno(err, "%s: its unfinished end cannot be cut off", journal->path);
	return 0;
}

static int lines_read(struct journal *journal, const char *text, size_t length, journal_reader *reader, void *context,
	struct err *err)
{
	size_t at = 0;
	while (at < length) {
		char sum[JOURNAL_SUM_SIZE];
		size_t next = line_length(text + at, length - at);
		json_t *entry = at + next < length ? line_parse(text + at, next, sum) : NULL;
		if (!entry)
			return tail_cut(journal, text + at, length - at, err);
		const char *previous = json_string_value(json_object_get(entry, "prev"));
		bool follows = previous && strcmp(previous, journal->sum) == 0 &&
			       (uint64_t)json_integer_value(json_object_get(entry, "n")) == journal->lines + 1;
		int result =
			follows ? reader(context, journal->lines + 1, entry, err)
				: err_set(err, ERR_FORMAT,
					  "%s:%llu: an entry is missing before this one; restore the file from a copy",
					  journal->path, (unsigned long long)journal->lines + 1);
		json_decref(entry);
		if (result)
			return -1;
		memcpy(journal->sum, sum, sizeof sum);
		journal->lines++;
		at += next + 1;
		journal->length = at;
	}
	return 0;
}

static int file_read(struct journal *journal, struct buf *out, struct err *err)
{
	char block[65536];
	for (ssize_t got; (got = read(journal->file, block, sizeof block)) != 0;) {
		if (got < 0 && errno != EINTR)
			return err_set_errno(err, "%s: cannot be read", journal->path);
		if (got > 0)
			buf_add(out, block, (size_t)got);
	}
	return 0;
}

/* A new file's name must be on the disk too. */
static int folder_sync(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == path ? xstrdup("/")
		       : slash       ? xasprintf("%.*s", (int)(slash - path), path)
				     : xstrdup(".");
	int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result = file < 0 || fsync(file) ? err_set_errno(err, "%s: cannot be synchronised", folder) : 0;
	if (file >= 0)
		(void)close(file);
	free(folder);
	return result;
}

static int file_open(struct journal *journal, struct err *err)
{
	const char *path = journal->path;
	bool is_new = false;
	if (journal->is_read_only) {
		journal->file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	} else {
		journal->file = open(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		is_new = journal->file >= 0;
		if (!is_new && errno == EEXIST)
			journal->file = open(path, O_RDWR | O_APPEND | O_CLOEXEC | O_NONBLOCK);
	}
	struct stat status;
	if (journal->file < 0 || fstat(journal->file, &status))
		return err_set_errno(err, "%s: cannot be opened", path);
	if (!S_ISREG(status.st_mode))
		return err_set(err, ERR_USAGE, "%s: is not a regular file", path);
	if (!journal->is_read_only && flock(journal->file, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? err_set(err, ERR_USAGE, "%s: is open in another raretrail", path)
					    : err_set_errno(err, "%s: cannot be locked", path);
	return is_new ? folder_sync(path, err) : 0;
}

int journal_open(struct journal *journal, const char *path, bool is_read_only, journal_reader *reader, void *context,
	struct err *err)
{
	*journal = (struct journal){.file = -1, .path = xstrdup(path ? path : ""), .is_read_only = is_read_only};
	if (!path)
		return 0;
	struct buf text = BUF_EMPTY;
	int result = file_open(journal, err);
	if (result == 0)
		result = file_read(journal, &text, err);
	if (result == 0)
		result = lines_read(journal, text.data, text.length, reader, context, err);
	buf_free(&text);
	if (result)
		journal_close(journal);
	return result;
}

void journal_close(struct journal *journal)
{
	if (journal->file >= 0)
		(void)close(journal->file);
	free(journal->path);
	free(journal->notice);
	*journal = (struct journal){.file = -1};
}

/* ---- writing ---- */

static int line_write(struct journal *journal, const struct buf *line, struct err *err)
{
	struct stat status;
	if (fstat(journal->file, &status))
		return err_set_errno(err, "%s: not saved", journal->path);
	if ((uint64_t)status.st_size != journal->length)
		return err_set(err, ERR_IO, "%s: not saved, somebody else changed the file", journal->path);
	if (write_whole(journal->file, line->data, line->length) == 0 && fdatasync(journal->file) == 0)
		return 0;
	int result = err_set_errno(err, "%s: not saved", journal->path);
	if (ftruncate(journal->file, (off_t)journal->length))
		journal->is_read_only = true; /* half a line may stand there; the next start cuts it off */
	return result;
}

int journal_append(struct journal *journal, json_t *entry, struct err *err)
{
	if (journal->is_read_only)
		return err_set(err, ERR_USAGE, "%s: not saved, the case is open for reading only", journal->path);
	char sum[JOURNAL_SUM_SIZE];
	(void)json_object_set_new(entry, "n", json_integer((json_int_t)journal->lines + 1));
	(void)json_object_set_new(entry, "prev", json_string(journal->sum));
	char *body = json_dumps(entry, JSON_COMPACT | JSON_ENSURE_ASCII);
	if (!body)
		return err_set(err, ERR_FORMAT, "%s: not saved, the entry cannot be written as JSON", journal->path);
	size_t length = strlen(body);
	sum_of(body, length, sum);
	struct buf line = BUF_EMPTY;
	buf_add(&line, body, length - 1);
	buf_printf(&line, SUM_KEY "%s\"}\n", sum);
	free(body);
	int result = journal->file >= 0 ? line_write(journal, &line, err) : 0;
	if (result == 0) {
		journal->length += line.length;
		journal->lines++;
		memcpy(journal->sum, sum, sizeof sum);
	}
	buf_free(&line);
	return result;
}
