/* Sources and messages: what was read, what was skipped and why, what the console said. Copies of the ledger and of the
 * names are taken on the scanner's thread; a list is shown at a time, Tab goes to the next. */
#include <stdlib.h>

#include "app.h"
#include "say.h"
#include "table.h"

enum part { PART_SKIPPED, PART_MESSAGES, PART_FILES, PART_COUNT };
enum { COL_A, COL_B, COL_C, COL_D, COL_COUNT };

static struct list_column skip_columns[COL_COUNT] = {
	[COL_A] = {.title = "REASON", .width = 26, .width_min = 18},
	[COL_B] = {.title = "COUNT", .width = 8, .align = ALIGN_RIGHT, .priority = 2},
	[COL_C] = {.title = "OFFSET", .width = 10, .align = ALIGN_RIGHT, .priority = 3},
	[COL_D] = {.title = "FILE", .width = 24, .width_min = 16, .grow = 1, .keeps_end = true},
};
static struct list_column message_columns[COL_COUNT] = {
	[COL_A] = {.title = "TIME", .width = 8},
	[COL_B] = {.title = "KIND", .width = 7},
	[COL_C] = {.title = "MESSAGE", .width = 50, .width_min = 10, .grow = 1},
	[COL_D] = {.title = "", .width = 1, .priority = 9, .is_hidden = true},
};
static struct list_column file_columns[COL_COUNT] = {
	[COL_A] = {.title = "EVENTS", .width = 9, .align = ALIGN_RIGHT},
	[COL_B] = {.title = "BYTES", .width = 12, .align = ALIGN_RIGHT, .priority = 2},
	[COL_C] = {.title = "WHAT", .width = 18, .priority = 3},
	[COL_D] = {.title = "FILE", .width = 30, .width_min = 16, .grow = 1, .keeps_end = true},
};

struct state {
	struct app *app;
	enum part part;
	struct list lists[PART_COUNT];
	struct skip *skips;
	size_t skip_count;
	struct task *task;
	struct buf empty;
};

static const char *const part_titles[PART_COUNT] = {"left out", "messages", "files"};

static void fill_skip(void *context, size_t index, struct list_row *row)
{
	struct state *state = context;
	struct app *app = state->app;
	const struct skip *skip = &state->skips[index];
	const char *name = load_file_name(app->load, skip->file);
	char text[COUNT_TEXT_SIZE];

	cell_text(row, COL_A, skip_reason_is_incomplete(skip->reason) ? ROLE_WARN : ROLE_DIM,
		skip_reason_text(skip->reason));
	cell_printf(app, row, COL_B, ROLE_NUMBER, "%s", count_text(skip->count, text));
	cell_printf(app, row, COL_C, ROLE_NUMBER, "%s", count_text(skip->offset, text));
	cell_text(row, COL_D, ROLE_TEXT, name);
	if (skip->detail) {
		row->note_count = 1;
		row->notes[0] = slice_of(skip->detail);
	}
}

static void fill_message(void *context, size_t index, struct list_row *row)
{
	struct state *state = context;
	const struct message *message = &state->app->messages[state->app->message_count - 1 - index];
	static const char *const kinds[] = {"info", "warning", "error"};
	char when[TIME_TEXT_SIZE];

	cell_printf(state->app, row, COL_A, ROLE_TIME, "%s", app_time(state->app, message->when, TIME_CLOCK, when));
	cell_text(row, COL_B, message->kind == MESSAGE_INFO ? ROLE_DIM : ROLE_WARN, kinds[message->kind]);
	cell_text(row, COL_C, ROLE_TEXT, message->text);
}

static void fill_file(void *context, size_t index, struct list_row *row)
{
	struct state *state = context;
	struct load_file file;
	char text[COUNT_TEXT_SIZE];

	if (!load_file_info(state->app->load, (uint32_t)index, &file))
		return;
	cell_printf(state->app, row, COL_A, ROLE_NUMBER, "%s", count_text(file.events, text));
	cell_printf(state->app, row, COL_B, ROLE_NUMBER, "%s", count_text(file.bytes, text));
	cell_text(row, COL_C, ROLE_DIM, file.wrapping ? file.wrapping : "not read yet");
	cell_text(row, COL_D, ROLE_TEXT, file.name);
}

struct ledger_task {
	struct task task;
	struct state *state;
	struct load *load;
	struct skip *skips;
	size_t count;
};

static void ledger_run(struct task *task)
{
	struct ledger_task *job = (struct ledger_task *)task;

	job->skips = load_ledger(job->load, &job->count);
}

static void ledger_done(struct app *app, struct task *task)
{
	struct ledger_task *job = (struct ledger_task *)task;
	struct state *state = job->state;

	(void)app;
	state->task = NULL;
	ledger_free(state->skips, state->skip_count);
	state->skips = job->skips;
	state->skip_count = job->count;
	job->skips = NULL;
	job->count = 0;
	list_set_count(&state->lists[PART_SKIPPED], state->skip_count);
}

static void ledger_discard(struct task *task)
{
	struct ledger_task *job = (struct ledger_task *)task;

	if (job->skips)
		ledger_free(job->skips, job->count);
	free(job);
}

