/* mmdb_check: see mmdb_check.h. */
#include "mmdb_check.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mmdb_format.h"

#define MARKER_LENGTH (sizeof(MMDB_MARKER) - 1)
#define METADATA_MAX (128 * 1024)
#define DEPTH_MAX 32
#define VALUES_MAX 65536 /* per record; pointers can make a small file arbitrarily large */

struct section {
	const uint8_t *data;
	size_t size;
};

struct value {
	enum mmdb_type type;
	uint32_t size; /* bytes, or entries of a map or array, or the target of a pointer */
	size_t payload; /* where its bytes begin */
	size_t end; /* first byte behind its bytes; of a map or array: behind its header */
};

static int corrupt(struct err *err, size_t offset, const char *what)
{
	int result = err_set(err, ERR_FORMAT, "damaged: %s at data offset %zu", what, offset);
	if (err) {
		err->offset = offset;
	}
	return result;
}

static uint32_t big_endian(const uint8_t *bytes, unsigned count)
{
	uint32_t number = 0;
	for (unsigned i = 0; i < count; i++) {
		number = number << 8 | bytes[i];
	}
	return number;
}

static int pointer_read(const struct section *section, size_t offset, struct value *value, struct err *err)
{
	static const uint32_t bases[4] = {0, 2048, 526336, 0};
	uint8_t control = section->data[offset];
	unsigned extra = (control >> 3) & 3u;
	if (section->size - offset < extra + 2) {
		return corrupt(err, offset, "pointer cut off");
	}
	uint32_t target = big_endian(section->data + offset + 1, extra + 1);
	if (extra < 3) {
		target += (control & 7u) << (8 * (extra + 1));
	}
	value->size = target + bases[extra];
	value->end = offset + extra + 2;
	if (value->size >= section->size) {
		return corrupt(err, offset, "pointer outside the data");
	}
	return 0;
}

static bool size_fits(enum mmdb_type type, uint32_t size)
{
	switch (type) {
	case MMDB_DOUBLE: return size == 8;
	case MMDB_FLOAT: return size == 4;
	case MMDB_UINT16: return size <= 2;
	case MMDB_UINT32:
	case MMDB_INT32: return size <= 4;
	case MMDB_UINT64: return size <= 8;
	case MMDB_UINT128: return size <= 16;
	case MMDB_BOOL: return size <= 1;
	case MMDB_POINTER:
	case MMDB_STRING:
	case MMDB_BYTES:
	case MMDB_MAP:
	case MMDB_ARRAY: return true;
	}
	return false;
}

/* One value without what it contains; pointers are not followed. */
static int value_read(const struct section *section, size_t offset, struct value *value, struct err *err)
{
	if (offset >= section->size) {
		return corrupt(err, offset, "value outside the data");
	}
	uint8_t control = section->data[offset];
	unsigned type = control >> 5;
	if (type == MMDB_POINTER) {
		value->type = MMDB_POINTER;
		return pointer_read(section, offset, value, err);
	}
	size_t at = offset + 1;
	if (type == 0) {
		if (at >= section->size) {
			return corrupt(err, offset, "type cut off");
		}
		type = 7u + section->data[at++];
	}
	static const uint32_t bases[3] = {29, 285, 65821};
	uint32_t size = control & 31u;
	if (size >= 29) {
		unsigned extra = size - 28;
		if (section->size - at < extra) {
			return corrupt(err, offset, "size cut off");
		}
		size = bases[extra - 1] + big_endian(section->data + at, extra);
		at += extra;
	}
	if (type <= MMDB_POINTER || type > MMDB_FLOAT || !size_fits((enum mmdb_type)type, size)) {
		return corrupt(err, offset, "impossible type or size");
	}
	value->type = (enum mmdb_type)type;
	value->size = size;
	value->payload = at;
	value->end = at;
	if (type == MMDB_MAP || type == MMDB_ARRAY) {
		/* the smallest entry takes a byte, of a map two */
		if (size > (section->size - at) / (type == MMDB_MAP ? 2 : 1)) {
			return corrupt(err, offset, "more entries than bytes");
		}
	} else if (type != MMDB_BOOL) {
		if (size > section->size - at) {
			return corrupt(err, offset, "value runs over the end");
		}
		value->end = at + size;
	}
	return 0;
}

