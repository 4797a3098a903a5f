/* scan_places: note_places of the scanner for the variants whose instructions have no shorter way; it stands on the
 * variant's lowest_bit. */
#ifndef RARETRAIL_INGEST_SCAN_PLACES_H
#define RARETRAIL_INGEST_SCAN_PLACES_H

/* Notes the places of the set bits: four always, so that no branch depends on how many there are. */
static inline void note_places(size_t *next, uint64_t bits, size_t at)
{
	uint64_t second = bits & (bits - 1), third = second & (second - 1), fourth = third & (third - 1);
	next[0] = at + lowest_bit(bits);
	next[1] = at + lowest_bit(second);
	next[2] = at + lowest_bit(third);
	next[3] = at + lowest_bit(fourth);
	bits = fourth & (fourth - 1);
	for (next += 4; __builtin_expect(bits != 0, 0); bits &= bits - 1)
		*next++ = at + lowest_bit(bits);
}

#endif
