/* One signed mail as a file: MIME parts, headers, the signature behind them. */
#include "text/mail.h"

#include <stdio.h>
#include <string.h>

#include "crypto/digest.h"

#define WORD_MAX 45		/* bytes of one RFC 2047 word: its line stays under 76 */
#define FOLD 57			/* bytes of one base64 line: 76 characters */
#define BOUNDARY_MAX 70		/* RFC 2046 5.1.1 */

struct boundary { char s[BOUNDARY_MAX + 1]; };

struct mime {
	struct buf *to;
	struct err *err;
	bool ok;
};

static void
add(struct mime *m, const char *text)
{
	m->ok = m->ok && buf_add_text(m->to, text, m->err);
}

static void
add_span(struct mime *m, struct span s)
{
	m->ok = m->ok && buf_add(m->to, s, m->err);
}

/* ---- encodings ---- */

static void
add_base64(struct mime *m, struct span s)
{
	while (m->ok && s.n > 0) {
		size_t n = s.n < FOLD ? s.n : FOLD;

		m->ok = base64_encode(m->to, span_part(s, 0, n), true, m->err);
		add(m, "\r\n");
		s = span_from(s, n);
	}
}

static bool
plain(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	/* What looks like an encoded word would be read as one. */
	return memmem(s.p, s.n, "=?", 2) == NULL;
}

/* The longest beginning of s of at most WORD_MAX bytes that ends at a character. */
static size_t
word_length(struct span s)
{
	size_t n = 0;
	uint32_t code;

	while (n < s.n) {
		size_t step = utf8_next(span_from(s, n), &code);

		if (step == 0)
			step = 1;
		if (n + step > WORD_MAX)
			break;
		n += step;
	}
	return n;
}

/* RFC 2047: words of base64, each on a line of its own. */
static void
add_words(struct mime *m, struct span s)
{
	while (m->ok && s.n > 0) {
		size_t n = word_length(s);

		add(m, "\r\n =?UTF-8?B?");
		m->ok = m->ok && base64_encode(m->to, span_part(s, 0, n), true,
		    m->err);
		add(m, "?=");
		s = span_from(s, n);
	}
}

/*
 * "NAME: VALUE": a short plain value as it is, another in words.  Plain ones are not
 * folded at blanks: they fit, or become words.
 */
static void
header(struct mime *m, const char *name, struct span value)
{
	add(m, name);
	add(m, ":");
	if (plain(value) && strlen(name) + 2 + value.n <= MAIL_LINE_MAX) {
		add(m, " ");
		add_span(m, value);
	} else {
		add_words(m, value);
	}
	add(m, "\r\n");
}

/* A display name is always in words: no rule of quoting is needed. */
static void
header_address(struct mime *m, const char *header_name, const char *name,
    const char *address)
{
	add(m, header_name);
	add(m, ":");
	if (name != NULL && name[0] != '\0')
		add_words(m, span_text(name));
	/* Up to 254 characters: alone on its line. */
	add(m, "\r\n <");
	add(m, address);
	add(m, ">\r\n");
}

static bool
attribute_char(uint8_t c)
{
	return ascii_alnum(c) || c == '.' || c == '-' || c == '_';
}

/*
 * RFC 2231: name*0*=UTF-8''..., cut into lines; the receiver's program puts them
 * together.
 */
static void
parameter(struct mime *m, const char *name, const char *value)
{
	static const char hex[] = "0123456789ABCDEF";
	unsigned part = 0;
	size_t line = MAIL_LINE_MAX;
	char text[40];

	for (; m->ok && *value != '\0'; value++) {
		uint8_t c = (uint8_t)*value;

		if (line + 3 >= MAIL_LINE_MAX - 1) {
			(void)snprintf(text, sizeof text, ";\r\n %s*%u*=%s", name, part,
			    part == 0 ? "UTF-8''" : "");
			add(m, text);
			line = strlen(text) - 3;
			part++;
		}
		if (attribute_char(c)) {
			(void)snprintf(text, sizeof text, "%c", c);
			line += 1;
		} else {
			(void)snprintf(text, sizeof text, "%%%c%c", hex[c >> 4],
			    hex[c & 15]);
			line += 3;
		}
		add(m, text);
	}
}

