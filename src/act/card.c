/* card: the signed public record of an authority (design.md sections 2 and 5). */
#include "act/kinds.h"

#include <string.h>

#define CERT_BYTES_MAX 16384
#define CARD_CARRIER_MAX 500	/* an address */

static bool
names_decode(struct card_body *c, struct json_object *b, struct err *err)
{
	struct json_array list;

	if (!json_list(b, "names", 1, CARD_NAMES_MAX, &list, err))
		return false;
	for (; c->names_n < list.n; c->names_n++)
		if (!marked_at(&list, c->names_n, 200, &c->names[c->names_n], err))
			return false;
	return true;
}

/* Codes are for programs, and shown to people as they are: nothing but ASCII. */
bool
code_valid(const char *s)
{
	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++)
		if (*s < 0x21 || *s > 0x7E)
			return false;
	return true;
}

/* A list of short codes into rows of `room` bytes. */
static bool
codes_decode(struct json_object *b, const char *name, size_t min, size_t max,
    char *rows, size_t room, size_t *n, struct err *err)
{
	struct json_array list;
	const char *s;

	if (!json_list(b, name, min, max, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		if (!json_at_text(&list, i, 1, room - 1, &s, err))
			return false;
		if (!code_valid(s))
			return err_set(err, ERR_INPUT, "card.code",
			    "member \"body.%s[%zu]\" is not plain ASCII without blanks",
			    name, i);
		memcpy(rows + i * room, s, strlen(s) + 1);
	}
	*n = list.n;
	return true;
}

static bool
ders_decode(struct json_object *b, const char *name, size_t min, size_t max,
    struct buf *rows, size_t *n, struct err *err)
{
	struct json_array list;
	const char *s;

	if (!json_list(b, name, min, max, &list, err))
		return false;
	for (size_t i = 0; i < list.n; i++) {
		if (!json_at_text(&list, i, 4, CERT_BYTES_MAX * 4 / 3 + 4, &s, err))
			return false;
		buf_init(&rows[i], CERT_BYTES_MAX);
		*n = i + 1;
		if (!base64_decode(&rows[i], span_text(s), true, err))
			return err_wrap(err, "member \"%s\"", name);
	}
	return true;
}

/* The same for texts of any length up to a greatest one, which are owned. */
static bool
long_codes_decode(struct json_object *b, const char *name, size_t max, size_t bytes,
    char **rows, size_t *n, struct err *err)
{
	struct json_array list;
	const char *s;

	if (!json_list(b, name, 0, max, &list, err))
		return false;
	for (; *n < list.n; (*n)++) {
		if (!json_at_text(&list, *n, 1, bytes, &s, err))
			return false;
		if (!code_valid(s))
			return err_set(err, ERR_INPUT, "card.code",
			    "member \"body.%s[%zu]\" is not plain ASCII without blanks",
			    name, *n);
		rows[*n] = mem_text_of(s, err);
		if (rows[*n] == NULL)
			return false;
	}
	return true;
}

/* A card from before there were ledgers has neither member: none. */
static bool
ledgers_decode(struct card_body *c, struct json_object *b, struct err *err)
{
	return (!json_has(b, "ledgers") || long_codes_decode(b, "ledgers",
	    CARD_VKEYS_MAX, CARD_VKEY_MAX, c->ledgers, &c->ledgers_n, err)) &&
	    (!json_has(b, "witnesses") || long_codes_decode(b, "witnesses",
	    CARD_VKEYS_MAX, CARD_VKEY_MAX, c->witnesses, &c->witnesses_n, err));
}

static bool
validity_decode(struct card_body *c, struct json_object *b, struct err *err)
{
	if (!json_int(b, "valid_from", 0, WHEN_MAX, &c->valid_from, err) ||
	    !json_int(b, "valid_to", 0, WHEN_MAX, &c->valid_to, err))
		return false;
	if (c->valid_to <= c->valid_from)
		return err_set(err, ERR_INPUT, "card.validity",
		    "member \"body.valid_to\" is not later than \"valid_from\"");
	c->has_previous = !json_take_null(b, "previous");
	return !c->has_previous || json_hex(b, "previous", c->previous.b, 32, err);
}

static bool
card_languages_valid(const struct card_body *c, struct err *err)
{
	for (size_t i = 0; i < c->languages_n; i++)
		if (!lang_valid(c->languages[i]))
			return err_set(err, ERR_INPUT, "card.languages",
			    "member \"body.languages[%zu]\" is no language tag", i);
	return true;
}

static bool
card_decode(struct act *a, struct json_object *b, struct err *err)
{
	struct card_body *c = &a->body.card;
	const char *state;

	if (!json_text(b, "state", 2, 2, &state, err))
		return false;
	if (!state_valid(state) || memcmp(a->from.s, state, 2) != 0)
		return err_set(err, ERR_INPUT, "card.state",
		    "member \"body.state\" is not the State of the authority id");
	memcpy(c->state, state, 3);
	return names_decode(c, b, err) &&
	    codes_decode(b, "roles", 1, CARD_ROLES_MAX, c->roles[0],
	    sizeof c->roles[0], &c->roles_n, err) &&
	    codes_decode(b, "languages", 1, CARD_NAMES_MAX, c->languages[0],
	    sizeof c->languages[0], &c->languages_n, err) &&
	    card_languages_valid(c, err) &&
	    text_or_null(b, "phone", 60, &c->phone, err) &&
	    long_codes_decode(b, "carriers", CARD_CARRIERS_MAX, CARD_CARRIER_MAX,
	    c->carriers, &c->carriers_n, err) &&
	    ders_decode(b, "certificates", 1, CARD_CERTS_MAX, c->certificates,
	    &c->certificates_n, err) &&
	    ders_decode(b, "roots", 1, CARD_ROOTS_MAX, c->roots, &c->roots_n, err) &&
	    codes_decode(b, "recipients", 1, CARD_RECIPIENTS_MAX, c->recipients[0],
	    sizeof c->recipients[0], &c->recipients_n, err) &&
	    codes_decode(b, "speaks", 1, 4, c->speaks[0], sizeof c->speaks[0],
	    &c->speaks_n, err) &&
	    ledgers_decode(c, b, err) && validity_decode(c, b, err);
}

static void
codes_encode(struct json_out *j, const char *name, const char *rows, size_t room,
    size_t n)
{
	json_out_array(j, name);
	for (size_t i = 0; i < n; i++)
		json_out_str(j, NULL, rows + i * room);
	json_out_close_array(j);
}

static void
long_codes_encode(struct json_out *j, const char *name, char *const *rows, size_t n)
{
	json_out_array(j, name);
	for (size_t i = 0; i < n; i++)
		json_out_str(j, NULL, rows[i]);
	json_out_close_array(j);
}

static void
ders_encode(struct json_out *j, const char *name, const struct buf *rows, size_t n)
{
	struct buf text;

	json_out_array(j, name);
	buf_init(&text, CERT_BYTES_MAX * 2);
	for (size_t i = 0; i < n && j->ok; i++) {
		buf_reset(&text);
		j->ok = base64_encode(&text, buf_span(&rows[i]), true, j->err);
		json_out_text(j, NULL, buf_span(&text));
	}
	buf_clear(&text);
	json_out_close_array(j);
}

static void
card_encode(const struct act *a, struct json_out *j)
{
	const struct card_body *c = &a->body.card;

	json_out_str(j, "state", c->state);
	json_out_array(j, "names");
	for (size_t i = 0; i < c->names_n; i++)
		marked_encode(&c->names[i], NULL, j);
	json_out_close_array(j);
	codes_encode(j, "roles", c->roles[0], sizeof c->roles[0], c->roles_n);
	codes_encode(j, "languages", c->languages[0], sizeof c->languages[0],
	    c->languages_n);
	json_out_str(j, "phone", c->phone);
	long_codes_encode(j, "carriers", c->carriers, c->carriers_n);
	ders_encode(j, "certificates", c->certificates, c->certificates_n);
	ders_encode(j, "roots", c->roots, c->roots_n);
	codes_encode(j, "recipients", c->recipients[0], sizeof c->recipients[0],
	    c->recipients_n);
	codes_encode(j, "speaks", c->speaks[0], sizeof c->speaks[0], c->speaks_n);
	/* No empty lists: the bytes of a card without them stay what they were. */
	if (c->ledgers_n > 0)
		long_codes_encode(j, "ledgers", c->ledgers, c->ledgers_n);
	if (c->witnesses_n > 0)
		long_codes_encode(j, "witnesses", c->witnesses, c->witnesses_n);
	json_out_int(j, "valid_from", c->valid_from);
	json_out_int(j, "valid_to", c->valid_to);
	if (c->has_previous)
		json_out_digest(j, "previous", &c->previous);
	else
		json_out_null(j, "previous");
}

static void
card_clear(struct act *a)
{
	struct card_body *c = &a->body.card;

	for (size_t i = 0; i < c->names_n; i++)
		marked_clear(&c->names[i]);
	if (c->names_n < CARD_NAMES_MAX)
		marked_clear(&c->names[c->names_n]);	/* half decoded */
	for (size_t i = 0; i < CARD_CARRIERS_MAX; i++)
		mem_free(c->carriers[i]);
	for (size_t i = 0; i < CARD_VKEYS_MAX; i++) {
		mem_free(c->ledgers[i]);
		mem_free(c->witnesses[i]);
	}
	for (size_t i = 0; i < CARD_CERTS_MAX; i++)
		buf_clear(&c->certificates[i]);
	for (size_t i = 0; i < CARD_ROOTS_MAX; i++)
		buf_clear(&c->roots[i]);
	mem_free(c->phone);
}

const struct kind kind_card = {
	.name = "card", .class = ACT_IS_CARD, .needs_stamp = false,
	.says = "this is who we are, and these are our keys",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = card_decode, .encode = card_encode, .clear = card_clear,
};
