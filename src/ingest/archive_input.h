/* archive_input: an archive as libarchive is to read it. A tar in gz or zst goes through our own decompression, which checks
 * the sums of the stream and what stands behind it (libarchive leaves a gzip's sum unread); other archives lie in memory. */
#ifndef RARETRAIL_INGEST_ARCHIVE_INPUT_H
#define RARETRAIL_INGEST_ARCHIVE_INPUT_H

#include "archive_library.h"
#include "files.h"

struct archive_input {
	struct archive *archive;
	const struct archive_library *library;
	const struct file_view *view; /* borrowed */
	/* of a compressed tar */
	struct inflate *stream;
	struct buf block;
};

/* Ready for the first member's header; `stored` is the source's file, open (borrowed). On failure nothing is left open. */
int archive_input_open(struct archive_input *input, const struct archive_library *library, int stored,
	const struct source *source, const struct file_view *view, struct err *err) MUST_USE;
void archive_input_close(struct archive_input *input);

/* The bytes of the archive in which no member was sought though all went well; false when there are none. The detail is
 * static. */
struct archive_rest {
	uint64_t offset, length;
	const char *detail;
};
bool archive_input_rest(const struct archive_input *input, struct archive_rest *rest);

/* For archive_input_rest: of a zip, by the directory at its end. */
bool archive_zip_rest(const char *data, size_t length, struct archive_rest *rest);

#endif
