/*
 * A judged custody file, as text and for programs.  Keys are only ever added:
 *
 *   schema     "comity.custody-verdict/1"
 *   standing   proven | claimed | broken: of the whole
 *   reason     proven | links | lacks-made | lacks-received | empty
 *   text       a sentence
 *   exit_code  0 | 10 | 3
 *   act, package  64 hex; null when proof files were handed over one by one
 *   links      [{event, at, authority, role, peer, carrier, standing, reason, text,
 *              log, index, witnesses, states, proven_at, witness_ahead, record_sha256}]
 *              in their order; witness_ahead: proven_at is after the file was put together;
 *              times RFC 3339; peer, carrier, log, index, proven_at null when there is none
 *   does_not_prove  what none of this proves
 *
 * Texts are English and for people; programs rely on standings and reasons.
 */
#include <stdio.h>
#include <string.h>

#include "form/json.h"
#include "ledger/custody.h"

const char custody_does_not_prove[] =
    "This does not prove that the content is true, or that what was done with it was lawful. "
    "The time of a link is what its authority's clock said; \"since\" is what its witnesses' "
    "clocks said.";

int
custody_exit_code(const struct custody *c)
{
	static const int codes[] = { [CUSTODY_PROVEN] = 0, [CUSTODY_CLAIMED] = 10,
		[CUSTODY_BROKEN] = 3 };

	return codes[c->standing];
}

const char *
custody_event_text(enum record_event e)
{
	static const struct { enum record_event event; const char *text; } list[] = {
		{ EVENT_MADE, "Sealed" }, { EVENT_SENT, "Handed to the carrier" },
		{ EVENT_RECEIVED, "Received" }, { EVENT_OPENED, "Opened" },
		{ EVENT_READ, "Read" }, { EVENT_EXPORTED, "Exported" },
		{ EVENT_DISCLOSED, "Passed on" }, { EVENT_DESTROYED, "Destroyed" },
		{ EVENT_REFUSED, "Not taken in" }, { EVENT_LOSS, "Lost" },
	};

	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
		if (list[i].event == e)
			return list[i].text;
	return record_event_name(e);
}

struct custody_what
custody_what(const struct record *r)
{
	struct custody_what k;

	if (r->event == EVENT_DISCLOSED && strncmp(r->reason, "disclose.", 9) == 0)
		(void)snprintf(k.s, sizeof k.s, "%s", r->reason);
	else if (r->event == EVENT_DESTROYED && r->reason[0] != '\0')
		(void)snprintf(k.s, sizeof k.s, "destroyed.%s", r->reason);
	else
		(void)snprintf(k.s, sizeof k.s, "%s", record_event_name(r->event));
	return k;
}

/*
 * Shown to somebody here, in whole or in part (doc/format/disclosure.md): to whom.
 * Destroyed (doc/destroy.md): why.
 */
static const char *
reason_text(const struct record *r)
{
	static const struct { const char *reason, *text; } list[] = {
		{ "disclose.defence", "Shown to the defence" },
		{ "disclose.court", "Shown to a court" },
		{ "disclose.authority", "Shown to another authority" },
		{ "disclose.victim", "Shown to a victim" },
		{ "disclose.expert", "Shown to an expert" },
		{ "disclose.oversight", "Shown to an oversight body" },
		{ "destroyed.retention_ended", "Destroyed: the time for keeping it was over" },
		{ "destroyed.court_order", "Destroyed: a court ordered it" },
		{ "destroyed.condition", "Destroyed: a condition of its sender asked for it" },
		{ "destroyed.unlawful", "Destroyed: it was held unlawfully" },
		{ "destroyed.returned", "Destroyed: it was given back" },
		{ "destroyed.case_closed", "Destroyed: the case is closed" },
		{ "destroyed.replayed", "Destroyed again, after a restore of an older backup" },
	};

	const struct custody_what what = custody_what(r);

	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
		if (strcmp(what.s, list[i].reason) == 0)
			return list[i].text;
	return NULL;
}

const char *
custody_record_text(const struct record *r)
{
	const char *text = reason_text(r);

	return text != NULL ? text : custody_event_text(r->event);
}

bool
custody_witness_ahead(const struct custody *c, const struct custody_link *l)
{
	return c->as_of != 0 && l->proven_at > c->as_of + CUSTODY_CLOCKS_APART;
}

#define WITNESS_AHEAD "That moment is after this was put together: the clock of a witness is wrong, or somebody's is. Ask them."

static const char *
word(enum custody_standing s)
{
	static const char *const words[] = { [CUSTODY_PROVEN] = "PROVEN",
		[CUSTODY_CLAIMED] = "CLAIMED", [CUSTODY_BROKEN] = "BROKEN" };

	return words[s];
}

/* A sentence of ours may quote bytes of strangers, and may be cut inside a character. */
static bool
shown(struct buf *out, const char *text, struct err *err)
{
	return text_visible(out, span_text(text), err);
}

bool
custody_hands_over(enum record_event e)
{
	return e != EVENT_OPENED && e != EVENT_READ && e != EVENT_EXPORTED &&
	    e != EVENT_DESTROYED && e != EVENT_LOSS;
}

