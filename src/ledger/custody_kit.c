#include "ledger/custody_kit.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEED(call) do { \
	struct err *e_ = &kit_err; \
	err_clear(e_); \
	if (!(call)) { \
		(void)fprintf(stderr, "%s: %s: %s\n", #call, e_->reason, e_->text); \
		abort(); \
	} \
} while (0)

static struct err kit_err;

void
kit_signer_init(struct kit_signer *s, const char *name, enum note_key_type type,
    uint8_t seed)
{
	static const uint8_t head[] = { 0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
		0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20 };	/* RFC 8410 */
	uint8_t der[sizeof head + 32], point[32];

	memcpy(der, head, sizeof head);
	for (size_t i = 0; i < 32; i++)
		der[sizeof head + i] = (uint8_t)(seed + i);
	NEED(key_decode(&s->key, span_of(der, sizeof der), e_));
	NEED(key_point_ed25519(s->key, point, e_));
	NEED(vkey_make(name, type, point, &s->vkey, e_));
}

void
kit_signer_clear(struct kit_signer *s)
{
	key_free(s->key);
	s->key = NULL;
}

void
kit_init(struct kit *k)
{
	memset(k, 0, sizeof *k);
	memset(k->act.b, 0x11, sizeof k->act.b);
	memset(k->package.b, 0x22, sizeof k->package.b);
	kit_signer_init(&k->a.signer, log_origin(KIT_XA, 1).s, NOTE_ED25519, 0x00);
	kit_signer_init(&k->b.signer, log_origin(KIT_XB, 1).s, NOTE_ED25519, 0x20);
	kit_signer_init(&k->wa, witness_name(KIT_XA).s, NOTE_COSIGNATURE, 0x40);
	kit_signer_init(&k->wb, witness_name(KIT_XB).s, NOTE_COSIGNATURE, 0x60);
	kit_signer_init(&k->wc, witness_name(KIT_XC).s, NOTE_COSIGNATURE, 0x80);
	kit_signer_init(&k->wc2, witness_name("XC-NZXW6YTBOIMZXW6Y").s,
	    NOTE_COSIGNATURE, 0xA0);
}

void
kit_clear(struct kit *k)
{
	kit_signer_clear(&k->a.signer);
	kit_signer_clear(&k->b.signer);
	kit_signer_clear(&k->wa);
	kit_signer_clear(&k->wb);
	kit_signer_clear(&k->wc);
	kit_signer_clear(&k->wc2);
}

void
kit_leaf_add(struct kit_log *l, const uint8_t leaf[LEAF_BYTES])
{
	if (l->n == KIT_LEAVES)
		abort();
	memcpy(l->leaf[l->n++], leaf, LEAF_BYTES);
}

/* ---- its tree ---- */

static bool
subtree(void *arg, unsigned level, uint64_t index, struct digest *out, struct err *err)
{
	const struct kit_log *l = arg;
	struct hasher *h = NULL;
	struct digest left, right;
	bool ok;

	if (!hasher_new(&h, err))
		return false;
	if (level == 0)
		ok = merkle_leaf(h, span_of(l->leaf[index], LEAF_BYTES), out, err);
	else
		ok = subtree(arg, level - 1, 2 * index, &left, err) &&
		    subtree(arg, level - 1, 2 * index + 1, &right, err) &&
		    merkle_node(h, &left, &right, out, err);
	hasher_free(h);
	return ok;
}

static struct merkle_tree
tree_of(const struct kit_log *l)
{
	union { const struct kit_log *c; void *p; } u = { .c = l };

	return (struct merkle_tree){ subtree, u.p };
}

void
kit_note(const struct kit_log *l, size_t size, const struct kit_signer *const *by,
    size_t n, int64_t at, struct buf *out)
{
	struct merkle_tree t = tree_of(l);
	struct checkpoint c = { .size = size };
	struct hasher *h = NULL;
	struct buf text;

	buf_init(&text, 4096);
	(void)snprintf(c.origin, sizeof c.origin, "%s", l->signer.vkey.name);
	NEED(hasher_new(&h, e_));
	NEED(merkle_root(h, &t, size, &c.root, e_));
	hasher_free(h);
	NEED(checkpoint_text(&c, &text, e_));
	NEED(buf_add(out, buf_span(&text), e_) && buf_add_text(out, "\n", e_));
	NEED(note_sign(l->signer.key, &l->signer.vkey, buf_span(&text), out, e_));
	for (size_t i = 0; i < n; i++)
		NEED(note_cosign(by[i]->key, &by[i]->vkey, buf_span(&text),
		    at + (int64_t)i, out, e_));
	buf_clear(&text);
}

void
kit_proof(const struct kit_log *l, size_t index, struct span note, struct buf *out)
{
	struct merkle_tree t = tree_of(l);
	struct tlog_proof p = { .index = index, .note = note };
	struct hasher *h = NULL;
	struct checkpoint c;

	NEED(checkpoint_peek(note, &c, e_));
	NEED(hasher_new(&h, e_));
	NEED(merkle_inclusion(h, &t, index, c.size, &p.path, e_));
	hasher_free(h);
	NEED(tlog_proof_write(&p, out, e_));
}

