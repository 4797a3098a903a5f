/* The hour-of-week map: see heatmap.h. */
#include "heatmap.h"

void sheet_heatmap(struct sheet *doc, const uint32_t week[7][24], const bool is_marked[7][24])
{
	static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
	uint32_t most = 0;

	for (unsigned day = 0; day < 7; day++)
		for (unsigned hour = 0; hour < 24; hour++)
			most = week[day][hour] > most ? week[day][hour] : most;
	sheet_line(doc);
	sheet_printf(doc, ROLE_HEADER, " HOURS    ");
	sheet_printf(doc, ROLE_DIM, "    00    06    12    18     UTC, ! where this alert falls");
	for (unsigned day = 0; day < 7; day++) {
		sheet_line(doc);
		sheet_printf(doc, ROLE_DIM, "          %s ", days[day]);
		for (unsigned hour = 0; hour < 24;) {
			struct buf run = BUF_EMPTY;
			bool is_mark = is_marked[day][hour];

			if (is_mark) {
				buf_add_char(&run, '!');
				hour++;
			}
			while (!is_mark && hour < 24 && !is_marked[day][hour]) {
				uint32_t events = week[day][hour++];

				buf_add_char(&run, events == 0             ? ' '
						   : events * 4 > most * 3 ? '#'
						   : events * 2 > most     ? 'O'
						   : events * 8 > most     ? 'o'
									   : '.');
			}
			sheet_add(doc, is_mark ? ROLE_RARE : ROLE_SPARK, (struct slice){run.data, run.length});
			buf_free(&run);
		}
		sheet_printf(doc, ROLE_DIM, "|");
	}
}
