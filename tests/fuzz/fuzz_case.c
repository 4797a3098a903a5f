/* Fuzzes the reading of case files: whatever the lines, opening ends with a case or a reason, and a case can be exported.
 * The checksums of complete lines are made right first, or nothing would get behind them. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "raretrail/report.h"

/* A line `{…}` becomes `{…,"n":1,"prev":"…","sum":"…"}`. */
static void line_seal(struct buf *out, const char *line, size_t length, unsigned number, char previous[SHA256_HEX_SIZE])
{
	struct buf body = BUF_EMPTY;
	if (length < 2 || line[length - 1] != '}') {
		buf_add(out, line, length);
		buf_add_char(out, '\n');
		return;
	}
	buf_add(&body, line, length - 1);
	buf_printf(&body, ",\"n\":%u,\"prev\":\"%.16s\"}", number, previous);
	sha256_hex(body.data, body.length, previous);
	buf_add(out, body.data, body.length - 1);
	buf_printf(out, ",\"sum\":\"%.16s\"}\n", previous);
	buf_free(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = BUF_EMPTY;
	char previous[SHA256_HEX_SIZE] = "", path[64];
	unsigned number = 0;
	for (size_t at = 0; at < size;) {
		const uint8_t *end = memchr(data + at, '\n', size - at);
		size_t length = end ? (size_t)(end - data) - at : size - at;
		line_seal(&text, (const char *)data + at, length, ++number, previous);
		at += length + 1;
	}
	int file = memfd_create("fuzz", MFD_CLOEXEC);
	if (file < 0 || write(file, text.data ? text.data : "", text.length) != (ssize_t)text.length)
		abort();
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
	struct casefile *casefile;
	struct err err = {0};
	if (case_open(&(struct case_options){.path = path, .is_read_only = true}, &casefile, &err)) {
		if (!err.text[0])
			abort();
	} else {
		static const enum report_format formats[] = {
			REPORT_MARKDOWN, REPORT_HTML, REPORT_JSON, REPORT_NDJSON, REPORT_CSV};
		for (size_t i = 0; i < COUNT_OF(formats); i++) {
			char *out = NULL;
			size_t length = 0;
			FILE *report = open_memstream(&out, &length);
			if (!report || report_case(report, formats[i], casefile, &err) != 0 || fclose(report) != 0)
				abort();
			free(out);
		}
		case_close(casefile);
	}
	buf_free(&text);
	(void)close(file);
	return 0;
}
