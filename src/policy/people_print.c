/* The tables of data/people for people: doc/people.md. */
#include "policy/people_tables.h"

static bool
print_list(unsigned set, unsigned n, const char *(*name)(unsigned), struct buf *out,
    struct err *err)
{
	const char *sep = "";

	for (unsigned i = 0; i < n; i++) {
		if ((set & (1u << i)) == 0)
			continue;
		if (!buf_printf(out, err, "%s%s", sep, name(i)))
			return false;
		sep = ", ";
	}
	return set != 0 || buf_add_text(out, "-", err);
}

static const char *
act_word(unsigned i)
{
	return people_act_name((enum people_act)i);
}

static const char *
group_word(unsigned i)
{
	return people_group_name((enum people_group)i);
}

static const char *
role_word(unsigned i)
{
	return people_role_name((enum people_role)i);
}

static const char *
second_word(unsigned i)
{
	static const char *const words[] = { "at once", "from afar", "later" };

	return words[i];
}

static bool
print_role(const struct role_row *r, struct buf *out, struct err *err)
{
	return buf_printf(out, err, "| `%s` | ", r->name) &&
	    print_list(r->may, PEOPLE_ACTS, act_word, out, err) &&
	    buf_add_text(out, " | ", err) &&
	    print_list(r->opens, PEOPLE_GROUPS, group_word, out, err) &&
	    buf_add_text(out, " | ", err) &&
	    print_list(r->apart, PEOPLE_ROLES, role_word, out, err) &&
	    buf_printf(out, err, " | %s |\n", r->words);
}

static bool
print_rule(const struct people_rule *r, struct buf *out, struct err *err)
{
	return buf_printf(out, err, "| %s | %s | %u | ", people_act_name(r->act),
	    office_size_name(r->office), 1 + r->needed) &&
	    print_list(r->by, PEOPLE_ROLES, role_word, out, err) &&
	    buf_add_text(out, " | ", err) &&
	    print_list(r->second, 3, second_word, out, err) &&
	    (r->hours == 0 || buf_printf(out, err, " (%u h)", r->hours)) &&
	    buf_printf(out, err, " | %s |\n", r->words);
}

static bool
print_kind(const struct kind_row *k, struct buf *out, struct err *err)
{
	const char *act = people_act_name(k->act);

	if (k->kind[0] == '*')
		return buf_printf(out, err, "| any other %s | | %s |\n", k->kind + 1, act);
	return buf_printf(out, err, "| `%s` | %s | %s |\n", k->kind, k->on, act);
}

static const char *const head =
    "# Who may do what, and what needs two\n\n"
    "Printed from `data/people/*.tsv` as they are compiled in; the test of `policy/people`\n"
    "keeps this page equal to them (`policy_people_test --print` writes it anew).\n\n"
    "These tables bind every home.  One that has named nobody is an office of one: whoever\n"
    "has its passphrase does alone what needs nobody else, a preservation at night too, and\n"
    "each act says so; what needs two is refused until `comity person add` has named a second,\n"
    "here or from afar.  From then on each person has a passphrase and keys of their own, and\n"
    "every record names who was at work.  Two people are two persons, never two roles of one:\n"
    "who wrote, changed or prepared a thing does not approve it.\n\n"
    "## Roles\n\n"
    "What a role opens holds by cryptography: each key of the home is sealed to its group\n"
    "(log: ledger, witness; desk: texts of drafts and cases; sign: the authority's signature;\n"
    "evidence: what opens parcels), and the group's key to the persons who have it.  An\n"
    "administrator names people and cannot let them in: another person, who reads drafts, does\n"
    "(`comity person let-in`), so that nobody makes himself a second.  Who is not let in opens\n"
    "no more than log and approves nothing.  In an office of one the first does both.\n"
    "Acts that came or left are parcels too: who opens no evidence sees drafts, and what\n"
    "waits for an approval with all its words.  One human being in two entries is seen by\n"
    "nobody but whoever lets people in; one name, or one key, is never two persons here.\n\n"
    "| role | may | opens | not together with (but in an office of one) | which means |\n"
    "| --- | --- | --- | --- | --- |\n";
