/* A case on paper: hostile text of logs and of people stays text in every form, notes keep their lines, rows are the
 * findings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "raretrail/report.h"

static struct casefile *make_case(void)
{
	struct casefile *casefile;
	struct err err;
	char user[] = "=a|b\x1b[2J`<script>\xe2\x80\xae", summary[] = "## no heading\n| no row |";
	struct case_subject subject = {.id = "0123456789abcdef0123456789abcdef",
		.rule = RULE_RARE_AS,
		.user = user,
		.summary = summary,
		.first = 0,
		.last = HOUR_MS};
	struct params params;
	struct allow_entry entry = {.kind = ALLOW_USER,
		.match = "x|y*",
		.rules = 3,
		.reason = "because | so",
		.expires = TIME_NONE,
		.is_on = true};
	const struct case_context context = {"3 <b>files</b>", "sample 2026-05-01", "0.1.0"};
	assert_int_equal(case_open(&(struct case_options){.author = "eve"}, &casefile, &err), 0);
	assert_int_equal(case_mark(casefile, &subject, 1, VERDICT_TRUE_POSITIVE, &err), 0);
	assert_int_equal(case_note(casefile, &subject, 1, "one | two\nthree \x07", &err), 0);
	assert_int_equal(case_note(casefile, &subject, 1, "- <img src=x>", &err), 0);
	assert_int_equal(case_tag(casefile, &subject, 1, "#T1552", true, &err), 0);
	assert_int_equal(case_tag(casefile, &subject, 1, "#night", true, &err), 0);
	assert_int_equal(case_allow(casefile, &entry, NULL, &err), 0);
	params_init(&params);
	params.rare_as.max_rare_asn_ratio = 0.5;
	assert_int_equal(case_apply_params(casefile, &params, &err), 0);
	params_free(&params);
	assert_int_equal(case_set_context(casefile, &context, &err), 0);
	return casefile;
}

/* The case in that form; no control and no mark of direction may be in it. */
static char *print(enum report_format format)
{
	struct casefile *casefile = make_case();
	char *text = NULL;
	size_t length = 0;
	struct err err;
	FILE *file = open_memstream(&text, &length);
	assert_non_null(file);
	assert_int_equal(report_case(file, format, casefile, &err), 0);
	assert_int_equal(fclose(file), 0);
	case_close(casefile);
	for (size_t i = 0; i < length; i++)
		assert_true((uint8_t)text[i] >= 0x20 || text[i] == '\n' || (text[i] == '\r' && text[i + 1] == '\n'));
	assert_null(strstr(text, "\xe2\x80\xae"));
	return text;
}

static void is_markdown(void **state)
{
	(void)state;
	char *text = print(REPORT_MARKDOWN);
	assert_null(strstr(text, "\n## no heading"));
	assert_null(strstr(text, "\n| no row"));
	assert_null(strstr(text, "<script>"));
	assert_null(strstr(text, "<img src=x>"));
	assert_ptr_equal(strstr(text, "# Case in memory\n"), text);
	assert_non_null(strstr(text, "one \\| two<br>three"));
	assert_non_null(strstr(text, "| \\- \\<img src=x\\> |"));
	assert_non_null(strstr(text, "- verdict: **true positive**\n"));
	assert_non_null(strstr(text, "- tags: \\#T1552, \\#night\n"));
	assert_non_null(strstr(text, "| yes | user | x\\|y\\* | rare-as, rare-method | because \\| so | eve |"));
	assert_non_null(strstr(text, "\n    max_rare_asn_ratio = 0.5\n"));
	free(text);
}

static void is_html(void **state)
{
	(void)state;
	char *text = print(REPORT_HTML);
	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "<img"));
	assert_null(strstr(text, "<b>"));
	assert_non_null(strstr(text, "default-src 'none'"));
	assert_non_null(strstr(text, "user.name: =a|b&lt;ESC&gt;[2J`&lt;script&gt;&lt;U+202E&gt;"));
	assert_non_null(strstr(text, "verdict: <span class=\"bad\">true positive</span>"));
	assert_non_null(strstr(text, "<td>one | two<br>three &lt;BEL&gt;</td>"));
	assert_non_null(strstr(text, "<td>because | so</td>"));
	assert_non_null(strstr(text, "<pre>[rare-as]\nmax_rare_asn_ratio = 0.5\n"));
	free(text);
}

static void is_csv(void **state)
{
	(void)state;
	char *text = print(REPORT_CSV);
	assert_string_equal(text,
		"verdict,title,id,rule,user,type,action,first,last,summary,tags,guide_steps_done,notes\r\n"
		"true "
		"positive,,0123456789abcdef0123456789abcdef,rare-as,'=a|b<ESC>[2J`<script><U+202E>,,,1970-01-01T00:00:"
		"00.000Z,"
		"1970-01-01T01:00:00.000Z,## no heading<LF>| no row |,#T1552 | #night,,"
		"one | two<LF>three <BEL> | - <img src=x>\r\n");
	free(text);
}

static void is_ndjson(void **state)
{
	(void)state;
	char *text = print(REPORT_NDJSON), *whole = print(REPORT_JSON);
	json_t *line = json_loads(text, 0, NULL), *object = json_loads(whole, 0, NULL);
	json_t *findings = json_object_get(object, "findings"), *finding = json_array_get(findings, 0);
	assert_int_equal(json_array_size(findings), 1);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
	json_t *history = json_object_get(line, "history");
	assert_int_equal(json_array_size(history), json_array_size(json_object_get(finding, "history")));
	json_object_del(line, "history"); /* its times are of now */
	json_object_del(finding, "history");
	assert_true(json_equal(line, finding));
	json_decref(line);
	json_decref(object);
	free(text);
	free(whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(is_markdown), cmocka_unit_test(is_html),
		cmocka_unit_test(is_csv), cmocka_unit_test(is_ndjson)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
