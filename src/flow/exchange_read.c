/*
 * What a bundle says about ledgers: read.  Each part is taken by itself, whatever is wrong
 * with another; nothing is believed but what its key proves, and everything is bounded
 * before it is loaded.
 */
#include <stdio.h>
#include <string.h>

#include "flow/exchange.h"

struct hearing {
	struct flow *f;
	struct dir *dir;		/* of the bundle */
	const struct peer *from;
	struct ledger_keys keys;	/* of the one it is from */
	struct witness *witness;	/* NULL: it cannot be opened, which is told */
	struct cosigners *cosigners;	/* of the confirmed cards, from the first use on */
	struct custody_sieve *sieve;	/* from the first custody file on */
	size_t strangers;		/* that may still be kept */
	bool strangers_told;
	struct exchanged *out;
	/* What came that an answer would be over: both did, or it holds nothing. */
	struct recovery_answer came;
	bool has_known, has_destroyed;
};

void
exchanged_tell(struct exchanged *out, const char *fmt, ...)
{
	size_t n = strlen(out->text);
	va_list ap;

	if (n > 0 && n + 1 < sizeof out->text)
		out->text[n++] = ' ';
	va_start(ap, fmt);
	(void)vsnprintf(out->text + n, sizeof out->text - n, fmt, ap);
	va_end(ap);
	/* A sentence that was put into this one brought its own full stop. */
	n = strlen(out->text);
	if (n > 1 && strcmp(out->text + n - 2, "..") == 0)
		out->text[n - 1] = '\0';
}

/* Only what is no trouble of the stick stops the reading of it. */
static bool
part_passed(struct hearing *h, const char *path, const struct err *why, struct err *err)
{
	if (why->kind == ERR_IO) {
		exchanged_tell(h->out, "%s in the bundle could not be read and was passed over.",
		    path);
		return true;
	}
	if (why->kind == ERR_ABSENT || why->kind == ERR_INPUT || why->kind == ERR_LIMIT)
		return true;
	*err = *why;
	return false;
}

/*
 * A file of the bundle, its size looked at first; *found false: not there, too large, or
 * not to be read (a stick that fails in one place does not stop the rest).
 */
static bool
part_load(struct hearing *h, const char *path, struct buf *out, bool *found,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct file_info info;

	*found = false;
	if (!path_info(h->f->world, h->dir, path, &info, &why))
		return part_passed(h, path, &why, err);
	if (info.type != FILE_REGULAR || info.size > out->max) {
		exchanged_tell(h->out, "%s in the bundle was passed over: it is no file of at most %zu bytes.",
		    path, out->max);
		return true;
	}
	*found = file_load(h->f->world, h->dir, path, out, &why);
	return *found || part_passed(h, path, &why, err);
}

bool
exchanged_damage(struct exchanged *out, const struct err *why, struct err *err)
{
	if (!ledger_damage(why)) {
		*err = *why;
		return false;
	}
	out->damaged = true;
	/* Each part that needs the file meets it. */
	if (strstr(out->text, why->text) == NULL)
		exchanged_tell(out, "%s.", why->text);
	return true;
}

/* A file of ours does not hold, and not what was brought. */
static bool
rotten(const struct err *why)
{
	static const char *const reasons[] = { "witness.damaged", "tiles.damaged",
		"ledger.damaged" };

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (strcmp(why->reason, reasons[i]) == 0)
			return true;
	return false;
}

/* What is wrong with what came, or with what is kept here, is told; other trouble stops. */
static bool
theirs(struct hearing *h, const char *what, const struct err *why, struct err *err)
{
	if (rotten(why))
		return exchanged_damage(h->out, why, err);
	switch (why->kind) {
	case ERR_NONE:
		return true;
	case ERR_INPUT:
	case ERR_LIMIT:
	case ERR_UNPROVEN:
	case ERR_ABSENT:
	case ERR_CONFLICT:
	case ERR_REFUSED:
		exchanged_tell(h->out, "%s was not taken: %s.", what, why->text);
		return true;
	case ERR_USE:
	case ERR_DENIED:
	case ERR_UNREACHED:
	case ERR_STOPPED:
	case ERR_IO:
	case ERR_MEMORY:
		break;
	}
	*err = *why;
	return false;
}

/* ---- entries: u64 from, u64 to, then u16 length and bytes each ---- */

struct entries {
	uint64_t from, n;
	struct span bytes;		/* behind the two numbers */
};

