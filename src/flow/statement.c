/*
 * What is signed when somebody prepares or approves: a text of lines, exactly one for each
 * statement; and the files it rests in.
 */
#include <stdio.h>
#include <string.h>

#include "crypto/key.h"
#include "flow/people_inside.h"

#define STATEMENT_FIRST "comity-approval/1"
#define STATEMENT_MAX 2048
#define SIGNED_MAX (MATTER_MAX * 2 + 8192)	/* as JSON: a byte may take two */
#define MAKERS_MAX 8			/* who wrote one draft; the last eight */

static const char *const steps[] = {
	[STEP_PREPARED] = "prepared",
	[STEP_APPROVED] = "approved",
};

/* ---- the text ---- */

static bool
makers_print(const struct statement *s, struct buf *out, struct err *err)
{
	if (s->step != STEP_PREPARED)
		return true;
	if (!buf_add_text(out, "makers", err))
		return false;
	for (size_t i = 0; i < s->makers_n; i++)
		if (!buf_printf(out, err, " %u", s->makers[i]))
			return false;
	return buf_add_byte(out, '\n', err);
}

bool
statement_print(const struct statement *s, struct buf *out, struct err *err)
{
	return buf_printf(out, err, STATEMENT_FIRST "\nstep %s\nauthority %s\nact %s\n"
	    "kind %s\nrequest %u\nevidence %u\ncontent %s\n", steps[s->step],
	    s->authority.s, people_act_name(s->act), s->kind, s->request, s->evidence,
	    digest_hex(&s->content).s) && makers_print(s, out, err) &&
	    buf_printf(out, err, "person %u\nrole %s\nat %lld\n", s->person, s->role,
	    (long long)s->at) && (!s->has_log || buf_printf(out, err, "log %llu\n",
	    (unsigned long long)s->log)) && (!s->has_place || buf_printf(out, err,
	    "journal %llu %s\n", (unsigned long long)s->place, digest_hex(&s->chain).s)) &&
	    buf_printf(out, err, "how %s\n", s->from_afar ? "from_afar" : "here");
}

/* The rest of the line that begins so. */
static bool
line_take(struct cursor *c, const char *word, char *out, size_t room)
{
	size_t n = strlen(word);
	struct span line;

	if (!cursor_line(c, &line) || line.n <= n || memcmp(line.p, word, n) != 0 ||
	    line.p[n] != ' ' || line.n - n - 1 >= room)
		return false;
	memcpy(out, line.p + n + 1, line.n - n - 1);
	out[line.n - n - 1] = '\0';
	return strlen(out) == line.n - n - 1;
}

static bool
number_take(struct cursor *c, const char *word, uint64_t max, uint64_t *out)
{
	char text[24];

	return line_take(c, word, text, sizeof text) &&
	    decimal_parse(span_text(text), max, out);
}

static bool
makers_take(struct cursor *c, struct statement *s)
{
	char text[64], *at = text, *word;
	uint64_t v;

	if (!line_take(c, "makers", text, sizeof text))
		return false;
	while ((word = strsep(&at, " ")) != NULL) {
		if (s->makers_n == MAKERS_MAX ||
		    !decimal_parse(span_text(word), PEOPLE_MAX, &v))
			return false;
		s->makers[s->makers_n++] = (unsigned)v;
	}
	return s->makers_n > 0;
}

static bool
head_take(struct cursor *c, struct statement *s)
{
	char word[80];
	struct span line;
	uint64_t v;

	if (!cursor_line(c, &line) || !span_is(line, STATEMENT_FIRST) ||
	    !line_take(c, "step", word, sizeof word))
		return false;
	s->step = strcmp(word, steps[STEP_PREPARED]) == 0 ? STEP_PREPARED : STEP_APPROVED;
	if (!line_take(c, "authority", word, sizeof word) ||
	    !authority_id_parse(word, &s->authority) ||
	    !line_take(c, "act", word, sizeof word) || !people_act_parse(word, &s->act) ||
	    !line_take(c, "kind", s->kind, sizeof s->kind) ||
	    !number_take(c, "request", UINT32_MAX, &v))
		return false;
	s->request = (unsigned)v;
	if (!number_take(c, "evidence", EVIDENCE_NUMBER_MAX, &v))
		return false;
	s->evidence = (unsigned)v;
	return line_take(c, "content", word, sizeof word) &&
	    digest_parse(span_text(word), &s->content);
}

