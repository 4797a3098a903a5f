/* Roles are the only names by which colours are asked for; a theme, built in or a file, gives each its colours. */
#ifndef RARETRAIL_DOOR_TUI_THEME_H
#define RARETRAIL_DOOR_TUI_THEME_H

#include "raretrail/base.h"

struct ui;

/* ---- roles: the only names by which colours are asked for ---- */

/* X(identifier, name in theme files, meaning) */
#define UI_ROLES(X) \
	X(TEXT, "text", "ordinary text; also the background of every screen") \
	X(DIM, "dim", "what may be overlooked: units, ids, separators of values") \
	X(STRONG, "strong", "what must not be overlooked") \
	X(TITLE, "title", "top line") \
	X(TITLE_NOW, "title.now", "last element of the breadcrumb") \
	X(TITLE_ALERT, "title.alert", "top line: PARTIAL, LOADING, DRAFT") \
	X(HEADER, "header", "column headings and pane titles") \
	X(HEADER_FOCUS, "header.focus", "title of the pane that has the keys") \
	X(RULE, "rule", "separator lines and boxes") \
	X(CURSOR, "cursor", "row under the cursor") \
	X(CURSOR_OFF, "cursor.off", "row under the cursor of a pane without the keys") \
	X(CURSOR_CELL, "cursor.cell", "cell under the cursor, inside the row") \
	X(SELECTED, "selected", "selected rows and brushed ranges") \
	X(STATUS, "status", "status line") \
	X(STATUS_WARN, "status.warn", "status line: something needs attention") \
	X(HINT, "hint", "hint line") \
	X(HINT_KEY, "hint.key", "keys in hints, menus and help") \
	X(TIP, "tip", "rotating tip") \
	X(PROMPT, "prompt", "prompt and what is typed into it") \
	X(COMPLETION, "completion", "candidates listed above the prompt") \
	X(COMPLETION_NOW, "completion.now", "the part of a candidate already typed") \
	X(ERROR, "error", "error text") \
	X(CARET, "caret", "caret under the offending column") \
	X(MATCH, "match", "search hit") \
	X(MATCH_NOW, "match.now", "search hit under the cursor") \
	X(NOTE, "note", "note under a row") \
	X(TAG, "tag", "tag") \
	X(VISIBLE, "visible", "a control character made visible, such as <ESC>") \
	X(BAR, "bar", "bars") \
	X(BAR_RARE, "bar.rare", "bars of rare values") \
	X(SPARK, "spark", "sparklines") \
	X(RARE, "rare", "a rare or first-seen value, also marked !") \
	X(SEVERITY_HIGH, "severity.high", "severity high, also H") \
	X(SEVERITY_MEDIUM, "severity.medium", "severity medium, also M") \
	X(SEVERITY_LOW, "severity.low", "severity low, also L") \
	X(VERDICT_TRUE, "verdict.true", "verdict true positive, also T") \
	X(VERDICT_SUSPICIOUS, "verdict.suspicious", "verdict suspicious, also S") \
	X(VERDICT_BENIGN, "verdict.benign", "verdict benign, also B") \
	X(VERDICT_OPEN, "verdict.open", "no verdict yet, also .") \
	X(GOOD, "good", "a condition met, a wanted loss, a saved entry") \
	X(BAD, "bad", "a condition failed, an unwanted loss") \
	X(WARN, "warn", "a warning inside a screen") \
	X(GAIN, "gain", "added by a draft, also +") \
	X(LOSS, "loss", "removed by a draft, also -") \
	X(OFF, "off", "disabled, filtered out, expired") \
	X(VALUE, "value", "a value that can be edited") \
	X(VALUE_CHANGED, "value.changed", "an edited value not yet applied") \
	X(TIME, "time", "times and dates") \
	X(NUMBER, "number", "figures") \
	X(JSON_KEY, "json.key", "JSON member name") \
	X(JSON_STRING, "json.string", "JSON string") \
	X(JSON_NUMBER, "json.number", "JSON number") \
	X(JSON_LITERAL, "json.literal", "JSON true, false, null") \
	X(CHART_1, "chart.1", "first row of a stacked chart") \
	X(CHART_2, "chart.2", "second row") \
	X(CHART_3, "chart.3", "third row") \
	X(CHART_4, "chart.4", "fourth row") \
	X(CHART_5, "chart.5", "fifth row") \
	X(CHART_CURSOR, "chart.cursor", "bucket under the cursor") \
	X(SHOWCMD, "showcmd", "last key and its command")

enum ui_role {
#define UI_ROLE_ENUM(id, name, meaning) ROLE_##id,
	UI_ROLES(UI_ROLE_ENUM)
#undef UI_ROLE_ENUM
		ROLE_COUNT
};

/* ---- themes ---- */

/* Takes a name (looked up in $XDG_CONFIG_HOME/<program>/themes, share_dir/themes, then among those built in) or a path
 * with a slash. The old theme stays in force on error. Nothing is drawn until the next frame. */
int theme_use(struct ui *ui, const char *name, struct err *err);
const char *theme_name(const struct ui *ui);
/* Names of all themes to be found, sorted, each once; free every name and the array. */
size_t theme_list(const struct ui *ui, char ***names);
/* `:theme check`: unknown and missing roles, unreadable pairs (contrast below 3:1 where both colours are known), one
 * line each. Works without a terminal (ui NULL: built-in themes and paths only). Returns the number of lines, -1 when
 * it cannot be read. */
int theme_check(const struct ui *ui, const char *name, struct buf *report, struct err *err);

#endif
