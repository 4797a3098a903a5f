/* Models of rare-method: what the detector learned, without the events, in memory and in a file. */
#ifndef RARETRAIL_DOOR_DETECT_RARE_MODEL_H
#define RARETRAIL_DOOR_DETECT_RARE_MODEL_H

#include "raretrail/detect/params.h"
#include "raretrail/store.h"

struct rare_model;
/* The state after all rows before `until` (TIME_NONE: all) of the store and the baseline, the last bucket kept open so
 * that later events of it still count. Training on a store and going on with another gives what both at once would. */
struct rare_model *rare_model_train(const struct store *store, const struct rare_method_params *params,
	const struct rare_model *baseline, int64_t until) MUST_USE;
void rare_model_free(struct rare_model *model);
/* An error says which parameter differs. */
int rare_model_fits(const struct rare_model *model, const struct rare_method_params *params, struct err *err) MUST_USE;
struct rare_model_info {
	int64_t first, last; /* @timestamp of the events learned from; TIME_NONE when there were none */
	uint64_t events;
	uint32_t users, actions;
	int64_t bucket_span;
	enum partition_field partition_field;
};
void rare_model_info(const struct rare_model *model, struct rare_model_info *out);
/* The same model gives the same bytes on any machine. */
void rare_model_write(const struct rare_model *model, struct buf *out);
int rare_model_read(struct slice bytes, struct rare_model **out, struct err *err) MUST_USE;
/* To a file by way of a new one beside it, so that an old model is never half overwritten. */
int rare_model_save(const struct rare_model *model, const char *path, struct err *err) MUST_USE;
int rare_model_load(const char *path, struct rare_model **out, struct err *err) MUST_USE;

#endif
