/*
 * comity help act KIND: what a kind of act does in law, who may ask, what it needs,
 * its clocks, grounds and safeguards, each with its place and how sure we are of it.
 * All of it is read from the tables (data/law); nothing is said here twice.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "policy/guard.h"
#include "policy/people.h"

#define WIDTH 78		/* of a line, with its margin: an old terminal has 80 */
#define HEAD 13			/* columns of the name of a paragraph */

/* ---- paragraphs ---- */

/* Words, wrapped, behind a margin that the first line has used up already. */
static void
words_say(struct cli *c, size_t margin, const char *text)
{
	size_t at = margin;

	while (*text != '\0') {
		size_t n = strcspn(text, " ");

		if (at > margin && at + 1 + n > WIDTH) {
			say(c, "\n%*s", (int)margin, "");
			at = margin;
		}
		say(c, "%s%.*s", at > margin ? " " : "", (int)n, text);
		at += n + (at > margin);
		text += n;
		text += strspn(text, " ");
	}
	say(c, "\n");
}

static void
part_say(struct cli *c, const char *head, const char *text)
{
	if (text[0] == '\0')
		return;
	say(c, "%-*s", HEAD, head);
	words_say(c, HEAD, text);
}

/* "a;b" as "a; b", so that it can be wrapped. */
static void
list_put(char *out, size_t size, const char *list)
{
	size_t n = 0;

	for (; *list != '\0' && n + 2 < size; list++) {
		out[n++] = *list;
		if (*list == ';' && list[1] != ' ')
			out[n++] = ' ';
	}
	out[n] = '\0';
}

static void
list_say(struct cli *c, const char *head, const char *list)
{
	char text[400];

	list_put(text, sizeof text, list);
	part_say(c, head, text);
}

static void
head_say(struct cli *c, const char *head)
{
	say(c, "\n%s\n", head);
}

/* ---- fields ---- */

static const char *
need_people(const struct law_measure *m, const struct law_field *f)
{
	switch (law_need(m, f)) {
	case LAW_REQUIRED:
		return "needed";
	case LAW_ONE_OF:
		return "one of these";
	case LAW_CONDITIONAL:
		return "sometimes";
	case LAW_OPTIONAL:
		return "may be given";
	case LAW_NOT_ASKED:
		break;
	}
	return "";
}

static void
condition_say(struct cli *c, const struct law_measure *m, const struct law_field *f)
{
	struct law_condition when;
	char text[160];

	for (size_t i = 0; law_condition(m, f, i, &when); i++) {
		(void)snprintf(text, sizeof text, "needed when %s.%s is %s",
		    when.field->name, when.field->shape->parts[when.part].name, when.value);
		say(c, "%*s", HEAD + 2, "");
		words_say(c, HEAD + 2, text);
	}
}

static void
field_say(struct cli *c, const struct law_measure *m, const struct law_field *f)
{
	char text[600];

	say(c, "  %s\n%*s", f->name, HEAD + 2, "");
	(void)snprintf(text, sizeof text, "%s: %s (%s; %s)", need_people(m, f), f->label,
	    f->source, law_certainty_name(f->certainty));
	words_say(c, HEAD + 2, text);
	condition_say(c, m, f);
	if (f->codes[0] == '\0')
		return;
	list_put(text, sizeof text, f->codes);
	say(c, "%*s", HEAD + 2, "");
	words_say(c, HEAD + 2, text);
}

static void
fields_tell(struct cli *c, const struct law_measure *m)
{
	static const enum law_need order[] = { LAW_REQUIRED, LAW_ONE_OF, LAW_CONDITIONAL,
		LAW_OPTIONAL };
	size_t n;
	const struct law_field *all = law_fields(&n);

	head_say(c, "Fields (in the order of need; comity request fields has their parts)");
	for (size_t o = 0; o < sizeof order / sizeof *order; o++)
		for (size_t i = 0; i < n; i++)
			if (law_need(m, &all[i]) == order[o] && !law_field_is_envelope(&all[i]))
				field_say(c, m, &all[i]);
}

/* ---- clocks, grounds, safeguards ---- */

static void
clock_say(struct cli *c, const struct law_deadline *d)
{
	char text[500], length[60] = "";

	if (d->unit[0] != '\0')
		(void)snprintf(length, sizeof length, " %lld %s%s", (long long)d->value,
		    d->unit, d->value == 1 ? "" : "s");
	(void)snprintf(text, sizeof text, "%s: %s%s, from: %s. %s (%s %s; %s)", d->what,
	    d->kind, length, d->starts_at,
	    strcmp(d->note, "none") == 0 ? "" : d->note, d->instrument, d->article,
	    law_certainty_name(d->certainty));
	say(c, "  %-*s", HEAD - 2, d->id);
	words_say(c, HEAD, text);
}

