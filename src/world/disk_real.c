/* The real disk: folders and names. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "world/real.h"

/* ---- an open folder ---- */

static void
real_dir_close(struct dir *d)
{
	(void)close(((struct real_dir *)d)->fd);
	mem_free(d);
}

static bool
real_dir_sync(struct dir *d, struct err *err)
{
	/* EINTR too is a failure: a second fsync could claim what the first lost. */
	if (fsync(((struct real_dir *)d)->fd) != 0)
		return disk_error(err, errno, false, "write a folder to the disk",
		    NULL);
	return true;
}

static bool
real_dir_sync_all(struct dir *d, struct err *err)
{
	if (syncfs(((struct real_dir *)d)->fd) != 0)
		return disk_error(err, errno, false,
		    "write everything to the disk", NULL);
	return true;
}

static bool
real_dir_free_bytes(struct dir *d, uint64_t *out, struct err *err)
{
	struct statvfs st;
	int r;

	do
		r = fstatvfs(((struct real_dir *)d)->fd, &st);
	while (r != 0 && errno == EINTR);
	if (r != 0)
		return disk_error(err, errno, false, "ask for free space", NULL);
	*out = (uint64_t)st.f_bavail * st.f_frsize;
	return true;
}

static const struct dir_body real_dir_body = {
	real_dir_close, real_dir_sync, real_dir_sync_all, real_dir_free_bytes,
};

bool
real_dir_open(struct world *w, struct dir *at, const char *path,
    struct dir **out, struct err *err)
{
	struct real_dir *d;
	int fd = real_open(w, at, path, O_RDONLY | O_DIRECTORY, 0);

	if (fd < 0)
		return disk_error(err, errno, at != NULL, "open folder", path);
	d = mem_new(sizeof *d, err);
	if (d == NULL) {
		(void)close(fd);
		return false;
	}
	d->dir = (struct dir){ &real_dir_body, w };
	d->fd = fd;
	*out = &d->dir;
	return true;
}

bool
real_dir_make(struct world *w, struct dir *at, const char *path,
    struct err *err)
{
	struct real_place place;
	int r;

	if (!real_place_open(w, at, path, &place))
		return disk_error(err, errno, at != NULL, "make folder", path);
	r = mkdirat(place.fd, place.name, 0700);
	real_place_close(&place);
	if (r != 0)
		return disk_error(err, errno, false, "make folder", path);
	return true;
}

bool
real_remove(struct world *w, struct dir *at, const char *path, bool folder,
    struct err *err)
{
	struct real_place place;
	int r;

	if (!real_place_open(w, at, path, &place))
		return disk_error(err, errno, at != NULL, "remove", path);
	r = unlinkat(place.fd, place.name, folder ? AT_REMOVEDIR : 0);
	real_place_close(&place);
	if (r != 0)
		return disk_error(err, errno, false, "remove", path);
	return true;
}

/* ---- listing ---- */

struct real_listing {
	struct listing listing;
	DIR *dir;
};

static enum file_type
type_of_entry(unsigned char t)
{
	switch (t) {
	case DT_REG:
		return FILE_REGULAR;
	case DT_DIR:
		return FILE_DIR;
	case DT_LNK:
		return FILE_LINK;
	case DT_BLK:
	case DT_CHR:
		return FILE_DEVICE;
	case DT_SOCK:
		return FILE_SOCKET;
	case DT_FIFO:
		return FILE_FIFO;
	default:
		return FILE_OTHER;
	}
}

static bool
real_listing_next(struct listing *l, struct listing_entry *out, bool *more,
    struct err *err)
{
	struct dirent *e;

	do {
		errno = 0;
		e = readdir(((struct real_listing *)l)->dir);
	} while (e != NULL && (strcmp(e->d_name, ".") == 0 ||
	    strcmp(e->d_name, "..") == 0));
	if (e == NULL && errno != 0)
		return disk_error(err, errno, false, "list a folder", NULL);
	*more = e != NULL;
	if (e != NULL)
		*out = (struct listing_entry){ e->d_name, type_of_entry(e->d_type) };
	return true;
}

static void
real_listing_close(struct listing *l)
{
	(void)closedir(((struct real_listing *)l)->dir);
	mem_free(l);
}

static const struct listing_body real_listing_body = {
	real_listing_next, real_listing_close,
};

bool
real_listing_open(struct world *w, struct dir *at, const char *path,
    struct listing **out, struct err *err)
{
	struct real_listing *l;
	int fd = real_open(w, at, path, O_RDONLY | O_DIRECTORY, 0);