static const char *const rules_head =
    "\n## How many people\n\n"
    "An office is `one` person, `small` (two to four) or `full` (five and more); who signs\n"
    "from afar only, or only reads ledger or figures, is not counted.  At once: a second person\n"
    "signs here, before the act goes.  From afar: on another machine, before the act goes.\n"
    "Later: the act goes, and the signature is owed within so many hours.  Each act says how it\n"
    "was done, in its signed part (`people` in `act.json`).\n\n"
    "| act | office | persons | the second is | signs | which means |\n"
    "| --- | --- | --- | --- | --- | --- |\n";
static const char *const kinds_head =
    "\n## Kinds\n\n"
    "What a kind of act is in the table above; an answer may depend on what it answers.  The\n"
    "first row that fits counts.\n\n"
    "| kind | when it answers | is |\n"
    "| --- | --- | --- |\n";
static const char *const tail =
    "\n## An approval\n\n"
    "It is a signature by the person's own Ed25519 key over a text that names the authority,\n"
    "the request or evidence, the act and the SHA-256 of exactly what would leave: kind,\n"
    "receiver, basis, body, attachments by their digest.  Any later change voids it, and so\n"
    "does another matter; each approval is a leaf in the ledger.\n\n"
    "    comity request send 31                    refused: kept as prepared\n"
    "    comity --as 2 request approve 31          the second person\n"
    "    comity request send 31                    leaves, and says how it was done\n\n"
    "From afar (a judge, a prosecutor elsewhere, the second of an office of one):\n\n"
    "    comity approval key --out my.key          there, once: keys, and a line to hand over\n"
    "    comity person add NAME --role prosecutor --public my.pub\n"
    "    comity request approve 31 --by 2 --out question.age\n"
    "    comity approval make question.age --key my.key --out answer.json     there\n"
    "    comity request approve 31 --file answer.json\n\n"
    "## What this does not do\n\n"
    "- Who is alone names the second person, and could name one whose key is held by the same\n"
    "  hand: nobody else is there to say no.  Each naming is a leaf in the ledger, which other\n"
    "  authorities cosign; a person who joins later, or an auditor, sees when and by whom.\n"
    "- Two persons who work together against the table can do what two may do; the ledger\n"
    "  shows who they were.\n"
    "- Whoever has the keys `sign` and programs of their own can sign with them: a role that\n"
    "  only drafts has none, and one that approves opens no evidence.  The receiver and the\n"
    "  ledger see an act without its record.\n"
    "- Whoever has the keys `evidence`, the disk and `age` opens parcels unseen: that two persons\n"
    "  make a file of those keys (`comity key export-identity`) binds the program, not the disk.\n"
    "- Who loses a role keeps what was copied before.  Rotate the keys then:\n"
    "  `comity key rotate`, and `comity key rotate --what sealing`.\n"
    "- What asks for no passphrase (the desk, lists of numbers and days, `comity ledger show`) is\n"
    "  read by whoever may read the folder of the home, whatever the role: give a body from\n"
    "  outside the file of `comity oversight report --out`, or an account that does nothing else.\n"
    "- A parcel can only be taken in with the keys `evidence`, which also open evidence: that\n"
    "  the contact point does not read it is a rule of the program, not of cryptography.\n";

bool
people_table_print(struct buf *out, struct err *err)
{
	if (!buf_add_text(out, head, err))
		return false;
	for (int i = 0; i < PEOPLE_ROLES; i++)
		if (!print_role(&people_role_rows[i], out, err))
			return false;
	if (!buf_add_text(out, rules_head, err))
		return false;
	for (int i = 0; i < PEOPLE_ACTS * OFFICE_SIZES; i++)
		if (!print_rule(&people_rule_rows[i], out, err))
			return false;
	if (!buf_add_text(out, kinds_head, err))
		return false;
	for (size_t i = 0; i < people_kind_count; i++)
		if (!print_kind(&people_kind_rows[i], out, err))
			return false;
	return buf_add_text(out, tail, err);
}
