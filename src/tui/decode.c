/* decode: bytes from a terminal to keys. One fixed table covers what xterm, screen, tmux, rxvt, putty, the Linux
 * console and a vt100 send, so that keys do not depend on TERM being right; a sequence that means nothing is swallowed
 * whole instead of being run as commands letter by letter. */
#include "internal.h"

#define SEQUENCE_MAX 64

static size_t key_found(struct ui_event *event, ui_key key, size_t used)
{
	event->type = UI_EVENT_KEY;
	event->key = key;
	return used;
}

static ui_key key_of_letter(unsigned char final)
{
	switch (final) {
	case 'A': return UI_KEY_UP;
	case 'B': return UI_KEY_DOWN;
	case 'C': return UI_KEY_RIGHT;
	case 'D': return UI_KEY_LEFT;
	case 'F': return UI_KEY_END;
	case 'H': return UI_KEY_HOME;
	case 'M': return UI_KEY_ENTER;
	case 'P': return UI_KEY_F1;
	case 'Q': return UI_KEY_F2;
	case 'R': return UI_KEY_F3;
	case 'S': return UI_KEY_F4;
	case 'Z': return UI_KEY_TAB | UI_SHIFT;
	/* rxvt: Ctrl and Shift with arrows */
	case 'a': return UI_KEY_UP | UI_CTRL;
	case 'b': return UI_KEY_DOWN | UI_CTRL;
	case 'c': return UI_KEY_RIGHT | UI_CTRL;
	case 'd': return UI_KEY_LEFT | UI_CTRL;
	default: return UI_NO_KEY;
	}
}

static ui_key key_of_number(unsigned number)
{
	static const ui_key keys[] = {[1] = UI_KEY_HOME,
		[2] = UI_KEY_INSERT,
		[3] = UI_KEY_DELETE,
		[4] = UI_KEY_END,
		[5] = UI_KEY_PAGE_UP,
		[6] = UI_KEY_PAGE_DOWN,
		[7] = UI_KEY_HOME,
		[8] = UI_KEY_END,
		[11] = UI_KEY_F1,
		[12] = UI_KEY_F2,
		[13] = UI_KEY_F3,
		[14] = UI_KEY_F4,
		[15] = UI_KEY_F5,
		[17] = UI_KEY_F6,
		[18] = UI_KEY_F7,
		[19] = UI_KEY_F8,
		[20] = UI_KEY_F9,
		[21] = UI_KEY_F10,
		[23] = UI_KEY_F11,
		[24] = UI_KEY_F12};
	return number < COUNT_OF(keys) && keys[number] != 0 ? keys[number] : UI_NO_KEY;
}

/* xterm's modifier parameter: 1 + (1 Shift, 2 Alt, 4 Ctrl). */
static ui_key modifiers_of(unsigned parameter)
{
	unsigned bits = parameter > 0 ? parameter - 1 : 0;
	return (bits & 1 ? UI_SHIFT : 0) | (bits & 2 ? UI_ALT : 0) | (bits & 4 ? UI_CTRL : 0);
}

static bool mouse_button(unsigned code, enum ui_mouse *button)
{
	static const enum ui_mouse buttons[] = {UI_MOUSE_LEFT, UI_MOUSE_MIDDLE, UI_MOUSE_RIGHT};
	static const enum ui_mouse wheel[] = {UI_MOUSE_WHEEL_UP, UI_MOUSE_WHEEL_DOWN};
	if (code & 32) /* a drag */
		return false;
	unsigned low = code & 3;
	if ((code & 64) && low < 2)
		*button = wheel[low];
	else if (!(code & 64) && low < 3)
		*button = buttons[low];
	else
		return false;
	return true;
}

static void read_parameters(const unsigned char *bytes, size_t length, unsigned parameters[3])
{
	size_t index = 0;
	for (size_t i = 0; i < length && index < 3; i++) {
		if (bytes[i] == ';')
			index++;
		else if (bytes[i] >= '0' && bytes[i] <= '9' && parameters[index] < 100000)
			parameters[index] = parameters[index] * 10 + (bytes[i] - '0');
	}
}

