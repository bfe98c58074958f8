#include "package/check.h"

#include "package/disclose_check.h"

#include <stdio.h>
#include <string.h>

/* ---- the steps of a run ---- */

static bool
tar_fetch_step(void *arg, struct worker *w, struct slab *s, struct err *err)
{
	struct check *c = arg;

	return plain_fetch(&c->plain, &w->reader, c->base + s->index * SLAB_BYTES,
	    s->bytes, SLAB_BYTES, &s->n, &s->brk, err);
}

static bool
tar_lay_step(void *arg, struct slab *s, bool *last, struct err *err)
{
	struct check *c = arg;
	bool final = s->index + 1 >= c->slabs;

	if (!tar_lay(&c->tar, s, s->index == 0 ? c->skip : 0, final,
	    c->unpack != NULL ? unpack_opened : NULL, c->unpack, err))
		return false;
	if (s->brk.met)
		c->brk = s->brk;
	*last = final || c->tar.broken || c->tar.over || s->brk.met;
	return true;
}

static bool
folder_fetch_step(void *arg, struct worker *w, struct slab *s, struct err *err)
{
	(void)arg;
	(void)w;
	(void)s;
	(void)err;
	return true;			/* what to read is known once it is laid */
}

static bool
folder_lay_step(void *arg, struct slab *s, bool *last, struct err *err)
{
	struct check *c = arg;

	return folder_lay(c->folder, s, last, c->unpack != NULL ? unpack_opened :
	    NULL, c->unpack, err);
}

static bool
folder_fill_step(void *arg, struct worker *w, struct slab *s, struct err *err)
{
	struct check *c = arg;

	(void)w;
	return folder_fill(c->folder, s, err);
}

static bool
unpack_step(void *arg, struct worker *w, struct slab *s, struct err *err)
{
	struct check *c = arg;

	(void)w;
	return c->unpack == NULL || unpack_whole(c->unpack, s, err);
}

static bool
finish_step(void *arg, struct slab *s, bool *stop, struct err *err)
{
	return check_slab(arg, s, stop, err);
}

static const struct run_ops tar_ops = { tar_fetch_step, tar_lay_step, NULL,
	unpack_step, finish_step };
static const struct run_ops folder_ops = { folder_fetch_step, folder_lay_step,
	folder_fill_step, unpack_step, finish_step };

/* ---- what stops it: checks 1 to 4 ---- */

static void
stop_broken(struct check *c, const char *reason, const char *text)
{
	c->stopped = true;
	check_broken(c, reason, "%s", text);
}

/* Where in the tar the reading stood: in which file. */
static void
say_place(const struct check *c, char out[400])
{
	const struct tar_reader *t = &c->tar;

	if (t->path[0] == '\0')
		(void)snprintf(out, 400, "before the first file");
	else
		(void)snprintf(out, 400, "%s %s", t->step == TAR_CONTENT ?
		    "inside" : "after", shown_text(t->path).s);
}

static void
stop_chunk(struct check *c)
{
	char text[800], place[400];
	const struct plain_break *b = &c->brk;

	say_place(c, place);
	if (b->cut)
		(void)snprintf(text, sizeof text, "The parcel was cut: it ends at "
		    "byte %llu, %s. Fetch the rest, or the whole parcel again.",
		    (unsigned long long)b->file_to, place);
	else
		(void)snprintf(text, sizeof text, "The parcel was changed or cut: "
		    "bytes %llu to %llu (chunk %llu of %llu) do not open, %s. Ask "
		    "for the same parcel again.",
		    (unsigned long long)b->file_from,
		    (unsigned long long)b->file_to - 1,
		    (unsigned long long)b->chunk + 1,
		    (unsigned long long)c->plain.chunks, place);
	stop_broken(c, b->cut ? "parcel.cut" : "parcel.chunk", text);
}

static void
stop_tar(struct check *c)
{
	const struct tar_reader *t = &c->tar;
	char text[800];

	(void)snprintf(text, sizeof text, "%s: %s (byte %llu of the package).",
	    t->cut ? "The package was cut" : "The package is not as it was sealed",
	    t->why.text, (unsigned long long)t->broken_at);
	stop_broken(c, t->why.reason, text);
}

