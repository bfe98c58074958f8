/*
 * flow/requests: the journey of requests and answers (part of flow; doors include
 * flow/flow.h and this).  Numbers are this home's own; an act leaves only through the
 * outbox.  Every operation is one step: cut at any point it is run again and ends the
 * same; what it has answered true for is on the disk.
 *
 * Order (design.md section 10): parcel file, record in the journal, docket and outbox in
 * one transaction, answer.
 */
#ifndef COMITY_FLOW_REQUESTS_H
#define COMITY_FLOW_REQUESTS_H

#include "flow/flow.h"
#include "ledger/ledger.h"
#include "policy/request.h"
#include "store/docket.h"

#define NUMBER_TEXT 24
struct number_text { char s[NUMBER_TEXT]; };		/* "XA-2026-000031", "2026-001" */
struct number_text request_number_text(const char state[3],
    const struct docket_request *r);
struct number_text case_number_text(const struct docket_case *c);
/* "31", "0031", "XA-2026-000031"; ERR_USE when it is none of these. */
MUST bool request_number_parse(const char *typed, unsigned *out, struct err *err);
MUST bool case_number_parse(const char *typed, unsigned *out, struct err *err);

/* ---- cases ---- */

MUST bool flow_case_new(struct flow *f, const char *name, unsigned *number,
    struct err *err);
/* Evidence (typed number) or a request (typed) joins the case. */
MUST bool flow_case_add(struct flow *f, unsigned number, const char *evidence,
    const char *request, struct err *err);

/* ---- drafts ---- */

#define DRAFT_ATTACH_MAX 8
#define DRAFT_ATTACH_BYTES (8u << 20)	/* of one file: they are held in memory to seal */
struct draft {
	struct act act;				/* kind, basis, body.request; cleared by draft_clear */
	char *attach[DRAFT_ATTACH_MAX];		/* absolute paths; owned */
	/* What they were when they were named: another content is not sent. */
	struct digest attach_sha256[DRAFT_ATTACH_MAX];
	uint64_t attach_bytes[DRAFT_ATTACH_MAX];
	size_t attach_n;
	unsigned follows_request;		/* traffic_path, use_consent: our number of the thread
						   it belongs to; 0 none */
};
void draft_init(struct draft *d);
void draft_clear(struct draft *d);

struct field_setting {
	const char *name, *value;		/* "offence.facts", "..." ; value NULL: remove */
};
struct request_wish {			/* NULL and 0: leave as it is (new: absent) */
	const char *kind;			/* new only */
	const char *to;				/* peer as typed, or a State with correspondents:
						   "XC", or "XC/2" for one of several */
	const struct field_setting *set;
	size_t set_n;
	const char *lang;			/* of the texts set; NULL: the home's */
	const char *instrument, *article;	/* NULL: as law_basis_suggest */
	const char *const *attach;
	size_t attach_n;
	bool attach_none;			/* forget attachments */
	unsigned case_number;
	unsigned related;			/* request it follows, our number */
	bool has_expires_at, has_answer_by;
	int64_t expires_at, answer_by;
	const char *answer_by_reason;
};
struct request_view {			/* a request as shown; cleared by request_view_clear */
	struct docket_request row;
	struct draft draft;			/* texts: of the draft, or of the act as it went or came */
	bool has_draft;
	struct request_findings findings;	/* of a draft, or of what came in */
	char peer_name[201];			/* name on its card, or the correspondent's */
	char peer_state[3];
};
void request_view_init(struct request_view *v);
void request_view_clear(struct request_view *v);

/* Saved whatever is missing; view->findings says what that is. */
MUST bool flow_request_new(struct flow *f, const struct request_wish *wish,
    struct request_view *out, struct err *err);
/* ERR_CONFLICT "request.sent": only a draft can be edited. */
MUST bool flow_request_edit(struct flow *f, unsigned number,
    const struct request_wish *wish, struct request_view *out, struct err *err);
/* Opens the texts (needs the keyring). */
MUST bool flow_request_view(struct flow *f, unsigned number, struct request_view *out,
    struct err *err);

