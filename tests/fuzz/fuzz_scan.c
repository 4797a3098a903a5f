/* Fuzzes the fast path against the careful reader: both must find the same events and report the same losses. The first
 * byte picks the scanner's variant. */
#include <stdint.h>

#include "scan_compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const char *const *variants = scanner_variants();
	size_t count = 0;
	while (variants[count] != NULL)
		count++;
	unsigned garbage = 0;
	const char *text = (const char *)data + 1;
	const char *difference = compare_readings(text, size - 1, variants[data[0] % count], INPUT_AUTO, &garbage);
	if (difference != NULL) {
		fprintf(stderr, "the readings differ in %s\n", difference);
		abort();
	}
	return 0;
}
