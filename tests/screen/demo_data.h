/* demo_data: what the demo shows: names with wide, combining and hostile characters, a note, a long line, rare
 * values. */
#ifndef DEMO_DATA_H
#define DEMO_DATA_H

#include "raretrail/tui.h"

#include <stdio.h>

#define ROWS_MAX 200000

static const struct list_column columns[] = {
	{.title = "V", .width = 1},
	{.title = "TIME", .width = 11, .priority = 3},
	{.title = "USER", .width = 16, .width_min = 8, .grow = 1},
	{.title = "NETWORK", .width = 16, .width_min = 6, .priority = 2, .grow = 1},
	{.title = "EVIDENCE", .width = 18, .width_min = 8, .priority = 1, .grow = 2},
	{.title = "SHARE", .width = 10, .priority = 4},
	{.title = "SCORE", .width = 5, .align = ALIGN_RIGHT},
};

static size_t rows_asked; /* since the last frame */
static void list_row(void *context, size_t index, struct list_row *row)
{
	static char texts[4][64];
	static const char *const users[] = {"ci-deploy", "alice", "svc-backup", "jos\xc3\xa9 \xe6\x97\xa5\xe6\x9c\xac",
		"evil\033[2Jname", "bob\u202etxt", "\xff\xfe raw", "a very long user name that must be cut"};
	const char *marks_given = context;
	rows_asked++;
	snprintf(texts[0], sizeof texts[0], "%c", marks_given[index] != '\0' ? marks_given[index] : '.');
	snprintf(texts[1], sizeof texts[1], "07 %02zu:%02zu:%02zu", index / 3600 % 24, index / 60 % 60, index % 60);
	snprintf(texts[2], sizeof texts[2], "row %zu", index);
	snprintf(texts[3], sizeof texts[3], "%zu", index % 100);
	row->cells[0] = (struct list_cell){.text = slice_of(texts[0]), .role = ROLE_VERDICT_OPEN};
	row->cells[1].text = slice_of(texts[1]);
	row->cells[2].text = slice_of(users[index % COUNT_OF(users)]);
	row->cells[3] = (struct list_cell){.text = slice_of(index % 5 == 0 ? "Selectel Ltd." : "Amazon.com"),
		.role = index % 5 == 0 ? ROLE_RARE : ROLE_TEXT};
	row->cells[4].text = slice_of(texts[2]);
	row->cells[5] = (struct list_cell){.is_bar = true, .fraction = (double)(index % 100) / 99};
	row->cells[6] = (struct list_cell){.text = slice_of(texts[3]), .role = ROLE_NUMBER};
	row->mark = index % 5 == 0 ? '!' : '\0';
	if (index == 3)
		row->notes[row->note_count++] = slice_of("rotated 23:05 (ak)");
}

static void text_line(void *context, size_t index, struct pager_line *line)
{
	static char text[32];
	(void)context;
	line->indent = 4;
	if (index == 0) {
		line->spans[line->count++] = (struct span){slice_of("{"), ROLE_TEXT};
		return;
	}
	snprintf(text, sizeof text, "  \"key%zu\"", index);
	line->spans[line->count++] = (struct span){slice_of(text), ROLE_JSON_KEY};
	line->spans[line->count++] = (struct span){slice_of(": "), ROLE_TEXT};
	line->spans[line->count++] =
		(struct span){slice_of(index == 2 ? "\"a long value: the quick brown fox jumps over the lazy dog, then "
						    "over \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e, and comes to its END\""
						  : "\"value\033[31m\""),
			ROLE_JSON_STRING};
}

static void bar_row(void *context, size_t index, struct bar_row *row)
{
	static const char *const labels[] = {"Amazon.com, Inc.", "Google LLC", "Selectel Ltd."};
	static const char *const figures[] = {"1,380  92.6", "102   6.8", "9   0.6"};
	static const double shares[] = {0.926, 0.068, 0.006};
	(void)context;
	*row = (struct bar_row){.label = slice_of(labels[index]),
		.figures = slice_of(figures[index]),
		.fraction = shares[index],
		.is_rare = index == 2,
		.tail = slice_of(index == 2 ? "RU" : "")};
}

#endif
