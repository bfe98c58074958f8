#include "crypto/testkit.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include "crypto/cert_internal.h"
#include "crypto/key_internal.h"

/* ---- certificates ---- */

const struct kit_cert kit_root = { .common = "Training root", .extensions = {
	{ NID_basic_constraints, "critical,CA:TRUE" },
	{ NID_key_usage, "critical,keyCertSign,cRLSign" },
	{ NID_subject_key_identifier, "hash" },
} };
const struct kit_cert kit_ca = { .common = "Training issuing CA", .extensions = {
	{ NID_basic_constraints, "critical,CA:TRUE,pathlen:0" },
	{ NID_key_usage, "critical,keyCertSign,cRLSign" },
	{ NID_subject_key_identifier, "hash" },
	{ NID_authority_key_identifier, "keyid:always" },
} };
const struct kit_cert kit_signer = { .common = "Training signer", .extensions = {
	{ NID_basic_constraints, "critical,CA:FALSE" },
	{ NID_key_usage, "critical,digitalSignature,nonRepudiation" },
	{ NID_subject_key_identifier, "hash" },
	{ NID_authority_key_identifier, "keyid:always" },
} };
const struct kit_cert kit_tsa = { .common = "Training TSA", .extensions = {
	{ NID_basic_constraints, "critical,CA:FALSE" },
	{ NID_key_usage, "critical,digitalSignature" },
	{ NID_ext_key_usage, "critical,timeStamping" },
	{ NID_subject_key_identifier, "hash" },
	{ NID_authority_key_identifier, "keyid:always" },
} };

static void
name_fill(X509_NAME *name, const char *common)
{
	static const struct {
		const char *type, *value;
	} parts[] = { { "C", "XA" }, { "O", "Training only" } };

	for (size_t i = 0; i < 2; i++)
		assert_int_equal(X509_NAME_add_entry_by_txt(name, parts[i].type,
		    MBSTRING_UTF8, (const unsigned char *)parts[i].value, -1, -1, 0),
		    1);
	assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)common, -1, -1, 0), 1);
}

static void
extensions_fill(X509 *x, X509 *issuer, const struct kit_extension *list)
{
	X509V3_CTX ctx;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	for (size_t i = 0; i < 8 && list[i].value != NULL; i++) {
		X509_EXTENSION *e = X509V3_EXT_nconf_nid(NULL, &ctx, list[i].nid,
		    list[i].value);

		assert_non_null(e);
		assert_int_equal(X509_add_ext(x, e, -1), 1);
		X509_EXTENSION_free(e);
	}
}

struct cert *
kit_cert_make(const struct kit_cert *k)
{
	static long serial = 0x1000;
	X509 *x = X509_new(), *issuer = k->issuer == NULL ? x : cert_x509(k->issuer);
	const struct key *issuer_key = k->issuer_key == NULL ? k->key : k->issuer_key;
	struct err err = ERR_INIT;
	unsigned char *der = NULL;
	struct cert *out = NULL;
	int n;

	assert_int_equal(X509_set_version(x, X509_VERSION_3), 1);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial), 1);
	name_fill(X509_get_subject_name(x), k->common);
	assert_int_equal(X509_set_issuer_name(x, X509_get_subject_name(issuer)), 1);
	ASN1_TIME_set(X509_getm_notBefore(x),
	    (time_t)(k->from == 0 ? KIT_NOW - 2190 * KIT_DAY : k->from));
	ASN1_TIME_set(X509_getm_notAfter(x),
	    (time_t)(k->to == 0 ? KIT_NOW + 3650 * KIT_DAY : k->to));
	assert_int_equal(X509_set_pubkey(x, key_pkey(k->key)), 1);
	extensions_fill(x, issuer, k->extensions);
	assert_true(X509_sign(x, key_pkey(issuer_key),
	    key_kind_of(issuer_key) == KEY_P384 ? EVP_sha384() : EVP_sha256()) > 0);
	n = i2d_X509(x, &der);
	assert_true(n > 0);
	assert_true(cert_decode(&out, span_of(der, (size_t)n), &err));
	OPENSSL_free(der);
	X509_free(x);
	return out;
}

