/* The three lines of chrome: title on top, status and hints below, and the band that shows a load under way. */
#include "chrome.h"

#include "app.h"
#include "say.h"

static void describe_input(const struct app *app, struct buf *out, bool is_narrow)
{
	char a[COUNT_TEXT_SIZE], b[COUNT_TEXT_SIZE];
	const struct load_progress *progress = &app->progress;

	buf_printf(out, "%s ev", count_text(app->results->store->count, a));
	if (!is_narrow)
		buf_printf(out, "  %s %s", count_text(progress->files_total, b),
			plural(progress->files_total, "file", "files"));
	if (progress->skipped)
		buf_printf(out, "  %s skipped", count_text(progress->skipped, b));
}

static unsigned load_percent(const struct load_progress *progress)
{
	if (progress->bytes_total)
		return (unsigned)(progress->bytes_done * 100 / progress->bytes_total);
	return progress->files_total ? (unsigned)(progress->files_done * 100 / progress->files_total) : 0;
}

const char *no_events_text(const struct app *app)
{
	if (!app->progress.is_finished)
		return "No events so far; loading goes on.";
	if (app->evaluating)
		return "Evaluating ...";
	if (app->progress.is_partial)
		return "Loading ended before an event was read.\n8 lists what was left out.";
	if (app->progress.files_total == 0 && app->progress.skipped == 0)
		return "There is no file in the input, so there is nothing to show.";
	return "No CloudTrail events were found in the input.\n8 lists the files and why each was skipped.";
}

static void describe_load(const struct app *app, struct buf *out)
{
	const struct load_progress *progress = &app->progress;
	char done[COUNT_TEXT_SIZE], total[COUNT_TEXT_SIZE];

	if (!progress->is_finished && progress->files_total == 0)
		buf_add_text(out, "LOADING ...");
	else if (!progress->is_finished)
		buf_printf(out, "LOADING %s/%s files %u%%", count_text(progress->files_done, done),
			count_text(progress->files_total, total), load_percent(progress));
	else if (progress->is_partial)
		buf_add_text(out, "PARTIAL");
	else if (app->evaluating && app->results->store->count == 0)
		buf_add_text(out, "EVALUATING");
	following_title(app, out);
}

/* The end of the way is where one is: when the room is short, the beginning goes. */
static void draw_crumbs(struct pane pane, int x, int room, const struct buf *crumbs)
{
	const char *at = crumbs->data, *end = at + crumbs->length;
	bool is_cut = false;

	while (draw_width(pane.ui, (struct slice){at, (size_t)(end - at)}) + (is_cut ? 2 : 0) > room) {
		const char *next = strstr(at, " > ");

		if (!next)
			break;
		at = next + 3;
		is_cut = true;
	}
	if (is_cut)
		x += draw_text(pane, 0, x, ROLE_TITLE, slice_of("~ "));
	draw_fit(pane, 0, x, room - (is_cut ? 2 : 0), ALIGN_LEFT, ROLE_TITLE_NOW,
		(struct slice){at, (size_t)(end - at)});
}

