/* What a bundle tells its receiver about ledgers: written. */
#include "flow/exchange.h"

#include <stdio.h>
#include <string.h>

#include "flow/journey.h"

bool
origin_name(const char *origin, struct origin_name *out, struct err *err)
{
	struct digest d;

	if (!digest_of(span_text(origin), &d, err))
		return false;
	memcpy(out->s, digest_hex(&d).s, sizeof out->s);
	return true;
}

/* ---- what a peer told ---- */

struct peer_path
peer_file(const struct authority_id *id, const char *name)
{
	struct peer_path p;

	(void)snprintf(p.s, sizeof p.s, PEERS_PATH "/%s/%s", id->s, name);
	return p;
}

bool
peer_file_save(struct flow *f, const struct authority_id *id, const char *name,
    struct span bytes, struct err *err)
{
	struct peer_path folder = peer_file(id, "");

	folder.s[strlen(folder.s) - 1] = '\0';
	return dir_make_all(f->world, home_dir(f->home), folder.s, err) &&
	    home_save(f->home, peer_file(id, name).s, bytes, err);
}

bool
peer_file_load(struct flow *f, const char *path, struct buf *out, struct err *err)
{
	struct err why = ERR_INIT;

	if (home_load(f->home, path, out, &why))
		return true;
	if (disk_unreadable(&why))
		return err_set(err, ERR_UNPROVEN, "ledger.damaged",
		    "%s cannot be read (%.160s)", path, why.text);
	*err = why;
	return false;
}

void
known_clear(struct known *k)
{
	mem_free(k->logs);
	memset(k, 0, sizeof *k);
}

const struct known_log *
known_of(const struct known *k, const char *hash)
{
	for (size_t i = 0; i < k->n; i++)
		if (strcmp(k->logs[i].hash, hash) == 0)
			return &k->logs[i];
	return NULL;
}

static const char *const standings[] = { "good", "recovering", "frozen" };

/* The next word of a line, with what is behind it left in *line. */
static bool
word_take(struct span *line, struct span *word)
{
	size_t n = 0;

	while (n < line->n && line->p[n] != ' ')
		n++;
	*word = span_part(*line, 0, n);
	*line = span_from(*line, n < line->n ? n + 1 : n);
	return n > 0;
}

static bool
size_take(struct span *line, uint64_t *out)
{
	struct span w;

	return word_take(line, &w) && decimal_parse(w, MERKLE_SIZE_MAX, out);
}

static bool
self_line(struct span line, struct known *k)
{
	struct span w;

	if (!word_take(&line, &w) || !span_is(w, "self") || !size_take(&line, &k->size))
		return false;
	for (size_t i = 0; i < sizeof standings / sizeof standings[0]; i++)
		if (span_is(line, standings[i])) {
			k->standing = (enum log_standing)i;
			return true;
		}
	return false;
}

static bool
log_line(struct span line, struct known_log *out)
{
	struct digest d;
	struct span w;

	if (!word_take(&line, &w) || !span_is(w, "log") || !word_take(&line, &w) ||
	    !digest_parse(w, &d) || !size_take(&line, &out->cosigned) ||
	    !size_take(&line, &out->mirrored) || !size_take(&line, &out->largest) ||
	    line.n != 0)
		return false;
	memcpy(out->hash, digest_hex(&d).s, sizeof out->hash);
	return true;
}

#define KNOWN_END (7 + 64 + 1)		/* "sha256 HEX" LF */

/* Ends in the digest of what is before: *text is cut to that. */
bool
told_whole(struct span *text, bool *whole, struct err *err)
{
	struct digest told, d;
	struct span end;

	*whole = false;
	if (text->n < KNOWN_END)
		return true;
	end = span_from(*text, text->n - KNOWN_END);
	*text = span_part(*text, 0, text->n - KNOWN_END);
	if (!digest_of(*text, &d, err))
		return false;
	*whole = span_starts(end, "sha256 ") && end.p[KNOWN_END - 1] == '\n' &&
	    digest_parse(span_part(end, 7, 64), &told) && digest_eq(&told, &d);
	return true;
}

bool
told_seal(struct buf *text, struct err *err)
{
	struct digest d;

	return digest_of(buf_span(text), &d, err) &&
	    buf_printf(text, err, "sha256 %s\n", digest_hex(&d).s);
}