/* ---- dates ---- */

/* RFC 5322 3.3 */
static void
header_date(struct mime *m, int64_t at)
{
	static const char *const days[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue",
		"Wed" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	int64_t day = at / 86400 - (at % 86400 < 0);
	char text[64];
	struct civil c;

	if (!when_civil(at, &c))
		return;
	(void)snprintf(text, sizeof text,
	    "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n",
	    days[((day % 7) + 7) % 7], c.day, months[c.month - 1], c.year, c.hour,
	    c.minute, c.second);
	add(m, text);
}

/* ---- parts ---- */

/* Made from the act id: the same mail is the same file.  No base64 line has "=_". */
static bool
boundary_make(const struct mail *mail, const char *which, struct boundary *out,
    struct err *err)
{
	char text[96];
	struct digest d;

	(void)snprintf(text, sizeof text, "comity-mail/1\n%s\n%s",
	    digest_hex(&mail->act_id).s, which);
	if (!digest_of(span_text(text), &d, err))
		return false;
	(void)snprintf(out->s, sizeof out->s, "=_%.32s", digest_hex(&d).s);
	return true;
}

static void
delimiter(struct mime *m, const struct boundary *b, bool last)
{
	add(m, "--");
	add(m, b->s);
	add(m, last ? "--\r\n" : "\r\n");
}

static void
part_html(struct mime *m, const struct mail *mail)
{
	add(m, "Content-Type: text/html; charset=UTF-8\r\n");
	if (mail->lang != NULL && mail->lang[0] != '\0')
		header(m, "Content-Language", span_text(mail->lang));
	add(m, "Content-Transfer-Encoding: base64\r\n\r\n");
	add_base64(m, mail->html);
}

static void
part_file(struct mime *m, const struct mail_file *f)
{
	add(m, "Content-Type: ");
	add(m, f->type != NULL ? f->type : "application/octet-stream");
	parameter(m, "name", f->name);
	add(m, "\r\nContent-Disposition: attachment");
	parameter(m, "filename", f->name);
	add(m, "\r\nContent-Transfer-Encoding: base64\r\n\r\n");
	add_base64(m, f->bytes);
}

/* What is signed: exactly these bytes, CRLF throughout (RFC 8551 3.1). */
static bool
mixed_make(const struct mail *mail, struct buf *out, struct err *err)
{
	struct mime m = { out, err, true };
	struct boundary b;

	if (!boundary_make(mail, "mixed", &b, err))
		return false;
	add(&m, "Content-Type: multipart/mixed;\r\n boundary=\"");
	add(&m, b.s);
	add(&m, "\"\r\n\r\n");
	delimiter(&m, &b, false);
	part_html(&m, mail);
	for (size_t i = 0; i < mail->files_n; i++) {
		add(&m, "\r\n");
		delimiter(&m, &b, false);
		part_file(&m, &mail->files[i]);
	}
	add(&m, "\r\n");
	delimiter(&m, &b, true);
	return m.ok;
}

/* ---- the whole ---- */

static const char *
domain_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return at == NULL ? "" : at + 1;
}

static void
message_id(struct mime *m, const char *name, const struct digest *act,
    const char *domain)
{
	add(m, name);
	add(m, ":\r\n <");
	add_span(m, span_of(digest_hex(act).s, MAIL_ID_HEX));
	add(m, "@");
	add(m, domain);
	add(m, ">\r\n");
}

static void
head(struct mime *m, const struct mail *mail, const struct boundary *b)
{
	char subject[MAIL_NAME_MAX];
	const char *domain = domain_of(mail->from_address);

	header_date(m, mail->date);
	header_address(m, "From", mail->from_name, mail->from_address);
	header_address(m, "To", mail->to_name, mail->to_address);
	(void)snprintf(subject, sizeof subject, "%s%.60s: %.200s",
	    mail->exercise ? "TRAINING: " : "", mail->number, mail->kind);
	header(m, "Subject", span_text(subject));
	message_id(m, "Message-ID", &mail->act_id, domain);
	if (mail->has_answers)
		message_id(m, "References", &mail->answers, domain);
	add(m, "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/signed;\r\n"
	    " protocol=\"application/pkcs7-signature\";\r\n micalg=");
	add(m, mail->micalg != NULL ? mail->micalg : "sha-256");
	add(m, ";\r\n boundary=\"");
	add(m, b->s);
	add(m, "\"\r\n\r\n");
}

