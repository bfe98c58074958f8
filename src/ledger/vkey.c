/* Names of keys, and verifier keys (C2SP signed-note, "Verifier keys"). */
#include "ledger/note_internal.h"

#include <string.h>

#define ED25519_BYTES 32

/* Unicode White_Space, and the control characters of ASCII and Latin-1. */
static bool
blank_or_control(uint32_t c)
{
	return c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0x1680 ||
	    (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
	    c == 0x202F || c == 0x205F || c == 0x3000;
}

bool
name_valid(struct span name)
{
	uint32_t code;

	if (name.n == 0 || name.n > NOTE_NAME_MAX)
		return false;
	while (name.n > 0) {
		size_t n = utf8_next(name, &code);

		if (n == 0 || blank_or_control(code) || code == '+')
			return false;
		name = span_from(name, n);
	}
	return true;
}

bool
note_name_valid(const char *name)
{
	return name_valid(span_of(name, strnlen(name, NOTE_NAME_MAX + 1)));
}

/* SHA-256(name || LF || type || key), its first four bytes. */
static bool
id_of(const char *name, const uint8_t typed[1 + ED25519_BYTES], uint8_t id[4],
    struct err *err)
{
	uint8_t all[NOTE_NAME_MAX + 1 + 1 + ED25519_BYTES];
	size_t n = strlen(name);
	struct digest d;

	memcpy(all, name, n);
	all[n] = '\n';
	memcpy(all + n + 1, typed, 1 + ED25519_BYTES);
	if (!digest_of(span_of(all, n + 1 + 1 + ED25519_BYTES), &d, err))
		return false;
	memcpy(id, d.b, 4);
	return true;
}

bool
vkey_make(const char *name, enum note_key_type type, const uint8_t point[32],
    struct vkey *out, struct err *err)
{
	struct vkey k = { .type = type };
	uint8_t typed[1 + ED25519_BYTES];

	if (!note_name_valid(name))
		return err_set(err, ERR_USE, "vkey.name",
		    "a key's name has 1 to %d bytes, no blank and no \"+\"",
		    NOTE_NAME_MAX);
	if (type != NOTE_ED25519 && type != NOTE_COSIGNATURE)
		return err_set(err, ERR_USE, "vkey.type",
		    "a verifier key is made for Ed25519 only");
	if (key_point_weak(point))
		return err_set(err, ERR_INPUT, "vkey.weak",
		    "under this key anybody can sign: it is no key of anybody");
	typed[0] = (uint8_t)type;
	memcpy(typed + 1, point, ED25519_BYTES);
	memcpy(k.name, name, strlen(name) + 1);
	memcpy(k.point, point, ED25519_BYTES);
	if (!id_of(name, typed, k.id, err))
		return false;
	*out = k;
	return true;
}

static bool
form_wrong(struct err *err, const char *what)
{
	return err_set(err, ERR_INPUT, "vkey.form",
	    "this is no verifier key (name+id+key): %s", what);
}

/* The bytes behind the second "+", and what their type makes of them. */
static bool
typed_key_read(struct vkey *k, const uint8_t id[4], struct span typed, struct err *err)
{
	uint8_t type = typed.n == 0 ? 0 : typed.p[0];

	if (type != NOTE_ED25519 && type != NOTE_COSIGNATURE)
		return typed.n == 0 ? form_wrong(err, "there is no key in it") :
		    err_set(err, ERR_INPUT, "vkey.type", "the verifier key is of type "
		    "0x%02x, which this version does not judge", type);
	if (typed.n != 1 + ED25519_BYTES)
		return form_wrong(err, "an Ed25519 key has 32 bytes");
	if (!vkey_make(k->name, type, typed.p + 1, k, err))
		return false;
	return memcmp(k->id, id, 4) == 0 || err_set(err, ERR_INPUT, "vkey.id",
	    "the id in this verifier key does not belong to its name and key: "
	    "it was copied wrongly, or put together by somebody");
}

bool
vkey_parse(const char *text, struct vkey *out, struct err *err)
{
	size_t n = strnlen(text, VKEY_TEXT_MAX + 1), name_n = strcspn(text, "+");
	uint8_t id[4], typed[BASE64_ROOM(VKEY_TEXT_MAX)];
	struct vkey k = { .type = NOTE_ED25519 };
	size_t typed_n;

	if (n > VKEY_TEXT_MAX)
		return form_wrong(err, "it is too long");
	if (!name_valid(span_of(text, name_n)))
		return form_wrong(err, "the name is not one");
	if (n < name_n + 10 || text[name_n] != '+' || text[name_n + 9] != '+' ||
	    !hex_decode(span_of(text + name_n + 1, 8), id, sizeof id))
		return form_wrong(err, "the id is not 8 digits of lower hex");
	if (!base64_into(span_of(text + name_n + 10, n - name_n - 10), typed,
	    sizeof typed, &typed_n))
		return form_wrong(err, "the key is not canonical base64");
	memcpy(k.name, text, name_n);
	if (!typed_key_read(&k, id, span_of(typed, typed_n), err))
		return false;
	*out = k;
	return true;
}

bool
vkey_print(const struct vkey *k, struct buf *out, struct err *err)
{
	uint8_t typed[1 + ED25519_BYTES];
	size_t n = out->n;

	typed[0] = (uint8_t)k->type;
	memcpy(typed + 1, k->point, ED25519_BYTES);
	if (buf_add_text(out, k->name, err) && buf_add_byte(out, '+', err) &&
	    hex_encode(out, span_of(k->id, 4), err) && buf_add_byte(out, '+', err) &&
	    base64_encode(out, span_of(typed, sizeof typed), true, err))
		return true;
	out->n = n;
	return false;
}