/* ---- going out ---- */

enum send_by { BY_COMITY, BY_LETTER, BY_MAIL, BY_ORAL, BY_DIPLOMATIC };
const char *send_by_name(enum send_by by);
bool send_by_parse(const char *s, enum send_by *out);

struct sent {
	struct docket_request row;
	struct docket_act act;
	char stamp_text[300];
	char note[400];				/* what to do next, when there is more than waiting */
};
/*
 * Signs, seals, puts into the outbox.  ERR_REFUSED "request.incomplete" when
 * request_check stops it (flow_request_view has the findings).  by other than
 * BY_COMITY: the act is made and kept (sealed to ourselves, and to a peer with a
 * card), the outbox stays empty, and the clocks run from now; oral: a written
 * confirmation is owed (40(13)), and the same call with another `by` gives it: the
 * last act of ours in that thread, theirs too, goes in writing.  Once it left, the
 * same call again changes nothing and says so in `note`.
 */
MUST bool flow_request_send(struct flow *f, unsigned number, enum send_by by,
    struct sent *out, struct err *err);

struct answer_wish {
	enum act_kind kind;			/* of class ACT_IS_ANSWER */
	const char *text, *better, *lang;
	const char *const *grounds;
	size_t grounds_n;
	const char *const *asks;
	size_t asks_n;
	/* reply, consultation, provider_answer: fields; conditions: "conditions[0].code" */
	const struct field_setting *set;
	size_t set_n;
	bool has_hold_until;
	int64_t hold_until;			/* granted preserve; absent: as long as the treaty asks */
	bool has_hold_effected_at;
	int64_t hold_effected_at;		/* absent: now; extension: as it was granted */
	bool has_until;
	int64_t until;				/* postponed: when it is taken up again */
	bool has_released_at;
	int64_t released_at;			/* released; absent: now */
	/* refused, postponed: a code why nobody was consulted (P02); it is recorded */
	const char *waive_consultation;
	const char *reference;
	enum send_by by;
};
/*
 * An answer or message in the thread of this request, ours or theirs.  When it says just
 * what we said last, by the same way, and nothing of theirs has come since, nothing
 * changes: *out is the act that was made then, and `note` says so.
 */
MUST bool flow_request_answer(struct flow *f, unsigned number,
    const struct answer_wish *wish, struct sent *out, struct err *err);
/*
 * Evidence as the answer, in one step: sealed for the other side of the thread, put
 * into the outbox, the thread is delivered.  evidence 0: that of the request's case,
 * when there is just one.
 */
struct deliver_wish {
	unsigned evidence;
	const char *description, *purpose, *lang;
	const struct field_setting *limits;	/* "conditions[0].code", ... */
	size_t limits_n;
	const char *authorisation;	/* content that is not executed yet: flow/execute.h */
};
MUST bool flow_request_deliver(struct flow *f, unsigned number,
    const struct deliver_wish *wish, struct sealed *sealed, struct sent *out,
    struct err *err);
/*
 * Nothing more is expected; local.  reason: a code that is recorded, NULL none.
 * ERR_REFUSED "request.owed" while we owe an answer, "request.undelivered" when we
 * granted data, nothing went over and there is no reason; ERR_USE
 * "request.close-reason": no such code.
 */
MUST bool flow_request_close(struct flow *f, unsigned number, const char *reason,
    struct docket_request *out, struct err *err);
/*
 * Every act of the thread as an opened bag: OUT/NN-KIND-in|out/.  What was destroyed here is
 * left out, and what is restricted (Article 14), and counted.  ERR_REFUSED "evidence.recovering": it has evidence.
 */
struct request_exported { size_t acts, destroyed, restricted; };
MUST bool flow_request_export(struct flow *f, unsigned number, const char *out_path,
    struct request_exported *out, struct err *err);

