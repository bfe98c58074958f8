/*
 * What a safeguard refuses stays refused whatever is edited around it: each door of the
 * story below is tried again with every member of the settings file changed, with rows of
 * the docket changed by hand, and with drafts that no command would have written.  A door
 * that opens is told with the edit that opened it.
 *
 * Files that a person signed and leaves of the ledger have tests of their own
 * (people_test.c, guards_test.c); the scenario no-way-round.sh has flags and environment.
 *
 * The usual run tries with each edit the doors it could be meant for, and one in sixteen of
 * the others; all of them with COMITY_LONG=1.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/destroy.h"
#include "flow/execute.h"
#include "flow/guards.h"
#include "flow/journey.h"
#include "flow/violations_kit.h"
#include "policy/fields_kit.h"
#include "store/sql.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)
#define COUNT(a) (sizeof (a) / sizeof (a)[0])

static struct job j;

/* ---- the doors ---- */

struct door {
	const char *what;
	struct site *at;
	unsigned number;
	bool (*open)(struct site *s, unsigned number, struct err *err);
	const char *reason;		/* what it says while nothing is edited */
};
#define DOORS_MAX 64
static struct door doors[DOORS_MAX];
static size_t doors_n;

static void
door(const char *what, struct site *at, unsigned number,
    bool (*open)(struct site *s, unsigned number, struct err *err), const char *reason)
{
	assert_true(doors_n < DOORS_MAX);
	doors[doors_n++] = (struct door){ what, at, number, open, reason };
}

static bool
grants(struct site *s, unsigned number, struct err *err)
{
	struct answer_wish w = { .kind = ACT_GRANTED, .text = "Yes", .lang = "en" };
	struct sent sent;

	return flow_request_answer(&s->flow, number, &w, &sent, err);
}

static bool
executes(struct site *s, unsigned number, struct err *err)
{
	struct execute_wish w = { .assured = true };
	struct docket_request row;

	return flow_request_execute(&s->flow, number, &w, &row, err);
}

static bool
delivers(struct site *s, unsigned number, struct err *err)
{
	struct deliver_wish w = { .evidence = 1, .purpose = "Case 12 only" };
	struct sealed sealed;
	struct sent sent;

	return flow_request_deliver(&s->flow, number, &w, &sealed, &sent, err);
}

static bool
sends(struct site *s, unsigned number, struct err *err)
{
	struct sent sent;

	return flow_request_send(&s->flow, number, BY_COMITY, &sent, err);
}

static bool
opens_for(struct site *s, unsigned number, const char *purpose, bool court,
    struct err *err)
{
	struct package_report r;
	bool ok;

	package_report_init(&r);
	s->flow.purpose = purpose;
	ok = court ? flow_evidence_export(&s->flow, number, SIZE_MAX, "out", false, &r, err) :
	    flow_evidence_open(&s->flow, number, SIZE_MAX, "out", false, 0, &r, err);
	package_report_clear(&r);
	return ok;
}

static bool
opens(struct site *s, unsigned number, struct err *err)
{
	return opens_for(s, number, NULL, false, err);
}

static bool
opens_otherwise(struct site *s, unsigned number, struct err *err)
{
	return opens_for(s, number, "A tax case", false, err);
}

static bool
exports_otherwise(struct site *s, unsigned number, struct err *err)
{
	return opens_for(s, number, "A tax case", true, err);
}

static bool
exports_request(struct site *s, unsigned number, struct err *err)
{
	struct request_exported done;

	return flow_request_export(&s->flow, number, "out", &done, err);
}

static bool
passes_on(struct site *s, unsigned number, struct err *err)
{
	struct evidence e;

	return flow_evidence_onward(&s->flow, number, "XC", &e, err);
}

static bool
seals(struct site *s, unsigned number, struct err *err)
{
	struct seal_wish w = { .number = number, .to = "XB", .purpose = "case 12 only" };
	struct sealed out;

	return flow_evidence_seal(&s->flow, &w, &out, err);
}

/* ---- the story ---- */

