/* The rows of the witness protocol, each by its own exchange, and what is kept. */
#include "ledger/witness_kit.h"

#define ORIGIN "comity-ledger/XA-TEST/1"

static struct key *log_key, *other_key, *self_key;
static struct tale honest, forked, stranger;

static int
keys_make(void **state)
{
	(void)state;
	log_key = key_of_seed(0);
	other_key = key_of_seed(64);
	self_key = key_of_seed(32);
	honest = tale_of(log_key, ORIGIN, UINT64_MAX, 'a');
	forked = tale_of(log_key, ORIGIN, 5, 'b');
	stranger = tale_of(other_key, ORIGIN, UINT64_MAX, 'a');
	return 0;
}

static int
keys_free(void **state)
{
	(void)state;
	key_free(log_key);
	key_free(other_key);
	key_free(self_key);
	return 0;
}

/* A node that follows the log and cosigned `size` of it (0: nothing yet). */
static struct node
following(uint64_t size)
{
	struct node n = node_new(1, self_key);

	OK(node_open(&n));
	OK(witness_follow(n.x, &honest.vkey, &last));
	if (size > 0)
		assert_int_equal(status(&n, &honest, 0, size), 200);
	return n;
}

/* What stands on the disk for the log now. */
static uint64_t
known_size(struct node *n)
{
	struct witness_log l = look(n, ORIGIN);

	return l.has_checkpoint ? l.checkpoint.size : 0;
}

static struct witness_answer
post(struct node *n, struct span body)
{
	struct witness_answer a;

	witness_answer_init(&a);
	OK(witness_add_checkpoint(n->x, body, &n->self, n->now++, &a, &last));
	return a;
}

static int
post_text(struct node *n, const char *body)
{
	struct witness_answer a = post(n, span_text(body));
	int s = a.status;

	witness_answer_clear(&a);
	return s;
}

/* ---- the rows, in their order ---- */

static void
a_log_that_is_not_followed_is_404(void **state)
{
	struct node n = node_new(1, self_key);

	(void)state;
	OK(node_open(&n));
	assert_int_equal(status(&n, &honest, 0, 3), 404);
	/* Even when everything else is wrong too. */
	assert_int_equal(status(&n, &honest, 9, 3), 404);
	node_free(&n);
}

static void
another_key_or_a_bad_signature_is_403(void **state)
{
	struct node n = following(3);
	struct buf b;
	struct witness_answer a;

	(void)state;
	assert_int_equal(status(&n, &stranger, 3, 4), 403);
	/* Before 400 and 409. */
	assert_int_equal(status(&n, &stranger, 9, 4), 403);
	assert_int_equal(status(&n, &stranger, 1, 4), 403);
	buf_init(&b, PROOF_MAX);
	tale_body(&honest, 3, 4, &b);
	/* A letter of the signature, in the middle of its line. */
	b.p[b.n - 30] = b.p[b.n - 30] == 'A' ? 'B' : 'A';
	a = post(&n, buf_span(&b));
	assert_int_equal(a.status, 403);
	assert_int_equal(a.body.n, 0);
	witness_answer_clear(&a);
	buf_clear(&b);
	assert_int_equal(known_size(&n), 3);
	node_free(&n);
}

static void
a_body_without_a_form_is_400(void **state)
{
	struct node n = following(3);
	struct buf b;
	struct witness_answer a;

	(void)state;
	assert_int_equal(post_text(&n, ""), 400);
	assert_int_equal(post_text(&n, "old 3\n"), 400);
	assert_int_equal(post_text(&n, "old x\n\nabc\n"), 400);
	buf_init(&b, PROOF_MAX);
	tale_body(&honest, 3, 4, &b);
	for (size_t cut = 0; cut < b.n; cut++) {
		a = post(&n, span_of(b.p, cut));
		assert_true(a.status == 400 || a.status == 403);
		witness_answer_clear(&a);
	}
	a = post(&n, buf_span(&b));
	assert_int_equal(a.status, 200);
	witness_answer_clear(&a);
	buf_clear(&b);
	node_free(&n);
}

