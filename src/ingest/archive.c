/* archive: zip and tar bundles (tar.gz, tar.zst, 7z…), and single files in bz2 or xz, through libarchive. Members are
 * copied into the spool and become sources named "a.zip!member"; caps keep a bomb from filling the disk. */
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "archive_input.h"
#include "decompress.h"
#include "files.h"

#define MAX_MEMBERS 1000000
#define MAX_NESTING 3
#define ARCHIVE_HEAD ((size_t)192 << 10)

/* As POSIX and as GNU mark it; both end in a zero, which keeps the word in a record from being taken for the mark. */
static bool is_tar(const char *data, size_t length)
{
	return length >= 265 && (memcmp(data + 257, "ustar", 6) == 0 || memcmp(data + 257, "ustar  ", 8) == 0);
}

/* The first bytes of a gz or zst stream, as many as there are in `length` of it. */
static size_t gunzip_start(const char *data, size_t length, char *out, size_t size)
{
	z_stream stream = {
		.next_in = (Bytef *)data, .avail_in = (uInt)length, .next_out = (Bytef *)out, .avail_out = (uInt)size};
	if (inflateInit2(&stream, 15 + 16) != Z_OK)
		return 0;
	(void)inflate(&stream, Z_SYNC_FLUSH);
	inflateEnd(&stream);
	return size - stream.avail_out;
}

static size_t unzstd_start(const char *data, size_t length, char *out, size_t size)
{
	ZSTD_DStream *stream = ZSTD_createDStream();
	if (!stream)
		return 0;
	ZSTD_inBuffer input = {data, length, 0};
	ZSTD_outBuffer output = {out, size, 0};
	size_t before = SIZE_MAX;
	while (output.pos < output.size && before != input.pos + output.pos) {
		before = input.pos + output.pos;
		if (ZSTD_isError(ZSTD_decompressStream(stream, &output, &input)))
			break;
	}
	ZSTD_freeDStream(stream);
	return output.pos;
}

bool archive_recognise(const char *data, size_t length)
{
	static const struct {
		const char *magic;
		size_t length;
	} known[] = {{"PK\x03\x04", 4}, {"PK\x05\x06", 4}, {"BZh", 3},
		{"\xfd"
		 "7zXZ",
			5},
		{"7z\xbc\xaf\x27\x1c", 6}};
	for (size_t i = 0; i < COUNT_OF(known); i++) {
		if (length >= known[i].length && memcmp(data, known[i].magic, known[i].length) == 0)
			return true;
	}
	if (is_tar(data, length))
		return true;
	enum compression compression = compression_recognise(data, length);
	if (compression == COMPRESSION_NONE)
		return false;
	/* tar.gz, tar.zst: the start of the stream tells. */
	char start[512];
	size_t size = compression == COMPRESSION_GZIP ? gunzip_start(data, length, start, sizeof start)
						      : unzstd_start(data, length, start, sizeof start);
	return is_tar(start, size);
}

struct expansion {
	const struct archive_library *library; /* of an archive that is being read */
	struct files *files;
	const struct load_options *options;
	struct ledger *ledger;
	uint32_t file; /* number of the archive */
	const char *name;
	uint64_t stored; /* its size */
	uint64_t made; /* bytes spooled from it */
	int nesting;
};

static void add_skip(struct expansion *expansion, uint32_t file, enum skip_reason reason, const char *detail)
{
	struct skip skip = {file, 0, 0, reason, 1, (char *)detail};
	ledger_add(expansion->ledger, &skip);
}

static bool within_caps(struct expansion *expansion)
{
	return expansion->made <= DECOMPRESS_FREE_BYTES || expansion->made / DECOMPRESS_MAX_RATIO <= expansion->stored;
}

/* Copies a member into the spool. Returns false when it cannot be read to its end. */
static bool copy_member(struct expansion *expansion, struct archive *archive, struct source *member, struct err *err)
{
	static const size_t size = 1 << 18;
	const struct archive_library *library = expansion->library;
	char *block = xmalloc(size);
	bool is_good = true;
	for (;;) {
		if (files_is_canceled(expansion->files)) {
			err_set(err, ERR_CANCELED, "not unpacked to its end");
			is_good = false;
			break;
		}
		la_ssize_t got = library->archive_read_data(archive, block, size);
		if (got < 0) {
			err_set(err, ERR_FORMAT, "%s", library->archive_error_string(archive));
			is_good = false;
		}
		if (got <= 0)
			break;
		if (files_spool(expansion->files, block, (size_t)got, err) != 0) {
			is_good = false;
			break;
		}
		member->size += (uint64_t)got;
		expansion->made += (uint64_t)got;
		if (!within_caps(expansion)) {
			err_set(err, ERR_LIMIT, "larger than an archive of this size may be: a decompression bomb");
			is_good = false;
			break;
		}
	}
	free(block);
	return is_good;
}

static void expand_source(struct expansion *outer, uint32_t file, int nesting);

