/*
 * A counterpart that has only mail, a printer, OpenSSL and age: requests, answers and
 * evidence go all the way, and every clock runs as if it had Comity.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "crypto/cms.h"
#include "crypto/testkit.h"
#include "flow/disclose.h"
#include "flow/execute.h"
#include "flow/people_inside.h"
#include "flow/places_kit.h"
#include "flow/guards.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; assert_false(call); \
	assert_string_equal(err.reason, why); } while (0)
#define COUNT(a) (sizeof (a) / sizeof (a)[0])
#define DAY_SECONDS 86400
#define SECRET "correct horse battery staple"

/* ---- an office and somebody on paper ---- */

static const struct correspondent_wish berun = { .state = "XB",
	.name = "CANARYNAME Court of Berun", .address = "CANARYSTREET 1\nBerun",
	.email = "canarymail@berun.example", .languages = "fr;en" };

static void
alone_begin(struct job *j, uint64_t seed)
{
	unsigned number;

	job_begin(j, seed);
	run_up_to(j, 1);
	OK(site_again(&j->a, &err));
	OK(flow_correspondent_new(&j->a.flow, &berun, &number, &err));
	assert_int_equal(number, 1);
	OK(file_save(j->world, NULL, "scan.pdf", span_text("%PDF scan"), true, &err));
}

static bool
draft(struct job *j, enum act_kind kind, unsigned *number, struct err *err)
{
	static const struct field_setting set[] = {
		{ "offence.facts", "Money was taken by a false bank page." },
		{ "offence.articles", "13" },
		{ "data_sought", "log of the account from the 1st to the 3rd" },
		{ "necessity", "The provider deletes such logs after ten days." },
		{ "intent.measure", "stored_data" },
		{ "intent.planned_at", "2026-12-15" },
		{ "secrecy.wanted", "no" },
		{ "provider.name", "Mail of Berun" },
	};
	struct request_wish w = { .kind = act_kind_name(kind), .to = "XB", .set = set,
		.set_n = COUNT(set) };
	struct request_view v;

	if (!site_again(&j->a, err) || !flow_request_new(&j->a.flow, &w, &v, err))
		return false;
	*number = v.row.number;
	request_view_clear(&v);
	return true;
}

static unsigned
drafted(struct job *j)
{
	unsigned n;

	OK(draft(j, ACT_PRESERVE, &n, &err));
	return n;
}

static bool
asked(struct job *j, enum act_kind kind, enum send_by by, unsigned *number,
    struct err *err)
{
	struct sent sent;

	return draft(j, kind, number, err) &&
	    SECONDED(&j->a, err, flow_request_send(&j->a.flow, *number, by, &sent, err));
}

static struct record_wish
came(unsigned number, const char *kind, enum send_by by)
{
	static const char *const scans[] = { "scan.pdf" };

	return (struct record_wish){ .number = number, .kind = kind, .by = by,
		.from = number == 0 ? "XB" : NULL, .has_dated = true,
		.dated = NOW - 2 * DAY_SECONDS, .reference = "B 12/26", .files = scans,
		.files_n = 1 };
}

static bool
record(struct job *j, const struct record_wish *w, struct docket_request *r,
    struct err *err)
{
	return site_again(&j->a, err) && flow_request_record(&j->a.flow, w, r, err);
}

struct acts {
	struct docket_act list[16];
	size_t n;
};

static bool
acts_take(void *arg, const struct docket_act *a, struct err *err)
{
	struct acts *t = arg;

	(void)err;
	assert_true(t->n < COUNT(t->list));
	t->list[t->n++] = *a;
	return true;
}

static void
acts_of(struct job *j, unsigned number, struct acts *out)
{
	struct docket *d = NULL;

	out->n = 0;
	OK(site_again(&j->a, &err));
	OK(home_docket(j->a.flow.home, &d, &err));
	OK(docket_request_acts(d, number, acts_take, out, &err));
	home_docket_done(j->a.flow.home);
}

/* ---- ours ---- */

static void
a_preservation_by_letter_goes_all_the_way(void **state)
{
	struct record_wish w;
	struct answer_wish reply = { .kind = ACT_REPLY, .text = "It was the 2nd.",
		.by = BY_MAIL };
	struct docket_request r;
	struct sent sent;
	struct job j;
	unsigned n;

	(void)state;
	alone_begin(&j, 80);
	OK(asked(&j, ACT_PRESERVE, BY_LETTER, &n, &err));
	OK(row_of(&j.a, n, &r, &err));
	assert_string_equal(r.state, "sent");
	assert_string_equal(r.by, "letter");
	assert_true(r.due_at > NOW && !r.due_ours);
	w = came(n, "receipt", BY_MAIL);
	OK(record(&j, &w, &r, &err));
	assert_string_equal(r.state, "received");
	assert_int_equal(r.receipted_at, NOW - 2 * DAY_SECONDS);
	assert_string_equal(r.reference, "B 12/26");
	w = came(n, "question", BY_MAIL);
	w.answer.text = "Which day?";
	OK(record(&j, &w, &r, &err));
	assert_string_equal(r.state, "needs_info");
	OK(site_again(&j.a, &err));
	OK(flow_request_answer(&j.a.flow, n, &reply, &sent, &err));
	assert_string_equal(sent.row.state, "received");
	assert_int_equal(sent.act.outbox, OUTBOX_NONE);
	w = came(n, "granted", BY_LETTER);
	OK(record(&j, &w, &r, &err));
	assert_string_equal(r.state, "accepted");
	assert_int_equal(r.hold_effected_at, NOW - 2 * DAY_SECONDS);
	assert_true(r.hold_until >= r.hold_effected_at + 60 * DAY_SECONDS);
	assert_int_equal(r.due_at, r.hold_until);
	assert_string_equal(r.due_rule, "hold");
	assert_int_equal(r.answered_at, NOW - 2 * DAY_SECONDS);
	job_end(&j);
}

