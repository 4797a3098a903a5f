/* asn_csv: reads AS ranges from CSV: start,end,number,organisation, or network,number,organisation with a CIDR block
 * (the layout of GeoLite2's CSV). One row a line; a line that cannot be used is an answer, not an error. */
#ifndef RARETRAIL_ENRICH_ASN_CSV_H
#define RARETRAIL_ENRICH_ASN_CSV_H

#include <stdio.h>

#include "raretrail/base.h"

struct asn_csv {
	FILE *file;
	uint64_t line; /* of the row last read, from 1 */
	struct buf text, field_text;
};

struct asn_row {
	struct ip start, end; /* inclusive; an IPv6 range may begin or end among the IPv4-mapped addresses */
	bool has_number;
	uint32_t number;
	struct slice organization; /* borrows until the next read; absent when empty */
};

enum asn_csv_result { ASN_CSV_ROW, ASN_CSV_BAD, ASN_CSV_END };

void asn_csv_init(struct asn_csv *csv, FILE *file);
void asn_csv_free(struct asn_csv *csv);
/* ASN_CSV_BAD: *reason says why this line was not used. Blank lines, comments (#) and a header are passed over. */
enum asn_csv_result asn_csv_next(struct asn_csv *csv, struct asn_row *row, const char **reason) MUST_USE;

#endif
