/* Who of an office makes each step: the table of steps and that of people, put together. */
#include "policy/people.h"
#include "policy/thread_inside.h"

static bool
is_request(enum act_kind kind)
{
	return act_kind_class(kind) == ACT_IS_REQUEST;
}

/* Is `act` a step of `request` (itself: what opens it), and this to people? */
static bool
is_this(enum act_kind request, enum act_kind act, bool itself, enum people_act is)
{
	return is_request(request) && itself == (request == act) &&
	    thread_step_is_made(request, act) && people_act_of(act, request) == is;
}

static struct people_roles_text
who_may(enum people_act act)
{
	unsigned roles = 0;

	for (unsigned r = 0; r < PEOPLE_ROLES; r++)
		if ((people_roles_may(1u << r) & (1u << act)) != 0)
			roles |= 1u << r;
	return people_roles_people(roles, "or");
}

static bool
print_line(const char *act, const char *requests, enum people_act is, struct buf *out,
    struct err *err)
{
	return buf_printf(out, err, "| %s | %s | %s | %s |\n", act, requests,
	    people_act_name(is), who_may(is).s);
}

/* In which threads this act is that to people; "" in none. */
static bool
print_requests(enum act_kind act, enum people_act is, struct buf *out, struct err *err)
{
	uint64_t in = 0;
	size_t in_n = 0, all = 0;

	for (int k = 0; k < ACT_KINDS; k++) {
		if (is_this((enum act_kind)k, act, false, is)) {
			in |= kind_bit((enum act_kind)k);
			in_n++;
		}
		all += is_request((enum act_kind)k) && (enum act_kind)k != act &&
		    thread_step_is_made((enum act_kind)k, act);
	}
	if (in_n == 0)
		return true;
	return in_n == all ? buf_add_text(out, "any that has it", err) :
	    thread_kinds_print(in, out, err);
}

static bool
print_act(enum act_kind act, struct buf *out, struct err *err)
{
	struct buf requests;
	const char *text;
	bool ok = true;

	buf_init(&requests, 4096);
	for (int p = 0; ok && p < PEOPLE_ACTS; p++) {
		buf_reset(&requests);
		ok = print_requests(act, (enum people_act)p, &requests, err) &&
		    (requests.n == 0 || (buf_text(&requests, &text, err) &&
		    print_line(act_kind_name(act), text, (enum people_act)p, out, err)));
	}
	buf_clear(&requests);
	return ok;
}

/* Requests that open a thread, by what they are to people. */
static bool
print_opening(enum people_act is, struct buf *out, struct err *err)
{
	uint64_t in = 0;

	for (int k = 0; k < ACT_KINDS; k++)
		if (is_this((enum act_kind)k, (enum act_kind)k, true, is))
			in |= kind_bit((enum act_kind)k);
	return in == 0 || (buf_add_text(out, "| ", err) && thread_kinds_print(in, out, err) &&
	    buf_printf(out, err, " | its own | %s | %s |\n", people_act_name(is),
	    who_may(is).s));
}

bool
thread_people_print(struct buf *out, struct err *err)
{
	if (!buf_add_text(out,
	    "\n# Who of the office makes it\n\n"
	    "A step is made when the state has it and a role of the person at work has it: the\n"
	    "steps above with the tables of doc/people.md, which also say when a second person\n"
	    "signs.  In a home of one person that one has every role.\n\n"
	    "| act | in a thread of | is | by |\n"
	    "| --- | --- | --- | --- |\n", err))
		return false;
	for (int p = 0; p < PEOPLE_ACTS; p++)
		if (!print_opening((enum people_act)p, out, err))
			return false;
	for (int a = 0; a < ACT_KINDS; a++)
		if (!print_act((enum act_kind)a, out, err))
			return false;
	return true;
}
