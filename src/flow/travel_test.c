/* What travels and what comes in: cut, lost, damaged, lying, and taken back up. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/inside.h"
#include "flow/places_kit.h"
#include "flow/testkit.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define NO(call, why) do { struct err err = ERR_INIT; assert_false(call); \
	assert_string_equal(err.reason, why); } while (0)

/* ---- lost power ---- */

static void
what_a_step_has_told_is_there_after_lost_power(void **state)
{
	(void)state;
	for (size_t s = 1; s < STEPS; s++) {
		struct job j;

		job_begin(&j, 300 + s);
		run_up_to(&j, s);
		site_end(&j.a);
		site_end(&j.b);
		OK(world_sim_crash(j.world, SIM_CRASH_KEEP_NONE, 0, &err));
		for (size_t i = s; i < STEPS; i++) {
			struct err err = ERR_INIT;

			if (!steps[i].run(&j, &err))
				fail_msg("%s after lost power behind %s: %s",
				    steps[i].name, steps[s - 1].name, err.text);
		}
		assert_true(path_exists(j.world, NULL, "bag/act.json"));
		job_end(&j);
	}
}

static void
receive_whole(void *arg)
{
	OK(step_receive(arg, &err));
}

static void
receive_cut(void *arg)
{
	struct err why = ERR_INIT;
	struct job *j = arg;
	struct evidence e;

	power_fails(j->world);
	(void)!step_receive(j, &why);
	site_end(&j->a);
	site_end(&j->b);
	power_back(j->world);
	place_known(j->world, 0);
	receive_whole(j);
	OK(evidence_load(j->b.flow.home, 1, &e, &err));
	assert_int_equal(e.parcels_n, 1);
	OK(step_open(j, &err));
	assert_true(j->opened.unpacked);
	job_end(j);
}

/* The stick was wiped after `bundle read`: the inbox alone has the parcel. */
static void
a_parcel_that_was_read_in_is_never_lost_however_receiving_is_cut(void **state)
{
	struct places p = { .what = "receiving, a cut", .ways = POWER_WAYS, .few = 40,
		.try = receive_cut };
	struct job j;

	(void)state;
	job_begin(&j, 400);
	run_up_to(&j, AFTER_READ);
	OK(dir_remove_all(j.world, NULL, "stick", &err));
	p.arg = &j;
	p.n = places_size(j.world, receive_whole, &j).calls + 1;
	places_try(&p);
	job_end(&j);
}

static void
a_kept_parcel_that_was_lost_comes_back_by_a_second_delivery(void **state)
{
	struct bundle_result r;
	struct job j;
	char path[200];

	(void)state;
	job_begin(&j, 401);
	run_up_to(&j, AFTER_RECEIVE);
	(void)snprintf(path, sizeof path, "berun/%s", parcel_path(
	    &j.received.report.act_id).s);
	OK(file_save(j.world, NULL, path, span_text("cut"), true, &err));
	OK(site_again(&j.b, &err));
	OK(flow_bundle_read(&j.b.flow, "stick", &r, &err));
	assert_int_equal(r.parcels, 1);
	OK(step_receive(&j, &err));
	assert_int_equal(j.received.as, RECEIVED_AGAIN);
	assert_true(j.received.note[0] != '\0');
	OK(step_open(&j, &err));
	assert_true(j.opened.unpacked);
	assert_true(home_has(j.b.flow.home, "inbox"));
	OK(site_again(&j.b, &err));
	OK(flow_bundle_read(&j.b.flow, "stick", &r, &err));
	assert_int_equal(r.parcels, 0);
	assert_int_equal(r.already, 1);
	job_end(&j);
}

/* Somebody signed the same act anew: his package is kept, and never comes first. */
static void
another_package_of_an_act_is_not_opened_unless_it_is_asked_for(void **state)
{
	struct evidence e;
	struct job j;
	char path[200];

	(void)state;
	job_begin(&j, 419);
	run_up_to(&j, AFTER_RECEIVE);
	OK(evidence_load(j.b.flow.home, 1, &e, &err));
	e.parcels[1] = e.parcels[0];
	e.parcels[1].other = true;
	e.parcels[1].package_id.b[0] ^= 1;
	e.parcels_n = 2;
	OK(evidence_save(j.b.flow.home, &e, &err));
	(void)snprintf(path, sizeof path, "parcels/%s-%.16s.comity",
	    digest_hex(&e.parcels[1].act_id).s, digest_hex(&e.parcels[1].package_id).s);
	OK(home_save(j.b.flow.home, path, span_text("another"), &err));
	OK(step_open(&j, &err));
	assert_true(j.opened.unpacked);
	package_report_clear(&j.opened);
	package_report_init(&j.opened);
	OK(flow_evidence_open(&j.b.flow, 1, 1, "other", false, 0, &j.opened, &err));
	assert_false(j.opened.unpacked);
	NO(flow_evidence_open(&j.b.flow, 1, 2, "third", false, 0, &j.opened, &err),
	    "open.parcel");
	job_end(&j);
}

