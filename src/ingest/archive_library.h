/* archive_library: libarchive, loaded when the first archive is met. It stands on a dozen libraries that nothing else
 * here needs, and to link those takes longer than all the rest of the program's start. */
#ifndef RARETRAIL_INGEST_ARCHIVE_LIBRARY_H
#define RARETRAIL_INGEST_ARCHIVE_LIBRARY_H

#include <archive.h>
#include <archive_entry.h>

#include "raretrail/base.h"

#define ARCHIVE_CALLS(X) \
	X(archive_read_new) \
	X(archive_read_free) \
	X(archive_read_support_filter_bzip2) \
	X(archive_read_support_filter_xz) \
	X(archive_read_support_format_7zip) \
	X(archive_read_support_format_empty) \
	X(archive_read_support_format_raw) \
	X(archive_read_support_format_tar) \
	X(archive_read_support_format_zip) \
	X(archive_read_set_format_option) \
	X(archive_read_open) \
	X(archive_read_open_memory) \
	X(archive_set_error) \
	X(archive_filter_bytes) \
	X(archive_read_next_header) \
	X(archive_read_data) \
	X(archive_format) \
	X(archive_error_string) \
	X(archive_entry_pathname) \
	X(archive_entry_pathname_utf8) \
	X(archive_entry_filetype) \
	X(archive_entry_size) \
	X(archive_entry_is_encrypted)

struct archive_library {
#define X(name) __typeof__(&name) name;
	ARCHIVE_CALLS(X)
#undef X
};
/* NULL: it is not there. Any thread. */
const struct archive_library *archive_library(struct err *err);

#endif
