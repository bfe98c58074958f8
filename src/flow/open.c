/* A package becomes a folder again: for the case file, or for a court. */
#include <stdio.h>
#include <string.h>

#include "flow/apart.h"
#include "flow/destroy.h"
#include "flow/exchange.h"
#include "flow/journey.h"
#include "flow/marks.h"
#include "flow/people.h"
#include "flow/record.h"
#include "flow/shown.h"
#include "flow/use.h"

/* "a/b/c/" -> the folder "a/b" and the name "c"; a bare name lies in ".". */
static bool
out_split(const char *path, struct buf *folder, struct out_place *out,
    struct err *err)
{
	size_t n = strlen(path), at;

	while (n > 1 && path[n - 1] == '/')
		n--;
	for (at = n; at > 0 && path[at - 1] != '/';)
		at--;
	if (n - at > OUT_NAME_MAX)
		return err_set(err, ERR_USE, "open.out",
		    "the folder's name is longer than %d bytes", OUT_NAME_MAX);
	memcpy(out->name, path + at, n - at);
	out->name[n - at] = '\0';
	(void)snprintf(out->making, sizeof out->making, EXPORT_PREFIX "%s", out->name);
	if (n == at || strcmp(out->name, ".") == 0 || strcmp(out->name, "..") == 0)
		return err_set(err, ERR_USE, "open.out",
		    "--out needs the name of a folder that is to be made");
	return at == 0 ? buf_add_text(folder, ".", err) :
	    buf_add(folder, span_of(path, at), err);
}

bool
shown_out_open(struct flow *f, const char *path, struct out_place *out, struct err *err)
{
	const char *folder;
	struct buf b;
	bool there = false, ok;

	buf_init(&b, 8192);
	ok = out_split(path, &b, out, err) && buf_text(&b, &folder, err) &&
	    dir_open(f->world, NULL, folder, &out->into, err);
	buf_clear(&b);
	return ok && path_look(f->world, out->into, out->name, &there, err) &&
	    (!there || err_set(err, ERR_CONFLICT, "open.exists",
	    "the folder %s is there already; choose another", path));
}

/* By default the newest that carries evidence, and not what somebody sent besides. */
static bool
parcel_choose(const struct evidence *e, size_t *parcel, struct err *err)
{
	if (e->parcels_n == 0)
		return err_set(err, ERR_ABSENT, "open.not-sealed",
		    "evidence %04u is not sealed yet: there is nothing to open; seal it with: comity evidence seal %04u --to STATE",
		    e->number, e->number);
	if (*parcel == SIZE_MAX) {
		for (size_t i = e->parcels_n; i-- > 0;)
			if (e->parcels[i].stamp != STAMP_NONE &&
			    !e->parcels[i].other) {
				*parcel = i;
				return true;
			}
		*parcel = 0;
	}
	return *parcel < e->parcels_n || err_set(err, ERR_ABSENT, "open.parcel",
	    "evidence %04u has %zu parcels", e->number, e->parcels_n);
}

bool
evidence_recovered(struct flow *f, struct err *err)
{
	struct recovery_open r;
	size_t missing;

	if (!recovery_open(f, &r, err))
		return false;
	if (!r.restored)
		return true;
	return recovery_missing(f, &missing, err) && (missing == 0 || err_set(err, ERR_REFUSED, "evidence.recovering",
	    "this home came out of a backup, and evidence may have been destroyed after that: none opens or leaves until its peers have answered what they were told of it. %s",
	    r.frozen ? "Its ledger was frozen meanwhile: only a successor goes on: comity ledger succeed" :
	    "Exchange bundles with them: write each one (comity bundle write DIR --to PEER --ledger), then read the one it writes after that; if none was ever told anything newer: comity ledger resume"));
}

bool
evidence_living(struct flow *f, unsigned number, const struct parcel *p, struct err *err)
{
	if (p->destroyed_at != 0)
		return err_set(err, ERR_REFUSED, "evidence.destroyed",
		    "evidence %04u was destroyed here on %s: nothing opens it any more. Who decided it, and why: comity custody show %04u",
		    number, when_people(p->destroyed_at).s, number);
	return evidence_recovered(f, err);
}