static void
an_old_size_over_the_new_one_is_400(void **state)
{
	struct node n = following(6);

	(void)state;
	assert_int_equal(status(&n, &honest, 5, 4), 400);
	/* Before 409: 6 is what we cosigned. */
	assert_int_equal(status(&n, &honest, 6, 4), 400);
	assert_int_equal(known_size(&n), 6);
	node_free(&n);
}

static void
another_old_size_is_409_with_ours(void **state)
{
	struct node n = following(6);
	struct witness_answer a;

	(void)state;
	for (uint64_t old = 0; old <= 9; old++) {
		if (old == 6)
			continue;
		witness_answer_init(&a);
		OK(ask(&n, &honest, old, 9, &a));
		assert_int_equal(a.status, 409);
		assert_true(span_is(buf_span(&a.body), "6\n"));
		assert_string_equal(a.type, "text/x.tlog.size");
		witness_answer_clear(&a);
	}
	/* Before 422: a history that does not fit, asked from another size. */
	assert_int_equal(status(&n, &forked, 3, 9), 409);
	assert_int_equal(known_size(&n), 6);
	node_free(&n);
}

static void
nothing_cosigned_yet_is_old_0(void **state)
{
	struct node n = following(0);
	struct witness_answer a;

	(void)state;
	witness_answer_init(&a);
	OK(ask(&n, &honest, 2, 3, &a));
	assert_int_equal(a.status, 409);
	assert_true(span_is(buf_span(&a.body), "0\n"));
	witness_answer_clear(&a);
	assert_int_equal(status(&n, &honest, 0, 3), 200);
	node_free(&n);
}

/* An add-checkpoint with this path and a note of this text, signed. */
static int
post_made(struct node *n, uint64_t old, const struct merkle_proof *path,
    const char *text)
{
	struct add_checkpoint add = { .old = old };
	struct witness_answer a;
	struct buf note, body;
	int s;

	if (path != NULL)
		add.path = *path;
	buf_init(&note, NOTE_MAX);
	buf_init(&body, PROOF_MAX);
	OK(buf_add_text(&note, text, &last));
	OK(buf_add_byte(&note, '\n', &last));
	OK(note_sign(log_key, &honest.vkey, span_text(text), &note, &last));
	add.note = buf_span(&note);
	OK(add_checkpoint_write(&add, &body, &last));
	a = post(n, buf_span(&body));
	s = a.status;
	witness_answer_clear(&a);
	buf_clear(&note);
	buf_clear(&body);
	return s;
}

#define EMPTY_ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define WRONG_ROOT "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg="

static void
no_entries_with_another_root_are_422(void **state)
{
	struct node n = following(0);

	(void)state;
	assert_int_equal(post_made(&n, 0, NULL, ORIGIN "\n0\n" WRONG_ROOT "\n"), 422);
	/* Not before the rows above it. */
	assert_int_equal(post_made(&n, 1, NULL, ORIGIN "\n0\n" WRONG_ROOT "\n"), 400);
	assert_int_equal(post_made(&n, 0, NULL, "other\n0\n" WRONG_ROOT "\n"), 404);
	assert_int_equal(known_size(&n), 0);
	assert_false(look(&n, ORIGIN).has_checkpoint);
	/* The empty tree itself can be cosigned. */
	assert_int_equal(post_made(&n, 0, NULL, ORIGIN "\n0\n" EMPTY_ROOT "\n"), 200);
	assert_int_equal(post_made(&n, 0, NULL, ORIGIN "\n0\n" EMPTY_ROOT "\n"), 200);
	assert_int_equal(status(&n, &honest, 0, 3), 200);
	assert_int_equal(post_made(&n, 0, NULL, ORIGIN "\n0\n" WRONG_ROOT "\n"), 409);
	node_free(&n);
}

static void
a_proof_from_nothing_is_empty_else_422(void **state)
{
	struct node n = following(0);
	struct merkle_proof p = { .n = 1 };

	(void)state;
	assert_int_equal(post_made(&n, 0, &p, ORIGIN "\n8\n" WRONG_ROOT "\n"), 422);
	assert_int_equal(known_size(&n), 0);
	assert_int_equal(post_made(&n, 0, NULL, ORIGIN "\n8\n" WRONG_ROOT "\n"), 200);
	node_free(&n);
}

