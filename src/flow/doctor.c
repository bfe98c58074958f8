/* Able to sign, seal, store, stamp?  Tried, not guessed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/destroy_inside.h"
#include "flow/exchange.h"
#include "flow/leaves.h"
#include "flow/marks.h"
#include "flow/people.h"
#include "flow/take.h"

#define SPACE_LOW (1ull << 30)		/* less than this is told */
#define ENDS_SOON (60 * DAY)

static void PRINTF_LIKE(4, 5)
say(struct doctor_report *r, enum doctor_state state, const char *what,
    const char *fmt, ...)
{
	struct doctor_line *l;
	va_list ap;

	if (r->n == DOCTOR_LINES_MAX)
		return;
	l = &r->lines[r->n++];
	l->state = state;
	(void)snprintf(l->what, sizeof l->what, "%s", what);
	va_start(ap, fmt);
	(void)vsnprintf(l->text, sizeof l->text, fmt, ap);
	va_end(ap);
}

static void
clock_look(struct flow *f, struct doctor_report *r)
{
	int64_t now = world_now(f->world);
	const struct settings *s = home_settings(f->home);

	if (now < s->made_at - DAY)
		say(r, DOCTOR_BAD, "clock",
		    "The clock says %s, before this home was made: set it, or what you sign now is dated wrongly.",
		    when_people(now).s);
	else
		say(r, DOCTOR_GOOD, "clock", "%s. Compare it with a clock you trust.",
		    when_people(now).s);
}

static void
space_look(struct flow *f, struct doctor_report *r)
{
	struct err why = ERR_INIT;
	uint64_t bytes;

	if (!dir_free_bytes(home_dir(f->home), &bytes, &why))
		say(r, DOCTOR_BAD, "disk", "%s", why.text);
	else
		say(r, bytes < SPACE_LOW ? DOCTOR_WARNING : DOCTOR_GOOD, "disk",
		    "%llu MB are free for parcels.",
		    (unsigned long long)(bytes / 1000000));
}

