/*
 * May this request be sent?  What the row of its basis asks for comes first, then the
 * safeguards (safeguards.c), then what is special to its kind (kinds.c).
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "policy/check.h"

/* ---- findings ---- */

const char *
state_words(const char state[3])
{
	const struct law_state *s = law_state(state);

	return s != NULL ? s->name : state;
}

/* Whole characters only, should a sentence ever be too long. */
static void
text_cut(char *s, size_t size)
{
	size_t n = strlen(s);

	if (n + 1 < size)
		return;
	n = size - 4;
	while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	memcpy(s + n, "...", 4);
}

static void
text_add(char *s, size_t size, const char *more)
{
	size_t n = strlen(s);

	(void)snprintf(s + n, size - n, "%s", more);
}

/* What to do about it: one's own request is mended, another's is asked about. */
static void
remedy_add(const struct checking *c, struct request_finding *found, const char *part)
{
	char *s = found->text;
	const size_t size = sizeof found->text;
	char set[sizeof found->set];

	(void)snprintf(set, sizeof set, "%.30s%s%.30s", found->field->name,
	    part[0] != '\0' && part[0] != '[' ? "." : "", part);
	memcpy(found->set, set, sizeof set);
	if (c->facts->incoming) {
		text_add(s, size, " Ask ");
		text_add(s, size, c->from);
		text_add(s, size, " for it.");
		return;
	}
	text_add(s, size, " Set ");
	text_add(s, size, set);
	text_add(s, size, ".");
}

void
finding_say(struct checking *c, enum finding_weight weight, const char *reason,
    const char *field, const char *part, const char *fmt, ...)
{
	struct request_finding *found;
	va_list ap;

	if (weight == FINDING_STOPS)
		c->out->stops++;
	if (c->out->n == REQUEST_FINDINGS_MAX) {
		c->out->more++;
		return;
	}
	found = &c->out->list[c->out->n++];
	*found = (struct request_finding){ .weight = weight, .reason = reason,
		.field = field != NULL ? law_field(field) : NULL };
	found->bars = c->facts->incoming && finding_bars(c->act, found);
	va_start(ap, fmt);
	(void)vsnprintf(found->text, sizeof found->text, fmt, ap);
	va_end(ap);
	if (part != NULL && found->field != NULL)
		remedy_add(c, found, part);
	text_cut(found->text, sizeof found->text);
}

bool
finding_has(const struct request_findings *out, const char *field)
{
	for (size_t i = 0; i < out->n; i++)
		if (out->list[i].field != NULL &&
		    strcmp(out->list[i].field->id, field) == 0)
			return true;
	return false;
}

/* The last finding: by which place; its lack may carry a refusal for form (data/law/README). */
static void
finding_is_lack(struct checking *c, const struct law_field *f)
{
	struct request_finding *last = &c->out->list[c->out->n - 1];

	if (c->out->more > 0)
		return;
	(void)snprintf(last->where, sizeof last->where, "%.47s", field_where(c, f).s);
	last->treaty = c->stated && law_basis_treaty(c->basis, f);
}

/* ---- fields ---- */

bool
field_given(const struct checking *c, const char *id)
{
	return fields_find(c->fields, id) != NULL;
}

const struct field_part *
field_said(const struct checking *c, const char *id, const char *part)
{
	return field_given(c, id) ? fields_part(c->fields, id, 0, part) : NULL;
}

const char *
field_text(const struct checking *c, const char *id, const char *part)
{
	const struct field_part *p = field_said(c, id, part);

	return p != NULL ? p->text : NULL;
}

bool
request_discloses(const struct checking *c)
{
	return kind_rules(c->act->kind)->discloses;
}

enum law_need
field_need(const struct checking *c, const struct law_field *f)
{
	return c->basis != NULL ? law_basis_need(c->basis, f) : law_need(c->measure, f);
}

/*
 * One place of "Art 40(15)(a); 42(3)(a); Budapest 29(2)": the Convention's own places
 * are bare or begin with "Art", those of other texts with their name.
 */