/* What only this node's own decisions stop. */
static const struct violation whole[] = {
	{ "S13", ACT_REALTIME_TRAFFIC, NULL, { { NULL, NULL } }, "guard.realtime", NULL },
	{ "S15", ACT_EMERGENCY_DATA, NULL, { { NULL, NULL } }, "guard.call-back", NULL },
};

static void
berun_is_asked(const struct violation *v)
{
	unsigned number = violation_comes(&j, v);

	OK(site_again(&j.b, &err));
	if (v->bars == NULL)
		OK(grants(&j.b, number, &err));
	door(v->row, &j.b, number, v->bars != NULL ? grants : executes,
	    v->bars != NULL ? v->bars : strcmp(v->stops_work, "people.nobody") == 0 ?
	    "people.second" : v->stops_work);
	door(v->row, &j.b, number, delivers, NULL);
}

static unsigned whole_one;		/* a request at Berun that nothing stops */

/* One of each row, and of each way in which it stops. */
static void
berun_refuses(void)
{
	static const struct field_setting life[] = { { "conditions[0].code",
	    "no_death_penalty" } };
	const struct violation plain = { "S22", ACT_SUBSCRIBER, NULL, { { NULL, NULL } },
		NULL, NULL };
	struct answer_wish w = { .kind = ACT_GRANTED_WITH_CONDITIONS, .set = life,
		.set_n = COUNT(life), .text = "Yes, if nobody dies for it", .lang = "en" };
	struct evidence e;
	struct sent sent;
	unsigned number;

	OK(site_again(&j.b, &err));
	OK(add(&j.b, &e, &err));
	for (size_t i = 0; i < VIOLATIONS; i++)
		if (i == 0 || strcmp(violations[i].row, violations[i - 1].row) != 0)
			berun_is_asked(&violations[i]);
	for (size_t i = 0; i < COUNT(whole); i++)
		berun_is_asked(&whole[i]);
	number = violation_comes(&j, &plain);
	OK(site_again(&j.b, &err));
	OK(flow_request_answer(&j.b.flow, number, &w, &sent, &err));
	door("S22", &j.b, number, executes, "execute.assurance");
	door("S22", &j.b, number, delivers, "execute.assurance");
	whole_one = violation_comes(&j, &plain);
}

/* Drafts of Aldora that its own rules stop, and one that wants a second person. */
static void
aldora_drafts(const char *row)
{
	const struct violation *v = violation_of(row);
	struct field_setting set[FIELDS_WHOLE_MAX + COUNT(v->set)];
	struct field_value all[FIELDS_WHOLE_MAX];
	struct request_wish w = { .kind = act_kind_name(v->kind), .to = "XB", .set = set,
		.lang = "en" };
	struct request_view *view = mem_new(sizeof *view, NULL);

	assert_non_null(view);
	w.set_n = fields_whole(v->kind, all);
	for (size_t i = 0; i < w.set_n; i++)
		set[i] = (struct field_setting){ all[i].name, all[i].value };
	for (size_t i = 0; v->bars != NULL && i < COUNT(v->set) && v->set[i].name != NULL; i++)
		set[w.set_n++] = v->set[i];
	OK(site_again(&j.a, &err));
	OK(flow_request_new(&j.a.flow, &w, view, &err));
	door(row, &j.a, view->row.number, sends,
	    v->bars != NULL ? "request.incomplete" : "people.nobody");
	request_view_clear(view);
	mem_free(view);
}

