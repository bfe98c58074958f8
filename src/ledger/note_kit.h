/* For tests: the two keys and the note that formats of transparency logs print as example. */
#ifndef COMITY_LEDGER_NOTE_KIT_H
#define COMITY_LEDGER_NOTE_KIT_H

#include <string.h>

#include "ledger/note.h"

#define LOG_VKEY "node.example/ledger+08c87108+" \
    "AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
#define WITNESS_VKEY "witness.example/w1+20324abe+" \
    "BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
#define NOTE_TIME 1700000000
#define NOTE_TEXT "node.example/ledger\n8\n" \
    "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n"
#define NOTE_LOG_LINE "\xE2\x80\x94 node.example/ledger " \
    "CMhxCF5ni+o2VRwz6N/PYEF/+y9vAZ7cAshpn+cU/MAtnNnwF2GbHH/ylGwBqOGiylLm3sPFDXcvgi2aH" \
    "udpQ+skVQU=\n"
#define NOTE_WITNESS_LINE "\xE2\x80\x94 witness.example/w1 " \
    "IDJKvgAAAABlU/EAiXmdaX3eWxpz+2KocjasXDP2UcEnKVrc9/4bLfnZtep2yRjAjWIofumXrCcH6DLYsc" \
    "pGMnAIesv4/lBPg0mjCA==\n"
#define NOTE_WHOLE NOTE_TEXT "\n" NOTE_LOG_LINE NOTE_WITNESS_LINE

/* The private key of the RFC 8032 seed first, first + 1, ... */
static inline struct key *
key_of_seed(uint8_t first)
{
	static const uint8_t head[16] = { 0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b,
		0x65, 0x70, 4, 0x22, 4, 0x20 };
	struct key *key = NULL;
	uint8_t der[48];

	memcpy(der, head, sizeof head);
	for (unsigned i = 0; i < 32; i++)
		der[16 + i] = (uint8_t)(first + i);
	return key_decode(&key, span_of(der, sizeof der), NULL) ? key : NULL;
}

/* Its verifier key under this name. */
static inline struct vkey
vkey_of(const struct key *key, const char *name, enum note_key_type type)
{
	struct vkey k = { .name = "" };
	uint8_t point[32];

	if (!key_point_ed25519(key, point, NULL) ||
	    !vkey_make(name, type, point, &k, NULL))
		k.name[0] = '\0';
	return k;
}

#endif