/* The digits it begins with: of "42(3)(b)" it is "42". */
static struct span
article_number(struct span place)
{
	size_t n = 0;

	while (n < place.n && place.p[n] >= '0' && place.p[n] <= '9')
		n++;
	return span_of(place.p, n);
}

static bool
measure_has_article(const struct law_measure *m, struct span number)
{
	for (const char *s = m->articles; number.n > 0 && *s != '\0';) {
		if (span_eq(article_number(span_text(s)), number))
			return true;
		s += strcspn(s, ";");
		s += *s == ';';
	}
	return false;
}

static bool
place_fits(const struct checking *c, struct span place, bool hanoi)
{
	if (!hanoi)
		return span_starts(place, c->basis->instrument);
	if (span_starts(place, "Art "))
		place = span_from(place, 4);
	return measure_has_article(c->measure, article_number(place));
}

static bool
place_find(const struct checking *c, const char *source, bool hanoi, struct span *out)
{
	while (*source != '\0') {
		size_t n = strcspn(source, ";");

		*out = span_of(source, n);
		if (place_fits(c, *out, hanoi))
			return true;
		source += n;
		source += strspn(source, "; ");
	}
	return false;
}

struct where_text
field_where(const struct checking *c, const struct law_field *f)
{
	struct where_text t = { FIELD_WHERE_OURS };
	bool hanoi = c->basis == NULL || strcmp(c->basis->instrument, "UNCAC-CYBER") == 0;
	bool asked = c->basis == NULL || law_basis_treaty(c->basis, f);
	struct span place;

	if (law_measure_is_domestic(c->measure) ||
	    (!asked && !law_list_has(f->required_by, "practice")))
		return t;
	/* No list of contents in that text: the common form is used (basis.tsv). */
	if (!place_find(c, f->source, hanoi, &place)) {
		place = span_text("the common form");
		asked = true;
	}
	(void)snprintf(t.s, sizeof t.s, "%s%s%.*s", asked ? "" : "practice, ",
	    hanoi && place.p[0] >= '0' && place.p[0] <= '9' ? "Art " : "", (int)place.n,
	    (const char *)place.p);
	return t;
}

/* ---- the legal basis ---- */

/* What stands open to them, what would after a look into the books, or what is left. */
static void
basis_add_suggestion(const struct checking *c, char *text, size_t size)
{
	const struct request_facts *f = c->facts;
	const struct law_basis *b = law_basis_suggest(f->law, c->measure->id,
	    f->from_state, f->to_state, c->day);
	struct law_candidate first;
	struct law_doubt doubt;

	if (b != NULL) {
		(void)snprintf(text, size, "%s stands open to them: name it.",
		    b->instrument);
		return;
	}
	if (law_basis_candidates(f->law, c->measure->id, f->from_state, f->to_state, c->day,
	    &first, 1) == 0) {
		(void)snprintf(text, size,
		    "Nothing is left for this kind: the police channel (police_info), a freeze alert, or a letter remain.");
		return;
	}
	doubt = law_instrument_doubt(f->law, first.basis->instrument, f->from_state,
	    f->to_state, c->day);
	if (doubt.n == 0)
		(void)snprintf(text, size, "%s may: an officer names it.",
		    first.basis->instrument);
	else
		(void)snprintf(text, size,
		    "%s may: our date is not certain. Look it up, then: comity treaty confirm %s %s --source TEXT",
		    first.basis->instrument, doubt.state[0], first.basis->instrument);
}

/* Once for that State and instrument; what came in rests on what they know. */
static void
basis_is_unsure(struct checking *c)
{
	const char *instrument = c->basis->instrument;
	struct law_doubt d = law_instrument_doubt(c->facts->law, instrument,
	    c->facts->from_state, c->facts->to_state, c->day);

	if (c->facts->incoming)
		finding_say(c, FINDING_WARNS, "request.basis-unsure", NULL, NULL,
		    "Whether %s binds both %s and %s on this day is not certain here: our date is from memory. Look it up before you act on it.",
		    instrument, c->from, c->to);
	else
		finding_say(c, FINDING_STOPS, "request.basis-unsure", NULL, NULL,
		    "Whether %s binds both %s and %s on this day is not certain here. Look it up once, then: comity treaty confirm %s %s --source TEXT",
		    instrument, c->from, c->to, d.n > 0 ? d.state[0] : c->facts->to_state,
		    instrument);
}

