/*
 * Evidence for a receiver without Comity: the same package, first sealed to ourselves
 * and kept as every other, then written once more for the receiver: as a plain tar
 * under a passphrase (age) or for a certificate (CMS).  The plain tar is never on a
 * disk of ours: it flows from the one sealing into the other.
 *
 * In a thread the delivery is kept together with the parcel, in one transaction; a
 * second try finds it and only writes the file.
 */
#include <stdio.h>
#include <string.h>

#include "crypto/enveloped.h"
#include "flow/apart.h"
#include "flow/backup.h"
#include "flow/execute.h"
#include "flow/guards.h"
#include "flow/marks.h"
#include "flow/people_inside.h"
#include "flow/shown.h"

#define FILE_ROOM 2048		/* bytes that a file adds to a tar, header and padding */
#define BAG_ROOM (1u << 20)	/* bytes of all tag files together, revocation lists too */

struct alone {
	struct flow *f;
	const struct seal_alone_wish *wish;
	struct new_place place;
	struct buf secret;
	struct certs to;
	struct docket_request row;	/* number 0: of no thread */
	struct thread_step step;
	struct fields limits;
	struct promise promise;		/* our granted_with_conditions */
	bool done;			/* delivered in this thread by an earlier try */
	struct docket_act act;
	struct buf content;		/* what a second person approves */
	struct matter matter;
	struct act_people people;
};

static void
alone_init(struct alone *a, struct flow *f, const struct seal_alone_wish *wish)
{
	memset(a, 0, sizeof *a);
	a->f = f;
	a->wish = wish;
	buf_init_secret(&a->secret, AGE_PASSPHRASE_MAX);
	certs_init(&a->to);
	fields_init(&a->limits);
	promise_init(&a->promise);
	buf_init_secret(&a->content, MATTER_MAX);
}

static void
alone_clear(struct alone *a)
{
	new_place_close(&a->place);
	buf_clear(&a->secret);
	certs_clear(&a->to);
	fields_clear(&a->limits);
	promise_clear(&a->promise);
	buf_clear(&a->content);
}

/* ---- to whom ---- */

static bool
certificate_take(struct alone *a, struct err *err)
{
	struct span file = a->wish->certificate;
	struct cert *c = NULL;
	bool ok;

	if (span_starts(file, "-----") || memmem(file.p, file.n, "-----BEGIN", 10))
		ok = certs_read_pem(&a->to, file, err);
	else
		ok = cert_decode(&c, file, err) && certs_add(&a->to, c, err);
	cert_free(c);
	if (ok && a->to.n != 1)
		return err_set(err, ERR_USE, "seal.certificate",
		    "the file holds %zu certificates; hand in the one of the receiver alone",
		    a->to.n);
	return (ok && enveloped_check(&a->to, err)) ||
	    err_wrap(err, "the receiver's certificate");
}

/* It is asked for before anything is made: a person may think better of it. */
static bool
receiver_take(struct alone *a, struct err *err)
{
	if (a->wish->how == SEAL_CERTIFICATE)
		return certificate_take(a, err);
	if (!a->wish->passphrase(a->wish->arg, &a->secret, err))
		return false;
	return a->secret.n >= PASSPHRASE_MIN || err_set(err, ERR_USE,
	    "seal.passphrase",
	    "the passphrase for the receiver is shorter than %d characters; take several words, and tell them by telephone, never with the file",
	    PASSPHRASE_MIN);
}

static bool
too_large(struct err *err)
{
	return err_set(err, ERR_LIMIT, "enveloped.size",
	    "evidence of more than %u MiB cannot be sealed to a certificate; use a passphrase instead: --to-passphrase",
	    ENVELOPED_MAX >> 20);
}

static bool
size_ask(struct alone *a, struct err *err)
{
	struct evidence e;

	if (!evidence_load(a->f->home, a->wish->number, &e, err) ||
	    !evidence_not_ended(&e, err) || !evidence_recovered(a->f, err))
		return false;
	/* A good guess beforehand; what is made is measured again. */
	return a->wish->how != SEAL_CERTIFICATE || (e.files < ENVELOPED_MAX / FILE_ROOM &&
	    e.bytes < ENVELOPED_MAX - BAG_ROOM - e.files * FILE_ROOM) ||
	    too_large(err);
}

/* ---- the thread it answers ---- */

