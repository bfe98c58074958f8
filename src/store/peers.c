/*
 * Cards.  cards/ACT.card and cards/ACT.json hold every card ever kept; own.json and
 * peers/ID.json say which is the newest and whether people confirmed it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "form/json.h"
#include "store/home.h"

#define CARD_FILE_MAX (4u << 20)
#define PEERS_MAX 4096		/* authorities one node knows: some 195 States' worth */

struct card_path { char s[96]; };

static struct card_path
card_path(const struct digest *id, const char *ending)
{
	struct card_path p;

	(void)snprintf(p.s, sizeof p.s, "cards/%s.%s", digest_hex(id).s, ending);
	return p;
}

void
peer_init(struct peer *p)
{
	memset(p, 0, sizeof *p);
	act_init(&p->card, ACT_CARD);
}

void
peer_clear(struct peer *p)
{
	act_clear(&p->card);
	peer_init(p);
}

/* Absent only where the disk says so: an error must not pass for a stranger. */
static bool
look(struct home *h, const char *path, bool *there, struct err *err)
{
	struct err why = ERR_INIT;
	struct file_info info;

	*there = path_info(h->world, h->dir, path, &info, &why);
	if (*there || why.kind == ERR_ABSENT)
		return true;
	*err = why;
	return false;
}

static bool
card_keep(struct home *h, const struct digest *id, struct span card_file,
    struct span act_json, struct err *err)
{
	return home_save(h, card_path(id, "card").s, card_file, err) &&
	    home_save(h, card_path(id, "json").s, act_json, err);
}

void
home_bind_cards(struct home *h, const struct card_binding *b)
{
	h->cards = *b;
}

/* confirmed: so says the file of the peer; or it is ours. */
static bool
card_read(struct home *h, const struct digest *id, bool confirmed, struct act *out,
    enum card_bound *bound, struct err *err)
{
	struct buf b;
	struct act a;
	bool ok;

	buf_init(&b, ACT_BYTES_MAX);
	*bound = CARD_AS_TAKEN;
	act_init(&a, ACT_CARD);
	ok = home_load(h, card_path(id, "json").s, &b, err) &&
	    act_decode(&a, buf_span(&b), err) && (a.kind == ACT_CARD ||
	    err_set(err, ERR_INPUT, "card.kind", "the file kept under it is no card")) &&
	    (h->cards.look == NULL || h->cards.look(h->cards.arg, &a.from, id,
	    buf_span(&b), confirmed, bound, err));
	buf_clear(&b);
	if (!ok) {
		act_clear(&a);
		return err_wrap(err, "the card %s", digest_hex(id).s);
	}
	act_clear(out);
	*out = a;
	return true;
}

/* ---- ours ---- */

bool
own_card_save(struct home *h, const struct digest *id, struct span card_file,
    struct span act_json, struct err *err)
{
	struct buf b;
	bool ok;

	buf_init(&b, 200);
	ok = buf_printf(&b, err, "%s\n", digest_hex(id).s) &&
	    card_keep(h, id, card_file, act_json, err) &&
	    home_save(h, "cards/own", buf_span(&b), err) &&
	    home_save(h, "card.card", card_file, err);
	buf_clear(&b);
	return ok;
}

static bool
own_id(struct home *h, struct digest *id, struct err *err)
{
	struct buf b;
	bool ok;

	buf_init(&b, 200);
	ok = home_load(h, "cards/own", &b, err);
	if (!ok && err->kind == ERR_ABSENT)
		(void)err_set(err, ERR_ABSENT, "card.none",
		    "this authority has no card yet; it is made when the signing key has its certificate: comity key csr, then comity key import");
	if (ok && !digest_parse(span_part(buf_span(&b), 0, 64), id))
		ok = err_set(err, ERR_INPUT, "card.own_damaged",
		    "cards/own is damaged");
	buf_clear(&b);
	return ok;
}

bool
own_card(struct home *h, struct digest *id, struct act *out, struct err *err)
{
	enum card_bound bound;

	if (!own_id(h, id, err) || !card_read(h, id, true, out, &bound, err))
		return false;
	return h->cards.look == NULL || (bound == CARD_AS_TAKEN &&
	    strcmp(out->from.s, h->settings.authority.s) == 0) ||
	    err_set(err, ERR_UNPROVEN, "card.changed",
	    "our own card was changed in the folder cards of this home; bring that folder back from your backup, and ask who had this disk");
}

bool
own_card_file(struct home *h, struct buf *out, struct err *err)
{
	struct digest id;

	return own_id(h, &id, err) && home_load(h, card_path(&id, "card").s, out, err);
}

/* ---- peers ---- */

struct peer_path { char s[64]; };

static struct peer_path
peer_path(const char *id)
{
	struct peer_path p;

	(void)snprintf(p.s, sizeof p.s, "peers/%s.json", id);
	return p;
}

bool
peer_save(struct home *h, const struct peer *p, struct span card_file,
    struct span act_json, struct err *err)
{
	struct json_out j;
	struct buf b;
	bool ok;

