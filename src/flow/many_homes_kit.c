/* Several homes, each in its own world; see many_homes_kit.h for what may happen to them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow/many_homes_kit.h"

#define HOME "home"
#define FACES 2
#define POST_MAX 64			/* bundles on their way */
#define SIGNED_MAX 4096

enum nature { HONEST, TWO_FACED, ROLLED_BACK };

struct face {
	struct world *w;
	struct site site;
	uint64_t acked;			/* leaves it has promised */
	struct digest acked_root;
	char backup[24];		/* a whole copy lies there; "" none */
	int64_t skew;
	bool moved;			/* it took leaves back: what was not signed went behind them */
};
struct one_home {
	enum nature nature;
	char state[3];
	struct face face[FACES];
	unsigned faces;
	uint64_t common;		/* TWO_FACED: leaves both faces share */
	unsigned bundles;		/* names of folders */
	bool strayed;			/* honest no more: a rolled-back copy may sign anything */
};
struct letter {
	bool used, whole;		/* whole: neither damaged nor cut */
	unsigned from, to, face;	/* of the receiver */
	unsigned due;
	char folder[24];
	unsigned times;			/* how often it is still read */
	bool tells;			/* its writer held a diverged note of the two-faced one */
};
struct signed_root {
	char origin[NOTE_NAME_MAX + 1];
	unsigned home;
	uint64_t size;
	struct digest root;
};
struct many {
	const struct many_options *opt;
	struct many_result *out;
	struct one_home home[MANY_MAX];
	struct letter post[POST_MAX];
	struct signed_root *list;
	size_t list_n;
	bool told[MANY_MAX][MANY_MAX];	/* about the two-faced one, both being diverged */
	unsigned day;
	bool calm;			/* the end: no power is lost */
	uint64_t state;			/* of our own generator */
	struct err err;
};

