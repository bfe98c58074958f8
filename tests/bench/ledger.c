/*
 * The ledger on the real disk: many callers sharing syncs, the same over a slow disk (a
 * floor of 2 ms under each sync) against one by one, checkpoints, proofs, and a large log:
 * opening, memory, scrub.  Prints one line of JSON; rates are a second.
 *
 *   ledger FOLDER [LEAVES [CALLS]]	FOLDER must not exist; CALLS of each of 64 callers
 *   ledger --open FOLDER		what opening it takes, in a process of its own
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "ledger/ledger.h"
#include "ledger/tiles_internal.h"

#define CALLERS 64
#define FLOOR_MICROSECONDS 2000
#define PROOFS 20000
#define PUBLISHES 100
#define RAW_SYNCS 200

/* The least that the codec takes. */
static size_t
record_make(char out[256])
{
	struct record r = { .event = EVENT_STARTED, .at = 1795000000 };
	struct err err = ERR_INIT;
	struct buf b;
	size_t n;

	(void)snprintf(r.authority.s, sizeof r.authority.s, "XA-MZXW6YTBOIMZXW6Y");
	(void)snprintf(r.role, sizeof r.role, "x");
	(void)snprintf(r.person, sizeof r.person, "x");
	buf_init(&b, 256);
	if (!record_encode(&r, &b, &err))
		must(false, &err);
	n = b.n;
	memcpy(out, b.p, n);
	buf_clear(&b);
	return n;
}

struct node {
	struct world *w;
	struct dir *home;
	struct log *l;
	char text[256];
	size_t text_n;
};

static void
node_open(struct node *n, struct world *w, const char *folder)
{
	struct err err = ERR_INIT;

	n->w = w;
	n->text_n = record_make(n->text);
	must(dir_make_all(w, NULL, folder, &err) &&
	    dir_open(w, NULL, folder, &n->home, &err) &&
	    log_open(w, n->home, 0, &n->l, &err), &err);
}

static void
node_close(struct node *n)
{
	log_close(n->l);
	dir_close(n->home);
}

/* ---- many callers ---- */

struct crowd {
	struct node *n;
	struct log_queue *q;
	unsigned calls;
};

static void
crowd_call(void *arg, unsigned i)
{
	struct crowd *c = arg;
	struct err err = ERR_INIT;
	uint64_t index;

	(void)i;
	for (unsigned k = 0; k < c->calls; k++)
		must(queue_append(c->q, span_of(c->n->text, c->n->text_n), &index, &err),
		    &err);
}

/* Appends a second; *syncs: of the disk for each. */
static double
crowd_run(struct node *n, unsigned callers, unsigned calls, double *syncs)
{
	struct crowd c = { .n = n, .calls = calls };
	struct err err = ERR_INIT;
	unsigned started = 0;
	uint64_t before = world_syncs(n->w);
	double began;

	must(queue_new(n->l, &c.q, &err), &err);
	began = now_s();
	world_run(n->w, callers, crowd_call, &c, &started);
	began = now_s() - began;
	queue_free(c.q);
	*syncs = (double)(world_syncs(n->w) - before) / (started * calls);
	return started * calls / began;
}

/* As many as the disk does of the least that can be synced. */
static double
raw_syncs(const char *folder)
{
	char path[4096], block[512];
	double began;
	int fd;

	(void)snprintf(path, sizeof path, "%s/raw", folder);
	memset(block, 'x', sizeof block);
	fd = open(path, O_CREAT | O_RDWR, 0600);
	began = now_s();
	for (int i = 0; i < RAW_SYNCS; i++)
		if (fd < 0 || write(fd, block, sizeof block) != sizeof block ||
		    fdatasync(fd) != 0)
			exit(1);
	began = now_s() - began;
	(void)close(fd);
	(void)unlink(path);
	return RAW_SYNCS / began;
}

/* ---- checkpoints and proofs ---- */

static struct log_signer
signer_make(void)
{
	struct err err = ERR_INIT;
	struct log_signer s;
	struct key *key = NULL;
	uint8_t point[32];

	must(key_new(&key, KEY_ED25519, &err) && key_point_ed25519(key, point, &err) &&
	    vkey_make("comity-ledger/XA-BENCH/1", NOTE_ED25519, point, &s.vkey, &err),
	    &err);
	s.key = key;
	return s;
}

