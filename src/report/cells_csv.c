/* cells_csv: rows of named values as CSV, through the one writer of tables. */
#include "detection.h"

_Static_assert(CELLS_MAX <= DOC_MAX_COLUMNS, "every row of cells fits into a table");

void cells_csv_begin(struct cells_csv *csv, FILE *out, struct cells *names)
{
	const struct report_look plain = {0};
	for (size_t i = 0; i < names->count; i++)
		csv->columns[i] = (struct doc_column){.name = names->items[i].name};
	doc_begin(&csv->doc, out, REPORT_CSV, &plain, "");
	doc_table(&csv->doc, csv->columns, names->count);
	cells_clear(names);
}

void cells_csv_row(struct cells_csv *csv, struct cells *row)
{
	for (size_t i = 0; i < csv->doc.column_count; i++) {
		struct buf text = BUF_EMPTY;
		for (size_t j = 0; j < row->count; j++)
			if (strcmp(row->items[j].name, csv->columns[i].name) == 0)
				cell_format(&text, row->store, &row->items[j]);
		doc_cell(&csv->doc, DOC_PLAIN, (struct slice){text.data, text.length});
		buf_free(&text);
	}
	cells_clear(row);
}

void cells_csv_end(struct cells_csv *csv)
{
	doc_table_end(&csv->doc);
	doc_end(&csv->doc);
}