static bool
entries_read(struct span file, struct entries *out, struct err *err)
{
	struct cursor c = cursor_of(file);
	uint64_t to;

	if (!cursor_u64(&c, &out->from) || !cursor_u64(&c, &to) ||
	    to > MERKLE_SIZE_MAX || out->from >= to ||
	    to - out->from > EXCHANGE_ENTRIES_MAX ||
	    c.left.n != (to - out->from) * (2 + LEAF_BYTES))
		return err_set(err, ERR_INPUT, "entries.form",
		    "the entries of a ledger have another form");
	out->n = to - out->from;
	out->bytes = c.left;
	for (uint64_t i = 0; i < out->n; i++) {
		struct span head = span_part(c.left, i * (2 + LEAF_BYTES), 4);

		if (head.p[0] != 0 || head.p[1] != LEAF_BYTES || head.p[2] != 0 ||
		    head.p[3] != 1)
			return err_set(err, ERR_INPUT, "entries.form",
			    "entry %llu has another form",
			    (unsigned long long)(out->from + i));
	}
	return true;
}

/* In hand-overs of the size the witness takes; the note is of the last entry. */
static bool
entries_mirror(struct hearing *h, struct span note, const struct entries *e,
    struct err *err)
{
	struct span *list = mem_array(WITNESS_ENTRIES_MAX, sizeof *list, err);
	bool ok = list != NULL, misbehaviour = false;
	struct checkpoint c;
	uint64_t before = 0, taken = 0;

	ok = ok && checkpoint_peek(note, &c, err) &&
	    witness_mirrored(h->witness, c.origin, &before, err);
	for (uint64_t i = 0; ok && i < e->n && !misbehaviour;) {
		size_t n = e->n - i < WITNESS_ENTRIES_MAX ? (size_t)(e->n - i) :
		    WITNESS_ENTRIES_MAX;

		for (size_t k = 0; k < n; k++)
			list[k] = span_part(e->bytes, (i + k) * (2 + LEAF_BYTES) + 2,
			    LEAF_BYTES);
		ok = witness_entries(h->witness, note, e->from + i, list, n, &taken,
		    &misbehaviour, err);
		i += n;
	}
	if (taken > before)
		h->out->entries += taken - before;
	h->out->misbehaviour += misbehaviour;
	mem_free(list);
	return ok;
}

/* ---- their log ---- */

static bool
entries_take(struct hearing *h, struct span note, struct err *err)
{
	struct err why = ERR_INIT;
	struct entries e;
	struct buf file;
	bool found, ok;

	if (h->witness == NULL)
		return true;
	buf_init(&file, EXCHANGE_ENTRIES_BYTES);
	ok = part_load(h, "ledger/entries", &file, &found, err);
	if (ok && found && entries_read(buf_span(&file), &e, &why))
		(void)entries_mirror(h, note, &e, &why);
	ok = ok && theirs(h, "What the bundle mirrors", &why, err);
	buf_clear(&file);
	return ok;
}

/* Only a body about one of the sender's own logs waits to be cosigned. */
static bool
body_keep(struct hearing *h, struct span body, struct err *err)
{
	struct err why = ERR_INIT;
	struct add_checkpoint a;
	struct checkpoint c;

	if (!add_checkpoint_read(body, &a, &why) || !checkpoint_peek(a.note, &c, &why))
		return theirs(h, "ledger/add-checkpoint", &why, err);
	for (size_t i = 0; i < h->keys.logs_n; i++)
		if (strcmp(h->keys.logs[i].name, c.origin) == 0)
			return peer_file_save(h->f, &h->from->id, "add-checkpoint",
			    body, err);
	exchanged_tell(h->out, "ledger/add-checkpoint is about a log that is not on the card of its sender; it was passed over.");
	return true;
}

static bool
log_hear(struct hearing *h, struct err *err)
{
	struct buf note, body;
	bool found, ok;

	buf_init(&note, NOTE_MAX);
	buf_init(&body, PROOF_MAX);
	ok = part_load(h, "ledger/checkpoint", &note, &found, err);
	if (ok && found)
		ok = entries_take(h, buf_span(&note), err);
	ok = ok && part_load(h, "ledger/add-checkpoint", &body, &found, err) &&
	    (!found || body_keep(h, buf_span(&body), err));
	buf_clear(&body);
	buf_clear(&note);
	return ok;
}

/* ---- our log, as they know it ---- */

/* The note with the log's line and the lines of these witnesses only. */
static bool
lines_known(struct span note, const struct vkey *self, const struct ledger_keys *keys,
    struct buf *out, size_t *cosignatures, struct err *err)
{
	bool good[1 + LEDGER_KEYS_MAX] = { false };
	struct vkey all[1 + LEDGER_KEYS_MAX];
	struct note n;
	size_t all_n = 1;
	bool ok;

	*cosignatures = 0;
	all[0] = *self;
	for (size_t i = 0; i < keys->witnesses_n; i++)
		all[all_n++] = keys->witnesses[i];
	ok = note_parse(note, &n, err) && note_verify(&n, all, all_n, good, NULL, err) &&
	    buf_add(out, n.text, err) && buf_add_byte(out, '\n', err);
	for (size_t i = 0; ok && i < n.lines_n; i++)
		for (size_t k = 0; ok && k < all_n; k++)
			if (good[k] && span_is(n.lines[i].name, all[k].name) &&
			    memcmp(n.lines[i].id, all[k].id, sizeof all[k].id) == 0) {
				ok = note_line_copy(&n, i, out, err);
				*cosignatures += k > 0;
			}
	note_clear(&n);
	return ok;
}

