/* Allowlist: every entry with what it hits and silences, who wrote it and why. The rule's own trusted networks are entries
 * like the others, so nothing is hidden in code. A new entry shows what it would silence before it is written. */
#include <stdio.h>
#include <stdlib.h>

#include "allow_write.h"
#include "app.h"
#include "here.h"
#include "say.h"
#include "table.h"

enum { COL_ON, COL_TYPE, COL_MATCH, COL_SCOPE, COL_HITS, COL_SILENCED, COL_BY, COL_EXPIRES, COL_REASON, COL_COUNT };

static struct list_column columns[COL_COUNT] = {
	[COL_ON] = {.title = "ON", .width = 3},
	[COL_TYPE] = {.title = "TYPE", .width = 12},
	[COL_MATCH] = {.title = "MATCH", .width = 20, .width_min = 10, .grow = 1},
	[COL_SCOPE] = {.title = "SCOPE", .width = 5, .priority = 4},
	[COL_HITS] = {.title = "HITS", .width = 8, .align = ALIGN_RIGHT, .priority = 1},
	[COL_SILENCED] = {.title = "SILENCES", .width = 8, .align = ALIGN_RIGHT},
	[COL_BY] = {.title = "BY", .width = 8, .priority = 5},
	[COL_EXPIRES] = {.title = "EXPIRES", .width = 10, .priority = 3},
	[COL_REASON] = {.title = "REASON", .width = 18, .width_min = 14, .grow = 2, .priority = 6},
};

static const char *scope_word(unsigned rules_bits)
{
	return rules_bits == 1U << RULE_RARE_AS ? "ASN" : rules_bits == 1U << RULE_RARE_METHOD ? "RARE" : "all";
}

static void fill(void *context, size_t index, struct list_row *row)
{
	struct allowlist *state = context;
	struct app *app = state->app;
	const struct allow_line *line = &state->figures.lines[index];
	const struct allow_entry *entry = &line->entry;
	bool is_expired = allow_is_expired(entry, time_now());
	char text[COUNT_TEXT_SIZE], when[TIME_TEXT_SIZE];

	cell_text(row, COL_ON, ROLE_TEXT, entry->is_on ? "[x]" : "[ ]");
	cell_text(row, COL_TYPE, ROLE_TEXT, allow_kind_names[entry->kind]);
	cell_text(row, COL_MATCH, ROLE_STRONG, entry->match);
	cell_text(row, COL_SCOPE, ROLE_DIM, scope_word(entry->rules));
	if (line->has_figures) {
		cell_printf(app, row, COL_HITS, ROLE_NUMBER, "%s", count_short(line->hits, text));
		if (!line->is_own)
			cell_printf(app, row, COL_SILENCED, ROLE_NUMBER, "%zu", line->silenced);
	}
	cell_text(row, COL_BY, ROLE_DIM, entry->author);
	if (is_expired)
		cell_text(row, COL_EXPIRES, ROLE_WARN, "EXPIRED");
	else if (entry->expires != TIME_NONE)
		cell_printf(app, row, COL_EXPIRES, ROLE_TIME, "%.10s", time_format_iso(entry->expires, when));
	cell_text(row, COL_REASON, ROLE_DIM, entry->reason);
	if (!entry->is_on || is_expired)
		row->role = ROLE_OFF;
}

static void figures_ready(struct app *app, void *owner)
{
	struct allowlist *state = owner;

	(void)app;
	list_set_count(&state->list, state->figures.count);
}

void allowlist_count(struct allowlist *state)
{
	allow_figures_ask(
		state->app, &state->figures, state->candidate.match ? &state->candidate : NULL, state, figures_ready);
	list_set_count(&state->list, state->figures.count);
}

static void open_allowlist(struct app *app, void *context, const struct target *target)
{
	struct allowlist *state = context;

	(void)target;
	state->app = app;
	state->candidate.expires = TIME_NONE;
	list_init(&state->list, columns, COL_COUNT, fill, state);
	state->list.empty_text = "Nothing is trusted or ignored. i writes an entry; a on a value anywhere does, too.";
	allowlist_count(state);
}

static void close_allowlist(struct app *app, void *context)
{
	struct allowlist *state = context;

	(void)app;
	allow_figures_free(&state->figures);
	allow_entry_drop(&state->candidate);
}

