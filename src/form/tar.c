#include "form/tar.h"

#include <stdio.h>
#include <string.h>

/* Where the fields of a ustar header lie (POSIX.1-2017, pax, "ustar interchange"). */
enum {
	NAME_AT = 0, NAME_N = 100,
	MODE_AT = 100,
	UID_AT = 108,
	GID_AT = 116,
	SIZE_AT = 124,
	MTIME_AT = 136,
	CHKSUM_AT = 148, CHKSUM_N = 8,
	TYPE_AT = 156,
	LINK_AT = 157,
	MAGIC_AT = 257,
	UNAME_AT = 265,
	GNAME_AT = 297,
	DEVMAJOR_AT = 329,
	DEVMINOR_AT = 337,
	PREFIX_AT = 345, PREFIX_N = 155,
	REST_AT = 500,
};

static const struct {
	size_t end;		/* first byte after the field */
	const char *name;
} fields[] = {
	{ MODE_AT, "name" }, { UID_AT, "mode" }, { GID_AT, "uid" },
	{ SIZE_AT, "gid" }, { MTIME_AT, "size" }, { CHKSUM_AT, "mtime" },
	{ TYPE_AT, "chksum" }, { LINK_AT, "typeflag" }, { MAGIC_AT, "linkname" },
	{ UNAME_AT, "magic" }, { GNAME_AT, "uname" }, { DEVMAJOR_AT, "gname" },
	{ DEVMINOR_AT, "devmajor" }, { PREFIX_AT, "devminor" },
	{ REST_AT, "prefix" }, { TAR_BLOCK, "padding" },
};

#define OCTAL_DIGITS 11
#define OCTAL_MAX 8589934591ull		/* 8^11 - 1 */
#define PAX_NAME "pax"			/* FOLDER/pax: constant, not the file's name */
#define PAX_RECORD_MAX 64		/* "LEN size=DECIMAL\n" of a 64-bit size */

/* FOLDER/PATH cut for the two fields; false when it does not fit them. */
struct split {
	size_t prefix_n;	/* 0: all in name */
	size_t name_n;
};

static bool
tar_split(const uint8_t *full, size_t n, struct split *out)
{
	size_t at;

	*out = (struct split){ 0, n };
	if (n <= NAME_N)
		return true;
	/* GNU tar's choice, and ours: the last '/' that leaves a prefix of <= 155. */
	for (at = n - 1 < PREFIX_N ? n - 1 : PREFIX_N; at > 0; at--)
		if (full[at] == '/')
			break;
	*out = (struct split){ at, n - at - 1 };
	return at > 0 && out->name_n >= 1 && out->name_n <= NAME_N;
}

/* FOLDER/PATH in one piece; false when no header could hold it. */
static bool
tar_full(struct span folder, struct span path, uint8_t full[TAR_PATH_MAX + 1],
    size_t *n, struct split *split)
{
	if (folder.n == 0 || path.n == 0 ||
	    folder.n > TAR_PATH_MAX - 1 || path.n > TAR_PATH_MAX - folder.n ||
	    memchr(folder.p, '\0', folder.n) != NULL ||
	    memchr(folder.p, '/', folder.n) != NULL ||
	    memchr(path.p, '\0', path.n) != NULL)
		return false;
	memcpy(full, folder.p, folder.n);
	full[folder.n] = '/';
	memcpy(full + folder.n + 1, path.p, path.n);
	*n = folder.n + 1 + path.n;
	return tar_split(full, *n, split);
}

bool
tar_path_fits(struct span folder, struct span path)
{
	uint8_t full[TAR_PATH_MAX + 1];
	struct split split;
	size_t n;

	return tar_full(folder, path, full, &n, &split);
}

static void
put_octal(uint8_t *field, uint64_t value)
{
	size_t i;

	for (i = OCTAL_DIGITS; i > 0; i--, value >>= 3)
		field[i - 1] = (uint8_t)('0' + (value & 7));
}

/* Six digits, NUL, space, over the block with this field taken as spaces. */
static void
put_chksum(uint8_t block[TAR_BLOCK])
{
	unsigned sum = 0;
	size_t i;

	memset(block + CHKSUM_AT, ' ', CHKSUM_N);
	for (i = 0; i < TAR_BLOCK; i++)
		sum += block[i];
	for (i = 6; i > 0; i--, sum >>= 3)
		block[CHKSUM_AT + i - 1] = (uint8_t)('0' + (sum & 7));
	block[CHKSUM_AT + 6] = '\0';
}