/* bytes start with ESC [ */
static size_t decode_csi(const unsigned char *bytes, size_t length, bool is_final, struct ui_event *event)
{
	if (length == 2)
		return is_final ? key_found(event, UI_ALT | '[', 2) : 0;
	if (bytes[2] == '[') { /* the Linux console's F1 to F5 */
		if (length == 3)
			return is_final ? key_found(event, UI_NO_KEY, 3) : 0;
		bool is_known = bytes[3] >= 'A' && bytes[3] <= 'E';
		return key_found(event, is_known ? UI_KEY_F1 + (ui_key)(bytes[3] - 'A') : UI_NO_KEY, 4);
	}
	size_t end = 2;
	while (end < length && end < SEQUENCE_MAX && bytes[end] >= 0x20 && bytes[end] < 0x40)
		end++;
	if (end == length && !is_final)
		return 0;
	if (end == length || end == SEQUENCE_MAX)
		return key_found(event, UI_NO_KEY, end);
	unsigned char final = bytes[end];
	if (final < 0x40 || final > 0x7E) /* a control in the middle: drop what came, keep the control */
		return key_found(event, UI_NO_KEY, end);
	size_t used = end + 1;

	unsigned parameters[3] = {0};
	if (bytes[2] == '<') {
		read_parameters(bytes + 3, end - 3, parameters);
		if (final != 'M' || parameters[1] == 0 || parameters[2] == 0 ||
			!mouse_button(parameters[0], &event->button))
			return key_found(event, UI_NO_KEY, used);
		event->type = UI_EVENT_MOUSE;
		event->x = (int)parameters[1] - 1;
		event->y = (int)parameters[2] - 1;
		return used;
	}
	if (final == 'M' && end == 2) { /* the old mouse report: three more bytes */
		if (length < used + 3)
			return is_final ? key_found(event, UI_NO_KEY, length) : 0;
		return key_found(event, UI_NO_KEY, used + 3);
	}
	if (bytes[2] == '?' || bytes[2] == '>')
		return key_found(event, UI_NO_KEY, used);
	read_parameters(bytes + 2, end - 2, parameters);
	ui_key key;
	if (final == '~')
		key = key_of_number(parameters[0]);
	else if (final == '^' || final == '$' || final == '@') /* rxvt's way to say Ctrl, Shift, both */
		key = key_of_number(parameters[0]);
	else
		key = final == 'M' ? UI_NO_KEY : key_of_letter(final);
	if (key == UI_NO_KEY)
		return key_found(event, UI_NO_KEY, used);
	if (final == '^' || final == '@')
		key |= UI_CTRL;
	if (final == '$' || final == '@')
		key |= UI_SHIFT;
	return key_found(event, key | modifiers_of(parameters[1]), used);
}

/* OSC, DCS, APC, PM: answers to questions that nobody asked. They end with BEL or ESC \. */
static size_t decode_string(const unsigned char *bytes, size_t length, bool is_final, struct ui_event *event)
{
	if (length == 2)
		return is_final ? key_found(event, UI_ALT | bytes[1], 2) : 0;
	for (size_t i = 2; i < length; i++) {
		if (bytes[i] == 0x07)
			return key_found(event, UI_NO_KEY, i + 1);
		if (bytes[i] == 0x1B && i + 1 < length)
			return key_found(event, UI_NO_KEY, bytes[i + 1] == '\\' ? i + 2 : i);
	}
	return is_final || length >= INPUT_SIZE ? key_found(event, UI_NO_KEY, length) : 0;
}

static size_t decode_plain(const unsigned char *bytes, size_t length, bool is_final, struct ui_event *event)
{
	unsigned char c = bytes[0];
	switch (c) {
	case '\r':
	case '\n': return key_found(event, UI_KEY_ENTER, 1);
	case '\t': return key_found(event, UI_KEY_TAB, 1);
	case 0x08:
	case 0x7F: return key_found(event, UI_KEY_BACKSPACE, 1);
	case 0x00: return key_found(event, UI_CTRL | ' ', 1);
	default: break;
	}
	if (c < 0x1B)
		return key_found(event, UI_CTRL | (ui_key)(c + 'a' - 1), 1);
	if (c < 0x20)
		return key_found(event, UI_CTRL | (ui_key)(c + '@'), 1);
	uint32_t code_point;
	size_t used = utf8_decode((const char *)bytes, length, &code_point);
	if (used > 0)
		return key_found(event, code_point, used);
	size_t want = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 1;
	bool may_complete = length < want && !is_final;
	for (size_t i = 1; i < length && i < want; i++)
		may_complete = may_complete && (bytes[i] & 0xC0) == 0x80;
	return may_complete ? 0 : key_found(event, UI_NO_KEY, 1);
}

size_t key_decode(const unsigned char *bytes, size_t length, bool is_final, struct ui_event *event)
{
	if (length == 0)
		return 0;
	if (bytes[0] != 0x1B)
		return decode_plain(bytes, length, is_final, event);
	if (length == 1)
		return is_final ? key_found(event, UI_KEY_ESCAPE, 1) : 0;
	switch (bytes[1]) {
	case 0x1B: return key_found(event, UI_KEY_ESCAPE, 1);
	case '[': return decode_csi(bytes, length, is_final, event);
	case 'O':
		if (length == 2)
			return is_final ? key_found(event, UI_ALT | 'O', 2) : 0;
		return key_found(event, key_of_letter(bytes[2]), 3);
	case ']':
	case 'P':
	case '_':
	case '^':
	case 'X': return decode_string(bytes, length, is_final, event);
	default: break;
	}
	size_t used = decode_plain(bytes + 1, length - 1, is_final, event);
	if (used == 0)
		return 0;
	if (event->key != UI_NO_KEY)
		event->key |= UI_ALT;
	return used + 1;
}
