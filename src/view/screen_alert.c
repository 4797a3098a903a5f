/* One alert explained: who, why with every condition and its margin, the evidence, what is usual for the identity. */
#include <stdio.h>
#include <stdlib.h>

#include "alert_doc.h"
#include "reach.h"
#include "app.h"
#include "here.h"
#include "say.h"

struct state {
	struct pager pager; /* first */
	struct app *app;
	char id[ALERT_ID_SIZE];
	uint32_t alert; /* number in the newest results; UINT32_MAX: it no longer fires */
	struct sheet doc;
	int width;
	struct facts *facts;
	struct task *task;
	struct buf scratch;
};

static void facts_ready(struct app *app, void *owner, struct facts *facts)
{
	struct state *state = owner;

	(void)app;
	state->task = NULL;
	facts_free(state->facts);
	state->facts = facts;
	state->width = 0;
}

static void gather(struct app *app, struct state *state)
{
	if (state->task)
		atomic_store(&state->task->is_canceled, true);
	state->task = NULL;
	state->alert = results_find(app->results, state->id);
	if (state->alert != UINT32_MAX)
		state->task = facts_start(app, state->alert, state, facts_ready);
	state->width = 0;
}

static void open_alert(struct app *app, void *context, const struct target *target)
{
	struct state *state = context;

	state->app = app;
	memcpy(state->id, target->alert, sizeof(state->id));
	gather(app, state);
}

static void close_alert(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	if (state->task)
		atomic_store(&state->task->is_canceled, true);
	facts_free(state->facts);
	sheet_free(&state->doc);
}

static void update(struct app *app, void *context, unsigned change)
{
	struct state *state = context;

	if (change & CHANGED_RESULTS)
		gather(app, state);
	state->width = 0;
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;

	if (state->width != body.width) {
		if (state->alert == UINT32_MAX) {
			sheet_begin(&state->doc, app->ui, body.width);
			sheet_line(&state->doc);
			sheet_wrap(&state->doc, ROLE_WARN, 1,
				slice_of(
					"This alert no longer fires with the present parameters and data. u undoes the "
					"last change, 5 shows the limits, Esc goes back."));
		} else {
			alert_doc(app, &state->doc, app->results, state->alert, state->facts, body.width);
		}
		sheet_pager(&state->doc, &state->pager);
		state->width = body.width;
	}
	state->pager.pattern = app->search;
	pager_draw(&state->pager, body, true);
}

static const struct sheet_link *link_here(struct state *state)
{
	return sheet_link_at(&state->doc, state->pager.cursor);
}

static void crumb(struct app *app, void *context, struct buf *out)
{
	struct state *state = context;
	const struct alert_view *view;
	struct slice user;

	if (state->alert == UINT32_MAX) {
		buf_add_text(out, "gone");
		return;
	}
	view = &app->results->views[state->alert];
	user = store_string(app->results->store, view->user);
	buf_add(out, user.data ? user.data : "", user.length);
	buf_add_text(out, app->results->alerts.items[state->alert].rule == RULE_RARE_AS ? " / ASN" : " / RARE");
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	struct state *state = context;
	const struct alert_view *view;
	char count[COUNT_TEXT_SIZE];

	if (state->alert == UINT32_MAX)
		return;
	view = &app->results->views[state->alert];
	buf_printf(left, "%s  %s %s in evidence", rules[app->results->alerts.items[state->alert].rule].name,
		count_text(view->evidence.count, count), plural(view->evidence.count, "event", "events"));
	for (size_t i = 0; i < app->results->alerts.count; i++)
		if (app->results->order[i] == state->alert)
			buf_printf(right, "%zu of %zu", i + 1, app->results->alerts.count);
}

static bool value(struct app *app, void *context, struct value *out)
{
	struct state *state = context;
	const struct sheet_link *link = link_here(state);

	(void)app;
	if (!link || link->field == FIELD_COUNT)
		return false;
	*out = (struct value){link->field, link->value};
	return true;
}

