#include "package/read_plain.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "form/tar.h"

#define AGE_NONCE 16
#define AGE_TAG (AGE_CHUNK_SEALED - AGE_CHUNK)
#define AGE_LINE "age-encryption.org/v1\n"
#define ARMOR_LINE "-----BEGIN AGE ENCRYPTED FILE-----"
#define PEEK 1024			/* enough of a file to say what it is */

void
plain_close(struct plain *p)
{
	age_stream_free(p->stream);
	file_close(p->file);
	memset(p, 0, sizeof *p);
}

/* ---- what is it? ---- */

static bool
hex_at(struct span s, size_t at, size_t n)
{
	for (size_t i = at; i < at + n && i < s.n; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') ||
		    (s.p[i] >= 'a' && s.p[i] <= 'f')))
			return false;
	return true;
}

static bool
bytes_at(struct span s, size_t at, const char *what)
{
	size_t n = strlen(what);

	return s.n >= at + n && memcmp(s.p + at, what, n) == 0;
}

/*
 * Did this begin as a package's tar?  Two of its three marks are enough, so that
 * a package with a changed first block is called changed and not something else.
 */
static bool
began_as_package(struct span s)
{
	unsigned marks = 0;

	if (s.n < TAR_BLOCK)		/* cut in its first header */
		return bytes_at(s, 0, "comity-") && hex_at(s, 7, 32) &&
		    (s.n <= 39 || s.p[39] == '/');
	marks += bytes_at(s, 0, "comity-");
	marks += bytes_at(s, 39, "/bagit.txt");
	marks += bytes_at(s, 257, "ustar");
	return marks >= 2;
}

/* A guess at what something else is, from its first bytes, to help people. */
static const char *
guess(struct span s)
{
	static const struct {
		size_t at;
		const char *bytes, *is;
	} known[] = {
		{ 0, "PK\003\004", "a zip archive" },
		{ 0, "\037\213", "a gzip-compressed file" },
		{ 0, "\3757zXZ", "an xz-compressed file" },
		{ 0, "(\265/\375", "a zstd-compressed file" },
		{ 0, "7z\274\257", "a 7-Zip archive" },
		{ 0, "%PDF-", "a PDF document" },
		{ 0, "-----BEGIN ", "a PEM text (a key or certificate)" },
		{ 0, "age-encryption.org/", "an age file of another version" },
		{ 0, PARCEL_APART, "a parcel as it rests in its home, without its header: there it opens, and leaves whole with comity bundle write" },
		{ 0, "AGE-SECRET-KEY-", "an age identity, which is secret" },
		{ 0, "\177ELF", "a program" },
		{ 257, "ustar", "a tar archive, but not one of Comity's" },
	};

	if (s.n == 0)
		return "an empty file";
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (bytes_at(s, known[i].at, known[i].bytes))
			return known[i].is;
	return "some other file";
}

static void
say_foreign(char text[400], struct span begin)
{
	(void)snprintf(text, 400, "This is not a package: it seems to be %s. Give "
	    "the .comity parcel, the plain package (.tar or .card) or the unpacked "
	    "folder that holds bagit.txt.", guess(begin));
}

/* ---- a parcel ---- */

static void
say_broken(char text[400], const struct err *why)
{
	(void)snprintf(text, 400, "The first part of the parcel was changed or cut "
	    "on its way (%.250s). Ask the sender for the same parcel again.",
	    why->text);
}

/* What the sizes say about the chunks; the last one may be too short to open. */
static void
chunks_count(struct plain *p)
{
	uint64_t left = p->file_size - p->chunks_at;

	p->chunks = left / AGE_CHUNK_SEALED + (left % AGE_CHUNK_SEALED != 0);
	if (left < p->chunks * AGE_TAG)
		p->size = 0;
	else
		p->size = left - p->chunks * AGE_TAG;
}

static bool
header_open(struct plain *p, struct span begin, const struct age_keys *keys,
    enum plain_kind *kind, char text[400], struct err *err)
{
	struct err why = ERR_INIT;
	size_t n = 0;
	bool enough = false;

	if (!age_header_length(begin, &n, &enough, &why) || !enough ||
	    begin.n - n < AGE_NONCE) {
		if (why.kind == ERR_NONE)
			(void)err_set(&why, ERR_INPUT, "age.header",
			    "it ends inside its header");
		if (why.kind != ERR_INPUT && why.kind != ERR_LIMIT) {
			*err = why;
			return false;
		}
		*kind = PLAIN_BROKEN_HEADER;
		say_broken(text, &why);
		return true;
	}
	p->sealed = true;
	p->chunks_at = n + AGE_NONCE;
	chunks_count(p);
	if (keys == NULL || (keys->n == 0 && keys->passphrase.n == 0)) {
		*kind = PLAIN_NO_IDENTITY;
		(void)snprintf(text, 400, "This parcel is sealed, and no identity "
		    "to open it was given. Add --identity FILE with the key of its "
		    "receiver.");
		return true;
	}
	if (age_open_start(span_part(begin, 0, n), span_part(begin, n, AGE_NONCE),
	    keys, &p->stream, &why)) {
		*kind = PLAIN_PARCEL;
		return true;
	}
	if (why.kind == ERR_DENIED) {
		*kind = PLAIN_WRONG_IDENTITY;
		/* A changed stanza looks the same: nobody can tell the two apart. */
		(void)snprintf(text, 400, "This parcel was sealed for somebody else "
		    "(or its first lines were changed on the way): the identity that "
		    "was given does not open it. Use the key of the authority it was "
		    "sent to.");
		return true;
	}
	if (why.kind == ERR_USE) {
		*kind = PLAIN_WRONG_IDENTITY;
		(void)snprintf(text, 400, "%.390s", why.text);
		return true;
	}
	if (why.kind != ERR_INPUT && why.kind != ERR_LIMIT) {
		*err = why;
		return false;
	}
	*kind = PLAIN_BROKEN_HEADER;
	say_broken(text, &why);
	return true;
}

