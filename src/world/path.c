/* Paths as text, and the errors of a disk: shared by both bodies. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "world/body.h"

/* Does the path have a component ".."? */
static bool
climbs(const char *path)
{
	for (const char *p = path; p != NULL; p = strchr(p, '/')) {
		while (*p == '/')
			p++;
		if (p[0] == '.' && p[1] == '.' && (p[2] == '/' || p[2] == '\0'))
			return true;
	}
	return false;
}

bool
path_rules(const struct dir *at, const char *path, struct err *err)
{
	if (at != NULL && (path[0] == '/' || climbs(path)))
		return disk_error(err, EXDEV, true, "use", path);
	if (strlen(path) > WORLD_PATH_MAX)
		return disk_error(err, ENAMETOOLONG, false, "use", "a path");
	return true;
}

void
path_split(const char *path, struct path_parts *out)
{
	size_t end = strlen(path), start, parent;

	while (end > 1 && path[end - 1] == '/')
		end--;
	start = end;
	while (start > 0 && path[start - 1] != '/')
		start--;
	parent = start;
	while (parent > 1 && path[parent - 1] == '/')
		parent--;
	memcpy(out->name, path + start, end - start);
	out->name[end - start] = '\0';
	if (parent == 0)
		out->parent[parent++] = '.';
	else
		memcpy(out->parent, path, parent);
	out->parent[parent] = '\0';
}

bool
temporary_name(struct world *w, struct temporary_name *out, struct err *err)
{
	uint64_t r[2];

	if (!world_random(w, r, sizeof r, err))
		return false;
	(void)snprintf(out->s, sizeof out->s, "%s%016llx%016llx",
	    DISK_TEMPORARY_PREFIX, (unsigned long long)r[0],
	    (unsigned long long)r[1]);
	return true;
}

/* ---- errors ---- */

struct disk_reason {
	int number;
	enum err_kind kind;
	const char *reason;
	const char *text;
};

static const struct disk_reason outside = { 0, ERR_INPUT, "disk.outside",
	"it leads outside its folder, or through a symbolic link" };

static const struct disk_reason reasons[] = {
	{ ENOENT, ERR_ABSENT, "disk.absent", "it is not there" },
	{ EEXIST, ERR_CONFLICT, "disk.exists", "it is there already" },
	{ ENOTEMPTY, ERR_CONFLICT, "disk.not-empty", "the folder is not empty" },
	{ EWOULDBLOCK, ERR_CONFLICT, "disk.locked", "another program holds it" },
	{ ENOSPC, ERR_IO, "disk.full", "there is no space left on the disk" },
	{ EDQUOT, ERR_IO, "disk.full", "the disk quota is used up" },
	{ EACCES, ERR_IO, "disk.denied", "permission denied" },
	{ EPERM, ERR_IO, "disk.denied", "the system does not permit it" },
	{ EROFS, ERR_IO, "disk.denied", "the file system is read-only" },
	{ ENOTDIR, ERR_INPUT, "disk.kind", "it is not a folder" },
	{ EISDIR, ERR_INPUT, "disk.kind", "it is a folder" },
	{ ENXIO, ERR_INPUT, "disk.kind", "it is no file" },
	{ ENAMETOOLONG, ERR_INPUT, "disk.name", "the name is too long" },
	{ EXDEV, ERR_IO, "disk.across", "the two lie on different file systems" },
};

/* The path as people may see it; false when memory is short. */
static bool
visible(struct buf *out, const char *path, const char **text)
{
	buf_init(out, 4 * WORLD_PATH_MAX + 16);
	return text_visible(out, span_text(path), NULL) &&
	    buf_text(out, text, NULL);
}

static bool
reason_set(struct err *err, const struct disk_reason *r, const char *doing,
    const char *path)
{
	const char *text;
	struct buf b;

	if (path == NULL)
		return err_set(err, r->kind, r->reason, "cannot %s: %s", doing,
		    r->text);
	if (!visible(&b, path, &text))
		text = "a name";
	(void)err_set(err, r->kind, r->reason, "cannot %s \"%s\": %s", doing, text,
	    r->text);
	buf_clear(&b);
	return false;
}

bool
disk_error(struct err *err, int number, bool beneath, const char *doing,
    const char *path)
{
	char text[80];
	struct disk_reason rest = { number, ERR_IO, "disk.io", text };

	if (number == ENOMEM)
		return err_memory(err);
	if (beneath && (number == EXDEV || number == ELOOP))
		return reason_set(err, &outside, doing, path);
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (reasons[i].number == number)
			return reason_set(err, &reasons[i], doing, path);
	(void)snprintf(text, sizeof text, "%s", strerrordesc_np(number) != NULL ?
	    strerrordesc_np(number) : "the system reports an error");
	return reason_set(err, &rest, doing, path);
}

bool
disk_wrap(struct err *err, const char *doing, const char *path)
{
	const char *text;
	struct buf b;

	if (!visible(&b, path, &text))
		text = "a name";
	(void)err_wrap(err, "cannot %s \"%s\"", doing, text);
	buf_clear(&b);
	return false;
}

bool
disk_error_kind(struct err *err, const char *path, const char *why)
{
	struct disk_reason r = { 0, ERR_INPUT, "disk.kind", why };

	return reason_set(err, &r, "open", path);
}
