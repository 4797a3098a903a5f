/* archive_input: see archive_input.h. */
#include "archive_input.h"

#include <errno.h>

#include "inflate.h"

#define BLOCK ((size_t)1 << 18)

/* What archive_recognise knows and no more: others of the library's formats take plain lines for a list of files (mtree), and
 * others of its filters start programs. Archives put behind each other are read one after the other. */
static struct archive *new_reader(const struct archive_library *library)
{
	struct archive *archive = library->archive_read_new();
	library->archive_read_support_filter_bzip2(archive);
	library->archive_read_support_filter_xz(archive);
	library->archive_read_support_format_7zip(archive);
	library->archive_read_support_format_empty(archive);
	library->archive_read_support_format_raw(archive);
	library->archive_read_support_format_tar(archive);
	library->archive_read_support_format_zip(archive);
	library->archive_read_set_format_option(archive, "tar", "read_concatenated_archives", "1");
	return archive;
}

static la_ssize_t read_stream(struct archive *archive, void *context, const void **data)
{
	struct archive_input *input = context;
	enum skip_reason why;
	const char *detail;
	input->block.length = 0;
	bool has_more = inflate_read(input->stream, &input->block, BLOCK);
	*data = input->block.data;
	if (has_more || !inflate_problem(input->stream, &why, &detail))
		return (la_ssize_t)input->block.length;
	input->library->archive_set_error(archive, EINVAL, "%s", detail);
	return ARCHIVE_FATAL;
}

int archive_input_open(struct archive_input *input, const struct archive_library *library, int stored,
	const struct source *source, const struct file_view *view, struct err *err)
{
	*input = (struct archive_input){.view = view};
	input->library = library;
	enum compression compression = compression_recognise(view->data, view->length);
	if (compression != COMPRESSION_NONE)
		input->stream = inflate_open(stored, source->base, source->size, compression);
	input->archive = new_reader(library);
	int status = input->stream != NULL
			     ? library->archive_read_open(input->archive, input, NULL, read_stream, NULL)
			     : library->archive_read_open_memory(input->archive, view->data, view->length);
	if (status == ARCHIVE_OK)
		return 0;
	err_set(err, ERR_FORMAT, "%s", library->archive_error_string(input->archive));
	archive_input_close(input);
	return -1;
}

void archive_input_close(struct archive_input *input)
{
	input->library->archive_read_free(input->archive);
	if (input->stream != NULL)
		inflate_close(input->stream, NULL);
	buf_free(&input->block);
}

/* ---- what was left ---- */

static bool is_zero(const char *data, size_t length)
{
	return length == 0 || (data[0] == 0 && memcmp(data, data + 1, length - 1) == 0);
}

bool archive_input_rest(const struct archive_input *input, struct archive_rest *rest)
{
	const char *data = input->view->data;
	size_t length = input->view->length;
	if (memcmp(data, "PK", 2) == 0)
		return archive_zip_rest(data, length, rest);
	if (input->stream != NULL || input->library->archive_format(input->archive) == ARCHIVE_FORMAT_7ZIP)
		return false;
	size_t used = (size_t)input->library->archive_filter_bytes(input->archive, -1);
	if (used >= length || is_zero(data + used, length - used))
		return false;
	*rest = (struct archive_rest){used, length - used, "bytes behind the end of the compressed stream"};
	return true;
}

/* The end of a zip's directory: its mark, where the directory lies, and how long the comment behind is (APPNOTE.TXT 4.3.16).
 * Numbers are little-endian. A ZIP64 archive has an end of its own before it, told by the locator between the two. */
#define ZIP64_LOCATOR_SIZE ((size_t)20)
#define ZIP_END_SIZE ((size_t)22)
#define ZIP_COMMENT_MAX ((size_t)UINT16_MAX)

static uint32_t number_at(const char *at, unsigned size)
{
	uint32_t number = 0;
	for (unsigned i = size; i-- > 0;)
		number = number << 8 | (unsigned char)at[i];
	return number;
}

/* The last place that can be the end of a directory; NULL without one. */
static const char *find_zip_end(const char *data, size_t length)
{
	if (length < ZIP_END_SIZE)
		return NULL;
	size_t back = length - ZIP_END_SIZE, stop = back > ZIP_COMMENT_MAX ? back - ZIP_COMMENT_MAX : 0;
	for (size_t at = back + 1; at-- > stop;)
		if (memcmp(data + at, "PK\5\6", 4) == 0 && number_at(data + at + 20, 2) <= back - at)
			return data + at;
	return NULL;
}

bool archive_zip_rest(const char *data, size_t length, struct archive_rest *rest)
{
	const char *end = find_zip_end(data, length);
	if (end == NULL) {
		*rest = (struct archive_rest){length, 0, "its directory is missing or cut; members may be lost"};
		return true;
	}
	uint64_t at = (uint64_t)(end - data), behind = at + ZIP_END_SIZE + number_at(end + 20, 2);
	uint32_t size = number_at(end + 12, 4), offset = number_at(end + 16, 4);
	bool is_zip64 = at >= ZIP64_LOCATOR_SIZE && memcmp(end - ZIP64_LOCATOR_SIZE, "PK\6\7", 4) == 0;
	if (!is_zip64 && (uint64_t)size + offset < at) {
		*rest = (struct archive_rest){0, at - size - offset, "bytes that its directory does not know of"};
		return true;
	}
	*rest = (struct archive_rest){behind, length - behind, "bytes behind the end of the archive"};
	return behind < length;
}