static struct cert *
issued(struct kit_cert pattern, const struct key *key, const struct cert *issuer,
    const struct key *issuer_key)
{
	pattern.key = key;
	pattern.issuer = issuer;
	pattern.issuer_key = issuer_key;
	return kit_cert_make(&pattern);
}

void
kit_open(struct kit *k, enum key_kind kind)
{
	struct err err = ERR_INIT;

	memset(k, 0, sizeof *k);
	assert_true(key_new(&k->root_key, kind, &err));
	assert_true(key_new(&k->ca_key, kind, &err));
	assert_true(key_new(&k->signer_key, kind, &err));
	assert_true(key_new(&k->tsa_key, kind, &err));
	k->root = issued(kit_root, k->root_key, NULL, NULL);
	k->ca = issued(kit_ca, k->ca_key, k->root, k->root_key);
	k->signer = issued(kit_signer, k->signer_key, k->ca, k->ca_key);
	k->tsa = issued(kit_tsa, k->tsa_key, k->ca, k->ca_key);
	assert_true(certs_add(&k->anchors, k->root, &err));
	assert_true(certs_add(&k->path, k->signer, &err));
	assert_true(certs_add(&k->path, k->ca, &err));
}

void
kit_close(struct kit *k)
{
	certs_clear(&k->anchors);
	certs_clear(&k->path);
	cert_free(k->root);
	cert_free(k->ca);
	cert_free(k->signer);
	cert_free(k->tsa);
	key_free(k->root_key);
	key_free(k->ca_key);
	key_free(k->signer_key);
	key_free(k->tsa_key);
}

/* ---- revocation ---- */

static void
list_add(struct revocations *r, const struct cert *ca, const struct key *ca_key,
    int64_t now, const struct crl_entry *entry, size_t n)
{
	struct err err = ERR_INIT;
	struct buf pem;

	buf_init(&pem, REVOCATION_MAX);
	assert_true(crl_make(ca, ca_key, now, now + 30 * KIT_DAY, entry, n, &pem, &err));
	assert_true(revocations_add_pem(r, buf_span(&pem), &err));
	buf_clear(&pem);
}

struct revocations *
kit_revoked(const struct cert *ca, const struct key *ca_key, const struct cert *c,
    int64_t at, int reason)
{
	struct err err = ERR_INIT;
	struct revocations *r;
	struct buf serial;
	struct crl_entry entry = { .at = at, .reason = reason };

	buf_init(&serial, 100);
	assert_true(cert_serial_text(c, &serial, &err));
	assert_true(buf_text(&serial, &entry.serial, &err));
	assert_true(revocations_new(&r, &err));
	list_add(r, ca, ca_key, at + KIT_DAY, &entry, 1);
	buf_clear(&serial);
	return r;
}

void
kit_list_empty(struct revocations *r, const struct cert *ca, const struct key *ca_key,
    int64_t now)
{
	list_add(r, ca, ca_key, now, NULL, 0);
}

/* ---- time stamps ---- */

static ASN1_INTEGER *
serial_next(TS_RESP_CTX *ctx, void *arg)
{
	static long serial = 0x0A1B2C;
	ASN1_INTEGER *n = ASN1_INTEGER_new();

	(void)ctx;
	(void)arg;
	assert_int_equal(ASN1_INTEGER_set(n, ++serial), 1);
	return n;
}

static int
time_given(TS_RESP_CTX *ctx, void *arg, long *seconds, long *micros)
{
	(void)ctx;
	*seconds = *(const long *)arg;
	*micros = 0;
	return 1;
}

