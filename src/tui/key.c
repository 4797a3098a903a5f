/* key: keys as text and back, the one spelling used in keymap files, help and hints. */
#include "internal.h"

static const char *const named_keys[] = {
#define KEY_NAME(id, name) name,
	UI_NAMED_KEYS(KEY_NAME)
#undef KEY_NAME
};

/* Other spellings that people try. Semicolon must have a name: it starts a comment in INI files. */
static const struct {
	const char *name;
	ui_key key;
} aliases[] = {
	{"Space", ' '},
	{"Semicolon", ';'},
	{"Return", UI_KEY_ENTER},
	{"Escape", UI_KEY_ESCAPE},
	{"Backspace", UI_KEY_BACKSPACE},
	{"PageUp", UI_KEY_PAGE_UP},
	{"PageDown", UI_KEY_PAGE_DOWN},
	{"Insert", UI_KEY_INSERT},
	{"Delete", UI_KEY_DELETE},
};

const char *ui_key_format(ui_key key, char out[UI_KEY_TEXT_SIZE])
{
	if (key == UI_NO_KEY) {
		out[0] = '\0';
		return out;
	}
	const char *modifiers[4];
	ui_key plain = key & 0x00FFFFFF;
	modifiers[0] = key & UI_CTRL ? "C-" : "";
	modifiers[1] = key & UI_ALT ? "M-" : "";
	modifiers[2] = key & UI_SHIFT ? "S-" : "";
	char letter[5] = {0};
	const char *name = letter;
	if (plain > UI_KEY_BEFORE_FIRST && plain < UI_KEY_AFTER_LAST)
		name = named_keys[plain - UI_KEY_BEFORE_FIRST - 1];
	else if (plain == ' ')
		name = "Space";
	else if (plain == ';')
		name = "Semicolon";
	else if (plain < 0x20 || utf8_width(plain) < 1)
		snprintf(letter, sizeof letter, "?");
	else
		utf8_encode(plain, letter);
	snprintf(out, UI_KEY_TEXT_SIZE, "%s%s%s%s", modifiers[0], modifiers[1], modifiers[2], name);
	return out;
}

static bool same_name(struct slice text, const char *name)
{
	return text.length == strlen(name) && strncasecmp(text.data, name, text.length) == 0;
}

static ui_key parse_plain(struct slice text)
{
	uint32_t c;
	if (text.length > 0 && utf8_decode(text.data, text.length, &c) == text.length)
		return c > 0x20 && c != 0x7F ? c : UI_NO_KEY;
	for (size_t i = 0; i < COUNT_OF(named_keys); i++)
		if (same_name(text, named_keys[i]))
			return UI_KEY_BEFORE_FIRST + 1 + (ui_key)i;
	for (size_t i = 0; i < COUNT_OF(aliases); i++)
		if (same_name(text, aliases[i].name))
			return aliases[i].key;
	return UI_NO_KEY;
}

ui_key ui_key_parse(struct slice text)
{
	ui_key modifiers = 0;
	while (text.length > 2 && (text.data[1] == '-' || text.data[0] == '^')) {
		if (text.data[0] == 'C')
			modifiers |= UI_CTRL;
		else if (text.data[0] == 'M')
			modifiers |= UI_ALT;
		else if (text.data[0] == 'S')
			modifiers |= UI_SHIFT;
		else
			return UI_NO_KEY;
		text.data += 2;
		text.length -= 2;
	}
	if (text.length == 2 && text.data[0] == '^') {
		modifiers |= UI_CTRL;
		text.data++;
		text.length--;
	}
	ui_key key = parse_plain(text);
	if (key == UI_NO_KEY)
		return UI_NO_KEY;
	if ((modifiers & UI_CTRL) && key >= 'A' && key <= 'Z')
		key += 'a' - 'A'; /* terminals send the same byte for both */
	if ((modifiers & UI_SHIFT) && key >= 'a' && key <= 'z' && !(modifiers & UI_CTRL))
		return (key - ('a' - 'A')) | (modifiers & ~UI_SHIFT);
	return key | modifiers;
}
