/*
 * One credential alone neither obtains nor releases: persons of one office in a simulated
 * world, and what each of them, and a thief of any one key, can make happen.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/ledger.h"
#include "flow/people_inside.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; \
	if (call) fail_msg("%s is done", #call); \
	assert_string_equal(err.reason, why); } while (0)

static struct job j;

/* A command begins, by this person of a. */
static void
as(unsigned number)
{
	(void)site_as(&j.a, number);
}

/* Person 1 does all but approve alone; 2 investigates, 3 prosecutes, 4 administers. */
enum { FIRST = 1, DRAFTS, APPROVES, ADMINISTERS };

static int
setup(void **state)
{
	*state = &j;
	job_begin(&j, 7);
	run_up_to(&j, AFTER_PAIR);
	(void)site_person(&j.a, FIRST, "Ana Lima", 1u << ROLE_INVESTIGATOR);
	(void)site_person(&j.a, FIRST, "Bo Ek", 1u << ROLE_PROSECUTOR);
	(void)site_person(&j.a, FIRST, "Cem Arslan", 1u << ROLE_ADMINISTRATOR);
	as(FIRST);
	NO(flow_person_let_in(&j.a.flow, APPROVES, &err), "people.let-in");
	OK(flow_person_role(&j.a.flow, FIRST, 0, 1u << ROLE_ADMINISTRATOR, &err));
	as(FIRST);
	OK(flow_person_let_in(&j.a.flow, APPROVES, &err));
	return 0;
}

/* Drafted by that person; its number. */
static unsigned
drafted(unsigned by)
{
	struct request_wish w = { .kind = "stored_data", .to = "XB", .lang = "en" };
	struct request_view *v = mem_new(sizeof *v, NULL);
	unsigned number;

	assert_non_null(v);
	w.set = fields_of(ACT_STORED_DATA, &w.set_n);
	as(by);
	OK(flow_request_new(&j.a.flow, &w, v, &err));
	number = v->row.number;
	request_view_clear(v);
	mem_free(v);
	return number;
}

static void
edited(unsigned by, unsigned number, const char *purpose)
{
	struct field_setting set = { "purpose", purpose };
	struct request_wish w = { .set = &set, .set_n = 1, .lang = "en" };
	struct request_view *v = mem_new(sizeof *v, NULL);

	assert_non_null(v);
	as(by);
	OK(flow_request_edit(&j.a.flow, number, &w, v, &err));
	request_view_clear(v);
	mem_free(v);
}

static bool
approved(unsigned by, unsigned request, const char *id, struct err *err)
{
	struct matter_view m;
	bool ok;

	as(by);
	matter_view_init(&m);
	ok = flow_matter(&j.a.flow, request, id, &m, err) &&
	    flow_approve(&j.a.flow, &m, err);
	matter_view_clear(&m);
	return ok;
}

static bool
sent(unsigned by, unsigned number, struct sent *out, struct err *err)
{
	as(by);
	return flow_request_send(&j.a.flow, number, BY_COMITY, out, err);
}

static void
act_said(const struct digest *id, const char *how, const char *first, const char *second)
{
	struct act a;

	as(FIRST);
	OK(flow_act_read(&j.a.flow, id, &a, &err));
	assert_string_equal(a.people.how, how);
	assert_string_equal(a.people.list[0].person, first);
	if (second != NULL)
		assert_string_equal(a.people.list[1].person, second);
	act_clear(&a);
}

/* ---- obtaining ---- */

static void
a_request_for_data_leaves_when_another_person_has_approved_it(void **state)
{
	unsigned number = drafted(DRAFTS);
	struct sent out;

	(void)state;
	NO(sent(DRAFTS, number, &out, &err), "people.second");
	NO(sent(FIRST, number, &out, &err), "people.second");
	NO(sent(APPROVES, number, &out, &err), "people.second");
	OK(approved(APPROVES, number, NULL, &err));
	NO(sent(DRAFTS, number, &out, &err), "people.role");
	OK(sent(FIRST, number, &out, &err));
	act_said(&out.act.act, "two", "P2", "P3");
	assert_false(home_has(j.a.flow.home, approval_path(&out.act.act, 3).s));
}

/* Whoever it is: the thief has one person's key and all of its roles. */
static void
one_credential_alone_obtains_nothing(void **state)
{
	(void)state;
	for (unsigned who = FIRST; who <= ADMINISTERS; who++) {
		struct err why = ERR_INIT;
		struct sent out;
		unsigned number;

		if (who == ADMINISTERS) {
			struct request_wish w = { .kind = "stored_data", .to = "XB" };
			struct request_view *v = mem_new(sizeof *v, NULL);

			as(who);
			NO(flow_request_new(&j.a.flow, &w, v, &err), "people.role");
			request_view_clear(v);
			mem_free(v);
			continue;
		}
		number = drafted(who);
		assert_false(approved(who, number, NULL, &why));
		assert_string_equal(why.reason, "people.own");
		err_clear(&why);
		assert_false(sent(who, number, &out, &why));
		assert_string_equal(why.reason, "people.second");
		/* Nor by taking part in what another drafted: a touch makes a maker. */
		number = drafted(who == DRAFTS ? FIRST : DRAFTS);
		edited(who, number, "all there is");
		err_clear(&why);
		assert_false(approved(who, number, NULL, &why));
		assert_string_equal(why.reason, "people.own");
	}
}

static void
a_second_person_is_not_asked_for_what_goes_to_a_revoked_peer(void **state)
{
	struct matter_view *list;
	struct sent out;
	unsigned n;
	size_t waits;

	(void)state;
	n = drafted(FIRST);
	as(FIRST);
	OK(flow_peer_revoke(&j.a.flow, "XB", "a key was lost", &err));
	NO(sent(FIRST, n, &out, &err), "send.peer-revoked");
	as(FIRST);
	OK(flow_matters(&j.a.flow, &list, &waits, &err));
	/* Who wrote it is known, and nobody approved or was asked. */
	for (size_t i = 0; i < waits; i++) {
		assert_int_equal(list[i].n, 0);
		matter_view_clear(&list[i]);
	}
	mem_free(list);
}

static void
a_draft_that_was_changed_after_it_was_approved_does_not_leave(void **state)
{
	unsigned number = drafted(DRAFTS);
	struct sent out;

	(void)state;
	OK(approved(APPROVES, number, NULL, &err));
	edited(DRAFTS, number, "case 12 and others");
	NO(sent(FIRST, number, &out, &err), "people.changed");
	OK(approved(APPROVES, number, NULL, &err));
	OK(sent(FIRST, number, &out, &err));
	assert_int_equal(out.row.number, number);
}

/* Edited while the other reads it: nothing is signed, neither what was shown nor what is. */
static void
what_is_signed_is_what_was_shown(void **state)
{
	unsigned number = drafted(DRAFTS);
	struct matter_view shown;
	struct sent out;

	(void)state;
	as(APPROVES);
	matter_view_init(&shown);
	OK(flow_matter(&j.a.flow, number, NULL, &shown, &err));
	edited(DRAFTS, number, "everything there is");
	as(APPROVES);
	NO(flow_approve(&j.a.flow, &shown, &err), "approval.absent");
	NO(sent(FIRST, number, &out, &err), "people.second");
	matter_view_clear(&shown);
}

