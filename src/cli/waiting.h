/* waiting: for a load to end, with a progress line where somebody watches, and with Ctrl-C keeping what is in. */
#ifndef RARETRAIL_CLI_WAITING_H
#define RARETRAIL_CLI_WAITING_H

#include "raretrail/ingest.h"

/* Returns when the load has ended; true when it was interrupted. The first interrupt stops the load, the next one the
 * program. */
bool wait_for_load(struct load *load, bool shows_progress);

#endif
