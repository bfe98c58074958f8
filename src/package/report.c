/* The answer of a check: findings, the three lines, exit codes. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "crypto/stamp.h"
#include "package/check.h"

void
package_report_init(struct package_report *r)
{
	memset(r, 0, sizeof *r);
	r->unchanged = UNCHANGED_NOT_CHECKED;
	r->who = WHO_NOT_CHECKED;
	r->when = WHEN_NOT_CHECKED;
	r->overall = OVERALL_INCOMPLETE;
	buf_init(&r->signer, 2048);
	buf_init(&r->signature, CMS_SIGNATURE_MAX);
	buf_init(&r->signer_cert, CERT_MAX);
}

void
package_report_clear(struct package_report *r)
{
	if (r->has_act)
		act_clear(&r->act);
	buf_clear(&r->signer);
	buf_clear(&r->signature);
	buf_clear(&r->signer_cert);
	r->has_act = false;
}

int
package_exit_code(const struct package_report *r)
{
	switch (r->overall) {
	case OVERALL_INTACT:
		return 0;
	case OVERALL_CHANGED:
		return 3;
	case OVERALL_INCOMPLETE:
		return 10;
	case OVERALL_NOT_A_PACKAGE:
	case OVERALL_NO_IDENTITY:
		return 2;
	case OVERALL_WRONG_IDENTITY:
		return 4;
	}
	return 1;
}

/* ---- findings ---- */

static void
value_add(struct sentence *s, const char *value)
{
	size_t n = strlen(value) + 1;

	if (n > sizeof s->values - s->used)
		return;
	memcpy(s->values + s->used, value, n);
	s->used += (unsigned)n;
	s->values_n++;
}

/* The values that go into fmt, in its order. */
static void
values_take(struct sentence *s, const char *reason, const char *fmt, va_list ap)
{
	char number[24];

	*s = (struct sentence){ .reason = reason };
	for (const char *p = fmt; (p = strchr(p, '%')) != NULL;) {
		if (strncmp(p, "%s", 2) == 0) {
			value_add(s, va_arg(ap, const char *));
			p += 2;
		} else if (strncmp(p, "%llu", 4) == 0 || strncmp(p, "%lld", 4) == 0) {
			/* Counts: none is below zero. */
			(void)snprintf(number, sizeof number, "%llu",
			    va_arg(ap, unsigned long long));
			value_add(s, number);
			p += 4;
		} else {
			assert(strncmp(p, "%%", 2) == 0);
			p += 2;
		}
	}
}

/* Text that did not fit ends in dots, at a character. */
static void
text_close(char *text, size_t max, int n)
{
	size_t at = max - 4;

	if (n < 0)
		text[0] = '\0';
	if (n < 0 || (size_t)n < max)
		return;
	while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80)
		at--;
	memcpy(text + at, "...", 4);
}

static void finding_put(struct package_report *r, enum finding_state state,
    const char *reason, const char *fmt, va_list ap)
    __attribute__((format(printf, 4, 0)));

static void
finding_put(struct package_report *r, enum finding_state state, const char *reason,
    const char *fmt, va_list ap)
{
	struct finding *f;
	va_list again;

	if (r->findings_n == FINDINGS_MAX) {
		r->findings_more++;
		return;
	}
	f = &r->findings[r->findings_n++];
	f->state = state;
	f->reason = reason;
	va_copy(again, ap);
	values_take(&f->said, reason, fmt, again);
	va_end(again);
	text_close(f->text, sizeof f->text,
	    vsnprintf(f->text, sizeof f->text, fmt, ap));
}

void
finding_add(struct package_report *r, enum finding_state state, const char *reason,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	finding_put(r, state, reason, fmt, ap);
	va_end(ap);
}

void
report_say(char out[400], struct sentence *said, const char *reason, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	values_take(said, reason, fmt, ap);
	va_end(ap);
	va_start(ap, fmt);
	text_close(out, 400, vsnprintf(out, 400, fmt, ap));
	va_end(ap);
}

void
check_broken(struct check *c, const char *reason, const char *fmt, ...)
{
	struct package_report *r = c->r;
	va_list ap;

	if (!c->changed) {
		va_start(ap, fmt);
		values_take(&r->unchanged_said, reason, fmt, ap);
		va_end(ap);
		va_start(ap, fmt);
		text_close(r->unchanged_text, sizeof r->unchanged_text,
		    vsnprintf(r->unchanged_text, sizeof r->unchanged_text, fmt, ap));
		va_end(ap);
	}
	c->changed = true;
	va_start(ap, fmt);
	finding_put(r, FINDING_BROKEN, reason, fmt, ap);
	va_end(ap);
}

