/*
 * A log of so many leaves on the real disk, signed and published, for readers in other
 * languages: log_make FOLDER LEAVES.  FOLDER/ledger is what a stranger gets.
 */
#include <stdio.h>
#include <stdlib.h>

#include "ledger/ledger.h"

static void
must(bool ok, const struct err *err)
{
	if (ok)
		return;
	(void)fprintf(stderr, "log_make: %s: %s\n", err->reason, err->text);
	exit(1);
}

static void
fill(struct log *l, struct span record, uint64_t leaves)
{
	static struct span group[JOURNAL_GROUP_MAX];
	struct err err = ERR_INIT;
	uint64_t index;

	for (size_t i = 0; i < JOURNAL_GROUP_MAX; i++)
		group[i] = record;
	while (log_size(l) < leaves) {
		uint64_t left = leaves - log_size(l);

		must(log_append(l, group, left < JOURNAL_GROUP_MAX ? (size_t)left :
		    JOURNAL_GROUP_MAX, &index, &err), &err);
	}
}

int
main(int argc, char **argv)
{
	struct record r = { .event = EVENT_SELF_TEST, .at = 1795337160 };
	struct err err = ERR_INIT;
	struct log_signer s;
	struct checkpoint c;
	struct key *key = NULL;
	struct world *w = NULL;
	struct dir *home = NULL;
	struct log *l = NULL;
	uint8_t point[32];
	struct buf record;

	if (argc != 3)
		return 2;
	buf_init(&record, RECORD_MAX);
	(void)snprintf(r.authority.s, sizeof r.authority.s, "XA-AAAAAAAAAAAAAAAA");
	(void)snprintf(r.role, sizeof r.role, "court");
	(void)snprintf(r.person, sizeof r.person, "P1");
	must(world_real(&w, &err) && record_encode(&r, &record, &err) &&
	    key_new(&key, KEY_ED25519, &err) && key_point_ed25519(key, point, &err) &&
	    vkey_make("comity-ledger/XA-AAAAAAAAAAAAAAAA/1", NOTE_ED25519, point, &s.vkey,
	    &err) && dir_make_all(w, NULL, argv[1], &err) &&
	    dir_open(w, NULL, argv[1], &home, &err) && log_open(w, home, 0, &l, &err),
	    &err);
	s.key = key;
	fill(l, buf_span(&record), strtoull(argv[2], NULL, 10));
	must(log_publish(l, &s, &c, &err), &err);
	(void)printf("%s\n", digest_hex(&c.root).s);
	log_close(l);
	dir_close(home);
	key_free(key);
	buf_clear(&record);
	world_free(w);
	return 0;
}
