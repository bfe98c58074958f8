/* Requests: their numbers, the other side, and the end of a thread. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "flow/hold.h"
#include "flow/journey.h"
#include "flow/people.h"

#define NUMBER_MAX 9999999u	/* seven digits, as evidence: rows of one home */

/* ---- numbers ---- */

static int
year_of(int64_t at)
{
	struct civil c;

	return when_civil(at, &c) ? c.year : 0;
}

struct number_text
request_number_text(const char state[3], const struct docket_request *r)
{
	struct number_text t;

	(void)snprintf(t.s, sizeof t.s, "%.2s-%04d-%06u", state,
	    year_of(r->opened_at), r->number);
	return t;
}

struct number_text
case_number_text(const struct docket_case *c)
{
	struct number_text t;

	(void)snprintf(t.s, sizeof t.s, "%04d-%03u", year_of(c->opened_at), c->number);
	return t;
}

static bool
digits(const char *s, size_t min, size_t max)
{
	size_t n = strspn(s, "0123456789");

	return s[n] == '\0' && n >= min && n <= max;
}

static bool
value_of(const char *s, unsigned *out)
{
	unsigned long n = 0;

	for (; *s != '\0'; s++) {
		n = n * 10 + (unsigned long)(*s - '0');
		if (n > NUMBER_MAX)
			return false;
	}
	*out = (unsigned)n;
	return n > 0;
}

/* "YEAR-" in front, or not. */
static const char *
behind_year(const char *s)
{
	return strspn(s, "0123456789") == 4 && s[4] == '-' ? s + 5 : NULL;
}

bool
request_number_parse(const char *typed, unsigned *out, struct err *err)
{
	const char *s = typed;

	if (isupper((unsigned char)s[0]) && isupper((unsigned char)s[1]) &&
	    s[2] == '-') {
		s = behind_year(s + 3);
		if (s != NULL && !digits(s, 6, 7))
			s = NULL;
	}
	if (s != NULL && digits(s, 1, 7) && value_of(s, out))
		return true;
	return err_set(err, ERR_USE, "request.number",
	    "\"%.40s\" is no number of a request; write 31 or XA-2026-000031", typed);
}

bool
case_number_parse(const char *typed, unsigned *out, struct err *err)
{
	const char *s = behind_year(typed);

	if (s == NULL)
		s = typed;
	else if (!digits(s, 3, 7))
		s = "";
	if (digits(s, 1, 7) && value_of(s, out))
		return true;
	return err_set(err, ERR_USE, "case.number",
	    "\"%.40s\" is no number of a case; write 1 or 2026-001", typed);
}

/* ---- ways to send ---- */

static const char *const by_names[] = { "comity", "letter", "mail", "oral",
	"diplomatic" };

const char *
send_by_name(enum send_by by)
{
	return by_names[by];
}

bool
send_by_parse(const char *s, enum send_by *out)
{
	size_t i;

	if (!name_find(by_names, sizeof by_names / sizeof *by_names, s, &i))
		return false;
	*out = (enum send_by)i;
	return true;
}

/* ---- the docket ---- */

bool
desk_open(struct flow *f, bool texts, struct docket **out, struct err *err)
{
	struct keyring *k = NULL;
	struct aead_key key;
	struct docket *d = NULL;

	memset(&key, 0, sizeof key);
	/* The passphrase first: nobody waits for a person with the docket open. */
	if (texts && (!flow_keyring(f, &k, err) || !keyring_docket_key(k, &key, err)))
		return false;
	if (!docket_open(f->home, &d, err)) {
		aead_key_wipe(&key);
		return false;
	}
	if (texts)
		docket_key(d, &key);
	aead_key_wipe(&key);
	*out = d;
	return true;
}

bool
request_load(struct flow *f, unsigned number, struct docket_request *out,
    struct err *err)
{
	struct docket *d = NULL;
	bool ok;

	ok = desk_open(f, false, &d, err) &&
	    docket_request_get(d, number, out, err);
	docket_close(d);
	return ok;
}

/* ---- the other side ---- */

void
other_side_init(struct other_side *o)
{
	memset(o, 0, sizeof *o);
	peer_init(&o->peer);
}