static void
put_block(uint8_t block[TAR_BLOCK], const uint8_t *full, struct split split,
    char type, uint64_t size, int64_t mtime)
{
	memset(block, 0, TAR_BLOCK);
	memcpy(block + PREFIX_AT, full, split.prefix_n);
	memcpy(block + NAME_AT,
	    full + split.prefix_n + (split.prefix_n > 0 ? 1 : 0), split.name_n);
	memcpy(block + MODE_AT, "0000644", 7);
	memcpy(block + UID_AT, "0000000", 7);
	memcpy(block + GID_AT, "0000000", 7);
	put_octal(block + SIZE_AT, size);
	put_octal(block + MTIME_AT, (uint64_t)mtime);
	block[TYPE_AT] = (uint8_t)type;
	memcpy(block + MAGIC_AT, "ustar\0" "00", 8);
	/* GNU tar leaves the device fields of a pax header all NUL. */
	if (type != 'x') {
		memcpy(block + DEVMAJOR_AT, "0000000", 7);
		memcpy(block + DEVMINOR_AT, "0000000", 7);
	}
	put_chksum(block);
}

/* "LEN size=DECIMAL\n", where LEN counts its own digits too. */
static size_t
pax_record(uint8_t out[PAX_RECORD_MAX], uint64_t size)
{
	char text[PAX_RECORD_MAX];
	int n = snprintf(text, sizeof text, " size=%llu\n",
	    (unsigned long long)size);
	int total = n + 2;	/* sizes from 10 digits on make 2-digit lengths */

	n = snprintf(text, sizeof text, "%d size=%llu\n", total,
	    (unsigned long long)size);
	memcpy(out, text, (size_t)n);
	return (size_t)n;
}

static void
put_pax(uint8_t out[2 * TAR_BLOCK], struct span folder, uint64_t size,
    int64_t mtime)
{
	uint8_t full[TAR_PATH_MAX + 1];
	uint8_t record[PAX_RECORD_MAX];
	size_t n = pax_record(record, size), full_n;
	struct split split;

	/* Shorter than FOLDER/PATH may be, but never too long: "pax" fits a name. */
	if (!tar_full(folder, span_text(PAX_NAME), full, &full_n, &split))
		return;
	put_block(out, full, split, 'x', n, mtime);
	memset(out + TAR_BLOCK, 0, TAR_BLOCK);
	memcpy(out + TAR_BLOCK, record, n);
}

bool
tar_header(uint8_t out[TAR_HEADER_MAX], size_t *n, struct span folder,
    struct span path, uint64_t size, int64_t mtime, struct err *err)
{
	uint8_t full[TAR_PATH_MAX + 1];
	struct split split;
	size_t full_n, at = 0;

	if (!tar_full(folder, path, full, &full_n, &split) ||
	    !tar_path_fits(folder, span_text(PAX_NAME)))
		return err_set(err, ERR_LIMIT, "tar.path",
		    "a path of %zu bytes does not fit a tar header", path.n);
	if (size > TAR_SIZE_MAX)
		return err_set(err, ERR_LIMIT, "tar.size",
		    "a file of %llu bytes is larger than a package can hold",
		    (unsigned long long)size);
	if (mtime < 0 || (uint64_t)mtime > OCTAL_MAX)
		return err_set(err, ERR_LIMIT, "tar.mtime",
		    "a tar header cannot hold the time %lld", (long long)mtime);
	if (size > TAR_USTAR_SIZE_MAX) {
		put_pax(out, folder, size, mtime);
		at = 2 * TAR_BLOCK;
		size = 0;
	}
	put_block(out + at, full, split, '0', size, mtime);
	*n = at + TAR_BLOCK;
	return true;
}

/* Digits of one field, as far as they go; the rebuilt header decides the rest. */
static uint64_t
take_octal(const uint8_t *field)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < OCTAL_DIGITS && field[i] >= '0' && field[i] <= '7'; i++)
		value = value << 3 | (uint64_t)(field[i] - '0');
	return value;
}

static uint64_t
take_pax_size(const uint8_t *record)
{
	static const char key[] = "size=";
	uint64_t value = 0;
	size_t i = 0;

	while (i < PAX_RECORD_MAX && record[i] != ' ')
		i++;
	if (i == PAX_RECORD_MAX || memcmp(record + i + 1, key, 5) != 0)
		return 0;
	for (i += 6; i < PAX_RECORD_MAX && record[i] >= '0' && record[i] <= '9'; i++) {
		if (value > TAR_SIZE_MAX)
			break;		/* too large whatever follows */
		value = value * 10 + (uint64_t)(record[i] - '0');
	}
	return value;
}