static void update(struct app *app, void *context, unsigned change)
{
	(void)app;
	if (change & (CHANGED_RESULTS | CHANGED_CASE))
		allowlist_count(context);
}

/* ---- the preview of a new entry ---- */

static void draw_preview(struct allowlist *state, struct pane pane)
{
	struct app *app = state->app;
	const struct allow_line *candidate = &state->figures.candidate;
	const struct tune_diff *diff = &state->figures.diff;
	char text[COUNT_TEXT_SIZE];
	int y = 2;

	draw_rule(pane, 0, "NEW, not written yet", NULL);
	draw_printf(pane, 1, 1, ROLE_STRONG, "%s %s", allow_kind_names[state->candidate.kind], state->candidate.match);
	if (!candidate->has_figures || !candidate->entry.match ||
		strcmp(candidate->entry.match, state->candidate.match) != 0) {
		draw_text(pane, 2, 1, ROLE_DIM,
			slice_of(state->candidate.rules ? "counting what it would do ..." : "not yet for any rule"));
		return;
	}
	draw_printf(pane, y++, 1, ROLE_TEXT, "would match %s events, silence %zu %s, bring %zu new",
		count_text(candidate->hits, text), diff->total.lost, plural(diff->total.lost, "alert", "alerts"),
		diff->total.gained);
	for (size_t i = 0; i < diff->count && y < pane.height; i++) {
		const struct tune_change *change = &diff->changes[i];
		const struct alert *alert = change->before ? change->before : change->after;
		struct slice user;
		char letter = verdicts[change->verdict].letter;
		int x;

		if (change->fate == TUNE_KEPT)
			continue;
		user = store_string(app->results->store,
			alert->rule == RULE_RARE_AS ? alert->rare_as.user_name : alert->rare_method.user_name);
		x = draw_text(pane, y, 3, change->fate == TUNE_LOST ? ROLE_LOSS : ROLE_GAIN,
			    slice_of(change->fate == TUNE_LOST ? "- " : "+ ")) +
		    3;
		x += draw_text(pane, y, x, ROLE_STRONG, user) + 1;
		x += draw_text(pane, y, x, ROLE_DIM, slice_of(alert->rule == RULE_RARE_AS ? "ASN" : "RARE")) + 2;
		x += draw_printf(pane, y, x, verdict_role(letter), "%c %s", letter, verdicts[change->verdict].word);
		if (change->fate == TUNE_LOST && change->verdict == VERDICT_TRUE_POSITIVE)
			draw_text(pane, y, x + 2, ROLE_BAD, slice_of("!! a true positive would be silenced"));
		y++;
	}
}

static void draw(struct app *app, void *context, struct pane body)
{
	struct allowlist *state = context;
	int preview = state->candidate.match ? (body.height > 12 ? 8 : body.height / 2) : 0;

	state->list.pattern = app->search;
	list_draw(&state->list, pane_rows(body, 0, body.height - preview), !preview);
	if (preview)
		draw_preview(state, pane_rows(body, body.height - preview, preview));
}

/* ---- keys ---- */

static const struct allow_line *here(struct allowlist *state)
{
	return state->list.cursor < state->figures.count ? &state->figures.lines[state->list.cursor] : NULL;
}

/* The rule's own trusted networks are parameters: taking one away is a change of those. */
static unsigned remove_own(struct app *app, const struct allow_line *line)
{
	struct params base;
	struct err err;
	char what[96];

	params_copy(&base, case_base(app));
	snprintf(what, sizeof(what), "no longer trusted: %.60s", line->entry.match);
	if (params_set(&base, PARAMETER_TRUSTED, CHANGE_REMOVE, line->entry.match, &err) != 0 ||
		case_apply_params(app->verdicts.casefile, &base, &err) != 0)
		app_fail(app, &err);
	else
		case_changed(app, what, true);
	params_free(&base);
	return UI_REDRAW;
}

