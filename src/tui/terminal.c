/* terminal: taking the terminal over and giving it back, sizes, glyphs, colours, frames. */
#include "internal.h"
#include "theme.h"

#include <curses.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

static bool has_no_color(void)
{
	const char *value = getenv("NO_COLOR");
	return value != NULL && value[0] != '\0';
}

/* The terminal itself for input, also when standard input carries logs. */
static int open_files(struct ui *ui, struct err *err)
{
	ui->out_fd = STDOUT_FILENO;
	ui->in_fd = STDIN_FILENO;
	if (!isatty(ui->in_fd)) {
		ui->in_fd = open("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (ui->in_fd < 0)
			return err_set_errno(err, "no terminal to read keys from");
		ui->owns_in = true;
	}
	ui->in = fdopen(fcntl(ui->in_fd, F_DUPFD_CLOEXEC, 3), "r");
	ui->out = fdopen(fcntl(ui->out_fd, F_DUPFD_CLOEXEC, 3), "w");
	if (ui->in == NULL || ui->out == NULL)
		return err_set_errno(err, "the terminal cannot be used");
	return 0;
}

static int open_pipe(struct ui *ui, struct err *err)
{
	int ends[2];
	if (pipe(ends) != 0)
		return err_set_errno(err, "no pipe for waking the terminal thread");
	ui->wake_read = ends[0];
	ui->wake_write = ends[1];
	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		fcntl(ends[i], F_SETFL, fcntl(ends[i], F_GETFL) | O_NONBLOCK);
		fcntl(ends[i], F_SETFD, FD_CLOEXEC);
	}
	return 0;
}

static void start_colors(struct ui *ui)
{
	ui->colors = 0;
	if (has_no_color() || !has_colors() || start_color() != OK)
		return;
	use_default_colors();
	if (COLORS > 256 && tigetflag("RGB") > 0)
		ui->colors = 1 << 24;
	else if (COLORS >= 256)
		ui->colors = 256;
	else
		ui->colors = COLORS >= 16 ? 16 : COLORS >= 8 ? 8 : 0;
}

static bool is_terminal_usable(const struct ui_options *options, struct err *err)
{
	const char *term = getenv("TERM");
	const char *hint = options->batch_hint;
	int status;
	if (!isatty(STDOUT_FILENO)) {
		err_set(err, ERR_USAGE, "standard output is not a terminal; `%s` prints without one", hint);
		return false;
	}
	if (term == NULL || term[0] == '\0' || strcmp(term, "dumb") == 0) {
		err_set(err, ERR_USAGE, "TERM is %s: this terminal cannot place text; `%s` prints without that",
			term == NULL || term[0] == '\0' ? "not set" : "dumb", hint);
		return false;
	}
	if (setupterm(term, STDOUT_FILENO, &status) != OK) {
		err_set(err, ERR_USAGE, "terminal type %s is not known here; set TERM to another one, or use `%s`",
			term, hint);
		return false;
	}
	const char *move = tigetstr("cup");
	bool can_move = move != NULL && move != (const char *)-1;
	del_curterm(cur_term);
	if (!can_move) {
		err_set(err, ERR_USAGE, "terminal type %s cannot place text; `%s` prints without that", term, hint);
		return false;
	}
	return true;
}

