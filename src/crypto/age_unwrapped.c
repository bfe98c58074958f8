/* File keys that a header gave up before (age.h). */
#include "crypto/age_internal.h"

#include <string.h>

#include "crypto/digest.h"

/* Where one lies follows from its name: a later one with the same place takes it. */
struct slot {
	bool there;
	uint8_t file_key[AGE_FILE_KEY];
	struct digest name;
};

struct age_unwrapped {
	struct gate *gate;
	struct slot slots[AGE_UNWRAPPED_MAX];
};

bool
age_unwrapped_new(struct age_unwrapped **out, struct err *err)
{
	struct age_unwrapped *u = mem_new(sizeof *u, err);

	if (u == NULL)
		return false;
	if (!gate_new(&u->gate, err)) {
		mem_free(u);
		return false;
	}
	*out = u;
	return true;
}

void
age_unwrapped_free(struct age_unwrapped *u)
{
	if (u == NULL)
		return;
	gate_free(u->gate);
	mem_wipe(u, sizeof *u);
	mem_free(u);
}

static struct slot *
slot_of(struct age_unwrapped *u, const struct digest *name)
{
	return &u->slots[(name->b[0] << 8 | name->b[1]) % AGE_UNWRAPPED_MAX];
}

bool
age_unwrapped_name(const struct age_keys *keys, struct span header, struct digest *out,
    struct err *err)
{
	struct hasher *h = NULL;
	bool ok;

	/* A header begins with a letter, so points and header cannot pass for each other. */
	ok = hasher_new(&h, err);
	for (size_t i = 0; ok && i < keys->n; i++) {
		hasher_add(h, span_of("\0", 1));
		hasher_add(h, span_of(keys->identities[i]->point, 32));
	}
	if (ok)
		hasher_add(h, header);
	ok = ok && hasher_end(h, out, err);
	hasher_free(h);
	return ok;
}

bool
age_unwrapped_find(struct age_unwrapped *u, const struct digest *name,
    uint8_t file_key[AGE_FILE_KEY])
{
	const struct slot *s = slot_of(u, name);
	bool found;

	gate_lock(u->gate);
	found = s->there && digest_eq(&s->name, name);
	if (found)
		memcpy(file_key, s->file_key, AGE_FILE_KEY);
	gate_unlock(u->gate);
	return found;
}

void
age_unwrapped_keep(struct age_unwrapped *u, const struct digest *name,
    const uint8_t file_key[AGE_FILE_KEY])
{
	struct slot *s = slot_of(u, name);

	gate_lock(u->gate);
	s->there = true;
	s->name = *name;
	memcpy(s->file_key, file_key, AGE_FILE_KEY);
	gate_unlock(u->gate);
}