/* XB makes a new sealing key, and its new card is taken in here. */
static void
card_replaced(void)
{
	bool needs;

	OK(site_again(&j.b, &err) && flow_key_rotate(&j.b.flow, ROTATE_SEALING, &needs, &err));
	as(FIRST);
	OK(pair(&j.a, "berun/card.card", "berun", &err));
}

static void
what_was_approved_for_one_card_does_not_go_to_the_keys_of_another(void **state)
{
	unsigned number = drafted(DRAFTS);
	struct err why = ERR_INIT;
	struct sent out;

	(void)state;
	OK(approved(APPROVES, number, NULL, &err));
	card_replaced();
	/* Who approved and who sends do not become its makers by trying. */
	assert_false(sent(APPROVES, number, &out, &why));
	assert_string_equal(why.reason, "people.changed");
	assert_non_null(strstr(why.text, "Person 2, who wrote it, types: comity request send"));
	NO(sent(FIRST, number, &out, &err), "people.changed");
	NO(sent(DRAFTS, number, &out, &err), "people.changed");
	OK(approved(APPROVES, number, NULL, &err));
	OK(sent(FIRST, number, &out, &err));
	act_said(&out.act.act, "two", "P2", "P3");
}

static void
who_changed_a_draft_stays_a_maker_when_another_changes_it_back(void **state)
{
	unsigned number = drafted(DRAFTS);

	(void)state;
	edited(APPROVES, number, "mine");
	edited(DRAFTS, number, "case 12 only");
	NO(approved(APPROVES, number, NULL, &err), "people.own");
}

/* ---- copied, forged, by hand ---- */

static struct digest
content_of(unsigned number)
{
	struct matter_view m;
	struct digest id;

	as(FIRST);
	matter_view_init(&m);
	OK(flow_matter(&j.a.flow, number, NULL, &m, &err));
	id = m.content;
	matter_view_clear(&m);
	return id;
}

static void
copied(const char *from, const char *to)
{
	struct buf b;

	buf_init(&b, 65536);
	OK(home_load(j.a.flow.home, from, &b, &err));
	OK(home_save(j.a.flow.home, to, buf_span(&b), &err));
	buf_clear(&b);
}

static const char *
why_not(unsigned number)
{
	static char reason[64];
	struct matter_view m;

	as(FIRST);
	matter_view_init(&m);
	OK(flow_matter(&j.a.flow, number, NULL, &m, &err));
	assert_int_equal(m.n, 1);
	assert_false(m.list[0].counts);
	(void)snprintf(reason, sizeof reason, "%s", m.list[0].why.reason);
	matter_view_clear(&m);
	return reason;
}

static void
an_approval_of_one_request_is_none_of_another(void **state)
{
	unsigned one = drafted(DRAFTS), other = drafted(DRAFTS);
	struct digest a = content_of(one), b = content_of(other);
	struct sent out;

	(void)state;
	assert_false(digest_eq(&a, &b));
	OK(approved(APPROVES, one, NULL, &err));
	as(FIRST);
	copied(approval_path(&a, APPROVES).s, approval_path(&b, APPROVES).s);
	NO(sent(FIRST, other, &out, &err), "people.second");
	assert_string_equal(why_not(other), "people.copied");
}

/* The digest, the request, the person: each put in by hand. */
static void
an_approval_written_by_hand_is_none(void **state)
{
	unsigned one = drafted(DRAFTS), other = drafted(DRAFTS);
	struct digest a = content_of(one), b = content_of(other);
	struct buf file;
	char path[200];
	struct sent out;
	uint8_t *at;

	(void)state;
	OK(approved(APPROVES, one, NULL, &err));
	buf_init(&file, 65536);
	as(FIRST);
	OK(home_load(j.a.flow.home, approval_path(&a, APPROVES).s, &file, &err));
	at = memmem(file.p, file.n, digest_hex(&a).s, 64);
	assert_non_null(at);
	memcpy(at, digest_hex(&b).s, 64);
	(void)snprintf(path, sizeof path, "request %u", one);
	at = memmem(file.p, file.n, path, strlen(path));
	assert_non_null(at);
	at[8] = (uint8_t)('0' + other);
	OK(home_save(j.a.flow.home, approval_path(&b, APPROVES).s, buf_span(&file), &err));
	NO(sent(FIRST, other, &out, &err), "people.second");
	assert_string_equal(why_not(other), "people.forged");
	buf_clear(&file);
}

/* What waits for this content, signed anew by that person as if it had prepared it. */
static void
prepared_by_hand(unsigned who, unsigned number)
{
	struct digest id = content_of(number);
	struct signed_file s;
	bool found;

	as(FIRST);
	OK(flow_person(&j.a.flow, &err));
	signed_file_init(&s);
	OK(matter_load(&j.a.flow, &id, &s, &found, &err));
	assert_true(found);
	s.is.person = s.is.makers[0] = who;
	s.is.makers_n = 1;
	as(who);
	OK(flow_person(&j.a.flow, &err));
	OK(matter_save(&j.a.flow, &s.is, buf_span(&s.content), 0, &err));
	signed_file_clear(&s);
}

static void
who_was_not_let_in_or_left_is_not_the_first_of_two(void **state)
{
	unsigned number = drafted(APPROVES), xu;
	struct sent out;

	(void)state;
	xu = site_person(&j.a, ADMINISTERS, "Xu", 1u << ROLE_INVESTIGATOR);
	/* Who typed her passphrase for her signs as her, and is no second person by that. */
	prepared_by_hand(xu, number);
	NO(approved(APPROVES, number, NULL, &err), "approval.absent");
	NO(sent(APPROVES, number, &out, &err), "people.second");
	NO(approved(APPROVES, number, NULL, &err), "people.own");
	/* Let in, it would be hers. */
	as(FIRST);
	OK(flow_person_let_in(&j.a.flow, xu, &err));
	prepared_by_hand(xu, number);
	OK(approved(APPROVES, number, NULL, &err));
	/* She leaves: whoever sends it has prepared it, and that is not who approved. */
	as(ADMINISTERS);
	OK(flow_person_disable(&j.a.flow, xu, "left", &err));
	NO(sent(APPROVES, number, &out, &err), "people.second");
	NO(approved(APPROVES, number, NULL, &err), "people.own");
	OK(approved(FIRST, number, NULL, &err));
	OK(sent(APPROVES, number, &out, &err));
}