bool
known_read(struct span text, struct known *out, struct err *err)
{
	struct cursor c;
	struct span line;
	bool whole;

	memset(out, 0, sizeof *out);
	if (!told_whole(&text, &whole, err))
		return false;
	if (!whole)
		return err_set(err, ERR_INPUT, "known.damaged",
		    "ledger/known is not as it was written");
	c = cursor_of(text);
	if (!cursor_line(&c, &line) || !span_is(line, "comity-known/1") ||
	    !cursor_line(&c, &line) || !self_line(line, out))
		return err_set(err, ERR_INPUT, "known.form",
		    "ledger/known has another form, at byte %zu", c.at);
	out->logs = mem_array(WITNESS_LOGS_MAX, sizeof *out->logs, err);
	if (out->logs == NULL)
		return false;
	while (!cursor_done(&c))
		if (out->n == WITNESS_LOGS_MAX || !cursor_line(&c, &line) ||
		    !log_line(line, &out->logs[out->n++])) {
			known_clear(out);
			return err_set(err, ERR_INPUT, "known.form",
			    "ledger/known has another form, at byte %zu", c.at);
		}
	return true;
}

bool
known_load(struct flow *f, const struct authority_id *id, struct known *out,
    bool *found, struct err *err)
{
	struct peer_path path = peer_file(id, "known");
	struct buf text;

	memset(out, 0, sizeof *out);
	*found = false;
	if (!home_has(f->home, path.s))
		return true;
	buf_init(&text, KNOWN_MAX);
	*found = peer_file_load(f, path.s, &text, err) &&
	    known_read(buf_span(&text), out, err);
	buf_clear(&text);
	/* Only a help: what does not read is asked for anew by being told nothing. */
	if (!*found && err->kind != ERR_INPUT && err->kind != ERR_LIMIT)
		return false;
	if (!*found)
		err_clear(err);
	return true;
}

bool
own_log_key(struct flow *f, struct vkey *out, bool *found, struct err *err)
{
	const struct settings *s = home_settings(f->home);
	struct note_name origin = log_origin(s->authority.s, s->ledger);
	struct err why = ERR_INIT;
	struct ledger_keys keys;
	struct digest id;
	struct act card;
	bool ok;

	*found = false;
	if (s->ledger == 0 || s->authority.s[0] == '\0')
		return true;
	act_init(&card, ACT_CARD);
	ok = own_card(f->home, &id, &card, &why) &&
	    ledger_keys_of_card(&card, &keys, &why);
	act_clear(&card);
	if (!ok && why.kind == ERR_ABSENT)
		return true;
	if (!ok) {
		*err = why;
		return false;
	}
	for (size_t i = 0; i < keys.logs_n; i++)
		if (strcmp(keys.logs[i].name, origin.s) == 0) {
			*out = keys.logs[i];
			*found = true;
		}
	return true;
}

/* ---- writing ---- */

struct telling {
	struct flow *f;
	struct dir *dir;		/* of the bundle */
	const struct peer *to;
	struct ledger_keys keys;	/* of the receiver */
	struct log *log;
	struct witness *witness;
	struct exchanged *out;
	struct origin_name theirs[LEDGER_KEYS_MAX];	/* folders of the receiver's logs */
	bool withheld;			/* damage about one of them: no `known` */
	struct known told;		/* by the receiver, last */
	bool has_told;
	bool has_checkpoint;
	struct checkpoint checkpoint;
	struct buf note;
	struct buf known;		/* being written */
	struct digest destroyed;	/* of the list that was written */
};

/* What is damaged is told, and left out. */
static bool
part(struct telling *t, bool ok, const struct err *why, struct err *err)
{
	return ok || exchanged_damage(t->out, why, err);
}

static bool
put(struct telling *t, const char *path, struct span bytes, struct err *err)
{
	return file_save(t->f->world, t->dir, path, bytes, true, err);
}

/*
 * A checkpoint of all there is, when the passphrase is here; else the last one.  Whether
 * this home may sign is not this bundle's matter: its standing travels with `known`.
 */
static bool
checkpoint_now(struct telling *t, struct err *err)
{
	struct err why = ERR_INIT;
	struct checkpoint c;
	char text[300];
	bool is_signed;

	if (!ledger_publish(t->f, &is_signed, &c, text, &why) &&
	    strcmp(why.reason, "passphrase.none") != 0) {
		*err = why;
		return false;
	}
	return ledger_log(t->f, &t->log, err) &&
	    log_checkpoint(t->log, &t->note, &t->checkpoint, &t->has_checkpoint, err);
}