/* Evidence 1 of Aldora: about a protected person, kept until 1 December, no other use. */
static void
aldora_receives(void)
{
	static const struct field_setting lawyer[] = {
		{ "protected_persons.codes", "lawyer" },
	};
	static const struct field_setting keep[] = {
		{ "conditions[0].code", "retention" }, { "conditions[0].until", "2026-12-01" },
	};
	struct deliver_wish w = { .evidence = 1, .purpose = "Case 12 only",
		.authorisation = KIT_ORDER };
	struct sealed sealed;
	struct evidence e;
	struct sent sent;

	for (size_t i = 0; i < 2; i++) {
		OK(site_again(&j.a, &err));
		OK(ask_with(&j.a, ACT_STORED_DATA, "XB", 0, i == 0 ? lawyer : NULL, i == 0,
		    &sent, &err));
		OK(bring_now(&j.a, &j.b, "XB", &err));
		if (i == 0)
			OK(add(&j.b, &e, &err));
		w.limits = i == 0 ? NULL : keep;
		w.limits_n = i == 0 ? 0 : COUNT(keep);
		OK(SECONDED(&j.b, &err, flow_request_deliver(&j.b.flow, (unsigned)i + 1, &w,
		    &sealed, &sent, &err)));
		OK(bring_now(&j.b, &j.a, "XA", &err));
	}
	door("S10", &j.a, 1, opens, "people.second");
	door("S11", &j.a, 1, opens_otherwise, "use.other-purpose");
	door("S11", &j.a, 1, exports_otherwise, "use.other-purpose");
	door("S11", &j.a, 1, passes_on, NULL);
	door("S11", &j.a, 2, opens, "use.kept-too-long");
	door("S11", &j.a, 2, exports_request, "use.kept-too-long");
}

static void
aldora_is_told(void)
{
	static const struct field_setting told[] = {
		{ "message", "A sale is planned for Friday." },
		{ "facts_and_offence.articles", "13" },
		{ "facts_and_offence.facts", "False shops." },
	};
	struct field_setting formal[FIELDS_WHOLE_MAX];
	struct field_value all[FIELDS_WHOLE_MAX];
	size_t n = fields_whole(ACT_MLA_GENERAL, all);
	struct docket_request row;
	struct sent sent, ask;
	unsigned number = 0;

	OK(site_again(&j.b, &err));
	OK(ask_with(&j.b, ACT_POLICE_INFO, "XA", 0, told, COUNT(told), &sent, &err));
	OK(bring_now(&j.b, &j.a, "XA", &err));
	OK(site_again(&j.a, &err));
	do
		OK(row_of(&j.a, ++number, &row, &err));
	while (strcmp(row.kind, "police_info") != 0);
	/* Asked for as evidence, too, and nobody has said yes to that. */
	for (size_t i = 0; i < n; i++)
		formal[i] = (struct field_setting){ all[i].name, all[i].value };
	formal[n++] = (struct field_setting){ "related_request.act",
		digest_hex(&sent.act.act).s };
	OK(ask_with(&j.a, ACT_MLA_GENERAL, "XB", 0, formal, n, &ask, &err));
	door("S07", &j.a, number, exports_request, "export.police-information");
}

/* All of the home of s, as it is, under that name; s begins again. */
static void
kept(struct site *s, const char *from, const char *to)
{
	struct dir *d = NULL;

	site_end(s);
	if (path_exists(j.world, NULL, to))
		OK(dir_remove_all(j.world, NULL, to, &err));
	OK(home_copy(j.world, from, to, &err));
	OK(dir_open(j.world, NULL, ".", &d, &err));
	OK(dir_sync_all(d, &err));
	dir_close(d);
}

static int
story(void **state)
{
	static const char *const drafted[] = { "S01", "S04", "S12", "S17", "S18" };
	struct evidence e;

	*state = &j;
	doors_n = 0;
	job_begin(&j, 51);
	run_up_to(&j, AFTER_PAIR);
	OK(third_begin(&j, &err));
	OK(site_again(&j.a, &err));
	OK(site_again(&j.b, &err));
	aldora_receives();
	aldora_is_told();
	OK(site_again(&j.a, &err));
	OK(add(&j.a, &e, &err));
	door("S24", &j.a, e.number, seals, "people.second");
	for (size_t i = 0; i < COUNT(drafted); i++)
		aldora_drafts(drafted[i]);
	berun_refuses();
	world_sim_set_now(j.world, NOW + 20 * (int64_t)86400);
	kept(&j.a, "aldora", "good-a");
	kept(&j.b, "berun", "good-b");
	return 0;
}

/* ---- trying ---- */

static size_t opened;

