/* Reading a record back and laying it out as JSON: see record.h. */
#include "record.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "app.h"
#include "say.h"

struct record_task {
	struct task task;
	struct load *load;
	struct store *store;
	uint32_t row;
	struct record *record;
	struct buf raw;
	struct err err;
	bool is_failed;
};

static void record_run(struct task *task)
{
	struct record_task *job = (struct record_task *)task;

	job->is_failed = load_read_original(job->load, job->store, job->row, &job->raw, &job->err) != 0;
}

static void record_done(struct app *app, struct task *task)
{
	struct record_task *job = (struct record_task *)task;
	struct record *record = job->record;

	(void)app;
	record->task = NULL;
	buf_free(&record->raw);
	record->raw = job->raw;
	job->raw = BUF_EMPTY;
	record->is_failed = job->is_failed;
	snprintf(record->error, sizeof(record->error), "%s", job->is_failed ? job->err.text : "");
	record->width = 0;
	pager_goto(&record->pager, 0);
}

static void record_discard(struct task *task)
{
	struct record_task *job = (struct record_task *)task;

	buf_free(&job->raw);
	store_free(job->store);
	free(job);
}

void record_show(struct app *app, struct record *record, const struct store *store, uint32_t row)
{
	struct record_task *job;
	char a[COUNT_TEXT_SIZE];
	const char *name;

	if (record->has_row && record->file == store->file[row] && record->offset == store->offset[row])
		return;
	if (record->task)
		atomic_store(&record->task->is_canceled, true);
	record->has_row = true;
	record->file = store->file[row];
	record->offset = store->offset[row];
	store_free(record->store);
	record->store = store_ref(store);
	record->row = row;
	free(record->title);
	name = load_file_name(app->load, record->file);
	record->title = xasprintf("%s at byte %s", name ? name : "?", count_text(record->offset, a));
	job = xcalloc(1, sizeof(*job));
	job->task = (struct task){.run = record_run, .done = record_done, .discard = record_discard};
	job->load = app->load;
	job->store = store_ref(store);
	job->row = row;
	job->record = record;
	record->task = &job->task;
	worker_post(app->scanner, &job->task);
}

/* ---- layout ---- */

/* Where raw CloudTrail keeps what the store knows under an ECS name. */
static const struct {
	const char *path;
	enum event_field field;
} places[] = {
	{"eventName", FIELD_ACTION},
	{"eventSource", FIELD_PROVIDER},
	{"sourceIPAddress", FIELD_SOURCE_ADDRESS},
	{"userAgent", FIELD_USER_AGENT},
	{"awsRegion", FIELD_CLOUD_REGION},
	{"errorCode", FIELD_ERROR_CODE},
	{"eventType", FIELD_EVENT_TYPE},
	{"eventCategory", FIELD_EVENT_CATEGORY},
	{"readOnly", FIELD_READ_ONLY},
	{"userIdentity.userName", FIELD_USER_NAME},
	{"userIdentity.type", FIELD_IDENTITY_TYPE},
	{"userIdentity.principalId", FIELD_USER_ID},
	{"userIdentity.arn", FIELD_IDENTITY_ARN},
	{"userIdentity.accountId", FIELD_ACCOUNT_ID},
	{"userIdentity.accessKeyId", FIELD_ACCESS_KEY},
	{"userIdentity.invokedBy", FIELD_INVOKED_BY},
	{"userIdentity.sessionContext.sessionIssuer.userName", FIELD_USER_NAME},
	{"userIdentity.sessionContext.sessionIssuer.arn", FIELD_ISSUER_ARN},
	{"userIdentity.sessionContext.attributes.mfaAuthenticated", FIELD_MFA},
};

static enum event_field field_of(const char *path)
{
	for (size_t i = 0; i < COUNT_OF(places); i++)
		if (strcmp(places[i].path, path) == 0)
			return places[i].field;
	return event_field_find(slice_of(path));
}

struct layout {
	struct record *record;
	struct buf path;
	unsigned depth;
};

#define DEPTH_MAX 60

static void add_text(struct sheet *doc, enum ui_role role, const char *text)
{
	sheet_add(doc, role, slice_of(text));
}

/* A JSON string with the escapes JSON itself asks for; control characters are made visible when drawn. */
static void add_string(struct sheet *doc, enum ui_role role, const char *text, size_t length)
{
	struct buf out = BUF_EMPTY;

	buf_add_char(&out, '"');
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '"' || text[i] == '\\')
			buf_add_char(&out, '\\');
		if (text[i] == '\n')
			buf_add_text(&out, "\\n");
		else if (text[i] == '\t')
			buf_add_text(&out, "\\t");
		else
			buf_add_char(&out, text[i]);
	}
	buf_add_char(&out, '"');
	sheet_add(doc, role, (struct slice){out.data, out.length});
	buf_free(&out);
}

