/* The simulated disk: from paths to nodes, folders, listings and names. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "world/sim.h"

/* ---- from a path to a node ---- */

/* A path on its way: what is left of it, with the texts of links put in front. */
struct walk {
	struct sim *sim;
	struct sim_node *at;
	bool beneath;
	unsigned links;
	const char *left;
	char text[WORLD_PATH_MAX + 1];
};

/* Put a link's text in place of the component that was the link. */
static int
walk_link(struct walk *w, const struct sim_node *link)
{
	char joined[2 * WORLD_PATH_MAX + 2];
	int n;

	if (w->beneath || ++w->links > SIM_LINKS_MAX)
		return ELOOP;
	n = snprintf(joined, sizeof joined, "%s/%s", link->link, w->left);
	/* Only what was behind it may ask for a folder. */
	if (w->left[0] == '\0')
		joined[--n] = '\0';
	if (n > WORLD_PATH_MAX)
		return ENAMETOOLONG;
	memcpy(w->text, joined, (size_t)n + 1);
	w->left = w->text;
	if (w->text[0] == '/')
		w->at = w->sim->root;
	return 0;
}

/* Take the next component into name; its length, 0 at the end of the path. */
static size_t
walk_next(struct walk *w, char *name, bool *slash, bool *last)
{
	size_t n = 0, full;

	while (*w->left == '/')
		w->left++;
	full = strcspn(w->left, "/");
	n = full > WORLD_NAME_MAX + 1 ? WORLD_NAME_MAX + 1 : full;
	memcpy(name, w->left, n);
	name[n] = '\0';
	w->left += full;
	*slash = *w->left == '/';
	*last = w->left[strspn(w->left, "/")] == '\0';
	return n;
}

/* A step that names no entry of its own: "." and "..". */
static bool
walk_dots(struct walk *w, const char *name)
{
	if (strcmp(name, ".") == 0)
		return true;
	if (strcmp(name, "..") != 0)
		return false;
	if (w->at->parent != NULL)
		w->at = w->at->parent;
	return true;
}

/* May one look for an entry in this node? */
static int
walk_check(const struct sim_node *node, size_t name_n)
{
	if (node->type != FILE_DIR)
		return ENOTDIR;
	if (node->parent == NULL)		/* removed while it was open */
		return ENOENT;
	return name_n > WORLD_NAME_MAX ? ENAMETOOLONG : 0;
}

static int
walk_all(struct walk *w, bool follow, struct sim_place *out)
{
	char name[WORLD_NAME_MAX + 2];
	struct sim_node *node;
	bool last = false;
	size_t n;
	int e;

	while ((n = walk_next(w, name, &out->slash, &last)) > 0) {
		if ((e = walk_check(w->at, n)) != 0)
			return e;
		if (walk_dots(w, name))
			continue;
		node = sim_names_find(&w->at->names, name);
		if (node != NULL && node->type == FILE_LINK &&
		    (!last || follow || out->slash)) {
			if ((e = walk_link(w, node)) != 0)
				return e;
			continue;
		}
		if (last) {
			out->dir = w->at;
			out->node = node;
			memcpy(out->name, name, n + 1);
			return node != NULL && out->slash &&
			    node->type != FILE_DIR ? ENOTDIR : 0;
		}
		if (node == NULL)
			return ENOENT;
		w->at = node;
	}
	out->dir = NULL;
	out->node = w->at;
	return 0;
}

int
sim_find(struct sim *s, struct dir *at, const char *path, bool follow,
    struct sim_place *out)
{
	struct sim_dir *d = (struct sim_dir *)at;
	struct walk w = { .sim = s, .beneath = at != NULL, .left = path };

	*out = (struct sim_place){ .dir = NULL };
	if (d != NULL && d->epoch != s->epoch)
		return EIO;
	if (path[0] == '\0')
		return ENOENT;
	w.at = d == NULL || path[0] == '/' ? s->root : d->node;
	return walk_all(&w, follow, out);
}

/* ---- an open folder ---- */

static struct sim *
enter(struct world *w)
{
	struct sim *s = (struct sim *)w;

	gate_lock(s->lock);
	return s;
}

