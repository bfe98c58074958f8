/* Cases and correspondents: rows whose names are sealed. */
#include <string.h>

#include "form/json.h"
#include "store/sql.h"

#define NAMES_MAX 16384		/* of one sealed row: a name, an address, an e-mail */
#define NAME_MAX_BYTES 4000	/* of one of them: an address has a few lines */

/* ---- what is inside a sealed row ---- */

bool
names_seal(struct docket *d, const char *table, unsigned row,
    const struct name_member *m, size_t n, struct buf *out, struct err *err)
{
	struct json_out j;
	struct buf plain;
	bool ok;

	buf_init_secret(&plain, NAMES_MAX);
	json_out_begin(&j, &plain, false, false, err);
	json_out_object(&j, NULL);
	for (size_t i = 0; i < n; i++)
		json_out_str(&j, m[i].name, *m[i].value);
	json_out_close_object(&j);
	ok = json_out_end(&j) && sealed_make(d, table, row, buf_span(&plain), out, err);
	buf_clear(&plain);
	return ok;
}

static bool
names_read(const struct name_member *m, size_t n, struct json_object *o,
    struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		const char *s;

		if (!m[i].needed && json_take_null(o, m[i].name))
			continue;
		if (!json_text(o, m[i].name, 1, NAME_MAX_BYTES, &s, err) ||
		    (*m[i].value = mem_text_of(s, err)) == NULL)
			return false;
	}
	return json_end(o, err);
}

bool
names_open(struct docket *d, const char *table, unsigned row,
    const struct name_member *m, size_t n, struct span sealed, struct err *err)
{
	struct json *j = NULL;
	struct json_object o;
	struct buf plain;
	bool ok;

	buf_init_secret(&plain, NAMES_MAX);
	ok = sealed_open(d, table, row, sealed, &plain, err) &&
	    json_read(&j, buf_span(&plain), NAMES_MAX, err) && json_top(j, &o, err) &&
	    names_read(m, n, &o, err);
	json_free(j);
	buf_clear(&plain);
	return ok;
}

static bool
names_check(const struct name_member *m, size_t n, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		const char *s = *m[i].value;

		if (s == NULL ? m[i].needed : s[0] == '\0' || strlen(s) > NAME_MAX_BYTES)
			return err_set(err, ERR_USE, "docket.name",
			    "the %s must have 1 to %d bytes", m[i].name, NAME_MAX_BYTES);
	}
	return true;
}

bool
next_number(struct docket *d, const char *sql, unsigned *out, struct err *err)
{
	struct query q;
	int64_t last;

	if (!query_begin(&q, d, sql, err) || !query_number(&q, &last, err))
		return false;
	if (last >= INT32_MAX)
		return err_set(err, ERR_LIMIT, "docket.many", "no number is left");
	*out = (unsigned)last + 1;
	return true;
}

/* ---- cases ---- */

void
docket_case_clear(struct docket_case *c)
{
	mem_free(c->name);
	memset(c, 0, sizeof *c);
}

static bool
case_insert(struct docket *d, const char *name, int64_t now, unsigned number,
    struct err *err)
{
	char *text = (char *)(uintptr_t)name;
	struct name_member m = { "name", &text, true };
	struct query q;
	struct buf sealed;
	bool ok;

	buf_init(&sealed, NAMES_MAX + AEAD_EXTRA);
	ok = names_seal(d, "cases", number, &m, 1, &sealed, err) &&
	    query_begin(&q, d, "INSERT INTO cases (number, opened_at, sealed)"
	    " VALUES (?, ?, ?)", err);
	if (ok) {
		bind_int(&q, number);
		bind_int(&q, now);
		bind_bytes(&q, buf_span(&sealed));
		ok = query_run(&q, err);
	}
	buf_clear(&sealed);
	return ok;
}

bool
docket_case_new(struct docket *d, const char *name, int64_t now, unsigned *number,
    struct err *err)
{
	char *text = (char *)(uintptr_t)name;
	struct name_member m = { "name", &text, true };
	unsigned v;
	bool own;

	if (!sealed_key(d, err) || !names_check(&m, 1, err) ||
	    !docket_inner(d, &own, err))
		return false;
	if (!docket_leave(d, own, next_number(d, "SELECT max(number) FROM cases", &v,
	    err) && case_insert(d, name, now, v, err), err))
		return false;
	*number = v;
	return true;
}