/* An act has room for a few persons only. */
static void
who_sends_is_named_however_many_approved(void **state)
{
	unsigned number = drafted(DRAFTS), by;
	struct sent out;
	struct act a;

	(void)state;
	for (unsigned i = 0; i < ACT_PEOPLE_MAX; i++) {
		char name[20];

		(void)snprintf(name, sizeof name, "Prosecutor %u", i);
		by = site_person(&j.a, ADMINISTERS, name, 1u << ROLE_PROSECUTOR);
		as(FIRST);
		OK(flow_person_let_in(&j.a.flow, by, &err));
		OK(approved(by, number, NULL, &err));
	}
	OK(sent(FIRST, number, &out, &err));
	as(FIRST);
	OK(flow_act_read(&j.a.flow, &out.act.act, &a, &err));
	assert_int_equal(a.people.n, ACT_PEOPLE_MAX);
	assert_string_equal(a.people.list[0].person, person_pseudonym(DRAFTS).s);
	assert_string_equal(a.people.list[ACT_PEOPLE_MAX - 1].person,
	    person_pseudonym(FIRST).s);
	act_clear(&a);
}

/* What is prepared is signed by who prepared it: another's name cannot be put there. */
static void
a_matter_written_by_hand_in_anothers_name_is_prepared_anew(void **state)
{
	unsigned number = drafted(DRAFTS);
	struct digest id = content_of(number);
	struct buf text, plain, sealed;
	struct signed_file s;
	struct sent out;
	bool found;

	(void)state;
	/* The prosecutor edits, and then writes that the investigator did. */
	edited(APPROVES, number, "everything");
	id = content_of(number);
	as(APPROVES);
	OK(flow_person(&j.a.flow, &err));
	signed_file_init(&s);
	buf_init(&text, 4096);
	buf_init(&plain, 1u << 20);
	buf_init(&sealed, 1u << 20);
	OK(matter_load(&j.a.flow, &id, &s, &found, &err));
	assert_true(found);
	s.is.person = s.is.makers[0] = DRAFTS;
	s.is.makers_n = 1;
	OK(statement_print(&s.is, &text, &err));
	OK(keyring_person_sign(j.a.flow.keyring, buf_span(&text), s.signature, &err));
	OK(signed_print(MATTER_SCHEMA, buf_span(&text), s.signature, buf_span(&s.content),
	    0, &plain, &err));
	OK(group_seal(j.a.flow.home, GROUP_DESK, buf_span(&plain), &sealed, &err));
	OK(home_save(j.a.flow.home, matter_path(&id).s, buf_span(&sealed), &err));
	NO(approved(APPROVES, number, NULL, &err), "approval.absent");
	NO(sent(APPROVES, number, &out, &err), "people.second");
	NO(approved(APPROVES, number, NULL, &err), "people.own");
	signed_file_clear(&s);
	buf_clear(&text);
	buf_clear(&plain);
	buf_clear(&sealed);
}

static void
who_left_and_who_was_not_let_in_approve_nothing(void **state)
{
	unsigned number = drafted(DRAFTS), eve;
	struct sent out;

	(void)state;
	eve = site_person(&j.a, ADMINISTERS, "Eve", 1u << ROLE_PROSECUTOR);
	NO(approved(eve, number, NULL, &err), "key.group");
	as(ADMINISTERS);
	NO(flow_person_let_in(&j.a.flow, eve, &err), "people.role");
	as(FIRST);
	OK(flow_person_let_in(&j.a.flow, eve, &err));
	OK(approved(eve, number, NULL, &err));
	as(ADMINISTERS);
	OK(flow_person_disable(&j.a.flow, eve, "left", &err));
	NO(sent(FIRST, number, &out, &err), "people.second");
	assert_string_equal(why_not(number), "people.disabled");
	as(eve);
	NO(flow_person(&j.a.flow, &err), "people.disabled");
}

/* ---- releasing ---- */

static bool
sealed_by(unsigned who, const char *purpose, struct err *err)
{
	struct seal_wish w = { .number = 1, .to = "XB", .purpose = purpose };
	struct sealed *out = mem_new(sizeof *out, NULL);
	bool ok;

	as(who);
	ok = flow_evidence_seal(&j.a.flow, &w, out, err);
	mem_free(out);
	return ok;
}

static char *
waiting_id(void)
{
	static char id[80];
	struct matter_view *list;
	size_t n;

	as(FIRST);
	OK(flow_matters(&j.a.flow, &list, &n, &err));
	assert_int_equal(n, 1);
	(void)snprintf(id, sizeof id, "%s", digest_hex(&list[0].content).s);
	matter_view_clear(&list[0]);
	mem_free(list);
	return id;
}

static void
one_credential_alone_releases_nothing(void **state)
{
	struct evidence e;

	(void)state;
	as(FIRST);
	OK(add(&j.a, &e, &err));
	NO(sealed_by(FIRST, "case 12", &err), "people.second");
	NO(approved(FIRST, 0, waiting_id(), &err), "people.own");
	NO(sealed_by(FIRST, "case 12", &err), "people.second");
	NO(sealed_by(ADMINISTERS, "case 12", &err), "people.role");
	OK(approved(APPROVES, 0, waiting_id(), &err));
	/* Another purpose is another matter; and what was approved leaves once. */
	NO(sealed_by(FIRST, "any case", &err), "people.second");
	OK(sealed_by(FIRST, "case 12", &err));
	NO(sealed_by(FIRST, "case 12", &err), "people.second");
}

/* The file of an approval, taken to be put back; and put back. */
static void
approval_file(unsigned person, const char *id, struct buf *kept, bool put)
{
	struct approval_path path;
	struct digest content;
	char full[200];

	assert_true(digest_parse(span_text(id), &content));
	path = approval_path(&content, person);
	(void)snprintf(full, sizeof full, "aldora/%s", path.s);
	if (put) {
		OK(file_save(j.world, NULL, full, buf_span(kept), true, &err));
	} else {
		buf_init(kept, 65536);
		OK(file_load(j.world, NULL, full, kept, &err));
	}
}

static void
an_approval_that_was_used_is_good_for_nothing_when_it_is_put_back(void **state)
{
	static struct rebuilt made;
	struct err why = ERR_INIT;
	struct buf kept, first;
	struct evidence e;
	char id[80];

	(void)state;
	as(FIRST);
	OK(add(&j.a, &e, &err));
	NO(sealed_by(FIRST, "case 12", &err), "people.second");
	(void)snprintf(id, sizeof id, "%s", waiting_id());
	OK(approved(APPROVES, 0, id, &err));
	approval_file(APPROVES, id, &first, false);
	OK(approved(APPROVES, 0, id, &err));
	approval_file(APPROVES, id, &kept, false);
	assert_false(span_eq(buf_span(&first), buf_span(&kept)));
	OK(sealed_by(FIRST, "case 12", &err));
	approval_file(APPROVES, id, &kept, true);
	assert_false(sealed_by(FIRST, "case 12", &why));
	assert_string_equal(why.reason, "people.used");
	assert_non_null(strstr(why.text, "was used on "));
	assert_non_null(strstr(why.text, "comity approval give"));
	/* Nor another one of the same content, which nobody used. */
	approval_file(APPROVES, id, &first, true);
	NO(sealed_by(FIRST, "case 12", &err), "people.used");
	/* A docket made anew is not asked. */
	as(FIRST);
	OK(flow_rebuild(&j.a.flow, &made, &err));
	NO(sealed_by(FIRST, "case 12", &err), "people.used");
	/* A new one is good: the file of before is in nobody's way. */
	OK(approved(APPROVES, 0, id, &err));
	OK(sealed_by(FIRST, "case 12", &err));
	buf_clear(&kept);
	buf_clear(&first);
}

