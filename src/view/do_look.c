/* Commands that look: profiles, guides, tuning, comparison, as-of, columns, themes, settings. */
#include <stdio.h>
#include <stdlib.h>

#include "commands.h"

unsigned do_wrap(void *context, const char *arguments)
{
	struct app *app = context;
	struct list *list = list_here(app);
	struct pager *pager = pager_here(app);

	(void)arguments;
	if (list)
		list->is_wrapped = !list->is_wrapped;
	else if (pager)
		pager->is_wrapped = !pager->is_wrapped;
	else
		return UI_NONE;
	return UI_REDRAW;
}

unsigned do_wide(void *context, const char *arguments)
{
	struct list *list = list_here(context);

	(void)arguments;
	if (!list)
		return UI_NONE;
	list->is_wide = !list->is_wide;
	list->left = 0;
	return UI_REDRAW;
}

unsigned do_columns(void *context, const char *arguments)
{
	(void)arguments;
	return table_columns_menu(context);
}

/* ---- places about an identity or an alert ---- */

static char *copy_slice(struct slice text)
{
	char *copy = xmalloc(text.length + 1);

	memcpy(copy, text.data ? text.data : "", text.length);
	copy[text.length] = '\0';
	return copy;
}

static bool has_user(const struct app *app, const char *name, struct err *err)
{
	const struct store *store = app->results->store;

	for (size_t i = 0; i < store->identity_count; i++)
		if (slice_equals(store_string(store, store->identities[i].user_name), slice_of(name)))
			return true;
	err_set(err, ERR_USAGE, "there is no user %s; Tab completes", name);
	return false;
}

unsigned do_profile(void *context, const char *arguments)
{
	struct err err;
	struct app *app = context;
	struct target target;
	struct slice user, type;
	unsigned reaction;

	target_init(&target);
	if (*arguments && !has_user(app, arguments, &err)) {
		app_fail(app, &err);
		return UI_REDRAW;
	} else if (*arguments) {
		target.user = xstrdup(arguments);
	} else if (app_place(app)->screen->id == SCREEN_PROFILE) {
		return do_pivot(context, arguments);
	} else if (identity_here(app, &user, &type)) {
		target.user = copy_slice(user);
		target.type = copy_slice(type);
	} else {
		app_say(app, MESSAGE_INFO, "no identity is under the cursor");
		return UI_REDRAW;
	}
	target.label = xstrdup(target.user);
	reaction = app_open(app, SCREEN_PROFILE, &target);
	target_free(&target);
	return reaction;
}

static unsigned open_compare(struct app *app, const char *other)
{
	struct target target;
	struct slice user, type;
	unsigned reaction;

	if (!identity_here(app, &user, &type))
		return UI_NONE;
	target_init(&target);
	target.user = copy_slice(user);
	target.other_user = xstrdup(other);
	target.label = xasprintf("%s | %s", target.user, other);
	reaction = app_open(app, SCREEN_COMPARE, &target);
	target_free(&target);
	return reaction;
}

static bool compare_done(struct app *app, const char *text, struct err *err)
{
	if (!*text)
		return true;
	if (!has_user(app, text, err))
		return false;
	open_compare(app, text);
	return true;
}

static void complete_user(void *context, const char *line, size_t *start, size_t end, struct completions *out)
{
	char text[512];
	size_t from;

	snprintf(text, sizeof(text), "profile %.*s", (int)end, line);
	from = strlen("profile ");
	complete_command(context, text, &from, strlen(text), out);
	*start = 0;
}

unsigned do_compare(void *context, const char *arguments)
{
	struct app *app = context;
	struct slice user, type;

	if (!identity_here(app, &user, &type)) {
		app_say(app, MESSAGE_INFO, "no identity is under the cursor");
		return UI_REDRAW;
	}
	if (*arguments) {
		struct err err;

		if (has_user(app, arguments, &err))
			return open_compare(app, arguments);
		app_fail(app, &err);
		return UI_REDRAW;
	}
	app_ask(app, "compare with user: ", "user", NULL, compare_done);
	app_ask_completing(app, complete_user);
	return UI_REDRAW;
}

