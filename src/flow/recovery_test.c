/*
 * A home that came out of a backup: what ends its waiting, and what does not.  Of many homes
 * over weeks tells many_homes_test, of what was destroyed meanwhile destroy_test.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/part_kit.h"
#include "flow/exchange.h"
#include "flow/shown.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; \
	assert_false(call); assert_string_equal(err.reason, why); } while (0)

static void
writes(struct site *s, const char *to, const char *folder)
{
	struct bundle_result r;

	OK(site_again(s, &err) &&
	    flow_bundle_write_ledger(&s->flow, folder, to, &r, &err));
}

static void
reads(struct site *s, const char *folder, struct bundle_result *r)
{
	OK(site_again(s, &err) && flow_bundle_read(&s->flow, folder, r, &err));
}

static void
recovering(struct site *s, bool yes)
{
	struct recovery_open r;

	OK(site_again(s, &err) && recovery_open(&s->flow, &r, &err));
	assert_int_equal(r.goes_on, yes);
	assert_int_equal(r.restored, yes);
}

/* Two that know each other, and Aldora came out of a backup. */
static void
begin(struct job *j, uint64_t seed)
{
	struct bundle_result r;

	job_begin(j, seed);
	run_up_to(j, AFTER_PAIR);
	writes(&j->a, "XB", "one");
	reads(&j->b, "one", &r);
	writes(&j->b, "XA", "old");
	reads(&j->a, "old", &r);
	OK(site_again(&j->a, &err) && recovery_begin(&j->a.flow, "ledger.restored", &err));
	recovering(&j->a, true);
}

static void
says_nothing(struct job *j, const char *folder)
{
	struct bundle_result r;

	reads(&j->a, folder, &r);
	assert_non_null(strstr(r.ledger_text, "old or unsigned"));
	assert_non_null(strstr(r.ledger_text, "bundle write DIR --to XB-"));
	recovering(&j->a, true);
}

static void
file_put(struct job *j, const char *path, const char *text, bool seal)
{
	struct buf b;

	buf_init(&b, KNOWN_MAX);
	OK(buf_add_text(&b, text, &err) && (!seal || told_seal(&b, &err)) &&
	    file_save(j->world, NULL, path, buf_span(&b), true, &err));
	buf_clear(&b);
}

static void
file_copy(struct job *j, const char *from, const char *to)
{
	struct buf b;

	buf_init(&b, 1u << 20);
	OK(file_load(j->world, NULL, from, &b, &err) &&
	    file_save(j->world, NULL, to, buf_span(&b), true, &err));
	buf_clear(&b);
}

/* The file that says how the ledger stands is taken away, or an older one put back. */
static void
a_recovery_does_not_end_with_a_file_of_the_home(void **state)
{
	static const char *const standing = "aldora/ledger/standing";
	struct recovery_nonce n;
	char path[120], mark[64];
	struct bundle_result r;
	struct log_state s;
	struct log *l;
	struct buf hex;
	struct peer p;
	struct job j;
	size_t missing;
	bool found;

	(void)state;
	begin(&j, 2007);
	site_end(&j.a);
	OK(path_remove(j.world, NULL, standing, &err));
	recovering(&j.a, true);
	NO(evidence_recovered(&j.a.flow, &err), "evidence.recovering");
	/* It may have been destroyed since: nor is it sealed anew from where it lay. */
	OK(step_add(&j, &err));
	NO(seal(&j.a, &j.sealed, &err), "evidence.recovering");
	OK(ledger_standing(&j.a.flow, &l, &s, &err));
	assert_string_equal(s.reason, "ledger.restored");
	/* an older one: it was good then */
	file_put(&j, standing, "comity-standing/1\ngood\n\n0\n"
	    "0000000000000000000000000000000000000000000000000000000000000000\n", true);
	recovering(&j.a, true);
	/* or of a recovery that was no restore */
	file_put(&j, standing, "comity-standing/1\nrecovering\nledger.shorter\n0\n"
	    "0000000000000000000000000000000000000000000000000000000000000000\n", true);
	recovering(&j.a, true);
	/* nor with a mark that says that everybody answered, as earlier versions had them */
	OK(recovery_nonce_load(&j.a.flow, &n, &found, &err));
	assert_true(found);
	buf_init(&hex, sizeof mark);
	OK(hex_encode(&hex, span_of(n.b, sizeof n.b), &err) && buf_add_byte(&hex, '\n', &err));
	(void)snprintf(mark, sizeof mark, "%.*s", (int)hex.n, (const char *)hex.p);
	buf_clear(&hex);
	peer_init(&p);
	OK(peer_find(j.a.flow.home, "XB", &p, &err));
	(void)snprintf(path, sizeof path, "aldora/ledger/peers/%s/seen-in-recovery", p.id.s);
	peer_clear(&p);
	file_put(&j, path, mark, false);
	OK(recovery_missing(&j.a.flow, &missing, &err));
	assert_int_equal(missing, 1);
	/* the home's way goes on as before */
	writes(&j.a, "XB", "asks");
	reads(&j.b, "asks", &r);
	writes(&j.b, "XA", "answers");
	reads(&j.a, "answers", &r);
	assert_non_null(strstr(r.ledger_text, "signs again"));
	recovering(&j.a, false);
	OK(site_again(&j.a, &err) && evidence_recovered(&j.a.flow, &err));
	job_end(&j);
}

