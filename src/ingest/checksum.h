/* checksum: the CRC-32 that stands behind every gzip member. */
#ifndef RARETRAIL_INGEST_CHECKSUM_H
#define RARETRAIL_INGEST_CHECKSUM_H

#include "raretrail/base.h"

uint32_t checksum_crc32(const char *data, size_t length);

#endif