/* No document cites a treaty that does not bind both on its day (design section 7). */
static void
basis_binds_both(struct checking *c)
{
	const char *instrument = c->basis->instrument;
	char open[200];

	basis_add_suggestion(c, open, sizeof open);
	switch (law_instrument_binds(c->facts->law, instrument, c->facts->from_state,
	    c->facts->to_state, c->day)) {
	case LAW_BINDS:
		return;
	case LAW_BINDS_NOT:
		finding_say(c, FINDING_STOPS, "request.basis-not-binding", NULL, NULL,
		    "%s does not bind both %s and %s on this day, so nothing can be asked under it. Choose another basis. %s",
		    instrument, c->from, c->to, open);
		return;
	case LAW_BINDS_UNSURE:
		basis_is_unsure(c);
		return;
	}
}

/* remove_content and its like: the law of one State, and no treaty (data/law/README). */
static void
no_treaty_is_named(struct checking *c)
{
	if (c->act->instrument[0] != '\0')
		finding_say(c, FINDING_STOPS, "request.basis-domestic", NULL, NULL,
		    "This kind of request (%s) runs on the law of its own State; \"%s\" has no rule for it. Leave the basis out.",
		    c->measure->id, c->act->instrument);
}

static void
basis_is_there(struct checking *c)
{
	const char *instrument = c->act->instrument;
	char open[200];

	if (law_measure_is_domestic(c->measure)) {
		no_treaty_is_named(c);
		return;
	}
	if (c->stated) {
		basis_binds_both(c);
		return;
	}
	basis_add_suggestion(c, open, sizeof open);
	if (instrument[0] == '\0')
		finding_say(c, FINDING_STOPS, "request.no-basis", NULL, NULL,
		    "No legal basis is stated for %s and %s. %s", c->from, c->to,
		    open);
	else
		finding_say(c, FINDING_STOPS, "request.basis-no-row", NULL, NULL,
		    "Under \"%s\" we know no rule for this kind of request (%s). Choose another basis. %s",
		    instrument, c->measure->id, open);
}

/* ---- what is asked for ---- */

bool
condition_is_met(const struct fields *fs, const struct law_condition *when)
{
	const struct law_part *p = &when->field->shape->parts[when->part];
	const struct field_part *v = fields_find(fs, when->field->id) == NULL ? NULL :
	    fields_part(fs, when->field->id, 0, p->name);

	if (v == NULL)
		return false;
	if (p->kind == PART_YES)
		return strcmp(when->value, v->n != 0 ? "yes" : "no") == 0;
	return v->text != NULL && law_list_has(v->text, when->value);
}

/* "confiscate:limb=enforce_foreign_order": needed as another field says so. */
static void
fields_that_others_bring_are_there(struct checking *c)
{
	size_t n;
	const struct law_field *all = law_fields(&n);
	struct law_condition when;

	for (size_t i = 0; i < n; i++) {
		if (field_need(c, &all[i]) != LAW_CONDITIONAL || field_given(c, all[i].id))
			continue;
		for (size_t k = 0; law_condition(c->measure, &all[i], k, &when); k++) {
			if (!condition_is_met(c->fields, &when))
				continue;
			finding_say(c, FINDING_STOPS, "request.missing-if", all[i].id, "",
			    "Missing: %s (%s), as \"%s\" says %s.", all[i].label,
			    field_where(c, &all[i]).s, when.field->label, when.value);
			finding_is_lack(c, &all[i]);
			break;
		}
	}
}