static void
a_refusal_on_paper_ends_the_thread(void **state)
{
	static const char *const grounds[] = { "R02" };
	struct record_wish w;
	struct docket_request r;
	struct job j;
	unsigned n;

	(void)state;
	alone_begin(&j, 81);
	OK(asked(&j, ACT_PRESERVE, BY_DIPLOMATIC, &n, &err));
	w = came(n, "refused", BY_DIPLOMATIC);
	w.answer.grounds = grounds;
	w.answer.grounds_n = 1;
	OK(record(&j, &w, &r, &err));
	assert_string_equal(r.state, "refused");
	assert_int_equal(r.due_at, 0);
	assert_int_equal(r.closed_at, NOW);
	/* A yes that was overtaken is kept, and changes nothing. */
	w = came(n, "granted", BY_LETTER);
	OK(record(&j, &w, &r, &err));
	assert_string_equal(r.state, "refused");
	assert_int_equal(r.hold_until, 0);
	assert_int_equal(r.due_at, 0);
	job_end(&j);
}

static void
extract(struct job *j, const struct docket_act *a, const char *name, struct buf *out)
{
	struct parcel_path path = parcel_path(&a->act);
	struct package_reading in = { .world = j->world,
		.at = home_dir(j->a.flow.home), .path = path.s };
	struct age_keys keys = { 0 };
	struct keyring *k = NULL;

	OK(flow_keyring(&j->a.flow, &k, &err));
	OK(keyring_identities(k, &keys.identities, &keys.n, &err));
	in.keys = &keys;
	buf_reset(out);
	OK(package_extract(&in, name, out, &err));
}

static void
what_is_recorded_is_an_act_of_ours_with_its_scan(void **state)
{
	struct collection c;
	struct record_wish w;
	struct docket_request r;
	struct docket_record rec;
	struct docket *d = NULL;
	struct acts acts;
	struct job j;
	struct buf b;
	struct act a;
	unsigned n;
	bool found;

	(void)state;
	alone_begin(&j, 82);
	OK(asked(&j, ACT_PRESERVE, BY_LETTER, &n, &err));
	w = came(n, "granted", BY_MAIL);
	OK(record(&j, &w, &r, &err));
	acts_of(&j, n, &acts);
	assert_int_equal(acts.n, 2);
	assert_int_equal(acts.list[1].direction, ACT_IN);
	assert_int_equal(acts.list[1].outbox, OUTBOX_NONE);
	assert_string_equal(acts.list[1].peer, "");
	buf_init(&b, ACT_BYTES_MAX);
	extract(&j, &acts.list[1], "act.json", &b);
	OK(act_decode(&a, buf_span(&b), &err));
	assert_int_equal(a.kind, ACT_GRANTED);
	assert_string_equal(a.from.s, home_settings(j.a.flow.home)->authority.s);
	assert_false(a.has_to);
	assert_true(a.exercise);
	assert_true(digest_eq(&a.follows[0], &r.act));
	assert_int_equal(a.payload_files, 1);
	assert_string_equal(a.body.answer.number, "B 12/26");
	act_clear(&a);
	extract(&j, &acts.list[1], "data/paper-1.pdf", &b);
	assert_true(span_is(buf_span(&b), "%PDF scan"));
	extract(&j, &acts.list[1], "collection.json", &b);
	OK(collection_decode(&c, buf_span(&b), &err));
	assert_string_equal(c.collected_from, "CANARYNAME Court of Berun (XB)");
	assert_non_null(strstr(c.method, "the other side did not sign this act"));
	collection_clear(&c);
	OK(home_docket(j.a.flow.home, &d, &err));
	OK(docket_record_find(d, "received", &acts.list[1].act, NULL, &rec, &found,
	    &err));
	assert_true(found && rec.request == n);
	OK(docket_record_find(d, "made", &acts.list[1].act, NULL, &rec, &found, &err));
	assert_true(found);
	home_docket_done(j.a.flow.home);
	buf_clear(&b);
	job_end(&j);
}

/* ---- theirs ---- */

static bool
their_request(struct job *j, const char *kind, unsigned *number, struct err *err)
{
	static const struct field_setting set[] = {
		{ "facts_and_offence.facts", "A false bank page." },
		{ "facts_and_offence.articles", "13" },
		{ "identifiers[0].type", "email" },
		{ "identifiers[0].value", "someone@mail.example" },
	};
	struct record_wish w = came(0, kind, BY_LETTER);
	struct docket_request r;

	w.set = set;
	w.set_n = COUNT(set);
	if (!record(j, &w, &r, err))
		return false;
	*number = r.number;
	return true;
}

/* S22: what they promise on paper bears our signature: two of us noted it. */
static void
an_assurance_on_paper_is_noted_by_two(void **state)
{
	static const struct field_setting conditions[] = {
		{ "conditions[0].code", "assurance" },
		{ "conditions[0].text", "No one is tried for an opinion." } };
	static const struct field_setting who[] = { { "identifiers[0].type", "email" },
		{ "identifiers[0].value", "somebody.else@mail.example" } };
	struct answer_wish yes = { .kind = ACT_GRANTED_WITH_CONDITIONS,
		.set = conditions, .set_n = COUNT(conditions), .by = BY_LETTER };
	const struct execute_wish assured = { .authorisation = "scan.pdf", .assured = true };
	struct docket_request r;
	struct record_wish w;
	struct sent sent;
	struct job j;
	unsigned n;

	(void)state;
	alone_begin(&j, 86);
	OK(their_request(&j, "subscriber", &n, &err));
	OK(site_again(&j.a, &err));
	OK(flow_request_answer(&j.a.flow, n, &yes, &sent, &err));
	w = came(n, "reply", BY_LETTER);
	NO(record(&j, &w, &r, &err), "people.nobody");
	NO(flow_request_execute(&j.a.flow, n, &assured, &r, &err), "execute.assurance");
	OK(SECONDED(&j.a, &err, record(&j, &w, &r, &err)));
	OK(flow_request_execute(&j.a.flow, n, &assured, &r, &err));
	assert_string_equal(r.state, "executing");
	w.set = who;
	w.set_n = COUNT(who);
	NO(record(&j, &w, &r, &err), "answer.reply-after-yes");
	job_end(&j);
}

