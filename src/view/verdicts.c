/* The case behind the screens: see verdicts.h. */
#include "verdicts.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "app.h"
#include "say.h"

/* The case of an input when none was named: found again for the same paths. NULL when there is no place for it. */
static char *default_path(const struct app *app)
{
	char name[SHA256_HEX_SIZE], *path, real[PATH_MAX];
	const char *input = app->options.input_label ? app->options.input_label : "";

	if (realpath(input, real))
		input = real;
	if (!*input || strcmp(input, "-") == 0)
		return NULL;
	sha256_hex(input, strlen(input), name);
	memcpy(name + 12, ".case", sizeof(".case"));
	path = path_user(PATH_STATE, "raretrail", name);
	if (path)
		path_make_parents(path);
	return path;
}

/* The parameters in force: those of the case, else where the session started, with the allowlist compiled in. */
const struct params *case_base(const struct app *app)
{
	const struct params *base = case_params(app->verdicts.casefile);

	return base ? base : &app->started_with;
}

static void compile_params(struct app *app)
{
	struct params compiled;
	size_t count;
	const struct allow_entry *entries = case_allowlist(app->verdicts.casefile, &count);

	allow_compile(case_base(app), entries, count, time_now(), &compiled);
	if (!params_equal(&compiled, &app->params))
		app_use_params(app, &compiled);
	params_free(&compiled);
}

void verdicts_open(struct app *app)
{
	char *fallback = app->options.case_path ? NULL : default_path(app);
	struct case_options options = {.path = app->options.case_path ? app->options.case_path : fallback};
	struct err err;

	if (case_open(&options, &app->verdicts.casefile, &err) != 0) {
		struct case_options memory = {0};

		app->verdicts.is_refused = true;
		app_say(app, MESSAGE_WARNING, "%s; verdicts are kept in memory only", err.text);
		if (case_open(&memory, &app->verdicts.casefile, &err) != 0)
			base_abort("%s", err.text);
	} else if (options.path) {
		app->verdicts.is_saved = true;
		if (case_notice(app->verdicts.casefile)[0])
			app_say(app, MESSAGE_WARNING, "%s", case_notice(app->verdicts.casefile));
		else if (case_entries(app->verdicts.casefile) > 1)
			app_say(app, MESSAGE_INFO, "restored %llu entries of %s (7 shows them, u undoes)",
				(unsigned long long)case_entries(app->verdicts.casefile),
				case_path(app->verdicts.casefile));
	}
	free(fallback);
	compile_params(app);
}

void verdicts_close(struct app *app)
{
	case_close(app->verdicts.casefile);
	free(app->verdicts.letters);
	buf_free(&app->verdicts.tags);
}

static char letter_of(const struct finding *finding)
{
	return finding ? verdicts[finding->verdict].letter : verdicts[VERDICT_OPEN].letter;
}

void verdicts_refresh(struct app *app)
{
	const struct alerts *alerts = &app->results->alerts;

	free(app->verdicts.letters);
	app->verdicts.letters = xcalloc(alerts->count + 1, 1);
	app->verdicts.letter_count = alerts->count;
	for (size_t i = 0; i < alerts->count; i++)
		app->verdicts.letters[i] =
			letter_of(case_find(app->verdicts.casefile, app->results->store, &alerts->items[i]));
}

char verdict_letter(const struct app *app, const struct alert *alert)
{
	const struct alerts *alerts = &app->results->alerts;

	if (alert >= alerts->items && alert < alerts->items + app->verdicts.letter_count)
		return app->verdicts.letters[alert - alerts->items];
	return letter_of(case_find(app->verdicts.casefile, app->results->store, alert));
}

void verdict_notes(const struct app *app, const struct alert *alert, struct buf *out)
{
	const struct finding *finding = case_find(app->verdicts.casefile, app->results->store, alert);

	if (!finding)
		return;
	for (size_t i = 0; i < finding->line_count; i++) {
		char when[TIME_TEXT_SIZE];

		buf_printf(out, "%s%s %s  %s", out->length ? "\n" : "", app_done_at(app, finding->lines[i].at, when),
			finding->lines[i].by, finding->lines[i].text);
	}
	for (size_t i = 0; i < finding->tag_count; i++)
		buf_printf(out, "%s#%s", i ? " " : "\n", finding->tags[i]);
}

