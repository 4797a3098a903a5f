/* Questions on the last line: the prompt and the one-line menu, and what Tab completes in them. */
#include <stdio.h>
#include <stdlib.h>

#include "app.h"
#include "here.h"
#include "raretrail/tune.h"

static void ask_changed(void *context, const char *line)
{
	struct app *app = context;

	app->has_notice = false;
	if (app->ask.changed)
		app->ask.changed(app, line);
}

void app_ask(struct app *app, const char *label, const char *history, const char *initial, prompt_done *done)
{
	app->ask = (struct ask){.is_open = true,
		.done = done,
		.options = {.label = label,
			.history = history,
			.initial = initial && *initial ? initial : NULL,
			.changed = ask_changed,
			.context = app}};
	app->has_notice = false;
	prompt_open(app->ui, &app->ask.options);
}

/* The prompt borrows nothing of its options but takes them when it opens, so a completion means opening it again. */
void app_ask_completing(struct app *app,
	void (*complete)(void *context, const char *line, size_t *start, size_t end, struct completions *out))
{
	app->ask.options.complete = complete;
	prompt_open(app->ui, &app->ask.options);
}

void app_ask_watching(
	struct app *app, void (*changed)(struct app *app, const char *text), void (*canceled)(struct app *app))
{
	app->ask.changed = changed;
	app->ask.canceled = canceled;
}

unsigned app_feed_prompt(struct app *app, const struct ui_event *event)
{
	struct err err = {0};
	char *text;

	switch (prompt_feed(app->ui, event)) {
	case PROMPT_EDITING: return UI_REDRAW;
	case PROMPT_CANCELED:
		app->ask.is_open = false;
		app->has_notice = false;
		if (app->ask.canceled)
			app->ask.canceled(app);
		return UI_REDRAW;
	case PROMPT_DONE: break;
	}
	app->ask.is_open = false;
	app->has_notice = false;
	app->line_reaction = UI_REDRAW;
	text = xstrdup(prompt_text(app->ui));
	if (!app->ask.done(app, text, &err)) {
		app->notice_error = err;
		app->notice = (struct ui_notice){.text = app->notice_error.text,
			.help = "change it and press Enter; Esc gives up",
			.column = (size_t)err.offset,
			.has_column = err.code == ERR_USAGE || err.offset > 0};
		app->has_notice = true;
		app->ask.is_open = true;
		prompt_reopen(app->ui, strlen(text));
	}
	free(text);
	return app->line_reaction;
}

void app_choose(struct app *app, const char *title, menu_chosen *chosen)
{
	app->choice.is_open = true;
	app->choice.chosen = chosen;
	app->choice.canceled = NULL;
	snprintf(app->choice.title, sizeof(app->choice.title), "%s", title);
	app->choice.menu =
		(struct menu){.title = app->choice.title, .items = app->choice.items, .count = 0, .now = SIZE_MAX};
}

void app_choose_watching(struct app *app, void (*canceled)(struct app *app))
{
	app->choice.canceled = canceled;
}

void app_choice(struct app *app, ui_key key, const char *label, int id, bool is_now)
{
	struct choice *choice = &app->choice;

	if (choice->menu.count == MENU_ITEMS_MAX)
		return;
	if (is_now)
		choice->menu.now = choice->menu.count;
	choice->items[choice->menu.count++] = (struct menu_item){key, label, id, is_now};
}

unsigned app_feed_choice(struct app *app, const struct ui_event *event)
{
	int id = 0;

	switch (menu_feed(&app->choice.menu, event, &id)) {
	case MENU_OPEN: return UI_REDRAW;
	case MENU_CLOSED:
		app->choice.is_open = false;
		if (app->choice.canceled)
			app->choice.canceled(app);
		return UI_REDRAW;
	case MENU_CHOSEN: break;
	}
	app->choice.is_open = false;
	return app->choice.chosen(app, id) | UI_REDRAW;
}

/* ---- completion ---- */

static bool begins(struct slice text, const char *word, size_t length)
{
	return text.length >= length && memcmp(text.data, word, length) == 0;
}

static void offer(struct completions *out, const char *candidate, const char *word, size_t length)
{
	if (begins(slice_of(candidate), word, length))
		completions_add(out, candidate, NULL);
}

#define VALUES_OFFERED 200

/* Distinct values of a field that begin with a word, quoted as the language needs. */
static void offer_values(struct app *app, enum event_field field, const char *word, size_t length, bool is_query,
	struct completions *out)
{
	const struct store *store = app->results->store;
	uint32_t entries = store->dimensions[event_fields[field].dimension].count, offered = 0;
	uint32_t *seen = xcalloc(VALUES_OFFERED, sizeof(*seen));

	if (length > 0 && *word == '"') {
		word++;
		length--;
	}
	for (uint32_t entry = 1; entry < entries && entry < 500000 && offered < VALUES_OFFERED; entry++) {
		uint32_t value = store_entry_value(store, field, entry), i = 0;
		struct slice text = store_string(store, value);

		if (!value || !begins(text, word, length))
			continue;
		while (i < offered && seen[i] != value)
			i++;
		if (i < offered)
			continue;
		seen[offered++] = value;
		if (is_query) {
			struct buf term = BUF_EMPTY;
			const char *colon;

			query_format_term(&term, field, text);
			colon = strchr(term.data, ':');
			completions_add(out, colon ? colon + 1 + strspn(colon + 1, " ") : text.data, text.data);
			buf_free(&term);
		} else {
			completions_add(out, text.data, NULL);
		}
	}
	free(seen);
}