/*
 * *had: how many cosignatures are kept at this size already.  One that rotted goes, so that
 * another can come in its place.
 */
static bool
kept_look(struct hearing *h, struct log *l, uint64_t size, const struct vkey *self,
    size_t *had, struct err *err)
{
	struct buf kept, lines, whole;
	struct err why = ERR_INIT;
	bool ok;

	buf_init(&kept, NOTE_MAX);
	buf_init(&lines, NOTE_MAX);
	buf_init(&whole, NOTE_MAX);
	ok = log_cosigned_note(l, size, &kept, &why);
	if (!ok && (why.kind == ERR_ABSENT || ledger_damage(&why))) {
		ok = true;	/* what is no checkpoint of ours gives way when it is put */
	} else if (!ok || !lines_known(buf_span(&kept), self, &h->keys, &lines, had, &why)) {
		ok = ok && ledger_damage(&why) &&
		    note_whole(buf_span(&kept), h->keys.witnesses, h->keys.witnesses_n,
		    &whole, &why) &&
		    log_cosigned_replace(l, self, buf_span(&whole), &why);
		if (!ok && err != NULL)
			*err = why;
	}
	buf_clear(&whole);
	buf_clear(&lines);
	buf_clear(&kept);
	return ok;
}

/* Into l, whose key is self: what its witnesses sign of us, when it is new. */
static bool
cosignatures_put(struct hearing *h, struct log *l, struct span note,
    const struct vkey *self, struct err *err)
{
	size_t n = 0, had = 0;
	struct checkpoint c;
	struct buf lines;
	bool ok;

	buf_init(&lines, NOTE_MAX);
	ok = lines_known(note, self, &h->keys, &lines, &n, err) &&
	    checkpoint_open(buf_span(&lines), self, &c, err);
	if (ok && n > 0 && c.size <= log_signed(l)) {
		/* New is what was not kept yet. */
		ok = kept_look(h, l, c.size, self, &had, err) &&
		    log_cosigned_put(l, self, buf_span(&lines), err);
		if (ok && n > had)
			h->out->cosignatures += n - had;
	}
	buf_clear(&lines);
	return ok;
}

static bool
cosignatures_keep(struct hearing *h, struct span note, const struct vkey *self,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct log *l;

	return (ledger_log(h->f, &l, &why) && cosignatures_put(h, l, note, self, &why)) ||
	    theirs(h, "A cosignature on our ledger", &why, err);
}

/* ending: "" with cosignatures, ".mirror" with the entries up to it, ".largest". */
static bool
shown_read(struct hearing *h, const struct vkey *self, const char *hash,
    const char *ending, uint64_t *shown, struct err *err)
{
	struct err why = ERR_INIT;
	struct entries e = { 0 };
	struct shown s = { .entries = NULL };
	struct buf note, file;
	char path[112];
	bool found, ok;

	(void)snprintf(path, sizeof path, "ledger/yours/%s%s", hash, ending);
	buf_init(&note, NOTE_MAX);
	buf_init(&file, EXCHANGE_ENTRIES_BYTES);
	ok = part_load(h, path, &note, &found, err);
	s.note = buf_span(&note);
	if (ok && found && !checkpoint_open(s.note, self, &s.checkpoint, &why)) {
		ok = theirs(h, "What it knows of our ledger", &why, err);
		found = false;
	}
	if (ok && found && strcmp(ending, ".mirror") == 0) {
		bool has;

		(void)snprintf(path, sizeof path, "ledger/yours/%s.entries", hash);
		ok = part_load(h, path, &file, &has, err);
		if (ok && has && entries_read(buf_span(&file), &e, &why)) {
			s.entries = e.bytes.p;
			s.from = e.from;
			s.n = e.n;
		}
		ok = ok && theirs(h, "Entries of our ledger", &why, err);
	}
	if (ok && found && s.checkpoint.size > *shown)
		*shown = s.checkpoint.size;
	ok = ok && (!found || (recovery_shown(h->f, h->from, &s, h->out, err) &&
	    (ending[0] != '\0' || h->out->split ||
	    cosignatures_keep(h, s.note, self, err))));
	buf_clear(&file);
	buf_clear(&note);
	return ok;
}

/*
 * It has shown what it knows of us when all it says it knows came and held: a part that was
 * damaged on the way may be the one that matters.
 */
static bool
all_shown(struct hearing *h, const char *hash, uint64_t shown, bool *all,
    struct err *err)
{
	const struct known_log *k;
	struct known told;
	bool found;

	*all = false;
	if (!known_load(h->f, &h->from->id, &told, &found, err))
		return false;
	k = found ? known_of(&told, hash) : NULL;
	*all = found && (k == NULL || shown >= k->largest);
	known_clear(&told);
	return true;
}

