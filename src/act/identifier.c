/*
 * Typed identifiers: what the form of each type lets us prove.  Nothing is trimmed,
 * folded or repaired: what is in the file is what a provider is asked about.
 */
#include "act/identifier.h"

#include <stdio.h>
#include <string.h>

#define HANDLE_MAX 400		/* bytes of an account's or other identifier's value */
#define PHONE_DIGITS_MIN 7
#define PHONE_DIGITS_MAX 15	/* E.164 6.2.1 */
#define IMEI_DIGITS 15		/* 3GPP TS 23.003 6.2.1 */
#define PORT_MAX 65535

bool
identifier_say(struct identifier_result *out, enum identifier_verdict verdict,
    const char *reason, const char *text)
{
	out->verdict = verdict;
	out->reason = reason;
	(void)snprintf(out->text, sizeof out->text, "%s", text);
	return verdict != IDENTIFIER_BAD;
}

static bool
bad(struct identifier_result *out, const char *reason, const char *text)
{
	return identifier_say(out, IDENTIFIER_BAD, reason, text);
}

/* ---- the parts ---- */

static const struct field_part *
part_of(const struct field_entry *e, const char *name)
{
	static const struct field_part none;

	for (size_t i = 0; i < LAW_SHAPES; i++)
		if (strcmp(law_shapes[i].name, "identifier") == 0) {
			size_t at = shape_part(&law_shapes[i], name);

			return at < law_shapes[i].parts_n ? &e->parts[at] : &none;
		}
	return &none;
}

static const char *
text_of(const struct field_entry *e, const char *name)
{
	const struct field_part *p = part_of(e, name);

	return p->text != NULL ? p->text : "";
}

struct identifier
identifier_of(const struct field_entry *e)
{
	return (struct identifier){
		.type = text_of(e, "type"),
		.value = text_of(e, "value"),
		.service = text_of(e, "service"),
		.has_at = part_of(e, "at")->has,
		.has_port = part_of(e, "port")->has,
		.port = part_of(e, "port")->n,
	};
}

/* ---- forms ---- */

/* Characters nobody sees let two values look the same. */
static bool
visible(const char *s)
{
	struct span left = span_text(s);
	uint32_t code;

	while (left.n > 0) {
		size_t n = utf8_next(left, &code);

		if (n == 0 || code_invisible(code))
			return false;
		left = span_from(left, n);
	}
	return true;
}

static size_t
digits(const char *s)
{
	return strspn(s, "0123456789");
}

static void
phone(const char *s, struct identifier_result *out)
{
	size_t n = s[0] == '+' ? digits(s + 1) : 0;

	if (n < PHONE_DIGITS_MIN || n > PHONE_DIGITS_MAX || s[1 + n] != '\0' ||
	    s[1] == '0')
		(void)bad(out, "identifier.phone",
		    "is no phone number: write + and 7 to 15 digits, the country code "
		    "first, without blanks");
}

/* The last digit makes the sum of all, every second one doubled, end in 0. */
static bool
luhn(const char *s, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned d = (unsigned)(s[n - 1 - i] - '0');

		d = i % 2 == 1 ? 2 * d : d;
		sum += d > 9 ? d - 9 : d;
	}
	return sum % 10 == 0;
}

static void
imei(const char *s, struct identifier_result *out)
{
	if (strlen(s) != IMEI_DIGITS || digits(s) != IMEI_DIGITS)
		(void)bad(out, "identifier.imei", "is no IMEI: write its 15 digits");
	else if (!luhn(s, IMEI_DIGITS))
		(void)bad(out, "identifier.checksum",
		    "is no IMEI: its last digit does not fit; one is mistyped");
}

static void
sha256(const char *s, struct identifier_result *out)
{
	struct digest d;

	if (!digest_parse(span_text(s), &d))
		(void)bad(out, "identifier.sha256",
		    "is no SHA-256: write 64 hexadecimal digits in lower case");
}

static void
handle(const char *s, struct identifier_result *out)
{
	size_t n = strlen(s);

	if (n == 0 || n > HANDLE_MAX)
		(void)bad(out, "identifier.length", "is not 1 to 400 bytes long");
	else if (s[0] == ' ' || s[n - 1] == ' ')
		(void)bad(out, "identifier.blank", "begins or ends with a blank");
}

/* ---- together ---- */

/* What a value of this type cannot do without. */
static bool
companions(const struct identifier *id, bool partial, struct identifier_result *out)
{
	bool service = strcmp(id->type, "account") == 0 ||
	    strcmp(id->type, "wallet") == 0 || strcmp(id->type, "other") == 0;

	if (id->has_port && (id->port < 1 || id->port > PORT_MAX))
		return bad(out, "identifier.port", "has a port that is not 1 to 65535");
	if (partial)
		return true;
	if (service && id->service[0] == '\0')
		return bad(out, "identifier.service",
		    "needs its service: of an account the provider, of a wallet the "
		    "network, else of what kind it is");
	return id->has_at || strcmp(id->type, "ip") != 0 || bad(out, "identifier.at",
	    "is an address that changes hands: say at what time it was used");
}

static bool
form_of_type(const struct identifier *id, struct identifier_result *out,
    struct err *err)
{
	static const struct {
		const char *type;
		void (*check)(const char *s, struct identifier_result *out);
	} types[] = {
		{ "email", identifier_email }, { "phone", phone },
		{ "ip", identifier_ip }, { "url", identifier_url },
		{ "account", handle }, { "imei", imei }, { "sha256", sha256 },
		{ "other", handle },
	};

	if (strcmp(id->type, "wallet") == 0)
		return id->service[0] == '\0' ||
		    identifier_wallet(id->value, id->service, out, err);
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcmp(types[i].type, id->type) == 0) {
			types[i].check(id->value, out);
			return true;
		}
	(void)bad(out, "identifier.type", "is of a type that is not known");
	return true;
}

bool
identifier_form(const struct field_entry *e, bool partial,
    struct identifier_result *out, struct err *err)
{
	struct identifier id = identifier_of(e);

	(void)identifier_say(out, IDENTIFIER_GOOD, "", "");
	if (!visible(id.value) || !visible(id.service)) {
		(void)bad(out, "identifier.invisible",
		    "holds characters that cannot be seen or turn the direction of text");
		return true;
	}
	if (!companions(&id, partial, out))
		return true;
	if (partial && (id.type[0] == '\0' || id.value[0] == '\0'))
		return true;
	return form_of_type(&id, out, err);
}