/* ---- the folder that travels ---- */

/* The one file in a folder. */
static void
only_file(struct job *j, const char *folder, char path[200])
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more;

	OK(listing_open(j->world, NULL, folder, &l, &err));
	OK(listing_next(l, &e, &more, &err));
	assert_true(more);
	(void)snprintf(path, 200, "%s/%s", folder, e.name);
	listing_close(l);
}

static void
load(struct job *j, const char *path, struct buf *b)
{
	buf_init(b, 1u << 20);
	OK(file_load(j->world, NULL, path, b, &err));
}

static void
nothing_is_written_for_a_revoked_peer(void **state)
{
	struct bundle_result r;
	struct job j;

	(void)state;
	job_begin(&j, 402);
	run_up_to(&j, AFTER_SEND);
	OK(flow_peer_revoke(&j.a.flow, "XB", "key lost", &err));
	NO(flow_bundle_write(&j.a.flow, "stick", "XB", &r, &err),
	    "bundle.peer-revoked");
	assert_false(path_exists(j.world, NULL, "stick"));
	job_end(&j);
}

static void
a_folder_for_one_authority_is_not_made_one_for_another(void **state)
{
	struct bundle_result r;
	struct job j;

	(void)state;
	job_begin(&j, 403);
	run_up_to(&j, AFTER_WRITE);
	rewrite(&j, "stick/bundle.json", "\"to\": \"XB", "\"to\": \"XC");
	NO(flow_bundle_write(&j.a.flow, "stick", "XB", &r, &err),
	    "bundle.other-there");
	NO(flow_bundle_read(&j.b.flow, "stick", &r, &err), "bundle.other");
	OK(file_save(j.world, NULL, "stick/bundle.json", span_text("{"), true, &err));
	OK(flow_bundle_write(&j.a.flow, "stick", "XB", &r, &err));
	assert_int_equal(r.already, 1);
	OK(step_read(&j, &err));
	job_end(&j);
}

static void
a_bundle_is_never_written_into_a_home(void **state)
{
	struct bundle_result r;
	struct job j;

	(void)state;
	job_begin(&j, 404);
	run_up_to(&j, AFTER_SEND);
	NO(flow_bundle_write(&j.a.flow, j.a.path, "XB", &r, &err), "bundle.into-home");
	NO(flow_bundle_write_ledger(&j.a.flow, j.b.path, "XB", &r, &err),
	    "bundle.into-home");
	/* And the parcel that waits is where it was. */
	OK(flow_bundle_write(&j.a.flow, "stick", "XB", &r, &err));
	assert_int_equal(r.parcels, 1);
	assert_int_equal(r.already, 0);
	OK(step_read(&j, &err));
	job_end(&j);
}

/* A second piece of evidence for B, so that there are two parcels. */
static void
send_another(struct job *j)
{
	struct seal_wish w = { .number = 2, .to = "XB" };
	struct evidence e;
	size_t parcel;
	bool found;

	OK(site_again(&j->a, &err));
	OK(add(&j->a, &e, &err));
	OK(SECONDED(&j->a, &err, flow_evidence_seal(&j->a.flow, &w, &j->sealed, &err)));
	OK(flow_evidence_send(&j->a.flow, 2, "XB", &e, &parcel, &found, &err));
}

/* What may be wrong with a file on the way, and what is said of it. */
enum harm { HARM_BYTE, HARM_LINK, HARM_NOT_AGE, HARM_LONGER, HARM_UNREADABLE, HARMS };
static const char *const harm_reasons[HARMS] = { "bundle.damaged", "disk.outside",
	"receive.not-sealed", "bundle.damaged", COPY_UNREADABLE };

