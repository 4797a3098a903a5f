/* prompt: readline's editor inside the last line. Keys come from this room's own loop through a queue; readline writes
 * nothing to the terminal, sets no signals, no environment and no terminal modes. A lone Esc never reaches it, or it
 * would wait for the key that follows a Meta. */
#include "prompt.h"

#include <readline/history.h>
#include <readline/readline.h>
#include <stdlib.h>

static struct prompt *active;
static FILE *nowhere;

static int next_byte(FILE *ignored)
{
	(void)ignored;
	if (active == NULL || active->queue_start == active->queue_end)
		return EOF;
	return active->queue[active->queue_start++];
}

static int has_byte(void)
{
	return active != NULL && active->queue_start < active->queue_end;
}

static void draw_nothing(void) {}
static void prepare_nothing(int ignored)
{
	(void)ignored;
}

static void on_line(char *line)
{
	if (active != NULL) {
		free(active->text);
		active->text = xstrdup(line != NULL ? line : "");
		active->is_done = true;
	}
	rl_callback_handler_remove();
	free(line);
}

/* What has no place in a one-line prompt whose keys are fed one by one: functions that leave readline waiting in the
 * middle (a number, a quoted or sought character, a second way to search: left half-way they leak or worse), keyboard
 * macros, reading init files again, a line for the next prompt. */
static void unbind_unwanted(void)
{
	static rl_command_func_t *const unwanted[] = {rl_digit_argument, rl_universal_argument, rl_vi_arg_digit,
		rl_quoted_insert, rl_char_search, rl_backward_char_search, rl_start_kbd_macro, rl_end_kbd_macro,
		rl_call_last_kbd_macro, rl_print_last_kbd_macro, rl_re_read_init_file, rl_operate_and_get_next,
		rl_noninc_forward_search, rl_noninc_reverse_search, rl_noninc_forward_search_again,
		rl_noninc_reverse_search_again};
	Keymap maps[] = {
		emacs_standard_keymap, emacs_meta_keymap, emacs_ctlx_keymap, vi_insertion_keymap, vi_movement_keymap};
	for (size_t i = 0; i < COUNT_OF(unwanted); i++)
		for (size_t k = 0; k < COUNT_OF(maps); k++)
			rl_unbind_function_in_map(unwanted[i], maps[k]);
}

void prompt_initialize(const char *program)
{
	static bool is_initialized;
	if (is_initialized)
		return;
	is_initialized = true;
	nowhere = fopen("/dev/null", "r+e");
	rl_instream = rl_outstream = nowhere;
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_change_environment = 0;
	rl_prep_term_function = prepare_nothing;
	rl_deprep_term_function = draw_nothing;
	rl_redisplay_function = draw_nothing;
	rl_getc_function = next_byte;
	rl_input_available_hook = has_byte;
	rl_terminal_name = "dumb"; /* its own escape sequences would be for a terminal it does not have */
	rl_readline_name = program; /* for $if in inputrc */
	rl_inhibit_completion = 1; /* its own would offer file names */
	using_history();
	rl_initialize();
	rl_readline_name = "";
	unbind_unwanted();
	rl_variable_bind("enable-bracketed-paste", "off");
	rl_variable_bind("blink-matching-paren", "off"); /* it sleeps */
	rl_variable_bind("convert-meta", "off");
	rl_variable_bind("input-meta", "on");
	rl_variable_bind("output-meta", "on");
	rl_variable_bind("bell-style", "none");
	rl_variable_bind("show-mode-in-prompt", "off");
	rl_variable_bind("isearch-terminators", "\\e\\C-j");
}

static void free_options(struct prompt_options *options)
{
	free((char *)(uintptr_t)options->label);
	free((char *)(uintptr_t)options->history);
	*options = (struct prompt_options){0};
}

static void install(struct prompt *prompt, const char *text, size_t cursor)
{
	active = prompt;
	prompt->is_open = true;
	prompt->is_done = prompt->is_listing = false;
	prompt->chosen = SIZE_MAX;
	prompt->queue_start = prompt->queue_end = 0;
	rl_callback_handler_install(prompt->options.label, on_line);
	rl_replace_line(text, 1);
	rl_point = (int)(cursor < strlen(text) ? cursor : strlen(text));
}

void prompt_open(struct ui *ui, const struct prompt_options *options)
{
	if (ui->prompt == NULL)
		ui->prompt = xcalloc(1, sizeof *ui->prompt);
	struct prompt *prompt = ui->prompt;
	prompt_close(ui);
	struct prompt_options kept = *options;
	kept.label = xstrdup(options->label);
	kept.history = options->history != NULL ? xstrdup(options->history) : NULL;
	char *initial = xstrdup(options->initial != NULL ? options->initial : "");
	kept.initial = NULL;
	free_options(&prompt->options);
	prompt->options = kept;
	history_select(ui, kept.history);
	install(prompt, initial, strlen(initial));
	free(initial);
}

