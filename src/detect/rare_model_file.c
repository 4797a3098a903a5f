/* rare_model_file: models in files. A file is replaced whole or not at all. */
#include "raretrail/detect.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "rare_model.h"

int rare_model_save(const struct rare_model *model, const char *path, struct err *err)
{
	char *fresh = xasprintf("%s.XXXXXX", path);
	int file = mkstemp(fresh);
	if (file < 0) {
		(void)err_set_errno(err, "%s: cannot be written", path);
		free(fresh);
		return -1;
	}
	struct buf bytes = BUF_EMPTY;
	rare_model_write(model, &bytes);
	bool is_written = write_whole(file, bytes.data, bytes.length) == 0 && fsync(file) == 0;
	buf_free(&bytes);
	if (close(file) != 0)
		is_written = false;
	if (is_written && rename(fresh, path) != 0)
		is_written = false;
	if (!is_written) {
		(void)err_set_errno(err, "%s: cannot be written", path);
		(void)unlink(fresh);
	}
	free(fresh);
	return is_written ? 0 : -1;
}

int rare_model_load(const char *path, struct rare_model **out, struct err *err)
{
	*out = NULL;
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return err_set_errno(err, "%s: cannot be read", path);
	struct buf bytes = BUF_EMPTY;
	char block[65536];
	ssize_t got = 0;
	static const size_t magic = sizeof MODEL_MAGIC - 1;
	/* What begins like no model is not read to its end, which it may not have. */
	while (!(bytes.length >= magic && memcmp(bytes.data, MODEL_MAGIC, magic) != 0) &&
		(got = read(file, block, sizeof block)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		buf_add(&bytes, block, (size_t)got);
	}
	int status = got < 0 ? err_set_errno(err, "%s: cannot be read", path) : 0;
	(void)close(file);
	struct err inner = {0};
	if (status == 0 && rare_model_read((struct slice){bytes.data, bytes.length}, out, &inner) != 0) {
		status = err_set(err, inner.code, "%s: %s", path, inner.text);
		if (err)
			err->offset = inner.offset;
	}
	buf_free(&bytes);
	return status;
}
