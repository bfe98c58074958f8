/* The real disk: files. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "world/real.h"

/*
 * A temporary file has no name at all, or, where the file system cannot do that, a
 * name in `folder` that goes away with it.
 */
struct real_file {
	struct file file;
	int fd;
	int folder;			/* -1 unless it has a passing name */
	bool nameless;
	bool device;
	struct temporary_name passing;
};

static void
drop_passing(struct real_file *f, bool remove)
{
	if (f->folder < 0)
		return;
	if (remove)
		(void)unlinkat(f->folder, f->passing.s, 0);
	(void)close(f->folder);
	f->folder = -1;
}

static void
real_file_close(struct file *file)
{
	struct real_file *f = (struct real_file *)file;

	drop_passing(f, true);
	(void)close(f->fd);
	mem_free(f);
}

/* A block device says its size only by where its end is. */
static bool
info_of_file(struct real_file *f, const struct stat *st, struct file_info *out)
{
	off_t end;

	real_info_of(st, out);
	if (!S_ISBLK(st->st_mode))
		return true;
	end = lseek(f->fd, 0, SEEK_END);
	if (end < 0)
		return false;
	out->size = (uint64_t)end;
	return true;
}

static bool
real_file_info(struct file *file, struct file_info *out, struct err *err)
{
	struct real_file *f = (struct real_file *)file;
	struct file_info info;
	struct stat st;

	if (fstat(f->fd, &st) != 0 || !info_of_file(f, &st, &info))
		return disk_error(err, errno, false, "look at a file", NULL);
	*out = info;
	return true;
}

static bool
real_file_read_at(struct file *file, void *p, size_t n, uint64_t offset,
    size_t *got, struct err *err)
{
	int fd = ((struct real_file *)file)->fd;
	size_t done = 0;
	ssize_t r;

	while (done < n) {
		r = pread(fd, (uint8_t *)p + done, n - done,
		    (off_t)(offset + done));
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return disk_error(err, errno, false, "read a file", NULL);
		if (r == 0)
			break;
		done += (size_t)r;
	}
	*got = done;
	return true;
}

static bool
real_file_write_at(struct file *file, struct span s, uint64_t offset,
    struct err *err)
{
	int fd = ((struct real_file *)file)->fd;
	ssize_t r;

	while (s.n > 0) {
		r = pwrite(fd, s.p, s.n, (off_t)offset);
		if (r < 0 && errno == EINTR)
			continue;
		/* Nothing taken and no reason given would go round for ever. */
		if (r <= 0)
			return disk_error(err, r < 0 ? errno : EIO, false,
			    "write a file", NULL);
		s = span_from(s, (size_t)r);
		offset += (uint64_t)r;
	}
	return true;
}

static bool
real_file_truncate(struct file *file, uint64_t size, struct err *err)
{
	int r;

	do
		r = ftruncate(((struct real_file *)file)->fd, (off_t)size);
	while (r != 0 && errno == EINTR);
	if (r != 0)
		return disk_error(err, errno, false, "set the size of a file", NULL);
	return true;
}

/* What is left of the floor under a sync, which ended now. */
static void
sleep_to_floor(struct world *w, uint64_t began)
{
	uint64_t floor = atomic_load(&((struct real *)w)->sync_floor) * 1000;
	uint64_t took = floor == 0 ? 0 : world_ticks(w) - began;
	struct timespec t = { .tv_sec = 0 };

	if (took >= floor)
		return;
	t.tv_sec = (time_t)((floor - took) / 1000000000u);
	t.tv_nsec = (long)((floor - took) % 1000000000u);
	(void)nanosleep(&t, NULL);
}

static bool
real_file_sync(struct file *file, struct err *err)
{
	uint64_t began = world_ticks(file->w);
	/* EINTR too is a failure: a second fsync could claim what the first lost. */
	int e = fsync(((struct real_file *)file)->fd) == 0 ? 0 : errno;

	sleep_to_floor(file->w, began);
	if (e != 0)
		return disk_error(err, e, false, "write a file to the disk", NULL);
	return true;
}

static void
real_file_sync_begin(struct file *file, uint64_t offset, uint64_t n)
{
	if (offset <= INT64_MAX && n <= INT64_MAX)
		(void)sync_file_range(((struct real_file *)file)->fd,
		    (off64_t)offset, (off64_t)n, SYNC_FILE_RANGE_WRITE);
}

static void
real_file_sequential(struct file *file)
{
	(void)posix_fadvise(((struct real_file *)file)->fd, 0, 0,
	    POSIX_FADV_SEQUENTIAL);
}

static void
real_file_will_read(struct file *file, uint64_t offset, uint64_t n)
{
	if (offset <= INT64_MAX && n <= INT64_MAX)
		(void)posix_fadvise(((struct real_file *)file)->fd, (off_t)offset,
		    (off_t)n, POSIX_FADV_WILLNEED);
}

static bool
real_file_mode_set(struct file *file, uint32_t mode, struct err *err)
{
	if (fchmod(((struct real_file *)file)->fd, mode) != 0)
		return disk_error(err, errno, false,
		    "set the permissions of a file", NULL);
	return true;
}

