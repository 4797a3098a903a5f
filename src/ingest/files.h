/* files: what there is to read. Paths become a list of sources in one order: as given, folders recursively with names
 * in byte order, archive members in the archive's order. Standard input, pipes and archive members are spooled into one
 * private temporary file without a name, so that everything can be read back later. */
#ifndef RARETRAIL_INGEST_FILES_H
#define RARETRAIL_INGEST_FILES_H

#include <stdatomic.h>
#include <sys/types.h>

#include "ledger.h"
#include "raretrail/ingest.h"

/* Where the bytes of a source lie: a file of its own, or a range of the spool. */
struct source {
	char *name; /* shown: "dir/a.json.gz", "dir/a.zip!b.json", "<stdin>" */
	char *path; /* to open, or NULL: in the spool */
	uint64_t base; /* of its first byte in the spool */
	uint64_t size; /* bytes as stored */
	int64_t modified; /* ns since 1970 when it was found, to notice a change; 0 in the spool */
	uint64_t
		mark; /* of the bytes read, from files_mark: tells a file that has grown from one that was written anew */
	bool has_mark;
	bool is_expected; /* named by hand, or by its extension a log: not being one is worth a complaint */
	const char *wrapping; /* NULL while unread */
	uint64_t events;
	struct checkpoints *checkpoints; /* of a stream too large to hold, once it was read; guarded as wrapping is */
};

/* What is said of one that lost bytes it had when it was listed. */
#define SOURCE_SHORTER "has become shorter while it was being loaded"

struct files {
	struct source *sources;
	size_t count, capacity;
	int spool; /* -1: none */
	uint64_t spool_size;
	const atomic_bool *is_canceled; /* NULL: nobody cancels the listing */
	bool is_cut; /* canceled before all was listed; the ledger says where */
};

/* Fills the list. A path that cannot be used becomes a source with a ledger entry. What was listed stays when it is
 * canceled. */
void files_expand(
	struct files *files, const struct load_options *options, struct ledger *ledger, const atomic_bool *is_canceled);
static inline bool files_is_canceled(const struct files *files)
{
	return files->is_canceled != NULL && atomic_load(files->is_canceled);
}
void files_free(struct files *files);

bool files_is_pruned(const struct load_options *options, const char *name); /* by the date in its S3 key */
extern const char files_pruned_wrapping[]; /* what such a source is */
/* Adds one file that was found later, with the members of an archive. */
struct stat;
void files_list(struct files *files, const struct load_options *options, struct ledger *ledger, const char *path,
	const struct stat *info, bool is_given);
bool files_holds_others(const char *path); /* is it an archive? */
int64_t files_modified(const struct stat *info);
/* A digest of where the first `size` bytes begin and end; false when they cannot be read. */
bool files_mark(int file, uint64_t size, uint64_t *mark);

/* Opens a source that was read before (closed by files_close). A file that changed since it was listed is an error, unless
 * it only grew and has a mark to show it. */
int files_open(const struct files *files, const struct source *source, int *file, struct err *err) MUST_USE;
void files_close(const struct source *source, int file);
/* Appends bytes [from, from + length), which the source had when it was listed. */
int files_read(
	int file, const struct source *source, uint64_t from, size_t length, struct buf *out, struct err *err) MUST_USE;

/* The bytes as stored, mapped read-only, for the thread that asked. Where they are gone meanwhile, zero bytes stand. */
struct file_view {
	const char *data;
	size_t length;
	void *mapping;
	size_t mapping_length;
	struct map_guard guard;
};
int files_map(int file, const struct source *source, struct file_view *view, struct err *err) MUST_USE;
/* Why bytes from *at on could not be read as they were; NULL: all could. */
const char *files_map_problem(int file, const struct source *source, const struct file_view *view, uint64_t *at);
void files_unmap(struct file_view *view); /* views end in the reverse of the order in which they began */

/* The span of event times that an S3 object can hold, by its key; false when the name says nothing. */
bool key_time_span(const char *path, int64_t *first, int64_t *last);

/* ---- for the files of this part ---- */

struct source *files_add(struct files *files, const char *name, const char *path);
/* Appends to the spool; returns -1 when it cannot be written. */
int files_spool(struct files *files, const void *data, size_t length, struct err *err) MUST_USE;
int files_spool_open(struct files *files, struct err *err) MUST_USE;
bool files_is_log_name(const char *name);
/* Does a file with this beginning hold others? */
bool archive_recognise(const char *data, size_t length);
/* If the source is an archive, its members are added behind it. */
void archive_expand(struct files *files, uint32_t file, const struct load_options *options, struct ledger *ledger);

#endif
