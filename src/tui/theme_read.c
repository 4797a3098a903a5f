/* theme_read: the theme format, one line a role:
 *
 *	[theme]    inherit = dark
 *	[palette]  accent = #5fafd7
 *	[roles]    severity.high = accent default bold
 *
 * The first colour is the foreground, the second the background; what is not given is the text role's. Without a
 * palette entry of its own a theme uses those of the theme it inherits from. */
#include "internal.h"
#include "theme.h"

#include <ini.h>
#include <stdlib.h>

#define INHERIT_MAX 8
#define PALETTE_MAX 64

struct entry {
	char *name;
	struct color color;
};
struct reader {
	struct theme *theme;
	const struct theme_places *places;
	const char *name;
	struct buf *report;
	char *inherit;
	struct entry palette[PALETTE_MAX];
	size_t palette_count;
	size_t palette_inherited; /* entries before it were set by a descendant and win */
	int pass; /* 0 reads [theme] and [palette], 1 the roles: a palette may come behind its use */
};

const char *const theme_role_names[ROLE_COUNT] = {
#define ROLE_NAME(id, name, meaning) name,
	UI_ROLES(ROLE_NAME)
#undef ROLE_NAME
};

static const char *const attribute_names[] = {"bold", "dim", "italic", "underline", "reverse"};

static void complain(struct reader *reader, const char *what, const char *word, const char *nearest)
{
	if (reader->report == NULL)
		return;
	buf_printf(reader->report, "%s: %s `%s`", reader->name, what, word);
	if (nearest != NULL)
		buf_printf(reader->report, "; did you mean `%s`?", nearest);
	buf_add_char(reader->report, '\n');
}

static bool find_color(const struct reader *reader, const char *word, struct color *color)
{
	for (size_t i = 0; i < reader->palette_count; i++) {
		if (strcmp(reader->palette[i].name, word) == 0) {
			*color = reader->palette[i].color;
			return true;
		}
	}
	return color_parse(word, color);
}

static void read_style(struct reader *reader, struct style *style, const char *value)
{
	*style = (struct style){.is_set = true};
	char *copy = xstrdup(value), *rest = copy, *word;
	int colors = 0;
	while ((word = strsep(&rest, " \t")) != NULL) {
		if (word[0] == '\0')
			continue;
		size_t attribute = 0;
		while (attribute < COUNT_OF(attribute_names) && strcmp(word, attribute_names[attribute]) != 0)
			attribute++;
		struct color color;
		if (attribute < COUNT_OF(attribute_names))
			style->attributes |= 1u << attribute;
		else if (!find_color(reader, word, &color))
			complain(reader, "neither a colour nor an attribute:", word, NULL);
		else if (colors++ == 0)
			style->foreground = color;
		else if (colors == 2)
			style->background = color;
		else
			complain(reader, "a third colour:", word, NULL);
	}
	free(copy);
}

static void read_palette(struct reader *reader, const char *name, const char *value)
{
	for (size_t i = 0; i < reader->palette_inherited; i++)
		if (strcmp(reader->palette[i].name, name) == 0)
			return;
	struct color color;
	if (!find_color(reader, value, &color)) {
		complain(reader, "not a colour:", value, NULL);
	} else if (reader->palette_count == PALETTE_MAX) {
		complain(reader, "too many palette names:", name, NULL);
	} else {
		struct entry *entry = &reader->palette[reader->palette_count++];
		entry->name = xstrdup(name);
		entry->color = color;
	}
}

static int on_entry(void *context, const char *section, const char *name, const char *value)
{
	struct reader *reader = context;
	if (strcmp(section, "roles") == 0) {
		if (reader->pass == 0)
			return 1;
		for (size_t role = 0; role < ROLE_COUNT; role++) {
			if (strcmp(name, theme_role_names[role]) == 0) {
				read_style(reader, &reader->theme->roles[role], value);
				return 1;
			}
		}
		complain(reader, "unknown role", name, text_nearest(name, theme_role_names, ROLE_COUNT));
		return 1;
	}
	if (reader->pass == 1)
		return 1;
	if (strcmp(section, "palette") == 0) {
		read_palette(reader, name, value);
	} else if (strcmp(section, "theme") == 0 && strcmp(name, "inherit") == 0) {
		free(reader->inherit);
		reader->inherit = xstrdup(value);
	} else if (strcmp(section, "theme") != 0) {
		complain(reader, "unknown section", section, NULL);
	} else {
		complain(reader, "unknown setting", name, NULL);
	}
	return 1;
}

/* The palette is collected from the theme up to its last ancestor, so that a theme may recolour one it inherits from by
 * its palette alone; then the roles are read from that ancestor down. The ancestors' mistakes are theirs to report. */
static int read_level(struct reader *reader, const char *name, int depth, struct err *err)
{
	if (depth > INHERIT_MAX)
		return err_set(err, ERR_FORMAT, "theme %s inherits in a circle", name);
	struct buf text = BUF_EMPTY;
	if (theme_find(reader->places, name, &text, err) != 0) {
		buf_free(&text);
		return -1;
	}
	struct buf *report = depth == 0 ? reader->report : NULL;
	reader->name = name;
	reader->report = report;
	reader->pass = 0;
	reader->palette_inherited = reader->palette_count;
	int bad_line = ini_parse_string(text.data, on_entry, reader);
	if (bad_line > 0 && report != NULL)
		buf_printf(report, "%s: line %d is not `name = value`\n", name, bad_line);
	int result = 0;
	char *inherit = reader->inherit;
	reader->inherit = NULL;
	if (inherit != NULL)
		result = read_level(reader, inherit, depth + 1, err);
	free(inherit);
	reader->name = name;
	reader->report = report;
	reader->pass = 1;
	if (result == 0)
		ini_parse_string(text.data, on_entry, reader);
	buf_free(&text);
	return result;
}

int theme_read(
	struct theme *theme, const struct theme_places *places, const char *name, struct buf *report, struct err *err)
{
	*theme = (struct theme){0};
	struct reader reader = {.theme = theme, .places = places, .report = report};
	int result = read_level(&reader, name, 0, err);
	for (size_t i = 0; i < reader.palette_count; i++)
		free(reader.palette[i].name);
	if (result != 0)
		return -1;
	struct style text = theme->roles[ROLE_TEXT];
	for (size_t role = 0; role < ROLE_COUNT; role++) {
		struct style *style = &theme->roles[role];
		if (!style->is_set && report != NULL)
			buf_printf(report, "%s: role `%s` is missing, it looks like `text`\n", name,
				theme_role_names[role]);
		if (style->foreground.kind == COLOR_UNSET)
			style->foreground = text.foreground;
		if (style->background.kind == COLOR_UNSET)
			style->background = text.background;
	}
	return 0;
}