void complete_query(void *context, const char *line, size_t *start, size_t end, struct completions *out)
{
	struct app *app = context;
	size_t word = end, colon;

	while (word > 0 && !strchr(" ()", line[word - 1]))
		word--;
	for (colon = word; colon < end && line[colon] != ':'; colon++)
		;
	if (colon == end && word >= 2 && line[word - 1] == ' ' && line[word - 2] == ':') {
		size_t name = word - 2;

		while (name > 0 && !strchr(" ()", line[name - 1]))
			name--;
		colon = word - 2;
		*start = word;
		word = name;
	} else if (colon < end) {
		*start = colon + 1;
	} else {
		*start = word;
		for (size_t i = 0; i < FIELD_COUNT; i++) {
			char text[128];

			snprintf(text, sizeof(text), "%s:", event_fields[i].alias);
			offer(out, text, line + word, end - word);
			snprintf(text, sizeof(text), "%s:", event_fields[i].name);
			if (strcmp(event_fields[i].name, event_fields[i].alias) != 0)
				offer(out, text, line + word, end - word);
		}
		offer(out, "@timestamp", line + word, end - word);
		offer(out, "and", line + word, end - word);
		offer(out, "or", line + word, end - word);
		offer(out, "not", line + word, end - word);
		return;
	}
	{
		enum event_field field = event_field_find((struct slice){line + word, colon - word});

		if (field < FIELD_COUNT)
			offer_values(app, field, line + *start, end - *start, true, out);
	}
}

static void offer_parameters(const char *word, size_t length, struct completions *out)
{
	static const char *const options[] = {"tz", "copy", "glyphs", "mouse", "tips", "showcmd", "frames"};

	for (size_t i = 0; i < COUNT_OF(options); i++)
		offer(out, options[i], word, length);
	for (size_t i = 0; i < PARAMETER_TOTAL; i++) {
		char key[128];

		snprintf(key, sizeof(key), "%s.%s", rules[parameters[i].rule].key, parameters[i].key);
		offer(out, key, word, length);
	}
}

static void offer_columns(struct app *app, const char *word, size_t length, struct completions *out)
{
	const struct list *list = list_here(app);

	for (size_t i = 0; list && i < list->column_count; i++)
		offer(out, list->columns[i].title, word, length);
}

static void offer_argument(struct app *app, const char *command, size_t command_length, const char *word, size_t length,
	struct completions *out)
{
	struct slice name = {command, command_length};

	if (slice_equals(name, slice_of("set"))) {
		offer_parameters(word, length, out);
	} else if (slice_equals(name, slice_of("profile")) || slice_equals(name, slice_of("compare"))) {
		offer_values(app, FIELD_USER_NAME, word, length, false, out);
	} else if (slice_equals(name, slice_of("mark"))) {
		static const char *const words[] = {"true", "suspicious", "benign", "open"};

		for (size_t i = 0; i < COUNT_OF(words); i++)
			offer(out, words[i], word, length);
	} else if (slice_equals(name, slice_of("theme"))) {
		char **names = NULL;
		size_t count = theme_list(app->ui, &names);

		for (size_t i = 0; i < count; i++) {
			offer(out, names[i], word, length);
			free(names[i]);
		}
		free(names);
		offer(out, "check", word, length);
	} else if (slice_equals(name, slice_of("preset")) || slice_equals(name, slice_of("save-preset"))) {
		struct preset *presets;
		size_t count = preset_list(&presets);

		for (size_t i = 0; i < count; i++)
			offer(out, presets[i].name, word, length);
		preset_list_free(presets, count);
	} else if (slice_equals(name, slice_of("width")) || slice_equals(name, slice_of("sort"))) {
		offer_columns(app, word, length, out);
	} else if (slice_equals(name, slice_of("bind"))) {
		for (size_t i = 0; i < SCREEN_COUNT; i++)
			offer(out, screen_names[i], word, length);
		offer(out, "all", word, length);
		for (size_t i = 0; i < keymap_command_count(app->keymap); i++)
			offer(out, keymap_command(app->keymap, i)->name, word, length);
	}
}

void complete_command(void *context, const char *line, size_t *start, size_t end, struct completions *out)
{
	struct app *app = context;
	size_t first = strspn(line, " :"), command_end = first + strcspn(line + first, " ");

	if (end <= command_end) {
		*start = first;
		for (size_t i = 0; i < keymap_command_count(app->keymap); i++)
			offer(out, keymap_command(app->keymap, i)->name, line + first, end - first);
		return;
	}
	if (strncmp(line + first, "filter ", 7) == 0 || strncmp(line + first, "events ", 7) == 0) {
		complete_query(context, line, start, end, out);
		return;
	}
	*start = end;
	while (*start > command_end && line[*start - 1] != ' ')
		(*start)--;
	offer_argument(app, line + first, command_end - first, line + *start, end - *start, out);
}
