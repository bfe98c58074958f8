#include "crypto/memo.h"

#include <assert.h>
#include <string.h>

#include "world/world.h"

struct fact {
	struct digest key;
	int64_t from, to;
};

/* Rings: next is the place the next one takes, the oldest's once all are taken. */
struct memo {
	struct gate *gate;
	struct cert *certs[MEMO_CERTS];
	size_t certs_n, certs_next;
	struct fact facts[MEMO_FACTS];
	size_t facts_n, facts_next;
};

bool
memo_new(struct memo **out, struct err *err)
{
	struct memo *m = mem_new(sizeof *m, err);

	if (m == NULL)
		return false;
	if (!gate_new(&m->gate, err)) {
		mem_free(m);
		return false;
	}
	*out = m;
	return true;
}

void
memo_free(struct memo *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->certs_n; i++)
		cert_free(m->certs[i]);
	gate_free(m->gate);
	mem_free(m);
}

/* ---- certificates ---- */

static struct cert *
cert_kept(struct memo *m, struct span der)
{
	struct cert *c = NULL;

	gate_lock(m->gate);
	for (size_t i = 0; c == NULL && i < m->certs_n; i++)
		if (span_eq(cert_der(m->certs[i]), der))
			c = cert_hold(m->certs[i]);
	gate_unlock(m->gate);
	return c;
}

/* Two threads may keep the same one at once: one place is lost by it, no more. */
static void
cert_keep(struct memo *m, const struct cert *c)
{
	struct cert *old = NULL;

	gate_lock(m->gate);
	if (m->certs_n < MEMO_CERTS)
		m->certs_n++;
	else
		old = m->certs[m->certs_next];
	m->certs[m->certs_next] = cert_hold(c);
	m->certs_next = (m->certs_next + 1) % MEMO_CERTS;
	gate_unlock(m->gate);
	cert_free(old);
}

bool
memo_cert(struct memo *m, struct cert **out, struct span der, struct err *err)
{
	struct cert *c = m == NULL ? NULL : cert_kept(m, der);

	if (c == NULL) {
		if (!cert_decode(&c, der, err))
			return false;
		if (m != NULL)
			cert_keep(m, c);
	}
	*out = c;
	return true;
}

/* ---- facts ---- */

bool
memo_key(const char *says, const struct digest *of, size_t n, struct digest *out,
    struct err *err)
{
	uint8_t all[32 + MEMO_OF_MAX * sizeof *of] = { 0 };
	size_t said = strlen(says);

	assert(said < 32 && n <= MEMO_OF_MAX);
	memcpy(all, says, said);
	for (size_t i = 0; i < n; i++)
		memcpy(all + 32 + i * sizeof *of, of[i].b, sizeof of[i].b);
	return digest_of(span_of(all, 32 + n * sizeof *of), out, err);
}

bool
memo_has(struct memo *m, const struct digest *key, int64_t at)
{
	bool has = false;

	if (m == NULL)
		return false;
	gate_lock(m->gate);
	for (size_t i = 0; !has && i < m->facts_n; i++)
		has = m->facts[i].from <= at && at < m->facts[i].to &&
		    digest_eq(&m->facts[i].key, key);
	gate_unlock(m->gate);
	return has;
}

void
memo_keep(struct memo *m, const struct digest *key, int64_t from, int64_t to)
{
	if (m == NULL)
		return;
	gate_lock(m->gate);
	m->facts[m->facts_next] = (struct fact){ *key, from, to };
	m->facts_next = (m->facts_next + 1) % MEMO_FACTS;
	if (m->facts_n < MEMO_FACTS)
		m->facts_n++;
	gate_unlock(m->gate);
}
