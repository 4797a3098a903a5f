/* scan_places: what the scanner's marks come to, for the variants whose instructions have no shorter way: note_places and
 * struct strays, on the variant's lowest_bit and struct block_bits. */
#ifndef RARETRAIL_INGEST_SCAN_PLACES_H
#define RARETRAIL_INGEST_SCAN_PLACES_H

/* Bytes behind strings that are no delimiters: whether there are any. */
struct strays {
	uint64_t found;
};
#define NO_STRAYS ((struct strays){0})

static inline void look_behind(struct strays *strays, const struct block_bits *bits, uint64_t behind)
{
	strays->found |= behind & ~bits->delimiter;
}

static inline bool has_strays(const struct strays *strays)
{
	return strays->found != 0;
}

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
