/* scan_body: the scanner itself, compiled once per instruction set: record after record. The including file defines
 * SCAN_RUN (the name of the entry point) and what depends on the instructions: struct block_bits with classify_block,
 * struct strays, prefix_xor, lowest_bit, note_places, matches_pattern, same_bytes, hash_key, copy_short, read_uuid and
 * may_name_user. */
#ifndef RARETRAIL_INGEST_SCAN_BODY_H
#define RARETRAIL_INGEST_SCAN_BODY_H

#include "scan_keep.h"

/* Goes back to before the record of a turn, which is declined. */
static __attribute__((noinline)) enum scan_stop decline(
	struct scanner *scanner, const struct scan_turn *turn, size_t at)
{
	scanner->at = at;
	scanner->end = turn->end;
	scanner->places.next = turn->place;
	scanner->is_behind_comma = turn->is_behind_comma;
	return SCAN_STOP_DECLINED;
}

/* Closes the turn that is open, if one is. False: its record is declined. */
static inline bool settle(struct scanner *scanner, struct scan_turn **open)
{
	struct scan_turn *turn = *open;
	*open = NULL;
	if (turn == NULL || LIKELY(close_turn(scanner, turn)))
		return true;
	(void)decline(scanner, turn, turn->record.start);
	return false;
}

static inline struct scan_turn *begin_turn(struct scanner *scanner, const struct scan_turn *open)
{
	struct scan_turn *turn = &scanner->turns[open == &scanner->turns[0]];
	turn->place = scanner->places.next;
	turn->is_behind_comma = scanner->is_behind_comma;
	return turn;
}

/* The record on the line at `at`. False: not one the scanner is sure of. Either way turn->end is the line's. */
static inline bool take_line(struct scanner *scanner, struct scan_turn *turn, size_t at)
{
	struct scan_places *places = &scanner->places;
	if (LIKELY(scanner->data[at] == '{' && hop_record(scanner, &turn->record, at, SCAN_LINES))) {
		size_t end = turn->end = turn->record.end;
		if (LIKELY(scanner->data[end] == '\n' && places->next < places->count &&
			    places->items[places->next] == end)) {
			places->next++;
			return true;
		}
		turn->end = next_line_end(scanner, end);
		while (end < turn->end && is_space(scanner->data[end]))
			end++;
		return end == turn->end;
	}
	places->next = turn->place;
	turn->end = next_line_end(scanner, at);
	return false;
}

static enum scan_stop run_lines(struct scanner *scanner, size_t limit)
{
	struct scan_turn *open = NULL;
	for (size_t at = scanner->at;;) {
		if (at >= scanner->length || at >= limit) {
			if (!settle(scanner, &open))
				return SCAN_STOP_DECLINED;
			scanner->at = at;
			return at >= scanner->length ? SCAN_STOP_END : SCAN_STOP_LIMIT;
		}
		if (is_mark_needed(scanner, at)) {
			if (!settle(scanner, &open))
				return SCAN_STOP_DECLINED;
			mark_ahead(scanner, at);
		}
		if (UNLIKELY(is_space(scanner->data[at]))) {
			at++;
			continue;
		}
		(void)next_place(&scanner->places, at);
		struct scan_turn *turn = begin_turn(scanner, open);
		bool is_taken = take_line(scanner, turn, at) && open_turn(scanner, turn);
		if (!settle(scanner, &open))
			return SCAN_STOP_DECLINED;
		if (UNLIKELY(!is_taken))
			return decline(scanner, turn, at);
		open = turn;
		at = turn->end + 1;
	}
}

/* Where no record of an array stands: why scanning stops. `at` is moved behind a closing bracket. */
static inline enum scan_stop stop_of_array(const struct scanner *scanner, size_t *at, size_t limit)
{
	if (*at >= scanner->length)
		return SCAN_STOP_END;
	if (scanner->data[*at] == ']' && !scanner->is_behind_comma) {
		++*at;
		return SCAN_STOP_CLOSED;
	}
	return *at >= limit ? SCAN_STOP_LIMIT : SCAN_STOP_LOST;
}

static enum scan_stop run_array(struct scanner *scanner, size_t limit)
{
	struct scan_turn *open = NULL;
	for (size_t at = scanner->at;;) {
		if (is_mark_needed(scanner, at)) {
			if (!settle(scanner, &open))
				return SCAN_STOP_DECLINED;
			mark_ahead(scanner, at);
		}
		at = skip_space(scanner, at);
		if (at >= scanner->length || at >= limit || scanner->data[at] != '{') {
			if (!settle(scanner, &open))
				return SCAN_STOP_DECLINED;
			enum scan_stop stop = stop_of_array(scanner, &at, limit);
			scanner->at = at;
			return stop;
		}
		struct scan_turn *turn = begin_turn(scanner, open);
		bool is_taken = hop_record(scanner, &turn->record, at, SCAN_ARRAY);
		turn->end = turn->record.end;
		if (UNLIKELY(!is_taken)) {
			scanner->places.next = turn->place;
			turn->end = skip_container(scanner, at, SCAN_ARRAY);
		}
		size_t next = turn->end < scanner->length ? skip_space(scanner, turn->end) : turn->end;
		bool is_lost = turn->end > scanner->suspect || turn->end >= scanner->length ||
			       (scanner->data[next] != ',' && scanner->data[next] != ']');
		is_taken = is_taken && !is_lost && open_turn(scanner, turn);
		if (!settle(scanner, &open))
			return SCAN_STOP_DECLINED;
		if (UNLIKELY(is_lost)) {
			scanner->at = at;
			return SCAN_STOP_LOST;
		}
		if (UNLIKELY(!is_taken))
			return decline(scanner, turn, at);
		open = turn;
		scanner->is_behind_comma = scanner->data[next] == ',';
		at = next + scanner->is_behind_comma;
	}
}

enum scan_stop SCAN_RUN(struct scanner *scanner, enum scan_mode mode, size_t limit)
{
	return mode == SCAN_LINES ? run_lines(scanner, limit) : run_array(scanner, limit);
}

#endif