static void
file_harm(struct job *j, const char *path, enum harm harm)
{
	struct file *file = NULL;
	struct file_info info;
	uint8_t last = 0;
	size_t n;

	if (harm == HARM_NOT_AGE) {
		rewrite(j, path, "age-encryption", "age-Encryption");
		return;
	}
	if (harm == HARM_UNREADABLE) {
		OK(world_sim_unreadable(j->world, path, &err));
		return;
	}
	if (harm == HARM_LINK) {
		OK(path_remove(j->world, NULL, path, &err));
		OK(world_sim_put(j->world, path, FILE_LINK,
		    "../../aldora/keys/unlock.age", &err));
		return;
	}
	OK(file_open(j->world, NULL, path, FILE_UPDATE, &file, &err));
	OK(file_info(file, &info, &err));
	if (harm == HARM_BYTE)
		OK(file_read_at(file, &last, 1, --info.size, &n, &err));
	last ^= 1;
	OK(file_write_at(file, span_of(&last, 1), info.size, &err));
	/* Most of it is a hole: what it claims to be fits on no disk. */
	if (harm == HARM_LONGER)
		OK(file_truncate(file, 1ull << 40, &err));
	file_close(file);
}

static void
a_damaged_parcel_is_told_and_keeps_no_other_out(void **state)
{
	struct inbox_name names[4];
	struct bundle_result r;
	struct job j;
	char path[200];
	size_t n;

	(void)state;
	for (enum harm harm = 0; harm < HARMS; harm++) {
		job_begin(&j, 404);
		run_up_to(&j, AFTER_SEND);
		send_another(&j);
		OK(step_write(&j, &err));
		only_file(&j, "stick/parcels", path);
		file_harm(&j, path, harm);
		NO(flow_bundle_read(&j.b.flow, "stick", &r, &err), harm_reasons[harm]);
		assert_int_equal(r.parcels, 1);
		OK(flow_inbox(&j.b.flow, names, 4, &n, &err));
		assert_int_equal(n, 1);
		assert_int_equal(names_in(&j, "berun/inbox"), 1);
		job_end(&j);
	}
}

static void
what_a_stick_does_not_give_back_about_ledgers_keeps_no_parcel_out(void **state)
{
	static const char *const parts[] = { "checkpoint", "add-checkpoint", "known",
		"entries" };
	struct bundle_result r;
	struct job j;

	(void)state;
	job_begin(&j, 420);
	run_up_to(&j, AFTER_WRITE);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		char path[60];

		(void)snprintf(path, sizeof path, "stick/ledger/%s", parts[i]);
		if (path_exists(j.world, NULL, path))
			OK(world_sim_unreadable(j.world, path, &err));
	}
	OK(site_again(&j.b, &err));
	OK(flow_bundle_read(&j.b.flow, "stick", &r, &err));
	assert_int_equal(r.parcels, 1);
	assert_non_null(strstr(r.ledger_text, "could not be read"));
	job_end(&j);
}

/* Same length, other bytes: what comes again is not thrown away for it. */
static void
a_kept_parcel_that_rotted_comes_back_by_a_second_delivery(void **state)
{
	struct bundle_result r;
	struct job j;
	struct buf b;
	char path[200], stick[200];

	(void)state;
	for (unsigned single = 0; single < 2; single++) {
		job_begin(&j, 424);
		run_up_to(&j, AFTER_RECEIVE);
		only_file(&j, "stick/parcels", stick);
		(void)snprintf(path, sizeof path, "berun/%s", parcel_path(
		    &j.received.report.act_id).s);
		load(&j, path, &b);
		b.p[b.n - 100] ^= 1;
		OK(file_save(j.world, NULL, path, buf_span(&b), true, &err));
		buf_clear(&b);
		OK(site_again(&j.b, &err));
		package_report_clear(&j.received.report);
		if (single) {
			OK(flow_evidence_receive(&j.b.flow, stick, &j.received, &err));
		} else {
			OK(flow_bundle_read(&j.b.flow, "stick", &r, &err));
			assert_int_equal(r.parcels, 1);
			OK(step_receive(&j, &err));
		}
		assert_int_equal(j.received.as, RECEIVED_AGAIN);
		OK(step_open(&j, &err));
		assert_true(j.opened.unpacked);
		OK(site_again(&j.b, &err));
		OK(flow_bundle_read(&j.b.flow, "stick", &r, &err));
		assert_int_equal(r.already, 1);
		job_end(&j);
	}
}

