/* SQLite's allocator, clock, random and disk are those of the world. */
#include "store/vfs.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#define PATH_MAX_BYTES 64	/* "docket.sqlite-journal" and the like */

struct vfs {
	sqlite3_vfs base;
	struct world *world;
	struct dir *home;
	char name[40];
	bool dead;
	struct err last;
	uint8_t page[VFS_PAGE];		/* on its way to the disk, with its sum */
};

struct vfs_file {
	sqlite3_file base;
	struct vfs *vfs;
	struct file *file;
	bool summed;		/* the database itself */
	bool new_name;		/* its name is not durable yet */
};

/* ---- memory ---- */

/* The size stands in front, as SQLite asks for it; 16 keeps what follows aligned. */
#define SIZE_ROOM 16

static void *
hook_malloc(int n)
{
	uint8_t *p = n < 0 ? NULL : mem_hook_malloc((size_t)n + SIZE_ROOM);

	if (p == NULL)
		return NULL;
	memcpy(p, &n, sizeof n);
	return p + SIZE_ROOM;
}

static void
hook_free(void *p)
{
	if (p != NULL)
		mem_hook_free((uint8_t *)p - SIZE_ROOM);
}

static int
hook_size(void *p)
{
	int n = 0;

	if (p != NULL)
		memcpy(&n, (uint8_t *)p - SIZE_ROOM, sizeof n);
	return n;
}

static void *
hook_realloc(void *p, int n)
{
	uint8_t *q;

	if (p == NULL)
		return hook_malloc(n);
	q = n < 0 ? NULL : mem_hook_realloc((uint8_t *)p - SIZE_ROOM,
	    (size_t)n + SIZE_ROOM);
	if (q == NULL)
		return NULL;
	memcpy(q, &n, sizeof n);
	return q + SIZE_ROOM;
}

static int
hook_roundup(int n)
{
	return (n + 7) & ~7;
}

static int
hook_init(void *arg)
{
	(void)arg;
	return SQLITE_OK;
}

static void
hook_shutdown(void *arg)
{
	(void)arg;
}

bool
sqlite_ready(struct err *err)
{
	static const sqlite3_mem_methods memory = { hook_malloc, hook_free,
		hook_realloc, hook_size, hook_roundup, hook_init, hook_shutdown, NULL };
	int rc;

	/* Once it runs these are refused, and stay as they are. */
	(void)sqlite3_config(SQLITE_CONFIG_MALLOC, &memory);
	(void)sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	(void)sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
	(void)sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
	rc = sqlite3_initialize();
	if (rc == SQLITE_NOMEM)
		return err_memory(err);
	return rc == SQLITE_OK || err_set(err, ERR_IO, "docket.sqlite",
	    "SQLite could not be started (%d)", rc);
}

/* ---- sums of pages ---- */

/*
 * Two running sums over 32-bit big-endian words, each added to the other: finds any
 * single damage and swaps.  Against rot, not against people: names and texts are
 * sealed, acts are signed.
 */
static void
page_sum(const uint8_t *page, uint8_t out[VFS_SUM])
{
	uint32_t a = 0x636f6d69, b = 0x74793031;	/* zeros have a sum too */

	for (size_t i = 0; i < VFS_PAGE - VFS_SUM; i += 8) {
		uint32_t x, y;

		memcpy(&x, page + i, 4);
		memcpy(&y, page + i + 4, 4);
		a += __builtin_bswap32(x) + b;
		b += __builtin_bswap32(y) + a;
	}
	a = __builtin_bswap32(a);
	b = __builtin_bswap32(b);
	memcpy(out, &a, 4);
	memcpy(out + 4, &b, 4);
}

static bool
page_whole(const uint8_t *page)
{
	uint8_t sum[VFS_SUM];

	page_sum(page, sum);
	return memcmp(sum, page + VFS_PAGE - VFS_SUM, VFS_SUM) == 0;
}

static bool
is_page(const struct vfs_file *f, int n, sqlite3_int64 at)
{
	return f->summed && n == VFS_PAGE && at % VFS_PAGE == 0;
}

/* ---- open files ---- */

/* The code for what just failed; out of memory is told apart, as SQLite does. */
static int
failed(struct vfs *v, int code)
{
	if (v->last.kind == ERR_MEMORY)
		return SQLITE_IOERR_NOMEM;
	if (strcmp(v->last.reason, "disk.full") == 0)
		return SQLITE_FULL;
	return code;
}

static bool
alive(struct vfs *v)
{
	return !v->dead || err_set(&v->last, ERR_IO, "docket.dead",
	    "the disk did not take what was written before");
}

static void
die(struct vfs *v)
{
	struct err ignored = ERR_INIT;

	v->dead = true;
	/* A disk that does not take even this is no disk until the next start. */
	if (!path_remove(v->world, v->home, VFS_SURE, &ignored))
		return;
}

static int
f_close(sqlite3_file *base)
{
	struct vfs_file *f = (struct vfs_file *)base;

	file_close(f->file);
	f->file = NULL;
	return SQLITE_OK;
}