bool
docket_case_get(struct docket *d, unsigned number, bool with_name,
    struct docket_case *out, struct err *err)
{
	struct docket_case c = { .number = number };
	struct name_member m = { "name", &c.name, true };
	struct query q;
	bool more, ok;

	if ((with_name && !sealed_key(d, err)) || !query_begin(&q, d,
	    "SELECT opened_at, closed_at, sealed FROM cases WHERE number = ?", err))
		return false;
	bind_int(&q, number);
	ok = query_row(&q, &more, err) && (more || err_set(err, ERR_ABSENT,
	    "case.absent", "there is no case with the number %u", number));
	if (ok) {
		c.opened_at = take_when(&q);
		c.closed_at = take_when(&q);
		ok = query_good(&q, err) && (!with_name ||
		    names_open(d, "cases", number, &m, 1, take_bytes(&q), err));
	}
	query_end(&q);
	if (!ok) {
		docket_case_clear(&c);
		return false;
	}
	*out = c;
	return true;
}

/* Nothing was changed: there is no such row. */
static bool
changed_one(struct docket *d, const char *reason, const char *what, unsigned number,
    struct err *err)
{
	return sqlite3_changes(d->db) > 0 || err_set(err, ERR_ABSENT, reason,
	    "there is no %s with the number %u", what, number);
}

bool
docket_case_close(struct docket *d, unsigned number, int64_t now, struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "UPDATE cases SET closed_at = ? WHERE number = ?", err))
		return false;
	bind_int(&q, now);
	bind_int(&q, number);
	return query_run(&q, err) &&
	    changed_one(d, "case.absent", "case", number, err);
}

bool
docket_cases(struct docket *d, bool with_names,
    bool (*each)(void *arg, const struct docket_case *c, struct err *err), void *arg,
    struct err *err)
{
	int64_t *list = NULL;
	struct query q;
	size_t n = 0;
	bool ok;

	ok = query_begin(&q, d, "SELECT number FROM cases ORDER BY number", err) &&
	    query_numbers(&q, &list, &n, err);
	for (size_t i = 0; ok && i < n; i++) {
		struct docket_case c;

		ok = docket_case_get(d, (unsigned)list[i], with_names, &c, err);
		if (ok) {
			ok = each(arg, &c, err);
			docket_case_clear(&c);
		}
	}
	mem_free(list);
	return ok;
}

bool
docket_case_evidence(struct docket *d, unsigned number, unsigned evidence,
    struct err *err)
{
	struct docket_case c;
	struct query q;

	if (!docket_case_get(d, number, false, &c, err) || !query_begin(&q, d,
	    "INSERT INTO case_evidence VALUES (?1, ?2) ON CONFLICT DO UPDATE"
	    " SET case_number = ?2", err))
		return false;
	bind_int(&q, evidence);
	bind_int(&q, number);
	return query_run(&q, err);
}

bool
docket_evidence_case(struct docket *d, unsigned evidence, unsigned *number,
    struct err *err)
{
	struct query q;
	int64_t v;

	if (!query_begin(&q, d,
	    "SELECT case_number FROM case_evidence WHERE evidence = ?", err))
		return false;
	bind_int(&q, evidence);
	if (!query_number(&q, &v, err))
		return false;
	*number = (unsigned)v;
	return true;
}

/* Numbers as the callers want them. */
static bool
numbers_out(struct query *q, unsigned **out, size_t *n, struct err *err)
{
	int64_t *list = NULL;
	unsigned *v;
	size_t have;

	if (!query_numbers(q, &list, &have, err))
		return false;
	v = mem_array(have, sizeof *v, err);
	for (size_t i = 0; v != NULL && i < have; i++)
		v[i] = (unsigned)list[i];
	mem_free(list);
	if (v == NULL)
		return false;
	*out = v;
	*n = have;
	return true;
}

bool
docket_case_evidences(struct docket *d, unsigned number, unsigned **out, size_t *n,
    struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "SELECT evidence FROM case_evidence"
	    " WHERE case_number = ? ORDER BY evidence", err))
		return false;
	bind_int(&q, number);
	return numbers_out(&q, out, n, err);
}

