/* Two homes in one simulated world, and the main job in steps. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/apart.h"
#include "flow/journey.h"
#include "flow/people.h"
#include "flow/testkit.h"
#include "form/tar.h"
#include "store/sql.h"

#define OK(call) do { struct err err = ERR_INIT; \
	if (!(call)) fail_msg("%s: %s", #call, err.text); } while (0)

/* A new one is that of the person who comes next. */
static bool
passphrase(void *arg, bool fresh, struct buf *secret, struct err *err)
{
	const struct flow *f = arg;
	unsigned n = f == NULL ? 0 : !fresh ? f->as : f->people == NULL ? 1 :
	    (unsigned)f->people->n + 1;

	return n <= 1 ? buf_add_text(secret, "six words make a good phrase", err) :
	    buf_printf(secret, err, "the phrase of person %u", n);
}

void
site_begin(struct site *s, struct world *w, const char *path)
{
	memset(s, 0, sizeof *s);
	s->flow.world = w;
	s->flow.passphrase = passphrase;
	s->path = path;
}

void
site_end(struct site *s)
{
	flow_clear(&s->flow);
	home_close(s->flow.home);
	s->flow.home = NULL;
}

bool
site_again(struct site *s, struct err *err)
{
	site_end(s);
	return flow_open(&s->flow, s->path, err);
}

bool
record_spoil(struct site *s, const char *text, unsigned bits, struct err *err)
{
	struct buf b;
	uint8_t *at;
	bool ok;

	buf_init(&b, 64u << 20);
	ok = home_load(s->flow.home, JOURNAL_PATH, &b, err);
	at = ok ? memmem(b.p, b.n, text, strlen(text)) : NULL;
	ok = ok && (at != NULL || err_set(err, ERR_ABSENT, "kit.record", "no such record"));
	if (ok) {
		at[strlen(text) + 10] ^= (uint8_t)((1u << bits) - 1);
		ok = home_save(s->flow.home, JOURNAL_PATH, buf_span(&b), err);
	}
	buf_clear(&b);
	return ok;
}

bool
site_init(struct site *s, const char *country, struct err *err)
{
	static const char *const roles[] = { "central_authority" };
	static const char *const carriers[] = { "stick" };
	struct init_wish w = { .path = s->path, .country = country,
		.authority = s->path, .lang = "en", .phone = KIT_PHONE, .self_ca = true,
		.key = KEY_P256, .roles = roles, .roles_n = 1,
		.carriers = carriers, .carriers_n = 1, .training = true,
		.log_n = AGE_LOG_N_TEST };

	return flow_init(&s->flow, &w, err);
}

static bool
all_sync(struct world *w, struct err *err)
{
	struct dir *d = NULL;
	bool ok = dir_open(w, NULL, ".", &d, err) && dir_sync_all(d, err);

	dir_close(d);
	return ok;
}

/* ---- the second person ---- */

/* Its keys lie on the disk of the world, outside of every home. */
#define JUDGE_KEY "judge.key"
#define JUDGE_PHRASE span_text("words of a judge")

static bool
judge_make(struct world *w, struct buf *file, struct person_key **out, struct err *err)
{
	return person_key_new(w, out, err) && person_key_seal(w, *out, JUDGE_PHRASE,
	    AGE_LOG_N_TEST, file, err) &&
	    file_save(w, NULL, JUDGE_KEY, buf_span(file), true, err) && all_sync(w, err);
}

static bool
judge_get(struct site *s, struct person_key **out, struct err *err)
{
	struct world *w = s->flow.world;
	struct err why = ERR_INIT;
	struct buf file;
	bool ok = false;

	buf_init(&file, 16384);
	*out = NULL;
	/* A disk that does not answer has not said that there is none. */
	if (file_load(w, NULL, JUDGE_KEY, &file, &why))
		ok = person_key_open(buf_span(&file), JUDGE_PHRASE, out, err);
	else if (why.kind == ERR_ABSENT)
		ok = judge_make(w, &file, out, err);
	else
		*err = why;
	buf_clear(&file);
	return ok;
}

static bool
judge_known(const struct people *p)
{
	for (size_t i = 0; p != NULL && i < p->n; i++)
		if (p->list[i].afar && !p->list[i].disabled)
			return true;
	return false;
}

bool
second_begin(struct site *s, struct err *err)
{
	struct person_wish w = { .name = "Judge on duty",
		.roles = 1u << ROLE_PROSECUTOR };
	struct person_key *judge;
	struct buf public;
	unsigned number;
	bool ok;

	if (!flow_person(&s->flow, err))
		return false;
	if (judge_known(flow_people(&s->flow)))
		return true;
	buf_init(&public, 4096);
	ok = judge_get(s, &judge, err) && person_public_print(judge, &public, err);
	w.public = buf_span(&public);
	ok = ok && flow_person_add(&s->flow, &w, &number, err);
	person_key_free(judge);
	buf_clear(&public);
	return ok;
}