static unsigned open_for_alert(struct app *app, enum screen_id screen)
{
	struct target target;
	uint32_t alert;

	if (alerts_here(app, &alert, 1) == 0) {
		app_say(app, MESSAGE_INFO, "no alert is under the cursor");
		return UI_REDRAW;
	}
	target_init(&target);
	memcpy(target.alert, app->results->alerts.items[alert].id, sizeof(target.alert));
	return app_open(app, screen, &target);
}

unsigned do_guide(void *context, const char *arguments)
{
	(void)arguments;
	return open_for_alert(context, SCREEN_GUIDE);
}

unsigned do_tune(void *context, const char *arguments)
{
	struct app *app = context;
	enum parameter parameter = alert_parameter_here(app);
	uint32_t alert;

	(void)arguments;
	if (parameter == PARAMETER_TOTAL)
		parameter = near_parameter_here(app);
	if (parameter == PARAMETER_TOTAL && alerts_here(app, &alert, 1)) {
		const struct alert *about = &app->results->alerts.items[alert];
		int smallest = about->rule == RULE_RARE_AS ? why_smallest_change(about->why, about->why_count) : -1;

		parameter = smallest >= 0                     ? about->why[smallest].parameter
			    : about->rule == RULE_RARE_METHOD ? PARAMETER_THRESHOLD
							      : PARAMETER_MAX_RATIO;
	}
	app_open(app, SCREEN_TUNE, NULL);
	tune_goto(app, parameter);
	return UI_REDRAW;
}

/* ---- as of ---- */

static bool as_of_done(struct app *app, const char *text, struct err *err)
{
	int64_t when = TIME_NONE;

	if (*text && strcmp(text, "off") != 0 && parse_when(app, text, &when, err) != 0)
		return false;
	app_as_of(app, when);
	return true;
}

void app_as_of(struct app *app, int64_t when)
{
	char text[TIME_TEXT_SIZE];

	app->now = when;
	app_want_results(app);
	if (when == TIME_NONE)
		app_say(app, MESSAGE_INFO, "replay: every execution of the rule over the data");
	else
		app_say(app, MESSAGE_INFO, "alerts of one execution as of %s; A Enter ends it",
			app_time(app, when, TIME_LONG, text));
}

unsigned do_as_of(void *context, const char *arguments)
{
	struct app *app = context;
	struct err err;
	int64_t cursor;

	if (*arguments) {
		if (!as_of_done(app, arguments, &err))
			app_fail(app, &err);
		return UI_REDRAW;
	}
	if (timeline_time_here(app, &cursor)) {
		app_as_of(app, app->now == cursor ? TIME_NONE : cursor);
		return UI_REDRAW;
	}
	app_ask(app, "as of (empty: replay) @ ", "time", NULL, as_of_done);
	return UI_REDRAW;
}

/* ---- settings ---- */

static unsigned theme_report(struct app *app, const char *name)
{
	struct buf report = BUF_EMPTY;
	struct err err;
	int lines = theme_check(app->ui, *name ? name : theme_name(app->ui), &report, &err);

	if (lines < 0)
		app_fail(app, &err);
	else if (lines == 0)
		app_say(app, MESSAGE_INFO, "theme %s: every role is there and readable",
			*name ? name : theme_name(app->ui));
	for (char *at = report.data, *end; lines > 0 && at && *at; at = end + 1) {
		end = strchr(at, '\n');
		if (end)
			*end = '\0';
		app_say(app, MESSAGE_WARNING, "theme: %s", at);
		if (!end)
			break;
	}
	buf_free(&report);
	return UI_REDRAW;
}