/* ---- correspondents ---- */

void
correspondent_clear(struct correspondent *c)
{
	mem_free(c->name);
	mem_free(c->address);
	mem_free(c->email);
	memset(c, 0, sizeof *c);
}

#define CORRESPONDENT_MEMBERS 3

static void
members_of(struct correspondent *c, struct name_member m[CORRESPONDENT_MEMBERS])
{
	m[0] = (struct name_member){ "name", &c->name, true };
	m[1] = (struct name_member){ "address", &c->address, false };
	m[2] = (struct name_member){ "email", &c->email, false };
}

static bool
correspondent_insert(struct docket *d, struct correspondent *c, unsigned number,
    struct err *err)
{
	struct name_member m[CORRESPONDENT_MEMBERS];
	struct query q;
	struct buf sealed;
	bool ok;

	members_of(c, m);
	buf_init(&sealed, NAMES_MAX + AEAD_EXTRA);
	ok = names_seal(d, "correspondents", number, m, CORRESPONDENT_MEMBERS, &sealed,
	    err) && query_begin(&q, d,
	    "INSERT INTO correspondents VALUES (?, ?, ?, ?)", err);
	if (ok) {
		bind_int(&q, number);
		bind_text(&q, c->state);
		bind_text(&q, c->languages);
		bind_bytes(&q, buf_span(&sealed));
		ok = query_run(&q, err);
	}
	buf_clear(&sealed);
	return ok;
}

bool
docket_correspondent_new(struct docket *d, struct correspondent *c, struct err *err)
{
	struct name_member m[CORRESPONDENT_MEMBERS];
	unsigned v;
	bool own;

	members_of(c, m);
	if (!sealed_key(d, err) || !names_check(m, CORRESPONDENT_MEMBERS, err) ||
	    !docket_inner(d, &own, err))
		return false;
	if (!docket_leave(d, own, next_number(d,
	    "SELECT max(number) FROM correspondents", &v, err) &&
	    correspondent_insert(d, c, v, err), err))
		return false;
	c->number = v;
	return true;
}

bool
docket_correspondent_get(struct docket *d, unsigned number,
    struct correspondent *out, struct err *err)
{
	struct correspondent c = { .number = number };
	struct name_member m[CORRESPONDENT_MEMBERS];
	struct query q;
	bool more, ok;

	members_of(&c, m);
	if (!sealed_key(d, err) || !query_begin(&q, d,
	    "SELECT state, languages, sealed FROM correspondents WHERE number = ?", err))
		return false;
	bind_int(&q, number);
	ok = query_row(&q, &more, err) && (more || err_set(err, ERR_ABSENT,
	    "correspondent.absent", "there is no correspondent with the number %u",
	    number));
	if (ok) {
		take_text(&q, c.state, sizeof c.state);
		take_text(&q, c.languages, sizeof c.languages);
		ok = query_good(&q, err) && names_open(d, "correspondents", number, m,
		    CORRESPONDENT_MEMBERS, take_bytes(&q), err);
	}
	query_end(&q);
	if (!ok) {
		correspondent_clear(&c);
		return false;
	}
	*out = c;
	return true;
}

bool
docket_correspondent_state(struct docket *d, unsigned number, char out[3],
    struct err *err)
{
	struct query q;
	bool more, ok;

	if (!query_begin(&q, d, "SELECT state FROM correspondents WHERE number = ?", err))
		return false;
	bind_int(&q, number);
	ok = query_row(&q, &more, err) && (more || err_set(err, ERR_ABSENT,
	    "correspondent.absent", "there is no correspondent with the number %u",
	    number));
	if (ok) {
		take_text(&q, out, 3);
		ok = query_good(&q, err);
	}
	query_end(&q);
	return ok;
}

bool
docket_correspondents(struct docket *d, const char *state, unsigned **out, size_t *n,
    struct err *err)
{
	struct query q;

	if (!query_begin(&q, d, "SELECT number FROM correspondents"
	    " WHERE ?1 = '' OR state = ?1 ORDER BY number", err))
		return false;
	bind_text(&q, state == NULL ? "" : state);
	return numbers_out(&q, out, n, err);
}