/* The home is lost, and comes out of this backup; its peers are not waited for. */
static void
restored(const char *backup)
{
	struct backup_result got;

	as(ADMINISTERS);
	site_end(&j.a);
	OK(dir_remove_all(j.world, NULL, "aldora", &err));
	OK(flow_restore(&j.a.flow, &(struct restore_wish){ backup, "aldora", NULL }, &got,
	    &err));
	as(FIRST);
	OK(flow_ledger_resume(&j.a.flow, &err));
}

static uint64_t
journal_size(void)
{
	struct file_info info;

	OK(path_info(j.world, NULL, "aldora/" JOURNAL_PATH, &info, &err));
	return info.size;
}

static void
backed_up(const char *path)
{
	struct backup_result made;

	as(ADMINISTERS);
	OK(flow_backup(&j.a.flow, &(struct backup_wish){ .path = path }, &made, &err));
}

static void
an_approval_that_a_restored_ledger_forgot_does_not_count_again(void **state)
{
	struct buf early, late;
	struct evidence e;
	uint64_t until;
	char id[80];

	(void)state;
	as(FIRST);
	OK(add(&j.a, &e, &err));
	NO(sealed_by(FIRST, "case 12", &err), "people.second");
	(void)snprintf(id, sizeof id, "%s", waiting_id());
	OK(approved(APPROVES, 0, id, &err));
	approval_file(APPROVES, id, &early, false);
	backed_up("backup.age");
	(void)drafted(DRAFTS);
	OK(approved(APPROVES, 0, id, &err));
	approval_file(APPROVES, id, &late, false);
	until = journal_size();
	OK(sealed_by(FIRST, "case 12", &err));
	/* Both were used, and the backup knows of neither. */
	restored("backup.age");
	NO(sealed_by(FIRST, "case 12", &err), "people.other-ledger");
	approval_file(APPROVES, id, &late, true);
	NO(sealed_by(FIRST, "case 12", &err), "people.other-ledger");
	while (journal_size() <= until) {
		(void)drafted(DRAFTS);
		OK(approved(APPROVES, 0, id, &err));
	}
	approval_file(APPROVES, id, &late, true);
	NO(sealed_by(FIRST, "case 12", &err), "people.other-ledger");
	approval_file(APPROVES, id, &early, true);
	NO(sealed_by(FIRST, "case 12", &err), "people.other-ledger");
	/* Asked anew, it goes on. */
	OK(approved(APPROVES, 0, id, &err));
	OK(sealed_by(FIRST, "case 12", &err));
	buf_clear(&early);
	buf_clear(&late);
}

/* Another command is at work: a list is read all the same, and a question written. */
static void
what_waits_is_read_while_another_command_has_the_home(void **state)
{
	struct home *other = NULL;
	struct matter_view *list;
	struct evidence e;
	size_t n;

	(void)state;
	as(FIRST);
	OK(add(&j.a, &e, &err));
	NO(sealed_by(FIRST, "case 12", &err), "people.second");
	OK(approved(APPROVES, 0, waiting_id(), &err));
	as(FIRST);
	OK(home_open(j.world, "aldora", &other, &err));
	OK(home_lock(other, &err));
	NO(home_lock(j.a.flow.home, &err), "home.busy");
	OK(flow_matters(&j.a.flow, &list, &n, &err));
	assert_int_equal(n, 1);
	assert_int_equal(list[0].n, 1);
	assert_true(list[0].list[0].counts);
	matter_view_clear(&list[0]);
	mem_free(list);
	home_close(other);
}

/* As the version before signed it, and one that was signed over a ledger yet to come. */
static void
an_approval_names_the_ledger_it_was_given_in(void **state)
{
	unsigned number = drafted(DRAFTS);
	struct signed_file a;
	struct buf kept, file;
	struct digest content;
	struct sent out;
	char id[80];

	(void)state;
	OK(approved(APPROVES, number, NULL, &err));
	content = content_of(number);
	(void)snprintf(id, sizeof id, "%s", digest_hex(&content).s);
	approval_file(APPROVES, id, &kept, false);
	for (int later = 0; later < 2; later++) {
		signed_file_init(&a);
		buf_init(&file, 65536);
		OK(signed_parse(APPROVAL_SCHEMA, buf_span(&kept), &a, &err));
		assert_true(a.is.has_place && !a.is.has_log);
		a.is.has_place = later == 1;
		a.is.has_log = later == 0;
		a.is.log = 3;
		a.is.place += 100000;
		buf_reset(&a.statement);
		as(APPROVES);
		OK(flow_person(&j.a.flow, &err));
		OK(statement_print(&a.is, &a.statement, &err));
		OK(keyring_person_sign(j.a.flow.keyring, buf_span(&a.statement),
		    a.signature, &err));
		OK(signed_print(APPROVAL_SCHEMA, buf_span(&a.statement), a.signature,
		    span_of(NULL, 0), 0, &file, &err));
		approval_file(APPROVES, id, &file, true);
		NO(sent(FIRST, number, &out, &err), later == 1 ? "people.other-ledger" :
		    "people.earlier-version");
		buf_clear(&file);
		signed_file_clear(&a);
	}
	OK(approved(APPROVES, number, NULL, &err));
	OK(sent(FIRST, number, &out, &err));
	buf_clear(&kept);
}

static void
so_much_of_the_journal_is_looked_through_and_no_more(void **state)
{
	const uint64_t max = APPROVAL_PAST_MAX;

	(void)state;
	assert_int_equal(approval_past_of(7, 7), PAST_CLEAN);
	assert_int_equal(approval_past_of(7, 7 + max), PAST_CLEAN);
	assert_int_equal(approval_past_of(7, 8 + max), PAST_LONG);
	/* Longer than it is. */
	assert_int_equal(approval_past_of(10, 9), PAST_OTHER);
}

static void
evidence_that_was_approved_for_one_card_is_not_sealed_to_another(void **state)
{
	struct err why = ERR_INIT;
	struct evidence e;

	(void)state;
	as(FIRST);
	OK(add(&j.a, &e, &err));
	NO(sealed_by(FIRST, "case 12", &err), "people.second");
	OK(approved(APPROVES, 0, waiting_id(), &err));
	card_replaced();
	assert_false(sealed_by(FIRST, "case 12", &why));
	assert_string_equal(why.reason, "people.second");
	assert_non_null(strstr(why.text, "a card of the receiver that was replaced"));
}

/* What was given, and how often. */
struct handed { unsigned times; bool fails; };