static void
stays_shut(const struct door *d, const char *edit)
{
	struct err why = ERR_INIT;

	if (site_again(d->at, &why) && d->open(d->at, d->number, &why)) {
		print_message("%s: %s of %u (door %zu) opens\n", edit, d->what, d->number,
		    (size_t)(d - doors));
		opened++;
	} else if (edit == NULL && d->reason != NULL && strcmp(why.reason, d->reason) != 0) {
		fail_msg("%s of %u: %s (%s), not %s", d->what, d->number, why.reason, why.text,
		    d->reason);
	}
	site_end(d->at);
	if (path_exists(j.world, NULL, "out"))
		OK(dir_remove_all(j.world, NULL, "out", &err));
}

#define OTHERS 16		/* one in so many */

/* Doors of that home: those of these rows, and some; edit NULL: nothing was changed, all. */
static void
none_opens(struct site *s, const char *edit, const char *rows)
{
	static size_t turn;
	bool all = edit == NULL || getenv("COMITY_LONG") != NULL;

	turn++;
	for (size_t i = 0; i < doors_n; i++)
		if (doors[i].at == s && (all || strstr(rows, doors[i].what) != NULL ||
		    (i + turn) % OTHERS == 0))
			stays_shut(&doors[i], edit);
}

static void
each_door_says_why_it_stays_shut(void **state)
{
	(void)state;
	opened = 0;
	none_opens(&j.a, NULL, "");
	none_opens(&j.b, NULL, "");
	assert_int_equal(opened, 0);
	kept(&j.a, "good-a", "aldora");
	kept(&j.b, "good-b", "berun");
}

/* ---- the settings ---- */

static const struct setting {
	const char *member;
	const char *values[3];		/* as JSON */
} settings[] = {
	{ "schema", { "\"comity.home/0\"" } },
	{ "authority", { "\"XC-AAAAAAAAAAAAAAAA\"" } },
	{ "state", { "\"XC\"", "\"US\"" } },
	{ "lang", { "\"fr\"" } },
	{ "name", { "\"Central Authority of everything\"" } },
	{ "training", { "false", "true" } },
	{ "scrypt_log_n", { "1", "0" } },
	{ "signing", { "2" } },
	{ "sealing", { "2" } },
	{ "has_ca", { "false" } },
	{ "has_certificate", { "false" } },
	{ "tsa_url", { "\"http://127.0.0.1:9/\"" } },
	{ "roles", { "[]", "[\"lawyer\",\"prosecutor\",\"officer\",\"administrator\"]" } },
	{ "phone", { "\"\"", "\"+99911112222\"" } },
	{ "carriers", { "[]" } },
	{ "made_at", { "0", "4000000000" } },
	{ "ledger", { "0", "2" } },
	{ "ledger_first", { "0", "900000" } },
};
/* What somebody might hope for. */
static const char *const invented[] = { "\"safeguards\": false", "\"persons\": 2",
	"\"second\": \"P1\"", "\"policy\": \"off\"", "\"office\": \"full\"" };

/* Settings with that value for the member; member NULL: with a line more. */
static void
settings_with(const char *home, const char *member, const char *value)
{
	char path[64], begin[48];
	struct buf b, out;
	const uint8_t *at, *end;

	(void)snprintf(path, sizeof path, "%s/comity.json", home);
	(void)snprintf(begin, sizeof begin, "\"%s\":", member != NULL ? member : "schema");
	buf_init(&b, 65536);
	buf_init(&out, 65536);
	OK(file_load(j.world, NULL, path, &b, &err));
	at = memmem(b.p, b.n, begin, strlen(begin));
	assert_non_null(at);
	end = at;
	if (member != NULL) {
		const uint8_t *open = memchr(at, '[', (size_t)(b.p + b.n - at));
		const uint8_t *line = memchr(at, '\n', (size_t)(b.p + b.n - at));

		if (open != NULL && open < line && memchr(at, ']', (size_t)(line - at)) == NULL)
			line = (const uint8_t *)memchr(open, ']', (size_t)(b.p + b.n - open)) + 1;
		else if (line[-1] == ',')
			line--;
		end = line;
		if (*end == ']')
			end++;
	}
	OK(buf_add(&out, span_of(b.p, (size_t)(at - b.p)), &err));
	OK(member != NULL ? buf_printf(&out, &err, "%s %s", begin, value) :
	    buf_printf(&out, &err, "%s,\n\t", value));
	OK(buf_add(&out, span_of(end, (size_t)(b.p + b.n - end)), &err));
	OK(file_save(j.world, NULL, path, buf_span(&out), true, &err));
	buf_clear(&b);
	buf_clear(&out);
}