/* One record and one checkpoint each time. */
static double
publish_run(struct node *n, const struct log_signer *s, double *syncs)
{
	struct span record = span_of(n->text, n->text_n);
	struct err err = ERR_INIT;
	struct checkpoint c;
	uint64_t index, before = world_syncs(n->w);
	double began = now_s();

	for (int i = 0; i < PUBLISHES; i++)
		must(log_append(n->l, &record, 1, &index, &err) &&
		    log_publish(n->l, s, &c, &err), &err);
	began = now_s() - began;
	*syncs = (double)(world_syncs(n->w) - before) / PUBLISHES;
	return PUBLISHES / began;
}

static double
proofs_run(struct node *n, double *checked)
{
	uint64_t size = log_size(n->l), x = 88172645463325252u;
	struct merkle_proof *p = calloc(PROOFS, sizeof *p);
	struct digest *leaf = calloc(PROOFS, sizeof *leaf), root;
	uint64_t *at = calloc(PROOFS, sizeof *at);
	struct err err = ERR_INIT;
	struct hasher *h = NULL;
	double began, made;
	bool holds = true;

	must(hasher_new(&h, &err) && log_root(n->l, size, &root, &err), &err);
	began = now_s();
	for (int i = 0; i < PROOFS; i++) {
		uint8_t b[LEAF_BYTES];

		x ^= x << 13, x ^= x >> 7, x ^= x << 17;	/* xorshift64 */
		at[i] = x % size;
		must(log_inclusion(n->l, at[i], size, &p[i], &err) &&
		    log_leaf(n->l, at[i], b, &err) &&
		    merkle_leaf(h, span_of(b, sizeof b), &leaf[i], &err), &err);
	}
	made = PROOFS / (now_s() - began);
	began = now_s();
	for (int i = 0; i < PROOFS; i++) {
		must(merkle_inclusion_check(h, &leaf[i], at[i], size, &p[i], &root, &holds,
		    &err), &err);
		if (!holds)
			exit(1);
	}
	*checked = PROOFS / (now_s() - began);
	hasher_free(h);
	free(p);
	free(leaf);
	free(at);
	return made;
}

/* ---- a large log ---- */

static void
fill(struct node *n, uint64_t leaves)
{
	static struct span group[JOURNAL_GROUP_MAX];
	struct err err = ERR_INIT;
	uint64_t index;

	for (size_t i = 0; i < JOURNAL_GROUP_MAX; i++)
		group[i] = span_of(n->text, n->text_n);
	while (log_size(n->l) < leaves) {
		uint64_t left = leaves - log_size(n->l);

		must(log_append(n->l, group, left < JOURNAL_GROUP_MAX ? (size_t)left :
		    JOURNAL_GROUP_MAX, &index, &err), &err);
	}
}

static void
bad(void *arg, const char *path, const char *why)
{
	(void)arg;
	(void)fprintf(stderr, "ledger: %s: %s\n", path, why);
	exit(1);
}

static double
sha_rate(void)
{
	size_t n = (size_t)64 << 20;
	uint8_t *p = calloc(1, n);
	struct err err = ERR_INIT;
	struct digest d;
	double began;

	must(digest_of(span_of(p, n), &d, &err), &err);
	began = now_s();
	must(digest_of(span_of(p, n), &d, &err), &err);
	began = now_s() - began;
	free(p);
	return (double)n / 1e6 / began;
}

/* ---- what limits a scrub ---- */

/* A leaf's share: of the clock and of the processors, in seconds. */
struct spent {
	double wall, cpu;
};

static struct spent
spent_now(void)
{
	return (struct spent){ now_s(), cpu_s() };
}

static struct spent
spent_since(struct spent began, double leaves)
{
	return (struct spent){ (now_s() - began.wall) / leaves,
	    (cpu_s() - began.cpu) / leaves };
}

/*
 * What SHA-256 has to be asked for one leaf, at the least: the entry's chain, its leaf
 * (record and salt lie in the entry, the prefix has 14 bytes), the leaf's hash and the node
 * over it.
 */
struct hashing {
	size_t sizes[4];
	bool copied;
};

#define HASHING_LEAVES 400000		/* of each thread */

/*
 * OpenSSL alone, messages laid out ready.  A digest is started as its manual says, or as a
 * copy of one that was started and fed nothing, which the ledger does too.
 */