static bool
leave(struct sim *s, int e, bool beneath, const char *doing, const char *path,
    struct err *err)
{
	gate_unlock(s->lock);
	return e == 0 || disk_error(err, e, beneath, doing, path);
}

static void
sim_dir_close(struct dir *dir)
{
	struct sim_dir *d = (struct sim_dir *)dir;
	struct sim *s = enter(dir->w);

	sim_node_drop(s, d->node);
	mem_free(d);
	gate_unlock(s->lock);
}

static bool
sim_dir_sync(struct dir *dir, struct err *err)
{
	struct sim_dir *d = (struct sim_dir *)dir;
	struct sim *s = enter(dir->w);
	int e = sim_call(s, true, false, NULL);

	if (e == 0 && d->epoch != s->epoch)
		e = EIO;
	if (e == 0)
		e = sim_names_sync(s, d->node);
	return leave(s, e, false, "write a folder to the disk", NULL, err);
}

static bool
sim_dir_sync_all(struct dir *dir, struct err *err)
{
	struct sim_dir *d = (struct sim_dir *)dir;
	struct sim *s = enter(dir->w);
	int e = sim_call(s, true, false, NULL);

	if (e == 0 && d->epoch != s->epoch)
		e = EIO;
	for (struct sim_node *n = s->all; n != NULL && e == 0; n = n->next)
		e = sim_node_sync(s, n);
	if (e == 0)
		e = sim_names_sync(s, NULL);
	return leave(s, e, false, "write everything to the disk", NULL, err);
}

static bool
sim_dir_free_bytes(struct dir *dir, uint64_t *out, struct err *err)
{
	struct sim *s = enter(dir->w);
	int e = sim_call(s, false, true, NULL);

	if (e == 0 && ((struct sim_dir *)dir)->epoch != s->epoch)
		e = EIO;
	if (e == 0)
		*out = s->pages < s->pages_max ?
		    (s->pages_max - s->pages) * SIM_PAGE : 0;
	return leave(s, e, false, "ask for free space", NULL, err);
}

static const struct dir_body sim_dir_body = {
	sim_dir_close, sim_dir_sync, sim_dir_sync_all, sim_dir_free_bytes,
};

/* The folder a path leads to, links followed where that is allowed. */
static int
find_folder(struct sim *s, struct dir *at, const char *path,
    struct sim_place *out)
{
	int e = sim_call(s, false, true, NULL);

	if (e == 0)
		e = sim_find(s, at, path, true, out);
	if (e == 0 && out->node == NULL)
		e = ENOENT;
	if (e == 0 && out->node->type != FILE_DIR)
		e = ENOTDIR;
	return e;
}

bool
sim_dir_open(struct world *w, struct dir *at, const char *path,
    struct dir **out, struct err *err)
{
	struct sim_dir *d = mem_new(sizeof *d, err);
	struct sim_place place;
	struct sim *s;
	int e;

	if (d == NULL)
		return false;
	s = enter(w);
	e = find_folder(s, at, path, &place);
	if (e != 0) {
		mem_free(d);
		return leave(s, e, at != NULL, "open folder", path, err);
	}
	d->dir = (struct dir){ &sim_dir_body, w };
	d->node = sim_node_ref(place.node);
	d->epoch = s->epoch;
	*out = &d->dir;
	return leave(s, 0, false, NULL, NULL, NULL);
}

/* Put a new node under a name that is free. */
static int
put_new(struct sim *s, const struct sim_place *place, enum file_type type,
    const char *link_text)
{
	struct sim_node *node;
	int e;

	if (place->node != NULL)
		return EEXIST;
	if (sim_node_new(s, type, &node) != 0)
		return ENOMEM;
	node->link = link_text == NULL ? NULL : mem_text_of(link_text, NULL);
	e = link_text != NULL && node->link == NULL ? ENOMEM :
	    sim_change(s, &(struct sim_change){ place->dir, place->name, node },
	    1);
	sim_node_drop(s, node);
	return e;
}

