/* help: the help screen, written from the live keymap each time it opens, so that it cannot be wrong. Each group of
 * commands is a block; where the screen is wide enough its entries stand in two or more columns, never breaking a
 * word. */
#include "keymap.h"

#include <stdlib.h>

#define KEYS_SHOWN_MAX 3
#define ENTRY_GAP 2
#define ENTRY_WIDTH_MIN 34
#define COLUMNS_MAX 3
#define GROUP_WIDTH 9

struct entry {
	char *keys, *text;
	const char *hint; /* one or two words for where the text has no room */
	const char *group;
};
struct line {
	char *group;
	char *cells; /* keys and texts, already padded */
	size_t key_starts[PAGER_SPANS_MAX / 2], key_lengths[PAGER_SPANS_MAX / 2], entries;
	bool is_note;
};
struct help {
	struct entry *entries;
	size_t entry_count, entry_capacity;
	struct line *lines;
	size_t line_count, line_capacity;
};

static char *short_keys(const struct keymap *keymap, unsigned screen, const struct ui_command *command)
{
	struct buf keys = BUF_EMPTY;
	keymap_keys(keymap, screen, command->name, " ", &keys);
	const char *rest = keys.data != NULL ? keys.data : "";
	const char *end = rest;
	for (int i = 0; i < KEYS_SHOWN_MAX; i++)
		key_list_next(&end);
	char *text = xasprintf("%.*s", (int)(end - rest), rest);
	buf_free(&keys);
	return text;
}

static void collect(struct help *help, const struct keymap *keymap, unsigned screen)
{
	for (size_t i = 0; i < keymap_command_count(keymap); i++) {
		const struct ui_command *command = keymap_command(keymap, i);
		if (!keymap_has_screen(keymap, screen, i) || !keymap_has_key(keymap, screen, i))
			continue;
		char *keys = short_keys(keymap, screen, command);
		if (keys[0] == '\0') { /* bound with arguments only */
			free(keys);
			continue;
		}
		help->entries =
			array_grow(help->entries, &help->entry_capacity, help->entry_count + 1, sizeof *help->entries);
		help->entries[help->entry_count++] = (struct entry){
			keys, xstrdup(command->help), command->hint, command->group != NULL ? command->group : ""};
	}
}

static struct line *add_line(struct help *help)
{
	help->lines = array_grow(help->lines, &help->line_capacity, help->line_count + 1, sizeof *help->lines);
	struct line *line = &help->lines[help->line_count++];
	*line = (struct line){0};
	return line;
}

static void pad_to(struct buf *buf, size_t start, size_t cells)
{
	size_t width = text_width((struct slice){buf->data + start, buf->length - start});
	for (; width < cells; width++)
		buf_add_char(buf, ' ');
}

/* Adds a text of at most `cells` cells. */
static void add_cut(struct buf *buf, const char *text, size_t cells)
{
	size_t width, length = text_fit(slice_of(text), cells, &width);
	if (text[length] != '\0' && cells > 0) {
		length = text_fit(slice_of(text), cells - 1, &width);
		buf_add(buf, text, length);
		buf_add_char(buf, '~');
	} else {
		buf_add(buf, text, length);
	}
}

static void lay_group(struct help *help, const char *group, size_t key_cells, size_t columns, size_t column_cells)
{
	size_t found = 0;
	struct line *line = NULL;
	struct buf text = BUF_EMPTY;
	for (size_t i = 0; i < help->entry_count; i++) {
		const struct entry *entry = &help->entries[i];
		if (strcmp(entry->group, group) != 0)
			continue;
		size_t column = found % columns;
		if (column == 0) {
			if (line != NULL)
				line->cells = xstrdup(text.data);
			text.length = 0;
			line = add_line(help);
			line->group = xstrdup(found == 0 ? group : "");
		} else {
			pad_to(&text, 0, column * column_cells);
		}
		size_t start = text.length;
		buf_add_text(&text, entry->keys);
		line->key_starts[column] = start;
		line->key_lengths[column] = text.length - start;
		line->entries = column + 1;
		pad_to(&text, start, key_cells + 1);
		size_t used = text_width((struct slice){text.data + start, text.length - start});
		size_t left = column_cells > used + ENTRY_GAP ? column_cells - used - ENTRY_GAP : 0;
		bool is_long = text_width(slice_of(entry->text)) > left;
		add_cut(&text, is_long && entry->hint != NULL ? entry->hint : entry->text, left);
		found++;
	}
	if (line != NULL)
		line->cells = xstrdup(text.data);
	buf_free(&text);
}

