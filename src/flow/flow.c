/* What every step needs: keys, an act from us, copying. */
#include <stdio.h>
#include <string.h>

#include "flow/apart.h"
#include "flow/build.h"
#include "flow/inside.h"
#include "flow/kept.h"
#include "flow/ledger.h"
#include "flow/people_inside.h"
#include "law/status.h"

void
flow_clear(struct flow *f)
{
	kept_end(f);
	keyring_close(f->keyring);
	f->keyring = NULL;
	law_status_free(f->law);
	f->law = NULL;
	people_free(f->people);
	f->people = NULL;
	f->people_looked = false;
	f->role[0] = '\0';
	cards_known_free(f->cards_known);
	used_forget(f);
	f->cards_known = NULL;
	ledger_drop(f);
	ledger_keys_forget(f);
	f->clock_looked = f->note_looked = f->despite_damage = false;
}

const char *
flow_software(void)
{
	return "comity " COMITY_VERSION;
}

const char *
flow_build(void)
{
	return COMITY_BUILD;
}

bool
keyring_with(struct flow *f, struct span secret, struct err *err)
{
	struct keyring *k = NULL;
	unsigned person;

	if (!person_at_work(f, &person, err) || !(person != 0 ?
	    keyring_open_person(f->home, person, secret, &k, err) :
	    keyring_open(f->home, secret, &k, err)))
		return false;
	if (!people_newest_ask(f, err)) {
		keyring_close(k);
		return false;
	}
	if (f->keyring == NULL)
		f->keyring = k;
	else
		keyring_close(k);
	return true;
}

bool
flow_keyring(struct flow *f, struct keyring **out, struct err *err)
{
	struct buf secret;
	unsigned person;
	bool ok;

	if (f->keyring == NULL) {
		/* Who is at work is asked before the passphrase is. */
		if (!person_at_work(f, &person, err))
			return false;
		buf_init_secret(&secret, 4096);
		ok = f->passphrase(f->arg, false, &secret, err) &&
		    keyring_with(f, buf_span(&secret), err);
		buf_clear(&secret);
		if (!ok)
			return false;
	}
	*out = f->keyring;
	return true;
}

/* When `doctor` last saw the self-test pass. */
static int64_t
self_test_at(struct flow *f)
{
	struct buf b;
	struct err ignored = ERR_INIT;
	int64_t at = 0;

	buf_init(&b, 200);
	if (home_has(f->home, "self-test") &&
	    home_load(f->home, "self-test", &b, &ignored) &&
	    !when_parse(span_part(buf_span(&b), 0, 20), &at))
		at = 0;
	buf_clear(&b);
	return at < 0 ? 0 : at;
}

bool
act_begin(struct flow *f, struct act *a, enum act_kind kind, const struct peer *to,
    struct err *err)
{
	struct settings *s = home_settings(f->home);
	struct digest card_id = { { 0 } };
	bool ok;

	act_init(a, kind);
	a->exercise = s->training;
	a->from = s->authority;
	a->made_at = world_now(f->world);
	a->self_test = self_test_at(f);
	(void)snprintf(a->software, sizeof a->software, "%s", flow_software());
	(void)snprintf(a->build, sizeof a->build, "%s", flow_build());
	if (!world_random(f->world, a->nonce, sizeof a->nonce, err))
		return false;
	if (to != NULL) {
		a->has_to = true;
		a->to = to->id;
		a->to_card = to->card_id;
	}
	ok = kept_own_card(f, &card_id, err);
	if (!ok && kind == ACT_CARD && strcmp(err->reason, "card.none") == 0) {
		err_clear(err);		/* our first card has no card behind it */
		return true;
	}
	a->has_from_card = ok;
	a->from_card = card_id;
	return ok;
}

