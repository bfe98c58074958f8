/*
 * testkit: two authorities in one simulated world, and the main job in steps, for
 * the tests of this room.  Each step is one command: it begins with what is on the
 * disk and nothing else.
 */
#ifndef COMITY_FLOW_TESTKIT_H
#define COMITY_FLOW_TESTKIT_H

#include "flow/flow.h"
#include "flow/requests.h"

#define NOW 1795337160

struct site {
	struct flow flow;
	const char *path;
};
void site_begin(struct site *s, struct world *w, const char *path);
void site_end(struct site *s);
/* A command ends and the next one begins: nothing is remembered but the disk. */
bool site_again(struct site *s, struct err *err);
/*
 * So many bits of one byte of the first record that holds this text, as a disk turns them: one
 * is turned back, of several the record is lost.
 */
bool record_spoil(struct site *s, const char *text, unsigned bits, struct err *err);
bool site_init(struct site *s, const char *country, struct err *err);

/* What the steps hand on to each other. */
struct job {
	struct world *world;
	struct site a, b, c;		/* "aldora" (XA), "berun" (XB), "cascada" (XC) */
	struct sealed sealed;
	struct received received;
	struct package_report opened;
};
void job_begin(struct job *j, uint64_t seed);
void job_end(struct job *j);
/* A teardown of cmocka: its setup left the job in *state. */
int job_over(void **state);

/*
 * The second person of a home: a judge, who signs from afar, so that it stays an office
 * of one and nobody has to be named at a command.  What is done by two is wrapped:
 *
 *	SECONDED(s, err, flow_evidence_seal(&s->flow, &wish, out, err))
 *
 * The call; when it was refused for want of a second person, that one is named here if
 * there was none, signs whatever waits, and the call is made again.
 */
#define SECONDED(s, err, call) \
	((call) || (second_named(s, err) && (call)) || (second_signed(s, err) && (call)))
/* False, with err as it was, when that is not what was lacking. */
bool second_named(struct site *s, struct err *err);	/* "people.nobody" */
bool second_signed(struct site *s, struct err *err);	/* "people.second" */
/* Named before it is asked for, unless it was. */
bool second_begin(struct site *s, struct err *err);

/*
 * An office of several persons, each with a passphrase of its own.  A command begins, by
 * this one of it.  These three fail the test themselves.
 */
struct flow *site_as(struct site *s, unsigned number);
/* One more, named by person `by`; its number. */
unsigned site_person(struct site *s, unsigned by, const char *name, unsigned roles);
/* Of three: 2 prosecutes and was let in, 3 administers, and 1 does all the rest. */
void site_office(struct site *s);

bool pair(struct site *s, const char *card, const char *other_home, struct err *err);
#define KIT_PHONE "+99900001111"	/* on each card: where one calls back (S15) */
#define KIT_ORDER "order.txt"		/* of a court: content is executed on it */
bool evidence_make(struct world *w, struct err *err);	/* and that order */
bool add(struct site *s, struct evidence *e, struct err *err);
bool seal(struct site *s, struct sealed *out, struct err *err);

bool step_init_a(struct job *j, struct err *err);
bool step_init_b(struct job *j, struct err *err);
bool step_pair_a(struct job *j, struct err *err);
bool step_pair_b(struct job *j, struct err *err);
bool step_add(struct job *j, struct err *err);
/* What step_seal asks for: a second person, who approves it. */
bool step_second(struct job *j, struct err *err);
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
enum { AFTER_INIT = 2, AFTER_PAIR = 4, AFTER_ADD, AFTER_SECOND, AFTER_SEAL, AFTER_SEND,
	AFTER_WRITE, AFTER_READ, AFTER_RECEIVE, AFTER_OPEN };
void run_up_to(struct job *j, size_t end);

/* ---- requests and answers ---- */

/* A third home, paired with both others. */
bool third_begin(struct job *j, struct err *err);
/* The fields that make a request of this kind complete; NULL: a kind that needs none here. */
const struct field_setting *fields_of(enum act_kind kind, size_t *n);
/* A complete request of this kind to that State: drafted and put into the outbox. */
bool ask(struct site *s, enum act_kind kind, const char *to, struct sent *out,
    struct err *err);
/* The same, with fields set besides; related: our number of the request it follows. */
bool ask_with(struct site *s, enum act_kind kind, const char *to, unsigned related,
    const struct field_setting *more, size_t more_n, struct sent *out, struct err *err);
bool reply_with(struct site *s, unsigned number, enum act_kind kind, struct sent *out,
    struct err *err);
/* Bundle from one to the other by a folder of this name, and all of it taken in. */
bool bring(struct site *from, struct site *to, const char *state, const char *folder,
    struct err *err);
/* The same by a folder of its own. */
bool bring_now(struct site *from, struct site *to, const char *state, struct err *err);
/* All that waits in the inbox; the last one's fate in *last (may be NULL). */
bool take_all_in(struct site *s, struct taken *last, size_t *n, struct err *err);
bool row_of(struct site *s, unsigned number, struct docket_request *out,
    struct err *err);

/* How many records of each event its journal has; nothing else has it open. */
void records_count(struct site *s, size_t n[RECORD_EVENTS]);

/*
 * What the docket says that is not about records and receipts that go again: every row
 * of every thread, and every act of it.
 */
bool docket_digest(struct site *s, struct digest *out, struct err *err);

/* The whole case of three countries, from three empty folders. */
bool three_countries(struct job *j, struct err *err);

/* ---- what a patched sender could make ---- */

struct forgery {
	enum act_kind kind;
	const struct digest *follows;
	size_t follows_n;
	const struct authority_id *to;		/* NULL: the peer it is sealed to */
	const struct authority_id *from;	/* NULL: ourselves */
	int64_t made_at, expires_at;		/* 0: now, none */
	/* Fills the body; NULL: as act_init leaves it. */
	void (*fill)(struct act *a, const void *arg);
	const void *arg;
	const struct payload_item *items;
	size_t items_n;
};
/* Signed and sealed by s for that peer, known to no docket; its path. */
bool forge(struct site *s, const char *peer, const struct forgery *what,
    char path[200], struct digest *act, struct err *err);
/*
 * The parcel at `path` of `owner`, which can open it, with another signature by
 * `signer` over the same statement: same act, another package; sealed to `peer`.  NULL:
 * by nobody, with no signature at all.
 */
bool resign(struct site *owner, const char *path, struct site *signer, const char *peer,
    const char *out_path, struct err *err);

/* The parcel of an act as it left or came, wherever its header rests. */
bool parcel_load(struct site *s, const struct digest *act, struct buf *out,
    struct err *err);
/* In a file, the first `from` becomes `to` (of the same length). */
void rewrite(struct job *j, const char *path, const char *from, const char *to);
/* The docket changed by a hand that keeps its page sums right; the home is opened anew. */
bool docket_by_hand(struct site *s, const char *sql, struct err *err);
/*
 * The docket as it is, to be put back: as a power cut leaves it between the record in the
 * journal and its own commit.  The home is opened anew each time.
 */
struct docket_kept {
	struct buf file[2];		/* the database and its log */
};
bool docket_keep(struct site *s, struct docket_kept *out, struct err *err);
bool docket_back(struct site *s, struct docket_kept *k, struct err *err);	/* and clears it */
/* How many names a folder of the world has. */
size_t names_in(struct job *j, const char *folder);
/* All files of a home that nobody has open, under another name. */
bool home_copy(struct world *w, const char *from, const char *to, struct err *err);

#endif