/* Where the journal ended, or what an earlier version said of it. */
static bool
place_take(struct cursor *c, struct statement *s)
{
	char text[96], *hex;

	if (s->step != STEP_APPROVED)
		return true;
	s->has_log = span_starts(c->left, "log ");
	s->has_place = span_starts(c->left, "journal ");
	if (s->has_log)
		return number_take(c, "log", INT64_MAX, &s->log);
	if (!s->has_place)
		return true;
	if (!line_take(c, "journal", text, sizeof text) || (hex = strchr(text, ' ')) == NULL)
		return false;
	*hex++ = '\0';
	return decimal_parse(span_text(text), INT64_MAX, &s->place) &&
	    digest_parse(span_text(hex), &s->chain);
}

static bool
tail_take(struct cursor *c, struct statement *s)
{
	char word[32];
	uint64_t v;

	if (!number_take(c, "person", PEOPLE_MAX, &v))
		return false;
	s->person = (unsigned)v;
	if (!line_take(c, "role", s->role, sizeof s->role) ||
	    !number_take(c, "at", WHEN_MAX, &v))
		return false;
	s->at = (int64_t)v;
	if (!place_take(c, s) || !line_take(c, "how", word, sizeof word))
		return false;
	s->from_afar = strcmp(word, "from_afar") == 0;
	return cursor_done(c);
}

/* Whatever was overlooked shows here: there is one text for each statement. */
static bool
same_again(const struct statement *s, struct span text, struct err *err)
{
	struct buf again;
	bool ok;

	buf_init(&again, STATEMENT_MAX);
	ok = statement_print(s, &again, err) && span_eq(buf_span(&again), text);
	buf_clear(&again);
	return ok;
}

bool
statement_parse(struct span text, struct statement *out, struct err *err)
{
	struct cursor c = cursor_of(text);
	struct statement s;

	memset(&s, 0, sizeof s);
	if (!head_take(&c, &s) || (s.step == STEP_PREPARED && !makers_take(&c, &s)) ||
	    !tail_take(&c, &s) || !code_valid(s.kind) || !code_valid(s.role) ||
	    !same_again(&s, text, err))
		return err_set(err, ERR_INPUT, "approval.form",
		    "this is no approval as Comity writes them");
	*out = s;
	return true;
}

/* ---- with its signature ---- */

void
signed_file_init(struct signed_file *s)
{
	memset(s, 0, sizeof *s);
	buf_init(&s->statement, STATEMENT_MAX);
	buf_init(&s->content, MATTER_MAX);
}

void
signed_file_clear(struct signed_file *s)
{
	buf_clear(&s->statement);
	buf_clear(&s->content);
}

bool
signed_print(const char *schema, struct span statement,
    const uint8_t signature[PERSON_SIGNATURE], struct span content, int64_t due_at,
    struct buf *out, struct err *err)
{
	struct json_out j;
	struct buf hex;
	const char *text;
	bool ok;

	buf_init(&hex, 2 * PERSON_SIGNATURE + 1);
	ok = hex_encode(&hex, span_of(signature, PERSON_SIGNATURE), err) &&
	    buf_text(&hex, &text, err);
	if (ok) {
		json_out_begin(&j, out, true, false, err);
		json_out_object(&j, NULL);
		json_out_str(&j, "schema", schema);
		json_out_text(&j, "statement", statement);
		json_out_str(&j, "signature", text);
		if (strcmp(schema, MATTER_SCHEMA) == 0) {
			json_out_int(&j, "due_at", due_at);
			json_out_text(&j, "content", content);
		}
		json_out_close_object(&j);
		ok = json_out_end(&j) && buf_add_byte(out, '\n', err);
	}
	buf_clear(&hex);
	return ok;
}