/* A bundle.json whose one parcel is this one. */
static void
list_one(struct job *j, const char *folder, const struct digest *act, uint64_t bytes,
    const struct digest *sha256)
{
	char text[600], path[100];

	(void)snprintf(text, sizeof text, "{\"schema\":\"comity.bundle/1\",\"from\":\"%s\","
	    "\"to\":\"%s\",\"written_at\":1,\"parcels\":[{\"act\":\"%s\",\"bytes\":%llu,"
	    "\"sha256\":\"%s\"}]}", home_settings(j->a.flow.home)->authority.s,
	    home_settings(j->b.flow.home)->authority.s, digest_hex(act).s,
	    (unsigned long long)bytes, digest_hex(sha256).s);
	(void)snprintf(path, sizeof path, "%s/bundle.json", folder);
	OK(file_save(j->world, NULL, path, span_text(text), true, &err));
}

static void
a_parcel_for_which_there_is_no_room_leaves_the_disk_as_it_was(void **state)
{
	struct digest act = { .b = { 7 } };
	struct bundle_result r;
	struct job j;
	char path[200];

	(void)state;
	job_begin(&j, 421);
	run_up_to(&j, AFTER_SEND);
	OK(site_again(&j.b, &err));
	OK(dir_make_all(j.world, NULL, "huge/parcels", &err));
	(void)snprintf(path, sizeof path, "huge/parcels/%s.comity", digest_hex(&act).s);
	OK(file_save(j.world, NULL, path, span_text("age-encryption.org/v1\n"), true, &err));
	file_harm(&j, path, HARM_LONGER);
	list_one(&j, "huge", &act, 1ull << 40, &act);
	NO(flow_bundle_read(&j.b.flow, "huge", &r, &err), "disk.full");
	assert_int_equal(names_in(&j, "berun/inbox"), 0);
	/* Brought singly it is the same. */
	OK(site_again(&j.b, &err));
	NO(flow_evidence_receive(&j.b.flow, path, &j.received, &err), "disk.full");
	assert_int_equal(names_in(&j, "berun/inbox"), 0);
	job_end(&j);
}

static void
what_nobody_listed_is_told_and_may_be_brought_singly(void **state)
{
	struct bundle_result r;
	struct job j;
	char path[200];

	(void)state;
	job_begin(&j, 422);
	run_up_to(&j, AFTER_WRITE);
	only_file(&j, "stick/parcels", path);
	list_one(&j, "stick", &(struct digest){ .b = { 1 } }, 1, &(struct digest){ .b = { 1 } });
	OK(site_again(&j.b, &err));
	NO(flow_bundle_read(&j.b.flow, "stick", &r, &err), "bundle.unlisted");
	assert_int_equal(r.parcels, 0);
	assert_int_equal(names_in(&j, "berun/inbox"), 0);
	OK(flow_evidence_receive(&j.b.flow, path, &j.received, &err));
	package_report_clear(&j.received.report);
	OK(step_open(&j, &err));
	job_end(&j);
}

/* A receipt leaves once: a folder that is written again before it was read lists it still. */
static void
what_an_earlier_writing_left_in_the_folder_stays_listed(void **state)
{
	struct bundle_result r;
	struct job j;

	(void)state;
	job_begin(&j, 423);
	run_up_to(&j, AFTER_RECEIVE);
	OK(site_again(&j.b, &err));
	OK(flow_bundle_write(&j.b.flow, "back", "XA", &r, &err));
	assert_int_equal(r.parcels, 1);
	OK(site_again(&j.b, &err));
	OK(flow_bundle_write_ledger(&j.b.flow, "back", "XA", &r, &err));
	assert_int_equal(r.parcels, 0);
	OK(site_again(&j.a, &err));
	OK(flow_bundle_read(&j.a.flow, "back", &r, &err));
	assert_int_equal(r.parcels, 1);
	job_end(&j);
}

static void
a_parcel_that_is_listed_and_not_there_is_told(void **state)
{
	struct bundle_result r;
	struct job j;
	char path[200];

	(void)state;
	job_begin(&j, 405);
	run_up_to(&j, AFTER_WRITE);
	only_file(&j, "stick/parcels", path);
	OK(path_remove(j.world, NULL, path, &err));
	NO(flow_bundle_read(&j.b.flow, "stick", &r, &err), "bundle.missing");
	/* One that came before is not missing. */
	OK(step_write(&j, &err));
	OK(step_read(&j, &err));
	OK(path_remove(j.world, NULL, path, &err));
	OK(step_read(&j, &err));
	OK(step_receive(&j, &err));
	OK(step_read(&j, &err));
	job_end(&j);
}