	if (card_file.n > 0 && !card_keep(h, &p->card_id, card_file, act_json, err))
		return false;
	buf_init(&b, SMALL_FILE_MAX);
	json_out_begin(&j, &b, true, false, err);
	json_out_object(&j, NULL);
	json_out_str(&j, "schema", "comity.peer/1");
	json_out_str(&j, "authority", p->id.s);
	json_out_digest(&j, "card", &p->card_id);
	json_out_bool(&j, "confirmed", p->confirmed);
	json_out_bool(&j, "revoked", p->revoked);
	json_out_str(&j, "reason", p->reason);
	json_out_int(&j, "paired_at", p->paired_at);
	json_out_array(&j, "earlier");
	for (size_t i = 0; i < p->earlier_n; i++)
		json_out_digest(&j, NULL, &p->earlier[i]);
	json_out_close_array(&j);
	json_out_close_object(&j);
	ok = json_out_end(&j) &&
	    home_save(h, peer_path(p->id.s).s, buf_span(&b), err);
	buf_clear(&b);
	return ok;
}

static bool
earlier_decode(struct peer *p, struct json_object *o, struct err *err)
{
	struct json_array list;

	if (!json_list(o, "earlier", 0, PEER_EARLIER_MAX, &list, err))
		return false;
	for (; p->earlier_n < list.n; p->earlier_n++)
		if (!json_at_hex(&list, p->earlier_n, p->earlier[p->earlier_n].b, 32,
		    err))
			return false;
	return true;
}

static bool
peer_decode(struct peer *p, struct json_object *o, struct err *err)
{
	const char *s;

	if (!json_text(o, "schema", 1, 40, &s, err) ||
	    !json_text(o, "authority", 19, 19, &s, err))
		return false;
	if (!authority_id_parse(s, &p->id))
		return err_set(err, ERR_INPUT, "peer.id", "the authority id is damaged");
	if (!json_hex(o, "card", p->card_id.b, 32, err) ||
	    !json_bool(o, "confirmed", &p->confirmed, err) ||
	    !json_bool(o, "revoked", &p->revoked, err) ||
	    !json_text(o, "reason", 0, sizeof p->reason - 1, &s, err))
		return false;
	memcpy(p->reason, s, strlen(s) + 1);
	return json_int(o, "paired_at", 0, WHEN_MAX, &p->paired_at, err) &&
	    earlier_decode(p, o, err) && json_end(o, err);
}

/* A file that forgot it is no reason to trust again. */
static bool
revoked_bind(struct home *h, struct peer *p, struct err *err)
{
	enum peer_trust trust;

	if (p->revoked || h->cards.look == NULL)
		return true;
	if (!h->cards.revoked(h->cards.arg, &p->id, &trust, err))
		return false;
	p->revoked = trust != TRUST_STANDS;
	p->lost = trust == TRUST_LOST;
	if (p->lost)
		(void)snprintf(p->reason, sizeof p->reason,
		    "records of this home were lost, and that trust ended may have been among them; compare the words of its card again: comity peer pair CARD --words \"...\"");
	else if (p->revoked)
		(void)snprintf(p->reason, sizeof p->reason,
		    "by the ledger of this home; its file in the folder peers was changed");
	return true;
}

/* The file's name, what it says and the card it names are of one authority. */
static bool
peer_agrees(const struct peer *p, const char *id, struct err *err)
{
	return (strcmp(p->id.s, id) == 0 && strcmp(p->card.from.s, id) == 0) ||
	    err_set(err, ERR_INPUT, "peer.other",
	    "what is kept about the authority %s in the folders peers and cards is damaged; bring these back from your backup",
	    id);
}

bool
peer_load(struct home *h, const char *id, struct peer *out, struct err *err)
{
	struct authority_id checked;
	struct json *j = NULL;
	struct json_object top;
	struct buf b;
	struct peer p;
	bool there = false, ok;

	peer_init(&p);
	buf_init(&b, SMALL_FILE_MAX);
	if (authority_id_parse(id, &checked) &&
	    !look(h, peer_path(id).s, &there, err))
		ok = false;
	else if (!there)
		ok = err_set(err, ERR_ABSENT, "peer.absent",
		    "no authority with the id %.40s is paired; see them with: comity peer list",
		    id);
	else
		ok = home_load(h, peer_path(id).s, &b, err) &&
		    json_read(&j, buf_span(&b), SMALL_FILE_MAX, err) &&
		    json_top(j, &top, err) && peer_decode(&p, &top, err) &&
		    card_read(h, &p.card_id, p.confirmed, &p.card, &p.bound, err) &&
		    peer_agrees(&p, id, err) && revoked_bind(h, &p, err);
	json_free(j);
	buf_clear(&b);
	if (!ok) {
		peer_clear(&p);
		return false;
	}
	p.confirmed = p.confirmed && p.bound == CARD_AS_TAKEN;
	peer_clear(out);
	*out = p;
	return true;
}

