/* The console's inside: the session every screen works on, and what a screen is. The terminal thread owns all of it;
 * worker threads see only immutable results, their own task, and the store (see task.h, results.h). */
#ifndef VIEW_APP_H
#define VIEW_APP_H

#include "raretrail/base.h"
#include "raretrail/detect.h"
#include "raretrail/ingest.h"
#include "raretrail/store.h"
#include "raretrail/tui.h"
#include "raretrail/view.h"

#include "filters.h"
#include "following.h"
#include "history.h"
#include "listing.h"
#include "results.h"
#include "resume.h"
#include "task.h"
#include "tip.h"
#include "undo.h"
#include "verdicts.h"
#include "widths.h"

struct app;

/* ---- screens ---- */

/* X(identifier, name in keymap files, title, digit) in the order of their bits in the command table. */
#define SCREENS(X) \
	X(ALERTS, "alerts", "Alerts", '1') \
	X(USERS, "users", "Users", '2') \
	X(EVENTS, "events", "Events", '3') \
	X(TIMELINE, "timeline", "Timeline", '4') \
	X(TUNE, "tune", "Tune", '5') \
	X(ALLOWLIST, "allowlist", "Allowlist", '6') \
	X(FINDINGS, "findings", "Findings", '7') \
	X(SOURCES, "sources", "Sources", '8') \
	X(ALERT, "alert", "Alert", 0) \
	X(PROFILE, "profile", "Profile", 0) \
	X(RAW, "raw", "Record", 0) \
	X(GUIDE, "guide", "Guide", 0) \
	X(NEAR, "near", "Near misses", 0) \
	X(COMPARE, "compare", "Compare", 0) \
	X(FILTERS, "filters", "Filters", 0) \
	X(THEMES, "themes", "Themes", 0) \
	X(PRESETS, "presets", "Presets", 0) \
	X(HELP, "help", "Help", 0)

enum screen_id {
#define X(id, name, title, digit) SCREEN_##id,
	SCREENS(X)
#undef X
		SCREEN_COUNT
};
#define ON(id) (UINT32_C(1) << SCREEN_##id)

/* What a screen shows or is asked to show. Owned copies: they outlive the snapshot they were taken from. */
struct target {
	char *label; /* element of the breadcrumb; NULL: the screen's title */
	char *user, *type; /* identity: name and type ("" null type; NULL: every type of that name) */
	char *other_user, *other_type; /* compare: the second one */
	char alert[ALERT_ID_SIZE]; /* "" none */
	char *query; /* KQL the place is confined to; NULL none */
	bool is_evidence; /* the rows of the alert's evidence only */
	bool has_row;
	uint32_t file; /* of the row to stand on */
	uint64_t offset;
	int64_t time; /* TIME_NONE: none */
};
void target_init(struct target *target);
void target_copy(struct target *to, const struct target *from);
void target_free(struct target *target);

/* What is under the cursor, as a field and a value. */
struct value {
	enum event_field field; /* FIELD_COUNT: no field; only text to copy */
	struct slice text; /* absent: the field is absent. Lives until the next frame or snapshot */
};

/* Why a screen is asked to bring itself up to date. */
enum change { CHANGED_RESULTS = 1, CHANGED_SELECTION = 2, CHANGED_CASE = 4, CHANGED_SIZE = 8, CHANGED_OPENED = 16 };

/* What a command asks of the screen it was given on; each has one row or more in the command table. */
enum act {
	ACT_OPEN,
	ACT_TAB,
	ACT_BACKTAB,
	ACT_RAW,
	ACT_SORT, /* argument: a column name, or "" for the menu */
	ACT_REVERSE,
	ACT_SELECT,
	ACT_RANGE,
	ACT_UNSELECT,
	ACT_CROSS,
	ACT_ZOOM_IN,
	ACT_ZOOM_OUT,
	ACT_FIRST_SEEN,
	ACT_INSERT,
	ACT_EDIT,
	ACT_DELETE,
	ACT_APPLY,
	ACT_DISCARD,
	ACT_ADD, /* + and - where they are not about values */
	ACT_REMOVE,
	ACT_DIGIT,
	ACT_BRUSH,
	ACT_SPLIT,
	ACT_MOVE_UP,
	ACT_MOVE_DOWN,
	ACT_LEAVE /* Esc: a screen may undo what it previews */
};