static void
with_setting(struct site *s, const char *member, const char *value)
{
	const char *home = s == &j.a ? "aldora" : "berun", *good = s == &j.a ? "good-a" :
		"good-b";
	char edit[120];

	(void)snprintf(edit, sizeof edit, "%s: %s", member != NULL ? member : "", value);
	settings_with(home, member, value);
	none_opens(s, edit, "");
	kept(s, good, home);
}

/* Each member of the file as it is written is in the table. */
static void
every_setting_is_tried(void)
{
	struct json_object top;
	struct json *read = NULL;
	struct buf b;
	size_t n = 0;

	buf_init(&b, 65536);
	OK(file_load(j.world, NULL, "aldora/comity.json", &b, &err));
	OK(json_read(&read, buf_span(&b), 65536, &err) && json_top(read, &top, &err));
	for (size_t i = 0; i < COUNT(settings); i++)
		assert_true(json_has(&top, settings[i].member));
	for (size_t i = 0; i + 1 < b.n; i++)
		n += b.p[i] == '"' && b.p[i + 1] == ':';
	assert_int_equal(n, COUNT(settings));
	json_free(read);
	buf_clear(&b);
}

static void
no_setting_opens_a_door(void **state)
{
	(void)state;
	opened = 0;
	every_setting_is_tried();
	for (size_t i = 0; i < COUNT(settings); i++)
		for (size_t k = 0; k < COUNT(settings[i].values) &&
		    settings[i].values[k] != NULL; k++) {
			with_setting(&j.a, settings[i].member, settings[i].values[k]);
			with_setting(&j.b, settings[i].member, settings[i].values[k]);
		}
	for (size_t i = 0; i < COUNT(invented); i++)
		with_setting(&j.b, NULL, invented[i]);
	assert_int_equal(opened, 0);
}

/* ---- rows of the docket ---- */

static const struct {
	const char *sql, *rows;		/* a statement; whom it could help */
} edits[] = {
	{ "UPDATE evidence SET origin = 0", "S10 S11" },
	{ "UPDATE evidence SET origin = 1", "S24" },
	{ "UPDATE acts SET request = NULL", "S10 S22" },
	{ "UPDATE acts SET request = 1", "S07 S22" },
	{ "UPDATE acts SET direction = 1 - direction", "S11 S22" },
	{ "UPDATE acts SET evidence = NULL", "S11" },
	{ "UPDATE acts SET peer = ''", "" },
	{ "UPDATE acts SET kind = 'subscriber' WHERE kind IN ('police_info', 'emergency_data')",
	  "S07 S15" },
	{ "UPDATE acts SET kind = 'granted' WHERE kind = 'granted_with_conditions'", "S22" },
	{ "DELETE FROM follows", "S22" },
	{ "UPDATE requests SET state = 'accepted'", "S07 S15 S22" },
	{ "UPDATE requests SET state = 'executing'", "S02 S03 S06 S22" },
	{ "UPDATE requests SET state = 'delivered'", "" },
	{ "UPDATE requests SET state = 'draft'", "" },
	{ "UPDATE requests SET kind = 'preserve'", "S07 S15" },
	{ "UPDATE requests SET kind = 'mla_general'", "S06 S07" },
	{ "UPDATE requests SET kind = 'status_query', state = 'executing'", "S02 S06 S07" },
	{ "UPDATE requests SET ours = 1 - ours", "" },
	{ "UPDATE requests SET instrument = 'UNTOC', article = '18'", "S25" },
	{ "UPDATE requests SET carried_by = 'letter'", "" },
	{ "UPDATE requests SET due_at = 0, expires_at = 0, written_owed = 0, due_rule = ''", "" },
	{ "INSERT INTO calls (request, at, result) SELECT number, 1795337160, 'yes'"
	  " FROM requests", "S15" },
	{ "INSERT INTO stances (state, what, about, value, since) VALUES"
	  " ('XA', 'realtime', 'UNCAC-CYBER', 'on', 1795337160)", "S13" },
	{ "DELETE FROM subjects", "" },
	{ "DELETE FROM records WHERE event NOT IN ('made')", "S15" },
};

