#include "package/payload.h"

#include <string.h>

#include "package/read_order.h"

bool
payload_changed(const struct entry *e, const char *how, struct err *err)
{
	return err_set(err, ERR_CONFLICT, "payload.changed",
	    "%s %s; nothing was sealed", shown(e->name).s, how);
}

static bool
open_error(const struct entry *e, struct err *err)
{
	if (err->kind == ERR_ABSENT)
		return payload_changed(e,
		    "was there when the folder was read and is gone now", err);
	if (err->kind == ERR_INPUT)
		return payload_changed(e, "is no longer a file", err);
	if (err->kind == ERR_IO && strcmp(err->reason, "disk.denied") == 0)
		return err_set(err, ERR_IO, "payload.unreadable",
		    "%s cannot be read (leave it out, or ask for the right to "
		    "read it)", shown(e->name).s);
	return err_wrap(err, "%s", shown(e->name).s);
}

bool
payload_open(const struct payload *p, const struct entry *e,
    struct file **out, struct err *err)
{
	char name[PAYLOAD_NAME_MAX + 1];

	memcpy(name, e->name.p, e->name.n);
	name[e->name.n] = '\0';
	if (p->file != NULL ?
	    file_open(p->w, NULL, p->file, FILE_READ, out, err) :
	    file_open(p->w, p->root, name, FILE_READ, out, err))
		return true;
	return open_error(e, err);
}

/*
 * The change time too: it moves with every write and cannot be set back by a
 * program, as the modification time can.
 */
bool
payload_unchanged(const struct entry *e, struct file *f, struct err *err)
{
	struct file_info now;

	if (!file_info(f, &now, err))
		return err_wrap(err, "%s", shown(e->name).s);
	if (now.inode != e->inode || now.device != e->on)
		return payload_changed(e, "was replaced by another file", err);
	if (now.size != e->size)
		return payload_changed(e, "has another size than before", err);
	if (e->device)
		return true;
	if (now.mtime != e->mtime || now.mtime_ns != e->mtime_ns ||
	    now.ctime != e->ctime || now.ctime_ns != e->ctime_ns)
		return payload_changed(e, "was changed while it was read", err);
	return true;
}

static bool
folder_unchanged(const struct payload *p, const struct entry *e,
    struct err *err)
{
	char name[PAYLOAD_NAME_MAX + 1];
	struct file_info now;

	memcpy(name, e->name.p, e->name.n);
	name[e->name.n] = '\0';
	if (!path_info(p->w, p->root, e->name.n == 0 ? "." : name, &now, err))
		return open_error(e, err);
	if (now.inode != e->inode || now.mtime != e->mtime ||
	    now.mtime_ns != e->mtime_ns)
		return err_set(err, ERR_CONFLICT, "payload.changed",
		    "something was added to or removed from %s; nothing was "
		    "sealed", e->name.n == 0 ? "the folder" : shown(e->name).s);
	return true;
}

bool
payload_folders_unchanged(const struct payload *p, struct err *err)
{
	struct spool_reader r;
	struct entry e;
	bool more = true, ok;

	if (!spool_reader_init(&r, err))
		return false;
	spool_reader_set(&r, p->folders, 0, spool_size(p->folders));
	/* The records have the form of the others. */
	do
		ok = payload_next_other(&r, &e, &more, err) &&
		    (!more || folder_unchanged(p, &e, err));
	while (ok && more);
	spool_reader_clear(&r);
	return ok;
}
