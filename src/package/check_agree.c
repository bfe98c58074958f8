/* Does everything agree with everything (formats/package.md section 11, 5, 6, 10). */
#include <stdio.h>
#include <string.h>

#include "crypto/cms.h"
#include "package/check.h"
#include "package/texts.h"

#define BAGIT_TEXT "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

static bool
place_is(const struct check *c, enum place p, struct span expected)
{
	return span_eq(buf_span(&c->bytes[p]), expected);
}

static void
act_agrees(struct check *c)
{
	const struct package_report *r = c->r;

	if (!r->has_act) {
		c->undecided = true;
		finding_add(c->r, FINDING_UNDECIDED, "act.unread",
		    "The act inside cannot be read by this version: %s.",
		    c->act_why.text);
		return;
	}
	if (c->culprits_n == 0 && (r->act.payload_files != r->files ||
	    r->act.payload_bytes != r->bytes))
		check_broken(c, "act.payload", "The act names %llu files and %llu "
		    "bytes, but %llu files and %llu bytes are there.",
		    (unsigned long long)r->act.payload_files,
		    (unsigned long long)r->act.payload_bytes,
		    (unsigned long long)r->files, (unsigned long long)r->bytes);
}

static bool
lists_agree(struct check *c, struct err *err)
{
	struct digest listed, read;

	if (!hasher_end(c->lines.f, &listed, err) || !hasher_end(c->f, &read, err))
		return false;
	if (c->lines.broken)
		check_broken(c, c->lines.why.reason, "The list of original names is "
		    "not built as it must be: %s.", c->lines.why.text);
	if (c->culprits_n > 0)
		return true;		/* said already, file by file */
	if (!digest_eq(&c->m_digest, &c->digest[PLACE_MANIFEST]))
		check_broken(c, "manifest.differs", "The list of files "
		    "(manifest-sha256.txt) is not a list of these files.");
	if (!c->lines.broken && !digest_eq(&listed, &read))
		check_broken(c, "files.differ", "The list of original names "
		    "(files.jsonl) does not speak of these files.");
	return true;
}

static bool
tree_agrees(struct check *c, struct err *err)
{
	struct digest root;
	char text[160];
	int n;

	if (!lines_root(&c->lines, &root, err))
		return false;
	n = snprintf(text, sizeof text, "comity.tree-head/1\n%llu\n%s\n",
	    (unsigned long long)c->lines.n, digest_hex(&root).s);
	if (!place_is(c, PLACE_TREE, span_of(text, (size_t)n)))
		check_broken(c, "tree.differs", "tree-head.txt is not the head of "
		    "files.jsonl.");
	return true;
}

static void
bag_info_agrees(struct check *c)
{
	const struct act *a = &c->r->act;
	char text[512];
	int n;

	if (!c->r->has_act || c->culprits_n > 0)
		return;
	n = snprintf(text, sizeof text, "Bagging-Date: %s\n"
	    "Bag-Software-Agent: %s\n"
	    "External-Description: Comity package, version 1\n"
	    "External-Identifier: %s\nPayload-Oxum: %llu.%llu\n",
	    when_day(a->made_at).s, a->software, act_bag_name(a).s,
	    (unsigned long long)c->data_bytes, (unsigned long long)c->data_files);
	if (n < 0 || (size_t)n >= sizeof text ||
	    !place_is(c, PLACE_BAG_INFO, span_of(text, (size_t)n)))
		check_broken(c, "bag_info.differs", "bag-info.txt does not agree "
		    "with the act and the files.");
}

/* ---- the tag manifest ---- */

static size_t
tag_line(const struct check *c, enum place p, char line[160])
{
	return (size_t)snprintf(line, 160, "%s  %s\n",
	    digest_hex(&c->digest[p]).s, place_rule(p)->path);
}

static bool
tag_manifest_rebuild(const struct check *c, struct buf *out, struct err *err)
{
	for (unsigned p = 0; p < PLACES; p++) {
		char line[160];

		if (c->there[p] && place_rule((enum place)p)->tagged &&
		    !buf_add(out, span_of(line, tag_line(c, (enum place)p, line)),
		    err))
			return false;
	}
	return true;
}

/* Name the files whose line is not in the tag manifest as it is. */
static void
tag_manifest_blame(struct check *c)
{
	struct span file = buf_span(&c->bytes[PLACE_TAG_MANIFEST]);
	unsigned blamed = 0;

	for (unsigned p = 0; p < PLACES; p++) {
		char line[160];
		size_t n;

		if (!place_rule((enum place)p)->tagged)
			continue;
		if (!c->there[p]) {
			n = (size_t)snprintf(line, sizeof line, "  %s\n",
			    place_rule((enum place)p)->path);
			if (memmem(file.p, file.n, line, n) == NULL)
				continue;
			blamed++;
			check_broken(c, "tagmanifest.file", "%s is missing.",
			    place_rule((enum place)p)->path);
			continue;
		}
		n = tag_line(c, (enum place)p, line);
		if (memmem(file.p, file.n, line, n) != NULL)
			continue;
		blamed++;
		check_broken(c, "tagmanifest.file", "%s was changed after sealing.",
		    place_rule((enum place)p)->path);
	}
	if (blamed == 0)
		check_broken(c, "tagmanifest.differs", "The list of accompanying "
		    "files (tagmanifest-sha256.txt) lists something else than what "
		    "is there.");
}

