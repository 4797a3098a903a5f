/* Commands that decide: verdicts, notes, tags, undo, copying, export. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "commands.h"
#include "sheet.h"
#include "say.h"

#define CHOSEN_MAX 10000

/* Runs with the chosen alerts; says so when there are none. */
static unsigned with_chosen(struct app *app,
	unsigned (*then)(struct app *app, const uint32_t *alerts, size_t count, const void *what), const void *what)
{
	uint32_t *alerts = xcalloc(CHOSEN_MAX, sizeof(*alerts));
	size_t count = alerts_here(app, alerts, CHOSEN_MAX);
	unsigned reaction = UI_REDRAW;

	if (count == 0)
		app_say(app, MESSAGE_INFO, "no alert is under the cursor");
	else
		reaction = then(app, alerts, count, what);
	free(alerts);
	return reaction;
}

static unsigned give(struct app *app, const uint32_t *alerts, size_t count, const void *what)
{
	unsigned reaction = verdict_give(app, alerts, count, *(const enum verdict *)what);

	app_act(app, ACT_UNSELECT, "");
	return reaction;
}

static unsigned mark_chosen(struct app *app, int id)
{
	enum verdict verdict = (enum verdict)id;

	return with_chosen(app, give, &verdict);
}

unsigned do_mark(void *context, const char *arguments)
{
	struct app *app = context;
	uint32_t one;

	if (*arguments) {
		for (int i = 0; i < VERDICT_COUNT; i++)
			if (strncmp(arguments, verdicts[i].word, strlen(arguments)) == 0)
				return mark_chosen(app, i);
		app_say(app, MESSAGE_ERROR, "verdicts are true, suspicious, benign, open");
		return UI_REDRAW;
	}
	if (alerts_here(app, &one, 1) == 0) {
		app_say(app, MESSAGE_INFO, "no alert is under the cursor");
		return UI_REDRAW;
	}
	app_choose(app, "mark", mark_chosen);
	app_choice(app, 't', "true", VERDICT_TRUE_POSITIVE, false);
	app_choice(app, 's', "suspicious", VERDICT_SUSPICIOUS, false);
	app_choice(app, 'b', "benign", VERDICT_BENIGN, false);
	app_choice(app, '.', "open", VERDICT_OPEN, false);
	return UI_REDRAW;
}

static unsigned note(struct app *app, const uint32_t *alerts, size_t count, const void *what)
{
	return verdict_note(app, alerts, count, what);
}

static bool note_done(struct app *app, const char *text, struct err *err)
{
	(void)err;
	if (*text)
		with_chosen(app, note, text);
	return true;
}

unsigned do_comment(void *context, const char *arguments)
{
	if (*arguments)
		return with_chosen(context, note, arguments);
	app_ask(context, "note: ", "note", NULL, note_done);
	return UI_REDRAW;
}

static unsigned tag_them(struct app *app, const uint32_t *alerts, size_t count, const void *what)
{
	return verdict_tag(app, alerts, count, what);
}

static bool tag_done(struct app *app, const char *text, struct err *err)
{
	(void)err;
	text += strspn(text, "# ");
	if (*text)
		with_chosen(app, tag_them, text);
	return true;
}

unsigned do_tag(void *context, const char *arguments)
{
	if (*arguments)
		return with_chosen(context, tag_them, arguments + strspn(arguments, "# "));
	app_ask(context, "# ", "tag", NULL, tag_done);
	return UI_REDRAW;
}

unsigned do_undo(void *context, const char *arguments)
{
	(void)arguments;
	return undo_take(context, false);
}

unsigned do_redo(void *context, const char *arguments)
{
	(void)arguments;
	return undo_take(context, true);
}

/* ---- copying ---- */

/* Says what was copied, where it is a value: which one is under the cursor is not always plain. */
static unsigned copy_text(struct app *app, struct slice text, bool is_value)
{
	int shown = is_value ? (int)(text.length < 40 ? text.length : 40) : 0;
	struct buf told = BUF_EMPTY;
	struct err err;

	if (clip_copy(app->ui, text, app->copies_raw, &told, &err) != 0)
		app_fail(app, &err);
	else
		app_say(app, MESSAGE_INFO, "%s%s%.*s", told.data ? told.data : "copied", shown ? ": " : "", shown,
			text.data);
	buf_free(&told);
	return UI_REDRAW;
}

