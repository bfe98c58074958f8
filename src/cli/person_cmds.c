/* person: who works here, with which roles and keys. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "flow/people.h"

static bool
roles_option(struct cli *c, const struct call *call, const char *name, unsigned *out)
{
	const char *list[PEOPLE_ROLES + 1];
	size_t n = call_values(call, name, list, PEOPLE_ROLES + 1);
	enum people_role r;

	*out = 0;
	for (size_t i = 0; i < n; i++) {
		if (!people_role_parse(list[i], &r))
			return err_set(&c->err, ERR_USE, "people.role-unknown",
			    "there is no role \"%.40s\"; there are: %s", list[i],
			    people_roles_people((1u << PEOPLE_ROLES) - 1, "and").s);
		*out |= 1u << r;
	}
	return true;
}

static bool
number_arg(struct cli *c, const char *typed, unsigned *out)
{
	uint64_t n;

	if (!decimal_parse(span_text(typed[0] == 'P' ? typed + 1 : typed), PEOPLE_MAX,
	    &n) || n == 0)
		return err_set(&c->err, ERR_USE, "people.unknown",
		    "\"%.40s\" is no number of a person; see: comity person list", typed);
	*out = (unsigned)n;
	return true;
}

static int
changed(struct cli *c, const char *schema, unsigned number)
{
	struct json_out j;

	if (c->json) {
		json_start(c, &j, schema);
		json_out_int(&j, "person", number);
		json_done(c, &j);
	}
	return EXIT_DONE;
}

/* Two files or none: one passphrase would be that of two persons. */
static bool
fresh_passphrase(struct cli *c, const struct call *call)
{
	c->new_passphrase_file = call_value(call, "new-passphrase-file");
	return c->new_passphrase_file != NULL || c->passphrase_file == NULL;
}

int
run_person_add(struct cli *c, struct call *call)
{
	const char *public = call_value(call, "public");
	struct person_wish w = { .name = call->args[0] };
	const struct person *p;
	struct buf key;
	unsigned number;
	bool first, ok;

	if (public == NULL && !fresh_passphrase(c, call))
		return fail_use(c, "comity person add with --passphrase-file needs --new-passphrase-file too: each person has its own");
	if (!roles_option(c, call, "role", &w.roles))
		return fail(c);
	first = !home_has_people(c->flow.home);
	buf_init(&key, 4096);
	ok = public == NULL || file_option(c, public, &key);
	w.public = buf_span(&key);
	ok = ok && flow_person_add(&c->flow, &w, &number, &c->err);
	buf_clear(&key);
	if (!ok)
		return fail(c);
	if (first)
		say(c, "This home is one of persons now. You are person 1, under your passphrase.\n");
	say(c, "Person %u added. It works as: comity --as %u ...\n", number, number);
	p = &flow_people(&c->flow)->list[number - 1];
	if (p->let_in_by == 0)
		say(c, "  It has no keys to requests yet, and approves nothing, until somebody who reads drafts lets it in: comity person let-in %u\n",
		    number);
	return changed(c, "comity.person-add/1", number);
}

static void
person_json(struct json_out *j, const struct person_view *v)
{
	const struct person *p = &v->person;

	json_out_object(j, NULL);
	json_out_int(j, "person", p->number);
	json_shown(j, "name", v->name);
	json_out_array(j, "roles");
	for (int r = 0; r < PEOPLE_ROLES; r++)
		if ((p->roles & (1u << r)) != 0)
			json_out_str(j, NULL, people_role_name((enum people_role)r));
	json_out_close_array(j);
	json_out_array(j, "opens");
	for (int g = 0; g < PEOPLE_GROUPS; g++)
		if ((v->opens & (1u << g)) != 0)
			json_out_str(j, NULL, people_group_name((enum people_group)g));
	json_out_close_array(j);
	json_out_bool(j, "afar", p->afar);
	json_out_bool(j, "disabled", p->disabled);
	json_out_int(j, "let_in_by", p->let_in_by);
	json_out_str(j, "since", when_rfc3339(p->since).s);
	json_out_close_object(j);
}

static void
person_say(struct cli *c, const struct person_view *v)
{
	const struct person *p = &v->person;

	say(c, "%3u  ", p->number);
	say_text(c, v->name);
	say(c, "  %s%s\n", people_roles_people(p->roles, "and").s, p->disabled ?
	    " (works here no more)" : p->afar ? " (signs from afar)" :
	    p->let_in_by == 0 && (people_roles_open(p->roles) & ~1u) != 0 ?
	    " (not let in yet)" : "");
	if (p->disabled && v->note[0] != '\0') {
		say(c, "     ");
		say_text(c, v->note);
		say(c, "\n");
	}
}

