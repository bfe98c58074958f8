/*
 * What a receipt proved is kept so that it can be shown without opening its parcel, and
 * its checkpoint counts among what this node knows of the other's ledger.
 */
#include <stdio.h>
#include <string.h>

#include "flow/ledger.h"
#include "flow/take.h"

void
receipt_check_free(struct receipt_check *c)
{
	if (c == NULL)
		return;
	buf_clear(&c->record);
	buf_clear(&c->salt);
	buf_clear(&c->proof);
	mem_free(c);
}

bool
receipt_check_new(struct receipt_check **out, struct err *err)
{
	struct receipt_check *c = mem_new(sizeof *c, err);

	if (c == NULL)
		return false;
	buf_init(&c->record, RECORD_MAX);
	buf_init(&c->salt, 200);
	buf_init(&c->proof, PROOF_MAX);
	*out = c;
	return true;
}

/* ---- HOME/custody/receipts ---- */

struct receipt_path { char s[128]; };

/* As the parcel is named: another package of the act has its own. */
static struct receipt_path
receipt_path_of(const struct docket_act *sent)
{
	struct receipt_path p;

	(void)snprintf(p.s, sizeof p.s, RECEIPTS_PATH "/%s", digest_hex(&sent->act).s);
	if (sent->other)
		(void)snprintf(p.s + strlen(p.s), sizeof p.s - strlen(p.s), "-%.16s",
		    digest_hex(&sent->package).s);
	(void)snprintf(p.s + strlen(p.s), sizeof p.s - strlen(p.s), ".json");
	return p;
}

static bool
link_fill(struct taking *t, struct custody *c, struct err *err)
{
	const struct receipt_body *b = &t->report.act.body.receipt;
	const struct receipt_check *k = t->receipt.check;
	struct custody_link *l;
	struct digest salt;

	c->act = b->act;
	c->package = b->package;
	c->as_of = t->row.at;
	/* The form of the salt was checked when it was read. */
	if (!digest_parse(span_part(buf_span(&k->salt), 0, 2 * RECORD_SALT), &salt))
		return false;
	l = custody_add(c, buf_span(&k->record), salt.b, err);
	if (l == NULL)
		return false;
	l->has_place = b->has_log;
	l->index = b->log_index;
	(void)snprintf(l->origin, sizeof l->origin, "%s", b->has_log ? b->log_origin : "");
	return !b->has_log || custody_proof_add(l, buf_span(&k->proof), err);
}

/*
 * Not synced by itself: it is made of the receipt's parcel, which is durable.  Who finds it
 * cut short after a power cut opens that instead.
 */
static bool
link_save(struct taking *t, const struct docket_act *sent, struct span bytes,
    struct err *err)
{
	struct dir *home = home_dir(t->flow->home);
	struct world *w = t->flow->world;
	struct file *file = NULL;
	bool ok;

	/* A try that was cut may have left it, whole or not. */
	ok = (path_exists(w, home, RECEIPTS_PATH) ||
	    dir_make_all(w, home, RECEIPTS_PATH, err)) &&
	    path_clear(w, home, receipt_path_of(sent).s, err) &&
	    file_open(w, home, receipt_path_of(sent).s, FILE_CREATE, &file, err) &&
	    file_write_at(file, bytes, 0, err);
	file_close(file);
	return ok;
}

static bool
custody_save(struct taking *t, const struct docket_act *sent, struct err *err)
{
	struct custody c;
	struct buf out;
	bool ok;

	custody_init(&c);
	buf_init(&out, CUSTODY_FILE_MAX);
	ok = link_fill(t, &c, err) && custody_write(&c, &out, err) &&
	    link_save(t, sent, buf_span(&out), err);
	custody_clear(&c);
	buf_clear(&out);
	return ok;
}

/* ---- its checkpoint ---- */

static void
seen_tell(struct taking *t, const char *text)
{
	size_t n = strlen(t->out->text);

	(void)snprintf(t->out->text + n, sizeof t->out->text - n, " %s", text);
}

static bool
note_see(struct taking *t, struct span note, struct err *err)
{
	struct witness *w = NULL;
	struct err why = ERR_INIT;
	enum witness_seen seen;
	char text[400];
	bool ok;

	ok = witness_open(t->flow->world, home_dir(t->flow->home), &w, &why) &&
	    witness_follow(w, &t->receipt.check->key, &why) &&
	    witness_see(w, note, NULL, 0, &seen, text, &why);
	witness_close(w);
	if (ok && seen == SEEN_SPLIT)
		seen_tell(t, text);
	if (ok)
		return true;
	/* What rots of what is known of a ledger stops no receipt. */
	if (strcmp(why.reason, "witness.key") != 0 && !ledger_damage(&why)) {
		*err = why;
		return false;
	}
	seen_tell(t, why.text);
	return strcmp(why.reason, "witness.key") == 0 ||
	    ledger_damage_note(t->flow, why.text, err);
}

/* Receipts that were made together come with one checkpoint: it is looked at once. */
static bool
checkpoint_see(struct taking *t, struct err *err)
{
	struct flow *f = t->flow;
	struct tlog_proof *p = mem_new(sizeof *p, err);
	struct digest note;
	bool ok;

	ok = p != NULL && tlog_proof_read(buf_span(&t->receipt.check->proof), p, err) &&
	    digest_of(p->note, &note, err);
	if (ok && !(f->note_looked && digest_eq(&f->note_seen, &note))) {
		ok = note_see(t, p->note, err);
		f->note_looked = ok;
		f->note_seen = note;
	}
	mem_free(p);
	return ok;
}

bool
receipt_remember(struct taking *t, const struct docket_act *sent, struct err *err)
{
	return custody_save(t, sent, err) &&
	    (!t->report.act.body.receipt.has_log || checkpoint_see(t, err));
}