static void read_ledger(struct state *state)
{
	struct ledger_task *job;

	if (state->task)
		return;
	job = xcalloc(1, sizeof(*job));
	job->task = (struct task){.run = ledger_run, .done = ledger_done, .discard = ledger_discard};
	job->state = state;
	job->load = state->app->load;
	state->task = &job->task;
	worker_post(state->app->scanner, &job->task);
}

static void open_sources(struct app *app, void *context, const struct target *target)
{
	struct state *state = context;

	(void)target;
	state->app = app;
	list_init(&state->lists[PART_SKIPPED], skip_columns, COL_COUNT, fill_skip, state);
	list_init(&state->lists[PART_MESSAGES], message_columns, COL_COUNT, fill_message, state);
	list_init(&state->lists[PART_FILES], file_columns, COL_COUNT, fill_file, state);
	for (int i = 0; i < PART_COUNT; i++) {
	}
	state->lists[PART_MESSAGES].is_wrapped = true; /* they are sentences */
	state->lists[PART_MESSAGES].empty_text = "No messages yet.";
	state->lists[PART_FILES].empty_text = "No files.";
	read_ledger(state);
}

static void close_sources(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	if (state->task)
		atomic_store(&state->task->is_canceled, true);
	if (state->skips)
		ledger_free(state->skips, state->skip_count);
	buf_free(&state->empty);
}

static void update(struct app *app, void *context, unsigned change)
{
	(void)app;
	if (change & CHANGED_RESULTS)
		read_ledger(context);
}

/* Three lines; on a small terminal only the one that names the parts. */
static int draw_head(struct state *state, struct pane pane)
{
	struct app *app = state->app;
	const struct load_progress *progress = &app->progress;
	char a[COUNT_TEXT_SIZE], b[COUNT_TEXT_SIZE];
	const struct store *store = app->results->store;
	bool is_small = progress->bytes_done < 10 << 20;
	int x = 1, y = pane.height < 8 ? 0 : 2;

	for (int i = 0; i < PART_COUNT; i++)
		x += draw_printf(pane, y, x, i == (int)state->part ? ROLE_HEADER_FOCUS : ROLE_HEADER, " %s %zu ",
			     part_titles[i], state->lists[i].count) +
		     1;
	if (y == 0)
		return 1;
	draw_printf(pane, 0, 1, ROLE_TEXT, "%s of %s files  %llu %s", count_text(progress->files_done, a),
		count_text(progress->files_total, b),
		(unsigned long long)(progress->bytes_done >> (is_small ? 10 : 20)), is_small ? "KiB" : "MiB");
	draw_printf(pane, 0, 34, ROLE_TEXT, "%s duplicates counted once", count_text(store->duplicates, a));
	if (store->conflicts)
		draw_printf(pane, 0, 66, ROLE_WARN, "%s conflicts", count_text(store->conflicts, b));
	if (enrich_has_asn(app->enrich))
		draw_printf(pane, 1, 1, ROLE_TEXT, "networks: %s  %s", enrich_asn_label(app->enrich),
			enrich_asn_path(app->enrich));
	else
		draw_text(pane, 1, 1, ROLE_WARN,
			slice_of("networks: no AS database; only what documents carry (--asn-db names one)"));
	return 3;
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;
	struct list *list = &state->lists[state->part];
	int head;

	list_set_count(&state->lists[PART_MESSAGES], app->message_count);
	list_set_count(&state->lists[PART_FILES], load_file_count(app->load));
	state->lists[PART_SKIPPED].empty_text =
		app->progress.skipped || !app->progress.is_finished
			? "What was skipped is still being gathered. Tab shows messages and files."
			: "Nothing was skipped: every byte of the input was used. Tab shows messages and files.";
	head = draw_head(state, body);
	if (state->part == PART_MESSAGES)
		app->unread = 0;
	list->pattern = app->search;
	list_draw(list, pane_rows(body, head, body.height - head), true);
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct state *state = context;

	(void)app;
	if (what != ACT_TAB && what != ACT_BACKTAB)
		return UI_NONE;
	if (strcmp(arguments, "messages") == 0)
		state->part = app->unread || !state->skip_count ? PART_MESSAGES : PART_SKIPPED;
	else
		state->part = (state->part + (what == ACT_TAB ? 1 : PART_COUNT - 1)) % PART_COUNT;
	return UI_REDRAW;
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	struct state *state = context;
	const struct list *list = &state->lists[state->part];
	char lost[COUNT_TEXT_SIZE];

	if (state->part == PART_SKIPPED && list->count)
		buf_printf(left,
			app->progress.skipped ? "%s skipped: the input is incomplete" : "none of them is a loss",
			count_text(app->progress.skipped, lost));
	else
		buf_printf(left, "%zu %s", list->count, part_titles[state->part]);
	buf_add_text(left, "  Tab shows the others");
	if (app->progress.is_partial && app->progress.is_finished)
		buf_add_text(left, "  PARTIAL: the load was stopped");
	if (list->count)
		buf_printf(right, "%zu/%zu", list->cursor + 1, list->count);
}

static struct list *list_of(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	return &state->lists[state->part];
}

static const char *const hints[] = {"pane", "wrap", "wide", "search", "copy-row", "export", "back", "help"};

const struct screen screen_sources = {
	.id = SCREEN_SOURCES,
	.state_size = sizeof(struct state),
	.open = open_sources,
	.close = close_sources,
	.update = update,
	.draw = draw,
	.status = status,
	.act = act,
	.list = list_of,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