/* Check 3: what the tar says of itself is what the act says. */
static void
tar_agrees(struct check *c)
{
	struct package_report *r = c->r;

	if (!r->has_act)
		return;
	if (strcmp(c->tar.folder, act_bag_name(&r->act).s) != 0)
		check_broken(c, "tar.folder", "The folder inside is called %s, but "
		    "the act belongs into %s.", c->tar.folder,
		    act_bag_name(&r->act).s);
	if (c->tar.mtime != r->act.made_at)
		check_broken(c, "tar.mtime", "The times inside the package are not "
		    "the time the act was made.");
}

/* ---- running ---- */

static bool
tar_run(struct check *c, struct hasher *chain, struct err *err)
{
	struct run_options opt = { .world = c->in->world, .plain = &c->plain,
		.ops = &tar_ops, .arg = c, .chain = chain };
	uint64_t all = c->plain.sealed ? c->plain.chunks * AGE_CHUNK : c->plain.size;

	c->total = c->plain.size > c->base ? c->plain.size - c->base : 0;
	c->slabs = all > c->base ? (all - c->base + SLAB_BYTES - 1) / SLAB_BYTES : 0;
	if (!run_slabs(&opt, err))
		return false;
	if (c->tar.broken)
		stop_tar(c);
	else if (c->brk.met)
		stop_chunk(c);
	if (!c->stopped)
		tar_agrees(c);
	return true;
}

static void
folder_added(void *arg, const char *path)
{
	struct check *c = arg;

	if (strncmp(path, "data", 4) == 0 && (path[4] == '/' || path[4] == '\0'))
		culprit_add(c, CULPRIT_ADDED, path);
	else
		check_broken(c, "folder.added", "%s was added: it does not belong "
		    "into a package.", shown_text(path).s);
}

static bool
folder_run(struct check *c, struct err *err)
{
	struct run_options opt = { .world = c->in->world, .ops = &folder_ops,
		.arg = c };
	const struct err *why;
	char text[600];

	if (!run_slabs(&opt, err))
		return false;
	why = folder_why(c->folder);
	if (why != NULL) {
		(void)snprintf(text, sizeof text, "The package is not as it was "
		    "sealed: %s.", why->text);
		stop_broken(c, why->reason, text);
		return true;
	}
	return folder_closed(c->folder, folder_added, c, err);
}

/* ---- one whole check ---- */

static bool
tar_check(struct check *c, struct err *err)
{
	struct hasher *chain = NULL;
	bool ok;

	tar_reader_init(&c->tar, c->plain.size);
	if (!hasher_new(&chain, err))
		return false;
	ok = (c->unpack == NULL || check_go_on(c, chain, err)) && tar_run(c, chain, err);
	hasher_free(chain);
	return ok;
}

bool
check_ready(struct check *c, struct err *err)
{
	for (unsigned p = 0; p < PLACES; p++)
		buf_init(&c->bytes[p], place_rule((enum place)p)->max < SIZE_MAX ?
		    (size_t)place_rule((enum place)p)->max : 0);
	tar_reader_init(&c->tar, c->plain.size);
	c->lines.file = NULL;
	if (!hasher_new(&c->m, err) || !hasher_new(&c->f, err) ||
	    !lines_init(&c->lines, err))
		return false;
	c->lines.file = culprit_line;
	c->lines.arg = c;
	return true;
}

void
check_forget(struct check *c)
{
	for (unsigned p = 0; p < PLACES; p++) {
		buf_clear(&c->bytes[p]);
		c->there[p] = false;
	}
	hasher_free(c->m);
	hasher_free(c->f);
	c->m = c->f = NULL;
	lines_clear(&c->lines);
	c->data_files = c->data_bytes = 0;
	c->culprits_n = 0;
	if (c->r->has_act)
		act_clear(&c->r->act);
	c->r->has_act = false;
}

static void
check_clear(struct check *c)
{
	for (unsigned p = 0; p < PLACES; p++)
		buf_clear(&c->bytes[p]);
	hasher_free(c->m);
	hasher_free(c->f);
	lines_clear(&c->lines);
	folder_close(c->folder);
	unpack_free(c->unpack);
	plain_close(&c->plain);
}