bool
sim_dir_make(struct world *w, struct dir *at, const char *path, struct err *err)
{
	struct sim_place place;
	struct sim *s = enter(w);
	int e = sim_call(s, true, true, NULL);

	if (e == 0)
		e = sim_find(s, at, path, false, &place);
	/* "FILE/" is there too. */
	if (e == ENOTDIR && place.slash && place.node != NULL)
		e = EEXIST;
	if (e == 0)
		e = put_new(s, &place, FILE_DIR, NULL);
	return leave(s, e, at != NULL, "make folder", path, err);
}

bool
world_sim_put(struct world *w, const char *path, enum file_type type,
    const char *link_text, struct err *err)
{
	struct sim_place place;
	struct sim *s = enter(w);
	int e = sim_find(s, NULL, path, false, &place);

	if (e == 0)
		e = put_new(s, &place, type, link_text);
	return leave(s, e, false, "put", path, err);
}

bool
world_sim_unreadable(struct world *w, const char *path, struct err *err)
{
	struct sim_place place;
	struct sim *s = enter(w);
	int e = sim_find(s, NULL, path, false, &place);

	if (e == 0 && place.node == NULL)
		e = ENOENT;
	if (e == 0)
		place.node->unreadable = true;
	return leave(s, e, false, "spoil", path, err);
}

static int
remove_place(struct sim *s, const struct sim_place *place, bool folder)
{
	struct sim_change gone = { place->dir, place->name, NULL };
	struct sim_node *node = place->node;
	int e;

	if (node == NULL)
		return ENOENT;
	if (folder && node->type != FILE_DIR)
		return ENOTDIR;
	if (!folder && node->type == FILE_DIR)
		return EISDIR;
	if (place->dir == NULL)
		return EBUSY;
	if (node->names.n > 0)
		return ENOTEMPTY;
	(void)sim_node_ref(node);
	e = sim_change(s, &gone, 1);
	if (e == 0)
		node->parent = NULL;
	sim_node_drop(s, node);
	return e;
}

bool
sim_remove(struct world *w, struct dir *at, const char *path, bool folder,
    struct err *err)
{
	struct sim_place place;
	struct sim *s = enter(w);
	int e = sim_call(s, false, true, NULL);

	if (e == 0)
		e = sim_find(s, at, path, false, &place);
	if (e == 0)
		e = remove_place(s, &place, folder);
	return leave(s, e, at != NULL, "remove", path, err);
}

/* ---- listing ---- */

/* What the folder held when it was opened, from a place the seed chose. */
struct sim_listing {
	struct listing listing;
	struct sim *sim;
	struct sim_names names;		/* holds references */
	size_t first, given;
};

static bool
sim_listing_next(struct listing *listing, struct listing_entry *out, bool *more,
    struct err *err)
{
	struct sim_listing *l = (struct sim_listing *)listing;
	struct sim *s = enter(&l->sim->world);
	int e = sim_call(s, false, true, NULL);

	if (e == 0) {
		*more = l->given < l->names.n;
		if (*more) {
			const struct sim_entry *entry = &l->names.entries[
			    (l->first + l->given++) % l->names.n];

			*out = (struct listing_entry){ entry->name,
			    entry->node->type };
		}
	}
	return leave(s, e, false, "list a folder", NULL, err);
}

static void
sim_listing_close(struct listing *listing)
{
	struct sim_listing *l = (struct sim_listing *)listing;
	struct sim *s = enter(&l->sim->world);

	sim_names_clear(&l->names, s);
	mem_free(l);
	gate_unlock(s->lock);
}

static const struct listing_body sim_listing_body = {
	sim_listing_next, sim_listing_close,
};

static int
copy_names(struct sim *s, const struct sim_names *from, struct sim_names *to)
{
	int e = 0;

	for (size_t i = 0; i < from->n && e == 0; i++)
		e = sim_names_set(to, from->entries[i].name,
		    from->entries[i].node, s);
	return e;
}

bool
sim_listing_open(struct world *w, struct dir *at, const char *path,
    struct listing **out, struct err *err)
{
	struct sim_listing *l = mem_new(sizeof *l, err);
	struct sim_place place;
	struct sim *s;
	int e;