static bool
delivered_look(void *arg, const struct docket_act *x, struct err *err)
{
	struct alone *a = arg;

	(void)err;
	if (x->direction == ACT_OUT && x->evidence == a->wish->number &&
	    x->peer[0] == '\0' && strcmp(x->kind, act_kind_name(ACT_DELIVERED)) == 0) {
		a->done = true;
		a->act = *x;
	}
	return true;
}

static bool
thread_load(struct alone *a, struct err *err)
{
	struct docket *d = NULL;
	bool ok;

	if (a->wish->request == 0)
		return true;
	ok = desk_open(a->f, false, &d, err) &&
	    docket_request_get(d, a->wish->request, &a->row, err) &&
	    docket_request_acts(d, a->wish->request, delivered_look, a, err);
	docket_close(d);
	return ok;
}

/* The State that a certificate names; a passphrase names none. */
static bool
state_of_receiver_ask(struct alone *a, struct err *err)
{
	return a->row.number != 0 || a->to.n == 0 ||
	    guard_unasked(a->f, cert_country(a->to.list[0]).s, false, err);
}

/*
 * Of no request: nobody knows whether an authority receives it, and restricted material is
 * never copied for anybody else (offences.tsv: no_defence_copy).
 */
static bool
outside_ask(struct alone *a, struct err *err)
{
	struct evidence *e = mem_new(sizeof *e, err);
	bool any = false, ok;

	ok = e != NULL && evidence_load(a->f->home, a->wish->number, e, err) &&
	    restricted_any(a->f, e, &any, err);
	mem_free(e);
	return ok && (!any || err_set(err, ERR_REFUSED, "seal.restricted",
	    "evidence %04u has restricted material (Article 14): it goes to an authority that asked for it, as in --request NUMBER, or in part with comity evidence disclose %u; else it is looked at here: comity evidence inspect %u",
	    a->wish->number, a->wish->number, a->wish->number));
}

static bool
thread_ask(struct alone *a, struct err *err)
{
	struct thread_facts facts = { .by = SIDE_IS_ASKED, .act = ACT_DELIVERED,
		.now = world_now(a->f->world),
		.request_expires_at = a->row.expires_at, .same_parties = true,
		.follows_request = true, .follows_known = true };

	if (a->row.number == 0)
		return outside_ask(a, err);
	/* Written once more for the same receiver: it leaves again. */
	if (a->done)
		return execute_handover_ask(a->f, &a->row, NULL, err);
	if (a->row.ours || !a->row.has_act)
		return err_set(err, ERR_USE, "deliver.theirs",
		    "request %u is not one that asks this office for evidence",
		    a->row.number);
	if (!act_kind_parse(a->row.kind, &facts.request) ||
	    !request_state_parse(a->row.state, &facts.state))
		return err_set(err, ERR_UNPROVEN, "docket.damaged",
		    "request %u has a kind or state that nobody knows", a->row.number);
	a->step = thread_decide(&facts);
	return verdict_ask(a->step.verdict, err) &&
	    execute_handover_ask(a->f, &a->row, NULL, err);
}

/* What was promised with conditions goes over under them. */
static bool
limits_take(struct alone *a, struct err *err)
{
	return a->wish->request == 0 || (promise_find(a->f, &a->row, &a->promise, err) &&
	    (a->done || fields_copy(&a->limits, &a->promise.conditions, err)));
}

/* ---- by two persons ---- */

/* A passphrase names nobody: who is to have it is said to the second person. */
static bool
receiver_ask(const struct alone *a, struct err *err)
{
	const struct seal_alone_wish *w = a->wish;

	return w->how == SEAL_CERTIFICATE || w->request != 0 || (w->receiver != NULL &&
	    w->receiver[0] != '\0') || err_set(err, ERR_USE, "seal.receiver",
	    "a passphrase does not say who is to have it: add --receiver NAME, or --request NUMBER if it answers one");
}

/* Whom the certificate names, or whose request it answers. */
static bool
receiver_print(struct alone *a, struct err *err)
{
	struct buf name;
	const char *text;
	bool ok;

	if (a->row.number != 0 && !buf_printf(&a->content, err, "to %s\ncorrespondent %u\n",
	    a->row.peer[0] != '\0' ? a->row.peer : "-", a->row.correspondent))
		return false;
	if (!matter_value_print(&a->content, "receiver", a->wish->receiver, err))
		return false;
	if (a->wish->how != SEAL_CERTIFICATE)
		return true;
	buf_init(&name, 4096);
	ok = cert_subject_text(a->to.list[0], &name, err) && buf_text(&name, &text, err) &&
	    matter_value_print(&a->content, "certificate of", text, err);
	buf_clear(&name);
	return ok;
}

