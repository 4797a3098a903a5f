/* Following, all kinds of change at once: four writers, new folders, moved and repeated files in a random order, with a
 * pause in between; in the end the load holds what a fresh one holds. */
#include "follow_world.h"

static uint32_t next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

struct writer {
	int file;
	struct buf text;
	size_t at;
	char name[32];
};

/* Each writer has a file that grows by pieces cut anywhere, lines or a document. */
static void write_on(struct writer *writer, uint32_t *random, unsigned *number)
{
	if (writer->file < 0) {
		snprintf(writer->name, sizeof(writer->name), "w-%u.json", *number);
		bool is_lines = next_random(random) % 3 != 0;
		unsigned count = 1 + next_random(random) % 40;
		writer->text = is_lines ? make_lines(*number, count, false) : make_records(*number, count);
		*number += 50;
		writer->at = 0;
		writer->file = open_file(writer->name, 0);
	}
	size_t left = writer->text.length - writer->at, step = 1 + next_random(random) % 900;
	step = step < left ? step : left;
	put(writer->file, writer->text.data + writer->at, step);
	writer->at += step;
	if (next_random(random) % 4 == 0) { /* as `>>` does it */
		close(writer->file);
		writer->file = open_file(writer->name, O_APPEND);
	}
	if (next_random(random) % 7 == 0) {
		char old[32];
		memcpy(old, writer->name, sizeof(old));
		snprintf(writer->name, sizeof(writer->name), "w-%u.log", (*number)++);
		move(inside, old, inside, writer->name);
	}
	if (writer->at == writer->text.length) {
		close(writer->file);
		buf_free(&writer->text);
		writer->file = -1;
	}
}

static void act_at_random(uint32_t *random, unsigned *number)
{
	char name[48];
	unsigned first = *number;
	*number += 50;
	switch (next_random(random) % 8) {
	case 0:
		snprintf(name, sizeof(name), "%u.json.gz", first);
		write_gzip(inside, name, make_records(first, 1 + next_random(random) % 20));
		break;
	case 1:
		snprintf(name, sizeof(name), "d%u", first);
		make_subfolder(inside, name);
		snprintf(name, sizeof(name), "d%u/x.json", first);
		write_text(inside, name, 0, make_records(first, 3));
		break;
	case 2:
		write_text(outside, "x.json", 0, make_lines(first, 7, true));
		snprintf(name, sizeof(name), "%u.json", first);
		move(outside, "x.json", inside, name);
		break;
	case 3:
		snprintf(name, sizeof(name), "t%u", first);
		make_subfolder(outside, name);
		snprintf(name, sizeof(name), "t%u/y.json", first);
		write_text(outside, name, 0, make_records(first, 2));
		snprintf(name, sizeof(name), "t%u", first);
		move(outside, name, inside, name);
		break;
	case 4: /* the same events again */
		snprintf(name, sizeof(name), "%u.json", first);
		write_text(inside, name, 0, make_records(next_random(random) % first / 50 * 50, 10));
		break;
	default: breathe();
	}
}

static void equals_a_fresh_load_whatever_happens(void **way)
{
	uint32_t random = 7;
	unsigned number = 1000;
	write_text(inside, "first.json", 0, make_records(0, 10));
	struct load *load = follow(inside, way_of(way));
	wait_settled(load); /* what is renamed before it was looked at is a file of its own */
	struct writer writers[4] = {{.file = -1}, {.file = -1}, {.file = -1}, {.file = -1}};
	for (unsigned turn = 0; turn < 600; turn++) {
		write_on(&writers[next_random(&random) % COUNT_OF(writers)], &random, &number);
		if (turn % 5 == 0)
			act_at_random(&random, &number);
		if (turn == 200)
			load_unfollow(load);
		struct err err;
		if (turn == 300)
			assert_int_equal(load_follow(load, way_of(way), &err), 0);
	}
	for (size_t i = 0; i < COUNT_OF(writers); i++)
		while (writers[i].file >= 0)
			write_on(&writers[i], &random, &number);
	assert_becomes_fresh(load, inside);
	load_free(load);
}

int main(void)
{
	const struct CMUnitTest tests[] = {BY_BOTH(equals_a_fresh_load_whatever_happens)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
