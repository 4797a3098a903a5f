/* ledger: keeps what could not be used. Neighbours of one reason in one file share an entry; a file that alternates
 * between reasons gets a bounded number of entries, then adds to the last one of the reason. */
#include "ledger.h"

#include <pthread.h>
#include <stdlib.h>

#define ENTRIES_PER_FILE 64

struct ledger {
	pthread_mutex_t lock;
	struct skip *skips;
	size_t count, capacity;
	uint64_t incomplete;
	/* file -> its newest entry and their number; chained through `previous` */
	struct file_state {
		size_t newest, entries;
	} * files;
	size_t file_capacity;
	size_t *previous; /* per entry: the file's entry before it, SIZE_MAX at the first */
	size_t previous_capacity;
	size_t last_pruned; /* the newest PRUNED_KEY entry, SIZE_MAX without */
};

#define X(id, text, incomplete) text,
static const char *const reason_texts[] = {SKIP_REASONS(X)};
#undef X
#define X(id, text, incomplete) incomplete,
static const bool reason_incomplete[] = {SKIP_REASONS(X)};
#undef X

const char *skip_reason_text(enum skip_reason reason)
{
	return reason_texts[reason];
}

bool skip_reason_is_incomplete(enum skip_reason reason)
{
	return reason_incomplete[reason];
}

struct ledger *ledger_new(void)
{
	struct ledger *ledger = xcalloc(1, sizeof *ledger);
	pthread_mutex_init(&ledger->lock, NULL);
	ledger->last_pruned = SIZE_MAX;
	return ledger;
}

void ledger_free(struct skip *skips, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(skips[i].detail);
	free(skips);
}

void ledger_delete(struct ledger *ledger)
{
	if (!ledger)
		return;
	ledger_free(ledger->skips, ledger->count);
	free(ledger->files);
	free(ledger->previous);
	pthread_mutex_destroy(&ledger->lock);
	free(ledger);
}

static struct file_state *state_of(struct ledger *ledger, uint32_t file)
{
	if (file >= ledger->file_capacity) {
		size_t before = ledger->file_capacity;
		ledger->files =
			array_grow(ledger->files, &ledger->file_capacity, (size_t)file + 1, sizeof *ledger->files);
		for (size_t i = before; i < ledger->file_capacity; i++)
			ledger->files[i] = (struct file_state){SIZE_MAX, 0};
	}
	return &ledger->files[file];
}

/* The entry that takes this skip, or SIZE_MAX for a new one. */
static size_t entry_for(struct ledger *ledger, const struct file_state *state, const struct skip *skip)
{
	/* Whole files left out by their name follow each other by thousands: neighbours share an entry. */
	if (skip->reason == SKIP_PRUNED_KEY) {
		size_t last = ledger->last_pruned;
		if (last == SIZE_MAX)
			return SIZE_MAX;
		const struct skip *entry = &ledger->skips[last];
		return skip->file == entry->file + (uint32_t)entry->count ? last : SIZE_MAX;
	}
	size_t at = state->newest;
	if (at == SIZE_MAX || ledger->skips[at].reason == skip->reason || state->entries < ENTRIES_PER_FILE)
		return at != SIZE_MAX && ledger->skips[at].reason == skip->reason ? at : SIZE_MAX;
	while (at != SIZE_MAX && ledger->skips[at].reason != skip->reason)
		at = ledger->previous[at];
	return at;
}

static void add(struct ledger *ledger, const struct skip *skip)
{
	if (skip_reason_is_incomplete(skip->reason))
		ledger->incomplete += skip->count;
	struct file_state *state = state_of(ledger, skip->file);
	size_t at = entry_for(ledger, state, skip);
	if (at != SIZE_MAX) {
		ledger->skips[at].count += skip->count;
		ledger->skips[at].length += skip->length;
	} else {
		at = ledger->count;
		ledger->skips = array_grow(ledger->skips, &ledger->capacity, at + 1, sizeof *ledger->skips);
		ledger->previous =
			array_grow(ledger->previous, &ledger->previous_capacity, at + 1, sizeof *ledger->previous);
		ledger->skips[at] = *skip;
		ledger->skips[at].detail = skip->detail && *skip->detail ? xstrdup(skip->detail) : NULL;
		ledger->previous[at] = state->newest;
		ledger->count++;
		state->newest = at;
		state->entries++;
		if (skip->reason == SKIP_PRUNED_KEY)
			ledger->last_pruned = at;
	}
}

void ledger_add(struct ledger *ledger, const struct skip *skip)
{
	pthread_mutex_lock(&ledger->lock);
	add(ledger, skip);
	pthread_mutex_unlock(&ledger->lock);
}

bool ledger_has(struct ledger *ledger, uint32_t file, enum skip_reason reason)
{
	bool has = false;
	pthread_mutex_lock(&ledger->lock);
	size_t at = file < ledger->file_capacity ? ledger->files[file].newest : SIZE_MAX;
	for (; at != SIZE_MAX && !has; at = ledger->previous[at])
		has = ledger->skips[at].reason == reason;
	pthread_mutex_unlock(&ledger->lock);
	return has;
}

/* Entries are few beside events: all others are put in again. */
void ledger_forget(struct ledger *ledger, uint32_t file)
{
	pthread_mutex_lock(&ledger->lock);
	bool has = file < ledger->file_capacity && ledger->files[file].newest != SIZE_MAX;
	struct skip *skips = ledger->skips;
	size_t count = has ? ledger->count : 0;
	if (has) {
		ledger->skips = NULL;
		ledger->count = ledger->capacity = 0;
		ledger->incomplete = 0;
		ledger->last_pruned = SIZE_MAX;
		for (size_t i = 0; i < ledger->file_capacity; i++)
			ledger->files[i] = (struct file_state){SIZE_MAX, 0};
	}
	for (size_t i = 0; i < count; i++) {
		if (skips[i].file != file)
			add(ledger, &skips[i]);
		free(skips[i].detail);
	}
	if (has)
		free(skips);
	pthread_mutex_unlock(&ledger->lock);
}

static int compare(const void *a, const void *b)
{
	const struct skip *left = a, *right = b;
	if (left->file != right->file)
		return left->file < right->file ? -1 : 1;
	if (left->offset != right->offset)
		return left->offset < right->offset ? -1 : 1;
	return (left->reason > right->reason) - (left->reason < right->reason);
}

struct skip *ledger_copy(struct ledger *ledger, size_t *count)
{
	pthread_mutex_lock(&ledger->lock);
	*count = ledger->count;
	struct skip *copy = xcalloc(ledger->count ? ledger->count : 1, sizeof *copy);
	for (size_t i = 0; i < ledger->count; i++) {
		copy[i] = ledger->skips[i];
		copy[i].detail = copy[i].detail ? xstrdup(copy[i].detail) : NULL;
	}
	pthread_mutex_unlock(&ledger->lock);
	qsort(copy, *count, sizeof *copy, compare);
	return copy;
}

uint64_t ledger_incomplete(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->lock);
	uint64_t count = ledger->incomplete;
	pthread_mutex_unlock(&ledger->lock);
	return count;
}
