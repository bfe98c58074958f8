/*
 * Fuzz target: what comes from other logs and witnesses.  The first byte chooses: 0 a
 * note, 1 a checkpoint, 2 a proof file, 3 a request to a witness, 4 a verifier key.  What
 * is accepted is written again to the same bytes, and a signature holds only for the one
 * text that was ever signed.
 * Seeds: tests/fuzz/note.
 */
#include <stdlib.h>

#include "ledger/note_internal.h"
#include "ledger/note_kit.h"
#include "ledger/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static bool
refused(const struct err *err)
{
	must(err->kind == ERR_INPUT || err->kind == ERR_LIMIT);
	must(err->reason[0] != '\0' && err->text[0] != '\0');
	return true;
}

static void
signatures(const struct note *note)
{
	struct err err = ERR_INIT;
	struct vkey keys[2];
	bool good[2];

	must(vkey_parse(LOG_VKEY, &keys[0], &err));
	must(vkey_parse(WITNESS_VKEY, &keys[1], &err));
	if (note_verify(note, keys, 2, good, NULL, &err))
		must((!good[0] && !good[1]) || span_is(note->text, NOTE_TEXT));
	else
		must(err.kind == ERR_UNPROVEN);
}

static void
one_note(struct span s, struct buf *b, struct err *err)
{
	struct checkpoint c;
	struct note n;

	if (!note_parse(s, &n, err)) {
		refused(err);
		note_clear(&n);
		return;
	}
	must(buf_add(b, n.text, err) && buf_add_byte(b, '\n', err));
	for (size_t i = 0; i < n.lines_n; i++)
		must(line_write(n.lines[i].name, n.lines[i].id, n.lines[i].signature, b,
		    err));
	must(span_eq(buf_span(b), s));
	signatures(&n);
	note_clear(&n);
	buf_reset(b);
	must(note_merge(s, s, b, err));
	must(span_eq(buf_span(b), s));
	(void)!checkpoint_peek(s, &c, err);
}

static void
one_checkpoint(struct span s, struct buf *b, struct err *err)
{
	struct checkpoint c;

	if (!checkpoint_parse(s, &c, err)) {
		refused(err);
		return;
	}
	must(checkpoint_text(&c, b, err));
	must(span_eq(buf_span(b), s));
}

static void
one_proof(struct span s, struct buf *b, struct err *err)
{
	static const uint8_t leaf[LEAF_BYTES];
	struct tlog_proof p, again;
	struct checkpoint c;
	bool holds;

	if (!tlog_proof_read(s, &p, err)) {
		refused(err);
		return;
	}
	/* Without `extra` it is a file of ours. */
	must(tlog_proof_write(&p, b, err));
	must(b->n == s.n ? span_eq(buf_span(b), s) : b->n < s.n);
	must(tlog_proof_read(buf_span(b), &again, err));
	must(again.index == p.index && again.path.n == p.path.n);
	if (!tlog_proof_check(s, leaf, &c, &holds, err))
		refused(err);
}

static void
one_request(struct span s, struct buf *b, struct err *err)
{
	struct add_checkpoint a;

	if (!add_checkpoint_read(s, &a, err)) {
		refused(err);
		return;
	}
	must(add_checkpoint_write(&a, b, err));
	must(span_eq(buf_span(b), s));
}

static void
one_vkey(struct span s, struct buf *b, struct err *err)
{
	char *text = mem_text(s.p, s.n, err);
	struct vkey k;

	must(text != NULL);
	if (!vkey_parse(text, &k, err)) {
		refused(err);
	} else {
		must(vkey_print(&k, b, err));
		must(span_is(buf_span(b), text));
		must(note_name_valid(k.name));
	}
	mem_free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static void (*const kinds[])(struct span s, struct buf *b, struct err *err) = {
		one_note, one_checkpoint, one_proof, one_request, one_vkey,
	};
	struct err err = ERR_INIT;
	struct buf b;

	if (n == 0)
		return 0;
	buf_init(&b, PROOF_MAX);
	kinds[(size_t)(p[0] - '0') % 5](span_of(p + 1, n - 1), &b, &err);
	buf_clear(&b);
	return 0;
}