static unsigned switch_entry(struct app *app, const struct allow_line *line)
{
	struct allow_entry entry = line->entry;
	struct err err;

	if (line->is_own) {
		app_say(app, MESSAGE_INFO, "a trusted network of the rule itself: d takes it away, u brings it back");
		return UI_REDRAW;
	}
	entry.is_on = !entry.is_on;
	if (case_allow(app->verdicts.casefile, &entry, NULL, &err) != 0)
		app_fail(app, &err);
	else
		case_changed(app, entry.is_on ? "entry on" : "entry off", true);
	return UI_REDRAW;
}

static unsigned delete_entry(struct app *app, const struct allow_line *line)
{
	struct err err;

	if (line->is_own)
		return remove_own(app, line);
	if (case_allow_remove(app->verdicts.casefile, line->entry.id, &err) != 0)
		app_fail(app, &err);
	else
		case_changed(app, "entry deleted", true);
	return UI_REDRAW;
}

static unsigned edit_entry(struct app *app, const struct allow_line *line)
{
	if (line->is_own) {
		app_say(app, MESSAGE_INFO, "a trusted network of the rule itself: 5 edits the list");
		return UI_REDRAW;
	}
	return allow_write_edit(app, &line->entry);
}

static bool value(struct app *app, void *context, struct value *out)
{
	const struct allow_line *line = here(context);

	(void)app;
	if (!line)
		return false;
	*out = (struct value){FIELD_COUNT, slice_of(line->entry.match)};
	return true;
}

/* Enter: the events an entry speaks of. */
static unsigned open_hits(struct app *app, const struct allow_line *line)
{
	static const enum event_field fields[ALLOW_KIND_COUNT] = {
		FIELD_AS_ORG, FIELD_SOURCE_IP, FIELD_USER_NAME, FIELD_ACTION};
	char *query;
	unsigned reaction;

	if (strpbrk(line->entry.match, "*?") || line->entry.kind == ALLOW_CIDR) {
		struct buf text = BUF_EMPTY; /* wildcards hold only outside quotes; blanks there need a backslash */

		buf_printf(&text, "%s: ", event_fields[fields[line->entry.kind]].alias);
		for (const char *at = line->entry.match; *at; at++) {
			if (strchr(" ()\"\\<>", *at) || (*at == ':' && line->entry.kind != ALLOW_CIDR))
				buf_add_char(&text, '\\');
			buf_add_char(&text, *at);
		}
		query = text.data;
	} else {
		struct buf text = BUF_EMPTY;

		term_format(&text, fields[line->entry.kind], slice_of(line->entry.match));
		query = text.data;
	}
	reaction = app_open_events(app, query);
	free(query);
	return reaction;
}

static unsigned act(struct app *app, void *context, enum act what, const char *arguments)
{
	struct allowlist *state = context;
	const struct allow_line *line = here(state);

	(void)arguments;
	if (what == ACT_INSERT)
		return allow_write_new(app);
	if (!line)
		return UI_NONE;
	switch (what) {
	case ACT_OPEN: return open_hits(app, line);
	case ACT_SELECT: return switch_entry(app, line);
	case ACT_EDIT: return edit_entry(app, line);
	case ACT_DELETE: return delete_entry(app, line);
	default: return UI_NONE;
	}
}

static void status(struct app *app, void *context, struct buf *left, struct buf *right)
{
	struct allowlist *state = context;
	const struct allow_line *line = here(state);

	(void)app;
	buf_printf(left, "%zu %s", state->figures.count, plural(state->figures.count, "entry", "entries"));
	if (line)
		buf_printf(left, "  %s", line->entry.reason);
	if (state->figures.count)
		buf_printf(right, "%zu/%zu", state->list.cursor + 1, state->figures.count);
}

struct allowlist *allowlist_here(struct app *app)
{
	return app_place(app)->screen->id == SCREEN_ALLOWLIST ? app_place(app)->state : NULL;
}

static const char *const hints[] = {"insert", "edit", "switch", "delete", "open", "undo", "search", "back", "help"};

const struct screen screen_allowlist = {
	.id = SCREEN_ALLOWLIST,
	.state_size = sizeof(struct allowlist),
	.open = open_allowlist,
	.close = close_allowlist,
	.update = update,
	.draw = draw,
	.status = status,
	.value = value,
	.act = act,
	.list = first_list,
	.hints = hints,
	.hint_count = COUNT_OF(hints),
};
