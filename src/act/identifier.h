/* What the files of identifiers share; only act's own. */
#ifndef COMITY_ACT_IDENTIFIER_H
#define COMITY_ACT_IDENTIFIER_H

#include "act/field_parts.h"

/* The parts of an identifier by name, "" and 0 when absent. */
struct identifier {
	const char *type, *value, *service;
	bool has_at, has_port;
	int64_t port;
};
struct identifier identifier_of(const struct field_entry *e);

/* Set the verdict; returns false when it is BAD. */
bool identifier_say(struct identifier_result *out, enum identifier_verdict verdict,
    const char *reason, const char *text);

/* Forms (identifier_net.c): GOOD or BAD only; nothing is allocated. */
void identifier_email(const char *s, struct identifier_result *out);
void identifier_ip(const char *s, struct identifier_result *out);
void identifier_url(const char *s, struct identifier_result *out);

/*
 * An address in its network (identifier_wallet.c).  Of ethereum only the form: its
 * checksum needs Keccak, which not every OpenSSL has, and two readers must not
 * differ about what they can read.  False: memory.
 */
MUST bool identifier_wallet(const char *s, const char *network,
    struct identifier_result *out, struct err *err);

/*
 * EIP-55: a letter of an address is a capital where the Keccak-256 of its digits in
 * lower case has a digit of 8 or more.
 */
#define ETHER_HEX 40		/* digits of an address */
bool identifier_capitals_fit(const char *hex, const struct digest *keccak);

#endif