void draw_title(struct app *app, struct pane pane)
{
	struct buf crumbs = BUF_EMPTY, right = BUF_EMPTY, load = BUF_EMPTY, input = BUF_EMPTY;
	int x, right_width, room;
	bool is_short;

	draw_fill(pane_rows(pane, 0, 1), ROLE_TITLE);
	history_breadcrumb(app, &crumbs);
	if (app->filters.count) {
		struct buf filters = BUF_EMPTY;

		filters_format(&app->filters, &filters);
		buf_add_text(&crumbs, filters_active(&app->filters) ? " & " : " (filters off)");
		if (filters_active(&app->filters))
			buf_add(&crumbs, filters.data, filters.length);
		buf_free(&filters);
	}
	describe_input(app, &input, pane.width < 72 || (int)crumbs.length + 50 > pane.width);
	if (app->now != TIME_NONE) {
		char text[TIME_TEXT_SIZE];

		buf_printf(&right, "AS OF %s  ", app_time(app, app->now, TIME_SHORT, text));
	}
	buf_printf(&right, "%s", app_zone(app));
	right_width = (int)right.length + 1;
	x = pane.width >= 60 ? draw_text(pane, 0, 1, ROLE_TITLE, slice_of("raretrail")) + 3 : 1;
	room = pane.width - right_width - x - 1;
	describe_load(app, &load);
	is_short = (int)load.length + 12 >= room;
	if (is_short && !app->progress.is_finished) {
		load.length = 0;
		buf_printf(&load, room > 20 ? "LOADING %u%%" : "%u%%", load_percent(&app->progress));
	}
	if (load.length && room > (int)load.length + (is_short ? 8 : 12)) {
		draw_text(pane, 0, pane.width - right_width - (int)load.length - 2, ROLE_TITLE_ALERT,
			(struct slice){load.data, load.length});
		room -= (int)load.length + 2;
		if (app->progress.is_finished && room > (int)input.length + 16) {
			draw_text(pane, 0, x + room - (int)input.length - 1, ROLE_TITLE,
				(struct slice){input.data, input.length});
			room -= (int)input.length + 2;
		}
	} else if (room > (int)input.length + 10 &&
		   (int)crumbs.length + (int)input.length < room + (pane.width < 60 ? 0 : 12)) {
		draw_text(pane, 0, pane.width - right_width - (int)input.length - 3, ROLE_TITLE,
			(struct slice){input.data, input.length});
		room -= (int)input.length + 3;
	}
	draw_text(pane, 0, pane.width - right_width, ROLE_TITLE, (struct slice){right.data, right.length});
	if (room > 0)
		draw_crumbs(pane, x, room, &crumbs);
	buf_free(&crumbs);
	buf_free(&right);
	buf_free(&load);
	buf_free(&input);
}

static bool has_message(const struct app *app)
{
	return app->status[0] && time_monotonic_us() < app->status_until_us;
}

/* What is said, before what the screen has to say where both fit, else alone. */
static void add_message(const struct app *app, int room, struct buf *left)
{
	struct buf both = BUF_EMPTY;

	buf_printf(&both, " %s", app->status);
	if (left->length > 1 &&
		draw_width(app->ui, (struct slice){both.data, both.length}) + 3 + (int)left->length <= room)
		buf_printf(&both, "  | %.*s", (int)left->length, left->data);
	buf_free(left);
	*left = both;
}

/* What goes on beside the screen: work, notices, characters made visible. */
static void describe_asides(const struct app *app, bool is_narrow, struct buf *out)
{
	unsigned visible = ui_made_visible(app->ui);

	if (app->selecting)
		buf_printf(out, "filtering %u%%  ", atomic_load(&app->selecting->progress));
	else if (app->evaluating && app->progress.is_finished)
		buf_add_text(out, "evaluating  ");
	following_status(app, out);
	if (app->unread && !is_narrow)
		buf_printf(out, "%zu %s (M)  ", app->unread, plural(app->unread, "notice", "notices"));
	if (visible && !is_narrow)
		buf_printf(out, "%u %s shown  ", visible, plural(visible, "control", "controls"));
}

/* What was asked for: frame times, the last key and its command. */
static void describe_wishes(const struct app *app, struct buf *out)
{
	if (app->shows_frames)
		buf_printf(out, "frame %.1f slowest %.1f ms  ", (double)app->frame_us / 1000,
			(double)app->slowest_us / 1000);
	if (app->shows_commands && app->last_command)
		buf_printf(out, "%s %s  ", app->last_key, app->last_command);
}

/* Between what the screen says and what stands at the right, three blanks from each. */
static void draw_tip(struct app *app, struct pane pane, int y, const struct buf *left, const struct buf *right)
{
	int from = draw_width(app->ui, (struct slice){left->data, left->length}) + 3;
	int room = pane.width - from - 3 - draw_width(app->ui, (struct slice){right->data, right->length});
	struct buf tip = BUF_EMPTY;

	if (room > 0)
		tip_choose(app, (size_t)room, &tip);
	if (tip.length)
		draw_text(pane, y, from, ROLE_TIP, (struct slice){tip.data, tip.length});
	buf_free(&tip);
}