/* A value with all it contains. *end is set to the first byte behind it. */
static int value_walk(const struct section *section, size_t offset, bool must_be_string, unsigned depth,
	unsigned *budget, size_t *end, struct err *err)
{
	struct value value;
	if (*budget == 0 || depth > DEPTH_MAX) {
		return corrupt(err, offset, *budget == 0 ? "too many values" : "nested too deeply");
	}
	--*budget;
	if (value_read(section, offset, &value, err)) {
		return -1;
	}
	*end = value.end;
	if (value.type == MMDB_POINTER) {
		if (section->data[value.size] >> 5 == MMDB_POINTER) {
			return corrupt(err, offset, "pointer to a pointer");
		}
		size_t ignored;
		return value_walk(section, value.size, must_be_string, depth + 1, budget, &ignored, err);
	}
	if (must_be_string && value.type != MMDB_STRING) {
		return corrupt(err, offset, "map key that is no string");
	}
	if (value.type != MMDB_MAP && value.type != MMDB_ARRAY) {
		return 0;
	}
	for (uint32_t i = 0; i < value.size; i++) {
		if (value.type == MMDB_MAP && value_walk(section, *end, true, depth + 1, budget, end, err)) {
			return -1;
		}
		if (value_walk(section, *end, false, depth + 1, budget, end, err)) {
			return -1;
		}
	}
	return 0;
}

int mmdb_check_value(const uint8_t *data, size_t size, size_t offset, struct err *err)
{
	struct section section = {data, size};
	unsigned budget = VALUES_MAX;
	size_t end;
	return value_walk(&section, offset, false, 0, &budget, &end, err);
}

/* Follows a pointer when there is one; the section has been walked. */
static void value_resolve(const struct section *section, size_t offset, struct value *value)
{
	if (value_read(section, offset, value, NULL) == 0 && value->type == MMDB_POINTER) {
		(void)value_read(section, value->size, value, NULL);
	}
}

static bool metadata_find(const struct section *section, const char *key, struct value *out)
{
	struct value map, name;
	value_resolve(section, 0, &map);
	size_t at = map.end;
	for (uint32_t i = 0; i < map.size; i++) {
		unsigned budget = VALUES_MAX;
		value_resolve(section, at, &name);
		struct slice text = {(const char *)section->data + name.payload, name.size};
		bool is_found = slice_equals(text, slice_of(key));
		(void)value_walk(section, at, true, 0, &budget, &at, NULL);
		if (is_found) {
			value_resolve(section, at, out);
			return true;
		}
		(void)value_walk(section, at, false, 0, &budget, &at, NULL);
	}
	return false;
}

static bool metadata_number(const struct section *section, const char *key, uint64_t *out)
{
	struct value value;
	if (!metadata_find(section, key, &value) ||
		(value.type != MMDB_UINT16 && value.type != MMDB_UINT32 && value.type != MMDB_UINT64)) {
		return false;
	}
	*out = 0;
	for (uint32_t i = 0; i < value.size; i++) {
		*out = *out << 8 | section->data[value.payload + i];
	}
	return true;
}

/* libmaxminddb forgets its memory when one of these holds anything but strings. */
static bool holds_strings(const struct section *section, const char *key, enum mmdb_type type)
{
	struct value list, item;
	if (!metadata_find(section, key, &list) || list.type != type)
		return false;
	size_t at = list.end;
	for (uint32_t i = 0; i < list.size; i++) {
		unsigned budget = VALUES_MAX;
		if (type == MMDB_MAP && value_walk(section, at, true, 0, &budget, &at, NULL))
			return false;
		value_resolve(section, at, &item);
		if (item.type != MMDB_STRING || value_walk(section, at, false, 0, &budget, &at, NULL))
			return false;
	}
	return true;
}