/* The largest of our checkpoints that a key of the receiver cosigned. */
static bool
cosigned_by_them(struct telling *t, uint64_t *size, struct err *err)
{
	bool good[LEDGER_KEYS_MAX], ok, any = false;
	uint64_t *sizes = NULL;
	size_t n = 0;

	*size = 0;
	if (t->keys.witnesses_n == 0)
		return true;
	ok = log_cosigned(t->log, &sizes, &n, err);
	for (size_t i = n; ok && !any && i-- > 0;) {
		struct err why = ERR_INIT;
		bool whole = cosigned_note(t->log, sizes[i], t->keys.witnesses,
		    t->keys.witnesses_n, good, NULL, &why);

		ok = part(t, whole, &why, err);
		for (size_t k = 0; whole && k < t->keys.witnesses_n; k++)
			any = any || good[k];
		if (any)
			*size = sizes[i];
	}
	mem_free(sizes);
	return ok;
}

/* From where the receiver has to be told: what it said last, else what it cosigned. */
static bool
theirs(struct telling *t, uint64_t *cosigned, uint64_t *mirrored, struct err *err)
{
	const struct known_log *k = NULL;
	struct origin_name name;

	if (!origin_name(t->checkpoint.origin, &name, err))
		return false;
	if (t->has_told)
		k = known_of(&t->told, name.s);
	if (k != NULL) {
		*cosigned = k->cosigned;
		*mirrored = k->mirrored;
		return true;
	}
	*mirrored = 0;
	*cosigned = 0;
	if (t->has_told)
		return true;
	if (!cosigned_by_them(t, cosigned, err))
		return false;
	*mirrored = *cosigned;
	return true;
}

static bool
add_checkpoint_tell(struct telling *t, uint64_t old, struct err *err)
{
	struct add_checkpoint a = { .old = old, .note = buf_span(&t->note) };
	struct buf body;
	bool ok;

	/* What they hold and we do not is not ours to prove: recovery sees to it. */
	if (old > t->checkpoint.size)
		return true;
	buf_init(&body, PROOF_MAX);
	ok = (old == 0 || log_consistency(t->log, old, t->checkpoint.size, &a.path,
	    err)) && add_checkpoint_write(&a, &body, err) &&
	    put(t, "ledger/add-checkpoint", buf_span(&body), err);
	buf_clear(&body);
	return ok;
}

static bool
entry_add(struct buf *out, struct span entry, struct err *err)
{
	return buf_add_u16(out, (uint16_t)entry.n, err) && buf_add(out, entry, err);
}

/* Removes what a bundle before this one said at the same place. */
static bool
gone(struct telling *t, const char *path, struct err *err)
{
	return path_clear(t->f->world, t->dir, path, err);
}

static bool
entries_tell(struct telling *t, uint64_t from, struct err *err)
{
	uint64_t to = t->checkpoint.size;
	struct buf out;
	bool ok;

	if (from >= to)
		return gone(t, "ledger/entries", err);
	if (to - from > EXCHANGE_ENTRIES_MAX)
		to = from + EXCHANGE_ENTRIES_MAX;
	buf_init(&out, EXCHANGE_ENTRIES_BYTES);
	ok = buf_add_u64(&out, from, err) && buf_add_u64(&out, to, err);
	for (uint64_t i = from; ok && i < to; i++) {
		uint8_t leaf[LEAF_BYTES];

		ok = log_leaf(t->log, i, leaf, err) &&
		    entry_add(&out, span_of(leaf, sizeof leaf), err);
	}
	ok = ok && put(t, "ledger/entries", buf_span(&out), err);
	buf_clear(&out);
	return ok;
}

static bool
own_tell(struct telling *t, struct err *err)
{
	uint64_t cosigned, mirrored;

	if (!checkpoint_now(t, err))
		return false;
	if (!t->has_checkpoint)
		return true;
	return put(t, "ledger/checkpoint", buf_span(&t->note), err) &&
	    theirs(t, &cosigned, &mirrored, err) &&
	    add_checkpoint_tell(t, cosigned, err) && entries_tell(t, mirrored, err);
}

/* ---- of others ---- */

static bool
is_theirs(const struct telling *t, const char *hash)
{
	for (size_t i = 0; i < t->keys.logs_n; i++)
		if (strcmp(t->theirs[i].s, hash) == 0)
			return true;
	return false;
}