/* A copy that came out of a backup destroys again what it was told to be destroyed. */
static bool
destroyed_hear(struct hearing *h, bool *all, struct err *err)
{
	struct log_state s;
	struct log *l;

	*all = true;
	return ledger_standing(h->f, &l, &s, err) && (s.standing != LOG_RECOVERING ||
	    exchange_destroyed_hear(h->f, h->dir, h->from, h->out, all,
	    &h->has_destroyed, &h->came.destroyed, err));
}

/* *signed_: the sender answers for what it brought, to the recovery that goes on here. */
static bool
answer_hear(struct hearing *h, bool *signed_, struct err *err)
{
	struct err why = ERR_INIT;
	struct buf note;
	bool found, ok;

	*signed_ = false;
	buf_init(&note, NOTE_MAX);
	ok = part_load(h, "ledger/answer", &note, &found, err);
	if (ok && found && h->has_known && h->has_destroyed)
		ok = recovery_answer_holds(h->f, h->from, &h->keys, buf_span(&note),
		    &h->came, signed_, &why) || theirs(h, "ledger/answer", &why, err);
	buf_clear(&note);
	return ok;
}

/*
 * Counts when it is signed, and when all of it came and was done.  After that the sender's
 * word is as good as before: it answered since the recovery began.
 */
static bool
shown_count(struct hearing *h, bool all, bool destroyed, struct err *err)
{
	struct recovery_open r;
	bool before, is_signed;

	if (!recovery_open(h->f, &r, err))
		return false;
	if (!r.goes_on)
		return true;
	if (!recovery_answered(h->f, h->from, &before, err) ||
	    !answer_hear(h, &is_signed, err))
		return false;
	if (!before && !is_signed && h->keys.witnesses_n > 0)
		exchanged_tell(h->out, "What %s brought of this ledger is old or unsigned, and does not count for the recovery. Write it a bundle (comity bundle write DIR --to %s --ledger) and read the one it writes after it has read that: anew, with the new program and its passphrase.",
		    h->from->id.s, h->from->id.s);
	else if (is_signed && !all)
		exchanged_tell(h->out, "%s answered, and a part of what it knows of this ledger did not come whole: read the bundle again, or have it written anew.",
		    h->from->id.s);
	return (!before && !is_signed) || !h->has_known || !all || !destroyed ||
	    recovery_seen(h->f, h->from, h->out, err);
}

static bool
own_compare(struct hearing *h, struct err *err)
{
	struct origin_name name;
	uint64_t shown = 0;
	struct vkey self;
	bool found, all, destroyed;

	if (!own_log_key(h->f, &self, &found, err) || !destroyed_hear(h, &destroyed, err))
		return false;
	return !found || (origin_name(self.name, &name, err) &&
	    shown_read(h, &self, name.s, ".mirror", &shown, err) &&
	    shown_read(h, &self, name.s, ".largest", &shown, err) &&
	    shown_read(h, &self, name.s, "", &shown, err) &&
	    all_shown(h, name.s, shown, &all, err) &&
	    shown_count(h, all, destroyed, err));
}

/* ---- logs of ours before the one in use ---- */

/* The cosignature that was on its way when log n was closed: it proves that one's records. */
static bool
closed_hear(struct hearing *h, unsigned n, const struct vkey *self, struct err *err)
{
	struct err why = ERR_INIT;
	struct log *open, *l = NULL;
	struct origin_name name;
	struct buf note;
	char path[112];
	bool found = false, ok;

	buf_init(&note, NOTE_MAX);
	ok = origin_name(self->name, &name, err);
	(void)snprintf(path, sizeof path, "ledger/yours/%s", ok ? name.s : "");
	ok = ok && part_load(h, path, &note, &found, err);
	if (ok && found) {
		if (ledger_log(h->f, &open, &why) && log_open_before(open, n, &l, &why))
			(void)!cosignatures_put(h, l, buf_span(&note), self, &why);
		log_close(l);
		ok = theirs(h, "A cosignature on a closed ledger of ours", &why, err);
	}
	buf_clear(&note);
	return ok;
}

static bool
before_hear(struct hearing *h, struct err *err)
{
	const struct settings *s = home_settings(h->f->home);
	struct ledger_keys keys;
	struct digest id;
	struct act card;
	bool ok;

	if (s->ledger < 2)
		return true;
	act_init(&card, ACT_CARD);
	ok = own_card(h->f->home, &id, &card, err) && ledger_keys_of_card(&card, &keys, err);
	act_clear(&card);
	for (unsigned n = 1; ok && n < s->ledger; n++) {
		struct note_name origin = log_origin(s->authority.s, n);

		for (size_t i = 0; ok && i < keys.logs_n; i++)
			if (strcmp(keys.logs[i].name, origin.s) == 0)
				ok = closed_hear(h, n, &keys.logs[i], err);
	}
	return ok;
}

