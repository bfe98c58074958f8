/*
 * What a peer was told of destructions here, told back (flow/exchange.h): a home that came
 * out of a backup destroys again before anything opens.
 *
 *	ledger/yours/destroyed	the ids of the acts `destroyed` of the receiver that its writer
 *				holds, a line each; in every bundle.  Of more than
 *				EXCHANGE_DESTROYED_MAX the newest, and a last line "more"
 *	ledger/yours/ACT.comity	the acts themselves, for a receiver that is recovering
 */
#include <stdio.h>
#include <string.h>

#include "flow/destroy_inside.h"
#include "flow/exchange.h"
#include "flow/take.h"

#define LIST_PATH "ledger/yours/destroyed"
#define LIST_MAX (65u * EXCHANGE_DESTROYED_MAX + sizeof MORE_LINE)
#define MORE_LINE "more\n"		/* no id: to an older program it is one that waits */
#define RETURNED_MAX (1u << 20)		/* bytes of one such act: texts and signatures */

struct back_path { char s[96]; };

static struct back_path
back_path(const struct digest *act)
{
	struct back_path p;

	(void)snprintf(p.s, sizeof p.s, "ledger/yours/%s.comity", digest_hex(act).s);
	return p;
}

/* ---- written ---- */

struct back_writing {
	struct flow *f;
	struct dir *dir;
	struct buf list;
	bool acts;			/* not their ids alone */
	size_t n, all;			/* passed by so far, of all there are */
};

static bool
act_back(struct back_writing *b, const struct docket_act *row, struct err *err)
{
	struct buf bytes;
	bool ok;

	if (!act_whole(b->f, row))
		return true;		/* lost here: the doctor tells of it */
	buf_init(&bytes, RETURNED_MAX);
	ok = home_load(b->f->home, act_file(row).s, &bytes, err) &&
	    file_save(b->f->world, b->dir, back_path(&row->act).s, buf_span(&bytes), true,
	    err);
	buf_clear(&bytes);
	return ok;
}

static bool
row_counts(const struct docket_act *row)
{
	return !row->other && row->bytes <= RETURNED_MAX;
}

static bool
row_count(void *arg, const struct docket_act *row, struct err *err)
{
	struct back_writing *b = arg;

	(void)err;
	b->all += row_counts(row);
	return true;
}

/* The newest: who came out of a backup knows the older ones out of that. */
static bool
row_back(void *arg, const struct docket_act *row, struct err *err)
{
	struct back_writing *b = arg;

	if (!row_counts(row) || b->n++ + EXCHANGE_DESTROYED_MAX < b->all)
		return true;
	return buf_printf(&b->list, err, "%s\n", digest_hex(&row->act).s) &&
	    (!b->acts || act_back(b, row, err));
}

static bool
list_back(struct back_writing *b, struct docket *d, const char *peer, struct err *err)
{
	const char *kind = act_kind_name(ACT_DESTROYED);

	return docket_acts_from(d, kind, peer, row_count, b, err) &&
	    docket_acts_from(d, kind, peer, row_back, b, err) &&
	    (b->all <= EXCHANGE_DESTROYED_MAX ||
	    buf_add_text(&b->list, MORE_LINE, err));
}

bool
exchange_destroyed_tell(struct flow *f, struct dir *bundle, const struct peer *to,
    bool recovering, struct digest *list, struct exchanged *out, struct err *err)
{
	struct back_writing b = { .f = f, .dir = bundle, .acts = recovering };
	struct docket *d = NULL;
	bool ok;

	buf_init(&b.list, LIST_MAX);
	ok = home_docket(f->home, &d, err);
	if (ok) {
		ok = list_back(&b, d, to->id.s, err);
		home_docket_done(f->home);
	}
	ok = ok && digest_of(buf_span(&b.list), list, err) &&
	    file_save(f->world, bundle, LIST_PATH, buf_span(&b.list), true, err);
	buf_clear(&b.list);
	if (ok && b.all > EXCHANGE_DESTROYED_MAX)
		exchanged_tell(out, "%s told of %zu destructions; only the newest %u are in the bundle.",
		    to->id.s, b.all, EXCHANGE_DESTROYED_MAX);
	return ok;
}