/* "certificate SHA256" or "passphrase": each writing is handed over anew. */
static bool
how_print(const struct alone *a, char out[100], struct err *err)
{
	struct digest id;

	(void)snprintf(out, 100, "under a passphrase");
	if (a->wish->how != SEAL_CERTIFICATE)
		return true;
	if (!cert_digest(a->to.list[0], &id, err))
		return false;
	(void)snprintf(out, 100, "for certificate %s", digest_hex(&id).s);
	return true;
}

static bool
alone_matter(struct alone *a, struct err *err)
{
	const struct seal_alone_wish *w = a->wish;
	struct evidence_private prv;
	struct keyring *k = NULL;
	struct evidence e;
	char how[100];
	bool ok;

	evidence_private_init(&prv);
	a->matter = (struct matter){ .act = PEOPLE_DELIVER, .kind = ACT_DELIVERED,
		.request = w->request, .evidence = w->number };
	ok = flow_keyring(a->f, &k, err) && evidence_load(a->f->home, w->number, &e, err) &&
	    evidence_private_load(a->f->home, k, w->number, &prv, err) &&
	    evidence_pin(a->f, &e, &prv, err) &&
	    how_print(a, how, err) && receiver_print(a, err) &&
	    matter_value_print(&a->content, "description", w->description, err) &&
	    matter_value_print(&a->content, "purpose", w->purpose, err) &&
	    matter_value_print(&a->content, "lang", w->lang, err) &&
	    buf_printf(&a->content, err, "limits as in %s\nrequest %s",
	    a->promise.made ? digest_hex(&a->promise.act).s : "-",
	    a->row.number != 0 ? digest_hex(&a->row.act).s : "-") &&
	    evidence_matter(&e, &prv, how, &a->content, err);
	a->matter.content = buf_span(&a->content);
	evidence_private_clear(&prv);
	return ok;
}

static bool
alone_second(struct alone *a, struct err *err)
{
	return alone_matter(a, err) && flow_second(a->f, &a->matter, &a->people, err);
}

/* ---- kept here ---- */

static bool
sealed_again(struct alone *a, struct sealed *out, struct err *err)
{
	memset(out, 0, sizeof *out);
	if (!evidence_load(a->f->home, a->wish->number, &out->evidence, err))
		return false;
	for (size_t i = 0; i < out->evidence.parcels_n; i++)
		if (digest_eq(&out->evidence.parcels[i].package_id, &a->act.package)) {
			out->parcel = i;
			return true;
		}
	return err_set(err, ERR_UNPROVEN, "docket.damaged",
	    "the package that was delivered is not with evidence %04u",
	    a->wish->number);
}

static bool
seal_ours(struct alone *a, struct sealed *out, struct err *err)
{
	const struct seal_alone_wish *w = a->wish;
	struct docket_request row = a->row;
	struct seal_thread thread = { .row = &row, .outbox = OUTBOX_NONE };
	struct seal_wish wish = { .number = w->number, .description = w->description,
		.purpose = w->purpose, .lang = w->lang, .people = &a->people };

	if (a->done)
		return sealed_again(a, out, err);
	if (row.number == 0)
		return evidence_seal(a->f, &wish, NULL, out, err);
	delivered_row_move(&row, a->step.next, world_now(a->f->world));
	wish.reference = row.reference[0] != '\0' ? row.reference : NULL;
	wish.follows = &row.act;
	wish.follows_n = 1;
	wish.limits = a->limits.n > 0 ? &a->limits : NULL;
	wish.instrument = row.instrument;
	wish.article = row.article;
	return evidence_seal(a->f, &wish, &thread, out, err);
}

/* ---- and written for the receiver ---- */

static bool
copy_through(struct source *from, struct sink *to, struct err *err)
{
	uint8_t *part = mem_new(BACKUP_PART, err);
	size_t got = 1;
	bool ok = part != NULL;

	while (ok && got > 0) {
		ok = source_read(from, part, BACKUP_PART, &got, err);
		if (ok && got > 0)
			ok = sink_write(to, span_of(part, got), err);
	}
	mem_free(part);
	return ok;
}

static bool
passphrase_write(struct alone *a, struct source *tar, struct sink *to,
    struct err *err)
{
	struct sink *age = NULL;
	bool ok;