static void link_leaf(struct layout *layout, struct sheet_link *link, const json_t *value)
{
	struct sheet *doc = &layout->record->doc;
	enum event_field field = field_of(layout->path.data ? layout->path.data : "");

	if (json_is_string(value))
		link->value = (struct slice){
			sheet_keep(doc, (struct slice){json_string_value(value), json_string_length(value)}),
			json_string_length(value)};
	else if (json_is_integer(value) || json_is_real(value) || json_is_boolean(value)) {
		char *text = json_dumps(value, JSON_ENCODE_ANY);

		link->value.data = sheet_keep(doc, slice_of(text));
		link->value.length = strlen(text);
		free(text);
	}
	if (field == FIELD_COUNT)
		return;
	link->kind = LINK_QUERY;
	link->field = field;
	if (store_value(layout->record->store, field, layout->record->row))
		link->value = store_text(layout->record->store, field, layout->record->row);
}

static void lay_out(struct layout *layout, const char *key, const json_t *value, bool is_last)
{
	struct sheet *doc = &layout->record->doc;
	struct sheet_link *link = sheet_line(doc);
	size_t path_length = layout->path.length;
	const char *comma = is_last ? "" : ",";
	bool is_object = json_is_object(value);

	doc->lines[doc->count - 1].line.indent = (int)layout->depth * 2 + 4;
	if (layout->depth)
		sheet_printf(doc, ROLE_TEXT, "%*s", (int)layout->depth * 2, "");
	if (key) {
		add_string(doc, ROLE_JSON_KEY, key, strlen(key));
		add_text(doc, ROLE_TEXT, ": ");
		buf_printf(&layout->path, "%s%s", path_length ? "." : "", key);
	}
	if ((is_object || json_is_array(value)) && layout->depth < DEPTH_MAX) {
		size_t count = is_object ? json_object_size(value) : json_array_size(value), at = 0;

		if (count == 0) {
			sheet_printf(doc, ROLE_TEXT, "%s%s", is_object ? "{}" : "[]", comma);
		} else {
			add_text(doc, ROLE_TEXT, is_object ? "{" : "[");
			layout->depth++;
			if (is_object) {
				const char *name;
				json_t *member;

				json_object_foreach((json_t *)(uintptr_t)value, name, member)
					lay_out(layout, name, member, ++at == count);
			} else {
				for (at = 0; at < count; at++)
					lay_out(layout, NULL, json_array_get(value, at), at + 1 == count);
			}
			layout->depth--;
			sheet_line(doc);
			sheet_printf(
				doc, ROLE_TEXT, "%*s%s%s", (int)layout->depth * 2, "", is_object ? "}" : "]", comma);
		}
	} else {
		link_leaf(layout, link, value);
		if (json_is_string(value)) {
			add_string(doc, ROLE_JSON_STRING, json_string_value(value), json_string_length(value));
		} else {
			char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

			add_text(doc, json_is_number(value) ? ROLE_JSON_NUMBER : ROLE_JSON_LITERAL,
				text ? text : "null");
			free(text);
		}
		add_text(doc, ROLE_TEXT, comma);
	}
	layout->path.length = path_length;
	if (layout->path.data)
		layout->path.data[path_length] = '\0';
}

/* Not JSON (a CSV row, say): the text as it is, one line a line. */
static void lay_out_text(struct record *record)
{
	const char *at = record->raw.data, *end = at + record->raw.length;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		stop = stop ? stop : end;
		sheet_line(&record->doc);
		sheet_add(&record->doc, ROLE_TEXT, (struct slice){at, (size_t)(stop - at)});
		at = stop + 1;
	}
}

static void build(struct app *app, struct record *record, int width)
{
	json_error_t error;
	json_t *value;

	sheet_begin(&record->doc, app->ui, width);
	record->width = width;
	if (record->task) {
		sheet_line(&record->doc);
		sheet_add(&record->doc, ROLE_DIM, slice_of("reading ..."));
	} else if (record->is_failed) {
		sheet_wrap(&record->doc, ROLE_ERROR, 0, slice_of(record->error));
		sheet_wrap(&record->doc, ROLE_DIM, 0,
			slice_of("The figures stay valid: they were counted while loading. Only the record cannot be "
				 "shown."));
	} else {
		value = json_loadb(record->raw.data ? record->raw.data : "", record->raw.length,
			JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DISABLE_EOF_CHECK, &error);
		if (value) {
			struct layout layout = {.record = record};

			lay_out(&layout, NULL, value, true);
			buf_free(&layout.path);
			json_decref(value);
		} else {
			lay_out_text(record);
		}
	}
	sheet_pager(&record->doc, &record->pager);
}

void record_draw(struct app *app, struct record *record, struct pane pane, bool is_focused)
{
	if (record->width != pane.width || record->task)
		build(app, record, pane.width);
	record->pager.pattern = app->search;
	pager_draw(&record->pager, pane, is_focused);
}

bool record_value(struct record *record, struct value *out)
{
	if (record->pager.cursor >= record->doc.count)
		return false;
	out->field = record->doc.lines[record->pager.cursor].link.field;
	out->text = record->doc.lines[record->pager.cursor].link.value;
	return out->text.data != NULL;
}

void record_free(struct record *record)
{
	if (record->task)
		atomic_store(&record->task->is_canceled, true);
	sheet_free(&record->doc);
	buf_free(&record->raw);
	store_free(record->store);
	free(record->title);
}
