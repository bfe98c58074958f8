/* What is given: files that options name, instants, the passphrase. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "text/words.h"

/* "-", and what a shell makes of <(...): /dev/fd/N.  -1: an ordinary file. */
static int
descriptor_of(const char *path)
{
	int fd = 0;

	if (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdin") == 0)
		return 0;
	if (strncmp(path, "/dev/fd/", 8) != 0 || path[8] == '\0')
		return -1;
	for (path += 8; *path != '\0'; path++) {
		if (*path < '0' || *path > '9' || fd > 9999)
			return -1;
		fd = fd * 10 + (*path - '0');
	}
	return fd;
}

static bool
file_bytes(struct cli *c, const char *path, struct buf *out)
{
	int fd = descriptor_of(path);
	struct source *src = NULL;
	bool ok;

	if (fd < 0)
		return file_load(c->world, NULL, path, out, &c->err);
	ok = descriptor_source(c->world, fd, &src, &c->err) &&
	    source_all(src, out, &c->err);
	source_free(src);
	return ok;
}

bool
file_option(struct cli *c, const char *path, struct buf *out)
{
	if (!file_bytes(c, path, out))
		return false;
	/* "Nothing given" would mean something else than what was asked for. */
	return out->n > 0 || err_set(&c->err, ERR_INPUT, "use.empty",
	    "the file %s is empty", path);
}

bool
time_option(struct cli *c, const char *text, bool *has, int64_t *at)
{
	*has = text != NULL;
	return text == NULL || when_parse_people(span_text(text), at, &c->err);
}

bool
reader_lang(struct cli *c, struct call *call)
{
	const char *typed = call_value(call, "lang"),
	    *env = world_env(c->world, "COMITY_LANG");

	if (typed != NULL && !words_are_there(typed))
		return err_set(&c->err, ERR_USE, "use.lang",
		    "there are no words in \"%.20s\"; --lang is ar, en, es, fr, pt, ru, vi or zh",
		    typed);
	c->lang = typed != NULL ? typed :
	    env != NULL && words_are_there(env) ? env : NULL;
	return true;
}

/* ---- the passphrase ---- */

/* What an editor puts behind the passphrase is not part of it: CR, LF, more lines. */
static void
first_line(struct buf *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->p[i] == '\n' || b->p[i] == '\r') {
			mem_wipe(b->p + i, b->n - i);
			b->n = i;
			break;
		}
}

static bool
ask_twice(struct cli *c, struct buf *secret, struct err *err)
{
	struct buf again;
	bool ok;

	buf_init_secret(&again, 4096);
	ok = world_ask(c->world, "New passphrase (several words): ", true, secret, err) &&
	    world_ask(c->world, "The same again: ", true, &again, err) &&
	    (span_same_secret(buf_span(secret), buf_span(&again)) || err_set(err,
	    ERR_USE, "passphrase.differs",
	    "the two passphrases differ; nothing was changed"));
	buf_clear(&again);
	return ok;
}

/* Whoever has the disk, or a backup, may try for ever. */
static bool
long_enough(const struct buf *secret, struct err *err)
{
	return secret->n >= PASSPHRASE_MIN || err_set(err, ERR_USE, "passphrase.short",
	    "the new passphrase is shorter than %d characters, and whoever gets hold of the disk can try for ever; take several words. Nothing was changed",
	    PASSPHRASE_MIN);
}

static bool
passphrase_get(struct cli *c, bool fresh, struct buf *secret, struct err *err)
{
	const char *file = fresh && c->new_passphrase_file != NULL ?
	    c->new_passphrase_file : c->passphrase_file;

	cli_progress_end(&c->progress);
	if (file != NULL) {
		if (!file_bytes(c, file, secret)) {
			*err = c->err;
			return err_wrap(err, "the passphrase file");
		}
		first_line(secret);
		return true;
	}
	if (c->no_input || !world_input_is_terminal(c->world))
		return err_set(err, ERR_USE, "passphrase.none",
		    "a passphrase is needed and nobody is here to type it; name its file with --passphrase-file");
	return fresh ? ask_twice(c, secret, err) :
	    world_ask(c->world, "Passphrase: ", true, secret, err);
}

bool
cli_passphrase(void *arg, bool fresh, struct buf *secret, struct err *err)
{
	return passphrase_get(arg, fresh, secret, err) &&
	    (!fresh || secret->n == 0 || long_enough(secret, err));
}
