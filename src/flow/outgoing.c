/* A package of ours on its way to a file: signed, stamped, sealed, named. */
#include <stdio.h>
#include <string.h>

#include "flow/inside.h"
#include "flow/journey.h"
#include "flow/kept.h"
#include "http/http.h"

void
outgoing_init(struct outgoing *o, struct flow *f)
{
	memset(o, 0, sizeof *o);
	o->flow = f;
	o->now = world_now(f->world);
	buf_init(&o->signature, CMS_SIGNATURE_MAX);
	buf_init(&o->token, STAMP_FILE_MAX);
	buf_init(&o->answer, STAMP_FILE_MAX);
}

void
outgoing_clear(struct outgoing *o)
{
	signer_close(&o->signer);
	buf_clear(&o->signature);
	buf_clear(&o->token);
	buf_clear(&o->answer);
}

bool
outgoing_sign(void *arg, struct span tag_manifest, struct buf *p7s, struct err *err)
{
	struct outgoing *o = arg;

	return cms_sign(o->signer.key, &o->signer.chain, o->now, tag_manifest, p7s,
	    err);
}

/* ---- time stamps ---- */

static void
pending(struct token_got *t, const char *why)
{
	t->kept = STAMP_PENDING;
	(void)snprintf(t->text, sizeof t->text, "%.299s", why);
}

bool
token_ask(struct flow *f, struct span of, struct buf *token, struct buf *answer,
    struct token_got *out, struct err *err)
{
	const struct settings *s = home_settings(f->home);
	struct err why = ERR_INIT;
	struct certs roots;
	struct buf query;
	bool canonical = false, ok = true;

	memset(out, 0, sizeof *out);
	/* A simulated world has no network. */
	if (s->tsa_url[0] == '\0' || world_is_sim(f->world)) {
		pending(out, "no time-stamping authority is set; bring a stamp by file with: comity stamp query, comity stamp add");
		return true;
	}
	certs_init(&roots);
	buf_init(&query, 4096);
	if (!home_stamp_roots(f->home, &roots, err) ||
	    !stamp_query_make(f->world, of, &query, err)) {
		ok = false;
	} else if (!http_post(s->tsa_url, "application/timestamp-query",
	    buf_span(&query), "application/timestamp-reply", answer,
	    &f->trouble, &why) ||
	    !stamp_accept(buf_span(answer), buf_span(&query), of, &roots, token,
	    &canonical, &out->at, out->text, &why)) {
		/* Memory is our trouble; all else is the authority being away. */
		ok = why.kind != ERR_MEMORY || err_memory(err);
		pending(out, why.text);
		buf_reset(token);
	} else {
		out->kept = canonical ? STAMP_KEPT : STAMP_CLAIMED;
		if (!canonical)
			buf_reset(token);
	}
	certs_clear(&roots);
	buf_clear(&query);
	return ok;
}

enum stamp_kept
stamp_owed(enum stamp_kept kept, enum act_kind kind)
{
	return kept == STAMP_NONE && act_kind_needs_stamp(kind) ? STAMP_PENDING : kept;
}

bool
outgoing_stamp(void *arg, struct span signature, struct buf *tst, struct err *err)
{
	struct outgoing *o = arg;
	struct token_got got;

	if (!buf_add(&o->signature, signature, err))
		return false;
	if (!o->stamp) {
		o->kept = STAMP_NONE;
		return true;
	}
	if (!token_ask(o->flow, signature, &o->token, &o->answer, &got, err))
		return false;
	o->kept = got.kept;
	o->stamped_at = got.at;
	(void)snprintf(o->stamp_text, sizeof o->stamp_text, "%s", got.text);
	return buf_add(tst, buf_span(&o->token), err);
}

static struct evidence_file
stamp_path(unsigned number, const struct parcel *p, const char *ending)
{
	char name[96];

	(void)snprintf(name, sizeof name, "%s%s%.16s.%s", digest_hex(&p->act_id).s,
	    p->other ? "-" : "", p->other ? digest_hex(&p->package_id).s : "", ending);
	if (number == 0) {
		struct evidence_file beside;

		(void)snprintf(beside.s, sizeof beside.s, "parcels/%s", name);
		return beside;
	}
	return evidence_path(number, name);
}