/*
 * Evidence that came from another authority goes on to a third, whole: needs a consent
 * of who sent it (our use_consent whose related_request.act is that hand-over and whose
 * new_use names the receiver or its State, granted, not taken back).  One step: *out is
 * a new piece of evidence with one parcel for `to`, which flow_evidence_send puts into
 * the outbox.  Its payload: hand-over-N.tar, the received package as a plain package,
 * question-N.tar and consent-N.tar beside it, N the number of the hop; each checks on
 * its own.  Its act: the hand-overs before it with their limits (`origins`, earlier
 * hops kept), under the purpose and the conditions of the consent (`limits`).  In the
 * clear these lie under HOME/tmp only, while they are sealed.  Again for the same
 * receiver: the same piece.  ERR_REFUSED "onward.*".
 */
MUST bool flow_evidence_onward(struct flow *f, unsigned evidence, const char *to,
    struct evidence *out, struct err *err);

/* ---- coming in ---- */

enum taken_as {
	TAKEN,				/* new here; receipt made */
	TAKEN_AGAIN,			/* the same package: nothing changed, the receipt goes again */
	TAKEN_OTHER_PACKAGE,		/* another package of a known act: kept, reported */
	TAKEN_WAITS,			/* follows something that has not come: stays in the inbox */
	TAKEN_NOT,			/* set aside beside the inbox; text says why */
};
struct taken {
	enum taken_as as;
	bool has_act;
	enum act_kind kind;
	struct digest act;
	char from[AUTHORITY_ID_MAX];
	unsigned request, evidence;	/* 0 none */
	enum overall overall;
	const char *reason;		/* stable name of why not, or why it waits; "" */
	char text[400];			/* a sentence for the officer */
};
/*
 * One parcel (a person's path, or a name below inbox/) of whatever kind: checked, ruled
 * on, kept, recorded, its receipt made and put into the outbox.
 */
MUST bool flow_take(struct flow *f, const char *path, struct taken *out,
    struct err *err);
/*
 * All that waits in the inbox, in an order that lets answers find their requests.  At
 * most TAKE_MAX at once; when more wait, each is called once with the name "inbox" and
 * a sentence that says how many.
 */
#define TAKE_MAX 100000
/*
 * Sealing bytes to us takes no key that anybody knows: of what is not taken and no confirmed
 * authority signed, that many get a leaf in one reading, the others are only told.
 */
#define TAKE_REFUSALS_MAX 64
/*
 * What follows an act that has not come waits that long, then it is set aside.  Nothing is
 * lost by that: its sender carries it with each bundle until our receipt is there.  A stick
 * that was lost, and the next one by post, take weeks.
 */
#define TAKE_WAIT_SECONDS ((int64_t)60 * 86400)
/* Parcels of one sender that wait, each checked at each reading: a lost stick's worth. */
#define TAKE_WAITS_MAX 1000
MUST bool flow_take_inbox(struct flow *f,
    bool (*each)(void *arg, const char *name, const struct taken *t, struct err *err),
    void *arg, size_t *n, struct err *err);	/* n: taken, or set aside; each may be NULL */
/*
 * Our own card or certificate (told to all confirmed peers), or a consent we gave (told
 * to who has it).  id: act id of card or consent, SHA-256 of the certificate's DER.  Into
 * the outbox; a command that was cut goes on where it was.  reason NULL: none stated.
 */
MUST bool flow_revoke(struct flow *f, enum revoked_what what, const struct digest *id,
    const char *reason, struct err *err);

/* What an act that is kept here says, of either side: opened with our keys. */
MUST bool flow_act_read(struct flow *f, const struct digest *act, struct act *out,
    struct err *err);

/* ---- the desk ---- */

#define DESK_EMERGENCIES_MAX 5		/* fits a screen; the others are counted */
struct desk {
	struct docket_counts counts;
	struct docket_request due[10];	/* by what is due first */
	size_t due_n;
	size_t inbox;			/* parcels that wait to be taken in */
	int64_t now;
	/* Why its ledger may not sign, or that files of it do not hold; "" good. */
	char ledger_text[300];
	/* Of second persons (flow/people.h): what waits, and signatures owed for what went. */
	size_t second_waits, second_owed, second_overdue;
	int64_t second_due_at;		/* the first of those owed; 0 none */
	/* Persons who are to be told of a secret measure (flow/notices.h). */
	size_t notices_due, notices_doubt;
	/* Formal requests owed after emergencies, by us and by them. */
	size_t formal_ours, formal_theirs, formal_overdue;
	/* Emergencies asked of us where the next word or the data are ours; the oldest. */
	struct docket_request emergencies[DESK_EMERGENCIES_MAX];
	size_t emergencies_n;		/* of all, listed or not */
};
MUST bool flow_desk(struct flow *f, struct desk *out, struct err *err);

