#include "package/disclosure.h"

#include <stdio.h>
#include <string.h>

#include "form/json.h"

static const char *const grounds[WITHHELDS] = {
	[WITHHELD_NOT_ASKED] = "not_asked",
	[WITHHELD_NOT_RELEVANT] = "not_relevant",
	[WITHHELD_THIRD_PARTY] = "third_party",
	[WITHHELD_PRIVILEGED] = "privileged",
	[WITHHELD_INVESTIGATION] = "investigation",
	[WITHHELD_SOURCE] = "source",
	[WITHHELD_SECURITY] = "security",
	[WITHHELD_ARTICLE_14] = "article_14",
};
static const char *const words[WITHHELDS] = {
	[WITHHELD_NOT_ASKED] = "not asked for",
	[WITHHELD_NOT_RELEVANT] = "not relevant to the matter",
	[WITHHELD_THIRD_PARTY] = "about other persons",
	[WITHHELD_PRIVILEGED] = "legally privileged",
	[WITHHELD_INVESTIGATION] = "would harm an investigation under way",
	[WITHHELD_SOURCE] = "would endanger a witness or source",
	[WITHHELD_SECURITY] = "essential security",
	[WITHHELD_ARTICLE_14] = "restricted (Article 14): may be inspected, is not copied",
};
static const char *const whys[DISCLOSE_WHYS] = {
	[WHY_DEFENCE] = "defence", [WHY_COURT] = "court", [WHY_AUTHORITY] = "authority",
	[WHY_VICTIM] = "victim", [WHY_EXPERT] = "expert", [WHY_OVERSIGHT] = "oversight",
};

const char *
withheld_name(enum withheld w)
{
	return grounds[w];
}

const char *
withheld_words(enum withheld w)
{
	return words[w];
}

const char *
disclose_why_name(enum disclose_why w)
{
	return whys[w];
}

static bool
code_find(const char *name, const char *const *list, unsigned n, unsigned *out)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(list[i], name) == 0) {
			*out = i;
			return true;
		}
	return false;
}

bool
withheld_parse(const char *name, enum withheld *out)
{
	unsigned i;

	if (!code_find(name, grounds, WITHHELDS, &i))
		return false;
	*out = (enum withheld)i;
	return true;
}

bool
disclose_why_parse(const char *name, enum disclose_why *out)
{
	unsigned i;

	if (!code_find(name, whys, DISCLOSE_WHYS, &i))
		return false;
	*out = (enum disclose_why)i;
	return true;
}

/* ---- writing ---- */

bool
disclosure_encode(const struct disclosure *d, struct buf *out, struct err *err)
{
	struct json_out j;

	json_out_begin(&j, out, true, true, err);
	json_out_object(&j, NULL);
	json_out_str(&j, "schema", DISCLOSURE_SCHEMA);
	json_out_digest(&j, "act", &d->act);
	json_out_str(&j, "from", d->from.s);
	json_out_digest(&j, "from_card", &d->from_card);
	json_out_bool(&j, "exercise", d->exercise);
	json_out_int(&j, "lines", (int64_t)d->lines);
	json_out_int(&j, "shown", (int64_t)d->shown);
	json_out_array(&j, "withheld");
	for (unsigned i = 0; i < WITHHELDS; i++) {
		if (d->withheld[i] == 0)
			continue;
		json_out_object(&j, NULL);
		json_out_str(&j, "ground", grounds[i]);
		json_out_int(&j, "lines", (int64_t)d->withheld[i]);
		json_out_close_object(&j);
	}
	json_out_close_array(&j);
	json_out_str(&j, "why", whys[d->why]);
	json_out_str(&j, "by", d->by.s);
	json_out_int(&j, "at", d->at);
	json_out_str(&j, "software", d->software);
	json_out_close_object(&j);
	return json_out_end(&j);
}

/* ---- reading ---- */

static bool
member_wrong(const char *member, struct err *err)
{
	return err_set(err, ERR_INPUT, "disclosure.member",
	    "the member \"%s\" is not as it must be", member);
}

