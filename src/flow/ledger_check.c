/* All of the ledger from the first byte, and the parcels: what rotted is named (D28). */
#include <stdio.h>
#include <string.h>

#include "flow/destroy_inside.h"
#include "flow/exchange.h"
#include "flow/leaves.h"
#include "flow/people.h"
#include "flow/take.h"

#define LOST_MAX 64			/* told to their counterparts after one check */

struct checking {
	struct flow *f;
	struct ledger_check *out;
	struct docket *d;
	uint64_t by_length;		/* parcels whose header nobody here could join */
	struct docket_act *lost;	/* evidence that is not as it was kept */
	size_t lost_n;
};

static void
found(struct checking *c, bool bad, const char *what, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

static void
found(struct checking *c, bool bad, const char *what, const char *fmt, ...)
{
	struct ledger_finding *x;
	va_list ap;

	if (c->out->n == LEDGER_FINDINGS_MAX) {
		c->out->more++;
		return;
	}
	x = &c->out->list[c->out->n++];
	x->bad = bad;
	(void)snprintf(x->what, sizeof x->what, "%s", what);
	va_start(ap, fmt);
	(void)vsnprintf(x->text, sizeof x->text, fmt, ap);
	va_end(ap);
}

/* Damage is what is looked for; anything else is our own trouble. */
static bool
damage(struct checking *c, const char *what, const struct err *why, struct err *err)
{
	if (why->kind == ERR_NONE)
		return true;
	if (!ledger_damage(why)) {
		*err = *why;
		return false;
	}
	if (strncmp(why->reason, "journal.", 8) == 0)
		found(c, true, what, "%s. Make a copy of this home first (comity backup FILE). What can still be read of it goes on with: comity ledger succeed --reason damaged; or get the home back from the newest backup.",
		    why->text);
	else
		found(c, true, what, "%s. Get this home back from a backup, or the entries from a peer.",
		    why->text);
	return true;
}

#define OTHERS_PATH LOG_PATH "/others/"

/* Of a mirror: the folder's name; else NULL. */
static const char *
mirror_hash(const char *path)
{
	const char *hash = path + sizeof OTHERS_PATH - 1;

	return strncmp(path, OTHERS_PATH, sizeof OTHERS_PATH - 1) == 0 &&
	    strlen(hash) > 65 && hash[64] == '/' &&
	    (strcmp(hash + 64, "/tree") == 0 || strncmp(hash + 64, "/tile", 5) == 0) ?
	    hash : NULL;
}

/* What there is to do about a file that does not hold. */
static const char *
advice(const char *path, const char *why)
{
	static const struct { const char *begin, *text; } list[] = {
		{ LOG_PATH "/checkpoint", "It is signed again by: comity ledger checkpoint" },
		{ LOG_PATH "/vkey", "It is written again by: comity ledger checkpoint" },
		{ LOG_PATH "/cosigned/", "Exchange bundles with all peers (comity bundle write DIR --to PEER --ledger): what still holds is kept, and new cosignatures come" },
		{ LOG_PATH "/signed", "Nothing is signed until it is clear what was signed last: exchange bundles with all peers (comity bundle write DIR --to PEER --ledger)" },
		{ LOG_PATH "/standing", "Nothing is signed until it is clear whether this ledger may: exchange bundles with all peers (comity bundle write DIR --to PEER --ledger)" },
		{ OTHERS_PATH, "Get this file back from a backup" },
		{ "journal/", "Make a copy of this home first (comity backup FILE). What can still be read of it goes on with: comity ledger succeed --reason damaged; or get the home back from the newest backup" },
	};

	if (name_ends(why, LOG_OTHER_ROOT))
		return "The records here are not those that were signed then: write nothing more in this home, keep it as it is, and get it back from a backup";
	if (mirror_hash(path) != NULL)
		return "This copy is given up: write its owner a bundle (comity bundle write DIR --to PEER --ledger), and the next one from there brings it anew";
	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
		if (strncmp(path, list[i].begin, strlen(list[i].begin)) == 0)
			return list[i].text;
	return "Tiles are made again from the journal, now or by the next command that needs them";
}

/* One file has one sentence, whoever looks at it. */
static bool
was_told(const struct checking *c, const char *path)
{
	for (size_t i = 0; i < c->out->n; i++)
		if (strcmp(c->out->list[i].what, path) == 0)
			return true;
	return false;
}

static void
file_bad(void *arg, const char *path, const char *why)
{
	struct checking *c = arg;
	size_t n = strlen(path);

	/* The path is said once. */
	if (strncmp(why, path, n) == 0 && why[n] == ' ')
		why += n + 1;
	if (!was_told(c, path))
		found(c, true, path, "%s. %s.", why, advice(path, why));
}

/* The log's scrub knows its own key only; here are those of who cosigned. */
static bool
note_check(struct checking *c, struct log *l, const struct cosigners *keys,
    uint64_t size, struct err *err)
{
	bool good[LEDGER_WITNESSES_SHOWN];
	struct err why = ERR_INIT;
	char name[48];

	(void)snprintf(name, sizeof name, "ledger/cosigned/%llu",
	    (unsigned long long)size);
	if (cosigned_note(l, size, keys->keys, keys->n, good, NULL, &why))
		return true;
	if (!ledger_damage(&why))
		return damage(c, name, &why, err);
	file_bad(c, name, why.text);
	return true;
}

/* Likewise the latest, which others copy. */
static bool
latest_check(struct checking *c, struct log *l, const struct cosigners *keys,
    struct err *err)
{
	bool good[LEDGER_WITNESSES_SHOWN], found_one = false, ok;
	struct err why = ERR_INIT;
	struct checkpoint at;
	struct note n;
	struct buf b;

	buf_init(&b, NOTE_MAX);
	ok = log_checkpoint(l, &b, &at, &found_one, &why);
	if (ok && found_one) {
		ok = note_parse(buf_span(&b), &n, &why) &&
		    note_verify(&n, keys->keys, keys->n, good, NULL, &why);
		note_clear(&n);
	}
	buf_clear(&b);
	if (ok || !ledger_damage(&why))
		return ok || damage(c, LOG_PATH "/checkpoint", &why, err);
	if (!was_told(c, LOG_PATH "/checkpoint"))
		found(c, true, LOG_PATH "/checkpoint", "%s. %s.", why.text,
		    advice(LOG_PATH "/cosigned/", ""));
	return true;
}

static bool
notes_check(struct checking *c, struct log *l, struct err *err)
{
	struct cosigners *keys = mem_new(sizeof *keys, err);
	struct err why = ERR_INIT;
	uint64_t *sizes = NULL;
	size_t n = 0;
	bool ok = keys != NULL && cosigners_known(c->f, keys, err);

	if (ok && !log_cosigned(l, &sizes, &n, &why))
		ok = damage(c, "ledger/cosigned", &why, err);
	for (size_t i = 0; ok && i < n; i++)
		ok = note_check(c, l, keys, sizes[i], err);
	ok = ok && latest_check(c, l, keys, err);
	mem_free(sizes);
	mem_free(keys);
	return ok;
}

static bool
log_check(struct checking *c, struct err *err)
{
	struct err why = ERR_INIT;
	struct log_state s;
	char text[300];
	struct log *l;

	if (!ledger_log(c->f, &l, &why))
		return damage(c, "journal/records", &why, err);
	c->out->leaves = log_size(l);
	if (!log_scrub(l, file_bad, c, c->f->progress, &why) &&
	    !damage(c, "ledger", &why, err))
		return false;
	log_state(l, &s);
	if (!recovery_text(c->f, &s, text, err))
		return false;
	if (text[0] != '\0')
		found(c, s.standing == LOG_FROZEN, "standing", "%s", text);
	return notes_check(c, l, err);
}

/* ---- who works here ---- */

/* By the journal itself: a docket that was changed by hand hides nothing from it. */
static bool
people_check(struct checking *c, struct err *err)
{
	struct err why = ERR_INIT;
	struct digest is;
	struct leaf newest;
	bool there;

	if (!leaves_people(c->f, &newest, &why))
		return damage(c, "journal/records", &why, err);
	if (newest.number == 0)
		return true;
	if (!people_list_digest(c->f->home, newest.number, &is, &there, err))
		return false;
	if (!there || !digest_eq(&is, &newest.digest))
		found(c, true, "people", "The ledger names version %u of the list of persons, and this home has another: somebody put an old one back. Get the folder people back from the newest backup.",
		    newest.number);
	return true;
}

/* What decides is asked of it, and of what came after it. */
static bool
leaves_check(struct checking *c, struct err *err)
{
	struct err why = ERR_INIT;
	bool same;

	if (!leaves_note_check(c->f, &same, &why))
		return damage(c, "journal/records", &why, err);
	if (!same)
		found(c, true, "journal/leaves", "It does not say what the journal says: somebody wrote it, and a record that names it, by hand. Keep a copy of it and of journal/records, then remove it: the next checkpoint writes it anew.");
	return true;
}

/* ---- the docket beside it ---- */

/* Nothing is decided by the docket's index; what is looked up in it may be missed. */
static bool
index_check(struct checking *c, struct err *err)
{
	struct docket_check k;

	if (!docket_compare(c->f, &k, err))
		return false;
	if (k.text[0] != '\0')
		found(c, true, "docket", "%s", k.text);
	if (k.lost > 0 && !k.taken_back)
		found(c, true, "journal/records", "%llu records have no text, and no recovery here took them back from a peer: somebody emptied them by hand. Keep the home as it is, and get it back from a backup.",
		    (unsigned long long)k.lost);
	return true;
}

/* A copy that does not hold helps nobody; its owner sends it again when it is told. */
static bool
copies_give_up(struct checking *c, struct witness *w, struct err *err)
{
	for (size_t i = 0; i < c->out->n; i++) {
		const char *hash = mirror_hash(c->out->list[i].what);

		if (hash != NULL && !witness_mirror_drop(w, hash, err))
			return false;
	}
	return true;
}

static bool
others_check(struct checking *c, struct err *err)
{
	struct err why = ERR_INIT;
	struct witness *w = NULL;
	bool ok;

	ok = witness_open(c->f->world, home_dir(c->f->home), &w, &why) &&
	    witness_scrub(w, file_bad, c, c->f->progress, &why);
	ok = (ok || damage(c, "ledger/others", &why, err)) &&
	    (w == NULL || copies_give_up(c, w, err));
	witness_close(w);
	return ok;
}

/* ---- parcels ---- */

static void
lost_note(struct checking *c, const struct docket_act *row)
{
	if (row->evidence != 0 && c->lost_n < LOST_MAX)
		c->lost[c->lost_n++] = *row;
}

/*
 * Its digest is of header and body; who opens no evidence compares the length alone.
 * *known false: so it was.
 */
static bool
digest_look(struct checking *c, const char *path, uint64_t *bytes, struct digest *d,
    bool *known, struct err *err)
{
	struct err why = ERR_INIT;
	struct file_info info;

	*known = file_digest(c->f, path, "Reading parcels", bytes, d, &why);
	if (*known)
		return true;
	if (why.kind != ERR_ABSENT && why.kind != ERR_DENIED && why.kind != ERR_USE) {
		*err = why;
		return false;
	}
	if (!path_info(c->f->world, home_dir(c->f->home), path, &info, err))
		return false;
	*bytes = info.size;
	c->by_length++;
	return true;
}

/* What the docket says of it; a parcel never carried has its length only, and its package. */
static bool
parcel_check(struct checking *c, const struct docket_act *row, struct err *err)
{
	struct parcel_path path = act_file(row);
	struct digest d;
	uint64_t bytes;
	int64_t gone_at;
	bool there, known;

	if (!docket_destroyed_at(c->d, &row->package, &gone_at, err))
		return false;
	if (gone_at != 0)
		return true;		/* two persons did that, and the ledger says so */
	if (!take_there(c->f, path.s, &there, err))
		return false;
	if (!there) {
		lost_note(c, row);
		found(c, true, path.s,
		    "it is gone. Restore it from a backup, or ask the other side to send it again");
		return true;
	}
	if (!digest_look(c, path.s, &bytes, &d, &known, err))
		return false;
	c->out->files++;
	c->out->bytes += bytes;
	if (bytes == row->bytes && (!known || !row->has_sha256 ||
	    digest_eq(&d, &row->sha256)))
		return true;
	lost_note(c, row);
	found(c, true, path.s,
	    "it is not as it was kept (%llu bytes, %llu then). Keep it as it is, restore it from a backup, or ask the other side to send it again",
	    (unsigned long long)bytes, (unsigned long long)row->bytes);
	return true;
}

/* Threat model D29: loss is an act too.  Without the passphrase it is found again. */
static bool
losses_tell(struct checking *c, struct err *err)
{
	size_t told = 0;

	for (size_t i = 0; i < c->lost_n; i++) {
		struct err why = ERR_INIT;

		if (loss_tell(c->f, &c->lost[i], &told, &why))
			continue;
		if (why.kind == ERR_MEMORY || why.kind == ERR_IO ||
		    why.kind == ERR_STOPPED) {
			*err = why;
			return false;
		}
		found(c, false, "loss", "it is on record, and the other side is not told yet (%.200s)",
		    why.text);
	}
	if (told > 0)
		found(c, false, "loss", "told to the other side, by signed acts that wait in the outbox: %zu",
		    told);
	if (c->by_length > 0)
		found(c, false, "parcels", "compared by their length alone, as their headers rest apart and nobody who opens evidence is at work: %llu",
		    (unsigned long long)c->by_length);
	return true;
}

static bool
row_check(void *arg, const struct docket_act *row, struct err *err)
{
	return parcel_check(arg, row, err);
}

static bool
parcels_check(struct checking *c, struct err *err)
{
	bool ok;

	c->lost = mem_array(LOST_MAX, sizeof *c->lost, err);
	if (c->lost == NULL || !home_docket(c->f->home, &c->d, err)) {
		mem_free(c->lost);
		return false;
	}
	ok = docket_acts_each(c->d, row_check, c, err);
	home_docket_done(c->f->home);
	ok = ok && losses_tell(c, err);
	mem_free(c->lost);
	return ok;
}

/* The desk has nothing to say of it any more. */
static bool
sound_note(struct checking *c, struct err *err)
{
	bool bad = c->out->more > 0;

	for (size_t i = 0; i < c->out->n; i++)
		bad = bad || c->out->list[i].bad;
	return bad || path_clear(c->f->world, home_dir(c->f->home), FLOW_DAMAGED_PATH, err);
}

bool
flow_ledger_check(struct flow *f, bool parcels, struct ledger_check *out,
    struct err *err)
{
	struct checking c = { .f = f, .out = out };

	memset(out, 0, sizeof *out);
	f->despite_damage = true;
	return home_lock(f->home, err) && log_check(&c, err) && leaves_check(&c, err) &&
	    people_check(&c, err) && index_check(&c, err) &&
	    others_check(&c, err) &&
	    sound_note(&c, err) && (!parcels || parcels_check(&c, err));
}