static int
f_read(sqlite3_file *base, void *p, int n, sqlite3_int64 at)
{
	struct vfs_file *f = (struct vfs_file *)base;
	struct vfs *v = f->vfs;
	size_t got;

	if (!alive(v) || !file_read_at(f->file, p, (size_t)n, (uint64_t)at, &got,
	    &v->last))
		return failed(v, SQLITE_IOERR_READ);
	if (got < (size_t)n)
		memset((uint8_t *)p + got, 0, (size_t)n - got);
	/* Behind the end there is no page; a part of one is a damaged one. */
	if (got > 0 && is_page(f, n, at) && !page_whole(p)) {
		(void)err_set(&v->last, ERR_UNPROVEN, "docket.damaged",
		    "page %lld of the docket is not as it was written",
		    (long long)(at / VFS_PAGE + 1));
		return SQLITE_IOERR_DATA;
	}
	return got < (size_t)n ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int
f_write(sqlite3_file *base, const void *p, int n, sqlite3_int64 at)
{
	struct vfs_file *f = (struct vfs_file *)base;
	struct vfs *v = f->vfs;

	if (is_page(f, n, at)) {
		memcpy(v->page, p, VFS_PAGE - VFS_SUM);
		page_sum(v->page, v->page + VFS_PAGE - VFS_SUM);
		p = v->page;
	}
	if (!alive(v) || !file_write_at(f->file, span_of(p, (size_t)n), (uint64_t)at,
	    &v->last))
		return failed(v, SQLITE_IOERR_WRITE);
	return SQLITE_OK;
}

static int
f_truncate(sqlite3_file *base, sqlite3_int64 size)
{
	struct vfs_file *f = (struct vfs_file *)base;
	struct vfs *v = f->vfs;

	if (!alive(v) || !file_truncate(f->file, (uint64_t)size, &v->last))
		return failed(v, SQLITE_IOERR_TRUNCATE);
	return SQLITE_OK;
}

static int
f_sync(sqlite3_file *base, int flags)
{
	struct vfs_file *f = (struct vfs_file *)base;
	struct vfs *v = f->vfs;

	(void)flags;
	if (!alive(v))
		return SQLITE_IOERR_FSYNC;
	if (!file_sync(f->file, &v->last)) {
		die(v);
		return failed(v, SQLITE_IOERR_FSYNC);
	}
	if (f->new_name && !vfs_sync_names(v, &v->last))
		return failed(v, SQLITE_IOERR_DIR_FSYNC);
	f->new_name = false;
	return SQLITE_OK;
}

static int
f_size(sqlite3_file *base, sqlite3_int64 *out)
{
	struct vfs_file *f = (struct vfs_file *)base;
	struct vfs *v = f->vfs;
	struct file_info info;

	if (!alive(v) || !file_info(f->file, &info, &v->last))
		return failed(v, SQLITE_IOERR_FSTAT);
	*out = (sqlite3_int64)info.size;
	return SQLITE_OK;
}

/* The docket's own lock is held by whoever has this open. */
static int
f_lock(sqlite3_file *base, int level)
{
	(void)base, (void)level;
	return SQLITE_OK;
}

static int
f_reserved(sqlite3_file *base, int *out)
{
	(void)base;
	*out = 0;
	return SQLITE_OK;
}

static int
f_control(sqlite3_file *base, int op, void *arg)
{
	(void)base, (void)op, (void)arg;
	return SQLITE_NOTFOUND;
}

static int
f_sector(sqlite3_file *base)
{
	(void)base;
	return VFS_PAGE;
}

/* As SQLite assumes of every disk: a write does not harm the bytes beside it. */
static int
f_traits(sqlite3_file *base)
{
	(void)base;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = f_close, .xRead = f_read, .xWrite = f_write,
	.xTruncate = f_truncate, .xSync = f_sync, .xFileSize = f_size,
	.xLock = f_lock, .xUnlock = f_lock, .xCheckReservedLock = f_reserved,
	.xFileControl = f_control, .xSectorSize = f_sector,
	.xDeviceCharacteristics = f_traits,
};

/* ---- names ---- */

static struct vfs *
vfs_of(sqlite3_vfs *base)
{
	return (struct vfs *)base->pAppData;
}

static int
v_open(sqlite3_vfs *base, const char *path, sqlite3_file *out, int flags,
    int *flags_out)
{
	struct vfs_file *f = (struct vfs_file *)out;
	struct vfs *v = vfs_of(base);
	bool ok;

	memset(f, 0, sizeof *f);
	if (!alive(v) || path == NULL || (flags & SQLITE_OPEN_DELETEONCLOSE) != 0)
		return SQLITE_CANTOPEN;		/* temporary: those stay in memory */
	f->vfs = v;
	f->summed = (flags & SQLITE_OPEN_MAIN_DB) != 0;
	ok = file_open(v->world, v->home, path, FILE_UPDATE, &f->file, &v->last);
	if (!ok && v->last.kind == ERR_ABSENT && (flags & SQLITE_OPEN_CREATE) != 0) {
		ok = file_open(v->world, v->home, path, FILE_CREATE, &f->file,
		    &v->last);
		f->new_name = ok;
	}
	if (!ok)
		return failed(v, SQLITE_CANTOPEN) == SQLITE_IOERR_NOMEM ?
		    SQLITE_NOMEM : failed(v, SQLITE_CANTOPEN);
	vfs_forget(v);
	if (flags_out != NULL)
		*flags_out = flags;
	f->base.pMethods = &methods;
	return SQLITE_OK;
}

static int
v_delete(sqlite3_vfs *base, const char *path, int sync_names)
{
	struct vfs *v = vfs_of(base);

	if (!alive(v))
		return SQLITE_IOERR_DELETE;
	if (!path_remove(v->world, v->home, path, &v->last)) {
		if (v->last.kind != ERR_ABSENT)
			return failed(v, SQLITE_IOERR_DELETE);
		vfs_forget(v);
		return SQLITE_IOERR_DELETE_NOENT;
	}
	if (sync_names != 0 && !vfs_sync_names(v, &v->last))
		return failed(v, SQLITE_IOERR_DIR_FSYNC);
	return SQLITE_OK;
}

/* An empty file counts as none, as in SQLite's own way to Unix. */
static int
v_access(sqlite3_vfs *base, const char *path, int flags, int *out)
{
	struct vfs *v = vfs_of(base);
	struct file_info info;

	*out = 0;
	if (!alive(v))
		return SQLITE_IOERR_ACCESS;
	if (!path_info(v->world, v->home, path, &info, &v->last)) {
		if (v->last.kind != ERR_ABSENT)
			return failed(v, SQLITE_IOERR_ACCESS);
		vfs_forget(v);
		return SQLITE_OK;
	}
	*out = flags != SQLITE_ACCESS_EXISTS || info.size > 0;
	return SQLITE_OK;
}

static int
v_full_path(sqlite3_vfs *base, const char *path, int room, char *out)
{
	size_t n = strlen(path) + 1;

	(void)base;
	if (n > (size_t)room)
		return SQLITE_CANTOPEN;
	memcpy(out, path, n);
	return SQLITE_OK;
}

static int
v_random(sqlite3_vfs *base, int n, char *out)
{
	struct vfs *v = vfs_of(base);

	return world_random(v->world, out, (size_t)n, &v->last) ? n : 0;
}

static int
v_sleep(sqlite3_vfs *base, int microseconds)
{
	world_sleep(vfs_of(base)->world, ((uint64_t)microseconds + 999) / 1000);
	return microseconds;
}

/* Milliseconds of the Julian day, whose zero is noon of 24 Nov 4714 BC. */
static int
v_now(sqlite3_vfs *base, sqlite3_int64 *out)
{
	*out = ((sqlite3_int64)world_now(vfs_of(base)->world) + 210866760000) * 1000;
	return SQLITE_OK;
}

static int
v_now_days(sqlite3_vfs *base, double *out)
{
	sqlite3_int64 ms;

	(void)v_now(base, &ms);
	*out = (double)ms / 86400000.0;
	return SQLITE_OK;
}

static int
v_last_error(sqlite3_vfs *base, int n, char *out)
{
	(void)base, (void)n, (void)out;
	return 0;
}

/* ---- making one ---- */

static void
vfs_fill(struct vfs *v)
{
	v->base = (sqlite3_vfs){
		.iVersion = 2, .szOsFile = sizeof(struct vfs_file),
		.mxPathname = PATH_MAX_BYTES, .zName = v->name, .pAppData = v,
		.xOpen = v_open, .xDelete = v_delete, .xAccess = v_access,
		.xFullPathname = v_full_path, .xRandomness = v_random,
		.xSleep = v_sleep, .xCurrentTime = v_now_days,
		.xGetLastError = v_last_error, .xCurrentTimeInt64 = v_now,
	};
}

bool
vfs_new(struct world *w, struct dir *home, struct vfs **out, struct err *err)
{
	struct vfs *v = mem_new(sizeof *v, err);

	if (v == NULL)
		return false;
	v->world = w;
	v->home = home;
	vfs_forget(v);
	(void)snprintf(v->name, sizeof v->name, "comity-%p", (void *)v);
	vfs_fill(v);
	/*
	 * The default, as SQLite takes its random from that; and anew, so that in a
	 * simulated world the seed alone says what it gives.
	 */
	if (sqlite3_vfs_register(&v->base, 1) != SQLITE_OK) {
		mem_free(v);
		return err_memory(err);
	}
	sqlite3_randomness(0, NULL);
	*out = v;
	return true;
}

void
vfs_free(struct vfs *v)
{
	if (v == NULL)
		return;
	(void)sqlite3_vfs_unregister(&v->base);
	mem_free(v);
}

const char *
vfs_name(const struct vfs *v)
{
	return v->name;
}

const struct err *
vfs_last(const struct vfs *v)
{
	return &v->last;
}

void
vfs_forget(struct vfs *v)
{
	err_clear(&v->last);
}

bool
vfs_dead(const struct vfs *v)
{
	return v->dead;
}

bool
vfs_sync_names(struct vfs *v, struct err *err)
{
	if (dir_sync(v->home, err))
		return true;
	die(v);
	return false;
}