/* ---- heard ---- */

/* *done: it is ours, as it was signed, and what it names is destroyed here again. */
static bool
back_take(struct flow *f, struct dir *bundle, const struct digest *id, bool *done,
    size_t *n, struct err *err)
{
	struct back_path path = back_path(id);
	struct err why = ERR_INIT;
	struct package_report report;
	struct node_trust trust;
	bool ok;

	*done = false;
	package_report_init(&report);
	ok = node_trust_open(&trust, f, true, &why);
	if (ok) {
		struct package_reading in = { .world = f->world, .at = bundle,
			.path = path.s, .keys = &trust.keys, .trust = trust.trust };

		ok = node_check(&trust, &in, &report, &why);
	}
	if (!ok && (why.kind == ERR_MEMORY || why.kind == ERR_IO ||
	    why.kind == ERR_STOPPED)) {
		*err = why;
	} else {
		/* Without the passphrase, or damaged on its way: it goes on waiting. */
		*done = ok && report.unchanged == UNCHANGED_YES &&
		    report.who == WHO_KNOWN && report.has_ids &&
		    digest_eq(&report.act_id, id) && report.act.kind == ACT_DESTROYED &&
		    strcmp(report.act.from.s, home_settings(f->home)->authority.s) == 0;
		ok = true;
	}
	node_trust_close(&trust);
	ok = ok && (!*done || destroy_again(f, &report.act, n, err));
	package_report_clear(&report);
	return ok;
}

static bool
known_here(struct flow *f, const struct digest *id, bool *known, struct err *err)
{
	struct docket_act row;
	struct docket *d = NULL;
	bool ok;

	if (!home_docket(f->home, &d, err))
		return false;
	ok = docket_act_get(d, id, &row, known, err);
	home_docket_done(f->home);
	return ok;
}

bool
exchange_destroyed_hear(struct flow *f, struct dir *bundle, const struct peer *from,
    struct exchanged *out, bool *all, bool *told, struct digest *sum, struct err *err)
{
	struct err why = ERR_INIT;
	size_t waits = 0, again = 0;
	struct cursor c;
	struct span line;
	struct buf list;
	bool ok = true, more = false;

	*all = true;
	*told = false;
	if (!path_exists(f->world, bundle, LIST_PATH))
		return true;		/* an older program's: it says nothing of it */
	buf_init(&list, LIST_MAX);
	if (!file_load(f->world, bundle, LIST_PATH, &list, &why)) {
		buf_clear(&list);
		*all = false;
		return exchanged_damage(out, &why, err);
	}
	*told = ok = digest_of(buf_span(&list), sum, err);
	c = cursor_of(buf_span(&list));
	while (ok && !cursor_done(&c)) {
		struct digest id;
		bool done = false;
		size_t n = 0;

		if (!cursor_line(&c, &line) || !digest_parse(line, &id)) {
			more = span_is(line, "more") && cursor_done(&c);
			waits += !more;
			break;
		}
		ok = known_here(f, &id, &done, err) &&
		    (done || back_take(f, bundle, &id, &done, &n, err));
		waits += !done;
		again += n;
	}
	buf_clear(&list);
	if (again > 0)
		exchanged_tell(out, "Packages destroyed here after the backup, and again now, as %s was told: %zu.",
		    from->id.s, again);
	if (waits > 0)
		exchanged_tell(out, "%s was told of destructions here that are not here yet: %zu. Exchange bundles with it once more, with the passphrase.",
		    from->id.s, waits);
	if (more)
		exchanged_tell(out, "%s was told of more than %u destructions here and names the newest: whether the older ones are all done here it does not say. When you know it, end the waiting with: comity ledger resume",
		    from->id.s, EXCHANGE_DESTROYED_MAX);
	*all = waits == 0 && !more;
	return ok;
}