static bool
parcel_open(struct plain *p, const struct age_keys *keys, enum plain_kind *kind,
    char text[400], struct err *err)
{
	size_t max = AGE_HEADER_MAX + AGE_NONCE, got;
	uint8_t *begin = mem_resize(NULL, max, err);
	bool ok;

	if (begin == NULL)
		return false;
	ok = file_read_at(p->file, begin, max, 0, &got, err) &&
	    header_open(p, span_of(begin, got), keys, kind, text, err);
	mem_free(begin);
	return ok;
}

/* ---- opening ---- */

/* With its header before it, when that was kept apart. */
static bool
file_join(struct plain *p, struct span head, struct err *err)
{
	struct file *joined = NULL;

	if (head.n == 0)
		return true;
	if (!file_headed(p->file, head, &joined, err))
		return false;
	p->file = joined;
	return true;
}

static bool
file_look(struct plain *p, const struct package_reading *in,
    enum plain_kind *kind, char text[400], struct err *err)
{
	uint8_t begin[PEEK];
	struct file_info info;
	struct span s;
	size_t got;

	if (!file_open(in->world, in->at, in->path, FILE_READ, &p->file, err) ||
	    !file_join(p, in->head, err) || !file_info(p->file, &info, err) ||
	    !file_read_at(p->file, begin, sizeof begin, 0, &got, err) ||
	    !digest_of(span_of(begin, got), &p->mark, err))
		return false;
	s = span_of(begin, got);
	p->file_size = p->size = info.size;
	file_sequential(p->file);
	if (span_starts(s, AGE_LINE))
		return parcel_open(p, in->keys, kind, text, err);
	if (began_as_package(s)) {
		*kind = PLAIN_TAR;
		return true;
	}
	*kind = PLAIN_FOREIGN;
	if (span_starts(s, ARMOR_LINE))
		(void)snprintf(text, 400, "This is a parcel in text armor, as mail "
		    "programs make it. Take the armor off first: age --decrypt "
		    "reads both forms; or ask for the .comity file itself.");
	else
		say_foreign(text, s);
	return true;
}

bool
plain_open(struct plain *out, enum plain_kind *kind, char text[400],
    const struct package_reading *in, struct err *err)
{
	struct file_info info;
	struct plain p = { .world = in->world };

	if (!(in->at == NULL ? path_info_follow(in->world, in->path, &info, err) :
	    path_info(in->world, in->at, in->path, &info, err)))
		return false;
	text[0] = '\0';
	if (info.type == FILE_DIR) {
		*kind = PLAIN_FOLDER;
		*out = p;
		return true;
	}
	if (info.type != FILE_REGULAR && info.type != FILE_DEVICE) {
		*kind = PLAIN_FOREIGN;
		(void)snprintf(text, 400, "This is not a package: it is no file and "
		    "no folder. Copy the package to a file first.");
		*out = p;
		return true;
	}
	if (!file_look(&p, in, kind, text, err)) {
		plain_close(&p);
		return false;
	}
	*out = p;
	return true;
}

/* ---- reading ---- */

bool
plain_reader_init(struct plain_reader *r, const struct plain *p, struct err *err)
{
	memset(r, 0, sizeof *r);
	if (!p->sealed)
		return true;
	r->scratch = mem_resize(NULL, PLAIN_SCRATCH, err);	/* read into, then read */
	if (r->scratch != NULL && age_chunker_new(&r->chunker, p->stream, err))
		return true;
	plain_reader_clear(r);
	return false;
}

void
plain_reader_clear(struct plain_reader *r)
{
	age_chunker_free(r->chunker);
	mem_free(r->scratch);
	mem_free(r->chunk);
	memset(r, 0, sizeof *r);
}

/*
 * A chunk does not open.  When the last one opens as one in the middle, then the
 * file was cut just behind it.
 */
static bool
chunk_refused(struct plain_reader *r, uint64_t i, bool last, struct span sealed,
    uint8_t *out, struct plain_break *brk, struct err *err)
{
	struct err why = ERR_INIT;

	if (!last || sealed.n != AGE_CHUNK_SEALED)
		return true;
	if (age_chunk_open(r->chunker, i, false, sealed, out, &why))
		brk->cut = true;
	else if (why.kind != ERR_INPUT) {
		*err = why;
		return false;
	}
	return true;
}