static size_t
field_length(const uint8_t *field, size_t max)
{
	return strnlen((const char *)field, max);
}

/* prefix, '/', name; then cut at the first '/'. */
static bool
take_path(const uint8_t block[TAR_BLOCK], struct tar_claim *out)
{
	char full[TAR_PATH_MAX + 2];
	size_t prefix_n = field_length(block + PREFIX_AT, PREFIX_N);
	size_t name_n = field_length(block + NAME_AT, NAME_N);
	size_t n = 0, folder_n;
	const char *slash;

	memcpy(full, block + PREFIX_AT, prefix_n);
	n = prefix_n;
	if (n > 0)
		full[n++] = '/';
	memcpy(full + n, block + NAME_AT, name_n);
	n += name_n;
	slash = memchr(full, '/', n);
	if (slash == NULL)
		return false;
	folder_n = (size_t)(slash - full);
	if (folder_n == 0 || folder_n >= sizeof out->folder ||
	    n - folder_n - 1 == 0 || n - folder_n - 1 >= sizeof out->path)
		return false;
	memcpy(out->folder, full, folder_n);
	out->folder[folder_n] = '\0';
	memcpy(out->path, slash + 1, n - folder_n - 1);
	out->path[n - folder_n - 1] = '\0';
	return true;
}

static bool
header_error(struct err *err, const char *field)
{
	return err_set(err, ERR_INPUT, "tar.header",
	    "a tar header is not as a package has it: field %s", field);
}

/* The first field of a block that is not what it has to be. */
static bool
differs(struct err *err, size_t at)
{
	size_t i = 0;

	/* The record of a pax header lies in the second of three blocks. */
	if (at >= TAR_BLOCK && at < 2 * TAR_BLOCK)
		return header_error(err, "pax record");
	while (fields[i].end <= at % TAR_BLOCK)
		i++;
	return header_error(err, fields[i].name);
}

/* A sum that is wrong is named last: every other change moves it too. */
static bool
claim_compare(const uint8_t *is, const uint8_t *must, size_t n, struct err *err)
{
	size_t i, chksum = n;

	for (i = 0; i < n; i++) {
		if (is[i] == must[i])
			continue;
		if (i % TAR_BLOCK < CHKSUM_AT ||
		    i % TAR_BLOCK >= CHKSUM_AT + CHKSUM_N)
			return differs(err, i);
		chksum = i;
	}
	return chksum == n ? true : differs(err, chksum);
}

static bool
all_zeros(const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return true;
}

bool
tar_claim_read(struct span in, struct tar_claim *out, struct err *err)
{
	uint8_t must[TAR_HEADER_MAX];
	const uint8_t *block = in.p;
	size_t n;

	memset(out, 0, sizeof *out);
	if (in.n < TAR_BLOCK)
		return err_set(err, ERR_INPUT, "tar.header",
		    "the archive ends inside a tar header");
	if (all_zeros(in.p, TAR_BLOCK)) {
		out->end = true;
		return true;
	}
	if (in.p[TYPE_AT] == 'x') {
		if (in.n < TAR_HEADER_MAX)
			return err_set(err, ERR_INPUT, "tar.header",
			    "the archive ends inside a pax header");
		out->size = take_pax_size(in.p + TAR_BLOCK);
		if (out->size <= TAR_USTAR_SIZE_MAX)
			return header_error(err, "pax record");
		block = in.p + 2 * TAR_BLOCK;
	} else {
		out->size = take_octal(block + SIZE_AT);
	}
	out->mtime = (int64_t)take_octal(block + MTIME_AT);
	if (!take_path(block, out))
		return header_error(err, "name");
	if (!tar_header(must, &n, span_text(out->folder), span_text(out->path),
	    out->size, out->mtime, err)) {
		err->kind = ERR_INPUT;
		err->reason = "tar.header";
		return false;
	}
	out->header_n = n;
	return n <= in.n ? claim_compare(in.p, must, n, err) :
	    header_error(err, "size");
}

size_t
tar_padding(uint64_t n)
{
	return (size_t)((TAR_BLOCK - n % TAR_BLOCK) % TAR_BLOCK);
}

uint64_t
tar_end_padding(uint64_t n)
{
	uint64_t least = 2 * TAR_BLOCK;		/* the end marker */

	return least + (TAR_RECORD - (n + least) % TAR_RECORD) % TAR_RECORD;
}