static void
a_request_on_paper_is_owed_an_answer_and_gets_it_by_letter(void **state)
{
	static const struct field_setting conditions[] = {
		{ "conditions[0].code", "use_limit" },
		{ "conditions[0].text", "this case only" } };
	struct answer_wish yes = { .kind = ACT_GRANTED_WITH_CONDITIONS,
		.set = conditions, .set_n = COUNT(conditions), .by = BY_LETTER };
	struct docket_request r;
	struct letter_facts *l = calloc(1, sizeof *l);
	struct request_view v;
	struct sent sent;
	struct job j;
	unsigned n;

	(void)state;
	assert_non_null(l);
	letter_facts_init(l);
	alone_begin(&j, 83);
	OK(their_request(&j, "subscriber", &n, &err));
	OK(row_of(&j.a, n, &r, &err));
	assert_false(r.ours);
	assert_string_equal(r.state, "received");
	assert_true(r.due_ours && r.due_at > NOW);
	assert_int_equal(r.correspondent, 1);
	OK(flow_request_view(&j.a.flow, n, &v, &err));
	assert_non_null(fields_part(&v.draft.act.body.request.fields, "identifiers", 0,
	    "value"));
	assert_string_equal(v.peer_name, berun.name);
	request_view_clear(&v);
	NO(flow_request_letter(&j.a.flow, n, NULL, l, &err), "letter.absent");
	OK(site_again(&j.a, &err));
	OK(flow_request_answer(&j.a.flow, n, &yes, &sent, &err));
	assert_string_equal(sent.row.state, "accepted_with_conditions");
	assert_false(sent.row.due_ours);
	OK(flow_request_letter(&j.a.flow, n, NULL, l, &err));
	assert_int_equal(l->act.kind, ACT_GRANTED_WITH_CONDITIONS);
	assert_true(l->has_request);
	assert_int_equal(l->request.kind, ACT_SUBSCRIBER);
	assert_string_equal(l->to_name, berun.name);
	assert_string_equal(l->to_address, berun.address);
	assert_string_equal(l->to_email, berun.email);
	assert_string_equal(l->to_languages, "fr;en");
	assert_string_equal(l->to_state, "XB");
	assert_true(digest_eq(&l->act_id, &sent.act.act));
	assert_string_equal(l->row.reference, "B 12/26");
	assert_int_equal(l->files_n, 0);
	letter_facts_clear(l);
	free(l);
	job_end(&j);
}

/* ---- letters and mails ---- */

static void
a_letter_has_the_act_and_its_attachments(void **state)
{
	static const char *const attach[] = { "scan.pdf" };
	struct request_wish edit = { .attach = attach, .attach_n = 1 };
	struct letter_facts *l = calloc(1, sizeof *l);
	struct request_view v;
	struct digest other = { { 1 } };
	struct sent sent;
	struct job j;
	unsigned n;

	(void)state;
	assert_non_null(l);
	letter_facts_init(l);
	alone_begin(&j, 84);
	n = drafted(&j);
	NO(flow_request_letter(&j.a.flow, n, NULL, l, &err), "letter.absent");
	NO(flow_request_letter(&j.a.flow, 99, NULL, l, &err), "request.absent");
	OK(flow_request_edit(&j.a.flow, n, &edit, &v, &err));
	request_view_clear(&v);
	OK(SECONDED(&j.a, &err, flow_request_send(&j.a.flow, n, BY_MAIL, &sent, &err)));
	OK(flow_request_letter(&j.a.flow, n, NULL, l, &err));
	assert_int_equal(l->files_n, 1);
	assert_true(span_is(buf_span(&l->files[0].bytes), "%PDF scan"));
	assert_false(l->has_request);
	assert_string_equal(l->number.s, l->act.body.request.number);
	assert_string_equal(l->from_email, "");
	assert_string_equal(l->micalg, "sha-256");
	assert_true(l->act_json.n > 0);
	NO(flow_request_letter(&j.a.flow, n, &other, l, &err), "letter.absent");
	letter_facts_clear(l);
	free(l);
	job_end(&j);
}