/* ---- a counterpart without Comity ---- */

struct correspondent_wish {
	const char *state, *name, *address, *email, *languages;
};
MUST bool flow_correspondent_new(struct flow *f, const struct correspondent_wish *wish,
    unsigned *number, struct err *err);

/*
 * Paper (or mail, or a call) that came in.  It is kept as an act of its kind made and
 * signed by us, addressed to nobody, with its scans as files and a collection record of
 * who took it in and how (doc/paper.md): nobody can take it for something the other
 * side signed.  Sealed to ourselves; in the docket it came in, and the thread moves on
 * as if it had come by Comity.  What was overtaken is kept and changes nothing; nor does a
 * consent to another use (use_consent) of who has a card: that is signed by them alone.
 * In writing needs a scan; by word may go without.  A reply that sets fields of their
 * request, or takes conditions of our yes, is noted by two.  ERR_USE "record.*", ERR_LIMIT
 * "record.scans", "record.scan-large"; ERR_REFUSED "thread.*".
 */
struct record_wish {
	unsigned number;		/* the thread it belongs to; 0: a new request of theirs */
	const char *kind;		/* "preserve", "granted", "receipt", ... */
	const char *from;		/* correspondent's State, or peer; new requests */
	enum send_by by;		/* letter, mail, oral, diplomatic */
	bool has_dated;
	int64_t dated;			/* date on the paper */
	const char *reference;		/* their number */
	const char *const *files;	/* scans, the mail as it came */
	size_t files_n;
	const struct field_setting *set;
	size_t set_n;
	struct answer_wish answer;	/* for answers: text, grounds, hold */
};
MUST bool flow_request_record(struct flow *f, const struct record_wish *wish,
    struct docket_request *out, struct err *err);

/*
 * Evidence for a receiver without Comity: the same package, kept here sealed to
 * ourselves and written once more as a plain tar under a passphrase (opened with
 * `age -d F | tar x`) or for a certificate (openssl cms -decrypt; ENVELOPED_MAX).  With
 * a request the thread is delivered together with the parcel; again, for the same
 * request, only writes the file.  ERR_CONFLICT "out.exists"; ERR_USE "seal.passphrase"
 * shorter than 12 bytes, "seal.certificate"; ERR_LIMIT "enveloped.size".
 */
enum seal_for { SEAL_PASSPHRASE, SEAL_CERTIFICATE };
struct seal_alone_wish {
	unsigned number;			/* evidence */
	unsigned request;			/* thread it answers; 0 none */
	enum seal_for how;
	struct span certificate;		/* PEM or DER, for SEAL_CERTIFICATE */
	/* for SEAL_PASSPHRASE: asked from flow.passphrase(arg, ...) by this call */
	bool (*passphrase)(void *arg, struct buf *secret, struct err *err);
	void *arg;
	const char *description, *purpose, *lang;
	const char *receiver;			/* who gets it; needed under a passphrase of no request */
	const char *out_path;			/* file to make: .age or .p7m; must not exist */
};
MUST bool flow_evidence_seal_alone(struct flow *f, const struct seal_alone_wish *wish,
    struct sealed *out, struct err *err);

/*
 * What a letter or a mail says of an act of ours (the doors hand it to text/letter.h and
 * text/mail.h), read back from the parcel that was kept.
 */