static bool
real_file_lock(struct file *file, struct err *err)
{
	int r;

	do
		r = flock(((struct real_file *)file)->fd, LOCK_EX | LOCK_NB);
	while (r != 0 && errno == EINTR);
	if (r != 0)
		return disk_error(err, errno, false, "lock a file", NULL);
	return true;
}

/* ---- a name for a temporary file ---- */

/* 0 or an error number. */
static int
name_nameless(struct real_file *f, int to_fd, const char *to)
{
	char path[32];

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", f->fd);
	if (linkat(AT_FDCWD, path, to_fd, to, AT_SYMLINK_FOLLOW) == 0)
		return 0;
	if (errno != ENOENT)
		return errno;
	/* No /proc: newer kernels let its owner link a descriptor directly. */
	return linkat(f->fd, "", to_fd, to, AT_EMPTY_PATH) == 0 ? 0 : errno;
}

static bool
real_file_name(struct file *file, struct dir *at, const char *path,
    struct err *err)
{
	struct real_file *f = (struct real_file *)file;
	struct real_place place;
	int e;

	assert(f->nameless || f->folder >= 0);
	if (!real_place_open(f->file.w, at, path, &place))
		return disk_error(err, errno, at != NULL, "name", path);
	if (f->nameless)
		e = name_nameless(f, place.fd, place.name);
	else
		e = real_rename_new((struct real *)f->file.w, f->folder,
		    f->passing.s, place.fd, place.name);
	real_place_close(&place);
	if (e != 0)
		return disk_error(err, e, false, "name", path);
	f->nameless = false;
	drop_passing(f, false);
	return true;
}

static const struct file_body real_file_body = {
	real_file_close, real_file_info, real_file_read_at, real_file_write_at,
	real_file_truncate, real_file_sync, real_file_sync_begin,
	real_file_sequential, real_file_will_read, real_file_name, real_file_mode_set,
	real_file_lock,
};

/* ---- opening ---- */

/* A file with a passing name in the folder at path. */
static bool
open_passing(struct world *w, struct dir *at, const char *path,
    struct real_file *f, struct err *err)
{
	if (!temporary_name(w, &f->passing, err))
		return false;
	f->folder = real_open(w, at, path, O_RDONLY | O_DIRECTORY, 0);
	if (f->folder < 0)
		return disk_error(err, errno, at != NULL, "open folder", path);
	f->fd = openat(f->folder, f->passing.s,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (f->fd < 0) {
		(void)disk_error(err, errno, false, "make a temporary file in",
		    path);
		drop_passing(f, false);
		return false;
	}
	return true;
}

static bool
open_temporary(struct world *w, struct dir *at, const char *path,
    struct real_file *f, struct err *err)
{
	struct real *r = (struct real *)w;

	if ((atomic_load(&r->lacks) & REAL_LACKS_TMPFILE) != 0)
		return open_passing(w, at, path, f, err);
	f->fd = real_open(w, at, path, O_RDWR | O_TMPFILE, 0600);
	if (f->fd >= 0) {
		f->nameless = true;
		return true;
	}
	/* EISDIR, EINVAL: kernels and file systems that never heard of it. */
	if (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)
		return open_passing(w, at, path, f, err);
	return disk_error(err, errno, at != NULL, "make a temporary file in", path);
}

/*
 * O_NONBLOCK, so that a FIFO without a writer does not hold us up before it is
 * seen to be one; it means nothing to what we accept.
 */
static bool
open_existing(struct world *w, struct dir *at, const char *path, int flags,
    struct real_file *f, struct file_info *info, struct err *err)
{
	struct stat st;

	f->fd = real_open(w, at, path, flags | O_NONBLOCK | O_NOCTTY, 0);
	if (f->fd < 0)
		return disk_error(err, errno, at != NULL, "open", path);
	if (fstat(f->fd, &st) != 0)
		(void)disk_error(err, errno, false, "open", path);
	else if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		(void)disk_error_kind(err, path, "it is neither a file nor a disk");
	else if (info != NULL && !info_of_file(f, &st, info))
		(void)disk_error(err, errno, false, "open", path);
	else
		return true;
	(void)close(f->fd);
	return false;
}

static bool
open_by_mode(struct world *w, struct dir *at, const char *path,
    enum file_mode mode, struct real_file *f, struct file_info *info,
    struct err *err)
{
	switch (mode) {
	case FILE_READ:
		return open_existing(w, at, path, O_RDONLY, f, info, err);
	case FILE_UPDATE:
		return open_existing(w, at, path, O_RDWR, f, info, err);
	case FILE_TEMPORARY:
		return open_temporary(w, at, path, f, err);
	case FILE_CREATE:
	default:
		break;
	}
	f->fd = real_open(w, at, path, O_RDWR | O_CREAT | O_EXCL | O_NOCTTY, 0600);
	if (f->fd < 0)
		return disk_error(err, errno, at != NULL, "make file", path);
	return true;
}

bool
real_file_open(struct world *w, struct dir *at, const char *path,
    enum file_mode mode, struct file **out, struct file_info *info,
    struct err *err)
{
	struct real_file *f = mem_new(sizeof *f, err);

	if (f == NULL)
		return false;
	f->file = (struct file){ &real_file_body, w };
	f->folder = -1;
	if (!open_by_mode(w, at, path, mode, f, info, err)) {
		mem_free(f);
		return false;
	}
	*out = &f->file;
	return true;
}