static bool
mirrored_entry(void *arg, uint64_t index, struct span entry, struct err *err)
{
	(void)index;
	return entry_add(arg, entry, err);
}

/*
 * The receiver lost a part of its own log: what we mirror of it goes back, with the
 * checkpoint our mirror ends at.  `self` is what it last signed: a restored copy may have
 * gone on by itself.
 */
static bool
entries_back(struct telling *t, const char *origin, const char *hash, struct err *err)
{
	uint64_t from = t->told.size;
	char path[96], note_path[96];
	struct checkpoint c;
	struct buf out, note;
	bool found, ok;

	(void)snprintf(path, sizeof path, "ledger/yours/%s.entries", hash);
	(void)snprintf(note_path, sizeof note_path, "ledger/yours/%s.mirror", hash);
	buf_init(&note, NOTE_MAX);
	buf_init(&out, EXCHANGE_ENTRIES_BYTES);
	ok = witness_mirror_note(t->witness, origin, &note, &c, &found, err);
	if (ok && (!found || !t->has_told || t->told.standing == LOG_FROZEN ||
	    from >= c.size || c.size - from > EXCHANGE_ENTRIES_MAX))
		ok = gone(t, path, err) && gone(t, note_path, err);
	else
		ok = ok && buf_add_u64(&out, from, err) &&
		    buf_add_u64(&out, c.size, err) &&
		    witness_entries_each(t->witness, origin, from, c.size,
		    mirrored_entry, &out, err) &&
		    put(t, path, buf_span(&out), err) &&
		    put(t, note_path, buf_span(&note), err);
	buf_clear(&out);
	buf_clear(&note);
	return ok;
}

/* With our cosignature, and the largest we know of, were it only by hearsay. */
static bool
yours_tell(struct telling *t, const char *origin, const char *hash, struct err *err)
{
	struct checkpoint cosigned, largest;
	char path[96], largest_path[96];
	struct buf note, other;
	bool has, found, ok;

	(void)snprintf(path, sizeof path, "ledger/yours/%s", hash);
	(void)snprintf(largest_path, sizeof largest_path, "ledger/yours/%s.largest", hash);
	buf_init(&note, NOTE_MAX);
	buf_init(&other, NOTE_MAX);
	ok = witness_checkpoint(t->witness, origin, &note, &cosigned, &has, err) &&
	    witness_largest(t->witness, origin, &other, &largest, &found, err) &&
	    (has ? put(t, path, buf_span(&note), err) : gone(t, path, err)) &&
	    (found && (!has || largest.size > cosigned.size) ?
	    put(t, largest_path, buf_span(&other), err) : gone(t, largest_path, err)) &&
	    entries_back(t, origin, hash, err);
	buf_clear(&other);
	buf_clear(&note);
	return ok;
}

static bool
body_tell(struct telling *t, const struct add_checkpoint *a, const char *path,
    struct err *err)
{
	struct buf body;
	bool ok;

	buf_init(&body, PROOF_MAX);
	ok = add_checkpoint_write(a, &body, err) && put(t, path, buf_span(&body), err);
	buf_clear(&body);
	return ok;
}

/* The checkpoint our mirror ends at, with the cosignatures we have when it is cosigned. */
static bool
mirror_end(struct telling *t, const char *origin, struct buf *note,
    struct checkpoint *out, bool *has, struct err *err)
{
	struct checkpoint cosigned;
	struct buf lines;
	bool found, ok;

	buf_init(&lines, NOTE_MAX);
	ok = witness_mirror_note(t->witness, origin, note, out, has, err) &&
	    witness_checkpoint(t->witness, origin, &lines, &cosigned, &found, err);
	if (ok && *has && found && cosigned.size == out->size &&
	    digest_eq(&cosigned.root, &out->root)) {
		buf_reset(note);
		ok = buf_add(note, buf_span(&lines), err);
	}
	buf_clear(&lines);
	return ok;
}

/*
 * A third log: the checkpoint our mirror ends at, proven from the size the receiver
 * showed when we can; and the largest we know of.
 */