unsigned do_theme(void *context, const char *arguments)
{
	struct app *app = context;
	struct err err;

	if (!*arguments) {
		struct target target;

		target_init(&target);
		return app_open(app, SCREEN_THEMES, &target);
	}
	if (strncmp(arguments, "check", 5) == 0)
		return theme_report(app, arguments + 5 + strspn(arguments + 5, " "));
	if (theme_use(app->ui, arguments, &err) != 0)
		app_fail(app, &err);
	else
		app_say(app, MESSAGE_INFO, "theme %s", theme_name(app->ui));
	return UI_REDRAW;
}

static bool set_option(struct app *app, const char *name, const char *value)
{
	bool is_on = strcmp(value, "on") == 0 || strcmp(value, "true") == 0 || strcmp(value, "1") == 0;

	if (strcmp(name, "tz") == 0) {
		app->is_local_time = strcmp(value, "local") == 0;
		app_changed(app, CHANGED_SIZE);
		app_say(app, MESSAGE_INFO, "times in %s", app_zone(app));
	} else if (strcmp(name, "copy") == 0) {
		app->copies_raw = strcmp(value, "raw") == 0;
		app_say(app, app->copies_raw ? MESSAGE_WARNING : MESSAGE_INFO,
			app->copies_raw ? "copies hold raw bytes from logs: mind where you paste them"
					: "copies are made safe");
	} else if (strcmp(name, "glyphs") == 0) {
		ui_set_glyphs(app->ui, strcmp(value, "unicode") == 0 ? UI_GLYPHS_UNICODE : UI_GLYPHS_ASCII);
	} else if (strcmp(name, "mouse") == 0) {
		ui_set_mouse(app->ui, is_on);
		app_say(app, MESSAGE_INFO, "mouse %s", is_on ? "on; hold Shift to select text" : "off");
	} else if (strcmp(name, "frames") == 0) {
		app->shows_frames = is_on;
		app->slowest_us = 0;
	} else if (strcmp(name, "tips") == 0) {
		app->tips.is_off = !is_on;
	} else if (strcmp(name, "showcmd") == 0) {
		app->shows_commands = is_on;
	} else {
		return false;
	}
	return true;
}

unsigned do_set(void *context, const char *arguments)
{
	struct app *app = context;
	char name[128];
	size_t length = strcspn(arguments, " =+-");
	const char *value = arguments + length;
	struct params base;
	struct err err;
	char *assignment;

	if (!*arguments) {
		app_say(app, MESSAGE_INFO,
			":set tz local, copy raw, glyphs unicode, mouse on, tips off, showcmd on, rare-as.max_age=2h");
		return UI_REDRAW;
	}
	snprintf(name, sizeof(name), "%.*s", (int)length, arguments);
	if (set_option(app, name, value + strspn(value, " =")))
		return UI_REDRAW;
	assignment = xstrdup(arguments);
	if (!strchr(assignment, '=') && strchr(assignment, ' '))
		*strchr(assignment, ' ') = '=';
	params_copy(&base, case_base(app));
	if (params_assign(&base, assignment, &err) != 0 || case_apply_params(app->verdicts.casefile, &base, &err) != 0)
		app_fail(app, &err);
	else
		case_changed(app, assignment, true);
	params_free(&base);
	free(assignment);
	return UI_REDRAW;
}

unsigned do_bind(void *context, const char *arguments)
{
	struct app *app = context;
	char screen[64], key[64];
	int used = 0;
	struct err err;

	if (sscanf(arguments, "%63s %63s %n", screen, key, &used) < 2 || !arguments[used]) {
		app_say(app, MESSAGE_INFO, ":bind alerts X mark true   (screen or all, key, command)");
		return UI_REDRAW;
	}
	if (keymap_bind(app->keymap, screen, key, arguments + used, &err) != 0)
		app_fail(app, &err);
	else
		app_say(app, MESSAGE_INFO, "%s on %s: %s", key, screen, arguments + used);
	return UI_REDRAW;
}
