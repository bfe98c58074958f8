/* Evidence comes in: a reference, its collection record, and what it was. */
#include <stdio.h>
#include <string.h>

#include "flow/inside.h"
#include "flow/people_inside.h"
#include "flow/record.h"

/* The pin lines go to the folder of the evidence, sealed to ourselves. */
struct pin_writing {
	struct file *file;
	struct sink *under, *age;
};

static bool
pin_begin(struct flow *f, struct dir *tmp, struct pin_writing *p, struct err *err)
{
	struct age_recipient self;

	return home_recipient(f->home, &self, err) &&
	    file_open(f->world, tmp, "pin.age", FILE_CREATE, &p->file, err) &&
	    file_sink(p->file, 0, &p->under, err) &&
	    age_sink(f->world, &self, 1, p->under, &p->age, err);
}

static void
pin_end(struct pin_writing *p)
{
	sink_free(p->age);
	sink_free(p->under);
	file_close(p->file);
}

static bool
private_fill(struct flow *f, const struct add_wish *wish, struct evidence_private *p,
    struct err *err)
{
	struct buf path;
	const char *text;
	bool ok;

	buf_init(&path, 8192);
	ok = world_absolute(f->world, wish->path, &path, err) &&
	    buf_text(&path, &text, err);
	p->path = ok ? mem_text_of(text, err) : NULL;
	buf_clear(&path);
	if (p->path == NULL)
		return false;
	if (wish->label != NULL && wish->label[0] != '\0') {
		if (strlen(wish->label) > 1000 || !utf8_valid(span_text(wish->label)))
			return err_set(err, ERR_USE, "evidence.label",
			    "the label is at most 1,000 bytes of UTF-8");
		p->label = mem_text_of(wish->label, err);
		if (p->label == NULL)
			return false;
	}
	if (wish->leave_out_n > LEAVE_OUT_MAX)
		return err_set(err, ERR_LIMIT, "evidence.leave_out",
		    "at most %d paths can be left out", LEAVE_OUT_MAX);
	p->leave_out_unreadable = wish->leave_out_unreadable;
	for (; p->leave_out_n < wish->leave_out_n; p->leave_out_n++) {
		p->leave_out[p->leave_out_n] =
		    mem_text_of(wish->leave_out[p->leave_out_n], err);
		if (p->leave_out[p->leave_out_n] == NULL)
			return false;
	}
	return collection_encode(wish->collection, &p->collection, err);
}

static bool
collection_complete(const struct collection *c, struct err *err)
{
	static const char ask[] = "the collection record is not complete: %s is missing; "
	    "give --by WHO, --from WHOM, --tool \"NAME VERSION\", --method \"HOW\" and --when TIME, or --collection FILE";

	if (c->collected_by == NULL)
		return err_set(err, ERR_REFUSED, "collection.by", ask, "who collected it");
	if (c->collected_from == NULL)
		return err_set(err, ERR_REFUSED, "collection.from", ask,
		    "from whom it was collected");
	if (c->tool == NULL)
		return err_set(err, ERR_REFUSED, "collection.tool", ask, "the tool");
	if (c->method == NULL)
		return err_set(err, ERR_REFUSED, "collection.method", ask, "the method");
	if (c->collected_at == 0)
		return err_set(err, ERR_REFUSED, "collection.when", ask, "the time");
	return true;
}

/*
 * For a single file the digest noted at the source can be held against what was
 * read: both are the SHA-256 of the same bytes.
 */
struct pin_watch {
	struct sink sink;
	struct sink *to;
	struct digest first;
	unsigned lines;
};

static bool
pin_watch_write(struct sink *sink, struct span s, struct err *err)
{
	struct pin_watch *w = (struct pin_watch *)sink;

	if (w->lines == 0 && s.n >= 64 &&
	    !digest_parse(span_part(s, 0, 64), &w->first))
		memset(&w->first, 0, sizeof w->first);
	for (size_t i = 0; i < s.n; i++)
		w->lines += s.p[i] == '\n' && w->lines < 2;
	return sink_write(w->to, s, err);
}

static bool
source_digest_agrees(const struct collection *c, const struct pin_watch *w,
    struct err *err)
{
	if (c->source_digest == NULL || w->lines != 1)
		return true;
	if (strcmp(c->source_digest + strlen("sha256:"),
	    digest_hex(&w->first).s) == 0)
		return true;
	return err_set(err, ERR_UNPROVEN, "evidence.source_digest",
	    "the file is not what was noted at the source: its SHA-256 is %s",
	    digest_hex(&w->first).s);
}

static bool
add_pinned(struct flow *f, struct payload *p, const struct collection *c, struct dir *tmp,
    struct digest *fingerprint, struct err *err)
{
	struct pin_writing pin = { 0 };
	struct pin_watch watch = { .sink = { pin_watch_write, NULL } };
	bool ok;

	ok = pin_begin(f, tmp, &pin, err);
	watch.to = pin.age;
	ok = ok && payload_pin(p, &watch.sink, fingerprint, f->progress, err) &&
	    age_sink_finish(pin.age, err) && file_sync(pin.file, err) &&
	    source_digest_agrees(c, &watch, err);
	pin_end(&pin);
	return ok;
}

