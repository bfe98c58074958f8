#include "package/testkit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/stamp.h"
#include "form/tar.h"

void
package_kit_open(struct package_kit *k, const char *folder)
{
	struct world_sim_options opt = { .seed = 11, .now = KIT_NOW + 100 };
	struct err err = ERR_INIT;
	char *tmp = k->tmp_path;

	memset(k, 0, sizeof *k);
	kit_open(&k->pki, KEY_P256);
	if (folder == NULL) {
		assert_true(world_sim(&k->w, opt, &err));
		(void)snprintf(tmp, sizeof k->tmp_path, "tmp");
	} else {
		assert_true(world_real(&k->w, &err));
		(void)snprintf(tmp, sizeof k->tmp_path, "%s/tmp", folder);
	}
	assert_true(dir_make(k->w, NULL, tmp, &err));
	assert_true(dir_open(k->w, NULL, tmp, &k->tmp, &err));
	assert_true(age_identity_new(k->w, &k->identity, &err));
	assert_true(age_identity_new(k->w, &k->stranger, &err));
	assert_true(age_identity_recipient(k->identity, &k->recipient, &err));
	k->list[0] = k->identity;
	k->keys = (struct age_keys){ .identities = k->list, .n = 1 };
}

void
package_kit_close(struct package_kit *k)
{
	age_identity_free(k->identity);
	age_identity_free(k->stranger);
	dir_close(k->tmp);
	world_free(k->w);
	kit_close(&k->pki);
}

/* ---- what is packed ---- */

static char *
copy(const char *s)
{
	struct err err = ERR_INIT;
	char *text = mem_text_of(s, &err);

	assert_non_null(text);
	return text;
}

static void
body_fill(struct package_kit *k, const struct pack *p, struct act *a)
{
	struct card_body *b = &a->body.card;
	struct digest spki;
	struct err err = ERR_INIT;

	if (!p->card) {
		(void)snprintf(a->body.delivered.number,
		    sizeof a->body.delivered.number, "XA-2026-000031");
		return;
	}
	memcpy(b->state, "XA", 3);
	(void)snprintf(b->names[0].lang, sizeof b->names[0].lang, "en");
	b->names[0].text = copy("Training office");
	b->names_n = 1;
	(void)snprintf(b->roles[0], sizeof b->roles[0], "contact_point");
	b->roles_n = 1;
	(void)snprintf(b->languages[0], sizeof b->languages[0], "en");
	b->languages_n = 1;
	buf_init(&b->certificates[0], CERT_MAX);
	buf_init(&b->roots[0], CERT_MAX);
	assert_true(buf_add(&b->certificates[0], cert_der(k->pki.signer), &err));
	assert_true(buf_add(&b->roots[0], cert_der(k->pki.root), &err));
	b->certificates_n = b->roots_n = 1;
	(void)snprintf(b->recipients[0], sizeof b->recipients[0], "%s",
	    age_recipient_print(&k->recipient).s);
	b->recipients_n = 1;
	b->valid_from = KIT_NOW - KIT_DAY;
	b->valid_to = KIT_NOW + 365 * KIT_DAY;
	(void)snprintf(b->speaks[0], sizeof b->speaks[0], ACT_SCHEMA);
	b->speaks_n = 1;
	assert_true(cert_spki_digest(k->pki.signer, &spki, &err));
	assert_true(authority_id_make("XA", &spki, &a->from, &err));
}

static void
act_fill(struct package_kit *k, const struct pack *p, struct act *a)
{
	act_init(a, p->card ? ACT_CARD : ACT_DELIVERED);
	a->exercise = p->exercise;
	memset(a->nonce, p->nonce, sizeof a->nonce);
	assert_true(authority_id_parse(p->from != NULL ? p->from :
	    "XA-MZXW6YTBOIMZXW6Y", &a->from));
	a->has_from_card = !p->card;
	if (p->from_card != NULL)
		a->from_card = *p->from_card;
	else
		memset(&a->from_card, 5, sizeof a->from_card);
	if (!p->card) {
		a->has_to = true;
		assert_true(authority_id_parse("XB-MZXW6YTBOIMZXW6Y", &a->to));
		memset(&a->to_card, 6, sizeof a->to_card);
	}
	a->made_at = p->made_at != 0 ? p->made_at : KIT_NOW;
	(void)snprintf(a->software, sizeof a->software, "comity 0.1.0");
	(void)snprintf(a->build, sizeof a->build, "test");
	body_fill(k, p, a);
}