bool prompt_is_open(const struct ui *ui)
{
	return ui->prompt != NULL && ui->prompt->is_open;
}

const char *prompt_text(const struct ui *ui)
{
	if (prompt_is_open(ui))
		return rl_line_buffer;
	return ui->prompt != NULL && ui->prompt->text != NULL ? ui->prompt->text : "";
}

void prompt_reopen(struct ui *ui, size_t cursor)
{
	if (ui->prompt == NULL || ui->prompt->is_open || ui->prompt->options.label == NULL)
		return;
	char *text = xstrdup(prompt_text(ui));
	history_select(ui, ui->prompt->options.history);
	install(ui->prompt, text, cursor);
	free(text);
}

void prompt_close(struct ui *ui)
{
	struct prompt *prompt = ui->prompt;
	if (prompt == NULL || !prompt->is_open)
		return;
	free(prompt->text);
	prompt->text = xstrdup(rl_line_buffer);
	prompt->is_open = false;
	completions_clear(&prompt->completions);
	prompt->is_listing = false;
	/* A line left half-way: a search of the history or half a sequence may be open. */
	rl_free_line_state();
	rl_callback_sigcleanup();
	rl_callback_handler_remove();
}

void prompt_release(struct ui *ui)
{
	struct prompt *prompt = ui->prompt;
	if (prompt == NULL)
		return;
	prompt_close(ui);
	free_options(&prompt->options);
	free(prompt->text);
	free(prompt->completions.items);
	buf_free(&prompt->typed);
	buf_free(&prompt->before);
	free(prompt);
	ui->prompt = NULL;
	active = NULL;
	history_release();
}

static void queue_bytes(struct prompt *prompt, const char *bytes, size_t length)
{
	if (prompt->queue_end + length > sizeof prompt->queue)
		return;
	memcpy(prompt->queue + prompt->queue_end, bytes, length);
	prompt->queue_end += length;
}

/* What readline expects to read for a key; false for keys it has no use for. */
static bool queue_key(struct prompt *prompt, ui_key key)
{
	static const struct {
		ui_key key;
		const char *bytes;
	} named[] = {
		{UI_KEY_UP, "\033[A"},
		{UI_KEY_DOWN, "\033[B"},
		{UI_KEY_RIGHT, "\033[C"},
		{UI_KEY_LEFT, "\033[D"},
		{UI_KEY_HOME, "\001"},
		{UI_KEY_END, "\005"},
		{UI_KEY_DELETE, "\033[3~"},
		{UI_KEY_BACKSPACE, "\177"},
		{UI_KEY_ENTER, "\r"},
		{UI_KEY_RIGHT | UI_CTRL, "\033f"},
		{UI_KEY_LEFT | UI_CTRL, "\033b"},
		{UI_KEY_BACKSPACE | UI_ALT, "\033\177"},
	};
	for (size_t i = 0; i < COUNT_OF(named); i++) {
		if (named[i].key == key) {
			queue_bytes(prompt, named[i].bytes, strlen(named[i].bytes));
			return true;
		}
	}
	ui_key plain = key & 0x00FFFFFF;
	if (plain > UI_KEY_BEFORE_FIRST || (key & UI_SHIFT))
		return false;
	if ((key & UI_ALT) && (plain == '[' || plain == 'O')) /* with nothing behind they are half a sequence */
		return false;
	char bytes[5];
	size_t length = 0;
	if (key & UI_ALT)
		bytes[length++] = '\033';
	if (key & UI_CTRL)
		bytes[length++] = (char)(plain & 0x1F);
	else
		length += utf8_encode(plain, bytes + length);
	queue_bytes(prompt, bytes, length);
	return true;
}

static bool is_searching(void)
{
	return RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH) != 0;
}

/* Keys that go on with a search of the history. */
static bool continues_search(ui_key key)
{
	return key == UI_KEY_BACKSPACE || key == (UI_CTRL | 'r') || key == (UI_CTRL | 's') || key == (UI_CTRL | 'g') ||
	       (key >= ' ' && key < UI_KEY_BEFORE_FIRST);
}

static void run_readline(struct prompt *prompt)
{
	/* readline hangs the undo list on lines of the history, and can end up with one list on two of them, freed
	 * twice. So there is none: a one-line prompt does without undo. */
	while (prompt->queue_start < prompt->queue_end && !prompt->is_done) {
		rl_callback_read_char();
		if (!prompt->is_done)
			rl_free_undo_list();
	}
	prompt->queue_start = prompt->queue_end = 0;
}

static enum prompt_result cancel(struct ui *ui)
{
	prompt_close(ui);
	return PROMPT_CANCELED;
}

