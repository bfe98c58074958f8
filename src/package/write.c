/*
 * package_write: the rows of formats/package.md section 1, from top to bottom, in
 * one pass.
 */
#include "package/package.h"

#include <assert.h>
#include <string.h>

#include "crypto/cms.h"
#include "crypto/stamp.h"
#include "package/payload_content.h"
#include "package/payload_pin.h"
#include "package/read_order.h"
#include "package/texts.h"
#include "package/write_lists.h"

#define BAGIT "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
#define TAGS_MAX 1024		/* formats/package.md section 1 */

struct writing {
	const struct package_writing *in;
	struct package_written *result;
	struct slabs *slabs;
	struct age_stream *stream;
	struct bag_name folder;
	struct content content;
	struct buf act, tags, p7s, token;
	struct buf ids;			/* the lines whose digest is the package id */
	struct span signature;		/* inside p7s */
};

/* ---- one entry ---- */

static bool
put_header(struct writing *w, const char *path, uint64_t size, struct err *err)
{
	uint8_t header[TAR_HEADER_MAX];
	size_t n;

	return tar_header(header, &n, span_text(w->folder.s), span_text(path), size,
	    w->in->act->made_at, err) &&
	    slabs_add(w->slabs, span_of(header, n), err);
}

/* What is in its place now: its line, and a word about it for the record. */
static bool
put_line(struct writing *w, struct buf *lines, const struct digest *d, uint64_t bytes,
    const char *path, struct err *err)
{
	files_add(&w->result->files, path, bytes, d);
	return buf_printf(lines, err, "%s  %s\n", digest_hex(d).s, path);
}

/* A whole small entry, and its line where it has one. */
static bool
put_entry(struct writing *w, enum place place, struct span bytes,
    struct err *err)
{
	const struct place_rule *rule = place_rule(place);
	struct digest d;

	if (bytes.n > rule->max)
		return err_set(err, ERR_LIMIT, "package.limit",
		    "%s would be %zu bytes long; at most %llu are allowed",
		    rule->path, bytes.n, (unsigned long long)rule->max);
	return put_header(w, rule->path, bytes.n, err) &&
	    slabs_add(w->slabs, bytes, err) &&
	    slabs_zeros(w->slabs, tar_padding(bytes.n), err) &&
	    digest_of(bytes, &d, err) &&
	    put_line(w, rule->tagged ? &w->tags : &w->ids, &d, bytes.n, rule->path,
	    err);
}

/* One whose bytes are not in one piece. */
static bool
put_printed(struct writing *w, enum place place, struct buf *text, bool printed,
    struct err *err)
{
	bool ok = printed && put_entry(w, place, buf_span(text), err);

	buf_clear(text);
	return ok;
}

/* ---- the rows ---- */

static bool
put_act(struct writing *w, struct err *err)
{
	return put_entry(w, PLACE_BAGIT, span_text(BAGIT), err) &&
	    act_encode(w->in->act, &w->act, err) &&
	    put_entry(w, PLACE_ACT, buf_span(&w->act), err);
}

/* A list that is streamed: header before, padding and line after. */
static bool
list_ends(struct writing *w, enum place place, uint64_t n,
    const struct digest *d, struct err *err)
{
	return slabs_zeros(w->slabs, tar_padding(n), err) &&
	    put_line(w, &w->tags, d, n, place_rule(place)->path, err);
}

static bool
put_tree_head(struct writing *w, const struct digest *root, struct err *err)
{
	const struct payload *p = w->in->payload;
	struct buf text;

	buf_init(&text, 256);
	return put_printed(w, PLACE_TREE, &text, buf_printf(&text, err,
	    "comity.tree-head/1\n%llu\n%s\n",
	    (unsigned long long)(p->files + p->others_n), digest_hex(root).s), err);
}

static bool
put_lists(struct writing *w, struct err *err)
{
	const struct payload *p = w->in->payload;
	struct lists_in in = { .p = p, .slabs = w->slabs,
		.digests = w->content.digests };
	struct digest d, root;

	return digest_of(span_of(w->content.salt, sizeof w->content.salt),
	    &in.salt, err) &&
	    put_header(w, "manifest-sha256.txt", p->manifest_bytes, err) &&
	    lists_manifest(&in, &d, &w->result->fingerprint, err) &&
	    list_ends(w, PLACE_MANIFEST, p->manifest_bytes, &d, err) &&
	    put_header(w, "files.jsonl", p->list_bytes, err) &&
	    lists_files(&in, &d, &root, err) &&
	    list_ends(w, PLACE_FILES, p->list_bytes, &d, err) &&
	    put_tree_head(w, &root, err);
}

static bool
put_bag_info(struct writing *w, struct err *err)
{
	const struct act *act = w->in->act;
	const struct payload *p = w->in->payload;
	struct buf text;

	buf_init(&text, 2048);
	return put_printed(w, PLACE_BAG_INFO, &text, buf_printf(&text, err,
	    "Bagging-Date: %s\n"
	    "Bag-Software-Agent: %s\n"
	    "External-Description: Comity package, version 1\n"
	    "External-Identifier: %s\n"
	    "Payload-Oxum: %llu.%llu\n",
	    when_day(act->made_at).s, act->software, w->folder.s,
	    (unsigned long long)(p->bytes + PAYLOAD_SALT_BYTES),
	    (unsigned long long)(p->files + 1)), err);
}

