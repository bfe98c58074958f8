/* What the defence gets: raw bytes, method, the whole chain, and what is withheld (D36). */
#include <stdio.h>
#include <string.h>

#include "flow/disclose_inside.h"
#include "flow/ledger.h"
#include "flow/people.h"
#include "form/json.h"

struct defending {
	struct disclosing_now now;
	struct disclose_wish wish;
	struct act act;
	bool has_act;
	struct defence_result r;
	struct package_report *report;
};

static const char procedure[] =
"Each step can be done without this software. received/package.tar is a plain tar: unpack "
"it and follow READ-ME-FIRST.txt inside (sha256sum, openssl). disclosure: sh check-path.sh "
"(openssl, sha256sum). custody.json: comity-check --policy policy.txt custody.json, or "
"doc/check-custody.sh of the source release. received/parcel.comity is the package as it was "
"sealed, an age file: its bytes and digest are what the ledger's records name. Sealing: "
"SHA-256 of every file in one reading, the lists signed (CMS, RFC 5652), the signature "
"time-stamped (RFC 3161), all of it sealed to the receiver.";

/* ---- counting ---- */

static bool
line_count(void *arg, const struct disclose_line *l, bool *show, enum withheld *ground,
    struct err *err)
{
	struct defending *d = arg;

	if (!disclosing_choose(&d->now.choosing, l, show, ground, err))
		return false;
	d->r.lines++;
	d->r.shown += *show;
	d->r.restricted += !*show;
	return true;
}

static bool
lines_count(struct defending *d, struct err *err)
{
	struct disclosing in = { .package = &d->now.k.in, .choose = line_count, .arg = d,
		.software = flow_software() };

	return home_tmp(d->now.flow->home, &in.tmp, err) && disclosure_look(&in, err);
}

/* ---- raw bytes ---- */

static bool
received_write(struct defending *d, struct err *err)
{
	struct flow *f = d->now.flow;
	const struct package_reading *in = &d->now.k.in;
	struct file *file = NULL;
	struct digest sha256;
	uint64_t bytes;
	bool ok;

	ok = dir_make(f->world, d->now.at, "received", err) &&
	    copy_resume(f, in->at, in->path, d->now.at, "received/parcel.comity",
	    "copying", &bytes, &sha256, err) &&
	    file_open(f->world, d->now.at, "received/package.tar", FILE_CREATE, &file,
	    err) && package_plain_tar(in, file, err);
	file_close(file);
	return ok;
}

/* ---- statements ---- */

static bool
defence_act_take(struct defending *d, struct err *err)
{
	struct buf json;

	buf_init(&json, ACT_BYTES_MAX);
	d->has_act = package_extract(&d->now.k.in, "act.json", &json, err) &&
	    act_decode(&d->act, buf_span(&json), err);
	buf_clear(&json);
	return d->has_act;
}

static bool
method_write(struct defending *d, struct err *err)
{
	struct json_out j;
	struct buf b;
	bool ok;

	buf_init(&b, 64u << 10);
	json_out_begin(&j, &b, true, true, err);
	json_out_object(&j, NULL);
	json_out_str(&j, "schema", "comity.method/1");
	json_out_object(&j, "sealed_with");
	json_out_str(&j, "software", d->act.software);
	json_out_str(&j, "build", d->act.build);
	json_out_str(&j, "self_test", d->act.self_test != 0 ?
	    when_rfc3339(d->act.self_test).s : NULL);
	json_out_close_object(&j);
	json_out_object(&j, "given_out_with");
	json_out_str(&j, "software", flow_software());
	json_out_str(&j, "build", flow_build());
	json_out_str(&j, "law_sha256", law_digest);
	json_out_str(&j, "at", when_rfc3339(world_now(d->now.flow->world)).s);
	json_out_str(&j, "office", home_settings(d->now.flow->home)->authority.s);
	json_out_close_object(&j);
	json_out_str(&j, "procedure", procedure);
	json_out_close_object(&j);
	ok = json_out_end(&j) && shown_write(d->now.flow, d->now.at, "method.json",
	    buf_span(&b), err);
	buf_clear(&b);
	return ok;
}

