#include <unistd.h>

#include "world/world.h"

#define WORKING_FOLDER_MAX 4096

bool
world_absolute(struct world *w, const char *path, struct buf *out, struct err *err)
{
	char here[WORKING_FOLDER_MAX] = "";

	if (path[0] == '/')
		return buf_add_text(out, path, err);
	if (!world_is_sim(w) && getcwd(here, sizeof here) == NULL)
		return err_set(err, ERR_IO, "disk.io",
		    "the working folder cannot be named; give the whole path");
	return buf_add_text(out, here, err) && buf_add_text(out, "/", err) &&
	    buf_add_text(out, path, err);
}
