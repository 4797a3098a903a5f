/* detect: both rules as functions of a store and parameters. Elastic's columns and figures, exactly, and the "why" that
 * Elastic does not show. No I/O, no clock: `now` is always an argument.
 *
 * An engine (`struct rare_as`, `struct rare_method`) is built once per store and holds a reference on it; evaluating
 * with other parameters never re-reads events that the parameters do not touch. Results are owned by the caller
 * (alerts_free) and keep no pointer into the engine; string ids in them belong to the store.
 *
 * A wide door: each topic is a part of its own in detect/, and everybody includes this file. */
#ifndef RARETRAIL_DETECT_H
#define RARETRAIL_DETECT_H

#include "raretrail/detect/params.h"
#include "raretrail/detect/alerts.h"
#include "raretrail/detect/rare_as.h"
#include "raretrail/detect/networks.h"
#include "raretrail/detect/rare_method.h"
#include "raretrail/detect/rare_model.h"

#endif
