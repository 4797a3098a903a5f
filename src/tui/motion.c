/* motion: what the vertical motions do to a cursor, the same in every widget. */
#include "internal.h"

unsigned motion_move(enum ui_motion motion, size_t count, int page, size_t *cursor)
{
	size_t last = count > 0 ? count - 1 : 0, now = *cursor, full = page > 1 ? (size_t)page : 1;
	size_t half = full > 1 ? full / 2 : 1, target;
	switch (motion) {
	case MOTION_DOWN: target = now + 1; break;
	case MOTION_UP: target = now > 0 ? now - 1 : 0; break;
	case MOTION_HALF_DOWN: target = now + half; break;
	case MOTION_HALF_UP: target = now > half ? now - half : 0; break;
	case MOTION_PAGE_DOWN: target = now + full; break;
	case MOTION_PAGE_UP: target = now > full ? now - full : 0; break;
	case MOTION_TOP: target = 0; break;
	case MOTION_BOTTOM: target = last; break;
	default: return UI_NONE;
	}
	if (target > last)
		target = last;
	*cursor = target;
	return target != now ? UI_REDRAW : UI_HANDLED;
}

void motion_keep_visible(size_t count, int page, size_t cursor, size_t *top)
{
	size_t rows = page > 0 ? (size_t)page : 1;
	if (cursor < *top)
		*top = cursor;
	if (cursor >= *top + rows)
		*top = cursor - rows + 1;
	if (*top + rows > count)
		*top = count > rows ? count - rows : 0;
}
