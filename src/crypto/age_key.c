/* Recipients and identities as people write them. */
#include "crypto/age_internal.h"

#include <string.h>

#include "crypto/bech32.h"

static const char recipient_prefix[] = "age";
static const char identity_prefix[] = "age-secret-key-";

static bool
hybrid(struct err *err, const char *what)
{
	return err_set(err, ERR_USE, "age.hybrid",
	    "%s is hybrid (post-quantum): not supported by this OpenSSL "
	    "(no ML-KEM)", what);
}

bool
age_recipient_parse(struct span text, struct age_recipient *out, struct err *err)
{
	struct age_recipient r;

	if (bech32_decode(text, recipient_prefix, BECH32_LOWER, r.point,
	    sizeof r.point)) {
		*out = r;
		return true;
	}
	if (span_starts(text, "age1pq1"))
		return hybrid(err, "the recipient");
	if (span_starts(text, "AGE-SECRET-KEY-"))
		return err_set(err, ERR_USE, "age.recipient",
		    "this is a secret identity, not a recipient (age1...): "
		    "keep it to yourself");
	return err_set(err, ERR_INPUT, "age.recipient",
	    "this is not an age recipient (age1... and 58 characters more); "
	    "a character may be missing or mistyped");
}

struct age_recipient_text
age_recipient_print(const struct age_recipient *r)
{
	struct age_recipient_text out;
	struct bech32_text text;

	bech32_encode(&text, recipient_prefix, span_of(r->point, sizeof r->point),
	    BECH32_LOWER);
	memcpy(out.s, text.s, strlen(text.s) + 1);
	return out;
}

/* ---- identities ---- */

void
age_identity_free(struct age_identity *id)
{
	if (id == NULL)
		return;
	EVP_PKEY_free(id->key);
	mem_wipe(id, sizeof *id);
	mem_free(id);
}

bool
age_identity_new(struct world *w, struct age_identity **out, struct err *err)
{
	struct age_identity *id = mem_new(sizeof *id, err);

	if (id == NULL)
		return false;
	if (!world_random(w, id->secret, sizeof id->secret, err) ||
	    !age_x25519_key(id->secret, &id->key, id->point, err)) {
		age_identity_free(id);
		return false;
	}
	*out = id;
	return true;
}

bool
age_identity_recipient(const struct age_identity *id, struct age_recipient *out,
    struct err *err)
{
	(void)err;
	memcpy(out->point, id->point, sizeof out->point);
	return true;
}

bool
age_identity_print(const struct age_identity *id, struct buf *secret_out,
    struct err *err)
{
	struct bech32_text text;
	bool ok;

	bech32_encode(&text, identity_prefix, span_of(id->secret, sizeof id->secret),
	    BECH32_UPPER);
	ok = buf_room(secret_out, strlen(text.s) + 1, err) &&
	    buf_add_text(secret_out, text.s, err) &&
	    buf_add_byte(secret_out, '\n', err);
	mem_wipe(&text, sizeof text);
	return ok;
}

/* What a line that is no identity of ours seems to be, without repeating it. */
static bool
foreign(struct span line, struct err *err)
{
	if (span_starts(line, "AGE-SECRET-KEY-PQ-1"))
		return hybrid(err, "the identity");
	if (span_starts(line, "-----BEGIN AGE ENCRYPTED FILE") ||
	    span_starts(line, "age-encryption.org/"))
		return err_set(err, ERR_INPUT, "age.identity_encrypted",
		    "the identity is itself sealed: open it first, with "
		    "\"age -d FILE\"");
	if (span_starts(line, "AGE-PLUGIN-"))
		return err_set(err, ERR_USE, "age.identity_plugin",
		    "the identity belongs to a plugin of age; "
		    "only AGE-SECRET-KEY-1... is read here");
	if (span_starts(line, "-----BEGIN ") || span_starts(line, "ssh-"))
		return err_set(err, ERR_USE, "age.identity_foreign",
		    "this is a key of another program (SSH or PEM); "
		    "only AGE-SECRET-KEY-1... is read here");
	if (span_starts(line, "age1"))
		return err_set(err, ERR_USE, "age.identity_public",
		    "this is a recipient (public); the identity begins with "
		    "AGE-SECRET-KEY-1");
	return err_set(err, ERR_INPUT, "age.identity",
	    "this is not an age identity (AGE-SECRET-KEY-1... and 58 characters "
	    "more); a character may be missing or mistyped");
}

static bool
identity_line(struct span line, struct age_identity **out, struct err *err)
{
	struct age_identity *id = mem_new(sizeof *id, err);
	bool ok;

	if (id == NULL)
		return false;
	if (bech32_decode(line, identity_prefix, BECH32_UPPER, id->secret,
	    sizeof id->secret))
		ok = age_x25519_key(id->secret, &id->key, id->point, err);
	else
		ok = foreign(line, err);
	if (!ok) {
		age_identity_free(id);
		return false;
	}
	*out = id;
	return true;
}

bool
age_identity_parse(struct span file, struct age_identity **out, struct err *err)
{
	struct cursor c = cursor_of(file);
	struct span line;

	while (!cursor_done(&c)) {
		if (!cursor_line(&c, &line) && !cursor_take(&c, c.left.n, &line))
			break;
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n > 0 && line.p[0] != '#')
			return identity_line(line, out, err);
	}
	return err_set(err, ERR_INPUT, "age.identity",
	    "there is no identity in this file (AGE-SECRET-KEY-1...)");
}
