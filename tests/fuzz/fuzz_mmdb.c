/* Fuzzes the reading of MMDB files: whatever the bytes, opening and lookups end with an answer or a reason. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "raretrail/enrich.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const addresses[] = {"0.0.0.0", "192.0.2.1", "198.18.0.1", "203.0.113.77", "255.255.255.255",
		"::", "2001:db8::1", "2001:db8:f000::7", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"};
	int file = memfd_create("fuzz", MFD_CLOEXEC);
	char path[64];
	struct enrich *enrich;
	struct err err = {0};
	if (file < 0 || write(file, data, size) != (ssize_t)size)
		abort();
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
	if (enrich_open(&(struct enrich_options){path, path}, &enrich, &err) && !err.text[0])
		abort();
	for (size_t i = 0; i < COUNT_OF(addresses); i++) {
		struct enrich_answer answer;
		struct err why = {0};
		if (enrich_lookup(enrich, slice_of(addresses[i]), &answer, &why) && !why.text[0])
			abort();
		/* what was found is readable to its end */
		const struct slice found[] = {
			answer.as_organization, answer.country_iso_code, answer.city_name, answer.region_iso_code};
		for (size_t f = 0; f < COUNT_OF(found); f++) {
			struct buf shown = BUF_EMPTY;
			text_show(&shown, found[f], TEXT_TERMINAL);
			buf_free(&shown);
		}
	}
	enrich_free(enrich);
	(void)close(file);
	return 0;
}
