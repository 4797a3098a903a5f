/* mmdb: see mmdb.h. */
#include "mmdb.h"

#include <netinet/in.h>
#include <stdlib.h>

static int damaged(const struct mmdb *mmdb, const struct err *why, struct err *err)
{
	return err_set(err, ERR_FORMAT, "%s: %s", mmdb->path, why->text);
}

static char *label_make(const struct mmdb *mmdb)
{
	struct buf label = BUF_EMPTY;
	char when[TIME_TEXT_SIZE];
	text_show(&label, mmdb->layout.database_type, TEXT_TERMINAL);
	if (label.length == 0) {
		buf_add_text(&label, "MMDB");
	}
	/* a build time beyond the year 9999 is nonsense and not worth a word */
	if (mmdb->layout.build_epoch < UINT64_C(253402300800)) {
		time_format_iso((int64_t)mmdb->layout.build_epoch * SECOND_MS, when);
		buf_printf(&label, " %.10s", when);
	}
	return label.data;
}

int mmdb_open(struct mmdb *mmdb, const char *path, struct err *err)
{
	struct err why = {0};
	struct mmdb_layout expected;
	*mmdb = (struct mmdb){0};
	if (mmdb_check_file(path, &expected, &why)) {
		return err_set(err, why.code, "%s: %s", path, why.text);
	}
	int status = MMDB_open(path, MMDB_MODE_MMAP, &mmdb->db);
	if (status != MMDB_SUCCESS) {
		return err_set(err, ERR_FORMAT, "%s: %s", path, MMDB_strerror(status));
	}
	/* once more on the bytes that are in use: the file may have been replaced in between */
	if (mmdb_check_layout(mmdb->db.file_content, (size_t)mmdb->db.file_size, &mmdb->layout, &why)) {
		MMDB_close(&mmdb->db);
		return err_set(err, why.code, "%s: %s", path, why.text);
	}
	mmdb->is_open = true;
	mmdb->path = xstrdup(path);
	mmdb->label = label_make(mmdb);
	return 0;
}

void mmdb_close(struct mmdb *mmdb)
{
	if (mmdb->is_open) {
		MMDB_close(&mmdb->db);
	}
	free(mmdb->path);
	free(mmdb->label);
	*mmdb = (struct mmdb){0};
}

int mmdb_find(const struct mmdb *mmdb, const struct ip *ip, MMDB_entry_s *entry, struct err *err)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} address = {0};
	if (ip_is_v4(ip)) {
		address.v4.sin_family = AF_INET;
		memcpy(&address.v4.sin_addr, ip->bytes + 12, 4);
	} else if (mmdb->layout.ip_version == 4) {
		return 0;
	} else {
		address.v6.sin6_family = AF_INET6;
		memcpy(&address.v6.sin6_addr, ip->bytes, 16);
	}
	int status = MMDB_SUCCESS;
	MMDB_lookup_result_s found = MMDB_lookup_sockaddr(&mmdb->db, &address.any, &status);
	if (status != MMDB_SUCCESS) {
		return err_set(err, ERR_FORMAT, "%s: %s", mmdb->path, MMDB_strerror(status));
	}
	if (!found.found_entry) {
		return 0;
	}
	struct err why = {0};
	const uint8_t *data = mmdb->db.file_content + mmdb->layout.data_offset;
	if (mmdb_check_value(data, mmdb->layout.data_size, found.entry.offset, &why)) {
		return damaged(mmdb, &why, err);
	}
	*entry = found.entry;
	return 1;
}

static bool record_holds(
	const struct mmdb *mmdb, MMDB_entry_s *entry, const char *key, const char *other, struct err *damage)
{
	const uint8_t *data = mmdb->db.file_content + mmdb->layout.data_offset;
	const char *const paths[2][2] = {{key, NULL}, {other, NULL}};
	if (mmdb_check_value(data, mmdb->layout.data_size, entry->offset, damage))
		return false;
	for (unsigned i = 0; i < 2; i++) {
		MMDB_entry_data_s value;
		if (MMDB_aget_value(entry, &value, paths[i]) == MMDB_SUCCESS && value.has_data)
			return true;
	}
	return false;
}

bool mmdb_holds_key(const struct mmdb *mmdb, const char *key, const char *other, struct err *damage)
{
	enum { NODES_MAX = 20000 };
	*damage = (struct err){0};
	for (uint32_t i = 0; i < mmdb->layout.node_count && i < NODES_MAX; i++) {
		MMDB_search_node_s node;
		if (MMDB_read_node(&mmdb->db, i, &node) != MMDB_SUCCESS)
			continue;
		MMDB_entry_s entries[2] = {node.left_record_entry, node.right_record_entry};
		const uint8_t types[2] = {node.left_record_type, node.right_record_type};
		for (unsigned side = 0; side < 2; side++) {
			struct err *first = damage->code == ERR_NONE ? damage : NULL;
			if (types[side] == MMDB_RECORD_TYPE_INVALID)
				err_set(first, ERR_FORMAT, "damaged: node %u of its search tree", i);
			else if (types[side] == MMDB_RECORD_TYPE_DATA &&
				 record_holds(mmdb, &entries[side], key, other, first))
				return true;
		}
	}
	return false;
}

static bool value_get(MMDB_entry_s *entry, const char *const *path, MMDB_entry_data_s *value)
{
	return MMDB_aget_value(entry, value, path) == MMDB_SUCCESS && value->has_data;
}

struct slice mmdb_string(MMDB_entry_s *entry, const char *const *path)
{
	MMDB_entry_data_s value;
	if (!value_get(entry, path, &value) || value.type != MMDB_DATA_TYPE_UTF8_STRING || value.data_size == 0) {
		return (struct slice){0};
	}
	return (struct slice){value.utf8_string, value.data_size};
}

bool mmdb_number(MMDB_entry_s *entry, const char *const *path, uint32_t *out)
{
	MMDB_entry_data_s value;
	if (!value_get(entry, path, &value)) {
		return false;
	}
	switch (value.type) {
	case MMDB_DATA_TYPE_UINT16: *out = value.uint16; return true;
	case MMDB_DATA_TYPE_UINT32: *out = value.uint32; return true;
	case MMDB_DATA_TYPE_UINT64: *out = (uint32_t)value.uint64; return value.uint64 <= UINT32_MAX;
	default: return false;
	}
}

bool mmdb_double(MMDB_entry_s *entry, const char *const *path, double *out)
{
	MMDB_entry_data_s value;
	if (!value_get(entry, path, &value) || value.type != MMDB_DATA_TYPE_DOUBLE) {
		return false;
	}
	*out = value.double_value;
	return true;
}