void
other_side_clear(struct other_side *o)
{
	peer_clear(&o->peer);
	other_side_init(o);
}

static void
peer_told(struct other_side *o)
{
	const struct card_body *c = &o->peer.card.body.card;

	o->is_peer = true;
	memcpy(o->state, c->state, sizeof o->state);
	(void)snprintf(o->name, sizeof o->name, "%s",
	    c->names_n > 0 ? c->names[0].text : o->peer.id.s);
}

static bool
paper_told(struct docket *d, unsigned number, struct other_side *o, struct err *err)
{
	struct correspondent c;

	if (!docket_correspondent_get(d, number, &c, err))
		return false;
	o->correspondent = number;
	memcpy(o->state, c.state, sizeof o->state);
	(void)snprintf(o->name, sizeof o->name, "%s", c.name);
	correspondent_clear(&c);
	return true;
}

static bool
paper_find(struct docket *d, const char *typed, struct other_side *out,
    struct err *err)
{
	char state[3] = { typed[0], typed[0] == '\0' ? '\0' : typed[1], '\0' };
	unsigned *list = NULL, wanted = 0;
	size_t n = 0, fits = 0;
	bool ok;

	if (!docket_correspondents(d, state, &list, &n, err))
		return false;
	if (strlen(typed) > 3 && typed[2] == '/' && digits(typed + 3, 1, 7) &&
	    value_of(typed + 3, &wanted)) {
		for (size_t i = 0; i < n; i++)
			fits += list[i] == wanted;
	} else if (strlen(typed) == 2 && n > 0) {
		fits = n;
		wanted = list[0];
	}
	mem_free(list);
	if (fits > 1)
		return err_set(err, ERR_USE, "request.to",
		    "%zu correspondents of %s are known; say which one, as in --to %s/%u",
		    fits, state, state, wanted);
	ok = fits == 1;
	return ok ? paper_told(d, wanted, out, err) : err_set(err, ERR_ABSENT,
	    "request.to",
	    "no authority \"%.40s\" is known here%s; pair with it (comity peer pair), or note a correspondent on paper (comity correspondent new)",
	    typed, typed[0] >= 'a' && typed[0] <= 'z' ?
	    " (the code of a State is two capitals, as in XB)" : "");
}

bool
other_side_find(struct flow *f, struct docket *d, const char *typed,
    struct other_side *out, struct err *err)
{
	struct err why = ERR_INIT;

	if (peer_find(f->home, typed, &out->peer, &why)) {
		peer_told(out);
		return true;
	}
	if (why.kind != ERR_ABSENT && why.kind != ERR_USE) {
		*err = why;
		return false;
	}
	if (paper_find(d, typed, out, err))
		return true;
	/* Several peers fit: that is what has to be told. */
	if (err->kind == ERR_ABSENT && why.kind == ERR_USE)
		*err = why;
	return false;
}

bool
other_side_ahead(struct flow *f, struct docket *d, const char *typed,
    struct other_side *out, struct err *err)
{
	struct err why = ERR_INIT;

	if (other_side_find(f, d, typed, out, &why))
		return true;
	if (why.kind != ERR_ABSENT || strlen(typed) != 2 || law_state(typed) == NULL) {
		*err = why;
		return false;
	}
	memcpy(out->state, typed, sizeof out->state);
	return true;
}

void
other_side_note(const struct other_side *o, struct docket_request *r)
{
	(void)snprintf(r->peer, sizeof r->peer, "%s", o->is_peer ? o->peer.id.s :
	    o->correspondent != 0 ? "" : o->state);
	r->correspondent = o->correspondent;
}

/* Several by now: the State stays, and who it is has to be said. */
static bool
state_told(struct flow *f, struct docket *d, const char *state, struct other_side *o,
    struct err *err)
{
	struct err why = ERR_INIT;

	if (other_side_ahead(f, d, state, o, &why))
		return true;
	if (why.kind == ERR_USE) {
		memcpy(o->state, state, sizeof o->state);
		return true;
	}
	*err = why;
	return false;
}