static void
answer_only(struct package_report *r, enum overall overall, const char *reason,
    const char *text)
{
	r->overall = overall;
	report_say(r->unchanged_text, &r->unchanged_said, reason, "%s", text);
	finding_add(r, overall == OVERALL_CHANGED ? FINDING_BROKEN :
	    FINDING_UNDECIDED, reason, "%s", text);
	if (overall == OVERALL_CHANGED)
		r->unchanged = UNCHANGED_NO;
}

/* *go: there is something to check. */
static bool
check_open(struct check *c, bool *go, struct err *err)
{
	struct package_report *r = c->r;
	enum plain_kind kind = PLAIN_FOREIGN;
	char text[400];

	*go = false;
	if (!plain_open(&c->plain, &kind, text, c->in, err))
		return false;
	r->form = kind == PLAIN_FOLDER ? PACKAGE_FOLDER :
	    kind == PLAIN_TAR ? PACKAGE_TAR : PACKAGE_PARCEL;
	switch (kind) {
	case PLAIN_FOREIGN:
		answer_only(r, OVERALL_NOT_A_PACKAGE, "package.foreign", text);
		return true;
	case PLAIN_NO_IDENTITY:
		answer_only(r, OVERALL_NO_IDENTITY, "package.no_identity", text);
		return true;
	case PLAIN_WRONG_IDENTITY:
		answer_only(r, OVERALL_WRONG_IDENTITY, "package.wrong_identity",
		    text);
		return true;
	case PLAIN_BROKEN_HEADER:
		answer_only(r, OVERALL_CHANGED, "parcel.header", text);
		return true;
	case PLAIN_FOLDER:
		if (c->in->unpack_into == NULL && disclosure_is(c->in)) {
			c->part = *go = true;
			r->form = PACKAGE_DISCLOSURE;
			return true;
		}
		if (!folder_open(&c->folder, c->in, go, err))
			return false;
		if (!*go)
			answer_only(r, OVERALL_NOT_A_PACKAGE, "package.foreign",
			    "This is not a package: the folder holds no bagit.txt. "
			    "Give the folder that does, or the .comity parcel.");
		return true;
	case PLAIN_PARCEL:
	case PLAIN_TAR:
		break;
	}
	*go = true;
	return true;
}

static void
culprit_say(struct check *c, const struct culprit *x)
{
	switch (x->kind) {
	case CULPRIT_CHANGED:
		finding_add(c->r, FINDING_BROKEN, "files.named",
		    "%s was changed after sealing (%s).", x->name.s, x->path);
		return;
	case CULPRIT_MISSING:
		finding_add(c->r, FINDING_BROKEN, "files.missing", "%s is missing (%s).",
		    x->name.s, x->path);
		return;
	case CULPRIT_ADDED:
		finding_add(c->r, FINDING_BROKEN, "files.added",
		    "%s was added after sealing (%s).", x->name.s, x->path);
		return;
	}
}

static void
culprits_say(struct check *c, uint64_t of)
{
	const struct culprit *first = &c->culprits[0];
	uint64_t n = c->culprits_n;

	if (n == 0)
		return;
	c->r->files_changed = n;
	if (n == 1 && first->kind == CULPRIT_CHANGED)
		check_broken(c, "files.changed", "The file changed after sealing: "
		    "fingerprint differs in %llu of %llu files: %s.",
		    (unsigned long long)n, (unsigned long long)of, first->name.s);
	else
		check_broken(c, "files.changed", n == 1 ?
		    "%llu of %llu files is not what was sealed; the first is %s." :
		    "%llu of %llu files are not what was sealed; the first is %s.",
		    (unsigned long long)n, (unsigned long long)of, first->name.s);
	for (size_t i = 0; i < n && i < REPORT_FILES_MAX; i++)
		culprit_say(c, &c->culprits[i]);
	if (n > REPORT_FILES_MAX)
		finding_add(c->r, FINDING_BROKEN, "files.more",
		    "and %llu more files.",
		    (unsigned long long)(n - REPORT_FILES_MAX));
}

