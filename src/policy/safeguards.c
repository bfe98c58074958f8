/*
 * The safeguards of data/law/safeguards.tsv that a request shows by itself, one function
 * a sentence.  They are asked before sending and again of what came in.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "policy/check.h"

#define IDENTIFIERS_MANY 16	/* S12: more persons or accounts than one case usually has */
#define WINDOW_DAYS_LONG 366	/* S12: a year, and the day it may be longer */

/* ---- S01: an offence of the Convention, or a serious crime that is shown to be one ---- */

static bool
under(const struct checking *c, const char *instrument)
{
	return c->basis != NULL && strcmp(c->basis->instrument, instrument) == 0;
}

/* Article 2(h): four years; the number stands in data/law/deadlines.tsv. */
static int64_t
serious_crime_months(void)
{
	const struct law_deadline *d = law_deadline("D11");

	assert(d != NULL && strcmp(d->unit, "year") == 0);
	return d->value * 12;
}

static void
serious_crime_is_shown(struct checking *c, const char *id)
{
	const struct field_part *months = field_said(c, id, "max_penalty_months");
	bool untoc = under(c, "UNTOC");
	const char *where = untoc ? "UNTOC 2(b)" : "Art 2(h)";

	if (field_text(c, id, "statute") == NULL)
		finding_say(c, FINDING_STOPS, "request.offence-statute", id, "statute",
		    "%s: its provision of domestic law is missing (%s, S01).", untoc ?
		    "Under UNTOC the offence must be a serious crime" :
		    "No article of the Convention (7 to 19) is named, so it must be a serious crime",
		    where);
	if (months == NULL || months->n < serious_crime_months())
		finding_say(c, FINDING_STOPS, "request.offence-penalty", id,
		    "max_penalty_months",
		    "A serious crime has a maximum penalty of %lld months or more (%s, S01); this one %s.",
		    (long long)serious_crime_months(), where,
		    months == NULL ? "names none" : "has less");
}

/* "(e-evidence only)": open for it as far as electronic evidence is sought. */
static void
electronic_evidence_is_sought(struct checking *c)
{
	static const char *const ids[] = { "F06", "F07", "F11", "F12", "F13", "F23" };

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (field_given(c, ids[i]))
			return;
	finding_say(c, FINDING_STOPS, "request.offence-e-evidence", "F11", "",
	    "For a crime that no article of the Convention names, this measure is open only as far as electronic evidence is sought (S01). Say which data.");
}

/* Without a basis yet, and under the Convention, its own scope counts. */
static void
offence_is_of_the_convention(struct checking *c, const char *id)
{
	const char *scope = c->measure->offence_scope;

	if (law_list_has(scope, "serious_crime")) {
		serious_crime_is_shown(c, id);
	} else if (law_list_has(scope, "serious_crime(e-evidence only)")) {
		serious_crime_is_shown(c, id);
		electronic_evidence_is_sought(c);
	} else {
		finding_say(c, FINDING_STOPS, "request.offence-scope", id, "articles",
		    "This measure is open for offences of the Convention only (Articles 7 to 19); none is named (S01).");
	}
}

static void
offence_fits(struct checking *c, const char *id)
{
	bool article = field_text(c, id, "articles") != NULL;

	if (under(c, "UNTOC")) {
		serious_crime_is_shown(c, id);
		return;
	}
	if (article)
		return;
	if (c->basis != NULL && !under(c, "UNCAC-CYBER")) {
		/* No threshold there; but an offence without a name is none. */
		if (field_text(c, id, "statute") == NULL)
			finding_say(c, FINDING_STOPS, "request.offence-unnamed", id, "statute",
			    "The offence has no name: neither an article of the Convention nor a provision of domestic law (S01).");
		return;
	}
	offence_is_of_the_convention(c, id);
}

void
offence_is_in_scope(struct checking *c)
{
	static const char *const ids[] = { "F03", "F10" };

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (field_given(c, ids[i]) &&
		    field_need(c, law_field(ids[i])) != LAW_NOT_ASKED)
			offence_fits(c, ids[i]);
}

/* ---- S02: required for disclosure, never for preservation (Article 42(4)) ---- */