static bool
tag_manifest_agrees(struct check *c, struct err *err)
{
	struct cms_answer a;
	struct buf rebuilt;
	bool ok, same = false, only_list = false;

	buf_init(&rebuilt, 4096);
	cms_answer_init(&a);
	ok = tag_manifest_rebuild(c, &rebuilt, err);
	if (ok) {
		same = place_is(c, PLACE_TAG_MANIFEST, buf_span(&rebuilt));
		/* If the signature is of what is there, the list alone is wrong. */
		if (!same) {
			ok = cms_check(buf_span(&c->bytes[PLACE_P7S]),
			    buf_span(&rebuilt), &a, err);
			only_list = ok && a.state == CMS_HOLDS;
		}
	}
	cms_answer_clear(&a);
	buf_clear(&rebuilt);
	if (!ok)
		return false;
	if (only_list)
		check_broken(c, "tagmanifest.changed", "The list of accompanying "
		    "files (tagmanifest-sha256.txt) was changed after signing.");
	else if (!same)
		tag_manifest_blame(c);
	c->r->has_ids = same;
	return true;
}

/* ---- what is worth saying besides ---- */

static void
texts_say(struct check *c)
{
	if (!text_known(place_rule(PLACE_CHECK)->path, &c->digest[PLACE_CHECK]))
		finding_add(c->r, FINDING_WARNING, "check.unknown",
		    "The check script inside is not one of ours: do not run it. Use "
		    "a published copy.");
	if (!text_known(place_rule(PLACE_READ_ME)->path, &c->digest[PLACE_READ_ME]))
		finding_add(c->r, FINDING_WARNING, "read_me.unknown",
		    "READ-ME-FIRST.txt inside is not one of ours: do not follow it.");
}

static bool
collection_agrees(struct check *c, struct err *err)
{
	struct collection col;
	struct err why = ERR_INIT;

	if (!c->there[PLACE_COLLECTION])
		return true;
	collection_init(&col);
	if (collection_decode(&col, buf_span(&c->bytes[PLACE_COLLECTION]), &why)) {
		c->r->has_collection = true;
	} else if (why.kind == ERR_MEMORY) {
		*err = why;
		return false;
	} else {
		c->undecided = true;
		finding_add(c->r, FINDING_UNDECIDED, "collection.unread",
		    "The record of who collected this cannot be read: %s.",
		    why.text);
	}
	collection_clear(&col);
	return true;
}

static void
exercise_say(struct check *c)
{
	const struct package_report *r = c->r;

	if (r->has_act && r->act.exercise)
		finding_add(c->r, FINDING_WARNING, "act.exercise",
		    "TRAINING: this was made for an exercise and counts for "
		    "nothing.");
}

/* What a record of custody names: places stand in bag order. */
static void
outside_list(struct check *c)
{
	for (unsigned p = 0; p < PLACES; p++)
		if (c->there[p] && p != PLACE_DATA)
			files_add(&c->r->outside, place_rule((enum place)p)->path,
			    c->size[p], &c->digest[p]);
}

/* SHA-256 over the sha256sum lines of the last files (section 1). */
bool
check_ids(struct check *c, struct err *err)
{
	static const enum place of[] = { PLACE_TAG_MANIFEST, PLACE_P7S,
		PLACE_SIGNATURE, PLACE_TOKEN };
	struct buf b;
	bool ok = true;

	if (!c->r->has_ids)
		return true;
	buf_init(&b, 4 * 160);
	for (size_t i = 0; ok && i < sizeof of / sizeof of[0]; i++) {
		char line[160];

		if (c->there[of[i]])
			ok = buf_add(&b, span_of(line, tag_line(c, of[i], line)), err);
	}
	ok = ok && digest_of(buf_span(&b), &c->r->package_id, err);
	c->r->act_id = c->digest[PLACE_TAG_MANIFEST];
	c->r->has_ids = ok;
	outside_list(c);
	buf_clear(&b);
	return ok;
}

bool
check_agree(struct check *c, struct err *err)
{
	exercise_say(c);
	if (!place_is(c, PLACE_BAGIT, span_text(BAGIT_TEXT)))
		check_broken(c, "bagit.differs", "bagit.txt is not what it must be.");
	act_agrees(c);
	if (!lists_agree(c, err) || !tree_agrees(c, err))
		return false;
	bag_info_agrees(c);
	if (!tag_manifest_agrees(c, err) || !collection_agrees(c, err) ||
	    !check_ids(c, err))
		return false;
	texts_say(c);
	return true;
}