static bool
signer_load(struct flow *f, struct signer *out, struct err *err)
{
	unsigned n = home_settings(f->home)->signing;
	struct keyring *k = NULL;

	memset(out, 0, sizeof *out);
	certs_init(&out->chain);
	if (home_chain(f->home, n, &out->chain, err) && flow_keyring(f, &k, err) &&
	    keyring_signing(k, n, &out->key, err))
		return true;
	signer_close(out);
	return false;
}

bool
signer_open(struct flow *f, struct signer *out, struct err *err)
{
	struct kept *k = f->kept;

	if (k == NULL)
		return signer_load(f, out, err);
	if (!k->has_signer && !signer_load(f, &k->signer, err))
		return false;
	k->has_signer = true;
	*out = k->signer;
	out->borrowed = true;
	return true;
}

void
signer_close(struct signer *s)
{
	if (s->borrowed) {
		memset(s, 0, sizeof *s);
		return;
	}
	key_free(s->key);
	s->key = NULL;
	certs_clear(&s->chain);
}

bool
verdict_ask(struct verdict v, struct err *err)
{
	return v.allow || err_set(err, ERR_REFUSED, v.reason, "%s", v.text);
}

struct parcel_path
parcel_file(const struct parcel *p)
{
	struct parcel_path path = parcel_path(&p->act_id);

	if (p->other)
		(void)snprintf(path.s, sizeof path.s, "parcels/%s-%.16s.comity",
		    digest_hex(&p->act_id).s, digest_hex(&p->package_id).s);
	return path;
}

bool
parcel_whole(struct flow *f, const struct parcel *p)
{
	struct file_info info;

	return path_info(f->world, home_dir(f->home), parcel_file(p).s, &info, NULL) &&
	    info.type == FILE_REGULAR && info.size == p->bytes;
}

bool
folder_sync(struct flow *f, const char *folder, struct err *err)
{
	struct dir *d = NULL;
	bool ok;

	ok = dir_open(f->world, home_dir(f->home), folder, &d, err) &&
	    dir_sync(d, err);
	dir_close(d);
	return ok;
}

bool
is_sealed(struct flow *f, const char *path, bool *sealed, struct err *err)
{
	static const char magic[] = PARCEL_MAGIC;
	struct file_info info;
	struct file *file = NULL;
	uint8_t begin[sizeof magic - 1];
	size_t n = 0;
	bool ok;

	*sealed = false;
	if (!path_info_follow(f->world, path, &info, err))
		return false;
	if (info.type == FILE_DIR)
		return true;
	ok = file_open(f->world, NULL, path, FILE_READ, &file, err) &&
	    file_read_at(file, begin, sizeof begin, 0, &n, err);
	*sealed = ok && span_is(span_of(begin, n), magic);
	file_close(file);
	return ok;
}

/* ---- copying that goes on where it was cut ---- */

#define COPY_PART (1u << 20)

struct copying {
	struct file *from, *to;
	uint64_t size, done;
	struct hasher *hash;
	uint8_t *part;
};

/* What fails here is where it comes from. */
static bool
from_read(struct copying *c, size_t want, size_t *got, struct err *err)
{
	struct err why = ERR_INIT;

	if (file_read_at(c->from, c->part, want, c->done, got, &why))
		return true;
	return err_set(err, why.kind, why.kind == ERR_IO ? COPY_UNREADABLE : why.reason,
	    "%s", why.text);
}

/*
 * What lies at `to` is a beginning of `from`: hash it, compare each byte.  The first
 * difference ends the kept beginning there.
 */
static bool
copy_keep(struct copying *c, uint64_t have, struct err *err)
{
	uint8_t *mine = mem_new(COPY_PART, err);
	bool same = true, ok = mine != NULL;

	while (ok && same && c->done < have && c->done < c->size) {
		size_t n, m;
		uint64_t left = (have < c->size ? have : c->size) - c->done;
		size_t want = left < COPY_PART ? (size_t)left : COPY_PART;

		ok = file_read_at(c->to, mine, want, c->done, &n, err) &&
		    from_read(c, want, &m, err);
		same = ok && n == m && n == want && memcmp(mine, c->part, n) == 0;
		if (same) {
			hasher_add(c->hash, span_of(mine, n));
			c->done += n;
		}
	}
	mem_free(mine);
	return ok && file_truncate(c->to, c->done, err);
}