static void
needed_fields_are_there(struct checking *c)
{
	size_t n;
	const struct law_field *all = law_fields(&n);

	for (size_t i = 0; i < n; i++) {
		const struct law_field *f = &all[i];

		/* Without parts: the card and signature say it, or a later version will. */
		if (f->shape->parts_n == 0 || field_need(c, f) != LAW_REQUIRED ||
		    field_given(c, f->id))
			continue;
		/* What the act itself follows is signed, and says it better. */
		if (strcmp(f->id, "F20") == 0 && c->act->follows_n > 0)
			continue;
		finding_say(c, FINDING_STOPS, "request.missing", f->id, "",
		    "Missing: %s (%s).", f->label, field_where(c, f).s);
		finding_is_lack(c, f);
	}
}

/* "any available information": one of the group, whichever is known. */
static void
one_of_the_group_is_there(struct checking *c)
{
	size_t n, group_n = 0;
	const struct law_field *all = law_fields(&n), *first = NULL;
	char labels[160] = "", names[80] = "";

	for (size_t i = 0; i < n; i++) {
		const struct law_field *f = &all[i];

		if (field_need(c, f) != LAW_ONE_OF)
			continue;
		if (field_given(c, f->id))
			return;
		text_add(labels, sizeof labels, group_n == 0 ? "" : "; ");
		text_add(labels, sizeof labels, f->label);
		text_add(names, sizeof names, group_n == 0 ? "" : " or ");
		text_add(names, sizeof names, f->name);
		first = group_n++ == 0 ? f : first;
	}
	if (first == NULL)
		return;
	if (c->facts->incoming)
		finding_say(c, FINDING_STOPS, "request.missing-one-of", first->id, NULL,
		    "Missing, one of them at least (%s): %s. Ask %s for it.",
		    field_where(c, first).s, labels, c->from);
	else
		finding_say(c, FINDING_STOPS, "request.missing-one-of", first->id, NULL,
		    "Missing, one of them at least (%s): %s. Set %s.",
		    field_where(c, first).s, labels, names);
	finding_is_lack(c, first);
}

static bool
part_is_there(const struct field_part *v)
{
	return v->has || v->text != NULL;
}

static bool
entry_is_whole(const struct field *f, size_t i)
{
	const struct law_shape *shape = f->law->shape;
	struct identifier_result r = { IDENTIFIER_GOOD, "", "" };

	for (size_t p = 0; p < shape->parts_n; p++)
		if (shape->parts[p].required && !part_is_there(&f->entries[i].parts[p]))
			return false;
	if (strcmp(shape->name, "identifier") == 0)
		identifier_check(&f->entries[i], &r);
	return r.verdict != IDENTIFIER_BAD;
}

bool
fields_are_whole(const struct fields *fs)
{
	for (size_t i = 0; i < fs->n; i++)
		for (size_t e = 0; e < fs->list[i].n; e++)
			if (!entry_is_whole(&fs->list[i], e))
				return false;
	return true;
}

static void
entry_is_complete(struct checking *c, const struct field *f, size_t i)
{
	const struct law_shape *shape = f->law->shape;
	char entry[40] = "", part[80];

	if (shape->entries_max > 1)
		(void)snprintf(entry, sizeof entry, ", entry %zu", i + 1);
	for (size_t p = 0; p < shape->parts_n; p++) {
		if (!shape->parts[p].required || part_is_there(&f->entries[i].parts[p]))
			continue;
		(void)snprintf(part, sizeof part, "%s", shape->parts[p].name);
		if (i > 0)
			(void)snprintf(part, sizeof part, "[%zu].%s", i, shape->parts[p].name);
		finding_say(c, FINDING_STOPS, "request.incomplete", f->law->id, part,
		    "Missing in \"%s\"%s: %s (%s).", f->law->label, entry,
		    shape->parts[p].label, field_where(c, f->law).s);
		finding_is_lack(c, f->law);
	}
}