static bool
signed_in(const char *schema, struct json_object *o, struct signed_file *out,
    struct err *err)
{
	const char *s, *content;

	if (!json_text(o, "schema", 1, 40, &s, err))
		return false;
	if (strcmp(s, schema) != 0)
		return err_set(err, ERR_INPUT, "approval.schema",
		    "this is no approval, or one of another version of Comity");
	if (!json_text(o, "statement", 1, STATEMENT_MAX - 1, &s, err) ||
	    !buf_add_text(&out->statement, s, err) ||
	    !json_hex(o, "signature", out->signature, PERSON_SIGNATURE, err) ||
	    !statement_parse(buf_span(&out->statement), &out->is, err))
		return false;
	if (strcmp(schema, MATTER_SCHEMA) == 0 &&
	    (!json_int(o, "due_at", 0, WHEN_MAX, &out->due_at, err) ||
	    !json_text(o, "content", 0, MATTER_MAX, &content, err) ||
	    !buf_add_text(&out->content, content, err)))
		return false;
	return json_end(o, err);
}

bool
signed_parse(const char *schema, struct span file, struct signed_file *out,
    struct err *err)
{
	struct json *j = NULL;
	struct json_object o;
	bool ok;

	ok = json_read(&j, file, SIGNED_MAX, err) && json_top(j, &o, err) &&
	    signed_in(schema, &o, out, err);
	json_free(j);
	return ok;
}

bool
signed_holds(const struct people *p, const struct signed_file *s, bool *holds,
    struct err *err)
{
	const struct person *by = NULL;

	*holds = false;
	for (size_t i = 0; i < p->n; i++)
		if (p->list[i].number == s->is.person)
			by = &p->list[i];
	/* Who is only here cannot sign from afar, and the other way round. */
	return by == NULL || by->afar != s->is.from_afar || key_verify_ed25519(by->point,
	    buf_span(&s->statement), span_of(s->signature, PERSON_SIGNATURE), holds, err);
}

/* ---- files ---- */

struct approval_path
matter_path(const struct digest *content)
{
	struct approval_path p;

	(void)snprintf(p.s, sizeof p.s, APPROVALS_FOLDER "/%s.age",
	    digest_hex(content).s);
	return p;
}

bool
matter_name(const char *name, struct digest *content)
{
	return strlen(name) == 68 && strcmp(name + 64, ".age") == 0 &&
	    digest_parse(span_part(span_text(name), 0, 64), content);
}

struct approval_path
approval_path(const struct digest *content, unsigned person)
{
	struct approval_path p;

	(void)snprintf(p.s, sizeof p.s, APPROVALS_FOLDER "/%s-P%u.json",
	    digest_hex(content).s, person);
	return p;
}

bool
matter_save(struct flow *f, const struct statement *s, struct span content,
    int64_t due_at, struct err *err)
{
	uint8_t signature[PERSON_SIGNATURE];
	struct buf text, plain, sealed;
	bool ok;

	buf_init(&text, STATEMENT_MAX);
	buf_init(&plain, SIGNED_MAX);
	buf_init(&sealed, SIGNED_MAX + 4096);
	ok = statement_print(s, &text, err) &&
	    keyring_person_sign(f->keyring, buf_span(&text), signature, err) &&
	    signed_print(MATTER_SCHEMA, buf_span(&text), signature, content, due_at,
	    &plain, err) &&
	    group_seal(f->home, GROUP_DESK, buf_span(&plain), &sealed, err) &&
	    dir_make_all(f->world, home_dir(f->home), APPROVALS_FOLDER, err) &&
	    home_save(f->home, matter_path(&s->content).s, buf_span(&sealed), err);
	buf_clear(&text);
	buf_clear(&plain);
	buf_clear(&sealed);
	return ok;
}

