#include "ledger/witness_kit.h"

struct err last;

struct tale
tale_of(const struct key *key, const char *origin, uint64_t fork, uint8_t tag)
{
	struct tale t = { .key = key, .fork = fork, .tag = tag };

	t.vkey = vkey_of(key, origin, NOTE_ED25519);
	return t;
}

void
tale_entry(const struct tale *t, uint64_t i, uint8_t out[KIT_ENTRY])
{
	memset(out, i < t->fork ? 'a' : t->tag, KIT_ENTRY);
	out[0] = 0;
	out[1] = 1;
	for (unsigned k = 0; k < 8; k++)
		out[2 + k] = (uint8_t)(i >> 8 * (7 - k));
}

struct counting {
	const struct tale *t;
	struct hasher *h;
};

static bool
tale_hash(void *arg, unsigned level, uint64_t index, struct digest *out,
    struct err *err)
{
	struct counting *c = arg;
	uint8_t entry[KIT_ENTRY];
	struct digest l, r;

	if (level == 0) {
		tale_entry(c->t, index, entry);
		return merkle_leaf(c->h, span_of(entry, sizeof entry), out, err);
	}
	return tale_hash(arg, level - 1, index * 2, &l, err) &&
	    tale_hash(arg, level - 1, index * 2 + 1, &r, err) &&
	    merkle_node(c->h, &l, &r, out, err);
}

struct digest
tale_root(const struct tale *t, uint64_t size)
{
	struct counting c = { t, NULL };
	struct merkle_tree tree = { tale_hash, &c };
	struct digest d;

	OK(hasher_new(&c.h, &last));
	OK(merkle_root(c.h, &tree, size, &d, &last));
	hasher_free(c.h);
	return d;
}

void
tale_path(const struct tale *t, uint64_t old, uint64_t size, struct merkle_proof *out)
{
	struct counting c = { t, NULL };
	struct merkle_tree tree = { tale_hash, &c };

	out->n = 0;
	if (old == 0 || old >= size)
		return;
	OK(hasher_new(&c.h, &last));
	OK(merkle_consistency(c.h, &tree, old, size, out, &last));
	hasher_free(c.h);
}

void
tale_note(const struct tale *t, uint64_t size, struct buf *out)
{
	struct checkpoint c = { .size = size, .root = tale_root(t, size) };
	struct buf text;

	memcpy(c.origin, t->vkey.name, sizeof c.origin);
	buf_init(&text, NOTE_MAX);
	OK(checkpoint_text(&c, &text, &last));
	OK(buf_add(out, buf_span(&text), &last));
	OK(buf_add_byte(out, '\n', &last));
	OK(note_sign(t->key, &t->vkey, buf_span(&text), out, &last));
	buf_clear(&text);
}

void
tale_body(const struct tale *t, uint64_t old, uint64_t size, struct buf *out)
{
	struct add_checkpoint a = { .old = old };
	struct buf note;

	buf_init(&note, NOTE_MAX);
	tale_note(t, size, &note);
	tale_path(t, old, size, &a.path);
	a.note = buf_span(&note);
	OK(add_checkpoint_write(&a, out, &last));
	buf_clear(&note);
}

/* ---- a node ---- */

struct node
node_new(uint64_t seed, const struct key *self)
{
	struct world_sim_options opt = { .seed = seed, .now = NOW };
	struct node n = { .w = NULL, .now = NOW };

	OK(world_sim(&n.w, opt, &last));
	n.self.key = self;
	n.self.vkey = vkey_of(self, "witness.example/w1", NOTE_COSIGNATURE);
	return n;
}

bool
node_open(struct node *n)
{
	return dir_open(n->w, NULL, "/", &n->home, &last) &&
	    witness_open(n->w, n->home, &n->x, &last);
}

void
node_close(struct node *n)
{
	witness_close(n->x);
	dir_close(n->home);
	n->x = NULL;
	n->home = NULL;
}

void
node_free(struct node *n)
{
	node_close(n);
	world_free(n->w);
}

bool
ask(struct node *n, const struct tale *t, uint64_t old, uint64_t size,
    struct witness_answer *a)
{
	struct buf body;
	bool ok;

	buf_init(&body, PROOF_MAX);
	tale_body(t, old, size, &body);
	last = (struct err)ERR_INIT;
	ok = witness_add_checkpoint(n->x, buf_span(&body), &n->self, n->now++, a, &last);
	buf_clear(&body);
	return ok;
}