static void
two_bundles_end_a_recovery_and_an_older_one_does_not(void **state)
{
	struct bundle_result r;
	struct job j;

	(void)state;
	begin(&j, 2001);
	says_nothing(&j, "old");
	writes(&j.a, "XB", "asks");
	reads(&j.b, "asks", &r);
	assert_non_null(strstr(r.ledger_text, "bundle write DIR --to XA --ledger"));
	writes(&j.b, "XA", "answers");
	assert_true(path_exists(j.world, NULL, "answers/ledger/answer"));
	says_nothing(&j, "old");
	reads(&j.a, "answers", &r);
	assert_non_null(strstr(r.ledger_text, "signs again"));
	recovering(&j.a, false);
	assert_false(home_has(j.a.flow.home, "ledger/recovering"));
	/* What was an answer is an old bundle for the next restore. */
	OK(site_again(&j.a, &err) && recovery_begin(&j.a.flow, "ledger.restored", &err));
	says_nothing(&j, "answers");
	job_end(&j);
}

static void
a_peer_answers_until_it_is_told_that_all_is_well(void **state)
{
	struct bundle_result r;
	struct job j;

	(void)state;
	begin(&j, 2002);
	writes(&j.a, "XB", "asks");
	reads(&j.b, "asks", &r);
	writes(&j.b, "XA", "lost");
	writes(&j.b, "XA", "answers");
	reads(&j.a, "answers", &r);
	recovering(&j.a, false);
	writes(&j.a, "XB", "well");
	assert_false(path_exists(j.world, NULL, "well/ledger/recovering"));
	reads(&j.b, "well", &r);
	writes(&j.b, "XA", "answers");		/* into the same folder */
	assert_false(path_exists(j.world, NULL, "answers/ledger/answer"));
	job_end(&j);
}

static void
a_folder_written_in_the_name_of_a_peer_ends_nothing(void **state)
{
	struct bundle_result r;
	struct job j;

	(void)state;
	begin(&j, 2003);
	file_put(&j, "old/ledger/known", "comity-known/1\nself 0 good\n", true);
	says_nothing(&j, "old");
	/* Nor with an answer that signs something else, or is none. */
	writes(&j.a, "XB", "asks");
	reads(&j.b, "asks", &r);
	writes(&j.b, "XA", "answers");
	file_copy(&j, "answers/ledger/answer", "old/ledger/answer");
	says_nothing(&j, "old");
	file_copy(&j, "answers/ledger/answer", "kept");
	file_put(&j, "answers/ledger/answer", "comity-recovery-answer/1\n", false);
	says_nothing(&j, "answers");
	/* The list of what was destroyed is part of what is signed. */
	file_copy(&j, "kept", "answers/ledger/answer");
	OK(path_remove(j.world, NULL, "answers/ledger/yours/destroyed", &err));
	says_nothing(&j, "answers");
	file_put(&j, "answers/ledger/yours/destroyed", "", false);
	reads(&j.a, "answers", &r);
	recovering(&j.a, false);
	job_end(&j);
}