void
dual_criminality_is_shown_for_disclosure(struct checking *c)
{
	if (!request_discloses(c) || finding_has(c->out, "F67"))
		return;
	if (field_said(c, "F67", "domestic_offence") == NULL)
		finding_say(c, FINDING_WARNS, "request.dual-criminality", "F67",
		    "domestic_offence",
		    "Which offence it would be in %s is not said. Without it the disclosure may be declined (dual criminality, S02).",
		    c->to);
}

bool
request_unmapped(const struct act *a, const struct law_basis *b)
{
	static const char *const ids[] = { "F03", "F10" };
	const struct fields *fs = &a->body.request.fields;
	const struct field_part *said;

	if (!kind_rules(a->kind)->discloses ||
	    (b != NULL && strcmp(b->dual_criminality, "not_required") == 0))
		return false;
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (fields_part(fs, ids[i], 0, "articles") != NULL)
			return false;
	said = fields_part(fs, "F67", 0, "statements");
	return fields_part(fs, "F67", 0, "domestic_offence") == NULL &&
	    (said == NULL || !law_list_has(said->text, "dual_criminality"));
}

/* ---- words that make a person look ---- */

static bool
text_has_one_of(const char *text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcasestr(text, *words) != NULL)
			return true;
	return false;
}

/* ---- S03: nobody is handed over for what they say, believe or are (40(22)) ---- */

/*
 * Words of offences that are used against speech, assembly, belief and private life.
 * They prove nothing: they bring a person to read.  Stems, so that endings fit.
 */
static const char *const persecution_words[] = {
	"blasphem", "apostas", "sedition", "defamation", "insult", "majest",
	"homosexual", "sodomy", "same-sex", "dissident", "propaganda", "protester",
	"demonstrat", "unlawful assembly", "political", "religio", "separatis",
	"diffamation", "politique", "manifestant", "propagande", "difamaci",
	"pol\xc3\xadtic", "manifestante", "sedici", NULL,
};

void
persecution_is_looked_for(struct checking *c)
{
	static const char *const ids[] = { "F03", "F10" };
	static const char *const parts[] = { "facts", "statute" };

	for (size_t i = 0; i < 4; i++) {
		const char *text = field_text(c, ids[i / 2], parts[i % 2]);

		if (text == NULL || !text_has_one_of(text, persecution_words))
			continue;
		finding_say(c, FINDING_WARNS, "request.persecution", ids[i / 2], NULL,
		    "The offence or its facts touch on speech, assembly, belief or private life. A named person reads it before it is acted on: nobody is to be pursued for these (Art 40(22), S03).");
		return;
	}
}

/* ---- S04: secrecy has reasons and an end date ---- */

void
secrecy_has_reasons_and_an_end(struct checking *c)
{
	const struct field_part *wanted = field_said(c, "F16", "wanted");
	const struct field_part *until = field_said(c, "F16", "until");
	const struct law_deadline *d = law_deadline("D62");

	assert(d != NULL && strcmp(d->unit, "day") == 0);
	if (wanted == NULL || wanted->n == 0)
		return;
	if (field_text(c, "F16", "reasons") == NULL)
		finding_say(c, FINDING_STOPS, "request.secrecy-without-reasons", "F16",
		    "reasons", "Secrecy is wanted, and its reasons are missing (S04).");
	if (until == NULL)
		finding_say(c, FINDING_STOPS, "request.secrecy-without-end", "F16", "until",
		    "Secrecy is wanted, and the day it ends is missing: no secrecy is without end (S04).");
	else if (until->n <= c->day)
		finding_say(c, FINDING_STOPS, "request.secrecy-over", "F16", "until",
		    "The day on which secrecy ends lies in the past (S04).");
	else if (until->n > law_deadline_at(d, c->day))
		finding_say(c, FINDING_WARNS, "request.secrecy-long", "F16", NULL,
		    "Secrecy is wanted for more than %lld days. It lapses then unless it is renewed with reasons (S04, D62).",
		    (long long)d->value);
}

/* ---- S08: no field for keys and passwords, and no text that asks for them ---- */

/* Where something is asked for.  The facts of a case may well speak of passwords. */
static const char *const asking[] = { "F04", "F11" };