enum prompt_result prompt_feed(struct ui *ui, const struct ui_event *event)
{
	struct prompt *prompt = ui->prompt;
	if (!prompt_is_open(ui))
		return PROMPT_CANCELED;
	if (event->type != UI_EVENT_KEY)
		return PROMPT_EDITING;
	ui_key key = event->key;
	if (key == UI_KEY_ESCAPE && prompt->is_listing) {
		completions_clear(&prompt->completions);
		prompt->is_listing = false;
		return PROMPT_EDITING;
	}
	if ((key == UI_KEY_ESCAPE || key == (UI_CTRL | 'c')) && is_searching())
		key = UI_CTRL | 'g'; /* leaves the search, keeps the prompt */
	else if (key == UI_KEY_ESCAPE || key == (UI_CTRL | 'c') || key == (UI_CTRL | 'g'))
		return cancel(ui);
	if (key == UI_KEY_BACKSPACE && rl_end == 0 && !is_searching())
		return cancel(ui); /* as in vi: rubbing out the `:` itself */
	if (key == (UI_CTRL | 'd') && rl_end == 0)
		return cancel(ui);

	prompt->before.length = 0;
	buf_add_text(&prompt->before, rl_line_buffer);
	if (is_searching() && !continues_search(key)) {
		/* Any other key ends the search. readline would do that itself, but loses its way when the key is a
		 * prefix. */
		queue_bytes(prompt, "\033", 1);
		run_readline(prompt);
	}
	bool is_tab = (key & ~UI_SHIFT) == UI_KEY_TAB;
	if (is_tab) {
		completion_step(prompt, key & UI_SHIFT ? -1 : 1);
		rl_free_undo_list();
	} else if (queue_key(prompt, key)) {
		run_readline(prompt);
	}

	if (prompt->is_done) {
		prompt->is_open = false;
		completions_clear(&prompt->completions);
		prompt->is_listing = false;
		history_keep(ui, prompt->options.history, prompt->text);
		return PROMPT_DONE;
	}
	bool is_changed = strcmp(prompt->before.data, rl_line_buffer) != 0;
	if (is_changed && !is_tab)
		completion_refresh(prompt);
	if (is_changed && prompt->options.changed != NULL)
		prompt->options.changed(prompt->options.context, rl_line_buffer);
	return PROMPT_EDITING;
}

/* readline's own label while it searches its history, else the one given; without its \001 \002 marks. */
static const char *current_label(const struct prompt *prompt)
{
	return is_searching() && rl_display_prompt != NULL ? rl_display_prompt : prompt->options.label;
}

struct place {
	int label, skip, room; /* cells: of the label, of the text scrolled out, for the text */
};

static int cells_before(const struct ui *ui, const char *text, size_t offset)
{
	size_t length = strlen(text);
	return draw_width(ui, (struct slice){text, offset < length ? offset : length});
}

static struct place place_text(const struct ui *ui, struct pane pane)
{
	struct place place;
	place.label = draw_width(ui, slice_of(current_label(ui->prompt)));
	if (place.label > pane.width / 2)
		place.label = pane.width / 2;
	place.room = pane.width - place.label > 1 ? pane.width - place.label : 1;
	int cursor = cells_before(ui, prompt_text(ui), prompt_is_open(ui) ? (size_t)rl_point : SIZE_MAX);
	place.skip = cursor >= place.room ? cursor - place.room + 1 : 0;
	return place;
}

int prompt_column(const struct ui *ui, struct pane pane, size_t offset)
{
	if (ui->prompt == NULL || ui->prompt->options.label == NULL)
		return 0;
	struct place place = place_text(ui, pane);
	int cell = place.label + cells_before(ui, prompt_text(ui), offset) - place.skip;
	return cell < 0 ? 0 : cell < pane.width ? cell : pane.width - 1;
}

void prompt_draw(struct pane pane)
{
	struct ui *ui = pane.ui;
	if (!prompt_is_open(ui) || pane.height < 1)
		return;
	int listed = completion_lines(ui->prompt, pane);
	if (listed > 0)
		completion_draw(ui->prompt, pane_rows(pane, pane.height - 1 - listed, listed));
	struct pane line = pane_rows(pane, pane.height - 1, 1);
	draw_fill(line, ROLE_PROMPT);
	struct place place = place_text(ui, line);
	put_text(line, 0, 0, place.label, 0, ROLE_PROMPT, slice_of(current_label(ui->prompt)), NULL, ROLE_PROMPT);
	put_text(line, 0, place.label, place.room, place.skip, ROLE_PROMPT, slice_of(prompt_text(ui)), NULL,
		ROLE_PROMPT);
	draw_cursor(line, 0, prompt_column(ui, line, (size_t)rl_point));
}