static bool
other_tell(struct telling *t, const char *origin, const char *hash, struct err *err)
{
	const struct known_log *k = t->has_told ? known_of(&t->told, hash) : NULL;
	struct add_checkpoint a = { .old = 0 }, b = { .old = 0 };
	struct checkpoint mirror, largest;
	struct buf note, other;
	char path[96];
	bool has, found, ok;

	buf_init(&note, NOTE_MAX);
	buf_init(&other, NOTE_MAX);
	ok = mirror_end(t, origin, &note, &mirror, &has, err) &&
	    witness_largest(t->witness, origin, &other, &largest, &found, err);
	a.note = buf_span(&note);
	b.note = buf_span(&other);
	if (ok && has && k != NULL && k->cosigned > 0 && k->cosigned <= mirror.size) {
		a.old = k->cosigned;
		ok = witness_consistency(t->witness, origin, a.old, mirror.size, &a.path,
		    err);
	}
	(void)snprintf(path, sizeof path, "ledger/others/%s", hash);
	ok = ok && (!has || body_tell(t, &a, path, err));
	(void)snprintf(path, sizeof path, "ledger/others/%s.largest", hash);
	ok = ok && (found && (!has || largest.size > mirror.size) ?
	    body_tell(t, &b, path, err) : gone(t, path, err));
	buf_clear(&other);
	buf_clear(&note);
	return ok;
}

static bool
misbehaviour_tell(struct telling *t, const struct witness_log *l, unsigned i,
    const char *hash, struct err *err)
{
	struct misbehaviour m;
	char folder[96], path[112];
	bool ok;

	(void)snprintf(folder, sizeof folder, "ledger/misbehaviour/%s-%u", hash, i);
	misbehaviour_init(&m);
	ok = witness_misbehaviour(t->witness, l->key.name, i, &m, err) &&
	    dir_make_all(t->f->world, t->dir, folder, err);
	if (ok) {
		(void)snprintf(path, sizeof path, "%s/first", folder);
		ok = put(t, path, buf_span(&m.first), err);
	}
	if (ok) {
		(void)snprintf(path, sizeof path, "%s/second", folder);
		ok = put(t, path, buf_span(&m.second), err);
	}
	if (ok && m.proof.n > 0) {
		(void)snprintf(path, sizeof path, "%s/proof", folder);
		ok = put(t, path, buf_span(&m.proof), err);
	}
	misbehaviour_clear(&m);
	return ok;
}

static bool
whole_tell(struct telling *t, const struct witness_log *l, const char *hash,
    struct err *err)
{
	struct checkpoint largest;
	struct buf note;
	bool found, ok;

	buf_init(&note, NOTE_MAX);
	ok = witness_sure(t->witness, l->key.name, err) &&
	    witness_largest(t->witness, l->key.name, &note, &largest, &found, err) &&
	    buf_printf(&t->known, err, "log %s %llu %llu %llu\n", hash,
	    (unsigned long long)(l->has_checkpoint ? l->checkpoint.size : 0),
	    (unsigned long long)l->mirrored,
	    (unsigned long long)(found ? largest.size : 0));
	buf_clear(&note);
	ok = ok && (is_theirs(t, hash) ? yours_tell(t, l->key.name, hash, err) :
	    other_tell(t, l->key.name, hash, err));
	for (unsigned i = 0; ok && i < l->misbehaviour; i++)
		ok = misbehaviour_tell(t, l, i, hash, err);
	return ok;
}

static bool
log_tell(void *arg, const struct witness_log *l, struct err *err)
{
	struct telling *t = arg;
	struct err why = ERR_INIT;
	struct origin_name name;
	bool ok;

	if (!origin_name(l->key.name, &name, err))
		return false;
	ok = whole_tell(t, l, name.s, &why);
	t->withheld = t->withheld || (!ok && is_theirs(t, name.s));
	return part(t, ok, &why, err);
}

static void
log_bad(void *arg, const char *hash, const struct err *why)
{
	struct telling *t = arg;
	struct err ignored = ERR_INIT;

	t->withheld = t->withheld || is_theirs(t, hash);
	(void)!exchanged_damage(t->out, why, &ignored);
}

/* Our own key's file may be what is damaged: then no log can be told of. */
static bool
others_tell(struct telling *t, struct err *err)
{
	struct err why = ERR_INIT;

	if (!witness_open(t->f->world, home_dir(t->f->home), &t->witness, &why)) {
		t->withheld = true;
		return part(t, false, &why, err);
	}
	return witness_each_known(t->witness, log_tell, log_bad, t, err);
}

/* ---- custody of what is handed over ---- */