static void take_size(const struct ui *ui)
{
	struct winsize size;
	if (ioctl(ui->out_fd, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
		resizeterm(size.ws_row, size.ws_col);
}

static void release(struct ui *ui)
{
	if (ui->screen != NULL)
		delscreen(ui->screen);
	if (ui->in != NULL)
		fclose(ui->in);
	if (ui->out != NULL)
		fclose(ui->out);
	if (ui->owns_in)
		close(ui->in_fd);
	if (ui->wake_read >= 0)
		close(ui->wake_read);
	if (ui->wake_write >= 0)
		close(ui->wake_write);
	theme_release(ui);
	buf_free(&ui->shown);
	buf_free(&ui->flags);
	free(ui->program);
	free(ui->share_dir);
	free(ui);
}

struct ui *ui_start(const struct ui_options *options, struct err *err)
{
	if (!is_terminal_usable(options, err))
		return NULL;
	setlocale(LC_CTYPE, "");
	struct ui *ui = xcalloc(1, sizeof *ui);
	ui->wake_read = ui->wake_write = -1;
	ui->program = xstrdup(options->program);
	ui->share_dir = options->share_dir != NULL ? xstrdup(options->share_dir) : NULL;
	ui->is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	ui->glyphs = options->glyphs;
	const char *name = options->theme != NULL ? options->theme : has_no_color() ? "mono" : "default";
	struct theme_places places = {ui->program, ui->share_dir};
	struct theme theme;
	struct termios cooked;
	if (theme_read(&theme, &places, name, NULL, err) != 0 || open_files(ui, err) != 0 || open_pipe(ui, err) != 0) {
		release(ui);
		return NULL;
	}
	if (tcgetattr(ui->in_fd, &cooked) != 0) {
		err_set_errno(err, "the terminal does not tell its settings");
		release(ui);
		return NULL;
	}
	prompt_initialize(ui->program);
	signals_remember_cooked(&cooked);
	signals_install(ui);
	ui->screen = newterm(NULL, ui->out, ui->in);
	if (ui->screen == NULL) {
		signals_remove();
		release(ui);
		err_set(err, ERR_USAGE, "the terminal cannot be used; `%s` prints without it", options->batch_hint);
		return NULL;
	}
	take_size(ui);
	raw();
	noecho();
	nonl();
	typeahead(-1);
	leaveok(stdscr, FALSE);
	scrollok(stdscr, FALSE);
	curs_set(0);
	const char *mouse = tigetstr("kmous");
	ui->can_mouse = mouse != NULL && mouse != (const char *)-1;
	start_colors(ui);
	if (theme_use(ui, name, err) != 0) {
		ui_stop(ui);
		return NULL;
	}
	ui_set_mouse(ui, options->has_mouse);
	return ui;
}

void ui_stop(struct ui *ui)
{
	if (ui == NULL)
		return;
	prompt_release(ui);
	terminal_pause(ui);
	signals_remove();
	release(ui);
}

static void send_bytes(struct ui *ui, const char *bytes)
{
	fputs(bytes, ui->out);
	fflush(ui->out);
}

void terminal_pause(struct ui *ui)
{
	if (ui->has_mouse)
		send_bytes(ui, "\033[?1006l\033[?1000l");
	endwin();
	/* Some terminals bring back a hidden cursor together with the main screen. */
	const char *visible = tigetstr("cnorm");
	if (visible != NULL && visible != (const char *)-1)
		send_bytes(ui, visible);
}

void terminal_resume(struct ui *ui)
{
	reset_prog_mode();
	take_size(ui);
	clearok(curscr, TRUE);
	if (ui->has_mouse)
		send_bytes(ui, "\033[?1000h\033[?1006h");
	signals_prepare_restore(ui);
}

void ui_set_mouse(struct ui *ui, bool is_on)
{
	bool was_on = ui->has_mouse;
	ui->has_mouse = is_on && ui->can_mouse;
	if (ui->has_mouse != was_on)
		send_bytes(ui, ui->has_mouse ? "\033[?1000h\033[?1006h" : "\033[?1006l\033[?1000l");
	signals_prepare_restore(ui);
}

void ui_bell(struct ui *ui)
{
	send_bytes(ui, "\a");
}

enum text_target ui_text_target(const struct ui *ui)
{
	return ui->is_utf8 ? TEXT_TERMINAL : TEXT_ASCII;
}
int ui_colors(const struct ui *ui)
{
	return ui->colors;
}
void ui_set_glyphs(struct ui *ui, enum ui_glyphs glyphs)
{
	ui->glyphs = glyphs;
}
enum ui_glyphs ui_glyphs(const struct ui *ui)
{
	return ui->is_utf8 ? ui->glyphs : UI_GLYPHS_ASCII;
}

struct pane ui_screen(struct ui *ui)
{
	return (struct pane){ui, 0, 0, LINES, COLS};
}

void ui_frame_begin(struct ui *ui)
{
	cchar_t blank;
	setcchar(&blank, L" ", ui->role_attributes[ROLE_TEXT], ui->role_pairs[ROLE_TEXT], NULL);
	bkgrndset(&blank);
	erase();
	ui->made_visible = 0;
	ui->cursor_y = LINES - 1;
	ui->cursor_x = 0;
	ui->is_cursor_shown = false;
}

void ui_frame_end(struct ui *ui)
{
	curs_set(ui->is_cursor_shown ? 1 : 0);
	move(ui->cursor_y, ui->cursor_x);
	refresh();
}

void ui_repaint(struct ui *ui)
{
	(void)ui;
	clearok(curscr, TRUE);
}

unsigned ui_made_visible(const struct ui *ui)
{
	return ui->made_visible;
}