void draw_status(struct app *app, struct pane pane, int y)
{
	struct place *place = app_place(app);
	struct buf left = BUF_EMPTY, right = BUF_EMPTY, position = BUF_EMPTY;
	enum ui_role role = ROLE_STATUS;

	buf_add_char(&left, ' ');
	buf_reserve(&right, 1);
	buf_reserve(&position, 1);
	if (place->screen->status)
		place->screen->status(app, place->state, &left, &position);
	if (app->is_searching) {
		left.length = 1;
		buf_printf(&left, "searching %s ... Esc stops", pattern_text(app->search));
	} else if (app->listing.is_on) {
		char done[COUNT_TEXT_SIZE], rows[COUNT_TEXT_SIZE];

		left.length = 1;
		buf_printf(&left, "writing %s of %s rows ... Esc stops", count_text(app->listing.at, done),
			count_text(app->listing.rows, rows));
	} else if (has_message(app)) {
		add_message(app, pane.width - (int)position.length - 2, &left);
		role = app->status_role;
		if ((int)(left.length + position.length) + 2 > pane.width)
			position.length = 0;
	}
	describe_asides(app, pane.width < 60, &right);
	if ((int)(left.length + right.length + position.length) + 2 > pane.width)
		right.length = 0; /* what the screen has to say comes first */
	if (pane.width >= 60 && has_message(app) && !app->is_searching &&
		draw_width(app->ui, (struct slice){left.data, left.length}) + (int)position.length + 2 > pane.width)
		buf_add_text(&right, "M: whole  "); /* what was said is cut, and stands there */
	describe_wishes(app, &right);
	buf_add(&right, position.data, position.length);
	buf_add_char(&right, ' ');
	draw_ends(pane, y, role, (struct slice){left.data, left.length}, (struct slice){right.data, right.length});
	if (!app->is_searching && !has_message(app) && !app->ask.is_open && !app->choice.is_open)
		draw_tip(app, pane, y, &left, &right);
	buf_free(&left);
	buf_free(&right);
	buf_free(&position);
}

/* How a load goes: bar, rates, what was skipped. Three lines at the bottom of the body. */
int draw_load(struct app *app, struct pane body)
{
	const struct load_progress *progress = &app->progress;
	char a[COUNT_TEXT_SIZE], b[COUNT_TEXT_SIZE], c[COUNT_TEXT_SIZE], left[TIME_TEXT_SIZE];
	int64_t elapsed = progress->elapsed_us ? progress->elapsed_us : 1;
	uint64_t rate = (uint64_t)((double)progress->events * 1e6 / (double)elapsed);
	double fraction = progress->bytes_total ? (double)progress->bytes_done / (double)progress->bytes_total : 0;
	int64_t rest_ms = fraction > 0.01 ? (int64_t)((double)elapsed / fraction * (1 - fraction) / 1000) : -1;
	bool is_narrow = body.width < 72;
	char sizes[3 * COUNT_TEXT_SIZE];
	int y, width;

	if (progress->is_finished || body.height < 12)
		return 0;
	y = body.height - 3;
	width = body.width - 5 -
		snprintf(sizes, sizeof(sizes), "%llu/%llu MiB  %s ev", (unsigned long long)(progress->bytes_done >> 20),
			(unsigned long long)(progress->bytes_total >> 20), count_text(progress->events, a));
	width = width > 50 ? 50 : width;
	if (width > 0)
		draw_bar(body, y, 1, width, fraction, ROLE_BAR);
	draw_text(body, y, width > 0 ? width + 3 : 1, ROLE_TEXT, slice_of(sizes));
	draw_printf(body, y + 1, 1, ROLE_DIM, "%s ev/s%s%s  %s skipped (M%s)  memory %zu MiB", count_text(rate, b),
		rest_ms >= 0 ? "  left " : "", rest_ms >= 0 ? span_text(rest_ms, left) : "",
		count_text(progress->skipped, c), is_narrow ? "" : " lists them", progress->memory >> 20);
	draw_text(body, y + 2, 1, ROLE_DIM,
		slice_of(is_narrow ? "? may still change; C-c stops, what is in stays"
				   : "scores marked ? may still change; C-c stops loading, what is in stays"));
	return 4;
}

void draw_bottom(struct app *app, struct pane screen)
{
	struct place *place = app_place(app);

	if (app->ask.is_open) {
		prompt_draw(screen);
		if (app->has_notice)
			ui_notice_draw(&app->notice, pane_rows(screen, 0, screen.height - 1));
		return;
	}
	if (app->choice.is_open) {
		menu_draw(&app->choice.menu, screen);
		return;
	}
	app->tips.hints_shown = draw_hints(screen, screen.height - 1, app->keymap, place->screen->id,
		place->screen->hints, place->screen->hint_count);
}
