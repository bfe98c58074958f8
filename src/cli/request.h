/* Inside of the room: what the verbs about requests and evidence share. */
#ifndef COMITY_CLI_REQUEST_H
#define COMITY_CLI_REQUEST_H

#include "cli/cli.h"
#include "flow/requests.h"

#define SETTINGS_MAX 256	/* values of fields in one command */

struct settings_typed {		/* cleared by settings_typed_clear */
	struct field_setting list[SETTINGS_MAX];
	char *names[SETTINGS_MAX], *values[SETTINGS_MAX];
	size_t n;
};
void settings_typed_init(struct settings_typed *s);
void settings_typed_clear(struct settings_typed *s);
/* All options about fields; identifiers come behind those that are there. */
MUST bool settings_take(struct cli *c, struct call *call, const struct law_measure *m,
    size_t identifiers_there, struct settings_typed *s);
MUST bool conditions_take(struct cli *c, struct call *call, const char *option,
    struct settings_typed *s);
size_t identifiers_count(const struct law_measure *m, const struct fields *fs);

/* "in 5 hours", "2 hours late", "on 22 Nov 2026 08:46:00 UTC" */
struct due_text { char s[96]; };
struct due_text due_people(int64_t at, int64_t now);
/* Why something is due in it: "we owe an answer", "the hold ends". */
const char *rule_people(const struct docket_request *r);
/* One line of a list of requests. */
void request_line(struct cli *c, const struct docket_request *r, int64_t now);
/* An instant as RFC 3339; 0: null. */
void instant_json(struct json_out *j, const char *name, int64_t at);
void request_json(struct cli *c, struct json_out *j, const struct docket_request *r);
void findings_say(struct cli *c, const struct docket_request *r,
    const struct request_findings *f);
void findings_json(struct json_out *j, const struct request_findings *f);
/* The number a person typed; fails with its own sentence. */
MUST bool request_arg(struct cli *c, struct call *call, unsigned *number);
/* What was sent, and what now. */
int sent_answer(struct cli *c, const struct sent *s, const char *schema,
    const char *did);
/* Whoever sends abroad types the State's name first (unless --yes). */
MUST bool confirm_abroad(struct cli *c, const char state[3], const char *what);

/* How its time stamp stands: "stamped", "pending" ... */
const char *stamp_word(const struct parcel *p);
const char *stamp_state_word(enum stamp_kept kept);
/* The members of one piece of evidence. */
void evidence_json(struct json_out *j, const struct evidence *e);
/* All that waits in the inbox, a line each. */
int inbox_receive(struct cli *c, bool details);
/* The act as a letter or a signed mail, into a new file. */
int letter_give(struct cli *c, unsigned number, const struct digest *act,
    enum send_by by, const char *out);

#endif
