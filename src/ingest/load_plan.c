/* load_plan: cuts the input into pieces. Small files go together, so that a worker has something to do; a large file of
 * lines is cut into ranges; what cannot be cut is read whole. Cuts never show in what comes out. */
#include "load.h"

#include <fcntl.h>
#include <unistd.h>

#include "decompress.h"
#include "scan.h"

#define FILES_PER_PIECE 256
#define LOOK_SIZE ((size_t)1 << 17)

/* Towards the end the pieces become smaller, so that there are at least so many left for each worker: one that takes its
 * last late keeps the others waiting for less. */
#define PIECES_LEFT 4

/* So many pieces long, a file that cannot be cut is read through a window. */
#define STREAM_PIECES 32

enum way { WAY_WHOLE, WAY_RANGES, WAY_STREAM };

/* Is the file worth cutting, and can it be cut? */
static enum way choose_way(const struct plan *plan, struct reader *reader, const struct source *source)
{
	if (source->size <= 2 * plan->load->piece_size)
		return WAY_WHOLE;
	int file = source->path != NULL ? open(source->path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : plan->load->files.spool;
	if (file < 0)
		return WAY_WHOLE;
	char *look = xmalloc(LOOK_SIZE + SCAN_PADDING);
	ssize_t got = pread(file, look, LOOK_SIZE, (off_t)source->base);
	enum way way = WAY_WHOLE;
	if (got > 0) {
		memset(look + got, 0, SCAN_PADDING);
		bool is_packed = compression_recognise(look, (size_t)got) != COMPRESSION_NONE;
		if (!is_packed && fast_is_lines(reader, look, (size_t)got))
			way = WAY_RANGES;
		else if (source->size >= STREAM_PIECES * plan->load->piece_size &&
			 (is_packed || fast_is_for_window(reader, look, (size_t)got)))
			way = WAY_STREAM;
	}
	free(look);
	if (source->path != NULL)
		close(file);
	return way;
}

static void next_range(struct plan *plan, const struct source *source, struct piece *piece)
{
	piece->first = plan->file;
	piece->end = plan->file + 1;
	piece->is_range = true;
	piece->from = plan->from;
	piece->to =
		source->size - plan->from > plan->load->piece_size ? plan->from + plan->load->piece_size : source->size;
	plan->from = piece->to;
	plan->bytes += piece->to - piece->from;
	if (piece->to == source->size) {
		plan->in_ranges = false;
		plan->from = 0;
		plan->file++;
	}
}

static uint64_t small_files_size(const struct plan *plan)
{
	const struct load *load = plan->load;
	uint64_t share = (load->progress.bytes_total - plan->bytes) / (PIECES_LEFT * (uint64_t)load->options.threads);
	return share < load->piece_size ? share : load->piece_size;
}

bool plan_next(struct plan *plan, struct reader *reader, struct piece *piece)
{
	const struct files *files = &plan->load->files;
	*piece = (struct piece){.number = plan->number};
	if (!plan->in_ranges) {
		while (plan->file < files->count && files->sources[plan->file].wrapping != NULL)
			plan->file++; /* settled while listing */
		if (plan->file == files->count)
			return false;
		enum way way = choose_way(plan, reader, &files->sources[plan->file]);
		plan->in_ranges = way == WAY_RANGES;
		piece->is_stream = way == WAY_STREAM;
	}
	plan->number++;
	if (plan->in_ranges) {
		next_range(plan, &files->sources[plan->file], piece);
		return true;
	}
	piece->first = plan->file;
	if (piece->is_stream) {
		plan->bytes += files->sources[plan->file].size;
		piece->end = ++plan->file;
		return true;
	}
	uint64_t bytes = 0, most = small_files_size(plan);
	for (; plan->file < files->count && plan->file - piece->first < FILES_PER_PIECE; plan->file++) {
		const struct source *source = &files->sources[plan->file];
		if (source->wrapping != NULL)
			continue;
		if (plan->file > piece->first && bytes + source->size > most)
			break;
		bytes += source->size;
	}
	plan->bytes += bytes;
	piece->end = plan->file;
	return true;
}