static bool
handed_over(void *arg, struct span identities, struct err *err)
{
	struct handed *h = arg;

	if (h->fails)
		return err_set(err, ERR_IO, "disk.full", "no room");
	assert_non_null(memmem(identities.p, identities.n, "AGE-SECRET-KEY-1", 16));
	h->times++;
	return true;
}

static void
the_keys_of_the_authority_leave_by_two_persons_only(void **state)
{
	struct handed h = { 0, false };

	(void)state;
	as(FIRST);
	NO(flow_key_export(&j.a.flow, handed_over, &h, &err), "people.second");
	NO(approved(FIRST, 0, waiting_id(), &err), "people.own");
	for (unsigned who = DRAFTS; who <= ADMINISTERS; who++) {
		as(who);
		NO(flow_key_export(&j.a.flow, handed_over, &h, &err), "people.role");
	}
	as(FIRST);
	NO(flow_key_export(&j.a.flow, handed_over, &h, &err), "people.second");
	OK(approved(APPROVES, 0, waiting_id(), &err));
	assert_int_equal(h.times, 0);
	/* Nobody knows who read what could not be written to its end: it is asked for anew. */
	h.fails = true;
	as(FIRST);
	NO(flow_key_export(&j.a.flow, handed_over, &h, &err), "disk.full");
	h.fails = false;
	as(FIRST);
	NO(flow_key_export(&j.a.flow, handed_over, &h, &err), "people.used");
	OK(approved(APPROVES, 0, waiting_id(), &err));
	as(FIRST);
	OK(flow_key_export(&j.a.flow, handed_over, &h, &err));
	assert_int_equal(h.times, 1);
	as(FIRST);
	NO(flow_key_export(&j.a.flow, handed_over, &h, &err), "people.second");
	/* A key that was made since is another matter. */
	OK(approved(APPROVES, 0, waiting_id(), &err));
	as(FIRST);
	OK(flow_key_rotate(&j.a.flow, ROTATE_SEALING, &h.fails, &err));
	as(FIRST);
	NO(flow_key_export(&j.a.flow, handed_over, &h, &err), "people.second");
	assert_int_equal(h.times, 1);
}

static void
evidence_that_was_not_read_is_read_before_anybody_approves_it(void **state)
{
	struct collection c;
	struct add_wish w = { .path = "disk", .collection = &c, .later = true };
	char by[] = "Unit 4", from[] = "Provider", tool[] = "t 1", how[] = "copy";
	static struct rebuilt made;
	struct digest fingerprint;
	struct evidence e;

	(void)state;
	collection_init(&c);
	(void)snprintf(c.lang, sizeof c.lang, "en");
	c.collected_by = by;
	c.collected_from = from;
	c.tool = tool;
	c.method = how;
	c.collected_at = NOW - 1000;
	as(FIRST);
	OK(flow_evidence_add(&j.a.flow, &w, &e, &fingerprint, &err));
	/* The first try reads it, and says what it was in the ledger; the second is held to that. */
	NO(sealed_by(FIRST, "case 12", &err), "people.second");
	as(FIRST);
	assert_true(path_exists(j.world, NULL, "aldora/evidence/0001/pin.age"));
	OK(approved(APPROVES, 0, waiting_id(), &err));
	OK(file_save(j.world, NULL, "disk/more", span_text("put in later"), true, &err));
	NO(sealed_by(FIRST, "case 12", &err), "payload.changed_since_added");
	OK(path_remove(j.world, NULL, "disk/more", &err));
	/* A docket made anew still knows which piece it is. */
	as(FIRST);
	OK(flow_rebuild(&j.a.flow, &made, &err));
	assert_int_equal(made.evidence, 1);
	OK(sealed_by(FIRST, "case 12", &err));
	buf_clear(&c.custodian_certificate);
}

static void
an_administrator_reads_nothing_and_an_auditor_figures_only(void **state)
{
	struct person_wish w = { .name = "Dee", .roles = 1u << ROLE_AUDITOR };
	struct package_report report;
	struct ledger_view view;
	struct request_view *v = mem_new(sizeof *v, NULL);
	struct evidence e;
	unsigned dee, number = drafted(DRAFTS);

	(void)state;
	as(FIRST);
	OK(add(&j.a, &e, &err));
	as(ADMINISTERS);
	OK(flow_person_add(&j.a.flow, &w, &dee, &err));
	for (unsigned who = ADMINISTERS; who <= dee; who++) {
		package_report_init(&report);
		as(who);
		NO(flow_evidence_open(&j.a.flow, 1, SIZE_MAX, "x", false, 0, &report,
		    &err), "people.role");
		NO(flow_request_view(&j.a.flow, number, v, &err), "people.role");
		NO(approved(who, number, NULL, &err), "key.group");
		package_report_clear(&report);
	}
	as(dee);
	ledger_view_init(&view);
	OK(flow_ledger_show(&j.a.flow, &view, &err));
	assert_true(view.size > 5);
	ledger_view_clear(&view);
	mem_free(v);
}

/* ---- later, and from afar ---- */

/* The files of what is owed: those that were there. */
static struct { char name[200]; struct buf bytes; } owed_file[4];
static size_t owed_file_n;

static bool
owed_file_keep(void *arg, const char *name, struct err *err)
{
	char *path = owed_file[owed_file_n].name;

	(void)arg;
	(void)snprintf(path, 200, "aldora/" APPROVALS_FOLDER "/%s", name);
	buf_init(&owed_file[owed_file_n].bytes, 1u << 20);
	return file_load(j.world, NULL, path, &owed_file[owed_file_n++].bytes, err);
}

/* Put off by years; or taken away, all of them. */
static void
owed_files(bool away)
{
	if (owed_file_n == 0)
		OK(approvals_each(&j.a.flow, owed_file_keep, NULL, &err));
	assert_int_equal(owed_file_n, 2);
	for (size_t i = 0; i < owed_file_n; i++)
		if (away)
			OK(path_remove(j.world, NULL, owed_file[i].name, &err));
		else if (name_ends(owed_file[i].name, ".due"))
			OK(file_save(j.world, NULL, owed_file[i].name,
			    span_text("9999999999"), true, &err));
}

static void
owed_back(void)
{
	for (size_t i = 0; i < owed_file_n; i++)
		OK(file_save(j.world, NULL, owed_file[i].name,
		    buf_span(&owed_file[i].bytes), true, &err));
}

