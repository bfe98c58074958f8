/*
 * flow/figures: what a home did, as counts and times, with no person in it (part of flow;
 * what may be shown is policy/figures.h; doc/format/statistics.md).  Counted from the
 * records of the journal.  Of the docket come the kind and thread of each act, who the
 * other side is, and how each thread stands: ids and codes, readable with no key, and the
 * same after a rebuild.  The role of an oversight body, which opens no key, is enough.
 */
#ifndef COMITY_FLOW_FIGURES_H
#define COMITY_FLOW_FIGURES_H

#include "flow/flow.h"
#include "flow/record.h"
#include "law/status.h"
#include "policy/figures.h"

#define FIGURES_KEY 64			/* a stable name: reasons are the longest */
#define FIGURES_ROWS_MAX 4096		/* of one table: far more than States and authorities */

enum figures_name {
	FIGURES_ASKED_KIND,		/* requests of ours: kind, then how they stand */
	FIGURES_ASKED_STATE,		/* State, then counterpart */
	FIGURES_RECEIVED_KIND,
	FIGURES_RECEIVED_STATE,
	FIGURES_ANSWERS_GIVEN,		/* kind of answer but `refused` */
	FIGURES_ANSWERS_RECEIVED,
	FIGURES_REFUSED_GROUND,		/* refusals we gave: the first ground */
	FIGURES_REFUSED_STATE,
	FIGURES_REFUSED_US_GROUND,	/* refusals we got: the first ground */
	FIGURES_REFUSED_US_STATE,
	FIGURES_LAPSED_CLOCK,		/* held_by_us or held_for_us, then the clock, or taken_back */
	FIGURES_LAPSED_STATE,
	FIGURES_DECISIONS,		/* rule, then outcome */
	FIGURES_WAIVERS,		/* rule, then reason */
	FIGURES_TURNED_AWAY,		/* parcels that were not taken in: reason */
	FIGURES_NOTICES,		/* persons to be told: how it stands, how long it took */
	FIGURES_NOTICES_PUT_OFF,	/* secrecy renewed: reason */
	FIGURES_DESTROYED,		/* packages of evidence: reason */
	FIGURES_LOST,			/* packages: reason */
	FIGURES_COUNTS,			/* how many; from here on times */
	FIGURES_TIME_ASKED = FIGURES_COUNTS,	/* + enum figures_time: State, counterpart */
	FIGURES_TIME_RECEIVED = FIGURES_TIME_ASKED + 4,
	FIGURES_TABLES = FIGURES_TIME_RECEIVED + 4
};
enum figures_time { TIME_ANSWER, TIME_HOLD, TIME_DECISION, TIME_DELIVERY, FIGURES_TIMES };
const char *figures_table_name(enum figures_name t);	/* "requests_asked_by_kind" */
/* "records", or "records+docket": what one needs to count it again. */
const char *figures_table_source(enum figures_name t);

struct figures_row {
	char key[FIGURES_KEY], part[FIGURES_KEY];	/* part "": all of key */
	uint64_t n;
	enum figure_show show;
	bool parts_out;			/* its parts are left out */
	int64_t *seconds;		/* n of them in tables of times; owned */
	struct quartiles times;		/* of them, when shown */
};
struct figures_table {
	struct figures_row *rows;	/* key by key in ASCII order, its parts behind it; owned */
	size_t n;
	bool out;			/* rows are left out: too few */
	bool has_total;
	struct figures_row total;
};
struct figures {
	bool has_from, has_to;
	int64_t from, to;		/* records at >= from and < to */
	int64_t through;		/* of the last record that counted; 0 none */
	int64_t last;			/* of the last record at all: notices stand as of then, or `to` */
	struct figures_table tables[FIGURES_TABLES];
};
struct figures_wish { bool has_from, has_to; int64_t from, to; };

void figures_init(struct figures *f);
void figures_clear(struct figures *f);
/*
 * Counts, hides what is small (nothing of it is in *out any more), and writes down that
 * figures were read (event `read`, reason `statistics`).  ERR_REFUSED "people.*" from who
 * may not; ERR_USE "figures.period": from is not before to.
 */
MUST bool flow_figures(struct flow *f, const struct figures_wish *w,
    struct figures *out, struct err *err);

/* How this node meets requests of a State (doc/guards.md): set by persons, about nobody. */
struct figures_level {
	char state[3], measure[40], level[16];	/* "XB", "all", "high" */
	int64_t since;
};

/*
 * One by one, for a body that oversees and not for the public: what no count above that is
 * hidden for being small tells.  Of the record alone; day, State and codes, nobody's name.
 */
#define FIGURES_CASES_MAX 10000		/* of one reading: some MB; a shorter period has the rest */
struct figures_case {
	uint64_t leaf;			/* its place in the ledger: an auditor can look it up */
	int64_t at;
	bool waiver;			/* else a refusal */
	char state[3];			/* the other side's; "" the record names none */
	char rule[64], why[64];		/* of a refusal its first ground */
	char version[24];		/* of the rules, as the record has it */
	char role[32];			/* in which it was decided */
};
struct figures_cases {
	struct figures_case *list;	/* oldest first; owned */
	size_t n;
	bool more;			/* there are more in the period */
};
void figures_cases_clear(struct figures_cases *c);
/* After flow_figures, which writes down that they were read. */
MUST bool flow_figures_cases(struct flow *f, const struct figures_wish *w,
    struct figures_cases *out, struct err *err);

/* By which rules this node works: no figure, no name. */
#define FIGURES_RULES_MAX 64
#define FIGURES_LEVELS_MAX 1024		/* far more than States with levels of their own */
struct figures_rules {
	struct law_version_text law[FIGURES_RULES_MAX];	/* the built-in first */
	size_t law_n;
	struct figures_level *levels;	/* owned; by State, then measure */
	size_t levels_n;
	struct digest people;		/* SHA-256 of doc/people.md as this program prints it */
};
void figures_rules_clear(struct figures_rules *r);
MUST bool flow_figures_rules(struct flow *f, struct figures_rules *out, struct err *err);

/* Members of an open object; the same bytes for the same figures. */
struct json_out;
void figures_json(const struct figures *f, struct json_out *j);
void figures_rules_json(const struct figures_rules *r, struct json_out *j);
void figures_cases_json(const struct figures_cases *c, struct json_out *j);
MUST bool figures_csv(const struct figures *f, struct buf *out, struct err *err);
/* "17", "<5", "withheld" */
struct figure_text { char s[24]; };
struct figure_text figure_text(const struct figures_row *r);

/* ---- inside flow ---- */

/* Why, of a record by which somebody went on without what a rule asks for; NULL: none. */
const char *figures_waived(const struct record *r);
bool figures_refused(const struct record *r);	/* we said no to a request */

#endif