static int
id_order(const void *a, const void *b)
{
	return strcmp(((const struct authority_id *)a)->s,
	    ((const struct authority_id *)b)->s);
}

/* Ids of all peers, ascending; mem_free. */
static bool
peer_ids(struct home *h, struct authority_id **out, size_t *n, struct err *err)
{
	struct authority_id *ids = mem_array(PEERS_MAX, sizeof *ids, err);
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true, ok;

	*n = 0;
	if (ids == NULL)
		return false;
	ok = listing_open(h->world, h->dir, "peers", &l, err);
	while (ok && more) {
		char name[AUTHORITY_ID_MAX];

		ok = listing_next(l, &e, &more, err);
		if (!ok || !more || strlen(e.name) != 24 ||
		    strcmp(e.name + 19, ".json") != 0)
			continue;
		memcpy(name, e.name, 19);
		name[19] = '\0';
		if (*n == PEERS_MAX)
			ok = err_set(err, ERR_LIMIT, "peer.many",
			    "this node knows %d authorities, and that is the limit",
			    PEERS_MAX);
		else if (authority_id_parse(name, &ids[*n]))
			(*n)++;
	}
	listing_close(l);
	if (!ok) {
		mem_free(ids);
		return false;
	}
	qsort(ids, *n, sizeof *ids, id_order);
	*out = ids;
	return true;
}

bool
peers_each(struct home *h,
    bool (*each)(void *arg, const struct peer *p, struct err *err), void *arg,
    struct err *err)
{
	struct authority_id *ids = NULL;
	struct peer p;
	size_t n;
	bool ok;

	if (!peer_ids(h, &ids, &n, err))
		return false;
	peer_init(&p);
	ok = true;
	for (size_t i = 0; ok && i < n; i++)
		ok = peer_load(h, ids[i].s, &p, err) && each(arg, &p, err);
	peer_clear(&p);
	mem_free(ids);
	return ok;
}

bool
peer_find(struct home *h, const char *typed, struct peer *out, struct err *err)
{
	struct authority_id *ids = NULL;
	size_t n, hits = 0, hit = 0, len = strlen(typed);
	bool ok;

	if (!peer_ids(h, &ids, &n, err))
		return false;
	for (size_t i = 0; i < n; i++)
		if (len >= 2 && strncmp(ids[i].s, typed, len) == 0) {
			hit = i;
			hits++;
		}
	if (hits == 1)
		ok = peer_load(h, ids[hit].s, out, err);
	else if (hits == 0)
		ok = err_set(err, ERR_ABSENT, "peer.absent",
		    "no authority \"%.40s\" is paired; pair it with: comity peer pair THEIR-CARD",
		    typed);
	else
		ok = err_set(err, ERR_USE, "peer.several",
		    "%zu authorities fit \"%.40s\"; write more of the id, as in %s",
		    hits, typed, ids[hit].s);
	mem_free(ids);
	return ok;
}

static bool
card_confirmed(const struct peer *p, const struct digest *card_id)
{
	if (!p->confirmed || p->revoked)
		return false;
	for (size_t i = 0; i < p->earlier_n; i++)
		if (digest_eq(&p->earlier[i], card_id))
			return true;
	return digest_eq(&p->card_id, card_id);
}

/* A card of a peer, read as one that its file says people confirmed. */
static bool
card_trusted(struct home *h, const struct authority_id *id, const struct digest *card_id,
    bool *trusted, struct err *err)
{
	enum card_bound bound = CARD_AS_TAKEN;
	struct peer p;
	struct act a;
	bool there, ok;

	if (!look(h, peer_path(id->s).s, &there, err))
		return false;
	if (!there)
		return true;
	peer_init(&p);
	act_init(&a, ACT_CARD);
	ok = peer_load(h, id->s, &p, err);
	*trusted = ok && card_confirmed(&p, card_id);
	/* An earlier one has a record of its own. */
	if (*trusted && !digest_eq(&p.card_id, card_id))
		ok = card_read(h, card_id, true, &a, &bound, err);
	*trusted = *trusted && ok && bound == CARD_AS_TAKEN;
	act_clear(&a);
	peer_clear(&p);
	return ok;
}

bool
card_find(struct home *h, const struct authority_id *id, const struct digest *card_id,
    struct act *out, bool *found, bool *trusted, struct err *err)
{
	bool ours = strcmp(id->s, h->settings.authority.s) == 0;
	enum card_bound bound;
	bool there;

	*found = *trusted = false;
	if (!look(h, card_path(card_id, "json").s, &there, err))
		return false;
	if (!there)
		return true;
	if (!card_read(h, card_id, ours, out, &bound, err))
		return false;
	if (strcmp(out->from.s, id->s) != 0 || bound == CARD_CHANGED)
		return true;
	*found = true;
	*trusted = ours && bound == CARD_AS_TAKEN;
	return ours || card_trusted(h, id, card_id, trusted, err);
}