static void
clocks_tell(struct cli *c, const struct law_measure *m)
{
	size_t n;
	const struct law_deadline *all = law_deadlines(&n);

	head_say(c, "Clocks");
	list_say(c, "  in short", m->time_limits);
	for (size_t i = 0; i < n; i++)
		if (law_list_has(all[i].measures, m->id))
			clock_say(c, &all[i]);
}

static void
ground_say(struct cli *c, const char *id)
{
	const struct law_ground *g = law_ground(id);
	char text[500];

	if (g == NULL)
		return;
	(void)snprintf(text, sizeof text, "%s (%s; %s)", g->summary, g->article,
	    law_certainty_name(g->certainty));
	say(c, "  %-*s", HEAD - 2, id);
	words_say(c, HEAD, text);
}

static void
grounds_tell(struct cli *c, const struct law_measure *m, bool notice)
{
	char id[12];

	head_say(c, notice ? "Grounds not to send it (nothing is asked, so nobody refuses it)" :
	    "Grounds on which it may be refused (Article 40(25): with reasons)");
	if (m->grounds[0] == '\0')
		say(c, "  none is listed: the law of the State that is asked decides\n");
	for (const char *p = m->grounds; *p != '\0';) {
		size_t n = strcspn(p, ";");

		(void)snprintf(id, sizeof id, "%.*s", (int)n, p);
		ground_say(c, id);
		p += n + (p[n] == ';');
	}
}

/* Under the other instruments: their articles and menus. */
static void
bases_tell(struct cli *c, const struct law_measure *m)
{
	static const char *const others[] = { "Budapest", "Budapest-2AP", "UNTOC",
		"reciprocity" };
	bool said = false;
	char text[900], grounds[120];

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		const struct law_basis *b = law_basis(m->id, others[i]);

		if (b == NULL)
			continue;
		if (!said)
			head_say(c, "Under other instruments");
		said = true;
		list_put(grounds, sizeof grounds, b->grounds);
		(void)snprintf(text, sizeof text, "%s%s Grounds: %s. %s (%s)", b->articles,
		    b->articles[0] != '\0' ? "." : "",
		    grounds[0] != '\0' ? grounds : "those of domestic law", b->notes,
		    law_certainty_name(b->certainty));
		say(c, "  %s\n%*s", b->instrument, HEAD, "");
		words_say(c, HEAD, text);
	}
	if (!said)
		say(c, "\nNo treaty has a rule of its own for it: it runs on domestic law.\n");
}

/* A safeguard is one of this kind when the kind asks for a field it works with, or any. */
static bool
guards(const struct law_safeguard *s, const struct law_measure *m)
{
	size_t n;
	const struct law_field *all = law_fields(&n);

	/* Of no field: who looks, what is counted (S16, S24); by treaty (S25) where one is. */
	if (s->fields[0] == '\0')
		return strcmp(s->id, "S25") != 0 || !law_measure_is_domestic(m);
	for (size_t i = 0; i < n; i++)
		if (law_list_has(s->fields, all[i].id) && !law_field_is_envelope(&all[i]) &&
		    law_need(m, &all[i]) != LAW_NOT_ASKED)
			return true;
	return false;
}

static void
safeguards_tell(struct cli *c, const struct law_measure *m)
{
	size_t n;
	const struct law_safeguard *all = law_safeguards(&n);
	char text[700];

	head_say(c, "Safeguards");
	for (size_t i = 0; i < n; i++) {
		if (!guards(&all[i], m))
			continue;
		(void)snprintf(text, sizeof text, "%s. %s", all[i].danger, all[i].control);
		say(c, "  %-*s", HEAD - 2, all[i].id);
		words_say(c, HEAD, text);
	}
}

/* ---- the page ---- */

static void
title_say(struct cli *c, const struct law_measure *m)
{
	char text[250];

	(void)snprintf(text, sizeof text, "%s (%s)", m->title, m->id);
	words_say(c, 0, text);
}

static void
measure_tell(struct cli *c, const struct law_measure *m, bool notice)
{
	char articles[120], text[200];

	list_put(articles, sizeof articles, m->articles);
	(void)snprintf(text, sizeof text, "%s (certainty of our text: %s)", articles,
	    law_certainty_name(m->certainty));
	part_say(c, "Articles", text);
	part_say(c, "In law", m->notes);
	list_say(c, "Offences", m->offence_scope);
	part_say(c, "Who may ask", m->who_may_ask);
	part_say(c, "Channel", m->channel);
	fields_tell(c, m);
	clocks_tell(c, m);
	grounds_tell(c, m, notice);
	bases_tell(c, m);
	safeguards_tell(c, m);
}

/* How many persons it takes, and when the second signs: the table of doc/people.md. */
static void
rule_say(struct cli *c, const char *who, const char *office, const struct people_rule *r)
{
	char text[300];
	int n = snprintf(text, sizeof text, "%s, %s: %u person%s%s", who, office,
	    r->needed + 1, r->needed == 0 ? "" : "s", r->needed == 0 ? "" :
	    (r->second & SECOND_LATER) != 0 ? "; the second may sign after it went" :
	    (r->second & SECOND_AT_ONCE) != 0 ?
	    "; the second signs here or elsewhere, before it goes" :
	    "; the second signs on another machine, before it goes");

	if ((r->second & SECOND_LATER) != 0 && r->needed > 0)
		(void)snprintf(text + n, sizeof text - (size_t)n, ", within %u hours",
		    r->hours);
	say(c, "  ");
	words_say(c, 4, text);
}