bool
evidence_not_ended(const struct evidence *e, struct err *err)
{
	for (size_t i = 0; i < e->parcels_n; i++)
		if (e->parcels[i].destroyed_at != 0)
			return err_set(err, ERR_REFUSED, "evidence.destroyed",
			    "evidence %04u was destroyed here on %s, and is sealed for nobody any more. What lies where it was collected is not reached by that: if it is to be handed over, note it anew with: comity evidence add PATH",
			    e->number, when_people(e->parcels[i].destroyed_at).s);
	return true;
}

bool
shown_open(struct flow *f, unsigned number, size_t *parcel, struct kept_reading *k,
    struct err *err)
{
	const struct parcel *p;
	bool found;

	memset(k, 0, sizeof *k);
	buf_init(&k->token, STAMP_FILE_MAX);
	parcel_head_init(&k->head);
	if (!node_trust_open(&k->trust, f, true, err) ||
	    !evidence_load(f->home, number, &k->evidence, err) ||
	    !parcel_choose(&k->evidence, parcel, err))
		return false;
	p = &k->evidence.parcels[*parcel];
	if (!evidence_living(f, number, p, err))
		return false;
	k->path = parcel_file(p);
	if (!stamp_file_load(f, number, p, "tst", &k->token, &found, err))
		return false;
	k->in.world = f->world;
	k->in.at = home_dir(f->home);
	k->in.path = k->path.s;
	k->in.keys = &k->trust.keys;
	k->in.trust = k->trust.trust;
	k->in.trust.late_token = buf_span(&k->token);
	k->in.progress = f->progress;
	return parcel_join(f, &k->in, &k->head, err);
}

void
shown_close(struct kept_reading *k)
{
	node_trust_close(&k->trust);
	buf_clear(&k->token);
	buf_clear(&k->head);
}

bool
shown_record(struct flow *f, const struct kept_reading *k, size_t parcel,
    enum record_event event, struct err *err)
{
	const struct parcel *p = &k->evidence.parcels[parcel];
	struct docket_act row;
	struct docket *d = NULL;
	struct record r;
	bool found = false, ok;

	if (!home_lock(f->home, err) || !home_docket(f->home, &d, err))
		return false;
	record_begin(f, &r, event);
	r.has_act = r.has_package = true;
	r.act = p->act_id;
	r.package = p->package_id;
	r.peer = p->peer;
	ok = docket_act_package(d, &p->package_id, &row, &found, err) &&
	    record_event(f, d, &r, found ? row.request : 0, NULL, err);
	home_docket_done(f->home);
	return ok;
}

/* Restricted material is opened by two, and never copied for anybody. */
static bool
use_begin(struct using *u, struct flow *f, const struct kept_reading *k, size_t parcel,
    bool copied, struct err *err)
{
	bool restricted = false;

	if (copied ? !restricted_copy_ask(f, k, parcel, err) :
	    !restricted_look(f, k, parcel, &restricted, err))
		return false;
	return using_begin(u, f, &k->evidence, &k->evidence.parcels[parcel],
	    restricted ? USE_RESTRICTED : USE_OWN, err);
}

/*
 * May it be used so?  The limits of a parcel that does not open cannot be read, and
 * nothing comes out of it, not even for the time of the check, which then says what is
 * wrong with it.  An approval is used before there is a byte of it in the clear.
 */
static bool
use_ask(struct using *u, struct flow *f, const struct kept_reading *k, size_t parcel,
    bool copied, bool *unread, struct err *err)
{
	*unread = false;
	if (use_begin(u, f, k, parcel, copied, err))
		return true;
	decided_refused(f, u->request, err);
	*unread = f->purpose == NULL && (err->kind == ERR_INPUT ||
	    err->kind == ERR_UNPROVEN);
	if (*unread)
		err_clear(err);
	return *unread;
}

static bool
unread_check(struct kept_reading *k, struct package_report *report, struct err *err)
{
	return node_check(&k->trust, &k->in, report, err) &&
	    (report->unchanged != UNCHANGED_YES || err_set(err, ERR_UNPROVEN, "use.unread",
	    "the limits of its use cannot be read; nothing is handed out"));
}

bool
flow_evidence_open(struct flow *f, unsigned number, size_t parcel,
    const char *out_path, bool has_at, int64_t at, struct package_report *report,
    struct err *err)
{
	struct out_place out = { 0 };
	struct using use = { 0 };
	struct kept_reading k;
	bool unread, ok;

