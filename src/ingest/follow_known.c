/* follow_known: which paths wait to be read, and which file of the load a path or an inode stands for. */
#include <stdlib.h>

#include "follow.h"

/* ---- arrivals ---- */

void arrivals_touch(struct arrivals *arrivals, const char *path, enum touch touch)
{
	if (arrivals->paths == NULL)
		arrivals->paths = dict_new();
	uint32_t id = dict_intern(arrivals->paths, slice_of(path));
	if (id > arrivals->count) {
		arrivals->items = array_grow(arrivals->items, &arrivals->capacity, id, sizeof(*arrivals->items));
		arrivals->items[arrivals->count++] = (struct arrival){.path = xstrdup(path), .is_done = true};
	}
	struct arrival *arrival = &arrivals->items[id - 1];
	if (arrival->is_done) {
		*arrival = (struct arrival){.path = arrival->path, .modified = INT64_MIN};
		arrivals->open++;
	}
	if (touch == TOUCH_FOUND)
		return;
	arrival->is_written = touch == TOUCH_WRITTEN;
	arrival->is_closed = touch == TOUCH_CLOSED;
}

void arrivals_done(struct arrivals *arrivals, struct arrival *arrival)
{
	arrival->is_done = true;
	arrivals->open--;
}

void arrivals_free(struct arrivals *arrivals)
{
	for (size_t i = 0; i < arrivals->count; i++)
		free(arrivals->items[i].path);
	free(arrivals->items);
	dict_free(arrivals->paths);
	*arrivals = (struct arrivals){0};
}

/* ---- known ---- */

void known_init(struct known *known)
{
	*known = (struct known){.paths = dict_new(), .inodes = dict_new()};
}

void known_free(struct known *known)
{
	dict_free(known->paths);
	dict_free(known->inodes);
	free(known->file_of_path);
	free(known->file_of_inode);
	free(known->traces);
}

static void put(struct dict *dict, uint32_t **files, size_t *capacity, struct slice key, uint32_t file)
{
	uint32_t id = dict_intern(dict, key);
	*files = array_grow(*files, capacity, (size_t)id + 1, sizeof(**files));
	(*files)[id] = file;
}

static uint32_t find(const struct dict *dict, const uint32_t *files, struct slice key)
{
	uint32_t id = dict_find(dict, key);
	return id != 0 ? files[id] : FILE_NONE;
}

struct inode_key {
	uint64_t device, inode;
};

static struct slice key_slice(const struct inode_key *key)
{
	return (struct slice){(const char *)key, sizeof(*key)};
}

void known_place(struct known *known, uint32_t file, const char *path)
{
	put(known->paths, &known->file_of_path, &known->path_capacity, slice_of(path), file);
}

void known_identify(struct known *known, uint32_t file, const struct stat *info)
{
	struct inode_key key = {info->st_dev, info->st_ino};
	known->traces[file].device = info->st_dev;
	known->traces[file].inode = info->st_ino;
	put(known->inodes, &known->file_of_inode, &known->inode_capacity, key_slice(&key), file);
}

void known_sync(struct known *known, const struct files *files)
{
	known->traces = array_grow(known->traces, &known->capacity, files->count, sizeof(*known->traces));
	for (; known->count < files->count; known->count++) {
		known->traces[known->count] = (struct trace){0};
		if (files->sources[known->count].path != NULL)
			known_place(known, (uint32_t)known->count, files->sources[known->count].path);
	}
}

uint32_t known_path(const struct known *known, const char *path)
{
	return find(known->paths, known->file_of_path, slice_of(path));
}

uint32_t known_inode(const struct known *known, const struct stat *info)
{
	struct inode_key key = {info->st_dev, info->st_ino};
	return find(known->inodes, known->file_of_inode, key_slice(&key));
}