int
run_person_list(struct cli *c, struct call *call)
{
	struct person_view *list;
	struct json_out j;
	size_t n;

	(void)call;
	if (!flow_person_list(&c->flow, &list, &n, &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.person-list/1");
		json_out_array(&j, "persons");
		for (size_t i = 0; i < n; i++)
			person_json(&j, &list[i]);
		json_out_close_array(&j);
		json_done(c, &j);
	}
	for (size_t i = 0; i < n; i++)
		person_say(c, &list[i]);
	if (n == 0)
		say(c, "This home is one person's.\n  Next: comity person add NAME --role ROLE\n");
	mem_free(list);
	return EXIT_DONE;
}

int
run_person_role(struct cli *c, struct call *call)
{
	unsigned number, add, remove;

	if (!number_arg(c, call->args[0], &number) ||
	    !roles_option(c, call, "add", &add) ||
	    !roles_option(c, call, "remove", &remove))
		return fail(c);
	if (add == 0 && remove == 0)
		return fail_use(c, "say which role, as in --add prosecutor or --remove administrator");
	if (!flow_person_role(&c->flow, number, add, remove, &c->err))
		return fail(c);
	say(c, "Person %u: %s.\n", number, people_roles_people(
	    flow_people(&c->flow)->list[number - 1].roles, "and").s);
	if (flow_people(&c->flow)->list[number - 1].let_in_by == 0)
		say(c, "  It is let in again with: comity person let-in %u\n", number);
	return changed(c, "comity.person-role/1", number);
}

int
run_person_let_in(struct cli *c, struct call *call)
{
	const struct person *p;
	unsigned number;

	if (!number_arg(c, call->args[0], &number) ||
	    !flow_person_let_in(&c->flow, number, &c->err))
		return fail(c);
	p = person_find(c->flow.people, number);
	say(c, "Person %u is let in.\n", number);
	/* One gives what one has: an investigator cannot give what signs. */
	if (!p->afar && (person_opens(p) & ~person_groups(c->flow.home, number)) != 0)
		say(c, "  You do not have all keys of its roles: a lawyer or contact point gives the others with: comity person let-in %u\n",
		    number);
	return changed(c, "comity.person-let-in/1", number);
}

int
run_person_confirm(struct cli *c, struct call *call)
{
	struct person_view *list;
	struct json_out j;
	size_t n, more;

	(void)call;
	if (!flow_person_list(&c->flow, &list, &n, &c->err))
		return fail(c);
	for (size_t i = 0; i < n; i++)
		person_say(c, &list[i]);
	mem_free(list);
	if (!confirm_state(c, "This says for the record that these persons, and only these, work here, with these roles.\nType the two letters of your State to go on: ") ||
	    !flow_person_confirm(&c->flow, &more, &c->err))
		return fail(c);
	if (c->json) {
		json_start(c, &j, "comity.person-confirm/1");
		json_out_int(&j, "more", (int64_t)more);
		json_done(c, &j);
	}
	if (more > 0)
		say(c, "It is on record. %s to say so too: comity --as NUMBER person confirm\n",
		    count_people(more, "person has", "persons have").s);
	else
		say(c, "It is on record, and this home goes on.\n");
	return EXIT_DONE;
}

int
run_person_disable(struct cli *c, struct call *call)
{
	unsigned number;

	if (!number_arg(c, call->args[0], &number) || !flow_person_disable(&c->flow,
	    number, call_value(call, "reason"), &c->err))
		return fail(c);
	say(c, "Person %u works here no more; its keys here are gone. What it copied before it keeps: rotate the authority's keys if it had them (comity key rotate, and --what sealing).\n",
	    number);
	return changed(c, "comity.person-disable/1", number);
}

int
run_person_passphrase(struct cli *c, struct call *call)
{
	if (!fresh_passphrase(c, call))
		return fail_use(c, "comity person passphrase with --passphrase-file needs --new-passphrase-file too");
	if (!flow_person_passphrase(&c->flow, &c->err))
		return fail(c);
	say(c, "The new passphrase is in force. Copies of this home made before still open with the old one.\n");
	return changed(c, "comity.person-passphrase/1", c->flow.as);
}