static void
each_byte_of_an_answer_counts(void **state)
{
	struct recovery_answer a;
	struct ledger_keys keys;
	struct bundle_result r;
	struct buf note, file;
	struct peer by;
	struct job j;
	bool holds;

	(void)state;
	begin(&j, 2004);
	writes(&j.a, "XB", "asks");
	reads(&j.b, "asks", &r);
	writes(&j.b, "XA", "answers");
	buf_init(&note, NOTE_MAX);
	buf_init(&file, KNOWN_MAX);
	peer_init(&by);
	OK(site_again(&j.b, &err) && site_again(&j.a, &err) && peer_load(j.a.flow.home,
	    home_settings(j.b.flow.home)->authority.s, &by, &err) &&
	    ledger_keys_of_card(&by.card, &keys, &err));
	OK(file_load(j.world, NULL, "answers/ledger/answer", &note, &err) &&
	    file_load(j.world, NULL, "answers/ledger/known", &file, &err) &&
	    digest_of(buf_span(&file), &a.known, &err) &&
	    digest_of(span_text(""), &a.destroyed, &err));
	OK(recovery_answer_holds(&j.a.flow, &by, &keys, buf_span(&note), &a, &holds, &err));
	assert_true(holds);
	for (size_t i = 0; i < note.n; i++) {
		struct err why = ERR_INIT;

		note.p[i] ^= 1;
		assert_false(recovery_answer_holds(&j.a.flow, &by, &keys, buf_span(&note),
		    &a, &holds, &why) && holds);
		note.p[i] ^= 1;
	}
	/* By another's key, and over other files. */
	a.known.b[0] ^= 1;
	OK(recovery_answer_holds(&j.a.flow, &by, &keys, buf_span(&note), &a, &holds, &err));
	assert_false(holds);
	a.known.b[0] ^= 1;
	keys.witnesses_n = 0;
	OK(recovery_answer_holds(&j.a.flow, &by, &keys, buf_span(&note), &a, &holds, &err));
	assert_false(holds);
	peer_clear(&by);
	buf_clear(&file);
	buf_clear(&note);
	job_end(&j);
}

/* A home whose recovery began under a program before, or whose file rotted. */
static void
a_number_that_is_lost_is_drawn_anew_and_all_are_asked_again(void **state)
{
	struct bundle_result r;
	struct job j;

	(void)state;
	begin(&j, 2005);
	writes(&j.a, "XB", "asks");
	reads(&j.b, "asks", &r);
	writes(&j.b, "XA", "answers");
	OK(site_again(&j.a, &err) && path_remove(j.world, home_dir(j.a.flow.home),
	    "ledger/recovering", &err));
	says_nothing(&j, "answers");
	file_put(&j, "aldora/ledger/recovering", "comity-recovering/1\nnonce 00\n", true);
	says_nothing(&j, "answers");
	writes(&j.a, "XB", "asks-2");
	says_nothing(&j, "answers");
	reads(&j.b, "asks-2", &r);
	writes(&j.b, "XA", "answers-2");
	reads(&j.a, "answers-2", &r);
	recovering(&j.a, false);
	job_end(&j);
}

static void
who_must_answer_is_not_asked_of_the_folder_of_peers(void **state)
{
	char file[128];
	struct bundle_result r;
	struct job j;
	size_t n = 0;

	(void)state;
	begin(&j, 2011);
	OK(site_again(&j.a, &err));
	(void)snprintf(file, sizeof file, "peers/%s.json",
	    home_settings(j.b.flow.home)->authority.s);
	OK(path_rename(j.world, home_dir(j.a.flow.home), file, home_dir(j.a.flow.home), "away",
	    false, &err));
	OK(site_again(&j.a, &err) && recovery_missing(&j.a.flow, &n, &err));
	assert_int_equal(n, 1);
	NO(evidence_recovered(&j.a.flow, &err), "evidence.recovering");
	recovering(&j.a, true);
	/* It can be put back and asked, and a person's word ends it too. */
	OK(path_rename(j.world, home_dir(j.a.flow.home), "away", home_dir(j.a.flow.home), file,
	    false, &err));
	writes(&j.a, "XB", "asks");
	reads(&j.b, "asks", &r);
	OK(site_again(&j.a, &err) && path_remove(j.world, home_dir(j.a.flow.home), file, &err));
	OK(site_again(&j.a, &err) && flow_ledger_resume(&j.a.flow, &err) &&
	    evidence_recovered(&j.a.flow, &err));
	recovering(&j.a, false);
	job_end(&j);
}

