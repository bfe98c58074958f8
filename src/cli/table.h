/* What the tables of commands share (table_*.c); table.c puts them in one row. */
#ifndef COMITY_CLI_TABLE_H
#define COMITY_CLI_TABLE_H

#include "cli/cli.h"

#define END { NULL, NULL, NULL }		/* of options */
#define READER_LANG { "lang", "TAG", \
	"the reader's language: ar, en, es, fr, pt, ru, vi, zh (or COMITY_LANG)" }
#define TABLE_END { NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, false, NULL }

extern const struct option out_options[];
extern const struct option revoke_options[];
extern const struct option approve_options[];

/* In the order in which help shows them. */
extern const struct command office_commands[];
extern const struct command evidence_commands[];
extern const struct command request_commands[];
extern const struct command people_commands[];
extern const struct command ledger_commands[];
extern const struct command home_commands[];

#endif