static void
context_fill(TS_RESP_CTX *ctx, const struct kit *k, const struct kit_tsa_options *opt)
{
	ASN1_OBJECT *policy = OBJ_txt2obj("1.3.6.1.4.1.57264.99.1", 1);
	STACK_OF(X509) *chain = sk_X509_new_null();
	const struct cert *signer = opt->signer == NULL ? k->tsa : opt->signer;
	const struct key *key = opt->signer == NULL ? k->tsa_key : opt->key;

	if (opt->root_inside)
		sk_X509_push(chain, cert_x509(k->root));
	sk_X509_push(chain, cert_x509(k->ca));
	assert_int_equal(TS_RESP_CTX_set_signer_cert(ctx, cert_x509(signer)), 1);
	assert_int_equal(TS_RESP_CTX_set_signer_key(ctx, key_pkey(key)), 1);
	assert_int_equal(TS_RESP_CTX_set_signer_digest(ctx,
	    key_kind_of(key) == KEY_P384 ? EVP_sha384() : EVP_sha256()), 1);
	assert_int_equal(TS_RESP_CTX_set_ess_cert_id_digest(ctx,
	    opt->sha1_id ? EVP_sha1() : EVP_sha256()), 1);
	assert_int_equal(TS_RESP_CTX_set_def_policy(ctx, policy), 1);
	assert_int_equal(TS_RESP_CTX_set_certs(ctx, chain), 1);
	assert_int_equal(TS_RESP_CTX_add_md(ctx,
	    opt->unknown_digest ? EVP_sha512() : EVP_sha256()), 1);
	TS_RESP_CTX_set_serial_cb(ctx, serial_next, NULL);
	if (opt->full) {
		assert_int_equal(TS_RESP_CTX_set_accuracy(ctx, 1, 500, 0), 1);
		TS_RESP_CTX_add_flags(ctx, TS_TSA_NAME | TS_ORDERING);
	}
	if (opt->ids_of_chain)
		TS_RESP_CTX_add_flags(ctx, TS_ESS_CERT_ID_CHAIN);
	sk_X509_free(chain);
	ASN1_OBJECT_free(policy);
}

void
kit_answer(const struct kit *k, struct span query, struct kit_tsa_options opt,
    struct buf *out)
{
	TS_RESP_CTX *ctx = TS_RESP_CTX_new();
	BIO *in = BIO_new_mem_buf(query.p, (int)query.n);
	long at = (long)(opt.at == 0 ? KIT_NOW : opt.at);
	struct err err = ERR_INIT;
	unsigned char *der = NULL;
	TS_RESP *answer;
	int n;

	context_fill(ctx, k, &opt);
	TS_RESP_CTX_set_time_cb(ctx, time_given, &at);
	answer = TS_RESP_create_response(ctx, in);
	assert_non_null(answer);
	n = i2d_TS_RESP(answer, &der);
	assert_true(n > 0);
	assert_true(buf_add(out, span_of(der, (size_t)n), &err));
	OPENSSL_free(der);
	TS_RESP_free(answer);
	BIO_free(in);
	TS_RESP_CTX_free(ctx);
	ERR_clear_error();
}

/* ---- vectors ---- */

static bool
reason_agrees(const char *wanted, const char *got)
{
	if (strcmp(wanted, "-") == 0)
		return got[0] == '\0';
	return strcmp(wanted, got) == 0 ||
	    (strcmp(wanted, "path") == 0 && strcmp(got, "purpose") == 0);
}

static void
case_run(const char *dir, const char *wanted_kind, char *line, const char *(*judge)(
    struct span file, struct span of, const struct certs *roots))
{
	char *save = NULL, *file = strtok_r(line, "\t", &save);
	const char *kind = strtok_r(NULL, "\t", &save);
	const char *of = strtok_r(NULL, "\t", &save);
	const char *roots_name = strtok_r(NULL, "\t", &save);
	const char *expect = strtok_r(NULL, "\t", &save);
	const char *reason = strtok_r(NULL, "\t\n", &save), *got;
	struct buf bytes, of_bytes;
	struct certs roots;