/* Whoever gets there first with a name must not keep the true parcel out. */
static void
a_false_parcel_under_the_name_of_a_true_one_does_not_stop_it(void **state)
{
	struct bundle_result r;
	struct inbox_name names[4];
	struct digest act, sha256;
	struct job j;
	struct buf b;
	char path[200], copy[200];
	size_t n;

	(void)state;
	job_begin(&j, 406);
	run_up_to(&j, AFTER_WRITE);
	only_file(&j, "stick/parcels", path);
	load(&j, path, &b);
	b.p[b.n - 1] ^= 1;
	OK(digest_of(buf_span(&b), &sha256, &err));
	OK(dir_make_all(j.world, NULL, "evil/parcels", &err));
	(void)snprintf(copy, sizeof copy, "evil%s", path + strlen("stick"));
	OK(file_save(j.world, NULL, copy, buf_span(&b), true, &err));
	assert_true(digest_parse(span_of(path + strlen("stick/parcels/"), 64), &act));
	list_one(&j, "evil", &act, b.n, &sha256);
	buf_clear(&b);
	OK(site_again(&j.b, &err));
	OK(flow_bundle_read(&j.b.flow, "evil", &r, &err));
	assert_int_equal(r.parcels, 1);
	OK(step_read(&j, &err));
	OK(flow_inbox(&j.b.flow, names, 4, &n, &err));
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++) {
		OK(flow_evidence_receive(&j.b.flow, names[i].s, &j.received, &err));
		package_report_clear(&j.received.report);
	}
	OK(step_open(&j, &err));
	assert_true(j.opened.unpacked);
	job_end(&j);
}

static void
a_parcel_that_rotted_at_home_is_not_carried(void **state)
{
	struct bundle_result r;
	struct job j;
	char path[200];

	(void)state;
	job_begin(&j, 407);
	run_up_to(&j, AFTER_SEND);
	only_file(&j, "aldora/parcels", path);
	OK(file_save(j.world, NULL, path, span_text("cut"), true, &err));
	NO(flow_bundle_write(&j.a.flow, "stick", "XB", &r, &err),
	    "bundle.parcel-damaged");
	job_end(&j);
}

/* ---- what is not ours to take ---- */

static void
receive_sealed(struct job *j, struct site *s)
{
	OK(site_again(s, &err));
	package_report_clear(&j->received.report);
	OK(flow_evidence_receive(&s->flow, j->sealed.path, &j->received, &err));
}

static void
our_own_parcel_coming_back_is_not_taken(void **state)
{
	unsigned *list = NULL;
	struct job j;
	size_t n;

	(void)state;
	job_begin(&j, 408);
	run_up_to(&j, AFTER_SEAL);
	receive_sealed(&j, &j.a);
	assert_int_equal(j.received.as, RECEIVED_NOT_TAKEN);
	assert_non_null(strstr(j.received.note, "not addressed"));
	OK(evidence_numbers(j.a.flow.home, &list, &n, &err));
	assert_int_equal(n, 1);
	mem_free(list);
	job_end(&j);
}

/* The sender's home says it is real, the receiver's that it is training. */
static void
an_exercise_and_a_real_home_do_not_mix(void **state)
{
	struct job j;

	(void)state;
	job_begin(&j, 409);
	run_up_to(&j, AFTER_SEAL);
	site_end(&j.b);
	rewrite(&j, "berun/comity.json", "\"training\": true", "\"training\":false");
	receive_sealed(&j, &j.b);
	assert_int_equal(j.received.as, RECEIVED_NOT_TAKEN);
	assert_non_null(strstr(j.received.note, "exercise"));
	job_end(&j);
}

static void
an_open_package_is_not_copied_into_the_home(void **state)
{
	struct inbox_name names[4];
	struct job j;
	size_t n;

	(void)state;
	job_begin(&j, 410);
	run_up_to(&j, AFTER_PAIR);
	NO(flow_evidence_receive(&j.b.flow, "aldora/card.card", &j.received, &err),
	    "receive.not-sealed");
	NO(flow_evidence_receive(&j.b.flow, "disk", &j.received, &err),
	    "receive.not-sealed");
	OK(flow_inbox(&j.b.flow, names, 4, &n, &err));
	assert_int_equal(n, 0);
	job_end(&j);
}

/* ---- out again ---- */