/* What a mail does not carry is said, not cut. */
static void
attachments_too_large_for_a_mail_are_refused(void **state)
{
	static const char *const attach[] = { "scan.pdf", "half-1.bin", "half-2.bin" };
	struct letter_facts *l = calloc(1, sizeof *l);
	struct request_wish edit = { .attach = attach, .attach_n = 2 };
	struct sent sent;
	struct job j;
	struct buf b;

	(void)state;
	assert_non_null(l);
	letter_facts_init(l);
	alone_begin(&j, 96);
	buf_init(&b, LETTER_FILES_BYTES_MAX);
	OK(buf_room(&b, LETTER_FILES_BYTES_MAX, &err));
	memset(b.p, 'x', LETTER_FILES_BYTES_MAX);
	for (unsigned round = 0; round < 2; round++) {
		unsigned n = drafted(&j);
		struct request_view v;

		/* Together exactly as much as a mail carries, then one byte more. */
		b.n = LETTER_FILES_BYTES_MAX / 2;
		OK(file_save(j.world, NULL, "half-1.bin", buf_span(&b), true, &err));
		b.n = LETTER_FILES_BYTES_MAX - b.n + round;
		OK(file_save(j.world, NULL, "half-2.bin", buf_span(&b), true, &err));
		edit.attach = attach + 1;
		OK(flow_request_edit(&j.a.flow, n, &edit, &v, &err));
		request_view_clear(&v);
		OK(SECONDED(&j.a, &err, flow_request_send(&j.a.flow, n, BY_MAIL, &sent, &err)));
		if (round == 0) {
			OK(flow_request_letter(&j.a.flow, n, NULL, l, &err));
			assert_int_equal(l->files_n, 2);
		} else {
			NO(flow_request_letter(&j.a.flow, n, NULL, l, &err),
			    "letter.files");
		}
	}
	buf_clear(&b);
	letter_facts_clear(l);
	free(l);
	job_end(&j);
}

static void
what_is_signed_for_a_mail_holds(void **state)
{
	struct cms_answer answer;
	struct job j;
	struct buf p7s;

	(void)state;
	alone_begin(&j, 85);
	buf_init(&p7s, CMS_FILE_MAX);
	OK(flow_sign_detached(&j.a.flow, span_text("a\r\n"), &p7s, &err));
	cms_answer_init(&answer);
	OK(cms_check(buf_span(&p7s), span_text("a\r\n"), &answer, &err));
	assert_int_equal(answer.state, CMS_HOLDS);
	OK(cms_check(buf_span(&p7s), span_text("b\r\n"), &answer, &err));
	assert_int_equal(answer.state, CMS_DIGEST);
	cms_answer_clear(&answer);
	buf_clear(&p7s);
	job_end(&j);
}

/* ---- refusals ---- */

static void
what_cannot_be_recorded_changes_nothing(void **state)
{
	static const char *const many[DRAFT_ATTACH_MAX + 1] = { "scan.pdf", "scan.pdf",
		"scan.pdf", "scan.pdf", "scan.pdf", "scan.pdf", "scan.pdf", "scan.pdf",
		"scan.pdf" };
	static const char *const large[] = { "large" };
	struct digest before, after;
	struct record_wish w;
	struct docket_request r;
	struct job j;
	struct buf b;
	unsigned n, unsent;

	(void)state;
	alone_begin(&j, 86);
	OK(asked(&j, ACT_PRESERVE, BY_LETTER, &n, &err));
	unsent = drafted(&j);
	buf_init(&b, DRAFT_ATTACH_BYTES + 1);
	OK(buf_room(&b, DRAFT_ATTACH_BYTES + 1, &err));
	memset(b.p, 'x', DRAFT_ATTACH_BYTES + 1);
	b.n = DRAFT_ATTACH_BYTES + 1;
	OK(file_save(j.world, NULL, "large", buf_span(&b), true, &err));
	OK(docket_digest(&j.a, &before, &err));
	w = came(n, "granted", BY_LETTER);
	w.files_n = 0;
	NO(record(&j, &w, &r, &err), "record.scan");
	w.files = many;
	w.files_n = DRAFT_ATTACH_MAX + 1;
	NO(record(&j, &w, &r, &err), "record.scans");
	w.files = large;
	w.files_n = 1;
	NO(record(&j, &w, &r, &err), "record.scan-large");
	w = came(n, "granted", BY_COMITY);
	NO(record(&j, &w, &r, &err), "record.by");
	w = came(n, "card", BY_LETTER);
	NO(record(&j, &w, &r, &err), "record.kind");
	w = came(n, "nonsense", BY_LETTER);
	NO(record(&j, &w, &r, &err), "record.kind");
	w = came(n, "preserve", BY_LETTER);
	NO(record(&j, &w, &r, &err), "record.number");
	w = came(0, "granted", BY_LETTER);
	NO(record(&j, &w, &r, &err), "record.number");
	w = came(0, "preserve", BY_LETTER);
	w.from = NULL;
	NO(record(&j, &w, &r, &err), "record.from");
	w.from = "XC";
	NO(record(&j, &w, &r, &err), "request.to");
	w = came(n, "granted", BY_LETTER);
	w.dated = NOW + 1;
	NO(record(&j, &w, &r, &err), "record.dated");
	w = came(unsent, "granted", BY_LETTER);
	NO(record(&j, &w, &r, &err), "request.draft");
	w = came(99, "granted", BY_LETTER);
	NO(record(&j, &w, &r, &err), "request.absent");
	w = came(n, "reply", BY_LETTER);
	NO(record(&j, &w, &r, &err), "thread.not-by-this-side");
	w = came(n, "delivered", BY_LETTER);
	NO(record(&j, &w, &r, &err), "thread.preservation-hands-nothing-over");
	OK(docket_digest(&j.a, &after, &err));
	assert_true(digest_eq(&before, &after));
	/* At the limit, and by word without paper. */
	b.n = DRAFT_ATTACH_BYTES;
	OK(file_save(j.world, NULL, "large", buf_span(&b), true, &err));
	w = came(n, "receipt", BY_LETTER);
	w.files = large;
	OK(record(&j, &w, &r, &err));
	w = came(n, "granted", BY_ORAL);
	w.files_n = 0;
	OK(record(&j, &w, &r, &err));
	buf_clear(&b);
	job_end(&j);
}

