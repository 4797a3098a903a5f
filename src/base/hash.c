/* hash: XXH3 for tables, SHA-256 for what is written down and found again. */
#include "raretrail/base.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <sha2.h>

uint64_t hash_bytes(const void *data, size_t length)
{
	return length == 0 ? XXH3_64bits("", 0) : XXH3_64bits(data, length);
}

void sha256_hex(const void *data, size_t length, char out[SHA256_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t digest[SHA256_DIGEST_LENGTH];
	SHA2_CTX context;
	SHA256Init(&context);
	SHA256Update(&context, data, length);
	SHA256Final(digest, &context);
	for (size_t i = 0; i < sizeof(digest); i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
	}
	out[2 * sizeof(digest)] = '\0';
}