bool
stamp_file_save(struct flow *f, unsigned number, const struct parcel *p,
    const char *ending, struct span bytes, struct err *err)
{
	return bytes.n == 0 ||
	    home_save(f->home, stamp_path(number, p, ending).s, bytes, err);
}

bool
stamp_files_save(struct flow *f, unsigned number, const struct parcel *p,
    struct span signature, struct span token, struct span answer, struct err *err)
{
	return stamp_file_save(f, number, p, "tsr", answer, err) &&
	    stamp_file_save(f, number, p, "tst", token, err) &&
	    stamp_file_save(f, number, p, "sig", signature, err);
}

bool
stamp_file_load(struct flow *f, unsigned number, const struct parcel *p,
    const char *ending, struct buf *out, bool *found, struct err *err)
{
	struct err why = ERR_INIT;

	*found = home_load(f->home, stamp_path(number, p, ending).s, out, &why);
	if (*found || why.kind == ERR_ABSENT)
		return true;
	*err = why;
	return false;
}

/* ---- sealing ---- */

/* Each recipient of the receiver's card in card order, then our own; `to` may be NULL. */
static bool
recipients_list(struct flow *f, const struct peer *to, struct age_recipient *list,
    size_t *n, struct err *err)
{
	const struct card_body *c = to != NULL ? &to->card.body.card : NULL;

	for (*n = 0; c != NULL && *n < c->recipients_n; (*n)++)
		if (!age_recipient_parse(span_text(c->recipients[*n]), &list[*n], err))
			return err_wrap(err, "the receiver's card");
	if (!kept_recipient(f, &list[*n], err))
		return false;
	(*n)++;
	return true;
}

/*
 * Not named for sure: not there at all, as no record will name it.  With `making` its
 * name is noted before, for who comes after a cut (journey.h).
 */
static bool
name_durably(struct outgoing *o, struct file *file, const struct digest *act_id,
    struct err *err)
{
	struct flow *f = o->flow;
	struct dir *home = home_dir(f->home);
	struct parcel_path path = parcel_path(act_id);

	if (o->making && !making_note(f, act_id, 1, err))
		return false;
	if (!file_name(file, home, path.s, err))
		return false;
	if (folder_sync(f, "parcels", err))
		return true;
	(void)!path_remove(f->world, home, path.s, NULL);
	return false;
}

bool
outgoing_parcel(struct outgoing *o, const struct act *a, struct payload *p,
    struct span collection, struct source *pin, const struct peer *to,
    struct package_written *out, struct err *err)
{
	struct age_recipient list[CARD_RECIPIENTS_MAX + 1];
	struct package_writing in = { .world = o->flow->world, .act = a,
		.payload = p, .collection = collection, .sign = outgoing_sign,
		.stamp = outgoing_stamp, .arg = o, .recipients = list, .pin = pin,
		/* One of a group is short, and may be sealed on another thread. */
		.progress = o->unnamed != NULL ? NULL : o->flow->progress,
		.no_sync = o->unnamed != NULL };
	struct file *file = NULL;
	struct buf revocation;
	bool ok;

	buf_init(&revocation, REVOCATION_MAX);
	ok = recipients_list(o->flow, to, list, &in.recipients_n, err) &&
	    revocation_gather(o->flow, &o->signer.chain, &revocation,
	    o->revocation_text, err) &&
	    home_tmp(o->flow->home, &in.tmp, err) &&
	    file_open(o->flow->world, home_dir(o->flow->home), "parcels",
	    FILE_TEMPORARY, &file, err);
	in.revocation = buf_span(&revocation);
	ok = ok && package_write(&in, file, out, err) && (o->unnamed != NULL ||
	    name_durably(o, file, &out->act_id, err));
	if (ok && o->unnamed != NULL) {
		*o->unnamed = file;
		file = NULL;
	}
	file_close(file);
	buf_clear(&revocation);
	return ok;
}
