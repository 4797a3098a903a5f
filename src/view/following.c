/* Follow mode: the load reads what arrives; this asks it to, and tells of the alerts that it brings. */
#include "following.h"

#include <stdlib.h>

#include "commands.h"
#include "say.h"

static void stop(struct app *app)
{
	app->options.is_follow = false;
	app->following.is_asked = false;
	load_unfollow(app->load);
}

void following_tick(struct app *app)
{
	struct following *following = &app->following;
	struct follow_status status;
	struct err err;
	char *note;

	if (app->options.is_follow && !following->is_asked && app->progress.is_finished) {
		following->is_asked = true;
		following->since = time_now();
		following->new_alerts = 0;
		if (load_follow(app->load, FOLLOW_WATCH, &err) != 0) {
			stop(app);
			app_fail(app, &err);
		}
	}
	while ((note = load_follow_note(app->load)) != NULL) {
		app_say(app, MESSAGE_WARNING, "%s", note);
		free(note);
	}
	if (!following->is_asked)
		return;
	load_follow_status(app->load, &status);
	following->is_rescan = status.is_rescan;
	if (!status.is_on) /* it stopped by itself, and has said why */
		stop(app);
}

void following_key(struct app *app)
{
	app->following.new_alerts = 0;
	app->following.since = time_now();
}

static const char *since_text(const struct app *app, char out[TIME_TEXT_SIZE])
{
	app_time(app, app->following.since, TIME_CLOCK, out);
	out[5] = '\0'; /* hours and minutes */
	return out;
}

void following_compare(struct app *app, const struct results *before)
{
	struct following *following = &app->following;
	const struct results *now = app->results;
	struct dict *known;
	size_t count = 0, worst = SIZE_MAX;
	char since[TIME_TEXT_SIZE];

	if (!following->is_asked || before->is_partial || before->store == now->store || before->now != now->now ||
		!params_equal(&before->params, &now->params))
		return;
	known = dict_new();
	for (size_t i = 0; i < before->alerts.count; i++)
		(void)dict_intern(known, slice_of(before->alerts.items[i].id));
	for (size_t i = 0; i < now->alerts.count; i++) {
		const struct alert *alert = &now->alerts.items[now->order[i]];

		if (dict_find(known, slice_of(alert->id)))
			continue;
		worst = count == 0 ? now->order[i] : worst;
		count++;
	}
	dict_free(known);
	if (count == 0)
		return;
	following->new_alerts += count;
	app_say(app, MESSAGE_WARNING, "%zu new %s since %s, %s %s for %s", following->new_alerts,
		plural(following->new_alerts, "alert", "alerts"), since_text(app, since),
		count > 1 ? "worst:" : "last:", rules[now->alerts.items[worst].rule].key,
		now->views[worst].user ? store_string(now->store, now->views[worst].user).data : "nobody");
	ui_bell(app->ui);
}

void following_title(const struct app *app, struct buf *out)
{
	if (app->options.is_follow && app->progress.is_finished)
		buf_printf(out, "%sFOLLOWING", out->length ? " " : "");
}

void following_status(const struct app *app, struct buf *out)
{
	char since[TIME_TEXT_SIZE];

	if (app->following.new_alerts)
		buf_printf(out, "%zu new since %s  ", app->following.new_alerts, since_text(app, since));
}

unsigned do_follow(void *context, const char *arguments)
{
	struct app *app = context;
	bool wants = !app->options.is_follow;

	if (strcmp(arguments, "on") == 0 || strcmp(arguments, "off") == 0)
		wants = arguments[1] == 'n';
	if (!wants) {
		stop(app);
		app_say(app, MESSAGE_INFO, "not following any more; F follows again and catches up");
		return UI_REDRAW;
	}
	app->options.is_follow = true;
	app_say(app, MESSAGE_INFO,
		app->progress.is_finished ? "following: what arrives in the folders is read; F stops"
					  : "following begins when the load has ended");
	following_tick(app);
	return UI_REDRAW;
}
