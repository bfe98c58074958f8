/*
 * policy/check: what the rules over a request share (private to the room).  A rule
 * looks at the fields and adds findings; it never stops at the first.
 */
#ifndef COMITY_POLICY_CHECK_H
#define COMITY_POLICY_CHECK_H

#include "law/status.h"
#include "policy/request.h"

#define DAY ((int64_t)86400)

struct checking {
	const struct act *act;
	const struct fields *fields;
	const struct law_measure *measure;
	const struct law_basis *basis;		/* stated, else suggested; NULL: neither */
	bool stated;
	const struct request_facts *facts;
	int64_t day;			/* the rules hold on it: now, or when what came was made */
	const char *from, *to;		/* names of the States */
	struct request_findings *out;
};

/* The State by its name, else by its code. */
const char *state_words(const char state[3]);

/*
 * part NULL: the sentence is whole.  Else what to do is added: "Set secrecy.until.",
 * or, of what came in, "Ask Aldora for it."; "" is the field itself, "[1].type" a part
 * of its second entry.
 */
void finding_say(struct checking *c, enum finding_weight weight, const char *reason,
    const char *field, const char *part, const char *fmt, ...) PRINTF_LIKE(6, 7);
bool finding_has(const struct request_findings *out, const char *field);
/* Would this finding bar a yes, were it in a request that came in (bars.c)? */
bool finding_bars(const struct act *a, const struct request_finding *found);

/* Where the field is asked: "Art 42(3)(b)", "Budapest 29(2)(b)", "our own rules". */
struct where_text { char s[80]; };
struct where_text field_where(const struct checking *c, const struct law_field *f);

enum law_need field_need(const struct checking *c, const struct law_field *f);
bool field_given(const struct checking *c, const char *id);
/* Part of the first entry; NULL when it, or its field, is absent. */
const struct field_part *field_said(const struct checking *c, const char *id,
    const char *part);
const char *field_text(const struct checking *c, const char *id, const char *part);
bool request_discloses(const struct checking *c);	/* data go over, not only held */

/* Every entry has the parts it needs, and no identifier is one that cannot be. */
bool fields_are_whole(const struct fields *fs);

/* ---- safeguards.c: one function a sentence of data/law/safeguards.tsv ---- */

void offence_is_in_scope(struct checking *c);			/* S01 */
void dual_criminality_is_shown_for_disclosure(struct checking *c);	/* S02 */
void persecution_is_looked_for(struct checking *c);		/* S03 */
void secrecy_has_reasons_and_an_end(struct checking *c);	/* S04 */
void nobody_asks_for_keys_or_passwords(struct checking *c);	/* S08 */
void someone_in_particular_is_meant(struct checking *c);	/* S12 */
void time_window_is_bounded(struct checking *c);		/* S12 */
void identifiers_are_what_they_say(struct checking *c);
void threat_to_life_has_a_second_person(struct checking *c);	/* S15 */
void research_is_looked_for(struct checking *c);		/* S09 */
void a_minor_is_a_victim(struct checking *c);			/* S17 */
void jurisdiction_is_shown(struct checking *c);			/* S19 */

/* ---- values.c: what the shape of a field alone cannot say ---- */

void amounts_are_numbers(struct checking *c);
void collection_is_for_a_time(struct checking *c);		/* S13 */
/* Part of a field: an instant later than the day of the request, else it is said. */
bool instant_is_to_come(struct checking *c, const char *field, const char *part,
    const char *reason, const char *where);
/* The seconds that a row of deadlines.tsv allows from the start. */
int64_t deadline_span(const char *id);
void assurances_are_given(struct checking *c);			/* S03, Articles 6 and 24 */

/* ---- kinds.c: what is special to a kind ---- */

struct kind_rules {
	void (*check)(struct checking *c);	/* NULL: nothing beyond its fields */
	bool discloses;
	bool words;			/* a yes is nothing without its words */
};
const struct kind_rules *kind_rules(enum act_kind kind);
void preserve_check(struct checking *c);
void traffic_path_check(struct checking *c);
void subscriber_check(struct checking *c);
void stored_data_check(struct checking *c);
/* What of a measure's fields these lack, the condition that brings it; NULL: nothing. */
const struct law_field *fields_lack(const struct law_measure *m, const struct fields *fs);
/* Does another field of these say so? */
bool condition_is_met(const struct fields *fs, const struct law_condition *when);
struct verdict provider_answer_decide(const struct answer_facts *f);
void use_consent_check(struct checking *c);
void preserve_extend_check(struct checking *c);
void provider_locate_check(struct checking *c);
void realtime_traffic_check(struct checking *c);
void intercept_content_check(struct checking *c);
void emergency_data_check(struct checking *c);
void tech_legal_advice_check(struct checking *c);
void locate_suspect_check(struct checking *c);
void hearing_video_check(struct checking *c);
void spontaneous_check(struct checking *c);
void police_info_check(struct checking *c);
void joint_team_check(struct checking *c);
void freeze_check(struct checking *c);
void freeze_alert_check(struct checking *c);
void confiscate_check(struct checking *c);
void return_assets_check(struct checking *c);
void remove_content_check(struct checking *c);
void victim_support_check(struct checking *c);
void status_query_check(struct checking *c);
void domestic_order_check(struct checking *c);

#endif
