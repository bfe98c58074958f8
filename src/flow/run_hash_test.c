/*
 * The three-country case wholly inside a simulated world, and the hash of the run: the
 * same seed gives the same value whatever the compiler.  run_hash [SEED]
 *
 * Victim in Aldora (XA), data in Berun (XB), the suspect's provider in Cascada (XC):
 * Berun preserves and names Cascada (traffic path), Aldora asks Cascada, Berun hands
 * evidence over, and consents that Cascada has it too.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "flow/testkit.h"

int
main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	struct digest d;
	struct job j;
	bool ok;

	job_begin(&j, argc > 1 ? strtoull(argv[1], NULL, 10) : 1);
	ok = three_countries(&j, &err) && world_sim_digest(j.world, &d, &err);
	if (ok)
		(void)printf("%s\n", digest_hex(&d).s);
	else
		(void)fprintf(stderr, "run_hash: %s\n", err.text);
	job_end(&j);
	return ok ? 0 : 1;
}