bool
owed_note(struct flow *f, const struct digest *content, int64_t at, struct err *err)
{
	struct approval_path path;
	char text[32];

	(void)snprintf(path.s, sizeof path.s, APPROVALS_FOLDER "/%s.due",
	    digest_hex(content).s);
	(void)snprintf(text, sizeof text, "%lld", (long long)at);
	if (at != 0)
		return dir_make_all(f->world, home_dir(f->home), APPROVALS_FOLDER, err) &&
		    home_save(f->home, path.s, span_text(text), err);
	return path_clear(f->world, home_dir(f->home), path.s, err);
}

/*
 * They are the first of two: people whom somebody let in and who work here; the signer
 * with a role that prepares.  left: who owes nothing but a second signature may have left.
 */
bool
makers_work(struct people *p, const struct statement *s, bool left)
{
	const struct person *by = person_find(p, s->person);
	const unsigned may = (1u << PEOPLE_DRAFT) | (1u << s->act);

	for (size_t i = 0; i < s->makers_n; i++) {
		const struct person *maker = person_find(p, s->makers[i]);

		if (maker == NULL || maker->let_in_by == 0 || maker->afar)
			return false;
	}
	return left || (!by->disabled && (people_roles_may(by->roles) & may) != 0);
}

/* It holds what its name says, and whoever signed it could prepare it. */
static bool
matter_holds(struct flow *f, const struct digest *content, const struct signed_file *s,
    bool *holds, struct err *err)
{
	struct digest is;

	*holds = false;
	if (s->is.step != STEP_PREPARED || !digest_eq(&s->is.content, content) ||
	    s->is.makers[0] != s->is.person ||
	    !makers_work(f->people, &s->is, s->due_at != 0) ||
	    strcmp(s->is.authority.s, home_settings(f->home)->authority.s) != 0)
		return true;
	if (!digest_of(buf_span(&s->content), &is, err))
		return false;
	return !digest_eq(&is, content) || signed_holds(f->people, s, holds, err);
}

bool
matter_load(struct flow *f, const struct digest *content, struct signed_file *out,
    bool *found, struct err *err)
{
	struct approval_path path = matter_path(content);
	struct err why = ERR_INIT;
	struct buf sealed, plain;
	bool ok;

	buf_init(&sealed, SIGNED_MAX + 4096);
	buf_init(&plain, SIGNED_MAX);
	*found = false;
	ok = home_load(f->home, path.s, &sealed, &why);
	if (!ok && why.kind == ERR_ABSENT) {
		buf_clear(&sealed);
		return true;
	}
	ok = ok && keyring_group_open(f->keyring, GROUP_DESK, buf_span(&sealed), &plain,
	    &why) && signed_parse(MATTER_SCHEMA, buf_span(&plain), out, &why);
	/* What was not sealed here is not what was prepared: it is prepared anew. */
	if (!ok && (why.kind == ERR_INPUT || strcmp(why.reason, "age.no_match") == 0))
		ok = true;
	else if (!ok)
		*err = why;
	else
		ok = matter_holds(f, content, out, found, err);
	buf_clear(&sealed);
	buf_clear(&plain);
	return ok;
}

bool
approvals_each(struct flow *f, bool (*each)(void *arg, const char *name,
    struct err *err), void *arg, struct err *err)
{
	struct listing *l = NULL;
	struct listing_entry e;
	struct file_info info;
	struct err why = ERR_INIT;
	bool more = true, ok;

	if (!path_info(f->world, home_dir(f->home), APPROVALS_FOLDER, &info, &why)) {
		if (why.kind == ERR_ABSENT)
			return true;
		*err = why;
		return false;
	}
	ok = listing_open(f->world, home_dir(f->home), APPROVALS_FOLDER, &l, err);
	while (ok && more) {
		ok = listing_next(l, &e, &more, err);
		if (ok && more)
			ok = each(arg, e.name, err);
	}
	listing_close(l);
	return ok;
}