	if (fd < 0)
		return disk_error(err, errno, at != NULL, "list", path);
	l = mem_new(sizeof *l, err);
	if (l == NULL) {
		(void)close(fd);
		return false;
	}
	l->listing.body = &real_listing_body;
	l->dir = fdopendir(fd);
	if (l->dir == NULL) {
		(void)disk_error(err, errno, false, "list", path);
		(void)close(fd);
		mem_free(l);
		return false;
	}
	*out = &l->listing;
	return true;
}

/* ---- names ---- */

static enum file_type
type_of_mode(mode_t m)
{
	return S_ISREG(m) ? FILE_REGULAR : S_ISDIR(m) ? FILE_DIR :
	    S_ISLNK(m) ? FILE_LINK : S_ISBLK(m) || S_ISCHR(m) ? FILE_DEVICE :
	    S_ISSOCK(m) ? FILE_SOCKET : S_ISFIFO(m) ? FILE_FIFO : FILE_OTHER;
}

void
real_info_of(const struct stat *st, struct file_info *out)
{
	*out = (struct file_info){
		.type = type_of_mode(st->st_mode),
		.size = st->st_size > 0 ? (uint64_t)st->st_size : 0,
		.mtime = st->st_mtim.tv_sec,
		.mtime_ns = (uint32_t)st->st_mtim.tv_nsec,
		.ctime = st->st_ctim.tv_sec,
		.ctime_ns = (uint32_t)st->st_ctim.tv_nsec,
		.inode = st->st_ino,
		.device = st->st_dev,
		.mode = st->st_mode & 07777,
	};
}

/*
 * Beneath a dir a plain name cannot lead anywhere, so one call is enough; with
 * folders in it the path is opened first (O_PATH: nothing is woken by it).
 */
static bool
stat_path(struct world *w, struct dir *at, const char *path, bool follow,
    struct stat *st)
{
	int fd, r, e;

	if (at == NULL)
		return fstatat(AT_FDCWD, path, st,
		    follow ? 0 : AT_SYMLINK_NOFOLLOW) == 0;
	if (strchr(path, '/') == NULL)
		return fstatat(((struct real_dir *)at)->fd, path, st,
		    AT_SYMLINK_NOFOLLOW) == 0;
	fd = real_open(w, at, path, O_PATH | O_NOFOLLOW, 0);
	if (fd < 0)
		return false;
	r = fstat(fd, st);
	e = errno;
	(void)close(fd);
	errno = e;
	return r == 0;
}

bool
real_path_info(struct world *w, struct dir *at, const char *path, bool follow,
    struct file_info *out, struct err *err)
{
	struct stat st;

	if (!stat_path(w, at, path, follow, &st))
		return disk_error(err, errno, at != NULL, "look at", path);
	real_info_of(&st, out);
	return true;
}

bool
real_path_link_text(struct world *w, struct dir *at, const char *path,
    struct buf *out, struct err *err)
{
	char text[WORLD_PATH_MAX + 1];
	struct stat st = { 0 };
	ssize_t n = -1;
	bool ok = false;
	int fd = real_open(w, at, path, O_PATH | O_NOFOLLOW, 0);

	if (fd < 0)
		return disk_error(err, errno, at != NULL, "look at", path);
	if (fstat(fd, &st) == 0 && S_ISLNK(st.st_mode))
		n = readlinkat(fd, "", text, sizeof text);
	if (!S_ISLNK(st.st_mode))
		(void)disk_error_kind(err, path, "it is not a symbolic link");
	else if (n < 0)
		(void)disk_error(err, errno, false, "look at", path);
	else
		ok = buf_add(out, span_of(text, (size_t)n), err);
	(void)close(fd);
	return ok;
}

bool
real_path_rename(struct world *w, struct dir *from_at, const char *from,
    struct dir *to_at, const char *to, bool replace, struct err *err)
{
	struct real_place a, b;
	int e;

	if (!real_place_open(w, from_at, from, &a))
		return disk_error(err, errno, from_at != NULL, "rename", from);
	if (!real_place_open(w, to_at, to, &b)) {
		real_place_close(&a);
		return disk_error(err, errno, to_at != NULL, "rename to", to);
	}
	if (!replace)
		e = real_rename_new((struct real *)w, a.fd, a.name, b.fd, b.name);
	else
		e = renameat(a.fd, a.name, b.fd, b.name) == 0 ? 0 : errno;
	real_place_close(&a);
	real_place_close(&b);
	if (e != 0)
		return disk_error(err, e, false, "rename", e == EEXIST ? to : from);
	return true;
}