static void
a_proof_that_does_not_lead_there_is_422(void **state)
{
	struct node n = following(4);
	struct add_checkpoint add = { .old = 4 };
	struct witness_answer a;
	struct buf note, body;

	(void)state;
	tale_path(&honest, 4, 9, &add.path);
	buf_init(&note, NOTE_MAX);
	buf_init(&body, PROOF_MAX);
	tale_note(&honest, 9, &note);
	add.note = buf_span(&note);
	for (size_t i = 0; i <= add.path.n; i++) {
		struct add_checkpoint bad = add;

		if (i < bad.path.n)
			bad.path.hash[i].b[7] ^= 1;
		else
			bad.path.n--;
		buf_reset(&body);
		OK(add_checkpoint_write(&bad, &body, &last));
		a = post(&n, buf_span(&body));
		assert_int_equal(a.status, 422);
		assert_false(a.misbehaviour);
		witness_answer_clear(&a);
	}
	assert_int_equal(known_size(&n), 4);
	assert_int_equal(status(&n, &honest, 4, 9), 200);
	buf_clear(&note);
	buf_clear(&body);
	node_free(&n);
}

static void
equal_sizes_with_different_roots_are_422_and_kept(void **state)
{
	struct node n = following(8);
	struct witness_answer a;

	(void)state;
	witness_answer_init(&a);
	OK(ask(&n, &forked, 8, 8, &a));
	assert_int_equal(a.status, 422);
	assert_true(a.misbehaviour);
	assert_non_null(strstr(a.text, "two trees of 8 entries"));
	witness_answer_clear(&a);
	assert_int_equal(proofs_hold(&n, &honest), 1);
	/* From now on nothing, not even what is right. */
	witness_answer_init(&a);
	OK(ask(&n, &honest, 8, 9, &a));
	assert_int_equal(a.status, 403);
	assert_false(a.misbehaviour);
	assert_non_null(strstr(a.text, "two histories"));
	assert_int_equal(a.body.n, 0);
	witness_answer_clear(&a);
	/* Who does not have the key still learns nothing of it. */
	assert_int_equal(status(&n, &stranger, 8, 9), 403);
	assert_int_equal(known_size(&n), 8);
	node_close(&n);
	OK(node_open(&n));
	assert_int_equal(status(&n, &honest, 8, 9), 403);
	assert_int_equal(look(&n, ORIGIN).misbehaviour, 1);
	node_free(&n);
}

static void
a_contradiction_is_kept_whatever_the_status(void **state)
{
	struct node n = following(8);
	struct witness_answer a;

	(void)state;
	witness_answer_init(&a);
	OK(ask(&n, &forked, 0, 8, &a));
	assert_int_equal(a.status, 409);
	assert_true(a.misbehaviour);
	assert_non_null(strstr(a.text, "two trees of 8 entries"));
	witness_answer_clear(&a);
	assert_int_equal(proofs_hold(&n, &honest), 1);
	node_free(&n);
}

static void
a_proof_from_another_history_proves_the_split(void **state)
{
	(void)state;
	/* 6 is no power of two: the proof says what the other tree has there. */
	for (uint64_t size = 7; size <= 40; size++) {
		struct node n = following(6);
		struct witness_answer a;

		witness_answer_init(&a);
		OK(ask(&n, &forked, 6, size, &a));
		assert_int_equal(a.status, 422);
		assert_true(a.misbehaviour);
		assert_non_null(strstr(a.text, "not the beginning"));
		witness_answer_clear(&a);
		assert_int_equal(proofs_hold(&n, &honest), 1);
		node_free(&n);
	}
}

