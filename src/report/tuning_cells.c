/* tuning_cells: what tuning found, item by item, as named values: the same in JSON, NDJSON and CSV. */
#include "tuning.h"

#include <math.h>

/* "rare-as.max_age"; null for none. */
static void add_key(struct cells *cells, const char *name, enum parameter parameter)
{
	struct buf key = BUF_EMPTY;
	if (parameter == PARAMETER_TOTAL) {
		cells_add_none(cells, name);
		return;
	}
	buf_printf(&key, "%s.%s", rules[parameters[parameter].rule].key, parameters[parameter].key);
	cells_add_copy(cells, name, &key);
	buf_free(&key);
}

void cells_add_change(struct cells *cells, const struct tune_change *change)
{
	static const char *const fates[] = {[TUNE_LOST] = "lost", [TUNE_GAINED] = "gained", [TUNE_KEPT] = "kept"};
	const struct alert *alert = change->before ? change->before : change->after;
	struct buf says = BUF_EMPTY;
	cells_add_text(cells, "fate", slice_of(fates[change->fate]));
	cells_add_text(cells, "verdict", slice_of(verdicts[change->verdict].word));
	cells_add_text(cells, "id", slice_of(alert->id));
	cells_add_text(cells, "id_after", slice_of(change->after ? change->after->id : NULL));
	cells_add_text(cells, "rule", slice_of(rules[alert->rule].key));
	cells_add_id(cells, "user.name", alert_user(alert));
	cells_add_id(cells, "event.action", alert->rule == RULE_RARE_METHOD ? alert->rare_method.action : 0);
	cells_add_time(cells, "last_fired", alert->last_fired);
	add_key(cells, "reason", change->reason);
	tune_say(&says, change);
	cells_add_copy(cells, "says", &says);
	buf_free(&says);
}

void cells_add_sweep(struct cells *cells, const struct tune_sweep *sweep)
{
	add_key(cells, "parameter", sweep->parameter);
	cells_add_bool(cells, "exact", sweep->is_exact);
}

void cells_add_step(struct cells *cells, const struct tune_sweep *sweep, const struct limit_step *step)
{
	cells_add_number(cells, "limit", figure_in_unit(sweep->parameter, step->limit));
	cells_add_whole(cells, "alerts", step->alerts);
}

void cells_add_near_miss(struct cells *cells, const struct alert *near_miss)
{
	cells_add_number(cells, "distance", near_miss_distance(near_miss));
	cells_add_text(cells, "fails", slice_of(parameters[near_miss_failure(near_miss)->parameter].key));
}

void cells_add_horizon(struct cells *cells, const struct rare_method *engine, const struct method_horizon *user)
{
	cells_add_text(cells, "partition_field_value", rare_method_string(engine, user->partition));
	cells_add_number(cells, "ceiling", user->ceiling);
	cells_add_number(cells, "probability", user->probability);
	cells_add_whole(cells, "active_buckets", user->active_buckets);
	cells_add_number(cells, "actions_per_bucket", user->actions_per_bucket);
	/* Infinite: null, never. */
	cells_add_number(cells, "more_buckets", user->more_buckets);
	cells_add_number(cells, "more_seconds", user->more_time == INT64_MAX ? NAN : (double)user->more_time / 1000);
}

void cells_add_advice(struct cells *cells, const struct tune_advice *advice)
{
	add_key(cells, "parameter", advice->parameter);
	cells_add_number(cells, "applied", figure_in_unit(advice->parameter, advice->applied));
	cells_add_number(cells, "limit", figure_in_unit(advice->parameter, advice->limit));
}
