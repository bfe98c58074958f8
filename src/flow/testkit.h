/*
 * testkit: two authorities in one simulated world, and the main job in steps, for
 * the tests of this room.  Each step is one command: it begins with what is on the
 * disk and nothing else.
 */
#ifndef COMITY_FLOW_TESTKIT_H
#define COMITY_FLOW_TESTKIT_H

#include "flow/flow.h"

#define NOW 1795337160

struct site {
	struct flow flow;
	const char *path;
};
void site_begin(struct site *s, struct world *w, const char *path);
void site_end(struct site *s);
/* A command ends and the next one begins: nothing is remembered but the disk. */
bool site_again(struct site *s, struct err *err);
bool site_init(struct site *s, const char *country, struct err *err);

/* What the steps hand on to each other. */
struct job {
	struct world *world;
	struct site a, b;		/* "aldora" (XA), "berun" (XB) */
	struct sealed sealed;
	struct received received;
	struct package_report opened;
};
void job_begin(struct job *j, uint64_t seed);
void job_end(struct job *j);

bool pair(struct site *s, const char *card, const char *other_home, struct err *err);
bool evidence_make(struct world *w, struct err *err);
bool add(struct site *s, struct evidence *e, struct err *err);
bool seal(struct site *s, struct sealed *out, struct err *err);

bool step_init_a(struct job *j, struct err *err);
bool step_init_b(struct job *j, struct err *err);
bool step_pair_a(struct job *j, struct err *err);
bool step_pair_b(struct job *j, struct err *err);
bool step_add(struct job *j, struct err *err);
bool step_seal(struct job *j, struct err *err);
bool step_send(struct job *j, struct err *err);
bool step_write(struct job *j, struct err *err);
bool step_read(struct job *j, struct err *err);
/* Parcels that wait, or what was taken in by a try before this one. */
bool step_receive(struct job *j, struct err *err);
bool step_open(struct job *j, struct err *err);

struct step {
	const char *name;
	bool (*run)(struct job *j, struct err *err);
};
extern const struct step steps[];
extern const size_t STEPS;
/* The number of steps behind each: run_up_to(&j, AFTER_SEAL). */
enum { AFTER_INIT = 2, AFTER_PAIR = 4, AFTER_ADD, AFTER_SEAL, AFTER_SEND,
	AFTER_WRITE, AFTER_READ, AFTER_RECEIVE, AFTER_OPEN };
void run_up_to(struct job *j, size_t end);

/* In a file, the first `from` becomes `to` (of the same length). */
void rewrite(struct job *j, const char *path, const char *from, const char *to);

#endif
