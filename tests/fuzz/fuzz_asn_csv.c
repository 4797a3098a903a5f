/* Fuzzes the CSV reader of `asn import`: rows it accepts are well-formed ranges with clean names. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../src/enrich/asn_csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	FILE *file = fmemopen((void *)(uintptr_t)data, size, "r");
	struct asn_csv csv;
	struct asn_row row;
	const char *reason;
	enum asn_csv_result result;
	asn_csv_init(&csv, file);
	while ((result = asn_csv_next(&csv, &row, &reason)) != ASN_CSV_END) {
		if (result == ASN_CSV_ROW &&
			(ip_compare(&row.start, &row.end) > 0 || (!row.has_number && !row.organization.data)))
			abort();
		if (result == ASN_CSV_BAD && !reason)
			abort();
	}
	asn_csv_free(&csv);
	(void)fclose(file);
	return 0;
}