struct screen {
	enum screen_id id;
	size_t state_size; /* zeroed before open */
	void (*open)(struct app *app, void *state, const struct target *target);
	void (*close)(struct app *app, void *state);
	void (*update)(struct app *app, void *state, unsigned change); /* NULL: nothing depends */
	void (*draw)(struct app *app, void *state, struct pane body);
	unsigned (*move)(struct app *app, void *state, enum ui_motion motion); /* NULL: in its list, else its pager */
	void (*crumb)(struct app *app, void *state, struct buf *out); /* NULL: the target's label */
	void (*status)(struct app *app, void *state, struct buf *left, struct buf *right);
	bool (*value)(struct app *app, void *state, struct value *out); /* NULL: nothing has a value here */
	unsigned (*act)(struct app *app, void *state, enum act act, const char *arguments); /* UI_NONE: not here */
	/* What commands that are the same everywhere work on; each may be NULL. */
	struct list *(*list)(struct app *app, void *state);
	struct pager *(*pager)(struct app *app, void *state);
	bool (*identity)(struct app *app, void *state, struct slice *user, struct slice *type);
	size_t (*alerts)(struct app *app, void *state, uint32_t *out,
		size_t max); /* chosen ones, else the one under the cursor */
	/* What neither the target nor the list says, as one text, and back; for a session that is resumed. May be NULL. */
	void (*keep)(struct app *app, void *state, struct buf *out);
	void (*take)(struct app *app, void *state, const char *kept);
	const char *const *hints; /* command names, most useful first; the last one always stays */
	size_t hint_count;
};
extern const struct screen *const screens[SCREEN_COUNT];
extern const struct screen screen_alerts, screen_users, screen_events, screen_timeline, screen_tune, screen_allowlist,
	screen_findings, screen_sources, screen_alert, screen_profile, screen_raw, screen_guide, screen_near,
	screen_compare, screen_filters, screen_themes, screen_presets, screen_help;
extern const char *const screen_names[SCREEN_COUNT];
extern const char *const screen_titles[SCREEN_COUNT];

/* ---- the session ---- */

enum message_kind { MESSAGE_INFO, MESSAGE_WARNING, MESSAGE_ERROR };
struct message {
	int64_t when;
	enum message_kind kind;
	char *text;
};

typedef bool prompt_done(struct app *app, const char *text, struct err *err); /* false: keep open, err says why */
struct ask {
	bool is_open;
	prompt_done *done;
	void (*changed)(struct app *app, const char *text);
	void (*canceled)(struct app *app);
	struct prompt_options options;
};
typedef unsigned menu_chosen(struct app *app, int id);
#define MENU_ITEMS_MAX 24
struct choice {
	bool is_open;
	struct menu menu;
	struct menu_item items[MENU_ITEMS_MAX];
	char title[64]; /* cut where it is longer */
	menu_chosen *chosen;
	void (*canceled)(struct app *app); /* Esc; may be NULL */
};

struct app {
	struct ui *ui;
	struct keymap *keymap;
	struct load *load;
	const struct enrich *enrich;
	struct view_options options;
	struct params started_with;
	struct params params; /* in force: the case's or those above, with the allowlist compiled in */
	uint64_t params_version;

	struct worker *evaluator; /* engines and everything that touches them */
	struct worker *scanner; /* walks over rows */
	struct results *results; /* newest; never NULL */
	struct selection *selection; /* rows the filters keep; NULL while there is no filter in force */
	struct filters filters;
	struct verdicts verdicts;
	struct undo undo;
	struct widths widths;
	struct tips tips;
	struct resume resume;
	struct task *evaluating, *selecting; /* under way; NULL: none */
	bool wants_results, wants_selection;
	uint64_t seen_generation;
	int64_t evaluated_us; /* when the last evaluation began */
	int64_t now; /* as-of instant; TIME_NONE: replay */
	struct load_progress progress;
	bool was_finished;
	struct following following;

	struct history history;
	struct ask ask;
	struct choice choice;
	struct ui_notice notice;
	bool has_notice;
	struct err notice_error;
	struct pattern *search;
	bool is_searching; /* a search goes on in slices */
	size_t search_at, search_left;
	size_t search_origin; /* where the cursor was when the prompt was opened */
	bool search_forward;