	if (!flow_may(f, PEOPLE_READ, err))
		return false;
	ok = shown_open(f, number, &parcel, &k, err) &&
	    shown_out_open(f, out_path, &out, err) &&
	    use_ask(&use, f, &k, parcel, false, &unread, err) &&
	    shown_record(f, &k, parcel, EVENT_OPENED, err);
	k.in.trust.has_at = has_at;
	k.in.trust.at = at;
	if (ok && unread)
		ok = unread_check(&k, report, err);
	else if (ok) {
		k.in.unpack_into = out.into;
		k.in.unpack_name = out.name;
		k.in.resume = true;
		ok = using_leaf(&use, err) && node_check(&k.trust, &k.in, report, err);
	}
	ok = using_end(&use, ok, err);
	dir_close(out.into);
	shown_close(&k);
	return ok;
}

/* ---- for a court ---- */

static const char how_to_check[] =
"HOW TO CHECK THIS EVIDENCE\n"
"\n"
"This folder came out of Comity, a program with which authorities of different\n"
"States hand electronic evidence to each other. Nothing here needs Comity to be\n"
"believed: the commands below use OpenSSL and sha256sum, which anyone can get.\n"
"\n"
"  bag/          the package as it was sealed: act.json says who sent what to whom,\n"
"                data/ holds the evidence, the other files prove it\n"
"  roots.pem     the root certificates of the authority that sealed it, as this\n"
"                office took them over when it paired with that authority\n"
"  tsa.pem       the root certificates of the time-stamping authority, if there\n"
"                are any\n"
"\n"
"Compare the roots with a copy you got in another way (the ministry's web site,\n"
"a phone call): they decide whom you believe.\n"
"\n"
"In the folder bag, type:\n"
"\n"
"  sha256sum -c tagmanifest-sha256.txt\n"
"  sha256sum -c manifest-sha256.txt\n"
"  openssl ts -verify -data signature.bin -in signature.tst -token_in \\\n"
"      -CAfile ../tsa.pem\n"
"  openssl cms -verify -binary -cades -inform DER \\\n"
"      -in tagmanifest-sha256.txt.p7s -content tagmanifest-sha256.txt \\\n"
"      -CAfile ../roots.pem -no-CApath -no-CAstore -out /dev/null\n"
"\n"
"These two have to print the same: the stamp is of this signature, and not of\n"
"another one that lay beside it. Then, that no evidence file was added:\n"
"\n"
"  openssl asn1parse -inform DER -in tagmanifest-sha256.txt.p7s |\n"
"      sed -n '$s/.*://p' | tr A-F a-f\n"
"  od -An -v -tx1 signature.bin | tr -d ' \\n'; echo\n"
"  find data ! -type d | sort; echo; cut -c67- manifest-sha256.txt | sort\n"
"\n"
"Once certificates have expired, add -attime SECONDS to both openssl -verify.\n"
"This prints the time of the stamp, then the same in seconds since 1970:\n"
"\n"
"  T=$(openssl ts -reply -in signature.tst -token_in -text |\n"
"      sed -n 's/\\.[0-9]*//; s/^Time stamp: //p')\n"
"  echo \"$T\"; date -d \"$T\" +%s\n"
"\n"
"What these lines prove: no listed file was changed, the evidence is what was\n"
"listed, the signature existed at that time, and the authority named in the\n"
"certificate signed the list. They do not prove that the content is true, or that\n"
"it was lawfully obtained.\n";

bool
shown_write(struct flow *f, struct dir *at, const char *name, struct span bytes,
    struct err *err)
{
	struct file *file = NULL;
	bool ok;

	ok = file_open(f->world, at, name, FILE_CREATE, &file, err) &&
	    file_write_at(file, bytes, 0, err) && file_mode_set(file, 0644, err) &&
	    file_sync(file, err);
	file_close(file);
	return ok;
}

static bool
write_tar(struct flow *f, const struct package_reading *in, struct dir *at,
    struct err *err)
{
	struct file *file = NULL;
	bool ok;

	ok = file_open(f->world, at, "package.tar", FILE_CREATE, &file, err) &&
	    package_plain_tar(in, file, err) && file_mode_set(file, 0644, err) &&
	    file_sync(file, err);
	file_close(file);
	return ok;
}

bool
shown_stamp_roots(struct flow *f, struct dir *at, struct err *err)
{
	struct certs roots;
	struct buf pem;
	bool ok;

	certs_init(&roots);
	buf_init(&pem, SMALL_FILE_MAX);
	ok = home_stamp_roots(f->home, &roots, err);
	if (ok && roots.n > 0)
		ok = certs_write_pem(&roots, &pem, err) &&
		    shown_write(f, at, "tsa.pem", buf_span(&pem), err);
	certs_clear(&roots);
	buf_clear(&pem);
	return ok;
}

