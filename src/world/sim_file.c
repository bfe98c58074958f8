/* The simulated disk: open files. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "world/sim.h"

struct sim_file {
	struct file file;
	struct sim_node *node;
	uint64_t epoch;
	bool writes;
	bool nameless;
};

/* One disk call on an open file; 0 or an error number, with the lock held. */
static int
enter_file(struct file *file, struct sim **out, bool space, bool again,
    bool *part)
{
	struct sim *s = (struct sim *)file->w;
	int e;

	gate_lock(s->lock);
	*out = s;
	e = sim_call(s, space, again, part);
	if (e == 0 && ((struct sim_file *)file)->epoch != s->epoch)
		e = EIO;
	return e;
}

static bool
leave_file(struct sim *s, int e, const char *doing, struct err *err)
{
	gate_unlock(s->lock);
	return e == 0 || disk_error(err, e, false, doing, NULL);
}

static void
sim_file_close(struct file *file)
{
	struct sim_file *f = (struct sim_file *)file;
	struct sim *s = (struct sim *)file->w;

	gate_lock(s->lock);
	if (f->node->holder == file)
		f->node->holder = NULL;
	sim_node_drop(s, f->node);
	mem_free(f);
	gate_unlock(s->lock);
}

static bool
sim_file_info(struct file *file, struct file_info *out, struct err *err)
{
	struct sim *s;
	int e = enter_file(file, &s, false, true, NULL);

	if (e == 0)
		sim_node_info(((struct sim_file *)file)->node, out);
	return leave_file(s, e, "look at a file", err);
}

/* One read, which a fault may cut short: 0 bytes only at the end. */
static bool
read_once(struct file *file, uint8_t *p, size_t n, uint64_t at, size_t *got,
    struct err *err)
{
	const struct sim_node *node = ((struct sim_file *)file)->node;
	const struct sim_image *img = &node->now;
	struct sim *s;
	bool part;
	int e = enter_file(file, &s, false, true, &part);

	if (e == 0 && node->unreadable)
		e = EIO;
	if (e == 0) {
		uint64_t left = at < img->size ? img->size - at : 0;

		*got = left < n ? (size_t)left : n;
		if (part)
			*got = (*got + 1) / 2;
		sim_image_read(img, p, *got, at);
	}
	return leave_file(s, e, "read a file", err);
}

static bool
sim_file_read_at(struct file *file, void *p, size_t n, uint64_t offset,
    size_t *got, struct err *err)
{
	size_t done = 0, r = 1;

	while (done < n && r > 0) {
		if (!read_once(file, (uint8_t *)p + done, n - done,
		    offset + done, &r, err))
			return false;
		done += r;
	}
	*got = done;
	return true;
}

static bool
sim_file_write_at(struct file *file, struct span bytes, uint64_t offset,
    struct err *err)
{
	struct sim_file *f = (struct sim_file *)file;

	while (bytes.n > 0) {
		struct sim *s;
		bool part;
		int e = enter_file(file, &s, true, true, &part);
		size_t n = part ? (bytes.n + 1) / 2 : bytes.n;

		if (e == 0 && !f->writes)
			e = EBADF;
		if (e == 0) {
			e = sim_node_write(s, f->node, bytes.p, n, offset);
			sim_node_touch(s, f->node, true);
		}
		if (!leave_file(s, e, "write a file", err))
			return false;
		bytes = span_from(bytes, n);
		offset += n;
	}
	return true;
}

static bool
sim_file_truncate(struct file *file, uint64_t size, struct err *err)
{
	struct sim_file *f = (struct sim_file *)file;
	struct sim *s;
	int e = enter_file(file, &s, true, true, NULL);

	if (e == 0 && !f->writes)
		e = EINVAL;
	if (e == 0)
		e = sim_node_resize(s, f->node, size);
	if (e == 0)
		sim_node_touch(s, f->node, true);
	return leave_file(s, e, "set the size of a file", err);
}

static bool
sim_file_sync(struct file *file, struct err *err)
{
	struct sim_file *f = (struct sim_file *)file;
	struct sim *s;
	int e = enter_file(file, &s, true, false, NULL);

	if (e == 0)
		e = sim_node_sync(s, f->node);
	if (e != 0 && f->epoch == s->epoch && !sim_power_off(s))
		sim_node_forget(f->node);
	return leave_file(s, e, "write a file to the disk", err);
}

static void
sim_file_sync_begin(struct file *file, uint64_t offset, uint64_t n)
{
	(void)file, (void)offset, (void)n;
}

static void
sim_file_sequential(struct file *file)
{
	(void)file;
}

static void
sim_file_will_read(struct file *file, uint64_t offset, uint64_t n)
{
	(void)file, (void)offset, (void)n;
}

static int
name_node(struct sim *s, struct sim_file *f, struct dir *at, const char *path)
{
	struct sim_place place;
	int e = sim_find(s, at, path, false, &place);

	if (e != 0)
		return e;
	if (place.node != NULL)
		return EEXIST;
	if (place.slash)
		return ENOTDIR;
	return sim_change(s, &(struct sim_change){ place.dir, place.name, f->node },
	    1);
}

