/* The command table as text: for the manual and for help outside of the console. */
#include "commands.h"

static void roff_text(struct buf *out, const char *text)
{
	for (const char *at = text; *at; at++) {
		if (*at == '\\')
			buf_add_text(out, "\\e");
		else if (*at == '-')
			buf_add_text(out, "\\-");
		else if (*at == '\'' || *at == '.')
			buf_printf(out, "\\&%c", *at);
		else
			buf_add_char(out, *at);
	}
}

static void screens_text(struct buf *out, uint32_t where)
{
	bool is_first = true;

	if (where == UI_ALL_SCREENS) {
		buf_add_text(out, "every screen");
		return;
	}
	for (unsigned i = 0; i < SCREEN_COUNT; i++)
		if (where >> i & 1) {
			buf_printf(out, "%s%s", is_first ? "" : ", ", screen_names[i]);
			is_first = false;
		}
}

static void entry(struct buf *out, enum view_manual_form form, const struct ui_command *command)
{
	struct buf where = BUF_EMPTY;

	screens_text(&where, command->screens);
	if (form == VIEW_MANUAL_TEXT) {
		buf_printf(out, "%-14s %-18s %s%s%s\n", *command->keys ? command->keys : "-", command->name,
			command->arguments ? command->arguments : "", command->arguments ? "  " : "", command->help);
	} else {
		buf_add_text(out, ".TP\n.B ");
		roff_text(out, *command->keys ? command->keys : ":");
		if (!*command->keys)
			roff_text(out, command->name);
		buf_add_text(out, "\n");
		roff_text(out, command->help);
		buf_add_text(out, " (");
		roff_text(out, command->name);
		if (command->arguments) {
			buf_add_char(out, ' ');
			roff_text(out, command->arguments);
		}
		buf_add_text(out, "; ");
		roff_text(out, where.data);
		buf_add_text(out, ")\n");
	}
	buf_free(&where);
}

void view_manual(struct buf *out, enum view_manual_form form)
{
	static const char *const groups[] = {"MOVE", "GO", "FIND", "TRIAGE", "LOOK", "LISTS", "MISC"};
	struct keymap *keymap = keymap_new(view_command_table, view_command_count, screen_names, SCREEN_COUNT);

	buf_reserve(out, 1);
	for (size_t g = 0; g < COUNT_OF(groups); g++) {
		bool is_begun = false;

		for (size_t i = 0; i < keymap_command_count(keymap); i++) {
			const struct ui_command *command = keymap_command(keymap, i);
			const char *group = command->motion != MOTION_NONE ? "MOVE" : command->group;

			if (strcmp(group, groups[g]) != 0)
				continue;
			if (!is_begun)
				buf_printf(out, form == VIEW_MANUAL_TEXT ? "%s\n" : ".SS %s\n", groups[g]);
			is_begun = true;
			entry(out, form, command);
		}
	}
	keymap_free(keymap);
}
