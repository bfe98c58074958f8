#include "cli/check_custody.h"

#include <stdio.h>
#include <string.h>

#include "form/json.h"
#include "text/verdict.h"

#define PROOF_ENDING ".tlog-proof"
#define PATH_ROOM 4200			/* of a person's path with one of our endings */
#define SALT_FILE 256			/* 64 hex digits and a line end */

static bool
ends(const char *s, const char *ending)
{
	size_t n = strlen(s), e = strlen(ending);

	return n > e && strcmp(s + n - e, ending) == 0;
}

static bool
load(const struct custody_asked *a, const char *path, struct buf *out, struct err *err)
{
	return file_load(a->world, NULL, path, out, err) || err_wrap(err, "%s", path);
}

static bool
salt_load(const struct custody_asked *a, const char *path, uint8_t out[RECORD_SALT],
    struct err *err)
{
	struct buf text;
	struct span s;
	bool ok;

	buf_init(&text, SALT_FILE);
	ok = load(a, path, &text, err);
	if (ok) {
		s = buf_span(&text);
		if (s.n > 0 && s.p[s.n - 1] == '\n')
			s.n--;
		ok = hex_decode(s, out, RECORD_SALT) || err_set(err, ERR_INPUT,
		    "salt.form", "%s is no salt: 64 small hex digits", path);
	}
	buf_clear(&text);
	return ok;
}

/* ---- one proof with its record and salt ---- */

static bool
three_add(const struct custody_asked *a, const char *proof, const char *record,
    const char *salt, struct custody *c, struct err *err)
{
	uint8_t bytes[RECORD_SALT];
	struct custody_link *l = NULL;
	struct buf text, file;
	bool ok;

	buf_init(&text, RECORD_MAX);
	buf_init(&file, PROOF_MAX);
	ok = load(a, record, &text, err) && salt_load(a, salt, bytes, err) &&
	    load(a, proof, &file, err);
	if (ok) {
		l = custody_add(c, buf_span(&text), bytes, err);
		ok = (l != NULL || err_wrap(err, "%s", record)) &&
		    custody_proof_add(l, buf_span(&file), err);
	}
	buf_clear(&text);
	buf_clear(&file);
	return ok;
}

/* NAME.tlog-proof has NAME.json and NAME.salt beside it, unless others are named. */
static bool
proof_add(const struct custody_asked *a, const char *path, struct custody *c,
    struct err *err)
{
	char record[PATH_ROOM], salt[PATH_ROOM];
	size_t n = strlen(path) - strlen(PROOF_ENDING);

	if (n > PATH_ROOM - 16)
		return err_set(err, ERR_LIMIT, "check.path", "%.60s... is too long a name",
		    path);
	(void)snprintf(record, sizeof record, "%.*s.json", (int)n, path);
	(void)snprintf(salt, sizeof salt, "%.*s.salt", (int)n, path);
	return three_add(a, path, a->record != NULL ? a->record : record,
	    a->salt != NULL ? a->salt : salt, c, err);
}

/* ---- a folder of them ---- */

struct names {
	char name[CUSTODY_LINKS_MAX][256];
	size_t n;
};

static bool
names_load(const struct custody_asked *a, struct names *x, struct err *err)
{
	struct listing_entry e;
	struct listing *l = NULL;
	bool more = true, ok;

	ok = listing_open(a->world, NULL, a->path, &l, err);
	while (ok && more) {
		ok = listing_next(l, &e, &more, err);
		if (!ok || !more || !ends(e.name, PROOF_ENDING))
			continue;
		if (x->n == CUSTODY_LINKS_MAX)
			ok = err_set(err, ERR_LIMIT, "custody.links",
			    "%s holds more than %d proof files", a->path,
			    CUSTODY_LINKS_MAX);
		else
			(void)snprintf(x->name[x->n++], sizeof x->name[0], "%s", e.name);
	}
	listing_close(l);
	return ok;
}

/* In the order of their names: a folder has none of its own. */
static void
names_sort(struct names *x)
{
	char t[sizeof x->name[0]];

	for (size_t i = 1; i < x->n; i++)
		for (size_t k = i; k > 0 && strcmp(x->name[k - 1], x->name[k]) > 0; k--) {
			memcpy(t, x->name[k], sizeof t);
			memcpy(x->name[k], x->name[k - 1], sizeof t);
			memcpy(x->name[k - 1], t, sizeof t);
		}
}

static bool
folder_add(const struct custody_asked *a, struct custody *c, struct err *err)
{
	struct names *x = mem_new(sizeof *x, err);
	char path[PATH_ROOM];
	bool ok = x != NULL && names_load(a, x, err);

	if (ok && x->n == 0)
		ok = err_set(err, ERR_INPUT, "check.folder",
		    "%s holds no proof file (NAME" PROOF_ENDING " with NAME.json and NAME.salt)",
		    a->path);
	if (ok)
		names_sort(x);
	for (size_t i = 0; ok && i < x->n; i++)
		ok = (snprintf(path, sizeof path, "%s/%s", a->path, x->name[i]) <
		    (int)sizeof path || err_set(err, ERR_LIMIT, "check.path",
		    "%.60s... is too long a name", a->path)) &&
		    proof_add(a, path, c, err);
	mem_free(x);
	return ok;
}

/* ---- what was handed in ---- */

static bool
custody_take(const struct custody_asked *a, struct custody *c, struct err *err)
{
	struct file_info info;
	struct buf json;
	bool ok;

	c->loose = true;
	if (!path_info_follow(a->world, a->path, &info, err))
		return false;
	if (info.type == FILE_DIR)
		return folder_add(a, c, err);
	if (a->record != NULL || ends(a->path, PROOF_ENDING)) {
		if (a->record != NULL && a->salt == NULL)
			return err_set(err, ERR_USE, "use.leaf",
			    "--leaf-record needs --leaf-salt beside it");
		return proof_add(a, a->path, c, err);
	}
	buf_init(&json, CUSTODY_FILE_MAX);
	ok = load(a, a->path, &json, err) && custody_read(buf_span(&json), c, err);
	buf_clear(&json);
	return ok;
}

static bool
policy_take(const struct custody_asked *a, struct quorum **q, struct err *err)
{
	struct buf text;
	bool ok;

	buf_init(&text, QUORUM_FILE_MAX);
	ok = load(a, a->policy, &text, err) && (quorum_read(buf_span(&text), q, err) ||
	    err_wrap(err, "%s", a->policy));
	buf_clear(&text);
	return ok;
}

static bool
answer_json(const struct custody *c, struct buf *out, struct err *err)
{
	struct json_out j;

	json_out_begin(&j, out, true, false, err);
	json_out_object(&j, NULL);
	json_out_str(&j, "schema", "comity.custody-verdict/1");
	custody_json(c, &j);
	json_out_close_object(&j);
	return json_out_end(&j);
}

bool
custody_check(const struct custody_asked *a, struct buf *answer, int *code,
    struct err *err)
{
	struct quorum *q = NULL;
	struct custody c;
	bool ok;

	custody_init(&c);
	ok = policy_take(a, &q, err) && custody_take(a, &c, err);
	/* Longer than any of ours: no custody file, as one of another form. */
	if (!ok && err->kind == ERR_LIMIT)
		err->kind = ERR_INPUT;
	ok = ok && custody_judge(&c, q, err) && (a->json ? answer_json(&c, answer, err) :
	    custody_words(&c, a->lang, answer, err));
	if (ok)
		*code = custody_exit_code(&c);
	quorum_free(q);
	custody_clear(&c);
	return ok;
}