unsigned do_copy(void *context, const char *arguments)
{
	struct app *app = context;
	struct value value;

	if (value_here(app, &value) && value.text.data)
		return copy_text(app, value.text, true);
	return do_copy_row(context, arguments);
}

unsigned do_copy_row(void *context, const char *arguments)
{
	struct app *app = context;
	struct buf text = BUF_EMPTY;
	unsigned reaction = UI_REDRAW;

	(void)arguments;
	if (line_text(app, line_here(app), &text))
		reaction = copy_text(app, (struct slice){text.data, text.length}, false);
	else
		app_say(app, MESSAGE_INFO, "nothing to copy here");
	buf_free(&text);
	return reaction;
}

/* ---- export ---- */

/* Never over an existing file: evidence is not overwritten by a slip. */
static int write_new(const char *path, const struct buf *text, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	size_t done = 0;

	if (fd < 0)
		return errno == EEXIST ? err_set(err, ERR_IO, "%s exists already; choose another name", path)
				       : err_set_errno(err, "cannot write %s", path);
	while (done < text->length) {
		ssize_t wrote = write(fd, text->data + done, text->length - done);

		if (wrote < 0) {
			err_set_errno(err, "cannot write %s", path);
			close(fd);
			return -1;
		}
		done += (size_t)wrote;
	}
	if (close(fd) != 0)
		return err_set_errno(err, "cannot write %s", path);
	return 0;
}

static int case_text(struct app *app, enum report_format format, struct buf *out, struct err *err)
{
	char *text = NULL;
	size_t length = 0;
	FILE *file = open_memstream(&text, &length);
	int result = file ? report_case(file, format, app->verdicts.casefile, err) : -1;
	if (!file || fclose(file) != 0)
		base_abort("out of memory");
	buf_add(out, text, length);
	free(text);
	return result;
}

enum export_what { EXPORT_LIST = 1, EXPORT_MARKDOWN, EXPORT_JSON };

static bool export_done(struct app *app, const char *path, struct err *err)
{
	struct buf text = BUF_EMPTY;
	char size[COUNT_TEXT_SIZE];
	int result;

	if (!*path)
		return true;
	if (app->exporting == EXPORT_LIST)
		return listing_start(app, path, err) == 0;
	result = case_text(app, app->exporting == EXPORT_MARKDOWN ? REPORT_MARKDOWN : REPORT_JSON, &text, err);
	if (result == 0)
		result = write_new(path, &text, err);
	if (result == 0)
		app_say(app, MESSAGE_INFO, "wrote %s bytes to %s", count_text(text.length, size), path);
	buf_free(&text);
	return result == 0;
}

static unsigned export_chosen(struct app *app, int id)
{
	app->exporting = id;
	app_ask(app, "write to: ", "export",
		id == EXPORT_MARKDOWN ? "findings.md"
		: id == EXPORT_JSON   ? "findings.json"
				      : "list.csv",
		export_done);
	return UI_REDRAW;
}

unsigned do_export(void *context, const char *arguments)
{
	struct app *app = context;
	struct err err;

	if (*arguments) {
		size_t length = strlen(arguments);

		app->exporting = length > 3 && strcmp(arguments + length - 3, ".md") == 0     ? EXPORT_MARKDOWN
				 : length > 5 && strcmp(arguments + length - 5, ".json") == 0 ? EXPORT_JSON
											      : EXPORT_LIST;
		if (!export_done(app, arguments, &err))
			app_fail(app, &err);
		return UI_REDRAW;
	}
	app_choose(app, "export", export_chosen);
	app_choice(app, 'm', "findings, Markdown", EXPORT_MARKDOWN, false);
	app_choice(app, 'j', "findings, JSON", EXPORT_JSON, false);
	app_choice(app, 'l', "this list, CSV or text", EXPORT_LIST, false);
	return UI_REDRAW;
}