/* The other side, for what has one. */
static const char *
peer_word(const struct record *r)
{
	if (r->peer.s[0] == '\0' || !custody_hands_over(r->event))
		return NULL;
	return r->event == EVENT_RECEIVED ? "from" : r->event == EVENT_DISCLOSED ? "to" :
	    "for";
}

static const char *
carrier_word(const struct record *r)
{
	return strcmp(r->carrier, "stick") == 0 ? ", by stick" :
	    strcmp(r->carrier, "mail") == 0 ? ", by mail" :
	    strcmp(r->carrier, "https") == 0 ? ", by https" : "";
}

static bool
link_text(const struct custody *c, size_t n, struct buf *out, struct err *err)
{
	const struct custody_link *l = &c->links[n];
	const struct record *r = &l->record;
	const char *peer = peer_word(r);

	return buf_printf(out, err, "%3zu  %-7s  %s  %s", n + 1, word(l->standing),
	    when_people(r->at).s, custody_record_text(r)) &&
	    (r->event != EVENT_DESTROYED || r->reason[0] == '\0' || reason_text(r) != NULL ||
	    buf_printf(out, err, " (%s)", r->reason)) &&
	    (peer == NULL || buf_printf(out, err, " %s %s", peer, r->peer.s)) &&
	    buf_printf(out, err, "%s\n     by %s (%s)\n     ", carrier_word(r),
	    r->authority.s, r->role) &&
	    shown(out, l->why, err) && buf_add_text(out, "\n", err) &&
	    (!custody_witness_ahead(c, l) ||
	    buf_add_text(out, "     " WITNESS_AHEAD "\n", err));
}

bool
custody_text(const struct custody *c, struct buf *out, struct err *err)
{
	bool ok;

	ok = buf_printf(out, err, "Custody?     %s  ", word(c->standing)) &&
	    shown(out, c->why, err) && buf_add_text(out, "\n", err) && (c->loose ||
	    (buf_printf(out, err, "Of the act   %s\n", digest_hex(&c->act).s) &&
	    buf_printf(out, err, "Package      %s\n", digest_hex(&c->package).s)));
	for (size_t i = 0; ok && i < c->n; i++)
		ok = link_text(c, i, out, err);
	return ok && buf_printf(out, err, "%s\n", custody_does_not_prove);
}

/* ---- for programs ---- */

static void
out_shown(struct json_out *j, const char *name, const char *text)
{
	struct buf b;

	buf_init(&b, 4096);
	if (j->ok)
		j->ok = shown(&b, text, j->err);
	json_out_text(j, name, buf_span(&b));
	buf_clear(&b);
}

static void
out_or_null(struct json_out *j, const char *name, const char *text)
{
	json_out_str(j, name, text[0] != '\0' ? text : NULL);
}

static void
states_json(const struct custody_link *l, struct json_out *j)
{
	json_out_array(j, "states");
	for (const char *s = l->states; *s != '\0'; s += s[2] == ' ' ? 3 : 2)
		json_out_text(j, NULL, span_of(s, 2));
	json_out_close_array(j);
}

static void
link_json(const struct custody *c, const struct custody_link *l, struct json_out *j)
{
	const struct record *r = &l->record;
	struct digest d;

	json_out_object(j, NULL);
	json_out_str(j, "event", record_event_name(r->event));
	json_out_str(j, "at", when_rfc3339(r->at).s);
	json_out_str(j, "authority", r->authority.s);
	json_out_str(j, "role", r->role);
	out_or_null(j, "peer", r->peer.s);
	out_or_null(j, "carrier", r->carrier);
	json_out_str(j, "standing", custody_standing_name(l->standing));
	json_out_str(j, "reason", l->reason);
	out_shown(j, "text", l->why);
	out_or_null(j, "log", l->has_place ? l->origin : "");
	if (l->has_place)
		json_out_int(j, "index", (int64_t)l->index);
	else
		json_out_null(j, "index");
	json_out_int(j, "witnesses", (int64_t)l->witnesses);
	states_json(l, j);
	json_out_str(j, "proven_at", l->proven_at != 0 ?
	    when_rfc3339(l->proven_at).s : NULL);
	json_out_bool(j, "witness_ahead", custody_witness_ahead(c, l));
	if (j->ok)
		j->ok = digest_of(buf_span(&l->bytes), &d, j->err);
	if (j->ok)
		json_out_digest(j, "record_sha256", &d);
	json_out_close_object(j);
}

void
custody_json(const struct custody *c, struct json_out *j)
{
	json_out_str(j, "standing", custody_standing_name(c->standing));
	json_out_str(j, "reason", c->reason);
	out_shown(j, "text", c->why);
	json_out_int(j, "exit_code", custody_exit_code(c));
	if (c->loose) {
		json_out_null(j, "act");
		json_out_null(j, "package");
	} else {
		json_out_digest(j, "act", &c->act);
		json_out_digest(j, "package", &c->package);
	}
	json_out_array(j, "links");
	for (size_t i = 0; i < c->n; i++)
		link_json(c, &c->links[i], j);
	json_out_close_array(j);
	json_out_str(j, "does_not_prove", custody_does_not_prove);
}
