/* scan_rate: how fast each variant of the scanner reads a file of lines that is in memory already; one thread. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../src/ingest/scan.h"

static double measure(const char *variant, const char *data, size_t length, uint64_t *events)
{
	struct scanner *scanner = scanner_new();
	struct careful *careful = careful_new(INPUT_AUTO, ECS_COMPAT_8_9);
	if (!scanner_use(scanner, variant))
		exit(2);
	struct lexicon *lexicon = lexicon_new();
	uint64_t declined = 0;
	int64_t started = time_monotonic_us();
	const size_t piece = 1 << 20;
	for (size_t at = 0; at < length;) {
		size_t end = length - at < piece ? length : at + piece;
		while (end < length && data[end - 1] != '\n')
			end++;
		struct chunk *chunk = chunk_new_in(lexicon);
		scanner->chunk = chunk;
		scanner_start(scanner, data + at, end - at, at);
		while (scanner_run(scanner, SCAN_LINES, SIZE_MAX) == SCAN_STOP_DECLINED) {
			declined++;
			scanner_skip_line(scanner);
		}
		chunk_seal(chunk);
		chunk_free(chunk);
		at = end;
	}
	double seconds = (double)(time_monotonic_us() - started) / 1e6;
	*events = scanner->events;
	if (declined > 0)
		fprintf(stderr, "%llu records declined\n", (unsigned long long)declined);
	lexicon_free(lexicon);
	scanner_free(scanner);
	careful_free(careful);
	return seconds;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	int file = open(argv[1], O_RDONLY);
	struct stat info;
	if (file < 0 || fstat(file, &info) != 0)
		return 2;
	size_t length = (size_t)info.st_size;
	char *data = xcalloc(length + SCAN_PADDING, 1);
	for (size_t at = 0; at < length;) {
		ssize_t got = read(file, data + at, length - at);
		if (got <= 0)
			return 2;
		at += (size_t)got;
	}
	for (const char *const *variant = scanner_variants(); *variant != NULL; variant++) {
		for (int run = 0; run < 3; run++) {
			uint64_t events;
			double seconds = measure(*variant, data, length, &events);
			printf("%-9s %8llu events %6.2f GB/s %6.0f ns/event\n", *variant, (unsigned long long)events,
				(double)length / seconds / 1e9, seconds * 1e9 / (double)events);
		}
	}
	free(data);
	return 0;
}