static bool
handed_tell(struct telling *t, const struct digest *act, struct err *err)
{
	struct custody c;
	char path[96];
	struct buf json;
	bool ok;

	custody_init(&c);
	buf_init(&json, CUSTODY_FILE_MAX);
	ok = custody_handed(t->f, act, &c, err);
	if (ok && c.n > 0) {
		(void)snprintf(path, sizeof path, "ledger/handed/%s.json",
		    digest_hex(act).s);
		ok = custody_write(&c, &json, err) && put(t, path, buf_span(&json), err);
	}
	buf_clear(&json);
	custody_clear(&c);
	return ok;
}

/* Evidence that is passed on: the hand-overs before this one go with it, where known. */
static bool
before_tell(struct telling *t, const struct digest *act, struct err *err)
{
	struct digest list[ORIGINS_MAX];
	struct err why = ERR_INIT;
	size_t n;

	if (!custody_before(t->f, act, list, &n, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!handed_tell(t, &list[i], &why) && why.kind != ERR_ABSENT) {
			*err = why;
			return false;
		}
	return true;
}

static bool
folders_make(struct telling *t, struct err *err)
{
	static const char *const list[] = { "ledger", "ledger/yours", "ledger/others",
		"ledger/misbehaviour", "ledger/handed" };

	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
		if (!dir_make_all(t->f->world, t->dir, list[i], err))
			return false;
	return true;
}

static bool
known_begin(struct telling *t, struct err *err)
{
	struct log_state s;

	log_state(t->log, &s);
	return buf_printf(&t->known, err, "comity-known/1\nself %llu %s\n",
	    (unsigned long long)log_signed(t->log), standings[s.standing]);
}

static bool
is_recovering(struct log *l)
{
	struct log_state s;

	log_state(l, &s);
	return s.standing == LOG_RECOVERING;
}

/* `known`, and the answer over it when the receiver is in recovery. */
static bool
known_tell(struct telling *t, struct err *err)
{
	struct recovery_answer a = { .destroyed = t->destroyed };

	if (t->withheld)
		return gone(t, "ledger/known", err) &&
		    recovery_answer_tell(t->f, t->dir, t->to, NULL, t->out, err);
	return told_seal(&t->known, err) && put(t, "ledger/known", buf_span(&t->known), err) &&
	    digest_of(buf_span(&t->known), &a.known, err) &&
	    recovery_answer_tell(t->f, t->dir, t->to, &a, t->out, err);
}

static bool
receiver_find(struct telling *t, struct err *err)
{
	struct err why = ERR_INIT;

	if (!ledger_keys_of_card(&t->to->card, &t->keys, err) ||
	    !part(t, known_load(t->f, &t->to->id, &t->told, &t->has_told, &why), &why,
	    err))
		return false;
	for (size_t i = 0; i < t->keys.logs_n; i++)
		if (!origin_name(t->keys.logs[i].name, &t->theirs[i], err))
			return false;
	return true;
}

static bool
tell_all(struct telling *t, const struct digest *handed, size_t handed_n,
    struct err *err)
{
	struct err own = ERR_INIT;

	if (handed_n > EXCHANGE_HANDED_MAX)
		handed_n = EXCHANGE_HANDED_MAX;
	if (!folders_make(t, err) || !ledger_log(t->f, &t->log, err) ||
	    !part(t, own_tell(t, &own), &own, err) || !known_begin(t, err) ||
	    !others_tell(t, err))
		return false;
	for (size_t i = 0; i < handed_n; i++) {
		struct err why = ERR_INIT;

		if (!part(t, handed_tell(t, &handed[i], &why) &&
		    before_tell(t, &handed[i], &why), &why, err))
			return false;
	}
	return exchange_destroyed_tell(t->f, t->dir, t->to, t->has_told &&
	    t->told.standing == LOG_RECOVERING, &t->destroyed, t->out, err) &&
	    recovery_ask_tell(t->f, t->dir, is_recovering(t->log), err) &&
	    known_tell(t, err);
}

bool
exchange_write(struct flow *f, struct dir *bundle, const struct peer *to,
    const struct digest *handed, size_t handed_n, struct exchanged *out,
    struct err *err)
{
	struct telling t = { .f = f, .dir = bundle, .to = to, .out = out };
	bool ok;

	buf_init(&t.note, NOTE_MAX);
	buf_init(&t.known, KNOWN_MAX);
	ok = receiver_find(&t, err) && tell_all(&t, handed, handed_n, err);
	witness_close(t.witness);
	known_clear(&t.told);
	buf_clear(&t.known);
	buf_clear(&t.note);
	return ok || err_wrap(err, "what the bundle says about ledgers");
}