static void add_member(struct expansion *expansion, struct archive *archive, struct archive_entry *entry)
{
	const struct archive_library *library = expansion->library;
	const char *path = library->archive_entry_pathname_utf8(entry);
	if (!path)
		path = library->archive_entry_pathname(entry);
	bool is_raw = library->archive_format(archive) == ARCHIVE_FORMAT_RAW;
	char *name = is_raw ? xstrdup(expansion->name) : xasprintf("%s!%s", expansion->name, path ? path : "?");
	uint32_t file = (uint32_t)expansion->files->count;
	struct source *member = files_add(expansion->files, name, NULL);
	member->base = expansion->files->spool_size;
	member->is_expected = files_is_log_name(name);
	free(name);
	if (files_is_pruned(expansion->options, member->name)) {
		member->wrapping = files_pruned_wrapping;
		add_skip(expansion, file, SKIP_PRUNED_KEY, NULL);
		return;
	}
	if (library->archive_entry_is_encrypted(entry)) {
		member->wrapping = "encrypted";
		add_skip(expansion, file, SKIP_BAD_MEMBER, "encrypted; unpack it with its password first");
		return;
	}
	struct err err;
	if (!copy_member(expansion, archive, member, &err)) {
		bool is_canceled = err.code == ERR_CANCELED;
		expansion->files->is_cut |= is_canceled;
		enum skip_reason reason = err.code == ERR_LIMIT ? SKIP_RATIO : SKIP_BAD_MEMBER;
		add_skip(expansion, file, is_canceled ? SKIP_CANCELED : reason, err.text);
	}
	expand_source(expansion, file, expansion->nesting + 1);
}

static bool is_file(const struct archive_library *library, struct archive *archive, struct archive_entry *entry)
{
	return library->archive_entry_filetype(entry) == AE_IFREG ||
	       library->archive_format(archive) == ARCHIVE_FORMAT_RAW;
}

/* Such as a part of a file that began on another volume. A link's data are its target, those of a directory in a tar the
 * names in it. */
static bool holds_data(const struct archive_library *library, struct archive *archive, struct archive_entry *entry)
{
	mode_t type = library->archive_entry_filetype(entry);
	bool is_tar = (library->archive_format(archive) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
	return library->archive_entry_size(entry) > 0 && type != AE_IFLNK && !(type == AE_IFDIR && is_tar);
}

static void expand(struct expansion *expansion, const struct archive_input *input)
{
	const struct archive_library *library = expansion->library;
	struct archive *archive = input->archive;
	struct archive_entry *entry;
	size_t members = 0;
	int status;
	while ((status = library->archive_read_next_header(archive, &entry)) == ARCHIVE_OK || status == ARCHIVE_WARN) {
		if (files_is_canceled(expansion->files)) {
			if (!expansion->files->is_cut)
				add_skip(expansion, expansion->file, SKIP_CANCELED, "its rest was not unpacked");
			expansion->files->is_cut = true;
			return;
		}
		if (!is_file(library, archive, entry)) {
			if (holds_data(library, archive, entry))
				add_skip(expansion, expansion->file, SKIP_BAD_MEMBER,
					"a member is no file, yet holds data");
			continue;
		}
		if (!within_caps(expansion) || ++members > MAX_MEMBERS) {
			add_skip(expansion, expansion->file, SKIP_RATIO,
				"the archive holds too much; its rest was not read");
			return;
		}
		add_member(expansion, archive, entry);
	}
	struct archive_rest rest;
	if (status != ARCHIVE_EOF) {
		add_skip(expansion, expansion->file, SKIP_BAD_MEMBER, library->archive_error_string(archive));
	} else if (archive_input_rest(input, &rest)) {
		struct skip skip = {
			expansion->file, rest.offset, rest.length, SKIP_BAD_MEMBER, 1, (char *)(uintptr_t)rest.detail};
		ledger_add(expansion->ledger, &skip);
	}
}

static void open_and_expand(struct expansion *expansion, int stored, const struct file_view *view)
{
	struct err err;
	struct archive_input input;
	expansion->library = archive_library(&err);
	if (expansion->library == NULL || files_spool_open(expansion->files, &err) != 0) {
		add_skip(expansion, expansion->file, SKIP_UNREADABLE, err.text);
		return;
	}
	const struct source *source = &expansion->files->sources[expansion->file];
	if (archive_input_open(&input, expansion->library, stored, source, view, &err) != 0) {
		add_skip(expansion, expansion->file, SKIP_BAD_MEMBER, err.text);
		return;
	}
	expand(expansion, &input);
	archive_input_close(&input);
}

/* If the source is an archive, its members follow it in the list. */
static void expand_source(struct expansion *outer, uint32_t file, int nesting)
{
	struct files *files = outer->files;
	const struct source source = files->sources[file]; /* members may move the list */
	struct file_view view;
	int stored;
	if (nesting > MAX_NESTING || files_open(files, &source, &stored, NULL) != 0)
		return;
	if (files_map(stored, &source, &view, NULL) != 0) {
		files_close(&source, stored);
		return;
	}
	if (archive_recognise(view.data, view.length < ARCHIVE_HEAD ? view.length : ARCHIVE_HEAD)) {
		files->sources[file].wrapping = "archive";
		char *name = xstrdup(files->sources[file].name);
		struct expansion inner = *outer;
		inner.file = file;
		inner.name = name;
		inner.nesting = nesting;
		open_and_expand(&inner, stored, &view);
		outer->made = inner.made;
		free(name);
		struct skip lost = {.file = file, .reason = SKIP_UNREADABLE, .count = 1};
		lost.detail = (char *)(uintptr_t)files_map_problem(stored, &source, &view, &lost.offset);
		lost.length = source.size - lost.offset;
		if (lost.detail)
			ledger_add(outer->ledger, &lost);
	}
	files_unmap(&view);
	files_close(&source, stored);
}

void archive_expand(struct files *files, uint32_t file, const struct load_options *options, struct ledger *ledger)
{
	struct expansion expansion = {
		.files = files,
		.options = options,
		.ledger = ledger,
		.file = file,
		.stored = files->sources[file].size,
	};
	expand_source(&expansion, file, 0);
}