static void
from_a_power_of_two_it_is_refused_and_nothing_is_proven(void **state)
{
	struct node n = following(8);
	struct witness_answer a;

	(void)state;
	witness_answer_init(&a);
	OK(ask(&n, &forked, 8, 11, &a));
	assert_int_equal(a.status, 422);
	assert_false(a.misbehaviour);
	witness_answer_clear(&a);
	assert_int_equal(look(&n, ORIGIN).misbehaviour, 0);
	assert_int_equal(status(&n, &honest, 8, 11), 200);
	node_free(&n);
}

static void
what_is_fine_is_durable_before_it_is_answered(void **state)
{
	struct node n = following(0);
	struct buf note;
	struct checkpoint c;
	bool found;

	(void)state;
	buf_init(&note, NOTE_MAX);
	for (uint64_t size = 1; size <= 20; size++) {
		assert_int_equal(status(&n, &honest, size - 1, size), 200);
		OK(world_sim_crash(n.w, SIM_CRASH_KEEP_NONE, 0, &last));
		node_close(&n);
		OK(node_open(&n));
		buf_reset(&note);
		OK(witness_checkpoint(n.x, ORIGIN, &note, &c, &found, &last));
		assert_true(found);
		assert_int_equal(c.size, size);
		OK(checkpoint_open(buf_span(&note), &honest.vkey, &c, &last));
		OK(checkpoint_open(buf_span(&note), &honest.vkey, &c, &last));
		assert_int_equal(look(&n, ORIGIN).cosigned_at, n.now - 1);
	}
	buf_clear(&note);
	node_free(&n);
}

static void
the_same_again_is_409_then_a_fresh_cosignature(void **state)
{
	struct node n = following(5);

	(void)state;
	assert_int_equal(status(&n, &honest, 0, 5), 409);
	n.now += 500;
	assert_int_equal(status(&n, &honest, 5, 5), 200);
	assert_int_equal(look(&n, ORIGIN).cosigned_at, NOW + 502);
	assert_int_equal(status(&n, &honest, 5, 5), 200);
	assert_int_equal(status(&n, &honest, 5, 7), 200);
	node_free(&n);
}

/* ---- lines of others ---- */

/* n lines of unknown keys behind the note of a size, and old = the size. */
static struct witness_answer
post_lines(struct node *n, uint64_t old, uint64_t size, unsigned from, unsigned lines,
    size_t bytes)
{
	struct add_checkpoint add = { .old = old };
	uint8_t raw[NOTE_SIGNATURE_MAX];
	struct witness_answer a;
	struct buf note, body;

	memset(raw, 7, sizeof raw);
	buf_init(&note, NOTE_MAX * 2);
	buf_init(&body, PROOF_MAX * 2);
	tale_note(&honest, size, &note);
	for (unsigned i = 0; i < lines; i++) {
		OK(buf_printf(&note, &last, "\xE2\x80\x94 w%u.example ", from + i));
		OK(base64_encode(&note, span_of(raw, bytes), true, &last));
		OK(buf_add_byte(&note, '\n', &last));
	}
	tale_path(&honest, old, size, &add.path);
	OK(buf_printf(&body, &last, "old %" PRIu64 "\n", old));
	for (size_t i = 0; i < add.path.n; i++) {
		OK(base64_encode(&body, digest_span(&add.path.hash[i]), true, &last));
		OK(buf_add_byte(&body, '\n', &last));
	}
	OK(buf_add_byte(&body, '\n', &last));
	OK(buf_add(&body, buf_span(&note), &last));
	a = post(n, buf_span(&body));
	buf_clear(&note);
	buf_clear(&body);
	return a;
}

/* Lines of the note that is kept, and whether ours is on it. */
static size_t
kept_lines(struct node *n)
{
	struct buf b;
	struct checkpoint c;
	struct note note;
	size_t lines;
	bool found, good[2];
	struct vkey keys[2] = { honest.vkey, n->self.vkey };

	buf_init(&b, NOTE_MAX);
	OK(witness_checkpoint(n->x, ORIGIN, &b, &c, &found, &last));
	OK(note_parse(buf_span(&b), &note, &last));
	OK(note_verify(&note, keys, 2, good, NULL, &last));
	assert_true(good[0] && good[1]);
	lines = note.lines_n;
	note_clear(&note);
	buf_clear(&b);
	return lines;
}

