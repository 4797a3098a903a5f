/* rare_core_odds: which results of a partition's bucket can be rare: better and better bounds, until it is plain that
 * nothing can score or that something may. */
#include "rare_core_pass.h"

#include <math.h>

/* Below this a near probability may be a record's. */
#define PROBABLY_RARE (1.01 * SURPRISE_CUTOFF)

/* From the rarest to the most common, with the bounds that their tails give. */
static void rank_results(struct core_pass *pass, const struct slices_share *share)
{
	const struct habit *habit = &pass->habit;
	for (uint32_t i = 0; i < pass->count; i++) {
		uint32_t rung = habit->rung_of[pass->slots[i]];
		pass->marks[rung / 64] |= UINT64_C(1) << rung % 64;
	}
	double scale = 1 / habit->total, least = 0;
	for (uint32_t word = 0, rank = 0; rank < pass->count; word++) {
		for (; pass->marks[word] > 0; pass->marks[word] &= pass->marks[word] - 1) {
			uint32_t rung = 64 * word + (uint32_t)__builtin_ctzll(pass->marks[word]);
			double floor = scale * habit_share_of(habit, share, habit->rungs[rung]) * habit->sums[rung];
			pass->floors[rank] = least = floor > least ? floor : least;
			pass->probabilities[rank] = -1;
			pass->ranked[rank++] = habit->order[rung];
		}
	}
}

/* Those from a rank on below a limit, by a better bound. A commoner result is at least as probable as a rarer one. */
static uint32_t raise_floors(struct core_pass *pass, uint32_t rank, double limit)
{
	double least = rank > 0 ? pass->floors[rank - 1] : 0;
	for (; rank < pass->count && (pass->floors[rank] < limit || rank < SCREEN_SMALLEST); rank++) {
		double floor = habit_probability_floor(&pass->habit, pass->core->slices, pass->ranked[rank]);
		least = floor > least ? floor : least;
		if (pass->floors[rank] < least)
			pass->floors[rank] = least;
	}
	return rank;
}

static double near_odds(const struct core_pass *pass, uint32_t rank)
{
	double near = habit_probability_near(&pass->habit, pass->core->slices, pass->ranked[rank]);
	return near < 0 ? habit_probability(&pass->habit, pass->ranked[rank]) : near;
}

/* The rows of a bucket that is probably not dull are needed soon, and lie far apart. */
static void fetch_rows(const struct core_pass *pass)
{
	const struct core_input *input = pass->work->input;
	for (size_t i = pass->first; i < pass->end; i++)
		for (unsigned field = 0; field < input->fields; field++)
			if (field == 0 || input->field_entry[field] != input->field_entry[field - 1])
				__builtin_prefetch(&input->field_entry[field][pass->rows[i]]);
}

bool core_find_odds(struct core_pass *pass)
{
	struct habit *habit = &pass->habit;
	const struct core_screen *screen = pass->work->screen;
	if (habit->count == 1)
		return false;
	const struct slices_share *share = slices_share(pass->core->slices, habit->slice_count);
	if (pass->count == 1 && habit_tail_reaches(habit, pass->slots[0],
					SCREEN_CUTOFF / habit_share_of(habit, share, habit->weights[pass->slots[0]])))
		return false;
	habit_sum(habit);
	rank_results(pass, share);
	if (core_screen_is_dull(screen, pass->floors, pass->count))
		return false;
	uint32_t raised = raise_floors(pass, 0, SCREEN_WITHOUT_WEIGHT);
	if (core_screen_is_dull(screen, pass->floors, pass->count))
		return false;
	(void)raise_floors(pass, raised, 1);
	fetch_rows(pass);
	for (uint32_t rank = 0; rank < pass->count && pass->floors[rank] < PROBABLY_RARE; rank++) {
		double near = near_odds(pass, rank);
		pass->probabilities[rank] = near < PROBABLY_RARE ? habit_probability(habit, pass->ranked[rank]) : near;
	}
	return true;
}

void core_complete_odds(struct core_pass *pass)
{
	for (uint32_t rank = 0; rank < pass->count; rank++)
		if (pass->probabilities[rank] < 0)
			pass->probabilities[rank] = near_odds(pass, rank);
}
