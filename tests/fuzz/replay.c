/* Runs a fuzz target over the files named on the command line: `make test` replays every input that ever mattered,
 * without a fuzzer at hand. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		if (file == NULL) {
			perror(argv[i]);
			return 1;
		}
		fseek(file, 0, SEEK_END);
		long size = ftell(file);
		rewind(file);
		uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
		size_t length = data == NULL ? 0 : fread(data, 1, (size_t)size, file);
		fclose(file);
		if (data == NULL || length != (size_t)size) {
			fprintf(stderr, "%s: cannot be read whole\n", argv[i]);
			return 1;
		}
		LLVMFuzzerTestOneInput(data, length);
		free(data);
	}
	printf("%d inputs replayed\n", argc - 1);
	return argc > 1 ? 0 : 1;
}