static void
signature_part(struct mime *m, struct span p7s)
{
	add(m, "Content-Type: application/pkcs7-signature; name=smime.p7s\r\n"
	    "Content-Disposition: attachment; filename=smime.p7s\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n");
	add_base64(m, p7s);
}

/* local@domain, ASCII, one "@", nothing that could end a header (RFC 5321 4.1.2). */
static bool
address_valid(const char *s)
{
	const char *at = s == NULL ? NULL : strchr(s, '@');

	if (at == NULL || at == s || at[1] == '\0' || strchr(at + 1, '@') != NULL ||
	    strlen(s) > MAIL_ADDRESS_MAX)
		return false;
	for (; *s != '\0'; s++)
		if (*s <= 0x20 || *s >= 0x7f || strchr("<>()[]\\,;:\"", *s) != NULL)
			return false;
	return true;
}

static bool
name_valid(const char *s)
{
	return s == NULL || (strlen(s) <= MAIL_NAME_MAX && utf8_valid(span_text(s)));
}

static bool
mail_valid(const struct mail *m, struct err *err)
{
	if (!address_valid(m->from_address))
		return err_set(err, ERR_USE, "mail.address",
		    "this office has no mail address to write from: it is on the card (comity init --carrier mailto:ADDRESS); send a letter meanwhile");
	if (!address_valid(m->to_address))
		return err_set(err, ERR_USE, "mail.address",
		    "the receiver's mail address is missing or is none: set it with the correspondent, or send a letter");
	if (!name_valid(m->from_name) || !name_valid(m->to_name))
		return err_set(err, ERR_USE, "mail.name",
		    "a name is more than %d bytes of UTF-8", MAIL_NAME_MAX);
	if (m->files_n > MAIL_FILES_MAX)
		return err_set(err, ERR_LIMIT, "mail.files",
		    "a mail carries at most %d files, not %zu; send the rest another way",
		    MAIL_FILES_MAX, m->files_n);
	for (size_t i = 0; i < m->files_n; i++)
		if (m->files[i].name == NULL || m->files[i].name[0] == '\0' ||
		    !name_valid(m->files[i].name))
			return err_set(err, ERR_USE, "mail.name",
			    "file %zu has no name of 1 to %d bytes of UTF-8", i + 1,
			    MAIL_NAME_MAX);
	return true;
}

static bool
too_large(struct err *err)
{
	if (err != NULL && err->kind == ERR_LIMIT)
		return err_set(err, ERR_LIMIT, "mail.size",
		    "the mail would be more than %u MiB, which most mail systems do not carry; send the files another way",
		    MAIL_PART_MAX >> 20);
	return false;
}

bool
mail_make(const struct mail *mail, struct buf *out, struct err *err)
{
	size_t before = out->n;
	struct boundary b;
	struct buf mixed, p7s;
	struct mime m = { out, err, true };

	if (!mail_valid(mail, err) || !boundary_make(mail, "signed", &b, err))
		return false;
	buf_init(&mixed, MAIL_PART_MAX);
	buf_init(&p7s, MAIL_FILE_MAX - MAIL_PART_MAX);
	m.ok = mixed_make(mail, &mixed, err) || too_large(err);
	m.ok = m.ok && mail->sign(mail->arg, buf_span(&mixed), &p7s, err);
	if (m.ok) {
		head(&m, mail, &b);
		delimiter(&m, &b, false);
		add_span(&m, buf_span(&mixed));
		/* The line end before a delimiter belongs to it (RFC 2046 5.1.1). */
		add(&m, "\r\n");
		delimiter(&m, &b, false);
		signature_part(&m, buf_span(&p7s));
		add(&m, "\r\n");
		delimiter(&m, &b, true);
	}
	buf_clear(&mixed);
	buf_clear(&p7s);
	if (!m.ok)
		out->n = before;
	return m.ok;
}