static void
lines_that_nobody_here_has_judged_are_not_kept(void **state)
{
	struct node n = following(0);
	struct witness_answer a;

	(void)state;
	a = post_lines(&n, 0, 4, 0, 3, 76);
	assert_int_equal(a.status, 200);
	witness_answer_clear(&a);
	assert_int_equal(kept_lines(&n), 2);
	/* Nor at the limits of a note, and one over them is none. */
	a = post_lines(&n, 4, 5, 0, NOTE_SIGNATURES_MAX - 1, 76);
	assert_int_equal(a.status, 200);
	witness_answer_clear(&a);
	a = post_lines(&n, 5, 6, 0, NOTE_SIGNATURES_MAX, 76);
	assert_int_equal(a.status, 400);
	witness_answer_clear(&a);
	a = post_lines(&n, 5, 6, 0, 39, 2428);
	assert_int_equal(a.status, 200);
	witness_answer_clear(&a);
	assert_int_equal(kept_lines(&n), 2);
	node_free(&n);
}

static void
a_line_in_our_name_does_not_spoil_what_is_kept(void **state)
{
	struct node n = following(4);
	struct add_checkpoint add = { .old = 4 };
	struct witness_answer a;
	struct buf note, body, bad;

	(void)state;
	buf_init(&note, NOTE_MAX);
	buf_init(&body, PROOF_MAX);
	buf_init(&bad, NOTE_MAX);
	/* Ours over another text. */
	tale_note(&honest, 6, &note);
	OK(note_cosign(self_key, &n.self.vkey,
	    span_text(ORIGIN "\n0\n" EMPTY_ROOT "\n"), 5, &note, &last));
	tale_path(&honest, 4, 6, &add.path);
	add.note = buf_span(&note);
	OK(add_checkpoint_write(&add, &body, &last));
	n.self.key = NULL;
	a = post(&n, buf_span(&body));
	assert_int_equal(a.status, 200);
	assert_int_equal(a.body.n, 0);
	witness_answer_clear(&a);
	assert_int_equal(look(&n, ORIGIN).cosigned_at, 0);
	assert_int_equal(known_size(&n), 6);
	/* With the key there is one of ours, and looking again leaves it. */
	n.self.key = self_key;
	assert_int_equal(status(&n, &honest, 6, 6), 200);
	assert_int_equal(look(&n, ORIGIN).cosigned_at, n.now - 1);
	n.self.key = NULL;
	buf_reset(&body);
	tale_body(&honest, 6, 6, &body);
	a = post(&n, buf_span(&body));
	assert_int_equal(a.status, 200);
	witness_answer_clear(&a);
	assert_int_equal(look(&n, ORIGIN).cosigned_at, n.now - 2);
	assert_int_equal(kept_lines(&n), 2);
	buf_clear(&bad);
	buf_clear(&note);
	buf_clear(&body);
	node_free(&n);
}

static void
a_key_that_is_not_its_own_cosigns_nothing(void **state)
{
	struct node n = following(4);
	struct witness_answer a;

	(void)state;
	witness_answer_init(&a);
	n.self.key = other_key;
	FAILS(ask(&n, &honest, 4, 5, &a), ERR_USE, "note.key");
	assert_int_equal(a.body.n, 0);
	n.self.key = self_key;
	n.self.vkey.type = NOTE_ED25519;
	FAILS(ask(&n, &honest, 4, 5, &a), ERR_USE, "witness.key");
	n.self.vkey.type = NOTE_COSIGNATURE;
	n.now = 0;
	FAILS(ask(&n, &honest, 4, 5, &a), ERR_USE, "witness.clock");
	assert_int_equal(known_size(&n), 4);
	n.now = 1;
	assert_int_equal(status(&n, &honest, 4, 5), 200);
	witness_answer_clear(&a);
	node_free(&n);
}

/* ---- who is followed ---- */