static void
hashing_work(void *arg, unsigned i)
{
	static const uint8_t message[1024];
	const struct hashing *k = arg;
	EVP_MD *md = EVP_MD_fetch(NULL, "SHA256", NULL);
	EVP_MD_CTX *c = EVP_MD_CTX_new(), *empty = EVP_MD_CTX_new();
	uint8_t d[32];

	(void)i;
	if (EVP_DigestInit_ex2(empty, md, NULL) != 1)
		exit(1);
	for (int n = 0; n < HASHING_LEAVES * 4; n++)
		if ((k->copied ? EVP_MD_CTX_copy_ex(c, empty) :
		    EVP_DigestInit_ex2(c, md, NULL)) != 1 ||
		    EVP_DigestUpdate(c, message, k->sizes[n % 4]) != 1 ||
		    EVP_DigestFinal_ex(c, d, NULL) != 1)
			exit(1);
	EVP_MD_CTX_free(c);
	EVP_MD_CTX_free(empty);
	EVP_MD_free(md);
}

static struct spent
hashing_run(struct world *w, size_t entry, bool copied)
{
	struct hashing k = { { entry, entry - 4 - 32 + 14, 1 + LEAF_BYTES, 65 }, copied };
	struct spent began = spent_now();
	unsigned started = 0;

	world_run(w, world_cores(w), hashing_work, &k, &started);
	return spent_since(began, (double)HASHING_LEAVES * started);
}

static void
whole_read(int at, const char *path)
{
	static char bytes[65536];
	int fd = openat(at, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, bytes, sizeof bytes) <= 0)
		exit(1);
	(void)close(fd);
}

/* The same files in the same pieces by one who only reads them. */
static struct spent
reading_run(const struct node *n, const char *folder, size_t entry)
{
	static char run[TILE_WIDTH * 1024];
	uint64_t bundles = log_size(n->l) / TILE_WIDTH;
	size_t each = entry * TILE_WIDTH;
	struct spent began;
	char path[4096];
	int at, journal;

	(void)snprintf(path, sizeof path, "%s/ledger", folder);
	at = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	(void)snprintf(path, sizeof path, "%s/" JOURNAL_PATH, folder);
	journal = open(path, O_RDONLY | O_CLOEXEC);
	began = spent_now();
	for (uint64_t i = 0; i < bundles; i++) {
		whole_read(at, tile_path(0, i, TILE_WIDTH).s);
		whole_read(at, tile_path(-1, i, TILE_WIDTH).s);
		if (each > sizeof run || pread(journal, run, each, (off_t)(i * each)) <= 0)
			exit(1);
	}
	began = spent_since(began, (double)(bundles * TILE_WIDTH));
	(void)close(at);
	(void)close(journal);
	return began;
}

/* Out of the system's memory, so that the disk is asked. */
static int
cold(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	int fd = type == FTW_F ? open(path, O_RDONLY) : -1;

	(void)st;
	(void)ftw;
	if (fd >= 0) {
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		(void)close(fd);
	}
	return 0;
}

static void
all_cold(const char *folder)
{
	sync();
	(void)nftw(folder, cold, 16, FTW_PHYS);
}

/* The journal read from end to end by one who does nothing else. */
static double
disk_mb(const char *folder)
{
	static char block[1 << 20];
	char path[4096];
	double began;
	uint64_t n = 0;
	ssize_t got;
	int fd;

	all_cold(folder);
	(void)snprintf(path, sizeof path, "%s/" JOURNAL_PATH, folder);
	fd = open(path, O_RDONLY);
	began = now_s();
	while (fd >= 0 && (got = read(fd, block, sizeof block)) > 0)
		n += (uint64_t)got;
	began = now_s() - began;
	(void)close(fd);
	return (double)n / 1e6 / began;
}

static struct spent
scrub_run(const struct node *n)
{
	struct spent began = spent_now();
	struct err err = ERR_INIT;

	must(log_scrub(n->l, bad, NULL, NULL, &err), &err);
	return spent_since(began, (double)log_size(n->l));
}

#define WARM_RUNS 5

enum warm { WARM_SCRUB, WARM_HASHING, WARM_STARTED, WARM_READING, WARMS };

static void
list_print(const char *name, double list[WARM_RUNS])
{
	(void)printf("\"%s\": [", name);
	for (int i = 0; i < WARM_RUNS; i++)
		(void)printf("%s%.1f", i == 0 ? "" : ", ", list[i]);
	(void)printf("], ");
}

