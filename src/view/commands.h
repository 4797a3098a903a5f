/* The command table: name, arguments, keys, screens, group, hint, help, once. Dispatch, the help screen, hints,
 * completion, keymap files and the manual are all made from it. X(handler, name, arguments, keys, screens, group, hint, help) */
#ifndef VIEW_COMMANDS_H
#define VIEW_COMMANDS_H

#include "app.h"
#include "here.h"
#include "reach.h"
#include "table.h"

#define LISTS \
	(ON(ALERTS) | ON(USERS) | ON(EVENTS) | ON(NEAR) | ON(ALLOWLIST) | ON(FINDINGS) | ON(FILTERS) | ON(SOURCES) | \
		ON(PRESETS))
#define DOCUMENTS (ON(ALERT) | ON(RAW) | ON(GUIDE) | ON(COMPARE) | ON(HELP))
#define VALUES \
	(ON(ALERTS) | ON(USERS) | ON(EVENTS) | ON(ALERT) | ON(PROFILE) | ON(RAW) | ON(NEAR) | ON(TIMELINE) | \
		ON(GUIDE) | ON(COMPARE))
#define ALERTED (ON(ALERTS) | ON(ALERT) | ON(NEAR) | ON(FINDINGS) | ON(TIMELINE) | ON(GUIDE))