static void
the_first_key_of_an_origin_stays(void **state)
{
	struct node n = following(3);
	struct vkey cosigner = vkey_of(self_key, "x", NOTE_COSIGNATURE);

	(void)state;
	OK(witness_follow(n.x, &honest.vkey, &last));
	FAILS(witness_follow(n.x, &stranger.vkey, &last), ERR_CONFLICT, "witness.key");
	FAILS(witness_follow(n.x, &cosigner, &last), ERR_USE, "witness.key-type");
	OK(world_sim_crash(n.w, SIM_CRASH_KEEP_NONE, 0, &last));
	node_close(&n);
	OK(node_open(&n));
	FAILS(witness_follow(n.x, &stranger.vkey, &last), ERR_CONFLICT, "witness.key");
	assert_int_equal(status(&n, &honest, 3, 4), 200);
	node_free(&n);
}

static bool
plain_name(const char *name)
{
	size_t n = strlen(name);

	if (strspn(name, "0123456789abcdef-") == n && n > 0)
		return true;
	return strcmp(name, "log") == 0 || strcmp(name, "checkpoint") == 0 ||
	    strcmp(name, "cosigner") == 0 || strcmp(name, "seen") == 0;
}

static void
names_are_plain(struct node *n, const char *folder, unsigned depth)
{
	struct listing *l = NULL;
	struct listing_entry e;
	bool more = true;

	OK(listing_open(n->w, n->home, folder, &l, &last));
	for (;;) {
		char path[700];

		OK(listing_next(l, &e, &more, &last));
		if (!more)
			break;
		if (!plain_name(e.name))
			fail_msg("%s/%s", folder, e.name);
		(void)snprintf(path, sizeof path, "%s/%s", folder, e.name);
		if (e.type == FILE_DIR && depth < 3)
			names_are_plain(n, path, depth + 1);
	}
	listing_close(l);
}

static void
no_origin_makes_a_path(void **state)
{
	static const char *const names[] = { "../../etc/passwd", "/", ".", "..", "a/../b",
	    "others", "checkpoint", "\xE2\x80\xAEgol", "con:", "x\\y" };
	struct node n = node_new(1, self_key);

	(void)state;
	OK(node_open(&n));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct tale t = tale_of(log_key, names[i], UINT64_MAX, 'a');
		enum witness_seen seen;
		char text[400];

		if (t.vkey.name[0] == '\0')
			continue;
		OK(witness_follow(n.x, &t.vkey, &last));
		assert_int_equal(status(&n, &t, 0, 2), 200);
		OK(see_note(&n, &t, 9, 0, &seen, text));
		assert_int_equal(seen, SEEN_AHEAD);
		assert_int_equal(look(&n, names[i]).checkpoint.size, 2);
	}
	names_are_plain(&n, "ledger/others", 0);
	node_free(&n);
}

static void
as_many_logs_as_are_allowed_and_not_one_more(void **state)
{
	struct node n = node_new(1, self_key);
	struct vkey k;
	char name[40];

	(void)state;
	OK(node_open(&n));
	for (unsigned i = 0; i < WITNESS_LOGS_MAX; i++) {
		(void)snprintf(name, sizeof name, "log.example/%04u", WITNESS_LOGS_MAX - i);
		k = vkey_of(log_key, name, NOTE_ED25519);
		OK(witness_follow(n.x, &k, &last));
	}
	k = vkey_of(log_key, "log.example/more", NOTE_ED25519);
	FAILS(witness_follow(n.x, &k, &last), ERR_LIMIT, "witness.logs");
	node_close(&n);
	OK(node_open(&n));
	assert_int_equal(n.x->n, WITNESS_LOGS_MAX);
	for (size_t i = 1; i < n.x->n; i++)
		assert_true(strcmp(n.x->logs[i - 1]->key.name, n.x->logs[i]->key.name) < 0);
	FAILS(witness_follow(n.x, &k, &last), ERR_LIMIT, "witness.logs");
	k = vkey_of(log_key, "log.example/0007", NOTE_ED25519);
	OK(witness_follow(n.x, &k, &last));
	node_free(&n);
}