static void
export_names_are_checked(void **state)
{
	static const char *const bad[] = { "", "/", ".", "..", "x/..", "x/../", "./",
		"court/." };
	struct package_report r;
	char name[220];
	struct job j;

	(void)state;
	job_begin(&j, 411);
	run_up_to(&j, AFTER_RECEIVE);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		package_report_init(&r);
		NO(flow_evidence_open(&j.b.flow, 1, SIZE_MAX, bad[i], false, 0, &r,
		    &err), "open.out");
		package_report_clear(&r);
	}
	memset(name, 'a', sizeof name);
	name[201] = '\0';
	package_report_init(&r);
	NO(flow_evidence_open(&j.b.flow, 1, SIZE_MAX, name, false, 0, &r, &err),
	    "open.out");
	name[200] = '\0';
	OK(flow_evidence_open(&j.b.flow, 1, SIZE_MAX, name, false, 0, &r, &err));
	assert_true(r.unpacked && path_exists(j.world, NULL, name));
	package_report_clear(&r);
	package_report_init(&r);
	NO(flow_evidence_open(&j.b.flow, 1, SIZE_MAX, name, false, 0, &r, &err),
	    "open.exists");
	OK(dir_make(j.world, NULL, "x", &err));
	OK(flow_evidence_open(&j.b.flow, 1, SIZE_MAX, "x/ \xff\n//", false, 0, &r,
	    &err));
	assert_true(path_exists(j.world, NULL, "x/ \xff\n"));
	package_report_clear(&r);
	job_end(&j);
}

static bool
export_court(struct job *j, struct err *err)
{
	package_report_clear(&j->opened);
	package_report_init(&j->opened);
	return site_again(&j->b, err) && (path_exists(j->world, NULL, "court") ||
	    flow_evidence_export(&j->b.flow, 1, SIZE_MAX, "court", true, &j->opened,
	    err));
}

static bool
nothing_begins_so(struct job *j, const char *begin)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, none = true;

	OK(listing_open(j->world, NULL, ".", &l, &err));
	while (more) {
		OK(listing_next(l, &e, &more, &err));
		none = none && !(more && strncmp(e.name, begin, strlen(begin)) == 0);
	}
	listing_close(l);
	return none;
}

static void
court_is_whole(struct job *j)
{
	static const char *const files[] = { "court/bag/act.json", "court/roots.pem",
		"court/HOW-TO-CHECK.txt", "court/package.tar" };

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		assert_true(path_exists(j->world, NULL, files[i]));
}

static void
export_whole(void *arg)
{
	OK(export_court(arg, &err));
	court_is_whole(arg);
	assert_true(nothing_begins_so(arg, ".comity-export-"));
}

static void
export_disk(void *arg)
{
	struct err why = ERR_INIT;
	struct job *j = arg;
	bool ok;

	disk_fails(j->world);
	ok = export_court(j, &why);
	nothing_fails(j->world);
	assert_true(ok || why.text[0] != '\0');
	if (!ok && path_exists(j->world, NULL, "court"))
		court_is_whole(j);
	site_end(&j->b);
	place_known(j->world, ok);
	export_whole(j);
	job_end(j);
}

/* Half a folder in a court's hands would be worse than none. */
static void
an_export_appears_whole_or_not_at_all(void **state)
{
	struct places p = { .what = "export, a disk error", .ways = DISK_WAYS,
		.few = 40, .try = export_disk };
	struct job j;

	(void)state;
	job_begin(&j, 412);
	run_up_to(&j, AFTER_RECEIVE);
	p.arg = &j;
	p.n = places_size(j.world, export_whole, &j).calls;
	places_try(&p);
	job_end(&j);
}

static void
nothing_is_exported_of_a_parcel_that_changed_or_a_sender_nobody_confirmed(
    void **state)
{
	struct evidence e;
	struct job j;
	struct buf b;
	char path[200];

	(void)state;
	job_begin(&j, 413);
	run_up_to(&j, AFTER_RECEIVE);
	(void)snprintf(path, sizeof path, "berun/%s", parcel_path(
	    &j.received.report.act_id).s);
	load(&j, path, &b);
	b.p[b.n - 100] ^= 1;
	OK(file_save(j.world, NULL, path, buf_span(&b), true, &err));
	OK(export_court(&j, &err));
	assert_false(j.opened.unpacked);
	assert_int_equal(j.opened.unchanged, UNCHANGED_NO);
	assert_true(nothing_begins_so(&j, "court"));
	assert_true(nothing_begins_so(&j, ".comity-"));
	b.p[b.n - 100] ^= 1;
	OK(file_save(j.world, NULL, path, buf_span(&b), true, &err));
	buf_clear(&b);
	OK(evidence_load(j.b.flow.home, 1, &e, &err));
	(void)snprintf(path, sizeof path, "berun/peers/%s.json",
	    e.parcels[0].peer.s);
	rewrite(&j, path, "\"confirmed\": true", "\"confirmed\":false");
	NO(export_court(&j, &err), "export.not-confirmed");
	assert_true(nothing_begins_so(&j, "court"));
	assert_true(nothing_begins_so(&j, ".comity-"));
	job_end(&j);
}