static void
a_preservation_goes_at_night_and_owes_the_second_signature(void **state)
{
	struct bundle_result moved;
	struct matter_counts c;
	struct sent out;
	size_t taken;
	unsigned n;

	(void)state;
	OK(site_again(&j.b, &err) && ask(&j.b, ACT_PRESERVE, "XA", &out, &err));
	OK(flow_bundle_write(&j.b.flow, "night", "XA", &moved, &err));
	as(FIRST);
	OK(flow_bundle_read(&j.a.flow, "night", &moved, &err));
	OK(flow_take_inbox(&j.a.flow, NULL, NULL, &taken, &err));
	n = 1;
	as(FIRST);
	OK(reply_with(&j.a, n, ACT_GRANTED, &out, &err));
	act_said(&out.act.act, "owed", "P1", NULL);
	OK(flow_matter_counts(&j.a.flow, &c, &err));
	assert_int_equal(c.owed, 1);
	assert_int_equal(c.overdue, 0);
	assert_int_equal(c.due_at, NOW + 72 * 3600);
	owed_files(false);
	world_sim_set_now(j.world, NOW + 73 * 3600);
	OK(flow_matter_counts(&j.a.flow, &c, &err));
	assert_int_equal(c.overdue, 1);
	assert_int_equal(c.lost, 0);
	/* Nor is a word of the files needed: the ledger says what is owed. */
	owed_files(true);
	OK(flow_matter_counts(&j.a.flow, &c, &err));
	assert_int_equal(c.owed, 1);
	assert_int_equal(c.overdue, 1);
	assert_int_equal(c.lost, 1);
	assert_int_equal(c.waiting, 0);
	owed_back();
	NO(approved(FIRST, n, NULL, &err), "people.own");
	OK(approved(APPROVES, n, NULL, &err));
	OK(flow_matter_counts(&j.a.flow, &c, &err));
	assert_int_equal(c.owed, 0);
	assert_int_equal(c.waiting, 0);
	/* Put back, they owe nothing again. */
	owed_back();
	OK(flow_matter_counts(&j.a.flow, &c, &err));
	assert_int_equal(c.owed, 0);
	/* What the version before wrote has no such record. */
	(void)snprintf(owed_file[0].name, sizeof owed_file[0].name, "aldora/"
	    APPROVALS_FOLDER "/%064d.due", 7);
	OK(file_save(j.world, NULL, owed_file[0].name, span_text("1795337160"), true, &err));
	OK(flow_matter_counts(&j.a.flow, &c, &err));
	assert_int_equal(c.owed, 1);
	assert_int_equal(c.due_at, 1795337160);
	for (size_t i = 0; i < owed_file_n; i++)
		buf_clear(&owed_file[i].bytes);
}

static void
a_home_that_named_nobody_is_an_office_of_one(void **state)
{
	struct request_wish w = { .kind = "stored_data", .to = "XA", .lang = "en" };
	struct request_view *v = mem_new(sizeof *v, NULL);
	struct docket_request row;
	struct sent out;
	struct act a;

	(void)state;
	assert_non_null(v);
	OK(site_again(&j.b, &err) && ask(&j.b, ACT_PRESERVE, "XA", &out, &err));
	OK(flow_act_read(&j.b.flow, &out.act.act, &a, &err));
	assert_string_equal(a.people.how, "alone");
	assert_string_equal(a.people.list[0].person, "P1");
	act_clear(&a);
	w.set = fields_of(ACT_STORED_DATA, &w.set_n);
	OK(flow_request_new(&j.b.flow, &w, v, &err));
	NO(flow_request_send(&j.b.flow, v->row.number, BY_COMITY, &out, &err),
	    "people.nobody");
	NO(flow_request_send(&j.b.flow, v->row.number, BY_ORAL, &out, &err),
	    "people.nobody");
	OK(row_of(&j.b, v->row.number, &row, &err));
	assert_string_equal(row.state, "draft");
	assert_false(row.has_act);
	request_view_clear(v);
	mem_free(v);
}

static void
an_office_of_one_hands_over_with_a_second_from_afar(void **state)
{
	struct person_key *judge = NULL;
	struct buf public, question, answer;
	struct approval_asked asked;
	struct approval_view came;
	struct person_wish w = { .name = "Judge", .roles = 1u << ROLE_PROSECUTOR };
	struct matter_view m;
	struct sent out;
	unsigned number, n;

	(void)state;
	buf_init(&public, 4096);
	buf_init(&question, 2u << 20);
	buf_init(&answer, 65536);
	approval_asked_init(&asked);
	matter_view_init(&m);
	OK(person_key_new(j.world, &judge, &err));
	OK(person_public_print(judge, &public, &err));
	w.public = buf_span(&public);
	/* Everybody else leaves. */
	as(ADMINISTERS);
	NO(flow_person_role(&j.a.flow, FIRST, 1u << ROLE_ADMINISTRATOR, 0, &err),
	    "people.apart");
	for (unsigned i = DRAFTS; i <= APPROVES; i++) {
		as(ADMINISTERS);
		OK(flow_person_disable(&j.a.flow, i, "left", &err));
	}
	as(ADMINISTERS);
	OK(flow_person_role(&j.a.flow, FIRST, 1u << ROLE_ADMINISTRATOR, 0, &err));
	as(FIRST);
	OK(flow_person_disable(&j.a.flow, ADMINISTERS, "left", &err));
	OK(flow_person_add(&j.a.flow, &w, &number, &err));
	assert_int_equal(people_office(flow_people(&j.a.flow)), OFFICE_ONE);
	NO(flow_person_add(&j.a.flow, &w, &n, &err), "people.same-name");
	w.name = "Another judge";
	NO(flow_person_add(&j.a.flow, &w, &n, &err), "people.same-key");
	n = drafted(FIRST);
	NO(sent(FIRST, n, &out, &err), "people.second");
	as(FIRST);
	OK(flow_matter(&j.a.flow, n, NULL, &m, &err));
	NO(flow_approval_ask(&j.a.flow, &m, FIRST, &question, &err), "people.unknown");
	OK(flow_approval_ask(&j.a.flow, &m, number, &question, &err));
	OK(approval_asked_open(buf_span(&question), judge, &asked, &err));
	assert_non_null(memmem(asked.content.p, asked.content.n, "case 12 only", 12));
	OK(approval_make(&asked, judge, NOW + 60, &answer, &err));
	as(FIRST);
	OK(flow_approval_take(&j.a.flow, buf_span(&answer), &came, &err));
	assert_true(came.from_afar);
	OK(sent(FIRST, n, &out, &err));
	act_said(&out.act.act, "from_afar", "P1", "P5");
	/* It is good once, and for what it was. */
	as(FIRST);
	NO(flow_approval_take(&j.a.flow, buf_span(&answer), &came, &err), "people.changed");
	person_key_free(judge);
	approval_asked_clear(&asked);
	matter_view_clear(&m);
	buf_clear(&public);
	buf_clear(&question);
	buf_clear(&answer);
}

static void
records_name_the_person_at_work_and_each_approval_is_a_leaf(void **state)
{
	unsigned number = drafted(DRAFTS);
	struct docket_record x;
	struct docket *d = NULL;
	uint8_t salt[RECORD_SALT];
	struct record r;
	bool found;

	(void)state;
	OK(approved(APPROVES, number, NULL, &err));
	OK(home_docket(j.a.flow.home, &d, &err));
	OK(docket_record_newest(d, &x, &found, &err));
	assert_true(found);
	OK(record_load(&j.a.flow, x.at, &r, NULL, salt, &err));
	assert_string_equal(r.person, "P3");
	assert_string_equal(r.role, "prosecutor");
	assert_string_equal(r.rule, "people.ask");
	assert_string_equal(r.outcome, "approved");
	assert_string_equal(r.files[0].path, "approval.txt");
	home_docket_done(j.a.flow.home);
}