/* What is there is whole; and what nobody needs to know stays out (S11). */
static void
given_fields_are_whole(struct checking *c)
{
	for (size_t i = 0; i < c->fields->n; i++) {
		const struct field *f = &c->fields->list[i];

		for (size_t e = 0; e < f->n; e++)
			entry_is_complete(c, f, e);
		/* A second person to call is welcome with every kind (S15). */
		if (field_need(c, f->law) == LAW_NOT_ASKED && strcmp(f->law->id, "F61") != 0)
			finding_say(c, FINDING_WARNS, "request.not-asked", f->law->id, NULL,
			    "\"%s\" is not needed in a request of this kind. What the other side does not need is better left out (S11).",
			    f->law->label);
	}
}

/* ---- the act around the fields ---- */

static void
states_are_of_one_world(struct checking *c)
{
	const struct law_state *from = law_state(c->facts->from_state);
	const struct law_state *to = law_state(c->facts->to_state);

	if (from == NULL || to == NULL) {
		finding_say(c, FINDING_STOPS, "request.state-unknown", NULL, NULL,
		    "\"%s\" is no State that we know. Look at the code of the State.",
		    from == NULL ? c->facts->from_state : c->facts->to_state);
		return;
	}
	if (from->training != to->training)
		finding_say(c, FINDING_STOPS, "request.training-and-real", NULL, NULL,
		    "%s and %s: one of them is a training State. An exercise never reaches a real authority.",
		    from->name, to->name);
	else if (from->training && !c->facts->exercise)
		finding_say(c, FINDING_STOPS, "request.training-and-real", NULL, NULL,
		    "%s and %s are training States, and this says that it is real. Mark it as an exercise.",
		    from->name, to->name);
}

static void
times_of_the_act_can_be_kept(struct checking *c)
{
	const struct request_body *r = &c->act->body.request;

	if (c->act->expires_at != 0 && c->act->expires_at <= c->facts->now)
		finding_say(c, FINDING_STOPS, "request.expired", NULL, NULL,
		    "The request expired on %s: nobody may act on it any more. %s",
		    when_day(c->act->expires_at).s, c->facts->incoming ?
		    "Ask whether a new one follows." : "Give it a later end.");
	if (r->answer_by == 0)
		return;
	if (r->answer_by <= c->day)
		finding_say(c, FINDING_STOPS, "request.answer-by-past", NULL, NULL,
		    "The day by which an answer is wished lies in the past. Give a later one, or none.");
	if (r->answer_by_reason.text == NULL)
		finding_say(c, FINDING_STOPS, "request.answer-by-without-reasons", NULL, NULL,
		    "A day by which an answer is wished needs its reasons (Art 40(26)): then it is heeded. Add them, or leave the day out.");
}

/* Where Budapest and the Convention both hold, the order of the table only suggests. */
static void
choice_is_the_officers(struct checking *c)
{
	const struct request_facts *f = c->facts;
	const char *other = !c->stated ? NULL :
	    strcmp(c->basis->instrument, "Budapest") == 0 ? "UNCAC-CYBER" :
	    strcmp(c->basis->instrument, "UNCAC-CYBER") == 0 ? "Budapest" : NULL;

	if (other != NULL && !f->incoming &&
	    law_status_basis(f->law, c->measure->id, other) != NULL &&
	    law_instrument_binds(f->law, other, f->from_state, f->to_state, c->day) ==
	    LAW_BINDS)
		finding_say(c, FINDING_WARNS, "request.basis-choice", NULL, NULL,
		    "%s binds %s and %s too: fields and grounds differ, and the choice is yours. It rests on %s now.",
		    other, c->from, c->to, c->basis->instrument);
}

/* ---- what the State that is asked declared ---- */

#define DECLARATIONS_SHOWN 32	/* of one State to one instrument: the longest list has 20 */

/* Of "42(5)": is 42 an article of this list? */
static bool
article_among(const char *article, const char *list)
{
	size_t n = strspn(article, "0123456789");

	for (const char *s = list; n > 0 && *s != '\0';) {
		if (strspn(s, "0123456789") == n && memcmp(s, article, n) == 0)
			return true;
		s += strcspn(s, ";");
		s += *s == ';';
	}
	return false;
}