struct help *help_new(
	const struct keymap *keymap, unsigned screen, int width, const char *const *footer, size_t footer_count)
{
	struct help *help = xcalloc(1, sizeof *help);
	if (screen >= keymap->screen_count)
		return help;
	collect(help, keymap, screen);
	size_t key_cells = 0, room = width > GROUP_WIDTH + 12 ? (size_t)width - GROUP_WIDTH - 1 : 12;
	for (size_t i = 0; i < help->entry_count; i++) {
		size_t cells = text_width(slice_of(help->entries[i].keys));
		key_cells = cells > key_cells ? cells : key_cells;
	}
	if (key_cells > 14)
		key_cells = 14;
	size_t columns = room / ENTRY_WIDTH_MIN;
	columns = columns < 1 ? 1 : columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
	for (size_t i = 0; i < help->entry_count; i++) {
		bool is_new = true;
		for (size_t k = 0; k < i && is_new; k++)
			is_new = strcmp(help->entries[k].group, help->entries[i].group) != 0;
		if (is_new)
			lay_group(help, help->entries[i].group, key_cells, columns, room / columns);
	}
	if (footer_count > 0)
		add_line(help)->cells = xstrdup("");
	for (size_t i = 0; i < footer_count; i++) {
		struct line *line = add_line(help);
		line->cells = xstrdup(footer[i]);
		line->is_note = true;
	}
	return help;
}

void help_free(struct help *help)
{
	if (help == NULL)
		return;
	for (size_t i = 0; i < help->entry_count; i++) {
		free(help->entries[i].keys);
		free(help->entries[i].text);
	}
	for (size_t i = 0; i < help->line_count; i++) {
		free(help->lines[i].group);
		free(help->lines[i].cells);
	}
	free(help->entries);
	free(help->lines);
	free(help);
}

size_t help_count(const struct help *help)
{
	return help->line_count;
}

void help_line(void *context, size_t index, struct pager_line *out)
{
	static const char spaces[GROUP_WIDTH + 1] = "         ";
	const struct help *help = context;
	const struct line *line = &help->lines[index];
	out->indent = GROUP_WIDTH + 2;
	out->spans[out->count++] = (struct span){slice_of(" "), ROLE_TEXT};
	if (line->is_note) {
		out->spans[out->count++] = (struct span){slice_of(line->cells), ROLE_DIM};
		return;
	}
	size_t group = line->group != NULL ? strlen(line->group) : 0;
	out->spans[out->count++] = (struct span){{line->group, group}, ROLE_HEADER};
	if (group < GROUP_WIDTH)
		out->spans[out->count++] = (struct span){{spaces, GROUP_WIDTH - group}, ROLE_TEXT};
	size_t at = 0;
	for (size_t i = 0; i < line->entries && out->count + 2 < PAGER_SPANS_MAX; i++) {
		size_t start = line->key_starts[i], end = start + line->key_lengths[i];
		if (start > at)
			out->spans[out->count++] = (struct span){{line->cells + at, start - at}, ROLE_TEXT};
		out->spans[out->count++] = (struct span){{line->cells + start, end - start}, ROLE_HINT_KEY};
		at = end;
	}
	out->spans[out->count++] = (struct span){slice_of(line->cells + at), ROLE_TEXT};
}

void help_key(const struct keymap *keymap, unsigned screen, ui_key key, struct buf *out)
{
	char text[UI_KEY_TEXT_SIZE];
	struct binding binding;
	ui_key_format(key, text);
	if (!keymap_find(keymap, screen, key, &binding)) {
		buf_printf(out, "%s does nothing here", text);
		return;
	}
	bool has_fixed = binding.arguments[0] != '\0';
	const char *arguments = has_fixed ? binding.arguments : binding.command->arguments;
	buf_printf(out, "%s  :%s%s%s  %s", text, binding.command->name, arguments != NULL ? " " : "",
		arguments != NULL ? arguments : "", binding.command->help);
}