	char status[256]; /* transient message */
	enum ui_role status_role;
	int64_t status_until_us;
	struct message *messages;
	size_t message_count, message_capacity;
	size_t unread; /* notices since the messages were last looked at */
	char last_key[UI_KEY_TEXT_SIZE];
	const char *last_command;
	bool shows_commands; /* :set showcmd */
	bool shows_frames; /* :set frames on */
	int64_t frame_us, slowest_us;
	bool copies_raw; /* :set copy raw */
	bool is_local_time; /* :set tz local */
	int exporting; /* what the prompt for a file name is about */
	struct listing listing; /* being written to a file */
	unsigned line_reaction; /* what a command typed at the prompt asks of the loop */
	struct err failure; /* what app_fail told last */
	bool has_failed; /* it did, since the command at the prompt began */

	struct buf cells[LIST_COLUMNS_MAX]; /* texts of the row being drawn */
	struct buf scratch;
	bool is_canceled;
	char *input_note; /* what findings stand on; NULL until the load has ended */
};

/* ---- places ---- */

/* Opens a screen on a target (NULL: its root) and makes it the present place. */
unsigned app_open(struct app *app, enum screen_id screen, const struct target *target);
unsigned app_open_events(struct app *app, const char *query); /* those that match a query */
unsigned app_back(struct app *app);
unsigned app_forward(struct app *app);
struct place *app_place(struct app *app);
/* Asks the present place to bring itself up to date, and the others when they are next shown. */
void app_changed(struct app *app, unsigned change);
void input_note_start(struct app *app); /* after the load: makes input_note */
void app_want_results(struct app *app); /* parameters or as-of changed: evaluate again */
void app_want_selection(struct app *app); /* filters changed: choose rows again */
void app_use_params(struct app *app, const struct params *params); /* copies */

unsigned app_act(struct app *app, enum act act, const char *arguments); /* asks the present screen */

/* ---- talk ---- */

void app_say(struct app *app, enum message_kind kind, const char *format, ...) PRINTF_LIKE(3, 4);
void app_note(struct app *app, const char *text); /* into the messages only, once */
void app_fail(struct app *app, const struct err *err);
void app_ask(struct app *app, const char *label, const char *history, const char *initial, prompt_done *done);
void app_ask_completing(struct app *app,
	void (*complete)(void *context, const char *line, size_t *start, size_t end, struct completions *out));
void app_ask_watching(
	struct app *app, void (*changed)(struct app *app, const char *text), void (*canceled)(struct app *app));
unsigned app_feed_prompt(struct app *app, const struct ui_event *event);
unsigned app_feed_choice(struct app *app, const struct ui_event *event);
void app_choose(struct app *app, const char *title, menu_chosen *chosen);
void app_choose_watching(struct app *app, void (*canceled)(struct app *app));
void app_choice(struct app *app, ui_key key, const char *label, int id, bool is_now);
unsigned app_run_line(struct app *app, const char *line); /* "mark true", as typed after `:` */

/* ---- common words ---- */

extern const struct ui_command view_command_table[];
extern const size_t view_command_count;
void complete_command(void *context, const char *line, size_t *start, size_t end, struct completions *out);
void complete_query(void *context, const char *line, size_t *start, size_t end, struct completions *out);

/* Times in the zone of the session. SHORT is "07 22:36:10", with the month, or the year and the month, in front where the
 * data need it; so are MINUTE and HOUR. LONG and DATE always have the year. */
enum time_form { TIME_SHORT, TIME_CLOCK, TIME_MINUTE, TIME_LONG, TIME_HOUR, TIME_DATE };
const char *app_time(const struct app *app, int64_t ms, enum time_form form, char out[TIME_TEXT_SIZE]);
int app_time_width(const struct app *app); /* cells of TIME_SHORT */
/* When something was done in the console: today "22:36:10", before that "2026-05-07 22:36". */
const char *app_done_at(const struct app *app, int64_t ms, char out[TIME_TEXT_SIZE]);
/* "2026-05-07 22:00 to 23:00": the date once where it is the same, seconds where there are any. */
const char *app_time_range(const struct app *app, int64_t from, int64_t to, char out[2 * TIME_TEXT_SIZE]);
const char *app_zone(const struct app *app); /* "UTC", "+02:00", "+01:00/+02:00" where the clock changes in the data */
int64_t app_zone_offset(const struct app *app, int64_t ms); /* what local time adds to that instant; 0 in UTC */

#endif
