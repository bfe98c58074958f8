/* Evidence in a docket made anew: folders have the numbers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/rebuild_replay.h"

static int
by_number(const void *a, const void *b)
{
	const unsigned *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static bool
folder_add(struct replaying *p, const char *name, struct err *err)
{
	unsigned number = 0, *more;

	for (const char *c = name; *c != '\0'; c++) {
		if (*c < '0' || *c > '9' || c - name >= 7)
			return true;
		number = number * 10 + (unsigned)(*c - '0');
	}
	more = mem_grow(p->folders, p->folders_n, sizeof *more, err);
	if (more == NULL)
		return false;
	p->folders = more;
	p->folders[p->folders_n++] = number;
	return true;
}

bool
replay_folders(struct replaying *p, struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, ok;

	ok = listing_open(p->f->world, home_dir(p->f->home), "evidence", &l, err);
	while (ok && more) {
		ok = listing_next(l, &e, &more, err);
		if (ok && more)
			ok = folder_add(p, e.name, err);
	}
	listing_close(l);
	if (ok && p->folders_n > 1)
		qsort(p->folders, p->folders_n, sizeof *p->folders, by_number);
	return ok;
}

/* The newest record before *at that this folder can be of. */
static void
added_match(struct replaying *p, unsigned number, const struct evidence_private *prv,
    size_t *at)
{
	for (size_t i = *at; i-- > 0;) {
		struct entry *e = &p->r->list[i];

		if (e->event != EVENT_EVIDENCE_ADDED ||
		    e->pinned != (prv->pinned && !prv->pinned_later) ||
		    (e->pinned && !digest_eq(&e->fingerprint, &prv->fingerprint)))
			continue;
		e->evidence = number;
		*at = i;
		return;
	}
}

/*
 * From the newest back: a command that was cut between its record and the docket left a
 * record whose folder the next one took.
 */
bool
replay_added(struct replaying *p, struct err *err)
{
	struct keyring *k = NULL;
	size_t at = p->r->n;

	if (!flow_keyring(p->f, &k, err))
		return false;
	for (size_t i = p->folders_n; i-- > 0;) {
		struct evidence_private prv;
		struct err why = ERR_INIT;

		evidence_private_init(&prv);
		if (!evidence_private_load(p->f->home, k, p->folders[i], &prv, &why)) {
			if (rebuild_stops(&why)) {
				*err = why;
				return false;
			}
		} else if (prv.path[0] != '\0') {	/* none: it was passed on */
			added_match(p, p->folders[i], &prv, &at);
		}
		evidence_private_clear(&prv);
	}
	return true;
}

bool
replay_evidence_there(struct replaying *p, unsigned number, bool *there, struct err *err)
{
	struct evidence *e = mem_new(sizeof *e, err);
	struct err why = ERR_INIT;

	if (e == NULL)
		return false;
	*there = evidence_load(p->f->home, number, e, &why);
	mem_free(e);
	if (*there || why.kind == ERR_ABSENT)
		return true;
	*err = why;
	return false;
}

bool
replay_evidence_row(struct replaying *p, unsigned number, enum evidence_origin origin,
    int64_t at, uint64_t files, uint64_t bytes, struct err *err)
{
	struct evidence *e = mem_new(sizeof *e, err);
	bool ok = e != NULL;

	if (ok) {
		memset(e, 0, sizeof *e);
		e->number = number;
		e->origin = origin;
		e->added_at = at;
		e->files = files;
		e->bytes = bytes;
		ok = evidence_save(p->f->home, e, err);
		p->r->out->evidence += ok;
	}
	mem_free(e);
	return ok;
}

static bool
signature_there(struct replaying *p, const struct digest *act, unsigned number,
    bool *there, struct err *err)
{
	char name[80];

	(void)snprintf(name, sizeof name, "%s.sig", digest_hex(act).s);
	return take_there(p->f, evidence_path(number, name).s, there, err);
}

bool
replay_signed_folder(struct replaying *p, const struct digest *act, unsigned *number,
    bool *found, struct err *err)
{
	*found = false;
	for (size_t i = 0; i < p->folders_n && !*found; i++) {
		*number = p->folders[i];
		if (!signature_there(p, act, *number, found, err))
			return false;
	}
	return true;
}

bool
replay_received_number(struct replaying *p, const struct docket_act *row, unsigned *out,
    struct err *err)
{
	unsigned *list = NULL;
	size_t n;

	for (size_t i = 0; i < p->folders_n; i++) {
		size_t at = (p->folder_next + i) % p->folders_n;
		bool mine, there = false;

		*out = p->folders[at];
		if (!signature_there(p, &row->act, *out, &mine, err) ||
		    (mine && !replay_evidence_there(p, *out, &there, err)))
			return false;
		if (mine && !there) {
			p->folder_next = at + 1;
			return true;
		}
	}
	if (!evidence_numbers(p->f->home, &list, &n, err))
		return false;
	*out = n > 0 ? list[n - 1] : 0;
	mem_free(list);
	if (p->folders_n > 0 && p->folders[p->folders_n - 1] > *out)
		*out = p->folders[p->folders_n - 1];
	(*out)++;
	return true;
}