/* One after the other in turn, as others use the processors too. */
static void
warm_runs(const struct node *n, const char *folder, size_t entry, double bytes)
{
	static const char *const names[WARMS] = { "scrub_ns", "hashing_ns",
		"hashing_started_ns", "reading_ns" };
	double cpu[WARMS][WARM_RUNS], scrub_mb[WARM_RUNS], hashing_mb[WARM_RUNS];

	(void)reading_run(n, folder, entry);
	for (int i = 0; i < WARM_RUNS; i++) {
		struct spent s[WARMS] = {
			[WARM_SCRUB] = scrub_run(n),
			[WARM_HASHING] = hashing_run(n->w, entry, true),
			[WARM_STARTED] = hashing_run(n->w, entry, false),
			[WARM_READING] = reading_run(n, folder, entry),
		};

		for (int k = 0; k < WARMS; k++)
			cpu[k][i] = s[k].cpu * 1e9;
		scrub_mb[i] = bytes / 1e6 / s[WARM_SCRUB].wall;
		hashing_mb[i] = bytes / 1e6 / s[WARM_HASHING].wall;
	}
	for (int k = 0; k < WARMS; k++)
		list_print(names[k], cpu[k]);
	list_print("scrub_mb", scrub_mb);
	list_print("hashing_mb", hashing_mb);
}

/* In a process of its own, so that its memory is its own. */
static int
open_only(const char *folder)
{
	struct err err = ERR_INIT;
	struct world *w = NULL;
	double began, took, bytes, disk, cold_mb;
	struct node n;
	size_t entry;
	long peak;

	must(world_real(&w, &err), &err);
	began = now_s();
	node_open(&n, w, folder);
	took = now_s() - began;
	/* A leaf's: of the journal, then tile (32), bundle (36) and what lies over them. */
	bytes = (double)journal_end(log_journal(n.l)) / (double)log_size(n.l) + 68;
	entry = (size_t)(journal_end(log_journal(n.l)) / journal_count(log_journal(n.l)));
	disk = disk_mb(folder);
	all_cold(folder);
	cold_mb = bytes / 1e6 / scrub_run(&n).wall;
	peak = peak_kib();
	warm_runs(&n, folder, entry, bytes);
	(void)printf("\"open_ms\": %.2f, \"scrub_cold_mb\": %.1f, \"disk_mb\": %.1f, "
	    "\"cores\": %u, \"open_peak_kib\": %ld", took * 1e3, cold_mb, disk,
	    world_cores(w), peak);
	node_close(&n);
	world_free(w);
	return 0;
}

int
main(int argc, char **argv)
{
	uint64_t leaves = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
	unsigned calls = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 200;
	double syncs, slow_syncs, one_syncs, publish_syncs, real, slow, one, publish;
	double checked, proofs, filled;
	struct log_signer s;
	struct err err = ERR_INIT;
	struct world *w = NULL;
	struct checkpoint c;
	struct node n;
	char command[9000];

	crypto_bare();
	if (argc == 3 && strcmp(argv[1], "--open") == 0)
		return open_only(argv[2]);
	if (argc < 2 || mkdir(argv[1], 0700) != 0)
		return 2;
	must(world_real(&w, &err), &err);
	s = signer_make();
	node_open(&n, w, argv[1]);
	double raw = raw_syncs(argv[1]);

	real = crowd_run(&n, CALLERS, calls, &syncs);
	publish = publish_run(&n, &s, &publish_syncs);
	world_sync_floor(w, FLOOR_MICROSECONDS);
	slow = crowd_run(&n, CALLERS, calls / 4 + 1, &slow_syncs);
	one = crowd_run(&n, 1, 200, &one_syncs);
	world_sync_floor(w, 0);
	filled = now_s();
	fill(&n, leaves);
	must(log_publish(n.l, &s, &c, &err), &err);
	filled = (double)leaves / (now_s() - filled);
	proofs = proofs_run(&n, &checked);
	node_close(&n);
	(void)printf("{\"leaves\": %llu, \"raw_syncs\": %.0f, \"appends\": %.0f, "
	    "\"syncs_each\": %.4f, \"slow_appends\": %.0f, \"slow_syncs_each\": %.4f, "
	    "\"slow_one_by_one\": %.1f, \"publishes\": %.1f, \"publish_syncs\": %.1f, "
	    "\"fill\": %.0f, \"proofs\": %.0f, \"checks\": %.0f, \"sha_mb\": %.0f, ",
	    (unsigned long long)leaves, raw, real, syncs, slow, slow_syncs, one, publish,
	    publish_syncs, filled, proofs, checked, sha_rate());
	(void)fflush(stdout);
	(void)snprintf(command, sizeof command, "/proc/%d/exe --open '%s'", (int)getpid(),
	    argv[1]);
	if (system(command) != 0)
		return 1;
	(void)printf(", \"peak_kib\": %ld}\n", peak_kib());
	key_free((struct key *)(uintptr_t)s.key);
	world_free(w);
	return 0;
}