size_t verdict_note_lines(struct app *app, const struct alert *alert, struct slice *out, size_t max)
{
	struct buf *tags = &app->verdicts.tags;
	size_t index = (size_t)(alert - app->results->alerts.items), count = 0, older;
	const struct finding *finding;

	if (index < app->verdicts.letter_count && app->verdicts.letters[index] == '.' &&
		case_generation(app->verdicts.casefile) == 0)
		return 0;
	finding = case_find(app->verdicts.casefile, app->results->store, alert);
	if (!finding)
		return 0;
	tags->length = 0;
	for (size_t i = 0; i < finding->tag_count; i++)
		buf_printf(tags, "%s#%s", i ? " " : "", finding->tags[i]);
	max -= tags->length > 0;
	older = finding->note_count > max ? finding->note_count - max : 0; /* the newest are worth more */
	for (size_t i = 0; i < finding->line_count; i++)
		if (!finding->lines[i].is_note)
			continue;
		else if (older)
			older--;
		else
			out[count++] = slice_of(finding->lines[i].text);
	if (tags->length)
		out[count++] = (struct slice){tags->data, tags->length};
	return count;
}

/* ---- changes ---- */

/* Beside the first decision: what it was made on, so that it can be made again. */
static void keep_context(struct app *app)
{
	struct case_context context = {
		.input = app->input_note, .database = enrich_asn_label(app->enrich), .version = RARETRAIL_VERSION};
	struct err err;

	if (app->input_note && case_set_context(app->verdicts.casefile, &context, &err) != 0)
		app_fail(app, &err);
}

void case_changed(struct app *app, const char *what, bool is_about_params)
{
	undo_push(app, UNDO_CASE, what);
	keep_context(app);
	if (is_about_params)
		compile_params(app);
	verdicts_refresh(app);
	app_changed(app, CHANGED_CASE);
	app_say(app, app->verdicts.is_saved ? MESSAGE_INFO : MESSAGE_WARNING, "%s%s", what,
		app->verdicts.is_saved     ? ", saved (u undoes)"
		: app->verdicts.is_refused ? ", in memory only (M says why, E exports)"
					   : ", in memory only (start with --case FILE to keep it)");
}

static struct case_subject *subjects_of(const struct app *app, const uint32_t *alerts, size_t count)
{
	struct case_subject *subjects = xcalloc(count + 1, sizeof(*subjects));

	for (size_t i = 0; i < count; i++)
		case_subject_init(&subjects[i], app->results->store, &app->results->params,
			&app->results->alerts.items[alerts[i]]);
	return subjects;
}

static void subjects_free(struct case_subject *subjects, size_t count)
{
	for (size_t i = 0; i < count; i++)
		case_subject_free(&subjects[i]);
	free(subjects);
}

static unsigned told(struct app *app, int result, const struct err *err, const char *what)
{
	if (result != 0)
		app_fail(app, err);
	else
		case_changed(app, what, false);
	return UI_REDRAW | UI_SAVE;
}

unsigned verdict_give(struct app *app, const uint32_t *alerts, size_t count, enum verdict verdict)
{
	struct case_subject *subjects = subjects_of(app, alerts, count);
	struct err err = {0};
	char what[96];
	int result = case_mark(app->verdicts.casefile, subjects, count, verdict, &err);

	snprintf(what, sizeof(what), "%zu %s marked %s", count, plural(count, "alert", "alerts"),
		verdicts[verdict].word);
	subjects_free(subjects, count);
	return told(app, result, &err, what);
}

unsigned verdict_note(struct app *app, const uint32_t *alerts, size_t count, const char *text)
{
	struct case_subject *subjects = subjects_of(app, alerts, count);
	struct err err = {0};
	int result = case_note(app->verdicts.casefile, subjects, count, text, &err);

	subjects_free(subjects, count);
	return told(app, result, &err, "note");
}

unsigned verdict_tag(struct app *app, const uint32_t *alerts, size_t count, const char *tag)
{
	struct case_subject *subjects = subjects_of(app, alerts, count);
	const struct finding *finding =
		case_find(app->verdicts.casefile, app->results->store, &app->results->alerts.items[alerts[0]]);
	bool is_on = !finding || !finding_has_tag(finding, tag);
	struct err err = {0};
	char what[96];
	int result = case_tag(app->verdicts.casefile, subjects, count, tag, is_on, &err);

	snprintf(what, sizeof(what), "tag #%.60s %s", tag, is_on ? "added" : "taken away");
	subjects_free(subjects, count);
	return told(app, result, &err, what);
}

int verdicts_undo(struct app *app, bool is_redo, struct err *err)
{
	int result =
		is_redo ? case_redo(app->verdicts.casefile, NULL, err) : case_undo(app->verdicts.casefile, NULL, err);

	if (result != 0)
		return -1;
	compile_params(app);
	verdicts_refresh(app);
	app_changed(app, CHANGED_CASE);
	return 0;
}