/* What does not hold here cannot be compared: then nobody has shown what it knows. */
static bool
own_hear(struct hearing *h, struct err *err)
{
	struct err why = ERR_INIT;

	return (own_compare(h, &why) && before_hear(h, &why)) ||
	    exchanged_damage(h->out, &why, err);
}

/* ---- logs of others ---- */

/* What others cosigned too is proven better: their lines join our copy. */
static bool
cosigners_join(struct hearing *h, struct span note, struct err *err)
{
	size_t joined;

	if (h->cosigners == NULL) {
		struct cosigners *c = mem_new(sizeof *c, err);

		if (c == NULL || !cosigners_known(h->f, c, err)) {
			mem_free(c);
			return false;
		}
		h->cosigners = c;
	}
	return witness_join(h->witness, note, h->cosigners->keys, h->cosigners->n,
	    &joined, err);
}

static bool
other_hear(struct hearing *h, const char *path, struct err *err)
{
	struct err why = ERR_INIT;
	struct add_checkpoint a;
	enum witness_seen seen;
	char text[400] = "";
	struct buf body;
	bool found, ok;

	if (h->witness == NULL)
		return true;
	buf_init(&body, PROOF_MAX);
	ok = part_load(h, path, &body, &found, err);
	if (ok && found) {
		bool read = add_checkpoint_read(buf_span(&body), &a, &why) &&
		    witness_see(h->witness, a.note, a.old > 0 ? &a.path : NULL, a.old,
		    &seen, text, &why);

		if (read && seen == SEEN_SPLIT) {
			h->out->misbehaviour++;
			exchanged_tell(h->out, "%s", text);
		} else if (read && seen == SEEN_SAME) {
			(void)!cosigners_join(h, a.note, &why);
		}
		ok = theirs(h, "A checkpoint of another ledger", &why, err);
	}
	buf_clear(&body);
	return ok;
}

/* Both notes are of our own log: then its key was used by another copy of this home. */
static bool
misbehaviour_own(struct hearing *h, const struct misbehaviour *m, bool *own,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct checkpoint a, b;
	struct vkey self;
	char ours[80];

	if (!own_log_key(h->f, &self, own, err))
		return false;
	/* A log of ours before this one is closed already. */
	(void)snprintf(ours, sizeof ours, "comity-ledger/%s/",
	    home_settings(h->f->home)->authority.s);
	if (*own && checkpoint_peek(buf_span(&m->first), &a, &why) &&
	    strcmp(a.origin, self.name) != 0) {
		*own = strncmp(a.origin, ours, strlen(ours)) == 0;
		return true;
	}
	err_clear(&why);
	*own = *own && checkpoint_open(buf_span(&m->first), &self, &a, &why) &&
	    checkpoint_open(buf_span(&m->second), &self, &b, &why);
	if (!*own)
		return theirs(h, "A proof of misbehaviour", &why, err);
	if (a.size == b.size && !digest_eq(&a.root, &b.root)) {
		h->out->split = true;
		exchanged_tell(h->out, "%s brought a proof that two histories of this ledger were signed with its key. Nothing more is signed here. Stop the other copy, keep both folders, then: comity ledger succeed",
		    h->from->id.s);
		return recovery_freeze(h->f, "ledger.split", err);
	}
	/* Of two sizes: each is held against what is here. */
	for (int i = 0; i < 2; i++) {
		const struct buf *note = i == 0 ? &m->first : &m->second;
		struct shown s = { .note = buf_span(note),
			.checkpoint = i == 0 ? a : b };

		if (!recovery_shown(h->f, h->from, &s, h->out, err))
			return false;
	}
	return true;
}

static bool
misbehaviour_judge(struct hearing *h, const struct misbehaviour *m, struct err *err)
{
	struct err why = ERR_INIT;
	bool own, proven = false, fresh = false;
	struct checkpoint c;

	if (!misbehaviour_own(h, m, &own, err))
		return false;
	if (own || h->witness == NULL)
		return true;
	if (witness_misbehaviour_add(h->witness, m, &proven, &fresh, &why) && proven &&
	    fresh && checkpoint_peek(buf_span(&m->first), &c, &why)) {
		h->out->misbehaviour++;
		exchanged_tell(h->out, "The ledger %s showed two histories: %s brought the proof. Stop relying on it and call its authority at the number on its card.",
		    c.origin, h->from->id.s);
	}
	return theirs(h, "A proof of misbehaviour", &why, err);
}

static bool
misbehaviour_hear(struct hearing *h, const char *folder, struct err *err)
{
	struct misbehaviour m;
	char path[280];
	bool first, second, proof, ok;

	misbehaviour_init(&m);
	(void)snprintf(path, sizeof path, "%s/first", folder);
	ok = part_load(h, path, &m.first, &first, err);
	(void)snprintf(path, sizeof path, "%s/second", folder);
	ok = ok && part_load(h, path, &m.second, &second, err);
	(void)snprintf(path, sizeof path, "%s/proof", folder);
	ok = ok && part_load(h, path, &m.proof, &proof, err);
	ok = ok && (!first || !second || misbehaviour_judge(h, &m, err));
	misbehaviour_clear(&m);
	return ok;
}