static bool
same_rule(const struct people_rule *a, const struct people_rule *b)
{
	return a->needed == b->needed && a->second == b->second && a->hours == b->hours;
}

static void
persons_say(struct cli *c, const char *who, enum people_act act)
{
	const struct people_rule *one = people_rule(act, OFFICE_ONE),
	    *small = people_rule(act, OFFICE_SMALL), *full = people_rule(act, OFFICE_FULL);

	if (same_rule(one, small) && same_rule(small, full)) {
		rule_say(c, who, "any office", one);
		return;
	}
	rule_say(c, who, same_rule(one, small) ? "office of one to four" : "office of one",
	    one);
	if (same_rule(small, full)) {
		rule_say(c, who, "larger office", small);
		return;
	}
	if (!same_rule(one, small))
		rule_say(c, who, "office of two to four", small);
	rule_say(c, who, "office of five and more", full);
}

static void
persons_tell(struct cli *c, enum act_kind kind)
{
	head_say(c, "Persons (doc/people.md)");
	persons_say(c, "to send it", people_act_of(kind, kind));
	if (act_kind_is_notice(kind))
		return;
	persons_say(c, "to say yes", people_act_of(ACT_GRANTED, kind));
	if (emergencies_are_many(kind, EMERGENCIES_A_DAY + 1))
		persons_say(c, "to say yes to more than five in a day",
		    PEOPLE_GRANT_EMERGENCY);
	persons_say(c, "to hand evidence over", PEOPLE_DELIVER);
}

#define CERTAINTY "Behind each line stands the article, and how sure we are of our text of " \
	"it: text (read in the treaty), sister (compared with the clause it was modelled on), " \
	"secondary (a published source gives it), memory (recalled only: look it up)."

/* Forms that this program does not have: what to do instead. */
static void
pointer_tell(struct cli *c, const struct law_measure *m)
{
	title_say(c, m);
	say(c, "\n");
	words_say(c, 0,
	    "Comity has no form for this, and does not want one: it is about persons, and courts and ministries do it by their own ways. Write through the channel below; the fields are what such a paper has to say. Evidence for it is asked for by requests of its own (comity request fields), and keeps its custody.");
	say(c, "\n");
	measure_tell(c, m, false);
	say(c, "\n");
	words_say(c, 0, CERTAINTY);
	say(c, "\nNothing in this program is legal advice.\n");
}

static void
kind_tell(struct cli *c, enum act_kind kind, const struct law_measure *m)
{
	bool request = act_kind_class(kind) == ACT_IS_REQUEST;

	if (m != NULL)
		title_say(c, m);
	else
		say(c, "%s\n", act_kind_name(kind));
	say(c, "\"%s\"\n\n", act_kind_says(kind));
	if (act_kind_is_notice(kind))
		words_say(c, 0,
		    "A notice: it tells, and asks for nothing. No answer is owed; with its receipt it is done.");
	if (m != NULL)
		measure_tell(c, m, act_kind_is_notice(kind));
	else
		words_say(c, 0, act_kind_class(kind) == ACT_IS_ANSWER ?
		    "An answer: it belongs to a request, and its own members are in doc/format/act.md. What may follow what: doc/states.md." :
		    "An act of the house; its members are in doc/format/act.md.");
	if (request)
		persons_tell(c, kind);
	if (m != NULL) {
		say(c, "\n");
		words_say(c, 0, CERTAINTY);
	}
	say(c, "\nNothing in this program is legal advice.\n");
	if (request)
		say(c, "  Next: comity request new %s --to PEER\n", act_kind_name(kind));
}

/* By what one wants to say, in the order of the table. */
void
help_kinds(struct cli *c)
{
	say(c, "What do you want to say?\n");
	for (unsigned k = 0; k < ACT_KINDS; k++)
		if (act_kind_class((enum act_kind)k) == ACT_IS_REQUEST)
			say(c, "  %-18s %s\n", act_kind_name((enum act_kind)k),
			    act_kind_says((enum act_kind)k));
	say(c, "Not as a form: extradition, detained_transfer, proceedings_transfer.\n"
	    "  Next: comity help act KIND, then: comity request new KIND --to PEER\n");
}

bool
help_act(struct cli *c, const char *name)
{
	const struct law_measure *m = law_measure(name);
	enum act_kind kind;

	if (act_kind_parse(name, &kind))
		kind_tell(c, kind, m);
	else if (m != NULL && strncmp(name, "x_", 2) != 0)
		pointer_tell(c, m);
	else
		return false;
	return true;
}