static bool
put_tags(struct writing *w, struct err *err)
{
	if (w->in->collection.n > 0 && !put_entry(w, PLACE_COLLECTION,
	    w->in->collection, err))
		return false;
	if (w->in->revocation.n > 0 && !put_entry(w, PLACE_REVOCATION,
	    w->in->revocation, err))
		return false;
	return put_bag_info(w, err) &&
	    put_entry(w, PLACE_READ_ME, text_read_me(), err) &&
	    put_entry(w, PLACE_CHECK, text_check(), err);
}

/* Tag manifest, signature, its value, and a time stamp over that. */
static bool
put_signature(struct writing *w, struct err *err)
{
	const struct package_writing *in = w->in;
	struct span tags = buf_span(&w->tags);

	if (!digest_of(tags, &w->result->act_id, err) ||
	    !put_entry(w, PLACE_TAG_MANIFEST, tags, err) ||
	    !in->sign(in->arg, tags, &w->p7s, err) ||
	    !cms_signature_of(buf_span(&w->p7s), &w->signature, err) ||
	    !put_entry(w, PLACE_P7S, buf_span(&w->p7s), err) ||
	    !put_entry(w, PLACE_SIGNATURE, w->signature, err))
		return false;
	if (in->stamp != NULL && !in->stamp(in->arg, w->signature, &w->token, err))
		return false;
	w->result->stamped = w->token.n > 0;
	if (w->token.n > 0 &&
	    !put_entry(w, PLACE_TOKEN, buf_span(&w->token), err))
		return false;
	return digest_of(buf_span(&w->ids), &w->result->package_id, err);
}

static bool
put_all(struct writing *w, struct err *err)
{
	return put_act(w, err) &&
	    content_run(&w->content, w->slabs, err) &&
	    put_lists(w, err) &&
	    put_tags(w, err) &&
	    put_signature(w, err) &&
	    slabs_zeros(w->slabs, tar_end_padding(slabs_at(w->slabs)), err);
}

/* ---- before and after ---- */

static bool
check_counts(const struct package_writing *in, struct err *err)
{
	if (in->act->payload_files == in->payload->files &&
	    in->act->payload_bytes == in->payload->bytes)
		return true;
	return err_set(err, ERR_USE, "package.counts",
	    "the act speaks of %llu files and %llu bytes, the evidence has %llu "
	    "and %llu", (unsigned long long)in->act->payload_files,
	    (unsigned long long)in->act->payload_bytes,
	    (unsigned long long)in->payload->files,
	    (unsigned long long)in->payload->bytes);
}

static bool
room_for_digests(struct writing *w, struct digests **out, struct err *err)
{
	return digests_new(w->in->world, w->in->tmp, w->in->payload->files, out, err);
}

static bool
start_content(struct writing *w, struct err *err)
{
	const struct package_writing *in = w->in;
	struct content *c = &w->content;

	c->p = in->payload;
	c->folder = span_text(w->folder.s);
	c->mtime = in->act->made_at;
	if (!world_random(in->world, c->salt, sizeof c->salt, err) ||
	    !room_for_digests(w, &c->digests, err))
		return false;
	return in->pin == NULL || (room_for_digests(w, &c->pinned, err) &&
	    pin_match(in->payload, in->pin, c->pinned, err));
}

/* The age header, if there is anyone to seal to, and the slabs behind it. */
static bool
start_parcel(struct writing *w, struct file *out, struct err *err)
{
	const struct package_writing *in = w->in;
	struct slabs_options o = { .w = in->world, .out = out,
		.progress = in->progress, .step = "seal",
		.total = in->payload->bytes, .waits = content_waits(in->payload) };
	struct buf header;
	bool ok = true;

	buf_init(&header, AGE_HEADER_MAX + 16);
	if (in->recipients_n > 0)
		ok = age_seal_start(in->world, in->recipients, in->recipients_n,
		    &header, &w->stream, err) &&
		    file_write_at(out, buf_span(&header), 0, err);
	o.out_at = header.n;
	o.stream = w->stream;
	buf_clear(&header);
	return ok && slabs_new(&o, &w->slabs, err);
}

static bool
finish(struct writing *w, struct file *out, struct err *err)
{
	const struct package_writing *in = w->in;

	if (!slabs_finish(w->slabs, err) ||
	    (!in->no_sync && !file_sync(out, err)))
		return false;
	w->result->bytes = slabs_written(w->slabs);
	if (in->progress != NULL)
		in->progress->tell(in->progress, "seal", in->payload->bytes,
		    in->payload->bytes);
	return true;
}

static void
writing_clear(struct writing *w)
{
	slabs_free(w->slabs);
	age_stream_free(w->stream);
	digests_free(w->content.digests);
	digests_free(w->content.pinned);
	buf_clear(&w->act);
	buf_clear(&w->tags);
	buf_clear(&w->ids);
	buf_clear(&w->p7s);
	buf_clear(&w->token);
}

bool
package_write(const struct package_writing *in, struct file *out,
    struct package_written *result, struct err *err)
{
	struct package_written made = { 0 };
	struct writing w = { .in = in, .result = &made };
	bool ok;

	assert(in->payload != NULL && in->sign != NULL);
	w.folder = act_bag_name(in->act);
	buf_init(&w.act, ACT_BYTES_MAX);
	buf_init(&w.tags, TAGS_MAX);
	buf_init(&w.ids, TAGS_MAX);
	buf_init(&w.p7s, CMS_FILE_MAX);
	buf_init(&w.token, STAMP_FILE_MAX);
	ok = check_counts(in, err) &&
	    start_content(&w, err) &&
	    start_parcel(&w, out, err) &&
	    put_all(&w, err) &&
	    finish(&w, out, err);
	writing_clear(&w);
	if (ok)
		*result = made;
	return ok;
}