static void
a_correspondent_is_somebody_that_can_be_written_to(void **state)
{
	struct correspondent_wish w;
	struct job j;
	char name[202];
	unsigned n;

	(void)state;
	alone_begin(&j, 87);
	w = berun;
	w.state = "ZZ";
	NO(flow_correspondent_new(&j.a.flow, &w, &n, &err), "correspondent.state");
	w = berun;
	w.name = "";
	NO(flow_correspondent_new(&j.a.flow, &w, &n, &err), "correspondent.name");
	memset(name, 'x', sizeof name - 1);
	name[201] = '\0';
	w.name = name;
	NO(flow_correspondent_new(&j.a.flow, &w, &n, &err), "correspondent.name");
	name[200] = '\0';
	OK(flow_correspondent_new(&j.a.flow, &w, &n, &err));
	assert_int_equal(n, 2);
	w = berun;
	w.email = "a@b\r\nBcc: x";
	NO(flow_correspondent_new(&j.a.flow, &w, &n, &err), "correspondent.email");
	w = berun;
	w.languages = "fr;;en";
	NO(flow_correspondent_new(&j.a.flow, &w, &n, &err), "correspondent.languages");
	w.languages = "fr;";
	NO(flow_correspondent_new(&j.a.flow, &w, &n, &err), "correspondent.languages");
	/* Two of them now: a request has to say which. */
	NO(asked(&j, ACT_PRESERVE, BY_LETTER, &n, &err), "request.to");
	job_end(&j);
}

/* ---- evidence ---- */

static bool
told(void *arg, struct buf *secret, struct err *err)
{
	return buf_add_text(secret, arg, err);
}

static bool
seal_alone(struct job *j, unsigned request, const char *secret, const char *out,
    struct sealed *s, struct err *err)
{
	char typed[64];
	struct seal_alone_wish w = { .number = 1, .request = request,
		.how = SEAL_PASSPHRASE, .passphrase = told, .arg = typed,
		.purpose = "case 12 only", .receiver = "Court of Cascada", .out_path = out };

	(void)snprintf(typed, sizeof typed, "%s", secret);
	return site_again(&j->a, err) && SECONDED(&j->a, err,
	    flow_evidence_seal_alone(&j->a.flow, &w, s,
	    err));
}

static void evidence_begin(struct job *j, uint64_t seed, unsigned *request);

static void
restricted_material_leaves_for_nobody_outside_a_request(void **state)
{
	struct disclose_names none = { .n = 0 };
	struct sealed s;
	struct job j;
	uint64_t lines;
	unsigned n;

	(void)state;
	evidence_begin(&j, 90, &n);
	OK(flow_evidence_restrict(&j.a.flow, 1, RESTRICT_ALL, &none, &lines, &err));
	NO(flow_evidence_restrict(&j.a.flow, 1, RESTRICT_NONE, &none, &lines, &err),
	    "people.nobody");
	NO(seal_alone(&j, 0, SECRET, "a.age", &s, &err), "seal.restricted");
	assert_false(path_exists(j.world, NULL, "a.age"));
	/* The authority that asked for it has it. */
	OK(seal_alone(&j, n, SECRET, "a.age", &s, &err));
	job_end(&j);
}

static void
evidence_begin(struct job *j, uint64_t seed, unsigned *request)
{
	struct evidence e;

	alone_begin(j, seed);
	OK(site_again(&j->a, &err));
	OK(add(&j->a, &e, &err));
	if (request != NULL)
		OK(their_request(j, "subscriber", request, &err));
}

/* The tar as the receiver's own age gives it, checked as the paper inside says. */
static void
stranger_checks(struct job *j, const char *tar_path, struct span tar)
{
	struct buf pem;
	char dir[64];

	(void)tar_path;
	kit_folder(dir);
	buf_init(&pem, SMALL_FILE_MAX);
	OK(site_again(&j->a, &err));
	OK(flow_roots(&j->a.flow, NULL, &pem, &err));
	kit_save(dir, "roots.pem", buf_span(&pem));
	kit_save(dir, "package.tar", tar);
	assert_int_equal(kit_run("cd %s && tar xf package.tar && cd comity-* && "
	    "sha256sum -c --quiet tagmanifest-sha256.txt && "
	    "sha256sum -c --quiet manifest-sha256.txt && "
	    "openssl cms -verify -binary -cades -inform DER -attime %d "
	    "-in tagmanifest-sha256.txt.p7s -content tagmanifest-sha256.txt "
	    "-CAfile ../roots.pem -out /dev/null && grep -q delivered act.json",
	    dir, NOW), 0);
	kit_folder_remove(dir);
	buf_clear(&pem);
}

static void
evidence_under_a_passphrase_is_opened_and_checked_without_us(void **state)
{
	struct age_keys keys = { .passphrase = span_text(SECRET) };
	struct docket_request r;
	struct docket *d = NULL;
	struct docket_record rec;
	struct buf file, tar;
	struct sealed s;
	struct acts acts;
	struct job j;
	unsigned n;
	bool found;

	(void)state;
	evidence_begin(&j, 88, &n);
	OK(seal_alone(&j, n, SECRET, "for-berun.age", &s, &err));
	assert_string_equal(s.path, "for-berun.age");
	OK(row_of(&j.a, n, &r, &err));
	assert_string_equal(r.state, "delivered");
	assert_int_equal(r.answered_at, NOW);
	assert_false(r.due_ours);
	acts_of(&j, n, &acts);
	assert_int_equal(acts.n, 2);
	assert_string_equal(acts.list[1].kind, "delivered");
	assert_int_equal(acts.list[1].outbox, OUTBOX_NONE);
	OK(home_docket(j.a.flow.home, &d, &err));
	OK(docket_record_find(d, "exported", &acts.list[1].act, NULL, &rec, &found,
	    &err));
	assert_true(found);
	home_docket_done(j.a.flow.home);
	buf_init(&file, 16u << 20);
	buf_init(&tar, 16u << 20);
	OK(file_load(j.world, NULL, "for-berun.age", &file, &err));
	OK(age_open_small(buf_span(&file), &keys, &tar, &err));
	if (kit_has_program("openssl") && kit_has_program("tar"))
		stranger_checks(&j, "package.tar", buf_span(&tar));
	buf_clear(&file);
	buf_clear(&tar);
	job_end(&j);
}