static void
payload_fill(struct package_kit *k, const struct pack *p, struct payload **out)
{
	struct payload_options opt = { 0 };
	struct err err = ERR_INIT;
	char from[300];

	if (p->files_n == 0) {
		assert_true(payload_of_items(k->w, k->tmp, NULL, 0, out, &err));
		return;
	}
	if (path_exists(k->w, k->tmp, "in"))
		assert_true(dir_remove_all(k->w, k->tmp, "in", &err));
	assert_true(dir_make(k->w, k->tmp, "in", &err));
	for (size_t i = 0; i < p->files_n; i++) {
		const struct pack_file *f = &p->files[i];
		struct file *file = NULL;
		char path[600], *slash;
		uint8_t part[4096];

		(void)snprintf(path, sizeof path, "in/%s", f->path);
		slash = strrchr(path, '/');
		*slash = '\0';
		assert_true(dir_make_all(k->w, k->tmp, path, &err));
		*slash = '/';
		assert_true(file_open(k->w, k->tmp, path, FILE_CREATE, &file, &err));
		if (f->text != NULL)
			assert_true(file_write_at(file, span_text(f->text), 0, &err));
		for (size_t at = 0; at < f->zeros; at += sizeof part) {
			size_t n = f->zeros - at < sizeof part ? f->zeros - at :
			    sizeof part;

			for (size_t j = 0; j < n; j++)
				part[j] = (uint8_t)((at + j) * 7 / 3 + i);
			assert_true(file_write_at(file, span_of(part, n), at, &err));
		}
		file_close(file);
	}
	(void)snprintf(from, sizeof from, "%s/in", k->tmp_path);
	assert_true(payload_walk(k->w, k->tmp, from, &opt, out, NULL, &err));
}

struct stamping {
	struct package_kit *k;
	const struct pack *p;
};

static bool
sign_for(void *arg, struct span tags, struct buf *p7s, struct err *err)
{
	struct package_kit *k = ((struct stamping *)arg)->k;

	return cms_sign(k->pki.signer_key, &k->pki.path, KIT_NOW, tags, p7s, err);
}

static bool
stamp_for(void *arg, struct span signature, struct buf *tst, struct err *err)
{
	struct stamping *s = arg;
	struct kit_tsa_options plain = { .at = KIT_NOW + 10 };
	struct buf query, answer;
	bool canonical = false, ok;
	int64_t time;
	char text[300];

	buf_init(&query, 1000);
	buf_init(&answer, 1 << 20);
	assert_true(stamp_query_make(s->k->w, signature, &query, err));
	kit_answer(&s->k->pki, buf_span(&query), s->p->tsa != NULL ? *s->p->tsa :
	    plain, &answer);
	ok = stamp_accept(buf_span(&answer), buf_span(&query), signature,
	    &s->k->pki.anchors, tst, &canonical, &time, text, err);
	assert_true(ok && canonical);
	buf_clear(&query);
	buf_clear(&answer);
	return ok;
}

void
package_kit_pack(struct package_kit *k, const struct pack *p, const char *path,
    struct package_written *out)
{
	struct stamping s = { k, p };
	struct package_writing in = { .world = k->w, .tmp = k->tmp,
		.sign = sign_for, .stamp = p->pending ? NULL : stamp_for, .arg = &s };
	struct package_written done;
	struct collection col;
	struct buf colj, crl;
	struct file *file = NULL;
	struct err err = ERR_INIT;
	struct act a;

	act_fill(k, p, &a);
	payload_fill(k, p, &in.payload);
	a.payload_files = payload_files(in.payload);
	a.payload_bytes = payload_bytes(in.payload);
	in.act = &a;
	buf_init(&colj, COLLECTION_MAX);
	buf_init(&crl, REVOCATION_MAX);
	if (p->collection) {
		collection_init(&col);
		col.collected_by = copy("Unit 7");
		col.collected_from = copy("A provider");
		col.tool = copy("none");
		col.method = copy("Copied from the provider's portal");
		col.collected_at = KIT_NOW - 5000;
		(void)snprintf(col.lang, sizeof col.lang, "en");
		assert_true(collection_encode(&col, &colj, &err));
		collection_clear(&col);
		in.collection = buf_span(&colj);
	}
	if (p->revocation) {
		assert_true(crl_make(k->pki.ca, k->pki.ca_key, KIT_NOW,
		    KIT_NOW + 30 * KIT_DAY, NULL, 0, &crl, &err));
		in.revocation = buf_span(&crl);
	}
	if (p->sealed) {
		in.recipients = &k->recipient;
		in.recipients_n = 1;
	}
	assert_true(file_open(k->w, NULL, path, FILE_CREATE, &file, &err));
	if (!package_write(&in, file, &done, &err))
		fail_msg("%s", err.text);
	file_close(file);
	payload_free(in.payload);
	buf_clear(&colj);
	buf_clear(&crl);
	act_clear(&a);
	if (out != NULL)
		*out = done;
}