/* ---- records and links ---- */

struct record
kit_record(const struct kit *k, enum record_event event, const char *who,
    const char *peer, int64_t at)
{
	struct record r = { .event = event, .at = at, .clock_doubt = 1, .has_act = true,
		.has_package = true, .act = k->act, .package = k->package,
		.role = "central_authority", .person = "P1" };

	if (!authority_id_parse(who, &r.authority) ||
	    (peer != NULL && !authority_id_parse(peer, &r.peer)))
		abort();
	if (event == EVENT_SENT || event == EVENT_RECEIVED)
		(void)snprintf(r.carrier, sizeof r.carrier, "stick");
	if (event == EVENT_MADE || event == EVENT_RECEIVED) {
		r.files_n = 1;
		(void)snprintf(r.files[0].path, sizeof r.files[0].path, "act.json");
		r.files[0].bytes = 812;
		memset(r.files[0].sha256.b, 0x33, 32);
		r.has_payload = true;
		r.payload_files = 3;
		r.payload_bytes = 4096;
	}
	return r;
}

struct custody_link *
kit_link(struct custody *c, struct kit_log *l, const struct record *r, uint8_t salt,
    size_t *index)
{
	uint8_t bytes[RECORD_SALT], leaf[LEAF_BYTES];
	struct custody_link *link;
	struct buf text;

	memset(bytes, salt, sizeof bytes);
	buf_init(&text, RECORD_MAX);
	NEED(record_encode(r, &text, e_));
	NEED(leaf_of(bytes, buf_span(&text), leaf, e_));
	*index = l->n;
	kit_leaf_add(l, leaf);
	NEED((link = custody_add(c, buf_span(&text), bytes, e_)) != NULL);
	buf_clear(&text);
	(void)snprintf(link->origin, sizeof link->origin, "%s", l->signer.vkey.name);
	link->index = *index;
	link->has_place = true;
	return link;
}

void
kit_prove(struct custody_link *l, const struct kit_log *log, size_t index,
    const struct kit_signer *const *by, size_t n, int64_t at)
{
	struct buf note, proof;

	buf_init(&note, NOTE_MAX);
	buf_init(&proof, PROOF_MAX);
	kit_note(log, log->n, by, n, at, &note);
	kit_proof(log, index, buf_span(&note), &proof);
	NEED(custody_proof_add(l, buf_span(&proof), e_));
	buf_clear(&note);
	buf_clear(&proof);
}

void
kit_custody(struct kit *k, struct custody *out)
{
	const struct kit_signer *by_ac[] = { &k->wa, &k->wc }, *by_bc[] = { &k->wb, &k->wc };
	uint8_t other[LEAF_BYTES] = { 0, 1, 0x77 };
	struct record made, sent, received;
	size_t i[3];

	custody_init(out);
	out->act = k->act;
	out->package = k->package;
	out->as_of = KIT_NOW + 90000;
	/* Entries about other acts stand between them. */
	for (uint8_t n = 0; n < 5; n++) {
		other[3] = n;
		kit_leaf_add(n < 3 ? &k->b : &k->a, other);
	}
	made = kit_record(k, EVENT_MADE, KIT_XB, KIT_XA, KIT_NOW);
	(void)kit_link(out, &k->b, &made, 0xB1, &i[0]);
	other[3] = 9;
	kit_leaf_add(&k->b, other);
	sent = kit_record(k, EVENT_SENT, KIT_XB, KIT_XA, KIT_NOW + 3600);
	sent.has_before = true;
	NEED(digest_of(buf_span(&out->links[0].bytes), &sent.before, e_));
	(void)kit_link(out, &k->b, &sent, 0xB2, &i[1]);
	received = kit_record(k, EVENT_RECEIVED, KIT_XA, KIT_XB, KIT_NOW + 86400);
	(void)kit_link(out, &k->a, &received, 0xA1, &i[2]);
	kit_leaf_add(&k->a, other);
	kit_prove(&out->links[0], &k->b, i[0], by_ac, 2, KIT_NOW + 87000);
	kit_prove(&out->links[1], &k->b, i[1], by_ac, 2, KIT_NOW + 87000);
	kit_prove(&out->links[2], &k->a, i[2], by_bc, 2, KIT_NOW + 88000);
}

static void
line(struct buf *out, const char *word, const struct vkey *k)
{
	NEED(buf_printf(out, e_, "%s ", word) && vkey_print(k, out, e_) &&
	    buf_add_text(out, "\n", e_));
}

void
kit_policy(const struct kit *k, const char *of, struct buf *out)
{
	NEED(buf_add_text(out, "# Training: whom this office believes about logs\n", e_));
	line(out, "log", &k->a.signer.vkey);
	line(out, "log", &k->b.signer.vkey);
	line(out, "witness aldora", &k->wa.vkey);
	line(out, "witness berun", &k->wb.vkey);
	line(out, "witness cascada", &k->wc.vkey);
	line(out, "witness cascada-2", &k->wc2.vkey);
	NEED(buf_printf(out, e_, "group states %s aldora berun cascada cascada-2\n"
	    "quorum states\n", of));
}