static bool
chunk_open(const struct plain *p, struct plain_reader *r, uint64_t i,
    struct span sealed, uint8_t *out, struct plain_break *brk, struct err *err)
{
	struct err why = ERR_INIT;
	bool last = i + 1 == p->chunks;

	if (sealed.n >= AGE_TAG + (i > 0) &&
	    age_chunk_open(r->chunker, i, last, sealed, out, &why))
		return true;
	if (why.kind != ERR_NONE && why.kind != ERR_INPUT) {
		*err = why;
		return false;
	}
	*brk = (struct plain_break){ .met = true, .chunk_known = true, .chunk = i };
	brk->file_from = p->chunks_at + i * AGE_CHUNK_SEALED;
	brk->file_to = brk->file_from + sealed.n;
	return chunk_refused(r, i, last, sealed, out, brk, err);
}

/* Sealed bytes of `want` chunks from `first` on, as far as they fit the scratch. */
static bool
sealed_read(const struct plain *p, struct plain_reader *r, uint64_t first,
    size_t want, size_t *got, struct err *err)
{
	uint64_t from = p->chunks_at + first * AGE_CHUNK_SEALED;
	uint64_t left = p->file_size - from;
	size_t n = PLAIN_SCRATCH;

	if (want < n / AGE_CHUNK_SEALED)
		n = want * AGE_CHUNK_SEALED;
	if (left < n)
		n = (size_t)left;

	if (!file_read_at(p->file, r->scratch, n, from, got, err))
		return false;
	if (*got < n)
		return err_set(err, ERR_CONFLICT, "package.moved",
		    "the parcel became shorter while it was read");
	return true;
}

static bool
sealed_fetch(const struct plain *p, struct plain_reader *r, uint64_t offset,
    uint8_t *out, size_t n, size_t *got, struct plain_break *brk,
    struct err *err)
{
	uint64_t i = offset / AGE_CHUNK;
	size_t done = 0;

	assert(offset % AGE_CHUNK == 0 && n % AGE_CHUNK == 0);
	while (done < n && i < p->chunks) {
		size_t have, at = 0;

		if (!sealed_read(p, r, i, (n - done) / AGE_CHUNK, &have, err))
			return false;
		while (at < have && done < n) {
			size_t part = have - at < AGE_CHUNK_SEALED ? have - at :
			    AGE_CHUNK_SEALED;

			if (!chunk_open(p, r, i, span_of(r->scratch + at, part),
			    out + done, brk, err))
				return false;
			if (brk->met) {
				*got = done;
				return true;
			}
			done += part - AGE_TAG;
			at += part;
			i++;
		}
	}
	*got = done;
	return true;
}

bool
plain_fetch(const struct plain *p, struct plain_reader *r, uint64_t offset,
    uint8_t *out, size_t n, size_t *got, struct plain_break *brk,
    struct err *err)
{
	if (p->sealed)
		return sealed_fetch(p, r, offset, out, n, got, brk, err);
	if (offset >= p->size) {
		*got = 0;
		return true;
	}
	if (n > p->size - offset)
		n = (size_t)(p->size - offset);
	if (!file_read_at(p->file, out, n, offset, got, err))
		return false;
	if (*got < n)
		return err_set(err, ERR_CONFLICT, "package.moved",
		    "the package became shorter while it was read");
	return true;
}

/* Have the chunk with this index in r->chunk. */
static bool
chunk_hold(const struct plain *p, struct plain_reader *r, uint64_t i,
    struct err *err)
{
	struct plain_break brk = { 0 };

	if (r->chunk == NULL && (r->chunk = mem_resize(NULL, AGE_CHUNK, err)) == NULL)
		return false;
	if (r->chunk_held && r->chunk_index == i)
		return true;
	r->chunk_held = false;
	if (!plain_fetch(p, r, i * AGE_CHUNK, r->chunk, AGE_CHUNK, &r->chunk_n, &brk,
	    err))
		return false;
	if (brk.met)
		return err_set(err, ERR_INPUT, "package.chunk",
		    "the parcel does not open at byte %llu",
		    (unsigned long long)brk.file_from);
	r->chunk_index = i;
	r->chunk_held = true;
	return true;
}

bool
plain_read_at(const struct plain *p, struct plain_reader *r, uint64_t offset,
    uint8_t *out, size_t n, size_t *got, struct err *err)
{
	size_t done = 0;

	while (done < n && offset + done < p->size) {
		uint64_t at = offset + done;
		size_t in = (size_t)(at % AGE_CHUNK), part;

		if (!chunk_hold(p, r, at / AGE_CHUNK, err))
			return false;
		if (r->chunk_n <= in)
			break;
		part = r->chunk_n - in < n - done ? r->chunk_n - in : n - done;
		memcpy(out + done, r->chunk + in, part);
		done += part;
	}
	*got = done;
	return true;
}
