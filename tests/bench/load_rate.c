/* load_rate: loads paths as the program does and says how long it took; for the benchmarks.
 *
 *   load_rate THREADS PATH... */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "raretrail/ingest.h"

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	struct load_options options = {
		.paths = (const char *const *)argv + 2,
		.path_count = (size_t)argc - 2,
		.threads = (unsigned)atoi(argv[1]),
		.since = TIME_NONE,
		.until = TIME_NONE,
	};
	struct load *load;
	struct err err;
	if (load_start(&options, &load, &err) != 0)
		return fprintf(stderr, "%s\n", err.text) < 0 ? 1 : 2;
	load_wait(load);
	struct load_progress progress;
	load_progress(load, &progress);
	struct store *store = load_snapshot(load);
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	double seconds = (double)progress.elapsed_us / 1e6;
	printf("{\"events\": %u, \"files\": %llu, \"bytes\": %llu, \"seconds\": %.4f, \"gb_per_second\": %.3f, "
	       "\"files_per_second\": %.0f, \"store_bytes_per_event\": %.1f, \"peak_bytes_per_event\": %.1f, "
	       "\"skipped\": %llu, \"duplicates\": %llu, \"strings\": %u, \"actors\": %u}\n",
		store->count, (unsigned long long)progress.files_done, (unsigned long long)progress.bytes_done, seconds,
		(double)progress.bytes_done / seconds / 1e9, (double)progress.files_done / seconds,
		(double)store->bytes / (store->count ? store->count : 1),
		(double)usage.ru_maxrss * 1024 / (store->count ? store->count : 1),
		(unsigned long long)progress.skipped, (unsigned long long)store->duplicates, dict_count(store->strings),
		store->dimensions[DIMENSION_ACTOR].count);
	store_free(store);
	load_free(load);
	return 0;
}