static void
trust_that_ended_is_not_waited_for(void **state)
{
	struct job j;
	size_t n = 0;

	(void)state;
	begin(&j, 2012);
	OK(site_again(&j.a, &err) && flow_peer_revoke(&j.a.flow, "XB", "test", &err) &&
	    recovery_missing(&j.a.flow, &n, &err));
	assert_int_equal(n, 0);
	job_end(&j);
}

/* ---- what is cosigned meanwhile ---- */

static void
cosigns(struct job *j, const char *path, const char *why)
{
	struct witness_answer a;
	struct err no = ERR_INIT;
	struct buf body;

	buf_init(&body, PROOF_MAX);
	witness_answer_init(&a);
	OK(site_again(&j->a, &err) && file_load(j->world, NULL, path, &body, &err));
	if (flow_ledger_witness(&j->a.flow, buf_span(&body), &a, &no))
		assert_string_equal(why, "");
	else
		assert_string_equal(no.reason, why);
	witness_answer_clear(&a);
	buf_clear(&body);
}

static void
a_home_in_recovery_cosigns_by_no_door(void **state)
{
	struct bundle_result r;
	struct job j;

	(void)state;
	begin(&j, 2006);
	OK(site_again(&j.b, &err) && record_home(&j.b.flow, EVENT_RECOVERY, "test", &err));
	writes(&j.b, "XA", "newer");
	cosigns(&j, "newer/ledger/add-checkpoint", "witness.recovering");
	reads(&j.a, "newer", &r);
	assert_int_equal(r.cosigned, 0);
	/* A freeze is no end of it. */
	OK(site_again(&j.a, &err) && recovery_freeze(&j.a.flow, "ledger.split", &err));
	cosigns(&j, "newer/ledger/add-checkpoint", "witness.recovering");
	reads(&j.a, "newer", &r);
	assert_int_equal(r.cosigned, 0);
	job_end(&j);
}

static void
what_cannot_be_compared_is_cosigned_by_no_door(void **state)
{
	struct bundle_result r;
	struct job j;

	(void)state;
	begin(&j, 2007);
	OK(site_again(&j.a, &err) && flow_ledger_resume(&j.a.flow, &err));
	OK(site_again(&j.b, &err) && record_home(&j.b.flow, EVENT_RECOVERY, "test", &err));
	writes(&j.b, "XA", "newer");
	cosigns(&j, "newer/ledger/add-checkpoint", "witness.entries");
	file_copy(&j, "newer/ledger/add-checkpoint", "body");
	OK(path_remove(j.world, NULL, "newer/ledger/entries", &err));
	reads(&j.a, "newer", &r);
	assert_int_equal(r.cosigned, 0);
	writes(&j.b, "XA", "newest");
	reads(&j.a, "newest", &r);
	assert_int_equal(r.cosigned, 1);
	cosigns(&j, "body", "");		/* an answer: it is cosigned already */
	job_end(&j);
}

/* Rows of acts `destroyed` of Aldora at Berun, from..to. */
static void
told_of(struct job *j, unsigned from, unsigned to)
{
	struct docket_act row = { .direction = ACT_IN, .bytes = 4000, .at = NOW,
		.made_at = NOW };
	struct docket *d;

	(void)snprintf(row.kind, sizeof row.kind, "%s", act_kind_name(ACT_DESTROYED));
	(void)snprintf(row.peer, sizeof row.peer, "%s",
	    home_settings(j->a.flow.home)->authority.s);
	OK(home_docket(j->b.flow.home, &d, &err) && docket_begin(d, &err));
	for (unsigned i = from; i < to; i++) {
		u64_put(row.act.b, i);
		u64_put(row.package.b, i);
		OK(docket_act_put(d, &row, &err));
	}
	OK(docket_commit(d, &err));
	home_docket_done(j->b.flow.home);
}