static bool
copy_run(struct flow *f, struct copying *c, const char *step, struct err *err)
{
	while (c->done < c->size) {
		size_t got;
		uint64_t left = c->size - c->done;

		if (world_stop_wanted(f->world))
			return err_set(err, ERR_STOPPED, "stopped",
			    "stopped at %llu of %llu bytes; the same command goes on from there",
			    (unsigned long long)c->done, (unsigned long long)c->size);
		if (!from_read(c, left < COPY_PART ? (size_t)left : COPY_PART, &got, err))
			return false;
		if (got == 0)
			return err_set(err, ERR_IO, COPY_UNREADABLE,
			    "the file became shorter while it was copied");
		if (!file_write_at(c->to, span_of(c->part, got), c->done, err))
			return false;
		hasher_add(c->hash, span_of(c->part, got));
		file_sync_begin(c->to, c->done, got);
		c->done += got;
		if (f->progress != NULL)
			f->progress->tell(f->progress, step, c->done, c->size);
	}
	return file_sync(c->to, err);
}

bool
opened_digest(struct flow *f, struct file *file, const char *step, uint64_t *bytes,
    struct digest *sha256, struct err *err)
{
	uint8_t *part = mem_resize(NULL, COPY_PART, err);	/* not zeroed: read into */
	struct hasher *h = NULL;
	size_t n = 1;
	bool ok;

	*bytes = 0;
	ok = part != NULL && hasher_new(&h, err);
	while (ok && n > 0) {
		ok = (!world_stop_wanted(f->world) || err_set(err, ERR_STOPPED,
		    "stopped", "stopped; nothing was changed")) &&
		    file_read_at(file, part, COPY_PART, *bytes, &n, err);
		if (!ok)
			break;
		hasher_add(h, span_of(part, n));
		*bytes += n;
		if (step != NULL && f->progress != NULL)
			f->progress->tell(f->progress, step, *bytes, 0);
	}
	ok = ok && hasher_end(h, sha256, err);
	hasher_free(h);
	mem_free(part);
	return ok;
}

bool
file_digest(struct flow *f, const char *path, const char *step, uint64_t *bytes,
    struct digest *sha256, struct err *err)
{
	struct file *file = NULL;
	bool ok;

	*bytes = 0;
	ok = parcel_open_whole(f, path, &file, err) &&
	    opened_digest(f, file, step, bytes, sha256, err);
	file_close(file);
	return ok;
}

bool
copy_resume(struct flow *f, struct dir *from_at, const char *from, struct dir *to_at,
    const char *to, const char *step, uint64_t *bytes, struct digest *sha256,
    struct err *err)
{
	struct copying c = { 0 };
	struct file_info info, have = { 0 };
	bool there = false, ok;

	c.part = mem_new(COPY_PART, err);
	ok = path_look(f->world, to_at, to, &there, err) && c.part != NULL && hasher_new(&c.hash, err) &&
	    (from_at == home_dir(f->home) ? parcel_open_whole(f, from, &c.from, err) :
	    file_open(f->world, from_at, from, FILE_READ, &c.from, err)) &&
	    file_info(c.from, &info, err) &&
	    file_open(f->world, to_at, to, there ? FILE_UPDATE : FILE_CREATE, &c.to,
	    err) && (!there || file_info(c.to, &have, err));
	if (ok) {
		c.size = info.size;
		file_sequential(c.from);
		ok = (!there || copy_keep(&c, have.size, err)) &&
		    copy_run(f, &c, step, err) && hasher_end(c.hash, sha256, err);
		*bytes = c.size;
	}
	file_close(c.from);
	file_close(c.to);
	hasher_free(c.hash);
	mem_free(c.part);
	return ok;
}