static void
an_empty_home_knows_nothing_and_stays_empty(void **state)
{
	struct node n = node_new(1, self_key);
	struct checkpoint c;
	struct buf b;
	bool found = true;
	uint64_t size = 7;

	(void)state;
	OK(node_open(&n));
	buf_init(&b, NOTE_MAX);
	OK(witness_checkpoint(n.x, ORIGIN, &b, &c, &found, &last));
	assert_false(found);
	OK(witness_mirrored(n.x, ORIGIN, &size, &last));
	assert_int_equal(size, 0);
	FAILS(witness_misbehaviour(n.x, ORIGIN, 0, NULL, &last), ERR_ABSENT, "witness.log");
	assert_false(path_exists(n.w, n.home, "ledger"));
	buf_clear(&b);
	node_free(&n);
}

/* ---- cosignatures that come later ---- */

/* The checkpoint of that size with a cosignature by each of n names, from `from` on. */
static void
note_by_others(const struct tale *t, uint64_t size, unsigned from, unsigned n,
    struct vkey *keys, struct buf *out)
{
	struct note note;
	struct buf lines;

	buf_init(&lines, NOTE_MAX);
	tale_note(t, size, out);
	OK(note_parse(buf_span(out), &note, &last));
	for (unsigned i = 0; i < n; i++) {
		char name[40];

		(void)snprintf(name, sizeof name, "witness.example/n%u", from + i);
		keys[i] = vkey_of(other_key, name, NOTE_COSIGNATURE);
		OK(note_cosign(other_key, &keys[i], note.text, NOW, &lines, &last));
	}
	note_clear(&note);
	OK(buf_add(out, buf_span(&lines), &last));
	buf_clear(&lines);
}

static size_t
join(struct node *n, const struct buf *note, const struct vkey *keys, size_t keys_n)
{
	size_t joined = 99;

	OK(witness_join(n->x, buf_span(note), keys, keys_n, &joined, &last));
	return joined;
}

static void
a_cosignature_joins_when_its_key_is_believed_and_it_holds(void **state)
{
	struct node n = following(7);
	struct vkey keys[2];
	struct note note;
	struct buf b, line;

	(void)state;
	buf_init(&b, NOTE_MAX);
	note_by_others(&honest, 7, 0, 2, keys, &b);
	assert_int_equal(join(&n, &b, NULL, 0), 0);
	buf_reset(&b);
	note_by_others(&honest, 8, 0, 2, keys, &b);
	assert_int_equal(join(&n, &b, keys, 2), 0);
	buf_reset(&b);
	note_by_others(&forked, 7, 0, 2, keys, &b);
	assert_int_equal(join(&n, &b, keys, 2), 0);
	buf_reset(&b);
	note_by_others(&honest, 7, 0, 2, keys, &b);
	/* The last line is spoilt: the other joins all the same, and only once. */
	b.p[b.n - 20] = b.p[b.n - 20] == 'A' ? 'B' : 'A';
	assert_int_equal(join(&n, &b, keys, 2), 1);
	assert_int_equal(join(&n, &b, keys, 2), 0);
	node_close(&n);
	OK(node_open(&n));
	assert_int_equal(known_size(&n), 7);
	/* One in our own name has its line already, and never another. */
	buf_reset(&b);
	tale_note(&honest, 7, &b);
	OK(note_parse(buf_span(&b), &note, &last));
	buf_init(&line, NOTE_MAX);
	OK(note_cosign(self_key, &n.self.vkey, note.text, NOW + 1000, &line, &last));
	note_clear(&note);
	OK(buf_add(&b, buf_span(&line), &last));
	assert_int_equal(join(&n, &b, &n.self.vkey, 1), 0);
	assert_true(look(&n, ORIGIN).cosigned_at < NOW + 1000);
	buf_clear(&line);
	buf_clear(&b);
	node_free(&n);
}

