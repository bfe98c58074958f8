/*
 * Private to the room: the simulated body's state.  Numbers that come back (int)
 * are the system's error numbers, 0 for none, so that both bodies say one error in
 * the same words.  Everything here is used under sim->lock.
 */
#ifndef COMITY_WORLD_SIM_H
#define COMITY_WORLD_SIM_H

#include "world/body.h"

#define SIM_PAGE 4096		/* bytes; as the machines we know */
#define SIM_LINKS_MAX 40	/* links followed in one path, as Linux does */

/* A file's bytes, without the pages that were never written. */
struct sim_slot {
	uint64_t index;		/* offset / SIM_PAGE */
	uint8_t *page;
};
struct sim_image {
	struct sim_slot *slots;	/* ascending */
	size_t n, cap;
	uint64_t size;
};

/* A write or a new size that no sync has made durable. */
struct sim_write {
	struct sim_write *next;
	uint64_t order;
	bool resize;
	uint64_t at;		/* offset, or the new size */
	size_t n;
	uint8_t *bytes;
};

struct sim_entry {
	char *name;
	struct sim_node *node;	/* holds a reference */
};
struct sim_names {
	struct sim_entry *entries;	/* by name, bytewise */
	size_t n, cap;
};

/*
 * A file, folder, link or other.  1. `refs` counts entries (present and durable),
 * unsynced changes and open handles; the last to go frees it.  2. `parent` is not
 * counted: it is right while the folder is reachable, NULL once it is removed.
 * 3. names == durable_names with the unsynced changes of the disk applied; the
 * same holds for now, durable and unsynced, unless a sync of the file failed.
 * 4. The pages of `now` are counted in sim->pages.
 */
struct sim_node {
	struct sim_node *prev, *next;		/* all of the disk */
	unsigned refs;
	enum file_type type;
	uint64_t inode;
	uint32_t mode;
	int64_t mtime, ctime;
	uint32_t mtime_ns, ctime_ns;
	const struct file *holder;		/* of the lock */

	struct sim_image now, durable;		/* files */
	bool unreadable;			/* world_sim_unreadable */
	struct sim_write *unsynced, **unsynced_end;

	struct sim_names names, durable_names;	/* folders */
	struct sim_node *parent;

	char *link;				/* links */
};

/* One change of names: up to two entries that change together. */
struct sim_change {
	struct sim_node *dir;
	const char *name;
	struct sim_node *node;		/* NULL: the name goes */
};
struct sim_op {
	struct sim_op *next;
	uint64_t order;
	struct sim_change changes[2];	/* holds references */
	char *names[2];			/* those of the changes, owned */
	struct sim_node *before[2];	/* what the names led to; references */
	unsigned n;
	bool chosen;			/* scratch of a sync */
};

struct sim {
	struct world world;
	struct gate *lock;
	int64_t now;
	uint64_t ticks;
	uint64_t random;		/* state of what world_random gives */
	uint64_t order;			/* state for the order of listings */

	struct sim_node *root;
	struct sim_node *all;
	struct sim_op *ops, **ops_end;	/* unsynced, in order */
	uint64_t inodes;
	uint64_t stamps;		/* so that no two changes have one mtime */
	uint64_t operations;		/* of bytes and names so far: their order, from 1 */
	uint64_t pages, pages_max;
	uint64_t epoch;			/* crashes so far: older handles are dead */

	uint64_t calls;
	enum sim_fault fault;
	uint64_t fault_at;
	bool fault_on, spared;
	enum sim_fault (*ask)(bool *from_then_on);	/* or NULL */
};

/* ---- sim.c ---- */

uint64_t sim_random_next(uint64_t *state);
/*
 * One disk call: 0, or the fault that is due as an error number.  EINTR is met by
 * calling again where the real body does (again).  *part is set when the call may
 * do only a part of its work; NULL where there are no parts.
 */
int sim_call(struct sim *s, bool space, bool again, bool *part);
/* The power is off: no call did anything since. */
bool sim_power_off(const struct sim *s);

/* ---- sim_image.c ---- */

/* counted: its pages use up the disk.  *done: how much was written. */
int sim_image_write(struct sim *s, struct sim_image *img, const uint8_t *p,
    size_t n, uint64_t at, bool counted, size_t *done);
void sim_image_read(const struct sim_image *img, uint8_t *p, size_t n,
    uint64_t at);
void sim_image_resize(struct sim *s, struct sim_image *img, uint64_t size,
    bool counted);
void sim_image_clear(struct sim *s, struct sim_image *img, bool counted);

/* The file as its handles see it, remembering what is not synced. */
int sim_node_write(struct sim *s, struct sim_node *node, const uint8_t *p,
    size_t n, uint64_t at);
int sim_node_resize(struct sim *s, struct sim_node *node, uint64_t size);
/* The unsynced becomes durable; or is forgotten. */
int sim_node_sync(struct sim *s, struct sim_node *node);
void sim_node_forget(struct sim_node *node);

/* ---- sim_tree.c ---- */

int sim_node_new(struct sim *s, enum file_type type, struct sim_node **out);
struct sim_node *sim_node_ref(struct sim_node *node);
void sim_node_drop(struct sim *s, struct sim_node *node);	/* NULL is quiet */
void sim_node_touch(struct sim *s, struct sim_node *node, bool content);
void sim_node_info(const struct sim_node *node, struct file_info *out);

struct sim_node *sim_names_find(const struct sim_names *names, const char *name);
int sim_names_set(struct sim_names *names, const char *name,
    struct sim_node *node, struct sim *s);
void sim_names_unset(struct sim_names *names, const char *name, struct sim *s);
void sim_names_clear(struct sim_names *names, struct sim *s);

/* Change the names now, and remember the change until it is synced. */
int sim_change(struct sim *s, const struct sim_change *changes, unsigned n);
/* Changes of this folder's names (NULL: of all), and those they build on. */
int sim_names_sync(struct sim *s, struct sim_node *dir);
int sim_op_apply(struct sim *s, const struct sim_op *op);	/* to durable */
void sim_op_free(struct sim *s, struct sim_op *op);

/* ---- sim_disk.c ---- */

struct sim_dir {
	struct dir dir;
	struct sim_node *node;
	uint64_t epoch;
};

/* Where a path leads. */
struct sim_place {
	struct sim_node *dir;		/* NULL: the path names no entry ("." or "/") */
	char name[WORLD_NAME_MAX + 1];
	struct sim_node *node;		/* NULL: not there */
	bool slash;			/* the path ends in one */
};
int sim_find(struct sim *s, struct dir *at, const char *path, bool follow,
    struct sim_place *out);

bool sim_dir_open(struct world *w, struct dir *at, const char *path,
    struct dir **out, struct err *err);
bool sim_dir_make(struct world *w, struct dir *at, const char *path,
    struct err *err);
bool sim_remove(struct world *w, struct dir *at, const char *path, bool folder,
    struct err *err);
bool sim_listing_open(struct world *w, struct dir *at, const char *path,
    struct listing **out, struct err *err);
bool sim_path_info(struct world *w, struct dir *at, const char *path,
    bool follow, struct file_info *out, struct err *err);
bool sim_path_link_text(struct world *w, struct dir *at, const char *path,
    struct buf *out, struct err *err);
bool sim_path_rename(struct world *w, struct dir *from_at, const char *from,
    struct dir *to_at, const char *to, bool replace, struct err *err);

/* ---- sim_file.c ---- */

bool sim_file_open(struct world *w, struct dir *at, const char *path,
    enum file_mode mode, struct file **out, struct file_info *info,
    struct err *err);

#endif
