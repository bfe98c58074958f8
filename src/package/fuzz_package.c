/*
 * Fuzz target: whole packages.  The input is a list of edits to one small package
 * that is made here, with keys from a seeded world, so it is the same in every run:
 *
 *     kind of edit, place (3 bytes), and what it needs (see edit)
 *
 * The oracle is the format's own rule: for given act, payload and signature there
 * is one possible file.  What is called unchanged is that file, byte for byte.
 * Seeds (edit lists, a line of bytes each): tests/fuzz/package.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto/cms.h"
#include "form/tar.h"
#include "package/package.h"

#define NOW 1795348800LL		/* 22 Nov 2026 */
#define PACKAGE_MAX ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct world *world;
static struct certs anchors, path;
static struct key *root_key, *key;
static struct buf seed, changed;

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static bool
sign(void *arg, struct span tags, struct buf *p7s, struct err *err)
{
	(void)arg;
	return cms_sign(key, &path, NOW, tags, p7s, err);
}

static void
keys_make(void)
{
	struct cert_name root_name = { "XA", "Fuzz only", "Root" };
	struct cert_name name = { "XA", "Fuzz only", "Signer" };
	struct cert *root, *signer;

	must(key_new(&root_key, KEY_P256, NULL) && key_new(&key, KEY_P256, NULL));
	must(cert_make_root(&root, root_key, root_name, NOW - 86400, NOW + 86400,
	    NULL));
	must(cert_make_signer(&signer, key, name, root, root_key, NOW - 86400,
	    NOW + 86400, NULL));
	certs_init(&anchors);
	certs_init(&path);
	must(certs_add(&anchors, root, NULL) && certs_add(&path, signer, NULL));
	cert_free(root);
	cert_free(signer);
}

static void
seed_make(void)
{
	static const struct payload_item items[] = {
		{ "a.txt", { (const uint8_t *)"first\n", 6 }, NOW },
		{ "b.txt", { (const uint8_t *)"", 0 }, NOW },
	};
	struct package_writing in = { .world = world, .sign = sign };
	struct package_written done;
	struct file *f;
	struct act a;

	act_init(&a, ACT_DELIVERED);
	must(authority_id_parse("XA-MZXW6YTBOIMZXW6Y", &a.from));
	a.has_from_card = a.has_to = true;
	a.to = a.from;
	a.made_at = NOW;
	memcpy(a.software, "fuzz", 5);
	memcpy(a.build, "fuzz", 5);
	must(dir_make(world, NULL, "tmp", NULL) &&
	    dir_open(world, NULL, "tmp", &in.tmp, NULL));
	must(payload_of_items(world, in.tmp, items, 2, &in.payload, NULL));
	a.payload_files = payload_files(in.payload);
	a.payload_bytes = payload_bytes(in.payload);
	in.act = &a;
	must(file_open(world, NULL, "seed", FILE_CREATE, &f, NULL));
	must(package_write(&in, f, &done, NULL));
	file_close(f);
	payload_free(in.payload);
	dir_close(in.tmp);
	buf_init(&seed, PACKAGE_MAX);
	buf_init(&changed, PACKAGE_MAX);
	must(file_load(world, NULL, "seed", &seed, NULL));
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct world_sim_options opt = { .seed = 5, .now = NOW };

	(void)argc;
	(void)argv;
	must(world_sim(&world, opt, NULL) && crypto_random_from(world, NULL));
	keys_make();
	seed_make();
	return 0;
}

/* ---- edits ---- */

/* A header's sum put right, so that what was changed in it is looked at. */
static void
sum_right(size_t block)
{
	uint8_t *h = changed.p + block;
	unsigned sum = 0;

	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += h[i];
	for (size_t i = 6; i > 0; i--, sum >>= 3)
		h[148 + i - 1] = (uint8_t)('0' + (sum & 7));
	h[154] = '\0';
}

static void
insert(size_t at, struct span s)
{
	struct buf b;

	buf_init(&b, PACKAGE_MAX);
	if (changed.n + s.n <= PACKAGE_MAX) {
		must(buf_add(&b, span_part(buf_span(&changed), 0, at), NULL) &&
		    buf_add(&b, s, NULL) &&
		    buf_add(&b, span_from(buf_span(&changed), at), NULL));
		buf_reset(&changed);
		must(buf_add(&changed, buf_span(&b), NULL));
	}
	buf_clear(&b);
}

static void
cut_out(size_t at, size_t n)
{
	n = n < changed.n - at ? n : changed.n - at;
	memmove(changed.p + at, changed.p + at + n, changed.n - at - n);
	changed.n -= n;
}

/* The end that an archive of this length must have. */
static void
end_right(void)
{
	uint8_t zeros[TAR_RECORD + TAR_BLOCK] = { 0 };

	while (changed.n > 0 && changed.p[changed.n - 1] == 0)
		changed.n--;
	insert(changed.n, span_of(zeros, tar_padding(changed.n)));
	insert(changed.n, span_of(zeros, (size_t)tar_end_padding(changed.n)));
}

static bool
edit(struct cursor *c)
{
	uint8_t kind, high, value;
	uint16_t low;
	size_t at;
	struct span s;

	if (!cursor_u8(c, &kind) || !cursor_u8(c, &high) || !cursor_u16(c, &low) ||
	    changed.n < TAR_RECORD)
		return false;
	at = ((size_t)high << 16 | low) % changed.n;
	switch (kind % 7) {
	case 0:
		return cursor_u8(c, &value) && (changed.p[at] ^= value, true);
	case 1:
		return cursor_u8(c, &value) && (changed.p[at] = value, true);
	case 2:
		return cursor_u8(c, &value) && (cut_out(at, value), true);
	case 3:
		return cursor_u8(c, &value) && cursor_take(c, value, &s) &&
		    (insert(at, s), true);
	case 4:			/* whole blocks out: entries vanish */
		return cursor_u8(c, &value) && (cut_out(at / TAR_BLOCK * TAR_BLOCK,
		    value % 8 * TAR_BLOCK), true);
	case 5:
		sum_right(at / TAR_BLOCK * TAR_BLOCK < changed.n - TAR_BLOCK ?
		    at / TAR_BLOCK * TAR_BLOCK : 0);
		return true;
	default:
		end_right();
		return true;
	}
}

static void
check(void)
{
	struct package_reading in = { .world = world, .path = "changed" };
	struct package_report *r = mem_new(sizeof *r, NULL);
	struct buf text;

	must(r != NULL);
	must(file_save(world, NULL, "changed", buf_span(&changed), true, NULL));
	in.trust.roots = &anchors;
	package_report_init(r);
	must(package_check(&in, r, NULL));
	must(r->overall != OVERALL_INTACT);	/* there is no time stamp */
	must((r->unchanged == UNCHANGED_YES) ==
	    span_eq(buf_span(&changed), buf_span(&seed)));
	buf_init(&text, PACKAGE_MAX);
	must(package_report_text(r, true, &text, NULL));
	must(package_report_json(r, &text, NULL));
	buf_clear(&text);
	package_report_clear(r);
	mem_free(r);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct cursor c = cursor_of(span_of(p, n));

	buf_reset(&changed);
	must(buf_add(&changed, buf_span(&seed), NULL));
	while (edit(&c))
		;
	check();
	return 0;
}