bool
other_side_of(struct flow *f, struct docket *d, const struct docket_request *r,
    struct other_side *out, struct err *err)
{
	if (strlen(r->peer) == 2)
		return state_told(f, d, r->peer, out, err);
	if (r->peer[0] == '\0')
		return paper_told(d, r->correspondent, out, err);
	if (!peer_load(f->home, r->peer, &out->peer, err))
		return false;
	peer_told(out);
	return true;
}

/* ---- texts ---- */

bool
short_set(char *out, size_t room, const char *what, const char *in, struct err *err)
{
	if (in == NULL)
		return true;
	if (strlen(in) >= room || !utf8_valid(span_text(in)))
		return err_set(err, ERR_USE, "text.short",
		    "the %s is at most %zu bytes of UTF-8", what, room - 1);
	memcpy(out, in, strlen(in) + 1);
	return true;
}

bool
marked_set(struct marked_text *t, const char *what, const char *lang, const char *in,
    struct err *err)
{
	char *text;

	if (in == NULL)
		return true;
	if (in[0] == '\0' || strlen(in) > ACT_TEXT_MAX || !utf8_valid(span_text(in)))
		return err_set(err, ERR_USE, "text.marked",
		    "the %s is 1 to %d bytes of UTF-8", what, ACT_TEXT_MAX);
	if (strlen(lang) >= sizeof t->lang || !lang_valid(lang))
		return err_set(err, ERR_USE, "text.lang",
		    "\"%.40s\" is no language tag; write it as in --lang fr", lang);
	text = mem_text_of(in, err);
	if (text == NULL)
		return false;
	mem_free(t->text);
	t->text = text;
	memcpy(t->lang, lang, strlen(lang) + 1);
	return true;
}

/* ---- the end of a thread ---- */

static bool
close_ask(const struct docket_request *r, const char *reason, struct err *err)
{
	static const char *const codes[] = { "nothing_found", "handed_over_otherwise",
		"not_needed" };
	struct close_facts facts = { .ours = r->ours, .reason = reason != NULL };
	bool known = reason == NULL;

	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		known = known || strcmp(reason, codes[i]) == 0;
	if (!known)
		return err_set(err, ERR_USE, "request.close-reason",
		    "\"%.40s\" is no reason to close a request; there are nothing_found, handed_over_otherwise and not_needed",
		    reason);
	if (!request_state_parse(r->state, &facts.state) ||
	    !act_kind_parse(r->kind, &facts.request))
		return err_set(err, ERR_UNPROVEN, "docket.damaged",
		    "the state of request %u cannot be read", r->number);
	return verdict_ask(close_decide(&facts), err);
}

/* A code, never words: the journal is readable. */
static bool
close_record(struct flow *f, struct docket *d, const struct docket_request *row,
    const char *reason, struct err *err)
{
	struct record r;

	record_begin(f, &r, EVENT_ADMINISTRATION);
	r.at = row->closed_at;
	r.has_act = row->has_act;
	r.act = row->act;
	(void)snprintf(r.reason, sizeof r.reason, "closed.%s",
	    reason != NULL ? reason : "done");
	return record_event(f, d, &r, row->number, NULL, err);
}

bool
flow_request_close(struct flow *f, unsigned number, const char *reason,
    struct docket_request *out, struct err *err)
{
	struct docket *d = NULL;
	bool ok;

	ok = home_lock(f->home, err) && flow_may(f, PEOPLE_MESSAGE, err) &&
	    records_caught_up(f, err) && desk_open(f, false, &d, err) &&
	    docket_request_get(d, number, out, err) && close_ask(out, reason, err);
	if (ok && out->closed_at == 0) {
		(void)snprintf(out->state, sizeof out->state, "%s",
		    request_state_name(STATE_CLOSED));
		out->closed_at = world_now(f->world);
		out->due_at = 0;
		out->due_rule[0] = '\0';
		ok = docket_begin(d, err) && close_record(f, d, out, reason, err) &&
		    docket_request_put(d, out, err) &&
		    hold_follow_end(d, number, out->closed_at, err) &&
		    docket_commit(d, err);
	}
	docket_close(d);
	return ok;
}