/* The list that Berun writes then; out->text: what its person is told. */
static void
list_of(struct job *j, struct buf *list, struct exchanged *out)
{
	struct dir *dir = NULL;
	struct digest sum;
	struct peer to;

	memset(out, 0, sizeof *out);
	peer_init(&to);
	OK(dir_open(j->world, NULL, "lists", &dir, &err) &&
	    peer_find(j->b.flow.home, "XA", &to, &err) &&
	    exchange_destroyed_tell(&j->b.flow, dir, &to, false, &sum, out, &err));
	buf_reset(list);
	OK(file_load(j->world, dir, "ledger/yours/destroyed", list, &err));
	dir_close(dir);
	peer_clear(&to);
}

static void
of_more_destructions_than_a_bundle_names_the_newest_are_told(void **state)
{
	struct exchanged out;
	struct digest sum;
	struct dir *dir = NULL;
	struct buf list;
	struct peer from;
	struct job j;
	bool all = true, told = false;

	(void)state;
	if (SANITIZED) {
		print_message("65,537 destructions are listed without the sanitizers\n");
		skip();
	}
	begin(&j, 2010);
	OK(site_again(&j.b, &err) && dir_make_all(j.world, NULL, "lists/ledger/yours", &err));
	OK(home_lock(j.b.flow.home, &err));
	buf_init(&list, 8u << 20);
	told_of(&j, 1, 1 + EXCHANGE_DESTROYED_MAX);
	list_of(&j, &list, &out);
	assert_int_equal(list.n, 65 * (size_t)EXCHANGE_DESTROYED_MAX);
	assert_string_equal(out.text, "");
	told_of(&j, 1 + EXCHANGE_DESTROYED_MAX, 2 + EXCHANGE_DESTROYED_MAX);
	list_of(&j, &list, &out);
	assert_int_equal(list.n, 65 * (size_t)EXCHANGE_DESTROYED_MAX + 5);
	/* The oldest is left out, and that there are more is said on both sides. */
	assert_memory_equal(list.p, "0000000000000002", 16);
	assert_memory_equal(list.p + list.n - 5, "more\n", 5);
	assert_non_null(strstr(out.text, "only the newest"));
	memset(&out, 0, sizeof out);
	peer_init(&from);
	file_put(&j, "lists/ledger/yours/destroyed", "more\n", false);
	OK(dir_open(j.world, NULL, "lists", &dir, &err) && site_again(&j.a, &err) &&
	    peer_find(j.a.flow.home, "XB", &from, &err) &&
	    exchange_destroyed_hear(&j.a.flow, dir, &from, &out, &all, &told, &sum, &err));
	assert_true(told);
	assert_false(all);
	assert_non_null(strstr(out.text, "comity ledger resume"));
	dir_close(dir);
	peer_clear(&from);
	buf_clear(&list);
	job_end(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_recovery_does_not_end_with_a_file_of_the_home),
		cmocka_unit_test(two_bundles_end_a_recovery_and_an_older_one_does_not),
		cmocka_unit_test(a_peer_answers_until_it_is_told_that_all_is_well),
		cmocka_unit_test(a_folder_written_in_the_name_of_a_peer_ends_nothing),
		cmocka_unit_test(each_byte_of_an_answer_counts),
		cmocka_unit_test(of_more_destructions_than_a_bundle_names_the_newest_are_told),
		cmocka_unit_test(a_number_that_is_lost_is_drawn_anew_and_all_are_asked_again),
		cmocka_unit_test(who_must_answer_is_not_asked_of_the_folder_of_peers),
		cmocka_unit_test(trust_that_ended_is_not_waited_for),
		cmocka_unit_test(a_home_in_recovery_cosigns_by_no_door),
		cmocka_unit_test(what_cannot_be_compared_is_cosigned_by_no_door),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