static bool
authority_take(struct json_object *o, const char *name, struct authority_id *out,
    struct err *err)
{
	const char *s;

	return json_text(o, name, 19, 19, &s, err) &&
	    (authority_id_parse(s, out) || member_wrong(name, err));
}

static bool
withheld_take(struct disclosure *d, struct json_object *o, struct err *err)
{
	struct json_array list;
	struct json_object item;

	if (!json_list(o, "withheld", 0, WITHHELDS, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		enum withheld w;
		const char *ground;
		int64_t n;

		if (!json_at_object(&list, i, &item, err) ||
		    !json_text(&item, "ground", 1, 40, &ground, err) ||
		    !json_int(&item, "lines", 1, (int64_t)DISCLOSURE_LINES_MAX, &n,
		    err) || !json_end(&item, err))
			return false;
		if (!withheld_parse(ground, &w) || d->withheld[w] != 0)
			return member_wrong("withheld", err);
		d->withheld[w] = (uint64_t)n;
	}
	return true;
}

/* Shown and withheld are all there are. */
static bool
counts_agree(const struct disclosure *d, struct err *err)
{
	uint64_t sum = d->shown;

	for (unsigned i = 0; i < WITHHELDS; i++)
		sum += d->withheld[i];
	return sum == d->lines || err_set(err, ERR_INPUT, "disclosure.counts",
	    "%llu lines are shown or withheld, but the package has %llu",
	    (unsigned long long)sum, (unsigned long long)d->lines);
}

static bool
members_take(struct disclosure *d, struct json_object *o, struct err *err)
{
	const char *schema, *why, *software;
	int64_t lines, shown;

	if (!json_text(o, "schema", 1, 40, &schema, err))
		return false;
	if (strcmp(schema, DISCLOSURE_SCHEMA) != 0)
		return member_wrong("schema", err);
	if (!json_hex(o, "act", d->act.b, sizeof d->act.b, err) ||
	    !authority_take(o, "from", &d->from, err) ||
	    !json_hex(o, "from_card", d->from_card.b, sizeof d->from_card.b, err) ||
	    !json_bool(o, "exercise", &d->exercise, err) ||
	    !json_int(o, "lines", 1, (int64_t)DISCLOSURE_LINES_MAX, &lines, err) ||
	    !json_int(o, "shown", 1, lines, &shown, err) ||
	    !withheld_take(d, o, err) || !json_text(o, "why", 1, 40, &why, err) ||
	    !authority_take(o, "by", &d->by, err) ||
	    !json_int(o, "at", 0, JSON_INT_MAX, &d->at, err) ||
	    !json_text(o, "software", 1, sizeof d->software - 1, &software, err) ||
	    !json_end(o, err))
		return false;
	d->lines = (uint64_t)lines;
	d->shown = (uint64_t)shown;
	(void)snprintf(d->software, sizeof d->software, "%s", software);
	return disclose_why_parse(why, &d->why) || member_wrong("why", err);
}

/* There is one spelling: what was read, written again, is what was there. */
static bool
spelling_agrees(const struct disclosure *d, struct span json, struct err *err)
{
	struct buf again;
	bool ok;

	buf_init(&again, DISCLOSURE_JSON_MAX);
	ok = disclosure_encode(d, &again, err);
	if (ok && !span_eq(buf_span(&again), json))
		ok = err_set(err, ERR_INPUT, "disclosure.spelling",
		    "it says what it says in another way than there is");
	buf_clear(&again);
	return ok;
}

bool
disclosure_decode(struct disclosure *out, struct span json, struct err *err)
{
	struct disclosure d = { 0 };
	struct json_object top;
	struct json *j;
	bool ok;

	if (!json_read(&j, json, DISCLOSURE_JSON_MAX, err))
		return false;
	ok = json_top(j, &top, err) && members_take(&d, &top, err) &&
	    counts_agree(&d, err) && spelling_agrees(&d, json, err);
	json_free(j);
	if (ok)
		*out = d;
	return ok;
}