	if (l == NULL)
		return false;
	s = enter(w);
	e = find_folder(s, at, path, &place);
	if (e == 0)
		e = copy_names(s, &place.node->names, &l->names);
	if (e != 0) {
		sim_names_clear(&l->names, s);
		mem_free(l);
		return leave(s, e, at != NULL, "list", path, err);
	}
	l->listing.body = &sim_listing_body;
	l->sim = s;
	l->first = l->names.n == 0 ? 0 :
	    (size_t)(sim_random_next(&s->order) % l->names.n);
	*out = &l->listing;
	return leave(s, 0, false, NULL, NULL, NULL);
}

/* ---- names ---- */

bool
sim_path_info(struct world *w, struct dir *at, const char *path, bool follow,
    struct file_info *out, struct err *err)
{
	struct sim_place place;
	struct sim *s = enter(w);
	int e = sim_call(s, false, true, NULL);

	if (e == 0)
		e = sim_find(s, at, path, follow, &place);
	if (e == 0 && place.node == NULL)
		e = ENOENT;
	if (e == 0)
		sim_node_info(place.node, out);
	return leave(s, e, at != NULL, "look at", path, err);
}

bool
sim_path_link_text(struct world *w, struct dir *at, const char *path,
    struct buf *out, struct err *err)
{
	struct sim_place place;
	struct sim *s = enter(w);
	int e = sim_call(s, false, true, NULL);
	bool ok = false;

	if (e == 0)
		e = sim_find(s, at, path, false, &place);
	if (e == 0 && place.node == NULL)
		e = ENOENT;
	if (e == 0 && place.node->type == FILE_LINK)
		ok = buf_add(out, span_text(place.node->link), err);
	else if (e == 0)
		(void)disk_error_kind(err, path, "it is not a symbolic link");
	(void)leave(s, e, at != NULL, "look at", path, err);
	return ok;
}

/* Does dir lie in node, or is it node itself? */
static bool
lies_in(const struct sim_node *dir, const struct sim_node *node)
{
	for (; dir != NULL; dir = dir->parent == dir ? NULL : dir->parent)
		if (dir == node)
			return true;
	return false;
}

/* May `from` take the place of `to`? */
static int
rename_check(const struct sim_place *from, const struct sim_place *to,
    bool replace)
{
	if (from->node == NULL)
		return ENOENT;
	if (from->dir == NULL || to->dir == NULL)
		return EBUSY;
	if (from->slash || to->slash)
		return ENOTDIR;
	if (to->node != NULL && !replace)
		return EEXIST;
	if (from->node->type == FILE_DIR && lies_in(to->dir, from->node))
		return EINVAL;
	if (to->node == NULL || to->node == from->node)
		return 0;
	if (from->node->type == FILE_DIR && to->node->type != FILE_DIR)
		return ENOTDIR;
	if (from->node->type != FILE_DIR && to->node->type == FILE_DIR)
		return EISDIR;
	return to->node->names.n > 0 ? ENOTEMPTY : 0;
}

static int
rename_places(struct sim *s, const struct sim_place *from,
    const struct sim_place *to, bool replace)
{
	struct sim_change changes[2] = {
		{ to->dir, to->name, from->node },
		{ from->dir, from->name, NULL },
	};
	struct sim_node *before = to->node;
	int e = rename_check(from, to, replace);

	if (e != 0 || before == from->node)
		return e;
	if (before != NULL)
		(void)sim_node_ref(before);
	e = sim_change(s, changes, 2);
	if (e == 0 && before != NULL)
		before->parent = NULL;
	sim_node_drop(s, before);
	return e;
}

bool
sim_path_rename(struct world *w, struct dir *from_at, const char *from,
    struct dir *to_at, const char *to, bool replace, struct err *err)
{
	struct sim_place a, b;
	struct sim *s = enter(w);
	int e = sim_call(s, true, true, NULL);

	if (e == 0)
		e = sim_find(s, from_at, from, false, &a);
	if (e != 0)
		return leave(s, e, from_at != NULL, "rename", from, err);
	e = sim_find(s, to_at, to, false, &b);
	if (e != 0)
		return leave(s, e, to_at != NULL, "rename to", to, err);
	e = rename_places(s, &a, &b, replace);
	return leave(s, e, false, "rename", e == EEXIST ? to : from, err);
}