static void
a_second_try_writes_the_file_and_seals_nothing(void **state)
{
	struct sealed first, second;
	struct evidence e;
	struct job j;
	unsigned n;

	(void)state;
	evidence_begin(&j, 89, &n);
	NO(seal_alone(&j, n, "too short", "a.age", &first, &err), "seal.passphrase");
	OK(evidence_load(j.a.flow.home, 1, &e, &err));
	assert_int_equal(e.parcels_n, 0);
	OK(seal_alone(&j, n, SECRET, "a.age", &first, &err));
	NO(seal_alone(&j, n, SECRET, "a.age", &second, &err), "out.exists");
	OK(seal_alone(&j, n, SECRET, "b.age", &second, &err));
	assert_int_equal(second.evidence.parcels_n, 1);
	assert_int_equal(first.parcel, second.parcel);
	OK(path_remove(j.world, NULL, "b.age", &err));
	/* Of no thread: a hand-over of its own each time. */
	OK(seal_alone(&j, 0, SECRET, "b.age", &second, &err));
	assert_int_equal(second.evidence.parcels_n, 2);
	/* Opened like any other evidence. */
	OK(flow_evidence_open(&j.a.flow, 1, SIZE_MAX, "bag", false, 0, &j.opened,
	    &err));
	assert_true(j.opened.unpacked);
	job_end(&j);
}

/* What waits for a second person after this wish is refused for want of one; cleared by the caller. */
static void
waits_for(struct job *j, const char *description, const char *purpose, struct matter_view *m)
{
	char typed[] = SECRET;
	struct seal_alone_wish w = { .number = 1, .how = SEAL_PASSPHRASE, .passphrase = told,
		.arg = typed, .description = description, .purpose = purpose,
		.receiver = "Court of Cascada", .out_path = "a.age" };
	struct matter_view *list = NULL;
	struct sealed s;
	size_t n = 0;

	OK(site_again(&j->a, &err));
	NO(flow_evidence_seal_alone(&j->a.flow, &w, &s, &err), "people.second");
	OK(flow_matters(&j->a.flow, &list, &n, &err));
	assert_int_equal(n, 1);
	*m = list[0];
	OK(path_remove(j->world, home_dir(j->a.flow.home), matter_path(&m->content).s, &err));
	mem_free(list);
}

static void
what_is_typed_can_imitate_no_other_line_of_what_is_approved(void **state)
{
	struct matter_view one, two;
	struct sealed s;
	struct job j;
	const char *text, *at;
	unsigned n;

	(void)state;
	evidence_begin(&j, 91, &n);
	OK(seal_alone(&j, 0, SECRET, "first.age", &s, &err));	/* there are two persons now */
	waits_for(&j, "d", "x\npurpose y", &one);
	waits_for(&j, "d\npurpose x", "y", &two);
	assert_false(digest_eq(&one.content, &two.content));
	OK(buf_text(&one.text, &text, &err));
	assert_non_null(strstr(text, "receiver \"Court of Cascada\"\n"));
	at = strstr(text, "\npurpose ");
	assert_non_null(at);
	assert_true(strncmp(at, "\npurpose \"x\\npurpose y\"\n", 24) == 0);
	assert_null(strstr(at + 1, "\npurpose "));
	matter_view_clear(&one);
	matter_view_clear(&two);
	job_end(&j);
}

static void
under_a_passphrase_it_is_said_who_is_to_have_it(void **state)
{
	char typed[] = SECRET;
	struct seal_alone_wish w = { .number = 1, .how = SEAL_PASSPHRASE, .passphrase = told,
		.arg = typed, .purpose = "case 12 only", .out_path = "a.age" };
	struct sealed s;
	struct job j;
	unsigned n;

	(void)state;
	evidence_begin(&j, 92, &n);
	NO(flow_evidence_seal_alone(&j.a.flow, &w, &s, &err), "seal.receiver");
	/* Of a request it is who asked. */
	w.request = n;
	OK(SECONDED(&j.a, &err, flow_evidence_seal_alone(&j.a.flow, &w, &s, &err)));
	job_end(&j);
}

/* A receiver's certificate for encryption, and its key as files. */
static void
receiver_make(const char *dir, struct buf *pem)
{
	assert_int_equal(kit_run("cd %s && openssl req -x509 -newkey rsa:3072 -nodes "
	    "-keyout key.pem -out cert.pem -days 3650 -subj /C=XB/CN=Court "
	    "-addext keyUsage=critical,keyEncipherment", dir), 0);
	buf_init(pem, SMALL_FILE_MAX);
	kit_load(dir, "cert.pem", pem);
}

/* One whose key only signs. */
static void
signer_make(const char *dir, struct buf *pem)
{
	assert_int_equal(kit_run("cd %s && openssl req -x509 -newkey ec -pkeyopt "
	    "ec_paramgen_curve:P-256 -nodes -keyout skey.pem -out signs.pem -days 3650 "
	    "-subj /C=XB/CN=Court -addext keyUsage=critical,digitalSignature", dir), 0);
	buf_init(pem, SMALL_FILE_MAX);
	kit_load(dir, "signs.pem", pem);
}

