/* comity: the program.  Everything the outside offers is made once, here. */
#include "cli/cli.h"
#include "crypto/digest.h"

int
main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	struct world *w = NULL;
	int code;

	if (!world_real(&w, &err))
		return EXIT_OTHER;
	world_catch_signals(w);
	if (!crypto_random_from(w, &err)) {
		world_free(w);
		return EXIT_OTHER;
	}
	code = cli_main(w, argc, argv);
	world_free(w);
	return code;
}
