/* Hours of the week as a small map: seven lines of 24 cells. */
#ifndef VIEW_HEATMAP_H
#define VIEW_HEATMAP_H

#include "sheet.h"

/* is_marked cells are drawn as `!`: where the evidence falls. */
void sheet_heatmap(struct sheet *doc, const uint32_t week[7][24], const bool is_marked[7][24]);

#endif