/* ---- files ---- */

void
package_kit_load(struct package_kit *k, const char *path, struct buf *out)
{
	struct err err = ERR_INIT;

	buf_init(out, 64u << 20);
	if (!file_load(k->w, NULL, path, out, &err))
		fail_msg("%s", err.text);
}

void
package_kit_save(struct package_kit *k, const char *path, struct span bytes)
{
	bool there = path_exists(k->w, NULL, path);
	struct file *f = NULL;
	struct err err = ERR_INIT;

	assert_true(file_open(k->w, NULL, path, there ? FILE_UPDATE : FILE_CREATE, &f,
	    &err));
	assert_true(file_truncate(f, 0, &err));
	assert_true(bytes.n == 0 || file_write_at(f, bytes, 0, &err));
	/* A simulated disk remembers all that was not synced, for a crash. */
	assert_true(!world_is_sim(k->w) || file_sync(f, &err));
	file_close(f);
}

void
package_kit_untar(struct package_kit *k, struct span tar, const char *folder)
{
	struct err err = ERR_INIT;
	size_t at = 0;

	if (path_exists(k->w, NULL, folder))
		assert_true(dir_remove_all(k->w, NULL, folder, &err));
	assert_true(dir_make(k->w, NULL, folder, &err));
	for (;;) {
		struct tar_claim c;
		char path[400], *slash;

		assert_true(tar_claim_read(span_from(tar, at), &c, &err));
		if (c.end)
			return;
		at += c.header_n;
		(void)snprintf(path, sizeof path, "%s/%s", folder, c.path);
		slash = strrchr(path, '/');
		*slash = '\0';
		assert_true(dir_make_all(k->w, NULL, path, &err));
		*slash = '/';
		package_kit_save(k, path, span_part(tar, at, (size_t)c.size));
		at += (size_t)c.size + tar_padding(c.size);
	}
}

/* The claim at an offset; false at the end. */
static bool
next(struct span tar, size_t at, struct tar_claim *c)
{
	struct err err = ERR_INIT;

	assert_true(tar_claim_read(span_from(tar, at), c, &err));
	return !c->end;
}

struct span
package_kit_entry(struct span tar, const char *path)
{
	struct tar_claim c;

	for (size_t at = 0; next(tar, at, &c);
	    at += c.header_n + (size_t)c.size + tar_padding(c.size))
		if (strcmp(c.path, path) == 0)
			return span_part(tar, at + c.header_n, (size_t)c.size);
	fail_msg("no %s", path);
	return tar;
}

static void
zeros(struct buf *out, uint64_t n)
{
	struct err err = ERR_INIT;

	while (n-- > 0)
		assert_true(buf_add_byte(out, 0, &err));
}

void
package_kit_replace(struct span tar, const char *path, struct span content,
    struct buf *out)
{
	struct err err = ERR_INIT;
	struct tar_claim c;

	buf_init(out, 64u << 20);
	for (size_t at = 0; next(tar, at, &c);
	    at += c.header_n + (size_t)c.size + tar_padding(c.size)) {
		struct span old = span_part(tar, at + c.header_n, (size_t)c.size);
		struct span now = strcmp(c.path, path) == 0 ? content : old;
		uint8_t h[TAR_HEADER_MAX];
		size_t n;

		if (now.p == NULL && now.n == 0 && strcmp(c.path, path) == 0)
			continue;
		assert_true(tar_header(h, &n, span_text(c.folder), span_text(c.path),
		    now.n, c.mtime, &err));
		assert_true(buf_add(out, span_of(h, n), &err));
		assert_true(buf_add(out, now, &err));
		zeros(out, tar_padding(now.n));
	}
	zeros(out, tar_end_padding(out->n));
}

/* ---- checking ---- */

struct package_reading
package_kit_reading(struct package_kit *k, const char *path)
{
	struct package_reading in = { .world = k->w, .path = path,
		.keys = &k->keys };

	in.trust.roots = in.trust.stamp_roots = &k->pki.anchors;
	return in;
}

void
package_kit_check(const struct package_reading *in, struct package_report *r)
{
	struct err err = ERR_INIT;

	package_report_init(r);
	if (!package_check(in, r, &err))
		fail_msg("%s", err.text);
}