/* S25: what touches an article of this basis, or of the offence, is shown. */
static void
declarations_are_shown(struct checking *c)
{
	struct law_declaration list[DECLARATIONS_SHOWN];
	const char *offence = field_text(c, "F10", "articles");
	size_t n;

	if (!c->stated)
		return;
	if (offence == NULL)
		offence = field_text(c, "F03", "articles");
	n = law_declarations(c->facts->law, c->facts->to_state, c->basis->instrument, list,
	    DECLARATIONS_SHOWN);
	for (size_t i = 0; i < n; i++)
		if (article_among(list[i].article, c->basis->articles) ||
		    (offence != NULL && article_among(list[i].article, offence)))
			finding_say(c, FINDING_WARNS, "request.declaration", NULL, NULL,
			    "%s made a %s to %s %s: %.160s (S25).", c->to,
			    list[i].reservation ? "reservation" : "declaration",
			    list[i].instrument, list[i].article, list[i].text);
}

/* Article 40(14): in a language they accept, as far as they said which. */
static void
language_is_accepted(struct checking *c)
{
	const char *accepted = law_languages(c->facts->law, c->facts->to_state);
	const char *lang = field_text(c, "F66", "request");

	if (accepted[0] != '\0' && lang != NULL && !law_list_has(accepted, lang))
		finding_say(c, FINDING_WARNS, "request.language", "F66", NULL,
		    "%s said that it accepts requests in: %.60s. This one is in %s: add a translation.",
		    c->to, accepted, lang);
}

/* ---- the whole ---- */

typedef void rule(struct checking *c);

/* Codes are signed and rendered in the reader's language: only known ones can be. */
static void
codes_are_known(struct checking *c)
{
	struct code_unknown u;

	if (codes_unknown(c->fields, &u))
		finding_say(c, c->facts->incoming ? FINDING_WARNS : FINDING_STOPS,
		    "request.code", u.field->id, NULL,
		    "\"%.60s\" is no code of %s. Its codes: %s.", u.code,
		    u.field->name, u.field->codes);
}

static rule *const rules[] = {
	states_are_of_one_world,
	basis_is_there,
	needed_fields_are_there,
	fields_that_others_bring_are_there,
	one_of_the_group_is_there,
	given_fields_are_whole,
	times_of_the_act_can_be_kept,
	offence_is_in_scope,
	dual_criminality_is_shown_for_disclosure,
	persecution_is_looked_for,
	secrecy_has_reasons_and_an_end,
	nobody_asks_for_keys_or_passwords,
	someone_in_particular_is_meant,
	time_window_is_bounded,
	identifiers_are_what_they_say,
	amounts_are_numbers,
	collection_is_for_a_time,
	threat_to_life_has_a_second_person,
	research_is_looked_for,
	a_minor_is_a_victim,
	jurisdiction_is_shown,
	codes_are_known,
	choice_is_the_officers,
	declarations_are_shown,
	language_is_accepted,
};

void
request_check(const struct act *a, const struct request_facts *f,
    struct request_findings *out)
{
	struct checking c = { .act = a, .fields = &a->body.request.fields,
		.measure = act_kind_measure(a->kind), .facts = f,
		.from = state_words(f->from_state), .to = state_words(f->to_state),
		.out = out };

	assert(c.measure != NULL);
	out->n = out->stops = out->more = 0;
	c.day = f->incoming && a->made_at != 0 && a->made_at < f->now ? a->made_at : f->now;
	c.basis = law_status_basis(f->law, c.measure->id, a->instrument);
	c.stated = c.basis != NULL;
	/* what would be asked under the one we suggest */
	if (!c.stated && !law_measure_is_domestic(c.measure))
		c.basis = law_basis_suggest(f->law, c.measure->id, f->from_state,
		    f->to_state, c.day);
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		rules[i](&c);
	if (kind_rules(a->kind)->check != NULL)
		kind_rules(a->kind)->check(&c);
}