static const char *const key_words[] = {
	"password", "passphrase", "pass phrase", "private key", "decryption key",
	"encryption key", "recovery key", "seed phrase", "master key", "signing key",
	"backdoor", "back door", "login data", "credentials",
	"mot de passe", "phrase secr\xc3\xa8te", "cl\xc3\xa9 priv\xc3\xa9",
	"contrase\xc3\xb1", "clave privada", "palavra-passe", "senha", "chave privada",
	"passwort", "privater schl\xc3\xbcssel",
	"\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb",			/* Russian */
	"\xd9\x83\xd9\x84\xd9\x85\xd8\xa9 \xd8\xa7\xd9\x84\xd9\x85\xd8\xb1\xd9\x88\xd8\xb1",
	"\xd9\x83\xd9\x84\xd9\x85\xd8\xa9 \xd8\xa7\xd9\x84\xd8\xb3\xd8\xb1",	/* Arabic */
	"\xe5\xaf\x86\xe7\xa0\x81", "\xe5\xaf\x86\xe9\x92\xa5", NULL,	/* Chinese */
};

void
nobody_asks_for_keys_or_passwords(struct checking *c)
{
	for (size_t i = 0; i < sizeof asking / sizeof *asking; i++) {
		const char *text = field_text(c, asking[i], "text");

		if (text != NULL && text_has_one_of(text, key_words))
			finding_say(c, FINDING_WARNS, "request.asks-for-keys", asking[i], NULL,
			    "The text of \"%s\" speaks of passwords or keys. Nobody is asked to hand over their own or to weaken a system (S08); ask for the data instead.",
			    law_field(asking[i])->label);
	}
}

/* ---- S12: no bulk requests ---- */

static size_t
entries(const struct checking *c, const char *id)
{
	const struct field *f = fields_find(c->fields, id);

	return f != NULL ? f->n : 0;
}

void
someone_in_particular_is_meant(struct checking *c)
{
	size_t n = entries(c, "F06") + entries(c, "F13");

	if (request_discloses(c) && n == 0 && !finding_has(c->out, "F06"))
		finding_say(c, FINDING_STOPS, "request.no-identifier", "F06", "",
		    "No person or account is named: data are disclosed about someone in particular, never in bulk (S12).");
	if (n > IDENTIFIERS_MANY)
		finding_say(c, FINDING_WARNS, "request.many-identifiers", "F06", NULL,
		    "%zu persons or accounts are named in one request, more than %d. Say why each is needed, or ask for fewer (S12).",
		    n, IDENTIFIERS_MANY);
}

void
time_window_is_bounded(struct checking *c)
{
	const struct field_part *from = field_said(c, "F07", "from");
	const struct field_part *to = field_said(c, "F07", "to");

	if (c->act->kind == ACT_STORED_DATA && !field_given(c, "F07") &&
	    !finding_has(c->out, "F07"))
		finding_say(c, FINDING_STOPS, "request.no-window", "F07", "",
		    "The period is missing: stored data are asked for a time, never for all of it (S12).");
	if (to != NULL && to->n > c->day + DAY)
		finding_say(c, FINDING_STOPS, "request.window-in-future", "F07", "to",
		    "The period ends in the future: what is not yet stored cannot be asked for as stored data (S12, S13).");
	if (from == NULL || to == NULL)
		return;
	if (from->n >= to->n)
		finding_say(c, FINDING_STOPS, "request.window", "F07", "from",
		    "The period does not begin before it ends (S12).");
	else if (to->n - from->n > WINDOW_DAYS_LONG * DAY)
		finding_say(c, FINDING_WARNS, "request.window-long", "F07", NULL,
		    "The period is longer than %d days. Say why so much is needed, or ask for less (S12).",
		    WINDOW_DAYS_LONG);
}

/* ---- identifiers ---- */

static void
identifier_look(struct checking *c, const struct field *f, size_t i)
{
	const struct field_part *at = fields_part(c->fields, f->law->id, i, "at");
	struct identifier_result r = { IDENTIFIER_GOOD, "", "" };

	/* An entry without type or value is named as incomplete already. */
	if (fields_part(c->fields, f->law->id, i, "type") == NULL ||
	    fields_part(c->fields, f->law->id, i, "value") == NULL)
		return;
	identifier_check(&f->entries[i], &r);
	if (r.verdict != IDENTIFIER_GOOD)
		finding_say(c, r.verdict == IDENTIFIER_BAD ? FINDING_STOPS : FINDING_WARNS,
		    r.reason, f->law->id, NULL, "In \"%s\", entry %zu %s.", f->law->label, i + 1,
		    r.text);
	if (at != NULL && at->n > c->day + DAY)
		finding_say(c, FINDING_STOPS, "request.identifier-in-future", f->law->id, "at",
		    "In \"%s\", entry %zu has a time of use that lies in the future.", f->law->label,
		    i + 1);
}