/* The certificates of then, not those of today. */
static void
an_export_carries_the_roots_of_the_card_the_package_names(void **state)
{
	struct buf then, now;
	struct paired p;
	struct job j;
	bool needs;

	(void)state;
	job_begin(&j, 414);
	run_up_to(&j, AFTER_RECEIVE);
	OK(site_again(&j.a, &err));
	OK(flow_key_rotate(&j.a.flow, ROTATE_SIGNING, &needs, &err));
	OK(flow_peer_pair(&j.b.flow, "aldora/card.card", NULL, &p, &err));
	peer_clear(&p.peer);
	OK(export_court(&j, &err));
	assert_int_equal(j.opened.who, WHO_KNOWN);
	load(&j, "court/roots.pem", &then);
	load(&j, "aldora/ca/root.pem", &now);
	assert_true(span_eq(buf_span(&then), buf_span(&now)));
	buf_clear(&then);
	buf_clear(&now);
	job_end(&j);
}

/* ---- sealing ---- */

static void
what_nobody_could_read_is_not_sealed(void **state)
{
	struct seal_wish w = { .number = 1, .to = "XB", .description = "x",
		.lang = "e" };
	struct job j;

	(void)state;
	job_begin(&j, 415);
	run_up_to(&j, AFTER_ADD);
	NO(flow_evidence_seal(&j.a.flow, &w, &j.sealed, &err), "text.lang");
	w.lang = "en_US";
	NO(flow_evidence_seal(&j.a.flow, &w, &j.sealed, &err), "text.lang");
	w.lang = "fr";
	OK(SECONDED(&j.a, &err, flow_evidence_seal(&j.a.flow, &w, &j.sealed, &err)));
	job_end(&j);
}

static void
evidence_has_at_most_32_parcels_and_that_is_said_before_the_work(void **state)
{
	struct evidence e;
	struct job j;
	char path[200];

	(void)state;
	job_begin(&j, 416);
	run_up_to(&j, AFTER_ADD);
	OK(evidence_load(j.a.flow.home, 1, &e, &err));
	for (; e.parcels_n < PARCELS_MAX - 1; e.parcels_n++) {
		memset(e.parcels[e.parcels_n].act_id.b, (int)e.parcels_n, 32);
		memset(e.parcels[e.parcels_n].package_id.b, (int)e.parcels_n, 32);
	}
	OK(evidence_save(j.a.flow.home, &e, &err));
	OK(step_seal(&j, &err));
	only_file(&j, "aldora/parcels", path);
	OK(path_remove(j.world, NULL, path, &err));
	NO(step_seal(&j, &err), "evidence.parcels");
	job_end(&j);
}

static void
seal_whole(void *arg)
{
	OK(step_seal(arg, &err));
}

static void
seal_disk(void *arg)
{
	struct err why = ERR_INIT;
	struct listing *l = NULL;
	struct listing_entry x;
	struct job *j = arg;
	struct evidence e;
	bool more;

	disk_fails(j->world);
	(void)!step_seal(j, &why);
	nothing_fails(j->world);
	site_end(&j->a);
	place_known(j->world, place_way() >= 2);
	OK(site_again(&j->a, &err));
	OK(home_lock(j->a.flow.home, &err));
	OK(evidence_load(j->a.flow.home, 1, &e, &err));
	OK(listing_open(j->world, NULL, "aldora/parcels", &l, &err));
	OK(listing_next(l, &x, &more, &err));
	listing_close(l);
	/* A disk that never works again lets nothing be taken away: the next act does. */
	assert_true(more == (e.parcels_n == 1) ||
	    (place_way() >= 2 && home_has(j->a.flow.home, "making")));
	job_end(j);
}

/* The record could not be written: no parcel of terabytes lies there for good. */
static void
a_parcel_without_its_record_does_not_stay(void **state)
{
	struct places p = { .what = "sealing, a disk error", .ways = DISK_WAYS,
		.few = 40, .try = seal_disk };
	struct job j;

	(void)state;
	job_begin(&j, 417);
	run_up_to(&j, AFTER_ADD);
	p.arg = &j;
	p.n = places_size(j.world, seal_whole, &j).calls;
	places_try(&p);
	job_end(&j);
}

/* ---- health ---- */