static void
somebody_can_always_name_persons_and_open_the_keys(void **state)
{
	(void)state;
	as(ADMINISTERS);
	NO(flow_person_disable(&j.a.flow, ADMINISTERS, "left", &err),
	    "people.last-administrator");
	NO(flow_person_disable(&j.a.flow, FIRST, "left", &err), "people.last-holder");
	NO(flow_person_role(&j.a.flow, ADMINISTERS, 1u << ROLE_LAWYER, 0, &err),
	    "people.apart");
	as(FIRST);
	NO(flow_person_role(&j.a.flow, FIRST, 1u << ROLE_OFFICER, 0, &err), "people.role");
	as(0);
	NO(flow_person(&j.a.flow, &err), "people.as");
}

/* Another key and another role make no other person. */
static void
one_human_being_is_not_named_twice(void **state)
{
	struct person_wish w = { .name = " ana  LIMA", .roles = 1u << ROLE_PROSECUTOR };
	unsigned n;

	(void)state;
	as(ADMINISTERS);
	NO(flow_person_add(&j.a.flow, &w, &n, &err), "people.same-name");
	w.name = "Ana Maria Lima";
	OK(flow_person_add(&j.a.flow, &w, &n, &err));
	/* Who lost a passphrase comes back once the old entry is at its end. */
	as(ADMINISTERS);
	OK(flow_person_disable(&j.a.flow, DRAFTS, "lost the passphrase", &err));
	w.name = "Ana Lima";
	OK(flow_person_add(&j.a.flow, &w, &n, &err));
}

/* Files of the list of persons, as they are now, kept and put back by hand. */
static void
list_file(const char *from_home, const char *to_home, unsigned version, const char *ending)
{
	char from[200], to[200];
	struct buf b;

	(void)snprintf(from, sizeof from, "%s/people/list-%u.%s", from_home, version, ending);
	(void)snprintf(to, sizeof to, "%s/people/list-%u.%s", to_home, version, ending);
	buf_init(&b, 1u << 20);
	if (from_home != NULL && path_exists(j.world, NULL, from)) {
		OK(file_load(j.world, NULL, from, &b, &err));
		OK(file_save(j.world, NULL, to, buf_span(&b), true, &err));
	} else if (path_exists(j.world, NULL, to)) {
		OK(path_remove(j.world, NULL, to, &err));
	}
	buf_clear(&b);
}

static void
list_back(const char *from_home)
{
	site_end(&j.a);
	for (unsigned v = 1; v < 30; v++) {
		list_file(from_home, "aldora", v, "sig");
		list_file(from_home, "aldora", v, "json");
	}
}

static void
a_list_of_persons_that_was_put_back_stops_everything(void **state)
{
	struct ledger_check *check = mem_new(sizeof *check, NULL);
	unsigned n;

	(void)state;
	assert_non_null(check);
	n = drafted(DRAFTS);
	site_end(&j.a);
	OK(home_copy(j.world, "aldora", "before", &err));
	as(ADMINISTERS);
	OK(flow_person_disable(&j.a.flow, APPROVES, "left the office", &err));
	site_end(&j.a);
	OK(home_copy(j.world, "aldora", "after", &err));
	as(DRAFTS);
	OK(flow_person(&j.a.flow, &err));
	/* The list of before, in which who left is in again. */
	list_back("before");
	NO(approved(APPROVES, n, NULL, &err), "people.rolled-back");
	as(FIRST);
	NO(flow_may(&j.a.flow, PEOPLE_VIEW, &err), "people.rolled-back");
	list_back("after");
	as(APPROVES);
	NO(flow_person(&j.a.flow, &err), "people.disabled");
	as(FIRST);
	OK(flow_may(&j.a.flow, PEOPLE_VIEW, &err));
	OK(flow_ledger_check(&j.a.flow, false, check, &err));
	assert_int_equal(check->n, 0);
	mem_free(check);
}

static void
a_list_whose_leaf_a_power_cut_took_is_used_and_its_leaf_comes_with_the_next(void **state)
{
	unsigned newest, version;
	bool so;

	(void)state;
	as(ADMINISTERS);
	OK(flow_person(&j.a.flow, &err));
	version = flow_people(&j.a.flow)->version;
	site_end(&j.a);
	OK(home_copy(j.world, "aldora", "before", &err));
	as(ADMINISTERS);
	OK(flow_person_role(&j.a.flow, APPROVES, 1u << ROLE_OFFICER, 0, &err));
	site_end(&j.a);
	/* As the cut leaves it: the list is there, and nothing else of the change. */
	for (unsigned i = 0; i < 2; i++)
		list_file("aldora", "before", version + 1, i == 0 ? "sig" : "json");
	OK(home_copy(j.world, "before", "aldora", &err));
	as(ADMINISTERS);
	OK(flow_person(&j.a.flow, &err));
	assert_int_equal(flow_people(&j.a.flow)->version, version + 1);
	OK(people_newest(&j.a.flow, &newest, &so, &err));
	assert_true(so);
	assert_int_equal(newest, version);
	as(ADMINISTERS);
	OK(flow_person_role(&j.a.flow, APPROVES, 1u << ROLE_OFFICER, 0, &err));
	OK(people_newest(&j.a.flow, &newest, &so, &err));
	assert_int_equal(newest, version + 2);
	list_back("before");
	as(FIRST);
	NO(flow_person(&j.a.flow, &err), "people.rolled-back");
}

/* A row taken out of the docket by hand: the check reads the journal itself. */
static void
the_check_of_the_ledger_finds_a_list_that_was_put_back(void **state)
{
	struct ledger_check *check = mem_new(sizeof *check, NULL);
	struct docket *d = NULL;

	(void)state;
	assert_non_null(check);
	site_end(&j.a);
	OK(home_copy(j.world, "aldora", "before", &err));
	as(ADMINISTERS);
	OK(flow_person_disable(&j.a.flow, APPROVES, "left the office", &err));
	list_back("before");
	as(FIRST);
	OK(home_docket(j.a.flow.home, &d, &err));
	OK(docket_begin(d, &err));
	OK(docket_records_forget(d, 0, &err));
	OK(docket_records_end_put(d, 1u << 30, &err));
	OK(docket_commit(d, &err));
	home_docket_done(j.a.flow.home);
	OK(flow_ledger_check(&j.a.flow, false, check, &err));
	/* And that the docket says of records which the journal does not have. */
	assert_int_equal(check->n, 2);
	assert_string_equal(check->list[0].what, "people");
	assert_true(check->list[0].bad);
	assert_string_equal(check->list[1].what, "docket");
	mem_free(check);
}