static int layout_fill(const struct section *metadata, struct mmdb_layout *layout, struct err *err)
{
	struct value value;
	uint64_t nodes, record, version, major;
	unsigned budget = VALUES_MAX;
	size_t end;
	if (value_walk(metadata, 0, false, 0, &budget, &end, err)) {
		return -1;
	}
	value_resolve(metadata, 0, &value);
	if (value.type != MMDB_MAP) {
		return err_set(err, ERR_FORMAT, "damaged: its metadata is not a map");
	}
	if (end == metadata->size) {
		/* libmaxminddb reads one byte on behind an empty map or array */
		uint8_t last = metadata->data[end - 1];
		if (last == 0xe0 || (end >= 2 && metadata->data[end - 2] == 0 && last == MMDB_ARRAY - 7)) {
			return err_set(err, ERR_FORMAT, "damaged: its metadata ends in an empty list");
		}
	}
	if (!metadata_number(metadata, "node_count", &nodes) || nodes > UINT32_MAX ||
		!metadata_number(metadata, "record_size", &record) ||
		!metadata_number(metadata, "ip_version", &version) ||
		!metadata_number(metadata, "binary_format_major_version", &major) ||
		!metadata_number(metadata, "build_epoch", &layout->build_epoch)) {
		return err_set(err, ERR_FORMAT, "damaged: its metadata lacks a number it must have");
	}
	if (!holds_strings(metadata, "languages", MMDB_ARRAY) || !holds_strings(metadata, "description", MMDB_MAP)) {
		return err_set(err, ERR_FORMAT, "damaged: its metadata lacks its languages or its description");
	}
	if (major != 2) {
		return err_set(err, ERR_FORMAT, "format version %llu is not known (2 is)", (unsigned long long)major);
	}
	if ((record != 24 && record != 28 && record != 32) || (version != 4 && version != 6)) {
		return err_set(err, ERR_FORMAT, "damaged: record size %llu, IP version %llu",
			(unsigned long long)record, (unsigned long long)version);
	}
	layout->node_count = (uint32_t)nodes;
	layout->ip_version = (uint32_t)version;
	layout->tree_size = (size_t)(nodes * record / 4);
	layout->database_type = (struct slice){0};
	if (metadata_find(metadata, "database_type", &value) && value.type == MMDB_STRING) {
		layout->database_type = (struct slice){(const char *)metadata->data + value.payload, value.size};
	}
	return 0;
}

int mmdb_check_layout(const uint8_t *file, size_t size, struct mmdb_layout *layout, struct err *err)
{
	if (size > UINT32_MAX) {
		return err_set(err, ERR_LIMIT, "larger than 4 GiB, so not a usable MMDB file");
	}
	size_t from = size > METADATA_MAX ? size - METADATA_MAX : 0;
	const uint8_t *marker = NULL;
	for (const uint8_t *at = file + from;
		(at = memmem(at, size - (size_t)(at - file), MMDB_MARKER, MARKER_LENGTH)) != NULL; at++) {
		marker = at;
	}
	if (!marker) {
		return err_set(err, ERR_FORMAT, "not an MMDB file (no metadata found at its end)");
	}
	size_t marker_at = (size_t)(marker - file);
	struct section metadata = {marker + MARKER_LENGTH, size - marker_at - MARKER_LENGTH};
	if (layout_fill(&metadata, layout, err)) {
		return -1;
	}
	if (layout->node_count == 0 || layout->tree_size > marker_at ||
		marker_at - layout->tree_size < MMDB_SEPARATOR) {
		return err_set(err, ERR_FORMAT, "damaged: %u nodes of its search tree do not fit in the file",
			layout->node_count);
	}
	layout->data_offset = layout->tree_size + MMDB_SEPARATOR;
	layout->data_size = marker_at - layout->data_offset;
	return 0;
}

int mmdb_check_file(const char *path, struct mmdb_layout *layout, struct err *err)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file < 0) {
		return err_set_errno(err, "cannot be opened");
	}
	struct stat status;
	void *map = MAP_FAILED;
	int result;
	if (fstat(file, &status)) {
		result = err_set_errno(err, "cannot be examined");
	} else if (!S_ISREG(status.st_mode)) {
		result = err_set(err, ERR_IO, "%s", S_ISDIR(status.st_mode) ? "is a folder" : "is not a regular file");
	} else if (status.st_size == 0) {
		result = err_set(err, ERR_FORMAT, "is empty");
	} else if ((map = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0)) == MAP_FAILED) {
		result = err_set_errno(err, "cannot be mapped");
	} else {
		result = mmdb_check_layout(map, (size_t)status.st_size, layout, err);
		layout->database_type = (struct slice){0};
		(void)munmap(map, (size_t)status.st_size);
	}
	(void)close(file);
	return result;
}