/* The roots of the card that the package names: of that day, and confirmed. */
bool
shown_roots(struct flow *f, const struct act *a, struct dir *at, struct err *err)
{
	bool found = false, trusted = false, ok;
	struct certs roots;
	struct act card;
	struct buf pem;

	act_init(&card, ACT_CARD);
	certs_init(&roots);
	buf_init(&pem, SMALL_FILE_MAX);
	ok = card_find(f->home, &a->from, &a->from_card, &card, &found, &trusted, err);
	if (ok && !trusted)
		ok = err_set(err, ERR_REFUSED, "export.not-confirmed",
		    "the card of %s that this package names is not confirmed here: there are no roots to hand to a court; compare the six words first: comity peer pair",
		    a->from.s);
	ok = ok && certs_of_card(&card, &roots, err) &&
	    certs_write_pem(&roots, &pem, err) &&
	    shown_write(f, at, "roots.pem", buf_span(&pem), err);
	act_clear(&card);
	certs_clear(&roots);
	buf_clear(&pem);
	return ok;
}

static bool
export_into(struct flow *f, struct kept_reading *k, struct dir *at, bool tar,
    struct package_report *report, struct err *err)
{
	k->in.unpack_into = at;
	k->in.unpack_name = "bag";
	k->in.resume = true;
	if (!node_check(&k->trust, &k->in, report, err))
		return false;
	return !report->unpacked || (shown_roots(f, &report->act, at, err) &&
	    shown_stamp_roots(f, at, err) &&
	    shown_write(f, at, "HOW-TO-CHECK.txt", span_text(how_to_check), err) &&
	    (!tar || write_tar(f, &k->in, at, err)) && dir_sync(at, err));
}

bool
shown_making_begin(struct flow *f, const struct out_place *out, struct dir **at,
    struct err *err)
{
	return (!path_exists(f->world, out->into, out->making) ||
	    dir_remove_all(f->world, out->into, out->making, err)) &&
	    dir_make(f->world, out->into, out->making, err) &&
	    dir_open(f->world, out->into, out->making, at, err);
}

bool
shown_making_end(struct flow *f, const struct out_place *out, bool whole, struct err *err)
{
	if (!whole)
		return dir_remove_all(f->world, out->into, out->making, err);
	return path_rename(f->world, out->into, out->making, out->into, out->name, false,
	    err) && dir_sync(out->into, err);
}

/* A cut one is gone on with while its bag is not complete: that is the long part. */
static bool
making_open(struct flow *f, const struct out_place *out, struct dir **at, struct err *err)
{
	if (path_exists(f->world, out->into, out->making)) {
		if (!dir_open(f->world, out->into, out->making, at, err))
			return false;
		if (!path_exists(f->world, *at, "bag"))
			return true;
		dir_close(*at);
		*at = NULL;
	}
	return shown_making_begin(f, out, at, err);
}

bool
flow_evidence_export(struct flow *f, unsigned number, size_t parcel,
    const char *out_path, bool tar, struct package_report *report, struct err *err)
{
	struct out_place out = { 0 };
	struct dir *at = NULL;
	struct using use = { 0 };
	struct kept_reading k;
	bool unread, ok;

	if (!flow_may(f, PEOPLE_EXPORT, err))
		return false;
	ok = shown_open(f, number, &parcel, &k, err) &&
	    shown_out_open(f, out_path, &out, err) &&
	    use_ask(&use, f, &k, parcel, true, &unread, err);
	ok = ok && shown_record(f, &k, parcel, EVENT_EXPORTED, err);
	if (ok && unread)
		ok = unread_check(&k, report, err);
	else if (ok)
		ok = using_leaf(&use, err) && making_open(f, &out, &at, err) &&
		    export_into(f, &k, at, tar, report, err);
	dir_close(at);
	if (ok && !unread)
		ok = shown_making_end(f, &out, report->unpacked, err);
	else if (at != NULL && err->kind == ERR_REFUSED)
		(void)!shown_making_end(f, &out, false, NULL);
	ok = using_end(&use, ok, err);
	dir_close(out.into);
	shown_close(&k);
	return ok;
}