/* ---- words ---- */

static const char *const unchanged_words[] = { "YES", "NO", "NOT CHECKED" };
static const char *const who_words[] = { "KNOWN", "UNKNOWN", "REVOKED",
	"NOT CHECKED" };
static const char *const when_words[] = { "PROVEN", "CLAIMED", "NOT CHECKED" };
static const char *const overall_words[] = { "Intact", "Changed",
	"Incomplete check", "Not a package", "No identity given",
	"Wrong identity" };
static const char *const finding_words[] = { "holds", "BROKEN", "undecided",
	"note" };

static bool
lines_print(const struct package_report *r, struct buf *out, struct err *err)
{
	return buf_printf(out, err, "Unchanged?   %s%s%s\n",
	    unchanged_words[r->unchanged], r->unchanged_text[0] != '\0' ? "  " : "",
	    r->unchanged_text) &&
	    buf_printf(out, err, "Who sealed?  %s%s%s\n", r->who_text,
	    r->who_text[0] != '\0' ? "  " : "", who_words[r->who]) &&
	    buf_printf(out, err, "When?        %s%s%s\n", r->when_text,
	    r->when_text[0] != '\0' ? "  " : "", when_words[r->when]);
}

static bool
finding_print(const struct finding *f, struct buf *out, struct err *err)
{
	return buf_printf(out, err, "  %-9s  %s\n", finding_words[f->state], f->text);
}

bool
finding_matters(const struct package_report *r, const struct finding *f, bool details)
{
	return details || (f->state != FINDING_HOLDS &&
	    strcmp(f->text, r->unchanged_text) != 0);
}

static bool
findings_print(const struct package_report *r, bool details, struct buf *out,
    struct err *err)
{
	bool any = false;

	for (size_t i = 0; i < r->findings_n; i++) {
		const struct finding *f = &r->findings[i];

		if (!finding_matters(r, f, details))
			continue;
		if (!any && !buf_add_text(out, "\n", err))
			return false;
		any = true;
		if (!finding_print(f, out, err))
			return false;
	}
	return r->findings_more == 0 || buf_printf(out, err,
	    "  and %llu more findings\n", (unsigned long long)r->findings_more);
}

static bool
ids_print(const struct package_report *r, struct buf *out, struct err *err)
{
	static const char *const forms[] = { "sealed parcel", "plain package",
		"folder", "disclosure: some files of a package" };

	if (!buf_printf(out, err, "\n  read as     %s\n", forms[r->form]))
		return false;
	if (r->has_act && !buf_printf(out, err,
	    "  act         %s from %s, made %s by %s\n", act_kind_name(r->act.kind),
	    r->act.from.s, when_people(r->act.made_at).s, r->act.software))
		return false;
	if (r->has_ids && (!buf_printf(out, err, "  act id      %s\n",
	    digest_hex(&r->act_id).s) || !buf_printf(out, err,
	    "  package id  %s\n", digest_hex(&r->package_id).s)))
		return false;
	return r->judged_at == 0 || buf_printf(out, err,
	    "  judged at   %s\n", when_people(r->judged_at).s);
}

#define NOT_PROVEN \
	"What this does not prove: that the content is true, or that the seizure was\n" \
	"lawful.\n"

bool
package_report_text(const struct package_report *r, bool details, struct buf *out,
    struct err *err)
{
	bool checked = r->overall == OVERALL_INTACT ||
	    r->overall == OVERALL_CHANGED || r->overall == OVERALL_INCOMPLETE;

	if (r->has_act && r->act.exercise && !buf_add_text(out,
	    "*** TRAINING: this was made for an exercise and counts for nothing. "
	    "***\n", err))
		return false;
	if (!buf_printf(out, err, "%s\n\n", overall_words[r->overall]))
		return false;
	if (!checked)
		return buf_printf(out, err, "%s\n", r->unchanged_text);
	return lines_print(r, out, err) &&
	    findings_print(r, details, out, err) &&
	    (!details || ids_print(r, out, err)) &&
	    buf_add_text(out, "\n" NOT_PROVEN, err);
}
