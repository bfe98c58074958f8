/*
 * Seals PATH as `comity evidence seal` does (walk, read, digest, sign, encrypt for a
 * receiver and for ourselves), with the parcel's bytes going to /dev/null: what
 * sealing costs when no disk is in the way.  Prints one line of JSON.
 *
 * Linked with --wrap (scripts/bench): writes to the parcel and its sync come here.
 * Everything else, the spools too, goes to the real disk.  No passphrase is asked.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "crypto/cms.h"
#include "package/package.h"

static struct file *parcel;
static int null_fd;

MUST bool __real_file_write_at(struct file *f, struct span s, uint64_t at,
    struct err *err);
MUST bool __wrap_file_write_at(struct file *f, struct span s, uint64_t at,
    struct err *err);
MUST bool __real_file_sync(struct file *f, struct err *err);
MUST bool __wrap_file_sync(struct file *f, struct err *err);

bool
__wrap_file_write_at(struct file *f, struct span s, uint64_t at, struct err *err)
{
	if (f != parcel)
		return __real_file_write_at(f, s, at, err);
	return pwrite(null_fd, s.p, s.n, (off_t)at) == (ssize_t)s.n ||
	    err_set(err, ERR_IO, "bench.null", "/dev/null did not take the bytes");
}

bool
__wrap_file_sync(struct file *f, struct err *err)
{
	return f == parcel || __real_file_sync(f, err);
}

struct signer {
	struct key *key;
	struct certs path;
};

static bool
sign(void *arg, struct span tags, struct buf *p7s, struct err *err)
{
	struct signer *s = arg;

	return cms_sign(s->key, &s->path, time(NULL), tags, p7s, err);
}

static bool
signer_make(struct signer *s, struct err *err)
{
	struct cert_name root = { "XA", "Bench", "Root" }, leaf = { "XA", "Bench", "Signer" };
	struct cert *ca = NULL, *cert = NULL;
	struct key *ca_key = NULL;
	int64_t now = time(NULL);
	bool ok;

	certs_init(&s->path);
	ok = key_new(&s->key, KEY_P256, err) && key_new(&ca_key, KEY_P256, err) &&
	    cert_make_root(&ca, ca_key, root, now - 10, now + 86400, err) &&
	    cert_make_signer(&cert, s->key, leaf, ca, ca_key, now - 10, now + 86400,
	    err) && certs_add(&s->path, cert, err);
	cert_free(ca);
	cert_free(cert);
	key_free(ca_key);
	return ok;
}

static bool
act_make(struct world *w, struct act *a, const struct payload *p, struct err *err)
{
	static const char id[] = "XA-AAAAAAAAAAAAAAAA";

	act_init(a, ACT_DELIVERED);
	a->exercise = a->has_to = a->has_from_card = true;
	memcpy(a->from.s, id, sizeof id);
	memcpy(a->to.s, id, sizeof id);
	memcpy(a->software, "bench", 6);
	a->made_at = time(NULL);
	a->payload_files = payload_files(p);
	a->payload_bytes = payload_bytes(p);
	return world_random(w, a->nonce, sizeof a->nonce, err);
}

static bool
seal(struct world *w, const char *path, const char *tmp_path, struct err *err)
{
	struct package_writing in = { .world = w, .sign = sign };
	struct age_recipient to[2];
	struct age_identity *id[2] = { NULL, NULL };
	struct package_written done;
	struct payload_options none = { 0 };
	struct signer s = { NULL, { .n = 0 } };
	struct payload *p = NULL;
	struct dir *tmp = NULL;
	struct act act;
	double began = now_s();
	bool ok;

	act_init(&act, ACT_DELIVERED);
	ok = dir_open(w, NULL, tmp_path, &tmp, err) && signer_make(&s, err);
	for (size_t i = 0; ok && i < 2; i++)
		ok = age_identity_new(w, &id[i], err) &&
		    age_identity_recipient(id[i], &to[i], err);
	ok = ok && payload_walk(w, tmp, path, &none, &p, NULL, err) &&
	    act_make(w, &act, p, err) &&
	    file_open(w, tmp, ".", FILE_TEMPORARY, &parcel, err);
	if (ok) {
		in.tmp = tmp;
		in.act = &act;
		in.payload = p;
		in.arg = &s;
		in.recipients = to;
		in.recipients_n = 2;
		ok = package_write(&in, parcel, &done, err);
	}
	if (ok) {
		printf("{\"seconds\": %.6f, \"bytes\": %llu, \"peak_kib\": %ld}\n",
		    now_s() - began, (unsigned long long)payload_bytes(p),
		    peak_kib());
	}
	file_close(parcel);
	payload_free(p);
	dir_close(tmp);
	age_identity_free(id[0]);
	age_identity_free(id[1]);
	key_free(s.key);
	certs_clear(&s.path);
	return ok;
}

int
main(int argc, char **argv)
{
	struct world *w = NULL;
	struct err err = { 0 };
	bool ok;

	if (argc != 3) {
		fprintf(stderr, "usage: seal PATH FOLDER-FOR-SPOOLS\n");
		return 2;
	}
	null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	ok = null_fd >= 0 && world_real(&w, &err) && seal(w, argv[1], argv[2], &err);
	if (!ok)
		fprintf(stderr, "seal: %s\n", err.text);
	world_free(w);
	return ok ? 0 : 1;
}