static size_t
doctor_lines(const struct doctor_report *r, enum doctor_state state, const char *part)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		n += r->lines[i].state == state &&
		    strstr(r->lines[i].text, part) != NULL;
	return n;
}

static void
the_doctor_finds_what_is_missing_and_what_belongs_to_nothing(void **state)
{
	struct doctor_report r;
	struct evidence e;
	struct job j;
	char path[200];

	(void)state;
	job_begin(&j, 418);
	run_up_to(&j, AFTER_SEAL);
	OK(flow_doctor(&j.a.flow, &r, &err));
	assert_int_equal(doctor_lines(&r, DOCTOR_BAD, ""), 0);
	assert_int_equal(doctor_lines(&r, DOCTOR_GOOD, "1 kept, all there"), 1);
	only_file(&j, "aldora/parcels", path);
	OK(file_save(j.world, NULL, "aldora/parcels/stray", span_text("x"), true,
	    &err));
	OK(file_save(j.world, NULL, path, span_text("cut"), true, &err));
	OK(site_again(&j.a, &err));
	OK(flow_doctor(&j.a.flow, &r, &err));
	assert_int_equal(doctor_lines(&r, DOCTOR_BAD, "missing"), 1);
	assert_int_equal(doctor_lines(&r, DOCTOR_WARNING, "no evidence: 1."), 1);
	OK(evidence_load(j.a.flow.home, 1, &e, &err));
	for (; e.parcels_n < PARCELS_MAX; e.parcels_n++) {
		memset(e.parcels[e.parcels_n].act_id.b, (int)e.parcels_n, 32);
		memset(e.parcels[e.parcels_n].package_id.b, (int)e.parcels_n, 32);
	}
	OK(evidence_save(j.a.flow.home, &e, &err));
	OK(flow_doctor(&j.a.flow, &r, &err));
	assert_int_equal(doctor_lines(&r, DOCTOR_BAD, "32 parcels in all"), 1);
	job_end(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_step_has_told_is_there_after_lost_power),
		cmocka_unit_test(a_parcel_that_was_read_in_is_never_lost_however_receiving_is_cut),
		cmocka_unit_test(a_kept_parcel_that_was_lost_comes_back_by_a_second_delivery),
		cmocka_unit_test(another_package_of_an_act_is_not_opened_unless_it_is_asked_for),
		cmocka_unit_test(nothing_is_written_for_a_revoked_peer),
		cmocka_unit_test(a_folder_for_one_authority_is_not_made_one_for_another),
		cmocka_unit_test(a_bundle_is_never_written_into_a_home),
		cmocka_unit_test(a_damaged_parcel_is_told_and_keeps_no_other_out),
		cmocka_unit_test(a_kept_parcel_that_rotted_comes_back_by_a_second_delivery),
		cmocka_unit_test(what_a_stick_does_not_give_back_about_ledgers_keeps_no_parcel_out),
		cmocka_unit_test(a_parcel_for_which_there_is_no_room_leaves_the_disk_as_it_was),
		cmocka_unit_test(what_nobody_listed_is_told_and_may_be_brought_singly),
		cmocka_unit_test(what_an_earlier_writing_left_in_the_folder_stays_listed),
		cmocka_unit_test(a_parcel_that_is_listed_and_not_there_is_told),
		cmocka_unit_test(a_false_parcel_under_the_name_of_a_true_one_does_not_stop_it),
		cmocka_unit_test(a_parcel_that_rotted_at_home_is_not_carried),
		cmocka_unit_test(our_own_parcel_coming_back_is_not_taken),
		cmocka_unit_test(an_exercise_and_a_real_home_do_not_mix),
		cmocka_unit_test(an_open_package_is_not_copied_into_the_home),
		cmocka_unit_test(export_names_are_checked),
		cmocka_unit_test(an_export_appears_whole_or_not_at_all),
		cmocka_unit_test(nothing_is_exported_of_a_parcel_that_changed_or_a_sender_nobody_confirmed),
		cmocka_unit_test(an_export_carries_the_roots_of_the_card_the_package_names),
		cmocka_unit_test(what_nobody_could_read_is_not_sealed),
		cmocka_unit_test(evidence_has_at_most_32_parcels_and_that_is_said_before_the_work),
		cmocka_unit_test(a_parcel_without_its_record_does_not_stay),
		cmocka_unit_test(the_doctor_finds_what_is_missing_and_what_belongs_to_nothing),
	};

	return cmocka_run_group_tests_name("travel", tests, NULL, NULL);
}