bool
second_named(struct site *s, struct err *err)
{
	if (strcmp(err->reason, "people.nobody") != 0)
		return false;
	err_clear(err);
	return second_begin(s, err);
}

/* On the other machine. */
static bool
judge_answers(struct site *s, const struct matter_view *m, struct buf *answer,
    struct err *err)
{
	const struct people *p = flow_people(&s->flow);
	struct person_key *judge;
	struct approval_asked asked;
	unsigned number = 0;
	struct buf question;
	bool ok;

	for (size_t i = 0; i < p->n; i++)
		if (p->list[i].afar && !p->list[i].disabled)
			number = p->list[i].number;
	buf_init(&question, 2u << 20);
	approval_asked_init(&asked);
	ok = judge_get(s, &judge, err) &&
	    flow_approval_ask(&s->flow, m, number, &question, err) &&
	    approval_asked_open(buf_span(&question), judge, &asked, err) &&
	    approval_make(&asked, judge, world_now(s->flow.world), answer, err);
	person_key_free(judge);
	approval_asked_clear(&asked);
	buf_clear(&question);
	return ok;
}

static bool
judge_signs(struct site *s, const struct matter_view *m, struct err *err)
{
	struct approval_view came;
	struct buf answer;
	size_t given = 0;
	bool ok;

	for (size_t i = 0; i < m->n; i++)
		given += m->list[i].counts;
	if (given >= m->needed)
		return true;
	buf_init(&answer, 65536);
	ok = judge_answers(s, m, &answer, err) &&
	    flow_approval_take(&s->flow, buf_span(&answer), &came, err);
	buf_clear(&answer);
	return ok;
}

