/* ledger: every byte range that gave no event, with its reason; aggregated, so that a million bad lines stay one line
 * to read. Thread-safe; entries come out in file and offset order whatever order they went in. */
#ifndef RARETRAIL_INGEST_LEDGER_H
#define RARETRAIL_INGEST_LEDGER_H

#include "raretrail/ingest.h"

struct ledger;
struct ledger *ledger_new(void) MUST_USE;
void ledger_delete(struct ledger *ledger);
/* Within one file, calls come in the order of the file. `skip->detail` is copied. */
void ledger_add(struct ledger *ledger, const struct skip *skip);
/* A sorted copy; release with ledger_free. */
struct skip *ledger_copy(struct ledger *ledger, size_t *count) MUST_USE;
/* The file will be read anew: what was said of it does not hold any more. */
void ledger_forget(struct ledger *ledger, uint32_t file);
bool ledger_has(struct ledger *ledger, uint32_t file, enum skip_reason reason);
uint64_t ledger_incomplete(struct ledger *ledger); /* skips that make the input incomplete, counted singly */

#endif