/* splitmix64: the run's own dice, apart from the worlds' randomness. */
static uint64_t
dice(struct many *m, uint64_t n)
{
	uint64_t z = (m->state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (z ^ (z >> 31)) % n;
}

static bool wrong(struct many *m, const char *fmt, ...) PRINTF_LIKE(2, 3);

static bool
wrong(struct many *m, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	if (m->out->failed[0] != '\0')
		return false;
	n = (size_t)snprintf(m->out->failed, sizeof m->out->failed,
	    "seed %llu day %u: ", (unsigned long long)m->opt->seed, m->day);
	va_start(ap, fmt);
	(void)vsnprintf(m->out->failed + n, sizeof m->out->failed - n, fmt, ap);
	va_end(ap);
	return false;
}

/* ---- folders between worlds ---- */

struct damage {
	struct many *m;
	unsigned file;			/* the nth file is damaged; 0 none */
	unsigned seen;
};

static int
name_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t
names_of(struct world *w, const char *path, char *names[], size_t max)
{
	struct err err = ERR_INIT;
	struct listing *l = NULL;
	struct listing_entry e;
	size_t n = 0;
	bool more;

	if (!listing_open(w, NULL, path, &l, &err))
		return 0;
	while (n < max && listing_next(l, &e, &more, &err) && more)
		names[n++] = strdup(e.name);
	listing_close(l);
	qsort(names, n, sizeof names[0], name_order);
	return n;
}

static bool
file_carry(struct world *from, const char *a, struct world *to, const char *b,
    struct damage *d, struct err *err)
{
	struct buf bytes;
	bool ok;

	buf_init(&bytes, 64u << 20);
	ok = file_load(from, NULL, a, &bytes, err);
	if (ok && d != NULL && ++d->seen == d->file && bytes.n > 0) {
		if (dice(d->m, 2) == 0)
			bytes.n = (size_t)dice(d->m, bytes.n);
		else
			bytes.p[dice(d->m, bytes.n)] ^= (uint8_t)(1 << dice(d->m, 8));
	}
	ok = ok && file_save(to, NULL, b, buf_span(&bytes), true, err);
	buf_clear(&bytes);
	return ok;
}

static bool
tree_carry(struct world *from, const char *a, struct world *to, const char *b,
    struct damage *d, struct err *err)
{
	char *names[4096];
	size_t n = names_of(from, a, names, 4096);
	bool ok = dir_make_all(to, NULL, b, err);

	for (size_t i = 0; i < n; i++) {
		char x[512], y[512];
		struct file_info info;

		(void)snprintf(x, sizeof x, "%s/%s", a, names[i]);
		(void)snprintf(y, sizeof y, "%s/%s", b, names[i]);
		ok = ok && path_info(from, NULL, x, &info, err);
		if (ok && info.type == FILE_DIR)
			ok = tree_carry(from, x, to, y, d, err);
		else if (ok && info.type == FILE_REGULAR)
			ok = file_carry(from, x, to, y, d, err);
		free(names[i]);
	}
	return ok;
}

static bool
world_settle(struct world *w, struct err *err)
{
	struct dir *d = NULL;
	bool ok = dir_open(w, NULL, ".", &d, err) && dir_sync_all(d, err);

	dir_close(d);
	return ok;
}

/* ---- what must hold ---- */

/*
 * Every checkpoint that somebody got: an honest log shows one root a size.  What was
 * signed, reached nobody and was lost with its disk cannot be known again by anyone.
 */
static bool
signed_note(struct many *m, unsigned h, struct span note)
{
	struct face *f = &m->home[h].face[0];
	struct err err = ERR_INIT;
	struct checkpoint c;
	struct vkey key;
	bool found;

	/* Damaged on the way, or of a log before this one. */
	if (!own_log_key(&f->site.flow, &key, &found, &err) || !found ||
	    !checkpoint_open(note, &key, &c, &err))
		return true;
	for (size_t i = 0; i < m->list_n; i++) {
		struct signed_root *s = &m->list[i];

		if (s->home != h || s->size != c.size ||
		    strcmp(s->origin, c.origin) != 0)
			continue;
		return digest_eq(&s->root, &c.root) || m->home[h].strayed ||
		    wrong(m, "%s signed two roots of %llu entries",
		    m->home[h].state, (unsigned long long)c.size);
	}
	if (m->list_n < SIGNED_MAX) {
		struct signed_root *s = &m->list[m->list_n++];

		*s = (struct signed_root){ .home = h, .size = c.size, .root = c.root };
		memcpy(s->origin, c.origin, sizeof s->origin);
	}
	return true;
}

static bool
checkpoint_look(struct many *m, unsigned h, struct world *w, const char *path)
{
	struct err err = ERR_INIT;
	struct buf note;
	bool ok = true;

	buf_init(&note, NOTE_MAX);
	if (file_load(w, NULL, path, &note, &err))
		ok = signed_note(m, h, buf_span(&note));
	buf_clear(&note);
	return ok;
}

/* What was promised before is there, at the same place. */
static bool
promised(struct many *m, unsigned h, struct face *f)
{
	struct err err = ERR_INIT;
	struct digest root;
	struct log *l;

	if (!ledger_log(&f->site.flow, &l, &err))
		return wrong(m, "%s: the ledger does not open: %s", m->home[h].state,
		    err.text);
	if (f->acked > 0 && (log_size(l) < f->acked || (!f->moved &&
	    (!log_root(l, f->acked, &root, &err) || !digest_eq(&root, &f->acked_root)))))
		return wrong(m, "%s: what was promised (%llu entries) is not there (%llu)",
		    m->home[h].state, (unsigned long long)f->acked,
		    (unsigned long long)log_size(l));
	f->moved = false;
	f->acked = log_size(l);
	return f->acked == 0 || log_root(l, f->acked, &f->acked_root, &err) ||
	    wrong(m, "%s: %s", m->home[h].state, err.text);
}

/* Size of the checkpoint of that log that `which` finds at this home; 0: none. */
static uint64_t
size_known(struct face *f, const char *origin,
    bool (*which)(struct witness *w, const char *origin, struct buf *note,
    struct checkpoint *out, bool *found, struct err *err))
{
	struct err err = ERR_INIT;
	struct checkpoint c = { .size = 0 };
	struct witness *w = NULL;
	struct buf note;
	bool found = false;

	buf_init(&note, NOTE_MAX);
	if (!witness_open(f->w, home_dir(f->site.flow.home), &w, &err) ||
	    !which(w, origin, &note, &c, &found, &err) || !found)
		c.size = 0;
	witness_close(w);
	buf_clear(&note);
	return c.size;
}

static bool
proof_count(void *arg, const struct witness_log *l, struct err *err)
{
	unsigned *n = arg;

	(void)err;
	*n += l->misbehaviour;
	return true;
}

static unsigned
proofs(struct face *f)
{
	struct err err = ERR_INIT;
	struct witness *w = NULL;
	unsigned n = 0;

	if (witness_open(f->w, home_dir(f->site.flow.home), &w, &err))
		(void)!witness_each(w, proof_count, &n, &err);
	witness_close(w);
	return n;
}

/* ---- one step of one home, that the power may cut ---- */

typedef bool (*step_fn)(struct many *m, unsigned h, struct face *f, void *arg,
    struct err *err);

static bool
recover_from_cut(struct many *m, unsigned h, struct face *f)
{
	struct err err = ERR_INIT;

	m->out->crashes++;
	site_end(&f->site);
	if (!world_sim_crash(f->w, SIM_CRASH_KEEP_SOME, dice(m, 1u << 30), &err))
		return wrong(m, "crash: %s", err.text);
	world_sim_fail(f->w, SIM_FAULT_NONE, 0, false);
	if (!site_again(&f->site, &err))
		return wrong(m, "%s does not open after a power cut: %s",
		    m->home[h].state, err.text);
	return promised(m, h, f);
}

/* Kinds of failure that a bad post, a bad clock or a rule may bring. */
static bool
expected(const struct err *e)
{
	return e->kind == ERR_INPUT || e->kind == ERR_REFUSED ||
	    e->kind == ERR_ABSENT || e->kind == ERR_UNPROVEN || e->kind == ERR_LIMIT ||
	    e->kind == ERR_USE || e->kind == ERR_CONFLICT;
}

/* *done: it returned true; promises count only then. */
static bool
step(struct many *m, unsigned h, unsigned face, step_fn run, void *arg, bool *done)
{
	struct face *f = &m->home[h].face[face];
	struct err err = ERR_INIT;
	bool cut = !m->calm && dice(m, 10) == 0;

	*done = false;
	world_sim_set_now(f->w, NOW + (int64_t)m->day * 86400 + f->skew);
	if (!site_again(&f->site, &err))
		return wrong(m, "%s does not open: %s", m->home[h].state, err.text);
	if (cut)
		world_sim_fail(f->w, SIM_FAULT_POWER, 1 + dice(m, 400), true);
	*done = run(m, h, f, arg, &err);
	if (!*done && cut && err.kind == ERR_IO)
		return recover_from_cut(m, h, f);
	world_sim_fail(f->w, SIM_FAULT_NONE, 0, false);
	if (!*done && !expected(&err))
		return wrong(m, "%s: %s (%s)", m->home[h].state, err.text, err.reason);
	return !*done || promised(m, h, f);
}

/* ---- what homes do ---- */

static bool
do_note(struct many *m, unsigned h, struct face *f, void *arg, struct err *err)
{
	(void)m;
	(void)h;
	(void)arg;
	return record_home(&f->site.flow, EVENT_SELF_TEST, "simulated", err);
}

static bool
do_ask(struct many *m, unsigned h, struct face *f, void *arg, struct err *err)
{
	struct sent s;

	(void)h;
	memset(&s, 0, sizeof s);
	if (!ask(&f->site, ACT_PRESERVE, arg, &s, err))
		return false;
	m->out->acts++;
	return true;
}

struct writing {
	const char *to;
	char folder[24];
};

static bool
do_write(struct many *m, unsigned h, struct face *f, void *arg, struct err *err)
{
	struct writing *w = arg;
	struct bundle_result *r = mem_new(sizeof *r, err);
	bool ok;

	(void)m;
	(void)h;
	ok = r != NULL && flow_bundle_write_ledger(&f->site.flow, w->folder, w->to, r,
	    err);
	mem_free(r);
	return ok;
}

static bool
do_read(struct many *m, unsigned h, struct face *f, void *arg, struct err *err)
{
	struct bundle_result *r = mem_new(sizeof *r, err);
	struct log_state before, after;
	struct log *l;
	size_t n;
	bool ok;

	(void)h;
	ok = r != NULL && ledger_log(&f->site.flow, &l, err);
	if (ok) {
		log_state(l, &before);
		f->moved = before.standing == LOG_RECOVERING;
	}
	ok = ok && flow_bundle_read(&f->site.flow, arg, r, err);
	if (r != NULL)
		m->out->cosigned += (unsigned)r->cosigned;
	/* Parcels that were whole wait in the inbox, whatever the rest was. */
	if (ok)
		ok = flow_take_inbox(&f->site.flow, NULL, NULL, &n, err);
	if (ok && ledger_log(&f->site.flow, &l, err)) {
		log_state(l, &after);
		f->moved = f->moved || after.standing == LOG_RECOVERING;
		m->out->recovered += before.standing == LOG_RECOVERING &&
		    after.standing == LOG_GOOD;
	}
	mem_free(r);
	return ok;
}

/* ---- the post ---- */

static unsigned
face_for(struct many *m, unsigned h, unsigned peer)
{
	return m->home[h].faces == 2 ? peer % 2 : 0;
}

/* Which home has two faces; MANY_MAX: none. */
static unsigned
two_faced(struct many *m)
{
	for (unsigned i = 0; i < m->opt->homes; i++)
		if (m->home[i].nature == TWO_FACED && m->home[i].faces == 2)
			return i;
	return MANY_MAX;
}

/* Has this home seen what only one face signed? */
static bool
diverged(struct many *m, unsigned h)
{
	unsigned liar = two_faced(m);
	struct vkey key;
	struct err err = ERR_INIT;
	bool found;

	if (liar == MANY_MAX || h == liar ||
	    !own_log_key(&m->home[liar].face[0].site.flow, &key, &found, &err) || !found)
		return false;
	return size_known(&m->home[h].face[0], key.name, witness_checkpoint) >
	    m->home[liar].common;
}

static struct letter *
letter_free(struct many *m)
{
	for (size_t i = 0; i < POST_MAX; i++)
		if (!m->post[i].used)
			return &m->post[i];
	return NULL;
}

static bool
post_put(struct many *m, unsigned from, unsigned to, const char *folder, bool kind)
{
	struct face *a = &m->home[from].face[face_for(m, from, to)];
	unsigned rf = face_for(m, to, from);
	struct world *w = m->home[to].face[rf].w;
	struct damage d = { .m = m };
	struct letter *l = letter_free(m);
	struct err err = ERR_INIT;
	bool bad = !kind && dice(m, 6) == 0;

	if (l == NULL || (!kind && dice(m, 5) == 0)) {
		m->out->lost++;
		return true;
	}
	memset(l, 0, sizeof *l);
	l->from = from;
	l->to = to;
	l->face = rf;
	l->whole = !bad;
	l->due = m->day + (kind ? 0 : (unsigned)dice(m, 3));
	l->times = kind || dice(m, 5) != 0 ? 1 : 2;
	l->tells = diverged(m, from);
	(void)snprintf(l->folder, sizeof l->folder, "in-%u-%u", from,
	    m->home[from].bundles);
	if (bad) {
		d.file = 1 + (unsigned)dice(m, 8);
		m->out->damaged++;
	}
	if (!tree_carry(a->w, folder, w, l->folder, bad ? &d : NULL, &err) ||
	    !world_settle(w, &err))
		return wrong(m, "the post: %s", err.text);
	l->used = true;
	m->out->bundles++;
	return true;
}

static bool
send_one(struct many *m, unsigned from, unsigned to, bool kind)
{
	struct one_home *h = &m->home[from];
	unsigned face = face_for(m, from, to);
	struct writing w = { .to = m->home[to].state };
	struct err err = ERR_INIT;
	bool done, ok;

	(void)snprintf(w.folder, sizeof w.folder, "out-%u", ++h->bundles);
	if (!step(m, from, face, do_write, &w, &done) || !done)
		return m->out->failed[0] == '\0';
	ok = post_put(m, from, to, w.folder, kind);
	return ok && (dir_remove_all(h->face[face].w, NULL, w.folder, &err) ||
	    wrong(m, "%s", err.text));
}

/* Both hold what only one face signed, and have told each other: somebody has the proof. */
static bool
split_look(struct many *m, const struct letter *l, bool before)
{
	if (!l->whole || !l->tells || !before || l->from == two_faced(m) ||
	    l->to == two_faced(m) || l->from % 2 == l->to % 2)
		return true;
	m->told[l->from][l->to] = true;
	return !m->told[l->to][l->from] ||
	    proofs(&m->home[l->from].face[0]) + proofs(&m->home[l->to].face[0]) > 0 ||
	    wrong(m, "%s and %s hold two histories of %s, told each other, and none found it",
	    m->home[l->from].state, m->home[l->to].state,
	    m->home[two_faced(m)].state);
}

static bool
deliver(struct many *m, struct letter *l)
{
	struct face *f = &m->home[l->to].face[l->face];
	bool before = diverged(m, l->to), done;
	struct err err = ERR_INIT;
	unsigned crashes = m->out->crashes;
	char path[64];

	(void)snprintf(path, sizeof path, "%s/ledger/checkpoint", l->folder);
	if (!step(m, l->to, l->face, do_read, l->folder, &done))
		return false;
	if (m->out->crashes > crashes) {	/* read again when there is light */
		l->due = m->day + 1;
		return true;
	}
	if (done && (!checkpoint_look(m, l->from, f->w, path) ||
	    !split_look(m, l, before)))
		return false;
	if (--l->times > 0) {
		l->due++;
		return true;
	}
	l->used = false;
	return dir_remove_all(f->w, NULL, l->folder, &err) || wrong(m, "%s", err.text);
}

static bool
post_run(struct many *m)
{
	for (unsigned k = 0; k < POST_MAX; k++) {
		struct letter *l = &m->post[(k * 37 + m->day * 11) % POST_MAX];

		if (l->used && l->due <= m->day && !deliver(m, l))
			return false;
	}
	return true;
}

/* ---- disks ---- */

static bool
backup_make(struct many *m, unsigned h)
{
	struct face *f = &m->home[h].face[0];
	struct err err = ERR_INIT;

	site_end(&f->site);
	(void)snprintf(f->backup, sizeof f->backup, "backup-%u", m->day);
	return (tree_carry(f->w, HOME, f->w, f->backup, NULL, &err) &&
	    world_settle(f->w, &err) && site_again(&f->site, &err)) || wrong(m, "backup: %s", err.text);
}

/*
 * One disk is lost at a time: somebody still remembers the largest tree this home has
 * shown, and no other is just finding out what it had.  What two lost disks knew together
 * is known to nobody.
 */
static bool
remembered(struct many *m, unsigned h)
{
	struct err err = ERR_INIT;
	uint64_t shown = 0;
	struct vkey key;
	bool found, by_one = false;

	if (!own_log_key(&m->home[h].face[0].site.flow, &key, &found, &err) || !found)
		return false;
	for (size_t i = 0; i < m->list_n; i++)
		if (m->list[i].home == h && m->list[i].size > shown &&
		    strcmp(m->list[i].origin, key.name) == 0)
			shown = m->list[i].size;
	for (unsigned p = 0; p < m->opt->homes; p++) {
		struct face *f = &m->home[p].face[0];
		struct log_state s;
		struct log *l;

		if (p == h || m->home[p].strayed)
			continue;
		if (!ledger_log(&f->site.flow, &l, &err))
			return false;
		log_state(l, &s);
		if (s.standing != LOG_GOOD)
			return false;
		by_one = by_one ||
		    size_known(f, key.name, witness_largest) >= shown;
	}
	return by_one || shown == 0;
}

/* Restored as the program does it: marked, so that it signs nothing until it may. */
static bool
restore(struct many *m, unsigned h, bool marked)
{
	struct face *f = &m->home[h].face[0];
	struct err err = ERR_INIT;

	/* What is still on its way from the lost copy is called back, as the page says. */
	for (size_t i = 0; i < POST_MAX; i++)
		if (m->post[i].used && m->post[i].from == h) {
			m->post[i].used = false;
			m->out->lost++;
		}
	site_end(&f->site);
	if (!dir_remove_all(f->w, NULL, HOME, &err) ||
	    !tree_carry(f->w, f->backup, f->w, HOME, NULL, &err) ||
	    !world_settle(f->w, &err) || !site_again(&f->site, &err) ||
	    (marked && !recovery_begin(&f->site.flow, "ledger.restored", &err)))
		return wrong(m, "restore: %s", err.text);
	f->acked = 0;
	m->out->restores++;
	m->home[h].strayed = m->home[h].strayed || (!marked && !m->opt->forgetful);
	return promised(m, h, f);
}

static bool
faces_split(struct many *m, unsigned h)
{
	struct one_home *o = &m->home[h];
	struct err err = ERR_INIT;
	struct log *l;

	site_end(&o->face[0].site);
	if (!tree_carry(o->face[0].w, HOME, o->face[1].w, HOME, NULL, &err) ||
	    !world_settle(o->face[1].w, &err) || !site_again(&o->face[0].site, &err) ||
	    !site_again(&o->face[1].site, &err) ||
	    !ledger_log(&o->face[0].site.flow, &l, &err))
		return wrong(m, "two faces: %s", err.text);
	o->common = log_size(l);
	o->faces = 2;
	o->strayed = true;
	return true;
}

static bool
disks_day(struct many *m)
{
	for (unsigned h = 0; h < m->opt->homes; h++) {
		struct one_home *o = &m->home[h];

		if (o->nature == TWO_FACED && m->day == 6 && !faces_split(m, h))
			return false;
		if (o->nature == TWO_FACED)
			continue;
		if (o->face[0].backup[0] == '\0') {
			if (m->day >= 4 && dice(m, 8) == 0 && !backup_make(m, h))
				return false;
		} else if (dice(m, 14) == 0 && remembered(m, h)) {
			if (!restore(m, h, o->nature == HONEST && !m->opt->forgetful))
				return false;
			o->face[0].backup[0] = '\0';
		}
	}
	return true;
}

/* ---- days ---- */

static unsigned
other(struct many *m, unsigned h)
{
	unsigned p = (unsigned)dice(m, m->opt->homes - 1);

	return p >= h ? p + 1 : p;
}

static bool
home_day(struct many *m, unsigned h)
{
	struct one_home *o = &m->home[h];
	bool done;

	for (unsigned face = 0; face < o->faces; face++) {
		struct face *f = &o->face[face];

		if (dice(m, 20) == 0) {
			f->skew = dice(m, 4) == 0 ? (dice(m, 2) == 0 ? 1 : -1) *
			    (int64_t)3650 * 86400 :
			    (int64_t)dice(m, 6 * 86400) - 3 * 86400;
			m->out->jumps++;
		} else if (dice(m, 3) == 0) {
			f->skew = 0;
		}
		if (dice(m, 2) == 0 && !step(m, h, face, do_note, NULL, &done))
			return false;
	}
	if (dice(m, 12) == 0) {
		unsigned to = other(m, h);

		if (!step(m, h, face_for(m, h, to), do_ask, m->home[to].state, &done))
			return false;
	}
	return dice(m, 2) == 0 || send_one(m, h, other(m, h), m->opt->quiet_post);
}

static bool
day(struct many *m)
{
	for (unsigned h = 0; h < m->opt->homes; h++)
		if (!home_day(m, h))
			return false;
	return post_run(m) && disks_day(m);
}

/* ---- beginning ---- */

static bool
home_make(struct many *m, unsigned h)
{
	struct one_home *o = &m->home[h];
	struct err err = ERR_INIT;

	(void)snprintf(o->state, sizeof o->state, "X%c", 'A' + (int)h);
	o->faces = 1;
	for (unsigned i = 0; i < FACES; i++) {
		struct world_sim_options w = { .seed = m->opt->seed * 64 + h * 2 + i,
			.now = NOW };

		if (!world_sim(&o->face[i].w, w, &err))
			return wrong(m, "%s", err.text);
		site_begin(&o->face[i].site, o->face[i].w, HOME);
	}
	if (h == 0 && !crypto_random_from(o->face[0].w, &err))
		return wrong(m, "%s", err.text);
	return site_init(&o->face[0].site, o->state, &err) ||
	    wrong(m, "init: %s", err.text);
}

static bool
homes_pair(struct many *m, unsigned a, unsigned b)
{
	struct one_home *x = &m->home[a], *y = &m->home[b];
	struct err err = ERR_INIT;
	struct six_words words;
	struct digest id;
	struct paired p;
	struct act card;
	char path[16];
	bool ok;

	(void)snprintf(path, sizeof path, "%s.card", y->state);
	act_init(&card, ACT_CARD);
	ok = file_carry(y->face[0].w, HOME "/card.card", x->face[0].w, path, NULL,
	    &err) && own_card(y->face[0].site.flow.home, &id, &card, &err) &&
	    six_words_of(&id, &words, &err) && site_again(&x->face[0].site, &err) &&
	    flow_peer_pair(&x->face[0].site.flow, path, words.s, &p, &err);
	if (ok)
		peer_clear(&p.peer);
	act_clear(&card);
	return ok || wrong(m, "pair: %s", err.text);
}

static bool
begin(struct many *m)
{
	for (unsigned h = 0; h < m->opt->homes; h++)
		if (!home_make(m, h))
			return false;
	for (unsigned a = 0; a < m->opt->homes; a++)
		for (unsigned b = 0; b < m->opt->homes; b++)
			if (a != b && !homes_pair(m, a, b))
				return false;
	switch (m->opt->seed % 4) {
	case 1:
		m->home[m->opt->homes - 1].nature = TWO_FACED;
		break;
	case 2:
		m->home[m->opt->homes - 1].nature = ROLLED_BACK;
		break;
	default:
		break;
	}
	return true;
}

/* ---- the end: the post is good again, and everybody talks to everybody ---- */

static bool
rounds(struct many *m, unsigned n)
{
	for (unsigned k = 0; k < n; k++) {
		m->day++;
		for (unsigned a = 0; a < m->opt->homes; a++)
			for (unsigned b = 0; b < m->opt->homes; b++)
				if (a != b && (!send_one(m, a, b, true) || !post_run(m)))
					return false;
	}
	return true;
}

struct shared {			/* what one ledger says of one package */
	struct digest act, package, files;
	unsigned home;
	bool received;
};
struct shared_list {
	struct shared *list;
	size_t n, room;
	unsigned home;
};

static bool
shared_add(void *arg, const struct journal_entry *e, struct err *err)
{
	struct shared_list *s = arg;
	struct shared x = { .home = s->home };
	struct record r;
	struct buf all;
	bool ok = true;

	if (journal_lost(e->record))
		return true;
	if (!record_decode(&r, e->record, err))
		return false;
	if (!r.has_act || (r.event != EVENT_MADE && r.event != EVENT_RECEIVED))
		return true;
	buf_init(&all, 1u << 20);
	for (size_t i = 0; ok && i < r.files_n; i++)
		ok = buf_printf(&all, err, "%s %llu %s\n", r.files[i].path,
		    (unsigned long long)r.files[i].bytes,
		    digest_hex(&r.files[i].sha256).s);
	x.act = r.act;
	x.package = r.package;
	x.received = r.event == EVENT_RECEIVED;
	ok = ok && digest_of(buf_span(&all), &x.files, err);
	buf_clear(&all);
	if (ok && s->n < s->room)
		s->list[s->n++] = x;
	return ok;
}

static bool
ledgers_agree(struct many *m)
{
	struct shared_list s = { .room = 8192 };
	struct err err = ERR_INIT;
	bool ok = true;

	s.list = mem_array(s.room, sizeof *s.list, &err);
	for (unsigned h = 0; s.list != NULL && h < m->opt->homes; h++) {
		struct log *l;

		s.home = h;
		if (!ledger_log(&m->home[h].face[0].site.flow, &l, &err) ||
		    !journal_each(log_journal(l), 0, shared_add, &s, &err))
			ok = wrong(m, "journal of %s: %s", m->home[h].state, err.text);
	}
	for (size_t i = 0; ok && i < s.n; i++)
		for (size_t k = 0; ok && k < s.n; k++)
			if (!s.list[i].received && s.list[k].received &&
			    digest_eq(&s.list[i].package, &s.list[k].package) &&
			    !digest_eq(&s.list[i].files, &s.list[k].files))
				ok = wrong(m, "%s and %s do not agree on a shared act",
				    m->home[s.list[i].home].state,
				    m->home[s.list[k].home].state);
	mem_free(s.list);
	return ok;
}

static bool
all_cosigned(struct many *m, unsigned h)
{
	struct face *f = &m->home[h].face[0];
	struct err err = ERR_INIT;
	struct ledger_view v;
	bool ok = true;

	ledger_view_init(&v);
	if (!flow_ledger_show(&f->site.flow, &v, &err))
		ok = wrong(m, "%s: %s", m->home[h].state, err.text);
	for (unsigned p = 0; ok && p < m->opt->homes; p++) {
		bool found = false;

		if (p == h || m->home[p].strayed)
			continue;
		for (size_t i = 0; i < v.witnesses_n; i++)
			found = found || strcmp(v.witnesses[i].state,
			    m->home[p].state) == 0;
		if (!found)
			ok = wrong(m, "%s was never cosigned by %s", m->home[h].state,
			    m->home[p].state);
	}
	if (ok && v.state.standing != LOG_GOOD)
		ok = wrong(m, "%s is still %s at the end (%s)", m->home[h].state,
		    v.state.standing == LOG_FROZEN ? "frozen" : "recovering",
		    v.state.reason);
	ledger_view_clear(&v);
	return ok;
}

static bool
do_succeed(struct many *m, unsigned h, struct face *f, void *arg, struct err *err)
{
	(void)h;
	(void)arg;
	m->out->succeeded++;
	f->acked = 0;		/* of another log from now on */
	return flow_ledger_succeed(&f->site.flow, "damaged", NULL, err);
}

/*
 * Leaves that nobody has any more, though somebody knows that they were signed: what the
 * sentence says is done, and a successor goes on.
 */
static bool
stuck_succeed(struct many *m)
{
	for (unsigned h = 0; h < m->opt->homes; h++) {
		struct face *f = &m->home[h].face[0];
		struct err err = ERR_INIT;
		struct log_state s;
		struct log *l;
		bool done;

		if (m->home[h].strayed)
			continue;
		if (!site_again(&f->site, &err) || !ledger_log(&f->site.flow, &l, &err))
			return wrong(m, "%s: %s", m->home[h].state, err.text);
		log_state(l, &s);
		if (s.standing == LOG_RECOVERING && s.known_size > log_signed(l) &&
		    (!step(m, h, 0, do_succeed, NULL, &done) || !done))
			return wrong(m, "%s has no successor", m->home[h].state);
	}
	return true;
}

/* Did both faces sign beyond what they share, and not the same? */
static bool
two_histories(struct many *m, unsigned h)
{
	struct err err = ERR_INIT;
	struct digest root[FACES];
	struct log *l[FACES];
	uint64_t size = UINT64_MAX;

	for (unsigned i = 0; i < FACES; i++) {
		struct face *f = &m->home[h].face[i];

		if (!site_again(&f->site, &err) || !ledger_log(&f->site.flow, &l[i], &err))
			return wrong(m, "%s: %s", m->home[h].state, err.text);
		size = log_signed(l[i]) < size ? log_signed(l[i]) : size;
	}
	return size > m->home[h].common && log_root(l[0], size, &root[0], &err) &&
	    log_root(l[1], size, &root[1], &err) && !digest_eq(&root[0], &root[1]);
}

static bool
ending(struct many *m)
{
	for (unsigned h = 0; h < m->opt->homes; h++)
		for (unsigned i = 0; i < m->home[h].faces; i++)
			m->home[h].face[i].skew = 0;
	m->calm = true;
	if (!rounds(m, 3) || !stuck_succeed(m) ||
	    (m->out->succeeded > 0 && !rounds(m, 3)))
		return false;
	for (unsigned h = 0; h < m->opt->homes; h++) {
		struct err err = ERR_INIT;
		struct log_state s;
		struct log *l;

		if (!site_again(&m->home[h].face[0].site, &err) ||
		    !ledger_log(&m->home[h].face[0].site.flow, &l, &err))
			return wrong(m, "%s: %s", m->home[h].state, err.text);
		log_state(l, &s);
		m->out->frozen += s.standing == LOG_FROZEN;
		m->out->splits_found += proofs(&m->home[h].face[0]) > 0;
		if (!m->home[h].strayed && !all_cosigned(m, h))
			return false;
	}
	if (two_faced(m) != MANY_MAX && m->out->splits_found == 0 &&
	    two_histories(m, two_faced(m)))
		return wrong(m, "two faces, and nobody found them");
	return ledgers_agree(m);
}

static void
worlds_digest(struct many *m)
{
	struct err err = ERR_INIT;
	struct buf all;

	buf_init(&all, 4096);
	for (unsigned h = 0; h < m->opt->homes; h++)
		for (unsigned i = 0; i < FACES; i++) {
			struct digest d;

			site_end(&m->home[h].face[i].site);
			if (!world_sim_digest(m->home[h].face[i].w, &d, &err) ||
			    !buf_add(&all, digest_span(&d), &err))
				(void)wrong(m, "%s", err.text);
		}
	if (!digest_of(buf_span(&all), &m->out->hash, &err))
		(void)wrong(m, "%s", err.text);
	buf_clear(&all);
}

bool
many_run(const struct many_options *opt, struct many_result *out)
{
	struct err err = ERR_INIT;
	struct many *m = mem_new(sizeof *m, &err);
	bool ok;

	memset(out, 0, sizeof *out);
	if (m == NULL)
		return false;
	m->opt = opt;
	m->out = out;
	m->state = opt->seed;
	m->list = mem_array(SIGNED_MAX, sizeof *m->list, &err);
	ok = m->list != NULL && begin(m);
	while (ok && m->day < opt->days) {
		m->day++;
		ok = day(m);
	}
	ok = ok && ending(m);
	if (ok)
		worlds_digest(m);
	for (unsigned h = 0; h < opt->homes; h++)
		for (unsigned i = 0; i < FACES; i++) {
			site_end(&m->home[h].face[i].site);
			if (m->home[h].face[i].w != NULL && (h > 0 || i > 0))
				world_free(m->home[h].face[i].w);
		}


	world_free(m->home[0].face[0].w);
	mem_free(m->list);
	mem_free(m);
	return ok && out->failed[0] == '\0';
}
