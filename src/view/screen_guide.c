/* The investigation guide of a rule, live: a step's lines open its evidence, and a step can be ticked; ticks are kept in
 * the case. What the steps say is in guide_doc.c. */
#include <stdlib.h>

#include "app.h"
#include "here.h"
#include "guide_doc.h"

struct state {
	struct pager pager; /* first */
	struct app *app;
	char id[ALERT_ID_SIZE];
	uint32_t alert;
	struct sheet doc;
	int width;
	struct facts *facts;
	struct task *task;
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

static void update(struct app *app, void *context, unsigned change)
{
	struct state *state = context;

	if (change & CHANGED_RESULTS) {
		if (state->task)
			atomic_store(&state->task->is_canceled, true);
		state->task = NULL;
		state->alert = results_find(app->results, state->id);
		if (state->alert != UINT32_MAX)
			state->task = facts_start(app, state->alert, state, facts_ready);
	}
	state->width = 0;
}

static void open_guide(struct app *app, void *context, const struct target *target)
{
	struct state *state = context;

	state->app = app;
	memcpy(state->id, target->alert, sizeof(state->id));
	update(app, state, CHANGED_RESULTS);
	state->pager.cursor = 1;
}

static void close_guide(struct app *app, void *context)
{
	struct state *state = context;

	(void)app;
	if (state->task)
		atomic_store(&state->task->is_canceled, true);
	facts_free(state->facts);
	sheet_free(&state->doc);
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct state *state = context;

	if (state->width != body.width) {
		guide_doc(app, &state->doc, state->alert, state->facts, body.width);
		sheet_pager(&state->doc, &state->pager);
		state->width = body.width;
	}
	state->pager.pattern = app->search;
	pager_draw(&state->pager, body, true);
}

static const struct sheet_link *here(struct state *state)
{
	return sheet_link_at(&state->doc, state->pager.cursor);
}

/* The step a line belongs to: the nearest one above. */
static const char *step_here(struct state *state)
{
	for (size_t line = state->pager.cursor + 1; line-- > 0;) {
		const struct sheet_link *link = sheet_link_at(&state->doc, line);

		if (link && link->kind == LINK_KEY)
			return link->text;
	}
	return guide_steps[state->app->results->alerts.items[state->alert].rule].names[0];
}

static unsigned tick(struct app *app, struct state *state)
{
	const char *name;
	const struct alert *alert;
	const struct finding *finding;
	struct case_subject subject;
	struct err err;
	bool is_on;

	if (state->alert == UINT32_MAX)
		return UI_HANDLED;
	name = step_here(state);
	alert = &app->results->alerts.items[state->alert];
	finding = case_find(app->verdicts.casefile, app->results->store, alert);
	is_on = !finding || !finding_has_tick(finding, name);
	case_subject_init(&subject, app->results->store, &app->results->params, alert);
	if (case_tick(app->verdicts.casefile, &subject, name, is_on, &err) != 0)
		app_fail(app, &err);
	else
		case_changed(app, is_on ? "step ticked" : "tick taken away", false);
	case_subject_free(&subject);
	return UI_REDRAW;
}

static unsigned open_line(struct app *app, struct state *state)
{
	const struct sheet_link *link = here(state);
	struct target target;
	struct buf query = BUF_EMPTY;
	unsigned reaction;

	if (link && link->kind == LINK_KEY)
		return tick(app, state);
	target_init(&target);
	if (link && link->kind == LINK_QUERY && link->field != FIELD_COUNT) {
		term_and(&query, FIELD_USER_NAME,
			store_string(app->results->store, app->results->views[state->alert].user));
		term_and(&query, link->field, link->value);
		target.query = target.label = query.data;
	} else if (link && link->kind == LINK_QUERY && *link->text) {
		target.query = target.label = (char *)(uintptr_t)link->text;
	} else {
		memcpy(target.alert, state->id, sizeof(target.alert));
		target.is_evidence = true;
		target.label = (char *)(uintptr_t) "evidence";
	}
	reaction = app_open(app, SCREEN_EVENTS, &target);
	buf_free(&query);
	return reaction;
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct state *state = context;

	(void)arguments;
	switch (what) {
	case ACT_OPEN: return open_line(app, state);
	case ACT_SELECT: return tick(app, state);
	case ACT_RAW:
		if (state->alert == UINT32_MAX)
			return UI_HANDLED;
		state->pager.cursor = 0;
		open_line(app, state);
		return app_act(app, ACT_RAW, "");
	case ACT_TAB:
	case ACT_BACKTAB:
		for (size_t i = 1; i < state->doc.count; i++) {
			size_t count = state->doc.count, at = state->pager.cursor;
			size_t next = what == ACT_TAB ? (at + i) % count : (at + count - i) % count;
			const struct sheet_link *link = sheet_link_at(&state->doc, next);

			if (link && link->kind == LINK_KEY) {
				pager_goto(&state->pager, next);
				break;
			}
		}
		return UI_REDRAW;
	default: return UI_NONE;
	}
}

static bool value(struct app *app, void *context, struct value *out)
{
	const struct sheet_link *link = here(context);

	(void)app;
	if (!link || link->field == FIELD_COUNT)
		return false;
	*out = (struct value){link->field, link->value};
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

static bool identity(struct app *app, void *context, struct slice *user, struct slice *type)
{
	struct state *state = context;

	if (state->alert == UINT32_MAX)
		return false;
	*user = store_string(app->results->store, app->results->views[state->alert].user);
	*type = store_string(app->results->store, app->results->views[state->alert].type);
	return true;
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	struct state *state = context;
	const struct alert *alert;
	const struct finding *finding;

	if (state->alert == UINT32_MAX)
		return;
	alert = &app->results->alerts.items[state->alert];
	finding = case_find(app->verdicts.casefile, app->results->store, alert);
	buf_printf(left, "%zu of %zu steps ticked  Tab next step, Space ticks",
		finding ? finding->tick_count : (size_t)0, guide_steps[alert->rule].count);
	buf_printf(right, "%d%%", pager_percent(&state->pager));
}

static const char *const hints[] = {
	"open", "select", "pane", "keep", "mark", "comment", "profile", "raw", "undo", "back", "help"};

const struct screen screen_guide = {
	.id = SCREEN_GUIDE,
	.state_size = sizeof(struct state),
	.open = open_guide,
	.close = close_guide,
	.update = update,
	.draw = draw,
	.status = status,
	.value = value,
	.act = act,
	.pager = first_pager,
	.alerts = chosen,
	.identity = identity,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
