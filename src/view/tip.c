/* Tips: see tip.h. Keys and words come from the command table and the keymap in force. */
#include "tip.h"

#include "commands.h"
#include "here.h"

#define TURN_US (30 * INT64_C(1000000))

void tip_visit(struct app *app)
{
	app->tips.turn[app_place(app)->screen->id]++;
	app->tips.turned_us = time_monotonic_us();
}

void tip_key(struct app *app)
{
	if (time_monotonic_us() - app->tips.turned_us > TURN_US)
		tip_visit(app);
}

static bool is_judged(struct app *app)
{
	uint32_t alert;

	return alerts_here(app, &alert, 1) == 1 && verdict_letter(app, &app->results->alerts.items[alert]) != '.';
}

/* What most people want next, for what is under the cursor. */
static const char *useful_here(struct app *app)
{
	const struct params *draft;
	uint32_t alert;

	switch (app_place(app)->screen->id) {
	case SCREEN_ALERTS:
		if (alerts_here(app, &alert, 1) == 0)
			return "tuning";
		return is_judged(app) ? "findings" : "guide";
	case SCREEN_ALERT:
	case SCREEN_GUIDE: return is_judged(app) ? "comment" : "mark";
	case SCREEN_USERS: return "profile";
	case SCREEN_EVENTS: return app->filters.count ? "toggle-filters" : "pivot";
	case SCREEN_TIMELINE: return "as-of";
	case SCREEN_TUNE:
		draft = tune_draft(app);
		return draft && !params_equal(draft, case_base(app)) ? "save-preset" : "preset";
	case SCREEN_ALLOWLIST: return "insert";
	case SCREEN_FINDINGS: return "export";
	case SCREEN_PROFILE: return "cross-filter";
	case SCREEN_NEAR: return "tune";
	case SCREEN_FILTERS: return "toggle-filters";
	default: return NULL;
	}
}

static bool is_hinted(const struct app *app, const struct screen *screen, const char *name)
{
	for (size_t i = 0; i < screen->hint_count; i++)
		if ((i < app->tips.hints_shown || i + 1 == screen->hint_count) && strcmp(screen->hints[i], name) == 0)
			return true;
	return false;
}

/* "tip: ~ who fails exactly one condition", "tip: ~ near" where there is less room; nothing when there is none or the
 * command has no key here. */
static void say_tip(struct app *app, const struct ui_command *command, size_t room, struct buf *out)
{
	struct buf keys = BUF_EMPTY;
	const char *const words[] = {command->help, command->hint};

	keymap_keys(app->keymap, app_place(app)->screen->id, command->name, " ", &keys);
	for (size_t i = 0; i < COUNT_OF(words) && keys.length && !out->length; i++) {
		size_t length = strcspn(keys.data, " ");

		if (strlen("tip: ") + length + 1 + strlen(words[i]) <= room)
			buf_printf(out, "tip: %.*s %s", (int)length, keys.data, words[i]);
	}
	buf_free(&keys);
}

/* Whether it would only say that there is nothing to do. */
static bool is_idle(const struct app *app, const char *name)
{
	if (strcmp(name, "next-hit") == 0 || strcmp(name, "previous-hit") == 0)
		return !app->search;
	if (strcmp(name, "toggle-filters") == 0 || strcmp(name, "filter-list") == 0)
		return app->filters.count == 0;
	if (strcmp(name, "undo") == 0)
		return app->undo.done == 0;
	if (strcmp(name, "redo") == 0)
		return app->undo.done == app->undo.count;
	return strcmp(name, "stop") == 0;
}

static bool is_worth_a_tip(const struct app *app, const struct screen *screen, const struct ui_command *command)
{
	return command->screens >> screen->id & 1 && strcmp(command->group, "GO") != 0 &&
	       !is_idle(app, command->name) && !is_hinted(app, screen, command->name);
}

void tip_choose(struct app *app, size_t room, struct buf *out)
{
	const struct screen *screen = app_place(app)->screen;
	unsigned turn = app->tips.turn[screen->id], count = 0;
	const char *useful = useful_here(app);
	struct binding binding;

	out->length = 0;
	if (app->tips.is_off || room < 16 || screen->id == SCREEN_HELP) /* there a key only says what it does */
		return;
	if (turn <= 1 && useful && keymap_parse(app->keymap, useful, &binding, NULL) == 0) {
		say_tip(app, binding.command, room, out);
		if (out->length)
			return;
	}
	for (size_t i = 0; i < view_command_count; i++)
		count += is_worth_a_tip(app, screen, &view_command_table[i]);
	for (unsigned tried = 0; tried < count && !out->length; tried++) {
		unsigned wanted = (turn + tried) % count;

		for (size_t i = 0; i < view_command_count; i++)
			if (is_worth_a_tip(app, screen, &view_command_table[i]) && wanted-- == 0) {
				say_tip(app, &view_command_table[i], room, out);
				break;
			}
	}
}