static unsigned open_evidence(struct app *app, struct state *state)
{
	struct target target;

	if (state->alert == UINT32_MAX)
		return UI_HANDLED;
	target_init(&target);
	memcpy(target.alert, state->id, sizeof(target.alert));
	target.is_evidence = true;
	target.label = (char *)(uintptr_t) "evidence";
	return app_open(app, SCREEN_EVENTS, &target);
}

/* Events of the identity with the value of a line: for networks, agents, addresses and habits. */
static unsigned open_value(struct app *app, struct state *state, const struct sheet_link *link)
{
	const struct alert_view *view = &app->results->views[state->alert];
	struct buf query = BUF_EMPTY;
	struct target target;
	unsigned reaction;

	term_and(&query, FIELD_USER_NAME, store_string(app->results->store, view->user));
	term_and(&query, link->field, link->value);
	target_init(&target);
	target.query = target.label = query.data;
	reaction = app_open(app, SCREEN_EVENTS, &target);
	buf_free(&query);
	return reaction;
}

static unsigned open_link(struct app *app, struct state *state)
{
	const struct sheet_link *link = link_here(state);
	struct target target;

	if (!link)
		return open_evidence(app, state);
	target_init(&target);
	switch (link->kind) {
	case LINK_ALERT:
		snprintf(target.alert, sizeof(target.alert), "%s", link->text);
		return app_open(app, SCREEN_ALERT, &target);
	case LINK_QUERY: return state->alert == UINT32_MAX ? UI_HANDLED : open_value(app, state, link);
	default: return open_evidence(app, state);
	}
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct state *state = context;

	switch (what) {
	case ACT_OPEN: return open_link(app, state);
	case ACT_RAW:
		if (state->alert == UINT32_MAX)
			return UI_HANDLED;
		open_evidence(app, state);
		return app_act(app, ACT_RAW, arguments);
	case ACT_TAB:
	case ACT_BACKTAB: { /* the next line with something behind it, of another kind than here */
		size_t at = state->pager.cursor, count = state->doc.count;
		const struct sheet_link *here = link_here(state);
		enum link_kind kind = here ? here->kind : LINK_NONE;

		for (size_t i = 1; i < count; i++) {
			size_t next = what == ACT_TAB ? (at + i) % count : (at + count - i) % count;
			const struct sheet_link *link = sheet_link_at(&state->doc, next);

			if (link && (link->kind != kind || (here && link->field != here->field))) {
				pager_goto(&state->pager, next);
				break;
			}
		}
		return UI_REDRAW;
	}
	default: return UI_NONE;
	}
}

static bool identity(struct app *app, void *context, struct slice *user, struct slice *type)
{
	struct state *state = context;

	if (state->alert == UINT32_MAX)
		return false;
	*user = store_string(app->results->store, app->results->views[state->alert].user);
	*type = store_string(app->results->store, app->results->views[state->alert].type);
	return true;
}

static size_t chosen(struct app *app, void *context, uint32_t *out, size_t max)
{
	struct state *state = context;

	(void)app;
	if (state->alert == UINT32_MAX || !max)
		return 0;
	out[0] = state->alert;
	return 1;
}

enum parameter alert_parameter_here(struct app *app)
{
	struct place *place = app_place(app);
	const struct sheet_link *link = place->screen->id == SCREEN_ALERT ? link_here(place->state) : NULL;

	return link && link->kind == LINK_PARAMETER ? link->parameter : PARAMETER_TOTAL;
}

static const char *const hints[] = {
	"open", "profile", "raw", "guide", "mark", "comment", "allow", "tune", "keep", "drop", "copy", "back", "help"};

const struct screen screen_alert = {
	.id = SCREEN_ALERT,
	.state_size = sizeof(struct state),
	.open = open_alert,
	.close = close_alert,
	.update = update,
	.draw = draw,
	.crumb = crumb,
	.status = status,
	.value = value,
	.act = act,
	.pager = first_pager,
	.identity = identity,
	.alerts = chosen,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
