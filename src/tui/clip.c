/* clip: copying through the terminal (OSC 52), which works over ssh; where that cannot work, into a file, and it says
 * so. tmux and screen pass it on only when it is wrapped; screen takes it in small pieces. */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define ENCODED_MAX 74994 /* encoded bytes that every terminal with this sequence takes */
#define SCREEN_PIECE 512

static void encode_base64(struct buf *out, struct slice data)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	for (size_t i = 0; i < data.length; i += 3) {
		uint32_t group = 0;
		size_t have = data.length - i < 3 ? data.length - i : 3;
		for (size_t k = 0; k < 3; k++)
			group = group << 8 | (k < have ? (unsigned char)data.data[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			buf_add_char(out, k <= have ? digits[group >> (18 - 6 * k) & 63] : '=');
	}
}

static bool starts_with(const char *text, const char *start)
{
	return text != NULL && strncmp(text, start, strlen(start)) == 0;
}

/* Terminals that are known to have no such thing, or no way to pass it on. */
static bool has_osc52(void)
{
	const char *term = getenv("TERM");
	return !starts_with(term, "linux") && !starts_with(term, "vt") && !starts_with(term, "ansi") &&
	       !starts_with(term, "cons");
}

static void wrap(struct buf *out, const struct buf *encoded)
{
	const char *tmux = getenv("TMUX"), *term = getenv("TERM");
	if (tmux != NULL && tmux[0] != '\0') {
		/* tmux takes the plain one itself (set-clipboard on) or hands the wrapped one on
		 * (allow-passthrough). */
		buf_printf(out, "\033]52;c;%s\a\033Ptmux;\033\033]52;c;%s\a\033\\", encoded->data, encoded->data);
	} else if (starts_with(term, "screen")) {
		struct buf whole = BUF_EMPTY;
		buf_printf(&whole, "\033]52;c;%s\a", encoded->data);
		for (size_t at = 0; at < whole.length; at += SCREEN_PIECE) {
			size_t left = whole.length - at;
			buf_add_text(out, "\033P");
			buf_add(out, whole.data + at, left < SCREEN_PIECE ? left : SCREEN_PIECE);
			buf_add_text(out, "\033\\");
		}
		buf_free(&whole);
	} else {
		buf_printf(out, "\033]52;c;%s\a", encoded->data);
	}
}

static int write_file(const struct ui *ui, struct slice text, struct buf *told, struct err *err)
{
	char *path = path_user(PATH_STATE, ui->program, "clip");
	if (path == NULL)
		return err_set(err, ERR_IO, "no HOME to keep the copy in");
	path_make_parents(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	size_t sent = 0;
	while (fd >= 0 && sent < text.length) {
		ssize_t count = write(fd, text.data + sent, text.length - sent);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			break;
		sent += (size_t)count;
	}
	int result = 0;
	if (fd < 0 || sent < text.length)
		result = err_set_errno(err, "%s", path);
	if (fd >= 0 && close(fd) != 0 && result == 0)
		result = err_set_errno(err, "%s", path);
	if (result == 0)
		buf_printf(told, "copied to %s", path);
	free(path);
	return result;
}

int clip_copy(struct ui *ui, struct slice text, bool is_raw, struct buf *told, struct err *err)
{
	struct buf safe = BUF_EMPTY, encoded = BUF_EMPTY, sequence = BUF_EMPTY;
	if (!is_raw) {
		for (size_t at = 0; at < text.length;) { /* line by line: a line's end is no danger in a clipboard */
			const char *end = memchr(text.data + at, '\n', text.length - at);
			size_t length = end != NULL ? (size_t)(end - text.data) - at : text.length - at;
			text_show(&safe, (struct slice){text.data + at, length}, TEXT_TERMINAL);
			if (end != NULL)
				buf_add_char(&safe, '\n');
			at += length + (end != NULL ? 1 : 0);
		}
		text = (struct slice){safe.data != NULL ? safe.data : "", safe.length};
	}
	int result = 0;
	if (has_osc52() && (text.length + 2) / 3 * 4 <= ENCODED_MAX) {
		buf_add_text(&encoded, "");
		encode_base64(&encoded, text);
		wrap(&sequence, &encoded);
		fwrite(sequence.data, 1, sequence.length, ui->out);
		fflush(ui->out);
		buf_printf(told, "copied %zu byte%s", text.length, text.length == 1 ? "" : "s");
	} else {
		result = write_file(ui, text, told, err);
	}
	buf_free(&safe);
	buf_free(&encoded);
	buf_free(&sequence);
	return result;
}