static void
a_damaged_record_brings_no_list_of_persons_back(void **state)
{
	struct ledger_check *check = mem_new(sizeof *check, NULL);
	struct rebuilt rebuilt;

	(void)state;
	assert_non_null(check);
	site_end(&j.a);
	OK(home_copy(j.world, "aldora", "before", &err));
	as(ADMINISTERS);
	OK(flow_person_disable(&j.a.flow, APPROVES, "left the office", &err));
	list_back("before");
	as(FIRST);
	NO(flow_person(&j.a.flow, &err), "people.rolled-back");
	OK(record_spoil(&j.a, "\"event\":\"card\"", 1, &err));
	as(FIRST);
	NO(flow_person(&j.a.flow, &err), "journal.damaged");
	as(APPROVES);
	NO(flow_may(&j.a.flow, PEOPLE_VIEW, &err), "journal.damaged");
	/* Who looks after the damage is let in. */
	as(FIRST);
	OK(flow_ledger_check(&j.a.flow, false, check, &err));
	assert_true(check->n > 0);
	as(FIRST);
	NO(flow_rebuild(&j.a.flow, &rebuilt, &err), "journal.damaged");
	mem_free(check);
}

/* The newest leaf is read from the journal: a docket that forgot it hides nothing. */
static void
a_docket_that_forgot_the_newest_list_does_not_hide_it(void **state)
{
	(void)state;
	site_end(&j.a);
	OK(home_copy(j.world, "aldora", "before", &err));
	as(ADMINISTERS);
	OK(flow_person_disable(&j.a.flow, APPROVES, "left the office", &err));
	list_back("before");
	as(APPROVES);
	OK(docket_by_hand(&j.a, "DELETE FROM records WHERE event = 'administration'", &err));
	as(APPROVES);
	NO(flow_person(&j.a.flow, &err), "people.rolled-back");
}

/* An old docket beside the old list knows nothing of it: the journal does. */
static void
a_docket_that_was_put_back_with_the_list_does_not_hide_it(void **state)
{
	struct buf b;

	(void)state;
	site_end(&j.a);
	OK(home_copy(j.world, "aldora", "before", &err));
	as(ADMINISTERS);
	OK(flow_person_disable(&j.a.flow, APPROVES, "left the office", &err));
	list_back("before");
	for (size_t i = 0; i < 2; i++) {
		static const char *const names[][2] = {
			{ "before/docket.sqlite", "aldora/docket.sqlite" },
			{ "before/docket.sqlite-wal", "aldora/docket.sqlite-wal" } };

		buf_init(&b, 64u << 20);
		if (i == 0 || path_exists(j.world, NULL, names[i][0])) {
			OK(file_load(j.world, NULL, names[i][0], &b, &err));
			OK(file_save(j.world, NULL, names[i][1], buf_span(&b), true, &err));
		} else if (path_exists(j.world, NULL, names[i][1])) {
			OK(path_remove(j.world, NULL, names[i][1], &err));
		}
		buf_clear(&b);
	}
	as(APPROVES);
	NO(flow_person(&j.a.flow, &err), "people.rolled-back");
}

static void
only_one_text_is_a_statement(void **state)
{
	static const char good[] = "comity-approval/1\nstep prepared\n"
	    "authority XA-MZXW6YTBOIMZXW6Y\nact ask\nkind stored_data\nrequest 31\n"
	    "evidence 0\ncontent "
	    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"
	    "makers 2 1\nperson 2\nrole investigator\nat 1795337160\nhow here\n";
	struct statement s;

	(void)state;
	OK(statement_parse(span_text(good), &s, &err));
	assert_int_equal(s.makers_n, 2);
	assert_int_equal(s.request, 31);
	assert_false(s.has_log);
	for (size_t i = 0; i < sizeof good - 1; i++) {
		char cut[sizeof good], twice[sizeof good + 1];

		memcpy(cut, good, i);
		NO(statement_parse(span_of(cut, i), &s, &err), "approval.form");
		memcpy(twice, good, i + 1);
		memcpy(twice + i + 1, good + i, sizeof good - 1 - i);
		/* A digit more can be another statement; it is never the same one. */
		if (statement_parse(span_of(twice, sizeof good), &s, &(struct err)ERR_INIT))
			assert_true(good[i] >= '0' && good[i] <= 'z');
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, job_over)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_request_for_data_leaves_when_another_person_has_approved_it),
		TEST(one_credential_alone_obtains_nothing),
		TEST(a_second_person_is_not_asked_for_what_goes_to_a_revoked_peer),
		TEST(a_draft_that_was_changed_after_it_was_approved_does_not_leave),
		TEST(what_is_signed_is_what_was_shown),
		TEST(what_was_approved_for_one_card_does_not_go_to_the_keys_of_another),
		TEST(who_changed_a_draft_stays_a_maker_when_another_changes_it_back),
		TEST(an_approval_of_one_request_is_none_of_another),
		TEST(an_approval_written_by_hand_is_none),
		TEST(who_sends_is_named_however_many_approved),
		TEST(who_was_not_let_in_or_left_is_not_the_first_of_two),
		TEST(a_matter_written_by_hand_in_anothers_name_is_prepared_anew),
		TEST(who_left_and_who_was_not_let_in_approve_nothing),
		TEST(one_credential_alone_releases_nothing),
		TEST(an_approval_that_was_used_is_good_for_nothing_when_it_is_put_back),
		TEST(an_approval_that_a_restored_ledger_forgot_does_not_count_again),
		TEST(what_waits_is_read_while_another_command_has_the_home),
		TEST(an_approval_names_the_ledger_it_was_given_in),
		TEST(evidence_that_was_approved_for_one_card_is_not_sealed_to_another),
		cmocka_unit_test(so_much_of_the_journal_is_looked_through_and_no_more),
		TEST(the_keys_of_the_authority_leave_by_two_persons_only),
		TEST(evidence_that_was_not_read_is_read_before_anybody_approves_it),
		TEST(an_administrator_reads_nothing_and_an_auditor_figures_only),
		TEST(a_preservation_goes_at_night_and_owes_the_second_signature),
		TEST(a_home_that_named_nobody_is_an_office_of_one),
		TEST(an_office_of_one_hands_over_with_a_second_from_afar),
		TEST(records_name_the_person_at_work_and_each_approval_is_a_leaf),
		TEST(somebody_can_always_name_persons_and_open_the_keys),
		TEST(one_human_being_is_not_named_twice),
		TEST(a_list_of_persons_that_was_put_back_stops_everything),
		TEST(a_list_whose_leaf_a_power_cut_took_is_used_and_its_leaf_comes_with_the_next),
		TEST(the_check_of_the_ledger_finds_a_list_that_was_put_back),
		TEST(a_damaged_record_brings_no_list_of_persons_back),
		TEST(a_docket_that_forgot_the_newest_list_does_not_hide_it),
		TEST(a_docket_that_was_put_back_with_the_list_does_not_hide_it),
		cmocka_unit_test(only_one_text_is_a_statement),
	};

	return cmocka_run_group_tests_name("people", tests, NULL, NULL);
}