/* Steps 5 to 10, after everything flowed by. */
static bool
check_rest(struct check *c, struct err *err)
{
	struct package_report *r = c->r;

	r->files = c->data_files > 0 ? c->data_files - 1 : 0;
	r->bytes = c->data_bytes >= ORDER_SALT_BYTES ?
	    c->data_bytes - ORDER_SALT_BYTES : 0;
	if (c->stopped)
		return true;
	if (!hasher_end(c->m, &c->m_digest, err) || !check_culprits(c, err))
		return false;
	culprits_say(c, r->files);
	return check_agree(c, err) && check_who(c, err);
}

static void
say_unchanged(struct check *c)
{
	struct package_report *r = c->r;
	char *out = r->unchanged_text;
	struct sentence *said = &r->unchanged_said;

	if (c->part)
		report_say(out, said, "unchanged.part", r->part.shown == 1 ?
		    "%llu of %llu entries is shown; what is shown is what was sealed." :
		    "%llu of %llu entries are shown; what is shown is what was sealed.",
		    (unsigned long long)r->part.shown,
		    (unsigned long long)r->part.lines);
	else if (r->files == 0)
		report_say(out, said, "unchanged.act",
		    "The act is what was sealed; it carries no files.");
	else
		report_say(out, said, "unchanged.files", r->files == 1 ?
		    "%llu of %llu file matches what was sealed." :
		    "%llu of %llu files match what was sealed.",
		    (unsigned long long)r->files, (unsigned long long)r->files);
}

static void
decide(struct check *c)
{
	struct package_report *r = c->r;

	if (c->changed)
		r->unchanged = UNCHANGED_NO;
	else if (c->undecided || !c->signature_holds)
		r->unchanged = UNCHANGED_NOT_CHECKED;
	else
		r->unchanged = UNCHANGED_YES;
	if (r->unchanged == UNCHANGED_YES)
		say_unchanged(c);
	if (r->unchanged == UNCHANGED_NO)
		r->overall = OVERALL_CHANGED;
	else if (r->unchanged == UNCHANGED_YES && r->who == WHO_KNOWN &&
	    r->when == WHEN_PROVEN)
		r->overall = OVERALL_INTACT;
	else
		r->overall = OVERALL_INCOMPLETE;
}

/* Out of quarantine, or away with it. */
static bool
unpack_end(struct check *c, struct err *err)
{
	const struct package_trust *trust = &c->in->trust;

	if (c->r->unchanged != UNCHANGED_YES) {
		unpack_abandon(c->unpack, false);
		return true;
	}
	if (c->late_token_holds && !unpack_add(c->unpack,
	    place_rule(PLACE_TOKEN)->path, trust->late_token, err))
		return false;
	if (!unpack_commit(c->unpack, err))
		return false;
	c->r->unpacked = true;
	return true;
}

static bool
check_all(struct check *c, struct err *err)
{
	if (c->in->unpack_into != NULL &&
	    !unpack_begin(&c->unpack, c->in, &c->plain, err))
		return false;
	if (c->part) {
		if (!check_ready(c, err) || !disclosure_check(c, err))
			return false;
		decide(c);
		return true;
	}
	if (!check_ready(c, err) ||
	    !(c->folder != NULL ? folder_run(c, err) : tar_check(c, err)) ||
	    !check_rest(c, err))
		return false;
	decide(c);
	return c->unpack == NULL || unpack_end(c, err);
}

bool
package_check(const struct package_reading *in, struct package_report *out,
    struct err *err)
{
	struct check *c = mem_new(sizeof *c, err);
	struct err why = ERR_INIT;
	bool ok, go = false;

	if (c == NULL)
		return false;
	c->in = in;
	c->r = out;
	ok = check_open(c, &go, &why) && (!go || check_all(c, &why));
	if (!ok) {
		/* A later run may go on after a stop or a full disk, not after more. */
		if (c->unpack != NULL)
			unpack_abandon(c->unpack, why.kind == ERR_STOPPED ||
			    why.kind == ERR_IO);
		if (err != NULL)
			*err = why;
	}
	check_clear(c);
	mem_free(c);
	return ok;
}
