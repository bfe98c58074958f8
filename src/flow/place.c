/* A new file or folder that a person named, and what is counted on its way there. */
#include <string.h>

#include "flow/backup.h"

static bool
place_split(const char *path, struct buf *folder, struct new_place *out,
    struct err *err)
{
	size_t n = strlen(path), at;

	while (n > 1 && path[n - 1] == '/')
		n--;
	for (at = n; at > 0 && path[at - 1] != '/';)
		at--;
	if (n - at >= sizeof out->name)
		return err_set(err, ERR_USE, "out.name",
		    "the name is longer than %zu bytes", sizeof out->name - 1);
	memcpy(out->name, path + at, n - at);
	out->name[n - at] = '\0';
	if (n == at || strcmp(out->name, ".") == 0 || strcmp(out->name, "..") == 0)
		return err_set(err, ERR_USE, "out.name",
		    "\"%.200s\" is no name of something that can be made", path);
	return at == 0 ? buf_add_text(folder, ".", err) :
	    buf_add(folder, span_of(path, at), err);
}

bool
place_open(struct world *w, const char *path, struct new_place *out, struct err *err)
{
	const char *folder;
	struct buf b;
	bool ok;

	memset(out, 0, sizeof *out);
	buf_init(&b, 8192);
	ok = place_split(path, &b, out, err) && buf_text(&b, &folder, err) &&
	    dir_open(w, NULL, folder, &out->into, err);
	buf_clear(&b);
	return ok;
}

bool
new_place_open(struct flow *f, const char *path, struct new_place *out,
    struct err *err)
{
	bool there, ok;

	if (!place_open(f->world, path, out, err))
		return false;
	ok = path_look(f->world, out->into, out->name, &there, err);
	if (ok && !there)
		return true;
	new_place_close(out);
	return ok && err_set(err, ERR_CONFLICT, "out.exists",
	    "%s is there already; choose another name", path);
}

void
new_place_close(struct new_place *p)
{
	dir_close(p->into);
	p->into = NULL;
}

static bool
counted_write(struct sink *to, struct span s, struct err *err)
{
	struct counted *c = (struct counted *)to;

	hasher_add(c->hash, s);
	c->n += s.n;
	return sink_write(c->under, s, err);
}

static void
counted_free(struct sink *to)
{
	(void)to;
}

bool
counted_open(struct counted *c, struct sink *under, struct err *err)
{
	memset(c, 0, sizeof *c);
	c->sink = (struct sink){ counted_write, counted_free };
	c->under = under;
	return hasher_new(&c->hash, err);
}

void
counted_close(struct counted *c)
{
	hasher_free(c->hash);
	c->hash = NULL;
}
