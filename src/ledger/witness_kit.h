/*
 * For tests: logs of a few hundred entries that can tell more than one history, and a node
 * that looks at them.
 */
#ifndef COMITY_LEDGER_WITNESS_KIT_H
#define COMITY_LEDGER_WITNESS_KIT_H

#include <stdarg.h>
#include <inttypes.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "ledger/note_kit.h"
#include "ledger/witness_internal.h"

extern struct err last;

#define OK(call) do { \
	last = (struct err)ERR_INIT; \
	if (!(call)) \
		fail_msg("%s:%d: %s: %s: %s", __FILE__, __LINE__, #call, last.reason, \
		    last.text); \
} while (0)

#define FAILS(call, want_kind, want_reason) do { \
	last = (struct err)ERR_INIT; \
	assert_false(call); \
	if (strcmp(last.reason, want_reason) != 0 || last.kind != want_kind) \
		fail_msg("%s:%d: %s: wanted %s, got %s: %s", __FILE__, __LINE__, #call, \
		    want_reason, last.reason, last.text); \
} while (0)

#define NOW 1795000000
#define KIT_ENTRY 34

/* One telling of a log: entries from `fork` on are of its own making. */
struct tale {
	const struct key *key;
	struct vkey vkey;
	uint64_t fork;
	uint8_t tag;
};
struct tale tale_of(const struct key *key, const char *origin, uint64_t fork, uint8_t tag);
void tale_entry(const struct tale *t, uint64_t i, uint8_t out[KIT_ENTRY]);
struct digest tale_root(const struct tale *t, uint64_t size);
void tale_path(const struct tale *t, uint64_t old, uint64_t size,
    struct merkle_proof *out);
/* Signed checkpoint; added. */
void tale_note(const struct tale *t, uint64_t size, struct buf *out);
/* add-checkpoint from old to size. */
void tale_body(const struct tale *t, uint64_t old, uint64_t size, struct buf *out);

struct node {
	struct world *w;
	struct dir *home;
	struct witness *x;
	struct witness_key self;
	int64_t now;
};
struct node node_new(uint64_t seed, const struct key *self);
bool node_open(struct node *n);		/* last says why not */
void node_close(struct node *n);
void node_free(struct node *n);

/* One exchange; the body is kept in *a, which the caller clears. */
bool ask(struct node *n, const struct tale *t, uint64_t old, uint64_t size,
    struct witness_answer *a);
/* Its status alone. */
int status(struct node *n, const struct tale *t, uint64_t old, uint64_t size);
/* The answer is a good cosignature of ours on exactly this checkpoint. */
void cosigned(struct node *n, const struct tale *t, uint64_t size,
    const struct witness_answer *a);
/* Hands over [from, to) with the note of size; *bad: misbehaviour. */
bool hand(struct node *n, const struct tale *t, uint64_t from, uint64_t to, uint64_t size,
    uint64_t *taken, bool *bad);
bool see_note(struct node *n, const struct tale *t, uint64_t size, uint64_t proof_old,
    enum witness_seen *out, char text[400]);
struct witness_log look(struct node *n, const char *origin);
/* Every proof kept of this log holds for a stranger with nothing but the key. */
unsigned proofs_hold(struct node *n, const struct tale *t);

#endif
