/* Writing what is listed to a file, in slices: see listing.h. */
#include "listing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "app.h"
#include "here.h"
#include "say.h"

#define SLICE_US 6000
#define ROWS_AT_ONCE 64

static int write_all(int file, const char *path, struct slice text, struct err *err)
{
	while (text.length) {
		ssize_t wrote = write(file, text.data, text.length);

		if (wrote < 0)
			return err_set_errno(err, "cannot write %s", path);
		text.data += wrote;
		text.length -= (size_t)wrote;
	}
	return 0;
}

static void add_header(const struct list *list, bool is_csv, struct buf *out)
{
	for (size_t i = 0, written = 0; i < list->column_count; i++)
		if (is_csv || !list->columns[i].is_hidden)
			buf_printf(out, "%s%s", written++ ? (is_csv ? "," : "\t") : "", list->columns[i].title);
	buf_add_text(out, is_csv ? "\r\n" : "\n");
}

static void add_csv(const struct list *list, size_t index, struct buf *out)
{
	struct list_row row = {0};

	list->row(list->context, index, &row);
	for (size_t i = 0; i < list->column_count; i++) {
		if (i)
			buf_add_char(out, ',');
		text_show(out, row.cells[i].text.data ? row.cells[i].text : slice_of(""), TEXT_CSV);
	}
	buf_add_text(out, "\r\n");
}

/* Tabs stay, all else is made safe. */
static void add_line(struct slice line, struct buf *out)
{
	for (size_t at = 0, end; at <= line.length; at = end + 1) {
		const char *tab = at < line.length ? memchr(line.data + at, '\t', line.length - at) : NULL;

		end = tab ? (size_t)(tab - line.data) : line.length;
		text_show(out, (struct slice){line.data + at, end - at}, TEXT_TERMINAL);
		if (tab)
			buf_add_char(out, '\t');
	}
	buf_add_char(out, '\n');
}

/* False when there are no more. */
static bool add_row(struct app *app, const struct listing *listing, struct buf *out)
{
	struct list *list = list_here(app);
	struct buf line = BUF_EMPTY;
	bool has_line;

	if (list && listing->is_csv) {
		if (listing->at < list->count)
			add_csv(list, listing->at, out);
		return listing->at < list->count;
	}
	has_line = line_text(app, listing->at, &line);
	if (has_line)
		add_line((struct slice){line.data ? line.data : "", line.length}, out);
	buf_free(&line);
	return has_line;
}

static void finish(struct app *app)
{
	struct listing *listing = &app->listing;
	char bytes[COUNT_TEXT_SIZE], rows[COUNT_TEXT_SIZE];

	listing->is_on = false;
	if (close(listing->file) != 0) {
		struct err err;

		err_set_errno(&err, "cannot write %s", listing->path);
		app_fail(app, &err);
	} else {
		app_say(app, MESSAGE_INFO, "wrote %s %s, %s bytes, to %s", count_text(listing->at, rows),
			plural(listing->at, "row", "rows"), count_text(listing->bytes, bytes), listing->path);
	}
	free(listing->path);
	listing->path = NULL;
}

void listing_stop(struct app *app, const char *why)
{
	struct listing *listing = &app->listing;

	if (!listing->is_on)
		return;
	listing->is_on = false;
	close(listing->file);
	unlink(listing->path);
	app_say(app, MESSAGE_WARNING, "%s; %s was not written", why, listing->path);
	free(listing->path);
	listing->path = NULL;
}

static const void *shown_of(struct app *app, size_t *rows)
{
	struct list *list = list_here(app);
	struct pager *pager = pager_here(app);

	*rows = list ? list->count : pager ? pager->count : 0;
	return app->results;
}

void listing_step(struct app *app)
{
	struct listing *listing = &app->listing;
	int64_t until = time_monotonic_us() + SLICE_US;
	struct buf out = BUF_EMPTY;
	struct err err;
	size_t rows;
	bool has_more = true;

	if (app_place(app) != listing->place || shown_of(app, &rows) != listing->of || rows != listing->rows) {
		listing_stop(app, "what was listed has changed");
		return;
	}
	listing->is_asking = true;
	do {
		for (int i = 0; i < ROWS_AT_ONCE && has_more; i++) {
			has_more = add_row(app, listing, &out);
			listing->at += has_more;
		}
	} while (has_more && time_monotonic_us() < until);
	listing->is_asking = false;
	listing->bytes += out.length;
	if (write_all(listing->file, listing->path, (struct slice){out.data, out.length}, &err) != 0)
		listing_stop(app, err.text);
	else if (!has_more)
		finish(app);
	buf_free(&out);
}

int listing_start(struct app *app, const char *path, struct err *err)
{
	struct listing *listing = &app->listing;
	size_t length = strlen(path);
	struct list *list = list_here(app);
	struct buf header = BUF_EMPTY;
	int file, result = 0;

	listing_stop(app, "another list is written now");
	file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file < 0)
		return errno == EEXIST ? err_set(err, ERR_IO, "%s exists already; choose another name", path)
				       : err_set_errno(err, "cannot write %s", path);
	*listing = (struct listing){.is_on = true,
		.is_csv = length > 4 && strcmp(path + length - 4, ".csv") == 0,
		.file = file,
		.path = xstrdup(path),
		.place = app_place(app)};
	listing->of = shown_of(app, &listing->rows);
	if (list) {
		add_header(list, listing->is_csv, &header);
		listing->bytes = header.length;
		result = write_all(file, path, (struct slice){header.data, header.length}, err);
		buf_free(&header);
	}
	if (result != 0)
		listing_stop(app, err->text);
	else
		listing_step(app);
	return 0;
}