static void
evidence_for_a_certificate_is_opened_by_openssl(void **state)
{
	struct seal_alone_wish w = { .number = 1, .how = SEAL_CERTIFICATE,
		.out_path = "for-court.p7m" };
	struct buf pem, file, tar;
	struct sealed s;
	struct job j;
	char dir[64];

	(void)state;
	if (!kit_has_program("openssl") || !kit_has_program("tar")) {
		print_message("no openssl or tar program\n");
		skip();
	}
	evidence_begin(&j, 90, NULL);
	kit_folder(dir);
	receiver_make(dir, &pem);
	OK(site_again(&j.a, &err));
	/* What cannot be sealed to is told before a second person is asked for. */
	w.certificate = span_text("no certificate");
	NO(flow_evidence_seal_alone(&j.a.flow, &w, &s, &err), "cert.form");
	signer_make(dir, &file);
	w.certificate = buf_span(&file);
	NO(flow_evidence_seal_alone(&j.a.flow, &w, &s, &err), "enveloped.key");
	buf_clear(&file);
	w.certificate = buf_span(&pem);
	/* the State that the certificate names */
	OK(flow_policy_risk(&j.a.flow, "XB", NULL, "blocked", "report of May", &err));
	NO(flow_evidence_seal_alone(&j.a.flow, &w, &s, &err), "guard.blocked");
	OK(flow_policy_risk(&j.a.flow, "XB", NULL, "normal", "report of June", &err));
	OK(SECONDED(&j.a, &err, flow_evidence_seal_alone(&j.a.flow, &w, &s, &err)));
	buf_init(&file, 16u << 20);
	buf_init(&tar, 16u << 20);
	OK(file_load(j.world, NULL, "for-court.p7m", &file, &err));
	kit_save(dir, "f.p7m", buf_span(&file));
	assert_int_equal(kit_run("cd %s && openssl cms -decrypt -inform DER -in f.p7m "
	    "-inkey key.pem -out package.tar", dir), 0);
	kit_load(dir, "package.tar", &tar);
	stranger_checks(&j, "package.tar", buf_span(&tar));
	kit_folder_remove(dir);
	buf_clear(&pem);
	buf_clear(&file);
	buf_clear(&tar);
	job_end(&j);
}

static void
too_much_for_a_certificate_is_said_before_anything_is_made(void **state)
{
	struct seal_alone_wish w = { .number = 1, .how = SEAL_CERTIFICATE,
		.out_path = "for-court.p7m" };
	struct evidence e;
	struct file *file = NULL;
	struct sealed s;
	struct job j;

	(void)state;
	alone_begin(&j, 91);
	OK(file_open(j.world, NULL, "disk/large", FILE_CREATE, &file, &err));
	OK(file_truncate(file, 16u << 20, &err));
	OK(file_sync(file, &err));
	file_close(file);
	OK(site_again(&j.a, &err));
	OK(add(&j.a, &e, &err));
	NO(flow_evidence_seal_alone(&j.a.flow, &w, &s, &err), "enveloped.size");
	OK(evidence_load(j.a.flow.home, 1, &e, &err));
	assert_int_equal(e.parcels_n, 0);
	job_end(&j);
}

/* ---- nothing shows ---- */

static void
canary_scan(struct job *j, const char *folder)
{
	static const char *const canaries[] = { "CANARYNAME", "CANARYSTREET",
		"canarymail", "false bank page", "someone@mail.example" };
	struct listing *l = NULL;
	struct listing_entry e;
	char path[600];
	bool more = true;

	OK(listing_open(j->world, NULL, folder, &l, &err));
	while (more) {
		struct file_info info;
		struct buf b;

		OK(listing_next(l, &e, &more, &err));
		if (!more)
			break;
		(void)snprintf(path, sizeof path, "%s/%s", folder, e.name);
		OK(path_info(j->world, NULL, path, &info, &err));
		if (info.type == FILE_DIR) {
			canary_scan(j, path);
			continue;
		}
		buf_init(&b, 64u << 20);
		OK(file_load(j->world, NULL, path, &b, &err));
		for (size_t i = 0; i < COUNT(canaries); i++)
			if (memmem(b.p, b.n, canaries[i], strlen(canaries[i])) != NULL)
				fail_msg("%s is in %s", canaries[i], path);
		buf_clear(&b);
	}
	listing_close(l);
}

static void
no_name_on_paper_shows_in_the_home(void **state)
{
	struct sealed s;
	struct job j;
	unsigned n, ours;

	(void)state;
	evidence_begin(&j, 92, &n);
	OK(seal_alone(&j, n, SECRET, "for-berun.age", &s, &err));
	OK(asked(&j, ACT_PRESERVE, BY_LETTER, &ours, &err));
	site_end(&j.a);
	canary_scan(&j, "aldora");
	job_end(&j);
}

/* ---- faults ---- */

/* One paper, one seal: the whole of what this file's flow writes. */
static bool
paper_step(struct job *j, unsigned n, struct err *err)
{
	struct record_wish w = came(n, "granted", BY_LETTER);
	struct docket_request r;

	if (!site_again(&j->a, err) || !row_of(&j->a, n, &r, err))
		return false;
	return strcmp(r.state, "accepted") == 0 || record(j, &w, &r, err);
}

static bool
seal_step(struct job *j, unsigned n, struct err *err)
{
	struct sealed s;

	return path_exists(j->world, NULL, "out.age") ||
	    seal_alone(j, n, SECRET, "out.age", &s, err);
}