#define COMMANDS(X) \
	X(open, "open", NULL, "Enter", UI_ALL_SCREENS, "GO", "open", "open what is under the cursor") \
	X(back, "back", NULL, "Esc q Bksp", UI_ALL_SCREENS, "GO", "back", "back one step; asks before it quits") \
	X(backward, "history-back", NULL, "[", UI_ALL_SCREENS, "GO", "back", "earlier place") \
	X(forward, "history-forward", NULL, "]", UI_ALL_SCREENS, "GO", "forward", "later place") \
	X(alerts, "alerts", NULL, "1", UI_ALL_SCREENS, "GO", "alerts", "what is worst, and what is still open") \
	X(users, "users", NULL, "2", UI_ALL_SCREENS, "GO", "users", "every identity with its figures") \
	X(events, "events", "[KQL]", "3", UI_ALL_SCREENS, "GO", "events", "every event") \
	X(timeline, "timeline", NULL, "4", UI_ALL_SCREENS, "GO", "timeline", \
		"events, trust, errors and alerts over time") \
	X(tuning, "tuning", NULL, "5", UI_ALL_SCREENS, "GO", "tune", \
		"try other parameters, see what is lost and gained") \
	X(allowlist, "allowlist", NULL, "6", UI_ALL_SCREENS, "GO", "allowlist", \
		"what is trusted or ignored, and what that hides") \
	X(findings, "findings", NULL, "7", UI_ALL_SCREENS, "GO", "findings", "verdicts, notes and tags given so far") \
	X(sources, "sources", NULL, "8", UI_ALL_SCREENS, "GO", "sources", "files read, what was skipped and why") \
	X(pane, "pane", NULL, "Tab", UI_ALL_SCREENS & ~(ON(TIMELINE) | ON(GUIDE)), "GO", "pane", "next pane or part") \
	X(pane_back, "pane-back", NULL, "S-Tab", UI_ALL_SCREENS & ~(ON(TIMELINE) | ON(GUIDE)), "GO", "pane", \
		"previous pane or part") \
	X(pane, "later-alert", NULL, "Tab", ON(TIMELINE), "GO", "next alert", "the next alert in time") \
	X(pane_back, "earlier-alert", NULL, "S-Tab", ON(TIMELINE), "GO", "alert before", "the alert before in time") \
	X(pane, "next-step", NULL, "Tab", ON(GUIDE), "GO", "next step", "the next step") \
	X(pane_back, "step-before", NULL, "S-Tab", ON(GUIDE), "GO", "step before", "the step before") \
	X(quit, "quit", NULL, "Q", UI_ALL_SCREENS, "GO", "quit", "leave raretrail") \
	X(quit, "q", NULL, "", UI_ALL_SCREENS, "GO", "quit", "leave raretrail, as typed after a colon") \
	X(search, "search", "[REGEX]", "/", UI_ALL_SCREENS, "FIND", "search", \
		"find a regular expression in this list") \
	X(next, "next-hit", NULL, "n", UI_ALL_SCREENS, "FIND", "next", "next hit") \
	X(previous, "previous-hit", NULL, "N", UI_ALL_SCREENS, "FIND", "previous", "previous hit") \
	X(goto_time, "goto-time", "[TIME]", "@", ON(EVENTS) | ON(TIMELINE) | ON(ALERTS), "FIND", "time", \
		"go to a time: 22:31, 05-07 22:31, -2h, ISO") \
	X(filter, "filter", "[KQL]", "&", UI_ALL_SCREENS, "FIND", "filter", "keep only what matches, on every screen") \
	X(keep, "keep", NULL, "+", VALUES, "FIND", "keep", "keep only events with the value under the cursor") \
	X(drop, "drop", NULL, "-", VALUES, "FIND", "drop", "drop events with the value under the cursor") \
	X(toggle_filters, "toggle-filters", NULL, "\\", UI_ALL_SCREENS, "FIND", "filters on/off", \
		"all filters off, or on again") \
	X(filter_list, "filter-list", NULL, "f", UI_ALL_SCREENS & ~ON(TUNE), "FIND", "filters", \
		"list the filters with their hits") \
	X(pivot, "pivot", NULL, "P", VALUES, "FIND", "who else", "identities with the value under the cursor") \
	X(select, "select", NULL, "Space", ON(ALERTS), "TRIAGE", "select", "select the row, or the range since v") \
	X(select, "switch", NULL, "Space", ON(ALLOWLIST) | ON(FILTERS) | ON(TUNE), "TRIAGE", "on/off", \
		"switch the entry on or off") \
	X(select, "tick", NULL, "Space", ON(GUIDE), "TRIAGE", "tick", "tick the step, or take the tick away") \
	X(range, "select-range", NULL, "v", ON(ALERTS), "TRIAGE", "range", \
		"begin a range at the cursor, end it with Space") \
	X(unselect, "select-none", NULL, "C-\\", ON(ALERTS), "TRIAGE", "none", "select nothing") \
	X(mark, "mark", "[true|suspicious|benign|open]", "m", ALERTED, "TRIAGE", "mark", \
		"give a verdict to the selected alerts") \
	X(comment, "comment", "[TEXT]", "c", ALERTED, "TRIAGE", "note", "write a note") \
	X(tag, "tag", "[WORD]", "#", ALERTED, "TRIAGE", "tag", "add a tag") \
	X(allow, "allow", NULL, "a", \
		ON(ALERTS) | ON(ALERT) | ON(PROFILE) | ON(EVENTS) | ON(USERS) | ON(NEAR) | ON(RAW), "TRIAGE", "allow", \
		"allowlist the value under the cursor, after a preview") \
	X(near_misses, "near-misses", NULL, "~", UI_ALL_SCREENS, "TRIAGE", "near", "who fails exactly one condition") \
	X(undo, "undo", NULL, "u", UI_ALL_SCREENS, "TRIAGE", "undo", \
		"undo the last filter, verdict, note or parameter") \
	X(redo, "redo", NULL, "C-r", UI_ALL_SCREENS, "TRIAGE", "redo", "do it again") \
	X(copy, "copy", NULL, "y", UI_ALL_SCREENS, "TRIAGE", "copy", \
		"copy the value under the cursor (OSC 52, else a file)") \
	X(copy_row, "copy-row", NULL, "Y", UI_ALL_SCREENS, "TRIAGE", "copy row", "copy the row or line") \
	X(export, "export", "[FILE]", "E", UI_ALL_SCREENS, "TRIAGE", "export", \
		"write the findings or what is listed here to a file") \
	X(sort, "sort", "[COLUMN]", "s", ON(ALERTS) | ON(USERS) | ON(EVENTS), "LOOK", "sort", "sort by a column") \
	X(reverse, "reverse", NULL, "S", ON(ALERTS) | ON(USERS) | ON(EVENTS), "LOOK", "reverse", \
		"turn the order round") \
	X(wrap, "wrap", NULL, "w", LISTS | DOCUMENTS, "LOOK", "wrap", "break long lines instead of cutting them") \
	X(wide, "wide", NULL, "W", LISTS, "LOOK", "wide", "columns as wide as their content, scrolled sideways") \
	X(columns, "columns", NULL, "o", ON(ALERTS) | ON(USERS) | ON(EVENTS), "LOOK", "columns", "choose the columns") \
	X(narrow, "narrow", NULL, "<", LISTS | ON(TUNE), "LOOK", "narrow", \
		"make the column under the cursor, else the sorted one, narrower") \
	X(broaden, "broaden", NULL, ">", LISTS | ON(TUNE), "LOOK", "broaden", \
		"make the column under the cursor, else the sorted one, wider") \
	X(width, "width", "[TITLE CELLS]", "", LISTS | ON(TUNE), "LOOK", "width", \
		"how wide a column is; 0: as it was before") \
	X(raw, "raw", NULL, "r", ON(EVENTS) | ON(ALERT) | ON(ALERTS) | ON(TIMELINE) | ON(GUIDE), "LOOK", "raw", \
		"the record as it stands in its file") \
	X(zoom_in, "zoom-in", NULL, "z", ON(TIMELINE), "LOOK", "closer", "shorter buckets") \
	X(zoom_out, "zoom-out", NULL, "Z", ON(TIMELINE), "LOOK", "wider", "longer buckets") \
	X(zoom_in, "context", NULL, "z", ON(EVENTS), "LOOK", "context", "show events around these, too") \
	X(zoom_out, "no-context", NULL, "Z", ON(EVENTS), "LOOK", "no context", "without the events around") \
	X(brush, "brush", NULL, "b", ON(TIMELINE), "LOOK", "brush", \
		"begin a range at the cursor; again: make it a filter") \
	X(split, "split", NULL, "o", ON(TIMELINE), "LOOK", "split by", "change the field by which rows are split") \
	X(as_of, "as-of", "[TIME]", "A", ON(TIMELINE) | ON(ALERTS), "LOOK", "as of", \
		"alerts as the rule would have seen them at an instant") \
	X(profile, "profile", "[USER]", "p", VALUES | ALERTED, "LOOK", "profile", "what is usual for this identity") \
	X(guide, "guide", NULL, "i", ON(ALERTS) | ON(ALERT), "LOOK", "guide", \
		"the rule's investigation, step by step, with figures") \
	X(tune, "tune", NULL, "t", ON(ALERTS) | ON(ALERT) | ON(NEAR), "LOOK", "tune", \
		"tune the condition under the cursor") \
	X(first_seen, "first-seen", NULL, "!", ON(PROFILE) | ON(TIMELINE), "LOOK", "rare only", \
		"only what is rare or first seen; again: all") \
	X(cross, "cross-filter", NULL, "x", ON(PROFILE), "LOOK", "cross-filter", \
		"the value under the cursor filters the other panes") \
	X(compare, "compare", "[USER]", "C", ON(PROFILE) | ON(USERS) | ON(ALERTS) | ON(ALERT), "LOOK", "compare", \
		"beside another identity") \
	X(theme, "theme", "[NAME|check]", "T", UI_ALL_SCREENS, "LOOK", "theme", "choose colours with a live preview") \
	X(insert, "insert", NULL, "i", ON(ALLOWLIST) | ON(PRESETS), "LISTS", "insert", \
		"a new entry; in Presets: keep the draft as one") \
	X(edit, "edit", NULL, "e", ON(ALLOWLIST) | ON(TUNE) | ON(FILTERS) | ON(FINDINGS), "LISTS", "edit", \
		"change the entry, value or title under the cursor") \
	X(lower, "lower", NULL, "J", ON(FINDINGS), "LISTS", "lower", "move the finding down in the report") \
	X(raise, "raise", NULL, "K", ON(FINDINGS), "LISTS", "raise", "move the finding up in the report") \
	X(delete, "delete", NULL, "d", ON(ALLOWLIST) | ON(FILTERS) | ON(TUNE) | ON(PRESETS), "LISTS", "delete", \
		"delete the entry; in Tune: back to the default") \
	X(apply, "apply", NULL, "A", ON(TUNE), "LISTS", "apply", "make the draft the parameters in force") \
	X(discard, "discard", NULL, "D", ON(TUNE), "LISTS", "discard", "forget the draft") \
	X(preset, "preset", "[NAME]", "f", ON(TUNE), "LISTS", "preset", \
		"make a preset the draft; without a name choose one, seeing what it changes") \
	X(save_preset, "save-preset", "[NAME]", "", ON(TUNE) | ON(PRESETS), "LISTS", "save preset", \
		"keep the draft as a preset, a file in your profiles folder") \
	X(command, "command", NULL, ":", UI_ALL_SCREENS, "MISC", "command", "type a command; Tab completes") \
	X(set, "set", "OPTION VALUE", "", UI_ALL_SCREENS, "MISC", "set", \
		"tz, copy, glyphs, mouse, tips, showcmd, frames, or a rule's parameter") \
	X(bind, "bind", "SCREEN KEY COMMAND", "", UI_ALL_SCREENS, "MISC", "bind", "bind a key for this session") \
	X(start_over, "start-over", NULL, "", UI_ALL_SCREENS, "MISC", "start over", \
		"a fresh view: forget filters, search and what was resumed") \
	X(follow, "follow", "[on|off]", "F", UI_ALL_SCREENS, "MISC", "follow", \
		"load what arrives in the folders, or stop that") \
	X(messages, "messages", NULL, "M", UI_ALL_SCREENS, "MISC", "messages", "what was skipped and what was said") \
	X(stop, "stop", NULL, "C-c", UI_ALL_SCREENS, "MISC", "stop", "stop loading, keep what is in") \
	X(redraw, "redraw", NULL, "C-l", UI_ALL_SCREENS, "MISC", "redraw", "paint every cell anew") \
	X(suspend, "suspend", NULL, "C-z", UI_ALL_SCREENS, "MISC", "suspend", "back to the shell; fg returns") \
	X(help, "help", NULL, "? F1", UI_ALL_SCREENS, "MISC", "help", "the keys of this screen")

#define X(handler, name, arguments, keys, where, group, hint, help_text) \
	unsigned do_##handler(void *context, const char *arguments_text);
COMMANDS(X)
#undef X

#endif
