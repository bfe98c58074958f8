#include "package/unpack_journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JOURNAL_LINE_MAX 400		/* "done", a size, a digest, a path of 200 */
#define JOURNAL_READ 4096

struct journal {
	struct world *world;
	struct dir *into;		/* the unpacking caller's */
	char path[sizeof UNPACK_PREFIX + UNPACK_NAME_MAX + sizeof ".journal"];
	char head[128];
	struct file *file;
	uint64_t end;			/* behind the last "safe" */
	struct buf kept;
	/* Replay. */
	uint64_t at;
	char line[JOURNAL_LINE_MAX];
	char part[JOURNAL_READ];	/* bytes of the file from part_at on */
	uint64_t part_at;
	size_t part_n;
};

/* The line at `at` into j->line; *n its length with LF, 0: no whole line. */
static bool
line_at(struct journal *j, uint64_t at, size_t *n, struct err *err)
{
	const char *p, *lf;
	size_t have;

	*n = 0;
	if (at < j->part_at || at + JOURNAL_LINE_MAX > j->part_at + j->part_n) {
		if (!file_read_at(j->file, j->part, JOURNAL_READ, at, &j->part_n, err))
			return false;
		j->part_at = at;
	}
	p = j->part + (at - j->part_at);
	have = j->part_n - (size_t)(at - j->part_at);
	if (have > JOURNAL_LINE_MAX)
		have = JOURNAL_LINE_MAX;
	lf = memchr(p, '\n', have);
	if (lf == NULL)
		return true;
	memcpy(j->line, p, (size_t)(lf - p));
	j->line[lf - p] = '\0';
	*n = (size_t)(lf - p) + 1;
	return true;
}

/* Is there an earlier journal about this file?  j->end: behind its last "safe". */
static bool
look_back(struct journal *j, bool *going_on, struct err *err)
{
	uint64_t at = 0;
	size_t n;

	*going_on = false;
	if (!line_at(j, 0, &n, err))
		return false;
	j->line[n > 0 ? n - 1 : 0] = '\0';
	if (n == 0 || strcmp(j->line, j->head) != 0)
		return true;
	j->at = at = n;
	for (;;) {
		if (!line_at(j, at, &n, err))
			return false;
		if (n == 0)
			break;
		at += n;
		if (strcmp(j->line, "safe") == 0)
			j->end = at;
	}
	*going_on = j->end > 0;
	return true;
}

bool
unpack_journal_restart(struct journal *j, struct err *err)
{
	char line[sizeof j->head + 2];
	int n = snprintf(line, sizeof line, "%s\n", j->head);

	buf_reset(&j->kept);
	j->part_n = 0;
	j->end = j->at = (uint64_t)n;
	return file_truncate(j->file, 0, err) &&
	    file_write_at(j->file, span_of(line, (size_t)n), 0, err);
}

static bool
begin(struct journal *j, bool resume, bool *going_on, struct err *err)
{
	struct err why = ERR_INIT;

	if (!file_open(j->world, j->into, j->path, FILE_UPDATE, &j->file, &why)) {
		if (why.kind != ERR_ABSENT) {
			*err = why;
			return false;
		}
		if (!file_open(j->world, j->into, j->path, FILE_CREATE, &j->file,
		    err))
			return false;
	}
	/* Two runs at once would write over each other. */
	if (!file_lock(j->file, err))
		return err_wrap(err, "another program is unpacking here");
	if (resume && !look_back(j, going_on, err))
		return false;
	if (!*going_on)
		return unpack_journal_restart(j, err);
	return file_truncate(j->file, j->end, err);
}

bool
unpack_journal_open(struct journal **out, struct world *w, struct dir *into,
    const char *quarantine, uint64_t file_size, const struct digest *mark,
    bool resume, bool *going_on, struct err *err)
{
	struct journal *j = mem_new(sizeof *j, err);

	if (j == NULL)
		return false;
	j->world = w;
	j->into = into;
	buf_init(&j->kept, UNPACK_LINES_MAX + 2 * JOURNAL_LINE_MAX);
	(void)snprintf(j->path, sizeof j->path, "%s.journal", quarantine);
	(void)snprintf(j->head, sizeof j->head, "comity.quarantine/1 %llu %s",
	    (unsigned long long)file_size, digest_hex(mark).s);
	*going_on = false;
	if (!begin(j, resume, going_on, err)) {
		unpack_journal_free(j);
		return false;
	}
	*out = j;
	return true;
}

void
unpack_journal_free(struct journal *j)
{
	if (j == NULL)
		return;
	file_close(j->file);
	buf_clear(&j->kept);
	mem_free(j);
}

void
unpack_journal_remove(struct journal *j)
{
	struct err quiet = ERR_INIT;

	if (j == NULL)
		return;
	(void)!path_remove(j->world, j->into, j->path, &quiet);
	unpack_journal_free(j);
}

/* ---- replay ---- */

static bool
number(const char **p, uint64_t *out)
{
	char *end;

	if (**p < '0' || **p > '9')
		return false;
	*out = strtoull(*p, &end, 10);
	if (*end != ' ')
		return false;
	*p = end + 1;
	return true;
}

static bool
line_read(const char *line, struct unpack_done *out)
{
	const char *p = line + 5;

	memset(out, 0, sizeof *out);
	if (strncmp(line, "done ", 5) == 0) {
		if (!number(&p, &out->size) || strlen(p) < 66 ||
		    !digest_parse(span_of(p, 64), &out->digest) || p[64] != ' ')
			return false;
		out->path = p + 65;
		return true;
	}
	if (strncmp(line, "part ", 5) != 0 || !number(&p, &out->size) ||
	    !number(&p, &out->written) || *p == '\0')
		return false;
	out->part = true;
	out->path = p;
	return true;
}

bool
unpack_journal_next(struct journal *j, struct unpack_done *out, bool *more,
    struct err *err)
{
	size_t n;

	*more = false;
	while (j->at < j->end) {
		if (!line_at(j, j->at, &n, err))
			return false;
		if (n == 0)
			break;
		j->at += n;
		if (strcmp(j->line, "safe") == 0)
			continue;
		if (!line_read(j->line, out))
			return err_set(err, ERR_INPUT, "unpack.journal",
			    "the notes of the earlier unpacking are damaged");
		/* A part that went on later is no longer one. */
		if (out->part && j->at + strlen("safe\n") < j->end)
			continue;
		*more = true;
		return true;
	}
	return true;
}

/* ---- noting ---- */

bool
unpack_journal_note(struct journal *j, const struct unpack_done *d, bool *due,
    struct err *err)
{
	if (!buf_printf(&j->kept, err, "done %llu %s %s\n",
	    (unsigned long long)d->size, digest_hex(&d->digest).s, d->path))
		return false;
	*due = j->kept.n >= UNPACK_LINES_MAX;
	return true;
}

bool
unpack_journal_flush(struct journal *j, const struct unpack_done *part, struct err *err)
{
	if (part != NULL && !buf_printf(&j->kept, err, "part %llu %llu %s\n",
	    (unsigned long long)part->size, (unsigned long long)part->written,
	    part->path))
		return false;
	if (!buf_add_text(&j->kept, "safe\n", err) ||
	    !file_write_at(j->file, buf_span(&j->kept), j->end, err) ||
	    !file_sync(j->file, err))
		return false;
	j->end += j->kept.n;
	buf_reset(&j->kept);
	return true;
}