/* Known answer, then a round trip: SHA-256 of "abc" (FIPS 180-4). */
static bool
digest_test(struct err *err)
{
	struct digest d;

	return digest_of(span_text("abc"), &d, err) && (strcmp(digest_hex(&d).s,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") == 0 ||
	    err_set(err, ERR_IO, "self_test.digest",
	    "SHA-256 does not give its known answer on this machine"));
}

/*
 * What the roles of the person at work leave out on purpose is no fault: who has those keys
 * tries it.  Nobody let in has them: that has to be mended.
 */
static bool
left_out(struct flow *f, enum people_group g, const char *what, struct doctor_report *r,
    struct err *why)
{
	const struct people *p = flow_people(f);

	if (strcmp(why->reason, "key.group") != 0 || p == NULL)
		return false;
	err_clear(why);
	for (size_t i = 0; i < p->n; i++) {
		const struct person *x = &p->list[i];

		if (x->disabled || x->afar || (person_opens(x) & (1u << g)) == 0 ||
		    (person_groups(f->home, x->number) & (1u << g)) == 0)
			continue;
		say(r, DOCTOR_GOOD, what,
		    "Not tried: the person at work has no keys for it (%s), on purpose. P%u has them: comity --as %u doctor",
		    people_group_name(g), x->number, x->number);
		return true;
	}
	say(r, DOCTOR_WARNING, what,
	    "Not tried: nobody who works here was given the keys for it (%s). Next: comity person role NUMBER --add lawyer; then who has the keys lets that person in: comity person let-in NUMBER",
	    people_group_name(g));
	return true;
}

static bool
seal_test(struct flow *f, struct err *err)
{
	struct age_recipient self;
	struct age_keys keys = { 0 };
	struct keyring *k = NULL;
	struct buf sealed, plain;
	bool ok;

	buf_init(&sealed, 4096);
	buf_init(&plain, 4096);
	ok = flow_keyring(f, &k, err) && home_recipient(f->home, &self, err) &&
	    keyring_identities(k, &keys.identities, &keys.n, err) &&
	    age_seal_small(f->world, &self, 1, span_text("self-test"), &sealed, err) &&
	    age_open_small(buf_span(&sealed), &keys, &plain, err) &&
	    (span_is(buf_span(&plain), "self-test") || err_set(err, ERR_IO,
	    "self_test.seal", "what was sealed does not open to the same bytes"));
	buf_clear(&sealed);
	buf_clear(&plain);
	return ok;
}

static bool
sign_test(struct flow *f, struct doctor_report *r, struct err *err)
{
	struct span content = span_text("self-test\n");
	struct path_question q = { .purpose = PATH_SIGNING };
	struct path_answer path;
	struct cms_answer a;
	struct certs roots;
	struct signer s;
	struct buf file;
	int64_t now = world_now(f->world), end;
	bool ok;

	if (!signer_open(f, &s, err))
		return false;
	cms_answer_init(&a);
	certs_init(&roots);
	buf_init(&file, CMS_FILE_MAX);
	q.at = now;
	q.inside = &s.chain;
	q.anchors = &roots;
	ok = cms_sign(s.key, &s.chain, now, content, &file, err) &&
	    cms_check(buf_span(&file), content, &a, err) &&
	    (a.state == CMS_HOLDS || err_set(err, ERR_IO, "self_test.sign", "%s",
	    a.text)) &&
	    home_roots(f->home, home_settings(f->home)->signing, &roots, err) &&
	    path_check(&q, &path, err) &&
	    (path.state == PATH_HOLDS || err_set(err, ERR_UNPROVEN, "self_test.path",
	    "the signing certificate: %s", path.text));
	end = cert_not_after(s.chain.list[0]);
	if (ok)
		say(r, end - now < ENDS_SOON ? DOCTOR_WARNING : DOCTOR_GOOD,
		    "signing", "Signs; the certificate is valid until %s.",
		    when_people(end).s);
	cms_answer_clear(&a);
	certs_clear(&roots);
	buf_clear(&file);
	signer_close(&s);
	return ok;
}

static void
stamp_look(struct flow *f, struct doctor_report *r)
{
	struct err why = ERR_INIT;
	struct token_got got;
	struct buf token, answer;

	buf_init(&token, STAMP_FILE_MAX);
	buf_init(&answer, STAMP_FILE_MAX);
	if (!token_ask(f, span_text("self-test"), &token, &answer, &got, &why))
		say(r, DOCTOR_BAD, "time stamps", "%s", why.text);
	else if (got.kept == STAMP_KEPT)
		say(r, DOCTOR_GOOD, "time stamps", "The authority answers: %s.",
		    when_people(got.at).s);
	else
		say(r, DOCTOR_WARNING, "time stamps", "%s", got.text);
	buf_clear(&token);
	buf_clear(&answer);
}

static void
card_look(struct flow *f, struct doctor_report *r)
{
	struct err why = ERR_INIT;
	struct digest id;
	struct act card;
	int64_t end, now = world_now(f->world);

	act_init(&card, ACT_CARD);
	if (!own_card(f->home, &id, &card, &why)) {
		say(r, DOCTOR_BAD, "card", "%s", why.text);
	} else {
		end = card.body.card.valid_to;
		say(r, end < now ? DOCTOR_BAD : end - now < ENDS_SOON ?
		    DOCTOR_WARNING : DOCTOR_GOOD, "card", "Valid until %s.",
		    when_people(end).s);
	}
	act_clear(&card);
}

static bool
peer_card_say(void *arg, const struct peer *p, struct err *err)
{
	(void)err;
	if (p->bound == CARD_CHANGED)
		say(arg, DOCTOR_BAD, "cards", "The card of %s in the folder cards is not the one that was taken: its files were changed, and nothing is sealed to it. Ask who had this disk. Ask them for their card, compare its six words, and take it again: comity peer pair CARD --words \"...\"",
		    p->id.s);
	else if (p->bound == CARD_UNPROVEN)
		say(arg, DOCTOR_BAD, "cards", "The card of %s stands as confirmed, and no record here says that anybody compared its words: nothing is sealed to it. Ask who had this disk. Compare the six words again: comity peer pair CARD --words \"...\"",
		    p->id.s);
	return true;
}

static void
peer_cards_look(struct flow *f, struct doctor_report *r)
{
	struct err why = ERR_INIT;

	if (!peers_each(f->home, peer_card_say, r, &why))
		say(r, DOCTOR_BAD, "cards", "%s", why.text);
}

/* Does it sign, and how much waits for that? */
static void
ledger_look(struct flow *f, struct doctor_report *r)
{
	struct err why = ERR_INIT;
	struct checkpoint c = { .size = 0 };
	struct log_state state;
	struct file_info info = { 0 };
	struct buf note;
	struct log *l;
	char text[300];
	bool found = false;

	buf_init(&note, NOTE_MAX);
	if (!ledger_log(f, &l, &why) || !log_checkpoint(l, &note, &c, &found, &why) ||
	    (found && !path_info(f->world, home_dir(f->home), LOG_PATH "/checkpoint",
	    &info, &why))) {
		say(r, DOCTOR_BAD, "ledger", "%s", why.text);
		buf_clear(&note);
		return;
	}
	buf_clear(&note);
	log_state(l, &state);
	if (!recovery_text(f, &state, text, &why))
		say(r, DOCTOR_BAD, "ledger", "%s", why.text);
	else if (text[0] != '\0')
		say(r, state.standing == LOG_FROZEN ? DOCTOR_BAD : DOCTOR_WARNING,
		    "ledger", "%s", text);
	else if (found)
		say(r, DOCTOR_GOOD, "ledger",
		    "%llu entries, %llu of them not in a checkpoint yet; the last one is of %s.",
		    (unsigned long long)log_size(l),
		    (unsigned long long)(log_size(l) - c.size),
		    when_people(info.mtime).s);
	else
		say(r, DOCTOR_GOOD, "ledger", "%llu entries, no checkpoint yet.",
		    (unsigned long long)log_size(l));
}

static void
docket_look(struct flow *f, struct doctor_report *r)
{
	struct err why = ERR_INIT;
	struct docket_check k;

	if (!docket_compare(f, &k, &why))
		say(r, DOCTOR_BAD, "docket", "%s", why.text);
	else if (k.text[0] != '\0')
		say(r, DOCTOR_BAD, "docket", "%s", k.text);
}

#define PARCELS_NAMED 5		/* that are missing, one by one; then their number */

/* Names of all parcels that records speak of, in order. */
struct parcel_names {
	struct parcel_path *list;
	size_t n;
	unsigned long long missing, destroyed;
};

static bool
name_add(struct parcel_names *p, struct parcel_path name, struct err *err)
{
	struct parcel_path *more = mem_grow(p->list, p->n, sizeof *more, err);

	if (more == NULL)
		return false;
	p->list = more;
	p->list[p->n++] = name;
	return true;
}

static int
name_order(const void *a, const void *b)
{
	return strcmp(((const struct parcel_path *)a)->s,
	    ((const struct parcel_path *)b)->s);
}

/* On record, and told to the other side; what cannot be told now is found again. */
static bool
parcel_lost(struct flow *f, const struct parcel *p, struct err *err)
{
	struct err why = ERR_INIT;
	struct docket *d = NULL;
	struct docket_act row;
	bool found = false, ok;
	size_t told = 0;

	if (!loss_record(f, &p->act_id, &p->package_id, err) ||
	    !home_docket(f->home, &d, err))
		return false;
	ok = docket_act_package(d, &p->package_id, &row, &found, err);
	home_docket_done(f->home);
	if (!ok)
		return false;
	if (!found || loss_tell(f, &row, &told, &why) || (why.kind != ERR_MEMORY &&
	    why.kind != ERR_IO))
		return true;
	*err = why;
	return false;
}

/* Each kept parcel is there, as long as it was. */
static bool
parcels_of(struct flow *f, unsigned number, struct parcel_names *names,
    struct doctor_report *r, struct err *err)
{
	struct evidence e;
	int64_t gone_at;

	if (!evidence_load(f->home, number, &e, err))
		return false;
	for (size_t k = 0; k < e.parcels_n; k++) {
		const struct parcel *p = &e.parcels[k];

		if (!name_add(names, parcel_file(p), err))
			return false;
		if (!flow_destroyed_at(f, p, &gone_at, err))
			return false;
		names->destroyed += gone_at != 0;
		if (gone_at != 0 || parcel_whole(f, p))
			continue;
		if (!parcel_lost(f, p, err))
			return false;
		if (names->missing++ >= PARCELS_NAMED)
			continue;
		say(r, DOCTOR_BAD, "parcels",
		    "A parcel of evidence %04u is missing or of another length: %s. Get it back from your backup, or ask the other side for it again.",
		    number, parcel_file(p).s);
	}
	return true;
}

/* ---- acts of threads ---- */

struct acts_look {
	struct flow *flow;
	struct parcel_names *names;
	struct doctor_report *report;
	struct docket_act *lost;
	size_t lost_n;
	unsigned *numbers;
	size_t n;
};

static bool
number_add(void *arg, const struct docket_request *row, struct err *err)
{
	struct acts_look *a = arg;
	unsigned *more = mem_grow(a->numbers, a->n, sizeof *more, err);

	if (more == NULL)
		return false;
	a->numbers = more;
	a->numbers[a->n++] = row->number;
	return true;
}

#define LOST_MAX 64		/* written down at one visit to the doctor */

static bool
act_look(void *arg, const struct docket_act *row, struct err *err)
{
	struct acts_look *a = arg;

	if (row->evidence != 0)
		return true;		/* looked at with its evidence */
	if (!name_add(a->names, act_file(row), err))
		return false;
	if (act_whole(a->flow, row))
		return true;
	if (a->lost_n < LOST_MAX)
		a->lost[a->lost_n++] = *row;
	if (a->names->missing++ < PARCELS_NAMED)
		say(a->report, DOCTOR_BAD, "parcels",
		    "A parcel of request %u is missing or of another length: %s. Get it back from your backup, or ask the other side for it again.",
		    row->request, act_file(row).s);
	return true;
}

static bool
threads_look(struct flow *f, struct parcel_names *names, struct doctor_report *r,
    struct err *err)
{
	struct docket_filter all = { .order = ORDER_NUMBER };
	struct acts_look a = { .flow = f, .names = names, .report = r };
	struct docket *d = NULL;
	bool ok;

	a.lost = mem_array(LOST_MAX, sizeof *a.lost, err);
	ok = a.lost != NULL && home_docket(f->home, &d, err);
	if (ok) {
		ok = docket_requests(d, &all, number_add, &a, err);
		for (size_t i = 0; ok && i < a.n; i++)
			ok = docket_request_acts(d, a.numbers[i], act_look, &a, err);
		for (size_t i = 0; ok && i < a.lost_n; i++)
			ok = loss_record(f, &a.lost[i].act, &a.lost[i].package, err);
		home_docket_done(f->home);
	}
	mem_free(a.lost);
	mem_free(a.numbers);
	return ok;
}

/* "ACT..." of an act that the docket knows of, in no thread and no evidence. */
static bool
known_otherwise(struct docket *d, const char *name, bool *known, struct err *err)
{
	struct docket_act row;
	struct digest act;

	*known = false;
	if (strlen(name) < 64 || !digest_parse(span_of(name, 64), &act) ||
	    name_ends(name, ".damaged"))
		return true;
	return docket_act_get(d, &act, &row, known, err);
}

/* A parcel that no record names: a command was cut between the two. */
static bool
strays_count(struct flow *f, const struct parcel_names *names,
    unsigned long long *strays, struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	struct docket *d = NULL;
	bool more = true, ok;

	*strays = 0;
	if (!home_docket(f->home, &d, err))
		return false;
	ok = listing_open(f->world, home_dir(f->home), "parcels", &l, err);
	while (ok && more) {
		struct parcel_path path;
		bool known;

		ok = listing_next(l, &e, &more, err);
		if (!ok || !more || strlen(e.name) > 100)
			continue;
		(void)snprintf(path.s, sizeof path.s, "parcels/%.100s", e.name);
		if (names->n != 0 && bsearch(&path, names->list, names->n,
		    sizeof path, name_order) != NULL)
			continue;
		ok = known_otherwise(d, e.name, &known, err);
		*strays += !known;
	}
	listing_close(l);
	home_docket_done(f->home);
	return ok;
}

static void
parcels_say(const struct parcel_names *names, unsigned long long strays,
    struct doctor_report *r)
{
	if (names->missing > PARCELS_NAMED)
		say(r, DOCTOR_BAD, "parcels", "%llu parcels in all are missing.",
		    names->missing);
	if (names->missing == 0 && names->destroyed > 0)
		say(r, DOCTOR_GOOD, "parcels",
		    "%llu kept, all there; %llu more destroyed here by two persons.",
		    names->n - names->destroyed, names->destroyed);
	else if (names->missing == 0)
		say(r, DOCTOR_GOOD, "parcels", "%zu kept, all there.", names->n);
	if (strays > 0)
		say(r, DOCTOR_WARNING, "parcels",
		    "In the folder parcels, belonging to no evidence: %llu. They may be removed when no command is at work.",
		    strays);
}

/* What is restricted there is not what the ledger says. */
static bool
marks_differ_say(struct flow *f, unsigned number, struct doctor_report *r, struct err *err)
{
	struct marks m;
	bool ok = marks_load(f, number, &m, err);

	if (ok && m.differ)
		say(r, DOCTOR_BAD, "evidence",
		    "The list of what of evidence %04u is restricted is not the one in the ledger: it was changed or taken away, or a power cut took it. All of it counts as restricted until it is decided again: comity evidence restrict %u",
		    number, number);
	marks_clear(&m);
	return ok;
}

static bool
parcels_look(struct flow *f, struct doctor_report *r, struct err *err)
{
	struct parcel_names names = { 0 };
	unsigned long long strays = 0;
	unsigned *list = NULL;
	size_t n;
	bool ok;

	if (!evidence_numbers(f->home, &list, &n, err))
		return false;
	ok = true;
	for (size_t i = 0; ok && i < n; i++)
		ok = parcels_of(f, list[i], &names, r, err) &&
		    marks_differ_say(f, list[i], r, err);
	ok = ok && threads_look(f, &names, r, err);
	if (ok && names.n > 1)
		qsort(names.list, names.n, sizeof *names.list, name_order);
	ok = ok && strays_count(f, &names, &strays, err);
	if (ok)
		parcels_say(&names, strays, r);
	mem_free(names.list);
	mem_free(list);
	return ok;
}

static bool
self_test_note(struct flow *f, struct err *err)
{
	struct when_text t = when_rfc3339(world_now(f->world));

	return home_save(f->home, "self-test", span_text(t.s), err);
}

/* What went without its second signature, and can be read by nobody who would give it. */
static void
owed_look(struct flow *f, struct doctor_report *r)
{
	struct matter_counts c;
	struct err why = ERR_INIT;

	if (!flow_matter_counts(f, &c, &why))
		say(r, DOCTOR_BAD, "approvals", "%s", why.text);
	else if (c.lost > 0)
		say(r, DOCTOR_BAD, "approvals",
		    "Acts that went and are owed a second signature, and whose text is not below %s/approvals any more: %zu. Put that folder of the newest backup back, so that another person can read and sign them: comity approval list",
		    home_path(f->home), c.lost);
}

bool
flow_doctor(struct flow *f, struct doctor_report *out, struct err *err)
{
	struct err why = ERR_INIT;
	struct keyring *k = NULL;
	bool passed, part, bad;

	out->n = 0;
	f->despite_damage = true;
	if (!home_lock(f->home, err) || !flow_keyring(f, &k, err) || !flow_person(f, err))
		return false;
	clock_look(f, out);
	space_look(f, out);
	passed = digest_test(&why) && seal_test(f, &why);
	part = !passed && left_out(f, GROUP_EVIDENCE, "sealing", out, &why);
	if (!part)
		say(out, passed ? DOCTOR_GOOD : DOCTOR_BAD, "sealing", "%s",
		    passed ? "Seals and opens." : why.text);
	bad = !passed && !part;
	if (!sign_test(f, out, &why)) {
		passed = false;
		part = left_out(f, GROUP_SIGN, "signing", out, &why) || part;
		bad = bad || why.kind != ERR_NONE;
		if (why.kind != ERR_NONE)
			say(out, DOCTOR_BAD, "signing", "%s", why.text);
	}
	card_look(f, out);
	peer_cards_look(f, out);
	stamp_look(f, out);
	ledger_look(f, out);
	docket_look(f, out);
	owed_look(f, out);
	if (!parcels_look(f, out, &why)) {
		if (!ledger_damage_skip(&why, err))
			return false;
		say(out, DOCTOR_BAD, "parcels", "%s", why.text);
	}
	/* What was found is told, also where nothing more can be written. */
	if ((passed && !self_test_note(f, &why)) || !record_home(f, EVENT_SELF_TEST,
	    passed ? "self-test.passed" : bad ? "self-test.failed" : "self-test.part", &why))
		say(out, DOCTOR_BAD, "disk", "%s", why.text);
	return true;
}