static bool
withheld_write(struct defending *d, struct err *err)
{
	struct json_out j;
	struct buf b;
	bool ok;

	buf_init(&b, 4096);
	json_out_begin(&j, &b, true, true, err);
	json_out_object(&j, NULL);
	json_out_str(&j, "schema", "comity.withheld/1");
	json_out_digest(&j, "act", &d->now.k.evidence.parcels[d->now.parcel].act_id);
	json_out_int(&j, "lines", (int64_t)d->r.lines);
	json_out_int(&j, "shown", (int64_t)d->r.shown);
	json_out_array(&j, "withheld");
	if (d->r.restricted > 0) {
		json_out_object(&j, NULL);
		json_out_str(&j, "ground", withheld_name(WITHHELD_ARTICLE_14));
		json_out_int(&j, "lines", (int64_t)d->r.restricted);
		json_out_close_object(&j);
	}
	json_out_close_array(&j);
	json_out_close_object(&j);
	ok = json_out_end(&j) && shown_write(d->now.flow, d->now.at, "withheld.json",
	    buf_span(&b), err);
	buf_clear(&b);
	return ok;
}

static bool
hop_write(struct defending *d, const struct custody_story *s, size_t i, struct err *err)
{
	char name[64] = "custody.json";
	struct buf b;
	bool ok;

	if (s->hops[i].custody.n == 0)
		return true;		/* nothing came about that one */
	if (i + 1 < s->hops_n)
		(void)snprintf(name, sizeof name, "custody-before-%zu.json", i + 1);
	buf_init(&b, CUSTODY_FILE_MAX);
	ok = custody_write(&s->hops[i].custody, &b, err) &&
	    shown_write(d->now.flow, d->now.at, name, buf_span(&b), err);
	buf_clear(&b);
	return ok;
}

static bool
custody_files_write(struct defending *d, struct err *err)
{
	struct custody_story s;
	bool ok;

	custody_story_init(&s);
	ok = flow_custody_story(d->now.flow, d->wish.evidence, d->now.parcel,
	    span_of(NULL, 0), &s, err);
	for (size_t i = 0; ok && i < s.hops_n; i++)
		ok = hop_write(d, &s, i, err);
	ok = ok && shown_write(d->now.flow, d->now.at, "policy.txt", buf_span(&s.policy),
	    err);
	custody_story_clear(&s);
	return ok;
}

/* ---- all of it ---- */

static bool
defence_make(struct disclosing_now *n, void *arg, struct err *err)
{
	struct defending *d = arg;

	if (!lines_count(d, err) || !defence_act_take(d, err))
		return false;
	d->r.whole = d->r.restricted == 0;
	if (d->r.whole ? !received_write(d, err) : d->r.shown > 0 &&
	    !(disclosing_fill(n, err) && disclosing_proven(n, d->report, err)))
		return false;
	/* On record first: the chain that goes along then says that it went. */
	return disclosing_record(n, err) && custody_files_write(d, err) &&
	    method_write(d, err) && withheld_write(d, err) &&
	    disclosing_roots(n, &d->act.from, &d->act.from_card, err);
}

bool
flow_evidence_defence(struct flow *f, unsigned evidence, size_t parcel,
    const char *out_path, struct defence_result *out, struct err *err)
{
	struct defending *d;
	bool ok;

	if (!flow_may(f, PEOPLE_EXPORT, err) || (d = mem_new(sizeof *d, err)) == NULL)
		return false;
	d->report = mem_new(sizeof *d->report, err);
	if (d->report == NULL) {
		mem_free(d);
		return false;
	}
	package_report_init(d->report);
	d->wish = (struct disclose_wish){ .evidence = evidence, .parcel = parcel,
		.out = out_path, .why = WHY_DEFENCE, .ground = WITHHELD_NOT_ASKED,
		.with_act = true };
	d->now.flow = f;
	d->now.wish = &d->wish;
	d->now.choosing.all = true;
	ok = disclosing_open(&d->now, err) &&
	    disclosing_second(&d->now, defence_make, d, err);
	ok = disclosing_close(&d->now, ok, err);
	if (ok)
		*out = d->r;
	if (d->has_act)
		act_clear(&d->act);
	package_report_clear(d->report);
	mem_free(d->report);
	mem_free(d);
	return ok;
}