	ok = age_sink_passphrase(a->f->world, buf_span(&a->secret),
	    home_settings(a->f->home)->log_n, to, &age, err) &&
	    copy_through(tar, age, err) && age_sink_finish(age, err);
	sink_free(age);
	return ok;
}

static bool
certificate_write(struct alone *a, struct source *tar, struct sink *to,
    struct err *err)
{
	struct buf plain, der;
	bool ok;

	buf_init_secret(&plain, ENVELOPED_MAX);
	buf_init(&der, ENVELOPED_MAX + (1u << 20));
	ok = source_all(tar, &plain, err) || (err->kind == ERR_LIMIT && too_large(err));
	ok = ok && enveloped_seal(&a->to, buf_span(&plain), &der, err) &&
	    sink_write(to, buf_span(&der), err);
	buf_clear(&plain);
	buf_clear(&der);
	return ok;
}

/* The tar as it was sealed to ourselves. */
struct kept_tar {
	struct file *file;
	struct source *under, *tar;
};

static bool
kept_open(struct flow *f, const struct parcel *p, struct kept_tar *k, struct err *err)
{
	struct age_keys keys = { .identities = NULL };
	struct keyring *ring = NULL;

	return flow_keyring(f, &ring, err) &&
	    keyring_identities(ring, &keys.identities, &keys.n, err) &&
	    parcel_open_whole(f, parcel_file(p).s, &k->file, err) &&
	    file_source(k->file, 0, &k->under, err) &&
	    age_source(k->under, &keys, &k->tar, err);
}

static void
kept_close(struct kept_tar *k)
{
	source_free(k->tar);
	source_free(k->under);
	file_close(k->file);
}

/* Before anything of it can be outside. */
static bool
exported(struct alone *a, const struct parcel *p, struct err *err)
{
	struct record r;

	record_begin(a->f, &r, EVENT_EXPORTED);
	r.has_act = r.has_package = true;
	r.act = p->act_id;
	r.package = p->package_id;
	(void)snprintf(r.reason, sizeof r.reason, "%s",
	    a->wish->how == SEAL_CERTIFICATE ? "certificate" : "passphrase");
	return record_alone(a->f, &r, a->row.number, err);
}

static bool
file_make(struct alone *a, const struct parcel *p, struct err *err)
{
	struct kept_tar k = { .file = NULL };
	struct file *file = NULL;
	struct sink *sink = NULL;
	bool ok;

	ok = exported(a, p, err) && kept_open(a->f, p, &k, err) &&
	    file_open(a->f->world, a->place.into, ".", FILE_TEMPORARY, &file, err) &&
	    file_sink(file, 0, &sink, err) && (a->wish->how == SEAL_CERTIFICATE ?
	    certificate_write(a, k.tar, sink, err) :
	    passphrase_write(a, k.tar, sink, err)) && file_sync(file, err) &&
	    flow_second_use(a->f, NULL, &a->matter, err) &&
	    file_name(file, a->place.into, a->place.name, err);
	if (ok && !dir_sync(a->place.into, err)) {
		(void)!path_remove(a->f->world, a->place.into, a->place.name, NULL);
		ok = false;
	}
	sink_free(sink);
	file_close(file);
	kept_close(&k);
	return ok || err_wrap(err, "the evidence is sealed and kept here, and %s was not written",
	    a->wish->out_path);
}

bool
flow_evidence_seal_alone(struct flow *f, const struct seal_alone_wish *wish,
    struct sealed *out, struct err *err)
{
	struct alone a;
	bool ok;

	alone_init(&a, f, wish);
	ok = home_lock(f->home, err) && flow_may_begin(f, PEOPLE_DELIVER, err) &&
	    thread_load(&a, err) && thread_ask(&a, err) && size_ask(&a, err) &&
	    receiver_ask(&a, err) && new_place_open(f, wish->out_path, &a.place, err) &&
	    receiver_take(&a, err) && state_of_receiver_ask(&a, err) && limits_take(&a, err) &&
	    alone_second(&a, err) && seal_ours(&a, out, err) &&
	    file_make(&a, &out->evidence.parcels[out->parcel], err);
	if (a.people.n > 0)
		ok = flow_second_end(f, &a.matter, ok, err);
	if (ok)
		(void)snprintf(out->path, sizeof out->path, "%s", wish->out_path);
	alone_clear(&a);
	return ok;
}