/* What joined stays when the same checkpoint is cosigned afresh; a larger one begins anew. */
static void
what_joined_stays_on_the_same_checkpoint(void **state)
{
	struct node n = following(7);
	struct vkey keys[NOTE_SIGNATURES_MAX];
	struct buf b;

	(void)state;
	buf_init(&b, NOTE_MAX);
	note_by_others(&honest, 7, 0, 2, keys, &b);
	assert_int_equal(join(&n, &b, keys, 2), 2);
	assert_int_equal(kept_lines(&n), 4);
	assert_int_equal(status(&n, &honest, 7, 7), 200);
	assert_int_equal(kept_lines(&n), 4);
	assert_int_equal(join(&n, &b, keys, 2), 0);
	assert_int_equal(status(&n, &honest, 7, 9), 200);
	assert_int_equal(kept_lines(&n), 2);
	buf_reset(&b);
	note_by_others(&honest, 9, 0, NOTE_SIGNATURES_MAX - 1, keys, &b);
	assert_int_equal(join(&n, &b, keys, NOTE_SIGNATURES_MAX - 1),
	    NOTE_SIGNATURES_MAX - 2);
	assert_int_equal(status(&n, &honest, 9, 9), 200);
	assert_int_equal(kept_lines(&n), NOTE_SIGNATURES_MAX);
	buf_clear(&b);
	node_free(&n);
}

static void
as_many_cosignatures_join_as_a_note_has_lines(void **state)
{
	struct node n = following(7);
	struct vkey keys[NOTE_SIGNATURES_MAX];
	struct buf b;

	(void)state;
	buf_init(&b, NOTE_MAX);
	/* The log's line and ours are there. */
	note_by_others(&honest, 7, 0, NOTE_SIGNATURES_MAX - 1, keys, &b);
	assert_int_equal(join(&n, &b, keys, NOTE_SIGNATURES_MAX - 1),
	    NOTE_SIGNATURES_MAX - 2);
	buf_reset(&b);
	note_by_others(&honest, 7, 100, 1, keys, &b);
	assert_int_equal(join(&n, &b, keys, 1), 0);
	assert_int_equal(status(&n, &honest, 7, 9), 200);
	buf_clear(&b);
	node_free(&n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_log_that_is_not_followed_is_404),
		cmocka_unit_test(another_key_or_a_bad_signature_is_403),
		cmocka_unit_test(a_body_without_a_form_is_400),
		cmocka_unit_test(an_old_size_over_the_new_one_is_400),
		cmocka_unit_test(another_old_size_is_409_with_ours),
		cmocka_unit_test(nothing_cosigned_yet_is_old_0),
		cmocka_unit_test(no_entries_with_another_root_are_422),
		cmocka_unit_test(a_proof_from_nothing_is_empty_else_422),
		cmocka_unit_test(a_proof_that_does_not_lead_there_is_422),
		cmocka_unit_test(equal_sizes_with_different_roots_are_422_and_kept),
		cmocka_unit_test(a_contradiction_is_kept_whatever_the_status),
		cmocka_unit_test(a_proof_from_another_history_proves_the_split),
		cmocka_unit_test(from_a_power_of_two_it_is_refused_and_nothing_is_proven),
		cmocka_unit_test(what_is_fine_is_durable_before_it_is_answered),
		cmocka_unit_test(the_same_again_is_409_then_a_fresh_cosignature),
		cmocka_unit_test(lines_that_nobody_here_has_judged_are_not_kept),
		cmocka_unit_test(a_line_in_our_name_does_not_spoil_what_is_kept),
		cmocka_unit_test(a_key_that_is_not_its_own_cosigns_nothing),
		cmocka_unit_test(the_first_key_of_an_origin_stays),
		cmocka_unit_test(no_origin_makes_a_path),
		cmocka_unit_test(as_many_logs_as_are_allowed_and_not_one_more),
		cmocka_unit_test(an_empty_home_knows_nothing_and_stays_empty),
		cmocka_unit_test(a_cosignature_joins_when_its_key_is_believed_and_it_holds),
		cmocka_unit_test(what_joined_stays_on_the_same_checkpoint),
		cmocka_unit_test(as_many_cosignatures_join_as_a_note_has_lines),
	};

	return cmocka_run_group_tests(tests, keys_make, keys_free);
}