static void
edited(struct site *s, const char *sql)
{
	struct docket *d = NULL;
	struct query q;

	OK(site_again(s, &err));
	OK(home_docket(s->flow.home, &d, &err));
	OK(docket_begin(d, &err));
	OK(query_begin_once(&q, d, sql, &err) && query_run(&q, &err));
	OK(docket_commit(d, &err));
	home_docket_done(s->flow.home);
	site_end(s);
}

static void
no_row_edited_by_hand_opens_a_door(void **state)
{
	(void)state;
	opened = 0;
	for (size_t i = 0; i < COUNT(edits); i++) {
		edited(&j.a, edits[i].sql);
		none_opens(&j.a, edits[i].sql, edits[i].rows);
		kept(&j.a, "good-a", "aldora");
		edited(&j.b, edits[i].sql);
		none_opens(&j.b, edits[i].sql, edits[i].rows);
		kept(&j.b, "good-b", "berun");
	}
	assert_int_equal(opened, 0);
}

/* ---- files ---- */

/* The parcel of another act of that kind, whole and well signed, in the place of this one. */
static void
swapped(struct site *s, unsigned number, unsigned by)
{
	struct docket_request row, other;
	struct buf b;

	OK(site_again(s, &err));
	OK(row_of(s, number, &row, &err) && row_of(s, by, &other, &err));
	buf_init(&b, 1u << 20);
	OK(home_load(s->flow.home, parcel_path(&other.act).s, &b, &err));
	OK(home_save(s->flow.home, parcel_path(&row.act).s, buf_span(&b), &err));
	buf_clear(&b);
}

static void
no_parcel_put_in_the_place_of_another_opens_a_door(void **state)
{
	(void)state;
	opened = 0;
	for (size_t i = 0; i < doors_n; i++) {
		if (doors[i].at != &j.b)
			continue;
		swapped(&j.b, doors[i].number, whole_one);
		stays_shut(&doors[i], "another parcel in its place");
		kept(&j.b, "good-b", "berun");
	}
	assert_int_equal(opened, 0);
}

/* An order and a waiver that nobody handed in: any file of the right name. */
static void
no_order_laid_into_the_home_opens_a_door(void **state)
{
	static const char *const folders[] = { "authorisations", "waivers" };
	struct docket_request row;
	char path[200];

	(void)state;
	opened = 0;
	for (size_t i = 0; i < doors_n; i++) {
		if (doors[i].at != &j.b)
			continue;
		OK(site_again(&j.b, &err));
		OK(row_of(&j.b, doors[i].number, &row, &err));
		for (size_t k = 0; k < COUNT(folders); k++) {
			(void)snprintf(path, sizeof path, "%s/%s", folders[k],
			    digest_hex(&row.act).s);
			OK(dir_make_all(j.world, home_dir(j.b.flow.home), path, &err));
			(void)snprintf(path, sizeof path, "%s/%s/%s.age", folders[k],
			    digest_hex(&row.act).s, digest_hex(&row.act).s);
			OK(home_save(j.b.flow.home, path, span_text("an order"), &err));
		}
		stays_shut(&doors[i], "an order laid there");
	}
	kept(&j.b, "good-b", "berun");
	assert_int_equal(opened, 0);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_door_says_why_it_stays_shut),
		cmocka_unit_test(no_setting_opens_a_door),
		cmocka_unit_test(no_row_edited_by_hand_opens_a_door),
		cmocka_unit_test(no_parcel_put_in_the_place_of_another_opens_a_door),
		cmocka_unit_test(no_order_laid_into_the_home_opens_a_door),
	};

	if (argc == 2)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests_name("no way round", tests, story, job_over);
}
