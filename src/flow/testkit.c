/* Two homes in one simulated world, and the main job in steps. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "flow/testkit.h"

static bool
passphrase(void *arg, bool fresh, struct buf *secret, struct err *err)
{
	(void)arg;
	(void)fresh;
	return buf_add_text(secret, "six words make a good phrase", err);
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
	return home_open(s->flow.world, s->path, &s->flow.home, err);
}

bool
site_init(struct site *s, const char *country, struct err *err)
{
	static const char *const roles[] = { "central_authority" };
	static const char *const carriers[] = { "stick" };
	struct init_wish w = { .path = s->path, .country = country,
		.authority = s->path, .lang = "en", .self_ca = true,
		.key = KEY_P256, .roles = roles, .roles_n = 1,
		.carriers = carriers, .carriers_n = 1, .training = true,
		.log_n = AGE_LOG_N_TEST };

	return flow_init(&s->flow, &w, err);
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

static bool
all_sync(struct world *w, struct err *err)
{
	struct dir *d = NULL;
	bool ok = dir_open(w, NULL, ".", &d, err) && dir_sync_all(d, err);

	dir_close(d);
	return ok;
}

bool
evidence_make(struct world *w, struct err *err)
{
	return dir_make(w, NULL, "disk", err) && dir_make(w, NULL, "disk/sub", err) &&
	    file_save(w, NULL, "disk/a b.txt", span_text("first\n"), true, err) &&
	    file_save(w, NULL, "disk/sub/CON", span_text("second\n"), true, err) &&
	    file_save(w, NULL, "disk/zero", span_of(NULL, 0), true, err) &&
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

bool
seal(struct site *s, struct sealed *out, struct err *err)
{
	struct seal_wish w = { .number = 1, .to = "XB", .purpose = "case 12 only" };

	return flow_evidence_seal(&s->flow, &w, out, err);
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
	{ "seal", step_seal }, { "send", step_send }, { "bundle write", step_write },
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
	world_free(j->world);
}

void
run_up_to(struct job *j, size_t end)
{
	struct err err = ERR_INIT;

	for (size_t i = 0; i < end; i++)
		if (!steps[i].run(j, &err))
			fail_msg("%s: %s", steps[i].name, err.text);
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