void
identifiers_are_what_they_say(struct checking *c)
{
	for (size_t k = 0; k < c->fields->n; k++) {
		const struct field *f = &c->fields->list[k];

		if (strcmp(f->law->shape->name, "identifier") != 0)
			continue;
		for (size_t i = 0; i < f->n; i++)
			identifier_look(c, f, i);
	}
}

/* ---- S15: forged emergencies are the known attack ---- */

void
threat_to_life_has_a_second_person(struct checking *c)
{
	const char *codes = field_text(c, "F65", "codes");

	if (codes == NULL)
		return;
	if (field_said(c, "F65", "note") == NULL)
		finding_say(c, FINDING_WARNS, "request.urgency-without-reasons", "F65",
		    "note", "It is said to be urgent, and the reasons are missing (Art 40(26)).");
	if (law_list_has(codes, "threat_to_life") && field_said(c, "F61", "name") == NULL)
		finding_say(c, FINDING_STOPS, "request.no-second-person", "F61", "name",
		    "A threat to life is claimed, and nobody is named who can vouch for it by phone: false emergencies are a known attack (S15).");
}

/* ---- S09: who looks for a weakness to have it mended is no intruder (Articles 7 to 12) ---- */

static const char *const research_words[] = {
	"security research", "bug bounty", "penetration test", "pentest",
	"vulnerability disclosure", "responsible disclosure", "coordinated disclosure",
	"recherche en s\xc3\xa9" "curit\xc3\xa9", "investigaci\xc3\xb3n de seguridad",
	"pesquisa de seguran\xc3\xa7" "a", NULL,
};

void
research_is_looked_for(struct checking *c)
{
	static const char *const ids[] = { "F03", "F10" };
	const char *protected = field_text(c, "F68", "codes");
	bool found = protected != NULL && law_list_has(protected, "researcher");

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		const char *facts = field_text(c, ids[i], "facts");

		found = found || (facts != NULL && text_has_one_of(facts, research_words));
	}
	if (found)
		finding_say(c, FINDING_WARNS, "request.research", "F68", NULL,
		    "Security research may be meant. Look before a yes: was the access without right? which intent is shown (Art 7 to 10)? was the tool for authorised testing (Art 11(2))? was the owner told? What is not shown is no offence: say no with reasons (S09).");
}

/* ---- S17: a minor who made pictures of himself or herself is no suspect (14(4)) ---- */

void
a_minor_is_a_victim(struct checking *c)
{
	const struct field_part *flag = field_said(c, "F98", "yes");

	if (flag != NULL && flag->n != 0 && c->act->kind != ACT_REMOVE_CONTENT &&
	    c->act->kind != ACT_VICTIM_SUPPORT)
		finding_say(c, FINDING_STOPS, "request.minor-suspect", "F98", NULL,
		    "The person concerned is a minor who made the material: a victim, and no suspect (Art 14(4), S17). Nobody is looked for, and no data are asked. What helps is a request of kind victim_support, or remove_content.");
}

/* ---- S19: on which ground a State says that the case is its own (Article 22) ---- */

void
jurisdiction_is_shown(struct checking *c)
{
	const char *id = field_given(c, "F03") ? "F03" : "F10";
	const char *ground = field_text(c, id, "jurisdiction");

	if (ground != NULL && law_list_has(ground, "passive_personality"))
		finding_say(c, FINDING_WARNS, "request.jurisdiction-passive", id, NULL,
		    "%s rests its jurisdiction on the nationality of the victim (passive personality, Art 22(2)(a), S19). Not every State knows that ground: look whether yours does.",
		    c->from);
	else if (ground == NULL && c->facts->incoming && request_discloses(c) &&
	    field_given(c, id))
		finding_say(c, FINDING_WARNS, "request.jurisdiction", id, NULL,
		    "%s does not say on which ground of Article 22 the case is its own (S19). Ask, if it is not plain from the facts.",
		    c->from);
}
