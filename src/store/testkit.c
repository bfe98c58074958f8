#include "store/testkit.h"

struct world *
kit_world(uint64_t seed)
{
	struct world_sim_options opt = { .seed = seed, .now = NOW };
	struct world *w = NULL;

	OK(world_sim(&w, opt, &err));
	return w;
}

void
settings_good(struct settings *s)
{
	memset(s, 0, sizeof *s);
	assert_true(authority_id_parse("XA-MZXW6YTBOIMZXW6Y", &s->authority));
	(void)snprintf(s->state, sizeof s->state, "XA");
	(void)snprintf(s->lang, sizeof s->lang, "en");
	(void)snprintf(s->name, sizeof s->name, "Aldora");
	s->training = true;
	s->log_n = AGE_LOG_N_TEST;
	s->signing = s->sealing = 1;
	s->made_at = NOW;
}

struct home *
kit_home(struct world *w)
{
	struct home *h = NULL;

	OK(home_begin(w, "office", &h, &err));
	settings_good(home_settings(h));
	OK(settings_save(h, &err));
	home_close(h);
	return kit_home_again(w);
}

struct home *
kit_home_again(struct world *w)
{
	struct home *h = NULL;

	OK(home_open(w, "office", &h, &err));
	return h;
}

struct aead_key
kit_key(void)
{
	struct aead_key k;

	memset(k.b, 7, sizeof k.b);
	return k;
}

struct digest
kit_digest(unsigned n)
{
	struct digest d;

	for (size_t i = 0; i < sizeof d.b; i++)
		d.b[i] = (uint8_t)(n >> (8 * (i % 4)));
	return d;
}

struct docket_request
kit_request(bool ours)
{
	return (struct docket_request){ .kind = "preserve", .ours = ours,
		.state = "sent", .peer = "XB-MZXW6YTBOIMZXW6Y", .by = "comity",
		.instrument = "hanoi", .article = "42", .opened_at = NOW,
		.sent_at = NOW };
}

struct docket_act
kit_act(unsigned n)
{
	return (struct docket_act){ .act = kit_digest(n),
		.package = kit_digest(1000000 + n), .kind = "preserve",
		.direction = ACT_OUT, .peer = "XB-MZXW6YTBOIMZXW6Y", .at = NOW + n,
		.made_at = NOW, .bytes = 1000 + n, .outbox = OUTBOX_WAITS };
}

void
kit_old_record(struct home *h, unsigned number, unsigned parcels)
{
	struct buf b;
	struct dir *above = NULL;

	buf_init(&b, 65536);
	OK(buf_printf(&b, &err, "{\"schema\": \"comity.evidence/1\", \"number\": %u,"
	    " \"received\": true, \"added_at\": %d, \"files\": 3, \"bytes\": 4,"
	    " \"others\": 0, \"parcels\": [", number, NOW));
	for (unsigned i = 0; i < parcels; i++)
		OK(buf_printf(&b, &err, "%s{\"act\": \"%s\", \"package\": \"%s\","
		    " \"peer\": \"XB-MZXW6YTBOIMZXW6Y\", \"at\": %d, \"bytes\": 9,"
		    " \"stamp\": 1, \"stamped_at\": 0, \"other\": false,"
		    " \"in_outbox\": %s, \"carried_at\": 0, \"verdict\": \"Intact\","
		    " \"who\": \"KNOWN\", \"when\": \"PROVEN\"}", i == 0 ? "" : ", ",
		    digest_hex(&(struct digest[]){ kit_digest(number * 100 + i) }[0]).s,
		    digest_hex(&(struct digest[]){ kit_digest(number * 100 + 50 + i) }[0]).s,
		    NOW, i == 0 ? "true" : "false"));
	OK(buf_add_text(&b, "]}", &err));
	if (!home_has(h, evidence_path(number, "").s))
		OK(dir_make(home_world(h), home_dir(h), evidence_path(number, "").s,
		    &err));
	OK(home_save(h, evidence_path(number, "record.json").s, buf_span(&b), &err));
	OK(dir_open(home_world(h), home_dir(h), "evidence", &above, &err));
	OK(dir_sync(above, &err));
	dir_close(above);
	buf_clear(&b);
}
