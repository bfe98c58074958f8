/* revoked: trust in a card, certificate or consent ends (design.md section 5). */
#include "act/kinds.h"

#include <string.h>

static const char *const what_names[] = {
	[REVOKED_CARD] = "card", [REVOKED_CERTIFICATE] = "certificate",
	[REVOKED_CONSENT] = "consent",
};

static bool
what_parse(const char *s, enum revoked_what *out)
{
	for (unsigned i = 0; i < sizeof what_names / sizeof what_names[0]; i++)
		if (strcmp(what_names[i], s) == 0) {
			*out = (enum revoked_what)i;
			return true;
		}
	return false;
}

static bool
revoked_decode(struct act *a, struct json_object *b, struct err *err)
{
	struct revoked_body *r = &a->body.revoked;
	const char *what;

	if (!json_text(b, "what", 1, 20, &what, err))
		return false;
	if (!what_parse(what, &r->what))
		return err_set(err, ERR_INPUT, "revoked.what",
		    "member \"body.what\" is not card, certificate or consent");
	return json_hex(b, "id", r->id.b, sizeof r->id.b, err) &&
	    json_int(b, "since", 0, WHEN_MAX, &r->since, err) &&
	    marked_decode(b, "reason", ACT_TEXT_MAX, true, &r->reason, err);
}

static void
revoked_encode(const struct act *a, struct json_out *j)
{
	const struct revoked_body *r = &a->body.revoked;

	json_out_str(j, "what", what_names[r->what]);
	json_out_digest(j, "id", &r->id);
	json_out_int(j, "since", r->since);
	marked_encode(&r->reason, "reason", j);
}

static void
revoked_clear(struct act *a)
{
	marked_clear(&a->body.revoked.reason);
}

const struct kind kind_revoked = {
	.name = "revoked", .class = ACT_IS_CARD, .needs_stamp = true,
	.says = "this card, certificate or consent is not to be trusted any more",
	.follows_max = ACT_FOLLOWS_MAX,
	.decode = revoked_decode, .encode = revoked_encode, .clear = revoked_clear,
};