static bool
sim_file_name(struct file *file, struct dir *at, const char *path,
    struct err *err)
{
	struct sim_file *f = (struct sim_file *)file;
	struct sim *s;
	int e = enter_file(file, &s, true, true, NULL);

	assert(f->nameless);
	if (e == 0)
		e = name_node(s, f, at, path);
	if (e == 0)
		f->nameless = false;
	gate_unlock(s->lock);
	return e == 0 || disk_error(err, e, at != NULL, "name", path);
}

static bool
sim_file_mode_set(struct file *file, uint32_t mode, struct err *err)
{
	struct sim_node *node = ((struct sim_file *)file)->node;
	struct sim *s;
	int e = enter_file(file, &s, false, true, NULL);

	if (e == 0) {
		node->mode = mode;
		sim_node_touch(s, node, false);
	}
	return leave_file(s, e, "set the permissions of a file", err);
}

static bool
sim_file_lock(struct file *file, struct err *err)
{
	struct sim_node *node = ((struct sim_file *)file)->node;
	struct sim *s;
	int e = enter_file(file, &s, false, true, NULL);

	if (e == 0 && node->holder != NULL && node->holder != file)
		e = EWOULDBLOCK;
	if (e == 0)
		node->holder = file;
	return leave_file(s, e, "lock a file", err);
}

static const struct file_body sim_file_body = {
	sim_file_close, sim_file_info, sim_file_read_at, sim_file_write_at,
	sim_file_truncate, sim_file_sync, sim_file_sync_begin,
	sim_file_sequential, sim_file_will_read, sim_file_name, sim_file_mode_set,
	sim_file_lock,
};

/* ---- opening ---- */

static int
open_existing(struct sim *s, struct dir *at, const char *path,
    struct sim_file *f, bool *wrong)
{
	struct sim_place place;
	int e = sim_find(s, at, path, true, &place);

	if (e != 0)
		return e;
	if (place.node == NULL)
		return ENOENT;
	*wrong = place.node->type != FILE_REGULAR;
	if (!*wrong)
		f->node = sim_node_ref(place.node);
	return 0;
}

static int
create(struct sim *s, struct dir *at, const char *path, struct sim_file *f)
{
	struct sim_place place;
	int e = sim_find(s, at, path, false, &place);

	if (e == 0 && place.node != NULL)
		e = EEXIST;
	if (e == 0 && place.slash)
		e = EISDIR;
	if (e != 0 || (e = sim_node_new(s, FILE_REGULAR, &f->node)) != 0)
		return e;
	e = sim_change(s, &(struct sim_change){ place.dir, place.name, f->node },
	    1);
	if (e != 0) {
		sim_node_drop(s, f->node);
		f->node = NULL;
	}
	return e;
}

static int
create_nameless(struct sim *s, struct dir *at, const char *path,
    struct sim_file *f)
{
	struct sim_place place;
	int e = sim_find(s, at, path, true, &place);

	if (e != 0)
		return e;
	if (place.node == NULL)
		return ENOENT;
	if (place.node->type != FILE_DIR)
		return ENOTDIR;
	f->nameless = true;
	return sim_node_new(s, FILE_REGULAR, &f->node);
}

static int
open_by_mode(struct sim *s, struct dir *at, const char *path,
    enum file_mode mode, struct sim_file *f, bool *wrong)
{
	bool makes = mode == FILE_CREATE || mode == FILE_TEMPORARY;
	int e = sim_call(s, makes, true, NULL);

	f->writes = mode != FILE_READ;
	f->epoch = s->epoch;
	if (e != 0)
		return e;
	if (mode == FILE_CREATE)
		return create(s, at, path, f);
	if (mode == FILE_TEMPORARY)
		return create_nameless(s, at, path, f);
	return open_existing(s, at, path, f, wrong);
}

bool
sim_file_open(struct world *w, struct dir *at, const char *path,
    enum file_mode mode, struct file **out, struct file_info *info,
    struct err *err)
{
	struct sim *s = (struct sim *)w;
	struct sim_file *f = mem_new(sizeof *f, err);
	bool wrong = false;
	int e;

	if (f == NULL)
		return false;
	f->file = (struct file){ &sim_file_body, w };
	gate_lock(s->lock);
	e = open_by_mode(s, at, path, mode, f, &wrong);
	if (e == 0 && !wrong && info != NULL)
		sim_node_info(f->node, info);
	gate_unlock(s->lock);
	if (e == 0 && !wrong) {
		*out = &f->file;
		return true;
	}
	mem_free(f);
	if (wrong)
		return disk_error_kind(err, path, "it is neither a file nor a disk");
	return disk_error(err, e, at != NULL, mode == FILE_CREATE ? "make file" :
	    mode == FILE_TEMPORARY ? "make a temporary file in" : "open", path);
}
