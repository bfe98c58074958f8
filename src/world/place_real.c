/*
 * From a path to a descriptor that does not leave its folder: by openat2 where the
 * kernel has it, else one component at a time without following links.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "world/real.h"

static int
openat2_beneath(int at, const char *path, int flags, unsigned mode)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)flags,
		.mode = mode,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
		    RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, at, path, &how, sizeof how);
}

void
real_probe(struct real *r)
{
	int fd = openat2_beneath(AT_FDCWD, ".", O_PATH | O_CLOEXEC, 0);

	/* EPERM: a filter of system calls that is older than this one. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		atomic_fetch_or(&r->lacks, REAL_LACKS_OPENAT2);
	if (fd >= 0)
		(void)close(fd);
}

/* ---- without openat2 ---- */

/* With O_NOFOLLOW a link shows as ENOTDIR to O_DIRECTORY: say ELOOP. */
static int
open_no_follow(int at, const char *name, int flags, unsigned mode)
{
	int fd = openat(at, name, flags | O_NOFOLLOW, mode);
	struct stat st;

	if (fd >= 0 || errno != ENOTDIR)
		return fd;
	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(st.st_mode))
		errno = ELOOP;
	else
		errno = ENOTDIR;
	return -1;
}

/* Go down into parent's components; a new descriptor. */
static int
walk_down(int at, char *parent)
{
	char *save = NULL, *part;
	int fd = openat(at, ".", O_PATH | O_DIRECTORY | O_CLOEXEC), next;

	for (part = strtok_r(parent, "/", &save); fd >= 0 && part != NULL;
	    part = strtok_r(NULL, "/", &save)) {
		next = open_no_follow(fd, part, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
		int e = errno;
		(void)close(fd);
		errno = e;
		fd = next;
	}
	return fd;
}

static int
walk_beneath(int at, const char *path, int flags, unsigned mode)
{
	struct path_parts parts;
	size_t n = strlen(path);
	int parent, fd, e;

	if (n == 0) {
		errno = ENOENT;
		return -1;
	}
	path_split(path, &parts);
	if (path[n - 1] == '/' && (flags & O_CREAT) != 0) {
		errno = EISDIR;
		return -1;
	}
	if (path[n - 1] == '/')
		flags |= O_DIRECTORY;
	parent = walk_down(at, parts.parent);
	if (parent < 0)
		return -1;
	fd = open_no_follow(parent, parts.name, flags, mode);
	e = errno;
	(void)close(parent);
	errno = e;
	return fd;
}

/* ---- either ---- */

int
real_open(struct world *w, struct dir *at, const char *path, int flags,
    unsigned mode)
{
	struct real *r = (struct real *)w;
	int fd, base = at == NULL ? AT_FDCWD : ((struct real_dir *)at)->fd;

	flags |= O_CLOEXEC;
	do {
		if (at == NULL)
			fd = openat(base, path, flags, mode);
		else if ((atomic_load_explicit(&r->lacks, memory_order_relaxed) &
		    REAL_LACKS_OPENAT2) == 0)
			fd = openat2_beneath(base, path, flags, mode);
		else
			fd = walk_beneath(base, path, flags, mode);
	} while (fd < 0 && errno == EINTR);
	return fd;
}

bool
real_place_open(struct world *w, struct dir *at, const char *path,
    struct real_place *out)
{
	out->ours = false;
	if (at == NULL) {		/* the system's own rules */
		out->fd = AT_FDCWD;
		out->name = path;
		return true;
	}
	if (path[0] == '\0') {
		errno = ENOENT;
		return false;
	}
	path_split(path, &out->parts);
	out->name = out->parts.name;
	out->fd = ((struct real_dir *)at)->fd;
	if (strcmp(out->parts.parent, ".") == 0)
		return true;
	out->fd = real_open(w, at, out->parts.parent, O_PATH | O_DIRECTORY, 0);
	out->ours = out->fd >= 0;
	return out->ours;
}

void
real_place_close(struct real_place *p)
{
	int e = errno;

	if (p->ours)
		(void)close(p->fd);
	errno = e;
}

/* ---- rename that does not replace ---- */

/* A hard link cannot replace; folders have none, so there the check comes first. */
static int
rename_by_link(int from_fd, const char *from, int to_fd, const char *to)
{
	struct stat st;

	if (linkat(from_fd, from, to_fd, to, 0) == 0)
		return unlinkat(from_fd, from, 0) == 0 ? 0 : errno;
	if (errno != EPERM && errno != EOPNOTSUPP)
		return errno;
	if (fstatat(to_fd, to, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return EEXIST;
	if (errno != ENOENT)
		return errno;
	return renameat(from_fd, from, to_fd, to) == 0 ? 0 : errno;
}

int
real_rename_new(struct real *r, int from_fd, const char *from, int to_fd,
    const char *to)
{
	if ((atomic_load(&r->lacks) & REAL_LACKS_RENAMEAT2) == 0) {
		if (renameat2(from_fd, from, to_fd, to, RENAME_NOREPLACE) == 0)
			return 0;
		/* EINVAL: this file system cannot (also: into itself, said again). */
		if (errno != EINVAL && errno != ENOSYS)
			return errno;
	}
	return rename_by_link(from_fd, from, to_fd, to);
}
