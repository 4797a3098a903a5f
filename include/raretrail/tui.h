/* tui: widgets, terminal, theme, keymap and prompt. It knows nothing of logs: whoever uses it owns the data, the
 * event loop and the meaning of every key; this room owns the terminal and what a cell looks like.
 *
 * The shape of a program:
 *
 *	ui = ui_start(&options, &err);
 *	while (running) {
 *		ui_frame_begin(ui);  draw into ui_screen(ui) and panes cut from it  ui_frame_end(ui);
 *		ui_wait(ui, timeout_ms, &event);
 *		prompt open? prompt_feed : menu open? menu_feed : keymap_find -> your handler -> reaction flags
 *	}
 *	ui_stop(ui);
 *
 * Rules: one struct ui at a time, used by one thread (only ui_wake may be called from others). Every drawing function
 * passes its text through text_show() itself, so bytes from logs may be given as they are, and clips at the pane's
 * edges. Widgets are plain structs: set them up, draw them, hand them motions; they never act on their own but return
 * reaction flags. Text given to a widget is borrowed for the call only, unless a comment says otherwise.
 *
 * A wide door: each topic is a part of its own in tui/, and everybody includes this file. */
#ifndef RARETRAIL_TUI_H
#define RARETRAIL_TUI_H

#include "raretrail/tui/theme.h"
#include "raretrail/tui/terminal.h"
#include "raretrail/tui/draw.h"
#include "raretrail/tui/keymap.h"
#include "raretrail/tui/list.h"
#include "raretrail/tui/pager.h"
#include "raretrail/tui/widgets.h"
#include "raretrail/tui/chrome.h"
#include "raretrail/tui/prompt.h"

/* ---- reactions: what a handler asks of the main loop ---- */

enum ui_reaction {
	UI_NONE = 0,
	UI_HANDLED = 1 << 0, /* the key was for me, nothing changed */
	UI_REDRAW = 1 << 1, /* paint a frame */
	UI_REEVAL = 1 << 2, /* results depend on what changed: compute them again */
	UI_RELAYOUT = 1 << 3, /* panes must be placed again */
	UI_SAVE = 1 << 4, /* something worth keeping changed */
	UI_QUIT = 1 << 5 /* leave the program */
};

#endif
