/* load_stream: sources too large to hold, through a window. Where a second thread is at hand it decompresses ahead of the
 * reader. A huge source is a piece of its own, merged part by part; a smaller one is read whole within its piece. */
#include <stdlib.h>
#include <unistd.h>

#include "ahead.h"
#include "load_worker.h"

/* What has been read is handed over each time the window slides on by this many pieces. */
#define WINDOW_PIECES 4
#define READ_STEP ((size_t)1 << 20)
/* A window holds up to so many steps, unless a value is larger or all of the text is needed. */
#define WINDOW_MOST 3

struct streaming {
	struct worker *worker;
	uint32_t file;
	struct inflate *inflate;
	struct ahead *ahead;
	bool is_over; /* --max-mem reached by text that must be held */
	/* of a piece of its own: what is handed over */
	const struct piece *whole;
	uint64_t told; /* stored bytes of the parts delivered */
	struct piece part;
	void (*deliver)(void *context, struct piece *part);
	void *context;
	/* within a piece: the parts' states joined */
	struct fast_state state;
};

void worker_tell_bad_end(struct worker *worker, enum skip_reason why, uint64_t at, const char *detail)
{
	struct reader *reader = worker->reader;
	struct skip end = {.offset = at, .count = 1};
	struct skip *last = reader->skip_count > 0 ? &reader->skips[reader->skip_count - 1] : NULL;
	/* It broke the record that it ends in: that is one loss, and the stream is the reason for it. */
	if (last != NULL && last->file == reader->file && last->reason == SKIP_TRUNCATED_JSON) {
		end = *last;
		free(last->detail);
		reader->skip_count--;
	}
	reader_skips(reader, why, end.offset, end.length, end.count, detail);
}

/* ---- reading ---- */

static bool read_more(struct fast_stream *stream, struct buf *text)
{
	struct streaming *streaming = stream->context;
	const struct load *load = streaming->worker->load;
	uint64_t most = load->options.max_memory;
	/* Beyond what the window takes for itself. */
	streaming->is_over = most > 0 && text->length > most && text->length > WINDOW_MOST * stream->step;
	stream->is_cut = streaming->is_over || atomic_load(&load->is_canceled);
	if (stream->is_cut || ahead_read(streaming->ahead, text))
		return !stream->is_cut;
	enum skip_reason why;
	const char *detail;
	stream->is_cut = inflate_problem(streaming->inflate, &why, &detail);
	return false;
}

static struct fast_state read_all(
	struct streaming *streaming, int file, void (*deliver)(struct fast_stream *, const struct fast_state *))
{
	struct worker *worker = streaming->worker;
	struct load *load = worker->load;
	const struct source *source = &load->files.sources[streaming->file];
	char head[4];
	ssize_t got = pread(file, head, sizeof(head), (off_t)source->base);
	enum compression compression = compression_recognise(head, got > 0 ? (size_t)got : 0);
	struct inflate *inflate = inflate_open(file, source->base, source->size, compression);
	size_t step = WINDOW_PIECES * load->piece_size;
	bool is_threaded = compression != COMPRESSION_NONE && load->options.threads > 1;
	streaming->inflate = inflate;
	streaming->ahead = ahead_new(inflate, step < READ_STEP ? step : READ_STEP, is_threaded);
	struct fast_stream stream = {.read = read_more, .deliver = deliver, .context = streaming, .step = step};
	struct fast_state state = fast_stream_read(worker->reader, &stream);
	ahead_free(streaming->ahead);
	enum skip_reason why = SKIP_RATIO;
	const char *detail = "larger than --max-mem allows";
	if (streaming->is_over || inflate_problem(inflate, &why, &detail)) {
		worker_tell_bad_end(worker, why, inflate_made(inflate), detail);
		state.is_damage_reported |= state.is_cut;
	}
	struct checkpoints *checkpoints;
	inflate_close(inflate, &checkpoints);
	pthread_mutex_lock(&load->lock);
	load->files.sources[streaming->file].checkpoints = checkpoints;
	pthread_mutex_unlock(&load->lock);
	return state;
}

/* ---- within a piece ---- */

static void join_state(struct fast_stream *stream, const struct fast_state *state)
{
	struct streaming *streaming = stream->context;
	fast_state_join(&streaming->state, state);
}

const char *worker_read_stream(struct worker *worker, uint32_t number, int file)
{
	struct streaming streaming = {.worker = worker, .file = number};
	struct fast_state state = read_all(&streaming, file, join_state);
	fast_state_join(&streaming.state, &state);
	struct skip fault = {.file = number};
	char detail[FAST_DETAIL_SIZE];
	if (fast_state_fault(&streaming.state, &fault, detail))
		reader_skip(worker->reader, fault.reason, fault.offset, fault.length, detail);
	return fast_state_wrapping(&streaming.state);
}

/* ---- a piece of its own ---- */

static void begin_part(struct streaming *streaming)
{
	const struct piece *whole = streaming->whole;
	streaming->part = (struct piece){.number = whole->number,
		.first = whole->first,
		.end = whole->end,
		.is_range = true,
		.from = streaming->told};
	worker_begin_piece(streaming->worker, &streaming->part);
	reader_file(streaming->worker->reader, whole->first,
		streaming->worker->load->files.sources[whole->first].is_expected);
}

/* `to` is the size of the source for the last part only: that is how the merger knows it. */
static void deliver_part(struct streaming *streaming, const struct fast_state *state, uint64_t to)
{
	struct piece *part = &streaming->part;
	worker_take_file(streaming->worker, part, part->first, NULL);
	worker_end_piece(streaming->worker, part);
	part->state = *state;
	part->to = streaming->told = to;
	streaming->deliver(streaming->context, part);
	piece_free(part);
}

static void deliver_window(struct fast_stream *stream, const struct fast_state *state)
{
	struct streaming *streaming = stream->context;
	uint64_t size = streaming->worker->load->files.sources[streaming->file].size;
	uint64_t used = ahead_used(streaming->ahead);
	deliver_part(streaming, state, used < size ? used : size - 1);
	begin_part(streaming);
}

void worker_stream(struct worker *worker, const struct piece *piece, void (*deliver)(void *context, struct piece *part),
	void *context)
{
	struct load *load = worker->load;
	const struct source *source = &load->files.sources[piece->first];
	struct streaming streaming = {
		.worker = worker, .file = piece->first, .whole = piece, .deliver = deliver, .context = context};
	begin_part(&streaming);
	struct err err;
	int file;
	if (worker_open(load, source, &file, &err) != 0) {
		reader_skip(worker->reader, SKIP_UNREADABLE, 0, source->size, err.text);
		deliver_part(&streaming, &(struct fast_state){.wrapping = "cannot be read"}, source->size);
		return;
	}
	struct fast_state state = read_all(&streaming, file, deliver_window);
	worker_close(source, file);
	/* Stopped half-way, the file stays open for the merger, which says so. */
	bool is_stopped = atomic_load(&load->is_canceled);
	deliver_part(&streaming, &state, is_stopped ? streaming.told : source->size);
}
