/* content: which hash a record's bytes get. Both readers ask here, so that they agree on every machine. */
#include "content.h"

#include <stdatomic.h>

#include "raretrail/base.h"

#if defined(__x86_64__)
#include <cpuid.h>

/* Not every compiler knows wide AES by name: bit 9 of ECX in leaf 7 (Intel's manual, CPUID). */
static bool has_wide_aes(void)
{
	unsigned a, b, c, d;
	return __builtin_cpu_supports("avx512bw") && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (c >> 9 & 1) != 0;
}
#else
static bool has_wide_aes(void)
{
	return false;
}
#endif

uint64_t content_hash(const char *text, size_t length)
{
	enum { UNKNOWN, PLAIN, WIDE };
	static atomic_int known; /* the machine is asked once: to ask takes long; the answer is always the same */
	int way = atomic_load_explicit(&known, memory_order_relaxed);
	if (__builtin_expect(way == UNKNOWN, 0)) {
		way = has_wide_aes() ? WIDE : PLAIN;
		atomic_store_explicit(&known, way, memory_order_relaxed);
	}
	return way == WIDE ? content_hash_wide(text, length) : hash_bytes(text, length);
}
