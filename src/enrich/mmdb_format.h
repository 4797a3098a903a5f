/* mmdb_format: the constants of an MMDB file, for the check and the writer. Source: MaxMind's "MaxMind DB File Format
 * Specification" 2.0. */
#ifndef RARETRAIL_ENRICH_MMDB_FORMAT_H
#define RARETRAIL_ENRICH_MMDB_FORMAT_H

#define MMDB_MARKER "\xab\xcd\xefMaxMind.com" /* stands before the metadata */
#define MMDB_SEPARATOR 16 /* zero bytes between tree and data */

enum mmdb_type {
	MMDB_POINTER = 1,
	MMDB_STRING = 2,
	MMDB_DOUBLE = 3,
	MMDB_BYTES = 4,
	MMDB_UINT16 = 5,
	MMDB_UINT32 = 6,
	MMDB_MAP = 7,
	MMDB_INT32 = 8,
	MMDB_UINT64 = 9,
	MMDB_UINT128 = 10,
	MMDB_ARRAY = 11,
	MMDB_BOOL = 14,
	MMDB_FLOAT = 15
};

#endif