/* ---- custody that came with parcels ---- */

static bool
handed_keep(struct hearing *h, const char *name, struct span json, struct err *err)
{
	struct err why = ERR_INIT;
	struct custody told;
	struct digest act;
	size_t fresh = 0;

	if (!digest_parse(span_of(name, 64), &act))
		return true;
	if (h->sieve == NULL && !custody_sieve_new(h->f, &h->sieve, err))
		return false;
	custody_init(&told);
	if (custody_read(json, &told, &why) && digest_eq(&told.act, &act) &&
	    custody_keep(h->sieve, &told, &h->strangers, &fresh, &why))
		h->out->custody += fresh > 0;
	custody_clear(&told);
	if (strcmp(why.reason, "custody.strangers") == 0) {
		if (h->strangers_told)
			return true;
		h->strangers_told = true;
	}
	return theirs(h, "The custody of a parcel", &why, err);
}

static bool
handed_hear(struct hearing *h, const char *path, struct err *err)
{
	const char *name = strrchr(path, '/') + 1;
	struct buf json;
	bool found, ok;

	if (strlen(name) != 64 + 5 || strcmp(name + 64, ".json") != 0)
		return true;
	buf_init(&json, CUSTODY_FILE_MAX);
	ok = part_load(h, path, &json, &found, err) &&
	    (!found || handed_keep(h, name, buf_span(&json), err));
	buf_clear(&json);
	return ok;
}

/* ---- folders ---- */

static bool
folder_each(struct hearing *h, const char *folder, size_t max,
    bool (*each)(struct hearing *h, const char *path, struct err *err),
    struct err *err)
{
	struct err why = ERR_INIT;
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, ok = true;
	size_t n = 0;

	if (!listing_open(h->f->world, h->dir, folder, &l, &why))
		return why.kind == ERR_ABSENT || theirs(h, folder, &why, err);
	while (ok && more) {
		char path[280];

		ok = listing_next(l, &e, &more, err);
		if (!ok || !more)
			break;
		if (n++ == max) {
			exchanged_tell(h->out, "%s holds more than %zu files; the rest was passed over.",
			    folder, max);
			break;
		}
		if (strlen(e.name) > 80)
			continue;
		(void)snprintf(path, sizeof path, "%s/%s", folder, e.name);
		ok = each(h, path, err);
	}
	listing_close(l);
	return ok;
}

/* The sender is in recovery and asks to be answered; *found: it does. */
static bool
ask_hear(struct hearing *h, bool *found, struct err *err)
{
	struct err why = ERR_INIT;
	struct buf text;
	bool ok;

	buf_init(&text, SMALL_FILE_MAX);
	ok = part_load(h, "ledger/recovering", &text, found, err) && (!*found ||
	    recovery_ask_hear(h->f, h->from, buf_span(&text), &why) ||
	    theirs(h, "ledger/recovering", &why, err));
	if (ok && *found && why.kind == ERR_NONE)
		exchanged_tell(h->out, "%s came out of a backup and waits for what is known of it here: answer it with comity bundle write DIR --to %.2s --ledger",
		    h->from->id.s, h->from->id.s);
	buf_clear(&text);
	return ok;
}

static bool
known_hear(struct hearing *h, struct err *err)
{
	struct err why = ERR_INIT;
	bool asks, ok, found;
	struct known k = { 0 };
	struct buf text;

	buf_init(&text, KNOWN_MAX);
	ok = ask_hear(h, &asks, err) && part_load(h, "ledger/known", &text, &found, err);
	if (ok && found) {
		h->has_known = known_read(buf_span(&text), &k, &why);
		ok = h->has_known ? digest_of(buf_span(&text), &h->came.known, err) &&
		    peer_file_save(h->f, &h->from->id, "known", buf_span(&text), err) :
		    theirs(h, "ledger/known", &why, err);
	}
	ok = ok && (!h->has_known || asks || k.standing == LOG_RECOVERING ||
	    recovery_ask_forget(h->f, h->from, err));
	known_clear(&k);
	buf_clear(&text);
	return ok;
}

static bool
follow(struct hearing *h, struct err *err)
{
	struct err why = ERR_INIT;

	for (size_t i = 0; h->witness != NULL && i < h->keys.logs_n; i++)
		if (!witness_follow(h->witness, &h->keys.logs[i], &why) &&
		    !theirs(h, "A ledger key on the card", &why, err))
			return false;
	return true;
}