/* What was there when it came in: its number, size and, when it was read, its digest. */
static bool
added_record(struct flow *f, const struct evidence *e,
    const struct evidence_private *prv, struct err *err)
{
	struct record r;

	record_begin(f, &r, EVENT_EVIDENCE_ADDED);
	r.at = e->added_at;
	r.has_payload = true;
	r.payload_files = e->files;
	r.payload_bytes = e->bytes;
	if (prv->pinned) {
		struct record_file *file = &r.files[r.files_n++];

		(void)snprintf(file->path, sizeof file->path, "fingerprint");
		file->bytes = e->bytes;
		file->sha256 = prv->fingerprint;
	}
	return record_alone(f, &r, 0, err);
}

static bool
keep(struct flow *f, struct dir *tmp, struct evidence *e,
    const struct evidence_private *prv, struct err *err)
{
	struct dir *folder = NULL;
	bool ok;

	ok = evidence_new(f->home, e, prv, err) &&
	    dir_open(f->world, home_dir(f->home), evidence_path(e->number, "").s,
	    &folder, err) &&
	    (!prv->pinned || path_rename(f->world, tmp, "pin.age", folder, "pin.age",
	    false, err)) && dir_sync(folder, err) && added_record(f, e, prv, err) &&
	    evidence_save(f->home, e, err);
	dir_close(folder);
	return ok;
}

bool
flow_evidence_add(struct flow *f, const struct add_wish *wish, struct evidence *out,
    struct digest *fingerprint, struct err *err)
{
	struct payload_options options = { wish->leave_out_unreadable,
		wish->leave_out, wish->leave_out_n };
	struct evidence_private prv;
	struct payload *p = NULL;
	struct evidence e = { .origin = EVIDENCE_OWN };
	struct dir *tmp = NULL;
	bool ok;

	if (!collection_complete(wish->collection, err))
		return false;
	evidence_private_init(&prv);
	memset(fingerprint, 0, sizeof *fingerprint);
	ok = home_lock(f->home, err) && flow_may(f, PEOPLE_ADD, err) && home_tmp(f->home, &tmp, err) &&
	    private_fill(f, wish, &prv, err) &&
	    payload_walk(f->world, tmp, wish->path, &options, &p, f->progress, err) &&
	    (wish->later || add_pinned(f, p, wish->collection, tmp, fingerprint, err));
	if (ok) {
		prv.pinned = !wish->later;
		prv.fingerprint = *fingerprint;
		e.added_at = world_now(f->world);
		e.files = payload_files(p);
		e.bytes = payload_bytes(p);
		e.others = payload_others(p);
		ok = keep(f, tmp, &e, &prv, err);
	}
	payload_free(p);
	evidence_private_clear(&prv);
	if (ok)
		*out = e;
	return ok;
}

/* ---- read later, for an approval ---- */

static bool
pinned_record(struct flow *f, const struct evidence *e, const struct digest *fingerprint,
    struct err *err)
{
	struct record r;

	record_begin(f, &r, EVENT_ADMINISTRATION);
	(void)snprintf(r.reason, sizeof r.reason, "evidence.pinned.%u", e->number);
	r.has_payload = true;
	r.payload_files = e->files;
	r.payload_bytes = e->bytes;
	r.files_n = 1;
	(void)snprintf(r.files[0].path, sizeof r.files[0].path, "fingerprint");
	r.files[0].bytes = e->bytes;
	r.files[0].sha256 = *fingerprint;
	return record_alone(f, &r, 0, err);
}

/* The lines lie there before anything says so; what says so for good is prv. */
static bool
pin_keep(struct flow *f, struct dir *tmp, struct evidence *e,
    struct evidence_private *prv, struct err *err)
{
	struct dir *folder = NULL;
	bool ok;

	ok = dir_open(f->world, home_dir(f->home), evidence_path(e->number, "").s, &folder,
	    err) && path_rename(f->world, tmp, "pin.age", folder, "pin.age", true, err) &&
	    dir_sync(folder, err) && pinned_record(f, e, &prv->fingerprint, err) &&
	    evidence_private_save(f->home, e->number, prv, err) &&
	    evidence_save(f->home, e, err);
	dir_close(folder);
	return ok;
}

bool
evidence_pin(struct flow *f, struct evidence *e, struct evidence_private *prv,
    struct err *err)
{
	struct payload_options options = { prv->leave_out_unreadable,
		(const char *const *)prv->leave_out, prv->leave_out_n };
	struct digest fingerprint;
	struct payload *p = NULL;
	struct dir *tmp = NULL;
	struct collection c;
	bool ok;

	if (prv->pinned || e->origin != EVIDENCE_OWN || prv->path[0] == '\0')
		return true;
	collection_init(&c);
	ok = collection_decode(&c, buf_span(&prv->collection), err) &&
	    home_tmp(f->home, &tmp, err) && payload_walk(f->world, tmp, prv->path, &options,
	    &p, f->progress, err) && add_pinned(f, p, &c, tmp, &fingerprint, err);
	if (ok) {
		prv->pinned = prv->pinned_later = true;
		prv->fingerprint = fingerprint;
		e->files = payload_files(p);
		e->bytes = payload_bytes(p);
		e->others = payload_others(p);
		ok = pin_keep(f, tmp, e, prv, err);
	}
	payload_free(p);
	collection_clear(&c);
	return ok || err_wrap(err, "the evidence, which is read now because it was added with --later");
}
