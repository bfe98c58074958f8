/* A file whose first bytes lie elsewhere: read as one. */
#include <string.h>

#include "world/body.h"

struct headed {
	struct file file;
	struct file *under;
	uint8_t *head;
	size_t n;
};

static struct headed *
headed_of(struct file *f)
{
	return (struct headed *)f;
}

static void
headed_close(struct file *f)
{
	struct headed *h = headed_of(f);

	file_close(h->under);
	mem_free(h->head);
	mem_free(h);
}

static bool
headed_info(struct file *f, struct file_info *out, struct err *err)
{
	return file_info(headed_of(f)->under, out, err);
}

static bool
headed_read(struct file *f, void *p, size_t n, uint64_t offset, size_t *got,
    struct err *err)
{
	struct headed *h = headed_of(f);

	if (!file_read_at(h->under, p, n, offset, got, err))
		return false;
	if (offset < h->n && *got > 0) {
		size_t have = h->n - (size_t)offset;

		memcpy(p, h->head + offset, have < *got ? have : *got);
	}
	return true;
}

static bool
only_read(struct err *err)
{
	return err_set(err, ERR_USE, "disk.headed",
	    "a file whose beginning lies elsewhere can only be read");
}

static bool
headed_write(struct file *f, struct span s, uint64_t offset, struct err *err)
{
	(void)f;
	(void)s;
	(void)offset;
	return only_read(err);
}

static bool
headed_truncate(struct file *f, uint64_t size, struct err *err)
{
	(void)f;
	(void)size;
	return only_read(err);
}

static bool
headed_sync(struct file *f, struct err *err)
{
	(void)f;
	return only_read(err);
}

static void
headed_sync_begin(struct file *f, uint64_t offset, uint64_t n)
{
	(void)f;
	(void)offset;
	(void)n;
}

static void
headed_sequential(struct file *f)
{
	file_sequential(headed_of(f)->under);
}

static bool
headed_name(struct file *f, struct dir *at, const char *path, struct err *err)
{
	(void)f;
	(void)at;
	(void)path;
	return only_read(err);
}

static bool
headed_mode(struct file *f, uint32_t mode, struct err *err)
{
	(void)f;
	(void)mode;
	return only_read(err);
}

static bool
headed_lock(struct file *f, struct err *err)
{
	(void)f;
	return only_read(err);
}

static const struct file_body headed_body = {
	.close = headed_close, .info = headed_info, .read_at = headed_read,
	.write_at = headed_write, .truncate = headed_truncate, .sync = headed_sync,
	.sync_begin = headed_sync_begin, .sequential = headed_sequential,
	.name = headed_name, .mode_set = headed_mode, .lock = headed_lock,
};

bool
file_headed(struct file *under, struct span head, struct file **out, struct err *err)
{
	struct headed *h = mem_new(sizeof *h, err);

	if (h == NULL)
		return false;
	h->head = mem_new(head.n > 0 ? head.n : 1, err);
	if (h->head == NULL) {
		mem_free(h);
		return false;
	}
	memcpy(h->head, head.p, head.n);
	h->n = head.n;
	h->under = under;
	h->file.body = &headed_body;
	h->file.w = under->w;
	*out = &h->file;
	return true;
}