	assert_non_null(expect);
	if (strcmp(kind, wanted_kind) != 0)
		return;
	buf_init(&bytes, 1 << 20);
	buf_init(&of_bytes, 1 << 20);
	kit_load(dir, file, &bytes);
	kit_load(dir, of, &of_bytes);
	kit_roots(dir, roots_name, &roots);
	got = judge(buf_span(&bytes), buf_span(&of_bytes), &roots);
	if (!reason_agrees(reason, got))
		fail_msg("%s: wanted %s, got \"%s\"", file, reason, got);
	buf_clear(&bytes);
	buf_clear(&of_bytes);
	certs_clear(&roots);
}

size_t
kit_cases(const char *dir, const char *kind, const char *(*judge)(struct span file,
    struct span of, const struct certs *roots))
{
	struct buf table;
	const char *text;
	char *copy, *save = NULL, *line;
	struct err err = ERR_INIT;
	size_t n = 0;

	buf_init(&table, 1 << 20);
	kit_load(dir, "cases.tsv", &table);
	assert_true(buf_text(&table, &text, &err));
	copy = mem_text_of(text, &err);
	assert_non_null(copy);
	line = strtok_r(copy, "\n", &save);	/* the heading */
	while ((line = strtok_r(NULL, "\n", &save)) != NULL) {
		case_run(dir, kind, line, judge);
		n++;
	}
	mem_free(copy);
	buf_clear(&table);
	return n;
}

/* ---- files and programs ---- */

bool
kit_shared(const char *under, char *path, size_t n)
{
	const char *dir = getenv("COMITY_SHARED");

	(void)snprintf(path, n, "%s/%s", dir != NULL ? dir : SHARED_DIR, under);
	if (access(path, R_OK) == 0)
		return true;
	print_message("skipped: %s is not there\n", path);
	return false;
}

void
kit_load(const char *dir, const char *name, struct buf *out)
{
	struct err err = ERR_INIT;
	uint8_t chunk[4096];
	char path[512];
	size_t n;
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("cannot open %s", path);
	buf_reset(out);
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		assert_true(buf_add(out, span_of(chunk, n), &err));
	(void)fclose(f);
}

void
kit_save(const char *dir, const char *name, struct span bytes)
{
	char path[512];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
	assert_int_equal(fclose(f), 0);
}

void
kit_roots(const char *dir, const char *name, struct certs *out)
{
	struct err err = ERR_INIT;
	struct buf pem;

	buf_init(&pem, 1 << 20);
	kit_load(dir, name, &pem);
	certs_init(out);
	assert_true(certs_read_pem(out, buf_span(&pem), &err));
	buf_clear(&pem);
}

void
kit_folder(char path[64])
{
	(void)snprintf(path, 64, "/tmp/comity-test-XXXXXX");
	assert_non_null(mkdtemp(path));
}

void
kit_folder_remove(const char *path)
{
	assert_int_equal(kit_run("rm -r '%s'", path), 0);
}

int
kit_run(const char *format, ...)
{
	char command[2000], whole[2100];
	va_list ap;
	int status;

	va_start(ap, format);
	(void)vsnprintf(command, sizeof command, format, ap);
	va_end(ap);
	(void)snprintf(whole, sizeof whole, "( %s ) > /dev/null 2>&1", command);
	status = system(whole);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool
kit_has_program(const char *name)
{
	if (kit_run("command -v %s", name) == 0)
		return true;
	print_message("skipped: %s is not installed\n", name);
	return false;
}

bool
kit_clock_suits(void)
{
	int64_t now = (int64_t)time(NULL);

	return now > KIT_NOW - 2190 * KIT_DAY && now < KIT_NOW + 3650 * KIT_DAY;
}

bool
kit_long(void)
{
	const char *s = getenv("COMITY_LONG");

	return s != NULL && strcmp(s, "1") == 0;
}