static bool
hear_all(struct hearing *h, struct err *err)
{
	return follow(h, err) && known_hear(h, err) && log_hear(h, err) &&
	    folder_each(h, "ledger/misbehaviour", EXCHANGE_FILES_MAX,
	    misbehaviour_hear, err) && own_hear(h, err) &&
	    folder_each(h, "ledger/others", EXCHANGE_FILES_MAX, other_hear, err) &&
	    folder_each(h, "ledger/handed", EXCHANGE_HANDED_MAX, handed_hear, err);
}

static bool
hear(struct hearing *h, struct err *err)
{
	if (!path_exists(h->f->world, h->dir, "ledger"))
		return true;
	if (!h->from->confirmed || h->from->revoked) {
		exchanged_tell(h->out, "What it says about ledgers was passed over: the card of its sender is not confirmed here.");
		return true;
	}
	return (ledger_keys_of_card(&h->from->card, &h->keys, err) &&
	    hear_all(h, err)) || err_wrap(err, "what the bundle says about ledgers");
}

/* ---- cosigning what waits ---- */

struct settling {
	struct flow *f;
	struct witness *witness;
	const struct witness_key *key;
	struct exchanged *out;
	bool none;			/* nobody gives the passphrase */
};

/* A request that waits, as far as it reads: its answer says what is wrong with it. */
struct asked {
	struct span body;
	bool reads;
	struct add_checkpoint of;
	struct checkpoint checkpoint;
	uint64_t mirrored;		/* of that log, here */
};

static bool
asked_read(struct settling *s, struct span body, struct asked *q, struct err *err)
{
	struct err why = ERR_INIT;

	memset(q, 0, sizeof *q);
	q->body = body;
	q->reads = add_checkpoint_read(body, &q->of, &why) &&
	    checkpoint_peek(q->of.note, &q->checkpoint, &why);
	return !q->reads || witness_mirrored(s->witness, q->checkpoint.origin,
	    &q->mirrored, err);
}

/*
 * Its sender did not know how far we cosigned, as on a stick that goes one way only: the
 * proof from there is made of the entries we mirror, and asked again.
 */
static bool
asked_again(struct settling *s, const struct asked *q, struct witness_answer *a,
    struct err *err)
{
	const char *origin = q->checkpoint.origin;
	struct add_checkpoint of = { .note = q->of.note };
	struct checkpoint ours;
	struct buf note, again;
	bool found, ok;

	buf_init(&note, NOTE_MAX);
	buf_init(&again, PROOF_MAX);
	ok = witness_checkpoint(s->witness, origin, &note, &ours, &found, err);
	if (ok && found && ours.size > 0 && ours.size < q->checkpoint.size &&
	    q->checkpoint.size <= q->mirrored) {
		of.old = ours.size;
		witness_answer_clear(a);
		witness_answer_init(a);
		ok = witness_consistency(s->witness, origin, ours.size,
		    q->checkpoint.size, &of.path, err) &&
		    add_checkpoint_write(&of, &again, err) &&
		    checkpoint_cosign(s->f, s->witness, s->key, buf_span(&again), a, err);
	}
	buf_clear(&again);
	buf_clear(&note);
	return ok;
}

/* Cosigned on its word: who relies on the mirror learns that there is none so far. */
static void
unmirrored_tell(struct settling *s, const struct peer *p, const struct asked *q)
{
	if (q->checkpoint.size > q->mirrored)
		exchanged_tell(s->out, "The ledger of %s was cosigned without its last %llu entries: a bundle brings %u at most. Another history of them shows only by checkpoints that others bring.",
		    p->id.s, (unsigned long long)(q->checkpoint.size - q->mirrored),
		    EXCHANGE_ENTRIES_MAX);
}

/* 200 and 409 are done with; what was refused is told, and asked for anew next time. */
static bool
body_settle(struct settling *s, const struct peer *p, struct span body,
    struct err *err)
{
	struct err why = ERR_INIT;
	struct witness_answer a;
	struct asked q;
	bool ok;

	if (!asked_read(s, body, &q, err))
		return false;
	witness_answer_init(&a);
	ok = checkpoint_cosign(s->f, s->witness, s->key, body, &a, &why) &&
	    (a.status != 409 || asked_again(s, &q, &a, &why));
	if (!ok && strcmp(why.reason, "witness.entries") == 0) {
		exchanged_tell(s->out, "The ledger of %s is cosigned when the rest of its entries is here: the next bundle brings it.",
		    p->id.s);
		witness_answer_clear(&a);
		return true;
	}
	if (!ok)
		*err = why;
	if (ok) {
		s->out->cosigned += a.status == 200;
		if (a.status == 200)
			unmirrored_tell(s, p, &q);
		s->out->misbehaviour += a.misbehaviour;
		if (a.status != 200 && a.status != 409)
			exchanged_tell(s->out, "The ledger of %s was not cosigned: %s", p->id.s,
			    a.text);
		ok = path_remove(s->f->world, home_dir(s->f->home),
		    peer_file(&p->id, "add-checkpoint").s, err);
	}
	witness_answer_clear(&a);
	return ok;
}

