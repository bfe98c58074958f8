/* What opens every parcel leaves the home: by two persons, and never unseen. */
#include "flow/people_inside.h"

#define IDENTITIES_BYTES (64u << 10)	/* of all: a line each, of as many as a home has */

struct exporting {
	struct flow *f;
	const struct age_identity *const *ids;
	size_t n;
	struct buf lines, content;
	struct matter matter;
	struct act_people people;
};

/* By their public halves: a key that was made since is another matter. */
static bool
export_matter(struct exporting *x, struct err *err)
{
	struct age_recipient r;
	bool ok = buf_add_text(&x->content,
	    "the keys that open every parcel of this authority, as a file\n", err);

	for (size_t i = 0; ok && i < x->n; i++)
		ok = age_identity_recipient(x->ids[i], &r, err) &&
		    buf_printf(&x->content, err, "key %s\n", age_recipient_print(&r).s);
	x->matter = (struct matter){ .act = PEOPLE_EXPORT_KEY, .kind = ACT_CARD,
		.content = buf_span(&x->content) };
	return ok;
}

static bool
export_run(struct exporting *x, bool (*give)(void *arg, struct span identities,
    struct err *err), void *arg, struct err *err)
{
	struct keyring *k = NULL;

	if (!flow_may(x->f, PEOPLE_EXPORT_KEY, err) || !flow_keyring(x->f, &k, err) ||
	    !keyring_identities(k, &x->ids, &x->n, err) || !export_matter(x, err) ||
	    !flow_second(x->f, &x->matter, &x->people, err))
		return false;
	for (size_t i = 0; i < x->n; i++)
		if (!age_identity_print(x->ids[i], &x->lines, err))
			return false;
	return record_home(x->f, EVENT_KEY, "key.exported", err) &&
	    flow_second_use(x->f, NULL, &x->matter, err) &&
	    give(arg, buf_span(&x->lines), err);
}

bool
flow_key_export(struct flow *f, bool (*give)(void *arg, struct span identities,
    struct err *err), void *arg, struct err *err)
{
	struct exporting x = { .f = f };
	bool ok;

	buf_init_secret(&x.lines, IDENTITIES_BYTES);
	buf_init(&x.content, MATTER_MAX);
	ok = home_lock(f->home, err) && export_run(&x, give, arg, err);
	if (!ok)
		decided_refused(f, 0, err);
	if (x.people.n > 0)
		ok = flow_second_end(f, &x.matter, ok, err);
	buf_clear(&x.lines);
	buf_clear(&x.content);
	return ok;
}