bool
second_signed(struct site *s, struct err *err)
{
	struct matter_view *list;
	size_t n;
	bool ok = true;

	if (strcmp(err->reason, "people.second") != 0 &&
	    strcmp(err->reason, "people.used") != 0)
		return false;
	err_clear(err);
	if (!flow_matters(&s->flow, &list, &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		ok = ok && judge_signs(s, &list[i], err);
		matter_view_clear(&list[i]);
	}
	mem_free(list);
	return ok;
}

struct flow *
site_as(struct site *s, unsigned number)
{
	OK(site_again(s, &err));
	s->flow.as = number;
	s->flow.arg = &s->flow;
	return &s->flow;
}

unsigned
site_person(struct site *s, unsigned by, const char *name, unsigned roles)
{
	struct person_wish w = { .name = name, .roles = roles };
	unsigned number = 0;

	OK(flow_person_add(site_as(s, by), &w, &number, &err));
	return number;
}

void
site_office(struct site *s)
{
	(void)site_person(s, 1, "Bo Ek", 1u << ROLE_PROSECUTOR);
	(void)site_person(s, 1, "Cem Arslan", 1u << ROLE_ADMINISTRATOR);
	OK(flow_person_role(site_as(s, 1), 1, 0, 1u << ROLE_ADMINISTRATOR, &err));
	OK(flow_person_let_in(site_as(s, 1), 2, &err));
}

bool
pair(struct site *s, const char *card, const char *other_home, struct err *err)
{
	struct home *h = NULL;
	struct six_words words;
	struct digest id;
	struct act a;
	struct paired p;
	bool ok;

	act_init(&a, ACT_CARD);
	ok = home_open(s->flow.world, other_home, &h, err) &&
	    own_card(h, &id, &a, err) && six_words_of(&id, &words, err) &&
	    flow_peer_pair(&s->flow, card, words.s, &p, err);
	if (ok)
		peer_clear(&p.peer);
	act_clear(&a);
	home_close(h);
	return ok;
}

bool
evidence_make(struct world *w, struct err *err)
{
	return dir_make(w, NULL, "disk", err) && dir_make(w, NULL, "disk/sub", err) &&
	    file_save(w, NULL, "disk/a b.txt", span_text("first\n"), true, err) &&
	    file_save(w, NULL, "disk/sub/CON", span_text("second\n"), true, err) &&
	    file_save(w, NULL, "disk/zero", span_of(NULL, 0), true, err) &&
	    file_save(w, NULL, KIT_ORDER, span_text("12 Gs 31/26\n"), true, err) &&
	    all_sync(w, err);
}

bool
add(struct site *s, struct evidence *e, struct err *err)
{
	struct collection c;
	struct digest fingerprint;
	struct add_wish w = { .path = "disk", .collection = &c };
	char by[] = "Unit 4", from[] = "Provider", tool[] = "t 1", how[] = "copy";
	bool ok;

	collection_init(&c);
	(void)snprintf(c.lang, sizeof c.lang, "en");
	c.collected_by = by;
	c.collected_from = from;
	c.tool = tool;
	c.method = how;
	c.collected_at = NOW - 1000;
	ok = flow_evidence_add(&s->flow, &w, e, &fingerprint, err);
	buf_clear(&c.custodian_certificate);
	return ok;
}

static bool
seal_plain(struct site *s, struct sealed *out, struct err *err)
{
	struct seal_wish w = { .number = 1, .to = "XB", .purpose = "case 12 only" };

	return flow_evidence_seal(&s->flow, &w, out, err);
}

bool
seal(struct site *s, struct sealed *out, struct err *err)
{
	return SECONDED(s, err, seal_plain(s, out, err));
}

bool
step_init_a(struct job *j, struct err *err)
{
	return site_init(&j->a, "XA", err);
}

bool
step_init_b(struct job *j, struct err *err)
{
	return site_init(&j->b, "XB", err);
}

bool
step_pair_a(struct job *j, struct err *err)
{
	return site_again(&j->a, err) && pair(&j->a, "berun/card.card", "berun", err);
}

bool
step_pair_b(struct job *j, struct err *err)
{
	return site_again(&j->b, err) && pair(&j->b, "aldora/card.card", "aldora", err);
}

bool
step_add(struct job *j, struct err *err)
{
	struct evidence e;

	return site_again(&j->a, err) && add(&j->a, &e, err);
}

/* Something waits, and all that does has its second signature. */
static bool
all_signed(struct site *s, bool *out, struct err *err)
{
	struct matter_view *list;
	size_t n;

	if (!flow_matters(&s->flow, &list, &n, err))
		return false;
	*out = n > 0;
	for (size_t i = 0; i < n; i++) {
		*out = *out && list[i].n >= list[i].needed;
		matter_view_clear(&list[i]);
	}
	mem_free(list);
	return true;
}

bool
step_second(struct job *j, struct err *err)
{
	bool already;

	if (!site_again(&j->a, err) || !second_begin(&j->a, err) ||
	    !all_signed(&j->a, &already, err))
		return false;
	return already || seal_plain(&j->a, &j->sealed, err) ||
	    second_signed(&j->a, err);
}

bool
step_seal(struct job *j, struct err *err)
{
	return site_again(&j->a, err) && seal(&j->a, &j->sealed, err);
}

bool
step_send(struct job *j, struct err *err)
{
	struct evidence e;
	size_t parcel;
	bool found;

	return site_again(&j->a, err) &&
	    flow_evidence_send(&j->a.flow, 1, "XB", &e, &parcel, &found, err);
}

bool
step_write(struct job *j, struct err *err)
{
	struct bundle_result r;

	return site_again(&j->a, err) &&
	    flow_bundle_write(&j->a.flow, "stick", "XB", &r, err);
}

bool
step_read(struct job *j, struct err *err)
{
	struct bundle_result r;

	return site_again(&j->b, err) &&
	    flow_bundle_read(&j->b.flow, "stick", &r, err);
}

bool
step_receive(struct job *j, struct err *err)
{
	struct inbox_name names[4];
	size_t n;

	package_report_clear(&j->received.report);
	if (!site_again(&j->b, err) || !flow_inbox(&j->b.flow, names, 4, &n, err))
		return false;
	return n == 0 || flow_evidence_receive(&j->b.flow, names[0].s, &j->received,
	    err);
}

bool
step_open(struct job *j, struct err *err)
{
	package_report_clear(&j->opened);
	package_report_init(&j->opened);
	if (!site_again(&j->b, err))
		return false;
	return path_exists(j->world, NULL, "bag") || flow_evidence_open(&j->b.flow, 1,
	    SIZE_MAX, "bag", false, 0, &j->opened, err);
}

const struct step steps[] = {
	{ "init a", step_init_a }, { "init b", step_init_b },
	{ "pair a", step_pair_a }, { "pair b", step_pair_b }, { "add", step_add },
	{ "second", step_second }, { "seal", step_seal }, { "send", step_send },
	{ "bundle write", step_write },
	{ "bundle read", step_read }, { "receive", step_receive },
	{ "open", step_open },
};
const size_t STEPS = sizeof steps / sizeof steps[0];

void
job_begin(struct job *j, uint64_t seed)
{
	struct world_sim_options opt = { .seed = seed, .now = NOW };
	struct err err = ERR_INIT;

	memset(j, 0, sizeof *j);
	assert_true(world_sim(&j->world, opt, &err));
	assert_true(crypto_random_from(j->world, &err));
	site_begin(&j->a, j->world, "aldora");
	site_begin(&j->b, j->world, "berun");
	site_begin(&j->c, j->world, "cascada");
	package_report_init(&j->opened);
	package_report_init(&j->received.report);
	assert_true(evidence_make(j->world, &err));
}

void
job_end(struct job *j)
{
	package_report_clear(&j->received.report);
	package_report_clear(&j->opened);
	site_end(&j->a);
	site_end(&j->b);
	site_end(&j->c);
	world_free(j->world);
}

int
job_over(void **state)
{
	job_end(*state);
	return 0;
}

void
run_up_to(struct job *j, size_t end)
{
	struct err err = ERR_INIT;

	for (size_t i = 0; i < end; i++)
		if (!steps[i].run(j, &err))
			fail_msg("%s: %s", steps[i].name, err.text);
}

bool
parcel_load(struct site *s, const struct digest *act, struct buf *out, struct err *err)
{
	struct source *src = NULL;
	struct file *f = NULL;
	bool ok = parcel_open_whole(&s->flow, parcel_path(act).s, &f, err) &&
	    file_source(f, 0, &src, err) && source_all(src, out, err);

	source_free(src);
	file_close(f);
	return ok;
}

void
rewrite(struct job *j, const char *path, const char *from, const char *to)
{
	struct err err = ERR_INIT;
	struct buf b;
	uint8_t *at;

	buf_init(&b, 1u << 20);
	assert_true(file_load(j->world, NULL, path, &b, &err));
	at = memmem(b.p, b.n, from, strlen(from));
	assert_non_null(at);
	memcpy(at, to, strlen(to));
	assert_true(file_save(j->world, NULL, path, buf_span(&b), true, &err));
	buf_clear(&b);
}

/* ---- requests and answers ---- */

bool
third_begin(struct job *j, struct err *err)
{
	return site_init(&j->c, "XC", err) && site_again(&j->a, err) &&
	    pair(&j->a, "cascada/card.card", "cascada", err) &&
	    site_again(&j->b, err) &&
	    pair(&j->b, "cascada/card.card", "cascada", err) &&
	    site_again(&j->c, err) && pair(&j->c, "aldora/card.card", "aldora", err) &&
	    pair(&j->c, "berun/card.card", "berun", err);
}

/* What each kind needs at least, under the Convention and our own policy. */
static const struct field_setting preserve_set[] = {
	{ "offence.articles", "13" }, { "offence.facts", "an invoice was forged" },
	{ "data_sought", "mails of that week" }, { "necessity", "deleted after 7 days" },
	{ "intent.measure", "stored_data" }, { "intent.planned_at", "2026-12-20" },
	{ "secrecy.wanted", "no" }, { "provider.name", "Mail Berun" },
	{ "system_or_account.type", "email" },
	{ "system_or_account.value", "someone@mail.example" },
};
static const struct field_setting stored_set[] = {
	{ "matter.subject", "fraud with invoices" },
	{ "facts_and_offence.articles", "13" },
	{ "facts_and_offence.facts", "an invoice was forged" },
	{ "assistance", "the mails of that week" }, { "data_sought", "mails" },
	{ "identifiers.type", "email" },
	{ "identifiers.value", "someone@mail.example" },
	{ "period.from", "2026-10-01" }, { "period.to", "2026-10-08" },
	{ "purpose", "case 12 only" }, { "provider.name", "Mail Berun" },
	{ "languages.request", "en" }, { "languages.accepts", "en" },
	{ "human_rights.statements",
	    "not_political;not_discriminatory;dual_criminality" },
	{ "human_rights.by", "Prosecutor of Aldora" },
	{ "system_or_account.type", "email" },
	{ "system_or_account.value", "someone@mail.example" },
};

const struct field_setting *
fields_of(enum act_kind kind, size_t *n)
{
	*n = 0;
	if (kind == ACT_PRESERVE) {
		*n = sizeof preserve_set / sizeof *preserve_set;
		return preserve_set;
	}
	if (kind == ACT_STORED_DATA) {
		*n = sizeof stored_set / sizeof *stored_set;
		return stored_set;
	}
	return NULL;
}

bool
ask_with(struct site *s, enum act_kind kind, const char *to, unsigned related,
    const struct field_setting *more, size_t more_n, struct sent *out, struct err *err)
{
	struct field_setting set[64];
	struct request_wish wish = { .kind = act_kind_name(kind), .to = to,
		.set = set, .lang = "en", .related = related };
	struct request_view *view = mem_new(sizeof *view, err);
	const struct field_setting *mine = fields_of(kind, &wish.set_n);
	bool ok = view != NULL;

	for (size_t i = 0; i < wish.set_n; i++)
		set[i] = mine[i];
	for (size_t i = 0; i < more_n; i++)
		set[wish.set_n++] = more[i];
	if (ok)
		request_view_init(view);
	ok = ok && flow_request_new(&s->flow, &wish, view, err) &&
	    SECONDED(s, err, flow_request_send(&s->flow, view->row.number, BY_COMITY,
	    out, err));
	if (!ok && view != NULL && strcmp(err->reason, "request.incomplete") == 0)
		for (size_t i = 0; i < view->findings.n; i++)
			print_message("%s\n", view->findings.list[i].text);
	if (view != NULL)
		request_view_clear(view);
	mem_free(view);
	return ok;
}

bool
ask(struct site *s, enum act_kind kind, const char *to, struct sent *out,
    struct err *err)
{
	return ask_with(s, kind, to, 0, NULL, 0, out, err);
}

bool
reply_with(struct site *s, unsigned number, enum act_kind kind, struct sent *out,
    struct err *err)
{
	static const char *const grounds[] = { "R03" };
	static const char *const asks[] = { "period" };
	static const struct field_setting limits[] = {
		{ "conditions.code", "case_only" },
	};
	struct answer_wish w = { .kind = kind, .text = "as said by phone",
		.lang = "en" };

	if (kind == ACT_REFUSED) {
		w.waive_consultation = "consulted_otherwise";
		w.grounds = grounds;
		w.grounds_n = 1;
	}
	if (kind == ACT_QUESTION) {
		w.asks = asks;
		w.asks_n = 1;
	}
	if (kind == ACT_GRANTED_WITH_CONDITIONS) {
		w.set = limits;
		w.set_n = 1;
	}
	return SECONDED(s, err, flow_request_answer(&s->flow, number, &w, out, err));
}

struct taking_in {
	struct taken *last;
};

static bool
taken_note(void *arg, const char *name, const struct taken *t, struct err *err)
{
	struct taking_in *x = arg;

	(void)name;
	(void)err;
	if (x->last != NULL)
		*x->last = *t;
	return true;
}

bool
take_all_in(struct site *s, struct taken *last, size_t *n, struct err *err)
{
	struct taking_in x = { last };

	if (last != NULL)
		memset(last, 0, sizeof *last);
	return flow_take_inbox(&s->flow, taken_note, &x, n, err);
}

bool
bring(struct site *from, struct site *to, const char *state, const char *folder,
    struct err *err)
{
	struct bundle_result r;
	size_t n;

	return site_again(from, err) &&
	    flow_bundle_write(&from->flow, folder, state, &r, err) &&
	    site_again(to, err) && flow_bundle_read(&to->flow, folder, &r, err) &&
	    take_all_in(to, NULL, &n, err);
}

bool
bring_now(struct site *from, struct site *to, const char *state, struct err *err)
{
	static unsigned n;
	char folder[32];

	(void)snprintf(folder, sizeof folder, "stick-%u", n++);
	return bring(from, to, state, folder, err);
}

bool
row_of(struct site *s, unsigned number, struct docket_request *out, struct err *err)
{
	struct docket *d;
	bool ok;

	if (!home_docket(s->flow.home, &d, err))
		return false;
	ok = docket_request_get(d, number, out, err);
	home_docket_done(s->flow.home);
	return ok;
}

static bool
record_count(void *arg, const struct journal_entry *e, struct err *err)
{
	size_t *n = arg;
	struct record r;

	if (!record_decode(&r, e->record, err))
		return false;
	n[r.event]++;
	return true;
}

void
records_count(struct site *s, size_t n[RECORD_EVENTS])
{
	struct err err = ERR_INIT;
	struct journal *journal = NULL;

	memset(n, 0, RECORD_EVENTS * sizeof n[0]);
	if (!journal_open(s->flow.world, home_dir(s->flow.home), &journal, &err) ||
	    !journal_each(journal, 0, record_count, n, &err))
		fail_msg("the journal: %s", err.text);
	journal_close(journal);
}

struct digesting {
	struct docket *docket;
	struct hasher *hash;
	unsigned numbers[64];
	size_t n;
};

static void
number_add(struct digesting *g, int64_t v)
{
	char text[32];

	(void)snprintf(text, sizeof text, "%lld,", (long long)v);
	hasher_add(g->hash, span_text(text));
}

static bool
act_add(void *arg, const struct docket_act *a, struct err *err)
{
	struct digesting *g = arg;

	(void)err;
	hasher_add(g->hash, span_of(a->package.b, 32));
	hasher_add(g->hash, span_text(a->kind));
	hasher_add(g->hash, span_text(a->peer));
	number_add(g, a->direction);
	number_add(g, a->evidence);
	number_add(g, a->other);
	number_add(g, a->receipted_at);
	return true;
}

static bool
request_add(void *arg, const struct docket_request *r, struct err *err)
{
	struct digesting *g = arg;

	(void)err;
	hasher_add(g->hash, span_text(r->state));
	hasher_add(g->hash, span_text(r->peer));
	hasher_add(g->hash, span_text(r->due_rule));
	hasher_add(g->hash, span_of(r->act.b, 32));
	number_add(g, r->ours);
	number_add(g, r->answered_at);
	number_add(g, r->receipted_at);
	number_add(g, r->due_at);
	number_add(g, r->hold_until);
	if (g->n < 64)
		g->numbers[g->n++] = r->number;
	return true;
}

bool
docket_digest(struct site *s, struct digest *out, struct err *err)
{
	struct docket_filter all = { .order = ORDER_NUMBER };
	struct digesting g = { .n = 0 };
	bool ok;

	if (!home_docket(s->flow.home, &g.docket, err))
		return false;
	ok = hasher_new(&g.hash, err) &&
	    docket_requests(g.docket, &all, request_add, &g, err);
	for (size_t i = 0; ok && i < g.n; i++)
		ok = docket_request_acts(g.docket, g.numbers[i], act_add, &g, err);
	ok = ok && hasher_end(g.hash, out, err);
	hasher_free(g.hash);
	home_docket_done(s->flow.home);
	return ok;
}

/* ---- three countries ---- */

static bool
homes_begin(struct job *j, struct err *err)
{
	for (size_t i = 0; i < AFTER_PAIR; i++)
		if (!steps[i].run(j, err))
			return false;
	return third_begin(j, err);
}

/*
 * Berun preserves, and finds that the suspect came from Cascada.  Its requests: 1 the
 * preservation, 2 its own notice, 3 the data, 4 the consent.
 */
static bool
berun_preserves(struct job *j, struct err *err)
{
	static const struct field_setting path[] = {
		{ "further_provider.name", "Net Cascada" },
		{ "further_provider.state", "XC" },
		{ "traffic_data[0].what", "login from a relay of Net Cascada" },
	};
	struct sent sent;

	return ask(&j->a, ACT_PRESERVE, "XB", &sent, err) &&
	    bring(&j->a, &j->b, "XB", "t1", err) &&
	    reply_with(&j->b, 1, ACT_GRANTED, &sent, err) &&
	    ask_with(&j->b, ACT_TRAFFIC_PATH, "XA", 1, path, 3, &sent, err) &&
	    bring(&j->b, &j->a, "XA", "t2", err);
}

static bool
cascada_is_asked(struct job *j, struct err *err)
{
	struct sent sent;

	return ask(&j->a, ACT_PRESERVE, "XC", &sent, err) &&
	    bring(&j->a, &j->c, "XC", "t3", err) &&
	    reply_with(&j->c, 1, ACT_GRANTED, &sent, err) &&
	    bring(&j->c, &j->a, "XA", "t4", err);
}

static bool
berun_delivers(struct job *j, struct err *err)
{
	struct deliver_wish w = { .evidence = 1, .purpose = "case 12 only",
		.authorisation = KIT_ORDER };
	struct docket_request r;
	struct sealed sealed;
	struct evidence e;
	struct sent sent;

	if (!ask(&j->a, ACT_STORED_DATA, "XB", &sent, err))
		return false;
	r = sent.row;
	return bring(&j->a, &j->b, "XB", "t5", err) && add(&j->b, &e, err) &&
	    SECONDED(&j->b, err, flow_request_deliver(&j->b.flow, 3, &w, &sealed, &sent,
	    err)) &&
	    bring(&j->b, &j->a, "XA", "t6", err) && row_of(&j->a, r.number, &r, err) &&
	    (strcmp(r.state, "delivered") == 0 || err_set(err, ERR_CONFLICT, "kit",
	    "the request for data is %s", r.state));
}

/* With Berun's consent Cascada gets it too, and sees both hand-overs. */
static bool
onward(struct job *j, struct err *err)
{
	static const struct field_setting use[] = {
		{ "new_use.recipient_state", "XC" },
		{ "new_use.purpose", "to find who ran the relay" },
	};
	struct evidence e;
	struct sent sent;
	size_t parcel;
	bool found;

	if (!ask_with(&j->a, ACT_USE_CONSENT, "XB", 3, use, 2, &sent, err) ||
	    !bring(&j->a, &j->b, "XB", "t7", err) ||
	    !reply_with(&j->b, 4, ACT_GRANTED_WITH_CONDITIONS, &sent, err) ||
	    !bring(&j->b, &j->a, "XA", "t8", err) ||
	    !SECONDED(&j->a, err, flow_evidence_onward(&j->a.flow, 1, "XC", &e, err)))
		return false;
	return flow_evidence_send(&j->a.flow, e.number, "XC", &e, &parcel, &found, err) &&
	    bring(&j->a, &j->c, "XC", "t9", err) &&
	    evidence_load(j->c.flow.home, 1, &e, err) &&
	    bring(&j->c, &j->a, "XA", "t10", err);
}

bool
three_countries(struct job *j, struct err *err)
{
	return homes_begin(j, err) && berun_preserves(j, err) &&
	    cascada_is_asked(j, err) && berun_delivers(j, err) && onward(j, err);
}

/* ---- what a patched sender could make ---- */

bool
forge(struct site *s, const char *peer, const struct forgery *what, char path[200],
    struct digest *act, struct err *err)
{
	struct package_written done;
	struct outgoing o;
	struct peer to;
	struct act a;
	bool ok;

	act_init(&a, what->kind);
	peer_init(&to);
	outgoing_init(&o, &s->flow);
	ok = home_lock(s->flow.home, err) && peer_find(s->flow.home, peer, &to, err) &&
	    signer_open(&s->flow, &o.signer, err) &&
	    act_begin(&s->flow, &a, what->kind, &to, err);
	if (ok) {
		a.made_at = what->made_at != 0 ? what->made_at : a.made_at;
		a.expires_at = what->expires_at;
		if (what->to != NULL)
			a.to = *what->to;
		if (what->from != NULL)
			a.from = *what->from;
		for (; a.follows_n < what->follows_n; a.follows_n++)
			a.follows[a.follows_n] = what->follows[a.follows_n];
		if (what->fill != NULL)
			what->fill(&a, what->arg);
		ok = parcel_of_items(&o, &a, what->items, what->items_n, &to, &done, err);
	}
	if (ok) {
		*act = done.act_id;
		(void)snprintf(path, 200, "%s/%s", s->path,
		    parcel_path(&done.act_id).s);
	}
	outgoing_clear(&o);
	act_clear(&a);
	peer_clear(&to);
	return ok;
}

struct resigning {
	struct buf in, out, manifest, p7s;
	struct span value;
	struct signer signer;
	int64_t now;
	bool bare;
};

static bool
entry_put(struct resigning *r, const struct tar_claim *c, struct span content,
    struct err *err)
{
	static const uint8_t zeros[TAR_BLOCK];
	uint8_t header[TAR_HEADER_MAX];
	size_t n;

	return tar_header(header, &n, span_text(c->folder), span_text(c->path),
	    content.n, c->mtime, err) && buf_add(&r->out, span_of(header, n), err) &&
	    buf_add(&r->out, content, err) &&
	    buf_add(&r->out, span_of(zeros, tar_padding(content.n)), err);
}

static bool
entry_resign(struct resigning *r, const struct tar_claim *c, struct span content,
    struct err *err)
{
	/* Nobody signs: neither signature nor value nor a stamp over it. */
	if (r->bare && (strcmp(c->path, "tagmanifest-sha256.txt.p7s") == 0 ||
	    strncmp(c->path, "signature.", 10) == 0))
		return true;
	if (strcmp(c->path, "tagmanifest-sha256.txt") == 0 &&
	    !buf_add(&r->manifest, content, err))
		return false;
	if (strcmp(c->path, "tagmanifest-sha256.txt.p7s") == 0) {
		if (!cms_sign(r->signer.key, &r->signer.chain, r->now,
		    buf_span(&r->manifest), &r->p7s, err) ||
		    !cms_signature_of(buf_span(&r->p7s), &r->value, err))
			return false;
		return entry_put(r, c, buf_span(&r->p7s), err);
	}
	if (strcmp(c->path, "signature.bin") == 0)
		return entry_put(r, c, r->value, err);
	return entry_put(r, c, content, err);
}

static bool
tar_resign(struct resigning *r, struct err *err)
{
	struct span in = buf_span(&r->in);
	size_t at = 0, pad;
	uint8_t zero = 0;

	for (;;) {
		struct tar_claim c;

		if (!tar_claim_read(span_part(in, at, in.n - at), &c, err))
			return false;
		if (c.end)
			break;
		at += c.header_n;
		if (!entry_resign(r, &c, span_part(in, at, (size_t)c.size), err))
			return false;
		at += (size_t)c.size + tar_padding(c.size);
	}
	pad = (size_t)tar_end_padding(r->out.n);
	for (size_t i = 0; i < pad; i++)
		if (!buf_add(&r->out, span_of(&zero, 1), err))
			return false;
	return true;
}

bool
resign(struct site *owner, const char *path, struct site *signer, const char *peer,
    const char *out_path, struct err *err)
{
	struct world *w = owner->flow.world;
	struct age_recipient to;
	struct resigning r = { .now = world_now(w) + 5, .bare = signer == NULL };
	struct age_keys keys = { 0 };
	struct keyring *k = NULL;
	struct buf file, sealed;
	struct peer p;
	bool ok;

	peer_init(&p);
	buf_init(&file, 4u << 20);
	buf_init(&sealed, 4u << 20);
	buf_init(&r.in, 4u << 20);
	buf_init(&r.out, 4u << 20);
	buf_init(&r.manifest, 65536);
	buf_init(&r.p7s, CMS_FILE_MAX);
	ok = flow_keyring(&owner->flow, &k, err) &&
	    keyring_identities(k, &keys.identities, &keys.n, err) &&
	    file_load(w, NULL, path, &file, err) &&
	    age_open_small(buf_span(&file), &keys, &r.in, err) &&
	    (signer == NULL || signer_open(&signer->flow, &r.signer, err)) &&
	    tar_resign(&r, err) &&
	    peer_find(owner->flow.home, peer, &p, err) &&
	    age_recipient_parse(span_text(p.card.body.card.recipients[0]), &to, err) &&
	    age_seal_small(w, &to, 1, buf_span(&r.out), &sealed, err) &&
	    file_save(w, NULL, out_path, buf_span(&sealed), true, err);
	signer_close(&r.signer);
	peer_clear(&p);
	buf_clear(&file);
	buf_clear(&sealed);
	buf_clear(&r.in);
	buf_clear(&r.out);
	buf_clear(&r.manifest);
	buf_clear(&r.p7s);
	return ok;
}

/* ---- a second copy ---- */

static bool
file_copy(struct world *w, const char *from, const char *to, struct err *err)
{
	struct buf b;
	bool ok;

	buf_init(&b, 64u << 20);
	ok = file_load(w, NULL, from, &b, err) &&
	    file_save(w, NULL, to, buf_span(&b), true, err);
	buf_clear(&b);
	return ok;
}

bool
home_copy(struct world *w, const char *from, const char *to, struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, ok;

	ok = dir_make_all(w, NULL, to, err) && listing_open(w, NULL, from, &l, err);
	while (ok && more) {
		char a[300], b[300];

		ok = listing_next(l, &e, &more, err);
		if (!ok || !more)
			break;
		(void)snprintf(a, sizeof a, "%s/%s", from, e.name);
		(void)snprintf(b, sizeof b, "%s/%s", to, e.name);
		ok = (e.type == FILE_DIR ? home_copy : file_copy)(w, a, b, err);
	}
	listing_close(l);
	return ok;
}

bool
docket_by_hand(struct site *s, const char *sql, struct err *err)
{
	struct docket *d = NULL;
	struct query q;
	bool ok;

	if (!home_lock(s->flow.home, err) || !home_docket(s->flow.home, &d, err))
		return false;
	ok = docket_begin(d, err) && query_begin(&q, d, sql, err) && query_run(&q, err) &&
	    docket_commit(d, err);
	home_docket_done(s->flow.home);
	return ok && site_again(s, err);
}

static bool
docket_file(struct site *s, size_t i, bool save, struct buf *b, struct err *err)
{
	static const char *const names[] = { "docket.sqlite", "docket.sqlite-wal" };
	char path[100];

	(void)snprintf(path, sizeof path, "%s/%s", s->path, names[i]);
	if (save)
		return file_save(s->flow.world, NULL, path, buf_span(b), true, err);
	return !path_exists(s->flow.world, NULL, path) ||
	    file_load(s->flow.world, NULL, path, b, err);
}

bool
docket_keep(struct site *s, struct docket_kept *out, struct err *err)
{
	bool ok = true;

	site_end(s);
	for (size_t i = 0; i < 2; i++) {
		buf_init(&out->file[i], 16u << 20);
		ok = ok && docket_file(s, i, false, &out->file[i], err);
	}
	return ok && site_again(s, err);
}

bool
docket_back(struct site *s, struct docket_kept *k, struct err *err)
{
	bool ok = true;

	site_end(s);
	for (size_t i = 0; i < 2; i++) {
		ok = ok && docket_file(s, i, true, &k->file[i], err);
		buf_clear(&k->file[i]);
	}
	return ok && site_again(s, err);
}

size_t
names_in(struct job *j, const char *folder)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true;
	size_t n = 0;

	OK(listing_open(j->world, NULL, folder, &l, &err));
	for (;;) {
		OK(listing_next(l, &e, &more, &err));
		if (!more)
			break;
		n++;
	}
	listing_close(l);
	return n;
}