/* What cannot be compared here, as a file of ours does not hold, goes on waiting. */
static bool
peer_settle(void *arg, const struct peer *p, struct err *err)
{
	struct settling *s = arg;
	struct peer_path path = peer_file(&p->id, "add-checkpoint");
	struct err why = ERR_INIT;
	struct buf body;
	bool ok;

	if (s->none || !home_has(s->f->home, path.s))
		return true;
	if (s->key == NULL && !ledger_witness_key(s->f, &s->key, &why)) {
		s->none = strcmp(why.reason, "passphrase.none") == 0;
		if (!s->none)
			*err = why;
		return s->none;
	}
	buf_init(&body, PROOF_MAX);
	ok = (peer_file_load(s->f, path.s, &body, &why) &&
	    body_settle(s, p, buf_span(&body), &why)) ||
	    exchanged_damage(s->out, &why, err);
	buf_clear(&body);
	return ok;
}

static bool
settle(struct hearing *h, struct err *err)
{
	struct settling s = { .f = h->f, .witness = h->witness, .out = h->out };
	struct recovery_open r;

	if (h->witness == NULL)
		return true;
	if (!recovery_open(h->f, &r, err))
		return false;
	/* What it cosigned before may be forgotten, too: first it learns what it knew. */
	return r.goes_on || r.frozen ||
	    peers_each(h->f->home, peer_settle, &s, err);
}

/* ---- the sender ---- */

/*
 * A card that follows the confirmed one takes its place by itself: a ledger's key is on
 * it.  Any other waits for a person with six words, and stops nothing.
 */
static bool
card_hear(struct flow *f, struct dir *bundle, const char *path, struct peer *from,
    struct exchanged *out, struct err *err)
{
	struct err why = ERR_INIT;
	struct buf there, here;
	struct paired p;
	char name[64], kept[96];
	const char *card;
	struct buf full;
	bool ok, same = true;

	(void)snprintf(name, sizeof name, "cards/%s.card", from->id.s);
	(void)snprintf(kept, sizeof kept, "cards/%s.card", digest_hex(&from->card_id).s);
	buf_init(&there, SMALL_FILE_MAX);
	buf_init(&here, SMALL_FILE_MAX);
	buf_init(&full, SEALED_PATH_MAX);
	ok = file_load(f->world, bundle, name, &there, &why) &&
	    home_load(f->home, kept, &here, &why);
	if (ok)
		same = span_eq(buf_span(&there), buf_span(&here));
	ok = ok && !same && buf_printf(&full, &why, "%s/%s", path, name) &&
	    buf_text(&full, &card, &why) &&
	    flow_peer_pair(f, card, NULL, &p, &why);
	if (ok) {
		if (p.peer.confirmed) {
			exchanged_tell(out, "A new card of %s follows the one confirmed here and has taken its place.",
			    from->id.s);
			peer_clear(from);
			ok = peer_load(f->home, p.peer.id.s, from, &why);
		}
		peer_clear(&p.peer);
	}
	buf_clear(&full);
	buf_clear(&here);
	buf_clear(&there);
	switch (why.kind) {
	case ERR_MEMORY:
	case ERR_IO:
	case ERR_STOPPED:
		*err = why;
		return false;
	case ERR_REFUSED:
		exchanged_tell(out, "Another card of %s came and was not taken: %s",
		    from->id.s, why.text);
		break;
	case ERR_NONE:
	case ERR_INPUT:
	case ERR_USE:
	case ERR_UNPROVEN:
	case ERR_DENIED:
	case ERR_CONFLICT:
	case ERR_ABSENT:
	case ERR_LIMIT:
	case ERR_UNREACHED:
		break;
	}
	return true;
}

bool
exchange_hear(struct flow *f, struct dir *bundle, const char *path, const char *from,
    struct exchanged *out, struct err *err)
{
	struct hearing h = { .f = f, .dir = bundle, .out = out,
		.strangers = CUSTODY_STRANGERS_MAX };
	struct err why = ERR_INIT;
	struct peer p;
	bool ok;

	memset(out, 0, sizeof *out);
	peer_init(&p);
	h.from = &p;
	if (!peer_load(f->home, from, &p, &why)) {
		peer_clear(&p);
		return why.kind == ERR_ABSENT || why.kind == ERR_USE ||
		    why.kind == ERR_INPUT ||
		    err_set(err, why.kind, why.reason, "%s", why.text);
	}
	ok = (!p.confirmed || p.revoked ||
	    card_hear(f, bundle, path, &p, out, err)) &&
	    (witness_open(f->world, home_dir(f->home), &h.witness, &why) ||
	    exchanged_damage(out, &why, err)) && hear(&h, err) && settle(&h, err);
	custody_sieve_free(h.sieve);
	mem_free(h.cosigners);
	witness_close(h.witness);
	peer_clear(&p);
	return ok;
}
