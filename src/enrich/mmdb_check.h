/* mmdb_check: a bounds-checked second look at an MMDB file. libmaxminddb trusts sizes that a damaged file can lie
 * about (its tree size is a 32-bit product, its data walk has no budget), so nothing reaches it unchecked. */
#ifndef RARETRAIL_ENRICH_MMDB_CHECK_H
#define RARETRAIL_ENRICH_MMDB_CHECK_H

#include "raretrail/base.h"

struct mmdb_layout {
	uint32_t node_count, ip_version;
	uint64_t build_epoch; /* seconds */
	size_t tree_size, data_offset, data_size; /* bytes; the data section ends at the metadata marker */
	struct slice database_type; /* borrows from the bytes checked */
};

/* Reads the metadata of a whole file and checks that every section lies inside it. */
int mmdb_check_layout(const uint8_t *file, size_t size, struct mmdb_layout *layout, struct err *err) MUST_USE;
/* Opens, maps, checks and unmaps a file; database_type is not set. Refuses what is not a regular file. */
int mmdb_check_file(const char *path, struct mmdb_layout *layout, struct err *err) MUST_USE;
/* Is the value at data[offset] complete, inside the section, and of sane depth and size? */
int mmdb_check_value(const uint8_t *data, size_t size, size_t offset, struct err *err) MUST_USE;

#endif