#define LETTER_FILES_MAX 16
#define LETTER_FILES_BYTES_MAX (11u << 20)	/* of all files together: a mail carries them */
struct letter_file {
	char name[256];				/* as it was named here; UTF-8 */
	struct buf bytes;
	struct digest sha256;
};
struct letter_facts {
	struct docket_request row;
	struct act act;				/* as it was signed */
	struct digest act_id;
	struct buf act_json;			/* its exact bytes */
	struct act card;			/* ours, of now */
	struct digest card_id;
	bool has_request;			/* an answer: what it answers */
	struct act request;
	struct number_text number;		/* ours */
	char to_name[201], to_address[401], to_email[255];	/* "" none */
	char to_languages[64];			/* "pt;en"; "" unknown */
	char to_state[3];
	char lang[12];				/* the home's */
	char from_email[255];			/* of the card's carriers; "" none */
	const char *micalg;			/* of flow_sign_detached: "sha-256" */
	struct letter_file files[LETTER_FILES_MAX];
	size_t files_n;
};
void letter_facts_init(struct letter_facts *l);
void letter_facts_clear(struct letter_facts *l);
/*
 * act NULL: the newest of ours in the thread.  ERR_ABSENT "letter.absent": nothing of
 * ours has been made in it; ERR_LIMIT "letter.files".
 */
MUST bool flow_request_letter(struct flow *f, unsigned number, const struct digest *act,
    struct letter_facts *out, struct err *err);
/* A detached CMS signature (CAdES-BES, DER) over bytes, by our signing key. */
MUST bool flow_sign_detached(struct flow *f, struct span bytes, struct buf *p7s,
    struct err *err);

/*
 * Below a home where a bundle was written or read and files below ledger/ did not hold: what
 * was told then.  A check of the ledger that finds nothing takes it away.
 */
#define FLOW_DAMAGED_PATH "damaged"

/* ---- backup ---- */

#define FLOW_RESTORED_PATH "restored"	/* below a home that came out of a backup */

/*
 * The whole home (not tmp/, locks or half copies) as one tar inside one age file under
 * the home's passphrase (doc/format/backup.md); one moment: the home's lock is held.
 * The file must not exist and not lie in the home; appears only when whole and synced.
 *
 * Package keys are not in it, and so no evidence opens out of it by itself: they go into a
 * small file of their own, under the same passphrase, that takes the place of the one
 * before.  Only the newest is kept: what was destroyed since an old backup was made has no
 * key in it.  ERR_DENIED "key.passphrase": not this home's.  ERR_CONFLICT "out.exists",
 * "backup.keys-away", "backup.keys-closed".
 */
struct backup_wish {
	const char *path;
	const char *keys;		/* the file of package keys; NULL: beside the backup */
	bool keys_only;			/* the keys alone; path may be NULL then */
};
struct backup_result {
	uint64_t files, bytes;		/* of the backup file */
	struct digest sha256;
	uint64_t keys;			/* package keys written, or taken in */
	uint64_t keys_away;		/* restored: packages that do not open for want of one */
	char keys_path[4300];		/* written, or read; "" none was there */
	bool keys_other;		/* restored: that file opens with another passphrase */
	bool damaged;			/* the ledger is: no record says that this was made */
};
MUST bool flow_backup(struct flow *f, const struct backup_wish *wish,
    struct backup_result *out, struct err *err);
/*
 * Into home_path (absent or empty); f->home stays NULL.  Opened into a quarantine beside
 * it, every byte checked, then named: whatever goes wrong, home_path is as it was.  The
 * journal gets `recovery`, and HOME/restored says from what.  Package keys come from the
 * file in `keys`; NULL: from the one beside the backup, if there is one.  No evidence
 * opens until the peers have shown what was destroyed since (flow/destroy.h).  ERR_DENIED
 * "backup.passphrase"; ERR_INPUT "backup.damaged", "backup.foreign"; ERR_CONFLICT
 * "restore.not-empty".
 */
struct restore_wish {
	const char *backup, *home, *keys;
};
MUST bool flow_restore(struct flow *f, const struct restore_wish *wish,
    struct backup_result *out, struct err *err);
/* Package keys that came later, into f->home; those of what was destroyed stay outside. */
MUST bool flow_restore_keys(struct flow *f, const char *keys, struct backup_result *out,
    struct err *err);

#endif