int
status(struct node *n, const struct tale *t, uint64_t old, uint64_t size)
{
	struct witness_answer a;
	int s;

	witness_answer_init(&a);
	OK(ask(n, t, old, size, &a));
	s = a.status;
	assert_int_equal(a.checkpoint.size, size);
	assert_true(a.text[0] != '\0');
	if (s == 200)
		cosigned(n, t, size, &a);
	else if (s != 409)
		assert_int_equal(a.body.n, 0);
	witness_answer_clear(&a);
	return s;
}

void
cosigned(struct node *n, const struct tale *t, uint64_t size,
    const struct witness_answer *a)
{
	struct vkey keys[2] = { t->vkey, n->self.vkey };
	bool good[2];
	int64_t at[2];
	struct buf b;
	struct note note;

	buf_init(&b, NOTE_MAX);
	tale_note(t, size, &b);
	OK(buf_add(&b, buf_span(&a->body), &last));
	OK(note_parse(buf_span(&b), &note, &last));
	OK(note_verify(&note, keys, 2, good, at, &last));
	assert_true(good[0] && good[1]);
	assert_int_equal(at[1], n->now - 1);
	note_clear(&note);
	buf_clear(&b);
}

bool
hand(struct node *n, const struct tale *t, uint64_t from, uint64_t to, uint64_t size,
    uint64_t *taken, bool *bad)
{
	size_t count = (size_t)(to - from);
	uint8_t (*bytes)[KIT_ENTRY] = calloc(count + 1, sizeof *bytes);
	struct span *spans = calloc(count + 1, sizeof *spans);
	struct buf note;
	bool ok;

	assert_true(bytes != NULL && spans != NULL);
	for (size_t i = 0; i < count; i++) {
		tale_entry(t, from + i, bytes[i]);
		spans[i] = span_of(bytes[i], KIT_ENTRY);
	}
	buf_init(&note, NOTE_MAX);
	tale_note(t, size, &note);
	last = (struct err)ERR_INIT;
	ok = witness_entries(n->x, buf_span(&note), from, spans, count, taken, bad, &last);
	buf_clear(&note);
	free(spans);
	free(bytes);
	return ok;
}

bool
see_note(struct node *n, const struct tale *t, uint64_t size, uint64_t proof_old,
    enum witness_seen *out, char text[400])
{
	struct merkle_proof p;
	struct buf note;
	bool ok;

	buf_init(&note, NOTE_MAX);
	tale_note(t, size, &note);
	tale_path(t, proof_old, size, &p);
	last = (struct err)ERR_INIT;
	ok = witness_see(n->x, buf_span(&note), proof_old > 0 ? &p : NULL, proof_old, out,
	    text, &last);
	buf_clear(&note);
	return ok;
}

struct looking {
	const char *origin;
	struct witness_log log;
	bool found;
};

static bool
look_one(void *arg, const struct witness_log *l, struct err *err)
{
	struct looking *k = arg;

	(void)err;
	if (strcmp(l->key.name, k->origin) == 0) {
		k->log = *l;
		k->found = true;
	}
	return true;
}

struct witness_log
look(struct node *n, const char *origin)
{
	struct looking k = { .origin = origin };

	OK(witness_each(n->x, look_one, &k, &last));
	assert_true(k.found);
	return k.log;
}

unsigned
proofs_hold(struct node *n, const struct tale *t)
{
	struct node stranger = node_new(77, n->self.key);
	unsigned count = look(n, t->vkey.name).misbehaviour;
	struct misbehaviour m;
	bool proven, fresh;

	OK(node_open(&stranger));
	OK(witness_follow(stranger.x, &t->vkey, &last));
	for (unsigned i = 0; i < count; i++) {
		misbehaviour_init(&m);
		OK(witness_misbehaviour(n->x, t->vkey.name, i, &m, &last));
		OK(witness_misbehaviour_add(stranger.x, &m, &proven, &fresh, &last));
		assert_true(proven && fresh && m.text[0] != '\0');
		OK(witness_misbehaviour_add(stranger.x, &m, &proven, &fresh, &last));
		assert_true(proven && !fresh);
		misbehaviour_clear(&m);
	}
	assert_int_equal(look(&stranger, t->vkey.name).misbehaviour, count);
	node_free(&stranger);
	return count;
}