/* What is there in the end, whatever went wrong on the way. */
static void
ends_the_same(struct job *j, unsigned ours, unsigned theirs)
{
	struct age_keys keys = { .passphrase = span_text(SECRET) };
	struct docket_request r;
	struct evidence e;
	struct acts acts;
	struct buf file, tar;

	OK(paper_step(j, ours, &err));
	OK(seal_step(j, theirs, &err));
	OK(row_of(&j->a, ours, &r, &err));
	assert_string_equal(r.state, "accepted");
	acts_of(j, ours, &acts);
	assert_int_equal(acts.n, 2);
	OK(row_of(&j->a, theirs, &r, &err));
	assert_string_equal(r.state, "delivered");
	acts_of(j, theirs, &acts);
	assert_int_equal(acts.n, 2);
	OK(evidence_load(j->a.flow.home, 1, &e, &err));
	assert_int_equal(e.parcels_n, 1);
	buf_init(&file, 16u << 20);
	buf_init(&tar, 16u << 20);
	OK(file_load(j->world, NULL, "out.age", &file, &err));
	OK(age_open_small(buf_span(&file), &keys, &tar, &err));
	buf_clear(&file);
	buf_clear(&tar);
	/* No parcel that nobody knows. */
	{
		struct doctor_report report;

		OK(site_again(&j->a, &err));
		OK(flow_doctor(&j->a.flow, &report, &err));
		for (size_t i = 0; i < report.n; i++)
			if (report.lines[i].state == DOCTOR_BAD)
				fail_msg("%s: %s", report.lines[i].what,
				    report.lines[i].text);
	}
}

struct steps_try {
	struct job j;
	unsigned ours, theirs;
	bool memory;			/* it fails, not the disk */
};

static void
steps_begin(struct steps_try *t, uint64_t seed)
{
	evidence_begin(&t->j, seed, &t->theirs);
	OK(asked(&t->j, ACT_PRESERVE, BY_LETTER, &t->ours, &err));
	OK(site_again(&t->j.a, &err));
}

static bool
steps_run(struct steps_try *t, struct err *err)
{
	return paper_step(&t->j, t->ours, err) && seal_step(&t->j, t->theirs, err);
}

static void
steps_whole(void *arg)
{
	OK(steps_run(arg, &err));
}

static void
steps_again(struct steps_try *t, bool said, const struct err *why)
{
	assert_true(said || why->text[0] != '\0');
	nothing_fails(t->j.world);
	site_end(&t->j.a);
	place_known(t->j.world, said);
	ends_the_same(&t->j, t->ours, t->theirs);
	job_end(&t->j);
}

static void
steps_cut(void *arg)
{
	struct err why = ERR_INIT;
	struct steps_try *t = arg;
	bool said;

	power_fails(t->j.world);
	said = steps_run(t, &why);
	site_end(&t->j.a);
	power_back(t->j.world);
	steps_again(t, said, &why);
}

static void
steps_fails(void *arg)
{
	struct err why = ERR_INIT;
	struct steps_try *t = arg;

	if (t->memory)
		memory_fails();
	else
		disk_fails(t->j.world);
	steps_again(t, steps_run(t, &why), &why);
}

static void
a_cut_at_any_call_ends_the_same(void **state)
{
	struct places p = { .what = "a cut", .ways = POWER_WAYS, .few = 24,
		.try = steps_cut };
	struct steps_try t;

	(void)state;
	steps_begin(&t, 93);
	p.arg = &t;
	p.n = places_size(t.j.world, steps_whole, &t).calls + 1;
	places_try(&p);
	job_end(&t.j);
}

static void
a_disk_error_at_any_call_ends_the_same(void **state)
{
	struct places p = { .what = "a disk error", .ways = DISK_WAYS, .few = 24,
		.try = steps_fails };
	struct steps_try t = { .memory = false };

	(void)state;
	steps_begin(&t, 94);
	p.arg = &t;
	p.n = places_size(t.j.world, steps_whole, &t).calls;
	places_try(&p);
	job_end(&t.j);
}

static void
every_allocation_may_fail(void **state)
{
	struct places p = { .what = "no memory", .ways = MEMORY_WAYS, .few = 24,
		.try = steps_fails };
	struct steps_try t = { .memory = true };

	(void)state;
	steps_begin(&t, 95);
	p.arg = &t;
	p.n = places_size(t.j.world, steps_whole, &t).allocations;
	places_try(&p);
	job_end(&t.j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(restricted_material_leaves_for_nobody_outside_a_request),
		cmocka_unit_test(a_preservation_by_letter_goes_all_the_way),
		cmocka_unit_test(a_refusal_on_paper_ends_the_thread),
		cmocka_unit_test(what_is_recorded_is_an_act_of_ours_with_its_scan),
		cmocka_unit_test(an_assurance_on_paper_is_noted_by_two),
		cmocka_unit_test(a_request_on_paper_is_owed_an_answer_and_gets_it_by_letter),
		cmocka_unit_test(a_letter_has_the_act_and_its_attachments),
		cmocka_unit_test(attachments_too_large_for_a_mail_are_refused),
		cmocka_unit_test(what_is_signed_for_a_mail_holds),
		cmocka_unit_test(what_cannot_be_recorded_changes_nothing),
		cmocka_unit_test(a_correspondent_is_somebody_that_can_be_written_to),
		cmocka_unit_test(evidence_under_a_passphrase_is_opened_and_checked_without_us),
		cmocka_unit_test(a_second_try_writes_the_file_and_seals_nothing),
		cmocka_unit_test(what_is_typed_can_imitate_no_other_line_of_what_is_approved),
		cmocka_unit_test(under_a_passphrase_it_is_said_who_is_to_have_it),
		cmocka_unit_test(evidence_for_a_certificate_is_opened_by_openssl),
		cmocka_unit_test(too_much_for_a_certificate_is_said_before_anything_is_made),
		cmocka_unit_test(no_name_on_paper_shows_in_the_home),
		cmocka_unit_test(a_cut_at_any_call_ends_the_same),
		cmocka_unit_test(a_disk_error_at_any_call_ends_the_same),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
